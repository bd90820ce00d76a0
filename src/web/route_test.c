#include "web/route.h"

#include "base/test.h"
#include "web/guess.h"

static const struct web_route routes[] = {
    {.id = "a", .method = HTTP_GET, .path = "/"},
    {.id = "b", .method = HTTP_GET, .path = "/c/{ref}"},
    {.id = "c", .method = HTTP_POST, .path = "/c/{ref}"},
    {.id = "d", .method = HTTP_GET, .path = "/c/new"},
    {.id = "e", .method = HTTP_GET, .path = "/c/{ref}/l/{n}"},
};

static const struct find_row {
    int line;
    enum http_method method;
    const char *path, *id, *first, *second;
    unsigned allowed;
} find_rows[] = {
    {__LINE__, HTTP_GET, "/", "a", "", "", 1U << HTTP_GET},
    {__LINE__, HTTP_GET, "/c/x", "b", "x", "", 1U << HTTP_GET | 1U << HTTP_POST},
    {__LINE__, HTTP_POST, "/c/x", "c", "x", "", 1U << HTTP_GET | 1U << HTTP_POST},
    {__LINE__, HTTP_GET, "/c/new", "d", "", "", 1U << HTTP_GET | 1U << HTTP_POST},
    {__LINE__, HTTP_POST, "/c/new", "c", "new", "", 1U << HTTP_GET | 1U << HTTP_POST},
    {__LINE__, HTTP_GET, "/c/居/l/2", "e", "居", "2", 1U << HTTP_GET},
    {__LINE__, HTTP_PUT, "/c/x", NULL, "", "", 1U << HTTP_GET | 1U << HTTP_POST},
    {__LINE__, HTTP_GET, "/c", NULL, "", "", 0},
    {__LINE__, HTTP_GET, "/c/", NULL, "", "", 0},
    {__LINE__, HTTP_GET, "/c/x/", NULL, "", "", 0},
    {__LINE__, HTTP_GET, "/c/x/l", NULL, "", "", 0},
    {__LINE__, HTTP_GET, "/C/x", NULL, "", "", 0},
};

void test_web_route_find(void) {
    for (size_t i = 0; i < COUNT_OF(find_rows); i++) {
        const struct find_row *row = &find_rows[i];
        struct str args[WEB_ARGS_MAX] = {{0}};
        unsigned allowed;
        const struct web_route *got =
            route_find(args, &allowed, routes, COUNT_OF(routes), row->method, str_from(row->path));
        CHECK_AT(row->line, (got == NULL) == (row->id == NULL));
        CHECK_INT_AT(row->line, allowed, row->allowed);
        if (got == NULL || row->id == NULL)
            continue;
        CHECK_STR_AT(row->line, str_from(got->id), str_from(row->id));
        CHECK_STR_AT(row->line, args[0], str_from(row->first));
        CHECK_STR_AT(row->line, args[1], str_from(row->second));
    }
    CHECK_INT((int64_t)route_arg_index(&routes[4], "n"), 1);
    CHECK_INT((int64_t)route_arg_index(&routes[4], "x"), WEB_ARGS_MAX);
}

/* What no row of the table may be. */
void test_web_route_table(void) {
    size_t count;
    const struct web_route *table = web_routes(&count);
    CHECK(count > 20);
    for (size_t i = 0; i < count; i++) {
        const struct web_route *row = &table[i];
        bool changes = row->method != HTTP_GET;
        bool failed = false;
        if (changes == (row->csrf == WEB_CSRF_NONE) || (!changes && row->body_bytes_max > 0) ||
            (row->body == WEB_BODY_NONE) != (row->body_bytes_max == 0) || row->summary[0] == '\0')
            failed = true;
        bool has_reference = route_arg_index(row, "reference") != WEB_ARGS_MAX;
        if (row->permission == WEB_CASE && !has_reference)
            failed = true; /* whose case? */
        for (size_t k = 0; k < i; k++)
            if (str_eq(str_from(table[k].id), str_from(row->id)) ||
                (table[k].method == row->method &&
                 str_eq(str_from(table[k].path), str_from(row->path))))
                failed = true;
        CHECK(!failed);
        if (failed)
            CHECK_STR(str_from(row->id), STR("a sound row"));
    }
}

void test_web_route_policy(void) {
    const struct route_caller nobody = {.by_cookie = true}, applicant = {.code = true},
                              clerk = {.account = true},
                              chief = {.account = true, .supervises = true},
                              admin = {.account = true, .administers = true},
                              program = {.account = true, .works = true, .operates = true},
                              demo = {.demo = true};
    const struct row {
        enum web_permission permission;
        int nobody, applicant, clerk, chief, admin, program, demo;
    } rows[] = {
        {WEB_PUBLIC, 0, 0, 0, 0, 0, 0, 0},
        {WEB_APPLICANT, 401, 0, 403, 403, 403, 403, 401},
        {WEB_CASE, 401, 0, 0, 0, 0, 0, 401},
        {WEB_SIGNED_IN, 401, 403, 0, 0, 0, 0, 401},
        {WEB_PART, 401, 403, 0, 0, 0, 0, 401},
        {WEB_SUPERVISE, 401, 403, 403, 0, 403, 403, 401},
        {WEB_ADMIN, 401, 403, 403, 403, 0, 403, 401},
        {WEB_WORK, 401, 403, 403, 403, 403, 0, 401},
        {WEB_OPERATE, 401, 403, 403, 403, 403, 0, 401},
        {WEB_DEPLOY, 401, 403, 403, 403, 403, 403, 401},
        {WEB_DEMO, 404, 404, 404, 404, 404, 404, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(route_policy(rows[i].permission, &nobody), rows[i].nobody);
        CHECK_INT(route_policy(rows[i].permission, &applicant), rows[i].applicant);
        CHECK_INT(route_policy(rows[i].permission, &clerk), rows[i].clerk);
        CHECK_INT(route_policy(rows[i].permission, &chief), rows[i].chief);
        CHECK_INT(route_policy(rows[i].permission, &admin), rows[i].admin);
        CHECK_INT(route_policy(rows[i].permission, &program), rows[i].program);
        CHECK_INT(route_policy(rows[i].permission, &demo), rows[i].demo);
    }
}

void test_web_route_origin(void) {
    static const struct row {
        int line;
        const char *site, *origin;
        bool want;
    } rows[] = {
        {__LINE__, "same-origin", NULL, true},
        {__LINE__, "none", NULL, true},
        {__LINE__, "same-site", NULL, false},
        {__LINE__, "cross-site", NULL, false},
        {__LINE__, "cross-site", "http://a.example:1", false},
        {__LINE__, "", NULL, false},
        {__LINE__, NULL, "http://a.example:1", true},
        {__LINE__, NULL, "https://A.example:1", true},
        {__LINE__, NULL, "http://a.example", false},
        {__LINE__, NULL, "http://a.example:1.evil.example", false},
        {__LINE__, NULL, "null", false},
        {__LINE__, NULL, "", false},
        {__LINE__, NULL, NULL, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct route_origin from = {
            .sec_fetch_site = str_from(rows[i].site),
            .origin = str_from(rows[i].origin),
            .host = STR("a.example:1"),
        };
        CHECK_AT(rows[i].line, route_origin_ok(&from) == rows[i].want);
    }
}

void test_web_route_language(void) {
    static const struct row {
        int line;
        const char *text;
        enum lang want;
    } rows[] = {
        {__LINE__, "", LANG_zh},
        {__LINE__, "en", LANG_en},
        {__LINE__, "en-GB,en;q=0.9,zh;q=0.8", LANG_en},
        {__LINE__, "de, zh-CN;q=0.5, en;q=0.4", LANG_zh},
        {__LINE__, "zh;q=0.1, EN;q=0.15", LANG_en},
        {__LINE__, "en;q=0", LANG_zh},
        {__LINE__, "en;q=x", LANG_zh},
        {__LINE__, ",,;q=,en-", LANG_en},
        {__LINE__, "fr", LANG_zh},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_AT(rows[i].line, route_language(str_from(rows[i].text)) == rows[i].want);
}

void test_web_route_type(void) {
    CHECK(route_type_ok(WEB_BODY_JSON, STR("application/json")));
    CHECK(!route_type_ok(WEB_BODY_JSON, STR("text/plain")));
    CHECK(!route_type_ok(WEB_BODY_JSON, STR("application/x-www-form-urlencoded")));
    CHECK(!route_type_ok(WEB_BODY_FORM, STR("multipart/form-data")));
    CHECK(!route_type_ok(WEB_BODY_FORM, STR("application/json")));
    CHECK(route_type_ok(WEB_BODY_UPLOAD, STR("multipart/form-data")));
    CHECK(route_type_ok(WEB_BODY_UPLOAD, STR("application/x-www-form-urlencoded")));
    CHECK(!route_type_ok(WEB_BODY_UPLOAD, STR("text/html")));
    CHECK(route_type_ok(WEB_BODY_FORM, STR("")));
}

void test_web_guess(void) {
    static struct guess_table table = {.burst = 3, .refill_us = 60000000, .salt = 7};
    struct str key = STR("somebody");
    int64_t now = 1000000000;
    for (int i = 0; i < 3; i++) {
        CHECK(guess_allowed(&table, key, now));
        guess_failed(&table, key, now);
    }
    CHECK(!guess_allowed(&table, key, now));
    CHECK_INT(guess_wait_s(&table, key, now), 60);
    CHECK(guess_allowed(&table, STR("another"), now));
    CHECK(!guess_allowed(&table, key, now + 59000000));
    CHECK(guess_allowed(&table, key, now + 60000000));
    guess_failed(&table, key, now + 60000000);
    CHECK(!guess_allowed(&table, key, now + 60000000));
    CHECK(guess_allowed(&table, key, now + 400000000));
    /* many others cannot push out the one that is at its limit, unless they are at theirs too */
    for (int i = 0; i < 3; i++)
        guess_failed(&table, key, now + 400000000);
    for (int i = 0; i < 100000; i++) {
        char text[16];
        int len = snprintf(text, sizeof text, "k%d", i);
        guess_failed(&table, (struct str){text, (size_t)len}, now + 400000000);
    }
    CHECK(!guess_allowed(&table, key, now + 400000000));
}
