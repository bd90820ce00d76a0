/* A zone that is read has offsets within 26 hours at every instant, and a local reading made from
 * an instant leads back to one that reads the same. */
#include "cal/zone.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct err err = {0};
    const struct cal_zone *zone = NULL;
    if (cal_zone_read(&zone, STR("Fuzz/Zone"), fuzz_input(bytes, len), arena, &err)) {
        for (int64_t s = -6000000000; s < 6000000000; s += 123456789) {
            int32_t offset_s = cal_zone_offset_at(zone, s);
            FUZZ_CHECK(offset_s >= -26 * 3600 && offset_s <= 26 * 3600, NULL);
            int32_t local_s = cal_zone_offset_for_local(zone, s);
            FUZZ_CHECK(local_s >= -26 * 3600 && local_s <= 26 * 3600, NULL);
            struct cal_datetime at;
            FUZZ_CHECK(cal_datetime_in_zone(&at, (struct cal_instant){s, 0}, zone), NULL);
        }
    } else {
        FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_LIMIT || err.code == ERR_UNSUPPORTED,
                   &err);
    }
    arena_destroy(arena);
    return 0;
}
