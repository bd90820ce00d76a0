/* A connection reads a head, then a body, gives both to the handler, writes the answer, and starts
 * again. Invariants:
 * 1. bytes of a request are read only in CONN_HEAD and CONN_BODY: what a client sends ahead waits
 * in the kernel, so a connection holds one request;
 * 2. a handler is only ever called from conn_run(), conn_feed() or conn_resume(), never from
 *    http_send(), so an answer inside a handler cannot recurse;
 * 3. a connection with a deferred exchange is never freed; a client that leaves is noticed when the
 *    answer is written;
 * 4. after a refusal the rest of what comes is read and dropped for a while: closing at once would
 *    send RST, and the client would never see why. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "http/conn.h"
#include "http/target.h"

static void conn_run(struct conn *c);
static void on_readable(evutil_socket_t fd, short what, void *ctx);
static void on_writable(evutil_socket_t fd, short what, void *ctx);

static void want_read(struct conn *c, bool on) {
    if (c->reading == on)
        return;
    c->reading = on;
    if ((on ? event_add(&c->read_event, NULL) : event_del(&c->read_event)) != 0)
        c->dead = true;
}

static void want_write(struct conn *c, bool on) {
    if (c->writing == on)
        return;
    c->writing = on;
    if ((on ? event_add(&c->write_event, NULL) : event_del(&c->write_event)) != 0)
        c->dead = true;
}

static void deadline_in(struct conn *c, int64_t ms) {
    c->deadline_us = loop_now_us() + ms * 1000;
}

/* What a slow but living peer needs for so many bytes. */
static int64_t patience_ms(uint64_t bytes) {
    return BODY_GRACE_MS + (int64_t)(bytes * 1000 / BODY_BYTES_PER_S_MIN);
}

static void peer_set(struct conn *c, const struct sockaddr *from) {
    const char *text = NULL;
    if (from->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, from, sizeof in);
        text = inet_ntop(AF_INET, &in.sin_addr, c->peer, sizeof c->peer);
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, from, sizeof in6);
        text = inet_ntop(AF_INET6, &in6.sin6_addr, c->peer, sizeof c->peer);
        if (text != NULL && IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
            memmove(c->peer, c->peer + 7, strlen(c->peer) - 6); /* "::ffff:192.0.2.1" */
    }
    if (text == NULL)
        c->peer[0] = '\0';
    c->peer_len = strlen(c->peer);
    c->peer_is_proxy = server_is_proxy(c->loop->server, c->peer);
}

void conn_open(struct loop *loop, evutil_socket_t fd, const struct sockaddr *from) {
    struct http_server *server = loop->server;
    uint64_t open = atomic_fetch_add(&server->conns_open, 1) + 1;
    atomic_fetch_add(&server->conns_total, 1);
    bool over = open > server->options.connections_max;
    if (over)
        atomic_fetch_add(&server->conns_refused, 1);
    if (open > (uint64_t)server->options.connections_max + REFUSALS_MAX) {
        atomic_fetch_sub(&server->conns_open, 1);
        (void)close(fd);
        return;
    }
    struct conn *c = loop_conn_take(loop);
    *c = (struct conn){.loop = loop, .fd = fd, .state = CONN_HEAD, .over_limit = over};
    buf_init(&c->in, HTTP_HEAD_BYTES_MAX + SCRATCH_BYTES);
    peer_set(c, from);
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->next = loop->conns;
    if (c->next != NULL)
        c->next->prev = c;
    loop->conns = c;
    loop->conn_count++;
    (void)event_assign(&c->read_event, loop->base, fd, EV_READ | EV_PERSIST, on_readable, c);
    (void)event_assign(&c->write_event, loop->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
    deadline_in(c, server->options.head_timeout_ms);
    want_read(c, true);
    if (over) {
        struct exchange *x = c->x = exchange_take(loop);
        x->conn = c;
        x->stump = true;
        c->state = CONN_BUSY;
        exchange_refuse(x, 503, "too many connections");
        conn_run(c);
    }
}

static void conn_close(struct conn *c) {
    struct loop *loop = c->loop;
    assert(c->x == NULL);
    want_read(c, false);
    want_write(c, false);
    (void)close(c->fd);
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        loop->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    buf_done(&c->in);
    loop->conn_count--;
    atomic_fetch_sub(&loop->server->conns_open, 1);
    loop_conn_give(loop, c);
}

/* ---- the end of an exchange ----------------------------------------------------------------- */

static void exchange_end(struct conn *c, bool gone) {
    struct exchange *x = c->x;
    struct http_server *server = c->loop->server;
    c->x = NULL;
    atomic_fetch_add(&server->requests_total, 1);
    if (x->refused)
        atomic_fetch_add(&server->requests_refused, 1);
    atomic_fetch_sub(&server->body_bytes, x->body.len);
    if (server->handler.done != NULL) {
        const struct http_done done = {.status = x->res.status,
                                       .body_bytes = exchange_body(x).len,
                                       .taken_us = loop_now_us() - x->start_us,
                                       .gone = gone};
        server->handler.done(server->handler.ctx, &x->req, &done);
    }
    exchange_give(x);
}

/* Nothing is sent any more; goes once the handler, if it still has the request, gives it back. */
static void conn_drop(struct conn *c) {
    if (c->state == CONN_BUSY && c->x != NULL && !c->x->answered) {
        c->dead = true;
        want_read(c, false);
        return;
    }
    if (c->x != NULL)
        exchange_end(c, true);
    if (c->running)
        c->dead = true;
    else
        conn_close(c);
}

static void linger_start(struct conn *c) {
    (void)shutdown(c->fd, SHUT_WR);
    c->state = CONN_LINGER;
    c->lingered_bytes = 0;
    deadline_in(c, LINGER_MS);
    want_read(c, true);
}

static void answer_sent(struct conn *c) {
    bool close_now = c->x->res.close;
    bool unread = c->x->refused || c->x->body_unread;
    exchange_end(c, false);
    if (close_now) {
        if (unread)
            linger_start(c);
        else
            c->dead = true;
        return;
    }
    size_t left = c->in.len;
    if (left == 0 && c->in.size_bytes > HTTP_HEAD_BYTES_MAX) {
        buf_done(&c->in);
        buf_init(&c->in, HTTP_HEAD_BYTES_MAX + SCRATCH_BYTES);
    }
    c->scanned = 0;
    c->state = CONN_HEAD;
    c->first_us = left > 0 ? loop_now_us() : 0;
    deadline_in(c, left > 0 ? c->loop->server->options.head_timeout_ms
                            : c->loop->server->options.idle_timeout_ms);
    want_read(c, true);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void conn_write(struct conn *c) {
    struct exchange *x = c->x;
    struct str parts[2] = {buf_view(&x->out_head), exchange_body(x)};
    size_t total = parts[0].len + parts[1].len;
    while (x->sent_bytes < total) {
        struct iovec iov[2];
        int count = 0;
        size_t skip = x->sent_bytes;
        for (int i = 0; i < 2; i++) {
            size_t here = MIN_OF(skip, parts[i].len);
            skip -= here;
            if (parts[i].len > here) {
                memcpy(&iov[count].iov_base, &(const void *){parts[i].at + here}, sizeof(void *));
                iov[count++].iov_len = parts[i].len - here;
            }
        }
        struct msghdr message = {.msg_iov = iov, .msg_iovlen = (size_t)count};
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN) {
            want_write(c, true);
            return;
        }
        if (sent < 0) {
            conn_drop(c);
            return;
        }
        x->sent_bytes += (size_t)sent;
        atomic_fetch_add_explicit(&c->loop->server->bytes_sent, (uint64_t)sent,
                                  memory_order_relaxed);
    }
    want_write(c, false);
    answer_sent(c);
}

static void answer_start(struct conn *c) {
    struct exchange *x = c->x;
    if (x->res.body.full && !x->refused) { /* cut bytes are no answer */
        x->res.status = 500;
        x->res.extra_count = 0;
        exchange_refuse(x, 500, "the answer is too large");
    }
    x->res.close = x->res.close || !x->head.keep_alive || x->stump || c->loop->stopping;
    exchange_head_write(x, x->res.close);
    c->state = CONN_WRITE;
    deadline_in(c, patience_ms(exchange_body(x).len));
    conn_write(c);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void refuse(struct conn *c, int status, const char *why) {
    c->state = CONN_BUSY;
    exchange_refuse(c->x, status, why);
}

static void handler_call(struct conn *c) {
    struct exchange *x = c->x;
    const struct http_handler *handler = &c->loop->server->handler;
    c->state = CONN_BUSY;
    c->deadline_us = INT64_MAX;
    x->req.body = buf_view(&x->body);
    handler->request(handler->ctx, &x->req);
    assert(x->answered || x->deferred);
}

/* Body bytes that were read: to the exchange. Leaves what follows the request in *bytes. */
static void body_feed(struct conn *c, struct str *bytes) {
    struct exchange *x = c->x;
    struct http_server *server = c->loop->server;
    size_t before = x->body.len;
    enum chunk_result result = CHUNK_MORE;
    if (x->head.chunked) {
        result = chunk_feed(&c->chunk, bytes, &x->body);
    } else {
        size_t take = bytes->len < c->body_left ? bytes->len : (size_t)c->body_left;
        buf_add(&x->body, (struct str){bytes->at, take});
        *bytes = (struct str){bytes->at + take, bytes->len - take};
        c->body_left -= take;
        result = c->body_left == 0 ? CHUNK_DONE : CHUNK_MORE;
    }
    uint64_t all =
        atomic_fetch_add(&server->body_bytes, x->body.len - before) + x->body.len - before;
    if (result == CHUNK_BAD)
        refuse(c, 400, "the body is not in the chunked coding");
    else if (x->body.full)
        refuse(c, 413, "the body is larger than this address takes");
    else if (all > server->options.body_bytes_inflight_max)
        refuse(c, 503, "too much is being sent to the service now");
    else if (result == CHUNK_DONE)
        handler_call(c);
}

static void request_fill(struct conn *c) {
    struct exchange *x = c->x;
    struct http_request *req = &x->req;
    req->method = x->head.method == HTTP_HEAD ? HTTP_GET : x->head.method;
    req->head_only = x->head.method == HTTP_HEAD;
    req->host = x->head.host;
    req->headers = x->head.headers;
    req->header_count = x->head.header_count;
    req->loop_index = c->loop->index;
    req->peer = (struct str){c->peer, c->peer_len};
    if (c->peer_is_proxy)
        proxy_headers_read(c->loop->server, req);
    struct str type = http_header_get(req, STR("content-type"));
    size_t semicolon = str_find_byte(type, ';');
    type = str_trim(str_sub(type, 0, semicolon));
    char *lower = arena_new(req->arena, char, type.len + 1);
    for (size_t i = 0; i < type.len; i++)
        lower[i] = type.at[i] >= 'A' && type.at[i] <= 'Z' ? (char)(type.at[i] + 32) : type.at[i];
    req->content_type = (struct str){lower, type.len};
}

static void in_drop(struct conn *c, size_t len) {
    if (len == 0)
        return;
    memmove(c->in.at, c->in.at + len, c->in.len - len);
    buf_cut(&c->in, c->in.len - len);
}

/* The head of c->in is complete. It moves to the request: c->in may grow while the request runs. */
static void head_done(struct conn *c, size_t head_len) {
    struct exchange *x = c->x = exchange_take(c->loop);
    const struct http_handler *handler = &c->loop->server->handler;
    x->conn = c;
    x->start_us = c->first_us;
    x->body_unread = true;
    c->chunk = (struct chunk_decoder){0};
    char *head = arena_new(x->arena, char, head_len);
    memcpy(head, c->in.at, head_len);
    in_drop(c, head_len);
    x->req.head = (struct str){head, head_len};
    const char *why = NULL;
    int status = http_head_parse(&x->head, head, head_len, &why);
    if (status != 0) {
        x->stump = true;
        refuse(c, status, why);
        return;
    }
    request_fill(c);
    if (!http_target_parse(&x->req.path, &x->req.query, x->head.target, x->req.arena, &why)) {
        x->req.path = STR_NONE;
        refuse(c, 400, why);
        return;
    }
    struct str coding = http_header_get(&x->req, STR("content-encoding"));
    if (coding.at != NULL && !str_eq_ascii_case(coding, STR("identity"))) {
        refuse(c, 415, "a body with a content coding is not taken");
        return;
    }
    c->state = CONN_BUSY;
    c->body_limit = 0;
    if (!handler->head(handler->ctx, &x->req, &c->body_limit)) {
        assert(x->answered);
        bool none = !x->head.chunked && x->head.length == 0;
        x->body_unread = !none;
        x->res.close = x->res.close || !none;
        return;
    }
    if (x->head.length > c->body_limit) {
        refuse(c, 413,
               c->body_limit == 0 ? "this address takes no body"
                                  : "the body is larger than this address takes");
        return;
    }
    x->body_unread = false;
    x->body.cap_bytes = c->body_limit;
    c->body_left = x->head.length;
    c->state = CONN_BODY;
    deadline_in(c, patience_ms(x->head.chunked ? c->body_limit : x->head.length));
}

/* 100 Continue is a courtesy: when the socket takes no 25 bytes now, the client sends anyway. */
static void continue_send(struct conn *c) {
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)!send(c->fd, text, sizeof text - 1, MSG_NOSIGNAL);
}

/* Looks for a request in c->in and starts it; false when more bytes are needed. */
static bool head_look(struct conn *c) {
    size_t skip = 0; /* RFC 9112: 2.2: empty lines before a request */
    while (c->in.len - skip >= 2 && c->in.at[skip] == '\r' && c->in.at[skip + 1] == '\n')
        skip += 2;
    if (skip > 0) {
        in_drop(c, skip);
        c->scanned = 0;
    }
    size_t end = http_head_end(buf_view(&c->in), c->scanned);
    c->scanned = c->in.len;
    if (end > HTTP_HEAD_BYTES_MAX || (end == 0 && c->in.len >= HTTP_HEAD_BYTES_MAX)) {
        struct exchange *x = c->x = exchange_take(c->loop);
        x->conn = c;
        x->start_us = c->first_us;
        x->stump = true;
        refuse(c, 431, "the head of the request is too long");
        return true;
    }
    if (end == 0)
        return false;
    head_done(c, end);
    if (c->state != CONN_BODY)
        return true;
    struct str rest = buf_view(&c->in); /* the body may have come with the head */
    size_t had = rest.len;
    if (had == 0 && c->x->head.expects_continue && (c->body_left > 0 || c->x->head.chunked))
        continue_send(c);
    if (had > 0 || (!c->x->head.chunked && c->body_left == 0)) {
        body_feed(c, &rest);
        in_drop(c, had - rest.len);
    }
    return true;
}

/* Goes on until nothing more can be done without the client or the handler. */
static void conn_run(struct conn *c) {
    c->running = true;
    for (;;) {
        if (c->dead)
            break;
        if (c->state == CONN_HEAD) {
            if (!head_look(c))
                break;
        } else if (c->state == CONN_BUSY && c->x->answered) {
            answer_start(c);
        } else {
            break;
        }
    }
    c->running = false;
    if (c->dead && !(c->state == CONN_BUSY && c->x != NULL)) {
        if (c->x != NULL)
            exchange_end(c, true);
        conn_close(c);
    }
}

/* Bytes from the socket. */
static void conn_feed(struct conn *c, struct str bytes) {
    if (c->state == CONN_HEAD) {
        if (c->in.len == 0) {
            c->first_us = loop_now_us();
            deadline_in(c, c->loop->server->options.head_timeout_ms);
        }
        buf_add(&c->in, bytes); /* fits: less than a head is there */
    } else if (c->state == CONN_BODY) {
        c->running = true;
        body_feed(c, &bytes);
        c->running = false;
        if (bytes.len > 0 && c->state != CONN_BODY) /* the start of the next request */
            buf_add(&c->in, bytes);
    }
    conn_run(c);
}

static void linger_feed(struct conn *c, size_t len) {
    c->lingered_bytes += len;
    if (c->lingered_bytes > LINGER_BYTES_MAX)
        conn_close(c);
}

static void on_readable(evutil_socket_t fd, short what, void *ctx) {
    (void)what;
    struct conn *c = ctx;
    if (c->state == CONN_BUSY || c->state == CONN_WRITE) {
        want_read(c, false); /* invariant 1; answer_sent() asks again */
        return;
    }
    ssize_t got = read(fd, c->loop->scratch, SCRATCH_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        conn_drop(c);
        return;
    }
    if (c->state == CONN_LINGER)
        linger_feed(c, (size_t)got);
    else
        conn_feed(c, (struct str){c->loop->scratch, (size_t)got});
}

static void on_writable(evutil_socket_t fd, short what, void *ctx) {
    (void)fd;
    (void)what;
    struct conn *c = ctx;
    c->running = true;
    conn_write(c);
    conn_run(c);
}

void conn_resume(struct exchange *x) {
    struct conn *c = x->conn;
    assert(x->deferred);
    x->deferred = false;
    c->running = true;
    http_then_fn then = x->then;
    then(&x->req, x->then_ctx);
    assert(x->answered || x->deferred);
    if (c->dead && x->answered)
        exchange_end(c, true);
    conn_run(c);
}

/* ---- time ----------------------------------------------------------------------------------- */

static void conn_late(struct conn *c) {
    bool partial = c->state == CONN_BODY || (c->state == CONN_HEAD && c->in.len > 0);
    if (!partial) {
        conn_drop(c);
        return;
    }
    if (c->x == NULL) {
        c->x = exchange_take(c->loop);
        c->x->conn = c;
        c->x->stump = true;
        c->x->start_us = c->first_us;
    }
    refuse(c, 408, "the request did not arrive in time");
    conn_run(c);
}

void conn_sweep(struct loop *loop, int64_t now_us) {
    for (struct conn *c = loop->conns, *next; c != NULL; c = next) {
        next = c->next;
        if (c->deadline_us <= now_us)
            conn_late(c);
    }
}

void conn_stop_idle(struct loop *loop) {
    for (struct conn *c = loop->conns, *next; c != NULL; c = next) {
        next = c->next;
        if (c->state == CONN_HEAD && c->in.len == 0)
            conn_drop(c);
    }
}

void conn_close_all(struct loop *loop) {
    for (struct conn *c = loop->conns, *next; c != NULL; c = next) {
        next = c->next;
        conn_drop(c);
    }
}

/* While a request is deferred nothing is read, so nobody was told that the client has closed. What
 * it may have sent already (the next request) stays where it is. */
bool http_gone(const struct http_request *req) {
    char byte;
    const struct conn *c = ((const struct exchange *)req)->conn;
    ssize_t got = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}
