/* Start events that fire: at once, or, of those that need several definitions, when all have come
 * (BPMN 2.0.2: 10.5.2). Messages come together by their correlation key; what has none - a signal,
 * a timer, a condition, a message without key - counts for every key that waits at that moment, and
 * waits itself when it completes none. */
#include "app/process_inner.h"

static bool begin(int64_t *instance_out, struct drive *d, const struct store_start *start,
                  const struct drive_begun *by, bool all, struct err *err) {
    const struct drive_start s = {
        .definition = start->definition,
        .started_by = by->correlation_key,
        .message = by->message,
        .node = start->node,
        .def = start->def,
        .all = all,
        .variables = by->variables,
    };
    uint64_t stream;
    if (!drive_push_start(&stream, d, &s, err))
        return false;
    *instance_out = *instance_out == 0 ? process_key(stream, 1) : *instance_out;
    return true;
}

/* ---- several definitions ---- */

struct gathered {
    const struct store_start *start;
    struct store_pending *rows;
    size_t count;
};

static bool comes_with(const struct store_pending *row, struct str key) {
    return row->correlation_key.len == 0 || str_eq(row->correlation_key, key);
}

/* Has every definition come, with this key or with none? */
static bool complete(const struct gathered *g, struct str key, size_t def_count) {
    for (size_t def = 0; def < def_count; def++) {
        bool there = false;
        for (size_t i = 0; i < g->count && !there; i++)
            there = g->rows[i].def == def && comes_with(&g->rows[i], key);
        if (!there)
            return false;
    }
    return true;
}

/* What they brought, one over the other in the order in which they came. */
static bool merge(struct feel_value *out, struct drive *d, const struct gathered *g, struct str key,
                  struct err *err) {
    struct feel_entry *entries = NULL;
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct json *tree;
        struct feel_value one;
        if (!comes_with(&g->rows[i], key))
            continue;
        if (!json_read(&tree, g->rows[i].variables, "pending", d->arena, d->budget, err) ||
            !feel_from_json(&one, tree, d->arena, err))
            return false;
        size_t more = feel_kind(one) == FEEL_CONTEXT ? feel_count(one) : 0;
        struct feel_entry *all = arena_new(d->arena, struct feel_entry, count + more);
        if (count > 0)
            memcpy(all, entries, count * sizeof *all);
        if (more > 0)
            memcpy(all + count, feel_entries(one), more * sizeof *all);
        entries = all;
        count += more;
    }
    *out = count == 0 ? feel_null() : feel_context_of(d->arena, entries, count);
    return true;
}

static bool start_complete(int64_t *instance_out, struct drive *d, const struct gathered *g,
                           struct str key, struct err *err) {
    struct drive_begun by = {.correlation_key = key};
    const struct store_pending which = {
        .definition = g->start->definition, .node = g->start->node, .correlation_key = key};
    return merge(&by.variables, d, g, key, err) &&
           begin(instance_out, d, g->start, &by, true, err) &&
           store_pending_drop(d->tx, &which, err);
}

/* The keys that may be complete now: that of what came, or, when it has none, all that wait. */
static bool try_keys(int64_t *instance_out, struct drive *d, const struct gathered *g,
                     struct str came, size_t def_count, struct err *err) {
    bool used = false;
    for (size_t i = 0; i < g->count; i++) {
        struct str key = g->rows[i].correlation_key;
        bool first = came.len == 0 ? key.len > 0 : str_eq(key, came);
        for (size_t k = 0; k < i && first; k++)
            first = !str_eq(g->rows[k].correlation_key, key);
        if (!first || !complete(g, key, def_count))
            continue;
        used = true;
        if (!start_complete(instance_out, d, g, key, err))
            return false;
    }
    const struct store_pending shared = {.definition = g->start->definition,
                                         .node = g->start->node};
    if (used)
        return store_pending_drop(d->tx, &shared, err);
    return !complete(g, STR_NONE, def_count) || start_complete(instance_out, d, g, STR_NONE, err);
}

static bool put_part(bool *kept, struct drive *d, const struct store_start *start,
                     const struct drive_begun *by, struct err *err) {
    const struct json *variables = json_obj(d->arena);
    struct store_pending row = {.definition = start->definition,
                                .node = start->node,
                                .def = start->def,
                                .correlation_key = by->correlation_key};
    struct buf text;
    if (feel_kind(by->variables) == FEEL_CONTEXT &&
        !app_variables_json(&variables, by->variables, NULL, 0, d->arena, err))
        return false;
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, variables, JSON_COMPACT);
    row.variables = arena_str(d->arena, buf_view(&text));
    bool ok = buf_ok(&text, "what a start event waits for", err) &&
              store_pending_room(kept, d->tx->conn, &row, err) &&
              (!*kept || store_pending_put(d->tx, &row, err));
    buf_done(&text);
    return ok;
}

static bool gather(int64_t *instance_out, bool *kept, struct drive *d,
                   const struct store_start *start, const struct drive_begun *by, size_t def_count,
                   struct err *err) {
    struct gathered g = {.start = start,
                         .rows = arena_new(d->arena, struct store_pending, STORE_PENDING_MAX)};
    const struct store_pending which = {.definition = start->definition, .node = start->node};
    if (!put_part(kept, d, start, by, err))
        return false;
    if (!*kept) {
        log_event(LOG_WARN, "start-not-kept", log_i64("definition", start->definition),
                  log_i64("node", start->node));
        return true;
    }
    return store_pending_list(g.rows, &g.count, d->tx->conn, &which, d->arena, err) &&
           try_keys(instance_out, d, &g, by->correlation_key, def_count, err);
}

bool drive_begin(int64_t *instance_out, bool *kept, struct drive *d,
                 const struct store_start *start, const struct drive_begun *by, struct err *err) {
    struct app_model *model;
    *instance_out = 0;
    *kept = true;
    if (!app_model_hold(&model, d->app, d->tx->conn, start->definition, err))
        return false;
    const struct bpmn_process *process = app_model_process(model);
    const struct bpmn_node *node =
        start->node < process->node_count ? &process->nodes[start->node] : NULL;
    bool all = node != NULL && node->event == BPMN_EVENT_PARALLEL_MULTIPLE;
    size_t def_count = node == NULL ? 0 : node->def_count;
    app_model_let(d->app, model);
    return all ? gather(instance_out, kept, d, start, by, def_count, err)
               : begin(instance_out, d, start, by, false, err);
}

/* ---- conditions ---- */

/* Does it hold? With the process's data stores, and the variables that were given. */
static bool holds(bool *out, struct drive *d, const struct store_start *start,
                  struct feel_value variables, struct err *err) {
    struct app_model *model;
    struct bpmn_env env = {.now_us = d->tx->now_us};
    *out = false;
    if (!app_model_hold(&model, d->app, d->tx->conn, start->definition, err))
        return false;
    const struct bpmn_process *process = app_model_process(model);
    bool ok = drive_stores(&env.stores, d, process, err);
    env.store_count = process->store_count;
    if (ok && start->node < process->node_count &&
        start->def < process->nodes[start->node].def_count)
        ok = bpmn_start_condition(out, process, &process->nodes[start->node].defs[start->def],
                                  variables, &env, d->arena, d->budget, err);
    app_model_let(d->app, model);
    return ok;
}

bool drive_conditions(struct drive_condition **out, size_t *count_out, struct drive *d,
                      int64_t definition, struct feel_value variables, struct err *err) {
    struct store_start *starts;
    const struct drive_begun by = {.variables = variables};
    size_t count = 0;
    *count_out = 0;
    if (!store_starts_conditional(&starts, &count, d->tx->conn, definition, STR_NONE, d->arena,
                                  err))
        return false;
    *out = arena_new(d->arena, struct drive_condition, count);
    for (size_t i = 0; i < count; i++) {
        bool is_true, kept;
        int64_t instance = 0;
        if (!holds(&is_true, d, &starts[i], variables, err) ||
            (is_true && !drive_begin(&instance, &kept, d, &starts[i], &by, err)))
            return false;
        if (instance != 0)
            (*out)[(*count_out)++] = (struct drive_condition){starts[i].definition, instance};
    }
    return true;
}

bool drive_conditions_stored(struct drive *d, struct str process, struct err *err) {
    struct store_start *starts;
    const struct drive_begun by = {.message = STR_NONE};
    size_t count = 0;
    if (!store_starts_conditional(&starts, &count, d->tx->conn, 0, process, d->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_true, kept, was_true = starts[i].is_true;
        int64_t instance;
        if (!holds(&is_true, d, &starts[i], feel_null(), err))
            return false;
        starts[i].is_true = is_true;
        if (is_true != was_true && !store_start_move(d->tx, &starts[i], err))
            return false;
        if (is_true && !was_true && !drive_begin(&instance, &kept, d, &starts[i], &by, err))
            return false;
    }
    return true;
}
