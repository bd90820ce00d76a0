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

/* Tests that a value must pass before the table sees it. */
struct limit {
    struct table_cell tests;
    uint32_t point_count; /* of its intervals: the first ones are single values, in order */
    const struct feel_program *program; /* its slot 0 is the value */
    struct str text;
};
enum { LIMITS_MAX = 8 }; /* inputValues, and allowed values and constraint of types */

/* One or more columns with the same input expression. */
struct axis {
    uint32_t column;              /* the first */
    const struct feel_type *type; /* that one of them names; NULL: none does */
    struct limit limits[LIMITS_MAX];
    uint32_t limit_count;
    struct str why;          /* its cells cannot be compared, because; empty: they can */
    struct feel_value *ends; /* of all cells' intervals, in order */
    uint32_t end_count;
    enum feel_kind kind;        /* FEEL_NULL: no cell tests anything */
    bool opaque;                /* values with parts: nothing is known of their cells */
    struct feel_value *samples; /* a value of each region */
    bool *between;              /* it lies between two ends */
    bool *doubtful;             /* its sample fails a limit that says more than ranges */
    bool has_doubtful;
    uint32_t region_count; /* null is a region behind them, which is no gap and no overlap */
    uint32_t other;        /* the region of any other text; CHECK_NONE */
    struct str other_text;
    struct runs *sure, *maybe; /* by rule: what it covers, and what it might */
    struct runs all;           /* every region but null */
    const struct str *reads;   /* what the expression reads: "person.age" */
    uint32_t read_count;
    bool reads_all;
    uint32_t tied;                      /* another axis that reads the same; CHECK_NONE */
    const struct feel_program *program; /* of the expression, over the columns that are a name */
    bool looked_at, tests_null;
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
    uint32_t axis_count;
    uint32_t *axis_of;        /* by column */
    uint32_t *choice;         /* region of each axis, for describe(); CHECK_NONE: any */
    struct feel_value *shown; /* by axis: the values that were confirmed */
    uint32_t *ranks;          /* of a PRIORITY table: rule by rule, where each output is listed */
    bool full;                /* as many findings as may be, or no room for more */
    bool failed;              /* err is filled */
    bool told_wrong; /* a cell of this table has a wrong type: nothing hangs on it any more */
};

/* Steps, and memory that the arena can take without its own limit; ERR_LIMIT. */
MUST_USE bool check_spend(struct checker *x, uint64_t steps, size_t bytes);

/* Keep a finding; of the table itself where it has no place. */
void check_report(struct checker *x, struct dmn_finding finding);
/* A text of the model as a message quotes it: its beginning, when it is long. */
struct str check_short(struct checker *x, struct str text);
struct str check_name(struct checker *x, uint32_t column); /* of an input column */

/* --- check_types.c ------------------------------------------------------------------------------
 */
/* *out false: no value is allowed, and nothing more is to be said. */
MUST_USE bool check_types(bool *out, struct checker *x);

/* --- check_axis.c ------------------------------------------------------------------------------
 */
/* Make x->axes of the table. */
MUST_USE bool check_axes(struct checker *x);
/* The first region of both; CHECK_NONE. */
uint32_t runs_meet(const struct runs *a, const struct runs *b);
/* A region that is best shown to a person, of those that all of the runs cover; b may be NULL.
 * CHECK_NONE when there is none beside null. */
uint32_t check_region(const struct axis *axis, const struct runs *a, const struct runs *b);
/* Does what a cell covers hang on more than its intervals? */
bool check_unsure(const struct checker *x, uint32_t row, uint32_t column);
bool check_foreign(const struct axis *axis, const struct table_cell *cell);
/* x->shown as a person reads it: `age = 17, place = "A"`. */
struct str check_describe(struct checker *x);

/* --- check_sample.c -----------------------------------------------------------------------------
 */
/* A value strictly between two ends (NULL: open); null when there is none. other: a text to try
 * first. */
struct feel_value check_between(struct arena *a, enum feel_kind kind, const struct feel_value *low,
                                const struct feel_value *high, struct str other);

/* --- check_confirm.c ----------------------------------------------------------------------------
 */
/* Which axes read the same values: fills reads and tied. */
MUST_USE bool check_ties(struct checker *x);
/* Does the program give true for the value? */
MUST_USE bool check_passes(bool *out, struct checker *x, const struct feel_program *program,
                           struct feel_value v);
/* Is it so that no rule (a == CHECK_NONE), or that both rules cover x->choice? What the columns'
 * expressions give together is computed, and the cells are evaluated. Chooses regions where any
 * will do. *why: why it is not known. */
MUST_USE bool check_confirm(bool *out, struct str *why, struct checker *x, uint32_t a, uint32_t b);

/* --- check_cover.c -----------------------------------------------------------------------------
 */
/* Is the space covered by what rules cover for certain? Within what each axis is narrowed to. */
struct cover {
    struct checker *x;
    const struct runs *domain; /* by axis */
    uint32_t *gaps;            /* choices of regions, one after the other; room for gaps_max */
    uint32_t gaps_max;         /* the search ends when it found as many and one more */
    uint32_t gap_count;
    bool maybe;      /* what rules might cover counts */
    uint64_t steps;  /* that it may take; what is left */
    bool spent;      /* it had to stop: nothing is known but the gaps */
    bool picks;      /* the axis that most rules test comes first, not the first column */
    uint32_t *doubt; /* a gap of which only the limits' programs know; NULL: not asked for */
    bool doubted;
    struct memo *memo;
    uint32_t **alike; /* by axis and rule: which rules cover the same of it */
};
MUST_USE bool check_cover(struct cover *s, const uint32_t *rules, uint32_t count);

#endif
