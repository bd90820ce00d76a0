/* Is a table complete, and free of overlap where its policy demands it? A gap is a place that no
 * rule covers (check_cover.c), an overlap a pair of rules that share a region on every axis, looked
 * for among those that meet on the axis on which the fewest do. A cell that is more than literals
 * is undecided: for gaps it covers nothing, for overlaps all. What is found sound under that is
 * sound; otherwise the table is reported as undecided, with the cell. Null is not looked at: an
 * input that is missing is the form's business. Invariant: whatever is reported is true of the
 * table: gaps and overlaps come with an input. */
#include <inttypes.h>
#include <stdlib.h>

#include "dmn/check.h"

enum {
    /* Steps of one search, about 5 ns each. First the columns are taken as they stand, which tells
     * gaps as a person reads the table; a table that is too tangled for that is searched by the
     * columns that cut most. */
    SEARCH_STEPS_FIRST = 10000000,
    SEARCH_STEPS = 200000000,
    PAIRS_MAX = 50000000, /* of rules that are compared: each of 10,000 with each */
    PAIRS_A_STEP = 8,
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
bool check_spend(struct checker *x, uint64_t steps, size_t bytes) {
    if (bytes + (1 << 16) > arena_limit_bytes(x->arena) - arena_used_bytes(x->arena))
        return err_set(x->err, ERR_LIMIT, x->t->at, "the check of a table takes too much memory");
    return budget_spend(x->budget, (struct cost){steps, bytes}, x->err);
}

static void report(struct checker *x, struct dmn_finding finding) {
    finding.table = x->t->element->info.name;
    if (finding.at.source == NULL)
        finding.at = x->t->at;
    if (x->count == DMN_FINDINGS_MAX) /* the last one says that it is not all */
        x->findings[x->count - 1] =
            (struct dmn_finding){.kind = DMN_UNDECIDED,
                                 .at = finding.at,
                                 .table = finding.table,
                                 .text = STR("there are more findings than these")};
    else
        x->findings[x->count++] = finding;
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

/* The share of the budget that one search may take. */
static uint64_t share(const struct checker *x, uint64_t most) {
    return MIN_OF(most, x->budget->left.steps / 2);
}

static void report_unfinished(struct checker *x, const char *what, uint64_t steps) {
    report(x, (struct dmn_finding){
                  .kind = DMN_UNDECIDED,
                  .text = arena_printf(x->arena,
                                       "%s: the ranges of its %u rules cross each other in so many "
                                       "ways that %" PRIu64 " steps did not go through them",
                                       what, x->t->rule_count, steps)});
}

/* --- gaps
 * ------------------------------------------------------------------------------------------- */
static void report_gaps(struct checker *x, const struct cover *s) {
    for (uint32_t i = 0; i < MIN_OF(s->gap_count, s->gaps_max); i++) {
        memcpy(x->choice, s->gaps + (size_t)i * x->t->input_count,
               x->t->input_count * sizeof *x->choice);
        report(x, (struct dmn_finding){.kind = DMN_GAP,
                                       .input = check_describe(x),
                                       .text = STR("no rule covers this input")});
    }
}

static bool check_gaps(struct checker *x) {
    const struct dmn_table *t = x->t;
    bool unsure = has_undecided(t); /* a gap may then be none */
    if (!needs_completeness(t))
        return true;
    if (!check_spend(x, 1,
                     ((size_t)t->rule_count + (size_t)DMN_GAPS_MAX * t->input_count +
                      2 * (size_t)t->input_count) *
                         8))
        return false;
    uint32_t *rules = arena_new(x->arena, uint32_t, t->rule_count);
    uint32_t *gaps = arena_new(x->arena, uint32_t, (size_t)DMN_GAPS_MAX * t->input_count);
    struct runs *domain = arena_new(x->arena, struct runs, t->input_count);
    for (uint32_t row = 0; row < t->rule_count; row++)
        rules[row] = row;
    for (uint32_t c = 0; c < t->input_count; c++)
        domain[c] = x->axes[c].all;
    struct cover s = {.spent = true};
    uint64_t steps = 0;
    for (int pass = 0; pass < 2 && s.spent && s.gap_count == 0; pass++) {
        steps = share(x, pass == 0 ? SEARCH_STEPS_FIRST : SEARCH_STEPS);
        s = (struct cover){.x = x,
                           .domain = domain,
                           .gaps = gaps,
                           .gaps_max = unsure ? 0 : DMN_GAPS_MAX,
                           .steps = steps,
                           .picks = pass == 1};
        if (!check_cover(&s, rules, t->rule_count))
            return false;
    }
    report_gaps(x, &s);
    if (s.gap_count > 0 && unsure)
        report_undecided(x, "whether the table is complete is not known");
    else if (s.spent && s.gap_count == 0)
        report_unfinished(x, "whether the table is complete is not known", steps);
    return true;
}

/* --- overlaps
 * --------------------------------------------------------------------------------------- */
/* A region on every axis that both rules cover, in x->choice. sure: for certain */
static bool meet(struct checker *x, uint32_t a, uint32_t b, bool sure) {
    for (uint32_t c = 0; c < x->t->input_count; c++) {
        const struct axis *axis = &x->axes[c];
        const struct runs *runs = sure ? axis->sure : axis->maybe;
        uint32_t r = runs_meet(&runs[a], &runs[b]);
        if (r == CHECK_NONE)
            return false;
        struct run other = {axis->other, axis->other + 1};
        struct runs other_run = {&other, axis->other != CHECK_NONE};
        if (axis->between[r] && runs_meet(&runs[a], &other_run) != CHECK_NONE &&
            runs_meet(&runs[b], &other_run) != CHECK_NONE)
            r = axis->other; /* the most readable one */
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
               .input = check_describe(x),
               .text = arena_printf(x->arena, "rules %u and %u match both%s", a + 1, b + 1,
                                    x->t->policy == TABLE_ANY ? ", with different outputs" : "")});
}

/* A run of a rule on the axis by which pairs are found. */
struct span {
    struct run run;
    uint32_t rule;
};

static int compare_spans(const void *a, const void *b) {
    const struct span *x = a, *y = b;
    if (x->run.from != y->run.from)
        return x->run.from > y->run.from ? 1 : -1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* How many of the spans behind i begin before it ends. */
static uint32_t partners(const struct span *spans, uint32_t count, uint32_t i) {
    uint32_t low = i + 1, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (spans[middle].run.from < spans[i].run.to)
            low = middle + 1;
        else
            high = middle;
    }
    return low - (i + 1);
}

static uint32_t spans_of(struct span *spans, const struct checker *x, uint32_t column) {
    uint32_t count = 0;
    for (uint32_t row = 0; row < x->t->rule_count; row++) {
        const struct runs *runs = &x->axes[column].maybe[row];
        for (uint32_t i = 0; i < runs->count; i++)
            spans[count++] = (struct span){runs->at[i], row};
    }
    qsort(spans, count, sizeof *spans, compare_spans);
    return count;
}

static uint64_t pair_count(const struct span *spans, uint32_t count) {
    uint64_t pairs = 0;
    for (uint32_t i = 0; i < count; i++)
        pairs += partners(spans, count, i);
    return pairs;
}

struct pairs {
    uint32_t (*at)[2];
    uint32_t count;
    bool unsure;
};

static void look_at_pair(struct checker *x, struct pairs *found, uint32_t a, uint32_t b) {
    int same = x->t->policy == TABLE_ANY ? same_outputs(x->t, a, b) : 0;
    if (same == 1 || !meet(x, a, b, false))
        return;
    if (same != 0 || !meet(x, a, b, true)) {
        found->unsure = true;
    } else if (found->count < DMN_FINDINGS_MAX) {
        found->at[found->count][0] = MIN_OF(a, b);
        found->at[found->count++][1] = MAX_OF(a, b);
    }
}

static int compare_pairs(const void *a, const void *b) {
    const uint32_t *x = a, *y = b;
    if (x[0] != y[0])
        return x[0] > y[0] ? 1 : -1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

/* Pairs that meet on the axis; two rules that meet there in several places are looked at once. */
static bool find_pairs(struct checker *x, struct pairs *found, const struct span *spans,
                       uint32_t count, const struct axis *axis) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = i + 1 + partners(spans, count, i);
        if (!check_spend(x, (to - i) / PAIRS_A_STEP + 1, 0))
            return false;
        for (uint32_t k = i + 1; k < to; k++) {
            uint32_t a = spans[i].rule, b = spans[k].rule;
            if (a != b && runs_meet(&axis->maybe[a], &axis->maybe[b]) == spans[k].run.from)
                look_at_pair(x, found, a, b);
        }
    }
    return true;
}

/* The column on which the fewest pairs meet, its runs in spans. */
static bool best_column(struct checker *x, struct span *spans, uint32_t *best, uint64_t *fewest) {
    *fewest = UINT64_MAX;
    for (uint32_t c = 0; c < x->t->input_count; c++) {
        uint32_t count = spans_of(spans, x, c);
        uint64_t pairs = pair_count(spans, count);
        if (!check_spend(x, count, 0))
            return false;
        if (pairs < *fewest) {
            *fewest = pairs;
            *best = c;
        }
    }
    return true;
}

static bool check_overlaps(struct checker *x) {
    const struct dmn_table *t = x->t;
    size_t room = 0;
    uint64_t fewest;
    uint32_t column = 0;
    struct pairs found = {0};
    if ((t->policy != TABLE_UNIQUE && t->policy != TABLE_ANY) || t->input_count == 0)
        return true;
    for (uint32_t c = 0; c < t->input_count; c++) {
        size_t runs = 0;
        for (uint32_t row = 0; row < t->rule_count; row++)
            runs += x->axes[c].maybe[row].count;
        room = MAX_OF(room, runs);
    }
    if (!check_spend(x, 1, room * sizeof(struct span) + DMN_FINDINGS_MAX * sizeof *found.at))
        return false;
    struct span *spans = arena_new(x->arena, struct span, room);
    found.at = arena_alloc(x->arena, DMN_FINDINGS_MAX, sizeof *found.at, alignof(uint32_t));
    if (!best_column(x, spans, &column, &fewest))
        return false;
    if (fewest > PAIRS_MAX) {
        report(x, (struct dmn_finding){
                      .kind = DMN_UNDECIDED,
                      .text = arena_printf(x->arena,
                                           "whether rules overlap is not known: even on '%.*s', "
                                           "where the fewest do, %" PRIu64
                                           " pairs of rules meet, and at most %d are compared",
                                           STR_ARG(t->inputs[column].text), fewest, PAIRS_MAX)});
        return true;
    }
    if (!find_pairs(x, &found, spans, spans_of(spans, x, column), &x->axes[column]))
        return false;
    qsort(found.at, found.count, sizeof *found.at, compare_pairs);
    for (uint32_t i = 0; i < found.count; i++)
        if (meet(x, found.at[i][0], found.at[i][1], true))
            report_pair(x, found.at[i][0], found.at[i][1]);
    if (found.unsure)
        report_undecided(x, "whether rules overlap is not known");
    return true;
}

/* --- rules that never decide
 * ------------------------------------------------------------------------ */
/* The rules before row that cover a part of what it might; in rules. */
static uint32_t rules_before(struct checker *x, uint32_t row, uint32_t *rules) {
    uint32_t count = 0;
    for (uint32_t before = 0; before < row; before++) {
        bool meets = true;
        for (uint32_t c = 0; c < x->t->input_count && meets; c++)
            meets = runs_meet(&x->axes[c].sure[before], &x->axes[c].maybe[row]) != CHECK_NONE;
        if (meets)
            rules[count++] = before;
    }
    return count;
}

static bool matches_nothing(const struct checker *x, uint32_t row, uint32_t *column) {
    for (*column = 0; *column < x->t->input_count; ++*column) {
        const struct table_cell *cell = &x->t->rules[row].cells[*column];
        if (x->axes[*column].maybe[row].count == 0 && !(cell->has_null && !cell->negated))
            return true;
    }
    return false;
}

static void report_unmatched(struct checker *x, uint32_t row, uint32_t column) {
    report(x, (struct dmn_finding){
                  .kind = DMN_UNREACHABLE,
                  .at = x->t->rules[row].at,
                  .rule_a = row + 1,
                  .text = arena_printf(x->arena,
                                       "rule %u never matches: no value that '%.*s' may have "
                                       "passes its test",
                                       row + 1, STR_ARG(x->t->inputs[column].text))});
}

/* Under FIRST: do the rules before this one decide wherever it would? *steps is the share of all.
 */
static bool check_hidden(struct checker *x, uint32_t row, uint32_t *rules, uint64_t *steps) {
    struct runs domain[DMN_COLUMNS_MAX];
    for (uint32_t c = 0; c < x->t->input_count; c++)
        domain[c] = x->axes[c].maybe[row];
    struct cover s = {.x = x, .domain = domain, .steps = *steps, .picks = true};
    uint32_t count = rules_before(x, row, rules);
    if (!check_spend(x, (uint64_t)row * x->t->input_count / 8, 0))
        return false;
    if (count == 0)
        return true;
    if (!check_cover(&s, rules, count))
        return false;
    *steps = s.spent ? 0 : s.steps;
    if (!s.spent && s.gap_count == 0)
        report(x, (struct dmn_finding){
                      .kind = DMN_UNREACHABLE,
                      .at = x->t->rules[row].at,
                      .rule_a = row + 1,
                      .text = arena_printf(x->arena,
                                           "rule %u never decides: the rules before it cover all "
                                           "that it covers",
                                           row + 1)});
    return true;
}

static bool check_reachable(struct checker *x) {
    const struct dmn_table *t = x->t;
    uint64_t all = share(x, SEARCH_STEPS), steps = all;
    uint32_t column;
    if (!check_spend(x, 1, t->rule_count * sizeof(uint32_t)))
        return false;
    uint32_t *rules = arena_new(x->arena, uint32_t, t->rule_count);
    for (uint32_t row = 0; row < t->rule_count; row++) {
        if (matches_nothing(x, row, &column))
            report_unmatched(x, row, column);
        else if (t->policy == TABLE_FIRST && steps > 0 && !check_hidden(x, row, rules, &steps))
            return false;
    }
    if (steps == 0)
        report_unfinished(x, "whether each rule can decide is not known", all);
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
    for (uint32_t i = 0; i < output->rank_count; i++)
        if (output->ranks[i].program != NULL || feel_same(output->ranks[i].value, v))
            return true; /* of tests only an evaluation can tell */
    return output->rank_count == 0 || feel_is_null(v);
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
    if (!check_axes(x))
        return false;
    check_cell_types(x);
    check_output_types(x);
    return check_gaps(x) && check_overlaps(x) && check_reachable(x);
}

/* Tables [from..to) of the model. */
static bool check_tables(const struct dmn_finding **out, size_t *count,
                         const struct dmn_model *model, size_t from, size_t to, struct arena *a,
                         struct budget *budget, struct err *err) {
    struct checker *x = arena_new(a, struct checker, 1);
    bool good = true;
    x->model = model;
    x->arena = a;
    x->budget = budget;
    x->err = err;
    x->findings = arena_new(a, struct dmn_finding, DMN_FINDINGS_MAX);
    for (size_t i = from; i < to && good; i++)
        good = check_table(x, model->tables.at[i]);
    *out = x->findings;
    *count = x->count;
    return good;
}

bool dmn_check(const struct dmn_finding **out, size_t *count, const struct dmn_model *model,
               struct arena *a, struct budget *budget, struct err *err) {
    return check_tables(out, count, model, 0, model->tables.count, a, budget, err);
}

bool dmn_check_table(const struct dmn_finding **out, size_t *count, const struct dmn_model *model,
                     size_t index, struct arena *a, struct budget *budget, struct err *err) {
    return check_tables(out, count, model, index, index + 1, a, budget, err);
}

size_t dmn_table_count(const struct dmn_model *model) {
    return model->tables.count;
}

struct dmn_table_info dmn_table_info(const struct dmn_model *model, size_t index) {
    const struct dmn_table *t = model->tables.at[index];
    return (struct dmn_table_info){.name = t->element->info.name,
                                   .at = t->at,
                                   .hit_policy = table_policy_name(t->policy),
                                   .rule_count = t->rule_count,
                                   .looks_for_gaps = needs_completeness(t),
                                   .looks_for_overlaps =
                                       t->policy == TABLE_UNIQUE || t->policy == TABLE_ANY};
}
