/* The pure layer alone: a history of commands, and its replay from the events' bytes. */
#include "process/process.h"

#include "base/test.h"

#define START_US INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

static const char model_text[] =
    "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='t' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
    "<bpmn:message id='m' name='paid'><bpmn:extensionElements><zeebe:subscription "
    "correlationKey='=order'/></bpmn:extensionElements></bpmn:message>"
    "<bpmn:signal id='g' name='alarm'/>"
    "<bpmn:process id='p' isExecutable='true'><bpmn:startEvent id='s'/>"
    "<bpmn:serviceTask id='a'><bpmn:extensionElements><zeebe:taskDefinition type='work'/>"
    "</bpmn:extensionElements></bpmn:serviceTask>"
    "<bpmn:userTask id='u'><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>"
    "</bpmn:userTask>"
    "<bpmn:boundaryEvent id='t' attachedToRef='u' cancelActivity='false'>"
    "<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type='bpmn:tFormalExpression'>PT1H"
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    "<bpmn:intermediateThrowEvent id='h'><bpmn:signalEventDefinition signalRef='g'/>"
    "</bpmn:intermediateThrowEvent><bpmn:endEvent id='e1'/>"
    "<bpmn:intermediateCatchEvent id='c'><bpmn:messageEventDefinition messageRef='m'/>"
    "</bpmn:intermediateCatchEvent>"
    "<bpmn:callActivity id='k'><bpmn:extensionElements><zeebe:calledElement processId='q'/>"
    "</bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id='e2'/>"
    "<bpmn:sequenceFlow id='f1' sourceRef='s' targetRef='a'/>"
    "<bpmn:sequenceFlow id='f2' sourceRef='a' targetRef='u'/>"
    "<bpmn:sequenceFlow id='f3' sourceRef='t' targetRef='h'/>"
    "<bpmn:sequenceFlow id='f4' sourceRef='h' targetRef='e1'/>"
    "<bpmn:sequenceFlow id='f5' sourceRef='u' targetRef='c'/>"
    "<bpmn:sequenceFlow id='f6' sourceRef='c' targetRef='k'/>"
    "<bpmn:sequenceFlow id='f7' sourceRef='k' targetRef='e2'/>"
    "</bpmn:process></bpmn:definitions>";

struct play {
    struct arena *arena;
    const struct bpmn_process *process;
    struct process_instance *live, *replayed;
    int64_t now_us;
    struct process_result result;
    struct err err;
};

static struct feel_value of_json(struct play *p, const char *text) {
    const struct json *tree;
    struct feel_value value = feel_null();
    struct err err = {0};
    struct budget budget = budget_of(1000, 1 << 20);
    CHECK_OK(json_read(&tree, str_from(text), "test", p->arena, &budget, &err), &err);
    CHECK_OK(feel_from_json(&value, tree, p->arena, &err), &err);
    return value;
}

/* What was made is folded from its own bytes into a second state: both are the same then. */
static void replay(struct play *p) {
    struct buf event, a, b;
    struct process_event again;
    struct process_instance *decoded = NULL;
    buf_init(&event, 1 << 20);
    buf_init(&a, 1 << 20);
    buf_init(&b, 1 << 20);
    process_event_encode(&event, &p->result.event);
    CHECK_OK(process_event_decode(&again, arena_str(p->arena, buf_view(&event)), &p->err), &p->err);
    CHECK_OK(process_fold(p->replayed, &again, &p->err), &p->err);
    CHECK_OK(process_encode(&a, p->live, &p->err), &p->err);
    CHECK_OK(process_encode(&b, p->replayed, &p->err), &p->err);
    CHECK(str_eq(buf_view(&a), buf_view(&b)));
    CHECK_OK(process_decode(&decoded, buf_view(&a), p->arena, p->process, 9, &p->err), &p->err);
    buf_reset(&b);
    CHECK_OK(process_encode(&b, decoded, &p->err), &p->err);
    CHECK(str_eq(buf_view(&a), buf_view(&b)));
    CHECK_INT(process_encoded_definition(buf_view(&a)), 77);
    buf_done(&event);
    buf_done(&a);
    buf_done(&b);
}

static void run_at(int line, struct play *p, struct process_command command, enum err_code want) {
    struct err err = {0};
    struct budget budget = budget_of(100000, 16 << 20);
    const struct process_env env = {.now_us = p->now_us};
    (void)!process_apply(&p->result, p->live, &command, &env, p->arena, &budget, &err);
    CHECK_INT_AT(line, err.code, want);
    if (want == ERR_NONE && err.code == ERR_NONE && p->result.event.kind != 0)
        replay(p);
}
#define run(p, ...)           run_at(__LINE__, p, (struct process_command){__VA_ARGS__}, ERR_NONE)
#define refused(p, code, ...) run_at(__LINE__, p, (struct process_command){__VA_ARGS__}, code)

static const struct process_effect *effect(const struct play *p, enum process_effect_kind kind) {
    for (size_t i = 0; i < p->result.effects.count; i++)
        if (p->result.effects.list[i].kind == kind)
            return &p->result.effects.list[i];
    return NULL;
}

static bool play_init(struct play *p) {
    struct bpmn_model *model = NULL;
    struct budget budget = budget_of(1000000, 64 << 20);
    *p = (struct play){.arena = arena_create("process", 64 << 20), .now_us = START_US};
    bool ok = bpmn_read(&model, str_from(model_text), "p.bpmn", p->arena, &budget, &p->err);
    CHECK_OK(ok, &p->err);
    if (!ok)
        return false;
    p->process = model->processes[0];
    p->live = process_create(p->arena, p->process, 9);
    p->replayed = process_create(p->arena, p->process, 9);
    return true;
}

void test_process_history(void) {
    struct play p;
    const struct process_origin origin = {.definition = 77, .tags_json = STR("[\"x\"]")};
    if (!play_init(&p))
        return;
    refused(&p, ERR_NOT_FOUND, .kind = PROCESS_CANCEL);
    run(&p, .kind = PROCESS_CREATE, .origin = &origin, .account = 3,
        .variables = of_json(&p, "{\"order\":\"17\"}"));
    const struct process_effect *work = effect(&p, PROCESS_EFFECT_JOB);
    CHECK(work != NULL && str_eq(work->name, STR("work")));
    uint32_t job = work == NULL ? 0 : work->id;
    run(&p, .kind = PROCESS_JOB_ACTIVATE, .id = job, .name = STR("w"), .until_us = START_US + 1000);
    refused(&p, ERR_CONFLICT, .kind = PROCESS_JOB_ACTIVATE, .id = job, .name = STR("v"));
    refused(&p, ERR_CONFLICT, .kind = PROCESS_JOB_COMPLETE, .id = job, .name = STR("v"));
    run(&p, .kind = PROCESS_JOB_UPDATE, .id = job, .until_us = START_US + 9000);
    run(&p, .kind = PROCESS_JOB_FAIL, .id = job, .text = STR("no"));
    uint32_t element = p.result.event.id == 0 ? 0 : process_job(p.live->flow, job)->instance;
    CHECK_INT(p.live->flow->incident_count, 1);
    run(&p, .kind = PROCESS_JOB_UPDATE, .id = job, .n = 2);
    run(&p, .kind = PROCESS_RESOLVE, .id = element);
    run(&p, .kind = PROCESS_JOB_COMPLETE, .id = job, .variables = of_json(&p, "{\"z\":1.50}"));
    CHECK_INT(p.live->flow->tasks.count, 1);
    uint32_t task = p.live->flow->tasks.list[0].instance;
    run(&p, .kind = PROCESS_TASK_ASSIGN, .id = task, .allow_override = true,
        .changes = of_json(&p, "{\"assignee\":\"anna\"}"));
    refused(&p, ERR_CONFLICT, .kind = PROCESS_TASK_ASSIGN, .id = task,
            .changes = of_json(&p, "{\"assignee\":\"ben\"}"));
    run(&p, .kind = PROCESS_SET, .id = 1, .variables = of_json(&p, "{\"w\":[1]}"));
    CHECK_INT(p.live->wake_us, START_US + INT64_C(3600000000));
    p.now_us += INT64_C(3600000000);
    run(&p, .kind = PROCESS_TICK);
    CHECK(effect(&p, PROCESS_EFFECT_SIGNAL) != NULL);
    run(&p, .kind = PROCESS_TASK_COMPLETE, .id = task);
    const struct process_effect *wait = effect(&p, PROCESS_EFFECT_WAIT);
    CHECK(wait != NULL && str_eq(wait->key, STR("17")));
    run(&p, .kind = PROCESS_MESSAGE, .id = wait == NULL ? 0 : wait->id, .name = STR("paid"),
        .text = STR("17"), .n = 5);
    const struct process_effect *call = effect(&p, PROCESS_EFFECT_CALL);
    CHECK(call != NULL && str_eq(call->name, STR("q")));
    run(&p, .kind = PROCESS_CALL_DONE, .id = call == NULL ? 0 : call->id, .n = 6);
    CHECK(effect(&p, PROCESS_EFFECT_ENDED) != NULL);
    refused(&p, ERR_CONFLICT, .kind = PROCESS_CANCEL);
    arena_destroy(p.arena);
}

/* Stored bytes that are cut or changed are found, whatever the place. */
void test_process_event_broken(void) {
    struct err err = {0};
    struct buf bytes;
    struct process_event out;
    const struct process_event event = {.kind = PROCESS_EVENT_job_completed,
                                        .seq = 4,
                                        .at_us = START_US,
                                        .account = 7,
                                        .id = 3,
                                        .name = STR("n"),
                                        .text = STR("t")};
    buf_init(&bytes, 1 << 10);
    process_event_encode(&bytes, &event);
    for (size_t len = 0; len < bytes.len; len++) {
        err_reset(&err);
        CHECK(!process_event_decode(&out, str_sub(buf_view(&bytes), 0, len), &err));
        CHECK_INT(err.code, ERR_CORRUPT);
    }
    err_reset(&err);
    CHECK_OK(process_event_decode(&out, buf_view(&bytes), &err), &err);
    CHECK_INT((int64_t)out.account, 7);
    bytes.at[0] = 99; /* no such kind */
    CHECK(!process_event_decode(&out, buf_view(&bytes), &err));
    buf_done(&bytes);
}
