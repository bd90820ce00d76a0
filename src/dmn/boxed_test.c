/* Boxed expressions that lack a part, or have one too many: a strict model is refused, another has
 * null in their place and tells why. And what functions and their types make of a call. */
/* CLAUSE rows: DMN 1.5 */
#include "dmn/rows_test.h"

#include "base/arena.h"
#include "base/test.h"

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'>" body "</definitions>"
#define TEXT(feel)  "<literalExpression><text>" feel "</text></literalExpression>"
#define BOX(logic)  MODEL("<decision id='d' name='d'><variable name='d'/>" logic "</decision>")
#define ENTRY(name) "<contextEntry><variable name='" name "'/>"
#define END_ENTRY   "</contextEntry>"

#define CLAUSE(clauses, body, want)                                                                \
    { __LINE__, body, "d", "{}", want }

static void check(const struct dmn_row *rows, size_t count, bool strict) {
    const struct dmn_row_way way = {.file = __FILE__, .strict = strict, .told = !strict};
    for (size_t i = 0; i < count; i++)
        dmn_row_check(&rows[i], &way);
}

#define NO_THEN                                                                                    \
    "<conditional><if>" TEXT("true") "</if><then/><else>" TEXT("2") "</else></conditional>"
#define NO_IF    "<conditional><then>" TEXT("1") "</then><else>" TEXT("2") "</else></conditional>"
#define NO_ELSE  "<conditional><if>" TEXT("true") "</if><then>" TEXT("1") "</then></conditional>"
#define NO_IN    "<for iteratorVariable='i'><return>" TEXT("i") "</return></for>"
#define NO_MATCH "<filter><in>" TEXT("[1]") "</in></filter>"
#define NO_SATISFIES                                                                               \
    "<some iteratorVariable='i'><in>" TEXT("[1]") "</in><return>" TEXT("i") "</return></some>"
#define NO_ENTRY  "<context>" ENTRY("a") END_ENTRY "</context>"
#define NO_CALLEE "<invocation><binding><parameter name='n'/>" TEXT("1") "</binding></invocation>"
#define TWICE     "<context>" ENTRY("a") TEXT("1") END_ENTRY ENTRY("a") TEXT("2") END_ENTRY "</context>"
#define WIDE_ROW  "<relation><column name='x'/><row>" TEXT("1") TEXT("2") "</row></relation>"

void test_dmn_boxes_that_lack_a_part(void) {
    static const struct dmn_row strict[] = {
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_IF), "refused: 'if' has no expression in it"),
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_THEN), "refused: 'then' has no expression in it"),
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_ELSE), "refused: 'else' has no expression in it"),
        CLAUSE("10.2.1.10, 10.5.9", BOX(NO_IN), "refused: 'in' has no expression in it"),
        CLAUSE("10.2.1.9, 10.5.8", BOX(NO_MATCH), "refused: 'match' has no expression in it"),
        CLAUSE("10.2.1.10, 10.5.11", BOX(NO_SATISFIES),
               "refused: 'satisfies' has no expression in it"),
        CLAUSE("10.2.1.4, 10.5.2", BOX(NO_ENTRY), "refused: 'an element' has no expression in it"),
        CLAUSE("10.2.1.3, 7.3.6", BOX(NO_CALLEE), "refused: 'an element' has no expression in it"),
        CLAUSE("10.2.1.4, 10.5.2", BOX(TWICE),
               "refused: a boxed context has two entries named 'a'"),
        CLAUSE("10.2.1.6, 10.5.5", BOX(WIDE_ROW),
               "refused: a row of a relation has more cells than there are columns"),
        CLAUSE("10.2.1.5, 10.5.4", BOX("<list>" TEXT("1") TEXT("+") "</list>"),
               "refused: expected an expression, found '+'"),
        CLAUSE("10.2.1.4", BOX("<context>" ENTRY("a") TEXT("1 2") END_ENTRY "</context>"),
               "refused: expected an operator or the end, found '2'"),
        CLAUSE("10.2.1.4, 7.3.3",
               BOX("<context><contextEntry><variable name='a' typeRef='none'/>" TEXT("1") END_ENTRY
                   "</context>"),
               "refused: there is no type 'none'"),
        CLAUSE(
            "10.2.1.6, 7.3.3",
            BOX("<relation><column name='x' typeRef='none'/><row>" TEXT("1") "</row></relation>"),
            "refused: there is no type 'none'"),
        CLAUSE("10.2.1.7, 7.3.3",
               BOX("<functionDefinition><formalParameter name='x' typeRef='none'/>" TEXT(
                   "1") "</functionDefinition>"),
               "refused: there is no type 'none'"),
        CLAUSE("7.3.1, 7.3.3",
               BOX("<literalExpression typeRef='none'><text>1</text></literalExpression>"),
               "refused: there is no type 'none'"),
    };
    static const struct dmn_row lenient[] = {
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_IF), "2 ('if' has no expression in it)"),
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_THEN), "null ('then' has no expression in it)"),
        CLAUSE("10.2.1.8, 10.5.6", BOX(NO_ELSE), "1"),
        CLAUSE("10.2.1.9, 10.5.8", BOX(NO_MATCH), "[] ('match' has no expression in it)"),
        CLAUSE("10.2.1.4, 10.5.2", BOX(NO_ENTRY),
               "{a: null} ('an element' has no expression in it)"),
        CLAUSE("10.2.1.4, 10.5.2", BOX(TWICE), "null (a boxed context has two entries named 'a')"),
        CLAUSE("10.2.1.5, 10.5.4", BOX("<list>" TEXT("1") TEXT("+") "</list>"),
               "[1, null] (expected an expression, found '+')"),
    };
    check(strict, COUNT_OF(strict), true);
    check(lenient, COUNT_OF(lenient), false);
}

/* What may be left out, and what stands between the parts. */
void test_dmn_boxes_with_less(void) {
#define MORE "<description>x</description><extensionElements><y/></extensionElements>"
    static const struct dmn_row rows[] = {
        CLAUSE("7.3.5, 10.2.1.2", BOX("<literalExpression/>"), "null"),
        CLAUSE("7.3.5, 10.2.1.2", BOX("<literalExpression><text>  </text></literalExpression>"),
               "null"),
        CLAUSE("10.2.1.5", BOX("<list/>"), "[]"),
        CLAUSE("10.2.1.5", BOX("<list>" MORE TEXT("1") MORE TEXT("2") "</list>"), "[1, 2]"),
        CLAUSE("10.2.1.4", BOX("<context/>"), "{}"),
        CLAUSE("10.2.1.6", BOX("<relation><column name='x'/></relation>"), "[]"),
        CLAUSE("10.2.1.6",
               BOX("<relation>" MORE "<column name='x'/><column name='y'/><row>" MORE TEXT(
                   "1") "</row><row>" TEXT("2") TEXT("3") "</row></relation>"),
               "[{x: 1}, {x: 2, y: 3}]"),
        CLAUSE("10.2.1.6, 10.3.2.9.4",
               BOX("<relation><column name='x' typeRef='number'/><row>" TEXT(
                   "[1]") "</row><row>" TEXT("\"a\"") "</row></relation>"),
               "[{x: 1}, {x: null}]"),
        /* the entry without a name is the result; none stands behind it */
        CLAUSE("10.2.1.4, 10.5.1",
               BOX("<context>" ENTRY("a") TEXT("1") END_ENTRY "<contextEntry>" TEXT("a + 1")
                       END_ENTRY ENTRY("b") TEXT("7") END_ENTRY "</context>"),
               "2"),
        /* an entry sees those before it, and not those behind */
        CLAUSE("10.2.1.4",
               BOX("<context>" ENTRY("a") TEXT("b") END_ENTRY ENTRY("b") TEXT("7") END_ENTRY
                   "</context>"),
               "refused: nothing is named 'b'"),
        CLAUSE("10.2.1.4, 10.3.2.9.4",
               BOX("<context><contextEntry><variable name='a' typeRef='number'/>" TEXT("[5]")
                       END_ENTRY "</context>"),
               "{a: 5}"),
        CLAUSE("10.2.1.10, 10.5.9",
               BOX("<for iteratorVariable='i'><in>" TEXT("[1, 2, 3]") "</in><return>" TEXT(
                   "if count(partial) = 0 then i else i + partial[-1]") "</return></for>"),
               "[1, 3, 6]"),
        CLAUSE("10.2.1.10, 10.5.11",
               BOX("<some iteratorVariable='i'><in>" TEXT("[]") "</in><satisfies>" TEXT(
                   "true") "</satisfies></some>"),
               "false"),
        CLAUSE("10.2.1.10, 10.5.12",
               BOX("<every iteratorVariable='i'><in>" TEXT("[]") "</in><satisfies>" TEXT(
                   "false") "</satisfies></every>"),
               "true"),
        CLAUSE("10.2.1.9, 10.5.8",
               BOX("<filter><in>" TEXT("[5, 6]") "</in><match>" TEXT("1") "</match></filter>"),
               "null"),
    };
    check(rows, COUNT_OF(rows), true);
}

/* DMN 1.5: 10.2.1.7, 10.2.1.3, 6.3.9, 10.3.2.13.3 */
void test_dmn_boxed_functions(void) {
#define KNOWS "<knowledgeRequirement><requiredKnowledge href='#f'/></knowledgeRequirement>"
#define F(typed, logic, call)                                                                      \
    MODEL("<businessKnowledgeModel id='f' name='f'><variable name='f'" typed "/>" logic            \
          "</businessKnowledgeModel><decision id='d' name='d'><variable name='d'/>" KNOWS call     \
          "</decision>")
#define ENC(attributes, body)                                                                      \
    "<encapsulatedLogic" attributes "><formalParameter name='n'/>" body "</encapsulatedLogic>"
#define CALL(argument)                                                                             \
    "<invocation>" TEXT("f") "<binding><parameter name='n'/>" argument "</binding></invocation>"
    static const struct dmn_row rows[] = {
        CLAUSE("10.2.1.3, 7.3.7", F("", ENC("", TEXT("n + 1")), CALL(TEXT("2"))), "3"),
        /* a binding without an expression gives null */
        CLAUSE("10.2.1.3, 7.3.7", F("", ENC("", TEXT("n = null")), CALL("")), "true"),
        CLAUSE("10.2.1.3, 7.3.7", F("", ENC("", TEXT("n")), CALL(TEXT("2 +"))),
               "refused: expected an expression, found 'the end'"),
        CLAUSE("10.2.1.3, 7.3.7",
               F("", ENC("", TEXT("n")),
                 "<invocation>" TEXT("f") "<binding><parameter name='m'/>" TEXT(
                     "1") "</binding></invocation>"),
               "null"),
        /* the type at the variable is that of what it gives */
        CLAUSE("6.3.9, 10.3.2.9.4", F(" typeRef='number'", ENC("", TEXT("n")), CALL(TEXT("[4]"))),
               "4"),
        CLAUSE("6.3.9, 10.3.2.9.4", F(" typeRef='number'", ENC("", TEXT("n")), CALL(TEXT("\"x\""))),
               "null"),
        /* no logic, no body, a body that is not FEEL */
        CLAUSE("6.3.9", F("", "", TEXT("f")), "null"),
        CLAUSE("6.3.9", F("", "", TEXT("f(1)")), "null"),
        CLAUSE("10.2.1.7", F("", ENC("", ""), TEXT("f(1)")), "null"),
        CLAUSE("10.2.1.7, 10.3.2.13.3", F("", ENC(" kind='Java'", TEXT("n")), TEXT("f(1)")),
               "null"),
        CLAUSE("10.2.1.7, 10.3.2.13.3", F("", ENC(" kind='PMML'", TEXT("n")), TEXT("f(1)")),
               "null"),
        CLAUSE("10.2.1.7", F("", ENC(" kind='FEEL'", TEXT("n")), TEXT("f(1)")), "1"),
        CLAUSE("10.2.1.7",
               F("",
                 ENC("", "<functionDefinition><formalParameter name='k'/>" TEXT(
                             "n + k") "</functionDefinition>"),
                 TEXT("f(1)(2)")),
               "3"),
        /* a function in a context knows itself */
        CLAUSE(
            "10.2.1.4, rule 25",
            BOX("<context>" ENTRY("my fact") "<functionDefinition><formalParameter name='n'/>" TEXT(
                "if n = 0 then 1 else n * my fact(n - 1)") "</functionDefinition>" END_ENTRY
                                                           "<contextEntry>" TEXT("my fact(5)")
                                                               END_ENTRY "</context>"),
            "120"),
        CLAUSE("10.2.1.7, 10.3.2.9.4",
               BOX("<context>" ENTRY("g") "<functionDefinition><formalParameter name='n' "
                                          "typeRef='number'/>" TEXT(
                                              "n") "</functionDefinition>" END_ENTRY
                                                   "<contextEntry>" TEXT("[g([3]), g(\"x\")]")
                                                       END_ENTRY "</context>"),
               "[3, null]"),
    };
    check(rows, COUNT_OF(rows), true);
}

/* DMN 1.5: 7.3.1: only the ends of a long text are looked at for the name of the language. */
void test_dmn_boxed_languages(void) {
    static const struct {
        int line, before, behind;
        const char *want;
    } rows[] = {
        {__LINE__, 0, 500, "1"},   {__LINE__, 100, 500, "1"},
        {__LINE__, 500, 0, "1"},   {__LINE__, 500, 100, "1"},
        {__LINE__, 100, 100, "1"}, {__LINE__, 300, 300, "refused: an expression is not in FEEL"},
    };
    const struct dmn_row_way way = {.file = __FILE__, .strict = true};
    char letters[501];
    memset(letters, 'x', sizeof letters);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("language", 1 << 16);
        struct str body =
            arena_printf(a,
                         BOX("<literalExpression expressionLanguage='%.*sFEEL%.*s'><text>1"
                             "</text></literalExpression>"),
                         rows[i].before, letters, rows[i].behind, letters);
        dmn_row_check(&(struct dmn_row){rows[i].line, body.at, "d", "{}", rows[i].want}, &way);
        arena_destroy(a);
    }
}
