/* Documents of the API: named by whoever puts them in, kept until they expire or are dropped. Bytes
 * that no document names any more are removed by the sweep of the folder. */
#include "app/process_inner.h"
#include "base/code.h"

enum { METADATA_BYTES_MAX = 1 << 16 };

static bool sha256_of(struct str *out, const struct json *body, struct arena *arena,
                      struct err *err) {
    struct buf raw;
    buf_init(&raw, MERKLE_HASH_BYTES);
    bool ok = code_hex_take(&raw, json_get_text(body, STR("sha256"))) &&
              raw.len == MERKLE_HASH_BYTES && !raw.full;
    if (ok)
        *out = arena_str(arena, buf_view(&raw));
    buf_done(&raw);
    return ok || err_set(err, ERR_INVALID, err_nowhere, "'sha256' is not 64 hex digits");
}

static bool put(struct app_job *j, struct err *err) {
    const struct json *body = j->order.body;
    const struct json *properties = json_get(body, STR("customProperties"));
    struct str expires = STR_NONE;
    struct store_api_document d = {0};
    struct buf metadata;
    if (!app_take_text(&d.id, body, "documentId", err) ||
        !app_take_text(&d.name, body, "fileName", err) ||
        !app_take_text(&d.media_type, body, "contentType", err) ||
        !app_take_i64(&d.size, body, "size", err) ||
        !app_take_key(&d.instance, body, "processInstanceKey", err) ||
        !app_take_text(&expires, body, "expiresAt", err) ||
        !sha256_of(&d.sha256, body, j->app->scratch, err))
        return false;
    if (expires.len > 0 && !cal_us_parse(&d.expires_us, expires))
        return err_set(err, ERR_INVALID, err_nowhere, "'expiresAt' is no date and time");
    if (d.id.len == 0 || d.id.len > NAME_BYTES_MAX || d.name.len > NAME_BYTES_MAX ||
        d.media_type.len > NAME_BYTES_MAX || d.size < 0)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "a document needs an id, and names of at most %d bytes", NAME_BYTES_MAX);
    if (!store_document_check(j->tx->store, d.sha256, (uint64_t)d.size, err))
        return false;
    buf_init(&metadata, METADATA_BYTES_MAX);
    if (json_count(properties) > 0)
        json_write(&metadata, properties, JSON_COMPACT);
    d.metadata = arena_str(j->app->scratch, buf_view(&metadata));
    bool ok = buf_ok(&metadata, "the document's properties", err) &&
              store_api_document_put(j->tx, &d, err);
    buf_done(&metadata);
    if (!ok)
        return false;
    j->body = json_obj(j->arena);
    json_set_str(j->body, STR("documentId"), d.id);
    json_set_str(j->body, STR("contentHash"), json_get_text(body, STR("sha256")));
    struct json *out = json_set_obj(j->body, STR("metadata"));
    static const char *const told[] = {"fileName",  "contentType",        "size",
                                       "expiresAt", "processInstanceKey", "customProperties"};
    for (size_t i = 0; i < COUNT_OF(told); i++)
        if (json_get(body, str_from(told[i])) != NULL)
            json_set(out, str_from(told[i]), json_get(body, str_from(told[i])));
    return true;
}

bool app_run_document(struct app_job *j, struct err *err) {
    struct str id = STR_NONE;
    if (j->order.verb == APP_DOCUMENT_PUT)
        return put(j, err);
    return app_take_text(&id, j->order.body, "documentId", err) &&
           store_api_document_drop(j->tx, id, err);
}
