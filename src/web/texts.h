/* web/texts.h - the texts of the pages, from texts.def. Pure. */
#ifndef MANDATE_WEB_TEXTS_H
#define MANDATE_WEB_TEXTS_H

#include "base/arena.h"
#include "base/lang.h"
#include "json/json.h"

enum text {
#define TEXT(name, ...) TEXT_##name,
#include "web/texts.def"
#undef TEXT
    TEXTS
};

struct str text(enum text id, enum lang lang); /* static: lives for ever */
/* The text with {a} and {b} filled in. */
struct text_blanks {
    struct str a, b;
};
struct str text_fill(struct arena *arena, enum text id, enum lang lang, struct text_blanks blanks);
/* "one" when n is 1, else "many" with {a} as the number. */
struct text_plural {
    enum text one, many;
};
struct str text_count(struct arena *arena, struct text_plural texts, enum lang lang, int64_t n);
/* {name: text}: what templates read as `t`. */
struct json *text_tree(enum lang lang, struct arena *arena);

#endif
