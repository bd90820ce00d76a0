#include "web/worker.h"

static void worker_main(void *self) {
    struct worker *w = self;
    os_mutex_lock(&w->lock);
    for (;;) {
        while (w->count == 0 && !w->stopping)
            os_cond_wait(&w->more, &w->lock);
        if (w->count == 0)
            break;
        struct worker_job job = w->jobs[w->first];
        w->first = (w->first + 1) % WORKER_QUEUE_MAX;
        w->count--;
        os_mutex_unlock(&w->lock);
        job.run(job.ctx);
        os_mutex_lock(&w->lock);
    }
    os_mutex_unlock(&w->lock);
}

bool worker_start(struct worker *w, struct err *err) {
    *w = (struct worker){0};
    os_mutex_init(&w->lock);
    os_cond_init(&w->more);
    w->started = os_thread_start(&w->thread, "worker", worker_main, w, err);
    return w->started;
}

bool worker_add(struct worker *w, struct worker_job job, struct err *err) {
    os_mutex_lock(&w->lock);
    bool taken = w->count < WORKER_QUEUE_MAX && !w->stopping;
    if (taken) {
        w->jobs[(w->first + w->count) % WORKER_QUEUE_MAX] = job;
        w->count++;
        os_cond_wake_one(&w->more);
    }
    os_mutex_unlock(&w->lock);
    return taken || err_set(err, ERR_BUSY, err_nowhere, "too much waits for the worker");
}

void worker_stop(struct worker *w) {
    if (w->started) {
        os_mutex_lock(&w->lock);
        w->stopping = true;
        os_cond_wake_all(&w->more);
        os_mutex_unlock(&w->lock);
        os_thread_join(w->thread);
        w->started = false;
    }
    os_cond_done(&w->more);
    os_mutex_done(&w->lock);
}
