#include "xml/xml.h"

#include <assert.h>

bool xml_is(const struct xml_node *node, struct str ns, struct str name) {
    return node != NULL && !node->is_text && str_eq(node->name, name) && str_eq(node->ns, ns);
}

static const struct xml_node *skip_texts(const struct xml_node *node) {
    while (node != NULL && node->is_text)
        node = node->next;
    return node;
}

const struct xml_node *xml_first(const struct xml_node *node) {
    return node == NULL ? NULL : skip_texts(node->first);
}

const struct xml_node *xml_sibling(const struct xml_node *node) {
    return node == NULL ? NULL : skip_texts(node->next);
}

static const struct xml_node *find_from(const struct xml_node *node, struct str ns,
                                        struct str name) {
    while (node != NULL && !xml_is(node, ns, name))
        node = node->next;
    return node;
}

const struct xml_node *xml_child(const struct xml_node *node, struct str ns, struct str name) {
    return node == NULL ? NULL : find_from(node->first, ns, name);
}

const struct xml_node *xml_next(const struct xml_node *node) {
    return node == NULL ? NULL : find_from(node->next, node->ns, node->name);
}

const struct str *xml_attr(const struct xml_node *node, struct str ns, struct str name) {
    for (uint32_t i = 0; node != NULL && i < node->attr_count; i++)
        if (str_eq(node->attrs[i].name, name) && str_eq(node->attrs[i].ns, ns))
            return &node->attrs[i].value;
    return NULL;
}

struct str xml_attr_text(const struct xml_node *node, struct str name) {
    const struct str *value = xml_attr(node, STR_NONE, name);
    return value == NULL ? STR_NONE : *value;
}

struct str xml_text(const struct xml_node *node, struct arena *arena) {
    size_t count = 0, len = 0;
    struct str only = STR_NONE;
    for (const struct xml_node *child = node == NULL ? NULL : node->first; child != NULL;
         child = child->next) {
        if (!child->is_text)
            continue;
        only = child->text;
        len += only.len;
        count++;
    }
    if (count < 2)
        return only;
    char *text = arena_new(arena, char, len + 1);
    size_t used = 0;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (!child->is_text)
            continue;
        memcpy(text + used, child->text.at, child->text.len);
        used += child->text.len;
    }
    return (struct str){text, len};
}

struct str xml_ns_of(const struct xml_node *node, struct str prefix) {
    if (str_eq(prefix, STR("xml")))
        return STR("http://www.w3.org/XML/1998/namespace");
    for (; node != NULL; node = node->parent)
        for (uint32_t i = 0; i < node->binding_count; i++)
            if (str_eq(node->bindings[i].prefix, prefix))
                return node->bindings[i].uri;
    return STR_NONE;
}

struct err_at xml_where(const struct xml_node *node, const char *source) {
    return node == NULL ? (struct err_at){source, 0, 0}
                        : (struct err_at){source, node->line, node->column};
}

bool xml_need_attr(struct str *out, const struct xml_node *node, struct str name,
                   const char *source, struct err *err) {
    const struct str *value = xml_attr(node, STR_NONE, name);
    if (value == NULL || value->len == 0)
        return err_set(err, ERR_INVALID, xml_where(node, source),
                       "<%.*s> needs the attribute '%.*s'", STR_ARG(node->name), STR_ARG(name));
    *out = *value;
    return true;
}

/* XML 1.0: 2.4, 2.11, 3.3.3: what would be read back as something else becomes a reference. */
void xml_write_text(struct buf *out, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct str as;
        switch (text.at[i]) {
        case '&': as = STR("&amp;"); break;
        case '<': as = STR("&lt;"); break;
        case '>': as = STR("&gt;"); break;
        case '"': as = STR("&quot;"); break;
        case '\r': as = STR("&#13;"); break;
        default: continue;
        }
        buf_add(out, (struct str){text.at + from, i - from});
        buf_add(out, as);
        from = i + 1;
    }
    buf_add(out, str_sub(text, from, text.len));
}

static void write_value(struct buf *out, struct str value) {
    buf_lit(out, "=\"");
    size_t from = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] != '\n' && value.at[i] != '\t')
            continue;
        xml_write_text(out, (struct str){value.at + from, i - from});
        buf_add(out, value.at[i] == '\n' ? STR("&#10;") : STR("&#9;"));
        from = i + 1;
    }
    xml_write_text(out, str_sub(value, from, value.len));
    buf_add_byte(out, '"');
}

static void write_name(struct buf *out, struct str prefix, struct str name) {
    buf_add(out, prefix);
    if (prefix.len > 0)
        buf_add_byte(out, ':');
    buf_add(out, name);
}

static void write_start(struct buf *out, const struct xml_node *node) {
    buf_add_byte(out, '<');
    write_name(out, node->prefix, node->name);
    for (uint32_t i = 0; i < node->binding_count; i++) {
        buf_lit(out, " xmlns");
        if (node->bindings[i].prefix.len > 0)
            buf_add_byte(out, ':');
        buf_add(out, node->bindings[i].prefix);
        write_value(out, node->bindings[i].uri);
    }
    for (uint32_t i = 0; i < node->attr_count; i++) {
        buf_add_byte(out, ' ');
        write_name(out, node->attrs[i].prefix, node->attrs[i].name);
        write_value(out, node->attrs[i].value);
    }
    buf_add(out, node->first == NULL ? STR("/>") : STR(">"));
}

static void write_end(struct buf *out, const struct xml_node *node) {
    buf_lit(out, "</");
    write_name(out, node->prefix, node->name);
    buf_add_byte(out, '>');
}

void xml_write(struct buf *out, const struct xml_node *root) {
    const struct xml_node *node = root;
    for (;;) {
        if (node->is_text)
            xml_write_text(out, node->text);
        else
            write_start(out, node);
        if (!node->is_text && node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
            write_end(out, node);
        }
        if (node == root)
            return;
        node = node->next;
    }
}
