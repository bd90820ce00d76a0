/* Connecting what was read, and what BPMN 2.0.2 demands of a process before it can be executed. */
#include "bpmn/read.h"

#include <stdio.h>

/* --- flows
 * -------------------------------------------------------------------------------------------- */
static bool find_end(uint32_t *out, struct reader *r, const struct xml_node *x,
                     const char *attribute) {
    struct str ref;
    if (!xml_need_attr(&ref, x, str_from(attribute), r->source, r->err))
        return false;
    const struct bpmn_node *node = bpmn_node(r->process, ref);
    if (node == NULL || node->index == 0)
        return err_set(r->err, ERR_UNKNOWN, xml_where(x, r->source),
                       "sequence flow '%.*s': %s '%.*s' is no flow node of this process",
                       STR_ARG(xml_attr_text(x, STR("id"))), attribute, STR_ARG(ref));
    *out = node->index;
    return true;
}

static bool connect_flow(struct reader *r, struct bpmn_flow *flow) {
    const struct xml_node *x = r->flow_xml[flow->index];
    if (!find_end(&flow->from, r, x, "sourceRef") || !find_end(&flow->to, r, x, "targetRef"))
        return false;
    /* BPMN 2.0.2: 7.6.1, a sequence flow does not cross the border of a sub-process */
    if (r->process->nodes[flow->from].parent != r->process->nodes[flow->to].parent)
        return read_wrong(r, x, "the flow crosses the border of a sub-process");
    return true;
}

/* One more flow for every link throw event; its catching partner bears the same name. */
static bool connect_links(struct reader *r) {
    struct bpmn_process *p = r->process;
    for (uint32_t i = 1; i < p->node_count; i++) {
        struct bpmn_node *from = &p->nodes[i];
        if (from->kind != BPMN_THROW || from->event != BPMN_EVENT_LINK)
            continue;
        uint32_t to = BPMN_NONE;
        for (uint32_t j = 1; j < p->node_count; j++) {
            const struct bpmn_node *node = &p->nodes[j];
            if (node->kind != BPMN_CATCH || node->event != BPMN_EVENT_LINK ||
                node->parent != from->parent || !str_eq(node->code, from->code))
                continue;
            if (to != BPMN_NONE)
                return read_wrong(r, r->node_xml[j], "two link events catch '%.*s'",
                                  STR_ARG(from->code));
            to = j;
        }
        if (to == BPMN_NONE)
            return read_wrong(r, r->node_xml[i], "no link event catches '%.*s'",
                              STR_ARG(from->code));
        uint32_t index = (uint32_t)p->flow_count++;
        p->flows[index] = (struct bpmn_flow){.id = from->id,
                                             .index = index,
                                             .line = from->line,
                                             .from = i,
                                             .to = to,
                                             .is_link = true};
    }
    return true;
}

/* The order in which conditions are tried: that of the <outgoing> elements, then that of the file.
 */
static void order_outgoing(struct reader *r, uint32_t *flows, const struct bpmn_node *node) {
    uint32_t done = 0;
    for (const struct xml_node *o =
             xml_child(r->node_xml[node->index], STR(BPMN_NS), STR("outgoing"));
         o != NULL; o = xml_next(o)) {
        const size_t *flow = map_find(&r->flow_at, read_local(str_trim(xml_text(o, r->scratch))));
        for (uint32_t i = done; flow != NULL && i < node->out_count; i++)
            if (flows[i] == *flow) {
                for (uint32_t j = i; j > done; j--)
                    flows[j] = flows[j - 1];
                flows[done++] = (uint32_t)*flow;
                break;
            }
    }
}

static void fill_lists(struct reader *r) {
    struct bpmn_process *p = r->process;
    for (size_t i = 0; i < p->flow_count; i++) {
        p->nodes[p->flows[i].from].out_count++;
        p->nodes[p->flows[i].to].in_count++;
    }
    for (size_t i = 1; i < p->node_count; i++) {
        p->nodes[p->nodes[i].parent].child_count++;
        if (p->nodes[i].attached_to != BPMN_NONE)
            p->nodes[p->nodes[i].attached_to].boundary_count++;
    }
    uint32_t **lists = arena_new(r->scratch, uint32_t *, p->node_count * 4);
    uint32_t *used = arena_new(r->scratch, uint32_t, p->node_count * 4);
    for (size_t i = 0; i < p->node_count; i++) {
        struct bpmn_node *n = &p->nodes[i];
        n->in = lists[i * 4] = arena_new(r->arena, uint32_t, n->in_count);
        n->out = lists[i * 4 + 1] = arena_new(r->arena, uint32_t, n->out_count);
        n->children = lists[i * 4 + 2] = arena_new(r->arena, uint32_t, n->child_count);
        n->boundaries = lists[i * 4 + 3] = arena_new(r->arena, uint32_t, n->boundary_count);
    }
    for (uint32_t i = 0; i < p->flow_count; i++) {
        size_t to = p->flows[i].to * (size_t)4, from = p->flows[i].from * (size_t)4 + 1;
        lists[to][used[to]++] = i;
        lists[from][used[from]++] = i;
    }
    for (uint32_t i = 1; i < p->node_count; i++) {
        size_t parent = p->nodes[i].parent * (size_t)4 + 2;
        lists[parent][used[parent]++] = i;
        if (p->nodes[i].attached_to != BPMN_NONE) {
            size_t host = p->nodes[i].attached_to * (size_t)4 + 3;
            lists[host][used[host]++] = i;
        }
    }
    for (size_t i = 1; i < p->node_count; i++)
        order_outgoing(r, lists[i * 4 + 1], &p->nodes[i]);
}

static bool connect_boundary(struct reader *r, struct bpmn_node *node) {
    const struct xml_node *x = r->node_xml[node->index];
    struct str ref;
    if (!xml_need_attr(&ref, x, STR("attachedToRef"), r->source, r->err))
        return false;
    const struct bpmn_node *host = bpmn_node(r->process, read_local(ref));
    if (host == NULL || host->parent != node->parent)
        return err_set(
            r->err, ERR_UNKNOWN, xml_where(x, r->source),
            "boundary event '%.*s' is attached to '%.*s', which is no activity beside it",
            STR_ARG(node->id), STR_ARG(ref));
    enum bpmn_group group = bpmn_kind_group(host->kind);
    if ((group != BPMN_GROUP_WORK && host->kind != BPMN_SUB_PROCESS))
        return read_wrong(r, x, "it is attached to '%.*s', which is no activity",
                          STR_ARG(host->id));
    node->attached_to = host->index;
    if (node->lane == BPMN_NONE)
        node->lane = host->lane;
    return true;
}

static bool connect_default(struct reader *r, struct bpmn_node *node) {
    const struct xml_node *x = r->node_xml[node->index];
    struct str ref = read_local(xml_attr_text(x, STR("default")));
    if (ref.len == 0)
        return true;
    const size_t *flow = map_find(&r->flow_at, ref);
    if (flow == NULL || r->process->flows[*flow].from != node->index)
        return err_set(r->err, ERR_UNKNOWN, xml_where(x, r->source),
                       "the default flow '%.*s' of '%.*s' does not leave it", STR_ARG(ref),
                       STR_ARG(node->id));
    if (r->process->flows[*flow].condition.text.at != NULL)
        return read_wrong(r, r->flow_xml[*flow], "a default flow has no condition");
    node->default_flow = (uint32_t)*flow;
    r->process->flows[*flow].is_default = true;
    return true;
}

bool read_connect(struct reader *r) {
    struct bpmn_process *p = r->process;
    for (size_t i = 0; i < p->flow_count; i++)
        if (!connect_flow(r, &p->flows[i]))
            return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (p->nodes[i].kind == BPMN_BOUNDARY && !connect_boundary(r, &p->nodes[i]))
            return false;
    if (!connect_links(r))
        return false;
    fill_lists(r);
    for (size_t i = 1; i < p->node_count; i++)
        if (!connect_default(r, &p->nodes[i]))
            return false;
    return true;
}

/* --- what must hold
 * ------------------------------------------------------------------------------------ */
/* What the task needs in order to do anything at all. */
static bool check_work(struct reader *r, const struct bpmn_node *node, const struct xml_node *x) {
    bool job = node->job_type.text.at != NULL, letter = node->letter_count > 0;
    switch (node->kind) {
    case BPMN_SERVICE_TASK:
        return job || letter ||
               read_wrong(r, x, "a service task needs zeebe:taskDefinition or mandate:letter");
    case BPMN_SEND_TASK:
        return job || letter ||
               read_wrong(r, x, "a send task needs zeebe:taskDefinition or mandate:letter");
    case BPMN_RULE_TASK:
        return job || node->decision.text.at != NULL ||
               read_wrong(r, x, "a business rule task needs zeebe:calledDecision");
    case BPMN_SCRIPT_TASK:
        return job || node->script.text.at != NULL ||
               read_wrong(r, x, "a script task needs zeebe:script");
    case BPMN_CALL:
        return node->called.text.at != NULL ||
               read_wrong(r, x, "a call activity needs zeebe:calledElement");
    case BPMN_RECEIVE_TASK:
        return node->message.text.at != NULL || read_wrong(r, x, "it waits for no message");
    case BPMN_THROW:
    case BPMN_END:
        return node->event != BPMN_EVENT_MESSAGE || job || letter ||
               read_wrong(r, x,
                          "a message event that throws needs zeebe:taskDefinition or "
                          "mandate:letter");
    default: return true;
    }
}

static bool check_gateway(struct reader *r, const struct bpmn_node *node,
                          const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    if (node->kind == BPMN_EVENT_BASED) {
        if (node->out_count < 2)
            return read_wrong(r, x, "an event-based gateway needs two or more outgoing flows");
        for (uint32_t i = 0; i < node->out_count; i++) {
            const struct bpmn_node *to = &p->nodes[p->flows[node->out[i]].to];
            bool event = to->kind == BPMN_CATCH && to->event != BPMN_EVENT_LINK;
            if (!event && to->kind != BPMN_RECEIVE_TASK)
                return read_wrong(r, x, "it leads to '%.*s', which waits for no event",
                                  STR_ARG(to->id));
            if (to->in_count != 1)
                return read_wrong(r, x, "'%.*s' may be reached only from the gateway",
                                  STR_ARG(to->id));
            if (to->boundary_count > 0)
                return read_refuse(r, x,
                                   "boundary events on a receive task behind an event-based "
                                   "gateway are not supported");
        }
    }
    bool chooses = node->kind == BPMN_EXCLUSIVE || node->kind == BPMN_INCLUSIVE;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &p->flows[node->out[i]];
        bool condition = flow->condition.text.at != NULL;
        if (chooses && node->out_count > 1 && !condition && !flow->is_default)
            return read_wrong(r, r->flow_xml[flow->index],
                              "a flow out of a gateway that chooses needs a condition, or must be "
                              "the default");
        if (!chooses && condition)
            return read_wrong(r, r->flow_xml[flow->index],
                              "a flow out of a parallel or event-based gateway has no condition");
    }
    return true;
}

static bool check_event(struct reader *r, const struct bpmn_node *node, const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    if (node->kind == BPMN_START) {
        if (node->in_count > 0)
            return read_wrong(r, x, "no flow may lead into a start event");
        if (p->nodes[node->parent].kind == BPMN_EVENT_SUB_PROCESS && node->event == BPMN_EVENT_NONE)
            return read_wrong(r, x, "the start of an event sub-process needs an event");
    }
    if (node->kind == BPMN_END && node->out_count > 0)
        return read_wrong(r, x, "no flow may leave an end event");
    if (node->kind == BPMN_BOUNDARY && node->in_count > 0)
        return read_wrong(r, x, "no flow may lead into a boundary event");
    if (node->kind == BPMN_BOUNDARY && p->nodes[node->attached_to].kind != BPMN_SUB_PROCESS &&
        node->event == BPMN_EVENT_ESCALATION && p->nodes[node->attached_to].kind != BPMN_CALL)
        return read_wrong(r, x, "only a sub-process or a call activity escalates");
    if (node->event == BPMN_EVENT_LINK && node->kind == BPMN_CATCH) {
        if (node->in_count == 0)
            return read_wrong(r, x, "no link event throws '%.*s'", STR_ARG(node->code));
        for (uint32_t i = 0; i < node->in_count; i++)
            if (!p->flows[node->in[i]].is_link)
                return read_wrong(r, x, "no flow may lead into a link event that catches");
    }
    return true;
}

static bool check_node(struct reader *r, struct bpmn_node *node) {
    const struct xml_node *x = r->node_xml[node->index];
    bool sub = node->kind == BPMN_EVENT_SUB_PROCESS;
    if (sub && (node->in_count > 0 || node->out_count > 0))
        return read_wrong(r, x, "no flow may touch an event sub-process");
    if (node->in_count == 0 && node->kind != BPMN_START && node->kind != BPMN_BOUNDARY && !sub)
        return read_wrong(r, x, "nothing leads to it");
    if (node->out_count == 0 && node->kind != BPMN_END && !sub)
        return read_wrong(r, x, "nothing follows it: draw a flow to an end event");
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &r->process->flows[node->out[i]];
        bool event = bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT;
        if (event && flow->condition.text.at != NULL)
            return read_wrong(r, r->flow_xml[flow->index],
                              "a flow out of an event has no condition");
        bool from_link = node->event == BPMN_EVENT_LINK && node->kind == BPMN_THROW;
        if (from_link && !flow->is_link)
            return read_wrong(r, x, "no flow may leave a link event that throws");
    }
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_GATEWAY && !check_gateway(r, node, x))
        return false;
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT && !check_event(r, node, x))
        return false;
    return check_work(r, node, x);
}

static bool check_scope(struct reader *r, struct bpmn_node *scope) {
    const struct bpmn_process *p = r->process;
    const struct xml_node *x = r->node_xml[scope->index];
    uint32_t starts = 0;
    bool sub = scope->kind == BPMN_EVENT_SUB_PROCESS;
    for (uint32_t i = 0; i < scope->child_count; i++) {
        const struct bpmn_node *child = &p->nodes[scope->children[i]];
        if (child->kind != BPMN_START)
            continue;
        starts++;
        if (child->event == BPMN_EVENT_NONE || sub) {
            if (scope->start != BPMN_NONE)
                return read_wrong(r, r->node_xml[child->index], "a second start event");
            scope->start = child->index;
        }
    }
    if (scope->kind != BPMN_PROCESS && scope->start == BPMN_NONE)
        return read_wrong(r, x, "it has no start event");
    return starts > 0 || read_wrong(r, x, "it has no start event");
}

/* Would an enclosing scope catch this? */
static bool is_caught(const struct bpmn_process *p, const struct bpmn_node *node) {
    uint32_t from = node->index; /* an event sub-process does not catch what it throws itself */
    for (uint32_t scope = node->parent; scope != BPMN_NONE;
         from = scope, scope = p->nodes[scope].parent) {
        const struct bpmn_node *around = &p->nodes[scope];
        for (uint32_t i = 0; i < around->child_count; i++) {
            const struct bpmn_node *sub = &p->nodes[around->children[i]];
            if (sub->kind != BPMN_EVENT_SUB_PROCESS || sub->index == from)
                continue;
            const struct bpmn_node *start = &p->nodes[sub->start];
            if (start->event == node->event &&
                (start->code.len == 0 || str_eq(start->code, node->code)))
                return true;
        }
        for (uint32_t i = 0; i < around->boundary_count; i++) {
            const struct bpmn_node *event = &p->nodes[around->boundaries[i]];
            if (event->event == node->event &&
                (event->code.len == 0 || str_eq(event->code, node->code)))
                return true;
        }
    }
    return false;
}

bool read_check(struct reader *r) {
    struct bpmn_process *p = r->process;
    for (size_t i = 0; i < p->node_count; i++)
        if (bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_SCOPE && !check_scope(r, &p->nodes[i]))
            return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (!check_node(r, &p->nodes[i]))
            return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (p->nodes[i].kind == BPMN_END && p->nodes[i].event == BPMN_EVENT_ERROR &&
            !is_caught(p, &p->nodes[i]))
            return read_wrong(r, r->node_xml[i], "nothing around it catches the error '%.*s'",
                              STR_ARG(p->nodes[i].code));
    return true;
}
