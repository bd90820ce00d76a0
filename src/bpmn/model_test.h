/* bpmn/model_test.h - models for tests, written by macros that paste XML together at compile time.
 */
#ifndef MANDATE_BPMN_MODEL_TEST_H
#define MANDATE_BPMN_MODEL_TEST_H

#include "bpmn/model.h"

#define EXT(content) "<bpmn:extensionElements>" content "</bpmn:extensionElements>"
#define NODE_OF(element, id, attributes, content)                                                  \
    "<bpmn:" element " id='" id "'" attributes ">" content "</bpmn:" element ">"
#define FLOW(from, to)                                                                             \
    "<bpmn:sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define IF(from, to, condition)                                                                    \
    "<bpmn:sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to                  \
    "'><bpmn:conditionExpression>=" condition "</bpmn:conditionExpression></bpmn:sequenceFlow>"

#define START(id)                  NODE_OF("startEvent", id, "", "")
#define START_ON(id, definition)   NODE_OF("startEvent", id, "", definition)
#define START_WITH(id, extensions) NODE_OF("startEvent", id, "", EXT(extensions))
#define END_WITH(id, extensions)   NODE_OF("endEvent", id, "", EXT(extensions))
#define END(id)                    NODE_OF("endEvent", id, "", "")
#define END_ON(id, definition)     NODE_OF("endEvent", id, "", definition)
#define CATCH(id, definition)      NODE_OF("intermediateCatchEvent", id, "", definition)
#define THROW(id, definition)      NODE_OF("intermediateThrowEvent", id, "", definition)
#define BOUNDARY(id, host, cancel, definition)                                                     \
    NODE_OF("boundaryEvent", id, " attachedToRef='" host "' cancelActivity='" cancel "'",          \
            definition)
#define TASK(id)             NODE_OF("task", id, "", "")
#define MANUAL(id)           NODE_OF("manualTask", id, "", "")
#define USER(id, extensions) NODE_OF("userTask", id, "", EXT(extensions))
#define SEND(id, extensions) NODE_OF("sendTask", id, "", EXT(extensions))
#define RECEIVE(id, message) NODE_OF("receiveTask", id, " messageRef='" message "'", "")
#define SERVICE(id, type, extensions)                                                              \
    NODE_OF("serviceTask", id, "", EXT("<zeebe:taskDefinition type='" type "'/>" extensions))
#define RULE(id, decision, result)                                                                 \
    NODE_OF("businessRuleTask", id, "",                                                            \
            EXT("<zeebe:calledDecision decisionId='" decision "' resultVariable='" result "'/>"))
#define SCRIPT(id, expression, result)                                                             \
    NODE_OF("scriptTask", id, "",                                                                  \
            EXT("<zeebe:script expression='" expression "' resultVariable='" result "'/>"))
#define CALL(id, process, attributes)                                                              \
    NODE_OF("callActivity", id, "",                                                                \
            EXT("<zeebe:calledElement processId='" process "'" attributes "/>"))
#define EXCLUSIVE(id, other) NODE_OF("exclusiveGateway", id, " default='" other "'", "")
#define INCLUSIVE(id, other) NODE_OF("inclusiveGateway", id, " default='" other "'", "")
#define PARALLEL(id)         NODE_OF("parallelGateway", id, "", "")
#define EVENT_BASED(id)      NODE_OF("eventBasedGateway", id, "", "")
#define OUTCOME(value)       "<mandate:outcome value='" value "'/>"

#define DURATION(text)                                                                             \
    "<bpmn:timerEventDefinition><bpmn:timeDuration>" text                                          \
    "</bpmn:timeDuration></bpmn:timerEventDefinition>"
#define DATE(text)                                                                                 \
    "<bpmn:timerEventDefinition><bpmn:timeDate>" text "</bpmn:timeDate></"                         \
    "bpmn:timerEventDefinition>"
#define EVENT_MESSAGE(id)    "<bpmn:messageEventDefinition messageRef='" id "'/>"
#define EVENT_SIGNAL(id)     "<bpmn:signalEventDefinition signalRef='" id "'/>"
#define EVENT_ERROR(id)      "<bpmn:errorEventDefinition errorRef='" id "'/>"
#define EVENT_ESCALATION(id) "<bpmn:escalationEventDefinition escalationRef='" id "'/>"

/* Root elements; model_read() moves everything up to ROOT_END out of the process. */
#define ROOT_END "<!---->"
#define MESSAGE(id, name, key)                                                                     \
    "<bpmn:message id='" id "' name='" name                                                        \
    "'><bpmn:extensionElements><zeebe:subscription correlationKey='" key                           \
    "'/></bpmn:extensionElements></bpmn:message>" ROOT_END
#define SIGNAL(id, name)  "<bpmn:signal id='" id "' name='" name "'/>" ROOT_END
#define ERROR(id, code)   "<bpmn:error id='" id "' errorCode='" code "'/>" ROOT_END
#define ESCALATION(id, c) "<bpmn:escalation id='" id "' escalationCode='" c "'/>" ROOT_END

/* The text of a whole file around one process's contents, in the arena. */
struct str model_text(struct arena *arena, const char *contents);
/* Read it: the one process in it. */
bool model_read(struct bpmn_process **out, struct arena *arena, const char *contents,
                struct err *err);

#endif
