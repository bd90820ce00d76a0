/* The state space of a process, breadth first, so that the path to a fault is a shortest one.
 *
 * 1. The engine itself makes the moves (struct oracle in engine.h), so that what is checked is what
 *    runs. A state is what the engine has when everything waits. A move is made with every
 *    combination of answers to the choices on its way; a gateway that is to choose a second time
 *    waits, so a loop that never waits for the world is still a finite graph.
 * 2. Two states are the same when they differ only in the numbers of their instances: the key is
 *    the tree of live elements with what they wait for, brothers sorted, and what is known of
 *    variables (sound_known.h).
 * 3. Stuck states are those from which no arc leads, over any way, to an end: found backwards. */
#include <inttypes.h>

#include "bpmn/sound_space.h"

enum {
    STATE_BYTES_MAX = 1 << 20, /* of one encoded state, or of its key */
    DIVE_STATES_MAX = 20000,   /* when there are too many: of those in which tokens may pile up */
    DIVE_SIZE_MAX = 256,       /* of a state; fuller ones count as this */
    SCRATCH_MAX = 64 << 20,    /* of one move */
};
/* In place of a call activity's number in its body: its process has escalated, and does so once. */
#define ESCALATED UINT32_MAX

/* --- keys
 * ---------------------------------------------------------------------------------------------------
 */
static int cmp_str(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Is what it waits for known by a name alone, without values of the case? */
static bool is_named(const struct space *s, const struct bpmn_wait *wait) {
    const struct bpmn_node *node = &s->p->nodes[wait->node];
    return node->code_expr.text.at == NULL && node->message.program == NULL &&
           !node->message.variable && node->key.text.at == NULL &&
           wait->event != BPMN_EVENT_CONDITIONAL && node->event != BPMN_EVENT_MULTIPLE &&
           node->event != BPMN_EVENT_PARALLEL_MULTIPLE;
}

/* How many older ones wait for the same: what comes goes to the oldest, or to all by age. */
static uint32_t rank_of(const struct space *s, const struct bpmn_state *state, uint32_t index) {
    const struct bpmn_wait *wait = &state->waits.list[index];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < index && is_named(s, wait); i++) {
        const struct bpmn_wait *older = &state->waits.list[i];
        rank +=
            older->event == wait->event && str_eq(older->name, wait->name) && is_named(s, older);
    }
    return rank;
}

/* What the instance waits for, by node, and who waits longer for the same. */
static void key_arms(struct buf *out, const struct space *s, const struct bpmn_state *state,
                     uint32_t id) {
    for (uint32_t i = 0; i < state->timers.count; i++)
        if (state->timers.list[i].instance == id)
            bytes_add_u64(out, state->timers.list[i].node * UINT64_C(2));
    for (uint32_t i = 0; i < state->waits.count; i++)
        if (state->waits.list[i].instance == id) {
            bytes_add_u64(out, state->waits.list[i].node * UINT64_C(2) + 1);
            bytes_add_u64(out, rank_of(s, state, i));
        }
}

/* What can be compensated in the scope, what is being compensated, how far a loop is, and what its
 * complex gateways have taken. */
static void key_past(struct buf *out, const struct bpmn_state *state, uint32_t id) {
    for (uint32_t i = 0; i < state->done.count; i++)
        if (state->done.list[i].scope == id)
            buf_printf(out, "d%" PRIu32, state->done.list[i].node);
    for (uint32_t i = 0; i < state->undoing.count; i++)
        if (state->undoing.list[i].scope == id)
            buf_printf(out, "u%" PRIu32 "%s", state->undoing.list[i].node,
                       state->undoing.list[i].waits != 0 ? "w" : "");
    for (uint32_t i = 0; i < state->loops.count; i++)
        if (state->loops.list[i].instance == id)
            buf_printf(out, "l%" PRId64,
                       state->loops.list[i].total < 0
                           ? (int64_t)state->loops.list[i].begun
                           : (int64_t)state->loops.list[i].total - state->loops.list[i].begun);
    for (uint32_t i = 0; i < state->spent.count; i++)
        if (state->spent.list[i].scope == id)
            buf_printf(out, "g%" PRIu32, state->spent.list[i].flow);
}

static struct str key_of(struct space *s, const struct bpmn_state *state, uint32_t id, int depth) {
    const struct bpmn_instance *row = bpmn_instance(state, id);
    struct str *parts = arena_new(s->scratch, struct str, row->live + 1);
    size_t count = 0;
    struct buf out;
    buf_init(&out, STATE_BYTES_MAX);
    for (uint32_t i = 0; depth < BPMN_DEPTH_MAX + 2 && i < state->instances.count; i++)
        if (state->instances.list[i].scope == id)
            parts[count++] = key_of(s, state, state->instances.list[i].id, depth + 1);
    for (uint32_t i = 0; i < state->parked.count; i++)
        if (state->parked.list[i].scope == id) {
            buf_reset(&out);
            buf_lit(&out, "t");
            bytes_add_u64(&out, state->parked.list[i].flow);
            parts[count++] = arena_str(s->scratch, buf_view(&out));
        }
    qsort(parts, count, sizeof *parts, cmp_str);
    buf_reset(&out);
    bytes_add_u64(&out, row->node);
    bytes_add_u64(&out, row->incident);
    bytes_add_u64(&out, row->as * UINT64_C(16) + row->closing + (row->counter == ESCALATED) * 8u);
    key_arms(&out, s, state, id);
    key_past(&out, state, id);
    buf_lit(&out, "(");
    for (size_t i = 0; i < count; i++)
        bytes_add_str(&out, parts[i]);
    buf_lit(&out, ")");
    struct str key = arena_str(s->scratch, buf_view(&out));
    buf_done(&out);
    return key;
}

/* --- looking at a state
 * ------------------------------------------------------------------------------------- */
/* Two live instances of one node in one scope, or tokens that pile up before a join. */
static void look(struct space *s, const struct bpmn_state *state, uint32_t place) {
    for (uint32_t i = 0; i < state->instances.count; i++) {
        const struct bpmn_instance *a = &state->instances.list[i];
        uint32_t same = 0;
        if (a->as == BPMN_AS_INNER) /* several at once are what it is for */
            continue;
        for (uint32_t k = 0; k < i; k++)
            same += state->instances.list[k].node == a->node &&
                    state->instances.list[k].as == a->as &&
                    state->instances.list[k].scope == a->scope;
        if (same > 0 && s->twice_at[a->node] == 0)
            s->twice_at[a->node] = place + 1;
        s->unbounded = s->unbounded || same >= s->tokens_max;
    }
    for (uint32_t i = 0; i < state->parked.count; i++) {
        uint32_t same = 0;
        for (uint32_t k = 0; k < i; k++)
            same += state->parked.list[k].flow == state->parked.list[i].flow &&
                    state->parked.list[k].scope == state->parked.list[i].scope;
        s->unbounded = s->unbounded || same >= s->tokens_max;
    }
}

static void *grow(struct arena *arena, void *list, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return list;
    *room = *room == 0 ? 64 : *room * 2;
    void *bigger = arena_alloc(arena, *room, size, alignof(max_align_t));
    if (count > 0)
        memcpy(bigger, list, count * size);
    return bigger;
}

static void add_arc(struct space *s, uint32_t from, uint32_t to) {
    s->arcs = grow(s->arena, s->arcs, s->arc_count, &s->arc_room, sizeof *s->arcs);
    s->arcs[s->arc_count] = (struct arc){from, s->places[to].arcs_in};
    s->places[to].arcs_in = (uint32_t)s->arc_count++;
}

static void note(struct space *s) {
    for (size_t i = 0; i < s->records.count; i++) {
        const struct bpmn_record *record = &s->records.list[i];
        if (record->kind == BPMN_REC_ENTERED)
            s->entered[record->node] = 1;
        else if (record->kind == BPMN_REC_LEFT)
            s->left[record->node] = 1;
        else if (record->kind == BPMN_REC_TAKEN)
            s->taken[record->node] = 1;
    }
}

bool space_happened(const struct space *s, uint32_t node) {
    struct stand_in at = {STANDS_FOR_ENTERED, node};
    if (s->reduced != NULL && s->reduced->nodes[node].by != STANDS_ITSELF)
        at = s->reduced->nodes[node];
    for (;;) { /* what stands for it may have been taken out later */
        bool flow = at.by == STANDS_FOR_FLOW;
        const struct stand_in *next = s->reduced == NULL ? NULL
                                      : flow             ? &s->reduced->flows[at.other]
                                                         : &s->reduced->nodes[at.other];
        if (next == NULL || next->by == STANDS_ITSELF)
            return flow ? s->taken[at.other] != 0
                        : (at.by == STANDS_FOR_LEFT ? s->left : s->entered)[at.other] != 0;
        at = *next;
    }
}

static void add_steps(struct space *s, struct place *place) {
    place->steps = arena_new(s->arena, uint32_t, s->records.count);
    place->flows = arena_new(s->arena, uint32_t, s->records.count);
    for (size_t i = 0; i < s->records.count; i++) {
        const struct bpmn_record *record = &s->records.list[i];
        if (record->kind != BPMN_REC_ENTERED)
            continue;
        bool inner = record->code != 0 || record->n < 0; /* n is no flow */
        place->flows[place->step_count] = inner ? BPMN_NONE : (uint32_t)record->n;
        place->steps[place->step_count++] = record->node;
    }
}

static void add_notes(struct space *s, struct place *place, const struct oracle *oracle) {
    struct oracle_note *notes = arena_new(s->arena, struct oracle_note, oracle->note_count);
    for (uint32_t i = 0; i < oracle->note_count; i++)
        notes[i] =
            (struct oracle_note){oracle->notes[i].node, arena_str(s->arena, oracle->notes[i].text)};
    place->notes = notes;
    place->note_count = oracle->note_count;
}

/* The key of the state with what is known in it. */
static struct str whole_key(struct space *s, const struct bpmn_state *state,
                            const struct oracle_facts *facts) {
    struct str key = key_of(s, state, 1, 0);
    if (s->known == NULL || s->known->tracked == 0)
        return key;
    char *whole = arena_new(s->scratch, char, key.len + ORACLE_TERMS_MAX);
    memcpy(whole, key.at, key.len);
    memcpy(whole + key.len, facts->of, ORACLE_TERMS_MAX);
    return (struct str){whole, key.len + ORACLE_TERMS_MAX};
}

/* The place of this state, new or known; the arc to it. */
static bool arrive(struct space *s, const struct bpmn_state *state, const struct oracle *oracle,
                   uint32_t from) {
    bool ended = state->ending != 0;
    struct oracle_facts facts = {0};
    if (s->known != NULL && !ended)
        facts = known_trim(s->known, oracle->facts, s->p, state);
    struct str key = ended ? STR("end") : whole_key(s, state, &facts);
    note(s);
    const size_t *known = map_find(&s->seen, key);
    if (known != NULL) {
        if (from != BPMN_NONE)
            add_arc(s, from, (uint32_t)*known);
        return true;
    }
    buf_reset(&s->bytes);
    if (!ended && !bpmn_state_encode(&s->bytes, state, s->err))
        return false;
    if (!budget_spend(s->budget, (struct cost){10, s->bytes.len + key.len + sizeof(struct place)},
                      s->err))
        return false;
    s->places = grow(s->arena, s->places, s->place_count, &s->place_room, sizeof *s->places);
    struct place place = {.bytes = arena_str(s->arena, buf_view(&s->bytes)),
                          .parent = from,
                          .facts = facts,
                          .size = state->instances.count + state->parked.count,
                          .arcs_in = BPMN_NONE,
                          .ended = ended};
    add_steps(s, &place);
    add_notes(s, &place, oracle);
    uint32_t index = (uint32_t)s->place_count++;
    s->places[index] = place;
    look(s, state, index);
    (void)map_put(&s->seen, arena_str(s->arena, key), index);
    if (from != BPMN_NONE)
        add_arc(s, from, index);
    return true;
}

/* --- moves
 * ----------------------------------------------------------------------------------------------------
 */
enum move_kind { MOVE_START, MOVE_DONE, MOVE_PICK, MOVE_TIMER, MOVE_WAIT, MOVE_SIGNAL, MOVE_THROW };
struct move {
    enum move_kind kind;
    uint32_t id;     /* instance; timer or subscription */
    uint32_t node;   /* start event, 0: the plain start; MOVE_THROW: enum bpmn_event */
    struct str code; /* of an error; of a signal its name */
};

/* An event that does not interrupt comes once for each activity: its subscription ends with it. */
static void close_wait(struct bpmn_state *state, uint32_t id) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->waits.count; i++)
        if (state->waits.list[i].id != id)
            state->waits.list[kept++] = state->waits.list[i];
    state->waits.count = kept;
}

/* A signal goes to all that wait for it. */
static bool run_signal(struct run *run, struct str name) {
    struct bpmn_state *state = run->state;
    uint32_t *waited = arena_new(run->arena, uint32_t, state->waits.count), count = 0;
    for (uint32_t i = 0; i < state->waits.count; i++)
        if (state->waits.list[i].event == BPMN_EVENT_SIGNAL &&
            str_eq(state->waits.list[i].name, name))
            waited[count++] = state->waits.list[i].id;
    struct bpmn_input input = {.kind = BPMN_IN_SIGNAL, .name = name};
    if (!run_apply(run, &input))
        return false;
    for (uint32_t i = 0; i < count; i++)
        close_wait(state, waited[i]);
    return true;
}

static bool run_move(struct run *run, const struct move *move) {
    bool caught;
    switch (move->kind) {
    case MOVE_START: {
        struct bpmn_input input = {.kind = BPMN_IN_START, .node = move->node};
        return run_apply(run, &input);
    }
    case MOVE_DONE: return run_leave(run, move->id) && run_settle(run);
    case MOVE_PICK: {
        struct bpmn_input input = {.kind = BPMN_IN_RETRY, .id = move->id};
        return run_apply(run, &input);
    }
    case MOVE_TIMER: return run_fire_timer(run, move->id) && run_settle(run);
    case MOVE_WAIT:
        for (uint32_t i = 0; i < run->state->waits.count; i++) {
            struct bpmn_wait wait = run->state->waits.list[i];
            if (wait.id != move->id)
                continue;
            bool ok = run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_MET,
                                                         .instance = wait.instance,
                                                         .node = wait.node,
                                                         .ref = wait.id});
            close_wait(run->state, wait.id);
            return ok && run_trigger(run, wait.instance, wait.node, feel_null()) && run_settle(run);
        }
        return true;
    case MOVE_SIGNAL: return run_signal(run, move->code);
    case MOVE_THROW:
        if (move->node == BPMN_EVENT_ESCALATION)
            run_instance(run, move->id)->counter = ESCALATED;
        return run_throw(&caught, run, move->id, (enum bpmn_event)move->node, move->code,
                         feel_null()) &&
               run_settle(run);
    }
    return true;
}

/* Of an activity that completed several times in a scope the last time is enough to compensate:
 * otherwise the states of a loop would be without end. */
static void forget(struct bpmn_state *state) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->done.count; i++) {
        bool later = false;
        for (uint32_t k = i + 1; k < state->done.count && !later; k++)
            later = state->done.list[k].scope == state->done.list[i].scope &&
                    state->done.list[k].node == state->done.list[i].node;
        if (!later)
            state->done.list[kept++] = state->done.list[i];
    }
    state->done.count = kept;
}

/* One move from the state that is being expanded (bytes empty: from nothing), with these answers.
 */
static bool try_answers(struct space *s, struct str bytes, const struct move *move,
                        struct oracle *oracle) {
    struct arena_mark mark = arena_mark(s->scratch);
    struct bpmn_state state;
    struct bytes_reader in = {.in = bytes};
    bpmn_state_init(&state, s->scratch);
    if (bytes.len > 0 && !bpmn_state_decode(&state, &in, s->p, s->scratch, s->err))
        return false;
    struct bpmn_env env = {0};
    s->records = (struct bpmn_records){.arena = s->scratch};
    struct run run = {.out = &s->records,
                      .state = &state,
                      .process = s->p,
                      .env = &env,
                      .arena = s->scratch,
                      .budget = s->budget,
                      .err = s->err,
                      .oracle = oracle};
    oracle->asked = oracle->note_count = 0;
    oracle->facts = (struct oracle_facts){0};
    if (bytes.len > 0)
        oracle->facts = s->places[s->expanding].facts;
    bool ok = run_move(&run, move);
    forget(&state);
    ok = ok && arrive(s, &state, oracle, s->expanding);
    s->records = (struct bpmn_records){0};
    arena_rewind(s->scratch, mark);
    return ok;
}

/* The move, with every combination of answers to what it asks: like the digits of a counter. */
static bool try_move(struct space *s, struct str bytes, struct move move) {
    struct oracle oracle = {.known = s->known};
    for (;;) {
        if (!try_answers(s, bytes, &move, &oracle))
            return false;
        uint32_t last = oracle.asked;
        for (uint32_t i = oracle.answer_count; i < last; i++)
            oracle.answers[i] = 0;
        while (last > 0 && oracle.answers[last - 1] + 1 == oracle.ways[last - 1])
            last--;
        if (last == 0)
            return true;
        oracle.answers[last - 1]++;
        oracle.answer_count = last;
        if (s->place_count > s->states_max)
            return true;
    }
}

/* Does an event definition before this one, of an event that catches, have the same code? */
static bool seen_before(const struct bpmn_process *p, uint32_t node, size_t def) {
    const struct bpmn_event_def *this = &p->nodes[node].defs[def];
    for (uint32_t i = 1; i <= node; i++)
        for (size_t k = 0; k < (i == node ? def : p->nodes[i].def_count); k++)
            if ((p->nodes[i].kind == BPMN_BOUNDARY || p->nodes[i].kind == BPMN_START) &&
                p->nodes[i].defs[k].event == this->event &&
                str_eq(p->nodes[i].defs[k].code, this->code))
                return true;
    return false;
}

/* The errors that a worker of this instance, or a called process, could throw and somebody would
 * catch; of a called process escalations too. */
static bool try_throws(struct space *s, struct str bytes, const struct bpmn_state *state,
                       const struct bpmn_instance *row) {
    const struct bpmn_process *p = s->p;
    bool call = p->nodes[row->node].kind == BPMN_CALL;
    for (uint32_t i = 1; i < p->node_count; i++)
        for (size_t k = 0; k < p->nodes[i].def_count; k++) {
            const struct bpmn_event_def *def = &p->nodes[i].defs[k];
            bool catcher = p->nodes[i].kind == BPMN_BOUNDARY || p->nodes[i].kind == BPMN_START;
            bool fits =
                def->event == BPMN_EVENT_ERROR || (call && def->event == BPMN_EVENT_ESCALATION);
            struct str code = def->code.len > 0 ? def->code : STR("\x01");
            bool again = def->event == BPMN_EVENT_ESCALATION && row->counter == ESCALATED;
            if (!catcher || !fits || again || seen_before(p, i, k) ||
                !bpmn_catches(state, p, row->id, def->event, code))
                continue;
            struct move move = {
                .kind = MOVE_THROW, .id = row->id, .code = code, .node = def->event};
            if (!try_move(s, bytes, move))
                return false;
        }
    return true;
}

static bool try_instance(struct space *s, struct str bytes, const struct bpmn_state *state,
                         const struct bpmn_instance *row) {
    const struct bpmn_node *node = &s->p->nodes[row->node];
    bool job = node->job_type.text.at != NULL && node->kind != BPMN_AD_HOC;
    bool person = node->kind == BPMN_USER_TASK;
    if (row->incident != 0)
        return true;
    if (!bpmn_acts(row) || row->closing != 0 || !(job || person || node->kind == BPMN_CALL))
        return true;
    if (!try_move(s, bytes, (struct move){.kind = MOVE_DONE, .id = row->id}))
        return false;
    return (person && node->native) || try_throws(s, bytes, state, row);
}

/* A signal goes to all that wait for its name, a message to the oldest that does; where names or
 * keys come from values, to each alone. */
static bool try_wait(struct space *s, struct str bytes, const struct bpmn_state *state,
                     uint32_t index) {
    const struct bpmn_wait *wait = &state->waits.list[index];
    bool named = is_named(s, wait);
    for (uint32_t i = 0; i < index && named; i++) {
        const struct bpmn_wait *older = &state->waits.list[i];
        if (older->event == wait->event && is_named(s, older) && str_eq(older->name, wait->name))
            return true;
    }
    struct move move = {.kind = MOVE_WAIT, .id = wait->id};
    if (named && wait->event == BPMN_EVENT_SIGNAL)
        move = (struct move){.kind = MOVE_SIGNAL, .code = wait->name};
    return try_move(s, bytes, move);
}

static bool expand(struct space *s, uint32_t index) {
    struct arena_mark mark = arena_mark(s->scratch);
    struct bpmn_state state;
    struct str bytes = s->places[index].bytes;
    struct bytes_reader in = {.in = bytes};
    if (!bpmn_state_decode(&state, &in, s->p, s->scratch, s->err))
        return false;
    s->expanding = index;
    s->places[index].expanded = true;
    /* what stands at a choice goes on before anything else comes, as it does in a real case */
    for (uint32_t i = 0; i < state.instances.count; i++)
        if (state.instances.list[i].incident == BPMN_INCIDENT_CONDITION) {
            struct move pick = {.kind = MOVE_PICK, .id = state.instances.list[i].id};
            bool ok = try_move(s, bytes, pick);
            arena_rewind(s->scratch, mark);
            return ok;
        }
    for (uint32_t i = 0; i < state.instances.count; i++)
        if (!try_instance(s, bytes, &state, &state.instances.list[i]))
            return false;
    for (uint32_t i = 0; i < state.timers.count; i++)
        if (!try_move(s, bytes, (struct move){.kind = MOVE_TIMER, .id = state.timers.list[i].id}))
            return false;
    for (uint32_t i = 0; i < state.waits.count; i++)
        if (!try_wait(s, bytes, &state, i))
            return false;
    arena_rewind(s->scratch, mark);
    return true;
}

/* By its plain start, by each event that starts it, and by each event behind a gateway that does.
 */
static bool try_starts(struct space *s) {
    const struct bpmn_node *root = &s->p->nodes[0];
    if ((root->start != BPMN_NONE || root->initial_count > 0) &&
        !try_move(s, STR_NONE, (struct move){.kind = MOVE_START}))
        return false;
    for (uint32_t i = 0; i < root->child_count; i++) {
        const struct bpmn_node *node = &s->p->nodes[root->children[i]];
        bool gateway = node->kind == BPMN_EVENT_BASED;
        uint32_t ways = !node->instantiates ? 0 : gateway ? node->out_count : 1;
        for (uint32_t k = 0; k < ways; k++) {
            uint32_t start = gateway ? s->p->flows[node->out[k]].to : node->index;
            if (!try_move(s, STR_NONE, (struct move){.kind = MOVE_START, .node = start}))
                return false;
        }
    }
    return true;
}

static bool explore(bool *decided, uint32_t *piled, struct space *s) {
    *decided = true;
    *piled = BPMN_NONE;
    s->expanding = BPMN_NONE;
    if (!try_starts(s))
        return false;
    for (uint32_t i = 0; i < s->place_count && *piled == BPMN_NONE; i++) {
        if (s->place_count > s->states_max) {
            *decided = false;
            return true;
        }
        for (uint32_t k = 1; k < s->p->node_count; k++)
            if ((s->known == NULL || s->known->choices[k].term_count == 0) &&
                run_choice_count(s->p, &s->p->nodes[k]) > s->states_max)
                *decided = false;
        if (!*decided)
            return true;
        if (!s->places[i].ended && !expand(s, i))
            return false;
        if (s->unbounded)
            *piled = (uint32_t)s->place_count - 1;
    }
    return true;
}

static void space_init(struct space *s) {
    s->entered = arena_new(s->arena, uint8_t, s->p->node_count);
    s->left = arena_new(s->arena, uint8_t, s->p->node_count);
    s->taken = arena_new(s->arena, uint8_t, s->p->flow_count + 1);
    s->twice_at = arena_new(s->arena, uint32_t, s->p->node_count);
    s->places = NULL;
    s->arcs = NULL;
    s->place_count = s->place_room = s->arc_count = s->arc_room = 0;
    s->unbounded = false;
    map_init(&s->seen, s->arena);
}

/* The fullest states first: where tokens pile up this shows after a few moves, while in the order
 * of all states it may lie beyond what may be looked at. What it costs must not spoil the answer
 * that there is: out of budget, nothing is found. */
static bool dive(uint32_t *piled, struct space *s) {
    uint32_t fullest[DIVE_SIZE_MAX], filed = 0;
    struct budget left = *s->budget;
    struct err none = {0};
    struct space own = *s;
    struct arena_mark mark = arena_mark(s->scratch);
    space_init(&own);
    for (size_t i = 0; i < COUNT_OF(fullest); i++)
        fullest[i] = BPMN_NONE;
    own.budget = &left;
    own.err = &none;
    own.expanding = BPMN_NONE;
    own.states_max = DIVE_STATES_MAX;
    bool ok = try_starts(&own);
    while (ok && !own.unbounded && own.place_count < DIVE_STATES_MAX) {
        for (; filed < own.place_count; filed++) {
            struct place *place = &own.places[filed];
            uint32_t size = MIN_OF(place->size, (uint32_t)DIVE_SIZE_MAX - 1);
            place->emptier = fullest[size];
            if (!place->ended)
                fullest[size] = filed;
        }
        size_t size = COUNT_OF(fullest);
        while (size > 0 && fullest[size - 1] == BPMN_NONE)
            size--;
        if (size == 0)
            break;
        uint32_t next = fullest[size - 1];
        fullest[size - 1] = own.places[next].emptier;
        ok = expand(&own, next);
    }
    *piled = ok && own.unbounded ? (uint32_t)own.place_count - 1 : BPMN_NONE;
    arena_rewind(s->scratch, mark);
    s->bytes = own.bytes; /* it may have grown */
    if (*piled == BPMN_NONE)
        return false;
    *s->budget = left;
    own.budget = s->budget;
    own.err = s->err;
    *s = own;
    return true;
}

static bool answer(struct space *s) {
    bool decided;
    uint32_t piled;
    if (!explore(&decided, &piled, s))
        return false;
    s->out->state_count = s->place_count;
    if (!decided && s->place_count > s->states_max)
        decided = dive(&piled, s);
    if (piled != BPMN_NONE)
        return space_report(s, BPMN_FAULT_UNBOUNDED, 0, piled, "标记会无限增加",
                            "tokens pile up without end");
    if (!decided)
        return space_report(
            s, BPMN_FAULT_UNDECIDED, 0, BPMN_NONE,
            arena_cstr(s->arena,
                       arena_printf(s->arena, "在%" PRIu32 "个状态内无法判定", s->states_max)),
            arena_cstr(s->arena,
                       arena_printf(s->arena, "could not decide within %" PRIu32 " states",
                                    s->states_max)));
    return space_report_stuck(s) && space_report_elements(s);
}

static bool is_undecided(const struct bpmn_findings *found) {
    return found->count == 1 && found->list[0].fault == BPMN_FAULT_UNDECIDED;
}

/* The largest number of tokens that the model itself counts on. */
static uint32_t most_tokens(const struct bpmn_process *p) {
    uint32_t most = 1;
    for (size_t i = 1; i < p->node_count; i++) {
        const struct bpmn_node *node = &p->nodes[i];
        most = node->start_quantity > most ? node->start_quantity : most;
        most = node->completion_quantity > most ? node->completion_quantity : most;
    }
    return most;
}

/* First what is left of the process without what can be seen to be harmless. What is found there is
 * not told but looked for in the whole, unless that has too many states. */
static bool look_at(struct space *like, const struct known *known, bool whole_only) {
    struct reduced reduced;
    struct bpmn_findings small_out = {0};
    struct space whole = *like;
    bool ok = true;
    *like->out = (struct bpmn_findings){0};
    whole.known = known;
    if (!whole_only) {
        if (!space_reduce(&reduced, like->p, known, like->arena, like->budget, like->err))
            return false;
        struct space small = whole;
        small.p = reduced.process;
        small.reduced = &reduced;
        small.known = reduced.known;
        small.out = &small_out;
        space_init(&small);
        buf_init(&small.bytes, STATE_BYTES_MAX);
        ok = answer(&small);
        buf_done(&small.bytes);
        like->out->state_count = small_out.state_count;
    }
    if (!ok || (!whole_only && small_out.count == 0))
        return ok;
    space_init(&whole);
    buf_init(&whole.bytes, STATE_BYTES_MAX);
    ok = answer(&whole);
    buf_done(&whole.bytes);
    if (ok && !whole_only && is_undecided(like->out))
        *like->out = small_out;
    return ok;
}

bool bpmn_check_sound(struct bpmn_findings *out, const struct bpmn_process *process,
                      struct bpmn_sound_limits limits, struct arena *arena, struct budget *budget,
                      struct err *err) {
    const struct known *known = NULL;
    struct space space = {.p = process, .out = out, .arena = arena, .budget = budget, .err = err};
    *out = (struct bpmn_findings){0};
    space.states_max = limits.states_max > 0 ? limits.states_max : BPMN_SOUND_STATES_DEFAULT;
    space.tokens_max = BPMN_SOUND_TOKENS_MAX + most_tokens(process) - 1;
    space.scratch = arena_create("soundness", SCRATCH_MAX);
    bool ok = limits.free_choices ||
              known_make(&known, process, &limits, arena, space.scratch, budget, err);
    ok = ok && look_at(&space, known, limits.whole);
    if (ok && is_undecided(out) && known != NULL && known->tracked != 0) {
        /* what is remembered makes more states: each choice by itself */
        struct known forgetful = *known;
        forgetful.tracked = 0;
        forgetful.writes = arena_new(arena, struct known_write, process->node_count);
        ok = look_at(&space, &forgetful, limits.whole);
    }
    arena_destroy(space.scratch);
    return ok;
}
