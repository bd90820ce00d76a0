/* Is a table complete, and free of overlap where its policy demands it? A gap is a place that no
 * rule covers (check_cover.c), an overlap a pair of rules that share a region on every axis, looked
 * for among those that meet on the axis on which the fewest do. A cell that is more than literals
 * is undecided: what is a gap though such cells covered everything is one for certain, likewise an
 * overlap though they covered nothing. Otherwise the table is reported as undecided, with the cell.
 * Null is no gap and no overlap: an input that is missing is the form's business. Invariant:
 * whatever is reported is true of the table: gaps and overlaps come with an input, and the table
 * was asked about it (check_confirm.c). */
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
    TIED_GAPS_MAX = 200, /* that are looked at where columns depend on each other */
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
    if (x->failed)
        return false;
    if (bytes + (1 << 16) > arena_limit_bytes(x->arena) - arena_used_bytes(x->arena))
        x->failed =
            !err_set(x->err, ERR_LIMIT, x->t->at, "the check of a table takes too much memory");
    else
        x->failed = !budget_spend(x->budget, (struct cost){steps, bytes}, x->err);
    return !x->failed;
}

struct str check_short(struct checker *x, struct str text) {
    enum { SHORT_BYTES_MAX = 200 };
    size_t len = SHORT_BYTES_MAX;
    if (text.len <= len)
        return text;
    while (len > 0 && ((unsigned char)text.at[len] & 0xC0) == 0x80) /* no half of a letter */
        len--;
    return arena_printf(x->arena, "%.*s...", (int)len, text.at);
}

struct str check_name(struct checker *x, uint32_t column) {
    return check_short(x, x->t->inputs[column].text);
}

/* The text is made already, in what check_spend() keeps free. */
void check_report(struct checker *x, struct dmn_finding finding) {
    enum { FINDING_BYTES = 4096 };
    if (x->full || !check_spend(x, 1, FINDING_BYTES)) {
        x->full = true;
        return;
    }
    finding.table = x->t->element->info.name;
    if (finding.at.source == NULL)
        finding.at = x->t->at;
    if (x->count + 1 == DMN_FINDINGS_MAX) { /* the last one says that it is not all */
        finding = (struct dmn_finding){.kind = DMN_UNDECIDED,
                                       .at = finding.at,
                                       .table = finding.table,
                                       .text = STR("there are more findings than these")};
        x->full = true;
    }
    x->findings[x->count++] = finding;
}

static bool unsure_cell(const struct checker *x, uint32_t row, uint32_t *column) {
    for (*column = 0; *column < x->t->input_count; ++*column)
        if (check_unsure(x, row, *column))
            return true;
    return false;
}

/* A rule with a cell that is undecided; CHECK_NONE. */
static uint32_t unsure_rule(const struct checker *x) {
    uint32_t column;
    for (uint32_t row = 0; row < x->t->rule_count; row++)
        if (unsure_cell(x, row, &column))
            return row;
    return CHECK_NONE;
}

static void report_why(struct checker *x, const char *what, struct str why) {
    check_report(x, (struct dmn_finding){
                        .kind = DMN_UNDECIDED,
                        .text = arena_printf(x->arena, "%s, because %.*s", what, STR_ARG(why))});
}

/* Because of a cell of the rule. Nothing, when a wrong type was told: that is to be mended first.
 */
static void report_undecided(struct checker *x, const char *what, uint32_t row) {
    uint32_t column;
    if (x->told_wrong || !unsure_cell(x, row, &column))
        return;
    const struct table_cell *cell = &x->t->rules[row].cells[column];
    const struct axis *axis = &x->axes[x->axis_of[column]];
    struct str name = check_name(x, column), why = axis->why;
    if (why.len == 0 && cell->plain)
        why = arena_printf(x->arena, "'%.*s' is no single value", STR_ARG(name));
    if (why.len == 0)
        why = arena_printf(x->arena, "'%.*s' is more than values and ranges",
                           STR_ARG(check_short(x, cell->tree->source->text)));
    check_report(x, (struct dmn_finding){
                        .kind = DMN_UNDECIDED,
                        .at = x->t->rules[row].at,
                        .rule_a = row + 1,
                        .text = arena_printf(x->arena, "%s, because %.*s", what, STR_ARG(why))});
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
    check_report(
        x, (struct dmn_finding){
               .kind = DMN_UNDECIDED,
               .text = arena_printf(x->arena,
                                    "%s: the ranges of its %u rules cross each other in so many "
                                    "ways that %" PRIu64 " steps did not go through them",
                                    what, x->t->rule_count, steps)});
}

/* --- gaps
 * ------------------------------------------------------------------------------------------- */
static const char gaps_unknown[] = "whether the table is complete is not known";

struct gap_search {
    struct cover s;
    uint32_t *rules, *gaps, *doubt;
    struct runs *domain;
    uint32_t gaps_max;
    uint64_t steps;
};

/* Those that the table confirms; *why: why another one is not known to be one. */
static bool report_gaps(struct checker *x, const struct gap_search *g, uint32_t *told,
                        struct str *why) {
    const struct cover *s = &g->s;
    bool so;
    *told = 0;
    for (uint32_t i = 0; i < MIN_OF(s->gap_count, s->gaps_max) && *told < DMN_GAPS_MAX; i++) {
        struct str because;
        if (x->axis_count > 0)
            memcpy(x->choice, s->gaps + (size_t)i * x->axis_count,
                   x->axis_count * sizeof *x->choice);
        if (!check_confirm(&so, &because, x, CHECK_NONE, CHECK_NONE))
            return false;
        if (!so) {
            *why = because;
            continue;
        }
        ++*told;
        check_report(x, (struct dmn_finding){.kind = DMN_GAP,
                                             .input = check_describe(x),
                                             .text = STR("no rule covers this input")});
    }
    if (*told == DMN_GAPS_MAX && s->gap_count > DMN_GAPS_MAX)
        check_report(x, (struct dmn_finding){.kind = DMN_GAP,
                                             .text = STR("there are more gaps than these 10")});
    if (*told > 0 || !s->doubted)
        return true;
    memcpy(x->choice, s->doubt, x->axis_count * sizeof *x->choice);
    return check_confirm(&so, why, x, CHECK_NONE, CHECK_NONE);
}

/* First by the columns as they stand, then by those that cut most. */
static bool search_gaps(struct checker *x, struct gap_search *g, bool maybe, uint32_t gaps_max) {
    g->s = (struct cover){.spent = true};
    for (int pass = 0; pass < 2 && g->s.spent && g->s.gap_count == 0; pass++) {
        g->steps = share(x, pass == 0 ? SEARCH_STEPS_FIRST : SEARCH_STEPS);
        g->s = (struct cover){.x = x,
                              .domain = g->domain,
                              .gaps = g->gaps,
                              .gaps_max = gaps_max,
                              .doubt = gaps_max > 0 ? g->doubt : NULL,
                              .maybe = maybe,
                              .steps = g->steps,
                              .picks = pass == 1};
        if (!check_cover(&g->s, g->rules, x->t->rule_count))
            return false;
    }
    return true;
}

static bool search_init(struct checker *x, struct gap_search *g) {
    const struct dmn_table *t = x->t;
    bool tied = false;
    for (uint32_t i = 0; i < x->axis_count; i++)
        tied = tied || x->axes[i].tied != CHECK_NONE;
    *g = (struct gap_search){.gaps_max = tied ? TIED_GAPS_MAX : DMN_GAPS_MAX};
    size_t gaps = (size_t)g->gaps_max * x->axis_count;
    if (!check_spend(x, 1, (t->rule_count + gaps + 3 * (size_t)x->axis_count) * 8))
        return false;
    g->rules = arena_new(x->arena, uint32_t, t->rule_count);
    g->gaps = arena_new(x->arena, uint32_t, gaps);
    g->doubt = arena_new(x->arena, uint32_t, x->axis_count);
    g->domain = arena_new(x->arena, struct runs, x->axis_count);
    for (uint32_t row = 0; row < t->rule_count; row++)
        g->rules[row] = row;
    for (uint32_t i = 0; i < x->axis_count; i++)
        g->domain[i] = x->axes[i].all;
    return true;
}

/* Can any input come to the table? */
static bool has_inputs(const struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (x->axes[i].region_count == 0)
            return false;
    return true;
}

static bool check_gaps(struct checker *x) {
    struct gap_search g;
    struct str why = STR_NONE;
    uint32_t told, unsure = unsure_rule(x);
    if (!needs_completeness(x->t) || !has_inputs(x))
        return true;
    if (!search_init(x, &g) || !search_gaps(x, &g, unsure != CHECK_NONE, g.gaps_max) ||
        !report_gaps(x, &g, &told, &why))
        return false;
    if (told > 0)
        return true;
    if (why.len > 0) {
        report_why(x, gaps_unknown, why);
    } else if (unsure != CHECK_NONE) { /* is there one if those cells cover nothing? */
        if (!search_gaps(x, &g, false, g.gaps_max) || !report_gaps(x, &g, &told, &why))
            return false;
        if (told == 0 && (g.s.gap_count > 0 || g.s.doubted))
            report_undecided(x, gaps_unknown, unsure);
    }
    if (g.s.spent && g.s.gap_count == 0)
        report_unfinished(x, gaps_unknown, g.steps);
    return true;
}

/* --- overlaps
 * --------------------------------------------------------------------------------------- */
/* A region on every axis that both rules cover, in x->choice. sure: for certain */
static bool meet(struct checker *x, uint32_t a, uint32_t b, bool sure) {
    for (uint32_t i = 0; i < x->axis_count; i++) {
        const struct axis *axis = &x->axes[i];
        const struct runs *runs = sure ? axis->sure : axis->maybe;
        x->choice[i] = check_region(axis, &runs[a], &runs[b]);
        if (x->choice[i] == CHECK_NONE)
            return false;
    }
    return true;
}

static bool same_text(const struct table_output_cell *x, const struct table_output_cell *y) {
    return x->tree != NULL && y->tree != NULL && x->tree->source != NULL &&
           y->tree->source != NULL && x->tree->source->text.len > 0 &&
           str_eq(x->tree->source->text, y->tree->source->text);
}

/* 1 the same, 0 different, -1 not known before evaluation */
static int same_outputs(const struct dmn_table *t, uint32_t a, uint32_t b) {
    int same = 1;
    for (uint32_t c = 0; c < t->output_count; c++) {
        const struct table_output_cell *x = &t->rules[a].outputs[c], *y = &t->rules[b].outputs[c];
        if (!x->constant || !y->constant)
            same = same_text(x, y) ? same : -1;
        else if (!feel_same(x->value, y->value))
            return 0;
    }
    return same;
}

static void report_pair(struct checker *x, uint32_t a, uint32_t b) {
    bool any = x->t->policy == TABLE_ANY, computed = any && same_outputs(x->t, a, b) < 0;
    check_report(x, (struct dmn_finding){
                        .kind = computed ? DMN_UNDECIDED : DMN_OVERLAP,
                        .at = x->t->rules[b].at,
                        .rule_a = a + 1,
                        .rule_b = b + 1,
                        .input = check_describe(x),
                        .text = arena_printf(x->arena, "rules %u and %u match both%s", a + 1, b + 1,
                                             computed ? ", and their outputs are computed"
                                             : any    ? ", with different outputs"
                                                      : "")});
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
    uint32_t unsure; /* a rule with a cell on which it hangs; CHECK_NONE */
};

static void look_at_pair(struct checker *x, struct pairs *found, uint32_t a, uint32_t b) {
    uint32_t column;
    if ((x->t->policy == TABLE_ANY && same_outputs(x->t, a, b) == 1) || !meet(x, a, b, false))
        return;
    if (!meet(x, a, b, true)) {
        uint32_t row = unsure_cell(x, MIN_OF(a, b), &column) ? MIN_OF(a, b) : MAX_OF(a, b);
        found->unsure = MIN_OF(found->unsure, row);
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
    for (uint32_t c = 0; c < x->axis_count; c++) {
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

static const char overlaps_unknown[] = "whether rules overlap is not known";

/* Room for the runs of any one axis. */
static bool make_spans(struct checker *x, struct span **spans, struct pairs *found) {
    size_t room = 0;
    for (uint32_t i = 0; i < x->axis_count; i++) {
        size_t runs = 0;
        for (uint32_t row = 0; row < x->t->rule_count; row++)
            runs += x->axes[i].maybe[row].count;
        room = MAX_OF(room, runs);
    }
    if (!check_spend(x, 1, room * sizeof **spans + DMN_FINDINGS_MAX * sizeof *found->at))
        return false;
    *spans = arena_new(x->arena, struct span, room);
    found->at = arena_alloc(x->arena, DMN_FINDINGS_MAX, sizeof *found->at, alignof(uint32_t));
    return true;
}

static bool report_pairs(struct checker *x, struct pairs *found) {
    struct str why = STR_NONE, because;
    bool so;
    if (found->count > 0)
        qsort(found->at, found->count, sizeof *found->at, compare_pairs);
    for (uint32_t i = 0; i < found->count && !x->full; i++) {
        uint32_t a = found->at[i][0], b = found->at[i][1];
        if (!meet(x, a, b, true))
            continue;
        if (!check_confirm(&so, &because, x, a, b))
            return false;
        if (so)
            report_pair(x, a, b);
        else
            why = because;
    }
    if (why.len > 0)
        report_why(x, overlaps_unknown, why);
    else if (found->unsure != CHECK_NONE)
        report_undecided(x, overlaps_unknown, found->unsure);
    return true;
}

/* Without an input every rule matches. */
static bool check_without_inputs(struct checker *x) {
    for (uint32_t row = 1; row < x->t->rule_count && !x->full; row++)
        if (x->t->policy == TABLE_UNIQUE || same_outputs(x->t, 0, row) != 1)
            report_pair(x, 0, row);
    return true;
}

static bool check_overlaps(struct checker *x) {
    const struct dmn_table *t = x->t;
    struct pairs found = {.unsure = CHECK_NONE};
    struct span *spans;
    uint64_t fewest;
    uint32_t best = 0;
    if ((t->policy != TABLE_UNIQUE && t->policy != TABLE_ANY) || !has_inputs(x))
        return true;
    if (t->input_count == 0)
        return check_without_inputs(x);
    if (!make_spans(x, &spans, &found) || !best_column(x, spans, &best, &fewest))
        return false;
    if (fewest > PAIRS_MAX) {
        check_report(x, (struct dmn_finding){
                            .kind = DMN_UNDECIDED,
                            .text = arena_printf(
                                x->arena,
                                "whether rules overlap is not known: even on '%.*s', "
                                "where the fewest do, %" PRIu64
                                " pairs of rules meet, and at most %d are compared",
                                STR_ARG(check_name(x, x->axes[best].column)), fewest, PAIRS_MAX)});
        return true;
    }
    return find_pairs(x, &found, spans, spans_of(spans, x, best), &x->axes[best]) &&
           report_pairs(x, &found);
}

/* --- rules that never decide
 * ------------------------------------------------------------------------ */
/* What comes before a row: under FIRST the rules above it, under PRIORITY those whose outputs are
 * listed before its own. DMN 1.5: 8.2.10 */
static bool goes_first(const struct checker *x, uint32_t other, uint32_t row) {
    if (x->t->policy == TABLE_FIRST)
        return other < row;
    const uint32_t *a = x->ranks + (size_t)other * x->t->output_count;
    const uint32_t *b = x->ranks + (size_t)row * x->t->output_count;
    for (uint32_t c = 0; c < x->t->output_count; c++) {
        if (a[c] == CHECK_NONE || b[c] == CHECK_NONE)
            return false; /* only an evaluation can tell */
        if (a[c] != b[c])
            return a[c] < b[c];
    }
    return false;
}

/* The rules that go first and cover a part of what the row might; in rules. */
static uint32_t rules_before(struct checker *x, uint32_t row, uint32_t *rules) {
    uint32_t count = 0, end = x->t->policy == TABLE_FIRST ? row : x->t->rule_count;
    for (uint32_t other = 0; other < end; other++) {
        bool meets = other != row && goes_first(x, other, row);
        for (uint32_t i = 0; i < x->axis_count && meets; i++)
            meets = runs_meet(&x->axes[i].sure[other], &x->axes[i].maybe[row]) != CHECK_NONE;
        if (meets)
            rules[count++] = other;
    }
    return count;
}

static bool matches_nothing(const struct checker *x, uint32_t row, uint32_t *axis) {
    for (*axis = 0; *axis < x->axis_count; ++*axis)
        if (x->axes[*axis].maybe[row].count == 0)
            return true;
    return false;
}

static void report_unmatched(struct checker *x, uint32_t row, uint32_t axis) {
    check_report(x,
                 (struct dmn_finding){
                     .kind = DMN_UNREACHABLE,
                     .at = x->t->rules[row].at,
                     .rule_a = row + 1,
                     .text = arena_printf(x->arena,
                                          "rule %u never matches: no value that '%.*s' may have "
                                          "passes its test",
                                          row + 1, STR_ARG(check_name(x, x->axes[axis].column)))});
}

/* Do the rules that go first decide wherever this one would? *steps is the share of all. */
static bool check_hidden(struct checker *x, uint32_t row, uint32_t *rules, uint64_t *steps) {
    struct runs domain[DMN_COLUMNS_MAX];
    for (uint32_t i = 0; i < x->axis_count; i++)
        domain[i] = x->axes[i].maybe[row];
    struct cover s = {.x = x, .domain = domain, .steps = *steps, .picks = true};
    uint32_t count = rules_before(x, row, rules);
    bool first = x->t->policy == TABLE_FIRST;
    if (!check_spend(x, (uint64_t)(first ? row : x->t->rule_count) * x->axis_count / 8, 0))
        return false;
    if (count == 0)
        return true;
    if (!check_cover(&s, rules, count))
        return false;
    *steps = s.spent ? 0 : s.steps;
    if (!s.spent && s.gap_count == 0)
        check_report(x,
                     (struct dmn_finding){
                         .kind = DMN_UNREACHABLE,
                         .at = x->t->rules[row].at,
                         .rule_a = row + 1,
                         .text = arena_printf(
                             x->arena, "rule %u never decides: %s cover all that it covers",
                             row + 1, first ? "the rules before it" : "rules of higher priority")});
    return true;
}

static bool check_reachable(struct checker *x) {
    const struct dmn_table *t = x->t;
    uint64_t all = share(x, SEARCH_STEPS), steps = all;
    bool ordered = t->policy == TABLE_FIRST || t->policy == TABLE_PRIORITY;
    uint32_t axis;
    if (!check_spend(x, 1, t->rule_count * sizeof(uint32_t)))
        return false;
    uint32_t *rules = arena_new(x->arena, uint32_t, t->rule_count);
    for (uint32_t row = 0; row < t->rule_count && !x->full; row++) {
        if (matches_nothing(x, row, &axis))
            report_unmatched(x, row, axis);
        else if (ordered && steps > 0 && !check_hidden(x, row, rules, &steps))
            return false;
    }
    if (steps == 0)
        report_unfinished(x, "whether each rule can decide is not known", all);
    return true;
}

static bool check_table(struct checker *x, const struct dmn_table *t) {
    x->t = t;
    x->told_wrong = false;
    bool sound, good = check_axes(x) && check_types(&sound, x) &&
                       (!sound || (check_gaps(x) && check_overlaps(x) && check_reachable(x)));
    return good && !x->failed;
}

struct checking {
    struct checker checker;
    size_t from, to; /* tables of the model */
    bool good;
};

static void check_range(void *self) {
    struct checking *c = self;
    c->checker.findings = arena_new(c->checker.arena, struct dmn_finding, DMN_FINDINGS_MAX);
    c->good = true;
    for (size_t i = c->from; i < c->to && c->good && !c->checker.full; i++)
        c->good = check_table(&c->checker, c->checker.model->tables.at[i]);
}

static bool check_tables(const struct dmn_finding **out, size_t *count,
                         const struct dmn_model *model, size_t from, size_t to, struct arena *a,
                         struct budget *budget, struct err *err) {
    struct checking c = {
        {.model = model, .arena = a, .budget = budget, .err = err}, from, to, false};
    bool done = arena_try(a, check_range, &c);
    *out = c.checker.findings;
    *count = c.checker.count;
    return done ? c.good : err_set(err, ERR_LIMIT, err_nowhere, "checking takes too much memory");
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
