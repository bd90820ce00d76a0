/* bpmn_positions.h - which elements the scenarios came to, in which positions; and whether one that
 * BPMN allows is missing. */
#ifndef MANDATE_TEST_BPMN_POSITIONS_H
#define MANDATE_TEST_BPMN_POSITIONS_H

#include "bpmn/step.h"

/* What happened in a play. */
void positions_see(const struct bpmn_process *process, const struct bpmn_records *records);
/* Fails for each pair of element and position that no play came to. */
void positions_check(void);

#endif
