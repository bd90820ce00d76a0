/* Bytes that nobody wrote: each is refused, with ERR_CORRUPT, or ERR_UNKNOWN for a zone. The bytes
 * of what is written, and that they come back, are in api_test.c. */
#include "base/test.h"
#include "cal/zone.h"
#include "feel/feel.h"

/* A word: "u7" or "i-7", a number without or with a sign; "s" and a text. */
static void add_word(struct buf *out, struct str word) {
    uint64_t n = 0;
    bool negative = word.len > 1 && word.at[1] == '-';
    if (word.at[0] == 's') {
        bytes_add_str(out, str_sub(word, 1, word.len));
        return;
    }
    for (size_t i = negative ? 2 : 1; i < word.len; i++)
        n = n * 10 + (uint64_t)(word.at[i] - '0');
    if (word.at[0] == 'u')
        bytes_add_u64(out, n);
    else
        bytes_add_i64(out, negative ? -(int64_t)n : (int64_t)n);
}

static const struct {
    int line;
    const char *words;
    enum err_code want;
} rows[] = {
    {__LINE__, "u0", ERR_NONE},     /* null */
    {__LINE__, "u1", ERR_NONE},     /* false */
    {__LINE__, "u13", ERR_NONE},    /* true */
    {__LINE__, "u12", ERR_CORRUPT}, /* a function */
    {__LINE__, "u14", ERR_CORRUPT},
    {__LINE__, "u300", ERR_CORRUPT},
    {__LINE__, "", ERR_CORRUPT},
    {__LINE__, "u2 u0 u5", ERR_NONE},
    {__LINE__, "u2 u1 u0", ERR_CORRUPT}, /* minus zero */
    {__LINE__, "u2 u8 u5", ERR_CORRUPT}, /* 5e1 is 50 */
    {__LINE__, "u2 u2 u5 u0", ERR_CORRUPT},
    {__LINE__, "u2 u49412 u1", ERR_CORRUPT}, /* beyond every exponent */
    {__LINE__, "u2 u48888 u1", ERR_NONE},    /* 1e6111 */
    {__LINE__, "u2 u48896 u1", ERR_CORRUPT},
    {__LINE__, "u2 u49404 u1", ERR_NONE},                                    /* 1e-6176 */
    {__LINE__, "u2 u2 u18446744073709551615 u542101086242752", ERR_CORRUPT}, /* 35 digits */
    {__LINE__, "u3 sabc", ERR_NONE},
    {__LINE__, "u4 i0", ERR_NONE},
    {__LINE__, "u4 i365241780471", ERR_NONE},
    {__LINE__, "u4 i365241780472", ERR_CORRUPT},
    {__LINE__, "u4 i-365243219162", ERR_NONE},
    {__LINE__, "u4 i-365243219163", ERR_CORRUPT},
    {__LINE__, "u4", ERR_CORRUPT},
    {__LINE__, "u5 u0 u0", ERR_NONE},
    {__LINE__, "u5 u86399999999999 u0", ERR_NONE},
    {__LINE__, "u5 u86400000000000 u0", ERR_CORRUPT},
    {__LINE__, "u5 u0 u1 i64800", ERR_NONE},
    {__LINE__, "u5 u0 u1 i-64800", ERR_NONE},
    {__LINE__, "u5 u0 u1 i64801", ERR_CORRUPT},
    {__LINE__, "u5 u0 u1 i-64801", ERR_CORRUPT},
    {__LINE__, "u5 u0 u1", ERR_CORRUPT},
    {__LINE__, "u5 u0 u2 sUTC", ERR_NONE},
    {__LINE__, "u5 u0 u2 sNowhere/Land", ERR_UNKNOWN},
    {__LINE__, "u5 u0 u2 s", ERR_UNKNOWN},
    {__LINE__, "u5 u0 u2", ERR_CORRUPT},
    {__LINE__, "u5 u0 u3", ERR_CORRUPT},
    {__LINE__, "u6 i0 u0 u0", ERR_NONE},
    {__LINE__, "u6 i365241780472 u0 u0", ERR_CORRUPT},
    {__LINE__, "u6 i0 u86400000000000 u0", ERR_CORRUPT},
    {__LINE__, "u6 i0 u0 u2 sNowhere/Land", ERR_UNKNOWN},
    {__LINE__, "u7 i-1 u999999999", ERR_NONE},
    {__LINE__, "u7 i0 u1000000000", ERR_CORRUPT},
    {__LINE__, "u7 i100000000000000000 u0", ERR_NONE},
    {__LINE__, "u7 i100000000000000001 u0", ERR_CORRUPT},
    {__LINE__, "u7 i-100000000000000001 u0", ERR_CORRUPT},
    {__LINE__, "u8 i999999999999", ERR_NONE},
    {__LINE__, "u8 i1000000000000", ERR_CORRUPT},
    {__LINE__, "u8 i-999999999999", ERR_NONE},
    {__LINE__, "u8 i-1000000000000", ERR_CORRUPT},
    {__LINE__, "u9 u2 u0 u1", ERR_NONE},
    {__LINE__, "u9 u2 u0", ERR_CORRUPT},
    {__LINE__, "u9 u1000 u0", ERR_CORRUPT},
    {__LINE__, "u10 u2 sa u0 sb u1", ERR_NONE},
    {__LINE__, "u10 u2 sa u0 sa u1", ERR_CORRUPT}, /* one name twice */
    {__LINE__, "u10 u1 sa u12", ERR_CORRUPT},
    {__LINE__, "u10 u1 sa", ERR_CORRUPT},
    {__LINE__, "u11 u0 u2 u0 u5 u2 u0 u6", ERR_NONE},
    {__LINE__, "u11 u3 u2 u0 u5 u2 u0 u6", ERR_NONE},
    {__LINE__, "u11 u7 u2 u0 u5 u2 u0 u5", ERR_NONE},
    {__LINE__, "u11 u8 u2 u0 u5 u2 u0 u5", ERR_NONE},
    {__LINE__, "u11 u4 u2 u0 u5 u2 u0 u5", ERR_CORRUPT},
    {__LINE__, "u11 u5 u2 u0 u5 u2 u0 u5", ERR_CORRUPT},
    {__LINE__, "u11 u6 u2 u0 u5 u2 u0 u5", ERR_CORRUPT},
    {__LINE__, "u11 u9 u2 u0 u5 u2 u0 u5", ERR_CORRUPT},
    {__LINE__, "u11 u3 u12 u0", ERR_CORRUPT},
    {__LINE__, "u11 u3 u0 u12", ERR_CORRUPT},
};

void test_codec_hostile(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("codec", 1 << 20);
        struct str rest = str_from(rows[i].words), word;
        struct feel_value v;
        struct err err = {0};
        struct buf bytes, again;
        buf_init(&bytes, 1 << 12);
        buf_init(&again, 1 << 12);
        while (rest.len > 0 && str_split(&word, &rest, ' '))
            add_word(&bytes, word);
        struct bytes_reader in = {buf_view(&bytes), false};
        bool good = feel_decode(&v, &in, a, &err);
        CHECK_INT_AT(rows[i].line, err.code, rows[i].want);
        CHECK_AT(rows[i].line, good == (rows[i].want == ERR_NONE));
        if (good) { /* what is a value has these bytes and no others */
            CHECK_OK_AT(rows[i].line, feel_encode(&again, v, &err), &err);
            CHECK_AT(rows[i].line, str_eq(buf_view(&again), buf_view(&bytes)));
        }
        buf_done(&bytes);
        buf_done(&again);
        arena_destroy(a);
    }
}

/* As deep as values go, and one more; in lists, contexts and ranges. */
void test_codec_depth(void) {
    struct arena *a = arena_create("codec", 1 << 20);
    struct feel_value *chain = arena_new(a, struct feel_value, FEEL_DEPTH_MAX + 1), v;
    for (int i = 1; i <= FEEL_DEPTH_MAX; i++) {
        struct feel_entry entry = {STR("a"), chain[i - 1]};
        chain[i] = i % 2 == 0 ? feel_list(&chain[i - 1], 1) : feel_context_of(a, &entry, 1);
    }
    struct buf bytes;
    struct err err = {0};
    buf_init(&bytes, 1 << 16);
    CHECK_OK(feel_encode(&bytes, chain[FEEL_DEPTH_MAX - 1], &err), &err);
    struct bytes_reader in = {buf_view(&bytes), false};
    CHECK_OK(feel_decode(&v, &in, a, &err), &err);
    CHECK(feel_same(v, chain[FEEL_DEPTH_MAX - 1]));
    struct buf deeper;
    buf_init(&deeper, 1 << 16);
    CHECK(!feel_encode(&deeper, chain[FEEL_DEPTH_MAX], &err) && err.code == ERR_LIMIT);
    err_reset(&err);
    buf_reset(&deeper);
    bytes_add_u64(&deeper, FEEL_LIST);
    bytes_add_u64(&deeper, 1);
    buf_add(&deeper, buf_view(&bytes));
    in = (struct bytes_reader){buf_view(&deeper), false};
    CHECK(!feel_decode(&v, &in, a, &err) && err.code == ERR_CORRUPT);
    /* room for less than it takes */
    err_reset(&err);
    struct buf small;
    buf_init(&small, 100);
    CHECK(!feel_encode(&small, chain[FEEL_DEPTH_MAX - 1], &err) && err.code == ERR_LIMIT);
    buf_done(&small);
    buf_done(&deeper);
    buf_done(&bytes);
    arena_destroy(a);
}

/* The longest string, and one byte more. */
void test_codec_longest_string(void) {
    struct arena *a = arena_create("codec", 1 << 20);
    struct buf text, bytes;
    buf_init(&text, FEEL_TEXT_BYTES_MAX + 1);
    buf_init(&bytes, FEEL_TEXT_BYTES_MAX + 64);
    for (int i = 0; i <= FEEL_TEXT_BYTES_MAX; i++)
        buf_add_byte(&text, 'a');
    for (size_t more = 0; more < 2; more++) {
        struct feel_value v;
        struct err err = {0};
        buf_reset(&bytes);
        bytes_add_u64(&bytes, FEEL_STRING);
        bytes_add_str(&bytes, (struct str){text.at, FEEL_TEXT_BYTES_MAX + more});
        struct bytes_reader in = {buf_view(&bytes), false};
        CHECK(feel_decode(&v, &in, a, &err) == (more == 0));
        CHECK(err.code == (more == 0 ? ERR_NONE : ERR_CORRUPT));
    }
    buf_done(&text);
    buf_done(&bytes);
    arena_destroy(a);
}

/* A function is not stored, wherever in a value it stands. */
void test_codec_functions(void) {
    static const char *const texts[] = {"abs", "[1, abs]", "{a: 1, b: {c: function(x) x}}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct arena *a = arena_create("codec", 16 << 20);
        struct budget budget = budget_of(10000, 8 << 20);
        struct feel_value v;
        struct err err = {0};
        struct buf bytes;
        buf_init(&bytes, 1 << 12);
        CHECK_OK(
            feel_once(&v, str_from(texts[i]), feel_null(), (struct feel_env){0}, a, &budget, &err),
            &err);
        CHECK(!feel_encode(&bytes, v, &err) && err.code == ERR_UNSUPPORTED);
        buf_done(&bytes);
        arena_destroy(a);
    }
}
