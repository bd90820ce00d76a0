/* Inputs: what each does, and which could come. */
#include "slow_in.h"

#include <assert.h>

/* --- inputs
 * ---------------------------------------------------------------------------------------------- */
static bool is_workers(enum slow_verb verb) {
    return verb == IN_JOB || verb == IN_FAIL || verb == IN_ERROR || verb == IN_DENY ||
           verb == IN_CHOOSE || verb == IN_FULFIL;
}

/* The live element that the input names: a worker's the nth open job of the node, any other the nth
 * live element. */
static int nth_live(const struct slow_state *s, struct slow_input input) {
    int after = 0, id = NOTHING;
    bool by_job = false; /* soundness asks for errors of what has none, too */
    for (int i = 0; i < s->live_count; i++)
        by_job = by_job ||
                 (is_workers(input.verb) && s->live[i].node == input.node && s->live[i].job > 0);
    for (int i = 0; i < s->live_count && !by_job; i++)
        if (s->live[i].node == input.node && --input.nth == 0)
            return s->live[i].id;
    for (; by_job && input.nth > 0; input.nth--) {
        int best = INT32_MAX;
        id = NOTHING;
        for (int i = 0; i < s->live_count; i++) {
            const struct slow_live *l = &s->live[i];
            if (l->node == input.node && l->job > after && l->job < best) {
                best = l->job;
                id = l->id;
            }
        }
        after = best;
    }
    return id;
}

void slow_begin(struct slow_state *s, const struct slow_model *model, struct slow_log *log) {
    *s = (struct slow_state){.m = model, .log = log, .clock = 1, .ids = 1, .live_count = 1};
    s->live[0] = (struct slow_live){.id = 1, .since = 1};
}

static void start(struct slow_state *s, struct slow_input input) {
    bring(s, 1, input);
    if (input.verb == IN_START_BY) {
        s->begins = input.node;
        s->begins_def = input.name;
    }
    if (!ask_listeners(s, 1, AT_START))
        act(s, 1);
}

static void came(struct slow_state *s, int node) {
    int id = enter(s, node, 1, AS_ELEMENT);
    if (id == NOTHING)
        return;
    live_at(s, id)->came = true;
    if (!ask_listeners(s, id, AT_START))
        leave(s, id);
}

/* 13.2: the process begins by an event: a start event, an instantiating receive task, or an event
 * behind an instantiating gateway. What needs all its events waits for the others. */
void begin_by(struct slow_state *s, int node, int def) {
    const struct slow_node *n = node_at(s, node);
    for (int i = 0; i < s->m->flow_count; i++) {
        int gate = s->m->flows[i].from;
        if (s->m->flows[i].to != node || node_at(s, gate)->kind != S_EVENT_BASED)
            continue;
        int id = enter(s, gate, 1, AS_ELEMENT);
        say_node(s, "-", gate);
        remove_live(s, id, true);
        for (int k = 0; k < s->m->flow_count && node_at(s, gate)->all_of; k++)
            if (s->m->flows[k].from == gate && s->m->flows[k].to != node)
                put_token(s, k, 1);
        came(s, node);
        return;
    }
    if (!n->all_of) {
        came(s, node);
        return;
    }
    int id = enter(s, node, 1, AS_ELEMENT);
    live_at(s, id)->since = ++s->clock;
    s->spent[s->spent_count++] =
        (struct slow_spent){.owner = id, .node = node, .def = def, .fired = 1, .gone = true};
}

static void signal(struct slow_state *s, struct slow_input input) {
    /* all that waited when it came, unless an earlier one took it away */
    struct sought sought = {E_SIGNAL, input.name, 0, (s->clock + 1) * 2 * NODES_MAX * DEFS_MAX};
    for (;;) {
        struct what what;
        int owner = find_waiting(&what, s, sought);
        if (owner == NOTHING || s->ended != NULL)
            return;
        sought.after = since_of(s, place_of(s, owner), what);
        happen(s, owner, what, "met:", input);
    }
}

static void message(struct slow_state *s, struct slow_input input) {
    struct what what;
    int owner = find_waiting(&what, s, (struct sought){E_MESSAGE, input.name, 0, INT32_MAX});
    happen(s, owner, what, "met:", input);
}

/* The nth timer of the node: the one that runs longest comes first; a cycle's begins anew each
 * time. */
static void fire(struct slow_state *s, struct slow_input input) {
    int owner = NOTHING, def = 0;
    while (input.verb == IN_TIMER && slow_def(node_at(s, input.node), def).event != E_TIMER)
        def++;
    struct what what = {input.node, def};
    for (int after = 0; input.nth > 0; input.nth--) {
        int best = NOTHING, best_since = 0;
        for (int i = 0; i < s->live_count; i++) {
            int since = since_of(s, i, what);
            struct slow_spent *spent = spent_of(s, s->live[i].id, input.node, def);
            if (spent != NULL)
                since = spent->at * 2 * NODES_MAX * DEFS_MAX;
            if (slow_waits_for(s, s->live[i].id, input.node, def) && since > after &&
                (best == NOTHING || since < best_since)) {
                best = s->live[i].id;
                best_since = since;
            }
        }
        owner = best;
        after = best_since;
    }
    assert(owner != NOTHING);
    happen(s, owner, what, input.verb == IN_TIMER ? "fired:" : "met:", input);
}

static void retry(struct slow_state *s, int id) {
    struct slow_live *me = live_at(s, id);
    say_node(s, "go:", me->node);
    me->stop = NULL;
    bool at_end = node_at(s, me->node)->hears[AT_END] > 0; /* they have been heard */
    if (me->job > 0 && !me->leaving)
        return; /* its job is offered again */
    if (me->leaving && (me->as == AS_BODY || at_end))
        finish(s, id);
    else if (me->leaving)
        leave(s, id);
    else if (me->listened)
        act(s, id);
    else
        execute(s, id);
}

static void fail(struct slow_state *s, int id, struct slow_input input) {
    if (input.verb == IN_FAIL) {
        if (input.number == 0)
            stop(s, id, incident_of_job(s, id), false);
        return;
    }
    bool escalates = input.verb == IN_CALL_ERROR && input.number == 1;
    live_at(s, id)->escalated = live_at(s, id)->escalated || escalates;
    say(s, "throw:%c%d", escalates ? 'C' : 'E', input.name);
    if (!throw_at(s, id, escalates ? E_ESCALATION : E_ERROR, input.name, input) && !escalates)
        stop(s, id, "error", false);
}

/* A user task is changed, or is to be completed: at once, or when its listeners are done. */
static void change_task(struct slow_state *s, int id, struct slow_input input) {
    enum slow_listen when = input.verb == IN_DO       ? AT_COMPLETING
                            : input.verb == IN_ASSIGN ? AT_ASSIGNING
                                                      : AT_UPDATING;
    live_at(s, id)->variable = input.variable;
    live_at(s, id)->value = input.value;
    if (node_at(s, live_at(s, id)->node)->hears[when] > 0) {
        say_node(s, "changing:", input.node);
        (void)ask_listeners(s, id, when);
    } else if (input.verb == IN_DO) {
        bring(s, id, input);
        leave(s, id);
    } else {
        say_node(s, "changed:", input.node);
    }
}

static void job_done(struct slow_state *s, int id, struct slow_input input) {
    if (live_at(s, id)->listen != AT_NONE) {
        heard(s, id, input);
        return;
    }
    live_at(s, id)->job = 0;
    bring(s, id, input);
    leave(s, id);
}

static void cancel_all(struct slow_state *s) {
    empty(s, 1);
    live_at(s, 1)->job = 0;
    if (has_any(s, 1))
        live_at(s, 1)->closing = C_CANCEL;
    else
        end(s, "cancelled");
}

static void take(struct slow_state *s, int id, struct slow_input input) {
    switch (input.verb) {
    case IN_START:
    case IN_START_BY: start(s, input); break;
    case IN_JOB:
    case IN_DENY: job_done(s, id, input); break;
    case IN_DO:
    case IN_ASSIGN:
    case IN_UPDATE: change_task(s, id, input); break;
    case IN_CALLED:
        bring(s, id, input);
        leave(s, id);
        break;
    case IN_FAIL:
    case IN_ERROR:
    case IN_CALL_ERROR: fail(s, id, input); break;
    case IN_TIMER:
    case IN_CONDITION: fire(s, input); break;
    case IN_MESSAGE: message(s, input); break;
    case IN_SIGNAL: signal(s, input); break;
    case IN_RETRY: retry(s, id); break;
    case IN_SET: set_in(s, 1, input.variable, input.value); break;
    case IN_CANCEL: cancel_all(s); break;
    case IN_ACTIVATE:
    case IN_FINISH:
    case IN_CHOOSE:
    case IN_FULFIL: direct_ad_hoc(s, id, input); break;
    case IN_BEGIN:
    case IN_END:
    case IN_MOVE: modify(s, id, input); break;
    case IN_MIGRATE: migrate(s, input); break;
    }
}

void slow_step(struct slow_state *s, struct slow_input input) {
    s->log->count = 0;
    s->entered = 0;
    s->refused = NULL;
    take(s, nth_live(s, input), input);
    if (s->refused == NULL)
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
    for (input.nth = 1; nth_live(s, input) != s->live[place].id; input.nth++)
        ;
    offer(o, input);
}

static void offer_job(struct offers *o, const struct slow_state *s, int place) {
    const struct slow_live *l = &s->live[place];
    const struct slow_node *n = node_at(s, l->node);
    for (int left = 0; left < 2; left++)
        offer_for(o, s, place, (struct slow_input){.verb = IN_FAIL, .number = left});
    bool of_task = l->listen >= AT_CREATING;
    for (int code = 0; code < 2 && !of_task && l->node != 0; code++)
        offer_for(o, s, place, (struct slow_input){.verb = IN_ERROR, .name = code});
    if (l->listen != AT_NONE || n->kind != S_AD_HOC)
        offer_for(o, s, place, (struct slow_input){.verb = IN_JOB});
    if (l->listen == AT_ASSIGNING || l->listen == AT_UPDATING || l->listen == AT_COMPLETING)
        offer_for(o, s, place, (struct slow_input){.verb = IN_DENY});
}

static void offer_ad_hoc(struct offers *o, const struct slow_state *s, int place) {
    const struct slow_live *l = &s->live[place];
    const struct slow_node *n = node_at(s, l->node);
    bool asked = n->worker && l->job > 0;
    if (l->closing != C_OPEN || (n->worker && !asked))
        return;
    for (int cancels = 0; cancels < 2; cancels++)
        offer_for(o, s, place,
                  (struct slow_input){.verb = asked ? IN_FULFIL : IN_FINISH, .number = cancels});
    for (int a = 1; a < s->m->node_count; a++) {
        bool busy = n->in_turn && has_any(s, l->id);
        if (can_begin(s, l->node, a) && !busy && takes_up(s, l->id))
            offer_for(o, s, place,
                      (struct slow_input){.verb = asked ? IN_CHOOSE : IN_ACTIVATE,
                                          .other = a,
                                          .name = a % 3 == 0 && !n->in_turn ? a : 0});
    }
}

static void offer_live(struct offers *o, const struct slow_state *s, int place) {
    const struct slow_live *l = &s->live[place];
    const struct slow_node *n = node_at(s, l->node);
    if (l->stop != NULL) {
        offer_for(o, s, place, (struct slow_input){.verb = IN_RETRY, .number = 2});
        return;
    }
    if (l->job > 0)
        offer_job(o, s, place);
    if (!acts(l) || l->listen != AT_NONE || l->closing == C_CANCEL)
        return;
    if (n->kind == S_AD_HOC)
        offer_ad_hoc(o, s, place);
    if (n->kind == S_USER)
        offer_for(o, s, place, (struct slow_input){.verb = IN_DO});
    if (n->kind == S_CALL)
        offer_for(o, s, place, (struct slow_input){.verb = IN_CALLED});
    for (int code = 0; code < 2 && n->kind == S_CALL; code++)
        offer_for(o, s, place, (struct slow_input){.verb = IN_CALL_ERROR, .name = code});
    if (n->kind == S_USER && n->hears[AT_ASSIGNING] + n->hears[AT_UPDATING] > 0) {
        offer_for(o, s, place, (struct slow_input){.verb = IN_ASSIGN});
        offer_for(o, s, place, (struct slow_input){.verb = IN_UPDATE});
    }
}

static void offer_event(struct offers *o, const struct slow_state *s, int place, struct what what,
                        int timers[NODES_MAX]) {
    struct slow_def d = slow_def(node_at(s, what.event), what.def);
    if (!slow_waits_for(s, s->live[place].id, what.event, what.def))
        return;
    if (d.event == E_TIMER || (d.event == E_CONDITION && s->oracle != NULL))
        offer(o, (struct slow_input){.verb = d.event == E_TIMER ? IN_TIMER : IN_CONDITION,
                                     .node = what.event,
                                     .nth = ++timers[what.event]});
    else if (d.event != E_CONDITION)
        offer(o, (struct slow_input){.verb = d.event == E_MESSAGE ? IN_MESSAGE : IN_SIGNAL,
                                     .name = d.name});
}

int slow_inputs(struct slow_input *out, int room, const struct slow_state *s) {
    struct offers o = {out, 0, room};
    int timers[NODES_MAX] = {0};
    if (s->ended != NULL)
        return 0;
    for (int i = 0; i < s->live_count; i++)
        offer_live(&o, s, i);
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++)
            for (int def = 0; def <= node_at(s, n)->more_count; def++)
                offer_event(&o, s, i, (struct what){n, def}, timers);
    return o.count;
}

/* How the process can begin. */
int slow_starts(struct slow_input *out, int room, const struct slow_model *m) {
    struct offers o = {out, 0, room};
    bool plain = true;
    for (int n = 1; n < m->node_count; n++) {
        const struct slow_node *e = &m->nodes[n];
        bool behind = false;
        for (int i = 0; i < m->flow_count; i++)
            behind = behind || (m->flows[i].to == n && m->nodes[m->flows[i].from].instantiates &&
                                m->nodes[m->flows[i].from].kind == S_EVENT_BASED);
        plain = plain && !e->instantiates &&
                (e->kind != S_START || e->parent != 0 || e->event == E_NONE);
        bool starts = e->kind == S_START && e->parent == 0 && e->event != E_NONE;
        if (!starts && !behind && !(e->kind == S_RECEIVE && e->instantiates))
            continue;
        for (int def = 0; def <= e->more_count; def++)
            offer(&o, (struct slow_input){.verb = IN_START_BY, .node = n, .name = def});
    }
    for (int n = 1; n < m->node_count; n++)
        plain = plain || (m->nodes[n].kind == S_START && m->nodes[n].parent == 0 &&
                          m->nodes[n].event == E_NONE);
    if (plain)
        offer(&o, (struct slow_input){.verb = IN_START});
    return o.count;
}
