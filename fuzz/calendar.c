/* A calendar that is read counts without contradiction: adding n working days and counting back
 * agree, and office hours ascend. */
#include "cal/calendar.h"

#include "fuzz/fuzz.h"

static void count_days(const struct cal_calendar *c, struct cal_date from) {
    for (int64_t n = 1; n < 40; n += 3) {
        struct cal_date day;
        struct err err = {0};
        int64_t back = 0;
        bool working = false;
        if (!cal_add_working_days(&day, c, from, n, &err)) {
            FUZZ_CHECK(err.code == ERR_RANGE, &err);
            return;
        }
        FUZZ_CHECK(cal_working_days_between(&back, c, from, day, &err) && back == n, &err);
        FUZZ_CHECK(cal_is_working_day(&working, c, day, &err) && working, &err);
        FUZZ_CHECK(cal_last_working_day(&day, c, day, &err), &err);
    }
}

static void look_at_hours(const struct cal_calendar *c, struct cal_date day) {
    struct cal_openings openings;
    struct err err = {0};
    FUZZ_CHECK(cal_office_day(&openings, c, NULL, day, &err), &err);
    for (uint32_t i = 0; i < openings.count; i++) {
        FUZZ_CHECK(openings.at[i].from_minute < openings.at[i].to_minute, NULL);
        FUZZ_CHECK(openings.at[i].to_minute <= 1440, NULL);
        FUZZ_CHECK(i == 0 || openings.at[i - 1].to_minute < openings.at[i].from_minute, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    struct cal_calendar *calendar = NULL;
    if (cal_calendar_read(&calendar, fuzz_input(bytes, len), "fuzz", arena, &budget, &err)) {
        struct cal_date first = {2026, 1, 1}, last;
        if (cal_calendar_covers(&first, &last, calendar))
            count_days(calendar, first);
        for (int64_t day = 0; day < 7; day++)
            if (cal_date_add_days(&last, first, day))
                look_at_hours(calendar, last);
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_INVALID || err.code == ERR_LIMIT ||
                       err.code == ERR_UNSUPPORTED,
                   &err);
    }
    arena_destroy(arena);
    return 0;
}
