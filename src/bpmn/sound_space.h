/* bpmn/sound_space.h - the states that the soundness check has found, for its files alone. */
#ifndef MANDATE_BPMN_SOUND_SPACE_H
#define MANDATE_BPMN_SOUND_SPACE_H

#include "bpmn/engine.h"
#include "bpmn/sound.h"

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
    uint32_t arcs_in;           /* first of a list of arcs backwards */
    bool ended, expanded, ends; /* ends: an end can be reached */
};

struct space {
    const struct bpmn_process *p;
    struct bpmn_findings *out;
    struct arena *arena, *scratch;
    struct budget *budget;
    struct err *err;
    struct place *places;
    struct arc *arcs; /* backwards */
    size_t place_count, place_room, arc_count, arc_room;
    struct map seen;
    struct buf bytes, key;
    uint8_t *happened;  /* by node */
    uint32_t *twice_at; /* by node: the place where it runs twice, plus 1 */
    bool unbounded;
    uint32_t states_max;
    uint32_t expanding;
    struct bpmn_records records;
};

/* ---- sound_tell.c: what is said of it ---- */
/* place: where it shows, or BPMN_NONE. zh, en: one line without an end. */
bool space_report(struct space *s, enum bpmn_fault fault, uint32_t node, uint32_t place,
                  const char *zh, const char *en);
bool space_report_stuck(struct space *s);
bool space_report_elements(struct space *s);

#endif
