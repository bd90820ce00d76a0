/* Models beside a model. */
#include "main/models.h"

#include <stdlib.h>

#include "base/test.h"
#include "os/file.h"

/* What is no model is passed over, a folder of such a name too. */
/* DMN 1.5: 6.3.3 */
void test_main_models_beside(void) {
    char folder[] = "/tmp/mandate-imports-XXXXXX";
    static const struct {
        const char *name, *text; /* NULL: a folder */
    } beside[] = {
        {"a.dmn", NULL},
        {"b.dmn", "no XML"},
        {"c.dmn", "<definitions namespace='urn:c'/>"},
        {"d.dmn", "<definitions namespace='urn:d'/>"},
    };
    struct arena *a = arena_create("imports", 4 << 20);
    struct err err = {0};
    struct str xml;
    const char *file;
    CHECK(mkdtemp(folder) != NULL);
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        const char *path = arena_printf(a, "%s/%s", folder, beside[i].name).at;
        if (beside[i].text == NULL)
            CHECK_OK(os_folder_make(path, &err), &err);
        else
            CHECK_OK(os_file_write(path, str_from(beside[i].text), &err), &err);
    }
    struct models_beside self = {arena_printf(a, "%s/main.dmn", folder).at, a};
    CHECK_OK(models_import(&xml, &file, &self, STR("urn:d"), STR_NONE, &err), &err);
    CHECK_STR(xml, str_from(beside[3].text));
    CHECK(str_ends(str_from(file), STR("/d.dmn")));
    CHECK(!models_import(&xml, &file, &self, STR("urn:e"), STR_NONE, &err));
    CHECK(err.code == ERR_NOT_FOUND);
    err_reset(&err);
    CHECK_OK(os_folder_remove(folder, &err), &err);
    arena_destroy(a);
}
