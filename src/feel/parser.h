/* feel/parser.h - the parser's state and what its two files share: parse.c the grammar,
 * parse_name.c names and types. */
#ifndef MANDATE_FEEL_PARSER_H
#define MANDATE_FEEL_PARSER_H

#include "feel/ast.h"
#include "feel/lex.h"

/* a name with blanks or symbols */
struct long_name {
    struct str name;
    bool in_scope; /* otherwise it may only follow a dot or stand in a filter */
};

struct parser {
    struct arena *arena;
    struct err *err;
    struct str text;
    const struct ast_source *source;
    const struct feel_options *options;
    struct token token;
    uint32_t from;
    int nesting;
    int filters;    /* brackets of filters around here: members may be named without a dot */
    bool range_end; /* a [ may close the range that is being read */
    struct long_name *longs;
    size_t long_count, long_room;
    uint32_t long_first[8]; /* bitmap of their first bytes */
    struct ast spare;       /* stands for a node when memory ran out; the parse then fails */
};

/* --- parse_name.c ------------------------------------------------------------------------------
 */
/* Always NULL; the first complaint stays. found: what stands there instead, or empty. */
struct ast *parser_fail_at(struct parser *p, uint32_t offset, const char *what, struct str found);
struct ast *parser_fail(struct parser *p, const char *what); /* at the current token */
bool parser_advance(struct parser *p);
bool parser_accept(struct parser *p, enum token_kind kind);
bool parser_expect(struct parser *p, enum token_kind kind, const char *what);
static inline bool parser_at(const struct parser *p, enum token_kind kind) {
    return p->token.kind == kind;
}
/* Is there memory for bytes more, and for the end of the parse? Complains when there is not. */
bool parser_affords(struct parser *p, size_t bytes);
/* The end of a new name that begins at from: words, digits and symbols, up to another character, or
 * to the word that ends it (NULL: none). from itself when none begins. */
uint32_t parser_new_name_end(struct str text, uint32_t from, const char *until);
void parser_know(struct parser *p, struct str name, bool in_scope);
/* Names known since mark go out of scope, but may still follow a dot. */
void parser_forget(struct parser *p, size_t mark);
void parser_know_scope(struct parser *p, const struct ast_scope *scope);
/* Take the name at the current TOKEN_NAME (or word of the grammar behind a dot). */
struct str parser_take_name(struct parser *p, bool member);
/* Take a new name: of a parameter, an entry, a variable of an iteration. */
struct str parser_take_new_name(struct parser *p, const char *until);
const struct feel_type *parser_take_type(struct parser *p);

#endif
