/* feel/compiler.h - inside the compiler (compile.c): the code of one program while it is made
 * (compile_emit.c), and what names mean in it (compile_name.c).
 * What no longer fits into the arena goes to spare bytes and is refused at the next node: so what
 * adds to lists needs no result. */
#ifndef MANDATE_FEEL_COMPILER_H
#define MANDATE_FEEL_COMPILER_H

#include "base/map.h"
#include "feel/code.h"

struct list { /* grows in the arena */
    void *at;
    uint32_t count, room;
};

/* A function whose code is being made. level 0 is the program itself. */
struct unit {
    struct unit *outer;
    int level;
    struct list code, places, captures;
    struct list captured; /* int32_t: what captures[i] holds, a binding's index or ~slot */
    uint32_t local_count, stack, stack_max;
};

enum binding_kind { BIND_LOCAL, BIND_SELF, BIND_FILTER, BIND_PARTIAL };
struct binding {
    enum binding_kind kind;
    struct str name;
    int level;
    uint32_t slot;
    uint16_t bucket;
    uint32_t below; /* in the bucket: 1 + the binding before, or 0 */
};

enum { BUCKETS = 256, FILTERS = BUCKETS }; /* of bindings by name; the last is that of filters */

struct compiler {
    struct arena *arena;
    struct err *err;
    const struct feel_options *options;
    struct feel_program *program;
    struct unit *unit;
    struct list consts, names, types, shapes, protos, hooks, patterns, inputs, bindings;
    struct list certain;  /* bool: of each input that was added */
    struct map input_map; /* of the first inputs_mapped, once there are many */
    uint32_t inputs_mapped;
    uint64_t looked; /* names compared since the last node: each has its part of a step */
    uint32_t bound[BUCKETS + 1]; /* the innermost binding of each bucket, + 1 */
    bool *used;
    const struct ast *node;              /* being compiled, for places */
    bool full;                           /* memory ran out */
    alignas(max_align_t) char spare[64]; /* takes what no longer fits, until the end */
};

/* --- compile_emit.c ---------------------------------------------------------------------- */
/* Is there memory for bytes more? The first refusal ends the compilation, at the next node. */
bool code_affords(struct compiler *c, size_t bytes);
/* Room for one item more; the spare bytes where there is none. */
void *code_list_add(struct compiler *c, struct list *list, size_t item_bytes);
#define CODE_ADD(c, list, type) ((type *)code_list_add((c), (list), sizeof(type)))
/* Their index. A name is kept once, among the first ones. */
int32_t code_add_const(struct compiler *c, struct feel_value v);
int32_t code_add_name(struct compiler *c, struct str name);
int32_t code_add_type(struct compiler *c, const struct feel_type *type);
/* One instruction with the place of the node being compiled; its index. */
uint32_t code_emit(struct compiler *c, enum op op, uint32_t a, int32_t b, int stack_change);
struct ins *code_ins(struct compiler *c, uint32_t ins);
void code_patch(struct compiler *c, uint32_t ins); /* its jump goes to what comes next */
void code_patch_to(struct compiler *c, uint32_t ins, uint32_t target);
/* False, with the error at the node being compiled. */
bool code_refuse(struct compiler *c, enum err_code code, const char *what);
bool code_take_locals(struct compiler *c, uint32_t *out, uint32_t count); /* the first slot */

/* --- compile_name.c ---------------------------------------------------------------------- */
/* name_unbind() takes back what was bound since bindings.count was mark. */
bool name_bind(struct compiler *c, enum binding_kind kind, struct str name, uint32_t slot);
void name_unbind(struct compiler *c, uint32_t mark);
/* Is it a binding or one of the options' names? Then it is no built-in function, also in a call. */
bool name_is_declared(struct compiler *c, struct str name);
void name_add_input(struct compiler *c, struct str name);
bool name_gen(struct compiler *c, struct str name); /* its value on the stack, whatever it means */

#endif
