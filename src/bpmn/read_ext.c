/* Reading extensionElements: `zeebe:` as Camunda 8 has it, and
 * `mandate:`. One table says which element may stand on which kinds of node and which attributes it
 * has; what is not in it is refused with its name and line. Elements of other namespaces are left
 * alone. */
#include "bpmn/read.h"

#include <stdio.h>

static const struct str bpmn_ns = STR_INIT(BPMN_NS), zeebe_ns = STR_INIT(BPMN_ZEEBE_NS),
                        mandate_ns = STR_INIT(BPMN_MANDATE_NS);

static const struct xml_node *extensions(const struct xml_node *x) {
    return xml_child(x, bpmn_ns, STR("extensionElements"));
}

/* An attribute that must be there; borrowed. */
static bool need_text(struct str *out, struct reader *r, const struct xml_node *x,
                      const char *name) {
    *out = xml_attr_text(x, str_from(name));
    return out->len > 0 || read_wrong(r, x, "the attribute '%s' is missing", name);
}

static bool need(struct str *out, struct reader *r, const struct xml_node *x, const char *name) {
    struct str value;
    if (!need_text(&value, r, x, name))
        return false;
    *out = arena_str(r->arena, value);
    return true;
}

const struct xml_node *read_zeebe(const struct xml_node *x, const char *name) {
    return xml_child(extensions(x), zeebe_ns, str_from(name));
}

/* How many elements of that name stand in the extensions; room for an array. */
static size_t count_of(const struct xml_node *x, struct str ns, const char *name) {
    size_t count = 0;
    for (x = xml_child(extensions(x), ns, str_from(name)); x != NULL; x = xml_next(x))
        count++;
    return count;
}

bool read_names(struct reader *r, struct lang_text *out, const struct xml_node *x) {
    out->in[0] = read_attr(r, x, "name");
    for (const struct xml_node *n = xml_child(extensions(x), mandate_ns, STR("name")); n != NULL;
         n = xml_next(n)) {
        enum lang lang;
        struct str code;
        if (!need(&code, r, n, "lang"))
            return false;
        if (!lang_find(&lang, code))
            return read_wrong(r, n, "the language '%.*s' is not known", STR_ARG(code));
        out->in[lang] = arena_str(r->arena, str_trim(xml_text(n, r->scratch)));
    }
    return true;
}

/* --- attributes that are one of several words --------------------------------------------------
 */
static bool read_word(size_t *out, struct reader *r, const struct xml_node *x,
                      const char *attribute, const char *const *words, size_t count,
                      size_t absent) {
    struct str value = xml_attr_text(x, str_from(attribute));
    *out = absent;
    if (value.len == 0 && absent < count)
        return true;
    for (size_t i = 0; i < count; i++)
        if (words[i] != NULL && str_eq(value, str_from(words[i]))) {
            *out = i;
            return true;
        }
    char choices[120];
    size_t len = 0;
    choices[0] = 0;
    for (size_t i = 0; i < count && len < sizeof choices; i++)
        if (words[i] != NULL)
            len += (size_t)snprintf(choices + len, sizeof choices - len, "%s%s", len ? ", " : "",
                                    words[i]);
    return read_wrong(r, x, "the attribute '%s' is '%.*s', not one of: %s", attribute,
                      STR_ARG(value), choices);
}

static bool read_bool(bool *out, struct reader *r, const struct xml_node *x,
                      const char *attribute) {
    static const char *const words[] = {"false", "true"};
    size_t word;
    if (!read_word(&word, r, x, attribute, words, COUNT_OF(words), 0))
        return false;
    *out = word == 1;
    return true;
}

/* label.zh="..." label.en="..."; a bare attribute is the first language. */
static void read_lang_attrs(struct lang_text *out, struct reader *r, const struct xml_node *x,
                            const char *name) {
    out->in[0] = read_attr(r, x, name);
    for (int i = 0; i < LANGS; i++) {
        char attribute[64];
        (void)snprintf(attribute, sizeof attribute, "%s.%.*s", name,
                       STR_ARG(lang_code((enum lang)i)));
        struct str value = read_attr(r, x, attribute);
        if (value.len > 0)
            out->in[i] = value;
    }
}

/* --- zeebe:
 * ---------------------------------------------------------------------------------------- */
static bool read_task_definition(struct reader *r, struct bpmn_node *node,
                                 const struct xml_node *x) {
    struct str type, retries = xml_attr_text(x, STR("retries"));
    if (!need_text(&type, r, x, "type"))
        return false;
    return read_expr(&node->job_type, r, x, type) &&
           read_expr(&node->retries, r, x, retries.len > 0 ? retries : STR("3"));
}

/* <zeebe:header key value> or <zeebe:property name value> */
static bool read_pairs(struct bpmn_header **out, size_t *count, struct reader *r,
                       const struct xml_node *x, const char *element, const char *key) {
    size_t room = 0;
    for (const struct xml_node *h = xml_first(x); h != NULL; h = xml_sibling(h))
        room++;
    *out = arena_new(r->arena, struct bpmn_header, room);
    for (const struct xml_node *h = xml_child(x, zeebe_ns, str_from(element)); h != NULL;
         h = xml_next(h))
        (*out)[(*count)++] = (struct bpmn_header){read_attr(r, h, key), read_attr(r, h, "value")};
    return true;
}

static bool read_headers(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return read_pairs(&node->headers, &node->header_count, r, x, "header", "key");
}

static bool read_properties(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return read_pairs(&node->properties, &node->property_count, r, x, "property", "name");
}

static bool read_mapping(struct reader *r, struct bpmn_mapping *out, const struct xml_node *x) {
    struct str source = xml_attr_text(x, STR("source"));
    if (!need(&out->target, r, x, "target") || !read_expr(&out->source, r, x, source))
        return false;
    if (out->source.text.at == NULL)
        out->source.text = STR("");
    return true;
}

static bool read_io(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    size_t count = 0;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        count++;
    node->inputs = arena_new(r->arena, struct bpmn_mapping, count);
    node->outputs = arena_new(r->arena, struct bpmn_mapping, count);
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool input = xml_is(c, zeebe_ns, STR("input"));
        if (!input && !xml_is(c, zeebe_ns, STR("output"))) {
            if (!read_refuse(r, c, "a mapping is zeebe:input or zeebe:output"))
                return false;
            continue;
        }
        if (input &&
            (node->kind == BPMN_START || node->kind == BPMN_CATCH || node->kind == BPMN_BOUNDARY)) {
            if (!read_wrong(r, c, "an event that catches has no inputs"))
                return false;
            continue;
        }
        if (!read_mapping(r,
                          input ? &node->inputs[node->input_count++]
                                : &node->outputs[node->output_count++],
                          c))
            return false;
    }
    return true;
}

/* BPMN 2.0.2: 10.3.4 */
static bool read_assignment(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    node->assignee = node->groups = node->users = (struct bpmn_expr){.text = {0}};
    return read_expr(&node->assignee, r, x, xml_attr_text(x, STR("assignee"))) &&
           read_expr(&node->groups, r, x, xml_attr_text(x, STR("candidateGroups"))) &&
           read_expr(&node->users, r, x, xml_attr_text(x, STR("candidateUsers")));
}

static bool read_schedule(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return read_expr(&node->due, r, x, xml_attr_text(x, STR("dueDate"))) &&
           read_expr(&node->follow_up, r, x, xml_attr_text(x, STR("followUpDate")));
}

static bool read_priority(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return read_expr(&node->priority, r, x, xml_attr_text(x, STR("priority")));
}

static bool read_bound(struct bpmn_bound *out, struct reader *r, const struct xml_node *x) {
    static const char *const words[] = {"latest", "deployment", "versionTag"};
    size_t word;
    if (!read_word(&word, r, x, "bindingType", words, COUNT_OF(words), BPMN_BINDING_LATEST))
        return false;
    out->binding = (enum bpmn_binding)word;
    out->version_tag = read_attr(r, x, "versionTag");
    return out->binding != BPMN_BINDING_VERSION_TAG || out->version_tag.len > 0 ||
           read_wrong(r, x, "the attribute 'versionTag' is missing");
}

#define OWN_FORM STR("camunda-forms:bpmn:")

static bool read_form(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct str external = xml_attr_text(x, STR("externalReference"));
    node->form_key = read_attr(r, x, "formKey");
    node->form = read_attr(r, x, "formId");
    if (node->form.len == 0)
        node->form = node->form_key;
    if (str_starts(node->form_key, OWN_FORM)) {
        struct str id = str_sub(node->form_key, OWN_FORM.len, node->form_key.len);
        bool found = false;
        for (size_t i = 0; i < r->process->form_count; i++)
            found = found || str_eq(r->process->forms[i].id, id);
        if (!found)
            return read_missing(r, x, "there is no zeebe:userTaskForm '%.*s' in the process",
                                STR_ARG(id));
    }
    if (!read_expr(&node->form_external, r, x, external) || !read_bound(&node->form_bound, r, x))
        return false;
    if (external.len == 0)
        node->form_external.at = (struct err_at){0};
    return node->form.len > 0 || external.len > 0 ||
           read_wrong(r, x, "formId, formKey or externalReference is missing");
}

static bool read_own_form(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct bpmn_process *p = r->process;
    if (p->forms == NULL)
        p->forms = arena_new(r->arena, struct bpmn_form,
                             count_of(r->node_xml[node->index], zeebe_ns, "userTaskForm"));
    struct bpmn_form *form = &p->forms[p->form_count++];
    form->body = read_text(r, x);
    return need(&form->id, r, x, "id");
}

static bool read_called_decision(struct reader *r, struct bpmn_node *node,
                                 const struct xml_node *x) {
    struct str id;
    if (!need_text(&id, r, x, "decisionId") || !need(&node->result, r, x, "resultVariable"))
        return false;
    return read_bound(&node->decision_bound, r, x) && read_expr(&node->decision, r, x, id);
}

/* Camunda 8: what the called process ends with comes back as a whole unless the model says no. */
static bool read_called_element(struct reader *r, struct bpmn_node *node,
                                const struct xml_node *x) {
    struct str id = xml_attr_text(x, STR("processId"));
    if (id.len == 0)
        id = xml_attr_text(x, STR("processIdExpression"));
    if (id.len == 0)
        return read_wrong(r, x, "the attribute 'processId' is missing");
    node->all_in = read_flag(x, "propagateAllParentVariables", true);
    node->all_out = read_flag(x, "propagateAllChildVariables", true);
    struct str business = xml_attr_text(x, STR("businessId"));
    return read_bound(&node->called_bound, r, x) && read_expr(&node->called, r, x, id) &&
           (business.len == 0 || read_expr(&node->business_id, r, x, business));
}

/* <zeebe:executionListener eventType retries type>, <zeebe:taskListener ...> */
static bool read_listener(struct reader *r, struct bpmn_node *node, const struct xml_node *x,
                          bool task) {
    static const char *const moments[] = {"start", "end"};
    static const char *const changes[] = {
        [BPMN_LISTEN_CREATING] = "creating",   [BPMN_LISTEN_ASSIGNING] = "assigning",
        [BPMN_LISTEN_UPDATING] = "updating",   [BPMN_LISTEN_COMPLETING] = "completing",
        [BPMN_LISTEN_CANCELING] = "canceling",
    };
    /* words of earlier versions of Camunda, which models still hold */
    static const char *const old[] = {[BPMN_LISTEN_CREATING] = "create",
                                      [BPMN_LISTEN_ASSIGNING] = "assignment",
                                      [BPMN_LISTEN_UPDATING] = "update",
                                      [BPMN_LISTEN_COMPLETING] = "complete",
                                      [BPMN_LISTEN_CANCELING] = "cancel"};
    struct bpmn_listener *out = &node->listeners[node->listener_count];
    struct str type, retries = xml_attr_text(x, STR("retries")), event;
    size_t word = 0;
    event = xml_attr_text(x, STR("eventType"));
    while (task && word < COUNT_OF(old) &&
           (old[word] == NULL || !str_eq(event, str_from(old[word]))))
        word++;
    if (!task || word == COUNT_OF(old)) {
        const char *const *words = task ? changes : moments;
        size_t count = task ? COUNT_OF(changes) : COUNT_OF(moments);
        if (!read_word(&word, r, x, "eventType", words, count, count))
            return false;
        if (word == count)
            return true; /* a problem that was collected */
    }
    const struct xml_node *headers = xml_child(x, zeebe_ns, STR("taskHeaders"));
    out->listen = (enum bpmn_listen)word;
    out->line = x->line;
    if (!need_text(&type, r, x, "type") || !read_expr(&out->type, r, x, type) ||
        !read_expr(&out->retries, r, x, retries.len > 0 ? retries : STR("3")) ||
        !read_pairs(&out->headers, &out->header_count, r, headers, "header", "key"))
        return false;
    node->listener_count++;
    return true;
}

static bool read_listeners(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    bool task = str_eq(x->name, STR("taskListeners"));
    size_t room = node->listener_count;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        room++;
    struct bpmn_listener *list = arena_new(r->arena, struct bpmn_listener, room);
    for (size_t i = 0; i < node->listener_count; i++)
        list[i] = node->listeners[i];
    node->listeners = list;
    for (const struct xml_node *c =
             xml_child(x, zeebe_ns, task ? STR("taskListener") : STR("executionListener"));
         c != NULL; c = xml_next(c))
        if (!read_listener(r, node, c, task))
            return false;
    return true;
}

static bool read_linked(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    size_t room = 0;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        room++;
    node->linked = arena_new(r->arena, struct bpmn_linked, room);
    for (const struct xml_node *c = xml_child(x, zeebe_ns, STR("linkedResource")); c != NULL;
         c = xml_next(c)) {
        struct bpmn_linked *linked = &node->linked[node->linked_count++];
        linked->type = read_attr(r, c, "resourceType");
        linked->name = read_attr(r, c, "linkName");
        if (!need(&linked->resource_id, r, c, "resourceId") || !read_bound(&linked->bound, r, c))
            return false;
    }
    return true;
}

static bool read_job_priority(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return read_expr(&node->job_priority, r, x, xml_attr_text(x, STR("priority")));
}

static bool read_agent(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    node->agent = read_attr(r, x, "agentType");
    return true;
}

static bool read_ad_hoc(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct str active = xml_attr_text(x, STR("activeElementsCollection"));
    struct str result = xml_attr_text(x, STR("outputElement"));
    node->results = read_attr(r, x, "outputCollection");
    return (active.len == 0 || read_feel(&node->active, r, x, active)) &&
           (result.len == 0 || read_feel(&node->result_element, r, x, result));
}

static bool read_native(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    (void)r, (void)x;
    node->native = true;
    return true;
}

static bool read_script(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct str text;
    return need(&node->result, r, x, "resultVariable") && need_text(&text, r, x, "expression") &&
           read_feel(&node->script, r, x, text);
}

static bool read_nothing(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    (void)r, (void)node, (void)x;
    return true;
}

static bool read_version_tag(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    (void)node;
    r->process->version = read_attr(r, x, "value");
    return true;
}

/* --- mandate:
 * ---------------------------------------------------------------------------------------- */
static bool read_clock(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    static const char *const actions[] = {[BPMN_CLOCK_START] = "start",
                                          [BPMN_CLOCK_STOP] = "stop",
                                          [BPMN_CLOCK_SUSPEND] = "suspend",
                                          [BPMN_CLOCK_RESUME] = "resume"};
    static const char *const places[] = {"enter", "leave"};
    if (node->clocks == NULL)
        node->clocks = arena_new(r->arena, struct bpmn_clock,
                                 count_of(r->node_xml[node->index], mandate_ns, "clock"));
    struct bpmn_clock *clock = &node->clocks[node->clock_count++];
    static const char *const starts[] = {"now", "receipt", "expiry"};
    size_t action, place, from;
    if (!need(&clock->id, r, x, "id") ||
        !read_word(&action, r, x, "action", actions, COUNT_OF(actions), COUNT_OF(actions)) ||
        !read_word(&place, r, x, "at", places, COUNT_OF(places), 0) ||
        !read_word(&from, r, x, "from", starts, COUNT_OF(starts), 0))
        return false;
    if (action == COUNT_OF(actions)) { /* a problem that was collected */
        node->clock_count--;
        return true;
    }
    if (from != BPMN_FROM_NOW && action != BPMN_CLOCK_START)
        return read_wrong(r, x, "only a clock that starts has 'from'");
    clock->from = (enum bpmn_clock_from)from;
    clock->action = (enum bpmn_clock_action)action;
    clock->at_leave = place == 1;
    clock->line = x->line;
    return true;
}

static bool read_letter(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->letters == NULL)
        node->letters = arena_new(r->arena, struct bpmn_letter,
                                  count_of(r->node_xml[node->index], mandate_ns, "letter"));
    struct bpmn_letter *letter = &node->letters[node->letter_count++];
    letter->line = x->line;
    if (!need(&letter->id, r, x, "id"))
        return false;
    letter->to = read_attr(r, x, "to");
    if (letter->to.len == 0)
        letter->to = STR("applicant");
    return true;
}

static bool read_status(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->status.len > 0)
        return read_wrong(r, x, "an element sets one status");
    return need(&node->status, r, x, "value");
}

static bool read_basis(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->bases == NULL)
        node->bases = arena_new(r->arena, struct bpmn_basis,
                                count_of(r->node_xml[node->index], mandate_ns, "basis"));
    struct bpmn_basis *basis = &node->bases[node->basis_count++];
    basis->line = x->line;
    return need(&basis->law, r, x, "law") && need(&basis->article, r, x, "article");
}

/* The words of an attribute, separated by blanks. */
static size_t split_words(struct str **out, struct reader *r, struct str text) {
    size_t room = 1, count = 0;
    for (size_t i = 0; i < text.len; i++)
        room += text.at[i] == ' ' || text.at[i] == '\n' || text.at[i] == '\t';
    *out = arena_new(r->arena, struct str, room);
    struct str word;
    while (str_split(&word, &text, ' ')) {
        word = str_trim(word);
        if (word.len > 0)
            (*out)[count++] = arena_str(r->arena, word);
    }
    return count;
}

static bool read_purpose(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->purposes == NULL)
        node->purposes = arena_new(r->arena, struct bpmn_purpose,
                                   count_of(r->node_xml[node->index], mandate_ns, "purpose"));
    struct bpmn_purpose *purpose = &node->purposes[node->purpose_count++];
    struct str fields;
    if (!need_text(&fields, r, x, "fields"))
        return false;
    purpose->field_count = split_words(&purpose->fields, r, fields);
    read_lang_attrs(&purpose->why, r, x, "why");
    purpose->line = x->line;
    return purpose->why.in[0].len > 0 || read_wrong(r, x, "the attribute 'why' is missing");
}

static bool read_outcome(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    static const char *const reasons[] = {[BPMN_REASONS_NONE] = "none",
                                          [BPMN_REASONS_OPTIONAL] = "optional",
                                          [BPMN_REASONS_REQUIRED] = "required"};
    if (node->outcomes == NULL)
        node->outcomes = arena_new(r->arena, struct bpmn_outcome,
                                   count_of(r->node_xml[node->index], mandate_ns, "outcome"));
    struct bpmn_outcome outcome = {.line = x->line};
    size_t word;
    if (!need(&outcome.value, r, x, "value") || !read_bool(&outcome.adverse, r, x, "adverse") ||
        !read_word(&word, r, x, "reasons", reasons, COUNT_OF(reasons), BPMN_REASONS_OPTIONAL))
        return false;
    outcome.reasons = (enum bpmn_reasons)word;
    read_lang_attrs(&outcome.label, r, x, "label");
    if (bpmn_outcome(node, outcome.value) != NULL)
        return read_wrong(r, x, "the outcome '%.*s' is offered twice", STR_ARG(outcome.value));
    if (outcome.adverse && outcome.reasons != BPMN_REASONS_REQUIRED)
        return read_wrong(r, x, "an adverse outcome needs reasons=\"required\"");
    node->outcomes[node->outcome_count++] = outcome;
    return true;
}

static bool read_applicant(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    (void)r, (void)x;
    node->applicant = true;
    return true;
}

static bool read_adverse(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    (void)r, (void)x;
    node->adverse = true;
    return true;
}

static bool read_remedy(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->remedies == NULL)
        node->remedies = arena_new(r->arena, struct str,
                                   count_of(r->node_xml[node->index], mandate_ns, "remedy"));
    return need(&node->remedies[node->remedy_count++], r, x, "code");
}

static bool read_result(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    return need(&node->result_register, r, x, "register");
}

/* --- the table
 * ------------------------------------------------------------------------------------------ */
#define ON(kind) (1u << BPMN_##kind)
#define JOBS                                                                                       \
    (ON(SERVICE_TASK) | ON(SEND_TASK) | ON(RULE_TASK) | ON(SCRIPT_TASK) | ON(END) | ON(THROW) |    \
     ON(AD_HOC))
#define EVENTS  (ON(START) | ON(CATCH) | ON(BOUNDARY))
#define ANY     (~0u)
#define FLOWING (~ON(PROCESS))

struct row {
    bool mandate; /* namespace */
    const char *name;
    const char *attributes; /* of mandate elements: all that there are */
    uint32_t on;
    bool once;
    bool (*read)(struct reader *r, struct bpmn_node *node, const struct xml_node *x);
};

static const struct row rows[] = {
    {false, "taskDefinition", NULL, JOBS, true, read_task_definition},
    {false, "taskHeaders", NULL, JOBS | ON(USER_TASK) | ON(RECEIVE_TASK), true, read_headers},
    {false, "ioMapping", NULL,
     ANY & ~ON(PROCESS) & ~ON(EXCLUSIVE) & ~ON(PARALLEL) & ~ON(INCLUSIVE) & ~ON(EVENT_BASED) &
         ~ON(COMPLEX),
     true, read_io},
    {false, "userTask", NULL, ON(USER_TASK), true, read_native},
    {false, "assignmentDefinition", NULL, ON(USER_TASK), true, read_assignment},
    {false, "taskSchedule", NULL, ON(USER_TASK), true, read_schedule},
    {false, "priorityDefinition", NULL, ON(USER_TASK), true, read_priority},
    {false, "jobPriorityDefinition", NULL, JOBS | ON(PROCESS) | ON(USER_TASK), true,
     read_job_priority},
    {false, "formDefinition", NULL, ON(USER_TASK) | ON(START), true, read_form},
    {false, "calledDecision", NULL, ON(RULE_TASK), true, read_called_decision},
    {false, "calledElement", NULL, ON(CALL), true, read_called_element},
    {false, "script", NULL, ON(SCRIPT_TASK), true, read_script},
    {false, "versionTag", NULL, ON(PROCESS), true, read_version_tag},
    {false, "userTaskForm", NULL, ON(PROCESS), false, read_own_form},
    {false, "properties", NULL, ANY, true, read_properties},
    {false, "executionListeners", NULL, ANY, true, read_listeners},
    {false, "taskListeners", NULL, ON(USER_TASK), true, read_listeners},
    {false, "linkedResources", NULL, ON(SERVICE_TASK), true, read_linked},
    {false, "agentDefinition", NULL, ON(SERVICE_TASK) | ON(AD_HOC), true, read_agent},
    {false, "adHoc", NULL, ON(AD_HOC), true, read_ad_hoc},
    {false, "conditionalFilter", NULL, EVENTS, true, read_nothing}, /* read_event.c */
    {false, "loopCharacteristics", NULL, 0, true, read_nothing},    /* read_activity.c */
    {false, "subscription", NULL, 0, true, read_nothing},           /* of a message */
#define MANDATE(name, attributes, on, once, reader, what)                                          \
    {true, #name, attributes, on, once, reader},
#define LANE(name, attributes, what)
#define WORDS(element, attribute, words, what)
#define LABEL(element, attribute, what)
#include "bpmn/mandate.def"
#undef MANDATE
#undef LANE
#undef WORDS
#undef LABEL
};

/* Is the attribute one of the words? A word that ends with '.' stands for one per language. */
static bool attribute_known(struct str name, struct str words) {
    struct str word;
    while (str_split(&word, &words, ' ')) {
        if (str_eq(word, name))
            return true;
        enum lang lang;
        if (str_ends(word, STR(".")) && str_starts(name, word) &&
            lang_find(&lang, str_sub(name, word.len, name.len)))
            return true;
    }
    return false;
}

static bool check_attributes(struct reader *r, const struct xml_node *x, const char *words) {
    for (uint32_t i = 0; i < x->attr_count; i++)
        if (x->attrs[i].ns.len == 0 && !attribute_known(x->attrs[i].name, str_from(words)))
            return read_wrong(r, x, "the attribute '%.*s' is not known", STR_ARG(x->attrs[i].name));
    return true;
}

static bool read_extension(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    bool mandate = str_eq(x->ns, mandate_ns);
    if (!mandate && !str_eq(x->ns, zeebe_ns))
        return true;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        if (row->mandate != mandate || !str_eq(x->name, str_from(row->name)))
            continue;
        if ((row->on >> node->kind & 1) == 0)
            return read_wrong(r, x, "it does not belong on '%s' '%.*s'",
                              bpmn_kind_element(node->kind), STR_ARG(node->id));
        const struct xml_node *first = xml_child(x->parent, x->ns, x->name);
        if (row->once && first != x)
            return read_wrong(r, x, "it may stand only once on '%.*s'", STR_ARG(node->id));
        return (!mandate || check_attributes(r, x, row->attributes)) && row->read(r, node, x);
    }
    return read_refuse(r, x, "this extension element is not known");
}

bool read_node_extensions(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    for (uint32_t i = 0; i < x->attr_count; i++) {
        const struct xml_attr *attr = &x->attrs[i];
        if (!str_eq(attr->ns, mandate_ns))
            continue;
        if (node->kind != BPMN_USER_TASK || !str_eq(attr->name, STR("result")))
            return read_wrong(r, x, "the attribute 'mandate:%.*s' is not known here",
                              STR_ARG(attr->name));
        node->result = arena_str(r->arena, attr->value);
    }
    if (node->kind == BPMN_USER_TASK && node->result.len == 0)
        node->result = STR("outcome");
    for (const struct xml_node *c = xml_first(extensions(x)); c != NULL; c = xml_sibling(c))
        if (!read_extension(r, node, c))
            return false;
    return true;
}

bool read_separations(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    const struct xml_node *s = xml_child(extensions(x), mandate_ns, STR("separateFrom"));
    if (s == NULL)
        return true;
    struct str tasks, *words;
    if (!need_text(&tasks, r, s, "tasks"))
        return false;
    size_t count = split_words(&words, r, tasks);
    node->separate = arena_new(r->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct bpmn_node *other = bpmn_node(r->process, words[i]);
        if (other == NULL || other->kind != BPMN_USER_TASK)
            return err_set(r->err, ERR_UNKNOWN, xml_where(s, r->source),
                           "task '%.*s' is to be separate from '%.*s', which is no user task",
                           STR_ARG(node->id), STR_ARG(words[i]));
        if (other == node)
            return read_wrong(r, s, "a task cannot be separate from itself");
        node->separate[node->separate_count++] = other->index;
    }
    return true;
}

bool read_lane_extensions(struct reader *r, struct bpmn_lane *lane, const struct xml_node *x) {
    static const char *const organs[] = {[BPMN_ORGAN_COMPETENT] = "competent",
                                         [BPMN_ORGAN_ACCEPTING] = "accepting",
                                         [BPMN_ORGAN_SUPERIOR] = "superior",
                                         [BPMN_ORGAN_REVIEW] = "review"};
    for (const struct xml_node *c = xml_first(extensions(x)); c != NULL; c = xml_sibling(c)) {
        bool properties = xml_is(c, zeebe_ns, STR("properties"));
        bool other = !str_eq(c->ns, mandate_ns) && !str_eq(c->ns, zeebe_ns);
        if (other || properties || xml_is(c, mandate_ns, STR("name")))
            continue;
        if (!xml_is(c, mandate_ns, STR("post"))) {
            if (!read_refuse(r, c, "this extension element is not known on a lane"))
                return false;
            continue;
        }
        size_t organ;
        if (lane->post.len > 0)
            return read_wrong(r, c, "a lane has one post");
        if (!check_attributes(r, c, "organ name") || !need(&lane->post, r, c, "name") ||
            !read_word(&organ, r, c, "organ", organs, COUNT_OF(organs), BPMN_ORGAN_COMPETENT))
            return false;
        lane->organ = (enum bpmn_organ)organ;
    }
    return true;
}

bool read_subscription(struct bpmn_expr *key, struct reader *r, const struct xml_node *message) {
    const struct xml_node *s = read_zeebe(message, "subscription");
    struct str text = s == NULL ? STR_NONE : xml_attr_text(s, STR("correlationKey"));
    return text.len == 0 || read_expr(key, r, s, text);
}
