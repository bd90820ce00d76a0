/* Decoded instances on the writer's thread: to decode one takes as long as to move it. An entry is
 * what the newest transaction left; whatever an order or a batch that failed had touched is thrown
 * away, and the next who asks reads it from the store. */
#include "app/process_inner.h"

enum { SLOTS = 8192, LIVE_ARENA_BYTES = 128 << 20 };

struct app_live_hold {
    struct app_model *model;
    struct app_live_hold *next;
};
struct app_lives {
    struct app_live *slots[SLOTS];
    struct app_live *newest, *oldest;
    size_t count;
    struct app_live *touched; /* since the last commit */
};

void app_lives_init(struct app *app) {
    app->lives = arena_new(app->arena, struct app_lives, 1);
}

static struct app_live **slot_of(struct app_lives *lives, uint64_t stream) {
    return &lives->slots[stream % SLOTS];
}

static void unlink_age(struct app_lives *lives, struct app_live *live) {
    *(live->newer != NULL ? &live->newer->older : &lives->newest) = live->older;
    *(live->older != NULL ? &live->older->newer : &lives->oldest) = live->newer;
}

static void link_newest(struct app_lives *lives, struct app_live *live) {
    live->newer = NULL;
    live->older = lives->newest;
    *(lives->newest != NULL ? &lives->newest->newer : &lives->oldest) = live;
    lives->newest = live;
}

/* Out of the table; whoever has it still may use it until it is destroyed. */
static void forget(struct app *app, struct app_live *live) {
    struct app_lives *lives = app->lives;
    struct app_live **at = slot_of(lives, live->stream);
    while (*at != live)
        at = &(*at)->hash_next;
    *at = live->hash_next;
    unlink_age(lives, live);
    lives->count--;
    for (struct app_live_hold *h = live->holds; h != NULL; h = h->next)
        app_model_let(app, h->model);
    arena_destroy(live->arena);
}

void app_lives_done(struct app *app) {
    while (app->lives->oldest != NULL)
        forget(app, app->lives->oldest);
}

static struct app_live *add(struct app *app, uint64_t stream) {
    struct app_lives *lives = app->lives;
    for (struct app_live *old = lives->oldest, *next; old != NULL && lives->count >= APP_LIVE_MAX;
         old = next) {
        next = old->newer;
        if (!old->touched)
            forget(app, old);
    }
    struct arena *arena = arena_create("instance", LIVE_ARENA_BYTES);
    struct app_live *live = arena_new(arena, struct app_live, 1);
    *live = (struct app_live){.stream = stream, .arena = arena};
    live->hash_next = *slot_of(lives, stream);
    *slot_of(lives, stream) = live;
    link_newest(lives, live);
    lives->count++;
    return live;
}

static void touch(struct app_lives *lives, struct app_live *live) {
    if (live->touched)
        return;
    live->touched = true;
    live->touched_next = lives->touched;
    lives->touched = live;
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
    return live->holds->model; /* a new one: its origin is not folded yet */
}

struct finding {
    struct app *app;
    struct app_live *live;
    struct store_tx *tx;
};

static bool find(const struct bpmn_process **out, void *ctx, int64_t definition,
                 struct db_conn *conn, struct err *err) {
    struct finding *f = ctx;
    (void)conn; /* the transaction's own */
    return app_live_hold(out, f->app, f->live, f->tx, definition, err);
}

bool app_live_get(struct app_live **out, struct app *app, struct store_tx *tx, uint64_t stream,
                  struct err *err) {
    struct app_lives *lives = app->lives;
    struct app_live *live = *slot_of(lives, stream);
    struct store_instance head;
    while (live != NULL && live->stream != stream)
        live = live->hash_next;
    if (live != NULL) {
        unlink_age(lives, live);
        link_newest(lives, live);
        touch(lives, live);
        *out = live;
        return true;
    }
    if (!store_instance_get(&head, tx->conn, stream, err))
        return false;
    live = add(app, stream);
    live->head = head;
    struct finding finding = {app, live, tx};
    const struct store_processes processes = {find, &finding};
    if (!store_instance_load(&live->p, tx->conn, &live->head, &processes, live->arena, err)) {
        err->at = err_nowhere;
        forget(app, live);
        return false;
    }
    touch(lives, live);
    *out = live;
    return true;
}

bool app_live_new(struct app_live **out, struct app *app, struct store_tx *tx, uint64_t stream,
                  int64_t definition, struct err *err) {
    const struct bpmn_process *process = NULL;
    struct app_live *live = add(app, stream);
    if (!app_live_hold(&process, app, live, tx, definition, err)) {
        forget(app, live);
        return false;
    }
    live->p = process_create(live->arena, process, stream);
    touch(app->lives, live);
    *out = live;
    return true;
}

void app_live_drop(struct app *app, uint64_t stream) {
    struct app_lives *lives = app->lives;
    for (struct app_live **at = &lives->touched; *at != NULL; at = &(*at)->touched_next)
        if ((*at)->stream == stream) {
            struct app_live *live = *at;
            *at = live->touched_next;
            forget(app, live);
            return;
        }
}

static bool stays(const struct app_live *live) {
    return live->p->flow->ending == 0 && arena_used_bytes(live->arena) <= APP_LIVE_BYTES_MAX;
}

/* Which of the touched ones the failed order had moved is not known: all of them are read again. */
void app_lives_over(struct app *app, bool ok) {
    struct app_lives *lives = app->lives;
    if (ok)
        return;
    while (lives->touched != NULL) {
        struct app_live *live = lives->touched;
        lives->touched = live->touched_next;
        forget(app, live);
    }
}

void app_lives_committed(struct app *app, bool ok) {
    struct app_lives *lives = app->lives;
    while (lives->touched != NULL) {
        struct app_live *live = lives->touched;
        lives->touched = live->touched_next;
        live->touched = false;
        live->touched_next = NULL;
        if (!ok || !stays(live))
            forget(app, live);
    }
}
