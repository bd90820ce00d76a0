/* Orders of process clients. What each does, and which members its body may have, stands in a
 * table; the bodies and the answers are those of the API, so they go through as they are. Waiting
 * for jobs or for an instance's end is the app's: the request is deferred meanwhile, no thread
 * waits. */
#include "cal/cal.h"
#include "web/handlers.h"
#include "web/v2.h"

enum {
    WAIT_DEFAULT_MS = 10000, /* requestTimeout 0 or none */
    WAIT_MAX_MS = 600000,
};

static const struct v2_verb {
    const char *route;
    enum app_verb verb;
    int status;          /* of success; 204 has no body */
    const char *members; /* that the body may have */
} v2_verbs[] = {
    {"v2_instance_create", APP_INSTANCE_CREATE, 200,
     "processDefinitionId processDefinitionVersion processDefinitionKey variables tenantId "
     "operationReference startInstructions runtimeInstructions awaitCompletion fetchVariables "
     "requestTimeout tags"},
    {"v2_instance_cancel", APP_INSTANCE_CANCEL, 204, "operationReference"},
    {"v2_instance_modify", APP_INSTANCE_MODIFY, 204,
     "operationReference activateInstructions terminateInstructions"},
    {"v2_instance_migrate", APP_INSTANCE_MIGRATE, 204,
     "operationReference targetProcessDefinitionKey mappingInstructions"},
    {"v2_instance_delete", APP_INSTANCE_DELETE, 204, "operationReference"},
    {"v2_variables_set", APP_VARIABLES_SET, 204, "variables local operationReference"},
    {"v2_ad_hoc_activate", APP_AD_HOC_ACTIVATE, 204, "elements cancelRemainingInstances"},
    {"v2_incident_resolve", APP_INCIDENT_RESOLVE, 204, "operationReference"},
    {"v2_job_activate", APP_JOBS_ACTIVATE, 200,
     "type worker timeout maxJobsToActivate fetchVariable requestTimeout tenantIds"},
    {"v2_job_complete", APP_JOB_COMPLETE, 204, "variables result worker"},
    {"v2_job_fail", APP_JOB_FAIL, 204, "retries errorMessage retryBackOff variables worker"},
    {"v2_job_error", APP_JOB_ERROR, 204, "errorCode errorMessage variables worker"},
    {"v2_job_update", APP_JOB_UPDATE, 204, "changeset operationReference worker"},
    {"v2_task_assign", APP_TASK_ASSIGN, 204, "assignee allowOverride action"},
    {"v2_task_unassign", APP_TASK_UNASSIGN, 204, ""},
    {"v2_task_update", APP_TASK_UPDATE, 204, "changeset action"},
    {"v2_task_update_2", APP_TASK_UPDATE, 204,
     "changeset action dueDate followUpDate candidateUsers candidateGroups priority"},
    {"v2_task_complete", APP_TASK_COMPLETE, 204, "variables action"},
    {"v2_message_publish", APP_MESSAGE_PUBLISH, 200,
     "name correlationKey timeToLive messageId variables tenantId"},
    {"v2_message_correlate", APP_MESSAGE_CORRELATE, 200, "name correlationKey variables tenantId"},
    {"v2_signal", APP_SIGNAL, 200, "signalName variables tenantId"},
    {"v2_conditional", APP_CONDITIONALS_EVALUATE, 200, "processDefinitionKey variables tenantId"},
    {"v2_decision_evaluate", APP_DECISION_EVALUATE, 200,
     "decisionDefinitionId decisionDefinitionKey variables tenantId"},
    {"v2_resource_delete", APP_RESOURCE_DELETE, 200, "operationReference"},
    {"v2_clock", APP_DEMO_CLOCK, 204, "timestamp"},
    {"v2_clock_reset", APP_DEMO_CLOCK_RESET, 204, ""},
};

static const struct v2_verb *verb_of(const struct web_request *r) {
    for (size_t i = 0; i < COUNT_OF(v2_verbs); i++)
        if (strcmp(v2_verbs[i].route, r->route->id) == 0)
            return &v2_verbs[i];
    return NULL;
}

static void answered(struct web_request *r, const struct app_answer *answer) {
    const struct v2_verb *verb = verb_of(r);
    if (answer->err.code != ERR_NONE)
        v2_fail(r, &answer->err);
    else if (json_is_true(json_get(answer->body, STR("timedOut"))))
        v2_fail_status(r, 504,
                       verb->verb == APP_INSTANCE_CREATE
                           ? "the process instance did not end within the time; it goes on"
                           : "the task's listeners were not done within the time; the order still "
                             "waits for them");
    else if (verb->status == 204)
        v2_send_nothing(r);
    else
        web_send_json(r, verb->status, answer->body != NULL ? answer->body : json_obj(r->arena));
}

/* False, and answered, when the body has a member that the address does not know. */
static bool members_check(struct web_request *r, const struct v2_verb *verb) {
    if (!json_is(r->json, JSON_OBJECT) && !json_is(r->json, JSON_NULL)) {
        v2_fail_status(r, 400, "the body must be an object");
        return false;
    }
    for (size_t i = 0; i < json_count(r->json); i++) {
        struct str name = json_member_at(r->json, i)->key.text;
        if (v2_is_one_of(name, verb->members))
            continue;
        v2_fail_status(
            r, 400, arena_printf(r->arena, "the request has no property '%.*s'", STR_ARG(name)).at);
        return false;
    }
    return true;
}

/* The body with one member set to a number. */
static const struct json *with_number(const struct json *body, struct str name, int64_t value,
                                      struct arena *arena) {
    struct json *out = json_obj(arena);
    for (size_t i = 0; i < json_count(body); i++) {
        const struct json_member *member = json_member_at(body, i);
        if (!str_eq(member->key.text, name))
            json_set(out, member->key.text, member->value);
    }
    json_set_i64(out, name, value);
    return out;
}

/* Whole numbers of 64 bits, which a client in JavaScript may send as texts, because its numbers do
 * not hold them. */
static const struct json *numbers_read(const struct json *body, bool outer, struct arena *arena) {
    static const char names[] =
        "timeout requestTimeout retryBackOff timeToLive operationReference timestamp";
    struct json *out = json_obj(arena);
    for (size_t i = 0; i < json_count(body); i++) {
        const struct json_member *member = json_member_at(body, i);
        const struct json *value = member->value;
        int64_t n;
        if (json_is(value, JSON_STRING) && v2_is_one_of(member->key.text, names) &&
            str_to_i64(&n, json_text(value)))
            value = json_i64(n, arena);
        else if (outer && json_is(value, JSON_OBJECT) && str_eq(member->key.text, STR("changeset")))
            value = numbers_read(value, false, arena);
        json_set(out, member->key.text, value);
    }
    return out;
}

/* Clients say 0 for the service's own time and, of jobs, less than 0 for "do not wait". The app
 * waits when it is above 0. */
static bool wait_read(const struct json **body, struct web_request *r) {
    struct str name = STR("requestTimeout");
    const struct json *node = json_get(r->json, name);
    int64_t wait_ms = 0;
    if (node != NULL && !json_is(node, JSON_NULL) && !json_to_i64(&wait_ms, node)) {
        v2_fail_status(r, 400, "'requestTimeout' must be a whole number of milliseconds");
        return false;
    }
    wait_ms = wait_ms == 0 ? WAIT_DEFAULT_MS : wait_ms < 0 ? 0 : MIN_OF(wait_ms, WAIT_MAX_MS);
    *body = with_number(r->json, name, wait_ms, r->arena);
    return true;
}

/* {"timestamp": milliseconds since 1970} as the demonstration's clock takes it. */
static bool clock_read(const struct json **body, struct web_request *r) {
    int64_t at_ms;
    char text[CAL_TEXT_MAX];
    if (!json_to_i64(&at_ms, json_get(r->json, STR("timestamp"))) || at_ms < 0 ||
        at_ms > INT64_MAX / 1000) {
        v2_fail_status(r, 400, "'timestamp' must be milliseconds since 1970");
        return false;
    }
    (void)cal_us_format(text, at_ms * 1000, NULL);
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("now"), arena_str(r->arena, str_from(text)));
    *body = out;
    return true;
}

void v2_order(struct web_request *r) {
    const struct v2_verb *verb = verb_of(r);
    struct app_order order = {.verb = verb->verb, .body = r->json};
    if (!members_check(r, verb) || v2_tenant_refused(r, r->json))
        return;
    if (route_arg_index(r->route, "key") != WEB_ARGS_MAX &&
        !v2_key(&order.key, r, web_arg(r, "key")))
        return;
    r->json = order.body = numbers_read(r->json, true, r->arena);
    bool waits = verb->verb == APP_JOBS_ACTIVATE || verb->verb == APP_INSTANCE_CREATE;
    if ((waits && !wait_read(&order.body, r)) ||
        (verb->verb == APP_DEMO_CLOCK && !clock_read(&order.body, r)))
        return;
    web_do(r, &order, answered);
}

/* ---- deployments ---------------------------------------------------------------------------- */

static void deployed(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        v2_fail(r, &answer->err);
    else
        web_send_json(r, 200, answer->body);
}

/* Parts named "resources"; "tenantId"; and Mandate's own "override": the id of a process that is
 * deployed although the soundness check refuses it. */
void v2_deploy(struct web_request *r) {
    size_t count = 0;
    struct app_file *files = arena_new(r->arena, struct app_file, r->form.count);
    struct json *body = json_obj(r->arena), *override = json_set_arr(body, STR("override"));
    for (size_t i = 0; i < r->form.count; i++) {
        const struct http_field *field = &r->form.fields[i];
        if (str_eq(field->name, STR("resources")) && field->is_file) {
            files[count++] = (struct app_file){field->filename, field->value};
        } else if (str_eq(field->name, STR("override"))) {
            json_push_str(override, field->value);
        } else if (!str_eq(field->name, STR("tenantId"))) {
            v2_fail_status(r, 400, "a deployment is of files in parts named 'resources'");
            return;
        } else if (!str_eq(field->value, V2_TENANT)) {
            v2_fail_status(r, 400, "there is one tenant, '<default>'");
            return;
        }
    }
    if (count == 0) {
        v2_fail_status(r, 400, "a deployment needs a file in a part named 'resources'");
        return;
    }
    const struct app_order order = {
        .verb = APP_DEPLOY, .files = files, .file_count = count, .body = body};
    web_do(r, &order, deployed);
}
