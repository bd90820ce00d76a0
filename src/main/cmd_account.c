/* mandate account: the first administrator, and the way back in when the last one is locked out. */
#include <inttypes.h>
#include <stdio.h>

#include "app/offline.h"
#include "base/code.h"
#include "main/cmd.h"
#include "os/os.h"

enum { PASSWORD_BYTES = 10 }; /* 80 bits, 16 characters */

struct account {
    const char *data, *name, *password_file;
    struct option_list posts;
    struct arena *arena;
    struct app *app;
};

/* The first line of the file, or a new random one that is printed once. */
static bool password_take(struct str *out, bool *made, const struct account *a, struct err *err) {
    unsigned char random[PASSWORD_BYTES];
    struct buf text;
    *made = a->password_file == NULL;
    if (!*made) {
        struct str bytes;
        if (!os_file_read(&bytes, a->password_file, 4096, a->arena, err))
            return false;
        *out = str_trim(bytes);
        return true;
    }
    os_random(os_env_real(), random, sizeof random);
    buf_init(&text, 64);
    code_base32_add(&text, (struct str){(const char *)random, sizeof random});
    *out = arena_str(a->arena, buf_view(&text));
    buf_done(&text);
    return true;
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
    struct str password;
    bool made;
    if (!posts_take(&posts, a, err) || !password_take(&password, &made, a, err))
        return false;
    const struct app_offline_account account = {
        .user = str_from(user),
        .name = str_from(a->name != NULL ? a->name : user),
        .password = password,
        .posts = posts,
        .post_count = a->posts.count,
    };
    if (!app_offline_account_add(a->app, &account, err))
        return false;
    if (made)
        (void)printf("password of '%s', shown this once: %.*s\n", user, STR_ARG(password));
    return true;
}

static bool account_reset(const struct account *a, const char *user, struct err *err) {
    struct str password;
    bool made;
    if (!password_take(&password, &made, a, err) ||
        !app_offline_account_save(a->app, str_from(user), false, password, err))
        return false;
    if (made)
        (void)printf("password of '%s', shown this once: %.*s\n", user, STR_ARG(password));
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
                                        STR_NONE, err);
    return err_set(err, ERR_INVALID, err_nowhere, "knows no '%.*s'", STR_ARG(verb));
}

int cmd_account(int argc, char **argv) {
    struct account a = {.data = "data"};
    const struct option options[] = {
        {"data", OPTION_TEXT, &a.data, "DIR", "the data folder; nothing may run on it"},
        {"name", OPTION_TEXT, &a.name, "NAME", "add: the name that colleagues see"},
        {"post", OPTION_LIST, &a.posts, "ORGAN/POST",
         "add: an appointment; may stand several times"},
        {"password-file", OPTION_TEXT, &a.password_file, "FILE",
         "add, reset: its first line is the password; without it one is made and printed"},
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
