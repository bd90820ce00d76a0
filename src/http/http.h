/* http/http.h - the HTTP/1.1 server: one event loop a thread, each with its own listening socket.
 *
 * What reaches a handler has been read strictly: one Host, one unambiguous length, no control
 * characters, a path that is decoded and normal. Everything else was refused with the right 4xx
 * before any handler ran, so nothing else happened (http/head.h, http/target.h).
 *
 * A handler runs on the loop's thread and either answers (http_send) or defers (http_defer), and
 * then answers later, again on the loop's thread. It must not block for long: disk reads are fine,
 * a password hash or a PDF is not. Standards: RFC 9110, RFC 9112. */
#ifndef MANDATE_HTTP_HTTP_H
#define MANDATE_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/head.h"

enum {
    HTTP_EXTRA_HEADERS_MAX = 16, /* headers a handler adds to one answer */
    HTTP_LOOPS_MAX = 64,
    HTTP_RESPONSE_BYTES_MAX = 64 << 20,  /* one answer that is made in memory */
    HTTP_REQUEST_ARENA_BYTES = 64 << 20, /* scratch of one request; budgets stop long before */
};

/* One request, as a handler sees it. Everything is borrowed and lives until the answer is sent. */
struct http_request {
    enum http_method method; /* HEAD comes as HTTP_GET with head_only set */
    bool head_only;
    bool secure;      /* came over TLS: the trusted proxy said so */
    struct str path;  /* decoded, UTF-8, starts with '/', no "." or ".." segment, no "//" */
    struct str query; /* after '?', still encoded; see http/form.h */
    struct str host;  /* lower case, with the port if the client sent one */
    struct str peer;  /* address of the client: "192.0.2.1"; behind a trusted proxy: as it says */
    struct str head;  /* all of it as it came, but for the case of names and host */
    const struct http_header *headers; /* names in lower case */
    size_t header_count;
    struct str content_type; /* of the body, without parameters, lower case; empty: no body type */
    struct str body;         /* whole; empty in http_handler.head */
    struct arena *arena;     /* scratch with the request's lifetime */
    unsigned loop_index;     /* 0..loop_count-1: for what a caller keeps once a thread */
    void *user;              /* the caller's: what head found out (route, session) for request */
};

/* The value of a header, or the empty str. name: lower case. (Lists are joined by nobody: headers
 * that may stand once only were checked to.) */
struct str http_header_get(const struct http_request *req, struct str name);
/* The value of a cookie that http_cookie_set() made, or the empty str (http/cookie.h). */
struct str http_cookie_get(const struct http_request *req, struct str name);

/* An answer in the making. One per request; http_answer() gives it, empty, status 200. */
struct http_response {
    int status;
    struct str content_type; /* borrowed; empty: no body */
    struct str etag;         /* borrowed, with its quotes; a matching If-None-Match gives 304 */
    struct buf body;         /* what the client gets, unless view is set */
    struct str view;         /* a body that outlives the server, such as a compiled-in asset */
    bool viewer; /* a page with the diagram viewer: its script makes markup, by a policy of ours */
    bool document;    /* bytes that a stranger uploaded: CSP sandbox and no sniffing */
    bool close;       /* close the connection after it */
    uint32_t cache_s; /* 0: "no-store"; otherwise public, max-age; UINT32_MAX: immutable */
    struct http_header extra[HTTP_EXTRA_HEADERS_MAX];
    size_t extra_count;
};

struct http_response *http_answer(struct http_request *req);
/* Add a header. Both are copied into the request's arena. A CR, LF or NUL in a value is a bug
 * (asserted): values that come from data are encoded by whoever makes them. */
void http_header_add(struct http_request *req, struct str name, struct str value);
/* Set a cookie: SameSite=Lax, HttpOnly, Path=/; over TLS also Secure and with the "__Host-" prefix.
 * value: RFC 6265 cookie-octets only (asserted). max_age_s 0: until the browser closes; negative:
 * delete it. */
void http_cookie_set(struct http_request *req, struct str name, struct str value,
                     int64_t max_age_s);
/* Send what http_answer() holds. Exactly once a request; req is gone afterwards. */
void http_send(struct http_request *req);

const char *http_status_text(int status); /* "Not Found" */

/* 303 See Other, to a path of this service (asserted: starts with one '/'). */
void http_send_redirect(struct http_request *req, struct str path);
/* A problem (RFC 9457) as application/problem+json; type is about:blank. detail may be empty. */
void http_send_problem(struct http_request *req, int status, struct str detail);

/* Answer later. then(req, ctx) runs on the loop's thread after http_resume() was called, from any
 * thread, exactly once. It runs even when the client has gone meanwhile (its answer is dropped), so
 * ctx can be given back there. The server does not stop before every deferred request came back. */
struct http_deferred; /* opaque */
typedef void (*http_then_fn)(struct http_request *req, void *ctx);
MUST_USE struct http_deferred *http_defer(struct http_request *req, http_then_fn then, void *ctx);
void http_resume(struct http_deferred *deferred);

/* Has the client closed its connection, as far as is known? Any thread, while the request is
 * deferred: for work that only this client can use, such as a job that it would hold. */
bool http_gone(const struct http_request *req);

/* What happened to a request, for the log line. Nothing in it is personal except req. */
struct http_done {
    int status;
    uint64_t body_bytes; /* sent */
    int64_t taken_us;    /* from the first byte of the head to the last of the answer */
    bool gone;           /* the client left before the answer was out */
};

struct http_handler {
    void *ctx;
    /* The head has been read, the body has not. Sets *body_limit (0: none allowed) and returns
     * true; or answers (http_send) and returns false: then the body is never read. */
    bool (*head)(void *ctx, struct http_request *req, size_t *body_limit);
    /* The body is there too. Answers or defers. */
    void (*request)(void *ctx, struct http_request *req);
    /* The server itself refuses the request (too large, malformed, slow ...). May replace body and
     * content_type of http_answer(req), which is already a problem; must not send, nor touch the
     * status. req may be a stump: path empty when the head was not readable. NULL: nothing to add.
     */
    void (*refused)(void *ctx, struct http_request *req);
    /* After the answer; req still readable. NULL: nobody wants to know. */
    void (*done)(void *ctx, const struct http_request *req, const struct http_done *done);
};

struct http_options {
    struct str listen;                /* "127.0.0.1:8110", "[::1]:0"; port 0 takes a free one */
    unsigned loop_count;              /* 0: one a core */
    unsigned connections_max;         /* beyond it: 503 and close */
    uint64_t body_bytes_inflight_max; /* bodies of all requests together; beyond it: 503 */
    int64_t head_timeout_ms;          /* from the first byte of a head to its last; 408 */
    int64_t idle_timeout_ms;          /* between requests; closed without a word */
    int64_t stop_timeout_ms;          /* how long a stop waits for clients that do not read */
    struct str trusted_proxies;       /* addresses, comma-separated, whose X-Forwarded-* count */
};

/* The defaults that main's settings table documents. */
struct http_options http_options_default(void);

struct http_server; /* opaque */

/* Binds; nothing is accepted yet, but who connects waits for it. options' texts are borrowed for
 * the call. Errors: ERR_INVALID, options are wrong; ERR_CONFLICT, the address is in use; ERR_IO. */
MUST_USE struct http_server *http_server_create(const struct http_options *options,
                                                struct err *err);
/* "127.0.0.1:8110": with the port that was taken. Lives as long as the server. */
struct str http_server_address(const struct http_server *server);
unsigned http_server_loop_count(const struct http_server *server);
/* Starts the loops' threads and returns. */
MUST_USE bool http_server_start(struct http_server *server, struct http_handler handler,
                                struct err *err);
/* Stop accepting, finish what runs, close. Any thread; returns at once. */
void http_server_stop(struct http_server *server);
/* Waits until every loop has ended. */
void http_server_wait(struct http_server *server);
void http_server_destroy(struct http_server *server); /* NULL is fine; stops and waits first */

/* For /metrics. */
struct http_counts {
    uint64_t connections_open, connections_total, connections_refused;
    uint64_t requests_total, requests_refused; /* refused: before a handler ran */
    uint64_t bytes_sent;
};
struct http_counts http_server_counts(const struct http_server *server);

#endif
