#include "app/folder.h"

#include "os/file.h"
#include "yaml/yaml.h"

struct walk {
    struct arena *arena;
    struct pack_file *files;
    size_t count;
};

static bool passed_over(struct str name) {
    return name.len == 0 || name.at[0] == '.' || name.at[name.len - 1] == '~';
}

static bool add(struct walk *w, struct str path, const char *full, struct err *err) {
    if (w->count >= PACK_FILES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a pack of more than %d files", PACK_FILES_MAX);
    struct pack_file *file = &w->files[w->count];
    if (!os_file_read(&file->bytes, full, FILE_BYTES_MAX, w->arena, err))
        return false;
    file->path = path;
    w->count++;
    return true;
}

/* prefix: the path within the pack, with '/' at its end, or empty. */
static bool walk(struct walk *w, struct str dir, struct str prefix, int depth, struct err *err) {
    struct os_entry *entries;
    size_t count;
    if (!os_folder_list(&entries, &count, arena_cstr(w->arena, dir), w->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str name = entries[i].name;
        if (passed_over(name))
            continue;
        struct str full = arena_printf(w->arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name));
        struct str path = arena_printf(w->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(name));
        if (entries[i].kind == OS_ENTRY_FILE) {
            if (!add(w, path, full.at, err))
                return false;
            continue;
        }
        if (depth >= APP_FOLDER_DEPTH_MAX)
            return err_set(err, ERR_LIMIT, err_nowhere, "the folder '%.*s' is too deep for a pack",
                           STR_ARG(full));
        struct str below = arena_printf(w->arena, "%.*s/", STR_ARG(path));
        if (!walk(w, full, below, depth + 1, err))
            return false;
    }
    return true;
}

/* What pack.yaml says after `extends:`; empty when nothing, or when it cannot be read. */
static struct str extends_of(const struct walk *w) {
    for (size_t i = 0; i < w->count; i++) {
        const struct json *root;
        struct err err = {0};
        struct budget budget = budget_of(1000000, 64 << 20);
        if (str_eq(w->files[i].path, STR("pack.yaml")) &&
            yaml_read(&root, w->files[i].bytes, "pack.yaml", w->arena, &budget, &err))
            return json_get_text(root, STR("extends"));
    }
    return STR_NONE;
}

static bool plain_name(struct str name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '/' || name.at[i] == 0 || name.at[0] == '.')
            return false;
    return name.len > 0 && name.len <= NAME_BYTES_MAX;
}

bool app_folder_read(struct pack_file **out, size_t *count_out, const char *dir,
                     struct arena *arena, struct err *err) {
    struct walk w = {arena, arena_new(arena, struct pack_file, PACK_FILES_MAX), 0};
    struct str folder = str_from(dir), own = arena_printf(arena, "%s/pack.yaml", dir);
    while (folder.len > 1 && folder.at[folder.len - 1] == '/')
        folder.len--;
    if (!os_file_exists(own.at))
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "'%s' is no pack: it holds no pack.yaml",
                       dir);
    if (!walk(&w, folder, STR_NONE, 0, err))
        return false;
    struct str extends = extends_of(&w);
    if (plain_name(extends)) {
        struct str base = arena_printf(arena, "%.*s/../%.*s", STR_ARG(folder), STR_ARG(extends));
        if (!os_file_exists(arena_printf(arena, "%.*s/pack.yaml", STR_ARG(base)).at))
            return err_set(err, ERR_NOT_FOUND, err_nowhere,
                           "the pack '%s' extends '%.*s', which is not beside it", dir,
                           STR_ARG(extends));
        if (!walk(&w, base, STR("base/"), 0, err))
            return false;
    }
    *out = w.files;
    *count_out = w.count;
    return true;
}
