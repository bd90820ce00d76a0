#include "print/print.h"

#include "base/test.h"

void test_print_letter_check(void) {
    static const struct row {
        int line;
        const char *html, *want; /* NULL: it passes */
    } rows[] = {
        {__LINE__, "", NULL},
        {__LINE__, " \n<h1>书</h1>\n<p class=\"no\">1</p><hr><hr/><hr />", NULL},
        {__LINE__,
         "<div lang=\"en\" class=\"page small\"><p>a<br>b<strong>c<em>d</em></strong></p></div>",
         NULL},
        {__LINE__, "<ul><li>a</li> <li class=\"right\">b</li></ul><ol><li>c</li></ol>", NULL},
        {__LINE__, "<table class=\"small\"><tr><th>a</th><td lang=\"zh\">b</td></tr></table>",
         NULL},
        {__LINE__, "<p>&amp;&lt;&gt;&quot;&nbsp;&#39;&#x4e2d;&#20013; > \"x\"</p>", NULL},
        {__LINE__, "text", "l:1:1: no text may stand in <letter> itself"},
        {__LINE__, "<p>a</p>\n <ul>x</ul>", "l:2:6: no text may stand in <ul> itself"},
        {__LINE__, "<script>x</script>", "l:1:1: a letter has no element <script>"},
        {__LINE__, "<P>x</P>", "l:1:1: a letter has no element <>"},
        {__LINE__, "<p onclick=\"x\">", "l:1:4: a letter has no attribute 'onclick' here"},
        {__LINE__, "<p style=\"x\">", "l:1:4: a letter has no attribute 'style' here"},
        {__LINE__, "<p class=\"right evil\">", "l:1:9: a letter has no class 'evil'"},
        {__LINE__, "<p class=right>", "l:1:4: 'class' needs a value in double quotes"},
        {__LINE__, "<p class=\"small\" class=\"no\">",
         "l:1:18: the attribute 'class' stands twice"},
        {__LINE__, "<p lang=\"fr\">", "l:1:4: lang is zh or en, not 'fr'"},
        {__LINE__, "<p><p>x</p></p>", "l:1:4: <p> may not stand in <p>"},
        {__LINE__, "<li>x</li>", "l:1:1: <li> may not stand in <letter>"},
        {__LINE__, "<ul><p>x</p></ul>", "l:1:5: <p> may not stand in <ul>"},
        {__LINE__, "<strong>x</strong>", "l:1:1: <strong> may not stand in <letter>"},
        {__LINE__, "<p>x", "l:1:5: the letter ends while <p> is open"},
        {__LINE__, "<p>x</h1>", "l:1:5: </h1> stands where <p> is open"},
        {__LINE__, "</p>", "l:1:1: </p> stands where <letter> is open"},
        {__LINE__, "<p", "l:1:1: the tag <p> is not closed by '>'"},
        {__LINE__, "<p>x</p x>", "l:1:5: the tag </p> is not closed by '>'"},
        {__LINE__, "<!-- x -->", "l:1:1: a letter has no element <>"},
        {__LINE__, "<!doctype html>", "l:1:1: a letter has no element <>"},
        {__LINE__, "<p>中&copy;</p>", "l:1:5: '&' begins &amp; &lt; &gt; &quot; &nbsp;"},
        {__LINE__, "<p>& </p>", "l:1:4: '&' begins"},
        {__LINE__, "<p>&#0;</p>", "l:1:4: '&' begins"},
        {__LINE__, "<p>&#xD800;</p>", "l:1:4: '&' begins"},
        {__LINE__, "<p>&#99999999;</p>", "l:1:4: '&' begins"},
        {__LINE__, "<p>a\x01</p>", "l:1:5: a byte that is no character"},
        {__LINE__, "<p>a\xFF</p>", "l:1:5: a byte that is no character"},
        {__LINE__, "<hr>x</hr>", "l:1:5: no text may stand in <letter>"},
        {__LINE__,
         "<table><tr><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></"
         "td></tr></table>",
         "l:1:"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        bool ok = print_letter_check(str_from(rows[i].html), "l", &err);
        CHECK_AT(rows[i].line, ok == (rows[i].want == NULL));
        if (rows[i].want == NULL) {
            CHECK_OK_AT(rows[i].line, ok, &err);
            continue;
        }
        char text[ERR_TEXT_MAX + 100];
        err_format(text, sizeof text, &err);
        if (!str_starts(str_from(text), str_from(rows[i].want)))
            CHECK_STR_AT(rows[i].line, str_from(text), str_from(rows[i].want));
    }
    struct buf deep;
    buf_init(&deep, 10000);
    for (int i = 0; i < 20; i++)
        buf_lit(&deep, "<div>");
    struct err err = {0};
    CHECK(!print_letter_check(buf_view(&deep), "l", &err) && err.code == ERR_LIMIT);
    buf_done(&deep);
}

static struct print_letter letter_of(struct str html) {
    struct print_letter letter = {.html = html,
                                  .title = STR("示例决定书"),
                                  .lang = STR("zh"),
                                  .organ = STR("示例市公安局"),
                                  .number = STR("示〔2026〕1 号"),
                                  .date = STR("2026年3月9日"),
                                  .verify_url = STR("https://service.example.test/verify/7K2M"),
                                  .verify_text = STR("扫描核验"),
                                  .created_s = 1773014400};
    return letter;
}

static void make_long(struct buf *html, int paragraphs) {
    buf_lit(html,
            "<h1>不予许可决定书</h1><table><tr><th>材料</th><th>结果</th></tr>"
            "<tr><td>租赁合同</td><td class=\"center\">不<strong>符合</strong></td></tr></table>");
    for (int i = 0; i < paragraphs; i++)
        buf_printf(
            html,
            "<p>第 %d 段。依法作出不予行政许可的书面决定的，应当说明理由，并告知申请人享有"
            "依法申请行政复议或者提起行政诉讼的权利。</p><ol><li>一</li><li><em>二</em></li></ol>",
            i);
    buf_lit(
        html,
        "<p class=\"seal-line\">示例市公安局</p><hr><div lang=\"en\" class=\"page\"><h2>Decision"
        "</h2><p>Refused &amp; <em>closed</em>.</p></div>");
}

/* ISO 32000: 7.5; and the same letter gives the same bytes */
void test_print_pdf(void) {
    static const struct row {
        int line, paragraphs;
        const char *pages;
    } rows[] = {{__LINE__, 1, "/Count 2\n"}, {__LINE__, 30, "/Count 5\n"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf html, first, second;
        buf_init(&html, 1 << 20);
        buf_init(&first, PRINT_PDF_BYTES_MAX);
        buf_init(&second, PRINT_PDF_BYTES_MAX);
        make_long(&html, rows[i].paragraphs);
        struct print_letter letter = letter_of(buf_view(&html));
        struct err err = {0};
        CHECK_OK_AT(rows[i].line, print_pdf(&first, &letter, &err), &err);
        CHECK_OK_AT(rows[i].line, print_pdf(&second, &letter, &err), &err);
        CHECK_AT(rows[i].line, str_eq(buf_view(&first), buf_view(&second)));
        CHECK_AT(rows[i].line, str_starts(buf_view(&first), STR("%PDF-1.")));
        CHECK_AT(rows[i].line, str_ends(buf_view(&first), STR("%%EOF\n")));
        CHECK_AT(rows[i].line, str_find(buf_view(&first), STR("20260309000000Z)")) != SIZE_MAX);
        CHECK_AT(rows[i].line, str_find(buf_view(&first), str_from(rows[i].pages)) != SIZE_MAX);
        letter.created_s++;
        buf_reset(&second);
        CHECK_OK_AT(rows[i].line, print_pdf(&second, &letter, &err), &err);
        CHECK_AT(rows[i].line, !str_eq(buf_view(&first), buf_view(&second)));
        buf_done(&html);
        buf_done(&first);
        buf_done(&second);
    }
}

void test_print_pdf_refused(void) {
    struct buf out, html;
    struct err err = {0};
    buf_init(&out, PRINT_PDF_BYTES_MAX);
    buf_init(&html, 1 << 20);
    struct print_letter letter = letter_of(STR("<p>x<script></p>"));
    CHECK(!print_pdf(&out, &letter, &err) && err.code == ERR_UNSUPPORTED);
    err_reset(&err);
    buf_lit(&html, "<table><tr><td>");
    for (int i = 0; i < 3000; i++)
        buf_lit(&html, "很长的一格");
    buf_lit(&html, "</td><td>x</td></tr></table>");
    letter = letter_of(buf_view(&html));
    CHECK(!print_pdf(&out, &letter, &err) && err.code == ERR_LIMIT);
    err_reset(&err);
    buf_reset(&html);
    for (int i = 0; i <= PRINT_PAGES_MAX; i++)
        buf_lit(&html, "<p class=\"page\">x</p>");
    letter = letter_of(buf_view(&html));
    CHECK(!print_pdf(&out, &letter, &err) && err.code == ERR_LIMIT);
    struct buf small; /* the PDF does not fit */
    buf_init(&small, 1000);
    err_reset(&err);
    letter = letter_of(STR("<p>x</p>"));
    CHECK(!print_pdf(&small, &letter, &err) && err.code == ERR_LIMIT);
    buf_done(&small);
    buf_done(&out);
    buf_done(&html);
}

/* ISO/IEC 18004: three finder patterns, a quiet zone of four modules */
void test_print_qr_svg(void) {
    struct buf out;
    struct err err = {0};
    buf_init(&out, 1 << 20);
    CHECK_OK(print_qr_svg(&out, STR("https://a.test/v/1"), STR("核验 \"<1>\""), &err), &err);
    CHECK(str_starts(
        buf_view(&out),
        STR("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 33 33\" role=\"img\" "
            "aria-label=\"核验 &quot;&lt;1&gt;&quot;\">")));
    CHECK(str_find(buf_view(&out), STR("d=\"M4 4h7v1h-7z")) != SIZE_MAX);
    CHECK(str_find(buf_view(&out), STR("M22 4h7v1h-7z")) != SIZE_MAX);
    CHECK(str_find(buf_view(&out), STR("M4 28h7v1h-7z")) != SIZE_MAX);
    CHECK(str_ends(buf_view(&out), STR("</svg>")));
    CHECK(!print_qr_svg(&out, STR_NONE, STR("x"), &err) && err.code == ERR_RANGE);
    err_reset(&err);
    char text[PRINT_QR_BYTES_MAX + 1];
    memset(text, 'a', sizeof text);
    CHECK_OK(print_qr_svg(&out, (struct str){text, PRINT_QR_BYTES_MAX}, STR("x"), &err), &err);
    CHECK(!print_qr_svg(&out, (struct str){text, sizeof text}, STR("x"), &err));
    CHECK(err.code == ERR_LIMIT);
    buf_done(&out);
}
