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

/* --- what is only drawn
 * ------------------------------------------------------------------------ */
static const struct {
    const char *element;
    enum bpmn_artifact_kind kind;
} artifacts[] = {
    {"participant", BPMN_ART_POOL},
    {"textAnnotation", BPMN_ART_ANNOTATION},
    {"group", BPMN_ART_GROUP},
    {"dataObjectReference", BPMN_ART_DATA_OBJECT},
    {"dataObject", BPMN_ART_DATA_OBJECT},
    {"dataInput", BPMN_ART_DATA_INPUT},
    {"dataOutput", BPMN_ART_DATA_OUTPUT},
    {"dataStoreReference", BPMN_ART_DATA_STORE},
    {"dataStore", BPMN_ART_DATA_STORE},
    {"message", BPMN_ART_MESSAGE},
    {"conversation", BPMN_ART_CONVERSATION},
    {"subConversation", BPMN_ART_CONVERSATION},
    {"callConversation", BPMN_ART_CONVERSATION},
    {"choreographyTask", BPMN_ART_CHOREOGRAPHY},
    {"subChoreography", BPMN_ART_CHOREOGRAPHY},
    {"callChoreography", BPMN_ART_CHOREOGRAPHY},
    {"startEvent", BPMN_ART_EVENT},
    {"intermediateCatchEvent", BPMN_ART_EVENT},
    {"intermediateThrowEvent", BPMN_ART_EVENT},
    {"endEvent", BPMN_ART_EVENT},
    {"exclusiveGateway", BPMN_ART_GATEWAY},
    {"parallelGateway", BPMN_ART_GATEWAY},
    {"inclusiveGateway", BPMN_ART_GATEWAY},
    {"eventBasedGateway", BPMN_ART_GATEWAY},
    {"complexGateway", BPMN_ART_GATEWAY},
};
static const struct {
    const char *element;
    enum bpmn_connection_kind kind;
} connections[] = {
    {"association", BPMN_LINE_ASSOCIATION},       {"dataInputAssociation", BPMN_LINE_DATA},
    {"dataOutputAssociation", BPMN_LINE_DATA},    {"messageFlow", BPMN_LINE_MESSAGE},
    {"conversationLink", BPMN_LINE_CONVERSATION}, {"sequenceFlow", BPMN_LINE_CHOREOGRAPHY},
};

/* The name; of a group its category's value, of an annotation its text, of data its state too. */
static struct str artifact_text(struct reader *r, const struct xml_node *x) {
    if (read_is(x, "textAnnotation"))
        return read_text(r, xml_child(x, STR(BPMN_NS), STR("text")));
    if (read_is(x, "group")) {
        const struct xml_node *value = read_find(r, xml_attr_text(x, STR("categoryValueRef")));
        return value == NULL ? STR_NONE : read_attr(r, value, "value");
    }
    struct str name = read_attr(r, x, "name");
    const struct xml_node *state = xml_child(x, STR(BPMN_NS), STR("dataState"));
    struct str said = state == NULL ? STR_NONE : xml_attr_text(state, STR("name"));
    if (said.len == 0 || str_find(name, said) != SIZE_MAX)
        return name;
    return arena_printf(r->arena, "%.*s [%.*s]", STR_ARG(name), STR_ARG(said));
}

static bool is_collection(struct reader *r, const struct xml_node *x) {
    const struct xml_node *many = xml_child(x, STR(BPMN_NS), STR("participantMultiplicity"));
    const struct xml_node *object = read_find(r, xml_attr_text(x, STR("dataObjectRef")));
    uint64_t most = 1;
    if (many != NULL && !str_to_u64(&most, str_trim(xml_attr_text(many, STR("maximum")))))
        most = 2;
    return most > 1 || read_flag(x, "isCollection", false) ||
           (object != NULL && read_flag(object, "isCollection", false));
}

static bool read_artifact(struct bpmn_artifact *out, struct reader *r, const struct xml_node *x,
                          const struct xml_node *shape) {
    size_t row = 0;
    while (row < COUNT_OF(artifacts) && !read_is(x, artifacts[row].element))
        row++;
    *out = (struct bpmn_artifact){.collection = false};
    if (row == COUNT_OF(artifacts) || !read_bounds(&out->box, shape))
        return false;
    out->kind = artifacts[row].kind;
    out->diagram = r->diagram;
    out->id = read_attr(r, x, "id");
    out->text = artifact_text(r, x);
    out->collection = is_collection(r, x);
    out->upright = !read_flag(shape, "isHorizontal", true);
    out->bold = read_is(x, "callConversation");
    struct str band = xml_attr_text(shape, STR("participantBandKind"));
    if (band.len > 0) {
        out->kind = BPMN_ART_BAND;
        out->bold = str_find(band, STR("non_initiating")) == SIZE_MAX;
    }
    return true;
}

static const struct bpmn_point *read_waypoints(size_t *count, struct reader *r,
                                               const struct xml_node *edge) {
    *count = 0;
    for (const struct xml_node *w = xml_child(edge, di_ns, STR("waypoint")); w != NULL;
         w = xml_next(w))
        ++*count;
    struct bpmn_point *points = arena_new(r->arena, struct bpmn_point, *count), *at = points;
    for (const struct xml_node *w = xml_child(edge, di_ns, STR("waypoint")); w != NULL;
         w = xml_next(w))
        *at++ = (struct bpmn_point){coordinate(w, "x"), coordinate(w, "y")};
    return points;
}

static bool read_connection(struct bpmn_connection *out, struct reader *r, const struct xml_node *x,
                            const struct xml_node *edge) {
    size_t row = 0;
    while (row < COUNT_OF(connections) && !read_is(x, connections[row].element))
        row++;
    *out = (struct bpmn_connection){.has_label = false};
    if (row == COUNT_OF(connections))
        return false;
    struct str direction = xml_attr_text(x, STR("associationDirection"));
    out->kind = connections[row].kind;
    out->diagram = r->diagram;
    out->id = read_attr(r, x, "id");
    out->name = read_attr(r, x, "name");
    out->from_arrow = str_eq(direction, STR("Both"));
    out->to_arrow = out->from_arrow || str_eq(direction, STR("One")) ||
                    out->kind == BPMN_LINE_DATA || out->kind == BPMN_LINE_MESSAGE ||
                    out->kind == BPMN_LINE_CHOREOGRAPHY;
    struct str envelope = xml_attr_text(edge, STR("messageVisibleKind"));
    out->envelope = envelope.len > 0;
    out->answer = str_eq(envelope, STR("non_initiating"));
    out->points = read_waypoints(&out->point_count, r, edge);
    out->has_label = read_label_bounds(&out->label, edge);
    return out->point_count >= 2;
}

/* Does x stand in that element? */
static bool stands_in(const struct xml_node *x, const struct xml_node *in) {
    while (x != NULL && x != in)
        x = x->parent;
    return x != NULL;
}

static bool is_pool_of(const struct reader *r, const struct xml_node *x) {
    return read_is(x, "participant") &&
           str_eq(read_local(str_trim(xml_attr_text(x, STR("processRef")))), r->process->id);
}

/* --- one process
 * ------------------------------------------------------------------------------- */
static void read_shape(struct reader *r, const struct xml_node *shape) {
    struct bpmn_process *p = r->process;
    struct str ref = read_local(xml_attr_text(shape, STR("bpmnElement")));
    const size_t *node = map_find(&p->node_at, ref), *lane = map_find(&r->lane_at, ref);
    const struct xml_node *x = read_find(r, ref);
    if (node != NULL && *node != 0) {
        struct bpmn_node *n = &p->nodes[*node];
        if (n->drawn) /* the first diagram that shows it counts */
            return;
        if (p->diagram == BPMN_NONE)
            p->diagram = r->diagram;
        n->drawn = read_bounds(&n->box, shape);
        n->has_label = read_label_bounds(&n->label, shape);
        n->expanded = read_flag(shape, "isExpanded", true);
        n->bare = !read_flag(shape, "isMarkerVisible", true);
    } else if (lane != NULL) {
        struct bpmn_lane *l = &p->lanes[*lane];
        l->drawn = read_bounds(&l->box, shape);
        l->upright = !read_flag(shape, "isHorizontal", true);
    } else if (x != NULL && (stands_in(x, r->node_xml[0]) || is_pool_of(r, x))) {
        p->artifact_count += read_artifact(&p->artifacts[p->artifact_count], r, x, shape);
    }
}

static void read_edge(struct reader *r, const struct xml_node *edge) {
    struct bpmn_process *p = r->process;
    struct str ref = read_local(xml_attr_text(edge, STR("bpmnElement")));
    const size_t *flow = map_find(&r->flow_at, ref);
    const struct xml_node *x = read_find(r, ref);
    if (flow == NULL) {
        if (x != NULL && stands_in(x, r->node_xml[0]))
            p->line_count += read_connection(&p->lines[p->line_count], r, x, edge);
        return;
    }
    struct bpmn_flow *f = &p->flows[*flow];
    size_t count;
    const struct bpmn_point *points = read_waypoints(&count, r, edge);
    if (count < 2 || f->point_count > 0)
        return;
    f->points = points;
    f->point_count = count;
    f->has_label = read_label_bounds(&f->label, edge);
}

/* A plane of its own for the inside of a collapsed sub-process has other coordinates: it belongs
 * to no drawing of the process. */
static bool is_inner_plane(struct reader *r, const struct xml_node *plane) {
    const struct xml_node *x = read_find(r, xml_attr_text(plane, STR("bpmnElement")));
    return x != NULL && (read_is(x, "subProcess") || read_is(x, "transaction") ||
                         read_is(x, "adHocSubProcess") || read_is(x, "subChoreography"));
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

typedef void (*read_item)(struct reader *r, const struct xml_node *item);

static size_t count_items(struct reader *r) {
    size_t count = 0;
    for (const struct xml_node *d = xml_child(r->definitions, bpmndi_ns, STR("BPMNDiagram"));
         d != NULL; d = xml_next(d))
        for (const struct xml_node *s = xml_first(xml_child(d, bpmndi_ns, STR("BPMNPlane")));
             s != NULL; s = xml_sibling(s))
            count++;
    return count;
}

static void each_item(struct reader *r, read_item shape, read_item edge) {
    r->diagram = 0;
    for (const struct xml_node *d = xml_child(r->definitions, bpmndi_ns, STR("BPMNDiagram"));
         d != NULL; d = xml_next(d), r->diagram++) {
        const struct xml_node *plane = xml_child(d, bpmndi_ns, STR("BPMNPlane"));
        for (const struct xml_node *s = is_inner_plane(r, plane) ? NULL : xml_first(plane);
             s != NULL; s = xml_sibling(s)) {
            if (xml_is(s, bpmndi_ns, STR("BPMNShape")))
                shape(r, s);
            else if (xml_is(s, bpmndi_ns, STR("BPMNEdge")))
                edge(r, s);
        }
    }
}

static bool afford_items(struct reader *r, size_t count) {
    size_t size = sizeof(struct bpmn_artifact) + sizeof(struct bpmn_connection);
    return budget_spend(r->budget, (struct cost){count, count * size}, r->err);
}

bool read_diagram(struct reader *r) {
    struct bpmn_process *p = r->process;
    size_t items = count_items(r);
    if (!afford_items(r, items))
        return false;
    p->artifacts = arena_new(r->arena, struct bpmn_artifact, items);
    p->lines = arena_new(r->arena, struct bpmn_connection, items);
    p->diagram = BPMN_NONE;
    each_item(r, read_shape, read_edge);
    p->has_diagram = items > 0 && is_complete(p);
    return true;
}

/* --- around the processes
 * ----------------------------------------------------------------------- */
static bool is_around(const struct xml_node *x) {
    for (; x != NULL; x = x->parent)
        if (read_is(x, "process"))
            return false;
        else if (read_is(x, "collaboration") || read_is(x, "choreography") ||
                 read_is(x, "globalConversation") || read_is(x, "globalChoreographyTask") ||
                 read_is(x, "message"))
            return true;
    return false;
}

static void read_model_shape(struct reader *r, const struct xml_node *shape) {
    struct bpmn_model *m = r->model;
    const struct xml_node *x = read_find(r, xml_attr_text(shape, STR("bpmnElement")));
    if (x != NULL && is_around(x))
        m->artifact_count += read_artifact(&m->artifacts[m->artifact_count], r, x, shape);
}

static void read_model_edge(struct reader *r, const struct xml_node *edge) {
    struct bpmn_model *m = r->model;
    const struct xml_node *x = read_find(r, xml_attr_text(edge, STR("bpmnElement")));
    if (x != NULL && is_around(x))
        m->line_count += read_connection(&m->lines[m->line_count], r, x, edge);
}

bool read_model_diagram(struct reader *r) {
    size_t items = count_items(r);
    if (!afford_items(r, items))
        return false;
    r->model->artifacts = arena_new(r->arena, struct bpmn_artifact, items);
    r->model->lines = arena_new(r->arena, struct bpmn_connection, items);
    each_item(r, read_model_shape, read_model_edge);
    r->model->diagram_count = r->diagram;
    return true;
}
