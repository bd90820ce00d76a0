/* Chapters 6 to 8 and 10.4 of the standard, a row or more for each clause: a model, an input, a
 * decision, its value. The boxed expressions and hit policies have theirs in dmn_test.c. */
/* CLAUSE rows: DMN 1.5 */
#include "dmn/rows_test.h"

#include "base/test.h"

#define FRAME(name, ns, body)                                                                      \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "                           \
    "xmlns:x='urn:x' namespace='" ns "' name='" name "'>" body "</definitions>"
#define TEXT(feel) "<literalExpression><text>" feel "</text></literalExpression>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
    "'/></inputData>"
#define DECISION(name, type, needs, logic)                                                         \
    "<decision id='" name "' name='" name "'><variable name='" name "' typeRef='" type             \
    "'/>" needs logic "</decision>"
#define NEEDS_INPUT(name)                                                                          \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define NEEDS_DECISION(name)                                                                       \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define NEEDS_KNOWLEDGE(name)                                                                      \
    "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"
#define TWICE                                                                                      \
    "<businessKnowledgeModel id='twice' name='twice'><encapsulatedLogic>"                          \
    "<formalParameter name='n' typeRef='number'/>" TEXT(                                           \
        "n * 2") "</encapsulatedLogic></businessKnowledgeModel>"
#define RULE(in, out)                                                                              \
    "<rule x:kept='1'><description>why</description><inputEntry><text>" in                         \
    "</text></inputEntry>" out "<annotationEntry><text>note</text></annotationEntry></rule>"
#define OUT(feel)      "<outputEntry><text>" feel "</text></outputEntry>"
#define LISTED(values) "<output><outputValues><text>" values "</text></outputValues></output>"
#define TABLE(attributes, outputs, rules)                                                          \
    INPUT("n", "number")                                                                           \
    DECISION(                                                                                      \
        "d", "Any", NEEDS_INPUT("n"),                                                              \
        "<decisionTable " attributes "><input><inputExpression><text>n + 1</text>"                 \
        "</inputExpression><inputValues><text>[0..100]</text></inputValues></input>" outputs rules \
        "</decisionTable>")
#define FILTER(in, match)                                                                          \
    DECISION("a", "Any", "", "<filter><in>" TEXT(in) "</in><match>" TEXT(match) "</match></filter>")
#define SERVICE                                                                                    \
    INPUT("n", "number")                                                                           \
    DECISION("plus", "number", NEEDS_INPUT("n"), TEXT("n + 1"))                                    \
    DECISION("times", "number", NEEDS_DECISION("plus"), TEXT("plus * 10"))                         \
    "<decisionService id='s' name='s'><outputDecision href='#times'/>"                             \
    "<encapsulatedDecision href='#plus'/><inputData href='#n'/></decisionService>"

#define CLAUSE(clauses, body, decision, input, want)                                               \
    { __LINE__, FRAME("m", "urn:m", body), decision, input, want }

static bool import(struct str *xml, const char **file, void *self, struct str ns,
                   struct str location, struct err *err) {
    (void)self;
    (void)location;
    *file = "lib.dmn";
    *xml = STR(FRAME("lib", "urn:lib",
                     INPUT("n", "number")
                         TWICE DECISION("base", "number", NEEDS_INPUT("n"), TEXT("n + 1"))));
    return str_eq(ns, STR("urn:lib")) || err_set(err, ERR_NOT_FOUND, err_nowhere, "no such model");
}

static void check(const struct dmn_row *rows, size_t count) {
    static const struct dmn_row_way way = {.file = __FILE__, .import = import, .strict = true};
    for (size_t i = 0; i < count; i++)
        dmn_row_check(&rows[i], &way);
}

void test_dmn_clauses_requirements(void) {
    static const struct dmn_row rows[] = {
        CLAUSE("6.2.2, 6.3.5, 6.3.7, 6.3.11, 6.3.13",
               INPUT("n", "number") DECISION("a", "number", NEEDS_INPUT("n"), TEXT("n + 1"))
                   DECISION("b", "number", NEEDS_DECISION("a"), TEXT("a * 2")),
               "b", "{\"n\": 3}", "8"),
        CLAUSE("6.3.7", DECISION("a", "Any", "", ""), "a", "{}", "null"),
        CLAUSE("6.3.11", INPUT("n", "number") DECISION("a", "Any", NEEDS_INPUT("n"), TEXT("n")),
               "a", "{\"n\": \"three\"}", "null"),
        CLAUSE("6.3.1",
               "<decision id='i' name='the  name' label='l'><description>d</description>"
               "<variable name='the name'/>" TEXT("1") "</decision>",
               "i", "{}", "1"),
        CLAUSE("6.3.2, 12.3.1", DECISION("a", "number", "", TEXT("1")), "a", "{}", "1"),
        CLAUSE("6.3.9, 6.3.14",
               TWICE DECISION("a", "number", NEEDS_KNOWLEDGE("twice"), TEXT("twice(n: 4)")), "a",
               "{}", "8"),
        CLAUSE("6.3.9", TWICE, "twice", "{\"n\": 4}", "8"),
        CLAUSE("6.3.3, 12.3.2",
               "<import namespace='urn:lib' name='lib' "
               "importType='https://www.omg.org/spec/DMN/20230324/MODEL/' locationURI='lib.dmn'/>"
               "<decision id='a' name='a'><variable name='a'/><informationRequirement>"
               "<requiredDecision href='urn:lib#base'/></informationRequirement>"
               "<knowledgeRequirement><requiredKnowledge href='urn:lib#twice'/>"
               "</knowledgeRequirement>" TEXT("lib.twice(lib.base)") "</decision>",
               "a", "{\"lib\": {\"n\": 4}}", "10"),
        CLAUSE("6.3.3",
               "<import namespace='urn:none' name='x' "
               "importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>",
               "a", "{}", "refused: no such model"),
        CLAUSE("6.3.16",
               "<extensionElements><x:more>1</x:more></extensionElements><x:other/>" DECISION(
                   "a", "number", "<extensionElements><x:any/></extensionElements>", TEXT("1")),
               "a", "{}", "1"),
        CLAUSE("6.2.5, 6.3.10, 10.4", SERVICE, "s", "{\"n\": 1}", "20"),
        CLAUSE("10.4",
               SERVICE DECISION("call", "number", NEEDS_KNOWLEDGE("s"), TEXT("s(4) + s(n: 0)")),
               "call", "{}", "60"),
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_clauses_logic(void) {
    static const struct dmn_row rows[] = {
        CLAUSE("7.3.1", DECISION("a", "string", "", TEXT("1")), "a", "{}", "null"),
        CLAUSE("7.3.1",
               "<decision id='a' name='a'><variable name='a'/><literalExpression "
               "typeRef='string'><text>1</text></literalExpression></decision>",
               "a", "{}", "null"),
        CLAUSE("7.3.2, 7.3.3",
               "<itemDefinition name='grade'><typeRef>string</typeRef><allowedValues><text>\"a\", "
               "\"b\"</text></allowedValues></itemDefinition>" INPUT("g", "grade")
                   DECISION("d", "Any", NEEDS_INPUT("g"), TEXT("g")),
               "d", "{\"g\": \"c\"}", "null"),
        CLAUSE("7.3.3",
               "<itemDefinition name='pair'><itemComponent name='x'><typeRef>number</typeRef>"
               "</itemComponent><itemComponent name='y' isCollection='true'><typeRef>string"
               "</typeRef></itemComponent></itemDefinition>" INPUT("p", "pair")
                   DECISION("d", "Any", NEEDS_INPUT("p"), TEXT("[p.x, p.y[1]]")),
               "d", "{\"p\": {\"x\": 1, \"y\": [\"b\"]}}", "[1, \"b\"]"),
        CLAUSE("7.3.3",
               "<itemDefinition name='few' isCollection='true'><typeRef>number</typeRef>"
               "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint>"
               "</itemDefinition>" INPUT("f", "few")
                   DECISION("d", "Any", NEEDS_INPUT("f"), TEXT("f")),
               "d", "{\"f\": [1, 2, 3]}", "null"),
        CLAUSE("7.3.4",
               "<decision id='a' name='a'><variable name='a' typeRef='number'/><context>"
               "<contextEntry><variable name='x' typeRef='number'/>" TEXT(
                   "\"no\"") "</contextEntry><contextEntry>" TEXT("[x]") "</contextEntry>"
                                                                         "</context>"
                                                                         "</decision>",
               "a", "{}", "null"),
        CLAUSE("7.3.6, 7.3.7",
               TWICE DECISION("a", "number", NEEDS_KNOWLEDGE("twice"),
                              "<invocation>" TEXT("twice") "<binding><parameter name='n'/>" TEXT(
                                  "5") "</binding></invocation>"),
               "a", "{}", "10"),
        CLAUSE("10.2.1.7, 10.5.3",
               DECISION("a", "Any", "",
                        "<context><contextEntry><variable name='f'/><functionDefinition "
                        "kind='Java'><formalParameter name='x'/>" TEXT(
                            "x") "</functionDefinition></"
                                 "contextEntry><"
                                 "contextEntry>" TEXT("f(1)") "</contextEntry></"
                                                              "context>"),
               "a", "{}", "null"),
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_clauses_boxed(void) {
    static const struct dmn_row rows[] = {
        /* DMN 1.5: 6.3.9, rule 25: a function with blanks in its name calls itself */
        CLAUSE(
            "6.3.9, rule 25",
            "<businessKnowledgeModel id='f' name='my fact'><encapsulatedLogic>"
            "<formalParameter name='n'/>" TEXT(
                "if n &lt;= 1 then 1 else n * my fact(n - 1)") "</encapsulatedLogic>"
                                                               "</businessKnowledgeModel>" DECISION(
                                                                   "a", "number",
                                                                   NEEDS_KNOWLEDGE("f"),
                                                                   TEXT("my fact(5)")),
            "a", "{}", "120"),
        CLAUSE("6.3.9, rule 25",
               "<businessKnowledgeModel id='f' name='my f'><encapsulatedLogic>"
               "<formalParameter name='n'/><decisionTable hitPolicy='FIRST'><input>"
               "<inputExpression><text>n</text></inputExpression></input><output/>" RULE("&lt;= 1",
                                                                                         OUT("1"))
                   RULE("-", OUT("n * my f(n - 1)")) "</decisionTable>"
                                                     "</encapsulatedLogic>"
                                                     "</"
                                                     "businessKnowledgeModel>" DECISION(
                                                         "a", "number", NEEDS_KNOWLEDGE("f"),
                                                         TEXT("my f(4)")),
               "a", "{}", "24"),
        CLAUSE("10.2.1.4, 10.2.1.7, rule 25",
               DECISION("a", "Any", "",
                        "<context><contextEntry><variable name='my f'/><functionDefinition>"
                        "<formalParameter name='n'/>" TEXT(
                            "if n &lt;= 1 then 1 else n * my f(n - 1)") "</functionDefinition>"
                                                                        "</contextEntry>"
                                                                        "<contextEntry>" TEXT(
                                                                            "my "
                                                                            "f(5)") "</"
                                                                                    "contextEntry>"
                                                                                    "</context>"),
               "a", "{}", "120"),
        /* DMN 1.5: 10.2.1.4: the names of a boxed context are distinct */
        CLAUSE(
            "10.2.1.4",
            DECISION(
                "a", "Any", "",
                "<context><contextEntry><variable name='x'/>" TEXT(
                    "1") "</contextEntry><contextEntry><variable name='x'/>" TEXT("2") "</"
                                                                                       "contextEntr"
                                                                                       "y></"
                                                                                       "context>"),
            "a", "{}", "refused: a boxed context has two entries named 'x'"),
        /* DMN 1.5: 10.2.1.9: the match resolves to a boolean */
        CLAUSE("10.2.1.9, 10.5.8", FILTER("[1, 2]", "2"), "a", "{}", "null"),
        CLAUSE("10.2.1.9", FILTER("[1, 2]", "1 + 1"), "a", "{}", "null"),
        CLAUSE("10.2.1.9", FILTER("[1, 2, 3]", "item &gt; 1"), "a", "{}", "[2, 3]"),
        CLAUSE("10.2.1.10, 10.5.9, 10.5.12",
               DECISION("a", "boolean", "",
                        "<every iteratorVariable='i'><in>" TEXT("[1, 2]") "</in><satisfies>" TEXT(
                            "i &gt; 0") "</satisfies></every>"),
               "a", "{}", "true"),
    };
    check(rows, COUNT_OF(rows));
}

#define ITEM(name, parts) "<itemDefinition name='" name "'>" parts "</itemDefinition>"
#define BASE(type)        "<typeRef>" type "</typeRef>"
#define ALLOWED(tests)    "<allowedValues><text>" tests "</text></allowedValues>"
#define CONSTRAINT(tests) "<typeConstraint><text>" tests "</text></typeConstraint>"

/* What a type restricts: also through the type that it is made from, and where that is any. */
void test_dmn_clauses_types(void) {
    static const struct dmn_row rows[] = {
        CLAUSE("7.3.3",
               ITEM("tB", BASE("string") ALLOWED("\"a\", \"b\"")) ITEM(
                   "tA", BASE("tB") ALLOWED("\"b\", \"z\"")) DECISION("d", "tA", "", TEXT("\"z\"")),
               "d", "{}", "null"),
        CLAUSE("7.3.3",
               ITEM("tB", BASE("string") ALLOWED("\"a\", \"b\"")) ITEM(
                   "tA", BASE("tB") ALLOWED("\"b\", \"z\"")) DECISION("d", "tA", "", TEXT("\"b\"")),
               "d", "{}", "\"b\""),
        CLAUSE("7.3.3",
               ITEM("tB", BASE("number") CONSTRAINT("? &gt; 3")) ITEM(
                   "tA", BASE("tB") CONSTRAINT("? &lt; 10")) DECISION("d", "tA", "", TEXT("2")),
               "d", "{}", "null"),
        CLAUSE("7.3.3",
               ITEM("tA", BASE("Any") ALLOWED("\"a\", 1")) DECISION("d", "tA", "", TEXT("2")), "d",
               "{}", "null"),
        CLAUSE("7.3.3",
               ITEM("tA", BASE("Any") ALLOWED("\"a\", 1")) DECISION("d", "tA", "", TEXT("1")), "d",
               "{}", "1"),
        CLAUSE("7.3.3",
               ITEM("tN", BASE("number")) ITEM("tA", BASE("Any") ALLOWED("? instance of tN"))
                   DECISION("d", "tA", "", TEXT("1")),
               "d", "{}", "1"),
        CLAUSE("7.3.3",
               "<itemDefinition name='tA' isCollection='1'><typeRef>number</typeRef>"
               "</itemDefinition>" DECISION("d", "tA", "", TEXT("[1, 2]")),
               "d", "{}", "[1, 2]"),
        /* DMN 1.5: 7.3.1, 10.3.2.9.4: the type of a function, or of its result alone */
        CLAUSE("7.3.1",
               ITEM("tF", "<functionItem outputTypeRef='number'><parameters name='a' "
                          "typeRef='number'/></functionItem>")
                   DECISION("f", "tF", "", TEXT("function(a) a"))
                       DECISION("d", "Any", NEEDS_DECISION("f"), TEXT("[f(1), f(\"x\")]")),
               "d", "{}", "[1, null]"),
        CLAUSE("7.3.1",
               DECISION("d", "Any", "",
                        "<context><contextEntry><variable name='f'/><functionDefinition "
                        "typeRef='number'><formalParameter name='x'/>" TEXT(
                            "x") "</"
                                 "functionDefinition><"
                                 "/contextEntry><"
                                 "contextEntry>" TEXT("[f(1), "
                                                      "f(\"x\")]") "</"
                                                                   "con"
                                                                   "tex"
                                                                   "tEn"
                                                                   "try"
                                                                   "></"
                                                                   "con"
                                                                   "tex"
                                                                   "t"
                                                                   ">"),
               "d", "{}", "[1, null]"),
    };
    check(rows, COUNT_OF(rows));
}

/* The type of an output is that of the variable, where it has none of its own. */
void test_dmn_clauses_listed_of_lists(void) {
#define TEXTS                                                                                      \
    "<itemDefinition name='tL' isCollection='true'><typeRef>string</typeRef></itemDefinition>"
#define LISTS(type, entry)                                                                         \
    TEXTS DECISION(                                                                                \
        "d", type, "",                                                                             \
        "<decisionTable><input><inputExpression><text>1</text></inputExpression>"                  \
        "</input>" LISTED("\"a\", \"b\"") "<rule><inputEntry><text>-</text>"                       \
                                          "</inputEntry>" OUT(entry) "</rule></decisionTable>")
    static const struct dmn_row rows[] = {
        /* DMN 1.5: 7.3.3: allowed values of a collection are those of its items */
        CLAUSE("7.3.3, 8.3.2", LISTS("tL", "[\"a\", \"b\"]"), "d", "{}", "[\"a\", \"b\"]"),
        CLAUSE("7.3.3, 8.3.2", LISTS("tL", "[\"a\", \"c\"]"), "d", "{}", "null"),
        CLAUSE("7.3.3, 8.3.2", LISTS("tL", "[]"), "d", "{}", "[]"),
        CLAUSE("7.3.3, 8.3.2", LISTS("tL", "\"a\""), "d", "{}", "[\"a\"]"),
        CLAUSE("8.3.2, 10.3.2.9.4", LISTS("string", "[\"a\"]"), "d", "{}", "\"a\""),
        CLAUSE("8.3.2, 10.3.2.9.4", LISTS("string", "[\"c\"]"), "d", "{}", "null"),
        CLAUSE("8.3.2", LISTS("string", "[\"a\", \"b\"]"), "d", "{}", "null"),
        CLAUSE("8.3.2", LISTS("Any", "[\"a\", \"b\"]"), "d", "{}", "[\"a\", \"b\"]"),
        CLAUSE("8.3.2", LISTS("Any", "[\"a\", \"c\"]"), "d", "{}", "null"),
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_clauses_functions_of_a_context(void) {
#define HOLDS(type, typed, body, call)                                                             \
    DECISION("d", "Any", "",                                                                       \
             "<context><contextEntry><variable name='g' typeRef='" type                            \
             "'/><functionDefinition" typed "><formalParameter name='n'/>" TEXT(                   \
                 body) "</functionDefinition></"                                                   \
                       "contextEntry><contextEntry>" TEXT(call) "</contextEntry></context>")
    static const struct dmn_row rows[] = {
        /* DMN 1.5: 10.2.1.7: the type at the variable may be that of the result */
        CLAUSE("10.2.1.7", HOLDS("number", "", "n + 1", "g(1)"), "d", "{}", "2"),
        CLAUSE("10.2.1.7", HOLDS("number", "", "\"x\"", "g(1)"), "d", "{}", "null"),
        CLAUSE("10.2.1.7", HOLDS("number", " typeRef='number'", "n + 1", "g(1)"), "d", "{}", "2"),
        CLAUSE("10.2.1.7", HOLDS("function&lt;number&gt;-&gt;number", "", "n + 1", "g(1)"), "d",
               "{}", "2"),
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_clauses_languages(void) {
    static const struct dmn_row rows[] = {
        /* DMN 1.5: 7.3.1: the language of an expression */
        CLAUSE("7.3.1",
               DECISION("d", "Any", "",
                        "<literalExpression expressionLanguage='https://www.omg.org/spec/DMN/"
                        "20230324/FEEL/'><text>1</text></literalExpression>"),
               "d", "{}", "1"),
        CLAUSE("7.3.1",
               DECISION("d", "Any", "",
                        "<literalExpression expressionLanguage='http://www.w3.org/1999/XPath'>"
                        "<text>1</text></literalExpression>"),
               "d", "{}", "refused: an expression is not in FEEL"),
        CLAUSE("7.3.1",
               DECISION("d", "Any", "",
                        "<literalExpression expressionLanguage='Feel'><text>1</text>"
                        "</literalExpression>"),
               "d", "{}", "1"),
        CLAUSE("7.3.1",
               DECISION("d", "Any", "",
                        "<literalExpression expressionLanguage='http://www.omg.org/spec/DMN/"
                        "20180521/MODEL/'><text>1</text></literalExpression>"),
               "d", "{}", "1"),
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_clauses_tables(void) {
    static const struct dmn_row rows[] = {
        CLAUSE("8.2.3, 8.2.7, 8.2.9, 8.3.2, 10.2.1.1, 10.3.2.10, table 46",
               TABLE("", "<output/>", RULE("&lt; 5", OUT("n * 10")) RULE("-", OUT("0"))), "d",
               "{\"n\": 9}", "0"),
        CLAUSE("8.2.3", TABLE("", "<output/>", RULE("&lt; 5", OUT("n * 10"))), "d", "{\"n\": 3}",
               "30"),
        CLAUSE("8.2.4", TABLE("", "<output/>", RULE("-", OUT("1"))), "d", "{\"n\": 100}", "null"),
        CLAUSE("8.2.2",
               TABLE("preferredOrientation='Rule-as-Column'", "<output/>",
                     RULE("[1..2]", OUT("1")) RULE("(2..3]", OUT("2"))),
               "d", "{\"n\": 2}", "2"),
        CLAUSE("8.2.5, 8.2.6",
               TABLE("", "<output name='x'/><output name='y'/>", RULE("-", OUT("1") OUT("\"b\""))),
               "d", "{\"n\": 1}", "{x: 1, y: \"b\"}"),
        CLAUSE("8.3.3", TABLE("", "<output/><annotation name='basis'/>", RULE("not(3)", OUT("1"))),
               "d", "{\"n\": 2}", "null"),
        CLAUSE("8.2.9",
               TABLE("hitPolicy='FIRST'", "<output typeRef='string'/>", RULE("-", OUT("1"))), "d",
               "{\"n\": 2}", "null"),
        /* DMN 1.5: 8.2.5: an output that is not among the listed ones */
        CLAUSE("8.2.5", TABLE("", LISTED("10, [20..30]"), RULE("-", OUT("11"))), "d", "{\"n\": 2}",
               "null"),
        CLAUSE("8.2.5", TABLE("", LISTED("10, [20..30]"), RULE("-", OUT("n + 23"))), "d",
               "{\"n\": 2}", "25"),
    };
    check(rows, COUNT_OF(rows));
}

/* Allowed values of a collection, written or of its type, are those of its items. */
void test_dmn_clauses_table_lists(void) {
#define OF_LISTS(values)                                                                           \
    "<itemDefinition name='tL' isCollection='true'><typeRef>string</typeRef><allowedValues><text>" \
    "\"a\", \"b\"</text></allowedValues></itemDefinition>" INPUT("l", "Any")                       \
        DECISION("d", "Any", NEEDS_INPUT("l"),                                                     \
                 "<decisionTable hitPolicy='FIRST'><input><inputExpression typeRef='tL'><text>l"   \
                 "</text></inputExpression>" values                                                \
                 "</input><output/>" RULE("list contains(?, \"a\")", OUT("1"))                     \
                     RULE("-", OUT("2")) "</decisionTable>")
#define A_ONLY "<inputValues><text>\"a\"</text></inputValues>"
    static const struct dmn_row rows[] = {
        CLAUSE("7.3.3, 8.2.4", OF_LISTS(""), "d", "{\"l\": [\"b\", \"a\"]}", "1"),
        CLAUSE("7.3.3, 8.2.4", OF_LISTS(""), "d", "{\"l\": []}", "2"),
        CLAUSE("8.2.4", OF_LISTS(A_ONLY), "d", "{\"l\": [\"a\", \"a\"]}", "1"),
        CLAUSE("8.2.4", OF_LISTS(A_ONLY), "d", "{\"l\": [\"a\", \"b\"]}", "null"),
    };
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: 8.3.2, hit policy priority, hit policy output order: what the order goes by */
void test_dmn_clauses_priorities(void) {
#define FIRST_OF(values, low, high)                                                                \
    TABLE("hitPolicy='PRIORITY'", LISTED(values), RULE("-", OUT(low)) RULE("-", OUT(high)))
#define GRADE ITEM("tG", BASE("string") ALLOWED("\"hi\", \"lo\""))
#define GRADED(type, policy, outputs, low, high)                                                   \
    DECISION("d", type, "",                                                                        \
             "<decisionTable hitPolicy='" policy                                                   \
             "'><input><inputExpression><text>1</text></inputExpression></input>" outputs RULE(    \
                 "-", low) RULE("-", high) "</decisionTable>")
    static const struct dmn_row rows[] = {
        CLAUSE("hit policy priority",
               FIRST_OF("date(\"2021-01-01\"), date(\"2020-01-01\")", "date(\"2020-01-01\")",
                        "date(\"2021-01-01\")"),
               "d", "{\"n\": 1}", "@\"2021-01-01\""),
        CLAUSE("hit policy priority", FIRST_OF("1 + 1, 1", "1", "2"), "d", "{\"n\": 1}", "2"),
        CLAUSE("hit policy priority", FIRST_OF("{a: 2}, {a: 1}", "{a: 1}", "{a: 2}"), "d",
               "{\"n\": 1}", "{a: 2}"),
        CLAUSE("hit policy output order",
               TABLE("hitPolicy='OUTPUT ORDER'", LISTED("[10..20], &lt; 10, 30"),
                     RULE("-", OUT("30")) RULE("-", OUT("5")) RULE("-", OUT("15"))
                         RULE("-", OUT("12"))),
               "d", "{\"n\": 1}", "[15, 12, 5, 30]"),
        /* without output values: the allowed values of the type around */
        CLAUSE("8.3.2", GRADE GRADED("tG", "PRIORITY", "<output/>", OUT("\"lo\""), OUT("\"hi\"")),
               "d", "{}", "\"hi\""),
        CLAUSE("8.3.2",
               GRADE "<itemDefinition name='tGs' isCollection='true'><typeRef>tG</typeRef>"
                     "</itemDefinition>" GRADED("tGs", "OUTPUT ORDER", "<output/>", OUT("\"lo\""),
                                                OUT("\"hi\"")),
               "d", "{}", "[\"hi\", \"lo\"]"),
        CLAUSE("8.3.2",
               GRADE ITEM("tR", "<itemComponent name='g'><typeRef>tG</typeRef></itemComponent>"
                                "<itemComponent name='k'><typeRef>number</typeRef>"
                                "</itemComponent>")
                   GRADED("tR", "PRIORITY", "<output name='g'/><output name='k'/>",
                          OUT("\"lo\"") OUT("1"), OUT("\"hi\"") OUT("2")),
               "d", "{}", "{g: \"hi\", k: 2}"),
    };
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: 8.2.10: aggregators are the built-in functions of their names */
void test_dmn_clauses_aggregators(void) {
#define COLLECTED(aggregator, a, b)                                                                \
    TABLE("hitPolicy='COLLECT' aggregation='" aggregator "'", "<output/>",                         \
          RULE("-", OUT(a)) RULE("-", OUT(b)))
    static const struct dmn_row rows[] = {
        CLAUSE("aggregator sum", COLLECTED("SUM", "1", "2.5"), "d", "{\"n\": 1}", "3.5"),
        CLAUSE("aggregator sum", COLLECTED("SUM", "\"a\"", "\"b\""), "d", "{\"n\": 1}", "null"),
        CLAUSE("aggregator min", COLLECTED("MIN", "\"b\"", "\"a\""), "d", "{\"n\": 1}", "\"a\""),
        CLAUSE("aggregator min", COLLECTED("MIN", "{a: 1}", "{a: 1}"), "d", "{\"n\": 1}", "null"),
        CLAUSE("aggregator max", COLLECTED("MAX", "[1]", "[2]"), "d", "{\"n\": 1}", "null"),
        CLAUSE("aggregator count", COLLECTED("COUNT", "null", "2"), "d", "{\"n\": 1}", "2"),
    };
    check(rows, COUNT_OF(rows));
}
