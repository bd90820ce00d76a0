#include "law/law.h"

#include "base/test.h"

static struct arena *test_arena;

/* ---- organs: a small country ---- */

static struct law_organs *country(void) {
    static const struct {
        const char *id, *parent;
    } places[] = {
        {"33", ""},         {"3303", "33"},          {"330302", "3303"}, {"330302006", "330302"},
        {"330303", "3303"}, {"330303001", "330303"}, {"62", ""},         {"6201", "62"},
    };
    static const struct {
        const char *id, *parent, *government, *area;
        enum law_organ_kind kind;
        enum law_level level;
    } list[] = {
        {"mps", "", "", "33", LAW_ORGAN_AGENCY, LAW_LEVEL_ministry},
        {"zhejiang", "mps", "gov-zhejiang", "33", LAW_ORGAN_AGENCY, LAW_LEVEL_province},
        {"wenzhou", "zhejiang", "gov-wenzhou", "3303", LAW_ORGAN_AGENCY, LAW_LEVEL_city},
        {"lucheng", "wenzhou", "gov-lucheng", "330302", LAW_ORGAN_AGENCY, LAW_LEVEL_county},
        {"wuma", "lucheng", "", "330302006", LAW_ORGAN_AGENCY, LAW_LEVEL_station},
        {"longwan", "wenzhou", "gov-none", "330303", LAW_ORGAN_AGENCY, LAW_LEVEL_county},
        {"gov-zhejiang", "", "", "33", LAW_ORGAN_GOVERNMENT, LAW_LEVEL_province},
        {"gov-wenzhou", "gov-zhejiang", "gov-zhejiang", "3303", LAW_ORGAN_GOVERNMENT,
         LAW_LEVEL_city},
        {"gov-lucheng", "gov-wenzhou", "gov-wenzhou", "330302", LAW_ORGAN_GOVERNMENT,
         LAW_LEVEL_county},
        {"court", "", "", "33", LAW_ORGAN_EXTERNAL, LAW_LEVEL_city},
    };
    struct law_organs *o = arena_new(test_arena, struct law_organs, 1);
    o->source = "organs.yaml";
    o->place_count = COUNT_OF(places);
    o->places = arena_new(test_arena, struct law_place, COUNT_OF(places));
    o->count = COUNT_OF(list);
    o->list = arena_new(test_arena, struct law_organ, COUNT_OF(list));
    map_init(&o->organ_at, test_arena);
    map_init(&o->place_at, test_arena);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        o->places[i].id = str_from(places[i].id);
        o->places[i].parent = str_from(places[i].parent);
        CHECK(map_put(&o->place_at, o->places[i].id, i));
    }
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        struct law_organ *organ = &o->list[i];
        organ->id = str_from(list[i].id);
        organ->parent = str_from(list[i].parent);
        organ->government = str_from(list[i].government);
        organ->area = arena_new(test_arena, struct str, 1);
        organ->area[0] = str_from(list[i].area);
        organ->area_count = 1;
        organ->kind = list[i].kind;
        organ->level = list[i].level;
        organ->line = (uint32_t)(10 * i + 1);
        CHECK(map_put(&o->organ_at, organ->id, i));
    }
    return o;
}

static const struct {
    int line;
    struct law_competence rule;
    const char *place, *acting;
    const char *organ, *accepting; /* NULL: an error */
    enum err_code want;
} competent_rows[] = {
    {__LINE__,
     {.by = LAW_BY_PLACE,
      .levels = {LAW_LEVEL_county},
      .level_count = 1,
      .accepts = true,
      .accepts_level = LAW_LEVEL_station},
     "330302006",
     "",
     "lucheng",
     "wuma",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_PLACE,
      .levels = {LAW_LEVEL_county},
      .level_count = 1,
      .accepts = true,
      .accepts_level = LAW_LEVEL_station},
     "330302",
     "",
     "lucheng",
     "lucheng",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_PLACE, .levels = {LAW_LEVEL_county}, .level_count = 1},
     "330303001",
     "",
     "longwan",
     "longwan",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_PLACE, .levels = {LAW_LEVEL_province}, .level_count = 1},
     "330303001",
     "",
     "zhejiang",
     "zhejiang",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_PLACE, .levels = {LAW_LEVEL_county}, .level_count = 1},
     "6201",
     "",
     NULL,
     NULL,
     ERR_NOT_FOUND},
    {__LINE__,
     {.by = LAW_BY_PLACE, .levels = {LAW_LEVEL_county}, .level_count = 1},
     "99",
     "",
     NULL,
     NULL,
     ERR_NOT_FOUND},
    {__LINE__,
     {.by = LAW_BY_DECIDING_ORGAN, .levels = {LAW_LEVEL_county, LAW_LEVEL_city}, .level_count = 2},
     "",
     "wenzhou",
     "wenzhou",
     "wenzhou",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_DECIDING_ORGAN, .levels = {LAW_LEVEL_county, LAW_LEVEL_city}, .level_count = 2},
     "330302006",
     "",
     "lucheng",
     "lucheng",
     ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_DECIDING_ORGAN, .levels = {LAW_LEVEL_county}, .level_count = 1},
     "",
     "wenzhou",
     NULL,
     NULL,
     ERR_NOT_FOUND},
    {__LINE__,
     {.by = LAW_BY_DECIDING_ORGAN, .levels = {LAW_LEVEL_city}, .level_count = 1},
     "",
     "court",
     NULL,
     NULL,
     ERR_NOT_FOUND},
    {__LINE__, {.by = LAW_BY_REVIEW_ORGAN}, "", "lucheng", "gov-lucheng", "gov-lucheng", ERR_NONE},
    {__LINE__, {.by = LAW_BY_REVIEW_ORGAN}, "", "wuma", "gov-lucheng", "gov-lucheng", ERR_NONE},
    {__LINE__, {.by = LAW_BY_REVIEW_ORGAN}, "", "mps", "mps", "mps", ERR_NONE},
    {__LINE__,
     {.by = LAW_BY_REVIEW_ORGAN},
     "",
     "gov-lucheng",
     "gov-wenzhou",
     "gov-wenzhou",
     ERR_NONE},
    {__LINE__, {.by = LAW_BY_REVIEW_ORGAN}, "", "longwan", NULL, NULL, ERR_NOT_FOUND},
    {__LINE__, {.by = LAW_BY_REVIEW_ORGAN}, "", "nobody", NULL, NULL, ERR_NOT_FOUND},
    {__LINE__, {.by = LAW_BY_SUPERIOR}, "", "lucheng", "wenzhou", "wenzhou", ERR_NONE},
    {__LINE__, {.by = LAW_BY_SUPERIOR}, "", "mps", "mps", "mps", ERR_NONE},
    {__LINE__, {.by = LAW_BY_SUPERIOR}, "", "gov-zhejiang", NULL, NULL, ERR_NOT_FOUND},
};

void test_law_competent(void) {
    test_arena = arena_create("law", 1 << 20);
    const struct law_organs *organs = country();
    for (size_t i = 0; i < COUNT_OF(competent_rows); i++) {
        int line = competent_rows[i].line;
        struct law_competent found = {0};
        struct err err = {0};
        bool ok = law_competent(&found, organs, &competent_rows[i].rule,
                                str_from(competent_rows[i].place),
                                str_from(competent_rows[i].acting), &err);
        CHECK_AT(line, ok == (competent_rows[i].organ != NULL));
        CHECK_INT_AT(line, err.code, competent_rows[i].want);
        if (!ok) {
            CHECK_AT(line, found.organ == NULL && found.accepting == NULL);
            continue;
        }
        CHECK_STR_AT(line, found.organ->id, str_from(competent_rows[i].organ));
        CHECK_STR_AT(line, found.accepting->id, str_from(competent_rows[i].accepting));
    }
    arena_destroy(test_arena);
}

void test_law_competent_twice(void) {
    test_arena = arena_create("law", 1 << 20);
    struct law_organs *organs = country();
    organs->list[5].area[0] = STR("330302"); /* Longwan's bureau claims Lucheng too */
    struct law_competence rule = {
        .by = LAW_BY_PLACE, .levels = {LAW_LEVEL_county}, .level_count = 1};
    struct law_competent found = {0};
    struct err err = {0};
    CHECK(!law_competent(&found, organs, &rule, STR("330302006"), STR(""), &err));
    CHECK(err.code == ERR_CONFLICT && err.at.line == 51);
    CHECK_STR(str_from(err.text),
              STR("both 'lucheng' and 'longwan' are responsible for place '330302006'"));
    arena_destroy(test_arena);
}

void test_law_hierarchy(void) {
    test_arena = arena_create("law", 1 << 20);
    struct law_organs *organs = country();
    CHECK(law_place_within(organs, STR("330302006"), STR("33")));
    CHECK(law_place_within(organs, STR("33"), STR("33")));
    CHECK(!law_place_within(organs, STR("33"), STR("3303")));
    CHECK(!law_place_within(organs, STR("nowhere"), STR("nowhere")));
    CHECK(law_is_below(organs, STR("wuma"), STR("mps")));
    CHECK(law_is_below(organs, STR("wuma"), STR("wuma")));
    CHECK(!law_is_below(organs, STR("mps"), STR("wuma")));
    organs->list[0].parent = STR("wuma"); /* a circle ends */
    organs->places[0].parent = STR("330302006");
    CHECK(!law_is_below(organs, STR("wuma"), STR("court")));
    CHECK(!law_place_within(organs, STR("330302006"), STR("62")));
    enum law_level level = LAW_LEVELS;
    for (int i = 0; i < LAW_LEVELS; i++)
        CHECK(law_level_find(&level, law_level_name((enum law_level)i)) &&
              level == (enum law_level)i && law_level_title(level, LANG_en).len > 0);
    CHECK(!law_level_find(&level, STR("village")));
    CHECK_STR(law_level_title(LAW_LEVEL_county, LANG_zh), STR("县级"));
    struct law_remedy remedy = {.to = LAW_TO_SUPERIOR};
    const struct law_organ *lucheng = law_organ(organs, STR("lucheng"));
    CHECK_STR(law_remedy_organ(organs, &remedy, lucheng)->id, STR("wenzhou"));
    remedy.to = LAW_TO_REVIEW_ORGAN;
    CHECK_STR(law_remedy_organ(organs, &remedy, lucheng)->id, STR("gov-lucheng"));
    remedy.to = LAW_TO_COURT;
    CHECK(law_remedy_organ(organs, &remedy, lucheng) == NULL);
    remedy.to = LAW_TO_NOBODY;
    CHECK(law_remedy_organ(organs, &remedy, lucheng) == NULL);
    arena_destroy(test_arena);
}

/* ---- clocks ---- */

static struct law_time read_time(void) {
    struct str text;
    struct cal_calendar *calendar = NULL;
    struct err err = {0};
    struct budget budget = budget_of(100000, 8 << 20);
    CHECK(test_read_file(&text, "packs/public-security/calendars/cn.ics"));
    CHECK_OK(cal_calendar_read(&calendar, text, "cn.ics", test_arena, &budget, &err), &err);
    return (struct law_time){calendar, cal_zone_find(NULL, STR("Asia/Shanghai"))};
}

static int64_t us_of(int line, const char *local) {
    char text[64];
    int64_t us = 0;
    (void)snprintf(text, sizeof text, "%s+08:00", local);
    CHECK_AT(line, cal_us_parse(&us, str_from(text)));
    return us;
}

/* One story: what is done when, and the due time, days left and state after it. */
enum act { START, SUSPEND, RESUME, EXTEND, STOP, LOOK, BREACH, END };
struct step {
    int line;
    enum act act;
    const char *at;  /* local time */
    const char *due; /* local time after it; NULL: the act is refused */
    int64_t left;
};

#define STEPS_MAX 8
static const struct story {
    struct law_limit limit;
    struct step steps[STEPS_MAX];
} stories[] = {
    /* RPR 9: 15 calendar days from acceptance, at most 30 in all */
    {{.within = {15, CAL_UNIT_CALENDAR_DAY},
      .counting = {.end_moves = true},
      .extension = {.allowed = true, .by = {30, CAL_UNIT_CALENDAR_DAY}, .total = true}},
     {{__LINE__, START, "2026-03-02T09:00:00", "2026-03-18T00:00:00", 15},
      {__LINE__, LOOK, "2026-03-17T23:59:59", "2026-03-18T00:00:00", 0},
      {__LINE__, BREACH, "2026-03-17T23:59:59", NULL, 0},
      {__LINE__, EXTEND, "2026-03-17T10:00:00", "2026-04-02T00:00:00", 15},
      {__LINE__, EXTEND, "2026-03-18T10:00:00", NULL, 0},
      {__LINE__, STOP, "2026-04-01T10:00:00", "2026-04-02T00:00:00", 0},
      {__LINE__, STOP, "2026-04-01T10:00:00", NULL, 0},
      {__LINE__, BREACH, "2026-05-01T10:00:00", NULL, 0}}},
    /* OGI 33: 20 working days, 20 more; over the Spring Festival with its make-up days */
    {{.within = {20, CAL_UNIT_WORKING_DAY},
      .counting = {.end_moves = true},
      .extension = {.allowed = true, .by = {20, CAL_UNIT_WORKING_DAY}}},
     {{__LINE__, START, "2026-02-02T09:00:00", "2026-03-07T00:00:00", 20},
      {__LINE__, LOOK, "2026-02-14T09:00:00", "2026-03-07T00:00:00", 10},
      {__LINE__, LOOK, "2026-02-20T09:00:00", "2026-03-07T00:00:00", 10},
      {__LINE__, EXTEND, "2026-03-06T23:00:00", "2026-04-04T00:00:00", 20},
      {__LINE__, LOOK, "2026-04-04T00:00:00", "2026-04-04T00:00:00", -1},
      {__LINE__, LOOK, "2026-04-07T12:00:00", "2026-04-04T00:00:00", -1},
      {__LINE__, LOOK, "2026-04-08T12:00:00", "2026-04-04T00:00:00", -2},
      {__LINE__, BREACH, "2026-04-04T00:00:00", "2026-04-04T00:00:00", -1}}},
    /* OGI 33: asking third parties does not count: from Tuesday 10 March to Monday 16 March
       four working days are lost, the day of the resumption counts again */
    {{.within = {20, CAL_UNIT_WORKING_DAY}, .counting = {.end_moves = true}},
     {{__LINE__, START, "2026-03-02T09:00:00", "2026-03-31T00:00:00", 20},
      {__LINE__, SUSPEND, "2026-03-10T11:00:00", "2026-03-31T00:00:00", 14},
      {__LINE__, LOOK, "2026-03-13T11:00:00", "2026-03-31T00:00:00", 14},
      {__LINE__, BREACH, "2026-05-13T11:00:00", NULL, 0},
      {__LINE__, RESUME, "2026-03-16T09:00:00", "2026-04-04T00:00:00", 14},
      {__LINE__, SUSPEND, "2026-03-17T09:00:00", "2026-04-04T00:00:00", 13},
      {__LINE__, RESUME, "2026-03-17T17:00:00", "2026-04-04T00:00:00", 13},
      {__LINE__, EXTEND, "2026-03-17T17:00:00", NULL, 0}}},
    /* suspended on the day of the event itself: that day did not count anyway */
    {{.within = {5, CAL_UNIT_CALENDAR_DAY}},
     {{__LINE__, START, "2026-03-02T09:00:00", "2026-03-08T00:00:00", 5},
      {__LINE__, SUSPEND, "2026-03-02T10:00:00", "2026-03-08T00:00:00", 5},
      {__LINE__, RESUME, "2026-03-04T10:00:00", "2026-03-09T00:00:00", 4},
      {__LINE__, START, "2026-03-04T10:00:00", NULL, 0},
      {__LINE__, RESUME, "2026-03-04T10:00:00", NULL, 0},
      {__LINE__, STOP, "2026-03-05T10:00:00", "2026-03-09T00:00:00", 3},
      {__LINE__, START, "2026-03-20T10:00:00", "2026-03-26T00:00:00", 5},
      {__LINE__, END, NULL, NULL, 0}}},
    /* over before it was suspended: it gets no new time, and stays breached */
    {{.within = {5, CAL_UNIT_CALENDAR_DAY}},
     {{__LINE__, START, "2026-03-02T09:00:00", "2026-03-08T00:00:00", 5},
      {__LINE__, BREACH, "2026-03-09T10:00:00", "2026-03-08T00:00:00", -2},
      {__LINE__, BREACH, "2026-03-10T10:00:00", NULL, 0},
      {__LINE__, SUSPEND, "2026-03-10T10:00:00", "2026-03-08T00:00:00", -3},
      {__LINE__, RESUME, "2026-03-20T10:00:00", "2026-03-08T00:00:00", -13},
      {__LINE__, END, NULL, NULL, 0}}},
    /* the extension is in another unit: two months, then 10 working days */
    {{.within = {2, CAL_UNIT_MONTH},
      .counting = {.end_moves = true},
      .extension = {.allowed = true, .by = {10, CAL_UNIT_WORKING_DAY}}},
     {{__LINE__, START, "2026-07-31T09:00:00", "2026-10-01T00:00:00", 61},
      {__LINE__, EXTEND, "2026-09-30T09:00:00", "2026-10-21T00:00:00", 20},
      {__LINE__, END, NULL, NULL, 0}}},
    /* hours: 24, suspended for 90 minutes, 12 more */
    {{.within = {24, CAL_UNIT_HOUR}, .extension = {.allowed = true, .by = {12, CAL_UNIT_HOUR}}},
     {{__LINE__, START, "2026-03-02T09:10:00", "2026-03-03T09:10:00", 24},
      {__LINE__, SUSPEND, "2026-03-02T10:00:00", "2026-03-03T09:10:00", 23},
      {__LINE__, RESUME, "2026-03-02T11:30:00", "2026-03-03T10:40:00", 23},
      {__LINE__, EXTEND, "2026-03-02T11:30:00", "2026-03-03T22:40:00", 35},
      {__LINE__, LOOK, "2026-03-03T22:41:00", "2026-03-03T22:40:00", -1},
      {__LINE__, BREACH, "2026-03-03T22:40:00", "2026-03-03T22:40:00", 0},
      {__LINE__, END, NULL, NULL, 0}}},
    /* CPL 91, 105: custody of 3 days is not moved by the Spring Festival */
    {{.within = {3, CAL_UNIT_CALENDAR_DAY}, .custody = true},
     {{__LINE__, START, "2026-02-13T09:10:00", "2026-02-17T00:00:00", 3},
      {__LINE__, BREACH, "2026-02-17T00:00:00", "2026-02-17T00:00:00", -1},
      {__LINE__, END, NULL, NULL, 0}}},
    /* silence counts as acceptance: the procedure's timer acts, the clock is never breached */
    {{.within = {5, CAL_UNIT_WORKING_DAY}, .expiry = LAW_EXPIRY_DEEMED},
     {{__LINE__, START, "2026-02-13T17:10:00", "2026-02-28T00:00:00", 5},
      {__LINE__, BREACH, "2026-03-17T00:00:00", NULL, 0},
      {__LINE__, END, NULL, NULL, 0}}},
    /* too late for an extension: over, though nobody has marked the breach yet */
    {{.within = {5, CAL_UNIT_CALENDAR_DAY},
      .extension = {.allowed = true, .by = {5, CAL_UNIT_CALENDAR_DAY}}},
     {{__LINE__, START, "2026-03-02T09:00:00", "2026-03-08T00:00:00", 5},
      {__LINE__, EXTEND, "2026-03-08T00:00:00", NULL, 0},
      {__LINE__, SUSPEND, "2026-03-06T00:00:00", "2026-03-08T00:00:00", 1},
      {__LINE__, EXTEND, "2026-03-20T00:00:00", "2026-03-13T00:00:00", 6},
      {__LINE__, RESUME, "2026-03-20T00:00:00", "2026-03-27T00:00:00", 6},
      {__LINE__, STOP, "2026-03-20T10:00:00", "2026-03-27T00:00:00", 6},
      {__LINE__, END, NULL, NULL, 0}}},
    /* hours counted from the next full one */
    {{.within = {24, CAL_UNIT_HOUR},
      .counting = {.hour_skipped = true},
      .extension = {.allowed = true, .by = {36, CAL_UNIT_HOUR}, .total = true}},
     {{__LINE__, START, "2026-03-02T09:10:00", "2026-03-03T10:00:00", 24},
      {__LINE__, EXTEND, "2026-03-02T09:20:00", "2026-03-03T22:00:00", 36},
      {__LINE__, END, NULL, NULL, 0}}},
    /* the calendar ends: refused, nothing changes */
    {{.within = {500, CAL_UNIT_WORKING_DAY}},
     {{__LINE__, START, "2026-02-13T17:10:00", NULL, 0},
      {__LINE__, SUSPEND, "2026-02-13T17:10:00", NULL, 0},
      {__LINE__, STOP, "2026-02-13T17:10:00", NULL, 0},
      {__LINE__, EXTEND, "2026-02-13T17:10:00", NULL, 0},
      {__LINE__, END, NULL, NULL, 0}}},
};

static bool act(struct law_clock *clock, const struct law_limit *limit, struct law_time time,
                enum act what, int64_t at_us, struct err *err) {
    switch (what) {
    case START: return law_clock_start(clock, limit, time, at_us, err);
    case SUSPEND: return law_clock_suspend(clock, at_us, err);
    case RESUME: return law_clock_resume(clock, limit, time, at_us, err);
    case EXTEND: return law_clock_extend(clock, limit, time, at_us, err);
    case STOP: return law_clock_stop(clock, at_us, err);
    case BREACH: return law_clock_breach(clock, limit, at_us);
    default: return true;
    }
}

void test_law_clock_stories(void) {
    test_arena = arena_create("law", 16 << 20);
    struct law_time time = read_time();
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        struct law_clock clock = {0};
        const struct law_limit *limit = &stories[i].limit;
        for (size_t k = 0; k < STEPS_MAX && stories[i].steps[k].act != END; k++) {
            const struct step *step = &stories[i].steps[k];
            if (step->at == NULL)
                break;
            struct err err = {0};
            struct law_clock before = clock;
            int64_t at_us = us_of(step->line, step->at);
            bool ok = act(&clock, limit, time, step->act, at_us, &err);
            CHECK_AT(step->line, ok == (step->due != NULL));
            if (!ok) {
                CHECK_AT(step->line, memcmp(&before, &clock, sizeof clock) == 0);
                CHECK_AT(step->line,
                         step->act == BREACH || err.code == ERR_CONFLICT || err.code == ERR_RANGE);
                continue;
            }
            char text[CAL_TEXT_MAX];
            size_t len = cal_us_format(text, clock.due_us, time.zone);
            CHECK_AT(step->line, len > 6);
            CHECK_STR_AT(step->line, ((struct str){text, len - 6}), str_from(step->due));
            int64_t left = 999;
            CHECK_OK_AT(step->line, law_clock_left(&left, &clock, limit, time, at_us, &err), &err);
            CHECK_INT_AT(step->line, left, step->left);
            bool waits = clock.state == LAW_CLOCK_RUNNING && !clock.breached &&
                         limit->expiry == LAW_EXPIRY_BREACH;
            CHECK_INT_AT(step->line, law_clock_wake_us(&clock, limit), waits ? clock.due_us : 0);
        }
    }
    struct law_clock none = {0};
    struct err err = {0};
    int64_t left;
    CHECK(!law_clock_left(&left, &none, &stories[0].limit, time, 0, &err));
    CHECK(err.code == ERR_CONFLICT);
    CHECK(!law_due_is_provisional(us_of(__LINE__, "2027-01-01T00:00:00"), time));
    CHECK(law_due_is_provisional(us_of(__LINE__, "2027-01-02T00:00:00"), time));
    arena_destroy(test_arena);
}

/* Without a calendar a limit in working days is refused, one in hours or plain days works. */
void test_law_clock_without_calendar(void) {
    struct law_time time = {NULL, cal_zone_find(NULL, STR("Asia/Shanghai"))};
    struct law_limit working = {.within = {5, CAL_UNIT_WORKING_DAY}};
    struct law_limit moved = {.within = {5, CAL_UNIT_CALENDAR_DAY},
                              .counting = {.end_moves = true}};
    struct law_limit plain = {.within = {5, CAL_UNIT_CALENDAR_DAY}};
    struct law_clock clock = {0};
    struct err err = {0};
    CHECK(!law_clock_start(&clock, &working, time, 0, &err) && err.code == ERR_INVALID);
    err_reset(&err);
    CHECK(!law_clock_start(&clock, &moved, time, 0, &err) && err.code == ERR_INVALID);
    err_reset(&err);
    CHECK(clock.state == LAW_CLOCK_NONE);
    CHECK_OK(law_clock_start(&clock, &plain, time, 0, &err), &err);
    CHECK(!law_due_is_provisional(clock.due_us, time));
}
