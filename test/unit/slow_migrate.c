/* Another version of the process for one that runs (doc/bpmn.md, "Modification and migration"). */
#include "slow_in.h"

/* --- the other version
 * ---------------------------------------------------------------------------------------- */
/* What becomes of a node depends on its label alone, so that smaller models have smaller versions.
 */
static int fate(uint64_t seed, int label) {
    uint64_t one = seed * 1000 + (uint64_t)label;
    return (int)(slow_random(&one) % 100);
}

static int last_label(const struct slow_model *m) {
    int last = 0;
    for (int i = 0; i < m->node_count; i++)
        last = m->nodes[i].label > last ? m->nodes[i].label : last;
    return last;
}

/* A message, a timer or a condition more on an activity of the process, and an end behind it. */
static void add_boundary(struct slow_model *m, int host, int kind) {
    static const enum slow_event some[] = {E_MESSAGE, E_TIMER, E_CONDITION, E_SIGNAL};
    int label = m->nodes[host].label * 2 + 200;
    if (m->node_count + 2 > NODES_MAX || m->flow_count == FLOWS_MAX || label < last_label(m))
        return;
    struct slow_node event = {.kind = S_BOUNDARY,
                              .label = label,
                              .event = some[kind % 4],
                              .host = host,
                              .local = -1,
                              .out = -1,
                              .from = -1,
                              .fires = 1,
                              .times_from = -1,
                              .handler = -1,
                              .beside = kind % 3 == 0};
    m->nodes[m->node_count] = event;
    event.kind = S_END;
    event.label++;
    event.event = E_NONE;
    event.beside = false;
    event.host = -1;
    m->nodes[m->node_count + 1] = event;
    m->flows[m->flow_count++] = (struct slow_flow){.from = m->node_count, .to = m->node_count + 1};
    m->node_count += 2;
}

void slow_make_version(struct slow_model *out, const struct slow_model *model, uint64_t seed,
                       int moved[NODES_MAX]) {
    int now[NODES_MAX];
    *out = *model;
    for (int i = 0; i < NODES_MAX; i++)
        moved[i] = i < model->node_count ? i : -1;
    for (int i = 1; i < out->node_count; i++) {
        if (out->nodes[i].kind == S_START || fate(seed, out->nodes[i].label) >= 5)
            continue;
        slow_drop_node(out, i, now);
        for (int k = 0; k < model->node_count; k++)
            moved[k] = moved[k] < 0 ? -1 : now[moved[k]];
        i = 0;
    }
    for (int i = out->node_count - 1; i > 0; i--) {
        enum slow_kind kind = out->nodes[i].kind;
        int what = fate(seed, out->nodes[i].label);
        if (out->nodes[i].parent == 0 && !out->nodes[i].is_handler && !out->nodes[i].instantiates &&
            (kind == S_USER || kind == S_SERVICE || kind == S_CALL || kind == S_SUB) && what < 20)
            add_boundary(out, i, what);
    }
}

/* Not while a complex gateway has started. A call that stands at an incident opens what is new only
 * when it is tried again. */
bool slow_may_go_over(const struct slow_state *s) {
    for (int i = 0; i < s->live_count; i++)
        if (node_at(s, s->live[i].node)->kind == S_CALL && s->live[i].stop != NULL)
            return false;
    return s->other == NULL && s->gate_count == 0;
}

/* --- going over
 * -----------------------------------------------------------------------------------------------
 */
/* The flow of the same id: the nth from the one to the other. -1: there is none. */
static int same_flow(const struct slow_model *to, const struct slow_model *from, int flow) {
    int nth = 0, a = from->nodes[from->flows[flow].from].label,
        b = from->nodes[from->flows[flow].to].label;
    for (int i = 0; i <= flow; i++)
        nth += from->nodes[from->flows[i].from].label == a &&
               from->nodes[from->flows[i].to].label == b && !from->flows[i].link;
    for (int i = 0; i < to->flow_count; i++)
        if (to->nodes[to->flows[i].from].label == a && to->nodes[to->flows[i].to].label == b &&
            !to->flows[i].link && --nth == 0)
            return i;
    return -1;
}

/* While listeners or compensation run nothing goes over; everything alive has to go somewhere. */
static bool can_migrate(const struct slow_state *s, const struct slow_model *to,
                        const int moved[NODES_MAX]) {
    if (s->undo_count > 0)
        return false;
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].listen != AT_NONE || s->live[i].closing != C_OPEN ||
            moved[s->live[i].node] < 0)
            return false;
    for (int i = 0; i < s->token_count; i++)
        if (same_flow(to, s->m, s->tokens[i].flow) < 0)
            return false;
    for (int i = 0; i < s->done_count; i++) {
        int node = moved[s->done[i].node];
        if (node < 0 || (to->nodes[node].handler < 0 && !is_scope(to->nodes[node].kind)))
            return false;
    }
    return true;
}

/* Does that live element wait for that event of the new version in the old one, or has it come? */
static bool is_known(const struct slow_state *s, int id, int event, const int moved[NODES_MAX]) {
    for (int i = 1; i < s->m->node_count; i++) {
        if (moved[i] != event)
            continue;
        for (int k = 0; k < s->spent_count; k++)
            if (s->spent[k].owner == id && s->spent[k].node == i)
                return true;
        return slow_waits(s, id, i);
    }
    return false;
}

/* Events that the new version adds are younger than all others. */
static void begin_waiting(struct slow_state *s, bool known[LIVE_MAX][NODES_MAX]) {
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->m->node_count; n++) {
            if (known[i][n] || !slow_waits(s, s->live[i].id, n))
                continue;
            for (int def = 0; def <= node_at(s, n)->more_count; def++) {
                if (s->spent_count == SPENT_MAX) {
                    s->too_much = true;
                    return;
                }
                s->spent[s->spent_count++] = (struct slow_spent){.owner = s->live[i].id,
                                                                 .node = n,
                                                                 .def = def,
                                                                 .at = ++s->clock,
                                                                 .since = s->clock};
            }
        }
}

void migrate(struct slow_state *s, struct slow_input input) {
    int moved[NODES_MAX];
    static bool known[LIVE_MAX][NODES_MAX]; /* large */
    const struct slow_model *old = s->m;
    slow_make_version(s->other, old, (uint64_t)input.number, moved);
    if (!can_migrate(s, s->other, moved)) {
        s->refused = "refused";
        return;
    }
    for (int i = 0; i < s->live_count; i++)
        for (int n = 1; n < s->other->node_count; n++)
            known[i][n] = is_known(s, s->live[i].id, n, moved);
    s->m = s->other;
    for (int i = 0; i < s->live_count; i++)
        s->live[i].node = moved[s->live[i].node];
    for (int i = 0; i < s->token_count; i++)
        s->tokens[i].flow = same_flow(s->m, old, s->tokens[i].flow);
    for (int i = 0; i < s->done_count; i++)
        s->done[i].node = moved[s->done[i].node];
    for (int i = s->spent_count - 1; i >= 0; i--)
        if (moved[s->spent[i].node] < 0)
            s->spent[i] = s->spent[--s->spent_count];
        else
            s->spent[i].node = moved[s->spent[i].node];
    for (int i = s->seen_count - 1; i >= 0; i--)
        if (moved[s->seen[i].node] < 0)
            s->seen[i] = s->seen[--s->seen_count];
        else
            s->seen[i].node = moved[s->seen[i].node];
    begin_waiting(s, known);
}
