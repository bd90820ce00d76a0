#include "tmpl/tmpl.h"

#include "base/test.h"

struct world {
    struct arena *arena;
    struct tmpl_set *set;
    struct buf out;
};

static void world_init(struct world *w, enum tmpl_mode mode) {
    w->arena = arena_create("tmpl test", 64 << 20);
    w->set = tmpl_set_make(mode, w->arena);
    buf_init(&w->out, 1 << 20);
}

static void world_done(struct world *w) {
    buf_done(&w->out);
    arena_destroy(w->arena);
}

static const struct json *parse(struct world *w, struct str text) {
    struct err err = {0};
    struct budget budget = budget_of(100000, 16 << 20);
    const struct json *node = NULL;
    CHECK_OK(json_read(&node, text, "t.json", w->arena, &budget, &err), &err);
    return node;
}

static bool render(struct world *w, const struct json *context, struct err *err) {
    struct budget budget = budget_of(100000, 0);
    return tmpl_link(w->set, err) && tmpl_render(&w->out, w->set, STR("t"), context, &budget, err);
}

/* Mustache specification 1.4 */
static int run_suite(const char *name) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/mustache/%s.json", test_suites(), name);
    struct str text;
    CHECK(test_read_file(&text, path));
    struct world all;
    world_init(&all, TMPL_SPEC);
    const struct json *tests = json_get(parse(&all, text), STR("tests"));
    for (size_t i = 0; i < json_count(tests); i++) {
        const struct json *test = json_item(tests, i);
        const struct json *partials = json_get(test, STR("partials"));
        struct world w;
        world_init(&w, TMPL_SPEC);
        struct err err = {0};
        CHECK_OK(tmpl_add(w.set, STR("t"), json_get_text(test, STR("template")), "t", &err), &err);
        for (size_t j = 0; j < json_count(partials); j++) {
            const struct json_member *p = json_member_at(partials, j);
            CHECK_OK(tmpl_add(w.set, p->key.text, p->value->text, "p", &err), &err);
        }
        bool ok = render(&w, json_get(test, STR("data")), &err);
        CHECK_OK(ok, &err);
        if (!str_eq(buf_view(&w.out), json_get_text(test, STR("expected"))))
            (void)printf("    %s: %.*s\n", name, STR_ARG(json_get_text(test, STR("name"))));
        CHECK_STR(buf_view(&w.out), json_get_text(test, STR("expected")));
        world_done(&w);
    }
    int count = (int)json_count(tests);
    world_done(&all);
    return count;
}

void test_tmpl_suite(void) {
    if (test_suites() == NULL) {
        test_skip("no ../shared/suites");
        return;
    }
    static const char *const names[] = {"comments", "delimiters", "interpolation",  "inverted",
                                        "partials", "sections",   "~dynamic-names", "~inheritance"};
    int count = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        count += run_suite(names[i]);
    CHECK(count >= 136);
}

/* What a value becomes, by its place in the HTML. v is the hostile value of the context. */
static const struct escape_row {
    int line;
    const char *template, *v, *want;
} escape_rows[] = {
    {__LINE__, "<p>{{v}}</p>", "<script>&\\\"'", "<p>&lt;script&gt;&amp;&quot;&#39;</p>"},
    {__LINE__, "<p title=\"{{v}}\">", "a\\\"b", "<p title=\"a&quot;b\">"},
    {__LINE__, "<p title='{{v}}'>", "a'b", "<p title='a&#39;b'>"},
    {__LINE__, "<TITLE>{{v}}</title>{{v}}", "</title>",
     "<TITLE>&lt;/title&gt;</title>&lt;/title&gt;"},
    {__LINE__, "<textarea>a<b {{v}}</textarea>", "</", "<textarea>a<b &lt;/</textarea>"},
    {__LINE__, "<a href=\"{{v}}\">", "/a?b=c&d", "<a href=\"/a?b=c&amp;d\">"},
    {__LINE__, "<a href=\"{{v}}\">", "HTTPS://a/b", "<a href=\"HTTPS://a/b\">"},
    {__LINE__, "<a href=\"{{v}}\">", "javascript:alert(1)", "<a href=\"#\">"},
    {__LINE__, "<a href=\"{{v}}\">", " javascript:alert(1)", "<a href=\"#\">"},
    {__LINE__, "<a href=\"{{v}}\">", "java\\tscript:alert(1)", "<a href=\"#\">"},
    {__LINE__, "<a href=\"{{v}}\">", "data:text/html,x", "<a href=\"#\">"},
    {__LINE__, "<a href=\"{{v}}\">", "tel:+86-577", "<a href=\"tel:+86-577\">"},
    {__LINE__, "<a href=\"{{v}}\">", "mailto:a@b.c", "<a href=\"mailto:a@b.c\">"},
    {__LINE__, "<a href=\"{{v}}\">", "x:1/2", "<a href=\"#\">"},
    {__LINE__, "<a href=\"{{v}}\">", "a/x:1", "<a href=\"a/x:1\">"},
    {__LINE__, "<a href=\"{{v}}\">", "/中", "<a href=\"/中\">"},
    {__LINE__, "<a href=\"/x/{{v}}/y?q={{v}}#{{v}}\">", "a/b&c +中",
     "<a "
     "href=\"/x/a%2Fb%26c%20+%E4%B8%AD/"
     "y?q=a%2Fb%26c%20%2B%E4%B8%AD#a%2Fb%26c%20%2B%E4%B8%AD\">"},
    {__LINE__, "<a href=\"tel:{{v}}\">", "+86 1", "<a href=\"tel:+86%201\">"},
    {__LINE__, "<a href=\"{{n}}{{v}}\">", "javascript:1", "<a href=\"javascript%3A1\">"},
    {__LINE__, "<a href=\"x{{v}}\">", ":1", "<a href=\"x%3A1\">"},
    {__LINE__, "<form action='{{v}}'><button formaction=\"{{v}}\"><img src=\"{{v}}\">",
     "vbscript:x", "<form action='#'><button formaction=\"#\"><img src=\"#\">"},
    {__LINE__, "<b hx-get=\"{{v}}\" data-hx-post=\"/{{v}}\">", "x:y",
     "<b hx-get=\"#\" data-hx-post=\"/x%3Ay\">"},
    {__LINE__, "<script src=\"/s/{{v}}\"></script>{{v}}", "</script>",
     "<script src=\"/s/%3C%2Fscript%3E\"></script>&lt;/script&gt;"},
    {__LINE__, "<script>a</b></scripty>x</script >{{v}}", "<",
     "<script>a</b></scripty>x</script >&lt;"},
    {__LINE__, "<!doctype html><!-- a -- > b --><p>{{v}}", "<",
     "<!doctype html><!-- a -- > b --><p>&lt;"},
    {__LINE__, "<input{{#y}} checked{{/y}}{{#n}} disabled{{/n}} value=\"{{v}}\">", "\\\"",
     "<input checked value=\"&quot;\">"},
    {__LINE__, "<input {{#y}}checked{{/y}}>", "", "<input checked>"},
    {__LINE__, "<a {{#y}}id=\"{{v}}\"{{/y}}{{#y}} class=\"b\"{{/y}}>", "1",
     "<a id=\"1\" class=\"b\">"},
    {__LINE__, "<a class=\"a{{#list}} c-{{.}}{{/list}}\">", "", "<a class=\"a c-1 c-2\">"},
    {__LINE__, "<a href=\"{{#y}}/x{{/y}}{{^y}}/y{{/y}}?a={{v}}\">", "&", "<a href=\"/x?a=%26\">"},
    {__LINE__, "<p>{{{h}}}</p>{{&h}}{{h}}", "", "<p><b>ok</b></p><b>ok</b>&lt;b&gt;ok&lt;/b&gt;"},
    {__LINE__, "{{#list}}<li>{{.}}{{/list}}{{^list}}none{{/list}}", "", "<li>1<li>2"},
    {__LINE__, "  {{! note }}\n<p>\n  {{#y}}\n  {{v}}\n  {{/y}}\n</p>\n", "x", "<p>\n  x\n</p>\n"},
    {__LINE__, "a < b {{v}}", "", NULL},
};

void test_tmpl_html_escapes(void) {
    for (size_t i = 0; i < COUNT_OF(escape_rows); i++) {
        const struct escape_row *row = &escape_rows[i];
        struct world w;
        world_init(&w, TMPL_HTML);
        struct err err = {0};
        char text[300];
        (void)snprintf(text, sizeof text, "{\"v\":\"%s\",\"y\":true,\"n\":\"\",\"list\":[1,2]}",
                       row->v);
        struct json *context = json_copy(parse(&w, str_from(text)), w.arena);
        json_set(context, STR("h"), json_html(STR("<b>ok</b>"), w.arena));
        CHECK_OK(tmpl_add(w.set, STR("t"), str_from(row->template), "t.html", &err), &err);
        bool ok = render(&w, context, &err);
        CHECK_AT(row->line, ok == (row->want != NULL));
        if (row->want != NULL) {
            CHECK_OK_AT(row->line, ok, &err);
            CHECK_STR_AT(row->line, buf_view(&w.out), str_from(row->want));
        }
        world_done(&w);
    }
}

static void check_refused(int line, enum tmpl_mode mode, const char *template, const char *partial,
                          const char *want, enum err_code code) {
    struct world w;
    world_init(&w, mode);
    struct err err = {0};
    bool ok = tmpl_add(w.set, STR("t"), str_from(template), "t.html", &err) &&
              (partial == NULL || tmpl_add(w.set, STR("p"), str_from(partial), "p.html", &err)) &&
              render(&w, parse(&w, STR("{\"v\":\"x\",\"o\":{},\"l\":[1]}")), &err);
    CHECK_AT(line, !ok && err.code == code);
    char text[ERR_TEXT_MAX + 100];
    err_format(text, sizeof text, &err);
    if (!str_starts(str_from(text), str_from(want)))
        CHECK_STR_AT(line, str_from(text), str_from(want));
    world_done(&w);
}

void test_tmpl_html_refused(void) {
    static const struct row {
        int line;
        const char *template, *want;
    } rows[] = {
        {__LINE__, "<p>\n <script>var a = {{v}}</script>",
         "t.html:2:18: 'v': a value cannot stand inside script or style"},
        {__LINE__, "<style>{{v}}</style>", "t.html:1:8: 'v': a value cannot stand inside"},
        {__LINE__, "<p title={{v}}>", "t.html:1:10: 'v': a value in an attribute needs quotes"},
        {__LINE__, "<p title=a{{v}}>", "t.html:1:11: 'v': a value in an attribute needs quotes"},
        {__LINE__, "<p onclick=\"{{v}}\">",
         "t.html:1:13: 'v': a value cannot stand in this attribute"},
        {__LINE__, "<p STYLE='{{v}}'>", "t.html:1:11: 'v': a value cannot stand in this attribute"},
        {__LINE__, "<img srcset=\"{{v}}\">",
         "t.html:1:14: 'v': a value cannot stand in this attribute"},
        {__LINE__, "<p hx-on:click=\"{{v}}\">",
         "t.html:1:17: 'v': a value cannot stand in this attribute"},
        {__LINE__, "<{{v}}>", "t.html:1:2: 'v': a value cannot be the name"},
        {__LINE__, "<p {{v}}>", "t.html:1:4: 'v': a value cannot be the name"},
        {__LINE__, "<p a{{v}}=\"\">", "t.html:1:5: 'v': a value cannot be the name"},
        {__LINE__, "<!-- {{v}} -->", "t.html:1:6: 'v': a value cannot stand in a comment"},
        {__LINE__, "<p title=\"{{{v}}}\">", "t.html:1:11: 'v': {{{...}}} may stand in text only"},
        {__LINE__, "<title>{{&v}}</title>", "t.html:1:8: 'v': {{{...}}} may stand in text only"},
        {__LINE__, "<script src=\"{{v}}\"></script>", "t.html:1:14: 'v': the URL of this element"},
        {__LINE__, "<base href=\"{{v}}\">", "t.html:1:13: 'v': the URL of this element"},
        {__LINE__, "{{#v}}<p {{/v}}>", "t.html:1:1: the section 'v' ends in another kind"},
        {__LINE__, "<p>{{#l}}<script>{{/l}}", "t.html:1:4: the section 'l' ends in another kind"},
        {__LINE__, "<p title=\"{{>*v}}\">", "t.html:1:11: '*v': a template chosen by a value"},
        {__LINE__, "<p", "t.html: the template ends in another kind of place"},
        {__LINE__, "<!-- x", "t.html: the template ends in another kind of place"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_refused(rows[i].line, TMPL_HTML, rows[i].template, NULL, rows[i].want,
                      ERR_UNSUPPORTED);
    static const struct row syntax[] = {
        {__LINE__, "<a href=\"javascript:{{v}}\">", "t.html:1:20: this URL's scheme"},
        {__LINE__, "<a href=\"{{v}}:x\">", "t.html:1:15: this URL's scheme"},
        {__LINE__, "<a href=\"java{{v}}script:x\">", "t.html:1:25: this URL's scheme"},
        {__LINE__, "<a {{#v}}hre{{/v}}f=\"{{v}}\">", "t.html:1:20: '=' stands behind a name"},
        {__LINE__, "<s{{#v}} a{{/v}}cript>", "t.html:1:17: a blank, '/' or '>' must follow"},
        {__LINE__, "中 < b", "t.html:1:4: '<' begins no tag here"},
        {__LINE__, "<p a=>", "t.html:1:6: an attribute has no value"},
        {__LINE__, "<p \"a\">", "t.html:1:4: a quote or '<'"},
        {__LINE__, "{{#v}}", "t.html:1:1: 'v' is opened here and never closed"},
        {__LINE__, "a\n {{/v}}", "t.html:2:2: '/v' closes nothing"},
        {__LINE__, "{{#v}}{{^o}}{{/v}}", "t.html:1:13: '/v' stands where 'o' of line 1 must"},
        {__LINE__, "中{{v", "t.html:1:2: this tag is never closed"},
        {__LINE__, "{{a b}}", "t.html:1:1: a tag needs a name without blanks"},
        {__LINE__, "{{}}", "t.html:1:1: a tag needs a name without blanks"},
        {__LINE__, "{{a..b}}", "t.html:1:1: 'a..b' is no name"},
        {__LINE__, "{{=a=}}", "t.html:1:1: new delimiters are written {{=<% %>=}}"},
        {__LINE__, "{{<t}}{{v}}{{/t}}", "t.html:1:7: 'v' stands in the parent 't' but in no block"},
    };
    for (size_t i = 0; i < COUNT_OF(syntax); i++)
        check_refused(syntax[i].line, TMPL_HTML, syntax[i].template, NULL, syntax[i].want,
                      ERR_SYNTAX);
    check_refused(__LINE__, TMPL_HTML, "a {{>q}}", NULL, "t.html:1:3: there is no template 'q'",
                  ERR_UNKNOWN);
    check_refused(__LINE__, TMPL_HTML, "a {{>*v}}", NULL, "t.html:1:3: there is no template 'x'",
                  ERR_NOT_FOUND);
    check_refused(__LINE__, TMPL_HTML, "a {{{v}}}", NULL,
                  "t.html:1:3: 'v' stands in three braces but is not marked as safe", ERR_TYPE);
    check_refused(__LINE__, TMPL_TEXT, "a {{o}}", NULL, "t.html:1:3: 'o' is a map, not a text",
                  ERR_TYPE);
    check_refused(__LINE__, TMPL_HTML, "<a href=\"{{>p}}\">",
                  "{{>p}}x:", "p.html:1:8: this URL's scheme", ERR_SYNTAX);
}

/* Partials take the HTML state of their place, parents and blocks too. */
void test_tmpl_layout(void) {
    struct world w;
    world_init(&w, TMPL_HTML);
    struct err err = {0};
    static const struct row {
        const char *name, *text;
    } rows[] = {
        {"layout", "<html lang=\"{{lang}}\"><title>{{$title}}Mandate{{/title}}</title>\n"
                   "<body class=\"{{$class}}plain{{/class}}\">\n{{$main}}{{/main}}\n</body>"},
        {"link", "{{url}}"},
        {"t",
         "{{<layout}}\n{{$title}}{{name}} - {{$title2}}x{{/title2}}{{/title}}\n"
         "{{$class}}wide {{lang}}{{/class}}\n"
         "{{$main}}<a href=\"{{>link}}\">{{>link}}</a>{{>tree}}{{>*which}}{{/main}}\n{{/layout}}"},
        {"tree", "<ul>{{#nodes}}<li>{{name}}{{>tree}}{{/nodes}}</ul>"},
        {"end", "<hr>{{name}}"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_OK(
            tmpl_add(w.set, str_from(rows[i].name), str_from(rows[i].text), rows[i].name, &err),
            &err);
    const struct json *context = parse(
        &w, STR("{\"lang\":\"zh\",\"name\":\"<N>\",\"url\":\"javascript:\\\"&\",\"which\":\"end\","
                "\"nodes\":[{\"name\":\"a\",\"nodes\":[{\"name\":\"b\",\"nodes\":[]}]},{\"name\":"
                "\"c\",\"nodes\":[]}]}"));
    CHECK_OK(render(&w, context, &err), &err);
    CHECK_STR(buf_view(&w.out),
              STR("<html lang=\"zh\"><title>&lt;N&gt; - x</title>\n<body class=\"wide zh\">\n"
                  "<a href=\"#\">javascript:&quot;&amp;</a>"
                  "<ul><li>a<ul><li>b<ul></ul></ul><li>c<ul></ul></ul><hr>&lt;N&gt;\n</body>"));
    CHECK(tmpl_has(w.set, STR("tree")) && !tmpl_has(w.set, STR("wood")));
    buf_reset(&w.out);
    struct budget budget = budget_of(1000, 0);
    CHECK(!tmpl_render(&w.out, w.set, STR("wood"), context, &budget, &err) &&
          err.code == ERR_NOT_FOUND);
    world_done(&w);
}

void test_tmpl_bounds(void) {
    static const struct row {
        int line;
        const char *t, *p, *q;
        enum err_code code;
    } rows[] = {
        {__LINE__, "{{>p}}", "x{{>t}}", "q", ERR_LIMIT}, /* calls itself without end */
        {__LINE__, "{{<p}}{{$b}}{{/b}}{{/p}}", "{{<t}}{{/t}}", "q", ERR_LIMIT},
        {__LINE__, "{{<p}}{{$a}}{{$a}}y{{/a}}{{/a}}{{/p}}", "{{$a}}{{/a}}", "q", ERR_LIMIT},
        {__LINE__, "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{v}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
         "p", "q", ERR_LIMIT}, /* 10^6 turns: budget */
        {__LINE__, "{{#l}}{{>p}}{{/l}}", "{{#l}}{{>q}}{{/l}}", "{{#l}}{{#l}}{{big}}{{/l}}{{/l}}",
         ERR_LIMIT}, /* 10 MB: the page */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world w;
        world_init(&w, TMPL_HTML);
        struct err err = {0};
        CHECK_OK(tmpl_add(w.set, STR("t"), str_from(rows[i].t), "t", &err), &err);
        CHECK_OK(tmpl_add(w.set, STR("p"), str_from(rows[i].p), "p", &err), &err);
        CHECK_OK(tmpl_add(w.set, STR("q"), str_from(rows[i].q), "q", &err), &err);
        struct json *context = json_obj(w.arena);
        struct json *list = json_set_arr(context, STR("l"));
        for (int j = 0; j < 10; j++)
            json_push_str(list, STR("x"));
        char *big = arena_new(w.arena, char, 1001);
        memset(big, 'x', 1000);
        json_set_str(context, STR("big"), (struct str){big, 1000});
        CHECK_AT(rows[i].line, !render(&w, context, &err) && err.code == rows[i].code);
        world_done(&w);
    }
    /* doubling at every level: refused when linked, in bounded time */
    struct world w;
    world_init(&w, TMPL_HTML);
    struct err err = {0};
    for (int i = 0; i < 40; i++) {
        struct str name = arena_printf(w.arena, "t%d", i);
        struct str text = arena_printf(w.arena, "{{>t%d}}{{>t%d}}", i + 1, i + 1);
        CHECK_OK(tmpl_add(w.set, name, i == 39 ? STR("{{v}}") : text, "t", &err), &err);
    }
    CHECK(!tmpl_link(w.set, &err) && err.code == ERR_LIMIT);
    world_done(&w);
}

void test_tmpl_list_index(void) {
    static const struct row {
        int line;
        const char *template, *want;
    } rows[] = {
        {__LINE__, "{{#a.0}}some{{/a.0}}{{^a.0}}none{{/a.0}}", "some"},
        {__LINE__, "{{#e.0}}some{{/e.0}}{{^e.0}}none{{/e.0}}", "none"},
        {__LINE__, "{{a.1}}{{a.2}}{{a.x}}", "y"},
        {__LINE__, "{{#o.0}}{{n}}{{/o.0}}", "1"},
        {__LINE__, "{{k.0}}", "key"}, /* an object's member may be called 0 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world w;
        struct err err = {0};
        world_init(&w, TMPL_HTML);
        CHECK_OK_AT(rows[i].line, tmpl_add(w.set, STR("t"), str_from(rows[i].template), "t", &err),
                    &err);
        const struct json *data = parse(
            &w, STR("{\"a\":[\"x\",\"y\"],\"e\":[],\"o\":[{\"n\":1}],\"k\":{\"0\":\"key\"}}"));
        CHECK_OK_AT(rows[i].line, render(&w, data, &err), &err);
        CHECK_STR_AT(rows[i].line, buf_view(&w.out), str_from(rows[i].want));
        world_done(&w);
    }
}
