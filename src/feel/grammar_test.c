/* The grammar of FEEL, production by production: DMN 1.5, 10.3.1.2. An expression and the value it
 * prints, or "refused". */
#include "feel/feel.h"

#include "base/test.h"

struct row {
    int line;
    const char *text, *want;
};

static void check(const struct row *rows, size_t count) {
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        struct arena *a = arena_create("grammar", 64 << 20);
        struct budget budget = budget_of(1000000, 32 << 20);
        struct feel_env env = {0};
        struct err err = {0};
        struct feel_value v;
        bool ok = feel_once(&v, str_from(rows[i].text), feel_null(), env, a, &budget, &err);
        buf_reset(&out);
        if (ok)
            feel_print(&out, v);
        else
            buf_lit(&out, "refused");
        CHECK_AT(rows[i].line, ok || err.code == ERR_SYNTAX);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        arena_destroy(a);
    }
    buf_done(&out);
}

void test_feel_grammar_ranges(void) {
    static const struct row rows[] = {
        {__LINE__, "[1..3]", "[1..3]"},
        {__LINE__, "(1..3)", "(1..3)"},
        {__LINE__, "]1..3[", "(1..3)"},
        {__LINE__, "[1..3[ = [1..3)", "true"},
        {__LINE__, "]1..3[ in [1..3]", "null"},
        {__LINE__, "]1..3[ * 2", "null"},
        {__LINE__, "]1..3[ instance of range<number>", "true"},
        {__LINE__, "[]1..3]]", "[(1..3]]"},
        {__LINE__, "[]@\"2020-01-01\"..@\"2020-01-02\"[, 1]",
         "[(@\"2020-01-01\"..@\"2020-01-02\"), 1]"},
        {__LINE__, "[1, ]1..3[]", "[1, (1..3)]"},
        {__LINE__, "[](1)..3]]", "[(1..3]]"},
        {__LINE__, "]]1..2[ .. 3[", "null"},
        {__LINE__, "[]-1..3]]", "[(-1..3]]"},
        {__LINE__, "[[1..3[]", "[[1..3)]"},
        {__LINE__, "[1..[3][1]]", "[1..3]"},
        {__LINE__, "[1 + 1..3 * 2]", "[2..6]"},
        {__LINE__, "[3..1]", "null"},
        {__LINE__, "[1..null]", "null"},
        {__LINE__, "[1..\"a\"]", "null"},
        {__LINE__, "[1..3", "refused"},
        {__LINE__, "[1..", "refused"},
        {__LINE__, "1..3", "refused"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_lists(void) {
    static const struct row rows[] = {
        {__LINE__, "[]", "[]"},
        {__LINE__, "[1, [2]]", "[1, [2]]"},
        {__LINE__, "[] and true", "null"},
        {__LINE__, "[]-1", "null"},
        {__LINE__, "1 in ([[1], [2]])[1]", "true"},
        {__LINE__, "3 in (1) + 2", "true"},
        {__LINE__, "3 in (1) * 2", "false"},
        {__LINE__, "1 in (function(a) [a])(1)", "true"},
        {__LINE__, "1 in ({a: 1}).a and true", "true"},
        {__LINE__, "1 in (1, 2)[1]", "refused"},
        {__LINE__, "[1,]", "refused"},
        {__LINE__, "[,]", "refused"},
        {__LINE__, "[1", "refused"},
        {__LINE__, "{a: 1,}", "refused"},
        {__LINE__, "sum(1,)", "refused"},
        {__LINE__, "function(a,) a", "refused"},
    };
    check(rows, COUNT_OF(rows));
}
