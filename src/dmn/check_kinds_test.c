/* Small tables over small domains, of each kind that has an order: every input is evaluated, by the
 * index and by the cells' programs, and what is told of gaps, overlaps and hidden rules is compared
 * with that. Cells are all that counts as values and ranges, conditions over ? too. */
/* DMN 1.5: 8.2.10, 8.2.7, 7.3.4, table 55 */
#include <inttypes.h>

#include "base/test.h"
#include "dmn/dmn.h"

enum {
    COLUMNS = 2,
    RULES_MAX = 6,
    FIRST_POINT = -2, /* points are numbered; cells have ends at 0..12 only */
    POINTS = 17,
    END_MAX = 12,
    CELL_BYTES = 400,
    TABLES = 80, /* of each kind */
};

/* --- kinds
 * -----------------------------------------------------------------------------------------------
 */
/* What lies between two whole points of a kind that is not discrete is an odd one. */
static const struct kind {
    const char *type;
    bool discrete;
} kinds[] = {{"number", false},
             {"string", false},
             {"date", true},
             {"time", false},
             {"date and time", false},
             {"days and time duration", false},
             {"years and months duration", true}};
enum { NUMBERS, TEXTS, DATES, TIMES, MOMENTS, SPANS, MONTHS };

static void put_value(char *out, size_t kind, int at) {
    const char *sign = at < 0 ? "-" : "";
    int size = at < 0 ? -at : at, hour = 10 + (at + 60) / 60 - 1, minute = (at + 60) % 60;
    switch (kind) {
    case NUMBERS: (void)snprintf(out, CELL_BYTES, "%s%d.%d", sign, size / 2, size % 2 * 5); break;
    case TEXTS:
        (void)snprintf(out, CELL_BYTES, "\"%c%s\"", 'd' + (at + 4) / 2 - 2, at % 2 ? "k" : "");
        break;
    case DATES: /* from the 23rd on, over the end of the month */
        (void)snprintf(out, CELL_BYTES, "@\"2026-02-%02d\"", 23 + at);
        if (at > 5)
            (void)snprintf(out, CELL_BYTES, "@\"2026-03-%02d\"", at - 5);
        break;
    case TIMES: (void)snprintf(out, CELL_BYTES, "@\"%02d:%02d:00\"", hour, minute); break;
    case MOMENTS:
        (void)snprintf(out, CELL_BYTES, "@\"2026-02-28T%02d:%02d:00Z\"", hour, minute);
        break;
    case SPANS: (void)snprintf(out, CELL_BYTES, "@\"%sPT%dM\"", sign, size); break;
    default: (void)snprintf(out, CELL_BYTES, "@\"%sP%dM\"", sign, size);
    }
}

/* --- cells
 * -----------------------------------------------------------------------------------------------
 */
static uint32_t dice(uint64_t *seed, uint32_t sides) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

/* The points that a cell, or a part of one, takes. */
struct cell {
    bool takes[POINTS];
    bool positive; /* no condition, no not(), no !=: never true of null */
    char text[CELL_BYTES];
};

static struct cell nothing(void) {
    return (struct cell){.positive = true};
}

static int point(size_t i) {
    return (int)i + FIRST_POINT;
}

struct drawing {
    uint64_t seed;
    size_t kind;
    size_t gaps, overlaps, hidden, silent; /* tables of which that was told */
};

static int random_end(struct drawing *d) {
    return kinds[d->kind].discrete ? (int)dice(&d->seed, END_MAX + 1)
                                   : 2 * (int)dice(&d->seed, END_MAX / 2 + 1);
}

static bool holds(int op, int at, int end) {
    switch (op) {
    case 0: return at < end;
    case 1: return at <= end;
    case 2: return at > end;
    case 3: return at >= end;
    case 4: return at == end;
    default: return at != end;
    }
}
static const char *const ops[] = {"<", "<=", ">", ">=", "=", "!="};
static const char *const flipped[] = {">", ">=", "<", "<=", "=", "!="};

static struct cell interval(struct drawing *d, bool range) {
    struct cell cell = nothing();
    int low = random_end(d), high = random_end(d), swap = low;
    if (low > high) {
        low = high;
        high = swap;
    }
    bool low_closed = !range || dice(&d->seed, 2) == 0;
    bool high_closed = !range || dice(&d->seed, 2) == 0;
    char a[CELL_BYTES], b[CELL_BYTES];
    put_value(a, d->kind, low);
    put_value(b, d->kind, high);
    for (size_t i = 0; i < POINTS; i++)
        cell.takes[i] = (low_closed ? point(i) >= low : point(i) > low) &&
                        (high_closed ? point(i) <= high : point(i) < high);
    if (range)
        (void)snprintf(cell.text, CELL_BYTES, "%c%.90s..%.90s%c", low_closed ? '[' : '(', a, b,
                       high_closed ? ']' : ')');
    else
        (void)snprintf(cell.text, CELL_BYTES, "? between %.90s and %.90s", a, b);
    return cell;
}

/* v, < v, and over ? also v > ? */
static struct cell comparison(struct drawing *d, bool subject) {
    struct cell cell = nothing();
    int end = random_end(d), op = (int)dice(&d->seed, COUNT_OF(ops));
    char v[CELL_BYTES];
    put_value(v, d->kind, end);
    cell.positive = op != 5;
    for (size_t i = 0; i < POINTS; i++)
        cell.takes[i] = holds(op, point(i), end);
    if (subject && dice(&d->seed, 2) == 0)
        (void)snprintf(cell.text, CELL_BYTES, "%.90s %s ?", v, flipped[op]);
    else
        (void)snprintf(cell.text, CELL_BYTES, "%s%s %.90s", subject ? "? " : "",
                       op == 4 && !subject ? "" : ops[op], v);
    return cell;
}

static struct cell joined(struct cell a, const char *word, struct cell b, bool both) {
    struct cell cell = {.positive = a.positive && b.positive};
    for (size_t i = 0; i < POINTS; i++)
        cell.takes[i] = both ? a.takes[i] && b.takes[i] : a.takes[i] || b.takes[i];
    (void)snprintf(cell.text, CELL_BYTES, "%.190s%s%.190s", a.text, word, b.text);
    return cell;
}

static struct cell wrapped(const char *before, struct cell a, const char *behind) {
    struct cell cell = a;
    (void)snprintf(cell.text, CELL_BYTES, "%s%.380s%s", before, a.text, behind);
    return cell;
}

static struct cell plain_test(struct drawing *d) {
    return dice(&d->seed, 2) == 0 ? interval(d, true) : comparison(d, false);
}

static struct cell condition(struct drawing *d, int depth) {
    struct cell cell;
    uint32_t sort = dice(&d->seed, depth == 0 ? 4 : 7);
    if (sort == 0)
        cell = interval(d, false);
    else if (sort == 1)
        cell = wrapped("? in (", joined(plain_test(d), ", ", plain_test(d), false), ")");
    else if (sort < 4)
        cell = comparison(d, true);
    else if (sort == 4)
        cell = wrapped("(", joined(condition(d, depth - 1), " or ", condition(d, depth - 1), false),
                       ")");
    else
        cell = joined(condition(d, depth - 1), " and ", condition(d, depth - 1), true);
    cell.positive = false;
    return cell;
}

static struct cell random_cell(struct drawing *d) {
    struct cell cell;
    switch (dice(&d->seed, 8)) {
    case 0:
    case 1:
        cell = (struct cell){.text = "-"};
        memset(cell.takes, true, sizeof cell.takes);
        return cell;
    case 2: cell = plain_test(d); break;
    case 3: cell = joined(plain_test(d), ", ", plain_test(d), false); break;
    default: cell = condition(d, 1);
    }
    if (dice(&d->seed, 6) != 0)
        return cell;
    for (size_t i = 0; i < POINTS; i++)
        cell.takes[i] = !cell.takes[i];
    cell.positive = false;
    return wrapped("not(", cell, ")");
}

/* --- tables
 * ---------------------------------------------------------------------------------------------- */
struct table {
    struct arena *arena;
    struct dmn_model *model;
};

static void put_escaped(struct buf *xml, const char *text) {
    for (; *text != 0; text++)
        if (*text == '<')
            buf_lit(xml, "&lt;");
        else
            buf_add_byte(xml, *text);
}

static void put_rule(struct buf *xml, const char *a, const char *b) {
    buf_lit(xml, "<rule><inputEntry><text>");
    put_escaped(xml, a);
    buf_lit(xml, "</text></inputEntry><inputEntry><text>");
    put_escaped(xml, b);
    buf_lit(xml, "</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>");
}

/* slow: a rule that never matches, with cells that no index has */
static struct table load(struct cell (*cells)[COLUMNS], uint32_t rules, size_t kind,
                         const char *policy, bool slow, int line) {
    struct table t = {.arena = arena_create("table", 64 << 20)};
    struct budget budget = budget_of(100000000, 64 << 20);
    struct dmn_options options = {.strict = true};
    struct err err = {0};
    struct buf xml;
    buf_init(&xml, 1 << 20);
    buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
                  "namespace='n' name='m'>");
    for (int c = 0; c < COLUMNS; c++)
        buf_printf(&xml,
                   "<inputData id='i%d' name='x%d'><variable name='x%d' typeRef='%s'/></inputData>",
                   c, c, c, kinds[kind].type);
    buf_printf(&xml,
               "<decision id='d' name='D'><variable name='D'/><informationRequirement>"
               "<requiredInput href='#i0'/></informationRequirement><informationRequirement>"
               "<requiredInput href='#i1'/></informationRequirement><decisionTable hitPolicy='%s'>"
               "<input><inputExpression><text>x0</text></inputExpression></input>"
               "<input><inputExpression><text>x1</text></inputExpression></input><output/>",
               policy);
    for (uint32_t r = 0; r < rules; r++)
        put_rule(&xml, cells[r][0].text, cells[r][1].text);
    if (slow)
        put_rule(&xml, "string(?) = \"none\"", "string(?) = \"none\"");
    buf_lit(&xml, "</decisionTable></decision></definitions>");
    CHECK_OK_AT(line,
                dmn_load(&t.model, t.arena, arena_str(t.arena, buf_view(&xml)), "kinds.dmn",
                         &options, &budget, &err),
                &err);
    buf_done(&xml);
    return t;
}

/* The rules that match, as bits. */
static uint32_t matched(const struct table *t, struct feel_value a, struct feel_value b, int line) {
    struct arena *scratch = arena_create("decide", 4 << 20);
    struct budget budget = budget_of(100000, 1 << 20);
    struct feel_env env = {0};
    struct dmn_trace trace = {.arena = scratch};
    struct feel_entry inputs[] = {{STR("x0"), a}, {STR("x1"), b}};
    struct feel_value out;
    struct err err = {0};
    uint32_t bits = 0;
    CHECK_OK_AT(line,
                dmn_evaluate(&out, t->model, STR("D"), feel_context_of(scratch, inputs, 2), &env,
                             &trace, scratch, &budget, &err),
                &err);
    CHECK_AT(line, trace.count == 1);
    for (size_t i = 0; trace.count == 1 && i < trace.steps[0].rule_count; i++)
        bits |= UINT32_C(1) << (trace.steps[0].rules[i] - 1);
    arena_destroy(scratch);
    return bits;
}

static struct feel_value value_of(struct arena *a, struct str text, int line) {
    struct budget budget = budget_of(100000, 1 << 20);
    struct feel_env env = {0};
    struct feel_value v = feel_null();
    struct err err = {0};
    CHECK_OK_AT(line, feel_once(&v, text, feel_null(), env, a, &budget, &err), &err);
    CHECK_AT(line, !feel_is_null(v));
    return v;
}

/* What a look at every place says. */
struct truth {
    bool gap, meets[RULES_MAX][RULES_MAX], decides[RULES_MAX], matches[RULES_MAX];
};

static void look_at(struct truth *truth, uint32_t bits, uint32_t rules) {
    truth->gap = truth->gap || bits == 0;
    for (uint32_t a = 0; a < rules; a++) {
        bool here = (bits >> a & 1) != 0;
        truth->matches[a] = truth->matches[a] || here;
        truth->decides[a] = truth->decides[a] || (here && (bits & ((UINT32_C(1) << a) - 1)) == 0);
        for (uint32_t b = a + 1; b < rules; b++)
            truth->meets[a][b] = truth->meets[a][b] || (here && (bits >> b & 1) != 0);
    }
}

static struct truth look(struct cell (*cells)[COLUMNS], uint32_t rules, const struct table *fast,
                         const struct table *slow, const struct drawing *d, int line) {
    struct truth truth = {0};
    struct feel_value values[POINTS];
    bool alike = true;
    for (size_t i = 0; i < POINTS; i++) {
        char text[CELL_BYTES];
        put_value(text, d->kind, point(i));
        values[i] = value_of(fast->arena, arena_str(fast->arena, str_from(text)), line);
    }
    for (size_t i = 0; i < POINTS * POINTS; i++) {
        size_t x = i / POINTS, y = i % POINTS;
        uint32_t bits = 0;
        for (uint32_t r = 0; r < rules; r++)
            bits |= (uint32_t)(cells[r][0].takes[x] && cells[r][1].takes[y]) << r;
        look_at(&truth, bits, rules);
        alike = alike && matched(fast, values[x], values[y], line) == bits &&
                matched(slow, values[x], values[y], line) == bits;
    }
    CHECK_AT(line, alike);
    return truth;
}

/* The value of a column in "x0 = 5, x1 = 6"; a column that is not named may have any. */
static struct feel_value told_of(const struct table *t, struct str input, const char *column,
                                 const struct drawing *d, int line) {
    char text[CELL_BYTES];
    put_value(text, d->kind, 0);
    struct str value = arena_str(t->arena, str_from(text));
    for (size_t at = 0; at + 5 <= input.len; at++)
        if (str_eq(str_sub(input, at, 5), arena_printf(t->arena, "%s = ", column))) {
            struct str rest = str_sub(input, at + 5, input.len);
            size_t end = str_find(rest, STR(", x1 = "));
            value = end == SIZE_MAX ? rest : str_sub(rest, 0, end);
        }
    return value_of(t->arena, value, line);
}

static void count_found(struct drawing *d, const struct dmn_finding *found, size_t count) {
    bool seen[DMN_UNDECIDED + 1] = {0};
    for (size_t i = 0; i < count; i++)
        seen[found[i].kind] = true;
    d->gaps += seen[DMN_GAP];
    d->overlaps += seen[DMN_OVERLAP];
    d->hidden += seen[DMN_UNREACHABLE];
    d->silent += count == 0;
}

static void compare(const struct table *t, const struct truth *truth, struct cell (*cells)[COLUMNS],
                    uint32_t rules, bool first, struct drawing *d, int line) {
    struct budget budget = budget_of(100000000, 128 << 20);
    const struct dmn_finding *found;
    bool gap = false, hidden[RULES_MAX] = {0}, meets[RULES_MAX][RULES_MAX] = {{0}};
    struct err err = {0};
    size_t count = 0;
    CHECK_OK_AT(line, dmn_check(&found, &count, t->model, t->arena, &budget, &err), &err);
    count_found(d, found, count);
    for (size_t i = 0; i < count; i++) {
        const struct dmn_finding *f = &found[i];
        uint32_t bits = 0;
        if (f->input.len > 0)
            bits = matched(t, told_of(t, f->input, "x0", d, line),
                           told_of(t, f->input, "x1", d, line), line);
        CHECK_AT(line, f->kind == DMN_GAP || f->kind == DMN_OVERLAP || f->kind == DMN_UNREACHABLE);
        if (f->kind == DMN_GAP) {
            gap = true;
            CHECK_INT_AT(line, bits, 0);
        } else if (f->kind == DMN_OVERLAP) {
            uint32_t both = UINT32_C(1) << (f->rule_a - 1) | UINT32_C(1) << (f->rule_b - 1);
            meets[f->rule_a - 1][f->rule_b - 1] = true;
            CHECK_AT(line, (bits & both) == both);
        } else if (f->kind == DMN_UNREACHABLE) {
            hidden[f->rule_a - 1] = true;
        }
    }
    CHECK_INT_AT(line, gap, truth->gap);
    for (uint32_t a = 0; a < rules; a++) {
        bool decides = first ? truth->decides[a] : truth->matches[a];
        CHECK_AT(line, !(hidden[a] && decides));
        /* a cell that takes null, or may, keeps its rule */
        if (cells[a][0].positive && cells[a][1].positive)
            CHECK_INT_AT(line, hidden[a], !decides);
        for (uint32_t b = a + 1; b < rules && !first; b++)
            CHECK_INT_AT(line, meets[a][b], truth->meets[a][b]);
    }
}

static void check_round(struct drawing *d, int round) {
    struct cell cells[RULES_MAX][COLUMNS];
    uint32_t rules = 1 + dice(&d->seed, RULES_MAX);
    bool first = round % 2 == 0;
    int line = (int)d->kind * 1000 + round; /* what a failure names */
    for (uint32_t r = 0; r < rules; r++)
        for (int c = 0; c < COLUMNS; c++)
            cells[r][c] = random_cell(d);
    struct table fast = load(cells, rules, d->kind, first ? "FIRST" : "UNIQUE", false, line);
    struct table slow = load(cells, rules, d->kind, first ? "FIRST" : "UNIQUE", true, line);
    struct truth truth = look(cells, rules, &fast, &slow, d, line);
    compare(&fast, &truth, cells, rules, first, d, line);
    arena_destroy(fast.arena);
    arena_destroy(slow.arena);
}

void test_dmn_check_kinds(void) {
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
        struct drawing d = {.seed = 20261122 + kind, .kind = kind};
        for (int round = 0; round < TABLES; round++)
            check_round(&d, round);
        CHECK_AT((int)kind, d.gaps >= TABLES / 4 && d.overlaps >= TABLES / 8 &&
                                d.hidden >= TABLES / 16 && d.silent >= TABLES / 40);
    }
}
