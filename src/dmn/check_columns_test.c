/* What the check tells of columns of each kind, of what a column reads, of values with parts or
 * without any, and of what rules give. */
#include "base/test.h"
#include "dmn/tables_test.h"

/* Between two texts, down to the last one that fits. */
/* DMN 1.5: table 54 */
void test_dmn_check_between_texts(void) {
#define TEXTS(tests)                                                                               \
    { .data = "x:string", .inputs = "x:string", .rules = tests }
    static const struct table_row rows[] = {
        {__LINE__, TEXTS("<= \"a\"|1\n>= \"a \"|2"), "gap x = \"a\\t\"\n"},
        {__LINE__, TEXTS("<= \"a\"|1\n>= \"a\\t\"|2"), "gap x = \"a\\u0001\"\n"},
        {__LINE__, TEXTS("<= \"a\"|1\n>= \"a\\u0001\"|2"), "gap x = \"a\\u0000\"\n"},
        {__LINE__, TEXTS("<= \"a\"|1\n>= \"a\\u0000\"|2"), ""},
        {__LINE__, TEXTS("> \"\"|1"), "gap x = \"\"\n"},
    };
#undef TEXTS
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* What never differs has no other values to be told of. What is not listed is null, which may stand
 * before what is. */
/* DMN 1.5: 8.2.4, 8.3.2 */
void test_dmn_check_constants(void) {
    static const struct table_row rows[] = {
        {__LINE__,
         {.inputs = "1", .rules = "1|1"},
         "undecided whether the table is complete is not known, because '1' never differs\n"},
        {__LINE__,
         {.data = "x:number",
          .inputs = "x:number",
          .outputs = LISTED("not(7)"),
          .policy = "PRIORITY",
          .rules = "-|7\n-|1"},
         "wrong type 1 0 rule 1 gives 'o' a value that is not among those listed\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* DMN 1.5: 8.2.3, 8.2.4, 8.2.7, 10.3.2.3.4 */
void test_dmn_check_values(void) {
    static const struct table_row rows[] = {
        /* values between two ends of each kind: none between those that follow each other */
        {__LINE__,
         {.data = "x:dayTimeDuration",
          .inputs = "x:dayTimeDuration",
          .rules = "<= @\"P1D\"|1\n>= @\"P3D\"|2"},
         "gap x = @\"P2D\"\n"},
        {__LINE__,
         {.data = "x:dayTimeDuration",
          .inputs = "x:dayTimeDuration",
          .rules = "[@\"PT0S\"..@\"P3D\"]|1"},
         "gap x = @\"-PT1M\"\ngap x = @\"P3DT1M\"\n"},
        {__LINE__,
         {.data = "x:dayTimeDuration",
          .inputs = "x:dayTimeDuration",
          .rules = "<= @\"PT0S\"|1\n>= @\"PT0.000000001S\"|2"},
         ""},
        {__LINE__,
         {.data = "x:dayTimeDuration",
          .inputs = "x:dayTimeDuration",
          .rules = "<= @\"PT0.000000001S\"|1\n>= @\"PT0.000000003S\"|2"},
         "gap x = @\"PT0.000000002S\"\n"},
        {__LINE__,
         {.data = "x:yearMonthDuration",
          .inputs = "x:yearMonthDuration",
          .rules = "< @\"P1Y\"|1\n> @\"P1Y\"|2"},
         "gap x = @\"P1Y\"\n"},
        {__LINE__,
         {.data = "x:yearMonthDuration",
          .inputs = "x:yearMonthDuration",
          .rules = "<= @\"P11M\"|1\n>= @\"P1Y\"|2"},
         ""},
        {__LINE__,
         {.data = "x:yearMonthDuration",
          .inputs = "x:yearMonthDuration",
          .rules = "[@\"P0M\"..@\"P1Y\"]|1"},
         "gap x = @\"-P1M\"\ngap x = @\"P1Y1M\"\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

void test_dmn_check_moments(void) {
    static const struct table_row rows[] = {
        {__LINE__,
         {.data = "x:date", .inputs = "x:date", .rules = "[@\"2026-03-01\"..@\"2026-12-31\"]|1"},
         "gap x = @\"2026-02-28\"\ngap x = @\"2027-01-01\"\n"},
        {__LINE__,
         {.data = "x:date",
          .inputs = "x:date",
          .rules = "[@\"-999999999-01-01\"..@\"999999999-12-31\"]|1"},
         ""},
        {__LINE__,
         {.data = "x:time", .inputs = "x:time", .rules = "< @\"00:00:00\"|1\n>= @\"00:00:00\"|2"},
         "unreachable rule 1\n"},
        {__LINE__,
         {.data = "x:time", .inputs = "x:time", .rules = "<= @\"23:59:59.999999999\"|1"},
         ""},
        {__LINE__,
         {.data = "x:time", .inputs = "x:time", .rules = "<= @\"23:59:58\"|1"},
         "gap x = @\"23:59:59\"\n"},
        {__LINE__,
         {.data = "x:time", .inputs = "x:time", .rules = "> @\"00:00:01Z\"|1\n< @\"00:00:01Z\"|2"},
         "gap x = @\"00:00:01Z\"\n"},
        {__LINE__,
         {.data = "x:dateTime",
          .inputs = "x:dateTime",
          .rules = "<= @\"2026-01-01T10:00:00Z\"|1\n>= @\"2026-01-01T10:00:00.5Z\"|2"},
         "gap x = @\"2026-01-01T10:00:00.001Z\"\n"},
        {__LINE__,
         {.data = "x:time",
          .inputs = "x:time",
          .rules = "<= @\"10:00:00\"|1\n>= @\"10:00:00.000000002\"|2"},
         "gap x = @\"10:00:00.000000001\"\n"},
        {__LINE__,
         {.data = "x:dateTime",
          .inputs = "x:dateTime",
          .rules = "< @\"2026-01-01T10:00:00Z\"|1\n>= @\"2026-01-01T11:00:00+01:00\"|2"},
         ""},
        {__LINE__,
         {.data = "x:dateTime",
          .inputs = "x:dateTime",
          .rules = "< @\"2026-01-01T10:00:00Z\"|1\n> @\"2026-01-01T11:00:00+01:00\"|2"},
         "gap x = @\"2026-01-01T10:00:00Z\"\n"},
        {__LINE__,
         {.data = "s:string", .inputs = "s:string", .rules = "< \"\"|1\n>= \"\"|2"},
         "unreachable rule 1\n"},
        {__LINE__,
         {.data = "s:string", .inputs = "s:string", .rules = ">= \" \"|1"},
         "gap s = \"\"\n"},
        {__LINE__,
         {.data = "s:string",
          .inputs = "s:string",
          .rules = "\"something else\", \"another value\", \"yet another value\"|1"},
         "gap s = \"another value 2\"\n"},
        {__LINE__,
         {.data = "d:date",
          .inputs = "d:date and time",
          .rules = "< @\"2026-01-01T00:00:00Z\"|1\n> @\"2026-01-01T00:00:00Z\"|1"},
         "gap d = @\"2026-01-01T00:00:00Z\"\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

void test_dmn_check_reads(void) {
    static const struct table_row rows[] = {
        /* what a column reads: iterations and their names, ranges, functions, arguments by name */
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|some i in [1, 2] satisfies i > a:boolean",
          .rules = "<2|-|1\n>=2|false|2"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number|b:number",
          .inputs = "a:number|some a in [1, 2] satisfies a > b:boolean",
          .rules = "<2|-|1\n>=2|false|2"},
         "gap a = 2, some a in [1, 2] satisfies a > b = true\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|every i in [a] satisfies i = 0 + i:boolean",
          .rules = "-|true|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|count(for i in 1..a return i):number",
          .rules = "-|> 0|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|count(for i in [1], k in [i, a] return k):number",
          .rules = "-|2|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number|b:number",
          .inputs = "a:number|count(for a in [1], k in [a, b] return k + a):number",
          .rules = "-|2|1"},
         "gap count(for a in [1], k in [a, b] return k + a) = 1\n"
         "gap count(for a in [1], k in [a, b] return k + a) = 3\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|modulo(dividend; a, divisor; 1):number",
          .rules = "-|0|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "dividend:number|b:number",
          .inputs = "dividend:number|modulo(dividend; b, divisor; 1):number",
          .rules = "-|>=0|1"},
         "gap modulo(dividend: b, divisor: 1) = -1\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|(function(x) x + a)(1) > a:boolean",
          .rules = "-|true|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number|b:number",
          .inputs = "a:number|(function(a) a + b)(1):number",
          .rules = "-|>=0|1"},
         "gap (function(a) a + b)(1) = -1\n"},
        {__LINE__,
         {.data = "a:number|b:number",
          .inputs = "a:number|if b > 1 then 2 else a - a:number",
          .rules = "-|0,2|1"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number|0 between a and a + 1:boolean",
          .rules = ">=-1|-|1\n<-1|false|2"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
        {__LINE__,
         {.data = "a", .inputs = "a:number|a:string", .rules = "<5|-|1\n>=5|\"x\"|2"},
         "undecided 0 0 columns 1 and 2 both depend on 'a'\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* DMN 1.5: 7.3.3, 8.2.4 */
void test_dmn_check_allowed(void) {
    static const struct table_row rows[] = {
        /* values with parts, and values of which none is allowed */
        {__LINE__,
         {.items = "<itemDefinition name='tP'><itemComponent name='x'><typeRef>number</typeRef>"
                   "</itemComponent></itemDefinition>",
          .data = "p:tP",
          .inputs = "p:tP",
          .rules = "1|1"},
         "undecided 1 0 'p' is no single value\n"},
        {__LINE__,
         {.items = "<itemDefinition name='tP'><itemComponent name='x'><typeRef>number</typeRef>"
                   "</itemComponent></itemDefinition>",
          .data = "p:tP",
          .inputs = "p:tP|p.x:number",
          .rules = "not(null)|<5|1\n-|>5|2"},
         "undecided 0 0 columns 1 and 2 both depend on 'p'\n"},
        {__LINE__,
         {.data = "a:number", .inputs = "a:number:(5..5)", .rules = "<5|1\n<6|2"},
         "unreachable rule 1\nunreachable rule 2\n"},
        {__LINE__,
         {.data = "a:number", .inputs = "a:number:-", .rules = "<5|1\n>5|2"},
         "gap a = 5\n"},
        {__LINE__, {.data = "a", .inputs = "a::[0..9]", .rules = "<5|1\n>5|2"}, "gap a = 5\n"},
        {__LINE__,
         {.items = ITEM("t1", "number", ALLOWED("> 1")) ITEM("t2", "t1", ALLOWED("> 2"))
              ITEM("t3", "t2", ALLOWED("> 3")) ITEM("t4", "t3", ALLOWED("> 4"))
                  ITEM("t5", "t4", ALLOWED("> 5")) ITEM("t6", "t5", ALLOWED("> 6"))
                      ITEM("t7", "t6", ALLOWED("> 7")) ITEM("t8", "t7", ALLOWED("> 8")),
          .data = "a:t8",
          .inputs = "a:t8",
          .rules = "< 20|1"},
         "gap a = 20\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* DMN 1.5: 8.2.5, 8.2.10, hit policy any, hit policy priority */
void test_dmn_check_outputs(void) {
    static const struct table_row rows[] = {
        /* of two columns one is known, the other computed */
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .outputs = "<output name='x'/><output name='y'/>",
          .policy = "ANY",
          .rules = "<=5|1|a\n>=5|2|a+1"},
         "overlap 1 2 a = 5\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .outputs = "<output name='x'/><output name='y'/>",
          .policy = "ANY",
          .rules = "<=5|1|a\n>=5|1|a+1"},
         "undecided 1 2 a = 5 rules 1 and 2 match both, and their outputs are computed\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .outputs = "<output name='x'/><output name='y'/>",
          .policy = "ANY",
          .rules = "<=5|1|a\n>=5|1|a"},
         ""},
        {__LINE__,
         {.data = "", .inputs = "", .policy = "ANY", .rules = "1\n2"},
         "overlap 1 2 any input\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* DMN 1.5: 8.2.10, hit policy priority, hit policy rule order */
void test_dmn_check_priorities(void) {
    static const struct table_row rows[] = {
        /* a value that is computed has no place in the order; one test has one place; of several
         * columns the first counts first */
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = LISTED("1,2"),
          .rules = "-|a\n-|2\n-|1"},
         "unreachable rule 2\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = LISTED("? &lt; 3, 10"),
          .rules = "-|10\n-|1"},
         "unreachable rule 1\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = LISTED("1, 2, ? &lt; a"),
          .rules = "-|5\n-|2"},
         ""},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = LISTED("? &lt; a, 10"),
          .rules = "-|10\n-|1"},
         ""},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = LISTED("? &lt; 3, 10"),
          .rules = "-|1\n-|2"},
         ""},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "PRIORITY",
          .outputs = "<output name='x'><outputValues><text>1, 2</text></outputValues></output>"
                     "<output name='y'><outputValues><text>1, 2</text></outputValues></output>",
          .rules = "not(null)|2|1\nnot(null)|1|2\n<5|1|1\n>=5|1|1"},
         "unreachable rule 1\nunreachable rule 2\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}

/* DMN 1.5: 8.2.5, 7.3.3 */
void test_dmn_check_types(void) {
    static const struct table_row rows[] = {
        /* which type the outputs take from the decision, by the policy */
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "COLLECT' aggregation='COUNT",
          .result = "number",
          .rules = "-|\"x\""},
         ""},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "COLLECT' aggregation='SUM",
          .result = "number",
          .rules = "-|\"x\""},
         "wrong type 1 0 rule 1 gives 'D' a value that is of another type\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .policy = "RULE ORDER",
          .result = "list&lt;number&gt;",
          .rules = "-|\"x\"\n-|1"},
         "wrong type 1 0 rule 1 gives 'D' a value that is of another type\n"},
        {__LINE__,
         {.data = "a:number",
          .inputs = "a:number",
          .outputs = "<output typeRef='tColor'/>",
          .items = COLORS,
          .rules = "-|\"black\""},
         "wrong type 1 0 rule 1 gives 'D' a value that is not allowed\n"},
    };
    tables_check(rows, COUNT_OF(rows), __FILE__);
}
