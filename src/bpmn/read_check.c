/* Connecting what was read, and what BPMN 2.0.2 demands of a process before it can be executed. */
#include "bpmn/read.h"

#include <inttypes.h>
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
        return read_broken(r, x, "the flow crosses the border of a sub-process");
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
            if (to != BPMN_NONE &&
                !read_wrong(r, r->node_xml[j], "two link events catch '%.*s'", STR_ARG(from->code)))
                return false;
            to = j;
        }
        if (to == BPMN_NONE) {
            if (!read_wrong(r, r->node_xml[i], "no link event catches '%.*s'", STR_ARG(from->code)))
                return false;
            continue;
        }
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
    bool activity = group == BPMN_GROUP_WORK ||
                    (group == BPMN_GROUP_SCOPE && host->kind != BPMN_EVENT_SUB_PROCESS);
    if (!activity)
        return read_broken(r, x, "it is attached to '%.*s', which is no activity",
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
        return read_missing(r, x, "the default flow '%.*s' of '%.*s' does not leave it",
                            STR_ARG(ref), STR_ARG(node->id));
    if (r->process->flows[*flow].condition.text.at != NULL)
        return read_wrong(r, r->flow_xml[*flow], "a default flow has no condition");
    node->default_flow = (uint32_t)*flow;
    r->process->flows[*flow].is_default = true;
    return true;
}

/* --- compensation (BPMN 2.0.2: 10.7.1)
 * --------------------------------------------------------- */
static bool link_handler(struct reader *r, const struct bpmn_node *boundary,
                         struct bpmn_node *handler, const struct xml_node *x) {
    struct bpmn_node *host = &r->process->nodes[boundary->attached_to];
    if (!handler->for_compensation)
        return read_wrong(r, x, "it leads to '%.*s', which is not isForCompensation",
                          STR_ARG(handler->id));
    if (handler->parent != boundary->parent)
        return read_wrong(r, x, "its handler '%.*s' stands in another scope", STR_ARG(handler->id));
    if (host->handler != BPMN_NONE || handler->compensates != BPMN_NONE)
        return read_wrong(r, x, "an activity has one compensation handler, which is its own");
    host->handler = handler->index;
    handler->compensates = host->index;
    return true;
}

/* The association between a compensation boundary event and the activity that undoes its host. */
static bool connect_handlers(struct reader *r, const struct xml_node *in, int depth) {
    struct bpmn_process *p = r->process;
    for (const struct xml_node *x = xml_first(in); x != NULL && depth <= BPMN_DEPTH_MAX;
         x = xml_sibling(x)) {
        if (read_is(x, "subProcess") || read_is(x, "transaction") ||
            read_is(x, "adHocSubProcess")) {
            if (!connect_handlers(r, x, depth + 1))
                return false;
            continue;
        }
        if (!read_is(x, "association"))
            continue;
        const struct bpmn_node *from =
            bpmn_node(p, read_local(str_trim(xml_attr_text(x, STR("sourceRef")))));
        const struct bpmn_node *to =
            bpmn_node(p, read_local(str_trim(xml_attr_text(x, STR("targetRef")))));
        if (from != NULL && to != NULL && to->event == BPMN_EVENT_COMPENSATION &&
            to->kind == BPMN_BOUNDARY) {
            const struct bpmn_node *other = from;
            from = to;
            to = other;
        }
        if (from != NULL && to != NULL && from->kind == BPMN_BOUNDARY &&
            from->event == BPMN_EVENT_COMPENSATION &&
            !link_handler(r, from, &p->nodes[to->index], r->node_xml[from->index]))
            return false;
    }
    return true;
}

static bool connect_compensation(struct reader *r) {
    struct bpmn_process *p = r->process;
    if (!connect_handlers(r, r->node_xml[0], 0))
        return false;
    for (const struct xml_node *c = xml_child(r->definitions, STR(BPMN_NS), STR("collaboration"));
         c != NULL; c = xml_next(c))
        if (!connect_handlers(r, c, 0))
            return false;
    for (size_t i = 1; i < p->node_count; i++) { /* event sub-processes that undo their parent */
        const struct bpmn_node *start = &p->nodes[i], *sub = &p->nodes[start->parent];
        if (start->kind != BPMN_START || start->event != BPMN_EVENT_COMPENSATION ||
            sub->kind != BPMN_EVENT_SUB_PROCESS)
            continue;
        struct bpmn_node *parent = &p->nodes[sub->parent];
        if (parent->kind == BPMN_PROCESS || parent->handler != BPMN_NONE) {
            if (!read_wrong(r, r->node_xml[i], "%s",
                            parent->kind == BPMN_PROCESS
                                ? "nothing compensates a whole process"
                                : "a sub-process has one compensation handler"))
                return false;
            continue;
        }
        parent->handler = sub->index;
    }
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
    if (!connect_links(r) || !connect_compensation(r))
        return false;
    fill_lists(r);
    for (size_t i = 1; i < p->node_count; i++)
        if (!connect_default(r, &p->nodes[i]))
            return false;
    return true;
}

/* --- what must hold
 * ------------------------------------------------------------------------------------ */
static bool sends(const struct bpmn_node *node) {
    return node->job_type.text.at != NULL || node->letter_count > 0;
}

/* Every message that is thrown goes somewhere: to a job worker, as a letter, or published. */
static bool check_thrown(struct reader *r, const struct bpmn_node *node, const struct xml_node *x) {
    for (size_t i = 0; i < node->def_count; i++)
        if (node->defs[i].event == BPMN_EVENT_MESSAGE && node->defs[i].message.text.at == NULL &&
            !sends(node) &&
            !read_wrong(r, x,
                        "a message event that throws needs a message, zeebe:taskDefinition or "
                        "mandate:letter"))
            return false;
    return true;
}

/* What the task needs in order to do anything at all. */
static bool check_work(struct reader *r, const struct bpmn_node *node, const struct xml_node *x) {
    bool job = node->job_type.text.at != NULL;
    switch (node->kind) {
    case BPMN_SERVICE_TASK:
        return sends(node) ||
               read_wrong(r, x, "a service task needs zeebe:taskDefinition or mandate:letter");
    case BPMN_SEND_TASK:
        return sends(node) || node->message.text.at != NULL ||
               read_wrong(r, x,
                          "a send task needs a message, zeebe:taskDefinition or mandate:letter");
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
    case BPMN_END: return check_thrown(r, node, x);
    default: return true;
    }
}

static bool check_event_based(struct reader *r, const struct bpmn_node *node,
                              const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    if (node->instantiates && (node->in_count > 0 || node->parent != 0) &&
        !read_wrong(r, x, "a gateway that starts the process stands where nothing leads to it"))
        return false;
    if (node->out_count < 2 &&
        !read_wrong(r, x, "an event-based gateway needs two or more outgoing flows"))
        return false;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_node *to = &p->nodes[p->flows[node->out[i]].to];
        bool event = to->kind == BPMN_CATCH && to->event != BPMN_EVENT_LINK;
        if (!event && to->kind != BPMN_RECEIVE_TASK &&
            !read_wrong(r, x, "it leads to '%.*s', which waits for no event", STR_ARG(to->id)))
            return false;
        if (to->in_count != 1 &&
            !read_wrong(r, x, "'%.*s' may be reached only from the gateway", STR_ARG(to->id)))
            return false;
        if (to->start_quantity > 1 &&
            !read_wrong(r, x,
                        "'%.*s' behind it begins with its one event, not with %" PRIu32 " tokens",
                        STR_ARG(to->id), to->start_quantity))
            return false;
        if (to->boundary_count > 0 &&
            !read_refuse(r, x,
                         "boundary events on a receive task behind an event-based gateway are not "
                         "supported"))
            return false;
    }
    return true;
}

static bool check_gateway(struct reader *r, const struct bpmn_node *node,
                          const struct xml_node *x) {
    struct bpmn_process *p = r->process;
    if (node->kind == BPMN_EVENT_BASED && !check_event_based(r, node, x))
        return false;
    if (node->kind == BPMN_COMPLEX && node->in_count > 1 && node->activation.text.at == NULL &&
        !read_wrong(r, x, "a complex gateway that joins needs an activationCondition"))
        return false;
    bool chooses = node->kind == BPMN_EXCLUSIVE || node->kind == BPMN_INCLUSIVE;
    for (uint32_t i = 0; i < node->out_count; i++) {
        struct bpmn_flow *flow = &p->flows[node->out[i]];
        bool condition = flow->condition.text.at != NULL;
        if (chooses && node->out_count > 1 && !condition && !flow->is_default) {
            if (!read_wrong(r, r->flow_xml[flow->index],
                            "a flow out of a gateway that chooses needs a condition, or must be "
                            "the default"))
                return false;
            flow->condition.text = STR("?"); /* a free choice, for whoever draws or proves */
        }
        if (!chooses && node->kind != BPMN_COMPLEX && condition &&
            !read_wrong(r, r->flow_xml[flow->index],
                        "a flow out of a parallel or event-based gateway has no condition"))
            return false;
    }
    return true;
}

static bool check_boundary(struct reader *r, const struct bpmn_node *node,
                           const struct xml_node *x) {
    const struct bpmn_node *host = &r->process->nodes[node->attached_to];
    bool scope = bpmn_kind_group(host->kind) == BPMN_GROUP_SCOPE;
    if (node->in_count > 0)
        return read_wrong(r, x, "no flow may lead into a boundary event");
    if (node->event == BPMN_EVENT_ESCALATION && !scope && host->kind != BPMN_CALL &&
        host->loop == NULL)
        return read_wrong(r, x, "only a sub-process or a call activity escalates");
    if (node->event == BPMN_EVENT_CANCEL && host->kind != BPMN_TRANSACTION)
        return read_wrong(r, x, "only a transaction is cancelled");
    if (node->event == BPMN_EVENT_COMPENSATION && host->handler == BPMN_NONE)
        return read_wrong(r, x, "no association leads from it to what compensates '%.*s'",
                          STR_ARG(host->id));
    if (node->event == BPMN_EVENT_COMPENSATION && node->out_count > 0)
        return read_wrong(r, x, "an association, not a flow, leaves a compensation event");
    return true;
}

static bool check_compensated(struct reader *r, const struct bpmn_node *node,
                              const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    for (size_t i = 0; i < node->def_count; i++) {
        uint32_t activity = node->defs[i].activity;
        if (node->defs[i].event != BPMN_EVENT_COMPENSATION || activity == BPMN_NONE)
            continue;
        const struct bpmn_node *to = &p->nodes[activity];
        bool scope = bpmn_kind_group(to->kind) == BPMN_GROUP_SCOPE;
        if (to->handler == BPMN_NONE && !scope &&
            !read_wrong(r, x, "nothing compensates '%.*s'", STR_ARG(to->id)))
            return false;
    }
    return true;
}

static bool check_event(struct reader *r, const struct bpmn_node *node, const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    switch (node->kind) {
    case BPMN_START:
        if (node->in_count > 0)
            return read_wrong(r, x, "no flow may lead into a start event");
        if (p->nodes[node->parent].kind == BPMN_EVENT_SUB_PROCESS && node->event == BPMN_EVENT_NONE)
            return read_wrong(r, x, "the start of an event sub-process needs an event");
        return true;
    case BPMN_END:
        if (node->out_count > 0)
            return read_wrong(r, x, "no flow may leave an end event");
        if (node->event == BPMN_EVENT_CANCEL && p->nodes[node->parent].kind != BPMN_TRANSACTION)
            return read_wrong(r, x, "only a transaction is cancelled");
        return check_compensated(r, node, x);
    case BPMN_THROW: return check_compensated(r, node, x);
    case BPMN_BOUNDARY: return check_boundary(r, node, x);
    default: break;
    }
    if (node->event == BPMN_EVENT_LINK) {
        if (node->in_count == 0)
            return read_wrong(r, x, "no link event throws '%.*s'", STR_ARG(node->code));
        for (uint32_t i = 0; i < node->in_count; i++)
            if (!p->flows[node->in[i]].is_link)
                return read_wrong(r, x, "no flow may lead into a link event that catches");
    }
    return true;
}

/* No flow touches them: they are entered by what they are. */
static bool stands_apart(const struct bpmn_process *p, const struct bpmn_node *node) {
    return node->kind == BPMN_EVENT_SUB_PROCESS || node->for_compensation ||
           p->nodes[node->parent].kind == BPMN_AD_HOC;
}

static bool begins_itself(const struct bpmn_node *node) {
    return node->kind == BPMN_START || node->kind == BPMN_BOUNDARY || node->instantiates;
}

struct marks {
    bool has_start, has_end;
};

static bool check_flows_of(struct reader *r, const struct bpmn_node *node, struct marks scope,
                           const struct xml_node *x) {
    const struct bpmn_process *p = r->process;
    bool apart = stands_apart(p, node), ad_hoc = p->nodes[node->parent].kind == BPMN_AD_HOC;
    bool boundary = node->kind == BPMN_BOUNDARY && node->event == BPMN_EVENT_COMPENSATION;
    if (apart && !ad_hoc && (node->in_count > 0 || node->out_count > 0))
        return read_wrong(r, x, "no flow may touch %s",
                          node->for_compensation ? "a compensation handler"
                                                 : "an event sub-process");
    if (node->for_compensation && node->compensates == BPMN_NONE)
        return read_wrong(r, x, "no compensation event leads to it");
    /* BPMN 2.0.2: 10.5.2, 10.5.3: where a start (end) event is used, every path begins (ends) with
     * one; without any, paths begin and end where the flows do */
    if (node->in_count == 0 && !apart && !begins_itself(node) && scope.has_start &&
        !read_wrong(r, x, "nothing leads to it"))
        return false;
    if (node->out_count == 0 && !apart && !boundary && node->kind != BPMN_END && scope.has_end &&
        !read_wrong(r, x, "nothing follows it: draw a flow to an end event"))
        return false;
    bool from_link = node->event == BPMN_EVENT_LINK && node->kind == BPMN_THROW;
    bool event = bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &p->flows[node->out[i]];
        if (event && flow->condition.text.at != NULL &&
            !read_wrong(r, r->flow_xml[flow->index], "a flow out of an event has no condition"))
            return false;
        if (from_link && !flow->is_link &&
            !read_wrong(r, x, "no flow may leave a link event that throws"))
            return false;
    }
    return true;
}

static bool check_node(struct reader *r, struct bpmn_node *node, struct marks scope) {
    const struct xml_node *x = r->node_xml[node->index];
    if (!check_flows_of(r, node, scope, x))
        return false;
    if (node->kind == BPMN_RECEIVE_TASK && node->instantiates &&
        (node->in_count > 0 || node->parent != 0) &&
        !read_wrong(r, x, "a task that starts the process stands where nothing leads to it"))
        return false;
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_GATEWAY && !check_gateway(r, node, x))
        return false;
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT && !check_event(r, node, x))
        return false;
    return check_work(r, node, x);
}

/* --- scopes
 * ------------------------------------------------------------------------------------ */
static bool check_ad_hoc(struct reader *r, const struct bpmn_node *scope) {
    const struct bpmn_process *p = r->process;
    bool any = false;
    for (uint32_t i = 0; i < scope->child_count; i++) {
        const struct bpmn_node *child = &p->nodes[scope->children[i]];
        enum bpmn_group group = bpmn_kind_group(child->kind);
        any = any || group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE;
        if ((child->kind == BPMN_START || child->kind == BPMN_END) &&
            !read_wrong(r, r->node_xml[child->index],
                        "an ad-hoc sub-process has neither start nor end event"))
            return false;
    }
    return any || read_wrong(r, r->node_xml[scope->index], "it has no activity");
}

/* Which nodes are entered when the scope is opened. */
static void set_initial(struct reader *r, struct bpmn_node *scope, struct marks marks) {
    const struct bpmn_process *p = r->process;
    uint32_t *initial = arena_new(r->arena, uint32_t, scope->child_count);
    scope->initial = initial;
    if (scope->kind == BPMN_AD_HOC)
        return;
    if (scope->start != BPMN_NONE)
        initial[scope->initial_count++] = scope->start;
    for (uint32_t i = 0; i < scope->child_count && !marks.has_start; i++) {
        const struct bpmn_node *child = &p->nodes[scope->children[i]];
        bool link = child->kind == BPMN_CATCH && child->event == BPMN_EVENT_LINK;
        if (child->in_count == 0 && child->kind != BPMN_BOUNDARY && !stands_apart(p, child) &&
            !link)
            initial[scope->initial_count++] = child->index;
    }
}

static bool check_scope(struct reader *r, struct bpmn_node *scope, struct marks *marks) {
    const struct bpmn_process *p = r->process;
    const struct xml_node *x = r->node_xml[scope->index];
    bool sub = scope->kind == BPMN_EVENT_SUB_PROCESS;
    for (uint32_t i = 0; i < scope->child_count; i++) {
        const struct bpmn_node *child = &p->nodes[scope->children[i]];
        marks->has_start = marks->has_start || child->kind == BPMN_START ||
                           (child->instantiates && scope->kind == BPMN_PROCESS);
        marks->has_end = marks->has_end || child->kind == BPMN_END;
        if (child->kind != BPMN_START || (child->event != BPMN_EVENT_NONE && !sub))
            continue;
        if (scope->start != BPMN_NONE) {
            if (!read_wrong(r, r->node_xml[child->index], "a second start event"))
                return false;
            continue;
        }
        scope->start = child->index;
    }
    set_initial(r, scope, *marks);
    if (scope->kind == BPMN_AD_HOC)
        return check_ad_hoc(r, scope);
    bool begins = scope->initial_count > 0 || (scope->kind == BPMN_PROCESS && marks->has_start);
    if (sub)
        begins = scope->start != BPMN_NONE;
    const char *why = scope->child_count == 0 ? "it is empty"
                      : sub                   ? "it has no start event"
                            : "nothing in it begins: it has no start event, and a flow leads to "
                              "every element";
    return begins || read_wrong(r, x, "%s", why);
}

/* --- errors that leave the process
 * ------------------------------------------------------------- */
static bool catches(const struct bpmn_node *catcher, const struct bpmn_event_def *thrown) {
    for (size_t i = 0; i < catcher->def_count; i++) {
        const struct bpmn_event_def *def = &catcher->defs[i];
        if (def->event == thrown->event &&
            (def->code.len == 0 || (thrown->code.len > 0 && str_eq(def->code, thrown->code))))
            return true;
    }
    return false;
}

/* Would an enclosing scope catch this? */
static bool is_caught(const struct bpmn_process *p, const struct bpmn_node *node,
                      const struct bpmn_event_def *thrown) {
    uint32_t from = node->index; /* an event sub-process does not catch what it throws itself */
    for (uint32_t scope = node->parent; scope != BPMN_NONE;
         from = scope, scope = p->nodes[scope].parent) {
        const struct bpmn_node *around = &p->nodes[scope];
        for (uint32_t i = 0; i < around->child_count; i++) {
            const struct bpmn_node *sub = &p->nodes[around->children[i]];
            if (sub->kind == BPMN_EVENT_SUB_PROCESS && sub->index != from &&
                sub->start != BPMN_NONE && catches(&p->nodes[sub->start], thrown))
                return true;
        }
        for (uint32_t i = 0; i < around->boundary_count; i++)
            if (catches(&p->nodes[around->boundaries[i]], thrown))
                return true;
    }
    return false;
}

bool read_check(struct reader *r) {
    struct bpmn_process *p = r->process;
    struct marks *marks = arena_new(r->scratch, struct marks, p->node_count);
    for (size_t i = 0; i < p->node_count; i++)
        if (bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_SCOPE &&
            !check_scope(r, &p->nodes[i], &marks[i]))
            return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (!check_node(r, &p->nodes[i], marks[p->nodes[i].parent]))
            return false;
    for (size_t i = 1; i < p->node_count; i++) {
        struct bpmn_node *node = &p->nodes[i];
        for (size_t k = 0; k < node->def_count && node->kind == BPMN_END; k++)
            if (node->defs[k].event == BPMN_EVENT_ERROR && !is_caught(p, node, &node->defs[k]))
                node->escapes = true;
    }
    return true;
}
