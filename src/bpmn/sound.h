/* bpmn/sound.h - can a process get stuck? Every reachable marking is looked at, by the engine
 * itself, with conditions as free choices, and with tasks, timers, messages and errors coming
 * whenever they may. Pure.
 *
 * Sound: from every reachable marking the process can end; every element can happen; none runs
 * twice at once; tokens do not pile up. (That nothing is left over at the end needs no check: the
 * engine ends a process only when its last token is gone, so a token that is left over shows as a
 * process that is stuck.) An event that does not interrupt is taken to come at most once for each
 * activity that it is attached to. Method and source: W. M. P. van der Aalst, "The Application of
 * Petri Nets to Workflow Management", 1998, section 4. */
#ifndef MANDATE_BPMN_SOUND_H
#define MANDATE_BPMN_SOUND_H

#include "bpmn/model.h"

enum bpmn_fault {
    BPMN_FAULT_STUCK,     /* a marking from which the end cannot be reached */
    BPMN_FAULT_TWICE,     /* an element runs twice at once: parallel paths meet without a join */
    BPMN_FAULT_DEAD,      /* an element that can never happen */
    BPMN_FAULT_UNBOUNDED, /* tokens pile up without end */
    BPMN_FAULT_UNDECIDED, /* more than the allowed states: no answer */
};
const char *bpmn_fault_name(enum bpmn_fault fault);

struct bpmn_finding {
    enum bpmn_fault fault;
    uint32_t node;         /* where; 0 when it is the whole process */
    struct err_at at;      /* file and line of that node */
    struct lang_text text; /* one line that says what is wrong and where tokens stay */
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
    BPMN_SOUND_TOKENS_MAX = 8,  /* in one element or before one join: beyond it, unbounded */
    BPMN_SOUND_STEPS_MAX = 200, /* shown of a path; it is a shortest one */
};

/* True with out->count == 0: sound. True with findings: not sound, or not decided. False only for
 * an operating error (ERR_LIMIT by the budget). The findings live in arena. */
MUST_USE bool bpmn_check_sound(struct bpmn_findings *out, const struct bpmn_process *process,
                               struct bpmn_sound_limits limits, struct arena *arena,
                               struct budget *budget, struct err *err);

#endif
