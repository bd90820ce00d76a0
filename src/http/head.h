/* http/head.h - the head of a request: request line and headers, read strictly. Pure: a function
 * of the bytes. What two servers could read in two ways is refused, not guessed, because a proxy
 * stands in front (request smuggling). Standards: RFC 9110, RFC 9112, RFC 3986. */
#ifndef MANDATE_HTTP_HEAD_H
#define MANDATE_HTTP_HEAD_H

#include "base/limits.h"
#include "base/str.h"

enum { HTTP_TARGET_BYTES_MAX = 8000 }; /* RFC 9112: 3: what every server should take */

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHOD_COUNT,
};
const char *http_method_name(enum http_method method); /* "GET" */

struct http_header {
    struct str name, value; /* in a request's head: name in lower case, value trimmed */
};

struct http_head {
    enum http_method method;
    unsigned minor;    /* HTTP/1.minor: 0 or 1 */
    struct str target; /* origin form: "/path?query"; the authority of an absolute form was
                          compared with Host and cut off */
    struct str host;
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    bool has_length, chunked;
    uint64_t length; /* of the body; 0 without has_length */
    bool keep_alive;
    bool expects_continue;
};

/* The end of a head in the bytes so far: the length of the head with its empty line, 0 when it has
 * not all come yet. from: where to look on (what an earlier call has seen), an index into bytes. */
size_t http_head_end(struct str bytes, size_t from);

/* Reads a whole head. bytes is changed in place: header names and the host become lower case.
 * Gives 0, or the HTTP status of the refusal with one line that says why:
 * 400 malformed or ambiguous, 413 a length beyond all limits, 414, 417 unknown expectation, 431 too
 * many headers, 501 unknown method or transfer coding, 505 not HTTP/1.x. On a refusal *out is as
 * far as it was read. */
MUST_USE int http_head_parse(struct http_head *out, char *bytes, size_t len, const char **why);

#endif
