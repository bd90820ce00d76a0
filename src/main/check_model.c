/* One model by itself: what a drafter sees before the pack around it is written. */
#include "main/check_model.h"

#include <inttypes.h>
#include <stdio.h>

#include "bpmn/bpmn.h"
#include "os/file.h"

enum {
    MODEL_BYTES_MAX = 64 << 20,
    CHECK_STEPS = 1000000000, /* of reading and of all processes */
    CHECK_BYTES = 512 << 20,
    SVG_BYTES_MAX = 32 << 20,
};

static struct str name_of(struct check_model *c, const struct bpmn_node *node) {
    struct str zh = bpmn_label(node, LANG_zh), en = bpmn_label(node, LANG_en);
    return str_eq(zh, en) ? zh : arena_printf(c->arena, "%.*s / %.*s", STR_ARG(zh), STR_ARG(en));
}

static struct json *put_node(struct json *list, const struct bpmn_node *node) {
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("id"), node->id);
    json_set_i64(out, STR("line"), node->line);
    struct json *name = json_set_obj(out, STR("name"));
    for (int lang = 0; lang < LANGS; lang++)
        json_set_str(name, lang_code((enum lang)lang), bpmn_label(node, (enum lang)lang));
    return out;
}

static bool write_drawing(struct check_model *c, struct str path, const struct buf *svg,
                          struct err *err) {
    return os_folder_make(c->svg, err) && buf_ok(svg, "the drawing", err) &&
           os_file_write(arena_cstr(c->arena, path), buf_view(svg), err);
}

/* All elements that can never happen, in one drawing: PROCESS-dead.svg. */
static bool draw_dead(struct str *path, struct check_model *c, const struct bpmn_process *p,
                      const struct bpmn_findings *found, size_t number, struct err *err) {
    *path = arena_printf(c->arena, "%s/%.*s-dead.svg", c->svg, STR_ARG(p->id));
    for (size_t i = 0; i < number; i++)
        if (found->list[i].fault == BPMN_FAULT_DEAD)
            return true; /* drawn with the first */
    static const struct lang_text caption = {
        {[LANG_zh] = STR_INIT("虚线框的元素永远不会发生"),
         [LANG_en] = STR_INIT("what has a dashed border can never happen")}};
    struct bpmn_marks marks = bpmn_marks_new(p, c->arena);
    struct buf svg;
    for (size_t i = number; i < found->count; i++)
        if (found->list[i].fault == BPMN_FAULT_DEAD)
            marks.nodes[found->list[i].node] = BPMN_MARK_FAILED;
    marks.caption = caption.in[c->lang];
    buf_init(&svg, SVG_BYTES_MAX);
    bpmn_svg(&svg, p, &marks, c->lang, STR("check-"), c->arena);
    bool ok = write_drawing(c, *path, &svg, err);
    buf_done(&svg);
    return ok;
}

/* FOLDER/PROCESS-2.svg; empty without a folder, and of a fault that has no place. */
static bool draw(struct str *path, struct check_model *c, const struct bpmn_process *p,
                 const struct bpmn_findings *found, size_t number, struct err *err) {
    const struct bpmn_finding *f = &found->list[number];
    struct buf svg;
    *path = STR_NONE;
    if (c->svg == NULL)
        return true;
    if (f->fault == BPMN_FAULT_DEAD)
        return draw_dead(path, c, p, found, number, err);
    if (f->step_count + f->token_count == 0)
        return true;
    *path = arena_printf(c->arena, "%s/%.*s-%zu.svg", c->svg, STR_ARG(p->id), number + 1);
    buf_init(&svg, SVG_BYTES_MAX);
    bpmn_sound_svg(&svg, p, f, c->lang, STR("check-"), c->arena);
    bool ok = write_drawing(c, *path, &svg, err);
    buf_done(&svg);
    return ok;
}

static void put_finding(struct check_model *c, struct json *list, const struct bpmn_process *p,
                        const struct bpmn_finding *f, struct str drawing) {
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("fault"), str_from(bpmn_fault_name(f->fault)));
    json_set_bool(out, STR("unsound"), bpmn_fault_is_unsound(f->fault));
    json_set_str(out, STR("element"), p->nodes[f->node].id);
    json_set_i64(out, STR("line"), f->at.line);
    struct json *text = json_set_obj(out, STR("text"));
    for (int lang = 0; lang < LANGS; lang++)
        json_set_str(text, lang_code((enum lang)lang), f->text.in[lang]);
    struct json *steps = json_set_arr(out, STR("steps"));
    for (size_t i = 0; i < f->step_count; i++) {
        struct json *step = put_node(steps, &p->nodes[f->steps[i]]);
        if (f->step_values[i].len > 0)
            json_set_str(step, STR("value"), f->step_values[i]);
    }
    struct json *tokens = json_set_arr(out, STR("tokens"));
    for (size_t i = 0; i < f->token_count; i++)
        (void)put_node(tokens, &p->nodes[f->tokens[i]]);
    struct json *flows = json_set_arr(out, STR("token_flows"));
    for (size_t i = 0; i < f->flow_count; i++)
        json_push_str(flows, p->flows[f->flows[i]].id);
    if (drawing.len > 0)
        json_set_str(out, STR("drawing"), arena_str(c->arena, drawing));
}

/* How often the steps before `at`, `period` of them, come again right there. */
static size_t repeats(const struct bpmn_finding *f, size_t at, size_t period) {
    size_t count = 0;
    for (size_t i = at; i + period <= f->step_count; i += period, count++)
        for (size_t k = 0; k < period; k++)
            if (f->steps[i + k] != f->steps[at - period + k] ||
                !str_eq(f->step_values[i + k], f->step_values[at - period + k]))
                return count;
    return count;
}

/* A loop is told once: gives the steps behind its repetitions, or at itself. */
static size_t say_repeats(const struct bpmn_finding *f, size_t at) {
    for (size_t period = 1; period <= at; period++) {
        size_t count = repeats(f, at, period);
        if (count < 2)
            continue;
        (void)printf("    ... %zu to %zu again, %zu more times\n", at - period + 1, at, count);
        return at + count * period;
    }
    return at;
}

static void say_finding(struct check_model *c, const struct bpmn_process *p,
                        const struct bpmn_finding *f, struct str drawing) {
    (void)printf("%s%s:%" PRIu32 ": %s: %.*s\n",
                 bpmn_fault_is_unsound(f->fault) ? "" : "warning: ", c->path, f->at.line,
                 bpmn_fault_name(f->fault), STR_ARG(f->text.in[LANG_en]));
    for (size_t i = 0; i < f->step_count; i++) {
        i = say_repeats(f, i);
        if (i < f->step_count)
            (void)printf("    %zu. %.*s (%s:%" PRIu32 ")%s%.*s\n", i + 1,
                         STR_ARG(name_of(c, &p->nodes[f->steps[i]])), c->path,
                         p->nodes[f->steps[i]].line, f->step_values[i].len > 0 ? ": " : "",
                         STR_ARG(f->step_values[i]));
    }
    if (drawing.len > 0)
        (void)printf("    drawn in %.*s\n", STR_ARG(drawing));
}

/* What keeps the process from being executed; it may be drawn and sound all the same. */
static void tell_problems(struct check_model *c, struct json *out, const struct bpmn_process *p) {
    struct json *list = out != NULL ? json_set_arr(out, STR("problems")) : NULL;
    c->wrong = c->wrong || p->problem_count > 0;
    for (size_t i = 0; i < p->problem_count; i++) {
        const struct bpmn_problem *problem = &p->problems[i];
        if (list == NULL) {
            (void)printf("%s:%" PRIu32 ": %.*s\n", c->path, problem->at.line,
                         STR_ARG(problem->text));
            continue;
        }
        struct json *one = json_push_obj(list);
        json_set_i64(one, STR("line"), problem->at.line);
        json_set_str(one, STR("text"), problem->text);
    }
}

static bool check_process(struct check_model *c, struct json *list, const struct bpmn_process *p,
                          struct budget *budget, struct err *err) {
    struct bpmn_findings found;
    struct json *out = list != NULL ? json_push_obj(list) : NULL;
    int64_t from_us = os_mono_us(c->os);
    if (!bpmn_check_sound(&found, p,
                          (struct bpmn_sound_limits){.states_max = (uint32_t)c->states_max},
                          c->arena, budget, err))
        return false;
    int64_t us = os_mono_us(c->os) - from_us;
    bool sound = bpmn_unsound(&found) == NULL;
    c->wrong = c->wrong || !sound;
    if (out != NULL) {
        json_set_str(out, STR("process"), p->id);
        json_set_bool(out, STR("sound"), sound);
        json_set_bool(out, STR("executable"), p->problem_count == 0);
        json_set_i64(out, STR("states"), (int64_t)found.state_count);
        json_set_i64(out, STR("microseconds"), us);
    }
    tell_problems(c, out, p);
    struct json *findings = out != NULL ? json_set_arr(out, STR("findings")) : NULL;
    for (size_t i = 0; i < found.count; i++) {
        struct str drawing;
        if (!draw(&drawing, c, p, &found, i, err))
            return false;
        if (out != NULL)
            put_finding(c, findings, p, &found.list[i], drawing);
        else
            say_finding(c, p, &found.list[i], drawing);
    }
    if (out == NULL)
        (void)printf("%s: process '%.*s' is %s%s; %" PRIu64 " state%s, %.1f ms\n", c->path,
                     STR_ARG(p->id), sound ? "sound" : "not sound",
                     p->problem_count > 0 ? ", and is not executed as it is" : "",
                     found.state_count, found.state_count == 1 ? "" : "s", (double)us / 1000.0);
    return true;
}

/* A file that is refused is an answer, not a failure to check. */
static void refused(struct check_model *c, const struct err *why) {
    char text[ERR_TEXT_MAX + 200];
    err_format(text, sizeof text, why);
    c->wrong = true;
    if (c->answer == NULL) {
        (void)printf("%s\n", text);
        return;
    }
    struct json *out = json_set_obj(c->answer, STR("refused"));
    json_set_str(out, STR("text"), arena_str(c->arena, str_from(why->text)));
    json_set_i64(out, STR("line"), why->at.line);
}

bool check_model(struct check_model *c, struct err *err) {
    struct budget budget = budget_of(CHECK_STEPS, CHECK_BYTES);
    struct err why = {0};
    struct bpmn_model *model;
    struct str text;
    if (!os_file_read(&text, c->path, MODEL_BYTES_MAX, c->arena, err))
        return false;
    if (!bpmn_read_drawing(&model, text, c->path, c->arena, &budget, &why)) {
        refused(c, &why);
        return true;
    }
    struct json *list = c->answer != NULL ? json_set_arr(c->answer, STR("processes")) : NULL;
    for (size_t i = 0; i < model->process_count; i++)
        if (!check_process(c, list, model->processes[i], &budget, err))
            return false;
    return true;
}
