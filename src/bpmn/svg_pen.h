/* bpmn/svg_pen.h - what the files of the drawing share; for src/bpmn alone. Lengths in tenths of a
 * pixel. */
#ifndef MANDATE_BPMN_SVG_PEN_H
#define MANDATE_BPMN_SVG_PEN_H

#include "bpmn/layout.h"
#include "bpmn/svg.h"

enum {
    SVG_WIDE = 130, /* of an East Asian character, at 13 pixels */
    SVG_NARROW = 72,
    SVG_LINE_HEIGHT = 160,
    SVG_LINES_MAX = 5,
    SVG_LABEL_WIDTH = 1150,
    SVG_CAPTION_HEIGHT = 3 * SVG_LINE_HEIGHT + 200,
};

struct pen {
    struct buf *out;
    const struct bpmn_process *p;
    const struct bpmn_marks *marks;
    struct bpmn_drawing drawing;
    enum lang lang;
    struct str prefix;
    const char *shape; /* the look of the outline of the node being drawn; NULL: of its class */
};

/* svg.c */
void svg_number(struct buf *out, int32_t tenths);
void svg_attribute(struct buf *out, const char *name, int32_t tenths);
void svg_look(struct pen *pen, const char *class); /* presentation attributes of a class */
void svg_rect(struct pen *pen, const char *class, struct bpmn_box box, int32_t radius);
void svg_circle(struct pen *pen, const char *class, struct bpmn_box box, int32_t inset);
void svg_diamond(struct pen *pen, const char *class, struct bpmn_box box);
/* A path in a square of 20 by 20 whole pixels with its corner at a point. */
void svg_icon(struct pen *pen, const char *class, struct bpmn_point corner, const char *path);
/* Lines of text, broken to a width. middle: around at.y; otherwise that is the top of the first. */
struct svg_text {
    const char *class;
    struct bpmn_point at;
    int32_t room;
    bool middle;
    size_t lines_max;
};
void svg_text(struct pen *pen, struct svg_text how, struct str text);
/* The strip with the name of a pool or lane, at its left or, upright, at its top. */
void svg_head(struct pen *pen, const char *class, struct bpmn_box box, bool upright,
              struct str name);
void svg_points(struct pen *pen, const struct bpmn_point *points, size_t count);

/* svg_mark.c: tokens, where one is missing, and the words below. */
void svg_marks(struct pen *pen);

/* svg_around.c: what no token walks along. With pools: also the participants. */
void svg_artifacts(struct pen *pen, const struct bpmn_artifact *artifacts, size_t count,
                   bool pools);
void svg_connections(struct pen *pen, const struct bpmn_connection *lines, size_t count);

#endif
