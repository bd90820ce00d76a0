/* The diagram as SVG. Presentation attributes make it readable alone, as a file; they are weaker
 * than any rule of a style sheet, so a page's CSS decides by the classes. What is done, active or
 * failed differs in fill, width and dashes, not in colour only. Text is wrapped by counting: a
 * character of East Asian scripts is 13 wide, another 7, at the font size of 13 pixels that
 * doc/bpmn.md asks of the style sheet. */
#include "bpmn/svg_pen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "xml/xml.h"

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
    {"bpmn-token", " fill=\"#a8231b\" stroke=\"#fff\""},
    {"bpmn-missing", " fill=\"#fff\" stroke=\"#a8231b\" stroke-dasharray=\"3 2\""},
    {"bpmn-note", " stroke=\"#8a8f94\""},
    {"bpmn-thick", " fill=\"none\" stroke-width=\"4\""},
    {"bpmn-group", " stroke=\"#8a8f94\" stroke-dasharray=\"10 5 2 5\""},
    {"bpmn-band", " fill=\"#e6e8e6\""},
    {"bpmn-association", " stroke-dasharray=\"1 4\" stroke-linecap=\"round\""},
    {"bpmn-message-flow", " stroke-dasharray=\"7 4\""},
    {"bpmn-link", " stroke-width=\"4\" stroke=\"#8a8f94\""},
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
void svg_number(struct buf *out, int32_t tenths) {
    if (tenths < 0)
        buf_lit(out, "-");
    uint32_t n = tenths < 0 ? 0u - (uint32_t)tenths : (uint32_t)tenths;
    buf_add_u64(out, n / 10);
    if (n % 10 != 0)
        buf_printf(out, ".%" PRIu32, n % 10);
}

void svg_attribute(struct buf *out, const char *name, int32_t tenths) {
    buf_printf(out, " %s=\"", name);
    svg_number(out, tenths);
    buf_lit(out, "\"");
}

void svg_look(struct pen *pen, const char *class) {
    bool marked = pen->shape != NULL && pen->shape[0] != 0 && strcmp(class, "bpmn-shape") == 0;
    buf_add(pen->out, str_from(marked ? pen->shape : look_of(class)));
}

void svg_rect(struct pen *pen, const char *class, struct bpmn_box box, int32_t radius) {
    buf_printf(pen->out, "<rect class=\"%s\"", class);
    svg_attribute(pen->out, "x", box.x);
    svg_attribute(pen->out, "y", box.y);
    svg_attribute(pen->out, "width", box.width);
    svg_attribute(pen->out, "height", box.height);
    if (radius > 0)
        svg_attribute(pen->out, "rx", radius);
    svg_look(pen, class);
    buf_lit(pen->out, "/>");
}

void svg_circle(struct pen *pen, const char *class, struct bpmn_box box, int32_t inset) {
    buf_printf(pen->out, "<circle class=\"%s\"", class);
    svg_attribute(pen->out, "cx", box.x + box.width / 2);
    svg_attribute(pen->out, "cy", box.y + box.height / 2);
    svg_attribute(pen->out, "r", box.width / 2 - inset);
    svg_look(pen, class);
    buf_lit(pen->out, "/>");
}

void svg_icon(struct pen *pen, const char *class, struct bpmn_point corner, const char *path) {
    buf_printf(pen->out, "<path class=\"%s\" transform=\"translate(", class);
    svg_number(pen->out, corner.x);
    buf_lit(pen->out, " ");
    svg_number(pen->out, corner.y);
    buf_printf(pen->out, ")\" d=\"%s\"", path);
    svg_look(pen, class);
    buf_lit(pen->out, "/>");
}

void svg_points(struct pen *pen, const struct bpmn_point *points, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_lit(pen->out, " ");
        svg_number(pen->out, points[i].x);
        buf_lit(pen->out, ",");
        svg_number(pen->out, points[i].y);
    }
}

void svg_diamond(struct pen *pen, const char *class, struct bpmn_box box) {
    int32_t x = box.x + box.width / 2, y = box.y + box.height / 2;
    const struct bpmn_point corners[] = {
        {x, box.y}, {box.x + box.width, y}, {x, box.y + box.height}, {box.x, y}};
    buf_printf(pen->out, "<polygon class=\"%s\"", class);
    svg_look(pen, class);
    buf_lit(pen->out, " points=\"");
    svg_points(pen, corners, COUNT_OF(corners));
    buf_lit(pen->out, "\"/>");
}

/* --- text
 * ---------------------------------------------------------------------------------------------------
 */
static int32_t width_of(uint32_t c) {
    return c >= 0x1100 ? SVG_WIDE : SVG_NARROW;
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
        if (before != 0 && (width_of(c) == SVG_WIDE || width_of(before) == SVG_WIDE))
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

void svg_text(struct pen *pen, struct svg_text how, struct str text) {
    struct str lines[SVG_LINES_MAX];
    size_t count = 0;
    while (text.len > 0 && count < how.lines_max && count < SVG_LINES_MAX)
        lines[count++] = take_line(&text, how.room);
    if (count == 0)
        return;
    int32_t top = how.middle ? how.at.y - (int32_t)count * SVG_LINE_HEIGHT / 2 : how.at.y;
    buf_printf(pen->out, "<text class=\"%s\" fill=\"currentColor\" stroke=\"none\">", how.class);
    for (size_t i = 0; i < count; i++) {
        buf_lit(pen->out, "<tspan");
        svg_attribute(pen->out, "x", how.at.x);
        svg_attribute(pen->out, "y", top + (int32_t)i * SVG_LINE_HEIGHT + SVG_LINE_HEIGHT * 3 / 4);
        buf_lit(pen->out, ">");
        xml_write_text(pen->out, lines[i]);
        if (i + 1 == count && text.len > 0)
            buf_lit(pen->out, "…");
        buf_lit(pen->out, "</tspan>");
    }
    buf_lit(pen->out, "</text>");
}

static void text_lines(struct pen *pen, const char *class, struct bpmn_point at, int32_t room,
                       struct str text, bool middle, size_t lines_max) {
    svg_text(pen, (struct svg_text){class, at, room, middle, lines_max}, text);
}

static struct str name_in(struct lang_text name, enum lang lang) {
    for (int i = 0; i < LANGS && name.in[lang].len == 0; i++)
        lang = (enum lang)i;
    return name.in[lang];
}

/* --- lanes and flows
 * --------------------------------------------------------------------------------------- */
void svg_head(struct pen *pen, const char *class, struct bpmn_box box, bool upright,
              struct str name) {
    struct bpmn_box head = box;
    if (upright)
        head.height = BPMN_LANE_HEAD;
    else
        head.width = BPMN_LANE_HEAD;
    svg_rect(pen, class, head, 0);
    struct bpmn_point at = {head.x + head.width / 2, head.y + head.height / 2};
    if (!upright) {
        buf_lit(pen->out, "<g transform=\"rotate(-90 ");
        svg_number(pen->out, at.x);
        buf_lit(pen->out, " ");
        svg_number(pen->out, at.y);
        buf_lit(pen->out, ")\">");
    }
    text_lines(pen, "bpmn-lane-name", at, upright ? head.width : head.height, name, true, 1);
    if (!upright)
        buf_lit(pen->out, "</g>");
}

static void draw_lane(struct pen *pen, const struct bpmn_lane *lane) {
    struct bpmn_box box = pen->drawing.lanes[lane - pen->p->lanes];
    if (box.width == 0)
        return;
    svg_rect(pen, "bpmn-lane", box, 0);
    svg_head(pen, "bpmn-lane-head", box, lane->upright, name_in(lane->name, pen->lang));
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
    svg_points(pen, line->points, line->count);
    buf_printf(pen->out, "\"%s marker-end=\"url(#%.*sarrow)\"", done ? " stroke-width=\"2.5\"" : "",
               STR_ARG(pen->prefix));
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
                                     flow->label.y + SVG_LINE_HEIGHT};
        at.y -= SVG_LINE_HEIGHT + 30;
        text_lines(pen, "bpmn-flow-name", at, SVG_LABEL_WIDTH, name, false, 2);
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

/* The corner of an icon whose middle is that of the box. */
static struct bpmn_point centred(struct bpmn_box box) {
    return (struct bpmn_point){box.x + box.width / 2 - 100, box.y + box.height / 2 - 100};
}

static void draw_event(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    svg_circle(pen, "bpmn-shape", box, 0);
    if (n->kind == BPMN_CATCH || n->kind == BPMN_THROW || n->kind == BPMN_BOUNDARY)
        svg_circle(pen, "bpmn-inner", box, 35);
    if (n->event == BPMN_EVENT_TERMINATE)
        svg_circle(pen, "bpmn-solid", box, 80);
    const char *path = event_path(n->event);
    bool throws = n->kind == BPMN_THROW || n->kind == BPMN_END;
    if (path != NULL)
        svg_icon(pen, throws ? "bpmn-icon bpmn-solid" : "bpmn-icon", centred(box), path);
}

static void draw_gateway(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    static const char *const paths[BPMN_KINDS] = {
        [BPMN_EXCLUSIVE] = "M5 5L15 15M15 5L5 15",
        [BPMN_PARALLEL] = "M10 3V17M3 10H17",
        [BPMN_INCLUSIVE] = "M10 4A6 6 0 1 1 9.99 4Z",
        [BPMN_EVENT_BASED] = "M10 5L15 9L13 15H7L5 9Z",
        [BPMN_COMPLEX] = "M10 3V17M3 10H17M5 5L15 15M15 5L5 15",
    };
    struct bpmn_box ring = {box.x + box.width / 2 - 115, box.y + box.height / 2 - 115, 230, 230};
    svg_diamond(pen, "bpmn-shape", box);
    if (n->kind == BPMN_EVENT_BASED) {
        svg_circle(pen, "bpmn-inner", ring, 0);
        if (!n->instantiates)
            svg_circle(pen, "bpmn-inner", ring, 20);
    }
    if (n->bare && n->kind == BPMN_EXCLUSIVE)
        return;
    svg_icon(pen, "bpmn-icon", centred(box),
             n->parallel_events ? "M8.5 5H11.5V8.5H15V11.5H11.5V15H8.5V11.5H5V8.5H8.5Z"
                                : paths[n->kind]);
}

/* BPMN 2.0.2: 10.3: loop, multi-instance, compensation, collapsed, ad-hoc, along the lower edge. */
static size_t draw_markers(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box,
                           bool collapsed) {
    static const char *const loops[] = {
        [BPMN_LOOP_STANDARD] = "M6 15A6 6 0 1 1 11 16M6 15L3 13M6 15L5 18.5",
        [BPMN_LOOP_PARALLEL] = "M6 4V16M10 4V16M14 4V16",
        [BPMN_LOOP_SEQUENTIAL] = "M4 6H16M4 10H16M4 14H16",
    };
    const char *markers[4];
    size_t count = 0;
    if (n->loop != NULL)
        markers[count++] = loops[n->loop->kind];
    if (n->for_compensation)
        markers[count++] = event_path(BPMN_EVENT_COMPENSATION);
    if (collapsed)
        markers[count++] = "M4 4H16V16H4ZM10 6.5V13.5M6.5 10H13.5";
    if (n->kind == BPMN_AD_HOC)
        markers[count++] = "M3 11C5 6 8 7 10 10S15 14 17 9";
    struct bpmn_point at = {box.x + box.width / 2 - (int32_t)count * 110, box.y + box.height - 220};
    for (size_t i = 0; i < count; i++, at.x += 220)
        svg_icon(pen, "bpmn-icon", at, markers[i]);
    return count;
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
    bool scope = bpmn_kind_group(n->kind) == BPMN_GROUP_SCOPE;
    bool open = scope && (n->expanded || !pen->p->has_diagram);
    svg_rect(pen, "bpmn-shape", box, 80);
    if (n->kind == BPMN_CALL)
        svg_rect(pen, "bpmn-thick", box, 80);
    if (n->kind == BPMN_TRANSACTION)
        svg_rect(pen, "bpmn-inner",
                 (struct bpmn_box){box.x + 30, box.y + 30, box.width - 60, box.height - 60}, 60);
    struct bpmn_point corner = {box.x + 40, box.y + 40};
    if (paths[n->kind] != NULL)
        svg_icon(pen, n->kind == BPMN_SEND_TASK ? "bpmn-icon bpmn-solid" : "bpmn-icon", corner,
                 paths[n->kind]);
    if (n->kind == BPMN_RECEIVE_TASK && n->instantiates)
        svg_circle(pen, "bpmn-inner", (struct bpmn_box){box.x + 20, box.y + 20, 240, 240}, 0);
    bool marked = draw_markers(pen, n, box, scope && !open) > 0;
    struct bpmn_point at = {box.x + box.width / 2, box.y + 60};
    if (open) {
        text_lines(pen, "bpmn-name", at, box.width - 100, name_in(n->name, pen->lang), false, 1);
        return;
    }
    /* between the symbol above and the markers below */
    int32_t above = paths[n->kind] ? 140 : 20, below = marked ? 220 : 20;
    int32_t lines = (box.height - above - below) / SVG_LINE_HEIGHT;
    at.y = box.y + (box.height + above - below) / 2;
    text_lines(pen, "bpmn-name", at, box.width - 100, bpmn_label(n, pen->lang), true,
               lines < 1 ? 1 : (size_t)lines);
}

/* What the law hangs on a node, above its upper left corner, with words for who points at it:
 * clocks that start, stop, pause or run on, letters, the second pair of eyes, a decision against
 * the applicant. */
static void draw_badge(struct pen *pen, struct bpmn_box box, size_t *count, const char *path,
                       struct lang_text words, struct str what) {
    buf_lit(pen->out, "<g class=\"bpmn-badge\"><title>");
    buf_add(pen->out, words.in[pen->lang]);
    xml_write_text(pen->out, what);
    buf_lit(pen->out, "</title>");
    svg_icon(pen, "bpmn-icon", (struct bpmn_point){box.x - 40 + (int32_t)*count * 230, box.y - 215},
             path);
    buf_lit(pen->out, "</g>");
    (*count)++;
}

static void draw_law(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    static const struct {
        const char *path;
        struct lang_text words;
    } clocks[] = {
        [BPMN_CLOCK_START] =
            {"M10 2A8 8 0 1 1 9.99 2ZM8 6V14L14 10Z",
             {{[LANG_zh] = STR_INIT("开始计时："), [LANG_en] = STR_INIT("Starts the clock: ")}}},
        [BPMN_CLOCK_STOP] =
            {"M10 2A8 8 0 1 1 9.99 2ZM7 7H13V13H7Z",
             {{[LANG_zh] = STR_INIT("停止计时："), [LANG_en] = STR_INIT("Stops the clock: ")}}},
        [BPMN_CLOCK_SUSPEND] =
            {"M10 2A8 8 0 1 1 9.99 2ZM8 7V13M12 7V13",
             {{[LANG_zh] = STR_INIT("中止计时："), [LANG_en] = STR_INIT("Suspends the clock: ")}}},
        [BPMN_CLOCK_RESUME] =
            {"M10 2A8 8 0 1 1 9.99 2ZM6 7V13M9 7V13L14 10Z",
             {{[LANG_zh] = STR_INIT("恢复计时："), [LANG_en] = STR_INIT("Resumes the clock: ")}}},
    };
    static const struct lang_text letter = {
        {[LANG_zh] = STR_INIT("出具文书："), [LANG_en] = STR_INIT("Issues the letter: ")}};
    static const struct lang_text eyes = {
        {[LANG_zh] = STR_INIT("须由另一人办理"), [LANG_en] = STR_INIT("Needs another person")}};
    static const struct lang_text adverse = {
        {[LANG_zh] = STR_INIT("不利决定"), [LANG_en] = STR_INIT("Goes against the applicant")}};
    size_t count = 0;
    for (size_t i = 0; i < n->clock_count; i++)
        draw_badge(pen, box, &count, clocks[n->clocks[i].action].path,
                   clocks[n->clocks[i].action].words, n->clocks[i].id);
    for (size_t i = 0; i < n->letter_count; i++)
        draw_badge(pen, box, &count, envelope, letter, n->letters[i].id);
    if (n->separate_count > 0)
        draw_badge(pen, box, &count,
                   "M5 6A4 4 0 1 1 4.99 6ZM5 9V11M15 6A4 4 0 1 1 14.99 6ZM15 9V11", eyes, STR_NONE);
    if (n->adverse)
        draw_badge(pen, box, &count, "M10 2V12M10 15V17", adverse, STR_NONE);
}

static void draw_label(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    struct str name = name_in(n->name, pen->lang);
    struct bpmn_point at = {box.x + box.width / 2, box.y + box.height + 20};
    if (pen->p->has_diagram && n->has_label)
        at = (struct bpmn_point){n->label.x + n->label.width / 2, n->label.y};
    else if (n->kind == BPMN_BOUNDARY)
        at.x += 700; /* beside the line that goes down from it */
    text_lines(pen, n->kind == BPMN_BOUNDARY ? "bpmn-label bpmn-boundary-name" : "bpmn-label", at,
               SVG_LABEL_WIDTH, name, false, 3);
}

/* BPMN 2.0.2: table 10.90: what does not interrupt, and an event sub-process. */
static bool is_dashed(const struct bpmn_node *n) {
    if (n->kind == BPMN_EVENT_SUB_PROCESS)
        return true;
    bool start = n->kind == BPMN_START && n->event != BPMN_EVENT_NONE && n->parent != 0;
    return (start || n->kind == BPMN_BOUNDARY) && !n->interrupting;
}

static const char *heat_look(uint8_t heat) {
    static const char *const fills[BPMN_HEAT_MAX + 1] = {
        NULL,
        " fill=\"#fdf3f1\"",
        " fill=\"#f9ddd8\"",
        " fill=\"#f3beb6\"",
        " fill=\"#eb9c91\"",
        " fill=\"#e27b6e\"",
    };
    return fills[heat];
}

/* Above the right half: badges stand above the left corner, events and names below. */
static void draw_note(struct pen *pen, const struct bpmn_node *n, struct bpmn_box box) {
    struct str note = pen->marks != NULL && pen->marks->node_notes != NULL
                          ? pen->marks->node_notes[n->index]
                          : STR_NONE;
    struct bpmn_point at = {box.x + box.width * 3 / 4, box.y - SVG_LINE_HEIGHT - 30};
    if (note.len > 0)
        svg_text(pen, (struct svg_text){"bpmn-time", at, SVG_LABEL_WIDTH, false, 1}, note);
}

static void draw_node(struct pen *pen, const struct bpmn_node *n) {
    struct bpmn_box box = pen->drawing.nodes[n->index];
    if (box.width == 0)
        return;
    uint8_t mark = pen->marks != NULL ? pen->marks->nodes[n->index] : 0;
    pen->shape = mark_look(mark);
    if (n->kind == BPMN_END && mark == 0)
        pen->shape = " fill=\"#fff\" stroke-width=\"3.5\"";
    uint8_t heat =
        pen->marks != NULL && pen->marks->node_heat != NULL ? pen->marks->node_heat[n->index] : 0;
    if (heat > 0)
        pen->shape = heat_look(heat);
    static const char *const heats[] = {"", " heat-1", " heat-2", " heat-3", " heat-4", " heat-5"};
    buf_printf(pen->out, "<g class=\"bpmn-node bpmn-%s%s%s%s%s%s\"%s>", bpmn_kind_element(n->kind),
               heats[heat], is_dashed(n) ? " is-dashed" : "",
               mark & BPMN_MARK_DONE ? " is-done" : "", mark & BPMN_MARK_ACTIVE ? " is-active" : "",
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
    draw_law(pen, n, box);
    draw_note(pen, n, box);
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

static void describe(struct pen *pen, struct str name) {
    static const struct lang_text heads[] = {
        {{[LANG_zh] = STR_INIT("已完成："), [LANG_en] = STR_INIT("Done: ")}},
        {{[LANG_zh] = STR_INIT("现在："), [LANG_en] = STR_INIT("Now: ")}},
        {{[LANG_zh] = STR_INIT("因故停止："), [LANG_en] = STR_INIT("Stopped by a fault: ")}},
    };
    buf_printf(pen->out, "<title id=\"%.*stitle\">", STR_ARG(pen->prefix));
    xml_write_text(pen->out, name);
    buf_printf(pen->out, "</title><desc id=\"%.*sdesc\">", STR_ARG(pen->prefix));
    list_marked(pen, BPMN_MARK_DONE, heads[0]);
    list_marked(pen, BPMN_MARK_ACTIVE, heads[1]);
    list_marked(pen, BPMN_MARK_FAILED, heads[2]);
    buf_lit(pen->out, "</desc>");
}

static void define_markers(struct pen *pen) {
    static const struct {
        const char *name, *box, *at, *size, *orient, *shape;
    } markers[] = {
        {"arrow", "0 0 10 10", "10", "8", "auto",
         "<path fill=\"currentColor\" stroke=\"none\" d=\"M0 1L10 5L0 9Z\"/>"},
        {"default", "0 0 10 10", "-4", "8", "auto", "<path d=\"M2 0L6 10\"/>"},
        {"condition", "0 0 12 10", "0", "10", "auto",
         "<path fill=\"#fff\" d=\"M0 5L6 1L12 5L6 9Z\"/>"},
        {"vee", "0 0 10 10", "9", "8", "auto-start-reverse",
         "<path fill=\"none\" d=\"M1 1L9 5L1 9\"/>"},
        {"tip", "0 0 10 10", "10", "9", "auto", "<path fill=\"#fff\" d=\"M1 1L10 5L1 9Z\"/>"},
        {"ring", "0 0 10 10", "5", "7", "auto",
         "<circle fill=\"#fff\" cx=\"5\" cy=\"5\" r=\"4\"/>"},
    };
    buf_lit(pen->out, "<defs>");
    for (size_t i = 0; i < COUNT_OF(markers); i++)
        buf_printf(pen->out,
                   "<marker id=\"%.*s%s\" class=\"bpmn-arrow\" viewBox=\"%s\" refX=\"%s\" "
                   "refY=\"5\" markerWidth=\"%s\" markerHeight=\"8\" orient=\"%s\">%s</marker>",
                   STR_ARG(pen->prefix), markers[i].name, markers[i].box, markers[i].at,
                   markers[i].size, markers[i].orient, markers[i].shape);
    buf_lit(pen->out, "</defs>");
}

static void open_svg(struct pen *pen, struct bpmn_box f, struct str name) {
    buf_printf(
        pen->out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bpmn\" role=\"img\" fill=\"none\" "
        "stroke=\"currentColor\" stroke-width=\"1.5\" text-anchor=\"middle\" font-size=\"13\" "
        "font-family=\"sans-serif\" "
        "aria-labelledby=\"%.*stitle %.*sdesc\"",
        STR_ARG(pen->prefix), STR_ARG(pen->prefix));
    svg_attribute(pen->out, "width", f.width);
    svg_attribute(pen->out, "height", f.height);
    buf_lit(pen->out, " viewBox=\"");
    const int32_t sides[] = {f.x, f.y, f.width, f.height};
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        if (i > 0)
            buf_lit(pen->out, " ");
        svg_number(pen->out, sides[i]);
    }
    buf_lit(pen->out, "\">");
    describe(pen, name);
    define_markers(pen);
}

/* Where the file has no diagram: from each compensation event to what it leads to. */
static void draw_handlers(struct pen *pen) {
    const struct bpmn_process *p = pen->p;
    for (uint32_t i = 1; i < p->node_count; i++) {
        const struct bpmn_node *n = &p->nodes[i];
        uint32_t handler = n->kind == BPMN_BOUNDARY && n->event == BPMN_EVENT_COMPENSATION
                               ? p->nodes[n->attached_to].handler
                               : BPMN_NONE;
        if (handler == BPMN_NONE)
            continue;
        struct bpmn_box from = pen->drawing.nodes[i], to = pen->drawing.nodes[handler];
        int32_t x = from.x + from.width / 2;
        const struct bpmn_point points[] = {{x, from.y + from.height}, {x, to.y}};
        struct bpmn_connection line = {.kind = BPMN_LINE_ASSOCIATION,
                                       .to_arrow = true,
                                       .points = points,
                                       .point_count = COUNT_OF(points)};
        svg_connections(pen, &line, 1);
    }
}

static void draw_process(struct pen *pen) {
    const struct bpmn_process *p = pen->p;
    size_t around = p->has_diagram ? p->artifact_count : 0;
    for (size_t i = 0; i < p->lane_count; i++)
        draw_lane(pen, &p->lanes[i]);
    for (uint32_t i = 1; i < p->node_count; i++) /* scopes lie under their contents */
        if (bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_SCOPE)
            draw_node(pen, &p->nodes[i]);
    if (p->has_diagram)
        svg_connections(pen, p->lines, p->line_count);
    else
        draw_handlers(pen);
    for (size_t i = 0; i < p->flow_count; i++)
        draw_flow(pen, &p->flows[i]);
    for (uint32_t i = 1; i < p->node_count; i++)
        if (bpmn_kind_group(p->nodes[i].kind) != BPMN_GROUP_SCOPE)
            draw_node(pen, &p->nodes[i]);
    svg_artifacts(pen, p->artifacts, around, false);
}

void bpmn_svg(struct buf *out, const struct bpmn_process *process, const struct bpmn_marks *marks,
              enum lang lang, struct str id_prefix, struct arena *arena) {
    struct pen pen = {.out = out, .p = process, .marks = marks, .lang = lang, .prefix = id_prefix};
    struct str name = name_in(process->name, lang);
    bpmn_layout(&pen.drawing, process, arena);
    struct bpmn_box frame = pen.drawing.frame;
    if (marks != NULL && marks->caption.len > 0)
        frame.height += SVG_CAPTION_HEIGHT;
    open_svg(&pen, frame, name.len > 0 ? name : process->id);
    svg_artifacts(&pen, process->artifacts, process->has_diagram ? process->artifact_count : 0,
                  true);
    draw_process(&pen);
    if (marks != NULL)
        svg_marks(&pen);
    buf_lit(out, "</svg>");
}

static void draw_diagram(struct pen *pen, const struct bpmn_model *model,
                         const struct bpmn_drawing *drawings, uint32_t diagram) {
    for (size_t i = 0; i < model->artifact_count; i++)
        if (model->artifacts[i].diagram == diagram)
            svg_artifacts(pen, &model->artifacts[i], 1, true);
    for (size_t i = 0; i < model->process_count; i++) {
        if (!model->processes[i]->has_diagram || model->processes[i]->diagram != diagram)
            continue;
        pen->p = model->processes[i];
        pen->drawing = drawings[i];
        draw_process(pen);
    }
    for (size_t i = 0; i < model->line_count; i++)
        if (model->lines[i].diagram == diagram)
            svg_connections(pen, &model->lines[i], 1);
    for (size_t i = 0; i < model->artifact_count; i++)
        if (model->artifacts[i].diagram == diagram)
            svg_artifacts(pen, &model->artifacts[i], 1, false);
}

void bpmn_svg_model(struct buf *out, const struct bpmn_model *model, enum lang lang,
                    struct str id_prefix, struct arena *arena) {
    struct bpmn_drawing *drawings = arena_new(arena, struct bpmn_drawing, model->process_count);
    struct bpmn_box *frames = arena_new(arena, struct bpmn_box, model->diagram_count);
    struct pen pen = {.out = out, .lang = lang, .prefix = id_prefix};
    struct bpmn_box all = {0};
    for (size_t i = 0; i < model->process_count; i++)
        if (model->processes[i]->has_diagram)
            bpmn_layout(&drawings[i], model->processes[i], arena);
    for (uint32_t d = 0; d < model->diagram_count; d++) {
        if (!bpmn_layout_frame(&frames[d], model, drawings, d))
            continue;
        all.width = MAX_OF(all.width, frames[d].width);
        all.height += frames[d].height;
    }
    open_svg(&pen, all, model->name.len > 0 ? model->name : model->id);
    all.height = 0;
    for (uint32_t d = 0; d < model->diagram_count; d++) { /* one below the other */
        if (frames[d].width == 0)
            continue;
        buf_lit(out, "<g transform=\"translate(");
        svg_number(out, -frames[d].x);
        buf_lit(out, " ");
        svg_number(out, all.height - frames[d].y);
        buf_lit(out, ")\">");
        draw_diagram(&pen, model, drawings, d);
        buf_lit(out, "</g>");
        all.height += frames[d].height;
    }
    buf_lit(out, "</svg>");
}
