/* Cells as intervals, and columns as indexes: the ends of all intervals of a column, sorted, cut
 * the line into regions (before the first end, the end itself, between it and the next, ...), and
 * each region keeps the rules it satisfies: few as a list of numbers, many as a set of bits. A
 * decision is then one binary search a column, and the shortest list is looked through or the sets
 * are intersected. Sets alone would grow with the square of the rules where each rule has an
 * interval of its own. Invariant: an index answers exactly as the cells' programs would, for values
 * of its kind; for others (and for null) it declines and the programs are asked. */
#include <stdlib.h>

#include "dmn/table.h"

enum { INDEX_BYTES_MAX = 256 << 20, PLACES_A_STEP = 16 };

/* Rules of a region. While it is built, count is how many there may be at most. */
struct region {
    uint32_t count; /* of a list; MANY: a set */
    uint32_t first; /* of column_index.rows, or number of the set */
};
enum { MANY = -1 };

struct column_index {
    bool active;
    enum feel_kind kind;
    struct feel_value *ends;
    uint32_t end_count;
    struct region *regions; /* 2 * end_count + 1 */
    uint32_t *rows;         /* the lists, each in ascending order */
    uint64_t *sets;         /* of word_count words each */
};

/* --- columns
 * ------------------------------------------------------------------------------------------- */
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
            enum feel_kind here = feel_kind(table_some_end(&cell->intervals[i]));
            if (kind != FEEL_NULL && here != kind)
                return FEEL_NULL;
            kind = here;
        }
    }
    return kind;
}

static int compare_values(const void *a, const void *b) {
    return table_value_order(*(const struct feel_value *)a, *(const struct feel_value *)b);
}

static bool all_ordered(const struct feel_value *values, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (!table_have_order(values[0], values[i]))
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

static uint32_t region_count(const struct column_index *index) {
    return 2 * index->end_count + 1;
}

/* The regions of an interval: from .. to - 1. */
static uint32_t first_region(const struct column_index *index, const struct interval *in) {
    return feel_is_null(in->low) ? 0 : region_of(index, in->low) + !in->low_closed;
}

static uint32_t end_region(const struct column_index *index, const struct interval *in) {
    return feel_is_null(in->high) ? region_count(index)
                                  : region_of(index, in->high) + in->high_closed;
}

/* How many rules a region may have at most: by the beginnings and ends of intervals, and by the
 * cells that count everywhere. */
static void count_rules(struct column_index *index, const struct dmn_table *t, uint32_t column) {
    uint32_t everywhere = 0, here = 0;
    for (uint32_t row = 0; row < t->rule_count; row++) {
        const struct table_cell *cell = &t->rules[row].cells[column];
        if (cell->any || cell->negated) {
            everywhere++;
            continue;
        }
        for (uint32_t i = 0; i < cell->interval_count; i++) {
            uint32_t from = first_region(index, &cell->intervals[i]);
            uint32_t to = end_region(index, &cell->intervals[i]);
            if (from >= to)
                continue;
            index->regions[from].count++;
            if (to < region_count(index))
                index->regions[to].first++;
        }
    }
    for (uint32_t r = 0; r < region_count(index); r++) {
        here += index->regions[r].count - index->regions[r].first;
        index->regions[r].count = here + everywhere;
    }
}

/* A place for each region's rules: a list where it is no longer than half of a set. False: the
 * index would take too much. */
static bool place_regions(struct column_index *index, const struct dmn_table *t, struct arena *a,
                          struct budget *budget) {
    size_t rows = 0, sets = 0, limit = arena_limit_bytes(a) - arena_used_bytes(a);
    uint64_t places = 0;
    for (uint32_t r = 0; r < region_count(index); r++) {
        struct region *region = &index->regions[r];
        places += region->count;
        bool many = region->count > t->word_count;
        region->first = (uint32_t)(many ? sets : rows);
        sets += many;
        rows += many ? 0 : region->count;
        region->count = many ? (uint32_t)MANY : 0;
        if (rows > UINT32_MAX / 2)
            return false;
    }
    if (rows * sizeof(uint32_t) + sets * t->word_count * sizeof(uint64_t) >
        MIN_OF((size_t)INDEX_BYTES_MAX, limit / 4))
        return false;
    if (places / PLACES_A_STEP > budget->left.steps / 4)
        return false; /* loading goes before speed */
    budget->left.steps -= places / PLACES_A_STEP;
    index->rows = arena_new(a, uint32_t, rows);
    index->sets = arena_new(a, uint64_t, sets * t->word_count);
    return true;
}

static void add_rule(struct column_index *index, const struct dmn_table *t, uint32_t r,
                     uint32_t row) {
    struct region *region = &index->regions[r];
    if (region->count == (uint32_t)MANY)
        index->sets[(size_t)region->first * t->word_count + row / 64] |= UINT64_C(1) << (row % 64);
    else if (region->count == 0 || index->rows[region->first + region->count - 1] != row)
        index->rows[region->first + region->count++] = row;
}

/* outside: of each region, 1 + the last row whose negated cell does not count there. */
static void set_rule(struct column_index *index, const struct dmn_table *t, uint32_t row,
                     const struct table_cell *cell, uint32_t *outside) {
    for (uint32_t i = 0; i < cell->interval_count; i++) {
        uint32_t to = end_region(index, &cell->intervals[i]);
        for (uint32_t r = first_region(index, &cell->intervals[i]); r < to; r++) {
            if (cell->negated)
                outside[r] = row + 1;
            else
                add_rule(index, t, r, row);
        }
    }
    for (uint32_t r = 0; r < region_count(index) && (cell->any || cell->negated); r++)
        if (outside[r] != row + 1)
            add_rule(index, t, r, row);
}

static void index_column(struct dmn_table *t, uint32_t column, struct arena *a,
                         struct budget *budget) {
    struct column_index *index = &t->indexes[column];
    index->kind = column_kind(t, column);
    if (index->kind == FEEL_NULL || !collect_ends(index, t, column, a))
        return;
    if (region_count(index) * (sizeof *index->regions + sizeof(uint32_t)) >
        (arena_limit_bytes(a) - arena_used_bytes(a)) / 4)
        return;
    index->regions = arena_new(a, struct region, region_count(index));
    count_rules(index, t, column);
    if (!place_regions(index, t, a, budget))
        return;
    struct arena_mark mark = arena_mark(a);
    uint32_t *outside = arena_new(a, uint32_t, region_count(index));
    for (uint32_t row = 0; row < t->rule_count; row++)
        set_rule(index, t, row, &t->rules[row].cells[column], outside);
    arena_rewind(a, mark);
    index->active = true;
    t->indexed = true;
}

void table_index(struct dmn_table *t, struct arena *a, struct budget *budget) {
    t->indexes = arena_new(a, struct column_index, t->input_count);
    for (uint32_t c = 0; c < t->input_count; c++)
        index_column(t, c, a, budget);
}

bool table_index_find(struct table_region *out, const struct dmn_table *t, uint32_t column,
                      struct feel_value v) {
    const struct column_index *index = &t->indexes[column];
    int order;
    if (!index->active || feel_kind(v) != index->kind)
        return false;
    if (index->end_count > 0 && index->kind != FEEL_BOOLEAN &&
        !feel_order(&order, v, index->ends[0]))
        return false;
    const struct region *region = &index->regions[region_of(index, v)];
    *out = (struct table_region){0};
    if (region->count == (uint32_t)MANY) {
        out->set = index->sets + (size_t)region->first * t->word_count;
    } else {
        out->rows = index->rows + region->first;
        out->count = region->count;
    }
    return true;
}

bool table_region_has(const struct table_region *region, uint32_t row) {
    if (region->set != NULL)
        return (region->set[row / 64] >> (row % 64) & 1) != 0;
    uint32_t low = 0, high = region->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (region->rows[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < region->count && region->rows[low] == row;
}

void table_region_keep(uint64_t *rules, const struct dmn_table *t,
                       const struct table_region *region) {
    uint32_t next = 0;
    for (uint32_t w = 0; w < t->word_count; w++) {
        uint64_t mask = region->set != NULL ? region->set[w] : 0;
        for (; next < region->count && region->rows[next] / 64 == w; next++)
            mask |= UINT64_C(1) << (region->rows[next] % 64);
        rules[w] &= mask;
    }
}
