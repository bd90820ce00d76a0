/* The drawing: well-formed and safe whatever the texts say, marked, and laid out so that nothing
 * lies on anything else. */
#include <stdio.h>

#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/layout.h"
#include "bpmn/model_test.h"
#include "xml/xml.h"

static size_t count_of(struct str text, const char *part) {
    size_t count = 0, at;
    while ((at = str_find(text, str_from(part))) != SIZE_MAX) {
        count++;
        text = str_sub(text, at + 1, text.len);
    }
    return count;
}

static void check_svg(int line, const struct bpmn_process *p, struct buf *svg, enum lang lang,
                      struct arena *arena) {
    struct err err = {0};
    struct xml_node *root;
    struct budget budget = budget_of(1000000, 64 << 20);
    struct bpmn_marks marks = bpmn_marks_new(p, arena);
    for (uint32_t i = 1; i < p->node_count; i++)
        marks.nodes[i] = (uint8_t)(i % 5);
    buf_reset(svg);
    bpmn_svg(svg, p, &marks, lang, STR("d-"), arena);
    CHECK_AT(line, !svg->full);
    CHECK_OK_AT(line, xml_read(&root, buf_view(svg), "svg", arena, &budget, &err), &err);
    CHECK_AT(line, count_of(buf_view(svg), "<script") == 0);
    CHECK_AT(line, count_of(buf_view(svg), "style=") == 0);
    CHECK_AT(line, count_of(buf_view(svg), "<title id=") == 1);
}

static bool overlap(struct bpmn_box a, struct bpmn_box b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

static bool inside(struct bpmn_box a, struct bpmn_box b) {
    return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width &&
           a.y + a.height <= b.y + b.height;
}

/* Does a level or upright stretch of a line run through the box, not only touch it? */
static bool crosses(const struct bpmn_line *line, struct bpmn_box box) {
    for (size_t i = 1; i < line->count; i++) {
        struct bpmn_point a = line->points[i - 1], b = line->points[i];
        struct bpmn_box stretch = {MIN_OF(a.x, b.x), MIN_OF(a.y, b.y), abs(a.x - b.x) + 1,
                                   abs(a.y - b.y) + 1};
        box.x += 2, box.y += 2, box.width -= 4, box.height -= 4;
        if (overlap(stretch, box))
            return true;
        box.x -= 2, box.y -= 2, box.width += 4, box.height += 4;
    }
    return false;
}

static void check_boxes(int line, const struct bpmn_process *p, struct arena *arena) {
    struct bpmn_drawing d;
    bpmn_layout(&d, p, arena);
    for (uint32_t i = 1; i < p->node_count; i++) {
        const struct bpmn_node *a = &p->nodes[i];
        CHECK_AT(line, d.nodes[i].width > 0 && inside(d.nodes[i], d.frame));
        if (a->parent != 0)
            CHECK_AT(line, inside(d.nodes[i], d.nodes[a->parent]));
        else if (a->lane != BPMN_NONE && a->kind != BPMN_BOUNDARY)
            CHECK_AT(line, inside(d.nodes[i], d.lanes[a->lane]));
        for (uint32_t k = i + 1; k < p->node_count; k++) {
            const struct bpmn_node *b = &p->nodes[k];
            if (b->parent == a->parent && a->attached_to != k && b->attached_to != i)
                CHECK_AT(line, !overlap(d.nodes[i], d.nodes[k]));
        }
        for (uint32_t f = 0; f < p->flow_count; f++)
            if (p->nodes[p->flows[f].from].parent == a->parent && p->flows[f].from != i &&
                p->nodes[p->flows[f].from].attached_to != i && p->flows[f].to != i &&
                a->kind != BPMN_BOUNDARY)
                if (crosses(&d.flows[f], d.nodes[i])) {
                    const struct bpmn_flow *flow = &p->flows[f];
                    CHECK_STR_AT(line, flow->id, STR("through no element"));
                    CHECK_STR_AT(line, a->id, STR("crossed by no flow"));
                }
    }
    for (size_t i = 0; i < p->lane_count; i++)
        for (size_t k = i + 1; k < p->lane_count; k++)
            CHECK_AT(line, d.lanes[i].width == 0 || !overlap(d.lanes[i], d.lanes[k]));
}

/* Tables, by hand: XML. */
/* clang-format off */
static const struct row {
    int line;
    const char *model;
} rows[] = {
    {__LINE__, START("s") END("e") FLOW("s", "e")},
    {__LINE__, START("s") PARALLEL("f") USER("a", "") USER("b", "") USER("c", "") PARALLEL("j") END("e")
        FLOW("s", "f") FLOW("f", "a") FLOW("f", "b") FLOW("f", "c") FLOW("a", "j") FLOW("b", "j")
        FLOW("c", "j") FLOW("j", "e")},
    {__LINE__, START("s") EXCLUSIVE("g", "g-e") USER("a", "") USER("b", "") END("e") FLOW("s", "a")
        FLOW("a", "g") IF("g", "a", "x") IF("g", "b", "y") FLOW("b", "a") FLOW("g", "e")},
    {__LINE__, START("s") "<bpmn:subProcess id='p'>" START("i") PARALLEL("f") USER("a", "")
        USER("b", "") BOUNDARY("u", "b", "true", DURATION("PT1S")) END("o") FLOW("i", "f")
        FLOW("f", "a") FLOW("f", "b") FLOW("a", "o") FLOW("b", "o") FLOW("u", "o")
        "</bpmn:subProcess>" BOUNDARY("t", "p", "true", DURATION("PT1S")) USER("c", "") END("e")
        FLOW("s", "p") FLOW("p", "e") FLOW("t", "c") FLOW("c", "e")},
    {__LINE__, MESSAGE("m", "x", "") START("s") USER("a", "")
        "<bpmn:subProcess id='q' triggeredByEvent='true'>" START_ON("i", EVENT_MESSAGE("m"))
        END("o") FLOW("i", "o") "</bpmn:subProcess>" END("e") FLOW("s", "a") FLOW("a", "e")},
    {__LINE__, "<bpmn:laneSet id='l'><bpmn:lane id='l1' name='一'><bpmn:flowNodeRef>s</bpmn:flowNodeRef>"
        "<bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id='l2' name='二'>"
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>e</bpmn:flowNodeRef></bpmn:lane>"
        "</bpmn:laneSet>" START("s") USER("a", "") USER("b", "") END("e") FLOW("s", "a")
        FLOW("a", "b") FLOW("b", "e")},
};
/* clang-format on */

void test_bpmn_svg_layout(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("svg", 64 << 20);
        struct bpmn_process *p;
        struct buf svg;
        buf_init(&svg, 1 << 20);
        if (model_read(&p, arena, rows[i].model, &err)) {
            check_boxes(rows[i].line, p, arena);
            check_svg(rows[i].line, p, &svg, LANG_zh, arena);
            check_svg(rows[i].line, p, &svg, LANG_en, arena);
        }
        CHECK_INT_AT(rows[i].line, err.code, ERR_NONE);
        buf_done(&svg);
        arena_destroy(arena);
    }
}

void test_bpmn_svg_texts(void) {
    struct err err = {0};
    struct arena *arena = arena_create("svg", 64 << 20);
    struct bpmn_process *p;
    struct buf svg;
    buf_init(&svg, 1 << 20);
    CHECK_OK(
        model_read(
            &p, arena,
            START("s") NODE_OF("userTask", "a", " name='&lt;script&gt;alert(1)&lt;/script&gt;'", "")
                NODE_OF("userTask", "b", " name='审查申请人提交的材料是否齐全、是否符合法定形式'",
                        EXT("<mandate:name lang='en'>Examine whether the papers are "
                            "complete &amp; in due form</mandate:name>")) END("e") FLOW("s", "a")
                    FLOW("a", "b") FLOW("b", "e"),
            &err),
        &err);
    if (err.code == ERR_NONE) {
        check_svg(__LINE__, p, &svg, LANG_zh, arena);
        CHECK(count_of(buf_view(&svg), "&lt;script&gt;") > 0);
        CHECK(count_of(buf_view(&svg), ">审查申请人提交的材<") == 1); /* nine wide ones in 120 px */
        struct bpmn_marks marks = bpmn_marks_new(p, arena);
        bpmn_marks_add(&marks, p, &(struct bpmn_record){.kind = BPMN_REC_LEFT, .node = 1});
        bpmn_marks_add(&marks, p, &(struct bpmn_record){.kind = BPMN_REC_TAKEN, .node = 0});
        marks.nodes[2] = BPMN_MARK_ACTIVE;
        marks.nodes[3] = BPMN_MARK_FAILED;
        buf_reset(&svg);
        bpmn_svg(&svg, p, &marks, LANG_en, STR("x-"), arena);
        CHECK(count_of(buf_view(&svg), "bpmn-startEvent is-done") == 1);
        CHECK(count_of(buf_view(&svg), "bpmn-flow is-done") == 1);
        CHECK(count_of(buf_view(&svg), "bpmn-userTask is-active") == 1);
        CHECK(count_of(buf_view(&svg), "bpmn-userTask is-failed") == 1);
        CHECK(count_of(buf_view(&svg), "Stopped by a fault: Examine whether the papers are "
                                       "complete &amp; in due form. ") == 1);
    }
    buf_done(&svg);
    arena_destroy(arena);
}

/* A file with a complete diagram is drawn where its shapes are. BPMN 2.0.2: chapter 12 */
void test_bpmn_svg_diagram(void) {
    struct err err = {0};
    struct str text;
    char path[256];
    if (test_suites() == NULL) {
        test_skip("the MIWG models are not at ../shared/suites; see github bpmn-miwg");
        return;
    }
    struct arena *arena = arena_create("svg", 64 << 20);
    struct budget budget = budget_of(1000000, 64 << 20);
    struct bpmn_model *model;
    (void)snprintf(path, sizeof path, "%s/bpmn-miwg/C.9.0.bpmn", test_suites());
    CHECK(test_read_file(&text, path));
    CHECK_OK(bpmn_read(&model, text, "C.9.0", arena, &budget, &err), &err);
    if (err.code == ERR_NONE) {
        const struct bpmn_process *p = model->processes[0];
        struct bpmn_drawing d;
        struct buf svg;
        buf_init(&svg, 1 << 20);
        CHECK(p->has_diagram);
        bpmn_layout(&d, p, arena);
        for (uint32_t i = 1; i < p->node_count; i++)
            CHECK(memcmp(&d.nodes[i], &p->nodes[i].box, sizeof d.nodes[i]) == 0);
        check_svg(__LINE__, p, &svg, LANG_zh, arena);
        buf_done(&svg);
    }
    arena_destroy(arena);
}

/* The demonstration's procedures. */
void test_bpmn_svg_packs(void) {
    static const char *const files[] = {
        "packs/base/processes/application-decision.bpmn",
        "packs/base/processes/complaint.bpmn",
        "packs/base/processes/disclosure-request.bpmn",
        "packs/base/processes/reconsideration.bpmn",
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct err err = {0};
        struct str text;
        struct bpmn_model *model;
        struct bpmn_findings found = {0};
        struct arena *arena = arena_create("svg", 256 << 20);
        struct budget budget = budget_of(1000000, 64 << 20);
        struct buf svg;
        buf_init(&svg, 1 << 20);
        CHECK(test_read_file(&text, files[i]));
        CHECK_OK(bpmn_read(&model, text, files[i], arena, &budget, &err), &err);
        if (err.code == ERR_NONE) {
            CHECK_AT((int)i, model->processes[0]->has_diagram);
            check_boxes((int)i, model->processes[0], arena);
            model->processes[0]->has_diagram = false; /* lay it out, whatever the file says */
            check_boxes((int)i, model->processes[0], arena);
            check_svg((int)i, model->processes[0], &svg, LANG_zh, arena);
            check_svg((int)i, model->processes[0], &svg, LANG_en, arena);
            CHECK_OK(bpmn_check_sound(&found, model->processes[0], (struct bpmn_sound_limits){0},
                                      arena, &budget, &err),
                     &err);
            CHECK_INT((int64_t)found.count, 0);
        }
        buf_done(&svg);
        arena_destroy(arena);
    }
}
