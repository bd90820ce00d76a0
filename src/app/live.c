/* An entry is found by its stream; all stand in the order of their last use, so that what an order
 * or a batch has touched are the newest ones. One that is forgotten while its order runs lives on
 * until that is over, because the order may still read it. */
#include "app/live.h"

#include <assert.h>

#include "app/process_inner.h"

enum { SLOTS = 8192, LIVE_ARENA_BYTES = 512 << 20 }; /* as much as loading may take anywhere */

struct app_live_hold {
    struct app_model *model;
    struct app_live_hold *next;
};
struct app_lives {
    struct app_live *slots[SLOTS];
    struct app_live *newest, *oldest;
    struct app_live *gone; /* forgotten in this order */
    size_t count, bytes;
    /* `used` counts up: now, and as the order and the batch began */
    uint64_t now, order_from, batch_from;
};

void app_lives_init(struct app *app) {
    app->lives = arena_new(app->arena, struct app_lives, 1);
    app->lives->now = app->lives->order_from = app->lives->batch_from = 1;
}

static struct app_live **slot_of(struct app_lives *lives, uint64_t stream) {
    return &lives->slots[stream % SLOTS];
}

static void unlink_age(struct app_lives *lives, struct app_live *live) {
    *(live->newer != NULL ? &live->newer->older : &lives->newest) = live->older;
    *(live->older != NULL ? &live->older->newer : &lives->oldest) = live->newer;
}

static void link_newest(struct app_lives *lives, struct app_live *live) {
    live->used = lives->now;
    live->newer = NULL;
    live->older = lives->newest;
    *(lives->newest != NULL ? &lives->newest->newer : &lives->oldest) = live;
    lives->newest = live;
}

static void weigh(struct app_lives *lives, struct app_live *live) {
    size_t bytes = arena_used_bytes(live->arena);
    lives->bytes += bytes - live->bytes;
    live->bytes = bytes;
}

static void forget(struct app_lives *lives, struct app_live *live) {
    struct app_live **at = slot_of(lives, live->stream);
    while (*at != live)
        at = &(*at)->hash_next;
    *at = live->hash_next;
    unlink_age(lives, live);
    lives->count--;
    lives->bytes -= live->bytes;
    live->hash_next = lives->gone;
    lives->gone = live;
}

/* Touched since then: they are forgotten. */
static void forget_since(struct app_lives *lives, uint64_t from) {
    while (lives->newest != NULL && lives->newest->used >= from)
        forget(lives, lives->newest);
}

static void bury(struct app *app) {
    struct app_lives *lives = app->lives;
    while (lives->gone != NULL) {
        struct app_live *live = lives->gone;
        lives->gone = live->hash_next;
        for (struct app_live_hold *h = live->holds; h != NULL; h = h->next)
            app_model_let(app, h->model);
        arena_destroy(live->arena);
    }
}

void app_lives_done(struct app *app) {
    forget_since(app->lives, 0);
    bury(app);
}

static struct app_live *find(struct app_lives *lives, uint64_t stream) {
    struct app_live *live = *slot_of(lives, stream);
    while (live != NULL && live->stream != stream)
        live = live->hash_next;
    if (live != NULL) {
        unlink_age(lives, live);
        link_newest(lives, live);
    }
    return live;
}

static struct app_live *add(struct app_lives *lives, uint64_t stream) {
    while (lives->oldest != NULL && lives->oldest->used < lives->now &&
           lives->bytes > APP_LIVES_BYTES_MAX)
        forget(lives, lives->oldest);
    struct arena *arena = arena_create("kept stream", LIVE_ARENA_BYTES);
    struct app_live *live = arena_new(arena, struct app_live, 1);
    *live = (struct app_live){.stream = stream, .arena = arena};
    live->hash_next = *slot_of(lives, stream);
    *slot_of(lives, stream) = live;
    link_newest(lives, live);
    lives->count++;
    return live;
}

bool app_live_hold(const struct bpmn_process **out, struct app *app, struct app_live *live,
                   struct store_tx *tx, int64_t definition, struct err *err) {
    struct app_model *model;
    for (struct app_live_hold *h = live->holds; h != NULL; h = h->next)
        if (app_model_key(h->model) == definition) {
            *out = app_model_process(h->model);
            return true;
        }
    if (!app_model_hold(&model, app, tx->conn, definition, err))
        return false;
    struct app_live_hold *h = arena_new(live->arena, struct app_live_hold, 1);
    *h = (struct app_live_hold){model, live->holds};
    live->holds = h;
    *out = app_model_process(model);
    return true;
}

const struct app_model *app_live_model(const struct app_live *live) {
    for (struct app_live_hold *h = live->holds; h != NULL; h = h->next)
        if (app_model_key(h->model) == live->p->origin.definition)
            return h->model;
    assert(live->holds != NULL); /* an instance holds the model that it began with */
    return live->holds->model;   /* a new one: its origin is not folded yet */
}

struct finding {
    struct app *app;
    struct app_live *live;
    struct store_tx *tx;
};

static bool process_find(const struct bpmn_process **out, void *ctx, int64_t definition,
                         struct db_conn *conn, struct err *err) {
    struct finding *f = ctx;
    (void)conn; /* the transaction's own */
    return app_live_hold(out, f->app, f->live, f->tx, definition, err);
}

static bool unknown(struct err *err, const char *what) {
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no %s", what);
}

bool app_live_get(struct app_live **out, struct app *app, struct store_tx *tx, uint64_t stream,
                  struct err *err) {
    struct app_lives *lives = app->lives;
    struct app_live *live = find(lives, stream);
    struct store_instance head;
    if (live != NULL) {
        *out = live;
        return live->p != NULL || unknown(err, "process instance with this key");
    }
    if (!store_instance_get(&head, tx->conn, stream, err))
        return false;
    live = add(lives, stream);
    live->head = head;
    struct finding finding = {app, live, tx};
    const struct store_processes processes = {process_find, &finding};
    if (!store_instance_load(&live->p, tx->conn, &live->head, &processes, live->arena, err)) {
        err->at = err_nowhere;
        forget(lives, live);
        return false;
    }
    weigh(lives, live);
    *out = live;
    return true;
}

bool app_live_new(struct app_live **out, struct app *app, struct store_tx *tx, uint64_t stream,
                  int64_t definition, struct err *err) {
    const struct bpmn_process *process = NULL;
    struct app_live *live = add(app->lives, stream);
    if (!app_live_hold(&process, app, live, tx, definition, err)) {
        forget(app->lives, live);
        return false;
    }
    live->p = process_create(live->arena, process, stream);
    *out = live;
    return true;
}

bool app_live_case(struct app_live **out, struct app *app, struct store_tx *tx, struct case_id id,
                   struct err *err) {
    struct app_lives *lives = app->lives;
    struct app_live *live = find(lives, id.n);
    struct store_case row;
    if (live != NULL) {
        *out = live;
        return live->file != NULL || unknown(err, "such case");
    }
    live = add(lives, id.n);
    if (!store_case_by_id(&row, tx->conn, id, live->arena, err) ||
        !store_case_load(&live->file, tx->conn, &row, &app->store_packs, live->arena, err)) {
        err->at = err_nowhere;
        forget(lives, live);
        return false;
    }
    live->file_head = (struct store_case_head){row.pack_version, row.event_count,
                                               (int64_t)row.last_event, row.wake_us};
    weigh(lives, live);
    *out = live;
    return true;
}

struct app_live *app_live_case_new(struct app *app, struct case_id id, const struct pack *pack,
                                   int64_t pack_version) {
    struct app_live *live = add(app->lives, id.n);
    live->file = case_create(live->arena, pack, id);
    live->file_head = (struct store_case_head){pack_version, 0, -1, 0};
    weigh(app->lives, live);
    return live;
}

void app_live_drop(struct app *app, uint64_t stream) {
    struct app_live *live = find(app->lives, stream);
    if (live != NULL)
        forget(app->lives, live);
}

/* One that is over moves no more, as a rule; one that has grown holds much that it left behind. */
static bool stays(const struct app_live *live) {
    bool over = live->file != NULL ? live->file->closed : live->p->flow->ending != 0;
    return !over && live->bytes <= APP_LIVE_BYTES_MAX;
}

void app_lives_next(struct app *app) {
    bury(app);
    app->lives->now++;
}

void app_lives_over(struct app *app, bool ok) {
    struct app_lives *lives = app->lives;
    if (!ok)
        forget_since(lives, lives->order_from);
    bury(app);
    lives->order_from = ++lives->now;
}

void app_lives_committed(struct app *app, bool ok) {
    struct app_lives *lives = app->lives;
    if (!ok)
        forget_since(lives, lives->batch_from);
    for (struct app_live *live = lives->newest, *next;
         live != NULL && live->used >= lives->batch_from; live = next) {
        next = live->older;
        weigh(lives, live);
        if (!stays(live))
            forget(lives, live);
    }
    bury(app);
    lives->batch_from = lives->order_from = ++lives->now;
}

size_t app_lives_count(const struct app *app) {
    return app->lives->count;
}
