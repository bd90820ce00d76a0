/* feel/inner.h - how values are laid out, for the files of this folder only.
 * head detail (24 bits above the kind): of a number 0..18, the scale of u.whole, or NUM_BOXED for
 * u.num; 0 for every other kind. */
#ifndef MANDATE_FEEL_INNER_H
#define MANDATE_FEEL_INNER_H

#include "feel/value.h"
#include "num/num.h"

struct feel_type;

enum { SCALE_MAX = 18, NUM_BOXED = 0xff };

#define HEAD(kind, detail) ((uint32_t)(kind) | ((uint32_t)(detail) << 8))
#define HEAD_BOXED         HEAD(FEEL_NUMBER, NUM_BOXED)

static inline uint32_t value_detail(struct feel_value v) {
    return v.head >> 8;
}

/* --- value_num.c ----------------------------------------------------------------------------- */
struct num value_num(struct feel_value v);
/* False for not-a-number; memory for a boxed one comes from a. */
bool value_of_num(struct feel_value *out, struct num n, struct arena *a);
int value_num_order(struct feel_value a, struct feel_value b);
bool value_is_int(struct feel_value v, int64_t *out);

/* --- value.c: *nodes is what they may meet, and then what is left; 0: they stopped there. --------
 */
enum { VALUE_BYTES_A_NODE = 256 }; /* so many bytes of a string count as a value that is met */
struct feel_value value_equal(struct feel_value a, struct feel_value b, uint64_t *nodes);
bool value_same(struct feel_value a, struct feel_value b, uint64_t *nodes);
bool value_is(struct feel_value a, struct feel_value b, uint64_t *nodes); /* machine_is() */
/* type.c */
bool value_has_type(const struct feel_type *type, struct feel_value v, uint64_t *nodes);

#endif
