/* The reader: what is read, what is refused and where; the models of the interchange group. */
#include <stdio.h>

#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/model_test.h"

struct str model_text(struct arena *arena, const char *contents) {
    struct str text = str_from(contents), end = STR(ROOT_END);
    size_t root = 0, found;
    while ((found = str_find(str_sub(text, root, text.len), end)) != SIZE_MAX)
        root += found + end.len;
    struct str head = STR("<bpmn:definitions xmlns:bpmn='" BPMN_NS "' xmlns:zeebe='" BPMN_ZEEBE_NS
                          "' xmlns:mandate='" BPMN_MANDATE_NS "' id='d'>\n");
    struct str open = STR("<bpmn:process id='test' isExecutable='true'>"),
               close = STR("</bpmn:process></bpmn:definitions>");
    char *at = arena_new(arena, char, head.len + text.len + open.len + close.len);
    size_t len = 0;
    const struct str parts[] = {head, str_sub(text, 0, root), open, str_sub(text, root, text.len),
                                close};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].len > 0)
            memcpy(at + len, parts[i].at, parts[i].len);
        len += parts[i].len;
    }
    return (struct str){at, len};
}

bool model_read(struct bpmn_process **out, struct arena *arena, const char *contents,
                struct err *err) {
    struct bpmn_model *model;
    struct budget budget = budget_of(1000000, 64 << 20);
    if (!bpmn_read(&model, model_text(arena, contents), "test.bpmn", arena, &budget, err))
        return false;
    *out = model->processes[0];
    return true;
}

/* --- refusals
 * -------------------------------------------------------------------------------------------- */
static const struct row {
    int line;
    const char *contents;
    enum err_code want;
    const char *words; /* must stand in the message */
} rows[] = {
    {__LINE__, START("s") END("e") FLOW("s", "e"), ERR_NONE, ""},
    {__LINE__, START("s") USER("a", "<mandate:magic/>") END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_UNSUPPORTED, "magic"},
    {__LINE__, START("s") USER("a", "<mandate:adverse/>") END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "does not belong on 'userTask' 'a'"},
    {__LINE__,
     START("s") USER("a", "<mandate:clock id='c' action='halt'/>") END("e") FLOW("s", "a")
         FLOW("a", "e"),
     ERR_INVALID, "start, stop, suspend, resume"},
    {__LINE__,
     START("s") USER("a", "<mandate:clock id='c' action='stop' when='now'/>") END("e")
         FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "'when' is not known"},
    {__LINE__,
     START("s") USER("a", "<mandate:status value='x'/><mandate:status value='y'/>") END("e")
         FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "only once"},
    {__LINE__,
     START("s") USER("a", OUTCOME("x") OUTCOME("x")) END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "offered twice"},
    {__LINE__,
     START("s") USER("a", "<mandate:outcome value='x' adverse='true' reasons='none'/>") END("e")
         FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "adverse outcome"},
    {__LINE__,
     START("s") USER("a", "<mandate:separateFrom tasks='b'/>") END("e") FLOW("s", "a")
         FLOW("a", "e"),
     ERR_UNKNOWN, "'b', which is no user task"},
    {__LINE__,
     START("s") USER("a", "<other:thing xmlns:other='urn:o'/>") END("e") FLOW("s", "a")
         FLOW("a", "e"),
     ERR_NONE, ""},
    {__LINE__,
     START("s") NODE_OF("serviceTask", "a", "", "") END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "needs zeebe:taskDefinition"},
    {__LINE__, START("s") END("e") FLOW("s", "x"), ERR_UNKNOWN, "targetRef 'x'"},
    {__LINE__, START("s") END("e") END("e") FLOW("s", "e"), ERR_INVALID, "used twice"},
    {__LINE__, START("s") END("e") END("f") FLOW("s", "e"), ERR_INVALID, "nothing leads to it"},
    {__LINE__, START("s") TASK("a") END("e") FLOW("s", "a") FLOW("s", "e"), ERR_INVALID,
     "nothing follows it"},
    {__LINE__, "", ERR_INVALID, "it is empty"},
    {__LINE__, TASK("a") TASK("b") FLOW("a", "b") FLOW("b", "a"), ERR_INVALID,
     "nothing in it begins"},
    {__LINE__, START("s") START("t") END("e") FLOW("s", "e") FLOW("t", "e"), ERR_INVALID,
     "second start"},
    {__LINE__,
     START("s") EXCLUSIVE("g", "") END("e") END("f") FLOW("s", "g") FLOW("g", "e")
         IF("g", "f", "x"),
     ERR_INVALID, "needs a condition"},
    {__LINE__, START("s") EXCLUSIVE("g", "s-g") END("e") FLOW("s", "g") FLOW("g", "e"), ERR_UNKNOWN,
     "default flow"},
    {__LINE__, START("s") END_ON("e", "<bpmn:errorEventDefinition errorRef='x'/>") FLOW("s", "e"),
     ERR_UNKNOWN, "no such error"},
    {__LINE__, START("s") CATCH("a", DURATION("tomorrow")) END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "not a duration"},
    {__LINE__, START("s") CATCH("a", DATE("tomorrow")) END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "not a date or a date and time"},
    {__LINE__, START("s") CATCH("a", DURATION("")) END("e") FLOW("s", "a") FLOW("a", "e"),
     ERR_INVALID, "time is empty"},
    {__LINE__,
     START("s") THROW("a", "<bpmn:linkEventDefinition name='L'/>") END("e") FLOW("s", "a"),
     ERR_INVALID, "no link event catches 'L'"},
    {__LINE__,
     START("s") EVENT_BASED("g") TASK("a") TASK("b") END("e") FLOW("s", "g") FLOW("g", "a")
         FLOW("g", "b") FLOW("a", "e") FLOW("b", "e"),
     ERR_INVALID, "waits for no event"},
    {__LINE__, START("s") IF("s", "e", "1 +") END("e"), ERR_SYNTAX, ""},
    {__LINE__, START("s") BOUNDARY("t", "x", "true", DURATION("PT1S")) END("e") FLOW("s", "e"),
     ERR_UNKNOWN, "attached to 'x'"},
    {__LINE__,
     START("s") BOUNDARY("t", "s", "true", DURATION("PT1S")) END("e") FLOW("s", "e") FLOW("t", "e"),
     ERR_INVALID, "no activity"},
};

void test_bpmn_read_refusals(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("read", 64 << 20);
        struct bpmn_process *process = NULL;
        bool ok = model_read(&process, arena, rows[i].contents, &err);
        CHECK_INT_AT(rows[i].line, err.code, rows[i].want);
        CHECK_AT(rows[i].line, ok == (rows[i].want == ERR_NONE));
        if (!ok && str_find(str_from(err.text), str_from(rows[i].words)) == SIZE_MAX)
            CHECK_STR_AT(rows[i].line, str_from(err.text), str_from(rows[i].words));
        if (!ok)
            CHECK_INT_AT(rows[i].line, err.at.line, 2);
        arena_destroy(arena);
    }
}

/* Everything that mandate: says, as pack/ and case/ find it. */
/* Tables, by hand: XML. */
/* clang-format off */
static const char said[] = "<bpmn:laneSet id='ls'><bpmn:lane id='l' name='窗口'>" EXT(
    "<mandate:name lang='en'>Window</mandate:name>"
    "<mandate:post organ='accepting' name='clerk'/>") "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></"
                                                      "bpmn:lane></bpmn:laneSet>" START("s")
                                                          NODE_OF(
                                                              "userTask", "a", " name='审查'",
                                                              EXT("<mandate:name "
                                                                  "lang='en'>Examine</"
                                                                  "mandate:name><mandate:applicant/"
                                                                  ">"
                                                                  "<mandate:basis law='ARL' "
                                                                  "article='30'/>"
                                                                  "<mandate:purpose fields='x  y' "
                                                                  "why='核对' why.en='check'/>"
                                                                  "<mandate:outcome value='refuse' "
                                                                  "label.zh='不予受理' "
                                                                  "label.en='Refuse' "
                                                                  "adverse='true' "
                                                                  "reasons='required'/>"))
                                                              BOUNDARY("t", "a", "false",
                                                                       DURATION("PT1S"))
                                                                  USER("b", "<mandate:separateFrom "
                                                                            "tasks='a'/>")
                                                                      END_WITH("e",
                                                                               "<mandate:adverse/"
                                                                               "><mandate:remedy "
                                                                               "code='R60'/"
                                                                               "><mandate:remedy "
                                                                               "code='L6'/>"
                                                                               "<mandate:result "
                                                                               "register='r'/>")
                                                                          FLOW("s", "a") FLOW("a",
                                                                                              "b")
                                                                              FLOW("b", "e")
                                                                                  FLOW("t", "e");
/* clang-format on */

void test_bpmn_read_mandate(void) {
    struct err err = {0};
    struct arena *arena = arena_create("read", 64 << 20);
    struct bpmn_process *p = NULL;
    CHECK_OK(model_read(&p, arena, said, &err), &err);
    if (p == NULL) {
        arena_destroy(arena);
        return;
    }
    const struct bpmn_node *a = bpmn_node(p, STR("a")), *b = bpmn_node(p, STR("b")),
                           *e = bpmn_node(p, STR("e")), *t = bpmn_node(p, STR("t"));
    CHECK(bpmn_node(p, STR("nobody")) == NULL);
    CHECK_STR(bpmn_label(a, LANG_en), STR("Examine"));
    CHECK_STR(bpmn_label(a, LANG_zh), STR("审查"));
    CHECK_STR(bpmn_label(b, LANG_en), STR("b"));
    CHECK(a->applicant && !b->applicant && e->adverse);
    CHECK_INT((int64_t)a->index, 2);
    CHECK_STR(bpmn_post_of(p, a)->post, STR("clerk"));
    CHECK_INT(bpmn_post_of(p, a)->organ, BPMN_ORGAN_ACCEPTING);
    CHECK(bpmn_post_of(p, t) == bpmn_post_of(p, a)); /* a boundary event stands with its activity */
    CHECK(bpmn_post_of(p, b) == NULL);
    CHECK_STR(a->bases[0].article, STR("30"));
    CHECK_INT((int64_t)a->purposes[0].field_count, 2);
    CHECK_STR(a->purposes[0].fields[1], STR("y"));
    CHECK_STR(a->purposes[0].why.in[LANG_en], STR("check"));
    CHECK_STR(a->outcomes[0].label.in[LANG_zh], STR("不予受理"));
    CHECK(a->outcomes[0].adverse && a->outcomes[0].reasons == BPMN_REASONS_REQUIRED);
    CHECK_INT((int64_t)b->separate[0], (int64_t)a->index);
    CHECK_INT((int64_t)e->remedy_count, 2);
    CHECK_STR(e->remedies[1], STR("L6"));
    CHECK_STR(e->result_register, STR("r"));
    CHECK(!t->interrupting && t->attached_to == a->index && a->boundary_count == 1);
    arena_destroy(arena);
}
