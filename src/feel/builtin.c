/* The table of built-in functions and what they share: finding by name, parameters by name,
 * checking and fitting the kinds of the arguments before the function sees them. */
#include "feel/builtin.h"

#include "feel/lex.h"
#include "feel/machine.h"

const struct builtin builtins[BUILTINS] = {
#define BUILTIN(id, name, min, max, kinds, params, fn) {name, min, max, kinds, params, fn},
#include "feel/builtins.def"
#undef BUILTIN
};

/* Binary search: the table is sorted, which a test checks. */
int builtin_find(struct str name) {
    int low = 0, high = BUILTINS - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        int order = str_cmp(name, str_from(builtins[middle].name));
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

uint32_t builtin_match(struct str text, uint32_t from, uint32_t word_end, struct str *name,
                       uint32_t best) {
    uint32_t found = 0;
    if (word_end >= text.len || lex_skip(text, word_end) == word_end)
        return 0;
    for (int i = 0; i < BUILTINS; i++) {
        const char *candidate = builtins[i].name;
        if (candidate[0] != text.at[from] || strchr(candidate, ' ') == NULL)
            continue;
        uint32_t to = lex_match(text, from, str_from(candidate));
        if (to > MAX_OF(best, found)) {
            found = to;
            *name = str_from(candidate);
        }
    }
    return found;
}

/* "key:s" is the parameter key, and s */
static char split_letter(struct str *param) {
    char letter = '\0';
    if (param->len > 2 && param->at[param->len - 2] == ':') {
        letter = param->at[param->len - 1];
        param->len -= 2;
    }
    return letter;
}

static bool order_by(uint8_t *order, char *letters, struct str params, const struct str *names,
                     uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct str rest = params, param;
        uint8_t at = 0;
        bool found = false;
        while (!found && str_split(&param, &rest, ',')) {
            letters[i] = split_letter(&param);
            found = str_eq(param, names[i]);
            order[i] = at++;
        }
        for (uint32_t k = 0; k < i && found; k++)
            found = order[k] != order[i]; /* a name given twice */
        if (!found)
            return false;
    }
    return true;
}

static uint32_t length_of(struct str params) {
    uint32_t length = 0;
    for (struct str param; str_split(&param, &params, ',');)
        length++;
    return length;
}

static bool rises(const uint8_t *order, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (order[i] < order[i - 1])
            return false;
    return true;
}

/* Of several signatures with these names, that in whose order they stand. */
static bool find_signature(struct str *out, uint8_t *order, char *letters, int id,
                           const struct str *names, uint32_t count) {
    for (int any_order = 0; any_order < 2; any_order++) {
        struct str rest = str_from(builtins[id].params);
        while (str_split(out, &rest, '|'))
            if (order_by(order, letters, *out, names, count) && (any_order || rises(order, count)))
                return true;
    }
    return false;
}

uint32_t builtin_order(uint8_t *order, char *letters, int id, const struct str *names,
                       uint32_t count) {
    struct str params, one, rest = str_from(builtins[id].params);
    uint32_t top = builtins[id].min;
    if (!find_signature(&params, order, letters, id, names, count))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        top = MAX_OF(top, (uint32_t)order[i] + 1);
    while (str_split(&one, &rest, '|'))
        if (length_of(one) != length_of(params))
            return length_of(params); /* the number of arguments says which signature it is */
    return top;
}

const struct feel_type *builtin_letter_type(char letter) {
    return feel_type_of_kind(letter == 's'   ? FEEL_STRING
                             : letter == 'n' ? FEEL_NUMBER
                                             : FEEL_FUNCTION);
}

#define BIT(kind) (UINT32_C(1) << (kind))

uint32_t builtin_mask(char letter) {
    switch (letter) {
    case 'n': return BIT(FEEL_NUMBER);
    case 'N': return BIT(FEEL_NUMBER) | BIT(FEEL_NULL);
    case 's': return BIT(FEEL_STRING);
    case 'S': return BIT(FEEL_STRING) | BIT(FEEL_NULL);
    case 'l': return BIT(FEEL_LIST);
    case 'c': return BIT(FEEL_CONTEXT);
    case 'r': return BIT(FEEL_RANGE);
    case 'F': return BIT(FEEL_FUNCTION) | BIT(FEEL_NULL);
    case 't': /* a point that has a date */ return BIT(FEEL_DATE) | BIT(FEEL_DATE_TIME);
    case 'q': /* a quantity */
        return BIT(FEEL_NUMBER) | BIT(FEEL_DAYS_TIME) | BIT(FEEL_YEARS_MONTHS);
    case 'e': /* a duration or its text */
        return BIT(FEEL_STRING) | BIT(FEEL_DAYS_TIME) | BIT(FEEL_YEARS_MONTHS);
    case 'o': /* a number or its text */ return BIT(FEEL_STRING) | BIT(FEEL_NUMBER);
    case 'p': /* a point or a range */
        return BIT(FEEL_NUMBER) | BIT(FEEL_STRING) | BIT(FEEL_DATE) | BIT(FEEL_TIME) |
               BIT(FEEL_DATE_TIME) | BIT(FEEL_DAYS_TIME) | BIT(FEEL_YEARS_MONTHS) | BIT(FEEL_RANGE);
    case 'd': /* a date, what makes one, or a year */
        return BIT(FEEL_STRING) | BIT(FEEL_NUMBER) | BIT(FEEL_DATE) | BIT(FEEL_DATE_TIME);
    case 'h': /* likewise of a time; a month */
        return BIT(FEEL_STRING) | BIT(FEEL_NUMBER) | BIT(FEEL_DATE) | BIT(FEEL_DATE_TIME) |
               BIT(FEEL_TIME);
    case 'B': return BIT(FEEL_BOOLEAN) | BIT(FEEL_NULL);
    case 'U': return BIT(FEEL_DAYS_TIME) | BIT(FEEL_NULL);
    default: return UINT32_MAX;
    }
}

/* DMN 1.5: 10.3.2.9.4: a list of one stands for its item, a value for a list of one */
static bool fit(struct feel_machine *m, struct feel_value *arg, uint32_t mask) {
    if (feel_kind(*arg) == FEEL_LIST && arg->count == 1 &&
        (mask & BIT(feel_kind(arg->u.items[0])))) {
        *arg = arg->u.items[0];
        return true;
    }
    if ((mask & BIT(FEEL_LIST)) && !feel_is_null(*arg)) {
        struct feel_value *one = machine_new(m, struct feel_value, 1);
        if (one == NULL)
            return false;
        *one = *arg;
        *arg = feel_list(one, 1);
        return true;
    }
    return false;
}

enum { ARGS_INLINE = 8 };

/* DMN 1.5: 10.3.2.13.1, 10.3.2.16 */
struct feel_value builtin_call(struct feel_machine *m, int id, const struct feel_value *args,
                               uint32_t count) {
    const struct builtin *b = &builtins[id];
    struct feel_value fitted[ARGS_INLINE];
    struct feel_value *copy = fitted;
    if (!machine_spend(m, 1 + count))
        return feel_null();
    size_t last = strlen(b->kinds) - 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t mask = builtin_mask(b->kinds[MIN_OF((size_t)i, last)]);
        if (mask & BIT(feel_kind(args[i])))
            continue;
        if (args != copy) {
            if (count > ARGS_INLINE)
                copy = machine_new(m, struct feel_value, count);
            if (copy == NULL)
                return feel_null();
            memcpy(copy, args, count * sizeof *copy);
            args = copy;
        }
        if (!fit(m, &copy[i], mask))
            return machine_null(m, "argument %u of %s() is a %s", i + 1, b->name,
                                feel_kind_name(feel_kind(args[i])));
    }
    return b->fn(m, args, count);
}
