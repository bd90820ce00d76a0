/* json/json.h - the document tree of the program: what JSON (RFC 8259) and YAML files are read
 * into, what templates are rendered from, what answers are written from. Pure.
 *
 * Numbers are exact: a node keeps the number's source text, and nothing here passes it through a
 * double. Objects keep the order of their members; a key occurs once.
 * A tree lives in one arena. Texts and keys are borrowed: whoever makes a node keeps their bytes
 * alive as long as the tree (a literal, or arena_str() into the same arena). Children are const, so
 * a tree that lives longer (a pack) may hang in one that lives shorter (a request), never the other
 * way round. */
#ifndef MANDATE_JSON_JSON_H
#define MANDATE_JSON_JSON_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"

/* A tree made by code may be somewhat deeper than one that was read; walking it is recursive. */
enum { JSON_DEPTH_MAX = NEST_DEPTH_MAX + 64 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_member;
struct json {
    uint8_t kind;          /* enum json_kind */
    bool boolean;          /* JSON_BOOL */
    bool safe;             /* JSON_STRING that the code vouches for as HTML: see json_html() */
    uint32_t line, column; /* in the source, from 1; 0 when made by code */
    union {
        struct str text; /* JSON_STRING: UTF-8; JSON_NUMBER: as RFC 8259: 6 writes it */
        struct {         /* JSON_ARRAY, JSON_OBJECT: use the accessors */
            union {
                const struct json **items;
                struct json_member *members;
            };
            uint32_t *slots; /* of a large object: member number + 1; 0 is free */
            struct arena *arena;
            uint32_t count, room;
        };
    };
};

/* A key with its hash, made once for many lookups. */
struct json_key {
    struct str text;
    uint32_t hash;
};

struct json_member {
    struct json_key key;
    uint32_t line, column; /* of the key */
    const struct json *value;
};

/* ---- making a tree. Nothing here fails: the caller has bounded what it puts in. ---- */
struct json *json_null(struct arena *arena);
struct json *json_bool(bool value, struct arena *arena);
struct json *json_i64(int64_t value, struct arena *arena);
struct json *json_u64(uint64_t value, struct arena *arena);
/* text must be a number as RFC 8259: 6 writes it; asserted. "1.10" stays "1.10". */
struct json *json_number(struct str text, struct arena *arena);
bool json_is_number(struct str text);
struct json *json_str(struct str text, struct arena *arena);      /* borrows; must be UTF-8 */
struct json *json_str_copy(struct str text, struct arena *arena); /* copies the bytes first */
struct json *json_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* A text that templates may put into a page as it stands ({{{x}}}): only for HTML that this program
 * made, never for what a person typed. */
struct json *json_html(struct str html, struct arena *arena);
struct json *json_arr(struct arena *arena);
struct json *json_obj(struct arena *arena);
/* The same with room for that many members, so that they need not be moved as it fills. */
struct json *json_obj_room(uint32_t members, struct arena *arena);
/* Append, O(1). value may not be NULL. */
void json_push(struct json *arr, const struct json *value);
/* Insert at the end, or replace where the key stands. O(1). */
void json_set(struct json *obj, struct str key, const struct json *value);
void json_set_key(struct json *obj, const struct json_key *key, const struct json *value);
/* The same with a new node, in the object's own arena; texts are borrowed. */
void json_set_str(struct json *obj, struct str key, struct str text);
void json_set_i64(struct json *obj, struct str key, int64_t value);
void json_set_bool(struct json *obj, struct str key, bool value);
struct json *json_set_obj(struct json *obj, struct str key); /* a new empty object, to be filled */
struct json *json_set_arr(struct json *obj, struct str key);
struct json *json_push_obj(struct json *arr);
void json_push_str(struct json *arr, struct str text);
/* What the next append will take from the arena: for readers, which ask a budget first. */
size_t json_append_bytes(const struct json *container);
/* json_set() for readers: where the key and the value stand; false, and nothing changes, when the
 * key is there already. *probes grows by the keys that were looked at. */
MUST_USE bool json_insert(struct json *obj, const struct json_member *member, uint64_t *probes);
/* A deep copy, texts included, that borrows nothing from the old tree; positions are kept. */
struct json *json_copy(const struct json *node, struct arena *arena);

/* ---- looking. A node may be NULL: then it has no members, no text, and no kind. ---- */
static inline bool json_is(const struct json *node, enum json_kind kind) {
    return node != NULL && node->kind == kind;
}
const char *json_kind_name(const struct json *node); /* "text", "number", "list" ... for messages */
/* The value of key, or NULL when node is no object or has no such member. */
const struct json *json_get(const struct json *node, struct str key);
struct json_key json_key_of(struct str text);
const struct json *json_get_key(const struct json *node, const struct json_key *key);
/* Items of a list, members of an object; 0 for everything else. */
static inline size_t json_count(const struct json *node) {
    return node != NULL && node->kind >= JSON_ARRAY ? node->count : 0;
}
const struct json *json_item(const struct json *node, size_t index); /* NULL when out of range */
const struct json_member *json_member_at(const struct json *node, size_t index); /* likewise */
struct str json_text(const struct json *node); /* of a string or a number; empty for others */
struct str json_get_text(const struct json *node, struct str key);
/* A number written without fraction or exponent that fits; false, *out unchanged, for others. */
MUST_USE bool json_to_i64(int64_t *out, const struct json *node);
bool json_is_true(const struct json *node); /* the boolean true, nothing else */
/* Same kinds, texts, items in order, members in any order. Numbers are compared as text, so 1.0 and
 * 1 differ. The safe flag and positions do not count. */
bool json_equal(const struct json *a, const struct json *b);

/* ---- checks that end with a message. source: the file's name, borrowed by err ---- */
struct err_at json_where(const struct json *node, const char *source);
/* The member of that kind. ERR_INVALID when missing (at obj), ERR_TYPE when of another kind. */
MUST_USE bool json_need(const struct json **out, const struct json *obj, struct str key,
                        enum json_kind kind, const char *source, struct err *err);
/* The same, but a missing one gives NULL. */
MUST_USE bool json_may(const struct json **out, const struct json *obj, struct str key,
                       enum json_kind kind, const char *source, struct err *err);
/* The text of a non-empty string member. */
MUST_USE bool json_need_text(struct str *out, const struct json *obj, struct str key,
                             const char *source, struct err *err);
/* obj is an object and has no member but those named ("a", "b", ..., NULL); ERR_UNKNOWN with the
 * key's place and the names that are allowed. */
MUST_USE bool json_only(const struct json *obj, const char *const *keys, const char *source,
                        struct err *err);

/* ---- reading ---- */
/* Parse the whole of source as one JSON text.
 * Standard: RFC 8259, strictly; UTF-8 (RFC 3629) strictly. A byte order mark before it
 *           is passed over, as 8.1 allows.
 * Shape:    at most NEST_DEPTH_MAX deep; a step and about sizeof(struct json) bytes of budget for
 *           each value, and the size of the source in bytes.
 * Owns:     *out lives in arena and borrows nothing from source (it is copied there once).
 * Errors:   ERR_SYNTAX with line and column, ERR_LIMIT; *out unchanged. A key that occurs twice in
 *           an object is ERR_SYNTAX too (RFC 7493: 2.3; RFC 8259: 4 leaves it to the reader). */
MUST_USE bool json_read(const struct json **out, struct str source, const char *name,
                        struct arena *arena, struct budget *budget, struct err *err);
/* The same without the copy: source must live as long as arena. */
MUST_USE bool json_view(const struct json **out, struct str source, const char *name,
                        struct arena *arena, struct budget *budget, struct err *err);

/* ---- writing. Whether it fitted is what buf_ok() says. ---- */
enum json_style {
    JSON_COMPACT = 0,
    JSON_PRETTY = 1, /* two blanks an indent, a line end after the text */
    JSON_SORTED =
        2, /* keys in the order of their bytes: one tree, one text (canonical with COMPACT) */
    JSON_EMBED = 4, /* < > & U+2028 U+2029 as \u escapes: may stand inside HTML and script */
};
void json_write(struct buf *out, const struct json *node, unsigned style);
void json_write_text(struct buf *out, struct str text); /* one quoted string */

#endif
