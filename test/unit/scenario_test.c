/* The packs' own scenarios hold, and a scenario that expects something else is told so. */
#include "app/folder.h"
#include "base/test.h"
#include "case/scenario.h"

static struct pack *load(struct arena *arena) {
    struct pack_findings findings = {.arena = arena};
    struct pack_file *files;
    struct pack *pack = NULL;
    struct err err = {0};
    size_t count;
    CHECK_OK(app_folder_read(&files, &count, "packs/public-security", arena, &err) &&
                 pack_load(&pack, files, count, &findings, &err),
             &err);
    return pack;
}

static struct scenario_report run(const struct pack *pack, const struct pack_file *file,
                                  struct arena *arena) {
    struct scenario_report report = {0};
    struct budget budget = budget_of(50000000, 256 << 20);
    struct err err = {0};
    CHECK_OK(scenario_run(&report, pack, file, arena, &budget, &err), &err);
    return report;
}

static bool is_scenario(struct str path) {
    return str_starts(path, STR("scenarios/")) && str_ends(path, STR(".yaml"));
}

void test_scenario_packs(void) {
    struct arena *arena = arena_create("scenarios", (size_t)512 << 20);
    struct pack *pack = load(arena);
    size_t ran = 0;
    for (size_t i = 0; pack != NULL && i < pack->file_count; i++) {
        if (!is_scenario(pack->files[i].path))
            continue;
        struct scenario_report report = run(pack, &pack->files[i], arena);
        for (size_t k = 0; k < report.fault_count; k++) {
            struct err err = {0};
            err_set(&err, ERR_INVALID, report.faults[k].at, "%.*s", STR_ARG(report.faults[k].text));
            test_failed(__FILE__, __LINE__, "a scenario holds", &err);
        }
        ran++;
    }
    CHECK(pack == NULL || ran >= 3 * pack->matter_count);
    pack_destroy(pack);
    arena_destroy(arena);
}

static const struct row {
    int line;
    const char *find, *replace; /* in residence-permit-granted.yaml */
    const char *text;           /* a piece of the fault that must be told */
} rows[] = {
    {__LINE__, "last_day: 2026-09-29", "last_day: 2026-09-28", "the last day is 2026-09-29"},
    {__LINE__, "status: submitted", "status: accepted", "the status is 'submitted'"},
    {__LINE__, "tasks: [accept]", "tasks: [examine]", "found [accept]"},
    {__LINE__, "letters: [receipt]", "letters: []", "found [receipt]"},
    {__LINE__, "review: gov-wenzhou-lucheng", "review: gov-wenzhou", "the review organ is"},
    {__LINE__, "says: [缺少住址证明", "says: [缺少照片", "does not say '缺少照片'"},
    {__LINE__, "examine: {state: stopped}", "examine: {state: running}", "is stopped"},
    {__LINE__, "breached: false", "breached: true", "was not breached"},
    {__LINE__, "refused: forbidden", "refused: conflict", "refused as forbidden"},
    {__LINE__, "person: 甲\n    task: examine", "person: 丁\n    task: examine",
     "the command was accepted"},
    {__LINE__, "outcome: correct", "outcome: postpone", "refused: "},
    {__LINE__, "task: recheck", "task: examine", "the task 'examine' is not open"},
    {__LINE__, "do: correct", "do: repair", "not 'repair'"},
    {__LINE__, "who: clerk@accepting", "who: clerk@nowhere", "no organ 'nowhere'"},
    {__LINE__, "who: clerk@accepting", "who: boss@accepting", "not 'boss@accepting'"},
    {__LINE__, "at: 2026-09-22 09:00", "at: 2026-09-20 09:00", "cannot be before"},
    {__LINE__, "at: 2026-09-22 09:00", "at: yesterday", "a day and a time"},
    {__LINE__, "kind: granted", "kind: breached", "must breach a clock"},
    {__LINE__, "kind: granted", "kind: refused", "must end adversely"},
    {__LINE__, "kind: granted", "kind: given", "not 'given'"},
    {__LINE__, "materials:", "papers:", "unknown key 'papers'"},
    {__LINE__, "since: 2026-01-15", "since: 2026-13-15", "refused: "},
    {__LINE__, "steps:", "steps: []\nrest:", "unknown key 'rest'"},
    {__LINE__, "title: {", "title: {{", ""},
};

static void check_row(const struct row *row, const struct pack *pack, const struct pack_file *file,
                      struct arena *arena) {
    size_t at = str_find(file->bytes, str_from(row->find));
    bool told = false;
    CHECK_AT(row->line, at != SIZE_MAX);
    if (at == SIZE_MAX)
        return;
    struct str head = str_sub(file->bytes, 0, at);
    struct str tail = str_sub(file->bytes, at + strlen(row->find), file->bytes.len);
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add(&text, head);
    buf_add(&text, str_from(row->replace));
    buf_add(&text, tail);
    struct pack_file changed = {file->path, arena_str(arena, buf_view(&text))};
    buf_done(&text);
    struct scenario_report report = run(pack, &changed, arena);
    for (size_t i = 0; i < report.fault_count; i++)
        told |= str_find(report.faults[i].text, str_from(row->text)) != SIZE_MAX &&
                report.faults[i].at.line > 0;
    CHECK_AT(row->line, told);
}

void test_scenario_faults(void) {
    struct arena *arena = arena_create("scenarios", (size_t)512 << 20);
    struct pack *pack = load(arena);
    for (size_t i = 0; pack != NULL && i < pack->file_count; i++)
        if (str_eq(pack->files[i].path, STR("scenarios/residence-permit-granted.yaml")))
            for (size_t k = 0; k < COUNT_OF(rows); k++)
                check_row(&rows[k], pack, &pack->files[i], arena);
    pack_destroy(pack);
    arena_destroy(arena);
}
