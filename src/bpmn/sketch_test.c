/* Line by line; each word adds to one of the parts of the element's XML, which are put together at
 * the end of the line. */
#include "bpmn/sketch_test.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/test.h"

enum { DEPTH_MAX = 16, ARGS_MAX = 2, TEXT_MAX = 1 << 20 };

enum part { ATTRIBUTES, CONTENT, EXTENSIONS, MAPPINGS, CALL, TASK, LOOP, LOOP_ZEEBE, PARTS };
struct element {
    struct buf parts[PARTS];
    bool standard_loop, multi, in_turn;
    struct buf until, at_most;
};

struct sketch {
    struct str whole;
    struct buf root, body;
    const char *open[DEPTH_MAX]; /* element names of the sub-processes around */
    int depth;
    uint32_t line;
    struct err *err;
};

static const struct {
    const char *word, *element, *attributes;
} kinds[] = {
    {"start", "startEvent", ""},
    {"end", "endEvent", ""},
    {"catch", "intermediateCatchEvent", ""},
    {"throw", "intermediateThrowEvent", ""},
    {"boundary", "boundaryEvent", ""},
    {"task", "task", ""},
    {"manual", "manualTask", ""},
    {"user", "userTask", ""},
    {"service", "serviceTask", ""},
    {"send", "sendTask", ""},
    {"receive", "receiveTask", ""},
    {"rule", "businessRuleTask", ""},
    {"script", "scriptTask", ""},
    {"call", "callActivity", ""},
    {"exclusive", "exclusiveGateway", ""},
    {"parallel", "parallelGateway", ""},
    {"inclusive", "inclusiveGateway", ""},
    {"complex", "complexGateway", ""},
    {"event-based", "eventBasedGateway", ""},
    {"sub", "subProcess", ""},
    {"event-sub", "subProcess", " triggeredByEvent='true'"},
    {"transaction", "transaction", ""},
    {"ad-hoc", "adHocSubProcess", ""},
};

/* $1, $2: the word's values, escaped. */
static const struct {
    const char *word;
    int args;
    enum part part;
    const char *text;
} words[] = {
    {"timer", 1, CONTENT,
     "<bpmn:timerEventDefinition><bpmn:timeDuration>$1</bpmn:timeDuration>"
     "</bpmn:timerEventDefinition>"},
    {"date", 1, CONTENT,
     "<bpmn:timerEventDefinition><bpmn:timeDate>$1</bpmn:timeDate></bpmn:timerEventDefinition>"},
    {"cycle", 1, CONTENT,
     "<bpmn:timerEventDefinition><bpmn:timeCycle>$1</bpmn:timeCycle></bpmn:timerEventDefinition>"},
    {"terminate", 0, CONTENT, "<bpmn:terminateEventDefinition/>"},
    {"link", 1, CONTENT, "<bpmn:linkEventDefinition name='$1'/>"},
    {"cancel", 0, CONTENT, "<bpmn:cancelEventDefinition/>"},
    {"when", 1, CONTENT,
     "<bpmn:conditionalEventDefinition><bpmn:condition>=$1</bpmn:condition>"
     "</bpmn:conditionalEventDefinition>"},
    {"on", 1, ATTRIBUTES, " attachedToRef='$1'"},
    {"instantiate", 0, ATTRIBUTES, " instantiate='true'"},
    {"all-of", 0, ATTRIBUTES, " parallelMultiple='true'"},
    {"handler", 0, ATTRIBUTES, " isForCompensation='true'"},
    {"attr", 2, ATTRIBUTES, " $1='$2'"},
    {"activate", 1, CONTENT, "<bpmn:activationCondition>=$1</bpmn:activationCondition>"},
    {"job", 1, TASK, " type='$1'"},
    {"retries", 1, TASK, " retries='$1'"},
    {"decision", 1, CALL, "zeebe:calledDecision decisionId='$1'"},
    {"value", 1, CALL, "zeebe:script expression='=$1'"},
    {"result", 1, CALL, " resultVariable='$1'"},
    {"process", 1, CALL, "zeebe:calledElement processId='$1'"},
    {"take-all", 0, CALL, " propagateAllChildVariables='true'"},
    {"keep-all", 0, CALL, " propagateAllParentVariables='false'"},
    {"in", 2, MAPPINGS, "<zeebe:input source='=$2' target='$1'/>"},
    {"out", 2, MAPPINGS, "<zeebe:output source='=$2' target='$1'/>"},
    {"outcome", 1, EXTENSIONS, "<mandate:outcome value='$1'/>"},
    {"each", 2, LOOP_ZEEBE, " inputElement='$1' inputCollection='=$2'"},
    {"collect", 2, LOOP_ZEEBE, " outputCollection='$1' outputElement='=$2'"},
    {"times", 1, LOOP, "<bpmn:loopCardinality>=$1</bpmn:loopCardinality>"},
};

/* --- words
 * --------------------------------------------------------------------------------------------- */
static bool wrong(struct sketch *s, const char *what, struct str word) {
    return err_set(s->err, ERR_SYNTAX, ((struct err_at){"sketch", s->line, 0}), "%s '%.*s'", what,
                   STR_ARG(word));
}

/* The next word of the line, empty at its end. A quoted one may hold blanks. */
static struct str next_word(struct str *line) {
    *line = str_trim(*line);
    if (line->len > 0 && line->at[0] == '"') {
        size_t end = str_find_byte(str_sub(*line, 1, line->len), '"');
        struct str word = str_sub(*line, 1, end == SIZE_MAX ? line->len : end);
        *line = str_sub(*line, word.len + 2, line->len);
        return word;
    }
    size_t end = str_find_byte(*line, ' ');
    struct str word = str_sub(*line, 0, end == SIZE_MAX ? line->len : end);
    *line = str_sub(*line, word.len, line->len);
    return word;
}

static void add_escaped(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++)
        switch (text.at[i]) {
        case '<': buf_lit(out, "&lt;"); break;
        case '>': buf_lit(out, "&gt;"); break;
        case '&': buf_lit(out, "&amp;"); break;
        case '\'': buf_lit(out, "&apos;"); break;
        default: buf_add_byte(out, text.at[i]);
        }
}

static void add_filled(struct buf *out, const char *text, const struct str args[ARGS_MAX]) {
    for (const char *c = text; *c != 0; c++)
        if (*c == '$')
            add_escaped(out, args[*++c - '1']);
        else
            buf_add_byte(out, *c);
}

/* A root element, written once, and its id: "message-paid". Letters and digits of the name only. */
static void declare(struct buf *id, struct sketch *s, const char *element, const char *attribute,
                    struct str name, struct str key) {
    struct buf mark;
    buf_init(&mark, TEXT_MAX);
    buf_printf(id, "%s-", element);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_add_byte(id, plain ? c : '_');
    }
    buf_printf(&mark, " id='%.*s' ", STR_ARG(buf_view(id)));
    if (str_find(buf_view(&s->root), buf_view(&mark)) == SIZE_MAX) {
        buf_printf(&s->root, "<bpmn:%s%.*s%s='", element, STR_ARG(buf_view(&mark)), attribute);
        add_escaped(&s->root, name);
        buf_lit(&s->root, "'>");
        if (key.len > 0) {
            buf_lit(&s->root, "<bpmn:extensionElements><zeebe:subscription correlationKey='=");
            add_escaped(&s->root, key);
            buf_lit(&s->root, "'/></bpmn:extensionElements>");
        }
        buf_printf(&s->root, "</bpmn:%s>\n", element);
    }
    buf_done(&mark);
}

/* message, signal, error, escalation: a reference to a root element; the tasks have it as an
 * attribute. */
static bool add_reference(struct element *e, struct sketch *s, struct str kind, struct str word,
                          struct str *line) {
    static const struct {
        const char *word, *attribute, *definition;
    } references[] = {{"message", "name", "messageEventDefinition messageRef"},
                      {"signal", "name", "signalEventDefinition signalRef"},
                      {"error", "errorCode", "errorEventDefinition errorRef"},
                      {"escalation", "escalationCode", "escalationEventDefinition escalationRef"}};
    for (size_t i = 0; i < COUNT_OF(references); i++) {
        if (!str_eq(word, str_from(references[i].word)))
            continue;
        struct str name = next_word(line), rest = *line, key = STR_NONE;
        struct buf id;
        buf_init(&id, TEXT_MAX);
        if (str_eq(next_word(&rest), STR("key"))) {
            key = next_word(&rest);
            *line = rest;
        }
        if (str_eq(name, STR("*"))) {
            buf_printf(&e->parts[CONTENT], "<bpmn:%sEventDefinition/>", references[i].word);
        } else {
            declare(&id, s, references[i].word, references[i].attribute, name, key);
            bool task = str_eq(kind, STR("receive")) || str_eq(kind, STR("send"));
            buf_printf(&e->parts[task ? ATTRIBUTES : CONTENT],
                       task ? "%.0s messageRef='%.*s'" : "<bpmn:%s='%.*s'/>",
                       references[i].definition, STR_ARG(buf_view(&id)));
        }
        buf_done(&id);
        return true;
    }
    return false;
}

/* The words that do more than to fill a text; false: it is none of them. */
static bool add_special(struct element *e, struct sketch *s, struct str kind, struct str word,
                        struct str *line) {
    if (add_reference(e, s, kind, word, line))
        return true;
    if (str_eq(word, STR("beside"))) {
        buf_add(&e->parts[ATTRIBUTES], str_eq(kind, STR("boundary"))
                                           ? STR(" cancelActivity='false'")
                                           : STR(" isInterrupting='false'"));
    } else if (str_eq(word, STR("compensate"))) {
        struct str activity = next_word(line);
        bool whole = str_eq(activity, STR("*"));
        buf_printf(&e->parts[CONTENT], "<bpmn:compensateEventDefinition%s%.*s%s/>",
                   whole ? "" : " activityRef='", STR_ARG(whole ? STR_NONE : activity),
                   whole ? "" : "'");
    } else if (str_eq(word, STR("loop"))) {
        e->standard_loop = true;
        buf_lit(&e->parts[LOOP], "<bpmn:loopCondition>=");
        add_escaped(&e->parts[LOOP], next_word(line));
        buf_lit(&e->parts[LOOP], "</bpmn:loopCondition>");
    } else if (str_eq(word, STR("before"))) {
        buf_lit(&e->at_most, " testBefore='true'");
    } else if (str_eq(word, STR("at-most"))) {
        struct str most = next_word(line);
        buf_printf(&e->at_most, " loopMaximum='%.*s'", STR_ARG(most));
        e->standard_loop = true;
    } else if (str_eq(word, STR("until"))) {
        buf_lit(&e->until, "<bpmn:completionCondition>=");
        add_escaped(&e->until, next_word(line));
        buf_lit(&e->until, "</bpmn:completionCondition>");
    } else if (str_eq(word, STR("in-turn"))) {
        e->in_turn = true;
    } else if (str_eq(word, STR("xml"))) {
        buf_add(&e->parts[CONTENT], next_word(line));
    } else if (str_eq(word, STR("ext"))) {
        buf_add(&e->parts[EXTENSIONS], next_word(line));
    } else {
        return false;
    }
    return true;
}

static bool add_word(struct element *e, struct sketch *s, struct str kind, struct str word,
                     struct str *line) {
    if (add_special(e, s, kind, word, line))
        return true;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!str_eq(word, str_from(words[i].word)))
            continue;
        struct str args[ARGS_MAX];
        for (int k = 0; k < words[i].args; k++)
            args[k] = next_word(line);
        add_filled(&e->parts[words[i].part], words[i].text, args);
        e->multi = e->multi || words[i].part == LOOP_ZEEBE || words[i].part == LOOP;
        return true;
    }
    return wrong(s, "no such word:", word);
}

/* --- elements
 * ------------------------------------------------------------------------------------------ */
/* Somewhere the sketch says "ID > OTHER else". */
static void add_default(struct buf *out, const struct sketch *s, struct str id) {
    struct str rest = s->whole, line;
    while (str_split(&line, &rest, '\n')) {
        struct str from = next_word(&line), arrow = next_word(&line), to = next_word(&line);
        if (str_eq(from, id) && str_eq(arrow, STR(">")) && str_eq(next_word(&line), STR("else")))
            buf_printf(out, " default='%.*s-%.*s'", STR_ARG(from), STR_ARG(to));
    }
}

static void add_loop(struct buf *out, const struct element *e) {
    const char *name =
        e->standard_loop ? "standardLoopCharacteristics" : "multiInstanceLoopCharacteristics";
    if (!e->standard_loop && !e->multi)
        return;
    buf_printf(out, "<bpmn:%s%s%.*s>", name, e->in_turn ? " isSequential='true'" : "",
               STR_ARG(buf_view(&e->at_most)));
    if (e->parts[LOOP_ZEEBE].len > 0)
        buf_printf(out,
                   "<bpmn:extensionElements><zeebe:loopCharacteristics%.*s/>"
                   "</bpmn:extensionElements>",
                   STR_ARG(buf_view(&e->parts[LOOP_ZEEBE])));
    buf_add(out, buf_view(&e->parts[LOOP]));
    if (!e->standard_loop)
        buf_add(out, buf_view(&e->until));
    buf_printf(out, "</bpmn:%s>", name);
}

static void add_extensions(struct buf *out, const struct element *e) {
    const struct buf *p = e->parts;
    if (p[TASK].len + p[CALL].len + p[MAPPINGS].len + p[EXTENSIONS].len == 0)
        return;
    buf_lit(out, "<bpmn:extensionElements>");
    if (p[TASK].len > 0)
        buf_printf(out, "<zeebe:taskDefinition%.*s/>", STR_ARG(buf_view(&p[TASK])));
    if (p[CALL].len > 0)
        buf_printf(out, "<%.*s/>", STR_ARG(buf_view(&p[CALL])));
    if (p[MAPPINGS].len > 0)
        buf_printf(out, "<zeebe:ioMapping>%.*s</zeebe:ioMapping>", STR_ARG(buf_view(&p[MAPPINGS])));
    buf_add(out, buf_view(&p[EXTENSIONS]));
    buf_lit(out, "</bpmn:extensionElements>");
}

static void put_element(struct sketch *s, size_t kind, struct str id, const struct element *e,
                        bool open) {
    struct buf *out = &s->body;
    buf_printf(out, "<bpmn:%s id='%.*s'%s%.*s", kinds[kind].element, STR_ARG(id),
               kinds[kind].attributes, STR_ARG(buf_view(&e->parts[ATTRIBUTES])));
    add_default(out, s, id);
    buf_lit(out, ">");
    add_extensions(out, e);
    add_loop(out, e);
    buf_add(out, buf_view(&e->parts[CONTENT]));
    if (e->until.len > 0 && !e->multi)
        buf_add(out, buf_view(&e->until));
    if (open)
        s->open[s->depth++] = kinds[kind].element;
    else
        buf_printf(out, "</bpmn:%s>", kinds[kind].element);
    buf_lit(out, "\n");
}

static bool read_element(struct sketch *s, struct str kind, struct str line) {
    struct element e = {0};
    size_t k = 0;
    bool open = false, ok = true;
    while (k < COUNT_OF(kinds) && !str_eq(kind, str_from(kinds[k].word)))
        k++;
    struct str id = next_word(&line), word;
    if (k == COUNT_OF(kinds) || id.len == 0)
        return wrong(s, "no such element:", kind);
    for (int i = 0; i < PARTS; i++)
        buf_init(&e.parts[i], TEXT_MAX);
    buf_init(&e.until, TEXT_MAX);
    buf_init(&e.at_most, TEXT_MAX);
    while (ok && !open && (word = next_word(&line)).len > 0) {
        open = str_eq(word, STR("{"));
        ok = open || add_word(&e, s, kind, word, &line);
    }
    if (ok && open && s->depth == DEPTH_MAX)
        ok = wrong(s, "too deep:", id);
    if (ok)
        put_element(s, k, id, &e, open);
    for (int i = 0; i < PARTS; i++)
        buf_done(&e.parts[i]);
    buf_done(&e.until);
    buf_done(&e.at_most);
    return ok;
}

/* "a > b > c", the last with "if CONDITION" or "else". */
static bool read_flows(struct sketch *s, struct str from, struct str line) {
    for (struct str arrow = next_word(&line); arrow.len > 0; arrow = next_word(&line)) {
        struct str to = next_word(&line), rest = line, word = next_word(&rest);
        char id[300], again[16] = "";
        if (!str_eq(arrow, STR(">")) || to.len == 0)
            return wrong(s, "a flow is A > B, not", arrow);
        for (int n = 2;; n++) {
            (void)snprintf(id, sizeof id, " id='%.*s-%.*s%s'", STR_ARG(from), STR_ARG(to), again);
            if (str_find(buf_view(&s->body), str_from(id)) == SIZE_MAX)
                break;
            (void)snprintf(again, sizeof again, "-%d", n);
        }
        buf_printf(&s->body, "<bpmn:sequenceFlow%s sourceRef='%.*s' targetRef='%.*s'>", id,
                   STR_ARG(from), STR_ARG(to));
        if (str_eq(word, STR("if"))) {
            buf_lit(&s->body, "<bpmn:conditionExpression>=");
            add_escaped(&s->body, str_trim(rest));
            buf_lit(&s->body, "</bpmn:conditionExpression>");
            line = STR_NONE;
        } else if (str_eq(word, STR("else"))) {
            line = STR_NONE;
        }
        buf_lit(&s->body, "</bpmn:sequenceFlow>\n");
        from = to;
    }
    return true;
}

static bool read_line(struct sketch *s, struct str line) {
    struct str rest = line, first = next_word(&rest), after = rest;
    if (first.len == 0 || first.at[0] == '#')
        return true;
    if (str_eq(next_word(&after), STR(">")))
        return read_flows(s, first, rest);
    if (str_eq(first, STR("}"))) {
        if (s->depth == 0)
            return wrong(s, "nothing is open before", first);
        buf_printf(&s->body, "</bpmn:%s>\n", s->open[--s->depth]);
        return true;
    }
    if (str_eq(first, STR("xml")) || str_eq(first, STR("root"))) {
        buf_add(first.at[0] == 'x' ? &s->body : &s->root, str_trim(rest));
        return true;
    }
    if (str_eq(first, STR("undo"))) {
        struct str from = next_word(&rest), to = next_word(&rest);
        buf_printf(&s->body,
                   "<bpmn:association id='%.*s-undo-%.*s' sourceRef='%.*s' targetRef='%.*s' "
                   "associationDirection='One'/>\n",
                   STR_ARG(from), STR_ARG(to), STR_ARG(from), STR_ARG(to));
        return true;
    }
    return read_element(s, first, rest);
}

bool sketch_text(struct str *out, struct str sketch, struct arena *arena, struct err *err) {
    struct sketch s = {.whole = sketch, .err = err};
    struct str rest = sketch, line;
    bool ok = true;
    buf_init(&s.root, TEXT_MAX);
    buf_init(&s.body, TEXT_MAX);
    while (ok && str_split(&line, &rest, '\n')) {
        s.line++;
        ok = read_line(&s, str_trim(line));
    }
    if (ok && s.depth > 0)
        ok = wrong(&s, "not closed:", str_from(s.open[s.depth - 1]));
    if (ok) {
        struct buf text;
        buf_init(&text, (size_t)4 * TEXT_MAX);
        buf_lit(&text, "<bpmn:definitions xmlns:bpmn='" BPMN_NS "' xmlns:zeebe='" BPMN_ZEEBE_NS
                       "' xmlns:mandate='" BPMN_MANDATE_NS
                       "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' id='d'>\n");
        buf_add(&text, buf_view(&s.root));
        buf_lit(&text, "<bpmn:process id='test' isExecutable='true'>\n");
        buf_add(&text, buf_view(&s.body));
        buf_lit(&text, "</bpmn:process>\n</bpmn:definitions>\n");
        *out = arena_str(arena, buf_view(&text));
        buf_done(&text);
    }
    buf_done(&s.root);
    buf_done(&s.body);
    return ok;
}

bool sketch_read(struct bpmn_process **out, struct str sketch, struct arena *arena,
                 struct err *err) {
    struct bpmn_model *model;
    struct budget budget = budget_of(10000000, 256 << 20);
    struct str text;
    if (!sketch_text(&text, sketch, arena, err) ||
        !bpmn_read(&model, text, "sketch.bpmn", arena, &budget, err))
        return false;
    *out = model->processes[0];
    return true;
}
