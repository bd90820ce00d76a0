/* feel/value.h - the values of FEEL (DMN 1.5: 10.3.2.1). A value is 16 bytes, immutable, passed by
 * copy; what it points to lives in the arena it was made in and is shared freely between threads.
 * A number that fits 64 bits and a scale stands in the value itself; others point to a struct num.
 * Absent, unknown and failed are all the one null of FEEL; why stands in the diagnostics. */
#ifndef MANDATE_FEEL_VALUE_H
#define MANDATE_FEEL_VALUE_H

#include <assert.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cal/cal.h"

struct num;
struct json;

enum feel_kind {
    FEEL_NULL, /* a zeroed value is null */
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS_TIME,    /* days and time duration, to the nanosecond */
    FEEL_YEARS_MONTHS, /* years and months duration */
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
    FEEL_KIND_COUNT
};

enum {
    FEEL_DEPTH_MAX = 256,          /* values nested in values, for readers, writers and equality */
    FEEL_TEXT_BYTES_MAX = 1 << 24, /* one string, printed value or encoding */
    FEEL_ITEMS_MAX = 1 << 24,      /* items of one list, entries of one context */
    FEEL_NODES_MAX = 1 << 24,      /* values that one comparison meets, parts counted each time */
};

/* Look inside only by the functions below. head: kind in the low 8 bits, detail in the others. */
struct feel_value {
    uint32_t head;
    uint32_t count; /* bytes of a string, items of a list, nanoseconds of a duration */
    union {
        int64_t whole; /* boolean, coefficient of a number, seconds, months */
        struct cal_date date;
        const struct num *num;
        const struct cal_time *time;
        const struct cal_datetime *date_time;
        const char *text;
        const struct feel_value *items;
        const struct feel_context *context;
        const struct feel_range *range;
        const struct feel_function *function;
        void *inner; /* of a running evaluation */
    } u;
};
static_assert(sizeof(struct feel_value) == 16, "values are passed in two registers");

struct feel_entry {
    struct str name;
    struct feel_value value;
};

/* Entries in the order in which they were written; names differ. Made by feel_context_of(). */
struct feel_context {
    uint32_t count;
    uint32_t slot_count;   /* 0: few entries, searched one by one */
    const uint32_t *slots; /* entry number + 1, by hash of the name */
    const struct feel_entry *entries;
};

enum feel_only { FEEL_ONLY_NO, FEEL_ONLY_EQUAL, FEEL_ONLY_OTHERS }; /* [a..b], (=a), (!=a) */

/* DMN 1.5: 10.3.2.7, table 42. A null end is open to infinity: (<10) has low null. (=10)
 * and (!=10) are ranges of their own, with both ends at the value. */
struct feel_range {
    struct feel_value low, high;
    bool low_closed, high_closed;
    uint8_t only; /* enum feel_only */
};

/* --- kinds ------------------------------------------------------------------------------- */
static inline enum feel_kind feel_kind(struct feel_value v) {
    return (enum feel_kind)(v.head & 0xff);
}
static inline bool feel_is_null(struct feel_value v) {
    return feel_kind(v) == FEEL_NULL;
}
static inline bool feel_is_true(struct feel_value v) {
    return v.head == FEEL_BOOLEAN && v.u.whole == 1;
}
static inline bool feel_is_false(struct feel_value v) {
    return v.head == FEEL_BOOLEAN && v.u.whole == 0;
}
const char *feel_kind_name(enum feel_kind kind); /* "days and time duration" */

/* --- making; bytes and items are borrowed and must live as long as the value ---------------- */
static inline struct feel_value feel_null(void) {
    return (struct feel_value){0};
}
/* DMN 1.5: 10.3.2.3.3 */
static inline struct feel_value feel_boolean(bool b) {
    return (struct feel_value){.head = FEEL_BOOLEAN, .u.whole = b};
}
static inline struct feel_value feel_int(int64_t n) {
    return (struct feel_value){.head = FEEL_NUMBER, .u.whole = n};
}
/* coefficient / 10^scale; scale 0..18. feel_decimal(1050, 2) is 10.50. */
struct feel_value feel_decimal(int64_t coefficient, int scale);
struct feel_value feel_number(struct arena *a, const struct num *n);
/* Text of a number as FEEL writes it; null when it is not one, or beyond decimal128. */
struct feel_value feel_number_text(struct arena *a, struct str text);
/* Borrows; s.len <= FEEL_TEXT_BYTES_MAX, valid UTF-8. */
struct feel_value feel_string(struct str s);
struct feel_value feel_list(const struct feel_value *items, size_t count);
/* Copies the entries' array, borrows names and values. Of two entries with one name the later
 * value stays. */
struct feel_value feel_context_of(struct arena *a, const struct feel_entry *entries, size_t count);
struct feel_value feel_range_of(struct arena *a, struct feel_range r);
struct feel_value feel_date(struct cal_date date);
struct feel_value feel_time(struct arena *a, struct cal_time time); /* its zone is borrowed */
struct feel_value feel_date_time(struct arena *a, struct cal_datetime at);
struct feel_value feel_days_time(struct cal_span span);
struct feel_value feel_years_months(struct cal_months months);
/* An instant, microseconds since 1970-01-01T00:00Z, on the clock of a zone (NULL: UTC). */
struct feel_value feel_instant(struct arena *a, int64_t at_us, const struct cal_zone *zone);
/* A date, time, date-time or duration from its ISO 8601 text; null when it is none. */
struct feel_value feel_temporal_text(struct arena *a, struct str text,
                                     const struct cal_zones *zones);

/* --- reading; asserts the kind ------------------------------------------------------------- */
bool feel_as_boolean(struct feel_value v);
struct str feel_as_string(struct feel_value v);
void feel_as_num(struct num *out, struct feel_value v);
struct cal_date feel_as_date(struct feel_value v);
struct cal_time feel_as_time(struct feel_value v);
struct cal_datetime feel_as_date_time(struct feel_value v);
struct cal_span feel_as_days_time(struct feel_value v);
struct cal_months feel_as_years_months(struct feel_value v);
/* A number that is whole and fits; false otherwise or for another kind. */
bool feel_to_i64(int64_t *out, struct feel_value v);
size_t feel_count(struct feel_value list_or_context);
struct feel_value feel_item(struct feel_value list, size_t index); /* index from 0 */
/* The value of a context's entry; null when there is none or v is no context. */
struct feel_value feel_get(struct feel_value v, struct str name);
bool feel_has(struct feel_value v, struct str name);
const struct feel_entry *feel_entries(struct feel_value context);

/* --- whole values --------------------------------------------------------------------------- */
/* Has it at most so many parts, shared ones counted each time, and no more than FEEL_DEPTH_MAX in
 * one another? */
bool feel_within(struct feel_value v, size_t nodes);
/* DMN 1.5: 10.3.2.2, table 53: equality: true, false, or null when the kinds differ (or a tree is
 * larger than FEEL_NODES_MAX). */
struct feel_value feel_equal(struct feel_value a, struct feel_value b);
/* The same value of the same kind (null is null; contexts in any order). For storage and tests. */
bool feel_same(struct feel_value a, struct feel_value b);
/* <0, 0, >0 in *out; false when the two are not ordered (other kinds, null, lists). */
bool feel_order(int *out, struct feel_value a, struct feel_value b);
/* A copy that borrows nothing from another arena. Functions cannot be copied: ERR_UNSUPPORTED;
 * ERR_LIMIT for what the arena cannot take. */
MUST_USE bool feel_copy(struct feel_value *out, struct feel_value v, struct arena *a,
                        struct err *err);
/* As FEEL text that reads back to the same value: "a", @"2026-01-31", [1, 2], {x: 1}. Functions
 * print as function(...), which does not read back. */
void feel_print(struct buf *out, struct feel_value v);
/* As string() gives it: a string without its quotes. */
void feel_print_plain(struct buf *out, struct feel_value v);

/* Canonical bytes for storage and digests: one value has one encoding, and comes back from it just
 * as it was, trailing zeros and order of entries included, so that a replay prints the same.
 * ERR_UNSUPPORTED for functions, ERR_LIMIT beyond FEEL_DEPTH_MAX. */
MUST_USE bool feel_encode(struct buf *out, struct feel_value v, struct err *err);
/* Strings borrow from the reader's bytes. ERR_CORRUPT when the bytes are not canonical;
 * ERR_UNKNOWN for a time zone that is not built in, or, in the second, not in zones. */
MUST_USE bool feel_decode(struct feel_value *out, struct bytes_reader *in, struct arena *a,
                          struct err *err);
MUST_USE bool feel_decode_zoned(struct feel_value *out, struct bytes_reader *in,
                                const struct cal_zones *zones, struct arena *a, struct err *err);

/* JSON: null, booleans, exact numbers, strings, arrays and objects map to themselves. Strings are
 * borrowed from the json. */
MUST_USE bool feel_from_json(struct feel_value *out, const struct json *json, struct arena *a,
                             struct err *err);
/* Writes JSON text. Dates, times and durations become their ISO 8601 strings, ranges and functions
 * their FEEL text. ERR_LIMIT beyond FEEL_DEPTH_MAX. */
MUST_USE bool feel_to_json(struct buf *out, struct feel_value v, struct err *err);

#endif
