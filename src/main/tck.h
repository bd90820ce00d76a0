/* main/tck.h - running folders of the DMN Technology Compatibility Kit. */
#ifndef MANDATE_MAIN_TCK_H
#define MANDATE_MAIN_TCK_H

#include "cal/zone.h"
#include "dmn/dmn.h"
#include "feel/value.h"
#include "xml/xml.h"

struct tck_totals {
    int passed, failed, skipped; /* cases */
};

/* Adds to *out; a line on standard output for each failure. False when a folder cannot be read. */
MUST_USE bool tck_run(struct tck_totals *out, const char *folder, struct err *err);

/* --- tck_value.c: the kit's files, element by element -------------------------------------------
 */
struct tck_reader {
    struct arena *arena;
    const struct cal_zones *zones;
};

bool tck_is(const struct xml_node *node, const char *name); /* in any namespace; NULL is nothing */
const struct xml_node *tck_child(const struct xml_node *node, const char *name); /* the first */
/* What a node holds as value, list or components; null for what is none, or nested too deeply. */
struct feel_value tck_value(const struct tck_reader *t, const struct xml_node *node);
/* The inputNodes of a testCase as a context; those with the namespace of an import as prefix.name.
 */
struct feel_value tck_inputs(const struct tck_reader *t, const struct xml_node *test,
                             const struct dmn_model *model);
/* Is it the expected value? Numbers may differ by 1e-8; blanks beside the symbols of names do not
 * count. */
bool tck_matches(struct feel_value got, struct feel_value want);

#endif
