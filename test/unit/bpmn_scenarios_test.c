/* The tables of scenarios in test/bpmn/: for each element of BPMN models, inputs and what must
 * happen, drawn from the standard's text. A file holds scenarios:
 *
 *     == a join waits for every flow (13.4.1)
 *     start s                      the model (bpmn/sketch_test.h)
 *     ...
 *     -- play                      one play or more on that model (bpmn/play_test.h): an input, an
 *     start -> +s -s +a ?a         arrow and what happens; a line without an arrow goes on with
 *     do a -> -a +e -e             the one before
 *         end:completed
 *     -- sound stuck:j dead:e      and the faults that the soundness check finds, "-- sound" none
 *     -- refused WORDS             or: the file is refused, with these words in the message
 *
 * The numbers in brackets are clauses of BPMN 2.0.2; what the standard leaves to others says "(as
 * in Camunda 8)". bpmn_positions.h says which elements have to be there in which positions. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/test.h"
#include "bpmn/play_test.h"
#include "bpmn/sketch_test.h"
#include "bpmn_positions.h"

enum { FILES_MAX = 100, MEMORY_MAX = 256 << 20, SCENARIOS_MIN = 300 };

struct table {
    const char *file;
    struct str rest; /* lines to come */
    int line;        /* of the one that was taken last */
    struct str model;
    int model_line;
    struct arena *arena;
    int scenarios;
};

static bool next_line(struct str *out, struct table *t) {
    if (!str_split(out, &t->rest, '\n'))
        return false;
    *out = str_trim(*out);
    t->line++;
    return true;
}

/* A line that begins the next section or the next scenario. */
static bool is_head(struct str line) {
    return str_starts(line, STR("==")) || str_starts(line, STR("--"));
}

static struct bpmn_process *read_model(struct table *t) {
    struct err err = {0};
    struct bpmn_process *process = NULL;
    if (!sketch_read(&process, t->model, t->arena, &err))
        test_failed(t->file, t->model_line, "the model is read", &err);
    return process;
}

static void play_one(struct play *play, struct str text) {
    struct str step = arena_str(play->arena, text); /* records borrow from it */
    size_t arrow = str_find(step, STR("->"));
    play_step(play, str_trim(str_sub(step, 0, arrow)),
              str_trim(str_sub(step, arrow + 2, step.len)));
}

/* Steps up to the next head; the text of one step is gathered from its lines. */
static void run_play(struct table *t) {
    struct bpmn_process *process = read_model(t);
    struct play play;
    struct buf step;
    struct str line;
    buf_init(&step, 1 << 16);
    play_init(&play, process, t->arena, t->file, t->line);
    struct table before = *t;
    while (next_line(&line, t) && !is_head(line)) {
        before = *t;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (str_find(line, STR("->")) != SIZE_MAX) {
            if (step.len > 0 && process != NULL)
                play_one(&play, buf_view(&step));
            buf_reset(&step);
            play.line = t->line;
        }
        buf_add_byte(&step, ' ');
        buf_add(&step, line);
    }
    if (step.len > 0 && process != NULL)
        play_one(&play, buf_view(&step));
    if (process != NULL)
        positions_see(process, &play.all);
    buf_done(&step);
    *t = before; /* the head is somebody else's line */
}

static void run_sound(struct table *t, struct str want) {
    struct bpmn_process *process = read_model(t);
    struct bpmn_findings found = {0};
    struct budget budget = budget_of(100000000, MEMORY_MAX / 2);
    struct err err = {0};
    struct buf got;
    if (process == NULL)
        return;
    if (!bpmn_check_sound(&found, process, (struct bpmn_sound_limits){0}, t->arena, &budget, &err))
        test_failed(t->file, t->line, "soundness", &err);
    buf_init(&got, 1 << 16);
    for (size_t i = 0; i < found.count; i++)
        buf_printf(&got, "%s%s:%.*s", i ? " " : "", bpmn_fault_name(found.list[i].fault),
                   STR_ARG(process->nodes[found.list[i].node].id));
    test_check_str(t->file, t->line, buf_view(&got), want);
    buf_done(&got);
}

static void run_refused(struct table *t, struct str words) {
    struct err err = {0};
    struct bpmn_process *process;
    char text[ERR_TEXT_MAX + 200] = "";
    if (sketch_read(&process, t->model, t->arena, &err)) {
        test_failed(t->file, t->line, "the model is refused", NULL);
        return;
    }
    err_format(text, sizeof text, &err);
    if (str_find(str_from(text), words) == SIZE_MAX)
        test_failed(t->file, t->line, "the refusal says why", &err);
}

/* From the line after "==" up to the next one. */
static void run_scenario(struct table *t) {
    struct table before = *t;
    struct str line;
    const char *begin = t->rest.at;
    t->arena = arena_create("scenario", MEMORY_MAX);
    t->model_line = t->line;
    t->model = STR_NONE;
    t->scenarios++;
    while (next_line(&line, t) && !str_starts(line, STR("=="))) {
        if (t->model.at == NULL && is_head(line))
            t->model = (struct str){begin, (size_t)(line.at - begin)};
        if (str_starts(line, STR("-- play")))
            run_play(t);
        else if (str_starts(line, STR("-- sound")))
            run_sound(t, str_trim(str_sub(line, 8, line.len)));
        else if (str_starts(line, STR("-- refused")))
            run_refused(t, str_trim(str_sub(line, 10, line.len)));
        else if (is_head(line))
            test_failed(t->file, t->line, "a section is play, sound or refused", NULL);
        before = *t;
    }
    if (t->model.at == NULL)
        test_failed(t->file, t->model_line, "a scenario has a section", NULL);
    arena_destroy(t->arena);
    *t = before;
}

/* Where its expectation comes from. */
static void check_source(const struct table *t, struct str title) {
    static const char *const sources[] = {"(1", "(table", "(chapter", "as in Camunda 8)"};
    bool named = false;
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        named = named || str_find(title, str_from(sources[i])) != SIZE_MAX;
    if (!named)
        test_failed(t->file, t->line, "a scenario names its clause", NULL);
}

static void run_table(struct table *t) {
    struct str line;
    while (next_line(&line, t))
        if (str_starts(line, STR("=="))) {
            check_source(t, line);
            run_scenario(t);
        } else if (line.len > 0 && line.at[0] != '#')
            test_failed(t->file, t->line, "a scenario begins with ==", NULL);
}

static int cmp_text(const void *a, const void *b) {
    return strcmp(a, b);
}

/* The tables' files, sorted. */
static size_t list_tables(char files[FILES_MAX][300]) {
    DIR *folder = opendir("test/bpmn");
    struct dirent *entry;
    size_t count = 0;
    CHECK(folder != NULL);
    while (folder != NULL && count < FILES_MAX && (entry = readdir(folder)) != NULL)
        if (str_ends(str_from(entry->d_name), STR(".txt")))
            (void)snprintf(files[count++], 300, "test/bpmn/%s", entry->d_name);
    if (folder != NULL)
        (void)closedir(folder);
    qsort(files, count, sizeof files[0], cmp_text);
    return count;
}

void test_bpmn_scenarios(void) {
    char files[FILES_MAX][300];
    size_t count = list_tables(files);
    int scenarios = 0;
    for (size_t i = 0; i < count; i++) {
        struct table t = {.file = files[i]};
        CHECK(test_read_file(&t.rest, files[i]));
        run_table(&t);
        scenarios += t.scenarios;
    }
    CHECK(scenarios >= SCENARIOS_MIN);
    positions_check();
}
