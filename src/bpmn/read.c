/* Reading BPMN 2.0 XML. One walk over the process numbers every flow node and flow in the order of
 * their start tags (these numbers are stored in cases), a second reads each, a third connects them.
 *
 * 1. An element of the BPMN namespace inside a process is executed, declared inert below
 * (documentation, annotations), or refused. There is no fourth way.
 * 2. Foreign extension elements are left alone: they mean nothing to the execution. Those of
 *    `zeebe:` and `mandate:` do, so an unknown one is refused.
 * 3. The XML tree lives in a scratch arena; everything kept is copied. */
#include "bpmn/read.h"

#include <assert.h>
#include <stdio.h>

#include "bpmn/timer.h"

enum { SCRATCH_BYTES_MAX = 512 << 20 }; /* the XML tree of FILE_BYTES_MAX of the densest markup */

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

bool read_is(const struct xml_node *x, const char *name) {
    return xml_is(x, bpmn_ns, str_from(name));
}

static struct str shown_id(const struct xml_node *x) {
    struct str id = xml_attr_text(x, STR("id"));
    return id.len > 0 ? id : xml_attr_text(x, STR("name"));
}

bool read_refuse(struct reader *r, const struct xml_node *x, const char *why) {
    struct str id = shown_id(x);
    return err_set(r->err, ERR_UNSUPPORTED, xml_where(x, r->source),
                   "element '%.*s'%s%.*s%s is not executed: %s", STR_ARG(x->name),
                   id.len > 0 ? " '" : "", STR_ARG(id), id.len > 0 ? "'" : "", why);
}

bool read_wrong_text(struct reader *r, const struct xml_node *x, struct str text) {
    struct str id = shown_id(x);
    return err_set(r->err, ERR_INVALID, xml_where(x, r->source), "element '%.*s'%s%.*s%s: %.*s",
                   STR_ARG(x->name), id.len > 0 ? " '" : "", STR_ARG(id), id.len > 0 ? "'" : "",
                   STR_ARG(text));
}

struct str read_attr(struct reader *r, const struct xml_node *x, const char *name) {
    struct str value = xml_attr_text(x, str_from(name));
    return value.len == 0 ? STR_NONE : arena_str(r->arena, value);
}

bool read_flag(const struct xml_node *x, const char *name, bool wanted_if_absent) {
    struct str value = str_trim(xml_attr_text(x, str_from(name)));
    if (value.len == 0)
        return wanted_if_absent;
    return str_eq(value, STR("true")) || str_eq(value, STR("1"));
}

struct str read_local(struct str qname) {
    size_t colon = str_find_byte(qname, ':');
    return colon == SIZE_MAX ? qname : str_sub(qname, colon + 1, qname.len);
}

bool read_feel(struct bpmn_expr *out, struct reader *r, const struct xml_node *x, struct str text) {
    text = str_trim(text);
    if (str_starts(text, STR("=")))
        text = str_trim(str_sub(text, 1, text.len));
    out->at = xml_where(x, r->source);
    if (text.len == 0)
        return read_wrong(r, x, "the expression is empty");
    out->text = arena_str(r->arena, text);
    struct feel_options options = {
        .form = FEEL_EXPRESSION, .open = true, .shadow = true, .at = out->at};
    return feel_compile(&out->program, r->arena, out->text, &options, r->err);
}

bool read_expr(struct bpmn_expr *out, struct reader *r, const struct xml_node *x, struct str text) {
    text = str_trim(text);
    out->at = xml_where(x, r->source);
    if (str_starts(text, STR("=")))
        return read_feel(out, r, x, text);
    out->text = text.len == 0 ? STR_NONE : arena_str(r->arena, text);
    return true;
}

bool read_declared(const struct xml_node **out, struct reader *r, const struct xml_node *x,
                   const char *attribute, const char *element) {
    *out = NULL;
    struct str ref = read_local(str_trim(xml_attr_text(x, str_from(attribute))));
    if (ref.len == 0)
        return true;
    const size_t *index = map_find(&r->declared, ref);
    if (index == NULL || !read_is(r->declarations[*index], element))
        return err_set(r->err, ERR_UNKNOWN, xml_where(x, r->source),
                       "element '%.*s' refers by %s to '%.*s', but there is no such %s",
                       STR_ARG(x->name), attribute, STR_ARG(ref), element);
    *out = r->declarations[*index];
    return true;
}

/* --- the first walk: which elements there are ----------------------------------------------------
 */
static bool is_inert(const struct xml_node *x) {
    /* BPMN 2.0.2: 8.3.1 documentation, 8.4.1 artifacts: they have no execution semantics */
    static const char *const names[] = {
        "documentation", "extensionElements", "association", "textAnnotation",
        "group",         "laneSet",           "supports"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (read_is(x, names[i]))
            return true;
    return false;
}

static bool find_kind(enum bpmn_kind *out, const struct xml_node *x) {
    if (!str_eq(x->ns, bpmn_ns))
        return false;
    for (int kind = BPMN_SUB_PROCESS; kind < BPMN_KINDS; kind++) {
        if (!str_eq(x->name, str_from(bpmn_kind_element((enum bpmn_kind)kind))) ||
            kind == BPMN_TRANSACTION || kind == BPMN_AD_HOC || kind == BPMN_COMPLEX)
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
        } else if (!is_inert(x) && !is_common_part(x)) {
            return read_refuse(r, x, "this element is not supported here");
        }
    }
    if (census->nodes >= BPMN_NODES_MAX || census->flows > BPMN_FLOWS_MAX)
        return err_set(r->err, ERR_LIMIT, xml_where(scope, r->source),
                       "a process may have at most %d flow nodes and %d flows", BPMN_NODES_MAX - 1,
                       BPMN_FLOWS_MAX);
    return true;
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
            return read_wrong(r, x, "the attribute 'id' is missing");
        id = arena_str(r->arena, id);
        if (is_flow) {
            uint32_t index = (uint32_t)p->flow_count++;
            r->flow_xml[index] = x;
            p->flows[index] = (struct bpmn_flow){.id = id, .index = index, .line = x->line};
            if (!map_put(&r->flow_at, id, index))
                return read_wrong(r, x, "the id is used twice");
            continue;
        }
        uint32_t index = (uint32_t)p->node_count++;
        r->node_xml[index] = x;
        p->nodes[index] = (struct bpmn_node){.kind = kind,
                                             .id = id,
                                             .index = index,
                                             .line = x->line,
                                             .parent = parent,
                                             .lane = BPMN_NONE,
                                             .attached_to = BPMN_NONE,
                                             .default_flow = BPMN_NONE,
                                             .activity = BPMN_NONE,
                                             .handler = BPMN_NONE,
                                             .compensates = BPMN_NONE,
                                             .start = BPMN_NONE};
        if (!map_put(&p->node_at, id, index))
            return read_wrong(r, x, "the id is used twice");
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
        else if (read_is(x, "laneSet") || read_is(x, "childLaneSet") || read_is(x, "subProcess"))
            count += count_lanes(x, depth + 1);
    return count;
}

static bool read_lane_set(struct reader *r, const struct xml_node *set, uint32_t parent, int depth);

static bool read_lane(struct reader *r, const struct xml_node *x, uint32_t parent, int depth) {
    struct bpmn_process *p = r->process;
    uint32_t index = (uint32_t)p->lane_count++;
    struct bpmn_lane *lane = &p->lanes[index];
    *lane = (struct bpmn_lane){.id = read_attr(r, x, "id"), .line = x->line, .parent = parent};
    if (lane->id.len > 0 && !map_put(&r->lane_at, lane->id, index))
        return read_wrong(r, x, "the id is used twice");
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
        } else if (str_eq(c->ns, bpmn_ns) && !is_inert(c)) {
            return read_refuse(r, c, "this element is not supported in a lane");
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
        } else if (str_eq(x->ns, bpmn_ns) && !is_inert(x)) {
            return read_refuse(r, x, "this element is not supported in a lane set");
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
    map_init(&r->lane_at, r->scratch);
    if (!read_lanes_of(r, process))
        return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (p->nodes[i].kind == BPMN_SUB_PROCESS || p->nodes[i].kind == BPMN_EVENT_SUB_PROCESS)
            if (!read_lanes_of(r, r->node_xml[i]))
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
/* A literal is checked here and now; an expression when the timer is armed. */
static bool read_time(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct str text = str_trim(xml_text(x, r->scratch)), why;
    struct bpmn_plan plan;
    if (text.len == 0)
        return read_wrong(r, x, "the time is empty");
    if (!read_expr(&node->when, r, x, text))
        return false;
    return node->when.program != NULL ||
           bpmn_plan_read(&plan, &why, node->timer, feel_string(node->when.text), NULL,
                          r->scratch) ||
           read_wrong(r, x, "%.*s", STR_ARG(why));
}

static bool read_timer(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    static const struct {
        const char *name;
        enum bpmn_timer timer;
    } forms[] = {{"timeDate", BPMN_TIMER_DATE},
                 {"timeDuration", BPMN_TIMER_DURATION},
                 {"timeCycle", BPMN_TIMER_CYCLE}};
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        size_t form = 0;
        while (form < COUNT_OF(forms) && !read_is(c, forms[form].name))
            form++;
        if (form == COUNT_OF(forms)) {
            if (str_eq(c->ns, bpmn_ns) && !is_inert(c))
                return read_refuse(r, c, "this element is not supported in a timer");
            continue;
        }
        if (node->timer != BPMN_TIMER_NONE)
            return read_wrong(r, c, "a timer has one of timeDate, timeDuration and timeCycle");
        node->timer = forms[form].timer;
        if (!read_time(r, node, c))
            return false;
    }
    if (node->timer == BPMN_TIMER_NONE)
        return read_wrong(r, x, "a timer needs timeDate, timeDuration or timeCycle");
    if (node->timer == BPMN_TIMER_CYCLE && (node->interrupting || node->kind == BPMN_CATCH))
        return read_refuse(r, x, "a cycle only makes sense where the event does not interrupt");
    return true;
}

static bool read_message(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    const struct xml_node *message;
    if (!read_declared(&message, r, x, "messageRef", "message"))
        return false;
    bool catches =
        node->kind != BPMN_THROW && node->kind != BPMN_END && node->kind != BPMN_SEND_TASK;
    if (message == NULL)
        return !catches || read_wrong(r, x, "the message to wait for is missing (messageRef)");
    if (!read_expr(&node->message, r, message, xml_attr_text(message, STR("name"))))
        return false;
    if (catches && node->message.text.len == 0)
        return read_wrong(r, message, "the message has no name");
    return read_subscription(r, node, message);
}

/* The code or name of a declared error, escalation or signal; empty when nothing is referred to. */
static bool read_code(struct reader *r, struct bpmn_node *node, const struct xml_node *x,
                      const char *element) {
    char attribute[32], code[32];
    (void)snprintf(attribute, sizeof attribute, "%sRef", element);
    bool is_signal = strcmp(element, "signal") == 0;
    (void)snprintf(code, sizeof code, is_signal ? "name" : "%sCode", element);
    const struct xml_node *declared;
    if (!read_declared(&declared, r, x, attribute, element))
        return false;
    bool throws = node->kind == BPMN_THROW || node->kind == BPMN_END;
    if (declared == NULL)
        return (!throws && !is_signal) ||
               read_wrong(r, x, "the attribute '%s' is missing", attribute);
    node->code = read_attr(r, declared, code);
    if (node->code.len == 0)
        return read_wrong(r, declared, "the attribute '%s' is missing", code);
    if (str_starts(node->code, STR("=")))
        return read_refuse(r, declared, "an expression is not supported as a code");
    return true;
}

static bool read_link(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    node->code = read_attr(r, x, "name");
    return node->code.len > 0 || read_wrong(r, x, "a link needs a name");
}

/* BPMN 2.0.2: table 10.93, which event definition may stand where; those that are not executed are
 * not in this table. */
static const struct {
    const char *element;
    enum bpmn_event event;
    bool start, event_start, catch, throw, boundary, end;
} events[] = {
    {"messageEventDefinition", BPMN_EVENT_MESSAGE, true, true, true, true, true, true},
    {"timerEventDefinition", BPMN_EVENT_TIMER, false, true, true, false, true, false},
    {"errorEventDefinition", BPMN_EVENT_ERROR, false, true, false, false, true, true},
    {"escalationEventDefinition", BPMN_EVENT_ESCALATION, false, true, false, true, true, true},
    {"signalEventDefinition", BPMN_EVENT_SIGNAL, false, true, true, true, true, true},
    {"terminateEventDefinition", BPMN_EVENT_TERMINATE, false, false, false, false, false, true},
    {"linkEventDefinition", BPMN_EVENT_LINK, false, false, true, true, false, false},
};

static bool event_fits(const struct reader *r, const struct bpmn_node *node, size_t row) {
    switch (node->kind) {
    case BPMN_START:
        if (r->process->nodes[node->parent].kind == BPMN_EVENT_SUB_PROCESS)
            return events[row].event_start;
        return events[row].start && node->parent == 0;
    case BPMN_CATCH: return events[row].catch;
    case BPMN_THROW: return events[row].throw;
    case BPMN_BOUNDARY: return events[row].boundary;
    case BPMN_END: return events[row].end;
    default: return false;
    }
}

static bool read_event_definition(struct reader *r, struct bpmn_node *node,
                                  const struct xml_node *x) {
    size_t row = 0;
    while (row < COUNT_OF(events) && !read_is(x, events[row].element))
        row++;
    if (row == COUNT_OF(events))
        return read_refuse(r, r->node_xml[node->index],
                           "this kind of event definition is not supported");
    if (node->event != BPMN_EVENT_NONE)
        return read_refuse(r, r->node_xml[node->index],
                           "several event definitions in one event are not supported");
    if (!event_fits(r, node, row))
        return read_refuse(r, r->node_xml[node->index],
                           "this event definition is not supported at this place");
    node->event = events[row].event;
    bool ok = true;
    switch (node->event) {
    case BPMN_EVENT_MESSAGE: ok = read_message(r, node, x); break;
    case BPMN_EVENT_TIMER: ok = read_timer(r, node, x); break;
    case BPMN_EVENT_ERROR: ok = read_code(r, node, x, "error"); break;
    case BPMN_EVENT_ESCALATION: ok = read_code(r, node, x, "escalation"); break;
    case BPMN_EVENT_SIGNAL: ok = read_code(r, node, x, "signal"); break;
    case BPMN_EVENT_LINK: ok = read_link(r, node, x); break;
    default: break;
    }
    node->defs = arena_new(r->arena, struct bpmn_event_def, 1);
    node->defs[node->def_count++] = (struct bpmn_event_def){.event = node->event,
                                                            .line = x->line,
                                                            .timer = node->timer,
                                                            .when = node->when,
                                                            .message = node->message,
                                                            .key = node->key,
                                                            .code = node->code,
                                                            .activity = BPMN_NONE};
    return ok;
}

static bool read_event(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    node->interrupting = false;
    if (node->kind == BPMN_BOUNDARY)
        node->interrupting = read_flag(x, "cancelActivity", true);
    else if (node->kind == BPMN_START &&
             r->process->nodes[node->parent].kind == BPMN_EVENT_SUB_PROCESS)
        node->interrupting = read_flag(x, "isInterrupting", true);
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        if (!str_eq(c->ns, bpmn_ns) || is_inert(c) || is_common_part(c))
            continue;
        if (str_ends(c->name, STR("EventDefinition"))) {
            if (!read_event_definition(r, node, c))
                return false;
        } else if (read_is(c, "eventDefinitionRef")) {
            return read_refuse(r, c, "event definitions must stand inside their event");
        } else {
            return read_refuse(r, c, "data associations of events are not supported");
        }
    }
    if (node->event == BPMN_EVENT_NONE && (node->kind == BPMN_BOUNDARY || node->kind == BPMN_CATCH))
        return read_wrong(r, x, "the event waits for nothing: an event definition is missing");
    if (node->event == BPMN_EVENT_ERROR && node->kind != BPMN_END && !node->interrupting)
        return read_wrong(r, x, "an error always interrupts");
    return true;
}

static bool read_activity(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (read_flag(x, "isForCompensation", false))
        return read_refuse(r, x, "compensation is not supported");
    static const char *const quantities[] = {"startQuantity", "completionQuantity"};
    for (size_t i = 0; i < COUNT_OF(quantities); i++) {
        struct str n = xml_attr_text(x, str_from(quantities[i]));
        if (n.len > 0 && !str_eq(n, STR("1")))
            return read_refuse(r, x, "token quantities other than 1 are not supported");
    }
    if (read_flag(x, "instantiate", false))
        return read_refuse(r, x, "a receive task that starts the process is not supported");
    bool scope = bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        if (!str_eq(c->ns, bpmn_ns) || is_inert(c) || is_common_part(c) || scope)
            continue; /* the children of a scope were looked at by count_scope() */
        if (read_is(c, "script") && node->kind == BPMN_SCRIPT_TASK)
            return read_refuse(r, x, "write the script as zeebe:script, in FEEL");
        return read_refuse(r, c, "this element is not supported in an activity");
    }
    if (node->kind == BPMN_RECEIVE_TASK || node->kind == BPMN_SEND_TASK)
        return read_message(r, node, x);
    return true;
}

static bool read_gateway(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        if (str_eq(c->ns, bpmn_ns) && !is_inert(c) && !is_common_part(c))
            return read_refuse(r, c, "this element is not supported in a gateway");
    if (node->kind == BPMN_EVENT_BASED &&
        (read_flag(x, "instantiate", false) ||
         str_eq(xml_attr_text(x, STR("eventGatewayType")), STR("Parallel"))))
        return read_refuse(r, x, "an event-based gateway that starts a process is not supported");
    return true;
}

static bool read_node(struct reader *r, struct bpmn_node *node) {
    const struct xml_node *x = r->node_xml[node->index];
    bool ok = read_names(r, &node->name, x);
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
            struct str text = str_trim(xml_text(c, r->scratch));
            if (text.len > 0 && !read_feel(&flow->condition, r, c, text))
                return false;
        } else if (str_eq(c->ns, bpmn_ns) && !is_inert(c)) {
            return read_refuse(r, c, "this element is not supported in a sequence flow");
        }
    }
    return true;
}

/* --- one process, one file
 * ---------------------------------------------------------------------------- */
static bool read_process(struct bpmn_process **out, struct reader *r, const struct xml_node *x) {
    struct census census = {0};
    if (!count_scope(&census, r, x, 0))
        return false;
    struct bpmn_process *p = arena_new(r->arena, struct bpmn_process, 1);
    r->process = p;
    p->source = r->source;
    p->line = x->line;
    struct str id;
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
    p->nodes[0] = (struct bpmn_node){.kind = BPMN_PROCESS,
                                     .id = p->id,
                                     .line = x->line,
                                     .parent = BPMN_NONE,
                                     .lane = BPMN_NONE,
                                     .attached_to = BPMN_NONE,
                                     .default_flow = BPMN_NONE,
                                     .activity = BPMN_NONE,
                                     .handler = BPMN_NONE,
                                     .compensates = BPMN_NONE,
                                     .start = BPMN_NONE};
    r->node_xml[0] = x;
    p->node_count = 1;
    (void)map_put(&p->node_at, p->id, 0);
    if (!read_names(r, &p->name, x) || !number_scope(r, x, 0) || !read_lanes(r, x))
        return false;
    p->nodes[0].name = p->name;
    if (!read_node_extensions(r, &p->nodes[0], x))
        return false;
    for (size_t i = 1; i < p->node_count; i++)
        if (!read_node(r, &p->nodes[i]))
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
    *out = p;
    return true;
}

/* Root elements (BPMN 2.0.2: 8.1) that only declare something, or describe what is around. */
static bool read_root_element(struct reader *r, const struct xml_node *x) {
    static const char *const inert[] = {"itemDefinition", "category",      "resource",
                                        "relationship",   "interface",     "import",
                                        "extension",      "documentation", "extensionElements",
                                        "dataStore",      "endPoint",      "partnerEntity",
                                        "partnerRole",    "process"};
    static const char *const named[] = {"message", "error", "signal", "escalation"};
    if (!str_eq(x->ns, bpmn_ns))
        return true;
    for (size_t i = 0; i < COUNT_OF(inert); i++)
        if (read_is(x, inert[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (read_is(x, named[i])) {
            struct str id;
            if (!xml_need_attr(&id, x, STR("id"), r->source, r->err))
                return false;
            r->declarations[r->declaration_count] = x;
            if (!map_put(&r->declared, id, r->declaration_count++))
                return read_wrong(r, x, "the id is used twice");
            return true;
        }
    if (read_is(x, "collaboration"))
        return true; /* looked at by read_diagram() and check_collaboration() */
    return read_refuse(r, x, "this element is not supported in a file of processes");
}

static bool is_process_ref(struct reader *r, struct str participant) {
    for (const struct xml_node *c = xml_child(r->definitions, bpmn_ns, STR("collaboration"));
         c != NULL; c = xml_next(c))
        for (const struct xml_node *p = xml_child(c, bpmn_ns, STR("participant")); p != NULL;
             p = xml_next(p))
            if (str_eq(xml_attr_text(p, STR("id")), participant))
                return xml_attr(p, STR_NONE, STR("processRef")) != NULL;
    return true; /* a flow node of a process, not a pool */
}

/* A pool without a process is context; a message flow that does not touch one would have to carry
 * messages between two running processes. */
static bool check_collaboration(struct reader *r, const struct xml_node *collaboration) {
    for (const struct xml_node *x = xml_first(collaboration); x != NULL; x = xml_sibling(x)) {
        if (!str_eq(x->ns, bpmn_ns) || read_is(x, "participant") || is_inert(x))
            continue;
        if (!read_is(x, "messageFlow"))
            return read_refuse(r, x, "this element is not supported in a collaboration");
        struct str from = read_local(xml_attr_text(x, STR("sourceRef")));
        struct str to = read_local(xml_attr_text(x, STR("targetRef")));
        if (is_process_ref(r, from) && is_process_ref(r, to))
            return read_refuse(r, x, "message flows between two processes are not supported");
    }
    return true;
}

static bool read_definitions(struct bpmn_model *model, struct reader *r) {
    if (!read_is(r->definitions, "definitions"))
        return err_set(r->err, ERR_INVALID, xml_where(r->definitions, r->source),
                       "the root element is '%.*s', not 'definitions' of BPMN 2.0",
                       STR_ARG(r->definitions->name));
    size_t children = 0, processes = 0, executable = 0;
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x)) {
        children++;
        if (!read_is(x, "process"))
            continue;
        processes++;
        executable += read_flag(x, "isExecutable", false);
    }
    r->declarations = arena_new(r->scratch, const struct xml_node *, children);
    map_init(&r->declared, r->scratch);
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x))
        if (!read_root_element(r, x))
            return false;
    for (const struct xml_node *c = xml_child(r->definitions, bpmn_ns, STR("collaboration"));
         c != NULL; c = xml_next(c))
        if (!check_collaboration(r, c))
            return false;
    model->processes = arena_new(r->arena, struct bpmn_process *, processes);
    for (const struct xml_node *x = xml_child(r->definitions, bpmn_ns, STR("process")); x != NULL;
         x = xml_next(x)) {
        if (executable > 0 && !read_flag(x, "isExecutable", false))
            continue;
        if (!read_process(&model->processes[model->process_count], r, x))
            return false;
        model->process_count++;
    }
    return model->process_count > 0 ||
           err_set(r->err, ERR_INVALID, xml_where(r->definitions, r->source),
                   "the file has no process");
}

bool bpmn_read(struct bpmn_model **out, struct str text, const char *source, struct arena *arena,
               struct budget *budget, struct err *err) {
    *out = NULL;
    struct reader r = {.arena = arena, .budget = budget, .err = err, .source = source};
    r.scratch = arena_create("bpmn reading", SCRATCH_BYTES_MAX);
    struct bpmn_model *model = arena_new(arena, struct bpmn_model, 1);
    model->source = source;
    struct xml_node *root;
    bool ok = xml_read(&root, text, source, r.scratch, budget, err);
    if (ok) {
        r.definitions = root;
        ok = read_definitions(model, &r);
    }
    arena_destroy(r.scratch);
    if (ok)
        *out = model;
    return ok;
}
