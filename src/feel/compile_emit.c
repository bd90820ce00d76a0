/* The code of a program while it is made: lists that grow, instructions and their places. */
#include "feel/compiler.h"

enum {
    LOCALS_MAX = 60000,
    SLACK_BYTES = 4096 /* of the arena, for what is small */
};

bool code_affords(struct compiler *c, size_t bytes) {
    size_t left = arena_limit_bytes(c->arena) - arena_used_bytes(c->arena);
    c->full = c->full || left < bytes + SLACK_BYTES;
    return !c->full;
}

/* --- growing lists ------------------------------------------------------------------------ */
void *code_list_add(struct compiler *c, struct list *list, size_t item_bytes) {
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 8 : list->room * 2;
        if (!code_affords(c, room * item_bytes))
            return c->spare;
        void *grown = arena_alloc(c->arena, room, item_bytes, alignof(max_align_t));
        if (list->count > 0)
            memcpy(grown, list->at, list->count * item_bytes);
        list->at = grown;
        list->room = room;
    }
    return (char *)list->at + item_bytes * list->count++;
}

int32_t code_add_const(struct compiler *c, struct feel_value v) {
    *CODE_ADD(c, &c->consts, struct feel_value) = v;
    return (int32_t)c->consts.count - 1;
}

int32_t code_add_name(struct compiler *c, struct str name) {
    const struct str *names = c->names.at;
    for (uint32_t i = 0; i < MIN_OF(c->names.count, 64u); i++)
        if (str_eq(names[i], name))
            return (int32_t)i;
    *CODE_ADD(c, &c->names, struct str) = name;
    return (int32_t)c->names.count - 1;
}

int32_t code_add_type(struct compiler *c, const struct feel_type *type) {
    *CODE_ADD(c, &c->types, const struct feel_type *) = type;
    return (int32_t)c->types.count - 1;
}

/* --- emitting ----------------------------------------------------------------------------- */
uint32_t code_emit(struct compiler *c, enum op op, uint32_t a, int32_t b, int stack_change) {
    struct unit *u = c->unit;
    *CODE_ADD(c, &u->code, struct ins) = (struct ins){(uint16_t)op, (uint16_t)a, b, 0};
    *CODE_ADD(c, &u->places, struct place) =
        (struct place){c->node->source, c->node->at, c->node->len};
    u->stack = (uint32_t)((int)u->stack + stack_change);
    u->stack_max = MAX_OF(u->stack_max, u->stack);
    return u->code.count - 1;
}

/* An instruction that did not fit has no place: what is said about it goes to the spare bytes. */
struct ins *code_ins(struct compiler *c, uint32_t ins) {
    return ins < c->unit->code.count ? (struct ins *)c->unit->code.at + ins
                                     : (struct ins *)(void *)c->spare;
}

void code_patch(struct compiler *c, uint32_t ins) {
    code_ins(c, ins)->c = (int32_t)c->unit->code.count;
}

void code_patch_to(struct compiler *c, uint32_t ins, uint32_t target) {
    code_ins(c, ins)->c = (int32_t)target;
}

bool code_refuse(struct compiler *c, enum err_code code, const char *what) {
    return err_set(c->err, code, ast_place(c->node->source, c->node->at), "%s", what);
}

bool code_take_locals(struct compiler *c, uint32_t *out, uint32_t count) {
    if (count > LOCALS_MAX - c->unit->local_count)
        return code_refuse(c, ERR_LIMIT, "an expression has too many variables");
    *out = c->unit->local_count;
    c->unit->local_count += count;
    return true;
}
