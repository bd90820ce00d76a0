/* web/say.h - dates, times and time left in a reader's words. Pure. */
#ifndef MANDATE_WEB_SAY_H
#define MANDATE_WEB_SAY_H

#include "base/arena.h"
#include "base/lang.h"
#include "json/json.h"

/* An RFC 3339 time as its own offset has it: the date, and with_clock ", 09:30". Text that is no
 * such time is given back as it is. */
struct str say_at(struct arena *arena, enum lang lang, struct str at, bool with_clock);
/* A clock of a case view {state, due, days_left, days_over, unit, suspended_since}: what is left in
 * words, and the class of its tag: "", "m-tag--soon" (3 days or less), "m-tag--over",
 * "m-tag--done". */
struct say_left {
    struct str words, mark;
};
struct say_left say_clock(struct arena *arena, enum lang lang, const struct json *clock);
/* "1.4 MB", "12 kB". */
struct str say_size(struct arena *arena, uint64_t bytes);

/* A view as one reader sees it: every {"zh": ..., "en": ...} becomes the text in lang (or the first
 * language that has one), and beside every time `x` stands `x_text` in words: with the hour for
 * what happened, the last day for what is due (the midnight after it). Depth is bounded; deeper
 * parts are left out. Texts are the view's own, which must live as long. */
struct json *say_localise(struct arena *arena, enum lang lang, const struct json *view);

#endif
