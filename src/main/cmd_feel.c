/* mandate feel EXPRESSION [--context FILE.json]: the value as FEEL text, diagnoses on stderr. */
#include <stdio.h>

#include "feel/feel.h"
#include "main/cmd.h"
#include "main/values.h"
#include "main/zones.h"
#include "os/env.h"
#include "json/json.h"

enum { ARENA_BYTES = 1 << 30 };

int cmd_feel(int argc, char **argv) {
    const char *context_path = NULL;
    bool as_json = false;
    const struct option options[] = {
        {"context", OPTION_TEXT, &context_path, "FILE.json", "the variables of the expression"},
        {"json", OPTION_FLAG, &as_json, NULL, "print the value as JSON"},
    };
    const struct command_line line = {.name = "feel",
                                      .arguments = "EXPRESSION",
                                      .about = "Evaluates a FEEL expression (doc/feel.md).",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 1,
                                      .arguments_max = 1};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct arena *arena = arena_create("feel", ARENA_BYTES);
    struct zones zones;
    struct err err = {0};
    struct feel_value context, value;
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct feel_diags diags = {.arena = arena};
    zones_init(&zones, arena);
    struct feel_env env = {
        .now = feel_instant(arena, os_wall_us(os_env_real()), cal_zone_utc()),
        .zones = &zones.zones,
        .diags = &diags,
    };
    if (!value_read_file(&context, context_path, arena, &err)) {
        code = command_failed("feel", "%s", err.text);
    } else if (!feel_once(&value, str_from(args.items[0]), context, env, arena, &budget, &err)) {
        (void)fprintf(stderr, "%u:%u: %s\n", err.at.line, err.at.column, err.text);
        code = EXIT_WRONG;
    } else {
        diags_print(&diags);
        code = value_print(value, as_json) ? EXIT_OK : EXIT_COULD_NOT;
    }
    arena_destroy(arena);
    return code;
}
