/* bpmn/read.h - what the files of the reader share; for src/bpmn alone. */
#ifndef MANDATE_BPMN_READ_H
#define MANDATE_BPMN_READ_H

#include "bpmn/model.h"
#include "xml/xml.h"

#define BPMN_DI_NS "http://www.omg.org/spec/BPMN/20100524/DI"
#define DC_NS      "http://www.omg.org/spec/DD/20100524/DC"
#define DI_NS      "http://www.omg.org/spec/DD/20100524/DI"

enum { READ_PROBLEMS_MAX = 1000 }; /* of one process; more say nothing new */

/* What an id of the data elements stands for. */
struct data_ref {
    enum bpmn_data_kind kind;
    struct str name; /* of the variable; empty: as what it is associated with */
    struct str id;
    uint32_t store;  /* of a data store: index in the process's stores */
    uint32_t object; /* of a reference: index of its data object, or BPMN_NONE */
    bool used;
};

struct reader {
    struct arena *arena;   /* of the model */
    struct arena *scratch; /* of this reading: the XML tree and what belongs to it */
    struct budget *budget;
    struct err *err;
    const char *source;
    struct bpmn_model *model;
    const struct xml_node *definitions;
    struct map element_at; /* id -> index in elements: the whole file, first of its name */
    const struct xml_node **elements;

    /* For drawing: what cannot be executed becomes a problem of the process, not an error. */
    bool collect;
    struct bpmn_problem *problems;
    size_t problem_count;

    struct bpmn_process *process;                 /* the one being read */
    const struct xml_node **node_xml, **flow_xml; /* by index */
    struct map lane_at, flow_at;
    uint32_t diagram;   /* the one that is being read */
    struct map data_at; /* id -> index in data */
    struct data_ref *data;
};

/* ---- read_property.c: before anything else reads the tree ---- */
/* Adds to every bpmn:extensionElements the mandate: elements that are written as its properties. */
bool read_properties_expand(struct reader *r, struct xml_node *root);

/* ---- read_expr.c: what is wrong, and expressions ---- */
/* ERR_UNSUPPORTED: "'userTask' 'examine' is not executed: why". False, or, when problems are
 * collected, true: reading goes on without the part. */
bool read_refuse(struct reader *r, const struct xml_node *x, const char *why);
/* ERR_INVALID: "'userTask' 'examine': why"; likewise. */
#define read_wrong(r, x, ...)                                                                      \
    read_problem((r), ERR_INVALID, (x), arena_printf((r)->scratch, __VA_ARGS__))
/* Likewise with ERR_UNKNOWN. */
#define read_missing(r, x, ...)                                                                    \
    read_problem((r), ERR_UNKNOWN, (x), arena_printf((r)->scratch, __VA_ARGS__))
bool read_problem(struct reader *r, enum err_code code, const struct xml_node *x, struct str text);
/* As read_wrong(), for what cannot even be drawn: always false. */
#define read_broken(r, x, ...)                                                                     \
    read_broken_text((r), ERR_INVALID, (x), arena_printf((r)->scratch, __VA_ARGS__))
bool read_broken_text(struct reader *r, enum err_code code, const struct xml_node *x,
                      struct str text);
bool read_is(const struct xml_node *x, const char *name); /* an element of BPMN_NS so named */
/* Has no execution semantics wherever it stands: documentation, extensionElements, artifacts. */
bool read_is_inert(const struct xml_node *x);
struct str read_attr(struct reader *r, const struct xml_node *x, const char *name); /* a copy */
struct str read_text(struct reader *r, const struct xml_node *x); /* trimmed; a copy */
/* The `name` with its blanks and line ends as one blank each; a copy. */
struct str read_plain_name(struct reader *r, const struct xml_node *x);
/* "true" or "false"; wanted_if_absent when it is not there. */
bool read_flag(const struct xml_node *x, const char *name, bool wanted_if_absent);
struct str read_local(struct str qname); /* without its prefix */
/* How many elements of BPMN_NS so named stand in x. */
size_t read_count(const struct xml_node *x, const char *name);
/* An expression: '=' makes it FEEL, everything else is the value itself. Empty text: absent. */
MUST_USE bool read_expr(struct bpmn_expr *out, struct reader *r, const struct xml_node *x,
                        struct str text);
/* Always FEEL, with or without '='. */
MUST_USE bool read_feel(struct bpmn_expr *out, struct reader *r, const struct xml_node *x,
                        struct str text);
/* A formalExpression's text as FEEL; absent when x is NULL or empty. ERR_UNSUPPORTED when its
 * language is another. */
MUST_USE bool read_formal(struct bpmn_expr *out, struct reader *r, const struct xml_node *x);
/* The element that a QName refers to; NULL when there is none. */
const struct xml_node *read_find(const struct reader *r, struct str ref);
/* The element that `attribute` of x refers to, e.g. a message; ERR_UNKNOWN. NULL: no attribute. */
MUST_USE bool read_declared(const struct xml_node **out, struct reader *r, const struct xml_node *x,
                            const char *attribute, const char *element);

/* ---- read_ext.c: extensionElements of nodes, flows, lanes, processes ---- */
MUST_USE bool read_node_extensions(struct reader *r, struct bpmn_node *node,
                                   const struct xml_node *x);
MUST_USE bool read_lane_extensions(struct reader *r, struct bpmn_lane *lane,
                                   const struct xml_node *x);
MUST_USE bool read_names(struct reader *r, struct lang_text *out, const struct xml_node *x);
/* zeebe:subscription of a message. */
MUST_USE bool read_subscription(struct bpmn_expr *key, struct reader *r,
                                const struct xml_node *message);
/* After all nodes are known: mandate:separateFrom. */
MUST_USE bool read_separations(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
const struct xml_node *read_zeebe(const struct xml_node *x, const char *name);

/* ---- read_event.c: event definitions ---- */
MUST_USE bool read_event(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
/* Of a send or receive task. */
MUST_USE bool read_task_message(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
/* Event definitions that a multi-instance activity throws: by reference or inside. */
MUST_USE bool read_thrown(struct bpmn_event_def *out, struct reader *r, const struct xml_node *x);

/* ---- read_activity.c: loops, ad-hoc, resources ---- */
MUST_USE bool read_activity(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
/* Is the child one of the parts of an activity that read_activity() reads? */
bool read_is_activity_part(const struct xml_node *x);

/* ---- read_data.c ---- */
/* Before the nodes: which variable each data element of the process is. */
MUST_USE bool read_data_names(struct reader *r, const struct xml_node *process);
MUST_USE bool read_data(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
bool read_is_data(const struct xml_node *x); /* an element that read_data() reads, or passes over */
/* It is read or written when the process runs. */
void read_data_used(struct reader *r, struct str ref);
/* After the nodes: which data of sub-processes have a scope of their own. */
MUST_USE bool read_data_scopes(struct reader *r);
/* The variable of a data element; empty when the id is none. */
struct str read_variable(const struct reader *r, struct str ref);

/* ---- read_model.c: what stands around the processes ---- */
MUST_USE bool read_declarations(struct reader *r);
/* Before the processes. */
MUST_USE bool read_collaborations(struct reader *r);
/* After them. */
MUST_USE bool read_message_flows(struct reader *r);
/* The message that a message flow from or to the element carries: its name, or that of the message
 * at its other end, or the flow's id; and the message element, where there is one. Empty: no flow.
 */
struct str read_flow_message(const struct xml_node **message, struct reader *r, struct str id,
                             bool catches);
/* The correlation key of a message as the standard gives it (BPMN 2.0.2: 8.4.2). */
MUST_USE bool read_correlation(struct bpmn_expr *key, struct reader *r,
                               const struct xml_node *message, bool catches);

/* ---- read_check.c: connects flows, boundaries, links; what the standard demands ---- */
MUST_USE bool read_connect(struct reader *r);
MUST_USE bool read_check(struct reader *r);
/* ---- read_di.c ---- */
MUST_USE bool read_diagram(struct reader *r);
/* Shapes and edges of collaborations and choreographies: the model's artifacts and lines. */
MUST_USE bool read_model_diagram(struct reader *r);
/* join.c: where inclusive gateways must look. */
MUST_USE bool bpmn_joins(struct bpmn_process *process, struct arena *arena, struct budget *budget,
                         struct err *err);

#endif
