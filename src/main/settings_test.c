#include "main/settings.h"

#include "base/test.h"

static const struct row {
    int line;
    const char *file;
    const char *variable;
    enum err_code code;
    const char *listen; /* expected */
    int64_t threads;
    bool demo;
    size_t packs;
} rows[] = {
    {__LINE__, "", NULL, ERR_NONE, "127.0.0.1:8110", 0, false, 1},
    {__LINE__, "listen: '[::1]:1'\nthreads: 3\n", NULL, ERR_NONE, "[::1]:1", 3, false, 1},
    {__LINE__, "listen: a:1\n", "MANDATE_LISTEN=b:2", ERR_NONE, "b:2", 0, false, 1},
    {__LINE__, "demo: true\npack: [a, b]\n", NULL, ERR_NONE, "127.0.0.1:8110", 0, true, 2},
    {__LINE__, "pack: [a, b]\n", "MANDATE_PACK=x, y,z", ERR_NONE, "127.0.0.1:8110", 0, false, 3},
    {__LINE__, "pack: a\n", "HOME=/", ERR_NONE, "127.0.0.1:8110", 0, false, 1},
    {__LINE__, "nonsense: 1\n", NULL, ERR_UNKNOWN, NULL, 0, false, 0},
    {__LINE__, "threads: many\n", NULL, ERR_TYPE, NULL, 0, false, 0},
    {__LINE__, "threads: -1\n", NULL, ERR_TYPE, NULL, 0, false, 0},
    {__LINE__, "listen: [a]\n", NULL, ERR_TYPE, NULL, 0, false, 0},
    {__LINE__, "pack: [[a]]\n", NULL, ERR_TYPE, NULL, 0, false, 0},
    {__LINE__, "- a\n", NULL, ERR_TYPE, NULL, 0, false, 0},
    {__LINE__, "", "MANDATE_NONSENSE=1", ERR_UNKNOWN, NULL, 0, false, 0},
    {__LINE__, "", "MANDATE_listen=1", ERR_UNKNOWN, NULL, 0, false, 0},
    {__LINE__, "", "MANDATE_DEMO=yes", ERR_TYPE, NULL, 0, false, 0},
};

void test_settings_sources(void) {
    struct arena *arena = arena_create("test", 1 << 22);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        char variable[64] = {0};
        if (row->variable != NULL)
            memcpy(variable, row->variable, strlen(row->variable));
        char *environment[] = {row->variable != NULL ? variable : NULL, NULL};
        struct settings got;
        struct err err = {0};
        settings_default(&got);
        bool ok = settings_from_file(&got, str_from(row->file), "f.yaml", arena, &err) &&
                  settings_from_environment(&got, environment, arena, &err);
        CHECK_AT(row->line, ok == (row->code == ERR_NONE));
        CHECK_INT_AT(row->line, err.code, row->code);
        if (!ok)
            continue;
        CHECK_STR_AT(row->line, str_from(got.listen), str_from(row->listen));
        CHECK_INT_AT(row->line, got.threads, row->threads);
        CHECK_AT(row->line, got.demo == row->demo && got.pack.count == row->packs);
    }
    arena_destroy(arena);
}

void test_settings_flags_win(void) {
    struct arena *arena = arena_create("test", 1 << 22);
    struct settings got;
    int code = -1;
    char a[] = "serve", b[] = "--listen=c:3", c[] = "--demo", d[] = "--trusted-proxies", e[] = "x",
         f[] = "--no";
    char *argv[] = {a, b, c, d, e};
    CHECK(settings_read(&got, &code, arena, 5, argv));
    CHECK_STR(str_from(got.listen), STR("c:3"));
    CHECK_STR(str_from(got.trusted_proxies), STR("x"));
    CHECK(got.demo && got.pack.count == 1);
    char *bad[] = {a, f};
    CHECK(!settings_read(&got, &code, arena, 2, bad) && code == EXIT_COULD_NOT);
    arena_destroy(arena);
}
