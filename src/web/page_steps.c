/* web/page_steps.c - how long the steps of a matter take: the procedure coloured, and the numbers.
 */
#include "web/handlers.h"
#include "web/page.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

/* "3.2 d", "5.0 h", "12 min": tenths, rounded down. */
static struct str span_words(struct page *p, const struct json *seconds) {
    int64_t s;
    if (!json_to_i64(&s, seconds))
        return page_text(p, TEXT_steps_hidden);
    enum text unit = s >= DAY_S    ? TEXT_span_days
                     : s >= HOUR_S ? TEXT_span_hours
                                   : TEXT_span_minutes;
    int64_t of = s >= DAY_S ? DAY_S : s >= HOUR_S ? HOUR_S : MINUTE_S, tenths = s * 10 / of;
    struct str number = of == MINUTE_S || tenths >= 1000
                            ? arena_printf(p->arena, "%lld", (long long)(tenths / 10))
                            : arena_printf(p->arena, "%lld.%lld", (long long)(tenths / 10),
                                           (long long)(tenths % 10));
    return text_fill(p->arena, unit, p->lang, (struct text_blanks){.a = number});
}

static struct str number_words(struct page *p, const struct json *number) {
    return json_is(number, JSON_NUMBER) ? json_text(number) : page_text(p, TEXT_steps_hidden);
}

static void row_add(struct page *p, struct json *rows, const struct json *item) {
    struct json *row = json_push_obj(rows);
    json_set_str(row, STR("step"), json_get_text(item, STR("title")));
    json_set_bool(row, STR("applicant"), json_is_true(json_get(item, STR("applicant"))));
    bool few = json_is_true(json_get(item, STR("few")));
    json_set_str(row, STR("count"),
                 few ? page_text(p, TEXT_steps_few)
                     : number_words(p, json_get(item, STR("count"))));
    json_set_str(row, STR("median"), span_words(p, json_get(item, STR("median_s"))));
    json_set_str(row, STR("p90"), span_words(p, json_get(item, STR("p90_s"))));
    json_set_str(row, STR("mean"), span_words(p, json_get(item, STR("mean_s"))));
    json_set_str(row, STR("late"), number_words(p, json_get(item, STR("late"))));
    json_set_str(row, STR("waiting"), number_words(p, json_get(item, STR("waiting"))));
    json_set_str(row, STR("waiting_median"),
                 span_words(p, json_get(item, STR("waiting_median_s"))));
}

static void option_add(struct json *list, struct str value, struct str label, struct str chosen) {
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("value"), value);
    json_set_str(one, STR("label"), label);
    json_set_bool(one, STR("on"), str_eq(value, chosen));
}

static void filters_set(struct page *p, struct str matter) {
    struct json *matters = json_set_arr(p->ctx, STR("matters"));
    struct json *organs = json_set_arr(p->ctx, STR("organs"));
    struct str organ = web_query(p->r, STR("organ"));
    for (size_t i = 0; i < p->pack->matter_count; i++)
        option_add(matters, p->pack->matters[i].id, p->pack->matters[i].title.in[p->lang], matter);
    for (size_t i = 0; i < p->pack->organs->count; i++) {
        const struct law_organ *one = &p->pack->organs->list[i];
        bool below = false;
        for (size_t k = 0; k < p->r->caller.post_count && !below; k++) {
            const struct pack_post *post = pack_post(p->pack, p->r->caller.posts[k].post);
            below = post != NULL && post->supervises && one->kind != LAW_ORGAN_EXTERNAL &&
                    law_is_below(p->pack->organs, one->id, p->r->caller.posts[k].organ);
        }
        if (below)
            option_add(organs, one->id, one->name.in[p->lang], organ);
    }
}

static bool map_set(struct page *p, const struct json *view, const struct json *said,
                    const struct app_ask *ask, struct err *err) {
    const struct json *items = json_get(said, STR("items"));
    struct str *notes = arena_new(p->arena, struct str, json_count(items));
    struct buf svg;
    for (size_t i = 0; i < json_count(items); i++)
        notes[i] = span_words(p, json_get(json_item(items, i), STR("median_s")));
    buf_init(&svg, WEB_PAGE_BYTES_MAX);
    bool ok = app_view_heat_map(&svg, p->r->reader, ask, view, notes, err);
    if (ok)
        json_set(p->ctx, STR("map"), json_html(arena_str(p->arena, buf_view(&svg)), p->arena));
    buf_done(&svg);
    return ok;
}

void page_steps(struct web_request *r) {
    struct page *p = page_open(r, TEXT_steps_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    struct str matter = web_query(r, STR("matter"));
    if (matter.len == 0 && p->pack != NULL && p->pack->matter_count > 0)
        matter = p->pack->matters[0].id;
    if (!app_view_durations(&view, r->reader, &ask, matter, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct json *said = say_localise(p->arena, p->lang, view);
    const struct json *items = json_get(said, STR("items"));
    struct json *rows = json_set_arr(p->ctx, STR("rows"));
    for (size_t i = 0; i < json_count(items); i++)
        row_add(p, rows, json_item(items, i));
    struct str since = json_get_text(said, STR("since_text"));
    struct str about =
        since.len == 0
            ? STR_NONE
            : text_fill(p->arena, TEXT_steps_about, p->lang,
                        (struct text_blanks){json_text(json_get(said, STR("steps"))), since});
    json_set_str(p->ctx, STR("about"), about.len == 0 ? STR("") : about);
    json_set_bool(p->ctx, STR("at_supervise"), true);
    filters_set(p, matter);
    if (!map_set(p, view, said, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    page_show(p, 200, "desk/steps");
}
