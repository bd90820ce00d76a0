/* bpmn/model.h - BPMN 2.0 processes as the engine, the checks and the drawing read them: flat
 * arrays, read-only, in the arena they were read into. Pure.
 *
 * Every flow node that is in a process is executed as BPMN 2.0.2 has it, or the file is refused
 * with element name and id, file and line: nothing is skipped. doc/bpmn.md lists what is executed,
 * the `zeebe:` extension elements that are read, and Mandate's own, in the namespace
 * BPMN_MANDATE_NS.
 *
 * Indexes are stored in cases: node 0 is the process itself, nodes 1.. are its flow nodes, flows
 * 0.. its sequence flows, both in the order of their start tags in the file. Lanes likewise. */
#ifndef MANDATE_BPMN_MODEL_H
#define MANDATE_BPMN_MODEL_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/lang.h"
#include "base/map.h"
#include "feel/feel.h"

#define BPMN_NS         "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPMN_ZEEBE_NS   "http://camunda.org/schema/zeebe/1.0"
#define BPMN_MANDATE_NS "https://mandate.example/bpmn/1"

enum {
    BPMN_NODES_MAX = 4096,           /* in one process; the largest MIWG model has 83 */
    BPMN_FLOWS_MAX = 8192,           /* likewise */
    BPMN_DEPTH_MAX = 32,             /* sub-processes in sub-processes */
    BPMN_STORES_MAX = 64,            /* data stores that one process uses */
    BPMN_STORE_BYTES_MAX = 64 << 10, /* of what one data store holds, encoded: tables of rates, not
                                        registers */
    BPMN_QUANTITY_MAX = 1000,        /* tokens that an activity gathers or gives to each flow */
};
#define BPMN_NONE    UINT32_MAX /* "no such index"; an enumerator is an int in C17 */
#define BPMN_NEVER   INT64_MAX  /* a time that does not come */
#define BPMN_FOREVER UINT32_MAX /* of a cycle: it does not end */
/* The job type of a user task without <zeebe:userTask/>. */
#define BPMN_USER_TASK_JOB "io.camunda.zeebe:userTask"

enum bpmn_kind {
#define NODE(kind, element, group) BPMN_##kind,
#include "bpmn/nodes.def"
#undef NODE
    BPMN_KINDS
};
enum bpmn_group { BPMN_GROUP_SCOPE, BPMN_GROUP_EVENT, BPMN_GROUP_WORK, BPMN_GROUP_GATEWAY };
const char *bpmn_kind_element(enum bpmn_kind kind); /* "userTask" */
enum bpmn_group bpmn_kind_group(enum bpmn_kind kind);

/* What an event catches or throws. The numbers are stored. */
enum bpmn_event {
    BPMN_EVENT_NONE = 0,
    BPMN_EVENT_MESSAGE = 1,
    BPMN_EVENT_TIMER = 2,
    BPMN_EVENT_ERROR = 3,
    BPMN_EVENT_TERMINATE = 4,
    BPMN_EVENT_LINK = 5,
    BPMN_EVENT_SIGNAL = 6,
    BPMN_EVENT_ESCALATION = 7,
    BPMN_EVENT_COMPENSATION = 8,
    BPMN_EVENT_CANCEL = 9,
    BPMN_EVENT_CONDITIONAL = 10,
    BPMN_EVENT_MULTIPLE = 11,          /* several definitions: any of them is enough; see defs */
    BPMN_EVENT_PARALLEL_MULTIPLE = 12, /* likewise, but all of them are needed */
};
const char *bpmn_event_name(enum bpmn_event event); /* "message" */

/* A FEEL expression or a literal text of the model. Absent: text.at == NULL. */
struct bpmn_expr {
    struct str text;              /* without the leading '=' */
    struct feel_program *program; /* NULL: text is the value itself, a string */
    bool variable; /* text is the name of a variable, whose value it is; no program */
    bool store;    /* text is the id of a data store, whose value it is; no program */
    struct err_at at;
};

enum bpmn_timer { BPMN_TIMER_NONE, BPMN_TIMER_DATE, BPMN_TIMER_DURATION, BPMN_TIMER_CYCLE };

/* Which changes of variables a conditional event looks at (zeebe:conditionalFilter). */
enum { BPMN_CHANGE_CREATE = 1, BPMN_CHANGE_UPDATE = 2 };

/* One thing that an event catches or throws (BPMN 2.0.2: 10.5.5). An event with one definition has
 * the same in its node's own fields. Names and codes of what is thrown, and the names of messages
 * and signals, may be expressions. */
struct bpmn_event_def {
    enum bpmn_event event;
    struct str id; /* of the definition; may be empty */
    uint32_t line;
    enum bpmn_timer timer;
    struct bpmn_expr when;      /* timer: what gives the date, duration or cycle: bpmn/timer.h */
    struct bpmn_expr message;   /* message name */
    struct bpmn_expr key;       /* correlation key, as the side that stands here sees it; may be
                                   absent: no key */
    struct str code;            /* error, escalation: code, empty catches all; signal, link: name */
    struct bpmn_expr code_expr; /* instead of code; text.at == NULL: code stands */
    struct bpmn_expr condition; /* conditional: FEEL */
    struct str *watched;        /* conditional: names of variables; none: all that it reads */
    size_t watched_count;
    uint8_t changes;    /* conditional: BPMN_CHANGE_ bits */
    uint32_t activity;  /* compensation thrown for this activity alone, or BPMN_NONE: for all in
                           the scope */
    bool does_not_wait; /* compensation: waitForCompletion="false" */
};

/* How often an activity is carried out (BPMN 2.0.2: 10.3.8, 13.3.6, 13.3.7). */
enum bpmn_loop { BPMN_LOOP_NONE, BPMN_LOOP_STANDARD, BPMN_LOOP_PARALLEL, BPMN_LOOP_SEQUENTIAL };
enum bpmn_behavior {
    BPMN_BEHAVIOR_ALL,
    BPMN_BEHAVIOR_NONE,
    BPMN_BEHAVIOR_ONE,
    BPMN_BEHAVIOR_COMPLEX
};
struct bpmn_behavior_rule { /* complexBehaviorDefinition: checked when an instance completes */
    struct bpmn_expr condition;
    uint32_t def; /* index in bpmn_loop_def.throws: thrown when the condition is true */
};
struct bpmn_loop_def {
    enum bpmn_loop kind;
    uint32_t line;
    /* standard: repeat while condition is true (no condition: for ever), at most `most` times */
    bool test_before;
    struct bpmn_expr condition;
    uint32_t most; /* loopMaximum; BPMN_FOREVER: none */
    /* multi-instance: so many, or one for each item of the collection (either may be absent; both:
     * the collection counts) */
    struct bpmn_expr cardinality, collection;
    struct str item;               /* local variable that takes the item; may be empty */
    struct str results;            /* variable that collects; may be empty */
    struct bpmn_expr result;       /* what each instance gives for it */
    struct bpmn_expr until;        /* completionCondition: true ends it, cancelling the others */
    enum bpmn_behavior behavior;   /* which completions throw an event for a boundary to catch */
    struct bpmn_event_def *throws; /* of noneBehaviorEventRef, oneBehaviorEventRef: [0]; of
                                      complex rules as they say */
    size_t throw_count;
    struct bpmn_behavior_rule *rules;
    size_t rule_count;
};

enum bpmn_binding { BPMN_BINDING_LATEST, BPMN_BINDING_DEPLOYMENT, BPMN_BINDING_VERSION_TAG };
struct bpmn_bound { /* how a called process, decision, form or resource is chosen */
    enum bpmn_binding binding;
    struct str version_tag; /* of BPMN_BINDING_VERSION_TAG */
};
/* "no form 'f' is deployed with the version tag 'v2'": what is said when it is not there. */
struct str bpmn_bound_missing(const char *what, struct str id, const struct bpmn_bound *bound,
                              struct arena *arena);

/* <zeebe:executionListener>, <zeebe:taskListener>: a job before the element goes on. */
enum bpmn_listen {
    BPMN_LISTEN_START,
    BPMN_LISTEN_END,
    BPMN_LISTEN_CREATING,
    BPMN_LISTEN_ASSIGNING,
    BPMN_LISTEN_UPDATING,
    BPMN_LISTEN_COMPLETING,
    BPMN_LISTEN_CANCELING,
};
const char *bpmn_listen_name(enum bpmn_listen listen); /* "start", "creating" */

/* ---- the law's part: elements of BPMN_MANDATE_NS ---- */
/* <mandate:post organ="...">: which organ, seen from the case */
enum bpmn_organ {
    BPMN_ORGAN_NONE,
    BPMN_ORGAN_COMPETENT, /* the one that decides the matter */
    BPMN_ORGAN_ACCEPTING, /* where the application was handed in */
    BPMN_ORGAN_SUPERIOR,  /* the one above the competent organ */
    BPMN_ORGAN_REVIEW,    /* the one that reviews the competent organ's decisions */
};
const char *bpmn_organ_name(enum bpmn_organ organ); /* "competent" */

/* The numbers are stored. */
enum bpmn_clock_action {
    BPMN_CLOCK_START = 1,
    BPMN_CLOCK_STOP = 2,
    BPMN_CLOCK_SUSPEND = 3,
    BPMN_CLOCK_RESUME = 4,
};
const char *bpmn_clock_action_name(enum bpmn_clock_action action); /* "start" */

/* As of when a clock starts. The numbers are stored. */
enum bpmn_clock_from {
    BPMN_FROM_NOW = 0,
    BPMN_FROM_RECEIPT = 1, /* the day on which the applicant's last papers came in (ALL 32) */
    BPMN_FROM_EXPIRY = 2,  /* the last day of the limit whose silence led here (ARL 30) */
};

struct bpmn_clock { /* <mandate:clock id action at from> */
    struct str id;
    enum bpmn_clock_action action;
    enum bpmn_clock_from from; /* of a start */
    bool at_leave; /* happens when the node is left by completion; otherwise when it is entered */
    uint32_t line;
};
struct bpmn_letter { /* <mandate:letter id to>; issued when the node is entered */
    struct str id, to;
    uint32_t line;
};
struct bpmn_basis { /* <mandate:basis law article> */
    struct str law, article;
    uint32_t line;
};
struct bpmn_purpose { /* <mandate:purpose fields why why.zh why.en> */
    struct str *fields;
    size_t field_count;
    struct lang_text why;
    uint32_t line;
};
enum bpmn_reasons { BPMN_REASONS_NONE, BPMN_REASONS_OPTIONAL, BPMN_REASONS_REQUIRED };
struct bpmn_outcome { /* <mandate:outcome value label.zh label.en adverse reasons> */
    struct str value;
    struct lang_text label;
    bool adverse;
    enum bpmn_reasons reasons;
    uint32_t line;
};

/* <zeebe:input|output source target>, or a data association; target may be a path "a.b" */
struct bpmn_mapping {
    struct bpmn_expr source;
    struct str target;
    struct str store; /* of an output association: the id of the data store that it writes; target
                         is then a path in what that holds, or empty: all of it */
    uint32_t input;   /* of an input association: the data input that it fills (index in the node's
                         `data`), or BPMN_NONE */
    struct bpmn_expr *needs; /* likewise: its sources; while one gives null it is not available */
    size_t need_count;
    struct str output; /* of an output association that copies: the data output's variable. It is
                          carried out only when the activity brought that variable */
};
struct bpmn_header { /* <zeebe:header key value>, <zeebe:property name value> */
    struct str key, value;
};
struct bpmn_listener {
    enum bpmn_listen listen;
    uint32_t line;
    struct bpmn_expr type, retries;
    struct bpmn_header *headers;
    size_t header_count;
};
struct bpmn_linked { /* <zeebe:linkedResource> */
    struct str resource_id, type, name;
    struct bpmn_bound bound;
};

/* ---- data (BPMN 2.0.2: 10.4) ----
 * A data object, a property, a data input and a data output are variables named as they are (a data
 * input or output without a name as what it is associated with; else by their id). A data
 * association of an activity or event with a declared data input or output (ioSpecification; an
 * event's own) is a mapping; one that only draws an arrow to a task means nothing. */
enum bpmn_data_kind {
    BPMN_DATA_OBJECT,
    BPMN_DATA_PROPERTY,
    BPMN_DATA_INPUT,
    BPMN_DATA_OUTPUT,
    BPMN_DATA_STORE, /* outlives the process: see struct bpmn_store */
};
struct bpmn_data {
    enum bpmn_data_kind kind;
    struct str id, name; /* name: of the variable */
    struct str item;     /* structureRef of its itemDefinition, or empty */
    struct str state;    /* of a data input or output: dataState, or empty */
    bool collection;
    bool used; /* of a scope: an association or a loop reads or writes it. Then it lives and ends
                  with that scope; what is only drawn makes no variable */
    uint32_t line;
};
/* One value, which outlives the processes that read and write it (10.4.1). Its name is known to
 * expressions like a variable's that stands around the process. Kept for one process id: processes
 * of other ids with a store of the same id have their own. */
struct bpmn_store {
    struct str id;   /* of the dataStore; of a reference to none its own */
    struct str name; /* of the dataStore, else of its first reference, else the id */
    uint32_t line;
    uint32_t capacity; /* items of a list; BPMN_NONE: not given, or isUnlimited */
    bool written;      /* by an association of this process */
};
/* inputSet or outputSet: indexes in the node's `data`. An activity with input sets begins when one
 * is available: none of its inputs, but for the optional ones and those that may come while it is
 * executed, has an association from data that are null. The first such set is taken, and the
 * associations of inputs that stand in other sets alone are not carried out (10.4.1, 13.3.2). */
struct bpmn_data_set {
    struct str id;
    uint32_t *refs, *optional, *executing; /* dataInputRefs; optional; whileExecuting */
    size_t ref_count, optional_count, executing_count;
    bool input;
};

/* <potentialOwner>, <humanPerformer>, <performer>. Where zeebe:assignmentDefinition is absent, the
 * reader makes of them what it would have said: owners are candidate groups, a performer the
 * assignee. */
enum bpmn_role { BPMN_ROLE_PERFORMER, BPMN_ROLE_HUMAN, BPMN_ROLE_OWNER };
struct bpmn_resource_role {
    enum bpmn_role role;
    struct str name, resource; /* its own name; that of the resource, or empty */
    struct bpmn_expr who;      /* resourceAssignmentExpression */
};

/* ---- the process ---- */
struct bpmn_box { /* of the diagram, in tenths of its unit (a pixel, usually) */
    int32_t x, y, width, height;
};
struct bpmn_point {
    int32_t x, y;
};

struct bpmn_node {
    enum bpmn_kind kind;
    enum bpmn_event event;
    struct str id;
    struct lang_text name;    /* `name` is zh; <mandate:name lang="en">; empty where not given */
    struct str documentation; /* the first <documentation>, or empty */
    uint32_t index, line;     /* line of its start tag */
    uint32_t parent;          /* the scope it stands in; BPMN_NONE for the process */
    uint32_t lane;            /* innermost lane that holds it or its sub-process, or BPMN_NONE */
    uint32_t attached_to;     /* boundary events: the activity; else BPMN_NONE */
    bool interrupting;        /* boundary events and starts of event sub-processes */
    bool applicant; /* <mandate:applicant/>: the applicant acts, the organ does not hold the case */
    bool adverse;   /* <mandate:adverse/> on an end event */
    bool instantiates; /* starts the process by what it waits for: a start event of the process
                          with a message, timer, signal or condition; a receive task or an
                          event-based gateway with instantiate="true" */
    bool escapes;      /* an error end event that nothing in its process catches: the error
                          goes to the process that called this one */
    const uint32_t *in, *out; /* flows; out in the order in which conditions are tried */
    uint32_t in_count, out_count;
    uint32_t default_flow;      /* or BPMN_NONE */
    const uint32_t *boundaries; /* boundary events attached here */
    uint32_t boundary_count;
    const uint32_t *children; /* scopes: the nodes that stand in it */
    uint32_t child_count;
    uint32_t start; /* scopes: the none start event in it, or BPMN_NONE */
    /* scopes: what is entered when it is opened and no event did it: its none start event, or,
     * where it has no start event at all, every node that nothing leads to (BPMN 2.0.2: 13.2,
     * 13.3.4). Empty for an ad-hoc sub-process, whose activities are chosen. */
    const uint32_t *initial;
    uint32_t initial_count;

    /* events and the tasks that behave like them; see struct bpmn_event_def */
    struct bpmn_event_def *defs; /* every definition of an event; those of a multiple event have no
                                    copy in the fields below */
    size_t def_count;
    enum bpmn_timer timer;
    struct bpmn_expr when; /* of the timer */
    /* Name and correlation key. On a throwing event or send task without job type or letter: the
     * message is published by the engine, with the variables that `inputs` map. */
    struct bpmn_expr message, key;
    struct str code;
    struct bpmn_expr code_expr;
    struct bpmn_expr condition; /* conditional */
    uint32_t activity;          /* compensation thrown for one activity, or BPMN_NONE */
    bool does_not_wait;         /* compensation */
    bool parallel_events;       /* an event-based gateway that starts the process and wants all its
                                   events (eventGatewayType="Parallel"; instantiates is set) */
    /* compensation (BPMN 2.0.2: 10.7.1) */
    bool for_compensation; /* isForCompensation: no flow touches it, only compensation enters it */
    uint32_t handler;      /* activities: what undoes it: the activity associated with its
                              compensation boundary event, or, in a sub-process, its event
                              sub-process that starts with compensation; else BPMN_NONE */
    uint32_t compensates;  /* of a handler: the activity that it undoes; else BPMN_NONE */
    /* complex gateways: tokens needed, with `activationCount` and flow ids as variables */
    struct bpmn_expr activation;
    struct bpmn_loop_def *loop; /* activities; NULL: once */
    /* Activities (BPMN 2.0.2: table 10.3): tokens that must have arrived, on whichever flows,
     * before it begins; tokens that it puts on each flow that it takes. */
    uint32_t start_quantity, completion_quantity;
    /* ad-hoc sub-processes (BPMN 2.0.2: 10.3.5) */
    bool one_at_a_time;              /* ordering="Sequential" */
    bool keeps_remaining;            /* cancelRemainingInstances="false" */
    struct bpmn_expr complete;       /* completionCondition */
    struct bpmn_expr active;         /* zeebe:adHoc activeElementsCollection */
    struct str results;              /* zeebe:adHoc outputCollection */
    struct bpmn_expr result_element; /* zeebe:adHoc outputElement */
    /* work */
    struct bpmn_expr job_type, retries;
    struct bpmn_header *headers;
    size_t header_count;
    struct bpmn_expr job_priority;  /* zeebe:jobPriorityDefinition; of the process: for all */
    struct bpmn_header *properties; /* zeebe:properties: kept for job workers */
    size_t property_count;
    struct bpmn_listener *listeners; /* in the order in which they stand */
    size_t listener_count;
    struct bpmn_linked *linked;
    size_t linked_count;
    struct str agent;       /* zeebe:agentDefinition agentType; kept */
    struct bpmn_data *data; /* scopes: data objects and properties that live in it;
                               others: properties, data inputs and outputs */
    size_t data_count;
    struct bpmn_data_set *data_sets;
    size_t data_set_count;
    /* Data associations, carried out before inputs and before outputs. They do not make what an
     * activity brings local, as outputs do, but for the variables of data outputs. */
    struct bpmn_mapping *data_in, *data_out;
    size_t data_in_count, data_out_count;
    struct bpmn_resource_role *roles;
    size_t role_count;
    struct bpmn_mapping *inputs, *outputs;
    size_t input_count, output_count;
    struct bpmn_expr assignee, groups, users, due, follow_up, priority; /* user tasks */
    bool native;         /* user tasks: <zeebe:userTask/>: the engine's own. Without it an
                            instance that Camunda's clients started makes a job of type
                            BPMN_USER_TASK_JOB; in a matter's case every task is the engine's */
    struct str form;     /* zeebe:formDefinition formId or formKey */
    struct str form_key; /* formKey alone; form is then the same */
    struct bpmn_expr form_external; /* externalReference */
    struct bpmn_bound form_bound;
    struct bpmn_expr decision; /* business rule tasks: decision id */
    struct bpmn_bound decision_bound;
    struct bpmn_expr script; /* script tasks */
    struct bpmn_expr called; /* call activities: process id */
    struct bpmn_bound called_bound;
    struct bpmn_expr business_id; /* zeebe:calledElement businessId */
    bool all_in, all_out;         /* call activities: propagate all variables in, out */
    struct str result;            /* user tasks: variable that takes the outcome ("outcome");
                                     rule and script tasks: resultVariable */
    /* the law */
    struct bpmn_clock *clocks;
    struct bpmn_letter *letters;
    struct bpmn_basis *bases;
    struct bpmn_purpose *purposes;
    struct bpmn_outcome *outcomes;
    struct str *remedies; /* codes; end events */
    uint32_t *separate;   /* nodes whose performers may not perform this one */
    size_t clock_count, letter_count, basis_count, purpose_count, outcome_count, remedy_count,
        separate_count;
    struct str status;          /* the case's public status from here on; empty: unchanged */
    struct str result_register; /* <mandate:result register>; end events; empty: none */

    bool drawn; /* the diagram has a shape for it */
    struct bpmn_box box, label;
    bool has_label; /* label has bounds of its own */
    bool expanded;  /* sub-processes: drawn with its contents */
    bool bare;      /* exclusive gateways: drawn without the X */
};

struct bpmn_flow {
    struct str id;
    struct lang_text name;
    uint32_t index, line, from, to; /* nodes */
    struct bpmn_expr condition;     /* text.at == NULL: none */
    bool is_default;
    bool is_link; /* no sequence flow of the file, but a link event's jump to its catching partner;
                     these stand behind all others */
    const struct bpmn_point *points; /* waypoints of the diagram */
    size_t point_count;
    struct bpmn_box label;
    bool has_label;
};

struct bpmn_lane {
    struct str id;
    struct lang_text name;
    uint32_t line, parent; /* the lane around it, or BPMN_NONE */
    struct str post;       /* <mandate:post name>: the role; empty when the lane names none */
    enum bpmn_organ organ;
    bool drawn, upright; /* upright: its name runs along a column (isHorizontal="false") */
    struct bpmn_box box;
};

/* What is drawn beside nodes, flows and lanes. */
enum bpmn_artifact_kind {
    BPMN_ART_POOL,
    BPMN_ART_ANNOTATION,
    BPMN_ART_GROUP,
    BPMN_ART_DATA_OBJECT, /* a reference to one, or the object itself */
    BPMN_ART_DATA_INPUT,
    BPMN_ART_DATA_OUTPUT,
    BPMN_ART_DATA_STORE,
    BPMN_ART_MESSAGE,      /* an envelope on a message flow */
    BPMN_ART_CONVERSATION, /* conversation, subConversation, callConversation */
    BPMN_ART_CHOREOGRAPHY, /* a choreography activity */
    BPMN_ART_BAND,         /* a participant in it */
    BPMN_ART_EVENT,        /* of a choreography */
    BPMN_ART_GATEWAY,      /* likewise */
};
struct bpmn_artifact {
    enum bpmn_artifact_kind kind;
    struct str id, text;
    bool collection;  /* data objects: several; pools: multiplicity above 1 */
    bool upright;     /* pools: isHorizontal="false" */
    bool bold;        /* an initiating band or message, a conversation that is called */
    uint32_t diagram; /* of the file, from 0 */
    struct bpmn_box box;
};

/* Lines that no token walks along. */
enum bpmn_connection_kind {
    BPMN_LINE_ASSOCIATION,
    BPMN_LINE_DATA,
    BPMN_LINE_MESSAGE,
    BPMN_LINE_CONVERSATION,
    BPMN_LINE_CHOREOGRAPHY
};
struct bpmn_connection {
    enum bpmn_connection_kind kind;
    struct str id, name;
    bool from_arrow, to_arrow;
    bool envelope, answer; /* message flows: an envelope on it; a dark one: not the first message */
    uint32_t diagram;
    const struct bpmn_point *points;
    size_t point_count;
    struct bpmn_box label;
    bool has_label;
};

/* Why a process, or a part of it, cannot be executed. */
struct bpmn_problem {
    enum err_code code; /* ERR_UNSUPPORTED, ERR_INVALID, ERR_SYNTAX, ERR_UNKNOWN */
    struct err_at at;
    struct str text; /* names element and id, as err.text does */
};

struct bpmn_form { /* <zeebe:userTaskForm id>: "camunda-forms:bpmn:<id>" in a formKey names it */
    struct str id, body;
};

struct bpmn_process {
    struct str id;
    struct lang_text name;
    const char *source; /* file, for messages */
    struct str version; /* zeebe:versionTag, or empty */
    uint32_t line;
    bool executable;         /* isExecutable="true" */
    bool global_task;        /* made of a globalTask: its one activity */
    struct bpmn_node *nodes; /* [0] is the process */
    struct bpmn_flow *flows;
    struct bpmn_lane *lanes;
    struct bpmn_artifact *artifacts; /* drawn in its own plane: its pool, data, annotations */
    struct bpmn_connection *lines;   /* associations */
    struct bpmn_form *forms;
    struct bpmn_store *stores; /* in the order of the first references to them */
    size_t store_count;
    size_t node_count, flow_count, lane_count, artifact_count, line_count, form_count;
    const struct bpmn_problem *problems; /* of bpmn_read_drawing(); bpmn_read() gives none */
    size_t problem_count;
    bool has_diagram;
    uint32_t diagram;              /* which of the file's diagrams has it, from 0 */
    struct map node_at;            /* node id -> index */
    const struct bpmn_join *joins; /* of the engine: where an inclusive gateway must look */
    size_t join_count;
};

/* ---- what stands around the processes (BPMN 2.0.2: chapters 8 and 9) ---- */
struct bpmn_participant {
    struct str id, name;
    struct str process_id;      /* empty: a pool without a process */
    uint32_t process;           /* index in the model's processes, or BPMN_NONE */
    uint32_t line, least, most; /* participantMultiplicity; 1 and 1 */
};
/* A message from one pool to another. Where both ends are flow nodes of processes of this file, the
 * message of the flow is the one that the throwing end publishes and the catching one awaits. */
struct bpmn_message_flow {
    struct str id, name, message;      /* message: its name, or empty */
    struct str from, to;               /* ids of participants or flow nodes */
    uint32_t from_process, to_process; /* in the model's processes, or BPMN_NONE */
    uint32_t from_node, to_node;       /* in these, or BPMN_NONE: the pool itself */
    uint32_t line;
};
/* A root element, read and kept: message, error, signal, escalation, itemDefinition, resource,
 * interface, category, dataStore, ... */
struct bpmn_declaration {
    struct str element, id, name;
    struct str detail; /* errorCode, escalationCode, structureRef, location, or empty */
    uint32_t line;
};

/* One file. */
struct bpmn_model {
    const char *source;
    struct str id, name, exporter;
    struct bpmn_process **processes;
    size_t process_count;
    struct bpmn_participant *participants;
    struct bpmn_message_flow *message_flows;
    struct bpmn_declaration *declarations;
    struct bpmn_artifact *artifacts; /* of collaborations and choreographies; pools too */
    struct bpmn_connection *lines;   /* likewise */
    size_t participant_count, message_flow_count, declaration_count, artifact_count, line_count;
    uint32_t diagram_count;
};

/* Read a file.
 * Standard: BPMN 2.0.2, chapters 7-10 and 12; what is not executed is refused.
 * Shape:    processes with isExecutable="true"; when no process says so, all of them. A pool
 * without a process is drawn context and allowed. Owns:     *out lives in arena; texts are copied;
 * source must outlive it. Errors:   ERR_SYNTAX and ERR_INVALID for a broken file, ERR_UNSUPPORTED
 * for an element that is not executed, ERR_UNKNOWN for a reference to nothing, ERR_LIMIT; all with
 * file and line. */
MUST_USE bool bpmn_read(struct bpmn_model **out, struct str text, const char *source,
                        struct arena *arena, struct budget *budget, struct err *err);

/* Read a file in order to draw it or to check its soundness: every process of it, also those with
 * isExecutable="false". What cannot be executed is no error but a problem of its process; a flow
 * out of a gateway that chooses, of such a process, has some condition (a free choice).
 * Errors: a broken file and what cannot be drawn either, as above. */
MUST_USE bool bpmn_read_drawing(struct bpmn_model **out, struct str text, const char *source,
                                struct arena *arena, struct budget *budget, struct err *err);

/* By id of its XML element; NULL when there is none. */
const struct bpmn_node *bpmn_node(const struct bpmn_process *process, struct str id);
/* The lane's post and organ that hold the node; NULL when no lane above it names a post. */
const struct bpmn_lane *bpmn_post_of(const struct bpmn_process *process,
                                     const struct bpmn_node *node);
/* The outcome of that value, or NULL. */
const struct bpmn_outcome *bpmn_outcome(const struct bpmn_node *node, struct str value);
/* By id; NULL when the process does not use it. */
const struct bpmn_store *bpmn_store(const struct bpmn_process *process, struct str id);
/* The name in a language, in the other one, or the id: never empty. */
struct str bpmn_label(const struct bpmn_node *node, enum lang lang);

#endif
