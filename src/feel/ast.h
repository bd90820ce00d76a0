/* feel/ast.h - the tree between text and program. dmn/ builds trees too: a boxed expression becomes
 * a tree and is compiled like text. Nodes live in an arena; those of one program may come from
 * several texts. */
#ifndef MANDATE_FEEL_AST_H
#define MANDATE_FEEL_AST_H

#include "feel/feel.h"
#include "feel/type.h"

enum ast_kind {
    AST_CONST,    /* value */
    AST_BAD,      /* a literal without a value: null, with name as the reason */
    AST_NAME,     /* name */
    AST_NEGATE,   /* -a */
    AST_ARITH,    /* a op b, op: '+' '-' '*' '/' '^' */
    AST_COMPARE,  /* a op b, op: enum ast_compare */
    AST_AND,      /* a b */
    AST_OR,       /* a b */
    AST_IF,       /* a then b else c */
    AST_BETWEEN,  /* a between b and c */
    AST_IN,       /* a in list (tests) */
    AST_INSTANCE, /* a instance of type */
    AST_PATH,     /* a.name */
    AST_FILTER,   /* a[b]; op AST_FILTER_TESTS: b is no position */
    AST_CALL,     /* a(list); list of arguments, or of AST_NAMED */
    AST_NAMED,    /* name: a, an argument, a context entry */
    AST_LIST,     /* [list] */
    AST_CONTEXT,  /* {list of AST_NAMED} */
    AST_RANGE,    /* a .. b, op: AST_LOW_CLOSED | AST_HIGH_CLOSED; either may be NULL */
    AST_FOR,      /* for list (AST_ITER) return a */
    AST_SOME,     /* some list satisfies a */
    AST_EVERY,
    AST_ITER,     /* name in a, or name in a..b */
    AST_FUNCTION, /* function(list of AST_PARAM) a */
    AST_PARAM,    /* name: type */
    AST_TESTS,    /* list, any of which holds for the slot of "?"; op 1: not(list) */
    AST_ANY,      /* - */
    AST_UNARY,    /* op a against the tested value, op: enum ast_compare */
    AST_TYPED,    /* a, coerced to type (DMN 1.5: 10.3.2.9.4) */
    AST_HOOK,     /* hook called with the values of list; see struct ast_hook */
};

enum ast_compare { AST_EQ, AST_NE, AST_LT, AST_LE, AST_GT, AST_GE };
enum { AST_FILTER_TESTS = 1 };
enum { AST_LOW_CLOSED = 1, AST_HIGH_CLOSED = 2, AST_ONLY_EQUAL = 4, AST_ONLY_OTHERS = 8 };
enum { AST_DEPTH_MAX = 1200 }; /* walks of a tree recurse: 1200 frames of ~200 bytes */

/* A computation of another folder inside a program, such as a decision table. Its arguments are
 * values; calls evaluates cells of the table with the same budget and diagnostics. */
struct feel_machine; /* an evaluation under way */
typedef bool (*ast_hook_fn)(struct feel_value *out, const void *self, const struct feel_value *args,
                            size_t arg_count, struct feel_machine *machine, struct err *err);
struct ast_hook {
    ast_hook_fn fn;
    const void *self;
};

/* One text that nodes point into. */
struct ast_source {
    struct str text;
    struct err_at at; /* of its first byte */
};

struct ast {
    uint8_t kind, op;
    uint16_t depth;   /* of the tree below, counted from 1 */
    uint32_t at, len; /* bytes in source->text */
    const struct ast_source *source;
    struct ast *next; /* in a list */
    struct ast *a, *b, *c, *list;
    union {
        struct feel_value value;
        struct str name;
        struct ast_hook hook;
    };
    const struct feel_type *type;
};

/* What the parser must know of names: those with blanks or symbols in them. */
struct ast_scope {
    const struct feel_options *options;
    const struct ast_scope *outer;
    const struct str *names; /* added by a boxed context, function or iteration */
    size_t name_count;
    bool in_filter; /* members of the item may be named without a dot */
};

struct err_at ast_place(const struct ast_source *source, uint32_t offset);
/* Parse one text. Errors: ERR_SYNTAX, ERR_LIMIT. */
MUST_USE bool ast_parse(struct ast **out, struct arena *a, struct str text,
                        const struct ast_scope *scope, enum feel_form form, struct err_at at,
                        struct err *err);
/* Parse the name of a type: "number", "list<tLoan>", "context<a: string>". */
MUST_USE bool ast_parse_type(const struct feel_type **out, struct arena *a, struct str text,
                             const struct feel_options *options, struct err *err);

/* Nodes made by dmn/, at the place of another node or of a source. */
struct ast *ast_new(struct arena *a, enum ast_kind kind, const struct ast_source *source);
/* Sets depth from the children; false, ERR_LIMIT, when the tree gets too deep. */
MUST_USE bool ast_close(struct ast *node, struct err *err);

/* Compile a tree. options->names gives the slots of free names. */
MUST_USE bool ast_compile(struct feel_program **out, struct arena *a, const struct ast *tree,
                          const struct feel_options *options, struct err *err);
/* "bed + breakfast" and "bed+breakfast" are one name: blanks collapsed, none around symbols. */
struct str ast_name_normal(struct arena *a, struct str name);

/* The next key of a context that stands in a text, before that is parsed; *at moves behind it. The
 * names of arguments and parameters look the same. False: no more. */
bool ast_key_next(struct str *key, uint32_t *at, struct str text);

#endif
