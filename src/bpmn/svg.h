/* bpmn/svg.h - the process diagram as SVG, without script: drawn from the file's BPMN DI or, where
 * the file has none, laid out in layers from left to right. Pure. */
#ifndef MANDATE_BPMN_SVG_H
#define MANDATE_BPMN_SVG_H

#include "bpmn/step.h"

enum bpmn_mark {
    BPMN_MARK_NONE = 0,
    BPMN_MARK_DONE = 1,
    BPMN_MARK_ACTIVE = 2,
    BPMN_MARK_FAILED = 4
};

enum { BPMN_HEAT_MAX = 5 }; /* classes heat-1 .. heat-5 */

/* How far a process instance has come. nodes[node_count], flows[flow_count] hold enum bpmn_mark. */
struct bpmn_marks {
    uint8_t *nodes, *flows;
    const uint8_t *node_tokens, *flow_tokens; /* tokens to draw there; NULL: none */
    const uint8_t *flow_missing;              /* 1: a token is waited for there; NULL: none */
    const uint8_t *node_heat;                 /* 0 none, 1..BPMN_HEAT_MAX; NULL: none */
    const struct str *node_notes;             /* a few words above each node; NULL: none */
    struct str caption;                       /* below the drawing; empty: none */
};
struct bpmn_marks bpmn_marks_new(const struct bpmn_process *process, struct arena *arena);
/* Call for every record of the case, oldest first: taken flows and completed nodes are done. */
void bpmn_marks_add(struct bpmn_marks *marks, const struct bpmn_process *process,
                    const struct bpmn_record *record);
/* Then once: what is alive is active, or failed if it has an incident. */
void bpmn_marks_now(struct bpmn_marks *marks, const struct bpmn_process *process,
                    const struct bpmn_state *state);

/* Append one <svg> element. Classes (bpmn-userTask, bpmn-flow, is-done, is-active, is-failed, ...)
 * and presentation attributes, no inline styles: CSS overrides the looks; doc/bpmn.md lists the
 * classes. title and desc name the process and where it stands, in the language; texts are wrapped
 * to their boxes. id_prefix makes element ids unique in the page. marks may be NULL. */
void bpmn_svg(struct buf *out, const struct bpmn_process *process, const struct bpmn_marks *marks,
              enum lang lang, struct str id_prefix, struct arena *arena);

/* The whole file as its own diagram has it: every pool, message flow, conversation, choreography
 * and process; processes without a diagram are left out. */
void bpmn_svg_model(struct buf *out, const struct bpmn_model *model, enum lang lang,
                    struct str id_prefix, struct arena *arena);

#endif
