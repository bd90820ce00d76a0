/* Allen's relations between points and ranges, and range(). DMN 1.5: 10.3.4.7, table 78; the
 * conditions are the table's, row by row. An open end is beyond every point. */
#include "feel/builtin.h"
#include "feel/machine.h"

/* One end of a range, or a point as both. side: -1 beyond everything below, 1 above. */
struct end {
    struct feel_value at;
    int infinite;
    bool closed;
};

struct span {
    struct end low, high;
    bool point;
};

static struct span span_of(struct feel_value v) {
    if (feel_kind(v) != FEEL_RANGE)
        return (struct span){{v, 0, true}, {v, 0, true}, true};
    const struct feel_range *r = v.u.range;
    return (struct span){{r->low, feel_is_null(r->low) ? -1 : 0, r->low_closed},
                         {r->high, feel_is_null(r->high) ? 1 : 0, r->high_closed},
                         false};
}

/* Order of two ends by their places; *bad when they cannot be compared. */
static int order_of(struct end a, struct end b, bool *bad) {
    int order = 0;
    if (a.infinite != 0 || b.infinite != 0)
        return (a.infinite > b.infinite) - (a.infinite < b.infinite);
    if (!op_order(&order, a.at, b.at))
        *bad = true;
    return order;
}

typedef bool (*relation)(const struct span *a, const struct span *b, bool *bad);

static struct feel_value relate(struct feel_machine *m, const struct feel_value *args,
                                relation holds, const char *name) {
    struct span a = span_of(args[0]), b = span_of(args[1]);
    bool bad = feel_is_null(args[0]) || feel_is_null(args[1]);
    bool answer = !bad && holds(&a, &b, &bad);
    return bad ? machine_null(m, "%s() of values that cannot be ordered", name)
               : feel_boolean(answer);
}

static bool is_before(const struct span *a, const struct span *b, bool *bad) {
    int order = order_of(a->high, b->low, bad);
    return order < 0 || (order == 0 && !(a->high.closed && b->low.closed));
}

static bool is_after(const struct span *a, const struct span *b, bool *bad) {
    return is_before(b, a, bad);
}

static bool is_meeting(const struct span *a, const struct span *b, bool *bad) {
    return order_of(a->high, b->low, bad) == 0 && a->high.closed && b->low.closed;
}

static bool is_met_by(const struct span *a, const struct span *b, bool *bad) {
    return is_meeting(b, a, bad);
}

static bool is_overlapping(const struct span *a, const struct span *b, bool *bad) {
    return !is_before(a, b, bad) && !is_before(b, a, bad);
}

/* a begins before b does: strictly, or at the same place where only a includes it */
static bool begins_before(const struct span *a, const struct span *b, bool *bad) {
    int order = order_of(a->low, b->low, bad);
    return order < 0 || (order == 0 && a->low.closed && !b->low.closed);
}

/* a does not reach beyond b */
static bool ends_before(const struct span *a, const struct span *b, bool *bad) {
    int order = order_of(a->high, b->high, bad);
    return order < 0 || (order == 0 && (!a->high.closed || b->high.closed));
}

static bool is_overlapping_before(const struct span *a, const struct span *b, bool *bad) {
    return begins_before(a, b, bad) && is_overlapping(a, b, bad) && ends_before(a, b, bad);
}

static bool is_overlapping_after(const struct span *a, const struct span *b, bool *bad) {
    return is_overlapping_before(b, a, bad);
}

/* DMN 1.5: table 78, includes(): no end of b lies outside of a; a point may be an end that a
 * includes, whatever the other end, at the same place, says */
static bool is_including(const struct span *a, const struct span *b, bool *bad) {
    int low = order_of(a->low, b->low, bad), high = order_of(a->high, b->high, bad);
    if (b->point)
        return (low < 0 && high > 0) || (low == 0 && a->low.closed) ||
               (high == 0 && a->high.closed);
    return (low < 0 || (low == 0 && (a->low.closed || !b->low.closed))) &&
           (high > 0 || (high == 0 && (a->high.closed || !b->high.closed)));
}

static bool is_during(const struct span *a, const struct span *b, bool *bad) {
    return is_including(b, a, bad);
}

static bool is_starting(const struct span *a, const struct span *b, bool *bad) {
    int low = order_of(a->low, b->low, bad), high = order_of(a->high, b->high, bad);
    if (a->point)
        return low == 0 && b->low.closed;
    return low == 0 && a->low.closed == b->low.closed &&
           (high < 0 || (high == 0 && (!a->high.closed || b->high.closed)));
}

static bool is_started_by(const struct span *a, const struct span *b, bool *bad) {
    return is_starting(b, a, bad);
}

static bool is_finishing(const struct span *a, const struct span *b, bool *bad) {
    int low = order_of(a->low, b->low, bad), high = order_of(a->high, b->high, bad);
    if (a->point)
        return high == 0 && b->high.closed;
    return high == 0 && a->high.closed == b->high.closed &&
           (low > 0 || (low == 0 && (!a->low.closed || b->low.closed)));
}

static bool is_finished_by(const struct span *a, const struct span *b, bool *bad) {
    return is_finishing(b, a, bad);
}

static bool is_coinciding(const struct span *a, const struct span *b, bool *bad) {
    *bad = a->point != b->point; /* the table has no such signature */
    return order_of(a->low, b->low, bad) == 0 && order_of(a->high, b->high, bad) == 0 &&
           a->low.closed == b->low.closed && a->high.closed == b->high.closed;
}

#define RELATION(function, holds, name)                                                            \
    struct feel_value function(struct feel_machine *m, const struct feel_value *args,              \
                               uint32_t count) {                                                   \
        (void)count;                                                                               \
        return relate(m, args, holds, name);                                                       \
    }

/* DMN 1.5: before(), after(), meets(), met by(), overlaps(), overlaps before(), overlaps after(),
 * finishes(), finished by(), includes(), during(), starts(), started by(), coincides() */
RELATION(builtin_before, is_before, "before")
RELATION(builtin_after, is_after, "after")
RELATION(builtin_meets, is_meeting, "meets")
RELATION(builtin_met_by, is_met_by, "met by")
RELATION(builtin_overlaps, is_overlapping, "overlaps")
RELATION(builtin_overlaps_before, is_overlapping_before, "overlaps before")
RELATION(builtin_overlaps_after, is_overlapping_after, "overlaps after")
RELATION(builtin_finishes, is_finishing, "finishes")
RELATION(builtin_finished_by, is_finished_by, "finished by")
RELATION(builtin_includes, is_including, "includes")
RELATION(builtin_during, is_during, "during")
RELATION(builtin_starts, is_starting, "starts")
RELATION(builtin_started_by, is_started_by, "started by")
RELATION(builtin_coincides, is_coinciding, "coincides")

/* The text of a range whose ends are literals: numbers, strings, at-literals, or the functions
 * date(), time(), date and time(), duration() of one string. */
static bool is_literal_end(const struct ast *end) {
    static const char *const makers[] = {"date", "time", "date and time", "duration"};
    if (end == NULL || end->kind == AST_CONST)
        return true;
    if (end->kind != AST_CALL || end->a->kind != AST_NAME || end->list == NULL ||
        end->list->next != NULL || end->list->kind != AST_CONST)
        return false;
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        if (str_eq(end->a->name, str_from(makers[i])))
            return true;
    return false;
}

struct feel_value builtin_range(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    struct str text = {args[0].u.text, args[0].count};
    struct feel_options options = {.zones = m->env->zones};
    struct ast_scope scope = {.options = &options};
    struct feel_program *program;
    struct ast *tree;
    struct err err = {0};
    (void)count;
    /* a tree and its code take less than 600 bytes for each byte of text */
    if (!machine_reserve(m, text.len * 600 + 8192))
        return feel_null();
    if (!ast_parse(&tree, m->arena, arena_str(m->arena, text), &scope, FEEL_EXPRESSION, err_nowhere,
                   &err))
        return machine_null(m, "range() of a text that is not a range");
    bool good = (tree->kind == AST_RANGE && is_literal_end(tree->a) && is_literal_end(tree->b)) ||
                (tree->kind == AST_UNARY && is_literal_end(tree->a));
    if (!good || !ast_compile(&program, m->arena, tree, &options, &err))
        return machine_null(m, "range() of a text that is not a range of literals");
    return machine_eval(m, program, NULL, 0);
}
