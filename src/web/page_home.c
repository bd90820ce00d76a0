/* web/page_home.c - the first page, the search, and the organs. */
#include "law/law.h"
#include "web/handlers.h"
#include "web/page.h"

/* ---- the place that a person has chosen: kept in a cookie, changed by ?place= ---- */

static struct str place_chosen(struct page *p) {
    struct str asked = web_query(p->r, STR("place"));
    if (asked.at != NULL) {
        bool known = p->pack != NULL && law_place(p->pack->organs, asked) != NULL;
        http_cookie_set(p->r->http, PAGE_COOKIE_PLACE, known ? asked : STR("none"),
                        known ? PAGE_PLACE_COOKIE_S : -1);
        return known ? asked : STR_NONE;
    }
    struct str kept = http_cookie_get(p->r->http, PAGE_COOKIE_PLACE);
    return p->pack != NULL && law_place(p->pack->organs, kept) != NULL ? kept : STR_NONE;
}

static void cities_set(struct page *p, struct str chosen) {
    struct json *cities = json_set_arr(p->ctx, STR("cities"));
    json_set(p->ctx, STR("place"), json_null(p->arena));
    for (size_t i = 0; p->pack != NULL && i < p->pack->organs->place_count; i++) {
        const struct law_place *place = &p->pack->organs->places[i];
        if (page_place_depth(p->pack->organs, place) != PAGE_DEPTH_CITY)
            continue;
        struct json *one = json_push_obj(cities);
        json_set_str(one, STR("id"), place->id);
        json_set_str(one, STR("name"), place->name.in[p->lang]);
        json_set_bool(one, STR("on"), str_eq(place->id, chosen));
    }
    if (chosen.len > 0)
        json_set_str(json_set_obj(p->ctx, STR("place")), STR("id"), chosen);
}

/* A draft for each matter that this browser has begun. */
static bool drafts_set(struct page *p, const struct app_ask *ask, struct err *err) {
    struct json *list = json_set_arr(p->ctx, STR("drafts"));
    struct str cookie = http_cookie_get(p->r->http, WEB_COOKIE_DRAFT);
    for (size_t i = 0; cookie.len > 0 && p->pack != NULL && i < p->pack->matter_count; i++) {
        const struct pack_matter *matter = &p->pack->matters[i];
        struct json *draft;
        struct str key = arena_printf(p->arena, "%.*s-%.*s", STR_ARG(cookie), STR_ARG(matter->id));
        struct err none = {0};
        if (!app_view_draft(&draft, p->r->reader, ask, key, &none)) {
            if (none.code == ERR_NOT_FOUND)
                continue;
            *err = none;
            return false;
        }
        draft = say_localise(p->arena, p->lang, draft);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("title"), matter->title.in[p->lang]);
        json_set(one, STR("saved_text"),
                 json_str(json_get_text(draft, STR("saved_text")), p->arena));
        json_set(one, STR("href"),
                 json_printf(p->arena, "/matters/%.*s/apply", STR_ARG(matter->id)));
    }
    return true;
}

void page_home(struct web_request *r) {
    struct page *p = page_open(r, TEXT_home_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct app_ask all = {.caller = ask.caller, .query = json_obj(r->arena), .arena = r->arena};
    struct json *matters;
    cities_set(p, place_chosen(p));
    if (!app_view_matters(&matters, r->reader, &all, &err) || !drafts_set(p, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    struct str call = p->pack == NULL ? STR_NONE : p->pack->emergency;
    json_set_str(p->ctx, STR("emergency_call"),
                 call.len == 0 ? STR("")
                               : text_fill(p->arena, TEXT_emergency_call, p->lang,
                                           (struct text_blanks){.a = call}));
    matters = say_localise(p->arena, p->lang, matters);
    json_set(p->ctx, STR("matters"), json_get(matters, STR("items")));
    json_set(p->ctx, STR("categories"), json_get(matters, STR("categories")));
    page_show(p, 200, "home");
}

/* ---- search ---- */

static void found_set(struct page *p, size_t count) {
    struct text_plural texts = {TEXT_search_found_one, TEXT_search_found_many};
    struct str words = count == 0 ? page_text(p, TEXT_search_found_none)
                                  : text_count(p->arena, texts, p->lang, (int64_t)count);
    json_set_str(p->ctx, STR("found_text"), words);
    json_set_bool(p->ctx, STR("nothing"), count == 0);
}

static void search_heading(struct page *p, const struct json *found, struct str q) {
    struct str category = web_query(p->r, STR("category"));
    struct str heading = page_text(p, TEXT_search_title);
    const struct json *categories = json_get(found, STR("categories"));
    if (q.len > 0)
        heading = text_fill(p->arena, TEXT_search_for, p->lang, (struct text_blanks){.a = q});
    else
        for (size_t i = 0; i < json_count(categories); i++)
            if (str_eq(json_get_text(json_item(categories, i), STR("id")), category))
                heading = json_get_text(json_item(categories, i), STR("title"));
    json_set_str(p->ctx, STR("heading"), heading);
    page_title(p, heading);
}

void page_search(struct web_request *r) {
    struct page *p = page_open(r, TEXT_search_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *found;
    if (!app_view_matters(&found, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    found = say_localise(p->arena, p->lang, found);
    struct str q = str_trim(web_query(r, STR("q")));
    json_set_str(p->ctx, STR("q"), q);
    json_set(p->ctx, STR("matters"), json_get(found, STR("items")));
    json_set(p->ctx, STR("organs"), json_get(found, STR("organs")));
    found_set(p, json_count(json_get(found, STR("items"))) +
                     json_count(json_get(found, STR("organs"))));
    search_heading(p, found, q);
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_show(p, 200, "search");
}

/* ---- organs ---- */

static void levels_set(struct page *p, const struct json *organs) {
    struct json *levels = json_set_arr(p->ctx, STR("levels"));
    for (size_t i = 0; i < LAW_LEVELS; i++) {
        struct json *items = json_arr(p->arena);
        for (size_t k = 0; k < json_count(organs); k++)
            if (str_eq(json_get_text(json_item(organs, k), STR("level")),
                       law_level_name((enum law_level)i)))
                json_push(items, json_item(organs, k));
        if (json_count(items) == 0)
            continue;
        struct json *level = json_push_obj(levels);
        json_set_str(level, STR("title"), law_level_title((enum law_level)i, p->lang));
        json_set(level, STR("items"), items);
    }
}

void page_organs(struct web_request *r) {
    struct page *p = page_open(r, TEXT_organs_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *found;
    if (!app_view_organs(&found, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    found = say_localise(p->arena, p->lang, found);
    const struct json *items = json_get(found, STR("items"));
    json_set_bool(p->ctx, STR("at_organs"), true);
    json_set_str(p->ctx, STR("q"), str_trim(web_query(r, STR("q"))));
    found_set(p, json_count(items));
    levels_set(p, items);
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_show(p, 200, "organs");
}

static void hours_set(struct page *p, const struct json *organ) {
    const struct json *hours = json_get(organ, STR("hours"));
    json_set(p->ctx, STR("open_text"), json_null(p->arena));
    json_set_bool(p->ctx, STR("open_now"), json_is_true(json_get(hours, STR("open_now"))));
    json_set(p->ctx, STR("hours_known"), json_bool(json_is(hours, JSON_OBJECT), p->arena));
    struct json *lines = json_set_arr(p->ctx, STR("hours_lines"));
    if (!json_is(hours, JSON_OBJECT))
        return;
    const struct json *today = json_get(hours, STR("today"));
    for (size_t i = 0; i < json_count(today); i++)
        json_push(lines, json_item(today, i));
    if (json_count(today) == 0)
        json_push_str(lines, json_get_text(hours, STR("holiday")).len > 0
                                 ? json_get_text(hours, STR("holiday"))
                                 : page_text(p, TEXT_organ_closed_today));
    struct str next = json_get_text(hours, STR("next_open_text"));
    struct str words = page_text(p, TEXT_organ_closed);
    if (json_is_true(json_get(hours, STR("open_now"))))
        words = page_text(p, TEXT_organ_open_now);
    else if (next.len > 0)
        words =
            text_fill(p->arena, TEXT_organ_closed_until, p->lang, (struct text_blanks){.a = next});
    json_set_str(p->ctx, STR("open_text"), words);
}

/* "tel:" with the digits and a leading plus only. */
static struct str phone_href(struct page *p, struct str phone) {
    struct buf out;
    buf_init(&out, phone.len + 8);
    buf_lit(&out, "tel:");
    for (size_t i = 0; i < phone.len; i++)
        if ((phone.at[i] >= '0' && phone.at[i] <= '9') || (phone.at[i] == '+' && i == 0))
            buf_add_byte(&out, phone.at[i]);
    struct str href = arena_str(p->arena, buf_view(&out));
    buf_done(&out);
    return href;
}

void page_organ(struct web_request *r) {
    struct page *p = page_open(r, TEXT_organs_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    if (!app_view_organ(&view, r->reader, &ask, web_arg(r, "id"), &err)) {
        page_fail(p, &err);
        return;
    }
    struct json *organ = page_view(p, STR("organ"), view);
    page_title(p, json_get_text(organ, STR("name")));
    json_set_bool(p->ctx, STR("at_organs"), true);
    json_set(p->ctx, STR("level_text"),
             json_str(json_get_text(organ, STR("level_title")), p->arena));
    json_set_str(p->ctx, STR("phone_href"), phone_href(p, json_get_text(organ, STR("phone"))));
    const struct json *parent = json_get(organ, STR("parent_organ"));
    json_set(p->ctx, STR("parent"), parent != NULL ? parent : json_null(p->arena));
    hours_set(p, organ);
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_crumb(p, STR("/organs"), page_text(p, TEXT_nav_organs));
    page_show(p, 200, "organ");
}
