/* What the conditions of a term tell apart.
 *
 * 1. They tell apart no more than the literals they name, what lies between two numbers, and every
 *    other kind of value. So one value of each of these regions stands for all of it; the values
 *    that elements are known to write are added.
 * 2. The programs themselves are evaluated with these values: what is checked is what runs.
 * 3. Values that lead every element the same way are one class. */
#include "bpmn/sound_known.h"

/* --- one value of each region
 * --------------------------------------------------------------------------- */
static void add_value(struct known_term *t, struct feel_value value) {
    if (t->value_count < KNOWN_VALUES_MAX)
        t->values[t->value_count++] = value;
}

static bool is_below(struct feel_value a, struct feel_value b) {
    int order;
    return feel_order(&order, a, b) && order < 0;
}

/* The numbers among the literals, in order. */
static uint32_t sort_numbers(struct feel_value *out, const struct known_term *t) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->literal_count; i++) {
        uint32_t at = 0;
        if (feel_kind(t->literals[i]) != FEEL_NUMBER)
            continue;
        while (at < count && is_below(out[at], t->literals[i]))
            at++;
        if (at < count && !is_below(t->literals[i], out[at]))
            continue;
        memmove(out + at + 1, out + at, (count - at) * sizeof *out);
        out[at] = t->literals[i];
        count++;
    }
    return count;
}

/* Below, between and above the numbers. False: there is none that can be named. */
static bool add_between(struct known_term *t, struct knower *r) {
    struct feel_value numbers[KNOWN_LITERALS_MAX + 1], value;
    uint32_t count = sort_numbers(numbers, t);
    if (count == 0) {
        add_value(t, feel_int(0));
        return true;
    }
    if (!known_compute(&value, r, STR("a - 1"), numbers[0], feel_null()) ||
        !is_below(value, numbers[0]))
        return false;
    add_value(t, value);
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (!known_compute(&value, r, STR("(a + b) / 2"), numbers[i], numbers[i + 1]) ||
            !is_below(numbers[i], value) || !is_below(value, numbers[i + 1]))
            return false;
        add_value(t, value);
    }
    if (!known_compute(&value, r, STR("a + 1"), numbers[count - 1], feel_null()) ||
        !is_below(numbers[count - 1], value))
        return false;
    add_value(t, value);
    return true;
}

/* A text that is longer than every one of the literals. */
static struct feel_value other_text(const struct known_term *t, struct arena *arena) {
    size_t len = 1;
    for (uint32_t i = 0; i < t->literal_count; i++)
        if (feel_kind(t->literals[i]) == FEEL_STRING && feel_as_string(t->literals[i]).len >= len)
            len = feel_as_string(t->literals[i]).len + 1;
    char *text = arena_new(arena, char, len);
    memset(text, 'x', len);
    return feel_string((struct str){text, len});
}

static bool add_regions(struct known_term *t, struct knower *r) {
    static const char *const others[] = {
        "[]",       "{}",       "@\"2024-01-01\"", "@\"10:00:00\"", "@\"2024-01-01T10:00:00\"",
        "@\"P1D\"", "@\"P1M\"", "[1..2]"};
    for (uint32_t i = 0; i < t->literal_count; i++) {
        struct feel_value list;
        add_value(t, t->literals[i]);
        if (!known_compute(&list, r, STR("[a]"), t->literals[i], feel_null()))
            return false;
        add_value(t, list);
    }
    add_value(t, feel_null());
    add_value(t, feel_boolean(true));
    add_value(t, feel_boolean(false));
    add_value(t, other_text(t, r->arena));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct feel_value value;
        if (!known_compute(&value, r, str_from(others[i]), feel_null(), feel_null()))
            return false;
        add_value(t, value);
    }
    return add_between(t, r);
}

void known_give(struct known_term *t, struct feel_value value) {
    t->given = true;
    for (uint32_t i = 0; i < t->value_count; i++)
        if (feel_is_true(feel_equal(t->values[i], value)))
            return;
    t->broken = t->broken || t->value_count == KNOWN_GIVEN_MAX;
    if (!t->broken)
        t->values[t->value_count++] = value;
}

void known_values(struct knower *r) {
    for (uint32_t i = 0; i < r->k->term_count && !r->failed; i++) {
        struct known_term *t = &r->k->terms[i];
        t->broken = !add_regions(t, r) || t->broken;
    }
}

/* --- tables
 * ------------------------------------------------------------------------------------- */
/* What the program's variable is when its terms have these values. */
static struct feel_value variable_of(struct knower *r, const struct known_choice *choice,
                                     const struct feel_value *values, struct str name) {
    struct feel_entry entries[2];
    size_t count = 0;
    for (uint32_t i = 0; i < choice->term_count; i++) {
        const struct known_term *t = &r->k->terms[choice->terms[i]];
        if (!str_eq(t->root, name))
            continue;
        if (t->member.len == 0)
            return values[i];
        entries[count++] = (struct feel_entry){t->member, values[i]};
    }
    return count == 0 ? feel_null() : feel_context_of(r->scratch, entries, count);
}

/* KNOWN_FAILS: with these values there is an incident. */
static uint64_t chosen(struct knower *r, const struct known_choice *choice, bool exclusive,
                       const struct feel_value *values) {
    uint64_t set = 0;
    for (uint32_t i = 0; i < choice->test_count && !(exclusive && set != 0); i++) {
        const struct feel_program *test = choice->tests[i];
        struct arena_mark mark = arena_mark(r->scratch);
        size_t count = feel_input_count(test);
        struct feel_value out, *vars = arena_new(r->scratch, struct feel_value, count + 1);
        for (size_t k = 0; k < count; k++)
            if (feel_input_used(test, k))
                vars[k] = variable_of(r, choice, values, feel_input_name(test, k));
        struct feel_env env = {.vars = vars, .var_count = count};
        r->failed = r->failed || !feel_eval(&out, test, &env, r->scratch, r->budget, r->err);
        bool is_true = !r->failed && feel_is_true(out), is_false = !r->failed && feel_is_false(out);
        arena_rewind(r->scratch, mark);
        if (!is_true && !is_false)
            return KNOWN_FAILS;
        set |= (uint64_t)is_true << i;
    }
    return set;
}

/* By value of the first term, then of the second; in scratch. NULL: too large. */
static uint64_t *fill(struct knower *r, const struct bpmn_node *node) {
    const struct known_choice *choice = &r->k->choices[node->index];
    const struct known_term *a = &r->k->terms[choice->terms[0]];
    const struct known_term *b = choice->term_count > 1 ? &r->k->terms[choice->terms[1]] : NULL;
    uint32_t across = b == NULL ? 1 : b->value_count;
    if (a->broken || (b != NULL && b->broken) || (size_t)a->value_count * across > KNOWN_TABLE_MAX)
        return NULL;
    uint64_t *sets = arena_new(r->scratch, uint64_t, (size_t)a->value_count * across);
    for (uint32_t i = 0; i < a->value_count; i++)
        for (uint32_t k = 0; k < across && !r->failed; k++) {
            struct feel_value values[] = {a->values[i], b == NULL ? feel_null() : b->values[k]};
            sets[i * across + k] = chosen(r, choice, node->kind == BPMN_EXCLUSIVE, values);
        }
    return sets;
}

/* Do two values of the term lead the element the same way, whatever the other term is? */
static bool leads_alike(const struct knower *r, const struct known_choice *choice,
                        const uint64_t *sets, uint32_t term, uint32_t one, uint32_t two) {
    uint32_t across = choice->term_count > 1 ? r->k->terms[choice->terms[1]].value_count : 1;
    if (choice->terms[0] == term)
        return memcmp(sets + one * across, sets + two * across, across * sizeof *sets) == 0;
    for (uint32_t i = 0; i < r->k->terms[choice->terms[0]].value_count; i++)
        if (sets[i * across + one] != sets[i * across + two])
            return false;
    return true;
}

static void classify(struct knower *r, uint32_t term, uint64_t *const *tables) {
    struct known_term *t = &r->k->terms[term];
    t->class_of = arena_new(r->arena, uint8_t, t->value_count);
    t->samples = arena_new(r->arena, struct feel_value, t->value_count);
    uint32_t *first = arena_new(r->scratch, uint32_t, t->value_count);
    for (uint32_t i = 0; i < t->value_count; i++) {
        uint32_t class = 0;
        for (; class < t->class_count; class ++) {
            bool alike = true;
            for (uint32_t n = 1; n < r->p->node_count && alike; n++) {
                const struct known_choice *choice = &r->k->choices[n];
                bool reads =
                    tables[n] != NULL && (choice->terms[0] == term ||
                                          (choice->term_count > 1 && choice->terms[1] == term));
                alike = !reads || leads_alike(r, choice, tables[n], term, i, first[class]);
            }
            if (alike)
                break;
        }
        if (class == t->class_count) {
            t->samples[t->class_count] = t->values[i];
            first[t->class_count++] = i;
        }
        t->class_of[i] = (uint8_t) class;
    }
}

/* The table by classes. An element that can go nowhere with any value chooses freely: that its
 * conditions are wrong is not for this check to say. */
static void shrink(struct knower *r, uint32_t node, const uint64_t *sets) {
    struct known_choice *choice = &r->k->choices[node];
    const struct known_term *a = &r->k->terms[choice->terms[0]];
    const struct known_term *b = choice->term_count > 1 ? &r->k->terms[choice->terms[1]] : NULL;
    uint32_t across = b == NULL ? 1 : b->value_count, wide = b == NULL ? 1 : b->class_count;
    bool some = false;
    choice->sets = arena_new(r->arena, uint64_t, (size_t)a->class_count * wide);
    for (uint32_t i = 0; i < a->value_count; i++)
        for (uint32_t k = 0; k < across; k++) {
            uint64_t set = sets[i * across + k];
            choice->sets[a->class_of[i] * wide + (b == NULL ? 0 : b->class_of[k])] = set;
            some = some || (set != KNOWN_FAILS && set != 0);
        }
    if (!some)
        choice->term_count = 0;
}

void known_classes(struct knower *r) {
    uint64_t **tables = arena_new(r->scratch, uint64_t *, r->p->node_count);
    for (uint32_t i = 1; i < r->p->node_count && !r->failed; i++) {
        if (r->k->choices[i].term_count > 0)
            tables[i] = fill(r, &r->p->nodes[i]);
        if (tables[i] == NULL)
            r->k->choices[i].term_count = 0;
    }
    for (uint32_t i = 0; i < r->k->term_count && !r->failed; i++)
        classify(r, i, tables);
    for (uint32_t i = 1; i < r->p->node_count && !r->failed; i++)
        if (tables[i] != NULL)
            shrink(r, i, tables[i]);
}

uint8_t known_class(const struct known_term *t, struct feel_value value) {
    for (uint32_t i = 0; i < t->value_count; i++)
        if (feel_is_true(feel_equal(t->values[i], value)))
            return (uint8_t)(t->class_of[i] + 1);
    return 0;
}
