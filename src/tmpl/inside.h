/* tmpl/inside.h - what the files of this folder share. Not for others. */
#ifndef MANDATE_TMPL_INSIDE_H
#define MANDATE_TMPL_INSIDE_H

#include "base/map.h"
#include "tmpl/tmpl.h"

/* ---- a template as it was written: parse.c ---- */
enum tag {
    TAG_TEXT, /* at most one line, with its line end */
    TAG_VALUE,
    TAG_RAW, /* {{{x}}} and {{&x}} */
    TAG_SECTION,
    TAG_INVERTED,
    TAG_CLOSE,
    TAG_PARTIAL,
    TAG_DYNAMIC, /* {{>*x}} */
    TAG_PARENT,
    TAG_BLOCK,
    TAG_COMMENT,
    TAG_DELIMITERS
};

struct token {
    enum tag tag;
    struct str text; /* the literal, or the name */
    uint32_t line, column;
    uint32_t path, path_count; /* of the name, in the set's keys; no key is the item itself */
    uint32_t match;            /* of an opening tag: its TAG_CLOSE; the other way round there */
    struct str indent;         /* the blanks before a tag that is the first on its line */
    bool first;                /* the first token of a line that stays */
    bool standalone;           /* its line was removed around it */
};

struct source {
    struct str name;
    const char *file;
    struct token *tokens;
    uint32_t token_count;
};

MUST_USE bool tmpl_parse(struct source *out, struct str text, struct arena *arena, struct err *err);
/* The blanks that the lines of a block begin with: see parse.c. */
struct str tmpl_block_indent(const struct source *source, uint32_t block);

/* ---- where in the HTML a place is: html.c ---- */
enum place {
    PLACE_TEXT,
    PLACE_TAG_OPEN,     /* behind '<' */
    PLACE_END_TAG_OPEN, /* behind '</' */
    PLACE_TAG_NAME,
    PLACE_TAG, /* in a tag, before an attribute */
    PLACE_ATTR_NAME,
    PLACE_AFTER_NAME,
    PLACE_BEFORE_VALUE, /* behind '=' */
    PLACE_QUOTED,       /* in a quoted value */
    PLACE_UNQUOTED,     /* in an unquoted one */
    PLACE_NAME_UNKNOWN, /* in a tag, behind a section: perhaps in a name, but never behind '=' */
    PLACE_NEEDS_BLANK,  /* in a tag, behind a section: a blank, '/' or '>' must follow */
    PLACE_RAW,          /* in script, style and the like */
    PLACE_RCDATA,       /* in title, textarea */
    PLACE_MARKUP,       /* <!...> */
    PLACE_COMMENT
};
enum attr_kind { ATTR_PLAIN, ATTR_URL, ATTR_REFUSED };
enum url_stage { URL_START, URL_SCHEME, URL_PATH, URL_QUERY };
enum { HTML_NAME_MAX = 24 }; /* longer names are none that matter here */

struct html_state {
    enum place place;
    bool is_end; /* an end tag */
    char quote;
    enum attr_kind attr;
    enum url_stage url;
    unsigned matched;            /* of what ends the raw text, markup or comment */
    char element[HTML_NAME_MAX]; /* lower case, zero-ended, cut */
    char name[HTML_NAME_MAX];    /* of the attribute, or the URL's scheme */
};

enum escape {
    ESCAPE_NONE,
    ESCAPE_HTML,
    ESCAPE_URL,   /* a whole URL */
    ESCAPE_PATH,  /* one component before '?' */
    ESCAPE_QUERY, /* one component behind it */
    ESCAPE_SAFE   /* only json_html() */
};

/* Move on over one byte of literal. False with the reason when the HTML is broken there. */
bool html_feed(struct html_state *s, char byte, const char **why);
/* How a value is written here, and the state behind it. */
bool html_value(enum escape *out, struct html_state *s, const char **why);
/* A state that is right whether one came from a or from b; false when there is none. */
bool html_join(struct html_state *out, const struct html_state *a, const struct html_state *b);
bool html_same(const struct html_state *a, const struct html_state *b);

/* ---- what is run: link.c makes it, render.c runs it ---- */
enum op_kind {
    OP_LITERAL, /* from, to: bytes of the program's literals */
    OP_VALUE,
    OP_SECTION, /* to: the op behind it */
    OP_INVERTED,
    OP_CALL,   /* from: a program */
    OP_DYNAMIC /* from: a family of programs */
};

struct op {
    uint8_t kind, escape;
    uint16_t path_count;
    uint32_t path; /* first of path_count keys; no key is the item itself */
    uint32_t from, to;
    uint32_t source, line, column; /* where it was written */
};

struct program {
    const struct op *ops;
    uint32_t op_count;
    const char *literals;
};

/* Every template, compiled with one indentation: what a {{>*name}} may choose from. */
struct family {
    struct str indent;
    uint32_t *programs; /* by source */
};

struct tmpl_set {
    enum tmpl_mode mode;
    struct arena *arena;
    struct map names; /* to sources */
    struct source *sources;
    uint32_t source_count, source_room;
    struct json_key *keys;
    uint32_t key_count, key_room;
    struct program *programs;
    uint32_t program_count, program_room;
    struct family *families; /* families[0] has no indentation: the pages */
    uint32_t family_count, family_room;
    bool linked;
};

/* A larger copy of a vector, twice as long; the old one stays in the arena. */
void *tmpl_grow(struct arena *arena, const void *old, uint32_t count, uint32_t *room,
                size_t size_bytes);

#endif
