/* The head of a request. What is accepted can be written out again and is then read the same; what
 * is refused gives a status and a reason; a path that is accepted hides nothing. */
#include <assert.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/code.h"
#include "base/utf8.h"
#include "http/head.h"
#include "http/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void head_write(struct buf *out, const struct http_head *head) {
    buf_printf(out, "%s ", http_method_name(head->method));
    buf_add(out, head->target);
    buf_printf(out, " HTTP/1.%u\r\n", head->minor);
    for (size_t i = 0; i < head->header_count; i++) {
        buf_add(out, head->headers[i].name);
        buf_lit(out, ":");
        buf_add(out, head->headers[i].value);
        buf_lit(out, "\r\n");
    }
    buf_lit(out, "\r\n");
}

static void path_write(struct buf *out, struct str path, struct str query) {
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] == '/')
            buf_add_byte(out, '/');
        else
            code_percent_add(out, str_sub(path, i, 1));
    }
    if (query.len > 0) {
        buf_lit(out, "?");
        buf_add(out, query);
    }
}

static void path_check(struct str target) {
    struct arena *arena = arena_create("fuzz", 1 << 20);
    struct str path, query;
    const char *why = NULL;
    if (http_target_parse(&path, &query, target, arena, &why)) {
        assert(path.at[0] == '/' && utf8_valid(path));
        assert(str_find(path, STR("/../")) == SIZE_MAX && !str_ends(path, STR("/..")));
        assert(str_find(path, STR("//")) == SIZE_MAX && str_find_byte(path, '\0') == SIZE_MAX);
        struct buf again;
        buf_init(&again, 1 << 16);
        path_write(&again, path, query);
        struct str path_again, query_again;
        assert(http_target_parse(&path_again, &query_again, buf_view(&again), arena, &why));
        assert(str_eq(path, path_again) && str_eq(query, query_again));
        buf_done(&again);
    } else {
        assert(why != NULL);
    }
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf bytes, out;
    buf_init(&bytes, 1 << 20);
    buf_init(&out, 1 << 20);
    buf_add(&bytes, (struct str){(const char *)data, size});
    size_t end = http_head_end(buf_view(&bytes), 0);
    if (end > 0) {
        struct http_head head, again;
        const char *why = NULL;
        int status = http_head_parse(&head, bytes.at, end, &why);
        assert((status == 0) == (why == NULL) && (status == 0 || (status >= 400 && status < 600)));
        if (status == 0) {
            assert(!(head.has_length && head.chunked) && head.host.len > 0);
            path_check(head.target);
            head_write(&out, &head);
            assert(http_head_end(buf_view(&out), 0) == out.len);
            assert(http_head_parse(&again, out.at, out.len, &why) == 0);
            assert(again.method == head.method && str_eq(again.target, head.target));
            assert(again.length == head.length && again.chunked == head.chunked);
            assert(again.keep_alive == head.keep_alive && str_eq(again.host, head.host));
        }
    }
    buf_done(&bytes);
    buf_done(&out);
    return 0;
}
