/* What built-in functions pay for: the steps grow with what they look at, and whatever budget of
 * steps or bytes they get, they end with their value or with ERR_LIMIT. */
#include "base/test.h"
#include "feel/feel.h"

enum { ITEMS = 4096, FEW = 256 };

/* l, few: so many numbers; yes, no: booleans; t: a text of so many letters; s: a list of texts; c:
 * a context of few entries. */
static struct feel_value context_of(struct arena *a) {
    static const char *const names[] = {"l", "few", "yes", "no", "t", "s", "c"};
    struct feel_value *items[4], values[COUNT_OF(names)];
    struct feel_entry *inner = arena_new(a, struct feel_entry, FEW), entries[COUNT_OF(names)];
    char *text = arena_new(a, char, ITEMS + 1);
    for (size_t k = 0; k < COUNT_OF(items); k++)
        items[k] = arena_new(a, struct feel_value, ITEMS);
    for (uint32_t i = 0; i < ITEMS; i++) {
        items[0][i] = feel_int((int64_t)i);
        items[1][i] = feel_boolean(true);
        items[2][i] = feel_boolean(false);
        items[3][i] = feel_string(STR("x"));
        text[i] = 'a';
    }
    for (uint32_t i = 0; i < FEW; i++) {
        struct buf name;
        buf_init(&name, 64);
        buf_printf(&name, "n%u", i);
        inner[i] = (struct feel_entry){arena_str(a, buf_view(&name)), feel_int((int64_t)i)};
        buf_done(&name);
    }
    values[0] = feel_list(items[0], ITEMS);
    values[1] = feel_list(items[0], FEW);
    values[2] = feel_list(items[1], ITEMS);
    values[3] = feel_list(items[2], ITEMS);
    values[4] = feel_string((struct str){text, ITEMS});
    values[5] = feel_list(items[3], ITEMS);
    values[6] = feel_context_of(a, inner, FEW);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        entries[i] = (struct feel_entry){str_from(names[i]), values[i]};
    return feel_context_of(a, entries, COUNT_OF(names));
}

static const struct cost_row {
    int line;
    const char *text;
    uint64_t steps; /* with no more than these it does not end */
} rows[] = {
    {__LINE__, "list contains(l, -1)", ITEMS},
    {__LINE__, "index of(l, -1)", ITEMS},
    {__LINE__, "min(l)", ITEMS},
    {__LINE__, "max(l)", ITEMS},
    {__LINE__, "sum(l)", ITEMS},
    {__LINE__, "mean(l)", ITEMS},
    {__LINE__, "product(l)", ITEMS},
    {__LINE__, "stddev(l)", ITEMS},
    {__LINE__, "median(l)", 2 * ITEMS},
    {__LINE__, "mode(l)", 2 * ITEMS},
    {__LINE__, "all(yes)", ITEMS},
    {__LINE__, "any(no)", ITEMS},
    {__LINE__, "append(l, 1)", ITEMS},
    {__LINE__, "concatenate(l, l)", 2 * ITEMS},
    {__LINE__, "insert before(l, 1, 0)", ITEMS},
    {__LINE__, "remove(l, 1)", ITEMS},
    {__LINE__, "list replace(l, 1, 0)", ITEMS / 16},
    {__LINE__, "list replace(l, function(x, y) false, 0)", 2 * ITEMS},
    {__LINE__, "reverse(l)", ITEMS},
    {__LINE__, "union(few, few)", FEW *FEW / 2},
    {__LINE__, "distinct values(few)", FEW *FEW / 2},
    {__LINE__, "flatten([l, l])", 2 * ITEMS},
    {__LINE__, "sort(l)", ITEMS},
    {__LINE__, "sort(l, function(x, y) x < y)", 2 * ITEMS},
    {__LINE__, "get entries(c)", 2 * FEW},
    {__LINE__, "context(get entries(c))", FEW *FEW / 2},
    {__LINE__, "context put(c, \"n0\", 1)", FEW},
    {__LINE__, "context put({a: c}, [\"a\", \"n0\"], 1)", FEW},
    {__LINE__, "context merge([c, c])", 2 * FEW},
    {__LINE__, "string(l)", ITEMS / 4},
    {__LINE__, "string length(t)", ITEMS / 64},
    {__LINE__, "substring(t, 4000, 1)", ITEMS / 64},
    {__LINE__, "substring before(t, \"b\")", ITEMS / 64},
    {__LINE__, "substring after(t, \"b\")", ITEMS / 64},
    {__LINE__, "contains(t, \"b\")", ITEMS / 64},
    {__LINE__, "starts with(t, t)", ITEMS / 64},
    {__LINE__, "ends with(t, t)", ITEMS / 64},
    {__LINE__, "number(t) = null", ITEMS / 64},
    {__LINE__, "get value({a: 1}, t) = null", ITEMS / 64},
    {__LINE__, "replace(\"b\", \"a\", t)", ITEMS / 64},
    {__LINE__, "t < t", ITEMS / 256},
    {__LINE__, "t in [t..t]", ITEMS / 256},
    {__LINE__, "before(t, t)", ITEMS / 64},
    {__LINE__, "min(t, t)", ITEMS / 256},
    {__LINE__, "sort([t, t])", ITEMS / 256},
    {__LINE__, "t = t", ITEMS / 256},
    {__LINE__, "[t] = [t]", ITEMS / 256},
    {__LINE__, "is(t, t)", ITEMS / 256},
    {__LINE__, "is(l, l)", ITEMS},
    {__LINE__, "upper case(t)", ITEMS / 8},
    {__LINE__, "lower case(t)", ITEMS / 8},
    {__LINE__, "string join(s, \"-\")", ITEMS},
    {__LINE__, "matches(t, \"b\")", ITEMS},
    {__LINE__, "matches(\"b\", t)", ITEMS},
    {__LINE__, "matches(t, \"^a*b\")", 4 * ITEMS},
    {__LINE__, "matches(\"\", \"a{8000}\")", 1000},
    {__LINE__, "for p in [\"a{8000}\"] return matches(\"\", p)", 1000},
    {__LINE__, "for p in [t] return matches(\"\", p)", ITEMS + ITEMS / 8},
    {__LINE__, "matches(t + t, \"^(a{4000})\\1\")", 4000 + 1300},
    {__LINE__, "matches(t + t, \"^(a{4000})\\1\", \"i\")", 4000 + 4400},
    {__LINE__, "replace(t, \"a\", \"b\")", ITEMS},
    {__LINE__, "split(t, \"a\")", ITEMS},
    {__LINE__, "for i in l return max(i, i, i, i, i)", 12 * ITEMS},
    {__LINE__, "range(\"[1..2]\")", 1},
    {__LINE__, "date and time(date(2020, 1, 1), time(1, 2, 3, @\"PT1H\"))", 1},
    {__LINE__, "date and time(date and time(\"2020-01-01T00:00:00Z\"), \"UTC\")", 1},
    {__LINE__, "[1e40 + 1, decimal(1 / 3, 30), number(\"0.1\"), exp(1), sqrt(2)]", 1},
    {__LINE__, "concatenate(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", 10},
    {__LINE__, "get value({a - b: 1}, \"a - b\")", 1},
    {__LINE__, "[count(5), median(few), string join([\"a\"], t)]", FEW},
};

static bool run(struct feel_value *out, const char *text, struct cost cost, struct arena *a,
                struct feel_value context, struct err *err) {
    struct budget budget = budget_of(cost.steps, cost.bytes);
    err_reset(err);
    bool good = feel_once(out, str_from(text), context, (struct feel_env){0}, a, &budget, err);
    return good;
}

void test_builtin_steps(void) {
    struct arena *a = arena_create("cost", 64 << 20);
    struct feel_value context = context_of(a), v;
    struct err err = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena_mark mark = arena_mark(a);
        bool good = run(&v, rows[i].text, (struct cost){rows[i].steps, 16 << 20}, a, context, &err);
        CHECK_AT(rows[i].line, !good && err.code == ERR_LIMIT);
        arena_rewind(a, mark);
        good = run(&v, rows[i].text, (struct cost){16 * ITEMS + FEW * FEW * 2, 16 << 20}, a,
                   context, &err);
        CHECK_OK_AT(rows[i].line, good, &err);
        CHECK_AT(rows[i].line, good && !feel_is_null(v));
        arena_rewind(a, mark);
    }
    arena_destroy(a);
}

/* Steps, or bytes, from none on, ever more of them. */
static void check_walk(const struct cost_row *row, bool bytes) {
    struct arena *a = arena_create("cost", 64 << 20);
    struct feel_value context = context_of(a), want, got;
    struct err err = {0};
    struct buf wanted, text;
    buf_init(&wanted, 1 << 20);
    buf_init(&text, 1 << 20);
    struct cost all = {1 << 24, 32 << 20};
    CHECK_OK_AT(row->line, run(&want, row->text, all, a, context, &err), &err);
    feel_print(&wanted, want);
    bool ended = false;
    for (uint64_t n = 0; n < all.bytes && !ended; n += 1 + n / 8) {
        struct arena_mark mark = arena_mark(a);
        ended =
            run(&got, row->text, bytes ? (struct cost){all.steps, n} : (struct cost){n, all.bytes},
                a, context, &err);
        CHECK_AT(row->line, ended || (err.code == ERR_LIMIT && feel_is_null(got)));
        if (ended)
            feel_print(&text, got);
        arena_rewind(a, mark);
    }
    CHECK_AT(row->line, ended);
    CHECK_STR_AT(row->line, buf_view(&text), buf_view(&wanted));
    buf_done(&wanted);
    buf_done(&text);
    arena_destroy(a);
}

void test_builtin_budgets(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_walk(&rows[i], false);
        check_walk(&rows[i], true);
    }
}

static enum err_code matched(const char *pattern, size_t letters, char last) {
    struct arena *a = arena_create("cost", 64 << 20);
    struct feel_value v;
    struct err err = {0};
    struct buf text;
    buf_init(&text, 4 << 20);
    buf_printf(&text, "matches(\"");
    for (size_t i = 0; i < letters; i++)
        buf_add_byte(&text, 'a');
    buf_printf(&text, "%c\", \"%s\")", last, pattern);
    struct budget budget = budget_of(1 << 26, 48 << 20);
    bool good = feel_once(&v, buf_view(&text), feel_null(), (struct feel_env){0}, a, &budget, &err);
    CHECK(good == (err.code == ERR_NONE));
    buf_done(&text);
    arena_destroy(a);
    return err.code;
}

/* The choices that a match keeps; a pattern of too many loops is none, and the rest goes on. */
void test_builtin_pattern_limits(void) {
    char loops[2 * 257 + 1] = {0};
    for (size_t i = 0; i < 257; i++)
        memcpy(loops + 2 * i, "a*", 2);
    CHECK(matched(loops, 3, 'b') == ERR_NONE);
    loops[2 * 256] = '\0';
    CHECK(matched(loops, 3, 'b') == ERR_NONE);
    CHECK(matched("^a*b", 262000, 'b') == ERR_NONE);
    CHECK(matched("^a*b", 262200, 'c') == ERR_LIMIT);
    CHECK(matched("^(a)*b", 87000, 'b') == ERR_NONE);
    CHECK(matched("^(a)*b", 87600, 'c') == ERR_LIMIT);
}

/* A string has 2^24 bytes at most: what would have more is null. */
void test_builtin_longest(void) {
    static const struct {
        int line;
        const char *text, *want;
    } longest[] = {
        {__LINE__, "string length(string join(for i in l return t))", "16777216"},
        {__LINE__, "string join(for i in l return t, \"-\")", "null"},
        {__LINE__, "string length(replace(t, \"a\", t))", "16777216"},
        {__LINE__, "replace(t, \"a\", t + \"a\")", "null"},
        {__LINE__, "replace(t, \"a\", \"$0\" + t)", "null"},
        {__LINE__, "replace(t, \"a\", t + \"a\", \"q\")", "null"},
        {__LINE__, "string(for i in l return t)", "null"},
        {__LINE__, "{t: string join(for i in l return t), u: t + \"a\"}.u", "null"},
        {__LINE__, "upper case(replace(t, \"a\", t, \"q\") + \"\") = null", "false"},
    };
    for (size_t i = 0; i < COUNT_OF(longest); i++) {
        struct arena *a = arena_create("cost", 256 << 20);
        struct feel_value context = context_of(a), v;
        struct err err = {0};
        struct buf got;
        buf_init(&got, 1 << 12);
        CHECK_OK_AT(longest[i].line,
                    run(&v, longest[i].text, (struct cost){1 << 26, 200 << 20}, a, context, &err),
                    &err);
        feel_print(&got, v);
        CHECK_STR_AT(longest[i].line, buf_view(&got), str_from(longest[i].want));
        buf_done(&got);
        arena_destroy(a);
    }
}
