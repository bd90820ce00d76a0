#include "json/json.h"

#include <dirent.h>

#include "base/test.h"

static struct arena *arena;

static bool parse(const struct json **out, struct str text, struct err *err) {
    struct budget budget = budget_of(100000, 16 << 20);
    if (arena == NULL)
        arena = arena_create("json test", 64 << 20);
    return json_read(out, text, "t.json", arena, &budget, err);
}

static void done(void) {
    arena_destroy(arena);
    arena = NULL;
}

/* RFC 8259: 2 */
void test_json_suite(void) {
    if (test_suites() == NULL) {
        test_skip("no ../shared/suites");
        return;
    }
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/json-parsing", test_suites());
    DIR *folder = opendir(path);
    CHECK(folder != NULL);
    int count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        struct str name = str_from(entry->d_name), text;
        if (!str_ends(name, STR(".json")))
            continue;
        (void)snprintf(path, sizeof path, "%s/json-parsing/%s", test_suites(), entry->d_name);
        CHECK(test_read_file(&text, path));
        struct err err = {0};
        const struct json *node = NULL;
        bool ok = parse(&node, text, &err);
        /* RFC 8259: 4 lets a reader take a key twice; we refuse it, as RFC 7493: 2.3 demands */
        bool twice = str_starts(name, STR("y_object_duplicated_key"));
        bool right = name.at[0] == 'i' || ok == (name.at[0] == 'y' && !twice);
        if (!right)
            (void)printf("    %s\n", entry->d_name);
        CHECK(right);
        CHECK(ok == (node != NULL) && ok == (err.code == ERR_NONE));
        CHECK(ok || (err.at.line >= 1 && err.at.column >= 1));
        count++;
    }
    if (folder != NULL)
        (void)closedir(folder);
    CHECK(count >= 300);
    done();
}

/* RFC 8259: 6, 7: what is read comes out again, exactly */
void test_json_write(void) {
    static const struct row {
        int line;
        unsigned style;
        const char *in, *want;
    } rows[] = {
        {__LINE__, 0, " [ 1 , 1.10, -0, 9007199254740993, 1E+2 ] ",
         "[1,1.10,-0,9007199254740993,1E+2]"},
        {__LINE__, 0, "{\"b\":null,\"a\":[true,false],\"\":{}}",
         "{\"b\":null,\"a\":[true,false],\"\":{}}"},
        {__LINE__, JSON_SORTED, "{\"b\":1,\"a\":{\"d\":1,\"c\":2}}",
         "{\"a\":{\"c\":2,\"d\":1},\"b\":1}"},
        {__LINE__, 0, "\"\\u4e2d\\uD834\\uDD1E\\/\\n\\u0001\\\\\\\"\"",
         "\"中𝄞/\\n\\u0001\\\\\\\"\""},
        {__LINE__, JSON_EMBED, "\"</script>&\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\"",
         "\"\\u003c/script\\u003e\\u0026\\u2028\\u2029\xE2\x80\xAA\""},
        {__LINE__, 0, "\"<&>\xE2\x80\xA8\"", "\"<&>\xE2\x80\xA8\""},
        /* RFC 8259: 8.1 */
        {__LINE__, 0, "\xEF\xBB\xBF[1]", "[1]"},
        {__LINE__, JSON_PRETTY, "{\"a\":[1,2],\"b\":{},\"c\":[]}",
         "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct err err = {0};
        const struct json *node = NULL;
        CHECK_OK_AT(row->line, parse(&node, str_from(row->in), &err), &err);
        struct buf out;
        buf_init(&out, 1000);
        json_write(&out, node, row->style);
        CHECK_STR_AT(row->line, buf_view(&out), str_from(row->want));
        buf_done(&out);
    }
    done();
}

static const struct error_row {
    int line;
    const char *in, *want;
    enum err_code code;
} error_rows[] = {
    {__LINE__, "", "t.json:1:1: the text ends where a value should stand", ERR_SYNTAX},
    {__LINE__, "\xEF\xBB\xBFx", "t.json:1:1: 'x' stands where a value should", ERR_SYNTAX},
    {__LINE__, " \xEF\xBB\xBF[1]", "t.json:1:2: '\xEF\xBB\xBF' stands where a value should",
     ERR_SYNTAX},
    {__LINE__, "{\n  \"a\": 1,\n  \"a\": 2}", "t.json:3:3: the key 'a' stands here a second time",
     ERR_SYNTAX},
    {__LINE__, "[1,\n 2 3]", "t.json:2:4: '3' stands where ',' or ']' should", ERR_SYNTAX},
    {__LINE__, "[\"中文\", x]", "t.json:1:8: 'x' stands where a value should", ERR_SYNTAX},
    {__LINE__, "[\"中\", 文]", "t.json:1:7: '文' stands where a value should", ERR_SYNTAX},
    {__LINE__, "\"ab", "t.json:1:1: the text that begins here has no closing '\"'", ERR_SYNTAX},
    {__LINE__, "\"a\\x\"", "t.json:1:4: 'x' stands where one of \" \\ / b f n r t u should",
     ERR_SYNTAX},
    {__LINE__, "\"\\ud800\"", "t.json:1:4: half of a surrogate pair is no character", ERR_SYNTAX},
    {__LINE__, "[01]", "t.json:1:3: '1' stands where the next part of a number should", ERR_SYNTAX},
    {__LINE__, "{a:1}", "t.json:1:2: 'a' stands where a text in double quotes should", ERR_SYNTAX},
    {__LINE__, "[\n\"\xFF\"]", "t.json:2:2: the byte 0xFF is not UTF-8", ERR_SYNTAX},
    {__LINE__, "\"a\nb\"",
     "t.json:1:3: the control character U+000A stands where a character of the text (\\n and "
     "\\t are how JSON writes these) should",
     ERR_SYNTAX},
    /* RFC 8259: 6: each place where a number may break off */
    {__LINE__, "[-]", "t.json:1:3: ']' stands where the next part of a number should", ERR_SYNTAX},
    {__LINE__, "1.", "t.json:1:3: the text ends where the next part of a number should stand",
     ERR_SYNTAX},
    {__LINE__, "[1.x]", "t.json:1:4: 'x' stands where the next part of a number should",
     ERR_SYNTAX},
    {__LINE__, "1e+", "t.json:1:4: the text ends where the next part of a number should stand",
     ERR_SYNTAX},
    {__LINE__, "[1e]", "t.json:1:4: ']' stands where the next part of a number should", ERR_SYNTAX},
    /* RFC 8259: 7 */
    {__LINE__, "\"\\u12\"", "t.json:1:6: '\"' stands where a hexadecimal digit should", ERR_SYNTAX},
    {__LINE__, "\"\\ud800\\u0041\"", "t.json:1:4: half of a surrogate pair is no character",
     ERR_SYNTAX},
    {__LINE__, "\"\\ud800\\ue000\"", "t.json:1:4: half of a surrogate pair is no character",
     ERR_SYNTAX},
    {__LINE__, "\"\\udc00\"", "t.json:1:4: half of a surrogate pair is no character", ERR_SYNTAX},
    {__LINE__, "\"a\\", "t.json:1:1: the text that begins here has no closing '\"'", ERR_SYNTAX},
    {__LINE__, "[\x7f]", "t.json:1:2: the control character U+007F stands where a value should",
     ERR_SYNTAX},
    {__LINE__, "[1,", "t.json:1:4: the text ends where a value should stand", ERR_SYNTAX},
    {__LINE__, "{\"a\"", "t.json:1:5: the text ends where ':' should stand", ERR_SYNTAX},
    {__LINE__, "{\"a\" 1}", "t.json:1:6: '1' stands where ':' should", ERR_SYNTAX},
    {__LINE__, "{\"a\":1", "t.json:1:7: the text ends where ',' or '}' should stand", ERR_SYNTAX},
    {__LINE__, "\r\n\t x", "t.json:2:3: 'x' stands where a value should", ERR_SYNTAX},
    {__LINE__, "nul", "t.json:1:1: 'n' stands where a value should", ERR_SYNTAX},
    {__LINE__, "1 2", "t.json:1:3: '2' stands where the end of the text should", ERR_SYNTAX},
};

void test_json_errors(void) {
    for (size_t i = 0; i < COUNT_OF(error_rows); i++) {
        const struct error_row *row = &error_rows[i];
        struct err err = {0};
        const struct json *node = NULL;
        CHECK_AT(row->line, !parse(&node, str_from(row->in), &err) && node == NULL);
        char text[ERR_TEXT_MAX + 100];
        err_format(text, sizeof text, &err);
        CHECK_STR_AT(row->line, str_from(text), str_from(row->want));
        CHECK_AT(row->line, err.code == row->code);
    }
    done();
}

void test_json_bounds(void) {
    char deep[2 * NEST_DEPTH_MAX + 2];
    for (size_t over = 0; over < 2; over++) {
        size_t depth = NEST_DEPTH_MAX + over;
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        struct err err = {0};
        const struct json *node;
        CHECK(parse(&node, (struct str){deep, 2 * depth}, &err) == (over == 0));
        CHECK(err.code == (over == 0 ? ERR_NONE : ERR_LIMIT));
    }
    /* every smaller budget fails cleanly, and the arena never takes more than was granted */
    struct str text =
        STR("{\"a\":[1,2,{\"b\\n\":\"c\\td\"},[],null,true],\"e\":{\"f\":1,\"g\":2}}");
    uint64_t enough = 0;
    for (uint64_t bytes = 0; enough == 0 && bytes < 10000; bytes++) {
        struct arena *small = arena_create("json small", 100000);
        struct budget budget = budget_of(1000, bytes);
        struct err err = {0};
        const struct json *node;
        if (json_read(&node, text, "t.json", small, &budget, &err))
            enough = bytes;
        else
            CHECK(err.code == ERR_LIMIT);
        CHECK(arena_used_bytes(small) <= bytes + 200);
        arena_destroy(small);
    }
    CHECK(enough > 500 && enough < 5000);
    done();
}

void test_json_tree(void) {
    struct arena *a = arena_create("json tree", 1 << 20);
    struct json *obj = json_obj(a);
    char keys[100][8];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "k%d", i * 7);
        json_set_i64(obj, str_from(keys[i]), i);
        for (int j = 0; j <= i; j += 9) {
            int64_t got = -1;
            CHECK(json_to_i64(&got, json_get(obj, str_from(keys[j]))) && got == j);
        }
        CHECK(json_get(obj, STR("k1")) == NULL);
    }
    CHECK_INT((int64_t)json_count(obj), 100);
    CHECK_STR(json_member_at(obj, 99)->key.text, STR("k693"));
    json_set_str(obj, STR("k7"), STR("new"));
    CHECK_INT((int64_t)json_count(obj), 100);
    CHECK_STR(json_member_at(obj, 1)->key.text, STR("k7"));
    CHECK_STR(json_get_text(obj, STR("k7")), STR("new"));
    struct json *list = json_set_arr(obj, STR("list"));
    for (int i = 0; i < 20; i++)
        json_push(list, json_i64(i, a));
    CHECK_STR(json_text(json_item(list, 19)), STR("19"));
    CHECK(json_item(list, 20) == NULL && json_item(NULL, 0) == NULL && json_item(obj, 0) == NULL);
    json_set(obj, STR("half"), json_number(STR("0.50"), a));
    json_set(obj, STR("html"), json_html(STR("<b>"), a));
    json_set_bool(obj, STR("yes"), true);
    json_set(obj, STR("p"), json_printf(a, "%d%%", 5));
    CHECK(json_is_true(json_get(obj, STR("yes"))) && !json_is_true(list));
    CHECK(json_get(obj, STR("html"))->safe && !json_get(obj, STR("k7"))->safe);
    int64_t n = -5;
    CHECK(!json_to_i64(&n, json_get(obj, STR("half"))) && n == -5);
    CHECK_STR(json_i64(INT64_MIN, a)->text, STR("-9223372036854775808"));
    CHECK_STR(json_u64(UINT64_MAX, a)->text, STR("18446744073709551615"));
    CHECK_STR(json_i64(0, a)->text, STR("0"));
    struct arena *b = arena_create("json copy", 1 << 20);
    struct json *copy = json_copy(obj, b);
    CHECK(json_equal(copy, obj));
    CHECK(json_get(copy, STR("html"))->safe);
    json_set(copy, STR("yes"), json_null(b));
    CHECK(!json_equal(copy, obj));
    arena_destroy(a);
    CHECK_STR(json_get_text(copy, STR("p")), STR("5%"));
    arena_destroy(b);
}

void test_json_equal(void) {
    static const struct row {
        int line;
        const char *a, *b;
        bool want;
    } rows[] = {
        {__LINE__, "{\"a\":1,\"b\":[]}", "{\"b\":[],\"a\":1}", true},
        {__LINE__, "{\"a\":1}", "{\"b\":1}", false},
        {__LINE__, "{\"a\":1}", "{\"a\":1,\"b\":2}", false},
        {__LINE__, "[1,2]", "[2,1]", false},
        {__LINE__, "1.0", "1", false},
        {__LINE__, "\"1\"", "1", false},
        {__LINE__, "null", "null", true},
        {__LINE__, "true", "false", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        const struct json *a = NULL, *b = NULL;
        CHECK_OK(parse(&a, str_from(rows[i].a), &err), &err);
        CHECK_OK(parse(&b, str_from(rows[i].b), &err), &err);
        CHECK_AT(rows[i].line, json_equal(a, b) == rows[i].want);
    }
    done();
}

void test_json_need(void) {
    struct err err = {0};
    const struct json *obj = NULL;
    CHECK_OK(parse(&obj, STR("{\"a\": 1,\n \"b\": \"\", \"c\": [],\n  \"dd\": \"x\"}"), &err),
             &err);
    struct str text;
    CHECK_OK(json_need_text(&text, obj, STR("dd"), "t.json", &err), &err);
    CHECK_STR(text, STR("x"));
    const struct json *found;
    CHECK_OK(json_need(&found, obj, STR("c"), JSON_ARRAY, "t.json", &err), &err);
    CHECK_OK(json_may(&found, obj, STR("z"), JSON_ARRAY, "t.json", &err), &err);
    CHECK(found == NULL);
    CHECK(!json_need_text(&text, obj, STR("a"), "t.json", &err));
    CHECK_STR(str_from(err.text), STR("'a' must be a text, not a number"));
    CHECK(err.code == ERR_TYPE && err.at.line == 1 && err.at.column == 7);
    err_reset(&err);
    CHECK(!json_need_text(&text, obj, STR("b"), "t.json", &err) && err.code == ERR_INVALID);
    CHECK_INT(err.at.line, 2);
    err_reset(&err);
    CHECK(!json_need_text(&text, obj, STR("e"), "t.json", &err));
    CHECK_STR(str_from(err.text), STR("'e' is missing"));
    err_reset(&err);
    static const char *const keys[] = {"a", "b", "c", NULL};
    CHECK(!json_only(obj, keys, "t.json", &err) && err.code == ERR_UNKNOWN);
    CHECK_STR(str_from(err.text), STR("unknown key 'dd'; here may stand: a, b, c"));
    CHECK(err.at.line == 3 && err.at.column == 3);
    err_reset(&err);
    CHECK(!json_only(json_get(obj, STR("c")), keys, "t.json", &err) && err.code == ERR_TYPE);
    done();
}

/* An object made with room is the one that grew into it, on both sides of the index's limit. */
void test_json_object_with_room(void) {
    static const uint32_t rooms[] = {0, 1, 4, 8, 9, 16, 100};
    struct arena *a = arena_create("test", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        struct json *grown = json_obj(a), *made = json_obj_room(rooms[i], a);
        for (int64_t n = 0; n < 20; n++) {
            struct str name = arena_printf(a, "key %d", (int)n % 15);
            struct json_key key = json_key_of(name);
            json_set_i64(grown, name, n);
            json_set_key(made, &key, json_i64(n, a));
        }
        CHECK_INT((int64_t)json_count(made), 15);
        CHECK(json_equal(grown, made));
    }
    arena_destroy(a);
}
