#include "http/head.h"

#include "base/buf.h"
#include "base/test.h"

#define R         "\r\n"
#define HOST_LINE "Host: a.example" R

static const struct row {
    int line;
    const char *text;
    size_t len; /* 0: strlen */
    int want;
} rows[] = {
    /* what is read */
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE R, 0, 0},
    {__LINE__, "GET / HTTP/1.0" R HOST_LINE R, 0, 0},
    {__LINE__, "GET /a?b=%20 HTTP/1.1" R "hOsT:A.example:8110\t " R R, 0, 0},
    {__LINE__, "GET http://a.example/x HTTP/1.1" R HOST_LINE R, 0, 0},
    {__LINE__, "GET / HTTP/1.1" R "Host: [::1]:8110" R R, 0, 0},
    {__LINE__, "GET / HTTP/1.1" R "Host: a.example:" R R, 0, 0},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 5" R R, 0, 0},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Transfer-Encoding: Chunked" R R, 0, 0},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X: a\tb\xe4" R "Y:" R R, 0, 0},
    /* RFC 9112: 3: the request line */
    {__LINE__, "GET  / HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET /" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / x HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/1.1 " R HOST_LINE R, 0, 400},
    {__LINE__, "GET / http/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/1,1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/2.0" R HOST_LINE R, 0, 505},
    {__LINE__, "GET / HTTP/1.2" R HOST_LINE R, 0, 505},
    {__LINE__, "G(T / HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "get / HTTP/1.1" R HOST_LINE R, 0, 501},
    {__LINE__, "TRACE / HTTP/1.1" R HOST_LINE R, 0, 501},
    {__LINE__, "CONNECT a.example:80 HTTP/1.1" R HOST_LINE R, 0, 501},
    {__LINE__, "GET /\xc3\xa4 HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET /\t HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "OPTIONS * HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET x HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET ftp://a.example/ HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET http://b.example/ HTTP/1.1" R HOST_LINE R, 0, 400},
    {__LINE__, "GET http://a.example HTTP/1.1" R HOST_LINE R, 0, 400},
    /* RFC 9112: 2.2: line ends */
    {__LINE__, "GET / HTTP/1.1\nHost: a.example\n\n", 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a.example\n" R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "X: a\rb" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/1.1\r" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X: a\0b" R R,
     sizeof("GET / HTTP/1.1" R HOST_LINE "X: a\0b" R R) - 1, 400},
    /* RFC 9112: 5: headers */
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X: a" R " b" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R " X: a" R HOST_LINE R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host : a.example" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE ": a" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X: \x01" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "X: \x7f" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "Cookie: a=1" R "cookie: b=2" R R, 0, 400},
    /* RFC 9112: 3.2: Host */
    {__LINE__, "GET / HTTP/1.1" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.0" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R HOST_LINE "HOST: a.example" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host:" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a b" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a/b" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a@b" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a:70000" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: a:-1" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: [::1" R R, 0, 400},
    {__LINE__, "GET / HTTP/1.1" R "Host: [::1]x" R R, 0, 400},
    /* RFC 9112: 6: length */
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 5" R "Content-Length: 5" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 5, 5" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: +5" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 0x5" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length:" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 9999999999999999999" R R, 0, 413},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Content-Length: 5" R "Transfer-Encoding: chunked" R R,
     0, 400},
    {__LINE__,
     "POST / HTTP/1.1" R HOST_LINE "Transfer-Encoding: chunked" R "Transfer-Encoding: chunked" R R,
     0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Transfer-Encoding: gzip, chunked" R R, 0, 501},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Transfer-Encoding: identity" R R, 0, 501},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Transfer-Encoding:" R R, 0, 501},
    {__LINE__, "POST / HTTP/1.0" R HOST_LINE "Transfer-Encoding: chunked" R R, 0, 400},
    {__LINE__, "POST / HTTP/1.1" R HOST_LINE "Expect: tea" R R, 0, 417},
};

void test_http_head_rows(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct str text = str_from(row->text);
        if (row->len != 0)
            text.len = row->len;
        char bytes[512];
        CHECK_AT(row->line, text.len < sizeof bytes);
        memcpy(bytes, text.at, text.len);
        CHECK_INT_AT(row->line, (int64_t)http_head_end(text, 0), (int64_t)text.len);
        struct http_head head;
        const char *why = NULL;
        CHECK_INT_AT(row->line, http_head_parse(&head, bytes, text.len, &why), row->want);
        CHECK_AT(row->line, (row->want == 0) == (why == NULL));
    }
}

void test_http_head_fields(void) {
    char bytes[] = "POST /p?q HTTP/1.1" R "HOST:  A.Example:1 " R "Content-Length: 12" R
                   "Connection: x, Close" R "Expect: 100-Continue" R "X-Y:\t z  z \t" R R;
    struct http_head head;
    const char *why = NULL;
    CHECK_INT(http_head_parse(&head, bytes, sizeof bytes - 1, &why), 0);
    CHECK(head.method == HTTP_POST && head.minor == 1);
    CHECK_STR(head.target, STR("/p?q"));
    CHECK_STR(head.host, STR("a.example:1"));
    CHECK(head.has_length && !head.chunked && head.length == 12);
    CHECK(!head.keep_alive && head.expects_continue);
    CHECK_INT((int64_t)head.header_count, 5);
    CHECK_STR(head.headers[4].name, STR("x-y"));
    CHECK_STR(head.headers[4].value, STR("z  z"));
}

void test_http_head_limits(void) {
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t headers = HTTP_HEADERS_MAX - 1; headers <= HTTP_HEADERS_MAX; headers++) {
        buf_reset(&b);
        buf_lit(&b, "GET / HTTP/1.1" R HOST_LINE);
        for (size_t i = 0; i < headers; i++)
            buf_printf(&b, "X-%zu: y" R, i);
        buf_lit(&b, R);
        struct http_head head;
        const char *why;
        CHECK_INT(http_head_parse(&head, b.at, b.len, &why), headers < HTTP_HEADERS_MAX ? 0 : 431);
    }
    for (size_t extra = 0; extra <= 1; extra++) {
        buf_reset(&b);
        buf_lit(&b, "GET /");
        for (size_t i = 1; i < HTTP_TARGET_BYTES_MAX + extra; i++)
            buf_add_byte(&b, 'a');
        buf_lit(&b, " HTTP/1.1" R HOST_LINE R);
        struct http_head head;
        const char *why;
        CHECK_INT(http_head_parse(&head, b.at, b.len, &why), extra == 0 ? 0 : 414);
    }
    buf_done(&b);
}

/* The end is found wherever the bytes were cut. */
void test_http_head_end(void) {
    struct str text = STR("GET / HTTP/1.1" R HOST_LINE R "body");
    for (size_t seen = 0; seen < text.len; seen++) {
        size_t end = http_head_end(str_sub(text, 0, seen), 0);
        CHECK_INT((int64_t)end, seen >= text.len - 4 ? (int64_t)text.len - 4 : 0);
        CHECK_INT((int64_t)http_head_end(text, end == 0 ? seen : 0), (int64_t)text.len - 4);
    }
}
