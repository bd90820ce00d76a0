/* SHA-256 comes from OpenSSL's libcrypto, by its plain functions: what is newer looks the algorithm
 * up for each digest, which costs four times as much as the digest of a node. A tree of n leaves
 * is, from the left, one perfect subtree for each set bit of n, highest first; everything here is
 * said in such perfect nodes, which never change once they are complete. */
#define OPENSSL_SUPPRESS_DEPRECATED /* of those plain functions */
#include "merkle/merkle.h"

#include <assert.h>
#include <openssl/sha.h>

static_assert(SHA256_DIGEST_LENGTH == MERKLE_HASH_BYTES, "as merkle.h says");

/* Of the one after the other. These calls cannot fail. */
static struct merkle_hash sha256_of(struct str first, struct str second) {
    struct merkle_hash out;
    SHA256_CTX context;
    (void)SHA256_Init(&context);
    (void)SHA256_Update(&context, first.at, first.len);
    (void)SHA256_Update(&context, second.at, second.len);
    (void)SHA256_Final(out.bytes, &context);
    return out;
}

struct merkle_hash merkle_sha256(struct str bytes) {
    return sha256_of(bytes, STR_NONE);
}

/* RFC 9162: 2.1.1 */
struct merkle_hash merkle_leaf(struct str entry) {
    return sha256_of((struct str){"\x00", 1}, entry);
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right) {
    char bytes[1 + 2 * MERKLE_HASH_BYTES] = {0x01};
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(bytes + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    return sha256_of((struct str){bytes, sizeof bytes}, STR_NONE);
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
