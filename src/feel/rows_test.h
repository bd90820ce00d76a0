/* feel/rows_test.h - one row of a table of tests: an expression and what it prints. */
#ifndef MANDATE_FEEL_ROWS_TEST_H
#define MANDATE_FEEL_ROWS_TEST_H

struct feel_row {
    int line;
    const char *clauses; /* NULL, or told of a row that fails */
    const char *data;    /* its names, a context of FEEL; NULL: there are none */
    const char *text;
    const char *want; /* as feel_print() has it; "refused" for what is no FEEL: ERR_SYNTAX */
};

/* The moment is 2026-11-21T10:00:00Z. */
void feel_row_check(const char *file, struct feel_row row);

#endif
