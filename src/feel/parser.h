/* feel/parser.h - the parser's state and what its files share: parse.c the grammar, parse_name.c
 * words, new names and types, parse_known.c which of the known names a text means. */
#ifndef MANDATE_FEEL_PARSER_H
#define MANDATE_FEEL_PARSER_H

#include "feel/ast.h"
#include "feel/known.h"
#include "feel/lex.h"

/* A name that the text itself brings: of an entry, a parameter, an iteration. What it stands for
 * tells which members it has. */
struct local {
    struct str name;
    uint32_t node;                /* in parser.known; 0: one word */
    struct str hidden;            /* the variable there that it hides, as it is written */
    const struct ast *value;      /* an entry's value, the domain of an iteration; or NULL */
    const struct feel_type *type; /* of a parameter; or NULL */
};

/* A filter that is being read: members of its items may be named without a dot. */
struct filter_around {
    const struct ast *list;
    size_t local_count; /* those the list could see */
    struct filter_around *outer;
    /* What is known of its items, once it was looked for. */
    bool looked;
    const struct feel_type *type;
    const struct ast *context;
};

struct parser {
    struct arena *arena;
    struct err *err;
    struct str text;
    const struct ast_source *source;
    const struct ast_scope *scope;
    const struct feel_options *options;
    struct token token;
    uint32_t from;
    int nesting;
    int boxed_filters;            /* around the whole text: of their items nothing is known */
    struct filter_around *filter; /* the innermost */
    bool range_end;               /* a [ may close the range that is being read */
    /* Names with blanks or symbols. Those of the scope and of the members are added when the text
     * first has what could be one: most cells of tables never do. */
    struct feel_known known;
    bool knows_scope, knows_members;
    struct local *locals;
    size_t local_count, local_room;
    struct ast spare; /* stands for a node when memory ran out; the parse then fails */
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
/* Take a new name: of a parameter, an entry, a variable of an iteration. */
struct str parser_take_new_name(struct parser *p, const char *until);
const struct feel_type *parser_take_type(struct parser *p);

/* --- parse_known.c -----------------------------------------------------------------------------
 */
void parser_know(struct parser *p, struct local local);
void parser_know_member(struct parser *p, struct str name);
/* Locals known since mark go out of scope; their names may still follow a dot. */
void parser_forget(struct parser *p, size_t mark);
/* Take the name at the current TOKEN_NAME; *to is its end. */
struct str parser_take_name(struct parser *p, uint32_t *to);
/* Take the word behind the dot, whatever kind of token it is, and what belongs to it. */
struct str parser_take_member(struct parser *p, const struct ast *of, uint32_t *to);

#endif
