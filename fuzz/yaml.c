/* A file that is taken gives a tree that JSON can write and both readers read back as the same. */
#include "yaml/yaml.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    const struct json *first = NULL;
    struct buf out;
    buf_init(&out, FUZZ_BYTES);
    if (yaml_read(&first, fuzz_input(bytes, len), "fuzz", arena, &budget, &err)) {
        const struct json *again = NULL;
        json_write(&out, first, JSON_COMPACT);
        budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
        FUZZ_CHECK(json_read(&again, buf_view(&out), "again", arena, &budget, &err), &err);
        FUZZ_CHECK(json_equal(first, again), NULL);
        /* JSON is YAML, except for keys beyond 1024 characters (YAML 1.2.2: 7.4.2) */
        budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
        again = NULL;
        if (len < 1024) {
            buf_reset(&out);
            json_write(&out, first, JSON_PRETTY);
            if (yaml_read(&again, buf_view(&out), "again", arena, &budget, &err))
                FUZZ_CHECK(json_equal(first, again), NULL);
        }
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_LIMIT || err.code == ERR_UNSUPPORTED,
                   &err);
    }
    buf_done(&out);
    arena_destroy(arena);
    return 0;
}
