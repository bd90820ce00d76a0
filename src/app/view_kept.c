/* The last few cases that a reader showed, decoded: an officer's page asks for the same case
 * several times (the view, the diagram, the look), and a page is loaded again. Nothing here can be
 * stale: a case is found by its id and the number of its last event, which come from the header's
 * row in the transaction of the view. */
#include "app/reader.h"

enum { KEPT_BYTES_MAX = 512 << 20 }; /* as much as loading a case may take anywhere */

static struct view_kept *kept_find(struct app_reader *r, const struct store_case *row) {
    for (size_t i = 0; i < READER_CASES; i++) {
        struct view_kept *kept = &r->kept[i];
        if (kept->arena != NULL && kept->id == row->id.n && kept->event_count == row->event_count &&
            kept->last_event == row->last_event)
            return kept;
    }
    return NULL;
}

static struct view_kept *kept_oldest(struct app_reader *r) {
    struct view_kept *oldest = &r->kept[0];
    for (size_t i = 1; i < READER_CASES; i++)
        if (r->kept[i].used < oldest->used)
            oldest = &r->kept[i];
    return oldest;
}

static void kept_drop(struct view_kept *kept) {
    arena_destroy(kept->arena);
    *kept = (struct view_kept){.arena = NULL};
}

bool view_kept_get(struct view_kept **out, struct app_reader *r, struct db_conn *conn,
                   const struct store_case *row, struct err *err) {
    struct view_kept *kept = kept_find(r, row);
    if (kept == NULL) {
        kept = kept_oldest(r);
        kept_drop(kept);
        kept->arena = arena_create("kept case", KEPT_BYTES_MAX);
        kept->id = row->id.n;
        kept->event_count = row->event_count;
        kept->last_event = row->last_event;
        if (!store_case_load(&kept->state, conn, row, app_store_packs(r->app), kept->arena, err)) {
            kept_drop(kept);
            return false;
        }
    }
    kept->used = ++r->uses;
    *out = kept;
    return true;
}

bool view_kept_past(struct view_kept *kept, struct db_conn *conn, const struct store_case *row,
                    struct err *err) {
    if (kept->has_past)
        return true;
    kept->has_past = store_case_events(&kept->past.events, &kept->past.index, &kept->past.count,
                                       conn, row, 1, kept->arena, err);
    return kept->has_past;
}

void view_kept_drop_all(struct app_reader *r) {
    for (size_t i = 0; i < READER_CASES; i++)
        kept_drop(&r->kept[i]);
}
