/* web/web.h - pages and the API. Each route is one row of routes.def, which states who may use it,
 * whether it is guarded against forged requests, and how large and of which kind its body may be.
 * All of that is checked before its handler runs; no handler repeats it. What stands in data (whose
 * case, whose task) is checked by the views and orders of app/.
 *
 * A handler answers at once (web_send_json, web_redirect, http_send ...), or gives an order to the
 * writer with web_do(), whose continuation then answers. */
#ifndef MANDATE_WEB_WEB_H
#define MANDATE_WEB_WEB_H

#include "app/view.h"
#include "http/form.h"
#include "http/http.h"

enum {
    WEB_ARGS_MAX = 4,             /* {names} in one path pattern */
    WEB_V2_FILES_MAX = 200,       /* files in one deployment of process clients */
    WEB_JSON_STEPS_MAX = 50000,   /* values in one JSON body */
    WEB_PAGE_BYTES_MAX = 4 << 20, /* one page; the largest, a case with 200 letters, has 300 kB */
};

/* Who may use a route. What is left to app/ is said at each. */
enum web_permission {
    WEB_PUBLIC,    /* everybody */
    WEB_APPLICANT, /* whoever has the access code of the case {reference} */
    WEB_CASE,      /* WEB_APPLICANT, or WEB_PART */
    WEB_SIGNED_IN, /* any account */
    WEB_PART,      /* an account; app/ checks that it has a part in the case or task */
    WEB_SUPERVISE, /* an account with a supervising post; app/ keeps it to its own organs */
    WEB_ADMIN,     /* an account with an administering post; likewise */
    WEB_WORK,      /* an account with a post that does process instances' jobs (app_may()) */
    WEB_OPERATE,   /* likewise, that operates them */
    WEB_DEPLOY,    /* likewise, that deploys them */
    WEB_DEMO,      /* everybody, but only under --demo; otherwise 404 */
};

/* Guard against requests that another site makes a browser send (CSRF). */
enum web_csrf {
    WEB_CSRF_NONE, /* the route changes nothing */
    /* Refused when the browser says that it comes from another site (Sec-Fetch-Site, Origin); and,
     * when the caller is known by a cookie, unless the session's token is in the field "csrf" or
     * the header X-CSRF-Token. A caller known by a bearer token needs none: no site can send it.
     * Without the token a route that everybody may use takes the caller for nobody; others refuse.
     */
    WEB_CSRF_TOKEN,
    /* The same for addresses that programs use: the token is wanted only of a request that bears a
     * browser's marks. Every browser puts Origin or Sec-Fetch-Site on a request that can change
     * something; a program that signs in by cookie or by password puts neither. */
    WEB_CSRF_CLIENT,
};

enum web_body {
    WEB_BODY_NONE,
    WEB_BODY_FORM,   /* application/x-www-form-urlencoded */
    WEB_BODY_UPLOAD, /* multipart/form-data, or WEB_BODY_FORM */
    WEB_BODY_JSON,   /* application/json */
    WEB_BODY_ANY,    /* never looked at: the answer does not depend on it */
};

struct keep_state;
struct web;         /* opaque: the app, the readers, the limits, the counters */
struct web_request; /* below */
typedef void web_handler(struct web_request *r);

struct web_route {
    const char *id;
    enum http_method method;
    const char *path; /* "/api/cases/{reference}" */
    enum web_permission permission;
    enum web_csrf csrf;
    uint32_t body_bytes_max;
    enum web_body body;
    web_handler *run;
    const char *summary; /* one line for the API's description; pages: what the page is for */
};

/* One request with all that was found out before its handler runs. In the request's arena. */
struct web_request {
    struct http_request *http;
    struct web *web;
    struct app *app;
    struct app_reader *reader; /* of this loop's thread */
    const struct web_route *route;
    struct arena *arena;
    struct str args[WEB_ARGS_MAX]; /* in the order of the pattern */
    struct app_caller caller;
    bool by_cookie;   /* the caller was known by what a browser sends of itself: a cookie, or a
                         password; not by a bearer token */
    struct str basic; /* "name:password" that was sent and must still be checked */
    enum lang lang;   /* chosen by ?lang=, the cookie, or Accept-Language; also the caller's */
    struct http_form query;    /* fields of the query */
    struct http_form form;     /* WEB_BODY_FORM, WEB_BODY_UPLOAD */
    const struct json *json;   /* WEB_BODY_JSON: checked against the schema table */
    void *then;                /* of web_do() */
    struct keep_state *before; /* web/keep.h: as things stood when the request came; or NULL */
};

/* The {name} of the path; asserted that the pattern has it. */
struct str web_arg(const struct web_request *r, const char *name);
struct str web_query(const struct web_request *r, struct str name); /* at == NULL without it */
struct str web_field(const struct web_request *r, struct str name); /* likewise */
/* What a view wants: the caller, the query as an object of texts, the arena. */
struct app_ask web_ask(struct web_request *r);
/* The token for the hidden field "csrf" of a form; empty when the caller needs none. */
struct str web_csrf(const struct web_request *r);

/* The token of the caller's session, for signing out; empty when there is none. */
struct str web_session_token(const struct web_request *r);

/* ---- answering: each sends, so it is the last thing a handler does ---- */
void web_send_json(struct web_request *r, int status, const struct json *value);
/* text/html from the bytes in http_answer(r->http)->body. */
void web_send_html(struct web_request *r, int status);
void web_redirect(struct web_request *r, struct str path); /* 303 */
/* What an err of app/ means to the one who asked: a problem (RFC 9457) under /api/, otherwise the
 * error page. 500s are logged, and say nothing of their cause. faults: the body of ERR_INVALID, or
 * NULL. */
void web_fail(struct web_request *r, const struct err *err, const struct json *faults);
/* The same without an err. */
void web_fail_status(struct web_request *r, int status, const char *why);

/* ---- orders ---- */
typedef void web_then(struct web_request *r, const struct app_answer *answer);
/* Gives the order to the writer; then() runs on this thread once it is durable or refused, and
 * answers. order is copied (not what it points to: let that live in r->arena); its caller is set to
 * the request's. */
void web_do(struct web_request *r, const struct app_order *order, web_then *then);

/* ---- cookies ---- */
#define WEB_COOKIE_SESSION STR("session") /* the token of a session */
#define WEB_COOKIE_CASE    STR("case")    /* "reference.code" of the case an applicant looks at */
#define WEB_COOKIE_LANG    STR("lang")
#define WEB_COOKIE_DRAFT   STR("draft") /* the key of a draft */

/* Whether the door is shut for now: then answer 429; and counting a wrong password or access code.
 * key: what is guessed at (the user name, the reference). Counted for that key from this address,
 * and for the address as a whole; a slow-down of the account itself is the app's. Only hashes are
 * kept.
 */
bool web_guess_allowed(struct web_request *r, struct str key);
void web_guess_failed(struct web_request *r, struct str key);

/* ---- the service ---- */
struct web_options {
    struct app *app;
    unsigned loop_count;
    bool log_requests; /* a line for each */
};
MUST_USE struct web *web_create(const struct web_options *options, struct err *err);
void web_destroy(struct web *web); /* after the server has stopped; NULL is fine */
struct http_handler web_http_handler(struct web *web);
/* For /metrics; the server is made after the web. */
void web_server_set(struct web *web, const struct http_server *server);
/* From now on /readyz says no: the service is stopping. */
void web_stopping_set(struct web *web);

const struct web_route *web_routes(size_t *count);
const char *web_permission_name(enum web_permission permission); /* "signed_in" */

/* What ui/ gives (src/web/page_*.c): the page for an error, into http_answer()->body. */
void page_error_render(struct web_request *r, int status, struct str why);

#endif
