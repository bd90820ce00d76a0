/* base/budget.h - what a piece of work may still cost. Asked before the work, so that hostile data
 * ends with ERR_LIMIT and not with the machine. */
#ifndef MANDATE_BASE_BUDGET_H
#define MANDATE_BASE_BUDGET_H

#include "base/err.h"

struct cost {
    uint64_t steps, bytes;
};

struct budget {
    struct cost left;
    /* Set from another thread to stop the work; NULL when nobody may. Read with relaxed order. */
    const _Atomic bool *cancel;
};

static inline struct budget budget_of(uint64_t steps, uint64_t bytes) {
    return (struct budget){{steps, bytes}, NULL};
}

/* Ask first. ERR_LIMIT once steps or bytes are used up, or the work was cancelled. */
MUST_USE bool budget_spend(struct budget *b, struct cost cost, struct err *err);

#endif
