/* bpmn/layout.h - where everything stands in a drawing; for src/bpmn alone. In tenths of a pixel.
 */
#ifndef MANDATE_BPMN_LAYOUT_H
#define MANDATE_BPMN_LAYOUT_H

#include "bpmn/model.h"

struct bpmn_line {
    struct bpmn_point *points;
    size_t count; /* 0: not drawn */
};

struct bpmn_drawing {
    struct bpmn_box *nodes; /* by index; width 0: not drawn */
    struct bpmn_line *flows;
    struct bpmn_box *lanes; /* likewise */
    struct bpmn_box frame;  /* around everything */
};

enum { BPMN_LANE_HEAD = 300 }; /* the strip that bears a lane's name */

/* From the file's diagram when it has a complete one, else laid out: layers from left to right by
 * the longest path, a band for each lane, flows along the gaps between columns and rows. */
void bpmn_layout(struct bpmn_drawing *out, const struct bpmn_process *process, struct arena *arena);
/* What is around one of a file's diagrams: drawings[] of its processes that have one. False when
 * there is nothing in it. */
bool bpmn_layout_frame(struct bpmn_box *out, const struct bpmn_model *model,
                       const struct bpmn_drawing *drawings, uint32_t diagram);

#endif
