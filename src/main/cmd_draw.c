/* mandate draw FILE.bpmn: a process as SVG, on standard output. What cannot be executed is drawn
 * all the same. */
#include <stdio.h>

#include "bpmn/bpmn.h"
#include "main/cmd.h"
#include "os/file.h"

enum { ARENA_BYTES = 256 << 20, READ_STEPS = 10000000, SVG_BYTES_MAX = 16 << 20 };

static const struct bpmn_process *process_of(const struct bpmn_model *model, const char *id) {
    for (size_t i = 0; i < model->process_count; i++)
        if (id == NULL || str_eq(model->processes[i]->id, str_from(id)))
            return model->processes[i];
    return NULL;
}

static int draw(const char *file, const char *process_id, enum lang lang, struct arena *arena) {
    struct budget budget = budget_of(READ_STEPS, ARENA_BYTES / 2);
    struct bpmn_model *model;
    struct err err = {0};
    struct str text;
    struct buf out;
    if (!os_file_read(&text, file, FILE_BYTES_MAX, arena, &err))
        return command_failed("draw", "%s", err.text);
    if (!bpmn_read_drawing(&model, text, file, arena, &budget, &err)) {
        char message[ERR_TEXT_MAX * 2];
        err_format(message, sizeof message, &err);
        (void)fprintf(stderr, "%s\n", message);
        return EXIT_WRONG;
    }
    const struct bpmn_process *process = process_of(model, process_id);
    if (process == NULL)
        return command_failed("draw", "there is no process '%s' in %s",
                              process_id == NULL ? "" : process_id, file);
    buf_init(&out, SVG_BYTES_MAX);
    bpmn_svg(&out, process, NULL, lang, STR("draw-"), arena);
    bool ok = buf_ok(&out, "the drawing", &err) && fwrite(out.at, 1, out.len, stdout) == out.len &&
              putchar('\n') != EOF;
    buf_done(&out);
    return ok ? EXIT_OK : command_failed("draw", "could not write the drawing");
}

int cmd_draw(int argc, char **argv) {
    const char *process_id = NULL, *language = "zh";
    const struct option options[] = {
        {"process", OPTION_TEXT, &process_id, "ID", "which process; the first one unless given"},
        {"lang", OPTION_TEXT, &language, "zh|en", "the language of the names"},
    };
    const struct command_line line = {.name = "draw",
                                      .arguments = "FILE.bpmn",
                                      .about = "Draws a process as SVG, as the pages do.",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 1,
                                      .arguments_max = 1};
    struct arguments args;
    enum lang lang;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    if (!lang_find(&lang, str_from(language)))
        return command_failed("draw", "there is no language '%s'", language);
    struct arena *arena = arena_create("draw", ARENA_BYTES);
    code = draw(args.items[0], process_id, lang, arena);
    arena_destroy(arena);
    return code;
}
