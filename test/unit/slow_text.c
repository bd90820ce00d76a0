/* The slow interpreter's models, inputs and states as text. */
#include <stdio.h>
#include <stdlib.h>

#include "slow.h"

static const struct {
    const char *word;
    char letter;
} kinds[S_KINDS] = {
    [S_START] = {"start", 's'},
    [S_END] = {"end", 'e'},
    [S_CATCH] = {"catch", 'c'},
    [S_THROW] = {"throw", 't'},
    [S_BOUNDARY] = {"boundary", 'b'},
    [S_TASK] = {"task", 'a'},
    [S_USER] = {"user", 'u'},
    [S_SERVICE] = {"service", 'j'},
    [S_RECEIVE] = {"receive", 'r'},
    [S_CALL] = {"call", 'l'},
    [S_SCRIPT] = {"script", 'f'},
    [S_EXCLUSIVE] = {"exclusive", 'x'},
    [S_PARALLEL] = {"parallel", 'p'},
    [S_INCLUSIVE] = {"inclusive", 'o'},
    [S_EVENT_BASED] = {"event-based", 'g'},
    [S_COMPLEX] = {"complex", 'k'},
    [S_SUB] = {"sub", 'q'},
    [S_TRANSACTION] = {"transaction", 'w'},
    [S_EVENT_SUB] = {"event-sub", 'h'},
    [S_AD_HOC] = {"ad-hoc", 'd'},
};

void slow_id(char out[8], const struct slow_model *model, int node) {
    if (node == 0)
        (void)snprintf(out, 8, "test");
    else
        (void)snprintf(out, 8, "%c%d", kinds[model->nodes[node].kind].letter,
                       model->nodes[node].label % 1000);
}

/* --- models
 * ---------------------------------------------------------------------------------------------- */
static void print_event(struct buf *out, const struct slow_node *n, struct slow_def d) {
    bool starts_sub = n->kind == S_START || n->kind == S_BOUNDARY;
    switch (d.event) {
    case E_TIMER:
        if (n->beside && starts_sub && n->fires > 1 && n->more_count == 0)
            buf_printf(out, " cycle R%d/PT1H", n->fires);
        else
            buf_lit(out, " timer PT1H");
        break;
    case E_MESSAGE: buf_printf(out, " message M%d", d.name); break;
    case E_SIGNAL: buf_printf(out, " signal S%d", d.name); break;
    case E_ERROR:
        if (d.name == ANY_CODE)
            buf_lit(out, " error *");
        else
            buf_printf(out, " error E%d", d.name);
        break;
    case E_ESCALATION:
        if (d.name == ANY_CODE)
            buf_lit(out, " escalation *");
        else
            buf_printf(out, " escalation C%d", d.name);
        break;
    case E_TERMINATE: buf_lit(out, " terminate"); break;
    case E_CONDITION: buf_printf(out, " when \"v%d = %d\"", d.variable, d.number); break;
    case E_CANCEL: buf_lit(out, " cancel"); break;
    case E_COMPENSATE: break; /* print_compensation() */
    case E_LINK: buf_printf(out, " link L%d", d.name); break;
    case E_NONE: break;
    }
}

static void print_events(struct buf *out, const struct slow_node *n) {
    for (int def = 0; def <= n->more_count; def++)
        print_event(out, n, slow_def(n, def));
    if (n->beside)
        buf_lit(out, " beside");
    if (n->instantiates)
        buf_lit(out, " instantiate");
    if (n->all_of)
        buf_add(out,
                n->kind == S_EVENT_BASED ? STR(" attr eventGatewayType Parallel") : STR(" all-of"));
}

static void print_listeners(struct buf *out, const struct slow_node *n) {
    static const char *const names[LISTENS] = {
        [AT_START] = "start",         [AT_END] = "end",           [AT_CREATING] = "creating",
        [AT_ASSIGNING] = "assigning", [AT_UPDATING] = "updating", [AT_COMPLETING] = "completing",
        [AT_CANCELING] = "canceling",
    };
    bool some = n->hears[AT_START] + n->hears[AT_END] > 0, tasks = false;
    if (some)
        buf_lit(out, " ext \"<zeebe:executionListeners>");
    for (int when = AT_START; when < LISTENS; when++) {
        if (when == AT_CREATING && some)
            buf_lit(out, "</zeebe:executionListeners>\"");
        for (int i = 0; i < n->hears[when]; i++) {
            if (when >= AT_CREATING && !tasks)
                buf_lit(out, " ext \"<zeebe:taskListeners>");
            tasks = tasks || when >= AT_CREATING;
            buf_printf(out, "<zeebe:%sListener eventType='%s' type='L'/>",
                       when >= AT_CREATING ? "task" : "execution", names[when]);
        }
    }
    if (tasks)
        buf_lit(out, "</zeebe:taskListeners>\"");
}

static void print_ad_hoc(struct buf *out, const struct slow_model *m, int node) {
    const struct slow_node *n = &m->nodes[node];
    char id[8];
    if (n->until_test)
        buf_printf(out, " until \"v%d = %d\"", n->variable, n->number);
    if (n->keeps)
        buf_lit(out, " attr cancelRemainingInstances false");
    if (n->in_turn)
        buf_lit(out, " attr ordering Sequential");
    if (n->worker)
        buf_lit(out, " job J");
    if (n->first_count < 0)
        return;
    buf_lit(out, " ext \"<zeebe:adHoc activeElementsCollection='=[");
    for (int i = 0; i < n->first_count; i++) {
        slow_id(id, m, n->first[i]);
        buf_printf(out, "%s&quot;%s&quot;", i > 0 ? ", " : "", id);
    }
    buf_lit(out, "]'/>\"");
}

static void print_compensation(struct buf *out, const struct slow_model *m, int node) {
    const struct slow_node *n = &m->nodes[node];
    char id[8] = "*";
    bool throws = n->kind == S_THROW || n->kind == S_END;
    if (throws && n->name != ANY_CODE)
        slow_id(id, m, n->name);
    if (n->event == E_COMPENSATE)
        buf_printf(out, " compensate %s", id);
    if (n->is_handler)
        buf_lit(out, " handler");
}

static void print_loop(struct buf *out, const struct slow_node *n) {
    if (n->loop == L_NONE)
        return;
    if (n->loop == L_STANDARD) {
        buf_printf(out, " loop \"v%d = %d\"%s", n->variable, n->number, n->before ? " before" : "");
        if (n->times > 0)
            buf_printf(out, " at-most %d", n->times);
        return;
    }
    if (n->times_from >= 0)
        buf_printf(out, " times v%d", n->times_from);
    else
        buf_printf(out, " times %d", n->times);
    if (n->loop == L_SEQUENTIAL)
        buf_lit(out, " in-turn");
    if (n->until > 0)
        buf_printf(out, " until \"numberOfCompletedInstances >= %d\"", n->until);
}

static void print_node(struct buf *out, const struct slow_model *m, int node) {
    const struct slow_node *n = &m->nodes[node];
    char id[8];
    slow_id(id, m, node);
    buf_printf(out, "%s %s", kinds[n->kind].word, id);
    if (n->kind == S_BOUNDARY) {
        slow_id(id, m, n->host);
        buf_printf(out, " on %s", id);
    }
    print_events(out, n);
    print_compensation(out, m, node);
    print_loop(out, n);
    if (n->wants > 0)
        buf_printf(out, " attr startQuantity %d", n->wants);
    if (n->gives > 0)
        buf_printf(out, " attr completionQuantity %d", n->gives);
    if (n->kind == S_AD_HOC)
        print_ad_hoc(out, m, node);
    if (n->kind == S_COMPLEX)
        buf_printf(out, " activate \"activationCount >= %d\"", n->needs);
    if (n->kind == S_SERVICE)
        buf_lit(out, " job J");
    if (n->kind == S_CALL)
        buf_lit(out, " process P take-all");
    if (n->kind == S_SCRIPT && n->from >= 0)
        buf_printf(out, " value \"v%d + 1\" result v%d", n->from, n->set);
    else if (n->kind == S_SCRIPT)
        buf_printf(out, " value 7 result v%d", n->set);
    if (n->local >= 0)
        buf_printf(out, " in v%d %d", n->local, n->value);
    if (n->out >= 0)
        buf_printf(out, " out v%d v%d", n->out, n->out_from);
    print_listeners(out, n);
}

static void print_flow(struct buf *out, const struct slow_model *m, const struct slow_flow *f) {
    char from[8], to[8];
    slow_id(from, m, f->from);
    slow_id(to, m, f->to);
    buf_printf(out, "%s > %s", from, to);
    switch (f->test) {
    case C_NONE: break;
    case C_TRUE: buf_lit(out, " if true"); break;
    case C_FALSE: buf_lit(out, " if false"); break;
    case C_EQUAL: buf_printf(out, " if v%d = %d", f->variable, f->number); break;
    case C_ABOVE: buf_printf(out, " if v%d > %d", f->variable, f->number); break;
    }
    buf_printf(out, "%s\n", f->otherwise ? " else" : "");
}

/* The scope's nodes, each scope's contents in braces, then the flows between them. */
static void print_scope(struct buf *out, const struct slow_model *m, int scope, int depth) {
    for (int i = 1; i < m->node_count; i++) {
        if (m->nodes[i].parent != scope)
            continue;
        print_node(out, m, i);
        bool opens = m->nodes[i].kind == S_SUB || m->nodes[i].kind == S_TRANSACTION ||
                     m->nodes[i].kind == S_EVENT_SUB || m->nodes[i].kind == S_AD_HOC;
        buf_lit(out, "\n");
        if (opens && depth < 8) {
            buf_cut(out, out->len - 1);
            buf_lit(out, " {\n");
            print_scope(out, m, i, depth + 1);
            buf_lit(out, "}\n");
        }
    }
    for (int i = 1; i < m->node_count; i++) {
        char event[8], handler[8];
        const struct slow_node *n = &m->nodes[i];
        if (n->kind != S_BOUNDARY || n->event != E_COMPENSATE || n->parent != scope)
            continue;
        slow_id(event, m, i);
        slow_id(handler, m, m->nodes[n->host].handler);
        buf_printf(out, "undo %s %s\n", event, handler);
    }
    for (int i = 0; i < m->flow_count; i++)
        if (m->nodes[m->flows[i].from].parent == scope && !m->flows[i].link)
            print_flow(out, m, &m->flows[i]);
}

void slow_print(struct buf *out, const struct slow_model *model) {
    const int *hears = model->nodes[0].hears;
    if (hears[AT_START] + hears[AT_END] > 0)
        buf_lit(out, "xml \"<bpmn:extensionElements><zeebe:executionListeners>");
    for (int i = 0; i < hears[AT_START]; i++)
        buf_lit(out, "<zeebe:executionListener eventType='start' type='L'/>");
    for (int i = 0; i < hears[AT_END]; i++)
        buf_lit(out, "<zeebe:executionListener eventType='end' type='L'/>");
    if (hears[AT_START] + hears[AT_END] > 0)
        buf_lit(out, "</zeebe:executionListeners></bpmn:extensionElements>\"\n");
    print_scope(out, model, 0, 0);
}

/* --- inputs
 * -------------------------------------------------------------------------------------------------
 */
void slow_print_input(struct buf *out, const struct slow_model *model, struct slow_input input) {
    static const char *const verbs[] = {[IN_START] = "start",       [IN_DO] = "do",
                                        [IN_JOB] = "job",           [IN_FAIL] = "fail",
                                        [IN_ERROR] = "error",       [IN_TIMER] = "timer",
                                        [IN_MESSAGE] = "message",   [IN_SIGNAL] = "signal",
                                        [IN_RETRY] = "retry",       [IN_SET] = "set",
                                        [IN_CALLED] = "called",     [IN_CALL_ERROR] = "call-error",
                                        [IN_CANCEL] = "cancel",     [IN_CONDITION] = "condition",
                                        [IN_START_BY] = "start-by", [IN_ACTIVATE] = "activate",
                                        [IN_FINISH] = "finish",     [IN_CHOOSE] = "choose",
                                        [IN_FULFIL] = "fulfil",     [IN_ASSIGN] = "assign",
                                        [IN_UPDATE] = "update",     [IN_DENY] = "deny",
                                        [IN_BEGIN] = "begin",       [IN_END] = "end",
                                        [IN_MOVE] = "move",         [IN_MIGRATE] = "migrate"};
    char id[8];
    buf_add(out, str_from(verbs[input.verb]));
    switch (input.verb) {
    case IN_START:
    case IN_SET:
    case IN_CANCEL:
    case IN_MIGRATE: break;
    case IN_MESSAGE: buf_printf(out, " M%d", input.name); break;
    case IN_SIGNAL: buf_printf(out, " S%d", input.name); break;
    default:
        slow_id(id, model, input.node);
        buf_printf(out, " %s", id);
        if (input.nth > 1)
            buf_printf(out, "#%d", input.nth);
    }
    if (input.verb == IN_ERROR || input.verb == IN_CALL_ERROR)
        buf_printf(out, " E%d", input.name);
    if (input.verb == IN_FAIL || input.verb == IN_RETRY || input.verb == IN_TIMER)
        buf_printf(out, " %d", input.number);
    if (input.verb == IN_START_BY || input.verb == IN_MIGRATE)
        buf_printf(out, " %d", input.verb == IN_START_BY ? input.name : input.number);
    if (input.verb == IN_ACTIVATE || input.verb == IN_CHOOSE || input.verb == IN_MOVE) {
        slow_id(id, model, input.other);
        buf_printf(out, " %s", id);
        slow_id(id, model, input.name);
        if (input.verb != IN_MOVE && input.name > 0)
            buf_printf(out, ",%s", id);
    }
    if ((input.verb == IN_FINISH || input.verb == IN_FULFIL) && input.number == 1)
        buf_lit(out, " !");
    if (input.verb == IN_ASSIGN)
        buf_lit(out, " w");
    if (input.verb == IN_UPDATE)
        buf_lit(out, " {priority: 20}");
    if (input.variable >= 0)
        buf_printf(out, " {v%d: %d}", input.variable, input.value);
}

/* --- states
 * -------------------------------------------------------------------------------------------------
 */
static int cmp_text(const void *a, const void *b) {
    return strcmp(a, b);
}

static void add_sorted(struct buf *out, char (*list)[WORD_MAX], int count) {
    qsort(list, (size_t)count, sizeof *list, cmp_text);
    for (int i = 0; i < count; i++)
        buf_printf(out, "%s%s", i > 0 ? " " : "", list[i]);
}

void slow_tell(struct buf *out, const struct slow_state *s) {
    static char log[LOG_MAX][WORD_MAX], stands[LIVE_MAX * 3 + VALUES_MAX][WORD_MAX];
    int count = 0;
    char id[8];
    if (s->refused != NULL) {
        buf_add(out, str_from(s->refused));
        return;
    }
    memcpy(log, s->log->list, (size_t)s->log->count * sizeof *log);
    add_sorted(out, log, s->log->count);
    for (int i = 1; i < s->live_count; i++) {
        slow_id(id, s->m, s->live[i].node);
        (void)snprintf(stands[count++], WORD_MAX, "%s%s", id, s->live[i].stop != NULL ? "!" : "");
    }
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++)
            for (int def = 0; def <= s->m->nodes[n].more_count && count < LIVE_MAX * 3; def++)
                if (slow_waits_for(s, s->live[i].id, n, def)) {
                    slow_id(id, s->m, n);
                    (void)snprintf(stands[count++], WORD_MAX, "wait:%s", id);
                }
    for (int i = 0; i < s->value_count; i++) {
        const struct slow_value *v = &s->values[i];
        if (v->scope == 1)
            (void)snprintf(stands[count++], WORD_MAX, "v%d=%d", v->variable, v->value);
        for (int k = 1; k < s->live_count; k++)
            if (s->live[k].id == v->scope) {
                slow_id(id, s->m, s->live[k].node);
                (void)snprintf(stands[count++], WORD_MAX, "%s.v%d=%d", id, v->variable, v->value);
            }
    }
    buf_lit(out, " [");
    add_sorted(out, stands, count);
    buf_lit(out, "]");
}
