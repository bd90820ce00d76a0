/* Bodies are small and schemas too: rows are looked through one by one. */
#include "web/schema.h"

static const struct schema_row rows[] = {
#define SCHEMA(name, what)                 {#name, NULL, SCHEMA_OBJECT, "", false, what},
#define FIELD(name, type, ref, need, what) {NULL, #name, SCHEMA_##type, ref, NEED_##need, what},
#define NEED_REQUIRED                      true
#define NEED_OPTIONAL                      false
#define END
#define API(route, request, status, response, media_type)
#define PARAM(route, name, what)
#include "web/schema.def"
#undef SCHEMA
#undef FIELD
#undef END
#undef API
#undef PARAM
};

static const struct schema_api apis[] = {
#define SCHEMA(name, what)
#define FIELD(name, type, ref, need, what)
#define END
#define API(route, request, status, response, media_type)                                          \
    {#route, request, response, media_type, status},
#define PARAM(route, name, what)
#include "web/schema.def"
#undef API
#undef PARAM
};

static const struct schema_param params[] = {
#define API(route, request, status, response, media_type)
#define PARAM(route, name, what) {#route, #name, what},
#include "web/schema.def"
#undef API
#undef PARAM
};

const struct schema_row *schema_rows(size_t *count) {
    *count = COUNT_OF(rows);
    return rows;
}

const struct schema_api *schema_api(const char *route) {
    for (size_t i = 0; i < COUNT_OF(apis); i++)
        if (strcmp(apis[i].route, route) == 0)
            return &apis[i];
    return NULL;
}

const struct schema_param *schema_params(size_t *count) {
    *count = COUNT_OF(params);
    return params;
}

/* The index of the schema's own row, or COUNT_OF(rows). */
static size_t schema_find(const char *name) {
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].schema != NULL && strcmp(rows[i].schema, name) == 0)
            return i;
    return COUNT_OF(rows);
}

static bool texts_ok(const struct json *node) {
    if (!json_is(node, JSON_OBJECT))
        return false;
    for (size_t i = 0; i < json_count(node); i++)
        if (!json_is(json_member_at(node, i)->value, JSON_STRING))
            return false;
    return true;
}

static bool strings_ok(const struct json *node) {
    for (size_t i = 0; i < json_count(node); i++)
        if (!json_is(json_item(node, i), JSON_STRING))
            return false;
    return json_is(node, JSON_ARRAY);
}

static bool type_ok(enum schema_type type, const struct json *node) {
    int64_t n;
    switch (type) {
    case SCHEMA_STRING:
    case SCHEMA_TIME: /* whether it is one is for the order to say: it knows what it takes */
    case SCHEMA_DATE: return json_is(node, JSON_STRING);
    case SCHEMA_INTEGER: return json_to_i64(&n, node);
    case SCHEMA_BOOLEAN: return json_is(node, JSON_BOOL);
    case SCHEMA_TEXTS: return texts_ok(node);
    case SCHEMA_OBJECT:
    case SCHEMA_REF: return json_is(node, JSON_OBJECT);
    case SCHEMA_LIST: return json_is(node, JSON_ARRAY);
    case SCHEMA_STRINGS: return strings_ok(node);
    case SCHEMA_MAYBE: return json_is(node, JSON_NULL) || json_is(node, JSON_OBJECT);
    case SCHEMA_MAYBE_STRING:
    case SCHEMA_MAYBE_TIME: return json_is(node, JSON_NULL) || json_is(node, JSON_STRING);
    case SCHEMA_ANY: return true;
    }
    return false;
}

static const char *type_name(enum schema_type type) {
    static const char *const names[] = {[SCHEMA_STRING] = "a text",
                                        [SCHEMA_INTEGER] = "a whole number",
                                        [SCHEMA_BOOLEAN] = "true or false",
                                        [SCHEMA_TIME] = "a time as RFC 3339 writes it",
                                        [SCHEMA_DATE] = "a date",
                                        [SCHEMA_TEXTS] = "a text in each language",
                                        [SCHEMA_OBJECT] = "an object",
                                        [SCHEMA_REF] = "an object",
                                        [SCHEMA_LIST] = "a list",
                                        [SCHEMA_STRINGS] = "a list of texts",
                                        [SCHEMA_MAYBE] = "an object or null",
                                        [SCHEMA_MAYBE_STRING] = "a text or null",
                                        [SCHEMA_MAYBE_TIME] = "a time or null",
                                        [SCHEMA_ANY] = "anything"};
    return names[type];
}

static struct err_at pointer_at(struct arena *arena, struct str base, struct str name) {
    return (struct err_at){arena_printf(arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(name)).at, 0, 0};
}

static bool object_check(const char *schema, const struct json *node, struct str base,
                         struct arena *arena, struct err *err);

static bool field_check(const struct schema_row *row, const struct json *node, struct str base,
                        struct arena *arena, struct err *err) {
    struct str name = str_from(row->field);
    const struct json *value = json_get(node, name);
    if (value == NULL && !row->required)
        return true;
    struct err_at at = pointer_at(arena, base, name);
    if (value == NULL)
        return err_set(err, ERR_INVALID, at, "'%s' is missing", row->field);
    if (!type_ok(row->type, value))
        return err_set(err, ERR_TYPE, at, "'%s' must be %s", row->field, type_name(row->type));
    if (row->required && row->type == SCHEMA_STRING && json_text(value).len == 0)
        return err_set(err, ERR_INVALID, at, "'%s' is empty", row->field);
    if (row->type == SCHEMA_REF) /* not recursive: no request schema refers to itself */
        return object_check(row->ref, value, str_from(at.source), arena, err);
    return true;
}

static bool object_check(const char *schema, const struct json *node, struct str base,
                         struct arena *arena, struct err *err) {
    size_t first = schema_find(schema) + 1, end = first;
    while (end < COUNT_OF(rows) && rows[end].schema == NULL)
        end++;
    for (size_t i = 0; i < json_count(node); i++) {
        const struct json_member *member = json_member_at(node, i);
        bool known = false;
        for (size_t k = first; k < end && !known; k++)
            known = str_eq(member->key.text, str_from(rows[k].field));
        if (!known)
            return err_set(err, ERR_UNKNOWN, pointer_at(arena, base, member->key.text),
                           "'%.*s' is not known here", STR_ARG(member->key.text));
    }
    for (size_t k = first; k < end; k++)
        if (!field_check(&rows[k], node, base, arena, err))
            return false;
    return true;
}

bool schema_check(const char *route, const struct json *body, struct arena *arena,
                  struct err *err) {
    const struct schema_api *api = schema_api(route);
    if (api == NULL || api->request[0] == '\0')
        return true;
    if (!json_is(body, JSON_OBJECT)) {
        struct err_at at = {"/", 0, 0};
        return err_set(err, ERR_TYPE, at, "the body must be an object");
    }
    return object_check(api->request, body, STR(""), arena, err);
}
