/* web/worker.h - one thread for what would hold up a loop: setting a letter as PDF takes 40 ms.
 * Work waits in line; more than WORKER_QUEUE_MAX is refused, so that a flood of PDFs costs nobody
 * else anything. */
#ifndef MANDATE_WEB_WORKER_H
#define MANDATE_WEB_WORKER_H

#include "os/thread.h"

enum { WORKER_QUEUE_MAX = 64 };

struct worker_job {
    void (*run)(
        void *ctx); /* on the worker's thread; the last thing it does is to tell ctx's owner */
    void *ctx;
};

struct worker {
    struct os_thread thread;
    struct os_mutex lock;
    struct os_cond more;
    struct worker_job jobs[WORKER_QUEUE_MAX];
    size_t first, count;
    bool started, stopping;
};

MUST_USE bool worker_start(struct worker *w, struct err *err);
/* ERR_BUSY when the line is full or the worker is stopping. */
MUST_USE bool worker_add(struct worker *w, struct worker_job job, struct err *err);
void worker_stop(struct worker *w); /* finishes what waits */

#endif
