/* Choices where values decide.
 *
 * 1. An element whose terms are all known goes the one way that they give; if that is none, it is
 *    stopped as a real case would be.
 * 2. What is not known is any value with which the element can go on, and is known from then on
 *    when somebody else reads it too. That no condition is true remains a choice wherever something
 *    is left to go along then: it is for what nobody expected. */
#include <inttypes.h>

#include "bpmn/sound_known.h"

/* --- making it
 * ---------------------------------------------------------------------------------------------- */
bool known_make(const struct known **out, const struct bpmn_process *process,
                const struct bpmn_sound_limits *limits, struct arena *arena, struct arena *scratch,
                struct budget *budget, struct err *err) {
    struct known *k = arena_new(arena, struct known, 1);
    struct knower r = {.k = k,
                       .p = process,
                       .limits = limits,
                       .arena = arena,
                       .scratch = scratch,
                       .budget = budget,
                       .err = err};
    struct arena_mark mark = arena_mark(scratch);
    k->terms = arena_new(arena, struct known_term, ORACLE_TERMS_MAX);
    k->choices = arena_new(arena, struct known_choice, process->node_count);
    k->writes = arena_new(arena, struct known_write, process->node_count);
    *out = k;
    known_read(&r);
    for (uint32_t i = 0; i < k->term_count; i++)
        k->terms[i].values = arena_new(arena, struct feel_value, KNOWN_VALUES_MAX);
    known_write_values(&r);
    known_values(&r);
    known_classes(&r);
    known_write_effects(&r);
    known_live(&r);
    arena_rewind(scratch, mark);
    return !r.failed;
}

/* --- what is said of it
 * ------------------------------------------------------------------------------- */
static void say_class(struct buf *out, const struct known_term *t, uint8_t class) {
    if (out->len > 0)
        buf_lit(out, ", ");
    buf_printf(out, "%.*s = ", STR_ARG(t->name));
    feel_print(out, t->samples[class]);
}

struct str known_say(const struct known *k, const struct oracle_facts *facts, uint32_t node,
                     struct arena *arena) {
    const struct known_choice *choice = &k->choices[node];
    struct buf text;
    buf_init(&text, 1000);
    for (uint32_t i = 0; i < choice->term_count; i++)
        if (facts->of[choice->terms[i]] != 0)
            say_class(&text, &k->terms[choice->terms[i]],
                      (uint8_t)(facts->of[choice->terms[i]] - 1));
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}

static void tell(struct oracle *oracle, uint32_t node, struct str text) {
    if (text.len > 0 && oracle->note_count < ORACLE_NOTES_MAX)
        oracle->notes[oracle->note_count++] = (struct oracle_note){node, text};
}

/* --- choosing
 * --------------------------------------------------------------------------------------- */
struct way {
    uint64_t set;
    uint8_t class[2]; /* plus 1; 0: not known after it */
    uint8_t shown[2]; /* plus 1; likewise, also of what is not remembered */
};
struct ways {
    struct way *list;
    uint32_t count;
    bool some_without; /* with some value no condition is true */
};

static void add_way(struct ways *ways, struct way way) {
    for (uint32_t i = 0; i < ways->count; i++)
        if (ways->list[i].set == way.set && ways->list[i].class[0] == way.class[0] &&
            ways->list[i].class[1] == way.class[1])
            return;
    ways->list[ways->count++] = way;
}

/* Every combination of classes that agrees with what is known. */
static void add_ways(struct ways *ways, const struct known *k, const struct known_choice *choice,
                     const struct oracle_facts *facts) {
    const struct known_term *a = &k->terms[choice->terms[0]];
    const struct known_term *b = choice->term_count > 1 ? &k->terms[choice->terms[1]] : NULL;
    uint8_t is_a = facts->of[choice->terms[0]], is_b = b == NULL ? 0 : facts->of[choice->terms[1]];
    uint32_t wide = b == NULL ? 1 : b->class_count;
    for (uint32_t i = 0; i < a->class_count; i++)
        for (uint32_t m = 0; m < wide; m++) {
            uint64_t set = choice->sets[i * wide + m];
            if ((is_a != 0 && is_a != i + 1) || (is_b != 0 && is_b != m + 1) ||
                set == KNOWN_FAILS || (set == 0 && !choice->rest))
                continue;
            struct way way = {.set = set,
                              .shown = {(uint8_t)(i + 1), (uint8_t)(b == NULL ? 0 : m + 1)}};
            for (uint32_t t = 0; t < choice->term_count; t++)
                if (k->tracked >> choice->terms[t] & 1)
                    way.class[t] = way.shown[t];
            ways->some_without = ways->some_without || set == 0;
            add_way(ways, way);
        }
}

static void say_way(struct run *run, const struct known *k, uint32_t node, const struct way *way) {
    const struct known_choice *choice = &k->choices[node];
    struct buf text;
    buf_init(&text, 1000);
    for (uint32_t t = 0; t < choice->term_count; t++)
        if (run->oracle->facts.of[choice->terms[t]] == 0 && way->shown[t] != 0)
            say_class(&text, &k->terms[choice->terms[t]], (uint8_t)(way->shown[t] - 1));
    tell(run->oracle, node, arena_str(run->arena, buf_view(&text)));
    buf_done(&text);
}

enum oracle_way run_known_way(uint64_t *set, struct run *run, const struct bpmn_node *node) {
    const struct known *k = run->oracle->known;
    const struct known_choice *choice = k == NULL ? NULL : &k->choices[node->index];
    struct oracle_facts *facts = &run->oracle->facts;
    struct ways ways = {0};
    bool all = true;
    uint32_t pick, room = 1;
    if (choice == NULL || choice->term_count == 0)
        return ORACLE_WAY_FREE;
    for (uint32_t t = 0; t < choice->term_count; t++) {
        all = all && facts->of[choice->terms[t]] != 0;
        room *= k->terms[choice->terms[t]].class_count;
    }
    ways.list = arena_new(run->arena, struct way, room + 1);
    add_ways(&ways, k, choice, facts);
    if (!all && choice->rest && !ways.some_without)
        ways.list[ways.count++] = (struct way){.set = 0};
    if (ways.count == 0)
        return ORACLE_WAY_NONE;
    if (all) {
        *set = ways.list[0].set;
        return ORACLE_WAY_SET;
    }
    if (!run_pick(&pick, run, node->index, ways.count))
        return ORACLE_WAY_LATER;
    *set = ways.list[pick].set;
    say_way(run, k, node->index, &ways.list[pick]);
    for (uint32_t t = 0; t < choice->term_count; t++)
        if (ways.list[pick].class[t] != 0)
            facts->of[choice->terms[t]] = ways.list[pick].class[t];
    return ORACLE_WAY_SET;
}

/* --- writing
 * ---------------------------------------------------------------------------------------------- */
bool run_known_write(struct run *run, uint32_t node) {
    const struct known *k = run->oracle->known;
    const struct known_write *w = k == NULL ? NULL : &k->writes[node];
    struct oracle_facts *facts = &run->oracle->facts;
    uint32_t pick = 0;
    if (w == NULL || (w->forgets | w->gives) == 0)
        return true;
    if (w->option_count > 1 && !run_pick(&pick, run, node | KNOWN_ASKS_VALUE, w->option_count))
        return false;
    for (uint32_t t = 0; t < k->term_count; t++)
        if ((w->gives >> t & 1) != 0)
            facts->of[t] = w->options[pick].facts.of[t];
        else if ((w->forgets >> t & 1) != 0)
            facts->of[t] = 0;
    if (w->option_count > 0)
        tell(run->oracle, node, w->options[pick].text);
    return true;
}
