#include "base/budget.h"

#include <stdatomic.h>

bool budget_spend(struct budget *b, struct cost cost, struct err *err) {
    if (cost.steps > b->left.steps)
        return err_set(err, ERR_LIMIT, err_nowhere, "the work takes too many steps");
    if (cost.bytes > b->left.bytes)
        return err_set(err, ERR_LIMIT, err_nowhere, "the work takes too much memory");
    if (b->cancel != NULL && atomic_load_explicit(b->cancel, memory_order_relaxed))
        return err_set(err, ERR_LIMIT, err_nowhere, "the work was cancelled");
    b->left.steps -= cost.steps;
    b->left.bytes -= cost.bytes;
    return true;
}
