/* What a counter-example adds to a drawing: tokens where they stand, empty places where one is
 * waited for, and in words what is wrong. */
#include <stdlib.h>

#include "bpmn/svg_pen.h"

enum { TOKEN_SIZE = 180, TOKEN_BACK = 200, TOKEN_COUNT_DROP = 45, CAPTION_MARGIN = 200 };

static void draw_token(struct pen *pen, struct bpmn_point at, uint8_t count) {
    struct bpmn_box box = {at.x - TOKEN_SIZE / 2, at.y - TOKEN_SIZE / 2, TOKEN_SIZE, TOKEN_SIZE};
    char text[8];
    svg_circle(pen, "bpmn-token", box, 0);
    if (count < 2)
        return;
    (void)snprintf(text, sizeof text, "%u", count);
    buf_lit(pen->out, "<text class=\"bpmn-token-count\" fill=\"#fff\" stroke=\"none\"");
    svg_attribute(pen->out, "x", at.x);
    svg_attribute(pen->out, "y", at.y + TOKEN_COUNT_DROP);
    buf_printf(pen->out, ">%s</text>", text);
}

static int32_t length_of(struct bpmn_point a, struct bpmn_point b) {
    return MAX_OF(abs(b.x - a.x), abs(b.y - a.y));
}

/* Do two flows come in at the same point, so that their last pieces lie upon each other? */
static bool ends_together(const struct pen *pen, size_t flow) {
    const struct bpmn_line *line = &pen->drawing.flows[flow];
    struct bpmn_point end = line->points[line->count - 1];
    for (size_t i = 0; i < pen->p->flow_count; i++) {
        const struct bpmn_line *other = &pen->drawing.flows[i];
        if (i != flow && other->count > 0 && pen->p->flows[i].to == pen->p->flows[flow].to &&
            length_of(other->points[other->count - 1], end) < TOKEN_SIZE)
            return true;
    }
    return false;
}

/* Just before the flow's end; or, where that piece is not its own, in the middle of its longest. */
static struct bpmn_point place_on(const struct pen *pen, size_t flow) {
    const struct bpmn_line *line = &pen->drawing.flows[flow];
    struct bpmn_point a = line->points[line->count - 2], b = line->points[line->count - 1];
    int32_t length = length_of(a, b), back = MIN_OF(length / 2, TOKEN_BACK);
    if (ends_together(pen, flow)) {
        for (size_t i = 1; i < line->count; i++)
            if (length_of(line->points[i - 1], line->points[i]) > length_of(a, b)) {
                a = line->points[i - 1];
                b = line->points[i];
            }
        length = length_of(a, b);
        back = length / 2;
    }
    if (length == 0)
        return b;
    return (struct bpmn_point){b.x - (b.x - a.x) * back / length,
                               b.y - (b.y - a.y) * back / length};
}

static void draw_on_nodes(struct pen *pen) {
    for (uint32_t i = 1; i < pen->p->node_count; i++) {
        struct bpmn_box box = pen->drawing.nodes[i];
        enum bpmn_group group = bpmn_kind_group(pen->p->nodes[i].kind);
        bool corner = group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE;
        if (pen->marks->node_tokens[i] == 0 || box.width == 0)
            continue;
        draw_token(pen,
                   (struct bpmn_point){box.x + (corner ? box.width - 150 : box.width / 2),
                                       box.y + (corner ? 150 : box.height / 2)},
                   pen->marks->node_tokens[i]);
    }
}

static void draw_on_flows(struct pen *pen) {
    for (size_t i = 0; i < pen->p->flow_count; i++) {
        bool token = pen->marks->flow_tokens != NULL && pen->marks->flow_tokens[i] > 0;
        bool missing = pen->marks->flow_missing != NULL && pen->marks->flow_missing[i] > 0;
        if ((!token && !missing) || pen->drawing.flows[i].count < 2)
            continue;
        struct bpmn_point at = place_on(pen, i);
        struct bpmn_box box = {at.x - TOKEN_SIZE / 2, at.y - TOKEN_SIZE / 2, TOKEN_SIZE,
                               TOKEN_SIZE};
        if (token)
            draw_token(pen, at, pen->marks->flow_tokens[i]);
        else
            svg_circle(pen, "bpmn-missing", box, 0);
    }
}

static void draw_caption(struct pen *pen) {
    struct bpmn_box frame = pen->drawing.frame;
    const struct svg_text how = {"bpmn-caption",
                                 {frame.x + frame.width / 2, frame.y + frame.height},
                                 MAX_OF(frame.width - CAPTION_MARGIN, SVG_LABEL_WIDTH),
                                 false,
                                 3};
    buf_lit(pen->out, "<g font-size=\"14\" font-weight=\"700\">");
    svg_text(pen, how, pen->marks->caption);
    buf_lit(pen->out, "</g>");
}

void svg_marks(struct pen *pen) {
    pen->shape = NULL;
    if (pen->marks->node_tokens != NULL)
        draw_on_nodes(pen);
    draw_on_flows(pen);
    if (pen->marks->caption.len > 0)
        draw_caption(pen);
}
