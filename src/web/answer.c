/* What goes back: JSON, pages, redirects, problems; and orders, whose answers come later. */
#include <assert.h>

#include "os/log.h"
#include "web/inner.h"

struct str web_arg(const struct web_request *r, const char *name) {
    size_t index = route_arg_index(r->route, name);
    assert(index < WEB_ARGS_MAX);
    return r->args[index];
}

struct str web_query(const struct web_request *r, struct str name) {
    return http_form_get(&r->query, name);
}

struct str web_field(const struct web_request *r, struct str name) {
    return http_form_get(&r->form, name);
}

struct app_ask web_ask(struct web_request *r) {
    struct json *query = json_obj(r->arena);
    for (size_t i = 0; i < r->query.count; i++)
        json_set_str(query, r->query.fields[i].name, r->query.fields[i].value);
    return (struct app_ask){.caller = &r->caller, .query = query, .arena = r->arena};
}

void web_send_json(struct web_request *r, int status, const struct json *value) {
    struct http_response *res = http_answer(r->http);
    res->status = status;
    res->content_type = STR("application/json");
    json_write(&res->body, value, JSON_COMPACT);
    http_send(r->http);
}

void web_send_html(struct web_request *r, int status) {
    struct http_response *res = http_answer(r->http);
    res->status = status;
    res->content_type = STR("text/html; charset=utf-8");
    http_send(r->http);
}

void web_redirect(struct web_request *r, struct str path) {
    http_send_redirect(r->http, path);
}

struct json *web_problem(struct web_request *r, int status, struct str type, struct str title,
                         struct str detail) {
    struct json *problem = json_obj(r->arena);
    json_set_str(problem, STR("type"), type);
    json_set_str(problem, STR("title"), title);
    json_set_i64(problem, STR("status"), status);
    if (detail.len > 0)
        json_set_str(problem, STR("detail"), detail);
    return problem;
}

void web_problem_send(struct web_request *r, int status, const struct json *problem) {
    struct http_response *res = http_answer(r->http);
    buf_reset(&res->body);
    if (status == 401)
        http_header_add(r->http, STR("WWW-Authenticate"), STR("Bearer"));
    if (status == 503)
        http_header_add(r->http, STR("Retry-After"), STR("2"));
    res->status = status;
    res->content_type = STR("application/problem+json");
    json_write(&res->body, problem, JSON_COMPACT);
    http_send(r->http);
}

static void page_send(struct web_request *r, int status, struct str why) {
    struct http_response *res = http_answer(r->http);
    buf_reset(&res->body);
    if (status == 503)
        http_header_add(r->http, STR("Retry-After"), STR("2"));
    res->status = status;
    page_error_render(r, status, why);
    web_send_html(r, status);
}

/* "/form/name" for a fault of the form's field "name"; a pointer stays what it is. */
static struct str fault_pointer(struct arena *arena, const struct json *fault) {
    struct str field = json_get_text(fault, STR("field"));
    if (field.len == 0 || field.at[0] == '/')
        return field;
    return arena_printf(arena, "/form/%.*s", STR_ARG(field));
}

void web_fail(struct web_request *r, const struct err *err, const struct json *faults) {
    if (route_is_v2(r->http->path)) {
        v2_fail(r, err);
        return;
    }
    int status = err_code_status(err->code);
    struct str text = str_from(err->text);
    if (status == 500) {
        log_event(LOG_ERROR, "request-failed", log_cstr("route", r->route ? r->route->id : "none"),
                  log_err(err), log_cstr("file", err->file), log_i64("line", err->line));
        text = STR_NONE;
    }
    if (!route_is_api(r->http->path)) {
        page_send(r, status, text);
        return;
    }
    struct json *problem = web_problem(
        r, status, arena_printf(r->arena, "urn:mandate:problem:%s", err_code_name(err->code)),
        str_from(err_code_meaning(err->code)), arena_str(r->arena, text));
    const struct json *list = json_get(faults, STR("faults"));
    if (json_count(list) > 0) {
        json_set(problem, STR("field"),
                 json_str(fault_pointer(r->arena, json_item(list, 0)), r->arena));
        struct json *out = json_set_arr(problem, STR("faults"));
        for (size_t i = 0; i < json_count(list); i++) {
            struct json *item = json_push_obj(out);
            json_set_str(item, STR("field"), fault_pointer(r->arena, json_item(list, i)));
            const struct json *words = json_get(json_item(list, i), STR("text"));
            if (words != NULL)
                json_set(item, STR("text"), words);
        }
    } else if (err->at.source != NULL && err->at.source[0] == '/') {
        json_set_str(problem, STR("field"), str_from(err->at.source)); /* a schema's finding */
    }
    web_problem_send(r, status, problem);
}

void web_fail_status(struct web_request *r, int status, const char *why) {
    if (route_is_v2(r->http->path)) {
        v2_fail_status(r, status, why);
        return;
    }
    if (!route_is_api(r->http->path)) {
        page_send(r, status, str_from(why));
        return;
    }
    web_problem_send(r, status,
                     web_problem(r, status, STR("about:blank"), str_from(http_status_text(status)),
                                 str_from(why)));
}

/* ---- orders ---- */

struct wait {
    struct web_request *r;
    web_then *then;
    struct http_deferred *deferred;
    struct app_order order;
    struct app_answer answer;
};

/* On the writer's thread. The request's arena is nobody else's while the request is deferred. */
static void order_done(void *ctx, const struct app_answer *answer) {
    struct wait *wait = ctx;
    wait->answer = *answer;
    if (answer->err.at.source != NULL) /* it lives as long as the order */
        wait->answer.err.at.source = arena_cstr(wait->r->arena, str_from(answer->err.at.source));
    if (answer->body != NULL)
        wait->answer.body = json_copy(answer->body, wait->r->arena);
    http_resume(wait->deferred);
}

static void order_continue(struct http_request *req, void *ctx) {
    (void)req;
    struct wait *wait = ctx;
    wait->then(wait->r, &wait->answer);
}

/* Any thread: the request is deferred until the answer comes. */
static bool order_gone(void *ctx) {
    return http_gone(((struct wait *)ctx)->r->http);
}

void web_do(struct web_request *r, const struct app_order *order, web_then *then) {
    struct wait *wait = arena_new(r->arena, struct wait, 1);
    *wait = (struct wait){.r = r, .then = then, .order = *order};
    wait->order.caller = &r->caller;
    wait->order.gone = order_gone;
    wait->deferred = http_defer(r->http, order_continue, wait);
    struct err err = {0};
    if (!app_do(r->app, &wait->order, order_done, wait, &err)) {
        wait->answer.err = err;
        http_resume(wait->deferred);
    }
}
