/* os/thread.h - threads, locks and waiting. A lock error is a bug, so these abort on one. */
#ifndef MANDATE_OS_THREAD_H
#define MANDATE_OS_THREAD_H

#include <pthread.h>

#include "base/err.h"

struct os_thread {
    pthread_t id;
};
struct os_mutex {
    pthread_mutex_t lock;
};
struct os_cond {
    pthread_cond_t cond; /* waits by the monotonic clock */
};

typedef void os_thread_main(void *self);
/* name: at most 15 bytes, seen in the debugger. ERR_BUSY when the system has no thread left.
 * The new thread takes no signals: they belong to the one that reads os_signals. */
MUST_USE bool os_thread_start(struct os_thread *out, const char *name, os_thread_main *run,
                              void *self, struct err *err);
void os_thread_join(struct os_thread thread);
/* Of the thread that asks; at least so long. For tests and measurements. */
void os_pause_us(int64_t us);

void os_mutex_init(struct os_mutex *m);
void os_mutex_done(struct os_mutex *m);
void os_mutex_lock(struct os_mutex *m);
void os_mutex_unlock(struct os_mutex *m);
void os_cond_init(struct os_cond *c);
void os_cond_done(struct os_cond *c);
void os_cond_wait(struct os_cond *c, struct os_mutex *m);
/* False when the time has passed; wake-ups without a reason happen, so ask again. */
bool os_cond_wait_us(struct os_cond *c, struct os_mutex *m, int64_t wait_us);
void os_cond_wake_one(struct os_cond *c);
void os_cond_wake_all(struct os_cond *c);

#endif
