/* The plays' runner. */
#include "bpmn/play_test.h"

#include <inttypes.h>

#include "base/test.h"

#define PLAY_CHECK(condition)                                                                      \
    ((condition) ? (void)0 : test_failed(play->file, play->line, #condition, NULL))
#define PLAY_OK(call, err) ((call) ? (void)0 : test_failed(play->file, play->line, #call, (err)))

/* --- the world of the tests
 * ----------------------------------------------------------------------------- */
bool play_lookup(struct feel_value *out, void *self, struct str name, struct arena *arena) {
    (void)self, (void)arena;
    if (!str_eq(name, STR("world")))
        return false;
    *out = feel_string(STR("round"));
    return true;
}

bool play_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                 const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                 struct err *err) {
    (void)self, (void)budget, (void)err;
    if (str_eq(decision_id, STR("fee"))) {
        out->result = bpmn_view_get(view, STR("base"), arena);
        out->trace = STR("rule 1");
    } else if (str_eq(decision_id, STR("risk_check"))) {
        out->result = bpmn_view_get(view, STR("assessed"), arena);
    } else {
        out->why = STR("there is no such decision");
    }
    return true;
}

/* Of the process that called this one, so to say. */
static bool play_catches(void *self, enum bpmn_event event, struct str code) {
    (void)self;
    return (event == BPMN_EVENT_ERROR || event == BPMN_EVENT_ESCALATION) &&
           str_starts(code, STR("OUT"));
}

static const struct bpmn_node *at(const struct play *play, uint32_t node) {
    return &play->process->nodes[node];
}

static void print_value(struct buf *out, const struct bpmn_record *r) {
    if (r->scope != 1)
        buf_printf(out, "%" PRIu32 ".", r->scope);
    buf_printf(out, "%.*s=", STR_ARG(r->name));
    feel_print(out, r->value);
}

static void print_entered(struct buf *out, struct str id, const struct bpmn_record *r) {
    buf_printf(out, "+%.*s", STR_ARG(id));
    switch ((enum bpmn_as)r->code) {
    case BPMN_AS_ELEMENT: break;
    case BPMN_AS_BODY: buf_lit(out, "[]"); break;
    case BPMN_AS_INNER: buf_printf(out, "[%" PRId64 "]", r->n); break;
    case BPMN_AS_SLOT: buf_printf(out, "<%" PRId64 ">", r->n); break;
    case BPMN_AS_UNDO: buf_lit(out, "~"); break;
    }
}

static void print_task(struct buf *out, struct str id, const struct bpmn_record *r) {
    const char *what = r->kind == BPMN_REC_TASK_CHANGING  ? "changing"
                       : r->kind == BPMN_REC_TASK_CHANGED ? "changed"
                       : r->kind == BPMN_REC_TASK_DENIED  ? "denied"
                                                          : "corrected";
    buf_printf(out, "%s:%.*s", what, STR_ARG(id));
    if (r->kind != BPMN_REC_TASK_CORRECTED)
        buf_printf(out, ":%s", bpmn_listen_name((enum bpmn_listen)r->code));
    if (!feel_is_null(r->value))
        feel_print(out, r->value);
}

static void print_job(struct buf *out, const struct bpmn_node *node, const struct bpmn_record *r) {
    bool listener = r->code == BPMN_JOB_LISTENER || r->code == BPMN_JOB_TASK_LISTENER;
    buf_printf(out,
               "%s:%.*s:", listener ? bpmn_listen_name(node->listeners[r->scope].listen) : "job",
               STR_ARG(node->id));
    buf_printf(out, "%.*s", STR_ARG(r->name));
    if (r->text.len > 0)
        buf_printf(out, "!%.*s", STR_ARG(r->text));
}

/* Of loops, compensation, conditions: false when the record is none of them. */
static bool print_more(struct buf *out, struct str id, const struct bpmn_record *r) {
    switch (r->kind) {
    case BPMN_REC_TASK_CHANGING:
    case BPMN_REC_TASK_CHANGED:
    case BPMN_REC_TASK_DENIED:
    case BPMN_REC_TASK_CORRECTED: print_task(out, id, r); break;
    case BPMN_REC_LOOP: buf_printf(out, "loop:%.*s:%" PRId64, STR_ARG(id), r->n); break;
    case BPMN_REC_RESULT:
        buf_printf(out, "result:%.*s:%" PRId64 "=", STR_ARG(id), r->n + 1);
        feel_print(out, r->value);
        break;
    case BPMN_REC_CONDITION:
        buf_printf(out, "%s:%.*s", r->code ? "true" : "false", STR_ARG(id));
        break;
    case BPMN_REC_COMPENSATING:
        buf_printf(out, "undo:%.*s", STR_ARG(r->node == 0 ? STR("all") : id));
        break;
    case BPMN_REC_COMPENSATED: buf_printf(out, "undone:%.*s", STR_ARG(id)); break;
    case BPMN_REC_CLOSING: buf_printf(out, "closing:%.*s", STR_ARG(id)); break;
    case BPMN_REC_SENT:
        buf_printf(out, "sent:%.*s", STR_ARG(r->name));
        if (r->text.len > 0)
            buf_printf(out, ":%.*s", STR_ARG(r->text));
        if (!feel_is_null(r->value))
            feel_print(out, r->value);
        break;
    case BPMN_REC_STORED:
        buf_printf(out, "stored:%.*s=", STR_ARG(r->name));
        feel_print(out, r->value);
        break;
    case BPMN_REC_MIGRATED: buf_printf(out, "migrated:%.*s", STR_ARG(r->name)); break;
    default: return false;
    }
    return true;
}

static void print_happening(struct buf *out, const struct play *play, const struct bpmn_record *r) {
    struct str id = r->kind == BPMN_REC_TAKEN ? STR_NONE : at(play, r->node)->id;
    size_t before = out->len;
    buf_lit(out, " ");
    switch (r->kind) {
    case BPMN_REC_ENTERED: print_entered(out, id, r); break;
    case BPMN_REC_LEFT: buf_printf(out, "-%.*s", STR_ARG(id)); break;
    case BPMN_REC_CANCELLED: buf_printf(out, "x%.*s", STR_ARG(id)); break;
    case BPMN_REC_VARIABLE: print_value(out, r); break;
    case BPMN_REC_TASK:
        buf_printf(out, "?%.*s", STR_ARG(id));
        if (r->n != BPMN_NEVER)
            buf_printf(out, "@%" PRId64, (r->n - START_US) / 1000000);
        if (!feel_is_null(r->value))
            feel_print(out, r->value);
        break;
    case BPMN_REC_OUTCOME: buf_printf(out, "chose:%.*s", STR_ARG(r->name)); break;
    case BPMN_REC_JOB: print_job(out, at(play, r->node), r); break;
    case BPMN_REC_JOB_FAILED: buf_printf(out, "retries:%" PRId64, r->n); break;
    case BPMN_REC_TIMER:
        buf_printf(out, "timer:%.*s:%" PRId64, STR_ARG(id), (r->n - START_US) / 1000000);
        break;
    case BPMN_REC_TIMER_FIRED: buf_printf(out, "fired:%.*s", STR_ARG(id)); break;
    case BPMN_REC_WAIT:
        buf_printf(out, "wait:%.*s:%.*s", STR_ARG(id), STR_ARG(r->name));
        if (r->text.len > 0)
            buf_printf(out, ":%.*s", STR_ARG(r->text));
        break;
    case BPMN_REC_WAIT_MET: buf_printf(out, "met:%.*s", STR_ARG(id)); break;
    case BPMN_REC_DECIDED: buf_printf(out, "dec:%.*s", STR_ARG(r->name)); break;
    case BPMN_REC_CLOCK:
        buf_printf(out, "clock:%.*s:%s", STR_ARG(r->name),
                   bpmn_clock_action_name((enum bpmn_clock_action)r->code));
        if (r->n)
            buf_lit(out, ":receipt");
        break;
    case BPMN_REC_LETTER: buf_printf(out, "letter:%.*s", STR_ARG(r->name)); break;
    case BPMN_REC_STATUS: buf_printf(out, "status:%.*s", STR_ARG(r->name)); break;
    case BPMN_REC_INCIDENT:
        buf_printf(out, "stop:%.*s:%s", STR_ARG(id),
                   bpmn_incident_name((enum bpmn_incident)r->code));
        break;
    case BPMN_REC_RESOLVED: buf_printf(out, "go:%.*s", STR_ARG(id)); break;
    case BPMN_REC_THROWN:
        buf_printf(out, "throw:%.*s%s",
                   STR_ARG(r->code == BPMN_EVENT_CANCEL ? STR("cancel") : r->name),
                   r->n ? "!" : "");
        break;
    case BPMN_REC_CALLED: buf_printf(out, "call:%.*s", STR_ARG(r->name)); break;
    case BPMN_REC_DROPPED: buf_lit(out, "drop"); break;
    case BPMN_REC_ENDED:
        buf_add(out, r->code == BPMN_ENDING_COMPLETED    ? STR("end:completed")
                     : r->code == BPMN_ENDING_TERMINATED ? STR("end:terminated")
                     : r->code == BPMN_ENDING_ERROR      ? STR("end:error")
                                                         : STR("end:cancelled"));
        break;
    default:
        if (!print_more(out, id, r))
            buf_cut(out, before);
        break;
    }
}

/* --- inputs
 * --------------------------------------------------------------------------------------------- */
/* "a#2": the second of those that are alive. */
static struct str which_of(struct str id, int64_t *out_nth) {
    size_t hash = str_find_byte(id, '#');
    *out_nth = 1;
    if (hash == SIZE_MAX)
        return id;
    CHECK(str_to_i64(out_nth, str_sub(id, hash + 1, id.len)));
    return str_sub(id, 0, hash);
}

uint32_t play_instance_at(const struct play *play, struct str id) {
    int64_t nth;
    id = which_of(id, &nth);
    for (uint32_t i = 0; i < play->state.instances.count; i++)
        if (str_eq(at(play, play->state.instances.list[i].node)->id, id) && --nth == 0)
            return play->state.instances.list[i].id;
    return 0;
}

static uint32_t job_at(const struct play *play, struct str id) {
    const struct bpmn_state *state = &play->state;
    int64_t nth;
    id = which_of(id, &nth);
    for (uint32_t i = 0; i < state->jobs.count; i++) {
        const struct bpmn_instance *row = bpmn_instance(state, state->jobs.list[i].instance);
        if (str_eq(at(play, row->node)->id, id) && --nth == 0)
            return state->jobs.list[i].id;
    }
    return 0;
}

static uint32_t timer_at(const struct play *play, struct str id) {
    int64_t nth;
    id = which_of(id, &nth);
    for (uint32_t i = 0; i < play->state.timers.count; i++)
        if (str_eq(at(play, play->state.timers.list[i].node)->id, id) && --nth == 0)
            return play->state.timers.list[i].id;
    return 0;
}

bool play_variables(struct bpmn_input *input, struct play *play, struct str *text,
                    struct err *err) {
    size_t brace = str_find_byte(*text, '{');
    struct budget budget = budget_of(100000, 1 << 20);
    if (brace == SIZE_MAX)
        return true;
    struct str context = str_sub(*text, brace, text->len);
    *text = str_trim(str_sub(*text, 0, brace));
    return feel_once(&input->variables, context, feel_null(), (struct feel_env){0}, play->arena,
                     &budget, err);
}

static uint32_t node_at(const struct play *play, struct str id) {
    const struct bpmn_node *node = bpmn_node(play->process, id);
    return node == NULL ? 0 : node->index;
}

/* "a,b" as elements to activate, each with the input's variables for `scope` (0: the process). */
static void read_activate(struct bpmn_input *input, struct play *play, struct str list,
                          bool scoped) {
    struct bpmn_activate *all = arena_new(play->arena, struct bpmn_activate, list.len + 1);
    struct bpmn_scoped *one = arena_new(play->arena, struct bpmn_scoped, 1);
    struct str id;
    one->variables = input->variables;
    while (list.len > 0 && str_split(&id, &list, ',')) {
        size_t in = str_find_byte(id, '@'); /* "a@3": inside instance 3 */
        int64_t ancestor = 0;
        if (in != SIZE_MAX)
            CHECK(str_to_i64(&ancestor, str_sub(id, in + 1, id.len)));
        all[input->activate_count++] =
            (struct bpmn_activate){.node = node_at(play, str_sub(id, 0, in < id.len ? in : id.len)),
                                   .ancestor = (uint32_t)ancestor,
                                   .scoped = one,
                                   .scoped_count = scoped ? 1 : 0};
    }
    input->activate = all;
    if (scoped)
        input->variables = feel_null();
}

static void read_terminate(struct bpmn_input *input, struct play *play, struct str list) {
    uint32_t *all = arena_new(play->arena, uint32_t, list.len + 1);
    struct str id;
    while (list.len > 0 && str_split(&id, &list, ','))
        all[input->terminate_count++] = play_instance_at(play, id);
    input->terminate = all;
}

static void read_more(struct bpmn_input *input, struct play *play, const struct str word[3]) {
    bool assigns = input->kind == BPMN_IN_TASK_ASSIGN, variables = !feel_is_null(input->variables);
    if (assigns) {
        struct feel_entry entry = {STR("assignee"),
                                   str_eq(word[2], STR("-")) ? feel_null() : feel_string(word[2])};
        input->changes = feel_context_of(play->arena, &entry, 1);
        input->local = str_eq(word[0], STR("claim"));
    }
    if (input->kind == BPMN_IN_TASK_UPDATE || str_eq(word[0], STR("correct"))) {
        input->changes = input->variables;
        input->variables = feel_null();
    }
    input->denied = str_eq(word[0], STR("deny"));
    input->fulfilled = str_eq(word[0], STR("fulfil"));
    input->cancel_remaining = str_ends(word[2], STR("!"));
    struct str list = input->cancel_remaining ? str_sub(word[2], 0, word[2].len - 1) : word[2];
    if (str_eq(word[0], STR("choose")) || input->kind == BPMN_IN_ACTIVATE)
        read_activate(input, play, list, variables);
    if (str_eq(word[0], STR("begin")) || str_eq(word[0], STR("move")))
        read_activate(input, play, str_eq(word[0], STR("move")) ? word[2] : word[1], variables);
    if (str_eq(word[0], STR("end")) || str_eq(word[0], STR("move")))
        read_terminate(input, play, word[1]);
    if (str_eq(word[0], STR("start-at"))) {
        read_activate(input, play, word[1], false);
        input->name = STR_NONE;
    }
    if (str_eq(word[0], STR("start-by"))) {
        input->node = node_at(play, word[1]);
        input->def = (uint32_t)input->n;
        input->name = STR_NONE;
    }
    for (size_t i = 0; input->kind == BPMN_IN_STORED && i < play->process->store_count; i++)
        if (str_eq(play->stores[i].id, word[1]))
            play->stores[i].value = feel_get(input->variables, STR("v"));
    if (input->kind == BPMN_IN_STORED)
        input->variables = feel_null();
    if (str_eq(word[0], STR("call-escalation"))) {
        input->name = word[2];
        input->n = BPMN_EVENT_ESCALATION;
    }
    if (input->kind == BPMN_IN_JOB_RETRIES)
        input->id = job_at(play, word[1]);
}

bool play_read_input(struct bpmn_input *input, struct play *play, struct str text,
                     struct err *err) {
    static const struct {
        const char *verb;
        enum bpmn_input_kind kind;
    } verbs[] = {{"start", BPMN_IN_START},         {"do", BPMN_IN_COMPLETE},
                 {"job", BPMN_IN_JOB_DONE},        {"fail", BPMN_IN_JOB_FAIL},
                 {"error", BPMN_IN_JOB_ERROR},     {"timer", BPMN_IN_TIMER},
                 {"message", BPMN_IN_MESSAGE},     {"signal", BPMN_IN_SIGNAL},
                 {"retry", BPMN_IN_RETRY},         {"set", BPMN_IN_SET},
                 {"redue", BPMN_IN_REDUE},         {"called", BPMN_IN_CALL_DONE},
                 {"cancel", BPMN_IN_CANCEL},       {"call-error", BPMN_IN_CALL_ERROR},
                 {"set-local", BPMN_IN_SET},       {"assign", BPMN_IN_TASK_ASSIGN},
                 {"claim", BPMN_IN_TASK_ASSIGN},   {"update", BPMN_IN_TASK_UPDATE},
                 {"deny", BPMN_IN_JOB_DONE},       {"correct", BPMN_IN_JOB_DONE},
                 {"choose", BPMN_IN_JOB_DONE},     {"fulfil", BPMN_IN_JOB_DONE},
                 {"activate", BPMN_IN_ACTIVATE},   {"finish", BPMN_IN_FINISH},
                 {"begin", BPMN_IN_MODIFY},        {"end", BPMN_IN_MODIFY},
                 {"move", BPMN_IN_MODIFY},         {"start-at", BPMN_IN_START},
                 {"start-by", BPMN_IN_START},      {"retries", BPMN_IN_JOB_RETRIES},
                 {"call-fail", BPMN_IN_CALL_FAIL}, {"call-escalation", BPMN_IN_CALL_ERROR},
                 {"stored", BPMN_IN_STORED}};
    struct str word[3] = {STR_NONE, STR_NONE, STR_NONE};
    if (!play_variables(input, play, &text, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(word); i++)
        (void)str_split(&word[i], &text, ' ');
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (str_eq(word[0], str_from(verbs[i].verb)))
            input->kind = verbs[i].kind;
    input->id = play_instance_at(play, word[1]);
    input->name = word[1];
    input->local = str_eq(word[0], STR("set-local"));
    switch (input->kind) {
    case BPMN_IN_COMPLETE: input->outcome = word[2]; break;
    case BPMN_IN_MESSAGE: input->key = word[2]; break;
    case BPMN_IN_CALL_ERROR: input->name = word[2]; break;
    case BPMN_IN_JOB_ERROR:
        input->name = word[2];
        input->id = job_at(play, word[1]);
        break;
    case BPMN_IN_JOB_DONE:
    case BPMN_IN_JOB_FAIL: input->id = job_at(play, word[1]); break;
    case BPMN_IN_TIMER: input->id = timer_at(play, word[1]); break;
    default: break;
    }
    int64_t n = 0;
    if (str_to_i64(&n, word[2]) && input->kind == BPMN_IN_TIMER)
        play->now_us = START_US + n * 1000000;
    input->n = n;
    read_more(input, play, word);
    return true;
}

/* --- replay
 * ------------------------------------------------------------------------------------------------
 */
void play_check_replay(struct play *play) {
    struct err err = {0};
    struct bpmn_state again, decoded;
    struct buf live, replayed, recoded, bytes;
    buf_init(&live, 1 << 20);
    buf_init(&replayed, 1 << 20);
    buf_init(&recoded, 1 << 20);
    buf_init(&bytes, 1 << 20);
    bpmn_state_init(&again, play->arena);
    for (size_t i = 0; i < play->all.count; i++)
        PLAY_OK(bpmn_record_encode(&bytes, &play->all.list[i], &err), &err);
    struct bytes_reader in = {.in = buf_view(&bytes)};
    while (in.in.len > 0 && err.code == ERR_NONE) {
        struct bpmn_record record;
        bool ok = bpmn_record_decode(&record, &in, play->arena, &err) &&
                  bpmn_fold(&again, play->process, &record, &err);
        PLAY_OK(ok, &err);
    }
    PLAY_OK(bpmn_state_encode(&live, &play->state, &err), &err);
    PLAY_OK(bpmn_state_encode(&replayed, &again, &err), &err);
    PLAY_CHECK(str_eq(buf_view(&live), buf_view(&replayed)));
    struct bytes_reader state_in = {.in = buf_view(&live)};
    PLAY_OK(bpmn_state_decode(&decoded, &state_in, play->process, play->arena, &err), &err);
    if (err.code == ERR_NONE) {
        PLAY_OK(bpmn_state_encode(&recoded, &decoded, &err), &err);
        PLAY_CHECK(str_eq(buf_view(&live), buf_view(&recoded)));
        for (uint32_t i = 0; i < play->state.instances.count; i++)
            PLAY_CHECK(decoded.instances.list[i].live == play->state.instances.list[i].live);
    }
    PLAY_CHECK(play->state.moving.count == 0);
    buf_done(&live);
    buf_done(&replayed);
    buf_done(&recoded);
    buf_done(&bytes);
}

void play_keep(struct play *play, const struct bpmn_record *record) {
    struct bpmn_records *all = &play->all;
    if (all->count == all->room) {
        all->room = all->room == 0 ? 64 : all->room * 2;
        struct bpmn_record *more = arena_new(play->arena, struct bpmn_record, all->room);
        if (all->count > 0)
            memcpy(more, all->list, all->count * sizeof *more);
        all->list = more;
    }
    all->list[all->count++] = *record;
}

/* "refused" when the step gave an error; otherwise the happenings. */
void play_step(struct play *play, struct str text, struct str want) {
    struct err err = {0};
    struct bpmn_input input = {0};
    struct budget budget = budget_of(1000000, 64 << 20);
    struct buf got;
    buf_init(&got, 1 << 16);
    struct bpmn_records records = {.arena = play->arena};
    bool ok = play_read_input(&input, play, text, &err);
    PLAY_OK(ok, &err);
    struct bpmn_env env = {.now_us = play->now_us,
                           .lookup = play_lookup,
                           .stores = play->stores,
                           .store_count = play->process->store_count,
                           .decide = play_decide,
                           .catches = play_catches};
    if (bpmn_step(&records, &play->state, play->process, &input, &env, play->arena, &budget,
                  &err)) {
        for (size_t i = 0; i < records.count; i++) {
            print_happening(&got, play, &records.list[i]);
            play_keep(play, &records.list[i]);
        }
    } else {
        buf_printf(&got, " refused:%s", err_code_name(err.code));
    }
    test_check_str(play->file, play->line, str_trim(buf_view(&got)), want);
    if (!play->goes_on)
        play_check_replay(play);
    buf_done(&got);
}

void play_init(struct play *play, struct bpmn_process *process, struct arena *arena,
               const char *file, int line) {
    *play = (struct play){.arena = arena,
                          .process = process,
                          .now_us = START_US,
                          .file = file,
                          .line = line,
                          .all.arena = arena};
    bpmn_state_init(&play->state, arena);
    if (process == NULL) /* it could not be read, which is told elsewhere */
        return;
    play->stores = arena_new(arena, struct bpmn_stored, process->store_count);
    for (size_t i = 0; i < process->store_count; i++)
        play->stores[i] =
            (struct bpmn_stored){.id = process->stores[i].id, .name = process->stores[i].name};
}

void play_script(const char *file, int line, struct bpmn_process *process, struct arena *arena,
                 const char *script) {
    struct play play;
    play_init(&play, process, arena, file, line);
    struct str rest = str_from(script), one;
    while (str_split(&one, &rest, '|')) {
        size_t arrow = str_find(one, STR("->"));
        play_step(&play, str_trim(str_sub(one, 0, arrow)),
                  str_trim(str_sub(one, arrow + 2, one.len)));
    }
}
