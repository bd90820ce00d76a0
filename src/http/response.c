/* The answer: its head in one buffer, its body beside it (never copied), the security headers on
 * every one of them (OWASP ASVS 5.0: 3.4). */
#include <assert.h>

#include "base/code.h"
#include "http/conn.h"
#include "json/json.h"

/* ASVS 5.0: 3.4.3, 3.4.6. Nothing inline, nothing from elsewhere, no frame around us. */
#define CSP_PAGE                                                                                   \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "                    \
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "            \
    "require-trusted-types-for 'script'; trusted-types"
#define CSP_NO_TYPES " 'none'"
/* The one page whose viewer, a library, makes markup from text: ui/js/diagram.js lets through what
 * the library is known to make, and nothing else. */
#define CSP_VIEWER_TYPES " default"
/* Bytes that a stranger uploaded: no script, no origin, even when a browser shows them. */
#define CSP_DOCUMENT "default-src 'none'; sandbox; frame-ancestors 'none'"

#define SECURITY                                                                                   \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: same-origin\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "X-Frame-Options: DENY\r\n"
#define HSTS "Strict-Transport-Security: max-age=31536000\r\n" /* ASVS 5.0: 3.4.1: a year */

static const struct status {
    int code;
    const char *text;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

const char *http_status_text(int status) {
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].code == status)
            return statuses[i].text;
    return "Unknown";
}

/* http_request is the first member of its exchange. */
static struct exchange *exchange_of(struct http_request *req) {
    return (struct exchange *)req;
}

struct http_response *http_answer(struct http_request *req) {
    return &exchange_of(req)->res;
}

static bool no_line_ends(struct str s) {
    return str_find_byte(s, '\r') == SIZE_MAX && str_find_byte(s, '\n') == SIZE_MAX &&
           str_find_byte(s, '\0') == SIZE_MAX;
}

void http_header_add(struct http_request *req, struct str name, struct str value) {
    struct http_response *res = http_answer(req);
    assert(res->extra_count < HTTP_EXTRA_HEADERS_MAX);
    assert(no_line_ends(name));
    assert(no_line_ends(value));
    res->extra[res->extra_count++] =
        (struct http_header){arena_str(req->arena, name), arena_str(req->arena, value)};
}

static bool cookie_octets(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

void http_cookie_set(struct http_request *req, struct str name, struct str value,
                     int64_t max_age_s) {
    assert(cookie_octets(value));
    struct buf text;
    buf_init(&text, 4096);
    if (req->secure)
        buf_lit(&text, "__Host-");
    buf_add(&text, name);
    buf_add_byte(&text, '=');
    buf_add(&text, value);
    buf_lit(&text, "; Path=/; HttpOnly; SameSite=Lax");
    if (req->secure)
        buf_lit(&text, "; Secure");
    if (max_age_s != 0) {
        buf_lit(&text, "; Max-Age=");
        buf_add_i64(&text, max_age_s < 0 ? 0 : max_age_s);
    }
    assert(!text.full);
    http_header_add(req, STR("Set-Cookie"), buf_view(&text));
    buf_done(&text);
}

struct str http_cookie_get(const struct http_request *req, struct str name) {
    struct str list = http_header_get(req, STR("cookie")), pair;
    while (str_split(&pair, &list, ';')) {
        pair = str_trim(pair);
        if (req->secure) {
            if (!str_starts(pair, STR("__Host-")))
                continue;
            pair = str_sub(pair, sizeof "__Host-" - 1, pair.len);
        }
        size_t equals = str_find_byte(pair, '=');
        if (equals != SIZE_MAX && str_eq(str_sub(pair, 0, equals), name))
            return str_sub(pair, equals + 1, pair.len);
    }
    return STR_NONE;
}

struct str http_header_get(const struct http_request *req, struct str name) {
    for (size_t i = 0; i < req->header_count; i++)
        if (str_eq(req->headers[i].name, name))
            return req->headers[i].value;
    return STR_NONE;
}

void http_send(struct http_request *req) {
    struct exchange *x = exchange_of(req);
    assert(!x->answered);
    x->answered = true; /* conn.c, which called the handler, writes it */
}

void http_send_redirect(struct http_request *req, struct str path) {
    /* A path of ours, never "//host": an open redirect would need data in the host's place. */
    assert(path.len > 0 && path.at[0] == '/' && (path.len == 1 || path.at[1] != '/'));
    struct http_response *res = http_answer(req);
    res->status = 303;
    http_header_add(req, STR("Location"), path);
    http_send(req);
}

static void problem_write(struct http_response *res, int status, struct str detail) {
    res->status = status;
    res->content_type = STR("application/problem+json");
    res->view = STR_NONE;
    buf_reset(&res->body);
    buf_lit(&res->body, "{\"type\":\"about:blank\",\"title\":");
    json_write_text(&res->body, str_from(http_status_text(status)));
    buf_printf(&res->body, ",\"status\":%d", status);
    if (detail.len > 0) {
        buf_lit(&res->body, ",\"detail\":");
        json_write_text(&res->body, detail);
    }
    buf_lit(&res->body, "}");
}

void http_send_problem(struct http_request *req, int status, struct str detail) {
    problem_write(http_answer(req), status, detail);
    http_send(req);
}

void exchange_refuse(struct exchange *x, int status, const char *why) {
    x->refused = true;
    x->res.close = true;
    problem_write(&x->res, status, str_from(why));
    const struct http_handler *handler = &x->loop->server->handler;
    if (handler->refused != NULL)
        handler->refused(handler->ctx, &x->req);
    x->answered = true;
}

/* RFC 9110: 13.1.2: weak comparison; "*" is not used by browsers for GET and is not honoured. */
static bool etag_matches(const struct http_request *req, struct str etag) {
    struct str list = http_header_get(req, STR("if-none-match")), item;
    while (str_split(&item, &list, ',')) {
        item = str_trim(item);
        if (str_starts(item, STR("W/")))
            item = str_sub(item, 2, item.len);
        if (str_eq(item, etag))
            return true;
    }
    return false;
}

struct str exchange_body(const struct exchange *x) {
    if (x->req.head_only || x->res.status == 304 || x->res.status == 204)
        return STR_NONE;
    return x->res.view.at != NULL ? x->res.view : buf_view(&x->res.body);
}

static void cache_write(struct buf *out, uint32_t cache_s) {
    if (cache_s == 0)
        buf_lit(out, "Cache-Control: no-store\r\n");
    else if (cache_s == UINT32_MAX)
        buf_lit(out, "Cache-Control: public, max-age=31536000, immutable\r\n");
    else
        buf_printf(out, "Cache-Control: public, max-age=%u\r\n", (unsigned)cache_s);
}

void exchange_head_write(struct exchange *x, bool close) {
    struct http_response *res = &x->res;
    if (res->status == 200 && res->etag.len > 0 && etag_matches(&x->req, res->etag))
        res->status = 304;
    struct str body = res->view.at != NULL ? res->view : buf_view(&res->body);
    struct buf *out = &x->out_head;
    buf_lit(out, "HTTP/1.1 ");
    buf_add_u64(out, (uint64_t)res->status);
    buf_add_byte(out, ' ');
    buf_add(out, str_from(http_status_text(res->status)));
    buf_lit(out, "\r\nDate: ");
    buf_add(out, str_from(loop_date(x->loop)));
    buf_lit(out, "\r\n");
    if (res->content_type.len > 0 && res->status != 304) {
        buf_lit(out, "Content-Type: ");
        buf_add(out, res->content_type);
        buf_lit(out, "\r\n");
    }
    if (res->status != 304 && res->status != 204) {
        buf_lit(out, "Content-Length: ");
        buf_add_u64(out, body.len);
        buf_lit(out, "\r\n");
    }
    if (res->etag.len > 0) {
        buf_lit(out, "ETag: ");
        buf_add(out, res->etag);
        buf_lit(out, "\r\n");
    }
    cache_write(out, res->cache_s);
    if (res->document)
        buf_lit(out, "Content-Security-Policy: " CSP_DOCUMENT "\r\n" SECURITY);
    else
        buf_add(out,
                res->viewer
                    ? STR("Content-Security-Policy: " CSP_PAGE CSP_VIEWER_TYPES "\r\n" SECURITY)
                    : STR("Content-Security-Policy: " CSP_PAGE CSP_NO_TYPES "\r\n" SECURITY));
    if (x->req.secure)
        buf_lit(out, HSTS);
    for (size_t i = 0; i < res->extra_count; i++) {
        buf_add(out, res->extra[i].name);
        buf_lit(out, ": ");
        buf_add(out, res->extra[i].value);
        buf_lit(out, "\r\n");
    }
    if (close)
        buf_lit(out, "Connection: close\r\n");
    buf_lit(out, "\r\n");
    assert(!out->full);
}
