/* The named checks of form fields, on the standards' own examples and on near misses. */
#include "base/test.h"
#include "pack/inner.h"

static const struct row {
    int line;
    const char *text;
    bool want;
} resident_ids[] = {
    {__LINE__, "11010519491231002X", true}, /* GB 11643-1999: the standard's example */
    {__LINE__, "11010519491231002x", true},
    {__LINE__, "110105194912310021", false}, /* check character */
    {__LINE__, "11010519491231012X", false}, /* two digits changed */
    {__LINE__, "33030219900101001X", false},
    {__LINE__, "330302199002300014", false}, /* 30 February */
    {__LINE__, "1101051949123100", false},
    {__LINE__, "11010519491231002X1", false},
    {__LINE__, "", false},
    {__LINE__, "A1010519491231002X", false},
};
static const struct row usccs[] = {
    {__LINE__, "91350100M000100Y43", true}, /* GB 32100-2015: the standard's example */
    {__LINE__, "91350100M000100Y44", false}, {__LINE__, "91350100M000100Y4", false},
    {__LINE__, "91350100I000100Y43", false}, /* I is not used */
    {__LINE__, "9135O100M000100Y43", false}, {__LINE__, "", false},
};
static const struct row phones[] = {
    {__LINE__, "13800000000", true},
    {__LINE__, "+86 138 0000 0000", true},
    {__LINE__, "0577-88000000", true},
    {__LINE__, "010-12345678", true},
    {__LINE__, "000-00000001", true}, /* demonstration */
    {__LINE__, "12800000000", false},
    {__LINE__, "1380000000", false},
    {__LINE__, "88000000", false},
    {__LINE__, "0577-8800000a", false},
    {__LINE__, "", false},
    {__LINE__, "00000000000000000000000000000000000", false},
};

static void run(const struct row *rows, size_t count, bool (*check)(struct str)) {
    for (size_t i = 0; i < count; i++)
        CHECK_AT(rows[i].line, check(str_from(rows[i].text)) == rows[i].want);
}

void test_pack_named_checks(void) {
    run(resident_ids, COUNT_OF(resident_ids), pack_check_resident_id);
    run(usccs, COUNT_OF(usccs), pack_check_uscc);
    run(phones, COUNT_OF(phones), pack_check_phone);
    CHECK(pack_check_known(STR("uscc")) && !pack_check_known(STR("luhn")));
}
