#include "merkle/merkle.h"

#include <dirent.h>

#include "base/code.h"
#include "base/test.h"
#include "json/json.h"

enum { LEAVES = 70 };

/* The inputs of RFC 6962's first implementation; roots recomputed independently. */
static const char *const inputs[] = {"",
                                     "00",
                                     "10",
                                     "2021",
                                     "3031",
                                     "40414243",
                                     "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"};

static struct str hex(struct buf *b, const struct merkle_hash *hash) {
    buf_reset(b);
    code_hex_add(b, merkle_hash_str(hash));
    return buf_view(b);
}

/* RFC 9162: 2.1.1 */
void test_merkle_roots(void) {
    static const struct row {
        size_t count;
        const char *root;
    } rows[] = {
        {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct buf text, bytes;
    buf_init(&text, 1000);
    buf_init(&bytes, 1000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct merkle_frontier f = {0};
        for (size_t j = 0; j < rows[i].count; j++) {
            buf_reset(&bytes);
            CHECK(code_hex_take(&bytes, str_from(inputs[j])));
            struct merkle_hash leaf = merkle_leaf(buf_view(&bytes));
            (void)merkle_append(&f, &leaf, NULL);
        }
        struct merkle_hash root = merkle_root(&f);
        CHECK_STR(hex(&text, &root), str_from(rows[i].root));
    }
    buf_done(&text);
    buf_done(&bytes);
}

/* ---- the vectors ---- */
/* Some vectors write a text where a hash that does not matter stands: it stands for its own hash.
 */
static bool take_hash(struct merkle_hash *out, const struct json *text) {
    struct buf bytes;
    buf_init(&bytes, 1000);
    bool ok = code_base64_take(&bytes, json_text(text)) && bytes.len > 0;
    if (ok && bytes.len == MERKLE_HASH_BYTES)
        memcpy(out->bytes, bytes.at, MERKLE_HASH_BYTES);
    else if (ok)
        *out = merkle_sha256(buf_view(&bytes));
    buf_done(&bytes);
    return ok;
}

static bool take_u64(uint64_t *out, const struct json *number) {
    return str_to_u64(out, json_text(number));
}

static bool take_proof(struct merkle_proof *out, const struct json *list) {
    *out = (struct merkle_proof){0};
    for (size_t i = 0; i < json_count(list); i++)
        if (i >= MERKLE_PATH_MAX || !take_hash(&out->path[out->path_count++], json_item(list, i)))
            return false;
    return true;
}

static bool accepts(const struct json *v, bool inclusion) {
    struct merkle_proof proof;
    if (!take_proof(&proof, json_get(v, STR("proof"))))
        return false;
    if (inclusion) {
        struct merkle_at at;
        struct merkle_hash root, leaf;
        return take_u64(&at.leaf_index, json_get(v, STR("leafIdx"))) &&
               take_u64(&at.leaf_count, json_get(v, STR("treeSize"))) &&
               take_hash(&root, json_get(v, STR("root"))) &&
               take_hash(&leaf, json_get(v, STR("leafHash"))) &&
               merkle_check_inclusion(&proof, at, &leaf, &root);
    }
    struct merkle_head old, now;
    return take_u64(&old.leaf_count, json_get(v, STR("size1"))) &&
           take_u64(&now.leaf_count, json_get(v, STR("size2"))) &&
           take_hash(&old.root, json_get(v, STR("root1"))) &&
           take_hash(&now.root, json_get(v, STR("root2"))) &&
           merkle_check_consistency(&proof, &old, &now);
}

static int run_vector(const char *path, bool inclusion) {
    struct arena *arena = arena_create("merkle test", 1 << 20);
    struct budget budget = budget_of(10000, 1 << 20);
    struct err err = {0};
    struct str text;
    const struct json *v = NULL;
    CHECK(test_read_file(&text, path));
    CHECK_OK(json_read(&v, text, path, arena, &budget, &err), &err);
    const struct json *refused = json_get(v, STR("wantErr"));
    CHECK(refused != NULL);
    bool right = accepts(v, inclusion) != json_is_true(refused);
    if (!right)
        (void)printf("    %s\n", path);
    CHECK(right);
    arena_destroy(arena);
    return 1;
}

static int run_folder(const char *path, bool inclusion) {
    DIR *folder = opendir(path);
    CHECK(folder != NULL);
    int count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char below[4096];
        (void)snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (str_ends(str_from(entry->d_name), STR(".json")))
            count += run_vector(below, inclusion);
        else if (entry->d_name[0] != '.')
            count += run_folder(below, inclusion);
    }
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

/* RFC 9162: 2.1.3.2, 2.1.4.2 */
void test_merkle_vectors(void) {
    if (test_suites() == NULL) {
        test_skip("no ../shared/suites");
        return;
    }
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/merkle/inclusion", test_suites());
    CHECK_INT(run_folder(path, true), 98);
    (void)snprintf(path, sizeof path, "%s/merkle/consistency", test_suites());
    CHECK_INT(run_folder(path, false), 98);
}

/* ---- our own proofs, all of them for small trees ---- */
struct leaves {
    struct merkle_hash hash[LEAVES];
    uint64_t count; /* asking for more is an error */
};

static bool read_leaf(struct merkle_hash *out, void *of, unsigned level, uint64_t index,
                      struct err *err) {
    const struct leaves *leaves = of;
    CHECK(level == 0);
    if (index >= leaves->count)
        return err_set(err, ERR_CORRUPT, err_nowhere, "no leaf %d", (int)index);
    *out = leaves->hash[index];
    return true;
}

static bool read_node(struct merkle_hash *out, void *of, unsigned level, uint64_t index,
                      struct err *err) {
    struct merkle_source source = {read_leaf, of};
    return merkle_node_from_leaves(out, &source, level, index, err);
}

static void leaves_init(struct leaves *leaves) {
    leaves->count = LEAVES;
    for (unsigned i = 0; i < LEAVES; i++)
        leaves->hash[i] = merkle_leaf((struct str){(const char *)&i, sizeof i});
}

void test_merkle_inclusion_round(void) {
    struct leaves leaves;
    leaves_init(&leaves);
    struct merkle_source source = {read_node, &leaves};
    struct merkle_frontier f = {0};
    struct err err = {0};
    for (uint64_t size = 1; size <= LEAVES; size++) {
        struct merkle_hash completed[MERKLE_LEVELS], want, at_size;
        unsigned count = merkle_append(&f, &leaves.hash[size - 1], completed);
        for (unsigned i = 0; i < count; i++) {
            CHECK_OK(read_node(&want, &leaves, i + 1, (size - 1) >> (i + 1), &err), &err);
            CHECK(merkle_hash_eq(&completed[i], &want));
        }
        struct merkle_hash root = merkle_root(&f);
        leaves.count = size; /* a proof reads nothing beyond the tree */
        CHECK_OK(merkle_root_at(&at_size, &source, size, &err), &err);
        CHECK(merkle_hash_eq(&root, &at_size));
        for (uint64_t i = 0; i < size; i++) {
            struct merkle_proof proof;
            struct merkle_at at = {i, size};
            CHECK_OK(merkle_prove(&proof, &source, at, &err), &err);
            CHECK(merkle_check_inclusion(&proof, at, &leaves.hash[i], &root));
            at.leaf_index = (i + 1) % size;
            CHECK(size == 1 || !merkle_check_inclusion(&proof, at, &leaves.hash[i], &root));
            if (proof.path_count > 0) {
                at.leaf_index = i;
                proof.path[proof.path_count - 1].bytes[0] ^= 1;
                CHECK(!merkle_check_inclusion(&proof, at, &leaves.hash[i], &root));
            }
        }
        leaves.count = LEAVES;
    }
    struct merkle_proof proof = {.path_count = 7};
    CHECK(!merkle_prove(&proof, &source, (struct merkle_at){5, 5}, &err) && err.code == ERR_RANGE);
    CHECK(proof.path_count == 7);
}

void test_merkle_growth_round(void) {
    struct leaves leaves;
    leaves_init(&leaves);
    struct merkle_source source = {read_node, &leaves};
    struct err err = {0};
    static struct merkle_head heads[LEAVES + 1];
    struct merkle_frontier f = {0};
    heads[0] = (struct merkle_head){0, merkle_root(&f)};
    for (uint64_t size = 1; size <= LEAVES; size++) {
        (void)merkle_append(&f, &leaves.hash[size - 1], NULL);
        heads[size] = (struct merkle_head){size, merkle_root(&f)};
    }
    for (uint64_t now = 0; now <= LEAVES; now++)
        for (uint64_t old = 0; old <= now; old++) {
            struct merkle_proof proof;
            CHECK_OK(merkle_prove_growth(&proof, &source, old, now, &err), &err);
            CHECK(merkle_check_growth(&proof, &heads[old], &heads[now]));
            CHECK(merkle_check_consistency(&proof, &heads[old], &heads[now]) == (old > 0));
            if (old > 0 && old < now) {
                CHECK(!merkle_check_growth(&proof, &heads[old - 1], &heads[now]) || old == 1);
                struct merkle_head forged = heads[now];
                forged.root.bytes[31] ^= 1;
                CHECK(!merkle_check_growth(&proof, &heads[old], &forged));
            }
        }
    struct merkle_proof proof;
    CHECK(!merkle_prove_growth(&proof, &source, 6, 5, &err) && err.code == ERR_RANGE);
}

void test_merkle_frontier_bytes(void) {
    struct leaves leaves;
    leaves_init(&leaves);
    struct merkle_frontier f = {0}, again;
    struct buf bytes;
    buf_init(&bytes, 10000);
    for (unsigned i = 0; i <= LEAVES; i++) {
        buf_reset(&bytes);
        merkle_frontier_add(&bytes, &f);
        struct bytes_reader r = {.in = buf_view(&bytes)};
        CHECK(merkle_frontier_take(&again, &r) && r.in.len == 0 && !r.bad);
        struct merkle_hash a = merkle_root(&f), b = merkle_root(&again);
        CHECK(again.leaf_count == i && merkle_hash_eq(&a, &b));
        r = (struct bytes_reader){.in = str_sub(buf_view(&bytes), 0, bytes.len - 1)};
        CHECK(!merkle_frontier_take(&again, &r) && r.bad && again.leaf_count == 0);
        if (i < LEAVES)
            (void)merkle_append(&f, &leaves.hash[i], NULL);
    }
    buf_done(&bytes);
}
