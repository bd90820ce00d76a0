/* feel/builtin.h - the table of built-in functions, made from builtins.def. */
#ifndef MANDATE_FEEL_BUILTIN_H
#define MANDATE_FEEL_BUILTIN_H

#include "feel/value.h"

struct feel_machine;
typedef struct feel_value (*builtin_fn)(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count);

enum builtin_id {
#define BUILTIN(id, name, min, max, kinds, params, fn) BUILTIN_##id,
#include "feel/builtins.def"
#undef BUILTIN
    BUILTINS
};

enum { BUILTIN_ANY_COUNT = 255 }; /* max of a function that takes any number of arguments */

struct builtin {
    const char *name;
    uint8_t min, max;
    /* One letter an argument, the last for all that follow: see builtin_masks in builtin.c. */
    const char *kinds;
    /* Names for calls by name, "a,b,c"; several signatures are separated by '|'. */
    const char *params;
    builtin_fn fn;
};
#define BUILTIN(id, name, min, max, kinds, params, fn)                                             \
    struct feel_value fn(struct feel_machine *m, const struct feel_value *args, uint32_t count);
#include "feel/builtins.def"
#undef BUILTIN
extern const struct builtin builtins[BUILTINS];

/* The builtin of that name, or -1. */
int builtin_find(struct str name);
/* The longest built-in name of several words that the text at from begins with; longer than best,
 * else 0. word_end: behind the first word. */
uint32_t builtin_match(struct str text, uint32_t from, uint32_t word_end, struct str *name,
                       uint32_t best);
/* The place of each named argument: order[i] is the parameter of the i-th name, and letters[i] the
 * kind it takes under that name, or 0. How many arguments to pass, null for those that are not
 * given; 0 when no signature has these names. */
uint32_t builtin_order(uint8_t *order, char *letters, int id, const struct str *names,
                       uint32_t count);
const struct feel_type *builtin_letter_type(char letter); /* of letters[i]: s, n or F */
/* The kinds that the letter of an argument allows, as bits 1 << enum feel_kind. */
uint32_t builtin_mask(char letter);

#endif
