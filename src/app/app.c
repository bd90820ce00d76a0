/* Opening and closing, in the order in which the parts need each other: store, writer, packs (their
 * versions are stored by the writer), hashers, mailer. Closing goes the other way, and the writer
 * last of all, because the others still hand it what they end with. */
#include "app/app.h"

#include "app/process_inner.h"
#include "app/reader.h"

enum { APP_ARENA_BYTES = 16 << 20 };

static const char *keep(struct app *app, const char *text) {
    return text == NULL ? NULL : arena_cstr(app->arena, str_from(text));
}

static void config_keep(struct app *app, const struct app_config *config) {
    const char **dirs = arena_new(app->arena, const char *, config->pack_count);
    for (size_t i = 0; i < config->pack_count; i++)
        dirs[i] = keep(app, config->pack_dirs[i]);
    app->config = (struct app_config){
        .data_dir = keep(app, config->data_dir),
        .pack_dirs = dirs,
        .pack_count = config->pack_count,
        .demo = config->demo,
        .base_url = keep(app, config->base_url != NULL ? config->base_url : ""),
        .smtp_url = keep(app, config->smtp_url),
        .mail_from = keep(app, config->mail_from),
        .process_history =
            keep(app, config->process_history != NULL ? config->process_history : "P180D"),
        .queue_max = config->queue_max,
    };
}

/* The first chunk of an arena stays: so it is made as large as an order needs. */
static struct arena *scratch_make(void) {
    struct arena *arena = arena_create("scratch", APP_ORDER_BYTES_MAX);
    struct arena_mark mark = arena_mark(arena);
    (void)arena_new(arena, char, APP_SCRATCH_BYTES);
    arena_rewind(arena, mark);
    return arena;
}

static bool start(struct app *app, struct err *err) {
    int64_t before_us;
    app->scratch = scratch_make();
    if (!app_history_before(&before_us, app->config.process_history, os_wall_us(app->os), err) ||
        !store_open(&app->store, app->config.data_dir, app->os, err))
        return false;
    app_tick_init(app);
    app_waiters_init(app);
    const struct writer_config writer = {app->store, app->config.queue_max, app_tick,
                                         app_batch_over, app};
    size_t kept_count; /* the findings are logged where they arise */
    return writer_start(&app->writer, &writer, err) && app_packs_deploy(app, &kept_count, err) &&
           app_hashers_start(app, err) && (!app->config.demo || app_demo_accounts(app, err)) &&
           app_mailer_start(app, err);
}

struct app *app_blank(const struct app_config *config, const struct os_env *os) {
    struct arena *arena = arena_create("app", APP_ARENA_BYTES);
    struct app *app = arena_new(arena, struct app, 1);
    app->arena = arena;
    app->os = os;
    app->store_packs = (struct store_packs){app_packs_find, app, app_models_find};
    os_mutex_init(&app->mutex);
    config_keep(app, config);
    app_sessions_init(app);
    app_models_init(app);
    app_lives_init(app);
    return app;
}

bool app_open(struct app **out, const struct app_config *config, const struct os_env *os,
              struct err *err) {
    struct app *app = app_blank(config, os);
    if (!start(app, err)) {
        app_close(app);
        return false;
    }
    *out = app;
    return true;
}

void app_close(struct app *app) {
    if (app == NULL)
        return;
    app_mailer_stop(app);
    app_hashers_stop(app);
    writer_stop(app->writer);
    if (app->waiters != NULL)
        app_waiters_done(app);
    app_lives_done(app);
    app_models_done(app);
    store_close(app->store);
    arena_destroy(app->scratch);
    app_packs_close(app);
    app_sessions_done(app);
    os_mutex_done(&app->mutex);
    arena_destroy(app->arena);
}

bool app_reload(struct app *app, size_t *kept_count, struct err *err) {
    return app_packs_deploy(app, kept_count, err);
}

uint64_t app_changes(const struct app *app) {
    return writer_changes(app->writer);
}

int64_t app_now_us(struct app *app) {
    return store_now_us(app->store);
}

const struct app_config *app_config_of(const struct app *app) {
    return &app->config;
}

struct store *app_store(struct app *app) {
    return app->store;
}

const struct store_packs *app_store_packs(struct app *app) {
    return &app->store_packs;
}

bool app_document_put(char sha256[65], struct app *app, struct str bytes, struct err *err) {
    return store_document_put(sha256, app->store, bytes, err);
}

bool app_well(struct app *app) {
    return writer_well(app->writer);
}

struct app_figures app_figures(struct app *app) {
    struct writer_figures w = writer_figures(app->writer);
    return (struct app_figures){w.commits, w.jobs, w.refused, w.waiting, w.commit_us_max};
}
