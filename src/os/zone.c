#include "os/zone.h"

#include "os/file.h"

/* Parts of letters, digits, '_', '-', '+' between single slashes: no dots, so no way upwards. */
static bool name_ok(struct str name) {
    if (name.len == 0 || name.len > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool slash = c == '/' && i > 0 && i + 1 < name.len && name.at[i - 1] != '/';
        if (!letter && !slash && c != '_' && c != '-' && c != '+')
            return false;
    }
    return true;
}

bool os_zone_read(struct str *out, struct str name, struct arena *arena, struct err *err) {
    if (!name_ok(name))
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no time zone '%.*s'",
                       STR_ARG(name));
    struct str path = arena_printf(arena, "/usr/share/zoneinfo/%.*s", STR_ARG(name));
    return os_file_read(out, path.at, OS_ZONE_BYTES_MAX, arena, err);
}
