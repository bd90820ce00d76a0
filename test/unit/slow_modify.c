/* Elements begun and ended from outside, as doc/bpmn.md says ("Modification and migration"). */
#include "slow_in.h"

/* The live elements of that node in that scope which can be a scope: how many; one of them in *id.
 */
static int runs_of(int *id, const struct slow_state *s, int node, int scope) {
    int count = 0;
    for (int i = 0; i < s->live_count; i++) {
        const struct slow_live *l = &s->live[i];
        bool within = l->scope == scope;
        for (int k = 0; k < s->live_count && !within; k++) /* in a loop, or in an activation */
            within = s->live[k].id == l->scope && s->live[k].scope == scope &&
                     (s->live[k].as == AS_BODY || s->live[k].as == AS_SLOT);
        if (l->node != node || !within || !acts(l))
            continue;
        count++;
        *id = l->id;
    }
    return count;
}

/* Where its event sub-processes cannot begin any more, nothing is begun again. */
static bool is_over(const struct slow_state *s, int id) {
    for (int i = 1; i < s->m->node_count; i++)
        if (node_at(s, i)->kind == S_EVENT_SUB &&
            node_at(s, i)->parent == s->live[place_of(s, id)].node)
            return !handlers_open(s, id);
    return false;
}

static bool is_open(const struct slow_state *s, int id) {
    const struct slow_live *l = &s->live[place_of(s, id)];
    return l->closing == C_OPEN && !l->closed && l->stop == NULL && l->listen == AT_NONE &&
           l->since > 0;
}

static bool could_be_made(const struct slow_node *n) {
    return n->loop == L_NONE && n->kind != S_AD_HOC && n->kind != S_EVENT_SUB &&
           n->hears[AT_START] == 0;
}

bool may_begin(const struct slow_state *s, int node) {
    int path[NODES_MAX], depth = 0, scope = 1;
    const struct slow_node *n = node_at(s, node);
    if (n->kind == S_PROCESS || n->kind == S_START || n->kind == S_BOUNDARY ||
        n->kind == S_EVENT_SUB || n->kind == S_COMPLEX || n->is_handler || !is_open(s, 1) ||
        is_over(s, 1))
        return false;
    for (int i = 0; i < s->m->flow_count; i++)
        if (s->m->flows[i].to == node && node_at(s, s->m->flows[i].from)->kind == S_EVENT_BASED)
            return false;
    for (int at = n->parent; at > 0; at = node_at(s, at)->parent)
        path[depth++] = at;
    while (depth > 0) {
        int at = path[--depth], id = NOTHING,
            count = scope == NOTHING ? 0 : runs_of(&id, s, at, scope);
        if (count > 1 || (count == 1 && (!is_open(s, id) || is_over(s, id))) ||
            (count == 0 && !could_be_made(node_at(s, at))) ||
            (count == 1 && node_at(s, at)->kind == S_AD_HOC))
            return false;
        scope = id;
    }
    return true;
}

/* Scopes that do not run are made, without their start. */
static void begin(struct slow_state *s, int node) {
    int path[NODES_MAX], depth = 0, scope = 1;
    for (int at = node_at(s, node)->parent; at > 0; at = node_at(s, at)->parent)
        path[depth++] = at;
    while (depth > 0) {
        int at = path[--depth], id = NOTHING;
        if (runs_of(&id, s, at, scope) == 0) {
            id = enter(s, at, scope, AS_ELEMENT);
            if (id == NOTHING)
                return;
            if (node_at(s, at)->local >= 0)
                set_in(s, id, node_at(s, at)->local, node_at(s, at)->value);
            live_at(s, id)->since = ++s->clock;
            live_at(s, id)->listened = true;
        }
        scope = id;
    }
    act_later(s, enter(s, node, scope, as_of(node_at(s, node))));
}

bool may_end(const struct slow_state *s, int id) {
    const struct slow_live *l = &s->live[place_of(s, id)];
    if (id == 1 || l->closing == C_CANCEL || l->as == AS_UNDO || l->as == AS_SLOT || l->closed)
        return false;
    for (int i = 0; i < s->undo_count; i++)
        if (s->undo[i].at == id || s->undo[i].waits == id)
            return false;
    return true;
}

/* A scope in which nothing is left is ended too. */
static void end_it(struct slow_state *s, int id) {
    int scope = live_at(s, id)->scope;
    cancel(s, id);
    while (!has_any(s, scope) && s->ended == NULL) {
        if (scope == 1) {
            end(s, "cancelled");
            return;
        }
        if (live_at(s, scope)->as == AS_BODY) { /* the next, or it completes */
            gone(s, scope);
            return;
        }
        id = scope;
        scope = live_at(s, id)->scope;
        cancel(s, id);
    }
}

void modify(struct slow_state *s, int id, struct slow_input input) {
    if (input.variable >= 0)
        set_in(s, 1, input.variable, input.value);
    if (input.verb == IN_BEGIN)
        begin(s, input.node);
    if (input.verb == IN_MOVE)
        begin(s, input.other);
    if (input.verb != IN_BEGIN && !s->too_much)
        end_it(s, id);
}

int slow_changes(struct slow_input *out, int room, const struct slow_state *s) {
    int count = 0, other = 0;
    struct slow_input input = {.variable = NO_VALUE};
    if (s->ended != NULL)
        return 0;
    for (int n = 1; n < s->m->node_count && count < room; n++)
        if (may_begin(s, n)) {
            input.verb = IN_BEGIN;
            input.node = n;
            out[count++] = input;
            other = other == 0 || (n * 7 + s->clock) % 3 == 0 ? n : other;
        }
    for (int i = 1; i < s->live_count && count + 1 < room; i++) {
        int nth = 0;
        if (!may_end(s, s->live[i].id))
            continue;
        for (int k = 0; k <= i; k++)
            nth += s->live[k].node == s->live[i].node;
        input = (struct slow_input){
            .verb = IN_END, .node = s->live[i].node, .nth = nth, .variable = NO_VALUE};
        out[count++] = input;
        input.verb = IN_MOVE;
        input.other = other;
        if (other > 0)
            out[count++] = input;
    }
    return count;
}
