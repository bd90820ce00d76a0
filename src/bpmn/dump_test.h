/* bpmn/dump_test.h - all that was read of a file, as text, for comparing two readings. */
#ifndef MANDATE_BPMN_DUMP_TEST_H
#define MANDATE_BPMN_DUMP_TEST_H

#include "bpmn/model.h"

/* Every field but lines, so that a file that was only laid out anew gives the same. */
void dump_model(struct buf *out, const struct bpmn_model *model);

#endif
