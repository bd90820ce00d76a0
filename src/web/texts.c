/* web/texts.c - the table of texts.def. Whether every text is there in every language is checked
 * by tool/embed when the program is built; an index that is out of range is a bug. */
#include "web/texts.h"

#include <assert.h>

#include "base/buf.h"

static_assert(LANGS == 2, "TEXT() rows have one text for each language of base/lang.def");

static const struct {
    struct str name;
    struct str in[LANGS];
} table[TEXTS] = {
#define TEXT(name, zh, en) {STR_INIT(#name), {STR_INIT(zh), STR_INIT(en)}},
#include "web/texts.def"
#undef TEXT
};

struct str text(enum text id, enum lang lang) {
    assert(id < TEXTS);
    assert(lang < LANGS);
    return table[id].in[lang];
}

struct str text_fill(struct arena *arena, enum text id, enum lang lang, struct text_blanks blanks) {
    struct str source = text(id, lang);
    struct buf out;
    buf_init(&out, source.len + 4 * (blanks.a.len + blanks.b.len) + 1);
    for (size_t i = 0; i < source.len; i++) {
        struct str rest = str_sub(source, i, 3);
        if (str_eq(rest, STR("{a}")) || str_eq(rest, STR("{b}"))) {
            buf_add(&out, rest.at[1] == 'a' ? blanks.a : blanks.b);
            i += 2;
        } else {
            buf_add_byte(&out, source.at[i]);
        }
    }
    struct str filled = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return filled;
}

struct str text_count(struct arena *arena, struct text_plural texts, enum lang lang, int64_t n) {
    if (n == 1)
        return text(texts.one, lang);
    return text_fill(arena, texts.many, lang,
                     (struct text_blanks){.a = arena_printf(arena, "%lld", (long long)n)});
}

struct json *text_tree(enum lang lang, struct arena *arena) {
    struct json *tree = json_obj(arena);
    for (size_t i = 0; i < TEXTS; i++)
        json_set_str(tree, table[i].name, table[i].in[lang]);
    return tree;
}
