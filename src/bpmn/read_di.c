/* Reading the diagram (BPMN 2.0.2: chapter 12): where shapes, edges and labels stand. Only drawing
 * depends on it, so what refers to nothing is passed over, and a number that is none counts as 0.
 */
#include "bpmn/read.h"

static const struct str bpmndi_ns = STR_INIT(BPMN_DI_NS), dc_ns = STR_INIT(DC_NS),
                        di_ns = STR_INIT(DI_NS);

enum { COORDINATE_MAX = 1000000 }; /* tenths; far beyond any screen, far from overflow */

/* "123.45" in tenths. */
static int32_t read_tenths(struct str text) {
    bool negative = str_starts(text, STR("-"));
    int32_t whole = 0, decimals = -1;
    for (size_t i = negative; i < text.len && decimals < 1 && whole < COORDINATE_MAX; i++) {
        char c = text.at[i];
        if (c == '.' && decimals < 0) {
            decimals = 0;
        } else if (c >= '0' && c <= '9') {
            whole = whole * 10 + (c - '0');
            decimals += decimals >= 0;
        } else {
            return 0;
        }
    }
    if (decimals < 1)
        whole *= 10;
    if (whole > COORDINATE_MAX)
        whole = COORDINATE_MAX;
    return negative ? -whole : whole;
}

static int32_t coordinate(const struct xml_node *x, const char *name) {
    return read_tenths(str_trim(xml_attr_text(x, str_from(name))));
}

static bool read_bounds(struct bpmn_box *out, const struct xml_node *x) {
    const struct xml_node *bounds = xml_child(x, dc_ns, STR("Bounds"));
    if (bounds == NULL)
        return false;
    *out = (struct bpmn_box){coordinate(bounds, "x"), coordinate(bounds, "y"),
                             coordinate(bounds, "width"), coordinate(bounds, "height")};
    return out->width > 0 && out->height > 0;
}

static bool read_label_bounds(struct bpmn_box *out, const struct xml_node *x) {
    return read_bounds(out, xml_child(x, bpmndi_ns, STR("BPMNLabel")));
}

static const struct xml_node *find_by_id(const struct xml_node *x, struct str id, int depth) {
    if (depth > BPMN_DEPTH_MAX)
        return NULL;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        if (str_eq(xml_attr_text(c, STR("id")), id))
            return c;
        const struct xml_node *found = find_by_id(c, id, depth + 1);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* A pool of this process, or an annotation in it. */
static void read_artifact(struct reader *r, struct str id, const struct xml_node *shape) {
    struct bpmn_process *p = r->process;
    struct bpmn_artifact artifact = {0};
    const struct xml_node *x = read_find(r, id);
    if (!read_bounds(&artifact.box, shape))
        return;
    if (read_is(x, "textAnnotation")) {
        artifact.kind = BPMN_ART_ANNOTATION;
        artifact.text = arena_str(
            r->arena, str_trim(xml_text(xml_child(x, STR(BPMN_NS), STR("text")), r->scratch)));
    } else {
        const struct xml_node *pool =
            find_by_id(xml_child(r->definitions, STR(BPMN_NS), STR("collaboration")), id, 0);
        if (!read_is(pool, "participant") ||
            !str_eq(read_local(xml_attr_text(pool, STR("processRef"))), p->id))
            return;
        artifact.kind = BPMN_ART_POOL;
        artifact.text = read_attr(r, pool, "name");
    }
    p->artifacts[p->artifact_count++] = artifact;
}

static void read_shape(struct reader *r, const struct xml_node *shape) {
    struct bpmn_process *p = r->process;
    struct str ref = read_local(xml_attr_text(shape, STR("bpmnElement")));
    const size_t *node = map_find(&p->node_at, ref), *lane = map_find(&r->lane_at, ref);
    if (node != NULL && *node != 0) {
        struct bpmn_node *n = &p->nodes[*node];
        n->drawn = read_bounds(&n->box, shape);
        n->has_label = read_label_bounds(&n->label, shape);
        n->expanded = read_flag(shape, "isExpanded", true);
    } else if (lane != NULL) {
        struct bpmn_lane *l = &p->lanes[*lane];
        l->drawn = read_bounds(&l->box, shape);
        l->upright = !read_flag(shape, "isHorizontal", true);
    } else {
        read_artifact(r, ref, shape);
    }
}

static void read_edge(struct reader *r, const struct xml_node *edge) {
    const size_t *flow = map_find(&r->flow_at, read_local(xml_attr_text(edge, STR("bpmnElement"))));
    if (flow == NULL)
        return;
    struct bpmn_flow *f = &r->process->flows[*flow];
    size_t count = 0;
    for (const struct xml_node *w = xml_child(edge, di_ns, STR("waypoint")); w != NULL;
         w = xml_next(w))
        count++;
    if (count < 2)
        return;
    struct bpmn_point *points = arena_new(r->arena, struct bpmn_point, count);
    f->points = points;
    f->point_count = count;
    for (const struct xml_node *w = xml_child(edge, di_ns, STR("waypoint")); w != NULL;
         w = xml_next(w))
        *points++ = (struct bpmn_point){coordinate(w, "x"), coordinate(w, "y")};
    f->has_label = read_label_bounds(&f->label, edge);
}

/* Drawn as a whole or not at all: with a shape for every node and an edge for every flow. */
static bool is_complete(const struct bpmn_process *p) {
    for (size_t i = 1; i < p->node_count; i++) {
        bool hidden = false; /* inside a collapsed sub-process */
        for (uint32_t at = p->nodes[i].parent; at != 0 && !hidden; at = p->nodes[at].parent)
            hidden = p->nodes[at].drawn && !p->nodes[at].expanded;
        if (!hidden && !p->nodes[i].drawn)
            return false;
    }
    for (size_t i = 0; i < p->flow_count; i++)
        if (!p->flows[i].is_link && p->flows[i].point_count == 0 &&
            p->nodes[p->flows[i].from].drawn)
            return false;
    return true;
}

bool read_diagram(struct reader *r) {
    size_t shapes = 0;
    const struct xml_node *diagram = xml_child(r->definitions, bpmndi_ns, STR("BPMNDiagram"));
    for (const struct xml_node *d = diagram; d != NULL; d = xml_next(d))
        for (const struct xml_node *s = xml_first(xml_child(d, bpmndi_ns, STR("BPMNPlane")));
             s != NULL; s = xml_sibling(s))
            shapes++;
    if (!budget_spend(r->budget, (struct cost){shapes, shapes * sizeof(struct bpmn_artifact)},
                      r->err))
        return false;
    r->process->artifacts = arena_new(r->arena, struct bpmn_artifact, shapes);
    for (const struct xml_node *d = diagram; d != NULL; d = xml_next(d))
        for (const struct xml_node *s = xml_first(xml_child(d, bpmndi_ns, STR("BPMNPlane")));
             s != NULL; s = xml_sibling(s)) {
            if (xml_is(s, bpmndi_ns, STR("BPMNShape")))
                read_shape(r, s);
            else if (xml_is(s, bpmndi_ns, STR("BPMNEdge")))
                read_edge(r, s);
        }
    r->process->has_diagram = shapes > 0 && is_complete(r->process);
    return true;
}

bool read_model_diagram(struct reader *r) {
    (void)r;
    return true;
}
