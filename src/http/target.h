/* http/target.h - the path and query of a request. Pure. Standard: RFC 3986. */
#ifndef MANDATE_HTTP_TARGET_H
#define MANDATE_HTTP_TARGET_H

#include "base/arena.h"

/* Splits "/a%20b?x=1" and decodes the path. Refuses (false) what names a place in two ways or hides
 * one: a "." or ".." segment, "//", an encoded slash, backslash or NUL, control characters, a
 * broken %XX, bytes that are not UTF-8, a '#'. query stays encoded but is checked for the same. */
MUST_USE bool http_target_parse(struct str *path, struct str *query, struct str target,
                                struct arena *arena, const char **why);

#endif
