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
    BPMN_NODES_MAX = 4096, /* in one process; the largest MIWG model has 83 */
    BPMN_FLOWS_MAX = 8192, /* likewise */
    BPMN_DEPTH_MAX = 32,   /* sub-processes in sub-processes */
};
#define BPMN_NONE  UINT32_MAX /* "no such index"; an enumerator is an int in C17 */
#define BPMN_NEVER INT64_MAX  /* a time that does not come */

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
};
const char *bpmn_event_name(enum bpmn_event event); /* "message" */

/* A FEEL expression or a literal text of the model. Absent: text.at == NULL. */
struct bpmn_expr {
    struct str text;              /* without the leading '=' */
    struct feel_program *program; /* NULL: text is the value itself, a string */
    struct err_at at;
};

enum bpmn_timer { BPMN_TIMER_NONE, BPMN_TIMER_DATE, BPMN_TIMER_DURATION, BPMN_TIMER_CYCLE };

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

struct bpmn_mapping { /* <zeebe:input|output source target>; target may be a path "a.b" */
    struct bpmn_expr source;
    struct str target;
};
struct bpmn_header { /* <zeebe:header key value> */
    struct str key, value;
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
    struct lang_text name; /* `name` is zh; <mandate:name lang="en">; empty where not given */
    uint32_t index, line;  /* line of its start tag */
    uint32_t parent;       /* the scope it stands in; BPMN_NONE for the process */
    uint32_t lane;         /* innermost lane that holds it or its sub-process, or BPMN_NONE */
    uint32_t attached_to;  /* boundary events: the activity; else BPMN_NONE */
    bool interrupting;     /* boundary events and starts of event sub-processes */
    bool applicant; /* <mandate:applicant/>: the applicant acts, the organ does not hold the case */
    bool adverse;   /* <mandate:adverse/> on an end event */
    bool instantiates;        /* a message start, or a receive task that starts the process */
    const uint32_t *in, *out; /* flows; out in the order in which conditions are tried */
    uint32_t in_count, out_count;
    uint32_t default_flow;      /* or BPMN_NONE */
    const uint32_t *boundaries; /* boundary events attached here */
    uint32_t boundary_count;
    const uint32_t *children; /* scopes: the nodes that stand in it */
    uint32_t child_count;
    uint32_t start; /* scopes: the none start event in it, or BPMN_NONE */

    /* events and the tasks that behave like them */
    enum bpmn_timer timer;
    uint8_t repeat;                /* of a cycle: how often it fires; 255 for ever */
    struct bpmn_expr when;         /* of the timer */
    struct bpmn_expr message, key; /* name; correlation key (may be absent: no key) */
    struct str code;               /* error, escalation: code, empty catches all; signal: name;
                                      link: name */
    /* work */
    struct bpmn_expr job_type, retries;
    struct bpmn_header *headers;
    size_t header_count;
    struct bpmn_mapping *inputs, *outputs;
    size_t input_count, output_count;
    struct bpmn_expr assignee, groups, users, due, follow_up, priority; /* user tasks */
    struct str form;           /* zeebe:formDefinition formId or formKey */
    struct bpmn_expr decision; /* business rule tasks: decision id */
    struct bpmn_expr script;   /* script tasks */
    struct bpmn_expr called;   /* call activities: process id */
    bool all_in, all_out;      /* call activities: propagate all variables in, out */
    struct str result;         /* user tasks: variable that takes the outcome ("outcome");
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

struct bpmn_artifact { /* text annotations and pools, only drawn */
    struct str text;
    bool is_pool;
    struct bpmn_box box;
};

struct bpmn_process {
    struct str id;
    struct lang_text name;
    const char *source; /* file, for messages */
    struct str version; /* zeebe:versionTag, or empty */
    uint32_t line;
    struct bpmn_node *nodes; /* [0] is the process */
    struct bpmn_flow *flows;
    struct bpmn_lane *lanes;
    struct bpmn_artifact *artifacts;
    size_t node_count, flow_count, lane_count, artifact_count;
    bool has_diagram;
    struct map node_at;            /* node id -> index */
    const struct bpmn_join *joins; /* of the engine: where an inclusive gateway must look */
    size_t join_count;
};

/* Every executable process of one file. */
struct bpmn_model {
    const char *source;
    struct bpmn_process **processes;
    size_t process_count;
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

/* By id of its XML element; NULL when there is none. */
const struct bpmn_node *bpmn_node(const struct bpmn_process *process, struct str id);
/* The lane's post and organ that hold the node; NULL when no lane above it names a post. */
const struct bpmn_lane *bpmn_post_of(const struct bpmn_process *process,
                                     const struct bpmn_node *node);
/* The outcome of that value, or NULL. */
const struct bpmn_outcome *bpmn_outcome(const struct bpmn_node *node, struct str value);
/* The name in a language, in the other one, or the id: never empty. */
struct str bpmn_label(const struct bpmn_node *node, enum lang lang);

#endif
