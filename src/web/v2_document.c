/* Documents of process clients: multipart in, a reference out, the bytes back. A link is an address
 * that says until when it holds, and a keyed hash of both that only this service can make: whoever
 * has the link may read, as of a letter's verification code. The key is kept, so that a restart
 * ends no link. */
#include <inttypes.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include "base/code.h"
#include "cal/cal.h"
#include "web/handlers.h"
#include "web/v2.h"

enum {
    ID_BYTES = 16,             /* random: nobody guesses one */
    ID_TEXT_MAX = 128,         /* of one that the client gives */
    LINK_DEFAULT_MS = 3600000, /* an hour */
    LINK_SIGN_BYTES = 32,
    METADATA_STEPS = 10000,
    METADATA_BYTES = 4 << 20,
};
#define LINK_MAX_MS (INT64_C(30) * 86400000)
#define STORE_ID    STR("mandate")

/* ---- storing -------------------------------------------------------------------------------- */

/* Files that are still to be stored, one order after the other. */
struct putting {
    const struct http_field *files[WEB_V2_FILES_MAX];
    const struct json *metadata[WEB_V2_FILES_MAX]; /* NULL: none */
    size_t count, at;
    bool batch;
    struct json *created, *failed;
};

static void put_next(struct web_request *r, struct putting *p);

static bool id_ok(struct str id) {
    bool ok = id.len > 0 && id.len <= ID_TEXT_MAX && id.at[0] != '.';
    for (size_t i = 0; ok && i < id.len; i++) {
        char c = id.at[i];
        ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '-' || c == '_' || c == '.';
    }
    return ok;
}

static struct str id_make(struct arena *arena) {
    unsigned char bytes[ID_BYTES];
    struct buf text;
    os_random(os_env_real(), bytes, sizeof bytes);
    buf_init(&text, 4 * ID_BYTES);
    code_hex_add(&text, (struct str){(const char *)bytes, sizeof bytes});
    struct str id = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return id;
}

/* {"camunda.document.type", "storeId", "documentId", "contentHash", "metadata"} */
static struct json *reference_of(const struct json *answer, struct arena *arena) {
    struct json *out = json_obj(arena);
    json_set_str(out, STR("camunda.document.type"), STR("camunda"));
    json_set_str(out, STR("storeId"), STORE_ID);
    for (size_t i = 0; i < json_count(answer); i++) {
        const struct json_member *member = json_member_at(answer, i);
        json_set(out, member->key.text, member->value);
    }
    return out;
}

static void put_one(struct web_request *r, struct putting *p, const struct err *err,
                    const struct json *answer) {
    const struct http_field *file = p->files[p->at];
    if (!p->batch) {
        if (err->code != ERR_NONE)
            v2_fail(r, err);
        else
            web_send_json(r, 201, reference_of(answer, r->arena));
        return;
    }
    if (err->code == ERR_NONE) {
        json_push(p->created, reference_of(answer, r->arena));
    } else {
        struct json *item = json_push_obj(p->failed);
        json_set_str(item, STR("fileName"), file->filename);
        json_set_str(item, STR("detail"), arena_str(r->arena, str_from(err->text)));
    }
    p->at++;
    put_next(r, p);
}

static void put_done(struct web_request *r, const struct app_answer *answer) {
    put_one(r, r->then, &answer->err, answer->body);
}

/* What the client says of the file; what it leaves out, the part says. */
static bool body_make(struct json **out, struct web_request *r, const struct http_field *file,
                      const struct json *metadata, struct err *err) {
    static const char *const known[] = {
        "contentType",         "fileName",           "expiresAt",        "size",
        "processDefinitionId", "processInstanceKey", "customProperties", NULL};
    struct str id = web_query(r, STR("documentId"));
    struct json *body = json_obj(r->arena);
    if (metadata != NULL && !json_only(metadata, known, NULL, err))
        return err->code != ERR_NONE ||
               err_set(err, ERR_INVALID, err_nowhere, "'metadata' must be an object");
    if (id.at != NULL && !id_ok(id))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "a document's id has 1 to %d letters, digits, '-', '_' and '.'",
                       ID_TEXT_MAX);
    json_set_str(body, STR("documentId"), id.at != NULL ? id : id_make(r->arena));
    struct str type = json_get_text(metadata, STR("contentType"));
    struct str name = json_get_text(metadata, STR("fileName"));
    json_set_str(body, STR("contentType"), type.len > 0 ? type : file->content_type);
    json_set_str(body, STR("fileName"), name.len > 0 ? name : file->filename);
    for (size_t i = 0; i < json_count(metadata); i++) {
        const struct json_member *member = json_member_at(metadata, i);
        if (v2_is_one_of(member->key.text, "expiresAt processInstanceKey customProperties"))
            json_set(body, member->key.text, member->value);
    }
    *out = body;
    return true;
}

static void put_next(struct web_request *r, struct putting *p) {
    struct err err = {0};
    struct json *body = NULL;
    if (p->at == p->count) {
        struct json *out = json_obj(r->arena);
        json_set(out, STR("createdDocuments"), p->created);
        json_set(out, STR("failedDocuments"), p->failed);
        web_send_json(r, json_count(p->failed) > 0 ? 207 : 201, out);
        return;
    }
    const struct http_field *file = p->files[p->at];
    char *sha256 = arena_new(r->arena, char, 65);
    if (!body_make(&body, r, file, p->metadata[p->at], &err) ||
        !app_document_put(sha256, r->app, file->value, &err)) {
        put_one(r, p, &err, NULL);
        return;
    }
    json_set_str(body, STR("sha256"), str_from(sha256));
    json_set_i64(body, STR("size"), (int64_t)file->value.len);
    r->then = p;
    const struct app_order order = {.verb = APP_DOCUMENT_PUT, .body = body};
    web_do(r, &order, put_done);
}

/* A part that holds JSON, as a field or as a file. */
static bool json_part(const struct json **out, struct web_request *r, struct str name,
                      struct err *err) {
    const struct http_field *field = http_form_find(&r->form, name);
    struct budget budget = budget_of(METADATA_STEPS, METADATA_BYTES);
    *out = NULL;
    return field == NULL ||
           json_view(out, field->value, arena_cstr(r->arena, name), r->arena, &budget, err);
}

static struct putting *files_of(struct web_request *r, struct str name) {
    struct putting *p = arena_new(r->arena, struct putting, 1);
    for (size_t i = 0; i < r->form.count && p->count < WEB_V2_FILES_MAX; i++)
        if (str_eq(r->form.fields[i].name, name))
            p->files[p->count++] = &r->form.fields[i];
    p->created = json_arr(r->arena);
    p->failed = json_arr(r->arena);
    return p;
}

static bool store_known(struct web_request *r) {
    struct str id = web_query(r, STR("storeId"));
    if (id.len == 0 || str_eq(id, STORE_ID))
        return true;
    v2_fail_status(r, 400, "there is one document store, 'mandate'");
    return false;
}

void v2_document_put(struct web_request *r) {
    struct err err = {0};
    struct putting *p = files_of(r, STR("file"));
    if (!store_known(r))
        return;
    if (p->count != 1)
        v2_fail_status(r, 400, "a document is one part named 'file'");
    else if (!json_part(&p->metadata[0], r, STR("metadata"), &err))
        v2_fail(r, &err);
    else
        put_next(r, p);
}

void v2_document_batch(struct web_request *r) {
    struct err err = {0};
    const struct json *list = NULL;
    struct putting *p = files_of(r, STR("files"));
    p->batch = true;
    if (!store_known(r))
        return;
    if (!json_part(&list, r, STR("metadataList"), &err)) {
        v2_fail(r, &err);
        return;
    }
    if (p->count == 0 || (list != NULL && json_count(list) != p->count)) {
        v2_fail_status(r, 400,
                       "documents are parts named 'files', and 'metadataList' has an item "
                       "for each");
        return;
    }
    for (size_t i = 0; i < json_count(list); i++)
        p->metadata[i] = json_item(list, i);
    put_next(r, p);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void document_send(struct web_request *r, struct str id) {
    struct rows_document row;
    struct err err = {0};
    struct buf bytes;
    buf_init(&bytes, UPLOAD_BYTES_MAX);
    struct str hash = web_query(r, STR("contentHash"));
    if (!app_rows_document(&row, &bytes, r->reader, id, r->arena, &err)) {
        v2_fail(r, &err);
        buf_done(&bytes);
        return;
    }
    struct buf hex;
    buf_init(&hex, 128);
    code_hex_add(&hex, row.sha256);
    bool same = hash.len == 0 || str_eq(hash, buf_view(&hex));
    buf_done(&hex);
    if (!same) {
        v2_fail_status(r, 400, "the content has another hash");
    } else {
        struct http_response *res = http_answer(r->http);
        res->content_type =
            row.media_type.len > 0 ? row.media_type : STR("application/octet-stream");
        res->document = true;
        buf_add(&res->body, buf_view(&bytes));
        http_send(r->http);
    }
    buf_done(&bytes);
}

void v2_document(struct web_request *r) {
    if (store_known(r))
        document_send(r, web_arg(r, "id"));
}

static void dropped(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        v2_fail(r, &answer->err);
    else
        v2_send_nothing(r);
}

void v2_document_drop(struct web_request *r) {
    if (!store_known(r))
        return;
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("documentId"), web_arg(r, "id"));
    const struct app_order order = {.verb = APP_DOCUMENT_DROP, .body = body};
    web_do(r, &order, dropped);
}

/* ---- links ---------------------------------------------------------------------------------- */

/* base64url of a keyed hash of the id and the time. */
static struct str link_sign(const struct web *web, struct str id, struct str until,
                            struct arena *arena) {
    unsigned char hash[LINK_SIGN_BYTES];
    struct buf text;
    struct str what = arena_printf(arena, "%.*s %.*s", STR_ARG(id), STR_ARG(until));
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)what.at, what.len,
                             web->link_key, sizeof web->link_key);
    buf_init(&text, 64);
    code_base64url_add(&text, (struct str){(const char *)hash, sizeof hash});
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}

void v2_document_link(struct web_request *r) {
    struct rows_document row;
    struct err err = {0};
    struct str id = web_arg(r, "id");
    const struct json *node = json_get(r->json, STR("timeToLive"));
    int64_t ttl_ms = LINK_DEFAULT_MS;
    if (!store_known(r))
        return;
    if (node != NULL && !json_is(node, JSON_NULL) &&
        (!json_to_i64(&ttl_ms, node) || ttl_ms <= 0 || ttl_ms > LINK_MAX_MS)) {
        v2_fail_status(r, 400, "'timeToLive' must be milliseconds, at most 30 days");
        return;
    }
    if (!app_rows_document(&row, NULL, r->reader, id, r->arena, &err)) {
        v2_fail(r, &err);
        return;
    }
    char expires[CAL_TEXT_MAX];
    int64_t until_ms = app_now_us(r->app) / 1000 + ttl_ms;
    (void)cal_us_format(expires, until_ms * 1000, NULL);
    struct str until = arena_printf(r->arena, "%" PRId64, until_ms);
    struct str sign = link_sign(r->web, id, until, r->arena);
    const char *base = app_config_of(r->app)->base_url;
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("url"),
                 arena_printf(r->arena, "%s/v2/documents/%.*s/linked?until=%.*s&sign=%.*s", base,
                              STR_ARG(id), STR_ARG(until), STR_ARG(sign)));
    json_set_str(out, STR("expiresAt"), arena_str(r->arena, str_from(expires)));
    web_send_json(r, 201, out);
}

void v2_document_linked(struct web_request *r) {
    int64_t until_ms;
    struct str until = web_query(r, STR("until")), sign = web_query(r, STR("sign"));
    struct str id = web_arg(r, "id"), want = link_sign(r->web, id, until, r->arena);
    bool ok = str_to_i64(&until_ms, until) && sign.len == want.len &&
              CRYPTO_memcmp(sign.at, want.at, want.len) == 0 &&
              until_ms > app_now_us(r->app) / 1000;
    if (ok)
        document_send(r, id);
    else
        v2_fail_status(r, 404, "this link does not hold, or no longer");
}
