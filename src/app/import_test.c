/* DMN files of one deployment that import each other. */
#include "app/bench_test.h"

#define DMN "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL(id, ns)                                                                              \
    "<definitions xmlns='" DMN "' id='" id "' name='" id "' namespace='urn:" ns "'>"
#define IMPORT(ns, location)                                                                       \
    "<import name='" ns "' importType='" DMN "' namespace='urn:" ns "' locationURI='" location "'" \
    "/"                                                                                            \
    ">"
#define DECIDE(id, needs, text)                                                                    \
    "<decision id='" id "' name='" id "'><variable name='" id "'/>" needs                          \
    "<literalExpression><text>" text "</text></literalExpression></decision></definitions>"
#define NEEDS(ref)                                                                                 \
    "<informationRequirement><requiredDecision href='" ref "'/></informationRequirement>"
#define FEE(n) MODEL("base", "base") DECIDE("fee", "", n)
#define TOTAL                                                                                      \
    MODEL("top", "top")                                                                            \
    IMPORT("base", "models/base.dmn")                                                              \
    DECIDE("total", NEEDS("urn:base#fee"), "base.fee * 2")

#define FILES_ROOM 4
static struct waiting bring(struct bench *b, const char *const *texts) {
    struct app_file files[FILES_ROOM];
    size_t count = 0;
    for (; texts[count * 2] != NULL; count++)
        files[count] = (struct app_file){.name = str_from(texts[count * 2]),
                                         .bytes = str_from(texts[count * 2 + 1])};
    return deploy_files(b, files, count, "{}");
}

static void brought(int line, struct bench *b, const char *const *texts) {
    struct waiting w = bring(b, texts);
    CHECK_INT_AT(line, w.err.code, ERR_NONE);
    CHECK_STR_AT(line, str_from(w.err.text), STR(""));
    arena_destroy(w.arena);
}

static struct str total(struct bench *b) {
    return json_get_text(
        ask(b, APP_DECISION_EVALUATE, 0, "{\"decisionDefinitionId\":\"total\",\"variables\":{}}"),
        STR("output"));
}

/* DMN 1.5: 6.3.3 */
/* What a file imports is what was deployed with it, also when only that changed, and after the
 * service was away. */
void test_app_import_deployed(void) {
    static const char versions[] = "SELECT max(version) FROM requirements_definition WHERE id = ";
    struct bench b;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    brought(__LINE__, &b,
            (const char *const[]){"top.dmn", TOTAL, "models/base.dmn", FEE("20"), NULL});
    CHECK_STR(total(&b), STR("40"));
    /* nothing changed */
    brought(__LINE__, &b,
            (const char *const[]){"models/base.dmn", FEE("20"), "top.dmn", TOTAL, NULL});
    CHECK_INT(count_of(&b, arena_printf(b.arena, "%s'top'", versions).at), 1);
    /* another fee, alone: whoever imported the first goes on with it */
    brought(__LINE__, &b, (const char *const[]){"models/base.dmn", FEE("30"), NULL});
    CHECK_STR(total(&b), STR("40"));
    (void)bench_verify(&found, &b);
    CHECK_STR(str_from(found.last), STR(""));
    CHECK(bench_open(&b));
    CHECK_STR(total(&b), STR("40"));
    /* both: the file that imports is a new version, though its bytes are what they were */
    brought(__LINE__, &b,
            (const char *const[]){"models/base.dmn", FEE("30"), "top.dmn", TOTAL, NULL});
    CHECK_STR(total(&b), STR("60"));
    CHECK_INT(count_of(&b, arena_printf(b.arena, "%s'top'", versions).at), 2);
    CHECK_INT(count_of(&b, arena_printf(b.arena, "%s'base'", versions).at), 2);
    bench_spoil(&b, "UPDATE requirements_import SET resource = resource + 1");
    (void)bench_verify(&found, &b);
    CHECK_STR(str_from(found.last),
              STR("the import of 'urn:base' is not what its deployment's event says"));
    bench_done(&b);
}

void test_app_import_refused(void) {
    static const struct row {
        int line;
        const char *texts[FILES_ROOM * 2 + 1];
        enum err_code code;
        const char *want;
    } rows[] = {
        {__LINE__,
         {"top.dmn", TOTAL},
         ERR_INVALID,
         "no file of the deployment has the imported namespace"},
        {__LINE__,
         {"top.dmn", TOTAL, "a.dmn", FEE("1"), "b.dmn", MODEL("b", "base") DECIDE("f", "", "1")},
         ERR_INVALID,
         "2 files of the deployment have the imported namespace"},
        {__LINE__,
         {"top.dmn", TOTAL, "base.dmn", MODEL("base", "base") DECIDE("other", "", "1")},
         ERR_UNKNOWN,
         "fee"},
    };
    struct bench b;
    if (!bench_make(&b))
        return;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct waiting w = bring(&b, rows[i].texts);
        CHECK_INT_AT(rows[i].line, w.err.code, rows[i].code);
        CHECK_INT_AT(rows[i].line, w.err.at.line, 1);
        CHECK_STR_AT(rows[i].line, str_from(w.err.at.source), STR("top.dmn"));
        if (str_find(str_from(w.err.text), str_from(rows[i].want)) == SIZE_MAX)
            CHECK_STR_AT(rows[i].line, str_from(w.err.text), str_from(rows[i].want));
        arena_destroy(w.arena);
    }
    CHECK_INT(count_of(&b, "SELECT count(*) FROM resource"), 0);
    /* in a circle, each through the other */
    brought(__LINE__, &b,
            (const char *const[]){
                "a.dmn",
                MODEL("a", "a") IMPORT("b", "b.dmn") DECIDE("total", NEEDS("urn:b#y"), "b.y + 1"),
                "b.dmn",
                MODEL("b", "b") IMPORT("a", "a.dmn") DECIDE("y", "", "41"),
                NULL,
            });
    CHECK_STR(total(&b), STR("42"));
    bench_end(&b);
}
