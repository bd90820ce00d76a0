/* Documents are files named by their SHA-256: documents/ab/cdef... (two digits, then sixty-two).
 * Writing the same bytes twice is writing them once. The file and its folder are durable before the
 * order that names it is even queued, so no committed row names a file that is not there. */
#include <inttypes.h>
#include <sys/stat.h>

#include "base/code.h"
#include "store/inner.h"

enum { SWEEP_AGE_S = 24 * 3600 }; /* a person may need a day between attaching and sending */

struct hex {
    char text[65];
};

static bool hex_of(struct hex *out, struct str sha256, struct err *err) {
    struct buf b;
    if (sha256.len != 32)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such document");
    buf_init(&b, 64);
    code_hex_add(&b, sha256);
    memcpy(out->text, b.at, 64);
    out->text[64] = '\0';
    buf_done(&b);
    return true;
}

static const char *document_path(const struct store *s, const struct hex *hex,
                                 struct arena *arena) {
    return arena_printf(arena, "%s/documents/%.2s/%s", s->folder, hex->text, hex->text + 2).at;
}

bool store_document_put(char sha256[65], struct store *s, struct str bytes, struct err *err) {
    struct hex hex;
    struct merkle_hash hash = merkle_sha256(bytes);
    if (bytes.len > UPLOAD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a document is longer than %d bytes",
                       UPLOAD_BYTES_MAX);
    if (!hex_of(&hex, merkle_hash_str(&hash), err))
        return false;
    struct arena *arena = arena_create("document", 1 << 16);
    const char *folder = arena_printf(arena, "%s/documents/%.2s", s->folder, hex.text).at;
    bool ok =
        os_folder_make(folder, err) && os_file_write(document_path(s, &hex, arena), bytes, err);
    arena_destroy(arena);
    if (ok)
        memcpy(sha256, hex.text, sizeof hex.text);
    return ok;
}

bool store_document_get(struct buf *out, struct store *s, struct str sha256, struct err *err) {
    struct hex hex;
    struct str bytes;
    if (!hex_of(&hex, sha256, err))
        return false;
    struct arena *arena = arena_create("document", (size_t)UPLOAD_BYTES_MAX * 2);
    bool ok = os_file_read(&bytes, document_path(s, &hex, arena), UPLOAD_BYTES_MAX, arena, err);
    if (ok) {
        struct merkle_hash hash = merkle_sha256(bytes);
        if (str_eq(merkle_hash_str(&hash), sha256))
            buf_add(out, bytes);
        else
            ok = err_set(err, ERR_CORRUPT, err_nowhere, "document '%s' is not what was stored",
                         hex.text);
    }
    arena_destroy(arena);
    return ok && buf_ok(out, "a document", err);
}

bool store_document_check(struct store *s, struct str sha256, uint64_t size_bytes,
                          struct err *err) {
    struct hex hex;
    uint64_t size = 0;
    if (!hex_of(&hex, sha256, err))
        return false;
    struct arena *arena = arena_create("document", 1 << 16);
    bool ok = os_file_size(&size, document_path(s, &hex, arena), err);
    arena_destroy(arena);
    if (ok && size != size_bytes)
        return err_set(err, ERR_INVALID, err_nowhere, "document '%s' has %" PRIu64 " bytes",
                       hex.text, size);
    return ok;
}

static bool old_and_unnamed(bool *out, struct store *s, struct db_conn *conn, const char *path,
                            struct str hex, struct err *err) {
    struct stat info;
    struct buf raw;
    int64_t named = 0;
    *out = false;
    if (stat(path, &info) != 0 || info.st_mtim.tv_sec + SWEEP_AGE_S > os_wall_us(s->env) / 1000000)
        return true;
    buf_init(&raw, 32);
    /* a name that is no digest is what an interrupted write left */
    bool digest = hex.len == 64 && code_hex_take(&raw, hex);
    bool ok =
        !digest || db_get_i64(&named, conn,
                              "SELECT 1 FROM document WHERE sha256 = ?1 UNION ALL SELECT 1 FROM "
                              "api_document WHERE sha256 = ?1 LIMIT 1",
                              DB_ARGS(db_b(buf_view(&raw))), err);
    buf_done(&raw);
    *out = ok && named == 0;
    return ok;
}

static bool sweep_folder(size_t *removed, struct store *s, struct db_conn *conn, struct str name,
                         struct err *err) {
    struct arena *arena = arena_create("sweep", (size_t)64 << 20);
    const char *folder = arena_printf(arena, "%s/documents/%s", s->folder, name.at).at;
    struct os_entry *files = NULL;
    size_t count = 0;
    bool ok = os_folder_list(&files, &count, folder, arena, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct arena_mark mark = arena_mark(arena);
        const char *path = arena_printf(arena, "%s/%s", folder, files[i].name.at).at;
        struct str hex = arena_printf(arena, "%s%s", name.at, files[i].name.at);
        bool remove = false;
        ok = old_and_unnamed(&remove, s, conn, path, hex, err) &&
             (!remove || os_file_remove(path, err));
        *removed += ok && remove ? 1 : 0;
        arena_rewind(arena, mark);
    }
    arena_destroy(arena);
    return ok;
}

bool store_documents_sweep(size_t *removed_out, struct store *s, struct db_conn *conn,
                           struct err *err) {
    struct arena *arena = arena_create("sweep", 1 << 20);
    const char *folder = arena_printf(arena, "%s/documents", s->folder).at;
    struct os_entry *folders = NULL;
    size_t count = 0;
    *removed_out = 0;
    bool ok = os_folder_list(&folders, &count, folder, arena, err);
    for (size_t i = 0; ok && i < count; i++)
        if (folders[i].kind == OS_ENTRY_FOLDER)
            ok = sweep_folder(removed_out, s, conn, folders[i].name, err);
    arena_destroy(arena);
    return ok;
}
