/* Reading the elements beyond tasks, gateways and plain events: what comes into the model, and what
 * is refused where. */
#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/model_test.h"

#define BETWEEN        FLOW("s", "a") FLOW("a", "e")
#define WITH(contents) START("s") contents END("e") BETWEEN
#define JOB            "<zeebe:taskDefinition type='w'/>"
#define MULTI(attributes, content)                                                                 \
    "<bpmn:multiInstanceLoopCharacteristics" attributes ">" content                                \
    "</bpmn:multiInstanceLoopCharacteristics>"
#define OVER                                                                                       \
    EXT("<zeebe:loopCharacteristics inputCollection='=xs' inputElement='x' outputCollection='ys' " \
        "outputElement='=y'/>")
#define UNDO(id, host) BOUNDARY(id, host, "true", "<bpmn:compensateEventDefinition/>")
#define HANDLER(id)    NODE_OF("task", id, " isForCompensation='true'", "")
#define LINK(from, to)                                                                             \
    "<bpmn:association id='" from "." to "' sourceRef='" from "' targetRef='" to "'/>"
#define CONDITION(text)                                                                            \
    "<bpmn:conditionalEventDefinition><bpmn:condition>" text                                       \
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
#define CYCLE(text)                                                                                \
    "<bpmn:timerEventDefinition><bpmn:timeCycle>" text "</bpmn:timeCycle></"                       \
    "bpmn:timerEventDefinition>"

/* clang-format off */
static const struct row {
    int line;
    const char *contents;
    enum err_code want;
    const char *words;
} rows[] = {
    {__LINE__, WITH(NODE_OF("userTask", "a", "", MULTI("", ""))), ERR_INVALID, "needs loopCardinality"},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", MULTI("", "<bpmn:loopCardinality>3</bpmn:loopCardinality>"))), ERR_NONE, ""},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", MULTI(" behavior='Some'", "<bpmn:loopCardinality>3</bpmn:loopCardinality>"))), ERR_INVALID, "behavior 'Some'"},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", MULTI(" behavior='One' oneBehaviorEventRef='x'", "<bpmn:loopCardinality>3</bpmn:loopCardinality>"))), ERR_UNKNOWN, "no event definition"},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", MULTI("", "<bpmn:loopDataInputRef>no</bpmn:loopDataInputRef>"))), ERR_UNKNOWN, "no data of this process"},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", "<bpmn:standardLoopCharacteristics loopMaximum='many'/>")), ERR_INVALID, "loopMaximum 'many'"},
    {__LINE__, WITH(NODE_OF("userTask", "a", " startQuantity='2'", "")), ERR_NONE, ""},
    {__LINE__, WITH(NODE_OF("userTask", "a", " startQuantity='0'", "")), ERR_INVALID, "no number from 1"},
    {__LINE__, WITH(NODE_OF("userTask", "a", " completionQuantity='1001'", "")), ERR_INVALID, "no number from 1"},
    {__LINE__, WITH(NODE_OF("userTask", "a", " completionQuantity='many'", "")), ERR_INVALID, "completionQuantity 'many'"},
    {__LINE__, WITH(NODE_OF("userTask", "a", "", "<bpmn:potentialOwner><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>")), ERR_UNKNOWN, "no such resource"},
    {__LINE__, WITH(NODE_OF("scriptTask", "a", "", "<bpmn:script>1</bpmn:script>")), ERR_UNSUPPORTED, "zeebe:script"},
    /* compensation */
    {__LINE__, WITH(TASK("a") UNDO("u", "a")), ERR_INVALID, "no association leads from it"},
    {__LINE__, WITH(TASK("a") UNDO("u", "a") HANDLER("h") LINK("u", "h")), ERR_NONE, ""},
    {__LINE__, WITH(TASK("a") UNDO("u", "a") HANDLER("h") LINK("h", "u")), ERR_NONE, ""},
    {__LINE__, WITH(TASK("a") UNDO("u", "a") TASK("h") LINK("u", "h")), ERR_INVALID, "not isForCompensation"},
    {__LINE__, WITH(TASK("a") HANDLER("h")), ERR_INVALID, "no compensation event leads to it"},
    {__LINE__, WITH(TASK("a") UNDO("u", "a") HANDLER("h") LINK("u", "h") FLOW("h", "e")), ERR_INVALID, "no flow may touch a compensation handler"},
    {__LINE__, WITH(THROW("a", "<bpmn:compensateEventDefinition activityRef='x'/>")), ERR_UNKNOWN, "no activity of this process"},
    {__LINE__, WITH(THROW("a", "<bpmn:compensateEventDefinition activityRef='e'/>")), ERR_INVALID, "nothing compensates 'e'"},
    /* transactions and cancel */
    {__LINE__, WITH(TASK("a") BOUNDARY("b", "a", "true", "<bpmn:cancelEventDefinition/>") END("f") FLOW("b", "f")), ERR_INVALID, "only a transaction"},
    {__LINE__, START("s") END_ON("e", "<bpmn:cancelEventDefinition/>") FLOW("s", "e"), ERR_INVALID, "only a transaction"},
    /* ad-hoc */
    {__LINE__, WITH(NODE_OF("adHocSubProcess", "a", "", "")), ERR_INVALID, "no activity"},
    {__LINE__, WITH(NODE_OF("adHocSubProcess", "a", "", START("q") TASK("t"))), ERR_INVALID, "neither start nor end"},
    /* events */
    {__LINE__, WITH(CATCH("a", CONDITION(""))), ERR_INVALID, "condition is missing"},
    {__LINE__, WITH(CATCH("a", "<bpmn:conditionalEventDefinition>" EXT("<zeebe:conditionalFilter variableEvents='delete'/>") "<bpmn:condition>x</bpmn:condition></bpmn:conditionalEventDefinition>")), ERR_INVALID, "neither create nor update"},
    {__LINE__, WITH(CATCH("a", "<bpmn:eventDefinitionRef>no</bpmn:eventDefinitionRef>")), ERR_UNKNOWN, "no event definition"},
    {__LINE__, WITH(CATCH("a", DURATION("PT1S") "<bpmn:linkEventDefinition name='l'/>")), ERR_UNSUPPORTED, "one of several"},
    {__LINE__, WITH(NODE_OF("intermediateThrowEvent", "a", " parallelMultiple='true'", "<bpmn:escalationEventDefinition/><bpmn:escalationEventDefinition/>")), ERR_INVALID, "not parallel multiple"},
    {__LINE__, WITH(CATCH("a", "<bpmn:errorEventDefinition/>")), ERR_UNSUPPORTED, "not supported at this place"},
    {__LINE__, START("s") SERVICE("a", "w", "") BOUNDARY("b", "a", "false", "<bpmn:errorEventDefinition/>") END("e") BETWEEN FLOW("b", "e"), ERR_INVALID, "always interrupts"},
    {__LINE__, ERROR("x", "=c") START("s") SERVICE("a", "w", "") BOUNDARY("b", "a", "true", EVENT_ERROR("x")) END("e") BETWEEN FLOW("b", "e"), ERR_UNSUPPORTED, "fixed code"},
    {__LINE__, WITH(CATCH("a", CYCLE("every day"))), ERR_INVALID, "not a cycle"},
    {__LINE__, WITH(CATCH("a", CYCLE("0 0 0 30 2 *"))), ERR_INVALID, "not a cycle"},
    /* gateways */
    {__LINE__, WITH(NODE_OF("complexGateway", "a", "", "") FLOW("s", "a2") TASK("a2") ) "<bpmn:sequenceFlow id='x' sourceRef='a2' targetRef='a'/>", ERR_INVALID, "needs an activationCondition"},
    {__LINE__, START("s") NODE_OF("eventBasedGateway", "a", " eventGatewayType='Parallel'", "") FLOW("s", "a"), ERR_INVALID, "only a gateway that starts"},
    {__LINE__, MESSAGE("m", "go", "") START("s") NODE_OF("receiveTask", "a", " instantiate='true' messageRef='m'", "") END("e") BETWEEN, ERR_INVALID, "where nothing leads to it"},
    /* data */
    {__LINE__, WITH(NODE_OF("userTask", "a", "", "<bpmn:ioSpecification><bpmn:inputSet><bpmn:dataInputRefs>no</bpmn:dataInputRefs></bpmn:inputSet></bpmn:ioSpecification>")), ERR_UNKNOWN, "not declared beside it"},
    {__LINE__, "<bpmn:dataStoreReference id='d'/>" WITH(NODE_OF("userTask", "a", "", "<bpmn:dataOutputAssociation><bpmn:targetRef>d</bpmn:targetRef></bpmn:dataOutputAssociation>")), ERR_NONE, ""},
    {__LINE__, "<bpmn:dataObject id='o' name='x'/>" WITH(NODE_OF("subProcess", "a", "", "<bpmn:dataObject id='p' name='x'/>" START("i") NODE_OF("task", "t", "", "<bpmn:ioSpecification><bpmn:dataInput id='in'/><bpmn:dataOutput id='out'/></bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>in</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation><bpmn:sourceRef>out</bpmn:sourceRef><bpmn:targetRef>p</bpmn:targetRef></bpmn:dataOutputAssociation>") FLOW("i", "t"))), ERR_UNSUPPORTED, "the name of one around it"},
    {__LINE__, "<bpmn:dataStoreReference id='d' capacity='lots'/>" WITH(TASK("a")), ERR_INVALID, "the capacity 'lots'"},
    {__LINE__, "<bpmn:dataStoreReference id='d' name='rates'/>" WITH(NODE_OF("userTask", "a", "", "<bpmn:dataOutputAssociation><bpmn:targetRef>d</bpmn:targetRef><bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>other</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation>")), ERR_INVALID, "not the data store 'rates'"},
    {__LINE__, "<bpmn:dataObject id='d'/><bpmn:dataObject id='d2'/>" WITH(NODE_OF("userTask", "a", "", "<bpmn:ioSpecification><bpmn:dataInput id='i'/></bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:sourceRef>d2</bpmn:sourceRef><bpmn:targetRef>i</bpmn:targetRef></bpmn:dataInputAssociation>")), ERR_INVALID, "need a transformation"},
    /* expressions, extensions */
    {__LINE__, START("s") EXCLUSIVE("a", "a-f") END("e") END("f") FLOW("s", "a") "<bpmn:sequenceFlow id='a-e' sourceRef='a' targetRef='e'><bpmn:conditionExpression language='http://www.w3.org/1999/XPath'>x</bpmn:conditionExpression></bpmn:sequenceFlow>" FLOW("a", "f"), ERR_UNSUPPORTED, "'conditionExpression' in 'a-e' is not executed: its expression language"},
    {__LINE__, START("s") EXCLUSIVE("a", "a-f") END("e") END("f") FLOW("s", "a") IF("a", "e", "1 +") FLOW("a", "f"), ERR_SYNTAX, "'conditionExpression' in 'a-e'"},
    {__LINE__, WITH(SERVICE("a", "w", "<zeebe:executionListeners><zeebe:executionListener eventType='later' type='x'/></zeebe:executionListeners>")), ERR_INVALID, "not one of: start, end"},
    {__LINE__, WITH(USER("a", "<zeebe:taskListeners><zeebe:taskListener eventType='creating'/></zeebe:taskListeners>")), ERR_INVALID, "'type' is missing"},
    {__LINE__, WITH(USER("a", "<zeebe:formDefinition formKey='camunda-forms:bpmn:no'/>")), ERR_UNKNOWN, "no zeebe:userTaskForm 'no'"},
    {__LINE__, WITH(CALL("a", "p", " bindingType='versionTag'")), ERR_INVALID, "'versionTag' is missing"},
    {__LINE__, WITH(CALL("a", "p", " bindingType='newest'")), ERR_INVALID, "latest, deployment, versionTag"},
    {__LINE__, WITH(USER("a", "<zeebe:magic/>")), ERR_UNSUPPORTED, "not known"},
    {__LINE__, WITH(USER("a", "<zeebe:adHoc/>")), ERR_INVALID, "does not belong on"},
    {__LINE__, "<bpmn:extension mustUnderstand='true' definition='q'/>" ROOT_END WITH(TASK("a")), ERR_UNSUPPORTED, "must be understood"},
    {__LINE__, "<bpmn:extension definition='q'/>" ROOT_END WITH(TASK("a")), ERR_NONE, ""},
    {__LINE__, "<bpmn:wonder/>" ROOT_END WITH(TASK("a")), ERR_UNSUPPORTED, "'wonder' is not known"},
    {__LINE__, WITH(TASK("a")) "<bpmn:wonder/>", ERR_UNSUPPORTED, "wonder"},
    {__LINE__, "<bpmn:collaboration id='k'><bpmn:messageFlow id='f' sourceRef='no' targetRef='a'/></bpmn:collaboration>" ROOT_END WITH(TASK("a")), ERR_UNKNOWN, "not in the file"},
};
/* clang-format on */

void test_bpmn_read_whole_refusals(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("read", 64 << 20);
        struct bpmn_process *process;
        bool ok = model_read(&process, arena, rows[i].contents, &err);
        CHECK_AT(rows[i].line, ok == (rows[i].want == ERR_NONE));
        CHECK_INT_AT(rows[i].line, err.code, rows[i].want);
        CHECK_AT(rows[i].line, ok || err.at.line > 0);
        if (!ok && str_find(str_from(err.text), str_from(rows[i].words)) == SIZE_MAX)
            CHECK_STR_AT(rows[i].line, str_from(err.text), str_from(rows[i].words));
        arena_destroy(arena);
    }
}

static struct bpmn_process *read_one(struct arena *arena, int line, const char *contents) {
    struct err err = {0};
    struct bpmn_process *process = NULL;
    CHECK_OK_AT(line, model_read(&process, arena, contents, &err), &err);
    return process;
}

void test_bpmn_read_loops(void) {
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p = read_one(
        arena, __LINE__,
        SIGNAL("g", "one") "<bpmn:signalEventDefinition id='sd' signalRef='g'/>" ROOT_END START("s")
            NODE_OF("serviceTask", "a", "",
                    EXT(JOB)
                        MULTI(" isSequential='true' behavior='One' oneBehaviorEventRef='sd'",
                              OVER "<bpmn:completionCondition>=done</bpmn:completionCondition>"))
                NODE_OF("userTask", "b", "",
                        "<bpmn:standardLoopCharacteristics testBefore='true' loopMaximum='3'>"
                        "<bpmn:loopCondition>again</bpmn:loopCondition>"
                        "</bpmn:standardLoopCharacteristics>") END("e") FLOW("s", "a")
                    FLOW("a", "b") FLOW("b", "e"));
    const struct bpmn_loop_def *a = p == NULL ? NULL : bpmn_node(p, STR("a"))->loop;
    const struct bpmn_loop_def *b = p == NULL ? NULL : bpmn_node(p, STR("b"))->loop;
    CHECK(a != NULL && b != NULL);
    if (a != NULL && b != NULL) {
        CHECK(a->kind == BPMN_LOOP_SEQUENTIAL && a->behavior == BPMN_BEHAVIOR_ONE);
        CHECK_STR(a->collection.text, STR("xs"));
        CHECK_STR(a->item, STR("x"));
        CHECK_STR(a->results, STR("ys"));
        CHECK_STR(a->result.text, STR("y"));
        CHECK_STR(a->until.text, STR("done"));
        CHECK_INT((int64_t)a->throw_count, 1);
        CHECK_STR(a->throws[0].code, STR("one"));
        CHECK(b->kind == BPMN_LOOP_STANDARD && b->test_before && b->most == 3);
        CHECK_STR(b->condition.text, STR("again"));
    }
    arena_destroy(arena);
}

void test_bpmn_read_events(void) {
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p =
        read_one(arena, __LINE__,
                 MESSAGE("m", "go", "=k") SIGNAL("g", "=\"s\" + x") ERROR("x", "=code") START("s")
                     START_ON("t", CYCLE("@daily"))
                         NODE_OF("intermediateCatchEvent", "a", " parallelMultiple='true'",
                                 EVENT_MESSAGE("m") CONDITION("v &gt; 1") EVENT_SIGNAL("g"))
                             CATCH("b", CYCLE("R3/PT1H")) END_ON("e", EVENT_ERROR("x"))
                                 FLOW("s", "a") FLOW("t", "a") FLOW("a", "b") FLOW("b", "e"));
    if (p != NULL) {
        const struct bpmn_node *a = bpmn_node(p, STR("a")), *t = bpmn_node(p, STR("t")),
                               *e = bpmn_node(p, STR("e"));
        CHECK(a->event == BPMN_EVENT_PARALLEL_MULTIPLE && a->def_count == 3);
        CHECK_STR(a->defs[0].message.text, STR("go"));
        CHECK_STR(a->defs[0].key.text, STR("k"));
        CHECK_STR(a->defs[1].condition.text, STR("v > 1"));
        CHECK(a->defs[2].code_expr.program != NULL && a->defs[2].code.len == 0);
        CHECK(t->instantiates && t->timer == BPMN_TIMER_CYCLE && t->def_count == 1);
        CHECK_STR(t->defs[0].when.text, STR("@daily"));
        CHECK(e->escapes && e->code_expr.program != NULL);
    }
    arena_destroy(arena);
}

void test_bpmn_read_compensation(void) {
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p = read_one(
        arena, __LINE__,
        START("s") TASK("a") UNDO("u", "a") HANDLER("h") LINK("u", "h") NODE_OF(
            "transaction", "x", "",
            START("xs") TASK("xa") END_ON("xe", "<bpmn:cancelEventDefinition/>") FLOW("xs", "xa")
                FLOW("xa", "xe") NODE_OF("subProcess", "xu", " triggeredByEvent='true'",
                                         START_ON("us", "<bpmn:compensateEventDefinition/>")
                                             END("ue") FLOW("us", "ue")))
            THROW("c",
                  "<bpmn:compensateEventDefinition activityRef='a' waitForCompletion='false'/>")
                END("e") FLOW("s", "a") FLOW("a", "x") FLOW("x", "c") FLOW("c", "e"));
    if (p != NULL) {
        const struct bpmn_node *a = bpmn_node(p, STR("a")), *h = bpmn_node(p, STR("h")),
                               *x = bpmn_node(p, STR("x")), *c = bpmn_node(p, STR("c"));
        CHECK(a->handler == h->index && h->compensates == a->index && h->for_compensation);
        CHECK(x->kind == BPMN_TRANSACTION && x->handler == bpmn_node(p, STR("xu"))->index);
        CHECK(c->activity == a->index && c->does_not_wait);
        CHECK_INT((int64_t)p->nodes[0].initial_count, 1);
    }
    arena_destroy(arena);
}

/* Paths that begin and end without events (BPMN 2.0.2: 13.2). */
void test_bpmn_read_implicit(void) {
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p =
        read_one(arena, __LINE__,
                 TASK("a") TASK("b") NODE_OF("subProcess", "c", "",
                                             TASK("d") TASK("f") FLOW("d", "f")) FLOW("a", "c"));
    if (p != NULL) {
        CHECK_INT((int64_t)p->nodes[0].initial_count, 2);
        CHECK(p->nodes[0].start == BPMN_NONE);
        CHECK_INT((int64_t)bpmn_node(p, STR("c"))->initial_count, 1);
    }
    arena_destroy(arena);
}

void test_bpmn_read_extensions(void) {
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p = read_one(
        arena, __LINE__,
        "<bpmn:resource id='r' name='clerks'/>" ROOT_END START("s") SERVICE(
            "a", "=\"t\" + x",
            "<zeebe:jobPriorityDefinition priority='=p'/><zeebe:agentDefinition agentType='g'/>"
            "<zeebe:linkedResources><zeebe:linkedResource resourceId='i' resourceType='RPA' "
            "linkName='l' bindingType='deployment'/></zeebe:linkedResources>"
            "<zeebe:properties><zeebe:property name='n' value='v'/></zeebe:properties>"
            "<zeebe:executionListeners><zeebe:executionListener eventType='end' type='=q' "
            "retries='2'><zeebe:taskHeaders><zeebe:header key='k' "
            "value='w'/></zeebe:taskHeaders>"
            "</zeebe:executionListener></zeebe:executionListeners>")
            NODE_OF("userTask", "b", " zeebe:modelerTemplate='x'",
                    EXT("<zeebe:userTask/><zeebe:formDefinition externalReference='=u'/>"
                        "<zeebe:taskListeners><zeebe:taskListener eventType='assigning' "
                        "type='z'/>"
                        "<zeebe:taskListener eventType='complete' "
                        "type='z'/></zeebe:taskListeners>") "<bpmn:potentialOwner><bpmn:"
                                                            "resourceRef>r</bpmn:resourceRef>"
                                                            "</bpmn:potentialOwner>") END("e")
                FLOW("s", "a") FLOW("a", "b") FLOW("b", "e"));
    if (p != NULL) {
        const struct bpmn_node *a = bpmn_node(p, STR("a")), *b = bpmn_node(p, STR("b"));
        CHECK(a->job_type.program != NULL && a->job_priority.program != NULL);
        CHECK_STR(a->agent, STR("g"));
        CHECK_STR(a->linked[0].name, STR("l"));
        CHECK(a->linked[0].bound.binding == BPMN_BINDING_DEPLOYMENT);
        CHECK_STR(a->properties[0].value, STR("v"));
        CHECK(a->listeners[0].listen == BPMN_LISTEN_END);
        CHECK_STR(a->listeners[0].headers[0].value, STR("w"));
        CHECK(b->native && b->form_external.program != NULL && b->listener_count == 2);
        CHECK(b->listeners[0].listen == BPMN_LISTEN_ASSIGNING);
        CHECK(b->listeners[1].listen == BPMN_LISTEN_COMPLETING);
        CHECK_STR(b->groups.text, STR("clerks"));
    }
    arena_destroy(arena);
}
