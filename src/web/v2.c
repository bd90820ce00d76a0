/* The Camunda REST API: problems as its clients read them, and what tells about the service. */
#include "web/v2.h"

#include <inttypes.h>

#include "cal/cal.h"
#include "os/log.h"
#include "web/handlers.h"

#define V2_VERSION "8.8.0" /* of the API that is spoken */

/* ---- problems ------------------------------------------------------------------------------- */

/* Clients look at status and title: 503 RESOURCE_EXHAUSTED is back-pressure to them. */
static const struct title {
    int status;
    const char *title;
} titles[] = {
    {400, "INVALID_ARGUMENT"},  {401, "UNAUTHENTICATED"},        {403, "FORBIDDEN"},
    {404, "NOT_FOUND"},         {405, "METHOD_NOT_ALLOWED"},     {409, "INVALID_STATE"},
    {413, "PAYLOAD_TOO_LARGE"}, {415, "UNSUPPORTED_MEDIA_TYPE"}, {429, "TOO_MANY_REQUESTS"},
    {500, "INTERNAL_ERROR"},    {501, "NOT_IMPLEMENTED"},        {503, "RESOURCE_EXHAUSTED"},
    {504, "DEADLINE_EXCEEDED"},
};

static void problem(struct web_request *r, int status, const char *title, struct str detail) {
    for (size_t i = 0; i < COUNT_OF(titles) && title == NULL; i++)
        if (titles[i].status == status)
            title = titles[i].title;
    struct json *out = web_problem(r, status, STR("about:blank"),
                                   str_from(title != NULL ? title : "UNKNOWN"), detail);
    json_set_str(out, STR("instance"), r->http->path);
    web_problem_send(r, status, out);
}

/* /oauth/token has errors of its own (RFC 6749: 5.2). */
static void token_problem(struct web_request *r, int status, struct str detail) {
    const char *error = status == 401   ? "invalid_client"
                        : status == 503 ? "temporarily_unavailable"
                                        : "invalid_request";
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("error"), str_from(error));
    json_set_str(out, STR("error_description"), detail);
    if (status == 503)
        http_header_add(r->http, STR("Retry-After"), STR("2"));
    web_send_json(r, status, out);
}

void v2_fail_status(struct web_request *r, int status, const char *why) {
    if (str_starts(r->http->path, STR("/oauth/")))
        token_problem(r, status, str_from(why));
    else
        problem(r, status, NULL, str_from(why));
}

static int status_of(enum err_code code) {
    switch (code) {
    case ERR_INVALID:
    case ERR_UNKNOWN:
    case ERR_UNSUPPORTED:
    case ERR_UNLAWFUL: return 400;
    default: return err_code_status(code);
    }
}

void v2_fail(struct web_request *r, const struct err *err) {
    int status = status_of(err->code);
    struct str text = arena_str(r->arena, str_from(err->text));
    if (err->at.source != NULL && status < 500)
        text = arena_printf(r->arena, "%s:%u:%u: %s", err->at.source, (unsigned)err->at.line,
                            (unsigned)err->at.column, err->text);
    if (status == 500) {
        log_event(LOG_ERROR, "request-failed", log_cstr("route", r->route ? r->route->id : "none"),
                  log_err(err), log_cstr("file", err->file), log_i64("line", err->line));
        text = STR_NONE;
    }
    if (str_starts(r->http->path, STR("/oauth/"))) {
        token_problem(r, status, text);
        return;
    }
    bool twice = err->code == ERR_CONFLICT && r->route != NULL &&
                 (strcmp(r->route->id, "v2_message_publish") == 0 ||
                  strcmp(r->route->id, "v2_document_put") == 0);
    problem(r, status,
            twice                   ? "ALREADY_EXISTS"
            : err->code == ERR_FULL ? "UNAVAILABLE"
                                    : NULL,
            text);
}

/* ---- small pieces --------------------------------------------------------------------------- */

bool v2_key(int64_t *out, struct web_request *r, struct str text) {
    if (str_to_i64(out, text))
        return true;
    v2_fail_status(r, 400, "a key is a number");
    return false;
}

bool v2_tenant_refused(struct web_request *r, const struct json *body) {
    const struct json *tenant = json_get(body, STR("tenantId"));
    const struct json *tenants = json_get(body, STR("tenantIds"));
    bool ok = tenant == NULL || json_is(tenant, JSON_NULL) || str_eq(json_text(tenant), V2_TENANT);
    for (size_t i = 0; i < json_count(tenants); i++)
        ok = ok && str_eq(json_text(json_item(tenants, i)), V2_TENANT);
    if (!ok)
        v2_fail_status(r, 400, "there is one tenant, '<default>'");
    return !ok;
}

void v2_send_nothing(struct web_request *r) {
    http_answer(r->http)->status = 204;
    http_send(r->http);
}

bool v2_is_one_of(struct str name, const char *names) {
    struct str item, rest = str_from(names);
    while (str_split(&item, &rest, ' '))
        if (str_eq(item, name))
            return true;
    return false;
}

void v2_absent(struct web_request *r) {
    problem(r, 501, NULL,
            arena_printf(r->arena, "%s %s is not offered. %s.", http_method_name(r->route->method),
                         r->route->path, r->route->summary));
}

/* ---- about the service ---------------------------------------------------------------------- */

/* "127.0.0.1:8110" -> host and port. */
static void address_set(struct json *broker, const struct web *web, struct arena *arena) {
    struct str address = http_server_address(web->server);
    size_t colon = address.len;
    while (colon > 0 && address.at[colon - 1] != ':')
        colon--;
    int64_t port = 0;
    if (!str_to_i64(&port, str_sub(address, colon, address.len)))
        port = 0;
    json_set_str(broker, STR("host"), arena_str(arena, str_sub(address, 0, colon - (colon > 0))));
    json_set_i64(broker, STR("port"), port);
}

void v2_topology(struct web_request *r) {
    struct json *out = json_obj(r->arena);
    struct json *broker = json_push_obj(json_set_arr(out, STR("brokers")));
    json_set_i64(broker, STR("nodeId"), 0);
    address_set(broker, r->web, r->arena);
    struct json *partition = json_push_obj(json_set_arr(broker, STR("partitions")));
    json_set_i64(partition, STR("partitionId"), 1);
    json_set_str(partition, STR("role"), STR("leader"));
    json_set_str(partition, STR("health"), app_well(r->app) ? STR("healthy") : STR("unhealthy"));
    json_set_str(broker, STR("version"), STR(V2_VERSION));
    json_set_i64(out, STR("clusterSize"), 1);
    json_set_i64(out, STR("partitionsCount"), 1);
    json_set_i64(out, STR("replicationFactor"), 1);
    json_set_str(out, STR("gatewayVersion"), STR(V2_VERSION));
    json_set_str(out, STR("lastCompletedChangeId"), STR("0"));
    web_send_json(r, 200, out);
}

void v2_status(struct web_request *r) {
    if (atomic_load(&r->web->stopping) || !app_well(r->app))
        v2_fail_status(r, 503, "the service does not take work now");
    else
        v2_send_nothing(r);
}

void v2_license(struct web_request *r) {
    struct json *out = json_obj(r->arena);
    json_set_bool(out, STR("validLicense"), true);
    json_set_str(out, STR("licenseType"), STR("Apache-2.0"));
    json_set_bool(out, STR("isCommercial"), false);
    json_set(out, STR("expiresAt"), json_null(r->arena));
    web_send_json(r, 200, out);
}

void v2_me(struct web_request *r) {
    struct err err = {0};
    struct str user = STR_NONE;
    if (!app_user_of(&user, r->reader, r->caller.account, r->arena, &err)) {
        v2_fail(r, &err);
        return;
    }
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("username"), user);
    json_set_str(out, STR("displayName"), r->caller.name);
    (void)json_set_arr(out, STR("authorizedComponents"));
    struct json *tenant = json_push_obj(json_set_arr(out, STR("tenants")));
    json_set_str(tenant, STR("tenantId"), V2_TENANT);
    json_set_str(tenant, STR("name"), STR("Default"));
    (void)json_set_arr(out, STR("groups"));
    struct json *roles = json_set_arr(out, STR("roles"));
    for (size_t i = 0; i < r->caller.post_count; i++) {
        bool there = false;
        for (size_t k = 0; k < json_count(roles) && !there; k++)
            there = str_eq(json_text(json_item(roles, k)), r->caller.posts[i].post);
        if (!there)
            json_push_str(roles, r->caller.posts[i].post);
    }
    json_set_str(out, STR("salesPlanType"), STR(""));
    (void)json_set_obj(out, STR("c8Links"));
    json_set_bool(out, STR("canLogout"), true);
    web_send_json(r, 200, out);
}
