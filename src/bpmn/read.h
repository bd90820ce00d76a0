/* bpmn/read.h - what the files of the reader share; for src/bpmn alone. */
#ifndef MANDATE_BPMN_READ_H
#define MANDATE_BPMN_READ_H

#include "bpmn/model.h"
#include "xml/xml.h"

#define BPMN_DI_NS "http://www.omg.org/spec/BPMN/20100524/DI"
#define DC_NS      "http://www.omg.org/spec/DD/20100524/DC"
#define DI_NS      "http://www.omg.org/spec/DD/20100524/DI"

struct reader {
    struct arena *arena;   /* of the model */
    struct arena *scratch; /* of this reading: the XML tree and what belongs to it */
    struct budget *budget;
    struct err *err;
    const char *source;
    const struct xml_node *definitions;
    struct map declared;                  /* id -> index in declarations */
    const struct xml_node **declarations; /* message, error, signal, escalation elements */
    size_t declaration_count;

    struct bpmn_process *process;                 /* the one being read */
    const struct xml_node **node_xml, **flow_xml; /* by index */
    struct map lane_of;                           /* flowNodeRef -> lane */
    struct map lane_at, flow_at;
};

/* ERR_UNSUPPORTED: "'userTask' 'examine' is not executed: why"; always false. */
bool read_refuse(struct reader *r, const struct xml_node *x, const char *why);
/* ERR_INVALID: "'userTask' 'examine': why"; always false. */
#define read_wrong(r, x, ...) read_wrong_text((r), (x), arena_printf((r)->scratch, __VA_ARGS__))
bool read_wrong_text(struct reader *r, const struct xml_node *x, struct str text);
bool read_is(const struct xml_node *x, const char *name); /* an element of BPMN_NS so named */
struct str read_attr(struct reader *r, const struct xml_node *x, const char *name); /* a copy */
/* "true" or "false"; wanted_if_absent when it is not there. */
bool read_flag(const struct xml_node *x, const char *name, bool wanted_if_absent);
struct str read_local(struct str qname); /* without its prefix */
/* An expression: '=' makes it FEEL, everything else is the value itself. Empty text: absent. */
MUST_USE bool read_expr(struct bpmn_expr *out, struct reader *r, const struct xml_node *x,
                        struct str text);
/* Always FEEL, with or without '='. */
MUST_USE bool read_feel(struct bpmn_expr *out, struct reader *r, const struct xml_node *x,
                        struct str text);
/* The element that `attribute` of x refers to, e.g. a message; ERR_UNKNOWN. */
MUST_USE bool read_declared(const struct xml_node **out, struct reader *r, const struct xml_node *x,
                            const char *attribute, const char *element);

/* read_ext.c: extensionElements of nodes, flows, lanes, processes. */
MUST_USE bool read_node_extensions(struct reader *r, struct bpmn_node *node,
                                   const struct xml_node *x);
MUST_USE bool read_lane_extensions(struct reader *r, struct bpmn_lane *lane,
                                   const struct xml_node *x);
MUST_USE bool read_names(struct reader *r, struct lang_text *out, const struct xml_node *x);
/* zeebe:subscription of a message. */
MUST_USE bool read_subscription(struct reader *r, struct bpmn_node *node,
                                const struct xml_node *message);
/* After all nodes are known: mandate:separateFrom. */
MUST_USE bool read_separations(struct reader *r, struct bpmn_node *node, const struct xml_node *x);

/* read_check.c: connects flows, boundaries, links; what the standard demands of a process. */
MUST_USE bool read_connect(struct reader *r);
MUST_USE bool read_check(struct reader *r);
/* read_di.c */
MUST_USE bool read_diagram(struct reader *r);
/* join.c: where inclusive gateways must look. */
MUST_USE bool bpmn_joins(struct bpmn_process *process, struct arena *arena, struct budget *budget,
                         struct err *err);

#endif
