/* web/page_view.c - parts of case views that several pages show: clocks with their bars, and the
 * time line. */
#include "web/page.h"

enum { BAR = 1000 }; /* a bar's whole length, in units of its drawing */

/* A time of a view, or 0. */
static int64_t time_of(const struct json *node, struct str key) {
    int64_t at_us = 0;
    struct str text = json_get_text(node, key);
    return text.len > 0 && cal_us_parse(&at_us, text) ? at_us : 0;
}

static int64_t along(int64_t at_us, int64_t from_us, int64_t to_us) {
    if (at_us <= from_us || to_us <= from_us)
        return 0;
    if (at_us >= to_us)
        return BAR;
    /* whole seconds: microseconds times BAR would pass int64_t after 292 years */
    return (at_us - from_us) / CAL_SECOND_US * BAR / MAX_OF((to_us - from_us) / CAL_SECOND_US, 1);
}

struct span {
    int64_t from_us, to_us; /* of the whole bar */
};

static void pause_add(struct json *pauses, struct span bar, int64_t from_us, int64_t to_us) {
    int64_t x = along(from_us, bar.from_us, bar.to_us), end = along(to_us, bar.from_us, bar.to_us);
    if (end <= x)
        return;
    struct json *one = json_push_obj(pauses);
    json_set_i64(one, STR("from"), x);
    json_set_i64(one, STR("width"), end - x);
}

/* The times for which this clock stood still: the time line tells of them by the clock's title. */
static void pauses_set(struct json *clock, const struct json *timeline, struct span bar,
                       int64_t now_us) {
    struct json *pauses = json_set_arr(clock, STR("pauses"));
    struct str title = json_get_text(clock, STR("title"));
    int64_t since_us = 0;
    for (size_t i = 0; i < json_count(timeline); i++) {
        const struct json *event = json_item(timeline, i);
        struct str kind = json_get_text(event, STR("kind"));
        if (!str_eq(json_get_text(event, STR("text")), title))
            continue;
        if (str_eq(kind, STR("clock_suspended"))) {
            since_us = time_of(event, STR("at"));
        } else if (str_eq(kind, STR("clock_resumed")) && since_us > 0) {
            pause_add(pauses, bar, since_us, time_of(event, STR("at")));
            since_us = 0;
        }
    }
    if (since_us > 0)
        pause_add(pauses, bar, since_us, now_us);
}

static void bar_set(struct json *clock, const struct json *timeline, int64_t now_us) {
    int64_t from_us = time_of(clock, STR("started")), due_us = time_of(clock, STR("due"));
    int64_t until_us = time_of(clock, STR("stopped"));
    bool over = until_us == 0 && now_us > due_us;
    json_set_bool(clock, STR("bar"), from_us > 0 && due_us > from_us && until_us == 0);
    struct span bar = {from_us, over ? now_us : due_us};
    json_set_i64(clock, STR("used"), along(now_us, bar.from_us, bar.to_us));
    json_set(clock, STR("over"), json_null(clock->arena));
    if (over) {
        int64_t x = along(due_us, bar.from_us, bar.to_us);
        json_set_i64(clock, STR("over_from"), x);
        json_set_i64(clock, STR("over"), BAR - x);
    }
    pauses_set(clock, timeline, bar, now_us);
}

void page_left(struct page *p, struct json *node) {
    struct say_left left = say_clock(p->arena, p->lang, node);
    json_set_str(node, STR("words"), left.words);
    json_set_str(node, STR("mark"), left.mark);
}

/* Running clocks before those that are over; within them the order of the matter. */
static bool is_over(const struct json *clock) {
    return str_eq(json_get_text(clock, STR("state")), STR("stopped"));
}

void page_clocks(struct page *p, const struct json *case_view) {
    const struct json *clocks = json_get(case_view, STR("clocks"));
    const struct json *timeline = json_get(case_view, STR("timeline"));
    struct json *list = json_set_arr(p->ctx, STR("clocks"));
    int64_t now_us = app_now_us(p->r->app);
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < json_count(clocks); i++) {
            const struct json *from = json_item(clocks, i);
            struct str state = json_get_text(from, STR("state"));
            if (is_over(from) != (pass == 1) || str_eq(state, STR("none")))
                continue;
            struct json *clock = json_copy(from, p->arena);
            page_left(p, clock);
            bar_set(clock, timeline, now_us);
            struct str since = json_get_text(clock, STR("suspended_since_text"));
            json_set_str(clock, STR("paused_text"),
                         since.len == 0 ? STR("")
                                        : text_fill(p->arena, TEXT_clock_paused_since, p->lang,
                                                    (struct text_blanks){.a = since}));
            if (is_over(clock) || since.len > 0)
                json_set_str(clock, STR("due_text"), STR(""));
            json_push(list, clock);
        }
}

static struct str who(struct page *p, const struct json *by) {
    struct str kind = json_get_text(by, STR("kind"));
    if (str_eq(kind, STR("applicant")))
        return page_text(p, TEXT_by_applicant);
    if (str_eq(kind, STR("system")))
        return page_text(p, TEXT_by_system);
    struct str organ = page_name(json_get(by, STR("organ")));
    struct str post = page_name(json_get(by, STR("post")));
    if (organ.len == 0 && post.len == 0)
        return STR("");
    return text_fill(p->arena, TEXT_organ_and_post, p->lang, (struct text_blanks){organ, post});
}

static struct str said(const struct json *event, struct str key) {
    const struct json *value = json_get(event, key);
    return json_is(value, JSON_STRING) ? json_text(value) : STR("");
}

/* Events that somebody did; the others follow from them by the procedure. */
static bool is_deed(struct str kind) {
    static const struct str kinds[] = {
        STR_INIT("submitted"),      STR_INIT("document_attached"), STR_INIT("corrected"),
        STR_INIT("withdrawn"),      STR_INIT("task_claimed"),      STR_INIT("task_released"),
        STR_INIT("task_completed"), STR_INIT("clock_extended"),
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kinds[i], kind))
            return true;
    return false;
}

/* Several papers that came in together are one event: the text of all of them, and *i at the first.
 */
static struct str papers(struct page *p, const struct json *timeline, size_t *i) {
    struct str names = said(json_item(timeline, *i), STR("text"));
    while (*i > 0) {
        const struct json *before = json_item(timeline, *i - 1);
        const struct json *event = json_item(timeline, *i);
        if (!str_eq(json_get_text(before, STR("kind")), json_get_text(event, STR("kind"))) ||
            !str_eq(json_get_text(before, STR("at")), json_get_text(event, STR("at"))))
            break;
        struct text_blanks both = {said(before, STR("text")), names};
        names = text_fill(p->arena, TEXT_list_and, p->lang, both);
        (*i)--;
    }
    return names;
}

void page_timeline(struct page *p, const struct json *case_view) {
    const struct json *timeline = json_get(case_view, STR("timeline"));
    struct json *list = json_set_arr(p->ctx, STR("timeline"));
    for (size_t i = json_count(timeline); i-- > 0;) {
        const struct json *event = json_item(timeline, i);
        struct str kind = json_get_text(event, STR("kind"));
        struct str about = said(event, STR("text")), outcome = said(event, STR("outcome"));
        if (str_eq(kind, STR("document_attached")))
            about = papers(p, timeline, &i);
        if (outcome.len > 0)
            about = arena_printf(p->arena, "%.*s: %.*s", STR_ARG(about), STR_ARG(outcome));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("title"), said(event, STR("title")));
        json_set_str(one, STR("text"), about);
        json_set_str(one, STR("reasons"), said(event, STR("reasons")));
        json_set_str(one, STR("at"), said(event, STR("at")));
        json_set_str(one, STR("at_text"), said(event, STR("at_text")));
        json_set_str(one, STR("by"), is_deed(kind) ? who(p, json_get(event, STR("by"))) : STR(""));
    }
}
