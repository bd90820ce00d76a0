/* `mandate serve`: binds, opens the service, starts the loops, and then only listens to signals.
 * The order matters: the port first, because it is the cheapest thing that can be wrong and because
 * links in letters need its number; the packs and the store then; the loops last. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "app/app.h"
#include "main/cmd.h"
#include "main/settings.h"
#include "os/env.h"
#include "os/log.h"
#include "os/signal.h"
#include "web/web.h"

enum { QUEUE_SETTING_MAX = 65536 }; /* orders that wait; each holds its request in memory */

struct service {
    struct settings settings;
    struct arena *arena;
    struct http_server *server;
    struct app *app;
    struct web *web;
    int signal_fd;
};

/* A demonstration has known passwords, so nobody else may reach it. */
static bool demo_check(const struct service *s, struct err *err) {
    struct str address = http_server_address(s->server);
    if (!s->settings.demo || str_starts(address, STR("127.")) || str_starts(address, STR("[::1]")))
        return true;
    return err_set(err, ERR_INVALID, err_nowhere, "--demo listens on loopback only, not on '%.*s'",
                   STR_ARG(address));
}

static bool server_make(struct service *s, struct err *err) {
    struct http_options options = http_options_default();
    options.listen = str_from(s->settings.listen);
    options.loop_count = (unsigned)MIN_OF(s->settings.threads, (int64_t)HTTP_LOOPS_MAX);
    options.connections_max = (unsigned)MIN_OF(MAX_OF(s->settings.connections, 1), 1000000);
    options.stop_timeout_ms = MIN_OF(s->settings.stop_timeout, (int64_t)3600) * 1000;
    options.trusted_proxies = str_from(s->settings.trusted_proxies);
    s->server = http_server_create(&options, err);
    return s->server != NULL && demo_check(s, err);
}

static bool app_make(struct service *s, struct err *err) {
    const struct settings *settings = &s->settings;
    const char *base_url = settings->base_url;
    if (base_url[0] == '\0')
        base_url =
            arena_printf(s->arena, "http://%.*s", STR_ARG(http_server_address(s->server))).at;
    struct app_config *config = arena_new(s->arena, struct app_config, 1);
    *config = (struct app_config){
        .data_dir = settings->data,
        .pack_dirs = settings->pack.items,
        .pack_count = settings->pack.count,
        .demo = settings->demo,
        .base_url = base_url,
        .smtp_url = settings->smtp[0] != '\0' ? settings->smtp : NULL,
        .mail_from = settings->mail_from,
        .process_history = settings->process_history,
        .queue_max = (unsigned)MIN_OF(MAX_OF(settings->queue, 1), (int64_t)QUEUE_SETTING_MAX),
    };
    return app_open(&s->app, config, os_env_real(), err);
}

static bool web_make(struct service *s, struct err *err) {
    const struct web_options options = {.app = s->app,
                                        .loop_count = http_server_loop_count(s->server),
                                        .log_requests = !s->settings.quiet};
    s->web = web_create(&options, err);
    if (s->web == NULL)
        return false;
    web_server_set(s->web, s->server);
    return http_server_start(s->server, web_http_handler(s->web), err);
}

/* A connection is a descriptor; the soft limit is often 1024. What cannot be raised is refused by
 * accept(), and logged then. */
static void limits_raise(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The accounts are the packs' posts (app/demo.c). */
static void demo_print(const struct service *s) {
    const struct app_packs *packs = app_packs_hold(s->app);
    (void)printf("A demonstration with fictitious people on http://%.*s\n"
                 "Officers sign in at /desk; the password of all is 'mandate-demo':\n ",
                 STR_ARG(http_server_address(s->server)));
    for (size_t i = 0; i < app_packs_count(packs); i++) {
        const struct pack *pack = app_packs_at(packs, i);
        for (size_t k = 0; k < pack->post_count; k++)
            (void)printf(" %.*s", STR_ARG(pack->posts[k].id));
    }
    app_packs_let(s->app, packs);
    (void)printf("\n");
    (void)fflush(stdout);
}

static void reload(struct service *s) {
    struct err err = {0};
    size_t kept_count;
    if (app_reload(s->app, &kept_count, &err))
        log_event(kept_count == 0 ? LOG_INFO : LOG_ERROR,
                  kept_count == 0 ? "packs-reloaded" : "packs-refused",
                  log_i64("kept", (int64_t)kept_count));
    else
        log_event(LOG_ERROR, "packs-refused", log_err(&err));
    os_memory_trim();
}

/* Until SIGTERM or SIGINT. */
static void signals_serve(struct service *s) {
    struct pollfd wait = {.fd = s->signal_fd, .events = POLLIN};
    for (;;) {
        (void)poll(&wait, 1, -1);
        for (int n; (n = os_signals_take(s->signal_fd)) != 0;) {
            if (n != SIGHUP)
                return;
            reload(s);
        }
    }
}

/* New work is refused, what runs is finished, then the writer and the outbox end. */
static void service_stop(struct service *s) {
    if (s->web != NULL)
        web_stopping_set(s->web);
    http_server_destroy(s->server);
    web_destroy(s->web);
    app_close(s->app);
}

int cmd_serve(int argc, char **argv) {
    struct service s = {.arena = arena_create("serve", 1 << 20), .signal_fd = -1};
    int code;
    if (!settings_read(&s.settings, &code, s.arena, argc, argv)) {
        arena_destroy(s.arena);
        return code;
    }
    code = EXIT_OK;
    struct err err = {0};
    limits_raise();
    bool ok = os_signals_open(&s.signal_fd, &err) && server_make(&s, &err) && app_make(&s, &err) &&
              web_make(&s, &err);
    if (ok) {
        os_memory_trim();
        if (s.settings.demo)
            demo_print(&s);
        log_event(LOG_INFO, "service-started", log_text("listen", http_server_address(s.server)),
                  log_i64("threads", http_server_loop_count(s.server)),
                  log_i64("demo", s.settings.demo));
        signals_serve(&s);
        log_event(LOG_INFO, "service-stopping");
    } else {
        char text[ERR_TEXT_MAX + 200];
        err_format(text, sizeof text, &err);
        code = command_failed("serve", "%s", text);
    }
    service_stop(&s);
    if (s.signal_fd >= 0)
        os_signals_close(s.signal_fd);
    if (ok)
        log_event(LOG_INFO, "service-stopped");
    arena_destroy(s.arena);
    return code;
}
