/* FEEL: one expression compiled once and evaluated many times, and compiled for each evaluation. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "feel/feel.h"
#include "main/bench.h"
#include "os/os.h"

enum { EVALUATIONS = 1000000, PARSES = 100000, RUNS = 7 };

static const struct expression {
    struct str text;
    bool loops; /* a hundred steps each */
} expressions[] = {
    {STR_INIT("a + b * 2"), false},
    {STR_INIT("if age >= 18 and residence = \"Wenzhou\" then fee * 0.5 else fee"), false},
    {STR_INIT("sum(for i in 1..100 return i * i)"), true},
};
static const struct feel_name names[] = {{.name = STR_INIT("a")},
                                         {.name = STR_INIT("b")},
                                         {.name = STR_INIT("age")},
                                         {.name = STR_INIT("residence")},
                                         {.name = STR_INIT("fee")}};
static const struct feel_options options = {.names = names, .name_count = COUNT_OF(names)};

struct bench_env {
    struct feel_env env;
    struct feel_value vars[COUNT_OF(names)];
};

static void env_init(struct bench_env *e) {
    *e = (struct bench_env){.vars = {feel_int(1050), feel_decimal(1250, 2), feel_int(42),
                                     feel_string(STR("Wenzhou")), feel_decimal(2000, 2)}};
    e->env = (struct feel_env){.vars = e->vars, .var_count = COUNT_OF(e->vars)};
}

static bool compiled(int64_t *took_us, const struct expression *x, size_t count, struct err *err) {
    struct arena *arena = arena_create("program", 1 << 20), *scratch;
    struct feel_program *program;
    struct bench_env e;
    bool ok = feel_compile(&program, arena, x->text, &options, err);
    env_init(&e);
    scratch = arena_create("scratch", FEEL_BYTES_DEFAULT);
    int64_t from_us = os_mono_us(os_env_real());
    for (size_t i = 0; ok && i < count; i++) {
        struct feel_value value;
        struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
        struct arena_mark mark = arena_mark(scratch);
        ok = feel_eval(&value, program, &e.env, scratch, &budget, err);
        arena_rewind(scratch, mark);
    }
    *took_us = os_mono_us(os_env_real()) - from_us;
    arena_destroy(scratch);
    arena_destroy(arena);
    return ok;
}

static bool parsed(int64_t *took_us, const struct expression *x, size_t count, struct err *err) {
    struct arena *arena = arena_create("once", FEEL_BYTES_DEFAULT);
    struct bench_env e;
    bool ok = true;
    env_init(&e);
    int64_t from_us = os_mono_us(os_env_real());
    for (size_t i = 0; ok && i < count; i++) {
        struct feel_program *program;
        struct feel_value value;
        struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
        ok = feel_compile(&program, arena, x->text, &options, err) &&
             feel_eval(&value, program, &e.env, arena, &budget, err);
        arena_reset(arena);
    }
    *took_us = os_mono_us(os_env_real()) - from_us;
    arena_destroy(arena);
    return ok;
}

static int by_time(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

typedef bool way(int64_t *took_us, const struct expression *x, size_t count, struct err *err);

static bool measure(int64_t *a_second, way *how, const struct expression *x, size_t count,
                    struct err *err) {
    int64_t took_us[RUNS];
    for (size_t i = 0; i < RUNS; i++)
        if (!how(&took_us[i], x, count, err))
            return false;
    qsort(took_us, RUNS, sizeof *took_us, by_time);
    *a_second = (int64_t)count * 1000000 / MAX_OF(took_us[RUNS / 2], 1);
    return true;
}

int bench_feel(int argc, char **argv) {
    const struct command_line line = {
        .name = "bench feel",
        .about = "FEEL evaluations a second on one core: compiled once, and compiled each time."};
    struct arguments args;
    struct err err = {0};
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    (void)printf(
        "| expression | compiled, evaluations/s | parsed and evaluated/s |\n|---|---|---|\n");
    for (size_t i = 0; i < COUNT_OF(expressions); i++) {
        int64_t eval, parse;
        size_t less = expressions[i].loops ? 50 : 1;
        if (!measure(&eval, compiled, &expressions[i], EVALUATIONS / less, &err) ||
            !measure(&parse, parsed, &expressions[i], PARSES / less, &err))
            return command_failed("bench", "%s", err.text);
        (void)printf("| `%.*s` | %" PRIi64 " | %" PRIi64 " |\n", STR_ARG(expressions[i].text), eval,
                     parse);
    }
    return EXIT_OK;
}
