#include "http/target.h"

#include "base/test.h"

static const struct row {
    int line;
    const char *target, *path, *query; /* path NULL: refused */
} rows[] = {
    {__LINE__, "/", "/", ""},
    {__LINE__, "/a/b/", "/a/b/", ""},
    {__LINE__, "/a%20b?c=%2F..", "/a b", "c=%2F.."},
    {__LINE__, "/%E5%B1%85?", "/居", ""},
    {__LINE__, "/.well-known/...", "/.well-known/...", ""},
    {__LINE__, "/a?b?c", "/a", "b?c"},
    {__LINE__, "/%23", "/#", ""},
    {__LINE__, "", NULL, NULL},
    {__LINE__, "a", NULL, NULL},
    {__LINE__, "?a", NULL, NULL},
    {__LINE__, "/.", NULL, NULL},
    {__LINE__, "/..", NULL, NULL},
    {__LINE__, "/a/../b", NULL, NULL},
    {__LINE__, "/a/%2e%2E/b", NULL, NULL},
    {__LINE__, "/a/%2e", NULL, NULL},
    {__LINE__, "//a", NULL, NULL},
    {__LINE__, "/a//", NULL, NULL},
    {__LINE__, "/a%2Fb", NULL, NULL},
    {__LINE__, "/a%5cb", NULL, NULL},
    {__LINE__, "/a\\b", NULL, NULL},
    {__LINE__, "/a%00", NULL, NULL},
    {__LINE__, "/a%0d%0a", NULL, NULL},
    {__LINE__, "/a%7f", NULL, NULL},
    {__LINE__, "/a%", NULL, NULL},
    {__LINE__, "/a%2", NULL, NULL},
    {__LINE__, "/a%2g", NULL, NULL},
    {__LINE__, "/a%ff", NULL, NULL},
    {__LINE__, "/%c0%ae%c0%ae/", NULL, NULL}, /* an overlong '..' */
    {__LINE__, "/a#b", NULL, NULL},
    {__LINE__, "/a?b#c", NULL, NULL},
    {__LINE__, "/a?%", NULL, NULL},
    {__LINE__, "/a?b=%00", NULL, NULL},
};

void test_http_target(void) {
    struct arena *arena = arena_create("test", 1 << 16);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct str path, query;
        const char *why = NULL;
        bool ok = http_target_parse(&path, &query, str_from(row->target), arena, &why);
        CHECK_AT(row->line, ok == (row->path != NULL) && ok == (why == NULL));
        if (!ok || row->path == NULL)
            continue;
        CHECK_STR_AT(row->line, path, str_from(row->path));
        CHECK_STR_AT(row->line, query, str_from(row->query));
    }
    arena_destroy(arena);
}
