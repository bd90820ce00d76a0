/* XChaCha20-Poly1305 with a random nonce of 24 bytes: random, because a sequence number would be
 * used again with other bytes after a rollback. What the text is for is authenticated with it, so
 * that a row's ciphertext cannot be moved to another row. */
#include <assert.h>
#include <sodium.h>

#include "store/inner.h"

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    LABEL_BYTES_MAX = 64
};
static_assert(NONCE_BYTES + TAG_BYTES == STORE_SEAL_EXTRA_BYTES, "as inner.h says");
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == STORE_KEY_BYTES, "as store.h says");

struct label {
    unsigned char bytes[LABEL_BYTES_MAX];
    size_t len;
};

/* The name, its end, and the two numbers, lowest byte first. */
static struct label label_of(const struct store_seal *seal) {
    struct label label;
    size_t len = strlen(seal->what) + 1;
    assert(len + 16 <= sizeof label.bytes);
    memcpy(label.bytes, seal->what, len);
    for (size_t i = 0; i < 8; i++)
        label.bytes[len++] = (unsigned char)(seal->id >> (8 * i) & 0xFF);
    for (size_t i = 0; i < 8; i++)
        label.bytes[len++] = (unsigned char)(seal->n >> (8 * i) & 0xFF);
    label.len = len;
    return label;
}

void store_seal(struct buf *out, const struct store_key *key, const struct store_seal *seal,
                struct str plain, const struct os_env *env) {
    struct label label = label_of(seal);
    unsigned char *room = (unsigned char *)buf_grow(out, plain.len + STORE_SEAL_EXTRA_BYTES);
    if (room == NULL)
        return; /* buf_ok() tells */
    os_random(env, room, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        room + NONCE_BYTES, NULL, (const unsigned char *)plain.at, plain.len, label.bytes,
        label.len, NULL, room, key->bytes);
}

bool store_unseal(struct buf *out, const struct store_key *key, const struct store_seal *seal,
                  struct str sealed, struct err *err) {
    struct label label = label_of(seal);
    if (sealed.len < STORE_SEAL_EXTRA_BYTES)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored %s is cut off", seal->what);
    size_t plain_len = sealed.len - STORE_SEAL_EXTRA_BYTES;
    unsigned char *room = (unsigned char *)buf_grow(out, plain_len);
    if (room == NULL)
        return buf_ok(out, "a stored text", err);
    const unsigned char *nonce = (const unsigned char *)sealed.at;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(room, NULL, NULL, nonce + NONCE_BYTES,
                                                   sealed.len - NONCE_BYTES, label.bytes, label.len,
                                                   nonce, key->bytes) != 0) {
        buf_cut(out, out->len - plain_len);
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored %s is not what was written",
                       seal->what);
    }
    return true;
}

struct store_key store_key_from(struct str purpose, struct str scope, struct str secret) {
    struct store_key key;
    crypto_generichash_state hash;
    const struct str parts[] = {purpose, scope, secret};
    (void)crypto_generichash_init(&hash, NULL, 0, sizeof key.bytes);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        unsigned char len[8];
        for (size_t j = 0; j < sizeof len; j++)
            len[j] = (unsigned char)(parts[i].len >> (8 * j) & 0xFF);
        (void)crypto_generichash_update(&hash, len, sizeof len);
        (void)crypto_generichash_update(&hash, (const unsigned char *)parts[i].at, parts[i].len);
    }
    (void)crypto_generichash_final(&hash, key.bytes, sizeof key.bytes);
    return key;
}

bool store_key_of_case(struct store_key *out, struct db_conn *conn, struct case_id id,
                       struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn, "SELECT key FROM case_key WHERE case_id = ?1",
                  DB_ARGS(db_n((int64_t)id.n)), err))
        return false;
    if (db_next(&rows, err)) {
        struct str key = db_col_blob(&rows, 0);
        if (key.len == sizeof out->bytes)
            memcpy(out->bytes, key.at, key.len);
        else
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "the key of a case is damaged");
    } else if (err->code == ERR_NONE) {
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "the case was erased");
    }
    return db_end(&rows, err);
}

bool store_key_for_writing(struct store_key *out, struct store_tx *tx, struct case_id id,
                           struct err *err) {
    struct store_key_cache *cache = tx->store->keys;
    size_t slot = id.n % STORE_KEYS_KEPT;
    if (cache->slots[slot].case_id != id.n) {
        if (!store_key_of_case(out, tx->conn, id, err))
            return false;
        cache->slots[slot].case_id = id.n;
        cache->slots[slot].key = *out;
    }
    *out = cache->slots[slot].key;
    return true;
}

void store_key_forget(struct store_tx *tx, struct case_id id) {
    size_t slot = id.n % STORE_KEYS_KEPT;
    sodium_memzero(&tx->store->keys->slots[slot], sizeof tx->store->keys->slots[slot]);
}
