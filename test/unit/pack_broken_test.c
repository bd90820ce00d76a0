/* Every way to break a pack that the issue names: each must be refused with file, line and cause.
 * A row changes one file of the real pack; the line that is wanted is that of a piece of the
 * changed text. */
#include "app/folder.h"
#include "base/test.h"

#define PACK "packs/public-security"

struct row {
    int line;
    const char *file;    /* as pack_load() sees it; changed by: */
    const char *find;    /* the first occurrence ... */
    const char *replace; /* ... becomes this; NULL: the file is taken away */
    const char *at;      /* where the finding stands: a piece of `in`'s text, NULL: no line */
    const char *in;      /* the finding's file; NULL: `file` */
    int proof;
    const char *text; /* a piece of the finding */
};

#define RP  "matters/residence-permit-issue.yaml"
#define APP "base/processes/application-decision.bpmn"

static const struct row rows[] = {
    /* the form of the files */
    {__LINE__, RP, "title: {zh:", "title: {zh: [", "title:", NULL, 0, ""},
    {__LINE__, RP, "who:", "whom:", "whom:", NULL, 0, "unknown key 'whom'"},
    {__LINE__, RP, "who:", "whom:", "matter:", NULL, 0, "'who' is missing"},
    {__LINE__, RP, ", en: 'Residence permit: issue, exchange, replacement'", "", "title:", NULL, 0,
     "missing in the language 'en'"},
    {__LINE__, RP, "process: application-decision", "process: application", "process:", NULL, 0,
     "no procedure 'application'"},
    {__LINE__, RP, "form: residence-permit", "form: residence", "form:", NULL, 0,
     "no form 'residence'"},
    {__LINE__, RP, "category: living", "category: life", "category:", NULL, 0,
     "category 'life' is not defined"},
    {__LINE__, RP, "law: RPR, articles: '2, 8", "law: RPX, articles: '2, 8", "law: RPX", NULL, 0,
     "law 'RPX' is not defined"},
    {__LINE__, RP, "articles: '2, 8, 9, 11, 21'", "articles: '2 and 8'", "2 and 8", NULL, 0,
     "'articles' must be numbers"},
    {__LINE__, RP, "within: 5 working days", "within: 5 workdays", "within: 5 workdays", NULL, 0,
     "'15 calendar days'"},
    {__LINE__, RP, "post: head", "post: boss", "post: boss", NULL, 0, "post 'boss' is not defined"},
    {__LINE__, RP, "sure: unsure", "sure: perhaps", "sure: perhaps", NULL, 0,
     "verified, known or unsure"},
    {__LINE__, RP, "set_by_agency: true\n", "\n", "sure: unsure", NULL, 0, "set_by_agency: true"},
    {__LINE__, RP, "id: correct\n", "id: examine\n", "id: examine\n    title: {zh: 申请人", NULL, 0,
     "given twice"},
    {__LINE__, RP, "amount: 0", "amount: free", "amount: free", NULL, 0, "amount of money"},
    {__LINE__, RP, "remedies: [R60, L6M]", "remedies: [R60, L7M]", "remedies:", NULL, 0,
     "remedy 'L7M' is not defined"},
    {__LINE__, RP, "keep: P5Y", "keep: five years", "keep:", NULL, 6, "a duration such as P5Y"},
    {__LINE__, RP, "    kind: {zh:", "    sort: {zh:", "    sort:", NULL, 6, "no field 'sort'"},
    {__LINE__, "matters/seal-engraving-filing.yaml", "matter: seal-engraving-filing",
     "matter: residence-permit-issue", "matter:", NULL, 0, "defined twice"},
    {__LINE__, "pack.yaml", "extends: base", "extends: bases", "extends:", NULL, 0, "'bases'"},
    {__LINE__, "pack.yaml", "calendar: cn", "calendar: us", "calendar:", NULL, 0,
     "no calendars/us.ics"},
    {__LINE__, "pack.yaml", "zone: Asia/Shanghai", "zone: Asia/Nowhere", "zone:", NULL, 0,
     "unknown time zone"},
    {__LINE__, "organs.yaml", "parent: zhejiang", "parent: zhejing", "- id: wenzhou\n", NULL, 0,
     "'zhejing', which is not defined"},
    {__LINE__, "organs.yaml", "mark: 兰公\n", "mark: 温公\n", "- id: lanzhou\n", NULL, 0,
     "the same mark"},
    {__LINE__, "organs.yaml", "hours: weekdays", "hours: weekday", "- id: mps", NULL, 0,
     "no calendars/weekday.ics"},
    {__LINE__, "places/wenzhou.yaml", "in: '33'}", "in: '34'}", "'3303'", NULL, 0,
     "not defined before it"},
    {__LINE__, "forms/residence-permit.form", "\"type\": \"radio\"", "\"type\": \"radios\"",
     "\"radios\"", NULL, 0, "'radios' are not supported"},
    {__LINE__, "forms/residence-permit.form", "\"label:en\": \"Employer\"", "\"label:fr\": \"\"",
     "", NULL, 0, "label is missing in the language 'en'"},
    {__LINE__, "forms/residence-permit.form", "\"hide\": \"=ground", "\"hide\": \"=ground ground",
     "", NULL, 0, ""},
    {__LINE__, "base/letters/refusal.en.mustache", "{{reasons}}", "{{reason}}", "{{reason}}", NULL,
     0, "no variable 'reason'"},
    {__LINE__, "base/letters/refusal.en.mustache", "<h2>", "<h3>", "<h3>", NULL, 0,
     "cannot hold <h3>"},
    {__LINE__, "base/letters/refusal.en.mustache", NULL, NULL, "id: refusal", "base/letters.yaml",
     0, "no file letters/refusal.en.mustache"},
    {__LINE__, "base/letters.yaml", "〔{year}", "〔{years}", "id: receipt", NULL, 0,
     "{year} and {n}"},
    {__LINE__, "calendars/cn.ics", "BEGIN:VEVENT", "BEGIN:VEVENTS", "BEGIN:VEVENTS", NULL, 0, ""},
    {__LINE__, "decisions/resident-id-validity.dmn", "years and months duration(",
     "years and months duration((", "", NULL, 7, ""},
    /* procedures: steps that no value of an outcome leads to */
    {__LINE__, APP, "<mandate:outcome value=\"correct\"", "<mandate:outcome value=\"amend\"",
     "<bpmn:intermediateThrowEvent id=\"correction-asked\"", NULL, 1, "can never happen"},
    /* procedures: what is not executed, what nobody does, what nobody defined */
    {__LINE__, APP, "<bpmn:userTask id=\"examine\"", "<bpmn:adHocSubProcess id=\"examine\"", "",
     NULL, 1, ""},
    {__LINE__, APP, "<mandate:post organ=\"competent\" name=\"examiner\"/>",
     "<mandate:post organ=\"competent\" name=\"checker\"/>", "id=\"office\"", NULL, 0,
     "post 'checker', which is not defined"},
    {__LINE__, APP, "<mandate:post organ=\"competent\" name=\"examiner\"/>", "",
     "<bpmn:userTask id=\"examine\"", NULL, 0, "nobody does the task 'examine'"},
    {__LINE__, APP, "<mandate:letter id=\"refusal\"", "<mandate:letter id=\"refusals\"",
     "id=\"refusals\"", NULL, 0, "letter 'refusals' is not defined"},
    {__LINE__, APP, "<mandate:status value=\"refused\"", "<mandate:status value=\"denied\"",
     "id=\"refused\"", NULL, 0, "status 'denied' is not defined"},
    {__LINE__, APP, "<mandate:basis law=\"ALL\"", "<mandate:basis law=\"ALX\"", "law=\"ALX\"", NULL,
     0, "law 'ALX' is not defined"},
    {__LINE__, APP, "<mandate:name lang=\"en\">Granted</mandate:name>", "",
     "<bpmn:endEvent id=\"granted\"", NULL, 0, "missing in the language 'en'"},
    {__LINE__, RP, "decision: residence-permit-eligibility", "decision: none", NULL, NULL, 7,
     "'none', which is not in decisions/"},
    {__LINE__, RP, "head_signs: true", "head_sign: true", "not(matter.head_signs)", APP, 0,
     "neither true nor false"},
    /* 1 sound */
    {__LINE__, APP,
     "<bpmn:sequenceFlow id=\"sign-to-signed\" sourceRef=\"sign\" targetRef=\"signed\"/>",
     "<bpmn:sequenceFlow id=\"sign-to-signed\" sourceRef=\"sign\" targetRef=\"sign\"/>", "", NULL,
     1, ""},
    /* 2 bounded: a time that no clock covers, and limits that are not there */
    {__LINE__, APP, "<mandate:clock id=\"decide\" action=\"start\" at=\"enter\"/>", "", "", NULL, 2,
     ""},
    {__LINE__, RP, "  - id: examine\n", "  - id: examined\n", "limits:", NULL, 2, "no such limit"},
    /* 3 remedy */
    {__LINE__, RP, "remedies: [R60, L6M]", "remedies: []", "remedies:", NULL, 3,
     "offers no remedy"},
    {__LINE__, APP, "<mandate:letter id=\"refusal\" to=\"applicant\"/>", "",
     "<bpmn:endEvent id=\"refused\"", NULL, 3, ""},
    {__LINE__, "organs.yaml", "government: gov-wenzhou-lucheng", "", "", APP, 3, ""},
    {__LINE__, "matters/petition-review.yaml", NULL, NULL, "remedies:",
     "matters/organ-page-correction.yaml", 3, "'petition-review', which this pack does not have"},
    /* 4 four eyes: who accepts also decides */
    {__LINE__, APP, "<mandate:separateFrom tasks=\"accept recheck examine\"/>", "", "", NULL, 4,
     ""},
    /* 5 competence: two organs for one place, none for another */
    {__LINE__, "organs.yaml", "places: ['330303']", "places: ['330303', '330302']", "", NULL, 5,
     ""},
    {__LINE__, "organs.yaml", "places: ['330303']", "places: []", "", RP, 5,
     "no organ is competent"},
    /* 6 data: a field that nobody declared, a task without purpose */
    {__LINE__, RP,
     "    employer: {zh: 核实就业, en: To check the employment, tasks: [accept, recheck, "
     "examine]}\n",
     "", "", "forms/residence-permit.form", 6, ""},
    {__LINE__, RP, "tasks: [accept, recheck, examine]", "tasks: [accept, recheck, check]",
     "employer:", NULL, 6, "no task 'check'"},
    /* 7 rules: a gap, an overlap */
    {__LINE__, "decisions/resident-id-validity.dmn", "[16..26)", "[17..26)", "", NULL, 7, ""},
    {__LINE__, "decisions/resident-id-validity.dmn", "[16..26)", "[16..27)", "", NULL, 7, ""},
    /* a rule that rests on another file's */
    {__LINE__, "decisions/resident-id-validity.dmn", "  <inputData id=\"form-data\"",
     "  <import name=\"f\" namespace=\"urn:fees\" importType=\"https://www.omg.org/spec/DMN/\"/>\n"
     "  <inputData id=\"form-data\"",
     "<import", NULL, 7, "no file in decisions/ has the imported namespace 'urn:fees'"},
    {__LINE__, "decisions/resident-id-validity.dmn", "  <inputData id=\"form-data\"",
     "  <import name=\"f\" namespace=\"https://mandate.example/packs/public-security\" "
     "importType=\"https://www.omg.org/spec/DMN/\"/>\n  <inputData id=\"form-data\"",
     "<import", NULL, 7, "3 files in decisions/ have the imported namespace"},
};

static struct pack_file *find_file(struct pack_file *files, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].path, str_from(path)))
            return &files[i];
    return NULL;
}

static struct str changed(struct arena *arena, const struct row *row, struct str bytes) {
    size_t at = str_find(bytes, str_from(row->find));
    CHECK_AT(row->line, at != SIZE_MAX);
    if (at == SIZE_MAX)
        return bytes;
    struct buf out;
    buf_init(&out, FILE_BYTES_MAX);
    buf_add(&out, str_sub(bytes, 0, at));
    buf_add(&out, str_from(row->replace));
    buf_add(&out, str_sub(bytes, at + strlen(row->find), bytes.len));
    struct str kept = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return kept;
}

static uint32_t line_of(struct str text, const char *piece) {
    size_t at = str_find(text, str_from(piece));
    uint32_t line = 1;
    for (size_t i = 0; at != SIZE_MAX && i < at; i++)
        line += text.at[i] == '\n';
    return at == SIZE_MAX ? UINT32_MAX : line;
}

/* Is there a finding with file, line, proof and text as the row wants it? */
static bool found(const struct row *row, const struct pack_findings *findings, uint32_t line) {
    const char *file = row->in != NULL ? row->in : row->file;
    for (size_t i = 0; i < findings->count; i++) {
        const struct pack_finding *f = &findings->list[i];
        bool here = f->at.source != NULL && str_eq(str_from(f->at.source), str_from(file));
        bool placed = line == 0 ? true : f->at.line == line;
        if (!f->warning && here && placed && f->proof == row->proof && f->text.len > 0 &&
            str_find(f->text, str_from(row->text)) != SIZE_MAX)
            return true;
    }
    return false;
}

static void show(const struct row *row, const struct pack_findings *findings) {
    char line[ERR_TEXT_MAX];
    for (size_t i = 0; i < findings->count && i < 5; i++) {
        const struct pack_finding *f = &findings->list[i];
        (void)snprintf(line, sizeof line, "proof %d at %s:%u: %.*s", f->proof,
                       f->at.source == NULL ? "" : f->at.source, (unsigned)f->at.line,
                       STR_ARG(f->text));
        test_failed(__FILE__, row->line, line, NULL);
    }
}

static void run(const struct row *row, const struct pack_file *real, size_t count) {
    struct arena *arena = arena_create("broken pack", (size_t)256 << 20);
    struct pack_file *files = arena_new(arena, struct pack_file, count);
    memcpy(files, real, count * sizeof *files);
    struct pack_file *file = find_file(files, count, row->file);
    struct pack_findings findings = {.arena = arena};
    struct pack *pack = NULL;
    struct err err = {0};
    CHECK_AT(row->line, file != NULL);
    if (file == NULL)
        return;
    if (row->replace == NULL && row->find == NULL)
        *file = files[--count];
    else
        file->bytes = changed(arena, row, file->bytes);
    struct pack_file *where = find_file(files, count, row->in != NULL ? row->in : row->file);
    uint32_t line = row->at == NULL || row->at[0] == 0 ? 0 : line_of(where->bytes, row->at);
    CHECK_AT(row->line, !pack_load(&pack, files, count, &findings, &err));
    CHECK_AT(row->line, err.code != ERR_NONE && findings.error_count > 0);
    if (!found(row, &findings, line)) {
        CHECK_AT(row->line, found(row, &findings, line));
        show(row, &findings);
    }
    if (pack != NULL)
        pack_destroy(pack);
    arena_destroy(arena);
}

/* A pack that was accepted before keeps loading though a proof that came later would refuse it: but
 * only those very bytes, and only as far as they can be read. */
static void proved(const struct pack_file *real, size_t count, const char *find,
                   const char *replace, bool want) {
    static const char file[] = "decisions/resident-id-validity.dmn";
    const struct row row = {__LINE__, file, find, replace, NULL, NULL, 7, ""};
    struct arena *arena = arena_create("proved pack", (size_t)256 << 20);
    struct pack_file *files = arena_new(arena, struct pack_file, count);
    struct pack_findings findings = {.arena = arena};
    struct pack *pack = NULL, *refused = NULL;
    struct pack_hash hash = {{0}};
    struct err err = {0};
    memcpy(files, real, count * sizeof *files);
    struct pack_file *changed_file = find_file(files, count, file);
    changed_file->bytes = changed(arena, &row, changed_file->bytes);
    CHECK(!pack_load_proved(&refused, files, count, &hash, &findings, &err));
    err_reset(&err);
    pack_hash_of(&hash, files, count);
    bool loaded = pack_load_proved(&pack, files, count, &hash, &findings, &err);
    CHECK(loaded == want);
    if (loaded) {
        CHECK(memcmp(pack->hash.bytes, hash.bytes, sizeof hash.bytes) == 0);
        CHECK(pack_matter(pack, STR("resident-id-loss-replacement")) != NULL);
        pack_destroy(pack);
    }
    arena_destroy(arena);
}

void test_pack_proved_before(void) {
    struct arena *arena = arena_create("pack files", (size_t)256 << 20);
    struct pack_file *files;
    struct err err = {0};
    size_t count;
    CHECK_OK(app_folder_read(&files, &count, PACK, arena, &err), &err);
    if (err.code == ERR_NONE) {
        proved(files, count, "[16..26)", "[17..26)", true);             /* a gap: a proof */
        proved(files, count, "duration(date", "duration((date", false); /* cannot be read */
    }
    arena_destroy(arena);
}

void test_pack_broken(void) {
    struct arena *arena = arena_create("pack files", (size_t)256 << 20);
    struct pack_file *files;
    struct err err = {0};
    size_t count;
    bool read = app_folder_read(&files, &count, PACK, arena, &err);
    CHECK_OK(read, &err);
    for (size_t i = 0; read && i < COUNT_OF(rows); i++)
        run(&rows[i], files, count);
    arena_destroy(arena);
}

void test_pack_whole(void) {
    struct arena *arena = arena_create("pack files", (size_t)256 << 20);
    struct pack_findings findings = {.arena = arena};
    struct pack_file *files;
    struct pack *pack = NULL, *again = NULL;
    struct err err = {0};
    size_t count;
    bool ok = app_folder_read(&files, &count, PACK, arena, &err) &&
              pack_load(&pack, files, count, &findings, &err);
    CHECK_OK(ok, &err);
    if (ok) {
        CHECK_INT((int64_t)findings.error_count, 0);
        CHECK(pack_matter(pack, STR("residence-permit-issue")) != NULL);
        CHECK(pack_matter(pack, STR("residence")) == NULL);
        /* the order in which the files are handed in does not change the hash */
        struct pack_file first = files[0];
        files[0] = files[count - 1];
        files[count - 1] = first;
        CHECK_OK(pack_load(&again, files, count, &findings, &err), &err);
        CHECK(again != NULL && memcmp(&pack->hash, &again->hash, sizeof pack->hash) == 0);
        pack_destroy(again);
    }
    if (pack != NULL)
        pack_destroy(pack);
    arena_destroy(arena);
}

static const struct {
    int line;
    const char *query;
    const char *first; /* id of the matter or organ that must come first; NULL: nothing */
} searches[] = {
    {__LINE__, "居住", "residence-permit-issue"},
    {__LINE__, "身份", "resident-id-loss-replacement"},
    {__LINE__, "印章", "seal-engraving-filing"},
    {__LINE__, "复议", "administrative-reconsideration"},
    {__LINE__, "identity card", "resident-id-loss-replacement"},
    {__LINE__, "RESIDENCE permit", "residence-permit-issue"},
    {__LINE__, "甘肃省公安厅", "gansu"},
    {__LINE__, "五马", "wenzhou-lucheng-wuma"},
    {__LINE__, "居住　证", "residence-permit-issue"}, /* a wide blank */
    {__LINE__, "xyzzy", NULL},
    {__LINE__, "居住 xyzzy", NULL},
    {__LINE__, "", NULL},
    {__LINE__, "\xff\xfe", NULL},
};

void test_pack_search(void) {
    struct arena *arena = arena_create("pack files", (size_t)256 << 20);
    struct pack_findings findings = {.arena = arena};
    struct pack_file *files;
    struct pack *pack = NULL;
    struct err err = {0};
    size_t count;
    bool ok = app_folder_read(&files, &count, PACK, arena, &err) &&
              pack_load(&pack, files, count, &findings, &err);
    CHECK_OK(ok, &err);
    for (size_t i = 0; ok && i < COUNT_OF(searches); i++) {
        struct pack_hit hits[10];
        size_t found_count =
            pack_search(hits, COUNT_OF(hits), pack, str_from(searches[i].query), LANG_zh);
        CHECK_AT(searches[i].line, (found_count > 0) == (searches[i].first != NULL));
        if (found_count > 0)
            CHECK_STR_AT(searches[i].line,
                         hits[0].matter != NULL ? hits[0].matter->id : hits[0].organ->id,
                         str_from(searches[i].first));
    }
    if (pack != NULL)
        pack_destroy(pack);
    arena_destroy(arena);
}
