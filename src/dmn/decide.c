/* Deciding: the value of an element from the values of what it needs, each computed once (a memo by
 * element), depth bounded. A service called as a function gets memos of its own, with its
 * parameters in them. DMN 1.5: 10.4, 6.3.10 */
#include "dmn/model.h"
#include "feel/machine.h"
#include "json/json.h"

enum { RUN_DEPTH_MAX = 200 };

struct dmn_memo {
    bool done;
    struct feel_value value;
};

static bool value_of(struct dmn_run *run, const struct dmn_element *e, struct feel_value *out);

static void complain(struct dmn_run *run, const struct dmn_element *e, const char *what) {
    struct feel_diags *diags = run->env->diags;
    if (diags == NULL || diags->count == FEEL_DIAGS_MAX)
        return;
    if (diags->count == diags->room) {
        size_t room = diags->room == 0 ? 4 : diags->room * 2;
        struct feel_diag *grown = arena_new(diags->arena, struct feel_diag, room);
        if (diags->count > 0)
            memcpy(grown, diags->items, diags->count * sizeof *grown);
        diags->items = grown;
        diags->room = room;
    }
    diags->items[diags->count++] = (struct feel_diag){
        .at = e->info.at,
        .text = arena_printf(diags->arena, "'%.*s' %s", STR_ARG(e->info.name), what)};
}

static bool affords(struct dmn_run *run, size_t bytes) {
    enum { SLACK_BYTES = 8192 };
    if (arena_limit_bytes(run->arena) - arena_used_bytes(run->arena) < bytes + SLACK_BYTES)
        return err_set(run->err, ERR_LIMIT, err_nowhere, "a decision takes too much memory");
    return budget_spend(run->budget, (struct cost){1, bytes}, run->err);
}

bool run_affords(struct dmn_run *run, size_t bytes) {
    return affords(run, bytes);
}

/* --- what an element needs
 * ---------------------------------------------------------------------------- */
static bool slot_value(struct dmn_run *run, const struct dmn_slot *slot, struct feel_value *out) {
    if (!slot->is_context)
        return value_of(run, slot->parts[0].element, out);
    if (!affords(run, slot->part_count * 2 * (sizeof(struct feel_entry) + 16) + 256))
        return false;
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, slot->part_count);
    for (size_t i = 0; i < slot->part_count; i++) {
        entries[i].name = slot->parts[i].name;
        if (!value_of(run, slot->parts[i].element, &entries[i].value))
            return false;
    }
    *out = feel_context_of(run->arena, entries, slot->part_count);
    return true;
}

static bool run_program(struct dmn_run *run, const struct feel_program *program,
                        const struct feel_value *vars, size_t count, struct feel_value *out) {
    struct feel_env env = *run->env;
    env.vars = vars;
    env.var_count = count;
    env.host = run;
    return feel_eval(out, program, &env, run->arena, run->budget, run->err);
}

/* What a decision without a table was computed from, for the trace: each member that its logic
 * reads, or the whole value where it reads that. vars: of the slots. */
static bool trace_logic(struct dmn_run *run, const struct dmn_element *e,
                        const struct feel_value *vars, struct feel_value output) {
    struct dmn_step step = {
        .decision_id = e->info.id, .decision_name = e->info.name, .output = output};
    if (!affords(run, e->read_count * (sizeof(struct feel_value) + 128)))
        return false;
    struct str *names = arena_new(run->trace->arena, struct str, e->read_count);
    struct feel_value *inputs = arena_new(run->trace->arena, struct feel_value, e->read_count);
    for (size_t i = 0; i < e->read_count; i++) {
        const struct dmn_read *read = &e->reads[i];
        size_t slot = 0;
        while (slot < e->slot_count && !str_eq(e->slots[slot].name, read->slot))
            slot++;
        if (slot == e->slot_count || feel_kind(vars[slot]) == FEEL_FUNCTION)
            continue; /* a function that is called is part of the logic */
        bool whole = read->member.len == 0;
        names[step.input_count] = whole ? read->slot
                                        : arena_printf(run->trace->arena, "%.*s.%.*s",
                                                       STR_ARG(read->slot), STR_ARG(read->member));
        inputs[step.input_count++] = whole ? vars[slot] : feel_get(vars[slot], read->member);
    }
    step.input_names = names;
    step.inputs = inputs;
    run_trace(run, &step);
    return true;
}

static bool logic_value(struct dmn_run *run, const struct dmn_element *e, struct feel_value *out) {
    size_t count = e->model->free_names ? feel_input_count(e->program) : e->slot_count;
    if (!affords(run, count * sizeof(struct feel_value)))
        return false;
    struct feel_value *vars = arena_new(run->arena, struct feel_value, count);
    for (size_t i = 0; i < e->slot_count; i++)
        if (!slot_value(run, &e->slots[i], &vars[i]))
            return false;
    for (size_t i = e->slot_count; i < count; i++)
        vars[i] = feel_get(run->inputs, feel_input_name(e->program, i));
    const struct dmn_element *outer = run->now;
    run->now = e;
    bool ran = run_program(run, e->program, vars, count, out);
    run->now = outer;
    if (ran && run->trace != NULL && e->info.kind == DMN_DECISION)
        return trace_logic(run, e, vars, *out);
    return ran;
}

static bool fit_value(struct dmn_run *run, const struct dmn_element *e, struct feel_value in,
                      struct feel_value *out) {
    *out = in;
    return e->fit == NULL || run_program(run, e->fit, &in, 1, out);
}

static bool has_named(struct feel_value *out, struct feel_value in, const struct dmn_element *e) {
    const struct str *const names[] = {&e->info.name, &e->key, &e->variable};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (feel_has(in, *names[i])) {
            *out = feel_get(in, *names[i]);
            return true;
        }
    return false;
}

/* Is it "prefix.name"? */
static bool is_qualified(struct str text, struct str prefix, struct str name) {
    return text.len > prefix.len && str_starts(text, prefix) && text.at[prefix.len] == '.' &&
           dmn_same_name(str_sub(text, prefix.len + 1, text.len), name);
}

static bool has_imported(struct feel_value *out, const struct dmn_run *run,
                         const struct dmn_element *e) {
    for (size_t i = 0; i < run->root->import_count; i++) {
        const struct dmn_import *import = &run->root->imports[i];
        if (import->model != e->model || import->prefix.len == 0)
            continue;
        if (has_named(out, feel_get(run->inputs, import->prefix), e))
            return true;
        size_t count = feel_kind(run->inputs) == FEEL_CONTEXT ? feel_count(run->inputs) : 0;
        for (size_t k = 0; k < count; k++)
            if (is_qualified(feel_entries(run->inputs)[k].name, import->prefix, e->variable)) {
                *out = feel_entries(run->inputs)[k].value;
                return true;
            }
    }
    return false;
}

/* Input data of an imported model is given under the name of the import; its own name will do. */
/* DMN 1.5: 6.3.3, 6.3.11 */
static struct feel_value input_of(const struct dmn_run *run, const struct dmn_element *e) {
    struct feel_value v = feel_null();
    if (e->model == run->root || !has_imported(&v, run, e))
        (void)has_named(&v, run->inputs, e);
    return v;
}

/* --- services
 * ------------------------------------------------------------------------------------------- */
/* A service as a function value: it remembers the run in which it was made. */
struct service {
    struct dmn_run *run;
    const struct dmn_element *element;
};

static bool service_outputs(struct dmn_run *run, const struct dmn_element *e,
                            struct feel_value *out) {
    if (e->outputs.count == 1)
        return value_of(run, e->outputs.at[0], out);
    if (!affords(run, e->outputs.count * 2 * (sizeof(struct feel_entry) + 16) + 256))
        return false;
    struct feel_entry *entries = arena_new(run->arena, struct feel_entry, e->outputs.count);
    for (size_t i = 0; i < e->outputs.count; i++) {
        entries[i].name = e->output_names[i];
        if (!value_of(run, e->outputs.at[i], &entries[i].value))
            return false;
    }
    *out = feel_context_of(run->arena, entries, e->outputs.count);
    return true;
}

/* The value given for a parameter, fitted to the element's type. DMN 1.5: 10.4, 10.3.2.9.4 */
static bool set_memo(struct dmn_run *run, const struct dmn_element *e, struct feel_value v,
                     bool *fits) {
    struct dmn_memo *memo = &run->memos[e->state];
    memo->done = true;
    bool good = fit_value(run, e, v, &memo->value);
    *fits = *fits && feel_is_null(v) == feel_is_null(memo->value);
    return good;
}

static bool run_service(struct dmn_run *outer, const struct dmn_element *e,
                        const struct feel_value *args, struct feel_value *out) {
    struct dmn_run run = *outer;
    size_t i = 0;
    bool fits = true;
    if (run.depth >= RUN_DEPTH_MAX)
        return err_set(run.err, ERR_LIMIT, e->info.at, "services call each other too deeply");
    if (!affords(&run, run.root->state_count * sizeof(struct dmn_memo)))
        return false;
    run.memos = arena_new(run.arena, struct dmn_memo, run.root->state_count);
    run.depth++;
    for (size_t k = 0; k < e->input_data.count; k++)
        if (!set_memo(&run, e->input_data.at[k], args[i++], &fits))
            return false;
    for (size_t k = 0; k < e->input_decisions.count; k++)
        if (!set_memo(&run, e->input_decisions.at[k], args[i++], &fits))
            return false;
    *out = feel_null();
    if (!fits) /* DMN 1.5: 10.4: arguments that do not fit: the service is not invoked */
        return true;
    struct feel_value outputs;
    return service_outputs(&run, e, &outputs) && fit_value(&run, e, outputs, out);
}

static bool call_service(struct feel_value *out, struct feel_call *call, struct err *err) {
    const struct service *s = call->self;
    struct dmn_run run = *s->run;
    run.budget = call->budget;
    run.arena = call->arena;
    run.err = err;
    return run_service(&run, s->element, call->args, out);
}

static bool service_value(struct dmn_run *run, const struct dmn_element *e,
                          struct feel_value *out) {
    if (!affords(run, 512))
        return false;
    struct service *s = arena_new(run->arena, struct service, 1);
    struct dmn_run *kept = arena_new(run->arena, struct dmn_run, 1);
    *kept = *run;
    *s = (struct service){kept, e};
    *out = feel_native_typed(run->arena, call_service, s, e->params, e->aliases, e->param_count,
                             e->type);
    return true;
}

/* --- values
 * ------------------------------------------------------------------------------------------------
 */
static bool compute(struct dmn_run *run, const struct dmn_element *e, struct feel_value *out) {
    *out = feel_null();
    if (e->broken != NULL) {
        complain(run, e, e->broken);
        return true;
    }
    if (e->fault != NULL)
        complain(run, e, e->fault);
    switch (e->info.kind) {
    case DMN_INPUT: return fit_value(run, e, input_of(run, e), out);
    case DMN_SERVICE: return service_value(run, e, out);
    default: break;
    }
    if (!e->has_logic) {
        complain(run, e, "has no logic");
        return true;
    }
    return logic_value(run, e, out);
}

static bool value_of(struct dmn_run *run, const struct dmn_element *e, struct feel_value *out) {
    struct dmn_memo *memo = &run->memos[e->state];
    if (memo->done) {
        *out = memo->value;
        return true;
    }
    *out = feel_null();
    if (run->depth >= RUN_DEPTH_MAX)
        return err_set(run->err, ERR_LIMIT, e->info.at, "decisions need each other too deeply");
    if (!affords(run, 0))
        return false;
    run->depth++;
    bool good = compute(run, e, out);
    run->depth--;
    memo->done = true;
    memo->value = *out;
    return good;
}

static bool evaluate_call(struct dmn_run *run, const struct dmn_element *e,
                          struct feel_value *out) {
    static const struct feel_name names[] = {{.name = STR_INIT("f")}};
    struct feel_value f;
    if (!value_of(run, e, &f) || feel_is_null(f))
        return run->err->code == ERR_NONE;
    if (!affords(run, (e->param_count + 4) * 512))
        return false;
    /* f(p: v, ...) as a tree, so that the machine fits the arguments */
    static const struct ast_source source;
    struct ast *call = ast_new(run->arena, AST_CALL, &source);
    call->a = ast_new(run->arena, AST_NAME, &source);
    call->a->name = names[0].name;
    struct ast **last = &call->list;
    for (size_t i = 0; i < e->param_count; i++) {
        struct ast *arg = ast_new(run->arena, AST_CONST, &source);
        arg->value = feel_get(run->inputs, e->params[i]);
        *last = arg;
        last = &arg->next;
    }
    struct feel_options options = {.names = names, .name_count = 1};
    struct feel_program *program;
    return ast_close(call, run->err) &&
           ast_compile(&program, run->arena, call, &options, run->err) &&
           run_program(run, program, &f, 1, out);
}

static bool evaluate_service(struct dmn_run *run, const struct dmn_element *e,
                             struct feel_value *out) {
    if (!affords(run, e->param_count * sizeof(struct feel_value)))
        return false;
    struct feel_value *args = arena_new(run->arena, struct feel_value, e->param_count);
    for (size_t i = 0; i < e->param_count; i++)
        args[i] =
            input_of(run, i < e->input_data.count ? e->input_data.at[i]
                                                  : e->input_decisions.at[i - e->input_data.count]);
    return run_service(run, e, args, out);
}

static bool evaluate(struct dmn_run *run, const struct dmn_element *e, struct feel_value *out) {
    if (e->broken != NULL)
        return compute(run, e, out);
    switch (e->info.kind) {
    case DMN_SERVICE: return evaluate_service(run, e, out);
    case DMN_FUNCTION: return evaluate_call(run, e, out);
    default: return value_of(run, e, out);
    }
}

static bool evaluate_with(struct dmn_run *run, const struct dmn_element *e,
                          struct feel_value *out) {
    *out = feel_null();
    if (!affords(run, run->root->state_count * sizeof(struct dmn_memo)))
        return false;
    run->memos = arena_new(run->arena, struct dmn_memo, run->root->state_count);
    return names_in(run, &run->inputs) && evaluate(run, e, out) && names_out(run, out);
}

bool dmn_evaluate_element(struct feel_value *out, const struct dmn_model *model,
                          const struct dmn_element *e, struct feel_value inputs,
                          const struct feel_env *env, struct dmn_trace *trace, struct arena *a,
                          struct budget *budget, struct err *err) {
    struct dmn_run run = {.root = model,
                          .env = env,
                          .arena = a,
                          .budget = budget,
                          .err = err,
                          .trace = trace,
                          .inputs = inputs};
    return evaluate_with(&run, e, out);
}

bool dmn_evaluate(struct feel_value *out, const struct dmn_model *model, struct str id_or_name,
                  struct feel_value inputs, const struct feel_env *env, struct dmn_trace *trace,
                  struct arena *a, struct budget *budget, struct err *err) {
    size_t index = dmn_find(model, id_or_name);
    const struct dmn_element *e =
        index == SIZE_MAX ? dmn_named(model, STR_NONE, id_or_name) : &model->elements[index];
    struct dmn_run run = {.root = model,
                          .env = env,
                          .arena = a,
                          .budget = budget,
                          .err = err,
                          .trace = trace,
                          .inputs = inputs};
    if (e != NULL)
        return evaluate_with(&run, e, out);
    *out = feel_null();
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "the model has no element '%.*s'",
                   STR_ARG(id_or_name));
}

/* --- the trace
 * -----------------------------------------------------------------------------------------------
 */
bool run_trace_affords(const struct dmn_trace *trace, size_t bytes) {
    enum { SLACK_BYTES = 8192 };
    return arena_limit_bytes(trace->arena) - arena_used_bytes(trace->arena) > bytes + SLACK_BYTES;
}

void run_trace(struct dmn_run *run, const struct dmn_step *step) {
    struct dmn_trace *trace = run->trace;
    if (trace->count == DMN_TRACE_STEPS_MAX)
        return;
    /* a decision whose whole logic is a table was told by the table already */
    if (!step->is_table && trace->count > 0) {
        const struct dmn_step *last = &trace->steps[trace->count - 1];
        if (last->is_table && str_eq(last->decision_id, step->decision_id) &&
            feel_same(last->output, step->output))
            return;
    }
    if (trace->count == trace->room) {
        size_t room = trace->room == 0 ? 8 : trace->room * 2;
        if (!run_trace_affords(trace, room * sizeof *trace->steps))
            return;
        struct dmn_step *grown = arena_new(trace->arena, struct dmn_step, room);
        if (trace->count > 0)
            memcpy(grown, trace->steps, trace->count * sizeof *grown);
        trace->steps = grown;
        trace->room = room;
    }
    trace->steps[trace->count++] = *step;
}

static bool answers_json(struct buf *out, const struct dmn_step *step, size_t rule,
                         struct err *err) {
    size_t count = rule < step->answer_count ? step->output_count : 0;
    buf_lit(out, ",\"outputs\":[");
    for (size_t c = 0; c < count; c++) {
        buf_add(out, c > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
        json_write_text(out, step->output_names[c]);
        buf_lit(out, ",\"value\":");
        if (!feel_to_json(out, step->answers[rule * step->output_count + c], err))
            return false;
        buf_lit(out, "}");
    }
    buf_lit(out, "]");
    return true;
}

static bool step_json(struct buf *out, const struct dmn_step *step, struct err *err) {
    buf_lit(out, "{\"decision\":");
    json_write_text(out, step->decision_id);
    buf_lit(out, ",\"name\":");
    json_write_text(out, step->decision_name);
    buf_printf(out, ",\"table\":%s", step->is_table ? "true" : "false");
    if (step->is_table) {
        buf_lit(out, ",\"hit_policy\":");
        json_write_text(out, str_from(step->hit_policy));
    }
    buf_lit(out, ",\"inputs\":[");
    for (size_t i = 0; i < step->input_count; i++) {
        buf_add(out, i > 0 ? STR(",{\"expression\":") : STR("{\"expression\":"));
        json_write_text(out, step->input_names[i]);
        buf_lit(out, ",\"value\":");
        if (!feel_to_json(out, step->inputs[i], err))
            return false;
        buf_lit(out, "}");
    }
    buf_lit(out, "]");
    if (step->is_table) {
        buf_lit(out, ",\"rules\":[");
        for (size_t i = 0; i < step->rule_count; i++) {
            buf_printf(out, "%s{\"number\":%u,\"id\":", i > 0 ? "," : "", step->rules[i]);
            json_write_text(out, step->rule_ids[i]);
            buf_lit(out, ",\"note\":");
            json_write_text(out, step->rule_notes[i]);
            if (!answers_json(out, step, i, err))
                return false;
            buf_lit(out, "}");
        }
        buf_lit(out, "]");
    }
    buf_lit(out, ",\"output\":");
    if (!feel_to_json(out, step->output, err))
        return false;
    buf_lit(out, "}");
    return true;
}

bool dmn_trace_json(struct buf *out, const struct dmn_trace *trace, struct err *err) {
    buf_lit(out, "[");
    for (size_t i = 0; i < trace->count; i++) {
        if (i > 0)
            buf_lit(out, ",");
        if (!step_json(out, &trace->steps[i], err))
            return false;
    }
    buf_lit(out, "]");
    return buf_ok(out, "the trace of a decision", err);
}
