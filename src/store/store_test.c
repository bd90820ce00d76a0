#include "store/store.h"

#include <errno.h>
#include <stdlib.h>

#include "base/code.h"
#include "base/test.h"
#include "store/inner.h"

struct box {
    struct arena *arena;
    const char *folder;
    struct store *store;
    struct store_tx tx;
};

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

static void box_open(struct box *b) {
    char path[] = "/tmp/mandate-store-XXXXXX";
    struct err err = {0};
    *b = (struct box){.arena = arena_create("test", 64 << 20)};
    CHECK(mkdtemp(path) != NULL);
    b->folder = arena_cstr(b->arena, str_from(path));
    log_sink_set(quiet, NULL);
    CHECK_OK(store_open(&b->store, b->folder, os_env_real(), &err), &err);
}

static void box_again(struct box *b) {
    struct err err = {0};
    store_close(b->store);
    CHECK_OK(store_open(&b->store, b->folder, os_env_real(), &err), &err);
}

static void box_close(struct box *b) {
    struct err err = {0};
    store_close(b->store);
    CHECK_OK(os_folder_remove(b->folder, &err), &err);
    log_sink_set(NULL, NULL);
    arena_destroy(b->arena);
}

#define BEGIN(b)  CHECK_OK(store_begin(&(b)->tx, (b)->store, &err), &err)
#define COMMIT(b) CHECK_OK(store_commit(&(b)->tx, &err), &err)

void test_store_is_one_process(void) {
    struct box b;
    struct err err = {0};
    struct store *other;
    box_open(&b);
    CHECK(!store_open(&other, b.folder, os_env_real(), &err) && err.code == ERR_CONFLICT);
    box_again(&b);
    box_close(&b);
}

void test_store_numbers_have_no_gaps(void) {
    struct box b;
    struct err err = {0};
    uint64_t n = 0;
    box_open(&b);
    for (uint64_t want = 1; want <= 3; want++) {
        BEGIN(&b);
        CHECK_OK(store_number_peek(&n, &b.tx, STR("letters"), 2026, &err), &err);
        CHECK_INT((int64_t)n, (int64_t)want);
        CHECK_OK(store_number_next(&n, &b.tx, STR("letters"), 2026, &err), &err);
        CHECK_INT((int64_t)n, (int64_t)want);
        store_rollback(&b.tx); /* a number that was not given is given again */
        BEGIN(&b);
        CHECK_OK(store_number_next(&n, &b.tx, STR("letters"), 2026, &err), &err);
        CHECK_INT((int64_t)n, (int64_t)want);
        COMMIT(&b);
    }
    BEGIN(&b);
    CHECK_OK(store_number_next(&n, &b.tx, STR("letters"), 2027, &err), &err);
    CHECK_INT((int64_t)n, 1); /* a new year */
    COMMIT(&b);
    box_close(&b);
}

void test_store_clock_only_forward(void) {
    struct box b;
    struct err err = {0};
    box_open(&b);
    int64_t now_us = store_now_us(b.store), later_us = now_us + INT64_C(86400000000) * 30;
    BEGIN(&b);
    CHECK(!store_clock_move(&b.tx, now_us - 1, &err) && err.code == ERR_RANGE);
    err_reset(&err);
    CHECK_OK(store_clock_move(&b.tx, later_us, &err), &err);
    CHECK(store_now_us(b.store) < later_us); /* counts from the commit on */
    COMMIT(&b);
    CHECK(store_now_us(b.store) >= later_us);
    box_again(&b);
    CHECK(store_now_us(b.store) >= later_us);
    box_close(&b);
}

void test_store_first_answer_again(void) {
    struct box b;
    struct err err = {0};
    struct str answer = STR_NONE;
    bool found = true;
    const struct store_once once = {STR("account:3"), STR("key-1"), STR("order bytes")};
    const struct store_once other_order = {STR("account:3"), STR("key-1"), STR("other bytes")};
    const struct store_once other_scope = {STR("account:4"), STR("key-1"), STR("order bytes")};
    box_open(&b);
    BEGIN(&b);
    CHECK_OK(store_once_find(&answer, &found, b.tx.conn, &once, b.arena, &err), &err);
    CHECK(!found);
    CHECK_OK(store_once_keep(&b.tx, &once, STR("{\"access_code\":\"SECRET\"}"), &err), &err);
    COMMIT(&b);
    struct db_conn *w = db_writer(store_db(b.store));
    CHECK_OK(store_once_find(&answer, &found, w, &once, b.arena, &err), &err);
    CHECK(found);
    CHECK_STR(answer, STR("{\"access_code\":\"SECRET\"}"));
    CHECK_OK(store_once_find(&answer, &found, w, &other_scope, b.arena, &err), &err);
    CHECK(!found);
    CHECK(!store_once_find(&answer, &found, w, &other_order, b.arena, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    box_close(&b);
}

/* Is this text anywhere in the data folder's database files? */
static bool on_disk(const struct box *b, struct str secret) {
    static const char *const names[] = {"mandate.db", "mandate.db-wal"};
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct err err = {0};
        struct str bytes;
        struct arena *arena = arena_create("disk", 128 << 20);
        const char *path = arena_printf(arena, "%s/%s", b->folder, names[i]).at;
        if (os_file_read(&bytes, path, 64 << 20, arena, &err))
            found = found || str_find(bytes, secret) != SIZE_MAX;
        arena_destroy(arena);
    }
    return found;
}

void test_store_draft_needs_its_key(void) {
    struct box b;
    struct err err = {0};
    struct store_draft got;
    const struct store_draft draft = {STR("residence-permit"), STR("{\"name\":\"PLAINNAME\"}"), 0};
    box_open(&b);
    BEGIN(&b);
    CHECK_OK(store_draft_put(&b.tx, STR("sixteen bytes key"), &draft, &err), &err);
    CHECK_OK(store_draft_put(&b.tx, STR("sixteen bytes key"), &draft, &err), &err);
    COMMIT(&b);
    struct db_conn *w = db_writer(store_db(b.store));
    CHECK_OK(store_draft_get(&got, w, STR("sixteen bytes key"), b.arena, &err), &err);
    CHECK_STR(got.matter, draft.matter);
    CHECK_STR(got.content, draft.content);
    CHECK(!on_disk(&b, STR("PLAINNAME")));
    CHECK(on_disk(&b, STR("residence-permit"))); /* so the search does find what is there */
    CHECK(!store_draft_get(&got, w, STR("another key here"), b.arena, &err));
    CHECK_INT(err.code, ERR_NOT_FOUND);
    err_reset(&err);
    BEGIN(&b);
    CHECK_OK(store_draft_drop(&b.tx, STR("sixteen bytes key"), &err), &err);
    COMMIT(&b);
    CHECK(!store_draft_get(&got, w, STR("sixteen bytes key"), b.arena, &err));
    box_close(&b);
}

void test_store_accounts(void) {
    struct box b;
    struct err err = {0};
    uint64_t id = 0;
    const struct store_account account = {
        .user = STR("examiner"), .name = STR("Examiner"), .password = STR("$argon2id$x")};
    const struct store_appointment posts[] = {{STR("wenzhou"), STR("examiner")},
                                              {STR("lucheng"), STR("examiner")}};
    box_open(&b);
    BEGIN(&b);
    CHECK_OK(store_account_add(&id, &b.tx, &account, posts, COUNT_OF(posts), &err), &err);
    CHECK(!store_account_add(&id, &b.tx, &account, posts, 1, &err) && err.code == ERR_CONFLICT);
    err_reset(&err);
    COMMIT(&b);
    struct store_account got;
    struct store_appointment *list;
    size_t count = 0;
    struct db_conn *w = db_writer(store_db(b.store));
    CHECK_OK(store_account_by_user(&got, w, STR("examiner"), b.arena, &err), &err);
    CHECK_STR(got.password, STR("$argon2id$x"));
    CHECK_OK(store_appointments(&list, &count, w, got.id, b.arena, &err), &err);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(list[0].organ, STR("lucheng"));
    got.locked = true;
    got.failures = 7;
    BEGIN(&b);
    CHECK_OK(store_account_save(&b.tx, &got, &err), &err);
    CHECK_OK(store_session_add(&b.tx, STR("hash of a token"), got.id, &err), &err);
    COMMIT(&b);
    struct store_session session;
    CHECK_OK(store_session_get(&session, w, STR("hash of a token"), &err), &err);
    CHECK_INT((int64_t)session.account, (int64_t)got.id);
    CHECK_OK(store_account_by_id(&got, w, got.id, b.arena, &err), &err);
    CHECK(got.locked && got.failures == 7);
    BEGIN(&b);
    CHECK_OK(store_sessions_drop(&b.tx, got.id, &err), &err);
    COMMIT(&b);
    CHECK(!store_session_get(&session, w, STR("hash of a token"), &err));
    CHECK_INT(err.code, ERR_NOT_FOUND);
    box_close(&b);
}

void test_store_documents(void) {
    struct box b;
    struct err err = {0};
    char hex[65];
    struct buf raw, got;
    box_open(&b);
    buf_init(&raw, 32);
    buf_init(&got, UPLOAD_BYTES_MAX);
    CHECK_OK(store_document_put(hex, b.store, STR("abc"), &err), &err);
    CHECK_STR(str_from(hex), /* FIPS 180-4's example */
              STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK_OK(store_document_put(hex, b.store, STR("abc"), &err), &err);
    CHECK(code_hex_take(&raw, str_from(hex)));
    CHECK_OK(store_document_get(&got, b.store, buf_view(&raw), &err), &err);
    CHECK_STR(buf_view(&got), STR("abc"));
    CHECK_OK(store_document_check(b.store, buf_view(&raw), 3, &err), &err);
    CHECK(!store_document_check(b.store, buf_view(&raw), 4, &err) && err.code == ERR_INVALID);
    err_reset(&err);
    const char *path = arena_printf(b.arena, "%s/documents/%.2s/%s", b.folder, hex, hex + 2).at;
    CHECK_OK(os_file_write(path, STR("abd"), &err), &err);
    CHECK(!store_document_get(&got, b.store, buf_view(&raw), &err) && err.code == ERR_CORRUPT);
    err_reset(&err);
    CHECK_OK(os_file_remove(path, &err), &err);
    CHECK(!store_document_get(&got, b.store, buf_view(&raw), &err) && err.code == ERR_NOT_FOUND);
    buf_done(&raw), buf_done(&got);
    box_close(&b);
}

struct nth {
    int left;
};
static int nth_fails(void *self, enum os_fault_op op, const char *path) {
    struct nth *nth = self;
    (void)op, (void)path;
    return --nth->left == 0 ? ENOSPC : 0;
}

void test_store_document_full_disk(void) {
    struct box b;
    struct err err = {0};
    char hex[65];
    int n = 1;
    box_open(&b);
    CHECK_OK(store_document_put(hex, b.store, STR("abc"), &err), &err);
    for (;; n++) {
        struct nth nth = {n};
        os_fault_set(nth_fails, &nth);
        bool ok = store_document_put(hex, b.store, STR("abc"), &err);
        os_fault_set(NULL, NULL);
        if (ok)
            break;
        CHECK_INT(err.code, ERR_FULL);
        err_reset(&err);
    }
    CHECK_INT(n, 6);
    box_close(&b);
}

struct old_clock {
    int64_t ahead_us;
};
static int64_t ahead_wall_us(void *self) {
    return os_wall_us(os_env_real()) + ((struct old_clock *)self)->ahead_us;
}
static int64_t real_mono_us(void *self) {
    (void)self;
    return os_mono_us(os_env_real());
}
static void real_random(void *self, void *out, size_t size_bytes) {
    (void)self;
    os_random(os_env_real(), out, size_bytes);
}

void test_store_sweep_keeps_what_is_named(void) {
    struct box b;
    struct err err = {0};
    struct old_clock clock = {0};
    const struct os_env env = {&clock, ahead_wall_us, real_mono_us, real_random};
    char named[65], unnamed[65];
    size_t removed = 9;
    struct buf raw;
    box_open(&b);
    store_close(b.store);
    CHECK_OK(store_open(&b.store, b.folder, &env, &err), &err);
    CHECK_OK(store_document_put(named, b.store, STR("named"), &err), &err);
    CHECK_OK(store_document_put(unnamed, b.store, STR("unnamed"), &err), &err);
    buf_init(&raw, 32);
    CHECK(code_hex_take(&raw, str_from(named)));
    struct db_conn *w = db_writer(store_db(b.store));
    CHECK_OK(db_run(w, "INSERT INTO document (sha256, case_id) VALUES (?1, 1)",
                    DB_ARGS(db_b(buf_view(&raw))), &err),
             &err);
    CHECK_OK(store_documents_sweep(&removed, b.store, w, &err), &err);
    CHECK_INT((int64_t)removed, 0); /* a day has not passed */
    clock.ahead_us = INT64_C(25) * 3600 * 1000000;
    CHECK_OK(store_documents_sweep(&removed, b.store, w, &err), &err);
    CHECK_INT((int64_t)removed, 1);
    CHECK_OK(store_document_check(b.store, buf_view(&raw), 5, &err), &err);
    buf_done(&raw);
    box_close(&b);
}

static void key_add(struct box *b, uint64_t id, struct store_key *key) {
    struct err err = {0};
    memset(key->bytes, 7, sizeof key->bytes);
    CHECK_OK(db_run(b->tx.conn, "INSERT INTO case_key (case_id, key) VALUES (?1, ?2)",
                    DB_ARGS(db_n((int64_t)id),
                            db_b((struct str){(const char *)key->bytes, sizeof key->bytes})),
                    &err),
             &err);
}

void test_store_outbox_lease_is_fenced(void) {
    struct box b;
    struct err err = {0};
    struct store_key key;
    struct store_outbox first[4], second[4];
    size_t count = 0;
    const struct case_effect effect = {.kind = CASE_EFFECT_MESSAGE,
                                       .to = STR("a@example.org"),
                                       .subject = STR("subject"),
                                       .text = STR("PLAINTEXT")};
    box_open(&b);
    BEGIN(&b);
    key_add(&b, 5, &key);
    CHECK_OK(store_outbox_add(&b.tx, &effect, (struct case_id){5}, &key, &err), &err);
    COMMIT(&b);
    CHECK(!on_disk(&b, STR("PLAINTEXT")) && !on_disk(&b, STR("a@example.org")));
    BEGIN(&b);
    CHECK_OK(store_outbox_lease(first, 4, &count, &b.tx, STORE_OUTBOX_MAIL, 0, b.arena, &err),
             &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(first[0].text, STR("PLAINTEXT"));
    COMMIT(&b);
    BEGIN(&b); /* its lease is over: another takes it */
    CHECK_OK(
        store_outbox_lease(second, 4, &count, &b.tx, STORE_OUTBOX_MAIL, 1000000000, b.arena, &err),
        &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(second[0].attempts, 2);
    CHECK(!store_outbox_sent(&b.tx, &first[0], &err) && err.code == ERR_CONFLICT);
    err_reset(&err);
    CHECK_OK(store_outbox_lease(first, 4, &count, &b.tx, STORE_OUTBOX_MAIL, 0, b.arena, &err),
             &err);
    CHECK_INT((int64_t)count, 0); /* leased */
    CHECK_OK(store_outbox_sent(&b.tx, &second[0], &err), &err);
    COMMIT(&b);
    struct store_outbox_count left;
    CHECK_OK(store_outbox_count(&left, db_writer(store_db(b.store)), &err), &err);
    CHECK_INT(left.waiting, 0);
    box_close(&b);
}

void test_store_seal_is_for_one_place(void) {
    struct store_key key = {{1}}, other = {{2}};
    const struct store_seal place = {"event", 3, 4}, elsewhere = {"event", 3, 5};
    struct buf sealed, plain;
    struct err err = {0};
    buf_init(&sealed, 1000);
    buf_init(&plain, 1000);
    store_seal(&sealed, &key, &place, STR("text"), os_env_real());
    CHECK_INT((int64_t)sealed.len, 4 + STORE_SEAL_EXTRA_BYTES);
    CHECK_OK(store_unseal(&plain, &key, &place, buf_view(&sealed), &err), &err);
    CHECK_STR(buf_view(&plain), STR("text"));
    CHECK(!store_unseal(&plain, &key, &elsewhere, buf_view(&sealed), &err));
    CHECK_INT(err.code, ERR_CORRUPT);
    err_reset(&err);
    CHECK(!store_unseal(&plain, &other, &place, buf_view(&sealed), &err));
    err_reset(&err);
    CHECK(!store_unseal(&plain, &key, &place, str_sub(buf_view(&sealed), 0, 20), &err));
    CHECK_STR(buf_view(&plain), STR("text")); /* a failure adds nothing */
    buf_done(&sealed), buf_done(&plain);
}
