/* The rows that hang on an instance: variables, timers, subscriptions, jobs, tasks, loops. */
#include <inttypes.h>

#include "bpmn/lists.h"

/* --- variables: by scope, then in the order of their arrival
 * ---------------------------------------------- */
void state_variables(const struct bpmn_state *state, uint32_t scope, uint32_t *from, uint32_t *to) {
    uint32_t count = state->variables.count;
    *from = count;
    if (count == 0 || state->variables.list[count - 1].scope < scope) {
        *to = count;
        return;
    }
    LIST_LOWER(state, variables, scope, scope, *from);
    *to = *from;
    while (*to < count && state->variables.list[*to].scope == scope)
        (*to)++;
}

static bool fold_variable(struct bpmn_state *state, const struct bpmn_record *record,
                          struct err *err) {
    if (state_instance(state, record->scope) == NULL)
        return fold_corrupt(record, err, "the scope is gone");
    struct feel_value value;
    if (!feel_copy(&value, record->value, state->arena, err))
        return false;
    uint32_t from, to;
    state_variables(state, record->scope, &from, &to);
    for (uint32_t i = from; i < to; i++) {
        struct bpmn_variable *v = &state->variables.list[i];
        if (str_eq(v->name, record->name)) {
            state->variable_bytes += bpmn_value_bytes(value) - bpmn_value_bytes(v->value);
            v->value = value;
            return true;
        }
    }
    state->variable_bytes += bpmn_value_bytes(value);
    LIST_GAP(state, variables, to);
    state->variables.list[to] =
        (struct bpmn_variable){record->scope, arena_str(state->arena, record->name), value};
    return true;
}

void state_count_conditions(struct bpmn_state *state) {
    state->conditions = 0;
    for (uint32_t i = 0; i < state->waits.count; i++)
        state->conditions += state->waits.list[i].event == BPMN_EVENT_CONDITIONAL;
}

void state_drop_rows(struct bpmn_state *state, const struct bpmn_instance *gone) {
    uint32_t id = gone->id, from, to, i;
    if (gone->rows > 0) {
        LIST_KEEP(state, timers, struct bpmn_timer_row, row_->instance != id);
        LIST_KEEP(state, waits, struct bpmn_wait, row_->instance != id);
        state_count_conditions(state);
        LIST_KEEP(state, jobs, struct bpmn_job, row_->instance != id);
    }
    state_variables(state, id, &from, &to);
    for (i = from; i < to; i++)
        state->variable_bytes -= bpmn_value_bytes(state->variables.list[i].value);
    if (to > from) {
        memmove(&state->variables.list[from], &state->variables.list[to],
                (state->variables.count - to) * sizeof *state->variables.list);
        state->variables.count -= to - from;
    }
    LIST_FIND(state, tasks, instance, id, i);
    if (i < state->tasks.count)
        LIST_REMOVE(state, tasks, i);
    LIST_FIND(state, loops, instance, id, i);
    if (i < state->loops.count)
        LIST_REMOVE(state, loops, i);
    if (state->results.count > 0 && gone->counter == 0)
        LIST_KEEP(state, results, struct bpmn_result, row_->instance != id);
    if (state->spent.count > 0)
        LIST_KEEP(state, spent, struct bpmn_token, row_->scope != id);
}

/* --- timers, subscriptions, jobs
 * -------------------------------------------------------------------------- */
bool fold_next_id(struct bpmn_state *state, uint32_t id, const struct bpmn_record *record,
                  struct err *err) {
    if (id != state->last_id + 1)
        return fold_corrupt(record, err, "its id is not the next one");
    state->last_id = id;
    return true;
}

/* Before cycles were kept as text, a timer had the number of its repetitions that were left. */
struct str state_old_cycle(const struct bpmn_process *process, uint32_t node, uint32_t left,
                           int64_t due_us, struct arena *arena) {
    const struct bpmn_node *event = &process->nodes[node];
    struct str head, rest = event->when.text;
    if (left < 2 || event->timer != BPMN_TIMER_CYCLE || event->when.program != NULL ||
        !str_split(&head, &rest, '/'))
        return STR_NONE;
    struct buf text;
    buf_init(&text, CAL_TEXT_MAX);
    feel_print_plain(&text, feel_instant(arena, due_us, NULL));
    struct str out =
        left == 255 ? arena_printf(arena, "R/%.*s/%.*s", STR_ARG(buf_view(&text)), STR_ARG(rest))
                    : arena_printf(arena, "R%" PRIu32 "/%.*s/%.*s", left, STR_ARG(buf_view(&text)),
                                   STR_ARG(rest));
    buf_done(&text);
    return out;
}

static bool fold_timer(struct bpmn_state *state, const struct bpmn_process *process,
                       struct bpmn_instance *owner, const struct bpmn_record *record,
                       struct err *err) {
    uint32_t i;
    struct bpmn_timer_row row = {.id = record->ref,
                                 .instance = record->instance,
                                 .node = record->node,
                                 .def = record->scope,
                                 .due_us = record->n};
    LIST_FIND(state, timers, id, record->ref, i);
    if (record->kind != BPMN_REC_TIMER) {
        if (i == state->timers.count || state->timers.list[i].instance != record->instance)
            return fold_corrupt(record, err, "there is no such timer");
        LIST_REMOVE(state, timers, i);
        owner->rows--;
        return true;
    }
    if (record->text.len > 0 && !feel_to_i64(&row.armed_us, record->value))
        return fold_corrupt(record, err, "the cycle does not say when it began");
    row.cycle = record->text.len > 0
                    ? arena_str(state->arena, record->text)
                    : state_old_cycle(process, record->node, record->code, record->n, state->arena);
    if (i < state->timers.count) {
        state->timers.list[i] = row;
        return true;
    }
    if (!fold_next_id(state, record->ref, record, err))
        return false;
    owner->rows++;
    LIST_ADD(state, timers, row);
    return true;
}

static bool fold_wait(struct bpmn_state *state, const struct bpmn_process *process,
                      struct bpmn_instance *owner, const struct bpmn_record *record,
                      struct err *err) {
    uint32_t i;
    if (record->kind == BPMN_REC_WAIT) {
        if (!fold_next_id(state, record->ref, record, err))
            return false;
        owner->rows++;
        state->conditions += record->code == BPMN_EVENT_CONDITIONAL;
        LIST_ADD(state, waits,
                 (struct bpmn_wait){.id = record->ref,
                                    .instance = record->instance,
                                    .node = record->node,
                                    .def = (uint32_t)record->n,
                                    .event = (enum bpmn_event)record->code,
                                    .name = arena_str(state->arena, record->name),
                                    .key = arena_str(state->arena, record->text)});
        return true;
    }
    LIST_FIND(state, waits, id, record->ref, i);
    if (i == state->waits.count || state->waits.list[i].instance != record->instance)
        return fold_corrupt(record, err, "there is no such subscription");
    if (record->kind == BPMN_REC_CONDITION) {
        state->waits.list[i].is_true = record->code == 1;
        return true;
    }
    if (record->kind == BPMN_REC_WAIT_CLOSED ||
        !bpmn_stays_armed(&process->nodes[state->waits.list[i].node])) {
        state->conditions -= state->waits.list[i].event == BPMN_EVENT_CONDITIONAL;
        LIST_REMOVE(state, waits, i);
        owner->rows--;
    }
    return true;
}

static bool fold_job(struct bpmn_state *state, struct bpmn_instance *owner,
                     const struct bpmn_record *record, struct err *err) {
    uint32_t i;
    if (record->kind == BPMN_REC_JOB) {
        if (!fold_next_id(state, record->ref, record, err))
            return false;
        owner->rows++;
        LIST_ADD(state, jobs,
                 (struct bpmn_job){.id = record->ref,
                                   .instance = record->instance,
                                   .kind = record->code,
                                   .listener = record->scope,
                                   .retries = record->n,
                                   .type = arena_str(state->arena, record->name)});
        return true;
    }
    LIST_FIND(state, jobs, id, record->ref, i);
    if (i == state->jobs.count || state->jobs.list[i].instance != record->instance ||
        (record->kind == BPMN_REC_LEASED && record->code > 1))
        return fold_corrupt(record, err, "there is no such job");
    if (record->kind == BPMN_REC_JOB_FAILED) {
        state->jobs.list[i].retries = record->n;
    } else if (record->kind == BPMN_REC_LEASED) {
        state->jobs.list[i].lease += record->code;
        state->jobs.list[i].free_us = record->n;
        state->jobs.list[i].worker = arena_str(state->arena, record->name);
    } else {
        LIST_REMOVE(state, jobs, i);
        owner->rows--;
    }
    return true;
}

/* --- user tasks
 * ------------------------------------------------------------------------------------------- */
struct feel_value bpmn_merge(struct feel_value base, struct feel_value changes,
                             struct arena *arena) {
    size_t n = feel_kind(base) == FEEL_CONTEXT ? feel_count(base) : 0,
           m = feel_kind(changes) == FEEL_CONTEXT ? feel_count(changes) : 0, count = 0;
    struct feel_entry *entries = arena_new(arena, struct feel_entry, n + m);
    for (size_t i = 0; i < n; i++) {
        struct feel_entry entry = feel_entries(base)[i];
        for (size_t k = 0; k < m; k++)
            if (str_eq(feel_entries(changes)[k].name, entry.name))
                entry.value = feel_entries(changes)[k].value;
        if (!feel_is_null(entry.value))
            entries[count++] = entry;
    }
    for (size_t k = 0; k < m; k++) {
        const struct feel_entry *entry = &feel_entries(changes)[k];
        bool known = false;
        for (size_t i = 0; i < n && !known; i++)
            known = str_eq(feel_entries(base)[i].name, entry->name);
        if (!known && !feel_is_null(entry->value))
            entries[count++] = *entry;
    }
    return count == 0 ? feel_null() : feel_context_of(arena, entries, count);
}

static struct bpmn_task *task_row(struct bpmn_state *state, uint32_t id) {
    uint32_t i;
    LIST_LOWER(state, tasks, instance, id, i);
    if (i == state->tasks.count || state->tasks.list[i].instance != id) {
        LIST_GAP(state, tasks, i);
        state->tasks.list[i] = (struct bpmn_task){.instance = id};
    }
    return &state->tasks.list[i];
}

/* Into row->attributes. */
static bool change(struct bpmn_state *state, struct bpmn_task *row, struct feel_value changes,
                   struct err *err) {
    struct feel_value copy;
    if (feel_is_null(changes))
        return true;
    if (!feel_copy(&copy, changes, state->arena, err))
        return false;
    row->attributes = bpmn_merge(row->attributes, copy, state->arena);
    return true;
}

static bool fold_task(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    struct bpmn_task *row = task_row(state, record->instance);
    switch (record->kind) {
    case BPMN_REC_TASK:
        *row = (struct bpmn_task){.instance = record->instance, .open = record->code == 0};
        if (record->code == 1)
            row->pending = BPMN_LISTEN_CREATING;
        return feel_copy(&row->attributes, record->value, state->arena, err);
    case BPMN_REC_TASK_CHANGING:
        row->pending = record->code;
        row->outcome = arena_str(state->arena, record->name);
        row->action = arena_str(state->arena, record->text);
        row->corrected = feel_null();
        return feel_copy(&row->brought, record->value, state->arena, err);
    case BPMN_REC_TASK_CORRECTED: {
        struct feel_value copy;
        if (!feel_copy(&copy, record->value, state->arena, err))
            return false;
        size_t n = feel_kind(row->corrected) == FEEL_CONTEXT ? feel_count(row->corrected) : 0,
               m = feel_kind(copy) == FEEL_CONTEXT ? feel_count(copy) : 0;
        struct feel_entry *entries = arena_new(state->arena, struct feel_entry, n + m);
        for (size_t i = 0; i < n; i++)
            entries[i] = feel_entries(row->corrected)[i];
        for (size_t i = 0; i < m; i++)
            entries[n + i] = feel_entries(copy)[i];
        row->corrected = feel_context_of(state->arena, entries, n + m);
        return true;
    }
    default: break; /* TASK_CHANGED, TASK_DENIED */
    }
    row->open = 1;
    row->pending = 0;
    row->outcome = row->action = STR_NONE;
    row->brought = row->corrected = feel_null();
    return record->kind == BPMN_REC_TASK_DENIED || change(state, row, record->value, err);
}

/* --- loops
 * ------------------------------------------------------------------------------------------------
 */
static bool fold_loop(struct bpmn_state *state, const struct bpmn_record *record, struct err *err) {
    uint32_t i;
    struct feel_value value;
    if (!feel_copy(&value, record->value, state->arena, err))
        return false;
    if (record->kind == BPMN_REC_RESULT) {
        LIST_ADD(state, results,
                 (struct bpmn_result){record->instance, (uint32_t)record->n, value});
        return true;
    }
    LIST_LOWER(state, loops, instance, record->instance, i);
    if (i == state->loops.count || state->loops.list[i].instance != record->instance)
        LIST_GAP(state, loops, i);
    state->loops.list[i] =
        (struct bpmn_loop_row){.instance = record->instance, .total = record->n, .items = value};
    return true;
}

bool fold_row(struct bpmn_state *state, const struct bpmn_process *process,
              const struct bpmn_record *record, struct err *err) {
    if (record->kind == BPMN_REC_VARIABLE)
        return fold_variable(state, record, err);
    if (record->node >= process->node_count)
        return fold_corrupt(record, err, "there is no such node");
    if (record->kind == BPMN_REC_STOP_AFTER) {
        LIST_ADD(state, stop_after, record->node);
        return true;
    }
    struct bpmn_instance *owner = state_instance(state, record->instance);
    if (owner == NULL)
        return fold_corrupt(record, err, "it is not alive");
    switch (record->kind) {
    case BPMN_REC_TIMER:
    case BPMN_REC_TIMER_FIRED:
    case BPMN_REC_TIMER_CLEARED: return fold_timer(state, process, owner, record, err);
    case BPMN_REC_WAIT:
    case BPMN_REC_WAIT_MET:
    case BPMN_REC_WAIT_CLOSED:
    case BPMN_REC_CONDITION: return fold_wait(state, process, owner, record, err);
    case BPMN_REC_JOB:
    case BPMN_REC_JOB_FAILED:
    case BPMN_REC_LEASED:
    case BPMN_REC_JOB_CLOSED: return fold_job(state, owner, record, err);
    case BPMN_REC_LOOP:
    case BPMN_REC_RESULT: return fold_loop(state, record, err);
    default: return fold_task(state, record, err);
    }
}
