/* Texts that are no FEEL: what is wrong, and where. */
#include "base/test.h"
#include "feel/ast.h"
#include "feel/feel.h"

struct row {
    int line;
    const char *text;
    uint32_t at_line, at_column;
    const char *what;
};

static void check_text(struct row row, struct str text, struct feel_options options,
                       enum err_code code) {
    struct arena *a = arena_create("error", 16 << 20);
    struct feel_program *program;
    struct err err = {0};
    options.open = true;
    CHECK_AT(row.line, !feel_compile(&program, a, text, &options, &err) && program == NULL);
    CHECK_INT_AT(row.line, err.code, code);
    CHECK_STR_AT(row.line, str_from(err.text), str_from(row.what));
    CHECK_INT_AT(row.line, err.at.line, row.at_line);
    CHECK_INT_AT(row.line, err.at.column, row.at_column);
    arena_destroy(a);
}

static void check(const struct row *rows, size_t count) {
    struct feel_options options = {.at = {"t", 1, 1}};
    for (size_t i = 0; i < count; i++)
        check_text(rows[i], str_from(rows[i].text), options, ERR_SYNTAX);
}

/* DMN 1.5: rules 33, 60, 64 */
void test_feel_errors_strings(void) {
#define BROKEN "a broken \\u in a string, found '"
    static const struct row rows[] = {
        {__LINE__, "\"\\u12\"", 1, 1, BROKEN "\"\\u12\"'"},
        {__LINE__, "\"\\u\"", 1, 1, BROKEN "\"\\u\"'"},
        {__LINE__, "\"\\u12g4\"", 1, 1, BROKEN "\"\\u12g4\"'"},
        {__LINE__, "\"\\u12G4\"", 1, 1, BROKEN "\"\\u12G4\"'"},
        {__LINE__, "\"\\u12:4\"", 1, 1, BROKEN "\"\\u12:4\"'"},
        {__LINE__, "\"\\u12/4\"", 1, 1, BROKEN "\"\\u12/4\"'"},
        {__LINE__, "\"\\u12@4\"", 1, 1, BROKEN "\"\\u12@4\"'"},
        {__LINE__, "\"\\u12`4\"", 1, 1, BROKEN "\"\\u12`4\"'"},
        {__LINE__, "\"\\U12345\"", 1, 1, BROKEN "\"\\U12345\"'"},
        {__LINE__, "\"\\U110000\"", 1, 1, BROKEN "\"\\U110000\"'"},
        {__LINE__, "\"\\U00d83d\"", 1, 1, BROKEN "\"\\U00d83d\"'"},
        /* half a pair */
        {__LINE__, "\"\\ud83d\"", 1, 1, BROKEN "\"\\ud83d\"'"},
        {__LINE__, "\"\\udc0e\"", 1, 1, BROKEN "\"\\udc0e\"'"},
        {__LINE__, "\"\\ud83d-udc0e\"", 1, 1, BROKEN "\"\\ud83d-udc0e\"'"},
        {__LINE__, "\"\\ud83d\\ndc0e\"", 1, 1, BROKEN "\"\\ud83d\\ndc0e\"'"},
        {__LINE__, "\"\\ud83d\\udc0\"", 1, 1, BROKEN "\"\\ud83d\\udc0\"'"},
        {__LINE__, "\"\\ud83d\\udc0x\"", 1, 1, BROKEN "\"\\ud83d\\udc0x\"'"},
        {__LINE__, "\"\\ud83d\\udbff\"", 1, 1, BROKEN "\"\\ud83d\\udbff\"'"},
        {__LINE__, "\"\\ud83d\\ue000\"", 1, 1, BROKEN "\"\\ud83d\\ue000\"'"},
        {__LINE__, "\"\\udbff\\u0041\"", 1, 1, BROKEN "\"\\udbff\\u0041\"'"},
        {__LINE__, "1 + @\"\\u12\"", 1, 6, BROKEN "\"\\u12\"'"},
        {__LINE__, "{\"\\u12\": 1}", 1, 2, BROKEN "\"\\u12\"'"},
        {__LINE__, "@1", 1, 2, "expected a string after '@', found '1'"},
        {__LINE__, "@", 1, 2, "expected a string after '@', found 'the end'"},
        {__LINE__, "@#", 1, 2, "a character that FEEL does not know"},
        {__LINE__, "@\"2020", 1, 2, "a string does not end on its line"},
        {__LINE__, "[\"a\\\"]", 1, 2, "a string does not end on its line"},
        {__LINE__, "\"a\nb\"", 1, 1, "a string does not end on its line"},
        {__LINE__, "\"a\vb\"", 1, 1, "a string does not end on its line"},
        {__LINE__, "\"a\fb\"", 1, 1, "a string does not end on its line"},
        {__LINE__, "\"a\rb\"", 1, 1, "a string does not end on its line"},
    };
#undef BROKEN
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: 10.3.1.2 */
void test_feel_errors_operators(void) {
    static const struct row rows[] = {
        {__LINE__, "!1", 1, 1, "a character that FEEL does not know"},
        {__LINE__, "1 ! 2", 1, 3, "a character that FEEL does not know"},
        {__LINE__, "1 & 2", 1, 3, "a character that FEEL does not know"},
        {__LINE__, "1 /* 2", 1, 3, "a comment does not end"},
        {__LINE__, "1 /*/", 1, 3, "a comment does not end"},
        {__LINE__, "1 /* *", 1, 3, "a comment does not end"},
        {__LINE__, "1 + ", 1, 5, "expected an expression, found 'the end'"},
        {__LINE__, "1 + then", 1, 5, "expected an expression, found 'then'"},
        {__LINE__, "if 1", 1, 5, "expected 'then', found 'the end'"},
        {__LINE__, "if 1 else 2", 1, 6, "expected 'then', found 'else'"},
        {__LINE__, "if 1 then 2 3", 1, 13, "expected 'else', found '3'"},
        {__LINE__, "if 1 then 2 else )", 1, 18, "expected an expression, found ')'"},
        {__LINE__, "1 between 2", 1, 12, "expected 'and' after 'between', found 'the end'"},
        {__LINE__, "1 between 2 or 3", 1, 13, "expected 'and' after 'between', found 'or'"},
        {__LINE__, "1 between ) and 3", 1, 11, "expected an expression, found ')'"},
        {__LINE__, "1 between 2 and )", 1, 17, "expected an expression, found ')'"},
        {__LINE__, "1 in (", 1, 7, "expected an expression, found 'the end'"},
        {__LINE__, "1 in (1, )", 1, 10, "expected an expression, found ')'"},
        {__LINE__, "1 in (1", 1, 8, "expected ')' or ',' after a test, found 'the end'"},
        {__LINE__, "1 in (1, 2]", 1, 11, "expected ')' or ',' after a test, found ']'"},
        {__LINE__, "1 in )", 1, 6, "expected an expression, found ')'"},
        {__LINE__, "for i in [1] i", 1, 14, "expected 'return', found 'i'"},
        {__LINE__, "for i return 1", 1, 15, "expected 'in', found 'the end'"},
        {__LINE__, "some i in [1] return i", 1, 15, "expected 'satisfies', found 'return'"},
        {__LINE__, "every 1 in [1] satisfies i", 1, 7, "expected a name, found '1'"},
        {__LINE__, "a.", 1, 3, "expected a name after '.', found 'the end'"},
        {__LINE__, "a.1", 1, 2, "expected an operator or the end, found '.1'"},
        {__LINE__, "-)", 1, 2, "expected an expression, found ')'"},
        {__LINE__, "1 2", 1, 3, "expected an operator or the end, found '2'"},
        {__LINE__, "1)", 1, 2, "expected an operator or the end, found ')'"},
    };
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: rules 8-12, 39-42, 51-59 */
void test_feel_errors_brackets(void) {
    static const struct row rows[] = {
        {__LINE__, "]1", 1, 3, "expected '..' in a range, found 'the end'"},
        {__LINE__, "]1, 2]", 1, 3, "expected '..' in a range, found ','"},
        {__LINE__, "])", 1, 2, "expected an expression, found ')'"},
        {__LINE__, "[1..2", 1, 6, "expected ']', ')' or '[' after a range, found 'the end'"},
        {__LINE__, "[1..)", 1, 5, "expected an expression, found ')'"},
        {__LINE__, "[1..2[#", 1, 7, "a character that FEEL does not know"},
        {__LINE__, "[]#", 1, 3, "a character that FEEL does not know"},
        {__LINE__, "[1, 2..3]", 1, 6, "expected ']' or ',' in a list, found '..'"},
        {__LINE__, "[1 2]", 1, 4, "expected ']' or ',' in a list, found '2'"},
        {__LINE__, "(1", 1, 3, "expected ')', found 'the end'"},
        {__LINE__, "a[1", 1, 4, "expected ']' after a filter, found 'the end'"},
        {__LINE__, "a[]", 1, 4, "expected an expression, found 'the end'"},
        {__LINE__, "{a 1}", 1, 5, "expected ':' after an entry's name, found '}'"},
        {__LINE__, "{1: 1}", 1, 2, "expected a name, found '1'"},
        {__LINE__, "{a: }", 1, 5, "expected an expression, found '}'"},
        {__LINE__, "{a: 1 b: 2}", 1, 7, "expected '}' or ',' in a context, found 'b'"},
        {__LINE__, "{a: 1, \"a\": 2}", 1, 8, "a context has two entries with one name, found 'a'"},
        {__LINE__, "{b-c: 1, b - c: 2}", 1, 10,
         "a context has two entries with one name, found 'b-c'"},
        {__LINE__, "f(1 2)", 1, 5, "expected ')' or ',' after an argument, found '2'"},
        {__LINE__, "f(1, b: 2)", 1, 6, "arguments are given by place or by name, not both"},
        {__LINE__, "f(b: 1, 2)", 1, 9, "arguments are given by place or by name, not both"},
        {__LINE__, "f(b: )", 1, 6, "expected an expression, found ')'"},
        {__LINE__, "function 1", 1, 10, "expected '(' after 'function', found '1'"},
        {__LINE__, "function(a", 1, 11, "expected ')' after the parameters, found 'the end'"},
        {__LINE__, "function(1) 1", 1, 10, "expected a name, found '1'"},
        {__LINE__, "function(a: ) 1", 1, 13, "expected a type, found ')'"},
        {__LINE__, "function(a)", 1, 12, "expected an expression, found 'the end'"},
        {__LINE__, "1 instance number", 1, 12, "expected 'of' after 'instance', found 'number'"},
        {__LINE__, "1 instance 2", 1, 12, "expected 'of' after 'instance', found '2'"},
        {__LINE__, "1 instance of 2", 1, 15, "expected a type, found '2'"},
        {__LINE__, "1 instance of list<", 1, 20, "expected a type, found 'the end'"},
        {__LINE__, "1 instance of list<number", 1, 26,
         "expected '>' after a type, found 'the end'"},
        {__LINE__, "1 instance of context<a>", 1, 24,
         "expected ':' after the name of a field, found '>'"},
        {__LINE__, "1 instance of context<1: number>", 1, 23, "expected a name, found '1'"},
        {__LINE__, "1 instance of context<a: number", 1, 32,
         "expected '>' after the types, found 'the end'"},
        {__LINE__, "1 instance of function<number>", 1, 31,
         "expected '->' and the result's type, found 'the end'"},
        {__LINE__, "1 instance of function<number>->)", 1, 33, "expected a type, found ')'"},
    };
    check(rows, COUNT_OF(rows));
}

/* Lines and columns count from where the text stands, columns in characters. */
void test_feel_errors_places(void) {
    static const struct {
        struct row row;
        struct err_at at;
    } rows[] = {
        {{__LINE__, "#", 5, 10, "a character that FEEL does not know"}, {"t", 5, 10}},
        {{__LINE__, "1 #", 5, 12, "a character that FEEL does not know"}, {"t", 5, 10}},
        {{__LINE__, "1 +\n #", 6, 2, "a character that FEEL does not know"}, {"t", 5, 10}},
        {{__LINE__, "1 +\n\n\n  #", 4, 3, "a character that FEEL does not know"}, {"t", 1, 1}},
        {{__LINE__, "\"\xc3\xa9\xf0\x9f\x90\x8e\" #", 1, 6, "a character that FEEL does not know"},
         {"t", 1, 1}},
        {{__LINE__, "1 +\n\"\xc3\xa9\" #", 2, 5, "a character that FEEL does not know"},
         {"t", 1, 7}},
        {{__LINE__, "1 #", 1, 3, "a character that FEEL does not know"}, {"t", 0, 0}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_text(rows[i].row, str_from(rows[i].row.text), (struct feel_options){.at = rows[i].at},
                   ERR_SYNTAX);
    static const struct row unknown = {__LINE__, "1 instance of nothing", 1, 15,
                                       "there is no type 'nothing'"},
                            utf8 = {__LINE__, "\"\xc3\"", 3, 4, "an expression is not valid UTF-8"};
    check_text(unknown, str_from(unknown.text), (struct feel_options){.at = {"t", 1, 1}},
               ERR_UNKNOWN);
    check_text(utf8, str_from(utf8.text), (struct feel_options){.at = {"t", 3, 4}}, ERR_SYNTAX);
}

void test_feel_errors_types(void) {
    static const struct row rows[] = {
        {__LINE__, "", 2, 5, "expected a type, found 'the end'"},
        {__LINE__, "1", 2, 5, "expected a type, found '1'"},
        {__LINE__, "number 1", 2, 12, "expected the end of a type, found '1'"},
        {__LINE__, "list<number>>", 2, 17, "expected the end of a type, found '>'"},
        {__LINE__, "#", 2, 5, "a character that FEEL does not know"},
        {__LINE__, "\xc3", 2, 5, "a type is not valid UTF-8"},
        /* behind the type itself */
        {__LINE__, "list<number", 2, 16, "expected '>' after a type, found 'the end'"},
        {__LINE__, "number\"", 2, 11, "a string does not end on its line"},
        {__LINE__, "number/*", 2, 11, "a comment does not end"},
        /* DMN 1.5: rule 52 */
        {__LINE__, "context<a: number,>", 2, 23, "expected a name, found '>'"},
        {__LINE__, "function<number,>->number", 2, 21, "expected a type, found '>'"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("type", 1 << 20);
        const struct feel_type *type;
        struct feel_options options = {.at = {"t", 2, 5}};
        struct err err = {0};
        CHECK_AT(rows[i].line,
                 !ast_parse_type(&type, a, str_from(rows[i].text), &options, &err) && type == NULL);
        CHECK_INT_AT(rows[i].line, err.code, ERR_SYNTAX);
        CHECK_STR_AT(rows[i].line, str_from(err.text), str_from(rows[i].what));
        CHECK_INT_AT(rows[i].line, err.at.line, rows[i].at_line);
        CHECK_INT_AT(rows[i].line, err.at.column, rows[i].at_column);
        arena_destroy(a);
    }
}

/* A text of head, before, middle, behind, the second and last so many times: at the limit it is
 * FEEL, one more is refused. */
void test_feel_errors_depth(void) {
    static const struct {
        int line;
        const char *head, *before, *middle, *behind;
        int times;
        enum err_code code;
        const char *what;
    } rows[] = {
        {__LINE__, "", "(", "1", ")", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found '1'"},
        {__LINE__, "", "[", "1", "]", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found '1'"},
        {__LINE__, "", "{a:", "1", "}", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found '1'"},
        {__LINE__, "", "a[", "1", "]", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found '1'"},
        {__LINE__, "", "-", "a", "", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found 'a'"},
        {__LINE__, "", "if 1 then 2 else ", "1", "", FEEL_NESTING_MAX - 1, ERR_SYNTAX,
         "an expression is nested too deeply, found '1'"},
        {__LINE__, "", "", "1", "+1", AST_DEPTH_MAX - 1, ERR_LIMIT,
         "an expression is nested deeper than 1200"},
        {__LINE__, "", "", "a", ".b", AST_DEPTH_MAX - 1, ERR_LIMIT,
         "an expression is nested deeper than 1200"},
        {__LINE__, "1 instance of ", "list<", "number", ">", FEEL_NESTING_MAX - 2, ERR_SYNTAX,
         "types are nested too deeply, found 'number'"},
        {__LINE__, "", "function()", "1", "", 32, ERR_LIMIT, "too many functions in functions"},
    };
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int more = 0; more < 2; more++) {
            struct arena *a = arena_create("depth", 16 << 20);
            struct feel_options options = {.open = true};
            struct feel_program *program;
            struct err err = {0};
            buf_reset(&text);
            buf_add(&text, str_from(rows[i].head));
            for (int k = 0; k < rows[i].times + more; k++)
                buf_add(&text, str_from(rows[i].before));
            buf_add(&text, str_from(rows[i].middle));
            for (int k = 0; k < rows[i].times + more; k++)
                buf_add(&text, str_from(rows[i].behind));
            bool good = feel_compile(&program, a, buf_view(&text), &options, &err);
            enum err_code want = more ? rows[i].code : ERR_NONE;
            CHECK_AT(rows[i].line, good == (want == ERR_NONE));
            CHECK_INT_AT(rows[i].line, err.code, want);
            CHECK_STR_AT(rows[i].line, str_from(err.text), str_from(more ? rows[i].what : ""));
            arena_destroy(a);
        }
    buf_done(&text);
}
