#include "app/bench_test.h"

#include <stdlib.h>

#include "app/offline.h"

static const char *const pack_dirs[] = {"packs/public-security"};

static struct app_appointment posts[] = {{STR_INIT("wenzhou"), STR_INIT("admin")}};

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

static bool open_with(struct bench *b, const char *const *packs) {
    struct err err = {0};
    const struct app_config config = {.data_dir = b->folder,
                                      .pack_dirs = packs,
                                      .pack_count = 1,
                                      .demo = true,
                                      .base_url = "http://127.0.0.1:8110"};
    bool ok = app_open(&b->app, &config, os_env_real(), &err);
    CHECK_OK(ok, &err);
    return ok;
}

bool bench_open(struct bench *b) {
    return open_with(b, pack_dirs);
}

void bench_folder(struct bench *b) {
    char path[] = "/tmp/mandate-app-XXXXXX";
    *b = (struct bench){
        .arena = arena_create("test", 256 << 20),
        .caller = {
            .kind = APP_ACCOUNT, .account = 7, .posts = posts, .post_count = COUNT_OF(posts)}};
    CHECK(mkdtemp(path) != NULL);
    b->folder = arena_cstr(b->arena, str_from(path));
    log_sink_set(quiet, NULL);
}

bool bench_make(struct bench *b) {
    bench_folder(b);
    return bench_open(b);
}

bool bench_open_pack(struct bench *b, const char *pack) {
    return open_with(b, &pack);
}

void bench_done(struct bench *b) {
    struct err err = {0};
    app_close(b->app);
    CHECK_OK(os_folder_remove(b->folder, &err), &err);
    log_sink_set(NULL, NULL);
    arena_destroy(b->arena);
}

/* ---- proving -----------------------------------------------------------------------------------
 */

void bench_found_add(void *ctx, const char *line) {
    struct bench_found *found = ctx;
    found->count++;
    (void)snprintf(found->last, sizeof found->last, "%s", line);
}

static struct app *offline(struct bench *b) {
    struct err err = {0};
    struct app *app = NULL;
    app_close(b->app);
    b->app = NULL;
    CHECK_OK(app_offline_open(&app, b->folder, false, os_env_real(), &err), &err);
    return app;
}

struct store_verified bench_verify(struct bench_found *found, struct bench *b) {
    struct err err = {0};
    struct store_verified out = {0};
    struct app *app = offline(b);
    *found = (struct bench_found){0};
    bool ok = app_offline_verify(&out, app, bench_found_add, found, &err);
    CHECK(ok == (found->count == 0));
    if (found->count > 0 && err.code != ERR_CORRUPT)
        CHECK_OK(ok, &err);
    app_close(app);
    return out;
}

void bench_spoil(struct bench *b, const char *sql) {
    struct err err = {0};
    struct app *app = offline(b);
    CHECK_OK(db_run(db_writer(store_db(app->store)), sql, DB_NO_ARGS, &err), &err);
    app_close(app);
}

uint64_t bench_rebuild(struct bench *b) {
    struct err err = {0};
    uint64_t cases = 0;
    struct app *app = offline(b);
    CHECK_OK(app_offline_rebuild(&cases, app, &err), &err);
    app_close(app);
    return cases;
}

void bench_end(struct bench *b) {
    struct bench_found found;
    (void)bench_verify(&found, b);
    CHECK_STR(str_from(found.last), STR(""));
    bench_done(b);
}

/* ---- orders, waited for ------------------------------------------------------------------------
 */

static void waiting_done(void *ctx, const struct app_answer *answer) {
    struct waiting *w = ctx;
    w->err = answer->err;
    if (w->err.at.source != NULL) /* it lives as long as the order */
        w->err.at.source = arena_cstr(w->arena, str_from(w->err.at.source));
    w->repeated = answer->repeated;
    w->body = answer->body == NULL ? NULL : json_copy(answer->body, w->arena);
    atomic_store(&w->over, true);
}

void waiting_end(struct waiting *w) {
    while (!atomic_load(&w->over))
        os_pause_us(200);
}

static void order_give(struct waiting *w, struct bench *b, struct app_order order) {
    if (order.caller == NULL)
        order.caller = &b->caller;
    if (!app_do(b->app, &order, waiting_done, w, &w->err))
        atomic_store(&w->over, true);
}

static struct {
    int error_number;
    bool each;
    _Atomic int n, seen;
    size_t hit;
} faults;

static int faults_fail(void *self, enum db_fault_op op) {
    (void)self;
    if (op != DB_FAULT_STATEMENT)
        return 0;
    int seen = atomic_fetch_add(&faults.seen, 1) + 1, n = atomic_load(&faults.n);
    return (faults.each ? seen % n == 0 : seen == n) ? faults.error_number : 0;
}

void bench_faults(int error_number, bool each) {
    faults.error_number = error_number;
    faults.each = each;
    faults.hit = 0;
}

size_t bench_faults_hit(void) {
    return faults.hit;
}

/* Until the order passes, or is refused for a reason of its own. */
static void order_through(struct waiting *w, struct bench *b, struct app_order order) {
    enum { STATEMENTS_MAX = 2000 };
    for (int n = 1;; n++) {
        w->err = (struct err){0};
        w->body = NULL;
        atomic_store(&w->over, false);
        atomic_store(&faults.n, n);
        atomic_store(&faults.seen, 0);
        if (faults.error_number != 0)
            db_fault_set(faults_fail, NULL);
        order_give(w, b, order);
        waiting_end(w);
        db_fault_set(NULL, NULL);
        bool failed = w->err.code == ERR_IO || w->err.code == ERR_BUSY;
        if (faults.error_number == 0 || !failed || n == STATEMENTS_MAX)
            return;
        faults.hit++;
    }
}

void bench_order_give(struct waiting *w, struct bench *b, struct app_order order) {
    *w = (struct waiting){.arena = b->arena};
    order_give(w, b, order);
}

struct waiting bench_order(struct bench *b, struct app_order order) {
    struct waiting w = {.arena = b->arena};
    order_through(&w, b, order);
    return w;
}

const struct json *bench_json(struct bench *b, const char *text) {
    const struct json *out = NULL;
    struct err err = {0};
    struct budget budget = budget_of(100000, 16 << 20);
    CHECK_OK(json_read(&out, str_from(text), "test", b->arena, &budget, &err), &err);
    return out;
}

bool bench_sign_in(struct app_caller *out, struct bench *b, const char *user) {
    struct err err = {0};
    const char *body =
        arena_printf(b->arena, "{\"user\":\"%s\",\"password\":\"mandate-demo\"}", user).at;
    struct waiting w =
        bench_order(b, (struct app_order){.verb = APP_SIGN_IN, .body = bench_json(b, body)});
    CHECK_INT(w.err.code, ERR_NONE);
    bool ok = app_caller_session(out, b->app, json_get_text(w.body, STR("token")), b->arena, &err);
    CHECK_OK(ok, &err);
    return ok;
}

/* ---- orders about processes --------------------------------------------------------------------
 */

void give(struct waiting *w, struct bench *b, enum app_verb verb, int64_t key, const char *body) {
    *w = (struct waiting){.arena = arena_create("waiting", 16 << 20)};
    order_give(w, b, (struct app_order){.verb = verb, .key = key, .body = bench_json(b, body)});
}

const struct json *take(struct waiting *w, struct bench *b) {
    waiting_end(w);
    const struct json *body = w->body == NULL ? json_obj(b->arena) : json_copy(w->body, b->arena);
    arena_destroy(w->arena);
    return body;
}

const struct json *ask_at(int line, struct bench *b, enum app_verb verb, int64_t key,
                          const char *body, enum err_code want) {
    struct waiting w = {.arena = arena_create("waiting", 16 << 20)};
    order_through(&w, b, (struct app_order){.verb = verb, .key = key, .body = bench_json(b, body)});
    const struct json *answer = take(&w, b);
    CHECK_INT_AT(line, w.err.code, want);
    if (w.err.code != want)
        CHECK_STR_AT(line, str_from(w.err.text), STR(""));
    return answer;
}

int64_t key_of(const struct json *answer, const char *name) {
    int64_t key = 0;
    CHECK(str_to_i64(&key, json_get_text(answer, str_from(name))));
    return key;
}

int64_t count_of(struct bench *b, const char *sql) {
    struct err err = {0};
    struct db_conn *conn;
    int64_t n = -1;
    CHECK_OK(db_reader_take(&conn, store_db(b->app->store), &err), &err);
    CHECK_OK(db_get_i64(&n, conn, sql, DB_NO_ARGS, &err), &err);
    db_reader_give(store_db(b->app->store), conn);
    return n;
}

struct str text_of(struct bench *b, const char *sql) {
    struct err err = {0};
    struct db_conn *conn;
    struct db_rows rows;
    struct str out = STR_NONE;
    CHECK_OK(db_reader_take(&conn, store_db(b->app->store), &err), &err);
    CHECK_OK(db_query(&rows, conn, sql, DB_NO_ARGS, &err), &err);
    if (db_next(&rows, &err))
        out = arena_str(b->arena, db_col_text(&rows, 0));
    CHECK_OK(db_end(&rows, &err), &err);
    db_reader_give(store_db(b->app->store), conn);
    return out;
}

struct waiting deploy_files(struct bench *b, const struct app_file *files, size_t count,
                            const char *body) {
    struct waiting w = {.arena = arena_create("waiting", 16 << 20)};
    order_through(
        &w, b,
        (struct app_order){
            .verb = APP_DEPLOY, .body = bench_json(b, body), .files = files, .file_count = count});
    return w;
}

struct waiting deploy_file(struct bench *b, const char *name, struct str bytes, const char *body) {
    const struct app_file file = {str_from(name), bytes};
    return deploy_files(b, &file, 1, body);
}

int64_t deploy_at(int line, struct bench *b, const char *name, struct str bytes) {
    struct waiting w = deploy_file(b, name, bytes, "{}");
    CHECK_INT_AT(line, w.err.code, ERR_NONE);
    if (w.err.code != ERR_NONE)
        CHECK_STR_AT(line, str_from(w.err.text), STR(""));
    const struct json *first = json_item(json_get(w.body, STR("deployments")), 0);
    const struct json *process = json_get(first, STR("processDefinition"));
    int64_t key = process == NULL ? 0 : key_of(process, "processDefinitionKey");
    arena_destroy(w.arena);
    return key;
}

const struct json *activate_one(struct bench *b, const char *body) {
    const struct json *jobs = json_get(ask(b, APP_JOBS_ACTIVATE, 0, body), STR("jobs"));
    CHECK_INT((int64_t)json_count(jobs), 1);
    return json_item(jobs, 0);
}

void bench_clock_forward(struct bench *b, int64_t us) {
    char now[CAL_TEXT_MAX];
    size_t len = cal_us_format(now, app_now_us(b->app) + us, NULL);
    (void)ask(b, APP_DEMO_CLOCK, 0, arena_printf(b->arena, "{\"now\":\"%.*s\"}", (int)len, now).at);
}
