#include "yaml/yaml.h"

#include "base/test.h"

static bool parse(struct buf *out, struct str text, struct err *err) {
    struct arena *arena = arena_create("yaml test", 64 << 20);
    struct budget budget = budget_of(1000000, 32 << 20);
    const struct json *node = NULL;
    bool ok = yaml_read(&node, text, "t.yaml", arena, &budget, err);
    CHECK(ok == (node != NULL) && ok == (err->code == ERR_NONE));
    if (ok)
        json_write(out, node, JSON_COMPACT);
    arena_destroy(arena);
    return ok;
}

/* YAML 1.2.2: 10.3.2 */
void test_yaml_values(void) {
    static const struct row {
        int line;
        const char *in, *want;
    } rows[] = {
        {__LINE__, "", "null"},
        {__LINE__, "# only a remark\n", "null"},
        {__LINE__,
         "\xEF\xBB\xBF"
         "a: 1",
         "{\"a\":1}"},
        {__LINE__, "a: 1.10\nb: -0\nc: 1e3\nd: 9007199254740993",
         "{\"a\":1.10,\"b\":-0,\"c\":1e3,\"d\":9007199254740993}"},
        {__LINE__, "[2026-01-31, 10:30, 1.2.3, +86 577, 1_000, P1M, 330300-x, 1e]",
         "[\"2026-01-31\",\"10:30\",\"1.2.3\",\"+86 "
         "577\",\"1_000\",\"P1M\",\"330300-x\",\"1e\"]"},
        {__LINE__, "[true, True, FALSE, yes, no, on, y]",
         "[true,true,false,\"yes\",\"no\",\"on\",\"y\"]"},
        {__LINE__, "[null, ~, Null, '', \"null\", nil]", "[null,null,null,\"\",\"null\",\"nil\"]"},
        {__LINE__, "'1': \"2\"\n2026: '1.10'\ntrue: x",
         "{\"1\":\"2\",\"2026\":\"1.10\",\"true\":\"x\"}"},
        {__LINE__, "zh: 居住证\nen: residence permit # the permit\n",
         "{\"zh\":\"居住证\",\"en\":\"residence permit\"}"},
        {__LINE__, "t: |\n  one\n  two\nf: >\n  one\n  two\n\n  three\ns: |-\n  x\n",
         "{\"t\":\"one\\ntwo\\n\",\"f\":\"one two\\nthree\\n\",\"s\":\"x\"}"},
        {__LINE__, "a:\n- b: 1\n  c: [x, {d: e}]\n- ~\n",
         "{\"a\":[{\"b\":1,\"c\":[\"x\",{\"d\":\"e\"}]},null]}"},
        {__LINE__, "a: \"\\u4e2d\\t\\x41\"", "{\"a\":\"中\\tA\"}"},
        {__LINE__, "---\na: 1\n...\n", "{\"a\":1}"},
        {__LINE__, "'<<': 1", "{\"<<\":1}"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 10000);
        CHECK_OK_AT(rows[i].line, parse(&out, str_from(rows[i].in), &err), &err);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
    }
}

void test_yaml_refused(void) {
    static const struct row {
        int line;
        const char *in, *want; /* the beginning of the message */
        enum err_code code;
    } rows[] = {
        {__LINE__, "a: 1\nb: 2\na: 3", "t.yaml:3:1: the key 'a' stands here a second time",
         ERR_SYNTAX},
        {__LINE__, "a: 1\n'a': 3", "t.yaml:2:1: the key 'a' stands here a second time", ERR_SYNTAX},
        {__LINE__, "a: &x 1", "t.yaml:1:5: anchors", ERR_UNSUPPORTED},
        {__LINE__, "a: &x [1]", "t.yaml:1:5: anchors", ERR_UNSUPPORTED},
        {__LINE__, "a: *x", "t.yaml:1:5: aliases", ERR_UNSUPPORTED},
        {__LINE__, "<<: {a: 1}", "t.yaml:1:1: the merge key", ERR_UNSUPPORTED},
        {__LINE__, "a: !t 1", "t.yaml:1:4: tags", ERR_UNSUPPORTED},
        {__LINE__, "a: !!str 1", "t.yaml:1:4: tags", ERR_UNSUPPORTED},
        {__LINE__, "%YAML 1.2\n---\na: 1", "t.yaml:2:1: directives", ERR_UNSUPPORTED},
        {__LINE__, "a: 1\n---\nb: 1", "t.yaml:2:1: a second document", ERR_UNSUPPORTED},
        {__LINE__, "? [a]\n: 1", "t.yaml:1:3: a key must be a text", ERR_UNSUPPORTED},
        {__LINE__, "a: 007", "t.yaml:1:4: the number '007'", ERR_UNSUPPORTED},
        {__LINE__, "a: 0x1F", "t.yaml:1:4: the number '0x1F'", ERR_UNSUPPORTED},
        {__LINE__, "a: .5", "t.yaml:1:4: the number '.5'", ERR_UNSUPPORTED},
        {__LINE__, "a: +1", "t.yaml:1:4: the number '+1'", ERR_UNSUPPORTED},
        {__LINE__, "a: 1.", "t.yaml:1:4: the number '1.'", ERR_UNSUPPORTED},
        {__LINE__, "a: -.inf", "t.yaml:1:4: the number '-.inf'", ERR_UNSUPPORTED},
        {__LINE__, "a: [1, 2\nb: 3\n", "t.yaml:", ERR_SYNTAX},
        {__LINE__, "a: 1\n\tb: 2", "t.yaml:", ERR_SYNTAX},
        {__LINE__, "a: b: c", "t.yaml:1:5: ", ERR_SYNTAX},
        {__LINE__, "a: 'x", "t.yaml:1:5: ", ERR_SYNTAX},
        {__LINE__, ": x", "t.yaml:1:1: a key is missing before ':'", ERR_SYNTAX},
        {__LINE__, "a: \"\\ud800\"", "t.yaml:1:", ERR_SYNTAX},
        {__LINE__, "a: 1\nb: \xFF", "t.yaml:2:4: the byte 0xFF is not UTF-8", ERR_SYNTAX},
        {__LINE__, "a: 中\x01", "t.yaml:1:5: the character U+0001 is not allowed", ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 10000);
        CHECK_AT(rows[i].line, !parse(&out, str_from(rows[i].in), &err));
        char text[ERR_TEXT_MAX + 100];
        err_format(text, sizeof text, &err);
        bool begins = str_starts(str_from(text), str_from(rows[i].want));
        if (!begins)
            CHECK_STR_AT(rows[i].line, str_from(text), str_from(rows[i].want));
        CHECK_AT(rows[i].line, err.code == rows[i].code);
        buf_done(&out);
    }
}

void test_yaml_places(void) {
    struct arena *arena = arena_create("yaml test", 1 << 20);
    struct budget budget = budget_of(1000, 1 << 20);
    struct err err = {0};
    const struct json *node = NULL;
    struct str text = STR("a: 1\n\"中\":  x\nb:\n  - 'p'\n  - {q: r}\nc:\nd: 2\n");
    CHECK_OK(yaml_read(&node, text, "t.yaml", arena, &budget, &err), &err);
    static const struct row {
        uint32_t key_line, key_column, line, column;
    } rows[] = {{1, 1, 1, 4}, {2, 1, 2, 7}, {3, 1, 4, 3}, {6, 1, 6, 1}, {7, 1, 7, 4}};
    CHECK_INT((int64_t)json_count(node), COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct json_member *member = json_member_at(node, i);
        CHECK_INT_AT((int)i, member->line, rows[i].key_line);
        CHECK_INT_AT((int)i, member->column, rows[i].key_column);
        CHECK_INT_AT((int)i, member->value->line, rows[i].line);
        CHECK_INT_AT((int)i, member->value->column, rows[i].column);
    }
    const struct json *list = json_get(node, STR("b"));
    CHECK(json_item(list, 0)->line == 4 && json_item(list, 0)->column == 5);
    CHECK(json_item(list, 1)->line == 5 && json_item(list, 1)->column == 5);
    arena_destroy(arena);
}

void test_yaml_bounds(void) {
    static char deep[3 * NEST_DEPTH_MAX];
    struct err err = {0};
    struct buf out;
    buf_init(&out, 10000);
    memset(deep, '[', sizeof deep);
    CHECK(!parse(&out, (struct str){deep, sizeof deep}, &err));
    CHECK(err.code == ERR_LIMIT || err.code == ERR_SYNTAX);
    buf_done(&out);
    uint64_t enough = 0;
    for (uint64_t bytes = 0; enough == 0 && bytes < 10000; bytes += 7) {
        struct arena *arena = arena_create("yaml small", 100000);
        struct budget budget = budget_of(1000, bytes);
        const struct json *node;
        err_reset(&err);
        if (yaml_read(&node, STR("a: [1, two, {b: c}]\nd: e\n"), "t.yaml", arena, &budget, &err))
            enough = bytes;
        else
            CHECK(err.code == ERR_LIMIT);
        CHECK(arena_used_bytes(arena) <= bytes + 200);
        arena_destroy(arena);
    }
    CHECK(enough > 300 && enough < 5000);
}
