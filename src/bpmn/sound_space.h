/* bpmn/sound_space.h - the states that the soundness check has found, for its files alone. */
#ifndef MANDATE_BPMN_SOUND_SPACE_H
#define MANDATE_BPMN_SOUND_SPACE_H

#include "bpmn/engine.h"
#include "bpmn/sound.h"
#include "bpmn/sound_known.h"

struct arc {
    uint32_t to;
    uint32_t next; /* arc into the same state, or BPMN_NONE */
};

struct place {        /* a state of the space */
    struct str bytes; /* bpmn_state_encode(); empty once ended */
    uint32_t parent;  /* from where it was first reached */
    uint32_t *steps;  /* nodes entered on the way from there, and by which flows */
    uint32_t *flows;
    uint32_t step_count;
    struct oracle_facts facts;
    const struct oracle_note *notes; /* of values that were chosen on the way from there */
    uint32_t note_count;
    uint32_t size;              /* how many elements are alive and tokens wait before joins */
    uint32_t emptier;           /* for space_dive(): one of the same size, or BPMN_NONE */
    uint32_t arcs_in;           /* first of a list of arcs backwards */
    bool ended, expanded, ends; /* ends: an end can be reached */
};

/* What has been taken out happens when another is entered, is left, or (a flow) is taken. */
enum stands_by { STANDS_ITSELF, STANDS_FOR_ENTERED, STANDS_FOR_LEFT, STANDS_FOR_FLOW };
struct stand_in {
    enum stands_by by;
    uint32_t other;
};
struct reduced {
    struct bpmn_process *process; /* with the numbers of the whole one */
    const struct stand_in *nodes, *flows;
    const struct known *known; /* of this one */
};

struct space {
    const struct bpmn_process *p;
    const struct reduced *reduced; /* NULL: p is the whole process */
    const struct known *known;     /* NULL: every choice is free */
    struct bpmn_findings *out;
    struct arena *arena, *scratch;
    struct budget *budget;
    struct err *err;
    struct place *places;
    struct arc *arcs; /* backwards */
    size_t place_count, place_room, arc_count, arc_room;
    struct map seen;
    struct buf bytes, key;
    uint8_t *entered, *left; /* by node */
    uint8_t *taken;          /* by flow */
    uint32_t *twice_at;      /* by node: the place where it runs twice, plus 1 */
    bool unbounded;
    uint32_t states_max, tokens_max;
    uint32_t expanding;
    struct bpmn_records records;
};

/* ---- sound_race.c ---- */
/* Does what happens hang on how many elements tokens pass in one step? */
bool space_races(const struct bpmn_process *p, struct arena *arena);

/* ---- sound_reduce.c ---- */
/* known: of the whole one, or NULL. */
MUST_USE bool space_reduce(struct reduced *out, const struct bpmn_process *process,
                           const struct known *known, struct arena *arena, struct budget *budget,
                           struct err *err);

/* Did it happen in some state? Of what was taken out: did what stands for it? */
bool space_happened(const struct space *s, uint32_t node);

/* ---- sound_tell.c: what is said of it ---- */
/* place: where it shows, or BPMN_NONE. zh, en: one line without an end. */
bool space_report(struct space *s, enum bpmn_fault fault, uint32_t node, uint32_t place,
                  const char *zh, const char *en);
bool space_report_stuck(struct space *s);
bool space_report_elements(struct space *s);
/* A place from which no way leads to an end, best one without any way; BPMN_NONE. */
uint32_t space_find_stuck(struct space *s);

#endif
