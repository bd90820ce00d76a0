/* Values in and out: thin, but every size from outside is asked of the evaluator's memory first. */
#include "lib/inner.h"

#include "num/num.h"
#include "json/json.h"

static_assert((int)MFEEL_FUNCTION == (int)FEEL_FUNCTION && (int)MFEEL_DATE == (int)FEEL_DATE &&
                  (int)MFEEL_LIST == (int)FEEL_LIST && (int)MFEEL_NUMBER == (int)FEEL_NUMBER &&
                  (int)MFEEL_YEARS_MONTHS == (int)FEEL_YEARS_MONTHS,
              "the kinds are the same");

/* --- making
 * ------------------------------------------------------------------------------------ */
struct mfeel_value mfeel_null(void) {
    return value_out(feel_null());
}

struct mfeel_value mfeel_boolean(bool b) {
    return value_out(feel_boolean(b));
}

struct mfeel_value mfeel_int(int64_t n) {
    return value_out(feel_int(n));
}

struct mfeel_value mfeel_decimal(int64_t coefficient, int scale) {
    bool good = scale >= 0 && scale <= 18;
    return value_out(good ? feel_decimal(coefficient, scale) : feel_null());
}

struct mfeel_value mfeel_date(int32_t year, int month, int day) {
    struct cal_date date;
    return value_out(cal_date_of(&date, year, month, day) ? feel_date(date) : feel_null());
}

enum mfeel_status mfeel_number(struct mfeel_evaluator *ev, const char *text, size_t text_bytes,
                               struct mfeel_value *out, struct mfeel_error *error) {
    enum mfeel_status status = evaluator_room(ev, sizeof(struct num), error);
    if (status != MFEEL_OK)
        return status;
    struct feel_value v = feel_number_text(ev->arena, text_in(text, text_bytes));
    if (feel_is_null(v))
        return status_fail(error, ERR_SYNTAX, "the text is not a number");
    *out = value_out(v);
    return MFEEL_OK;
}

enum mfeel_status mfeel_string(struct mfeel_evaluator *ev, const char *text, size_t text_bytes,
                               struct mfeel_value *out, struct mfeel_error *error) {
    struct str s = text_in(text, text_bytes);
    (void)ev; /* the value borrows; it is here so that one evaluator owns all of an input */
    if (s.len > FEEL_TEXT_BYTES_MAX)
        return status_fail(error, ERR_LIMIT, "a string is longer than 16 MiB");
    if (!utf8_valid(s))
        return status_fail(error, ERR_SYNTAX, "a string is not UTF-8");
    *out = value_out(feel_string(s));
    return MFEEL_OK;
}

/* "10:00:00@Europe/Paris" is well written where nobody knows of Paris. */
static enum mfeel_status no_temporal(const struct mfeel_evaluator *ev, struct str text,
                                     struct mfeel_error *error) {
    struct cal_time time;
    struct cal_datetime at;
    size_t sign = str_find_byte(text, '@');
    struct str before = str_sub(text, 0, sign), zone = str_sub(text, sign + 1, text.len);
    if (sign < text.len && cal_zone_find(engine_zones(ev->engine), zone) == NULL &&
        (cal_time_parse(&time, before, NULL) || cal_datetime_parse(&at, before, NULL)))
        return status_no_zone(error, zone);
    return status_fail(error, ERR_SYNTAX, "the text is no date, time or duration");
}

enum mfeel_status mfeel_temporal(struct mfeel_evaluator *ev, const char *text, size_t text_bytes,
                                 struct mfeel_value *out, struct mfeel_error *error) {
    enum mfeel_status status = evaluator_room(ev, sizeof(struct cal_datetime), error);
    if (status != MFEEL_OK)
        return status;
    struct str s = text_in(text, text_bytes);
    struct feel_value v = feel_temporal_text(ev->arena, s, engine_zones(ev->engine));
    if (feel_is_null(v))
        return no_temporal(ev, s, error);
    *out = value_out(v);
    return MFEEL_OK;
}

enum mfeel_status mfeel_list(struct mfeel_evaluator *ev, const struct mfeel_value *items,
                             size_t count, struct mfeel_value *out, struct mfeel_error *error) {
    if (count > FEEL_ITEMS_MAX)
        return status_fail(error, ERR_LIMIT, "a list has more than 16,777,216 items");
    enum mfeel_status status = evaluator_room(ev, count * sizeof *items, error);
    if (status != MFEEL_OK)
        return status;
    struct feel_value *copy = arena_new(ev->arena, struct feel_value, count);
    if (count > 0)
        memcpy(copy, items, count * sizeof *items);
    *out = value_out(feel_list(copy, count));
    return MFEEL_OK;
}

enum mfeel_status mfeel_context(struct mfeel_evaluator *ev, const struct mfeel_entry *entries,
                                size_t count, struct mfeel_value *out, struct mfeel_error *error) {
    enum { FEW = 16 };
    struct feel_entry few[FEW];
    if (count > FEEL_ITEMS_MAX)
        return status_fail(error, ERR_LIMIT, "a context has more than 16,777,216 entries");
    /* entries twice, and at most 4 slots of 4 bytes for each */
    enum mfeel_status status =
        evaluator_room(ev, count * (2 * sizeof(struct feel_entry) + 16) + 256, error);
    if (status != MFEEL_OK)
        return status;
    struct feel_entry *copy = count <= FEW ? few : arena_new(ev->arena, struct feel_entry, count);
    for (size_t i = 0; i < count; i++) {
        copy[i].name = text_in(entries[i].name, entries[i].name_bytes);
        copy[i].value = value_in(entries[i].value);
        if (!utf8_valid(copy[i].name))
            return status_fail(error, ERR_SYNTAX, "a name is not UTF-8");
    }
    *out = value_out(feel_context_of(ev->arena, copy, count));
    return MFEEL_OK;
}

enum mfeel_status mfeel_range(struct mfeel_evaluator *ev, const struct mfeel_range *range,
                              struct mfeel_value *out, struct mfeel_error *error) {
    struct feel_value low = value_in(range->low), high = value_in(range->high);
    int order;
    bool ordered = feel_is_null(low)    ? feel_order(&order, high, high)
                   : feel_is_null(high) ? feel_order(&order, low, low)
                                        : feel_order(&order, low, high) && order <= 0;
    if (!ordered)
        return status_fail(error, ERR_INVALID, "the ends of the range are not in order");
    enum mfeel_status status = evaluator_room(ev, sizeof(struct feel_range), error);
    if (status != MFEEL_OK)
        return status;
    struct feel_range r = {.low = low,
                           .high = high,
                           .low_closed = range->low_closed && !feel_is_null(low),
                           .high_closed = range->high_closed && !feel_is_null(high)};
    *out = value_out(feel_range_of(ev->arena, r));
    return MFEEL_OK;
}

enum mfeel_status mfeel_from_json(struct mfeel_evaluator *ev, const char *json, size_t json_bytes,
                                  struct mfeel_value *out, struct mfeel_error *error) {
    const struct json *tree;
    struct feel_value v;
    struct err err = {0};
    enum mfeel_status status = evaluator_room(ev, 256, error);
    if (status != MFEEL_OK)
        return status;
    /* a tree takes at least half of what the values made from it take */
    struct budget budget = evaluator_reading(ev);
    bool read = json_read(&tree, text_in(json, json_bytes), "JSON", ev->arena, &budget, &err) &&
                feel_from_json(&v, tree, ev->arena, &err);
    if (err.at.line > 0)
        err.at.source = "JSON"; /* a value knows its place, not its text */
    if (!read)
        return evaluator_read(ev, &err, error);
    *out = value_out(v);
    return MFEEL_OK;
}

enum mfeel_status mfeel_copy(struct mfeel_evaluator *ev, struct mfeel_value v,
                             struct mfeel_value *out, struct mfeel_error *error) {
    struct err err = {0};
    struct feel_value copy;
    if (!feel_copy(&copy, value_in(v), ev->arena, &err))
        return status_of(error, &err);
    *out = value_out(copy);
    return MFEEL_OK;
}

/* --- functions of the caller
 * ------------------------------------------------------------------- */
struct native {
    struct mfeel_evaluator *ev;
    mfeel_native_fn fn;
    void *self;
};

static bool call_native(struct feel_value *out, struct feel_call *call, struct err *err) {
    const struct native *n = call->self;
    struct mfeel_value v = mfeel_null();
    const char *why = NULL;
    enum mfeel_status status =
        n->fn(&v, n->self, n->ev, (const struct mfeel_value *)(const void *)call->args,
              call->arg_count, &why);
    *out = value_in(v);
    if (status == MFEEL_OK) {
        call->why = str_from(why);
        return true;
    }
    if ((int)status < 0 || status > MFEEL_IO) { /* none of ours is handed on */
        status = MFEEL_INVALID;
        why = "a function of the caller gave a status that is none";
    }
    n->ev->native_status = status;
    return err_set(err, status_code(status), err_nowhere, "%s",
                   why == NULL ? "a function of the caller ended the evaluation" : why);
}

enum mfeel_status mfeel_function(struct mfeel_evaluator *ev, mfeel_native_fn fn, void *self,
                                 const char *const *params, size_t param_count,
                                 struct mfeel_value *out, struct mfeel_error *error) {
    enum { PARAMS_MAX = 255 };
    if (param_count > PARAMS_MAX)
        return status_fail(error, ERR_LIMIT, "a function has more than 255 parameters");
    enum mfeel_status status = evaluator_room(ev, param_count * sizeof(struct str) + 512, error);
    if (status != MFEEL_OK)
        return status;
    struct native *n = arena_new(ev->arena, struct native, 1);
    struct str *names = arena_new(ev->arena, struct str, param_count);
    *n = (struct native){ev, fn, self};
    for (size_t i = 0; i < param_count; i++)
        names[i] = str_from(params[i]);
    *out = value_out(feel_native(ev->arena, call_native, n, names, param_count));
    return MFEEL_OK;
}

/* --- reading
 * ----------------------------------------------------------------------------------- */
enum mfeel_kind mfeel_kind(struct mfeel_value v) {
    return (enum mfeel_kind)feel_kind(value_in(v));
}

const char *mfeel_kind_name(enum mfeel_kind kind) {
    return (unsigned)kind < FEEL_KIND_COUNT ? feel_kind_name((enum feel_kind)kind) : "unknown";
}

bool mfeel_to_boolean(struct mfeel_value v, bool *out) {
    if (mfeel_kind(v) != MFEEL_BOOLEAN)
        return false;
    *out = feel_as_boolean(value_in(v));
    return true;
}

bool mfeel_to_int(struct mfeel_value v, int64_t *out) {
    return feel_to_i64(out, value_in(v));
}

size_t mfeel_to_number(struct mfeel_value v, char *out, size_t out_bytes) {
    char text[NUM_TEXT_MAX];
    struct num n;
    if (mfeel_kind(v) != MFEEL_NUMBER)
        return 0;
    feel_as_num(&n, value_in(v));
    size_t len = num_format(text, n);
    if (out_bytes > 0) {
        size_t fits = MIN_OF(len, out_bytes - 1);
        memcpy(out, text, fits);
        out[fits] = '\0';
    }
    return len;
}

bool mfeel_to_string(struct mfeel_value v, const char **text, size_t *text_bytes) {
    if (mfeel_kind(v) != MFEEL_STRING)
        return false;
    struct str s = feel_as_string(value_in(v));
    *text = s.at == NULL ? "" : s.at;
    *text_bytes = s.len;
    return true;
}

bool mfeel_to_date(struct mfeel_value v, int32_t *year, int *month, int *day) {
    if (mfeel_kind(v) != MFEEL_DATE)
        return false;
    struct cal_date date = feel_as_date(value_in(v));
    *year = date.year;
    *month = date.month;
    *day = date.day;
    return true;
}

bool mfeel_to_range(struct mfeel_value v, struct mfeel_range *out) {
    struct feel_value r = value_in(v);
    if (feel_kind(r) != FEEL_RANGE)
        return false;
    *out = (struct mfeel_range){value_out(r.u.range->low), value_out(r.u.range->high),
                                r.u.range->low_closed, r.u.range->high_closed};
    return true;
}

size_t mfeel_count(struct mfeel_value v) {
    enum mfeel_kind kind = mfeel_kind(v);
    return kind == MFEEL_LIST || kind == MFEEL_CONTEXT ? feel_count(value_in(v)) : 0;
}

struct mfeel_value mfeel_item(struct mfeel_value list, size_t index) {
    if (mfeel_kind(list) != MFEEL_LIST || index >= mfeel_count(list))
        return mfeel_null();
    return value_out(feel_item(value_in(list), index));
}

bool mfeel_entry_at(struct mfeel_value context, size_t index, struct mfeel_entry *out) {
    if (mfeel_kind(context) != MFEEL_CONTEXT || index >= mfeel_count(context))
        return false;
    const struct feel_entry *entry = &feel_entries(value_in(context))[index];
    *out = (struct mfeel_entry){entry->name.at == NULL ? "" : entry->name.at, entry->name.len,
                                value_out(entry->value)};
    return true;
}

struct mfeel_value mfeel_get(struct mfeel_value context, const char *name, size_t name_bytes) {
    return value_out(feel_get(value_in(context), text_in(name, name_bytes)));
}

bool mfeel_same(struct mfeel_value a, struct mfeel_value b) {
    return feel_same(value_in(a), value_in(b));
}

/* --- as text
 * ----------------------------------------------------------------------------------- */
/* The text printed into the evaluator's buffer, moved to its memory. */
static enum mfeel_status keep(struct mfeel_evaluator *ev, const char **text, size_t *text_bytes,
                              struct mfeel_error *error) {
    struct err err = {0};
    if (!buf_ok(&ev->text, "the text of a value", &err))
        return status_of(error, &err);
    enum mfeel_status status = evaluator_room(ev, ev->text.len + 1, error);
    if (status != MFEEL_OK)
        return status;
    struct str kept = arena_str(ev->arena, buf_view(&ev->text));
    *text = kept.at;
    *text_bytes = kept.len;
    return MFEEL_OK;
}

enum mfeel_status mfeel_text(struct mfeel_evaluator *ev, struct mfeel_value v, enum mfeel_text as,
                             const char **text, size_t *text_bytes, struct mfeel_error *error) {
    struct err err = {0};
    buf_reset(&ev->text);
    switch (as) {
    case MFEEL_TEXT_FEEL: feel_print(&ev->text, value_in(v)); break;
    case MFEEL_TEXT_PLAIN: feel_print_plain(&ev->text, value_in(v)); break;
    case MFEEL_TEXT_JSON:
        if (!feel_to_json(&ev->text, value_in(v), &err))
            return status_of(error, &err);
        break;
    default: return status_fail(error, ERR_INVALID, "there is no such form of text");
    }
    return keep(ev, text, text_bytes, error);
}

enum mfeel_status mfeel_trace_json(struct mfeel_evaluator *ev, const char **text,
                                   size_t *text_bytes, struct mfeel_error *error) {
    struct err err = {0};
    buf_reset(&ev->text);
    if (!dmn_trace_json(&ev->text, &ev->trace, &err))
        return status_of(error, &err);
    return keep(ev, text, text_bytes, error);
}
