/* bpmn/sound_known.h - what the soundness check knows of values, for its files alone.
 *
 * A term is a variable, or a member of one, that conditions compare with literals. Its values fall
 * into classes: two values of one class lead every gateway the same way. What elements write to it
 * is known where a list of outcomes, a decision table or a literal says so; anything else that may
 * write it makes it unknown again. */
#ifndef MANDATE_BPMN_SOUND_KNOWN_H
#define MANDATE_BPMN_SOUND_KNOWN_H

#include "bpmn/engine.h"
#include "bpmn/sound.h"

struct dmn_model;

enum {
    KNOWN_LITERALS_MAX = 24, /* of a term */
    KNOWN_GIVEN_MAX = 64,    /* values of a term that elements write */
    KNOWN_VALUES_MAX = KNOWN_LITERALS_MAX * 4 + 16 + KNOWN_GIVEN_MAX,
    KNOWN_TESTS_MAX = 24,   /* conditions of an element */
    KNOWN_TABLE_MAX = 4096, /* combinations of values of an element's terms */
};
#define KNOWN_FAILS UINT64_MAX /* in a table: a condition is neither true nor false */
/* In place of a node's own number: it asks which value it gives, not where it goes. */
#define KNOWN_ASKS_VALUE 0x80000000u

struct known_term {
    struct str root, member; /* member empty: the variable itself */
    struct str name;         /* "x", "x.member" */
    struct feel_value literals[KNOWN_LITERALS_MAX];
    uint32_t literal_count;
    struct feel_value *values; /* one of each region, and those that elements write */
    uint32_t value_count;
    uint8_t *class_of; /* by value */
    uint32_t class_count;
    struct feel_value *samples; /* by class */
    uint32_t reader_count;      /* elements that choose by it */
    bool given;                 /* some element writes a known value */
    bool broken;                /* too much of it, or local somewhere: its readers choose freely */
    bool local;                 /* likewise: never known from before */
};

struct known_choice { /* of an element whose conditions have the form; term_count 0: free */
    uint8_t terms[2];
    uint32_t term_count;
    const struct feel_program *tests[KNOWN_TESTS_MAX];
    uint32_t test_count;
    uint64_t *sets; /* by class of the first term, then of the second */
    bool rest;      /* something is left to go along when no condition is true */
};

struct known_option {
    struct oracle_facts facts; /* of the terms that are given */
    struct str text;           /* `x = "a"` */
};
struct known_write {         /* what a node does when its work is done */
    uint32_t forgets, gives; /* terms, a bit each; a term in both is given */
    struct known_option *options;
    uint32_t option_count;
};

struct known {
    struct known_term *terms;
    uint32_t term_count;
    uint32_t tracked;             /* terms that are remembered, a bit each */
    struct known_choice *choices; /* by node */
    struct known_write *writes;   /* by node */
    /* Terms that may still be read before they are written, by node: while it waits; when it is
     * entered; when it is held at a choice. always: whatever else is there. */
    uint32_t *waits, *enters, *held, always;
};

struct plan; /* of sound_write.c */

/* What known_make() works with. */
struct knower {
    struct known *k;
    const struct bpmn_process *p;
    const struct bpmn_sound_limits *limits;
    struct arena *arena, *scratch;
    struct budget *budget;
    struct err *err;
    struct plan *plans; /* by node */
    bool failed;        /* err is set */
};

/* ---- sound_form.c: which conditions have the form ---- */
/* Every element that chooses, its terms and their literals. */
void known_read(struct knower *r);
/* The term of that variable or member; BPMN_NONE. */
uint32_t known_term_of(const struct known *k, struct str root, struct str member);
MUST_USE bool known_compute(struct feel_value *out, struct knower *r, struct str text,
                            struct feel_value a, struct feel_value b);

/* ---- sound_value.c: values, classes, tables ---- */
void known_values(struct knower *r);                               /* of each term */
void known_give(struct known_term *term, struct feel_value value); /* before known_values() */
void known_classes(struct knower *r);                              /* and the tables */
/* The class of a value that was given, plus 1. */
uint8_t known_class(const struct known_term *term, struct feel_value value);

/* ---- sound_write.c: what elements write, and for how long it matters ---- */
void known_write_values(struct knower *r);  /* the values that will be given */
void known_write_effects(struct knower *r); /* after known_classes() */
void known_live(struct knower *r);

/* ---- sound_choice.c ---- */
/* Errors: ERR_LIMIT. Everything lives in arena. */
MUST_USE bool known_make(const struct known **out, const struct bpmn_process *process,
                         const struct bpmn_sound_limits *limits, struct arena *arena,
                         struct arena *scratch, struct budget *budget, struct err *err);
/* Only what still matters in this state. */
struct oracle_facts known_trim(const struct known *k, struct oracle_facts facts,
                               const struct bpmn_process *process, const struct bpmn_state *state);
/* `x = "a", y = 1` of what is known of the node's terms; empty: it has none. */
struct str known_say(const struct known *k, const struct oracle_facts *facts, uint32_t node,
                     struct arena *arena);

/* ---- sound_dmn.c ---- */
/* The values that a decision of one of the models can give. *found false: they are not known.
 * *others: there may be further ones. Errors: ERR_LIMIT. */
MUST_USE bool known_decision(struct feel_value **list, size_t *count, bool *found, bool *others,
                             const struct dmn_model *const *models, size_t model_count,
                             struct str decision, struct arena *arena, struct budget *budget,
                             struct err *err);

#endif
