/* A tree of pieces in one array, its edges in one hash table: a text is followed from the root, so
 * what is spent does not grow with the number of names. A list of names, tried one by one, took
 * seconds for a model of thousands. */
#include "feel/known.h"

#include "feel/lex.h"

enum { ROOM_MIN = 8, SLACK_BYTES = 16384 };

struct known_node {
    struct str piece;
    uint32_t parent;
    uint32_t scopes;             /* variables of this name that are in scope */
    struct str variable, member; /* as they were added; empty: none */
};

static uint64_t edge_hash(uint32_t parent, struct str piece) {
    return (str_hash(piece) ^ parent) * UINT64_C(0x9e3779b97f4a7c15) >> 16;
}

/* The slot of an edge, or the free one where it belongs. */
static uint32_t slot_of(const struct feel_known *known, uint32_t parent, struct str piece) {
    uint32_t slot = (uint32_t)edge_hash(parent, piece) & (known->slot_count - 1);
    for (; known->slots[slot] != 0; slot = (slot + 1) & (known->slot_count - 1)) {
        const struct known_node *node = &known->nodes[known->slots[slot]];
        if (node->parent == parent && str_eq(node->piece, piece))
            break;
    }
    return slot;
}

static bool grow(struct feel_known *known) {
    struct arena *a = known->arena;
    uint32_t room = known->room == 0 ? ROOM_MIN : known->room * 2;
    size_t bytes = room * (sizeof(struct known_node) + 2 * sizeof(uint32_t));
    if (arena_limit_bytes(a) - arena_used_bytes(a) < bytes + SLACK_BYTES)
        return false;
    struct known_node *nodes = arena_new(a, struct known_node, room);
    if (known->count > 0)
        memcpy(nodes, known->nodes, known->count * sizeof *nodes);
    known->nodes = nodes;
    known->room = room;
    known->slot_count = room * 2;
    known->slots = arena_new(a, uint32_t, known->slot_count);
    known->count = MAX_OF(known->count, 1u);
    for (uint32_t i = 1; i < known->count; i++)
        known->slots[slot_of(known, nodes[i].parent, nodes[i].piece)] = i;
    return true;
}

/* A text takes these for a comment. */
static bool has_comment(struct str name) {
    for (size_t i = 0; i + 1 < name.len; i++)
        if (name.at[i] == '/' && (name.at[i + 1] == '/' || name.at[i + 1] == '*'))
            return true;
    return false;
}

/* The piece at or behind *at, which moves behind it; empty at the end. */
static struct str piece_at(struct str text, uint32_t *at) {
    uint32_t from = lex_skip(text, *at), to = lex_part(text, from);
    if (to == from && from < text.len)
        to++;
    *at = to;
    return str_sub(text, from, to - from);
}

static uint32_t child_of(const struct feel_known *known, uint32_t parent, struct str piece) {
    return known->slot_count == 0 || piece.len == 0 ? 0
                                                    : known->slots[slot_of(known, parent, piece)];
}

bool known_add(uint32_t *out, struct feel_known *known, struct str name, bool variable) {
    uint32_t node = 0, at = 0, pieces = 0;
    *out = 0;
    if (has_comment(name))
        return true;
    for (;;) {
        struct str piece = piece_at(name, &at);
        if (piece.len == 0)
            break;
        if (++pieces > KNOWN_PIECES_MAX)
            return true;
        if (known->count == known->room && !grow(known))
            return false;
        uint32_t slot = slot_of(known, node, piece);
        if (known->slots[slot] == 0) {
            known->nodes[known->count] = (struct known_node){.piece = piece, .parent = node};
            known->slots[slot] = known->count++;
        }
        node = known->slots[slot];
    }
    if (node == 0)
        return true;
    struct known_node *end = &known->nodes[node];
    if (variable) {
        end->variable = name;
        end->scopes++;
    } else if (end->member.len == 0) {
        end->member = name;
    }
    *out = node;
    return true;
}

struct str known_variable(const struct feel_known *known, uint32_t node) {
    return node == 0 || known->nodes[node].scopes == 0 ? STR_NONE : known->nodes[node].variable;
}

void known_drop(struct feel_known *known, uint32_t node, struct str hidden) {
    if (node == 0)
        return;
    struct known_node *end = &known->nodes[node];
    end->scopes--;
    if (end->member.len == 0)
        end->member = end->variable;
    end->variable = hidden;
}

uint32_t known_match(struct str *name, const struct feel_known *known, struct str text,
                     uint32_t from, bool members) {
    uint32_t node = 0, at = from, end = 0;
    while ((node = child_of(known, node, piece_at(text, &at))) != 0) {
        const struct known_node *n = &known->nodes[node];
        if (n->scopes == 0 && !(members && n->member.len > 0))
            continue;
        end = at;
        *name = n->scopes > 0 && !(members && n->member.len > 0) ? n->variable : n->member;
    }
    return end;
}

bool known_has(const struct feel_known *known, struct str text, uint32_t from, uint32_t to) {
    uint32_t node = 0, at = from;
    while (at < to && (node = child_of(known, node, piece_at(text, &at))) != 0)
        if (at == to)
            return known->nodes[node].scopes > 0 || known->nodes[node].member.len > 0;
    return false;
}
