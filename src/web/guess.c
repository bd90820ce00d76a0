#include "web/guess.h"

static uint64_t hash_of(const struct guess_table *table, struct str key) {
    uint64_t h = (str_hash(key) ^ table->salt) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    return h == 0 ? 1 : h;
}

static int64_t spent_now(const struct guess_entry *entry, int64_t now_us) {
    int64_t left = entry->spent_us - (now_us - entry->since_us);
    return left > 0 ? left : 0;
}

static const struct guess_entry *find(const struct guess_table *table, uint64_t hash) {
    size_t first = (size_t)(hash % (GUESS_ENTRIES / GUESS_WAYS)) * GUESS_WAYS;
    for (size_t i = first; i < first + GUESS_WAYS; i++)
        if (table->entries[i].hash == hash)
            return &table->entries[i];
    return NULL;
}

int64_t guess_wait_s(const struct guess_table *table, struct str key, int64_t now_us) {
    const struct guess_entry *entry = find(table, hash_of(table, key));
    if (entry == NULL)
        return 0;
    int64_t over = spent_now(entry, now_us) - ((int64_t)table->burst - 1) * table->refill_us;
    return over > 0 ? (over + 999999) / 1000000 : 0;
}

bool guess_allowed(const struct guess_table *table, struct str key, int64_t now_us) {
    return guess_wait_s(table, key, now_us) == 0;
}

void guess_failed(struct guess_table *table, struct str key, int64_t now_us) {
    uint64_t hash = hash_of(table, key);
    size_t first = (size_t)(hash % (GUESS_ENTRIES / GUESS_WAYS)) * GUESS_WAYS;
    struct guess_entry *place = &table->entries[first];
    for (size_t i = first; i < first + GUESS_WAYS; i++) {
        struct guess_entry *entry = &table->entries[i];
        if (entry->hash == hash) {
            entry->spent_us = spent_now(entry, now_us) + table->refill_us;
            entry->since_us = now_us;
            return;
        }
        if (spent_now(entry, now_us) < spent_now(place, now_us))
            place = entry; /* the one that is the least missed */
    }
    *place = (struct guess_entry){hash, table->refill_us, now_us};
}
