/* cal/zone.h - time zones as data. UTC and Asia/Shanghai (with all its changes since 1901, from
 * IANA tzdata 2025b) are built in; every other zone is read from the bytes of a TZif file that the
 * edge hands in. Pure. RFC 9636 (TZif), POSIX TZ for its footer. */
#ifndef MANDATE_CAL_ZONE_H
#define MANDATE_CAL_ZONE_H

#include "base/arena.h"
#include "base/budget.h"
#include "cal/cal.h"

enum {
    CAL_ZONE_NAME_MAX = 64,        /* the longest name in tzdata 2024 has 32 bytes */
    CAL_ZONE_BYTES_MAX = 64 << 10, /* the largest file in tzdata 2024 has 3.5 kB */
    CAL_ZONE_CHANGES_MAX = 4096,   /* transitions in one file; tzdata stays below 300 */
};

/* Where names are looked up. The edge fills it: find may load and keep zones; it returns NULL for
 * an unknown name, and what it returns lives as long as the program. The same name gives the same
 * pointer. */
struct cal_zones {
    const struct cal_zone *(*find)(const struct cal_zones *self, struct str name);
    void *data;
};

/* Built-in first, then zones->find (zones may be NULL); NULL when nobody knows the name, or when it
 * is not a plausible one: letters, digits, '_', '+', '-', separated by single '/'. */
const struct cal_zone *cal_zone_find(const struct cal_zones *zones, struct str name);
bool cal_zone_name_valid(struct str name);
const struct cal_zone *cal_zone_utc(void);
struct str cal_zone_name(const struct cal_zone *zone);

/* Read a TZif file, version 1, 2, 3 or 4. The zone lives in the arena; name is copied into it.
 * Errors: ERR_SYNTAX for bytes that break the format, ERR_LIMIT beyond the limits above. */
MUST_USE bool cal_zone_read(const struct cal_zone **out, struct str name, struct str tzif,
                            struct arena *arena, struct err *err);

/* Seconds east of UTC at an instant (seconds since the epoch). NULL is UTC. */
int32_t cal_zone_offset_at(const struct cal_zone *zone, int64_t utc_s);
/* Seconds east of UTC for a local clock reading, given as if it were UTC. In a gap the offset
 * before it, where a reading occurs twice the first: as cal_datetime_instant(). */
int32_t cal_zone_offset_for_local(const struct cal_zone *zone, int64_t local_s);
/* The zone's offset after its last change, when there are no further changes: Asia/Shanghai has
 * one, Europe/Paris has none. For a time of day that comes without a date. */
MUST_USE bool cal_zone_fixed_offset(int32_t *out_s, const struct cal_zone *zone);

#endif
