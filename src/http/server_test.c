/* The whole server over real sockets: a handler that says what it was given. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/test.h"
#include "http/http.h"
#include "os/thread.h"

#define R     "\r\n"
#define AT    "Host: a.example" R
#define CLOSE "Connection: close" R

struct service {
    struct http_server *server;
    uint16_t port;
    atomic_int handled; /* requests that reached the handler with their body */
    struct http_deferred *deferred;
    struct os_thread thread;
    struct err err;
};

static bool on_head(void *ctx, struct http_request *req, size_t *body_limit) {
    (void)ctx;
    if (str_eq(req->path, STR("/refused"))) {
        http_send_problem(req, 403, STR("not here"));
        return false;
    }
    *body_limit = req->method == HTTP_POST ? 100000 : 0;
    return true;
}

static void later(struct http_request *req, void *ctx) {
    (void)ctx;
    struct http_response *res = http_answer(req);
    res->content_type = STR("text/plain");
    buf_lit(&res->body, "later");
    http_send(req);
}

static void resume_main(void *ctx) {
    struct service *s = ctx;
    (void)poll(NULL, 0, 30);
    http_resume(s->deferred);
}

static void on_request(void *ctx, struct http_request *req) {
    struct service *s = ctx;
    atomic_fetch_add(&s->handled, 1);
    if (str_eq(req->path, STR("/later"))) {
        s->deferred = http_defer(req, later, NULL);
        CHECK(os_thread_start(&s->thread, "later", resume_main, s, &s->err));
        return;
    }
    struct http_response *res = http_answer(req);
    res->content_type = STR("text/plain");
    if (str_eq(req->path, STR("/etag")))
        res->etag = STR("\"e1\"");
    if (str_eq(req->path, STR("/cookie")))
        http_cookie_set(req, STR("s"), STR("v1"), 0);
    if (str_eq(req->path, STR("/big")))
        for (int i = 0; i < 200000; i++)
            buf_lit(&res->body, "0123456789");
    else
        buf_printf(&res->body, "%s %.*s?%.*s %zu:%.*s peer=%.*s secure=%d type=%.*s cookie=%.*s.",
                   http_method_name(req->method), STR_ARG(req->path), STR_ARG(req->query),
                   req->body.len, STR_ARG(req->body), STR_ARG(req->peer), req->secure,
                   STR_ARG(req->content_type), STR_ARG(http_cookie_get(req, STR("s"))));
    http_send(req);
}

static bool service_start(struct service *s, const struct http_options *options) {
    *s = (struct service){0};
    const struct http_handler handler = {.ctx = s, .head = on_head, .request = on_request};
    s->server = http_server_create(options, &s->err);
    CHECK_OK(s->server != NULL, &s->err);
    if (s->server == NULL)
        return false;
    struct str address = http_server_address(s->server);
    uint64_t port = 0;
    size_t colon = str_find_byte(address, ':');
    CHECK(str_to_u64(&port, str_sub(address, colon + 1, address.len)));
    s->port = (uint16_t)port;
    CHECK_OK(http_server_start(s->server, handler, &s->err), &s->err);
    return true;
}

static struct http_options test_options(void) {
    struct http_options options = http_options_default();
    options.listen = STR("127.0.0.1:0");
    options.loop_count = 2;
    return options;
}

static int dial(const struct service *s) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(s->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static void say(int fd, struct str text) {
    while (text.len > 0) {
        ssize_t sent = send(fd, text.at, text.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server refused and closed: what it said is still to be read */
        text = (struct str){text.at + sent, text.len - (size_t)sent};
    }
}

/* Everything until the server closes, or nothing comes for 3 s. */
static struct str hear(int fd, struct buf *out) {
    buf_reset(out);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char bytes[32768];
    while (poll(&wait, 1, 3000) == 1) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0)
            break;
        buf_add(out, (struct str){bytes, (size_t)got});
    }
    return buf_view(out);
}

static struct str ask(const struct service *s, struct str text, struct buf *out) {
    int fd = dial(s);
    say(fd, text);
    struct str answer = hear(fd, out);
    (void)close(fd);
    return answer;
}

static bool has(struct str text, struct str part) {
    return str_find(text, part) != SIZE_MAX;
}

static size_t count_of(struct str text, struct str part) {
    size_t count = 0;
    for (size_t at; (at = str_find(text, part)) != SIZE_MAX; count++)
        text = str_sub(text, at + part.len, text.len);
    return count;
}

static const struct row {
    int line;
    const char *ask, *want;
    bool handled;
} rows[] = {
    {__LINE__, "GET /a%20b?c=d HTTP/1.1" R AT CLOSE R, "GET /a b?c=d 0: peer=127.0.0.1 secure=0",
     true},
    {__LINE__, R R "GET / HTTP/1.1" R AT CLOSE R, " 200 OK", true},
    {__LINE__, "GET / HTTP/1.0" R AT R, " 200 OK", true},
    {__LINE__, "POST /p HTTP/1.1" R AT CLOSE "Content-Length: 3" R R "abc", "POST /p? 3:abc", true},
    {__LINE__,
     "POST / HTTP/1.1" R AT CLOSE "Transfer-Encoding: chunked" R R "2" R "ab" R "1" R "c" R "0" R R,
     "3:abc", true},
    {__LINE__,
     "POST / HTTP/1.1" R AT CLOSE "Content-Type: Text/Plain; charset=x" R "Content-Length: 0" R R,
     "type=text/plain ", true},
    {__LINE__, "GET /cookie HTTP/1.1" R AT CLOSE R,
     "Set-Cookie: s=v1; Path=/; HttpOnly; SameSite=Lax\r\n", true},
    {__LINE__, "GET / HTTP/1.1" R AT CLOSE "Cookie: a=b; s=tok; c=d" R R, "cookie=tok.", true},
    {__LINE__,
     "GET / HTTP/1.1" R AT CLOSE "X-Forwarded-Proto: https" R "X-Forwarded-For: 192.0.2.1" R R,
     "peer=127.0.0.1 secure=0", true},
    {__LINE__, "GET /etag HTTP/1.1" R AT CLOSE "If-None-Match: \"x\", W/\"e1\"" R R,
     " 304 Not Modified", true},
    {__LINE__, "GET /later HTTP/1.1" R AT CLOSE R, "later", true},
    {__LINE__, "POST / HTTP/1.1" R AT "Content-Length: 3" R R "abcGARBAGE" R R, " 400 ", true},
    /* refused, and no handler ran */
    {__LINE__, "GET /refused HTTP/1.1" R AT CLOSE R, " 403 ", false},
    {__LINE__, "POST /refused HTTP/1.1" R AT "Content-Length: 9" R R "abc", "Connection: close",
     false},
    {__LINE__, "GET /../etc HTTP/1.1" R AT R, " 400 ", false},
    {__LINE__, "GET /%00 HTTP/1.1" R AT R, " 400 ", false},
    {__LINE__, "GET / HTTP/1.1" R R, " 400 ", false},
    {__LINE__, "GET / HTTP/1.1\nHost: a\n\n", " 400 ", false},
    {__LINE__, "\x16\x03\x01\x02\x00\x01\r\n\r\n", " 400 ", false},
    {__LINE__, "BREW / HTTP/1.1" R AT R, " 501 ", false},
    {__LINE__, "GET / HTTP/1.1" R AT "Content-Length: 3" R R "abc", " 413 ", false},
    {__LINE__, "POST / HTTP/1.1" R AT "Content-Length: 100001" R R, " 413 ", false},
    {__LINE__, "POST / HTTP/1.1" R AT "Content-Length: 3" R "Content-Encoding: gzip" R R "abc",
     " 415 ", false},
    {__LINE__,
     "POST / HTTP/1.1" R AT "Content-Length: 3" R "Transfer-Encoding: chunked" R R "0" R R, " 400 ",
     false},
    {__LINE__, "POST / HTTP/1.1" R AT "Transfer-Encoding: chunked" R R "zz" R, " 400 ", false},
};

void test_http_server_rows(void) {
    struct service s;
    struct http_options options = test_options();
    options.head_timeout_ms = 300;
    if (!service_start(&s, &options))
        return;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        int before = atomic_load(&s.handled);
        size_t nul = str_starts(str_from(row->ask), STR("\x16\x03")) ? 10 : 0;
        struct str text = {row->ask, nul > 0 ? nul : strlen(row->ask)};
        struct str got = ask(&s, text, &out);
        CHECK_AT(row->line, has(got, str_from(row->want)));
        if (!has(got, str_from(row->want)))
            CHECK_STR_AT(row->line, got, str_from(row->want));
        CHECK_AT(row->line, (atomic_load(&s.handled) != before) == row->handled);
        CHECK_AT(row->line, count_of(got, STR("X-Content-Type-Options: nosniff")) ==
                                count_of(got, STR("HTTP/1.1 ")));
        if (s.deferred != NULL)
            os_thread_join(s.thread);
        s.deferred = NULL;
    }
    http_server_destroy(s.server);
    buf_done(&out);
}

/* Requests sent ahead are answered in order, and nothing of one leaks into the next. */
void test_http_server_pipeline(void) {
    struct service s;
    struct http_options options = test_options();
    if (!service_start(&s, &options))
        return;
    struct buf out;
    buf_init(&out, 8 << 20);
    struct str text = STR("POST /1 HTTP/1.1" R AT "Content-Length: 2" R R "ab"
                          "POST /2 HTTP/1.1" R AT "Transfer-Encoding: chunked" R R "3" R "xyz" R
                          "0" R R "HEAD /3 HTTP/1.1" R AT R "GET /big HTTP/1.1" R AT R
                          "GET /5 HTTP/1.1" R AT CLOSE R "GET /6 HTTP/1.1" R AT R);
    struct str got = ask(&s, text, &out);
    CHECK_INT((int64_t)count_of(got, STR("HTTP/1.1 200 OK")), 5);
    CHECK(has(got, STR("POST /1? 2:ab ")) && has(got, STR("POST /2? 3:xyz ")));
    CHECK(has(got, STR("Content-Length: 2000000" R)) && got.len > 2000000);
    CHECK(has(got, STR("GET /5? ")) && !has(got, STR("/6")));
    CHECK(!has(got, STR("GET /3"))); /* HEAD has no body */
    /* the same, a byte at a time */
    text =
        STR("POST /1 HTTP/1.1" R AT "Content-Length: 2" R R "ab" R "GET /2 HTTP/1.1" R AT CLOSE R);
    int fd = dial(&s);
    for (size_t i = 0; i < text.len; i++)
        say(fd, str_sub(text, i, 1));
    got = hear(fd, &out);
    (void)close(fd);
    CHECK(has(got, STR("POST /1? 2:ab ")) && has(got, STR("GET /2? 0: ")));
    http_server_destroy(s.server);
    buf_done(&out);
}

void test_http_server_slow(void) {
    struct service s;
    struct http_options options = test_options();
    options.head_timeout_ms = 200;
    options.idle_timeout_ms = 200;
    if (!service_start(&s, &options))
        return;
    struct buf out;
    buf_init(&out, 1 << 20);
    CHECK(has(ask(&s, STR("GET / HTTP/1.1" R "Host: a"), &out), STR(" 408 ")));
    CHECK_INT((int64_t)ask(&s, STR(""), &out).len, 0); /* idle: closed without a word */
    struct str got = ask(&s, STR("GET / HTTP/1.1" R AT R), &out);
    CHECK(has(got, STR(" 200 ")) && !has(got, STR("408"))); /* then idle */
    CHECK_INT(atomic_load(&s.handled), 1);
    http_server_destroy(s.server);
    buf_done(&out);
}

void test_http_server_limits(void) {
    struct service s;
    struct http_options options = test_options();
    options.loop_count = 1;
    options.connections_max = 2;
    options.body_bytes_inflight_max = 50000;
    if (!service_start(&s, &options))
        return;
    struct buf out, big;
    buf_init(&out, 1 << 20);
    buf_init(&big, 1 << 20);
    int a = dial(&s), b = dial(&s);
    CHECK(has(ask(&s, STR("GET / HTTP/1.1" R AT R), &out), STR(" 503 ")));
    (void)close(a);
    (void)close(b);
    for (int i = 0; i < 100 && http_server_counts(s.server).connections_open > 0; i++)
        (void)poll(NULL, 0, 30);
    CHECK(has(ask(&s, STR("GET / HTTP/1.1" R AT CLOSE R), &out), STR(" 200 ")));
    buf_lit(&big, "POST / HTTP/1.1" R AT "Content-Length: 60000" R R);
    for (int i = 0; i < 6000; i++)
        buf_lit(&big, "0123456789");
    CHECK(has(ask(&s, buf_view(&big), &out), STR(" 503 ")));
    buf_reset(&big);
    buf_lit(&big, "GET / HTTP/1.1" R AT "X: ");
    for (int i = 0; i < 20000; i++)
        buf_lit(&big, "x");
    CHECK(has(ask(&s, buf_view(&big), &out), STR(" 431 ")));
    int fd = dial(&s);
    say(fd, STR("POST / HTTP/1.1" R AT CLOSE "Content-Length: 2" R "Expect: 100-continue" R R));
    (void)poll(NULL, 0, 50);
    say(fd, STR("ok"));
    struct str got = hear(fd, &out);
    (void)close(fd);
    CHECK(str_starts(got, STR("HTTP/1.1 100 Continue" R R "HTTP/1.1 200 OK" R)));
    http_server_destroy(s.server);
    buf_done(&out);
    buf_done(&big);
}

void test_http_server_proxy(void) {
    struct service s;
    struct http_options options = test_options();
    options.trusted_proxies = STR("::1, 127.0.0.0/8");
    if (!service_start(&s, &options))
        return;
    struct buf out;
    buf_init(&out, 1 << 20);
    struct str got = ask(&s,
                         STR("GET /cookie HTTP/1.1" R AT CLOSE "X-Forwarded-Proto: https" R
                             "X-Forwarded-For: 198.51.100.9, 192.0.2.7, 127.0.0.2" R
                             "Cookie: s=plain; __Host-s=tok" R R),
                         &out);
    CHECK(has(got, STR("peer=192.0.2.7 secure=1")) && has(got, STR("cookie=tok.")));
    CHECK(has(got, STR("Set-Cookie: __Host-s=v1; Path=/; HttpOnly; SameSite=Lax; Secure" R)));
    CHECK(has(got, STR("Strict-Transport-Security: ")));
    http_server_destroy(s.server);
    buf_done(&out);
}

/* A stop lets what runs finish and ends. */
void test_http_server_stop(void) {
    struct service s;
    struct http_options options = test_options();
    if (!service_start(&s, &options))
        return;
    struct buf out;
    buf_init(&out, 1 << 20);
    int idle = dial(&s), fd = dial(&s);
    say(fd, STR("GET /later HTTP/1.1" R AT R));
    for (int i = 0; i < 100 && atomic_load(&s.handled) == 0; i++)
        (void)poll(NULL, 0, 5);
    http_server_stop(s.server);
    http_server_wait(s.server);
    struct str got = hear(fd, &out);
    CHECK(has(got, STR(" 200 ")) && has(got, STR("Connection: close")) && has(got, STR("later")));
    CHECK_INT((int64_t)hear(idle, &out).len, 0);
    os_thread_join(s.thread);
    (void)close(fd);
    (void)close(idle);
    http_server_destroy(s.server);
    buf_done(&out);
}

void test_http_server_errors(void) {
    struct service s;
    struct http_options options = test_options();
    if (!service_start(&s, &options))
        return;
    struct err err = {0};
    options.listen = http_server_address(s.server);
    CHECK(http_server_create(&options, &err) == NULL && err.code == ERR_CONFLICT);
    static const char *const bad[] = {"x", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:70000"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        err = (struct err){0};
        options.listen = str_from(bad[i]);
        CHECK(http_server_create(&options, &err) == NULL && err.code == ERR_INVALID);
    }
    options.listen = STR("127.0.0.1:0");
    options.trusted_proxies = STR("127.0.0.1/33");
    err = (struct err){0};
    CHECK(http_server_create(&options, &err) == NULL && err.code == ERR_INVALID);
    http_server_destroy(s.server);
}
