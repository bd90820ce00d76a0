/* bpmn/sound.h - can a process get stuck? Every reachable marking is looked at, with conditions as
 * free choices, and timers, messages, errors and boundary events coming whenever they may. Pure.
 *
 * Sound: from every reachable marking the process can end; when it ends nothing is left over; every
 * element can happen; no element has two instances without a fork the drafter meant (bounded).
 * Method and source: W. M. P. van der Aalst, "The Application of Petri Nets to Workflow
 * Management", 1998, section 4, on the engine's own rules of BPMN 2.0.2 chapter 13. */
#ifndef MANDATE_BPMN_SOUND_H
#define MANDATE_BPMN_SOUND_H

#include "bpmn/model.h"

enum bpmn_fault {
    BPMN_FAULT_STUCK,     /* a marking from which the end cannot be reached */
    BPMN_FAULT_LEFT_OVER, /* a terminate end or an interruption leaves work of others undone: only
                             reported where the drafter's tokens remain at an ordinary end */
    BPMN_FAULT_DEAD,      /* an element that can never happen */
    BPMN_FAULT_UNBOUNDED, /* tokens pile up on one flow without end */
    BPMN_FAULT_UNDECIDED, /* more than the allowed states: no answer */
};
const char *bpmn_fault_name(enum bpmn_fault fault);

struct bpmn_finding {
    enum bpmn_fault fault;
    uint32_t node;         /* where; 0 when it is the whole process */
    struct err_at at;      /* file and line of that node */
    struct lang_text text; /* one line that says what is wrong */
    uint32_t *steps;       /* nodes in the order in which they happen, up to the fault */
    size_t step_count;
    uint32_t *tokens; /* nodes and joins that hold a token in the faulty marking */
    size_t token_count;
};
struct bpmn_findings {
    struct bpmn_finding *list;
    size_t count;
    uint64_t state_count; /* markings looked at */
};
struct bpmn_sound_limits {
    uint32_t states_max; /* 0: BPMN_SOUND_STATES_DEFAULT */
};
enum {
    BPMN_SOUND_STATES_DEFAULT = 100000, /* the largest demonstration process has about 200 */
    BPMN_SOUND_TOKENS_MAX = 8,          /* on one flow or in one element: beyond it, unbounded */
};

/* True with out->count == 0: sound. True with findings: not sound, or not decided. False only for
 * an operating error (ERR_LIMIT by the budget). The findings live in arena. */
MUST_USE bool bpmn_check_sound(struct bpmn_findings *out, const struct bpmn_process *process,
                               struct bpmn_sound_limits limits, struct arena *arena,
                               struct budget *budget, struct err *err);

#endif
