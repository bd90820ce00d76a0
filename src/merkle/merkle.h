/* merkle/merkle.h - the hash tree of the audit log: RFC 6962: 2.1 and RFC 9162: 2.1, SHA-256.
 * Pure. Nodes are named by level and index: node (level, index) is the root over the 2^level leaves
 * from index * 2^level on; level 0 are the leaf hashes. */
#ifndef MANDATE_MERKLE_MERKLE_H
#define MANDATE_MERKLE_MERKLE_H

#include "base/buf.h"
#include "base/bytes.h"

enum {
    MERKLE_HASH_BYTES = 32,
    MERKLE_LEVELS = 64,  /* leaf counts are uint64_t */
    MERKLE_PATH_MAX = 65 /* an inclusion path has at most 64 hashes, a consistency proof one more */
};

struct merkle_hash {
    uint8_t bytes[MERKLE_HASH_BYTES];
};

struct merkle_hash merkle_sha256(struct str bytes);
struct merkle_hash merkle_leaf(struct str entry); /* SHA-256(0x00 || entry) */
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
bool merkle_hash_eq(const struct merkle_hash *a, const struct merkle_hash *b);
static inline struct str merkle_hash_str(const struct merkle_hash *hash) { /* borrows */
    return (struct str){(const char *)hash->bytes, MERKLE_HASH_BYTES};
}

/* The right edge of a growing tree: everything that appending and the root need. level[i] counts
 * only when bit i of leaf_count is set. A zeroed frontier is the empty tree. */
struct merkle_frontier {
    uint64_t leaf_count;
    struct merkle_hash level[MERKLE_LEVELS];
};
/* Append one leaf hash. completed may be NULL; otherwise the inner nodes that this leaf completes:
 * completed[i] is node (i + 1, leaf_count_before >> (i + 1)). Returns their number. */
unsigned merkle_append(struct merkle_frontier *f, const struct merkle_hash *leaf,
                       struct merkle_hash completed[MERKLE_LEVELS]);
struct merkle_hash merkle_root(const struct merkle_frontier *f); /* SHA-256("") when empty */
/* Bytes: leaf_count (varint), then the hash of each set bit, lowest first. */
void merkle_frontier_add(struct buf *out, const struct merkle_frontier *f);
bool merkle_frontier_take(struct merkle_frontier *out, struct bytes_reader *r);

/* Where proofs get nodes from: only perfect nodes within the tree's leaves are asked for. */
struct merkle_source {
    bool (*node)(struct merkle_hash *out, void *of, unsigned level, uint64_t index,
                 struct err *err);
    void *of;
};
/* For node(): compute a perfect node from its 2^level leaves, got from source one by one. */
MUST_USE bool merkle_node_from_leaves(struct merkle_hash *out, const struct merkle_source *leaves,
                                      unsigned level, uint64_t index, struct err *err);

struct merkle_proof {
    uint32_t path_count;
    struct merkle_hash path[MERKLE_PATH_MAX];
};
struct merkle_at {
    uint64_t leaf_index, leaf_count;
};
struct merkle_head {
    uint64_t leaf_count;
    struct merkle_hash root;
};

/* Prove that one leaf stands in the tree as it was when it held at.leaf_count leaves.
 * Standard: RFC 9162: 2.1.3.1.   Errors: ERR_RANGE when leaf_index >= leaf_count; the source's own.
 * Cost:     at most 64 path hashes, each O(log) node reads; on error *out is unchanged. */
MUST_USE bool merkle_prove(struct merkle_proof *out, const struct merkle_source *source,
                           struct merkle_at at, struct err *err);
/* Prove that the tree of old_count leaves is a beginning of the tree of new_count leaves.
 * Standard: RFC 9162: 2.1.4.1. Empty for old_count 0 and for equal counts.
 * Errors:   ERR_RANGE when old_count > new_count; the source's own. */
MUST_USE bool merkle_prove_growth(struct merkle_proof *out, const struct merkle_source *source,
                                  uint64_t old_count, uint64_t new_count, struct err *err);
/* The root over the first leaf_count leaves. */
MUST_USE bool merkle_root_at(struct merkle_hash *out, const struct merkle_source *source,
                             uint64_t leaf_count, struct err *err);

/* Standard: RFC 9162: 2.1.3.2. */
bool merkle_check_inclusion(const struct merkle_proof *proof, struct merkle_at at,
                            const struct merkle_hash *leaf, const struct merkle_hash *root);
/* Standard: RFC 9162: 2.1.4.2, which begins at 0 < old: an old tree of no leaves is refused. */
bool merkle_check_consistency(const struct merkle_proof *proof, const struct merkle_head *old,
                              const struct merkle_head *now);
/* As a C2SP tlog-witness checks: like the above, but from 0 leaves an empty proof is right. */
bool merkle_check_growth(const struct merkle_proof *proof, const struct merkle_head *old,
                         const struct merkle_head *now);

#endif
