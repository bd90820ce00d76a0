/* Listeners (as doc/bpmn.md says): jobs that are done one after another before an element goes on.
 */
#include "slow_in.h"

static const char *const words[LISTENS] = {
    [AT_START] = "start:",         [AT_END] = "end:",           [AT_CREATING] = "creating:",
    [AT_ASSIGNING] = "assigning:", [AT_UPDATING] = "updating:", [AT_COMPLETING] = "completing:",
    [AT_CANCELING] = "canceling:"};

bool ask_listeners(struct slow_state *s, int id, enum slow_listen when) {
    struct slow_live *me = live_at(s, id);
    if (node_at(s, me->node)->hears[when] == 0)
        return false;
    me->listen = when;
    me->heard = 0;
    add_job(s, id, words[when]);
    return true;
}

/* All have been heard. */
static void go_on(struct slow_state *s, int id, enum slow_listen when) {
    struct slow_live me = *live_at(s, id);
    struct slow_input brought = {.variable = me.variable, .value = me.value};
    switch (when) {
    case AT_START:
        live_at(s, id)->listened = true;
        act(s, id);
        break;
    case AT_END: finish(s, id); break;
    case AT_CREATING:
    case AT_ASSIGNING:
    case AT_UPDATING: say_node(s, "changed:", me.node); break;
    case AT_COMPLETING:
        bring(s, id, brought);
        leave(s, id);
        break;
    default: /* cancelled */
        say_node(s, "x", me.node);
        remove_live(s, id, false);
        gone(s, me.scope);
    }
}

/* One of them is done. What it brings at the start is the element's own, at the end it goes out. */
void heard(struct slow_state *s, int id, struct slow_input input) {
    struct slow_live *me = live_at(s, id);
    enum slow_listen when = me->listen;
    me->job = 0;
    if (input.variable >= 0 && when == AT_START)
        set_in(s, id, input.variable, input.value);
    if (input.variable >= 0 && when == AT_END)
        set_outwards(s, id == 1 ? 1 : me->scope, input.variable, input.value);
    if (input.verb == IN_DENY) {
        me->listen = AT_NONE;
        say_node(s, "denied:", me->node);
    } else if (++me->heard < node_at(s, me->node)->hears[when]) {
        add_job(s, id, words[when]);
    } else {
        me->listen = AT_NONE;
        go_on(s, id, when);
    }
}

const char *incident_of_job(const struct slow_state *s, int id) {
    const struct slow_live *me = &s->live[place_of(s, id)];
    if (me->listen == AT_NONE)
        return node_at(s, me->node)->kind == S_AD_HOC ? "ad-hoc-retries" : "job-retries";
    return me->listen == AT_START || me->listen == AT_END ? "listener-retries"
                                                          : "task-listener-retries";
}
