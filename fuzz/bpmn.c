/* Any file is read or refused with its place, never a crash. What is read behaves: it is drawn as
 * well-formed XML, its soundness is decided or refused, and a case of it that is driven by the
 * input's bytes has a state that equals the fold of its records, byte for byte. */
#include "bpmn/bpmn.h"
#include "bpmn/timer.h"

#include "fuzz/fuzz.h"
#include "xml/xml.h"

enum { MOVES_MAX = 40, PROCESS_NODES_MAX = 60 };

struct world {
    struct arena *arena;
    const struct bpmn_process *process;
    struct bpmn_state state, replayed;
    struct budget budget;
    struct str bytes; /* that drive the case */
};

static uint32_t take_byte(struct world *w) {
    if (w->bytes.len == 0)
        return 0;
    uint32_t byte = (unsigned char)w->bytes.at[0];
    w->bytes = str_sub(w->bytes, 1, w->bytes.len);
    return byte;
}

/* Something that this state waits for; false when there is nothing. */
static bool next_input(struct bpmn_input *out, struct world *w) {
    const struct bpmn_state *s = &w->state;
    uint32_t total = s->instances.count + s->timers.count + s->waits.count + s->jobs.count;
    uint32_t pick = total == 0 ? 0 : take_byte(w) % total;
    *out = (struct bpmn_input){0};
    if (s->last_id == 0) {
        out->kind = BPMN_IN_START;
    } else if (pick < s->instances.count) {
        const struct bpmn_instance *row = &s->instances.list[pick];
        const struct bpmn_node *node = &w->process->nodes[row->node];
        out->kind = row->incident             ? BPMN_IN_RETRY
                    : node->kind == BPMN_CALL ? BPMN_IN_CALL_DONE
                                              : BPMN_IN_COMPLETE;
        out->id = row->id;
        if (out->kind == BPMN_IN_COMPLETE && node->outcome_count > 0)
            out->outcome = node->outcomes[take_byte(w) % node->outcome_count].value;
    } else if ((pick -= s->instances.count) < s->timers.count) {
        out->kind = BPMN_IN_TIMER;
        out->id = s->timers.list[pick].id;
    } else if ((pick -= s->timers.count) < s->waits.count) {
        const struct bpmn_wait *wait = &s->waits.list[pick];
        out->kind = wait->event == BPMN_EVENT_SIGNAL ? BPMN_IN_SIGNAL : BPMN_IN_MESSAGE;
        out->name = wait->name;
        out->key = wait->key;
    } else if ((pick -= s->waits.count) < s->jobs.count) {
        out->kind = take_byte(w) % 4 == 0 ? BPMN_IN_JOB_FAIL : BPMN_IN_JOB_DONE;
        out->id = s->jobs.list[pick].id;
    } else {
        return false;
    }
    return true;
}

static void check_state(struct world *w, struct err *err) {
    struct buf live, replayed, again;
    buf_init(&live, FUZZ_BYTES);
    buf_init(&replayed, FUZZ_BYTES);
    buf_init(&again, FUZZ_BYTES);
    FUZZ_CHECK(bpmn_state_encode(&live, &w->state, err), err);
    FUZZ_CHECK(bpmn_state_encode(&replayed, &w->replayed, err), err);
    FUZZ_CHECK(str_eq(buf_view(&live), buf_view(&replayed)), NULL);
    struct bytes_reader in = {.in = buf_view(&live)};
    struct bpmn_state decoded;
    FUZZ_CHECK(bpmn_state_decode(&decoded, &in, w->process, w->arena, err), err);
    FUZZ_CHECK(bpmn_state_encode(&again, &decoded, err), err);
    FUZZ_CHECK(str_eq(buf_view(&live), buf_view(&again)), NULL);
    buf_done(&live);
    buf_done(&replayed);
    buf_done(&again);
}

static void drive(struct world *w) {
    bpmn_state_init(&w->state, w->arena);
    bpmn_state_init(&w->replayed, w->arena);
    for (int move = 0; move < MOVES_MAX && w->state.ending == 0; move++) {
        struct err err = {0};
        struct bpmn_input input;
        struct bpmn_env env = {.now_us = INT64_C(4000000000000000)};
        struct bpmn_records records = {.arena = w->arena};
        if (!next_input(&input, w))
            break;
        if (!bpmn_step(&records, &w->state, w->process, &input, &env, w->arena, &w->budget, &err)) {
            if (err.code == ERR_LIMIT || records.count > 0)
                return; /* stopped in the middle: the state is to be thrown away */
            continue;
        }
        for (size_t i = 0; i < records.count; i++)
            FUZZ_CHECK(bpmn_fold(&w->replayed, w->process, &records.list[i], &err), &err);
        FUZZ_CHECK(w->state.moving.count == 0, NULL);
        check_state(w, &err);
    }
}

static void check_drawing(const struct bpmn_process *process, struct arena *arena) {
    struct err err = {0};
    struct xml_node *root;
    struct buf svg;
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    buf_init(&svg, FUZZ_BYTES / 4);
    struct bpmn_marks marks = bpmn_marks_new(process, arena);
    bpmn_svg(&svg, process, &marks, LANG_en, STR("d-"), arena);
    FUZZ_CHECK(!svg.full, NULL);
    FUZZ_CHECK(xml_read(&root, buf_view(&svg), "svg", arena, &budget, &err), &err);
    buf_done(&svg);
}

/* The moments of a timer that the model writes out: none comes before the one before it. */
static void check_timers(const struct bpmn_process *process, struct arena *arena) {
    enum { NOW = 1700000000, MOMENTS = 5 };
    for (size_t i = 1; i < process->node_count; i++)
        for (size_t k = 0; k < process->nodes[i].def_count; k++) {
            const struct bpmn_event_def *def = &process->nodes[i].defs[k];
            struct bpmn_plan plan;
            struct str why;
            if (def->event != BPMN_EVENT_TIMER || def->when.program != NULL)
                continue;
            const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
            FUZZ_CHECK(
                bpmn_plan_read(&plan, &why, def->timer, feel_string(def->when.text), zone, arena),
                NULL);
            int64_t armed = NOW * INT64_C(1000000), at = bpmn_plan_first(&plan, armed, zone);
            for (int moment = 0; moment < MOMENTS && at != BPMN_NEVER; moment++) {
                int64_t next = bpmn_plan_next(&plan, armed, at, zone);
                FUZZ_CHECK(next > at, NULL);
                at = next;
            }
        }
}

/* Whatever is executed is also drawn, without a problem; what is not says why. */
static void check_reading(struct str source, bool executed, struct arena *arena) {
    struct err err = {0};
    struct bpmn_model *model;
    struct xml_node *root;
    struct buf svg;
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    if (!bpmn_read_drawing(&model, source, "fuzz", arena, &budget, &err)) {
        FUZZ_CHECK(!executed || err.code == ERR_LIMIT, &err);
        FUZZ_CHECK(err.at.line > 0 || err.code == ERR_LIMIT, &err);
        return;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        const struct bpmn_process *process = model->processes[i];
        for (size_t k = 0; k < process->problem_count; k++)
            FUZZ_CHECK(process->problems[k].at.line > 0 && process->problems[k].text.len > 0, NULL);
    }
    buf_init(&svg, FUZZ_BYTES / 4);
    bpmn_svg_model(&svg, model, LANG_en, STR("d-"), arena);
    FUZZ_CHECK(!svg.full, NULL);
    FUZZ_CHECK(xml_read(&root, buf_view(&svg), "svg", arena, &budget, &err), &err);
    buf_done(&svg);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", (size_t)4 * FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    struct bpmn_model *model = NULL;
    struct str source = fuzz_input(bytes, len);
    if (!bpmn_read(&model, source, "fuzz", arena, &budget, &err)) {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_LIMIT || err.code == ERR_INVALID ||
                       err.code == ERR_UNSUPPORTED || err.code == ERR_UNKNOWN,
                   &err);
        FUZZ_CHECK(err.at.line > 0 || err.code == ERR_LIMIT, &err);
    }
    check_reading(source, model != NULL, arena);
    for (size_t i = 0; model != NULL && i < model->process_count; i++) {
        struct bpmn_process *process = model->processes[i];
        if (process->node_count > PROCESS_NODES_MAX)
            continue;
        struct world w = {.arena = arena,
                          .process = process,
                          .budget = budget_of(20000, FUZZ_BYTES / 4),
                          .bytes = source};
        check_timers(process, arena);
        drive(&w);
        check_drawing(process, arena);
        struct bpmn_findings found;
        struct err undecided = {0};
        budget = budget_of(20000, FUZZ_BYTES / 4);
        if (!bpmn_check_sound(&found, process, (struct bpmn_sound_limits){.states_max = 200}, arena,
                              &budget, &undecided))
            FUZZ_CHECK(undecided.code == ERR_LIMIT, &undecided);
    }
    arena_destroy(arena);
    return 0;
}
