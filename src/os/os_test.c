#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/test.h"
#include "os/env.h"
#include "os/file.h"
#include "os/library.h"
#include "os/log.h"
#include "os/signal.h"
#include "os/thread.h"
#include "os/zone.h"

static const char *folder_new(struct arena *a) {
    char path[] = "/tmp/mandate-os-XXXXXX";
    CHECK(mkdtemp(path) != NULL);
    return arena_cstr(a, str_from(path));
}

void test_os_env_moves_on(void) {
    const struct os_env *env = os_env_real();
    int64_t before = os_mono_us(env);
    CHECK(os_mono_us(env) >= before);
    CHECK(os_wall_us(env) > INT64_C(1700000000000000)); /* later than 2023 */
    unsigned char a[32] = {0}, b[32] = {0};
    os_random(env, a, sizeof a);
    os_random(env, b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
}

void test_os_file_write_and_read(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct err err = {0};
    const char *folder = folder_new(a);
    const char *deep = arena_printf(a, "%s/a/b", folder).at;
    CHECK_OK(os_folder_make(deep, &err), &err);
    CHECK_OK(os_folder_make(deep, &err), &err);
    const char *path = arena_printf(a, "%s/file", deep).at;
    CHECK_OK(os_file_write(path, STR("one"), &err), &err);
    CHECK_OK(os_file_write(path, STR("second"), &err), &err);
    struct str got;
    CHECK_OK(os_file_read(&got, path, 6, a, &err), &err);
    CHECK_STR(got, STR("second"));
    CHECK(!os_file_read(&got, path, 5, a, &err) && err.code == ERR_LIMIT);
    err_reset(&err);
    struct arena *little = arena_create("little", 6);
    CHECK(!os_file_read(&got, path, 100, little, &err) && err.code == ERR_LIMIT);
    err_reset(&err);
    arena_destroy(little);
    CHECK(!os_file_read(&got, deep, 100, a, &err) && err.code == ERR_IO);
    err_reset(&err);
    CHECK(!os_file_read(&got, "/nowhere/x", 5, a, &err) && err.code == ERR_NOT_FOUND);
    err_reset(&err);
    /* a person's command line also names pipes: as <(...) does */
    int ends[2];
    CHECK(pipe(ends) == 0 && write(ends[1], "piped", 5) == 5 && close(ends[1]) == 0);
    const char *piped = arena_printf(a, "/dev/fd/%d", ends[0]).at;
    CHECK(!os_file_read(&got, piped, 5, a, &err) && err.code == ERR_IO);
    err_reset(&err);
    CHECK_OK(os_stream_read(&got, piped, 5, a, &err), &err);
    CHECK_STR(got, STR("piped"));
    CHECK(close(ends[0]) == 0);
    CHECK_OK(os_stream_read(&got, path, 6, a, &err), &err);
    CHECK_STR(got, STR("second"));
    CHECK(!os_stream_read(&got, path, 5, a, &err) && err.code == ERR_LIMIT);
    err_reset(&err);
    CHECK(!os_stream_read(&got, deep, 100, a, &err) && err.code == ERR_IO);
    err_reset(&err);
    CHECK(!os_stream_read(&got, "/nowhere/x", 5, a, &err) && err.code == ERR_NOT_FOUND);
    err_reset(&err);
    CHECK_OK(os_file_write(arena_printf(a, "%s/Z", deep).at, STR(""), &err), &err);
    CHECK_OK(os_folder_make(arena_printf(a, "%s/m", deep).at, &err), &err);
    struct os_entry *entries;
    size_t count = 0;
    CHECK_OK(os_folder_list(&entries, &count, deep, a, &err), &err);
    CHECK_INT((int64_t)count, 3); /* no temporary file is left */
    CHECK_STR(entries[0].name, STR("Z"));
    CHECK_STR(entries[1].name, STR("file"));
    CHECK(entries[1].kind == OS_ENTRY_FILE && entries[2].kind == OS_ENTRY_FOLDER);
    CHECK_OK(os_file_remove(path, &err), &err);
    CHECK_OK(os_file_remove(path, &err), &err);
    CHECK_OK(os_folder_remove(folder, &err), &err);
    CHECK(!os_file_exists(folder));
    arena_destroy(a);
}

struct nth {
    int left, error_number;
};
static int nth_fails(void *self, enum os_fault_op op, const char *path) {
    struct nth *nth = self;
    (void)op, (void)path;
    return --nth->left == 0 ? nth->error_number : 0;
}

/* Every operation of a durable write fails once: the old content or the new stands, nothing else.
 */
void test_os_file_write_each_failure(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct err err = {0};
    const char *folder = folder_new(a);
    const char *path = arena_printf(a, "%s/file", folder).at;
    int n = 1;
    for (;; n++) {
        CHECK_OK(os_file_write(path, STR("old"), &err), &err);
        struct nth nth = {n, ENOSPC};
        os_fault_set(nth_fails, &nth);
        bool ok = os_file_write(path, STR("new"), &err);
        os_fault_set(NULL, NULL);
        CHECK(ok == (err.code == ERR_NONE));
        if (ok)
            break;
        CHECK_INT(err.code, ERR_FULL);
        err_reset(&err);
        struct str got;
        CHECK_OK(os_file_read(&got, path, 100, a, &err), &err);
        CHECK(str_eq(got, STR("old")) || (n == 5 && str_eq(got, STR("new"))));
        struct os_entry *entries;
        size_t count;
        CHECK_OK(os_folder_list(&entries, &count, folder, a, &err), &err);
        CHECK_INT((int64_t)count, 1);
    }
    CHECK_INT(n, 6); /* open, write, sync, rename, sync of the folder */
    CHECK_OK(os_folder_remove(folder, &err), &err);
    arena_destroy(a);
}

void test_os_failed_sync_is_fatal(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct err err = {0};
    const char *folder = folder_new(a);
    const char *path = arena_printf(a, "%s/file", folder).at;
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct nth nth = {3, EIO};
        (void)close(STDERR_FILENO);
        os_fault_set(nth_fails, &nth);
        _exit(os_file_write(path, STR("x"), &err) ? 0 : 1);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    CHECK(!os_file_exists(path));
    CHECK_OK(os_folder_remove(folder, &err), &err);
    arena_destroy(a);
}

static void sink_keep(void *self, struct str line) {
    struct buf *b = self;
    buf_reset(b);
    buf_add(b, line);
}

void test_os_log_line(void) {
    struct buf b;
    buf_init(&b, 4096);
    log_sink_set(sink_keep, &b);
    log_event(LOG_INFO, "plain");
    CHECK(str_ends(buf_view(&b), STR(" level=info event=plain\n")));
    log_event(LOG_WARN, "two", log_i64("count", -3), log_text("text", STR("a \"b\"\nc=1")));
    CHECK(str_ends(buf_view(&b),
                   STR(" level=warn event=two count=-3 text=\"a \\\"b\\\"\\x0ac=1\"\n")));
    CHECK(str_starts(buf_view(&b), STR("time=20")));
    buf_reset(&b);
    log_event(LOG_DEBUG, "quiet");
    CHECK_INT((int64_t)b.len, 0);
    static char longest[5000];
    memset(longest, 'x', sizeof longest);
    log_event(LOG_ERROR, "long", log_text("text", (struct str){longest, sizeof longest}));
    CHECK(b.len <= 2048 && str_ends(buf_view(&b), STR("x cut=1\n")));
    log_sink_set(NULL, NULL);
    buf_done(&b);
}

struct pair {
    struct os_mutex mutex;
    struct os_cond cond;
    int turns;
};

static void pair_main(void *self) {
    struct pair *pair = self;
    os_mutex_lock(&pair->mutex);
    pair->turns++;
    os_cond_wake_all(&pair->cond);
    os_mutex_unlock(&pair->mutex);
}

void test_os_threads_wait(void) {
    struct pair pair = {.turns = 0};
    struct err err = {0};
    os_mutex_init(&pair.mutex);
    os_cond_init(&pair.cond);
    os_mutex_lock(&pair.mutex);
    CHECK(!os_cond_wait_us(&pair.cond, &pair.mutex, 1000));
    struct os_thread thread;
    CHECK_OK(os_thread_start(&thread, "pair", pair_main, &pair, &err), &err);
    while (pair.turns == 0)
        os_cond_wait(&pair.cond, &pair.mutex);
    os_mutex_unlock(&pair.mutex);
    os_thread_join(thread);
    CHECK_INT(pair.turns, 1);
    os_cond_done(&pair.cond);
    os_mutex_done(&pair.mutex);
}

void test_os_signals(void) {
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        int fd;
        if (!os_signals_open(&fd, &err) || os_signals_take(fd) != 0)
            _exit(1);
        (void)raise(SIGTERM);
        _exit(os_signals_take(fd) == SIGTERM && os_signals_take(fd) == 0 ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

void test_os_zone_names(void) {
    static const struct row {
        int line;
        const char *name;
        bool ok;
    } rows[] = {
        {__LINE__, "Asia/Shanghai", true},
        {__LINE__, "Etc/GMT+8", true},
        {__LINE__, "", false},
        {__LINE__, "../../etc/passwd", false},
        {__LINE__, "/etc/passwd", false},
        {__LINE__, "Asia//Shanghai", false},
        {__LINE__, "Asia/", false},
        {__LINE__, "Asia", false},
        {__LINE__, "Asia/Nowhere", false},
    };
    struct arena *a = arena_create("test", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct str bytes = STR_NONE;
        bool ok = os_zone_read(&bytes, str_from(rows[i].name), a, &err);
        CHECK_AT(rows[i].line, ok == rows[i].ok);
        CHECK_AT(rows[i].line, !ok || str_starts(bytes, STR("TZif")));
    }
    arena_destroy(a);
}

void test_os_lock_is_exclusive(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct err err = {0};
    const char *folder = folder_new(a);
    const char *path = arena_printf(a, "%s/lock", folder).at;
    int fd = -1, other = -1;
    CHECK_OK(os_lock_take(&fd, path, &err), &err);
    CHECK(!os_lock_take(&other, path, &err) && err.code == ERR_CONFLICT);
    err_reset(&err);
    os_lock_give(fd);
    CHECK_OK(os_lock_take(&fd, path, &err), &err);
    os_lock_give(fd);
    uint64_t bytes = 0;
    CHECK_OK(os_disk_free(&bytes, folder, &err), &err);
    CHECK(bytes > 0);
    CHECK_OK(os_folder_remove(folder, &err), &err);
    arena_destroy(a);
}

void test_os_library(void) {
    static struct {
        __typeof__(getpid) *getpid;
        __typeof__(getpid) *no_such_function;
    } lib;
    static const struct os_symbol symbols[] = {OS_LIBRARY_SYMBOL(getpid)
                                                   OS_LIBRARY_SYMBOL(no_such_function)};
    static struct os_library good = {"libc.so.6", symbols, 1, NULL};
    static struct os_library lacking = {"libc.so.6", symbols, 2, NULL};
    static struct os_library missing = {"libnosuch.so.1", symbols, 1, NULL};
    struct err err = {0};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(os_library_need(&good, &err), &err);
        CHECK_INT(lib.getpid(), getpid());
        CHECK(!os_library_need(&lacking, &err) && err.code == ERR_UNSUPPORTED);
        CHECK(strstr(err.text, "libc.so.6 has no function no_such_function") != NULL);
        err_reset(&err);
        CHECK(!os_library_need(&missing, &err) && err.code == ERR_UNSUPPORTED);
        CHECK(strstr(err.text, "could not load libnosuch.so.1") != NULL);
        err_reset(&err);
    }
}
