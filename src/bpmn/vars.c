/* Variables: evaluating expressions over them, and where they are written. The rules of scope are
 * those of Camunda 8: a value that comes in goes to the nearest scope that has the variable, else
 * to the process; with output mappings it stays local and the mappings decide. */
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/lists.h"

enum {
    VALUE_DEPTH_MAX = FEEL_DEPTH_MAX,
    PATH_DEPTH_MAX = 32, /* names in a mapping's target; deeper ones stay one name */
};

static struct str why_text(struct run *run, const struct bpmn_expr *expr,
                           const struct feel_diags *diags) {
    struct str what = diags->count > 0 ? diags->items[0].text : STR("it gives null");
    return arena_printf(run->arena, "%s:%" PRIu32 ": '%.*s': %.*s",
                        expr->at.source ? expr->at.source : "", expr->at.line, STR_ARG(expr->text),
                        STR_ARG(what));
}

static struct feel_value known(const struct run *run, const struct bpmn_view *view,
                               struct str name) {
    for (size_t i = 0; i < run->extra_count; i++)
        if (str_eq(run->extra[i].name, name))
            return run->extra[i].value;
    return bpmn_view_get(view, name, run->arena);
}

/* What the data store of that id holds; where nothing is kept, what is known by its name. */
static struct feel_value stored(const struct run *run, uint32_t instance, struct str id) {
    const struct bpmn_env *env = run->env;
    const struct bpmn_store *store = bpmn_store(run->process, id);
    for (size_t i = 0; i < env->store_count; i++)
        if (str_eq(env->stores[i].id, id))
            return env->stores[i].value;
    struct bpmn_view here = {.state = run->state, .instance = instance, .env = env};
    return store == NULL ? feel_null() : bpmn_view_get(&here, store->name, run->arena);
}

bool run_eval(struct feel_value *out, struct str *why, struct run *run, uint32_t instance,
              const struct bpmn_expr *expr, int64_t now_us) {
    *why = STR_NONE;
    if (run->oracle != NULL && (expr->program != NULL || expr->variable || expr->store)) {
        *out = feel_string(STR("1")); /* any text; retries want a number in it */
        return true;
    }
    if (expr->store) {
        *out = stored(run, instance, expr->text);
        return true;
    }
    if (expr->variable) {
        struct bpmn_view here = {.state = run->state, .instance = instance, .env = run->env};
        *out = bpmn_view_get(&here, expr->text, run->arena);
        if (feel_is_null(*out))
            *why = why_text(run, expr, &(struct feel_diags){.count = 0});
        return true;
    }
    if (expr->program == NULL) {
        *out = feel_string(expr->text);
        return true;
    }
    size_t count = feel_input_count(expr->program);
    struct feel_value *vars = arena_new(run->arena, struct feel_value, count);
    struct bpmn_view view = {.state = run->state, .instance = instance, .env = run->env};
    for (size_t slot = 0; slot < count; slot++)
        if (feel_input_used(expr->program, slot))
            vars[slot] = known(run, &view, feel_input_name(expr->program, slot));
    struct feel_diags diags = {.arena = run->arena};
    struct feel_env env = {.vars = vars,
                           .var_count = count,
                           .now = feel_instant(run->arena, now_us, run->env->zone),
                           .calendars = run->env->calendars,
                           .calendar_count = run->env->calendar_count,
                           .diags = &diags};
    *out = feel_null();
    if (!feel_eval(out, expr->program, &env, run->arena, run->budget, run->err))
        return false;
    if (feel_is_null(*out))
        *why = why_text(run, expr, &diags);
    return true;
}

/* --- writing
 * ------------------------------------------------------------------------------------------ */
static void note_change(struct run *run, struct str name, bool created) {
    if (run->change_count == run->change_room) {
        size_t room = run->change_room * 2 + 8;
        struct change *list = arena_new(run->arena, struct change, room);
        if (run->change_count > 0)
            memcpy(list, run->changes, run->change_count * sizeof *list);
        run->changes = list;
        run->change_room = room;
    }
    run->changes[run->change_count++] = (struct change){name, created};
}

void run_noted(struct run *run, struct str name) {
    if (run->state->conditions > 0)
        note_change(run, name, false);
}

bool run_set(struct run *run, uint32_t scope, struct str name, struct feel_value value) {
    const struct bpmn_state *state = run->state;
    if (run->oracle != NULL)
        return true;
    if (state->variables.count >= BPMN_VARIABLES_MAX ||
        state->variable_bytes + bpmn_value_bytes(value) > BPMN_STATE_BYTES_MAX)
        return err_set(run->err, ERR_LIMIT, err_nowhere,
                       "variable '%.*s' does not fit: process '%.*s' has %" PRIu32
                       " variables, %" PRIu64 " bytes",
                       STR_ARG(name), STR_ARG(run->process->id), state->variables.count,
                       state->variable_bytes);
    uint32_t before = state->variables.count;
    if (!run_emit(run,
                  (struct bpmn_record){
                      .kind = BPMN_REC_VARIABLE, .scope = scope, .name = name, .value = value}))
        return false;
    if (state->conditions > 0)
        note_change(run, name, state->variables.count > before);
    return true;
}

bool run_propagate(struct run *run, uint32_t scope, struct str name, struct feel_value value) {
    const struct bpmn_state *state = run->state;
    uint32_t at = scope;
    while (at > 1) {
        uint32_t from, to;
        bool here = false;
        for (state_variables(state, at, &from, &to); !here && from < to; from++)
            here = str_eq(state->variables.list[from].name, name);
        if (here)
            break;
        at = run_instance(run, at)->scope;
    }
    return run_set(run, at, name, value);
}

static bool is_data_output(const struct bpmn_node *node, struct str name) {
    for (size_t i = 0; i < node->data_out_count; i++)
        if (str_eq(node->data_out[i].output, name))
            return true;
    return false;
}

bool run_bring(struct run *run, uint32_t id, struct feel_value variables) {
    size_t count = feel_kind(variables) == FEEL_CONTEXT ? feel_count(variables) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct feel_entry *entry = &feel_entries(variables)[i];
        if (!run_propagate(run, id, entry->name, entry->value))
            return false;
    }
    return true;
}

bool run_accept(struct run *run, uint32_t id, struct feel_value variables) {
    if (feel_kind(variables) != FEEL_CONTEXT)
        return true;
    const struct bpmn_node *node = &run->process->nodes[run_instance(run, id)->node];
    bool local = node->output_count > 0 || (node->kind == BPMN_CALL && !node->all_out);
    const struct feel_entry *entries = feel_entries(variables);
    size_t count = feel_count(variables);
    for (size_t i = 0; i < count; i++) {
        bool ok = local || is_data_output(node, entries[i].name)
                      ? run_set(run, id, entries[i].name, entries[i].value)
                      : run_propagate(run, id, entries[i].name, entries[i].value);
        if (!ok)
            return false;
    }
    return true;
}

struct str run_too_large(struct run *run, struct feel_value value) {
    return bpmn_value_bytes(value) <= BPMN_VARIABLE_BYTES_MAX
               ? STR_NONE
               : arena_printf(run->arena, "what it gives is larger than %d bytes",
                              BPMN_VARIABLE_BYTES_MAX);
}

/* A mapping may give null on purpose ("= null"); it failed when there is a diagnosis, and that is
 * when the source is anything else. */
static bool map_one(struct feel_value *value, struct str *why, struct run *run, uint32_t id,
                    const struct bpmn_mapping *mapping) {
    if (!run_eval(value, why, run, id, &mapping->source, run->env->now_us))
        return false;
    if (why->len > 0 && str_ends(*why, STR("it gives null")))
        *why = STR_NONE;
    if (why->len == 0)
        *why = run_too_large(run, *value);
    return true;
}

/* base with the value at a path: "b.c" puts it into the entry c of the context b, made if need be.
 */
static struct feel_value put_at(struct run *run, struct feel_value base, struct str path,
                                struct feel_value value, int depth) {
    struct str head, rest = path;
    (void)str_split(&head, &rest, '.');
    size_t count = feel_kind(base) == FEEL_CONTEXT ? feel_count(base) : 0;
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, count + 1);
    if (count > 0)
        memcpy(entries, feel_entries(base), count * sizeof *entries);
    if (rest.len > 0 && depth < PATH_DEPTH_MAX)
        value = put_at(run, feel_get(base, head), rest, value, depth + 1);
    entries[count] = (struct feel_entry){head, value}; /* of two the later stays */
    return feel_context_of(run->arena, entries, count + 1);
}

/* The variable that a mapping's target names, with its new value. */
static struct str target_of(struct feel_value *value, struct run *run, uint32_t scope,
                            struct str target) {
    struct str name, rest = target;
    struct feel_value base = feel_null();
    (void)str_split(&name, &rest, '.');
    if (rest.len == 0)
        return target;
    (void)bpmn_variable(&base, run->state, scope, name);
    *value = put_at(run, base, rest, *value, 0);
    return name;
}

bool run_text(struct str *out, struct str *why, struct run *run, uint32_t id,
              const struct bpmn_expr *expr) {
    struct feel_value value;
    if (!run_eval(&value, why, run, id, expr, run->env->now_us))
        return false;
    if (why->len > 0)
        return true;
    if (feel_kind(value) == FEEL_STRING) {
        *out = feel_as_string(value);
        return true;
    }
    if (feel_kind(value) != FEEL_NUMBER) {
        *why = run_not_a(run, expr, value, "a text");
        return true;
    }
    struct buf text; /* a number is a usual correlation key */
    buf_init(&text, 256);
    feel_print_plain(&text, value);
    *out = arena_str(run->arena, buf_view(&text));
    buf_done(&text);
    return true;
}

bool run_bool(bool *out, struct str *why, struct run *run, uint32_t id,
              const struct bpmn_expr *expr) {
    struct feel_value value;
    *out = false;
    if (!run_eval(&value, why, run, id, expr, run->env->now_us))
        return false;
    *out = feel_is_true(value);
    if (why->len == 0 && !feel_is_true(value) && !feel_is_false(value))
        *why = run_not_a(run, expr, value, "true or false");
    return true;
}

/* --- input sets (BPMN 2.0.2: 10.4.1, 13.3.2)
 * ------------------------------------------------------------------------ */
static bool stands_in(const uint32_t *list, size_t count, uint32_t index) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == index)
            return true;
    return false;
}

static bool is_there(bool *out, struct run *run, uint32_t id, const struct bpmn_mapping *mapping) {
    *out = true;
    for (size_t i = 0; i < mapping->need_count && *out; i++) {
        struct feel_value value;
        struct str why;
        if (!run_eval(&value, &why, run, id, &mapping->needs[i], run->env->now_us))
            return false;
        *out = !feel_is_null(value);
    }
    return true;
}

static bool is_available(bool *out, struct run *run, uint32_t id, const struct bpmn_node *node,
                         const struct bpmn_data_set *set) {
    *out = true;
    for (size_t i = 0; i < node->data_in_count && *out; i++) {
        uint32_t input = node->data_in[i].input;
        bool needed = stands_in(set->refs, set->ref_count, input) &&
                      !stands_in(set->optional, set->optional_count, input) &&
                      !stands_in(set->executing, set->executing_count, input);
        if (needed && !is_there(out, run, id, &node->data_in[i]))
            return false;
    }
    return true;
}

/* The first input set that is available. *waits: there are sets, and none is. */
static bool choose_set(const struct bpmn_data_set **out, bool *waits, struct run *run,
                       uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    bool available = false, any = false;
    enum bpmn_group group = bpmn_kind_group(node->kind);
    bool activity = group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE;
    *out = NULL;
    for (size_t i = 0; i < node->data_set_count && activity && !available; i++) {
        const struct bpmn_data_set *set = &node->data_sets[i];
        if (!set->input || run->oracle != NULL)
            continue;
        any = true;
        if (!is_available(&available, run, id, node, set))
            return false;
        *out = available ? set : NULL;
    }
    *waits = any && !available;
    return true;
}

bool run_has_inputs(bool *out, struct run *run, uint32_t id) {
    const struct bpmn_data_set *set;
    bool waits;
    bool ok = choose_set(&set, &waits, run, id);
    *out = !waits;
    return ok;
}

/* Is it an input of other sets alone? */
static bool is_left_out(const struct bpmn_node *node, const struct bpmn_data_set *chosen,
                        uint32_t input) {
    bool elsewhere = false;
    for (size_t i = 0; i < node->data_set_count && chosen != NULL; i++) {
        const struct bpmn_data_set *set = &node->data_sets[i];
        if (!set->input || !stands_in(set->refs, set->ref_count, input))
            continue;
        if (set == chosen)
            return false;
        elsewhere = true;
    }
    return elsewhere;
}

static bool map_in(struct str *why, struct run *run, uint32_t id,
                   const struct bpmn_mapping *mappings, size_t count,
                   const struct bpmn_data_set *chosen) {
    const struct bpmn_node *node = run_node(run, id);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value;
        if (chosen != NULL && is_left_out(node, chosen, mappings[i].input))
            continue;
        if (!map_one(&value, why, run, id, &mappings[i]))
            return false;
        if (why->len > 0)
            return true;
        struct str name = target_of(&value, run, id, mappings[i].target);
        if (!run_set(run, id, name, value))
            return false;
    }
    return true;
}

static bool is_own(const struct run *run, uint32_t id, struct str name) {
    const struct bpmn_state *state = run->state;
    uint32_t from, to;
    for (state_variables(state, id, &from, &to); from < to; from++)
        if (str_eq(state->variables.list[from].name, name))
            return true;
    return false;
}

/* BPMN 2.0.2: 10.4.1: the data objects of a sub-process come to be with it, and are empty. */
static bool make_data(struct run *run, uint32_t id, const struct bpmn_node *node) {
    bool scope = bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE;
    for (size_t i = 0; scope && i < node->data_count; i++)
        if (node->data[i].used && !is_own(run, id, node->data[i].name) &&
            !run_set(run, id, node->data[i].name, feel_null()))
            return false;
    return true;
}

bool run_map_inputs(struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = &run->process->nodes[run_instance(run, id)->node];
    const struct bpmn_data_set *chosen;
    bool waits;
    *why = STR_NONE;
    return make_data(run, id, node) && choose_set(&chosen, &waits, run, id) &&
           map_in(why, run, id, node->data_in, node->data_in_count, chosen) &&
           (why->len > 0 || map_in(why, run, id, node->inputs, node->input_count, NULL));
}

/* --- data stores (BPMN 2.0.2: 10.4.1)
 * --------------------------------------------------------------------------- */
static struct str too_much(struct run *run, const struct bpmn_store *store,
                           struct feel_value value) {
    if (bpmn_value_bytes(value) > BPMN_STORE_BYTES_MAX)
        return arena_printf(run->arena, "the data store '%.*s' holds at most %d bytes",
                            STR_ARG(store->name), BPMN_STORE_BYTES_MAX);
    if (feel_kind(value) == FEEL_LIST && feel_count(value) > store->capacity)
        return arena_printf(run->arena, "the data store '%.*s' has a capacity of %" PRIu32,
                            STR_ARG(store->name), store->capacity);
    if (feel_kind(value) == FEEL_FUNCTION || feel_kind(value) == FEEL_RANGE)
        return arena_printf(run->arena, "the data store '%.*s' cannot hold a %s",
                            STR_ARG(store->name), feel_kind_name(feel_kind(value)));
    return STR_NONE;
}

static bool write_store(struct str *why, struct run *run, uint32_t id,
                        const struct bpmn_mapping *mapping, struct feel_value value) {
    const struct bpmn_store *store = bpmn_store(run->process, mapping->store);
    struct bpmn_stored *kept = NULL;
    if (run->oracle != NULL)
        return true;
    for (size_t i = 0; i < run->env->store_count; i++)
        if (str_eq(run->env->stores[i].id, mapping->store))
            kept = &run->env->stores[i];
    if (store == NULL || kept == NULL) {
        *why = arena_printf(run->arena, "nothing keeps the data store '%.*s'",
                            STR_ARG(mapping->store));
        return true;
    }
    if (mapping->target.len > 0)
        value = put_at(run, kept->value, mapping->target, value, 0);
    *why = too_much(run, store, value);
    if (why->len > 0)
        return true;
    kept->value = value;
    run_noted(run, store->name);
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_STORED,
                                              .instance = id,
                                              .node = run_instance(run, id)->node,
                                              .name = store->id,
                                              .value = value});
}

static bool map_out(struct str *why, struct run *run, uint32_t id,
                    const struct bpmn_mapping *mappings, size_t count) {
    uint32_t scope = run_instance(run, id)->scope;
    for (size_t i = 0; i < count; i++) {
        struct feel_value value;
        if (mappings[i].output.len > 0 && !is_own(run, id, mappings[i].output))
            continue; /* the activity did not bring it */
        if (!map_one(&value, why, run, id, &mappings[i]))
            return false;
        if (why->len > 0)
            return true;
        if (mappings[i].store.len > 0) {
            if (!write_store(why, run, id, &mappings[i], value))
                return false;
            if (why->len > 0)
                return true;
            continue;
        }
        struct str name = target_of(&value, run, scope, mappings[i].target);
        if (!run_propagate(run, scope, name, value))
            return false;
    }
    return true;
}

bool run_map_outputs(struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = &run->process->nodes[run_instance(run, id)->node];
    *why = STR_NONE;
    return map_out(why, run, id, node->data_out, node->data_out_count) &&
           (why->len > 0 || map_out(why, run, id, node->outputs, node->output_count));
}

/* --- limits
 * ------------------------------------------------------------------------------------------- */
static uint64_t value_bytes(struct feel_value value, int depth) {
    uint64_t bytes = sizeof value;
    if (depth > VALUE_DEPTH_MAX)
        return BPMN_STATE_BYTES_MAX;
    switch (feel_kind(value)) {
    case FEEL_STRING: return bytes + feel_as_string(value).len;
    case FEEL_LIST:
        for (size_t i = 0; i < feel_count(value) && bytes <= BPMN_STATE_BYTES_MAX; i++)
            bytes += value_bytes(feel_item(value, i), depth + 1);
        return bytes;
    case FEEL_CONTEXT:
        for (size_t i = 0; i < feel_count(value) && bytes <= BPMN_STATE_BYTES_MAX; i++)
            bytes += feel_entries(value)[i].name.len +
                     value_bytes(feel_entries(value)[i].value, depth + 1);
        return bytes;
    default: return bytes;
    }
}

uint64_t bpmn_value_bytes(struct feel_value value) {
    return value_bytes(value, 0);
}

bool vars_check(struct feel_value variables, const struct bpmn_state *state, struct err *err) {
    uint64_t bytes = 0;
    if (feel_is_null(variables))
        return true;
    if (feel_kind(variables) != FEEL_CONTEXT)
        return err_set(err, ERR_INVALID, err_nowhere, "variables are a %s, not a context",
                       feel_kind_name(feel_kind(variables)));
    size_t count = feel_count(variables);
    if (count + state->variables.count > BPMN_VARIABLES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a case has at most %d variables",
                       BPMN_VARIABLES_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct feel_entry *entry = &feel_entries(variables)[i];
        if (entry->name.len == 0 || entry->name.len > NAME_BYTES_MAX)
            return err_set(err, ERR_INVALID, err_nowhere, "a variable's name has 1 to %d bytes",
                           NAME_BYTES_MAX);
        if (feel_kind(entry->value) == FEEL_FUNCTION || feel_kind(entry->value) == FEEL_RANGE)
            return err_set(err, ERR_INVALID, err_nowhere, "variable '%.*s' is a %s",
                           STR_ARG(entry->name), feel_kind_name(feel_kind(entry->value)));
        uint64_t one = bpmn_value_bytes(entry->value);
        bytes += one;
        if (one > BPMN_VARIABLE_BYTES_MAX)
            return err_set(err, ERR_LIMIT, err_nowhere, "variable '%.*s' is larger than %d bytes",
                           STR_ARG(entry->name), BPMN_VARIABLE_BYTES_MAX);
        if (bytes > BPMN_INPUT_BYTES_MAX)
            return err_set(err, ERR_LIMIT, err_nowhere,
                           "the variables together are larger than %d bytes", BPMN_INPUT_BYTES_MAX);
    }
    return true;
}
