/* An automatic layout. Nodes stand in a grid: the column of a node is the longest path to it (back
 * edges left out), its row the first free one in its lane's band, that of its predecessor if it
 * can. Between two columns there is a gutter, below each row a channel; a flow that is not straight
 * runs along its own track in them, so that no line hides behind another and none runs through a
 * node. Sub-processes are laid out from the inside out. */
#include <assert.h>

#include "bpmn/layout.h"

enum {
    TASK_WIDTH = 1300,
    TASK_HEIGHT = 760,
    EVENT_SIZE = 360,
    GATEWAY_SIZE = 460,
    COLUMN_MIN = 1100, /* so that the name of an event has room below it */
    ROW_MIN = 1000,
    GAP = 260,           /* of a gutter or channel without tracks */
    TRACK = 110,         /* what each line in a gutter adds */
    CHANNEL_TRACK = 190, /* in a channel, where names stand over the lines */
    NAME_BELOW = 380,    /* two lines of a name below an event */
    PAD = 300,           /* inside a sub-process */
    MARGIN = 200,
};

/* One scope while it is laid out. Columns and rows are counted from 0. */
struct grid {
    const struct bpmn_process *p;
    struct bpmn_drawing *out;
    struct arena *arena;
    uint32_t scope;
    uint32_t *column, *row; /* by node index */
    uint8_t *mark;          /* 1 being visited, 2 done */
    uint32_t column_count, row_count;
    uint32_t *lane_of_row;    /* BPMN_NONE where the scope has no lanes */
    uint8_t *taken;           /* [row][column] */
    uint32_t *gutter_tracks;  /* column_count + 1: before column 0, behind each */
    uint32_t *channel_tracks; /* row_count + 1: above row 0, below each */
    int32_t *column_x, *column_width, *row_y, *row_height;
    int32_t *gutter_x, *channel_y; /* where their first track runs */
};

static bool is_placed(const struct grid *g, uint32_t node) {
    return g->p->nodes[node].parent == g->scope && g->p->nodes[node].kind != BPMN_BOUNDARY;
}

/* The node whose place a flow leaves from: the activity for a boundary event. */
static uint32_t host_of(const struct bpmn_process *p, uint32_t node) {
    return p->nodes[node].attached_to != BPMN_NONE ? p->nodes[node].attached_to : node;
}

/* --- columns: the longest path
 * ------------------------------------------------------------------------ */
static uint32_t out_count(const struct grid *g, uint32_t node) {
    const struct bpmn_node *n = &g->p->nodes[node];
    uint32_t count = n->out_count;
    for (uint32_t i = 0; i < n->boundary_count; i++)
        count += g->p->nodes[n->boundaries[i]].out_count;
    return count;
}

static uint32_t out_flow(const struct grid *g, uint32_t node, uint32_t index) {
    const struct bpmn_node *n = &g->p->nodes[node];
    if (index < n->out_count)
        return n->out[index];
    index -= n->out_count;
    for (uint32_t i = 0; i < n->boundary_count; i++) {
        const struct bpmn_node *b = &g->p->nodes[n->boundaries[i]];
        if (index < b->out_count)
            return b->out[index];
        index -= b->out_count;
    }
    return BPMN_NONE;
}

/* Depth first with a stack of its own; a flow to a node that is being visited goes back. Nodes are
 * put into order[] when they are done, so the array read backwards is a topological order. */
static void visit(struct grid *g, uint32_t from, uint8_t *back, uint32_t *order, uint32_t *done) {
    uint32_t *stack = arena_new(g->arena, uint32_t, g->p->node_count + 1);
    uint32_t *next = arena_new(g->arena, uint32_t, g->p->node_count + 1);
    size_t depth = 0;
    if (g->mark[from] != 0)
        return;
    stack[depth++] = from;
    g->mark[from] = 1;
    while (depth > 0) {
        uint32_t node = stack[depth - 1];
        if (next[node] == out_count(g, node)) {
            g->mark[node] = 2;
            order[(*done)++] = node;
            depth--;
            continue;
        }
        uint32_t flow = out_flow(g, node, next[node]++);
        uint32_t to = g->p->flows[flow].to;
        if (g->mark[to] == 1)
            back[flow] = 1;
        if (g->mark[to] != 0)
            continue;
        g->mark[to] = 1;
        stack[depth++] = to;
    }
}

static uint32_t place_columns(struct grid *g, uint32_t *order) {
    uint8_t *back = arena_new(g->arena, uint8_t, g->p->flow_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 1; i < g->p->node_count; i++)
        if (is_placed(g, i) && g->p->nodes[i].in_count == 0)
            visit(g, i, back, order, &count);
    for (uint32_t i = 1; i < g->p->node_count; i++)
        if (is_placed(g, i))
            visit(g, i, back, order, &count);
    for (uint32_t i = count; i-- > 0;)
        for (uint32_t f = 0; f < out_count(g, order[i]); f++) {
            uint32_t flow = out_flow(g, order[i], f), to = g->p->flows[flow].to;
            if (back[flow] == 0 && g->column[to] < g->column[order[i]] + 1)
                g->column[to] = g->column[order[i]] + 1;
        }
    for (uint32_t i = 0; i < count; i++) /* a compensation handler stands below its activity */
        if (g->p->nodes[order[i]].compensates != BPMN_NONE)
            g->column[order[i]] = g->column[g->p->nodes[order[i]].compensates];
    for (uint32_t i = 0; i < count; i++)
        if (g->column[order[i]] + 1 > g->column_count)
            g->column_count = g->column[order[i]] + 1;
    return count;
}

/* --- rows
 * -----------------------------------------------------------------------------------------------
 */
static uint32_t lane_for(const struct grid *g, uint32_t node) {
    return g->scope == 0 ? g->p->nodes[node].lane : BPMN_NONE;
}

static bool row_fits(const struct grid *g, uint32_t row, uint32_t node) {
    return row < g->row_count && g->lane_of_row[row] == lane_for(g, node) &&
           g->taken[(size_t)row * g->column_count + g->column[node]] == 0;
}

static void take_row(struct grid *g, uint32_t row, uint32_t node) {
    g->row[node] = row;
    g->taken[(size_t)row * g->column_count + g->column[node]] = 1;
}

/* Rows of one lane stand together, so a new one goes behind the last of its lane: the rows below
 * move down. */
static uint32_t insert_row(struct grid *g, uint32_t lane) {
    uint32_t at = g->row_count;
    for (uint32_t i = 0; i < g->row_count; i++)
        if (g->lane_of_row[i] == lane)
            at = i + 1;
    memmove(g->lane_of_row + at + 1, g->lane_of_row + at,
            (g->row_count - at) * sizeof *g->lane_of_row);
    memmove(g->taken + (size_t)(at + 1) * g->column_count, g->taken + (size_t)at * g->column_count,
            (size_t)(g->row_count - at) * g->column_count);
    memset(g->taken + (size_t)at * g->column_count, 0, g->column_count);
    g->lane_of_row[at] = lane;
    g->row_count++;
    for (uint32_t i = 1; i < g->p->node_count; i++)
        if (is_placed(g, i) && g->row[i] != BPMN_NONE && g->row[i] >= at)
            g->row[i]++;
    return at;
}

static void place_row(struct grid *g, uint32_t node) {
    const struct bpmn_node *n = &g->p->nodes[node];
    for (uint32_t i = 0; i < n->in_count; i++) {
        const struct bpmn_node *from = &g->p->nodes[g->p->flows[n->in[i]].from];
        uint32_t row = g->row[host_of(g->p, from->index)];
        if (from->kind != BPMN_BOUNDARY && row != BPMN_NONE && row_fits(g, row, node)) {
            take_row(g, row, node);
            return;
        }
    }
    uint32_t first = n->compensates != BPMN_NONE ? g->row[n->compensates] + 1 : 0;
    for (uint32_t row = first; row < g->row_count; row++)
        if (row_fits(g, row, node)) {
            take_row(g, row, node);
            return;
        }
    take_row(g, insert_row(g, lane_for(g, node)), node);
}

/* Every lane has a row, in the order of the file; nodes without a lane come below them. */
static void place_rows(struct grid *g, const uint32_t *order, uint32_t count) {
    g->taken =
        arena_new(g->arena, uint8_t, (size_t)(count + g->p->lane_count + 2) * g->column_count);
    g->lane_of_row = arena_new(g->arena, uint32_t, count + g->p->lane_count + 2);
    for (uint32_t i = 0; i < g->p->node_count; i++)
        g->row[i] = BPMN_NONE;
    for (uint32_t lane = 0; g->scope == 0 && lane < g->p->lane_count; lane++) {
        bool holds = false;
        for (uint32_t i = 0; !holds && i < count; i++)
            holds = g->p->nodes[order[i]].lane == lane;
        if (holds)
            g->lane_of_row[g->row_count++] = lane;
    }
    for (uint32_t column = 0; column < g->column_count; column++)
        for (uint32_t i = count; i-- > 0;)
            if (g->column[order[i]] == column && g->p->nodes[order[i]].compensates == BPMN_NONE)
                place_row(g, order[i]);
    for (uint32_t i = count; i-- > 0;) /* below their activities, which have their places now */
        if (g->p->nodes[order[i]].compensates != BPMN_NONE)
            place_row(g, order[i]);
}

/* --- routes: which gutters and channels a flow uses
 * ------------------------------------------------------ */
struct route {
    bool straight; /* along one row, or one gutter between two neighbours */
    bool channel;  /* gutter, channel, gutter */
    uint32_t gutter_a, gutter_b, channel_at; /* which */
    uint32_t track_a, track_b, track_c;
};

static bool row_free(const struct grid *g, uint32_t row, uint32_t from, uint32_t to) {
    for (uint32_t column = from; column < to; column++)
        if (g->taken[(size_t)row * g->column_count + column] != 0)
            return false;
    return true;
}

static struct route find_route(struct grid *g, const struct bpmn_flow *flow) {
    struct route r = {0};
    bool boundary = g->p->nodes[flow->from].kind == BPMN_BOUNDARY;
    uint32_t from = host_of(g->p, flow->from), to = flow->to;
    uint32_t a = g->column[from], b = g->column[to], row_a = g->row[from], row_b = g->row[to];
    r.gutter_a = a + 1;
    r.gutter_b = b;
    if (!boundary && b > a && row_a == row_b && row_free(g, row_a, a + 1, b)) {
        r.straight = true;
    } else if (!boundary && b > a && row_free(g, row_b, a + 1, b)) {
        r.gutter_b = a + 1;
        r.track_a = g->gutter_tracks[a + 1]++;
    } else if (!boundary && b > a && row_free(g, row_a, a + 1, b)) {
        r.gutter_a = b;
        r.track_a = g->gutter_tracks[b]++;
    } else {
        r.channel = true;
        r.channel_at = row_a + 1; /* below the source */
        if (!boundary && row_b < row_a)
            r.channel_at = row_a; /* above it */
        if (!boundary)
            r.track_a = g->gutter_tracks[a + 1]++;
        r.track_b = g->gutter_tracks[b]++;
        r.track_c = g->channel_tracks[r.channel_at]++;
    }
    return r;
}

/* --- coordinates
 * -------------------------------------------------------------------------------------------- */
static int32_t room_below(const struct bpmn_node *node) {
    switch (bpmn_kind_group(node->kind)) {
    case BPMN_GROUP_EVENT:
    case BPMN_GROUP_GATEWAY: return NAME_BELOW;
    default: return node->boundary_count > 0 ? EVENT_SIZE / 2 + NAME_BELOW : 0;
    }
}

static void measure(struct grid *g) {
    for (uint32_t i = 1; i < g->p->node_count; i++) {
        if (!is_placed(g, i))
            continue;
        const struct bpmn_box *box = &g->out->nodes[i];
        int32_t below = room_below(&g->p->nodes[i]); /* above as well: middles stand in a line */
        if (box->width > g->column_width[g->column[i]])
            g->column_width[g->column[i]] = box->width;
        if (box->height + 2 * below > g->row_height[g->row[i]])
            g->row_height[g->row[i]] = box->height + 2 * below;
    }
    int32_t x = 0, y = 0;
    for (uint32_t c = 0; c <= g->column_count; c++) {
        g->gutter_x[c] = x + GAP / 2;
        x += GAP + (int32_t)g->gutter_tracks[c] * TRACK;
        if (c == g->column_count)
            break;
        if (g->column_width[c] < COLUMN_MIN)
            g->column_width[c] = COLUMN_MIN;
        g->column_x[c] = x;
        x += g->column_width[c];
    }
    for (uint32_t row = 0; row <= g->row_count; row++) {
        g->channel_y[row] = y + GAP / 2;
        y += GAP + (int32_t)g->channel_tracks[row] * CHANNEL_TRACK;
        if (row == g->row_count)
            break;
        if (g->row_height[row] < ROW_MIN)
            g->row_height[row] = ROW_MIN;
        g->row_y[row] = y;
        y += g->row_height[row];
    }
    g->column_x[g->column_count] = x;
    g->row_y[g->row_count] = y;
}

static void place_boxes(struct grid *g) {
    for (uint32_t i = 1; i < g->p->node_count; i++) {
        if (!is_placed(g, i))
            continue;
        struct bpmn_box *box = &g->out->nodes[i];
        uint32_t c = g->column[i], row = g->row[i];
        box->x = g->column_x[c] + (g->column_width[c] - box->width) / 2;
        box->y = g->row_y[row] + (g->row_height[row] - box->height) / 2;
        const struct bpmn_node *n = &g->p->nodes[i];
        for (uint32_t b = 0; b < n->boundary_count; b++)
            g->out->nodes[n->boundaries[b]] =
                (struct bpmn_box){box->x + 150 + (int32_t)b * 450,
                                  box->y + box->height - EVENT_SIZE / 2, EVENT_SIZE, EVENT_SIZE};
    }
}

static struct bpmn_line draw_route(struct grid *g, const struct bpmn_flow *flow,
                                   const struct route *r) {
    const struct bpmn_box *from = &g->out->nodes[flow->from], *to = &g->out->nodes[flow->to];
    bool boundary = g->p->nodes[flow->from].kind == BPMN_BOUNDARY;
    struct bpmn_point *points = arena_new(g->arena, struct bpmn_point, 6), *at = points;
    struct bpmn_point start = {from->x + from->width, from->y + from->height / 2};
    struct bpmn_point end = {to->x, to->y + to->height / 2};
    int32_t xa = g->gutter_x[r->gutter_a] + (int32_t)r->track_a * TRACK;
    int32_t xb = g->gutter_x[r->gutter_b] + (int32_t)r->track_b * TRACK;
    if (boundary)
        start = (struct bpmn_point){from->x + from->width / 2, from->y + from->height};
    *at++ = start;
    if (r->channel) {
        int32_t y = g->channel_y[r->channel_at] + (int32_t)r->track_c * CHANNEL_TRACK;
        if (!boundary) {
            *at++ = (struct bpmn_point){xa, start.y};
            *at++ = (struct bpmn_point){xa, y};
        } else {
            *at++ = (struct bpmn_point){start.x, y};
        }
        *at++ = (struct bpmn_point){xb, y};
        *at++ = (struct bpmn_point){xb, end.y};
    } else if (!r->straight && start.y != end.y) {
        *at++ = (struct bpmn_point){xa, start.y};
        *at++ = (struct bpmn_point){xa, end.y};
    }
    *at++ = end;
    return (struct bpmn_line){points, (size_t)(at - points)};
}

static void place_lanes(struct grid *g) {
    for (uint32_t lane = 0; g->scope == 0 && lane < g->p->lane_count; lane++) {
        int32_t top = -1, bottom = 0;
        for (uint32_t row = 0; row < g->row_count; row++)
            if (g->lane_of_row[row] == lane) {
                if (top < 0)
                    top = row == 0 ? 0 : g->row_y[row] - GAP / 2;
                /* the channel below belongs to the lane */
                bottom =
                    row + 1 == g->row_count ? g->row_y[g->row_count] : g->row_y[row + 1] - GAP / 2;
            }
        if (top >= 0)
            g->out->lanes[lane] = (struct bpmn_box){
                -BPMN_LANE_HEAD, top, g->column_x[g->column_count] + BPMN_LANE_HEAD, bottom - top};
    }
}

static void size_node(struct bpmn_drawing *out, const struct bpmn_node *n) {
    struct bpmn_box *box = &out->nodes[n->index];
    switch (bpmn_kind_group(n->kind)) {
    case BPMN_GROUP_EVENT: box->width = box->height = EVENT_SIZE; break;
    case BPMN_GROUP_GATEWAY: box->width = box->height = GATEWAY_SIZE; break;
    case BPMN_GROUP_WORK:
        box->width = TASK_WIDTH;
        box->height = TASK_HEIGHT;
        break;
    case BPMN_GROUP_SCOPE: break; /* its contents say */
    }
}

/* Lay out a scope whose inner scopes have their sizes already; its own size is in its box then. */
static void lay_scope(struct bpmn_drawing *out, const struct bpmn_process *p, uint32_t scope,
                      struct arena *arena) {
    struct grid g = {.p = p, .out = out, .arena = arena, .scope = scope};
    uint32_t *order = arena_new(arena, uint32_t, p->node_count);
    g.column = arena_new(arena, uint32_t, p->node_count);
    g.row = arena_new(arena, uint32_t, p->node_count);
    g.mark = arena_new(arena, uint8_t, p->node_count);
    g.column_count = 1;
    uint32_t count = place_columns(&g, order);
    place_rows(&g, order, count);
    g.gutter_tracks = arena_new(arena, uint32_t, g.column_count + 1);
    g.channel_tracks = arena_new(arena, uint32_t, g.row_count + 1);
    g.column_x = arena_new(arena, int32_t, g.column_count + 1);
    g.column_width = arena_new(arena, int32_t, g.column_count + 1);
    g.gutter_x = arena_new(arena, int32_t, g.column_count + 1);
    g.row_y = arena_new(arena, int32_t, g.row_count + 1);
    g.row_height = arena_new(arena, int32_t, g.row_count + 1);
    g.channel_y = arena_new(arena, int32_t, g.row_count + 1);
    struct route *routes = arena_new(arena, struct route, p->flow_count);
    for (uint32_t i = 0; i < p->flow_count; i++)
        if (p->nodes[p->flows[i].from].parent == scope && !p->flows[i].is_link)
            routes[i] = find_route(&g, &p->flows[i]);
    measure(&g);
    place_boxes(&g);
    for (uint32_t i = 0; i < p->flow_count; i++)
        if (p->nodes[p->flows[i].from].parent == scope && !p->flows[i].is_link)
            out->flows[i] = draw_route(&g, &p->flows[i], &routes[i]);
    place_lanes(&g);
    out->nodes[scope].width = g.column_x[g.column_count] + (scope == 0 ? 0 : 2 * PAD);
    out->nodes[scope].height = g.row_y[g.row_count] + (scope == 0 ? 0 : 2 * PAD);
}

/* Contents were laid out from (0, 0): move them to where their scope has come to stand. Scopes have
 * smaller numbers than what they hold, so one pass in order is enough. */
static void move_contents(struct bpmn_drawing *out, const struct bpmn_process *p) {
    for (uint32_t i = 1; i < p->node_count; i++) {
        uint32_t parent = p->nodes[i].parent;
        if (parent == 0)
            continue;
        out->nodes[i].x += out->nodes[parent].x + PAD;
        out->nodes[i].y += out->nodes[parent].y + PAD;
    }
    for (uint32_t i = 0; i < p->flow_count; i++) {
        uint32_t parent = p->nodes[p->flows[i].from].parent;
        if (parent == 0 || out->flows[i].count == 0)
            continue;
        struct bpmn_point *points = out->flows[i].points;
        for (size_t k = 0; k < out->flows[i].count; k++) {
            points[k].x += out->nodes[parent].x + PAD;
            points[k].y += out->nodes[parent].y + PAD;
        }
    }
}

static void lay_out(struct bpmn_drawing *out, const struct bpmn_process *p, struct arena *arena) {
    for (uint32_t i = 1; i < p->node_count; i++)
        size_node(out, &p->nodes[i]);
    for (uint32_t i = (uint32_t)p->node_count; i-- > 0;)
        if (bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_SCOPE)
            lay_scope(out, p, i, arena);
    move_contents(out, p);
}

/* --- the file's own diagram
 * ----------------------------------------------------------------------------------- */
static void copy_diagram(struct bpmn_drawing *out, const struct bpmn_process *p,
                         struct arena *arena) {
    for (uint32_t i = 1; i < p->node_count; i++)
        if (p->nodes[i].drawn)
            out->nodes[i] = p->nodes[i].box;
    for (uint32_t i = 0; i < p->flow_count; i++)
        if (p->flows[i].point_count > 0) {
            out->flows[i].count = p->flows[i].point_count;
            out->flows[i].points = arena_new(arena, struct bpmn_point, out->flows[i].count);
            memcpy(out->flows[i].points, p->flows[i].points,
                   out->flows[i].count * sizeof *out->flows[i].points);
        }
    for (uint32_t i = 0; i < p->lane_count; i++)
        if (p->lanes[i].drawn)
            out->lanes[i] = p->lanes[i].box;
}

static void grow_frame(struct bpmn_box *frame, struct bpmn_box box) {
    if (box.width == 0 && box.height == 0 && box.x == 0 && box.y == 0)
        return;
    int32_t right = MAX_OF(frame->x + frame->width, box.x + box.width);
    int32_t bottom = MAX_OF(frame->y + frame->height, box.y + box.height);
    frame->x = MIN_OF(frame->x, box.x);
    frame->y = MIN_OF(frame->y, box.y);
    frame->width = right - frame->x;
    frame->height = bottom - frame->y;
}

/* Artifacts have their names below them. */
static void frame_around(struct bpmn_box *frame, const struct bpmn_artifact *artifacts,
                         size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct bpmn_box box = artifacts[i].box;
        if (frame->width == 0)
            *frame = box;
        if (artifacts[i].kind != BPMN_ART_POOL && artifacts[i].text.len > 0)
            box.height += 400;
        grow_frame(frame, box);
    }
}

static void frame_lines(struct bpmn_box *frame, const struct bpmn_connection *lines, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lines[i].point_count; k++)
            grow_frame(frame, (struct bpmn_box){lines[i].points[k].x, lines[i].points[k].y, 1, 1});
}

static struct bpmn_box with_margin(struct bpmn_box frame) {
    return (struct bpmn_box){frame.x - MARGIN, frame.y - MARGIN, frame.width + 2 * MARGIN,
                             frame.height + 2 * MARGIN};
}

static void frame_all(struct bpmn_drawing *out, const struct bpmn_process *p) {
    for (uint32_t i = 1; i < p->node_count && out->frame.width == 0; i++)
        out->frame = out->nodes[i];
    for (uint32_t i = 1; i < p->node_count; i++) {
        struct bpmn_box box = out->nodes[i];
        if (box.width > 0 && bpmn_kind_group(p->nodes[i].kind) == BPMN_GROUP_EVENT) {
            box.x -= 400; /* its name is wider, and below */
            box.width += 800;
            box.height += 400;
        }
        grow_frame(&out->frame, box);
        if (p->has_diagram && p->nodes[i].has_label)
            grow_frame(&out->frame, p->nodes[i].label);
    }
    for (uint32_t i = 0; i < p->lane_count; i++)
        grow_frame(&out->frame, out->lanes[i]);
    for (uint32_t i = 0; i < p->flow_count; i++)
        for (size_t k = 0; k < out->flows[i].count; k++)
            grow_frame(&out->frame, (struct bpmn_box){out->flows[i].points[k].x,
                                                      out->flows[i].points[k].y, 1, 1});
    frame_around(&out->frame, p->artifacts, p->has_diagram ? p->artifact_count : 0);
    frame_lines(&out->frame, p->lines, p->has_diagram ? p->line_count : 0);
    out->frame = with_margin(out->frame);
}

bool bpmn_layout_frame(struct bpmn_box *out, const struct bpmn_model *model,
                       const struct bpmn_drawing *drawings, uint32_t diagram) {
    struct bpmn_box frame = {0};
    for (size_t i = 0; i < model->process_count; i++) {
        const struct bpmn_process *p = model->processes[i];
        if (!p->has_diagram || p->diagram != diagram)
            continue;
        if (frame.width == 0)
            frame = drawings[i].frame;
        grow_frame(&frame, drawings[i].frame);
    }
    for (size_t i = 0; i < model->artifact_count; i++)
        if (model->artifacts[i].diagram == diagram)
            frame_around(&frame, &model->artifacts[i], 1);
    for (size_t i = 0; i < model->line_count && frame.width > 0; i++)
        if (model->lines[i].diagram == diagram)
            frame_lines(&frame, &model->lines[i], 1);
    *out = with_margin(frame);
    return frame.width > 0;
}

void bpmn_layout(struct bpmn_drawing *out, const struct bpmn_process *p, struct arena *arena) {
    *out = (struct bpmn_drawing){.nodes = arena_new(arena, struct bpmn_box, p->node_count),
                                 .flows = arena_new(arena, struct bpmn_line, p->flow_count),
                                 .lanes = arena_new(arena, struct bpmn_box, p->lane_count)};
    if (p->has_diagram)
        copy_diagram(out, p, arena);
    else
        lay_out(out, p, arena);
    frame_all(out, p);
}
