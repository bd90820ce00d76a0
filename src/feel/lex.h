/* feel/lex.h - tokens of FEEL (DMN 1.5: 10.3.1.2), for the parser only. */
#ifndef MANDATE_FEEL_LEX_H
#define MANDATE_FEEL_LEX_H

#include "base/arena.h"
#include "base/err.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NAME, /* one word; the parser joins words to longer names */
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_AT, /* @ before a string */
    /* words of the grammar */
    TOKEN_AND,
    TOKEN_BETWEEN,
    TOKEN_ELSE,
    TOKEN_EVERY,
    TOKEN_FALSE,
    TOKEN_FOR,
    TOKEN_FUNCTION,
    TOKEN_IF,
    TOKEN_IN,
    TOKEN_INSTANCE,
    TOKEN_NOT,
    TOKEN_NULL,
    TOKEN_OR,
    TOKEN_RETURN,
    TOKEN_SATISFIES,
    TOKEN_SOME,
    TOKEN_THEN,
    TOKEN_TRUE,
    /* signs */
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_POWER,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
    TOKEN_DOT,
    TOKEN_DOTS,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_ARROW,
    TOKEN_PAREN,
    TOKEN_PAREN_END,
    TOKEN_BRACKET,
    TOKEN_BRACKET_END,
    TOKEN_BRACE,
    TOKEN_BRACE_END,
};

struct token {
    enum token_kind kind;
    uint32_t from, to; /* bytes of the text */
};

/* Scan the token at or after *from, which moves behind it. False at a byte no token begins with or
 * an unfinished string or comment; then out->from is its place and *what says what. */
bool lex_next(struct token *out, struct str text, uint32_t from, const char **what);
/* The first byte at or after from that is neither blank nor comment. */
uint32_t lex_skip(struct str text, uint32_t from);
/* The end of the word that begins at from; from itself when none does. */
uint32_t lex_word(struct str text, uint32_t from);
/* The end of the characters of names, digits included, that begin at from. */
uint32_t lex_part(struct str text, uint32_t from);
bool lex_is_name_part(struct str text, uint32_t at);
bool lex_is_symbol(char c); /* one that a name may hold. DMN 1.5: rule 30 */
/* The value of a string token's bytes, quotes included. False for a broken escape. */
bool lex_string(struct str *out, struct str token, struct arena *a);
/* Match a name of several words or with symbols against the text: blanks may differ. The end of the
 * match, or 0. */
uint32_t lex_match(struct str text, uint32_t from, struct str name);

#endif
