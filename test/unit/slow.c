#include "slow_in.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTERED_MAX = 300 };

/* --- telling
 * ------------------------------------------------------------------------------------------- */
void say(struct slow_state *s, const char *format, ...) {
    va_list args;
    if (s->log->count == LOG_MAX) {
        s->too_much = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(s->log->list[s->log->count++], sizeof s->log->list[0], format, args);
    va_end(args);
}

/* "+u3" */
void say_node(struct slow_state *s, const char *what, int node) {
    char id[8];
    slow_id(id, s->m, node);
    say(s, "%s%s", what, id);
}

/* --- the lists
 * ----------------------------------------------------------------------------------------- */
const struct slow_node *node_at(const struct slow_state *s, int node) {
    return &s->m->nodes[node];
}

/* Its place in the list; NOTHING when it lives no more. */
int place_of(const struct slow_state *s, int id) {
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].id == id)
            return i;
    return NOTHING;
}

struct slow_live *live_at(struct slow_state *s, int id) {
    int place = place_of(s, id);
    assert(place != NOTHING);
    return &s->live[place];
}

static void remove_token(struct slow_state *s, int place) {
    s->token_count--;
    for (int i = place; i < s->token_count; i++)
        s->tokens[i] = s->tokens[i + 1];
}

void remove_live(struct slow_state *s, int id, bool completed) {
    int place = place_of(s, id);
    assert(place != NOTHING);
    struct slow_live live = s->live[place];
    s->live_count--;
    for (int i = place; i < s->live_count; i++)
        s->live[i] = s->live[i + 1];
    forget(s, &live, completed);
}

bool acts(const struct slow_live *live) {
    return live->as == AS_ELEMENT || live->as == AS_INNER;
}

bool is_scope(enum slow_kind kind) {
    return kind == S_PROCESS || kind == S_SUB || kind == S_TRANSACTION || kind == S_EVENT_SUB;
}

/* --- variables
 * -------------------------------------------------------------------------------------------- */
void set_in(struct slow_state *s, int scope, int variable, int value) {
    for (int i = 0; i < s->value_count; i++)
        if (s->values[i].scope == scope && s->values[i].variable == variable) {
            s->values[i].value = value;
            return;
        }
    if (s->value_count == VALUES_MAX)
        s->too_much = true;
    else
        s->values[s->value_count++] = (struct slow_value){scope, variable, value};
}

bool has_own(const struct slow_state *s, int scope, int variable, int *out) {
    for (int i = 0; i < s->value_count; i++)
        if (s->values[i].scope == scope && s->values[i].variable == variable) {
            *out = s->values[i].value;
            return true;
        }
    return false;
}

/* As the element sees it: its own, or that of the nearest scope around it. */
int get(const struct slow_state *s, int id, int variable) {
    int value = NO_VALUE;
    while (!has_own(s, id, variable, &value) && id != 0)
        id = s->live[place_of(s, id)].scope;
    return value;
}

/* Where the nearest scope has it, else at the process. */
static void set_outwards(struct slow_state *s, int id, int variable, int value) {
    int old;
    while (id != 1 && !has_own(s, id, variable, &old))
        id = live_at(s, id)->scope;
    set_in(s, id, variable, value);
}

/* What an event or a completion brought: stays with an element that maps its outputs. */
static void bring(struct slow_state *s, int id, struct slow_input input) {
    if (input.variable < 0)
        return;
    if (node_at(s, live_at(s, id)->node)->out >= 0)
        set_in(s, id, input.variable, input.value);
    else
        set_outwards(s, id, input.variable, input.value);
}

/* --- what is waited for
 * ----------------------------------------------------------------------------------- */
/* Does this live element wait for the event node, as long as it lives? Events on the boundary of an
 * activity hang on the whole of it, however often it is carried out. */
static bool belongs(const struct slow_model *m, int event, const struct slow_live *live) {
    int owner = live->node;
    const struct slow_node *e = &m->nodes[event], *o = &m->nodes[owner];
    if (e->event != E_TIMER && e->event != E_MESSAGE && e->event != E_SIGNAL &&
        e->event != E_CONDITION)
        return false;
    if (e->kind == S_BOUNDARY)
        return e->host == owner && (live->as == AS_ELEMENT || live->as == AS_BODY);
    if (!acts(live))
        return false;
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
static bool handlers_open(const struct slow_state *s, int scope) {
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].scope == scope)
            return true;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == scope && node_at(s, s->live[i].node)->kind != S_EVENT_SUB &&
            !node_at(s, s->live[i].node)->is_handler && s->live[i].as != AS_UNDO)
            return true;
    return false;
}

static struct slow_spent *spent_of(struct slow_state *s, int owner, int event) {
    for (int i = 0; i < s->spent_count; i++)
        if (s->spent[i].owner == owner && s->spent[i].node == event)
            return &s->spent[i];
    return NULL;
}

bool slow_waits(const struct slow_state *s, int owner, int event) {
    const struct slow_live *o = &s->live[place_of(s, owner)];
    if (o->since == 0 || o->closed || !belongs(s->m, event, o))
        return false;
    if (node_at(s, event)->kind == S_START && !handlers_open(s, owner))
        return false;
    for (int i = 0; i < s->spent_count; i++)
        if (s->spent[i].owner == owner && s->spent[i].node == event && s->spent[i].gone)
            return false;
    return true;
}

/* When it began to wait; an event on the boundary a little before the activity's own. */
static int since_of(const struct slow_state *s, int place, int event) {
    int own = node_at(s, event)->kind == S_BOUNDARY ? 0 : NODES_MAX;
    return s->live[place].since * 2 * NODES_MAX + own + event;
}

/* The owner that waits longest for an event of that kind and name; NOTHING. */
static int find_waiting(int *event, const struct slow_state *s, enum slow_event kind, int name,
                        int after, int until) {
    int best = NOTHING, best_since = 0;
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++) {
            int since = since_of(s, i, n);
            if (node_at(s, n)->event == kind && node_at(s, n)->name == name &&
                slow_waits(s, s->live[i].id, n) && since > after && since < until &&
                (best == NOTHING || since < best_since)) {
                best = s->live[i].id;
                best_since = since;
                *event = n;
            }
        }
    return best;
}

int slow_older(const struct slow_state *s, int owner, int event) {
    const struct slow_node *e = node_at(s, event);
    int older = 0, since = since_of(s, place_of(s, owner), event);
    for (int i = 0; i < s->live_count && (e->event == E_MESSAGE || e->event == E_SIGNAL); i++)
        for (int n = 1; n < s->m->node_count; n++)
            older += node_at(s, n)->event == e->event && node_at(s, n)->name == e->name &&
                     slow_waits(s, s->live[i].id, n) && since_of(s, i, n) < since;
    return older;
}

/* --- entering and leaving
 * ----------------------------------------------------------------------------------- */
void stop(struct slow_state *s, int id, const char *why, bool leaving) {
    char text[16];
    live_at(s, id)->stop = why;
    live_at(s, id)->leaving = leaving;
    (void)snprintf(text, sizeof text, "%s:", why);
    say_node(s, text, live_at(s, id)->node);
}

int enter(struct slow_state *s, int node, int scope, enum slow_as as) {
    int id = ++s->ids;
    if (s->live_count == LIVE_MAX || ++s->entered > ENTERED_MAX) {
        s->too_much = true;
        return NOTHING;
    }
    s->live[s->live_count++] = (struct slow_live){.id = id, .node = node, .scope = scope, .as = as};
    say_node(s, "+", node);
    return id;
}

static enum slow_as as_of(const struct slow_node *n) {
    return n->loop != L_NONE ? AS_BODY : AS_ELEMENT;
}

void act_later(struct slow_state *s, int id) {
    if (s->todo_count == LIVE_MAX)
        s->too_much = true;
    else if (id != NOTHING)
        s->todo[s->todo_count++] = id;
}

/* Everything in it is cancelled; its tokens vanish. */
void empty(struct slow_state *s, int scope) {
    for (int i = s->token_count - 1; i >= 0; i--)
        if (s->tokens[i].scope == scope)
            remove_token(s, i);
    for (int i = s->gate_count - 1; i >= 0; i--)
        if (s->gates[i].scope == scope)
            s->gates[i] = s->gates[--s->gate_count];
    for (bool found = true; found;) {
        found = false;
        for (int i = 0; i < s->live_count && !found; i++)
            if (s->live[i].scope == scope && s->live[i].id != scope) {
                found = true;
                cancel(s, s->live[i].id);
            }
    }
}

void cancel(struct slow_state *s, int id) {
    empty(s, id);
    say_node(s, "x", live_at(s, id)->node);
    remove_live(s, id, false);
}

static void end(struct slow_state *s, const char *how) {
    s->ended = how;
    s->live_count = 0;
    say(s, "end:%s", how);
}

/* 13.2, 13.3.4: a scope completes when no token is left in it and nothing is alive. What is still
 * to be compensated in it comes first, and a complex gateway that has not reset. */
void gone(struct slow_state *s, int scope) {
    struct slow_live me = *live_at(s, scope);
    if (s->ended != NULL || s->too_much)
        return;
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].scope == scope)
            return;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == scope)
            return;
    if (me.stop != NULL || go_on_undoing(s, scope) || reset_gate(s, scope))
        return;
    if (scope == 1)
        end(s, "completed");
    else if (me.as == AS_BODY)
        next_of_body(s, scope);
    else if (me.as == AS_UNDO)
        finish(s, scope);
    else
        leave(s, scope);
}

/* FEEL: a comparison with null is null, but for "=". NOTHING: neither true nor false. */
static int is_true(const struct slow_state *s, int scope, const struct slow_flow *f) {
    int value = f->test == C_EQUAL || f->test == C_ABOVE ? get(s, scope, f->variable) : 0;
    switch (f->test) {
    case C_FALSE: return 0;
    case C_EQUAL: return value == f->number;
    case C_ABOVE: return value == NO_VALUE ? NOTHING : value > f->number;
    default: return 1;
    }
}

/* In how many ways the node can choose: exclusive: each conditional flow; others: each set of them
 * but the empty one; besides, that no condition is true, when something is left to go along then.
 */
static int ways_of(const struct slow_state *s, int node) {
    int conditions = 0, others = 0;
    bool exclusive = node_at(s, node)->kind == S_EXCLUSIVE;
    for (int i = 0; i < s->m->flow_count; i++)
        if (s->m->flows[i].from == node) {
            conditions += s->m->flows[i].test != C_NONE;
            others += s->m->flows[i].test == C_NONE && (s->m->flows[i].otherwise || !exclusive);
        }
    if (conditions == 0)
        return 0;
    return (exclusive ? conditions : (1 << conditions) - 1) + (others > 0);
}

int ask(struct slow_state *s, int node, int ways, int otherwise) {
    struct slow_oracle *o = s->oracle;
    for (int i = 0; i < o->asked; i++)
        if (o->nodes[i] == node)
            return otherwise;
    if (o->asked == QUESTIONS_MAX)
        return otherwise;
    o->ways[o->asked] = ways;
    o->nodes[o->asked++] = node;
    return o->asked <= o->given ? o->answers[o->asked - 1] : 0;
}

/* The oracle's answer instead of the conditions' values: a bit for each conditional flow. */
static const char *pick_flows(int *flows, int *count, struct slow_state *s, int node) {
    int ways = ways_of(s, node), condition = 0, set = 0;
    if (ways > 0) {
        int answer = ask(s, node, ways, NOTHING);
        if (answer == NOTHING)
            return "pick";
        set = node_at(s, node)->kind == S_EXCLUSIVE ? 1 << answer : answer + 1;
    }
    bool some = false;
    for (int i = 0; i < s->m->flow_count; i++) {
        const struct slow_flow *f = &s->m->flows[i];
        if (f->from != node || f->otherwise)
            continue;
        bool yes = f->test == C_NONE || (set >> condition & 1) != 0;
        some = some || (yes && f->test != C_NONE);
        condition += f->test != C_NONE;
        if (yes)
            flows[(*count)++] = i;
    }
    for (int i = 0; i < s->m->flow_count && !some; i++)
        if (s->m->flows[i].from == node && s->m->flows[i].otherwise)
            flows[(*count)++] = i;
    return NULL;
}

/* Which flows get a token. 13.4.5: when a complex gateway resets, those whose condition is true or
 * the default flow, or none; a flow without a condition is for its start. 13.4.2 exclusive: the
 * first that is true. 13.4.3 inclusive and 13.3.1 activities: all that are true, and those without
 * a condition. The default flow when no condition is true. The reason when it cannot be told, or
 * NULL. */
static const char *choose(int *flows, int *count, struct slow_state *s, int node, int scope) {
    bool exclusive = node_at(s, node)->kind == S_EXCLUSIVE, conditions = false, some = false;
    bool resets =
        node_at(s, node)->kind == S_COMPLEX && is_join(s, node) && !has_started(s, node, scope);
    *count = 0;
    if (s->oracle != NULL)
        return pick_flows(flows, count, s, node);
    for (int i = 0; i < s->m->flow_count; i++) {
        const struct slow_flow *f = &s->m->flows[i];
        if (f->from != node || f->otherwise)
            continue;
        int yes = is_true(s, scope, f);
        if (yes == NOTHING)
            return "condition";
        conditions = conditions || f->test != C_NONE;
        if (yes == 0 || (resets && f->test == C_NONE))
            continue;
        some = some || f->test != C_NONE;
        flows[(*count)++] = i;
        if (exclusive)
            return NULL;
    }
    for (int i = 0; i < s->m->flow_count && !some; i++)
        if (s->m->flows[i].from == node && s->m->flows[i].otherwise) {
            flows[(*count)++] = i;
            return NULL;
        }
    return conditions && *count == 0 && !resets ? "no-flow" : NULL;
}

void token_is_there(struct slow_state *s, int flow, int scope) {
    if (s->arrived_count == LIVE_MAX) {
        s->too_much = true;
        return;
    }
    s->arrived[s->arrived_count][0] = flow;
    s->arrived[s->arrived_count++][1] = scope;
    act_later(s, -1 - s->arrived_count);
}

static void put_token(struct slow_state *s, int flow, int scope) {
    if (s->token_count == TOKENS_MAX || s->arrived_count == LIVE_MAX) {
        s->too_much = true;
        return;
    }
    s->tokens[s->token_count++] = (struct slow_token){flow, scope, ++s->clock};
    if (node_at(s, s->m->flows[flow].to)->kind == S_COMPLEX && is_join(s, s->m->flows[flow].to))
        token_is_there(s, flow, scope);
}

void leave(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    const struct slow_node *n = node_at(s, me.node);
    if (acts(&me) && n->out >= 0)
        set_outwards(s, me.scope, n->out, get(s, id, n->out_from));
    finish(s, id);
}

void finish(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    const struct slow_node *n = node_at(s, me.node);
    int flows[FLOWS_MAX], count;
    if (me.as == AS_INNER) {
        inner_done(s, id);
        return;
    }
    if (me.as == AS_UNDO) {
        say_node(s, "-", me.node);
        remove_live(s, id, true);
        gone(s, me.scope);
        return;
    }
    const char *why = choose(flows, &count, s, me.node, me.scope);
    if (why != NULL) {
        stop(s, id, why, true);
        return;
    }
    remember(s, id);
    say_node(s, "-", me.node);
    remove_live(s, id, true);
    for (int i = 0; i < count; i++)
        put_token(s, flows[i], me.scope);
    if (n->kind == S_END && n->event == E_TERMINATE) { /* 13.5.6 */
        empty(s, me.scope);
        if (me.scope == 1)
            end(s, "terminated");
        else
            leave(s, me.scope);
        return;
    }
    gone(s, me.scope);
}

/* --- events
 * -----------------------------------------------------------------------------------------------
 */
static void enter_and_leave(struct slow_state *s, int node, int scope, struct slow_input input) {
    int id = enter(s, node, scope, AS_ELEMENT);
    if (id == NOTHING)
        return;
    bring(s, id, input);
    leave(s, id);
}

/* The event for which `owner` waited came. */
void trigger(struct slow_state *s, int owner, int event, struct slow_input input) {
    const struct slow_node *e = node_at(s, event);
    struct slow_live o = *live_at(s, owner);
    if (e->kind == S_BOUNDARY) { /* 13.5.3 */
        if (!e->beside)
            cancel(s, owner);
        enter_and_leave(s, event, o.scope, input);
    } else if (e->kind == S_START) { /* 13.5.4 */
        if (!e->beside)
            empty(s, owner);
        int sub = enter(s, e->parent, owner, AS_ELEMENT);
        if (sub != NOTHING) {
            live_at(s, sub)->since = ++s->clock; /* it can have handlers of its own */
            enter_and_leave(s, event, sub, input);
        }
    } else if (o.node == event) { /* 13.5.2 */
        bring(s, owner, input);
        leave(s, owner);
    } else { /* 13.4.4: behind an event-based gateway; the first event decides */
        say_node(s, "-", o.node);
        remove_live(s, owner, true);
        enter_and_leave(s, event, o.scope, input);
    }
}

/* The event came from outside: a message, a signal, the time. */
static void happen(struct slow_state *s, int owner, int event, const char *what,
                   struct slow_input input) {
    const struct slow_node *e = node_at(s, event);
    bool stays = e->beside && (e->kind == S_BOUNDARY || e->kind == S_START);
    struct slow_spent *spent = spent_of(s, owner, event);
    say_node(s, what, event);
    if (spent == NULL) {
        assert(s->spent_count < SPENT_MAX);
        spent = &s->spent[s->spent_count++];
        *spent = (struct slow_spent){.owner = owner, .node = event};
    }
    spent->fired++;
    spent->at = ++s->clock;
    spent->gone = s->oracle != NULL || !stays || (e->event == E_TIMER && spent->fired >= e->fires);
    trigger(s, owner, event, input);
}

static bool catches(const struct slow_node *n, enum slow_event event, int code, bool exact) {
    return n->event == event && (exact ? n->name == code : n->name == ANY_CODE);
}

/* 10.5.7, 13.5: an error or escalation goes outwards to the innermost place that catches it: an
 * event sub-process of the scope, or an event on its boundary. The code itself comes before "all".
 * False: nobody catches it. */
static bool throw_at(struct slow_state *s, int from, enum slow_event event, int code,
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

static void throw_event(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    struct slow_input nothing = {.variable = NO_VALUE};
    int scope = live_at(s, id)->scope;
    switch (n->event) {
    case E_COMPENSATE: throw_compensation(s, id); return;
    case E_CANCEL: throw_cancel(s, id); return;
    case E_SIGNAL: say(s, "throw:S%d", n->name); break;
    case E_ERROR:
        say(s, "throw:E%d", n->name);
        if (throw_at(s, scope, E_ERROR, n->name, nothing))
            return;
        if (s->oracle != NULL && escapes(s->m, live_at(s, id)->node)) {
            empty(s, 1); /* it ends the process: what called it may catch it */
            end(s, "error");
        } else {
            stop(s, id, "error", false);
        }
        return;
    case E_ESCALATION: /* nobody need catch it (10.5.7) */
        say(s, "throw:C%d", n->name);
        (void)throw_at(s, scope, E_ESCALATION, n->name, nothing);
        if (place_of(s, id) == NOTHING)
            return;
        break;
    default: break;
    }
    leave(s, id);
}

/* --- what an element does
 * --------------------------------------------------------------------------------- */
/* 13.2, 13.3.4: its start event; without one, everything to which nothing leads. All of it is there
 * before the first acts. */
static void open_scope(struct slow_state *s, int id) {
    int node = live_at(s, id)->node, first[NODES_MAX], count = 0;
    for (int i = 1; i < s->m->node_count; i++)
        if (node_at(s, i)->kind == S_START && node_at(s, i)->parent == node)
            first[count++] = i;
    for (int i = 1; i < s->m->node_count && (count == 0 || node_at(s, first[0])->kind != S_START);
         i++) {
        const struct slow_node *n = node_at(s, i);
        if (n->parent == node && in_count(s, i) == 0 && n->kind != S_BOUNDARY &&
            n->kind != S_EVENT_SUB && !n->is_handler)
            first[count++] = i;
    }
    if (count == 0) {
        gone(s, id);
        return;
    }
    for (int i = 0; i < count; i++) {
        int child = enter(s, first[i], id, as_of(node_at(s, first[i])));
        if (child == NOTHING)
            return;
        if (count == 1)
            execute(s, child);
        else
            act_later(s, child);
    }
}

static void run_script(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    int from = n->from < 0 ? NO_VALUE : get(s, id, n->from);
    if (n->from >= 0 && from == NO_VALUE && s->oracle == NULL) {
        stop(s, id, "script", false);
        return;
    }
    int value = n->from < 0 ? 7 : from + 1;
    if (n->out >= 0)
        set_in(s, id, n->set, value);
    else
        set_outwards(s, id, n->set, value);
    leave(s, id);
}

void execute(struct slow_state *s, int id) {
    int node = live_at(s, id)->node;
    const struct slow_node *n = node_at(s, node);
    if (live_at(s, id)->as == AS_BODY) {
        open_body(s, id);
        return;
    }
    if (n->local >= 0)
        set_in(s, id, n->local, n->value);
    bool waiting = n->kind == S_USER || n->kind == S_SERVICE || n->kind == S_RECEIVE ||
                   n->kind == S_CALL || n->kind == S_SUB || n->kind == S_TRANSACTION ||
                   n->kind == S_EVENT_BASED || (n->kind == S_CATCH && n->event != E_LINK);
    if (waiting && live_at(s, id)->since == 0)
        live_at(s, id)->since = ++s->clock;
    switch (n->kind) {
    case S_USER: say_node(s, "?", node); return;
    case S_SERVICE:
        say_node(s, "job:", node);
        live_at(s, id)->job = true;
        return;
    case S_CALL: say_node(s, "call:", node); return;
    case S_SUB:
    case S_TRANSACTION: open_scope(s, id); return;
    case S_SCRIPT: run_script(s, id); return;
    case S_THROW:
    case S_END: throw_event(s, id); return;
    default:
        if (!waiting)
            leave(s, id);
    }
}

/* --- tokens
 * ---------------------------------------------------------------------------------------------- */
int in_count(const struct slow_state *s, int node) {
    int count = 0;
    for (int i = 0; i < s->m->flow_count; i++)
        count += s->m->flows[i].to == node;
    return count;
}

int token_on(const struct slow_state *s, int flow, int scope) {
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].flow == flow && s->tokens[i].scope == scope)
            return i;
    return NOTHING;
}

/* One token from each incoming flow that has one; then the join goes on. A complex gateway keeps in
 * mind whose tokens it took when it started, and does not take a second one there when it resets.
 */
void join(struct slow_state *s, int node, int scope) {
    bool complex = node_at(s, node)->kind == S_COMPLEX, resets = has_started(s, node, scope);
    for (int i = 0; i < s->m->flow_count; i++) {
        bool taken = false;
        for (int g = 0; g < s->gate_count; g++)
            taken = taken || (s->gates[g].flow == i && s->gates[g].scope == scope);
        if (s->m->flows[i].to != node || taken || token_on(s, i, scope) == NOTHING)
            continue;
        remove_token(s, token_on(s, i, scope));
        if (complex && !resets)
            s->gates[s->gate_count++] = (struct slow_gate){i, scope};
    }
    for (int g = s->gate_count - 1; g >= 0 && resets; g--)
        if (s->m->flows[s->gates[g].flow].to == node && s->gates[g].scope == scope)
            s->gates[g] = s->gates[--s->gate_count];
    int id = enter(s, node, scope, AS_ELEMENT);
    if (id != NOTHING)
        execute(s, id);
}

static bool move_token(struct slow_state *s) {
    for (int i = 0; i < s->token_count; i++) {
        struct slow_token token = s->tokens[i];
        int to = s->m->flows[token.flow].to;
        if (is_join(s, to))
            continue;
        remove_token(s, i);
        int id = enter(s, to, token.scope, as_of(node_at(s, to)));
        if (id != NOTHING)
            execute(s, id);
        return true;
    }
    return false;
}

/* What was entered and has not acted yet; a token that came to a complex gateway. */
static bool do_next(struct slow_state *s) {
    if (s->todo_count == 0)
        return false;
    int id = s->todo[0];
    s->todo_count--;
    for (int i = 0; i < s->todo_count; i++)
        s->todo[i] = s->todo[i + 1];
    if (id < 0)
        token_came(s, s->arrived[-id - 2][0], s->arrived[-id - 2][1]);
    else if (place_of(s, id) != NOTHING)
        execute(s, id);
    return true;
}

/* 10.5.5: a conditional event happens when its condition becomes true. */
static bool look_at_conditions(struct slow_state *s) {
    for (int i = 0; i < s->live_count && s->oracle == NULL; i++)
        for (int n = 1; n < s->m->node_count; n++) {
            int owner = s->live[i].id, seen = 0;
            const struct slow_node *e = node_at(s, n);
            if (e->event != E_CONDITION || !slow_waits(s, owner, n))
                continue;
            bool yes = get(s, owner, e->variable) == e->number;
            while (seen < s->seen_count &&
                   (s->seen[seen].owner != owner || s->seen[seen].node != n))
                seen++;
            if (!yes && seen < s->seen_count)
                s->seen[seen] = s->seen[--s->seen_count];
            if (!yes || seen < s->seen_count)
                continue;
            if (s->seen_count == LIVE_MAX) {
                s->too_much = true;
                return false;
            }
            s->seen[s->seen_count++] = (struct slow_seen){owner, n};
            happen(s, owner, n, "met:", (struct slow_input){.variable = NO_VALUE});
            return true;
        }
    return false;
}

static void settle(struct slow_state *s) {
    while (s->ended == NULL && !s->too_much)
        if (!do_next(s) && !look_at_conditions(s) && !move_token(s) && !go_on_undoing(s, 0) &&
            !go_on_parallel(s) && !go_on_inclusive(s) && !reset_gate(s, 0))
            break;
    s->arrived_count = 0;
}

/* --- inputs
 * ---------------------------------------------------------------------------------------------- */
/* A worker's input names the nth open job of the node, any other the nth live element. */
static bool names(const struct slow_state *s, struct slow_input input, const struct slow_live *l) {
    bool worker = input.verb == IN_JOB || input.verb == IN_FAIL || input.verb == IN_ERROR;
    return l->node == input.node &&
           (l->job || !worker || node_at(s, input.node)->kind != S_SERVICE);
}

static int nth_live(const struct slow_state *s, struct slow_input input) {
    for (int i = 0; i < s->live_count; i++)
        if (names(s, input, &s->live[i]) && --input.nth == 0)
            return s->live[i].id;
    return NOTHING;
}

void slow_begin(struct slow_state *s, const struct slow_model *model, struct slow_log *log) {
    *s = (struct slow_state){.m = model, .log = log, .clock = 1, .ids = 1, .live_count = 1};
    s->live[0] = (struct slow_live){.id = 1, .since = 1};
}

static void start(struct slow_state *s, struct slow_input input) {
    bring(s, 1, input);
    open_scope(s, 1);
}

static void signal(struct slow_state *s, struct slow_input input) {
    /* all that waited when it came, unless an earlier one took it away */
    int until = (s->clock + 1) * 2 * NODES_MAX, after = 0, event;
    for (;;) {
        int owner = find_waiting(&event, s, E_SIGNAL, input.name, after, until);
        if (owner == NOTHING || s->ended != NULL)
            return;
        after = since_of(s, place_of(s, owner), event);
        happen(s, owner, event, "met:", input);
    }
}

/* The nth timer of the node: the one that runs longest comes first; a cycle's begins anew each
 * time. */
static void fire(struct slow_state *s, struct slow_input input) {
    int owner = NOTHING;
    for (int after = 0; input.nth > 0; input.nth--) {
        int best = NOTHING, best_since = 0;
        for (int i = 0; i < s->live_count; i++) {
            int since = since_of(s, i, input.node);
            struct slow_spent *spent = spent_of(s, s->live[i].id, input.node);
            if (spent != NULL)
                since = spent->at * 2 * NODES_MAX;
            if (slow_waits(s, s->live[i].id, input.node) && since > after &&
                (best == NOTHING || since < best_since)) {
                best = s->live[i].id;
                best_since = since;
            }
        }
        owner = best;
        after = best_since;
    }
    assert(owner != NOTHING);
    happen(s, owner, input.node, input.verb == IN_TIMER ? "fired:" : "met:", input);
}

static void retry(struct slow_state *s, int id) {
    struct slow_live *me = live_at(s, id);
    say_node(s, "go:", me->node);
    me->stop = NULL;
    if (me->job && !me->leaving)
        return; /* its job is offered again */
    if (me->as == AS_BODY && me->leaving)
        finish(s, id);
    else if (me->leaving)
        leave(s, id);
    else
        execute(s, id);
}

static void fail(struct slow_state *s, int id, struct slow_input input) {
    if (input.verb == IN_FAIL) {
        if (input.number == 0)
            stop(s, id, "job-retries", false);
        return;
    }
    bool escalates = input.verb == IN_CALL_ERROR && input.number == 1;
    live_at(s, id)->escalated = live_at(s, id)->escalated || escalates;
    say(s, "throw:%c%d", escalates ? 'C' : 'E', input.name);
    if (!throw_at(s, id, escalates ? E_ESCALATION : E_ERROR, input.name, input) && !escalates)
        stop(s, id, "error", false);
}

void slow_step(struct slow_state *s, struct slow_input input) {
    int id = nth_live(s, input), event;
    s->log->count = 0;
    s->entered = 0;
    switch (input.verb) {
    case IN_START: start(s, input); break;
    case IN_JOB:
        live_at(s, id)->job = false;
        bring(s, id, input);
        leave(s, id);
        break;
    case IN_DO:
    case IN_CALLED:
        bring(s, id, input);
        leave(s, id);
        break;
    case IN_FAIL:
    case IN_ERROR:
    case IN_CALL_ERROR: fail(s, id, input); break;
    case IN_TIMER: fire(s, input); break;
    case IN_MESSAGE:
        id = find_waiting(&event, s, E_MESSAGE, input.name, 0, INT32_MAX);
        happen(s, id, event, "met:", input);
        break;
    case IN_SIGNAL: signal(s, input); break;
    case IN_RETRY: retry(s, id); break;
    case IN_SET: set_in(s, 1, input.variable, input.value); break;
    case IN_CANCEL:
        empty(s, 1);
        end(s, "cancelled");
        break;
    case IN_CONDITION: fire(s, input); break;
    }
    settle(s);
}

/* --- what could come
 * -------------------------------------------------------------------------------------------- */
struct offers {
    struct slow_input *list;
    int count, room;
};

static void offer(struct offers *o, struct slow_input input) {
    input.variable = NO_VALUE;
    for (int i = 0; i < o->count; i++)
        if (memcmp(&o->list[i], &input, sizeof input) == 0)
            return;
    if (o->count < o->room)
        o->list[o->count++] = input;
}

/* Which of those that the input could name the element is. */
static void offer_for(struct offers *o, const struct slow_state *s, int place,
                      struct slow_input input) {
    input.node = s->live[place].node;
    input.nth = 0;
    for (int i = 0; i <= place; i++)
        input.nth += names(s, input, &s->live[i]);
    offer(o, input);
}

static void offer_live(struct offers *o, const struct slow_state *s, int place) {
    const struct slow_live *l = &s->live[place];
    const struct slow_node *n = node_at(s, l->node);
    if (l->stop != NULL) {
        offer_for(o, s, place, (struct slow_input){.verb = IN_RETRY, .number = 2});
        return;
    }
    if (!acts(l))
        return;
    if (n->kind == S_USER)
        offer_for(o, s, place, (struct slow_input){.verb = IN_DO});
    if (n->kind == S_CALL)
        offer_for(o, s, place, (struct slow_input){.verb = IN_CALLED});
    if (n->kind == S_SERVICE)
        offer_for(o, s, place, (struct slow_input){.verb = IN_JOB});
    enum slow_verb error = n->kind == S_CALL ? IN_CALL_ERROR : IN_ERROR;
    for (int code = 0; code < 2 && (n->kind == S_CALL || n->kind == S_SERVICE); code++)
        offer_for(o, s, place, (struct slow_input){.verb = error, .name = code});
    for (int left = 0; left < 2 && n->kind == S_SERVICE; left++)
        offer_for(o, s, place, (struct slow_input){.verb = IN_FAIL, .number = left});
}

int slow_inputs(struct slow_input *out, int room, const struct slow_state *s) {
    struct offers o = {out, 0, room};
    int timers[NODES_MAX] = {0};
    if (s->ended != NULL)
        return 0;
    for (int i = 1; i < s->live_count; i++)
        offer_live(&o, s, i);
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++) {
            const struct slow_node *e = node_at(s, n);
            if (!slow_waits(s, s->live[i].id, n))
                continue;
            if (e->event == E_TIMER || (e->event == E_CONDITION && s->oracle != NULL))
                offer(&o, (struct slow_input){.verb = e->event == E_TIMER ? IN_TIMER : IN_CONDITION,
                                              .node = n,
                                              .nth = ++timers[n]});
            else if (e->event != E_CONDITION)
                offer(&o,
                      (struct slow_input){.verb = e->event == E_MESSAGE ? IN_MESSAGE : IN_SIGNAL,
                                          .name = e->name});
        }
    return o.count;
}
