/* mandate decide MODEL.dmn DECISION [--input FILE.json]: the value, with a trace on demand.
 * Imported models are looked for beside the model. */
#include <stdio.h>

#include "dmn/view.h"
#include "main/calendars.h"
#include "main/cmd.h"
#include "main/models.h"
#include "main/values.h"
#include "main/zones.h"
#include "os/env.h"
#include "os/file.h"

enum {
    ARENA_BYTES = 1 << 30,
    LOAD_STEPS = 100000000,
    LOAD_BYTES = 512 << 20,
    TOLD_MAX = 20 /* of inputs that are not given */
};

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

static void tell_missing(const struct dmn_view_ask *asks, size_t count, struct feel_value inputs) {
    size_t missing = 0;
    for (size_t i = 0; i < count; i++)
        if (!asks[i].maybe && !dmn_view_given(&asks[i], inputs) && ++missing <= TOLD_MAX)
            (void)command_failed("decide", "'%.*s' is not given: it is null",
                                 STR_ARG(asks[i].name));
    if (missing > TOLD_MAX)
        (void)command_failed("decide", "%zu more are not given", missing - TOLD_MAX);
}

/* What is given under a name that nothing asks for is a slip of the pen, and the decision would be
 * made without it: false. What is not given is null, and is told. */
static bool inputs_fit(const struct dmn_model *model, struct str decision, struct feel_value inputs,
                       struct arena *a) {
    const struct dmn_view_ask *asks;
    size_t count = dmn_view_asks(&asks, model, decision, a);
    bool fit = true;
    struct buf names;
    buf_init(&names, 1000);
    buf_add(&names, count == 0 ? STR("nothing") : STR(""));
    for (size_t i = 0; i < count; i++)
        buf_printf(&names, "%s%.*s", i > 0 ? ", " : "", STR_ARG(asks[i].name));
    for (size_t i = 0; i < feel_count(inputs); i++) {
        struct str name = feel_entries(inputs)[i].name;
        if (dmn_view_knows(model, asks, count, name))
            continue;
        fit = false;
        (void)command_failed("decide", "there is no input '%.*s'; '%.*s' asks for %.*s%s",
                             STR_ARG(name), STR_ARG(decision), (int)names.len, names.at,
                             names.full ? " ..." : "");
    }
    buf_done(&names);
    tell_missing(asks, count, inputs);
    return fit;
}

static bool is_there(const struct dmn_model *model, struct str decision) {
    return dmn_find(model, decision) != SIZE_MAX || dmn_named(model, STR_NONE, decision) != NULL;
}

/* env: zones and calendars */
static int decide(const struct dmn_model *model, const char *decision, struct feel_value inputs,
                  struct feel_env env, bool as_json, bool with_trace, struct arena *arena) {
    struct feel_diags diags = {.arena = arena};
    struct dmn_trace trace = {.arena = arena};
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct err err = {0};
    struct feel_value value;
    struct str name = str_from(decision);
    env.now = feel_instant(arena, os_wall_us(os_env_real()), cal_zone_utc());
    env.diags = &diags;
    if (!dmn_view_texts(&inputs, model, name, env.zones, arena, &budget, &err))
        return command_error("decide", &err);
    if (is_there(model, name) && !inputs_fit(model, name, inputs, arena))
        return EXIT_COULD_NOT;
    if (!dmn_evaluate(&value, model, name, inputs, &env, with_trace ? &trace : NULL, arena, &budget,
                      &err)) {
        (void)command_error("decide", &err);
        return EXIT_WRONG;
    }
    diags_print(&diags);
    if (with_trace && print_trace(&trace) != EXIT_OK)
        return EXIT_COULD_NOT;
    return value_print(value, as_json) ? EXIT_OK : EXIT_COULD_NOT;
}

int cmd_decide(int argc, char **argv) {
    const char *input_path = NULL;
    bool as_json = false, with_trace = false, free_names = false;
    struct option_list calendar_files = {0};
    const struct option options[] = {
        {"input", OPTION_TEXT, &input_path, "FILE.json",
         "the values of the input data; - reads standard input"},
        CALENDARS_OPTION(&calendar_files),
        FREE_NAMES_OPTION(&free_names),
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
    struct calendars calendars;
    struct err err = {0};
    struct str xml;
    struct feel_value inputs;
    struct dmn_model *model;
    struct models_beside beside = {args.items[0], arena};
    struct budget budget = budget_of(LOAD_STEPS, LOAD_BYTES);
    zones_init(&zones, arena);
    struct dmn_options load = {.import = models_import,
                               .import_self = &beside,
                               .zones = &zones.zones,
                               .strict = true,
                               .free_names = free_names};
    if (!calendars_read(&calendars, &calendar_files, arena, &err) ||
        !os_file_read(&xml, args.items[0], FILE_BYTES_MAX, arena, &err) ||
        !value_read_file(&inputs, input_path, arena, &err)) {
        code = command_error("decide", &err);
    } else if (!dmn_load(&model, arena, xml, args.items[0], &load, &budget, &err)) {
        (void)command_error("decide", &err);
        (void)fputs(models_hint(&err, free_names), stderr);
        code = EXIT_WRONG;
    } else {
        struct feel_env env = {
            .zones = &zones.zones, .calendars = calendars.items, .calendar_count = calendars.count};
        code = decide(model, args.items[1], inputs, env, as_json, with_trace, arena);
    }
    arena_destroy(arena);
    return code;
}
