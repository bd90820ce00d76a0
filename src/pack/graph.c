/* From a process and a matter to the graph that the legal proofs look at.
 *
 * Kinds: a user or manual task is a TASK; what waits for the world (timers, messages, jobs, called
 * processes) is a WAIT; the rest is INSTANT. A sub-process becomes its entry, its children, and an
 * extra node for its end, which carries what happens when it is left. A boundary event becomes an
 * interrupting edge from its activity, or from every task inside it. */
#include "pack/graph.h"

#include "pack/inner.h"

struct maker {
    const struct pack *pack;
    const struct pack_matter *matter;
    const struct bpmn_process *process;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    struct feel_value with; /* what `matter` stands for */
    struct law_node *nodes;
    size_t node_count;
    struct law_edge *edges;
    size_t edge_count, edge_room;
    uint32_t *exits; /* of sub-processes: the extra node; BPMN_NONE for others */
};

static uint32_t index_of(uint32_t bpmn_node) {
    return bpmn_node - 1; /* node 0 is the process itself */
}

static void edge(struct maker *k, struct law_edge e) {
    if (k->edge_count >= k->edge_room) {
        size_t wider = k->edge_room == 0 ? 64 : k->edge_room * 2;
        struct law_edge *fresh = arena_new(k->arena, struct law_edge, wider);
        if (k->edge_count > 0)
            memcpy(fresh, k->edges, k->edge_count * sizeof *fresh);
        k->edges = fresh;
        k->edge_room = wider;
    }
    k->edges[k->edge_count++] = e;
}

static bool is_scope(const struct bpmn_node *node) {
    return node->kind == BPMN_SUB_PROCESS || node->kind == BPMN_EVENT_SUB_PROCESS;
}

static enum law_node_kind kind_of(const struct bpmn_node *node) {
    bool top = node->parent == 0;
    switch (node->kind) {
    case BPMN_START: return top ? LAW_NODE_START : LAW_NODE_INSTANT;
    case BPMN_END: return top ? LAW_NODE_END : LAW_NODE_INSTANT;
    case BPMN_USER_TASK:
    case BPMN_MANUAL_TASK: return LAW_NODE_TASK;
    case BPMN_SERVICE_TASK:
    case BPMN_SEND_TASK:
    case BPMN_RECEIVE_TASK:
    case BPMN_CATCH:
    case BPMN_CALL:
    case BPMN_EVENT_BASED: return LAW_NODE_WAIT;
    default: return LAW_NODE_INSTANT;
    }
}

static uint32_t limit_of(const struct maker *k, struct str id) {
    for (size_t i = 0; i < k->matter->limit_count; i++)
        if (str_eq(k->matter->limits[i].id, id))
            return (uint32_t)i;
    return LAW_NO_LIMIT;
}

/* A timer at "clocks.<limit>.due" fires because that limit ran out. */
static uint32_t expiry_of(const struct maker *k, const struct bpmn_node *node) {
    struct str text = str_trim(node->when.text);
    if (node->event != BPMN_EVENT_TIMER || !str_starts(text, STR("clocks.")) ||
        !str_ends(text, STR(".due")))
        return LAW_NO_LIMIT;
    return limit_of(k, str_sub(text, 7, text.len - 7 - 4));
}

static enum law_clock_verb verb_of(enum bpmn_clock_action action) {
    switch (action) {
    case BPMN_CLOCK_START: return LAW_CLOCK_START;
    case BPMN_CLOCK_SUSPEND: return LAW_CLOCK_SUSPEND;
    case BPMN_CLOCK_RESUME: return LAW_CLOCK_RESUME;
    case BPMN_CLOCK_STOP: break;
    }
    return LAW_CLOCK_STOP;
}

static void set_acts(struct maker *k, struct law_node *out, const struct bpmn_node *node) {
    out->acts = arena_new(k->arena, struct law_clock_act, node->clock_count);
    for (size_t i = 0; i < node->clock_count; i++) {
        const struct bpmn_clock *clock = &node->clocks[i];
        uint32_t limit = limit_of(k, clock->id);
        if (limit != LAW_NO_LIMIT)
            out->acts[out->act_count++] =
                (struct law_clock_act){limit, verb_of(clock->action), clock->at_leave, clock->line};
    }
}

static void set_letters(struct maker *k, struct law_node *out, const struct bpmn_node *node) {
    for (size_t i = 0; i < node->letter_count; i++) {
        const struct pack_letter *letter = pack_letter(k->pack, node->letters[i].id);
        if (!str_eq(node->letters[i].to, STR("applicant")) || letter == NULL)
            continue;
        out->letter = true;
        out->adverse_letter |= letter->adverse;
    }
}

static void make_node(struct maker *k, uint32_t i) {
    const struct bpmn_node *node = &k->process->nodes[i];
    struct law_node *out = &k->nodes[index_of(i)];
    size_t room = node->remedy_count * (k->matter->remedy_count + 1);
    const struct law_remedy **remedies = arena_new(k->arena, const struct law_remedy *, room);
    uint32_t *separate = arena_new(k->arena, uint32_t, node->separate_count);
    for (size_t s = 0; s < node->separate_count; s++)
        separate[s] = index_of(node->separate[s]);
    *out = (struct law_node){
        .id = node->id,
        .name = node->name,
        .at = {k->process->source, node->line, 0},
        .kind = kind_of(node),
        .applicant = node->applicant,
        .adverse = node->adverse,
        .separate = separate,
        .separate_count = node->separate_count,
        .remedies = remedies,
        .remedy_count = pack_end_remedies(remedies, room, k->pack, k->matter, node),
    };
    set_acts(k, out, node);
    set_letters(k, out, node);
}

/* The extra node behind a sub-process: what it does when it is left happens there. */
static void make_exit(struct maker *k, uint32_t i) {
    const struct bpmn_node *node = &k->process->nodes[i];
    struct law_node *entry = &k->nodes[index_of(i)];
    uint32_t at = (uint32_t)k->node_count++;
    struct law_node *out = &k->nodes[at];
    *out = (struct law_node){.id = node->id,
                             .name = node->name,
                             .at = {k->process->source, node->line, 0},
                             .kind = LAW_NODE_INSTANT};
    set_acts(k, out, node);
    size_t kept = 0, left = 0;
    for (size_t a = 0; a < entry->act_count; a++)
        if (!entry->acts[a].at_leave)
            entry->acts[kept++] = entry->acts[a];
    entry->act_count = kept;
    for (size_t a = 0; a < out->act_count; a++)
        if (out->acts[a].at_leave) {
            out->acts[left] = out->acts[a];
            out->acts[left++].at_leave = false;
        }
    out->act_count = left;
    k->exits[i] = at;
}

/* ---- which branches this matter can take ---- */

/* True, false, or no answer (the condition reads more than is known). */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_OPEN };

static bool reads_only(const struct feel_program *program, bool outcome_known) {
    for (size_t i = 0; i < feel_input_count(program); i++) {
        struct str name = feel_input_name(program, i);
        bool known = str_eq(name, STR("matter")) || (outcome_known && str_eq(name, STR("outcome")));
        if (feel_input_used(program, i) && !known)
            return false;
    }
    return true;
}

static bool ask(enum answer *out, struct maker *k, const struct bpmn_flow *flow,
                struct feel_value outcome, bool outcome_known) {
    struct feel_program *program = flow->condition.program;
    *out = ANSWER_OPEN;
    if (flow->condition.text.at == NULL || program == NULL || !reads_only(program, outcome_known))
        return true;
    struct feel_entry entries[] = {{STR("matter"), k->with}, {STR("outcome"), outcome}};
    struct feel_value value;
    struct feel_env env = {0};
    env.vars = feel_vars(k->arena, program, feel_context_of(k->arena, entries, COUNT_OF(entries)));
    env.var_count = feel_input_count(program);
    if (!feel_eval(&value, program, &env, k->arena, k->budget, k->err))
        return false;
    if (feel_kind(value) != FEEL_BOOLEAN)
        return err_set(k->err, ERR_INVALID, flow->condition.at,
                       "for the matter '%.*s' this condition is neither true nor false: does its "
                       "'with' lack a name?",
                       STR_ARG(k->matter->id));
    *out = feel_is_true(value) ? ANSWER_YES : ANSWER_NO;
    return true;
}

/* One pass over an exclusive gateway's flows, in their order, for one outcome: marks what can be
 * taken. */
static bool try_flows(bool *taken, struct maker *k, const struct bpmn_node *node,
                      struct feel_value outcome, bool outcome_known) {
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &k->process->flows[node->out[i]];
        enum answer answer;
        if (flow->index == node->default_flow)
            continue;
        if (!ask(&answer, k, flow, outcome, outcome_known))
            return false;
        taken[i] = taken[i] || answer != ANSWER_NO;
        if (answer == ANSWER_YES)
            return true;
    }
    for (uint32_t i = 0; i < node->out_count; i++)
        taken[i] = taken[i] || k->process->flows[node->out[i]].index == node->default_flow;
    return true;
}

/* The task whose outcome decides at this gateway: the only element before it. */
static const struct bpmn_node *asked_before(const struct maker *k, const struct bpmn_node *node) {
    if (node->in_count != 1)
        return NULL;
    const struct bpmn_node *before = &k->process->nodes[k->process->flows[node->in[0]].from];
    bool own = str_eq(before->result, STR("outcome")) || before->result.len == 0;
    return before->kind == BPMN_USER_TASK && before->outcome_count > 0 && own ? before : NULL;
}

static bool choose(bool *taken, struct maker *k, const struct bpmn_node *node) {
    const struct bpmn_node *task = asked_before(k, node);
    if (task == NULL)
        return try_flows(taken, k, node, feel_null(), false);
    for (size_t i = 0; i < task->outcome_count; i++)
        if (!try_flows(taken, k, node, feel_string(task->outcomes[i].value), true))
            return false;
    return true;
}

/* ---- edges ---- */

static void enter(struct maker *k, uint32_t from, uint32_t target, uint32_t expiry) {
    edge(k, (struct law_edge){from, index_of(target), false, expiry});
}

static bool make_flows(struct maker *k, uint32_t i) {
    const struct bpmn_node *node = &k->process->nodes[i];
    uint32_t from = k->exits[i] == BPMN_NONE ? index_of(i) : k->exits[i];
    uint32_t expiry = node->kind == BPMN_CATCH ? expiry_of(k, node) : LAW_NO_LIMIT;
    bool *taken = arena_new(k->arena, bool, node->out_count);
    bool choice = node->kind == BPMN_EXCLUSIVE && node->out_count > 1;
    if (choice && !choose(taken, k, node))
        return false;
    for (uint32_t f = 0; f < node->out_count; f++)
        if (!choice || taken[f])
            enter(k, from, k->process->flows[node->out[f]].to, expiry);
    return true;
}

/* Into a sub-process by its start; out of it from its ends. */
static void make_scope(struct maker *k, uint32_t i) {
    const struct bpmn_node *node = &k->process->nodes[i];
    for (uint32_t c = 0; c < node->child_count; c++) {
        const struct bpmn_node *child = &k->process->nodes[node->children[c]];
        if (child->kind == BPMN_START)
            enter(k, index_of(i), child->index, LAW_NO_LIMIT);
        if (child->kind == BPMN_END)
            edge(k, (struct law_edge){index_of(child->index), k->exits[i], false, LAW_NO_LIMIT});
    }
}

static bool inside(const struct bpmn_process *process, uint32_t node, uint32_t scope) {
    for (int depth = 0; depth < BPMN_DEPTH_MAX && node != BPMN_NONE; depth++) {
        if (node == scope)
            return true;
        node = process->nodes[node].parent;
    }
    return false;
}

/* From what takes time in an activity (or in the scope of an event sub-process) to the event that
 * interrupts it. */
static void make_interruption(struct maker *k, uint32_t scope, const struct bpmn_node *event) {
    uint32_t expiry = expiry_of(k, event);
    for (uint32_t i = 1; i < k->process->node_count; i++) {
        enum law_node_kind kind = k->nodes[index_of(i)].kind;
        if ((kind == LAW_NODE_TASK || kind == LAW_NODE_WAIT) && inside(k->process, i, scope))
            edge(k, (struct law_edge){index_of(i), index_of(event->index), event->interrupting,
                                      expiry});
    }
}

static bool make_edges(struct maker *k) {
    for (uint32_t i = 1; i < k->process->node_count; i++) {
        const struct bpmn_node *node = &k->process->nodes[i];
        if (is_scope(node))
            make_scope(k, i);
        if (node->kind == BPMN_BOUNDARY)
            make_interruption(k, node->attached_to, node);
        const struct bpmn_node *parent = &k->process->nodes[node->parent];
        if (node->kind == BPMN_START && parent->kind == BPMN_EVENT_SUB_PROCESS)
            make_interruption(k, parent->parent, node);
        if (!make_flows(k, i))
            return false;
    }
    return true;
}

/* Lanes of the review organ mean that it decides, whoever acted first: the rule names the organ
 * that acted, and its review organ is the one that the proofs must look at. */
const struct law_competence *pack_deciding(const struct pack_matter *m, struct arena *arena) {
    bool review = false;
    for (size_t i = 0; i < m->process->lane_count; i++)
        review |= m->process->lanes[i].organ == BPMN_ORGAN_REVIEW;
    if (!review || m->competence.by != LAW_BY_DECIDING_ORGAN)
        return &m->competence;
    struct law_competence *out = arena_new(arena, struct law_competence, 1);
    *out = m->competence;
    out->by = LAW_BY_REVIEW_ORGAN;
    return out;
}

static bool is_review(const struct pack *p, const struct pack_matter *m) {
    for (size_t i = 0; i < p->remedy_count; i++)
        if (str_eq(p->remedies[i].matter, m->id))
            return true;
    return false;
}

bool pack_graph(struct law_procedure *out, const struct pack *p, const struct pack_matter *m,
                struct arena *arena, struct budget *budget, struct err *err) {
    const struct bpmn_process *process = m->process;
    struct maker k = {
        .pack = p, .matter = m, .process = process, .arena = arena, .budget = budget, .err = err};
    if (!pack_matter_value(&k.with, m, arena, err))
        return false;
    k.nodes = arena_new(arena, struct law_node, process->node_count * 2);
    k.exits = arena_new(arena, uint32_t, process->node_count);
    k.node_count = process->node_count - 1;
    uint32_t start = BPMN_NONE;
    for (uint32_t i = 0; i < process->node_count; i++)
        k.exits[i] = BPMN_NONE;
    for (uint32_t i = 1; i < process->node_count; i++) {
        make_node(&k, i);
        if (k.nodes[index_of(i)].kind == LAW_NODE_START && start == BPMN_NONE)
            start = index_of(i);
    }
    for (uint32_t i = 1; i < process->node_count; i++)
        if (is_scope(&process->nodes[i]))
            make_exit(&k, i);
    if (!make_edges(&k))
        return false;
    if (start == BPMN_NONE)
        return err_set(err, ERR_INVALID, ((struct err_at){process->source, process->line, 0}),
                       "the procedure '%.*s' has no start event", STR_ARG(process->id));
    *out = (struct law_procedure){
        .matter = m->id,
        .at = {m->source, 1, 0},
        .nodes = k.nodes,
        .node_count = k.node_count,
        .start = start,
        .edges = k.edges,
        .edge_count = k.edge_count,
        .limits = m->limits,
        .limit_count = m->limit_count,
        .competence = pack_deciding(m, arena),
        .reviews = is_review(p, m),
        .origin_excluded = true, /* case_apply() bars them from every case with a parent */
    };
    return true;
}
