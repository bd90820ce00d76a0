/* dmn/check.h - the analysis of one decision table, for this folder only. Each column is an axis
 * cut into regions, on each of which every rule is decided alike; what a rule covers of an axis are
 * runs of regions, so a rule is a box, or a few, in the space of the axes. Nothing here is larger
 * than the table: no set of rules is kept for each region. */
#ifndef MANDATE_DMN_CHECK_H
#define MANDATE_DMN_CHECK_H

#include "dmn/table.h"

#define CHECK_NONE UINT32_MAX /* an enumerator is an int in C17 */

struct run {
    uint32_t from, to; /* regions [from..to) */
};
struct runs { /* apart and in order */
    const struct run *at;
    uint32_t count;
};

struct axis {
    struct feel_value *ends; /* of all cells' intervals, in order */
    uint32_t end_count;
    enum feel_kind kind;        /* FEEL_NULL: no cell tests anything */
    struct feel_value *samples; /* a value of each region */
    bool *between;              /* it lies between two ends */
    uint32_t region_count;
    uint32_t other;            /* the region of any other text; CHECK_NONE */
    struct runs *sure, *maybe; /* by rule: what it covers, and what it might */
    struct runs all;           /* every region */
};

struct checker {
    const struct dmn_model *model;
    const struct dmn_table *t;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    struct dmn_finding *findings;
    size_t count;
    struct axis *axes;
    uint32_t *choice; /* region of each axis, for describe(); CHECK_NONE: any */
};

/* Steps, and memory that the arena can take without its own limit; ERR_LIMIT. */
MUST_USE bool check_spend(struct checker *x, uint64_t steps, size_t bytes);

/* --- check_axis.c ------------------------------------------------------------------------------
 */
/* Make x->axes of the table. */
MUST_USE bool check_axes(struct checker *x);
/* The first region of both; CHECK_NONE. */
uint32_t runs_meet(const struct runs *a, const struct runs *b);
/* x->choice as a person reads it: `age = 17, place = "A"`. */
struct str check_describe(struct checker *x);

/* --- check_cover.c -----------------------------------------------------------------------------
 */
/* Is the space covered by what rules cover for certain? Within what each axis is narrowed to. */
struct cover {
    struct checker *x;
    const struct runs *domain; /* by axis */
    uint32_t *gaps;            /* choices of regions, one after the other; room for gaps_max */
    uint32_t gaps_max;         /* the search ends when it found as many and one more */
    uint32_t gap_count;
    uint64_t steps; /* that it may take; what is left */
    bool spent;     /* it had to stop: nothing is known but the gaps */
    bool picks;     /* the axis that most rules test comes first, not the first column */
    struct memo *memo;
};
MUST_USE bool check_cover(struct cover *s, const uint32_t *rules, uint32_t count);

#endif
