/* Forms: a multipart body behind a line with its content type, and the same bytes as a chunked body
 * and as an urlencoded form. What is accepted can be written again and is then read the same. */
#include <assert.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/code.h"
#include "base/utf8.h"
#include "http/chunk.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct http_form *a, const struct http_form *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_eq(a->fields[i].name, b->fields[i].name) ||
            !str_eq(a->fields[i].value, b->fields[i].value) ||
            a->fields[i].is_file != b->fields[i].is_file)
            return false;
    return true;
}

static void multipart_check(struct str type, struct str body, struct arena *arena) {
    const struct http_form_limits limits = {
        .file_bytes_max = 4096, .files_max = 4, .field_bytes_max = 1024};
    struct http_form form;
    struct err err = {0};
    if (!http_form_parse_multipart(&form, body, type, limits, arena, &err)) {
        assert(err.code != ERR_NONE);
        return;
    }
    size_t files = 0;
    for (size_t i = 0; i < form.count; i++) {
        const struct http_field *f = &form.fields[i];
        files += f->is_file;
        assert(f->value.len <= (f->is_file ? limits.file_bytes_max : limits.field_bytes_max));
        assert(f->is_file || utf8_valid(f->value));
        assert(f->filename.len <= HTTP_FILENAME_BYTES_MAX && utf8_valid(f->filename));
        assert(str_find_byte(f->filename, '/') == SIZE_MAX);
    }
    assert(files <= limits.files_max);
}

static void urlencoded_check(struct str text, struct arena *arena) {
    struct http_form form, again;
    struct err err = {0};
    if (!http_form_parse_urlencoded(&form, text, arena, &err)) {
        assert(err.code != ERR_NONE);
        return;
    }
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < form.count; i++) {
        if (i > 0)
            buf_lit(&out, "&");
        code_percent_add(&out, form.fields[i].name);
        buf_lit(&out, "=");
        code_percent_add(&out, form.fields[i].value);
    }
    assert(http_form_parse_urlencoded(&again, buf_view(&out), arena, &err));
    assert(same(&form, &again));
    buf_done(&out);
}

/* Whole and in two pieces: the same bytes out. */
static void chunk_check(struct str text) {
    struct buf whole, pieces;
    buf_init(&whole, 1 << 16);
    buf_init(&pieces, 1 << 16);
    struct chunk_decoder a = {0}, b = {0};
    struct str in = text;
    enum chunk_result first = chunk_feed(&a, &in, &whole);
    struct str head = str_sub(text, 0, text.len / 2), tail = str_sub(text, text.len / 2, text.len);
    enum chunk_result second = chunk_feed(&b, &head, &pieces);
    if (second == CHUNK_MORE)
        second = chunk_feed(&b, &tail, &pieces);
    assert(first == second && str_eq(buf_view(&whole), buf_view(&pieces)));
    buf_done(&whole);
    buf_done(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size}, rest = text, type;
    struct arena *arena = arena_create("fuzz", 64 << 20);
    if (size > 0 && size <= 1 << 16) {
        if (str_split(&type, &rest, '\n') && rest.at != NULL)
            multipart_check(type, rest, arena);
        urlencoded_check(text, arena);
        chunk_check(text);
    }
    arena_destroy(arena);
    return 0;
}
