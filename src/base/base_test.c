#include "base/arena.h"
#include "base/budget.h"
#include "base/bytes.h"
#include "base/code.h"
#include "base/map.h"
#include "base/test.h"
#include "base/utf8.h"

void test_str_numbers(void) {
    static const struct row {
        int line;
        const char *text;
        bool ok;
        int64_t want;
    } rows[] = {
        {__LINE__, "0", true, 0},
        {__LINE__, "-1", true, -1},
        {__LINE__, "9223372036854775807", true, INT64_MAX},
        {__LINE__, "-9223372036854775808", true, INT64_MIN},
        {__LINE__, "9223372036854775808", false, 7},
        {__LINE__, "99999999999999999999", false, 7},
        {__LINE__, "", false, 7},
        {__LINE__, "-", false, 7},
        {__LINE__, "1 ", false, 7},
        {__LINE__, "+1", false, 7},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t got = 7;
        CHECK_AT(rows[i].line, str_to_i64(&got, str_from(rows[i].text)) == rows[i].ok);
        CHECK_INT_AT(rows[i].line, got, rows[i].want);
    }
}

void test_str_pieces(void) {
    struct str rest = STR("a,b,"), part;
    CHECK(str_split(&part, &rest, ','));
    CHECK_STR(part, STR("a"));
    CHECK(str_split(&part, &rest, ','));
    CHECK_STR(part, STR("b"));
    CHECK(str_split(&part, &rest, ','));
    CHECK_STR(part, STR(""));
    CHECK(!str_split(&part, &rest, ','));
    CHECK_STR(str_trim(STR(" \t x y \r\n")), STR("x y"));
    CHECK_STR(str_trim(STR("  ")), STR(""));
    CHECK(str_cmp(STR("ab"), STR("abc")) < 0 && str_cmp(STR("b"), STR("abc")) > 0);
    CHECK(str_cmp(STR("ab"), STR("ab")) == 0);
    CHECK(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")));
    CHECK(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
    CHECK(str_eq_ascii_case(STR("Content-Type"), STR("content-type")));
    CHECK(!str_eq_ascii_case(STR("Content-Type"), STR("content_type")));
    CHECK_INT((int64_t)str_find(STR("banana"), STR("nan")), 2);
    CHECK(str_find(STR("banana"), STR("nab")) == SIZE_MAX);
}

struct wants {
    struct arena *arena;
    size_t bytes;
    int deep, done;
};

static void want(void *self) {
    struct wants *w = self;
    (void)arena_new(w->arena, char, w->bytes);
    if (w->deep > 0) {
        struct wants inner = {w->arena, w->bytes, w->deep - 1, 0};
        w->done += arena_try(w->arena, want, &inner) + inner.done;
    }
    w->done++;
}

void test_arena_try(void) {
    struct arena *a = arena_create("test", 10000);
    struct wants little = {a, 1000, 0, 0}, much = {a, 10001, 0, 0}, deep = {a, 2000, 9, 0};
    CHECK(arena_try(a, want, &little) && little.done == 1);
    CHECK(!arena_try(a, want, &much) && much.done == 0);
    CHECK_INT((int64_t)arena_used_bytes(a), 1000);
    CHECK(
        arena_try(a, want, &deep)); /* the innermost that wants too much ends, those around go on */
    CHECK_INT((int64_t)arena_used_bytes(a), 9000);
    CHECK_INT(deep.done, 7);
    CHECK(!arena_try(a, want, &deep));
    arena_destroy(a);
}

void test_arena_rewind(void) {
    struct arena *a = arena_create("test", 1 << 20);
    int *first = arena_new(a, int, 4);
    first[3] = 42;
    struct arena_mark mark = arena_mark(a);
    char *big = arena_new(a, char, 100000);
    memset(big, 'x', 100000);
    char *small = arena_new(a, char, 10);
    memset(small, 'y', 10);
    arena_rewind(a, mark);
    CHECK_INT((int64_t)arena_used_bytes(a), 4 * sizeof(int));
    char *again = arena_new(a, char, 3000);
    for (size_t i = 0; i < 3000; i++)
        CHECK(again[i] == 0);
    CHECK_INT(first[3], 42);
    arena_reset(a);
    CHECK_INT((int64_t)arena_used_bytes(a), 0);
    CHECK_STR(arena_printf(a, "%d-%s", 7, "x"), STR("7-x"));
    arena_destroy(a);
}

void test_buf_cap(void) {
    struct buf b;
    buf_init(&b, 10);
    buf_lit(&b, "12345");
    buf_printf(&b, "%d", 678);
    CHECK_STR(buf_view(&b), STR("12345678"));
    buf_add_i64(&b, -9);
    CHECK_STR(buf_view(&b), STR("12345678-9"));
    struct err err = {0};
    CHECK_OK(buf_ok(&b, "the text", &err), &err);
    buf_add_byte(&b, 'x');
    CHECK(!buf_ok(&b, "the text", &err) && err.code == ERR_LIMIT);
    CHECK_INT((int64_t)b.len, 10);
    buf_reset(&b);
    buf_add_i64(&b, INT64_MIN + 1000000000);
    CHECK(b.full); /* twenty bytes do not fit */
    buf_done(&b);
}

/* Room that the caller lends is used first, and never freed. */
void test_buf_borrowed(void) {
    char room[8];
    struct buf b;
    buf_init_at(&b, 100, room, sizeof room);
    buf_lit(&b, "1234567");
    CHECK(b.at == room && b.borrowed);
    buf_lit(&b, "890");
    CHECK(b.at != room && !b.borrowed);
    CHECK_STR(buf_view(&b), STR("1234567890"));
    buf_done(&b);
    buf_init_at(&b, 4, room, sizeof room); /* the cap counts, not the room */
    buf_lit(&b, "12345");
    CHECK(b.full && b.len == 0);
    buf_done(&b);
}

void test_map_order(void) {
    struct arena *a = arena_create("test", 1 << 22);
    struct map m;
    map_init(&m, a);
    CHECK(map_find(&m, STR("k0")) == NULL);
    for (size_t i = 0; i < 1000; i++)
        CHECK(map_put(&m, arena_printf(a, "k%zu", i), i));
    CHECK(!map_put(&m, STR("k7"), 99));
    for (size_t i = 0; i < 1000; i++) {
        size_t *value = map_find(&m, arena_printf(a, "k%zu", i));
        CHECK(value != NULL && *value == i && m.entries[i].value == i);
    }
    CHECK(map_find(&m, STR("k1000")) == NULL);
    arena_destroy(a);
}

void test_utf8_table(void) {
    static const struct row {
        int line;
        struct str text;
        size_t bad_at;
    } rows[] = {
        {__LINE__, STR_INIT(""), 0},
        {__LINE__, STR_INIT("a\xC3\xA9\xE5\xB1\x85\xF0\x9F\x98\x80"), 10},
        {__LINE__, STR_INIT("a\xC0\x80"), 1},        /* overlong zero */
        {__LINE__, STR_INIT("\xE0\x9F\xBF"), 0},     /* overlong */
        {__LINE__, STR_INIT("\xED\xA0\x80"), 0},     /* surrogate */
        {__LINE__, STR_INIT("\xF4\x90\x80\x80"), 0}, /* beyond U+10FFFF */
        {__LINE__, STR_INIT("ab\xE5\xB1"), 2},       /* cut off */
        {__LINE__, STR_INIT("\xF4\x8F\xBF\xBF"), 4}, /* U+10FFFF */
        {__LINE__, STR_INIT("\xFF"), 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_INT_AT(rows[i].line, (int64_t)utf8_bad_at(rows[i].text), (int64_t)rows[i].bad_at);
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[UTF8_BYTES_MAX];
        size_t len = utf8_put(bytes, c);
        uint32_t got = 0;
        struct str s = {bytes, len};
        if (len == 0)
            CHECK((c >= 0xD800 && c <= 0xDFFF) || c == 0x110000);
        else
            CHECK(utf8_take(&got, &s) && got == c && s.len == 0);
    }
}

void test_code_round_trip(void) {
    char bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 + 11);
    struct buf text, back;
    buf_init(&text, 1000);
    buf_init(&back, 1000);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct str in = {bytes, len};
        buf_reset(&text), buf_reset(&back);
        code_hex_add(&text, in);
        CHECK(code_hex_take(&back, buf_view(&text)));
        CHECK_STR(buf_view(&back), in);
        buf_reset(&text), buf_reset(&back);
        code_base64_add(&text, in);
        CHECK(code_base64_take(&back, buf_view(&text)));
        CHECK_STR(buf_view(&back), in);
        buf_reset(&text), buf_reset(&back);
        code_base64url_add(&text, in);
        CHECK(code_base64url_take(&back, buf_view(&text)));
        CHECK_STR(buf_view(&back), in);
        buf_reset(&text), buf_reset(&back);
        code_percent_add(&text, in);
        CHECK(code_percent_take(&back, buf_view(&text), true));
        CHECK_STR(buf_view(&back), in);
    }
    buf_reset(&text);
    code_base64_add(&text, STR("foob")); /* RFC 4648: 10 */
    CHECK_STR(buf_view(&text), STR("Zm9vYg=="));
    buf_reset(&back);
    CHECK(!code_base64_take(&back, STR("Zm9vYh==")) && !code_base64_take(&back, STR("Zm9vY")));
    CHECK(!code_base64_take(&back, STR("Zm9v\nYg==")) && !code_hex_take(&back, STR("abc")));
    CHECK(!code_percent_take(&back, STR("%4"), false) &&
          !code_percent_take(&back, STR("%zz"), false));
    buf_reset(&text);
    code_base32_add(&text, STR("\xFF\xFF\xFF\xFF\xFF\x80"));
    CHECK_STR(buf_view(&text), STR("ZZZZZZZZG0"));
    buf_reset(&text);
    CHECK(code_base32_normal(&text, STR("o1lI-abz")));
    CHECK_STR(buf_view(&text), STR("0111ABZ"));
    CHECK(!code_base32_normal(&text, STR("u")));
    buf_done(&text), buf_done(&back);
}

void test_bytes_canonical(void) {
    static const int64_t values[] = {0, 1, -1, 63, -64, 64, 300, INT64_MAX, INT64_MIN};
    struct buf b;
    buf_init(&b, 1000);
    for (size_t i = 0; i < COUNT_OF(values); i++)
        bytes_add_i64(&b, values[i]);
    bytes_add_u64(&b, UINT64_MAX);
    bytes_add_str(&b, STR("text"));
    struct bytes_reader r = {buf_view(&b), false};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        int64_t got;
        CHECK(bytes_take_i64(&got, &r) && got == values[i]);
    }
    uint64_t n;
    struct str s;
    CHECK(bytes_take_u64(&n, &r) && n == UINT64_MAX);
    CHECK(bytes_take_str(&s, &r) && str_eq(s, STR("text")) && r.in.len == 0);
    CHECK(!bytes_take_u64(&n, &r) && r.bad);
    static const struct str broken[] = {
        STR_INIT("\x80\x00"), /* zero in two bytes */
        STR_INIT("\x80"),
        STR_INIT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"),
        STR_INIT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct bytes_reader bad = {broken[i], false};
        CHECK(!bytes_take_u64(&n, &bad) && bad.bad && n == 0);
    }
    struct bytes_reader lie = {STR("\x05"
                                   "ab"),
                               false};
    CHECK(!bytes_take_str(&s, &lie) && lie.bad);
    buf_done(&b);
}

void test_err_first_wins(void) {
    struct err err = {0};
    struct budget b = budget_of(1, 100);
    CHECK_OK(budget_spend(&b, (struct cost){1, 100}, &err), &err);
    CHECK(!budget_spend(&b, (struct cost){1, 0}, &err) && err.code == ERR_LIMIT);
    CHECK(!err_context(&err, "file '%s'", "x.yaml"));
    err.at = (struct err_at){"x.yaml", 3, 0};
    char text[500];
    err_format(text, sizeof text, &err);
    CHECK_STR(str_from(text), STR("x.yaml:3: file 'x.yaml': the work takes too many steps"));
    CHECK_INT(err_code_status(err.code), 413);
    CHECK_STR(str_from(err_code_name(ERR_SIGNED_OUT)), STR("signed-out"));
}

/* Around the length up to which a text is formatted once. */
void test_printf_lengths(void) {
    static const int lengths[] = {0, 1, 198, 199, 200, 201, 1000};
    char want[1001];
    memset(want, 'x', sizeof want);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct arena *a = arena_create("test", 1 << 16);
        struct str text = {want, (size_t)lengths[i]};
        struct buf b;
        buf_init(&b, 4096);
        buf_printf(&b, "<%.*s>", STR_ARG(text));
        buf_printf(&b, "%.*s", STR_ARG(text));
        CHECK_INT((int64_t)b.len, 2 * lengths[i] + 2);
        CHECK_STR(str_sub(buf_view(&b), 1, text.len), text);
        struct str copy = arena_printf(a, "%.*s", STR_ARG(text));
        CHECK_STR(copy, text);
        CHECK(copy.at[copy.len] == '\0');
        buf_done(&b);
        arena_destroy(a);
    }
}
