/* The checks of tables beside a slow look at every place, on random tables; and large ones. */
#include <inttypes.h>

#include "base/test.h"
#include "dmn/dmn.h"

enum { COLUMNS = 3, RULES_MAX = 7, POINTS = 18, NOTHING = POINTS - 3 };
/* points: -1, -0.5, 0 ... 7, null */

static uint32_t dice(uint64_t *seed, uint32_t sides) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

/* A cell: [low..high] or (low..high), any of them open; or -; or not(...). */
struct cell {
    bool any, negated, low_closed, high_closed;
    int low, high;
};

static struct cell random_cell(uint64_t *seed) {
    struct cell cell = {.any = dice(seed, 3) == 0,
                        .negated = dice(seed, 6) == 0,
                        .low_closed = dice(seed, 2) == 0,
                        .high_closed = dice(seed, 2) == 0,
                        .low = (int)dice(seed, 6)};
    cell.high = cell.low + (int)dice(seed, (uint32_t)(7 - cell.low));
    return cell;
}

static bool cell_takes(const struct cell *cell, int half) {
    bool in = (cell->low_closed ? half >= 2 * cell->low : half > 2 * cell->low) &&
              (cell->high_closed ? half <= 2 * cell->high : half < 2 * cell->high);
    return cell->any || (half != NOTHING && in != cell->negated);
}

static bool rule_takes(const struct cell *cells, const int *point) {
    for (int c = 0; c < COLUMNS; c++)
        if (!cell_takes(&cells[c], point[c]))
            return false;
    return true;
}

static void add_cell(struct buf *xml, const struct cell *cell) {
    buf_lit(xml, "<inputEntry><text>");
    if (cell->any)
        buf_lit(xml, "-");
    else
        buf_printf(xml, "%s%c%d..%d%c%s", cell->negated ? "not(" : "", cell->low_closed ? '[' : '(',
                   cell->low, cell->high, cell->high_closed ? ']' : ')', cell->negated ? ")" : "");
    buf_lit(xml, "</text></inputEntry>");
}

static void table_begin(struct buf *xml, int columns, const char *policy) {
    buf_lit(xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
                 "namespace='n' name='m'>");
    for (int c = 0; c < columns; c++)
        buf_printf(xml,
                   "<inputData id='i%d' name='x%d'><variable name='x%d' typeRef='number'/>"
                   "</inputData>",
                   c, c, c);
    buf_lit(xml, "<decision id='d' name='D'><variable name='D'/>");
    for (int c = 0; c < columns; c++)
        buf_printf(xml,
                   "<informationRequirement><requiredInput href='#i%d'/>"
                   "</informationRequirement>",
                   c);
    buf_printf(xml, "<decisionTable hitPolicy='%s'>", policy);
    for (int c = 0; c < columns; c++)
        buf_printf(xml,
                   "<input><inputExpression typeRef='number'><text>x%d</text>"
                   "</inputExpression></input>",
                   c);
    buf_lit(xml, "<output/>");
}

struct checked {
    struct arena *arena;
    const struct dmn_finding *found;
    size_t count;
    uint64_t steps;
};

static struct checked check(struct buf *xml, int line) {
    struct checked out = {.arena = arena_create("test", 1 << 30)};
    struct budget budget = budget_of(1000000000, 1 << 30), load = budget;
    struct dmn_options options = {.strict = true};
    struct dmn_model *model;
    struct err err = {0};
    buf_lit(xml, "</decisionTable></decision></definitions>");
    CHECK_OK_AT(line,
                dmn_load(&model, out.arena, buf_view(xml), "test.dmn", &options, &load, &err) &&
                    dmn_check(&out.found, &out.count, model, out.arena, &budget, &err),
                &err);
    out.steps = 1000000000 - budget.left.steps;
    return out;
}

static size_t count_of(const struct checked *c, enum dmn_finding_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->found[i].kind == kind;
    return count;
}

static bool found_pair(const struct checked *c, uint32_t a, uint32_t b) {
    for (size_t i = 0; i < c->count; i++)
        if (c->found[i].kind == DMN_OVERLAP && c->found[i].rule_a == a + 1 &&
            c->found[i].rule_b == b + 1)
            return true;
    return false;
}

static bool found_hidden(const struct checked *c, uint32_t row) {
    for (size_t i = 0; i < c->count; i++)
        if (c->found[i].kind == DMN_UNREACHABLE && c->found[i].rule_a == row + 1)
            return true;
    return false;
}

/* What a look at every place says: a gap, pairs that meet, rules that never decide when first wins.
 * There, an input may be missing too: only - holds for null. */
struct truth {
    bool gap, meets[RULES_MAX][RULES_MAX], decides[RULES_MAX];
};

static struct truth look(struct cell (*cells)[COLUMNS], uint32_t rules) {
    struct truth truth = {0};
    int at[COLUMNS];
    for (int i = 0; i < POINTS * POINTS * POINTS; i++) {
        bool takes[RULES_MAX], any = false, nothing = false;
        for (int c = 0, rest = i; c < COLUMNS; c++, rest /= POINTS)
            nothing = (at[c] = rest % POINTS - 2) == NOTHING || nothing;
        for (uint32_t r = 0; r < rules; r++) {
            takes[r] = rule_takes(cells[r], at);
            truth.decides[r] = truth.decides[r] || (takes[r] && !any);
            any = any || takes[r];
        }
        truth.gap = truth.gap || (!any && !nothing);
        for (uint32_t a = 0; a < rules; a++)
            for (uint32_t b = a + 1; b < rules; b++)
                truth.meets[a][b] = truth.meets[a][b] || (takes[a] && takes[b] && !nothing);
    }
    return truth;
}

void test_dmn_check_random(void) {
    uint64_t seed = 20261121;
    struct buf xml;
    buf_init(&xml, 1 << 20);
    for (int round = 0; round < 400; round++) {
        struct cell cells[RULES_MAX][COLUMNS];
        uint32_t rules = 1 + dice(&seed, RULES_MAX);
        bool first = round % 2 == 0;
        buf_reset(&xml);
        table_begin(&xml, COLUMNS, first ? "FIRST" : "UNIQUE");
        for (uint32_t r = 0; r < rules; r++) {
            buf_lit(&xml, "<rule>");
            for (int c = 0; c < COLUMNS; c++) {
                cells[r][c] = random_cell(&seed);
                cells[r][c].any = cells[r][c].any || dice(&seed, 2) == 0;
                add_cell(&xml, &cells[r][c]);
            }
            buf_lit(&xml, "<outputEntry><text>1</text></outputEntry></rule>");
        }
        struct truth truth = look(cells, rules);
        struct checked checked = check(&xml, __LINE__);
        CHECK_INT_AT(round, count_of(&checked, DMN_GAP) > 0, truth.gap);
        for (uint32_t a = 0; a < rules; a++) {
            CHECK_INT_AT(round, found_hidden(&checked, a),
                         first ? !truth.decides[a] : !look(&cells[a], 1).decides[0]);
            for (uint32_t b = a + 1; b < rules && !first; b++)
                CHECK_INT_AT(round, found_pair(&checked, a, b), truth.meets[a][b]);
        }
        arena_destroy(checked.arena);
    }
    buf_done(&xml);
}

/* Ten thousand rules in three shapes are decided, all of them; with one rule left out there is a
 * gap, and with one twice an overlap. */
void test_dmn_check_large(void) {
    enum { SIDE = 100 };
    static const struct {
        int line;
        int shape, without, twice;
        size_t gaps, overlaps;
    } rows[] = {
        {__LINE__, 1, -1, -1, 0, 0},     {__LINE__, 1, 4711, -1, 1, 0},
        {__LINE__, 1, -1, 4711, 0, 1},   {__LINE__, 2, -1, -1, 0, 0},
        {__LINE__, 2, 4711, 4712, 1, 1}, {__LINE__, 3, -1, -1, 0, 0},
        {__LINE__, 3, 4711, 4712, 1, 1},
    };
    struct buf xml;
    buf_init(&xml, 64 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&xml);
        table_begin(&xml, 3, "UNIQUE");
        for (int r = 0; r < SIDE * SIDE; r++)
            for (int times = r == rows[i].without ? 0
                             : r == rows[i].twice ? 2
                                                  : 1;
                 times > 0; times--) {
                int a = r / SIDE, b = r % SIDE;
                buf_lit(&xml, "<rule><inputEntry><text>");
                if (rows[i].shape == 1) /* one column cuts all */
                    buf_printf(&xml,
                               r == 0                 ? "&lt; %d"
                               : r == SIDE * SIDE - 1 ? ">= %d"
                                                      : "[%d..%d)",
                               r == 0 ? 1 : r, r + 1);
                else /* a grid; the second column of each row has ends of its own in shape 3 */
                    buf_printf(&xml,
                               a == 0          ? "&lt; 1"
                               : a == SIDE - 1 ? ">= %d"
                                               : "[%d..%d)",
                               a, a + 1);
                buf_lit(&xml, "</text></inputEntry><inputEntry><text>");
                int shift = rows[i].shape == 3 ? a * SIDE * 2 : 0;
                if (rows[i].shape == 1)
                    buf_lit(&xml, "-");
                else
                    buf_printf(&xml,
                               b == 0          ? "&lt; %d"
                               : b == SIDE - 1 ? ">= %d"
                                               : "[%d..%d)",
                               b == 0 ? shift + 1 : shift + b, shift + b + 1);
                buf_lit(&xml, "</text></inputEntry><inputEntry><text>-</text></inputEntry>"
                              "<outputEntry><text>1</text></outputEntry></rule>");
            }
        struct checked checked = check(&xml, rows[i].line);
        CHECK_INT_AT(rows[i].line, (int64_t)count_of(&checked, DMN_GAP), (int64_t)rows[i].gaps);
        CHECK_INT_AT(rows[i].line, (int64_t)count_of(&checked, DMN_OVERLAP),
                     (int64_t)rows[i].overlaps);
        CHECK_INT_AT(rows[i].line, (int64_t)checked.count,
                     (int64_t)(rows[i].gaps + rows[i].overlaps));
        CHECK_AT(rows[i].line, checked.steps < 20000000);
        arena_destroy(checked.arena);
    }
    buf_done(&xml);
}

/* Boxes that cross each other in every column: the searches end, and what is not known is told with
 * the reason. */
void test_dmn_check_tangled(void) {
    enum { WIDE = 12, RULES = 600 };
    uint64_t seed = 7;
    struct buf xml;
    buf_init(&xml, 64 << 20);
    table_begin(&xml, WIDE, "FIRST");
    for (int r = 0; r < RULES; r++) {
        buf_lit(&xml, "<rule>");
        for (int c = 0; c < WIDE; c++) {
            uint32_t low = dice(&seed, 1000), width = 1 + dice(&seed, 3000);
            if (dice(&seed, 3) == 0)
                buf_printf(&xml, "<inputEntry><text>[%u..%u]</text></inputEntry>", low,
                           low + width);
            else
                buf_lit(&xml, "<inputEntry><text>-</text></inputEntry>");
        }
        buf_lit(&xml, "<outputEntry><text>1</text></outputEntry></rule>");
    }
    struct checked checked = check(&xml, __LINE__);
    CHECK(checked.count > 0);
    CHECK(checked.steps < 700000000);
    for (size_t i = 0; i < checked.count; i++)
        CHECK(checked.found[i].kind == DMN_GAP || checked.found[i].kind == DMN_UNREACHABLE ||
              (checked.found[i].kind == DMN_UNDECIDED && checked.found[i].text.len > 60));
    arena_destroy(checked.arena);
    buf_done(&xml);
}

/* Pigeons and holes: column (i, j) says that pigeon i sits in hole j; some pigeon sits nowhere, or
 * two sit in one hole. That is complete, but no search by cases sees it in reasonable time when
 * there are many. */
static void pigeons(struct buf *xml, int holes) {
    int columns = holes * (holes + 1);
    table_begin(xml, columns, "COLLECT' aggregation='SUM");
    for (int rule = 0; rule < holes + 1 + holes * holes * (holes + 1) / 2; rule++) {
        int hole = 0, one = 0, two = 0;
        if (rule > holes) { /* two pigeons in one hole */
            int left = rule - holes - 1;
            hole = left % holes;
            left /= holes;
            for (two = 1; left >= two; two++)
                left -= two;
            one = left;
        }
        buf_lit(xml, "<rule>");
        for (int c = 0; c < columns; c++) {
            bool empty = rule <= holes && c / holes == rule;
            bool full = rule > holes && c % holes == hole && (c / holes == one || c / holes == two);
            buf_printf(xml, "<inputEntry><text>%s</text></inputEntry>",
                       empty  ? "&lt; 1"
                       : full ? ">= 1"
                              : "-");
        }
        buf_lit(xml, "<outputEntry><text>1</text></outputEntry></rule>");
    }
}

void test_dmn_check_pigeons(void) {
    struct buf xml;
    buf_init(&xml, 64 << 20);
    pigeons(&xml, 3);
    struct checked few = check(&xml, __LINE__);
    CHECK_INT((int64_t)few.count, 0);
    buf_reset(&xml);
    pigeons(&xml, 10);
    struct checked many = check(&xml, __LINE__);
    CHECK_INT((int64_t)many.count, 1);
    CHECK(many.count == 1 && many.found[0].kind == DMN_UNDECIDED);
    CHECK(many.count == 1 && str_find(many.found[0].text, STR("its 561 rules")) != SIZE_MAX);
    arena_destroy(few.arena);
    arena_destroy(many.arena);
    buf_done(&xml);
}
