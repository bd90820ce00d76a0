/* Where an inclusive gateway that joins must look before it goes on (BPMN 2.0.2: 13.4.3), and a
 * complex one before it resets (13.4.5): for each
 * of its incoming flows, the nodes from which a token can still come along it without passing the
 * gateway itself. Computed once; a running case only asks whether any of its tokens stands on such
 * a node. */
#include "bpmn/engine.h"
#include "bpmn/read.h"

static void add_node(uint64_t *set, uint32_t *queue, size_t *queued, uint32_t node) {
    uint64_t bit = UINT64_C(1) << (node % 64);
    if (set[node / 64] & bit)
        return;
    set[node / 64] |= bit;
    queue[(*queued)++] = node;
}

static void walk_back(const struct bpmn_process *p, uint64_t *set, uint32_t *queue, uint32_t flow,
                      uint32_t gateway) {
    size_t queued = 0;
    if (p->flows[flow].from != gateway)
        add_node(set, queue, &queued, p->flows[flow].from);
    for (size_t i = 0; i < queued; i++) {
        const struct bpmn_node *node = &p->nodes[queue[i]];
        for (uint32_t in = 0; in < node->in_count; in++)
            if (p->flows[node->in[in]].from != gateway)
                add_node(set, queue, &queued, p->flows[node->in[in]].from);
        if (node->attached_to != BPMN_NONE)
            add_node(set, queue, &queued, node->attached_to);
    }
}

bool bpmn_joins(struct bpmn_process *p, struct arena *arena, struct budget *budget,
                struct err *err) {
    uint32_t words = (uint32_t)(p->node_count + 63) / 64, count = 0;
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].kind != BPMN_PARALLEL && bpmn_is_join(&p->nodes[i])) {
            uint64_t bytes = (uint64_t)p->nodes[i].in_count * words * sizeof(uint64_t);
            if (!budget_spend(budget, (struct cost){p->nodes[i].in_count * p->flow_count, bytes},
                              err))
                return false;
            count++;
        }
    struct bpmn_join *joins = arena_new(arena, struct bpmn_join, count);
    p->joins = joins;
    p->join_count = count;
    if (count == 0)
        return true;
    uint32_t *queue = arena_new(arena, uint32_t, p->node_count);
    for (uint32_t i = 0; i < p->node_count; i++) {
        const struct bpmn_node *node = &p->nodes[i];
        if (node->kind == BPMN_PARALLEL || !bpmn_is_join(node))
            continue;
        uint64_t *from = arena_new(arena, uint64_t, (size_t)node->in_count * words);
        for (uint32_t in = 0; in < node->in_count; in++)
            walk_back(p, from + (size_t)in * words, queue, node->in[in], i);
        *joins++ = (struct bpmn_join){i, words, from};
    }
    return true;
}

const struct bpmn_join *bpmn_join_of(const struct bpmn_process *process, uint32_t node) {
    for (size_t i = 0; i < process->join_count; i++)
        if (process->joins[i].node == node)
            return &process->joins[i];
    return NULL;
}
