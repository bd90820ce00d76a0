/* Broken bytes, variables beyond their limits, and asking a state. */
#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/model_test.h"

struct fixture {
    struct arena *arena;
    struct bpmn_process *process;
    struct bpmn_state state;
    struct bpmn_records records;
};

/* A case that waits everywhere: a job, a person, a timer, a message, a join, local variables. */
static bool set_up(struct fixture *f) {
    struct err err = {0};
    *f = (struct fixture){.arena = arena_create("state", 256 << 20)};
    struct budget budget = budget_of(100000, 16 << 20);
    struct feel_entry entry = {STR("x"), feel_string(STR("text"))};
    struct bpmn_input start = {.kind = BPMN_IN_START};
    struct bpmn_env env = {.now_us = 1000000};
    f->records.arena = f->arena;
    bpmn_state_init(&f->state, f->arena);
    start.variables = feel_context_of(f->arena, &entry, 1);
    bool ok = model_read(&f->process, f->arena,
                         MESSAGE("m", "paid", "=x") START("s") PARALLEL("f")
                             SERVICE("a", "t",
                                     "<zeebe:ioMapping><zeebe:input source='=[1, x]' "
                                     "target='local'/></zeebe:ioMapping>") RECEIVE("b", "m")
                                 CATCH("c", DURATION("PT1H")) TASK("d") PARALLEL("j") END("e")
                                     FLOW("s", "f") FLOW("f", "a") FLOW("f", "b") FLOW("f", "c")
                                         FLOW("f", "d") FLOW("a", "j") FLOW("b", "j") FLOW("c", "j")
                                             FLOW("d", "j") FLOW("j", "e"),
                         &err) &&
              bpmn_step(&f->records, &f->state, f->process, &start, &env, f->arena, &budget, &err);
    CHECK_OK(ok, &err);
    return ok;
}

void test_bpmn_state_bytes(void) {
    struct fixture f;
    if (set_up(&f)) {
        struct err err = {0};
        struct buf bytes;
        buf_init(&bytes, 1 << 16);
        CHECK_OK(bpmn_state_encode(&bytes, &f.state, &err), &err);
        for (size_t cut = 0; cut < bytes.len; cut++) { /* never whole, never a crash */
            struct err broken = {0};
            struct bpmn_state out;
            struct bytes_reader in = {.in = str_sub(buf_view(&bytes), 0, cut)};
            CHECK_AT((int)cut, !bpmn_state_decode(&out, &in, f.process, f.arena, &broken));
            CHECK_INT_AT((int)cut, broken.code, ERR_CORRUPT);
        }
        for (size_t i = 0; i < bytes.len; i++)
            for (int bit = 0; bit < 8; bit++) { /* taken or refused, never a crash */
                struct err broken = {0};
                struct bpmn_state out;
                bytes.at[i] = (char)(bytes.at[i] ^ (1 << bit));
                struct bytes_reader in = {.in = buf_view(&bytes)};
                bool ok = bpmn_state_decode(&out, &in, f.process, f.arena, &broken);
                CHECK_AT((int)i, ok || broken.code == ERR_CORRUPT || broken.code == ERR_LIMIT);
                bytes.at[i] = (char)(bytes.at[i] ^ (1 << bit));
            }
        buf_done(&bytes);
    }
    arena_destroy(f.arena);
}

void test_bpmn_record_bytes(void) {
    struct fixture f;
    if (set_up(&f))
        for (size_t i = 0; i < f.records.count; i++) {
            struct err err = {0};
            struct buf bytes, text;
            buf_init(&bytes, 1 << 16);
            buf_init(&text, 1 << 16);
            CHECK_OK(bpmn_record_encode(&bytes, &f.records.list[i], &err), &err);
            for (size_t cut = 0; cut < bytes.len; cut++) {
                struct err broken = {0};
                struct bpmn_record out;
                struct bytes_reader in = {.in = str_sub(buf_view(&bytes), 0, cut)};
                CHECK_AT((int)i, !bpmn_record_decode(&out, &in, f.arena, &broken));
                CHECK_INT_AT((int)i, broken.code, ERR_CORRUPT);
            }
            bpmn_record_print(&text, f.process, &f.records.list[i]);
            CHECK(str_starts(buf_view(&text), str_from(bpmn_record_name(f.records.list[i].kind))));
            buf_done(&bytes);
            buf_done(&text);
        }
    arena_destroy(f.arena);
}

void test_bpmn_state_ask(void) {
    struct fixture f;
    if (set_up(&f)) {
        struct feel_value value = feel_null();
        uint32_t a = f.state.jobs.list[0].instance;
        CHECK(bpmn_instance(&f.state, a) != NULL && bpmn_instance(&f.state, 999) == NULL);
        CHECK(bpmn_variable(&value, &f.state, 0, STR("x")));
        CHECK(bpmn_variable(&value, &f.state, a, STR("x")));
        CHECK(bpmn_variable(&value, &f.state, a, STR("local")));
        CHECK(!bpmn_variable(&value, &f.state, 1, STR("local")));
        CHECK_INT((int64_t)feel_count(bpmn_variables(&f.state, a, f.arena)), 2);
        CHECK_INT((int64_t)feel_count(bpmn_variables(&f.state, 1, f.arena)), 1);
        CHECK_INT(f.state.parked.count, 1);
        CHECK_INT(f.state.timers.count, 1);
        CHECK_STR(f.state.waits.list[0].key, STR("text"));
    }
    arena_destroy(f.arena);
}

/* What comes from outside is looked at before anything happens. */
void test_bpmn_input_limits(void) {
    struct fixture f;
    if (set_up(&f)) {
        size_t big = BPMN_VARIABLE_BYTES_MAX + 1;
        char *text = arena_new(f.arena, char, big);
        memset(text, 'x', big);
        struct str large = {text, big}, long_name = {text, NAME_BYTES_MAX + 1};
        const struct {
            struct feel_entry entry;
            enum err_code want;
        } rows[] = {
            {{STR("a"), feel_string(large)}, ERR_LIMIT},
            {{long_name, feel_int(1)}, ERR_INVALID},
            {{STR(""), feel_int(1)}, ERR_INVALID},
            {{STR("a"), feel_int(1)}, ERR_NONE},
        };
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct err err = {0};
            struct budget budget = budget_of(100000, 16 << 20);
            struct bpmn_env env = {.now_us = 1000000};
            struct bpmn_input set = {.kind = BPMN_IN_SET,
                                     .variables = feel_context_of(f.arena, &rows[i].entry, 1)};
            size_t before = f.records.count;
            bool ok =
                bpmn_step(&f.records, &f.state, f.process, &set, &env, f.arena, &budget, &err);
            CHECK_AT((int)i, ok == (rows[i].want == ERR_NONE));
            CHECK_INT_AT((int)i, err.code, rows[i].want);
            CHECK_AT((int)i, ok || f.records.count == before);
        }
        struct err err = {0};
        struct budget budget = budget_of(100000, 16 << 20);
        struct bpmn_env env = {.now_us = 1000000};
        struct bpmn_input set = {.kind = BPMN_IN_SET, .variables = feel_int(1)};
        CHECK(!bpmn_step(&f.records, &f.state, f.process, &set, &env, f.arena, &budget, &err));
        CHECK_INT(err.code, ERR_INVALID);
    }
    arena_destroy(f.arena);
}

/* The bytes of a state as versions 1 and 2 wrote them: a person's task, a job, a cycle of which
 * three repetitions are left, and variables in the order of their arrival. */
static void add_old(struct buf *out, uint64_t version, uint32_t task, uint32_t job,
                    uint32_t timer) {
    struct err err = {0};
    const uint64_t head[] = {version, 9, 0, 0, 3};
    const uint64_t instances[][6] = {
        {1, 0, 0, 1, 0, 0}, {3, 1, task, 0, 0, 0}, {4, 1, job, 0, 0, 0}};
    const struct {
        uint64_t scope;
        const char *name;
    } variables[] = {{1, "x"}, {4, "b"}, {3, "a"}, {1, "y"}};
    for (size_t i = 0; i < COUNT_OF(head); i++)
        bytes_add_u64(out, head[i]);
    for (size_t i = 0; i < COUNT_OF(instances); i++)
        for (size_t k = 0; k < COUNT_OF(instances[i]); k++)
            bytes_add_u64(out, instances[i][k]);
    bytes_add_u64(out, 0); /* parked */
    bytes_add_u64(out, 0); /* moving */
    const uint64_t timers[] = {1, 5, 3, timer, 3};
    for (size_t i = 0; i < COUNT_OF(timers); i++)
        bytes_add_u64(out, timers[i]);
    bytes_add_i64(out, 3601000000);
    bytes_add_u64(out, 0); /* subscriptions */
    const uint64_t jobs[] = {1, 6, 4};
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        bytes_add_u64(out, jobs[i]);
    bytes_add_i64(out, 2);
    bytes_add_str(out, STR("t"));
    if (version == 2) {
        bytes_add_u64(out, 1);
        bytes_add_i64(out, 77);
        bytes_add_str(out, STR("w"));
    }
    bytes_add_u64(out, COUNT_OF(variables));
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        bytes_add_u64(out, variables[i].scope);
        bytes_add_str(out, str_from(variables[i].name));
        CHECK_OK(feel_encode(out, feel_int((int64_t)i), &err), &err);
    }
}

void test_bpmn_state_old(void) {
    struct err err = {0};
    struct arena *arena = arena_create("old", 64 << 20);
    struct bpmn_process *process;
    bool ok = model_read(&process, arena,
                         START("s") USER("a", "") SERVICE("b", "t", "") BOUNDARY(
                             "c", "a", "false",
                             "<bpmn:timerEventDefinition><bpmn:timeCycle>R5/PT1H</bpmn:timeCycle>"
                             "</bpmn:timerEventDefinition>") END("e") FLOW("s", "a") FLOW("s", "b")
                             FLOW("a", "e") FLOW("b", "e") FLOW("c", "e"),
                         &err);
    CHECK_OK(ok, &err);
    for (uint64_t version = 1; ok && version <= 2; version++) {
        struct buf bytes, again;
        struct bpmn_state state;
        struct feel_value value;
        buf_init(&bytes, 1 << 12);
        buf_init(&again, 1 << 12);
        add_old(&bytes, version, bpmn_node(process, STR("a"))->index,
                bpmn_node(process, STR("b"))->index, bpmn_node(process, STR("c"))->index);
        struct bytes_reader in = {.in = buf_view(&bytes)};
        CHECK_OK(bpmn_state_decode(&state, &in, process, arena, &err), &err);
        CHECK_INT(state.tasks.count, 1);
        CHECK(state.tasks.list[0].open == 1 && state.tasks.list[0].instance == 3);
        CHECK_INT(state.jobs.list[0].lease, version == 2);
        CHECK_STR(state.timers.list[0].cycle, STR("R3/1970-01-01T01:00:01@UTC/PT1H"));
        CHECK_INT(state.instances.list[0].live, 2);
        for (uint32_t i = 1; i < state.variables.count; i++)
            CHECK(state.variables.list[i - 1].scope <= state.variables.list[i].scope);
        CHECK(bpmn_variable(&value, &state, 4, STR("b")) &&
              feel_is_true(feel_equal(value, feel_int(1))));
        CHECK(bpmn_variable(&value, &state, 3, STR("y")) &&
              feel_is_true(feel_equal(value, feel_int(3))));
        /* it goes on: twice more, and then no more */
        struct bpmn_records records = {.arena = arena};
        for (int64_t fired = 0; fired < 3; fired++) {
            struct bpmn_env env = {.now_us = 3601000000 + fired * 3600000000};
            struct budget budget = budget_of(100000, 1 << 20);
            CHECK_INT(state.timers.count, 1);
            struct bpmn_input input = {.kind = BPMN_IN_TIMER, .id = state.timers.list[0].id};
            CHECK_OK(bpmn_step(&records, &state, process, &input, &env, arena, &budget, &err),
                     &err);
        }
        CHECK_INT(state.timers.count, 0);
        CHECK_OK(bpmn_state_encode(&again, &state, &err), &err);
        in.in = buf_view(&again);
        CHECK_OK(bpmn_state_decode(&state, &in, process, arena, &err), &err);
        buf_done(&bytes);
        buf_done(&again);
    }
    arena_destroy(arena);
}
