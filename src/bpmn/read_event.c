/* Event definitions (BPMN 2.0.2: 10.5.5): where each may stand, what it waits for or throws. */
#include <stdio.h>

#include "bpmn/read.h"
#include "bpmn/timer.h"

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

/* --- timers
 * ---------------------------------------------------------------------------------- */
/* A literal is checked here and now; an expression when the timer is armed. */
static bool read_time(struct reader *r, struct bpmn_event_def *def, const struct xml_node *x) {
    struct str text = str_trim(xml_text(x, r->scratch)), why;
    struct bpmn_plan plan;
    if (text.len == 0)
        return read_wrong(r, x, "the time is empty");
    if (!read_expr(&def->when, r, x, text))
        return false;
    return str_starts(text, STR("=")) ||
           bpmn_plan_read(&plan, &why, def->timer, feel_string(def->when.text), NULL, r->scratch) ||
           read_wrong(r, x, "%.*s", STR_ARG(why));
}

static bool read_timer(struct reader *r, struct bpmn_event_def *def, const struct xml_node *x) {
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
            if (str_eq(c->ns, bpmn_ns) && !read_is_inert(c) &&
                !read_refuse(r, c, "this element is not supported in a timer"))
                return false;
            continue;
        }
        if (def->timer != BPMN_TIMER_NONE)
            return read_wrong(r, c, "a timer has one of timeDate, timeDuration and timeCycle");
        def->timer = forms[form].timer;
        if (!read_time(r, def, c))
            return false;
    }
    return def->timer != BPMN_TIMER_NONE ||
           read_wrong(r, x, "a timer needs timeDate, timeDuration or timeCycle");
}

/* --- messages, codes, conditions
 * ------------------------------------------------------------- */
static bool throws(const struct bpmn_node *node) {
    return node->kind == BPMN_THROW || node->kind == BPMN_END || node->kind == BPMN_SEND_TASK;
}

/* x: the event definition or task with the messageRef */
static bool read_message(struct reader *r, const struct bpmn_node *node, struct bpmn_event_def *def,
                         const struct xml_node *x) {
    const struct xml_node *message;
    bool catches = !throws(node);
    if (!read_declared(&message, r, x, "messageRef", "message"))
        return false;
    if (message == NULL) {
        struct str name = read_flow_message(&message, r, node->id, catches);
        if (name.len == 0)
            return !catches || read_wrong(r, x, "the message to wait for is missing (messageRef)");
        if (message == NULL) {
            def->message = (struct bpmn_expr){.text = name, .at = xml_where(x, r->source)};
            return true;
        }
    }
    struct str name = xml_attr_text(message, STR("name"));
    if (name.len == 0) /* BPMN 2.0.2: table 8.51: it may have none; then its id names it */
        name = xml_attr_text(message, STR("id"));
    if (!read_expr(&def->message, r, message, name))
        return false;
    return read_subscription(&def->key, r, message) &&
           (def->key.text.at != NULL || read_correlation(&def->key, r, message, catches));
}

/* The code or name of a declared error, escalation or signal; empty when nothing is referred to,
 * which catches all. */
static bool read_code(struct reader *r, const struct bpmn_node *node, struct bpmn_event_def *def,
                      const struct xml_node *x, const char *element) {
    char attribute[32], code[32];
    (void)snprintf(attribute, sizeof attribute, "%sRef", element);
    bool is_signal = def->event == BPMN_EVENT_SIGNAL;
    (void)snprintf(code, sizeof code, is_signal ? "name" : "%sCode", element);
    const struct xml_node *declared;
    if (!read_declared(&declared, r, x, attribute, element))
        return false;
    bool may_lack = def->event == BPMN_EVENT_ESCALATION || (!throws(node) && !is_signal);
    if (declared == NULL)
        return may_lack || read_wrong(r, x, "the attribute '%s' is missing", attribute);
    struct str value = xml_attr_text(declared, str_from(code));
    if (value.len == 0)
        return def->event == BPMN_EVENT_ESCALATION ||
               read_wrong(r, declared, "the attribute '%s' is missing", code);
    if (!str_starts(value, STR("="))) {
        def->code = arena_str(r->arena, value);
        return true;
    }
    if (!is_signal && !throws(node))
        return read_refuse(r, declared, "what is caught has a fixed code, not an expression");
    return read_feel(&def->code_expr, r, declared, value);
}

static bool read_link(struct reader *r, struct bpmn_event_def *def, const struct xml_node *x) {
    def->code = read_attr(r, x, "name");
    return def->code.len > 0 || read_wrong(r, x, "a link needs a name");
}

static size_t split_names(struct str **out, struct reader *r, struct str text) {
    size_t room = 1, count = 0;
    for (size_t i = 0; i < text.len; i++)
        room += text.at[i] == ',';
    *out = arena_new(r->arena, struct str, room);
    struct str name;
    while (str_split(&name, &text, ',')) {
        name = str_trim(name);
        if (name.len > 0)
            (*out)[count++] = arena_str(r->arena, name);
    }
    return count;
}

static bool read_condition(struct reader *r, struct bpmn_event_def *def, const struct xml_node *x) {
    const struct xml_node *condition = xml_child(x, bpmn_ns, STR("condition"));
    const struct xml_node *filter = read_zeebe(x, "conditionalFilter");
    if (!read_formal(&def->condition, r, condition))
        return false;
    if (def->condition.text.at == NULL)
        return read_wrong(r, x, "the condition is missing");
    if (filter == NULL)
        return true;
    def->watched_count = split_names(&def->watched, r, xml_attr_text(filter, STR("variableNames")));
    struct str word, words = xml_attr_text(filter, STR("variableEvents"));
    while (str_split(&word, &words, ',')) {
        word = str_trim(word);
        if (str_eq(word, STR("create")))
            def->changes |= BPMN_CHANGE_CREATE;
        else if (str_eq(word, STR("update")))
            def->changes |= BPMN_CHANGE_UPDATE;
        else if (word.len > 0)
            return read_wrong(r, filter, "'%.*s' is neither create nor update", STR_ARG(word));
    }
    return true;
}

static bool read_compensation(struct reader *r, const struct bpmn_node *node,
                              struct bpmn_event_def *def, const struct xml_node *x) {
    struct str ref = xml_attr_text(x, STR("activityRef"));
    def->does_not_wait = !read_flag(x, "waitForCompletion", true);
    if (ref.len == 0 || !throws(node))
        return true;
    const struct bpmn_node *activity = bpmn_node(r->process, read_local(str_trim(ref)));
    if (activity == NULL)
        return read_missing(r, x, "it compensates '%.*s', which is no activity of this process",
                            STR_ARG(ref));
    def->activity = activity->index;
    return true;
}

/* --- definitions
 * ------------------------------------------------------------------------------ */
/* BPMN 2.0.2: table 10.93, which event definition may stand where. */
static const struct {
    const char *element;
    enum bpmn_event event;
    bool start, event_start, catch, throw, boundary, end;
} events[] = {
    {"messageEventDefinition", BPMN_EVENT_MESSAGE, true, true, true, true, true, true},
    {"timerEventDefinition", BPMN_EVENT_TIMER, true, true, true, false, true, false},
    {"errorEventDefinition", BPMN_EVENT_ERROR, false, true, false, false, true, true},
    {"escalationEventDefinition", BPMN_EVENT_ESCALATION, false, true, false, true, true, true},
    {"cancelEventDefinition", BPMN_EVENT_CANCEL, false, false, false, false, true, true},
    {"compensateEventDefinition", BPMN_EVENT_COMPENSATION, false, true, false, true, true, true},
    {"conditionalEventDefinition", BPMN_EVENT_CONDITIONAL, true, true, true, false, true, false},
    {"signalEventDefinition", BPMN_EVENT_SIGNAL, true, true, true, true, true, true},
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
    default: return events[row].throw; /* what a multi-instance activity throws */
    }
}

static bool read_definition(bool *fits, struct bpmn_event_def *out, struct reader *r,
                            const struct bpmn_node *node, const struct xml_node *x) {
    size_t row = 0;
    while (row < COUNT_OF(events) && !read_is(x, events[row].element))
        row++;
    *fits = row < COUNT_OF(events) && event_fits(r, node, row);
    if (row == COUNT_OF(events))
        return read_wrong(r, x, "it is no event definition of BPMN 2.0");
    if (!*fits)
        return read_refuse(r, r->node_xml[node->index],
                           "this event definition is not supported at this place");
    *out = (struct bpmn_event_def){.event = events[row].event,
                                   .id = read_attr(r, x, "id"),
                                   .line = x->line,
                                   .activity = BPMN_NONE};
    switch (out->event) {
    case BPMN_EVENT_MESSAGE: return read_message(r, node, out, x);
    case BPMN_EVENT_TIMER: return read_timer(r, out, x);
    case BPMN_EVENT_ERROR: return read_code(r, node, out, x, "error");
    case BPMN_EVENT_ESCALATION: return read_code(r, node, out, x, "escalation");
    case BPMN_EVENT_SIGNAL: return read_code(r, node, out, x, "signal");
    case BPMN_EVENT_LINK: return read_link(r, out, x);
    case BPMN_EVENT_CONDITIONAL: return read_condition(r, out, x);
    case BPMN_EVENT_COMPENSATION: return read_compensation(r, node, out, x);
    default: return true;
    }
}

bool read_thrown(struct bpmn_event_def *out, struct reader *r, const struct xml_node *x) {
    struct bpmn_node thrower = {.kind = BPMN_THROW, .index = 0};
    bool fits;
    return read_definition(&fits, out, r, &thrower, x);
}

/* An event with one definition has it in its own fields too. */
static void flatten(struct bpmn_node *node) {
    const struct bpmn_event_def *def = &node->defs[0];
    node->event = def->event;
    node->timer = def->timer;
    node->when = def->when;
    node->message = def->message;
    node->key = def->key;
    node->code = def->code;
    node->code_expr = def->code_expr;
    node->condition = def->condition;
    node->activity = def->activity;
    node->does_not_wait = def->does_not_wait;
}

static bool is_definition(const struct xml_node *x) {
    return str_eq(x->ns, bpmn_ns) && str_ends(x->name, STR("EventDefinition"));
}

static bool read_definitions(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    size_t room = 0;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        room += is_definition(c) || read_is(c, "eventDefinitionRef");
    node->defs = arena_new(r->arena, struct bpmn_event_def, room);
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        const struct xml_node *definition = c;
        bool fits;
        if (read_is(c, "eventDefinitionRef")) {
            struct str ref = str_trim(xml_text(c, r->scratch));
            definition = read_find(r, ref);
            if (definition == NULL || !is_definition(definition)) {
                if (!read_missing(r, x, "it refers to '%.*s', which is no event definition",
                                  STR_ARG(ref)))
                    return false;
                continue;
            }
        } else if (!is_definition(c)) {
            continue;
        }
        if (!read_definition(&fits, &node->defs[node->def_count], r, node, definition))
            return false;
        node->def_count += fits;
    }
    return true;
}

/* Several definitions: any of them, or all. Each must be one that can be told from the others when
 * it comes; what ends a scope, and links, stand alone. */
static bool check_multiple(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    bool parallel = read_flag(x, "parallelMultiple", false);
    node->event = parallel ? BPMN_EVENT_PARALLEL_MULTIPLE : BPMN_EVENT_MULTIPLE;
    if (parallel && throws(node))
        return read_wrong(r, x, "what is thrown is not parallel multiple");
    for (size_t i = 0; i < node->def_count; i++) {
        enum bpmn_event event = node->defs[i].event;
        bool alone = event == BPMN_EVENT_LINK || event == BPMN_EVENT_CANCEL ||
                     event == BPMN_EVENT_TERMINATE ||
                     (event == BPMN_EVENT_COMPENSATION && !throws(node));
        bool thrown = event == BPMN_EVENT_ERROR || event == BPMN_EVENT_ESCALATION;
        if (alone || (parallel && thrown))
            return read_refuse(r, x, "a definition of this kind cannot be one of several");
    }
    return true;
}

/* BPMN 2.0.2: 10.5.1, 10.5.4 */
bool read_event(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    const struct bpmn_node *parent = &r->process->nodes[node->parent];
    bool sub_start = node->kind == BPMN_START && parent->kind == BPMN_EVENT_SUB_PROCESS;
    if (node->kind == BPMN_BOUNDARY)
        node->interrupting = read_flag(x, "cancelActivity", true);
    else if (sub_start)
        node->interrupting = read_flag(x, "isInterrupting", true);
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool known = read_is_inert(c) || read_is(c, "incoming") || read_is(c, "outgoing") ||
                     is_definition(c) || read_is(c, "eventDefinitionRef") || read_is_data(c);
        if (str_eq(c->ns, bpmn_ns) && !known &&
            !read_refuse(r, c, "this element is not supported in an event"))
            return false;
    }
    if (!read_definitions(r, node, x))
        return false;
    if (node->def_count == 1)
        flatten(node);
    else if (node->def_count > 1 && !check_multiple(r, node, x))
        return false;
    node->instantiates =
        node->kind == BPMN_START && node->parent == 0 && node->event != BPMN_EVENT_NONE;
    if (node->event == BPMN_EVENT_NONE && (node->kind == BPMN_BOUNDARY || node->kind == BPMN_CATCH))
        return read_wrong(r, x, "the event waits for nothing: an event definition is missing");
    for (size_t i = 0; i < node->def_count; i++) {
        enum bpmn_event event = node->defs[i].event;
        bool always = event == BPMN_EVENT_ERROR || event == BPMN_EVENT_CANCEL;
        if (always && node->kind != BPMN_END && !node->interrupting)
            return read_wrong(r, x, "%s always interrupts",
                              event == BPMN_EVENT_ERROR ? "an error" : "a cancellation");
    }
    return read_data(r, node, x);
}

bool read_task_message(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct bpmn_event_def *def = arena_new(r->arena, struct bpmn_event_def, 1);
    *def = (struct bpmn_event_def){
        .event = BPMN_EVENT_MESSAGE, .line = x->line, .activity = BPMN_NONE};
    if (!read_message(r, node, def, x))
        return false;
    node->defs = def;
    node->def_count = 1;
    node->message = def->message;
    node->key = def->key;
    return true;
}
