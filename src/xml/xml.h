/* xml/xml.h - XML 1.0 with namespaces into a bounded tree that keeps places and byte offsets, so
 * that a caller can keep the original bytes of what it does not understand. Pure; uses expat. */
#ifndef MANDATE_XML_XML_H
#define MANDATE_XML_XML_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"

enum {
    XML_DEPTH_MAX = 256, /* NEST_DEPTH_MAX, for the same reason */
    XML_ATTRS_MAX = 256  /* on one element; the most in the standards' suites is 14 */
};

struct xml_attr {
    struct str ns, name, prefix, value; /* ns is empty for an attribute without prefix */
};

struct xml_binding { /* xmlns:prefix="uri" as written on one element; prefix empty for xmlns= */
    struct str prefix, uri;
};

struct xml_node {
    bool is_text;  /* a run of character data; then only text, parent, next and the place count */
    struct str ns; /* namespace URI; empty for none */
    struct str name, prefix;
    struct str text; /* of a text node; CDATA and references are resolved, comments are dropped */
    struct xml_attr *attrs; /* in document order; xmlns attributes are bindings instead */
    struct xml_binding *bindings;
    uint32_t attr_count, binding_count;
    struct xml_node *parent, *first, *last, *next;
    uint32_t line, column;     /* from 1, of the start tag or of the text's beginning */
    size_t from_byte, to_byte; /* source bytes of the whole element: '<' of its start tag up to
                                  behind the '>' of its end tag; only for elements */
};

/* Parse a whole document.
 * Standard: XML 1.0 and Namespaces in XML 1.0 as expat implements them. A DOCTYPE is refused: no
 *           format that we read needs one, and entities are the way to blow a parser up.
 * Shape:    at most XML_DEPTH_MAX deep; a step and its memory of budget for each node. The budget's
 *           bytes also bound the source.
 * Owns:     *out lives in arena and borrows nothing from source.
 * Errors:   ERR_SYNTAX with line and column, ERR_UNSUPPORTED for a DOCTYPE, ERR_LIMIT; *out
 * unchanged. */
MUST_USE bool xml_read(struct xml_node **out, struct str source, const char *name,
                       struct arena *arena, struct budget *budget, struct err *err);

/* ---- looking; a node may be NULL, and so is then the answer ---- */
bool xml_is(const struct xml_node *node, struct str ns, struct str name); /* an element so named */
const struct xml_node *xml_child(const struct xml_node *node, struct str ns, struct str name);
/* The next sibling of the same ns and name: for (c = xml_child(..); c != NULL; c = xml_next(c)) */
const struct xml_node *xml_next(const struct xml_node *node);
const struct xml_node *xml_first(const struct xml_node *node); /* first child element of any name */
const struct xml_node *xml_sibling(const struct xml_node *node); /* next element of any name */
/* The attribute's value; NULL when it is not there. ns is STR_NONE for one without prefix. */
const struct str *xml_attr(const struct xml_node *node, struct str ns, struct str name);
struct str xml_attr_text(const struct xml_node *node, struct str name); /* no ns; empty if absent */
/* The character data of the element's direct children, joined; from arena when there are several.
 */
struct str xml_text(const struct xml_node *node, struct arena *arena);
/* The URI that a prefix stands for at this element (for QNames in values); empty when none. */
struct str xml_ns_of(const struct xml_node *node, struct str prefix);
struct err_at xml_where(const struct xml_node *node, const char *source);
/* The value of an attribute that must be there and not empty; ERR_INVALID at the element. */
MUST_USE bool xml_need_attr(struct str *out, const struct xml_node *node, struct str name,
                            const char *source, struct err *err);

/* Write the tree as a document that reads back as the same tree (places aside). */
void xml_write(struct buf *out, const struct xml_node *root);
void xml_write_text(struct buf *out, struct str text); /* & < > " and CR as references */

#endif
