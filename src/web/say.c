/* web/say.c - nothing here knows what time it is: what is left was counted by the view, in the
 * unit of the law, and is only put into words. */
#include "web/say.h"

#include "case/words.h"
#include "web/texts.h"

enum {
    LOCALISE_DEPTH_MAX = 32, /* views are at most nine deep */
    SOON_DAYS = 3            /* what is due this soon is marked */
};

struct str say_at(struct arena *arena, enum lang lang, struct str at, bool with_clock) {
    struct cal_date date;
    if (at.len < 10 || !cal_date_parse(&date, str_sub(at, 0, 10)))
        return at;
    struct str day = words_date_weekday(arena, date, lang);
    if (!with_clock || at.len < 16)
        return day;
    return text_fill(arena, TEXT_date_time, lang,
                     (struct text_blanks){.a = day, .b = str_sub(at, 11, 5)});
}

struct str say_size(struct arena *arena, uint64_t bytes) {
    if (bytes < 1000)
        return arena_printf(arena, "%llu B", (unsigned long long)bytes);
    if (bytes < 1000 * 1000)
        return arena_printf(arena, "%llu kB", (unsigned long long)((bytes + 500) / 1000));
    uint64_t tenths = (bytes + 50000) / 100000;
    return arena_printf(arena, "%llu.%llu MB", (unsigned long long)(tenths / 10),
                        (unsigned long long)(tenths % 10));
}

static struct say_left over(struct arena *arena, enum lang lang, int64_t days, bool working) {
    struct text_plural texts = {TEXT_over_calendar_one, TEXT_over_calendar_many};
    if (working)
        texts = (struct text_plural){TEXT_over_working_one, TEXT_over_working_many};
    struct str words =
        days <= 0 ? text(TEXT_over_today, lang) : text_count(arena, texts, lang, days);
    return (struct say_left){words, STR("m-tag--over")};
}

static struct say_left left(struct arena *arena, enum lang lang, int64_t days, bool working) {
    struct text_plural texts = {TEXT_left_calendar_one, TEXT_left_calendar_many};
    if (working)
        texts = (struct text_plural){TEXT_left_working_one, TEXT_left_working_many};
    struct str words =
        days <= 0 ? text(TEXT_left_today, lang) : text_count(arena, texts, lang, days);
    return (struct say_left){words, days <= SOON_DAYS ? STR("m-tag--soon") : STR("")};
}

struct say_left say_clock(struct arena *arena, enum lang lang, const struct json *clock) {
    struct str state = json_get_text(clock, STR("state"));
    bool working = str_eq(json_get_text(clock, STR("unit")), STR("working_day"));
    int64_t days_left = 0, days_over = 0;
    bool has_left = json_to_i64(&days_left, json_get(clock, STR("days_left")));
    bool has_over = json_to_i64(&days_over, json_get(clock, STR("days_over")));
    if (str_eq(state, STR("suspended")))
        return (struct say_left){text(TEXT_clock_paused, lang), STR("")};
    if (str_eq(state, STR("stopped")) || str_eq(state, STR("done"))) {
        if (has_over && days_over > 0)
            return (struct say_left){text(TEXT_clock_done_late, lang), STR("m-tag--done")};
        return (struct say_left){text(TEXT_clock_done, lang), STR("m-tag--done")};
    }
    if (str_eq(state, STR("breached")) || (has_over && days_over > 0))
        return over(arena, lang, days_over, working);
    if (has_left)
        return left(arena, lang, days_left, working);
    return (struct say_left){STR(""), STR("")};
}

/* ---- views in one language ---- */

static bool is_texts(const struct json *node) {
    if (!json_is(node, JSON_OBJECT) || json_count(node) == 0 || json_count(node) > LANGS)
        return false;
    for (size_t i = 0; i < json_count(node); i++) {
        const struct json_member *member = json_member_at(node, i);
        enum lang lang;
        if (!lang_find(&lang, member->key.text) || !json_is(member->value, JSON_STRING))
            return false;
    }
    return true;
}

static const struct json *in_language(const struct json *texts, enum lang lang) {
    const struct json *found = json_get(texts, lang_code(lang));
    return found != NULL ? found : json_member_at(texts, 0)->value;
}

/* What is due at the end of a day is told by the day; in hours and minutes, by the minute too. */
static struct str due_words(struct arena *arena, enum lang lang, struct str due) {
    struct cal_date date;
    struct str clock = str_sub(due, 10, 6);
    bool midnight = str_eq(clock, STR("T00:00"));
    if (midnight && cal_date_parse(&date, str_sub(due, 0, 10)) &&
        cal_date_add_days(&date, date, -1))
        return words_date_weekday(arena, date, lang); /* the midnight after the last day */
    return say_at(arena, lang, due, clock.len > 0 && !str_eq(clock, STR("T23:59")));
}

/* The members that are times: true for those whose hour matters. */
static bool is_time(bool *with_clock, struct str key) {
    static const struct {
        struct str key;
        bool with_clock;
    } rows[] = {
        {STR_INIT("at"), true},           {STR_INIT("due"), false},
        {STR_INIT("since"), false},       {STR_INIT("submitted"), true},
        {STR_INIT("closed"), false},      {STR_INIT("saved"), true},
        {STR_INIT("next_open"), true},    {STR_INIT("last_sign_in"), true},
        {STR_INIT("valid_until"), false}, {STR_INIT("suspended_since"), false},
        {STR_INIT("now"), true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(rows[i].key, key)) {
            *with_clock = rows[i].with_clock;
            return true;
        }
    return false;
}

static const struct json *localise(struct arena *arena, enum lang lang, const struct json *node,
                                   unsigned depth);

static struct json *localise_object(struct arena *arena, enum lang lang, const struct json *node,
                                    unsigned depth) {
    size_t count = json_count(node);
    struct json *copy = json_obj_room((uint32_t)count, arena);
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = json_member_at(node, i);
        struct str key = member->key.text;
        json_set_key(copy, &member->key, localise(arena, lang, member->value, depth + 1));
        bool with_clock;
        if (!json_is(member->value, JSON_STRING) || !is_time(&with_clock, key))
            continue;
        struct str at = json_text(member->value);
        struct str words = str_eq(key, STR("due")) ? due_words(arena, lang, at)
                                                   : say_at(arena, lang, at, with_clock);
        json_set_str(copy, arena_printf(arena, "%.*s_text", STR_ARG(key)), words);
    }
    return copy;
}

/* Texts and numbers are the view's own: they are not copied. */
static const struct json *localise(struct arena *arena, enum lang lang, const struct json *node,
                                   unsigned depth) {
    if (node == NULL || depth > LOCALISE_DEPTH_MAX)
        return json_null(arena);
    if (is_texts(node))
        node = in_language(node, lang);
    switch (node->kind) {
    case JSON_OBJECT: return localise_object(arena, lang, node, depth);
    case JSON_ARRAY: {
        struct json *copy = json_arr(arena);
        for (size_t i = 0; i < json_count(node); i++)
            json_push(copy, localise(arena, lang, json_item(node, i), depth + 1));
        return copy;
    }
    default: return node;
    }
}

struct json *say_localise(struct arena *arena, enum lang lang, const struct json *view) {
    if (json_is(view, JSON_OBJECT) && !is_texts(view))
        return localise_object(arena, lang, view, 0);
    return json_copy(localise(arena, lang, view, 0), arena);
}
