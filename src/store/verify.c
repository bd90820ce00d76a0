/* Everything again from its bytes. Two passes: the log in its order (each leaf from its event's
 * columns and ciphertext, the tree over them, the checkpoints as the tree passes them), then each
 * case (events in order, decrypted, folded; its rows and snapshot against the folded state).
 * The second pass writes the rows anew in a transaction that is rolled back, so that it compares
 * with exactly what the service would write. */
#include <inttypes.h>

#include "audit/audit.h"
#include "process/process.h"
#include "store/inner.h"
#include "store/process.h"
#include "store/shared.h"

enum { CASE_ARENA_BYTES = 256 << 20 };

struct verifying {
    struct store *store;
    struct db_conn *conn;
    const struct store_packs *packs;
    store_report *report;
    void *ctx;
    struct store_verified *out;
    uint64_t findings;
};

static void finding(struct verifying *v, const char *format, ...) PRINTF_LIKE(2, 3);
static void finding(struct verifying *v, const char *format, ...) {
    char line[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    v->findings++;
    v->report(v->ctx, line);
}

static void report_count(void *ctx, const char *line) {
    struct verifying *v = ctx;
    finding(v, "%s", line);
}

/* ---- the log --------------------------------------------------------------------------------- */

static struct merkle_hash leaf_of_row(const struct db_rows *rows) {
    const struct audit_event event = {
        .log_index = (uint64_t)db_col_i64(rows, 0),
        .case_id = (uint64_t)db_col_i64(rows, 1),
        .case_sequence = (uint64_t)db_col_i64(rows, 2),
        .at_us = db_col_i64(rows, 3),
        .kind = db_col_text(rows, 4),
        .actor = db_col_text(rows, 5),
        .payload_sha256 = merkle_sha256(db_col_blob(rows, 6)),
    };
    return audit_leaf(&event);
}

/* Checkpoints are read beside the log, both in the order of the leaves. */
static void checkpoint_match(struct verifying *v, struct db_rows *points, bool *more,
                             const struct merkle_frontier *tree, struct err *err) {
    while (*more && (uint64_t)db_col_i64(points, 0) <= tree->leaf_count) {
        struct merkle_hash root = merkle_root(tree);
        if ((uint64_t)db_col_i64(points, 0) != tree->leaf_count ||
            !str_eq(db_col_blob(points, 1), merkle_hash_str(&root)))
            finding(v, "the checkpoint at %" PRId64 " leaves does not have the log's root",
                    db_col_i64(points, 0));
        *more = db_next(points, err);
    }
}

static bool log_walk(struct verifying *v, struct merkle_frontier *tree, struct db_rows *points,
                     struct err *err) {
    struct db_rows rows;
    bool more = db_next(points, err);
    if (!db_query(&rows, v->conn,
                  "SELECT seq, case_id, case_seq, at_us, kind, actor, payload, leaf FROM event "
                  "ORDER BY seq",
                  DB_NO_ARGS, err))
        return false;
    while (db_next(&rows, err)) {
        uint64_t seq = (uint64_t)db_col_i64(&rows, 0);
        struct merkle_hash leaf = leaf_of_row(&rows);
        if (seq != tree->leaf_count) {
            finding(v, "event %" PRIu64 " of the log is missing", tree->leaf_count);
            break; /* every later leaf would be reported too */
        }
        if (!str_eq(db_col_blob(&rows, 7), merkle_hash_str(&leaf)))
            finding(v, "event %" PRIu64 " is not what was logged", seq);
        (void)merkle_append(tree, &leaf, NULL);
        checkpoint_match(v, points, &more, tree, err);
    }
    if (more)
        finding(v, "a checkpoint is beyond the log's end");
    return db_end(&rows, err);
}

static bool log_verify(struct verifying *v, struct err *err) {
    struct merkle_frontier tree = {0};
    struct merkle_head stored;
    struct db_rows points;
    if (!store_log_head(&stored, v->conn, err) ||
        !db_query(&points, v->conn,
                  "SELECT leaf_count, root FROM audit_checkpoint ORDER BY leaf_count", DB_NO_ARGS,
                  err))
        return false;
    bool ok = log_walk(v, &tree, &points, err);
    if (!db_end(&points, err) || !ok)
        return false;
    v->out->events = tree.leaf_count;
    v->out->head = (struct merkle_head){tree.leaf_count, merkle_root(&tree)};
    if (stored.leaf_count != tree.leaf_count || !merkle_hash_eq(&stored.root, &v->out->head.root))
        finding(v, "the log's root is not that of its events");
    return true;
}

/* ---- the cases ------------------------------------------------------------------------------- */

/* Where a case ends, told by the events alone: not by its header, which is one of the rows that are
 * being verified. */
enum stream_kind { STREAM_CASE, STREAM_INSTANCE, STREAM_KEPT, STREAM_NOTE };
struct case_end {
    struct case_id id;
    uint64_t last_event, event_count;
    enum stream_kind kind; /* as its first event says */
};

struct refolded {
    struct store_case row; /* id, event_count, last_event, pack_version */
    struct case_file *state;
    struct case_event *events;
    uint64_t *indexes;
    size_t count;
};

static bool pack_version_of(int64_t *out, struct db_conn *conn, const struct case_event *first,
                            struct err *err) {
    *out = 0;
    if (first->kind != CASE_EVENT_submitted)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the first event is not a submission");
    if (!db_get_i64(out, conn, "SELECT id FROM pack_version WHERE sha256 = ?1",
                    DB_ARGS(db_b(first->as.submitted.pack_bytes)), err))
        return false;
    return *out != 0 || err_set(err, ERR_CORRUPT, err_nowhere, "its pack is not stored");
}

static bool refold(struct refolded *out, struct verifying *v, const struct case_end *end,
                   struct arena *arena, struct err *err) {
    const struct pack *pack = NULL;
    out->row = (struct store_case){
        .id = end->id, .event_count = end->event_count, .last_event = end->last_event};
    if (!store_case_events(&out->events, &out->indexes, &out->count, v->conn, &out->row, 1, arena,
                           err))
        return false;
    if (out->count == 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "it has no events");
    if (!pack_version_of(&out->row.pack_version, v->conn, &out->events[0], err) ||
        !v->packs->find(&pack, v->packs->ctx, out->row.pack_version, v->conn, err))
        return false;
    out->state = case_create(arena, pack, end->id);
    for (size_t i = 0; i < out->count; i++)
        if (!case_fold(out->state, &out->events[i], err))
            return false;
    return true;
}

static bool snapshot_same(struct verifying *v, const struct refolded *r, struct arena *arena,
                          struct err *err) {
    struct case_file *loaded = NULL;
    struct buf a, b;
    if (!store_case_load(&loaded, v->conn, &r->row, v->packs, arena, err))
        return false;
    buf_init(&a, STORE_STATE_BYTES_MAX);
    buf_init(&b, STORE_STATE_BYTES_MAX);
    bool ok = case_encode(&a, loaded, err) && case_encode(&b, r->state, err);
    if (ok && !str_eq(buf_view(&a), buf_view(&b)))
        finding(v, "the snapshot of case %" PRIu64 " differs from its events", r->row.id.n);
    buf_done(&a);
    buf_done(&b);
    return ok;
}

static bool documents_verify(struct verifying *v, const struct case_file *state, struct err *err) {
    for (size_t i = 0; i < state->document_count; i++) {
        struct err local = {0};
        struct buf bytes;
        buf_init(&bytes, UPLOAD_BYTES_MAX);
        if (store_document_get(&bytes, v->store, state->documents[i].sha256, &local))
            v->out->documents++;
        else if (local.code == ERR_IO)
            (void)err_set(err, local.code, err_nowhere, "%s", local.text);
        else
            finding(v, "document %" PRIu64 " of case %" PRIu64 ": %s", state->documents[i].n,
                    state->id.n, local.text);
        buf_done(&bytes);
    }
    return err->code == ERR_NONE;
}

static struct store_project project_of(const struct refolded *r) {
    return (struct store_project){
        .state = r->state,
        .pack_version = r->row.pack_version,
        .last_event = r->row.last_event,
        .everything = true,
        .events = r->events,
        .event_index = r->indexes,
        .event_count = r->count,
    };
}

/* A case that cannot be read is a finding, and the others are still looked at; a disk that fails is
 * an error. */
static bool case_verify(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("verify", CASE_ARENA_BYTES);
    struct refolded r = {0};
    struct err local = {0};
    bool same = true;
    bool ok = refold(&r, v, end, arena, &local) && snapshot_same(v, &r, arena, &local);
    if (ok) {
        struct store_project project = project_of(&r);
        ok = documents_verify(v, r.state, &local) &&
             store_project_compare(&same, v->conn, &project, report_count, v, &local);
    }
    if (!ok && (local.code == ERR_IO || local.code == ERR_FULL))
        (void)err_set(err, local.code, err_nowhere, "%s", local.text);
    else if (!ok)
        finding(v, "case %" PRIu64 ": %s", end->id.n, local.text);
    v->out->cases++;
    arena_destroy(arena);
    return err->code == ERR_NONE;
}

/* ---- process instances, and what is one event -------------------------------------------------
 */

static enum stream_kind kind_of(struct str first) {
    if (str_eq(first, STR("submitted")))
        return STREAM_CASE;
    if (str_eq(first, STR(STORE_KEPT_KIND)))
        return STREAM_KEPT;
    return str_eq(first, STR("process_created")) ? STREAM_INSTANCE : STREAM_NOTE;
}

static struct store_instance instance_end(const struct case_end *end) {
    return (struct store_instance){.stream = end->id.n,
                                   .event_count = end->event_count,
                                   .last_event = (int64_t)end->last_event};
}

static bool note_read(struct str *plain, struct db_conn *conn, const struct case_end *end,
                      struct arena *arena, struct err *err) {
    struct store_key key;
    int64_t previous;
    if (!store_key_of_case(&key, conn, end->id, err))
        return false;
    const struct store_chain chain = {conn, end->id, &key, arena};
    return store_chain_read(plain, &previous, &chain, (int64_t)end->last_event, end->event_count,
                            err);
}

/* What an event says that a data store holds. */
static bool kept_read(struct store_kept_event *out, struct db_conn *conn,
                      const struct case_end *end, struct arena *arena, struct err *err) {
    *out = (struct store_kept_event){.stream = end->id.n};
    return note_read(&out->plain, conn, end, arena, err) &&
           db_get_i64(&out->at_us, conn, "SELECT at_us FROM event WHERE seq = ?1",
                      DB_ARGS(db_n((int64_t)end->last_event)), err);
}

static bool kept_verify(struct verifying *v, const struct case_end *end, struct arena *arena,
                        struct err *err) {
    struct store_kept_event event;
    bool same = true;
    if (!kept_read(&event, v->conn, end, arena, err) ||
        !store_kept_compare(&same, v->conn, &event, arena, err))
        return false;
    if (!same)
        finding(v, "the row of the data store that event %" PRIu64 " writes is not what it says",
                end->last_event);
    return true;
}

static struct store_shared shared_of(struct verifying *v, struct store_processes *processes) {
    *processes = (struct store_processes){v->packs->find_process, v->packs->ctx};
    return (struct store_shared){v->conn, processes, report_count, v};
}

static bool shared_read(struct store_shared_event *out, struct db_conn *conn,
                        const struct case_end *end, struct arena *arena, struct err *err) {
    struct db_rows rows;
    *out = (struct store_shared_event){.stream = end->id.n};
    if (!note_read(&out->plain, conn, end, arena, err) ||
        !db_query(&rows, conn, "SELECT at_us, kind FROM event WHERE seq = ?1",
                  DB_ARGS(db_n((int64_t)end->last_event)), err))
        return false;
    if (db_next(&rows, err)) {
        out->at_us = db_col_i64(&rows, 0);
        out->kind = arena_str(arena, db_col_text(&rows, 1));
    }
    return db_end(&rows, err);
}

static bool shared_verify(struct verifying *v, const struct case_end *end, struct arena *arena,
                          struct err *err) {
    struct store_processes processes;
    struct store_shared_event event;
    const struct store_shared shared = shared_of(v, &processes);
    return shared_read(&event, v->conn, end, arena, err) &&
           store_shared_compare(&shared, &event, arena, err);
}

static bool shared_strays(struct verifying *v, struct err *err) {
    struct store_processes processes;
    const struct store_shared shared = shared_of(v, &processes);
    return store_shared_strays(&shared, err);
}

/* Rows of data stores that no event tells of. */
static bool kept_strays(struct verifying *v, struct err *err) {
    int64_t count = 0;
    if (!db_get_i64(&count, v->conn,
                    "SELECT count(*) FROM data_store WHERE note NOT IN (SELECT case_id FROM "
                    "case_end WHERE first = '" STORE_KEPT_KIND "')",
                    DB_NO_ARGS, err))
        return false;
    if (count > 0)
        finding(v, "%" PRId64 " rows of data stores follow from no event", count);
    return true;
}

static bool other_verify(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("verify", CASE_ARENA_BYTES);
    struct err local = {0};
    const struct store_instance row = instance_end(end);
    const struct store_processes processes = {v->packs->find_process, v->packs->ctx};
    bool ok;
    if (end->kind == STREAM_NOTE)
        ok = shared_verify(v, end, arena, &local);
    else if (end->kind == STREAM_KEPT)
        ok = kept_verify(v, end, arena, &local);
    else
        ok = store_instance_compare(v->conn, &row, &processes, report_count, v, arena, &local);
    if (!ok && (local.code == ERR_IO || local.code == ERR_FULL))
        (void)err_set(err, local.code, err_nowhere, "%s", local.text);
    else if (!ok)
        finding(v, "stream %" PRIu64 ": %s", end->id.n, local.text);
    v->out->instances += end->kind == STREAM_INSTANCE;
    arena_destroy(arena);
    return err->code == ERR_NONE;
}

/* The ends are read in pieces, because verifying a case uses the same connection. */
enum { PIECE = 256 };

static bool ends_find(struct db_conn *conn, struct err *err) {
    return db_script(conn,
                     "CREATE TEMP TABLE case_end (case_id INTEGER PRIMARY KEY, last_event INTEGER, "
                     "event_count INTEGER, first TEXT); INSERT INTO case_end SELECT e.case_id, "
                     "max(e.seq), count(*), max(CASE WHEN e.case_seq = 1 THEN e.kind END) FROM "
                     "event AS e JOIN case_key AS k ON k.case_id = e.case_id GROUP "
                     "BY e.case_id",
                     err);
}

static bool ends_drop(struct db_conn *conn, struct err *err) {
    return db_script(conn, "DROP TABLE IF EXISTS temp.case_end", err);
}

static bool ends_after(struct case_end out[PIECE], size_t *count_out, struct db_conn *conn,
                       uint64_t after, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT case_id, last_event, event_count, first FROM case_end WHERE case_id > ?1 "
                  "ORDER BY case_id LIMIT ?2",
                  DB_ARGS(db_n((int64_t)after), db_n(PIECE)), err))
        return false;
    while (db_next(&rows, err))
        out[count++] = (struct case_end){{(uint64_t)db_col_i64(&rows, 0)},
                                         (uint64_t)db_col_i64(&rows, 1),
                                         (uint64_t)db_col_i64(&rows, 2),
                                         kind_of(db_col_text(&rows, 3))};
    *count_out = count;
    return db_end(&rows, err);
}

static bool cases_verify(struct verifying *v, struct err *err) {
    struct case_end ends[PIECE];
    size_t count = PIECE;
    uint64_t last = 0;
    while (count == PIECE) {
        if (!ends_after(ends, &count, v->conn, last, err))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!(ends[i].kind == STREAM_CASE ? case_verify(v, &ends[i], err)
                                              : other_verify(v, &ends[i], err)))
                return false;
        if (count > 0)
            last = ends[count - 1].id.n;
    }
    int64_t rest = 0, erased = 0;
    if (!db_get_i64(&rest, v->conn,
                    "SELECT (SELECT count(*) FROM case_file AS f WHERE NOT EXISTS (SELECT 1 FROM "
                    "case_key AS k WHERE k.case_id = f.id)) + (SELECT count(*) FROM case_state AS "
                    "s WHERE NOT EXISTS (SELECT 1 FROM case_key AS k WHERE k.case_id = s.case_id)) "
                    "+ (SELECT count(*) FROM "
                    "process_instance AS p WHERE NOT EXISTS (SELECT 1 FROM case_key AS k WHERE "
                    "k.case_id = p.key >> 24))",
                    DB_NO_ARGS, err) ||
        !db_get_i64(&erased, v->conn,
                    "SELECT count(*) FROM (SELECT DISTINCT case_id FROM event WHERE kind IN "
                    "('submitted', 'process_created') EXCEPT SELECT case_id FROM case_key) AS gone",
                    DB_NO_ARGS, err))
        return false;
    if (rest != 0)
        finding(v, "%" PRId64 " rows belong to erased cases", rest);
    v->out->erased = (uint64_t)erased;
    return true;
}

bool store_verify(struct store_verified *out, struct store *s, const struct store_packs *packs,
                  store_report *report, void *ctx, struct err *err) {
    struct verifying v = {
        .store = s,
        .conn = db_writer(s->db),
        .packs = packs,
        .report = report,
        .ctx = ctx,
        .out = out,
    };
    *out = (struct store_verified){0};
    if (!db_integrity(v.conn, err) || !db_begin(v.conn, err))
        return false;
    /* the temporary table is made within the transaction, so that its end drops it too */
    bool ok = ends_find(v.conn, err) && log_verify(&v, err) && cases_verify(&v, err) &&
              kept_strays(&v, err) && shared_strays(&v, err);
    db_rollback(v.conn);
    if (!ok)
        return false;
    if (v.findings > 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "%" PRIu64 " findings", v.findings);
    return true;
}

/* ---- rebuild --------------------------------------------------------------------------------- */

static bool case_rebuild(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("rebuild", CASE_ARENA_BYTES);
    struct refolded r = {0};
    struct store_key key;
    bool ok = refold(&r, v, end, arena, err) && store_key_of_case(&key, v->conn, end->id, err) &&
              store_project_drop(v->conn, end->id, err);
    if (ok) {
        struct store_project project = project_of(&r);
        ok = store_project_rows(v->conn, &project, err) &&
             store_state_write(v->conn, r.state, &key, v->store->env, err);
    }
    arena_destroy(arena);
    if (!ok)
        return err_context(err, "case %" PRIu64, end->id.n);
    v->out->cases++;
    return true;
}

static bool instance_rebuild(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("rebuild", CASE_ARENA_BYTES);
    struct process_instance *p = NULL;
    struct store_key key;
    const struct store_instance row = instance_end(end);
    const struct store_processes processes = {v->packs->find_process, v->packs->ctx};
    bool ok =
        store_key_of_case(&key, v->conn, end->id, err) &&
        store_instance_drop(v->conn, end->id.n, err) &&
        store_instance_refold(&p, v->conn, &row, &processes, true, arena, err) &&
        (p->flow->ending != 0 || store_instance_snapshot(v->conn, p, &key, v->store->env, err));
    arena_destroy(arena);
    if (!ok)
        return err_context(err, "process instance %" PRIu64, end->id.n);
    v->out->cases++;
    return true;
}

static bool kept_rebuild(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("rebuild", CASE_ARENA_BYTES);
    struct store_kept_event event;
    bool ok = kept_read(&event, v->conn, end, arena, err) &&
              store_kept_rebuild(v->conn, &event, arena, err);
    arena_destroy(arena);
    return ok || err_context(err, "data store of stream %" PRIu64, end->id.n);
}

static bool shared_rebuild(struct verifying *v, const struct case_end *end, struct err *err) {
    struct arena *arena = arena_create("rebuild", CASE_ARENA_BYTES);
    struct store_shared_event event;
    bool ok = shared_read(&event, v->conn, end, arena, err) &&
              store_shared_rebuild(v->conn, &event, arena, err);
    arena_destroy(arena);
    return ok || err_context(err, "stream %" PRIu64, end->id.n);
}

static bool stream_rebuild(struct verifying *v, const struct case_end *end, struct err *err) {
    switch (end->kind) {
    case STREAM_CASE: return case_rebuild(v, end, err);
    case STREAM_INSTANCE: return instance_rebuild(v, end, err);
    case STREAM_KEPT: return kept_rebuild(v, end, err);
    case STREAM_NOTE: break;
    }
    return shared_rebuild(v, end, err); /* one event */
}

static bool cases_rebuild(struct verifying *v, struct err *err) {
    struct case_end ends[PIECE];
    size_t count = PIECE;
    uint64_t last = 0;
    while (count == PIECE) { /* a piece is a transaction, so that the log stays small */
        bool ok = ends_after(ends, &count, v->conn, last, err) && db_begin(v->conn, err);
        for (size_t i = 0; ok && i < count; i++)
            ok = stream_rebuild(v, &ends[i], err);
        if (!ok || !db_commit(v->conn, err)) {
            db_rollback(v->conn);
            return false;
        }
        if (count > 0)
            last = ends[count - 1].id.n;
        db_checkpoint_if_due(v->conn);
    }
    return true;
}

bool store_rebuild(uint64_t *cases_out, struct store *s, const struct store_packs *packs,
                   struct err *err) {
    struct store_verified done = {0};
    struct verifying v = {.store = s, .conn = db_writer(s->db), .packs = packs, .out = &done};
    struct err ignored = {0};
    bool ok = ends_find(v.conn, err) && db_run(v.conn, "DELETE FROM data_store", DB_NO_ARGS, err) &&
              store_shared_clear(v.conn, err) && cases_rebuild(&v, err) &&
              store_shared_finish(v.conn, err);
    if (!ends_drop(v.conn, ok ? err : &ignored))
        ok = false;
    *cases_out = done.cases;
    return ok;
}
