/* Is a table complete, and free of overlap where its policy demands it? Each column is an axis cut
 * into regions on which every rule is decided alike; regions that the same rules cover are one. A
 * gap is a choice of one region an axis that no rule covers, found by going through the axes and
 * keeping the set of rules that are still in; a branch ends as soon as one of them covers all the
 * rest. An overlap is a pair of rules that share a region on every axis.
 * A cell that is more than literals is undecided: for gaps it covers nothing, for overlaps all.
 * What is found sound under that is sound; otherwise the table is reported as undecided, with the
 * cell. Null is not looked at: an input that is missing is the form's business. Invariant: whatever
 * is reported is true of the table: gaps and overlaps come with an input. */
#include <stdlib.h>

#include "dmn/table.h"
#include "num/num.h"

enum { FINDINGS_MAX = 1000, GAPS_MAX = 10, CACHE_SLOTS = 4096, PAIRS_RULES_MAX = 4000 };

struct region {
    struct feel_value sample;
    uint64_t *sure;  /* rules that cover it for certain */
    uint64_t *maybe; /* and those that might */
};

struct axis {
    struct feel_value *ends;
    uint32_t end_count;
    enum feel_kind kind; /* FEEL_NULL: no cell tests anything */
    struct region *regions;
    uint32_t region_count;
    uint64_t *any_from_here; /* rules that test nothing on this axis and all after it */
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
    uint32_t *choice; /* region of each axis on the way */
    uint32_t gaps;
    struct {
        uint32_t axis;
        uint64_t *set;
    } cache[CACHE_SLOTS]; /* (axis, set) known to be covered */
    bool stop_at_first;
    bool found_gap;
};

const char *dmn_finding_name(enum dmn_finding_kind kind) {
    static const char *const names[] = {
        [DMN_GAP] = "gap",
        [DMN_OVERLAP] = "overlap",
        [DMN_UNREACHABLE] = "unreachable rule",
        [DMN_WRONG_TYPE] = "wrong type",
        [DMN_UNDECIDED] = "undecided",
    };
    return names[kind];
}

/* Also keeps away from the arena's own limit, which would be the end of the program. */
static bool spend(struct checker *x, uint64_t steps, size_t bytes) {
    if (bytes + (1 << 16) > arena_limit_bytes(x->arena) - arena_used_bytes(x->arena))
        return err_set(x->err, ERR_LIMIT, x->t->at, "the check of a table takes too much memory");
    return budget_spend(x->budget, (struct cost){steps, bytes}, x->err);
}

static void report(struct checker *x, struct dmn_finding finding) {
    if (x->count == FINDINGS_MAX)
        return;
    finding.table = x->t->element->info.name;
    if (finding.at.source == NULL)
        finding.at = x->t->at;
    x->findings[x->count++] = finding;
}

static const struct str other_text = STR_INIT("something else");

/* --- axes: samples
 * --------------------------------------------------------------------------------------- */
static struct feel_value number_between(struct arena *a, const struct feel_value *low,
                                        const struct feel_value *high) {
    struct num l = num_of(0), h = l, n;
    if (low != NULL)
        feel_as_num(&l, *low);
    if (high != NULL)
        feel_as_num(&h, *high);
    if (low == NULL)
        n = num_sub(num_round(h, 0, NUM_ROUND_CEILING), num_of(1));
    else
        n = num_add(num_round(l, 0, NUM_ROUND_FLOOR), num_of(1));
    if (low != NULL && high != NULL && num_cmp(n, h) >= 0)
        n = num_div(num_add(l, h), num_of(2));
    return feel_number(a, &n);
}

static struct feel_value date_between(const struct feel_value *low, const struct feel_value *high) {
    struct cal_date date;
    int64_t days =
        low != NULL ? cal_days_of(feel_as_date(*low)) + 1 : cal_days_of(feel_as_date(*high)) - 1;
    if ((low != NULL && high != NULL && days >= cal_days_of(feel_as_date(*high))) ||
        !cal_date_from_days(&date, days))
        return feel_null(); /* no day lies between */
    return feel_date(date);
}

static struct feel_value months_between(const struct feel_value *low,
                                        const struct feel_value *high) {
    int64_t n = low != NULL ? feel_as_years_months(*low).n + 1 : feel_as_years_months(*high).n - 1;
    if (low != NULL && high != NULL && n >= feel_as_years_months(*high).n)
        return feel_null();
    return feel_years_months((struct cal_months){n});
}

static struct feel_value span_between(const struct feel_value *low, const struct feel_value *high) {
    struct cal_span span, one = {60, 0}, back = {-60, 0};
    struct num half;
    if (low == NULL)
        return cal_span_add(&span, feel_as_days_time(*high), back) ? feel_days_time(span)
                                                                   : feel_null();
    if (high == NULL)
        return cal_span_add(&span, feel_as_days_time(*low), one) ? feel_days_time(span)
                                                                 : feel_null();
    half = num_div(
        num_add(cal_span_num(feel_as_days_time(*low)), cal_span_num(feel_as_days_time(*high))),
        num_of(2));
    if (!cal_span_from_num(&span, half) || cal_span_cmp(span, feel_as_days_time(*low)) <= 0)
        return feel_null();
    return feel_days_time(span);
}

/* The earliest text behind low is low and a byte more; a readable one is tried first. */
static struct feel_value text_between(struct arena *a, const struct feel_value *low,
                                      const struct feel_value *high) {
    struct str from = low == NULL ? STR_NONE : feel_as_string(*low);
    const struct str tries[] = {
        other_text,
        arena_printf(a, "%.*s (another)", STR_ARG(from)),
        arena_printf(a, "%.*s ", STR_ARG(from)),
        STR_NONE,
    };
    for (size_t i = 0; i < COUNT_OF(tries); i++)
        if ((low == NULL || str_cmp(from, tries[i]) < 0) &&
            (high == NULL || str_cmp(tries[i], feel_as_string(*high)) < 0))
            return feel_string(tries[i]);
    return feel_null();
}

/* Times and date-times: a second after low, or before high; null when another value lies between
 * only at a finer grain. */
static struct feel_value moment_between(struct arena *a, const struct feel_value *low,
                                        const struct feel_value *high) {
    struct cal_span step = {low != NULL ? 1 : -1, 0};
    struct feel_value from = low != NULL ? *low : *high, v;
    struct cal_datetime at;
    if (feel_kind(from) == FEEL_TIME) {
        v = feel_time(a, cal_time_add(feel_as_time(from), step));
    } else {
        if (!cal_datetime_add(&at, feel_as_date_time(from), step))
            return feel_null();
        v = feel_date_time(a, at);
    }
    if ((low != NULL && table_value_order(*low, v) >= 0) ||
        (high != NULL && table_value_order(v, *high) >= 0))
        return feel_null();
    return v;
}

/* A value strictly between two ends (NULL: open); null when there is none. */
static struct feel_value between(struct arena *a, enum feel_kind kind, const struct feel_value *low,
                                 const struct feel_value *high) {
    switch (kind) {
    case FEEL_NUMBER: return number_between(a, low, high);
    case FEEL_STRING: return text_between(a, low, high);
    case FEEL_DATE: return date_between(low, high);
    case FEEL_YEARS_MONTHS: return months_between(low, high);
    case FEEL_DAYS_TIME: return span_between(low, high);
    case FEEL_TIME:
    case FEEL_DATE_TIME: return moment_between(a, low, high);
    default: return feel_null(); /* booleans: nothing lies between */
    }
}

/* --- axes: regions
 * ------------------------------------------------------------------------------------------ */
static int compare_values(const void *a, const void *b) {
    return table_value_order(*(const struct feel_value *)a, *(const struct feel_value *)b);
}

static bool in_interval(const struct interval *in, struct feel_value v) {
    if (!feel_is_null(in->low)) {
        int order = table_value_order(v, in->low);
        if (order < 0 || (order == 0 && !in->low_closed))
            return false;
    }
    if (!feel_is_null(in->high)) {
        int order = table_value_order(v, in->high);
        if (order > 0 || (order == 0 && !in->high_closed))
            return false;
    }
    return true;
}

static bool cell_has(const struct table_cell *cell, struct feel_value v) {
    bool in = false;
    for (uint32_t i = 0; i < cell->interval_count && !in; i++)
        in = in_interval(&cell->intervals[i], v);
    return in != cell->negated;
}

static void add_end(struct axis *axis, struct feel_value v) {
    if (feel_is_null(v))
        return;
    if (axis->kind == FEEL_NULL)
        axis->kind = feel_kind(v);
    if (feel_kind(v) == axis->kind)
        axis->ends[axis->end_count++] = v;
}

static void add_ends(struct axis *axis, const struct table_cell *cell) {
    for (uint32_t i = 0; i < cell->interval_count; i++) {
        add_end(axis, cell->intervals[i].low);
        add_end(axis, cell->intervals[i].high);
    }
}

static void sort_ends(struct axis *axis) {
    uint32_t kept = 0;
    qsort(axis->ends, axis->end_count, sizeof *axis->ends, compare_values);
    for (uint32_t i = 0; i < axis->end_count; i++)
        if (kept == 0 || table_value_order(axis->ends[kept - 1], axis->ends[i]) != 0)
            axis->ends[kept++] = axis->ends[i];
    axis->end_count = kept;
}

static bool is_empty(const uint64_t *set, uint32_t words) {
    for (uint32_t w = 0; w < words; w++)
        if (set[w] != 0)
            return false;
    return true;
}

static bool same_region(const struct region *a, const struct region *b, uint32_t words) {
    return memcmp(a->sure, b->sure, words * sizeof *a->sure) == 0 &&
           memcmp(a->maybe, b->maybe, words * sizeof *a->maybe) == 0;
}

/* Adds the region of a sample, unless an earlier one is covered by the same rules. */
static bool add_region(struct checker *x, uint32_t column, struct feel_value sample) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[column];
    struct region region = {sample, arena_new(x->arena, uint64_t, t->word_count),
                            arena_new(x->arena, uint64_t, t->word_count)};
    for (uint32_t row = 0; row < t->rule_count; row++) {
        const struct table_cell *cell = &t->rules[row].cells[column];
        uint64_t bit = UINT64_C(1) << (row % 64);
        bool sure = cell->any || (cell->plain && !feel_is_null(sample) && cell_has(cell, sample));
        if (sure)
            region.sure[row / 64] |= bit;
        if (sure || (!cell->any && !cell->plain))
            region.maybe[row / 64] |= bit;
    }
    /* gaps that lie apart are told one by one; "something else" than listed texts is one gap */
    uint32_t from = 0;
    if (is_empty(region.sure, t->word_count) && axis->kind != FEEL_STRING && axis->region_count > 0)
        from = axis->region_count - 1;
    for (uint32_t i = from; i < axis->region_count; i++)
        if (same_region(&axis->regions[i], &region, t->word_count)) {
            if (feel_kind(sample) == FEEL_STRING && str_eq(feel_as_string(sample), other_text))
                axis->regions[i].sample = sample; /* the most readable one */
            return true;
        }
    axis->regions[axis->region_count++] = region;
    return spend(x, t->rule_count / 8 + axis->region_count / 8 + 1,
                 2 * t->word_count * sizeof(uint64_t));
}

/* The column's allowed values as a cell; false: all values are allowed. */
static bool allowed_values(struct checker *x, uint32_t column, struct table_cell *allowed) {
    const struct ast *tree = x->t->inputs[column].allowed_tree;
    return tree != NULL && table_classify_tests(allowed, tree, x->arena);
}

static bool add_regions(struct checker *x, uint32_t column) {
    struct axis *axis = &x->axes[column];
    struct table_cell allowed;
    bool limited = allowed_values(x, column, &allowed);
    axis->regions = arena_new(x->arena, struct region, 2 * (size_t)axis->end_count + 3);
    if (axis->kind == FEEL_BOOLEAN)
        return add_region(x, column, feel_boolean(false)) &&
               add_region(x, column, feel_boolean(true));
    if (axis->end_count == 0)
        return add_region(x, column, feel_null());
    for (uint32_t i = 0; i <= axis->end_count; i++) {
        struct feel_value v = between(x->arena, axis->kind, i == 0 ? NULL : &axis->ends[i - 1],
                                      i == axis->end_count ? NULL : &axis->ends[i]);
        if (!feel_is_null(v) && (!limited || cell_has(&allowed, v)) && !add_region(x, column, v))
            return false;
        if (i < axis->end_count && (!limited || cell_has(&allowed, axis->ends[i])) &&
            !add_region(x, column, axis->ends[i]))
            return false;
    }
    return true;
}

static bool make_axis(struct checker *x, uint32_t column) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[column];
    struct table_cell allowed;
    const struct feel_type *type = t->inputs[column].type;
    size_t room = 0;
    bool limited = allowed_values(x, column, &allowed);
    if (type != NULL && type->tag == FEEL_TYPE_KIND && type->kind != FEEL_NULL)
        axis->kind = type->kind;
    for (uint32_t row = 0; row < t->rule_count; row++)
        room += 2 * (size_t)t->rules[row].cells[column].interval_count;
    room += limited ? 2 * (size_t)allowed.interval_count : 0;
    if (!spend(x, room, 10 * room * sizeof(struct feel_value)))
        return false;
    axis->ends = arena_new(x->arena, struct feel_value, room);
    for (uint32_t row = 0; row < t->rule_count; row++)
        if (t->rules[row].cells[column].plain)
            add_ends(axis, &t->rules[row].cells[column]);
    if (limited)
        add_ends(axis, &allowed);
    sort_ends(axis);
    return add_regions(x, column);
}

static bool make_axes(struct checker *x) {
    const struct dmn_table *t = x->t;
    x->axes = arena_new(x->arena, struct axis, t->input_count + 1);
    x->choice = arena_new(x->arena, uint32_t, t->input_count + 1);
    for (uint32_t c = 0; c <= t->input_count; c++)
        x->axes[c].any_from_here = arena_new(x->arena, uint64_t, t->word_count);
    for (uint32_t row = 0; row < t->rule_count; row++) {
        bool any = true;
        for (uint32_t c = t->input_count + 1; c-- > 0;) {
            any = any && (c == t->input_count || t->rules[row].cells[c].any);
            if (any)
                x->axes[c].any_from_here[row / 64] |= UINT64_C(1) << (row % 64);
        }
    }
    for (uint32_t c = 0; c < t->input_count; c++)
        if (!make_axis(x, c))
            return false;
    return true;
}

/* --- gaps
 * -------------------------------------------------------------------------------------------------------
 */
static struct str describe(struct checker *x, const uint32_t *choice, uint32_t chosen) {
    const struct dmn_table *t = x->t;
    struct buf out;
    bool first = true;
    buf_init(&out, 1 << 16);
    for (uint32_t c = 0; c < t->input_count; c++) {
        const struct axis *axis = &x->axes[c];
        if (axis->region_count == 0)
            continue;
        struct feel_value v = axis->regions[c < chosen ? choice[c] : 0].sample;
        if (feel_is_null(v))
            continue;
        buf_printf(&out, "%s%.*s = ", first ? "" : ", ", STR_ARG(t->inputs[c].text));
        feel_print(&out, v);
        first = false;
    }
    struct str text = arena_str(x->arena, first ? STR("any input") : buf_view(&out));
    buf_done(&out);
    return text;
}

static bool meets(const uint64_t *a, const uint64_t *b, uint32_t words) {
    for (uint32_t w = 0; w < words; w++)
        if ((a[w] & b[w]) != 0)
            return true;
    return false;
}

static uint32_t cache_slot(uint32_t axis, const uint64_t *set, uint32_t words) {
    uint64_t hash = str_hash((struct str){(const char *)set, words * sizeof *set}) + axis;
    return (uint32_t)((hash ^ hash >> 32) % CACHE_SLOTS);
}

static bool cached(const struct checker *x, uint32_t slot, uint32_t axis, const uint64_t *set) {
    return x->cache[slot].set != NULL && x->cache[slot].axis == axis &&
           memcmp(x->cache[slot].set, set, x->t->word_count * sizeof *set) == 0;
}

/* The rules of in that still cover what was chosen on axes before c. True in *covered when every
 * choice on the others is covered. */
static bool sweep(struct checker *x, uint32_t c, const uint64_t *in, bool *covered) {
    const struct dmn_table *t = x->t;
    uint32_t words = t->word_count;
    *covered = true;
    if (meets(in, x->axes[c].any_from_here, words))
        return true;
    if (is_empty(in, words) || c == t->input_count) {
        *covered = false;
        x->found_gap = true;
        if (!x->stop_at_first && x->gaps++ < GAPS_MAX)
            report(x, (struct dmn_finding){.kind = DMN_GAP,
                                           .input = describe(x, x->choice, c),
                                           .text = STR("no rule covers this input")});
        return true;
    }
    uint32_t slot = cache_slot(c, in, words);
    if (cached(x, slot, c, in))
        return true;
    if (!spend(x, 1, words * sizeof(uint64_t)))
        return false;
    uint64_t *set = arena_new(x->arena, uint64_t, words);
    for (uint32_t r = 0; r < x->axes[c].region_count; r++) {
        bool here;
        if (!spend(x, words + 1, 0))
            return false;
        for (uint32_t w = 0; w < words; w++)
            set[w] = in[w] & x->axes[c].regions[r].sure[w];
        x->choice[c] = r;
        if (!sweep(x, c + 1, set, &here))
            return false;
        *covered = *covered && here;
        if (x->found_gap && (x->stop_at_first || x->gaps > GAPS_MAX))
            return true;
    }
    if (*covered) {
        memcpy(set, in, words * sizeof *set);
        x->cache[slot].axis = c;
        x->cache[slot].set = set;
    }
    return true;
}

static const struct table_cell *undecided_cell(const struct dmn_table *t, uint32_t *row,
                                               uint32_t *column) {
    for (*row = 0; *row < t->rule_count; ++*row)
        for (*column = 0; *column < t->input_count; ++*column) {
            const struct table_cell *cell = &t->rules[*row].cells[*column];
            if (!cell->any && !cell->plain)
                return cell;
        }
    return NULL;
}

static void report_undecided(struct checker *x, const char *what) {
    uint32_t row, column;
    const struct table_cell *cell = undecided_cell(x->t, &row, &column);
    if (cell == NULL)
        return;
    struct str text = cell->tree->source->text;
    report(x,
           (struct dmn_finding){
               .kind = DMN_UNDECIDED,
               .at = x->t->rules[row].at,
               .rule_a = row + 1,
               .text = arena_printf(x->arena, "%s, because '%.*s' is more than values and ranges",
                                    what, STR_ARG(text))});
}

static bool has_undecided(const struct dmn_table *t) {
    uint32_t row, column;
    return undecided_cell(t, &row, &column) != NULL;
}

static bool needs_completeness(const struct dmn_table *t) {
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other)
            return false;
    return t->policy != TABLE_COLLECT ||
           (t->aggregate != TABLE_LIST && t->aggregate != TABLE_COUNT);
}

static void set_all(uint64_t *set, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        set[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool check_gaps(struct checker *x) {
    const struct dmn_table *t = x->t;
    uint64_t *all = arena_new(x->arena, uint64_t, t->word_count);
    bool covered;
    if (!needs_completeness(t))
        return true;
    set_all(all, t->rule_count);
    x->stop_at_first = has_undecided(t); /* a gap may then be none */
    if (!sweep(x, 0, all, &covered))
        return false;
    if (!covered && x->stop_at_first)
        report_undecided(x, "whether the table is complete is not known");
    return true;
}

/* --- overlaps
 * ------------------------------------------------------------------------------------------------------
 */
static bool has_rule(const uint64_t *set, uint32_t row) {
    return (set[row / 64] >> (row % 64) & 1) != 0;
}

/* A region on every axis that both rules cover, in x->choice. sure: for certain */
static bool share(struct checker *x, uint32_t a, uint32_t b, bool sure) {
    for (uint32_t c = 0; c < x->t->input_count; c++) {
        const struct axis *axis = &x->axes[c];
        uint32_t r = 0;
        while (r < axis->region_count) {
            const uint64_t *set = sure ? axis->regions[r].sure : axis->regions[r].maybe;
            if (has_rule(set, a) && has_rule(set, b))
                break;
            r++;
        }
        if (r == axis->region_count)
            return false;
        x->choice[c] = r;
    }
    return true;
}

/* 1 the same, 0 different, -1 not known before evaluation */
static int same_outputs(const struct dmn_table *t, uint32_t a, uint32_t b) {
    int same = 1;
    for (uint32_t c = 0; c < t->output_count; c++) {
        const struct table_output_cell *x = &t->rules[a].outputs[c], *y = &t->rules[b].outputs[c];
        if (!x->constant || !y->constant)
            same = MIN_OF(same, -1);
        else if (!feel_same(x->value, y->value))
            return 0;
    }
    return same;
}

static void report_pair(struct checker *x, uint32_t a, uint32_t b) {
    report(x,
           (struct dmn_finding){
               .kind = DMN_OVERLAP,
               .at = x->t->rules[b].at,
               .rule_a = a + 1,
               .rule_b = b + 1,
               .input = describe(x, x->choice, x->t->input_count),
               .text = arena_printf(x->arena, "rules %u and %u match both%s", a + 1, b + 1,
                                    x->t->policy == TABLE_ANY ? ", with different outputs" : "")});
}

static bool check_overlaps(struct checker *x) {
    const struct dmn_table *t = x->t;
    bool unsure = false;
    if (t->policy != TABLE_UNIQUE && t->policy != TABLE_ANY)
        return true;
    if (t->rule_count > PAIRS_RULES_MAX) {
        report(x, (struct dmn_finding){.kind = DMN_UNDECIDED,
                                       .text = STR("the table has too many rules for a comparison "
                                                   "of each with each")});
        return true;
    }
    for (uint32_t a = 0; a < t->rule_count; a++)
        for (uint32_t b = a + 1; b < t->rule_count; b++) {
            int same = t->policy == TABLE_ANY ? same_outputs(t, a, b) : 0;
            if (!spend(x, t->input_count + 1, 0))
                return false;
            if (same == 1 || !share(x, a, b, false))
                continue;
            if (same == 0 && share(x, a, b, true))
                report_pair(x, a, b);
            else
                unsure = true;
        }
    if (unsure)
        report_undecided(x, "whether rules overlap is not known");
    return true;
}

/* --- rules that never decide
 * ------------------------------------------------------------------------------------------ */
/* Does a rule of the set decide wherever row does? The axes are narrowed to what row covers. */
static bool is_covered(struct checker *x, uint32_t row, const uint64_t *by, bool *covered) {
    const struct dmn_table *t = x->t;
    struct axis *axes = x->axes;
    size_t bytes = (t->input_count + 1) * sizeof(struct axis);
    for (uint32_t c = 0; c < t->input_count; c++)
        bytes += axes[c].region_count * sizeof(struct region);
    if (!spend(x, 1, bytes))
        return false;
    struct axis *narrow = arena_new(x->arena, struct axis, t->input_count + 1);
    memcpy(narrow, axes, (t->input_count + 1) * sizeof *narrow);
    for (uint32_t c = 0; c < t->input_count; c++) {
        narrow[c].regions = arena_new(x->arena, struct region, axes[c].region_count);
        narrow[c].region_count = 0;
        for (uint32_t r = 0; r < axes[c].region_count; r++)
            if (has_rule(axes[c].regions[r].maybe, row))
                narrow[c].regions[narrow[c].region_count++] = axes[c].regions[r];
    }
    memset(x->cache, 0, sizeof x->cache); /* what is covered on narrowed axes is another matter */
    x->axes = narrow;
    x->stop_at_first = true;
    x->found_gap = false;
    bool good = sweep(x, 0, by, covered);
    x->axes = axes;
    return good;
}

static bool matches_nothing(const struct checker *x, uint32_t row, uint32_t *column) {
    for (*column = 0; *column < x->t->input_count; ++*column) {
        const struct axis *axis = &x->axes[*column];
        const struct table_cell *cell = &x->t->rules[row].cells[*column];
        bool found = cell->has_null && !cell->negated;
        for (uint32_t r = 0; r < axis->region_count && !found; r++)
            found = has_rule(axis->regions[r].maybe, row);
        if (!found)
            return true;
    }
    return false;
}

static bool check_reachable(struct checker *x) {
    const struct dmn_table *t = x->t;
    uint64_t *before = arena_new(x->arena, uint64_t, t->word_count);
    uint32_t column;
    for (uint32_t row = 0; row < t->rule_count; row++) {
        bool covered = false;
        if (matches_nothing(x, row, &column)) {
            report(x, (struct dmn_finding){
                          .kind = DMN_UNREACHABLE,
                          .at = t->rules[row].at,
                          .rule_a = row + 1,
                          .text = arena_printf(x->arena,
                                               "rule %u never matches: no value that '%.*s' may "
                                               "have passes its test",
                                               row + 1, STR_ARG(t->inputs[column].text))});
            continue;
        }
        if (t->policy == TABLE_FIRST && !is_covered(x, row, before, &covered))
            return false;
        if (covered)
            report(x, (struct dmn_finding){
                          .kind = DMN_UNREACHABLE,
                          .at = t->rules[row].at,
                          .rule_a = row + 1,
                          .text = arena_printf(x->arena,
                                               "rule %u never decides: the rules before it cover "
                                               "all that it covers",
                                               row + 1)});
        before[row / 64] |= UINT64_C(1) << (row % 64);
    }
    return true;
}

/* --- types
 * ----------------------------------------------------------------------------------------------------------------
 */
static void wrong_cell(struct checker *x, uint32_t row, uint32_t column, enum feel_kind kind) {
    report(x,
           (struct dmn_finding){
               .kind = DMN_WRONG_TYPE,
               .at = x->t->rules[row].at,
               .rule_a = row + 1,
               .text = arena_printf(x->arena, "rule %u tests '%.*s', a %s, against a %s", row + 1,
                                    STR_ARG(x->t->inputs[column].text),
                                    feel_kind_name(x->axes[column].kind), feel_kind_name(kind))});
}

static void check_cell_types(struct checker *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t row = 0; row < t->rule_count; row++)
        for (uint32_t c = 0; c < t->input_count; c++) {
            const struct table_cell *cell = &t->rules[row].cells[c];
            for (uint32_t i = 0; cell->plain && i < cell->interval_count; i++) {
                struct feel_value end = feel_is_null(cell->intervals[i].low)
                                            ? cell->intervals[i].high
                                            : cell->intervals[i].low;
                if (feel_kind(end) != x->axes[c].kind) {
                    wrong_cell(x, row, c, feel_kind(end));
                    break;
                }
            }
        }
}

static bool is_listed(const struct table_output *output, struct feel_value v) {
    for (uint32_t i = 0; i < output->value_count; i++)
        if (feel_same(output->values[i], v))
            return true;
    return output->value_count == 0 || feel_is_null(v);
}

static void check_output_types(struct checker *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t row = 0; row < t->rule_count; row++)
        for (uint32_t c = 0; c < t->output_count; c++) {
            const struct table_output *output = &t->outputs[c];
            const struct ast *tree = t->rules[row].outputs[c].tree;
            if (tree == NULL || tree->kind != AST_CONST || feel_is_null(tree->value))
                continue;
            bool typed = output->type == NULL || feel_type_has(output->type, tree->value);
            if (typed && is_listed(output, tree->value))
                continue;
            report(x, (struct dmn_finding){
                          .kind = DMN_WRONG_TYPE,
                          .at = t->rules[row].at,
                          .rule_a = row + 1,
                          .text = arena_printf(
                              x->arena, "rule %u gives '%.*s' a value that %s", row + 1,
                              STR_ARG(output->name.len > 0 ? output->name : t->element->info.name),
                              typed ? "is not among those listed" : "is of another type")});
        }
}

static bool check_table(struct checker *x, const struct dmn_table *t) {
    x->t = t;
    x->gaps = 0;
    x->stop_at_first = x->found_gap = false;
    memset(x->cache, 0, sizeof x->cache);
    if (!make_axes(x))
        return false;
    check_cell_types(x);
    check_output_types(x);
    return check_gaps(x) && check_overlaps(x) && check_reachable(x);
}

bool dmn_check(const struct dmn_finding **out, size_t *count, const struct dmn_model *model,
               struct arena *a, struct budget *budget, struct err *err) {
    struct checker *x = arena_new(a, struct checker, 1);
    x->model = model;
    x->arena = a;
    x->budget = budget;
    x->err = err;
    x->findings = arena_new(a, struct dmn_finding, FINDINGS_MAX);
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < model->tables.count; i++)
        if (!check_table(x, model->tables.at[i]))
            return false;
    *out = x->findings;
    *count = x->count;
    return true;
}
