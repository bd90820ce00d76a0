#include "base/lang.h"

static const struct {
    struct str code, tag, name;
} langs[] = {
#define LANG(code, tag, name) {STR_INIT(#code), STR_INIT(tag), STR_INIT(name)},
#include "base/lang.def"
#undef LANG
};

struct str lang_code(enum lang lang) {
    return langs[lang].code;
}

struct str lang_tag(enum lang lang) {
    return langs[lang].tag;
}

struct str lang_name(enum lang lang) {
    return langs[lang].name;
}

bool lang_find(enum lang *out, struct str code) {
    for (size_t i = 0; i < COUNT_OF(langs); i++)
        if (str_eq(langs[i].code, code)) {
            *out = (enum lang)i;
            return true;
        }
    return false;
}
