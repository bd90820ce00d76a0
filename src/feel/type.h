/* feel/type.h - FEEL types (DMN 1.5: 10.3.2.9): what `instance of`, parameters and item definitions
 * name. Immutable, in an arena. */
#ifndef MANDATE_FEEL_TYPE_H
#define MANDATE_FEEL_TYPE_H

#include "feel/value.h"

struct feel_program;

enum feel_type_tag {
    FEEL_TYPE_ANY,
    FEEL_TYPE_KIND,     /* a kind without parts: number, string, date ...; see kind */
    FEEL_TYPE_LIST,     /* element: NULL means any */
    FEEL_TYPE_CONTEXT,  /* fields; none: any context */
    FEEL_TYPE_RANGE,    /* element */
    FEEL_TYPE_FUNCTION, /* fields are the parameters, element the result; plain: any function */
};

struct feel_field {
    struct str name;
    const struct feel_type *type;
};

struct feel_type {
    enum feel_type_tag tag;
    enum feel_kind kind; /* FEEL_TYPE_KIND */
    bool plain;          /* FEEL_TYPE_FUNCTION without a signature */
    struct str name;     /* as declared; empty for one written in place */
    const struct feel_type *element;
    const struct feel_field *fields;
    size_t field_count;
    /* Unary tests that a value (of a list: each element) must pass; NULL: all may. With the texts
     * of an enumeration, for table checks and forms. */
    const struct feel_program *allowed;
    const struct feel_program *constraint; /* DMN 1.5: 7.3.3 typeConstraint: on the whole value */
    /* The restricted type that this one restricts further: its values pass the tests of both. NULL:
     * none. What is not restricted anew, the parts and even the tests, is copied from it. */
    const struct feel_type *base;
};

/* A type by a name in scope. */
struct feel_named_type {
    struct str name;
    const struct feel_type *type;
};

/* "number", "date and time", "dayTimeDuration", "Any" ...; NULL for a name that is not built in. */
const struct feel_type *feel_type_builtin(struct str name);
const struct feel_type *feel_type_of_kind(enum feel_kind kind);
const struct feel_type *feel_type_list(struct arena *a, const struct feel_type *element);

/* DMN 1.5: 10.3.2.9.4 conforms to: a value of one may stand where the other is asked for. */
bool feel_type_conforms(const struct feel_type *type, const struct feel_type *to);
/* `v instance of type`; null is of no type but Any (false) and Null. Does not look at allowed. */
bool feel_type_has(const struct feel_type *type, struct feel_value v);
/* As DMN writes it: list<number>, context<a: string>. */
void feel_type_print(struct buf *out, const struct feel_type *type);

#endif
