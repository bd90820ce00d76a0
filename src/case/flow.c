/* The procedure of a case: one input to the token engine, and what its records mean here. Records
 * become one `moved` event; tasks, clocks, letters, status and the end follow as events of their
 * own, in the order of the records.
 *
 * Clock actions run earlier than the rest: a timer on the element that starts a clock asks for that
 * clock's due time while the step still runs (`clocks.examine.due`), so a look at `clocks` first
 * catches up with the clock records made so far. */
#include <assert.h>

#include "case/inner.h"

static bool catch_up_clocks(struct case_move *m, struct err *err) {
    for (; m->records != NULL && m->clock_cursor < m->records->count; m->clock_cursor++) {
        const struct bpmn_record *record = &m->records->list[m->clock_cursor];
        if (record->kind == BPMN_REC_CLOCK &&
            !case_clock_action(m, record->name, (enum bpmn_clock_action)record->code,
                               (enum bpmn_clock_from)record->n, err))
            return false;
    }
    return true;
}

/* ---- the names a procedure's expressions may use besides its variables ----------------------- */

static struct feel_value of_json(struct case_move *m, struct str text, const char *what) {
    const struct json *tree;
    struct feel_value value;
    if (text.len == 0)
        return feel_null();
    if (m->err->code != ERR_NONE || !json_read(&tree, text, what, m->arena, m->budget, m->err) ||
        !feel_from_json(&value, tree, m->arena, m->err))
        return feel_null();
    return value;
}

static struct feel_value of_clocks(struct case_move *m, struct arena *arena) {
    if (m->err->code != ERR_NONE || !catch_up_clocks(m, m->err))
        return feel_null();
    const struct case_file *s = m->state;
    struct feel_entry *entries = arena_new(arena, struct feel_entry, s->clock_count);
    for (size_t i = 0; i < s->clock_count; i++) {
        const struct law_clock *clock = &s->clocks[i].clock;
        struct feel_entry parts[] = {
            {STR("due"), feel_instant(arena, clock->due_us, s->pack->timezone)},
            {STR("state"), feel_string(law_clock_state_name(clock->state))},
            {STR("extended"), feel_boolean(clock->extended)},
        };
        entries[i] = (struct feel_entry){s->clocks[i].limit->id,
                                         feel_context_of(arena, parts, COUNT_OF(parts))};
    }
    return feel_context_of(arena, entries, s->clock_count);
}

static struct feel_value of_matter(struct case_move *m, struct arena *arena) {
    const struct pack_matter *matter = m->state->matter;
    struct feel_value with = feel_null();
    if (matter->with != NULL && m->err->code == ERR_NONE &&
        !feel_from_json(&with, matter->with, arena, m->err))
        return feel_null();
    size_t count = feel_kind(with) == FEEL_CONTEXT ? feel_count(with) : 0;
    struct feel_entry *entries = arena_new(arena, struct feel_entry, count + 2);
    if (count > 0)
        memcpy(entries, feel_entries(with), count * sizeof *entries);
    entries[count] = (struct feel_entry){STR("id"), feel_string(matter->id)};
    entries[count + 1] = (struct feel_entry){STR("category"), feel_string(matter->category->id)};
    return feel_context_of(arena, entries, count + 2);
}

static bool lookup(struct feel_value *out, void *self, struct str name, struct arena *arena) {
    struct case_move *m = self;
    if (str_eq(name, STR("form")))
        *out = of_json(m, m->state->form_json, "form");
    else if (str_eq(name, STR("applicant")))
        *out = of_json(m, m->state->applicant_json, "applicant");
    else if (str_eq(name, STR("matter")))
        *out = of_matter(m, arena);
    else if (str_eq(name, STR("clocks")))
        *out = of_clocks(m, arena);
    else if (str_eq(name, STR("place")))
        *out = feel_string(m->state->place);
    else if (str_eq(name, STR("submitted")))
        *out = feel_instant(arena, m->state->submitted_us, m->state->pack->timezone);
    else
        return false;
    return true;
}

/* ---- what records mean ------------------------------------------------------------------------
 */

static bool on_task(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    const struct bpmn_process *process = m->state->matter->process;
    const struct bpmn_node *node = &process->nodes[record->node];
    const struct bpmn_lane *lane = bpmn_post_of(process, node);
    struct case_event event = {.kind = CASE_EVENT_task_created};
    event.as.task_created = (struct case_event_task_created){
        .task = record->instance,
        .node = node->id,
        .organ = node->applicant || lane == NULL ? STR_NONE : case_organ_of(m->state, lane->organ),
        .post = node->applicant || lane == NULL ? STR_NONE : lane->post,
        .applicant = node->applicant,
        .due_us = case_due_us(m->state, node->applicant ? LAW_HOLDER_APPLICANT : LAW_HOLDER_ORGAN),
    };
    return case_emit(m, event, err);
}

static bool on_gone(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    const struct case_task *task = case_task(m->state, record->instance);
    if (task == NULL || task->state >= CASE_TASK_DONE)
        return true;
    struct case_event event = {.kind = CASE_EVENT_task_cancelled};
    event.as.task_cancelled.task = record->instance;
    return case_emit(m, event, err);
}

static bool on_incident(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    const struct bpmn_node *node = &m->state->matter->process->nodes[record->node];
    struct case_event event = {.kind = CASE_EVENT_incident_raised};
    event.as.incident_raised =
        (struct case_event_incident_raised){record->instance, node->id, record->text};
    return case_emit(m, event, err);
}

static bool on_decided(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    struct case_event event = {.kind = CASE_EVENT_decision_taken};
    event.as.decision_taken = (struct case_event_decision_taken){record->name, record->text};
    return case_emit(m, event, err);
}

/* What a review decided, told to the case it reviewed: its last outcome, by the procedure's own
 * variable. */
static void tell_parent(struct case_move *m) {
    const struct case_file *s = m->state;
    if (s->parent.len == 0 || s->withdrawn)
        return;
    struct feel_value outcome;
    bool found = bpmn_variable(&outcome, s->flow, 0, STR("proposal")) ||
                 bpmn_variable(&outcome, s->flow, 0, STR("outcome"));
    if (!found || feel_kind(outcome) != FEEL_STRING)
        return;
    case_effect(m, (struct case_effect){.kind = CASE_EFFECT_REVIEWED,
                                        .reference = s->parent,
                                        .letter = s->parent_letter,
                                        .outcome = arena_str(m->arena, feel_as_string(outcome))});
}

/* "*" means the register that the matter names. */
static struct str register_of(const struct case_move *m, const struct bpmn_node *node) {
    return str_eq(node->result_register, STR("*")) ? m->state->matter->register_id
                                                   : node->result_register;
}

static bool on_ended(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    const struct bpmn_node *node = &m->state->matter->process->nodes[record->node];
    if (!case_clocks_stop(m, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_closed};
    event.as.closed = (struct case_event_closed){node->id, node->adverse, register_of(m, node)};
    tell_parent(m);
    return case_emit(m, event, err);
}

static bool on_record(struct case_move *m, const struct bpmn_record *record, struct err *err) {
    struct case_event event = {0};
    switch (record->kind) {
    case BPMN_REC_TASK: return on_task(m, record, err);
    case BPMN_REC_LEFT:
    case BPMN_REC_CANCELLED: return on_gone(m, record, err);
    case BPMN_REC_DECIDED: return on_decided(m, record, err);
    case BPMN_REC_LETTER:
        return case_issue_letter(m, record->name, &m->state->matter->process->nodes[record->node],
                                 err);
    case BPMN_REC_STATUS:
        if (str_eq(record->name, m->state->status))
            return true;
        event.kind = CASE_EVENT_status_changed;
        event.as.status_changed.status = record->name;
        return case_emit(m, event, err);
    case BPMN_REC_INCIDENT: return on_incident(m, record, err);
    case BPMN_REC_RESOLVED:
        event.kind = CASE_EVENT_incident_resolved;
        event.as.incident_resolved.element = record->instance;
        return case_emit(m, event, err);
    case BPMN_REC_ENDED: return on_ended(m, record, err);
    default: return true; /* the token engine's own matters */
    }
}

/* ---- one input ----------------------------------------------------------------------------------
 */

static bool step(struct case_move *m, struct bpmn_records *records, const struct bpmn_input *input,
                 struct err *err) {
    struct err inner = {0};
    struct bpmn_env env = {
        .now_us = m->env->now_us,
        .zone = m->state->pack->timezone,
        .self = m,
        .lookup = lookup,
        .decide = case_decide,
    };
    env.calendars = case_calendars(m, &env.calendar_count);
    m->err = &inner;
    m->records = records;
    m->clock_cursor = 0;
    bool ok = bpmn_step(records, m->state->flow, m->state->matter->process, input, &env, m->arena,
                        m->budget, err);
    if (ok && inner.code != ERR_NONE) {
        *err = inner;
        ok = false;
    }
    ok = ok && catch_up_clocks(m, err);
    m->records = NULL;
    m->err = NULL;
    return ok;
}

/* The step has folded its records into the live state already, so `moved` is only numbered and
 * kept, not folded again. */
static bool emit_moved(struct case_move *m, const struct bpmn_records *records, struct err *err) {
    struct buf bytes;
    bool ok = true;
    if (records->count == 0)
        return true;
    buf_init(&bytes, CASE_MOVED_BYTES_MAX);
    for (size_t i = 0; ok && i < records->count; i++)
        ok = bpmn_record_encode(&bytes, &records->list[i], err);
    ok = ok && buf_ok(&bytes, "a step of the procedure", err);
    if (ok) {
        struct case_event event = {.kind = CASE_EVENT_moved};
        event.as.moved.records_bytes = arena_str(m->arena, buf_view(&bytes));
        case_keep(m, event);
    }
    buf_done(&bytes);
    return ok;
}

static bool is_outside(const struct bpmn_record *record) {
    switch (record->kind) {
    case BPMN_REC_JOB:
    case BPMN_REC_JOB_FAILED:
    case BPMN_REC_JOB_CLOSED:
    case BPMN_REC_LEASED:
    case BPMN_REC_WAIT:
    case BPMN_REC_WAIT_MET:
    case BPMN_REC_WAIT_CLOSED:
    case BPMN_REC_CALLED:
    case BPMN_REC_SENT: return true;
    case BPMN_REC_THROWN: return record->code == BPMN_EVENT_SIGNAL;
    default: return false;
    }
}

/* Whether an element other than a task may have a beginning or an end that is not the same moment:
 * one that is still there, or one that these records did not enter. */
static bool is_timed(const struct case_file *s, const struct bpmn_record *record, uint32_t first) {
    if (s->matter->process->nodes[record->node].kind == BPMN_USER_TASK)
        return false;
    if (record->kind == BPMN_REC_ENTERED)
        return bpmn_instance(s->flow, record->instance) != NULL;
    return (record->kind == BPMN_REC_LEFT || record->kind == BPMN_REC_CANCELLED) &&
           (first == 0 || record->instance < first);
}

static bool any_timed(const struct case_file *s, const struct bpmn_records *records) {
    uint32_t first = 0; /* the first element instance that is new */
    bool found = false;
    for (size_t i = 0; i < records->count && first == 0; i++)
        if (records->list[i].kind == BPMN_REC_ENTERED)
            first = records->list[i].instance;
    for (size_t i = 0; i < records->count && !found; i++) {
        enum bpmn_record_kind kind = records->list[i].kind;
        found = (kind == BPMN_REC_ENTERED || kind == BPMN_REC_LEFT || kind == BPMN_REC_CANCELLED) &&
                is_timed(s, &records->list[i], first);
    }
    return found;
}

/* For who carries out what others have to do: most steps of a procedure ask nothing of them. */
static void keep_moved(struct case_move *m, const struct bpmn_records *records) {
    struct bpmn_records *kept = &m->result->moved;
    struct bpmn_record *more =
        arena_new(m->arena, struct bpmn_record, kept->count + records->count);
    if (kept->count > 0)
        memcpy(more, kept->list, kept->count * sizeof *more);
    if (records->count > 0)
        memcpy(more + kept->count, records->list, records->count * sizeof *more);
    for (size_t i = 0; i < records->count; i++)
        m->result->outside = m->result->outside || is_outside(&records->list[i]);
    m->result->timed = m->result->timed || any_timed(m->state, records);
    *kept = (struct bpmn_records){m->arena, more, kept->count + records->count,
                                  kept->count + records->count};
}

bool case_run_flow(struct case_move *m, struct bpmn_input input, struct err *err) {
    struct bpmn_records records = {.arena = m->arena};
    m->clocks_moved = false;
    if (!step(m, &records, &input, err) || !emit_moved(m, &records, err))
        return false;
    keep_moved(m, &records);
    bool clocks_moved = m->clocks_moved;
    for (size_t i = 0; i < records.count; i++)
        if (!on_record(m, &records.list[i], err))
            return false;
    /* a clock that was resumed or extended moves the timers that follow it */
    if (clocks_moved && input.kind != BPMN_IN_REDUE && m->state->flow->timers.count > 0 &&
        !m->state->closed)
        return case_run_flow(m, (struct bpmn_input){.kind = BPMN_IN_REDUE}, err);
    return true;
}
