/* FEEL: one expression compiled once and evaluated many times, and compiled for each evaluation. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "feel/feel.h"
#include "main/bench.h"

enum { EVALUATIONS = 1000000, PARSES = 100000, RUNS = 7 };

static const struct expression {
    struct str text;
    bool loops; /* a hundred steps each */
} expressions[] = {
    {STR_INIT("a + b * 2"), false},
    {STR_INIT("if age >= 18 and residence = \"Wenzhou\" then fee * 0.5 else fee"), false},
    {STR_INIT("sum(for i in 1..100 return i * i)"), true},
    {STR_INIT("date(\"2026-01-31\") + duration(\"P1M\")"), false},
    {STR_INIT("some x in items satisfies x.price > 10"), false},
};
static const struct feel_name names[] = {{.name = STR_INIT("a")},   {.name = STR_INIT("b")},
                                         {.name = STR_INIT("age")}, {.name = STR_INIT("residence")},
                                         {.name = STR_INIT("fee")}, {.name = STR_INIT("items")}};
/* The one that is dear stands last. */
static const struct feel_entry prices[] = {
    {STR_INIT("price"), {.head = FEEL_NUMBER, .u.whole = 3}},
    {STR_INIT("price"), {.head = FEEL_NUMBER, .u.whole = 5}},
    {STR_INIT("price"), {.head = FEEL_NUMBER, .u.whole = 7}},
    {STR_INIT("price"), {.head = FEEL_NUMBER, .u.whole = 9}},
    {STR_INIT("price"), {.head = FEEL_NUMBER, .u.whole = 25}},
};
static const struct feel_options options = {.names = names, .name_count = COUNT_OF(names)};

struct bench_env {
    struct feel_env env;
    struct feel_value vars[COUNT_OF(names)], items[COUNT_OF(prices)];
};

static void env_init(struct bench_env *e, struct arena *a) {
    *e = (struct bench_env){.vars = {feel_int(1050), feel_decimal(1250, 2), feel_int(42),
                                     feel_string(STR("Wenzhou")), feel_decimal(2000, 2)}};
    for (size_t i = 0; i < COUNT_OF(prices); i++)
        e->items[i] = feel_context_of(a, &prices[i], 1);
    e->vars[5] = feel_list(e->items, COUNT_OF(prices));
    e->env = (struct feel_env){.vars = e->vars, .var_count = COUNT_OF(e->vars)};
}

/* What the compiled expression takes; the text and the scratch of an evaluation are not counted. */
static bool program_bytes(int64_t *bytes, const struct expression *x, struct err *err) {
    struct arena *arena = arena_create("program", 1 << 20);
    struct feel_program *program;
    bool ok = feel_compile(&program, arena, x->text, &options, err);
    *bytes = (int64_t)arena_used_bytes(arena);
    arena_destroy(arena);
    return ok;
}

static bool compiled(int64_t *took_us, const struct expression *x, size_t count, struct err *err) {
    struct arena *arena = arena_create("program", 1 << 20), *scratch;
    struct feel_program *program;
    struct bench_env e;
    bool ok = feel_compile(&program, arena, x->text, &options, err);
    env_init(&e, arena);
    scratch = arena_create("scratch", FEEL_BYTES_DEFAULT);
    int64_t from_us = bench_cpu_us();
    for (size_t i = 0; ok && i < count; i++) {
        struct feel_value value;
        struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
        struct arena_mark mark = arena_mark(scratch);
        ok = feel_eval(&value, program, &e.env, scratch, &budget, err);
        arena_rewind(scratch, mark);
    }
    *took_us = bench_cpu_us() - from_us;
    arena_destroy(scratch);
    arena_destroy(arena);
    return ok;
}

static bool parsed(int64_t *took_us, const struct expression *x, size_t count, struct err *err) {
    struct arena *arena = arena_create("once", FEEL_BYTES_DEFAULT);
    struct arena *data = arena_create("data", 1 << 16);
    struct bench_env e;
    bool ok = true;
    env_init(&e, data);
    int64_t from_us = bench_cpu_us();
    for (size_t i = 0; ok && i < count; i++) {
        struct feel_program *program;
        struct feel_value value;
        struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
        ok = feel_compile(&program, arena, x->text, &options, err) &&
             feel_eval(&value, program, &e.env, arena, &budget, err);
        arena_reset(arena);
    }
    *took_us = bench_cpu_us() - from_us;
    arena_destroy(data);
    arena_destroy(arena);
    return ok;
}

static int by_time(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

typedef bool way(int64_t *took_us, const struct expression *x, size_t count, struct err *err);

/* The median of runs. */
static bool measure(int64_t *a_second, way *how, const struct expression *x, size_t runs,
                    size_t count, struct err *err) {
    int64_t took_us[RUNS] = {0};
    for (size_t i = 0; i < runs; i++)
        if (!how(&took_us[i], x, count, err))
            return false;
    qsort(took_us, runs, sizeof *took_us, by_time);
    *a_second = (int64_t)count * 1000000 / MAX_OF(took_us[runs / 2], 1);
    return true;
}

static bool measure_all(bool lines, struct err *err) {
    for (size_t i = 0; i < COUNT_OF(expressions); i++) {
        const struct expression *x = &expressions[i];
        int64_t eval, parse, bytes;
        size_t less = x->loops ? 50 : 1, runs = lines ? 1 : RUNS;
        if (!measure(&eval, compiled, x, runs, EVALUATIONS / less, err) ||
            !measure(&parse, parsed, x, runs, PARSES / less, err) || !program_bytes(&bytes, x, err))
            return false;
        (void)printf(lines ? "%.*s\t%" PRIi64 "\t%" PRIi64 "\t%" PRIi64 "\n"
                           : "| `%.*s` | %" PRIi64 " | %" PRIi64 " | %" PRIi64 " |\n",
                     STR_ARG(x->text), eval, parse, bytes);
    }
    return true;
}

int bench_feel(int argc, char **argv) {
    bool lines;
    struct err err = {0};
    int code;
    if (!bench_lines(
            &lines, &code, "bench feel",
            "FEEL evaluations a second on one core: compiled once, and compiled each time.", argc,
            argv))
        return code;
    if (!lines)
        (void)printf("| expression | compiled, evaluations/s | parsed and evaluated/s | bytes of "
                     "the program |\n|---|---|---|---|\n");
    return measure_all(lines, &err) ? EXIT_OK : command_failed("bench", "%s", err.text);
}
