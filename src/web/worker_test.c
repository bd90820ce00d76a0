#include "web/worker.h"

#include <stdatomic.h>

#include "base/test.h"

static atomic_int done;
static struct os_mutex gate;

static void job(void *ctx) {
    (void)ctx;
    os_mutex_lock(&gate);
    os_mutex_unlock(&gate);
    atomic_fetch_add(&done, 1);
}

/* Everything that was taken is run, what is too much is refused, and a stop waits for the rest. */
void test_web_worker(void) {
    static struct worker w;
    struct err err = {0};
    os_mutex_init(&gate);
    os_mutex_lock(&gate);
    CHECK_OK(worker_start(&w, &err), &err);
    int taken = 0;
    for (int i = 0; i < WORKER_QUEUE_MAX + 10; i++) {
        struct err full = {0};
        taken += worker_add(&w, (struct worker_job){job, NULL}, &full);
        CHECK(full.code == ERR_NONE || full.code == ERR_BUSY);
    }
    CHECK(taken == WORKER_QUEUE_MAX || taken == WORKER_QUEUE_MAX + 1); /* one may run already */
    os_mutex_unlock(&gate);
    worker_stop(&w);
    CHECK_INT(atomic_load(&done), taken);
    os_mutex_done(&gate);
}
