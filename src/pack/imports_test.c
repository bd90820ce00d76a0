/* DMN files of one pack that import each other. */
#include "base/test.h"
#include "dmn/dmn.h"
#include "pack/pack.h"

#define DMN "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL(ns)                                                                                  \
    "<definitions xmlns='" DMN "' id='m' name='m' namespace='urn:" ns "'>\n" /* one line */
#define IMPORT(prefix, ns)                                                                         \
    "<import name='" prefix "' importType='" DMN "' namespace='urn:" ns "'/>\n"
#define IMPORT_AT(prefix, ns, file)                                                                \
    "<import name='" prefix "' importType='" DMN "' namespace='urn:" ns "' locationURI='" file     \
    "'/>\n"
#define DECIDE(id, needs, text)                                                                    \
    "<decision id='" id "' name='" id "'><variable name='" id "'/>" needs                          \
    "<literalExpression><text>" text "</text></literalExpression></decision>\n"
#define NEEDS(ref)                                                                                 \
    "<informationRequirement><requiredDecision href='" ref "'/></informationRequirement>"
#define END               "</definitions>\n"
#define NUMBER(ns, id, n) MODEL(ns) DECIDE(id, "", n) END /* one that imports nothing */

struct given {
    const char *path, *text;
};

enum { FILES = 4 };
static const struct import_row {
    int line;
    struct given files[FILES];
    const char *decision; /* what it is worth as a text; NULL: the pack is refused */
    const char *want;     /* or the finding: its file, line, and a piece of its text */
    const char *file;
    uint32_t at_line;
    size_t findings;
} imports[] = {
    /* in either order of the files, from the base, and to the base */
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn", NUMBER("b", "y", "20")}},
     "x",
     "21",
     NULL,
     0,
     0},
    {__LINE__,
     {{"decisions/b.dmn", MODEL("b") IMPORT("a", "a") DECIDE("x", NEEDS("urn:a#y"), "a.y + 1") END},
      {"decisions/a.dmn", NUMBER("a", "y", "20")}},
     "x",
     "21",
     NULL,
     0,
     0},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"base/decisions/b.dmn", NUMBER("b", "y", "20")}},
     "x",
     "21",
     NULL,
     0,
     0},
    /* through a third, and in a circle */
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn", MODEL("b") IMPORT("c", "c") DECIDE("y", NEEDS("urn:c#z"), "c.z * 2") END},
      {"decisions/c.dmn", NUMBER("c", "z", "5")}},
     "x",
     "11",
     NULL,
     0,
     0},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1")
                              DECIDE("w", "", "7") END},
      {"decisions/b.dmn",
       MODEL("b") IMPORT("a", "a") DECIDE("y", NEEDS("urn:a#w"), "a.w * 2") END}},
     "x",
     "15",
     NULL,
     0,
     0},
    /* two of one namespace: the place says which */
    {__LINE__,
     {{"decisions/a.dmn",
       MODEL("a") IMPORT_AT("b", "b", "./c.dmn") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn", NUMBER("b", "v", "20")},
      {"decisions/c.dmn", NUMBER("b", "y", "30")}},
     "x",
     "31",
     NULL,
     0,
     0},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn", NUMBER("b", "v", "20")},
      {"decisions/c.dmn", NUMBER("b", "y", "30")}},
     NULL,
     "2 files in decisions/ have the imported namespace 'urn:b'",
     "decisions/a.dmn",
     2,
     1},
    /* both needed together, which a reader of models cannot tell apart */
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn",
       MODEL("b") IMPORT_AT("c", "a", "c.dmn") DECIDE("y", NEEDS("urn:a#z"), "c.z") END},
      {"decisions/c.dmn", NUMBER("a", "z", "30")}},
     NULL,
     "give each its own",
     "decisions/a.dmn",
     2,
     1},
    /* faults, each told once and where it stands */
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", "", "1") END},
      {"decisions/b.dmn", MODEL("b") "\n" IMPORT("c", "none") DECIDE("y", "", "2") END},
      {"decisions/c.dmn", MODEL("c") IMPORT("b", "b") DECIDE("z", "", "3") END}},
     NULL,
     "no file in decisions/ has the imported namespace 'urn:none'",
     "decisions/b.dmn",
     3,
     1},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y + 1") END},
      {"decisions/b.dmn", MODEL("b") "\n" DECIDE("y", "", "2 +") END}},
     NULL,
     "",
     "decisions/b.dmn",
     3,
     1},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#none"), "b.y") END},
      {"decisions/b.dmn", NUMBER("b", "y", "2")}},
     NULL,
     "none",
     "decisions/a.dmn",
     3,
     1},
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") IMPORT("b", "b") DECIDE("x", NEEDS("urn:b#y"), "b.y") END},
      {"decisions/b.dmn", MODEL("b") IMPORT("a", "a") DECIDE("y", NEEDS("urn:a#x"), "a.x") END}},
     NULL,
     "",
     NULL,
     0,
     0},
    /* of another standard: nothing of it is run */
    {__LINE__,
     {{"decisions/a.dmn", MODEL("a") "<import name='p' importType='http://www.dmg.org/PMML-4_2' "
                                     "namespace='urn:p'/>\n" DECIDE("x", "", "1") END}},
     "x",
     "1",
     NULL,
     0,
     0},
};

static const char head[] = "pack: own\nversion: 1\ntitle: {zh: 甲, en: A}\nzone: Asia/Shanghai\n"
                           "currency: CNY\n";
static const char base_head[] = "pack: base\nversion: 1\ntitle: {zh: 乙, en: B}\n"
                                "zone: Asia/Shanghai\ncurrency: CNY\n";

static size_t files_of(struct pack_file *out, const struct import_row *row) {
    size_t count = 0;
    bool based = false;
    for (size_t i = 0; i < FILES && row->files[i].path != NULL; i++) {
        out[count++] =
            (struct pack_file){str_from(row->files[i].path), str_from(row->files[i].text)};
        based = based || str_starts(str_from(row->files[i].path), STR("base/"));
    }
    if (based)
        out[count++] = (struct pack_file){STR("base/pack.yaml"), str_from(base_head)};
    return count;
}

static void check_value(const struct import_row *row, const struct pack *pack,
                        struct arena *arena) {
    struct budget budget = budget_of(1000000, 1 << 20);
    const struct feel_env env = {0};
    struct feel_value value = feel_null();
    struct err err = {0};
    size_t found = 0;
    for (size_t i = 0; i < pack->decision_count; i++) {
        if (dmn_find(pack->decisions[i], str_from(row->decision)) == SIZE_MAX)
            continue;
        found++;
        CHECK_OK_AT(row->line,
                    dmn_evaluate(&value, pack->decisions[i], str_from(row->decision), feel_null(),
                                 &env, NULL, arena, &budget, &err),
                    &err);
    }
    CHECK_INT_AT(row->line, (int64_t)found, 1); /* an imported decision belongs to its own file */
    struct buf text;
    buf_init(&text, 1000);
    feel_print(&text, value);
    CHECK_STR_AT(row->line, buf_view(&text), str_from(row->want));
    buf_done(&text);
}

static void check_findings(const struct import_row *row, const struct pack_findings *findings) {
    if (row->findings > 0)
        CHECK_INT_AT(row->line, (int64_t)findings->error_count, (int64_t)row->findings);
    for (size_t i = 0; i < findings->count && row->file != NULL; i++) {
        const struct pack_finding *f = &findings->list[i];
        CHECK_INT_AT(row->line, f->proof, 7);
        CHECK_STR_AT(row->line, str_from(f->at.source), str_from(row->file));
        CHECK_INT_AT(row->line, f->at.line, row->at_line);
        if (str_find(f->text, str_from(row->want)) == SIZE_MAX)
            CHECK_STR_AT(row->line, f->text, str_from(row->want));
    }
}

void test_pack_imports(void) {
    for (size_t i = 0; i < COUNT_OF(imports); i++) {
        const struct import_row *row = &imports[i];
        struct arena *arena = arena_create("imports", 64 << 20);
        struct pack_findings findings = {.arena = arena};
        struct pack_file files[FILES + 2];
        struct pack *pack = NULL;
        struct err err = {0};
        size_t count = files_of(files, row);
        bool based = count > 0 && str_eq(files[count - 1].path, STR("base/pack.yaml"));
        struct str own = based ? arena_printf(arena, "%sextends: base\n", head) : str_from(head);
        files[count++] = (struct pack_file){STR("pack.yaml"), own};
        bool loaded = pack_load(&pack, files, count, &findings, &err);
        CHECK_AT(row->line, loaded == (row->decision != NULL));
        if (loaded && row->decision != NULL)
            check_value(row, pack, arena);
        else if (loaded || findings.count == 0)
            CHECK_OK_AT(row->line, loaded, &err);
        check_findings(row, &findings);
        if (loaded)
            pack_destroy(pack);
        arena_destroy(arena);
    }
}
