/* store/shared.h - what verify and rebuild do with rows that follow from single events: messages
 * that wait, what was deployed and deleted; and with rows between streams: whom a message reached,
 * start events. Only src/store includes this. */
#ifndef MANDATE_STORE_SHARED_H
#define MANDATE_STORE_SHARED_H

#include "store/inner.h"
#include "store/message.h"
#include "store/process.h"

struct store_shared {
    struct db_conn *conn;
    const struct store_processes *processes;
    store_report *report;
    void *ctx;
};
/* kind: "message_published", "deployed", "resource_deleted"; plain: the event's bytes. */
struct store_shared_event {
    uint64_t stream;
    int64_t at_us;
    struct str kind, plain;
};
/* One line for each row that is not what the event says. ERR_CORRUPT when the event is damaged. */
MUST_USE bool store_shared_compare(const struct store_shared *s,
                                   const struct store_shared_event *event, struct arena *arena,
                                   struct err *err);
/* Rows that no event tells of, and rows that do not fit each other. Reads the table case_end. */
MUST_USE bool store_shared_strays(const struct store_shared *s, struct err *err);
/* The row of a message that waits. */
MUST_USE bool store_shared_rebuild(struct db_conn *conn, const struct store_shared_event *event,
                                   struct arena *arena, struct err *err);
/* Before the events are gone through: what is made anew is deleted. After: what follows from rows.
 */
MUST_USE bool store_shared_clear(struct db_conn *conn, struct err *err);
MUST_USE bool store_shared_finish(struct db_conn *conn, struct err *err);

#endif
