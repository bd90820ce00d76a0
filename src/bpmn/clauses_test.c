/* What the standard has around the flow of tokens - common elements, collaborations, people - and
 * that the scenarios in test/bpmn do not reach: a file, and what must be in the model. */
#include "bpmn/bpmn.h"

#include "base/test.h"

#define HEAD                                                                                       \
    "<definitions xmlns='" BPMN_NS "' xmlns:zeebe='" BPMN_ZEEBE_NS "' id='d' "                     \
    "targetNamespace='urn:t'>"
#define SMALL(inside)                                                                              \
    "<process id='p' isExecutable='true'><startEvent id='s'/>" inside "<endEvent id='e'/>"         \
    "<sequenceFlow id='f' sourceRef='s' targetRef='a'/>"                                           \
    "<sequenceFlow id='g' sourceRef='a' targetRef='e'/></process>"
#define MANUAL "<manualTask id='a'/>"

struct bench {
    struct arena *arena;
    struct bpmn_model *model;
    struct err err;
};

static bool read(struct bench *b, const char *body) {
    struct budget budget = budget_of(1000000, 16 << 20);
    *b = (struct bench){.arena = arena_create("clauses", 32 << 20)};
    struct str text = arena_printf(b->arena, HEAD "%s</definitions>", body);
    return bpmn_read(&b->model, text, "t.bpmn", b->arena, &budget, &b->err);
}

/* BPMN 2.0.2: 7.6.1, 8.2.3 */
void test_bpmn_clauses_refused(void) {
    static const struct row {
        int line;
        const char *body, *want;
    } rows[] = {
        {__LINE__,
         SMALL("<subProcess id='a'><startEvent id='x'/><manualTask id='y'/>"
               "<sequenceFlow id='xy' sourceRef='x' targetRef='y'/>"
               "<sequenceFlow id='out' sourceRef='y' targetRef='e'/></subProcess>"),
         "the flow crosses the border of a sub-process"},
        {__LINE__, "<extension mustUnderstand='true' definition='x:y'/>" SMALL(MANUAL),
         "the extension 'x:y' must be understood, and is not known"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        CHECK_AT(rows[i].line, !read(&b, rows[i].body));
        CHECK_AT(rows[i].line, str_find(str_from(b.err.text), str_from(rows[i].want)) != SIZE_MAX);
        arena_destroy(b.arena);
    }
}

/* BPMN 2.0.2: 8.3.1, 10.2: a process that is not to be executed is left out, and so are notes. */
void test_bpmn_clauses_executable(void) {
    struct bench b;
    CHECK_OK(read(&b, "<process id='q' isExecutable='false'><task id='t'/></process>" SMALL(
                          MANUAL "<textAnnotation id='n'><text>note</text></textAnnotation>"
                                 "<association id='as' sourceRef='a' targetRef='n'/>")),
             &b.err);
    CHECK_INT((int64_t)b.model->process_count, 1);
    CHECK_STR(b.model->processes[0]->id, STR("p"));
    CHECK_INT((int64_t)b.model->processes[0]->node_count, 4); /* itself and three */
    arena_destroy(b.arena);
}

/* BPMN 2.0.2: chapter 9, 10.8, table 10.126 */
void test_bpmn_clauses_collaboration(void) {
    struct bench b;
    CHECK_OK(read(&b, "<message id='m' name='hello'/><collaboration id='c'>"
                      "<participant id='one' name='Organ' processRef='p'/>"
                      "<participant id='two' name='Person'/>"
                      "<messageFlow id='mf' sourceRef='two' targetRef='a' messageRef='m'/>"
                      "</collaboration>"
                      "<process id='p' isExecutable='true'><laneSet><lane id='l' name='Desk'>"
                      "<flowNodeRef>a</flowNodeRef></lane></laneSet><startEvent id='s'/>"
                      "<receiveTask id='a' messageRef='m'><extensionElements>"
                      "</extensionElements></receiveTask><endEvent id='e'/>"
                      "<sequenceFlow id='f' sourceRef='s' targetRef='a'/>"
                      "<sequenceFlow id='g' sourceRef='a' targetRef='e'/></process>"),
             &b.err);
    CHECK_INT((int64_t)b.model->participant_count, 2);
    CHECK_INT((int64_t)b.model->message_flow_count, 1);
    CHECK_STR(b.model->message_flows[0].message, STR("hello"));
    CHECK_INT((int64_t)b.model->processes[0]->lane_count, 1);
    CHECK_INT(bpmn_node(b.model->processes[0], STR("a"))->lane, 0);
    arena_destroy(b.arena);
}

/* BPMN 2.0.2: 8.4.2: the key of a message that is awaited is what the process holds. */
void test_bpmn_clauses_correlation(void) {
    struct bench b;
    CHECK_OK(read(&b, "<message id='m' name='hello'/><correlationProperty id='cp'>"
                      "<correlationPropertyRetrievalExpression messageRef='m'>"
                      "<messagePath>number</messagePath></correlationPropertyRetrievalExpression>"
                      "</correlationProperty><process id='p' isExecutable='true'>"
                      "<correlationSubscription id='cs' correlationKeyRef='k'>"
                      "<correlationPropertyBinding correlationPropertyRef='cp'>"
                      "<dataPath>own number</dataPath></correlationPropertyBinding>"
                      "</correlationSubscription><startEvent id='s'/>"
                      "<receiveTask id='a' messageRef='m'/><endEvent id='e'/>"
                      "<sequenceFlow id='f' sourceRef='s' targetRef='a'/>"
                      "<sequenceFlow id='g' sourceRef='a' targetRef='e'/></process>"),
             &b.err);
    const struct bpmn_node *node = bpmn_node(b.model->processes[0], STR("a"));
    CHECK_STR(node->key.text, STR("own number"));
    arena_destroy(b.arena);
}

/* BPMN 2.0.2: 10.3.1, 10.3.4: who may do a task, where zeebe's elements do not say it. */
void test_bpmn_clauses_people(void) {
    struct bench b;
    CHECK_OK(read(&b, "<resource id='r' name='clerks'/>" SMALL(
                          "<userTask id='a'><potentialOwner id='o'><resourceRef>r</resourceRef>"
                          "</potentialOwner></userTask>")),
             &b.err);
    const struct bpmn_node *node = bpmn_node(b.model->processes[0], STR("a"));
    CHECK_INT((int64_t)node->role_count, 1);
    CHECK_STR(node->groups.text, STR("clerks"));
    arena_destroy(b.arena);
}

/* BPMN 2.0.2: 10.3.7: a global task is called like a process. */
void test_bpmn_clauses_global_task(void) {
    struct bench b;
    CHECK_OK(read(&b, "<globalUserTask id='ask' name='Ask'/>" SMALL(
                          "<callActivity id='a' calledElement='ask'/>")),
             &b.err);
    bool found = false;
    for (size_t i = 0; i < b.model->process_count; i++)
        found = found || (b.model->processes[i]->global_task &&
                          str_eq(b.model->processes[i]->id, STR("ask")));
    CHECK(found);
    arena_destroy(b.arena);
}
