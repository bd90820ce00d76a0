/* Until when a known value matters: until no element that reads it can come before one that writes
 * it (live variables, as compilers know them). What does not matter is forgotten, so that states
 * that differ in nothing else are one state. */
#include "bpmn/sound_known.h"

static uint32_t reads(const struct known *k, uint32_t node) {
    uint32_t terms = 0;
    for (uint32_t i = 0; i < k->choices[node].term_count; i++)
        terms |= 1u << k->choices[node].terms[i];
    return terms & k->tracked;
}

static uint32_t after(const struct known *k, const struct bpmn_process *p, uint32_t node) {
    const struct bpmn_node *n = &p->nodes[node];
    uint32_t terms = 0;
    for (uint32_t i = 0; i < n->out_count; i++)
        terms |= k->enters[p->flows[n->out[i]].to];
    return terms;
}

/* What it certainly writes: what is carried out several times may be carried out not at all. */
static uint32_t writes(const struct known *k, const struct bpmn_node *n) {
    return n->loop != NULL ? 0 : k->writes[n->index].forgets | k->writes[n->index].gives;
}

static bool visit(struct known *k, const struct bpmn_process *p, uint32_t node) {
    const struct bpmn_node *n = &p->nodes[node];
    uint32_t held = reads(k, node) | after(k, p, node), waits = held & ~writes(k, n);
    for (uint32_t i = 0; i < n->boundary_count; i++)
        waits |= k->enters[n->boundaries[i]];
    uint32_t enters = waits;
    for (uint32_t i = 0; i < n->child_count; i++)
        enters |= k->enters[n->children[i]];
    if (n->kind == BPMN_AD_HOC)
        waits |= enters;
    bool more = ((k->waits[node] ^ waits) | (k->enters[node] ^ enters)) != 0;
    k->held[node] = held | waits;
    k->waits[node] = waits;
    k->enters[node] = enters;
    return more;
}

/* Event sub-processes and what undoes may begin at any time. */
static bool is_aside(const struct bpmn_process *p, uint32_t node) {
    for (uint32_t at = node; at != BPMN_NONE && at != 0; at = p->nodes[at].parent)
        if (p->nodes[at].kind == BPMN_EVENT_SUB_PROCESS || p->nodes[at].for_compensation)
            return true;
    return false;
}

/* Does a move begin with it and with nothing else? */
static bool begins_move(const struct bpmn_node *n) {
    return n->kind == BPMN_USER_TASK || n->kind == BPMN_CALL || n->job_type.text.at != NULL;
}

static bool can_rest(const struct bpmn_node *n) {
    bool scope = n->child_count > 0;
    return scope || n->loop != NULL || begins_move(n) || n->kind == BPMN_CATCH ||
           n->kind == BPMN_RECEIVE_TASK || n->kind == BPMN_EVENT_BASED;
}

/* Forgetting what nobody could know, and giving what nobody will ask for, is nothing. */
static void drop_idle(struct known *k, const struct bpmn_process *p) {
    uint32_t rest = k->always;
    for (uint32_t i = 1; i < p->node_count; i++)
        rest |= (can_rest(&p->nodes[i]) ? k->waits[i] : 0) |
                (bpmn_is_join(&p->nodes[i]) || p->nodes[i].start_quantity > 1 ? k->enters[i] : 0);
    for (uint32_t i = 1; i < p->node_count; i++) {
        struct known_write *w = &k->writes[i];
        uint32_t count = w->option_count;
        w->gives &= k->held[i] | rest;
        if (begins_move(&p->nodes[i]))
            w->forgets &= rest | w->gives;
        w->option_count = 0;
        for (uint32_t o = 0; o < count && w->gives != 0; o++) {
            struct known_option option = w->options[o];
            bool again = false;
            for (uint32_t t = 0; t < k->term_count; t++)
                if ((w->gives >> t & 1) == 0)
                    option.facts.of[t] = 0;
            for (uint32_t m = 0; m < w->option_count && !again; m++)
                again = memcmp(&w->options[m].facts, &option.facts, sizeof option.facts) == 0;
            if (!again)
                w->options[w->option_count++] = option;
        }
    }
}

void known_live(struct knower *r) {
    struct known *k = r->k;
    const struct bpmn_process *p = r->p;
    k->waits = arena_new(r->arena, uint32_t, p->node_count);
    k->enters = arena_new(r->arena, uint32_t, p->node_count);
    k->held = arena_new(r->arena, uint32_t, p->node_count);
    if (k->tracked == 0)
        return;
    for (bool more = true; more && !r->failed;) {
        more = false;
        for (uint32_t i = (uint32_t)p->node_count; i-- > 1;)
            more = visit(k, p, i) || more;
        r->failed = !budget_spend(r->budget, (struct cost){p->node_count, 0}, r->err);
    }
    for (uint32_t i = 1; i < p->node_count; i++)
        if (is_aside(p, i))
            k->always |= reads(k, i);
    drop_idle(k, p);
}

struct oracle_facts known_trim(const struct known *k, struct oracle_facts facts,
                               const struct bpmn_process *p, const struct bpmn_state *state) {
    uint32_t live = k->always;
    for (uint32_t i = 1; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        live |= row->incident != 0 ? k->held[row->node] : k->waits[row->node];
    }
    for (uint32_t i = 0; i < state->parked.count; i++)
        live |= k->enters[p->flows[state->parked.list[i].flow].to];
    for (uint32_t t = 0; t < k->term_count; t++)
        if ((live >> t & 1) == 0)
            facts.of[t] = 0;
    return facts;
}
