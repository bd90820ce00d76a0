/* web/page_admin.c - supervising: clocks of the organs below; administering: accounts, packs, how
 * the service is doing, and the demonstration's clock. */
#include "law/law.h"
#include "web/handlers.h"
#include "web/page.h"

/* ---- supervising ---- */

static void option_add(struct json *list, struct str value, struct str label, struct str chosen) {
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("value"), value);
    json_set_str(one, STR("label"), label);
    json_set_bool(one, STR("on"), str_eq(value, chosen));
}

static bool supervises(const struct page *p, struct str organ) {
    const struct app_caller *caller = &p->r->caller;
    for (size_t i = 0; i < caller->post_count; i++) {
        const struct pack_post *post = pack_post(p->pack, caller->posts[i].post);
        if (post != NULL && post->supervises &&
            law_is_below(p->pack->organs, organ, caller->posts[i].organ))
            return true;
    }
    return false;
}

static void supervise_filters(struct page *p) {
    struct str state = web_query(p->r, STR("state")), organ = web_query(p->r, STR("organ"));
    struct json *states = json_set_arr(p->ctx, STR("states"));
    struct json *organs = json_set_arr(p->ctx, STR("organs"));
    option_add(states, STR(""), page_text(p, TEXT_filter_all), state);
    option_add(states, STR("breached"), page_text(p, TEXT_supervise_over), state);
    option_add(states, STR("running"), page_text(p, TEXT_clock_state_running), state);
    option_add(states, STR("suspended"), page_text(p, TEXT_clock_paused), state);
    for (size_t i = 0; p->pack != NULL && i < p->pack->organs->count; i++) {
        const struct law_organ *one = &p->pack->organs->list[i];
        if (one->kind != LAW_ORGAN_EXTERNAL && supervises(p, one->id))
            option_add(organs, one->id, one->name.in[p->lang], organ);
    }
}

static struct str step_words(struct page *p, const struct json *step) {
    struct str who = json_is_true(json_get(step, STR("applicant")))
                         ? page_text(p, TEXT_by_applicant)
                         : page_name(json_get(step, STR("post")));
    struct str from = str_sub(json_get_text(step, STR("from")), 0, 10);
    struct str to = str_sub(json_get_text(step, STR("to")), 0, 10);
    return arena_printf(p->arena, "%.*s – %.*s: %.*s, %.*s", STR_ARG(from),
                        STR_ARG(to.len > 0 ? to : page_text(p, TEXT_path_now)),
                        STR_ARG(json_get_text(step, STR("title"))), STR_ARG(who));
}

static void clock_row(struct page *p, struct json *list, const struct json *from) {
    struct json *clock = json_copy(from, p->arena);
    const struct json *path = json_get(from, STR("path"));
    page_left(p, clock);
    struct json *steps = json_arr(p->arena);
    for (size_t i = 0; i < json_count(path); i++)
        json_push_str(steps, step_words(p, json_item(path, i)));
    json_set(clock, STR("path"), steps);
    json_set_str(clock, STR("clock_title"), json_get_text(from, STR("title")));
    json_set_str(clock, STR("matter_title"), page_name(json_get(from, STR("matter"))));
    json_set_str(clock, STR("organ_name"), page_name(json_get(from, STR("organ"))));
    json_set_str(clock, STR("post_title"), page_name(json_get(from, STR("post"))));
    json_push(list, clock);
}

/* One row for each organ and post: how many are over, how many run. */
struct spread {
    struct str organ, post;
    int64_t over, running;
};

static size_t spread_count(struct spread *rows, const struct json *clocks) {
    size_t count = 0;
    for (size_t i = 0; i < json_count(clocks); i++) {
        const struct json *clock = json_item(clocks, i);
        struct str organ = json_get_text(clock, STR("organ_name"));
        struct str post = json_get_text(clock, STR("post_title"));
        size_t k = 0;
        while (k < count && !(str_eq(rows[k].organ, organ) && str_eq(rows[k].post, post)))
            k++;
        if (k == count)
            rows[count++] = (struct spread){.organ = organ, .post = post};
        bool over = str_eq(json_get_text(clock, STR("state")), STR("breached"));
        rows[k].over += over;
        rows[k].running += !over;
    }
    return count;
}

static void spread_set(struct page *p, const struct json *clocks) {
    enum { LENGTH = 1000 };
    struct spread *rows = arena_new(p->arena, struct spread, json_count(clocks));
    size_t count = spread_count(rows, clocks);
    int64_t most = 1, over = 0, running = 0;
    struct json *bars = json_set_arr(p->ctx, STR("bars"));
    for (size_t i = 0; i < count; i++)
        most = MAX_OF(most, rows[i].over + rows[i].running);
    for (size_t i = 0; i < count; i++) {
        struct json *bar = json_push_obj(bars);
        over += rows[i].over;
        running += rows[i].running;
        json_set_str(bar, STR("organ"), rows[i].organ);
        json_set_str(bar, STR("post"), rows[i].post);
        json_set_i64(bar, STR("over"), rows[i].over);
        json_set_i64(bar, STR("soon"), rows[i].running);
        json_set_i64(bar, STR("over_end"), rows[i].over * LENGTH / most);
        json_set_i64(bar, STR("soon_end"), (rows[i].over + rows[i].running) * LENGTH / most);
    }
    struct json *counts = json_set_arr(p->ctx, STR("counts"));
    struct json *one = json_push_obj(counts);
    json_set_str(one, STR("label"), page_text(p, TEXT_supervise_over));
    json_set_i64(one, STR("n"), over);
    one = json_push_obj(counts);
    json_set_str(one, STR("label"), page_text(p, TEXT_supervise_soon));
    json_set_i64(one, STR("n"), running);
}

void page_supervise(struct web_request *r) {
    struct page *p = page_open(r, TEXT_supervise_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    if (!app_view_clocks(&view, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct json *items = json_get(say_localise(p->arena, p->lang, view), STR("items"));
    struct json *clocks = json_set_arr(p->ctx, STR("clocks"));
    for (size_t i = 0; i < json_count(items); i++)
        clock_row(p, clocks, json_item(items, i));
    json_set_bool(p->ctx, STR("at_supervise"), true);
    spread_set(p, clocks);
    supervise_filters(p);
    page_show(p, 200, "desk/supervise");
}

/* ---- administering ---- */

enum { POSTS_SHOWN = 3 }; /* of one account: the demonstration's have one in every organ */

struct account_answer {
    struct str user, name, organ, post;
    struct str fault; /* about the user name, as the service said it */
};

static void account_fields(struct page *p, const struct account_answer *given) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    const struct page_field rows[] = {
        {.name = STR("user"),
         .value = given->user,
         .label = TEXT_admin_user,
         .hint = -1,
         .autocomplete = "off",
         .fault = given->fault},
        {.name = STR("name"), .value = given->name, .label = TEXT_admin_name, .hint = -1},
        {.name = STR("password"),
         .label = TEXT_admin_password,
         .hint = TEXT_admin_password_hint,
         .type = "password",
         .autocomplete = "new-password"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        page_field(p, fields, &rows[i]);
    struct json *options = page_select(
        p, fields,
        &(struct page_field){.name = STR("organ"), .label = TEXT_admin_organ, .hint = -1});
    for (size_t i = 0; p->pack != NULL && i < p->pack->organs->count; i++)
        if (p->pack->organs->list[i].kind != LAW_ORGAN_EXTERNAL)
            option_add(options, p->pack->organs->list[i].id,
                       p->pack->organs->list[i].name.in[p->lang], given->organ);
    options = page_select(
        p, fields, &(struct page_field){.name = STR("post"), .label = TEXT_admin_post, .hint = -1});
    for (size_t i = 0; p->pack != NULL && i < p->pack->post_count; i++)
        option_add(options, p->pack->posts[i].id, p->pack->posts[i].title.in[p->lang], given->post);
}

static void health_row(struct page *p, struct json *list, enum text label,
                       const struct json *value) {
    if (value == NULL)
        return;
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("label"), page_text(p, label));
    json_set(one, STR("text"), json_str(json_text(value), p->arena));
}

static void health_set(struct page *p, const struct json *health) {
    struct json *list = json_set_arr(p->ctx, STR("health"));
    const struct json *audit = json_get(health, STR("audit"));
    const struct json *outbox = json_get(health, STR("outbox"));
    health_row(p, list, TEXT_admin_log_size, json_get(audit, STR("size")));
    health_row(p, list, TEXT_admin_log_root, json_get(audit, STR("root")));
    health_row(p, list, TEXT_admin_outbox, json_get(outbox, STR("waiting")));
    health_row(p, list, TEXT_admin_failing, json_get(outbox, STR("failing")));
    const struct json *packs = json_get(health, STR("packs"));
    json_set(p->ctx, STR("packs"), packs != NULL ? packs : json_arr(p->arena));
}

static struct str appointment(struct page *p, const struct json *post) {
    const struct law_organ *organ = law_organ(p->pack->organs, json_get_text(post, STR("organ")));
    const struct pack_post *of = pack_post(p->pack, json_get_text(post, STR("post")));
    struct text_blanks blanks = {
        organ != NULL ? organ->name.in[p->lang] : json_get_text(post, STR("organ")),
        of != NULL ? of->title.in[p->lang] : json_get_text(post, STR("post"))};
    return text_fill(p->arena, TEXT_organ_and_post, p->lang, blanks);
}

static void accounts_set(struct page *p, const struct json *items) {
    struct json *list = json_set_arr(p->ctx, STR("accounts"));
    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *from = json_item(items, i), *posts = json_get(from, STR("posts"));
        bool locked = json_is_true(json_get(from, STR("locked")));
        struct str last = json_get_text(from, STR("last_sign_in_text"));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("user"), json_get_text(from, STR("user")));
        json_set_str(one, STR("name"), json_get_text(from, STR("name")));
        json_set_str(one, STR("last_sign_in_text"),
                     last.len > 0 ? last : page_text(p, TEXT_admin_never));
        json_set_str(one, STR("to_state"), locked ? STR("false") : STR("true"));
        json_set_str(one, STR("action"),
                     page_text(p, locked ? TEXT_admin_unlock : TEXT_admin_lock));
        struct json *lines = json_set_arr(one, STR("post_lines"));
        size_t shown = MIN_OF(json_count(posts), (size_t)POSTS_SHOWN);
        for (size_t k = 0; p->pack != NULL && k < shown; k++)
            json_push_str(lines, appointment(p, json_item(posts, k)));
        if (json_count(posts) > shown)
            json_push_str(lines, text_fill(p->arena, TEXT_admin_posts_more, p->lang,
                                           (struct text_blanks){
                                               .a = arena_printf(p->arena, "%zu",
                                                                 json_count(posts) - shown)}));
    }
}

static void admin_show(struct page *p, int status, const struct account_answer *given,
                       struct str clock_fault) {
    struct err err = {0};
    struct app_ask ask = web_ask(p->r);
    struct json *health, *accounts;
    if (!app_view_health(&health, p->r->reader, &ask, &err) ||
        !app_view_accounts(&accounts, p->r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    page_at(p, STR("/desk/admin"));
    json_set_bool(p->ctx, STR("at_admin"), true);
    health_set(p, say_localise(p->arena, p->lang, health));
    accounts_set(p, json_get(say_localise(p->arena, p->lang, accounts), STR("items")));
    account_fields(p, given);
    page_field(p, json_set_arr(p->ctx, STR("clock_fields")),
               &(struct page_field){.name = STR("now"),
                                    .value = page_now_text(p),
                                    .label = TEXT_admin_clock_field,
                                    .hint = TEXT_admin_clock_hint,
                                    .fault = clock_fault});
    bool saved = str_eq(web_query(p->r, STR("done")), STR("saved"));
    json_set_str(p->ctx, STR("notice"), saved ? page_text(p, TEXT_admin_saved) : STR(""));
    page_show(p, status, "desk/admin");
}

void page_admin(struct web_request *r) {
    struct account_answer none = {.user = STR("")};
    admin_show(page_open(r, TEXT_admin_title), 200, &none, STR_NONE);
}

static void account_saved(struct web_request *r, const struct app_answer *answer) {
    enum err_code code = answer->err.code;
    if (code == ERR_NONE) {
        web_redirect(r, STR("/desk/admin?done=saved"));
        return;
    }
    if (code != ERR_INVALID && code != ERR_CONFLICT && code != ERR_UNKNOWN && code != ERR_RANGE) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    struct page *p = page_open(r, TEXT_admin_title);
    struct account_answer given = {.user = web_field(r, STR("user")),
                                   .name = web_field(r, STR("name")),
                                   .organ = web_field(r, STR("organ")),
                                   .post = web_field(r, STR("post")),
                                   .fault = page_text(p, TEXT_fault_account)};
    admin_show(p, 422, &given, STR_NONE);
}

void page_account_add(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    static const struct str names[] = {STR_INIT("user"), STR_INIT("name"), STR_INIT("password")};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_set_str(body, names[i],
                     i == 2 ? web_field(r, names[i]) : str_trim(web_field(r, names[i])));
    struct json *post = json_push_obj(json_set_arr(body, STR("posts")));
    json_set_str(post, STR("organ"), web_field(r, STR("organ")));
    json_set_str(post, STR("post"), web_field(r, STR("post")));
    const struct app_order order = {.verb = APP_ACCOUNT_ADD, .body = body};
    web_do(r, &order, account_saved);
}

void page_account_lock(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("user"), web_field(r, STR("user")));
    json_set_bool(body, STR("locked"), str_eq(web_field(r, STR("locked")), STR("true")));
    const struct app_order order = {.verb = APP_ACCOUNT_LOCK, .body = body};
    web_do(r, &order, account_saved);
}

static void clock_moved(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code == ERR_NONE) {
        web_redirect(r, STR("/desk/admin?done=saved"));
        return;
    }
    struct page *p = page_open(r, TEXT_admin_title);
    struct account_answer none = {.user = STR("")};
    admin_show(p, 422, &none, page_text(p, TEXT_fault_clock));
}

void page_demo_clock(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("now"), str_trim(web_field(r, STR("now"))));
    const struct app_order order = {.verb = APP_DEMO_CLOCK, .body = body};
    web_do(r, &order, clock_moved);
}
