/* feel/rows_test.h - what tables of tests share: a row is an expression and what it prints. */
#ifndef MANDATE_FEEL_ROWS_TEST_H
#define MANDATE_FEEL_ROWS_TEST_H

#include "base/buf.h"

struct feel_row {
    int line;
    const char *clauses; /* NULL, or told of a row that fails */
    const char *data;    /* its names, a context of FEEL; NULL: there are none */
    const char *text;
    /* As feel_print() has it; "refused" for what is no FEEL: ERR_SYNTAX; "limit": ERR_LIMIT. */
    const char *want;
};

/* The moment is 2026-11-21T10:00:00Z. */
void feel_row_check(const char *file, struct feel_row row);

/* Rows without data, of one clause or more each. */
struct clause_row {
    int line;
    const char *clauses, *text, *want;
};
#define CLAUSE(clauses, text, want)                                                                \
    { __LINE__, clauses, text, want }
void feel_clauses_check(const char *file, const struct clause_row *rows, size_t count);

/* A text of many parts: begin, part so many times ('#' is its number, from 0), end. */
struct feel_parts {
    const char *begin, *part;
    int count;
    const char *end;
};
void feel_parts_print(struct buf *out, struct feel_parts parts);

#endif
