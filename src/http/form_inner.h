/* http/form_inner.h - shared by the two readers of forms. */
#ifndef MANDATE_HTTP_FORM_INNER_H
#define MANDATE_HTTP_FORM_INNER_H

#include "base/str.h"

/* UTF-8 without control characters other than tab and line ends. */
bool http_text_ok(struct str text);

#endif
