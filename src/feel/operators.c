/* The operators on values of every kind. The machine does numbers that stand inline itself; all
 * else comes here. No operator fails: what has no meaning is null with a complaint.
 * DMN 1.5: 10.3.2.15, tables 50-60 */
#include "feel/machine.h"

static bool both(struct feel_value a, struct feel_value b, enum feel_kind first,
                 enum feel_kind second) {
    return feel_kind(a) == first && feel_kind(b) == second;
}

static struct feel_value no_such(struct feel_machine *m, const char *what, struct feel_value a,
                                 struct feel_value b) {
    return machine_null(m, "cannot %s %s and %s", what, feel_kind_name(feel_kind(a)),
                        feel_kind_name(feel_kind(b)));
}

static struct feel_value too_far(struct feel_machine *m) {
    return machine_null(m, "a date or duration is beyond the range of FEEL");
}

/* --- adding --------------------------------------------------------------------------------------
 */
static struct feel_value months_of(struct feel_machine *m, int64_t n) {
    if (n > CAL_MONTHS_MAX || n < -CAL_MONTHS_MAX)
        return too_far(m);
    return feel_years_months((struct cal_months){n});
}

static struct feel_value add_strings(struct feel_machine *m, struct feel_value a,
                                     struct feel_value b) {
    size_t len = (size_t)a.count + b.count;
    if (len > FEEL_TEXT_BYTES_MAX)
        return machine_null(m, "a string is longer than %d bytes", FEEL_TEXT_BYTES_MAX);
    char *text = machine_new(m, char, len + 1);
    if (text == NULL)
        return feel_null();
    if (a.count > 0)
        memcpy(text, a.u.text, a.count);
    if (b.count > 0)
        memcpy(text + a.count, b.u.text, b.count);
    return feel_string((struct str){text, len});
}

/* A date moves by whole days: the clock of a day begins at 00:00. */
static struct feel_value date_add_span(struct feel_machine *m, struct cal_date date,
                                       struct cal_span span) {
    int64_t days = span.s / 86400 - (span.s % 86400 < 0);
    struct cal_date out;
    return cal_date_add_days(&out, date, days) ? feel_date(out) : too_far(m);
}

static struct feel_value date_time_add(struct feel_machine *m, struct feel_value at,
                                       struct feel_value duration) {
    struct cal_datetime out;
    bool fits = feel_kind(duration) == FEEL_DAYS_TIME
                    ? cal_datetime_add(&out, *at.u.date_time, feel_as_days_time(duration))
                    : cal_datetime_add_months(&out, *at.u.date_time, duration.u.whole);
    if (!machine_reserve(m, sizeof out))
        return feel_null();
    return fits ? feel_date_time(m->arena, out) : too_far(m);
}

/* a: not a duration; b: a duration */
static struct feel_value add_duration(struct feel_machine *m, struct feel_value a,
                                      struct feel_value b) {
    struct cal_date date;
    switch (feel_kind(a)) {
    case FEEL_DATE:
        if (feel_kind(b) == FEEL_DAYS_TIME)
            return date_add_span(m, a.u.date, feel_as_days_time(b));
        return cal_date_add_months(&date, a.u.date, b.u.whole) ? feel_date(date) : too_far(m);
    case FEEL_DATE_TIME: return date_time_add(m, a, b);
    case FEEL_TIME:
        if (feel_kind(b) == FEEL_DAYS_TIME && machine_reserve(m, sizeof(struct cal_time)))
            return feel_time(m->arena, cal_time_add(*a.u.time, feel_as_days_time(b)));
        break;
    default: break;
    }
    return no_such(m, "add", a, b);
}

static bool is_duration(struct feel_value v) {
    return feel_kind(v) == FEEL_DAYS_TIME || feel_kind(v) == FEEL_YEARS_MONTHS;
}

/* DMN 1.5: tables 56, 57 */
struct feel_value op_add(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (both(a, b, FEEL_NUMBER, FEEL_NUMBER))
        return machine_number(m, num_add(value_num(a), value_num(b)));
    if (both(a, b, FEEL_STRING, FEEL_STRING))
        return add_strings(m, a, b);
    if (both(a, b, FEEL_DAYS_TIME, FEEL_DAYS_TIME)) {
        struct cal_span sum;
        return cal_span_add(&sum, feel_as_days_time(a), feel_as_days_time(b)) ? feel_days_time(sum)
                                                                              : too_far(m);
    }
    if (both(a, b, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS))
        return months_of(m, a.u.whole + b.u.whole);
    if (is_duration(b) && !is_duration(a))
        return add_duration(m, a, b);
    if (is_duration(a) && !is_duration(b))
        return add_duration(m, b, a);
    return no_such(m, "add", a, b);
}

/* --- subtracting
 * ----------------------------------------------------------------------------------- */
/* DMN 1.5: 10.3.2.3.6: a date beside a date-time stands for its midnight in UTC */
static struct cal_datetime date_time_of(struct feel_value v) {
    if (feel_kind(v) == FEEL_DATE_TIME)
        return *v.u.date_time;
    struct cal_datetime at = {.date = v.u.date};
    at.time.kind = CAL_OFFSET;
    return at;
}

static bool is_point(struct feel_value v) {
    return feel_kind(v) == FEEL_DATE || feel_kind(v) == FEEL_DATE_TIME;
}

static struct feel_value sub_points(struct feel_machine *m, struct feel_value a,
                                    struct feel_value b) {
    struct cal_span span;
    if (both(a, b, FEEL_DATE, FEEL_DATE)) {
        int64_t days = cal_days_of(a.u.date) - cal_days_of(b.u.date);
        return feel_days_time((struct cal_span){days * 86400, 0});
    }
    if (cal_datetime_sub(&span, date_time_of(a), date_time_of(b)))
        return feel_days_time(span);
    return machine_null(m, "cannot subtract: only one of the two has a time zone");
}

static struct feel_value negative(struct feel_machine *m, struct feel_value duration) {
    if (feel_kind(duration) == FEEL_YEARS_MONTHS)
        return months_of(m, -duration.u.whole);
    struct cal_span span;
    return cal_span_neg(&span, feel_as_days_time(duration)) ? feel_days_time(span) : too_far(m);
}

/* DMN 1.5: tables 56, 57 */
struct feel_value op_sub(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    struct cal_span span;
    if (both(a, b, FEEL_NUMBER, FEEL_NUMBER))
        return machine_number(m, num_sub(value_num(a), value_num(b)));
    if (is_point(a) && is_point(b))
        return sub_points(m, a, b);
    if (both(a, b, FEEL_TIME, FEEL_TIME))
        return cal_time_sub(&span, *a.u.time, *b.u.time)
                   ? feel_days_time(span)
                   : machine_null(m, "cannot subtract: only one of the two has a time zone");
    if (both(a, b, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS))
        return months_of(m, a.u.whole - b.u.whole);
    if (is_duration(b) && (!is_duration(a) || feel_kind(a) == feel_kind(b))) {
        struct feel_value minus = negative(m, b);
        if (feel_is_null(minus))
            return minus;
        return is_point(a) || feel_kind(a) == FEEL_TIME || is_duration(a)
                   ? op_add(m, a, minus)
                   : no_such(m, "subtract", a, b);
    }
    return no_such(m, "subtract", a, b);
}

/* DMN 1.5: table 62 */
struct feel_value op_negate(struct feel_machine *m, struct feel_value a) {
    if (feel_kind(a) == FEEL_NUMBER) {
        if (a.head != HEAD_BOXED && a.u.whole != INT64_MIN) {
            a.u.whole = -a.u.whole;
            return a;
        }
        return machine_number(m, num_neg(value_num(a)));
    }
    if (is_duration(a))
        return negative(m, a);
    return machine_null(m, "cannot negate a %s", feel_kind_name(feel_kind(a)));
}

/* --- multiplying
 * ------------------------------------------------------------------------------------- */
static struct feel_value scale_months(struct feel_machine *m, struct num months) {
    int64_t n;
    if (num_is_nan(months) || !num_to_i64(&n, num_round(months, 0, NUM_ROUND_DOWN)))
        return too_far(m);
    return months_of(m, n);
}

static struct feel_value span_of_seconds(struct feel_machine *m, struct num seconds) {
    struct cal_span span;
    return cal_span_from_num(&span, seconds) ? feel_days_time(span) : too_far(m);
}

/* DMN 1.5: tables 58, 59 */
struct feel_value op_mul(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (both(a, b, FEEL_NUMBER, FEEL_NUMBER))
        return machine_number(m, num_mul(value_num(a), value_num(b)));
    if (is_duration(b) && feel_kind(a) == FEEL_NUMBER) {
        struct feel_value swap = a;
        a = b;
        b = swap;
    }
    if (both(a, b, FEEL_DAYS_TIME, FEEL_NUMBER))
        return span_of_seconds(m, num_mul(cal_span_num(feel_as_days_time(a)), value_num(b)));
    if (both(a, b, FEEL_YEARS_MONTHS, FEEL_NUMBER))
        return scale_months(m, num_mul(num_of(a.u.whole), value_num(b)));
    return no_such(m, "multiply", a, b);
}

static struct feel_value div_numbers(struct feel_machine *m, struct num a, struct num b) {
    if (num_sign(b) == 0)
        return machine_null(m, "a division by zero");
    return machine_number(m, num_div(a, b));
}

/* DMN 1.5: tables 58, 59 */
struct feel_value op_div(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (both(a, b, FEEL_NUMBER, FEEL_NUMBER)) {
        if (a.head == FEEL_NUMBER && b.head == FEEL_NUMBER && b.u.whole > 0 &&
            a.u.whole % b.u.whole == 0)
            return feel_int(a.u.whole / b.u.whole);
        return div_numbers(m, value_num(a), value_num(b));
    }
    if (feel_kind(b) == FEEL_NUMBER && is_duration(a) && num_sign(value_num(b)) == 0)
        return machine_null(m, "a division by zero");
    if (both(a, b, FEEL_DAYS_TIME, FEEL_NUMBER))
        return span_of_seconds(m, num_div(cal_span_num(feel_as_days_time(a)), value_num(b)));
    if (both(a, b, FEEL_YEARS_MONTHS, FEEL_NUMBER))
        return scale_months(m, num_div(num_of(a.u.whole), value_num(b)));
    if (both(a, b, FEEL_DAYS_TIME, FEEL_DAYS_TIME))
        return div_numbers(m, cal_span_num(feel_as_days_time(a)),
                           cal_span_num(feel_as_days_time(b)));
    if (both(a, b, FEEL_YEARS_MONTHS, FEEL_YEARS_MONTHS))
        return div_numbers(m, num_of(a.u.whole), num_of(b.u.whole));
    return no_such(m, "divide", a, b);
}

/* DMN 1.5: table 60 */
struct feel_value op_pow(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (both(a, b, FEEL_NUMBER, FEEL_NUMBER))
        return machine_number(m, num_pow(value_num(a), value_num(b)));
    return no_such(m, "raise to a power", a, b);
}

/* --- comparing
 * ----------------------------------------------------------------------------------------- */
static bool order_clocks(int *out, struct cal_datetime a, struct cal_datetime b) {
    if ((a.time.kind == CAL_LOCAL) == (b.time.kind == CAL_LOCAL))
        return false;
    a.time.kind = b.time.kind = CAL_LOCAL;
    return cal_datetime_cmp(out, a, b);
}

/* Not in feel_order(): this order is not transitive, so nothing may be sorted or indexed by it. */
bool op_order(int *out, struct feel_value a, struct feel_value b) {
    static const struct cal_date any = {1970, 1, 1};
    if (feel_order(out, a, b))
        return true;
    if (feel_kind(a) == FEEL_TIME && feel_kind(b) == FEEL_TIME)
        return order_clocks(out, (struct cal_datetime){any, *a.u.time},
                            (struct cal_datetime){any, *b.u.time});
    return feel_kind(a) == FEEL_DATE_TIME && feel_kind(b) == FEEL_DATE_TIME &&
           order_clocks(out, *a.u.date_time, *b.u.date_time);
}

enum { LONG_BYTES = 1024 }; /* strings so long cost steps to compare */

bool machine_spend_order(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (feel_kind(a) != FEEL_STRING || feel_kind(b) != FEEL_STRING)
        return true;
    uint32_t count = MIN_OF(a.count, b.count);
    return count <= LONG_BYTES || machine_spend(m, count / VALUE_BYTES_A_NODE);
}

/* How many values a walk may meet. */
static uint64_t walk_begin(const struct feel_machine *m) {
    uint64_t steps = m->budget->left.steps + (uint64_t)MAX_OF(m->steps_left, INT64_C(0));
    return MIN_OF(steps, (uint64_t)FEEL_NODES_MAX) + 1;
}

/* False when the walk was stopped: then the evaluation has failed. */
static bool walk_end(struct feel_machine *m, uint64_t began, uint64_t left) {
    if (left > 0)
        return machine_spend(m, began - left);
    if (!m->failed)
        (void)err_set(m->err, ERR_LIMIT, err_nowhere, "the work takes too many steps");
    m->failed = true;
    return false;
}

static bool is_whole(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (feel_kind(a) == FEEL_STRING && a.count > LONG_BYTES && a.count == b.count)
        return machine_spend(m, a.count / VALUE_BYTES_A_NODE) || true;
    return feel_kind(a) < FEEL_LIST || feel_kind(b) < FEEL_LIST;
}

struct feel_value machine_equal(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (is_whole(m, a, b))
        return m->failed ? feel_null() : feel_equal(a, b);
    uint64_t began = walk_begin(m), left = began;
    struct feel_value equal = value_equal(a, b, &left);
    return walk_end(m, began, left) ? equal : feel_null();
}

bool machine_same(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    if (is_whole(m, a, b))
        return !m->failed && feel_same(a, b);
    uint64_t began = walk_begin(m), left = began;
    bool same = value_same(a, b, &left);
    return walk_end(m, began, left) && same;
}

bool machine_is(struct feel_machine *m, struct feel_value a, struct feel_value b) {
    uint64_t began = walk_begin(m), left = began;
    bool is = value_is(a, b, &left);
    return walk_end(m, began, left) && is;
}

bool machine_has_type(struct feel_machine *m, const struct feel_type *type, struct feel_value v) {
    if (feel_kind(v) < FEEL_LIST)
        return feel_type_has(type, v);
    uint64_t began = walk_begin(m), left = began;
    bool has = value_has_type(type, v, &left);
    return walk_end(m, began, left) && has;
}

/* DMN 1.5: tables 52, 54 */
struct feel_value op_compare(struct feel_machine *m, enum ast_compare op, struct feel_value a,
                             struct feel_value b) {
    int order;
    if (op == AST_EQ || op == AST_NE) {
        struct feel_value equal = machine_equal(m, a, b);
        if (feel_is_null(equal))
            return no_such(m, "compare", a, b);
        return op == AST_EQ ? equal : feel_boolean(!equal.u.whole);
    }
    if (!machine_spend_order(m, a, b))
        return feel_null();
    if (!op_order(&order, a, b))
        return no_such(m, "compare", a, b);
    switch (op) {
    case AST_LT: return feel_boolean(order < 0);
    case AST_LE: return feel_boolean(order <= 0);
    case AST_GT: return feel_boolean(order > 0);
    default: return feel_boolean(order >= 0);
    }
}

/* DMN 1.5: table 50, 10.3.2.4; what is no boolean counts as null */
struct feel_value op_and(struct feel_value a, struct feel_value b) {
    if (feel_is_false(a) || feel_is_false(b))
        return feel_boolean(false);
    return feel_is_true(a) && feel_is_true(b) ? feel_boolean(true) : feel_null();
}

struct feel_value op_or(struct feel_value a, struct feel_value b) {
    if (feel_is_true(a) || feel_is_true(b))
        return feel_boolean(true);
    return feel_is_false(a) && feel_is_false(b) ? feel_boolean(false) : feel_null();
}

/* --- ranges and tests
 * ------------------------------------------------------------------------------------ */
/* DMN 1.5: 10.3.2.7 */
struct feel_value op_range(struct feel_machine *m, struct feel_value low, struct feel_value high,
                           unsigned flags) {
    int order;
    bool no_low = (flags >> 8 & 1) != 0, no_high = (flags >> 8 & 2) != 0;
    struct feel_value known = no_low ? high : low;
    if (!machine_spend_order(m, low, high))
        return feel_null();
    bool ordered = feel_is_null(low) || feel_is_null(high) ? feel_order(&order, known, known)
                                                           : op_order(&order, low, high);
    if ((!no_low && feel_is_null(low)) || (!no_high && feel_is_null(high)))
        ordered = false;
    if (!ordered)
        return no_such(m, "make a range of", low, high);
    if (!feel_is_null(low) && !feel_is_null(high) && order > 0)
        return machine_null(m, "a range begins behind its end");
    if (!machine_reserve(m, sizeof(struct feel_range)))
        return feel_null();
    return feel_range_of(m->arena,
                         (struct feel_range){low, high, (flags & AST_LOW_CLOSED) != 0,
                                             (flags & AST_HIGH_CLOSED) != 0,
                                             (uint8_t)(flags & AST_ONLY_EQUAL    ? FEEL_ONLY_EQUAL
                                                       : flags & AST_ONLY_OTHERS ? FEEL_ONLY_OTHERS
                                                                                 : FEEL_ONLY_NO)});
}

/* DMN 1.5: table 55 */
struct feel_value op_in_range(struct feel_machine *m, struct feel_value v,
                              const struct feel_range *r) {
    struct feel_value above = feel_boolean(true), below = feel_boolean(true);
    if (r->only == FEEL_ONLY_OTHERS)
        return op_compare(m, AST_NE, v, r->low);
    if (!feel_is_null(r->low))
        above = op_compare(m, r->low_closed ? AST_GE : AST_GT, v, r->low);
    if (feel_is_false(above))
        return above;
    if (!feel_is_null(r->high))
        below = op_compare(m, r->high_closed ? AST_LE : AST_LT, v, r->high);
    if (feel_is_null(r->low) && feel_is_null(r->high))
        return feel_null();
    return op_and(above, below);
}

/* DMN 1.5: table 55 */
struct feel_value op_in_ends(struct feel_machine *m, struct feel_value v,
                             const struct feel_value ends[2], unsigned flags) {
    struct feel_value above =
        op_compare(m, (flags & AST_LOW_CLOSED) != 0 ? AST_GE : AST_GT, v, ends[0]);
    if (feel_is_false(above))
        return above;
    return op_and(above,
                  op_compare(m, (flags & AST_HIGH_CLOSED) != 0 ? AST_LE : AST_LT, v, ends[1]));
}

static struct feel_value in_list(struct feel_machine *m, struct feel_value subject,
                                 struct feel_value list) {
    for (uint32_t i = 0; i < list.count && machine_spend(m, 1); i++) {
        struct feel_value item = list.u.items[i];
        if (feel_kind(item) == FEEL_RANGE && feel_kind(subject) != FEEL_RANGE) {
            if (feel_is_true(op_in_range(m, subject, item.u.range)))
                return feel_boolean(true);
        } else if (feel_is_true(machine_equal(m, subject, item))) {
            return feel_boolean(true);
        }
    }
    return feel_boolean(feel_is_true(machine_equal(m, subject, list)));
}

/* DMN 1.5: table 55: e1 in e2, and a unary test that is an expression. A variable is what the
 * subject is to be equal to, also when it is boolean. */
struct feel_value op_test(struct feel_machine *m, struct feel_value subject, struct feel_value test,
                          enum test_kind kind) {
    if (feel_kind(test) == FEEL_BOOLEAN && kind != TEST_VARIABLE &&
        (kind == TEST_OF_SUBJECT || feel_kind(subject) != FEEL_BOOLEAN))
        return test;
    if (kind == TEST_OF_SUBJECT && feel_is_null(test)) /* a condition that is not known */
        return test;
    if (feel_kind(test) == FEEL_LIST)
        return in_list(m, subject, test);
    if (feel_kind(test) == FEEL_RANGE && feel_kind(subject) != FEEL_RANGE)
        return op_in_range(m, subject, test.u.range);
    struct feel_value equal = machine_equal(m, subject, test);
    return feel_is_null(equal) ? no_such(m, "compare", subject, test) : equal;
}

/* --- paths and positions
 * ------------------------------------------------------------------------------------ */
static struct feel_value path_list(struct feel_machine *m, struct feel_value list,
                                   struct str name) {
    struct feel_value *items = machine_new(m, struct feel_value, list.count);
    if (items == NULL)
        return feel_null();
    for (uint32_t i = 0; i < list.count && machine_spend(m, 1); i++)
        items[i] = feel_kind(list.u.items[i]) == FEEL_LIST ? feel_null()
                                                           : op_path(m, list.u.items[i], name);
    return feel_list(items, list.count);
}

/* DMN 1.5: 10.3.1.5, tables 64, 65, 69 */
struct feel_value op_path(struct feel_machine *m, struct feel_value v, struct str name) {
    struct feel_value out = feel_null();
    switch (feel_kind(v)) {
    case FEEL_CONTEXT:
        if (feel_has(v, name))
            return feel_get(v, name);
        return machine_null(m, "a context has no entry '%.*s'", STR_ARG(name));
    case FEEL_LIST: return path_list(m, v, name);
    default:
        if (path_property(m, &out, v, name))
            return out;
        return machine_null(m, "a %s has no '%.*s'", feel_kind_name(feel_kind(v)), STR_ARG(name));
    }
}

/* DMN 1.5: table 68, 10.3.2.5 */
struct feel_value op_index(struct feel_machine *m, struct feel_value list, struct feel_value at) {
    int64_t n;
    uint32_t count = feel_kind(list) == FEEL_LIST ? list.count : feel_is_null(list) ? 0 : 1;
    if (!value_is_int(at, &n))
        return machine_null(m, "a position in a list is a whole number");
    if (n < 0)
        n += (int64_t)count + 1;
    if (n < 1 || n > (int64_t)count)
        return machine_null(m, "there is no item at that position of a list of %u", count);
    return feel_kind(list) == FEEL_LIST ? list.u.items[n - 1] : list;
}

/* --- fitting a value to a type
 * ---------------------------------------------------------------------------------- */
static struct feel_value coerce_refused(struct feel_machine *m, struct feel_value v,
                                        const struct feel_type *type) {
    struct buf text;
    if (!m->loud)
        return feel_null();
    buf_init(&text, 256);
    feel_type_print(&text, type);
    struct feel_value out = machine_null(m, "a %s is not %.*s", feel_kind_name(feel_kind(v)),
                                         (int)text.len, text.at == NULL ? "" : text.at);
    buf_done(&text);
    return out;
}

static bool passes(struct feel_machine *m, const struct feel_program *tests, struct feel_value v) {
    return tests == NULL || feel_is_true(machine_eval(m, tests, &v, 1));
}

/* Do all parts pass the allowed values of their types? DMN 1.5: 7.3.3 */
static bool allowed(struct feel_machine *m, struct feel_value v, const struct feel_type *type,
                    int depth) {
    if (type == NULL || feel_is_null(v) || depth == 0)
        return depth != 0;
    if (!passes(m, type->constraint, v) ||
        (type->base != NULL && !allowed(m, v, type->base, depth - 1)))
        return false;
    if (type->tag == FEEL_TYPE_LIST && feel_kind(v) == FEEL_LIST) {
        for (uint32_t i = 0; i < v.count; i++)
            if (!machine_spend(m, 1) || !passes(m, type->allowed, v.u.items[i]) ||
                !allowed(m, v.u.items[i], type->element, depth - 1))
                return false;
        return true;
    }
    if (type->tag == FEEL_TYPE_CONTEXT)
        for (size_t i = 0; i < type->field_count; i++)
            if (!allowed(m, feel_get(v, type->fields[i].name), type->fields[i].type, depth - 1))
                return false;
    return passes(m, type->allowed, v);
}

static struct feel_value coerce_kind(struct feel_machine *m, struct feel_value v,
                                     const struct feel_type *type) {
    if (machine_has_type(m, type, v))
        return v;
    if (feel_kind(v) == FEEL_LIST && v.count == 1 && machine_has_type(m, type, v.u.items[0]))
        return v.u.items[0];
    if (type->tag == FEEL_TYPE_LIST && feel_kind(v) != FEEL_LIST) {
        struct feel_value *one = machine_new(m, struct feel_value, 1);
        if (one == NULL)
            return feel_null();
        *one = v;
        if (machine_has_type(m, type, feel_list(one, 1)))
            return feel_list(one, 1);
    }
    if (type->tag == FEEL_TYPE_KIND && type->kind == FEEL_DATE_TIME && feel_kind(v) == FEEL_DATE &&
        machine_reserve(m, sizeof(struct cal_datetime)))
        return feel_date_time(m->arena, date_time_of(v));
    return coerce_refused(m, v, type);
}

/* DMN 1.5: 10.3.2.9.4, table 45 */
struct feel_value op_coerce(struct feel_machine *m, struct feel_value v,
                            const struct feel_type *type) {
    if (feel_is_null(v) || type == NULL)
        return v;
    struct feel_value fitted = coerce_kind(m, v, type);
    if (feel_is_null(fitted) || allowed(m, fitted, type, 32))
        return fitted;
    return machine_null(m, "the value is not among those allowed for '%.*s'", STR_ARG(type->name));
}
