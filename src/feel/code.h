/* feel/code.h - compiled FEEL: instructions of a stack machine, made by compile.c, run by eval.c.
 * A frame is [locals][operands]. Loops are jumps; only a call of a function makes a frame. What a
 * function needs of its surroundings is copied into it when it is made: values are immutable. */
#ifndef MANDATE_FEEL_CODE_H
#define MANDATE_FEEL_CODE_H

#include "feel/ast.h"

struct regex; /* feel/regex.h */

/* (stack before -> after) */
enum op {
    OP_CONST,       /* ( -> consts[b]) */
    OP_BAD,         /* ( -> null), complains of names[b] */
    OP_VAR,         /* ( -> vars[b]) */
    OP_LOCAL,       /* ( -> locals[b]) */
    OP_CAPTURE,     /* ( -> captured[b]) */
    OP_CAPTURE_VAR, /* ( -> captured[b]), which is vars[c] */
    OP_SELF,        /* ( -> the running function) */
    OP_SET,         /* (v -> ), locals[b] = v */
    OP_NEGATE,      /* (a -> -a) */
    OP_ADD,         /* (a b -> a + b) ... */
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_POW,
    OP_EQ, /* in the order of enum ast_compare */
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_AND,         /* (a b -> a and b), a is not false */
    OP_OR,          /* (a b -> a or b), a is not true */
    OP_NOT,         /* (a -> not(a)) */
    OP_JUMP,        /* to c */
    OP_JUMP_FALSE,  /* (a -> a), to c when a is false */
    OP_JUMP_TRUE,   /* (a -> a), to c when a is true */
    OP_JUMP_ELSE,   /* (a -> ), to c unless a is true; neither boolean nor null: ( -> null), to b */
    OP_BETWEEN,     /* (a b c -> b <= a and a <= c) */
    OP_IN_RANGE,    /* (low high -> locals[b] in range), a: AST_LOW_CLOSED ... */
    OP_TEST,        /* (e -> locals[b] passes the test e), a: enum test_kind */
    OP_INSTANCE,    /* (a -> a instance of types[b]) */
    OP_COERCE,      /* (a -> a as types[b]) */
    OP_PATH,        /* (a -> a.names[b]) */
    OP_MEMBER,      /* locals[a] has names[b]: ( -> its value) and on; else over the next one */
    OP_INDEX,       /* (list n -> list[n]) */
    OP_FILTER,      /* (list -> ), locals[b..b+3] = list, index, kept, item; a 1: the test is a
                       boolean, so an empty list gives ( -> []) and goes to c */
    OP_FILTER_NEXT, /* (test -> [result]), to c for the next item of locals[b]; a 1: no position */
    OP_LIST,        /* (b values -> list) */
    OP_CONTEXT,     /* ( -> context of locals[a...] named by shapes[b]) */
    OP_RANGE,       /* (low high -> range), a: AST_LOW_CLOSED ..., b: 1 no low, 2 no high */
    OP_ITER,        /* (domain -> ), locals[b..b+2] = domain, position, item; to c when empty;
                       a: the local that becomes null when there is nothing to iterate over */
    OP_ITER_RANGE,  /* (low high -> ) the same */
    OP_ITER_NEXT,   /* to c with the next item of locals[b] */
    OP_BUILD,       /* locals[b] = a new list */
    OP_APPEND,      /* (v -> ), onto locals[b] */
    OP_BUILT,       /* ( -> the list of locals[b]); also so far, as `partial` */
    OP_SOME,        /* (test -> ), locals[b] = locals[b] or test; to c when that is true */
    OP_EVERY,       /* (test -> ), locals[b] = locals[b] and test; to c when that is false */
    OP_FUNCTION,    /* ( -> function of protos[b]) */
    OP_CALL,        /* (f args -> result), a arguments */
    OP_CALL_NAMED,  /* (f args -> result), a arguments named by shapes[b] */
    OP_BUILTIN,     /* (args -> result), a arguments, builtin b; c: 1 + its ready pattern, or 0 */
    OP_HOOK,        /* (args -> result), a arguments, hooks[b] */
    OP_RETURN,      /* (v) is the result */
};

/* What a test is: an expression, one that names ?, or a.b.c without it. */
enum test_kind { TEST_EXPRESSION, TEST_OF_SUBJECT, TEST_VARIABLE };

struct ins {
    uint16_t op, a;
    int32_t b, c;
};

struct place {
    const struct ast_source *source;
    uint32_t at, len;
};

enum capture_from {
    CAPTURE_LOCAL,
    CAPTURE_PARTIAL, /* the list so far of a local that OP_BUILD made */
    CAPTURE_CAPTURE,
    CAPTURE_SELF,
    CAPTURE_VAR,
};
struct capture {
    enum capture_from from;
    int32_t index; /* in the function around */
};

struct shape {
    const struct str *names;
    uint32_t count;
};

/* The code of one function, or of the program itself. */
struct proto {
    const struct feel_program *program;
    const struct ins *code;
    const struct place *places; /* of each instruction */
    uint32_t code_count;
    uint32_t local_count, frame_count; /* frame_count: locals and the deepest operands */
    struct shape params;
    const struct feel_type *const *param_types;
    const struct feel_type *result_type;
    const struct capture *captures;
    uint32_t capture_count;
    bool external; /* code of another language: never run */
};

struct feel_program {
    struct proto main;
    const struct feel_value *consts;
    const struct str *names;
    const struct feel_type *const *types;
    const struct shape *shapes;
    const struct proto *const *protos;
    const struct ast_hook *hooks;
    struct regex *const *patterns; /* of calls whose pattern and flags are literals */
    const struct str *inputs;
    const bool *input_used;
    const bool *input_certain; /* of those that were added: is it more than a filter's name? */
    size_t input_count, declared_count; /* the rest was added for open options */
    const struct ast *tree;             /* kept for the checks of tables */
};

enum function_kind { FUNCTION_CLOSURE, FUNCTION_NATIVE, FUNCTION_BUILTIN };
struct feel_function {
    enum function_kind kind;
    /* closure */
    const struct proto *proto;
    const struct feel_value *captured;
    /* native */
    feel_native_fn native;
    const void *self;
    struct shape params;
    const struct str *aliases;    /* other names of the parameters; NULL: none */
    const struct feel_type *type; /* NULL: not told */
    /* builtin */
    int builtin;
};

#endif
