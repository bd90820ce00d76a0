/* MISSION: data has a retention period and is erased when it ends. A matter says how long its cases
 * are kept after they are closed (`keep: P5Y`); then the case's key, rows and documents go, and the
 * audit log keeps only digests. The pack of the case's own version says the period, so a pack that
 * comes later shortens nothing behind anybody's back. */
#include <inttypes.h>

#include "app/inner.h"
#include "os/log.h"

enum { CLOSED_READ = 200, ERASED_MAX = 100000 }; /* at once; the next sweep goes on */

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

static bool erase_run(void *ctx, struct store_tx *tx, struct err *err) {
    return store_case_erase(tx, *(const struct case_id *)ctx, err);
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
        *after = rows[i].id;
        ok = !over[i] || app_sync(app, erase_run, &rows[i].id, err);
        *erased += ok && over[i] ? 1 : 0;
    }
    arena_destroy(arena);
    return ok && count == CLOSED_READ;
}

void app_retention_run(struct app *app) {
    struct case_id after = {0};
    struct err err = {0};
    size_t erased = 0;
    while (erased < ERASED_MAX && page(app, &after, &erased, &err)) {
    }
    if (err.code != ERR_NONE)
        log_event(LOG_WARN, "retention-failed", log_err(&err));
    if (erased > 0)
        log_event(LOG_INFO, "cases-erased", log_i64("cases", (int64_t)erased));
}
