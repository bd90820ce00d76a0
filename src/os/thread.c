#include "os/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "os/file.h"

enum { STACK_BYTES = 1 << 20 }; /* the deepest recursion is NEST_DEPTH_MAX frames */

static void must(int result) {
    if (result != 0)
        abort();
}

struct start {
    struct arena *arena; /* holds this struct */
    os_thread_main *run;
    void *self;
};

static void *thread_main(void *at) {
    struct start start = *(struct start *)at;
    arena_destroy(start.arena);
    start.run(start.self);
    return NULL;
}

bool os_thread_start(struct os_thread *out, const char *name, os_thread_main *run, void *self,
                     struct err *err) {
    struct arena *arena = arena_create("thread", 4096);
    struct start *start = arena_new(arena, struct start, 1);
    *start = (struct start){arena, run, self};
    pthread_attr_t attr;
    must(pthread_attr_init(&attr));
    must(pthread_attr_setstacksize(&attr, STACK_BYTES));
    sigset_t all, before;
    (void)sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before));
    int result = pthread_create(&out->id, &attr, thread_main, start);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
    must(pthread_attr_destroy(&attr));
    if (result != 0) {
        arena_destroy(arena);
        return err_set(err, ERR_BUSY, err_nowhere, "could not start thread '%s': %s", name,
                       strerrordesc_np(result));
    }
    (void)pthread_setname_np(out->id, name); /* only for people; a long name is not worth failing */
    return true;
}

void os_thread_join(struct os_thread thread) {
    must(pthread_join(thread.id, NULL));
}

void os_pause_us(int64_t us) {
    struct timespec left = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};
    while (nanosleep(&left, &left) != 0)
        must(errno == EINTR ? 0 : errno);
}

void os_mutex_init(struct os_mutex *m) {
    must(pthread_mutex_init(&m->lock, NULL));
}

void os_mutex_done(struct os_mutex *m) {
    must(pthread_mutex_destroy(&m->lock));
}

void os_mutex_lock(struct os_mutex *m) {
    must(pthread_mutex_lock(&m->lock));
}

void os_mutex_unlock(struct os_mutex *m) {
    must(pthread_mutex_unlock(&m->lock));
}

void os_cond_init(struct os_cond *c) {
    pthread_condattr_t attr;
    must(pthread_condattr_init(&attr));
    must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
    must(pthread_cond_init(&c->cond, &attr));
    must(pthread_condattr_destroy(&attr));
}

void os_cond_done(struct os_cond *c) {
    must(pthread_cond_destroy(&c->cond));
}

void os_cond_wait(struct os_cond *c, struct os_mutex *m) {
    must(pthread_cond_wait(&c->cond, &m->lock));
}

bool os_cond_wait_us(struct os_cond *c, struct os_mutex *m, int64_t wait_us) {
    struct timespec until;
    must(clock_gettime(CLOCK_MONOTONIC, &until));
    if (wait_us < 0)
        wait_us = 0;
    int64_t nano = until.tv_nsec + wait_us % 1000000 * 1000;
    until.tv_sec += (time_t)(wait_us / 1000000 + nano / 1000000000);
    until.tv_nsec = (long)(nano % 1000000000);
    int result = pthread_cond_timedwait(&c->cond, &m->lock, &until);
    if (result != ETIMEDOUT)
        must(result);
    return result == 0;
}

void os_cond_wake_one(struct os_cond *c) {
    must(pthread_cond_signal(&c->cond));
}

void os_cond_wake_all(struct os_cond *c) {
    must(pthread_cond_broadcast(&c->cond));
}
