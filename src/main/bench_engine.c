/* The token engine in memory on one core: whole instances of a small process, and the soundness
 * check of procedures. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpmn/bpmn.h"
#include "main/bench.h"

enum { WIDE = 10000, WIDE_RUNS = 3, WIDE_BYTES = 1 << 30 };
enum { INSTANCES = 200000, CHECKS = 2000, RUNS = 7, MEMORY_BYTES = 64 << 20, STEPS = 1 << 20 };

/* start, service task, exclusive gateway with a FEEL condition, user task, end */
static const char small[] =
    "<b:definitions xmlns:b='" BPMN_NS "' xmlns:zeebe='" BPMN_ZEEBE_NS "'>"
    "<b:process id='small' isExecutable='true'><b:startEvent id='s'/><b:serviceTask id='a'>"
    "<b:extensionElements><zeebe:taskDefinition type='t'/></b:extensionElements></b:serviceTask>"
    "<b:exclusiveGateway id='g' default='ge'/><b:userTask id='u'/><b:endEvent id='e'/>"
    "<b:sequenceFlow id='sa' sourceRef='s' targetRef='a'/>"
    "<b:sequenceFlow id='ag' sourceRef='a' targetRef='g'/>"
    "<b:sequenceFlow id='gu' sourceRef='g' targetRef='u'>"
    "<b:conditionExpression>= amount &gt; 100</b:conditionExpression></b:sequenceFlow>"
    "<b:sequenceFlow id='ge' sourceRef='g' targetRef='e'/>"
    "<b:sequenceFlow id='ue' sourceRef='u' targetRef='e'/></b:process></b:definitions>";

/* one job for each item, all at once */
static const char wide[] =
    "<b:definitions xmlns:b='" BPMN_NS "' xmlns:zeebe='" BPMN_ZEEBE_NS "'>"
    "<b:process id='wide' isExecutable='true'><b:startEvent id='s'/><b:serviceTask id='a'>"
    "<b:extensionElements><zeebe:taskDefinition type='t'/></b:extensionElements>"
    "<b:multiInstanceLoopCharacteristics><b:extensionElements><zeebe:loopCharacteristics "
    "inputCollection='= items' inputElement='item' outputCollection='results' "
    "outputElement='= item'/></b:extensionElements></b:multiInstanceLoopCharacteristics>"
    "</b:serviceTask><b:endEvent id='e'/>"
    "<b:sequenceFlow id='sa' sourceRef='s' targetRef='a'/>"
    "<b:sequenceFlow id='ae' sourceRef='a' targetRef='e'/></b:process></b:definitions>";

struct engine {
    const struct bpmn_process *process;
    struct arena *model, *states, *scratch;
    struct feel_value variables;
};

static bool step(struct engine *e, struct bpmn_records *records, struct bpmn_state *state,
                 struct bpmn_input input, struct err *err) {
    struct bpmn_env env = {.now_us = 1};
    struct budget budget = budget_of(STEPS, MEMORY_BYTES);
    return bpmn_step(records, state, e->process, &input, &env, e->scratch, &budget, err);
}

/* One instance from its start to its end; false also when it did not end. */
static bool one_instance(struct engine *e, struct err *err) {
    struct bpmn_state state;
    struct bpmn_records records = {.arena = e->scratch};
    arena_reset(e->states);
    arena_reset(e->scratch);
    bpmn_state_init(&state, e->states);
    if (!step(e, &records, &state,
              (struct bpmn_input){.kind = BPMN_IN_START, .variables = e->variables}, err) ||
        !step(e, &records, &state,
              (struct bpmn_input){.kind = BPMN_IN_JOB_DONE, .id = state.jobs.list[0].id}, err) ||
        !step(e, &records, &state,
              (struct bpmn_input){.kind = BPMN_IN_COMPLETE, .id = state.instances.list[1].id}, err))
        return false;
    return state.ending == BPMN_ENDING_COMPLETED ||
           err_set(err, ERR_INTERNAL, err_nowhere, "the measured process did not end");
}

static bool instances(int64_t *took_us, struct engine *e, struct err *err) {
    bool ok = true;
    int64_t from_us = bench_cpu_us();
    for (size_t i = 0; ok && i < INSTANCES; i++)
        ok = one_instance(e, err);
    *took_us = bench_cpu_us() - from_us;
    return ok;
}

static bool checks(int64_t *took_us, struct engine *e, struct err *err) {
    bool ok = true;
    int64_t from_us = bench_cpu_us();
    for (size_t i = 0; ok && i < CHECKS; i++) {
        struct bpmn_findings found;
        struct budget budget = budget_of(STEPS, MEMORY_BYTES);
        arena_reset(e->scratch);
        ok = bpmn_check_sound(&found, e->process, (struct bpmn_sound_limits){0}, e->scratch,
                              &budget, err);
    }
    *took_us = bench_cpu_us() - from_us;
    return ok;
}

/* Ten thousand jobs of one activity in one instance: begun in one step, each done in its own. */
static bool one_wide(int64_t *took_us, struct engine *e, struct err *err) {
    struct bpmn_state state;
    int64_t from_us = bench_cpu_us();
    arena_reset(e->states);
    arena_reset(e->scratch);
    bpmn_state_init(&state, e->states);
    struct bpmn_records records = {.arena = e->scratch};
    struct bpmn_input input = {.kind = BPMN_IN_START, .variables = e->variables};
    bool ok = step(e, &records, &state, input, err);
    while (ok && state.jobs.count > 0) {
        arena_reset(e->scratch);
        records = (struct bpmn_records){.arena = e->scratch};
        input = (struct bpmn_input){.kind = BPMN_IN_JOB_DONE, .id = state.jobs.list[0].id};
        ok = step(e, &records, &state, input, err);
    }
    *took_us = bench_cpu_us() - from_us;
    return ok && (state.ending == BPMN_ENDING_COMPLETED ||
                  err_set(err, ERR_INTERNAL, err_nowhere, "the wide process did not end"));
}

static int by_time(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static bool measure(int64_t *median_us, bool (*what)(int64_t *, struct engine *, struct err *),
                    struct engine *e, size_t runs, struct err *err) {
    int64_t took_us[RUNS] = {0};
    for (size_t i = 0; i < runs; i++)
        if (!what(&took_us[i], e, err))
            return false;
    qsort(took_us, runs, sizeof *took_us, by_time);
    *median_us = MAX_OF(took_us[runs / 2], 1);
    return true;
}

static bool set_up(struct engine *e, struct err *err) {
    struct bpmn_model *model;
    struct budget budget = budget_of(STEPS, MEMORY_BYTES);
    struct feel_entry amount = {STR("amount"), feel_int(200)};
    e->model = arena_create("bench model", MEMORY_BYTES);
    e->states = arena_create("bench state", MEMORY_BYTES);
    e->scratch = arena_create("bench scratch", MEMORY_BYTES);
    e->variables = feel_context_of(e->model, &amount, 1);
    if (!bpmn_read(&model, str_from(small), "bench", e->model, &budget, err))
        return false;
    e->process = model->processes[0];
    return true;
}

static bool measure_wide(int64_t *took_us, struct err *err) {
    struct engine e = {.model = arena_create("wide model", MEMORY_BYTES),
                       .states = arena_create("wide state", WIDE_BYTES),
                       .scratch = arena_create("wide scratch", WIDE_BYTES)};
    struct bpmn_model *model;
    struct budget budget = budget_of(STEPS, MEMORY_BYTES);
    struct feel_value *items = arena_new(e.model, struct feel_value, WIDE);
    for (int i = 0; i < WIDE; i++)
        items[i] = feel_int(i);
    struct feel_entry entry = {STR("items"), feel_list(items, WIDE)};
    e.variables = feel_context_of(e.model, &entry, 1);
    bool ok = bpmn_read(&model, str_from(wide), "bench", e.model, &budget, err);
    if (ok) {
        e.process = model->processes[0];
        ok = measure(took_us, one_wide, &e, WIDE_RUNS, err);
    }
    arena_destroy(e.model);
    arena_destroy(e.states);
    arena_destroy(e.scratch);
    return ok;
}

/* lines: one run, for bench/peers.mjs */
static bool measure_all(struct engine *e, bool lines, struct err *err) {
    int64_t run_us, check_us, wide_us;
    if (!set_up(e, err) || !measure(&run_us, instances, e, lines ? 1 : RUNS, err))
        return false;
    if (lines) {
        (void)printf("instance\t%" PRIi64 "\t%zu\n", INSTANCES * INT64_C(1000000) / run_us,
                     arena_used_bytes(e->states));
        return true;
    }
    if (!measure(&check_us, checks, e, RUNS, err) || !measure_wide(&wide_us, err))
        return false;
    (void)printf("| what | a second |\n|---|---|\n| instances in memory, three steps each | "
                 "%" PRIi64 " |\n| soundness checks of the same process | %" PRIi64 " |\n"
                 "| jobs of one activity with %d of them at once, begun and done | %" PRIi64 " |\n",
                 INSTANCES * INT64_C(1000000) / run_us, CHECKS * INT64_C(1000000) / check_us, WIDE,
                 WIDE * INT64_C(1000000) / wide_us);
    return true;
}

int bench_engine(int argc, char **argv) {
    bool lines;
    struct err err = {0};
    struct engine e;
    int code;
    if (!bench_lines(
            &lines, &code, "bench engine",
            "Process instances a second in memory on one core: start, service task, gateway "
            "with a condition, user task, end.",
            argc, argv))
        return code;
    bool ok = measure_all(&e, lines, &err);
    arena_destroy(e.model);
    arena_destroy(e.states);
    arena_destroy(e.scratch);
    return ok ? EXIT_OK : command_failed("bench", "%s", err.text);
}
