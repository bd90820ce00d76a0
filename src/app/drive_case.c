/* Cases of matters beside process instances: their jobs, messages, signals and called processes go
 * through the same tables and the same orders. A case keeps its own rules: its state moves by
 * case_apply() alone, what is done to it from outside is an event of its own, and a worker sees no
 * more of it than the purposes of the element name; each such look is logged, and the applicant can
 * read it. */
#include "app/order.h"
#include "app/process_inner.h"

static struct order_env env_of(struct drive *d) {
    return (struct order_env){d->app, d->tx, &d->app->store_packs, d->arena, d->budget};
}

static bool case_load(struct app_live **out, struct drive *d, uint64_t stream, struct err *err) {
    err_reset(err);
    return app_live_case(out, d->app, d->tx, (struct case_id){stream}, err);
}

static struct drive_at at_of(const struct case_file *state) {
    return (struct drive_at){
        .stream = state->id.n, .process = state->matter->process, .process_id = state->matter->id};
}

static bool effects(struct drive *d, const struct case_file *state,
                    const struct case_result *result, struct err *err) {
    struct process_effects list = {.arena = d->arena};
    const struct drive_at at = at_of(state);
    process_effects_of(&list, at.process, state->flow, &result->moved);
    for (size_t i = 0; i < list.count; i++) {
        enum process_effect_kind kind = list.list[i].kind;
        bool end = kind == PROCESS_EFFECT_ENDED || kind == PROCESS_EFFECT_CANCELLED ||
                   kind == PROCESS_EFFECT_ERROR || kind == PROCESS_EFFECT_ESCALATED;
        if (!end && !drive_effect(d, &at, &list.list[i], err)) /* nothing calls a case */
            return false;
    }
    return true;
}

bool drive_from_case(const struct order_env *env, const struct case_file *state,
                     const struct case_result *result, struct err *err) {
    struct drive d;
    drive_init_system(&d, env->app, env->tx, env->budget);
    d.arena = env->arena;
    return effects(&d, state, result, err) && drive_settle(&d, err);
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static size_t job_inputs(struct bpmn_input *in, struct case_outside *o,
                         const struct process_command *c, const struct bpmn_job *job) {
    size_t count = 1;
    o->worker = job->worker;
    in[0] = (struct bpmn_input){.id = c->id, .variables = c->variables, .text = c->text};
    switch (c->kind) {
    case PROCESS_JOB_ACTIVATE:
        o->what = STR("activated");
        o->worker = c->name;
        in[0] = (struct bpmn_input){.kind = BPMN_IN_JOB_LEASE,
                                    .id = c->id,
                                    .name = c->name,
                                    .until_us = c->until_us,
                                    .n = 1};
        break;
    case PROCESS_JOB_COMPLETE:
        o->what = STR("completed");
        in[0].kind = BPMN_IN_JOB_DONE;
        break;
    case PROCESS_JOB_FAIL:
        o->what = STR("failed");
        o->text = c->text;
        in[0].kind = BPMN_IN_JOB_FAIL;
        in[0].n = c->n;
        in[0].until_us = c->until_us;
        break;
    case PROCESS_JOB_THROW:
        o->what = STR("threw");
        o->text = in[0].name = c->code;
        in[0].kind = BPMN_IN_JOB_ERROR;
        break;
    default:
        o->what = STR("updated");
        count = 0;
        if (c->until_us != 0)
            in[count++] = (struct bpmn_input){.kind = BPMN_IN_JOB_LEASE,
                                              .id = c->id,
                                              .name = job->worker,
                                              .until_us = c->until_us};
        if (c->n != 0)
            in[count++] = (struct bpmn_input){.kind = BPMN_IN_JOB_RETRIES, .id = c->id, .n = c->n};
    }
    return count;
}

static bool other_input(struct bpmn_input *in, struct case_outside *o,
                        const struct process_command *c, struct err *err) {
    *in = (struct bpmn_input){
        .id = c->id, .name = c->name, .text = c->text, .variables = c->variables};
    o->key = c->n;
    o->text = c->name;
    switch (c->kind) {
    case PROCESS_MESSAGE:
        o->what = STR("message");
        in->kind = BPMN_IN_MESSAGE;
        in->key = c->text;
        return true;
    case PROCESS_SIGNAL:
        o->what = STR("signal");
        in->kind = BPMN_IN_SIGNAL;
        return true;
    case PROCESS_CALL_DONE:
        o->what = STR("returned");
        in->kind = BPMN_IN_CALL_DONE;
        return true;
    case PROCESS_CALL_ERROR:
        o->what = STR("returned");
        o->text = in->name = c->code;
        in->kind = BPMN_IN_CALL_ERROR;
        in->n = c->event;
        return true;
    case PROCESS_CALL_FAIL:
        o->what = STR("returned");
        o->text = c->text;
        in->kind = BPMN_IN_CALL_FAIL;
        return true;
    default: break;
    }
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no process instance with this key");
}

static bool is_job(enum process_command_kind kind) {
    return kind == PROCESS_JOB_ACTIVATE || kind == PROCESS_JOB_COMPLETE ||
           kind == PROCESS_JOB_FAIL || kind == PROCESS_JOB_THROW || kind == PROCESS_JOB_UPDATE;
}

bool drive_case(struct drive *d, uint64_t stream, const struct process_command *c,
                struct err *err) {
    struct app_live *at;
    const struct bpmn_job *job;
    struct bpmn_input inputs[2];
    struct case_outside outside = {.inputs = inputs, .input_count = 1, .element = c->id};
    struct case_result result;
    const struct order_env env = env_of(d);
    if (!case_load(&at, d, stream, err))
        return false;
    if (is_job(c->kind)) {
        if (!process_job_check(&job, at->file->flow, c, d->tx->now_us, err))
            return false;
        outside.input_count = job_inputs(inputs, &outside, c, job);
    } else if (!other_input(&inputs[0], &outside, c, err)) {
        return false;
    }
    const struct case_command command = {
        .kind = CASE_OUTSIDE,
        .actor = {.kind = d->account == 0 ? CASE_ACTOR_SYSTEM : CASE_ACTOR_OFFICER,
                  .account = d->account},
        .outside = &outside,
    };
    return order_case_run(&result, &env, at, &command, err) && effects(d, at->file, &result, err);
}

bool drive_case_catches(struct drive *d, int64_t element, enum bpmn_event event, struct str code) {
    struct app_live *at;
    struct err err = {0};
    return case_load(&at, d, process_key_stream(element), &err) &&
           bpmn_catches(at->file->flow, at->file->matter->process, process_key_n(element), event,
                        code);
}

/* ---- what a worker sees
 * -------------------------------------------------------------------------- */

static struct str purpose_json(const struct lang_text *why, struct arena *arena) {
    struct json *map = json_obj(arena);
    struct buf text;
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), why->in[i]);
    buf_init(&text, 4096);
    json_write(&text, map, JSON_COMPACT);
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}

static bool is_named(const struct bpmn_node *node, struct str name) {
    for (size_t i = 0; i < node->purpose_count; i++)
        for (size_t k = 0; k < node->purposes[i].field_count; k++)
            if (str_eq(node->purposes[i].fields[k], name))
                return true;
    return false;
}

/* Variables of the procedure that a purpose names, and the fields of the form that it may show. */
static bool seen_of(const struct json **out, struct app_job *j, const struct case_file *state,
                    const struct bpmn_node *node, uint32_t instance, struct err *err) {
    enum { USES = 100 };
    struct arena *arena = j->app->scratch;
    struct pack_field_use uses[USES];
    const struct json *form, *variables;
    struct feel_value all = bpmn_variables(state->flow, instance, arena);
    struct feel_entry *kept = arena_new(arena, struct feel_entry, feel_count(all));
    size_t kept_count = 0, count = pack_task_fields(uses, USES, state->matter, node);
    for (size_t i = 0; i < feel_count(all); i++)
        if (is_named(node, feel_entries(all)[i].name))
            kept[kept_count++] = feel_entries(all)[i];
    if (!app_variables_json(&variables, feel_context_of(arena, kept, kept_count), NULL, 0, arena,
                            err) ||
        !json_read(&form, state->form_json, "form", arena, &j->budget, err))
        return false;
    struct json *seen = json_copy(variables, arena);
    for (size_t i = 0; i < count; i++) {
        const struct json *value = json_get(form, uses[i].field);
        if (value != NULL && json_get(seen, uses[i].field) == NULL)
            json_set(seen, uses[i].field, value);
    }
    *out = seen;
    return true;
}

bool drive_case_job(struct json *out, struct app_job *j, const struct store_job *row,
                    struct str worker, struct err *err) {
    struct drive d;
    struct app_live *at;
    const struct json *variables;
    drive_init(&d, j);
    if (!case_load(&at, &d, process_key_stream(row->key), err))
        return false;
    const struct bpmn_job *job = process_job(at->file->flow, process_key_n(row->key));
    const struct bpmn_node *node = &at->file->matter->process->nodes[row->node];
    if (!seen_of(&variables, j, at->file, node, job->instance, err))
        return false;
    if (json_count(variables) > 0 && node->purpose_count > 0) {
        const struct store_look look = {
            .account = j->order.caller->account,
            .organ = case_decider(at->file),
            .post = worker,
            .purpose = purpose_json(&node->purposes[0].why, d.arena),
        };
        if (!store_look_add(j->tx, at->file->id, &look, err))
            return false;
    }
    app_set_key(out, STR("jobKey"), process_key_leased(row->key, job->lease));
    json_set_str(out, STR("type"), row->type);
    app_set_key(out, STR("processInstanceKey"), process_key(at->file->id.n, 1));
    json_set_str(out, STR("processDefinitionId"), at->file->matter->id);
    json_set_i64(out, STR("processDefinitionVersion"), at->file_head.pack_version);
    app_set_key(out, STR("processDefinitionKey"), process_key(at->file->id.n, 0));
    json_set_str(out, STR("elementId"), row->element);
    app_set_key(out, STR("elementInstanceKey"), row->element_key);
    json_set_str(out, STR("worker"), worker);
    json_set_i64(out, STR("retries"), job->retries);
    json_set_i64(out, STR("deadline"), job->free_us / 1000);
    json_set(out, STR("variables"), variables);
    json_set_str(out, STR("tenantId"), APP_TENANT);
    json_set_str(out, STR("kind"), row->kind);
    json_set_str(out, STR("listenerEventType"), row->event);
    json_set_arr(out, STR("tags"));
    return true;
}
