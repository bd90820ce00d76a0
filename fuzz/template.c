/* Input: a template, and behind a zero byte a partial "p". A page that links is rendered with mild
 * and with hostile values: both have the same tags, attributes and ends of scripts, and no URL has
 * a scheme that html_feed() refuses. */
#include "fuzz/fuzz.h"
#include "tmpl/inside.h"

/* What a browser would see of structure, as one number. */
static bool structure_of(uint64_t *out, struct str html) {
    struct html_state state = {.place = PLACE_TEXT};
    uint64_t hash = 1;
    for (size_t i = 0; i < html.len; i++) {
        enum place before = state.place;
        const char *why = NULL;
        if (!html_feed(&state, html.at[i], &why))
            return false;
        if (state.place != before && state.place != PLACE_BEFORE_VALUE)
            hash =
                (hash ^ ((unsigned)before * 31u + (unsigned)state.place)) * UINT64_C(1099511628211);
    }
    *out = hash;
    return true;
}

static const struct json *context_of(struct arena *arena, struct str value, struct str url) {
    struct json *context = json_obj(arena);
    static const struct str names[] = {STR_INIT("a"), STR_INIT("v"), STR_INIT("x")};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_set_str(context, names[i], value);
    json_set_str(context, STR("u"), url);
    json_set(context, STR("h"), json_html(STR("<i>h</i>"), arena));
    json_set_bool(context, STR("y"), true);
    json_set_bool(context, STR("n"), false);
    json_set_str(context, STR("d"), STR("p"));
    struct json *list = json_set_arr(context, STR("l"));
    for (int i = 0; i < 2; i++)
        json_set_str(json_push_obj(list), STR("a"), value);
    json_set_str(json_set_obj(context, STR("o")), STR("a"), value);
    return context;
}

static bool render(struct buf *out, const struct tmpl_set *set, const struct json *context) {
    struct budget budget = budget_of(10000, 0);
    struct err err = {0};
    buf_reset(out);
    return tmpl_render(out, set, STR("t"), context, &budget, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct str text = fuzz_input(bytes, len), partial = STR("-{{v}}");
    size_t zero = str_find_byte(text, 0);
    if (zero != SIZE_MAX) {
        partial = str_sub(text, zero + 1, len);
        text = str_sub(text, 0, zero);
    }
    struct buf mild, hostile;
    buf_init(&mild, 1 << 20);
    buf_init(&hostile, 1 << 20);
    for (int mode = TMPL_HTML; mode <= TMPL_SPEC; mode++) {
        struct arena *arena = arena_create("fuzz", (size_t)1 << 30);
        struct tmpl_set *set = tmpl_set_make((enum tmpl_mode)mode, arena);
        struct err err = {0};
        bool ok = tmpl_add(set, STR("t"), text, "t", &err) &&
                  tmpl_add(set, STR("p"), partial, "p", &err) && tmpl_link(set, &err);
        FUZZ_CHECK(ok || err.code != ERR_INTERNAL, &err);
        ok = ok && render(&mild, set, context_of(arena, STR("m"), STR("/m")));
        if (ok && mode == TMPL_HTML &&
            render(&hostile, set,
                   context_of(arena, STR("\"'><script>&--></title>`=/ :"),
                              STR("javascript:\"'><b>"))) &&
            !mild.full && !hostile.full) {
            uint64_t a = 0, b = 0;
            FUZZ_CHECK(structure_of(&a, buf_view(&mild)), NULL);
            FUZZ_CHECK(structure_of(&b, buf_view(&hostile)), NULL);
            FUZZ_CHECK(a == b, NULL);
        }
        arena_destroy(arena);
    }
    buf_done(&mild);
    buf_done(&hostile);
    return 0;
}
