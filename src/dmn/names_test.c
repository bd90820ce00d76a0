/* Names at the border of a model, elements of imported models, what services are given, and what a
 * broken element costs. Rows are a model, an element, inputs and its value; models are not strict.
 * DMN 1.5: 10.3.1.4, 6.3.3, 10.4 */
#include "dmn/rows_test.h"

#include "base/test.h"

#define DEFINITIONS(ns, body)                                                                      \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' xmlns:q='urn:l2' "          \
    "namespace='" ns "' name='m'>" body "</definitions>"
#define TEXT(feel) "<literalExpression><text>" feel "</text></literalExpression>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
    "'/></inputData>"
#define DECISION(name, type, needs, logic)                                                         \
    "<decision id='" name "' name='" name "'><variable name='" name "' typeRef='" type             \
    "'/>" needs logic "</decision>"
#define DATA(href)                                                                                 \
    "<informationRequirement><requiredInput href='" href "'/></informationRequirement>"
#define VALUE(href)                                                                                \
    "<informationRequirement><requiredDecision href='" href "'/></informationRequirement>"
#define CALLS(href)                                                                                \
    "<knowledgeRequirement><requiredKnowledge href='" href "'/></knowledgeRequirement>"
#define SERVICE(name, parts)                                                                       \
    "<decisionService id='" name "' name='" name "'>" parts "</decisionService>"
#define OUTPUTS(href)     "<outputDecision href='" href "'/>"
#define TAKES(href)       "<inputData href='" href "'/>"
#define TAKES_VALUE(href) "<inputDecision href='" href "'/>"
#define ITEM(name, parts) "<itemDefinition name='" name "'>" parts "</itemDefinition>"
#define TYPE(name)        "<typeRef>" name "</typeRef>"
#define PART(name, type)  "<itemComponent name='" name "'>" TYPE(type) "</itemComponent>"
#define IMPORT(name, ns)                                                                           \
    "<import name='" name "' namespace='" ns                                                       \
    "' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
#define LIBS IMPORT("lib", "urn:lib") IMPORT("l2", "urn:l2")

static bool import(struct str *xml, const char **file, void *self, struct str ns,
                   struct str location, struct err *err) {
    (void)self;
    (void)location;
    *file = "lib.dmn";
    if (str_eq(ns, STR("urn:lib")))
        *xml = STR(DEFINITIONS("urn:lib", INPUT("n", "number")
                                              DECISION("base", "number", DATA("#n"), TEXT("n + 1"))
                                                  SERVICE("srv", OUTPUTS("#base") TAKES("#n"))));
    else
        *xml = STR(DEFINITIONS(
            "urn:l2", INPUT("n", "number") DECISION("base", "number", DATA("#n"), TEXT("n * 100"))
                          ITEM("tN", TYPE("number")) ITEM("tPair", PART("a - b", "tN"))));
    return str_starts(ns, STR("urn:l")) ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "no such model");
}

static void check(const struct dmn_row *rows, size_t count) {
    static const struct dmn_row_way way = {.file = __FILE__, .import = import, .told = true};
    for (size_t i = 0; i < count; i++)
        dmn_row_check(&rows[i], &way);
}

#define ROW(body, element, inputs, want)                                                           \
    { __LINE__, DEFINITIONS("urn:m", body), element, inputs, want }

/* DMN 1.5: 10.3.1.4: a name is a list of tokens, so blanks beside symbols do not count */
void test_dmn_names_of_data(void) {
#define PAIR           ITEM("tQ", PART("a - b", "number")) INPUT("q", "tQ")
#define NET            INPUT("net - gross", "number")
#define D(name, logic) DECISION(name, "Any", "", logic)
    static const struct dmn_row rows[] = {
        ROW(NET DECISION("d", "Any", DATA("#net - gross"), TEXT("net - gross + 1")), "d",
            "{\"net - gross\": 1}", "2"),
        ROW(NET DECISION("d", "Any", DATA("#net - gross"), TEXT("net-gross + 1")), "d",
            "{\"net-gross\": 1}", "2"),
        ROW(PAIR DECISION("d", "Any", DATA("#q"), TEXT("q.a - b")), "d", "{\"q\": {\"a - b\": 1}}",
            "1"),
        ROW(PAIR DECISION("d", "Any", DATA("#q"), TEXT("q.a-b")), "d", "{\"q\": {\"a  -b\": 1}}",
            "1"),
        ROW(PAIR DECISION("d", "Any", DATA("#q"), TEXT("[q]")), "d", "{\"q\": {\"a-b\": 1}}",
            "[{\"a - b\": 1}]"),
        /* what the model does not name is left alone */
        ROW(PAIR DECISION("d", "Any", DATA("#q"), TEXT("q")), "d",
            "{\"q\": {\"a-b\": 1, \"c - d\": 2, \"e-f\": 3}}",
            "{\"a - b\": 1, \"c - d\": 2, \"e-f\": 3}"),
        ROW(NET DECISION("d", "Any", DATA("#net - gross"), TEXT("net - gross"))
                SERVICE("s", OUTPUTS("#d") TAKES("#net - gross")),
            "s", "{\"net - gross\": 3}", "3"),
        ROW("<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter name='a "
            "- b'/>" TEXT("a - b") "</encapsulatedLogic></businessKnowledgeModel>",
            "f", "{\"a - b\": 4}", "4"),
        /* a value shows the name that the model writes */
        ROW(D("a / b", TEXT("1")) D("c", TEXT("2")) SERVICE("s", OUTPUTS("#a / b") OUTPUTS("#c")),
            "s", "{}", "{\"a / b\": 1, c: 2}"),
        ROW(D("d", "<relation><column name='a - b'/><row>" TEXT("1") "</row></relation>"), "d",
            "{}", "[{\"a - b\": 1}]"),
        ROW(D("d", "<context><contextEntry><variable name='a - b'/>" TEXT("1") "</contextEntry>"
                                                                               "</context>"),
            "d", "{}", "{\"a - b\": 1}"),
        ROW(D("d", "<decisionTable><input><inputExpression><text>1</text></inputExpression></input>"
                   "<output name='a / b'/><output name='c'/><rule><inputEntry><text>-</text>"
                   "</inputEntry><outputEntry><text>1</text></outputEntry><outputEntry><text>2"
                   "</text></outputEntry></rule></decisionTable>"),
            "d", "{}", "{\"a / b\": 1, c: 2}"),
        ROW(D("a - b", TEXT("5")), "a-b", "{}", "5"),
        ROW(D("a-b", TEXT("5")), " a  - b", "{}", "5"),
    };
    check(rows, COUNT_OF(rows));
    CHECK(dmn_same_name(STR("a - b"), STR("a-b")) && dmn_same_name(STR(" a  b "), STR("a b")));
    CHECK(!dmn_same_name(STR("a b"), STR("ab")) && !dmn_same_name(STR("a-b"), STR("a-b c")));
}

void test_dmn_imported_elements(void) {
#define BOTH(logic) DECISION("d", "Any", DATA("#n") DATA("urn:lib#n") DATA("urn:l2#n"), logic)
    static const struct dmn_row rows[] = {
        /* DMN 1.5: 6.3.3, 6.3.11: an input of each model has a value of its own */
        ROW(LIBS INPUT("n", "number") BOTH(TEXT("[n, lib.n, l2.n]")), "d",
            "{\"n\": 1, \"lib\": {\"n\": 2}, \"l2\": {\"n\": 3}}", "[1, 2, 3]"),
        ROW(LIBS INPUT("n", "number") BOTH(TEXT("[n, lib.n, l2.n]")), "d",
            "{\"n\": 1, \"lib.n\": 2}", "[1, 2, 1]"),
        /* DMN 1.5: 6.3.3: under no name its elements are the model's, whose own come first, */
        ROW(IMPORT("", "urn:lib") DECISION("base", "Any", "", TEXT("1"))
                DECISION("d", "Any", VALUE("urn:lib#base") VALUE("#base"), TEXT("base")),
            "d", "{\"n\": 5}", "1"),
        /* and of two such imports those of the first */
        ROW(IMPORT("", "urn:l2") IMPORT("", "urn:lib")
                DECISION("d", "Any", VALUE("urn:lib#base") VALUE("urn:l2#base"), TEXT("base")),
            "d", "{\"n\": 5}", "500"),
        ROW(IMPORT("", "urn:lib"), "base", "{\"n\": 5}", "6"),
        /* DMN 1.5: 7.3.3: prefixes of XML, and colons that are none */
        ROW(LIBS DECISION("d", "q:tN", "", TEXT("1")), "d", "{}", "1"),
        ROW(LIBS DECISION("d", "l2.tN", "", TEXT("\"x\"")), "d", "{}", "null (a string is not tN)"),
        /* DMN 1.5: 7.3.3, 6.3.3: members of imported types, alone, in another type, in a list */
        ROW(LIBS INPUT("p", "l2.tPair") DECISION("d", "Any", DATA("#p"), TEXT("p.a - b + 1")), "d",
            "{\"p\": {\"a-b\": 1}}", "2"),
        ROW(LIBS INPUT("p", "q:tPair") DECISION("d", "Any", DATA("#p"), TEXT("p.a-b + 1")), "d",
            "{\"p\": {\"a - b\": 1}}", "2"),
        ROW(LIBS ITEM("tM", PART("x", "l2.tPair")) INPUT("p", "tM")
                DECISION("d", "Any", DATA("#p"), TEXT("[p.x.a - b, p]")),
            "d", "{\"p\": {\"x\": {\"a-b\": 1}}}", "[1, {x: {\"a - b\": 1}}]"),
        ROW(LIBS INPUT("p", "list&lt;l2.tPair>")
                DECISION("d", "Any", DATA("#p"), TEXT("p[a - b > 1].a - b")),
            "d", "{\"p\": [{\"a - b\": 1}, {\"a - b\": 2}]}", "[2]"),
        ROW(LIBS INPUT("p", "l2.tPair") DECISION("d", "Any", DATA("#p"), TEXT("p")), "d",
            "{\"p\": {\"a - b\": \"x\"}}", "null (a context is not tPair)"),
        ROW(LIBS INPUT("p", "l2.tNone") DECISION("d", "Any", DATA("#p"), TEXT("p")), "d",
            "{\"p\": 1}", "1 ('p' has a fault: there is no type 'l2.tNone')"),
        ROW(DECISION("d", "context&lt;a: number>", "", TEXT("{a: 1}")), "d", "{}", "{a: 1}"),
        ROW(DECISION("d", "feel:number", "", TEXT("1")), "d", "{}", "1"),
    };
    check(rows, COUNT_OF(rows));
}

/* DMN 1.5: 10.4, 6.3.10 */
void test_dmn_service_parameters(void) {
#define OVER_BOTH                                                                                  \
    LIBS SERVICE("s", OUTPUTS("urn:lib#base") OUTPUTS("urn:l2#base") TAKES("urn:lib#n")            \
                          TAKES("urn:l2#n"))
#define OVER_ONE   LIBS SERVICE("s", OUTPUTS("urn:lib#base") TAKES("urn:lib#n"))
#define CALL(feel) DECISION("d", "Any", CALLS("#s"), TEXT(feel))
#define TAKING(type, call)                                                                         \
    ITEM("tPositive", TYPE("number") "<allowedValues><text>> 0</text></allowedValues>")            \
    DECISION("b", type, "", TEXT("1"))                                                             \
    DECISION("a", "Any", VALUE("#b"), TEXT("b"))                                                   \
    SERVICE("s", OUTPUTS("#a") TAKES_VALUE("#b")) CALL(call)
    static const struct dmn_row rows[] = {
        /* an element E of the import I is called I.E, */
        ROW(OVER_BOTH CALL("s(lib.n: 1, l2.n: 2)"), "d", "{}",
            "{\"lib.base\": 2, \"l2.base\": 200}"),
        ROW(OVER_BOTH CALL("s(1, 2)"), "d", "{}", "{\"lib.base\": 2, \"l2.base\": 200}"),
        ROW(OVER_BOTH CALL("s(n: 1, l2.n: 2)"), "d", "{}",
            "null (the function has no parameter 'n')"),
        ROW(OVER_ONE DECISION("d", "Any", CALLS("#s"),
                              "<invocation>" TEXT("s") "<binding><parameter name='lib.n'/>" TEXT(
                                  "3") "</binding></invocation>"),
            "d", "{}", "4"),
        /* and E where that is unique */
        ROW(OVER_ONE CALL("s(n: 3)"), "d", "{}", "4"),
        ROW(OVER_BOTH, "s", "{\"lib\": {\"n\": 1}, \"l2.n\": 2}",
            "{\"lib.base\": 2, \"l2.base\": 200}"),
        ROW(OVER_ONE, "s", "{\"n\": 1}", "2"),
        ROW(LIBS DECISION("d", "Any", CALLS("urn:lib#srv"), TEXT("lib.srv(n: 1)")), "d", "{}", "2"),
        /* DMN 1.5: 10.4, 10.3.2.9.4: the value of an input decision is fitted to its type */
        ROW(TAKING("number", "s([4])"), "d", "{}", "4"),
        ROW(TAKING("date and time", "string(s(date(\"2020-01-02\")))"), "d", "{}",
            "\"2020-01-02T00:00:00Z\""),
        ROW(TAKING("list&lt;string>", "s(\"q\")"), "d", "{}", "[\"q\"]"),
        ROW(TAKING("tPositive", "[s(5), s(-5)]"), "d", "{}",
            "[5, null] (the value is not among those allowed for 'tPositive')"),
        ROW(TAKING("number", "s(\"x\")"), "d", "{}", "null (a string is not number)"),
    };
    check(rows, COUNT_OF(rows));
}

/* What is broken costs the element that it stands in, and those that need it. */
void test_dmn_broken_elements(void) {
#define FINE                       DECISION("fine", "number", "", TEXT("1"))
#define BROKEN(type, needs, logic) FINE DECISION("d", type, needs, logic)
    static const struct dmn_row rows[] = {
        ROW(BROKEN("tUnknown", "", TEXT("1")), "d", "{}",
            "1 ('d' has a fault: there is no type 'tUnknown')"),
        ROW(BROKEN("tUnknown", "", TEXT("1")), "fine", "{}", "1"),
        /* a name that nothing gives, wherever it stands */
        ROW(BROKEN("Any", "", TEXT("[1, b]")), "d", "{\"b\": 1}",
            "[1, null] (nothing is named 'b')"),
        ROW(BROKEN("Any", "", TEXT("[{a: 1}][a = b]")), "d", "{\"b\": 1}",
            "[] (nothing is named 'b')"),
        ROW(BROKEN("Any", "", TEXT("(function() [{a: 1}][b = a])()")), "d", "{\"b\": 1}",
            "[] (nothing is named 'b')"),
        ROW(BROKEN("Any", "", TEXT("[{a: 1}][a = 1]")), "d", "{}", "[{a: 1}]"),
        ROW(BROKEN("Any", DATA("#none"), TEXT("1")), "d", "{}",
            "1 ('d' has a fault: 'd' requires '#none', which nothing defines)"),
        ROW(BROKEN("Any", DATA("#none"), TEXT("1")), "fine", "{}", "1"),
        ROW(BROKEN("Any", "",
                   "<relation><column name='x'/><row>" TEXT("1") TEXT("2") "</row>"
                                                                           "</relation>"),
            "d", "{}", "null (a row of a relation has more cells than there are columns)"),
        ROW(FINE SERVICE("s", OUTPUTS("#none")), "s", "{}",
            "null ('s' has no value: the service 's' names '#none', which nothing defines)"),
        ROW(FINE SERVICE("s", OUTPUTS("#none")), "fine", "{}", "1"),
        ROW(ITEM("tA", TYPE("tB")) ITEM("tB", TYPE("tNone")) BROKEN("tA", "", TEXT("1")), "d", "{}",
            "1 ('d' has a fault: there is no type 'tA')"),
        ROW(ITEM("tA", TYPE("tB")) ITEM("tB", TYPE("tA")) BROKEN("tA", "", TEXT("1")), "fine", "{}",
            "1"),
        ROW(INPUT("i", "tNone") DECISION("d", "Any", DATA("#i"), TEXT("[i]")), "d", "{\"i\": 1}",
            "[1] ('i' has a fault: there is no type 'tNone')"),
        ROW(ITEM("tA", TYPE("number") "<allowedValues><text>>> 1</text></allowedValues>")
                BROKEN("tA", "", TEXT("1")),
            "d", "{}", "null (expected an expression, found '>')"),
        ROW(ITEM("tA", TYPE("number") "<allowedValues><text>>> 1</text></allowedValues>")
                BROKEN("tA", "", TEXT("1")),
            "fine", "{}", "1"),
        ROW(FINE DECISION("d", "Any", VALUE("#e"), TEXT("[e]"))
                DECISION("e", "Any", VALUE("#f") VALUE("#fine"), TEXT("1"))
                    DECISION("f", "Any", VALUE("#e"), TEXT("1")),
            "d", "{}", "[null] ('e' requires itself)"),
        ROW(FINE DECISION("d", "Any", VALUE("#d"), TEXT("1")), "fine", "{}", "1"),
        /* DMN 1.5: 6.3.3: nobody gives the import: its place is told */
        ROW(IMPORT("x", "urn:none") FINE, "fine", "{}", "m.dmn:1: no such model"),
    };
    check(rows, COUNT_OF(rows));
}
