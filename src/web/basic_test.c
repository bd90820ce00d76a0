#include "web/basic.h"

#include "base/test.h"

void test_web_basic(void) {
    static struct basic_table table;
    char token[BASIC_TOKEN_BYTES_MAX];
    struct str one = STR("worker:secret"), other = STR("worker:wrong");
    const int64_t t = 1000000000;
    basic_init(&table, os_env_real());
    CHECK_INT((int64_t)basic_find(token, &table, one, t), 0);
    basic_keep(&table, one, STR("token-1"), t);
    CHECK_INT((int64_t)basic_find(token, &table, one, t + 1), 7);
    CHECK(memcmp(token, "token-1", 7) == 0);
    CHECK_INT((int64_t)basic_find(token, &table, other, t + 1), 0);
    basic_drop(&table, other); /* a wrong password of the same name takes nothing away */
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US), 7);
    /* past its time one checks again, the others go on; without an answer nobody does in the end */
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US + 1), 0);
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US + 2), 7);
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US + BASIC_GRACE_US + 1), 0);
    basic_keep(&table, one, STR("token-22"), t + BASIC_KEPT_US + 3);
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US + 4), 8);
    basic_drop(&table, one);
    CHECK_INT((int64_t)basic_find(token, &table, one, t + BASIC_KEPT_US + 5), 0);
    basic_done(&table);
}
