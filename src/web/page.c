/* web/page.c - the templates, compiled once for the process, and what every page has in common. */
#include "web/page.h"

#include <stdlib.h>
#include <threads.h>

#include "app/process.h"
#include "base/code.h"
#include "os/env.h"
#include "os/log.h"
#include "tmpl/tmpl.h"
#include "web/assets.h"

/* ---- templates and texts: made on first use, never changed ---- */

static struct {
    once_flag once;
    struct tmpl_set *templates;
    const struct json *texts[LANGS];
} ui = {.once = ONCE_FLAG_INIT};

static void ui_make(void) {
    struct arena *arena = arena_create("pages", 64 << 20);
    struct err err = {0};
    ui.templates = tmpl_set_make(TMPL_HTML, arena);
    bool ok = true;
    for (size_t i = 0; ok && i < ui_template_count; i++)
        ok = tmpl_add(ui.templates, ui_templates[i].name, ui_templates[i].source,
                      ui_templates[i].file, &err);
    if (!ok || !tmpl_link(ui.templates, &err)) {
        /* Compiled in and tested: it cannot happen in a program that passed its tests. */
        log_event(LOG_ERROR, "templates-broken", log_err(&err));
        abort();
    }
    for (size_t i = 0; i < LANGS; i++)
        ui.texts[i] = text_tree((enum lang)i, arena);
}

/* ---- the context ---- */

static void path_add(struct buf *out, struct str path) {
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] == '/')
            buf_add_byte(out, '/');
        else
            code_percent_add(out, str_sub(path, i, 1));
    }
}

/* This page in another language: the same path and query with lang=. */
static struct str language_href(struct page *p, struct str path, struct str query,
                                struct str code) {
    struct buf out;
    buf_init(&out, 3 * path.len + query.len + 64);
    path_add(&out, path);
    buf_add_byte(&out, '?');
    struct str rest = query, part;
    while (rest.len > 0 && str_split(&part, &rest, '&')) {
        if (part.len == 0 || str_starts(part, STR("lang=")))
            continue;
        buf_add(&out, part);
        buf_add_byte(&out, '&');
    }
    buf_lit(&out, "lang=");
    buf_add(&out, code);
    struct str href = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
    return href;
}

static void languages_set(struct page *p, struct str path, struct str query) {
    struct json *list = json_set_arr(p->ctx, STR("languages"));
    for (size_t i = 0; i < LANGS; i++) {
        enum lang lang = (enum lang)i;
        if (lang == p->lang)
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("href"), language_href(p, path, query, lang_code(lang)));
        json_set_str(one, STR("tag"), lang_tag(lang));
        json_set_str(one, STR("name"), lang_name(lang));
    }
}

static bool any_post(const struct page *p, bool administers) {
    const struct app_caller *caller = &p->r->caller;
    for (size_t i = 0; p->pack != NULL && i < caller->post_count; i++) {
        const struct pack_post *post = pack_post(p->pack, caller->posts[i].post);
        if (post != NULL && (administers ? post->administers : post->supervises))
            return true;
    }
    return false;
}

static void officer_set(struct page *p) {
    bool desk = str_starts(p->r->http->path, STR("/desk"));
    json_set_bool(p->ctx, STR("desk"), desk);
    json_set(p->ctx, STR("signed_in"), json_null(p->arena));
    if (!desk || p->r->caller.kind != APP_ACCOUNT)
        return;
    struct json *officer = json_set_obj(p->ctx, STR("signed_in"));
    json_set_str(officer, STR("name"), p->r->caller.name);
    json_set_bool(p->ctx, STR("supervises"), any_post(p, false));
    json_set_bool(p->ctx, STR("administers"), any_post(p, true));
    json_set_bool(p->ctx, STR("operates"), app_may(p->r->app, &p->r->caller, APP_RIGHT_OPERATE));
}

struct str page_now_text(struct page *p) {
    char now[CAL_TEXT_MAX];
    size_t len =
        cal_us_format(now, app_now_us(p->r->app), p->pack == NULL ? NULL : p->pack->timezone);
    return arena_str(p->arena, (struct str){now, len});
}

static void demo_set(struct page *p) {
    if (!app_config_of(p->r->app)->demo) {
        json_set(p->ctx, STR("demo"), json_null(p->arena));
        return;
    }
    struct json *demo = json_set_obj(p->ctx, STR("demo"));
    json_set_str(demo, STR("now_text"), say_at(p->arena, p->lang, page_now_text(p), true));
}

static struct page *page_make(struct web_request *r) {
    call_once(&ui.once, ui_make);
    struct page *p = arena_new(r->arena, struct page, 1);
    *p = (struct page){.r = r, .arena = r->arena, .lang = r->lang, .packs = app_packs_hold(r->app)};
    p->pack = app_packs_count(p->packs) == 0 ? NULL : app_packs_at(p->packs, 0);
    p->ctx = json_obj(p->arena);
    return p;
}

struct page *page_open(struct web_request *r, enum text title) {
    struct page *p = page_make(r);
    struct str brand = p->pack == NULL ? STR_NONE : p->pack->title.in[p->lang];
    json_set_str(p->ctx, STR("tag"), lang_tag(p->lang));
    json_set(p->ctx, STR("t"), ui.texts[p->lang]);
    json_set_str(p->ctx, STR("brand"), brand.len > 0 ? brand : text(TEXT_service, p->lang));
    json_set_str(p->ctx, STR("csrf"), web_csrf(r));
    json_set_bool(p->ctx, STR("has_errors"), false);
    json_set(p->ctx, STR("errors"), json_arr(p->arena));
    json_set(p->ctx, STR("crumbs"), json_arr(p->arena));
    json_set(p->ctx, STR("back"), json_null(p->arena));
    json_set(p->ctx, STR("notice"), json_null(p->arena));
    page_title(p, text(title, p->lang));
    languages_set(p, r->http->path, r->http->query);
    officer_set(p);
    demo_set(p);
    return p;
}

void page_at(struct page *p, struct str path) {
    languages_set(p, path, STR_NONE);
}

void page_title(struct page *p, struct str title) {
    json_set(p->ctx, STR("title"), json_str_copy(title, p->arena));
}

/* The lists of the context are made by page_open() and grow here. */
static struct json *list_of(struct page *p, struct str key) {
    struct json *list = json_arr(p->arena);
    const struct json *old = json_get(p->ctx, key);
    for (size_t i = 0; i < json_count(old); i++)
        json_push(list, json_item(old, i));
    json_set(p->ctx, key, list);
    return list;
}

void page_crumb(struct page *p, struct str href, struct str words) {
    struct json *crumb = json_push_obj(list_of(p, STR("crumbs")));
    json_set_str(crumb, STR("href"), href);
    json_set(crumb, STR("text"), json_str_copy(words, p->arena));
}

struct json *page_view(struct page *p, struct str key, const struct json *view) {
    struct json *said = say_localise(p->arena, p->lang, view);
    json_set(p->ctx, key, said);
    return said;
}

struct str page_text(const struct page *p, enum text id) {
    return text(id, p->lang);
}

void page_fault(struct page *p, struct str at, struct str words) {
    struct json *fault = json_push_obj(list_of(p, STR("errors")));
    json_set_str(fault, STR("at"), at);
    json_set_str(fault, STR("text"), words);
    json_set_bool(p->ctx, STR("has_errors"), true);
}

bool page_has_faults(const struct page *p) {
    return json_is_true(json_get(p->ctx, STR("has_errors")));
}

/* ---- showing ---- */

/* Beside every list `x` stands any_x, and any_x_y beside the list y of the object x: Mustache has
 * no other way to say something once when a list is not empty. */
static void any_set(struct page *p, struct str prefix, const struct json *node, unsigned depth) {
    size_t count = json_count(node); /* those set here come after it, and are no lists */
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = json_member_at(node, i);
        struct str name =
            arena_printf(p->arena, "%.*s_%.*s", STR_ARG(prefix), STR_ARG(member->key.text));
        const struct json *value = member->value;
        if (json_is(value, JSON_ARRAY))
            json_set_bool(p->ctx, name, json_count(value) > 0);
        else if (json_is(value, JSON_OBJECT) && depth == 0 && !str_eq(member->key.text, STR("t")))
            any_set(p, name, value, depth + 1);
    }
}

static bool render(struct page *p, struct buf *out, const char *name, struct err *err) {
    any_set(p, STR("any"), p->ctx, 0);
    struct budget budget = budget_of(PAGE_STEPS_MAX, WEB_PAGE_BYTES_MAX);
    return tmpl_render(out, ui.templates, str_from(name), p->ctx, &budget, err) &&
           buf_ok(out, "the page", err);
}

void page_show(struct page *p, int status, const char *name) {
    struct err err = {0};
    struct http_response *response = http_answer(p->r->http);
    bool ok = render(p, &response->body, name, &err);
    page_close(p);
    if (ok) {
        web_send_html(p->r, status);
        return;
    }
    err_context(&err, "page '%s'", name);
    err.code = ERR_INTERNAL;
    web_fail(p->r, &err, NULL);
}

void page_close(struct page *p) {
    if (p->packs != NULL)
        app_packs_let(p->r->app, p->packs);
    p->packs = NULL;
    p->pack = NULL;
}

void page_fail(struct page *p, const struct err *err) {
    page_close(p);
    web_fail(p->r, err, NULL);
}

void page_go(struct page *p, struct str path) {
    page_close(p);
    web_redirect(p->r, path);
}

/* ---- the page of an error: says what to do, and nothing of what exists ---- */

struct error_words {
    int status;
    enum text title, text;
};

static const struct error_words *error_words(int status) {
    static const struct error_words rows[] = {
        {404, TEXT_error_404_title, TEXT_error_404_text},
        {405, TEXT_error_404_title, TEXT_error_404_text},
        {401, TEXT_error_403_title, TEXT_error_403_text},
        {403, TEXT_error_403_title, TEXT_error_403_text},
        {409, TEXT_error_409_title, TEXT_error_409_text},
        {413, TEXT_error_413_title, TEXT_error_413_text},
        {429, TEXT_error_429_title, TEXT_error_429_text},
        {503, TEXT_error_503_title, TEXT_error_503_text},
        {500, TEXT_error_500_title, TEXT_error_500_text},
    };
    static const struct error_words other = {400, TEXT_error_400_title, TEXT_error_400_text};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].status == status)
            return &rows[i];
    return &other;
}

void page_error_render(struct web_request *r, int status, struct str why) {
    const struct error_words *words = error_words(status);
    enum text title = words->title, what = words->text;
    if (status == 403 && str_find(why, STR("token")) != SIZE_MAX) {
        title = TEXT_error_csrf_title;
        what = TEXT_error_csrf_text;
    }
    struct page *p = page_open(r, title);
    struct json *lines = json_set_arr(p->ctx, STR("lines"));
    json_push_str(lines, page_text(p, what));
    if (status >= 429)
        json_push_str(lines, page_text(p, TEXT_error_wait));
    /* A session that ended in the middle of a form: sign in again, go on. */
    json_set_bool(p->ctx, STR("sign_in"), status == 401 && str_starts(r->http->path, STR("/desk")));
    struct err err = {0};
    struct buf *body = &http_answer(r->http)->body;
    if (!render(p, body, "error", &err)) {
        log_event(LOG_ERROR, "error-page-failed", log_err(&err));
        buf_reset(body);
        buf_add(body, page_text(p, title));
    }
    page_close(p);
}

/* ---- small things ---- */

struct str page_token(struct page *p) {
    unsigned char random[16];
    p->r->before = NULL; /* a page with a key of its own is not sent a second time */
    os_random(os_env_real(), random, sizeof random);
    struct buf out;
    buf_init(&out, 64);
    code_base32_add(&out, (struct str){(const char *)random, sizeof random});
    struct str token = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
    return token;
}

unsigned page_place_depth(const struct law_organs *organs, const struct law_place *place) {
    unsigned depth = 0;
    while (place != NULL && place->parent.len > 0 && depth < NEST_DEPTH_MAX) {
        place = law_place(organs, place->parent);
        depth++;
    }
    return depth;
}

struct str page_name(const struct json *node) {
    static const struct str keys[] = {STR_INIT("name"), STR_INIT("title"), STR_INIT("id")};
    if (json_is(node, JSON_STRING))
        return json_text(node);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (json_get_text(node, keys[i]).len > 0)
            return json_get_text(node, keys[i]);
    return STR_NONE;
}
