/* One request through the table: route, language, caller, policy, guard, body, handler. Everything
 * that can be known from the head is decided before a byte of the body is taken. */
#include "web/web.h"

#include <assert.h>

#include "app/process.h"
#include "os/env.h"
#include "os/log.h"
#include "web/handlers.h"
#include "web/inner.h"
#include "web/openapi.h"
#include "web/schema.h"

const int64_t web_latency_us[WEB_LATENCY_BUCKETS] = {500,   1000,  2500,   5000,   10000,
                                                     25000, 50000, 100000, 500000, 2500000};

enum {
    GUESS_KEY_BURST = 10,           /* wrong passwords for one name before it must wait */
    GUESS_PEER_BURST = 60,          /* an office behind one address has many people */
    GUESS_REFILL_US = 60 * 1000000, /* one more a minute */
    JSON_BODY_BYTES = 64 << 20,     /* budget of memory for one body's tree */
    LANG_COOKIE_S = 31536000,
};

static bool refuse(struct web_request *r, int status, const char *why) {
    web_fail_status(r, status, why);
    return false;
}

/* ---- the head ------------------------------------------------------------------------------- */

static void language_choose(struct web_request *r) {
    r->lang = route_language(http_header_get(r->http, STR("accept-language")));
    enum lang lang;
    struct str query = http_form_get(&r->query, STR("lang"));
    if (lang_find(&lang, query)) {
        r->lang = lang;
        if (!route_is_api(r->http->path))
            http_cookie_set(r->http, WEB_COOKIE_LANG, query, LANG_COOKIE_S);
    } else if (lang_find(&lang, http_cookie_get(r->http, WEB_COOKIE_LANG))) {
        r->lang = lang;
    }
}

static bool method_refuse(struct web_request *r, unsigned allowed) {
    if (allowed == 0)
        return refuse(r, 404, "there is no such address");
    struct buf list;
    buf_init(&list, 128);
    for (unsigned i = 0; i < HTTP_METHOD_COUNT; i++) {
        if ((allowed & 1U << i) == 0)
            continue;
        buf_printf(&list, "%s%s", list.len > 0 ? ", " : "", http_method_name((enum http_method)i));
        if (i == HTTP_GET)
            buf_lit(&list, ", HEAD");
    }
    http_header_add(r->http, STR("Allow"), buf_view(&list));
    buf_done(&list);
    return refuse(r, 405, "this address does not take this method");
}

/* People are sent to where they can show who they are; programs get the status. */
static bool policy_refuse(struct web_request *r, int status) {
    /* An applicant's cookie opens nothing of the desk: an officer signs in beside it. */
    bool may_sign_in = status == 401 || (status == 403 && r->caller.kind == APP_APPLICANT);
    if (may_sign_in && !route_is_api(r->http->path) && r->route->method == HTTP_GET) {
        bool code = r->route->permission == WEB_APPLICANT || r->route->permission == WEB_CASE;
        web_redirect(r, code ? STR("/track") : STR("/desk/sign-in"));
        return false;
    }
    if (status == 404)
        return refuse(r, 404, "there is no such address");
    return refuse(r, status,
                  status == 401 ? "nobody is signed in" : "this account may not do this");
}

static bool policy_check(struct web_request *r) {
    enum web_permission permission = r->route->permission;
    const struct route_caller caller = {
        .account = r->caller.kind == APP_ACCOUNT,
        .code = r->caller.kind == APP_APPLICANT,
        .supervises = permission == WEB_SUPERVISE && web_caller_supervises(r),
        .administers = permission == WEB_ADMIN && web_caller_administers(r),
        .works = permission == WEB_WORK && app_may(r->app, &r->caller, APP_RIGHT_WORK),
        .operates = permission == WEB_OPERATE && app_may(r->app, &r->caller, APP_RIGHT_OPERATE),
        .deploys = permission == WEB_DEPLOY && app_may(r->app, &r->caller, APP_RIGHT_DEPLOY),
        .by_cookie = r->by_cookie,
        .demo = app_config_of(r->app)->demo,
    };
    int status = route_policy(permission, &caller);
    return status == 0 || policy_refuse(r, status);
}

/* A password that must be checked first is checked once the body is there. */
static bool caller_check(struct web_request *r) {
    const char *why = NULL;
    int status = web_caller_find(r, &why);
    if (status != 0)
        return refuse(r, status, why);
    return r->basic.len > 0 || policy_check(r);
}

static bool origin_check(struct web_request *r) {
    if (r->route->csrf == WEB_CSRF_NONE)
        return true;
    const struct route_origin from = {
        .sec_fetch_site = http_header_get(r->http, STR("sec-fetch-site")),
        .origin = http_header_get(r->http, STR("origin")),
        .host = r->http->host,
    };
    return route_origin_ok(&from) || refuse(r, 403, "the request comes from another site");
}

/* ---- pages that were just made -------------------------------------------------------------- */

/* Only what a handler made from views: not what this program tells of itself. */
static bool may_keep(const struct web_request *r) {
    const struct http_response *res = http_answer(r->http);
    return r->before != NULL && r->route != NULL && res->status == 200 && res->extra_count == 0 &&
           res->view.at == NULL && res->cache_s == 0 &&
           !str_starts(res->content_type, STR("text/plain"));
}

static struct keep_state state_now(struct web *web) {
    const struct app_packs *packs = app_packs_hold(web->app);
    struct keep_state now = {app_changes(web->app), packs, os_mono_us(os_env_real())};
    app_packs_let(web->app, packs);
    return now;
}

/* Answers from the kept pages; false when this one has to be made. */
static bool kept_send(struct web *web, struct web_request *r) {
    if (r->http->method != HTTP_GET || r->http->head_only)
        return false;
    r->before = arena_new(r->arena, struct keep_state, 1);
    *r->before = state_now(web);
    const struct keep_entry *kept =
        keep_find(&web->keeps[r->http->loop_index], r->http->head, r->before);
    if (kept == NULL)
        return false;
    struct http_response *res = http_answer(r->http);
    res->content_type = kept->content_type;
    res->document = kept->document;
    res->viewer = kept->viewer;
    buf_add(&res->body, buf_view(&kept->body));
    r->route = kept->route;
    r->before = NULL; /* it is there already, and no younger for having been sent again */
    http_send(r->http);
    return true;
}

static void keep(struct web *web, const struct web_request *r) {
    const struct http_response *res = http_answer(r->http);
    const struct keep_entry made = {.body = res->body,
                                    .content_type = res->content_type,
                                    .document = res->document,
                                    .viewer = res->viewer,
                                    .state = *r->before,
                                    .route = r->route};
    keep_put(&web->keeps[r->http->loop_index], r->http->head, &made);
}

static bool on_head(void *ctx, struct http_request *req, size_t *body_limit) {
    struct web *web = ctx;
    struct web_request *r = arena_new(req->arena, struct web_request, 1);
    *r = (struct web_request){.http = req,
                              .web = web,
                              .app = web->app,
                              .reader = web->readers[req->loop_index],
                              .arena = req->arena};
    req->user = r;
    if (kept_send(web, r))
        return false;
    struct err err = {0};
    bool query_ok = http_form_parse_urlencoded(&r->query, req->query, r->arena, &err);
    language_choose(r);
    if (!query_ok)
        return refuse(r, 400, "the query is malformed");
    size_t count;
    unsigned allowed;
    const struct web_route *routes = web_routes(&count);
    r->route = route_find(r->args, &allowed, routes, count, req->method, req->path);
    if (r->route == NULL)
        return method_refuse(r, allowed);
    *body_limit = r->route->body_bytes_max;
    if (r->route->run == web_asset)
        return true; /* the same for everybody */
    if (!route_type_ok(r->route->body, req->content_type))
        return refuse(r, 415, "this address does not take this content type");
    return caller_check(r) && origin_check(r);
}

/* ---- the body ------------------------------------------------------------------------------- */

static bool form_read(struct web_request *r, struct err *err) {
    struct str header = http_header_get(r->http, STR("content-type"));
    if (!str_eq(r->http->content_type, STR("multipart/form-data")))
        return http_form_parse_urlencoded(&r->form, r->http->body, r->arena, err);
    /* A page takes what its own limit lets in, and says of each file what is wrong with it, beside
     * its field (page_files.c); nothing of a file that is too large is stored. */
    bool v2 = route_is_v2(r->http->path);
    const struct http_form_limits limits = {.file_bytes_max =
                                                v2 ? UPLOAD_BYTES_MAX : r->route->body_bytes_max,
                                            .files_max = v2 ? WEB_V2_FILES_MAX : FORM_FIELDS_MAX,
                                            .field_bytes_max = FORM_BYTES_MAX};
    return http_form_parse_multipart(&r->form, r->http->body, header, limits, r->arena, err);
}

static bool json_body_read(struct web_request *r, struct err *err) {
    struct budget budget = budget_of(WEB_JSON_STEPS_MAX, JSON_BODY_BYTES);
    r->json = json_obj(r->arena); /* no body: no members */
    if (r->http->body.len > 0 &&
        !json_view(&r->json, r->http->body, "body", r->arena, &budget, err))
        return false;
    return schema_check(r->route->id, r->json, r->arena, err);
}

static bool body_read(struct web_request *r, struct err *err) {
    switch (r->route->body) {
    case WEB_BODY_NONE:
    case WEB_BODY_ANY: return true;
    case WEB_BODY_FORM:
    case WEB_BODY_UPLOAD: return form_read(r, err);
    case WEB_BODY_JSON: return json_body_read(r, err);
    }
    return false;
}

static void request_run(struct web_request *r) {
    struct err err = {0};
    if (r->http->body.len > 0 && r->http->content_type.len == 0) {
        web_fail_status(r, 415, "the body has no content type");
        return;
    }
    if (!body_read(r, &err)) {
        web_fail(r, &err, NULL);
        return;
    }
    if (!web_csrf_ok(r)) {
        if (r->route->permission != WEB_PUBLIC && r->route->permission != WEB_DEMO) {
            web_fail_status(r, 403, "the form's token is missing or old: load the page again");
            return;
        }
        r->caller = (struct app_caller){.kind = APP_ANONYMOUS, .lang = r->lang};
        r->by_cookie = false;
    }
    r->route->run(r);
}

static void checked_run(struct web_request *r) {
    if (policy_check(r))
        request_run(r);
}

static void on_request(void *ctx, struct http_request *req) {
    (void)ctx;
    struct web_request *r = req->user;
    if (r->basic.len > 0)
        web_basic_check(r, checked_run);
    else
        request_run(r);
}

/* The server refused the request itself. Pages get a page. */
static void on_refused(void *ctx, struct http_request *req) {
    (void)ctx;
    struct web_request *r = req->user;
    struct http_response *res = http_answer(req);
    if (r == NULL || route_is_api(req->path) || res->status == 408)
        return;
    struct str accept = http_header_get(req, STR("accept"));
    if (str_find(accept, STR("text/html")) == SIZE_MAX)
        return;
    buf_reset(&res->body);
    page_error_render(r, res->status, STR_NONE);
    res->content_type = STR("text/html; charset=utf-8");
}

/* ---- afterwards ----------------------------------------------------------------------------- */

static void on_done(void *ctx, const struct http_request *req, const struct http_done *done) {
    struct web *web = ctx;
    const struct web_request *r = req->user;
    const struct web_route *route = r != NULL ? r->route : NULL;
    size_t count;
    size_t row = route != NULL ? (size_t)(route - web_routes(&count)) : WEB_ROUTES_MAX - 1;
    size_t class = (size_t)done->status / 100;
    atomic_fetch_add_explicit(&web->counts[row].by_class[class < 6 ? class : 5], 1,
                              memory_order_relaxed);
    size_t bucket = 0;
    while (bucket < WEB_LATENCY_BUCKETS && done->taken_us > web_latency_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&web->latency[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&web->latency_sum_us, (uint64_t)done->taken_us, memory_order_relaxed);
    if (r != NULL && may_keep(r))
        keep(web, r);
    if (!web->log_requests)
        return;
    /* The route, not the path: a path names a case. */
    log_event(LOG_INFO, "request", log_cstr("route", route != NULL ? route->id : "none"),
              log_cstr("method", http_method_name(req->method)), log_i64("status", done->status),
              log_i64("bytes", (int64_t)done->body_bytes), log_i64("us", done->taken_us),
              log_i64("gone", done->gone));
}

struct http_handler web_http_handler(struct web *web) {
    return (struct http_handler){
        .ctx = web, .head = on_head, .request = on_request, .refused = on_refused, .done = on_done};
}

/* ---- life ----------------------------------------------------------------------------------- */

struct web *web_create(const struct web_options *options, struct err *err) {
    struct arena *arena = arena_create("web", 16 << 20);
    struct web *web = arena_new(arena, struct web, 1);
    web->arena = arena;
    web->app = options->app;
    web->loop_count = options->loop_count;
    web->log_requests = options->log_requests;
    os_mutex_init(&web->guess_lock);
    struct guess_table *tables[] = {&web->guesses_by_key, &web->guesses_by_peer};
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        tables[i]->burst = i == 0 ? GUESS_KEY_BURST : GUESS_PEER_BURST;
        tables[i]->refill_us = GUESS_REFILL_US;
        os_random(os_env_real(), &tables[i]->salt, sizeof tables[i]->salt);
    }
    basic_init(&web->basic, os_env_real());
    size_t count;
    (void)web_routes(&count);
    assert(count < WEB_ROUTES_MAX);
    web->openapi = openapi_make(arena);
    web->readers = arena_new(arena, struct app_reader *, web->loop_count);
    web->keeps = arena_new(arena, struct keep, web->loop_count);
    for (unsigned i = 0; i < web->loop_count; i++)
        keep_init(&web->keeps[i]);
    bool ok = app_secret(web->link_key, web->app, STR("document_link_key"), err) &&
              worker_start(&web->worker, err);
    for (unsigned i = 0; ok && i < web->loop_count; i++)
        ok = app_reader_create(&web->readers[i], web->app, err);
    if (ok)
        return web;
    web_destroy(web);
    return NULL;
}

void web_destroy(struct web *web) {
    if (web == NULL)
        return;
    worker_stop(&web->worker);
    for (unsigned i = 0; i < web->loop_count; i++)
        if (web->readers[i] != NULL)
            app_reader_destroy(web->readers[i]);
    for (unsigned i = 0; i < web->loop_count; i++)
        keep_done(&web->keeps[i]);
    os_mutex_done(&web->guess_lock);
    basic_done(&web->basic);
    arena_destroy(web->arena);
}

void web_server_set(struct web *web, const struct http_server *server) {
    web->server = server;
}

void web_stopping_set(struct web *web) {
    atomic_store(&web->stopping, true);
}
