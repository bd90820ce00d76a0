/* mandate bench store: durable orders a second, one after the other and in groups, beside SQLite
 * alone writing the same rows into a copy of the same database in the same run.
 *
 * The order that is measured takes a task and gives it back: one event, the case's header, the
 * task's row. As many as `window` are under way at once: each answer gives the next order. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>

#include "app/app.h"
#include "app/offline.h"
#include "app/reader.h"
#include "main/bench.h"
#include "os/os.h"
#include "store/bare.h"

enum { WINDOW_MAX = 500, APPLY_WINDOW = 200, EVENT_BYTES = 76, ROUNDS_MAX = 9 };
#define BENCH_ORGAN "wenzhou-lucheng"

/* An invented applicant; place and form as the public-security pack wants them. */
static const char application[] =
    "{\"matter\":\"residence-permit-issue\",\"place\":\"330302\",\"lang\":\"zh\",\"applicant\":"
    "{\"name\":\"Example Person\",\"identity\":\"330302199001010005\",\"phone\":\"13800000000\"},"
    "\"form\":{\"kind\":\"first\",\"ground\":\"dwelling\",\"household\":\"Example Town\","
    "\"address\":\"1 Example Road, Unit 2\",\"since\":\"2024-01-02\",\"delivery\":\"station\"}}";

struct lane {
    struct bench_store *b;
    struct app_order order;
    const char *task;
    uint64_t case_number;
    bool taken;
};

struct bench_store {
    struct app *app;
    struct arena *arena;
    const struct os_env *os;
    struct app_caller applicant, clerk;
    const struct json *application;
    int64_t cases, seconds_ms, until_us;
    _Atomic int64_t started, ended, failed;
    _Atomic int under_way;
    int64_t next_case; /* the writer's thread */
    struct lane lanes[WINDOW_MAX];
    const char **tasks;
    struct err first;
};

/* What all threads have computed. */
struct rate {
    double a_second, cpu_us_each;
};

static void wait_all(struct bench_store *b) {
    while (atomic_load(&b->under_way) > 0)
        os_pause_us(500);
}

static bool all_done(struct bench_store *b, struct err *err) {
    wait_all(b);
    if (atomic_load(&b->failed) == 0)
        return true;
    *err = b->first;
    return false;
}

static void failed(struct bench_store *b, const struct err *err) {
    if (atomic_fetch_add(&b->failed, 1) == 0)
        b->first = *err;
}

/* ---- applications ------------------------------------------------------------------------------
 */

static void apply_done(void *ctx, const struct app_answer *answer);

static void apply_next(struct lane *lane) {
    struct bench_store *b = lane->b;
    struct err err = {0};
    if (atomic_fetch_add(&b->started, 1) < b->cases) {
        lane->order =
            (struct app_order){.verb = APP_APPLY, .caller = &b->applicant, .body = b->application};
        if (app_do(b->app, &lane->order, apply_done, lane, &err))
            return;
        failed(b, &err);
    }
    atomic_fetch_sub(&b->under_way, 1);
}

static void apply_done(void *ctx, const struct app_answer *answer) {
    struct lane *lane = ctx;
    if (answer->err.code != ERR_NONE)
        failed(lane->b, &answer->err);
    atomic_fetch_add(&lane->b->ended, 1);
    apply_next(lane);
}

static bool apply_all(struct bench_store *b, int window, struct err *err) {
    atomic_store(&b->started, 0);
    atomic_store(&b->ended, 0);
    atomic_store(&b->under_way, window);
    int64_t from_us = os_mono_us(b->os);
    for (int i = 0; i < window; i++) {
        b->lanes[i] = (struct lane){.b = b};
        apply_next(&b->lanes[i]);
    }
    if (!all_done(b, err))
        return false;
    int64_t took_us = os_mono_us(b->os) - from_us;
    (void)printf("%" PRIi64 " applications, %d under way: %.0f a second\n", b->cases, window,
                 (double)b->cases * 1e6 / (double)took_us);
    return true;
}

/* ---- transitions -------------------------------------------------------------------------------
 */

static void turn_done(void *ctx, const struct app_answer *answer);

static void turn_next(struct lane *lane) {
    struct bench_store *b = lane->b;
    struct err err = {0};
    if (os_mono_us(b->os) < b->until_us || lane->taken) {
        if (!lane->taken) { /* the next case of this lane */
            lane->case_number += WINDOW_MAX;
            if (lane->case_number >= (uint64_t)b->cases)
                lane->case_number %= WINDOW_MAX;
            lane->task = b->tasks[lane->case_number];
        }
        lane->order = (struct app_order){.verb = lane->taken ? APP_RELEASE : APP_CLAIM,
                                         .caller = &b->clerk,
                                         .task = str_from(lane->task)};
        lane->taken = !lane->taken;
        if (app_do(b->app, &lane->order, turn_done, lane, &err))
            return;
        failed(b, &err);
    }
    atomic_fetch_sub(&b->under_way, 1);
}

static void turn_done(void *ctx, const struct app_answer *answer) {
    struct lane *lane = ctx;
    if (answer->err.code != ERR_NONE)
        failed(lane->b, &answer->err);
    atomic_fetch_add(&lane->b->ended, 1);
    turn_next(lane);
}

static bool turns(struct rate *rate, double *group, struct bench_store *b, int window,
                  struct err *err) {
    int64_t cpu_before_us = bench_cpu_us();
    struct app_figures before = app_figures(b->app);
    atomic_store(&b->ended, 0);
    atomic_store(&b->under_way, window);
    int64_t from_us = os_mono_us(b->os);
    b->until_us = from_us + b->seconds_ms * 1000;
    for (int i = 0; i < window; i++) {
        b->lanes[i] = (struct lane){.b = b, .case_number = (uint64_t)i};
        turn_next(&b->lanes[i]);
    }
    if (!all_done(b, err))
        return false;
    double took_us = (double)(os_mono_us(b->os) - from_us);
    struct app_figures after = app_figures(b->app);
    double ended = (double)atomic_load(&b->ended);
    *rate = (struct rate){ended * 1e6 / took_us, (double)(bench_cpu_us() - cpu_before_us) / ended};
    *group = (double)(after.orders - before.orders) /
             (double)MAX_OF(after.commits - before.commits, (uint64_t)1);
    return true;
}

/* ---- the whole run -----------------------------------------------------------------------------
 */

static int order_of(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(const double *list, size_t count) {
    double sorted[ROUNDS_MAX];
    memcpy(sorted, list, count * sizeof *list);
    qsort(sorted, count, sizeof *sorted, order_of);
    return sorted[count / 2];
}

static bool bare_once(struct rate *rate, struct bench_store *b, int window, struct err *err) {
    const char *folder = arena_printf(b->arena, "%s/bare", app_config_of(b->app)->data_dir).at;
    const char *path = arena_printf(b->arena, "%s/mandate.db", folder).at;
    const struct store_bare bare = {path, (uint64_t)window, b->seconds_ms * 1000, EVENT_BYTES};
    uint64_t done = 0;
    int64_t took_us = 1;
    if (!os_folder_remove(folder, err) || !app_offline_backup(b->app, folder, err))
        return false;
    int64_t cpu_before_us = bench_cpu_us();
    if (!store_bare_run(&done, &took_us, &bare, err))
        return false;
    *rate = (struct rate){(double)done * 1e6 / (double)took_us,
                          (double)(bench_cpu_us() - cpu_before_us) / (double)done};
    return os_folder_remove(folder, err);
}

static bool measure(struct bench_store *b, int window, size_t rounds, struct err *err) {
    double ours[ROUNDS_MAX] = {0}, bare[ROUNDS_MAX] = {0}, ratio[ROUNDS_MAX] = {0}, group = 0;
    double ours_cpu[ROUNDS_MAX] = {0}, bare_cpu[ROUNDS_MAX] = {0};
    for (size_t i = 0; i < rounds; i++) {
        struct rate mine, alone;
        if (!turns(&mine, &group, b, window, err) || !bare_once(&alone, b, window, err))
            return false;
        ours[i] = mine.a_second;
        bare[i] = alone.a_second;
        ratio[i] = ours[i] / bare[i];
        ours_cpu[i] = mine.cpu_us_each;
        bare_cpu[i] = alone.cpu_us_each;
    }
    (void)printf("| %d | %.1f | %.0f | %.0f | %.2f | %.0f | %.0f |\n", window, group,
                 median(ours, rounds), median(bare, rounds), median(ratio, rounds),
                 median(ours_cpu, rounds), median(bare_cpu, rounds));
    return true;
}

struct signing_in {
    struct bench_store *b;
    struct str token;
    struct err err;
    _Atomic bool over;
};

static void signed_in(void *ctx, const struct app_answer *answer) {
    struct signing_in *s = ctx;
    s->err = answer->err;
    s->token = arena_str(s->b->arena, json_get_text(answer->body, STR("token")));
    atomic_store(&s->over, true);
}

static bool clerk_in(struct bench_store *b, struct err *err) {
    struct signing_in s = {.b = b};
    struct json *body = json_obj(b->arena);
    json_set_str(body, STR("user"), STR("clerk"));
    json_set_str(body, STR("password"), STR("mandate-demo"));
    const struct app_order order = {.verb = APP_SIGN_IN, .caller = &b->applicant, .body = body};
    if (!app_do(b->app, &order, signed_in, &s, err))
        return false;
    while (!atomic_load(&s.over))
        os_pause_us(500);
    if (s.err.code != ERR_NONE) {
        *err = s.err;
        return false;
    }
    return app_caller_session(&b->clerk, b->app, s.token, b->arena, err);
}

/* The waiting task of every case, in the order of the cases. */
static bool tasks_find(struct bench_store *b, struct err *err) {
    enum { PIECE = 500 };
    struct store *store = app_store(b->app);
    struct db_conn *conn;
    struct store_task_after after = {0};
    size_t count = PIECE;
    int64_t found = 0;
    b->tasks = arena_new(b->arena, const char *, (size_t)b->cases);
    if (!db_reader_take(&conn, store_db(store), err))
        return false;
    bool ok = true;
    while (ok && count == PIECE) {
        struct arena *scratch = arena_create("tasks", 16 << 20);
        struct store_task *list = arena_new(scratch, struct store_task, PIECE);
        ok = store_tasks(list, PIECE, &count, conn, STR(BENCH_ORGAN), STR("clerk"), &after, scratch,
                         err);
        for (size_t i = 0; ok && i < count && found < b->cases; i++) {
            b->tasks[found++] =
                arena_printf(b->arena, "%" PRIu64 ".%" PRIu64, list[i].file.id.n, list[i].task).at;
            after = (struct store_task_after){list[i].due_us, list[i].file.id.n, list[i].task};
        }
        arena_destroy(scratch);
    }
    db_reader_give(store_db(store), conn);
    if (ok && found != b->cases)
        return err_set(err, ERR_INTERNAL, err_nowhere, "%" PRIi64 " tasks wait", found);
    return ok;
}

static bool bench_run(struct bench_store *b, size_t rounds, struct err *err) {
    static const int windows[] = {1, 10, 100, 500};
    if (!apply_all(b, APPLY_WINDOW, err) || !clerk_in(b, err) || !tasks_find(b, err))
        return false;
    (void)printf("\n| under way | in one commit | orders/s | SQLite alone | ratio | CPU us | "
                 "alone |\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT_OF(windows); i++)
        if (!measure(b, windows[i], rounds, err))
            return false;
    return true;
}

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

static bool bench_open(struct bench_store *b, const char *data, const char *pack, struct err *err) {
    const char *const packs[] = {pack};
    const struct app_config config = {.data_dir = data,
                                      .pack_dirs = packs,
                                      .pack_count = COUNT_OF(packs),
                                      .demo = true,
                                      .base_url = "http://127.0.0.1:8110"};
    struct budget budget = budget_of(1000, 1 << 20);
    b->os = os_env_real();
    return json_read(&b->application, str_from(application), "application", b->arena, &budget,
                     err) &&
           app_open(&b->app, &config, b->os, err);
}

int bench_store(int argc, char **argv) {
    const char *data = "build/bench-store", *pack = "packs/public-security";
    int64_t cases = 5000, seconds = 2, rounds = 3;
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "a new folder; removed afterwards"},
        {"pack", OPTION_TEXT, &pack, "DIR", "the public-security pack"},
        {"cases", OPTION_INT, &cases, "N", "cases in the store, at least 500 (5000)"},
        {"seconds", OPTION_INT, &seconds, "N", "of each measurement (2)"},
        {"rounds", OPTION_INT, &rounds, "N", "of which the median counts, at most 9 (3)"},
    };
    const struct command_line line = {
        .name = "bench store",
        .about = "Durable orders a second beside SQLite alone writing the same rows.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct err err = {0};
    if (cases < WINDOW_MAX || cases > 10000000 || rounds < 1 || rounds > ROUNDS_MAX || seconds < 1)
        return command_failed("bench", "a number is out of its range; see --help");
    if (os_file_exists(data))
        return command_failed("bench", "'%s' is there already", data);
    struct arena *arena = arena_create("bench", (size_t)2 << 30);
    struct bench_store *b = arena_new(arena, struct bench_store, 1);
    b->arena = arena;
    b->cases = cases;
    b->seconds_ms = seconds * 1000;
    log_sink_set(quiet, NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a long run is watched */
    bool ok = bench_open(b, data, pack, &err) && bench_run(b, (size_t)rounds, &err);
    app_close(b->app);
    struct err ignored = {0};
    bool removed = os_folder_remove(data, ok ? &err : &ignored);
    arena_destroy(arena);
    return ok && removed ? EXIT_OK : command_failed("bench", "%s", err.text);
}
