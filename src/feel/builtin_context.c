/* Built-in functions on contexts. DMN 1.5: 10.3.4.10, table 81 */
#include "feel/builtin.h"
#include "feel/machine.h"

static struct str text_of(struct feel_value v) {
    return (struct str){v.u.text, v.count};
}

/* A context of so many entries: its memory is counted before it is made. */
static struct feel_value make(struct feel_machine *m, const struct feel_entry *entries,
                              size_t count) {
    if (!machine_reserve(m, count * (sizeof *entries + 16) + 256))
        return feel_null();
    return feel_context_of(m->arena, entries, count);
}

struct feel_value builtin_get_entries(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    static const struct str names[] = {STR_INIT("key"), STR_INIT("value")};
    const struct feel_entry *entries = feel_entries(args[0]);
    struct list_maker list = {0};
    (void)count;
    for (uint32_t i = 0; i < args[0].count && machine_spend(m, 2); i++)
        list_push(m, &list,
                  make(m,
                       (struct feel_entry[]){{names[0], feel_string(entries[i].name)},
                                             {names[1], entries[i].value}},
                       2));
    return list_made(&list);
}

/* The entry's name as a path finds it: one that is written as `a - b` is without blanks around its
 * symbols; but a context may have it just as it is. False: there is no memory. */
/* DMN 1.5: 10.3.1.4 */
static bool name_of(struct str *key, struct feel_machine *m, struct feel_value context) {
    if (!machine_spend_bytes(m, key->len))
        return false;
    if (str_find_byte(*key, ' ') == SIZE_MAX || feel_has(context, *key))
        return true;
    if (!machine_reserve(m, key->len + 16))
        return false;
    *key = ast_name_normal(m->arena, *key);
    return true;
}

static bool get(struct feel_value *out, struct feel_machine *m, struct feel_value context,
                struct str key) {
    if (!name_of(&key, m, context) || !feel_has(context, key))
        return false;
    *out = feel_get(context, key);
    return true;
}

struct feel_value builtin_get_value(struct feel_machine *m, const struct feel_value *args,
                                    uint32_t count) {
    struct feel_value at = args[0];
    (void)count;
    if (feel_kind(args[1]) == FEEL_STRING) {
        if (get(&at, m, at, text_of(args[1])))
            return at;
        return machine_null(m, "the context has no entry '%.*s'", STR_ARG(text_of(args[1])));
    }
    if (feel_kind(args[1]) != FEEL_LIST || args[1].count == 0)
        return machine_null(m, "get value() takes a key or a list of keys");
    for (uint32_t i = 0; i < args[1].count; i++) {
        struct feel_value key = args[1].u.items[i];
        if (feel_kind(key) != FEEL_STRING || !get(&at, m, at, text_of(key)))
            return machine_null(m, "the context has no such entry");
    }
    return at;
}

/* {key: ..., value: ...}, ... to one context */
struct feel_value builtin_context(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct feel_entry *entries = machine_new(m, struct feel_entry, args[0].count);
    (void)count;
    if (entries == NULL)
        return feel_null();
    for (uint32_t i = 0; i < args[0].count; i++) {
        struct feel_value key = feel_get(args[0].u.items[i], STR("key"));
        if (feel_kind(key) != FEEL_STRING || !feel_has(args[0].u.items[i], STR("value")))
            return machine_null(m, "context() takes contexts with a key and a value");
        struct str name = text_of(key);
        if (!machine_spend(m, i + 1) || !name_of(&name, m, feel_null()))
            return feel_null();
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(entries[k].name, name))
                return machine_null(m, "context() with the key '%.*s' twice", STR_ARG(name));
        entries[i] = (struct feel_entry){name, feel_get(args[0].u.items[i], STR("value"))};
    }
    return make(m, entries, args[0].count);
}

static struct feel_value put(struct feel_machine *m, struct feel_value context, struct str key,
                             struct feel_value value) {
    struct feel_entry *entries = machine_new(m, struct feel_entry, context.count + 1);
    if (entries == NULL || !machine_spend(m, context.count) || !name_of(&key, m, context))
        return feel_null();
    if (context.count > 0)
        memcpy(entries, feel_entries(context), context.count * sizeof *entries);
    entries[context.count] = (struct feel_entry){key, value};
    return make(m, entries, context.count + 1); /* of two with one name the later value stays */
}

static struct feel_value put_path(struct feel_machine *m, struct feel_value context,
                                  const struct feel_value *keys, uint32_t count,
                                  struct feel_value value, int depth) {
    if (feel_kind(keys[0]) != FEEL_STRING)
        return machine_null(m, "context put() takes strings as keys");
    struct str key = text_of(keys[0]);
    if (count > 1) {
        struct feel_value inner;
        if (!get(&inner, m, context, key) || feel_kind(inner) != FEEL_CONTEXT || depth == 0)
            return machine_null(m, "context put() finds no context at '%.*s'", STR_ARG(key));
        value = put_path(m, inner, keys + 1, count - 1, value, depth - 1);
        if (feel_is_null(value))
            return value;
    }
    return put(m, context, key, value);
}

struct feel_value builtin_context_put(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    (void)count;
    if (feel_kind(args[1]) == FEEL_STRING)
        return put(m, args[0], text_of(args[1]), args[2]);
    if (feel_kind(args[1]) != FEEL_LIST || args[1].count == 0)
        return machine_null(m, "context put() takes a key or a list of keys");
    return put_path(m, args[0], args[1].u.items, args[1].count, args[2], FEEL_DEPTH_MAX);
}

struct feel_value builtin_context_merge(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    size_t total = 0;
    (void)count;
    for (uint32_t i = 0; i < args[0].count; i++) {
        if (feel_kind(args[0].u.items[i]) != FEEL_CONTEXT)
            return machine_null(m, "context merge() takes contexts");
        total += args[0].u.items[i].count;
    }
    struct feel_entry *entries = machine_new(m, struct feel_entry, total);
    if (entries == NULL || !machine_spend(m, total))
        return feel_null();
    total = 0;
    for (uint32_t i = 0; i < args[0].count; i++)
        for (uint32_t k = 0; k < args[0].u.items[i].count; k++)
            entries[total++] = feel_entries(args[0].u.items[i])[k];
    return make(m, entries, total);
}
