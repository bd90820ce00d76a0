#include "base/map.h"

#include <assert.h>

void map_init(struct map *m, struct arena *arena) {
    *m = (struct map){.arena = arena};
}

/* The slot that holds key, or the free one where it would go. */
static size_t slot_of(const struct map *m, struct str key, uint64_t hash) {
    size_t slot = (size_t)hash & (m->slot_count - 1);
    while (m->slots[slot] != 0) {
        const struct map_entry *entry = &m->entries[m->slots[slot] - 1];
        if (entry->hash == hash && str_eq(entry->key, key))
            break;
        slot = (slot + 1) & (m->slot_count - 1);
    }
    return slot;
}

size_t *map_find(const struct map *m, struct str key) {
    if (m->count == 0)
        return NULL;
    size_t slot = slot_of(m, key, str_hash(key));
    return m->slots[slot] == 0 ? NULL : &m->entries[m->slots[slot] - 1].value;
}

static void grow(struct map *m) {
    m->entry_room = m->entry_room == 0 ? 8 : m->entry_room * 2;
    struct map_entry *entries = arena_new(m->arena, struct map_entry, m->entry_room);
    if (m->count > 0)
        memcpy(entries, m->entries, m->count * sizeof *entries);
    m->entries = entries;
    m->slot_count = m->entry_room * 2; /* a power of two, at most half full */
    m->slots = arena_new(m->arena, uint32_t, m->slot_count);
    for (size_t i = 0; i < m->count; i++)
        m->slots[slot_of(m, entries[i].key, entries[i].hash)] = (uint32_t)i + 1;
}

bool map_put(struct map *m, struct str key, size_t value) {
    if (m->count == m->entry_room)
        grow(m);
    uint64_t hash = str_hash(key);
    size_t slot = slot_of(m, key, hash);
    if (m->slots[slot] != 0)
        return false;
    assert(m->count < UINT32_MAX);
    m->entries[m->count] = (struct map_entry){key, hash, value};
    m->slots[slot] = (uint32_t)++m->count;
    return true;
}
