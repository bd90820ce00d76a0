/* dmn/tables_test.h - tables written as text, rules on lines, cells between bars; and what the
 * check tells of them, row by row. */
#ifndef MANDATE_DMN_TABLES_TEST_H
#define MANDATE_DMN_TABLES_TEST_H

#include "dmn/dmn.h"

struct table_source {
    const char *items;   /* item definitions */
    const char *data;    /* "a:number|p:tPerson": input data */
    const char *inputs;  /* "a:number|p.age": expressions, types; ":number:[0..9]" with values; a
                          * colon of the expression is written ; */
    const char *outputs; /* XML; NULL: one without a type */
    const char *result;  /* the type of the decision; NULL: none */
    const char *policy;  /* "UNIQUE"; also with an aggregation */
    const char *rules;   /* "<18|1\n>=18|2" */
};

struct table_checked {
    struct arena *arena;
    struct dmn_model *model;
    const struct dmn_finding *found;
    size_t count;
};

struct table_row {
    int line;
    struct table_source source;
    const char *want; /* a line each: kind, rules, input, and of some the end of the text */
};

#define ITEM(name, base, tests)                                                                    \
    "<itemDefinition name='" name "'><typeRef>" base "</typeRef>" tests "</itemDefinition>"
#define ALLOWED(tests)    "<allowedValues><text>" tests "</text></allowedValues>"
#define CONSTRAINT(tests) "<typeConstraint><text>" tests "</text></typeConstraint>"
#define COLORS            ITEM("tColor", "string", ALLOWED("\"red\",\"green\",\"blue\""))
#define OUTPUT(attributes, values, other)                                                          \
    "<output name='o' " attributes "><outputValues><text>" values                                  \
    "</text></outputValues><defaultOutputEntry><text>" other                                       \
    "</text></defaultOutputEntry></output>"
#define LISTED(values)                                                                             \
    "<output name='o'><outputValues><text>" values "</text></outputValues></output>"

/* The part before the separator, cut off *rest. */
struct str table_cut(struct str *rest, char separator);
/* The findings; yours: the arena. */
struct table_checked table_check(const struct table_source *source, int line);
void tables_check(const struct table_row *rows, size_t count, const char *file);

#endif
