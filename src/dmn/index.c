/* Cells as intervals, and columns as indexes: the ends of all intervals of a column, sorted, cut
 * the line into regions (before the first end, the end itself, between it and the next, ...), and
 * each region keeps the rules it satisfies as a set of bits. A decision is then one binary search
 * and one intersection a column, however many rules there are. Invariant: an index answers exactly
 * as the cells' programs would, for values of its kind; for others (and for null) it declines and
 * the programs are asked. */
#include <stdlib.h>

#include "dmn/table.h"

enum { INDEX_BYTES_MAX = 256 << 20 };

struct column_index {
    bool active;
    enum feel_kind kind;
    struct feel_value *ends;
    uint32_t end_count;
    uint64_t *sets; /* (2 * end_count + 1) sets of word_count words */
};

/* --- cells
 * ------------------------------------------------------------------------------------------ */
/* The value of a literal, also of one behind a minus or in date("...") and its like. */
static bool literal(struct feel_value *out, const struct ast *tree, struct arena *a) {
    static const struct {
        const char *name;
        enum feel_kind kinds[2];
    } makers[] = {
        {"date", {FEEL_DATE, FEEL_DATE}},
        {"time", {FEEL_TIME, FEEL_TIME}},
        {"date and time", {FEEL_DATE_TIME, FEEL_DATE_TIME}},
        {"duration", {FEEL_DAYS_TIME, FEEL_YEARS_MONTHS}},
    };
    if (tree->kind == AST_CONST) {
        *out = tree->value;
        return true;
    }
    if (tree->kind != AST_CALL || tree->a->kind != AST_NAME || tree->list == NULL ||
        tree->list->next != NULL || tree->list->kind != AST_CONST ||
        feel_kind(tree->list->value) != FEEL_STRING)
        return false;
    *out = feel_temporal_text(a, feel_as_string(tree->list->value), NULL);
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        if (str_eq(tree->a->name, str_from(makers[i].name)))
            return feel_kind(*out) == makers[i].kinds[0] || feel_kind(*out) == makers[i].kinds[1];
    return false;
}

static bool is_orderable(struct feel_value v) {
    int order;
    return feel_kind(v) == FEEL_BOOLEAN || feel_order(&order, v, v);
}

/* One test as one or two intervals; false when it is more than that. */
static bool test_intervals(struct table_cell *cell, const struct ast *test, struct arena *a) {
    struct interval *out = &cell->intervals[cell->interval_count];
    struct feel_value v, w;
    if (test->kind == AST_RANGE) {
        if (test->a == NULL || test->b == NULL || !literal(&v, test->a, a) ||
            !literal(&w, test->b, a) || feel_kind(v) != feel_kind(w) || !is_orderable(v))
            return false;
        *out = (struct interval){v, w, (test->op & AST_LOW_CLOSED) != 0,
                                 (test->op & AST_HIGH_CLOSED) != 0};
        cell->interval_count++;
        return true;
    }
    enum ast_compare op = test->kind == AST_UNARY ? (enum ast_compare)test->op : AST_EQ;
    if (!literal(&v, test->kind == AST_UNARY ? test->a : test, a))
        return false;
    if (feel_is_null(v) && op == AST_EQ) {
        cell->has_null = true;
        return true;
    }
    if (!is_orderable(v) || (feel_kind(v) == FEEL_BOOLEAN && op != AST_EQ))
        return false;
    struct feel_value none = feel_null();
    cell->interval_count += op == AST_NE ? 2 : 1;
    switch (op) {
    case AST_EQ: *out = (struct interval){v, v, true, true}; return true;
    case AST_NE:
        out[0] = (struct interval){none, v, false, false};
        out[1] = (struct interval){v, none, false, false};
        return true;
    case AST_LT:
    case AST_LE: *out = (struct interval){none, v, false, op == AST_LE}; return true;
    default: *out = (struct interval){v, none, op == AST_GE, false}; return true;
    }
}

void table_classify(struct table_cell *cell, struct arena *a) {
    uint32_t count = 0;
    if (cell->tree->kind == AST_ANY) {
        cell->any = true;
        return;
    }
    if (cell->tree->kind != AST_TESTS)
        return;
    for (const struct ast *test = cell->tree->list; test != NULL; test = test->next)
        count++;
    cell->intervals = arena_new(a, struct interval, 2 * (size_t)count);
    cell->negated = cell->tree->op == 1;
    for (const struct ast *test = cell->tree->list; test != NULL; test = test->next)
        if (!test_intervals(cell, test, a))
            return;
    cell->plain = true;
}

/* --- columns
 * ------------------------------------------------------------------------------------------- */
bool table_classify_tests(struct table_cell *cell, const struct ast *tests, struct arena *a) {
    *cell = (struct table_cell){.tree = (struct ast *)(uintptr_t)tests};
    table_classify(cell, a);
    return cell->plain;
}

static struct feel_value some_end(const struct interval *i) {
    return feel_is_null(i->low) ? i->high : i->low;
}

/* The one kind that all intervals of the column are of; FEEL_NULL when there is none. */
static enum feel_kind column_kind(const struct dmn_table *t, uint32_t column) {
    enum feel_kind kind = FEEL_NULL;
    for (uint32_t row = 0; row < t->rule_count; row++) {
        const struct table_cell *cell = &t->rules[row].cells[column];
        if (cell->any)
            continue;
        if (!cell->plain)
            return FEEL_NULL;
        for (uint32_t i = 0; i < cell->interval_count; i++) {
            enum feel_kind here = feel_kind(some_end(&cell->intervals[i]));
            if (kind != FEEL_NULL && here != kind)
                return FEEL_NULL;
            kind = here;
        }
    }
    return kind;
}

int table_value_order(struct feel_value a, struct feel_value b) {
    int order = 0;
    if (feel_kind(a) == FEEL_BOOLEAN)
        return (int)feel_as_boolean(a) - (int)feel_as_boolean(b);
    (void)feel_order(&order, a, b);
    return order;
}

static int compare_values(const void *a, const void *b) {
    return table_value_order(*(const struct feel_value *)a, *(const struct feel_value *)b);
}

static bool all_ordered(const struct feel_value *values, uint32_t count) {
    int order;
    for (uint32_t i = 1; i < count; i++)
        if (feel_kind(values[0]) != FEEL_BOOLEAN && !feel_order(&order, values[0], values[i]))
            return false; /* times with and without a zone */
    return true;
}

static bool collect_ends(struct column_index *index, const struct dmn_table *t, uint32_t column,
                         struct arena *a) {
    size_t room = 0;
    for (uint32_t row = 0; row < t->rule_count; row++)
        room += 2 * (size_t)t->rules[row].cells[column].interval_count;
    index->ends = arena_new(a, struct feel_value, room);
    for (uint32_t row = 0; row < t->rule_count; row++) {
        const struct table_cell *cell = &t->rules[row].cells[column];
        for (uint32_t i = 0; i < cell->interval_count; i++) {
            if (!feel_is_null(cell->intervals[i].low))
                index->ends[index->end_count++] = cell->intervals[i].low;
            if (!feel_is_null(cell->intervals[i].high))
                index->ends[index->end_count++] = cell->intervals[i].high;
        }
    }
    if (!all_ordered(index->ends, index->end_count))
        return false;
    qsort(index->ends, index->end_count, sizeof *index->ends, compare_values);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < index->end_count; i++)
        if (kept == 0 || table_value_order(index->ends[kept - 1], index->ends[i]) != 0)
            index->ends[kept++] = index->ends[i];
    index->end_count = kept;
    return true;
}

/* The region of a value: 2i + 1 on the end i, 2i below it. */
static uint32_t region_of(const struct column_index *index, struct feel_value v) {
    uint32_t low = 0, high = index->end_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = table_value_order(v, index->ends[middle]);
        if (order == 0)
            return 2 * middle + 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 2 * low;
}

static void set_rule(struct column_index *index, const struct dmn_table *t, uint32_t row,
                     const struct table_cell *cell) {
    uint32_t regions = 2 * index->end_count + 1, word = row / 64;
    uint64_t bit = UINT64_C(1) << (row % 64);
    for (uint32_t i = 0; i < cell->interval_count; i++) {
        const struct interval *in = &cell->intervals[i];
        uint32_t from = feel_is_null(in->low) ? 0 : region_of(index, in->low) + !in->low_closed;
        uint32_t to =
            feel_is_null(in->high) ? regions : region_of(index, in->high) + in->high_closed;
        for (uint32_t r = from; r < to; r++)
            index->sets[(size_t)r * t->word_count + word] |= bit;
    }
    for (uint32_t r = 0; r < regions && (cell->any || cell->negated); r++) {
        uint64_t *at = &index->sets[(size_t)r * t->word_count + word];
        *at = cell->any ? *at | bit : *at ^ bit;
    }
}

static void index_column(struct dmn_table *t, uint32_t column, struct arena *a) {
    struct column_index *index = &t->indexes[column];
    index->kind = column_kind(t, column);
    if (index->kind == FEEL_NULL || !collect_ends(index, t, column, a))
        return;
    size_t words = (2 * (size_t)index->end_count + 1) * t->word_count;
    size_t limit = arena_limit_bytes(a) - arena_used_bytes(a);
    if (words * sizeof(uint64_t) > MIN_OF((size_t)INDEX_BYTES_MAX, limit / 4))
        return;
    index->sets = arena_new(a, uint64_t, words);
    for (uint32_t row = 0; row < t->rule_count; row++)
        set_rule(index, t, row, &t->rules[row].cells[column]);
    index->active = true;
    t->indexed = true;
}

void table_index(struct dmn_table *t, struct arena *a) {
    t->indexes = arena_new(a, struct column_index, t->input_count);
    for (uint32_t c = 0; c < t->input_count; c++)
        index_column(t, c, a);
}

bool table_index_apply(uint64_t *rules, const struct dmn_table *t, uint32_t column,
                       struct feel_value v) {
    const struct column_index *index = &t->indexes[column];
    int order;
    if (!index->active || feel_kind(v) != index->kind)
        return false;
    if (index->end_count > 0 && index->kind != FEEL_BOOLEAN &&
        !feel_order(&order, v, index->ends[0]))
        return false;
    const uint64_t *set = &index->sets[(size_t)region_of(index, v) * t->word_count];
    for (uint32_t w = 0; w < t->word_count; w++)
        rules[w] &= set[w];
    return true;
}
