/* mandate decide MODEL.dmn DECISION [--input FILE.json]: the value, with a trace on demand.
 * Imported models are looked for beside the model. */
#include <stdio.h>

#include "dmn/dmn.h"
#include "main/cmd.h"
#include "main/imports.h"
#include "main/values.h"
#include "main/zones.h"
#include "os/env.h"
#include "os/file.h"

enum { ARENA_BYTES = 1 << 30, LOAD_STEPS = 100000000, LOAD_BYTES = 512 << 20 };

static int print_trace(const struct dmn_trace *trace) {
    struct buf out;
    struct err err = {0};
    buf_init(&out, FEEL_TEXT_BYTES_MAX);
    if (!dmn_trace_json(&out, trace, &err))
        (void)fprintf(stderr, "mandate decide: %s\n", err.text);
    else
        (void)fprintf(stderr, "%.*s\n", (int)out.len, out.at);
    buf_done(&out);
    return err.code == ERR_NONE ? EXIT_OK : EXIT_COULD_NOT;
}

static int decide(const struct dmn_model *model, const char *decision, struct feel_value inputs,
                  struct zones *zones, bool as_json, bool with_trace, struct arena *arena) {
    struct feel_diags diags = {.arena = arena};
    struct dmn_trace trace = {.arena = arena};
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct err err = {0};
    struct feel_value value;
    struct feel_env env = {
        .now = feel_instant(arena, os_wall_us(os_env_real()), cal_zone_utc()),
        .zones = &zones->zones,
        .diags = &diags,
    };
    if (!dmn_evaluate(&value, model, str_from(decision), inputs, &env, with_trace ? &trace : NULL,
                      arena, &budget, &err)) {
        (void)fprintf(stderr, "mandate decide: %s\n", err.text);
        return EXIT_WRONG;
    }
    diags_print(&diags);
    if (with_trace && print_trace(&trace) != EXIT_OK)
        return EXIT_COULD_NOT;
    return value_print(value, as_json) ? EXIT_OK : EXIT_COULD_NOT;
}

int cmd_decide(int argc, char **argv) {
    const char *input_path = NULL;
    bool as_json = false, with_trace = false;
    const struct option options[] = {
        {"input", OPTION_TEXT, &input_path, "FILE.json", "the values of the input data"},
        {"json", OPTION_FLAG, &as_json, NULL, "print the value as JSON"},
        {"trace", OPTION_FLAG, &with_trace, NULL,
         "print which rules matched, as JSON, on standard error"},
    };
    const struct command_line line = {.name = "decide",
                                      .arguments = "MODEL.dmn DECISION",
                                      .about = "Evaluates a decision, by id or name.",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 2,
                                      .arguments_max = 2};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct arena *arena = arena_create("decide", ARENA_BYTES);
    struct zones zones;
    struct err err = {0};
    struct str xml;
    struct feel_value inputs;
    struct dmn_model *model;
    struct imports_beside beside = {args.items[0], arena};
    struct budget budget = budget_of(LOAD_STEPS, LOAD_BYTES);
    zones_init(&zones, arena);
    struct dmn_options load = {
        .import = imports_find, .import_self = &beside, .zones = &zones.zones, .strict = true};
    if (!os_file_read(&xml, args.items[0], FILE_BYTES_MAX, arena, &err) ||
        !value_read_file(&inputs, input_path, arena, &err)) {
        code = command_failed("decide", "%s", err.text);
    } else if (!dmn_load(&model, arena, xml, args.items[0], &load, &budget, &err)) {
        char text[ERR_TEXT_MAX * 2];
        err_format(text, sizeof text, &err);
        (void)fprintf(stderr, "%s\n", text);
        code = EXIT_WRONG;
    } else {
        code = decide(model, args.items[1], inputs, &zones, as_json, with_trace, arena);
    }
    arena_destroy(arena);
    return code;
}
