/* http/conn.h - inside the server: one connection, one request under way, one loop. */
#ifndef MANDATE_HTTP_CONN_H
#define MANDATE_HTTP_CONN_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>

#include "http/chunk.h"
#include "http/http.h"
#include "os/thread.h"

enum {
    SCRATCH_BYTES = 65536,        /* one read(): a whole page's worth, a quarter of an L2 cache */
    EXCHANGE_KEPT_BYTES = 262144, /* a larger body buffer is given back */
    LINGER_BYTES_MAX = 1 << 20,   /* read and dropped after a refusal, so that it arrives */
    LINGER_MS = 2000,
    REFUSALS_MAX = 64,            /* connections over the limit that still hear a 503 */
    SWEEP_MS = 100,               /* how exact a timeout is */
    BODY_BYTES_PER_S_MIN = 16384, /* slower senders and readers are let go */
    BODY_GRACE_MS = 20000,
    PROXIES_MAX = 16,
};

struct loop;
struct conn;

/* One request and its answer. */
struct exchange {
    struct http_request req; /* first: http_request * is cast back */
    struct http_response res;
    struct http_head head;
    struct conn *conn;
    struct loop *loop;
    struct buf body;     /* of the request */
    struct buf out_head; /* of the answer */
    size_t sent_bytes;   /* of out_head and the body together */
    bool answered, deferred;
    bool refused;     /* by the server, not by the handler */
    bool stump;       /* no head was readable */
    bool body_unread; /* the answer goes out before the body was read */
    struct arena *arena;
    int64_t start_us;
    http_then_fn then;
    void *then_ctx;
    struct exchange *next; /* in the queue of those that came back, or in the free list */
};

enum conn_state {
    CONN_HEAD,   /* waits for a head, or the rest of one */
    CONN_BODY,   /* has a head, waits for the rest of the body */
    CONN_BUSY,   /* the handler has it */
    CONN_WRITE,  /* the answer goes out */
    CONN_LINGER, /* the answer is out; what still comes is dropped */
};

struct conn {
    struct loop *loop;
    struct conn *prev, *next;
    evutil_socket_t fd;
    enum conn_state state;
    struct event read_event, write_event;
    bool reading, writing; /* the event is registered */
    bool over_limit;       /* hears a 503 and goes */
    bool running;          /* conn_run() is on the stack */
    bool dead;             /* close it once nothing is on the stack */
    int64_t deadline_us;   /* monotonic; INT64_MAX: none */
    struct buf in;         /* what was read and belongs to no request yet */
    size_t scanned;        /* of in: no end of a head before it */
    uint64_t lingered_bytes;
    int64_t first_us; /* first byte of the head under way; 0: none yet */
    struct chunk_decoder chunk;
    uint64_t body_left;
    size_t body_limit;
    struct exchange *x;
    char peer[INET6_ADDRSTRLEN];
    size_t peer_len;
    bool peer_is_proxy;
};

struct loop {
    struct http_server *server;
    unsigned index;
    struct event_base *base;
    struct evconnlistener *listener;
    struct event *wake_event, *sweep_event;
    int wake_fd;
    struct os_thread thread;
    bool started, stopping, listener_paused;
    int64_t stop_deadline_us;
    struct conn *conns;
    size_t conn_count, deferred_count;
    struct arena *arena; /* of what is used again: connections and exchanges */
    struct conn *free_conns;
    struct exchange *free_exchanges;
    struct os_mutex queue_lock;
    struct exchange *queue_head, **queue_tail; /* under queue_lock */
    char date[40];
    int64_t date_s;
    char *scratch;
};

struct proxy_net {
    unsigned char addr[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;
};

struct http_server {
    struct arena *arena; /* holds this struct */
    struct http_options options;
    struct http_handler handler;
    struct loop loops[HTTP_LOOPS_MAX];
    unsigned loop_count;
    char address[80];
    struct proxy_net proxies[PROXIES_MAX];
    size_t proxy_count;
    atomic_bool stopping;
    atomic_uint_fast64_t conns_open, conns_total, conns_refused, requests_total, requests_refused,
        bytes_sent, body_bytes;
};

int64_t loop_now_us(void);
const char *loop_date(struct loop *loop); /* for the Date header */
bool server_is_proxy(const struct http_server *server, const char *address);
/* X-Forwarded-For and -Proto of a trusted proxy: sets peer and secure. */
void proxy_headers_read(const struct http_server *server, struct http_request *req);
struct conn *loop_conn_take(struct loop *loop);
void loop_conn_give(struct loop *loop, struct conn *c);

/* A connection that was accepted. */
void conn_open(struct loop *loop, evutil_socket_t fd, const struct sockaddr *from);
void conn_sweep(struct loop *loop, int64_t now_us); /* closes what has waited too long */
void conn_stop_idle(struct loop *loop);
void conn_resume(struct exchange *x); /* the deferred request came back */
void conn_close_all(struct loop *loop);

struct exchange *exchange_take(struct loop *loop);
void exchange_give(struct exchange *x);
/* Writes out_head from res; decides about keep-alive and the body. */
void exchange_head_write(struct exchange *x, bool close);
struct str exchange_body(const struct exchange *x); /* what goes out after out_head */
/* Makes the answer a refusal with a problem as its body. */
void exchange_refuse(struct exchange *x, int status, const char *why);

#endif
