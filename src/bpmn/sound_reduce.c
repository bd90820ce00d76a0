/* A smaller process that is sound exactly when this one is: what can be seen of a process to be
 * harmless is taken out before its states are looked at (T. Murata, "Petri Nets: Properties,
 * Analysis and Applications", 1989, section V). Ten parallel tasks have a thousand states; when
 * each of them is nothing but a task between the same fork and the same join, one of them has two.
 *
 * 1. Nodes and flows keep their numbers. What is taken out stands for something that is left: it
 *    happens when that one is entered, is left, or is taken (struct stand_in).
 * 2. A rule looks at a few neighbours only and is tried until none fits any more.
 * 3. Whatever is found in the smaller process is not told: then the whole process is looked at. So
 * a rule must not lose a fault, but may keep one. */
#include "bpmn/read.h"
#include "bpmn/sound_space.h"

struct reducer {
    struct bpmn_process *p;
    struct stand_in *nodes, *flows;
    struct known *known; /* or NULL; what nodes write moves with them */
    struct arena *arena;
};

/* Its choices are sets of its flows, so these must stay. */
static bool keeps_flows(const struct reducer *r, const struct bpmn_node *n) {
    return r->known != NULL && r->known->choices[n->index].term_count > 0;
}

/* Does what is known of variables change with it? Then it must stay where it is. */
static bool writes(const struct reducer *r, uint32_t node) {
    const struct known_write *w = r->known == NULL ? NULL : &r->known->writes[node];
    return w != NULL && (w->forgets | w->gives) != 0;
}

static bool is_out(const struct reducer *r, uint32_t node) {
    return r->nodes[node].by != STANDS_ITSELF;
}

static uint32_t *copy_list(struct arena *arena, const uint32_t *list, uint32_t count) {
    uint32_t *copy = arena_new(arena, uint32_t, count + 1);
    if (count > 0)
        memcpy(copy, list, count * sizeof *copy);
    return copy;
}

/* The list without the value; in its own memory, which the reducer made. */
static void drop_value(const uint32_t *list, uint32_t *count, uint32_t value) {
    union {
        const uint32_t *in;
        uint32_t *out;
    } own = {.in = list};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++)
        if (list[i] != value)
            own.out[kept++] = list[i];
    *count = kept;
}

static void replace_value(const uint32_t *list, uint32_t count, uint32_t old, uint32_t value) {
    union {
        const uint32_t *in;
        uint32_t *out;
    } own = {.in = list};
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == old)
            own.out[i] = value;
}

static void take_out_node(struct reducer *r, uint32_t node, enum stands_by by, uint32_t other) {
    struct bpmn_node *n = &r->p->nodes[node];
    struct bpmn_node *parent = &r->p->nodes[n->parent];
    r->nodes[node] = (struct stand_in){by, other};
    drop_value(parent->children, &parent->child_count, node);
    n->in_count = n->out_count = 0;
}

/* The flow and its place at both ends; `other` is taken when it would be. */
static void take_out_flow(struct reducer *r, uint32_t flow, uint32_t other) {
    struct bpmn_flow *f = &r->p->flows[flow];
    struct bpmn_node *from = &r->p->nodes[f->from], *to = &r->p->nodes[f->to];
    r->flows[flow] = (struct stand_in){STANDS_FOR_FLOW, other};
    drop_value(from->out, &from->out_count, flow);
    drop_value(to->in, &to->in_count, flow);
    if (from->default_flow == flow)
        from->default_flow = BPMN_NONE;
    if (from->out_count == 1) { /* no choice is left */
        r->p->flows[from->out[0]].condition.text.at = NULL;
        r->p->flows[from->out[0]].is_default = false;
        from->default_flow = BPMN_NONE;
    }
}

/* --- what is harmless
 * ----------------------------------------------------------------------------------- */
/* One way in, one way out, nothing on it, done once. */
static bool is_link(const struct reducer *r, const struct bpmn_node *n) {
    if (n->in_count != 1 || n->out_count != 1 || n->boundary_count > 0 || n->loop != NULL ||
        n->for_compensation || n->handler != BPMN_NONE || n->instantiates ||
        n->start_quantity != 1 || n->completion_quantity != 1)
        return false;
    const struct bpmn_flow *in = &r->p->flows[n->in[0]], *out = &r->p->flows[n->out[0]];
    return r->p->nodes[in->from].kind != BPMN_EVENT_BASED && out->condition.text.at == NULL &&
           in->from != n->index && out->to != n->index && !in->is_link && !out->is_link;
}

static bool has_job(const struct bpmn_node *n) {
    return n->job_type.text.at != NULL;
}

/* Waits, and can always be done: a person's or a worker's task, a timer. */
static bool can_wait(const struct bpmn_node *n) {
    switch (n->kind) {
    case BPMN_USER_TASK: return true;
    case BPMN_SERVICE_TASK:
    case BPMN_SEND_TASK:
    case BPMN_RULE_TASK:
    case BPMN_SCRIPT_TASK: return has_job(n);
    case BPMN_CATCH: return n->event == BPMN_EVENT_TIMER;
    default: return false;
    }
}

static bool is_waiting(const struct reducer *r, const struct bpmn_node *n) {
    return can_wait(n) && is_link(r, n);
}

/* Is passed at once, whatever the data are. */
static bool is_instant(const struct reducer *r, const struct bpmn_node *n) {
    bool instant;
    switch (n->kind) {
    case BPMN_TASK:
    case BPMN_MANUAL_TASK:
    case BPMN_EXCLUSIVE:
    case BPMN_PARALLEL:
    case BPMN_INCLUSIVE: instant = true; break;
    case BPMN_SERVICE_TASK:
    case BPMN_SEND_TASK:
    case BPMN_RULE_TASK:
    case BPMN_SCRIPT_TASK: instant = !has_job(n); break;
    case BPMN_THROW:
        instant = !has_job(n) && (n->event == BPMN_EVENT_NONE || n->event == BPMN_EVENT_MESSAGE ||
                                  n->event == BPMN_EVENT_SIGNAL);
        break;
    default: instant = false;
    }
    return instant && is_link(r, n) && !writes(r, n->index);
}

/* May its worker throw an error that somebody could catch? */
static bool may_throw(const struct bpmn_node *n) {
    return has_job(n) || (n->kind == BPMN_USER_TASK && !n->native);
}

/* The one that stays can do what the other could. */
static void take_over(struct bpmn_node *stays, const struct bpmn_node *goes) {
    if (!may_throw(goes) || may_throw(stays))
        return;
    stays->kind = BPMN_USER_TASK;
    stays->native = false;
}

/* --- rules
 * ---------------------------------------------------------------------------------------------- */
/* The flow into the node now leads to where the node leads. */
static void short_cut(struct reducer *r, struct bpmn_node *n) {
    uint32_t in = n->in[0], out = n->out[0];
    struct bpmn_node *to = &r->p->nodes[r->p->flows[out].to];
    r->p->flows[in].to = to->index;
    replace_value(to->in, to->in_count, out, in);
    r->flows[out] = (struct stand_in){STANDS_FOR_FLOW, in};
    take_out_node(r, n->index, STANDS_FOR_FLOW, in);
}

/* What is passed at once; the second of two tasks in a row. */
static bool rule_row(struct reducer *r, struct bpmn_node *n) {
    if (is_instant(r, n)) {
        short_cut(r, n);
        return true;
    }
    if (!is_waiting(r, n) || writes(r, n->index))
        return false;
    struct bpmn_node *before = &r->p->nodes[r->p->flows[n->in[0]].from];
    if (!is_waiting(r, before))
        return false;
    take_over(before, n);
    short_cut(r, n);
    return true;
}

/* Where a way of the gateway leads: over nothing or over one task. *task: that task or BPMN_NONE.
 */
static uint32_t end_of_way(uint32_t *task, const struct reducer *r, uint32_t flow) {
    uint32_t to = r->p->flows[flow].to;
    *task = BPMN_NONE;
    if (!is_waiting(r, &r->p->nodes[to]))
        return to;
    *task = to;
    return r->p->flows[r->p->nodes[to].out[0]].to;
}

/* Do ways from this gateway to that one behave as one way would? */
static bool same_ways(enum bpmn_kind from, enum bpmn_kind to) {
    switch (from) {
    case BPMN_PARALLEL: return to == BPMN_PARALLEL || to == BPMN_INCLUSIVE;
    case BPMN_EXCLUSIVE: return to == BPMN_EXCLUSIVE || to == BPMN_INCLUSIVE;
    case BPMN_INCLUSIVE: return to == BPMN_INCLUSIVE;
    default: return false;
    }
}

static void take_out_way(struct reducer *r, uint32_t flow, uint32_t task, uint32_t other) {
    if (task == BPMN_NONE) {
        take_out_flow(r, flow, other);
        return;
    }
    uint32_t out = r->p->nodes[task].out[0];
    take_out_flow(r, flow, other);
    take_out_flow(r, out, other);
    take_out_node(r, task, STANDS_FOR_FLOW, other);
}

/* Two ways between the same two gateways. */
static bool rule_ways(struct reducer *r, struct bpmn_node *n) {
    if (bpmn_kind_group(n->kind) != BPMN_GROUP_GATEWAY || n->out_count < 2 || keeps_flows(r, n))
        return false;
    for (uint32_t i = 0; i < n->out_count; i++)
        for (uint32_t k = 0; k < i; k++) {
            uint32_t task_i, task_k, flow_i = n->out[i], flow_k = n->out[k];
            uint32_t to = end_of_way(&task_i, r, flow_i);
            if (to != end_of_way(&task_k, r, flow_k) || to == n->index ||
                !same_ways(n->kind, r->p->nodes[to].kind))
                continue;
            bool write_i = task_i != BPMN_NONE && writes(r, task_i);
            bool write_k = task_k != BPMN_NONE && writes(r, task_k);
            if (write_i || write_k)
                continue;
            bool keep_i = task_i != BPMN_NONE && task_k == BPMN_NONE;
            uint32_t goes = keep_i ? task_k : task_i, stays = keep_i ? task_i : task_k;
            if (goes != BPMN_NONE && stays != BPMN_NONE)
                take_over(&r->p->nodes[stays], &r->p->nodes[goes]);
            take_out_way(r, keep_i ? flow_k : flow_i, goes, keep_i ? flow_i : flow_k);
            return true;
        }
    return false;
}

/* A way back from a choice to the merge before it, with one task between the merge and the choice.
 */
static bool rule_loop(struct reducer *r, struct bpmn_node *n) {
    if (n->kind != BPMN_EXCLUSIVE || n->out_count < 2 || n->in_count != 1 || keeps_flows(r, n))
        return false;
    struct bpmn_node *body = &r->p->nodes[r->p->flows[n->in[0]].from];
    if (!is_waiting(r, body))
        return false;
    uint32_t merge = r->p->flows[body->in[0]].from;
    const struct bpmn_node *m = &r->p->nodes[merge];
    if (m->kind != BPMN_EXCLUSIVE || m->out_count != 1 || m->in_count < 2)
        return false;
    for (uint32_t i = 0; i < n->out_count; i++) {
        uint32_t task, other = n->out[i == 0 ? 1 : 0], flow = n->out[i];
        if (end_of_way(&task, r, flow) != merge || (task != BPMN_NONE && writes(r, task)))
            continue;
        if (task != BPMN_NONE)
            take_over(body, &r->p->nodes[task]);
        take_out_way(r, flow, task, other);
        return true;
    }
    return false;
}

/* An event that interrupts a task and leads to where the task leads, perhaps over another task. Not
 * an error: without its event here it would go to one further out. */
static bool rule_boundary(struct reducer *r, struct bpmn_node *n) {
    if (n->kind != BPMN_BOUNDARY || !n->interrupting || n->out_count != 1 || n->def_count != 1)
        return false;
    struct bpmn_node *host = &r->p->nodes[n->attached_to];
    bool comes = n->event == BPMN_EVENT_TIMER || n->event == BPMN_EVENT_CONDITIONAL;
    if (!comes || !can_wait(host) || host->loop != NULL || host->out_count != 1 ||
        host->handler != BPMN_NONE || host->completion_quantity != 1 || writes(r, host->index) ||
        writes(r, n->index))
        return false;
    const struct bpmn_flow *out = &r->p->flows[host->out[0]];
    uint32_t task, flow = n->out[0], to = end_of_way(&task, r, flow);
    if (out->condition.text.at != NULL || to != out->to || r->p->nodes[to].kind != BPMN_EXCLUSIVE)
        return false;
    if (task != BPMN_NONE && writes(r, task))
        return false;
    if (task != BPMN_NONE)
        take_over(host, &r->p->nodes[task]);
    take_out_way(r, flow, task, out->index);
    drop_value(host->boundaries, &host->boundary_count, n->index);
    take_out_node(r, n->index, STANDS_FOR_FLOW, out->index);
    return true;
}

static void move_writes(struct reducer *r, uint32_t to, uint32_t from) {
    if (!writes(r, from))
        return;
    r->known->writes[to] = r->known->writes[from];
    r->known->waits[to] |= r->known->waits[from];
    r->known->held[to] |= r->known->held[from];
}

/* A sub-process that holds nothing but a start, one task and an end is like the task; one that
 * holds nothing between is passed. */
static bool rule_scope(struct reducer *r, struct bpmn_node *n) {
    bool plain = n->kind == BPMN_SUB_PROCESS && n->loop == NULL && n->handler == BPMN_NONE &&
                 !n->for_compensation && n->start != BPMN_NONE &&
                 (n->child_count == 2 || n->child_count == 3);
    if (!plain)
        return false;
    struct bpmn_node *start = &r->p->nodes[n->start];
    uint32_t task;
    if (start->out_count != 1 || start->event != BPMN_EVENT_NONE)
        return false;
    uint32_t last = end_of_way(&task, r, start->out[0]);
    const struct bpmn_node *end = &r->p->nodes[last];
    if (end->kind != BPMN_END || end->def_count > 0 || has_job(end) || end->in_count != 1 ||
        n->child_count != (task == BPMN_NONE ? 2u : 3u) || writes(r, start->index) ||
        writes(r, last) || (task != BPMN_NONE && writes(r, task) && writes(r, n->index)))
        return false;
    bool throws = task != BPMN_NONE && may_throw(&r->p->nodes[task]);
    uint32_t first = start->out[0];
    take_out_node(r, start->index, STANDS_FOR_ENTERED, n->index);
    r->flows[first] = (struct stand_in){STANDS_FOR_ENTERED, n->index};
    if (task != BPMN_NONE) {
        r->flows[r->p->nodes[task].out[0]] = (struct stand_in){STANDS_FOR_LEFT, n->index};
        take_out_node(r, task, STANDS_FOR_ENTERED, n->index);
        move_writes(r, n->index, task);
    }
    take_out_node(r, last, STANDS_FOR_LEFT, n->index);
    n->kind = task == BPMN_NONE ? BPMN_TASK : BPMN_USER_TASK;
    n->native = !throws;
    n->start = BPMN_NONE;
    n->initial_count = 0;
    return true;
}

static bool try_rules(struct reducer *r) {
    bool did = false;
    for (uint32_t i = 1; i < r->p->node_count; i++) {
        struct bpmn_node *n = &r->p->nodes[i];
        while (!is_out(r, i) && (rule_row(r, n) || rule_ways(r, n) || rule_loop(r, n) ||
                                 rule_boundary(r, n) || rule_scope(r, n)))
            did = true;
    }
    return did;
}

/* With lists of its own where a rule may change them. */
static struct known *copy_known(const struct known *known, size_t node_count, struct arena *arena) {
    struct known *copy = arena_new(arena, struct known, 1);
    *copy = *known;
    copy->writes = arena_new(arena, struct known_write, node_count);
    copy->waits = copy_list(arena, known->waits, (uint32_t)node_count);
    copy->held = copy_list(arena, known->held, (uint32_t)node_count);
    memcpy(copy->writes, known->writes, node_count * sizeof *copy->writes);
    return copy;
}

bool space_reduce(struct reduced *out, const struct bpmn_process *process,
                  const struct known *known, struct arena *arena, struct budget *budget,
                  struct err *err) {
    uint64_t bytes = process->node_count * sizeof(struct bpmn_node) +
                     process->flow_count * sizeof(struct bpmn_flow);
    if (!budget_spend(budget, (struct cost){process->node_count, bytes}, err))
        return false;
    struct bpmn_process *p = arena_new(arena, struct bpmn_process, 1);
    *p = *process;
    p->nodes = arena_new(arena, struct bpmn_node, process->node_count);
    p->flows = arena_new(arena, struct bpmn_flow, process->flow_count + 1);
    memcpy(p->nodes, process->nodes, process->node_count * sizeof *p->nodes);
    if (process->flow_count > 0)
        memcpy(p->flows, process->flows, process->flow_count * sizeof *p->flows);
    for (uint32_t i = 0; i < p->node_count; i++) {
        struct bpmn_node *n = &p->nodes[i];
        n->in = copy_list(arena, n->in, n->in_count);
        n->out = copy_list(arena, n->out, n->out_count);
        n->children = copy_list(arena, n->children, n->child_count);
        n->boundaries = copy_list(arena, n->boundaries, n->boundary_count);
    }
    struct reducer r = {.p = p, .arena = arena};
    if (known != NULL)
        r.known = copy_known(known, process->node_count, arena);
    r.nodes = arena_new(arena, struct stand_in, process->node_count);
    r.flows = arena_new(arena, struct stand_in, process->flow_count + 1);
    bool races = space_races(process, arena);
    while (!races && try_rules(&r))
        if (!budget_spend(budget, (struct cost){process->node_count, 0}, err))
            return false;
    *out = (struct reduced){.process = p, .nodes = r.nodes, .flows = r.flows, .known = r.known};
    return bpmn_joins(p, arena, budget, err);
}
