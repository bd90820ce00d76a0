/* The diagram as SVG. Presentation attributes make it readable alone, as a file; they are weaker
 * than any rule of a style sheet, so a page's CSS decides by the classes. What is done, active or
 * failed differs in fill, width and dashes, not in colour only. Text is wrapped by counting: a
 * character of East Asian scripts is 13 wide, another 7, at the font size of 13 pixels that
 * doc/bpmn.md asks of the style sheet. */
#include "bpmn/svg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "bpmn/layout.h"
#include "xml/xml.h"

enum {
    WIDE = 130, /* tenths of a pixel */
    NARROW = 72,
    LINE_HEIGHT = 160,
    LINES_MAX = 5,
    LABEL_WIDTH = 1150,
};

/* Looks of a class where no style sheet says otherwise. Text inherits its fill from its group. */
static const struct look {
    const char *class, *attributes;
} looks[] = {
    {"bpmn-shape", " fill=\"#fff\""},
    {"bpmn-inner", ""},
    {"bpmn-solid", " fill=\"currentColor\""},
    {"bpmn-icon", " stroke-width=\"1\" stroke-dasharray=\"none\""},
    {"bpmn-icon bpmn-solid", " stroke-width=\"1\" fill=\"currentColor\""},
    {"bpmn-lane", " stroke=\"#8a8f94\" stroke-width=\"1\""},
    {"bpmn-lane-head", " fill=\"#f0f1f0\" stroke=\"#8a8f94\" stroke-width=\"1\""},
    {"bpmn-pool", " stroke=\"#8a8f94\""},
    {"bpmn-note", " stroke-dasharray=\"2 3\""},
    {"bpmn-token", " fill=\"#a8231b\" stroke=\"#fff\""},
};

static const char *look_of(const char *class) {
    for (size_t i = 0; i < COUNT_OF(looks); i++)
        if (strcmp(looks[i].class, class) == 0)
            return looks[i].attributes;
    return "";
}

/* Of the outline of a node. A failure is shown before activity, activity before having been done.
 */
static const char *mark_look(uint8_t mark) {
    if (mark & BPMN_MARK_FAILED)
        return " fill=\"#fbf1ef\" stroke=\"#a8231b\" stroke-width=\"4\" stroke-dasharray=\"10 4\"";
    if (mark & BPMN_MARK_ACTIVE)
        return " fill=\"#fbf1ef\" stroke=\"#a8231b\" stroke-width=\"4\"";
    if (mark & BPMN_MARK_DONE)
        return " fill=\"#e6e8e6\"";
    return "";
}

struct pen {
    struct buf *out;
    const struct bpmn_process *p;
    const struct bpmn_marks *marks;
    struct bpmn_drawing drawing;
    enum lang lang;
    struct str prefix;
    const char
        *shape; /* the look of the outline of the node being drawn; NULL: that of its class */
};

/* --- marks
 * ------------------------------------------------------------------------------------------------
 */
struct bpmn_marks bpmn_marks_new(const struct bpmn_process *process, struct arena *arena) {
    return (struct bpmn_marks){.nodes = arena_new(arena, uint8_t, process->node_count),
                               .flows = arena_new(arena, uint8_t, process->flow_count)};
}

void bpmn_marks_add(struct bpmn_marks *marks, const struct bpmn_process *process,
                    const struct bpmn_record *record) {
    if (record->kind == BPMN_REC_TAKEN && record->node < process->flow_count)
        marks->flows[record->node] |= BPMN_MARK_DONE;
    else if (record->kind == BPMN_REC_LEFT && record->node < process->node_count)
        marks->nodes[record->node] |= BPMN_MARK_DONE;
}

void bpmn_marks_now(struct bpmn_marks *marks, const struct bpmn_process *process,
                    const struct bpmn_state *state) {
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *row = &state->instances.list[i];
        if (row->node < process->node_count)
            marks->nodes[row->node] |= row->incident ? BPMN_MARK_FAILED : BPMN_MARK_ACTIVE;
    }
}

/* --- primitives
 * ------------------------------------------------------------------------------------------- */
static void number(struct buf *out, int32_t tenths) {
    if (tenths < 0)
        buf_lit(out, "-");
    uint32_t n = tenths < 0 ? 0u - (uint32_t)tenths : (uint32_t)tenths;
    buf_add_u64(out, n / 10);
    if (n % 10 != 0)
        buf_printf(out, ".%" PRIu32, n % 10);
}

static void attribute(struct buf *out, const char *name, int32_t tenths) {
    buf_printf(out, " %s=\"", name);
    number(out, tenths);
    buf_lit(out, "\"");
}

static void look(struct pen *pen, const char *class) {
    bool marked = pen->shape != NULL && pen->shape[0] != 0 && strcmp(class, "bpmn-shape") == 0;
    buf_add(pen->out, str_from(marked ? pen->shape : look_of(class)));
}

static void rect(struct pen *pen, const char *class, struct bpmn_box box, int32_t radius) {
    buf_printf(pen->out, "<rect class=\"%s\"", class);
    attribute(pen->out, "x", box.x);
    attribute(pen->out, "y", box.y);
    attribute(pen->out, "width", box.width);
    attribute(pen->out, "height", box.height);
    if (radius > 0)
        attribute(pen->out, "rx", radius);
    look(pen, class);
    buf_lit(pen->out, "/>");
}

static void circle(struct pen *pen, const char *class, struct bpmn_box box, int32_t inset) {
    buf_printf(pen->out, "<circle class=\"%s\"", class);
    attribute(pen->out, "cx", box.x + box.width / 2);
    attribute(pen->out, "cy", box.y + box.height / 2);
    attribute(pen->out, "r", box.width / 2 - inset);
    look(pen, class);
    buf_lit(pen->out, "/>");
}

/* A path in a square of 20 by 20 whole pixels around the middle of the box, or at its corner. */
static void icon(struct pen *pen, const char *class, int32_t x, int32_t y, const char *path) {
    buf_printf(pen->out, "<path class=\"%s\" transform=\"translate(", class);
    number(pen->out, x);
    buf_lit(pen->out, " ");
    number(pen->out, y);
    buf_printf(pen->out, ")\" d=\"%s\"", path);
    look(pen, class);
    buf_lit(pen->out, "/>");
}

/* --- text
 * ---------------------------------------------------------------------------------------------------
 */
static int32_t width_of(uint32_t c) {
    return c >= 0x1100 ? WIDE : NARROW;
}

/* Takes one line off the text: as much as fits, broken behind a blank or between two characters of
 * which one is wide; within a word only when there is no other place. */
static struct str take_line(struct str *text, int32_t room) {
    struct str rest = *text, at = *text;
    size_t good = 0;
    int32_t width = 0;
    uint32_t c, before = 0;
    while (utf8_take(&c, &at)) {
        size_t start = rest.len - at.len; /* behind c */
        bool blank = c == ' ' || c == '\n' || c == '\t';
        size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (c == '\n') {
            *text = at;
            return str_trim(str_sub(rest, 0, start - 1));
        }
        width += width_of(c);
        if (before != 0 && (width_of(c) == WIDE || width_of(before) == WIDE))
            good = start - bytes;
        if (blank)
            good = start;
        else if (width > room && start > bytes) {
            if (good == 0)
                good = start - bytes;
            *text = str_sub(rest, good, rest.len);
            while (text->len > 0 && text->at[0] == ' ')
                *text = str_sub(*text, 1, text->len);
            return str_trim(str_sub(rest, 0, good));
        }
        before = c;
    }
    *text = STR_NONE;
    return str_trim(rest);
}

/* middle: the lines stand around y; otherwise y is the top of the first. */
static void text_lines(struct pen *pen, const char *class, int32_t x, int32_t y, int32_t room,
                       struct str text, bool middle, size_t lines_max) {
    struct str lines[LINES_MAX];
    size_t count = 0;
    while (text.len > 0 && count < lines_max && count < LINES_MAX)
        lines[count++] = take_line(&text, room);
    if (count == 0)
        return;
    int32_t top = middle ? y - (int32_t)count * LINE_HEIGHT / 2 : y;
    buf_printf(pen->out, "<text class=\"%s\" fill=\"currentColor\" stroke=\"none\">", class);
    for (size_t i = 0; i < count; i++) {
        buf_lit(pen->out, "<tspan");
        attribute(pen->out, "x", x);
        attribute(pen->out, "y", top + (int32_t)i * LINE_HEIGHT + LINE_HEIGHT * 3 / 4);
        buf_lit(pen->out, ">");
        xml_write_text(pen->out, lines[i]);
        if (i + 1 == count && text.len > 0)
            buf_lit(pen->out, "…");
        buf_lit(pen->out, "</tspan>");
    }
    buf_lit(pen->out, "</text>");
}

static struct str name_in(struct lang_text name, enum lang lang) {
    for (int i = 0; i < LANGS && name.in[lang].len == 0; i++)
        lang = (enum lang)i;
    return name.in[lang];
}

/* --- lanes and flows
 * --------------------------------------------------------------------------------------- */
static void draw_lane(struct pen *pen, const struct bpmn_lane *lane) {
    struct bpmn_box box = pen->drawing.lanes[lane - pen->p->lanes];
    if (box.width == 0)
        return;
    struct str name = name_in(lane->name, pen->lang);
    rect(pen, "bpmn-lane", box, 0);
    struct bpmn_box head = box;
    if (lane->upright)
        head.height = BPMN_LANE_HEAD;
    else
        head.width = BPMN_LANE_HEAD;
    rect(pen, "bpmn-lane-head", head, 0);
    int32_t x = head.x + head.width / 2, y = head.y + head.height / 2;
    if (!lane->upright) {
        buf_lit(pen->out, "<g transform=\"rotate(-90 ");
        number(pen->out, x);
        buf_lit(pen->out, " ");
        number(pen->out, y);
        buf_lit(pen->out, ")\">");
    }
    text_lines(pen, "bpmn-lane-name", x, y, lane->upright ? head.width : head.height, name, true,
               1);
    if (!lane->upright)
        buf_lit(pen->out, "</g>");
}

/* The middle of the longest level stretch of a line, where its name is easiest to read; not on the
 * first one of a line with several, which it may share with other lines from the same gateway. */
static struct bpmn_point label_point(const struct bpmn_line *line) {
    struct bpmn_point best = line->points[0];
    int32_t longest = -1;
    for (size_t i = line->count - 1; i >= 1; i--) {
        struct bpmn_point a = line->points[i - 1], b = line->points[i];
        int32_t length = a.y == b.y ? abs(a.x - b.x) : 0;
        if (length > longest && (i > 1 || longest <= 0)) {
            longest = length;
            best = (struct bpmn_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
        }
    }
    return best;
}

static void draw_flow(struct pen *pen, const struct bpmn_flow *flow) {
    const struct bpmn_line *line = &pen->drawing.flows[flow->index];
    if (line->count == 0)
        return;
    bool done = pen->marks != NULL && pen->marks->flows[flow->index] & BPMN_MARK_DONE;
    bool from_gateway = bpmn_kind_group(pen->p->nodes[flow->from].kind) == BPMN_GROUP_GATEWAY;
    buf_printf(pen->out,
               "<g class=\"bpmn-flow%s\"><polyline class=\"bpmn-line\" fill=\"none\" points=\"",
               done ? " is-done" : "");
    for (size_t i = 0; i < line->count; i++) {
        if (i > 0)
            buf_lit(pen->out, " ");
        number(pen->out, line->points[i].x);
        buf_lit(pen->out, ",");
        number(pen->out, line->points[i].y);
    }
    buf_printf(pen->out, "\" marker-end=\"url(#%.*sarrow)\"", STR_ARG(pen->prefix));
    if (flow->is_default)
        buf_printf(pen->out, " marker-start=\"url(#%.*sdefault)\"", STR_ARG(pen->prefix));
    else if (flow->condition.text.at != NULL && !from_gateway)
        buf_printf(pen->out, " marker-start=\"url(#%.*scondition)\"", STR_ARG(pen->prefix));
    buf_lit(pen->out, "/>");
    struct str name = name_in(flow->name, pen->lang);
    if (name.len > 0) {
        struct bpmn_point at = label_point(line);
        if (flow->has_label)
            at = (struct bpmn_point){flow->label.x + flow->label.width / 2,
                                     flow->label.y + LINE_HEIGHT};
        text_lines(pen, "bpmn-flow-name", at.x, at.y - LINE_HEIGHT - 30, LABEL_WIDTH, name, false,
                   2);
    }
    buf_lit(pen->out, "</g>");
}

/* --- nodes
 * ---------------------------------------------------------------------------------------------------
 */
static const char envelope[] = "M2 5H18V15H2ZM2 5L10 11L18 5";
static const char *event_path(enum bpmn_event event) {
    switch (event) {
    case BPMN_EVENT_MESSAGE: return envelope;
    case BPMN_EVENT_TIMER: return "M10 2A8 8 0 1 1 9.99 2ZM10 5V10L14 12";
    case BPMN_EVENT_ERROR: return "M3 17L7 4L12 12L17 3L13 16L8 8Z";
    case BPMN_EVENT_LINK: return "M2 7H11V3L18 10L11 17V13H2Z";
    case BPMN_EVENT_SIGNAL: return "M10 3L18 16H2Z";
    case BPMN_EVENT_ESCALATION: return "M10 2L16 17L10 11L4 17Z";
    case BPMN_EVENT_COMPENSATION: return "M10 5V15L3 10ZM17 5V15L10 10Z";
    case BPMN_EVENT_CANCEL:
        return "M5 3L10 8L15 3L17 5L12 10L17 15L15 17L10 12L5 17L3 15L8 10L3 5Z";
    case BPMN_EVENT_CONDITIONAL: return "M5 3H15V17H5ZM7 6H13M7 9H13M7 12H13M7 15H13";
    case BPMN_EVENT_MULTIPLE: return "M10 3L17 8L14.5 16H5.5L3 8Z";
    case BPMN_EVENT_PARALLEL_MULTIPLE: return "M8 3H12V8H17V12H12V17H8V12H3V8H8Z";
    case BPMN_EVENT_TERMINATE:
    case BPMN_EVENT_NONE: break;
    }
    return NULL;
}

static void draw_event(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    circle(pen, "bpmn-shape", box, 0);
    if (n->kind == BPMN_CATCH || n->kind == BPMN_THROW || n->kind == BPMN_BOUNDARY)
        circle(pen, "bpmn-inner", box, 35);
    if (n->event == BPMN_EVENT_TERMINATE)
        circle(pen, "bpmn-solid", box, 80);
    const char *path = event_path(n->event);
    bool throws = n->kind == BPMN_THROW || n->kind == BPMN_END;
    if (path != NULL)
        icon(pen, throws ? "bpmn-icon bpmn-solid" : "bpmn-icon", box.x + box.width / 2 - 100,
             box.y + box.height / 2 - 100, path);
}

static void draw_gateway(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    static const char *const paths[BPMN_KINDS] = {
        [BPMN_EXCLUSIVE] = "M5 5L15 15M15 5L5 15",
        [BPMN_PARALLEL] = "M10 3V17M3 10H17",
        [BPMN_INCLUSIVE] = "M10 4A6 6 0 1 1 9.99 4Z",
        [BPMN_EVENT_BASED] = "M10 3L17 8L14.5 16H5.5L3 8Z",
        [BPMN_COMPLEX] = "M10 3V17M3 10H17M5 5L15 15M15 5L5 15",
    };
    int32_t x = box.x + box.width / 2, y = box.y + box.height / 2;
    buf_lit(pen->out, "<polygon class=\"bpmn-shape\"");
    look(pen, "bpmn-shape");
    buf_lit(pen->out, " points=\"");
    const struct bpmn_point corners[] = {
        {x, box.y}, {box.x + box.width, y}, {x, box.y + box.height}, {box.x, y}};
    for (size_t i = 0; i < COUNT_OF(corners); i++) {
        number(pen->out, corners[i].x);
        buf_lit(pen->out, ",");
        number(pen->out, corners[i].y);
        buf_lit(pen->out, " ");
    }
    buf_lit(pen->out, "\"/>");
    icon(pen, "bpmn-icon", x - 100, y - 100, paths[n->kind]);
}

static const char gear[] = "M8 2H12V5L15 6L17 8V12L15 14L12 15V18H8V15L5 14L3 12V8L5 6L8 5ZM10 "
                           "8A2 2 0 1 1 9.99 8Z";

static void draw_activity(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    static const char *const paths[BPMN_KINDS] = {
        [BPMN_USER_TASK] = "M10 3A3.5 3.5 0 1 1 9.99 3ZM3 18C3 8 17 8 17 18Z",
        [BPMN_MANUAL_TASK] = "M3 9L9 4H17V7H10M17 7V14H6L3 11Z",
        [BPMN_SERVICE_TASK] = gear,
        [BPMN_SEND_TASK] = envelope,
        [BPMN_RECEIVE_TASK] = envelope,
        [BPMN_RULE_TASK] = "M2 4H18V16H2ZM2 8H18M7 8V16M2 12H18",
        [BPMN_SCRIPT_TASK] = "M5 3H16L14 17H3ZM7 7H13M6.5 10H12.5M6 13H12",
    };
    rect(pen, "bpmn-shape", box, 80);
    if (n->kind == BPMN_CALL)
        rect(pen, "bpmn-inner",
             (struct bpmn_box){box.x + 30, box.y + 30, box.width - 60, box.height - 60}, 60);
    if (paths[n->kind] != NULL)
        icon(pen, n->kind == BPMN_SEND_TASK ? "bpmn-icon bpmn-solid" : "bpmn-icon", box.x + 40,
             box.y + 40, paths[n->kind]);
    bool open =
        bpmn_kind_group(n->kind) == BPMN_GROUP_SCOPE && (n->expanded || !pen->p->has_diagram);
    int32_t x = box.x + box.width / 2;
    if (open)
        text_lines(pen, "bpmn-name", x, box.y + 60, box.width - 100, name_in(n->name, pen->lang),
                   false, 1);
    else
        text_lines(pen, "bpmn-name", x, box.y + box.height / 2 + (paths[n->kind] ? 60 : 0),
                   box.width - 100, bpmn_label(n, pen->lang), true,
                   box.height > 900 ? LINES_MAX : 4);
}

static void draw_label(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    struct str name = name_in(n->name, pen->lang);
    int32_t x = box.x + box.width / 2, y = box.y + box.height + 20;
    if (pen->p->has_diagram && n->has_label) {
        x = n->label.x + n->label.width / 2;
        y = n->label.y;
    } else if (n->kind == BPMN_BOUNDARY) {
        x += 700; /* beside the line that goes down from it */
    }
    text_lines(pen, n->kind == BPMN_BOUNDARY ? "bpmn-label bpmn-boundary-name" : "bpmn-label", x, y,
               LABEL_WIDTH, name, false, 3);
}

/* BPMN 2.0.2: table 10.90: what does not interrupt, and an event sub-process. */
static bool is_dashed(const struct bpmn_node *n) {
    if (n->kind == BPMN_EVENT_SUB_PROCESS)
        return true;
    bool start = n->kind == BPMN_START && n->event != BPMN_EVENT_NONE && n->parent != 0;
    return (start || n->kind == BPMN_BOUNDARY) && !n->interrupting;
}

static void draw_node(struct pen *pen, const struct bpmn_node *n) {
    struct bpmn_box box = pen->drawing.nodes[n->index];
    if (box.width == 0)
        return;
    uint8_t mark = pen->marks != NULL ? pen->marks->nodes[n->index] : 0;
    pen->shape = mark_look(mark);
    if (n->kind == BPMN_END && mark == 0)
        pen->shape = " fill=\"#fff\" stroke-width=\"3.5\"";
    buf_printf(pen->out, "<g class=\"bpmn-node bpmn-%s%s%s%s%s\"%s>", bpmn_kind_element(n->kind),
               is_dashed(n) ? " is-dashed" : "", mark & BPMN_MARK_DONE ? " is-done" : "",
               mark & BPMN_MARK_ACTIVE ? " is-active" : "",
               mark & BPMN_MARK_FAILED ? " is-failed" : "",
               is_dashed(n) ? " stroke-dasharray=\"4 3\"" : "");
    switch (bpmn_kind_group(n->kind)) {
    case BPMN_GROUP_EVENT: draw_event(pen, n, box); break;
    case BPMN_GROUP_GATEWAY: draw_gateway(pen, n, box); break;
    case BPMN_GROUP_SCOPE:
    case BPMN_GROUP_WORK: draw_activity(pen, n, box); break;
    }
    if (bpmn_kind_group(n->kind) == BPMN_GROUP_EVENT ||
        bpmn_kind_group(n->kind) == BPMN_GROUP_GATEWAY)
        draw_label(pen, n, box);
    buf_lit(pen->out, "</g>");
}

/* --- the whole
 * -------------------------------------------------------------------------------------------- */
static void list_marked(struct pen *pen, uint8_t mark, struct lang_text head) {
    size_t count = 0;
    for (uint32_t i = 1; pen->marks != NULL && i < pen->p->node_count; i++) {
        const struct bpmn_node *n = &pen->p->nodes[i];
        uint8_t marks = pen->marks->nodes[i];
        bool wanted = mark == BPMN_MARK_DONE ? marks == BPMN_MARK_DONE : (marks & mark) != 0;
        if (!wanted || bpmn_kind_group(n->kind) == BPMN_GROUP_GATEWAY ||
            (bpmn_kind_group(n->kind) == BPMN_GROUP_SCOPE && mark == BPMN_MARK_ACTIVE))
            continue;
        if (count++ == 0)
            buf_add(pen->out, head.in[pen->lang]);
        else
            buf_add(pen->out, pen->lang == LANG_zh ? STR("、") : STR(", "));
        xml_write_text(pen->out, bpmn_label(n, pen->lang));
    }
    if (count > 0)
        buf_add(pen->out, pen->lang == LANG_zh ? STR("。") : STR(". "));
}

static void describe(struct pen *pen) {
    static const struct lang_text heads[] = {
        {{[LANG_zh] = STR_INIT("已完成："), [LANG_en] = STR_INIT("Done: ")}},
        {{[LANG_zh] = STR_INIT("现在："), [LANG_en] = STR_INIT("Now: ")}},
        {{[LANG_zh] = STR_INIT("因故停止："), [LANG_en] = STR_INIT("Stopped by a fault: ")}},
    };
    struct str name = name_in(pen->p->name, pen->lang);
    buf_printf(pen->out, "<title id=\"%.*stitle\">", STR_ARG(pen->prefix));
    xml_write_text(pen->out, name.len > 0 ? name : pen->p->id);
    buf_printf(pen->out, "</title><desc id=\"%.*sdesc\">", STR_ARG(pen->prefix));
    list_marked(pen, BPMN_MARK_DONE, heads[0]);
    list_marked(pen, BPMN_MARK_ACTIVE, heads[1]);
    list_marked(pen, BPMN_MARK_FAILED, heads[2]);
    buf_lit(pen->out, "</desc>");
}

static void draw_artifacts(struct pen *pen) {
    for (size_t i = 0; pen->p->has_diagram && i < pen->p->artifact_count; i++) {
        const struct bpmn_artifact *a = &pen->p->artifacts[i];
        if (a->kind == BPMN_ART_POOL) {
            rect(pen, "bpmn-pool", a->box, 0);
            continue;
        }
        buf_lit(pen->out, "<g class=\"bpmn-annotation\">");
        rect(pen, "bpmn-note", a->box, 0);
        text_lines(pen, "bpmn-note-text", a->box.x + a->box.width / 2, a->box.y + 40,
                   a->box.width - 80, a->text, false, LINES_MAX);
        buf_lit(pen->out, "</g>");
    }
}

static void open_svg(struct pen *pen) {
    struct bpmn_box f = pen->drawing.frame;
    buf_printf(
        pen->out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bpmn\" role=\"img\" fill=\"none\" "
        "stroke=\"currentColor\" stroke-width=\"1.5\" text-anchor=\"middle\" font-size=\"13\" "
        "font-family=\"sans-serif\" "
        "aria-labelledby=\"%.*stitle %.*sdesc\"",
        STR_ARG(pen->prefix), STR_ARG(pen->prefix));
    attribute(pen->out, "width", f.width);
    attribute(pen->out, "height", f.height);
    buf_lit(pen->out, " viewBox=\"");
    const int32_t sides[] = {f.x, f.y, f.width, f.height};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        if (i > 0)
            buf_lit(pen->out, " ");
        number(pen->out, sides[i]);
    }
    buf_lit(pen->out, "\">");
    describe(pen);
    buf_printf(
        pen->out,
        "<defs><marker id=\"%.*sarrow\" class=\"bpmn-arrow\" viewBox=\"0 0 10 10\" refX=\"10\" "
        "refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        "<path fill=\"currentColor\" stroke=\"none\" d=\"M0 1L10 5L0 9Z\"/></marker>"
        "<marker id=\"%.*sdefault\" class=\"bpmn-arrow\" viewBox=\"0 0 10 10\" refX=\"-4\" "
        "refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        "<path d=\"M2 0L6 10\"/></marker>"
        "<marker id=\"%.*scondition\" class=\"bpmn-arrow\" viewBox=\"0 0 12 10\" refX=\"0\" "
        "refY=\"5\" markerWidth=\"10\" markerHeight=\"8\" orient=\"auto\">"
        "<path fill=\"#fff\" d=\"M0 5L6 1L12 5L6 9Z\"/></marker></defs>",
        STR_ARG(pen->prefix), STR_ARG(pen->prefix), STR_ARG(pen->prefix));
}

static void draw_token(struct pen *pen, int32_t x, int32_t y, uint8_t count) {
    enum { SIZE = 180 };
    struct bpmn_box box = {x - SIZE / 2, y - SIZE / 2, SIZE, SIZE};
    char text[8];
    circle(pen, "bpmn-token", box, 0);
    if (count < 2)
        return;
    (void)snprintf(text, sizeof text, "%u", count);
    buf_lit(pen->out, "<text class=\"bpmn-token-count\" fill=\"#fff\" stroke=\"none\"");
    attribute(pen->out, "x", x);
    attribute(pen->out, "y", y + 45);
    buf_printf(pen->out, ">%s</text>", text);
}

/* On an activity at its upper right corner, else in the middle; on a flow just before its end. */
static void draw_tokens(struct pen *pen) {
    pen->shape = NULL;
    for (uint32_t i = 1; pen->marks->node_tokens != NULL && i < pen->p->node_count; i++) {
        struct bpmn_box box = pen->drawing.nodes[i];
        enum bpmn_group group = bpmn_kind_group(pen->p->nodes[i].kind);
        bool corner = group == BPMN_GROUP_WORK || group == BPMN_GROUP_SCOPE;
        if (pen->marks->node_tokens[i] == 0 || box.width == 0)
            continue;
        draw_token(pen, box.x + (corner ? box.width - 150 : box.width / 2),
                   box.y + (corner ? 150 : box.height / 2), pen->marks->node_tokens[i]);
    }
    for (size_t i = 0; pen->marks->flow_tokens != NULL && i < pen->p->flow_count; i++) {
        const struct bpmn_line *line = &pen->drawing.flows[i];
        if (pen->marks->flow_tokens[i] == 0 || line->count < 2)
            continue;
        struct bpmn_point a = line->points[line->count - 2], b = line->points[line->count - 1];
        int32_t x = b.x - a.x, y = b.y - a.y, length = MAX_OF(abs(x), abs(y));
        int32_t back = MIN_OF(length / 2, 200);
        if (length > 0)
            draw_token(pen, b.x - x * back / length, b.y - y * back / length,
                       pen->marks->flow_tokens[i]);
    }
}

void bpmn_svg(struct buf *out, const struct bpmn_process *process, const struct bpmn_marks *marks,
              enum lang lang, struct str id_prefix, struct arena *arena) {
    struct pen pen = {.out = out, .p = process, .marks = marks, .lang = lang, .prefix = id_prefix};
    bpmn_layout(&pen.drawing, process, arena);
    open_svg(&pen);
    draw_artifacts(&pen);
    for (size_t i = 0; i < process->lane_count; i++)
        draw_lane(&pen, &process->lanes[i]);
    for (uint32_t i = 1; i < process->node_count; i++) /* scopes lie under their contents */
        if (bpmn_kind_group(process->nodes[i].kind) == BPMN_GROUP_SCOPE)
            draw_node(&pen, &process->nodes[i]);
    for (size_t i = 0; i < process->flow_count; i++)
        draw_flow(&pen, &process->flows[i]);
    for (uint32_t i = 1; i < process->node_count; i++)
        if (bpmn_kind_group(process->nodes[i].kind) != BPMN_GROUP_SCOPE)
            draw_node(&pen, &process->nodes[i]);
    if (marks != NULL)
        draw_tokens(&pen);
    buf_lit(out, "</svg>");
}
