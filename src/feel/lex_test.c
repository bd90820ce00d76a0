/* Characters, words, numbers and strings of FEEL, and the cells of tables. DMN 1.5: 10.3.1.2 */
#include "base/test.h"
#include "base/utf8.h"
#include "feel/feel.h"
#include "feel/lex.h"
#include "feel/rows_test.h"

struct row {
    int line;
    const char *text, *want;
};

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(
            __FILE__,
            (struct feel_row){.line = rows[i].line, .text = rows[i].text, .want = rows[i].want});
}

/* DMN 1.5: rules 61, 62, 28, 29: what parts words, and what is part of one */
void test_feel_lex_blanks(void) {
    static const struct {
        uint32_t from, to;
    } blanks[] = {{0x9, 0xd},       {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                  {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200b}, {0x2028, 0x2029},
                  {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
    for (uint32_t code = 0x80; code < 0x10000; code++) {
        char text[16] = "a";
        bool blank = false;
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        size_t len = 1 + utf8_put(text + 1, code);
        text[len++] = 'b';
        for (size_t i = 0; i < COUNT_OF(blanks); i++)
            blank = blank || (code >= blanks[i].from && code <= blanks[i].to);
        struct str s = {text, len};
        CHECK((lex_word(s, 0) == 1) == blank && (lex_word(s, 0) == len) == !blank);
        CHECK((lex_skip(s, 1) == len - 1) == blank);
    }
    for (uint32_t code = 1; code < 0x80; code++) {
        const char text[] = {'a', (char)code, 'b'};
        struct str s = {text, 3};
        bool part = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
                    (code >= '0' && code <= '9') || code == '_' || code == '?';
        bool digit = code >= '0' && code <= '9', blank = (code >= 9 && code <= 13) || code == ' ';
        CHECK(lex_word(s, 0) == (part ? 3 : 1) && lex_is_name_part(s, 1) == part);
        CHECK(lex_word(s, 1) == (part && !digit ? 3 : 1));
        CHECK(lex_skip(s, 1) == (blank ? 2 : 1));
        CHECK(lex_is_symbol((char)code) == (strchr("./-'+*", (int)code) != NULL));
    }
    struct str broken = STR("a\xc3");
    CHECK(lex_word(broken, 0) == 1 && lex_skip(broken, 1) == 1 && !lex_is_name_part(broken, 1));
    CHECK(!lex_is_name_part(broken, 2) && lex_word(broken, 2) == 2);
}

void test_feel_lex_literals(void) {
    static const struct row rows[] = {
        /* DMN 1.5: rules 33, 64 */
        {__LINE__, "\"\\u0041\\u00e9\\u00E9\\uabCD\"", "\"A\xc3\xa9\xc3\xa9\xea\xaf\x8d\""},
        {__LINE__, "\"\\ud83d\\udc0e\" = \"\\U01F40E\"", "true"},
        {__LINE__, "\"\\uD83D\\uDC0E\" = \"\\U01f40e\"", "true"},
        {__LINE__, "\"\\ud800\\udc00\" = \"\\U010000\"", "true"},
        {__LINE__, "\"\\udbff\\udfff\" = \"\\U10FFFF\"", "true"},
        {__LINE__, "\"\\ud7ff\\ue000\"", "\"\xed\x9f\xbf\xee\x80\x80\""},
        {__LINE__, "string length(\"\\ud83d\\udc0e\")", "1"},
        {__LINE__, "\"a\\u0062c\"", "\"abc\""},
        {__LINE__, "\"\\n\\r\\t\\\"\\'\\\\\"", "\"\\n\\r\\t\\\"'\\\\\""},
        {__LINE__, "string length(\"\\n\\r\\t\\\"\\'\\\\\")", "6"},
        {__LINE__, "\"\\u0001\\u001f\\u0020\\u007f\"", "\"\\u0001\\u001f \x7f\""},
        {__LINE__, "\"\\d\\\\d\\/\"", "\"\\\\d\\\\d\\\\/\""},
        {__LINE__, "\"a\\\\\" + \"b\"", "\"a\\\\b\""},
        {__LINE__, "string length(\"\\x\")", "2"},
        {__LINE__, "\"// no comment /* \"", "\"// no comment /* \""},
        {__LINE__, "\"a\tb\"", "\"a\\tb\""},
        {__LINE__, "{\"a\\u0062\": 1}.ab", "1"},
        {__LINE__, "@\"2020-01-\\u0030\\u0031\"", "@\"2020-01-01\""},
        /* DMN 1.5: rules 36, 37 */
        {__LINE__, "[.5, 0.5, 00.50, 007, 1.50]", "[0.5, 0.5, 0.50, 7, 1.50]"},
        {__LINE__, "[1e3, 1E3, 1e+3, 1e-3, 1.5e1, .5e1]", "[1000, 1000, 1000, 0.001, 15, 5]"},
        {__LINE__, "1e", "refused"},
        {__LINE__, "1e+", "refused"},
        {__LINE__, "1.", "refused"},
        {__LINE__, "1..", "refused"},
        {__LINE__, "{e: 2}.e", "2"},
        {__LINE__, "1 .e", "null"},
        {__LINE__, "[1.5..2.5]", "[1.5..2.5]"},
        {__LINE__, "[1...5]", "null"},
        {__LINE__, "123456789012345678", "123456789012345678"},
        {__LINE__, "-99999999999999999", "-99999999999999999"},
        {__LINE__, "-999999999999999999", "-999999999999999999"},
        {__LINE__, "-9999999999999999999", "-9999999999999999999"},
        {__LINE__, "1234567890123456789012345678901234", "1234567890123456789012345678901234"},
        {__LINE__, "12345678901234567890123456789012345", "12345678901234567890123456789012340"},
        {__LINE__, "-1[1]", "-1"},
        {__LINE__, "[- 1, --1, - - 1, -(-1), 1--1, 1 - -1]", "[-1, 1, 1, 1, 2, 2]"},
        {__LINE__, "-2 ** 2", "4"},
        {__LINE__, "-(2) ** 2", "4"},
        {__LINE__, "{a: 2, r: -a ** 2}.r", "4"},
        {__LINE__, "{a: [2], r: -a[1]}.r", "-2"},
        {__LINE__, "{a: {b: 2}, r: - -a.b}.r", "2"},
        /* comments: DMN 1.5: 10.3.1.2 */
        {__LINE__, "1 // + 1", "1"},
        {__LINE__, "1 // + 1\n+ 2", "3"},
        {__LINE__, "1 //", "1"},
        {__LINE__, "1 /**/+/***/2/* * / */", "3"},
        {__LINE__, "/* // */ 1", "1"},
        {__LINE__, "// /*\n1", "1"},
        {__LINE__, "4/2", "2"},
        {__LINE__, "4 / /* by */ 2", "2"},
        {__LINE__, "", "refused"},
        {__LINE__, " // only a comment", "refused"},
        /* words of the grammar are whole words */
        {__LINE__, "{android: 1, orb: 2, note: 3, iff: 4, r: android + orb + note + iff}.r", "10"},
        {__LINE__, "{And: 1, TRUE: 2, r: And + TRUE}.r", "3"},
        {__LINE__, "{true: 1}.true", "1"},
        {__LINE__, "{if: 1, then: 2}.then", "2"},
        {__LINE__, "{a: {for: 1, in: 2}}.a.in", "2"},
        {__LINE__, "{?: 1, _: 2, ?a_1: 3}.?a_1", "3"},
    };
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: rules 13-15: the cells; what ? is, the cell, and its value */
static const struct cell {
    int line;
    const char *subject, *text, *want;
} cells[] = {
    {__LINE__, "1", "-", "true"},
    {__LINE__, "1", " - ", "true"},
    {__LINE__, "1", "- // whatever it is", "true"},
    {__LINE__, "1", "- /* */", "true"},
    {__LINE__, "-1", "-1", "true"},
    {__LINE__, "-1", "- 1", "true"},
    {__LINE__, "-1", "-, 1", "refused"},
    {__LINE__, "1", "not(1)", "false"},
    {__LINE__, "1", "not (1)", "false"},
    {__LINE__, "1", "not(2, 3)", "true"},
    {__LINE__, "1", "not(< 2, 5)", "false"},
    {__LINE__, "1", "not([2..3])", "true"},
    {__LINE__, "1", "not(-)", "refused"},
    {__LINE__, "1", "not(1", "refused"},
    {__LINE__, "1", "not(1, 2", "refused"},
    {__LINE__, "1", "not()", "refused"},
    {__LINE__, "1", "not(1) 2", "refused"},
    {__LINE__, "1", "not(1))", "refused"},
    /* not( is only how it begins */
    {__LINE__, "1", "not(? = 2) and ? < 3", "true"},
    {__LINE__, "1", "not(? = 1) or ? < 0", "false"},
    {__LINE__, "true", "not(false), not(true)", "true"},
    {__LINE__, "1", "not({a b: ? = 2}.a b) and {a b: 1}.a b = ?", "true"},
    {__LINE__, "1", "not({k l: {m-n: 2}}.k l.m-n = ?) and [{m-n: 1}][m-n = 1].m-n = [?]", "true"},
    {__LINE__, "1", "not(some x y in [2] satisfies x y = ?) and ? = 1", "true"},
    {__LINE__, "1", "1, 2", "true"},
    {__LINE__, "3", "1, 2", "false"},
    {__LINE__, "3", "1, > 2", "true"},
    {__LINE__, "3", "(1..3), [3..4]", "true"},
    {__LINE__, "3", "1,", "refused"},
    {__LINE__, "3", "", "refused"},
    {__LINE__, "\"a\"", "\"b\", \"a\"", "true"},
    {__LINE__, "null", "1", "false"},
    {__LINE__, "null", "null", "true"},
    {__LINE__, "null", "not(null)", "false"},
    {__LINE__, "null", "true", "false"},
    {__LINE__, "false", "true", "false"},
    {__LINE__, "false", "false", "true"},
    {__LINE__, "[1, 2]", "[1, 2]", "true"},
    {__LINE__, "[1, 2]", "list contains(?, 2)", "true"},
    {__LINE__, "[1, 2]", "count(?) > 2", "false"},
    {__LINE__, "false", "list contains([false], ?)", "true"},
    {__LINE__, "false", "count([1, ?]) = 2", "true"},
    {__LINE__, "false", "{a: [?]}.a[1] = false", "true"},
    {__LINE__, "true", "if 1 > 2 then 1 else ? = false", "false"},
    {__LINE__, "true", "1 between 2 and (if ? then 3 else 4)", "false"},
    {__LINE__, "2", "[1, 2]", "true"},
    {__LINE__, "{a: 1}", "?.a = 1", "true"},
    {__LINE__, "5", "!= 5", "false"},
    {__LINE__, "5", "= 5", "true"},
    {__LINE__, "5", ">= 5", "true"},
    {__LINE__, "5", "<= 4", "false"},
    {__LINE__, "5", "? in (4, 5)", "true"},
    {__LINE__, "5", "? between 4 and 5", "true"},
    {__LINE__, "5", "if ? > 4 then true else false", "true"},
    {__LINE__, "5", "1 + 4", "true"},
    {__LINE__, "5", "x", "false"},
    {__LINE__, "5", "< \"a\"", "null"},
};

void test_feel_lex_cells(void) {
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        static const struct feel_name names[] = {{.name = STR_INIT("?")}, {.name = STR_INIT("x")}};
        struct arena *a = arena_create("cell", 64 << 20);
        struct budget budget = budget_of(1000000, 32 << 20);
        struct feel_options options = {.form = FEEL_UNARY_TESTS, .names = names, .name_count = 2};
        struct feel_value subject, v;
        struct feel_env env = {.vars = &subject, .var_count = 1};
        struct feel_program *program;
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 10);
        CHECK_OK_AT(cells[i].line,
                    feel_once(&subject, str_from(cells[i].subject), feel_null(),
                              (struct feel_env){0}, a, &budget, &err),
                    &err);
        if (feel_compile(&program, a, str_from(cells[i].text), &options, &err) &&
            feel_eval(&v, program, &env, a, &budget, &err))
            feel_print(&out, v);
        else
            buf_lit(&out, "refused");
        CHECK_AT(cells[i].line, err.code == ERR_NONE || err.code == ERR_SYNTAX);
        CHECK_STR_AT(cells[i].line, buf_view(&out), str_from(cells[i].want));
        buf_done(&out);
        arena_destroy(a);
    }
}
