/* A document that is taken is written as one that reads back and is written the same; the bytes
 * named for an element begin and end with its tags. */
#include "xml/xml.h"

#include "fuzz/fuzz.h"

static void check_bytes(const struct xml_node *root, struct str source) {
    for (const struct xml_node *node = root; node != NULL;) {
        if (!node->is_text) {
            FUZZ_CHECK(node->from_byte < node->to_byte && node->to_byte <= source.len, NULL);
            FUZZ_CHECK(source.at[node->from_byte] == '<', NULL);
            FUZZ_CHECK(source.at[node->to_byte - 1] == '>', NULL);
        }
        const struct xml_node *next = node->first;
        while (next == NULL && node != NULL) {
            next = node == root ? NULL : node->next;
            node = node == root ? NULL : node->parent;
        }
        node = next;
    }
}

static bool is_utf16(struct str s) {
    return s.len >= 2 && (s.at[0] == 0 || s.at[1] == 0 || (unsigned char)s.at[0] >= 0xFE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    struct xml_node *first = NULL, *again = NULL;
    struct buf once, twice;
    buf_init(&once, FUZZ_BYTES);
    buf_init(&twice, FUZZ_BYTES);
    struct str source = fuzz_input(bytes, len);
    if (xml_read(&first, source, "fuzz", arena, &budget, &err)) {
        if (!is_utf16(source))
            check_bytes(first, source);
        xml_write(&once, first);
        budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
        FUZZ_CHECK(xml_read(&again, buf_view(&once), "again", arena, &budget, &err), &err);
        xml_write(&twice, again);
        FUZZ_CHECK(str_eq(buf_view(&once), buf_view(&twice)), NULL);
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_LIMIT || err.code == ERR_UNSUPPORTED,
                   &err);
    }
    buf_done(&once);
    buf_done(&twice);
    arena_destroy(arena);
    return 0;
}
