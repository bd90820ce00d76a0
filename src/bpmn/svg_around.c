/* What is drawn beside flow nodes and sequence flows: pools, data, annotations, groups, messages,
 * and the elements of conversations and choreographies (BPMN 2.0.2: chapters 7, 9, 11, 13). */
#include "bpmn/svg_pen.h"

static void shape(struct pen *pen, const char *class, const struct bpmn_point *points,
                  size_t count) {
    buf_printf(pen->out, "<polygon class=\"%s\"", class);
    svg_look(pen, class);
    buf_lit(pen->out, " points=\"");
    svg_points(pen, points, count);
    buf_lit(pen->out, "\"/>");
}

static void name_below(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_point at = {a->box.x + a->box.width / 2, a->box.y + a->box.height + 20};
    svg_text(pen, (struct svg_text){"bpmn-label", at, SVG_LABEL_WIDTH, false, 3}, a->text);
}

static void draw_data(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_box b = a->box;
    int32_t fold = b.width / 4, right = b.x + b.width, bottom = b.y + b.height;
    const struct bpmn_point page[] = {
        {b.x, b.y}, {right - fold, b.y}, {right, b.y + fold}, {right, bottom}, {b.x, bottom}};
    const struct bpmn_point corner[] = {
        {right - fold, b.y}, {right - fold, b.y + fold}, {right, b.y + fold}};
    shape(pen, "bpmn-shape", page, COUNT_OF(page));
    shape(pen, "bpmn-inner", corner, COUNT_OF(corner));
    struct bpmn_point at = {b.x + 20, b.y + 20};
    if (a->kind == BPMN_ART_DATA_INPUT)
        svg_icon(pen, "bpmn-icon", at, "M2 7H11V3L18 10L11 17V13H2Z");
    if (a->kind == BPMN_ART_DATA_OUTPUT)
        svg_icon(pen, "bpmn-icon bpmn-solid", at, "M2 7H11V3L18 10L11 17V13H2Z");
    if (a->collection)
        svg_icon(pen, "bpmn-icon", (struct bpmn_point){b.x + b.width / 2 - 100, bottom - 200},
                 "M6 6V18M10 6V18M14 6V18");
    name_below(pen, a);
}

static void arc(struct pen *pen, int32_t rx, int32_t ry, int sweep, struct bpmn_point to) {
    buf_lit(pen->out, "A");
    svg_number(pen->out, rx);
    buf_lit(pen->out, " ");
    svg_number(pen->out, ry);
    buf_printf(pen->out, " 0 0 %d ", sweep);
    svg_points(pen, &to, 1);
}

static void draw_store(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_box b = a->box;
    int32_t ry = b.height / 8, right = b.x + b.width;
    struct bpmn_point left = {b.x, b.y + ry};
    buf_lit(pen->out, "<path class=\"bpmn-shape\"");
    svg_look(pen, "bpmn-shape");
    buf_lit(pen->out, " d=\"M");
    svg_points(pen, &left, 1);
    arc(pen, b.width / 2, ry, 1, (struct bpmn_point){right, left.y});
    buf_lit(pen->out, "V");
    svg_number(pen->out, b.y + b.height - ry);
    arc(pen, b.width / 2, ry, 1, (struct bpmn_point){b.x, b.y + b.height - ry});
    buf_lit(pen->out, "Z");
    for (int32_t ring = 0; ring < 3; ring++) {
        left.y = b.y + ry + ring * ry;
        buf_lit(pen->out, "M");
        svg_points(pen, &left, 1);
        arc(pen, b.width / 2, ry, 0, (struct bpmn_point){right, left.y});
    }
    buf_lit(pen->out, "\"/>");
    name_below(pen, a);
}

static void draw_annotation(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_box b = a->box;
    const struct bpmn_point bracket[] = {
        {b.x + 120, b.y}, {b.x, b.y}, {b.x, b.y + b.height}, {b.x + 120, b.y + b.height}};
    buf_lit(pen->out, "<polyline class=\"bpmn-note\"");
    svg_look(pen, "bpmn-note");
    buf_lit(pen->out, " points=\"");
    svg_points(pen, bracket, COUNT_OF(bracket));
    buf_lit(pen->out, "\"/>");
    struct bpmn_point at = {b.x + b.width / 2, b.y + 40};
    svg_text(pen, (struct svg_text){"bpmn-note-text", at, b.width - 80, false, SVG_LINES_MAX},
             a->text);
}

static void draw_envelope(struct pen *pen, struct bpmn_box b, const char *class) {
    const struct bpmn_point flap[] = {
        {b.x, b.y}, {b.x + b.width / 2, b.y + b.height * 3 / 5}, {b.x + b.width, b.y}};
    svg_rect(pen, class, b, 0);
    buf_lit(pen->out, "<polyline class=\"bpmn-inner\" points=\"");
    svg_points(pen, flap, COUNT_OF(flap));
    buf_lit(pen->out, "\"/>");
}

static void draw_message(struct pen *pen, const struct bpmn_artifact *a) {
    draw_envelope(pen, a->box, a->bold ? "bpmn-shape" : "bpmn-band");
    name_below(pen, a);
}

static void draw_conversation(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_box b = a->box;
    int32_t quarter = b.width / 4, middle = b.y + b.height / 2, right = b.x + b.width;
    const struct bpmn_point hexagon[] = {{b.x, middle},
                                         {b.x + quarter, b.y},
                                         {right - quarter, b.y},
                                         {right, middle},
                                         {right - quarter, b.y + b.height},
                                         {b.x + quarter, b.y + b.height}};
    shape(pen, a->bold ? "bpmn-thick" : "bpmn-shape", hexagon, COUNT_OF(hexagon));
    name_below(pen, a);
}

static void draw_choreography(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_point middle = {a->box.x + a->box.width / 2, a->box.y + a->box.height / 2};
    bool band = a->kind == BPMN_ART_BAND;
    svg_rect(pen, band && !a->bold ? "bpmn-band" : "bpmn-shape", a->box, band ? 0 : 80);
    svg_text(pen, (struct svg_text){"bpmn-name", middle, a->box.width - 100, true, 3}, a->text);
}

static void draw_group(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_point at = {a->box.x + a->box.width / 2, a->box.y + 30};
    svg_rect(pen, "bpmn-group", a->box, 100);
    svg_text(pen, (struct svg_text){"bpmn-label", at, a->box.width - 60, false, 1}, a->text);
}

/* A participant has one text for its name; where it is that of its process, the process's name in
 * the language stands there. */
static struct str pool_name(const struct pen *pen, const struct bpmn_artifact *a) {
    bool same = pen->p != NULL && str_eq(a->text, pen->p->name.in[LANG_zh]) &&
                pen->p->name.in[pen->lang].len > 0;
    return same ? pen->p->name.in[pen->lang] : a->text;
}

static void draw_pool(struct pen *pen, const struct bpmn_artifact *a) {
    struct bpmn_box b = a->box;
    struct str name = pool_name(pen, a);
    svg_rect(pen, "bpmn-pool", b, 0);
    if (a->collection)
        svg_icon(pen, "bpmn-icon",
                 (struct bpmn_point){b.x + b.width / 2 - 100, b.y + b.height - 200},
                 "M6 6V18M10 6V18M14 6V18");
    if (name.len == 0)
        return;
    bool thin = a->upright ? b.width < 2 * BPMN_LANE_HEAD : b.height < BPMN_LANE_HEAD;
    struct bpmn_point middle = {b.x + b.width / 2, b.y + b.height / 2};
    if (thin || b.width < 2 * BPMN_LANE_HEAD)
        svg_text(pen, (struct svg_text){"bpmn-lane-name", middle, b.width, true, 2}, name);
    else
        svg_head(pen, "bpmn-pool", b, a->upright, name);
}

static void draw_artifact(struct pen *pen, const struct bpmn_artifact *a) {
    switch (a->kind) {
    case BPMN_ART_POOL: draw_pool(pen, a); break;
    case BPMN_ART_ANNOTATION: draw_annotation(pen, a); break;
    case BPMN_ART_GROUP: draw_group(pen, a); break;
    case BPMN_ART_DATA_OBJECT:
    case BPMN_ART_DATA_INPUT:
    case BPMN_ART_DATA_OUTPUT: draw_data(pen, a); break;
    case BPMN_ART_DATA_STORE: draw_store(pen, a); break;
    case BPMN_ART_MESSAGE: draw_message(pen, a); break;
    case BPMN_ART_CONVERSATION: draw_conversation(pen, a); break;
    case BPMN_ART_CHOREOGRAPHY:
    case BPMN_ART_BAND: draw_choreography(pen, a); break;
    case BPMN_ART_EVENT:
        svg_circle(pen, "bpmn-shape", a->box, 0);
        name_below(pen, a);
        break;
    case BPMN_ART_GATEWAY:
        svg_diamond(pen, "bpmn-shape", a->box);
        name_below(pen, a);
        break;
    }
}

static const char *class_of(enum bpmn_artifact_kind kind) {
    static const char *const classes[] = {
        [BPMN_ART_POOL] = "bpmn-participant",
        [BPMN_ART_ANNOTATION] = "bpmn-annotation",
        [BPMN_ART_GROUP] = "bpmn-group-of",
        [BPMN_ART_DATA_OBJECT] = "bpmn-data",
        [BPMN_ART_DATA_INPUT] = "bpmn-data",
        [BPMN_ART_DATA_OUTPUT] = "bpmn-data",
        [BPMN_ART_DATA_STORE] = "bpmn-data",
        [BPMN_ART_MESSAGE] = "bpmn-message",
        [BPMN_ART_CONVERSATION] = "bpmn-conversation",
        [BPMN_ART_CHOREOGRAPHY] = "bpmn-choreography",
        [BPMN_ART_BAND] = "bpmn-choreography",
        [BPMN_ART_EVENT] = "bpmn-choreography",
        [BPMN_ART_GATEWAY] = "bpmn-choreography",
    };
    return classes[kind];
}

void svg_artifacts(struct pen *pen, const struct bpmn_artifact *artifacts, size_t count,
                   bool pools) {
    pen->shape = NULL;
    for (size_t i = 0; i < count; i++) {
        if ((artifacts[i].kind == BPMN_ART_POOL) != pools)
            continue;
        buf_printf(pen->out, "<g class=\"%s\">", class_of(artifacts[i].kind));
        draw_artifact(pen, &artifacts[i]);
        buf_lit(pen->out, "</g>");
    }
}

/* --- lines
 * ---------------------------------------------------------------------------------- */
static void draw_connection(struct pen *pen, const struct bpmn_connection *c) {
    static const struct {
        const char *class, *from, *to; /* marker names */
    } looks[] = {
        [BPMN_LINE_ASSOCIATION] = {"bpmn-association", "vee", "vee"},
        [BPMN_LINE_DATA] = {"bpmn-association", "vee", "vee"},
        [BPMN_LINE_MESSAGE] = {"bpmn-message-flow", "ring", "tip"},
        [BPMN_LINE_CONVERSATION] = {"bpmn-link", NULL, NULL},
        [BPMN_LINE_CHOREOGRAPHY] = {"bpmn-line", NULL, "arrow"},
    };
    const char *class = looks[c->kind].class;
    buf_printf(pen->out, "<polyline class=\"%s\" fill=\"none\"", class);
    svg_look(pen, class);
    buf_lit(pen->out, " points=\"");
    svg_points(pen, c->points, c->point_count);
    buf_lit(pen->out, "\"");
    bool from = c->from_arrow || c->kind == BPMN_LINE_MESSAGE;
    if (from && looks[c->kind].from != NULL)
        buf_printf(pen->out, " marker-start=\"url(#%.*s%s)\"", STR_ARG(pen->prefix),
                   looks[c->kind].from);
    if (c->to_arrow && looks[c->kind].to != NULL)
        buf_printf(pen->out, " marker-end=\"url(#%.*s%s)\"", STR_ARG(pen->prefix),
                   looks[c->kind].to);
    buf_lit(pen->out, "/>");
    if (c->point_count < 2)
        return;
    struct bpmn_point at = c->points[c->point_count / 2],
                      before = c->points[c->point_count / 2 - 1];
    if (c->envelope) {
        struct bpmn_box box = {(at.x + before.x) / 2 - 100, (at.y + before.y) / 2 - 70, 200, 140};
        draw_envelope(pen, box, c->answer ? "bpmn-band" : "bpmn-shape");
    }
    if (c->name.len == 0)
        return;
    if (c->has_label)
        at = (struct bpmn_point){c->label.x + c->label.width / 2, c->label.y};
    svg_text(pen, (struct svg_text){"bpmn-flow-name", at, SVG_LABEL_WIDTH, false, 2}, c->name);
}

void svg_connections(struct pen *pen, const struct bpmn_connection *lines, size_t count) {
    for (size_t i = 0; i < count; i++)
        draw_connection(pen, &lines[i]);
}
