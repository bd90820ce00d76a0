/* mandate bench process: whole process instances a second, durable: start, service task, exclusive
 * gateway, user task, end. Each lane starts an instance, takes a job that waits, completes it and
 * the user task behind it: four orders an instance, each answered after its commit. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/process.h"
#include "main/bench.h"
#include "os/os.h"

enum { LANES_MAX = 500, TIMES_MAX = 1 << 20 };

static const char model[] =
    "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='bench'>"
    "<bpmn:process id='bench' isExecutable='true'><bpmn:startEvent id='begin'/>"
    "<bpmn:serviceTask id='work'><bpmn:extensionElements><zeebe:taskDefinition type='work'/>"
    "</bpmn:extensionElements></bpmn:serviceTask>"
    "<bpmn:exclusiveGateway id='which' default='to-end'/>"
    "<bpmn:userTask id='look'><bpmn:extensionElements><zeebe:userTask/>"
    "</bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id='end'/>"
    "<bpmn:sequenceFlow id='to-work' sourceRef='begin' targetRef='work'/>"
    "<bpmn:sequenceFlow id='to-which' sourceRef='work' targetRef='which'/>"
    "<bpmn:sequenceFlow id='to-look' sourceRef='which' targetRef='look'>"
    "<bpmn:conditionExpression>=amount &gt; 100</bpmn:conditionExpression></bpmn:sequenceFlow>"
    "<bpmn:sequenceFlow id='to-end' sourceRef='which' targetRef='end'/>"
    "<bpmn:sequenceFlow id='looked' sourceRef='look' targetRef='end'/>"
    "</bpmn:process></bpmn:definitions>";

enum turn { TURN_CREATE, TURN_ACTIVATE, TURN_COMPLETE, TURN_TASK };
struct lane {
    struct bench_process *b;
    enum turn turn;
    struct app_order order;
    int64_t job, from_us;
};
struct bench_process {
    struct app *app;
    struct arena *arena;
    const struct os_env *os;
    struct app_caller caller;
    const struct json *create, *activate, *done;
    int64_t wanted;
    uint32_t task; /* number of the user task in each instance */
    struct lane lanes[LANES_MAX];
    _Atomic int64_t started, ended, failed;
    _Atomic int under_way;
    int32_t *times; /* of activations, in us; the writer's thread */
    size_t time_count;
    struct err first;
};

static void turn_done(void *ctx, const struct app_answer *answer);

static void failed(struct bench_process *b, const struct err *err) {
    if (atomic_fetch_add(&b->failed, 1) == 0)
        b->first = *err;
}

static void turn_next(struct lane *lane) {
    struct bench_process *b = lane->b;
    struct err err = {0};
    lane->order = (struct app_order){.caller = &b->caller, .body = b->done};
    switch (lane->turn) {
    case TURN_CREATE:
        if (atomic_fetch_add(&b->started, 1) >= b->wanted) {
            atomic_fetch_sub(&b->under_way, 1);
            return;
        }
        lane->order.verb = APP_INSTANCE_CREATE;
        lane->order.body = b->create;
        break;
    case TURN_ACTIVATE:
        lane->order.verb = APP_JOBS_ACTIVATE;
        lane->order.body = b->activate;
        lane->from_us = os_mono_us(b->os);
        break;
    case TURN_COMPLETE:
        lane->order.verb = APP_JOB_COMPLETE;
        lane->order.key = lane->job;
        break;
    case TURN_TASK:
        lane->order.verb = APP_TASK_COMPLETE;
        lane->order.key = app_key(app_key_stream(lane->job), b->task);
        break;
    }
    if (app_do(b->app, &lane->order, turn_done, lane, &err))
        return;
    failed(b, &err);
    atomic_fetch_sub(&b->under_way, 1);
}

static void activated(struct lane *lane, const struct app_answer *answer) {
    struct bench_process *b = lane->b;
    const struct json *job = json_item(json_get(answer->body, STR("jobs")), 0);
    if (b->time_count < TIMES_MAX)
        b->times[b->time_count++] = (int32_t)(os_mono_us(b->os) - lane->from_us);
    if (str_to_i64(&lane->job, json_get_text(job, STR("jobKey"))))
        lane->turn = TURN_COMPLETE;
}

static void turn_done(void *ctx, const struct app_answer *answer) {
    struct lane *lane = ctx;
    if (answer->err.code != ERR_NONE) {
        failed(lane->b, &answer->err);
        atomic_fetch_sub(&lane->b->under_way, 1);
        return;
    }
    switch (lane->turn) {
    case TURN_CREATE: lane->turn = TURN_ACTIVATE; break;
    case TURN_ACTIVATE: activated(lane, answer); break;
    case TURN_COMPLETE: lane->turn = TURN_TASK; break;
    case TURN_TASK:
        lane->turn = TURN_CREATE;
        atomic_fetch_add(&lane->b->ended, 1);
        break;
    }
    turn_next(lane);
}

static int by_size(const void *a, const void *b) {
    return *(const int32_t *)a - *(const int32_t *)b;
}

static bool run_lanes(struct bench_process *b, int lanes, int64_t wanted, struct err *err) {
    b->wanted = wanted;
    b->time_count = 0;
    atomic_store(&b->started, 0);
    atomic_store(&b->ended, 0);
    atomic_store(&b->under_way, lanes);
    for (int i = 0; i < lanes; i++) {
        b->lanes[i] = (struct lane){.b = b};
        turn_next(&b->lanes[i]);
    }
    while (atomic_load(&b->under_way) > 0)
        os_pause_us(500);
    if (atomic_load(&b->failed) > 0)
        *err = b->first;
    return err->code == ERR_NONE;
}

/* The times are sorted. */
static double time_ms(const struct bench_process *b, size_t percent) {
    size_t at = b->time_count * percent / 100;
    return at < b->time_count ? b->times[at] / 1000.0 : 0;
}

static bool measure(struct bench_process *b, int lanes, int64_t wanted, struct err *err) {
    int64_t cpu_us = bench_cpu_us(), from_us = os_mono_us(b->os);
    struct app_figures before = app_figures(b->app);
    if (!run_lanes(b, lanes, wanted, err))
        return false;
    double took_us = (double)(os_mono_us(b->os) - from_us);
    struct app_figures after = app_figures(b->app);
    double count = (double)atomic_load(&b->ended);
    qsort(b->times, b->time_count, sizeof *b->times, by_size);
    (void)printf("| %d | %.0f | %.0f | %.1f | %.2f | %.2f |\n", lanes, count * 1e6 / took_us,
                 (double)(bench_cpu_us() - cpu_us) / count,
                 (double)(after.orders - before.orders) /
                     (double)MAX_OF(after.commits - before.commits, (uint64_t)1),
                 time_ms(b, 50), time_ms(b, 99));
    return true;
}

/* ---- opening
 * ------------------------------------------------------------------------------------- */

struct waited {
    struct err err;
    struct json *body;
    struct arena *arena;
    _Atomic bool over;
};

static void waited_done(void *ctx, const struct app_answer *answer) {
    struct waited *w = ctx;
    w->err = answer->err;
    w->body = answer->body == NULL ? NULL : json_copy(answer->body, w->arena);
    atomic_store(&w->over, true);
}

static bool ask(struct json **out, struct bench_process *b, const struct app_order *order,
                struct err *err) {
    struct waited w = {.arena = b->arena};
    if (!app_do(b->app, order, waited_done, &w, err))
        return false;
    while (!atomic_load(&w.over))
        os_pause_us(500);
    *out = w.body;
    if (w.err.code != ERR_NONE)
        *err = w.err;
    return err->code == ERR_NONE;
}

static bool read_text(const struct json **out, struct bench_process *b, const char *text,
                      struct err *err) {
    struct budget budget = budget_of(1000, 1 << 20);
    return json_read(out, str_from(text), "bench", b->arena, &budget, err);
}

/* One instance by hand tells which number the user task has in all of them. */
static bool first_one(struct bench_process *b, struct err *err) {
    struct json *answer;
    const struct app_order create = {
        .verb = APP_INSTANCE_CREATE, .caller = &b->caller, .body = b->create};
    const struct app_order activate = {
        .verb = APP_JOBS_ACTIVATE, .caller = &b->caller, .body = b->activate};
    int64_t job = 0;
    if (!ask(&answer, b, &create, err) || !ask(&answer, b, &activate, err))
        return false;
    const struct json *first = json_item(json_get(answer, STR("jobs")), 0);
    if (!str_to_i64(&job, json_get_text(first, STR("jobKey"))))
        return err_set(err, ERR_INTERNAL, err_nowhere, "there is no job");
    const struct app_order complete = {
        .verb = APP_JOB_COMPLETE, .caller = &b->caller, .key = job, .body = b->done};
    if (!ask(&answer, b, &complete, err))
        return false;
    for (b->task = app_key_n(job) + 1; b->task < app_key_n(job) + 8; b->task++) {
        const struct app_order task = {.verb = APP_TASK_COMPLETE,
                                       .caller = &b->caller,
                                       .key = app_key(app_key_stream(job), b->task),
                                       .body = b->done};
        if (ask(&answer, b, &task, err))
            return true;
        err_reset(err);
    }
    return err_set(err, ERR_INTERNAL, err_nowhere, "there is no user task");
}

/* As the demonstration's administrator: completing a task is a right of posts. */
static bool sign_in(struct bench_process *b, struct err *err) {
    const struct json *who;
    struct json *answer;
    if (!read_text(&who, b, "{\"user\":\"admin\",\"password\":\"mandate-demo\"}", err))
        return false;
    const struct app_caller nobody = {0};
    const struct app_order order = {.verb = APP_SIGN_IN, .caller = &nobody, .body = who};
    return ask(&answer, b, &order, err) &&
           app_caller_session(&b->caller, b->app, json_get_text(answer, STR("token")), b->arena,
                              err);
}

static bool bench_open(struct bench_process *b, const char *data, const char *pack,
                       struct err *err) {
    const char *const packs[] = {pack};
    const struct app_config config = {.data_dir = data,
                                      .pack_dirs = packs,
                                      .pack_count = COUNT_OF(packs),
                                      .demo = true,
                                      .base_url = "http://127.0.0.1:8110"};
    const struct app_file file = {STR("bench.bpmn"), str_from(model)};
    struct json *answer;
    b->os = os_env_real();
    if (!read_text(&b->create, b,
                   "{\"processDefinitionId\":\"bench\",\"variables\":{\"amount\":150,"
                   "\"customer\":\"C-1042\"}}",
                   err) ||
        !read_text(&b->activate, b,
                   "{\"type\":\"work\",\"worker\":\"bench\",\"timeout\":600000,"
                   "\"maxJobsToActivate\":1}",
                   err) ||
        !read_text(&b->done, b, "{\"variables\":{\"checked\":true}}", err) ||
        !app_open(&b->app, &config, b->os, err) || !sign_in(b, err))
        return false;
    const struct app_order deploy = {
        .verb = APP_DEPLOY, .caller = &b->caller, .body = b->done, .files = &file, .file_count = 1};
    return ask(&answer, b, &deploy, err) && first_one(b, err);
}

static void size_print(struct bench_process *b, const char *data, int64_t before_bytes,
                       int64_t instances) {
    uint64_t size = 0;
    struct err err = {0};
    if (os_file_size(&size, arena_printf(b->arena, "%s/mandate.db", data).at, &err))
        (void)printf("\n%.0f bytes of the database an instance, with its history and its events\n",
                     ((double)size - (double)before_bytes) / (double)instances);
}

static bool bench_run(struct bench_process *b, int64_t instances, struct err *err) {
    static const int windows[] = {1, 20, 200};
    (void)printf("| under way | instances/s | CPU us each | orders in a commit | activation p50 ms "
                 "| p99 ms |\n|---|---|---|---|---|---|\n");
    if (!measure(b, windows[0], MIN_OF(instances / 20, INT64_C(500)), err))
        return false;
    for (size_t i = 1; i < COUNT_OF(windows); i++)
        if (!measure(b, windows[i], instances, err))
            return false;
    return true;
}

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

int bench_process(int argc, char **argv) {
    const char *data = "build/bench-process", *pack = "packs/public-security";
    int64_t instances = 20000;
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "a new folder; removed afterwards"},
        {"pack", OPTION_TEXT, &pack, "DIR", "any pack"},
        {"instances", OPTION_INT, &instances, "N", "of each measurement (20000)"},
    };
    const struct command_line line = {
        .name = "bench process",
        .about =
            "Durable process instances a second: start, service task, gateway, user task, end.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct err err = {0};
    if (instances < 20 || instances > 100000000)
        return command_failed("bench", "a number is out of its range; see --help");
    if (os_file_exists(data))
        return command_failed("bench", "'%s' is there already", data);
    struct arena *arena = arena_create("bench", (size_t)1 << 30);
    struct bench_process *b = arena_new(arena, struct bench_process, 1);
    b->arena = arena;
    b->times = arena_new(arena, int32_t, TIMES_MAX);
    log_sink_set(quiet, NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t before = 0;
    bool ok = bench_open(b, data, pack, &err) &&
              os_file_size(&before, arena_printf(arena, "%s/mandate.db", data).at, &err) &&
              bench_run(b, instances, &err);
    app_close(b->app); /* moves the log into the database */
    if (ok)
        size_print(b, data, (int64_t)before, 2 * instances + MIN_OF(instances / 20, INT64_C(500)));
    struct err ignored = {0};
    bool removed = os_folder_remove(data, ok ? &err : &ignored);
    arena_destroy(arena);
    return ok && removed ? EXIT_OK : command_failed("bench", "%s", err.text);
}
