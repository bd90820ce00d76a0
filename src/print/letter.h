/* print/letter.h - a letter's HTML as blocks. Inside this folder only. */
#ifndef MANDATE_PRINT_LETTER_H
#define MANDATE_PRINT_LETTER_H

#include "base/arena.h"
#include "base/err.h"

enum letter_class {
    LETTER_RIGHT = 1,
    LETTER_CENTER = 2,
    LETTER_SMALL = 4,
    LETTER_NO = 8,    /* the number line */
    LETTER_SEAL = 16, /* the place of seal and date */
    LETTER_PAGE = 32, /* begins a page */
    LETTER_FLUSH = 64 /* no indent: the addressee's line */
};

enum letter_kind { LETTER_H1, LETTER_H2, LETTER_P, LETTER_ITEM, LETTER_TABLE, LETTER_RULE };

struct letter_span { /* bytes from..to of the text are set so */
    size_t from, to;
    bool strong, em, small;
    struct letter_span *next;
};

struct letter_text {
    struct str text; /* UTF-8, blanks collapsed, U+2028 for <br> */
    struct letter_span *spans;
};

struct letter_cell {
    bool head;
    unsigned classes; /* enum letter_class */
    struct letter_text text;
    struct letter_cell *next;
};

struct letter_row {
    struct letter_cell *cells;
    size_t cell_count;
    struct letter_row *next;
};

struct letter_block {
    enum letter_kind kind;
    unsigned classes;
    bool chinese;    /* lang="zh" */
    uint32_t number; /* of an item in <ol>, from 1; 0 in <ul> */
    struct letter_text text;
    struct letter_row *rows;
    size_t column_count; /* of a table: the most cells in a row */
    struct letter_block *next;
};

enum {
    LETTER_DEPTH_MAX = 16,
    LETTER_COLUMNS_MAX = 8,            /* more cannot be read on A4 */
    LETTER_ARENA_BYTES_MAX = 512 << 20 /* a cell or span of 3 bytes of HTML takes about 100 */
};

/* *out is the first block, NULL for an empty letter; everything is in arena. chinese: the language
 * where no lang attribute says otherwise. Errors: as print_letter_check(). */
MUST_USE bool letter_read(struct letter_block **out, struct str html, bool chinese,
                          const char *source, struct arena *arena, struct err *err);

#endif
