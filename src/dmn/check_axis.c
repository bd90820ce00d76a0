/* Axes: the ends of all intervals in order cut a column into points and what lies between them;
 * those that no value of the column's kind can reach, or that are not allowed, are left out, and
 * the others are its regions. Numbered so, a cell is a few runs of regions, found by halving. */
#include <stdlib.h>

#include "dmn/check.h"
#include "feel/code.h"

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

bool check_foreign(const struct axis *axis, const struct table_cell *cell) {
    for (uint32_t i = 0; i < cell->interval_count; i++)
        if (feel_kind(table_some_end(&cell->intervals[i])) != axis->kind)
            return true;
    return false;
}

static bool is_point(const struct interval *in, enum feel_kind kind) {
    return in->low_closed && in->high_closed && feel_kind(in->low) == kind &&
           feel_kind(in->high) == kind && table_value_order(in->low, in->high) == 0;
}

static int compare_lows(const void *a, const void *b) {
    return compare_values(&((const struct interval *)a)->low, &((const struct interval *)b)->low);
}

/* A list of codes may be long: its values come first, in order. Times may have none. */
static void sort_points(struct limit *limit, enum feel_kind kind) {
    struct interval *in = limit->tests.intervals;
    if (kind == FEEL_TIME || kind == FEEL_DATE_TIME)
        return;
    for (uint32_t i = 0; i < limit->tests.interval_count; i++)
        if (is_point(&in[i], kind)) {
            struct interval point = in[i];
            in[i] = in[limit->point_count];
            in[limit->point_count++] = point;
        }
    if (limit->point_count > 1)
        qsort(in, limit->point_count, sizeof *in, compare_lows);
}

/* Of tests whose kinds are the value's own. */
static bool limit_has(const struct limit *limit, struct feel_value v) {
    const struct interval *in = limit->tests.intervals;
    const struct interval key = {.low = v};
    bool is_in = limit->point_count > 0 && feel_kind(v) == feel_kind(in->low) &&
                 bsearch(&key, in, limit->point_count, sizeof *in, compare_lows) != NULL;
    for (uint32_t i = limit->point_count; i < limit->tests.interval_count && !is_in; i++)
        is_in = feel_kind(table_some_end(&in[i])) == feel_kind(v) && in_interval(&in[i], v);
    return is_in != limit->tests.negated;
}

static void add_end(struct axis *axis, struct feel_value v) {
    if (!feel_is_null(v) && feel_kind(v) == axis->kind)
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

/* Is a value allowed? false and *doubtful: as far as one can see, it is not; others near it may be.
 */
static bool is_allowed(bool *out, bool *doubtful, struct checker *x, const struct axis *axis,
                       struct feel_value v) {
    *out = true;
    *doubtful = false;
    for (uint32_t i = 0; i < axis->limit_count && *out; i++) {
        const struct limit *limit = &axis->limits[i];
        bool passes = true;
        if (!check_spend(x, (limit->tests.interval_count - limit->point_count) / 4, 0))
            return false;
        if (limit->tests.plain && !(limit->tests.soft && check_foreign(axis, &limit->tests)))
            *out = limit_has(limit, v) &&
                   !(limit->tests.negated && check_foreign(axis, &limit->tests));
        else if (!check_passes(&passes, x, limit->program, v))
            return false;
        *doubtful = *doubtful || !passes;
    }
    return true;
}

/* A place between or on the ends: 2 * i lies before ends[i], 2 * i + 1 is ends[i]. */
static bool add_region(struct checker *x, struct axis *axis, struct feel_value sample,
                       bool between) {
    bool allowed, doubtful;
    if (feel_is_null(sample))
        return true;
    if (!is_allowed(&allowed, &doubtful, x, axis, sample))
        return false;
    if (!allowed)
        return true;
    if (between && feel_kind(sample) == FEEL_STRING &&
        str_eq(feel_as_string(sample), axis->other_text))
        axis->other = axis->region_count;
    axis->doubtful[axis->region_count] = doubtful;
    axis->has_doubtful = axis->has_doubtful || doubtful;
    axis->between[axis->region_count] = between;
    axis->samples[axis->region_count++] = sample;
    return check_spend(x, 1, 128); /* a sample may be a text or a number of its own */
}

/* before[p]: the regions that lie before place p. */
static bool add_regions(struct checker *x, struct axis *axis, uint32_t *before) {
    if (axis->end_count == 0) {
        axis->region_count = 1; /* of anything; its sample is null */
        before[1] = 1;
        return true;
    }
    for (uint32_t i = 0; i <= axis->end_count; i++) {
        struct feel_value v =
            check_between(x->arena, axis->kind, i == 0 ? NULL : &axis->ends[i - 1],
                          i == axis->end_count ? NULL : &axis->ends[i], axis->other_text);
        if (!add_region(x, axis, v, true))
            return false;
        before[2 * i + 1] = axis->region_count;
        if (i == axis->end_count)
            break;
        if (!add_region(x, axis, axis->ends[i], false))
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

static uint32_t turned_round(struct run *out, const struct run *runs, uint32_t count,
                             uint32_t region_count) {
    uint32_t from = 0, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (runs[i].from > from)
            out[kept++] = (struct run){from, runs[i].from};
        from = runs[i].to;
    }
    if (from < region_count)
        out[kept++] = (struct run){from, region_count};
    return kept;
}

static struct runs runs_of_all(struct checker *x, uint32_t from, uint32_t to) {
    struct run *run = arena_new(x->arena, struct run, 1);
    *run = (struct run){from, to};
    return (struct runs){run, from < to};
}

/* Does the cell hold for null? A comparison with null is null, and not(null) is null; equality is
 * false. Of a condition only the program knows. */
static bool takes_null(const struct table_cell *cell, bool sure) {
    if (cell->any)
        return true;
    if (cell->soft)
        return !sure;
    return cell->negated ? !cell->has_null && !cell->compares : cell->has_null || cell->differs;
}

static bool is_unsure(const struct axis *axis, const struct table_cell *cell) {
    if (cell->any)
        return false;
    if (!cell->plain)
        return true;
    return cell->interval_count > 0 &&
           (axis->why.len > 0 || axis->opaque || check_foreign(axis, cell));
}

bool check_unsure(const struct checker *x, uint32_t row, uint32_t column) {
    return is_unsure(&x->axes[x->axis_of[column]], &x->t->rules[row].cells[column]);
}

/* What a cell covers for certain, or might. Null is the last region. */
static struct runs runs_of(struct checker *x, const struct axis *axis, const uint32_t *before,
                           const struct table_cell *cell, bool sure) {
    uint32_t all = axis->region_count, count = 0;
    if (cell->any)
        return runs_of_all(x, 0, all + 1);
    if (is_unsure(axis, cell))
        return runs_of_all(x, 0, sure ? 0 : all + 1);
    struct run *runs = arena_new(x->arena, struct run, cell->interval_count);
    struct run *out = arena_new(x->arena, struct run, (size_t)cell->interval_count + 2);
    if (axis->end_count > 0)
        for (uint32_t i = 0; i < cell->interval_count; i++)
            runs[count++] = run_of(axis, before, &cell->intervals[i]);
    count = join_runs(runs, count);
    if (cell->negated)
        count = turned_round(out, runs, count, all);
    else if (count > 0)
        memcpy(out, runs, count * sizeof *out);
    if (takes_null(cell, sure))
        out[count++] = (struct run){all, all + 1};
    return (struct runs){out, join_runs(out, count)};
}

static struct runs runs_of_both(struct checker *x, const struct runs *a, const struct runs *b) {
    struct run *out = arena_new(x->arena, struct run, (size_t)a->count + b->count);
    uint32_t count = 0;
    for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
        uint32_t from = MAX_OF(a->at[i].from, b->at[k].from);
        uint32_t to = MIN_OF(a->at[i].to, b->at[k].to);
        if (from < to)
            out[count++] = (struct run){from, to};
        if (a->at[i].to < b->at[k].to)
            i++;
        else
            k++;
    }
    return (struct runs){out, count};
}

/* The cells of each rule in all columns of the axis. */
static bool make_runs(struct checker *x, uint32_t number, const uint32_t *before) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[number];
    axis->all = runs_of_all(x, 0, axis->region_count);
    axis->sure = arena_new(x->arena, struct runs, t->rule_count);
    axis->maybe = arena_new(x->arena, struct runs, t->rule_count);
    for (uint32_t row = 0; row < t->rule_count; row++)
        for (uint32_t c = axis->column; c < t->input_count; c++) {
            const struct table_cell *cell = &t->rules[row].cells[c];
            if (x->axis_of[c] != number)
                continue;
            axis->tests_null = axis->tests_null || !cell->any;
            if (!check_spend(x, cell->interval_count / 4 + 1,
                             (6 * (size_t)cell->interval_count + 16 +
                              2 * ((size_t)axis->maybe[row].count + 2)) *
                                 sizeof(struct run)))
                return false;
            struct runs sure = runs_of(x, axis, before, cell, true);
            struct runs maybe = runs_of(x, axis, before, cell, false);
            bool first = c == axis->column;
            axis->sure[row] = first ? sure : runs_of_both(x, &axis->sure[row], &sure);
            axis->maybe[row] = first ? maybe : runs_of_both(x, &axis->maybe[row], &maybe);
        }
    return true;
}

/* --- axes: what a column may be
 * ----------------------------------------------------------------------------- */
static bool is_scalar(const struct feel_type *type) {
    return type != NULL && type->tag == FEEL_TYPE_KIND && type->kind != FEEL_NULL &&
           type->kind < FEEL_LIST;
}

static void add_limit(struct checker *x, struct axis *axis, const struct feel_program *program,
                      const struct ast *tree) {
    if (program == NULL || tree == NULL)
        return;
    for (uint32_t i = 0; i < axis->limit_count; i++)
        if (axis->limits[i].tests.tree == tree)
            return;
    if (axis->limit_count == LIMITS_MAX) { /* without it a value might be told that cannot come */
        axis->opaque = true;
        return;
    }
    struct limit *limit = &axis->limits[axis->limit_count++];
    (void)table_classify_tests(&limit->tests, tree, x->arena);
    limit->program = program;
    limit->text = tree->source->text;
    sort_points(limit, axis->kind);
    if (limit->tests.any)
        axis->limit_count--;
}

static void add_limits_of(struct checker *x, struct axis *axis, const struct feel_type *type) {
    for (; type != NULL; type = type->base) {
        if (type->tag != FEEL_TYPE_ANY && (!is_scalar(type) || type->kind != axis->kind))
            return;
        if (type->allowed != NULL)
            add_limit(x, axis, type->allowed, type->allowed->tree);
        if (type->constraint != NULL)
            add_limit(x, axis, type->constraint, type->constraint->tree);
    }
}

/* The kind that the cells of the axis agree on, where no type is declared. */
static void kind_of_cells(struct checker *x, uint32_t number, const struct table_cell *also) {
    const struct dmn_table *t = x->t;
    struct axis *axis = &x->axes[number];
    for (uint32_t i = 0; also != NULL && also->plain && i < also->interval_count; i++)
        axis->kind = feel_kind(table_some_end(&also->intervals[i]));
    for (uint32_t row = 0; row < t->rule_count; row++)
        for (uint32_t c = axis->column; c < t->input_count; c++) {
            const struct table_cell *cell = &t->rules[row].cells[c];
            for (uint32_t i = 0; x->axis_of[c] == number && cell->plain && i < cell->interval_count;
                 i++) {
                enum feel_kind kind = feel_kind(table_some_end(&cell->intervals[i]));
                if (axis->kind != FEEL_NULL && kind != axis->kind)
                    axis->why = arena_printf(x->arena,
                                             "'%.*s' is tested against values of several kinds, "
                                             "and no type is declared",
                                             STR_ARG(check_name(x, axis->column)));
                axis->kind = kind;
            }
        }
}

static void find_kind(struct checker *x, uint32_t number) {
    struct axis *axis = &x->axes[number];
    const struct table_input *input = &x->t->inputs[axis->column];
    const struct feel_type *type = axis->type;
    if (type == NULL || type->tag == FEEL_TYPE_ANY)
        type = input->known;
    if (is_scalar(type)) {
        axis->kind = type->kind;
    } else if (type != NULL && type->tag != FEEL_TYPE_ANY) {
        axis->opaque = true;
    } else {
        struct table_cell allowed = {0};
        if (input->allowed_tree != NULL)
            (void)table_classify_tests(&allowed, input->allowed_tree, x->arena);
        kind_of_cells(x, number, &allowed);
    }
    for (uint32_t c = axis->column; c < x->t->input_count && !axis->opaque; c++)
        if (x->axis_of[c] == number)
            add_limit(x, axis, x->t->inputs[c].allowed, x->t->inputs[c].allowed_tree);
    add_limits_of(x, axis, axis->type);
    add_limits_of(x, axis, input->known);
}

/* --- axes: making one
 * -------------------------------------------------------------------------------- */
static bool has_text(const struct axis *axis, struct str text) {
    for (uint32_t i = 0; i < axis->end_count; i++)
        if (feel_kind(axis->ends[i]) == FEEL_STRING && str_eq(feel_as_string(axis->ends[i]), text))
            return true;
    return false;
}

static void find_other_text(struct checker *x, struct axis *axis) {
    static const struct str texts[] = {STR_INIT("something else"), STR_INIT("another value"),
                                       STR_INIT("yet another value")};
    axis->other = CHECK_NONE;
    axis->other_text = texts[0];
    for (size_t i = 1; i < COUNT_OF(texts) && has_text(axis, axis->other_text); i++)
        axis->other_text = texts[i];
    for (int i = 2; has_text(axis, axis->other_text) && i < 100; i++)
        axis->other_text = arena_printf(x->arena, "another value %d", i);
}

/* A constant has one value. Times and date-times have an order only when all have an offset, or
 * none has. */
static void look_at_values(struct checker *x, struct axis *axis) {
    const struct ast *tree = x->t->inputs[axis->column].tree;
    if (tree != NULL && tree->kind == AST_CONST)
        axis->why =
            arena_printf(x->arena, "'%.*s' never differs", STR_ARG(check_name(x, axis->column)));
    for (uint32_t i = 1; i < axis->end_count; i++)
        if (!table_have_order(axis->ends[0], axis->ends[i]))
            axis->why =
                arena_printf(x->arena, "'%.*s' is tested against times with and without an offset",
                             STR_ARG(check_name(x, axis->column)));
}

/* Numbers and dates in the expression of a column that reads this one cut it too: `age >= 18`. */
static uint32_t add_constants(struct axis *axis, const struct ast *tree, int depth, uint32_t room) {
    if (tree == NULL || depth == 0 || room == 0)
        return 0;
    uint32_t count = 0;
    if (tree->kind == AST_CONST && feel_kind(tree->value) == axis->kind) {
        count = 1;
        if (axis->ends != NULL)
            add_end(axis, tree->value);
    }
    count += add_constants(axis, tree->a, depth - 1, room - count);
    count += add_constants(axis, tree->b, depth - 1, room - count);
    count += add_constants(axis, tree->c, depth - 1, room - count);
    for (const struct ast *item = tree->list; item != NULL; item = item->next)
        count += add_constants(axis, item, depth - 1, room - count);
    return count;
}

static uint32_t constants_of_ties(struct checker *x, struct axis *axis) {
    enum { CONSTANTS_MAX = 64, DEPTH_MAX = 100 };
    uint32_t count = 0;
    for (uint32_t i = 0; axis->tied != CHECK_NONE && i < x->axis_count; i++)
        if (&x->axes[i] != axis && x->axes[i].tied != CHECK_NONE)
            count += add_constants(axis, x->t->inputs[x->axes[i].column].tree, DEPTH_MAX,
                                   CONSTANTS_MAX - MIN_OF(count, CONSTANTS_MAX));
    return count;
}

static size_t ends_room(struct checker *x, uint32_t number) {
    struct axis *axis = &x->axes[number];
    size_t room = 2 + constants_of_ties(x, axis);
    for (uint32_t c = axis->column; c < x->t->input_count; c++)
        for (uint32_t row = 0; x->axis_of[c] == number && row < x->t->rule_count; row++)
            room += 2 * (size_t)x->t->rules[row].cells[c].interval_count;
    for (uint32_t i = 0; i < axis->limit_count; i++)
        room += 2 * (size_t)axis->limits[i].tests.interval_count;
    return room;
}

static void collect_ends(struct checker *x, uint32_t number) {
    struct axis *axis = &x->axes[number];
    for (uint32_t c = axis->column; c < x->t->input_count; c++)
        for (uint32_t row = 0; x->axis_of[c] == number && row < x->t->rule_count; row++)
            if (x->t->rules[row].cells[c].plain)
                add_ends(axis, &x->t->rules[row].cells[c]);
    for (uint32_t i = 0; i < axis->limit_count; i++)
        if (axis->limits[i].tests.plain)
            add_ends(axis, &axis->limits[i].tests);
    (void)constants_of_ties(x, axis);
    if (axis->kind == FEEL_BOOLEAN) { /* both are values, whether tested or not */
        add_end(axis, feel_boolean(false));
        add_end(axis, feel_boolean(true));
    }
    look_at_values(x, axis);
    if (axis->why.len > 0 || axis->opaque)
        axis->end_count = 0;
    sort_ends(axis);
    find_other_text(x, axis);
}

static bool make_axis(struct checker *x, uint32_t number) {
    struct axis *axis = &x->axes[number];
    find_kind(x, number);
    size_t room = ends_room(x, number), places = 2 * room + 1;
    if (!check_spend(x, room,
                     places * (2 * sizeof(struct feel_value) + sizeof(uint32_t) + 2) +
                         room * sizeof(struct feel_value) +
                         x->t->rule_count * 2 * sizeof(struct runs)))
        return false;
    axis->ends = arena_new(x->arena, struct feel_value, room);
    collect_ends(x, number);
    places = 2 * (size_t)axis->end_count + 1;
    uint32_t *before = arena_new(x->arena, uint32_t, places + 1);
    axis->samples = arena_new(x->arena, struct feel_value, places);
    axis->between = arena_new(x->arena, bool, places);
    axis->doubtful = arena_new(x->arena, bool, places);
    return add_regions(x, axis, before) && make_runs(x, number, before);
}

/* Of two columns with one expression, one may name the type and the other none. */
static bool types_agree(const struct feel_type *a, const struct feel_type *b) {
    return a == b || a == NULL || b == NULL;
}

/* Columns of the same expression are one axis, unless their types differ. */
static void group_columns(struct checker *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t c = 0; c < t->input_count; c++) {
        struct str text = t->inputs[c].tree == NULL ? STR_NONE : t->inputs[c].text;
        uint32_t i = 0;
        while (i < x->axis_count &&
               !(text.len > 0 && str_eq(t->inputs[x->axes[i].column].text, text) &&
                 types_agree(x->axes[i].type, t->inputs[c].type)))
            i++;
        if (i == x->axis_count)
            x->axes[x->axis_count++] = (struct axis){.column = c, .type = t->inputs[c].type};
        if (x->axes[i].type == NULL)
            x->axes[i].type = t->inputs[c].type;
        x->axis_of[c] = i;
    }
}

bool check_axes(struct checker *x) {
    const struct dmn_table *t = x->t;
    if (!check_spend(x, 1, t->input_count * (sizeof *x->axes + 64)))
        return false;
    x->axes = arena_new(x->arena, struct axis, t->input_count);
    x->choice = arena_new(x->arena, uint32_t, t->input_count);
    x->axis_of = arena_new(x->arena, uint32_t, t->input_count);
    x->axis_count = 0;
    x->shown = arena_new(x->arena, struct feel_value, t->input_count);
    group_columns(x);
    if (!check_ties(x))
        return false;
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (!make_axis(x, i))
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

static bool runs_have(const struct runs *runs, uint32_t region) {
    struct run here = {region, region + 1};
    struct runs one = {&here, 1};
    return runs == NULL || runs_meet(runs, &one) != CHECK_NONE;
}

uint32_t check_region(const struct axis *axis, const struct runs *a, const struct runs *b) {
    uint32_t first = CHECK_NONE;
    if (axis->other != CHECK_NONE && !axis->doubtful[axis->other] && runs_have(a, axis->other) &&
        runs_have(b, axis->other))
        return axis->other; /* the most readable one */
    for (uint32_t i = 0, k = 0; i < a->count && (b == NULL || k < b->count);) {
        uint32_t to = b == NULL ? a->at[i].to : MIN_OF(a->at[i].to, b->at[k].to);
        uint32_t r = b == NULL ? a->at[i].from : MAX_OF(a->at[i].from, b->at[k].from);
        for (; r < to && r < axis->region_count; r++) {
            first = first == CHECK_NONE ? r : first;
            if (!axis->has_doubtful || !axis->doubtful[r])
                return r;
        }
        if (b == NULL || a->at[i].to < b->at[k].to)
            i++;
        else
            k++;
    }
    return first;
}

struct str check_describe(struct checker *x) {
    struct buf out;
    bool first = true;
    buf_init(&out, 1 << 16);
    for (uint32_t i = 0; i < x->axis_count; i++) {
        const struct axis *axis = &x->axes[i];
        struct str name = check_name(x, axis->column);
        if (feel_is_null(x->shown[i]) && !axis->tests_null)
            continue;
        buf_printf(&out, "%s%.*s %s", first ? "" : ", ", STR_ARG(name),
                   feel_is_null(x->shown[i]) ? "is not null" : "= ");
        if (!feel_is_null(x->shown[i]))
            feel_print(&out, x->shown[i]);
        first = false;
    }
    struct str text = arena_str(x->arena, first ? STR("any input") : buf_view(&out));
    buf_done(&out);
    return text;
}
