/* How findings are told: their texts, long names in them, how many of them there may be, and what
 * is said of a table before it is checked. */
#include "base/test.h"
#include "dmn/dmn.h"

#define FRAME(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' name='m'>"    \
    "<inputData id='i' name='n'><variable name='n' typeRef='number'/></inputData>" body            \
    "</definitions>"
#define TABLE(attributes, column, outputs, rules)                                                  \
    FRAME("<decision id='d' name='Fee'><informationRequirement><requiredInput href='#i'/>"         \
          "</informationRequirement><decisionTable " attributes                                    \
          "><input><inputExpression typeRef='number'><text>" column                                \
          "</text></inputExpression></input>" outputs rules "</decisionTable></decision>")
#define RULE(in, out)                                                                              \
    "\n<rule><inputEntry><text>" in "</text></inputEntry><outputEntry><text>" out                  \
    "</text></outputEntry></rule>"
#define LISTED "<output><outputValues><text>1, 2</text></outputValues></output>"

struct told {
    struct arena *arena;
    struct dmn_model *model;
    const struct dmn_finding *found;
    size_t count;
};

static struct told tell(struct str xml, int line) {
    struct told t = {.arena = arena_create("told", 512 << 20)};
    struct budget budget = budget_of(2000000000, 512 << 20), load = budget;
    struct dmn_options options = {.strict = true};
    struct err err = {0};
    CHECK_OK_AT(line,
                dmn_load(&t.model, t.arena, xml, "m.dmn", &options, &load, &err) &&
                    dmn_check(&t.found, &t.count, t.model, t.arena, &budget, &err),
                &err);
    return t;
}

/* Kind, line of the model, table, rules, input and text, a line for each. */
void test_dmn_check_texts(void) {
    static const struct {
        int line;
        const char *xml, *want;
    } rows[] = {
        {__LINE__, TABLE("", "n", "<output/>", RULE("&lt; 5", "1") RULE("&gt; 5", "1")),
         "gap 1 Fee 0 0 (n = 5) no rule covers this input\n"},
        {__LINE__, TABLE("", "n", "<output/>", RULE("&lt;= 5", "1") RULE("&gt;= 5", "1")),
         "overlap 3 Fee 1 2 (n = 5) rules 1 and 2 match both\n"},
        {__LINE__,
         TABLE("hitPolicy='ANY'", "n", "<output/>", RULE("&lt;= 5", "1") RULE("&gt;= 5", "2")),
         "overlap 3 Fee 1 2 (n = 5) rules 1 and 2 match both, with different outputs\n"},
        {__LINE__,
         TABLE("hitPolicy='ANY'", "n", "<output/>", RULE("&lt;= 5", "n") RULE("&gt;= 5", "5")),
         "undecided 3 Fee 1 2 (n = 5) rules 1 and 2 match both, and their outputs are computed\n"},
        {__LINE__,
         TABLE("hitPolicy='FIRST'", "n", "<output/>", RULE("-", "1") RULE("&gt;= 5", "2")),
         "unreachable rule 3 Fee 2 0 () rule 2 never decides: the rules before it cover all that "
         "it "
         "covers\n"},
        {__LINE__, TABLE("hitPolicy='PRIORITY'", "n", LISTED, RULE("&lt; 5", "2") RULE("-", "1")),
         "unreachable rule 2 Fee 1 0 () rule 1 never decides: rules of higher priority cover all "
         "that it covers\n"},
        {__LINE__,
         TABLE("hitPolicy='COLLECT'", "n", "<output/>", RULE("-", "2") RULE("(5..5)", "1")),
         "unreachable rule 3 Fee 2 0 () rule 2 never matches: no value that 'n' may have passes "
         "its "
         "test\n"},
        {__LINE__, TABLE("hitPolicy='COLLECT'", "n", "<output/>", RULE("\"x\"", "2")),
         "wrong type 2 Fee 1 0 () rule 1 tests 'n', a number, against a string\n"},
        {__LINE__, TABLE("", "n", "<output/>", RULE("? * n = 4", "1")),
         "undecided 2 Fee 1 0 () whether the table is complete is not known, because '? * n = 4' "
         "is "
         "more than values and ranges\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct told t = tell(str_from(rows[i].xml), rows[i].line);
        struct buf out;
        buf_init(&out, 1 << 14);
        for (size_t k = 0; k < t.count; k++) {
            const struct dmn_finding *f = &t.found[k];
            buf_printf(&out, "%s %u %.*s %u %u (%.*s) %.*s\n", dmn_finding_name(f->kind),
                       f->at.line, STR_ARG(f->table), f->rule_a, f->rule_b, STR_ARG(f->input),
                       STR_ARG(f->text));
        }
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(t.arena);
    }
}

/* 200 bytes of an expression are told, and no half of a letter. */
void test_dmn_check_long_names(void) {
    for (int shift = 0; shift < 4; shift++) {
        struct arena *a = arena_create("names", 1 << 16);
        struct buf name;
        buf_init(&name, 1000);
        buf_printf(&name, "n+string length(\"%.*s", shift, "xxx");
        for (int i = 0; i < 100; i++)
            buf_lit(&name, "\xE6\xB3\x95");
        buf_lit(&name, "\")");
        struct str text = arena_str(a, buf_view(&name));
        struct told t = tell(
            arena_printf(a, TABLE("", "%s", "<output/>", RULE("&lt; 5", "1")), text.at), shift);
        CHECK_INT_AT(shift, (int64_t)t.count, 1);
        struct str told = t.count == 0 ? STR_NONE : t.found[0].input;
        size_t end = str_find(told, STR("... = 5"));
        CHECK_AT(shift, end <= 200 && end > 197 && end + 7 == told.len);
        CHECK_AT(shift, end <= 200 && str_starts(text, str_sub(told, 0, end)));
        CHECK_AT(shift, end <= 200 && ((unsigned char)text.at[end] & 0xC0) != 0x80);
        buf_done(&name);
        arena_destroy(t.arena);
        arena_destroy(a);
    }
}

static struct told many_rules(int count, const char *each, int line) {
    struct buf xml;
    buf_init(&xml, 16 << 20);
    buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'>"
                  "<decision id='d' name='Fee'><decisionTable><input><inputExpression "
                  "typeRef='number'><text>1 + 0</text></inputExpression></input><output/>");
    for (int i = 0; i < count; i++)
        buf_printf(&xml,
                   "<rule><inputEntry><text>%s</text></inputEntry><outputEntry><text>%d</text>"
                   "</outputEntry></rule>",
                   each, i);
    buf_lit(&xml, "</decisionTable></decision></definitions>");
    struct told t = tell(buf_view(&xml), line);
    buf_done(&xml);
    return t;
}

/* The last of as many findings as may be says that there are more. */
void test_dmn_check_many_findings(void) {
    struct told few = many_rules(45, "-", __LINE__); /* 990 pairs */
    CHECK_INT((int64_t)few.count, 990);
    arena_destroy(few.arena);
    struct told many = many_rules(46, "-", __LINE__);
    CHECK_INT((int64_t)many.count, DMN_FINDINGS_MAX);
    for (size_t i = 0; i + 1 < many.count; i++)
        CHECK_INT_AT((int)i, many.found[i].kind, DMN_OVERLAP);
    CHECK_INT(many.found[DMN_FINDINGS_MAX - 1].kind, DMN_UNDECIDED);
    CHECK_STR(many.found[DMN_FINDINGS_MAX - 1].text, STR("there are more findings than these"));
    arena_destroy(many.arena);
}

/* More pairs than are compared: the column and their number are told. */
void test_dmn_check_many_pairs(void) {
    struct told t = many_rules(10001, "&lt; 5", __LINE__);
    bool told = false;
    for (size_t i = 0; i < t.count; i++) {
        CHECK_AT((int)i, t.found[i].kind == DMN_GAP || t.found[i].kind == DMN_UNDECIDED);
        told = told || str_eq(t.found[i].text,
                              STR("whether rules overlap is not known: even on '1 + 0', where the "
                                  "fewest do, 50005000 pairs of rules meet, and at most 50000000 "
                                  "are compared"));
    }
    CHECK(told);
    arena_destroy(t.arena);
}

/* DMN 1.5: 8.2.10: what is looked for, by the policy */
void test_dmn_check_tables_told(void) {
    static const struct {
        int line;
        const char *attributes, *output, *policy;
        bool gaps, overlaps;
    } rows[] = {
        {__LINE__, "", "<output/>", "UNIQUE", true, true},
        {__LINE__, "hitPolicy='ANY'", "<output/>", "ANY", true, true},
        {__LINE__, "hitPolicy='FIRST'", "<output/>", "FIRST", true, false},
        {__LINE__, "hitPolicy='PRIORITY'", LISTED, "PRIORITY", true, false},
        {__LINE__, "hitPolicy='RULE ORDER'", "<output/>", "RULE ORDER", true, false},
        {__LINE__, "hitPolicy='OUTPUT ORDER'", LISTED, "OUTPUT ORDER", true, false},
        {__LINE__, "hitPolicy='COLLECT'", "<output/>", "COLLECT", false, false},
        {__LINE__, "hitPolicy='COLLECT' aggregation='COUNT'", "<output/>", "COLLECT", false, false},
        {__LINE__, "hitPolicy='COLLECT' aggregation='SUM'", "<output/>", "COLLECT", true, false},
        {__LINE__, "hitPolicy='COLLECT' aggregation='MIN'", "<output/>", "COLLECT", true, false},
        {__LINE__, "", "<output><defaultOutputEntry><text>0</text></defaultOutputEntry></output>",
         "UNIQUE", false, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("table", 1 << 16);
        struct told t = tell(arena_printf(a, TABLE("%s", "n", "%s", RULE("&lt; 5", "1")),
                                          rows[i].attributes, rows[i].output),
                             rows[i].line);
        CHECK_INT_AT(rows[i].line, (int64_t)dmn_table_count(t.model), 1);
        struct dmn_table_info info = dmn_table_info(t.model, 0);
        CHECK_STR_AT(rows[i].line, info.name, STR("Fee"));
        CHECK_STR_AT(rows[i].line, str_from(info.hit_policy), str_from(rows[i].policy));
        CHECK_INT_AT(rows[i].line, info.rule_count, 1);
        CHECK_INT_AT(rows[i].line, info.looks_for_gaps, rows[i].gaps);
        CHECK_INT_AT(rows[i].line, info.looks_for_overlaps, rows[i].overlaps);
        CHECK_INT_AT(rows[i].line, t.count > 0, rows[i].gaps); /* and there is one */
        arena_destroy(t.arena);
        arena_destroy(a);
    }
}
