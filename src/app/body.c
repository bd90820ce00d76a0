/* The fields of the API's bodies, and the values of its answers. */
#include <inttypes.h>

#include "app/process_inner.h"

enum { VARIABLES_STEPS_MAX = 5000000 };

struct json *app_json_key(int64_t key, struct arena *arena) {
    return json_str(arena_printf(arena, "%" PRId64, key), arena);
}

void app_set_key(struct json *obj, struct str name, int64_t key) {
    json_set(obj, name, app_json_key(key, obj->arena));
}

static bool wrong(const char *name, const char *wanted, const struct json *value, struct err *err) {
    return err_set(err, ERR_TYPE, err_nowhere, "'%s' is %s, not %s", name, json_kind_name(value),
                   wanted);
}

static const struct json *field(const struct json *body, const char *name) {
    const struct json *value = json_get(body, str_from(name));
    return json_is(value, JSON_NULL) ? NULL : value;
}

bool app_take_text(struct str *out, const struct json *body, const char *name, struct err *err) {
    const struct json *value = field(body, name);
    if (value == NULL)
        return true;
    if (!json_is(value, JSON_STRING))
        return wrong(name, "a text", value, err);
    *out = json_text(value);
    return true;
}

bool app_take_i64(int64_t *out, const struct json *body, const char *name, struct err *err) {
    const struct json *value = field(body, name);
    if (value == NULL)
        return true;
    if (!json_to_i64(out, value))
        return wrong(name, "a whole number", value, err);
    return true;
}

bool app_take_bool(bool *out, const struct json *body, const char *name, struct err *err) {
    const struct json *value = field(body, name);
    if (value == NULL)
        return true;
    if (!json_is(value, JSON_BOOL))
        return wrong(name, "true or false", value, err);
    *out = json_is_true(value);
    return true;
}

bool app_take_key(int64_t *out, const struct json *body, const char *name, struct err *err) {
    const struct json *value = field(body, name);
    if (value == NULL)
        return true;
    if (json_is(value, JSON_STRING) ? !str_to_i64(out, json_text(value)) : !json_to_i64(out, value))
        return wrong(name, "a key: digits in a text", value, err);
    return true;
}

bool app_take_variables(struct feel_value *out, const struct json *body, const char *name,
                        struct arena *arena, struct err *err) {
    const struct json *value = field(body, name);
    *out = feel_null();
    if (value == NULL)
        return true;
    if (!json_is(value, JSON_OBJECT))
        return wrong(name, "an object", value, err);
    return feel_from_json(out, value, arena, err);
}

bool app_take_texts(struct str **out, size_t *count_out, const struct json *body, const char *name,
                    struct arena *arena, struct err *err) {
    const struct json *value = field(body, name);
    *out = NULL;
    *count_out = 0;
    if (value == NULL)
        return true;
    if (!json_is(value, JSON_ARRAY))
        return wrong(name, "a list of texts", value, err);
    size_t count = json_count(value);
    struct str *list = arena_new(arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        if (!json_is(json_item(value, i), JSON_STRING))
            return wrong(name, "a list of texts", json_item(value, i), err);
        list[i] = json_text(json_item(value, i));
    }
    *out = list;
    *count_out = count;
    return true;
}

static bool wanted(struct str name, const struct str *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return names == NULL || count == 0;
}

bool app_variables_json(const struct json **out, struct feel_value context, const struct str *names,
                        size_t name_count, struct arena *arena, struct err *err) {
    struct feel_value chosen = context;
    if (feel_kind(context) != FEEL_CONTEXT) {
        *out = json_obj(arena);
        return true;
    }
    if (names != NULL && name_count > 0) {
        size_t count = feel_count(context), kept = 0;
        struct feel_entry *entries = arena_new(arena, struct feel_entry, count);
        for (size_t i = 0; i < count; i++)
            if (wanted(feel_entries(context)[i].name, names, name_count))
                entries[kept++] = feel_entries(context)[i];
        chosen = feel_context_of(arena, entries, kept);
    }
    struct buf text;
    buf_init(&text, APP_ORDER_BYTES_MAX / 4);
    struct budget budget = budget_of(VARIABLES_STEPS_MAX, APP_ORDER_BYTES_MAX);
    bool ok = feel_to_json(&text, chosen, err) && buf_ok(&text, "the variables", err) &&
              json_read(out, buf_view(&text), "variables", arena, &budget, err);
    buf_done(&text);
    return ok;
}
