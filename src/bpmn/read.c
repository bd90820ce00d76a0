/* Reading BPMN 2.0 XML. One walk over the process numbers every flow node and flow in the order of
 * their start tags (these numbers are stored in cases), a second reads each, a third connects them.
 *
 * 1. An element of the BPMN namespace inside a process is executed, read and kept, declared inert
 * (read_is_inert()), or refused. There is no fifth way.
 * 2. Foreign extension elements are left alone: they mean nothing to the execution. Those of
 *    `zeebe:` and `mandate:` do, so an unknown one is refused.
 * 3. The XML tree lives in a scratch arena; everything kept is copied. */
#include "bpmn/read.h"

enum { SCRATCH_BYTES_MAX = 512 << 20 }; /* the XML tree of FILE_BYTES_MAX of the densest markup */

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

/* --- the first walk: which elements there are ----------------------------------------------------
 */
/* BPMN 2.0.2: 10.3.3 */
static bool find_kind(enum bpmn_kind *out, const struct xml_node *x) {
    if (!str_eq(x->ns, bpmn_ns))
        return false;
    for (int kind = BPMN_SUB_PROCESS; kind < BPMN_KINDS; kind++) {
        if (!str_eq(x->name, str_from(bpmn_kind_element((enum bpmn_kind)kind))))
            continue;
        *out = (enum bpmn_kind)kind;
        if (kind == BPMN_SUB_PROCESS && read_flag(x, "triggeredByEvent", false))
            *out = BPMN_EVENT_SUB_PROCESS;
        return true;
    }
    return false;
}

struct census {
    size_t nodes, flows;
};

static bool is_common_part(const struct xml_node *x) {
    return read_is(x, "incoming") || read_is(x, "outgoing");
}

/* What a scope holds beside flow nodes and flows. */
static bool is_scope_part(const struct xml_node *x) {
    static const char *const names[] = {"laneSet", "correlationSubscription",
                                        "supportedInterfaceRef", "ioBinding"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (read_is(x, names[i]))
            return true;
    return read_is_inert(x) || is_common_part(x) || read_is_activity_part(x);
}

static bool count_scope(struct census *census, struct reader *r, const struct xml_node *scope,
                        int depth) {
    if (depth > BPMN_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, xml_where(scope, r->source),
                       "sub-processes are nested more than %d deep", BPMN_DEPTH_MAX);
    for (const struct xml_node *x = xml_first(scope); x != NULL; x = xml_sibling(x)) {
        enum bpmn_kind kind;
        if (!budget_spend(r->budget, (struct cost){1, sizeof(struct bpmn_node)}, r->err))
            return false;
        if (read_is(x, "sequenceFlow")) {
            census->flows++;
        } else if (find_kind(&kind, x)) {
            census->nodes++;
            if (bpmn_kind_group(kind) == BPMN_GROUP_SCOPE && !count_scope(census, r, x, depth + 1))
                return false;
        } else if (str_eq(x->ns, bpmn_ns) && !is_scope_part(x)) {
            if (!read_refuse(r, x, "this element is not supported here"))
                return false;
        }
    }
    if (census->nodes >= BPMN_NODES_MAX || census->flows > BPMN_FLOWS_MAX)
        return err_set(r->err, ERR_LIMIT, xml_where(scope, r->source),
                       "a process may have at most %d flow nodes and %d flows", BPMN_NODES_MAX - 1,
                       BPMN_FLOWS_MAX);
    return true;
}

static struct bpmn_node new_node(enum bpmn_kind kind, struct str id, uint32_t line) {
    return (struct bpmn_node){.kind = kind,
                              .id = id,
                              .line = line,
                              .parent = BPMN_NONE,
                              .lane = BPMN_NONE,
                              .attached_to = BPMN_NONE,
                              .default_flow = BPMN_NONE,
                              .activity = BPMN_NONE,
                              .handler = BPMN_NONE,
                              .compensates = BPMN_NONE,
                              .start_quantity = 1,
                              .completion_quantity = 1,
                              .start = BPMN_NONE};
}

static bool number_scope(struct reader *r, const struct xml_node *scope, uint32_t parent) {
    struct bpmn_process *p = r->process;
    for (const struct xml_node *x = xml_first(scope); x != NULL; x = xml_sibling(x)) {
        enum bpmn_kind kind;
        struct str id = xml_attr_text(x, STR("id"));
        bool is_flow = read_is(x, "sequenceFlow"), is_node = !is_flow && find_kind(&kind, x);
        if (!is_flow && !is_node)
            continue;
        if (id.len == 0)
            return read_broken(r, x, "the attribute 'id' is missing");
        id = arena_str(r->arena, id);
        if (is_flow) {
            uint32_t index = (uint32_t)p->flow_count++;
            r->flow_xml[index] = x;
            p->flows[index] = (struct bpmn_flow){.id = id, .index = index, .line = x->line};
            if (!map_put(&r->flow_at, id, index))
                return read_broken(r, x, "the id is used twice");
            continue;
        }
        uint32_t index = (uint32_t)p->node_count++;
        r->node_xml[index] = x;
        p->nodes[index] = new_node(kind, id, x->line);
        p->nodes[index].index = index;
        p->nodes[index].parent = parent;
        if (!map_put(&p->node_at, id, index))
            return read_broken(r, x, "the id is used twice");
        if (bpmn_kind_group(kind) == BPMN_GROUP_SCOPE && !number_scope(r, x, index))
            return false;
    }
    return true;
}

/* --- lanes
 * ------------------------------------------------------------------------------------------ */
static size_t count_lanes(const struct xml_node *x, int depth) {
    size_t count = 0;
    if (depth > BPMN_DEPTH_MAX)
        return 0;
    for (x = xml_first(x); x != NULL; x = xml_sibling(x))
        if (read_is(x, "lane"))
            count += 1 + count_lanes(x, depth + 1);
        else if (read_is(x, "laneSet") || read_is(x, "childLaneSet") || read_is(x, "subProcess") ||
                 read_is(x, "transaction") || read_is(x, "adHocSubProcess"))
            count += count_lanes(x, depth + 1);
    return count;
}

static bool read_lane_set(struct reader *r, const struct xml_node *set, uint32_t parent, int depth);

/* BPMN 2.0.2: 10.8 */
static bool read_lane(struct reader *r, const struct xml_node *x, uint32_t parent, int depth) {
    struct bpmn_process *p = r->process;
    uint32_t index = (uint32_t)p->lane_count++;
    struct bpmn_lane *lane = &p->lanes[index];
    *lane = (struct bpmn_lane){.id = read_attr(r, x, "id"), .line = x->line, .parent = parent};
    if (lane->id.len > 0 && !map_put(&r->lane_at, lane->id, index))
        return read_broken(r, x, "the id is used twice");
    if (!read_names(r, &lane->name, x) || !read_lane_extensions(r, lane, x))
        return false;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        if (read_is(c, "flowNodeRef")) {
            struct str ref = str_trim(xml_text(c, r->scratch));
            const size_t *node = map_find(&p->node_at, ref);
            if (node == NULL)
                continue; /* tools leave references to artifacts and deleted shapes here */
            p->nodes[*node].lane = index; /* an inner lane comes later and wins */
        } else if (read_is(c, "childLaneSet")) {
            if (!read_lane_set(r, c, index, depth + 1))
                return false;
        } else if (str_eq(c->ns, bpmn_ns) && !read_is_inert(c) && !read_is(c, "partitionElement")) {
            if (!read_refuse(r, c, "this element is not supported in a lane"))
                return false;
        }
    }
    return true;
}

static bool read_lane_set(struct reader *r, const struct xml_node *set, uint32_t parent,
                          int depth) {
    if (depth > BPMN_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, xml_where(set, r->source),
                       "lanes are nested more than %d deep", BPMN_DEPTH_MAX);
    for (const struct xml_node *x = xml_first(set); x != NULL; x = xml_sibling(x))
        if (read_is(x, "lane")) {
            if (!read_lane(r, x, parent, depth))
                return false;
        } else if (str_eq(x->ns, bpmn_ns) && !read_is_inert(x)) {
            if (!read_refuse(r, x, "this element is not supported in a lane set"))
                return false;
        }
    return true;
}

static bool read_lanes_of(struct reader *r, const struct xml_node *scope) {
    for (const struct xml_node *x = xml_first(scope); x != NULL; x = xml_sibling(x))
        if (read_is(x, "laneSet") && !read_lane_set(r, x, BPMN_NONE, 0))
            return false;
    return true;
}

static bool read_lanes(struct reader *r, const struct xml_node *process) {
    struct bpmn_process *p = r->process;
    p->lanes = arena_new(r->arena, struct bpmn_lane, count_lanes(process, 0));
    if (!read_lanes_of(r, process))
        return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_SCOPE &&
            !read_lanes_of(r, r->node_xml[i]))
            return false;
    /* a node in no lane stands where its sub-process or its activity stands; parents come first */
    for (size_t i = 1; i < p->node_count; i++) {
        struct bpmn_node *node = &p->nodes[i];
        if (node->lane == BPMN_NONE && node->parent != 0)
            node->lane = p->nodes[node->parent].lane;
    }
    return true;
}

/* --- one node
 * ----------------------------------------------------------------------------------------- */
/* BPMN 2.0.2: 10.6.2 - 10.6.6 */
static bool read_gateway(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool known = read_is_inert(c) || is_common_part(c) ||
                     (node->kind == BPMN_COMPLEX && read_is(c, "activationCondition"));
        if (str_eq(c->ns, bpmn_ns) && !known &&
            !read_refuse(r, c, "this element is not supported in a gateway"))
            return false;
    }
    if (node->kind == BPMN_EVENT_BASED) {
        node->instantiates = read_flag(x, "instantiate", false);
        node->parallel_events = str_eq(xml_attr_text(x, STR("eventGatewayType")), STR("Parallel"));
        /* BPMN 2.0.2: table 10.126 */
        if (node->parallel_events && !node->instantiates)
            return read_wrong(r, x, "only a gateway that starts the process waits for all events");
    }
    return node->kind != BPMN_COMPLEX ||
           read_formal(&node->activation, r, xml_child(x, bpmn_ns, STR("activationCondition")));
}

static bool read_node(struct reader *r, struct bpmn_node *node) {
    const struct xml_node *x = r->node_xml[node->index];
    bool ok = read_names(r, &node->name, x);
    node->documentation = read_text(r, xml_child(x, bpmn_ns, STR("documentation")));
    if (ok)
        switch (bpmn_kind_group(node->kind)) {
        case BPMN_GROUP_SCOPE:
        case BPMN_GROUP_WORK: ok = read_activity(r, node, x); break;
        case BPMN_GROUP_EVENT: ok = read_event(r, node, x); break;
        case BPMN_GROUP_GATEWAY: ok = read_gateway(r, node, x); break;
        }
    return ok && read_node_extensions(r, node, x);
}

static bool read_flow(struct reader *r, struct bpmn_flow *flow) {
    const struct xml_node *x = r->flow_xml[flow->index];
    if (!read_names(r, &flow->name, x))
        return false;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        if (read_is(c, "conditionExpression")) {
            if (!read_formal(&flow->condition, r, c))
                return false;
        } else if (str_eq(c->ns, bpmn_ns) && !read_is_inert(c)) {
            if (!read_refuse(r, c, "this element is not supported in a sequence flow"))
                return false;
        }
    }
    return true;
}

/* --- one process, one file
 * ---------------------------------------------------------------------------- */
/* Room for a process; its node 0 is there, and nothing else. */
static bool begin_process(struct reader *r, const struct xml_node *x, struct census census) {
    struct bpmn_process *p = arena_new(r->arena, struct bpmn_process, 1);
    struct str id;
    r->process = p;
    r->problems = NULL;
    r->problem_count = 0;
    p->source = r->source;
    p->line = x->line;
    p->executable = read_flag(x, "isExecutable", false);
    if (!xml_need_attr(&id, x, STR("id"), r->source, r->err))
        return false;
    p->id = arena_str(r->arena, id);
    /* every link event can become one more flow */
    p->nodes = arena_new(r->arena, struct bpmn_node, census.nodes + 1);
    p->flows = arena_new(r->arena, struct bpmn_flow, census.flows + census.nodes);
    r->node_xml = arena_new(r->scratch, const struct xml_node *, census.nodes + 1);
    r->flow_xml = arena_new(r->scratch, const struct xml_node *, census.flows + 1);
    map_init(&p->node_at, r->arena);
    map_init(&r->flow_at, r->scratch);
    map_init(&r->lane_at, r->scratch);
    p->nodes[0] = new_node(BPMN_PROCESS, p->id, x->line);
    r->node_xml[0] = x;
    p->node_count = 1;
    (void)map_put(&p->node_at, p->id, 0);
    return read_names(r, &p->name, x) && read_data_names(r, x);
}

/* Everything is numbered: read it, connect it, check it. */
static bool finish_process(struct reader *r) {
    struct bpmn_process *p = r->process;
    p->nodes[0].name = p->name;
    for (size_t i = 1; i < p->node_count; i++)
        if (!read_node(r, &p->nodes[i]))
            return false;
    if (!read_data_scopes(r))
        return false;
    for (size_t i = 0; i < p->flow_count; i++)
        if (!read_flow(r, &p->flows[i]))
            return false;
    for (size_t i = 0; i < p->node_count; i++)
        if (!read_separations(r, &p->nodes[i], r->node_xml[i]))
            return false;
    if (!read_connect(r) || !read_check(r) || !read_diagram(r) ||
        !bpmn_joins(p, r->arena, r->budget, r->err))
        return false;
    p->problems = r->problems;
    p->problem_count = r->problem_count;
    return true;
}

/* BPMN 2.0.2: 10.2 */
static bool read_process(struct reader *r, const struct xml_node *x) {
    struct census census = {0};
    if (!count_scope(&census, r, x, 0) || !begin_process(r, x, census) || !number_scope(r, x, 0) ||
        !read_lanes(r, x))
        return false;
    struct bpmn_node *root = &r->process->nodes[0];
    root->documentation = read_text(r, xml_child(x, bpmn_ns, STR("documentation")));
    return read_node_extensions(r, root, x) && read_data(r, root, x) && finish_process(r);
}

/* BPMN 2.0.2: 10.3.7: a global task is called like a process; here it is one, of a single task
 * that has the name and "-task" behind the id. */
static const struct {
    const char *element;
    enum bpmn_kind kind;
} global_tasks[] = {
    {"globalTask", BPMN_TASK},
    {"globalUserTask", BPMN_USER_TASK},
    {"globalManualTask", BPMN_MANUAL_TASK},
    {"globalScriptTask", BPMN_SCRIPT_TASK},
    {"globalBusinessRuleTask", BPMN_RULE_TASK},
};

static bool is_global_task(enum bpmn_kind *out, const struct xml_node *x) {
    for (size_t i = 0; i < COUNT_OF(global_tasks); i++)
        if (read_is(x, global_tasks[i].element)) {
            *out = global_tasks[i].kind;
            return true;
        }
    return false;
}

static bool read_global_task(struct reader *r, const struct xml_node *x, enum bpmn_kind kind) {
    if (!budget_spend(r->budget, (struct cost){2, 2 * sizeof(struct bpmn_node)}, r->err) ||
        !begin_process(r, x, (struct census){.nodes = 1}))
        return false;
    struct bpmn_process *p = r->process;
    struct str id = arena_printf(r->arena, "%.*s-task", STR_ARG(p->id));
    p->global_task = true;
    p->nodes[1] = new_node(kind, id, x->line);
    p->nodes[1].index = 1;
    p->nodes[1].parent = 0;
    r->node_xml[1] = x;
    p->node_count = 2;
    return map_put(&p->node_at, id, 1) && finish_process(r);
}

/* --- one file
 * ------------------------------------------------------------------------------------------ */
static bool is_indexed(const struct xml_node *x) {
    return str_eq(x->ns, bpmn_ns) && !read_is(x, "extensionElements");
}

static bool count_elements(size_t *count, struct reader *r, const struct xml_node *x, int depth) {
    if (depth > XML_DEPTH_MAX) /* the XML reader saw to it */
        return true;
    if (!budget_spend(r->budget, (struct cost){1, sizeof x}, r->err))
        return false;
    ++*count;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        if (is_indexed(c) && !count_elements(count, r, c, depth + 1))
            return false;
    return true;
}

static void index_elements(struct reader *r, const struct xml_node *x, size_t *count, int depth) {
    struct str id = xml_attr_text(x, STR("id"));
    if (depth > XML_DEPTH_MAX)
        return;
    if (id.len > 0 && map_put(&r->element_at, id, *count))
        r->elements[(*count)++] = x;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        if (is_indexed(c))
            index_elements(r, c, count, depth + 1);
}

static bool read_around(struct bpmn_model *model, struct reader *r) {
    size_t count = 0;
    if (!read_is(r->definitions, "definitions"))
        return err_set(r->err, ERR_INVALID, xml_where(r->definitions, r->source),
                       "the root element is '%.*s', not 'definitions' of BPMN 2.0",
                       STR_ARG(r->definitions->name));
    if (!count_elements(&count, r, r->definitions, 0))
        return false;
    map_init(&r->element_at, r->scratch);
    r->elements = arena_new(r->scratch, const struct xml_node *, count);
    count = 0;
    index_elements(r, r->definitions, &count, 0);
    model->id = read_attr(r, r->definitions, "id");
    model->name = read_plain_name(r, r->definitions);
    model->exporter = read_attr(r, r->definitions, "exporter");
    return read_declarations(r) && read_collaborations(r);
}

/* Does a call activity of the file call the global task? */
static bool is_called(const struct bpmn_model *model, struct str id) {
    for (size_t i = 0; i < model->process_count; i++)
        for (size_t k = 1; k < model->processes[i]->node_count; k++) {
            const struct bpmn_node *node = &model->processes[i]->nodes[k];
            if (node->kind == BPMN_CALL && node->called.program == NULL &&
                str_eq(node->called.text, id))
                return true;
        }
    return false;
}

static bool read_definitions(struct bpmn_model *model, struct reader *r) {
    size_t room = 0, executable = 0;
    enum bpmn_kind kind;
    if (!read_around(model, r))
        return false;
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x)) {
        room += read_is(x, "process") || is_global_task(&kind, x);
        executable += read_is(x, "process") && read_flag(x, "isExecutable", false);
    }
    model->processes = arena_new(r->arena, struct bpmn_process *, room);
    for (const struct xml_node *x = xml_child(r->definitions, bpmn_ns, STR("process")); x != NULL;
         x = xml_next(x)) {
        if (!r->collect && executable > 0 && !read_flag(x, "isExecutable", false))
            continue;
        if (!read_process(r, x))
            return false;
        model->processes[model->process_count++] = r->process;
    }
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x)) {
        if (!is_global_task(&kind, x) ||
            (!r->collect && !is_called(model, xml_attr_text(x, STR("id")))))
            continue;
        if (!read_global_task(r, x, kind))
            return false;
        model->processes[model->process_count++] = r->process;
    }
    r->process = NULL;
    if (model->process_count == 0 && !r->collect)
        return err_set(r->err, ERR_INVALID, xml_where(r->definitions, r->source),
                       "the file has no process");
    return read_message_flows(r) && read_model_diagram(r);
}

static bool read_file(struct bpmn_model **out, struct str text, struct reader *r) {
    *out = NULL;
    r->scratch = arena_create("bpmn reading", SCRATCH_BYTES_MAX);
    struct bpmn_model *model = arena_new(r->arena, struct bpmn_model, 1);
    model->source = r->source;
    r->model = model;
    struct xml_node *root;
    bool ok = xml_read(&root, text, r->source, r->scratch, r->budget, r->err);
    if (ok) {
        r->definitions = root;
        ok = read_properties_expand(r, root) && read_definitions(model, r);
    }
    arena_destroy(r->scratch);
    if (ok)
        *out = model;
    return ok;
}

bool bpmn_read(struct bpmn_model **out, struct str text, const char *source, struct arena *arena,
               struct budget *budget, struct err *err) {
    struct reader r = {.arena = arena, .budget = budget, .err = err, .source = source};
    return read_file(out, text, &r);
}

bool bpmn_read_drawing(struct bpmn_model **out, struct str text, const char *source,
                       struct arena *arena, struct budget *budget, struct err *err) {
    struct reader r = {
        .arena = arena, .budget = budget, .err = err, .source = source, .collect = true};
    return read_file(out, text, &r);
}
