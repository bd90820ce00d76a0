/* dmn/rows_test.h - rows that load a model and ask an element of it, for the tests of this folder.
 */
#ifndef MANDATE_DMN_ROWS_TEST_H
#define MANDATE_DMN_ROWS_TEST_H

#include "dmn/dmn.h"

struct dmn_row {
    int line;
    const char *body; /* the model, from <definitions> on */
    const char *element, *inputs;
    const char *want; /* the value, or "refused: " and the error */
};

struct dmn_row_way {
    const char *file;     /* of the rows */
    dmn_import_fn import; /* NULL: none */
    bool strict;
    bool told; /* the first diagnosis in brackets behind the value, errors as "file:line: text" */
};

void dmn_row_check(const struct dmn_row *row, const struct dmn_row_way *way);

#endif
