/* Asking a state, and its canonical bytes: a version, then every list with its count, in the order
 * of the lists themselves (fold.c, 1). live is not written: it follows from the other lists. */
#include <inttypes.h>

#include "bpmn/lists.h"

/* Version 1 had no leases of jobs; 2 nothing of loops, compensation, listeners and definitions, and
 * its variables stood in the order of their arrival alone. Both are still read. */
enum { STATE_VERSION = 3 };

static uint32_t scope_of(const struct bpmn_state *state, uint32_t instance) {
    const struct bpmn_instance *row = bpmn_instance(state, instance);
    return row == NULL ? 0 : row->scope;
}

/* When the process has ended its variables stay, so the root needs no instance. */
bool bpmn_variable(struct feel_value *out, const struct bpmn_state *state, uint32_t instance,
                   struct str name) {
    uint32_t scope = instance == 0 ? 1 : instance;
    for (; scope != 0; scope = scope_of(state, scope)) {
        uint32_t from, to;
        state_variables(state, scope, &from, &to);
        for (; from < to; from++)
            if (str_eq(state->variables.list[from].name, name)) {
                *out = state->variables.list[from].value;
                return true;
            }
    }
    return false;
}

struct feel_value bpmn_variables(const struct bpmn_state *state, uint32_t instance,
                                 struct arena *arena) {
    /* from the process inwards, so that of two with one name the inner one stays; a scope stands
     * for itself, its body and its slot */
    uint32_t chain[BPMN_DEPTH_MAX * 3 + 3] = {0}, from, to;
    size_t depth = 0, count = 0;
    for (uint32_t scope = instance == 0 ? 1 : instance; scope != 0 && depth < COUNT_OF(chain);
         scope = scope_of(state, scope)) {
        chain[depth++] = scope;
        state_variables(state, scope, &from, &to);
        count += to - from;
    }
    struct feel_entry *entries = arena_new(arena, struct feel_entry, count);
    count = 0;
    while (depth-- > 0)
        for (state_variables(state, chain[depth], &from, &to); from < to; from++)
            entries[count++] = (struct feel_entry){state->variables.list[from].name,
                                                   state->variables.list[from].value};
    return feel_context_of(arena, entries, count);
}

struct feel_value bpmn_own_variables(const struct bpmn_state *state, uint32_t instance,
                                     struct arena *arena) {
    uint32_t from, to, count = 0;
    state_variables(state, instance, &from, &to);
    if (from == to)
        return feel_null();
    struct feel_entry *entries = arena_new(arena, struct feel_entry, to - from);
    for (; from < to; from++)
        entries[count++] = (struct feel_entry){state->variables.list[from].name,
                                               state->variables.list[from].value};
    return feel_context_of(arena, entries, count);
}

struct feel_value bpmn_view_get(const struct bpmn_view *view, struct str name,
                                struct arena *arena) {
    struct feel_value value = feel_null();
    if (bpmn_variable(&value, view->state, view->instance, name))
        return value;
    for (size_t i = 0; i < view->env->store_count; i++)
        if (str_eq(view->env->stores[i].name, name))
            return view->env->stores[i].value;
    if (view->env->lookup == NULL || !view->env->lookup(&value, view->env->self, name, arena))
        return feel_null();
    return value;
}

/* --- bytes
 * --------------------------------------------------------------------------------------------- */
static void add_tokens(struct buf *out, const struct bpmn_token *list, uint32_t count) {
    bytes_add_u64(out, count);
    for (uint32_t i = 0; i < count; i++) {
        bytes_add_u64(out, list[i].scope);
        bytes_add_u64(out, list[i].flow);
    }
}

static void add_instances(struct buf *out, const struct bpmn_state *state) {
    bytes_add_u64(out, state->instances.count);
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->scope);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->triggered_by);
        bytes_add_u64(out, row->incident);
        bytes_add_u64(out, row->phase);
        bytes_add_u64(out, row->as);
        bytes_add_u64(out, row->counter);
        bytes_add_u64(out, row->closing);
    }
}

static void add_waiting(struct buf *out, const struct bpmn_state *state) {
    bytes_add_u64(out, state->timers.count);
    for (uint32_t i = 0; i < state->timers.count; i++) {
        const struct bpmn_timer_row *row = &state->timers.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->instance);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->def);
        bytes_add_i64(out, row->due_us);
        bytes_add_i64(out, row->armed_us);
        bytes_add_str(out, row->cycle);
    }
    bytes_add_u64(out, state->waits.count);
    for (uint32_t i = 0; i < state->waits.count; i++) {
        const struct bpmn_wait *row = &state->waits.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->instance);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->event);
        bytes_add_str(out, row->name);
        bytes_add_str(out, row->key);
        bytes_add_u64(out, row->def);
        bytes_add_u64(out, row->is_true);
    }
    bytes_add_u64(out, state->jobs.count);
    for (uint32_t i = 0; i < state->jobs.count; i++) {
        const struct bpmn_job *row = &state->jobs.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->instance);
        bytes_add_i64(out, row->retries);
        bytes_add_str(out, row->type);
        bytes_add_u64(out, row->lease);
        bytes_add_i64(out, row->free_us);
        bytes_add_str(out, row->worker);
        bytes_add_u64(out, row->kind);
        bytes_add_u64(out, row->listener);
    }
}

static bool add_variables(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, state->variables.count);
    for (uint32_t i = 0; i < state->variables.count; i++) {
        bytes_add_u64(out, state->variables.list[i].scope);
        bytes_add_str(out, state->variables.list[i].name);
        if (!feel_encode(out, state->variables.list[i].value, err))
            return false;
    }
    return true;
}

static bool add_tasks(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, state->tasks.count);
    for (uint32_t i = 0; i < state->tasks.count; i++) {
        const struct bpmn_task *row = &state->tasks.list[i];
        bytes_add_u64(out, row->instance);
        bytes_add_u64(out, row->open);
        bytes_add_u64(out, row->pending);
        bytes_add_str(out, row->outcome);
        bytes_add_str(out, row->action);
        if (!feel_encode(out, row->attributes, err) || !feel_encode(out, row->brought, err) ||
            !feel_encode(out, row->corrected, err))
            return false;
    }
    return true;
}

static bool add_loops(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, state->loops.count);
    for (uint32_t i = 0; i < state->loops.count; i++) {
        const struct bpmn_loop_row *row = &state->loops.list[i];
        bytes_add_u64(out, row->instance);
        bytes_add_i64(out, row->total);
        bytes_add_u64(out, row->begun);
        bytes_add_u64(out, row->completed);
        bytes_add_u64(out, row->terminated);
        if (!feel_encode(out, row->items, err))
            return false;
    }
    bytes_add_u64(out, state->results.count);
    for (uint32_t i = 0; i < state->results.count; i++) {
        bytes_add_u64(out, state->results.list[i].instance);
        bytes_add_u64(out, state->results.list[i].place);
        if (!feel_encode(out, state->results.list[i].value, err))
            return false;
    }
    return true;
}

static bool add_done(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, state->done.count);
    for (uint32_t i = 0; i < state->done.count; i++) {
        const struct bpmn_done *row = &state->done.list[i];
        bytes_add_u64(out, row->instance);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->scope);
        if (!feel_encode(out, row->variables, err))
            return false;
    }
    bytes_add_u64(out, state->undoing.count);
    for (uint32_t i = 0; i < state->undoing.count; i++) {
        const struct bpmn_undoing *row = &state->undoing.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->waits);
        bytes_add_u64(out, row->scope);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->at);
        bytes_add_u64(out, row->cancels);
    }
    return true;
}

bool bpmn_state_encode(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, STATE_VERSION);
    bytes_add_u64(out, state->last_id);
    bytes_add_u64(out, state->ending);
    bytes_add_u64(out, state->end_node);
    add_instances(out, state);
    add_tokens(out, state->parked.list, state->parked.count);
    add_tokens(out, state->moving.list, state->moving.count);
    add_waiting(out, state);
    if (!add_variables(out, state, err) || !add_tasks(out, state, err) ||
        !add_loops(out, state, err) || !add_done(out, state, err))
        return false;
    add_tokens(out, state->spent.list, state->spent.count);
    bytes_add_u64(out, state->stop_after.count);
    for (uint32_t i = 0; i < state->stop_after.count; i++)
        bytes_add_u64(out, state->stop_after.list[i]);
    return buf_ok(out, "the process state", err);
}

struct decoder {
    struct bpmn_state *state;
    const struct bpmn_process *process;
    struct bytes_reader *in;
    struct err *err;
    uint32_t version;
};

static uint32_t take_u32(struct decoder *d) {
    uint64_t n;
    if (bytes_take_u64(&n, d->in) && n > UINT32_MAX)
        d->in->bad = true;
    return d->in->bad ? 0 : (uint32_t)n;
}

static uint32_t take_below(struct decoder *d, size_t limit) {
    uint32_t n = take_u32(d);
    if (n >= limit)
        d->in->bad = true;
    return d->in->bad ? 0 : n;
}

/* The count of a list, and room for it. */
#define TAKE_LIST(d, field)                                                                        \
    ((d)->state->field.count = (d)->state->field.room = take_count(d),                             \
     (d)->state->field.list = arena_alloc((d)->state->arena, (d)->state->field.count,              \
                                          sizeof *(d)->state->field.list, alignof(max_align_t)))

static uint32_t take_count(struct decoder *d) {
    size_t count;
    if (!bytes_take_count(&count, d->in) || count > BPMN_INSTANCES_MAX * 4) {
        d->in->bad = true;
        return 0;
    }
    return (uint32_t)count;
}

static void take_instances(struct decoder *d) {
    uint32_t last = 0;
    TAKE_LIST(d, instances);
    for (uint32_t i = 0; i < d->state->instances.count && !d->in->bad; i++) {
        struct bpmn_instance *row = &d->state->instances.list[i];
        row->id = take_u32(d);
        row->scope = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        row->triggered_by = take_u32(d);
        row->incident = (uint8_t)take_below(d, 256);
        row->phase = (uint8_t)take_below(d, BPMN_PHASE_FINISHING + 1);
        if (d->version >= 3) {
            row->as = (uint8_t)take_below(d, BPMN_AS_UNDO + 1);
            row->counter = take_u32(d);
            row->closing = (uint8_t)take_below(d, BPMN_CLOSING_TERMINATE + 1);
        }
        d->state->incident_count += row->incident != 0;
        if (row->id <= last || row->id > d->state->last_id || row->scope >= row->id ||
            (row->scope == 0) != (i == 0))
            d->in->bad = true;
        last = row->id;
    }
}

static void take_token_list(struct decoder *d, struct bpmn_token *list, uint32_t count) {
    for (uint32_t i = 0; i < count && !d->in->bad; i++) {
        list[i].scope = take_u32(d);
        list[i].flow = take_below(d, d->process->flow_count);
    }
}

static void take_rows(struct decoder *d) {
    TAKE_LIST(d, timers);
    for (uint32_t i = 0; i < d->state->timers.count && !d->in->bad; i++) {
        struct bpmn_timer_row *row = &d->state->timers.list[i];
        row->id = take_u32(d);
        row->instance = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        uint32_t def_or_left = take_u32(d);
        (void)bytes_take_i64(&row->due_us, d->in);
        if (d->version < 3) {
            row->cycle =
                state_old_cycle(d->process, row->node, def_or_left, row->due_us, d->state->arena);
            continue;
        }
        row->def = def_or_left;
        (void)bytes_take_i64(&row->armed_us, d->in);
        (void)bytes_take_str(&row->cycle, d->in);
    }
    TAKE_LIST(d, waits);
    for (uint32_t i = 0; i < d->state->waits.count && !d->in->bad; i++) {
        struct bpmn_wait *row = &d->state->waits.list[i];
        row->id = take_u32(d);
        row->instance = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        row->event = (enum bpmn_event)take_below(d, BPMN_EVENT_CONDITIONAL + 1);
        (void)bytes_take_str(&row->name, d->in);
        (void)bytes_take_str(&row->key, d->in);
        row->def = d->version >= 3 ? take_u32(d) : 0;
        row->is_true = d->version >= 3 && take_below(d, 2) == 1;
    }
    TAKE_LIST(d, jobs);
    for (uint32_t i = 0; i < d->state->jobs.count && !d->in->bad; i++) {
        struct bpmn_job *row = &d->state->jobs.list[i];
        row->id = take_u32(d);
        row->instance = take_u32(d);
        (void)bytes_take_i64(&row->retries, d->in);
        (void)bytes_take_str(&row->type, d->in);
        if (d->version < 2)
            continue;
        row->lease = take_u32(d);
        (void)bytes_take_i64(&row->free_us, d->in);
        (void)bytes_take_str(&row->worker, d->in);
        if (d->version < 3)
            continue;
        row->kind = (uint8_t)take_below(d, BPMN_JOB_USER_TASK + 1);
        row->listener = take_u32(d);
    }
}

/* By scope; those of one scope stay in their order. */
static void sort_variables(struct bpmn_state *state) {
    for (uint32_t i = 1; i < state->variables.count; i++) {
        struct bpmn_variable row = state->variables.list[i];
        uint32_t at = i;
        for (; at > 0 && state->variables.list[at - 1].scope > row.scope; at--)
            state->variables.list[at] = state->variables.list[at - 1];
        state->variables.list[at] = row;
    }
}

static bool take_variables(struct decoder *d) {
    TAKE_LIST(d, variables);
    for (uint32_t i = 0; i < d->state->variables.count && !d->in->bad; i++) {
        struct bpmn_variable *row = &d->state->variables.list[i];
        row->scope = take_u32(d);
        (void)bytes_take_str(&row->name, d->in);
        if (!d->in->bad && !feel_decode(&row->value, d->in, d->state->arena, d->err))
            return false;
        if (d->version >= 3 && i > 0 && row->scope < row[-1].scope)
            d->in->bad = true;
    }
    if (d->version < 3 && !d->in->bad)
        sort_variables(d->state);
    return true;
}

static bool take_value(struct feel_value *out, struct decoder *d) {
    *out = feel_null();
    return d->in->bad || feel_decode(out, d->in, d->state->arena, d->err);
}

static bool take_tasks(struct decoder *d) {
    TAKE_LIST(d, tasks);
    for (uint32_t i = 0; i < d->state->tasks.count && !d->in->bad; i++) {
        struct bpmn_task *row = &d->state->tasks.list[i];
        row->instance = take_u32(d);
        row->open = (uint8_t)take_below(d, 2);
        row->pending = (uint8_t)take_below(d, BPMN_LISTEN_CANCELING + 1);
        (void)bytes_take_str(&row->outcome, d->in);
        (void)bytes_take_str(&row->action, d->in);
        if (!take_value(&row->attributes, d) || !take_value(&row->brought, d) ||
            !take_value(&row->corrected, d))
            return false;
        if (i > 0 && row->instance <= row[-1].instance)
            d->in->bad = true;
    }
    return true;
}

static bool take_loops(struct decoder *d) {
    TAKE_LIST(d, loops);
    for (uint32_t i = 0; i < d->state->loops.count && !d->in->bad; i++) {
        struct bpmn_loop_row *row = &d->state->loops.list[i];
        row->instance = take_u32(d);
        (void)bytes_take_i64(&row->total, d->in);
        row->begun = take_u32(d);
        row->completed = take_u32(d);
        row->terminated = take_u32(d);
        if (!take_value(&row->items, d))
            return false;
        if (i > 0 && row->instance <= row[-1].instance)
            d->in->bad = true;
    }
    TAKE_LIST(d, results);
    for (uint32_t i = 0; i < d->state->results.count && !d->in->bad; i++) {
        struct bpmn_result *row = &d->state->results.list[i];
        row->instance = take_u32(d);
        row->place = take_u32(d);
        if (!take_value(&row->value, d))
            return false;
    }
    return true;
}

static bool take_done(struct decoder *d) {
    TAKE_LIST(d, done);
    for (uint32_t i = 0; i < d->state->done.count && !d->in->bad; i++) {
        struct bpmn_done *row = &d->state->done.list[i];
        row->instance = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        row->scope = take_u32(d);
        if (!take_value(&row->variables, d))
            return false;
    }
    TAKE_LIST(d, undoing);
    for (uint32_t i = 0; i < d->state->undoing.count && !d->in->bad; i++) {
        struct bpmn_undoing *row = &d->state->undoing.list[i];
        row->id = take_u32(d);
        row->waits = take_u32(d);
        row->scope = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        row->at = take_u32(d);
        row->cancels = take_below(d, 2) == 1;
    }
    TAKE_LIST(d, spent);
    take_token_list(d, d->state->spent.list, d->state->spent.count);
    TAKE_LIST(d, stop_after);
    for (uint32_t i = 0; i < d->state->stop_after.count && !d->in->bad; i++)
        d->state->stop_after.list[i] = take_below(d, d->process->node_count);
    return true;
}

/* Version 3 keeps a row for each user task; of those open before, the attributes are not known. */
static void make_tasks(struct decoder *d) {
    struct bpmn_state *state = d->state;
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        const struct bpmn_node *node = &d->process->nodes[row->node];
        if (node->kind == BPMN_USER_TASK && node->job_type.text.at == NULL &&
            (row->incident == 0 || row->phase == BPMN_PHASE_LEAVING))
            LIST_ADD(state, tasks, (struct bpmn_task){.instance = row->id, .open = 1});
    }
}

static struct bpmn_instance *row_of(struct bpmn_state *state, uint32_t id) {
    const struct bpmn_instance *row = bpmn_instance(state, id);
    return row == NULL ? NULL : &state->instances.list[row - state->instances.list];
}

/* live of every scope, from the instances and tokens in it, and the rows of every instance; false
 * when one is missing. */
static bool count_all(struct bpmn_state *state) {
    bool ok = true;
    for (uint32_t i = 1; i < state->instances.count && ok; i++) {
        struct bpmn_instance *scope = row_of(state, state->instances.list[i].scope);
        ok = scope != NULL;
        if (ok)
            scope->live++;
    }
    for (uint32_t i = 0; i < state->parked.count + state->moving.count && ok; i++) {
        const struct bpmn_token *token = i < state->parked.count
                                             ? &state->parked.list[i]
                                             : &state->moving.list[i - state->parked.count];
        struct bpmn_instance *scope = row_of(state, token->scope);
        ok = scope != NULL;
        if (ok)
            scope->live++;
    }
    uint32_t timers = state->timers.count, waits = timers + state->waits.count;
    for (uint32_t i = 0; i < waits + state->jobs.count && ok; i++) {
        uint32_t id = i < timers  ? state->timers.list[i].instance
                      : i < waits ? state->waits.list[i - timers].instance
                                  : state->jobs.list[i - waits].instance;
        struct bpmn_instance *owner = row_of(state, id);
        ok = owner != NULL;
        if (ok)
            owner->rows++;
    }
    state_count_conditions(state);
    for (uint32_t i = 0; i < state->variables.count; i++)
        state->variable_bytes += bpmn_value_bytes(state->variables.list[i].value);
    return ok;
}

bool bpmn_state_decode(struct bpmn_state *out, struct bytes_reader *in,
                       const struct bpmn_process *process, struct arena *arena, struct err *err) {
    bpmn_state_init(out, arena);
    struct decoder d = {out, process, in, err, 0};
    d.version = take_u32(&d);
    if (d.version < 1 || d.version > STATE_VERSION)
        in->bad = true;
    out->last_id = take_u32(&d);
    out->ending = (enum bpmn_ending)take_below(&d, BPMN_ENDING_ERROR + 1);
    out->end_node = take_below(&d, process->node_count);
    take_instances(&d);
    TAKE_LIST(&d, parked);
    take_token_list(&d, out->parked.list, out->parked.count);
    TAKE_LIST(&d, moving);
    take_token_list(&d, out->moving.list, out->moving.count);
    take_rows(&d);
    if (!take_variables(&d))
        return false;
    if (d.version >= 3 && (!take_tasks(&d) || !take_loops(&d) || !take_done(&d)))
        return false;
    if (d.version < 3 && !in->bad)
        make_tasks(&d);
    if (in->bad || !count_all(out))
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the state of a case of process '%.*s' is broken", STR_ARG(process->id));
    return true;
}
