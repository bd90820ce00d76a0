/* web/page_steps.c - how long the steps of a matter's cases, or of a process's instances, take: the
 * procedure coloured, and the numbers. */
#include "web/handlers.h"
#include "web/page.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, MONTHS_OFFERED = 36 };

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

/* "timer", in the reader's words. */
static struct str kind_words(struct page *p, struct str kind) {
    static const struct {
        struct str kind;
        enum text words;
    } kinds[] = {
        {STR_INIT("task"), TEXT_step_kind_task},
        {STR_INIT("timer"), TEXT_step_kind_timer},
        {STR_INIT("message"), TEXT_step_kind_message},
        {STR_INIT("signal"), TEXT_step_kind_signal},
        {STR_INIT("condition"), TEXT_step_kind_condition},
        {STR_INIT("events"), TEXT_step_kind_events},
        {STR_INIT("job"), TEXT_step_kind_job},
        {STR_INIT("call"), TEXT_step_kind_call},
        {STR_INIT("sub_process"), TEXT_step_kind_sub_process},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kinds[i].kind, kind))
            return page_text(p, kinds[i].words);
    return page_text(p, TEXT_step_kind_other);
}

static void row_add(struct page *p, struct json *rows, const struct json *item) {
    struct json *row = json_push_obj(rows);
    bool applicant = json_is_true(json_get(item, STR("applicant")));
    json_set_str(row, STR("step"), json_get_text(item, STR("title")));
    json_set_str(row, STR("kind"),
                 applicant ? page_text(p, TEXT_steps_applicant)
                           : kind_words(p, json_get_text(item, STR("kind"))));
    bool few = json_is_true(json_get(item, STR("few")));
    json_set_str(row, STR("count"),
                 few ? page_text(p, TEXT_steps_few)
                     : number_words(p, json_get(item, STR("count"))));
    json_set_str(row, STR("median"), span_words(p, json_get(item, STR("median_s"))));
    json_set_str(row, STR("p90"), span_words(p, json_get(item, STR("p90_s"))));
    json_set_str(row, STR("longest"), span_words(p, json_get(item, STR("longest_s"))));
    json_set_str(row, STR("late"), number_words(p, json_get(item, STR("late"))));
    json_set_str(row, STR("stopped"), number_words(p, json_get(item, STR("stopped"))));
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

static void organs_set(struct page *p) {
    struct json *organs = json_set_arr(p->ctx, STR("organs"));
    struct str organ = web_query(p->r, STR("organ"));
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

static void versions_set(struct page *p, const struct json *said) {
    struct json *list = json_set_arr(p->ctx, STR("versions"));
    const struct json *versions = json_get(said, STR("versions"));
    for (size_t i = 0; i < json_count(versions); i++) {
        const struct json *one = json_item(versions, i);
        struct str at = json_get_text(one, STR("at_text"));
        struct str label = json_get_text(one, STR("label"));
        option_add(list, json_text(json_get(one, STR("id"))),
                   at.len == 0 ? label
                               : arena_printf(p->arena, "%.*s · %.*s", STR_ARG(label), STR_ARG(at)),
                   web_query(p->r, STR("version")));
    }
}

/* This month and those before it. */
static void months_set(struct page *p, struct str key, struct str chosen) {
    struct json *list = json_set_arr(p->ctx, key);
    struct str now = page_now_text(p);
    int64_t year = 0, month = 0;
    if (!str_to_i64(&year, str_sub(now, 0, 4)) || !str_to_i64(&month, str_sub(now, 5, 7)))
        return;
    for (int i = 0; i < MONTHS_OFFERED; i++) {
        option_add(list, arena_printf(p->arena, "%04lld-%02lld", (long long)year, (long long)month),
                   arena_printf(p->arena, "%04lld-%02lld", (long long)year, (long long)month),
                   chosen);
        year -= month == 1;
        month = month == 1 ? 12 : month - 1;
    }
}

static bool map_set(struct page *p, const struct app_steps_of *of, const struct json *view,
                    const struct json *said, const struct app_ask *ask, struct err *err) {
    const struct json *items = json_get(said, STR("items"));
    struct str *notes = arena_new(p->arena, struct str, json_count(items));
    struct buf svg;
    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *waiting = json_get(json_item(items, i), STR("waiting"));
        notes[i] = span_words(p, json_get(json_item(items, i), STR("median_s")));
        if (json_is(waiting, JSON_NUMBER))
            notes[i] = text_fill(p->arena, TEXT_steps_note, p->lang,
                                 (struct text_blanks){notes[i], json_text(waiting)});
    }
    buf_init(&svg, WEB_PAGE_BYTES_MAX);
    bool ok = app_view_heat_map(&svg, p->r->reader, ask, of, view, notes, err);
    if (ok)
        json_set(p->ctx, STR("map"), json_html(arena_str(p->arena, buf_view(&svg)), p->arena));
    buf_done(&svg);
    return ok;
}

static void about_set(struct page *p, const struct json *said) {
    struct str since = json_get_text(said, STR("since_text"));
    struct str about =
        since.len == 0
            ? STR("")
            : text_fill(p->arena, TEXT_steps_about, p->lang,
                        (struct text_blanks){json_text(json_get(said, STR("steps"))), since});
    json_set_str(p->ctx, STR("about"), about);
}

/* False when the page was answered with what went wrong. */
static bool steps_set(struct page *p, const struct app_steps_of *of) {
    struct err err = {0};
    struct app_ask ask = web_ask(p->r);
    struct json *view;
    if (!app_view_durations(&view, p->r->reader, &ask, of, &err)) {
        page_fail(p, &err);
        return false;
    }
    const struct json *said = say_localise(p->arena, p->lang, view);
    const struct json *items = json_get(said, STR("items"));
    struct json *rows = json_set_arr(p->ctx, STR("rows"));
    for (size_t i = 0; i < json_count(items); i++)
        row_add(p, rows, json_item(items, i));
    about_set(p, said);
    versions_set(p, said);
    if (!map_set(p, of, view, said, &ask, &err)) {
        page_fail(p, &err);
        return false;
    }
    return true;
}

static void page_of(struct page *p, const char *action, const char *choice, enum text title) {
    json_set_str(p->ctx, STR("action"), str_from(action));
    json_set_str(p->ctx, STR("choice"), str_from(choice));
    json_set_str(p->ctx, STR("title"), page_text(p, title));
    json_set_str(p->ctx, STR("chosen_label"),
                 page_text(p, title == TEXT_steps_title ? TEXT_steps_matter : TEXT_steps_process));
    months_set(p, STR("months_from"), web_query(p->r, STR("from")));
    months_set(p, STR("months_to"), web_query(p->r, STR("to")));
    json_set_arr(p->ctx, STR("organs"));
}

void page_steps(struct web_request *r) {
    struct page *p = page_open(r, TEXT_steps_title);
    struct app_steps_of of = {.id = web_query(r, STR("matter"))};
    struct json *choices = json_set_arr(p->ctx, STR("choices"));
    size_t matters = p->pack == NULL ? 0 : p->pack->matter_count;
    if (of.id.len == 0 && matters > 0)
        of.id = p->pack->matters[0].id;
    page_of(p, "/desk/supervise/steps", "matter", TEXT_steps_title);
    for (size_t i = 0; i < matters; i++)
        option_add(choices, p->pack->matters[i].id, p->pack->matters[i].title.in[p->lang], of.id);
    json_set_bool(p->ctx, STR("at_supervise"), true);
    if (!steps_set(p, &of))
        return;
    organs_set(p);
    page_show(p, 200, "desk/steps");
}

void page_process_steps(struct web_request *r) {
    struct page *p = page_open(r, TEXT_steps_process_title);
    struct app_steps_of of = {.id = web_query(r, STR("process")), .is_process = true};
    struct app_ask ask = web_ask(r);
    struct err err = {0};
    struct json *view;
    page_of(p, "/desk/processes", "process", TEXT_steps_process_title);
    json_set_bool(p->ctx, STR("at_operate"), true);
    if (!app_view_processes(&view, r->reader, &ask, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct json *items = json_get(view, STR("items"));
    struct json *choices = json_set_arr(p->ctx, STR("choices"));
    if (of.id.len == 0 && json_count(items) > 0)
        of.id = json_get_text(json_item(items, 0), STR("id"));
    for (size_t i = 0; i < json_count(items); i++)
        option_add(choices, json_get_text(json_item(items, i), STR("id")),
                   json_get_text(json_item(items, i), STR("name")), of.id);
    json_set_bool(p->ctx, STR("no_process"), of.id.len == 0);
    if (of.id.len > 0 && !steps_set(p, &of))
        return;
    page_show(p, 200, "desk/steps");
}
