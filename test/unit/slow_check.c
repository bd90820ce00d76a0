/* Soundness of small models by looking at every state that the slow interpreter can reach. */
#include <stdio.h>
#include <stdlib.h>

#include "slow.h"

enum { STATES_MAX = 1500, ARCS_MAX = 60000, KEY_MAX = 4000, SAME_MAX = 8 };

struct space {
    struct slow_state states[STATES_MAX];
    char keys[STATES_MAX][KEY_MAX];
    int count;
    int from[ARCS_MAX], to[ARCS_MAX], arc_count;
    bool ends[STATES_MAX]; /* the end can be reached from it */
    bool full;
};

static int cmp_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What can be compensated in it, what is being compensated, how often it was carried out, which
 * tokens its complex gateways took. */
static void key_past(struct buf *out, const struct slow_state *s, int id) {
    for (int i = 0; i < s->done_count; i++)
        if (s->done[i].scope == id)
            buf_printf(out, "d%d", s->done[i].node);
    for (int i = 0; i < s->undo_count; i++)
        if (s->undo[i].scope == id)
            buf_printf(out, "u%d", s->undo[i].node);
    for (int i = 0; i < s->gate_count; i++)
        if (s->gates[i].scope == id)
            buf_printf(out, "g%d", s->gates[i].flow);
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].id == id)
            buf_printf(out, "a%d,%d%s%s", (int)s->live[i].as,
                       s->live[i].total > 0 ? s->live[i].total - s->live[i].begun
                                            : s->live[i].begun,
                       s->live[i].closed ? "c" : "", s->live[i].escalated ? "e" : "");
}

/* What the state is, but for the numbers of its elements and the times: each element with what it
 * waits for and what is in it, brothers in the order of their texts. */
static void key_of(struct buf *out, const struct slow_state *s, int id, int depth) {
    char *parts[LIVE_MAX + TOKENS_MAX];
    int count = 0;
    const struct slow_live *me = &s->live[0];
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].id == id)
            me = &s->live[i];
    buf_printf(out, "%d%s", me->node, me->stop != NULL ? "!" : "");
    for (int n = 1; n < s->m->node_count; n++)
        if (slow_waits(s, id, n))
            buf_printf(out, "w%d,%d", n, slow_older(s, id, n));
    key_past(out, s, id);
    for (int i = 1; i < s->live_count && depth < 12; i++) {
        struct buf part;
        if (s->live[i].scope != id)
            continue;
        buf_init(&part, KEY_MAX);
        key_of(&part, s, s->live[i].id, depth + 1);
        parts[count] = calloc(1, KEY_MAX);
        memcpy(parts[count++], part.at, part.len);
        buf_done(&part);
    }
    for (int i = 0; i < s->token_count; i++)
        if (s->tokens[i].scope == id) {
            parts[count] = calloc(1, 24);
            (void)snprintf(parts[count++], 24, "t%d", s->tokens[i].flow);
        }
    qsort(parts, (size_t)count, sizeof *parts, cmp_text);
    buf_lit(out, "(");
    for (int i = 0; i < count; i++) {
        buf_printf(out, "%s,", parts[i]);
        free(parts[i]);
    }
    buf_lit(out, ")");
}

static void look(struct slow_sound *out, const struct slow_state *s) {
    for (int i = 1; i < s->live_count; i++) {
        int same = 0;
        for (int k = 1; k < i; k++)
            same += s->live[k].node == s->live[i].node && s->live[k].as == s->live[i].as &&
                    s->live[k].scope == s->live[i].scope;
        out->twice[s->live[i].node] =
            out->twice[s->live[i].node] || (same > 0 && s->live[i].as != AS_INNER);
        out->unbounded = out->unbounded || (same >= SAME_MAX && s->live[i].as != AS_INNER);
    }
    for (int i = 0; i < s->token_count; i++) {
        int same = 0;
        for (int k = 0; k < i; k++)
            same +=
                s->tokens[k].flow == s->tokens[i].flow && s->tokens[k].scope == s->tokens[i].scope;
        out->unbounded = out->unbounded || same >= SAME_MAX;
    }
}

/* The number of the state, new or known; -1 when there is no room. */
static int number_of(struct space *space, const struct slow_state *s) {
    struct buf key;
    int found = 0;
    char text[KEY_MAX] = "end";
    buf_init(&key, KEY_MAX - 1);
    if (s->ended == NULL) {
        key_of(&key, s, 1, 0);
        memcpy(text, key.at, key.len);
        text[key.len] = 0;
    }
    space->full = space->full || key.full;
    buf_done(&key);
    while (found < space->count && strcmp(space->keys[found], text) != 0)
        found++;
    if (found < space->count)
        return found;
    if (space->count == STATES_MAX) {
        space->full = true;
        return -1;
    }
    space->states[found] = *s;
    memcpy(space->keys[found], text, sizeof text);
    space->ends[found] = s->ended != NULL;
    return space->count++;
}

/* One step with these answers. False: nobody would catch the error that it throws. */
static bool try_answers(struct slow_sound *out, struct space *space, int from,
                        const struct slow_state *before, struct slow_input input,
                        struct slow_oracle *oracle) {
    struct slow_state s = *before;
    oracle->asked = 0;
    s.oracle = oracle;
    slow_step(&s, input);
    if (s.too_much) {
        space->full = true;
        return true;
    }
    for (int i = s.done_count - 2; i >= 0; i--) /* once is enough to compensate */
        for (int k = i + 1; k < s.done_count; k++)
            if (s.done[i].scope == s.done[k].scope && s.done[i].node == s.done[k].node) {
                s.done_count--;
                memmove(&s.done[i], &s.done[i + 1], (size_t)(s.done_count - i) * sizeof s.done[0]);
                break;
            }
    for (int i = 0; i < s.live_count; i++)
        if ((input.verb == IN_ERROR || input.verb == IN_CALL_ERROR) &&
            s.live[i].node == input.node && s.live[i].stop != NULL)
            return false;
    for (int i = 0; i < s.log->count; i++) {
        int64_t label;
        if (s.log->list[i][0] != '+' || !str_to_i64(&label, str_from(s.log->list[i] + 2)))
            continue;
        for (int node = 1; node < s.m->node_count; node++)
            if (s.m->nodes[node].label == label)
                out->happened[node] = true;
    }
    look(out, &s);
    int to = number_of(space, &s);
    if (to < 0 || from < 0)
        return true;
    if (space->arc_count == ARCS_MAX) {
        space->full = true;
        return true;
    }
    space->from[space->arc_count] = from;
    space->to[space->arc_count++] = to;
    return true;
}

/* One step, with every combination of answers to what it asks. */
static void try_input(struct slow_sound *out, struct space *space, int from,
                      const struct slow_state *before, struct slow_input input) {
    struct slow_oracle oracle = {0};
    for (;;) {
        if (space->full || !try_answers(out, space, from, before, input, &oracle))
            return;
        int last = oracle.asked;
        for (int i = oracle.given; i < last; i++)
            oracle.answers[i] = 0;
        while (last > 0 && oracle.answers[last - 1] + 1 == oracle.ways[last - 1])
            last--;
        if (last == 0)
            return;
        oracle.answers[last - 1]++;
        oracle.given = last;
    }
}

static bool escalated(const struct slow_state *s, struct slow_input input) {
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].node == input.node && --input.nth == 0)
            return s->live[i].escalated;
    return false;
}

static bool stands_at_choice(const struct slow_state *s, struct slow_input input) {
    for (int i = 0; i < s->live_count; i++)
        if (s->live[i].node == input.node && --input.nth == 0)
            return s->live[i].stop != NULL && strcmp(s->live[i].stop, "pick") == 0;
    return false;
}

/* Every input that can come: jobs and tasks are done, errors are thrown, events happen. What stands
 * at a choice goes on first. */
static void expand(struct slow_sound *out, struct space *space, int place) {
    static struct slow_state s; /* large */
    struct slow_input list[400];
    s = space->states[place];
    int count = slow_inputs(list, 400, &s);
    for (int i = 0; i < count; i++)
        if (list[i].verb == IN_RETRY && stands_at_choice(&s, list[i])) {
            try_input(out, space, place, &s, list[i]);
            return;
        }
    for (int i = 0; i < count && !space->full && !out->unbounded; i++) {
        if (list[i].verb == IN_FAIL || list[i].verb == IN_RETRY || list[i].verb == IN_ERROR ||
            list[i].verb == IN_CALL_ERROR)
            continue;
        try_input(out, space, place, &s, list[i]);
        if (list[i].verb != IN_DO && list[i].verb != IN_JOB && list[i].verb != IN_CALLED)
            continue;
        struct slow_input error = list[i];
        error.verb = IN_ERROR;
        for (error.name = 0; error.name < 3; error.name++) /* only "all" catches the last */
            try_input(out, space, place, &s, error);
        error.verb = IN_CALL_ERROR; /* a called process escalates too */
        error.number = 1;
        for (error.name = 0; error.name < 3 && list[i].verb == IN_CALLED && !escalated(&s, error);
             error.name++)
            try_input(out, space, place, &s, error);
    }
}

void slow_check(struct slow_sound *out, const struct slow_model *model) {
    static struct space space; /* large */
    static struct slow_state first;
    static struct slow_log log;
    *out = (struct slow_sound){0};
    space.count = space.arc_count = 0;
    space.full = false;
    slow_begin(&first, model, &log);
    try_input(out, &space, -1, &first, (struct slow_input){.verb = IN_START, .variable = NO_VALUE});
    for (int i = 0; i < space.count && !space.full && !out->unbounded; i++)
        if (space.states[i].ended == NULL)
            expand(out, &space, i);
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < space.arc_count; i++)
            if (space.ends[space.to[i]] && !space.ends[space.from[i]])
                more = space.ends[space.from[i]] = true;
    }
    for (int i = 0; i < space.count; i++)
        out->stuck = out->stuck || !space.ends[i];
    out->decided = !space.full || out->unbounded;
    out->states = space.count;
}
