/* main/tck.h - running folders of the DMN Technology Compatibility Kit. */
#ifndef MANDATE_MAIN_TCK_H
#define MANDATE_MAIN_TCK_H

#include "base/err.h"

struct tck_totals {
    int passed, failed, skipped; /* cases */
};

/* Adds to *out; a line on standard output for each failure. False when a folder cannot be read. */
MUST_USE bool tck_run(struct tck_totals *out, const char *folder, struct err *err);

#endif
