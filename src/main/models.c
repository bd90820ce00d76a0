/* Every .dmn file of the folder is opened until one has the namespace: what locationURI says is
 * often a place of the modelling tool. */
#include "main/models.h"

#include <string.h>

#include "os/file.h"
#include "xml/xml.h"

enum { LOAD_STEPS = 100000000, LOAD_BYTES = 512 << 20 };

static bool has_namespace(struct str xml, struct str ns) {
    struct arena *a = arena_create("import", (size_t)LOAD_BYTES + (64 << 20));
    struct budget budget = budget_of(LOAD_STEPS, LOAD_BYTES);
    struct err ignored = {0}; /* a broken file beside the model is not the one that is looked for */
    struct xml_node *root;
    bool found = xml_read(&root, xml, "", a, &budget, &ignored) &&
                 str_eq(xml_attr_text(root, STR("namespace")), ns);
    arena_destroy(a);
    return found;
}

bool models_import(struct str *xml, const char **file, void *self, struct str ns,
                   struct str location, struct err *err) {
    const struct models_beside *b = self;
    const char *slash = strrchr(b->path, '/');
    struct str folder = slash == NULL      ? STR(".")
                        : slash == b->path ? STR("/")
                                           : (struct str){b->path, (size_t)(slash - b->path)};
    struct os_entry *entries;
    size_t count;
    (void)location;
    if (!os_folder_list(&entries, &count, arena_cstr(b->arena, folder), b->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(entries[i].name, STR(".dmn")))
            continue;
        struct arena_mark before = arena_mark(b->arena);
        struct err ignored = {0}; /* what cannot be read, as a folder, is not looked for */
        *file = arena_printf(b->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(entries[i].name)).at;
        if (os_file_read(xml, *file, FILE_BYTES_MAX, b->arena, &ignored) && has_namespace(*xml, ns))
            return true;
        arena_rewind(b->arena, before);
    }
    return err_set(err, ERR_NOT_FOUND, ((struct err_at){b->path, 0, 0}),
                   "no model beside it has the namespace '%.*s'", STR_ARG(ns));
}

const char *models_hint(const struct err *err, bool free_names) {
    bool helps = !free_names && err->code == ERR_UNKNOWN &&
                 str_starts(str_from(err->text), STR("nothing is named"));
    return helps ? "    as an input that no element declares it is read with --free-names\n" : "";
}
