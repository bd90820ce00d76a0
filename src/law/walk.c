/* States are (node, clocks). A breadth-first search visits each once; because the number of clock
 * states is small in real procedures (a few hundred), no reduction is needed, and the first path
 * found to a fault is a shortest one, which is the one a person should read. */
#include "law/inner.h"

#include <assert.h>

enum { STATES_ROOM_FIRST = 256 };
static const size_t WALK_BYTES_MAX = (size_t)64 << 20; /* 200,000 states with their doubling */

bool law_walk_init(struct law_walk *w, const struct law_procedure *p, struct budget *budget,
                   struct err *err) {
    *w = (struct law_walk){.p = p, .budget = budget};
    w->arena = arena_create("law walk", WALK_BYTES_MAX);
    if (p->limit_count > LAW_CHECK_CLOCKS_MAX)
        return err_set(err, ERR_LIMIT, p->at, "matter '%.*s' has more than %d limits",
                       STR_ARG(p->matter), LAW_CHECK_CLOCKS_MAX);
    size_t bytes = (p->node_count + p->edge_count) * sizeof(uint32_t);
    if (!budget_spend(budget, (struct cost){p->node_count + p->edge_count, bytes}, err))
        return false;
    w->out_at = arena_new(w->arena, uint32_t, p->node_count + 2);
    w->out = arena_new(w->arena, uint32_t, p->edge_count);
    for (size_t i = 0; i < p->edge_count; i++) {
        assert(p->edges[i].from < p->node_count && p->edges[i].to < p->node_count);
        w->out_at[p->edges[i].from + 2]++;
    }
    for (size_t n = 2; n < p->node_count + 2; n++)
        w->out_at[n] += w->out_at[n - 1];
    for (uint32_t i = 0; i < p->edge_count; i++) /* shifts each start to its place */
        w->out[w->out_at[p->edges[i].from + 1]++] = i;
    return true;
}

void law_walk_done(struct law_walk *w) {
    arena_destroy(w->arena);
    *w = (struct law_walk){0};
}

/* ---- clocks ---- */

static uint64_t with_clock(uint64_t clocks, uint32_t limit, enum law_clock_state state) {
    clocks &= ~(UINT64_C(3) << (2 * limit));
    return clocks | (uint64_t)state << (2 * limit);
}

static bool overall_runs(const struct law_procedure *p, uint64_t clocks) {
    for (uint32_t i = 0; i < p->limit_count; i++)
        if (p->limits[i].overall && law_walk_clock(clocks, i) == LAW_CLOCK_RUNNING)
            return true;
    return false;
}

static uint64_t start_clock(const struct law_procedure *p, uint64_t clocks, uint32_t limit,
                            uint32_t *restarted) {
    enum law_clock_state state = law_walk_clock(clocks, limit);
    if (state == LAW_CLOCK_RUNNING || state == LAW_CLOCK_SUSPENDED)
        return clocks; /* as the engine does: it goes on as it is */
    const struct law_limit *l = &p->limits[limit];
    if (state == LAW_CLOCK_STOPPED && l->holder == LAW_HOLDER_ORGAN && restarted != NULL &&
        *restarted == LAW_NO_LIMIT && (l->overall || !overall_runs(p, clocks)))
        *restarted = limit;
    return with_clock(clocks, limit, LAW_CLOCK_RUNNING);
}

static uint64_t do_acts(const struct law_procedure *p, const struct law_node *node, bool at_leave,
                        uint64_t clocks, uint32_t *restarted) {
    for (size_t i = 0; i < node->act_count; i++) {
        const struct law_clock_act *act = &node->acts[i];
        if (act->at_leave != at_leave)
            continue;
        enum law_clock_state state = law_walk_clock(clocks, act->limit);
        bool alive = state == LAW_CLOCK_RUNNING || state == LAW_CLOCK_SUSPENDED;
        switch (act->verb) {
        case LAW_CLOCK_START: clocks = start_clock(p, clocks, act->limit, restarted); break;
        case LAW_CLOCK_SUSPEND:
            if (state == LAW_CLOCK_RUNNING)
                clocks = with_clock(clocks, act->limit, LAW_CLOCK_SUSPENDED);
            break;
        case LAW_CLOCK_RESUME:
            if (state == LAW_CLOCK_SUSPENDED)
                clocks = with_clock(clocks, act->limit, LAW_CLOCK_RUNNING);
            break;
        case LAW_CLOCK_STOP:
            if (alive)
                clocks = with_clock(clocks, act->limit, LAW_CLOCK_STOPPED);
            break;
        }
    }
    return clocks;
}

/* What was stopped before the applicant's turn may start anew after it. */
static uint64_t forget_stopped(const struct law_procedure *p, uint64_t clocks) {
    for (uint32_t i = 0; i < p->limit_count; i++)
        if (law_walk_clock(clocks, i) == LAW_CLOCK_STOPPED)
            clocks = with_clock(clocks, i, LAW_CLOCK_NONE);
    return clocks;
}

uint64_t law_walk_take(const struct law_walk *w, uint64_t clocks, const struct law_edge *edge,
                       uint32_t *restarted) {
    const struct law_node *from = &w->p->nodes[edge->from], *to = &w->p->nodes[edge->to];
    if (restarted != NULL)
        *restarted = LAW_NO_LIMIT;
    if (!edge->interrupts)
        clocks = do_acts(w->p, from, true, clocks, restarted);
    if (from->applicant && law_takes_time(from))
        clocks = forget_stopped(w->p, clocks);
    return do_acts(w->p, to, false, clocks, restarted);
}

/* ---- states ---- */

static uint64_t hash_state(uint32_t node, uint64_t clocks) {
    uint64_t h = (clocks ^ (uint64_t)node << 40) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static void put_slot(struct law_walk *w, uint32_t number) {
    const struct law_walk_state *s = &w->states[number];
    size_t at = (size_t)hash_state(s->node, s->clocks) & (w->slot_count - 1);
    while (w->slots[at] != 0)
        at = (at + 1) & (w->slot_count - 1);
    w->slots[at] = number + 1;
}

static bool known(const struct law_walk *w, uint32_t node, uint64_t clocks) {
    size_t at = (size_t)hash_state(node, clocks) & (w->slot_count - 1);
    for (; w->slots[at] != 0; at = (at + 1) & (w->slot_count - 1)) {
        const struct law_walk_state *s = &w->states[w->slots[at] - 1];
        if (s->node == node && s->clocks == clocks)
            return true;
    }
    return false;
}

static void grow(struct law_walk *w) {
    size_t room = w->state_room == 0 ? STATES_ROOM_FIRST : 2 * w->state_room;
    struct law_walk_state *states = arena_new(w->arena, struct law_walk_state, room);
    if (w->state_count > 0)
        memcpy(states, w->states, w->state_count * sizeof *states);
    w->states = states;
    w->state_room = room;
    w->slot_count = 2 * room; /* a power of two, at most half full */
    w->slots = arena_new(w->arena, uint32_t, w->slot_count);
    for (uint32_t i = 0; i < w->state_count; i++)
        put_slot(w, i);
}

static bool add_state(struct law_walk *w, uint32_t node, uint64_t clocks, uint32_t parent,
                      struct err *err) {
    if (w->slot_count > 0 && known(w, node, clocks))
        return true;
    if (w->state_count == LAW_CHECK_STATES_MAX)
        return err_set(err, ERR_LIMIT, w->p->at,
                       "matter '%.*s': the checks would look at more than %d states",
                       STR_ARG(w->p->matter), LAW_CHECK_STATES_MAX);
    if (!budget_spend(w->budget, (struct cost){1, sizeof(struct law_walk_state) * 4}, err))
        return false;
    if (w->state_count == w->state_room)
        grow(w);
    w->states[w->state_count] = (struct law_walk_state){clocks, node, parent};
    put_slot(w, (uint32_t)w->state_count++);
    return true;
}

bool law_walk_run(struct law_walk *w, struct err *err) {
    const struct law_procedure *p = w->p;
    assert(p->start < p->node_count);
    uint64_t first = do_acts(p, &p->nodes[p->start], false, 0, NULL);
    if (!add_state(w, p->start, first, UINT32_MAX, err))
        return false;
    for (uint32_t i = 0; i < w->state_count; i++) {
        uint32_t node = w->states[i].node;
        for (uint32_t k = w->out_at[node]; k < w->out_at[node + 1]; k++) {
            const struct law_edge *edge = &p->edges[w->out[k]];
            uint64_t clocks = law_walk_take(w, w->states[i].clocks, edge, NULL);
            if (!add_state(w, edge->to, clocks, i, err))
                return false;
        }
    }
    return true;
}

/* ---- plain reachability ---- */

bool law_walk_reach(bool **seen, struct law_walk *w, uint32_t from, law_passes *passes,
                    bool own_acts_only, struct err *err) {
    const struct law_procedure *p = w->p;
    size_t count = p->node_count;
    if (!budget_spend(w->budget, (struct cost){count + p->edge_count, count * 5}, err))
        return false;
    bool *reached = arena_new(w->arena, bool, count);
    uint32_t *queue = arena_new(w->arena, uint32_t, count + 1);
    size_t head = 0, tail = 0;
    queue[tail++] = from;
    while (head < tail) {
        uint32_t node = queue[head++];
        bool first = head == 1;
        if (!first && !passes(&p->nodes[node]))
            continue;
        for (uint32_t k = w->out_at[node]; k < w->out_at[node + 1]; k++) {
            const struct law_edge *edge = &p->edges[w->out[k]];
            if ((first && own_acts_only && edge->interrupts) || reached[edge->to])
                continue;
            reached[edge->to] = true;
            if (edge->to != from)
                queue[tail++] = edge->to;
        }
    }
    *seen = reached;
    return true;
}

/* ---- paths ---- */

struct law_path law_walk_path(const struct law_walk *w, uint32_t state, uint32_t further) {
    size_t count = further == LAW_NO_LIMIT ? 0 : 1;
    for (uint32_t s = state; s != UINT32_MAX; s = w->states[s].parent)
        count++;
    struct law_path path = {arena_new(w->arena, uint32_t, count), count};
    if (further != LAW_NO_LIMIT)
        path.nodes[--count] = further;
    for (uint32_t s = state; s != UINT32_MAX; s = w->states[s].parent)
        path.nodes[--count] = w->states[s].node;
    return path;
}

bool law_walk_way(struct law_path *out, struct law_walk *w, uint32_t from, uint32_t to,
                  struct err *err) {
    const struct law_procedure *p = w->p;
    *out = (struct law_path){0};
    if (!budget_spend(w->budget, (struct cost){p->node_count, p->node_count * 8}, err))
        return false;
    uint32_t *parent = arena_new(w->arena, uint32_t, p->node_count); /* node + 1; 0: not seen */
    uint32_t *queue = arena_new(w->arena, uint32_t, p->node_count + 1);
    size_t head = 0, tail = 0;
    queue[tail++] = from;
    while (head < tail && parent[to] == 0) {
        uint32_t node = queue[head++];
        for (uint32_t k = w->out_at[node]; k < w->out_at[node + 1]; k++) {
            uint32_t next = p->edges[w->out[k]].to;
            if (parent[next] != 0 || next == from)
                continue;
            parent[next] = node + 1;
            queue[tail++] = next;
        }
    }
    if (from != to && parent[to] == 0)
        return true;
    size_t count = 1;
    for (uint32_t n = to; n != from; n = parent[n] - 1)
        count++;
    *out = (struct law_path){arena_new(w->arena, uint32_t, count), count};
    for (uint32_t n = to; n != from; n = parent[n] - 1)
        out->nodes[--count] = n;
    out->nodes[0] = from;
    return true;
}

/* b begins where a ends. */
struct law_path law_path_join(const struct law_walk *w, struct law_path a, struct law_path b) {
    if (b.count == 0)
        return a;
    struct law_path path = {arena_new(w->arena, uint32_t, a.count + b.count), a.count};
    if (a.count > 0)
        memcpy(path.nodes, a.nodes, a.count * sizeof *a.nodes);
    for (size_t i = a.count > 0 ? 1 : 0; i < b.count; i++)
        path.nodes[path.count++] = b.nodes[i];
    return path;
}

/* ---- findings ---- */

struct str law_node_name(const struct law_node *node, enum lang lang) {
    return node->name.in[lang].len > 0 ? node->name.in[lang] : node->id;
}

static const char *verb_word(enum law_clock_verb verb) {
    static const char *const words[] = {
        [LAW_CLOCK_START] = "starts",
        [LAW_CLOCK_SUSPEND] = "suspends",
        [LAW_CLOCK_RESUME] = "resumes",
        [LAW_CLOCK_STOP] = "stops",
    };
    return words[verb];
}

/* "受理 / Accept (application.bpmn:70), starts decide" */
static struct str step_words(struct arena *arena, const struct law_procedure *p,
                             const struct law_node *node) {
    struct str zh = law_node_name(node, LANG_zh), en = law_node_name(node, LANG_en);
    struct str text =
        arena_printf(arena, "%.*s / %.*s (%s:%u)", STR_ARG(zh), STR_ARG(en),
                     node->at.source != NULL ? node->at.source : "?", (unsigned)node->at.line);
    for (size_t i = 0; i < node->act_count; i++) {
        struct str limit = p->limits[node->acts[i].limit].id;
        text = arena_printf(arena, "%.*s, %s %.*s", STR_ARG(text), verb_word(node->acts[i].verb),
                            STR_ARG(limit));
    }
    return text;
}

static struct str PRINTF_LIKE(2, 0)
    format_text(struct arena *arena, const char *format, va_list args) {
    char text[1000];
    int len = vsnprintf(text, sizeof text, format, args);
    size_t kept = len < 0 ? 0 : MIN_OF((size_t)len, sizeof text - 1);
    return arena_str(arena, (struct str){text, kept});
}

static struct law_finding *add_finding(struct law_findings *out, int proof, struct err_at at) {
    if (out->count == LAW_CHECK_FINDINGS_MAX)
        return NULL;
    if (out->count == out->room) {
        size_t room = out->room == 0 ? 8 : 2 * out->room;
        struct law_finding *list = arena_new(out->arena, struct law_finding, room);
        if (out->count > 0)
            memcpy(list, out->list, out->count * sizeof *list);
        out->list = list;
        out->room = room;
    }
    struct law_finding *f = &out->list[out->count++];
    *f = (struct law_finding){.proof = proof, .at = at};
    return f;
}

void law_report(struct law_findings *out, const struct law_walk *w, int proof,
                const struct law_node *node, struct law_path path, const char *zh, const char *en,
                ...) {
    struct law_finding *f = add_finding(out, proof, node->at);
    if (f == NULL)
        return;
    va_list args, again;
    va_start(args, en);
    va_copy(again, args);
    struct str name_zh = law_node_name(node, LANG_zh), name_en = law_node_name(node, LANG_en);
    struct str text_zh = format_text(out->arena, zh, args);
    struct str text_en = format_text(out->arena, en, again);
    va_end(again);
    va_end(args);
    f->text.in[LANG_zh] =
        arena_printf(out->arena, "步骤“%.*s”：%.*s", STR_ARG(name_zh), STR_ARG(text_zh));
    f->text.in[LANG_en] =
        arena_printf(out->arena, "in '%.*s': %.*s", STR_ARG(name_en), STR_ARG(text_en));
    if (path.count > LAW_CHECK_STEPS_MAX) {
        path.nodes += path.count - LAW_CHECK_STEPS_MAX;
        path.count = LAW_CHECK_STEPS_MAX;
    }
    f->nodes = arena_new(out->arena, uint32_t, path.count);
    f->steps = arena_new(out->arena, struct str, path.count);
    f->step_count = path.count;
    for (size_t i = 0; i < path.count; i++) {
        f->nodes[i] = path.nodes[i];
        f->steps[i] = step_words(out->arena, w->p, &w->p->nodes[path.nodes[i]]);
    }
}

void law_report_plain(struct law_findings *out, int proof, struct err_at at, const char *zh,
                      const char *en, ...) {
    struct law_finding *f = add_finding(out, proof, at);
    if (f == NULL)
        return;
    va_list args, again;
    va_start(args, en);
    va_copy(again, args);
    f->text.in[LANG_zh] = format_text(out->arena, zh, args);
    f->text.in[LANG_en] = format_text(out->arena, en, again);
    va_end(again);
    va_end(args);
}
