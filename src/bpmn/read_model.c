/* What stands around the processes of a file: root elements, pools, message flows, correlation
 * (BPMN 2.0.2: 8.1, 8.4.2, chapter 9). */
#include "bpmn/read.h"

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

/* --- root elements
 * ------------------------------------------------------------------------------ */
/* Read and kept: they declare something, or describe what is around. */
static const struct {
    const char *element, *detail;
} roots[] = {
    {"message", "itemRef"},
    {"error", "errorCode"},
    {"signal", "structureRef"},
    {"escalation", "escalationCode"},
    {"itemDefinition", "structureRef"},
    {"category", NULL},
    {"categoryValue", "value"},
    {"resource", NULL},
    {"relationship", "type"},
    {"interface", "implementationRef"},
    {"import", "location"},
    {"extension", "definition"},
    {"dataStore", "itemSubjectRef"},
    {"endPoint", NULL},
    {"partnerEntity", NULL},
    {"partnerRole", NULL},
    {"correlationProperty", "type"},
    {"eventDefinition", NULL},
    {"messageEventDefinition", "messageRef"},
    {"timerEventDefinition", NULL},
    {"errorEventDefinition", "errorRef"},
    {"escalationEventDefinition", "escalationRef"},
    {"cancelEventDefinition", NULL},
    {"compensateEventDefinition", "activityRef"},
    {"conditionalEventDefinition", NULL},
    {"signalEventDefinition", "signalRef"},
    {"terminateEventDefinition", NULL},
    {"linkEventDefinition", NULL},
};
/* Read elsewhere, or drawn. */
static const char *const others[] = {
    "process",       "collaboration",          "choreography",      "globalConversation",
    "globalTask",    "globalUserTask",         "globalManualTask",  "globalScriptTask",
    "documentation", "globalChoreographyTask", "extensionElements", "globalBusinessRuleTask",
    "conversation",  "globalCommunication",
};

static bool read_root(struct reader *r, const struct xml_node *x) {
    struct bpmn_model *m = r->model;
    if (!str_eq(x->ns, bpmn_ns))
        return true;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (read_is(x, others[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        if (!read_is(x, roots[i].element))
            continue;
        /* BPMN 2.0.2: 8.2.3: whoever does not understand such an extension must not go on */
        if (read_is(x, "extension") && read_flag(x, "mustUnderstand", false))
            return err_set(r->err, ERR_UNSUPPORTED, xml_where(x, r->source),
                           "the extension '%.*s' must be understood, and is not known",
                           STR_ARG(xml_attr_text(x, STR("definition"))));
        m->declarations[m->declaration_count++] = (struct bpmn_declaration){
            .element = str_from(roots[i].element),
            .id = read_attr(r, x, "id"),
            .name = read_plain_name(r, x),
            .detail = roots[i].detail == NULL ? STR_NONE : read_attr(r, x, roots[i].detail),
            .line = x->line};
        return true;
    }
    return err_set(r->err, ERR_UNSUPPORTED, xml_where(x, r->source),
                   "element '%.*s' is not known in a file of processes", STR_ARG(x->name));
}

bool read_declarations(struct reader *r) {
    size_t count = 0;
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x))
        count++;
    r->model->declarations = arena_new(r->arena, struct bpmn_declaration, count);
    for (const struct xml_node *x = xml_first(r->definitions); x != NULL; x = xml_sibling(x))
        if (!read_root(r, x))
            return false;
    return true;
}

/* --- pools and message flows
 * -------------------------------------------------------------------- */
static bool is_collaboration(const struct xml_node *x) {
    return read_is(x, "collaboration") || read_is(x, "choreography") ||
           read_is(x, "globalConversation") || read_is(x, "globalChoreographyTask");
}

static bool read_multiplicity(struct reader *r, struct bpmn_participant *p,
                              const struct xml_node *x) {
    const struct xml_node *m = xml_child(x, bpmn_ns, STR("participantMultiplicity"));
    uint64_t least = 0, most = 1;
    if (m == NULL)
        return true;
    struct str minimum = xml_attr_text(m, STR("minimum")),
               maximum = xml_attr_text(m, STR("maximum"));
    if ((minimum.len > 0 && (!str_to_u64(&least, minimum) || least > UINT32_MAX)) ||
        (maximum.len > 0 && (!str_to_u64(&most, maximum) || most > UINT32_MAX)))
        return read_wrong(r, m, "the multiplicity is no number");
    p->least = (uint32_t)least;
    p->most = (uint32_t)most;
    return true;
}

static bool read_participant(struct reader *r, const struct xml_node *x) {
    struct bpmn_participant *p = &r->model->participants[r->model->participant_count++];
    struct str process = read_local(str_trim(xml_attr_text(x, STR("processRef"))));
    *p = (struct bpmn_participant){.id = read_attr(r, x, "id"),
                                   .name = read_plain_name(r, x),
                                   .process_id = arena_str(r->arena, process),
                                   .process = BPMN_NONE,
                                   .line = x->line,
                                   .least = 1,
                                   .most = 1};
    return read_multiplicity(r, p, x);
}

static struct str message_name(struct reader *r, const struct xml_node *message) {
    if (message == NULL)
        return STR_NONE;
    struct str name = read_attr(r, message, "name");
    return name.len > 0 ? name : read_attr(r, message, "id");
}

static bool read_message_flow(struct reader *r, const struct xml_node *x) {
    struct bpmn_message_flow *f = &r->model->message_flows[r->model->message_flow_count++];
    const struct xml_node *message;
    if (!read_declared(&message, r, x, "messageRef", "message"))
        return false;
    struct str from = read_local(str_trim(xml_attr_text(x, STR("sourceRef"))));
    struct str to = read_local(str_trim(xml_attr_text(x, STR("targetRef"))));
    *f = (struct bpmn_message_flow){.id = read_attr(r, x, "id"),
                                    .name = read_plain_name(r, x),
                                    .message = message_name(r, message),
                                    .from = arena_str(r->arena, from),
                                    .to = arena_str(r->arena, to),
                                    .from_process = BPMN_NONE,
                                    .to_process = BPMN_NONE,
                                    .from_node = BPMN_NONE,
                                    .to_node = BPMN_NONE,
                                    .line = x->line};
    if (from.len == 0 || to.len == 0)
        return read_wrong(r, x, "a message flow has sourceRef and targetRef");
    return true;
}

bool read_collaborations(struct reader *r) {
    size_t participants = 0, flows = 0;
    for (const struct xml_node *c = xml_first(r->definitions); c != NULL; c = xml_sibling(c))
        if (is_collaboration(c)) {
            participants += read_count(c, "participant");
            flows += read_count(c, "messageFlow");
        }
    r->model->participants = arena_new(r->arena, struct bpmn_participant, participants);
    r->model->message_flows = arena_new(r->arena, struct bpmn_message_flow, flows);
    for (const struct xml_node *c = xml_first(r->definitions); c != NULL; c = xml_sibling(c))
        for (const struct xml_node *x = xml_first(c); x != NULL && is_collaboration(c);
             x = xml_sibling(x)) {
            if (read_is(x, "participant") && !read_participant(r, x))
                return false;
            if (read_is(x, "messageFlow") && !read_message_flow(r, x))
                return false;
        }
    return true;
}

/* A flow node of one of the processes, or a pool. */
static bool find_flow_end(uint32_t *process, uint32_t *node, struct reader *r, struct str id) {
    const struct bpmn_model *m = r->model;
    for (size_t i = 0; i < m->participant_count; i++)
        if (str_eq(m->participants[i].id, id)) {
            *process = m->participants[i].process;
            return true;
        }
    for (uint32_t i = 0; i < m->process_count; i++) {
        const struct bpmn_node *found = bpmn_node(m->processes[i], id);
        if (found == NULL)
            continue;
        *process = i;
        *node = found->index == 0 ? BPMN_NONE : found->index;
        return true;
    }
    return false;
}

bool read_message_flows(struct reader *r) {
    struct bpmn_model *m = r->model;
    for (size_t i = 0; i < m->participant_count; i++)
        for (uint32_t k = 0; k < m->process_count; k++)
            if (str_eq(m->participants[i].process_id, m->processes[k]->id))
                m->participants[i].process = k;
    for (size_t i = 0; i < m->message_flow_count; i++) {
        struct bpmn_message_flow *f = &m->message_flows[i];
        bool known = find_flow_end(&f->from_process, &f->from_node, r, f->from) &&
                     find_flow_end(&f->to_process, &f->to_node, r, f->to);
        /* the end may stand in a process of the file that is not executed */
        struct err_at at = {.source = r->source, .line = f->line};
        if (!known && (read_find(r, f->from) == NULL || read_find(r, f->to) == NULL))
            return err_set(r->err, ERR_UNKNOWN, at,
                           "message flow '%.*s': '%.*s' or '%.*s' is not in the file",
                           STR_ARG(f->id), STR_ARG(f->from), STR_ARG(f->to));
    }
    return true;
}

/* --- the message of a flow
 * ---------------------------------------------------------------------- */
/* The message that an element refers to by itself or in its event definition. */
static const struct xml_node *message_of(struct reader *r, const struct xml_node *x) {
    struct str ref = xml_attr_text(x, STR("messageRef"));
    for (const struct xml_node *c = xml_first(x); c != NULL && ref.len == 0; c = xml_sibling(c))
        if (read_is(c, "messageEventDefinition"))
            ref = xml_attr_text(c, STR("messageRef"));
    const struct xml_node *found = ref.len == 0 ? NULL : read_find(r, ref);
    return read_is(found, "message") ? found : NULL;
}

struct str read_flow_message(const struct xml_node **message, struct reader *r, struct str id,
                             bool catches) {
    *message = NULL;
    for (size_t i = 0; i < r->model->message_flow_count; i++) {
        const struct bpmn_message_flow *f = &r->model->message_flows[i];
        if (!str_eq(catches ? f->to : f->from, id))
            continue;
        const struct xml_node *flow = read_find(r, f->id);
        *message = message_of(r, flow);
        if (*message == NULL)
            *message = message_of(r, read_find(r, catches ? f->from : f->to));
        return f->id;
    }
    return STR_NONE;
}

/* --- correlation
 * -------------------------------------------------------------------------------- */
static bool is_ref_to(struct reader *r, struct str ref, const struct xml_node *x) {
    return ref.len > 0 && read_find(r, ref) == x;
}

/* The expression by which a property is found in a message. */
static const struct xml_node *path_in_message(struct reader *r, const struct xml_node *property,
                                              const struct xml_node *message) {
    for (const struct xml_node *e =
             xml_child(property, bpmn_ns, STR("correlationPropertyRetrievalExpression"));
         e != NULL; e = xml_next(e))
        if (is_ref_to(r, xml_attr_text(e, STR("messageRef")), message))
            return xml_child(e, bpmn_ns, STR("messagePath"));
    return NULL;
}

/* ... and in the process that waits for it. */
static const struct xml_node *path_in_process(struct reader *r, const struct xml_node *property) {
    for (const struct xml_node *s =
             xml_child(r->node_xml[0], bpmn_ns, STR("correlationSubscription"));
         s != NULL; s = xml_next(s))
        for (const struct xml_node *b = xml_child(s, bpmn_ns, STR("correlationPropertyBinding"));
             b != NULL; b = xml_next(b))
            if (is_ref_to(r, xml_attr_text(b, STR("correlationPropertyRef")), property))
                return xml_child(b, bpmn_ns, STR("dataPath"));
    return NULL;
}

/* One key of several properties is their texts, joined. */
bool read_correlation(struct bpmn_expr *key, struct reader *r, const struct xml_node *message,
                      bool catches) {
    struct str text = STR_NONE;
    const struct xml_node *last = NULL;
    size_t count = 0;
    for (const struct xml_node *p = xml_child(r->definitions, bpmn_ns, STR("correlationProperty"));
         p != NULL; p = xml_next(p)) {
        const struct xml_node *in_message = path_in_message(r, p, message);
        const struct xml_node *in_process = path_in_process(r, p);
        const struct xml_node *path = catches ? in_process : in_message;
        if (in_message == NULL || path == NULL)
            continue;
        struct str one = str_trim(xml_text(path, r->scratch));
        if (str_starts(one, STR("=")))
            one = str_trim(str_sub(one, 1, one.len));
        text = count++ == 0 ? one
                            : arena_printf(r->scratch, "string(%.*s) + \"|\" + string(%.*s)",
                                           STR_ARG(text), STR_ARG(one));
        last = path;
    }
    return last == NULL || read_feel(key, r, last, text);
}
