#include "xml/xml.h"

#include <dirent.h>

#include "base/test.h"

static struct arena *arena;

static bool parse(struct xml_node **out, struct str text, struct err *err) {
    struct budget budget = budget_of(1000000, 64 << 20);
    if (arena == NULL)
        arena = arena_create("xml test", 256 << 20);
    return xml_read(out, text, "t.xml", arena, &budget, err);
}

static void done(void) {
    arena_destroy(arena);
    arena = NULL;
}

static bool same(const struct xml_node *a, const struct xml_node *b) {
    if (a->is_text != b->is_text || !str_eq(a->ns, b->ns) || !str_eq(a->name, b->name) ||
        !str_eq(a->prefix, b->prefix) || !str_eq(a->text, b->text) ||
        a->attr_count != b->attr_count || a->binding_count != b->binding_count)
        return false;
    for (uint32_t i = 0; i < a->attr_count; i++)
        if (!str_eq(a->attrs[i].ns, b->attrs[i].ns) ||
            !str_eq(a->attrs[i].name, b->attrs[i].name) ||
            !str_eq(a->attrs[i].value, b->attrs[i].value))
            return false;
    for (uint32_t i = 0; i < a->binding_count; i++)
        if (!str_eq(a->bindings[i].prefix, b->bindings[i].prefix) ||
            !str_eq(a->bindings[i].uri, b->bindings[i].uri))
            return false;
    const struct xml_node *x = a->first, *y = b->first;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!same(x, y))
            return false;
    return x == NULL && y == NULL;
}

void test_xml_tree(void) {
    struct err err = {0};
    struct xml_node *root = NULL;
    struct str text =
        STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<!-- remark -->\n"
            "<m:defs xmlns:m=\"urn:m\" xmlns=\"urn:d\" id=\"a\" m:x=\"&lt;1&#10;2\">\n"
            "  <task name=\"办理\"/><m:task>one<!-- x --> <![CDATA[<two>]]> &amp;</m:task>\n"
            "  <task xmlns=\"\" id=\"b\">t<e/>u</task >\n"
            "</m:defs>\n");
    CHECK_OK(parse(&root, text, &err), &err);
    CHECK(xml_is(root, STR("urn:m"), STR("defs")) && root->line == 3 && root->column == 1);
    CHECK_STR(xml_attr_text(root, STR("id")), STR("a"));
    CHECK(xml_attr(root, STR("urn:d"), STR("id")) == NULL);
    CHECK_STR(*xml_attr(root, STR("urn:m"), STR("x")), STR("<1\n2"));
    const struct xml_node *first = xml_first(root);
    CHECK(xml_is(first, STR("urn:d"), STR("task")) && first->line == 4 && first->column == 3);
    CHECK_STR(xml_attr_text(first, STR("name")), STR("办理"));
    CHECK_STR(str_sub(text, first->from_byte, first->to_byte - first->from_byte),
              STR("<task name=\"办理\"/>"));
    CHECK(xml_next(first) == NULL);
    const struct xml_node *second = xml_sibling(first);
    CHECK(second == xml_child(root, STR("urn:m"), STR("task")) && second->column == 20);
    CHECK_STR(xml_text(second, arena), STR("one <two> &"));
    CHECK_STR(second->prefix, STR("m"));
    const struct xml_node *third = xml_child(root, STR_NONE, STR("task"));
    CHECK(third != NULL && xml_sibling(third) == NULL && third->line == 5);
    CHECK_STR(xml_text(third, arena), STR("tu"));
    CHECK_STR(str_sub(text, third->from_byte, third->to_byte - third->from_byte),
              STR("<task xmlns=\"\" id=\"b\">t<e/>u</task >"));
    CHECK_STR(xml_ns_of(third, STR("m")), STR("urn:m"));
    CHECK_STR(xml_ns_of(third, STR("")), STR(""));
    CHECK_STR(xml_ns_of(second, STR("")), STR("urn:d"));
    CHECK(xml_ns_of(second, STR("q")).len == 0);
    struct str value;
    CHECK_OK(xml_need_attr(&value, third, STR("id"), "t.xml", &err), &err);
    CHECK(!xml_need_attr(&value, third, STR("no"), "t.xml", &err));
    CHECK_STR(str_from(err.text), STR("<task> needs the attribute 'no'"));
    CHECK(err.code == ERR_INVALID && err.at.line == 5);
    CHECK(xml_child(NULL, STR_NONE, STR("x")) == NULL && xml_first(NULL) == NULL);
    done();
}

void test_xml_errors(void) {
    static const struct row {
        int line;
        const char *in, *want;
        enum err_code code;
    } rows[] = {
        {__LINE__, "", "t.xml:1:1: this is not well-formed XML: no element found", ERR_SYNTAX},
        {__LINE__, "<a>\n <b></a>", "t.xml:2:7: this is not well-formed XML: mismatched tag",
         ERR_SYNTAX},
        {__LINE__, "<a x='1' x='2'/>",
         "t.xml:1:10: this is not well-formed XML: duplicate attribute", ERR_SYNTAX},
        {__LINE__, "<p:a/>", "t.xml:1:1: this is not well-formed XML: unbound prefix", ERR_SYNTAX},
        {__LINE__, "<a>&nbsp;</a>", "t.xml:1:4: this is not well-formed XML: undefined entity",
         ERR_SYNTAX},
        {__LINE__, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "t.xml:1:", ERR_UNSUPPORTED},
        {__LINE__, "<!DOCTYPE a>\n<a/>", "t.xml:1:", ERR_UNSUPPORTED},
        {__LINE__, "<a>\xFF</a>",
         "t.xml:1:4: this is not well-formed XML: not well-formed (invalid token)", ERR_SYNTAX},
        {__LINE__, "<a/><b/>",
         "t.xml:1:5: this is not well-formed XML: junk after document element", ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct xml_node *root = NULL;
        CHECK_AT(rows[i].line, !parse(&root, str_from(rows[i].in), &err) && root == NULL);
        char text[ERR_TEXT_MAX + 100];
        err_format(text, sizeof text, &err);
        bool begins = str_starts(str_from(text), str_from(rows[i].want));
        if (!begins)
            CHECK_STR_AT(rows[i].line, str_from(text), str_from(rows[i].want));
        CHECK_AT(rows[i].line, err.code == rows[i].code);
    }
    done();
}

void test_xml_bounds(void) {
    struct err err = {0};
    struct xml_node *root;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (unsigned depth = XML_DEPTH_MAX; depth <= XML_DEPTH_MAX + 1; depth++) {
        buf_reset(&text);
        err_reset(&err);
        for (unsigned i = 0; i < depth; i++)
            buf_lit(&text, "<a>");
        for (unsigned i = 0; i < depth; i++)
            buf_lit(&text, "</a>");
        CHECK(parse(&root, buf_view(&text), &err) == (depth == XML_DEPTH_MAX));
    }
    CHECK(err.code == ERR_LIMIT);
    for (int kind = 0; kind < 2; kind++) {
        buf_reset(&text);
        err_reset(&err);
        buf_lit(&text, "<a");
        for (int i = 0; i <= XML_ATTRS_MAX; i++)
            buf_printf(&text, kind == 0 ? " x%d='1'" : " xmlns:x%d='1'", i);
        buf_lit(&text, "/>");
        CHECK(!parse(&root, buf_view(&text), &err) && err.code == ERR_LIMIT);
    }
    buf_done(&text);
    uint64_t enough = 0;
    for (uint64_t bytes = 0; enough == 0 && bytes < 4000000; bytes += bytes < 500000 ? 4001 : 23) {
        struct arena *small = arena_create("xml small", 4000000);
        struct budget budget = budget_of(1000, bytes);
        err_reset(&err);
        if (xml_read(&root, STR("<a xmlns='u' b='c'>t<d/><e f='g'>h</e></a>"), "t.xml", small,
                     &budget, &err))
            enough = bytes;
        else
            CHECK(err.code == ERR_LIMIT);
        CHECK(arena_used_bytes(small) <= bytes + 2000);
        arena_destroy(small);
    }
    CHECK(enough > 1000);
    done();
}

/* More names than are kept once: each element and attribute still has its own. */
void test_xml_many_names(void) {
    struct err err = {0};
    struct xml_node *root = NULL;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_lit(&text, "<a>");
    for (int i = 0; i < 2500; i++)
        buf_printf(&text, "<n%d b%d='%d'>t%d</n%d>", i, i, i, i, i);
    buf_lit(&text, "</a>");
    CHECK_OK(parse(&root, buf_view(&text), &err), &err);
    int at = 0;
    for (const struct xml_node *node = xml_first(root); node != NULL; node = xml_sibling(node)) {
        CHECK_STR_AT(at, node->name, arena_printf(arena, "n%d", at));
        CHECK_STR_AT(at, xml_attr_text(node, arena_printf(arena, "b%d", at)),
                     arena_printf(arena, "%d", at));
        CHECK_STR_AT(at, xml_text(node, arena), arena_printf(arena, "t%d", at));
        at++;
    }
    CHECK_INT(at, 2500);
    CHECK_STR(xml_ns_of(root, STR("xml")), STR("http://www.w3.org/XML/1998/namespace"));
    buf_done(&text);
    done();
}

/* Whatever is left of the budget: the whole tree, or ERR_LIMIT. */
void test_xml_runs_out(void) {
    static const char text[] = "<a xmlns='u' xmlns:p='v' p:b='c'>t<d/>&amp;<p:e f='g'>h</p:e>i</a>";
    for (int kind = 0; kind < 2; kind++) {
        bool enough = false;
        for (uint64_t n = 0; !enough && n < 100000; n += kind == 0 || n > 80000 ? 1 : 997) {
            struct arena *small = arena_create("xml small", 4000000);
            struct budget budget = kind == 0 ? budget_of(n, 1 << 20) : budget_of(1000, n);
            struct xml_node *root = NULL;
            struct err err = {0};
            enough = xml_read(&root, str_from(text), "t.xml", small, &budget, &err);
            CHECK_INT_AT(kind, err.code, enough ? ERR_NONE : ERR_LIMIT);
            CHECK_AT(kind, enough == (root != NULL));
            arena_destroy(small);
        }
        CHECK_AT(kind, enough);
    }
}

/* Every model of the suites is read, and written as a document that reads as the same tree. */
static int round_trips(const char *folder, const char *ending) {
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (!str_ends(str_from(entry->d_name), str_from(ending)))
            continue;
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct str text;
        struct err err = {0};
        struct xml_node *root = NULL, *again = NULL;
        CHECK(test_read_file(&text, path));
        CHECK_OK(parse(&root, text, &err), &err);
        struct buf out;
        buf_init(&out, 64 << 20);
        if (root != NULL) {
            xml_write(&out, root);
            CHECK_OK(parse(&again, buf_view(&out), &err), &err);
            CHECK(again != NULL && same(root, again));
            count++;
        }
        buf_done(&out);
        done();
    }
    if (dir != NULL)
        (void)closedir(dir);
    return count;
}

void test_xml_round_trip(void) {
    if (test_suites() == NULL) {
        test_skip("no ../shared/suites");
        return;
    }
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/bpmn-miwg", test_suites());
    CHECK(round_trips(path, ".bpmn") >= 17);
    (void)snprintf(path, sizeof path, "%s/cap", test_suites());
    CHECK(round_trips(path, ".xml") >= 2);
    struct err err = {0};
    struct xml_node *root = NULL, *again = NULL;
    CHECK_OK(parse(&root, STR("<a b='&#13;&#10;&#9; &quot;&lt;'>&#13;]]&gt;<c/> </a>"), &err),
             &err);
    struct buf out;
    buf_init(&out, 1000);
    xml_write(&out, root);
    CHECK_STR(buf_view(&out), STR("<a b=\"&#13;&#10;&#9; &quot;&lt;\">&#13;]]&gt;<c/> </a>"));
    CHECK_OK(parse(&again, buf_view(&out), &err), &err);
    CHECK(again != NULL && same(root, again));
    buf_done(&out);
    done();
}
