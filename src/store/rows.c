/* The tables of fields. `t` is the row itself, `d` its process definition, `p` its element. A key
 * of a process instance is one more than the first of its stream, so what belongs to an instance
 * lies between t.key and t.key + 2^24 - 1. */
#include "store/rows.h"

#include <inttypes.h>

#define STREAM_KEYS "16777216"
#define TENANT      "'<default>'"
#define OUT         SEARCH_OUT
#define BY          SEARCH_BY
#define SORT        SEARCH_SORT
#define NONE        SEARCH_NONE
#define WHOM        SEARCH_WHOM
#define ALL         (SEARCH_OUT | SEARCH_BY | SEARCH_SORT)

#define T(name, sql, flags)                                                                        \
    { name, sql, SEARCH_TEXT, flags, NULL, NULL, NULL }
#define KEY(name, sql, flags)                                                                      \
    { name, sql, SEARCH_KEY, flags, NULL, NULL, NULL }
#define JOB(name, sql, flags)                                                                      \
    { name, sql, SEARCH_JOB, flags, NULL, NULL, NULL }
#define STREAM(name, sql, flags)                                                                   \
    { name, sql, SEARCH_STREAM, flags, NULL, NULL, NULL }
#define INT(name, sql, flags)                                                                      \
    { name, sql, SEARCH_I64, flags, NULL, NULL, NULL }
#define TIME(name, sql, flags)                                                                     \
    { name, sql, SEARCH_TIME, flags, NULL, NULL, NULL }
#define BOOL(name, sql, flags)                                                                     \
    { name, sql, SEARCH_BOOL, flags, NULL, NULL, NULL }
#define WORD(name, sql, flags, words)                                                              \
    { name, sql, SEARCH_WORD, flags, words, NULL, NULL }
#define OBJ(name, sql, flags)                                                                      \
    { name, sql, SEARCH_JSON, flags, NULL, NULL, NULL }
#define WRAP(name, sql, kind, wrap)                                                                \
    { name, sql, kind, SEARCH_BY, NULL, wrap, NULL }
#define TRUE_IF(condition)     "CASE WHEN " condition " THEN 1 ELSE 0 END"
#define JSON_OR(column, other) "CASE " column " WHEN '' THEN '" other "' ELSE " column " END"
/* An empty name: the id, because programs are promised one. */
#define NAME_OR(name, id) "CASE " name " WHEN '' THEN " id " ELSE " name " END"
/* Items of a JSON list in a column. */
#define IN_LIST(column) "EXISTS (SELECT 1 FROM json_each(" JSON_OR(column, "[]") ") AS c WHERE {})"
#define OF_INSTANCE(table)                                                                         \
    "EXISTS (SELECT 1 FROM " table " AS x WHERE x.key > t.key AND x.key < t.key + " STREAM_KEYS    \
    " - 1 AND {})"

#define STATES "ACTIVE COMPLETED TERMINATED"
#define ELEMENT_TYPES                                                                              \
    "UNSPECIFIED PROCESS SUB_PROCESS EVENT_SUB_PROCESS AD_HOC_SUB_PROCESS "                        \
    "AD_HOC_SUB_PROCESS_INNER_INSTANCE START_EVENT INTERMEDIATE_CATCH_EVENT "                      \
    "INTERMEDIATE_THROW_EVENT BOUNDARY_EVENT END_EVENT SERVICE_TASK RECEIVE_TASK USER_TASK "       \
    "MANUAL_TASK TASK EXCLUSIVE_GATEWAY INCLUSIVE_GATEWAY PARALLEL_GATEWAY EVENT_BASED_GATEWAY "   \
    "SEQUENCE_FLOW MULTI_INSTANCE_BODY CALL_ACTIVITY BUSINESS_RULE_TASK SCRIPT_TASK SEND_TASK "    \
    "UNKNOWN"
#define ERROR_TYPES                                                                                \
    "UNSPECIFIED UNKNOWN IO_MAPPING_ERROR JOB_NO_RETRIES EXECUTION_LISTENER_NO_RETRIES "           \
    "TASK_LISTENER_NO_RETRIES AD_HOC_SUB_PROCESS_NO_RETRIES CONDITION_ERROR EXTRACT_VALUE_ERROR "  \
    "CALLED_ELEMENT_ERROR UNHANDLED_ERROR_EVENT MESSAGE_SIZE_EXCEEDED CALLED_DECISION_ERROR "      \
    "DECISION_EVALUATION_ERROR FORM_NOT_FOUND RESOURCE_NOT_FOUND"
#define JOB_STATES                                                                                 \
    "CANCELED COMPLETED CREATED ERROR_THROWN FAILED MIGRATED RETRIES_UPDATED TIMED_OUT"
#define JOB_KINDS  "BPMN_ELEMENT EXECUTION_LISTENER TASK_LISTENER AD_HOC_SUB_PROCESS"
#define JOB_EVENTS "ASSIGNING CANCELING COMPLETING CREATING END START UNSPECIFIED UPDATING"
#define TASK_STATES                                                                                \
    "CREATING CREATED ASSIGNING UPDATING COMPLETING COMPLETED CANCELING CANCELED FAILED"
#define DECISION_TYPES "DECISION_TABLE LITERAL_EXPRESSION UNSPECIFIED UNKNOWN"

#define ENTITY(id, what, from, where, key, key2, found)                                            \
    const struct search_entity rows_##id = {                                                       \
        what, from, where, key, key2, id##_fields, COUNT_OF(id##_fields), found}

static const struct search_field process_definition_fields[] = {
    KEY("processDefinitionKey", "t.key", ALL),
    T("processDefinitionId", "t.id", ALL),
    T("name", "t.name", ALL | NONE),
    T("resourceName", "t.resource_name", ALL),
    INT("version", "t.version", ALL),
    T("versionTag", "t.version_tag", ALL | NONE),
    T("tenantId", TENANT, OUT | BY),
    BOOL("hasStartForm", TRUE_IF("t.start_form <> ''"), OUT | BY),
    BOOL("isLatestVersion", "t.latest", BY),
};
ENTITY(process_definition, "process definition", "process_definition AS t", "t.deleted_us = 0",
       "t.key", NULL, true);

/* Shown and sorted from the definition beside the row; searched by its keys, so that a search
 * without such an order need not look at definitions at all. */
#define OF_PROCESS                                                                                 \
    T("processDefinitionId", "d.id", OUT | SORT),                                                  \
        WRAP("processDefinitionId", "q.id", SEARCH_TEXT,                                           \
             "t.definition IN (SELECT q.key FROM process_definition AS q WHERE {})")
#define WITH_DEFINITION "LEFT JOIN process_definition AS d ON d.key = t.definition"

static const struct search_field process_instance_fields[] = {
    KEY("processInstanceKey", "t.key", ALL),
    OF_PROCESS,
    T("processDefinitionName", NAME_OR("d.name", "d.id"), ALL),
    INT("processDefinitionVersion", "d.version", ALL),
    T("processDefinitionVersionTag", "d.version_tag", ALL | NONE),
    KEY("processDefinitionKey", "t.definition", ALL),
    KEY("parentProcessInstanceKey", "t.parent", OUT | SORT | NONE),
    STREAM("parentProcessInstanceKey", "t.parent_element", BY | NONE), /* which has the index */
    KEY("parentElementInstanceKey", "t.parent_element", ALL | NONE),
    /* keys and times are given by the one writer, in the same order */
    {"startDate", "t.started_us", SEARCH_TIME, ALL, NULL, NULL, "t.key"},
    TIME("endDate", "t.ended_us", ALL | NONE),
    WORD("state", "t.state", ALL, STATES),
    BOOL("hasIncident", TRUE_IF("t.incidents > 0"), ALL),
    T("tenantId", TENANT, OUT | BY),
    OBJ("tags", JSON_OR("t.tags", "[]"), OUT | WHOM),
    {"errorMessage", "x.message", SEARCH_TEXT, BY | WHOM, NULL, OF_INSTANCE("incident"), NULL},
    BOOL("hasRetriesLeft",
         TRUE_IF(
             "EXISTS (SELECT 1 FROM job AS j WHERE j.key > t.key AND j.key < t.key + " STREAM_KEYS
             " - 1 AND j.state = 'FAILED' AND j.retries > 0)"),
         BY),
    WRAP("elementId", "p.element", SEARCH_TEXT,
         "EXISTS (SELECT 1 FROM element_instance AS x JOIN process_element AS p ON p.definition = "
         "x.definition AND p.node = x.node WHERE x.key > t.key AND x.key < t.key + " STREAM_KEYS
         " - 1 AND {})"),
    {"elementInstanceState", "x.state", SEARCH_WORD, BY, STATES, OF_INSTANCE("element_instance"),
     NULL},
    BOOL("hasElementInstanceIncident", TRUE_IF("t.incidents > 0"), BY),
};
ENTITY(process_instance, "process instance", "process_instance AS t " WITH_DEFINITION, NULL,
       "t.key", NULL, true);

static const struct search_field element_instance_fields[] = {
    KEY("elementInstanceKey", "t.key", ALL),
    STREAM("processInstanceKey", "t.key", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    OF_PROCESS,
    TIME("startDate", "t.started_us", ALL),
    TIME("endDate", "t.ended_us", ALL | NONE),
    T("elementId", "p.element", ALL),
    T("elementName", NAME_OR("p.name", "p.element"), ALL),
    WORD("type", "p.type", ALL, ELEMENT_TYPES),
    WORD("state", "t.state", ALL, STATES),
    BOOL("hasIncident", TRUE_IF("t.incident > 0"), OUT | BY),
    KEY("incidentKey", "t.incident", ALL | NONE),
    T("tenantId", TENANT, OUT | BY),
    KEY("elementInstanceScopeKey",
        "CASE t.scope WHEN 0 THEN t.key / " STREAM_KEYS " * " STREAM_KEYS " + 1 ELSE t.scope END",
        BY),
};
ENTITY(element_instance, "element instance",
       "element_instance AS t " WITH_DEFINITION
       " LEFT JOIN process_element AS p ON p.definition = t.definition AND p.node = t.node",
       "t.node > 0", "t.key", NULL, true);

static const struct search_field incident_fields[] = {
    KEY("incidentKey", "t.key", ALL),
    STREAM("processInstanceKey", "t.key", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    OF_PROCESS,
    WORD("errorType", "t.type", ALL, ERROR_TYPES),
    T("errorMessage", "t.message", ALL | WHOM),
    T("elementId", "t.element", ALL),
    KEY("elementInstanceKey", "t.element_key", ALL),
    JOB("jobKey", "t.job", ALL | NONE),
    TIME("creationTime", "t.created_us", ALL),
    WORD("state", "t.state", ALL, "ACTIVE MIGRATED RESOLVED PENDING"),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(incident, "incident", "incident AS t " WITH_DEFINITION, NULL, "t.key", NULL, true);

/* process_key_leased(): the lease times 2^55. */
#define LEASED_KEY "t.key + t.lease % 256 * 36028797018963968"
static const struct search_field job_fields[] = {
    JOB("jobKey", "t.key", BY | SORT),
    KEY("jobKey", LEASED_KEY, OUT),
    STREAM("processInstanceKey", "t.key", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    OF_PROCESS,
    T("elementId", "t.element", ALL),
    KEY("elementInstanceKey", "t.element_key", ALL),
    T("type", "t.type", ALL),
    T("worker", "t.worker", ALL),
    WORD("state", "t.state", ALL, JOB_STATES),
    WORD("kind", "t.kind", ALL, JOB_KINDS),
    WORD("listenerEventType", "t.event", ALL, JOB_EVENTS),
    INT("retries", "t.retries", ALL),
    TIME("deadline", "t.deadline_us", ALL | NONE),
    TIME("endTime", "t.ended_us", ALL | NONE),
    T("errorCode", "t.error_code", ALL | NONE),
    T("errorMessage", "t.error_message", ALL | NONE | WHOM),
    BOOL("hasFailedWithRetriesLeft", TRUE_IF("t.state = 'FAILED' AND t.retries > 0"), OUT | BY),
    OBJ("customHeaders", JSON_OR("t.headers", "{}"), OUT),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(job, "job", "job AS t " WITH_DEFINITION, NULL, "t.key", NULL, true);

static const struct search_field user_task_fields[] = {
    KEY("userTaskKey", "t.key", ALL),
    KEY("elementInstanceKey", "t.key", OUT | BY),
    STREAM("processInstanceKey", "t.key", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    OF_PROCESS,
    INT("processDefinitionVersion", "d.version", OUT),
    T("processName", NAME_OR("d.name", "d.id"), OUT),
    T("elementId", "t.element", ALL),
    T("name", "t.name", ALL | NONE),
    WORD("state", "t.state", ALL, TASK_STATES),
    T("assignee", "t.assignee", ALL | NONE),
    OBJ("candidateGroups", JSON_OR("t.candidate_groups", "[]"), OUT),
    OBJ("candidateUsers", JSON_OR("t.candidate_users", "[]"), OUT),
    WRAP("candidateGroup", "c.value", SEARCH_TEXT, IN_LIST("t.candidate_groups")),
    WRAP("candidateUser", "c.value", SEARCH_TEXT, IN_LIST("t.candidate_users")),
    TIME("creationDate", "t.created_us", ALL),
    TIME("completionDate", "t.ended_us", ALL | NONE),
    TIME("followUpDate", "t.follow_up_us", ALL | NONE),
    TIME("dueDate", "t.due_us", ALL | NONE),
    INT("priority", "t.priority", ALL),
    T("externalFormReference", "t.external_form", OUT | NONE),
    KEY("formKey", "t.form", OUT | NONE),
    OBJ("customHeaders", JSON_OR("t.headers", "{}"), OUT),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(user_task, "user task", "user_task AS t " WITH_DEFINITION, NULL, "t.key", NULL, true);

#define VARIABLE_FIELDS(value)                                                                     \
    KEY("variableKey", "t.key", ALL), T("name", "t.name", ALL), KEY("scopeKey", "t.scope", ALL),   \
        STREAM("processInstanceKey", "t.scope", ALL), T("value", value, OUT),                      \
        T("tenantId", TENANT, OUT | BY)
static const struct search_field variable_fields[] = {
    VARIABLE_FIELDS("substr(t.value, 1, 8191)"),
    BOOL("isTruncated", TRUE_IF("length(t.value) > 8191"), OUT | BY),
};
static const struct search_field variable_whole_fields[] = {
    VARIABLE_FIELDS("t.value"),
    BOOL("isTruncated", "0", OUT | BY),
};
ENTITY(variable, "variable", "variable AS t", NULL, "t.key", NULL, false);
ENTITY(variable_whole, "variable", "variable AS t", NULL, "t.key", NULL, false);

static const struct search_field message_subscription_fields[] = {
    KEY("messageSubscriptionKey", "t.key", ALL),
    T("processDefinitionId", "t.process", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    STREAM("processInstanceKey", "t.key", ALL),
    T("elementId", "t.element", ALL),
    KEY("elementInstanceKey", "t.element_key", ALL),
    WORD("messageSubscriptionState", "t.state", ALL, "CORRELATED CREATED DELETED MIGRATED"),
    TIME("lastUpdatedDate", "t.updated_us", ALL),
    T("messageName", "t.name", ALL),
    T("correlationKey", "t.correlation_key", ALL | WHOM),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(message_subscription, "message subscription", "subscription AS t",
       "t.event = 'MESSAGE' AND t.definition > 0 AND t.element_key > 0", "t.key", NULL, true);

static const struct search_field correlated_subscription_fields[] = {
    KEY("messageKey", "t.message", ALL),
    T("messageName", "t.name", ALL),
    T("correlationKey", "t.correlation_key", ALL | WHOM | SEARCH_HELD),
    TIME("correlationTime", "t.at_us", ALL),
    KEY("subscriptionKey", "t.subscription", ALL),
    T("processDefinitionId", "t.process", ALL),
    KEY("processDefinitionKey", "t.definition", ALL),
    KEY("processInstanceKey", "t.instance", ALL),
    T("elementId", "t.element", ALL),
    KEY("elementInstanceKey", "t.element_key", ALL | NONE),
    INT("partitionId", "1", OUT | BY),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(correlated_subscription, "correlated message subscription", "message_taken AS t",
       "t.instance > 0", "t.message", "t.definition", false);

static const struct search_field decision_definition_fields[] = {
    KEY("decisionDefinitionKey", "t.key", ALL),
    T("decisionDefinitionId", "t.id", ALL),
    T("name", NAME_OR("t.name", "t.id"), ALL),
    INT("version", "t.version", ALL),
    KEY("decisionRequirementsKey", "t.requirements", ALL),
    T("decisionRequirementsId", "r.id", ALL),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(decision_definition, "decision definition",
       "decision_definition AS t LEFT JOIN requirements_definition AS r ON r.key = t.requirements",
       "t.deleted_us = 0", "t.key", NULL, true);

static const struct search_field decision_requirements_fields[] = {
    KEY("decisionRequirementsKey", "t.key", ALL),
    T("decisionRequirementsId", "t.id", ALL),
    T("decisionRequirementsName", NAME_OR("t.name", "t.id"), ALL),
    INT("version", "t.version", ALL),
    T("resourceName", "t.resource_name", ALL),
    T("tenantId", TENANT, OUT | BY),
};
ENTITY(decision_requirements, "decision requirements definition", "requirements_definition AS t",
       "t.deleted_us = 0", "t.key", NULL, true);

/* The key of one decision in an evaluation: the evaluation's, and four digits. */
#define DECISION_FIELDS                                                                            \
    T("decisionEvaluationInstanceKey",                                                             \
      "(CAST(t.evaluation AS TEXT) || substr(CAST(10000 + t.n AS TEXT), 2))", ALL),                \
        KEY("decisionEvaluationKey", "t.evaluation", ALL),                                         \
        WORD("state", "t.state", ALL, "EVALUATED FAILED UNSPECIFIED UNKNOWN"),                     \
        TIME("evaluationDate", "t.at_us", ALL),                                                    \
        T("evaluationFailure", "t.failure", ALL | NONE | WHOM),                                    \
        KEY("decisionDefinitionKey", "t.definition", ALL | NONE),                                  \
        T("decisionDefinitionId", "t.id", ALL),                                                    \
        T("decisionDefinitionName", NAME_OR("t.name", "t.id"), ALL),                               \
        INT("decisionDefinitionVersion", "t.version", ALL),                                        \
        WORD("decisionDefinitionType", "t.type", ALL, DECISION_TYPES),                             \
        KEY("processDefinitionKey", "t.process", ALL | NONE),                                      \
        STREAM("processInstanceKey", "t.element_key", OUT | SORT | NONE),                          \
        WRAP("processInstanceKey", "t.evaluation", SEARCH_STREAM, "t.element_key > 0 AND {}"),     \
        KEY("elementInstanceKey", "t.element_key", ALL | NONE),                                    \
        T("result", "t.output", OUT | WHOM), T("tenantId", TENANT, OUT | BY)
static const struct search_field decision_instance_fields[] = {DECISION_FIELDS};
static const struct search_field decision_instance_whole_fields[] = {
    DECISION_FIELDS,
    OBJ("inputs", JSON_OR("t.inputs", "[]"), OUT),
    OBJ("rules", JSON_OR("t.rules", "[]"), OUT),
};
ENTITY(decision_instance, "decision instance", "decision_instance AS t", NULL, "t.evaluation",
       "t.n", true);
ENTITY(decision_instance_whole, "decision instance", "decision_instance AS t", NULL, "t.evaluation",
       "t.n", true);

static const struct search_field form_fields[] = {
    KEY("formKey", "t.key", OUT),     T("formId", "t.id", OUT),
    INT("version", "t.version", OUT), OBJ("schema", "CAST(t.bytes AS TEXT)", OUT),
    T("tenantId", TENANT, OUT),
};
ENTITY(form, "form", "resource AS t", "t.kind = 'form'", "t.key", NULL, true);

static const struct search_field resource_fields[] = {
    KEY("resourceKey", "t.key", OUT),
    T("resourceId", "t.id", OUT),
    T("resourceName", "t.name", OUT),
    INT("version", "t.version", OUT),
    T("versionTag", "t.version_tag", OUT | NONE),
    T("tenantId", TENANT, OUT),
};
ENTITY(resource, "resource", "resource AS t", "t.deleted_us = 0", "t.key", NULL, true);

/* "instance_element", as the API's own ids of taken flows. */
static const struct search_field sequence_flow_fields[] = {
    T("sequenceFlowId", "(CAST(t.instance AS TEXT) || '_' || t.element)", OUT),
    KEY("processInstanceKey", "t.instance", OUT),
    KEY("processDefinitionKey", "t.definition", OUT),
    T("processDefinitionId", "d.id", OUT),
    T("elementId", "t.element", OUT),
    T("tenantId", TENANT, OUT),
};
ENTITY(sequence_flow, "sequence flow", "sequence_flow AS t " WITH_DEFINITION, NULL, "t.instance",
       NULL, false);

/* The filter is that of process instances. */
static const struct search_field statistics_fields[] = {
    T("elementId", ROWS_STATISTICS_GROUP, OUT | BY),
    INT("active", "sum(" TRUE_IF("e.state = 'ACTIVE' AND e.incident = 0") ")", OUT),
    INT("incidents", "sum(" TRUE_IF("e.state = 'ACTIVE' AND e.incident > 0") ")", OUT),
    INT("completed", "sum(" TRUE_IF("e.state = 'COMPLETED'") ")", OUT),
    INT("canceled", "sum(" TRUE_IF("e.state = 'TERMINATED'") ")", OUT),
    KEY("processInstanceKey", "t.key", BY),
    KEY("parentProcessInstanceKey", "t.parent", BY | NONE),
    KEY("parentElementInstanceKey", "t.parent_element", BY | NONE),
    TIME("startDate", "t.started_us", BY),
    TIME("endDate", "t.ended_us", BY | NONE),
    WORD("state", "t.state", BY, STATES),
    BOOL("hasIncident", TRUE_IF("t.incidents > 0"), BY),
    T("tenantId", TENANT, BY),
    WORD("elementInstanceState", "e.state", BY, STATES),
    BOOL("hasElementInstanceIncident", TRUE_IF("e.incident > 0"), BY),
    WRAP("errorMessage", "x.message", SEARCH_TEXT, OF_INSTANCE("incident")),
};
ENTITY(statistics, "process instance",
       "process_instance AS t " WITH_DEFINITION
       " JOIN element_instance AS e ON e.key > t.key AND e.key < t.key + " STREAM_KEYS
       " - 1 JOIN process_element AS p ON p.definition = e.definition AND p.node = e.node",
       "e.node > 0", "t.key", NULL, false);
