#include "http/chunk.h"

#include "base/test.h"

static const struct row {
    int line;
    const char *text;
    enum chunk_result want;
    const char *body, *rest;
} rows[] = {
    {__LINE__, "0\r\n\r\n", CHUNK_DONE, "", ""},
    {__LINE__, "5\r\nhello\r\n0\r\n\r\nGET", CHUNK_DONE, "hello", "GET"},
    {__LINE__, "1\r\na\r\n0A\r\n0123456789\r\n000\r\n\r\n", CHUNK_DONE, "a0123456789", ""},
    {__LINE__, "5\r\nhel", CHUNK_MORE, "hel", ""},
    {__LINE__, "", CHUNK_MORE, "", ""},
    {__LINE__, "0\r\n", CHUNK_MORE, "", ""},
    {__LINE__, "\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "5 \r\nhello\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "5;a=b\r\nhello\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "5\nhello\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "+5\r\nhello\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "0x5\r\nhello\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "-1\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "000000001\r\na\r\n", CHUNK_BAD, "", NULL},
    {__LINE__, "5\r\nhello0\r\n\r\n", CHUNK_BAD, "hello", NULL},
    {__LINE__, "5\r\nhello\r0\r\n\r\n", CHUNK_BAD, "hello", NULL},
    {__LINE__, "0\r\nTrailer: x\r\n\r\n", CHUNK_BAD, "", NULL},
};

/* Each row whole, and a byte at a time. */
void test_http_chunk(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t step = 1; step <= 1000; step += 999) {
            const struct row *row = &rows[i];
            struct str all = str_from(row->text);
            struct buf out;
            buf_init(&out, 1000);
            struct chunk_decoder d = {0};
            enum chunk_result got = CHUNK_MORE;
            size_t at = 0;
            while (got == CHUNK_MORE && at < all.len) {
                struct str in = str_sub(all, at, step);
                size_t given = in.len;
                got = chunk_feed(&d, &in, &out);
                at += given - in.len;
            }
            CHECK_INT_AT(row->line, got, row->want);
            CHECK_STR_AT(row->line, buf_view(&out), str_from(row->body));
            if (row->rest != NULL)
                CHECK_STR_AT(row->line, str_sub(all, at, all.len), str_from(row->rest));
            buf_done(&out);
        }
    }
}
