/* MISSION: data has a retention period and is erased when it ends. A matter says how long its cases
 * are kept after they are closed (`keep: P5Y`); then the case's key, rows and documents go, and the
 * audit log keeps only digests. The pack of the case's own version says the period, so a pack that
 * comes later shortens nothing behind anybody's back. */
#include <inttypes.h>

#include "app/process_inner.h"
#include "os/log.h"

enum { CLOSED_READ = 200, ERASED_MAX = 100000 }; /* at once; the next sweep goes on */

/* What came for a start event that needs several definitions waits so long for the others. */
static const int64_t PENDING_US = INT64_C(30) * 24 * 3600 * 1000000;

static const int64_t HISTORY_S_MAX = INT64_C(100) * 366 * 86400;

/* The last instant at which the case is kept; false when its matter names no period. */
static bool kept_until_us(int64_t *out_us, const struct pack *pack,
                          const struct store_closed *row) {
    const struct pack_matter *matter = pack_matter(pack, row->matter);
    struct cal_date end;
    struct cal_months months;
    struct cal_span span;
    struct cal_date closed = cal_us_date(row->closed_us, pack->timezone);
    if (matter == NULL || matter->keep.len == 0)
        return false;
    if (cal_months_parse(&months, matter->keep)) {
        if (!cal_date_add_months(&end, closed, months.n))
            return false;
    } else if (!cal_span_parse(&span, matter->keep) ||
               !cal_date_add_days(&end, closed, span.s / 86400)) {
        return false;
    }
    *out_us = cal_us_of_date(end, pack->timezone);
    return true;
}

/* ---- process instances: one period for all of them ----------------------------------------------
 */

struct erasing {
    struct app *app;
    int64_t before_us;
    size_t erased;
};

/* In pieces, so that other orders come in between. */
static bool instances_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct erasing *e = ctx;
    uint64_t streams[CLOSED_READ];
    size_t count = 0;
    if (!store_api_documents_expire(tx, err) ||
        !store_pending_expire(tx, tx->now_us - PENDING_US, err) ||
        !store_instances_ended(streams, CLOSED_READ, &count, tx->conn, e->before_us, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        app_live_drop(e->app, streams[i]);
        if (!store_instance_erase(tx, streams[i], err))
            return false;
    }
    e->erased = count;
    return true;
}

bool app_history_before(int64_t *out_us, const char *keep, int64_t now_us, struct err *err) {
    struct cal_span span;
    struct cal_months months;
    struct cal_instant at = {.s = now_us / 1000000, .ns = 0};
    struct cal_datetime then;
    if (cal_span_parse(&span, str_from(keep)) && span.s > 0 && span.s <= HISTORY_S_MAX) {
        *out_us = now_us - span.s * 1000000;
        return true;
    }
    if (cal_months_parse(&months, str_from(keep)) && months.n > 0 &&
        months.n <= HISTORY_S_MAX / 2678400 && cal_datetime_at_offset(&then, at, 0) &&
        cal_datetime_add_months(&then, then, -months.n) && cal_datetime_instant(&at, then)) {
        *out_us = at.s * 1000000;
        return true;
    }
    return err_set(err, ERR_INVALID, err_nowhere,
                   "'%s' is no duration such as P180D, PT36H, P6M, of at most a hundred years",
                   keep);
}

static bool notes_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct erasing *e = ctx;
    return store_notes_expire(&e->erased, tx, e->before_us, CLOSED_READ, err);
}

static bool instances_erase(struct app *app, size_t *erased, struct err *err) {
    struct erasing e = {.app = app};
    if (!app_history_before(&e.before_us, app->config.process_history, store_now_us(app->store),
                            err))
        return false;
    do {
        if (!app_sync(app, instances_run, &e, err))
            return false;
        *erased += e.erased;
    } while (e.erased == CLOSED_READ && *erased < ERASED_MAX);
    size_t seen = 0;
    do { /* what others than instances have said */
        if (!app_sync(app, notes_run, &e, err))
            return false;
        seen += e.erased;
    } while (e.erased == CLOSED_READ && seen < ERASED_MAX);
    return true;
}

/* ---- cases
 * ---------------------------------------------------------------------------------------- */

struct erasing_case {
    struct app *app;
    struct case_id id;
};

static bool erase_run(void *ctx, struct store_tx *tx, struct err *err) {
    const struct erasing_case *e = ctx;
    app_live_drop(e->app, e->id.n);
    return store_case_erase(tx, e->id, err);
}

/* One page of closed cases, oldest first: true when a further page may hold more. */
static bool page(struct app *app, struct case_id *after, size_t *erased, struct err *err) {
    struct store_closed rows[CLOSED_READ];
    bool over[CLOSED_READ] = {false};
    struct db_conn *conn;
    size_t count = 0;
    struct arena *arena = arena_create("retention", 16 << 20);
    bool ok = db_reader_take(&conn, store_db(app->store), err);
    if (ok) {
        ok = store_cases_closed(rows, CLOSED_READ, &count, conn, *after, arena, err);
        for (size_t i = 0; ok && i < count; i++) {
            const struct pack *pack;
            int64_t until_us;
            ok = app_packs_find(&pack, app, rows[i].pack_version, conn, err);
            over[i] = ok && kept_until_us(&until_us, pack, &rows[i]) &&
                      until_us <= store_now_us(app->store);
        }
        db_reader_give(store_db(app->store), conn);
    }
    for (size_t i = 0; ok && i < count; i++) {
        struct erasing_case e = {app, rows[i].id};
        *after = rows[i].id;
        ok = !over[i] || app_sync(app, erase_run, &e, err);
        *erased += ok && over[i] ? 1 : 0;
    }
    arena_destroy(arena);
    return ok && count == CLOSED_READ;
}

void app_retention_run(struct app *app) {
    struct case_id after = {0};
    struct err err = {0};
    size_t erased = 0, instances = 0;
    while (erased < ERASED_MAX && page(app, &after, &erased, &err)) {
    }
    if (err.code == ERR_NONE)
        (void)!instances_erase(app, &instances, &err);
    if (err.code != ERR_NONE)
        log_event(LOG_WARN, "retention-failed", log_err(&err));
    if (erased > 0)
        log_event(LOG_INFO, "cases-erased", log_i64("cases", (int64_t)erased));
    if (instances > 0)
        log_event(LOG_INFO, "instances-erased", log_i64("instances", (int64_t)instances));
}
