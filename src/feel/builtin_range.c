/* Allen's relations between points and ranges, and range(). DMN 1.5: 10.3.4.7, table 78; the
 * conditions are the table's, row by row. An open end is beyond every point. */
#include "feel/builtin.h"
#include "feel/lex.h"
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

/* An end that is not open to infinity; a range has one. */
static struct end known_of(const struct span *s) {
    return s->low.infinite != 0 ? s->high : s->low;
}

/* Of one kind, so that an end that is open is beyond the other's ends, and not of something else.
 */
static bool are_ordered(const struct span *a, const struct span *b) {
    bool bad = false;
    (void)order_of(known_of(a), known_of(b), &bad);
    return !bad;
}

/* A relation compares each end with each at most twice. */
static bool spend(struct feel_machine *m, const struct span *a, const struct span *b) {
    struct feel_value of_a[] = {a->low.at, a->high.at}, of_b[] = {b->low.at, b->high.at};
    for (int i = 0; i < 4; i++)
        if (!machine_spend_order(m, of_a[i / 2], of_b[i % 2]))
            return false;
    return true;
}

typedef bool (*relation)(const struct span *a, const struct span *b, bool *bad);

static struct feel_value relate(struct feel_machine *m, const struct feel_value *args,
                                relation holds, const char *name) {
    struct span a = span_of(args[0]), b = span_of(args[1]);
    if (!spend(m, &a, &b))
        return feel_null();
    bool bad = !are_ordered(&a, &b);
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
    *bad = *bad || a->point != b->point; /* the table has no such signature */
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

/* A literal, or a call of date(), time(), date and time(), duration() with literals. Not one in
 * parentheses. DMN 1.5: rules 60, 67 */
static bool is_literal(const struct ast *node, bool endpoint) {
    static const char *const makers[] = {"date", "time", "date and time", "duration"};
    if (node->source->text.at[node->at] == '(')
        return false;
    if (node->kind == AST_CONST)
        return !endpoint || (!feel_is_null(node->value) && feel_kind(node->value) != FEEL_BOOLEAN);
    if (node->kind != AST_CALL || node->a->kind != AST_NAME)
        return false;
    for (const struct ast *arg = node->list; arg != NULL; arg = arg->next)
        if (!is_literal(arg->kind == AST_NAMED ? arg->a : arg, false))
            return false;
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        if (str_eq(node->a->name, str_from(makers[i])))
            return true;
    return false;
}

/* Where the brackets and the dots stand. */
struct range_text {
    struct token first, dots, last;
};

static bool find_parts(struct range_text *out, struct str text) {
    struct token token;
    const char *what;
    int depth = 0;
    if (!lex_next(&out->first, text, 0, &what))
        return false;
    out->dots.kind = TOKEN_END;
    out->last = out->first;
    while (lex_next(&token, text, out->last.to, &what)) {
        if (token.kind == TOKEN_END)
            return out->dots.kind == TOKEN_DOTS && out->last.from >= out->dots.to;
        depth += (token.kind == TOKEN_PAREN) - (token.kind == TOKEN_PAREN_END);
        if (token.kind == TOKEN_DOTS && depth == 0 && out->dots.kind == TOKEN_END)
            out->dots = token;
        out->last = token;
    }
    return false;
}

/* An end of the range, NULL for one that is missing; false when it is no literal. */
static bool parse_end(struct ast **out, struct feel_machine *m, struct str text,
                      const struct ast_scope *scope) {
    struct err err = {0};
    *out = NULL;
    return lex_skip(text, 0) >= text.len ||
           (ast_parse(out, m->arena, text, scope, FEEL_EXPRESSION, err_nowhere, &err) &&
            is_literal(*out, true));
}

/* DMN 1.5: rule 66: only an open end may be missing, and not both */
static struct ast *parse_literal(struct feel_machine *m, struct str text,
                                 const struct ast_scope *scope) {
    struct range_text at;
    struct ast *low, *high;
    struct err err = {0};
    if (!find_parts(&at, text))
        return NULL;
    bool low_open = at.first.kind == TOKEN_PAREN || at.first.kind == TOKEN_BRACKET_END;
    bool high_open = at.last.kind == TOKEN_PAREN_END || at.last.kind == TOKEN_BRACKET;
    if ((!low_open && at.first.kind != TOKEN_BRACKET) ||
        (!high_open && at.last.kind != TOKEN_BRACKET_END) ||
        !parse_end(&low, m, str_sub(text, at.first.to, at.dots.from - at.first.to), scope) ||
        !parse_end(&high, m, str_sub(text, at.dots.to, at.last.from - at.dots.to), scope) ||
        (low == NULL && (!low_open || high == NULL)) || (high == NULL && !high_open))
        return NULL;
    struct ast *node = ast_new(m->arena, AST_RANGE, low != NULL ? low->source : high->source);
    node->a = low;
    node->b = high;
    node->op = (uint8_t)((low_open ? 0 : AST_LOW_CLOSED) | (high_open ? 0 : AST_HIGH_CLOSED));
    return ast_close(node, &err) ? node : NULL;
}

struct feel_value builtin_range(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    struct str text = {args[0].u.text, args[0].count};
    struct feel_options options = {.zones = m->env->zones};
    struct ast_scope scope = {.options = &options};
    struct feel_program *program;
    struct err err = {0};
    (void)count;
    /* a tree and its code take less than 600 bytes for each byte of text */
    if (!machine_reserve(m, text.len * 600 + 8192))
        return feel_null();
    struct ast *tree = parse_literal(m, arena_str(m->arena, text), &scope);
    if (tree == NULL || !ast_compile(&program, m->arena, tree, &options, &err))
        return machine_null(m, "range() of a text that is not a range of literals");
    return machine_eval(m, program, NULL, 0);
}
