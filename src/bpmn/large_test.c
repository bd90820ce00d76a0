/* What is large, and what never ends: wide multi-instance activities, loops without a wait,
 * variables beyond their limits. */
#include <inttypes.h>

#include "base/test.h"
#include "bpmn/play_test.h"
#include "bpmn/sketch_test.h"

enum { WIDE = 10000 };

struct large {
    struct arena *arena, *scratch;
    struct bpmn_process *process;
    struct bpmn_state state;
    size_t records;
};

static void large_init(struct large *l, const char *sketch) {
    struct err err = {0};
    *l = (struct large){.arena = arena_create("large", 1 << 30),
                        .scratch = arena_create("step", 1 << 30)};
    bpmn_state_init(&l->state, l->arena);
    CHECK_OK(sketch_read(&l->process, str_from(sketch), l->arena, &err), &err);
}

static void large_done(struct large *l) {
    arena_destroy(l->arena);
    arena_destroy(l->scratch);
}

static bool step(struct large *l, struct bpmn_input input, struct err *err) {
    struct budget budget = budget_of(100000000, 1 << 30);
    struct bpmn_env env = {.now_us = 1};
    struct bpmn_records records = {.arena = l->scratch};
    bool ok = bpmn_step(&records, &l->state, l->process, &input, &env, l->scratch, &budget, err);
    l->records += records.count;
    arena_reset(l->scratch);
    return ok;
}

static struct feel_value numbers(struct arena *arena, const char *name, size_t count) {
    struct feel_value *items = arena_new(arena, struct feel_value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = feel_int((int64_t)i);
    struct feel_entry entry = {str_from(name), feel_list(items, count)};
    return feel_context_of(arena, &entry, 1);
}

/* Ten thousand jobs of one activity: all begin in one step, each ends in its own; the last gives
 * the whole collection. */
void test_bpmn_wide(void) {
    struct err err = {0};
    struct large l;
    struct feel_value results;
    large_init(&l, "start s\nservice a job t each item items collect results item\nend e\n"
                   "s > a > e");
    CHECK_OK(step(&l,
                  (struct bpmn_input){.kind = BPMN_IN_START,
                                      .variables = numbers(l.arena, "items", WIDE)},
                  &err),
             &err);
    CHECK_INT(l.state.jobs.count, WIDE);
    CHECK_INT(l.state.instances.count, WIDE + 2);
    for (int i = 0; i < WIDE && err.code == ERR_NONE; i++) {
        /* from both ends, so that no order is the easy one */
        uint32_t at = i % 2 == 0 ? 0 : l.state.jobs.count - 1;
        CHECK_OK(step(&l,
                      (struct bpmn_input){.kind = BPMN_IN_JOB_DONE, .id = l.state.jobs.list[at].id},
                      &err),
                 &err);
    }
    CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
    CHECK(bpmn_variable(&results, &l.state, 0, STR("results")));
    CHECK_INT((int64_t)feel_count(results), WIDE);
    for (int i = 0; i < WIDE; i++)
        CHECK(feel_is_true(feel_equal(feel_item(results, (size_t)i), feel_int(i))));
    large_done(&l);
}

/* And cancelled together; and one after another without waiting. */
void test_bpmn_wide_ends(void) {
    struct err err = {0};
    struct large l;
    large_init(&l, "start s\nservice a job t each item items\nend e\ns > a > e");
    struct feel_value items = numbers(l.arena, "items", WIDE);
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START, .variables = items}, &err), &err);
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_CANCEL}, &err), &err);
    CHECK_INT(l.state.ending, BPMN_ENDING_CANCELLED);
    large_done(&l);
    large_init(&l, "start s\nscript a value \"item\" result r in-turn each item items\nend e\n"
                   "s > a > e");
    items = numbers(l.arena, "items", WIDE);
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START, .variables = items}, &err), &err);
    CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
    large_done(&l);
    large_init(&l, "start s\nuser a each item items\nend e\ns > a > e");
    items = numbers(l.arena, "items", BPMN_LOOP_MAX + 1);
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START, .variables = items}, &err), &err);
    CHECK_INT(l.state.incident_count, 1);
    CHECK_INT(l.state.instances.list[1].incident, BPMN_INCIDENT_LOOP);
    large_done(&l);
}

/* Ten thousand tokens: ten paths bring a thousand each to one task; what they leave is gathered. */
void test_bpmn_tokens(void) {
    struct err err = {0};
    struct large l;
    struct buf sketch;
    buf_init(&sketch, 10000);
    buf_lit(&sketch, "start s\nparallel f\nuser u\ntask g attr startQuantity 1000\nend e\ns > f\n"
                     "u > g > e\n");
    for (int i = 0; i < 10; i++)
        buf_printf(&sketch, "task a%d attr completionQuantity 1000\nf > a%d > u\n", i, i);
    buf_add_byte(&sketch, 0);
    large_init(&l, sketch.at);
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START}, &err), &err);
    CHECK_INT(l.state.instances.count, WIDE + 1);
    for (int i = 0; i < WIDE && err.code == ERR_NONE; i++) {
        uint32_t at = i % 2 == 0 ? 1 : l.state.instances.count - 1;
        CHECK_OK(
            step(&l,
                 (struct bpmn_input){.kind = BPMN_IN_COMPLETE, .id = l.state.instances.list[at].id},
                 &err),
            &err);
        CHECK_INT(l.state.parked.count, (i + 1) % 1000);
    }
    CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
    buf_done(&sketch);
    large_done(&l);
}

/* A loop of a million steps ends, after as many incidents as it takes to see that it does. */
void test_bpmn_million(void) {
    struct err err = {0};
    struct large l;
    struct feel_entry n = {STR("n"), feel_int(0)};
    int stops = 0;
    large_init(&l, "start s\nexclusive m\nscript a value \"n + 1\" result n\nexclusive g\nend e\n"
                   "s > m > a > g\ng > m if n < 333333\ng > e else");
    CHECK_OK(step(&l,
                  (struct bpmn_input){.kind = BPMN_IN_START,
                                      .variables = feel_context_of(l.arena, &n, 1)},
                  &err),
             &err);
    while (l.state.ending == 0 && err.code == ERR_NONE && stops < 100) {
        CHECK_INT(l.state.incident_count, 1);
        CHECK_INT(l.state.instances.list[1].incident, BPMN_INCIDENT_STEPS);
        stops++;
        CHECK_OK(
            step(&l, (struct bpmn_input){.kind = BPMN_IN_RETRY, .id = l.state.instances.list[1].id},
                 &err),
            &err);
    }
    CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
    CHECK_INT(stops, 1000000 / BPMN_STEP_ELEMENTS_MAX);
    large_done(&l);
}

/* A model that loops without waiting is stopped and told; repaired, it goes on. */
void test_bpmn_endless(void) {
    static const char *const sketches[] = {
        "start s\nexclusive m\nscript a value \"1\" result x\nexclusive g\nend e\n"
        "s > m > a > g\ng > m if again\ng > e else",
        "start s\nscript a value \"1\" result x loop \"again\"\nend e\ns > a > e",
        "start s\nuser a\nend e\ns > a > e\nevent-sub p {\nstart ps when \"x > 0\" beside\n"
        "script n value \"0\" result x\nscript b value \"1\" result x\nend pe\n"
        "ps > n > b > pe\n}",
    };
    for (size_t i = 0; i < COUNT_OF(sketches); i++) {
        struct err err = {0};
        struct large l;
        struct feel_entry again[] = {{STR("again"), feel_boolean(true)}, {STR("x"), feel_int(1)}},
                          stop[] = {{STR("again"), feel_boolean(false)}, {STR("x"), feel_int(0)}};
        large_init(&l, sketches[i]);
        CHECK_OK(step(&l,
                      (struct bpmn_input){.kind = BPMN_IN_START,
                                          .variables = feel_context_of(l.arena, again, 2)},
                      &err),
                 &err);
        CHECK(l.state.incident_count >= 1);
        CHECK(l.records < 10 * BPMN_STEP_ELEMENTS_MAX);
        uint32_t stopped = 0;
        for (uint32_t k = 0; k < l.state.instances.count; k++)
            if (l.state.instances.list[k].incident == BPMN_INCIDENT_STEPS)
                stopped = l.state.instances.list[k].id;
        CHECK(stopped != 0);
        CHECK_OK(step(&l,
                      (struct bpmn_input){.kind = BPMN_IN_SET,
                                          .variables = feel_context_of(l.arena, stop, 2)},
                      &err),
                 &err);
        if (i < 2) {
            CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_RETRY, .id = stopped}, &err),
                     &err);
            CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
        }
        large_done(&l);
    }
}

/* 100 MB in one variable, in many of one input, and bit by bit. */
void test_bpmn_variables_limit(void) {
    enum { MEGABYTE = 1 << 20 };
    struct err err = {0};
    struct large l;
    large_init(&l, "start s\nuser a\nend e\ns > a > e");
    char *bytes = arena_new(l.arena, char, 3 * MEGABYTE);
    memset(bytes, 'x', 3 * MEGABYTE);
    struct feel_value text = feel_string((struct str){bytes, 3 * MEGABYTE});
    struct feel_value *many = arena_new(l.arena, struct feel_value, 34);
    for (int i = 0; i < 34; i++)
        many[i] = text;
    struct feel_entry one = {STR("v"), feel_list(many, 34)}, six[6];
    for (int i = 0; i < 6; i++)
        six[i] = (struct feel_entry){arena_printf(l.arena, "v%d", i), text};
    CHECK(!step(
        &l,
        (struct bpmn_input){.kind = BPMN_IN_START, .variables = feel_context_of(l.arena, &one, 1)},
        &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK(str_find(str_from(err.text), STR("variable 'v' is larger than")) != SIZE_MAX);
    err = (struct err){0};
    CHECK(!step(
        &l,
        (struct bpmn_input){.kind = BPMN_IN_START, .variables = feel_context_of(l.arena, six, 6)},
        &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_INT(l.state.last_id, 0);
    err = (struct err){0};
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START}, &err), &err);
    int taken = 0;
    for (int i = 0; i < 100 && err.code == ERR_NONE; i++, taken++) {
        struct feel_entry entry = {arena_printf(l.arena, "w%d", i), text};
        (void)step(&l,
                   (struct bpmn_input){.kind = BPMN_IN_SET,
                                       .variables = feel_context_of(l.arena, &entry, 1)},
                   &err);
    }
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_INT(taken - 1, BPMN_STATE_BYTES_MAX / (3 * MEGABYTE));
    large_done(&l);
}

/* A storm of messages: each goes to one that waits for it, in the order in which they wait; one for
 * which nothing waits any more is refused and changes nothing. */
void test_bpmn_message_storm(void) {
    enum { STORM = 2000 };
    struct err err = {0};
    struct large l;
    large_init(&l, "start s\nreceive a times 1000 message ping\nend e\ns > a > e");
    CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START}, &err), &err);
    CHECK_INT(l.state.waits.count, STORM / 2);
    int taken = 0, refused = 0;
    for (int i = 0; i < STORM; i++) {
        struct err why = {0};
        uint32_t oldest = l.state.waits.count > 0 ? l.state.waits.list[0].id : 0;
        if (step(&l, (struct bpmn_input){.kind = BPMN_IN_MESSAGE, .name = STR("ping")}, &why)) {
            CHECK(l.state.waits.count == 0 || l.state.waits.list[0].id > oldest);
            taken++;
        } else {
            CHECK(why.code == ERR_CONFLICT || why.code == ERR_NOT_FOUND);
            refused++;
        }
    }
    CHECK_INT(taken, STORM / 2);
    CHECK_INT(refused, STORM / 2);
    CHECK_INT(l.state.ending, BPMN_ENDING_COMPLETED);
    large_done(&l);
}

/* What the model itself makes too large stops the element that makes it. */
void test_bpmn_large_results(void) {
    static const struct {
        const char *sketch;
        enum bpmn_incident want;
    } rows[] = {
        {"start s\nscript a value \"for i in 1..300000 return i\" result r\nend e\ns > a > e",
         BPMN_INCIDENT_VARIABLES},
        {"start s\nuser a in v \"for i in 1..300000 return i\"\nend e\ns > a > e",
         BPMN_INCIDENT_MAPPING},
        {"start s\nscript a value \"1\" result r out v \"for i in 1..300000 return i\"\nend e\n"
         "s > a > e",
         BPMN_INCIDENT_MAPPING},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct large l;
        large_init(&l, rows[i].sketch);
        CHECK_OK(step(&l, (struct bpmn_input){.kind = BPMN_IN_START}, &err), &err);
        CHECK_INT_AT((int)i, l.state.incident_count, 1);
        CHECK_INT_AT((int)i, l.state.instances.list[1].incident, rows[i].want);
        large_done(&l);
    }
}
