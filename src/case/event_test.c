#include "base/test.h"
#include "case/case.h"
#include "case/words.h"

void test_case_event_round_trip(void) {
    struct buf bytes;
    struct err err = {0};
    struct case_event event = {
        .kind = CASE_EVENT_clock_started,
        .seq = 7,
        .at_us = -1,
        .actor = {CASE_ACTOR_OFFICER, 3, STR("lucheng"), STR("clerk")},
    };
    event.as.clock_started =
        (struct case_event_clock_started){STR("decide"), 1767225600000000, 1767000000000000};
    buf_init(&bytes, 1000);
    case_event_encode(&bytes, &event);
    struct case_event got;
    CHECK_OK(case_event_decode(&got, buf_view(&bytes), &err), &err);
    CHECK(got.kind == event.kind && got.seq == 7 && got.at_us == -1 && got.actor.account == 3);
    CHECK_STR(got.actor.post, STR("clerk"));
    CHECK_STR(got.as.clock_started.clock, STR("decide"));
    CHECK_INT(got.as.clock_started.due_us, 1767225600000000);
    CHECK_INT(got.as.clock_started.from_us, 1767000000000000);
    struct buf again;
    buf_init(&again, 1000);
    case_event_encode(&again, &got);
    CHECK_STR(buf_view(&again), buf_view(&bytes));
    buf_done(&again);
    buf_done(&bytes);
}

/* An event written before a field was added ends early: the new field is zero. Cut anywhere else,
 * or with bytes behind it, it is broken. */
void test_case_event_broken(void) {
    struct buf bytes;
    struct err err = {0};
    struct case_event event = {.kind = CASE_EVENT_noted, .seq = 1}, got = {.seq = 99};
    event.as.noted.text = STR("a note");
    buf_init(&bytes, 1000);
    case_event_encode(&bytes, &event);
    struct str all = buf_view(&bytes);
    size_t head = all.len - 7;
    for (size_t len = 0; len < all.len; len++) {
        bool ok = case_event_decode(&got, str_sub(all, 0, len), &err);
        CHECK(ok == (len == head));
        if (ok)
            CHECK_STR(got.as.noted.text, STR(""));
        err_reset(&err);
    }
    buf_add_byte(&bytes, 0);
    CHECK(!case_event_decode(&got, buf_view(&bytes), &err) && err.code == ERR_CORRUPT);
    err_reset(&err);
    CHECK(!case_event_decode(&got, STR("\xFF\x01"), &err) && err.code == ERR_CORRUPT);
    buf_done(&bytes);
}

void test_case_event_names(void) {
    for (int kind = 0; kind < CASE_EVENTS; kind++) {
        CHECK(case_event_name((enum case_event_kind)kind).len > 0);
        for (int lang = 0; lang < LANGS; lang++)
            CHECK(case_event_title((enum case_event_kind)kind, (enum lang)lang).len > 0);
    }
    CHECK_STR(case_event_name(CASE_EVENT_task_claimed), STR("task_claimed"));
}

void test_case_reference_check_digit(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct str made = case_reference_make(a, STR("330302"), 2026, 123), read;
    CHECK_INT((int64_t)made.len, 18);
    CHECK(str_starts(made, STR("330302-26-000123-")));
    CHECK(case_reference_read(&read, a, made));
    CHECK_STR(read, made);
    struct buf typed;
    buf_init(&typed, 100);
    for (size_t i = 0; i < made.len; i++) /* blanks anywhere, no dashes */
        if (made.at[i] != '-')
            buf_printf(&typed, "%c ", made.at[i]);
    CHECK(case_reference_read(&read, a, buf_view(&typed)));
    CHECK_STR(read, made);
    /* every wrong digit, and every swap of two neighbours that differ, is found */
    char text[32];
    for (size_t i = 0; i < made.len; i++) {
        memcpy(text, made.at, made.len);
        for (char c = '0'; c <= '9' && made.at[i] != '-'; c++) {
            text[i] = c;
            CHECK(case_reference_read(&read, a, (struct str){text, made.len}) == (c == made.at[i]));
        }
        memcpy(text, made.at, made.len);
        if (i + 1 == made.len || text[i] == '-' || text[i + 1] == '-' || text[i] == text[i + 1])
            continue;
        text[i] = made.at[i + 1];
        text[i + 1] = made.at[i];
        CHECK(!case_reference_read(&read, a, (struct str){text, made.len}));
    }
    CHECK(!case_reference_read(&read, a, STR("")) && !case_reference_read(&read, a, STR("0")));
    CHECK(!case_reference_read(&read, a, STR("330302-26-00012x-1")));
    struct str large = case_reference_make(a, STR(""), 2099, 12345678);
    CHECK(case_reference_read(&read, a, large));
    CHECK_STR(read, large);
    buf_done(&typed);
    arena_destroy(a);
}

void test_words_dates(void) {
    struct arena *a = arena_create("test", 1 << 16);
    struct cal_date date = {.year = 2026, .month = 11, .day = 21};
    CHECK_STR(words_date(a, date, LANG_zh), STR("2026年11月21日"));
    CHECK_STR(words_date(a, date, LANG_en), STR("21 November 2026"));
    CHECK_STR(words_date_weekday(a, date, LANG_zh), STR("2026年11月21日（星期六）"));
    CHECK_STR(words_date_weekday(a, date, LANG_en), STR("Saturday 21 November 2026"));
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    CHECK_STR(words_moment(a, 0, zone, LANG_en), STR("1 January 1970, 08:00"));
    CHECK_STR(words_moment(a, 0, zone, LANG_zh), STR("1970年1月1日 08:00"));
    struct cal_term five = {5, CAL_UNIT_WORKING_DAY}, one = {1, CAL_UNIT_MONTH};
    CHECK_STR(words_term(a, five, LANG_zh), STR("5个工作日"));
    CHECK_STR(words_term(a, five, LANG_en), STR("5 working days"));
    CHECK_STR(words_term(a, one, LANG_en), STR("1 month"));
    arena_destroy(a);
}
