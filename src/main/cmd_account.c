/* mandate account: the first administrator, and the way back in when the last one is locked out. */
#include <inttypes.h>
#include <stdio.h>

#include "app/offline.h"
#include "app/password.h"
#include "base/code.h"
#include "main/cmd.h"
#include "os/os.h"

struct account {
    const char *data, *name, *password_file, *base_url;
    struct option_list posts;
    struct arena *arena;
    struct app *app;
};

/* The first line of the password file; without one a link by which the person chooses a password.
 */
static bool key_take(struct app_offline_key *out, struct str *code, const struct account *a,
                     struct err *err) {
    unsigned char random[APP_LINK_CODE_BYTES];
    char *link = arena_new(a->arena, char, APP_LINK_BYTES);
    struct buf text;
    *out = (struct app_offline_key){.link = STR_NONE};
    *code = STR_NONE;
    if (a->password_file != NULL) {
        struct str bytes;
        if (!os_file_read(&bytes, a->password_file, 4096, a->arena, err))
            return false;
        out->password = str_trim(bytes);
        return out->password.len > 0 ||
               err_set(err, ERR_INVALID, err_nowhere, "the password file is empty");
    }
    os_random(os_env_real(), random, sizeof random);
    buf_init(&text, 64);
    code_base32_add(&text, (struct str){(const char *)random, sizeof random});
    *code = arena_str(a->arena, buf_view(&text));
    buf_done(&text);
    app_link_make(link, *code, os_wall_us(os_env_real()) + (int64_t)APP_LINK_VALID_S * 1000000);
    out->link = str_from(link);
    return true;
}

static void link_print(const struct account *a, const char *user, struct str code) {
    if (code.len > 0)
        (void)printf("'%s' chooses a password, once and within %d days, at:\n"
                     "%s/desk/enter?user=%s&code=%.*s\n",
                     user, APP_LINK_VALID_S / 86400, a->base_url, user, STR_ARG(code));
}

static bool posts_take(struct store_appointment **out, const struct account *a, struct err *err) {
    struct store_appointment *posts = arena_new(a->arena, struct store_appointment, a->posts.count);
    for (size_t i = 0; i < a->posts.count; i++) {
        struct str rest = str_from(a->posts.items[i]);
        if (!str_split(&posts[i].organ, &rest, '/') || rest.len == 0)
            return err_set(err, ERR_INVALID, err_nowhere, "--post wants ORGAN/POST, not '%s'",
                           a->posts.items[i]);
        posts[i].post = rest;
    }
    *out = posts;
    return true;
}

static bool account_add(const struct account *a, const char *user, struct err *err) {
    struct store_appointment *posts;
    struct app_offline_key key;
    struct str code;
    if (!posts_take(&posts, a, err) || !key_take(&key, &code, a, err))
        return false;
    const struct app_offline_account account = {
        .user = str_from(user),
        .name = str_from(a->name != NULL ? a->name : user),
        .password = key.password,
        .link = key.link,
        .posts = posts,
        .post_count = a->posts.count,
    };
    if (!app_offline_account_add(a->app, &account, err))
        return false;
    link_print(a, user, code);
    return true;
}

static bool account_reset(const struct account *a, const char *user, struct err *err) {
    struct app_offline_key key;
    struct str code;
    if (!key_take(&key, &code, a, err) ||
        !app_offline_account_save(a->app, str_from(user), false, key, err))
        return false;
    link_print(a, user, code);
    return true;
}

static bool account_list(const struct account *a, struct err *err) {
    struct store_account *list = NULL;
    size_t count = 0;
    if (!app_offline_accounts(&list, &count, a->app, a->arena, err))
        return false;
    for (size_t i = 0; i < count; i++)
        (void)printf("%.*s\t%.*s%s\n", STR_ARG(list[i].user), STR_ARG(list[i].name),
                     list[i].locked ? "\tlocked" : "");
    return true;
}

static bool account_do(const struct account *a, const struct arguments *args, struct err *err) {
    struct str verb = str_from(args->items[0]);
    if (str_eq(verb, STR("list")) && args->count == 1)
        return account_list(a, err);
    if (args->count != 2)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "wants 'list', or one of 'add', 'lock', 'unlock', 'reset' and a user");
    if (str_eq(verb, STR("add")))
        return account_add(a, args->items[1], err);
    if (str_eq(verb, STR("reset")))
        return account_reset(a, args->items[1], err);
    if (str_eq(verb, STR("lock")) || str_eq(verb, STR("unlock")))
        return app_offline_account_save(a->app, str_from(args->items[1]), str_eq(verb, STR("lock")),
                                        (struct app_offline_key){.link = STR_NONE}, err);
    return err_set(err, ERR_INVALID, err_nowhere, "knows no '%.*s'", STR_ARG(verb));
}

int cmd_account(int argc, char **argv) {
    struct account a = {.data = "data", .base_url = "http://127.0.0.1:8110"};
    const struct option options[] = {
        {"data", OPTION_TEXT, &a.data, "DIR", "the data folder; nothing may run on it"},
        {"name", OPTION_TEXT, &a.name, "NAME", "add: the name that colleagues see"},
        {"post", OPTION_LIST, &a.posts, "ORGAN/POST",
         "add: an appointment; may stand several times"},
        {"password-file", OPTION_TEXT, &a.password_file, "FILE",
         "add, reset: its first line is the password; without it a link is printed, by which the "
         "person chooses one"},
        {"base-url", OPTION_TEXT, &a.base_url, "URL",
         "add, reset: how people reach the service; http://127.0.0.1:8110 unless given"},
    };
    const struct command_line line = {.name = "account",
                                      .arguments = "add|lock|unlock|reset USER, or list",
                                      .about =
                                          "Adds the first administrator, or lets one in again.",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 1,
                                      .arguments_max = 2};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct err err = {0};
    bool make = args.count == 2 && strcmp(args.items[0], "add") == 0;
    if (!app_offline_open(&a.app, a.data, make, os_env_real(), &err))
        return command_failed("account", "%s", err.text);
    a.arena = arena_create("account", 16 << 20);
    bool ok = account_do(&a, &args, &err);
    arena_destroy(a.arena);
    app_close(a.app);
    return ok ? EXIT_OK : command_failed("account", "%s", err.text);
}
