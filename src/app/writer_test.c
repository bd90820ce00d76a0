#include "app/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/test.h"

struct room {
    struct arena *arena;
    const char *folder;
    struct store *store;
    struct writer *writer;
    struct os_mutex gate; /* held: the jobs that ask for it wait */
    _Atomic int done, refused, runs;
};

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

static void room_open_for(struct room *r, unsigned queue_max) {
    char path[] = "/tmp/mandate-writer-XXXXXX";
    struct err err = {0};
    *r = (struct room){.arena = arena_create("test", 16 << 20)};
    CHECK(mkdtemp(path) != NULL);
    r->folder = arena_cstr(r->arena, str_from(path));
    os_mutex_init(&r->gate);
    log_sink_set(quiet, NULL);
    CHECK_OK(store_open(&r->store, r->folder, os_env_real(), &err), &err);
    const struct writer_config config = {.store = r->store, .queue_max = queue_max};
    CHECK_OK(writer_start(&r->writer, &config, &err), &err);
}

static void room_open(struct room *r) {
    room_open_for(r, 0);
}

static void room_close(struct room *r) {
    struct err err = {0};
    writer_stop(r->writer);
    store_close(r->store);
    CHECK_OK(os_folder_remove(r->folder, &err), &err);
    os_mutex_done(&r->gate);
    log_sink_set(NULL, NULL);
    arena_destroy(r->arena);
}

enum manner { WRITES, REFUSES_FIRST, REFUSES_AFTER_WRITING, WAITS_AT_GATE };
struct test_job {
    struct writer_job job; /* first */
    struct room *room;
    int n;
    enum manner manner;
    enum err_code answer;
    int answers;
};

static bool test_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct test_job *t = (struct test_job *)job;
    char name[40];
    atomic_fetch_add(&t->room->runs, 1);
    if (t->manner == REFUSES_FIRST)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "not this one");
    if (t->manner == WAITS_AT_GATE) {
        os_mutex_lock(&t->room->gate);
        os_mutex_unlock(&t->room->gate);
    }
    (void)snprintf(name, sizeof name, "job %d", t->n);
    if (!store_setting_put(tx, str_from(name), STR("yes"), err))
        return false;
    if (t->manner == REFUSES_AFTER_WRITING)
        return err_set(err, ERR_CONFLICT, err_nowhere, "half way");
    return true;
}

static void test_done(struct writer_job *job, const struct err *err) {
    struct test_job *t = (struct test_job *)job;
    t->answer = err->code;
    t->answers++;
    if (err->code != ERR_NONE)
        atomic_fetch_add(&t->room->refused, 1);
    atomic_fetch_add(&t->room->done, 1);
}

static struct test_job *job_put(struct room *r, int n, enum manner manner) {
    struct err err = {0};
    struct test_job *t = arena_new(r->arena, struct test_job, 1);
    *t = (struct test_job){{.run = test_run, .done = test_done}, r, n, manner, ERR_NONE, 0};
    CHECK_OK(writer_put(r->writer, &t->job, &err), &err);
    return t;
}

static void wait_for(struct room *r, int done) {
    while (atomic_load(&r->done) < done)
        os_pause_us(1000);
}

static bool stored(struct room *r, int n) {
    struct db_conn *conn;
    struct err err = {0};
    struct str value = STR_NONE;
    CHECK_OK(db_reader_take(&conn, store_db(r->store), &err), &err);
    struct str name = arena_printf(r->arena, "job %d", n);
    CHECK_OK(store_setting_get(&value, conn, name, r->arena, &err), &err);
    db_reader_give(store_db(r->store), conn);
    return str_eq(value, STR("yes"));
}

/* Hold the writer in its first job, so that the rest of the test's jobs become one batch. */
static void gate_close(struct room *r) {
    os_mutex_lock(&r->gate);
    (void)job_put(r, 0, WAITS_AT_GATE);
    while (atomic_load(&r->runs) == 0)
        wait_for(r, 0);
}

void test_writer_commits_a_group(void) {
    struct room r;
    room_open(&r);
    gate_close(&r);
    for (int i = 1; i <= 100; i++)
        (void)job_put(&r, i, WRITES);
    os_mutex_unlock(&r.gate);
    wait_for(&r, 101);
    CHECK_INT(atomic_load(&r.refused), 0);
    CHECK_INT((int64_t)writer_figures(r.writer).commits, 2);
    for (int i = 0; i <= 100; i++)
        CHECK(stored(&r, i));
    room_close(&r);
}

void test_writer_refusals_hurt_nobody(void) {
    static const enum manner manners[] = {WRITES, REFUSES_FIRST, WRITES, REFUSES_AFTER_WRITING,
                                          WRITES};
    struct room r;
    struct test_job *jobs[COUNT_OF(manners)];
    room_open(&r);
    gate_close(&r);
    for (size_t i = 0; i < COUNT_OF(manners); i++)
        jobs[i] = job_put(&r, (int)i + 1, manners[i]);
    os_mutex_unlock(&r.gate);
    wait_for(&r, 1 + (int)COUNT_OF(manners));
    for (size_t i = 0; i < COUNT_OF(manners); i++) {
        CHECK_INT(jobs[i]->answers, 1);
        CHECK_INT(jobs[i]->answer, manners[i] == WRITES          ? ERR_NONE
                                   : manners[i] == REFUSES_FIRST ? ERR_FORBIDDEN
                                                                 : ERR_CONFLICT);
        CHECK(stored(&r, (int)i + 1) == (manners[i] == WRITES));
    }
    CHECK_INT((int64_t)writer_figures(r.writer).commits, 2);
    room_close(&r);
}

/* A refusal that has written nothing costs no second run. */
void test_writer_runs_a_plain_refusal_once(void) {
    struct room r;
    room_open(&r);
    gate_close(&r);
    (void)job_put(&r, 1, WRITES);
    (void)job_put(&r, 2, REFUSES_FIRST);
    os_mutex_unlock(&r.gate);
    wait_for(&r, 3);
    CHECK_INT(atomic_load(&r.runs), 3);
    room_close(&r);
}

/* A bound of its own. */
void test_writer_queue_is_as_long_as_said(void) {
    enum { ROOM = 3 };
    struct room r;
    struct err err = {0};
    room_open_for(&r, ROOM);
    gate_close(&r);
    for (int i = 1; i <= ROOM; i++)
        (void)job_put(&r, i, WRITES);
    struct test_job extra = {{.run = test_run, .done = test_done}, &r, -1, WRITES, ERR_NONE, 0};
    CHECK(!writer_put(r.writer, &extra.job, &err) && err.code == ERR_BUSY);
    os_mutex_unlock(&r.gate);
    wait_for(&r, 1 + ROOM);
    CHECK_INT(extra.answers, 0);
    room_close(&r);
}

void test_writer_queue_is_bounded(void) {
    struct room r;
    struct err err = {0};
    room_open(&r);
    gate_close(&r);
    for (int i = 1; i <= QUEUE_COMMANDS_MAX; i++)
        (void)job_put(&r, i, WRITES);
    struct test_job extra = {{.run = test_run, .done = test_done}, &r, -1, WRITES, ERR_NONE, 0};
    CHECK(!writer_put(r.writer, &extra.job, &err) && err.code == ERR_BUSY);
    err_reset(&err);
    os_mutex_unlock(&r.gate);
    wait_for(&r, 1 + QUEUE_COMMANDS_MAX);
    CHECK_INT(extra.answers, 0);
    CHECK_INT((int64_t)writer_figures(r.writer).commits,
              1 + QUEUE_COMMANDS_MAX / BATCH_COMMANDS_MAX);
    room_close(&r);
}

/* What was taken before the stop is finished and answered; nothing is taken after it. */
void test_writer_stop_finishes(void) {
    struct room r;
    room_open(&r);
    gate_close(&r);
    for (int i = 1; i <= 1000; i++)
        (void)job_put(&r, i, WRITES);
    os_mutex_unlock(&r.gate);
    writer_stop(r.writer);
    r.writer = NULL;
    CHECK_INT(atomic_load(&r.done), 1001);
    for (int i = 1; i <= 1000; i += 333)
        CHECK(stored(&r, i));
    room_close(&r);
}

struct nth {
    _Atomic int left;
    int error_number;
};
static int nth_fails(void *self, enum db_fault_op op) {
    struct nth *nth = self;
    if (op != DB_FAULT_WRITE)
        return 0;
    return atomic_fetch_sub(&nth->left, 1) == 1 ? nth->error_number : 0;
}

/* The n-th write fails, n = 1, 2, ...: nobody of that batch is told that it is done, nothing of it
 * stays, and the next batch works. */
void test_writer_full_disk_each_write(void) {
    struct room r;
    room_open(&r);
    int next = 1000, done = 0;
    for (int n = 1;; n++) {
        struct nth nth = {n, ENOSPC};
        db_fault_set(nth_fails, &nth);
        struct test_job *jobs[3];
        for (int i = 0; i < 3; i++)
            jobs[i] = job_put(&r, next + i, WRITES);
        done += 3;
        wait_for(&r, done);
        db_fault_set(NULL, NULL);
        bool clean = true;
        for (int i = 0; i < 3; i++) {
            CHECK(jobs[i]->answer == ERR_NONE || jobs[i]->answer == ERR_FULL);
            CHECK(stored(&r, next + i) == (jobs[i]->answer == ERR_NONE));
            clean = clean && jobs[i]->answer == ERR_NONE;
        }
        next += 3;
        struct test_job *after = job_put(&r, next++, WRITES);
        wait_for(&r, ++done);
        CHECK_INT(after->answer, ERR_NONE);
        if (clean)
            break;
        CHECK(n < 1000);
    }
    CHECK(atomic_load(&r.refused) > 0);
    room_close(&r);
}

struct putting {
    struct room *room;
    int from;
};
static void putting_main(void *self) {
    struct putting *p = self;
    struct err err = {0};
    static struct test_job jobs[4][250];
    for (int i = 0; i < 250; i++) {
        struct test_job *t = &jobs[p->from / 1000][i];
        *t = (struct test_job){
            {.run = test_run, .done = test_done}, p->room, p->from + i, WRITES, ERR_NONE, 0};
        if (!writer_put(p->room->writer, &t->job, &err))
            return;
    }
}

void test_writer_many_callers(void) {
    struct room r;
    struct err err = {0};
    struct os_thread threads[4];
    struct putting putting[4];
    room_open(&r);
    for (int i = 0; i < 4; i++) {
        putting[i] = (struct putting){&r, i * 1000};
        CHECK_OK(os_thread_start(&threads[i], "putting", putting_main, &putting[i], &err), &err);
    }
    for (int i = 0; i < 4; i++)
        os_thread_join(threads[i]);
    wait_for(&r, 1000);
    for (int i = 0; i < 4; i++)
        CHECK(stored(&r, i * 1000) && stored(&r, i * 1000 + 249));
    room_close(&r);
}
