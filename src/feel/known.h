/* feel/known.h - names of several words or with symbols, found in a text piece by piece, a piece
 * being a run of name characters or one symbol. One step a piece, however many names there are.
 * Immutable but for known_add() and known_drop(). DMN 1.5: 10.3.1.4, 10.3.1.6 */
#ifndef MANDATE_FEEL_KNOWN_H
#define MANDATE_FEEL_KNOWN_H

#include "base/arena.h"

struct known_node; /* a piece behind others */

/* Zeroed is empty; give it its arena. */
struct feel_known {
    struct arena *arena;
    struct known_node *nodes; /* nodes[0] stands before the first piece */
    uint32_t *slots;          /* by parent and piece: a node, or 0 */
    uint32_t count, room, slot_count;
};

enum { KNOWN_PIECES_MAX = 200 }; /* a name of more is not joined from its words */

/* A variable may stand alone, a member only behind a dot or in a filter. The place of the name in
 * *node, 0 when it has too many pieces. False when the arena is full. */
MUST_USE bool known_add(uint32_t *node, struct feel_known *known, struct str name, bool variable);
/* The variable there, as it was written; empty: none. */
struct str known_variable(const struct feel_known *known, uint32_t node);
/* The last variable there is in scope no more, and stays as a member; hidden: what it hid. */
void known_drop(struct feel_known *known, uint32_t node, struct str hidden);
/* The end of the longest name that begins at from, and the name as it was added; 0: none. */
uint32_t known_match(struct str *name, const struct feel_known *known, struct str text,
                     uint32_t from, bool members);
/* Is text[from..to) a name of the set, of either kind? */
bool known_has(const struct feel_known *known, struct str text, uint32_t from, uint32_t to);

#endif
