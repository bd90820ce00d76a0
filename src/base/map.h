/* base/map.h - from a text to an index. Keys are borrowed; the map lives in an arena and is walked
 * in the order of insertion, never in hash order, so that the same input gives the same bytes. */
#ifndef MANDATE_BASE_MAP_H
#define MANDATE_BASE_MAP_H

#include "base/arena.h"

struct map_entry {
    struct str key;
    uint64_t hash;
    size_t value;
};

/* A zeroed map is an empty one; give it its arena by map_init(). */
struct map {
    struct arena *arena;
    struct map_entry *entries; /* entries[0..count) in the order of insertion */
    uint32_t *slots;           /* entry number + 1; 0 is free */
    size_t count, entry_room, slot_count;
};

void map_init(struct map *m, struct arena *arena);
/* The value of key, or NULL; valid until the next map_put(). */
size_t *map_find(const struct map *m, struct str key);
/* Insert, unless the key is there: then false and nothing changes. */
bool map_put(struct map *m, struct str key, size_t value);

#endif
