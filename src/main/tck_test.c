/* The compatibility kit, read in place: every folder but the one whose cases call Java.
 * DMN 1.5: 2.1, 2.2.2 */
#include "main/tck.h"

#include <stdlib.h>

#include "base/test.h"
#include "os/file.h"

static void run_level(const char *level, struct arena *a) {
    struct os_entry *entries;
    size_t count;
    struct err err = {0};
    CHECK_OK(os_folder_list(&entries, &count, level, a, &err), &err);
    for (size_t i = 0; err.code == ERR_NONE && i < count; i++) {
        struct tck_totals totals = {0};
        if (str_eq(entries[i].name, STR("0076-feel-external-java")))
            continue;
        const char *folder = arena_printf(a, "%s/%.*s", level, STR_ARG(entries[i].name)).at;
        CHECK_OK(tck_run(&totals, folder, &err), &err);
        CHECK(totals.failed == 0 && totals.passed > 0);
    }
}

void test_dmn_tck(void) {
    const char *suites = test_suites();
    if (suites == NULL) {
        test_skip("the suites are not here; the kit is github.com/dmn-tck/tck");
        return;
    }
    struct arena *a = arena_create("test", 16 << 20);
    run_level(arena_printf(a, "%s/dmn-tck/compliance-level-2", suites).at, a);
    run_level(arena_printf(a, "%s/dmn-tck/compliance-level-3", suites).at, a);
    arena_destroy(a);
}

/* --- the runner itself, by folders of a model or more and one test file --------------------------
 */
#define DMN "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL(ns, body)                                                                            \
    "<definitions xmlns='" DMN "' namespace='" ns "' name='m'>" body "</definitions>"
#define DECIDE(name, feel)                                                                         \
    "<decision id='" name "' name='" name "'><literalExpression><text>" feel                       \
    "</text></literalExpression></decision>"
#define INPUT(name)  "<inputData id='" name "' name='" name "'/>"
#define IMPORT(name) "<import name='" name "' namespace='urn:" name "' importType='" DMN "'/>"
#define DATA(href)                                                                                 \
    "<informationRequirement><requiredInput href='" href "'/></informationRequirement>"
#define CASE(attributes, nodes) "<testCase id='1' " attributes ">" nodes "</testCase>"
#define WANT(attributes, value)                                                                    \
    "<resultNode " attributes "><expected>" value "</expected></resultNode>"
#define GIVEN(attributes, value) "<inputNode " attributes ">" value "</inputNode>"
#define VALUE(type, text)        "<value xsi:type='xsd:" type "'>" text "</value>"
#define N(text)                  VALUE("decimal", text)
#define PART(name, value)        "<component name='" name "'>" value "</component>"
#define SERVICE                                                                                    \
    DECIDE("a", "{x: 1}")                                                                          \
    DECIDE("b", "2")                                                                               \
    "<decisionService id='s' name='s'><outputDecision href='#a'/><outputDecision href='#b'/>"      \
    "</decisionService>"
#define ECHO                                                                                       \
    INPUT("i")                                                                                     \
    "<decision id='d' name='d'>" DATA("#i") "<literalExpression><text>i</text>"                    \
                                            "</literalExpression></decision>"

struct kit_row {
    int line;
    const char *model, *other; /* main.dmn, and zz-main.dmn beside it; NULL: none */
    const char *cases;
    int passed, failed;
};

static void write_file(struct arena *a, const char *folder, const char *name, const char *text) {
    struct err err = {0};
    CHECK_OK(os_file_write(arena_printf(a, "%s/%s", folder, name).at, str_from(text), &err), &err);
}

static void check_kit(const struct kit_row *row) {
    char folder[] = "/tmp/mandate-tck-XXXXXX";
    struct arena *a = arena_create("kit", 1 << 20);
    struct tck_totals totals = {0};
    struct err err = {0};
    CHECK(mkdtemp(folder) != NULL);
    write_file(a, folder, "main.dmn", row->model);
    if (row->other != NULL)
        write_file(a, folder, "zz-main.dmn", row->other);
    write_file(a, folder, "test.xml",
               arena_printf(a,
                            "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase' "
                            "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                            "xmlns:xsd='http://www.w3.org/2001/XMLSchema'>"
                            "<modelName>main.dmn</modelName>%s</testCases>",
                            row->cases)
                   .at);
    CHECK_OK_AT(row->line, tck_run(&totals, folder, &err), &err);
    CHECK_INT_AT(row->line, totals.passed, row->passed);
    CHECK_INT_AT(row->line, totals.failed, row->failed);
    CHECK_OK(os_folder_remove(folder, &err), &err);
    arena_destroy(a);
}

#define PASSES(model, other, cases)                                                                \
    { __LINE__, MODEL("urn:m", model), other, cases, 1, 0 }
#define FAILS(model, other, cases)                                                                 \
    { __LINE__, MODEL("urn:m", model), other, cases, 0, 1 }

void test_dmn_tck_nodes(void) {
#define OF_S "invocableName='s' type='decisionService'"
#define BOTH PART("a", PART("x", N("1"))) PART("b", N("2"))
#define SUM                                                                                        \
    IMPORT("lib")                                                                                  \
    INPUT("n")                                                                                     \
    "<decision id='d' name='d'>" DATA("#n") DATA("urn:lib#n") "<literalExpression><text>n - lib.n" \
                                                              "</text></literalExpression>"        \
                                                              "</decision>"
#define LIB MODEL("urn:lib", INPUT("n") DECIDE("r", "5"))
    static const struct kit_row rows[] = {
        /* an output is compared with itself, also where it is a context, */
        PASSES(SERVICE, NULL, CASE(OF_S, WANT("name='a'", PART("x", N("1"))))),
        PASSES(SERVICE, NULL, CASE(OF_S, WANT("name='b'", N("2")))),
        FAILS(SERVICE, NULL, CASE(OF_S, WANT("name='a'", BOTH))),
        /* and the service's name means all of them */
        PASSES(SERVICE, NULL, CASE(OF_S, WANT("name='s'", BOTH))),
        /* testCases.xsd: the namespace of a node */
        PASSES(SUM, LIB,
               CASE("", GIVEN("name='n'", N("7")) GIVEN("name='n' namespace='urn:lib'", N("2"))
                            WANT("name='d'", N("5")))),
        PASSES(IMPORT("lib"), LIB, CASE("", WANT("name='r' namespace='urn:lib'", N("5")))),
        FAILS(IMPORT("lib"), LIB, CASE("", WANT("name='r'", N("5")))),
        /* names before ids */
        PASSES("<decision id='b' name='a'><literalExpression><text>1</text></literalExpression>"
               "</decision><decision id='a' name='b'><literalExpression><text>2</text>"
               "</literalExpression></decision>",
               NULL, CASE("", WANT("name='a'", N("1")))),
        /* DMN 1.5: 10.3.1.4: blanks beside symbols */
        PASSES(DECIDE("d", "{a - b: 1, c/d: 2}"), NULL,
               CASE("", WANT("name='d'", PART("a - b", N("1")) PART("c / d", N("2"))))),
        FAILS(DECIDE("d", "{a b: 1}"), NULL, CASE("", WANT("name='d'", PART("ab", N("1"))))),
        /* the models: by the whole name of the file, and broken ones cost nobody else */
        PASSES(DECIDE("d", "1"), MODEL("urn:z", DECIDE("d", "2")),
               CASE("", WANT("name='d'", N("1")))),
        PASSES(DECIDE("d", "1"), "<definitions", CASE("", WANT("name='d'", N("1")))),
        PASSES(DECIDE("d", "1"), "<!DOCTYPE d><d/>", CASE("", WANT("name='d'", N("1")))),
        {__LINE__, "<definitions", MODEL("urn:m", DECIDE("d", "1")),
         CASE("", WANT("name='d'", N("1"))) CASE("", WANT("name='d'", N("1"))), 0, 2},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_kit(&rows[i]);
}

void test_dmn_tck_values(void) {
#define SAME(type, text, feel)                                                                     \
    PASSES(DECIDE("d", feel), NULL, CASE("", WANT("name='d'", VALUE(type, text))))
    static const struct kit_row rows[] = {
        SAME("int", "5", "5"),
        SAME("long", "5", "5"),
        SAME("short", "-5", "-5"),
        SAME("byte", "5", "5"),
        SAME("float", "1.5", "1.5"),
        SAME("positiveInteger", "5", "5"),
        SAME("nonNegativeInteger", "0", "0"),
        SAME("unsignedInt", "5", "5"),
        SAME("boolean", "1", "true"),
        SAME("boolean", "0", "false"),
        SAME("date", "2020-01-01", "date(\"2020-01-01\")"),
        PASSES(ECHO, NULL, CASE("", GIVEN("name='i'", VALUE("int", "3")) WANT("name='d'", N("3")))),
        PASSES(DECIDE("d", "null"), NULL, CASE("", WANT("name='d'", "<value xsi:nil='1'/>"))),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_kit(&rows[i]);
}
