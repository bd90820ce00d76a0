/* feel/regex.h - the regular expressions of XPath and XQuery 3.1 (5.6.1), which FEEL's matches(),
 * replace() and split() take: XML Schema's, with anchors, reluctant quantifiers, back-references,
 * groups that do not capture, and the flags s m i x q. Our own: no library has this dialect. */
#ifndef MANDATE_FEEL_REGEX_H
#define MANDATE_FEEL_REGEX_H

#include "base/arena.h"
#include "base/budget.h"

enum { REGEX_GROUPS_MAX = 64, REGEX_NODES_MAX = 10000 };

struct regex;
struct regex_match {
    size_t from[REGEX_GROUPS_MAX], to[REGEX_GROUPS_MAX]; /* [0] is the whole; SIZE_MAX: not set */
};

/* False for a pattern or flag that is not valid: *why then tells (a literal). */
bool regex_compile(struct regex **out, struct arena *a, struct str pattern, struct str flags,
                   const char **why);
/* The most that compiling a pattern of so many bytes takes from the arena. */
size_t regex_bytes_max(size_t pattern_bytes);
/* What compiling it cost; also of a pattern that is not valid. */
uint64_t regex_steps(const struct regex *re);
uint32_t regex_group_count(const struct regex *re); /* without the whole */
/* The first match at or after from. Steps are taken from the budget; false with err set when they
 * are used up, false with err empty when nothing matches. */
bool regex_find(struct regex_match *out, const struct regex *re, struct str input, size_t from,
                struct budget *budget, struct err *err);

#endif
