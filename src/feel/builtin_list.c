/* Built-in functions on lists, and sort(). Those that take (list) or (a, b, ...) look at the
 * arguments as one list. DMN 1.5: 10.3.4.4, 10.3.4.9, tables 75, 80 */
#include "feel/builtin.h"
#include "feel/machine.h"

/* sum(list) or sum(a, b, ...) */
static struct feel_value as_list(const struct feel_value *args, uint32_t count) {
    return count == 1 && feel_kind(args[0]) == FEEL_LIST ? args[0] : feel_list(args, count);
}

static struct feel_value copy_list(struct feel_machine *m, const struct feel_value *items,
                                   size_t count) {
    struct feel_value *copy = machine_new(m, struct feel_value, count);
    if (copy == NULL || !machine_spend(m, count / 16 + 1))
        return feel_null();
    if (count > 0)
        memcpy(copy, items, count * sizeof *copy);
    return feel_list(copy, count);
}

static struct feel_value find_of(struct feel_machine *m, struct feel_value list,
                                 struct feel_value match, struct list_maker *all) {
    for (uint32_t i = 0; i < list.count && machine_spend(m, 1); i++)
        if (feel_is_true(machine_equal(m, list.u.items[i], match))) {
            if (all == NULL)
                return feel_boolean(true);
            list_push(m, all, feel_int((int64_t)i + 1));
        }
    return feel_boolean(false);
}

struct feel_value builtin_list_contains(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    (void)count;
    return find_of(m, args[0], args[1], NULL);
}

struct feel_value builtin_index_of(struct feel_machine *m, const struct feel_value *args,
                                   uint32_t count) {
    struct list_maker all = {0};
    (void)count;
    (void)find_of(m, args[0], args[1], &all);
    return list_made(&all);
}

struct feel_value builtin_count(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    (void)m;
    (void)count;
    return feel_int((int64_t)args[0].count);
}

/* --- least and greatest
 * ----------------------------------------------------------------------------- */
static struct feel_value extreme(struct feel_machine *m, struct feel_value list, int sign,
                                 const char *name) {
    if (list.count == 0)
        return machine_null(m, "%s() of an empty list", name);
    struct feel_value best = list.u.items[0];
    for (uint32_t i = 0; i < list.count && machine_spend(m, 1); i++) {
        int order;
        if (!machine_spend_order(m, list.u.items[i], best))
            return feel_null();
        if (!feel_order(&order, list.u.items[i], best))
            return machine_null(m, "%s() of values that cannot be compared", name);
        if (order * sign > 0)
            best = list.u.items[i];
    }
    return best;
}

struct feel_value builtin_min(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    return extreme(m, as_list(args, count), -1, "min");
}

struct feel_value builtin_max(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    return extreme(m, as_list(args, count), 1, "max");
}

/* --- sums
 * ------------------------------------------------------------------------------------------------
 */
static bool all_numbers(struct feel_machine *m, struct feel_value list, const char *name) {
    for (uint32_t i = 0; i < list.count; i++)
        if (feel_kind(list.u.items[i]) != FEEL_NUMBER) {
            (void)machine_null(m, "%s() takes numbers, not a %s", name,
                               feel_kind_name(feel_kind(list.u.items[i])));
            return false;
        }
    return machine_spend(m, list.count);
}

static struct num sum_of(struct feel_value list) {
    struct num sum = num_of(0);
    for (uint32_t i = 0; i < list.count; i++)
        sum = num_add(sum, value_num(list.u.items[i]));
    return sum;
}

struct feel_value builtin_sum(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    struct feel_value list = as_list(args, count);
    if (list.count == 0)
        return machine_null(m, "sum() of an empty list");
    return all_numbers(m, list, "sum") ? machine_number(m, sum_of(list)) : feel_null();
}

struct feel_value builtin_product(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct feel_value list = as_list(args, count);
    if (list.count == 0)
        return machine_null(m, "product() of an empty list");
    if (!all_numbers(m, list, "product"))
        return feel_null();
    struct num product = num_of(1);
    for (uint32_t i = 0; i < list.count; i++)
        product = num_mul(product, value_num(list.u.items[i]));
    return machine_number(m, product);
}

struct feel_value builtin_mean(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    struct feel_value list = as_list(args, count);
    if (list.count == 0)
        return machine_null(m, "mean() of an empty list");
    if (!all_numbers(m, list, "mean"))
        return feel_null();
    return machine_number(m, num_div(sum_of(list), num_of((int64_t)list.count)));
}

/* of a sample: divided by n - 1 */
struct feel_value builtin_stddev(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    struct feel_value list = as_list(args, count);
    if (list.count < 2)
        return machine_null(m, "stddev() takes at least two numbers");
    if (!all_numbers(m, list, "stddev"))
        return feel_null();
    struct num mean = num_div(sum_of(list), num_of((int64_t)list.count)), sum = num_of(0);
    for (uint32_t i = 0; i < list.count; i++) {
        struct num difference = num_sub(value_num(list.u.items[i]), mean);
        sum = num_add(sum, num_mul(difference, difference));
    }
    return machine_number(m, num_sqrt(num_div(sum, num_of((int64_t)list.count - 1))));
}

/* --- all, any
 * --------------------------------------------------------------------------------------------- */
/* DMN 1.5: table 75: false if any item is false, else true if all are true or there is none, else
 * null */
static struct feel_value quantify(struct feel_machine *m, struct feel_value list, bool every) {
    struct feel_value all = feel_boolean(every);
    for (uint32_t i = 0; i < list.count && machine_spend(m, 1); i++) {
        struct feel_value item = list.u.items[i];
        if (!feel_is_null(item) && feel_kind(item) != FEEL_BOOLEAN)
            return machine_null(m, "%s() of a %s", every ? "all" : "any",
                                feel_kind_name(feel_kind(item)));
        all = every ? op_and(all, item) : op_or(all, item);
    }
    return all;
}

struct feel_value builtin_all(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    return quantify(m, as_list(args, count), true);
}

struct feel_value builtin_any(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    return quantify(m, as_list(args, count), false);
}

/* --- making other lists
 * ------------------------------------------------------------------------------------- */
struct feel_value builtin_sublist(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    int64_t start, len, size = (int64_t)args[0].count;
    if (!value_is_int(args[1], &start) || start == 0 || start > size || start < -size)
        return machine_null(m, "sublist() begins outside of the list");
    start = start < 0 ? start + size : start - 1;
    len = size - start;
    if (count > 2 && !feel_is_null(args[2]) &&
        (!value_is_int(args[2], &len) || len < 1 || len > size - start))
        return machine_null(m, "sublist() ends outside of the list");
    return feel_list(args[0].u.items + start, (size_t)len);
}

struct feel_value builtin_append(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    struct list_maker list = {0};
    for (uint32_t i = 0; i < args[0].count; i++)
        list_push(m, &list, args[0].u.items[i]);
    for (uint32_t i = 1; i < count; i++)
        list_push(m, &list, args[i]);
    return machine_spend(m, list.count) ? list_made(&list) : feel_null();
}

struct feel_value builtin_concatenate(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    struct list_maker list = {0};
    for (uint32_t i = 0; i < count && machine_spend(m, args[i].count); i++)
        for (uint32_t k = 0; k < args[i].count && !m->failed; k++)
            list_push(m, &list, args[i].u.items[k]);
    return list_made(&list);
}

/* A position from 1, or from the end when negative, as an index; false when outside of 1..most. */
static bool position(struct feel_value at, uint32_t size, uint32_t most, uint32_t *index) {
    int64_t n;
    if (!value_is_int(at, &n))
        return false;
    if (n < 0)
        n += (int64_t)size + 1;
    if (n < 1 || n > (int64_t)most)
        return false;
    *index = (uint32_t)n - 1;
    return true;
}

struct feel_value builtin_insert_before(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    uint32_t at;
    (void)count;
    if (!position(args[1], args[0].count, args[0].count, &at))
        return machine_null(m, "insert before() a position outside of the list");
    struct list_maker list = {0};
    for (uint32_t i = 0; i < args[0].count; i++) {
        if (i == at)
            list_push(m, &list, args[2]);
        list_push(m, &list, args[0].u.items[i]);
    }
    return machine_spend(m, list.count) ? list_made(&list) : feel_null();
}

struct feel_value builtin_remove(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    uint32_t at;
    (void)count;
    if (!position(args[1], args[0].count, args[0].count, &at))
        return machine_null(m, "remove() at a position outside of the list");
    struct list_maker list = {0};
    for (uint32_t i = 0; i < args[0].count; i++)
        if (i != at)
            list_push(m, &list, args[0].u.items[i]);
    return machine_spend(m, list.count) ? list_made(&list) : feel_null();
}

static struct feel_value replace_matches(struct feel_machine *m, const struct feel_value *args) {
    struct list_maker list = {0};
    for (uint32_t i = 0; i < args[0].count && machine_spend(m, 2); i++) {
        struct feel_value pair[2] = {args[0].u.items[i], args[2]};
        struct feel_value match = machine_call(m, args[1], pair, 2);
        if (feel_kind(match) != FEEL_BOOLEAN)
            return machine_null(m, "the function of list replace() did not give a boolean");
        list_push(m, &list, feel_is_true(match) ? args[2] : args[0].u.items[i]);
    }
    return list_made(&list);
}

struct feel_value builtin_list_replace(struct feel_machine *m, const struct feel_value *args,
                                       uint32_t count) {
    uint32_t at;
    (void)count;
    struct feel_value one[] = {args[0], args[1], args[2]};
    if (feel_kind(one[1]) == FEEL_LIST && one[1].count == 1) /* DMN 1.5: 10.3.2.9.4 */
        one[1] = args[1].u.items[0];
    if (feel_kind(one[1]) == FEEL_FUNCTION)
        return replace_matches(m, one);
    if (feel_kind(one[1]) != FEEL_NUMBER || !position(one[1], args[0].count, args[0].count, &at))
        return machine_null(m, "list replace() at a position outside of the list");
    struct feel_value copy = copy_list(m, args[0].u.items, args[0].count);
    if (!feel_is_null(copy))
        ((struct feel_value *)(uintptr_t)copy.u.items)[at] = args[2];
    return copy;
}

struct feel_value builtin_reverse(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct feel_value *items = machine_new(m, struct feel_value, args[0].count);
    (void)count;
    if (items == NULL || !machine_spend(m, args[0].count))
        return feel_null();
    for (uint32_t i = 0; i < args[0].count; i++)
        items[i] = args[0].u.items[args[0].count - 1 - i];
    return feel_list(items, args[0].count);
}

static void push_distinct(struct feel_machine *m, struct list_maker *list, struct feel_value v) {
    if (!machine_spend(m, list->count + 1))
        return;
    for (uint32_t i = 0; i < list->count; i++)
        if (feel_is_true(machine_equal(m, list->items[i], v)))
            return;
    list_push(m, list, v);
}

struct feel_value builtin_union(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    struct list_maker list = {0};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < args[i].count && !m->failed; k++)
            push_distinct(m, &list, args[i].u.items[k]);
    return list_made(&list);
}

struct feel_value builtin_distinct_values(struct feel_machine *m, const struct feel_value *args,
                                          uint32_t count) {
    return builtin_union(m, args, count);
}

/* False for lists in one another that are too many. */
static bool flatten_into(struct feel_machine *m, struct list_maker *list, struct feel_value v,
                         int depth) {
    for (uint32_t i = 0; i < v.count && machine_spend(m, 1); i++) {
        if (feel_kind(v.u.items[i]) != FEEL_LIST)
            list_push(m, list, v.u.items[i]);
        else if (depth == 0 || !flatten_into(m, list, v.u.items[i], depth - 1))
            return false;
    }
    return true;
}

struct feel_value builtin_flatten(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct list_maker list = {0};
    (void)count;
    if (!flatten_into(m, &list, args[0], FEEL_DEPTH_MAX))
        return machine_null(m, "flatten() of lists that are nested too deeply");
    return list_made(&list);
}

/* --- sorting: stable, by merging
 * ------------------------------------------------------------------------------- */
struct sorting {
    struct feel_machine *m;
    struct feel_value precedes; /* a function, or null: by order */
    bool bad;
};

/* Does b come strictly before a? */
static bool comes_before(struct sorting *s, struct feel_value b, struct feel_value a) {
    int order;
    if (s->bad || !machine_spend(s->m, 1))
        return false;
    if (!feel_is_null(s->precedes)) {
        struct feel_value pair[2] = {b, a};
        struct feel_value before = machine_call(s->m, s->precedes, pair, 2);
        s->bad = s->bad || feel_kind(before) != FEEL_BOOLEAN;
        return feel_is_true(before);
    }
    if (!machine_spend_order(s->m, b, a))
        return false;
    if (!feel_order(&order, b, a)) {
        s->bad = true;
        return false;
    }
    return order < 0;
}

static void merge(struct sorting *s, struct feel_value *out, const struct feel_value *items,
                  size_t middle, size_t count) {
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        bool take_right =
            right < count && (left == middle || comes_before(s, items[right], items[left]));
        out[i] = take_right ? items[right++] : items[left++];
    }
}

static struct feel_value sort_list(struct feel_machine *m, struct feel_value list,
                                   struct feel_value precedes, const char *name) {
    struct sorting s = {m, precedes, false};
    size_t count = list.count;
    struct feel_value *from = machine_new(m, struct feel_value, count);
    struct feel_value *to = machine_new(m, struct feel_value, count);
    if (from == NULL || to == NULL)
        return feel_null();
    if (count > 0)
        memcpy(from, list.u.items, count * sizeof *from);
    for (size_t width = 1; width < count && !m->failed; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t here = MIN_OF(2 * width, count - at);
            merge(&s, to + at, from + at, MIN_OF(width, here), here);
        }
        struct feel_value *swap = from;
        from = to;
        to = swap;
    }
    if (s.bad)
        return machine_null(m, "%s() of values that cannot be ordered", name);
    return feel_list(from, count);
}

struct feel_value builtin_sort(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    return sort_list(m, args[0], count > 1 ? args[1] : feel_null(), "sort");
}

struct feel_value builtin_median(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    struct feel_value list = as_list(args, count);
    if (list.count == 0)
        return machine_null(m, "median() of an empty list");
    if (!all_numbers(m, list, "median"))
        return feel_null();
    struct feel_value sorted = sort_list(m, list, feel_null(), "median");
    if (feel_is_null(sorted))
        return sorted;
    size_t middle = sorted.count / 2;
    if (sorted.count % 2 == 1)
        return sorted.u.items[middle];
    return machine_number(m, num_div(num_add(value_num(sorted.u.items[middle - 1]),
                                             value_num(sorted.u.items[middle])),
                                     num_of(2)));
}

/* The most frequent values, in ascending order; of an empty list []. */
struct feel_value builtin_mode(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    struct feel_value list = as_list(args, count);
    struct list_maker modes = {0};
    if (!all_numbers(m, list, "mode"))
        return feel_null();
    struct feel_value sorted = sort_list(m, list, feel_null(), "mode");
    uint32_t best = 0;
    for (uint32_t i = 0, next; i < sorted.count && !m->failed; i = next) {
        for (next = i + 1; next < sorted.count; next++)
            if (value_num_order(sorted.u.items[i], sorted.u.items[next]) != 0)
                break;
        if (next - i > best) {
            best = next - i;
            modes.count = 0;
        }
        if (next - i == best)
            list_push(m, &modes, sorted.u.items[i]);
    }
    return list_made(&modes);
}
