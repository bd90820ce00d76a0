/* mandate feel EXPRESSION [--context FILE.json]: the value as FEEL text, diagnoses on stderr.
 * mandate feel --lines: an expression a line from standard input, a JSON object a line as answer:
 *     {"kind": "number", "feel": "1.50", "value": 1.50}
 *     {"kind": "null", "feel": "null", "value": null, "diagnoses": [{"column": 1, "length": 5,
 *      "text": "cannot add string and number"}]}
 *     {"error": "syntax", "column": 4, "text": "expected an expression"}
 * Each answer is flushed, so that another program may ask and wait for it. */
#include <stdio.h>
#include <string.h>

#include "feel/feel.h"
#include "main/calendars.h"
#include "main/cmd.h"
#include "main/values.h"
#include "main/zones.h"
#include "os/env.h"
#include "json/json.h"

enum { ARENA_BYTES = 1 << 30, ANSWER_BYTES = 4 * FEEL_TEXT_BYTES_MAX };

struct feel_command {
    struct feel_value context;
    struct feel_env env; /* without now and diags */
    struct arena *arena; /* of one expression */
};

static struct feel_env env_of(const struct feel_command *c, struct feel_diags *diags) {
    struct feel_env env = c->env;
    env.now = feel_instant(c->arena, os_wall_us(os_env_real()), cal_zone_utc());
    env.diags = diags;
    return env;
}

/* As a diagnosis: with the line and ^ under the place. A spent limit has no place. */
static void print_error(const struct err *err, struct str text) {
    struct buf out;
    if (err->at.line == 0) {
        (void)command_error("feel", err);
        return;
    }
    buf_init(&out, 2 * FEEL_SOURCE_BYTES_MAX);
    feel_error_print(&out, err->at, str_from(err->text), text);
    (void)fwrite(out.at, 1, out.len, stderr);
    buf_done(&out);
}

static int evaluate_one(const struct feel_command *c, struct str text, bool as_json) {
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct feel_diags diags = {.arena = c->arena};
    struct feel_value value;
    struct err err = {0};
    if (!feel_once(&value, text, c->context, env_of(c, &diags), c->arena, &budget, &err)) {
        print_error(&err, text);
        return EXIT_WRONG;
    }
    diags_print(&diags);
    return value_print(value, as_json) ? EXIT_OK : EXIT_COULD_NOT;
}

static void add_text(struct buf *out, const char *name, struct str text) {
    buf_printf(out, "\"%s\":", name);
    json_write_text(out, text);
}

static void add_diags(struct buf *out, const struct feel_diags *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        const struct feel_diag *d = &diags->items[i];
        buf_printf(out, "%s{\"column\":%u,\"length\":%u,", i == 0 ? ",\"diagnoses\":[" : ",",
                   d->at.column, d->len);
        add_text(out, "text", d->text);
        buf_add_byte(out, '}');
    }
    if (diags->count > 0)
        buf_add_byte(out, ']');
}

/* False: err says why there is no value, or why it cannot be written. */
static bool answer(struct buf *out, const struct feel_command *c, struct str text,
                   struct err *err) {
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct feel_diags diags = {.arena = c->arena};
    struct feel_value value;
    struct buf printed;
    bool ok;
    if (!feel_once(&value, text, c->context, env_of(c, &diags), c->arena, &budget, err))
        return false;
    buf_init(&printed, FEEL_TEXT_BYTES_MAX);
    feel_print(&printed, value);
    buf_printf(out, "{\"kind\":\"%s\",", feel_kind_name(feel_kind(value)));
    add_text(out, "feel", buf_view(&printed));
    buf_lit(out, ",\"value\":");
    ok = buf_ok(&printed, "the value", err) && feel_to_json(out, value, err);
    buf_done(&printed);
    add_diags(out, &diags);
    buf_add_byte(out, '}');
    return ok && buf_ok(out, "the answer", err);
}

static void answer_line(struct buf *out, const struct feel_command *c, const struct buf *line) {
    struct err err = {0};
    buf_reset(out);
    if (!buf_ok(line, "the line", &err) || !answer(out, c, buf_view(line), &err)) {
        buf_reset(out);
        buf_printf(out, "{\"error\":\"%s\",\"column\":%u,", err_code_name(err.code), err.at.column);
        add_text(out, "text", str_from(err.text));
        buf_add_byte(out, '}');
    }
    buf_add_byte(out, '\n');
    arena_reset(c->arena);
}

/* One line without its end; the end of the input gives false. */
static bool read_line(struct buf *line) {
    int byte;
    buf_reset(line);
    while ((byte = getc_unlocked(stdin)) != EOF && byte != '\n')
        buf_add_byte(line, (char)byte);
    if (line->len > 0 && line->at[line->len - 1] == '\r')
        buf_cut(line, line->len - 1);
    return byte != EOF || line->len > 0;
}

static int evaluate_lines(const struct feel_command *c) {
    struct buf line, out;
    bool written = true;
    buf_init(&line, FEEL_SOURCE_BYTES_MAX);
    buf_init(&out, ANSWER_BYTES);
    while (written && read_line(&line)) {
        answer_line(&out, c, &line);
        written = output_write(buf_view(&out));
    }
    buf_done(&out);
    buf_done(&line);
    return written && !ferror(stdin) ? EXIT_OK : EXIT_COULD_NOT;
}

int cmd_feel(int argc, char **argv) {
    const char *context_path = NULL;
    bool as_json = false, lines = false;
    struct option_list calendar_files = {0};
    const struct option options[] = {
        {"context", OPTION_TEXT, &context_path, "FILE.json",
         "the variables of the expression; - reads standard input"},
        CALENDARS_OPTION(&calendar_files),
        {"json", OPTION_FLAG, &as_json, NULL, "print the value as JSON"},
        {"lines", OPTION_FLAG, &lines, NULL,
         "read an expression a line from standard input, answer a JSON object a line"},
    };
    const struct command_line line = {.name = "feel",
                                      .arguments = "[EXPRESSION]",
                                      .about = "Evaluates a FEEL expression (doc/feel.md).",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 0,
                                      .arguments_max = 1};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    if (lines != (args.count == 0))
        return command_failed("feel", "an expression, or --lines, is needed");
    if (lines && context_path != NULL && strcmp(context_path, "-") == 0)
        return command_failed("feel", "standard input gives the expressions, not the context");
    struct arena *kept = arena_create("context and zones", ARENA_BYTES);
    struct feel_command c = {.arena = arena_create("feel", ARENA_BYTES)};
    struct zones zones;
    struct calendars calendars;
    struct err err = {0};
    zones_init(&zones, kept);
    c.env.zones = &zones.zones;
    bool is_read = calendars_read(&calendars, &calendar_files, kept, &err) &&
                   value_read_file(&c.context, context_path, kept, &err);
    c.env.calendars = calendars.items;
    c.env.calendar_count = calendars.count;
    if (!is_read)
        code = command_error("feel", &err);
    else if (lines)
        code = evaluate_lines(&c);
    else
        code = evaluate_one(&c, str_from(args.items[0]), as_json);
    arena_destroy(c.arena);
    arena_destroy(kept);
    return code;
}
