/* mandate bench fill: a data folder with many cases, each past its first step, for the figures of
 * memory and of pages. The cases come about as they do in the service, by orders. */
#include <stdio.h>

#include "app/app.h"
#include "app/view.h"
#include "main/bench.h"
#include "os/os.h"
#include "yaml/yaml.h"

enum {
    HALL_BYTES = 1 << 30,
    SCENARIO_STEPS = 1000000,
    SCENARIO_BYTES = 64 << 20,
    IN_FLIGHT = 2 * BATCH_COMMANDS_MAX, /* the next batch waits while one is written */
    PART = 4096,                        /* cases made in one go */
    SHOWN = 1000,                       /* references printed */
};

struct filling {
    char reference[64], task[64];
    struct app_order order;
    struct hall *hall;
};

struct hall {
    struct arena *arena;
    struct app *app;
    struct app_reader *reader;
    struct app_caller clerk;
    struct str matter, place;
    const struct json *applicant, *form; /* as one of the pack's scenarios fills them in */
    struct filling cases[PART];
    struct os_mutex mutex; /* guards the two below */
    struct os_cond changed;
    size_t waiting;
    struct err err; /* the first refusal */
};

/* ---- the answers ----------------------------------------------------------------------------- */

static void answered(struct hall *hall, const struct app_answer *answer) {
    os_mutex_lock(&hall->mutex);
    if (answer->err.code != ERR_NONE && hall->err.code == ERR_NONE)
        hall->err = answer->err;
    hall->waiting--;
    os_cond_wake_one(&hall->changed);
    os_mutex_unlock(&hall->mutex);
}

static void done(void *ctx, const struct app_answer *answer) {
    answered(ctx, answer);
}

static void applied(void *ctx, const struct app_answer *answer) {
    struct filling *f = ctx;
    struct str reference = json_get_text(answer->body, STR("reference"));
    if (reference.len < sizeof f->reference)
        memcpy(f->reference, reference.at, reference.len);
    answered(f->hall, answer);
}

/* Until fewer than `fewer` wait. False with what was refused. */
static bool wait_fewer(struct hall *hall, size_t fewer, struct err *err) {
    os_mutex_lock(&hall->mutex);
    while (hall->waiting >= fewer)
        os_cond_wait(&hall->changed, &hall->mutex);
    bool ok = hall->err.code == ERR_NONE;
    if (!ok)
        *err = hall->err;
    os_mutex_unlock(&hall->mutex);
    return ok;
}

static bool put(struct hall *hall, const struct app_order *order, app_done *then, void *ctx,
                struct err *err) {
    if (!wait_fewer(hall, IN_FLIGHT, err))
        return false;
    os_mutex_lock(&hall->mutex);
    hall->waiting++;
    os_mutex_unlock(&hall->mutex);
    if (app_do(hall->app, order, then, ctx, err))
        return true;
    os_mutex_lock(&hall->mutex);
    hall->waiting--;
    os_mutex_unlock(&hall->mutex);
    return false;
}

/* ---- one part of the cases: apply, find the task, do it ---- */

static bool apply_all(struct hall *hall, size_t count, struct arena *arena, struct err *err) {
    static const struct app_caller anybody = {.kind = APP_ANONYMOUS};
    struct json *body = json_obj(arena);
    json_set_str(body, STR("matter"), hall->matter);
    json_set_str(body, STR("place"), hall->place);
    json_set_str(body, STR("lang"), STR("zh"));
    json_set(body, STR("applicant"), hall->applicant);
    json_set(body, STR("form"), hall->form);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        struct filling *f = &hall->cases[i];
        *f = (struct filling){.hall = hall,
                              .order = {.verb = APP_APPLY, .caller = &anybody, .body = body}};
        ok = put(hall, &f->order, applied, f, err);
    }
    struct err late = {0};
    bool all = wait_fewer(hall, 1, &late);
    if (ok && !all)
        *err = late;
    return ok && all;
}

/* The case's one open task, and the first outcome that it offers. */
static bool task_find(struct filling *f, struct str *outcome, struct arena *arena,
                      struct err *err) {
    struct json *view, *task;
    const struct app_ask ask = {
        .caller = &f->hall->clerk, .query = json_obj(arena), .arena = arena};
    if (!app_view_case(&view, f->hall->reader, &ask, str_from(f->reference), err))
        return false;
    const struct json *tasks = json_get(view, STR("tasks"));
    struct str id = json_get_text(json_item(tasks, 0), STR("id"));
    if (json_count(tasks) != 1 || id.len >= sizeof f->task)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "a new case has not one task");
    memcpy(f->task, id.at, id.len);
    if (outcome->len > 0)
        return true;
    if (!app_view_task(&task, f->hall->reader, &ask, id, err))
        return false;
    *outcome = arena_str(
        f->hall->arena, json_get_text(json_item(json_get(task, STR("outcomes")), 0), STR("value")));
    return true;
}

static bool complete_all(struct hall *hall, size_t count, struct arena *arena, struct err *err) {
    struct str outcome = STR_NONE;
    struct arena_mark mark = arena_mark(arena);
    for (size_t i = 0; i < count; i++) {
        arena_rewind(arena, mark);
        if (!task_find(&hall->cases[i], &outcome, arena, err))
            return false;
    }
    struct json *body = json_obj(arena);
    json_set_str(body, STR("outcome"), outcome);
    json_set_str(body, STR("reasons"), STR("符合规定条件。"));
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        struct filling *f = &hall->cases[i];
        f->order = (struct app_order){
            .verb = APP_COMPLETE, .caller = &hall->clerk, .task = str_from(f->task), .body = body};
        ok = put(hall, &f->order, done, hall, err);
    }
    struct err late = {0};
    bool all = wait_fewer(hall, 1, &late);
    if (ok && !all)
        *err = late;
    return ok && all;
}

static bool fill(struct hall *hall, size_t count, struct err *err) {
    bool ok = true;
    for (size_t made = 0; ok && made < count; made += PART) {
        size_t part = MIN_OF(count - made, (size_t)PART);
        struct arena *arena = arena_create("part", HALL_BYTES);
        ok = apply_all(hall, part, arena, err) && complete_all(hall, part, arena, err);
        arena_destroy(arena);
        for (size_t i = 0; ok && i < part && made + i < SHOWN; i++)
            (void)printf("%s %s\n", hall->cases[i].reference, hall->cases[i].task);
    }
    return ok;
}

/* ---- opening --------------------------------------------------------------------------------- */

struct signing_in {
    struct hall *hall;
    char token[64];
};

static void signed_in(void *ctx, const struct app_answer *answer) {
    struct signing_in *s = ctx;
    struct str token = json_get_text(answer->body, STR("token"));
    if (token.len < sizeof s->token)
        memcpy(s->token, token.at, token.len);
    answered(s->hall, answer);
}

static bool sign_in(struct hall *hall, struct err *err) {
    static const struct app_caller anybody = {.kind = APP_ANONYMOUS};
    struct signing_in s = {.hall = hall};
    struct json *body = json_obj(hall->arena);
    json_set_str(body, STR("user"), STR("clerk"));
    json_set_str(body, STR("password"), STR("mandate-demo"));
    const struct app_order order = {.verb = APP_SIGN_IN, .caller = &anybody, .body = body};
    return put(hall, &order, signed_in, &s, err) && wait_fewer(hall, 1, err) &&
           app_caller_session(&hall->clerk, hall->app, str_from(s.token), hall->arena, err);
}

/* What the applicant writes in the first scenario of the matter. */
static bool application_find(struct hall *hall, struct err *err) {
    const struct app_packs *packs = app_packs_hold(hall->app);
    const struct pack *pack = app_packs_at(packs, 0);
    bool found = false, ok = true;
    for (size_t i = 0; ok && !found && i < pack->file_count; i++) {
        const struct json *scenario;
        struct budget budget = budget_of(SCENARIO_STEPS, SCENARIO_BYTES);
        if (!str_starts(pack->files[i].path, STR("scenarios/")))
            continue;
        ok = yaml_read(&scenario, pack->files[i].bytes, "scenario", hall->arena, &budget, err);
        found = ok && str_eq(json_get_text(scenario, STR("matter")), hall->matter);
        if (!found)
            continue;
        struct json *applicant = json_obj(hall->arena); /* no address: a mail is no transition */
        const struct json *given = json_get(scenario, STR("applicant"));
        for (size_t k = 0; k < json_count(given); k++)
            if (!str_eq(json_member_at(given, k)->key.text, STR("email")))
                json_set(applicant, json_member_at(given, k)->key.text,
                         json_member_at(given, k)->value);
        hall->applicant = applicant;
        hall->form = json_get(scenario, STR("form"));
        hall->place = json_get_text(scenario, STR("place"));
    }
    app_packs_let(hall->app, packs);
    return ok && (found ||
                  err_set(err, ERR_NOT_FOUND, err_nowhere,
                          "the pack has no scenario of the matter '%.*s'", STR_ARG(hall->matter)));
}

static bool hall_open(struct hall *hall, const char *data, const char *pack, struct err *err) {
    const char *const dirs[] = {pack};
    const struct app_config config = {.data_dir = data,
                                      .pack_dirs = dirs,
                                      .pack_count = COUNT_OF(dirs),
                                      .demo = true,
                                      .base_url = "http://127.0.0.1:8110",
                                      .mail_from = "mandate@mandate.example"};
    os_mutex_init(&hall->mutex);
    os_cond_init(&hall->changed);
    return app_open(&hall->app, &config, os_env_real(), err) &&
           app_reader_create(&hall->reader, hall->app, err) && sign_in(hall, err) &&
           application_find(hall, err);
}

static void hall_close(struct hall *hall) {
    if (hall->reader != NULL)
        app_reader_destroy(hall->reader);
    app_close(hall->app);
    os_cond_done(&hall->changed);
    os_mutex_done(&hall->mutex);
}

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

int bench_fill(int argc, char **argv) {
    const char *data = "build/bench-fill", *pack = "packs/public-security";
    const char *matter = "residence-permit-issue";
    int64_t cases = 1000;
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "the folder; kept"},
        {"pack", OPTION_TEXT, &pack, "DIR", "the pack whose cases are made"},
        {"matter", OPTION_TEXT, &matter, "ID", "the matter: one of its scenarios is applied for"},
        {"cases", OPTION_INT, &cases, "N", "how many (1000)"},
    };
    const struct command_line line = {
        .name = "bench fill",
        .about = "Makes a data folder with many cases and prints the references and tasks of the "
                 "first.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct arena *arena = arena_create("fill", HALL_BYTES);
    struct hall *hall = arena_new(arena, struct hall, 1);
    hall->arena = arena;
    hall->matter = str_from(matter);
    struct err err = {0};
    log_sink_set(quiet, NULL);
    bool ok = hall_open(hall, data, pack, &err) && fill(hall, (size_t)cases, &err);
    hall_close(hall);
    arena_destroy(arena);
    return ok ? EXIT_OK : command_failed("bench", "%s", err.text);
}
