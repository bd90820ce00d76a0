/* web/say_test.c - dates and time left in words, views in one language, the table of texts. */
#include "web/say.h"

#include "base/test.h"
#include "web/texts.h"

static const struct date_row {
    int line;
    const char *at;
    bool with_clock;
    const char *zh, *en;
} date_rows[] = {
    {__LINE__, "2026-11-23T09:30:00+08:00", false, "2026年11月23日（星期一）",
     "Monday 23 November 2026"},
    {__LINE__, "2026-11-23T09:30:00+08:00", true, "2026年11月23日（星期一） 09:30",
     "Monday 23 November 2026, 09:30"},
    {__LINE__, "2028-02-29", true, "2028年2月29日（星期二）", "Tuesday 29 February 2028"},
    {__LINE__, "soon", true, "soon", "soon"},
    {__LINE__, "2026-02-30T00:00:00Z", true, "2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z"},
};

void test_say_dates(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(date_rows); i++) {
        const struct date_row *row = &date_rows[i];
        struct str at = str_from(row->at);
        CHECK_STR_AT(row->line, say_at(arena, LANG_zh, at, row->with_clock), str_from(row->zh));
        CHECK_STR_AT(row->line, say_at(arena, LANG_en, at, row->with_clock), str_from(row->en));
    }
    arena_destroy(arena);
}

static const struct clock_row {
    int line;
    const char *clock, *zh, *en, *mark;
} clock_rows[] = {
    {__LINE__, "{\"state\":\"running\",\"days_left\":3,\"unit\":\"working_day\"}", "还剩3个工作日",
     "3 working days left", "m-tag--soon"},
    {__LINE__, "{\"state\":\"running\",\"days_left\":12,\"unit\":\"calendar_day\"}", "还剩12天",
     "12 days left", ""},
    {__LINE__, "{\"state\":\"running\",\"days_left\":1,\"unit\":\"working_day\"}", "还剩1个工作日",
     "1 working day left", "m-tag--soon"},
    {__LINE__, "{\"state\":\"running\",\"days_left\":0,\"unit\":\"working_day\"}", "今天到期",
     "due today", "m-tag--soon"},
    {__LINE__, "{\"state\":\"breached\",\"days_over\":2,\"unit\":\"calendar_day\"}", "超期2天",
     "2 days over", "m-tag--over"},
    {__LINE__, "{\"state\":\"breached\",\"days_over\":1,\"unit\":\"working_day\"}", "超期1个工作日",
     "1 working day over", "m-tag--over"},
    {__LINE__, "{\"state\":\"suspended\",\"days_left\":4,\"unit\":\"working_day\"}", "计时暂停",
     "Clock stopped for now", ""},
    {__LINE__, "{\"state\":\"stopped\",\"days_over\":0}", "已按期完成", "Done in time",
     "m-tag--done"},
    {__LINE__, "{\"state\":\"stopped\",\"days_over\":2}", "已完成，但超期", "Done, but late",
     "m-tag--done"},
    {__LINE__, "{}", "", "", ""},
};

static const struct json *read(struct arena *arena, const char *text) {
    struct err err = {0};
    struct budget budget = budget_of(10000, 1 << 20);
    const struct json *node = NULL;
    CHECK_OK(json_read(&node, str_from(text), "test", arena, &budget, &err), &err);
    return node;
}

void test_say_clock(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(clock_rows); i++) {
        const struct clock_row *row = &clock_rows[i];
        const struct json *clock = read(arena, row->clock);
        CHECK_STR_AT(row->line, say_clock(arena, LANG_zh, clock).words, str_from(row->zh));
        CHECK_STR_AT(row->line, say_clock(arena, LANG_en, clock).words, str_from(row->en));
        CHECK_STR_AT(row->line, say_clock(arena, LANG_en, clock).mark, str_from(row->mark));
    }
    arena_destroy(arena);
}

void test_say_localise(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    const struct json *view =
        read(arena, "{\"title\":{\"zh\":\"居住证\",\"en\":\"Permit\"},\"only\":{\"zh\":\"甲\"},"
                    "\"items\":[{\"due\":\"2026-11-23T00:00:00+08:00\"},{\"due\":\"2026-11-23T23:"
                    "59:59+08:00\"},"
                    "{\"due\":\"2026-11-23T10:30:00+08:00\"}],\"other\":{\"zh\":1},"
                    "\"empty\":{}}");
    struct json *en = say_localise(arena, LANG_en, view);
    CHECK_STR(json_get_text(en, STR("title")), STR("Permit"));
    CHECK_STR(json_get_text(en, STR("only")), STR("甲"));
    const struct json *item = json_item(json_get(en, STR("items")), 0);
    CHECK_STR(json_get_text(item, STR("due")), STR("2026-11-23T00:00:00+08:00"));
    CHECK_STR(json_get_text(item, STR("due_text")), STR("Sunday 22 November 2026"));
    item = json_item(json_get(en, STR("items")), 1);
    CHECK_STR(json_get_text(item, STR("due_text")), STR("Monday 23 November 2026"));
    item = json_item(json_get(en, STR("items")), 2);
    CHECK_STR(json_get_text(item, STR("due_text")), STR("Monday 23 November 2026, 10:30"));
    CHECK(json_is(json_get(en, STR("other")), JSON_OBJECT));
    CHECK(json_is(json_get(en, STR("empty")), JSON_OBJECT));
    arena_destroy(arena);
}

void test_say_sizes(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    CHECK_STR(say_size(arena, 999), STR("999 B"));
    CHECK_STR(say_size(arena, 1500), STR("2 kB"));
    CHECK_STR(say_size(arena, 20 * 1024 * 1024), STR("21.0 MB"));
    arena_destroy(arena);
}

void test_texts_fill(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    struct text_blanks blanks = {STR("x.pdf"), STR("20")};
    CHECK_STR(text_fill(arena, TEXT_fault_file_large, LANG_en, blanks),
              STR("“x.pdf” is too large. A file may have 20 MB at most: make it smaller or split "
                  "it."));
    CHECK_STR(text_count(arena, (struct text_plural){TEXT_left_working_one, TEXT_left_working_many},
                         LANG_zh, 5),
              STR("还剩5个工作日"));
    CHECK_INT((int64_t)json_count(text_tree(LANG_en, arena)), TEXTS);
    arena_destroy(arena);
}
