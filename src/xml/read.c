/* expat reports, this file builds. Names and URIs are interned, since a model repeats a few dozen
 * of them thousands of times. A fault found in a callback is kept in err and stops the parser; what
 * the parser then says about having been stopped is not looked at. */
#include <assert.h>
#include <expat.h>
#include <limits.h>

#include "base/map.h"
#include "xml/xml.h"

enum {
    NAMES_MAX = 1024, /* interned; a document with more distinct names just copies the others */
    SEPARATOR = 0x01, /* between URI, name and prefix: no document can contain it */
    SLACK_BYTES = 4096
};

struct reader {
    XML_Parser parser;
    const char *name;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    struct map names;
    struct str name_of[NAMES_MAX];
    struct xml_node *root, *open; /* open: the innermost element that has not ended */
    unsigned depth;
    struct buf text; /* character data since the last tag */
    struct err_at text_at;
    struct xml_binding bindings[XML_ATTRS_MAX]; /* declared by the element that starts next */
    uint32_t binding_count;
};

static struct err_at here(const struct reader *r) {
    return (struct err_at){r->name, (uint32_t)XML_GetCurrentLineNumber(r->parser),
                           (uint32_t)XML_GetCurrentColumnNumber(r->parser) + 1};
}

static bool failed(const struct reader *r) {
    return r->err->code != ERR_NONE;
}

static void stop(const struct reader *r) {
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/* What is not given out yet is for the next few, which are small. */
static bool spend(const struct reader *r, size_t bytes) {
    size_t left = arena_limit_bytes(r->arena) - arena_used_bytes(r->arena);
    if (left < bytes + SLACK_BYTES)
        return err_set(r->err, ERR_LIMIT, here(r), "the document takes too much memory");
    return budget_spend(r->budget, (struct cost){1, bytes}, r->err);
}

static bool intern(struct str *out, struct reader *r, struct str s) {
    const size_t *found = map_find(&r->names, s);
    if (found != NULL) {
        *out = r->name_of[*found];
        return true;
    }
    /* the map's own room: an entry and two slots, twice for growing by doubling */
    if (!spend(r, s.len + 1 + 2 * (sizeof(struct map_entry) + 2 * sizeof(uint32_t))))
        return false;
    *out = arena_str(r->arena, s);
    if (r->names.count < NAMES_MAX) {
        r->name_of[r->names.count] = *out;
        (void)map_put(&r->names, *out, r->names.count);
    }
    return true;
}

/* "uri 01 name 01 prefix", "uri 01 name" or "name" */
static bool split_name(struct str *ns, struct str *name, struct str *prefix, struct reader *r,
                       const char *triplet) {
    struct str rest = str_from(triplet), parts[3] = {STR_INIT(""), STR_INIT(""), STR_INIT("")};
    size_t count = 0;
    while (count < 3 && str_split(&parts[count], &rest, SEPARATOR))
        count++;
    bool plain = count == 1;
    return intern(ns, r, plain ? STR("") : parts[0]) &&
           intern(name, r, plain ? parts[0] : parts[1]) && intern(prefix, r, parts[2]);
}

static void append(struct reader *r, struct xml_node *node) {
    node->parent = r->open;
    if (r->open == NULL)
        return;
    if (r->open->last == NULL)
        r->open->first = node;
    else
        r->open->last->next = node;
    r->open->last = node;
}

static struct xml_node *node_make(struct reader *r, struct err_at at) {
    if (!spend(r, sizeof(struct xml_node) + alignof(struct xml_node)))
        return NULL;
    struct xml_node *node = arena_new(r->arena, struct xml_node, 1);
    node->line = at.line;
    node->column = at.column;
    return node;
}

static bool flush_text(struct reader *r) {
    if (r->text.len == 0)
        return true;
    struct xml_node *node = node_make(r, r->text_at);
    if (node == NULL || !spend(r, r->text.len + 1))
        return false;
    node->is_text = true;
    node->text = arena_str(r->arena, buf_view(&r->text));
    append(r, node);
    buf_reset(&r->text);
    return true;
}

static bool take_attrs(struct reader *r, struct xml_node *node, const char **attrs) {
    size_t count = 0;
    while (attrs[2 * count] != NULL)
        count++;
    if (count > XML_ATTRS_MAX)
        return err_set(r->err, ERR_LIMIT, here(r), "an element has more than %d attributes",
                       XML_ATTRS_MAX);
    if (!spend(r, count * sizeof *node->attrs + alignof(struct xml_attr)))
        return false;
    node->attrs = arena_new(r->arena, struct xml_attr, count);
    node->attr_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        struct xml_attr *attr = &node->attrs[i];
        struct str value = str_from(attrs[2 * i + 1]);
        if (!split_name(&attr->ns, &attr->name, &attr->prefix, r, attrs[2 * i]) ||
            !spend(r, value.len + 1))
            return false;
        attr->value = arena_str(r->arena, value);
    }
    return true;
}

static bool take_bindings(struct reader *r, struct xml_node *node) {
    if (!spend(r, r->binding_count * sizeof *node->bindings + alignof(struct xml_binding)))
        return false;
    node->bindings = arena_new(r->arena, struct xml_binding, r->binding_count);
    node->binding_count = r->binding_count;
    for (uint32_t i = 0; i < r->binding_count; i++)
        node->bindings[i] = r->bindings[i];
    r->binding_count = 0;
    return true;
}

static bool start(struct reader *r, const char *name, const char **attrs) {
    if (!flush_text(r))
        return false;
    if (r->depth == XML_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, here(r), "elements are nested more than %d deep",
                       XML_DEPTH_MAX);
    struct xml_node *node = node_make(r, here(r));
    if (node == NULL || !split_name(&node->ns, &node->name, &node->prefix, r, name) ||
        !take_attrs(r, node, attrs) || !take_bindings(r, node))
        return false;
    node->from_byte = (size_t)XML_GetCurrentByteIndex(r->parser);
    append(r, node);
    if (r->root == NULL)
        r->root = node;
    r->open = node;
    r->depth++;
    return true;
}

static void XMLCALL on_start(void *of, const char *name, const char **attrs) {
    struct reader *r = of;
    if (!failed(r) && !start(r, name, attrs))
        stop(r);
}

static void XMLCALL on_end(void *of, const char *name) {
    struct reader *r = of;
    (void)name;
    if (failed(r))
        return;
    if (!flush_text(r)) {
        stop(r);
        return;
    }
    assert(r->open != NULL);
    r->open->to_byte =
        (size_t)XML_GetCurrentByteIndex(r->parser) + (size_t)XML_GetCurrentByteCount(r->parser);
    r->open = r->open->parent;
    r->depth--;
}

static void XMLCALL on_text(void *of, const char *text, int len) {
    struct reader *r = of;
    if (failed(r) || r->open == NULL)
        return;
    if (r->text.len == 0)
        r->text_at = here(r);
    buf_add(&r->text, (struct str){text, (size_t)len});
    if (!buf_ok(&r->text, "a text in the document", r->err))
        stop(r);
}

static void XMLCALL on_binding(void *of, const char *prefix, const char *uri) {
    struct reader *r = of;
    if (failed(r))
        return;
    if (r->binding_count == XML_ATTRS_MAX) {
        (void)err_set(r->err, ERR_LIMIT, here(r), "an element has more than %d attributes",
                      XML_ATTRS_MAX);
        stop(r);
        return;
    }
    struct xml_binding *binding = &r->bindings[r->binding_count++];
    if (!intern(&binding->prefix, r, str_from(prefix == NULL ? "" : prefix)) ||
        !intern(&binding->uri, r, str_from(uri == NULL ? "" : uri)))
        stop(r);
}

static void XMLCALL on_doctype(void *of, const char *name, const char *system, const char *public,
                               int has_internal) {
    struct reader *r = of;
    (void)name, (void)system, (void)public, (void)has_internal;
    if (!failed(r))
        (void)err_set(r->err, ERR_UNSUPPORTED, here(r), "a DOCTYPE is not allowed");
    stop(r);
}

static bool run(struct reader *r, struct str source) {
    XML_SetUserData(r->parser, r);
    XML_SetReturnNSTriplet(r->parser, 1);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartNamespaceDeclHandler(r->parser, on_binding);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    enum XML_Status status = XML_Parse(r->parser, source.at, (int)source.len, 1);
    if (failed(r))
        return false;
    if (status != XML_STATUS_OK)
        return err_set(r->err, ERR_SYNTAX, here(r), "this is not well-formed XML: %s",
                       XML_ErrorString(XML_GetErrorCode(r->parser)));
    assert(r->root != NULL && r->open == NULL);
    return true;
}

bool xml_read(struct xml_node **out, struct str source, const char *name, struct arena *arena,
              struct budget *budget, struct err *err) {
    if (source.len > INT_MAX)
        return err_set(err, ERR_LIMIT, (struct err_at){.source = name},
                       "the document has %zu bytes, more than %d", source.len, INT_MAX);
    if (!budget_spend(budget, (struct cost){1, source.len + sizeof(struct reader)}, err))
        return false;
    struct arena *scratch = arena_create("xml reader", 2 * sizeof(struct reader));
    struct reader *r = arena_new(scratch, struct reader, 1);
    *r = (struct reader){.name = name, .arena = arena, .budget = budget, .err = err};
    map_init(&r->names, arena);
    buf_init(&r->text, source.len);
    r->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    bool ok = r->parser != NULL;
    if (!ok)
        (void)err_set(err, ERR_INTERNAL, err_nowhere, "expat could not be started");
    ok = ok && run(r, source.at == NULL ? STR("") : source);
    if (ok)
        *out = r->root;
    if (r->parser != NULL)
        XML_ParserFree(r->parser);
    buf_done(&r->text);
    arena_destroy(scratch);
    return ok;
}
