/* The reference models of the BPMN Model Interchange Working Group: which of them are executed,
 * which are refused and for what, that all are read for drawing, and that nothing in them gets
 * lost on the way into the model. */
#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/dump_test.h"
#include "bpmn/play_test.h"
#include "xml/xml.h"

static bool suite_is_there(void) {
    if (test_suites() != NULL)
        return true;
    test_skip("the MIWG models are not at ../shared/suites; see github bpmn-miwg");
    return false;
}

static bool load(struct str *out, const char *name) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/bpmn-miwg/%s.bpmn", test_suites(), name);
    return test_read_file(out, path);
}

static bool read_drawing(struct bpmn_model **out, struct str text, struct arena *arena,
                         struct err *err) {
    struct budget budget = budget_of(10000000, (uint64_t)256 << 20);
    return bpmn_read_drawing(out, text, "miwg", arena, &budget, err);
}

/* --- which
 * ------------------------------------------------------------------------------------ */
/* For execution: refused for what, and where; words NULL: executed. For drawing: how many of what
 * there is. */
static const struct model {
    int row;
    const char *file;
    enum err_code want;
    uint32_t line;
    const char *words;
    size_t processes, nodes, flows, artifacts, problems;
} models[] = {
    {__LINE__, "A.1.0", ERR_NONE, 0, NULL, 1, 5, 4, 0, 0},
    {__LINE__, "A.2.0", ERR_INVALID, 40,
     "'_f1478fb7-98c4-4c01-8c15-68bd04c91535': a flow out of a gateway that chooses needs a "
     "condition",
     1, 8, 9, 0, 3},
    {__LINE__, "A.2.1", ERR_UNSUPPORTED, 127,
     "'_cVKUwTOCEeSknpIVFCxNIQ' is not executed: its expression language is not FEEL", 1, 8, 11, 0,
     3},
    {__LINE__, "A.3.0", ERR_INVALID, 17,
     "in '_428dcbf5-8e5e-48e0-9c0c-d93003fa8c82': the message to wait for is missing", 1, 10, 8, 0,
     2},
    {__LINE__, "A.4.0", ERR_NONE, 0, NULL, 2, 17, 13, 2, 0},
    {__LINE__, "B.1.0", ERR_INVALID, 23,
     "'timeDate' in '_e314751e-5c3a-41f2-a1ae-4cb99efa0916': the time is empty", 5, 30, 26, 8, 8},
    {__LINE__, "B.2.0", ERR_INVALID, 11,
     "'conditionalEventDefinition' in '_cba8fbed-2bb6-40a9-8ac5-83e827ce9d9f': the condition is "
     "missing",
     5, 95, 86, 8, 38},
    {__LINE__, "C.1.0", ERR_SYNTAX, 616,
     "'conditionExpression' 'sid-0ed8a0cb-f28a-4689-bbd8-77dafd0ccfa0': a character that FEEL does "
     "not know",
     2, 21, 20, 4, 7},
    {__LINE__, "C.1.1", ERR_SYNTAX, 298,
     "'conditionExpression' 'sid-0ed8a0cb-f28a-4689-bbd8-77dafd0ccfa0': expected an operator", 1,
     10, 10, 3, 5},
    {__LINE__, "C.2.0", ERR_INVALID, 101,
     "in '_7ea6639e-e773-4236-94bf-78f149188c30': the attribute 'errorRef' is missing", 4, 29, 25,
     8, 7},
    {__LINE__, "C.3.0", ERR_SYNTAX, 336,
     "'conditionExpression' 'Bpmn_FormalExpression_ipW2kBqIEeWDuOtG0oS24A': expected an "
     "expression",
     1, 14, 15, 0, 8},
    {__LINE__, "C.4.0", ERR_INVALID, 142,
     "'_9e9bd4fc-0a94-4956-ac98-daf2ddeb001c': the message to wait for is missing", 4, 40, 41, 15,
     11},
    {__LINE__, "C.5.0", ERR_INVALID, 292,
     "'signalEventDefinition' '_8c6f817f-0d1e-464a-96bc-e32dbfa8110d': the attribute 'signalRef' "
     "is missing",
     2, 37, 40, 11, 14},
    {__LINE__, "C.7.0", ERR_INVALID, 190,
     "'_970a7f54-893a-495e-8cbc-545fd631f626': it needs loopCardinality or an inputCollection", 1,
     11, 12, 7, 6},
    {__LINE__, "C.8.0", ERR_NONE, 0, NULL, 1, 18, 16, 6, 0},
    {__LINE__, "C.9.0", ERR_NONE, 0, NULL, 1, 25, 21, 2, 0},
    {__LINE__, "C.9.2", ERR_NONE, 0, NULL, 1, 20, 12, 2, 0},
};

void test_bpmn_miwg_models(void) {
    if (!suite_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        const struct model *row = &models[i];
        struct err err = {0}, drawing_err = {0};
        struct str text;
        struct bpmn_model *model;
        struct arena *arena = arena_create("miwg", 256 << 20);
        struct budget budget = budget_of(10000000, (uint64_t)256 << 20);
        CHECK_AT(row->row, load(&text, row->file));
        bool ok = bpmn_read(&model, text, row->file, arena, &budget, &err);
        CHECK_AT(row->row, ok == (row->words == NULL));
        CHECK_INT_AT(row->row, err.code, row->want);
        CHECK_INT_AT(row->row, err.at.line, row->line);
        if (!ok && row->words != NULL &&
            str_find(str_from(err.text), str_from(row->words)) == SIZE_MAX)
            CHECK_STR_AT(row->row, str_from(err.text), str_from(row->words));
        CHECK_OK_AT(row->row, read_drawing(&model, text, arena, &drawing_err), &drawing_err);
        size_t nodes = 0, flows = 0, problems = 0, artifacts = model->artifact_count;
        for (size_t k = 0; k < model->process_count; k++) {
            nodes += model->processes[k]->node_count - 1;
            flows += model->processes[k]->flow_count;
            problems += model->processes[k]->problem_count;
            artifacts += model->processes[k]->artifact_count;
        }
        CHECK_INT_AT(row->row, (int64_t)model->process_count, (int64_t)row->processes);
        CHECK_INT_AT(row->row, (int64_t)nodes, (int64_t)row->nodes);
        CHECK_INT_AT(row->row, (int64_t)flows, (int64_t)row->flows);
        CHECK_INT_AT(row->row, (int64_t)artifacts, (int64_t)row->artifacts);
        CHECK_INT_AT(row->row, (int64_t)problems, (int64_t)row->problems);
        struct buf svg;
        struct xml_node *root;
        buf_init(&svg, 8 << 20);
        bpmn_svg_model(&svg, model, LANG_en, STR("d-"), arena);
        CHECK_OK_AT(row->row, xml_read(&root, buf_view(&svg), "svg", arena, &budget, &drawing_err),
                    &drawing_err);
        buf_done(&svg);
        arena_destroy(arena);
    }
}

/* --- nothing gets lost
 * ------------------------------------------------------------------------ */
static bool dump(struct buf *out, struct str text, struct arena *arena, struct err *err) {
    struct bpmn_model *model;
    buf_reset(out);
    if (!read_drawing(&model, text, arena, err))
        return false;
    dump_model(out, model);
    return true;
}

/* Written anew from its tree, with other line breaks, quotes and prefixes' places, a file reads as
 * the same. */
void test_bpmn_miwg_rewritten(void) {
    if (!suite_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct err err = {0};
        struct str text;
        struct xml_node *root;
        struct arena *arena = arena_create("miwg", 512 << 20);
        struct budget budget = budget_of(10000000, (uint64_t)256 << 20);
        struct buf first, second, anew;
        buf_init(&first, 16 << 20);
        buf_init(&second, 16 << 20);
        buf_init(&anew, 16 << 20);
        CHECK_AT(models[i].row, load(&text, models[i].file));
        CHECK_OK_AT(models[i].row, dump(&first, text, arena, &err), &err);
        CHECK_OK_AT(models[i].row, xml_read(&root, text, "miwg", arena, &budget, &err), &err);
        xml_write(&anew, root);
        CHECK_OK_AT(models[i].row, dump(&second, buf_view(&anew), arena, &err), &err);
        CHECK_AT(models[i].row, str_eq(buf_view(&first), buf_view(&second)));
        buf_done(&first);
        buf_done(&second);
        buf_done(&anew);
        arena_destroy(arena);
    }
}

/* What may change without the model changing: it is kept in the file, which is given back as it
 * came, and has no meaning for execution or drawing. Everything else that is taken out of one of
 * the files must change what is read. "element@attribute", or "element" for the whole of it. */
static const char *const kept[] = {"BPMNDiagram@documentation",
                                   "BPMNDiagram@id",
                                   "BPMNDiagram@name",
                                   "BPMNDiagram@resolution",
                                   "BPMNEdge@id",
                                   "BPMNEdge@sourceElement",
                                   "BPMNEdge@targetElement",
                                   "BPMNLabel@id",
                                   "BPMNLabel@labelStyle",
                                   "BPMNLabelStyle",
                                   "BPMNLabelStyle@id",
                                   "BPMNPlane@bpmnElement",
                                   "BPMNPlane@id",
                                   "BPMNShape@id",
                                   "BPMNShape@isMessageVisible",
                                   "Font",
                                   "Font@isBold",
                                   "Font@isItalic",
                                   "Font@isStrikeThrough",
                                   "Font@isUnderline",
                                   "Font@name",
                                   "Font@size",
                                   "association@sourceRef",
                                   "association@targetRef",
                                   "boundaryEvent@parallelMultiple",
                                   "businessRuleTask@implementation",
                                   "collaboration@id",
                                   "condition",
                                   "definitions@exporterVersion",
                                   "definitions@expressionLanguage",
                                   "definitions@targetNamespace",
                                   "definitions@typeLanguage",
                                   "documentation@id",
                                   "documentation@textFormat",
                                   "eventBasedGateway@gatewayDirection",
                                   "exclusiveGateway@gatewayDirection",
                                   "globalUserTask@implementation",
                                   "import@importType",
                                   "import@namespace",
                                   "inclusiveGateway@gatewayDirection",
                                   "incoming",
                                   "inputSet@name",
                                   "inputSetRefs",
                                   "intermediateCatchEvent@parallelMultiple",
                                   "ioSpecification@id",
                                   "itemDefinition@isCollection",
                                   "itemDefinition@itemKind",
                                   "laneSet@id",
                                   "outgoing",
                                   "outputSet@name",
                                   "outputSetRefs",
                                   "parallelGateway@gatewayDirection",
                                   "performer@id",
                                   "potentialOwner@id",
                                   "process@isClosed",
                                   "process@processType",
                                   "receiveTask@implementation",
                                   "sendTask@implementation",
                                   "sequenceFlow@isImmediate",
                                   "serviceTask@implementation",
                                   "source",
                                   "standardLoopCharacteristics@id",
                                   "target",
                                   "timeDuration@id",
                                   "timeDuration@language",
                                   "userTask@implementation"};

enum { PAIRS_MAX = 2000 };
enum { ELEMENT_ATTEMPTS_MAX = 8, ATTRIBUTE_ATTEMPTS_MAX = 20 };
struct tried { /* an element or attribute that was taken out or altered at least once */
    struct str name;
    bool changed;
    int attempts;
};
struct trial {
    struct tried pairs[PAIRS_MAX];
    size_t count;
    struct arena *arena;
};

static struct tried *find_pair(struct trial *t, struct str name) {
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->pairs[i].name, name))
            return &t->pairs[i];
    if (t->count == PAIRS_MAX)
        return NULL;
    t->pairs[t->count] = (struct tried){.name = arena_str(t->arena, name)};
    return &t->pairs[t->count++];
}

static bool reads_otherwise(const struct xml_node *root, struct str before) {
    struct err err = {0};
    struct arena *arena = arena_create("miwg trial", 256 << 20);
    struct buf text, after;
    buf_init(&text, 16 << 20);
    buf_init(&after, 16 << 20);
    xml_write(&text, root);
    bool ok = dump(&after, buf_view(&text), arena, &err);
    bool otherwise = !ok || !str_eq(before, buf_view(&after));
    buf_done(&text);
    buf_done(&after);
    arena_destroy(arena);
    return otherwise;
}

static struct str other_value(struct str value) {
    static const struct {
        const char *one, *other;
    } words[] = {{"true", "false"}, {"false", "true"}, {"None", "One"}, {"Exclusive", "Parallel"}};
    uint64_t number;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(value, str_from(words[i].one)))
            return str_from(words[i].other);
    return str_to_u64(&number, value) ? STR("7") : STR("other");
}

static void try_attributes(struct trial *t, const struct xml_node *root, struct xml_node *x,
                           struct str before, struct arena *arena) {
    for (uint32_t i = 0; i < x->attr_count; i++) {
        if (x->attrs[i].ns.len > 0)
            continue; /* another tool's */
        struct str name =
            arena_printf(arena, "%.*s@%.*s", STR_ARG(x->name), STR_ARG(x->attrs[i].name));
        struct tried *pair = find_pair(t, name);
        CHECK(pair != NULL);
        if (pair == NULL || pair->changed || pair->attempts++ >= ATTRIBUTE_ATTEMPTS_MAX)
            continue;
        struct xml_attr taken = x->attrs[i], last = x->attrs[x->attr_count - 1];
        x->attrs[i] = last;
        x->attr_count--;
        pair->changed = reads_otherwise(root, before);
        x->attrs[x->attr_count++] = last;
        x->attrs[i] = taken;
        /* a default that is written out: another value must tell */
        struct str other = other_value(taken.value);
        if (!pair->changed && other.len > 0) {
            x->attrs[i].value = other;
            pair->changed = reads_otherwise(root, before);
        }
        x->attrs[i] = taken;
    }
}

static void try_elements(struct trial *t, const struct xml_node *root, struct xml_node *x,
                         struct str before, struct arena *arena) {
    try_attributes(t, root, x, before, arena);
    for (struct xml_node *c = x->first, *previous = NULL; c != NULL; previous = c, c = c->next) {
        bool ours = str_starts(c->ns, STR("http://www.omg.org/spec/BPMN/20100524/")) ||
                    str_starts(c->ns, STR("http://www.omg.org/spec/DD/20100524/"));
        if (c->is_text || !ours || str_eq(c->name, STR("extensionElements")))
            continue;
        struct tried *pair = find_pair(t, c->name);
        CHECK(pair != NULL);
        if (pair != NULL && !pair->changed && pair->attempts++ < ELEMENT_ATTEMPTS_MAX) {
            struct xml_node *next = c->next;
            *(previous == NULL ? &x->first : &previous->next) = next;
            pair->changed = reads_otherwise(root, before);
            *(previous == NULL ? &x->first : &previous->next) = c;
        }
        try_elements(t, root, c, before, arena);
    }
}

void test_bpmn_miwg_nothing_lost(void) {
    if (!suite_is_there())
        return;
    struct arena *arena = arena_create("miwg", (size_t)1 << 30);
    struct trial *t = arena_new(arena, struct trial, 1);
    t->arena = arena;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct err err = {0};
        struct str text;
        struct xml_node *root;
        struct budget budget = budget_of(10000000, (uint64_t)256 << 20);
        struct buf before;
        buf_init(&before, 16 << 20);
        CHECK(load(&text, models[i].file));
        CHECK_OK(dump(&before, text, arena, &err), &err);
        CHECK_OK(xml_read(&root, text, "miwg", arena, &budget, &err), &err);
        try_elements(t, root, root, buf_view(&before), arena);
        buf_done(&before);
    }
    for (size_t i = 0; i < t->count; i++) {
        bool listed = false;
        for (size_t k = 0; k < COUNT_OF(kept); k++)
            listed = listed || str_eq(t->pairs[i].name, str_from(kept[k]));
        if (listed == t->pairs[i].changed)
            CHECK_STR(t->pairs[i].name, t->pairs[i].changed ? STR("listed, but it is read")
                                                            : STR("not listed, and not read"));
    }
    CHECK(t->count > 200);
    arena_destroy(arena);
}

/* --- to their ends
 * -------------------------------------------------------------------------------- */
/* C.8: the rules approve, refuse, or ask the manager; the employee is not known. C.9: the
 * onboarding of a customer with its called process. */
/* clang-format off */
static const struct {
    int line;
    const char *file, *script;
} plays[] = {
    {__LINE__, "C.8.0",
     "start {\"Employee Badge Number\": \"4\", From: \"2026-03-01\", To: \"2026-03-05\"}"
     " -> Employee Badge Number=\"4\" From=\"2026-03-01\" To=\"2026-03-05\" +_b1625a52-aaf0-4694-86cb-7af891212ac6 -_b1625a52-aaf0-4694-86cb-7af891212ac6 +_2b960d84-feb1-46a9-a1a1-c300dd996b99 3.Employee Badge Number=\"4\" job:_2b960d84-feb1-46a9-a1a1-c300dd996b99:http"
     " | job _2b960d84-feb1-46a9-a1a1-c300dd996b99 {\"Current Vacation Status\": {name: \"N\", email: \"n\"}}"
     " -> 3.Current Vacation Status={name: \"N\", email: \"n\"} Current Vacation Status={name: \"N\", email: \"n\"} -_2b960d84-feb1-46a9-a1a1-c300dd996b99 +_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 5.From=\"2026-03-01\" 5.To=\"2026-03-05\" job:_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32:DMN"
     " | job _1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 {\"Vacation Approval Status\": {Approval: \"Approved\", Reason: \"enough days\"}}"
     " -> 5.Vacation Approval Status={Approval: \"Approved\", Reason: \"enough days\"} Vacation Approval=\"Approved\" Reason=\"enough days\" -_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 +_42367c5f-d084-44ee-90c7-960d1ab02a3b -_42367c5f-d084-44ee-90c7-960d1ab02a3b +_93ec9873-edf1-4549-b052-961994ec8234 8.mailBody=\"<html><p>Hi  N,</p> <p> </p> <p>Your vacation request from 2026-03-01 to 2026-03-05 was approved.</p> <p> </p> <p>Best regards</p> <p> </p> <p>This is an automated message generated by the vacation system.</p></html>\" 8.mailSubject=\"Vacation Approved\" 8.mailAddress=\"n\" job:_93ec9873-edf1-4549-b052-961994ec8234:emailService"
     " | job _93ec9873-edf1-4549-b052-961994ec8234"
     " -> -_93ec9873-edf1-4549-b052-961994ec8234 +_4b72053b-8ebb-4ae6-99c6-7c93cf1c1d1b job:_4b72053b-8ebb-4ae6-99c6-7c93cf1c1d1b:update"
     " | job _4b72053b-8ebb-4ae6-99c6-7c93cf1c1d1b"
     " -> -_4b72053b-8ebb-4ae6-99c6-7c93cf1c1d1b +_6677ef80-82df-4951-919d-1f36123b681b -_6677ef80-82df-4951-919d-1f36123b681b end:completed"},
    {__LINE__, "C.8.0",
     "start {\"Employee Badge Number\": \"4\", From: \"2026-03-01\", To: \"2026-03-05\"}"
     " -> Employee Badge Number=\"4\" From=\"2026-03-01\" To=\"2026-03-05\" +_b1625a52-aaf0-4694-86cb-7af891212ac6 -_b1625a52-aaf0-4694-86cb-7af891212ac6 +_2b960d84-feb1-46a9-a1a1-c300dd996b99 3.Employee Badge Number=\"4\" job:_2b960d84-feb1-46a9-a1a1-c300dd996b99:http"
     " | job _2b960d84-feb1-46a9-a1a1-c300dd996b99 {\"Current Vacation Status\": {name: \"N\", email: \"n\"}}"
     " -> 3.Current Vacation Status={name: \"N\", email: \"n\"} Current Vacation Status={name: \"N\", email: \"n\"} -_2b960d84-feb1-46a9-a1a1-c300dd996b99 +_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 5.From=\"2026-03-01\" 5.To=\"2026-03-05\" job:_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32:DMN"
     " | job _1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 {\"Vacation Approval Status\": {Approval: \"Manual Validation Required\", Reason: \"many days\"}}"
     " -> 5.Vacation Approval Status={Approval: \"Manual Validation Required\", Reason: \"many days\"} Vacation Approval=\"Manual Validation Required\" Reason=\"many days\" -_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 +_42367c5f-d084-44ee-90c7-960d1ab02a3b -_42367c5f-d084-44ee-90c7-960d1ab02a3b +_79523269-7444-4b01-90e9-e23957a9d020 ?_79523269-7444-4b01-90e9-e23957a9d020"
     " | do _79523269-7444-4b01-90e9-e23957a9d020 {\"Vacation Approval\": \"Approved\"}"
     " -> Vacation Approval=\"Approved\" -_79523269-7444-4b01-90e9-e23957a9d020 +_64bb8b55-d348-41d6-9ea8-f333b1d8cb69 -_64bb8b55-d348-41d6-9ea8-f333b1d8cb69 +_a97c1a48-faba-447b-bfa6-7aa81a6fe0a0 10.mailBody=\"<html><p>Hi  N,</p> <p> </p> <p>Your vacation request from 2026-03-01 to 2026-03-05 was approved.</p> <p> </p> <p>Best regards</p> <p> </p> <p>This is an automated message generated by the vacation system.</p></html>\" 10.mailSubject=\"Vacation Approved\" 10.mailAddress=\"n\" job:_a97c1a48-faba-447b-bfa6-7aa81a6fe0a0:emailService"
     " | job _a97c1a48-faba-447b-bfa6-7aa81a6fe0a0"
     " -> -_a97c1a48-faba-447b-bfa6-7aa81a6fe0a0 +_5e16a4e0-0f23-482a-be47-d3edbc5741ba job:_5e16a4e0-0f23-482a-be47-d3edbc5741ba:update"
     " | job _5e16a4e0-0f23-482a-be47-d3edbc5741ba"
     " -> -_5e16a4e0-0f23-482a-be47-d3edbc5741ba +_1cd5fe29-b3ec-4f21-a1aa-57773f0729ca -_1cd5fe29-b3ec-4f21-a1aa-57773f0729ca end:completed"},
    {__LINE__, "C.8.0",
     "start {\"Employee Badge Number\": \"4\", From: \"2026-03-01\", To: \"2026-03-05\"}"
     " -> Employee Badge Number=\"4\" From=\"2026-03-01\" To=\"2026-03-05\" +_b1625a52-aaf0-4694-86cb-7af891212ac6 -_b1625a52-aaf0-4694-86cb-7af891212ac6 +_2b960d84-feb1-46a9-a1a1-c300dd996b99 3.Employee Badge Number=\"4\" job:_2b960d84-feb1-46a9-a1a1-c300dd996b99:http"
     " | job _2b960d84-feb1-46a9-a1a1-c300dd996b99 {\"Current Vacation Status\": {name: \"N\", email: \"n\"}}"
     " -> 3.Current Vacation Status={name: \"N\", email: \"n\"} Current Vacation Status={name: \"N\", email: \"n\"} -_2b960d84-feb1-46a9-a1a1-c300dd996b99 +_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 5.From=\"2026-03-01\" 5.To=\"2026-03-05\" job:_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32:DMN"
     " | job _1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 {\"Vacation Approval Status\": {Approval: \"Refused\", Reason: \"no days\"}}"
     " -> 5.Vacation Approval Status={Approval: \"Refused\", Reason: \"no days\"} Vacation Approval=\"Refused\" Reason=\"no days\" -_1a818a94-ba6f-413b-a7e8-6f8fd2a11e32 +_42367c5f-d084-44ee-90c7-960d1ab02a3b -_42367c5f-d084-44ee-90c7-960d1ab02a3b +_9ed61a6a-7cc1-4ed1-86d8-03482b0983c9 8.mailBody=\"<html><p>Hi  N,</p> <p> </p> <p>Your vacation request from 2026-03-01 to 2026-03-05 was declined for the following reason: no days</p> <p> </p> <p>Best regards</p> <p> </p> <p>This is an automated message generated by the vacation system.</p></html>\" 8.mailSubject=null 8.mailAddress=\"n\" job:_9ed61a6a-7cc1-4ed1-86d8-03482b0983c9:emailService"
     " | job _9ed61a6a-7cc1-4ed1-86d8-03482b0983c9"
     " -> -_9ed61a6a-7cc1-4ed1-86d8-03482b0983c9 +_1688f604-5edf-4187-ad9e-18f74bfede53 -_1688f604-5edf-4187-ad9e-18f74bfede53 end:completed"},
    {__LINE__, "C.8.0",
     "start {\"Employee Badge Number\": \"9\"}"
     " -> Employee Badge Number=\"9\" +_b1625a52-aaf0-4694-86cb-7af891212ac6 -_b1625a52-aaf0-4694-86cb-7af891212ac6 +_2b960d84-feb1-46a9-a1a1-c300dd996b99 3.Employee Badge Number=\"9\" job:_2b960d84-feb1-46a9-a1a1-c300dd996b99:http"
     " | error _2b960d84-feb1-46a9-a1a1-c300dd996b99 404"
     " -> throw:404 x_2b960d84-feb1-46a9-a1a1-c300dd996b99 +_f8fcb377-3d7d-4138-9a7e-6ab58b97e29d -_f8fcb377-3d7d-4138-9a7e-6ab58b97e29d +_b4d636eb-b501-4462-93c8-04652db10307 -_b4d636eb-b501-4462-93c8-04652db10307 end:completed"},
    {__LINE__, "C.9.0",
     "start {corporation: \"B\", applicationNumber: \"1\", product: \"p\", assessed: {riskLevel: [\"green\"], risk: []}, applicant: {name: \"N\", email: \"n\"}}"
     " -> corporation=\"B\" applicationNumber=\"1\" product=\"p\" assessed={riskLevel: [\"green\"], risk: []} applicant={name: \"N\", email: \"n\"} wait:StartMessageEvent_CancellationRequested:Message_CancellationRequested:1 +StartEvent_ApplicationReceived documentReferenceId=\"1970-01-01T00:00:01@UTC\" -StartEvent_ApplicationReceived +ServiceTask_GetCreditScore job:ServiceTask_GetCreditScore:calculateScore"
     " | job ServiceTask_GetCreditScore {score: 700}"
     " -> score=700 -ServiceTask_GetCreditScore +BusinessRuleTask_CheckApplicationAutomatically dec:risk_check 6.result={riskLevel: [\"green\"], risk: []} riskLevels=[\"green\"] risks=[] -BusinessRuleTask_CheckApplicationAutomatically +ExclusiveGateway_Risk -ExclusiveGateway_Risk +ServiceTask_DeliverPolicy job:ServiceTask_DeliverPolicy:issuePolicy"
     " | job ServiceTask_DeliverPolicy"
     " -> -ServiceTask_DeliverPolicy +SendTask_SendPolicy 10.from={email: \"demo@camunda.com\"} 10.template={id: \"d-0d0120b0c7f148ef8a1c262f2cf07092\"} 10.apiKey=\"secrets.SENDGRID_DEMO\" 10.from={email: \"demo@camunda.com\", name: \"B\"} 10.to={name: \"N\"} 10.to={name: \"N\", email: \"n\"} 10.template={id: \"d-0d0120b0c7f148ef8a1c262f2cf07092\", data: {name: \"N\", applicationNumber: \"1\", product: \"p\"}} job:SendTask_SendPolicy:io.camunda:sendgrid:1"
     " | job SendTask_SendPolicy"
     " -> -SendTask_SendPolicy +EndEvent_ApplicationIssued -EndEvent_ApplicationIssued end:completed"},
    {__LINE__, "C.9.0",
     "start {assessed: {riskLevel: [\"yellow\"], risk: [\"r\"]}, applicant: {name: \"N\", email: \"n\"}, corporation: \"B\"}"
     " -> assessed={riskLevel: [\"yellow\"], risk: [\"r\"]} applicant={name: \"N\", email: \"n\"} corporation=\"B\" wait:StartMessageEvent_CancellationRequested:Message_CancellationRequested:1 +StartEvent_ApplicationReceived documentReferenceId=\"1970-01-01T00:00:01@UTC\" -StartEvent_ApplicationReceived +ServiceTask_GetCreditScore job:ServiceTask_GetCreditScore:calculateScore"
     " | job ServiceTask_GetCreditScore"
     " -> -ServiceTask_GetCreditScore +BusinessRuleTask_CheckApplicationAutomatically dec:risk_check 6.result={riskLevel: [\"yellow\"], risk: [\"r\"]} riskLevels=[\"yellow\"] risks=[\"r\"] -BusinessRuleTask_CheckApplicationAutomatically +ExclusiveGateway_Risk -ExclusiveGateway_Risk +Activity_ManualCheck call:ManualCheck"
     " | called Activity_ManualCheck {approved: false}"
     " -> -Activity_ManualCheck +ExclusiveGateway_Decision stop:ExclusiveGateway_Decision:condition"
     " | set {approved: false}"
     " -> approved=false"
     " | retry ExclusiveGateway_Decision"
     " -> go:ExclusiveGateway_Decision -ExclusiveGateway_Decision +ServiceTask_RejectPolicy job:ServiceTask_RejectPolicy:rejectPolicy"
     " | job ServiceTask_RejectPolicy"
     " -> -ServiceTask_RejectPolicy +SendTask_SendRejection 12.apiKey=\"secrets.SENDGRID_DEMO\" 12.from={email: \"demo@camunda.com\"} 12.template={id: \"d-aa6a58aaded54a83884518433ac2dd56\"} 12.template={id: \"d-aa6a58aaded54a83884518433ac2dd56\", data: {name: \"N\"}} 12.to={email: \"n\"} 12.to={email: \"n\", name: \"N\"} 12.from={email: \"demo@camunda.com\", name: \"B\"} job:SendTask_SendRejection:io.camunda:sendgrid:1"
     " | job SendTask_SendRejection"
     " -> -SendTask_SendRejection +EndEvent_ApplicationRejected -EndEvent_ApplicationRejected end:completed"},
    {__LINE__, "C.9.0",
     "start {assessed: {riskLevel: [\"yellow\"], risk: [\"r\"]}}"
     " -> assessed={riskLevel: [\"yellow\"], risk: [\"r\"]} wait:StartMessageEvent_CancellationRequested:Message_CancellationRequested:1 +StartEvent_ApplicationReceived documentReferenceId=\"1970-01-01T00:00:01@UTC\" -StartEvent_ApplicationReceived +ServiceTask_GetCreditScore job:ServiceTask_GetCreditScore:calculateScore"
     " | job ServiceTask_GetCreditScore"
     " -> -ServiceTask_GetCreditScore +BusinessRuleTask_CheckApplicationAutomatically dec:risk_check 6.result={riskLevel: [\"yellow\"], risk: [\"r\"]} riskLevels=[\"yellow\"] risks=[\"r\"] -BusinessRuleTask_CheckApplicationAutomatically +ExclusiveGateway_Risk -ExclusiveGateway_Risk +Activity_ManualCheck call:ManualCheck"
     " | call-error Activity_ManualCheck 02"
     " -> throw:02 xActivity_ManualCheck +ErrorBoundaryEvent_FraudDetected -ErrorBoundaryEvent_FraudDetected +SendTask_ReportFraud job:SendTask_ReportFraud:reportFraud"
     " | job SendTask_ReportFraud"
     " -> -SendTask_ReportFraud +TerminateEvent_ApplicationCanceledFraud -TerminateEvent_ApplicationCanceledFraud end:terminated"},
    {__LINE__, "C.9.0",
     "start {}"
     " -> wait:StartMessageEvent_CancellationRequested:Message_CancellationRequested:1 +StartEvent_ApplicationReceived documentReferenceId=\"1970-01-01T00:00:01@UTC\" -StartEvent_ApplicationReceived +ServiceTask_GetCreditScore job:ServiceTask_GetCreditScore:calculateScore"
     " | message Message_CancellationRequested 1"
     " -> met:StartMessageEvent_CancellationRequested xServiceTask_GetCreditScore +Activity_0vp33kx +StartMessageEvent_CancellationRequested -StartMessageEvent_CancellationRequested +ServiceTask_CancelApplication job:ServiceTask_CancelApplication:cancelApplication"
     " | job ServiceTask_CancelApplication"
     " -> -ServiceTask_CancelApplication +ParallelGateway_CancelApplication -ParallelGateway_CancelApplication +EndMessageEvent_InformCustomer job:EndMessageEvent_InformCustomer:informCustomerSuccessfulCancelation +EndMessageEvent_InformOperations job:EndMessageEvent_InformOperations:informOperationsSuccessfulCancelation"
     " | job EndMessageEvent_InformCustomer"
     " -> -EndMessageEvent_InformCustomer"
     " | job EndMessageEvent_InformOperations"
     " -> -EndMessageEvent_InformOperations -Activity_0vp33kx end:completed"},
    {__LINE__, "C.9.0",
     "start {}"
     " -> wait:StartMessageEvent_CancellationRequested:Message_CancellationRequested:1 +StartEvent_ApplicationReceived documentReferenceId=\"1970-01-01T00:00:01@UTC\" -StartEvent_ApplicationReceived +ServiceTask_GetCreditScore job:ServiceTask_GetCreditScore:calculateScore"
     " | error ServiceTask_GetCreditScore 00"
     " -> throw:00 xServiceTask_GetCreditScore +Activity_1ke2ixr +StartErrorEvent_Timeout -StartErrorEvent_Timeout +UserTask_HandleTimeout ?UserTask_HandleTimeout"
     " | do UserTask_HandleTimeout"
     " -> -UserTask_HandleTimeout +EndMessageEvent_Timeout job:EndMessageEvent_Timeout:timeoutHandled"
     " | job EndMessageEvent_Timeout"
     " -> -EndMessageEvent_Timeout -Activity_1ke2ixr end:completed"},
    {__LINE__, "C.9.2",
     "start {risks: [\"a\", \"b\"], applicant: {name: \"N\", age: 30}, fraudSuspectedId: 1, documentReferenceId: 2}"
     " -> risks=[\"a\", \"b\"] applicant={name: \"N\", age: 30} fraudSuspectedId=1 documentReferenceId=2 wait:StartMessageEvent_DocumentRequested:Message_DocumentRequested:2 timer:StartTimerEvent_AcceleratedDecision:432000 wait:StartMessageEvent_FraudSuspected:Message_FraudSuspected:1 +StartEvent_DecideManually -StartEvent_DecideManually +UserTask_DecideOnApplication 6.risksText=\"a, b\" 6.age=30 6.applicantName=\"N\" timer:TimerEvent_Timeout:604800 ?UserTask_DecideOnApplication{candidateGroups: \"clerks\"}"
     " | do UserTask_DecideOnApplication {approved: true}"
     " -> approved=true -UserTask_DecideOnApplication +EndEvent_ManuallyDecided -EndEvent_ManuallyDecided end:completed"},
    {__LINE__, "C.9.2",
     "start {risks: [], applicant: {name: \"N\", age: 30}, fraudSuspectedId: 1, documentReferenceId: 2, documents: [\"pass\", \"deed\"]}"
     " -> risks=[] applicant={name: \"N\", age: 30} fraudSuspectedId=1 documentReferenceId=2 documents=[\"pass\", \"deed\"] wait:StartMessageEvent_DocumentRequested:Message_DocumentRequested:2 timer:StartTimerEvent_AcceleratedDecision:432000 wait:StartMessageEvent_FraudSuspected:Message_FraudSuspected:1 +StartEvent_DecideManually -StartEvent_DecideManually +UserTask_DecideOnApplication 6.risksText=\"\" 6.age=30 6.applicantName=\"N\" timer:TimerEvent_Timeout:604800 ?UserTask_DecideOnApplication{candidateGroups: \"clerks\"}"
     " | message Message_DocumentRequested 2"
     " -> met:StartMessageEvent_DocumentRequested +Activity_0uvp3cb +StartMessageEvent_DocumentRequested -StartMessageEvent_DocumentRequested +CallActivity_RequestDocument[] loop:CallActivity_RequestDocument:2 +CallActivity_RequestDocument[1] 11.loopCounter=1 11.document=\"pass\" +CallActivity_RequestDocument[2] 12.loopCounter=2 12.document=\"deed\" call:requestDocument_en call:requestDocument_en"
     " | called CallActivity_RequestDocument#2 {a: 1}"
     " -> a=1 -CallActivity_RequestDocument"
     " | called CallActivity_RequestDocument#2 {b: 2}"
     " -> b=2 -CallActivity_RequestDocument -CallActivity_RequestDocument +EndEvent_DocumentReceived -EndEvent_DocumentReceived -Activity_0uvp3cb"
     " | timer StartTimerEvent_AcceleratedDecision 432000"
     " -> fired:StartTimerEvent_AcceleratedDecision +Activity_1esx1s7 +StartTimerEvent_AcceleratedDecision -StartTimerEvent_AcceleratedDecision +SendTask_NotifyCustomerDelay job:SendTask_NotifyCustomerDelay:notifyCustomerDelay"
     " | job SendTask_NotifyCustomerDelay"
     " -> -SendTask_NotifyCustomerDelay +UserTask_AccelerateDecision ?UserTask_AccelerateDecision{candidateGroups: \"teamleaders\"}"
     " | do UserTask_AccelerateDecision"
     " -> -UserTask_AccelerateDecision +EndEvent_DecisionAccelerated -EndEvent_DecisionAccelerated -Activity_1esx1s7"
     " | message Message_FraudSuspected 1"
     " -> met:StartMessageEvent_FraudSuspected +Activity_02a6b2h +StartMessageEvent_FraudSuspected -StartMessageEvent_FraudSuspected +UserTask_CheckForFraud ?UserTask_CheckForFraud{candidateGroups: \"riskteam\"}"
     " | do UserTask_CheckForFraud {fraud: false}"
     " -> fraud=false -UserTask_CheckForFraud +Gateway_FraudDetected -Gateway_FraudDetected +EndEvent_FraudNoDetected -EndEvent_FraudNoDetected -Activity_02a6b2h"
     " | do UserTask_DecideOnApplication"
     " -> -UserTask_DecideOnApplication +EndEvent_ManuallyDecided -EndEvent_ManuallyDecided end:completed"},
    {__LINE__, "C.9.2",
     "start {risks: [], applicant: {name: \"N\", age: 30}, fraudSuspectedId: 1, documentReferenceId: 2}"
     " -> risks=[] applicant={name: \"N\", age: 30} fraudSuspectedId=1 documentReferenceId=2 wait:StartMessageEvent_DocumentRequested:Message_DocumentRequested:2 timer:StartTimerEvent_AcceleratedDecision:432000 wait:StartMessageEvent_FraudSuspected:Message_FraudSuspected:1 +StartEvent_DecideManually -StartEvent_DecideManually +UserTask_DecideOnApplication 6.risksText=\"\" 6.age=30 6.applicantName=\"N\" timer:TimerEvent_Timeout:604800 ?UserTask_DecideOnApplication{candidateGroups: \"clerks\"}"
     " | timer TimerEvent_Timeout 604800"
     " -> fired:TimerEvent_Timeout xUserTask_DecideOnApplication +TimerEvent_Timeout -TimerEvent_Timeout +ErrorEndEvent_Timeout throw:02 stop:ErrorEndEvent_Timeout:error"},
};
/* clang-format on */

void test_bpmn_miwg_runs(void) {
    if (!suite_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(plays); i++) {
        struct err err = {0};
        struct str text;
        struct bpmn_model *model = NULL;
        struct arena *arena = arena_create("miwg", 256 << 20);
        struct budget budget = budget_of(10000000, (uint64_t)256 << 20);
        CHECK_AT(plays[i].line, load(&text, plays[i].file));
        CHECK_OK_AT(plays[i].line, bpmn_read(&model, text, plays[i].file, arena, &budget, &err),
                    &err);
        if (model != NULL)
            play_script(__FILE__, plays[i].line, model->processes[0], arena, plays[i].script);
        arena_destroy(arena);
    }
}
