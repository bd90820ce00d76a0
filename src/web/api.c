/* The handlers of /api/. A view goes out as it is; an order's answer is shaped as the description
 * says. */
#include <assert.h>

#include "base/code.h"
#include "web/handlers.h"
#include "web/inner.h"
#include "web/letter.h"

/* What the view gave, or what went wrong with it. A pointer to it: the caller makes it in the same
 * call, before or after this argument is looked at. */
static void view_send(struct web_request *r, bool ok, struct json *const *view,
                      const struct err *err) {
    if (ok)
        web_send_json(r, 200, *view);
    else
        web_fail(r, err, NULL);
}

/* ---- the session ---- */

static struct json *posts_json(const struct web_request *r) {
    struct json *posts = json_arr(r->arena);
    for (size_t i = 0; i < r->caller.post_count; i++) {
        struct json *post = json_push_obj(posts);
        json_set_str(post, STR("organ"), r->caller.posts[i].organ);
        json_set_str(post, STR("post"), r->caller.posts[i].post);
    }
    return posts;
}

static void signed_in(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE) {
        if (answer->err.code == ERR_SIGNED_OUT || answer->err.code == ERR_FORBIDDEN ||
            answer->err.code == ERR_NOT_FOUND)
            web_guess_failed(r, json_get_text(r->json, STR("user")));
        web_fail(r, &answer->err, NULL);
        return;
    }
    struct str token = json_get_text(answer->body, STR("token"));
    const struct json *person = json_get(answer->body, STR("person"));
    const struct json *posts = json_get(answer->body, STR("posts"));
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("token"), token);
    json_set(out, STR("person"), person != NULL ? person : json_null(r->arena));
    json_set(out, STR("posts"), posts != NULL ? posts : json_arr(r->arena));
    http_cookie_set(r->http, WEB_COOKIE_SESSION, token, 0);
    web_send_json(r, 201, out);
}

void api_sign_in(struct web_request *r) {
    if (!web_guess_allowed(r, json_get_text(r->json, STR("user")))) {
        web_fail_status(r, 429, "too many wrong passwords; try again later");
        return;
    }
    const struct app_order order = {.verb = APP_SIGN_IN, .body = r->json};
    web_do(r, &order, signed_in);
}

void api_session(struct web_request *r) {
    struct json *out = json_obj(r->arena);
    json_set_str(json_set_obj(out, STR("person")), STR("name"), r->caller.name);
    json_set(out, STR("posts"), posts_json(r));
    web_send_json(r, 200, out);
}

static void signed_out(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    http_cookie_set(r->http, WEB_COOKIE_SESSION, STR_NONE, -1);
    http_answer(r->http)->status = 204;
    http_send(r->http);
}

void api_sign_out(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("token"), web_session_token(r));
    const struct app_order order = {.verb = APP_SIGN_OUT, .body = body};
    web_do(r, &order, signed_out);
}

/* ---- what everybody may read ---- */

typedef bool view_make(struct json **out, struct app_reader *r, const struct app_ask *ask,
                       struct err *err);
typedef bool view_make_of(struct json **out, struct app_reader *r, const struct app_ask *ask,
                          struct str id, struct err *err);

static void view_give(struct web_request *r, view_make *make) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    view_send(r, make(&view, r->reader, &ask, &err), &view, &err);
}

/* Of what the path names. */
static void view_give_of(struct web_request *r, view_make_of *make) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    view_send(r, make(&view, r->reader, &ask, web_arg(r, "id"), &err), &view, &err);
}

void api_organs(struct web_request *r) {
    view_give(r, app_view_organs);
}

void api_organ(struct web_request *r) {
    view_give_of(r, app_view_organ);
}

void api_matters(struct web_request *r) {
    view_give(r, app_view_matters);
}

void api_matter(struct web_request *r) {
    view_give_of(r, app_view_matter);
}

void api_places(struct web_request *r) {
    view_give(r, app_view_places);
}

void api_decisions(struct web_request *r) {
    view_give(r, app_view_decisions);
}

void api_decision(struct web_request *r) {
    view_give_of(r, app_view_decision);
}

void api_decision_evaluate(struct web_request *r) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    view_send(r, app_view_evaluate(&view, r->reader, &ask, web_arg(r, "id"), r->json, &err), &view,
              &err);
}

/* ---- cases ---- */

/* The reference of the path; false, and answered, when it cannot be one. */
static bool reference_get(struct str *out, struct web_request *r) {
    if (case_reference_read(out, r->arena, web_arg(r, "reference")))
        return true;
    web_fail_status(r, 404, "there is no such case");
    return false;
}

/* The answer of an order whose body goes out as it is. */
static void order_send(struct web_request *r, const struct app_answer *answer, int status) {
    if (answer->err.code != ERR_NONE) {
        web_fail(r, &answer->err, answer->body);
        return;
    }
    if (answer->repeated)
        http_header_add(r->http, STR("Idempotency-Replayed"), STR("true"));
    web_send_json(r, status, answer->body != NULL ? answer->body : json_obj(r->arena));
}

static void case_made(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code == ERR_NONE) {
        struct buf path;
        buf_init(&path, 256);
        buf_lit(&path, "/api/cases/");
        code_percent_add(&path, json_get_text(answer->body, STR("reference")));
        http_header_add(r->http, STR("Location"), buf_view(&path));
        buf_done(&path);
    }
    order_send(r, answer, 201);
}

void api_case_create(struct web_request *r) {
    const struct app_order order = {.verb = APP_APPLY,
                                    .idempotency_key =
                                        http_header_get(r->http, STR("idempotency-key")),
                                    .body = r->json};
    web_do(r, &order, case_made);
}

/* A view of one case. An officer's look is recorded first, and durable before anything is shown. */
typedef bool case_view(struct json **out, struct app_reader *reader, const struct app_ask *ask,
                       struct str reference, struct err *err);

static void case_view_send(struct web_request *r, case_view *view) {
    struct err err = {0};
    struct json *out = NULL;
    struct app_ask ask = web_ask(r);
    ask.at_once = true;
    struct str reference;
    if (reference_get(&reference, r))
        view_send(r, view(&out, r->reader, &ask, reference, &err), &out, &err);
}

static void looked(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    void (*show)(struct web_request *) = NULL;
    memcpy(&show, &r->then, sizeof show);
    show(r);
}

/* show runs at once for an applicant, and after the look was recorded for an officer. */
static void look_then(struct web_request *r, void (*show)(struct web_request *)) {
    if (r->caller.kind != APP_ACCOUNT) {
        show(r);
        return;
    }
    struct str reference;
    if (!reference_get(&reference, r))
        return;
    struct app_ask ask = web_ask(r);
    ask.at_once = true;
    if (app_view_looked(r->reader, &ask, reference, STR_NONE)) {
        show(r);
        return;
    }
    memcpy(&r->then, &show, sizeof show);
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("purpose"), str_from(r->route->id));
    const struct app_order order = {.verb = APP_LOOK, .reference = reference, .body = body};
    web_do(r, &order, looked);
}

static void case_show(struct web_request *r) {
    case_view_send(r, app_view_case);
}

void api_case(struct web_request *r) {
    look_then(r, case_show);
}

static void case_events_show(struct web_request *r) {
    case_view_send(r, app_view_case_events);
}

void api_case_events(struct web_request *r) {
    look_then(r, case_events_show);
}

static void case_letters_show(struct web_request *r) {
    case_view_send(r, app_view_case_letters);
}

void api_case_letters(struct web_request *r) {
    look_then(r, case_letters_show);
}

void api_case_accesses(struct web_request *r) {
    case_view_send(r, app_view_accesses);
}

void api_case_diagram(struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct str reference;
    if (!reference_get(&reference, r))
        return;
    struct http_response *res = http_answer(r->http);
    if (!app_view_diagram(&res->body, r->reader, &ask, reference, &err)) {
        web_fail(r, &err, NULL);
        return;
    }
    res->content_type = STR("image/svg+xml");
    res->document = true; /* shown alone it is a document: no script, whatever a model holds */
    http_send(r->http);
}

void api_case_diagram_bpmn(struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct str reference;
    if (!reference_get(&reference, r))
        return;
    struct http_response *res = http_answer(r->http);
    if (!app_view_diagram_source(&res->body, r->reader, &ask, reference, &err)) {
        web_fail(r, &err, NULL);
        return;
    }
    res->content_type = STR("application/xml");
    res->document = true;
    http_send(r->http);
}

void api_case_marks(struct web_request *r) {
    case_view_send(r, app_view_diagram_marks);
}

static void case_letter_show(struct web_request *r) {
    struct str name = web_arg(r, "n"), number = name;
    enum letter_form form = LETTER_DATA;
    if (str_ends(name, STR(".html")) || str_ends(name, STR(".pdf"))) {
        form = str_ends(name, STR(".pdf")) ? LETTER_PDF : LETTER_PAGE;
        number = str_sub(name, 0, name.len - (form == LETTER_PDF ? 4 : 5));
    }
    uint64_t n;
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    struct str reference;
    if (!reference_get(&reference, r))
        return;
    if (!str_to_u64(&n, number)) {
        web_fail_status(r, 404, "there is no such letter");
        return;
    }
    if (!app_view_letter(&view, r->reader, &ask, reference, n, &err))
        web_fail(r, &err, NULL);
    else if (form == LETTER_DATA)
        web_send_json(r, 200, view);
    else
        letter_send(r, view, form);
}

void api_case_letter(struct web_request *r) {
    look_then(r, case_letter_show);
}

/* ---- tasks ---- */

void api_tasks(struct web_request *r) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    view_send(r, app_view_tasks(&view, r->reader, &ask, &err), &view, &err);
}

static void task_done(struct web_request *r, const struct app_answer *answer) {
    order_send(r, answer, 200);
}

static void task_order(struct web_request *r, enum app_verb verb, const struct json *body) {
    const struct app_order order = {.verb = verb,
                                    .task = web_arg(r, "id"),
                                    .idempotency_key =
                                        http_header_get(r->http, STR("idempotency-key")),
                                    .body = body};
    web_do(r, &order, task_done);
}

void api_task_claim(struct web_request *r) {
    task_order(r, APP_CLAIM, r->json);
}

void api_task_release(struct web_request *r) {
    task_order(r, APP_RELEASE, r->json);
}

/* The reasons of a decision may stand beside the outcome, or among the variables. */
void api_task_complete(struct web_request *r) {
    const struct json *variables = json_get(r->json, STR("variables"));
    const struct json *among = json_get(variables, STR("reasons"));
    if (json_get(r->json, STR("reasons")) != NULL || !json_is(among, JSON_STRING)) {
        task_order(r, APP_COMPLETE, r->json);
        return;
    }
    struct json *body = json_obj(r->arena), *others = json_obj(r->arena);
    for (size_t i = 0; i < json_count(variables); i++) {
        const struct json_member *member = json_member_at(variables, i);
        if (member->value != among)
            json_set(others, member->key.text, member->value);
    }
    json_set(body, STR("outcome"), json_get(r->json, STR("outcome")));
    json_set(body, STR("reasons"), among);
    json_set(body, STR("variables"), others);
    task_order(r, APP_COMPLETE, body);
}

/* ---- supervision, demonstration ---- */

void api_clocks(struct web_request *r) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    view_send(r, app_view_clocks(&view, r->reader, &ask, &err), &view, &err);
}

void api_durations(struct web_request *r) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    const struct app_steps_of of = {.id = web_arg(r, "id")};
    view_send(r, app_view_durations(&view, r->reader, &ask, &of, &err), &view, &err);
}

void api_process_durations(struct web_request *r) {
    struct err err = {0};
    struct json *view = NULL;
    struct app_ask ask = web_ask(r);
    const struct app_steps_of of = {.id = web_arg(r, "id"), .is_process = true};
    view_send(r, app_view_durations(&view, r->reader, &ask, &of, &err), &view, &err);
}

void api_demo_clock(struct web_request *r) {
    const struct app_order order = {.verb = APP_DEMO_CLOCK, .body = r->json};
    web_do(r, &order, task_done);
}

void api_openapi(struct web_request *r) {
    struct http_response *res = http_answer(r->http);
    res->content_type = STR("application/json");
    res->view = r->web->openapi;
    http_send(r->http);
}
