/* The server: a loop a thread, each with a socket of its own on the same port, so that the kernel
 * spreads the connections and no lock is shared. Other threads reach a loop only through its queue
 * and the eventfd that wakes it. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/conn.h"
#include "os/env.h"
#include "os/log.h"

enum {
    BACKLOG = 1024,
    LOOP_ARENA_BYTES =
        256 << 20, /* connections and exchanges, reused; counted by connections_max */
};

struct http_options http_options_default(void) {
    return (struct http_options){.listen = STR("127.0.0.1:8110"),
                                 .connections_max = 2048,
                                 .body_bytes_inflight_max = (uint64_t)256 << 20,
                                 .head_timeout_ms = 10000,
                                 .idle_timeout_ms = 60000,
                                 .stop_timeout_ms = 10000};
}

int64_t loop_now_us(void) {
    return os_mono_us(os_env_real());
}

const char *loop_date(struct loop *loop) {
    int64_t now_s = os_wall_us(os_env_real()) / 1000000;
    if (now_s != loop->date_s) {
        time_t t = (time_t)now_s;
        struct tm tm;
        static const char days[] = "SunMonTueWedThuFriSat";
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        if (gmtime_r(&t, &tm) == NULL)
            abort();
        (void)snprintf(loop->date, sizeof loop->date, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT",
                       days + (ptrdiff_t)3 * tm.tm_wday, tm.tm_mday,
                       months + (ptrdiff_t)3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                       tm.tm_sec);
        loop->date_s = now_s;
    }
    return loop->date;
}

/* ---- memory that is used again -------------------------------------------------------------- */

struct conn *loop_conn_take(struct loop *loop) {
    struct conn *c = loop->free_conns;
    if (c == NULL)
        return arena_new(loop->arena, struct conn, 1);
    loop->free_conns = c->next;
    return c;
}

void loop_conn_give(struct loop *loop, struct conn *c) {
    c->next = loop->free_conns;
    loop->free_conns = c;
}

struct exchange *exchange_take(struct loop *loop) {
    struct exchange *x = loop->free_exchanges;
    if (x != NULL)
        loop->free_exchanges = x->next;
    else
        x = arena_new(loop->arena, struct exchange, 1);
    struct arena *arena = x->arena;
    struct buf body = x->body, out_head = x->out_head, res_body = x->res.body;
    if (arena == NULL) {
        arena = arena_create("request", HTTP_REQUEST_ARENA_BYTES);
        buf_init(&body, 0);
        buf_init(&out_head, 65536);
        buf_init(&res_body, HTTP_RESPONSE_BYTES_MAX);
    }
    *x = (struct exchange){.arena = arena, .loop = loop, .body = body, .out_head = out_head};
    x->req.arena = arena;
    x->res.body = res_body;
    x->res.status = 200;
    x->start_us = loop_now_us();
    return x;
}

static void buf_recycle(struct buf *b) {
    size_t cap = b->cap_bytes;
    if (b->size_bytes > EXCHANGE_KEPT_BYTES) {
        buf_done(b);
        buf_init(b, cap);
    }
    buf_reset(b);
}

void exchange_give(struct exchange *x) {
    struct loop *loop = x->loop;
    if (arena_used_bytes(x->arena) > EXCHANGE_KEPT_BYTES) {
        arena_destroy(x->arena);
        x->arena = arena_create("request", HTTP_REQUEST_ARENA_BYTES);
    }
    arena_reset(x->arena);
    buf_recycle(&x->body);
    buf_recycle(&x->out_head);
    buf_recycle(&x->res.body);
    x->next = loop->free_exchanges;
    loop->free_exchanges = x;
}

static void loop_memory_done(struct loop *loop) {
    for (struct exchange *x = loop->free_exchanges; x != NULL; x = x->next) {
        arena_destroy(x->arena);
        buf_done(&x->body);
        buf_done(&x->out_head);
        buf_done(&x->res.body);
    }
    arena_destroy(loop->arena);
    loop->arena = NULL;
}

/* ---- waking --------------------------------------------------------------------------------- */

static void loop_wake(struct loop *loop) {
    uint64_t one = 1;
    while (write(loop->wake_fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

struct http_deferred *http_defer(struct http_request *req, http_then_fn then, void *ctx) {
    struct exchange *x = (struct exchange *)req;
    assert(!x->deferred);
    assert(!x->answered);
    x->deferred = true;
    x->then = then;
    x->then_ctx = ctx;
    x->loop->deferred_count++;
    return (struct http_deferred *)x;
}

void http_resume(struct http_deferred *deferred) {
    struct exchange *x = (struct exchange *)deferred;
    struct loop *loop = x->loop;
    x->next = NULL;
    os_mutex_lock(&loop->queue_lock);
    bool first = loop->queue_head == NULL;
    *loop->queue_tail = x;
    loop->queue_tail = &x->next;
    os_mutex_unlock(&loop->queue_lock);
    if (first)
        loop_wake(loop);
}

static void loop_stop_check(struct loop *loop) {
    if (!loop->stopping && atomic_load(&loop->server->stopping)) {
        loop->stopping = true;
        loop->stop_deadline_us = loop_now_us() + loop->server->options.stop_timeout_ms * 1000;
        evconnlistener_free(loop->listener);
        loop->listener = NULL;
        conn_stop_idle(loop);
    }
    if (!loop->stopping)
        return;
    if (loop->conn_count > 0 && loop_now_us() > loop->stop_deadline_us)
        conn_close_all(loop);
    if (loop->conn_count == 0 && loop->deferred_count == 0)
        (void)event_base_loopbreak(loop->base);
}

static void on_wake(evutil_socket_t fd, short what, void *ctx) {
    (void)what;
    struct loop *loop = ctx;
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
    os_mutex_lock(&loop->queue_lock);
    struct exchange *x = loop->queue_head;
    loop->queue_head = NULL;
    loop->queue_tail = &loop->queue_head;
    os_mutex_unlock(&loop->queue_lock);
    while (x != NULL) {
        struct exchange *next = x->next;
        loop->deferred_count--;
        conn_resume(x);
        x = next;
    }
    loop_stop_check(loop);
}

static void on_sweep(evutil_socket_t fd, short what, void *ctx) {
    (void)fd;
    (void)what;
    struct loop *loop = ctx;
    if (loop->listener_paused && loop->listener != NULL) {
        loop->listener_paused = false;
        (void)evconnlistener_enable(loop->listener);
    }
    conn_sweep(loop, loop_now_us());
    loop_stop_check(loop);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_len, void *ctx) {
    (void)listener;
    (void)from_len;
    conn_open(ctx, fd, from);
}

/* No descriptor or memory left: accepting again at once would spin, so the next sweep does. */
static void on_accept_error(struct evconnlistener *listener, void *ctx) {
    struct loop *loop = ctx;
    log_event(LOG_WARN, "accept-failed", log_cstr("cause", strerror(errno)));
    loop->listener_paused = true;
    (void)evconnlistener_disable(listener);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool address_bytes(unsigned char out[16], const char *text) {
    struct in_addr v4;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (inet_pton(AF_INET, text, &v4) == 1) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, &v4, 4);
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool proxies_parse(struct http_server *server, struct str list, struct err *err) {
    struct str item;
    while (str_split(&item, &list, ',')) {
        item = str_trim(item);
        if (item.len == 0)
            continue;
        char text[INET6_ADDRSTRLEN];
        size_t slash = str_find_byte(item, '/');
        struct str addr = str_sub(item, 0, slash);
        struct proxy_net net = {.bits = 128};
        if (addr.len < sizeof text) {
            memcpy(text, addr.at, addr.len);
            text[addr.len] = '\0';
        }
        uint64_t bits = 0;
        bool ok = addr.len < sizeof text && address_bytes(net.addr, text);
        bool v4 = ok && memchr(text, ':', addr.len) == NULL;
        if (ok && slash != SIZE_MAX) {
            ok = str_to_u64(&bits, str_sub(item, slash + 1, item.len)) && bits <= (v4 ? 32 : 128);
            net.bits = (unsigned)bits + (v4 ? 96 : 0);
        }
        if (!ok || server->proxy_count == PROXIES_MAX)
            return err_set(err, ERR_INVALID, err_nowhere,
                           "trusted proxies: '%.*s' is no address, or there are more than %d",
                           STR_ARG(item), PROXIES_MAX);
        server->proxies[server->proxy_count++] = net;
    }
    return true;
}

static bool net_has(const struct proxy_net *net, const unsigned char addr[16]) {
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    if (memcmp(net->addr, addr, whole) != 0)
        return false;
    unsigned mask = 0xff00U >> rest & 0xffU;
    return rest == 0 || (net->addr[whole] & mask) == (addr[whole] & mask);
}

bool server_is_proxy(const struct http_server *server, const char *address) {
    unsigned char addr[16];
    if (server->proxy_count == 0 || !address_bytes(addr, address))
        return false;
    for (size_t i = 0; i < server->proxy_count; i++)
        if (net_has(&server->proxies[i], addr))
            return true;
    return false;
}

/* The proxy appends whom it spoke with, so the list is read from its end: the first address that is
 * no proxy of ours is the client; what stands before it is hearsay. */
static void forwarded_for_read(const struct http_server *server, struct http_request *req) {
    for (size_t i = req->header_count; i-- > 0;) {
        if (!str_eq(req->headers[i].name, STR("x-forwarded-for")))
            continue;
        struct str list = req->headers[i].value;
        while (list.len > 0) {
            size_t start = list.len;
            while (start > 0 && list.at[start - 1] != ',')
                start--;
            struct str item = str_trim((struct str){list.at + start, list.len - start});
            unsigned char addr[16];
            const char *text = arena_cstr(req->arena, item);
            if (!address_bytes(addr, text))
                return;
            req->peer = str_from(text);
            if (!server_is_proxy(server, text))
                return;
            list.len = start > 0 ? start - 1 : 0;
        }
    }
}

void proxy_headers_read(const struct http_server *server, struct http_request *req) {
    forwarded_for_read(server, req);
    size_t count = 0;
    for (size_t i = 0; i < req->header_count; i++)
        count += str_eq(req->headers[i].name, STR("x-forwarded-proto"));
    req->secure = count == 1 &&
                  str_eq_ascii_case(http_header_get(req, STR("x-forwarded-proto")), STR("https"));
}

/* ---- binding -------------------------------------------------------------------------------- */

static bool listen_resolve(struct addrinfo **out, struct str listen, struct err *err) {
    char host[256], port[8];
    size_t colon = listen.len;
    while (colon > 0 && listen.at[colon - 1] != ':')
        colon--;
    struct str h = str_sub(listen, 0, colon > 0 ? colon - 1 : 0);
    struct str p = str_sub(listen, colon, listen.len);
    if (h.len > 2 && h.at[0] == '[' && h.at[h.len - 1] == ']')
        h = str_sub(h, 1, h.len - 2);
    uint64_t n;
    if (colon == 0 || h.len == 0 || h.len >= sizeof host || p.len >= sizeof port ||
        !str_to_u64(&n, p) || n > 65535)
        return err_set(err, ERR_INVALID, err_nowhere, "cannot listen on '%.*s': not HOST:PORT",
                       STR_ARG(listen));
    (void)snprintf(host, sizeof host, "%.*s", STR_ARG(h));
    (void)snprintf(port, sizeof port, "%.*s", STR_ARG(p));
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    int code = getaddrinfo(host, port, &hints, out);
    if (code != 0)
        return err_set(err, ERR_INVALID, err_nowhere, "cannot listen on '%.*s': %s",
                       STR_ARG(listen), gai_strerror(code));
    return true;
}

static bool bind_failed(struct err *err, const char *address) {
    return err_set(err, errno == EADDRINUSE ? ERR_CONFLICT : ERR_IO, err_nowhere,
                   "could not listen on '%s': %s", address, strerror(errno));
}

/* A bound socket, or -1 with errno set. */
static int socket_bind(const struct sockaddr *addr, socklen_t addr_len, bool shared) {
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int one = 1;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
              (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0) &&
              setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 &&
              bind(fd, addr, addr_len) == 0;
    if (!ok) {
        int saved = errno;
        (void)close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static void address_format(struct http_server *server, const struct sockaddr_storage *addr,
                           socklen_t addr_len) {
    char host[64], port[8];
    if (getnameinfo((const struct sockaddr *)addr, addr_len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        abort(); /* an address that was just bound */
    (void)snprintf(server->address, sizeof server->address,
                   addr->ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* SO_REUSEPORT would also let a second service share the port unseen. A first bind without it finds
 * one that is there. */
static bool server_bind(struct http_server *server, struct err *err) {
    struct addrinfo *list = NULL;
    if (!listen_resolve(&list, server->options.listen, err))
        return false;
    assert(list != NULL);
    struct sockaddr_storage addr = {0};
    socklen_t addr_len = list->ai_addrlen;
    memcpy(&addr, list->ai_addr, addr_len);
    freeaddrinfo(list);
    address_format(server, &addr, addr_len);
    int probe = socket_bind((struct sockaddr *)&addr, addr_len, false);
    if (probe < 0)
        return bind_failed(err, server->address);
    bool named = getsockname(probe, (struct sockaddr *)&addr, &addr_len) == 0;
    (void)close(probe);
    if (!named)
        return bind_failed(err, server->address);
    address_format(server, &addr, addr_len);
    for (unsigned i = 0; i < server->loop_count; i++) {
        struct loop *loop = &server->loops[i];
        int fd = socket_bind((struct sockaddr *)&addr, addr_len, true);
        if (fd < 0)
            return bind_failed(err, server->address);
        loop->listener = evconnlistener_new(
            loop->base, on_accept, loop,
            LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED, BACKLOG, fd);
        if (loop->listener == NULL) {
            (void)close(fd);
            return bind_failed(err, server->address);
        }
        evconnlistener_set_error_cb(loop->listener, on_accept_error);
    }
    return true;
}

/* ---- life ----------------------------------------------------------------------------------- */

static bool loop_init(struct loop *loop, struct http_server *server, unsigned index,
                      struct err *err) {
    loop->server = server;
    loop->index = index;
    loop->arena = arena_create("loop", LOOP_ARENA_BYTES);
    loop->scratch = arena_new(loop->arena, char, SCRATCH_BYTES);
    loop->queue_tail = &loop->queue_head;
    os_mutex_init(&loop->queue_lock);
    struct event_config *config = event_config_new();
    if (config == NULL)
        abort();
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK); /* only its own thread uses it */
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->base == NULL || loop->wake_fd < 0)
        return err_set(err, ERR_IO, err_nowhere, "could not make an event loop: %s",
                       strerror(errno));
    loop->wake_event = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    loop->sweep_event = event_new(loop->base, -1, EV_PERSIST, on_sweep, loop);
    const struct timeval every = {.tv_usec = SWEEP_MS * 1000};
    if (loop->wake_event == NULL || loop->sweep_event == NULL ||
        event_add(loop->wake_event, NULL) != 0 || event_add(loop->sweep_event, &every) != 0)
        return err_set(err, ERR_IO, err_nowhere, "could not make an event loop");
    return true;
}

struct http_server *http_server_create(const struct http_options *options, struct err *err) {
    struct arena *arena = arena_create("server", sizeof(struct http_server) + 65536);
    struct http_server *server = arena_new(arena, struct http_server, 1);
    server->arena = arena;
    server->options = *options;
    server->options.listen = arena_str(arena, options->listen);
    server->options.trusted_proxies = STR_NONE; /* parsed below, not kept */
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    server->loop_count = options->loop_count > 0 ? options->loop_count : (unsigned)MAX_OF(cores, 1);
    server->loop_count = MIN_OF(server->loop_count, (unsigned)HTTP_LOOPS_MAX);
    bool ok = proxies_parse(server, options->trusted_proxies, err);
    for (unsigned i = 0; ok && i < server->loop_count; i++)
        ok = loop_init(&server->loops[i], server, i, err);
    if (ok && server_bind(server, err))
        return server;
    http_server_destroy(server);
    return NULL;
}

static void loop_main(void *ctx) {
    struct loop *loop = ctx;
    (void)event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

bool http_server_start(struct http_server *server, struct http_handler handler, struct err *err) {
    server->handler = handler;
    for (unsigned i = 0; i < server->loop_count; i++) {
        struct loop *loop = &server->loops[i];
        char name[16];
        (void)snprintf(name, sizeof name, "http-%u", i);
        (void)evconnlistener_enable(loop->listener);
        if (!os_thread_start(&loop->thread, name, loop_main, loop, err))
            return false;
        loop->started = true;
    }
    return true;
}

void http_server_stop(struct http_server *server) {
    atomic_store(&server->stopping, true);
    for (unsigned i = 0; i < server->loop_count; i++)
        if (server->loops[i].wake_event != NULL)
            loop_wake(&server->loops[i]);
}

void http_server_wait(struct http_server *server) {
    for (unsigned i = 0; i < server->loop_count; i++) {
        if (!server->loops[i].started)
            continue;
        os_thread_join(server->loops[i].thread);
        server->loops[i].started = false;
    }
}

static void loop_done(struct loop *loop) {
    if (loop->arena == NULL)
        return;
    if (loop->listener != NULL)
        evconnlistener_free(loop->listener);
    if (loop->wake_event != NULL)
        event_free(loop->wake_event);
    if (loop->sweep_event != NULL)
        event_free(loop->sweep_event);
    if (loop->base != NULL)
        event_base_free(loop->base);
    if (loop->wake_fd >= 0)
        (void)close(loop->wake_fd);
    os_mutex_done(&loop->queue_lock);
    loop_memory_done(loop);
}

void http_server_destroy(struct http_server *server) {
    if (server == NULL)
        return;
    http_server_stop(server);
    http_server_wait(server);
    for (unsigned i = 0; i < server->loop_count; i++)
        loop_done(&server->loops[i]);
    arena_destroy(server->arena);
}

struct str http_server_address(const struct http_server *server) {
    return str_from(server->address);
}

unsigned http_server_loop_count(const struct http_server *server) {
    return server->loop_count;
}

struct http_counts http_server_counts(const struct http_server *server) {
    return (struct http_counts){.connections_open = atomic_load(&server->conns_open),
                                .connections_total = atomic_load(&server->conns_total),
                                .connections_refused = atomic_load(&server->conns_refused),
                                .requests_total = atomic_load(&server->requests_total),
                                .requests_refused = atomic_load(&server->requests_refused),
                                .bytes_sent = atomic_load(&server->bytes_sent)};
}
