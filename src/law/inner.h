/* law/inner.h - the walk over a procedure's states that the proofs share; only for this folder. */
#ifndef MANDATE_LAW_INNER_H
#define MANDATE_LAW_INNER_H

#include "law/check.h"

/* A step that is open, and what its clocks do: two bits a limit, enum law_clock_state. The parent
 * is the state it was first reached from, so a path back is a shortest one. */
struct law_walk_state {
    uint64_t clocks;
    uint32_t node, parent;
};

struct law_walk {
    const struct law_procedure *p;
    struct arena *arena; /* scratch: gone with the walk */
    struct budget *budget;
    uint32_t *out_at, *out; /* edges that leave node n: out[out_at[n] .. out_at[n + 1]) */
    struct law_walk_state *states;
    size_t state_count, state_room;
    uint32_t *slots; /* state number + 1; 0 is free */
    size_t slot_count;
};

static inline enum law_clock_state law_walk_clock(uint64_t clocks, uint32_t limit) {
    return (enum law_clock_state)(clocks >> (2 * limit) & 3);
}
static inline bool law_takes_time(const struct law_node *node) {
    return node->kind == LAW_NODE_TASK || node->kind == LAW_NODE_WAIT;
}
static inline bool law_is_officers_task(const struct law_node *node) {
    return node->kind == LAW_NODE_TASK && !node->applicant;
}

/* Edges sorted by node; no states yet. Yours: law_walk_done(), also after a failure. */
MUST_USE bool law_walk_init(struct law_walk *w, const struct law_procedure *p,
                            struct budget *budget, struct err *err);
void law_walk_done(struct law_walk *w);
/* Every reachable state. ERR_LIMIT beyond LAW_CHECK_STATES_MAX. */
MUST_USE bool law_walk_run(struct law_walk *w, struct err *err);
/* The clocks after an edge was taken. *restarted (may be NULL): the first of the organ's limits
 * that started again without the case having been back with the applicant, else LAW_NO_LIMIT. */
uint64_t law_walk_take(const struct law_walk *w, uint64_t clocks, const struct law_edge *edge,
                       uint32_t *restarted);
/* In scratch memory as well: which nodes can be reached from one, itself not counted unless it lies
 * on a circle: seen[node]. Walking stops at nodes for which passes() is false (they are seen).
 * Edges that interrupt `from` itself are left out when own_acts_only. */
typedef bool law_passes(const struct law_node *node);
MUST_USE bool law_walk_reach(bool **seen, struct law_walk *w, uint32_t from, law_passes *passes,
                             bool own_acts_only, struct err *err);

/* ---- findings ---- */

/* A path of nodes, in scratch memory: mark and rewind w->arena around its making and its use. */
struct law_path {
    uint32_t *nodes;
    size_t count;
};
/* To a state, and one node further (or LAW_NO_LIMIT for none). */
struct law_path law_walk_path(const struct law_walk *w, uint32_t state, uint32_t further);
/* A shortest way along edges from one node to another, both included; empty when there is none. */
MUST_USE bool law_walk_way(struct law_path *out, struct law_walk *w, uint32_t from, uint32_t to,
                           struct err *err);
struct law_path law_path_join(const struct law_walk *w, struct law_path a, struct law_path b);

/* Add a finding unless there are LAW_CHECK_FINDINGS_MAX: "in 'name': text" at the node's place. zh
 * and en are formats for the same arguments. */
void law_report(struct law_findings *out, const struct law_walk *w, int proof,
                const struct law_node *node, struct law_path path, const char *zh, const char *en,
                ...) PRINTF_LIKE(6, 8) PRINTF_LIKE(7, 8);
/* Without a procedure's path. */
void law_report_plain(struct law_findings *out, int proof, struct err_at at, const char *zh,
                      const char *en, ...) PRINTF_LIKE(4, 6) PRINTF_LIKE(5, 6);
/* The name in a language, else the id. */
struct str law_node_name(const struct law_node *node, enum lang lang);

#endif
