/* The service without its wire, on the public-security pack: whole paths, then the store proved
 * from its bytes, and proved to notice when a byte is not what was written. */
#include <errno.h>
#include <stdlib.h>

#include "app/bench_test.h"
#include "app/live.h"
#include "app/mail.h"
#include "app/offline.h"
#include "app/order.h"
#include "app/reader.h"

static const char application[] =
    "{\"matter\":\"residence-permit-issue\",\"place\":\"330302\",\"lang\":\"zh\",\"applicant\":"
    "{\"name\":\"Example Person\",\"identity\":\"11010519491231002X\",\"phone\":\"13800000000\","
    "\"email\":\"person@example.org\"},\"form\":{\"kind\":\"first\",\"ground\":\"dwelling\","
    "\"household\":\"Lanzhou\",\"address\":\"1 Example Road, Unit 2\",\"since\":\"2025-01-01\","
    "\"delivery\":\"station\"}}";

static struct waiting apply(struct bench *b, const char *key) {
    return bench_order(b, (struct app_order){.verb = APP_APPLY,
                                             .idempotency_key = str_from(key),
                                             .body = bench_json(b, application)});
}

static enum err_code task_do(struct bench *b, const struct app_caller *who, enum app_verb verb,
                             const char *task, const char *outcome) {
    struct str body =
        arena_printf(b->arena, "{\"outcome\":\"%s\",\"reasons\":\"Reasons.\"}", outcome);
    return bench_order(b, (struct app_order){.verb = verb,
                                             .caller = who,
                                             .task = str_from(task),
                                             .body = bench_json(b, body.at)})
        .err.code;
}

/* The id of the one waiting task of the case, "1.8". */
static const char *task_of(struct bench *b, uint64_t case_id) {
    struct db_conn *conn;
    struct err err = {0};
    int64_t task = 0;
    CHECK_OK(db_reader_take(&conn, store_db(b->app->store), &err), &err);
    CHECK_OK(db_get_i64(&task, conn, "SELECT task FROM task WHERE case_id = ?1 AND state < 2",
                        DB_ARGS(db_n((int64_t)case_id)), &err),
             &err);
    db_reader_give(store_db(b->app->store), conn);
    return arena_printf(b->arena, "%llu.%lld", (unsigned long long)case_id, (long long)task).at;
}

struct officers {
    struct app_caller clerk, examiner, head;
};

static void officers_in(struct officers *o, struct bench *b) {
    CHECK(bench_sign_in(&o->clerk, b, "clerk"));
    CHECK(bench_sign_in(&o->examiner, b, "examiner"));
    CHECK(bench_sign_in(&o->head, b, "head"));
}

static void granted(struct bench *b, const struct officers *o, uint64_t case_id) {
    CHECK_INT(task_do(b, &o->clerk, APP_COMPLETE, task_of(b, case_id), "accept"), ERR_NONE);
    CHECK_INT(task_do(b, &o->examiner, APP_COMPLETE, task_of(b, case_id), "grant"), ERR_NONE);
    CHECK_INT(task_do(b, &o->head, APP_COMPLETE, task_of(b, case_id), "sign"), ERR_NONE);
}

/* ---- proving the folder ------------------------------------------------------------------------
 */

void test_app_whole_path_is_proved(void) {
    struct bench b;
    struct officers o;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    struct waiting w = apply(&b, "");
    CHECK_INT(w.err.code, ERR_NONE);
    CHECK_STR(json_get_text(w.body, STR("status")), STR("submitted"));
    officers_in(&o, &b);
    /* who has no part in a case does not learn that it exists; nobody does a step twice */
    const char *task = task_of(&b, 1);
    CHECK_INT(task_do(&b, &o.head, APP_COMPLETE, task, "accept"), ERR_NOT_FOUND);
    CHECK_INT(task_do(&b, &o.clerk, APP_CLAIM, task, ""), ERR_NONE);
    granted(&b, &o, 1);
    CHECK_INT(task_do(&b, &o.clerk, APP_COMPLETE, task, "accept"), ERR_CONFLICT);
    struct store_verified v = bench_verify(&found, &b);
    CHECK(bench_open(&b));
    CHECK_INT(found.count, 0);
    CHECK_INT((int64_t)v.cases, 1);
    CHECK(v.events > 20);
    /* a rebuild makes the same rows */
    CHECK_INT((int64_t)bench_rebuild(&b), 1);
    CHECK(bench_open(&b));
    struct store_verified again = bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    CHECK(merkle_hash_eq(&v.head.root, &again.head.root));
    bench_done(&b);
}

/* Whatever is changed behind the service's back is found. */
void test_app_verify_finds_every_change(void) {
    static const struct row {
        int line;
        const char *sql;
    } rows[] = {
        {__LINE__, "UPDATE event SET payload = zeroblob(length(payload)) WHERE seq = 5"},
        {__LINE__, "UPDATE event SET at_us = at_us + 1 WHERE seq = 3"},
        {__LINE__, "UPDATE event SET actor = 'account:9' WHERE seq = 7"},
        {__LINE__, "UPDATE event SET leaf = zeroblob(32) WHERE seq = 2"},
        {__LINE__, "DELETE FROM event WHERE seq = 4"},
        {__LINE__, "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)"},
        {__LINE__, "UPDATE event SET previous = 0 WHERE seq = 6"},
        {__LINE__, "UPDATE case_file SET status = 'refused'"},
        {__LINE__,
         "UPDATE case_file SET event_count = event_count - 1, last_event = last_event - 1"},
        {__LINE__, "UPDATE case_file SET wake_us = 1"},
        {__LINE__, "DELETE FROM task WHERE task = (SELECT min(task) FROM task)"},
        {__LINE__, "UPDATE task SET account = 3 WHERE state = 2"},
        {__LINE__,
         "INSERT INTO task SELECT case_id, 999, node, organ, post, applicant, waiting, state, "
         "account, created_us, due_us, ended_us, outcome FROM task LIMIT 1"},
        {__LINE__, "INSERT INTO case_element VALUES (1, 99, 'examine', 1, 2, 0)"},
        {__LINE__, "UPDATE clock SET due_us = due_us + 86400000000 WHERE clock = 'decide'"},
        {__LINE__, "DELETE FROM letter WHERE n = 1"},
        {__LINE__, "UPDATE letter SET number = 'forged' WHERE n = 1"},
        {__LINE__, "UPDATE case_state SET state = zeroblob(length(state))"},
        {__LINE__, "UPDATE case_key SET key = zeroblob(32)"},
        {__LINE__, "UPDATE audit_frontier SET frontier = x'00'"},
        {__LINE__, "INSERT INTO audit_checkpoint VALUES (3, zeroblob(32), 1)"},
        {__LINE__, "INSERT INTO audit_checkpoint VALUES (3000000, zeroblob(32), 1)"},
        {__LINE__, "INSERT INTO document VALUES (zeroblob(32), 1)"},
    };
    struct bench b;
    struct officers o;
    struct err err = {0};
    if (!bench_make(&b))
        return;
    (void)apply(&b, "");
    officers_in(&o, &b);
    granted(&b, &o, 1);
    app_close(b.app);
    b.app = NULL;
    const struct app_config config = {.data_dir = b.folder};
    struct app *app = app_blank(&config, os_env_real());
    CHECK_OK(store_open(&app->store, b.folder, os_env_real(), &err), &err);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench_found found = {0};
        struct store_verified out;
        const char *copy = arena_printf(b.arena, "%s/copy-%zu", b.folder, i).at;
        CHECK_OK(app_offline_backup(app, copy, &err), &err);
        struct app *changed = app_blank(&(struct app_config){.data_dir = copy}, os_env_real());
        CHECK_OK_AT(rows[i].line, store_open(&changed->store, copy, os_env_real(), &err), &err);
        struct db_conn *writer = db_writer(store_db(changed->store));
        CHECK_OK_AT(rows[i].line, db_script(writer, rows[i].sql, &err), &err);
        CHECK_AT(rows[i].line, !store_verify(&out, changed->store, &changed->store_packs,
                                             bench_found_add, &found, &err));
        CHECK_AT(rows[i].line, err.code == ERR_CORRUPT);
        CHECK_AT(rows[i].line, found.count > 0);
        err_reset(&err);
        app_close(changed);
    }
    app_close(app);
    bench_done(&b);
}

void test_app_same_key_same_answer(void) {
    struct bench b;
    struct waiting at_once[8];
    if (!bench_make(&b))
        return;
    struct waiting first = apply(&b, "one key");
    struct waiting again = apply(&b, "one key");
    CHECK(!first.repeated && again.repeated);
    CHECK(json_equal(first.body, again.body));
    struct waiting other = bench_order(
        &b, (struct app_order){.verb = APP_APPLY,
                               .idempotency_key = STR("one key"),
                               .body = bench_json(&b, "{\"matter\":\"residence-permit-issue\"}")});
    CHECK_INT(other.err.code, ERR_CONFLICT);
    for (size_t i = 0; i < COUNT_OF(at_once); i++)
        bench_order_give(&at_once[i], &b,
                         (struct app_order){.verb = APP_APPLY,
                                            .idempotency_key = STR("two"),
                                            .body = bench_json(&b, application)});
    int fresh = 0;
    for (size_t i = 0; i < COUNT_OF(at_once); i++) {
        waiting_end(&at_once[i]);
        CHECK_INT(at_once[i].err.code, ERR_NONE);
        fresh += at_once[i].repeated ? 0 : 1;
        CHECK(json_equal(at_once[i].body, at_once[0].body));
    }
    CHECK_INT(fresh, 1);
    bench_done(&b);
}

void test_app_form_faults_are_told_at_once(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    struct waiting w =
        bench_order(&b, (struct app_order){.verb = APP_APPLY,
                                           .body = bench_json(&b, "{\"matter\":\"residence-"
                                                                  "permit-issue\",\"place\":"
                                                                  "\"330302\"}")});
    CHECK_INT(w.err.code, ERR_INVALID);
    CHECK(json_count(json_get(w.body, STR("faults"))) > 5);
    /* a refused one took no number */
    w = apply(&b, "");
    CHECK(str_starts(json_get_text(w.body, STR("reference")), STR("3303")));
    CHECK(str_find(json_get_text(w.body, STR("reference")), STR("-000001-")) != SIZE_MAX);
    bench_done(&b);
}

void test_app_wrong_passwords_wait(void) {
    struct bench b;
    struct app_caller caller = {0};
    struct err err = {0};
    if (!bench_make(&b))
        return;
    const struct json *wrong = bench_json(&b, "{\"user\":\"clerk\",\"password\":\"not this one\"}");
    const struct json *right = bench_json(&b, "{\"user\":\"clerk\",\"password\":\"mandate-demo\"}");
    const struct json *nobody =
        bench_json(&b, "{\"user\":\"nobody\",\"password\":\"mandate-demo\"}");
    struct waiting unknown =
        bench_order(&b, (struct app_order){.verb = APP_SIGN_IN, .body = nobody});
    CHECK_INT(unknown.err.code, ERR_SIGNED_OUT);
    for (int i = 0; i < 6; i++) {
        struct waiting w = bench_order(&b, (struct app_order){.verb = APP_SIGN_IN, .body = wrong});
        CHECK_INT(w.err.code, ERR_SIGNED_OUT);
        CHECK_STR(str_from(w.err.text), str_from(unknown.err.text)); /* no way to tell them apart */
    }
    struct waiting w = bench_order(&b, (struct app_order){.verb = APP_SIGN_IN, .body = right});
    CHECK_INT(w.err.code, ERR_SIGNED_OUT); /* it must wait two seconds now */
    os_pause_us(2100000);
    w = bench_order(&b, (struct app_order){.verb = APP_SIGN_IN, .body = right});
    CHECK_INT(w.err.code, ERR_NONE);
    struct str token = json_get_text(w.body, STR("token"));
    CHECK_OK(app_caller_session(&caller, b.app, token, b.arena, &err), &err);
    CHECK_STR(caller.csrf, json_get_text(w.body, STR("csrf")));
    w = bench_order(&b, (struct app_order){.verb = APP_SIGN_OUT, .caller = &caller});
    CHECK_INT(w.err.code, ERR_NONE);
    CHECK(!app_caller_session(&caller, b.app, token, b.arena, &err));
    CHECK_INT(err.code, ERR_SIGNED_OUT);
    bench_done(&b);
}

void test_app_accounts_by_an_administrator(void) {
    static const char add[] = "{\"user\":\"new.one\",\"name\":\"New One\",\"password\":\"long "
                              "enough\",\"posts\":[{\"organ\":\"wenzhou-lucheng\",\"post\":"
                              "\"clerk\"}]}";
    struct bench b;
    struct app_caller admin, clerk;
    if (!bench_make(&b))
        return;
    CHECK(bench_sign_in(&admin, &b, "admin") && bench_sign_in(&clerk, &b, "clerk"));
    struct app_order order = {
        .verb = APP_ACCOUNT_ADD, .caller = &clerk, .body = bench_json(&b, add)};
    CHECK_INT(bench_order(&b, order).err.code, ERR_FORBIDDEN);
    order.caller = &admin;
    CHECK_INT(bench_order(&b, order).err.code, ERR_NONE);
    CHECK_INT(bench_order(&b, order).err.code, ERR_CONFLICT);
    struct app_order lock = {.verb = APP_ACCOUNT_LOCK,
                             .caller = &admin,
                             .body = bench_json(&b, "{\"user\":\"clerk\",\"locked\":true}")};
    CHECK_INT(bench_order(&b, lock).err.code, ERR_NONE);
    struct waiting w = bench_order(
        &b, (struct app_order){.verb = APP_SIGN_IN,
                               .body = bench_json(&b, "{\"user\":\"clerk\",\"password\":"
                                                      "\"mandate-demo\"}")});
    CHECK_INT(w.err.code, ERR_SIGNED_OUT);
    bench_done(&b);
}

/* The case and its diagram: what is kept decoded, beside what is loaded for this view alone. */
static void views_agree(struct bench *b, struct app_reader *r, const struct app_caller *who,
                        struct str reference) {
    struct err err = {0};
    struct app_ask ask = {.caller = who, .query = json_obj(b->arena), .arena = b->arena};
    struct json *views[2] = {NULL, NULL};
    struct buf svg[2];
    for (int i = 0; i < 2; i++) {
        ask.at_once = i == 1;
        buf_init(&svg[i], 1 << 20);
        CHECK_OK(app_view_case(&views[i], r, &ask, reference, &err), &err);
        CHECK_OK(app_view_diagram(&svg[i], r, &ask, reference, &err), &err);
    }
    CHECK(json_equal(views[0], views[1]));
    CHECK_STR(buf_view(&svg[0]), buf_view(&svg[1]));
    buf_done(&svg[0]);
    buf_done(&svg[1]);
}

/* Pages of more cases than a reader keeps, before and after each step: never one step behind. */
void test_app_views_are_never_stale(void) {
    enum { CASES = READER_CASES + 2 };
    struct bench b;
    struct app_caller clerk;
    struct app_reader *reader;
    struct err err = {0};
    struct str references[CASES];
    if (!bench_make(&b))
        return;
    CHECK(bench_sign_in(&clerk, &b, "clerk"));
    CHECK_OK(app_reader_create(&reader, b.app, &err), &err);
    for (int i = 0; i < CASES; i++)
        references[i] =
            json_get_text(apply(&b, arena_printf(b.arena, "key %d", i).at).body, STR("reference"));
    for (int step = 0; step < 3; step++) {
        for (uint64_t i = 0; i < CASES; i++) {
            views_agree(&b, reader, &clerk, references[i]);
            if (step < 2)
                CHECK_INT(task_do(&b, &clerk, step == 0 ? APP_CLAIM : APP_COMPLETE,
                                  task_of(&b, i + 1), "accept"),
                          ERR_NONE);
            views_agree(&b, reader, &clerk, references[i]);
        }
    }
    app_reader_destroy(reader);
    bench_done(&b);
}

/* A look is known exactly when its order has recorded it: by this officer, at this case. */
void test_app_look_is_known_once_recorded(void) {
    struct bench b;
    struct app_caller clerk, examiner;
    struct app_reader *reader;
    struct err err = {0};
    if (!bench_make(&b))
        return;
    CHECK(bench_sign_in(&clerk, &b, "clerk") && bench_sign_in(&examiner, &b, "examiner"));
    CHECK_OK(app_reader_create(&reader, b.app, &err), &err);
    struct str one = json_get_text(apply(&b, "one").body, STR("reference"));
    struct str two = json_get_text(apply(&b, "two").body, STR("reference"));
    CHECK_INT(task_do(&b, &clerk, APP_COMPLETE, task_of(&b, 1), "accept"), ERR_NONE);
    const struct app_ask asks[] = {{&clerk, json_obj(b.arena), b.arena, true},
                                   {&examiner, json_obj(b.arena), b.arena, true}};
    CHECK(!app_view_looked(reader, &asks[0], one, STR_NONE));
    struct app_order look = {.verb = APP_LOOK, .caller = &clerk, .reference = one};
    CHECK_INT(bench_order(&b, look).err.code, ERR_NONE);
    CHECK(app_view_looked(reader, &asks[0], one, STR_NONE));
    CHECK(!app_view_looked(reader, &asks[0], two, STR_NONE));
    CHECK(!app_view_looked(reader, &asks[1], one, STR_NONE));
    CHECK(!app_view_looked(reader, &asks[0], STR("330302-26-999999-9"), STR_NONE));
    app_reader_destroy(reader);
    bench_done(&b);
}

void test_app_clock_breaches_by_itself(void) {
    struct bench b;
    struct bench_found found;
    struct db_conn *conn;
    struct err err = {0};
    int64_t breached = 0;
    if (!bench_make(&b))
        return;
    (void)apply(&b, "");
    struct waiting w =
        bench_order(&b, (struct app_order){.verb = APP_DEMO_CLOCK,
                                           .body = bench_json(&b, "{\"now\":\"2099-12-"
                                                                  "31T00:00:00Z\"}")});
    if (w.err.code == ERR_RANGE) /* the pack's calendar does not reach so far */
        w.err.code = ERR_NONE;
    CHECK_INT(w.err.code, ERR_NONE);
    CHECK_OK(db_reader_take(&conn, store_db(b.app->store), &err), &err);
    CHECK_OK(
        db_get_i64(&breached, conn, "SELECT count(*) FROM clock WHERE shown = 3", DB_NO_ARGS, &err),
        &err);
    db_reader_give(store_db(b.app->store), conn);
    CHECK(breached > 0);
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    bench_done(&b);
}

/* The n-th write of an order finds the disk full: the caller is told so, the next order works, and
 * what is stored is proved at the end. */
struct nth {
    _Atomic int left;
};
static int nth_fails(void *self, enum db_fault_op op) {
    struct nth *nth = self;
    return op == DB_FAULT_WRITE && atomic_fetch_sub(&nth->left, 1) == 1 ? ENOSPC : 0;
}

void test_app_full_disk_each_write(void) {
    struct bench b;
    struct bench_found found;
    uint64_t done = 0;
    if (!bench_make(&b))
        return;
    for (int n = 1; n < 500; n++) {
        struct nth nth = {n};
        db_fault_set(nth_fails, &nth);
        struct waiting w = apply(&b, "");
        bool clean = atomic_load(&nth.left) > 0;
        db_fault_set(NULL, NULL);
        CHECK(w.err.code == ERR_NONE || w.err.code == ERR_FULL);
        done += w.err.code == ERR_NONE ? 1 : 0;
        if (clean)
            break;
    }
    CHECK(done > 0);
    struct store_verified v = bench_verify(&found, &b);
    CHECK(bench_open(&b));
    CHECK_INT(found.count, 0);
    CHECK_INT((int64_t)v.cases, (int64_t)done);
    CHECK_INT(apply(&b, "").err.code, ERR_NONE);
    bench_done(&b);
}

/* The first finished message, in at most five seconds. */
/* ---- what the writer keeps decoded -------------------------------------------------------------
 */

struct comparing {
    struct bench *b;
    uint64_t cases;
    size_t same, kept;
};

/* Each case as it is kept, beside what the store says; on the writer's thread. */
static bool lives_compare(void *ctx, struct store_tx *tx, struct err *err) {
    struct comparing *c = ctx;
    struct app *app = c->b->app;
    c->kept = app_lives_count(app);
    for (uint64_t id = 1; id <= c->cases; id++) {
        struct arena *arena = arena_create("fresh", 64 << 20);
        struct app_live *live;
        struct store_case row;
        struct case_file *fresh;
        struct buf kept, stored;
        buf_init(&kept, 1 << 20);
        buf_init(&stored, 1 << 20);
        if (app_live_case(&live, app, tx, (struct case_id){id}, err) &&
            store_case_by_id(&row, tx->conn, (struct case_id){id}, arena, err) &&
            store_case_load(&fresh, tx->conn, &row, &app->store_packs, arena, err) &&
            case_encode(&kept, live->file, err) && case_encode(&stored, fresh, err) &&
            str_eq(buf_view(&kept), buf_view(&stored)) &&
            live->file_head.event_count == row.event_count &&
            live->file_head.last_event == (int64_t)row.last_event &&
            live->file_head.wake_us == row.wake_us)
            c->same++;
        buf_done(&kept);
        buf_done(&stored);
        arena_destroy(arena);
    }
    app_lives_over(app, true);
    return true;
}

static size_t lives_checked(struct bench *b, uint64_t cases) {
    struct comparing c = {.b = b, .cases = cases};
    struct err err = {0};
    CHECK_OK(app_sync(b->app, lives_compare, &c, &err), &err);
    CHECK_INT((int64_t)c.same, (int64_t)cases);
    return c.kept;
}

/* Refused orders between others, one after the other and many in one batch. */
void test_app_kept_cases_after_refusals(void) {
    enum { CASES = 6 };
    struct bench b;
    struct officers o;
    struct waiting many[4 * CASES];
    if (!bench_make(&b))
        return;
    officers_in(&o, &b);
    for (int i = 0; i < CASES; i++)
        (void)apply(&b, arena_printf(b.arena, "key %d", i).at);
    CHECK_INT((int64_t)lives_checked(&b, CASES), CASES);
    for (uint64_t i = 1; i <= CASES; i++) {
        const char *task = task_of(&b, i);
        const struct json *none = bench_json(&b, "{\"outcome\":\"no such outcome\"}");
        const struct app_order orders[] = {
            {.verb = APP_CLAIM, .caller = &o.clerk, .task = str_from(task)},
            {.verb = APP_CLAIM, .caller = &o.head, .task = str_from(task)},
            {.verb = APP_COMPLETE, .caller = &o.clerk, .task = str_from(task), .body = none},
            {.verb = APP_RELEASE, .caller = &o.clerk, .task = str_from(task)},
        };
        for (size_t k = 0; k < COUNT_OF(orders); k++)
            bench_order_give(&many[4 * (i - 1) + k], &b, orders[k]);
    }
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        static const enum err_code want[] = {ERR_NONE, ERR_NOT_FOUND, ERR_INVALID, ERR_NONE};
        waiting_end(&many[i]);
        CHECK_INT(many[i].err.code, want[i % 4]);
    }
    (void)lives_checked(&b, CASES);
    granted(&b, &o, 1);
    /* one that is closed is kept no longer; the comparison reads it again */
    CHECK_INT((int64_t)lives_checked(&b, CASES), CASES - 1);
    bench_end(&b);
}

/* A batch that finds the disk full leaves nothing of itself in what is kept. */
void test_app_kept_cases_after_a_full_disk(void) {
    struct bench b;
    struct officers o;
    int refused = 0;
    if (!bench_make(&b))
        return;
    officers_in(&o, &b);
    (void)apply(&b, "");
    const char *task = task_of(&b, 1);
    bool taken = false;
    for (int n = 1; n < 200; n++) {
        struct nth nth = {n};
        db_fault_set(nth_fails, &nth);
        enum err_code code = task_do(&b, &o.clerk, taken ? APP_RELEASE : APP_CLAIM, task, "");
        bool clean = atomic_load(&nth.left) > 0;
        db_fault_set(NULL, NULL);
        CHECK(code == ERR_NONE || code == ERR_FULL);
        taken = code == ERR_NONE ? !taken : taken;
        refused += code == ERR_FULL ? 1 : 0;
        (void)lives_checked(&b, 1);
        if (clean)
            break;
    }
    CHECK(refused > 0);
    CHECK_INT(task_do(&b, &o.clerk, APP_COMPLETE, task, "accept"), ERR_NONE);
    (void)lives_checked(&b, 1);
    bench_end(&b);
}

/* Dropped within an order, it can be read until that is over, and the store is asked again. */
static bool lives_drop(void *ctx, struct store_tx *tx, struct err *err) {
    struct bench *b = ctx;
    struct case_id id = {1};
    struct app_live *live, *again = NULL;
    bool ok = app_live_case(&live, b->app, tx, id, err);
    app_live_drop(b->app, id.n);
    ok = ok && app_live_case(&again, b->app, tx, id, err);
    CHECK(ok && live != again);
    CHECK_STR(live->file->reference, again->file->reference);
    CHECK(!app_live_get(&again, b->app, tx, id.n, err) && err->code == ERR_NOT_FOUND);
    err_reset(err);
    app_live_drop(b->app, id.n);
    CHECK(store_case_erase(tx, id, err));
    CHECK(!app_live_case(&again, b->app, tx, id, err) && err->code == ERR_NOT_FOUND);
    err_reset(err);
    app_lives_over(b->app, true);
    return true;
}

/* More than may be kept at once, in one order: the newest stay, within the bound. */
static bool lives_fill(void *ctx, struct store_tx *tx, struct err *err) {
    enum { MANY = 30000 };
    struct bench *b = ctx;
    size_t before = app_lives_count(b->app);
    int64_t version;
    const struct pack *pack = app_pack_for(&version, b->app, STR("residence-permit-issue"));
    (void)tx, (void)err;
    for (uint64_t i = 0; i < MANY; i++) {
        struct app_live *live = app_live_case_new(b->app, (struct case_id){1000 + i}, pack, 1);
        CHECK(live->file->id.n == 1000 + i);
        app_lives_next(b->app);
    }
    size_t kept = app_lives_count(b->app);
    CHECK(kept > 100 && kept < MANY);
    CHECK(kept * sizeof(struct case_file) < APP_LIVES_BYTES_MAX);
    app_lives_over(b->app, false); /* the whole order failed: all of its own go */
    CHECK(app_lives_count(b->app) <= before);
    return true;
}

void test_app_kept_cases_are_bounded_and_dropped(void) {
    struct bench b;
    struct err err = {0};
    if (!bench_make(&b))
        return;
    (void)apply(&b, "");
    CHECK_OK(app_sync(b.app, lives_drop, &b, &err), &err);
    CHECK_OK(app_sync(b.app, lives_fill, &b, &err), &err);
    bench_done(&b);
}

static struct str message_read(struct bench *b) {
    const char *folder = arena_printf(b->arena, "%s/mail", b->folder).at;
    for (int i = 0; i < 500; i++) {
        struct err err = {0};
        struct os_entry *files = NULL;
        size_t count = 0;
        struct str text;
        os_pause_us(10000);
        if (os_folder_list(&files, &count, folder, b->arena, &err) && count > 0 &&
            str_ends(files[0].name, STR(".eml")) &&
            os_file_read(&text, arena_printf(b->arena, "%s/%s", folder, files[0].name.at).at,
                         1 << 20, b->arena, &err))
            return text;
    }
    return STR_NONE;
}

void test_app_messages_reach_the_folder(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)apply(&b, "");
    CHECK(str_find(message_read(&b), STR("To: <person@example.org>\r\n")) != SIZE_MAX);
    bench_done(&b);
}

/* A pack that fails its proofs does not replace the one in use. */
void test_app_broken_pack_keeps_the_old(void) {
    static const char *broken_dirs[1];
    struct bench b;
    struct err err = {0};
    if (!bench_make(&b))
        return;
    const char *folder = arena_printf(b.arena, "%s/public-security", b.folder).at;
    CHECK_OK(os_folder_make(folder, &err), &err);
    CHECK_OK(os_file_write(arena_printf(b.arena, "%s/pack.yaml", folder).at,
                           STR("pack: public-security\nunknown: 1\n"), &err),
             &err);
    broken_dirs[0] = folder;
    b.app->config.pack_dirs = broken_dirs;
    size_t kept_count = 0;
    CHECK_OK(app_reload(b.app, &kept_count, &err), &err);
    CHECK_INT((int64_t)kept_count, 1);
    const struct app_packs *packs = app_packs_hold(b.app);
    CHECK(pack_matter(app_packs_at(packs, 0), STR("residence-permit-issue")) != NULL);
    CHECK_INT(apply(&b, "").err.code, ERR_NONE);
    bench_done(&b);
}

void test_app_erased_case_leaves_the_log_valid(void) {
    struct bench b;
    struct bench_found found;
    struct err err = {0};
    struct app *app;
    struct store_tx tx;
    if (!bench_make(&b))
        return;
    (void)apply(&b, "");
    (void)apply(&b, "");
    struct store_verified before = bench_verify(&found, &b);
    CHECK_OK(app_offline_open(&app, b.folder, false, os_env_real(), &err), &err);
    CHECK_OK(store_begin(&tx, app->store, &err), &err);
    CHECK_OK(store_case_erase(&tx, (struct case_id){2}, &err), &err);
    CHECK(!store_case_erase(&tx, (struct case_id){2}, &err) && err.code == ERR_NOT_FOUND);
    err_reset(&err);
    CHECK_OK(store_commit(&tx, &err), &err);
    app_close(app);
    CHECK(bench_open(&b));
    struct waiting w = apply(&b, ""); /* its id is not given again */
    CHECK_INT(w.err.code, ERR_NONE);
    struct store_verified after = bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    CHECK(after.cases == 2 && after.erased == 1 && after.events > before.events);
    bench_done(&b);
}

void test_mail_format(void) {
    struct buf out;
    struct err err = {0};
    const struct mail mail = {.id = 7,
                              .from = STR("mandate@example.org"),
                              .to = STR("person@example.org"),
                              .subject = STR("\xE5\xB1\x85\xE4\xBD\x8F\xE8\xAF\x81"),
                              .text = STR("line\n"),
                              .at_us = INT64_C(1767600000000000)};
    buf_init(&out, 4096);
    CHECK_OK(mail_format(&out, &mail, &err), &err);
    CHECK_STR(buf_view(&out), STR("From: <mandate@example.org>\r\nTo: <person@example.org>\r\n"
                                  "Subject: =?utf-8?B?5bGF5L2P6K+B?=\r\n"
                                  "Date: Mon, 05 Jan 2026 08:00:00 +0000\r\n"
                                  "Message-ID: <mandate.7.1767600000000000@example.org>\r\n"
                                  "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: base64\r\n\r\nbGluZQo=\r\n"));
    static const char *const bad[] = {"",      "a",     "@b",   "a@", "a@b\r\nBcc: c@d",
                                      "a b@c", "a@b@c", "<a@b>"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!mail_address_ok(str_from(bad[i])));
    CHECK(mail_address_ok(STR("a.b+c@example.org")));
    buf_done(&out);
}
