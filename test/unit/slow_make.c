/* Random models for the slow interpreter: a block is an activity, an event, or blocks between two
 * gateways; a scope is a chain of blocks. A child comes after its parent and before its parent's
 * next brother, so that a node's number is its place in the file. */
#include "slow.h"

enum { ENOUGH = 28 }; /* nodes: beyond it only simple blocks are added */

struct maker {
    struct slow_model *m;
    uint64_t *seed;
    bool all; /* also what soundness is not compared with */
};

uint64_t slow_random(uint64_t *seed) { /* splitmix64, by Sebastiano Vigna, public domain */
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int pick(struct maker *k, int below) {
    return (int)(slow_random(k->seed) % (uint64_t)below);
}

static bool chance(struct maker *k, int percent) {
    return pick(k, 100) < percent;
}

static int add_node(struct maker *k, enum slow_kind kind, int parent) {
    struct slow_model *m = k->m;
    if (m->node_count == NODES_MAX)
        return NODES_MAX - 1;
    m->nodes[m->node_count] = (struct slow_node){.kind = kind,
                                                 .label = m->node_count,
                                                 .parent = parent,
                                                 .host = -1,
                                                 .local = -1,
                                                 .out = -1,
                                                 .from = -1,
                                                 .fires = 1,
                                                 .times_from = -1,
                                                 .handler = -1};
    return m->node_count++;
}

static int add_event(struct maker *k, enum slow_kind kind, int parent, enum slow_event event) {
    int node = add_node(k, kind, parent);
    k->m->nodes[node].event = event;
    k->m->nodes[node].name = pick(k, 2);
    k->m->nodes[node].variable = pick(k, VARIABLES);
    k->m->nodes[node].number = pick(k, 3);
    return node;
}

static int add_flow(struct maker *k, int from, int to) {
    struct slow_model *m = k->m;
    if (m->flow_count == FLOWS_MAX)
        return FLOWS_MAX - 1;
    m->flows[m->flow_count] = (struct slow_flow){.from = from, .to = to};
    return m->flow_count++;
}

static void add_test(struct maker *k, int flow) {
    struct slow_flow *f = &k->m->flows[flow];
    int kind = pick(k, 10);
    f->test = kind < 1 ? C_TRUE : kind < 2 ? C_FALSE : kind < 7 ? C_EQUAL : C_ABOVE;
    f->variable = pick(k, VARIABLES);
    f->number = pick(k, 3);
}

/* A block: from `first` to `last`. */
struct block {
    int first, last;
};
static struct block make_block(struct maker *k, int parent, int depth);
static void make_event_sub(struct maker *k, int parent, int depth);
static void make_scope(struct maker *k, int parent, int depth, enum slow_event start);

static bool is_around(const struct slow_model *m, int scope, int node) {
    for (int at = node; at >= 0; at = m->nodes[at].parent)
        if (at == scope)
            return true;
    return false;
}

static bool in_transaction(const struct slow_model *m, int scope) {
    for (int at = scope; at > 0; at = m->nodes[at].parent)
        if (m->nodes[at].kind == S_TRANSACTION)
            return true;
    return false;
}

/* Of an activity that has a handler and is in a scope around it, or of the whole scope. */
static int thrown_compensation(struct maker *k, enum slow_kind kind, int parent) {
    int node = add_event(k, kind, parent, E_COMPENSATE);
    struct slow_model *m = k->m;
    m->nodes[node].name = ANY_CODE;
    for (int i = 1; i < m->node_count; i++)
        if (m->nodes[i].handler >= 0 && is_around(m, m->nodes[i].parent, parent) && chance(k, 30))
            m->nodes[node].name = i;
    return node;
}

static void make_end(struct maker *k, int from, int parent) {
    int kind = pick(k, 20);
    if (kind > 16 && in_transaction(k->m, parent)) {
        add_flow(k, from, add_event(k, S_END, parent, E_CANCEL));
        return;
    }
    if (kind == 19) {
        add_flow(k, from, thrown_compensation(k, S_END, parent));
        return;
    }
    enum slow_event event = kind < 2                  ? E_TERMINATE
                            : kind < 4                ? E_ESCALATION
                            : kind < 5                ? E_SIGNAL
                            : kind < 7 && parent != 0 ? E_ERROR
                                                      : E_NONE;
    add_flow(k, from, add_event(k, S_END, parent, event));
}

static enum slow_event boundary_event(struct maker *k, enum slow_kind host) {
    int kind = pick(k, 10);
    if ((host == S_SUB || host == S_TRANSACTION) && kind < 3)
        return E_ESCALATION;
    if (chance(k, 10))
        return E_CONDITION;
    if ((host == S_SUB || host == S_TRANSACTION || host == S_SERVICE || host == S_CALL) && kind < 6)
        return E_ERROR;
    return kind < 7 ? E_TIMER : kind < 9 ? E_MESSAGE : E_SIGNAL;
}

/* The way that begins at a boundary event: to an end of its own, or back behind the activity. */
static void make_boundary(struct maker *k, struct block *block, int host, int depth) {
    int parent = k->m->nodes[host].parent;
    enum slow_event event = boundary_event(k, k->m->nodes[host].kind);
    int b = add_event(k, S_BOUNDARY, parent, event);
    struct slow_node *n = &k->m->nodes[b];
    n->host = host;
    n->beside = event != E_ERROR && chance(k, 50);
    n->fires = n->beside ? 1 + pick(k, 3) : 1;
    if ((event == E_ERROR || event == E_ESCALATION) && chance(k, 30))
        n->name = ANY_CODE;
    int last = b;
    if (chance(k, 50)) {
        struct block way = make_block(k, parent, depth + 1);
        add_flow(k, b, way.first);
        last = way.last;
    }
    if (chance(k, 50)) {
        make_end(k, last, parent);
        return;
    }
    static const enum slow_kind joins[] = {S_EXCLUSIVE, S_EXCLUSIVE, S_EXCLUSIVE, S_INCLUSIVE};
    int join = add_node(k, joins[pick(k, 4)], parent);
    add_flow(k, block->last, join);
    add_flow(k, last, join);
    block->last = join;
}

/* What undoes the activity: another one, or in a sub-process an event sub-process. */
static void make_handler(struct maker *k, int node, int parent, int depth) {
    static const enum slow_kind some[] = {S_TASK, S_USER, S_SERVICE, S_RECEIVE, S_CALL};
    struct slow_model *m = k->m;
    if (m->nodes[node].kind == S_SUB && chance(k, 50))
        return; /* make_scope() made one in it, perhaps */
    (void)depth;
    int event = add_event(k, S_BOUNDARY, parent, E_COMPENSATE);
    int handler = add_node(k, some[pick(k, k->all ? 5 : 3)], parent);
    if (m->nodes[handler].kind == S_RECEIVE)
        m->nodes[handler].event = E_MESSAGE;
    m->nodes[event].host = node;
    m->nodes[handler].is_handler = true;
    if (m->nodes[node].handler < 0)
        m->nodes[node].handler = handler;
}

static void make_loop_of(struct maker *k, struct slow_node *n) {
    static const enum slow_loop some[] = {L_STANDARD, L_PARALLEL, L_PARALLEL, L_SEQUENTIAL};
    n->loop = some[pick(k, 4)];
    n->variable = pick(k, VARIABLES);
    n->number = pick(k, 3);
    n->before = chance(k, 50);
    n->times = n->loop == L_STANDARD ? 1 + pick(k, 3) : pick(k, 4);
    n->times_from = n->loop != L_STANDARD && chance(k, 30) ? pick(k, VARIABLES) : -1;
    n->until = n->loop != L_STANDARD && chance(k, 30) ? 1 + pick(k, 2) : 0;
}

/* One or two chains of blocks, to which nothing leads. */
static struct block make_ad_hoc(struct maker *k, int parent, int depth) {
    int node = add_node(k, S_AD_HOC, parent), firsts[FIRST_MAX], count = 1 + pick(k, FIRST_MAX);
    struct slow_model *m = k->m;
    for (int i = 0; i < count; i++) {
        struct block way = make_block(k, node, depth + 2);
        firsts[i] = way.first;
        if (chance(k, 30)) {
            struct block next = make_block(k, node, depth + 2);
            add_flow(k, way.last, next.first);
        }
    }
    if (chance(k, 25))
        make_event_sub(k, node, depth + 1);
    struct slow_node *n = &m->nodes[node];
    n->variable = pick(k, VARIABLES);
    n->number = pick(k, 3);
    n->until_test = chance(k, 50);
    n->worker = chance(k, 30);
    n->first_count = n->worker || chance(k, 30) ? -1 : pick(k, FIRST_MAX + 1);
    for (int i = 0; i < n->first_count; i++)
        n->first[i] = firsts[pick(k, count)];
    n->keeps = n->until_test && chance(k, 30);
    n->in_turn = !n->worker && chance(k, 30);
    return (struct block){node, node};
}

static struct block make_activity(struct maker *k, int parent, int depth) {
    if (k->all && depth < 4 && k->m->node_count < ENOUGH && chance(k, 10)) {
        struct block block = make_ad_hoc(k, parent, depth);
        if (chance(k, 30))
            make_boundary(k, &block, block.first, depth);
        return block;
    }
    static const enum slow_kind some[] = {S_TASK,    S_USER, S_USER,   S_USER, S_SERVICE, S_SERVICE,
                                          S_RECEIVE, S_CALL, S_SCRIPT, S_SUB,  S_SUB};
    enum slow_kind kind = some[pick(k, (int)COUNT_OF(some))];
    if (kind == S_SUB && (depth > 3 || k->m->node_count > ENOUGH))
        kind = S_USER;
    if (kind == S_SUB && chance(k, 25))
        kind = S_TRANSACTION;
    int node = add_node(k, kind, parent);
    struct slow_node *n = &k->m->nodes[node];
    n->name = pick(k, 2);
    n->event = kind == S_RECEIVE ? E_MESSAGE : E_NONE;
    n->set = pick(k, VARIABLES);
    n->from = chance(k, 50) ? pick(k, VARIABLES) : -1;
    if (kind != S_TASK && chance(k, 20)) {
        n->local = pick(k, VARIABLES);
        n->value = pick(k, 3);
    }
    if (kind != S_TASK && chance(k, 15)) {
        n->out = pick(k, VARIABLES);
        n->out_from = pick(k, VARIABLES);
    }
    if (chance(k, 15))
        make_loop_of(k, n);
    if (k->all && chance(k, 5))
        n->wants = 2 + pick(k, 2);
    if (k->all && chance(k, 7))
        n->gives = 2 + pick(k, 2);
    if (kind == S_SUB || kind == S_TRANSACTION)
        make_scope(k, node, depth + 1, E_NONE);
    struct block block = {node, node};
    if (chance(k, 15) && k->m->nodes[node].handler < 0)
        make_handler(k, node, parent, depth);
    if (kind == S_TRANSACTION && chance(k, 70)) {
        int cancelled = add_event(k, S_BOUNDARY, parent, E_CANCEL);
        k->m->nodes[cancelled].host = node;
        make_end(k, cancelled, parent);
    }
    bool waits = kind != S_TASK && kind != S_SCRIPT;
    for (int left = waits ? 2 : 0; left > 0 && chance(k, 40) && k->m->node_count < ENOUGH; left--)
        make_boundary(k, &block, node, depth);
    return block;
}

static struct block make_event(struct maker *k, int parent) {
    static const enum slow_event caught[] = {E_TIMER, E_MESSAGE, E_SIGNAL, E_CONDITION};
    static const enum slow_event thrown[] = {E_NONE, E_SIGNAL, E_ESCALATION, E_ESCALATION};
    if (chance(k, 20)) {
        int thrower = thrown_compensation(k, S_THROW, parent);
        return (struct block){thrower, thrower};
    }
    int node = chance(k, 50) ? add_event(k, S_CATCH, parent, caught[pick(k, 4)])
                             : add_event(k, S_THROW, parent, thrown[pick(k, 4)]);
    return (struct block){node, node};
}

static struct block make_link(struct maker *k, int parent) {
    int from = add_event(k, S_THROW, parent, E_LINK), to = add_event(k, S_CATCH, parent, E_LINK);
    k->m->nodes[from].name = k->m->nodes[to].name = from;
    k->m->flows[add_flow(k, from, to)].link = true;
    return (struct block){from, to};
}

/* Several ways between two gateways; the closing one is not always of the opening one's kind. */
static struct block make_ways(struct maker *k, int parent, int depth) {
    static const enum slow_kind some[] = {S_EXCLUSIVE, S_PARALLEL, S_INCLUSIVE};
    enum slow_kind kind = some[pick(k, 3)];
    enum slow_kind closing = chance(k, 75) ? kind : chance(k, 50) ? S_COMPLEX : some[pick(k, 3)];
    int open = add_node(k, kind, parent), count = 2 + pick(k, 2);
    int lasts[3];
    for (int i = 0; i < count; i++) {
        bool empty = i > 0 && chance(k, 10);
        struct block way = empty ? (struct block){open, open} : make_block(k, parent, depth + 1);
        lasts[i] = way.last;
        if (empty)
            continue;
        int flow = add_flow(k, open, way.first);
        if (kind != S_PARALLEL)
            add_test(k, flow);
    }
    int close = add_node(k, closing, parent);
    k->m->nodes[close].needs = 1 + pick(k, count);
    for (int i = 0; i < count; i++) {
        if (i > 0 && lasts[i] != open && chance(k, 12)) {
            make_end(k, lasts[i], parent);
            continue;
        }
        int flow = add_flow(k, lasts[i], close);
        if (lasts[i] == open && kind != S_PARALLEL)
            add_test(k, flow);
    }
    if (kind != S_PARALLEL && chance(k, 70))
        for (int i = k->m->flow_count - 1; i >= 0; i--)
            if (k->m->flows[i].from == open) {
                k->m->flows[i].otherwise = true;
                k->m->flows[i].test = C_NONE;
                break;
            }
    return (struct block){open, close};
}

static struct block make_loop(struct maker *k, int parent, int depth) {
    int merge = add_node(k, S_EXCLUSIVE, parent);
    struct block body = make_block(k, parent, depth + 1);
    int split = add_node(k, S_EXCLUSIVE, parent), after = add_node(k, S_TASK, parent);
    add_flow(k, merge, body.first);
    add_flow(k, body.last, split);
    add_test(k, add_flow(k, split, merge));
    k->m->flows[add_flow(k, split, after)].otherwise = true;
    return (struct block){merge, after};
}

static struct block make_race(struct maker *k, int parent, int depth) {
    int gate = add_node(k, S_EVENT_BASED, parent), count = 2 + pick(k, 2), lasts[3];
    for (int i = 0; i < count; i++) {
        static const enum slow_event some[] = {E_TIMER, E_MESSAGE, E_SIGNAL, E_CONDITION};
        int event = add_event(k, S_CATCH, parent, some[(i + pick(k, 2)) % 4]);
        add_flow(k, gate, event);
        lasts[i] = event;
        if (chance(k, 40)) {
            struct block way = make_block(k, parent, depth + 1);
            add_flow(k, event, way.first);
            lasts[i] = way.last;
        }
    }
    int close = add_node(k, chance(k, 85) ? S_EXCLUSIVE : S_INCLUSIVE, parent);
    for (int i = 0; i < count; i++)
        add_flow(k, lasts[i], close);
    return (struct block){gate, close};
}

static struct block make_block(struct maker *k, int parent, int depth) {
    int kind = pick(k, 100);
    if (depth > 4 || k->m->node_count > ENOUGH)
        kind = 0;
    if (kind < 50)
        return make_activity(k, parent, depth);
    if (kind < 62)
        return make_event(k, parent);
    if (kind < 84)
        return make_ways(k, parent, depth);
    if (kind < 90)
        return make_loop(k, parent, depth);
    return kind < 97 ? make_race(k, parent, depth) : make_link(k, parent);
}

static void make_event_sub(struct maker *k, int parent, int depth) {
    static const enum slow_event some[] = {E_TIMER, E_MESSAGE,    E_MESSAGE,  E_SIGNAL,
                                           E_ERROR, E_ESCALATION, E_CONDITION};
    make_scope(k, add_node(k, S_EVENT_SUB, parent), depth + 1, some[pick(k, 7)]);
}

/* The process begins by events: of two start events, of one that needs all, of a receive task, of a
 * gateway. What joins them. */
static int make_starts(struct maker *k, int start) {
    static const enum slow_event some[] = {E_MESSAGE, E_MESSAGE, E_SIGNAL};
    struct slow_model *m = k->m;
    int kind = pick(k, 5);
    m->nodes[start].event = some[pick(k, 3)];
    m->nodes[start].name = pick(k, 2);
    if (kind == 0) {
        m->nodes[start].kind = S_RECEIVE;
        m->nodes[start].event = E_MESSAGE;
        m->nodes[start].instantiates = true;
        return start;
    }
    if (kind == 1) {
        m->nodes[start].more_count = 1;
        m->nodes[start].more[0] = (struct slow_def){E_MESSAGE, 1 - m->nodes[start].name, 0, 0};
        m->nodes[start].all_of = chance(k, 60);
        return start;
    }
    if (kind == 2) {
        int second = add_event(k, S_START, 0, chance(k, 50) ? E_NONE : E_MESSAGE);
        int join = add_node(k, S_EXCLUSIVE, 0);
        m->nodes[second].name = 1 - m->nodes[start].name;
        add_flow(k, start, join);
        add_flow(k, second, join);
        return join;
    }
    bool all = chance(k, 60);
    m->nodes[start].kind = S_EVENT_BASED;
    m->nodes[start].event = E_NONE;
    m->nodes[start].instantiates = true;
    m->nodes[start].all_of = all;
    int a = add_event(k, S_CATCH, 0, E_MESSAGE), b = add_event(k, S_CATCH, 0, some[pick(k, 3)]);
    m->nodes[b].name = 1 - m->nodes[a].name;
    int join = add_node(k, all && chance(k, 70) ? S_PARALLEL : S_EXCLUSIVE, 0);
    add_flow(k, start, a);
    add_flow(k, start, b);
    add_flow(k, a, join);
    add_flow(k, b, join);
    return join;
}

static void make_scope(struct maker *k, int parent, int depth, enum slow_event start) {
    int s = add_event(k, S_START, parent, start), last = s;
    if (k->all && depth == 0 && chance(k, 25))
        last = make_starts(k, s);
    struct slow_node *n = &k->m->nodes[s];
    if (start == E_NONE && n->event == E_NONE)
        n->name = 0;
    n->beside = start != E_NONE && start != E_ERROR && start != E_COMPENSATE && chance(k, 50);
    n->fires = n->beside ? 1 + pick(k, 3) : 1;
    if ((start == E_ERROR || start == E_ESCALATION) && chance(k, 30))
        n->name = ANY_CODE;
    for (int left = 1 + pick(k, depth == 0 ? 3 : 2); left > 0; left--) {
        struct block block = make_block(k, parent, depth);
        add_flow(k, last, block.first);
        last = block.last;
    }
    make_end(k, last, parent);
    if (k->m->nodes[last].kind == S_USER && chance(k, 8)) { /* a condition behind an activity */
        int flow = k->m->flow_count - 1;
        make_end(k, last, parent);
        add_test(k, k->m->flow_count - 1);
        if (chance(k, 50))
            k->m->flows[flow].otherwise = true;
    }
    for (int left = 2; left > 0 && depth < 3 && chance(k, 25); left--)
        make_event_sub(k, parent, depth);
    if (k->m->nodes[parent].kind == S_SUB && depth < 4 && chance(k, 10)) {
        int undoes = add_node(k, S_EVENT_SUB, parent);
        k->m->nodes[parent].handler = undoes;
        make_scope(k, undoes, depth + 1, E_COMPENSATE);
    }
}

/* --- bending
 * --------------------------------------------------------------------------------------------- */
static bool may_be_target(const struct slow_model *m, int node) {
    const struct slow_node *n = &m->nodes[node];
    if (n->kind == S_START || n->kind == S_BOUNDARY || n->kind == S_EVENT_SUB || node == 0 ||
        n->is_handler)
        return false;
    if (n->kind == S_CATCH && n->event == E_LINK)
        return false;
    for (int i = 0; i < m->flow_count; i++) /* behind an event-based gateway: one way in */
        if (m->flows[i].to == node && m->nodes[m->flows[i].from].kind == S_EVENT_BASED)
            return false;
    return true;
}

static bool chooses(enum slow_kind kind) {
    return kind == S_EXCLUSIVE || kind == S_INCLUSIVE;
}

static void bend_flow(struct maker *k) {
    struct slow_model *m = k->m;
    struct slow_flow *f = &m->flows[pick(k, m->flow_count)];
    int to = pick(k, m->node_count);
    if (m->nodes[f->from].kind == S_EVENT_BASED || f->link || !may_be_target(m, to) ||
        m->nodes[to].parent != m->nodes[f->from].parent)
        return;
    if (chance(k, 60)) {
        f->to = to;
        return;
    }
    int from = f->from;
    int flow = add_flow(k, from, to);
    if (chooses(m->nodes[from].kind) || m->nodes[from].kind == S_EXCLUSIVE)
        add_test(k, flow);
}

static void bend_gateway(struct maker *k) {
    static const enum slow_kind some[] = {S_EXCLUSIVE, S_PARALLEL, S_INCLUSIVE, S_COMPLEX};
    struct slow_model *m = k->m;
    int node = pick(k, m->node_count), out = 0;
    if (!chooses(m->nodes[node].kind) && m->nodes[node].kind != S_PARALLEL)
        return;
    m->nodes[node].kind = some[pick(k, 4)];
    m->nodes[node].needs = 1 + pick(k, 2);
    for (int i = 0; i < m->flow_count; i++)
        out += m->flows[i].from == node;
    for (int i = 0; i < m->flow_count; i++) {
        struct slow_flow *f = &m->flows[i];
        if (f->from != node || out == 1)
            continue;
        if (m->nodes[node].kind == S_PARALLEL) {
            f->test = C_NONE;
            f->otherwise = false;
        } else if (f->test == C_NONE && !f->otherwise) {
            add_test(k, i);
        }
    }
}

/* A default flow is named by where it leads: no second one may lead there. */
static void drop_doubles(struct slow_model *m) {
    for (int i = m->flow_count - 1; i > 0; i--)
        for (int k = 0; k < i; k++)
            if (m->flows[k].from == m->flows[i].from && m->flows[k].to == m->flows[i].to &&
                (m->flows[k].otherwise || m->flows[i].otherwise || m->flows[i].link)) {
                slow_drop_flow(m, i);
                break;
            }
}

static bool has_timer(const struct slow_node *n) {
    for (int def = 0; def <= n->more_count; def++)
        if (slow_def(n, def).event == E_TIMER)
            return true;
    return false;
}

/* Events get further definitions, perhaps all of them needed. */
static void add_definitions_to(struct maker *k, struct slow_node *n) {
    static const enum slow_event caught[] = {E_TIMER, E_MESSAGE, E_SIGNAL, E_CONDITION, E_MESSAGE};
    static const enum slow_event thrown[] = {E_SIGNAL, E_ESCALATION};
    bool waits = n->event == E_TIMER || n->event == E_MESSAGE || n->event == E_SIGNAL ||
                 n->event == E_CONDITION;
    bool throws = n->event == E_SIGNAL || n->event == E_ESCALATION;
    for (int left = 1 + pick(k, 2); left > 0; left--) {
        struct slow_def d = {thrown[pick(k, 2)], pick(k, 2), 0, 0};
        if (n->kind == S_THROW || n->kind == S_END) {
            if (!throws)
                return;
            if (n->kind == S_END && left == 1 && chance(k, 30))
                d.event = E_TERMINATE;
        } else {
            if (!waits)
                return;
            d = (struct slow_def){caught[pick(k, 5)], pick(k, 2), pick(k, VARIABLES), pick(k, 3)};
            if (d.event == E_TIMER && has_timer(n))
                d.event = E_MESSAGE;
            if (n->kind == S_BOUNDARY && !n->beside && chance(k, 20))
                d.event = E_ERROR;
        }
        n->more[n->more_count++] = d;
    }
    bool catches_error = n->more[0].event == E_ERROR || n->more[1].event == E_ERROR;
    n->all_of = n->kind != S_THROW && n->kind != S_END && !catches_error && chance(k, 40);
}

static void add_definitions(struct maker *k) {
    struct slow_model *m = k->m;
    for (int i = 1; i < m->node_count; i++) {
        struct slow_node *n = &m->nodes[i];
        bool behind = false, in_sub = m->nodes[n->parent].kind == S_EVENT_SUB;
        for (int f = 0; f < m->flow_count; f++)
            behind =
                behind || (m->flows[f].to == i && m->nodes[m->flows[f].from].kind == S_EVENT_BASED);
        bool fits = n->kind == S_CATCH || n->kind == S_BOUNDARY || n->kind == S_THROW ||
                    n->kind == S_END || (n->kind == S_START && in_sub);
        if (!fits || n->more_count > 0 || !chance(k, 40))
            continue;
        add_definitions_to(k, n);
        if (behind)
            n->all_of = false;
    }
}

static void add_listeners(struct maker *k) {
    struct slow_model *m = k->m;
    for (int i = 0; i < m->node_count; i++) {
        struct slow_node *n = &m->nodes[i];
        bool starts = (n->instantiates && n->kind == S_EVENT_BASED) ||
                      (n->kind == S_START && n->parent == 0 && n->all_of);
        bool at_end = n->kind != S_EVENT_BASED && (n->kind != S_END || n->event == E_NONE);
        if (!starts && chance(k, 15))
            n->hears[AT_START] = 1 + pick(k, 2);
        if (at_end && chance(k, 15))
            n->hears[AT_END] = 1 + pick(k, 2);
        for (int when = AT_CREATING; when < LISTENS && n->kind == S_USER; when++)
            if (chance(k, 15))
                n->hears[when] = 1 + pick(k, 2);
    }
}

static void make(struct slow_model *out, uint64_t *seed, bool all) {
    struct maker k = {out, seed, all};
    *out = (struct slow_model){0};
    (void)add_node(&k, S_PROCESS, -1);
    make_scope(&k, 0, 0, E_NONE);
    for (int left = chance(&k, 50) ? 1 + pick(&k, 4) : 0; left > 0; left--) {
        if (chance(&k, 70))
            bend_flow(&k);
        else
            bend_gateway(&k);
    }
    drop_doubles(out);
    if (all && chance(&k, 60))
        add_definitions(&k);
    if (all && chance(&k, 40))
        add_listeners(&k);
}

void slow_make(struct slow_model *out, uint64_t *seed) {
    make(out, seed, false);
}

void slow_make_all(struct slow_model *out, uint64_t *seed) {
    make(out, seed, true);
}

/* --- making smaller
 * -------------------------------------------------------------------------------------------- */
void slow_drop_flow(struct slow_model *m, int flow) {
    m->flow_count--;
    for (int i = flow; i < m->flow_count; i++)
        m->flows[i] = m->flows[i + 1];
}

/* The node, what is in it or on it, and with a compensation event its handler. */
static void find_dropped(bool dropped[NODES_MAX], const struct slow_model *m, int node) {
    for (int i = 0; i < NODES_MAX; i++)
        dropped[i] = i == node;
    for (bool more = true; more;) {
        more = false;
        for (int i = 1; i < m->node_count; i++) {
            const struct slow_node *n = &m->nodes[i];
            bool undoes = n->kind == S_BOUNDARY && n->event == E_COMPENSATE;
            int handler = undoes ? m->nodes[n->host].handler : -1;
            bool drop = dropped[n->parent] || (n->kind == S_BOUNDARY && dropped[n->host]) ||
                        (handler >= 0 && dropped[handler]);
            if (drop && !dropped[i])
                more = dropped[i] = true;
            if (dropped[i] && handler >= 0 && !dropped[handler] && m->nodes[handler].is_handler)
                more = dropped[handler] = true;
        }
    }
}

void slow_drop_node(struct slow_model *m, int node, int moved[NODES_MAX]) {
    int count = 0, next = -1;
    bool dropped[NODES_MAX];
    find_dropped(dropped, m, node);
    for (int i = 0; i < m->node_count; i++)
        moved[i] = dropped[i] ? -1 : count++;
    for (int i = 0; i < m->flow_count && next < 0; i++)
        if (m->flows[i].from == node && m->flows[i].to != node)
            next = m->flows[i].to;
    for (int i = m->flow_count - 1; i >= 0; i--) {
        struct slow_flow *f = &m->flows[i];
        if (f->to == node && next >= 0 && !f->link)
            f->to = next;
        if (moved[f->from] < 0 || moved[f->to] < 0) {
            slow_drop_flow(m, i);
            continue;
        }
        f->from = moved[f->from];
        f->to = moved[f->to];
    }
    for (int i = 0; i < m->node_count; i++) {
        if (moved[i] < 0)
            continue;
        struct slow_node n = m->nodes[i];
        n.parent = n.parent < 0 ? -1 : moved[n.parent];
        n.host = n.host < 0 ? -1 : moved[n.host];
        n.handler = n.handler < 0 ? -1 : moved[n.handler];
        if (n.event == E_COMPENSATE && n.name >= 0 && (n.kind == S_THROW || n.kind == S_END))
            n.name = moved[n.name];
        int kept = 0;
        for (int f = 0; f < n.first_count; f++)
            if (moved[n.first[f]] >= 0)
                n.first[kept++] = moved[n.first[f]];
        n.first_count = n.first_count < 0 ? -1 : kept;
        m->nodes[moved[i]] = n;
    }
    m->node_count = count;
}
