/* app/live.h - decoded streams, cases and process instances, kept on the writer's side: to read one
 * from the store takes longer than to move it. Only src/app includes this; the writer's thread
 * only.
 *
 * What is kept is what the last order left and has written in its transaction. An order that fails
 * throws away what it touched, a batch that fails what the batch touched; the next who asks reads
 * it from the store. Whoever erases a stream drops it here. */
#ifndef MANDATE_APP_LIVE_H
#define MANDATE_APP_LIVE_H

#include "app/inner.h"
#include "process/process.h"
#include "store/process.h"

enum {
    APP_LIVES_BYTES_MAX = 64 << 20, /* all together, as a rule: what an order needs, it keeps */
    APP_LIVE_BYTES_MAX = 1 << 20,   /* one that has grown beyond it is read again: smaller */
};

struct app_live {
    uint64_t stream;
    struct arena *arena;
    /* one of the two: */
    struct case_file *file;
    struct process_instance *p;
    struct store_case_head file_head;
    struct store_instance head;
    struct app_live_hold *holds; /* models that the instance points into */
    /* live.c's own */
    struct app_live *hash_next, *newer, *older;
    uint64_t used;
    size_t bytes;
};

void app_lives_init(struct app *app);
void app_lives_done(struct app *app);

/* Each is valid until the end of the order, also when it is dropped before. */
/* A case. ERR_NOT_FOUND also for one that was erased, and for an instance. */
MUST_USE bool app_live_case(struct app_live **out, struct app *app, struct store_tx *tx,
                            struct case_id id, struct err *err);
/* A new case, with nothing in it yet. */
struct app_live *app_live_case_new(struct app *app, struct case_id id, const struct pack *pack,
                                   int64_t pack_version);
/* An instance. ERR_NOT_FOUND. */
MUST_USE bool app_live_get(struct app_live **out, struct app *app, struct store_tx *tx,
                           uint64_t stream, struct err *err);
MUST_USE bool app_live_new(struct app_live **out, struct app *app, struct store_tx *tx,
                           uint64_t stream, int64_t definition, struct err *err);
/* Another definition that the instance is to point into. */
MUST_USE bool app_live_hold(const struct bpmn_process **out, struct app *app, struct app_live *live,
                            struct store_tx *tx, int64_t definition, struct err *err);
/* The model that an instance runs on. */
const struct app_model *app_live_model(const struct app_live *live);
/* One that was erased, or whose command failed before it wrote: it may be half moved. */
void app_live_drop(struct app *app, uint64_t stream);

/* Within an order that goes through many streams: those of before may go to make room. */
void app_lives_next(struct app *app);
/* At the end of every order: one that failed throws away what it touched. */
void app_lives_over(struct app *app, bool ok);
/* After a batch, or a first pass that was rolled back. */
void app_lives_committed(struct app *app, bool ok);
/* For tests: how many are kept. */
size_t app_lives_count(const struct app *app);

#endif
