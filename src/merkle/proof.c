/* Proofs walk down from the whole tree to what is to be shown and note the other half at each step.
 * A half that is not perfect is hashed together from its perfect nodes (root_of_range).
 * RFC 9162 gives the proofs by recursion; here the same order comes from loops, since a loop over
 * 64 levels needs no depth limit. */
#include <assert.h>

#include "merkle/merkle.h"

struct range { /* of leaves; begins at a multiple of the largest power of two it holds */
    uint64_t from, count;
};

/* The largest power of two below count; count >= 2. RFC 9162: 2.1.1 */
static unsigned split_level(uint64_t count) {
    assert(count >= 2);
    return 63u - (unsigned)__builtin_clzll(count - 1);
}

static bool root_of_range(struct merkle_hash *out, const struct merkle_source *source,
                          struct range range, struct err *err) {
    assert(range.count > 0);
    struct merkle_hash lefts[MERKLE_LEVELS];
    unsigned count = 0;
    uint64_t from = range.from, left = range.count;
    do { /* the perfect subtrees, largest and leftmost first */
        unsigned level = 63u - (unsigned)__builtin_clzll(left);
        if (!source->node(&lefts[count], source->of, level, from >> level, err))
            return false;
        count++;
        from += UINT64_C(1) << level;
        left -= UINT64_C(1) << level;
    } while (left != 0);
    struct merkle_hash root = lefts[count - 1];
    while (--count > 0)
        root = merkle_node(&lefts[count - 1], &root);
    *out = root;
    return true;
}

bool merkle_root_at(struct merkle_hash *out, const struct merkle_source *source,
                    uint64_t leaf_count, struct err *err) {
    if (leaf_count == 0) {
        *out = merkle_sha256(STR_NONE);
        return true;
    }
    return root_of_range(out, source, (struct range){0, leaf_count}, err);
}

bool merkle_node_from_leaves(struct merkle_hash *out, const struct merkle_source *leaves,
                             unsigned level, uint64_t index, struct err *err) {
    assert(level < MERKLE_LEVELS);
    struct merkle_frontier f = {0};
    uint64_t from = index << level;
    for (uint64_t i = 0; i < UINT64_C(1) << level; i++) {
        struct merkle_hash leaf;
        if (!leaves->node(&leaf, leaves->of, 0, from + i, err))
            return false;
        (void)merkle_append(&f, &leaf, NULL);
    }
    *out = merkle_root(&f);
    return true;
}

static void reverse(struct merkle_proof *proof) {
    for (uint32_t i = 0; i < proof->path_count / 2; i++) {
        struct merkle_hash swap = proof->path[i];
        proof->path[i] = proof->path[proof->path_count - 1 - i];
        proof->path[proof->path_count - 1 - i] = swap;
    }
}

/* RFC 9162: 2.1.3.1 */
bool merkle_prove(struct merkle_proof *out, const struct merkle_source *source, struct merkle_at at,
                  struct err *err) {
    if (at.leaf_index >= at.leaf_count)
        return err_set(err, ERR_RANGE, err_nowhere, "leaf %llu is beyond the log's %llu",
                       (unsigned long long)at.leaf_index, (unsigned long long)at.leaf_count);
    struct merkle_proof proof = {0};
    struct range range = {0, at.leaf_count};
    while (range.count > 1) {
        uint64_t half = UINT64_C(1) << split_level(range.count);
        struct range left = {range.from, half}, right = {range.from + half, range.count - half};
        bool in_left = at.leaf_index < right.from;
        assert(proof.path_count < MERKLE_PATH_MAX);
        if (!root_of_range(&proof.path[proof.path_count++], source, in_left ? right : left, err))
            return false;
        range = in_left ? left : right;
    }
    reverse(&proof);
    *out = proof;
    return true;
}

/* RFC 9162: 2.1.4.1. whole: the range is a beginning of the old tree as it stood, so its root is
 * known to the checker and left out. */
bool merkle_prove_growth(struct merkle_proof *out, const struct merkle_source *source,
                         uint64_t old_count, uint64_t new_count, struct err *err) {
    if (old_count > new_count)
        return err_set(err, ERR_RANGE, err_nowhere, "a log of %llu leaves cannot grow to %llu",
                       (unsigned long long)old_count, (unsigned long long)new_count);
    struct merkle_proof proof = {0};
    if (old_count == 0 || old_count == new_count) {
        *out = proof;
        return true;
    }
    struct range range = {0, new_count};
    uint64_t old = old_count; /* leaves of the old tree within range */
    bool whole = true;
    while (old != range.count) {
        uint64_t half = UINT64_C(1) << split_level(range.count);
        struct range left = {range.from, half}, right = {range.from + half, range.count - half};
        bool in_left = old <= half;
        assert(proof.path_count < MERKLE_PATH_MAX);
        if (!root_of_range(&proof.path[proof.path_count++], source, in_left ? right : left, err))
            return false;
        range = in_left ? left : right;
        old -= in_left ? 0 : half;
        whole = whole && in_left;
    }
    assert(proof.path_count < MERKLE_PATH_MAX);
    if (!whole && !root_of_range(&proof.path[proof.path_count++], source, range, err))
        return false;
    reverse(&proof);
    *out = proof;
    return true;
}

/* RFC 9162: 2.1.3.2 */
bool merkle_check_inclusion(const struct merkle_proof *proof, struct merkle_at at,
                            const struct merkle_hash *leaf, const struct merkle_hash *root) {
    if (at.leaf_index >= at.leaf_count)
        return false;
    uint64_t fn = at.leaf_index, sn = at.leaf_count - 1;
    struct merkle_hash r = *leaf;
    for (uint32_t i = 0; i < proof->path_count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            r = merkle_node(&proof->path[i], &r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = merkle_node(&r, &proof->path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_hash_eq(&r, root);
}

/* RFC 9162: 2.1.4.2 */
bool merkle_check_consistency(const struct merkle_proof *proof, const struct merkle_head *old,
                              const struct merkle_head *now) {
    if (old->leaf_count == 0 || old->leaf_count > now->leaf_count)
        return false;
    if (old->leaf_count == now->leaf_count)
        return proof->path_count == 0 && merkle_hash_eq(&old->root, &now->root);
    if (proof->path_count == 0)
        return false;
    uint64_t fn = old->leaf_count - 1, sn = now->leaf_count - 1;
    bool starts_with_root = (old->leaf_count & (old->leaf_count - 1)) == 0;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    struct merkle_hash fr = starts_with_root ? old->root : proof->path[0], sr = fr;
    for (uint32_t i = starts_with_root ? 0 : 1; i < proof->path_count; i++) {
        const struct merkle_hash *c = &proof->path[i];
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            fr = merkle_node(c, &fr);
            sr = merkle_node(c, &sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = merkle_node(&sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_hash_eq(&fr, &old->root) && merkle_hash_eq(&sr, &now->root);
}

bool merkle_check_growth(const struct merkle_proof *proof, const struct merkle_head *old,
                         const struct merkle_head *now) {
    if (old->leaf_count == 0)
        return proof->path_count == 0;
    return merkle_check_consistency(proof, old, now);
}
