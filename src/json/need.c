#include "json/json.h"

#include <assert.h>

const char *json_kind_name(const struct json *node) {
    static const char *const names[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "true or false", [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a text", [JSON_ARRAY] = "a list",       [JSON_OBJECT] = "a map",
    };
    return node == NULL ? "nothing" : names[node->kind];
}

struct err_at json_where(const struct json *node, const char *source) {
    return node == NULL ? (struct err_at){source, 0, 0}
                        : (struct err_at){source, node->line, node->column};
}

static bool kind_must_be(const struct json *node, enum json_kind kind, struct str name,
                         const char *source, struct err *err) {
    if (json_is(node, kind))
        return true;
    const struct json wanted = {.kind = (uint8_t)kind};
    return err_set(err, ERR_TYPE, json_where(node, source), "'%.*s' must be %s, not %s",
                   STR_ARG(name), json_kind_name(&wanted), json_kind_name(node));
}

bool json_may(const struct json **out, const struct json *obj, struct str key, enum json_kind kind,
              const char *source, struct err *err) {
    const struct json *found = json_get(obj, key);
    if (found != NULL && !kind_must_be(found, kind, key, source, err))
        return false;
    *out = found;
    return true;
}

bool json_need(const struct json **out, const struct json *obj, struct str key, enum json_kind kind,
               const char *source, struct err *err) {
    const struct json *found = NULL;
    if (!json_may(&found, obj, key, kind, source, err))
        return false;
    if (found == NULL)
        return err_set(err, ERR_INVALID, json_where(obj, source), "'%.*s' is missing",
                       STR_ARG(key));
    *out = found;
    return true;
}

bool json_need_text(struct str *out, const struct json *obj, struct str key, const char *source,
                    struct err *err) {
    const struct json *found = NULL;
    if (!json_need(&found, obj, key, JSON_STRING, source, err))
        return false;
    if (found->text.len == 0)
        return err_set(err, ERR_INVALID, json_where(found, source), "'%.*s' is empty",
                       STR_ARG(key));
    *out = found->text;
    return true;
}

static bool listed(struct str key, const char *const *keys) {
    for (; *keys != NULL; keys++)
        if (str_eq(key, str_from(*keys)))
            return true;
    return false;
}

bool json_only(const struct json *obj, const char *const *keys, const char *source,
               struct err *err) {
    if (!json_is(obj, JSON_OBJECT))
        return err_set(err, ERR_TYPE, json_where(obj, source), "must be a map, not %s",
                       json_kind_name(obj));
    for (uint32_t i = 0; i < obj->count; i++) {
        const struct json_member *member = &obj->members[i];
        if (listed(member->key.text, keys))
            continue;
        char names[ERR_TEXT_MAX / 2];
        size_t used = 0;
        for (const char *const *key = keys; *key != NULL && used < sizeof names; key++)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     key == keys ? "" : ", ", *key);
        struct err_at at = {source, member->line, member->column};
        return err_set(err, ERR_UNKNOWN, at, "unknown key '%.*s'; here may stand: %s",
                       STR_ARG(member->key.text), used == 0 ? "nothing" : names);
    }
    return true;
}
