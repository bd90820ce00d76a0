#include "web/basic.h"

#include <assert.h>
#include <sodium.h>

void basic_init(struct basic_table *table, const struct os_env *env) {
    os_mutex_init(&table->lock);
    os_random(env, table->key, sizeof table->key);
}

void basic_done(struct basic_table *table) {
    sodium_memzero(table->entries, sizeof table->entries);
    os_mutex_done(&table->lock);
}

static void hash_of(unsigned char out[BASIC_HASH_BYTES], const struct basic_table *table,
                    struct str text) {
    int result = crypto_generichash(out, BASIC_HASH_BYTES, (const unsigned char *)text.at, text.len,
                                    table->key, sizeof table->key);
    assert(result == 0);
    (void)result;
}

static struct basic_entry *slot(struct basic_table *table,
                                const unsigned char hash[BASIC_HASH_BYTES]) {
    static_assert(BASIC_ENTRIES == 256, "the first byte chooses");
    return &table->entries[hash[0]];
}

static bool is_of(const struct basic_entry *entry, const unsigned char hash[BASIC_HASH_BYTES]) {
    return entry->token_len > 0 && sodium_memcmp(entry->hash, hash, BASIC_HASH_BYTES) == 0;
}

size_t basic_find(char out[BASIC_TOKEN_BYTES_MAX], struct basic_table *table, struct str text,
                  int64_t now_us) {
    unsigned char hash[BASIC_HASH_BYTES];
    size_t len = 0;
    hash_of(hash, table, text);
    os_mutex_lock(&table->lock);
    struct basic_entry *entry = slot(table, hash);
    if (is_of(entry, hash)) {
        int64_t age_us = now_us - entry->checked_us;
        bool again = age_us > BASIC_KEPT_US && !entry->checking;
        entry->checking = entry->checking || again;
        if (!again && age_us <= BASIC_KEPT_US + BASIC_GRACE_US) {
            memcpy(out, entry->token, entry->token_len);
            len = entry->token_len;
        }
    }
    os_mutex_unlock(&table->lock);
    return len;
}

void basic_keep(struct basic_table *table, struct str text, struct str token, int64_t now_us) {
    unsigned char hash[BASIC_HASH_BYTES];
    if (token.len > BASIC_TOKEN_BYTES_MAX)
        return;
    hash_of(hash, table, text);
    os_mutex_lock(&table->lock);
    struct basic_entry *entry = slot(table, hash);
    *entry = (struct basic_entry){.token_len = token.len, .checked_us = now_us};
    memcpy(entry->hash, hash, sizeof hash);
    memcpy(entry->token, token.at, token.len);
    os_mutex_unlock(&table->lock);
}

void basic_drop(struct basic_table *table, struct str text) {
    unsigned char hash[BASIC_HASH_BYTES];
    hash_of(hash, table, text);
    os_mutex_lock(&table->lock);
    struct basic_entry *entry = slot(table, hash);
    if (is_of(entry, hash))
        *entry = (struct basic_entry){.token_len = 0};
    os_mutex_unlock(&table->lock);
}
