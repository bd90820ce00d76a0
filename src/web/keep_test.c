#include "web/keep.h"

#include "base/test.h"

static const struct row {
    int line;
    const char *head;
    struct keep_state now;
    bool want;
} rows[] = {
    {__LINE__, "GET /a", {7, "p", 1000}, true},
    {__LINE__, "GET /a", {7, "p", 1000 + KEEP_US}, true},
    {__LINE__, "GET /a", {7, "p", 1001 + KEEP_US}, false}, /* too old */
    {__LINE__, "GET /a", {8, "p", 1000}, false},           /* something was stored */
    {__LINE__, "GET /b", {7, "p", 1000}, false},           /* another request */
    {__LINE__, "GET /", {7, "p", 1000}, false},
};

void test_web_keep(void) {
    static struct keep keep;
    static const struct web_route route = {.id = "r"};
    keep_init(&keep);
    struct keep_entry made = {.content_type = STR("text/html"), .route = &route};
    static const char packs[] = "p", other[] = "q";
    made.state = (struct keep_state){7, packs, 1000};
    buf_init(&made.body, 100000);
    buf_lit(&made.body, "page");
    keep_put(&keep, STR("GET /a"), &made);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct keep_state now = rows[i].now;
        now.packs = packs;
        const struct keep_entry *got = keep_find(&keep, str_from(rows[i].head), &now);
        CHECK_AT(rows[i].line, (got != NULL) == rows[i].want);
        if (got != NULL)
            CHECK_STR_AT(rows[i].line, buf_view(&got->body), STR("page"));
    }
    struct keep_state reloaded = {7, other, 1000};
    CHECK(keep_find(&keep, STR("GET /a"), &reloaded) == NULL);
    struct keep_state now = {7, packs, 1000};
    CHECK(keep_find(&keep, STR(""), &now) == NULL);
    while (made.body.len <= KEEP_BODY_BYTES_MAX)
        buf_lit(&made.body, "0123456789");
    keep_put(&keep, STR("GET /large"), &made);
    CHECK(keep_find(&keep, STR("GET /large"), &now) == NULL);
    buf_done(&made.body);
    keep_done(&keep);
}
