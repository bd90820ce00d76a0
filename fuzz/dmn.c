/* A model loads or is refused with a place; every element of one that loads can be evaluated, and
 * its tables checked, within a budget. A gap that the check reports is one: no rule matches there.
 */
#include "dmn/dmn.h"

#include "fuzz/fuzz.h"

/* However little memory there is, loading ends with a model or with a reason. */
static void load_in_little(struct str text) {
    struct arena *arena = arena_create("little", (size_t)16384 << text.len % 6);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct dmn_options options = {.strict = true, .free_names = true};
    struct dmn_model *model;
    struct err err = {0};
    bool loaded = dmn_load(&model, arena, text, "fuzz", &options, &budget, &err);
    FUZZ_CHECK(loaded || (model == NULL && err.code != ERR_NONE && err.code != ERR_INTERNAL), &err);
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", 4 * (size_t)FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    struct dmn_model *model;
    struct dmn_options options = {.strict = len % 2 == 0, .free_names = len % 3 == 0};
    if (len % 5 == 0)
        load_in_little(fuzz_input(bytes, len));
    if (!dmn_load(&model, arena, fuzz_input(bytes, len), "fuzz", &options, &budget, &err)) {
        FUZZ_CHECK(model == NULL && err.code != ERR_NONE && err.code != ERR_INTERNAL, &err);
        arena_destroy(arena);
        return 0;
    }
    for (size_t i = 0; i < dmn_count(model); i++) {
        struct feel_env env = {.now = feel_null()};
        struct dmn_trace trace = {.arena = arena};
        struct feel_value out;
        struct buf text;
        struct dmn_info info = dmn_info(model, i);
        budget = budget_of(FUZZ_STEPS / 10, FUZZ_BYTES / 10);
        bool decided =
            dmn_evaluate(&out, model, info.id.len > 0 ? info.id : info.name,
                         feel_context_of(arena, NULL, 0), &env, &trace, arena, &budget, &err);
        FUZZ_CHECK(decided || err.code == ERR_LIMIT || err.code == ERR_NOT_FOUND, &err);
        err_reset(&err);
        buf_init(&text, FUZZ_BYTES);
        FUZZ_CHECK(dmn_trace_json(&text, &trace, &err) || err.code == ERR_LIMIT, &err);
        err_reset(&err);
        buf_done(&text);
    }
    const struct dmn_finding *found;
    size_t count;
    budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    bool checked = dmn_check(&found, &count, model, arena, &budget, &err);
    FUZZ_CHECK(checked || err.code == ERR_LIMIT, &err);
    arena_destroy(arena);
    return 0;
}
