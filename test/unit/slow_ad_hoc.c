/* Ad-hoc sub-processes (BPMN 2.0.2: 10.3.5, 13.3.5): elements to which nothing leads are activated,
 * in no order that the model gives; each, with what follows it, stands in a slot of its own. */
#include "slow_in.h"

static bool runs(const struct slow_state *s, int id) { /* an activation */
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == id && s->live[i].as == AS_SLOT)
            return true;
    return false;
}

static bool is_in(const struct slow_live *me) {
    return me->closing == C_OPEN && me->listen == AT_NONE && me->since > 0;
}

/* It is not over when nothing runs: somebody may activate more. */
static bool stays_open(const struct slow_state *s, const struct slow_live *me) {
    const struct slow_node *n = node_at(s, me->node);
    return n->worker || n->until_test || (n->first_count < 0 && me->begun == 0);
}

bool may_go_on(const struct slow_state *s, int id) {
    const struct slow_live *me = &s->live[place_of(s, id)];
    return acts(me) && is_in(me) && (runs(s, id) || stays_open(s, me));
}

bool can_begin(const struct slow_state *s, int ad_hoc, int node) {
    const struct slow_node *n = node_at(s, node);
    return n->parent == ad_hoc && in_count(s, node) == 0 && n->kind != S_BOUNDARY &&
           n->kind != S_EVENT_SUB && !n->is_handler;
}

/* Nothing runs in it but an event sub-process: it is about to be over. */
bool takes_up(const struct slow_state *s, int id) {
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == id)
            return may_go_on(s, id);
    return true;
}

void activate(struct slow_state *s, int id, int element, struct slow_input input) {
    int slot = enter(s, live_at(s, id)->node, id, AS_SLOT);
    if (slot == NOTHING)
        return;
    live_at(s, id)->begun++;
    if (input.variable >= 0)
        set_in(s, slot, input.variable, input.value);
    act_later(s, enter(s, element, slot, as_of(node_at(s, element))));
}

static void next_of(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    activate(s, id, n->first[live_at(s, id)->begun], (struct slow_input){.variable = NO_VALUE});
}

void open_ad_hoc(struct slow_state *s, int id) {
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    if (n->worker) {
        live_at(s, id)->since = ++s->clock;
        add_job(s, id, "job:");
        return;
    }
    for (int i = 0; i < n->first_count; i++)
        if (!can_begin(s, live_at(s, id)->node, n->first[i])) {
            stop(s, id, "ad-hoc", false);
            return;
        }
    live_at(s, id)->since = ++s->clock;
    for (int i = 0; i < n->first_count && (i == 0 || !n->in_turn); i++)
        next_of(s, id);
    if (n->first_count == 0)
        leave(s, id);
}

void close_ad_hoc(struct slow_state *s, int id) {
    live_at(s, id)->closing = C_COMPLETE;
    live_at(s, id)->job = 0;
}

static void complete(struct slow_state *s, int id, bool keeps) {
    close_ad_hoc(s, id);
    if (!keeps)
        empty(s, id);
    if (!has_any(s, id))
        ad_hoc_empty(s, id);
}

/* An activation ended: the condition is asked; then the next begins, or somebody is asked. */
void slot_done(struct slow_state *s, int slot) {
    int id = live_at(s, slot)->scope;
    const struct slow_node *n = node_at(s, live_at(s, id)->node);
    say_node(s, "-", live_at(s, slot)->node);
    remove_live(s, slot, true);
    struct slow_live *me = live_at(s, id);
    if (me->closing == C_OPEN && n->until_test && get(s, id, n->variable) == n->number) {
        complete(s, id, n->keeps);
        return;
    }
    if (me->closing == C_OPEN && n->worker)
        add_job(s, id, "job:");
    if (me->closing == C_OPEN && n->in_turn && !n->worker && me->begun < n->first_count)
        next_of(s, id);
    gone(s, id);
}

void ad_hoc_empty(struct slow_state *s, int id) {
    struct slow_live *me = live_at(s, id);
    if (me->closing == C_OPEN && stays_open(s, me))
        return;
    leave(s, id);
}

/* What a person or the worker says. */
void direct_ad_hoc(struct slow_state *s, int id, struct slow_input input) {
    if (input.verb == IN_CHOOSE || input.verb == IN_FULFIL)
        live_at(s, id)->job = 0;
    if (input.verb == IN_FINISH || input.verb == IN_FULFIL) {
        complete(s, id, input.number == 0);
        return;
    }
    activate(s, id, input.other, input);
    if (input.name > 0)
        activate(s, id, input.name, input);
}
