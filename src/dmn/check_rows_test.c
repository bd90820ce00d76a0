/* What the check of a table tells, row by row; and random tables, whose findings are confirmed by
 * evaluating them. A table is written as text: rules on lines, cells between bars. */
#include <inttypes.h>

#include "base/test.h"
#include "dmn/tables_test.h"

/* --- rows
 * -----------------------------------------------------------------------------------------------
 */
static const struct table_row rows[] = {
    /* null is no gap and no overlap, and yet a rule may be there for it */
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = "null|1\nnot(null)|2"}, ""},
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = "null, <5|1\n>=5|2"}, ""},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .rules = "null|1"},
     "gap a is not null\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "FIRST", .rules = "<5|1\n>=5|2\n-|3"},
     ""},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "FIRST", .rules = "<5|1\n>=5|2\n5|3"},
     "unreachable rule 3\n"},
    {__LINE__,
     {.data = "b:boolean", .inputs = "b:boolean", .rules = "not(true, false)|1\ntrue, false|2"},
     ""},
    /* what no type is declared for */
    {__LINE__,
     {.data = "a", .inputs = "a", .rules = "<5|1\n\"x\"|2\n>=5|3"},
     "undecided 1 0 several kinds, and no type is declared\n"
     "undecided 1 0 several kinds, and no type is declared\n"},
    {__LINE__, {.data = "a", .inputs = "a", .rules = "<5|1\n>5|3"}, "gap a = 5\n"},
    /* columns that read the same */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number|a:number", .rules = ">=0|<10|1\n>=10|-|2\n<0|-|3"},
     ""},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number|a:number", .rules = "-|<10|1\n>=11|-|2"},
     "gap a = 10\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number|a >= 18:boolean", .rules = "<18|-|1\n-|true|2"},
     "undecided 0 0 columns 1 and 2 both depend on 'a'\n"
     "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number|a >= 18:boolean", .rules = "<10|-|1\n-|true|2"},
     "gap a = 10, a >= 18 = false\n"
     "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
    {__LINE__,
     {.items = "<itemDefinition name='tP'><itemComponent name='x'><typeRef>number</typeRef>"
               "</itemComponent><itemComponent name='y'><typeRef>number</typeRef></itemComponent>"
               "</itemDefinition>",
      .data = "p:tP",
      .inputs = "p.x:number|p.y:number",
      .rules = "<5|-|1\n>=5|>0|2"},
     "gap p.x = 5, p.y = -1\n"},
    /* DMN 1.5: 7.3.3. Types that only the input data declares, or that a constraint limits */
    {__LINE__,
     {.items = COLORS,
      .data = "c:tColor",
      .inputs = "c",
      .rules = "\"red\"|1\n\"green\",\"blue\"|2"},
     ""},
    {__LINE__,
     {.items = COLORS "<itemDefinition name='tP'><itemComponent name='color'><typeRef>tColor"
                      "</typeRef></itemComponent></itemDefinition>",
      .data = "p:tP",
      .inputs = "p.color",
      .rules = "\"red\"|1\n\"green\"|2"},
     "gap p.color = \"blue\"\n"},
    {__LINE__,
     {.items = ITEM("tC", "string", CONSTRAINT("\"red\",\"green\"")),
      .data = "c:tC",
      .inputs = "c:tC",
      .rules = "\"red\"|1\n\"green\"|2"},
     ""},
    {__LINE__,
     {.items = COLORS ITEM("tC", "tColor", ALLOWED("not(\"blue\")")),
      .data = "c:tC",
      .inputs = "c:tC",
      .rules = "\"red\"|1\n\"green\"|2"},
     ""},
    {__LINE__,
     {.items = ITEM("tN", "number", ALLOWED("? >= 0 and ? &lt;= 9")),
      .data = "a:tN",
      .inputs = "a:tN",
      .rules = "[0..9]|1"},
     ""},
    {__LINE__,
     {.items = ITEM("tS", "string", ALLOWED("string length(?) = 2")),
      .data = "s:tS",
      .inputs = "s:tS",
      .rules = "\"ab\"|1"},
     "undecided 0 0 'string length(?) = 2', which limits 's', is more than values and ranges\n"},
    {__LINE__,
     {.items = ITEM("tN", "number", ALLOWED("modulo(?, 2) = 0")),
      .data = "a:tN",
      .inputs = "a:tN",
      .rules = "<4|1\n>4|2"},
     "gap a = 4\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number:\"x\", \"y\"", .rules = "1|1"},
     "wrong type 0 0 'a' is a number, and the values allowed for it, '\"x\", \"y\"', are not\n"},
    /* numbers of 34 digits */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .rules = "<= 10**40|1"},
     "gap a = 20000000000000000000000000000000000000000\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .rules = "<= 1.000000000000000000000000000000001|1\n"
               ">= 1.000000000000000000000000000000002|2"},
     ""},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .rules = "<= 1.000000000000000000000000000000001|1\n"
               ">= 1.000000000000000000000000000000003|2"},
     "gap a = 1.000000000000000000000000000000002\n"},
    /* times */
    {__LINE__,
     {.data = "x:time", .inputs = "x:time", .rules = "<= @\"10:00:00\"|1\n>= @\"10:00:01\"|2"},
     "gap x = @\"10:00:00.5\"\n"},
    {__LINE__,
     {.data = "x:time",
      .inputs = "x:time",
      .rules = "<= @\"10:00:00\"|1\n>= @\"10:00:00.000000001\"|2"},
     ""},
    {__LINE__,
     {.data = "x:time", .inputs = "x:time", .rules = "< @\"10:00:00\"|1\n>= @\"10:00:00Z\"|2"},
     "undecided 1 0 'x' is tested against times with and without an offset\n"
     "undecided 1 0 'x' is tested against times with and without an offset\n"},
    /* what is left of the axes is no rule of the same number */
    {__LINE__,
     {.data = "b:boolean|s:string",
      .inputs = "b:boolean|s:string",
      .rules = "false|not(\"c\")|1\nfalse|\"c\"|2"},
     "gap b = true, s = \"something else\"\n"},
    /* outputs of an ANY table that are computed */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "ANY", .rules = "<=5|a+1\n>=5|a+2"},
     "undecided 1 2 a = 5 rules 1 and 2 match both, and their outputs are computed\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "ANY", .rules = "<=5|a+1\n>=5|a+1"},
     ""},
    /* a gap is certain though another cell is not; the cell that is named is one of the pair */
    {__LINE__,
     {.data = "a:number|s:string",
      .inputs = "a:number|s:string",
      .rules = "<5|starts with(?, \"x\")|1\n[5..10]|-|2"},
     "gap a = 11, s is not null\n"},
    {__LINE__,
     {.data = "a:number|s:string",
      .inputs = "a:number|s:string",
      .policy = "UNIQUE",
      .rules = "<0|starts with(?, \"x\")|0\n<0|not(\"q\")|1\n>=0|contains(?, \"y\")|2\n>=0|-|3\n"
               "<0|\"q\"|4"},
     "undecided 1 0 'starts with(?, \"x\")' is more than values and ranges\n"},
    {__LINE__,
     {.data = "a:number|s:string",
      .inputs = "a:number|s:string",
      .rules = "<0|starts with(?, \"x\")|1\n>=0|contains(?, \"y\")|2\n>=0|-|3\n<-5|-|4"},
     "undecided 1 0 'starts with(?, \"x\")' is more than values and ranges\n"
     "undecided 1 0 'starts with(?, \"x\")' is more than values and ranges\n"},
    {__LINE__,
     {.data = "a:number|s:string",
      .inputs = "a:number|s:string",
      .policy = "UNIQUE",
      .rules = "<0|-|1\n>=0|contains(?, \"y\")|2\n>=0|-|3"},
     "undecided 2 0 'contains(?, \"y\")' is more than values and ranges\n"},
    /* what a cell says of one value is asked where it reads no more than that */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "FIRST", .rules = "even(?)|1\n<5|2"},
     "gap a = 5\n"},
    {__LINE__,
     {.data = "d:date", .inputs = "d:date", .policy = "FIRST", .rules = "? > today()|1"},
     "undecided 1 0 '? > today()' is more than values and ranges\n"},
    {__LINE__,
     {.data = "a:number|b:number", .inputs = "a:number", .policy = "FIRST", .rules = "< b|1\n<5|2"},
     "undecided 1 0 '< b' is more than values and ranges\n"},
    /* without an input */
    {__LINE__, {.data = "", .inputs = "", .rules = "1\n2"}, "overlap 1 2 any input\n"},
    {__LINE__, {.data = "", .inputs = "", .rules = "1"}, ""},
    {__LINE__, {.data = "", .inputs = "", .policy = "ANY", .rules = "1\n1"}, ""},
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = ""}, "gap any input\n"},
    /* DMN 1.5: 8.2.5, 8.2.11. Outputs and defaults of another type, or not listed */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .result = "number", .rules = "-|\"x\""},
     "wrong type 1 0 rule 1 gives 'D' a value that is of another type\n"},
    {__LINE__,
     {.data = "d:date",
      .inputs = "d:date",
      .result = "date and time",
      .rules = "-|@\"2026-01-01\""},
     ""},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .policy = "COLLECT",
      .items = "<itemDefinition name='tL' isCollection='true'><typeRef>number</typeRef>"
               "</itemDefinition>",
      .result = "tL",
      .rules = "-|1\n-|\"x\""},
     "wrong type 2 0 rule 2 gives 'D' a value that is of another type\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .outputs = OUTPUT("typeRef='string'", "\"x\",\"y\"", "1"),
      .rules = "<5|\"x\""},
     "wrong type 0 0 the default gives 'o' a value that is of another type\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .outputs = OUTPUT("typeRef='string'", "\"x\",\"y\"", "\"z\""),
      .rules = "<5|\"x\""},
     "wrong type 0 0 the default gives 'o' a value that is not among those listed\n"},
    /* DMN 1.5: 8.2.10. Priorities */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .policy = "PRIORITY", .rules = "<5|1\n>=5|2"},
     "wrong type 0 0 lists its values, so no rule goes before another\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .policy = "PRIORITY",
      .outputs = LISTED("\"hi\",\"lo\""),
      .rules = "<5|\"lo\"\n-|\"hi\""},
     "unreachable rule 1\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .policy = "PRIORITY",
      .outputs = LISTED("\"hi\",\"lo\""),
      .rules = "<5|\"hi\"\n-|\"lo\""},
     ""},
    /* one wrong cell is one finding */
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .rules = "\"x\"|1\n\"y\"|2"},
     "wrong type 1 0 rule 1 tests 'a', a number, against a string\n"
     "wrong type 2 0 rule 2 tests 'a', a number, against a string\n"},
    {__LINE__,
     {.data = "x:dateTime", .inputs = "x:dateTime", .rules = "< date(\"2026-01-01\")|1"},
     "wrong type 1 0 against a date: write date and time(...)\n"},
    {__LINE__,
     {.data = "s:string", .inputs = "s:number", .rules = "<5|1"},
     "wrong type 0 0 's' is a string, and the table reads it as a number\n"},
    /* the example is none that a cell has */
    {__LINE__,
     {.data = "s:string", .inputs = "s:string", .rules = "\"something else\"|1\n\"a\"|2"},
     "gap s = \"another value\"\n"},
    /* a gap that is the same in several places is told once; at most ten are */
    {__LINE__,
     {.data = "a:number|b:number",
      .inputs = "a:number|b:number",
      .rules = "<0|>=0|1\n[0..1)|>=0|1\n[1..2)|>=0|1\n>=2|>=0|1"},
     "gap a = -1, b = -1\n"},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .rules = "0|1\n2|1\n4|1\n6|1\n8|1\n10|1\n12|1\n14|1\n16|1\n18|1"},
     "gap a = -1\ngap a = 1\ngap a = 3\ngap a = 5\ngap a = 7\ngap a = 9\ngap a = 11\ngap a = 13\n"
     "gap a = 15\ngap a = 17\ngap\n"},
    /* DMN 1.5: 7.3.4, table 55. Cells that are ranges in other words */
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = "? < 18|1\n18 <= ?|2"}, ""},
    {__LINE__,
     {.data = "a:number",
      .inputs = "a:number",
      .rules = "? in [1..5]|1\nnot(? in [1..5])|2\n? between 7 and 8|3"},
     "overlap 2 3 a = 7\n"},
    {__LINE__,
     {.data = "a:number", .inputs = "a:number", .rules = "? < 1 or ? > 5|1\n? >= 1 and ? < 5|2"},
     "gap a = 5\n"},
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = "< 10*10|1\n>= 100|2"}, ""},
    {__LINE__, {.data = "a:number", .inputs = "a:number", .rules = "< -(2+1)|1\n>= -3|2"}, ""},
    {__LINE__,
     {.data = "s:string", .inputs = "s:string", .rules = "[\"a\",\"b\"]|1\nnot([\"a\",\"b\"])|2"},
     ""},
    {__LINE__,
     {.data = "d:date",
      .inputs = "d:date",
      .rules = "< date(2026,1,2)|1\n>= date(\"2026-01-01\") + duration(\"P1D\")|2"},
     ""},
    {__LINE__, {.data = "b:boolean", .inputs = "b:boolean", .rules = "!= true|1\ntrue|2"}, ""},
};

void test_dmn_check_rows(void) {
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* --- random tables
 * -------------------------------------------------------------------------------------- */
enum { COLUMNS_MAX = 3, RULES_MAX = 6, CELL_BYTES = 96, TABLES = 400, SAMPLES = 30 };

static uint32_t dice(uint64_t *seed, uint32_t sides) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

enum column_kind { NUMBERS, TEXTS, BOOLEANS, DATES, COLORS_OF_A_TYPE, COLUMN_KINDS };
static const char *const type_names[] = {"number", "string", "boolean", "date", "tColor"};

/* A value that cells and inputs of the column are made of, as FEEL writes it. */
static void random_value(char *out, uint64_t *seed, enum column_kind kind) {
    static const char *const colors[] = {"red", "green", "blue"};
    switch (kind) {
    case NUMBERS: (void)snprintf(out, CELL_BYTES, "%d", (int)dice(seed, 9) - 2); break;
    case TEXTS: (void)snprintf(out, CELL_BYTES, "\"%c\"", 'a' + (int)dice(seed, 4)); break;
    case BOOLEANS:
        (void)snprintf(out, CELL_BYTES, "%s", dice(seed, 2) == 0 ? "true" : "false");
        break;
    case DATES: (void)snprintf(out, CELL_BYTES, "@\"2026-01-%02u\"", 1 + dice(seed, 6)); break;
    default: (void)snprintf(out, CELL_BYTES, "\"%s\"", colors[dice(seed, 3)]);
    }
}

static void random_test(char *out, uint64_t *seed, enum column_kind kind) {
    char v[CELL_BYTES], w[CELL_BYTES];
    random_value(v, seed, kind);
    random_value(w, seed, kind);
    bool ordered = kind != BOOLEANS;
    switch (dice(seed, ordered ? 11 : 3)) {
    case 0: (void)snprintf(out, CELL_BYTES * 4, "%s, %s", v, w); break;
    case 1: (void)snprintf(out, CELL_BYTES * 4, "!= %s", v); break;
    case 2: /* one that only an evaluation knows */
        (void)snprintf(out, CELL_BYTES * 4, "%s%s",
                       kind == NUMBERS ? "modulo(?, 2) = " : "? = ", kind == NUMBERS ? "0" : v);
        break;
    case 3: (void)snprintf(out, CELL_BYTES * 4, "< %s", v); break;
    case 4: (void)snprintf(out, CELL_BYTES * 4, ">= %s", v); break;
    case 5: (void)snprintf(out, CELL_BYTES * 4, "[%s..%s)", v, w); break;
    case 6: (void)snprintf(out, CELL_BYTES * 4, "? > %s and ? <= %s", v, w); break;
    case 7: (void)snprintf(out, CELL_BYTES * 4, "? < %s or ? > %s", v, w); break;
    case 8: (void)snprintf(out, CELL_BYTES * 4, "? in (%s, > %s)", v, w); break;
    case 9: (void)snprintf(out, CELL_BYTES * 4, "[%s, %s]", v, w); break;
    default: (void)snprintf(out, CELL_BYTES * 4, "%s", v);
    }
}

static void random_cell(struct buf *out, uint64_t *seed, enum column_kind kind) {
    char test[CELL_BYTES * 4];
    random_test(test, seed, kind);
    switch (dice(seed, 7)) {
    case 0:
    case 1: buf_lit(out, "-"); break;
    case 2: buf_printf(out, "not(%s)", test); break;
    case 3: buf_lit(out, "not(null)"); break;
    default: buf_printf(out, "%s", test);
    }
}

struct drawn {
    struct table_source source;
    enum column_kind kinds[COLUMNS_MAX];
    uint32_t columns;
};

/* The last column may read what the first does. */
static void draw(struct drawn *d, uint64_t *seed, struct arena *a) {
    static const char *const policies[] = {"UNIQUE", "UNIQUE", "ANY", "FIRST"};
    struct buf data, inputs, rules;
    buf_init(&data, 1 << 12);
    buf_init(&inputs, 1 << 12);
    buf_init(&rules, 1 << 16);
    *d = (struct drawn){.columns = 1 + dice(seed, COLUMNS_MAX)};
    for (uint32_t c = 0; c < d->columns; c++) {
        d->kinds[c] = (enum column_kind)dice(seed, COLUMN_KINDS);
        bool twice = c > 0 && c + 1 == d->columns && dice(seed, 4) == 0;
        d->kinds[c] = twice ? d->kinds[0] : d->kinds[c];
        bool typed = dice(seed, 2) == 0 && !twice;
        buf_printf(&data, "%sx%u:%s", c == 0 ? "" : "|", c, type_names[d->kinds[c]]);
        bool computed = twice && d->kinds[0] == NUMBERS && dice(seed, 2) == 0;
        buf_printf(&inputs, "%sx%u%s%s%s", c == 0 ? "" : "|", twice ? 0 : c, computed ? " > 2" : "",
                   typed ? ":" : "", typed ? type_names[d->kinds[c]] : "");
        d->kinds[c] = computed ? BOOLEANS : d->kinds[c];
    }
    for (uint32_t r = 0, count = 1 + dice(seed, RULES_MAX); r < count; r++) {
        for (uint32_t c = 0; c < d->columns; c++) {
            random_cell(&rules, seed, d->kinds[c]);
            buf_lit(&rules, "|");
        }
        buf_printf(&rules, "%u\n", dice(seed, 3));
    }
    d->source = (struct table_source){.items = COLORS,
                                      .data = arena_cstr(a, buf_view(&data)),
                                      .inputs = arena_cstr(a, buf_view(&inputs)),
                                      .rules = arena_cstr(a, buf_view(&rules)),
                                      .policy = policies[dice(seed, COUNT_OF(policies))]};
    buf_done(&data);
    buf_done(&inputs);
    buf_done(&rules);
}

/* The rules that match: of inputs {x0: ..., x1: ...} as FEEL. */
static const struct dmn_step *decide(const struct table_checked *c, struct str inputs, int round) {
    struct dmn_trace *trace = arena_new(c->arena, struct dmn_trace, 1);
    struct budget budget = budget_of(1000000, 16 << 20);
    struct feel_env env = {0};
    struct feel_value context = feel_null(), out;
    struct err err = {0};
    trace->arena = c->arena;
    CHECK_OK_AT(
        round,
        feel_once(&context, inputs, feel_null(), env, c->arena, &budget, &err) &&
            dmn_evaluate(&out, c->model, STR("D"), context, &env, trace, c->arena, &budget, &err),
        &err);
    return trace->count == 0 ? NULL : &trace->steps[0];
}

static bool has_rule(const struct dmn_step *step, uint32_t rule) {
    for (size_t i = 0; i < step->rule_count; i++)
        if (step->rules[i] == rule)
            return true;
    return false;
}

/* "x0 = 5, x1 is not null" as a context. */
static struct str as_context(struct arena *a, struct str input) {
    struct buf out;
    buf_init(&out, 1 << 12);
    buf_lit(&out, "{");
    while (input.len > 0) {
        struct str part = table_cut(&input, ','), name = table_cut(&part, ' ');
        if (part.at == NULL || !str_starts(part, STR("= ")))
            continue;
        buf_printf(&out, "%s%.*s: %.*s", out.len == 1 ? "" : ", ", STR_ARG(name),
                   (int)(part.len - 2), part.at + 2);
    }
    buf_lit(&out, "}");
    struct str text = arena_str(a, buf_view(&out));
    buf_done(&out);
    return text;
}

/* What is told happens: no rule matches the input, or both do. A column of which nothing is said
 * may have any value but null. */
static void confirm(const struct table_checked *c, const struct drawn *d, uint64_t *seed,
                    int round) {
    for (size_t i = 0; i < c->count; i++) {
        const struct dmn_finding *f = &c->found[i];
        struct buf full;
        if ((f->kind != DMN_GAP && f->kind != DMN_OVERLAP) || f->input.len == 0)
            continue;
        buf_init(&full, 1 << 12);
        struct str told = as_context(c->arena, f->input);
        buf_printf(&full, "context merge([{");
        for (uint32_t k = 0; k < d->columns; k++) {
            char value[CELL_BYTES];
            random_value(value, seed, d->kinds[k]);
            buf_printf(&full, "%sx%u: %s", k == 0 ? "" : ", ", k, value);
        }
        buf_printf(&full, "}, %.*s])", STR_ARG(told));
        const struct dmn_step *step = decide(c, buf_view(&full), round);
        CHECK_AT(round, step != NULL);
        if (step != NULL && f->kind == DMN_GAP)
            CHECK_INT_AT(round, (int64_t)step->rule_count, 0);
        if (step != NULL && f->kind == DMN_OVERLAP)
            CHECK_AT(round, has_rule(step, f->rule_a) && has_rule(step, f->rule_b));
        buf_done(&full);
    }
}

static size_t count_of(const struct table_checked *c, enum dmn_finding_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->found[i].kind == kind;
    return count;
}

static bool is_hidden(const struct table_checked *c, uint32_t rule) {
    for (size_t i = 0; i < c->count; i++)
        if (c->found[i].kind == DMN_UNREACHABLE && c->found[i].rule_a == rule)
            return true;
    return false;
}

/* What is not told does not happen to random inputs; null only asks after rules that never decide.
 */
static void sample(const struct table_checked *c, const struct drawn *d, uint64_t *seed,
                   int round) {
    bool unknown = count_of(c, DMN_UNDECIDED) > 0;
    for (int i = 0; i < SAMPLES; i++) {
        bool null = false;
        struct buf inputs;
        buf_init(&inputs, 1 << 12);
        buf_lit(&inputs, "{");
        for (uint32_t k = 0; k < d->columns; k++) {
            char value[CELL_BYTES];
            random_value(value, seed, d->kinds[k]);
            bool here = dice(seed, 12) == 0;
            null = null || here;
            buf_printf(&inputs, "%sx%u: %s%s", k == 0 ? "" : ", ", k, here ? "null" : value,
                       !here && d->kinds[k] == NUMBERS && dice(seed, 2) == 0 ? " + 0.5" : "");
        }
        buf_lit(&inputs, "}");
        const struct dmn_step *step = decide(c, buf_view(&inputs), round);
        CHECK_AT(round, step != NULL);
        bool unique = str_eq(str_from(d->source.policy), STR("UNIQUE"));
        if (step != NULL && !null && !unknown) {
            CHECK_AT(round, step->rule_count > 0 || count_of(c, DMN_GAP) > 0);
            CHECK_AT(round, !unique || step->rule_count <= 1 || count_of(c, DMN_OVERLAP) > 0);
        }
        if (step != NULL && step->rule_count > 0)
            CHECK_AT(round, !is_hidden(c, step->rules[0]));
        buf_done(&inputs);
    }
}

void test_dmn_check_confirmed(void) {
    uint64_t seed = 20261122;
    size_t gaps = 0, overlaps = 0, silent = 0;
    for (int round = 0; round < TABLES; round++) {
        struct arena *a = arena_create("test", 1 << 20);
        struct drawn d;
        draw(&d, &seed, a);
        struct table_checked c = table_check(&d.source, round);
        gaps += count_of(&c, DMN_GAP);
        overlaps += count_of(&c, DMN_OVERLAP);
        silent += c.count == 0;
        CHECK_INT_AT(round, (int64_t)count_of(&c, DMN_WRONG_TYPE), 0);
        confirm(&c, &d, &seed, round);
        sample(&c, &d, &seed, round);
        arena_destroy(c.arena);
        arena_destroy(a);
    }
    CHECK(gaps > TABLES / 4 && overlaps > TABLES / 4 && silent > TABLES / 40);
}

/* Whatever runs out: the check ends with an error and what it found until then, or as it should. */
void test_dmn_check_limits(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table_checked c = table_check(&rows[i].source, rows[i].line);
        for (int bits = 0; bits < 45; bits++) {
            int steps = bits % 15 * 2, bytes = 12 + bits % 15, room = 17 + bits % 15 / 2;
            struct arena *a = arena_create("test", bits < 30 ? (size_t)1 << 28 : (size_t)1 << room);
            struct budget budget =
                budget_of(bits < 15 ? UINT64_C(1) << steps : UINT64_C(1) << 30,
                          bits >= 15 && bits < 30 ? (size_t)1 << bytes : (size_t)1 << 30);
            const struct dmn_finding *found;
            struct err err = {0};
            size_t count;
            if (arena_limit_bytes(a) < 2 * DMN_FINDINGS_MAX * sizeof *found) {
                arena_destroy(a);
                continue; /* the findings themselves have no room */
            }
            bool good = dmn_check(&found, &count, c.model, a, &budget, &err);
            struct table_checked again = {.found = found, .count = count};
            CHECK_AT(rows[i].line,
                     !good || count == c.count || count_of(&again, DMN_UNDECIDED) > 0);
            CHECK_INT_AT(rows[i].line, err.code, good ? ERR_NONE : ERR_LIMIT);
            arena_destroy(a);
        }
        arena_destroy(c.arena);
    }
}
