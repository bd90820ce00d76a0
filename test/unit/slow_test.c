/* The engine against the slow interpreter, on random models and histories: after every input both
 * must have done the same, and stand at the same. The seeds are fixed; MANDATE_MODELS=100000 makes
 * a long run of it, MANDATE_SEED=n begins at another seed (a single one with MANDATE_MODELS=1).
 * What differs is made smaller and printed as a scenario for test/bpmn/. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "bpmn/play_test.h"
#include "bpmn/sketch_test.h"
#include "slow.h"

enum { HISTORY_MAX = 40, MEMORY_MAX = 64 << 20, TELL_MAX = 1 << 20 };

struct history {
    struct slow_input list[HISTORY_MAX];
    int count;
};

/* --- the engine's side, told in the same words
 * ------------------------------------------------------------- */
struct words {
    char list[8000][40];
    int count;
};
static struct words happened, stands; /* too large for the stack */

/* A word too long to be told is a fault of the test. */
static void add_word(struct words *w, const char *what, struct str id, const char *after) {
    struct buf text;
    buf_init(&text, sizeof w->list[0] - 1);
    buf_add(&text, str_from(what));
    buf_add(&text, id);
    buf_add(&text, str_from(after));
    CHECK(!text.full && w->count < (int)COUNT_OF(w->list));
    if (w->count < (int)COUNT_OF(w->list)) {
        memset(w->list[w->count], 0, sizeof w->list[0]);
        memcpy(w->list[w->count++], text.at, text.len);
    }
    buf_done(&text);
}

static int cmp_word(const void *a, const void *b) {
    return strcmp(a, b);
}

static void add_words(struct buf *out, struct words *w) {
    qsort(w->list, (size_t)w->count, sizeof w->list[0], cmp_word);
    for (int i = 0; i < w->count; i++)
        buf_printf(out, "%s%s", i > 0 ? " " : "", w->list[i]);
}

static void add_record(struct words *w, const struct bpmn_process *p, const struct bpmn_record *r) {
    struct str id = r->kind == BPMN_REC_TAKEN ? STR_NONE : p->nodes[r->node].id;
    char text[40];
    switch (r->kind) {
    case BPMN_REC_ENTERED: add_word(w, "+", id, ""); break;
    case BPMN_REC_LEFT: add_word(w, "-", id, ""); break;
    case BPMN_REC_CANCELLED: add_word(w, "x", id, ""); break;
    case BPMN_REC_TASK: add_word(w, "?", id, ""); break;
    case BPMN_REC_JOB:
        if (r->code == BPMN_JOB_LISTENER || r->code == BPMN_JOB_TASK_LISTENER)
            (void)snprintf(text, sizeof text,
                           "%s:", bpmn_listen_name(p->nodes[r->node].listeners[r->scope].listen));
        else
            (void)snprintf(text, sizeof text, "job:");
        add_word(w, text, id, "");
        break;
    case BPMN_REC_TASK_CHANGING: add_word(w, "changing:", id, ""); break;
    case BPMN_REC_TASK_CHANGED: add_word(w, "changed:", id, ""); break;
    case BPMN_REC_TASK_DENIED: add_word(w, "denied:", id, ""); break;
    case BPMN_REC_TIMER_FIRED: add_word(w, "fired:", id, ""); break;
    case BPMN_REC_WAIT_MET: add_word(w, "met:", id, ""); break;
    case BPMN_REC_INCIDENT:
        (void)snprintf(text, sizeof text, "%s:", bpmn_incident_name((enum bpmn_incident)r->code));
        add_word(w, text, id, "");
        break;
    case BPMN_REC_RESOLVED: add_word(w, "go:", id, ""); break;
    case BPMN_REC_THROWN: add_word(w, "throw:", r->name, ""); break;
    case BPMN_REC_CALLED: add_word(w, "call:", id, ""); break;
    case BPMN_REC_ENDED:
        add_word(w, "end:",
                 r->code == BPMN_ENDING_COMPLETED    ? STR("completed")
                 : r->code == BPMN_ENDING_TERMINATED ? STR("terminated")
                                                     : STR("cancelled"),
                 "");
        break;
    default: break;
    }
}

static void add_standing(struct words *w, const struct play *play) {
    const struct bpmn_process *p = play->process;
    const struct bpmn_state *state = &play->state;
    for (uint32_t i = 1; i < state->instances.count; i++)
        add_word(w, "", p->nodes[state->instances.list[i].node].id,
                 state->instances.list[i].incident ? "!" : "");
    for (uint32_t i = 0; i < state->timers.count; i++)
        add_word(w, "wait:", p->nodes[state->timers.list[i].node].id, "");
    for (uint32_t i = 0; i < state->waits.count; i++)
        add_word(w, "wait:", p->nodes[state->waits.list[i].node].id, "");
    for (uint32_t i = 0; i < state->variables.count; i++) {
        const struct bpmn_variable *v = &state->variables.list[i];
        if (v->name.len != 2 || v->name.at[0] != 'v')
            continue; /* loopCounter */
        const struct bpmn_instance *scope = bpmn_instance(state, v->scope);
        int64_t n = -1;
        char text[40];
        (void)feel_to_i64(&n, v->value);
        (void)snprintf(text, sizeof text, "%s%.*s=%" PRId64, v->scope == 1 ? "" : ".",
                       (int)v->name.len, v->name.at, n);
        if (v->scope == 1)
            add_word(w, "", STR_NONE, text);
        else if (scope != NULL)
            add_word(w, "", p->nodes[scope->node].id, text);
    }
}

static void engine_take(struct buf *out, struct play *play, const struct bpmn_input *input,
                        struct bpmn_process *target) {
    struct err err = {0};
    struct budget budget = budget_of(1000000, MEMORY_MAX / 2);
    struct bpmn_records records = {.arena = play->arena};
    happened.count = stands.count = 0;
    struct bpmn_env env = {.now_us = play->now_us};
    if (!bpmn_step(&records, &play->state, play->process, input, &env, play->arena, &budget,
                   &err)) {
        char why[ERR_TEXT_MAX + 200];
        err_format(why, sizeof why, &err);
        if (input->kind == BPMN_IN_MIGRATE && err.code == ERR_INVALID)
            buf_lit(out, "refused"); /* both may find another reason first */
        else
            buf_printf(out, "refused: %s", why);
        return;
    }
    if (target != NULL)
        play->process = target;
    for (size_t i = 0; i < records.count; i++) {
        add_record(&happened, play->process, &records.list[i]);
        play_keep(play, &records.list[i]);
    }
    add_standing(&stands, play);
    add_words(out, &happened);
    buf_lit(out, " [");
    add_words(out, &stands);
    buf_lit(out, "]");
}

static void engine_step(struct buf *out, struct play *play, struct str text) {
    struct err err = {0};
    struct bpmn_input input = {0};
    CHECK_OK(play_read_input(&input, play, arena_str(play->arena, text), &err), &err);
    engine_take(out, play, &input, NULL);
}

/* --- both
 * -------------------------------------------------------------------------------------------------
 */
enum result { SAME, DIFFERENT, NO_MODEL, TOO_MUCH };

struct trial {
    struct slow_model model;
    struct history history;
    uint64_t seed;           /* of the inputs that are still to be found */
    bool changes;            /* elements are begun and ended from outside, too */
    struct buf slow, engine; /* told of the last step */
    struct slow_state state;
    struct slow_log log;
    struct slow_model version; /* to which it goes over */
};

static bool same_input(struct slow_input a, struct slow_input b) {
    if (a.verb == IN_TIMER)
        b.number = a.number;
    a.variable = b.variable = a.value = b.value = 0;
    return a.verb == b.verb && a.node == b.node && a.nth == b.nth && a.name == b.name &&
           a.number == b.number && (a.other == b.other || a.verb == IN_MOVE);
}

static bool is_offered(const struct slow_state *s, struct slow_input input) {
    struct slow_input list[400];
    int count = slow_inputs(list, 400, s);
    if (input.verb == IN_SET || input.verb == IN_CANCEL)
        return s->ended == NULL;
    if (input.verb == IN_MIGRATE)
        return s->ended == NULL && slow_may_go_over(s);
    if (input.verb == IN_BEGIN || input.verb == IN_END || input.verb == IN_MOVE)
        count = slow_changes(list, 400, s);
    for (int i = 0; i < count; i++)
        if (same_input(input, list[i]))
            return true;
    return false;
}

static bool can_start(const struct slow_model *model, struct slow_input input) {
    struct slow_input list[10];
    int count = slow_starts(list, 10, model);
    for (int i = 0; i < count; i++)
        if (same_input(input, list[i]))
            return true;
    return false;
}

static void with_variable(struct slow_input *input, uint64_t *seed) {
    input->variable = (int)(slow_random(seed) % VARIABLES);
    input->value = (int)(slow_random(seed) % 3);
}

/* The next input at random: something that is waited for, seldom a new value or the end. */
static bool brings(const struct slow_state *s, struct slow_input input) {
    bool of_task = false;
    switch (input.verb) {
    case IN_TIMER:
    case IN_FAIL:
    case IN_RETRY:
    case IN_FINISH:
    case IN_FULFIL:
    case IN_ASSIGN:
    case IN_UPDATE:
    case IN_DENY: return false;
    case IN_JOB: /* a task's listener brings nothing */
        for (int i = 0; i < s->live_count; i++)
            of_task =
                of_task || (s->live[i].node == input.node && s->live[i].listen >= AT_CREATING);
        return !of_task;
    default: return true;
    }
}

static bool find_input(struct slow_input *out, const struct slow_state *s, uint64_t *seed,
                       bool changes) {
    struct slow_input list[400];
    int count = slow_inputs(list, 400, s);
    uint64_t kind = slow_random(seed) % 100;
    if (s->ended != NULL)
        return false;
    if (kind < 8 || count == 0) {
        *out = (struct slow_input){.verb = IN_SET};
        with_variable(out, seed);
        return count > 0;
    }
    if (kind < 9) {
        *out = (struct slow_input){.verb = IN_CANCEL, .variable = NO_VALUE};
        return true;
    }
    if (kind < 12 && changes && slow_may_go_over(s)) {
        *out = (struct slow_input){
            .verb = IN_MIGRATE, .number = (int)(slow_random(seed) % 1000000), .variable = NO_VALUE};
        return true;
    }
    if (kind < 18 && changes) {
        count = slow_changes(list, 400, s);
        if (count > 0) {
            *out = list[slow_random(seed) % (uint64_t)count];
            return true;
        }
        count = slow_inputs(list, 400, s);
    }
    *out = list[slow_random(seed) % (uint64_t)count];
    if (brings(s, *out) && slow_random(seed) % 2 == 0)
        with_variable(out, seed);
    return true;
}

/* Timers fire when they are due, so that no repetition of a cycle is missed. */
static int due_seconds(const struct play *play, const struct slow_model *model,
                       struct slow_input input) {
    char id[8];
    slow_id(id, model, input.node);
    for (uint32_t i = 0; i < play->state.timers.count; i++) {
        const struct bpmn_timer_row *row = &play->state.timers.list[i];
        if (str_eq(play->process->nodes[row->node].id, str_from(id)) && --input.nth == 0)
            return (int)((row->due_us - START_US) / 1000000);
    }
    return 0;
}

/* Everything alive and every event that hangs on something goes to what has its id. */
static void map_all(struct bpmn_input *input, const struct trial *t, const struct play *play,
                    const struct bpmn_process *target, const int moved[NODES_MAX]) {
    struct bpmn_mapped *list = arena_new(play->arena, struct bpmn_mapped, NODES_MAX);
    for (int n = 1; n < t->model.node_count; n++) {
        bool lives = t->model.nodes[n].kind == S_BOUNDARY || t->model.nodes[n].kind == S_EVENT_SUB;
        char id[8];
        for (int i = 0; i < t->model.flow_count; i++) /* behind an event-based gateway */
            lives = lives || (t->model.flows[i].to == n &&
                              t->model.nodes[t->model.flows[i].from].kind == S_EVENT_BASED);
        for (int i = 0; i < t->state.live_count; i++)
            lives = lives || t->state.live[i].node == n;
        if (!lives || moved[n] < 0)
            continue;
        slow_id(id, &t->model, n);
        list[input->mapped_count++] = (struct bpmn_mapped){
            bpmn_node(play->process, str_from(id))->index, bpmn_node(target, str_from(id))->index};
    }
    input->mapped = list;
}

/* To another version; when the reader does not accept it, nothing happens. */
static void go_over(struct trial *t, struct play *play, struct slow_input input) {
    int moved[NODES_MAX];
    struct buf text;
    struct err err = {0};
    struct bpmn_process *target;
    struct bpmn_input migrate = {.kind = BPMN_IN_MIGRATE};
    slow_make_version(&t->version, &t->model, (uint64_t)input.number, moved);
    buf_init(&text, TELL_MAX);
    slow_print(&text, &t->version);
    if (sketch_read(&target, buf_view(&text), play->arena, &err)) {
        migrate.target = target;
        map_all(&migrate, t, play, target, moved);
        t->state.other = &t->version;
        slow_step(&t->state, input);
        if (!t->state.too_much) {
            slow_tell(&t->slow, &t->state);
            engine_take(&t->engine, play, &migrate, target);
        }
    }
    buf_done(&text);
}

/* One input on both sides. */
static enum result step(struct trial *t, struct play *play, struct slow_input *input) {
    struct buf text;
    if (input->verb == IN_MIGRATE) {
        buf_reset(&t->slow);
        buf_reset(&t->engine);
        go_over(t, play, *input);
        return t->state.too_much                                  ? TOO_MUCH
               : str_eq(buf_view(&t->slow), buf_view(&t->engine)) ? SAME
                                                                  : DIFFERENT;
    }
    if (input->verb == IN_TIMER)
        input->number = due_seconds(play, t->state.m, *input);
    buf_init(&text, 1000);
    slow_print_input(&text, t->state.m, *input);
    slow_step(&t->state, *input);
    buf_reset(&t->slow);
    buf_reset(&t->engine);
    if (!t->state.too_much) {
        slow_tell(&t->slow, &t->state);
        engine_step(&t->engine, play, buf_view(&text));
    }
    buf_done(&text);
    if (t->state.too_much)
        return TOO_MUCH;
    return str_eq(buf_view(&t->slow), buf_view(&t->engine)) ? SAME : DIFFERENT;
}

/* Its records folded again, those from MIGRATED on with the other version, give the same bytes. */
static void check_history(const struct play *play, const struct bpmn_process *first) {
    struct err err = {0};
    struct bpmn_state again;
    struct buf live, replayed, one;
    const struct bpmn_process *process = first;
    buf_init(&live, TELL_MAX);
    buf_init(&replayed, TELL_MAX);
    buf_init(&one, TELL_MAX);
    bpmn_state_init(&again, play->arena);
    for (size_t i = 0; i < play->all.count; i++) {
        struct bpmn_record record;
        buf_reset(&one);
        bool ok = bpmn_record_encode(&one, &play->all.list[i], &err);
        struct bytes_reader in = {.in = arena_str(play->arena, buf_view(&one))};
        if (play->all.list[i].kind == BPMN_REC_MIGRATED)
            process = play->process;
        CHECK_OK(ok && bpmn_record_decode(&record, &in, play->arena, &err) &&
                     bpmn_fold(&again, process, &record, &err),
                 &err);
    }
    CHECK_OK(bpmn_state_encode(&live, &play->state, &err), &err);
    CHECK_OK(bpmn_state_encode(&replayed, &again, &err), &err);
    CHECK(str_eq(buf_view(&live), buf_view(&replayed)));
    buf_done(&live);
    buf_done(&replayed);
    buf_done(&one);
}

/* Go through the history, then through up to `more` new inputs. After a difference the history ends
 * with the input that made it. */
static enum result run(struct trial *t, struct play *play, int more) {
    const struct bpmn_process *first = play->process;
    slow_begin(&t->state, &t->model, &t->log);
    for (int i = 0; i < t->history.count + more && i < HISTORY_MAX; i++) {
        struct slow_input *input = &t->history.list[i];
        if (i >= t->history.count) {
            if (i == 0) {
                struct slow_input starts[10];
                int count = slow_starts(starts, 10, &t->model);
                *input = starts[slow_random(&t->seed) % (uint64_t)(count > 0 ? count : 1)];
                if (slow_random(&t->seed) % 2 == 0)
                    with_variable(input, &t->seed);
            } else if (!find_input(input, &t->state, &t->seed, t->changes)) {
                return SAME;
            }
            t->history.count++;
            more--;
        } else if (i == 0 ? !can_start(&t->model, *input) : !is_offered(&t->state, *input)) {
            return TOO_MUCH;
        }
        enum result result = step(t, play, input);
        if (result != SAME) {
            t->history.count = i + 1;
            return result;
        }
    }
    if (t->state.m == &t->model)
        play_check_replay(play);
    else
        check_history(play, first);
    return SAME;
}

static enum result try_trial(struct trial *t, int more) {
    struct buf text;
    struct err err = {0};
    struct play play;
    struct bpmn_process *process;
    enum result result = NO_MODEL;
    struct arena *arena = arena_create("trial", MEMORY_MAX);
    buf_init(&text, TELL_MAX);
    slow_print(&text, &t->model);
    if (sketch_read(&process, buf_view(&text), arena, &err)) {
        play_init(&play, process, arena, __FILE__, __LINE__);
        result = run(t, &play, more);
    }
    buf_done(&text);
    arena_destroy(arena);
    return result;
}

/* --- making what differs smaller
 * --------------------------------------------------------------------------- */
static bool still_differs(struct trial *t, const struct slow_model *model,
                          const struct history *history) {
    struct slow_model old_model = t->model;
    struct history old_history = t->history;
    t->model = *model;
    t->history = *history;
    if (try_trial(t, 0) == DIFFERENT)
        return true;
    t->model = old_model;
    t->history = old_history;
    return false;
}

static bool drop_an_input(struct trial *t) {
    for (int i = t->history.count - 2; i >= 0; i--) {
        struct history shorter = t->history;
        shorter.count--;
        for (int k = i; k < shorter.count; k++)
            shorter.list[k] = shorter.list[k + 1];
        if (i > 0 && still_differs(t, &t->model, &shorter))
            return true;
        struct history plainer = t->history;
        plainer.list[i].variable = NO_VALUE;
        if (t->history.list[i].variable >= 0 && t->history.list[i].verb != IN_SET &&
            still_differs(t, &t->model, &plainer))
            return true;
    }
    return false;
}

/* The same node in another model, or -1. */
static int same_node(const struct slow_model *to, const struct slow_model *from, int node) {
    for (int i = 0; i < to->node_count && node < from->node_count; i++)
        if (to->nodes[i].label == from->nodes[node].label)
            return i;
    return -1;
}

/* The history for a smaller model, and, after it went over, for its smaller version. */
static bool rewrite(struct history *history, const struct slow_model *to,
                    const struct slow_model *from) {
    static struct slow_model versions[2]; /* large */
    int moved[NODES_MAX];
    for (int i = 0; i < history->count; i++) {
        struct slow_input *input = &history->list[i];
        bool two = input->verb == IN_ACTIVATE || input->verb == IN_CHOOSE;
        input->node = same_node(to, from, input->node);
        input->other = same_node(to, from, input->other);
        input->name = two ? same_node(to, from, input->name) : input->name;
        if (input->node < 0 || input->other < 0 || (two && input->name < 0))
            return false;
        if (input->verb != IN_MIGRATE)
            continue;
        slow_make_version(&versions[0], to, (uint64_t)input->number, moved);
        slow_make_version(&versions[1], from, (uint64_t)input->number, moved);
        to = &versions[0];
        from = &versions[1];
    }
    return true;
}

static bool drop_a_node(struct trial *t) {
    for (int n = 1; n < t->model.node_count; n++) {
        if (t->model.nodes[n].kind == S_START)
            continue;
        struct slow_model smaller = t->model;
        struct history history = t->history;
        int moved[NODES_MAX];
        slow_drop_node(&smaller, n, moved);
        if (rewrite(&history, &smaller, &t->model) && still_differs(t, &smaller, &history))
            return true;
    }
    return false;
}

static bool drop_a_detail(struct trial *t) {
    struct slow_model smaller = t->model;
    for (int f = 0; f < t->model.flow_count; f++) {
        smaller = t->model;
        slow_drop_flow(&smaller, f);
        if (!t->model.flows[f].link && still_differs(t, &smaller, &t->history))
            return true;
    }
    for (int n = 1; n < t->model.node_count; n++) {
        smaller = t->model;
        smaller.nodes[n].more_count = 0;
        smaller.nodes[n].all_of = smaller.nodes[n].all_of && t->model.nodes[n].instantiates;
        if (t->model.nodes[n].more_count > 0 && still_differs(t, &smaller, &t->history))
            return true;
        smaller = t->model;
        smaller.nodes[n].loop = L_NONE;
        if (t->model.nodes[n].loop != L_NONE && still_differs(t, &smaller, &t->history))
            return true;
    }
    for (int n = 0; n < t->model.node_count; n++) {
        smaller = t->model;
        memset(smaller.nodes[n].hears, 0, sizeof smaller.nodes[n].hears);
        smaller.nodes[n].local = smaller.nodes[n].out = -1;
        if (memcmp(&smaller, &t->model, sizeof smaller) != 0 &&
            still_differs(t, &smaller, &t->history))
            return true;
    }
    return false;
}

static void print_trial(const struct trial *t, uint64_t seed) {
    const struct slow_model *m = &t->model;
    struct buf out;
    buf_init(&out, TELL_MAX);
    buf_printf(&out, "== seed %" PRIu64 " (MANDATE_SEED=%" PRIu64 " MANDATE_MODELS=1)\n", seed,
               seed);
    slow_print(&out, &t->model);
    if (t->state.other != NULL) {
        buf_lit(&out, "-- version\n");
        slow_print(&out, &t->version);
    }
    buf_lit(&out, "-- play\n");
    for (int i = 0; i < t->history.count; i++) {
        slow_print_input(&out, m, t->history.list[i]);
        if (t->history.list[i].verb == IN_MIGRATE)
            m = &t->version;
        buf_lit(&out, " ->\n");
    }
    (void)printf("%.*s    slow:   %.*s\n    engine: %.*s\n", (int)out.len, out.at, (int)t->slow.len,
                 t->slow.at, (int)t->engine.len, t->engine.at);
    buf_done(&out);
}

static void shrink(struct trial *t) {
    for (int rounds = 0; rounds < 200; rounds++)
        if (!drop_an_input(t) && !drop_a_node(t) && !drop_a_detail(t))
            break;
    (void)try_trial(t, 0);
}

static int64_t wanted(const char *name, int64_t otherwise) {
    const char *text = getenv(name);
    int64_t n = otherwise;
    if (text != NULL)
        CHECK(str_to_i64(&n, str_from(text)));
    return n;
}

void test_bpmn_slow_engine(void) {
    static struct trial t; /* large */
    int64_t models = wanted("MANDATE_MODELS", 3000), first = wanted("MANDATE_SEED", 1);
    int64_t results[4] = {0}, inputs = 0;
    buf_init(&t.slow, TELL_MAX);
    buf_init(&t.engine, TELL_MAX);
    for (int64_t seed = first; seed < first + models; seed++) {
        t.seed = (uint64_t)seed * 1000003;
        slow_make_all(&t.model, &t.seed);
        t.changes = slow_random(&t.seed) % 2 == 0;
        t.history.count = 0;
        enum result result = try_trial(&t, 4 + (int)(slow_random(&t.seed) % 16));
        results[result]++;
        inputs += t.history.count;
        if (result == DIFFERENT) {
            test_failed(__FILE__, __LINE__, "the engine does as the slow interpreter", NULL);
            shrink(&t);
            print_trial(&t, (uint64_t)seed);
            if (results[DIFFERENT] >= 5)
                break;
        }
    }
    if (models != 3000 || results[DIFFERENT] > 0)
        (void)printf("models and histories: %" PRId64 " alike, %" PRId64 " different, %" PRId64
                     " refused by the reader, %" PRId64 " too large; %" PRId64 " inputs\n",
                     results[SAME], results[DIFFERENT], results[NO_MODEL], results[TOO_MUCH],
                     inputs);
    CHECK(models < 1000 || results[SAME] * 2 > models);
    buf_done(&t.slow);
    buf_done(&t.engine);
}
