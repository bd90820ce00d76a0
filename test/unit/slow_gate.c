/* Gateways that join (BPMN 2.0.2: 13.4). */
#include "slow_in.h"

bool is_join(const struct slow_state *s, int node) {
    enum slow_kind kind = node_at(s, node)->kind;
    return (kind == S_PARALLEL || kind == S_INCLUSIVE || kind == S_COMPLEX) &&
           in_count(s, node) > 1;
}

/* Table 10.3: an activity begins when as many tokens have arrived as it wants. When they had, if
 * they have; else 0. */
static int gathered(const struct slow_state *s, int node, int scope) {
    int left = node_at(s, node)->wants;
    for (int i = 0; i < s->token_count; i++) /* the oldest first */
        if (s->m->flows[s->tokens[i].flow].to == node && s->tokens[i].scope == scope && --left == 0)
            return s->tokens[i].arrived;
    return 0;
}

static void begin_gathered(struct slow_state *s, int node, int scope) {
    int left = node_at(s, node)->wants;
    for (int i = 0; i < s->token_count && left > 0; i++)
        if (s->m->flows[s->tokens[i].flow].to == node && s->tokens[i].scope == scope) {
            left--;
            remove_token(s, i--);
        }
    int id = enter(s, node, scope, as_of(node_at(s, node)));
    if (id != NOTHING)
        execute(s, id);
}

/* 13.4.1: a token on each incoming flow. Of several, the one that was complete first. */
bool go_on_parallel(struct slow_state *s) {
    int best = NOTHING, best_time = 0, best_scope = 0;
    for (int i = 0; i < s->token_count; i++) {
        int node = s->m->flows[s->tokens[i].flow].to, time = 0;
        bool all = is_join(s, node) && node_at(s, node)->kind == S_PARALLEL;
        for (int f = 0; f < s->m->flow_count && all; f++) {
            if (s->m->flows[f].to != node)
                continue;
            int token = token_on(s, f, s->tokens[i].scope);
            all = token != NOTHING;
            if (all && s->tokens[token].arrived > time)
                time = s->tokens[token].arrived;
        }
        if (node_at(s, node)->wants > 1) {
            time = gathered(s, node, s->tokens[i].scope);
            all = time > 0;
        }
        if (all && (best == NOTHING || time < best_time)) {
            best = node;
            best_time = time;
            best_scope = s->tokens[i].scope;
        }
    }
    if (best == NOTHING)
        return false;
    if (node_at(s, best)->wants > 1)
        begin_gathered(s, best, best_scope);
    else
        join(s, best, best_scope);
    return true;
}

/* The nodes to which a token at `from` can come over sequence flows, in its scope, without going
 * through `gateway`. An event on the boundary of an activity is a way out of it. */
static void reach(bool reached[NODES_MAX], const struct slow_model *m, int from, int gateway) {
    for (int i = 0; i < NODES_MAX; i++)
        reached[i] = i == from;
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < m->flow_count; i++) {
            int a = m->flows[i].from, b = m->flows[i].to;
            if (reached[a] && a != gateway && !reached[b])
                more = reached[b] = true;
        }
        for (int i = 0; i < m->node_count; i++)
            if (m->nodes[i].kind == S_BOUNDARY && reached[m->nodes[i].host] && !reached[i])
                more = reached[i] = true;
    }
}

/* A token waits on it, or a complex gateway took one from it when it started. */
static bool is_served(const struct slow_state *s, int flow, int scope) {
    for (int g = 0; g < s->gate_count; g++)
        if (s->gates[g].flow == flow && s->gates[g].scope == scope)
            return true;
    return token_on(s, flow, scope) != NOTHING;
}

/* Could a token that stands at `at` still come along a flow into the gateway where none waits, and
 * along none where one waits? */
bool holds_up(const struct slow_state *s, int at, int gateway, int scope) {
    bool reached[NODES_MAX], to_empty = false, to_full = false;
    reach(reached, s->m, at, gateway);
    for (int i = 0; i < s->m->flow_count; i++) {
        const struct slow_flow *f = &s->m->flows[i];
        if (f->to != gateway || f->from == gateway || !reached[f->from])
            continue;
        if (is_served(s, i, scope))
            to_full = true;
        else
            to_empty = true;
    }
    return to_empty && !to_full;
}

bool nothing_comes(const struct slow_state *s, int gateway, int scope) {
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == scope && s->live[i].id != scope && s->live[i].closing != C_CANCEL &&
            holds_up(s, s->live[i].node, gateway, scope))
            return false;
    for (int i = 0; i < s->token_count; i++) {
        int at = s->m->flows[s->tokens[i].flow].to;
        if (s->tokens[i].scope == scope && at != gateway && holds_up(s, at, gateway, scope))
            return false;
    }
    return true;
}

/* 13.4.3, table 13.3 */
bool go_on_inclusive(struct slow_state *s) {
    for (int t = 0; t < s->token_count; t++) {
        int node = s->m->flows[s->tokens[t].flow].to, scope = s->tokens[t].scope;
        if (node_at(s, node)->kind == S_INCLUSIVE && is_join(s, node) &&
            nothing_comes(s, node, scope)) {
            join(s, node, scope);
            return true;
        }
    }
    return false;
}

/* --- 13.4.5: complex gateways
 * --------------------------------------------------------------------------- */
bool has_started(const struct slow_state *s, int gateway, int scope) {
    for (int g = 0; g < s->gate_count; g++)
        if (s->m->flows[s->gates[g].flow].to == gateway && s->gates[g].scope == scope)
            return true;
    return false;
}

/* A token came: it starts when as many are there as it needs. */
void token_came(struct slow_state *s, int flow, int scope) {
    int gateway = s->m->flows[flow].to, count = 0;
    bool all = true;
    if (place_of(s, scope) == NOTHING || token_on(s, flow, scope) == NOTHING ||
        has_started(s, gateway, scope))
        return;
    for (int i = 0; i < s->token_count; i++)
        count += s->m->flows[s->tokens[i].flow].to == gateway && s->tokens[i].scope == scope;
    for (int i = 0; i < s->m->flow_count; i++)
        all = all && (s->m->flows[i].to != gateway || token_on(s, i, scope) != NOTHING);
    bool starts = count >= node_at(s, gateway)->needs;
    if (s->oracle != NULL)
        starts = all || ask(s, gateway, 2, 0) == 0;
    if (starts)
        join(s, gateway, scope);
}

bool reset_gate(struct slow_state *s, int scope) {
    for (int g = 0; g < s->gate_count; g++) {
        struct slow_gate gate = s->gates[g];
        int gateway = s->m->flows[gate.flow].to;
        if ((scope != 0 && gate.scope != scope) || !nothing_comes(s, gateway, gate.scope))
            continue;
        join(s, gateway, gate.scope);
        for (int f = 0; f < s->m->flow_count; f++) /* tokens that are left may start it again */
            if (s->m->flows[f].to == gateway && token_on(s, f, gate.scope) != NOTHING)
                token_is_there(s, f, gate.scope);
        return true;
    }
    return false;
}
