/* The versions of the packs, as they were deployed: a case finds the files it began with. */
#include <inttypes.h>

#include "store/inner.h"

enum { ARCHIVE_BYTES_MAX = 48 << 20 };

static struct str pack_hash_str(const struct pack_hash *hash) {
    return (struct str){(const char *)hash->bytes, sizeof hash->bytes};
}

static void archive_write(struct buf *out, const struct pack *pack) {
    bytes_add_u64(out, pack->file_count);
    for (size_t i = 0; i < pack->file_count; i++) {
        bytes_add_str(out, pack->files[i].path);
        bytes_add_str(out, pack->files[i].bytes);
    }
}

bool store_pack_put(int64_t *id_out, struct store_tx *tx, const struct pack *pack,
                    struct err *err) {
    int64_t id = 0;
    struct str hash = pack_hash_str(&pack->hash);
    if (!db_get_i64(&id, tx->conn, "SELECT id FROM pack_version WHERE sha256 = ?1",
                    DB_ARGS(db_b(hash)), err))
        return false;
    *id_out = id;
    if (id != 0) /* an old version may come back: the last use is the one that counts */
        return db_run(tx->conn, "UPDATE pack_version SET at_us = ?2 WHERE id = ?1",
                      DB_ARGS(db_n(id), db_n(tx->now_us)), err);
    struct buf archive;
    buf_init(&archive, ARCHIVE_BYTES_MAX);
    archive_write(&archive, pack);
    id = (int64_t)tx->next_pack++;
    bool ok = buf_ok(&archive, "the pack", err) &&
              db_run(tx->conn,
                     "INSERT INTO pack_version (id, pack, version, sha256, archive, at_us) VALUES "
                     "(?1, ?2, ?3, ?4, ?5, ?6)",
                     DB_ARGS(db_n(id), db_t(pack->id), db_t(pack->version), db_b(hash),
                             db_b(buf_view(&archive)), db_n(tx->now_us)),
                     err);
    buf_done(&archive);
    *id_out = id;
    return ok;
}

static bool archive_read(struct pack_file **out, size_t *count_out, struct str bytes,
                         struct arena *arena, struct err *err) {
    struct bytes_reader r = {bytes, false};
    size_t count = 0;
    (void)bytes_take_count(&count, &r);
    struct pack_file *files = arena_new(arena, struct pack_file, count);
    for (size_t i = 0; i < count; i++) {
        (void)bytes_take_str(&files[i].path, &r);
        (void)bytes_take_str(&files[i].bytes, &r);
    }
    if (r.bad || r.in.len != 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored pack is damaged");
    *out = files;
    *count_out = count;
    return true;
}

bool store_pack_files(struct pack_file **out, size_t *count_out, struct db_conn *conn, int64_t id,
                      struct arena *arena, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn, "SELECT archive FROM pack_version WHERE id = ?1", DB_ARGS(db_n(id)),
                  err))
        return false;
    if (db_next(&rows, err))
        (void)archive_read(out, count_out, arena_str(arena, db_col_blob(&rows, 0)), arena, err);
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no pack version %" PRId64, id);
    return db_end(&rows, err);
}

bool store_pack_hash(struct pack_hash *out, struct db_conn *conn, int64_t id, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn, "SELECT sha256 FROM pack_version WHERE id = ?1", DB_ARGS(db_n(id)),
                  err))
        return false;
    if (db_next(&rows, err)) {
        struct str hash = db_col_blob(&rows, 0);
        if (hash.len == sizeof out->bytes)
            memcpy(out->bytes, hash.at, sizeof out->bytes);
        else
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "a stored pack is damaged");
    } else if (err->code == ERR_NONE) {
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no pack version %" PRId64, id);
    }
    return db_end(&rows, err);
}

static void version_read(struct store_pack_version *out, const struct db_rows *rows,
                         struct arena *arena) {
    *out = (struct store_pack_version){
        .id = db_col_i64(rows, 0),
        .at_us = db_col_i64(rows, 1),
        .pack = arena_str(arena, db_col_text(rows, 2)),
        .version = arena_str(arena, db_col_text(rows, 3)),
        .sha256 = arena_str(arena, db_col_blob(rows, 4)),
    };
}

bool store_pack_last(struct store_pack_version *out, struct db_conn *conn, struct str pack,
                     struct arena *arena, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn,
                  "SELECT id, at_us, pack, version, sha256 FROM pack_version WHERE pack = ?1 "
                  "ORDER BY at_us DESC, id DESC LIMIT 1",
                  DB_ARGS(db_t(pack)), err))
        return false;
    if (db_next(&rows, err))
        version_read(out, &rows, arena);
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "no version of pack '%.*s' was deployed",
                      STR_ARG(pack));
    return db_end(&rows, err);
}

bool store_pack_versions(struct store_pack_version **out, size_t *count_out, struct db_conn *conn,
                         struct arena *arena, struct err *err) {
    struct db_rows rows;
    int64_t room = 0;
    size_t count = 0;
    if (!db_get_i64(&room, conn, "SELECT count(*) FROM pack_version", DB_NO_ARGS, err))
        return false;
    struct store_pack_version *list = arena_new(arena, struct store_pack_version, (size_t)room);
    if (!db_query(&rows, conn,
                  "SELECT id, at_us, pack, version, sha256 FROM pack_version ORDER BY id LIMIT ?1",
                  DB_ARGS(db_n(room)), err))
        return false;
    while (db_next(&rows, err))
        version_read(&list[count++], &rows, arena);
    *out = list;
    *count_out = count;
    return db_end(&rows, err);
}
