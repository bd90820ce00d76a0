/* Names whose shape is told: by declared types, by the types of functions, by what stands in the
 * same text; and where nothing tells it. DMN 1.5: 10.3.1.6 */
#include "base/test.h"
#include "feel/ast.h"
#include "feel/feel.h"
#include "feel/rows_test.h"

struct row {
    int line;
    const char *text, *want;
};

/* Evaluate a text over variables of declared types; "error: ..." when it is refused. */
static void print_typed(struct buf *out, struct arena *a, const char *text,
                        const struct feel_type *types, struct feel_value data) {
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    struct feel_name *names = arena_new(a, struct feel_name, types->field_count);
    struct feel_value *vars = arena_new(a, struct feel_value, types->field_count), v;
    struct feel_program *program;
    for (size_t i = 0; i < types->field_count; i++) {
        names[i] = (struct feel_name){types->fields[i].name, types->fields[i].type};
        vars[i] = feel_get(data, names[i].name);
    }
    struct feel_options options = {
        .names = names, .name_count = types->field_count, .budget = &budget};
    struct feel_env env = {.vars = vars, .var_count = types->field_count};
    if (feel_compile(&program, a, str_from(text), &options, &err) &&
        feel_eval(&v, program, &env, a, &budget, &err))
        feel_print(out, v);
    else
        buf_printf(out, "error: %s", err.text);
}

/* types: a context of all names. data: their values, in which no names are longer. */
static void check_typed(const char *types_text, const char *data_text, const struct row *rows,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct arena *a = arena_create("shape", 64 << 20);
        struct budget budget = budget_of(1000000, 32 << 20);
        struct feel_env env = {0};
        struct feel_options options = {0};
        struct err err = {0};
        struct feel_value data = feel_null();
        const struct feel_type *types = NULL;
        struct buf out;
        buf_init(&out, 1 << 20);
        CHECK_OK_AT(rows[i].line,
                    ast_parse_type(&types, a, str_from(types_text), &options, &err) &&
                        feel_once(&data, str_from(data_text), feel_null(), env, a, &budget, &err),
                    &err);
        print_typed(&out, a, rows[i].text, types, data);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(a);
    }
}

void test_feel_shapes_declared(void) {
    static const char types[] =
        "context<f: function<number>->context<net: number>, g: function<number>->list<context<a b: "
        "number>>, l: list<list<context<x y: number>>>, c: context<p: context<q-r: number>, q: "
        "number>, n: number, tax: number, r: number, plain: function<number>->number, any: Any, h: "
        "function<>->context<u-v: number>, m: list<context<w*z: number>>>";
    static const char data[] =
        "{f: function(x) {net: x, \"net-tax\": 100}, g: function(x) [{\"a b\": x}], "
        "l: [[{\"x y\": 1}]], c: {p: {\"q-r\": 1, q: 9}, q: 5}, n: 7, tax: 2, r: 3, "
        "plain: function(x) {\"net-tax\": x, net: 50}, any: {\"net-tax\": 1, net: 8, \"x y\": 6, "
        "\"u-v\": 7, "
        "\"w*z\": 9}}";
    static const struct row rows[] = {
        /* what a function gives is told by its type */
        {__LINE__, "f(5).net-tax", "3"},
        {__LINE__, "{o: {net-tax: 1}, z: f(5).net-tax}.z", "3"},
        {__LINE__, "g(4).a b", "[4]"},
        {__LINE__, "g(4)[a b = 4].a b", "[4]"},
        {__LINE__, "{z: f(5), w: z.net-tax}.w", "3"},
        {__LINE__, "[f(5)].net-tax", "null"},
        {__LINE__, "f(5)[1].net-tax", "3"},
        {__LINE__, "(if true then f(5) else f(5)).net", "5"},
        /* unless another thing has its name */
        {__LINE__, "{f: function(x) {net-tax: x}, z: f(5).net-tax}.z", "5"},
        {__LINE__, "(function(f) f(5).net-tax)(function(x) {net-tax: x})", "5"},
        {__LINE__, "{o: {net-tax: 1}, h: function(f) f(5).net-tax, z: h(plain)}.z", "5"},
        {__LINE__, "for f in [plain] return f(5).net-tax", "[48]"},
        {__LINE__, "{o: {net-tax: 1}, z: for f in [plain] return f(5).net-tax}.z", "[5]"},
        /* a function that gives no context tells nothing */
        {__LINE__, "{o: {net-tax: 1}, z: plain(5).net-tax}.z", "5"},
        {__LINE__, "{o: {net-tax: 1}, z: any.net-tax}.z", "1"},
        {__LINE__, "any.x y", "6"},
        /* but any member of any type may be one of it */
        {__LINE__, "any.u-v", "7"},
        {__LINE__, "any.w*z", "9"},
        /* contexts and lists */
        {__LINE__, "c.p.q-r", "1"},
        {__LINE__, "c.q-r", "2"},
        {__LINE__, "c.p.q - r", "1"},
        {__LINE__, "c.p.q-n", "2"},
        {__LINE__, "c.q-n", "-2"},
        {__LINE__, "l[1].x y", "[1]"},
        {__LINE__, "[c][q-r = 2].q", "[5]"},
        {__LINE__, "[c, c][q - r = 2].q", "[5, 5]"},
        {__LINE__, "[c.p][q-r = 1].q", "[9]"},
        {__LINE__, "{d: c, e: d.p, z: e.q-r}.z", "1"},
        {__LINE__, "for i in [c.p] return i.q-r", "[1]"},
        {__LINE__, "some i in [c.p] satisfies i.q-r = 1", "true"},
        /* declared types of functions in the text */
        {__LINE__, "(function(x): context<net: number> x)({net: 5}).net-tax", "3"},
        {__LINE__,
         "{o: {net-tax: 1}, z: (function(x): context<net: number> x)({net: 5}).net-tax}.z", "3"},
        {__LINE__, "(function(x): context<net-tax: number> x)({\"net-tax\": 5}).net-tax", "5"},
        {__LINE__, "(function(x): list<context<u v: number>> x)([{\"u v\": 5}]).u v", "[5]"},
        {__LINE__, "(function(x: context<net: number>) x.net-tax)({net: 5})", "3"},
        {__LINE__, "(function(x: list<context<net: number>>) x[net-tax = 3])([{net: 5}])",
         "[{net: 5}]"},
        {__LINE__, "(function() {net: 5})().net-tax", "3"},
        {__LINE__, "{o: {net-tax: 1}, z: (function(x): Any x)({net-tax: 5}).net-tax}.z", "5"},
        {__LINE__, "{o: {net-tax: 1}, z: (function(x): number x)(1).net-tax}.z", "null"},
    };
    check_typed(types, data, rows, COUNT_OF(rows));
}

/* What stands in the same text. */
void test_feel_shapes_in_text(void) {
    static const struct row rows[] = {
        /* a name is followed to what it stands for */
        {__LINE__,
         "{a: {net: 5}, b: a, c: b, d: c, e: d, f: e, g: f, o: {net-tax: 1}, "
         "r: g.net-tax}.r",
         "3"},
        /* but not from outside into a context: its entries see those before them */
        {__LINE__, "{x: {net: 5}, o: {net-tax: 9}, c: {x: {net-tax: 7}, y: x}, r: c.y.net-tax}.r",
         "7"},
        {__LINE__, "{o: {net-tax: 9}, c: {w: {net-tax: 7}, y: w}, r: c.y.net-tax}.r", "7"},
        /* keys that are strings are members too, and words are whole words */
        {__LINE__, "{o: {\"net-tax\": 1}, r: (function(x) x)({\"net-tax\": 5}).net-tax}.r", "5"},
        {__LINE__, "{o: {\"tax\": 1}, r: (function(x) x)({net: 5}).net-tax}.r", "3"},
        {__LINE__, "{f: function(x) x.net-tax, r: f({\"net-tax\": 5})}.r", "5"},
        {__LINE__, "{f: function(x) x.net-tax, r: f({net - tax: 5})}.r", "5"},
        {__LINE__, "{f: function(x) x.net-tax, r: f({net: 5})}.r", "3"},
        {__LINE__, "{x: {a b c: 1, ab c: 2}, r: [x.ab c, x.a b c]}.r", "[2, 1]"},
        {__LINE__, "{x: {a b: 1, ab: 2}, r: [x.ab + 1, x.a b + 1]}.r", "[3, 2]"},
        {__LINE__, "{x: {a b: 1}, r: [x.a b, x.a bc, x.a b2]}.r", "[1, null, null]"},
        {__LINE__,
         "{x: {net: 5}, o: {net-tax: 9}, r: (function() {x: {net-tax: 7}, y: x}.y)()"
         ".net-tax}.r",
         "7"},
        {__LINE__, "{x: {net: 5}, o: {net-tax: 9}, r: (function(x) x)({net-tax: 7}).net-tax}.r",
         "7"},
        {__LINE__, "{a: {net: 5}, o: {net-tax: 1}, r: [{a: {net-tax: 8}}][a.net-tax = 8].a}.r",
         "[{\"net-tax\": 8}]"},
        {__LINE__, "{a: {net: 5}, o: {net-tax: 1}, r: [{b: 1}][a.net-tax = 3].b}.r", "[1]"},
        {__LINE__, "{a: {net: 5}, o: {net-tax: 1}, r: [1, 2][a.net-tax = 3]}.r", "[]"},
        {__LINE__, "{o: {net-tax: 1}, r: [{net: 5}][item.net-tax = 3]}.r", "[{net: 5}]"},
        {__LINE__, "{o: {net-tax: 1}, r: [{a: {net: 5}}].a.net-tax}.r", "null"},
        {__LINE__, "{o: {net-tax: 1}, r: [{a: {net: 5}}][1].a.net-tax}.r", "3"},
        {__LINE__, "{o: {net-tax: 1}, r: for i in [{net: 5}], j in [i] return j.net-tax}.r", "[3]"},
        {__LINE__, "{o: {net-tax: 1}, r: for i in [{net: 5}, {net: 6}] return i.net-tax}.r",
         "[3, 4]"},
        {__LINE__, "{o: {net-tax: 1}, r: for i in [{net: 5}, {net: 6, a: 1}] return i.net-tax}.r",
         "[null, null]"},
    };
    static const char types[] = "context<tax: number, w: context<net: number>>",
                      data[] = "{tax: 2, w: {net: 5}}";
    check_typed(types, data, rows, COUNT_OF(rows));
}

/* The last 256 names of a text are looked at, where each may ask for all of them. */
void test_feel_shapes_many(void) {
    static const struct {
        int line;
        int count;
        const char *begin, *want;
    } rows[] = {
        {__LINE__, 200, "{tax: 2, o: {net-tax: 1}, a: {net: 5}", "3"},
        /* what is further away is not known, nor what it hides */
        {__LINE__, 300, "{tax: 2, o: {net-tax: 1}, a: {net-tax: 7}", "7"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        feel_parts_print(&text, (struct feel_parts){rows[i].begin, ", x#: 1", rows[i].count,
                                                    ", r: a.net-tax}.r"});
        buf_add_byte(&text, '\0');
        feel_row_check(__FILE__, (struct feel_row){.line = rows[i].line,
                                                   .data = "{a: {net: 5}}",
                                                   .text = text.at,
                                                   .want = rows[i].want});
        buf_done(&text);
    }
}

static void check(const struct row *rows, size_t count, const char *data) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(__FILE__, (struct feel_row){.line = rows[i].line,
                                                   .data = data,
                                                   .text = rows[i].text,
                                                   .want = rows[i].want});
}

/* y is a context of which the text knows nothing; the data has names that are like its own. */
#define Y "(function(x) x)(y)"

/* With blanks around its symbol, a name ends before it when its beginning is a member and an
 * operand follows; without, it goes on. */
void test_feel_shapes_unknown(void) {
    static const char data[] =
        "{y: {net: 5, \"net-tax\": 9, \"net-abs\": 8, \"net-day\": 7, \"net-1\": 6, \"net-\": 4, "
        "\"net-none\": 3, client: 2, \"client's\": 15, \"client's age\": 1, \"a.b\": 11, a: {b: "
        "12}, \"net*if\": 13, "
        "\"net**2\": 14, on: @\"2020-01-02T00:00:00\", \"on-date\": 16}, tax: 1, s: 1, two words: "
        "2, \"q-r\": {}, o: {b: 0}}";
    static const struct row rows[] = {
        {__LINE__, Y ".net-tax", "9"},
        {__LINE__, Y ".net - tax", "4"},
        {__LINE__, Y ".net- tax", "4"},
        {__LINE__, Y ".net - none", "3"},
        {__LINE__, Y ".net - two words", "3"},
        {__LINE__, Y ".net - 1", "4"},
        {__LINE__, Y ".net-1", "6"},
        {__LINE__, Y ".net - abs(1)", "4"},
        {__LINE__, Y ".net - abs", "8"},
        {__LINE__, Y ".net - day of year(@\"2020-01-02\")", "3"},
        {__LINE__, Y ".net - day", "7"},
        {__LINE__, Y ".net - (1)", "4"},
        {__LINE__, Y ".net - [1][1]", "4"},
        {__LINE__, Y ".net - {b: 1}.b", "4"},
        {__LINE__, Y ".net - -1", "6"},
        {__LINE__, Y ".net-", "4"},
        {__LINE__, "[" Y ".net -]", "[4]"},
        {__LINE__, "[" Y ".net -, 1]", "[4, 1]"},
        {__LINE__, "(" Y ".net -)", "4"},
        {__LINE__, "{r: " Y ".net -}.r", "4"},
        {__LINE__, Y ".net * if true then 2 else 3", "10"},
        {__LINE__, Y ".net*if", "13"},
        {__LINE__, Y ".net ** 2", "25"},
        {__LINE__, Y ".net**2", "14"},
        {__LINE__, Y ".client 's age", "1"},
        {__LINE__, Y ".client's age", "1"},
        {__LINE__, Y ".client 's", "15"},
        {__LINE__, Y ".on - date and time(\"2020-01-01T00:00:00\")", "@\"P1D\""},
        {__LINE__, Y ".on - date", "16"},
        {__LINE__, Y ".a.b", "11"},
        {__LINE__, Y ".a . b", "12"},
        {__LINE__, "[y][net - tax = 9].client", "[2]"},
        {__LINE__, "[" Y "][net - tax = 4].client", "[2]"},
        {__LINE__, "[" Y "][net-tax = 9].client", "[2]"},
        {__LINE__, "[" Y "][net - client = 3].client", "[2]"},
        {__LINE__, "[" Y "][net - none = 3].client", "[2]"},
        /* a comment is a blank, not the symbols of a name */
        {__LINE__, Y ".net/**/-/**/tax", "4"},
    };
    check(rows, COUNT_OF(rows), data);
}

/* The items of a list in the data tell what they have in common, but not of what is in them. */
void test_feel_shapes_of_data(void) {
    static const char data[] =
        "{l: [{a: {net: 5}, \"n-t\": 6}, {a: {\"net-tax\": 7}, \"n-t\": 8}], k: [{a: {net: 5}}], "
        "m: [{net: 1}, {\"net-tax\": 2}], e: [], tax: 1, n: 1, t: 1, o: {\"u v\": 3}, "
        "\"u  v\": 4}";
    static const struct row rows[] = {
        {__LINE__, "l.a.net-tax", "[null, 7]"},
        {__LINE__, "l[2].a.net-tax", "7"},
        {__LINE__, "l.n-t", "[6, 8]"},
        {__LINE__, "l[n-t = 8].a.net-tax", "[7]"},
        {__LINE__, "k[1].a.net-tax", "4"},
        {__LINE__, "k[a.net-tax = 4].a.net", "[5]"},
        {__LINE__, "m.net-tax", "[null, 2]"},
        {__LINE__, "m[net-tax = 2]", "[{\"net-tax\": 2}]"},
        {__LINE__, "e.net-tax", "[]"},
        /* written in two ways: each as it is known there */
        {__LINE__, "[o.u v, (function(x) x)(o).u v, u v]", "[3, 3, 4]"},
    };
    check(rows, COUNT_OF(rows), data);
}

/* What makes a comment can be in a key, but not be written. */
void test_feel_shapes_comments(void) {
    static const char data[] = "{y: {\"a b//c\": 10, \"a b\": 11, \"a//b\": 9, \"a/*b*/\": 8, "
                               "\"a/b\": 7, a: 1, \"a/\": 6}, b: 2}";
    static const struct row rows[] = {
        {__LINE__, Y ".a b", "11"},    {__LINE__, Y ".a b + 1", "12"},  {__LINE__, "y.a//b", "1"},
        {__LINE__, "y.a/*b*/", "1"},   {__LINE__, "y.a/*b*/ + 1", "2"}, {__LINE__, "y.a/b", "7"},
        {__LINE__, Y ".a//b", "1"},    {__LINE__, Y ".a/*b*/", "1"},    {__LINE__, Y ".a/b", "7"},
        {__LINE__, Y ".a / b", "0.5"}, {__LINE__, Y ".a/", "6"},
    };
    check(rows, COUNT_OF(rows), data);
}
#undef Y

/* KNOWN_PIECES_MAX: a name of more pieces than that is not joined from its words. */
void test_feel_shapes_long_names(void) {
    for (int words = 199; words <= 201; words++) {
        struct buf name, data, text;
        buf_init(&name, 1 << 12);
        buf_init(&data, 1 << 12);
        buf_init(&text, 1 << 12);
        feel_parts_print(&name, (struct feel_parts){"a", " b#", words - 1, ""});
        buf_printf(&data, "{\"%.*s\": 1}", STR_ARG(buf_view(&name)));
        buf_printf(&text, "%.*s + 1", STR_ARG(buf_view(&name)));
        buf_add_byte(&data, '\0');
        buf_add_byte(&text, '\0');
        feel_row_check(__FILE__, (struct feel_row){.line = __LINE__,
                                                   .data = data.at,
                                                   .text = text.at,
                                                   .want = words <= 200 ? "2" : "refused"});
        buf_done(&name);
        buf_done(&data);
        buf_done(&text);
    }
}

/* Looking through the fields of a shape costs a step for each. */
void test_feel_shapes_steps(void) {
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int fields = 1; fields <= 1001; fields += 1000) {
        struct arena *a = arena_create("steps", 64 << 20);
        struct feel_options options = {.open = true};
        uint64_t steps[2];
        for (int asked = 0; asked < 2; asked++) {
            struct budget budget = budget_of(1000000, 16 << 20);
            struct feel_program *program;
            struct err err = {0};
            options.budget = &budget;
            buf_reset(&text);
            feel_parts_print(&text,
                             (struct feel_parts){"{c: {", "k l#: 1, ", fields, "z: 1}, r: "});
            feel_parts_print(&text,
                             (struct feel_parts){"[1", asked ? ", c.k l0" : ", 1.k.l0", 50, "]}"});
            CHECK_OK(feel_compile(&program, a, buf_view(&text), &options, &err), &err);
            steps[asked] = 1000000 - budget.left.steps;
        }
        CHECK(steps[1] + 200 > steps[0] + 50 * (uint64_t)fields &&
              steps[1] < steps[0] + 50 * (uint64_t)fields + 200);
        arena_destroy(a);
    }
    buf_done(&text);
}
