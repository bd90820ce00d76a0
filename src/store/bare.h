/* store/bare.h - the rows of a transition written by SQLite alone: what the service is measured
 * against. Nothing is read, checked, encrypted or hashed. */
#ifndef MANDATE_STORE_BARE_H
#define MANDATE_STORE_BARE_H

#include "base/err.h"

struct store_bare {
    const char *path;       /* a copy of a service's database: the same tables, indexes and rows */
    uint64_t group;         /* transitions in one transaction */
    int64_t duration_us;    /* stops after the first transaction that ends later */
    uint64_t payload_bytes; /* of one event, as stored */
};
/* Per transition: one event appended, its case's header and one task updated; per transaction: the
 * log's edge. Same settings as the service (WAL, FULL, checkpoints of the same size). */
MUST_USE bool store_bare_run(uint64_t *transitions_out, int64_t *took_us_out,
                             const struct store_bare *bare, struct err *err);

#endif
