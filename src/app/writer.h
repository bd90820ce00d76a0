/* app/writer.h - the one thread that changes the database. Jobs wait in a bounded queue; the writer
 * takes all that wait, runs them in one transaction, commits once, and then answers every one. It
 * knows nothing of what a job does. */
#ifndef MANDATE_APP_WRITER_H
#define MANDATE_APP_WRITER_H

#include "store/store.h"

/* Yours: it must live until done() was called, and may be freed there. */
struct writer_job {
    struct writer_job *next;
    /* Within the transaction. False with err when the job is refused: what it had written is taken
     * back. It may be called a second time, when the batch is run again without what a job that
     * failed half way had written; so it must begin from nothing. */
    bool (*run)(struct writer_job *job, struct store_tx *tx, struct err *err);
    /* After the commit. err: of the job or of the commit; code ERR_NONE when it is durable. */
    void (*done)(struct writer_job *job, const struct err *err);
    struct err err;
};

struct writer; /* opaque */

struct writer_config {
    struct store *store;
    unsigned queue_max; /* jobs that may wait; 0: QUEUE_COMMANDS_MAX */
    /* Called on the writer's thread, outside of transactions, whenever it is due: adds what the
     * clock demands by writer_put_own(). Returns the time of os_mono_us() at which it wants to be
     * called again. May be NULL. */
    int64_t (*tick)(void *ctx, struct writer *w);
    /* On the writer's thread, after every job of a batch was answered, and after a first pass that
     * was rolled back: did it stay? May be NULL. */
    void (*over)(void *ctx, bool committed);
    void *ctx;
};
MUST_USE bool writer_start(struct writer **out, const struct writer_config *config,
                           struct err *err);
/* Takes no more jobs, finishes those taken, and ends the thread. NULL is fine. */
void writer_stop(struct writer *w);
/* ERR_BUSY when queue_max wait or the writer is stopping; then done is not called. */
MUST_USE bool writer_put(struct writer *w, struct writer_job *job, struct err *err);
/* From within tick(): in front of what waits, and without a limit. */
void writer_put_own(struct writer *w, struct writer_job *job);
/* Let tick() be called now. Any thread. */
void writer_wake(struct writer *w);

enum { WRITER_FAILED_US = 10000000 };

/* How many batches have changed something: while it is the same, what was read is still so. */
uint64_t writer_changes(const struct writer *w);

struct writer_figures {
    uint64_t commits, jobs, refused, waiting;
    int64_t commit_us_max; /* the slowest commit since the last call */
};
struct writer_figures writer_figures(struct writer *w);
/* False for WRITER_FAILED_US after a commit that failed (a full disk): whoever balances load should
 * try elsewhere, and then try again. */
bool writer_well(struct writer *w);

#endif
