/* SHA-256 comes from OpenSSL's libcrypto. A tree of n leaves is, from the left, one perfect subtree
 * for each set bit of n, highest first; everything here is said in such perfect nodes, which never
 * change once they are complete. */
#include "merkle/merkle.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

static struct merkle_hash sha256(const unsigned char *bytes, size_t len) {
    struct merkle_hash out;
    unsigned int size = 0;
    int ok = EVP_Digest(bytes, len, out.bytes, &size, EVP_sha256(), NULL);
    assert(ok == 1);
    assert(size == MERKLE_HASH_BYTES);
    return out;
}

struct merkle_hash merkle_sha256(struct str bytes) {
    return sha256((const unsigned char *)(bytes.at == NULL ? "" : bytes.at), bytes.len);
}

/* RFC 9162: 2.1.1 */
struct merkle_hash merkle_leaf(struct str entry) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert(context != NULL);
    struct merkle_hash out;
    unsigned int size = 0;
    int ok = EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
             EVP_DigestUpdate(context, "\x00", 1) &&
             EVP_DigestUpdate(context, entry.at, entry.len) &&
             EVP_DigestFinal_ex(context, out.bytes, &size);
    assert(ok);
    assert(size == MERKLE_HASH_BYTES);
    EVP_MD_CTX_free(context);
    return out;
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right) {
    unsigned char bytes[1 + 2 * MERKLE_HASH_BYTES] = {0x01};
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(bytes + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    return sha256(bytes, sizeof bytes);
}

bool merkle_hash_eq(const struct merkle_hash *a, const struct merkle_hash *b) {
    return memcmp(a->bytes, b->bytes, MERKLE_HASH_BYTES) == 0;
}

/* ---- the frontier ---- */
unsigned merkle_append(struct merkle_frontier *f, const struct merkle_hash *leaf,
                       struct merkle_hash completed[MERKLE_LEVELS]) {
    assert(f->leaf_count < UINT64_MAX);
    struct merkle_hash node = *leaf;
    unsigned level = 0;
    for (; (f->leaf_count >> level & 1) != 0; level++) {
        node = merkle_node(&f->level[level], &node);
        if (completed != NULL)
            completed[level] = node;
    }
    f->level[level] = node;
    f->leaf_count++;
    return level;
}

struct merkle_hash merkle_root(const struct merkle_frontier *f) {
    bool any = false;
    struct merkle_hash root = {{0}};
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((f->leaf_count >> level & 1) == 0)
            continue;
        root = any ? merkle_node(&f->level[level], &root) : f->level[level];
        any = true;
    }
    return any ? root : merkle_sha256(STR_NONE);
}

void merkle_frontier_add(struct buf *out, const struct merkle_frontier *f) {
    bytes_add_u64(out, f->leaf_count);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if ((f->leaf_count >> level & 1) != 0)
            buf_add(out, merkle_hash_str(&f->level[level]));
}

bool merkle_frontier_take(struct merkle_frontier *out, struct bytes_reader *r) {
    struct merkle_frontier f = {0};
    *out = f;
    if (!bytes_take_u64(&f.leaf_count, r))
        return false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((f.leaf_count >> level & 1) == 0)
            continue;
        if (r->in.len < MERKLE_HASH_BYTES) {
            r->bad = true;
            r->in = STR_NONE;
            return false;
        }
        memcpy(f.level[level].bytes, r->in.at, MERKLE_HASH_BYTES);
        r->in = str_sub(r->in, MERKLE_HASH_BYTES, r->in.len);
    }
    *out = f;
    return true;
}
