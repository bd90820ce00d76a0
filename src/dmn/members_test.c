/* Members with blanks or symbols in their names, read where no typeRef tells of them: a model, an
 * input, what the decision d gives. */
#include "dmn/rows_test.h"

#include "base/test.h"

#define TEXT(feel)         "<literalExpression><text>" feel "</text></literalExpression>"
#define ENTRY(name, logic) "<contextEntry><variable name=\"" name "\"/>" logic "</contextEntry>"
#define RESULT(logic)      "<contextEntry>" logic "</contextEntry>"
#define BOX(entries)       "<context>" entries "</context>"
#define DECISION(name, needs, logic)                                                               \
    "<decision id='" name "' name='" name "'><variable name='" name "'/>" needs logic "</"         \
    "decision>"
#define NEEDS(name)                                                                                \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define NEEDS_INPUT(name)                                                                          \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define CALLS(name)                                                                                \
    "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "'" type "/></inputData>"
#define FUNCTION(name, parameters, logic)                                                          \
    "<businessKnowledgeModel id='" name "' name='" name "'><encapsulatedLogic>" parameters logic   \
    "</encapsulatedLogic></businessKnowledgeModel>"
#define PEOPLE                                                                                     \
    "<relation><column name='first name'/><column name='age'/>"                                    \
    "<row>" TEXT("\"a\"") TEXT("1") "</row><row>" TEXT("\"b\"") TEXT("2") "</row></relation>"
#define TABLE                                                                                      \
    "<decisionTable><input><inputExpression><text>1</text></inputExpression></input>"              \
    "<output name='out one'/><output "                                                             \
    "name='out-two'/><rule><inputEntry><text>-</text></inputEntry>"                                \
    "<outputEntry><text>\"A\"</text></outputEntry><outputEntry><text>\"B\"</text></outputEntry>"   \
    "</rule></decisionTable>"
#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'>" body "</definitions>"

struct row {
    int line;
    const char *body, *input, *want;
};

static void check(const struct row *rows, size_t count) {
    static const struct dmn_row_way way = {.file = __FILE__, .strict = true};
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        dmn_row_check(&(struct dmn_row){row->line, row->body, "d", row->input, row->want}, &way);
    }
}

void test_dmn_members_of_boxes(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.2.1.4, 10.3.1.4: entries of boxed contexts */
        {__LINE__,
         MODEL(DECISION("c", "", BOX(ENTRY("monthly fee", TEXT("3"))))
                   DECISION("d", NEEDS("c"), TEXT("c.monthly fee"))),
         "{}", "3"},
        {__LINE__,
         MODEL(DECISION("c", "", BOX(ENTRY("net - gross", TEXT("3"))))
                   DECISION("d", NEEDS("c"), TEXT("c.net - gross + [c].net-gross[1]"))),
         "{}", "6"},
        {__LINE__,
         MODEL(DECISION("c", "", BOX(ENTRY("client's age", TEXT("3")))) DECISION(
             "e", NEEDS("c"), TEXT("c")) DECISION("d", NEEDS("e"), TEXT("e.client's age + 1"))),
         "{}", "4"},
        {__LINE__,
         MODEL(DECISION("d", "",
                        BOX(ENTRY("my c", BOX(ENTRY("deep/val", TEXT("5"))))
                                ENTRY("r", TEXT("my c.deep/val")) RESULT(TEXT("r"))))),
         "{}", "5"},
        {__LINE__,
         MODEL(FUNCTION("f", "", BOX(ENTRY("profit and loss", TEXT("3"))))
                   DECISION("d", CALLS("f"), TEXT("f().profit and loss"))),
         "{}", "3"},
        /* DMN 1.5: 10.3.1.4: keys in a text of another decision */
        {__LINE__,
         MODEL(DECISION("c", "", TEXT("{net - gross: 3, \"a/b\": 4}"))
                   DECISION("d", NEEDS("c"), TEXT("[c.net - gross, c.a/b]"))),
         "{}", "[3, 4]"},
        /* DMN 1.5: 10.2.1.6, 10.2.1.9: columns of relations */
        {__LINE__,
         MODEL(DECISION("p", "", PEOPLE)
                   DECISION("d", NEEDS("p"), TEXT("[p.first name, p[first name = \"b\"].age]"))),
         "{}", "[[\"a\", \"b\"], [2]]"},
        {__LINE__,
         MODEL(DECISION("d", "",
                        "<filter><in>" PEOPLE
                        "</in><match>" TEXT("first name = \"b\"") "</match></filter>")),
         "{}", "[{\"first name\": \"b\", age: 2}]"},
        {__LINE__,
         MODEL(DECISION("d", "",
                        "<for iteratorVariable='i'><in>" PEOPLE
                        "</in><return>" TEXT("i.first name") "</return></for>")),
         "{}", "[\"a\", \"b\"]"},
        /* DMN 1.5: 8.3.3: outputs of a decision table */
        {__LINE__,
         MODEL(DECISION("t", "", TABLE) DECISION("d", NEEDS("t"), TEXT("t.out one + t.out-two"))),
         "{}", "\"AB\""},
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_members_that_are_functions(void) {
#define SERVICE                                                                                    \
    INPUT("n", " typeRef='number'")                                                                \
    "<decision id='o' name='o'><variable name='o' typeRef='string'/>" NEEDS_INPUT("n")             \
        TEXT("string(n)") "</decision><decisionService id='s' name='s'>"                           \
                          "<outputDecision href='#o'/><inputData href='#n'/></decisionService>"
#define TYPED                                                                                      \
    "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter name='n' "        \
    "typeRef='number'/><literalExpression typeRef='number'><text>n</text></literalExpression>"     \
    "</encapsulatedLogic></businessKnowledgeModel>"
    static const struct row rows[] = {
        /* DMN 1.5: table 43: the type of a function is told by its body too */
        {__LINE__,
         MODEL(TYPED DECISION("d", CALLS("f"), TEXT("f instance of function&lt;number>->number"))),
         "{}", "true"},
        {__LINE__,
         MODEL(TYPED DECISION("d", CALLS("f"), TEXT("f instance of function&lt;number>->string"))),
         "{}", "false"},
        {__LINE__, MODEL(TYPED DECISION("d", CALLS("f"), TEXT("f(3)"))), "{}", "3"},
        /* DMN 1.5: 10.4: a service is a function of its inputs */
        {__LINE__,
         MODEL(
             SERVICE DECISION("d", CALLS("s"), TEXT("s instance of function&lt;number>->string"))),
         "{}", "true"},
        {__LINE__,
         MODEL(
             SERVICE DECISION("d", CALLS("s"), TEXT("s instance of function&lt;number>->number"))),
         "{}", "false"},
        {__LINE__,
         MODEL(
             SERVICE DECISION("d", CALLS("s"), TEXT("s instance of function&lt;string>->string"))),
         "{}", "false"},
    };
    check(rows, COUNT_OF(rows));
}

void test_dmn_members_of_data(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.1.5: data without a type */
        {__LINE__, MODEL(INPUT("q", "") DECISION("d", NEEDS_INPUT("q"), TEXT("q.full name"))),
         "{\"q\": {\"full name\": \"Bob\"}}", "\"Bob\""},
        {__LINE__,
         MODEL(INPUT("q", " typeRef='context'")
                   DECISION("d", NEEDS_INPUT("q"), TEXT("q[full name = \"Bob\"].full name"))),
         "{\"q\": {\"full name\": \"Bob\"}}", "[\"Bob\"]"},
        {__LINE__,
         MODEL(
             FUNCTION("f", "<formalParameter name='l'/>", TEXT("l[first name = \"x\"].first name"))
                 DECISION("d", CALLS("f"), TEXT("f([{first name: \"x\"}])"))),
         "{}", "[\"x\"]"},
        /* DMN 1.5: 10.4: a service with several outputs */
        {__LINE__,
         MODEL(DECISION("dec one", "", TEXT("1")) DECISION(
             "dec-two", "",
             TEXT("2")) "<decisionService id='s' name='my serv'><outputDecision href='#dec one'/>"
                        "<outputDecision href='#dec-two'/></decisionService>" DECISION(
                            "d", CALLS("s"), TEXT("my serv().dec one + my serv().dec-two"))),
         "{}", "3"},
        /* DMN 1.5: 10.3.1.6: a type tells that the name of another's member is none of its own */
        {__LINE__,
         MODEL("<itemDefinition name='tA'><itemComponent name='gross'><typeRef>number</typeRef>"
               "</itemComponent></itemDefinition><itemDefinition name='tB'>"
               "<itemComponent name='gross-tax'><typeRef>number</typeRef></itemComponent>"
               "</itemDefinition>" INPUT("a", " typeRef='tA'") INPUT("b", " typeRef='tB'")
                   INPUT("tax", " typeRef='number'")
                       DECISION("d", NEEDS_INPUT("a") NEEDS_INPUT("b") NEEDS_INPUT("tax"),
                                TEXT("[a.gross - tax, [a][gross - tax > 1].gross[1], "
                                     "b.gross - tax]"))),
         "{\"a\": {\"gross\": 10}, \"b\": {\"gross-tax\": 1}, \"tax\": 3}", "[7, 10, 1]"},
    };
    check(rows, COUNT_OF(rows));
}
