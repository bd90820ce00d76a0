/* Events: what is waited for, what happens when it comes, what is thrown (BPMN 2.0.2: 10.5, 13.5).
 */
#include "slow_in.h"

#include <assert.h>

/* --- what is waited for
 * ----------------------------------------------------------------------------------- */
struct slow_def slow_def(const struct slow_node *node, int nth) {
    if (nth > 0)
        return node->more[nth - 1];
    return (struct slow_def){node->event, node->name, node->variable, node->number};
}

/* Does this live element wait for the event node, as long as it lives? Events on the boundary of an
 * activity hang on the whole of it, however often it is carried out. */
static bool belongs(const struct slow_model *m, int event, int def, const struct slow_live *live) {
    int owner = live->node;
    const struct slow_node *e = &m->nodes[event], *o = &m->nodes[owner];
    if (def > e->more_count)
        return false;
    enum slow_event what = slow_def(e, def).event;
    if (what != E_TIMER && what != E_MESSAGE && what != E_SIGNAL && what != E_CONDITION)
        return false;
    if (e->kind == S_BOUNDARY)
        return e->host == owner && (live->as == AS_ELEMENT || live->as == AS_BODY);
    if (!acts(live))
        return false;
    if (e->kind == S_START && event == owner) /* needs all, and the first began the process */
        return e->all_of;
    if (e->kind == S_START)
        return m->nodes[e->parent].kind == S_EVENT_SUB && m->nodes[e->parent].parent == owner;
    if (e->kind == S_CATCH || e->kind == S_RECEIVE) {
        if (event == owner)
            return true;
        for (int i = 0; o->kind == S_EVENT_BASED && i < m->flow_count; i++)
            if (m->flows[i].from == owner && m->flows[i].to == event)
                return true;
    }
    return false;
}

/* BPMN 2.0.2, 13.5.4: event sub-processes begin while their parent runs. When it was interrupted,
 * or has nothing left but the event sub-processes that run and what they undo, no new one begins.
 */
bool handlers_open(const struct slow_state *s, int scope) {
    const struct slow_live *me = &s->live[place_of(s, scope)];
    if (me->interrupted || me->since == 0 || me->closed || me->listen != AT_NONE)
        return false;
    if (node_at(s, me->node)->kind == S_AD_HOC && may_go_on(s, scope))
        return true;
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].scope == scope)
            return true;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == scope && node_at(s, s->live[i].node)->kind != S_EVENT_SUB &&
            !node_at(s, s->live[i].node)->is_handler && s->live[i].as != AS_UNDO &&
            s->live[i].closing != C_CANCEL)
            return true;
    return false;
}

struct slow_spent *spent_of(struct slow_state *s, int owner, int event, int def) {
    for (int i = 0; i < s->spent_count; i++)
        if (s->spent[i].owner == owner && s->spent[i].node == event && s->spent[i].def == def)
            return &s->spent[i];
    return NULL;
}

bool slow_waits_for(const struct slow_state *s, int owner, int event, int def) {
    const struct slow_live *o = &s->live[place_of(s, owner)];
    if (o->since == 0 || o->closed || o->closing > C_COMPLETE || !belongs(s->m, event, def, o))
        return false;
    if (node_at(s, event)->kind == S_START && o->node != event && !handlers_open(s, owner))
        return false;
    for (int i = 0; i < s->spent_count; i++)
        if (s->spent[i].owner == owner && s->spent[i].node == event && s->spent[i].def == def &&
            s->spent[i].gone)
            return false;
    return true;
}

bool slow_waits(const struct slow_state *s, int owner, int event) {
    for (int def = 0; def <= node_at(s, event)->more_count; def++)
        if (slow_waits_for(s, owner, event, def))
            return true;
    return false;
}

/* When it began to wait; an event on the boundary a little before the activity's own. */
int since_of(const struct slow_state *s, int place, struct what what) {
    int own = node_at(s, what.event)->kind == S_BOUNDARY ? 0 : NODES_MAX;
    int since = s->live[place].since;
    for (int i = 0; i < s->spent_count; i++)
        if (s->spent[i].owner == s->live[place].id && s->spent[i].node == what.event &&
            s->spent[i].def == what.def && s->spent[i].since > 0)
            since = s->spent[i].since;
    return ((since * 2 * NODES_MAX) + own + what.event) * DEFS_MAX + what.def;
}

/* The owner that waits longest for an event of that kind and name; NOTHING. */
int find_waiting(struct what *what, const struct slow_state *s, struct sought sought) {
    int best = NOTHING, best_since = 0;
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++)
            for (int def = 0; def <= node_at(s, n)->more_count; def++) {
                int since = since_of(s, i, (struct what){n, def});
                struct slow_def d = slow_def(node_at(s, n), def);
                if (d.event == sought.kind && d.name == sought.name &&
                    slow_waits_for(s, s->live[i].id, n, def) && since > sought.after &&
                    since < sought.until && (best == NOTHING || since < best_since)) {
                    best = s->live[i].id;
                    best_since = since;
                    *what = (struct what){n, def};
                }
            }
    return best;
}

int slow_older(const struct slow_state *s, int owner, int event) {
    const struct slow_node *e = node_at(s, event);
    int older = 0, since = since_of(s, place_of(s, owner), (struct what){event, 0});
    for (int i = 0; i < s->live_count && (e->event == E_MESSAGE || e->event == E_SIGNAL); i++)
        for (int n = 1; n < s->m->node_count; n++)
            older += node_at(s, n)->event == e->event && node_at(s, n)->name == e->name &&
                     slow_waits(s, s->live[i].id, n) && since_of(s, i, (struct what){n, 0}) < since;
    return older;
}

/* --- events
 * -----------------------------------------------------------------------------------------------
 */
static void enter_and_leave(struct slow_state *s, int node, int scope, struct slow_input input) {
    int id = enter(s, node, scope, AS_ELEMENT);
    if (id == NOTHING)
        return;
    live_at(s, id)->came = true;
    bring(s, id, input);
    if (!ask_listeners(s, id, AT_START))
        leave(s, id);
}

/* An event sub-process acts: it can have handlers of its own; its start event has come. */
void open_handler(struct slow_state *s, int id) {
    live_at(s, id)->since = ++s->clock;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == id) {
            int start = s->live[i].id;
            if (!ask_listeners(s, start, AT_START))
                leave(s, start);
            return;
        }
}

/* The event for which `owner` waited came. */
void trigger(struct slow_state *s, int owner, int event, struct slow_input input) {
    const struct slow_node *e = node_at(s, event);
    struct slow_live o = *live_at(s, owner);
    if (e->kind == S_BOUNDARY) { /* 13.5.3 */
        if (!e->beside)
            cancel(s, owner);
        enter_and_leave(s, event, o.scope, input);
    } else if (e->kind == S_START && o.node != event) { /* 13.5.4 */
        live_at(s, owner)->interrupted = live_at(s, owner)->interrupted || !e->beside;
        if (!e->beside)
            empty(s, owner);
        if (!e->beside && node_at(s, o.node)->kind == S_AD_HOC)
            close_ad_hoc(s, owner);
        int sub = enter(s, e->parent, owner, AS_ELEMENT);
        int start = sub == NOTHING ? NOTHING : enter(s, event, sub, AS_ELEMENT);
        if (start == NOTHING)
            return;
        live_at(s, start)->came = true;
        bring(s, start, input);
        if (!ask_listeners(s, sub, AT_START))
            open_handler(s, sub);
    } else if (o.node == event) { /* 13.5.2 */
        bring(s, owner, input);
        leave(s, owner);
    } else { /* 13.4.4: behind an event-based gateway; the first event decides */
        say_node(s, "-", o.node);
        remove_live(s, owner, true);
        enter_and_leave(s, event, o.scope, input);
    }
}

/* What came sets its variable at once; where the event hangs on something, in the scope around. */
static void bring_part(struct slow_state *s, int owner, int event, struct slow_input input) {
    enum slow_kind kind = node_at(s, event)->kind;
    if (kind != S_BOUNDARY && kind != S_START)
        bring(s, owner, input);
    else if (input.variable >= 0)
        set_outwards(s, kind == S_START ? owner : live_at(s, owner)->scope, input.variable,
                     input.value);
}

/* 10.5.2, parallel multiple: all of them have come. It can wait anew if it does not interrupt. */
static bool all_came(struct slow_state *s, int owner, int event, bool stays) {
    for (int def = 0; def <= node_at(s, event)->more_count; def++)
        if (spent_of(s, owner, event, def) == NULL || !spent_of(s, owner, event, def)->gone)
            return false;
    for (int def = 0; def <= node_at(s, event)->more_count && stays; def++) {
        struct slow_spent *spent = spent_of(s, owner, event, def);
        spent->gone = false;
        spent->fired = 0;
        spent->at = spent->since = ++s->clock;
        for (int i = s->seen_count - 1; i >= 0; i--) /* a condition is looked at afresh */
            if (s->seen[i].owner == owner && s->seen[i].node == event)
                s->seen[i] = s->seen[--s->seen_count];
    }
    return true;
}

/* The event came from outside: a message, a signal, the time. */
void happen(struct slow_state *s, int owner, struct what what, const char *how,
            struct slow_input input) {
    int event = what.event;
    const struct slow_node *e = node_at(s, event);
    bool stays = e->beside && (e->kind == S_BOUNDARY || e->kind == S_START);
    struct slow_spent *spent = spent_of(s, owner, event, what.def);
    say_node(s, how, event);
    if (spent == NULL) {
        if (s->spent_count == SPENT_MAX) {
            s->too_much = true;
            return;
        }
        spent = &s->spent[s->spent_count++];
        *spent = (struct slow_spent){.owner = owner, .node = event, .def = what.def};
    }
    spent->fired++;
    spent->at = ++s->clock;
    bool used_up = slow_def(e, what.def).event == E_TIMER &&
                   spent->fired >= (e->more_count == 0 ? e->fires : 1);
    spent->gone = s->oracle != NULL || !stays || used_up || e->all_of;
    if (e->all_of && !all_came(s, owner, event, stays)) {
        bring_part(s, owner, event, input);
        return;
    }
    trigger(s, owner, event, input);
}

/* It throws several, or catches several: is this among them? */
bool has_event(const struct slow_node *n, enum slow_event event) {
    for (int def = 0; def <= n->more_count; def++)
        if (slow_def(n, def).event == event)
            return true;
    return false;
}

static bool catches(const struct slow_node *n, enum slow_event event, int code, bool exact) {
    for (int def = 0; def <= n->more_count && !n->all_of; def++) {
        struct slow_def d = slow_def(n, def);
        if (d.event == event && (exact ? d.name == code : d.name == ANY_CODE))
            return true;
    }
    return false;
}

/* 10.5.7, 13.5: an error or escalation goes outwards to the innermost place that catches it: an
 * event sub-process of the scope, or an event on its boundary. The code itself comes before "all".
 * False: nobody catches it. */
bool throw_at(struct slow_state *s, int from, enum slow_event event, int code,
              struct slow_input input) {
    int came_from = NOTHING; /* the event sub-process that throws does not catch */
    for (int at = from; at != 0;) {
        struct slow_live here = *live_at(s, at);
        bool whole = here.as == AS_ELEMENT || here.as == AS_BODY;
        for (int exact = 1; exact >= 0; exact--)
            for (int n = 1; n < s->m->node_count; n++) {
                const struct slow_node *c = node_at(s, n);
                if (acts(&here) && c->kind == S_START &&
                    node_at(s, c->parent)->kind == S_EVENT_SUB &&
                    node_at(s, c->parent)->parent == here.node && c->parent != came_from &&
                    catches(c, event, code, exact == 1) && handlers_open(s, at)) {
                    trigger(s, at, n, input);
                    return true;
                }
            }
        for (int exact = 1; exact >= 0; exact--)
            for (int n = 1; n < s->m->node_count; n++)
                if (whole && node_at(s, n)->kind == S_BOUNDARY &&
                    node_at(s, n)->host == here.node &&
                    catches(node_at(s, n), event, code, exact == 1)) {
                    trigger(s, at, n, input);
                    return true;
                }
        came_from = here.node;
        at = here.scope;
    }
    return false;
}

/* Nothing in the process could ever catch the error of this end event. */
static bool escapes(const struct slow_model *m, int end) {
    for (int at = end, scope = m->nodes[end].parent; scope >= 0;
         at = scope, scope = m->nodes[at].parent)
        for (int n = 1; n < m->node_count; n++) {
            const struct slow_node *c = &m->nodes[n];
            bool sub = c->kind == S_START && m->nodes[c->parent].kind == S_EVENT_SUB &&
                       m->nodes[c->parent].parent == scope && c->parent != at;
            bool boundary = c->kind == S_BOUNDARY && c->host == scope;
            if ((sub || boundary) && c->event == E_ERROR &&
                (c->name == ANY_CODE || c->name == m->nodes[end].name))
                return false;
        }
    return true;
}

static void throw_error(struct slow_state *s, int id, int code) {
    struct slow_input nothing = {.variable = NO_VALUE};
    say(s, "throw:E%d", code);
    if (throw_at(s, live_at(s, id)->scope, E_ERROR, code, nothing))
        return;
    if (s->oracle != NULL && escapes(s->m, live_at(s, id)->node)) {
        empty(s, 1); /* it ends the process: what called it may catch it */
        end(s, "error");
    } else {
        stop(s, id, "error", false);
    }
}

/* All that it throws, in their order; then it is left (10.5.3). */
void throw_event(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    struct slow_input nothing = {.variable = NO_VALUE};
    int scope = live_at(s, id)->scope;
    for (int def = 0; def <= n->more_count; def++) {
        struct slow_def d = slow_def(n, def);
        switch (d.event) {
        case E_COMPENSATE: throw_compensation(s, id); return;
        case E_CANCEL: throw_cancel(s, id); return;
        case E_SIGNAL: say(s, "throw:S%d", d.name); break;
        case E_ERROR: throw_error(s, id, d.name); return;
        case E_ESCALATION: /* nobody need catch it (10.5.7) */
            say(s, "throw:C%d", d.name);
            (void)throw_at(s, scope, E_ESCALATION, d.name, nothing);
            if (place_of(s, id) == NOTHING)
                return;
            break;
        default: break;
        }
    }
    leave(s, id);
}
