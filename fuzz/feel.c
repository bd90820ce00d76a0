/* Any text ends within its budget; a value that comes out prints as FEEL that gives it again, and
 * its bytes give it again; a second evaluation gives the same. */
#include "feel/feel.h"
#include "feel/ast.h"

#include "fuzz/fuzz.h"

/* A small value may be a large tree, whose parts are shared: its text would be as large. */
enum { NODES_MAX = 100000 };

static bool has_function(struct feel_value v, int depth) {
    if (depth == 0)
        return true; /* too deep to read back */
    switch (feel_kind(v)) {
    case FEEL_FUNCTION: return true;
    case FEEL_LIST:
        for (size_t i = 0; i < feel_count(v); i++)
            if (has_function(feel_item(v, i), depth - 1))
                return true;
        return false;
    case FEEL_CONTEXT:
        for (size_t i = 0; i < feel_count(v); i++)
            if (has_function(feel_entries(v)[i].value, depth - 1))
                return true;
        return false;
    default: return false;
    }
}

static void check_print(struct feel_value v, struct arena *arena) {
    struct buf text;
    struct err err = {0};
    struct budget budget = budget_of(FUZZ_STEPS / 20, FUZZ_BYTES);
    struct feel_env env = {.now = feel_null()};
    struct feel_value again;
    buf_init(&text, FUZZ_BYTES);
    feel_print(&text, v);
    struct str copy = arena_str(arena, buf_view(&text));
    buf_done(&text);
    bool read = feel_once(&again, copy, feel_context_of(arena, NULL, 0), env, arena, &budget, &err);
    FUZZ_CHECK(read || err.code == ERR_LIMIT, &err);
    FUZZ_CHECK(!read || feel_same(v, again), NULL);
}

static void check_bytes(struct feel_value v, struct arena *arena) {
    struct buf first, second;
    struct err err = {0};
    struct feel_value again;
    buf_init(&first, FUZZ_BYTES);
    buf_init(&second, FUZZ_BYTES);
    FUZZ_CHECK(feel_encode(&first, v, &err), &err);
    struct bytes_reader in = {buf_view(&first), false};
    FUZZ_CHECK(feel_decode(&again, &in, arena, &err), &err);
    FUZZ_CHECK(in.in.len == 0 && feel_same(v, again), NULL);
    FUZZ_CHECK(feel_encode(&second, again, &err), &err);
    FUZZ_CHECK(str_eq(buf_view(&first), buf_view(&second)), NULL);
    buf_done(&first);
    buf_done(&second);
}

/* As the tests of a cell, as an expression whose names are open, and as a type: what compiles
 * leaves no error behind, what does not says why. */
static void check_forms(struct str text, struct arena *arena) {
    static const struct feel_name names[] = {{.name = STR_INIT("?")}, {.name = STR_INIT("n")}};
    for (int form = 0; form < 3; form++) {
        struct budget budget = budget_of(FUZZ_STEPS / 20, FUZZ_BYTES);
        struct feel_options options = {.form = form == 1 ? FEEL_UNARY_TESTS : FEEL_EXPRESSION,
                                       .names = names,
                                       .name_count = COUNT_OF(names),
                                       .open = form == 0,
                                       .shadow = text.len % 2 == 0,
                                       .budget = &budget};
        struct feel_program *program = NULL;
        const struct feel_type *type = NULL;
        struct err err = {0};
        bool good = form == 2 ? ast_parse_type(&type, arena, text, &options, &err)
                              : feel_compile(&program, arena, text, &options, &err);
        FUZZ_CHECK(good == (err.code == ERR_NONE), &err);
        FUZZ_CHECK(good == (program != NULL || type != NULL), &err);
        if (program == NULL)
            continue;
        struct feel_value vars[] = {feel_int(7), feel_int(3)}, v;
        struct feel_env env = {.vars = vars, .var_count = 2, .now = feel_null()};
        budget = budget_of(FUZZ_STEPS / 20, FUZZ_BYTES);
        FUZZ_CHECK(feel_eval(&v, program, &env, arena, &budget, &err) || err.code == ERR_LIMIT,
                   &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", 4 * (size_t)FUZZ_ARENA_BYTES);
    struct feel_entry entries[] = {
        {STR("n"), feel_int(3)},
        {STR("monthly fee"), feel_decimal(1050, 2)},
        {STR("s"), feel_string(STR("text"))},
    };
    struct feel_value context = feel_context_of(arena, entries, COUNT_OF(entries)), v, again;
    struct feel_diags diags = {.arena = arena};
    struct feel_env env = {.now = feel_null(), .diags = &diags};
    struct err err = {0};
    struct budget budget = budget_of(FUZZ_STEPS / 20, FUZZ_BYTES);
    struct str text = fuzz_input(bytes, len);
    if (feel_once(&v, text, context, env, arena, &budget, &err)) {
        budget = budget_of(FUZZ_STEPS / 20, FUZZ_BYTES);
        FUZZ_CHECK(feel_once(&again, text, context, env, arena, &budget, &err), &err);
        if (feel_within(v, NODES_MAX) && !has_function(v, 100)) {
            FUZZ_CHECK(feel_same(v, again), NULL);
            check_print(v, arena);
            check_bytes(v, arena);
        }
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_UNKNOWN || err.code == ERR_LIMIT,
                   &err);
    }
    arena_reset(arena);
    check_forms(text, arena);
    arena_destroy(arena);
    return 0;
}
