/* The positions of events are those of BPMN 2.0.2, table 10.93 and, behind an event-based gateway,
 * 10.6.6; those of activities: once, in each kind of loop (10.3.8), with a boundary event of each
 * kind (10.5.4), compensated, compensating (10.7.1); those of gateways: diverging, converging
 * (10.6). A pair counts when a play came to it: the element was entered, or the event it waited for
 * came. */
#include "bpmn_positions.h"

#include <stdio.h>

#include "base/test.h"
#include "bpmn/sketch_test.h"

enum place {
    AT_START,
    AT_SUB,
    AT_SUB_BESIDE,
    AT_CATCH,
    AT_BEHIND, /* an event-based gateway */
    AT_THROW,
    AT_BOUNDARY,
    AT_BOUNDARY_BESIDE,
    AT_END,
    PLACES
};
enum { EVENTS = BPMN_EVENT_PARALLEL_MULTIPLE + 1 };

/* Words of a sketch, and where the event may stand: a letter for each place, '-' where it may not.
 */
static const struct {
    const char *words, *places;
} events[EVENTS] = {
    [BPMN_EVENT_NONE] = {"", "x----x--x"},
    [BPMN_EVENT_MESSAGE] = {"message m", "xxxxxxxxx"},
    [BPMN_EVENT_TIMER] = {"timer PT1H", "xxxxx-xx-"},
    [BPMN_EVENT_ERROR] = {"error E1", "-x----x-x"},
    [BPMN_EVENT_TERMINATE] = {"terminate", "--------x"},
    [BPMN_EVENT_LINK] = {"link l", "---x-x---"},
    [BPMN_EVENT_SIGNAL] = {"signal s", "xxxxxxxxx"},
    [BPMN_EVENT_ESCALATION] = {"escalation C1", "-xx--xxxx"},
    [BPMN_EVENT_COMPENSATION] = {"compensate *", "-x---xx-x"},
    [BPMN_EVENT_CANCEL] = {"cancel", "------x-x"},
    [BPMN_EVENT_CONDITIONAL] = {"when \"x = 1\"", "xxxxx-xx-"},
    [BPMN_EVENT_MULTIPLE] = {"message m signal s", "xxxxxxxxx"},
    [BPMN_EVENT_PARALLEL_MULTIPLE] = {"message m signal s all-of", "xxxxx-xx-"},
};
/* The event's words stand where the '@' is. */
static const struct {
    const char *name, *model;
} places[PLACES] = {
    [AT_START] = {"start of a process", "start i @\nuser a\nend e\ni > a > e"},
    [AT_SUB] = {"start of an event sub-process",
                "start i\nuser a\nend e\ni > a > e\nevent-sub h {\nstart k @\nend o\nk > o\n}"},
    [AT_SUB_BESIDE] = {"start of an event sub-process that does not interrupt",
                       "start i\nuser a\nend e\ni > a > e\nevent-sub h {\nstart k @ beside\n"
                       "end o\nk > o\n}"},
    [AT_CATCH] = {"intermediate catching", "start i\ncatch c @\nend e\ni > c > e"},
    [AT_BEHIND] = {"behind an event-based gateway",
                   "start i\nevent-based g\ncatch c @\ncatch d message n\nend e\ni > g > c > e\n"
                   "g > d > e"},
    [AT_THROW] = {"intermediate throwing", "start i\nthrow c @\nend e\ni > c > e"},
    [AT_BOUNDARY] = {"boundary",
                     "start i\nuser a\nboundary b on a @\nend e\nend o\ni > a > e\nb > o"},
    [AT_BOUNDARY_BESIDE] = {"boundary that does not interrupt",
                            "start i\nuser a\nboundary b on a @ beside\nend e\nend o\n"
                            "i > a > e\nb > o"},
    [AT_END] = {"end", "start i\nuser a\nend e @\ni > a > e"},
};

/* --- activities and gateways
 * ------------------------------------------------------------------------------------- */
enum way {
    ONCE,
    IN_LOOP,
    IN_PARALLEL,
    IN_SEQUENCE,
    INTERRUPTED,
    WITH_EVENT_BESIDE,
    COMPENSATED,
    COMPENSATES,
    WAYS
};
static const char *const ways[WAYS] = {
    [ONCE] = "once",
    [IN_LOOP] = "in a standard loop",
    [IN_PARALLEL] = "multi-instance in parallel",
    [IN_SEQUENCE] = "multi-instance in sequence",
    [INTERRUPTED] = "interrupted by a boundary event",
    [WITH_EVENT_BESIDE] = "with a boundary event that does not interrupt",
    [COMPENSATED] = "compensated",
    [COMPENSATES] = "as a compensation handler",
};
/* Passed at once: nothing can come while they are carried out. */
static bool never_waits(enum bpmn_kind kind) {
    return kind == BPMN_TASK || kind == BPMN_MANUAL_TASK;
}

static bool is_activity(enum bpmn_kind kind) {
    return bpmn_kind_group(kind) == BPMN_GROUP_WORK || kind == BPMN_SUB_PROCESS ||
           kind == BPMN_TRANSACTION || kind == BPMN_AD_HOC;
}

enum shape { DIVERGES, CONVERGES, STARTS, STARTS_BY_ALL, SHAPES };
static const char *const shapes[SHAPES] = {"diverging", "converging", "that starts the process",
                                           "that starts the process, with all its events"};

static bool has_shape(enum bpmn_kind kind, enum shape shape) {
    if (shape == STARTS || shape == STARTS_BY_ALL)
        return kind == BPMN_EVENT_BASED;
    return shape == DIVERGES || kind != BPMN_EVENT_BASED;
}

static struct {
    int events[EVENTS][PLACES], activities[BPMN_KINDS][WAYS], gateways[BPMN_KINDS][SHAPES],
        kinds[BPMN_KINDS];
} seen;

/* --- seeing
 * -------------------------------------------------------------------------------------------------
 */
static enum place place_of(const struct bpmn_process *p, const struct bpmn_node *node) {
    switch (node->kind) {
    case BPMN_START:
        return node->parent == 0                                              ? AT_START
               : p->nodes[node->parent].kind != BPMN_EVENT_SUB_PROCESS        ? AT_START
               : node->interrupting || node->event == BPMN_EVENT_COMPENSATION ? AT_SUB
                                                                              : AT_SUB_BESIDE;
    case BPMN_CATCH:
        return node->in_count > 0 && p->nodes[p->flows[node->in[0]].from].kind == BPMN_EVENT_BASED
                   ? AT_BEHIND
                   : AT_CATCH;
    case BPMN_THROW: return AT_THROW;
    case BPMN_END: return AT_END;
    default: return node->interrupting ? AT_BOUNDARY : AT_BOUNDARY_BESIDE;
    }
}

static void see_activity(const struct bpmn_node *node, enum bpmn_as as) {
    if (as == BPMN_AS_ELEMENT)
        seen.activities[node->kind][ONCE]++;
    if (as != BPMN_AS_BODY)
        return;
    seen.activities[node->kind][node->loop->kind == BPMN_LOOP_STANDARD   ? IN_LOOP
                                : node->loop->kind == BPMN_LOOP_PARALLEL ? IN_PARALLEL
                                                                         : IN_SEQUENCE]++;
}

static void see_entered(const struct bpmn_process *p, const struct bpmn_node *node,
                        enum bpmn_as as) {
    seen.kinds[node->kind]++;
    if (is_activity(node->kind))
        see_activity(node, as);
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_GATEWAY) {
        int *row = seen.gateways[node->kind];
        row[DIVERGES] += node->out_count > 1;
        row[CONVERGES] += node->in_count > 1;
        row[STARTS] += node->instantiates && !node->parallel_events;
        row[STARTS_BY_ALL] += node->instantiates && node->parallel_events;
    }
    if (node->kind == BPMN_BOUNDARY)
        seen.activities[p->nodes[node->attached_to].kind]
                       [node->interrupting ? INTERRUPTED : WITH_EVENT_BESIDE]++;
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_EVENT && node->kind != BPMN_CATCH)
        seen.events[node->event][place_of(p, node)]++;
}

void positions_see(const struct bpmn_process *process, const struct bpmn_records *records) {
    for (size_t i = 0; i < records->count; i++) {
        const struct bpmn_record *r = &records->list[i];
        const struct bpmn_node *node = r->kind == BPMN_REC_TAKEN ? NULL : &process->nodes[r->node];
        if (r->kind == BPMN_REC_ENTERED)
            see_entered(process, node, (enum bpmn_as)r->code);
        if (r->kind == BPMN_REC_LEFT && node->kind == BPMN_CATCH) /* what it waited for came */
            seen.events[node->event][place_of(process, node)]++;
        if (r->kind != BPMN_REC_COMPENSATED)
            continue;
        seen.activities[node->kind][COMPENSATED]++;
        if (node->handler == BPMN_NONE ||
            process->nodes[node->handler].kind == BPMN_EVENT_SUB_PROCESS)
            continue;
        seen.events[BPMN_EVENT_COMPENSATION][AT_BOUNDARY]++;
        seen.activities[process->nodes[node->handler].kind][COMPENSATES]++;
    }
}

/* --- what is missing
 * ------------------------------------------------------------------------------------------- */
static void missing(const char *what, const char *where) {
    char text[200];
    (void)snprintf(text, sizeof text, "a scenario has: %s, %s", what, where);
    test_failed(__FILE__, __LINE__, text, NULL);
}

static void check_refused(enum bpmn_event event, enum place place) {
    struct arena *arena = arena_create("position", 64 << 20);
    struct bpmn_process *process;
    struct err err = {0};
    struct buf text;
    const char *model = places[place].model, *at = strchr(model, '@');
    buf_init(&text, 2000);
    buf_add(&text, (struct str){model, (size_t)(at - model)});
    buf_add(&text, str_from(events[event].words));
    buf_add(&text, str_from(at + 1));
    if (sketch_read(&process, buf_view(&text), arena, &err)) {
        char what[200];
        (void)snprintf(what, sizeof what, "refused: %s event, %s", bpmn_event_name(event),
                       places[place].name);
        test_failed(__FILE__, __LINE__, what, NULL);
    }
    buf_done(&text);
    arena_destroy(arena);
}

void positions_check(void) {
    static const char *const names[BPMN_KINDS] = {
#define NODE(kind, element, group) [BPMN_##kind] = #kind,
#include "bpmn/nodes.def"
#undef NODE
    };
    for (int e = 0; e < EVENTS; e++)
        for (int p = 0; p < PLACES; p++) {
            if (events[e].places[p] == '-')
                check_refused((enum bpmn_event)e, (enum place)p);
            else if (seen.events[e][p] == 0)
                missing(bpmn_event_name((enum bpmn_event)e), places[p].name);
        }
    for (int k = 0; k < BPMN_KINDS; k++) {
        for (int w = 0; w < WAYS && is_activity((enum bpmn_kind)k); w++)
            if (seen.activities[k][w] == 0 &&
                !(never_waits((enum bpmn_kind)k) && (w == INTERRUPTED || w == WITH_EVENT_BESIDE)))
                missing(names[k], ways[w]);
        bool gateway = bpmn_kind_group((enum bpmn_kind)k) == BPMN_GROUP_GATEWAY;
        for (int s = 0; s < SHAPES && gateway; s++)
            if (has_shape((enum bpmn_kind)k, (enum shape)s) && seen.gateways[k][s] == 0)
                missing(names[k], shapes[s]);
        if (k != BPMN_PROCESS && seen.kinds[k] == 0)
            missing(names[k], "at all");
    }
}
