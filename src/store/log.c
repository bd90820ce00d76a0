/* The audit log as a tree: its leaves are rows, its inner nodes are computed when asked for. */
#include <assert.h>

#include "audit/audit.h"
#include "store/inner.h"

static bool edge_load(struct merkle_frontier *out, struct db_conn *conn, struct err *err) {
    struct db_rows rows;
    *out = (struct merkle_frontier){0};
    if (!db_query(&rows, conn, "SELECT frontier FROM audit_frontier WHERE id = 1", DB_NO_ARGS, err))
        return false;
    if (db_next(&rows, err)) {
        struct bytes_reader r = {db_col_blob(&rows, 0), false};
        if (!merkle_frontier_take(out, &r) || r.in.len != 0)
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "the audit log's edge is damaged");
    }
    return db_end(&rows, err);
}

bool store_log_head(struct merkle_head *out, struct db_conn *conn, struct err *err) {
    struct merkle_frontier edge;
    if (!edge_load(&edge, conn, err))
        return false;
    *out = (struct merkle_head){edge.leaf_count, merkle_root(&edge)};
    return true;
}

/* The root over 2^level leaves from index * 2^level on, by appending them to a tree of their own.
 */
static bool node_read(struct merkle_hash *out, void *of, unsigned level, uint64_t index,
                      struct err *err) {
    struct db_rows rows;
    struct merkle_frontier part = {0};
    assert(level < 63);
    uint64_t first = index << level, count = UINT64_C(1) << level;
    if (!db_query(&rows, of, "SELECT leaf FROM event WHERE seq >= ?1 AND seq < ?2 ORDER BY seq",
                  DB_ARGS(db_n((int64_t)first), db_n((int64_t)(first + count))), err))
        return false;
    while (db_next(&rows, err)) {
        struct merkle_hash leaf;
        if (store_hash_take(&leaf, db_col_blob(&rows, 0), err))
            (void)merkle_append(&part, &leaf, NULL);
    }
    if (err->code == ERR_NONE && part.leaf_count != count)
        (void)err_set(err, ERR_CORRUPT, err_nowhere, "leaves of the audit log are missing");
    if (!db_end(&rows, err))
        return false;
    *out = merkle_root(&part);
    return true;
}

bool store_log_leaf(struct merkle_hash *out, struct db_conn *conn, uint64_t log_index,
                    struct err *err) {
    return node_read(out, conn, 0, log_index, err);
}

bool store_log_prove(struct merkle_proof *out, struct merkle_head *head, struct merkle_hash *leaf,
                     struct db_conn *conn, uint64_t log_index, struct err *err) {
    const struct merkle_source source = {node_read, conn};
    if (!store_log_head(head, conn, err))
        return false;
    if (log_index >= head->leaf_count)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such event in the log");
    return node_read(leaf, conn, 0, log_index, err) &&
           merkle_prove(out, &source, (struct merkle_at){log_index, head->leaf_count}, err);
}
