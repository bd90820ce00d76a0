/* Allen's relations between all points and ranges with ends among a few values, against the
 * conditions of the standard's table written down here once more, one by one, from its text.
 * DMN 1.5: 10.3.4.7, table 78 */
#include "base/test.h"
#include "feel/feel.h"

/* One argument: a point, or a range; an end may be beyond all values. */
struct side {
    int start, end;
    bool point, start_included, end_included;
};
enum { BELOW_ALL = -100, ABOVE_ALL = 100 };

typedef int (*condition)(struct side a, struct side b); /* -1: the table has no such signature */

static int before(struct side a, struct side b) {
    if (a.point && b.point)
        return a.start < b.start;
    if (a.point)
        return a.start < b.start || (a.start == b.start && !b.start_included);
    if (b.point)
        return a.end < b.start || (a.end == b.start && !a.end_included);
    return a.end < b.start || ((!a.end_included || !b.start_included) && a.end == b.start);
}

static int after(struct side a, struct side b) {
    if (a.point && b.point)
        return a.start > b.start;
    if (a.point)
        return a.start > b.end || (a.start == b.end && !b.end_included);
    if (b.point)
        return a.start > b.start || (a.start == b.start && !a.start_included);
    return a.start > b.end || ((!a.start_included || !b.end_included) && a.start == b.end);
}

static int meets(struct side a, struct side b) {
    if (a.point || b.point)
        return -1;
    return a.end_included && b.start_included && a.end == b.start;
}

static int met_by(struct side a, struct side b) {
    if (a.point || b.point)
        return -1;
    return a.start_included && b.end_included && a.start == b.end;
}

static int overlaps(struct side a, struct side b) {
    if (a.point || b.point)
        return -1;
    return (a.end > b.start || (a.end == b.start && a.end_included && b.start_included)) &&
           (a.start < b.end || (a.start == b.end && a.start_included && b.end_included));
}

static int overlaps_before(struct side a, struct side b) {
    if (a.point || b.point)
        return -1;
    return (a.start < b.start || (a.start == b.start && a.start_included && !b.start_included)) &&
           (a.end > b.start || (a.end == b.start && a.end_included && b.start_included)) &&
           (a.end < b.end || (a.end == b.end && (!a.end_included || b.end_included)));
}

static int overlaps_after(struct side a, struct side b) {
    if (a.point || b.point)
        return -1;
    return (b.start < a.start || (b.start == a.start && b.start_included && !a.start_included)) &&
           (b.end > a.start || (b.end == a.start && b.end_included && a.start_included)) &&
           (b.end < a.end || (b.end == a.end && (!b.end_included || a.end_included)));
}

static int finishes(struct side a, struct side b) {
    if (b.point)
        return -1;
    if (a.point)
        return b.end_included && b.end == a.start;
    return a.end_included == b.end_included && a.end == b.end &&
           (a.start > b.start || (a.start == b.start && (!a.start_included || b.start_included)));
}

static int finished_by(struct side a, struct side b) {
    if (a.point)
        return -1;
    if (b.point)
        return a.end_included && a.end == b.start;
    return a.end_included == b.end_included && a.end == b.end &&
           (a.start < b.start || (a.start == b.start && (a.start_included || !b.start_included)));
}

static int includes(struct side a, struct side b) {
    if (a.point)
        return -1;
    if (b.point)
        return (a.start < b.start && a.end > b.start) || (a.start == b.start && a.start_included) ||
               (a.end == b.start && a.end_included);
    return (a.start < b.start || (a.start == b.start && (a.start_included || !b.start_included))) &&
           (a.end > b.end || (a.end == b.end && (a.end_included || !b.end_included)));
}

static int during(struct side a, struct side b) {
    if (b.point)
        return -1;
    if (a.point)
        return (b.start < a.start && b.end > a.start) || (b.start == a.start && b.start_included) ||
               (b.end == a.start && b.end_included);
    return (b.start < a.start || (b.start == a.start && (b.start_included || !a.start_included))) &&
           (b.end > a.end || (b.end == a.end && (b.end_included || !a.end_included)));
}

static int starts(struct side a, struct side b) {
    if (b.point)
        return -1;
    if (a.point)
        return b.start == a.start && b.start_included;
    return a.start == b.start && a.start_included == b.start_included &&
           (a.end < b.end || (a.end == b.end && (!a.end_included || b.end_included)));
}

static int started_by(struct side a, struct side b) {
    if (a.point)
        return -1;
    if (b.point)
        return a.start == b.start && a.start_included;
    return a.start == b.start && a.start_included == b.start_included &&
           (b.end < a.end || (b.end == a.end && (!b.end_included || a.end_included)));
}

static int coincides(struct side a, struct side b) {
    if (a.point != b.point)
        return -1;
    if (a.point)
        return a.start == b.start;
    return a.start == b.start && a.start_included == b.start_included && a.end == b.end &&
           a.end_included == b.end_included;
}

static const struct {
    const char *name;
    condition holds;
} relations[] = {
    {"before", before},
    {"after", after},
    {"meets", meets},
    {"met by", met_by},
    {"overlaps", overlaps},
    {"overlaps before", overlaps_before},
    {"overlaps after", overlaps_after},
    {"finishes", finishes},
    {"finished by", finished_by},
    {"includes", includes},
    {"during", during},
    {"starts", starts},
    {"started by", started_by},
    {"coincides", coincides},
};

static void add_side(struct buf *out, struct side s, const char *values[]) {
    if (s.point)
        buf_printf(out, "%s", values[s.start]);
    else if (s.start == BELOW_ALL)
        buf_printf(out, "(%s %s)", s.end_included ? "<=" : "<", values[s.end]);
    else if (s.end == ABOVE_ALL)
        buf_printf(out, "(%s %s)", s.start_included ? ">=" : ">", values[s.start]);
    else
        buf_printf(out, "%c%s..%s%c", s.start_included ? '[' : '(', values[s.start], values[s.end],
                   s.end_included ? ']' : ')');
}

static void check_pair(struct side a, struct side b, const char *values[]) {
    struct arena *arena = arena_create("ranges", 16 << 20);
    struct budget budget = budget_of(100000, 8 << 20);
    struct feel_env env = {0};
    struct err err = {0};
    struct feel_value v;
    struct buf text, want, got;
    buf_init(&text, 1 << 14);
    buf_init(&want, 1 << 14);
    buf_init(&got, 1 << 14);
    for (size_t i = 0; i < COUNT_OF(relations); i++) {
        int holds = relations[i].holds(a, b);
        buf_printf(&text, "%s%s(", i == 0 ? "[" : ", ", relations[i].name);
        add_side(&text, a, values);
        buf_lit(&text, ", ");
        add_side(&text, b, values);
        buf_lit(&text, ")");
        buf_printf(&want, "%s%s", i == 0 ? "[" : ", ",
                   holds < 0    ? "null"
                   : holds == 0 ? "false"
                                : "true");
    }
    buf_lit(&text, "]");
    buf_lit(&want, "]");
    CHECK_OK(feel_once(&v, buf_view(&text), feel_null(), env, arena, &budget, &err), &err);
    feel_print(&got, v);
    if (!str_eq(buf_view(&got), buf_view(&want)))
        (void)printf("    %.*s\n", (int)text.len, text.at);
    CHECK_STR(buf_view(&got), buf_view(&want));
    buf_done(&text);
    buf_done(&want);
    buf_done(&got);
    arena_destroy(arena);
}

enum { SIDES_MAX = 64 };

/* All points, ranges and half-open ranges with ends among so many values. */
static size_t list_sides(struct side out[SIDES_MAX], int values) {
    size_t count = 0;
    for (int start = 0; start < values; start++) {
        out[count++] = (struct side){start, start, true, true, true};
        for (int brackets = 0; brackets < 2; brackets++) {
            bool closed = brackets == 1;
            out[count++] = (struct side){BELOW_ALL, start, false, false, closed};
            out[count++] = (struct side){start, ABOVE_ALL, false, closed, false};
        }
        for (int end = start; end < values; end++)
            for (unsigned brackets = 0; brackets < 4; brackets++)
                out[count++] =
                    (struct side){start, end, false, (brackets & 1) != 0, (brackets & 2) != 0};
    }
    CHECK(count <= SIDES_MAX);
    return count;
}

static void check_all(const char *values[], int count) {
    struct side sides[SIDES_MAX];
    size_t side_count = list_sides(sides, count);
    for (size_t i = 0; i < side_count; i++)
        for (size_t k = 0; k < side_count; k++)
            check_pair(sides[i], sides[k], values);
}

void test_builtin_ranges_of_numbers(void) {
    check_all((const char *[]){"-1.5", "0", "2", "1e40"}, 4);
}

void test_builtin_ranges_of_other_kinds(void) {
    check_all((const char *[]){"@\"2019-12-31\"", "@\"2020-01-01\""}, 2);
    check_all((const char *[]){"\"a\"", "\"ab\""}, 2);
    check_all((const char *[]){"@\"PT59M\"", "@\"PT1H\""}, 2);
    check_all((const char *[]){"@\"P11M\"", "@\"P1Y\""}, 2);
    check_all((const char *[]){"@\"10:00:00+01:00\"", "@\"09:30:00Z\""}, 2);
    check_all((const char *[]){"@\"2020-01-01T00:00:00+01:00\"", "@\"2020-01-01T00:00:00Z\""}, 2);
}

/* Of kinds that cannot be ordered, or without a value: null. */
void test_builtin_ranges_without_order(void) {
    static const char *const sides[] = {"1", "[1..2]", "(1..2)", "(< 1)", "(>= 1)"};
    static const char *const others[] = {
        "\"a\"",    "[\"a\"..\"b\"]",       "null",       "true",     "{}", "[1, 2]",
        "@\"P1D\"", "[@\"P1D\"..@\"P2D\"]", "(<= \"a\")", "(> \"a\")"};
    struct buf text;
    buf_init(&text, 1 << 14);
    for (size_t i = 0; i < COUNT_OF(relations); i++)
        for (size_t k = 0; k < COUNT_OF(sides) * COUNT_OF(others) * 2; k++) {
            struct arena *arena = arena_create("ranges", 16 << 20);
            struct budget budget = budget_of(100000, 8 << 20);
            struct err err = {0};
            struct feel_value v;
            const char *side = sides[k / 2 % COUNT_OF(sides)];
            const char *other = others[k / 2 / COUNT_OF(sides)];
            buf_reset(&text);
            buf_printf(&text, "%s(%s, %s)", relations[i].name, k % 2 == 0 ? side : other,
                       k % 2 == 0 ? other : side);
            CHECK_OK(feel_once(&v, buf_view(&text), feel_null(), (struct feel_env){0}, arena,
                               &budget, &err),
                     &err);
            if (!feel_is_null(v))
                (void)printf("    %.*s\n", (int)text.len, text.at);
            CHECK(feel_is_null(v));
            arena_destroy(arena);
        }
    buf_done(&text);
}
