#include "num/num.h"

#include "base/test.h"

static struct num parsed(int line, const char *text) {
    struct num a = NUM_NAN;
    CHECK_AT(line, num_parse(&a, str_from(text)));
    return a;
}

/* want NULL: not-a-number */
static void check_num(int line, struct num got, const char *want) {
    if (want == NULL) {
        CHECK_AT(line, num_is_nan(got));
        return;
    }
    CHECK_AT(line, !num_is_nan(got));
    if (num_is_nan(got))
        return;
    char text[NUM_TEXT_MAX];
    size_t len = num_format(text, got);
    CHECK_AT(line, len < sizeof text && text[len] == '\0');
    CHECK_STR_AT(line, ((struct str){text, len}), str_from(want));
}

static const struct text_row {
    int line;
    const char *text, *want; /* want NULL: refused */
} text_rows[] = {
    {__LINE__, "0", "0"},
    {__LINE__, "-0", "0"},
    {__LINE__, "-0.0", "0.0"},
    {__LINE__, "0e5", "0"},
    {__LINE__, "007", "7"},
    {__LINE__, "+7", "7"},
    {__LINE__, ".5", "0.5"},
    {__LINE__, "-.5", "-0.5"},
    {__LINE__, "1.10", "1.10"},
    {__LINE__, "1.23e-4", "0.000123"},
    {__LINE__, "1.23e+4", "12300"},
    {__LINE__, "1.23E4", "12300"},
    {__LINE__, "100e-2", "1.00"},
    {__LINE__, "9007199254740993", "9007199254740993"},
    {__LINE__, "9223372036854775807", "9223372036854775807"},
    {__LINE__, "9223372036854775808", "9223372036854775808"},
    {__LINE__, "-9223372036854775808", "-9223372036854775808"},
    {__LINE__, "-9223372036854775809", "-9223372036854775809"},
    {__LINE__, "1234567890123456789012345678901234", "1234567890123456789012345678901234"},
    /* 35 digits and more: half to even */
    {__LINE__, "12345678901234567890123456789012345", "12345678901234567890123456789012340"},
    {__LINE__, "12345678901234567890123456789012355", "12345678901234567890123456789012360"},
    {__LINE__, "123456789012345678901234567890123450001",
     "123456789012345678901234567890123500000"},
    {__LINE__, "99999999999999999999999999999999995", "100000000000000000000000000000000000"},
    {__LINE__, "0.00000000000000000000000000000000000001",
     "0.00000000000000000000000000000000000001"},
    {__LINE__, "1e40", "10000000000000000000000000000000000000000"},
    {__LINE__, "1e100", "1E+100"},
    {__LINE__, "1.50e100", "1.5E+100"},
    {__LINE__, "1.50e-100", "1.50E-100"},
    {__LINE__, "-12.5e99", "-1.25E+100"},
    {__LINE__, "9.999999999999999999999999999999999e6144",
     "9.999999999999999999999999999999999E+6144"},
    {__LINE__, "1e6144", "1E+6144"},
    {__LINE__, "1e-6176", "1E-6176"},
    {__LINE__, "1e-6177", NULL}, /* nothing is left of it */
    {__LINE__, "6e-6177", "1E-6176"},
    {__LINE__, "1e-99999999999999999999", NULL},
    {__LINE__, "1e6145", NULL},
    {__LINE__, "1e99999999999999999999", NULL},
    {__LINE__, "0e99999999999999999999", "0"},
    {__LINE__, "", NULL},
    {__LINE__, "-", NULL},
    {__LINE__, ".", NULL},
    {__LINE__, "5.", NULL},
    {__LINE__, "1e", NULL},
    {__LINE__, "1e+", NULL},
    {__LINE__, "1.e5", NULL},
    {__LINE__, "--1", NULL},
    {__LINE__, "1 ", NULL},
    {__LINE__, " 1", NULL},
    {__LINE__, "1,5", NULL},
    {__LINE__, "0x10", NULL},
    {__LINE__, "NaN", NULL},
    {__LINE__, "Infinity", NULL},
    {__LINE__, "1.2.3", NULL},
};

void test_num_text(void) {
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        const struct text_row *row = &text_rows[i];
        struct num got = num_of(-77);
        bool ok = num_parse(&got, str_from(row->text));
        CHECK_AT(row->line, ok == (row->want != NULL));
        if (!ok) {
            CHECK_AT(row->line, num_eq(got, num_of(-77)));
            continue;
        }
        check_num(row->line, got, row->want);
        struct num again = NUM_NAN;
        CHECK_AT(row->line, num_parse(&again, str_from(row->want)));
        CHECK_AT(row->line, again.lo == got.lo && again.hi == got.hi);
    }
}

void test_num_text_too_long(void) {
    static char digits[4097];
    memset(digits, '1', sizeof digits);
    struct num a;
    CHECK(num_parse(&a, (struct str){digits, 4096}));
    CHECK(!num_parse(&a, (struct str){digits, 4097}));
}

static const struct op_row {
    int line;
    const char *a;
    char op;
    const char *b, *want; /* want NULL: not-a-number */
} op_rows[] = {
    {__LINE__, "2", '+', "3", "5"},
    {__LINE__, "9223372036854775807", '+', "1", "9223372036854775808"},
    {__LINE__, "-9223372036854775808", '-', "1", "-9223372036854775809"},
    {__LINE__, "9223372036854775808", '-', "1", "9223372036854775807"},
    {__LINE__, "-9223372036854775809", '+', "1", "-9223372036854775808"},
    {__LINE__, "0.1", '+', "0.2", "0.3"},
    {__LINE__, "1.10", '+', "1.1", "2.20"},
    {__LINE__, "1.5", '-', "1.5", "0.0"},
    {__LINE__, "0.5", '-', "1", "-0.5"},
    {__LINE__, "1e33", '+', "1", "1000000000000000000000000000000001"},
    {__LINE__, "1e34", '+', "1", "10000000000000000000000000000000000"},
    {__LINE__, "1e40", '+', "-1e40", "0"},
    {__LINE__, "9e6144", '+', "9e6144", NULL},
    {__LINE__, "100", '*', "0.5", "50.0"},
    {__LINE__, "-3", '*', "-4", "12"},
    {__LINE__, "4294967296", '*', "4294967296", "18446744073709551616"},
    {__LINE__, "-9223372036854775808", '*', "-1", "9223372036854775808"},
    {__LINE__, "0", '*', "-0.5", "0.0"},
    {__LINE__, "1e4000", '*', "1e4000", NULL},
    {__LINE__, "1e-4000", '*', "1e-4000", NULL}, /* DMN 1.5: table 59 */
    {__LINE__, "1234567890123456789", '*', "1234567890123456789.5",
     "1524157875323883675636335943811919000"},
    {__LINE__, "10", '/', "4", "2.5"},
    {__LINE__, "12", '/', "4", "3"},
    {__LINE__, "1", '/', "3", "0.3333333333333333333333333333333333"},
    {__LINE__, "2", '/', "3", "0.6666666666666666666666666666666667"},
    {__LINE__, "-9223372036854775808", '/', "-1", "9223372036854775808"},
    {__LINE__, "1", '/', "0", NULL},
    {__LINE__, "0", '/', "0.00", NULL},
    /* DMN TCK 0056: modulo has the sign of the divisor */
    {__LINE__, "12", '%', "5", "2"},
    {__LINE__, "-12", '%', "5", "3"},
    {__LINE__, "12", '%', "-5", "-3"},
    {__LINE__, "-12", '%', "-5", "-2"},
    {__LINE__, "10.1", '%', "4.5", "1.1"},
    {__LINE__, "-10.1", '%', "4.5", "3.4"},
    {__LINE__, "10.1", '%', "-4.5", "-3.4"},
    {__LINE__, "-10.1", '%', "-4.5", "-1.1"},
    {__LINE__, "-9223372036854775808", '%', "-1", "0"},
    {__LINE__, "10", '%', "0", NULL},
    {__LINE__, "1e100", '%', "7", "4"},
    {__LINE__, "2", '^', "10", "1024"},
    {__LINE__, "2", '^', "0", "1"},
    {__LINE__, "0", '^', "0", "1"},
    {__LINE__, "0", '^', "-1", NULL},
    {__LINE__, "2", '^', "-2", "0.25"},
    {__LINE__, "1.1", '^', "10", "2.5937424601"},
    {__LINE__, "-1", '^', "9223372036854775807", "-1"},
    {__LINE__, "-2", '^', "3", "-8"},
    {__LINE__, "2", '^', "113", "10384593717069655257060992658440190"},
    {__LINE__, "10", '^', "40", "10000000000000000000000000000000000000000"},
    {__LINE__, "4", '^', "0.5", "2"},
    {__LINE__, "-4", '^', "0.5", NULL},
    {__LINE__, "10", '^', "7000", NULL},
};

static struct num run(char op, struct num a, struct num b) {
    switch (op) {
    case '+': return num_add(a, b);
    case '-': return num_sub(a, b);
    case '*': return num_mul(a, b);
    case '/': return num_div(a, b);
    case '%': return num_modulo(a, b);
    default: return num_pow(a, b);
    }
}

void test_num_operations(void) {
    for (size_t i = 0; i < COUNT_OF(op_rows); i++) {
        const struct op_row *row = &op_rows[i];
        struct num a = parsed(row->line, row->a), b = parsed(row->line, row->b);
        check_num(row->line, run(row->op, a, b), row->want);
        CHECK_AT(row->line, num_is_nan(run(row->op, NUM_NAN, b)));
        CHECK_AT(row->line, num_is_nan(run(row->op, a, NUM_NAN)));
    }
}

static const struct round_row {
    int line;
    const char *a;
    int32_t scale;
    const char *even, *floor, *ceiling, *up, *down, *half_up, *half_down;
} round_rows[] = {
    {__LINE__, "5.5", 0, "6", "5", "6", "6", "5", "6", "5"},
    {__LINE__, "2.5", 0, "2", "2", "3", "3", "2", "3", "2"},
    {__LINE__, "-5.5", 0, "-6", "-6", "-5", "-6", "-5", "-6", "-5"},
    {__LINE__, "-2.5", 0, "-2", "-3", "-2", "-3", "-2", "-3", "-2"},
    {__LINE__, "1.121", 2, "1.12", "1.12", "1.13", "1.13", "1.12", "1.12", "1.12"},
    {__LINE__, "-1.126", 2, "-1.13", "-1.13", "-1.12", "-1.13", "-1.12", "-1.13", "-1.13"},
    {__LINE__, "0.515", 2, "0.52", "0.51", "0.52", "0.52", "0.51", "0.52", "0.51"},
    {__LINE__, "-0.3333", 0, "0", "-1", "0", "-1", "0", "0", "0"},
    {__LINE__, "5", 2, "5.00", "5.00", "5.00", "5.00", "5.00", "5.00", "5.00"},
    {__LINE__, "1234", -2, "1200", "1200", "1300", "1300", "1200", "1200", "1200"},
    {__LINE__, "1250", -2, "1200", "1200", "1300", "1300", "1200", "1300", "1200"},
    {__LINE__, "7", -3, "0", "0", "1000", "1000", "0", "0", "0"},
    {__LINE__, "5.5", -6111, "0", "0", "1E+6111", "1E+6111", "0", "0", "0"},
    {__LINE__, "5.5", 6176, "5.5", "5.5", "5.5", "5.5", "5.5", "5.5", "5.5"},
    {__LINE__, "5.5", -6112, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {__LINE__, "5.5", 6177, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

void test_num_round(void) {
    for (size_t i = 0; i < COUNT_OF(round_rows); i++) {
        const struct round_row *row = &round_rows[i];
        struct num a = parsed(row->line, row->a);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_HALF_EVEN), row->even);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_FLOOR), row->floor);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_CEILING), row->ceiling);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_UP), row->up);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_DOWN), row->down);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_HALF_UP), row->half_up);
        check_num(row->line, num_round(a, row->scale, NUM_ROUND_HALF_DOWN), row->half_down);
    }
}

/* Ascending; equal neighbours have the same rank. */
static const struct order_row {
    int rank;
    const char *text;
} order_rows[] = {
    {0, "-1e6144"},
    {1, "-9223372036854775809"},
    {2, "-9223372036854775808"},
    {3, "-1.5"},
    {4, "-1"},
    {4, "-1.00"},
    {5, "-1e-100"},
    {6, "0"},
    {6, "0.00"},
    {6, "0E-6176"},
    {7, "1e-6176"},
    {8, "1.1"},
    {8, "1.10"},
    {9, "1.2"},
    {10, "100"},
    {10, "100.0"},
    {10, "1e2"},
    {11, "9223372036854775807"},
    {11, "9223372036854775807.0"},
    {12, "9223372036854775808"},
    {13, "1e40"},
    {13, "10000e36"},
    {14, "1e6144"},
};

void test_num_order_and_hash(void) {
    for (size_t i = 0; i < COUNT_OF(order_rows); i++)
        for (size_t j = 0; j < COUNT_OF(order_rows); j++) {
            struct num a = parsed(__LINE__, order_rows[i].text);
            struct num b = parsed(__LINE__, order_rows[j].text);
            int ranks = order_rows[i].rank - order_rows[j].rank;
            int want = (ranks > 0) - (ranks < 0);
            CHECK_INT(num_cmp(a, b), want);
            CHECK(num_eq(a, b) == (want == 0));
            if (want == 0)
                CHECK(num_hash(a) == num_hash(b));
            else
                CHECK(num_hash(a) != num_hash(b));
        }
}

void test_num_functions(void) {
    check_num(__LINE__, num_sqrt(num_of(16)), "4");
    check_num(__LINE__, num_sqrt(num_of(2)), "1.414213562373095048801688724209698");
    check_num(__LINE__, num_sqrt(num_of(-1)), NULL);
    check_num(__LINE__, num_exp(num_of(0)), "1");
    check_num(__LINE__, num_exp(num_of(1)), "2.718281828459045235360287471352662");
    check_num(__LINE__, num_exp(num_of(100000)), NULL);
    check_num(__LINE__, num_exp(num_of(-100000)), NULL);
    check_num(__LINE__, num_log(num_of(1)), "0");
    check_num(__LINE__, num_log(num_of(10)), "2.302585092994045684017991454684364");
    check_num(__LINE__, num_log(num_of(0)), NULL);
    check_num(__LINE__, num_log(num_of(-1)), NULL);
    check_num(__LINE__, num_neg(parsed(__LINE__, "9223372036854775808")), "-9223372036854775808");
    check_num(__LINE__, num_neg(num_of(INT64_MIN)), "9223372036854775808");
    check_num(__LINE__, num_neg(parsed(__LINE__, "0.0")), "0.0");
    check_num(__LINE__, num_abs(parsed(__LINE__, "-1.50")), "1.50");
    check_num(__LINE__, num_trim(parsed(__LINE__, "120.500")), "120.5");
    check_num(__LINE__, num_trim(parsed(__LINE__, "0.000")), "0");
    check_num(__LINE__, num_of_u64(UINT64_MAX), "18446744073709551615");
    check_num(__LINE__, num_of_scaled(1999, -2), "19.99");
    check_num(__LINE__, num_of_scaled(5, 3), "5000");
    check_num(__LINE__, num_of_scaled(5, -7000), "0E-6176");
    check_num(__LINE__, num_of_scaled(5, 7000), NULL);
    CHECK_INT(num_sign(parsed(__LINE__, "-0.00")), 0);
    CHECK_INT(num_sign(parsed(__LINE__, "-1e-300")), -1);
}

void test_num_integers(void) {
    static const struct {
        const char *text;
        bool integer, even, odd, fits;
    } rows[] = {
        {"0", true, true, false, true},
        {"2.00", true, true, false, true},
        {"-3", true, false, true, true},
        {"2.5", false, false, false, false},
        {"1e30", true, true, false, false},
        {"1e60", true, true, false, false},
        {"1e-3", false, false, false, false},
        {"9223372036854775809", true, false, true, false},
        {"9223372036854775807.0", true, false, true, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct num a = parsed(__LINE__, rows[i].text);
        CHECK(num_is_integer(a) == rows[i].integer);
        CHECK(num_is_even(a) == rows[i].even);
        CHECK(num_is_odd(a) == rows[i].odd);
        int64_t n = 99;
        CHECK(num_to_i64(&n, a) == rows[i].fits);
        CHECK(rows[i].fits || n == 99);
    }
}

void test_num_bytes(void) {
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        if (text_rows[i].want == NULL)
            continue;
        struct num a = parsed(text_rows[i].line, text_rows[i].text), back;
        struct buf out;
        buf_init(&out, 64);
        num_add_bytes(&out, a);
        struct bytes_reader r = {buf_view(&out), false};
        CHECK_AT(text_rows[i].line, num_take_bytes(&back, &r) && r.in.len == 0 && !r.bad);
        CHECK_AT(text_rows[i].line, back.lo == a.lo && back.hi == a.hi);
        struct bytes_reader cut = {str_sub(buf_view(&out), 0, out.len - 1), false};
        CHECK_AT(text_rows[i].line, !num_take_bytes(&back, &cut) && cut.bad);
        buf_done(&out);
    }
}

/* Bytes that decode to a number whose own encoding is another are refused. */
void test_num_bytes_canonical(void) {
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"\x01\x00", 2},         /* -0 */
        {"\x08\x01", 2},         /* 1e1, which is 10 */
        {"\x02\x01\x00", 3},     /* wide without need */
        {"\xfc\xff\x7f\x01", 4}, /* an exponent out of range */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes_reader r = {{rows[i].bytes, rows[i].len}, false};
        struct num a;
        CHECK(!num_take_bytes(&a, &r) && r.bad);
    }
}

/* Laws that hold for every number: random ones, from a fixed seed. */
void test_num_laws(void) {
    uint64_t seed = 20260131;
    for (int round = 0; round < 20000; round++) {
        int64_t word[2];
        for (int k = 0; k < 2; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            word[k] = (int64_t)seed >> (seed >> 58);
        }
        struct num a = num_of_scaled(word[0], (int32_t)(round % 9) - 6);
        struct num b = num_of_scaled(word[1], (int32_t)(round % 7) - 5);
        CHECK(num_eq(num_add(a, b), num_add(b, a)));
        CHECK(num_eq(num_mul(a, b), num_mul(b, a)));
        CHECK(num_eq(num_sub(num_add(a, b), b), a)); /* at most 31 digits: nothing is lost */
        if (num_sign(b) != 0) {
            struct num rest = num_modulo(a, b);
            CHECK(num_sign(rest) * num_sign(b) >= 0);
            CHECK(num_cmp(num_abs(rest), num_abs(b)) < 0);
        }
        char text[NUM_TEXT_MAX];
        struct num again = NUM_NAN;
        CHECK(num_parse(&again, (struct str){text, num_format(text, a)}));
        CHECK(again.lo == a.lo && again.hi == a.hi);
    }
}
