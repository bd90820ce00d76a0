/* What elements write to the variables that conditions read, and how long it matters.
 *
 * 1. Known is: the outcome of a task with a list of outcomes, the result of a decision whose values
 *    are known, a literal in a script or a mapping, and a mapping that copies one of these.
 * 2. Whatever may write anything makes everything unknown: a job, a person who completes a task, a
 *    called process, a message, unless output mappings name what is written.
 * 3. A variable of the same name inside a sub-process would be another one: such names are not
 *    remembered at all. */
#include "bpmn/sound_known.h"
#include "feel/code.h"

enum given_from { GIVEN_UNKNOWN, GIVEN_RESULT, GIVEN_LITERAL };
struct given { /* one variable, or one member of one */
    struct str root, member;
    enum given_from from;
    struct feel_value literal;
    struct str part; /* GIVEN_RESULT: this member of the result; empty: all of it */
};
struct plan {  /* what a node writes when its work is done, in this order */
    bool open; /* before these: anything */
    struct given *list;
    size_t count;
    struct feel_value *values; /* what the result can be */
    size_t value_count;
    bool others; /* or something else */
};

/* --- what a node writes
 * ------------------------------------------------------------------------------ */
static bool has_job(const struct bpmn_node *n) {
    return n->job_type.text.at != NULL;
}

static bool brings_anything(const struct bpmn_node *n) {
    switch (n->kind) {
    case BPMN_USER_TASK:
    case BPMN_RECEIVE_TASK: return n->output_count == 0;
    case BPMN_CALL: return n->all_out && n->output_count == 0;
    case BPMN_START:
    case BPMN_CATCH:
    case BPMN_BOUNDARY:
        return n->output_count == 0 && n->event != BPMN_EVENT_NONE &&
               n->event != BPMN_EVENT_TIMER && n->event != BPMN_EVENT_CONDITIONAL &&
               n->event != BPMN_EVENT_LINK;
    default: return has_job(n) && n->output_count == 0;
    }
}

static bool listens(const struct bpmn_node *n, enum bpmn_listen when) {
    for (size_t i = 0; i < n->listener_count; i++)
        if (n->listeners[i].listen == when)
            return true;
    return false;
}

static struct str head_of(struct str target) {
    struct str name, rest = target;
    (void)str_split(&name, &rest, '.');
    return name;
}

static bool is_target(const struct bpmn_mapping *list, size_t count, struct str root) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(head_of(list[i].target), root))
            return true;
    return false;
}

/* Has the node a variable of its own of that name, in which a result would stay? */
static bool is_own(const struct bpmn_node *n, struct str name) {
    for (size_t i = 0; i < n->data_count; i++)
        if (str_eq(n->data[i].name, name))
            return true;
    return is_target(n->inputs, n->input_count, name) ||
           is_target(n->data_in, n->data_in_count, name) || listens(n, BPMN_LISTEN_START);
}

static void push(struct plan *plan, struct given given) {
    plan->list[plan->count++] = given;
}

/* A literal by itself; FEEL text in quotes, a number, true, or a text without FEEL. */
static bool is_literal(struct feel_value *out, const struct bpmn_expr *expr) {
    if (expr->text.at == NULL || expr->variable || expr->store)
        return false;
    const struct ast *tree = expr->program == NULL ? NULL : expr->program->tree;
    if (expr->program == NULL)
        *out = feel_string(expr->text);
    else if (tree != NULL && tree->kind == AST_CONST)
        *out = tree->value;
    return expr->program == NULL || (tree != NULL && tree->kind == AST_CONST);
}

static void plan_mapping(struct plan *plan, const struct bpmn_node *n,
                         const struct bpmn_mapping *mapping, bool result_known) {
    struct str root, rest = mapping->target;
    const struct bpmn_expr *expr = &mapping->source;
    const struct ast *tree = expr->program == NULL ? NULL : expr->program->tree;
    (void)str_split(&root, &rest, '.');
    struct given given = {.root = root, .member = rest};
    bool name = tree != NULL && tree->kind == AST_NAME && str_eq(tree->name, n->result);
    bool part = tree != NULL && tree->kind == AST_PATH && tree->a != NULL &&
                tree->a->kind == AST_NAME && str_eq(tree->a->name, n->result);
    if (mapping->output.len > 0 || str_find_byte(rest, '.') != SIZE_MAX) {
        given.member = STR_NONE;
    } else if (result_known && n->result.len > 0 &&
               (name || part || (expr->variable && str_eq(expr->text, n->result)))) {
        given.from = GIVEN_RESULT;
        given.part = part ? tree->name : STR_NONE;
    } else if (is_literal(&given.literal, expr)) {
        given.from = GIVEN_LITERAL;
    }
    push(plan, given);
}

static bool plan_decision(struct plan *plan, struct knower *r, const struct bpmn_node *n) {
    bool found = false;
    struct str id = n->decision.text;
    struct feel_value literal;
    if (is_literal(&literal, &n->decision) && feel_kind(literal) == FEEL_STRING)
        id = feel_as_string(literal);
    else if (n->decision.program != NULL || n->decision.variable)
        return false;
    if (n->decision_bound.binding == BPMN_BINDING_VERSION_TAG)
        return false;
    r->failed =
        r->failed || !known_decision(&plan->values, &plan->value_count, &found, &plan->others,
                                     r->limits->decisions, r->limits->decision_count, id, r->arena,
                                     r->budget, r->err);
    return found && !r->failed;
}

/* Is the result one of plan->values? */
static bool plan_result(struct plan *plan, struct knower *r, const struct bpmn_node *n) {
    if (n->kind == BPMN_USER_TASK) {
        plan->values = arena_new(r->arena, struct feel_value, n->outcome_count + 1);
        for (size_t i = 0; i < n->outcome_count; i++)
            plan->values[plan->value_count++] = feel_string(n->outcomes[i].value);
        return n->outcome_count > 0;
    }
    if (n->kind == BPMN_RULE_TASK && !has_job(n))
        return plan_decision(plan, r, n);
    plan->values = arena_new(r->arena, struct feel_value, 1);
    plan->value_count = 1;
    return n->kind == BPMN_SCRIPT_TASK && !has_job(n) && is_literal(&plan->values[0], &n->script);
}

static struct plan plan_of(struct knower *r, const struct bpmn_node *n) {
    struct plan plan = {.open = brings_anything(n)};
    plan.list = arena_new(r->scratch, struct given, n->output_count + n->data_out_count + 2);
    bool person = n->kind == BPMN_USER_TASK;
    bool result = n->result.len > 0 && plan_result(&plan, r, n);
    bool engine = (n->kind == BPMN_RULE_TASK || n->kind == BPMN_SCRIPT_TASK) && !has_job(n);
    /* a result of the engine stays inside when outputs are mapped */
    if (n->result.len > 0 && (person ? n->outcome_count > 0 : engine && n->output_count == 0))
        push(&plan,
             (struct given){.root = n->result,
                            .from = result && (person || !is_own(n, n->result)) ? GIVEN_RESULT
                                                                                : GIVEN_UNKNOWN});
    for (size_t i = 0; i < n->data_out_count; i++)
        if (n->data_out[i].store.len == 0)
            plan_mapping(&plan, n, &n->data_out[i], false);
    for (size_t i = 0; i < n->output_count; i++)
        plan_mapping(&plan, n, &n->outputs[i], result);
    if (listens(n, BPMN_LISTEN_END)) { /* its jobs come last, and bring anything */
        plan.open = true;
        plan.count = 0;
    }
    return plan;
}

/* What a term becomes by one of these. False: it is not touched. */
static bool term_value(struct feel_value *out, bool *known, const struct known_term *t,
                       const struct given *g, struct feel_value result) {
    if (!str_eq(t->root, g->root) ||
        (g->member.len > 0 && t->member.len > 0 && !str_eq(t->member, g->member)))
        return false;
    *known = g->from != GIVEN_UNKNOWN && (g->member.len == 0 || t->member.len > 0);
    *out = g->from == GIVEN_LITERAL ? g->literal
           : g->part.len > 0        ? feel_get(result, g->part)
                                    : result;
    if (g->member.len == 0 && t->member.len > 0)
        *out = feel_get(*out, t->member);
    return true;
}

void known_write_values(struct knower *r) {
    struct known *k = r->k;
    r->plans = arena_new(r->scratch, struct plan, r->p->node_count);
    for (uint32_t n = 1; n < r->p->node_count && k->term_count > 0 && !r->failed; n++) {
        struct plan plan = plan_of(r, &r->p->nodes[n]);
        r->plans[n] = plan;
        for (size_t i = 0; i < plan.count; i++)
            for (uint32_t t = 0; t < k->term_count; t++)
                for (size_t v = 0; v < MAX_OF(plan.value_count, (size_t)1); v++) {
                    struct feel_value value;
                    bool known;
                    struct feel_value result = v < plan.value_count ? plan.values[v] : feel_null();
                    if (term_value(&value, &known, &k->terms[t], &plan.list[i], result) && known)
                        known_give(&k->terms[t], value);
                }
    }
}

/* --- names that are another variable somewhere
 * ------------------------------------------------------------ */
static bool is_scope(const struct bpmn_node *n) {
    return bpmn_kind_group(n->kind) == BPMN_GROUP_SCOPE || n->child_count > 0;
}

static bool hides(const struct bpmn_node *n, struct str root) {
    if (str_eq(root, STR("loopCounter")) || str_eq(n->results, root))
        return true;
    if (n->loop != NULL && (str_eq(n->loop->results, root) || str_eq(n->loop->item, root)))
        return true;
    /* what a person or a worker begins in it comes with variables of its own; what comes first of
     * several events is there before the last one came */
    return n->kind == BPMN_AD_HOC || n->event == BPMN_EVENT_PARALLEL_MULTIPLE ||
           (n->index > 0 && is_scope(n) && is_own(n, root));
}

/* Which terms are remembered: what two elements read, or what is known to be written. */
static void track(struct knower *r) {
    struct known *k = r->k;
    uint32_t *readers = arena_new(r->scratch, uint32_t, ORACLE_TERMS_MAX);
    for (uint32_t n = 1; n < r->p->node_count; n++)
        for (uint32_t i = 0; i < k->choices[n].term_count; i++)
            readers[k->choices[n].terms[i]]++;
    for (uint32_t i = 0; i < k->term_count; i++) {
        struct known_term *t = &k->terms[i];
        for (uint32_t n = 0; n < r->p->node_count; n++)
            t->local = t->local || hides(&r->p->nodes[n], t->root);
        for (size_t n = 0; n < r->p->store_count; n++) /* others write it too */
            t->local = t->local || str_eq(r->p->stores[n].name, t->root);
        if (!t->local && !t->broken && readers[i] > 0 && (readers[i] > 1 || t->given))
            k->tracked |= 1u << i;
    }
}

/* --- effects
 * ----------------------------------------------------------------------------------------- */
static struct str text_of(struct knower *r, struct str name, struct feel_value value) {
    struct buf text;
    buf_init(&text, 200);
    buf_printf(&text, "%.*s = ", STR_ARG(name));
    feel_print(&text, value);
    struct str out = arena_str(r->arena, buf_view(&text));
    buf_done(&text);
    return out;
}

static void put_option(struct known_write *w, const struct known_option *option) {
    for (uint32_t i = 0; i < w->option_count; i++)
        if (memcmp(&w->options[i].facts, &option->facts, sizeof option->facts) == 0)
            return;
    w->options[w->option_count++] = *option;
}

/* One value of the result, or whatever else it may be. */
static void add_option(struct known_write *w, struct knower *r, const struct plan *plan, size_t v) {
    const struct known *k = r->k;
    struct known_option option = {0};
    struct feel_value value, result = v < plan->value_count ? plan->values[v] : feel_null();
    bool other = v >= plan->value_count && plan->others, known;
    for (size_t i = 0; i < plan->count; i++)
        for (uint32_t t = 0; t < k->term_count; t++) {
            const struct given *g = &plan->list[i];
            if ((k->tracked >> t & 1) == 0 || !term_value(&value, &known, &k->terms[t], g, result))
                continue;
            known = known && !(other && g->from == GIVEN_RESULT);
            option.facts.of[t] = known ? known_class(&k->terms[t], value) : 0;
            if (known)
                w->gives |= 1u << t;
            if (known && option.text.len == 0)
                option.text = g->from == GIVEN_RESULT
                                  ? text_of(r, r->p->nodes[w - k->writes].result, result)
                                  : text_of(r, k->terms[t].name, value);
        }
    put_option(w, &option);
}

static void write_of(struct knower *r, uint32_t node) {
    struct known *k = r->k;
    struct known_write *w = &k->writes[node];
    struct plan plan = r->plans[node];
    struct feel_value value;
    bool known;
    w->forgets = plan.open ? k->tracked : 0;
    for (size_t i = 0; i < plan.count; i++)
        for (uint32_t t = 0; t < k->term_count; t++)
            if (term_value(&value, &known, &k->terms[t], &plan.list[i], feel_null()))
                w->forgets |= 1u << t & k->tracked;
    size_t count = plan.value_count + plan.others;
    w->options = arena_new(r->arena, struct known_option, count + 1);
    for (size_t v = 0; v < MAX_OF(count, (size_t)1); v++)
        add_option(w, r, &plan, v);
    if (w->gives == 0)
        w->option_count = 0;
}

void known_write_effects(struct knower *r) {
    track(r);
    for (uint32_t n = 1; n < r->p->node_count && r->k->tracked != 0 && !r->failed; n++)
        write_of(r, n);
}
