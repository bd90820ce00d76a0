/* Can tokens race: does one that moves in a step end others that move in the same step? Then what
 * happens hangs on how many elements each of them passes, and none of these may be taken out.
 *
 * From everything that ends others the search goes back, over what is passed at once, to something
 * that makes several tokens in one step. */
#include "bpmn/sound_space.h"

struct racer {
    const struct bpmn_process *p;
    uint8_t *seen; /* by node */
    uint32_t *queue;
    uint32_t count;
    bool races;
};

static void visit(struct racer *r, uint32_t node) {
    if (r->seen[node] == 0)
        r->queue[r->count++] = node;
    r->seen[node] = 1;
}

static bool throws(enum bpmn_event event) {
    return event != BPMN_EVENT_NONE && event != BPMN_EVENT_MESSAGE && event != BPMN_EVENT_SIGNAL &&
           event != BPMN_EVENT_LINK;
}

/* Does it end what is around it, or begin something beside itself? */
static bool ends_others(const struct bpmn_node *n) {
    if (n->kind != BPMN_END && n->kind != BPMN_THROW)
        return false;
    for (size_t i = 0; i < n->def_count; i++)
        if (throws(n->defs[i].event))
            return true;
    return false;
}

static bool waits(const struct bpmn_node *n) {
    switch (n->kind) {
    case BPMN_USER_TASK:
    case BPMN_CALL:
    case BPMN_RECEIVE_TASK:
    case BPMN_EVENT_BASED: return true;
    case BPMN_CATCH: return n->event != BPMN_EVENT_LINK && n->event != BPMN_EVENT_SIGNAL;
    default: return n->job_type.text.at != NULL && n->kind != BPMN_AD_HOC;
    }
}

/* Several tokens in one step: a fork, a signal to several, what is thrown in the same step. */
static bool multiplies(const struct bpmn_process *p, const struct bpmn_node *n) {
    bool chooses = n->kind == BPMN_EXCLUSIVE || n->kind == BPMN_EVENT_BASED;
    bool catches = n->kind == BPMN_CATCH || n->kind == BPMN_BOUNDARY || n->kind == BPMN_START;
    bool from_outside = n->event == BPMN_EVENT_NONE || n->event == BPMN_EVENT_MESSAGE ||
                        n->event == BPMN_EVENT_TIMER || n->event == BPMN_EVENT_LINK ||
                        n->event == BPMN_EVENT_CONDITIONAL || n->event == BPMN_EVENT_ERROR;
    return (n->out_count > 1 && !chooses) || n->completion_quantity > 1 || n->for_compensation ||
           (catches && !from_outside) || (n->loop != NULL && n->child_count > 0) ||
           (n->start == BPMN_NONE && n->initial_count > 1) ||
           (n->parent != BPMN_NONE && p->nodes[n->parent].kind == BPMN_AD_HOC);
}

static void go_back(struct racer *r, const struct bpmn_node *n) {
    for (uint32_t i = 0; i < n->in_count; i++) {
        const struct bpmn_node *from = &r->p->nodes[r->p->flows[n->in[i]].from];
        r->races = r->races || multiplies(r->p, from);
        if (!waits(from))
            visit(r, from->index);
        for (uint32_t k = 0; k < from->child_count; k++) /* it completes with its last token */
            if (r->p->nodes[from->children[k]].out_count == 0)
                visit(r, from->children[k]);
    }
    if (n->in_count == 0 && n->attached_to == BPMN_NONE && n->parent != BPMN_NONE) {
        r->races = r->races || multiplies(r->p, &r->p->nodes[n->parent]);
        visit(r, n->parent);
    }
}

bool space_races(const struct bpmn_process *p, struct arena *arena) {
    struct racer r = {.p = p,
                      .seen = arena_new(arena, uint8_t, p->node_count),
                      .queue = arena_new(arena, uint32_t, p->node_count)};
    for (uint32_t i = 1; i < p->node_count; i++)
        if (ends_others(&p->nodes[i]))
            visit(&r, i);
    for (uint32_t i = 0; i < r.count && !r.races; i++) {
        const struct bpmn_node *n = &p->nodes[r.queue[i]];
        r.races = multiplies(p, n);
        go_back(&r, n);
    }
    return r.races;
}
