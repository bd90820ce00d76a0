/* Axes: the ends of all intervals in order cut a column into points and what lies between them;
 * those that no value of the column's kind can reach, or that are not allowed, are left out, and
 * the others are its regions. Numbered so, a cell is a few runs of regions, found by halving. */
#include <stdlib.h>

#include "dmn/check.h"
#include "num/num.h"

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

/* The column's allowed values as a cell; false: all values are allowed. */
static bool allowed_values(struct checker *x, uint32_t column, struct table_cell *allowed) {
    const struct ast *tree = x->t->inputs[column].allowed_tree;
    return tree != NULL && table_classify_tests(allowed, tree, x->arena);
}

/* A place between or on the ends: 2 * i lies before ends[i], 2 * i + 1 is ends[i]. */
static bool add_region(struct checker *x, struct axis *axis, struct feel_value sample, bool between,
                       const struct table_cell *allowed) {
    if (feel_is_null(sample) || (allowed != NULL && !cell_has(allowed, sample)))
        return true;
    if (feel_kind(sample) == FEEL_STRING && str_eq(feel_as_string(sample), other_text))
        axis->other = axis->region_count;
    axis->between[axis->region_count] = between;
    axis->samples[axis->region_count++] = sample;
    return check_spend(x, 1, 128); /* a sample may be a text or a number of its own */
}

/* before[p]: the regions that lie before place p. */
static bool add_regions(struct checker *x, struct axis *axis, const struct table_cell *allowed,
                        uint32_t *before) {
    if (axis->end_count == 0) {
        axis->region_count = 1; /* of anything; its sample is null */
        before[1] = 1;
        return true;
    }
    for (uint32_t i = 0; i <= axis->end_count; i++) {
        struct feel_value v = between(x->arena, axis->kind, i == 0 ? NULL : &axis->ends[i - 1],
                                      i == axis->end_count ? NULL : &axis->ends[i]);
        if (!add_region(x, axis, v, true, allowed))
            return false;
        before[2 * i + 1] = axis->region_count;
        if (i == axis->end_count)
            break;
        if (!add_region(x, axis, axis->ends[i], false, allowed))
            return false;
        before[2 * i + 2] = axis->region_count;
    }
    return true;
}

/* The number of an end; CHECK_NONE for one of another kind, which no value of the column meets. */
static uint32_t end_number(const struct axis *axis, struct feel_value v) {
    uint32_t low = 0, high = axis->end_count;
    if (feel_kind(v) != axis->kind)
        return CHECK_NONE;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table_value_order(axis->ends[middle], v) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < axis->end_count ? low : CHECK_NONE;
}

static struct run run_of(const struct axis *axis, const uint32_t *before,
                         const struct interval *in) {
    uint32_t from = 0, to = 2 * axis->end_count + 1;
    static const struct run none;
    if (!feel_is_null(in->low)) {
        uint32_t i = end_number(axis, in->low);
        if (i == CHECK_NONE)
            return none;
        from = 2 * i + (in->low_closed ? 1 : 2);
    }
    if (!feel_is_null(in->high)) {
        uint32_t i = end_number(axis, in->high);
        if (i == CHECK_NONE)
            return none;
        to = 2 * i + (in->high_closed ? 2 : 1);
    }
    return from < to ? (struct run){before[from], before[to]} : none;
}

static int compare_runs(const void *a, const void *b) {
    const struct run *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Sorts, joins what touches, drops what is empty. */
static uint32_t join_runs(struct run *runs, uint32_t count) {
    uint32_t kept = 0;
    qsort(runs, count, sizeof *runs, compare_runs);
    for (uint32_t i = 0; i < count; i++) {
        if (runs[i].from >= runs[i].to)
            continue;
        if (kept > 0 && runs[i].from <= runs[kept - 1].to)
            runs[kept - 1].to = MAX_OF(runs[kept - 1].to, runs[i].to);
        else
            runs[kept++] = runs[i];
    }
    return kept;
}

static struct runs turned_round(struct checker *x, const struct run *runs, uint32_t count,
                                uint32_t region_count) {
    struct run *out = arena_new(x->arena, struct run, (size_t)count + 1);
    uint32_t from = 0, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (runs[i].from > from)
            out[kept++] = (struct run){from, runs[i].from};
        from = runs[i].to;
    }
    if (from < region_count)
        out[kept++] = (struct run){from, region_count};
    return (struct runs){out, kept};
}

/* What a cell of values and ranges covers. Null is not looked at. */
static struct runs runs_of(struct checker *x, const struct axis *axis, const uint32_t *before,
                           const struct table_cell *cell) {
    static const struct runs none;
    if (cell->any)
        return axis->all;
    if (axis->end_count == 0)
        return none;
    struct run *runs = arena_new(x->arena, struct run, cell->interval_count);
    for (uint32_t i = 0; i < cell->interval_count; i++)
        runs[i] = run_of(axis, before, &cell->intervals[i]);
    uint32_t count = join_runs(runs, cell->interval_count);
    return cell->negated ? turned_round(x, runs, count, axis->region_count)
                         : (struct runs){runs, count};
}

static bool make_runs(struct checker *x, uint32_t column, const uint32_t *before) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[column];
    struct run *all = arena_new(x->arena, struct run, 1);
    *all = (struct run){0, axis->region_count};
    axis->all = (struct runs){all, axis->region_count > 0};
    axis->sure = arena_new(x->arena, struct runs, t->rule_count);
    axis->maybe = arena_new(x->arena, struct runs, t->rule_count);
    for (uint32_t row = 0; row < t->rule_count; row++) {
        const struct table_cell *cell = &t->rules[row].cells[column];
        if (!check_spend(x, cell->interval_count / 4 + 1,
                         (2 * (size_t)cell->interval_count + 4) * sizeof(struct run)))
            return false;
        if (cell->any || cell->plain)
            axis->sure[row] = axis->maybe[row] = runs_of(x, axis, before, cell);
        else
            axis->maybe[row] = axis->all;
    }
    return true;
}

static bool make_axis(struct checker *x, uint32_t column) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[column];
    struct table_cell allowed;
    const struct feel_type *type = t->inputs[column].type;
    size_t room = 2;
    bool limited = allowed_values(x, column, &allowed);
    axis->other = CHECK_NONE;
    if (type != NULL && type->tag == FEEL_TYPE_KIND && type->kind != FEEL_NULL)
        axis->kind = type->kind;
    for (uint32_t row = 0; row < t->rule_count; row++)
        room += 2 * (size_t)t->rules[row].cells[column].interval_count;
    room += limited ? 2 * (size_t)allowed.interval_count : 0;
    if (!check_spend(x, room,
                     room * 5 * sizeof(struct feel_value) +
                         t->rule_count * 2 * sizeof(struct runs)))
        return false;
    axis->ends = arena_new(x->arena, struct feel_value, room);
    for (uint32_t row = 0; row < t->rule_count; row++)
        if (t->rules[row].cells[column].plain)
            add_ends(axis, &t->rules[row].cells[column]);
    if (limited)
        add_ends(axis, &allowed);
    if (axis->kind == FEEL_BOOLEAN) { /* both are values, whether tested or not */
        add_end(axis, feel_boolean(false));
        add_end(axis, feel_boolean(true));
    }
    sort_ends(axis);
    size_t places = 2 * (size_t)axis->end_count + 1;
    uint32_t *before = arena_new(x->arena, uint32_t, places + 1);
    axis->samples = arena_new(x->arena, struct feel_value, places);
    axis->between = arena_new(x->arena, bool, places);
    return add_regions(x, axis, limited ? &allowed : NULL, before) && make_runs(x, column, before);
}

bool check_axes(struct checker *x) {
    const struct dmn_table *t = x->t;
    x->axes = arena_new(x->arena, struct axis, t->input_count);
    x->choice = arena_new(x->arena, uint32_t, t->input_count);
    for (uint32_t c = 0; c < t->input_count; c++)
        if (!make_axis(x, c))
            return false;
    return true;
}

uint32_t runs_meet(const struct runs *a, const struct runs *b) {
    for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
        uint32_t from = MAX_OF(a->at[i].from, b->at[k].from);
        if (from < MIN_OF(a->at[i].to, b->at[k].to))
            return from;
        if (a->at[i].to < b->at[k].to)
            i++;
        else
            k++;
    }
    return CHECK_NONE;
}

struct str check_describe(struct checker *x) {
    const struct dmn_table *t = x->t;
    struct buf out;
    bool first = true;
    buf_init(&out, 1 << 16);
    for (uint32_t c = 0; c < t->input_count; c++) {
        const struct axis *axis = &x->axes[c];
        uint32_t r = x->choice[c];
        if (r == CHECK_NONE)
            r = axis->other != CHECK_NONE ? axis->other : 0;
        if (axis->region_count == 0 || feel_is_null(axis->samples[r]))
            continue;
        buf_printf(&out, "%s%.*s = ", first ? "" : ", ", STR_ARG(t->inputs[c].text));
        feel_print(&out, axis->samples[r]);
        first = false;
    }
    struct str text = arena_str(x->arena, first ? STR("any input") : buf_view(&out));
    buf_done(&out);
    return text;
}
