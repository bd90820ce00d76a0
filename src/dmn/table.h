/* dmn/table.h - a decision table as it is evaluated and checked, for this folder only. */
#ifndef MANDATE_DMN_TABLE_H
#define MANDATE_DMN_TABLE_H

#include "dmn/model.h"

enum table_policy {
    TABLE_UNIQUE,
    TABLE_FIRST,
    TABLE_PRIORITY,
    TABLE_ANY,
    TABLE_COLLECT,
    TABLE_RULE_ORDER,
    TABLE_OUTPUT_ORDER,
};
enum table_aggregate { TABLE_LIST, TABLE_SUM, TABLE_COUNT, TABLE_MIN, TABLE_MAX };

/* A set of values as intervals. A value that stands alone is [v..v]; an end that is null is open to
 * infinity. */
struct interval {
    struct feel_value low, high;
    bool low_closed, high_closed;
};

/* What a cell tests. plain: the intervals say all, unless negated, for values of the column's kind;
 * otherwise only the program knows. */
struct table_cell {
    bool any; /* - */
    bool plain;
    bool negated;  /* not(...) around the intervals */
    bool has_null; /* a literal null among the tests */
    bool differs;  /* != among them, which holds for null */
    bool compares; /* a range, an order or != among them: not false for null, as equality is */
    /* a list or a condition over ? among the tests: false, and not null, for values of other kinds
     */
    bool soft;
    struct interval *intervals;
    uint32_t interval_count;
    const struct feel_program *program; /* NULL for - */
    struct ast *tree;
};

struct table_output_cell {
    bool constant;
    bool listed; /* a constant among outputValues */
    struct feel_value value;
    const struct feel_program *program;
    const struct ast *tree;
};

struct table_input {
    struct str text;
    const struct feel_type *type;       /* NULL: any */
    const struct feel_program *allowed; /* written inputValues; NULL: all */
    const struct ast *allowed_tree;     /* they, or those of the type, which fits values to it */
    bool is_limited;                    /* inputValues are written */
    const struct feel_type *known;      /* of what the expression names, for checks; NULL: any */
    const struct ast *tree;             /* of the expression; NULL: the column has none */
    struct err_at at;
};

/* One of the output values, or a test of them. */
struct table_rank {
    struct feel_value value;
    const struct feel_program *program; /* NULL: the value */
};

struct table_output {
    struct str name, written; /* in its one form, and as the model has it */
    const struct feel_type *type;
    const struct feel_type *list_type; /* or that of the variable; NULL: any */
    const struct ast *listed;          /* outputValues, or the allowed values of the type */
    const struct table_rank *ranks;    /* of them, highest priority first */
    uint32_t rank_count;
    const struct map *texts; /* where all ranks are texts, and many: to their places; or NULL */
    bool limited;            /* outputValues are written: what is not among them is no output */
    struct table_output_cell other; /* the default; other.program and constant unset: none */
    bool has_other;
};

struct table_rule {
    struct table_cell *cells;
    struct table_output_cell *outputs;
    struct str id, note;
    struct err_at at;
};

struct column_index; /* index.c */

struct dmn_table {
    const struct dmn_element *element;
    struct err_at at;
    enum table_policy policy;
    enum table_aggregate aggregate;
    struct table_input *inputs;
    struct str *input_names; /* their texts */
    struct table_output *outputs;
    struct table_rule *rules;
    uint32_t input_count, output_count, rule_count, extra_count;
    uint32_t word_count;          /* of a set of rules as bits */
    struct column_index *indexes; /* one a column; may be without effect */
    bool indexed;
};

/* match.c: the hook of a table, an ast_hook_fn; self: the table. */
bool table_eval(struct feel_value *out, const void *self, const struct feel_value *args,
                size_t arg_count, struct feel_machine *m, struct err *err);

const char *table_policy_name(enum table_policy policy); /* "RULE ORDER" */
/* Classify the tree of a cell: fills any, plain, negated, has_null, intervals. */
void table_classify(struct table_cell *cell, struct arena *a);
/* The same of allowed values; false when they are more than literals and ranges of them. */
bool table_classify_tests(struct table_cell *cell, const struct ast *tests, struct arena *a);
/* false before true, the others as FEEL orders them; 0 for what has no order. */
int table_value_order(struct feel_value a, struct feel_value b);
/* Have they an order? Times with and without an offset have none. */
bool table_have_order(struct feel_value a, struct feel_value b);
/* The place of a value among the texts of an output that has a map of them; rank_count: none. */
uint32_t table_text_rank(const struct table_output *output, struct feel_value v);
/* An end that is not open: there is one, and it tells the kind. */
struct feel_value table_some_end(const struct interval *in);
/* Build the indexes of columns whose cells are all plain, where memory and steps are enough. */
void table_index(struct dmn_table *t, struct arena *a, struct budget *budget);
/* The rules whose cell of a column a value passes: a set of bits, or without one a list in
 * ascending order. */
struct table_region {
    const uint64_t *set;
    const uint32_t *rows;
    uint32_t count;
    bool known; /* for match.c: the index could tell */
};
/* False when the index cannot tell. */
bool table_index_find(struct table_region *out, const struct dmn_table *t, uint32_t column,
                      struct feel_value v);
bool table_region_has(const struct table_region *region, uint32_t row);
/* Clear the bits of rules that are not in the region. */
void table_region_keep(uint64_t *rules, const struct dmn_table *t,
                       const struct table_region *region);

#endif
