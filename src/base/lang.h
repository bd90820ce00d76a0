/* base/lang.h - a text in every language of the program. */
#ifndef MANDATE_BASE_LANG_H
#define MANDATE_BASE_LANG_H

#include "base/str.h"

enum lang {
#define LANG(code, tag, name) LANG_##code,
#include "base/lang.def"
#undef LANG
    LANGS
};

struct lang_text {
    struct str in[LANGS];
};

struct str lang_code(enum lang lang); /* "zh" */
struct str lang_tag(enum lang lang);  /* "zh-CN": for the lang attribute */
struct str lang_name(enum lang lang); /* the language's own name */
/* By code ("en"); false when the program has no such language. */
bool lang_find(enum lang *out, struct str code);

#endif
