#include "http/form.h"

#include "base/buf.h"
#include "base/test.h"

/* The fields as one text: name=value; name@filename(type)=value; */
static struct str describe(const struct http_form *form, struct buf *out) {
    buf_reset(out);
    for (size_t i = 0; i < form->count; i++) {
        const struct http_field *f = &form->fields[i];
        buf_printf(out, "%.*s", STR_ARG(f->name));
        if (f->is_file)
            buf_printf(out, "@%.*s(%.*s)", STR_ARG(f->filename), STR_ARG(f->content_type));
        buf_printf(out, "=%.*s;", STR_ARG(f->value));
    }
    return buf_view(out);
}

static const struct row {
    int line;
    const char *text, *want; /* NULL: refused */
    enum err_code code;
} rows[] = {
    {__LINE__, "", "", ERR_NONE},
    {__LINE__, "a=1&b=2", "a=1;b=2;", ERR_NONE},
    {__LINE__, "a=%E5%B1%85+x%2B&&b", "a=居 x+;b=;", ERR_NONE},
    {__LINE__, "a=b=c&a=d", "a=b=c;a=d;", ERR_NONE},
    {__LINE__, "=x", "=x;", ERR_NONE},
    {__LINE__, "a=%", NULL, ERR_SYNTAX},
    {__LINE__, "a=%0", NULL, ERR_SYNTAX},
    {__LINE__, "a=%zz", NULL, ERR_SYNTAX},
    {__LINE__, "a=%ff", NULL, ERR_SYNTAX},
    {__LINE__, "a=%00", NULL, ERR_SYNTAX},
    {__LINE__, "a=%0d%0a%09", "a=\r\n\t;", ERR_NONE},
};

void test_http_form_urlencoded(void) {
    struct arena *arena = arena_create("test", 1 << 20);
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct http_form form;
        struct err err = {0};
        bool ok = http_form_parse_urlencoded(&form, str_from(row->text), arena, &err);
        CHECK_AT(row->line, ok == (row->want != NULL) && err.code == row->code);
        if (ok)
            CHECK_STR_AT(row->line, describe(&form, &out), str_from(row->want));
    }
    struct http_form form;
    struct err err = {0};
    for (int i = 0; i < FORM_FIELDS_MAX; i++)
        buf_lit(&out, "&");
    CHECK(!http_form_parse_urlencoded(&form, buf_view(&out), arena, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK(http_form_get(&form, STR("x")).at == NULL);
    buf_done(&out);
    arena_destroy(arena);
}

#define R    "\r\n"
#define TYPE "multipart/form-data; boundary=XX"
#define PART "--XX" R "Content-Disposition: form-data; name="
#define END  R "--XX--" R

static const struct multipart_row {
    int line;
    const char *type, *body, *want;
    enum err_code code;
} multipart_rows[] = {
    {__LINE__, TYPE, PART "\"a\"" R R "1" END, "a=1;", ERR_NONE},
    {__LINE__, TYPE, PART "a" R R "" END, "a=;", ERR_NONE},
    {__LINE__, "Multipart/Form-Data ; x=y; BOUNDARY=\"XX\"",
     PART "\"a\"" R R "1" R PART "\"b\"" R R "2" R "--XX--", "a=1;b=2;", ERR_NONE},
    {__LINE__, TYPE,
     PART "\"f\"; filename=\"C:\\\\dir\\\\x.pdf\"" R "Content-Type: application/pdf; v=1" R R
          "%PDF\r\n--X" END,
     "f@x.pdf(application/pdf)=%PDF\r\n--X;", ERR_NONE},
    {__LINE__, TYPE, PART "\"f\"; filename=\"../../etc/passwd\"" R R "x" END, "f@passwd()=x;",
     ERR_NONE},
    {__LINE__, TYPE,
     PART "\"f\"; filename=\"a\xe2\x80\xae"
          "gpj.exe\"" R R "x" END,
     "f@agpj.exe()=x;", ERR_NONE},
    {__LINE__, TYPE, PART "\"f\"; filename=\"\"" R R END, "", ERR_NONE},
    {__LINE__, TYPE, PART "\"f\"; filename=\"照片.jpg\"" R R "x" END, "f@照片.jpg()=x;", ERR_NONE},
    {__LINE__, "text/plain", "", NULL, ERR_TYPE},
    {__LINE__, "", "", NULL, ERR_TYPE},
    {__LINE__, "multipart/form-data", "", NULL, ERR_SYNTAX},
    {__LINE__, "multipart/form-data; boundary=", "", NULL, ERR_SYNTAX},
    {__LINE__, "multipart/form-data; boundary=\"a", "", NULL, ERR_SYNTAX},
    {__LINE__, "multipart/form-data; boundary=a; boundary=b", "", NULL, ERR_SYNTAX},
    {__LINE__, "multipart/form-data; boundary=a{b", "", NULL, ERR_SYNTAX},
    {__LINE__, TYPE, "", NULL, ERR_SYNTAX},
    {__LINE__, TYPE, "--XX--" R, "", ERR_NONE},
    {__LINE__, TYPE, "preamble" R PART "\"a\"" R R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R R "1" R "--XX", NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R R "1" R "--YYY" R, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R R "1", NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, "--XX" R "Content-Type: text/plain" R R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, "--XX" R "Content-Disposition: attachment; name=a" R R "1" END, NULL,
     ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a" R R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"; name=\"b\"" R R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R "nonsense" R R "1" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R "Content-Transfer-Encoding: base64" R R "1" END, NULL,
     ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R R "\xff" END, NULL, ERR_SYNTAX},
    {__LINE__, TYPE, PART "\"a\"" R R "12345678901" END, NULL, ERR_LIMIT},
    {__LINE__, TYPE, PART "\"f\"; filename=\"x\"" R R "123456789012345678901" END, NULL, ERR_LIMIT},
    {__LINE__, TYPE,
     PART "\"f\"; filename=\"x\"" R R "1" R PART "\"f\"; filename=\"y\"" R R "1" R PART
          "\"f\"; filename=\"z\"" R R "1" END,
     NULL, ERR_LIMIT},
};

void test_http_form_multipart(void) {
    struct arena *arena = arena_create("test", 1 << 22);
    struct buf out;
    buf_init(&out, 1 << 16);
    const struct http_form_limits limits = {
        .file_bytes_max = 20, .files_max = 2, .field_bytes_max = 10};
    for (size_t i = 0; i < COUNT_OF(multipart_rows); i++) {
        const struct multipart_row *row = &multipart_rows[i];
        struct http_form form;
        struct err err = {0};
        bool ok = http_form_parse_multipart(&form, str_from(row->body), str_from(row->type), limits,
                                            arena, &err);
        CHECK_AT(row->line, ok == (row->want != NULL));
        CHECK_INT_AT(row->line, err.code, row->code);
        if (ok && row->want != NULL)
            CHECK_STR_AT(row->line, describe(&form, &out), str_from(row->want));
    }
    buf_done(&out);
    arena_destroy(arena);
}
