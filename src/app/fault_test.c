/* What happens when the database fails in the midst of an order: the tests of the orders
 * themselves, each order with every one of its statements failing in turn. */
#include <errno.h>

#include "app/bench_test.h"
#include "app/reader.h"

#define TESTS(X)                                                                                   \
    X(test_app_process_job)                                                                        \
    X(test_app_process_late_worker)                                                                \
    X(test_app_process_incident)                                                                   \
    X(test_app_process_user_task)                                                                  \
    X(test_app_process_message)                                                                    \
    X(test_app_process_message_start)                                                              \
    X(test_app_process_signal)                                                                     \
    X(test_app_process_call)                                                                       \
    X(test_app_process_decision)                                                                   \
    X(test_app_process_decision_versions)                                                          \
    X(test_app_process_modify)                                                                     \
    X(test_app_process_case_job)                                                                   \
    X(test_app_process_case_reached)                                                               \
    X(test_app_process_call_error)                                                                 \
    X(test_app_process_form_bound)                                                                 \
    X(test_app_process_called_bound)                                                               \
    X(test_app_same_key_same_answer)                                                               \
    X(test_app_accounts_by_an_administrator)
/* These name cases by number, and an order that is refused alone may use up one. */
#define NUMBERED(X)                                                                                \
    X(test_app_whole_path_is_proved)                                                               \
    X(test_app_kept_cases_after_refusals)

#define DECLARE(test) void test(void);
#define ENTRY(test)   test,
TESTS(DECLARE)
NUMBERED(DECLARE)
static void (*const tests[])(void) = {TESTS(ENTRY)};
static void (*const numbered[])(void) = {NUMBERED(ENTRY)};

static void each_of(void (*const *list)(void), size_t count, int error_number, bool each) {
    for (size_t i = 0; i < count; i++) {
        bench_faults(error_number, each);
        list[i]();
        CHECK(bench_faults_hit() > 0);
    }
    bench_faults(0, false);
}

/* The first that fails takes the whole batch with it. */
void test_app_faults_of_the_disk(void) {
    each_of(tests, COUNT_OF(tests), EIO, false);
    each_of(numbered, COUNT_OF(numbered), EIO, false);
}

/* The order alone is refused: the batch is run again, and it fails again. */
void test_app_faults_of_another_process(void) {
    each_of(tests, COUNT_OF(tests), EBUSY, true);
}

/* ---- views -------------------------------------------------------------------------------------
 */

/* The n-th statement of a reader fails, when this thread makes it. */
static _Thread_local int reads_left;
static bool read_failed;
static int read_fails(void *self, enum db_fault_op op) {
    (void)self;
    if (op != DB_FAULT_READ || reads_left == 0 || --reads_left > 0)
        return 0;
    read_failed = true;
    return EIO;
}

typedef bool view_plain(struct json **out, struct app_reader *r, const struct app_ask *ask,
                        struct err *err);
typedef bool view_of(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct str of, struct err *err);
struct viewing {
    struct bench b;
    struct app_reader *reader;
    struct app_ask ask;
    size_t failed;
};

/* Made without a fault, it is the same as after all the tries that failed; and it never shows less
 * instead of failing. */
static void view_fails(int line, struct viewing *v, view_plain *plain, view_of *of,
                       struct str name) {
    struct json *clean = NULL, *view = NULL;
    struct err err = {0};
    bool ok = plain != NULL ? plain(&clean, v->reader, &v->ask, &err)
                            : of(&clean, v->reader, &v->ask, name, &err);
    CHECK_OK_AT(line, ok, &err);
    for (int n = 1;; n++) {
        reads_left = n;
        read_failed = false;
        err_reset(&err);
        db_fault_set(read_fails, NULL);
        ok = plain != NULL ? plain(&view, v->reader, &v->ask, &err)
                           : of(&view, v->reader, &v->ask, name, &err);
        db_fault_set(NULL, NULL);
        reads_left = 0;
        CHECK_AT(line, ok != read_failed);
        if (!read_failed)
            break;
        CHECK_INT_AT(line, err.code, ERR_IO);
        v->failed++;
    }
    if (json_get(clean, STR("now")) != NULL)
        json_set(clean, STR("now"), json_get(view, STR("now")));
    CHECK_AT(line, json_equal(clean, view));
}

static const char application[] =
    "{\"matter\":\"residence-permit-issue\",\"place\":\"330302\",\"lang\":\"zh\",\"applicant\":"
    "{\"name\":\"Example Person\",\"identity\":\"11010519491231002X\",\"phone\":\"13800000000\"},"
    "\"form\":{\"kind\":\"first\",\"ground\":\"dwelling\",\"household\":\"Example Town\","
    "\"address\":\"1 Example Road, Unit 2\",\"since\":\"2025-01-01\",\"delivery\":\"station\"}}";

void test_app_faults_of_readers(void) {
    struct viewing v = {.failed = 0};
    struct app_caller clerk, admin;
    struct err err = {0};
    if (!bench_make(&v.b))
        return;
    CHECK(bench_sign_in(&clerk, &v.b, "clerk") && bench_sign_in(&admin, &v.b, "admin"));
    struct waiting w = bench_order(
        &v.b, (struct app_order){.verb = APP_APPLY, .body = bench_json(&v.b, application)});
    struct str reference = json_get_text(w.body, STR("reference"));
    struct str task = text_of(&v.b, "SELECT case_id || '.' || task FROM task");
    CHECK_OK(app_reader_create(&v.reader, v.b.app, &err), &err);
    v.ask = (struct app_ask){.caller = &clerk, .query = json_obj(v.b.arena), .arena = v.b.arena};
    static view_of *const of_case[] = {app_view_case, app_view_case_events, app_view_case_letters,
                                       app_view_accesses, app_view_diagram_marks};
    for (size_t i = 0; i < COUNT_OF(of_case); i++)
        view_fails(__LINE__, &v, NULL, of_case[i], reference);
    view_fails(__LINE__, &v, NULL, app_view_task, task);
    view_fails(__LINE__, &v, app_view_tasks, NULL, STR_NONE);
    v.ask.caller = &admin;
    view_fails(__LINE__, &v, app_view_accounts, NULL, STR_NONE);
    view_fails(__LINE__, &v, app_view_health, NULL, STR_NONE);
    view_fails(__LINE__, &v, app_view_processes, NULL, STR_NONE);
    CHECK(v.failed > 20);
    app_reader_destroy(v.reader);
    bench_end(&v.b);
}
