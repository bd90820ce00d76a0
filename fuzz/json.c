/* What the reader takes, every style of the writer gives back, and the compact form is a fixed
 * point. */
#include "json/json.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    const struct json *first = NULL;
    struct buf once, twice;
    buf_init(&once, FUZZ_BYTES);
    buf_init(&twice, FUZZ_BYTES);
    if (json_read(&first, fuzz_input(bytes, len), "fuzz", arena, &budget, &err)) {
        for (unsigned style = 0; style < 8; style++) {
            const struct json *again = NULL;
            buf_reset(&once);
            buf_reset(&twice);
            json_write(&once, first, style);
            FUZZ_CHECK(!once.full, NULL);
            budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
            FUZZ_CHECK(json_read(&again, buf_view(&once), "again", arena, &budget, &err), &err);
            FUZZ_CHECK(json_equal(first, again), NULL);
            json_write(&twice, again, style);
            FUZZ_CHECK(str_eq(buf_view(&once), buf_view(&twice)), NULL);
        }
        FUZZ_CHECK(json_equal(first, json_copy(first, arena)), NULL);
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_LIMIT, &err);
    }
    buf_done(&once);
    buf_done(&twice);
    arena_destroy(arena);
    return 0;
}
