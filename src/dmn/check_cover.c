/* Covering: a depth-first search over the axes. At each node stand the rules that cover what was
 * chosen so far; the next axis is cut where one of them begins or ends, and nowhere else, so the
 * size of a node is that of its rules and not of the table. A branch ends when one rule covers all
 * that is left, or when there is no rule. What was found covered is remembered by the rules and
 * axes that were left. Invariant: a gap is a place that no rule covers for certain. */
#include <stdlib.h>

#include "dmn/check.h"

enum { MEMO_SLOTS = 1 << 12, MEMO_WORDS = 1 << 19 };

/* Keys of nodes that are covered: axes left, rules, as words. Emptied when it is full. */
struct memo {
    struct {
        const uint32_t *at;
        uint32_t count;
    } slots[MEMO_SLOTS];
    uint32_t *words;
    uint32_t used, room;
};

/* What a rule's run does at a place of the axis. */
struct event {
    uint32_t at;
    uint32_t rule; /* CHECK_NONE: the domain itself */
    bool begins;
};

struct node {
    const uint32_t *rules, *axes;
    uint32_t rule_count, axis_count;
};

/* The rules of a segment while an axis is swept. */
struct sweep {
    uint32_t *rules, count;
    uint32_t *place; /* by number in the node: where it stands in rules */
    uint32_t *key;   /* room for a child's key: how many axes, axes, rules in order */
    uint32_t *alike; /* likewise for alike_key() */
};

static bool search(struct cover *s, struct node n, bool *covered);

/* Steps of the search's own share; false once they are spent. */
static bool take_steps(struct cover *s, uint64_t steps) {
    if (steps > s->steps) {
        s->spent = true;
        return false;
    }
    s->steps -= steps;
    return true;
}

static bool is_full(const struct runs *runs, const struct runs *domain) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < domain->count; i++) {
        while (k < runs->count && runs->at[k].to < domain->at[i].to)
            k++;
        if (k == runs->count || runs->at[k].from > domain->at[i].from)
            return false;
    }
    return true;
}

static const struct runs *covers(const struct cover *s, uint32_t axis) {
    return s->maybe ? s->x->axes[axis].maybe : s->x->axes[axis].sure;
}

static bool is_doubtful(const struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (x->choice[i] != CHECK_NONE && x->choice[i] < x->axes[i].region_count &&
            x->axes[i].doubtful[x->choice[i]])
            return true;
    return false;
}

static void found_gap(struct cover *s) {
    uint32_t axes = s->x->axis_count;
    if (s->doubt != NULL && is_doubtful(s->x)) { /* it may be none, and the search goes on */
        memcpy(s->doubt, s->x->choice, axes * sizeof *s->doubt);
        s->doubted = true;
        return;
    }
    if (s->gap_count < s->gaps_max && axes > 0)
        memcpy(s->gaps + (size_t)s->gap_count * axes, s->x->choice, axes * sizeof *s->gaps);
    s->gap_count++;
}

/* --- what is known to be covered
 * --------------------------------------------------------------- */
static uint32_t memo_slot(const uint32_t *key, uint32_t count) {
    uint64_t hash = str_hash((struct str){(const char *)key, count * sizeof *key});
    return (uint32_t)((hash ^ hash >> 32) % MEMO_SLOTS);
}

static bool memo_has(const struct memo *memo, const uint32_t *key, uint32_t count) {
    uint32_t slot = memo_slot(key, count);
    return memo->slots[slot].at != NULL && memo->slots[slot].count == count &&
           memcmp(memo->slots[slot].at, key, count * sizeof *key) == 0;
}

static void memo_add(struct memo *memo, const uint32_t *key, uint32_t count) {
    if (count > memo->room / 2)
        return;
    if (memo->used + count > memo->room) {
        memset(memo->slots, 0, sizeof memo->slots);
        memo->used = 0;
    }
    uint32_t slot = memo_slot(key, count);
    memcpy(memo->words + memo->used, key, count * sizeof *key);
    memo->slots[slot].at = memo->words + memo->used;
    memo->slots[slot].count = count;
    memo->used += count;
}

/* --- one axis
 * ---------------------------------------------------------------------------------- */
static int compare_events(const void *a, const void *b) {
    const struct event *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static int compare_numbers(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t add_events(struct event *events, uint32_t count, const struct runs *runs,
                           uint32_t rule) {
    for (uint32_t i = 0; i < runs->count; i++) {
        events[count++] = (struct event){runs->at[i].from, rule, true};
        events[count++] = (struct event){runs->at[i].to, rule, false};
    }
    return count;
}

/* Memory and steps of the node; *events in order, by the rules' numbers in the node. */
static bool make_events(struct cover *s, struct node n, uint32_t axis, struct event **events,
                        uint32_t *count) {
    const struct runs *sure = covers(s, axis);
    size_t room = 2 * (size_t)s->domain[axis].count;
    for (uint32_t i = 0; i < n.rule_count; i++)
        room += 2 * (size_t)sure[n.rules[i]].count;
    if (!take_steps(s, room * 4))
        return true;
    if (!check_spend(s->x, 1, room * sizeof **events))
        return false;
    *events = arena_new(s->x->arena, struct event, room);
    *count = add_events(*events, 0, &s->domain[axis], CHECK_NONE);
    for (uint32_t i = 0; i < n.rule_count; i++)
        *count = add_events(*events, *count, &sure[n.rules[i]], i);
    qsort(*events, *count, sizeof **events, compare_events);
    return true;
}

static void apply(struct sweep *w, const struct event *e, bool *inside) {
    if (e->rule == CHECK_NONE) {
        *inside = e->begins;
    } else if (e->begins) {
        w->place[e->rule] = w->count;
        w->rules[w->count++] = e->rule;
    } else {
        uint32_t last = w->rules[--w->count], hole = w->place[e->rule];
        w->rules[hole] = last;
        w->place[last] = hole;
    }
}

/* The node of a segment: the axes but the chosen one, the rules in order. */
static struct node child_of(struct node n, uint32_t axis, const struct sweep *w) {
    uint32_t count = 0, *axes = w->key + 1;
    for (uint32_t i = 0; i < n.axis_count; i++)
        if (n.axes[i] != axis)
            axes[count++] = n.axes[i];
    w->key[0] = count; /* or an axis could pass for a rule of the same number */
    uint32_t *rules = axes + count;
    for (uint32_t i = 0; i < w->count; i++)
        rules[i] = n.rules[w->rules[i]];
    qsort(rules, w->count, sizeof *rules, compare_numbers);
    return (struct node){rules, axes, w->count, count};
}

struct ranked {
    const struct runs *runs;
    uint32_t rule;
};

static int compare_ranked(const void *a, const void *b) {
    const struct runs *x = ((const struct ranked *)a)->runs, *y = ((const struct ranked *)b)->runs;
    if (x->count != y->count)
        return x->count > y->count ? 1 : -1;
    return x->count == 0 ? 0 : memcmp(x->at, y->at, x->count * sizeof *x->at);
}

/* Rules that cover the same of an axis have the same number. */
static bool find_alike(struct cover *s, uint32_t axis) {
    struct checker *x = s->x;
    uint32_t count = x->t->rule_count;
    if (!check_spend(x, (uint64_t)count * 4, count * (sizeof(struct ranked) + sizeof(uint32_t))))
        return false;
    struct ranked *ranked = arena_new(x->arena, struct ranked, count);
    s->alike[axis] = arena_new(x->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){&covers(s, axis)[i], i};
    if (count > 0)
        qsort(ranked, count, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0, number = 0; i < count; i++) {
        number += i > 0 && compare_ranked(&ranked[i - 1], &ranked[i]) != 0;
        s->alike[axis][ranked[i].rule] = number;
    }
    return true;
}

/* The node by what its rules cover, whichever they are; *count words of w->alike. */
static bool alike_key(struct cover *s, struct node child, const struct sweep *w, uint32_t *count) {
    *count = 0;
    if (!take_steps(s, (uint64_t)child.rule_count * child.axis_count + 1))
        return true;
    for (uint32_t k = 0; k < child.axis_count; k++) {
        w->alike[(*count)++] = child.axes[k];
        for (uint32_t i = 0; i < child.rule_count; i++)
            w->alike[(*count)++] = s->alike[child.axes[k]][child.rules[i]];
    }
    return true;
}

static bool segment(struct cover *s, struct node n, uint32_t axis, const struct sweep *w,
                    uint32_t region, struct memo *open, bool *covered) {
    struct node child = child_of(n, axis, w);
    uint32_t words = 1 + child.axis_count + child.rule_count, alike = 0;
    bool here = false;
    /* what no rule touches is a gap of its own, but among texts */
    bool joins = open != NULL && (s->x->axes[axis].kind == FEEL_STRING || child.rule_count > 0);
    if (!take_steps(s, (uint64_t)words + 1) || memo_has(s->memo, w->key, words))
        return true;
    if (joins && (!alike_key(s, child, w, &alike) || s->spent))
        return true;
    if (joins && memo_has(open, w->alike, alike)) {
        *covered = false; /* told already */
        return true;
    }
    uint32_t told = s->gap_count;
    s->x->choice[axis] = region;
    if (!search(s, child, &here))
        return false;
    s->x->choice[axis] = CHECK_NONE;
    if (here)
        memo_add(s->memo, w->key, words);
    else if (joins && !s->spent && s->gap_count > told)
        memo_add(open, w->alike, alike);
    *covered = *covered && here;
    return true;
}

/* All segments of the axis, or only the one with a region; skip: all but that one. */
static bool sweep(struct cover *s, struct node n, uint32_t axis, const struct event *events,
                  uint32_t event_count, struct sweep *w, uint32_t only, bool skip,
                  struct memo *open, bool *covered) {
    bool inside = false;
    w->count = 0;
    for (uint32_t i = 0; i < event_count && !s->spent && s->gap_count <= s->gaps_max;) {
        uint32_t at = events[i].at;
        while (i < event_count && events[i].at == at)
            if (!events[i++].begins) /* first what ends here */
                apply(w, &events[i - 1], &inside);
        while (i > 0 && events[i - 1].at == at)
            i--;
        for (; i < event_count && events[i].at == at; i++)
            if (events[i].begins)
                apply(w, &events[i], &inside);
        uint32_t to = i < event_count ? events[i].at : at;
        bool has = only >= at && only < to;
        if (!inside || to == at || (only != CHECK_NONE && has == skip))
            continue;
        struct run run = {at, to};
        struct runs here = {&run, 1};
        uint32_t region = has ? only : check_region(&s->x->axes[axis], &here, NULL);
        if (!segment(s, n, axis, w, region, open, covered))
            return false;
    }
    return true;
}

/* A gap that is the same in several segments is told once. Texts: what is none of those that rules
 * name is one gap and not one between any two of them, and "something else" is the best example of
 * it. */
static bool sweep_joined(struct cover *s, struct node n, uint32_t axis, const struct event *events,
                         uint32_t event_count, struct sweep *w, bool *covered) {
    uint32_t other = s->x->axes[axis].other;
    size_t words = ((size_t)n.rule_count + 1) * n.axis_count;
    if (!check_spend(s->x, 1, sizeof(struct memo) + (MEMO_WORDS / 8 + words) * sizeof(uint32_t)))
        return false;
    struct memo *open = arena_new(s->x->arena, struct memo, 1);
    open->words = arena_new(s->x->arena, uint32_t, MEMO_WORDS / 8);
    open->room = MEMO_WORDS / 8;
    w->alike = arena_new(s->x->arena, uint32_t, words);
    if (other != CHECK_NONE &&
        !sweep(s, n, axis, events, event_count, w, other, false, open, covered))
        return false;
    return sweep(s, n, axis, events, event_count, w, other, true, open, covered);
}

static bool cut(struct cover *s, struct node n, uint32_t axis, bool *covered) {
    struct event *events = NULL;
    uint32_t event_count = 0;
    size_t words = 3 * (size_t)n.rule_count + n.axis_count + 1;
    if (!check_spend(s->x, 1, words * sizeof(uint32_t)) ||
        !make_events(s, n, axis, &events, &event_count))
        return false;
    if (s->spent)
        return true;
    struct sweep w = {
        .rules = arena_new(s->x->arena, uint32_t, n.rule_count),
        .place = arena_new(s->x->arena, uint32_t, n.rule_count),
        .key = arena_new(s->x->arena, uint32_t, (size_t)n.rule_count + n.axis_count + 1)};
    bool top = n.axis_count + 1 >= s->x->axis_count; /* further down it would take too much */
    if (s->gaps_max > 0 && (top || s->x->axes[axis].kind == FEEL_STRING))
        return sweep_joined(s, n, axis, events, event_count, &w, covered);
    return sweep(s, n, axis, events, event_count, &w, CHECK_NONE, false, NULL, covered);
}

/* The axis to cut next, and whether a rule covers all that is left; CHECK_NONE: no rule is cut by
 * any of them. */
static uint32_t next_axis(struct cover *s, struct node n, bool *covered) {
    uint32_t best = CHECK_NONE, best_count = 0;
    uint32_t cuts[DMN_COLUMNS_MAX] = {0};
    for (uint32_t i = 0; i < n.rule_count; i++) {
        bool full = true;
        for (uint32_t k = 0; k < n.axis_count; k++)
            if (!is_full(&covers(s, n.axes[k])[n.rules[i]], &s->domain[n.axes[k]])) {
                full = false;
                cuts[k]++;
            }
        if (full) {
            *covered = true;
            return CHECK_NONE;
        }
    }
    for (uint32_t k = 0; k < n.axis_count; k++)
        if (cuts[k] > best_count) {
            best = n.axes[k];
            best_count = cuts[k];
            if (!s->picks)
                break;
        }
    return best;
}

static bool search(struct cover *s, struct node n, bool *covered) {
    *covered = false;
    if (!take_steps(s, (uint64_t)n.rule_count * n.axis_count + 1))
        return true;
    uint32_t axis = next_axis(s, n, covered);
    if (*covered)
        return true;
    if (axis == CHECK_NONE) { /* no rule is left */
        found_gap(s);
        return true;
    }
    struct arena_mark mark = arena_mark(s->x->arena);
    uint64_t bytes = s->x->budget->left.bytes;
    *covered = true;
    bool good = cut(s, n, axis, covered);
    *covered = *covered && !s->spent;
    arena_rewind(s->x->arena, mark); /* and what it took is given back */
    s->x->budget->left.bytes = bytes;
    return good;
}

bool check_cover(struct cover *s, const uint32_t *rules, uint32_t count) {
    struct checker *x = s->x;
    uint32_t axes[DMN_COLUMNS_MAX] = {0}, *alike[DMN_COLUMNS_MAX] = {0};
    struct arena_mark mark = arena_mark(x->arena);
    uint64_t bytes = x->budget->left.bytes, steps = s->steps;
    bool covered, good;
    for (uint32_t c = 0; c < x->axis_count; c++) {
        axes[c] = c;
        x->choice[c] = CHECK_NONE;
    }
    if (!check_spend(x, 1, sizeof *s->memo + MEMO_WORDS * sizeof(uint32_t)))
        return false;
    s->memo = arena_new(x->arena, struct memo, 1);
    s->memo->words = arena_new(x->arena, uint32_t, MEMO_WORDS);
    s->memo->room = MEMO_WORDS;
    s->alike = alike;
    for (uint32_t c = 0; c < x->axis_count && s->gaps_max > 0; c++)
        if (!find_alike(s, c))
            return false;
    good = search(s, (struct node){rules, axes, count, x->axis_count}, &covered);
    arena_rewind(x->arena, mark);
    x->budget->left.bytes = bytes;
    return good && check_spend(x, steps - s->steps, 0);
}
