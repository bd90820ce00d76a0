/* One pass over the lines, then one over the headers. Invariants:
 * 1. every byte of the head is looked at once and belongs to one rule of RFC 9112's grammar;
 * 2. a header that decides about length, host or identity stands at most once;
 * 3. nothing is repaired: no folded line is joined, no bare LF taken for a line's end.
 * The obvious way, a library's parser and checks on what it gives, cannot see what that parser has
 * already joined, cut at a NUL or skipped. */
#include "http/head.h"

enum { LENGTH_DIGITS_MAX = 15 }; /* a petabyte, and far from overflow */

/* Bit 0: tchar (RFC 9110: 5.6.2). Bit 1: may stand in a request target. Bit 2: in a Host. */
enum { TOKEN = 1, TARGET = 2, HOST = 4 };

static unsigned char_class(unsigned char c) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return TOKEN | TARGET | HOST;
    switch (c) {
    case '-':
    case '.':
    case '_':
    case '~': return TOKEN | TARGET | HOST;
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '^':
    case '`':
    case '|': return TOKEN | TARGET;
    default: return c > 0x20 && c < 0x7f ? TARGET : 0;
    }
}

static bool all_of(struct str s, unsigned char_classes) {
    for (size_t i = 0; i < s.len; i++)
        if ((char_class((unsigned char)s.at[i]) & char_classes) == 0)
            return false;
    return s.len > 0;
}

static const char *const method_names[HTTP_METHOD_COUNT] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",      [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS"};

const char *http_method_name(enum http_method method) {
    return method_names[method];
}

static int refuse(int status, const char **why, const char *text) {
    *why = text;
    return status;
}

size_t http_head_end(struct str bytes, size_t from) {
    size_t i = from > 2 ? from - 2 : 0; /* an end may lie across the border of what was seen */
    while (i < bytes.len) {
        const char *found = memchr(bytes.at + i, '\n', bytes.len - i);
        if (found == NULL)
            return 0;
        i = (size_t)(found - bytes.at) + 1;
        if (i < bytes.len && bytes.at[i] == '\n')
            return i + 1;
        if (i + 1 < bytes.len && bytes.at[i] == '\r' && bytes.at[i + 1] == '\n')
            return i + 2;
    }
    return 0;
}

/* Takes the line up to the next CRLF. False on a bare CR or LF. */
static bool line_take(struct str *line, struct str *rest) {
    size_t at = str_find_byte(*rest, '\n');
    if (at == SIZE_MAX || at == 0 || rest->at[at - 1] != '\r')
        return false;
    *line = (struct str){rest->at, at - 1};
    *rest = str_sub(*rest, at + 1, rest->len);
    return str_find_byte(*line, '\r') == SIZE_MAX;
}

static int method_parse(enum http_method *out, struct str name, const char **why) {
    if (!all_of(name, TOKEN))
        return refuse(400, why, "the method is not a token");
    for (unsigned i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (str_eq(name, str_from(method_names[i]))) {
            *out = (enum http_method)i;
            return 0;
        }
    }
    return refuse(501, why, "the method is not known here");
}

static int request_line_parse(struct http_head *out, struct str line, const char **why) {
    struct str method, target;
    struct str rest = line;
    if (!str_split(&method, &rest, ' ') || !str_split(&target, &rest, ' ') || rest.at == NULL)
        return refuse(400, why, "the request line is not 'METHOD TARGET VERSION'");
    if (rest.len != 8 || !str_starts(rest, STR("HTTP/")) || rest.at[6] != '.')
        return refuse(400, why, "the request line does not end with a version");
    if (rest.at[5] != '1' || (rest.at[7] != '0' && rest.at[7] != '1'))
        return refuse(505, why, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    out->minor = (unsigned)(rest.at[7] - '0');
    if (!all_of(target, TARGET))
        return refuse(400, why, "the request target has a character that must be encoded");
    if (target.len > HTTP_TARGET_BYTES_MAX)
        return refuse(414, why, "the address is too long");
    out->target = target;
    return method_parse(&out->method, method, why);
}

/* RFC 9110: 5.5: visible characters, blanks and tabs inside, obs-text; no control characters. */
static bool value_ok(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static struct str trim_ows(struct str s) {
    while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
        s = (struct str){s.at + 1, s.len - 1};
    while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* The bytes belong to the caller's buffer, which http_head_parse() was allowed to change. */
static void lower(char *bytes, struct str s) {
    char *at = bytes + (s.at - bytes);
    for (size_t i = 0; i < s.len; i++)
        if (at[i] >= 'A' && at[i] <= 'Z')
            at[i] = (char)(at[i] + ('a' - 'A'));
}

static int header_line_parse(struct http_head *out, char *bytes, struct str line,
                             const char **why) {
    if (line.at[0] == ' ' || line.at[0] == '\t')
        return refuse(400, why, "a header is folded over two lines"); /* RFC 9112: 5.2 */
    size_t colon = str_find_byte(line, ':');
    if (colon == SIZE_MAX)
        return refuse(400, why, "a header line has no colon");
    /* An empty value keeps its place (at != NULL): the header stands there. */
    struct str value = {line.at + colon + 1, line.len - colon - 1};
    struct http_header header = {{line.at, colon}, trim_ows(value)};
    if (!all_of(header.name, TOKEN)) /* a blank before the colon too: RFC 9112: 5.1 */
        return refuse(400, why, "a header name is not a token");
    if (header.name.len > NAME_BYTES_MAX)
        return refuse(431, why, "a header name is too long");
    if (!value_ok(header.value))
        return refuse(400, why, "a header value has a control character");
    if (out->header_count == HTTP_HEADERS_MAX)
        return refuse(431, why, "there are too many headers");
    lower(bytes, header.name);
    out->headers[out->header_count++] = header;
    return 0;
}

/* Headers that decide about something and whose repetition nobody could read in one way. */
static const struct str single[] = {
    STR_INIT("host"),          STR_INIT("content-length"),  STR_INIT("transfer-encoding"),
    STR_INIT("content-type"),  STR_INIT("authorization"),   STR_INIT("cookie"),
    STR_INIT("origin"),        STR_INIT("sec-fetch-site"),  STR_INIT("expect"),
    STR_INIT("if-none-match"), STR_INIT("idempotency-key"), STR_INIT("content-encoding"),
};

/* The value of the first header of that name; at == NULL without one. */
static struct str value_of(const struct http_head *head, struct str name) {
    for (size_t i = 0; i < head->header_count; i++)
        if (str_eq(head->headers[i].name, name))
            return head->headers[i].value;
    return STR_NONE;
}

static int repetition_check(const struct http_head *head, const char **why) {
    for (size_t i = 0; i < COUNT_OF(single); i++) {
        size_t count = 0;
        for (size_t k = 0; k < head->header_count; k++)
            count += str_eq(head->headers[k].name, single[i]);
        if (count > 1)
            return refuse(400, why, "a header that may stand once stands twice");
    }
    return 0;
}

static int length_parse(struct http_head *out, const char **why) {
    struct str length = value_of(out, STR("content-length"));
    struct str coding = value_of(out, STR("transfer-encoding"));
    if (length.at != NULL && coding.at != NULL) /* RFC 9112: 6.3 */
        return refuse(400, why, "Content-Length and Transfer-Encoding stand together");
    if (coding.at != NULL) {
        if (out->minor == 0) /* RFC 9112: 6.1 */
            return refuse(400, why, "HTTP/1.0 has no Transfer-Encoding");
        if (!str_eq_ascii_case(coding, STR("chunked")))
            return refuse(501, why, "only the transfer coding 'chunked' is known here");
        out->chunked = true;
    }
    if (length.at != NULL) {
        for (size_t i = 0; i < length.len; i++)
            if (length.at[i] < '0' || length.at[i] > '9')
                return refuse(400, why, "Content-Length is not a number");
        if (length.len == 0)
            return refuse(400, why, "Content-Length is empty");
        if (length.len > LENGTH_DIGITS_MAX)
            return refuse(413, why, "the body is too large");
        out->has_length = true;
        if (!str_to_u64(&out->length, length))
            return refuse(400, why, "Content-Length is not a number");
    }
    return 0;
}

/* RFC 3986: 3.2.2, 3.2.3, without percent-encoding, which no host of ours has. */
static bool host_ok(struct str host) {
    struct str name = host, port = STR_NONE;
    if (host.len > 0 && host.at[0] == '[') {
        size_t end = str_find_byte(host, ']');
        if (end == SIZE_MAX || end < 3)
            return false;
        for (size_t i = 1; i < end; i++) {
            char c = host.at[i];
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.'))
                return false;
        }
        if (end + 1 < host.len && host.at[end + 1] != ':')
            return false;
        if (end + 1 < host.len)
            port = str_sub(host, end + 2, host.len);
    } else {
        size_t colon = str_find_byte(host, ':');
        if (colon != SIZE_MAX) {
            name = str_sub(host, 0, colon);
            port = str_sub(host, colon + 1, host.len);
        }
        if (!all_of(name, HOST) || name.len > 255)
            return false;
    }
    uint64_t n;
    return port.at == NULL || (port.len <= 5 && str_to_u64(&n, port) && n <= 65535);
}

static int host_parse(struct http_head *out, char *bytes, const char **why) {
    struct str host = value_of(out, STR("host"));
    if (host.at == NULL)
        return refuse(400, why, "there is no Host");
    lower(bytes, host);
    if (!host_ok(host))
        return refuse(400, why, "Host is not a host");
    out->host = host;
    if (out->target.at[0] == '/')
        return 0;
    /* RFC 9112: 3.2.2: absolute form; it must say what Host says. */
    size_t mark = str_find(out->target, STR("://"));
    struct str scheme = str_sub(out->target, 0, mark == SIZE_MAX ? 0 : mark);
    if (!str_eq_ascii_case(scheme, STR("http")) && !str_eq_ascii_case(scheme, STR("https")))
        return refuse(400, why, "the request target is no path");
    struct str rest = str_sub(out->target, mark + 3, out->target.len);
    size_t slash = str_find_byte(rest, '/');
    if (slash == SIZE_MAX || !str_eq_ascii_case(str_sub(rest, 0, slash), host))
        return refuse(400, why, "the request target names another host");
    out->target = str_sub(rest, slash, rest.len);
    return 0;
}

static bool list_has(struct str list, struct str wanted) {
    struct str item;
    while (str_split(&item, &list, ','))
        if (str_eq_ascii_case(trim_ows(item), wanted))
            return true;
    return false;
}

static int connection_parse(struct http_head *out, const char **why) {
    out->keep_alive = out->minor == 1;
    for (size_t i = 0; i < out->header_count; i++)
        if (str_eq(out->headers[i].name, STR("connection")) &&
            list_has(out->headers[i].value, STR("close")))
            out->keep_alive = false;
    struct str expect = value_of(out, STR("expect"));
    if (expect.at == NULL || out->minor == 0)
        return 0;
    if (!str_eq_ascii_case(expect, STR("100-continue")))
        return refuse(417, why, "only 'Expect: 100-continue' is known here");
    out->expects_continue = true;
    return 0;
}

int http_head_parse(struct http_head *out, char *bytes, size_t len, const char **why) {
    *out = (struct http_head){.method = HTTP_GET};
    struct str line, rest = {bytes, len};
    if (!line_take(&line, &rest))
        return refuse(400, why, "a line does not end with CR LF");
    int status = request_line_parse(out, line, why);
    if (status != 0)
        return status;
    for (;;) {
        if (!line_take(&line, &rest))
            return refuse(400, why, "a line does not end with CR LF");
        if (line.len == 0)
            break;
        if ((status = header_line_parse(out, bytes, line, why)) != 0)
            return status;
    }
    if (rest.len != 0)
        return refuse(400, why, "bytes follow the head's empty line");
    if ((status = repetition_check(out, why)) != 0)
        return status;
    if ((status = length_parse(out, why)) != 0 || (status = host_parse(out, bytes, why)) != 0)
        return status;
    return connection_parse(out, why);
}
