/* Activities that are carried out several times (BPMN 2.0.2: 13.3.6 loops, 13.3.7 multi-instance).
 */
#include "slow_in.h"

static void begin(struct slow_state *s, int body) {
    int id = enter(s, live_at(s, body)->node, body, AS_INNER);
    if (id == NOTHING)
        return;
    live_at(s, body)->begun++;
    act_later(s, id);
}

/* A loop goes round while its condition is true, at most so often as it may. */
static void go_round(struct slow_state *s, int body) {
    struct slow_live *me = live_at(s, body);
    const struct slow_node *n = node_at(s, me->node);
    bool more = n->times == 0 || me->begun < n->times;
    if ((me->begun > 0 || n->before) && get(s, body, n->variable) != n->number)
        more = false;
    if (s->oracle != NULL)
        more = me->begun == 0;
    if (more)
        begin(s, body);
    else
        finish(s, body);
}

void open_body(struct slow_state *s, int body) {
    struct slow_live *me = live_at(s, body);
    const struct slow_node *n = node_at(s, me->node);
    int total = n->times_from < 0 ? n->times : get(s, body, n->times_from);
    if (s->oracle != NULL)
        total = n->loop == L_STANDARD ? 0 : (ask(s, me->node, 3, 0) + 1) % 3;
    if (n->loop != L_STANDARD && total == NO_VALUE) {
        stop(s, body, "loop", false);
        return;
    }
    if (me->since == 0)
        me->since = ++s->clock;
    me->total = total;
    if (n->loop == L_STANDARD) {
        go_round(s, body);
        return;
    }
    for (int i = 0; i < total && (i == 0 || n->loop == L_PARALLEL); i++)
        begin(s, body);
    if (total == 0)
        finish(s, body);
}

void next_of_body(struct slow_state *s, int body) {
    struct slow_live *me = live_at(s, body);
    if (node_at(s, me->node)->loop == L_STANDARD)
        go_round(s, body);
    else if (me->begun < me->total)
        begin(s, body);
    else
        finish(s, body);
}

/* When enough have completed, the others are cancelled. */
void inner_done(struct slow_state *s, int inner) {
    int body = live_at(s, inner)->scope, node = live_at(s, inner)->node;
    const struct slow_node *n = node_at(s, node);
    int completed = ++live_at(s, body)->completed;
    remember(s, inner);
    say_node(s, "-", node);
    remove_live(s, inner, true);
    if (n->loop != L_STANDARD && n->until > 0 && completed >= n->until && s->oracle == NULL) {
        empty(s, body);
        live_at(s, body)->closing = C_COMPLETE;
    }
    if (live_at(s, body)->closing == C_COMPLETE && !has_any(s, body)) {
        finish(s, body);
        return;
    }
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].scope == body)
            return;
    next_of_body(s, body);
}
