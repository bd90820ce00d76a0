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

void remove_token(struct slow_state *s, int place) {
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
    return kind == S_PROCESS || kind == S_SUB || kind == S_TRANSACTION || kind == S_EVENT_SUB ||
           kind == S_AD_HOC;
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
void set_outwards(struct slow_state *s, int id, int variable, int value) {
    int old;
    while (id != 1 && !has_own(s, id, variable, &old))
        id = live_at(s, id)->scope;
    set_in(s, id, variable, value);
}

/* What an event or a completion brought: stays with an element that maps its outputs. */
void bring(struct slow_state *s, int id, struct slow_input input) {
    if (input.variable < 0)
        return;
    if (node_at(s, live_at(s, id)->node)->out >= 0)
        set_in(s, id, input.variable, input.value);
    else
        set_outwards(s, id, input.variable, input.value);
}

/* --- entering and leaving
 * ----------------------------------------------------------------------------------- */
void stop(struct slow_state *s, int id, const char *why, bool leaving) {
    char text[WORD_MAX];
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

enum slow_as as_of(const struct slow_node *n) {
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
        for (int i = s->live_count - 1; i >= 0 && !found; i--) /* the last first */
            if (s->live[i].scope == scope && s->live[i].id != scope &&
                s->live[i].closing != C_CANCEL) {
                found = true;
                cancel(s, s->live[i].id);
            }
    }
}

/* Who listens to a task's cancelling must be done before it is gone, and what is around it. */
void cancel(struct slow_state *s, int id) {
    empty(s, id);
    struct slow_live *me = live_at(s, id);
    bool task = node_at(s, me->node)->kind == S_USER && acts(me);
    bool already = me->closing == C_CANCEL, stopped = me->stop != NULL;
    me->closing = C_CANCEL;
    me->stop = NULL;
    if (!already) {
        me->job = 0;
        me->listen = AT_NONE;
    }
    bool stays =
        has_any(s, id) || already || (task && me->since > 0 && ask_listeners(s, id, AT_CANCELING));
    if (stays && stopped)
        say_node(s, "go:", me->node); /* nobody need mend it any more */
    if (stays)
        return;
    say_node(s, "x", live_at(s, id)->node);
    remove_live(s, id, false);
}

bool has_any(const struct slow_state *s, int scope) {
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].scope == scope)
            return true;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == scope)
            return true;
    return false;
}

void end(struct slow_state *s, const char *how) {
    s->ended = how;
    s->live_count = 0;
    say(s, "end:%s", how);
}

/* What had to be done before a scope could be gone is done. */
static void closed(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    if (me.closing == C_TERMINATE && id == 1) {
        end(s, "terminated");
    } else if (me.closing == C_TERMINATE) {
        leave(s, id);
    } else if (id == 1) {
        end(s, "cancelled");
    } else {
        say_node(s, "x", me.node);
        remove_live(s, id, false);
        gone(s, me.scope);
    }
}

/* 13.2, 13.3.4: a scope completes when no token is left in it and nothing is alive. What is still
 * to be compensated in it comes first, and a complex gateway that has not reset. */
void gone(struct slow_state *s, int scope) {
    struct slow_live me = *live_at(s, scope);
    if (s->ended != NULL || s->too_much || has_any(s, scope))
        return;
    if (me.closing == C_CANCEL || me.closing == C_TERMINATE) {
        closed(s, scope);
        return;
    }
    if (me.stop != NULL || me.listen != AT_NONE || go_on_undoing(s, scope) || reset_gate(s, scope))
        return;
    if (me.as == AS_BODY && me.closing == C_COMPLETE)
        finish(s, scope);
    else if (me.as == AS_BODY)
        next_of_body(s, scope);
    else if (me.as == AS_UNDO)
        finish(s, scope);
    else if (me.as == AS_SLOT)
        slot_done(s, scope);
    else if (node_at(s, me.node)->kind == S_AD_HOC)
        ad_hoc_empty(s, scope);
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

void put_token(struct slow_state *s, int flow, int scope) {
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
    if (!acts(&me) || !ask_listeners(s, id, AT_END))
        finish(s, id);
    else
        live_at(s, id)->closed = true; /* its events are over */
}

void finish(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    const struct slow_node *n = node_at(s, me.node);
    int flows[FLOWS_MAX], count;
    if (id == 1) {
        end(s, me.closing == C_TERMINATE ? "terminated" : "completed");
        return;
    }
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
        for (int left = n->gives > 1 ? n->gives : 1; left > 0; left--)
            put_token(s, flows[i], me.scope);
    if (n->kind == S_END && has_event(n, E_TERMINATE)) { /* 13.5.6 */
        empty(s, me.scope);
        live_at(s, me.scope)->closing = C_TERMINATE;
        if (!has_any(s, me.scope))
            closed(s, me.scope);
        return;
    }
    gone(s, me.scope);
}

/* --- what an element does
 * --------------------------------------------------------------------------------- */
/* 13.2, 13.3.4: its start event; without one, everything to which nothing leads. All of it is there
 * before the first acts. */
void open_scope(struct slow_state *s, int id) {
    int node = live_at(s, id)->node, first[NODES_MAX], count = 0;
    for (int i = 1; i < s->m->node_count; i++)
        if (node_at(s, i)->kind == S_START && node_at(s, i)->parent == node &&
            node_at(s, i)->event == E_NONE)
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

/* Work for a job worker, or for a listener. */
void add_job(struct slow_state *s, int id, const char *word) {
    live_at(s, id)->job = ++s->clock;
    say_node(s, word, live_at(s, id)->node);
}

void execute(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    if (live_at(s, id)->as == AS_BODY) {
        open_body(s, id);
        return;
    }
    if (n->local >= 0)
        set_in(s, id, n->local, n->value);
    if (!ask_listeners(s, id, AT_START))
        act(s, id);
}

void act(struct slow_state *s, int id) {
    int node = live_at(s, id)->node;
    const struct slow_node *n = node_at(s, node);
    if (live_at(s, id)->came) {
        leave(s, id);
        return;
    }
    bool waiting = n->kind == S_USER || n->kind == S_SERVICE || n->kind == S_RECEIVE ||
                   n->kind == S_CALL || n->kind == S_SUB || n->kind == S_TRANSACTION ||
                   n->kind == S_EVENT_BASED || (n->kind == S_CATCH && n->event != E_LINK);
    if (waiting && live_at(s, id)->since == 0)
        live_at(s, id)->since = ++s->clock;
    switch (n->kind) {
    case S_USER:
        say_node(s, "?", node);
        (void)ask_listeners(s, id, AT_CREATING);
        return;
    case S_SERVICE: add_job(s, id, "job:"); return;
    case S_CALL: say_node(s, "call:", node); return;
    case S_PROCESS:
        if (s->begins > 0)
            begin_by(s, s->begins, s->begins_def);
        else
            open_scope(s, id);
        return;
    case S_SUB:
    case S_TRANSACTION: open_scope(s, id); return;
    case S_AD_HOC: open_ad_hoc(s, id); return;
    case S_EVENT_SUB: open_handler(s, id); return;
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
        if (is_join(s, to) || node_at(s, to)->wants > 1)
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

/* Was the condition true when it was looked at last? */
static int seen_at(const struct slow_state *s, int owner, struct what what) {
    for (int i = 0; i < s->seen_count; i++)
        if (s->seen[i].owner == owner && s->seen[i].node == what.event &&
            s->seen[i].def == what.def)
            return i;
    return NOTHING;
}

/* 10.5.5: a conditional event happens when its condition becomes true. Of several, the one that
 * waits longest. */
static bool look_at_conditions(struct slow_state *s) {
    int best = NOTHING, best_since = 0;
    struct what best_what = {0};
    for (int i = 0; i < s->live_count && s->oracle == NULL; i++)
        for (int n = 1; n < s->m->node_count * DEFS_MAX; n++) {
            struct what what = {n / DEFS_MAX, n % DEFS_MAX};
            int owner = s->live[i].id;
            if (what.def > node_at(s, what.event)->more_count)
                continue;
            struct slow_def d = slow_def(node_at(s, what.event), what.def);
            if (d.event != E_CONDITION || !slow_waits_for(s, owner, what.event, what.def))
                continue;
            bool yes = get(s, owner, d.variable) == d.number;
            int seen = seen_at(s, owner, what), since = since_of(s, i, what);
            if (!yes && seen != NOTHING)
                s->seen[seen] = s->seen[--s->seen_count];
            if (!yes || seen != NOTHING || (best != NOTHING && since > best_since))
                continue;
            best = owner;
            best_since = since;
            best_what = what;
        }
    if (best == NOTHING)
        return false;
    if (s->seen_count == LIVE_MAX) {
        s->too_much = true;
        return false;
    }
    s->seen[s->seen_count++] = (struct slow_seen){best, best_what.event, best_what.def};
    happen(s, best, best_what, "met:", (struct slow_input){.variable = NO_VALUE});
    return true;
}

void settle(struct slow_state *s) {
    while (s->ended == NULL && !s->too_much)
        if (!do_next(s) && !look_at_conditions(s) && !move_token(s) && !go_on_undoing(s, 0) &&
            !go_on_parallel(s) && !go_on_inclusive(s) && !reset_gate(s, 0))
            break;
    s->arrived_count = 0;
}
