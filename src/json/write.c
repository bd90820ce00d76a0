#include "json/json.h"

#include <assert.h>
#include <stdlib.h>

#include "base/utf8.h"

struct writer {
    struct buf *out;
    unsigned style;
};

/* What a byte becomes inside a string: 0 itself, 'u' \u00XX, anything else the letter after '\'.
 * RFC 8259: 7 */
static char escape_of(unsigned char byte, unsigned style) {
    switch (byte) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '<':
    case '>':
    case '&': return (style & JSON_EMBED) != 0 ? 'u' : 0;
    default: return byte < 0x20 || byte == 0x7F ? 'u' : 0;
    }
}

/* U+2028 and U+2029 (E2 80 A8, A9) end a line in older JavaScript. */
static bool is_line_separator(struct str text, size_t i) {
    return (unsigned char)text.at[i] == 0xE2 && i + 2 < text.len &&
           (unsigned char)text.at[i + 1] == 0x80 && ((unsigned char)text.at[i + 2] & 0xFE) == 0xA8;
}

static void write_text(const struct writer *w, struct str text) {
    buf_add_byte(w->out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool separator = (w->style & JSON_EMBED) != 0 && is_line_separator(text, i);
        char escape = separator ? 'u' : escape_of(byte, w->style);
        if (escape == 0)
            continue;
        buf_add(w->out, (struct str){text.at + from, i - from});
        if (separator) {
            buf_printf(w->out, "\\u20%02x", (unsigned char)text.at[i + 2] - 0x80u);
            i += 2;
        } else if (escape == 'u') {
            buf_printf(w->out, "\\u%04x", byte);
        } else {
            buf_add_byte(w->out, '\\');
            buf_add_byte(w->out, escape);
        }
        from = i + 1;
    }
    buf_add(w->out, str_sub(text, from, text.len));
    buf_add_byte(w->out, '"');
}

static void new_line(const struct writer *w, unsigned depth) {
    if ((w->style & JSON_PRETTY) == 0)
        return;
    buf_add_byte(w->out, '\n');
    for (unsigned i = 0; i < depth; i++)
        buf_lit(w->out, "  ");
}

static int by_key(const void *a, const void *b) {
    const struct json_member *const *left = a;
    const struct json_member *const *right = b;
    return str_cmp((*left)->key.text, (*right)->key.text);
}

static void write_node(const struct writer *w, const struct json *node, unsigned depth);

static void write_member(const struct writer *w, const struct json_member *member, bool first,
                         unsigned depth) {
    if (!first)
        buf_add_byte(w->out, ',');
    new_line(w, depth);
    write_text(w, member->key.text);
    buf_add_byte(w->out, ':');
    if ((w->style & JSON_PRETTY) != 0)
        buf_add_byte(w->out, ' ');
    write_node(w, member->value, depth);
}

static void write_members(const struct writer *w, const struct json *node, unsigned depth) {
    if ((w->style & JSON_SORTED) == 0 || node->count < 2) {
        for (uint32_t i = 0; i < node->count; i++)
            write_member(w, &node->members[i], i == 0, depth);
        return;
    }
    struct arena *scratch = arena_create("json sort", SIZE_MAX / 4);
    const struct json_member **order = arena_new(scratch, const struct json_member *, node->count);
    for (uint32_t i = 0; i < node->count; i++)
        order[i] = &node->members[i];
    qsort(order, node->count, sizeof(void *), by_key);
    for (uint32_t i = 0; i < node->count; i++)
        write_member(w, order[i], i == 0, depth);
    arena_destroy(scratch);
}

static void write_items(const struct writer *w, const struct json *node, unsigned depth) {
    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_add_byte(w->out, ',');
        new_line(w, depth);
        write_node(w, node->items[i], depth);
    }
}

static void write_node(const struct writer *w, const struct json *node, unsigned depth) {
    assert(depth <= JSON_DEPTH_MAX);
    switch ((enum json_kind)node->kind) {
    case JSON_NULL: buf_lit(w->out, "null"); return;
    case JSON_BOOL: buf_add(w->out, node->boolean ? STR("true") : STR("false")); return;
    case JSON_NUMBER: buf_add(w->out, node->text); return;
    case JSON_STRING: write_text(w, node->text); return;
    case JSON_ARRAY:
        buf_add_byte(w->out, '[');
        write_items(w, node, depth + 1);
        if (node->count > 0)
            new_line(w, depth);
        buf_add_byte(w->out, ']');
        return;
    case JSON_OBJECT:
        buf_add_byte(w->out, '{');
        write_members(w, node, depth + 1);
        if (node->count > 0)
            new_line(w, depth);
        buf_add_byte(w->out, '}');
        return;
    }
}

void json_write(struct buf *out, const struct json *node, unsigned style) {
    const struct writer w = {out, style};
    write_node(&w, node, 0);
    if ((style & JSON_PRETTY) != 0)
        buf_add_byte(out, '\n');
}

void json_write_text(struct buf *out, struct str text) {
    const struct writer w = {out, JSON_COMPACT};
    write_text(&w, text);
}
