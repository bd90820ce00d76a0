/* mandate check: the eight proofs of a pack and its own scenarios, told as stories that a lawyer
 * can read, or as JSON; of a file alone, whether its processes are sound or its tables complete. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/folder.h"
#include "case/scenario.h"
#include "main/check_dmn.h"
#include "main/check_model.h"
#include "main/cmd.h"
#include "main/models.h"
#include "os/os.h"

enum {
    CHECK_BYTES_MAX = 1 << 30,       /* files, findings and one scenario at a time */
    CHECK_SCENARIO_STEPS = 50000000, /* budget of one scenario */
    CHECK_SCENARIO_BYTES = 256 << 20,
    CHECK_TEXT_MAX = 64 << 20, /* the JSON answer */
    CHECK_CALENDAR_DAYS = 90,  /* the notice for a year comes about two months before it begins */
};

static const char *const proof_names[] = {
    "form",         "1 sound", "2 bounded", "3 remedy",  "4 four eyes",
    "5 competence", "6 data",  "7 rules",   "8 liberty",
};

struct check {
    struct arena *arena;
    const struct os_env *os;
    const char *dir;
    bool json, wrong;
    struct json *answer; /* of this pack; NULL for text */
    size_t scenario_count, scenario_wrong;
};

static struct str where(struct check *c, struct err_at at) {
    if (at.source == NULL)
        return STR_NONE;
    if (at.line == 0)
        return arena_printf(c->arena, "%s", at.source);
    return arena_printf(c->arena, "%s:%" PRIu32, at.source, at.line);
}

/* ---- findings ---- */

static void say_finding(struct check *c, const struct pack_finding *f) {
    struct str at = where(c, f->at);
    (void)printf("%s%.*s%s%.*s\n", f->warning ? "warning: " : "", STR_ARG(at),
                 at.len > 0 ? ": " : "", STR_ARG(f->text));
    if (f->proof > 0)
        (void)printf("    proof %s\n", proof_names[f->proof]);
    for (size_t i = 0; i < f->step_count; i++)
        (void)printf("    %zu. %.*s\n", i + 1, STR_ARG(f->steps[i]));
}

/* The answer is printed when the packs are gone: texts of theirs are copied. */
static void put(struct check *c, struct json *out, struct str key, struct str text) {
    json_set_str(out, key, arena_str(c->arena, text));
}

static void put_finding(struct check *c, struct json *list, const struct pack_finding *f) {
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("level"), f->warning ? STR("warning") : STR("error"));
    json_set_i64(out, STR("proof"), f->proof);
    put(c, out, STR("file"), str_from(f->at.source));
    json_set_i64(out, STR("line"), f->at.line);
    json_set_i64(out, STR("column"), f->at.column);
    put(c, out, STR("text"), f->text);
    struct json *steps = json_set_arr(out, STR("steps"));
    for (size_t i = 0; i < f->step_count; i++)
        json_push_str(steps, arena_str(c->arena, f->steps[i]));
}

static void tell_findings(struct check *c, const struct pack_findings *findings) {
    struct json *list = c->json ? json_set_arr(c->answer, STR("findings")) : NULL;
    for (size_t i = 0; i < findings->count; i++) {
        if (c->json)
            put_finding(c, list, &findings->list[i]);
        else
            say_finding(c, &findings->list[i]);
    }
}

/* ---- scenarios ---- */

static const char *kind_name(enum scenario_kind kind) {
    static const char *const names[] = {"granted", "refused", "breached", "other"};
    return names[kind];
}

static void tell_scenario(struct check *c, struct json *list, const struct scenario_report *report,
                          struct str file, int64_t us) {
    c->scenario_count++;
    c->scenario_wrong += report->fault_count > 0;
    if (!c->json) {
        for (size_t i = 0; i < report->fault_count; i++)
            (void)printf("%.*s: %.*s\n", STR_ARG(where(c, report->faults[i].at)),
                         STR_ARG(report->faults[i].text));
        return;
    }
    struct json *out = json_push_obj(list);
    put(c, out, STR("scenario"), report->id);
    put(c, out, STR("matter"), report->matter);
    json_set_str(out, STR("kind"), str_from(kind_name(report->kind)));
    put(c, out, STR("file"), file);
    json_set_bool(out, STR("passed"), report->fault_count == 0);
    json_set_i64(out, STR("events"), (int64_t)report->event_count);
    json_set_i64(out, STR("microseconds"), us);
    struct json *faults = json_set_arr(out, STR("faults"));
    for (size_t i = 0; i < report->fault_count; i++) {
        struct json *fault = json_push_obj(faults);
        json_set_i64(fault, STR("line"), report->faults[i].at.line);
        put(c, fault, STR("text"), report->faults[i].text);
    }
}

/* DESIGN.md section 4: every matter has one that ends well, one that is refused and reviewed, one
 * that breaches its clock. */
static void tell_missing(struct check *c, const struct pack *pack, const unsigned *seen) {
    struct json *list = c->json ? json_set_arr(c->answer, STR("missing_scenarios")) : NULL;
    for (size_t i = 0; i < pack->matter_count; i++)
        for (int kind = SCENARIO_GRANTED; kind <= SCENARIO_BREACHED; kind++) {
            if ((seen[i] & 1u << kind) != 0)
                continue;
            struct str text =
                arena_printf(c->arena, "the matter '%.*s' has no scenario of the kind '%s'",
                             STR_ARG(pack->matters[i].id), kind_name((enum scenario_kind)kind));
            c->wrong = true;
            if (c->json)
                json_push_str(list, text);
            else
                (void)printf("%s: %.*s\n", pack->matters[i].source, STR_ARG(text));
        }
}

static bool is_scenario(struct str path) {
    return (str_starts(path, STR("scenarios/")) || str_starts(path, STR("base/scenarios/"))) &&
           str_ends(path, STR(".yaml"));
}

static bool run_scenarios(struct check *c, const struct pack *pack, struct err *err) {
    unsigned *seen = arena_new(c->arena, unsigned, pack->matter_count);
    struct json *list = c->json ? json_set_arr(c->answer, STR("scenarios")) : NULL;
    for (size_t i = 0; i < pack->file_count; i++) {
        struct scenario_report report;
        struct budget budget = budget_of(CHECK_SCENARIO_STEPS, CHECK_SCENARIO_BYTES);
        int64_t from_us = os_mono_us(c->os);
        if (!is_scenario(pack->files[i].path))
            continue;
        if (!scenario_run(&report, pack, &pack->files[i], c->arena, &budget, err))
            return false;
        tell_scenario(c, list, &report, pack->files[i].path, os_mono_us(c->os) - from_us);
        const size_t *at = map_find(&pack->matter_at, report.matter);
        if (at != NULL && report.fault_count == 0)
            seen[*at] |= 1u << report.kind;
    }
    c->wrong |= c->scenario_wrong > 0;
    tell_missing(c, pack, seen);
    return true;
}

/* ---- the calendar ---- */

/* The certain days of the working-day calendar end soon: the next year's file must be loaded. */
static void tell_calendar(struct check *c, const struct pack *pack) {
    struct cal_date first, last;
    if (pack->calendar == NULL || !cal_calendar_covers(&first, &last, pack->calendar))
        return;
    struct cal_date today = cal_us_date(os_wall_us(c->os), pack->timezone);
    int64_t days = cal_days_of(last) - cal_days_of(today);
    if (days > CHECK_CALENDAR_DAYS)
        return;
    char date[CAL_TEXT_MAX];
    (void)cal_date_format(date, last);
    struct str text =
        arena_printf(c->arena,
                     "the holidays in calendar '%.*s' are certain until %s only: load "
                     "the next year's when they are announced",
                     STR_ARG(cal_calendar_name(pack->calendar)), date);
    if (c->json)
        json_push_str(json_set_arr(c->answer, STR("warnings")), text);
    else
        (void)printf("warning: %.*s\n", STR_ARG(text));
}

/* ---- one pack ---- */

static void tell_end(struct check *c, const struct pack *pack, const struct pack_findings *findings,
                     int64_t load_us, int64_t scenario_us) {
    size_t matters = pack == NULL ? 0 : pack->matter_count;
    double each_ms = matters == 0 ? 0 : (double)load_us / 1000.0 / (double)matters;
    if (c->json) {
        json_set_bool(c->answer, STR("passed"), !c->wrong);
        json_set_i64(c->answer, STR("matters"), (int64_t)matters);
        json_set_i64(c->answer, STR("load_and_proof_microseconds"), load_us);
        json_set_i64(c->answer, STR("scenario_microseconds"), scenario_us);
        return;
    }
    if (pack == NULL) {
        (void)printf("%s: refused, %zu fault%s\n", c->dir, findings->error_count,
                     findings->error_count == 1 ? "" : "s");
        return;
    }
    (void)printf("%s: %s %s, %zu matters, %zu procedures, %zu organs, %zu places\n", c->dir,
                 pack->id.at, pack->version.at, matters, pack->process_count, pack->organs->count,
                 pack->organs->place_count);
    (void)printf("%s: eight proofs hold; %.1f ms, %.1f ms a matter\n", c->dir,
                 (double)load_us / 1000.0, each_ms);
    (void)printf("%s: %zu scenarios, %zu wrong; %.1f ms\n", c->dir, c->scenario_count,
                 c->scenario_wrong, (double)scenario_us / 1000.0);
}

/* False when it could not be checked at all. */
static bool check_pack(struct check *c, struct err *err) {
    struct pack_findings findings = {.arena = c->arena};
    struct pack_file *files;
    struct pack *pack = NULL;
    size_t count;
    struct err refused = {0};
    if (!app_folder_read(&files, &count, c->dir, c->arena, err))
        return false;
    int64_t from_us = os_mono_us(c->os);
    bool loaded = pack_load(&pack, files, count, &findings, &refused);
    int64_t loaded_us = os_mono_us(c->os);
    tell_findings(c, &findings);
    c->wrong = !loaded;
    bool ok = !loaded || run_scenarios(c, pack, err);
    if (loaded)
        tell_calendar(c, pack);
    tell_end(c, loaded ? pack : NULL, &findings, loaded_us - from_us,
             os_mono_us(c->os) - loaded_us);
    if (loaded)
        pack_destroy(pack);
    return ok;
}

static int print_json(const struct json *answers) {
    struct buf text;
    struct err err = {0};
    buf_init(&text, CHECK_TEXT_MAX);
    json_write(&text, answers, JSON_PRETTY);
    bool ok = buf_ok(&text, "the answer", &err);
    if (ok)
        (void)fwrite(text.at, 1, text.len, stdout);
    buf_done(&text);
    return ok ? EXIT_OK : command_failed("check", "%s", err.text);
}

/* How files are checked. */
struct how {
    const char *svg;
    int64_t states_max;
    enum lang lang;
    bool free_names;
};

enum checked { CHECKED_PACK, CHECKED_BPMN, CHECKED_DMN };

static bool check_tables(struct check *c, const struct how *how, struct err *err) {
    struct check_dmn model = {.arena = c->arena,
                              .os = c->os,
                              .path = c->dir,
                              .free_names = how->free_names,
                              .answer = c->answer};
    bool ok = check_dmn(&model, err);
    c->wrong = model.wrong;
    if (c->json)
        json_set_bool(c->answer, STR("passed"), !c->wrong);
    return ok;
}

/* What a path names: a folder is a pack, whatever it is called. */
static bool what_is(enum checked *what, const char *path, struct err *err) {
    struct str name = str_from(path);
    struct stat info;
    if (stat(path, &info) != 0)
        return os_err_set(err, errno, "could not open", path);
    *what = S_ISDIR(info.st_mode)          ? CHECKED_PACK
            : str_ends(name, STR(".bpmn")) ? CHECKED_BPMN
                                           : CHECKED_DMN;
    if (*what == CHECKED_DMN && !str_ends(name, STR(".dmn")))
        return err_set(err, ERR_UNSUPPORTED, err_nowhere,
                       "is neither a pack, a .bpmn nor a .dmn file");
    return true;
}

static bool check_file(struct check *c, const struct how *how, struct err *err) {
    struct check_model model = {.arena = c->arena,
                                .os = c->os,
                                .path = c->dir,
                                .svg = how->svg,
                                .states_max = how->states_max,
                                .lang = how->lang,
                                .answer = c->answer};
    bool ok = check_model(&model, err);
    c->wrong = model.wrong;
    if (c->json)
        json_set_bool(c->answer, STR("passed"), !c->wrong);
    return ok;
}

/* The answer to one argument; false when it could not be checked at all. */
static bool check_path(struct check *c, const struct how *how, struct json *answers,
                       struct err *err) {
    enum checked what = CHECKED_PACK;
    if (!what_is(&what, c->dir, err))
        return false;
    if (c->json) {
        c->answer = json_push_obj(answers);
        json_set_str(c->answer, what == CHECKED_PACK ? STR("pack") : STR("file"), str_from(c->dir));
    }
    switch (what) {
    case CHECKED_BPMN: return check_file(c, how, err);
    case CHECKED_DMN: return check_tables(c, how, err);
    default: return check_pack(c, err);
    }
}

int cmd_check(int argc, char **argv) {
    bool json = false;
    const char *language = "zh";
    struct how how = {0};
    const struct option options[] = {
        {"json", OPTION_FLAG, &json, NULL, "print the findings as JSON"},
        {"svg", OPTION_TEXT, &how.svg, "FOLDER", "of a model: draw each counter-example there"},
        {"lang", OPTION_TEXT, &language, "zh|en", "the language of the drawings"},
        {"states", OPTION_INT, &how.states_max, "N", "of a model: look at so many states at most"},
        FREE_NAMES_OPTION(&how.free_names),
    };
    const struct command_line line = {
        .name = "check",
        .arguments = "PACK|FILE.bpmn|FILE.dmn...",
        .about =
            "Proves that packs keep the law they claim to implement, and runs their scenarios.\n"
            "A pack is a folder; the pack it extends is found beside it. Of a BPMN file alone it\n"
            "proves that its processes are sound, of a DMN file that its decision tables are\n"
            "complete and without overlap; models that it imports are found beside it.",
        .options = options,
        .option_count = COUNT_OF(options),
        .arguments_min = 1,
        .arguments_max = -1,
    };
    struct arguments args;
    int code, worst = EXIT_OK;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    if (!lang_find(&how.lang, str_from(language)))
        return command_failed("check", "there is no language '%s'", language);
    if (how.states_max < 0 || how.states_max > UINT32_MAX)
        return command_failed("check", "--states is at most %" PRIu32, UINT32_MAX);
    struct arena *arena = arena_create("check", CHECK_BYTES_MAX);
    struct json *answers = json_arr(arena);
    for (int i = 0; i < args.count; i++) {
        struct check c = {arena, os_env_real(), args.items[i], json, false, NULL, 0, 0};
        struct err err = {0};
        if (!check_path(&c, &how, answers, &err)) {
            worst = command_failed("check", "%s: %s", args.items[i], err.text);
            break;
        }
        if (c.wrong)
            worst = EXIT_WRONG;
    }
    if (json && worst != EXIT_COULD_NOT && print_json(answers) != EXIT_OK)
        worst = EXIT_COULD_NOT;
    arena_destroy(arena);
    return worst;
}
