/* web/page_desk.c - officers: signing in and out, and my work. */
#include "base/code.h"
#include "web/handlers.h"
#include "web/page.h"

/* A path of the desk that a form may send one back to; anything else is the desk itself. */
struct str page_desk_path(struct str path) {
    if (!str_eq(path, STR("/desk")) && !str_starts(path, STR("/desk/")))
        return STR("/desk");
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c != '/' && c != '-' && c != '.' && c != '_')
            return STR("/desk");
    }
    return str_find(path, STR("//")) == SIZE_MAX ? path : STR("/desk");
}

/* ---- signing in ---- */

struct sign_in_answer {
    struct str user, user_fault, password_fault;
};

static void sign_in_show(struct page *p, int status, const struct sign_in_answer *answer) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    page_field(p, fields,
               &(struct page_field){.name = STR("user"),
                                    .value = answer->user,
                                    .label = TEXT_sign_in_user,
                                    .hint = -1,
                                    .autocomplete = "username",
                                    .width = "govuk-input--width-20",
                                    .fault = answer->user_fault});
    page_field(p, fields,
               &(struct page_field){.name = STR("password"),
                                    .label = TEXT_sign_in_password,
                                    .hint = -1,
                                    .type = "password",
                                    .autocomplete = "current-password",
                                    .width = "govuk-input--width-20",
                                    .fault = answer->password_fault});
    struct str to = web_field(p->r, STR("to"));
    json_set_str(p->ctx, STR("to"), page_desk_path(to.len > 0 ? to : web_query(p->r, STR("to"))));
    page_show(p, status, "desk/sign_in");
}

void page_sign_in(struct web_request *r) {
    struct page *p = page_open(r, TEXT_sign_in_title);
    struct sign_in_answer none = {.user = STR("")};
    if (r->caller.kind == APP_ACCOUNT)
        page_go(p, STR("/desk"));
    else
        sign_in_show(p, 200, &none);
}

static void signed_in(struct web_request *r, const struct app_answer *answer) {
    struct str user = str_trim(web_field(r, STR("user")));
    enum err_code code = answer->err.code;
    if (code == ERR_NONE) {
        http_cookie_set(r->http, WEB_COOKIE_SESSION, json_get_text(answer->body, STR("token")), 0);
        web_redirect(r, page_desk_path(web_field(r, STR("to"))));
        return;
    }
    if (code != ERR_SIGNED_OUT && code != ERR_FORBIDDEN && code != ERR_NOT_FOUND) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    web_guess_failed(r, user);
    struct page *p = page_open(r, TEXT_sign_in_title);
    struct sign_in_answer again = {.user = user, .user_fault = page_text(p, TEXT_fault_sign_in)};
    sign_in_show(p, 422, &again);
}

void page_sign_in_post(struct web_request *r) {
    struct page *p = page_open(r, TEXT_sign_in_title);
    struct str password = web_field(r, STR("password"));
    struct sign_in_answer given = {.user = str_trim(web_field(r, STR("user")))};
    if (given.user.len == 0)
        given.user_fault = page_text(p, TEXT_fault_user);
    if (password.len == 0)
        given.password_fault = page_text(p, TEXT_fault_password);
    if (given.user_fault.len + given.password_fault.len > 0) {
        sign_in_show(p, 422, &given);
        return;
    }
    page_close(p);
    if (!web_guess_allowed(r, given.user)) {
        web_fail_status(r, 429, "too many wrong passwords");
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("user"), given.user);
    json_set_str(body, STR("password"), password);
    const struct app_order order = {.verb = APP_SIGN_IN, .body = body};
    web_do(r, &order, signed_in);
}

/* ---- the first sign-in, by the link that an administrator hands over ---- */

struct enter_answer {
    struct str user, code, password_fault, again_fault;
};

static void enter_show(struct page *p, int status, const struct enter_answer *given) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    json_set_str(p->ctx, STR("user"), given->user);
    json_set_str(p->ctx, STR("code"), given->code);
    page_field(p, fields,
               &(struct page_field){.name = STR("password"),
                                    .label = TEXT_enter_password,
                                    .hint = TEXT_admin_password_hint,
                                    .type = "password",
                                    .autocomplete = "new-password",
                                    .width = "govuk-input--width-20",
                                    .fault = given->password_fault});
    page_field(p, fields,
               &(struct page_field){.name = STR("again"),
                                    .label = TEXT_enter_again,
                                    .hint = -1,
                                    .type = "password",
                                    .autocomplete = "new-password",
                                    .width = "govuk-input--width-20",
                                    .fault = given->again_fault});
    page_show(p, status, "desk/enter");
}

void page_enter(struct web_request *r) {
    struct page *p = page_open(r, TEXT_enter_title);
    struct enter_answer given = {.user = web_query(r, STR("user")),
                                 .code = web_query(r, STR("code"))};
    enter_show(p, 200, &given);
}

static void entered(struct web_request *r, const struct app_answer *answer) {
    struct enter_answer given = {.user = web_field(r, STR("user")),
                                 .code = web_field(r, STR("code"))};
    if (answer->err.code == ERR_NONE) {
        http_cookie_set(r->http, WEB_COOKIE_SESSION, json_get_text(answer->body, STR("token")), 0);
        web_redirect(r, STR("/desk"));
        return;
    }
    if (answer->err.code != ERR_SIGNED_OUT && answer->err.code != ERR_INVALID) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    struct page *p = page_open(r, TEXT_enter_title);
    bool link = answer->err.code == ERR_SIGNED_OUT;
    if (link)
        web_guess_failed(r, given.user);
    given.password_fault = page_text(p, link ? TEXT_fault_enter_link : TEXT_fault_enter_short);
    enter_show(p, 422, &given);
}

void page_enter_post(struct web_request *r) {
    struct str password = web_field(r, STR("password"));
    struct enter_answer given = {.user = web_field(r, STR("user")),
                                 .code = web_field(r, STR("code"))};
    if (!str_eq(password, web_field(r, STR("again")))) {
        struct page *p = page_open(r, TEXT_enter_title);
        given.again_fault = page_text(p, TEXT_fault_enter_again);
        enter_show(p, 422, &given);
        return;
    }
    if (!web_guess_allowed(r, given.user)) {
        web_fail_status(r, 429, "too many wrong links");
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("user"), given.user);
    json_set_str(body, STR("code"), given.code);
    json_set_str(body, STR("password"), password);
    const struct app_order order = {.verb = APP_ENTER, .body = body};
    web_do(r, &order, entered);
}

static void signed_out(struct web_request *r, const struct app_answer *answer) {
    (void)answer; /* a session that is gone already is what was asked for */
    http_cookie_set(r->http, WEB_COOKIE_SESSION, STR(""), -1);
    web_redirect(r, STR("/desk/sign-in"));
}

void page_sign_out(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("token"), web_session_token(r)); /* this browser's, not every session */
    const struct app_order order = {.verb = APP_SIGN_OUT, .body = body};
    web_do(r, &order, signed_out);
}

/* ---- my work ---- */

struct choice {
    const char *value;
    enum text label;
};

static void choices_set(struct page *p, struct str key, const struct choice *choices, size_t count,
                        struct str chosen) {
    struct json *list = json_set_arr(p->ctx, key);
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("value"), str_from(choices[i].value));
        json_set_str(one, STR("label"), page_text(p, choices[i].label));
        json_set_bool(one, STR("on"), str_eq(str_from(choices[i].value), chosen));
    }
}

/* The end of today, or of the day a week from now, as the view wants it. */
static struct str due_before(struct page *p, struct str due) {
    struct cal_date date = cal_us_date(app_now_us(p->r->app), p->pack->timezone);
    char text[CAL_TEXT_MAX];
    int64_t days = str_eq(due, STR("today")) ? 1 : str_eq(due, STR("week")) ? 8 : 0;
    if (days == 0 || !cal_date_add_days(&date, date, days))
        return STR("");
    size_t len = cal_us_format(text, cal_us_of_date(date, p->pack->timezone), p->pack->timezone);
    return arena_str(p->arena, (struct str){text, len});
}

static void filters_set(struct page *p) {
    static const struct choice states[] = {
        {"", TEXT_state_todo}, {"claimed", TEXT_state_claimed}, {"all", TEXT_filter_all}};
    static const struct choice dues[] = {
        {"", TEXT_due_any}, {"today", TEXT_due_today}, {"week", TEXT_due_week}};
    choices_set(p, STR("states"), states, COUNT_OF(states), web_query(p->r, STR("state")));
    choices_set(p, STR("dues"), dues, COUNT_OF(dues), web_query(p->r, STR("due")));
    struct json *posts = json_set_arr(p->ctx, STR("posts"));
    const struct app_caller *caller = &p->r->caller;
    for (size_t i = 0; i < caller->post_count; i++) {
        const struct pack_post *post = pack_post(p->pack, caller->posts[i].post);
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= str_eq(caller->posts[k].post, caller->posts[i].post);
        if (post == NULL || again)
            continue;
        struct json *one = json_push_obj(posts);
        json_set_str(one, STR("value"), post->id);
        json_set_str(one, STR("label"), post->title.in[p->lang]);
        json_set_bool(one, STR("on"), str_eq(post->id, web_query(p->r, STR("post"))));
    }
}

static void count_add(struct page *p, struct json *list, enum text label, const struct json *n) {
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("label"), page_text(p, label));
    json_set(one, STR("n"), n != NULL ? n : json_i64(0, p->arena));
}

static void tasks_set(struct page *p, const struct json *view) {
    const struct json *items = json_get(view, STR("items"));
    struct json *list = json_set_arr(p->ctx, STR("tasks"));
    for (size_t i = 0; i < json_count(items); i++) {
        struct json *task = json_copy(json_item(items, i), p->arena);
        bool mine = json_is_true(json_get(task, STR("mine")));
        bool open = str_eq(json_get_text(task, STR("state")), STR("open"));
        page_left(p, task);
        json_set_str(task, STR("matter_title"), page_name(json_get(task, STR("matter"))));
        json_set_str(task, STR("post_title"), page_name(json_get(task, STR("post"))));
        json_set_str(task, STR("organ_name"), page_name(json_get(task, STR("organ"))));
        json_set_bool(task, STR("can_claim"), open);
        json_set_bool(task, STR("mine"), mine);
        json_set_bool(task, STR("taken"), !open && !mine);
        if (json_get_text(task, STR("due_text")).len == 0)
            json_set_str(task, STR("due_text"), page_text(p, TEXT_work_no_due));
        json_push(list, task);
    }
    const struct json *counts = json_get(view, STR("counts"));
    struct json *shown = json_set_arr(p->ctx, STR("counts"));
    count_add(p, shown, TEXT_count_open, json_get(counts, STR("open")));
    count_add(p, shown, TEXT_count_mine, json_get(counts, STR("mine")));
    count_add(p, shown, TEXT_count_over, json_get(counts, STR("overdue")));
}

static struct str work_notice(struct page *p) {
    struct str done = web_query(p->r, STR("done"));
    if (str_eq(done, STR("completed")))
        return page_text(p, TEXT_task_done_notice);
    if (str_eq(done, STR("released")))
        return page_text(p, TEXT_task_released_notice);
    return STR("");
}

/* The same filters, further on; cursor empty: the first page. */
static struct str work_href(struct page *p, struct str cursor) {
    static const struct str names[] = {STR_INIT("post"), STR_INIT("state"), STR_INIT("due")};
    struct buf out;
    buf_init(&out, 4096);
    buf_lit(&out, "/desk?");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str value = web_query(p->r, names[i]);
        if (value.len == 0)
            continue;
        buf_add(&out, names[i]);
        buf_lit(&out, "=");
        code_percent_add(&out, value);
        buf_lit(&out, "&");
    }
    if (cursor.len > 0) {
        buf_lit(&out, "cursor=");
        code_percent_add(&out, cursor);
    }
    struct str href = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
    return href;
}

static void pages_set(struct page *p, const struct json *view) {
    struct str next = json_get_text(view, STR("next")), here = web_query(p->r, STR("cursor"));
    json_set_str(p->ctx, STR("next_href"), next.len > 0 ? work_href(p, next) : STR(""));
    json_set_str(p->ctx, STR("first_href"), here.len > 0 ? work_href(p, STR_NONE) : STR(""));
}

void page_work(struct web_request *r) {
    struct page *p = page_open(r, TEXT_work_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *query = json_obj(r->arena), *view;
    if (p->pack == NULL) {
        err_set(&err, ERR_BUSY, err_nowhere, "no pack is in use");
        page_fail(p, &err);
        return;
    }
    json_set_str(query, STR("post"), web_query(r, STR("post")));
    json_set_str(query, STR("state"), web_query(r, STR("state")));
    json_set_str(query, STR("cursor"), web_query(r, STR("cursor")));
    json_set_str(query, STR("due_before"), due_before(p, web_query(r, STR("due"))));
    ask.query = query;
    if (!app_view_tasks(&view, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    json_set_bool(p->ctx, STR("at_work"), true);
    json_set_str(p->ctx, STR("notice"), work_notice(p));
    filters_set(p);
    tasks_set(p, say_localise(p->arena, p->lang, view));
    pages_set(p, view);
    page_show(p, 200, "desk/work");
}
