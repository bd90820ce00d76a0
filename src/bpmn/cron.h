/* bpmn/cron.h - cron expressions of timers; for src/bpmn alone. Pure. */
#ifndef MANDATE_BPMN_CRON_H
#define MANDATE_BPMN_CRON_H

#include "bpmn/timer.h"

/* False, *out unchanged, when the text is no such expression. It may still never come (30 2): then
 * bpmn_cron_next() says so. */
MUST_USE bool bpmn_cron_read(struct bpmn_cron *out, struct str text);
/* The first whole second after a moment that fits on the zone's wall clock; BPMN_NEVER. */
int64_t bpmn_cron_next(const struct bpmn_cron *cron, int64_t after_us, const struct cal_zone *zone);

#endif
