/* Values: making, looking, equality, order, copying. Every walk counts its depth. */
#include "feel/code.h"
#include "feel/inner.h"

enum { LINEAR_MAX = 8 }; /* entries that are found faster one by one than by hash */

/* DMN 1.5: 10.3.2.1, 10.3.1.3 */
const char *feel_kind_name(enum feel_kind kind) {
    static const char *const names[FEEL_KIND_COUNT] = {
        [FEEL_NULL] = "null",
        [FEEL_BOOLEAN] = "boolean",
        [FEEL_NUMBER] = "number",
        [FEEL_STRING] = "string",
        [FEEL_DATE] = "date",
        [FEEL_TIME] = "time",
        [FEEL_DATE_TIME] = "date and time",
        [FEEL_DAYS_TIME] = "days and time duration",
        [FEEL_YEARS_MONTHS] = "years and months duration",
        [FEEL_LIST] = "list",
        [FEEL_CONTEXT] = "context",
        [FEEL_RANGE] = "range",
        [FEEL_FUNCTION] = "function",
    };
    return names[kind];
}

/* --- making --- */
/* DMN 1.5: 10.3.2.3.2 */
struct feel_value feel_string(struct str s) {
    assert(s.len <= FEEL_TEXT_BYTES_MAX);
    return (struct feel_value){FEEL_STRING, (uint32_t)s.len, {.text = s.at}};
}

struct feel_value feel_list(const struct feel_value *items, size_t count) {
    assert(count <= FEEL_ITEMS_MAX);
    return (struct feel_value){FEEL_LIST, (uint32_t)count, {.items = items}};
}

static size_t context_slot(const struct feel_context *c, struct str name) {
    size_t mask = c->slot_count - 1, at = (size_t)str_hash(name) & mask;
    while (c->slots[at] != 0 && !str_eq(c->entries[c->slots[at] - 1].name, name))
        at = (at + 1) & mask;
    return at;
}

/* c->count when there is no such entry */
static uint32_t context_index(const struct feel_context *c, struct str name) {
    if (c->slot_count != 0) {
        uint32_t slot = c->slots[context_slot(c, name)];
        return slot == 0 ? c->count : slot - 1;
    }
    uint32_t i = 0;
    while (i < c->count && !str_eq(c->entries[i].name, name))
        i++;
    return i;
}

static const struct feel_value *context_find(const struct feel_context *c, struct str name) {
    uint32_t at = context_index(c, name);
    return at < c->count ? &c->entries[at].value : NULL;
}

struct feel_value feel_context_of(struct arena *a, const struct feel_entry *entries, size_t count) {
    assert(count <= FEEL_ITEMS_MAX);
    struct feel_context *c = arena_new(a, struct feel_context, 1);
    struct feel_entry *copy = arena_new(a, struct feel_entry, count);
    uint32_t *slots = NULL;
    c->entries = copy;
    if (count > LINEAR_MAX) {
        c->slot_count = 16;
        while (c->slot_count < count * 2)
            c->slot_count *= 2;
        slots = arena_new(a, uint32_t, c->slot_count);
        c->slots = slots;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t at = context_index(c, entries[i].name);
        if (at < c->count) {
            copy[at].value = entries[i].value;
            continue;
        }
        if (slots != NULL)
            slots[context_slot(c, entries[i].name)] = c->count + 1;
        copy[c->count++] = entries[i];
    }
    return (struct feel_value){FEEL_CONTEXT, c->count, {.context = c}};
}

struct feel_value feel_range_of(struct arena *a, struct feel_range r) {
    struct feel_range *copy = arena_new(a, struct feel_range, 1);
    *copy = r;
    return (struct feel_value){.head = FEEL_RANGE, .u.range = copy};
}

/* DMN 1.5: 10.3.2.3.5 */
struct feel_value feel_date(struct cal_date date) {
    return (struct feel_value){.head = FEEL_DATE, .u.date = date};
}

/* DMN 1.5: 10.3.2.3.4 */
struct feel_value feel_time(struct arena *a, struct cal_time time) {
    struct cal_time *box = arena_new(a, struct cal_time, 1);
    *box = time;
    return (struct feel_value){.head = FEEL_TIME, .u.time = box};
}

/* DMN 1.5: 10.3.2.3.6 */
struct feel_value feel_date_time(struct arena *a, struct cal_datetime at) {
    struct cal_datetime *box = arena_new(a, struct cal_datetime, 1);
    *box = at;
    return (struct feel_value){.head = FEEL_DATE_TIME, .u.date_time = box};
}

/* DMN 1.5: 10.3.2.3.7 */
struct feel_value feel_days_time(struct cal_span span) {
    return (struct feel_value){FEEL_DAYS_TIME, span.ns, {.whole = span.s}};
}

/* DMN 1.5: 10.3.2.3.8 */
struct feel_value feel_years_months(struct cal_months months) {
    return (struct feel_value){.head = FEEL_YEARS_MONTHS, .u.whole = months.n};
}

struct feel_value feel_instant(struct arena *a, int64_t at_us, const struct cal_zone *zone) {
    return feel_date_time(a, cal_us_datetime(at_us, zone));
}

/* DMN 1.5: rule 65: the form of the text tells the kind */
struct feel_value feel_temporal_text(struct arena *a, struct str text,
                                     const struct cal_zones *zones) {
    struct cal_date date;
    struct cal_time time;
    struct cal_datetime at;
    struct cal_span span;
    struct cal_months months;
    if (cal_date_parse(&date, text))
        return feel_date(date);
    if (cal_time_parse(&time, text, zones))
        return feel_time(a, time);
    if (cal_datetime_parse(&at, text, zones))
        return feel_date_time(a, at);
    if (cal_months_parse(&months, text))
        return feel_years_months(months);
    if (cal_span_parse(&span, text))
        return feel_days_time(span);
    return feel_null();
}

/* --- looking --- */
bool feel_as_boolean(struct feel_value v) {
    assert(feel_kind(v) == FEEL_BOOLEAN);
    return v.u.whole != 0;
}

struct str feel_as_string(struct feel_value v) {
    assert(feel_kind(v) == FEEL_STRING);
    return (struct str){v.u.text, v.count};
}

struct cal_date feel_as_date(struct feel_value v) {
    assert(feel_kind(v) == FEEL_DATE);
    return v.u.date;
}

struct cal_time feel_as_time(struct feel_value v) {
    assert(feel_kind(v) == FEEL_TIME);
    return *v.u.time;
}

struct cal_datetime feel_as_date_time(struct feel_value v) {
    assert(feel_kind(v) == FEEL_DATE_TIME);
    return *v.u.date_time;
}

struct cal_span feel_as_days_time(struct feel_value v) {
    assert(feel_kind(v) == FEEL_DAYS_TIME);
    return (struct cal_span){v.u.whole, v.count};
}

struct cal_months feel_as_years_months(struct feel_value v) {
    assert(feel_kind(v) == FEEL_YEARS_MONTHS);
    return (struct cal_months){v.u.whole};
}

size_t feel_count(struct feel_value v) {
    assert(feel_kind(v) == FEEL_LIST || feel_kind(v) == FEEL_CONTEXT);
    return v.count;
}

struct feel_value feel_item(struct feel_value list, size_t index) {
    assert(feel_kind(list) == FEEL_LIST && index < list.count);
    return list.u.items[index];
}

struct feel_value feel_get(struct feel_value v, struct str name) {
    if (feel_kind(v) != FEEL_CONTEXT)
        return feel_null();
    const struct feel_value *found = context_find(v.u.context, name);
    return found == NULL ? feel_null() : *found;
}

bool feel_has(struct feel_value v, struct str name) {
    return feel_kind(v) == FEEL_CONTEXT && context_find(v.u.context, name) != NULL;
}

const struct feel_entry *feel_entries(struct feel_value context) {
    assert(feel_kind(context) == FEEL_CONTEXT);
    return context.u.context->entries;
}

/* --- equality: DMN 1.5: 10.3.2.2, table 53 --- */
enum answer { NO, YES, UNKNOWN };
/* A walk counts the values it meets: parts may be shared, and then a small value is a large tree.
 * exact: to the nanosecond; FEEL's own equality compares the properties of times (table 42), which
 * have whole seconds. zoned: not the moment counts alone, but its zone or offset too. */
struct walk {
    uint64_t nodes; /* that it may still meet */
    bool exact, zoned;
};

static enum answer equal_at(struct feel_value a, struct feel_value b, int depth, struct walk *w);

static enum answer equal_items(const struct feel_value *a, const struct feel_value *b,
                               uint32_t count, int depth, struct walk *w) {
    enum answer all = YES;
    for (uint32_t i = 0; i < count; i++) {
        enum answer one = equal_at(a[i], b[i], depth, w);
        if (one == NO)
            return NO;
        if (one == UNKNOWN)
            all = UNKNOWN;
    }
    return all;
}

static enum answer equal_contexts(const struct feel_context *a, const struct feel_context *b,
                                  int depth, struct walk *w) {
    enum answer all = YES;
    if (a->count != b->count)
        return NO;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct feel_value *other = context_find(b, a->entries[i].name);
        if (other == NULL)
            return NO;
        enum answer one = equal_at(a->entries[i].value, *other, depth, w);
        if (one == NO)
            return NO;
        if (one == UNKNOWN)
            all = UNKNOWN;
    }
    return all;
}

static enum answer equal_ranges(const struct feel_range *a, const struct feel_range *b, int depth,
                                struct walk *w) {
    if (a->low_closed != b->low_closed || a->high_closed != b->high_closed || a->only != b->only)
        return NO;
    enum answer low = equal_at(a->low, b->low, depth, w);
    enum answer high = equal_at(a->high, b->high, depth, w);
    return low == YES && high == YES ? YES : NO;
}

static enum answer equal_strings(struct feel_value a, struct feel_value b, struct walk *w) {
    if (a.count != b.count)
        return NO;
    if (a.count / VALUE_BYTES_A_NODE > w->nodes) {
        w->nodes = 0;
        return UNKNOWN;
    }
    w->nodes -= a.count / VALUE_BYTES_A_NODE;
    return a.count == 0 || memcmp(a.u.text, b.u.text, a.count) == 0 ? YES : NO;
}

static enum answer equal_times(struct cal_time a, struct cal_time b, const struct walk *w) {
    int order;
    if (w->zoned)
        return cal_time_same(a, b) ? YES : NO;
    if (!w->exact)
        a.ns = b.ns = 0;
    return cal_time_cmp(&order, a, b) && order == 0 ? YES : NO;
}

static enum answer equal_date_times(struct cal_datetime a, struct cal_datetime b,
                                    const struct walk *w) {
    int order;
    if (w->zoned)
        return cal_datetime_same(a, b) ? YES : NO;
    if (!w->exact)
        a.time.ns = b.time.ns = 0;
    return cal_datetime_cmp(&order, a, b) && order == 0 ? YES : NO;
}

/* Two values of one function. DMN 1.5: table 53 */
static bool same_function(const struct feel_function *a, const struct feel_function *b) {
    return a == b ||
           (a->kind == FUNCTION_BUILTIN && b->kind == FUNCTION_BUILTIN && a->builtin == b->builtin);
}

static enum answer equal_same_kind(struct feel_value a, struct feel_value b, int depth,
                                   struct walk *w) {
    switch (feel_kind(a)) {
    case FEEL_NULL: return YES;
    case FEEL_BOOLEAN:
    case FEEL_YEARS_MONTHS: return a.u.whole == b.u.whole ? YES : NO;
    case FEEL_DATE: return cal_date_cmp(a.u.date, b.u.date) == 0 ? YES : NO;
    case FEEL_NUMBER: return value_num_order(a, b) == 0 ? YES : NO;
    case FEEL_STRING: return equal_strings(a, b, w);
    case FEEL_TIME: return equal_times(*a.u.time, *b.u.time, w);
    case FEEL_DATE_TIME: return equal_date_times(*a.u.date_time, *b.u.date_time, w);
    case FEEL_DAYS_TIME: return a.u.whole == b.u.whole && a.count == b.count ? YES : NO;
    case FEEL_LIST:
        return a.count == b.count ? equal_items(a.u.items, b.u.items, a.count, depth - 1, w) : NO;
    case FEEL_CONTEXT: return equal_contexts(a.u.context, b.u.context, depth - 1, w);
    case FEEL_RANGE: return equal_ranges(a.u.range, b.u.range, depth - 1, w);
    case FEEL_FUNCTION: return same_function(a.u.function, b.u.function) ? YES : NO;
    case FEEL_KIND_COUNT: break;
    }
    return UNKNOWN;
}

static enum answer equal_at(struct feel_value a, struct feel_value b, int depth, struct walk *w) {
    if (depth == 0 || w->nodes == 0)
        return UNKNOWN;
    w->nodes--;
    if (feel_kind(a) == feel_kind(b))
        return equal_same_kind(a, b, depth, w);
    if (feel_is_null(a) || feel_is_null(b))
        return NO;
    return UNKNOWN;
}

struct feel_value value_equal(struct feel_value a, struct feel_value b, uint64_t *nodes) {
    struct walk w = {.nodes = *nodes};
    enum answer answer = equal_at(a, b, FEEL_DEPTH_MAX, &w);
    *nodes = w.nodes;
    return answer == UNKNOWN || w.nodes == 0 ? feel_null() : feel_boolean(answer == YES);
}

struct feel_value feel_equal(struct feel_value a, struct feel_value b) {
    uint64_t nodes = FEEL_NODES_MAX;
    return value_equal(a, b, &nodes);
}

static bool same_in(struct walk w, struct feel_value a, struct feel_value b, uint64_t *nodes) {
    bool same = feel_kind(a) == feel_kind(b) && equal_at(a, b, FEEL_DEPTH_MAX, &w) == YES;
    *nodes = w.nodes;
    return same && w.nodes > 0;
}

bool value_same(struct feel_value a, struct feel_value b, uint64_t *nodes) {
    return same_in((struct walk){.nodes = *nodes, .exact = true}, a, b, nodes);
}

bool value_is(struct feel_value a, struct feel_value b, uint64_t *nodes) {
    return same_in((struct walk){.nodes = *nodes, .exact = true, .zoned = true}, a, b, nodes);
}

bool feel_same(struct feel_value a, struct feel_value b) {
    uint64_t nodes = FEEL_NODES_MAX;
    return value_same(a, b, &nodes);
}

static bool within(struct feel_value v, int depth, size_t *nodes) {
    if (depth == 0 || *nodes == 0)
        return false;
    --*nodes;
    switch (feel_kind(v)) {
    case FEEL_LIST:
        for (uint32_t i = 0; i < v.count; i++)
            if (!within(v.u.items[i], depth - 1, nodes))
                return false;
        return true;
    case FEEL_CONTEXT:
        for (uint32_t i = 0; i < v.count; i++)
            if (!within(v.u.context->entries[i].value, depth - 1, nodes))
                return false;
        return true;
    default: return true;
    }
}

bool feel_within(struct feel_value v, size_t nodes) {
    return within(v, FEEL_DEPTH_MAX, &nodes);
}

/* DMN 1.5: table 54 */
bool feel_order(int *out, struct feel_value a, struct feel_value b) {
    if (feel_kind(a) != feel_kind(b))
        return false;
    switch (feel_kind(a)) {
    case FEEL_NUMBER: *out = value_num_order(a, b); return true;
    case FEEL_STRING: *out = str_cmp(feel_as_string(a), feel_as_string(b)); return true;
    case FEEL_DATE: *out = cal_date_cmp(a.u.date, b.u.date); return true;
    case FEEL_YEARS_MONTHS: *out = (a.u.whole > b.u.whole) - (a.u.whole < b.u.whole); return true;
    case FEEL_DAYS_TIME:
        *out = cal_span_cmp(feel_as_days_time(a), feel_as_days_time(b));
        return true;
    case FEEL_TIME: return cal_time_cmp(out, *a.u.time, *b.u.time);
    case FEEL_DATE_TIME: return cal_datetime_cmp(out, *a.u.date_time, *b.u.date_time);
    default: return false;
    }
}

/* --- copying --- */
static bool copy_at(struct feel_value *out, struct feel_value v, struct arena *a, int depth,
                    struct err *err);

/* A tree of shared parts grows as it is copied: up to what the arena takes, not beyond. */
static bool copy_affords(const struct arena *a, size_t bytes, struct err *err) {
    enum { SLACK_BYTES = 8192 };
    if (arena_limit_bytes(a) - arena_used_bytes(a) > bytes + SLACK_BYTES)
        return true;
    return err_set(err, ERR_LIMIT, err_nowhere, "a copy of a value takes too much memory");
}

static bool copy_items(const struct feel_value **out, const struct feel_value *items,
                       uint32_t count, struct arena *a, int depth, struct err *err) {
    if (!copy_affords(a, count * sizeof **out, err))
        return false;
    struct feel_value *copy = arena_new(a, struct feel_value, count);
    for (uint32_t i = 0; i < count; i++)
        if (!copy_at(&copy[i], items[i], a, depth, err))
            return false;
    *out = copy;
    return true;
}

static bool copy_context(struct feel_value *out, const struct feel_context *c, struct arena *a,
                         int depth, struct err *err) {
    if (!copy_affords(a, c->count * sizeof(struct feel_entry), err))
        return false;
    struct feel_entry *entries = arena_new(a, struct feel_entry, c->count);
    for (uint32_t i = 0; i < c->count; i++) {
        if (!copy_affords(a, c->entries[i].name.len, err))
            return false;
        entries[i].name = arena_str(a, c->entries[i].name);
        if (!copy_at(&entries[i].value, c->entries[i].value, a, depth, err))
            return false;
    }
    /* the entries again, and at most 4 slots of 4 bytes for each */
    if (!copy_affords(a, c->count * (sizeof(struct feel_entry) + 16) + 256, err))
        return false;
    *out = feel_context_of(a, entries, c->count);
    return true;
}

static bool copy_at(struct feel_value *out, struct feel_value v, struct arena *a, int depth,
                    struct err *err) {
    *out = v;
    if (depth <= 0)
        return err_set(err, ERR_LIMIT, err_nowhere, "a value is nested too deeply");
    switch (feel_kind(v)) {
    case FEEL_NUMBER:
        if (v.head == HEAD_BOXED) {
            if (!copy_affords(a, sizeof *v.u.num, err))
                return false;
            struct num *box = arena_new(a, struct num, 1);
            *box = *v.u.num;
            out->u.num = box;
        }
        return true;
    case FEEL_TIME:
        if (!copy_affords(a, sizeof *v.u.time, err))
            return false;
        *out = feel_time(a, *v.u.time);
        return true;
    case FEEL_DATE_TIME:
        if (!copy_affords(a, sizeof *v.u.date_time, err))
            return false;
        *out = feel_date_time(a, *v.u.date_time);
        return true;
    case FEEL_STRING:
        if (!copy_affords(a, v.count, err))
            return false;
        out->u.text = arena_str(a, feel_as_string(v)).at;
        return true;
    case FEEL_LIST: return copy_items(&out->u.items, v.u.items, v.count, a, depth - 1, err);
    case FEEL_CONTEXT: return copy_context(out, v.u.context, a, depth - 1, err);
    case FEEL_RANGE: {
        struct feel_range r = *v.u.range;
        if (!copy_at(&r.low, v.u.range->low, a, depth - 1, err) ||
            !copy_at(&r.high, v.u.range->high, a, depth - 1, err) ||
            !copy_affords(a, sizeof r, err))
            return false;
        *out = feel_range_of(a, r);
        return true;
    }
    case FEEL_FUNCTION:
        return err_set(err, ERR_UNSUPPORTED, err_nowhere, "a function cannot be copied");
    default: return true;
    }
}

bool feel_copy(struct feel_value *out, struct feel_value v, struct arena *a, struct err *err) {
    return copy_at(out, v, a, FEEL_DEPTH_MAX, err);
}
