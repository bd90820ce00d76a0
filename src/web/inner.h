/* web/inner.h - what the files of this folder share. */
#ifndef MANDATE_WEB_INNER_H
#define MANDATE_WEB_INNER_H

#include <stdatomic.h>

#include "os/thread.h"
#include "web/basic.h"
#include "web/guess.h"
#include "web/keep.h"
#include "web/route.h"
#include "web/worker.h"

enum {
    WEB_LATENCY_BUCKETS = 10,
    WEB_ROUTES_MAX = 512,
    CODE_BYTES_MAX = 40, /* a bearer longer than this is a session's token, not an access code */
};

struct web_count {
    atomic_uint_fast64_t by_class[6]; /* [2]: 2xx */
};

struct web {
    struct arena *arena; /* holds this struct */
    struct app *app;
    struct app_reader **readers; /* one a loop */
    struct keep *keeps;          /* likewise */
    unsigned loop_count;
    bool log_requests;
    const struct http_server *server;
    atomic_bool stopping;
    struct os_mutex guess_lock;
    struct guess_table guesses_by_key, guesses_by_peer; /* under guess_lock */
    struct web_count counts[WEB_ROUTES_MAX]; /* by row of the route table; the last: none */
    atomic_uint_fast64_t latency[WEB_LATENCY_BUCKETS + 1], latency_sum_us;
    struct str openapi; /* made once */
    struct basic_table basic;
    unsigned char link_key[APP_SECRET_BYTES]; /* signs the addresses of documents */
    struct worker worker;
};

extern const int64_t web_latency_us[WEB_LATENCY_BUCKETS];

/* Who asks: by the bearer token, the session's cookie, or a case's. 0, or the status of the refusal
 * (401, 429) with why. */
int web_caller_find(struct web_request *r, const char **why);
bool web_caller_supervises(const struct web_request *r);
bool web_caller_administers(const struct web_request *r);

/* The name and password of the request are not known to be right: they must be checked, which takes
 * a while. Then resume() runs on this thread with the caller found; or the request was refused. */
void web_basic_check(struct web_request *r, void (*resume)(struct web_request *r));

/* Is the session's token in the form or the header, where one is needed? */
bool web_csrf_ok(const struct web_request *r);

/* Sends a problem (RFC 9457) that web_fail() has filled. */
struct json *web_problem(struct web_request *r, int status, struct str type, struct str title,
                         struct str detail);
void web_problem_send(struct web_request *r, int status, const struct json *problem);

/* What a process client hears of a failure (web/v2.c). */
void v2_fail_status(struct web_request *r, int status, const char *why);
void v2_fail(struct web_request *r, const struct err *err);

#endif
