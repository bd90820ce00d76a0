/* Asking a state, and its canonical bytes: a version, then every list with its count, in the order
 * of the lists themselves (fold.c, 1). live is not written: it follows from the other lists. */
#include <inttypes.h>

#include "bpmn/engine.h"

/* Version 1 had no leases of jobs; it is still read. */
enum { STATE_VERSION = 2 };

static uint32_t scope_of(const struct bpmn_state *state, uint32_t instance) {
    const struct bpmn_instance *row = bpmn_instance(state, instance);
    return row == NULL ? 0 : row->scope;
}

/* When the process has ended its variables stay, so the root needs no instance. */
bool bpmn_variable(struct feel_value *out, const struct bpmn_state *state, uint32_t instance,
                   struct str name) {
    uint32_t scope = instance == 0 ? 1 : instance;
    for (; scope != 0; scope = scope_of(state, scope))
        for (uint32_t i = 0; i < state->variables.count; i++) {
            const struct bpmn_variable *v = &state->variables.list[i];
            if (v->scope == scope && str_eq(v->name, name)) {
                *out = v->value;
                return true;
            }
        }
    return false;
}

struct feel_value bpmn_variables(const struct bpmn_state *state, uint32_t instance,
                                 struct arena *arena) {
    struct feel_entry *entries = arena_new(arena, struct feel_entry, state->variables.count);
    size_t count = 0;
    /* from the process inwards, so that of two with one name the inner one stays */
    uint32_t chain[BPMN_DEPTH_MAX + 3] = {0};
    size_t depth = 0;
    for (uint32_t scope = instance == 0 ? 1 : instance; scope != 0 && depth < COUNT_OF(chain);
         scope = scope_of(state, scope))
        chain[depth++] = scope;
    while (depth-- > 0)
        for (uint32_t i = 0; i < state->variables.count; i++)
            if (state->variables.list[i].scope == chain[depth])
                entries[count++] = (struct feel_entry){state->variables.list[i].name,
                                                       state->variables.list[i].value};
    return feel_context_of(arena, entries, count);
}

struct feel_value bpmn_view_get(const struct bpmn_view *view, struct str name,
                                struct arena *arena) {
    struct feel_value value = feel_null();
    if (bpmn_variable(&value, view->state, view->instance, name))
        return value;
    if (view->env->lookup == NULL || !view->env->lookup(&value, view->env->self, name, arena))
        return feel_null();
    return value;
}

/* --- bytes
 * --------------------------------------------------------------------------------------------- */
bool bpmn_state_encode(struct buf *out, const struct bpmn_state *state, struct err *err) {
    bytes_add_u64(out, STATE_VERSION);
    bytes_add_u64(out, state->last_id);
    bytes_add_u64(out, state->ending);
    bytes_add_u64(out, state->end_node);
    bytes_add_u64(out, state->instances.count);
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        bytes_add_u64(out, row->id);
        bytes_add_u64(out, row->scope);
        bytes_add_u64(out, row->node);
        bytes_add_u64(out, row->triggered_by);
        bytes_add_u64(out, row->incident);
        bytes_add_u64(out, row->phase);
    }
    bytes_add_u64(out, state->parked.count);
    for (uint32_t i = 0; i < state->parked.count; i++) {
        bytes_add_u64(out, state->parked.list[i].scope);
        bytes_add_u64(out, state->parked.list[i].flow);
    }
    bytes_add_u64(out, state->moving.count);
    for (uint32_t i = 0; i < state->moving.count; i++) {
        bytes_add_u64(out, state->moving.list[i].scope);
        bytes_add_u64(out, state->moving.list[i].flow);
    }
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
    }
    bytes_add_u64(out, state->variables.count);
    for (uint32_t i = 0; i < state->variables.count; i++) {
        bytes_add_u64(out, state->variables.list[i].scope);
        bytes_add_str(out, state->variables.list[i].name);
        if (!feel_encode(out, state->variables.list[i].value, err))
            return false;
    }
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
        row->phase = (uint8_t)take_below(d, 2);
        d->state->incident_count += row->incident != 0;
        if (row->id <= last || row->id > d->state->last_id || row->scope >= row->id ||
            (row->scope == 0) != (i == 0))
            d->in->bad = true;
        last = row->id;
    }
}

static void take_tokens(struct decoder *d, bool parked) {
    if (parked)
        TAKE_LIST(d, parked);
    else
        TAKE_LIST(d, moving);
    uint32_t count = parked ? d->state->parked.count : d->state->moving.count;
    struct bpmn_token *list = parked ? d->state->parked.list : d->state->moving.list;
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
        row->def = take_u32(d);
        (void)bytes_take_i64(&row->due_us, d->in);
        (void)bytes_take_i64(&row->armed_us, d->in);
        (void)bytes_take_str(&row->cycle, d->in);
    }
    TAKE_LIST(d, waits);
    for (uint32_t i = 0; i < d->state->waits.count && !d->in->bad; i++) {
        struct bpmn_wait *row = &d->state->waits.list[i];
        row->id = take_u32(d);
        row->instance = take_u32(d);
        row->node = take_below(d, d->process->node_count);
        row->event = (enum bpmn_event)take_below(d, BPMN_EVENT_ESCALATION + 1);
        (void)bytes_take_str(&row->name, d->in);
        (void)bytes_take_str(&row->key, d->in);
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
    }
    return true;
}

/* live of every scope, from the instances and tokens in it; false when a scope is missing. */
static bool count_live(struct bpmn_state *state) {
    for (uint32_t i = 1; i < state->instances.count; i++) {
        const struct bpmn_instance *scope = bpmn_instance(state, state->instances.list[i].scope);
        if (scope == NULL)
            return false;
        state->instances.list[scope - state->instances.list].live++;
    }
    for (int parked = 0; parked < 2; parked++) {
        uint32_t count = parked ? state->parked.count : state->moving.count;
        const struct bpmn_token *list = parked ? state->parked.list : state->moving.list;
        for (uint32_t i = 0; i < count; i++) {
            const struct bpmn_instance *scope = bpmn_instance(state, list[i].scope);
            if (scope == NULL)
                return false;
            state->instances.list[scope - state->instances.list].live++;
        }
    }
    return true;
}

bool bpmn_state_decode(struct bpmn_state *out, struct bytes_reader *in,
                       const struct bpmn_process *process, struct arena *arena, struct err *err) {
    bpmn_state_init(out, arena);
    struct decoder d = {out, process, in, err, 0};
    d.version = take_u32(&d);
    if (d.version < 1 || d.version > STATE_VERSION)
        in->bad = true;
    out->last_id = take_u32(&d);
    out->ending = (enum bpmn_ending)take_below(&d, BPMN_ENDING_CANCELLED + 1);
    out->end_node = take_below(&d, process->node_count);
    take_instances(&d);
    take_tokens(&d, true);
    take_tokens(&d, false);
    take_rows(&d);
    if (!take_variables(&d))
        return false;
    if (in->bad || !count_live(out))
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the state of a case of process '%.*s' is broken", STR_ARG(process->id));
    return true;
}
