/* Each source is laid over the one before: defaults, file, environment, flags. A list is replaced
 * by a later source, not added to. */
#include "main/settings.h"

#include <unistd.h>

#include "base/buf.h"
#include "os/file.h"
#include "yaml/yaml.h"

enum { CONFIG_BYTES_MAX = 65536, CONFIG_STEPS_MAX = 10000 };

static const struct setting table[] = {
#define SETTING(name, kind, default, value, help)                                                  \
    {#name, OPTION_##kind, default, value, help, offsetof(struct settings, name)},
#include "main/settings.def"
#undef SETTING
};

const struct setting *settings_table(size_t *count) {
    *count = COUNT_OF(table);
    return table;
}

static void *field_of(struct settings *settings, const struct setting *setting) {
    return (char *)settings + setting->offset;
}

static bool flag_parse(bool *out, struct str text) {
    *out = str_eq(text, STR("true")) || str_eq(text, STR("1"));
    return *out || str_eq(text, STR("false")) || str_eq(text, STR("0"));
}

/* text must be zero-ended and live as long as the settings. where: "variable 'MANDATE_X'". */
static bool value_set(struct settings *out, const struct setting *setting, const char *text,
                      struct err_at at, const char *where, struct err *err) {
    void *field = field_of(out, setting);
    if (setting->kind == OPTION_TEXT) {
        *(const char **)field = text;
        return true;
    }
    if (setting->kind == OPTION_FLAG)
        return flag_parse(field, str_from(text)) ||
               err_set(err, ERR_TYPE, at, "%s is true or false, not '%s'", where, text);
    if (setting->kind == OPTION_INT) {
        int64_t n;
        if (!str_to_i64(&n, str_from(text)) || n < 0)
            return err_set(err, ERR_TYPE, at, "%s is a number, not '%s'", where, text);
        *(int64_t *)field = n;
        return true;
    }
    struct option_list *list = field;
    if (list->count == OPTION_LIST_MAX)
        return err_set(err, ERR_LIMIT, at, "%s has more than %d items", where, OPTION_LIST_MAX);
    list->items[list->count++] = text;
    return true;
}

static void list_clear(struct settings *out, const struct setting *setting) {
    if (setting->kind == OPTION_LIST)
        ((struct option_list *)field_of(out, setting))->count = 0;
}

void settings_default(struct settings *out) {
    *out = (struct settings){0};
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = {0};
        if (!value_set(out, &table[i], table[i].default_text, err_nowhere, table[i].name, &err))
            abort(); /* settings.def is wrong; a unit test would have said so */
    }
}

static const struct setting *setting_find(struct str name) {
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (str_eq(str_from(table[i].name), name))
            return &table[i];
    return NULL;
}

static bool node_set(struct settings *out, const struct setting *setting, const struct json *node,
                     const char *file, struct arena *arena, struct err *err) {
    const char *where = arena_printf(arena, "'%s'", setting->name).at;
    struct err_at at = json_where(node, file);
    if (setting->kind == OPTION_LIST && json_is(node, JSON_ARRAY)) {
        for (size_t i = 0; i < json_count(node); i++) {
            const struct json *item = json_item(node, i);
            if (!json_is(item, JSON_STRING))
                return err_set(err, ERR_TYPE, json_where(item, file), "%s is a list of texts",
                               where);
            if (!value_set(out, setting, arena_cstr(arena, json_text(item)), at, where, err))
                return false;
        }
        return true;
    }
    struct str text = json_text(node);
    if (json_is(node, JSON_BOOL))
        text = json_is_true(node) ? STR("true") : STR("false");
    else if (!json_is(node, JSON_STRING) && !json_is(node, JSON_NUMBER))
        return err_set(err, ERR_TYPE, at, "%s is one value, not a %s", where, json_kind_name(node));
    return value_set(out, setting, arena_cstr(arena, text), at, where, err);
}

bool settings_from_file(struct settings *out, struct str text, const char *file,
                        struct arena *arena, struct err *err) {
    struct budget budget = budget_of(CONFIG_STEPS_MAX, (uint64_t)CONFIG_BYTES_MAX * 64);
    const struct json *root;
    if (!yaml_read(&root, text, file, arena, &budget, err))
        return false;
    if (!json_is(root, JSON_OBJECT) && !json_is(root, JSON_NULL))
        return err_set(err, ERR_TYPE, json_where(root, file),
                       "the settings are a map from names to values");
    for (size_t i = 0; i < json_count(root); i++) {
        const struct json_member *member = json_member_at(root, i);
        const struct setting *setting = setting_find(member->key.text);
        struct err_at at = {file, member->line, member->column};
        if (setting == NULL)
            return err_set(err, ERR_UNKNOWN, at, "unknown setting '%.*s'",
                           STR_ARG(member->key.text));
        list_clear(out, setting);
        if (!node_set(out, setting, member->value, file, arena, err))
            return false;
    }
    return true;
}

/* "BASE_URL" of "MANDATE_BASE_URL=..." is base_url. */
static const struct setting *setting_find_upper(struct str upper) {
    char name[64];
    if (upper.len >= sizeof name)
        return NULL;
    for (size_t i = 0; i < upper.len; i++) {
        char c = upper.at[i];
        if (c >= 'a' && c <= 'z')
            return NULL;
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return setting_find((struct str){name, upper.len});
}

bool settings_from_environment(struct settings *out, char *const *environment, struct arena *arena,
                               struct err *err) {
    for (; *environment != NULL; environment++) {
        struct str line = str_from(*environment);
        size_t equals = str_find_byte(line, '=');
        if (!str_starts(line, STR("MANDATE_")) || equals == SIZE_MAX)
            continue;
        struct str name = str_sub(line, 8, equals - 8);
        const struct setting *setting = setting_find_upper(name);
        if (setting == NULL)
            return err_set(err, ERR_UNKNOWN, err_nowhere, "unknown variable 'MANDATE_%.*s'",
                           STR_ARG(name));
        const char *where = arena_printf(arena, "variable 'MANDATE_%.*s'", STR_ARG(name)).at;
        struct str value = {line.at + equals + 1, line.len - equals - 1};
        list_clear(out, setting);
        struct str item, rest = value;
        if (setting->kind != OPTION_LIST)
            rest = STR_NONE;
        else if (value.len == 0)
            continue;
        if (rest.at == NULL &&
            !value_set(out, setting, arena_cstr(arena, value), err_nowhere, where, err))
            return false;
        while (str_split(&item, &rest, ','))
            if (!value_set(out, setting, arena_cstr(arena, str_trim(item)), err_nowhere, where,
                           err))
                return false;
    }
    return true;
}

static bool sources_read(struct settings *out, const char *config, struct arena *arena,
                         struct err *err) {
    settings_default(out);
    struct str text;
    if (config != NULL && (!os_file_read(&text, config, CONFIG_BYTES_MAX, arena, err) ||
                           !settings_from_file(out, text, config, arena, err)))
        return false;
    return settings_from_environment(out, environ, arena, err);
}

/* The flags are read into a struct of their own and then laid over: what was given is known by
 * values that no flag can have. */
static void flags_over(struct settings *out, const struct settings *flags) {
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const void *from = (const char *)flags + table[i].offset;
        void *to = field_of(out, &table[i]);
        switch (table[i].kind) {
        case OPTION_FLAG:
            if (*(const bool *)from)
                *(bool *)to = true;
            break;
        case OPTION_TEXT:
            if (*(const char *const *)from != NULL)
                *(const char **)to = *(const char *const *)from;
            break;
        case OPTION_INT:
            if (*(const int64_t *)from >= 0)
                *(int64_t *)to = *(const int64_t *)from;
            break;
        case OPTION_LIST:
            if (((const struct option_list *)from)->count > 0)
                *(struct option_list *)to = *(const struct option_list *)from;
            break;
        }
    }
}

bool settings_read(struct settings *out, int *code, struct arena *arena, int argc, char **argv) {
    struct settings flags = {0};
    const char *config = NULL;
    struct option options[COUNT_OF(table) + 1];
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char *dashed = arena_new(arena, char, strlen(table[i].name) + 1);
        for (size_t k = 0; table[i].name[k] != '\0'; k++)
            dashed[k] = table[i].name[k] == '_' ? '-' : table[i].name[k];
        options[i] = (struct option){
            dashed, table[i].kind, field_of(&flags, &table[i]), table[i].value,
            arena_printf(arena, "%s%s%s%s", table[i].help,
                         table[i].default_text[0] != '\0' ? " [" : "", table[i].default_text,
                         table[i].default_text[0] != '\0' ? "]" : "")
                .at};
        if (table[i].kind == OPTION_INT)
            *(int64_t *)field_of(&flags, &table[i]) = -1;
        if (table[i].kind == OPTION_FLAG)
            options[i].value = NULL;
    }
    options[COUNT_OF(table)] = (struct option){"config", OPTION_TEXT, &config, "FILE.yaml",
                                               "a file of settings; flags and environment win"};
    const struct command_line line = {
        .name = "serve",
        .about = "Serves the packs as pages and as an API. Each setting is also a variable,\n"
                 "MANDATE_DATA for --data, and a key of the --config file. Clean stop on SIGTERM;\n"
                 "SIGHUP reads the packs again.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    if (!options_read(&args, code, &line, argc, argv))
        return false;
    struct err err = {0};
    if (!sources_read(out, config, arena, &err)) {
        char text[ERR_TEXT_MAX + 200];
        err_format(text, sizeof text, &err);
        *code = command_failed("serve", "%s", text);
        return false;
    }
    flags_over(out, &flags);
    return true;
}
