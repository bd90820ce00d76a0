/* The bytes of stored values: a tag, then the parts. One value has one encoding and the reader
 * refuses every other, so digests of stored bytes are digests of values.
 *
 * tag   = kind, except: FEEL_BOOLEAN for false and TAG_TRUE for true
 * number      num_add_bytes()           string   length, bytes
 * date        zigzag days               time     ns of the day, zone
 * date-time   date, time                zone     0 | 1, zigzag seconds | 2, name
 * days-time   zigzag s, ns              years-months  zigzag n
 * list        count, items              context  count, (name, value)...
 * range       flags, low, high */
#include <assert.h>

#include "cal/zone.h"
#include "feel/inner.h"

enum { TAG_TRUE = FEEL_KIND_COUNT };

/* --- writing -------------------------------------------------------------------------------------
 */
static void encode_time(struct buf *out, struct cal_time time) {
    bytes_add_u64(out, (uint64_t)cal_time_day_ns(time));
    bytes_add_u64(out, time.kind);
    if (time.kind == CAL_OFFSET)
        bytes_add_i64(out, time.offset_s);
    else if (time.kind == CAL_ZONE)
        bytes_add_str(out, cal_zone_name(time.zone));
}

static bool encode_at(struct buf *out, struct feel_value v, int depth, struct err *err);

static bool encode_parts(struct buf *out, struct feel_value v, int depth, struct err *err) {
    bytes_add_u64(out, v.count);
    for (uint32_t i = 0; i < v.count && !out->full; i++) {
        if (feel_kind(v) == FEEL_CONTEXT)
            bytes_add_str(out, v.u.context->entries[i].name);
        if (!encode_at(out,
                       feel_kind(v) == FEEL_CONTEXT ? v.u.context->entries[i].value : v.u.items[i],
                       depth, err))
            return false;
    }
    return true;
}

static bool encode_at(struct buf *out, struct feel_value v, int depth, struct err *err) {
    if (depth == 0)
        return err_set(err, ERR_LIMIT, err_nowhere, "a value is nested too deeply");
    bytes_add_u64(out, feel_is_true(v) ? TAG_TRUE : (uint64_t)feel_kind(v));
    switch (feel_kind(v)) {
    case FEEL_NULL:
    case FEEL_BOOLEAN:
    case FEEL_KIND_COUNT: return true;
    case FEEL_NUMBER: num_add_bytes(out, value_num(v)); return true;
    case FEEL_STRING: bytes_add_str(out, feel_as_string(v)); return true;
    case FEEL_DATE: bytes_add_i64(out, cal_days_of(v.u.date)); return true;
    case FEEL_TIME: encode_time(out, *v.u.time); return true;
    case FEEL_DATE_TIME:
        bytes_add_i64(out, cal_days_of(v.u.date_time->date));
        encode_time(out, v.u.date_time->time);
        return true;
    case FEEL_DAYS_TIME:
        bytes_add_i64(out, v.u.whole);
        bytes_add_u64(out, v.count);
        return true;
    case FEEL_YEARS_MONTHS: bytes_add_i64(out, v.u.whole); return true;
    case FEEL_LIST:
    case FEEL_CONTEXT: return encode_parts(out, v, depth - 1, err);
    case FEEL_RANGE:
        bytes_add_u64(out, (v.u.range->low_closed ? 1u : 0u) | (v.u.range->high_closed ? 2u : 0u) |
                               (unsigned)v.u.range->only << 2);
        return encode_at(out, v.u.range->low, depth - 1, err) &&
               encode_at(out, v.u.range->high, depth - 1, err);
    case FEEL_FUNCTION: break;
    }
    return err_set(err, ERR_UNSUPPORTED, err_nowhere, "a function cannot be stored");
}

bool feel_encode(struct buf *out, struct feel_value v, struct err *err) {
    return encode_at(out, v, FEEL_DEPTH_MAX, err) && buf_ok(out, "an encoded value", err);
}

/* --- reading
 * ---------------------------------------------------------------------------------------- */
struct decoder {
    struct bytes_reader *in;
    struct arena *arena;
    const struct cal_zones *zones;
    struct err *err;
};

static bool corrupt(struct decoder *d) {
    return d->err->code != ERR_NONE ? false
                                    : err_set(d->err, ERR_CORRUPT, err_nowhere,
                                              "a stored value is not what was written");
}

static bool decode_date(struct decoder *d, struct cal_date *date) {
    int64_t days;
    return (bytes_take_i64(&days, d->in) && cal_date_from_days(date, days)) || corrupt(d);
}

static bool decode_time(struct decoder *d, struct cal_time *time) {
    uint64_t ns, kind;
    int64_t offset;
    struct str name;
    if (!bytes_take_u64(&ns, d->in) || !bytes_take_u64(&kind, d->in) ||
        ns >= UINT64_C(86400000000000))
        return corrupt(d);
    int64_t s = (int64_t)(ns / 1000000000);
    bool good = cal_time_of(time, s / 3600, s / 60 % 60, s % 60, (int64_t)(ns % 1000000000));
    assert(good); /* it is within a day */
    if (kind == CAL_OFFSET)
        return (bytes_take_i64(&offset, d->in) && cal_time_with_offset(time, *time, offset)) ||
               corrupt(d);
    if (kind == CAL_ZONE) {
        if (!bytes_take_str(&name, d->in))
            return corrupt(d);
        const struct cal_zone *zone = cal_zone_find(d->zones, name);
        if (zone == NULL)
            return err_set(d->err, ERR_UNKNOWN, err_nowhere, "a time zone '%.*s' is not known",
                           STR_ARG(name));
        *time = cal_time_in_zone(*time, zone);
        return true;
    }
    return kind == CAL_LOCAL || corrupt(d);
}

static bool decode_at(struct decoder *d, struct feel_value *out, int depth);

static bool decode_list(struct decoder *d, struct feel_value *out, int depth) {
    size_t count;
    if (!bytes_take_count(&count, d->in) || count > FEEL_ITEMS_MAX)
        return corrupt(d);
    struct feel_value *items = arena_new(d->arena, struct feel_value, count);
    for (size_t i = 0; i < count; i++)
        if (!decode_at(d, &items[i], depth))
            return false;
    *out = feel_list(items, count);
    return true;
}

static bool decode_context(struct decoder *d, struct feel_value *out, int depth) {
    size_t count;
    if (!bytes_take_count(&count, d->in) || count > FEEL_ITEMS_MAX)
        return corrupt(d);
    struct feel_entry *entries = arena_new(d->arena, struct feel_entry, count);
    for (size_t i = 0; i < count; i++) {
        if (!bytes_take_str(&entries[i].name, d->in))
            return corrupt(d);
        if (!decode_at(d, &entries[i].value, depth))
            return false;
    }
    *out = feel_context_of(d->arena, entries, count);
    return feel_count(*out) == count || corrupt(d); /* two entries with one name */
}

static bool decode_range(struct decoder *d, struct feel_value *out, int depth) {
    struct feel_range r = {0};
    uint64_t flags;
    if (!bytes_take_u64(&flags, d->in) || (flags > 3 && flags != 7 && flags != 8))
        return corrupt(d);
    r.low_closed = (flags & 1) != 0;
    r.high_closed = (flags & 2) != 0;
    r.only = (uint8_t)(flags >> 2);
    if (!decode_at(d, &r.low, depth) || !decode_at(d, &r.high, depth))
        return false;
    *out = feel_range_of(d->arena, r);
    return true;
}

static bool decode_number(struct decoder *d, struct feel_value *out) {
    struct num n;
    return (num_take_bytes(&n, d->in) && value_of_num(out, n, d->arena)) || corrupt(d);
}

static bool decode_span(struct decoder *d, struct feel_value *out) {
    int64_t s;
    uint64_t ns;
    struct cal_span span;
    if (!bytes_take_i64(&s, d->in) || !bytes_take_u64(&ns, d->in) || ns > 999999999 ||
        !cal_span_of(&span, s, (int64_t)ns))
        return corrupt(d);
    *out = feel_days_time(span);
    return true;
}

static bool decode_parts(struct decoder *d, struct feel_value *out, uint64_t tag, int depth) {
    struct cal_datetime at;
    struct str s;
    int64_t n;
    switch (tag) {
    case FEEL_NUMBER: return decode_number(d, out);
    case FEEL_STRING:
        if (!bytes_take_str(&s, d->in) || s.len > FEEL_TEXT_BYTES_MAX)
            return corrupt(d);
        *out = feel_string(s);
        return true;
    case FEEL_DATE:
        if (!decode_date(d, &at.date))
            return false;
        *out = feel_date(at.date);
        return true;
    case FEEL_TIME:
        if (!decode_time(d, &at.time))
            return false;
        *out = feel_time(d->arena, at.time);
        return true;
    case FEEL_DATE_TIME:
        if (!decode_date(d, &at.date) || !decode_time(d, &at.time))
            return false;
        *out = feel_date_time(d->arena, at);
        return true;
    case FEEL_DAYS_TIME: return decode_span(d, out);
    case FEEL_YEARS_MONTHS:
        if (!bytes_take_i64(&n, d->in) || n > CAL_MONTHS_MAX || n < -CAL_MONTHS_MAX)
            return corrupt(d);
        *out = feel_years_months((struct cal_months){n});
        return true;
    case FEEL_LIST: return decode_list(d, out, depth - 1);
    case FEEL_CONTEXT: return decode_context(d, out, depth - 1);
    case FEEL_RANGE: return decode_range(d, out, depth - 1);
    default: return corrupt(d);
    }
}

static bool decode_at(struct decoder *d, struct feel_value *out, int depth) {
    uint64_t tag;
    *out = feel_null();
    if (depth == 0 || !bytes_take_u64(&tag, d->in))
        return corrupt(d);
    if (tag == FEEL_NULL)
        return true;
    if (tag == FEEL_BOOLEAN || tag == TAG_TRUE) {
        *out = feel_boolean(tag == TAG_TRUE);
        return true;
    }
    return decode_parts(d, out, tag, depth);
}

bool feel_decode_zoned(struct feel_value *out, struct bytes_reader *in,
                       const struct cal_zones *zones, struct arena *a, struct err *err) {
    struct decoder decoder = {in, a, zones, err};
    return decode_at(&decoder, out, FEEL_DEPTH_MAX);
}

bool feel_decode(struct feel_value *out, struct bytes_reader *in, struct arena *a,
                 struct err *err) {
    return feel_decode_zoned(out, in, NULL, a, err);
}
