/* main/zones.h - time zones for commands: the machine's zone files, read when they are asked for.
 * One thread. */
#ifndef MANDATE_MAIN_ZONES_H
#define MANDATE_MAIN_ZONES_H

#include "base/arena.h"
#include "cal/zone.h"

struct zones {
    struct cal_zones zones; /* hand out &z.zones */
    struct arena *arena;
    struct zones_item *first;
};

/* Zones live in the arena. z must stay where it is. */
void zones_init(struct zones *z, struct arena *a);

#endif
