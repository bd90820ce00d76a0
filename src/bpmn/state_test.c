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
