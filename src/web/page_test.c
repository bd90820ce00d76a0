/* web/page_test.c - the compiled-in templates link, files are told by their bytes, and no form
 * sends anybody out of the desk. */
#include "base/test.h"
#include "tmpl/tmpl.h"
#include "web/assets.h"
#include "web/page.h"

void test_page_templates_link(void) {
    struct arena *arena = arena_create("test", 64 << 20);
    struct err err = {0};
    struct tmpl_set *set = tmpl_set_make(TMPL_HTML, arena);
    for (size_t i = 0; i < ui_template_count; i++)
        CHECK_OK(
            tmpl_add(set, ui_templates[i].name, ui_templates[i].source, ui_templates[i].file, &err),
            &err);
    CHECK_OK(tmpl_link(set, &err), &err);
    CHECK(tmpl_has(set, STR("desk/task")));
    arena_destroy(arena);
}

void test_page_assets(void) {
    for (size_t i = 0; i < ui_asset_count; i++) {
        CHECK(ui_asset(ui_assets[i].path) == &ui_assets[i]);
        CHECK(str_starts(ui_assets[i].path, STR("/assets/")));
        CHECK(ui_assets[i].gzip.len < ui_assets[i].bytes.len);
    }
    CHECK(ui_asset(STR("/assets/app.css")) == NULL);
}

static const struct type_row {
    int line;
    struct str bytes;
    const char *want;
} type_rows[] = {
    {__LINE__, STR_INIT("%PDF-1.7\n"), "application/pdf"},
    {__LINE__, STR_INIT("\xff\xd8\xff\xe0 a photograph"), "image/jpeg"},
    {__LINE__, STR_INIT("\x89PNG\r\n\x1a\n...."), "image/png"},
    {__LINE__, STR_INIT("GIF89a"), ""},
    {__LINE__, STR_INIT("<svg onload=alert(1)>"), ""},
    {__LINE__, STR_INIT("%PD"), ""},
    {__LINE__, STR_INIT(""), ""},
};

void test_page_file_type(void) {
    for (size_t i = 0; i < COUNT_OF(type_rows); i++)
        CHECK_STR_AT(type_rows[i].line, page_file_type(type_rows[i].bytes),
                     str_from(type_rows[i].want));
}

static const struct path_row {
    int line;
    const char *path, *want;
} path_rows[] = {
    {__LINE__, "/desk", "/desk"},
    {__LINE__, "/desk/tasks/4.1", "/desk/tasks/4.1"},
    {__LINE__, "/desk/cases/330302-26-000123-7", "/desk/cases/330302-26-000123-7"},
    {__LINE__, "", "/desk"},
    {__LINE__, "/", "/desk"},
    {__LINE__, "/deskevil.example", "/desk"},
    {__LINE__, "//evil.example/desk", "/desk"},
    {__LINE__, "/desk//evil.example", "/desk"},
    {__LINE__, "/desk/\r\nSet-Cookie: x", "/desk"},
    {__LINE__, "/desk/?x=1", "/desk"},
    {__LINE__, "https://evil.example/desk", "/desk"},
};

void test_page_desk_path(void) {
    for (size_t i = 0; i < COUNT_OF(path_rows); i++)
        CHECK_STR_AT(path_rows[i].line, page_desk_path(str_from(path_rows[i].path)),
                     str_from(path_rows[i].want));
}
