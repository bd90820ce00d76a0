/* bpmn/sound.h - can a process get stuck? Every reachable marking is looked at, by the engine
 * itself, with tasks, timers, messages and errors coming whenever they may. Conditions that compare
 * variables with literals choose as values of these would: as those that lists of outcomes,
 * decisions and literals give (sound_known.h), else as any; all other conditions are free choices.
 * Pure.
 *
 * Sound: from every reachable marking the process can end; every element can happen; tokens do not
 * pile up. (That nothing is left over at the end needs no check: the engine ends a process only
 * when its last token is gone, so a token that is left over shows as a process that is stuck.)
 * Beside these it is told when an element runs twice at once. What is taken for granted: an event
 * that does not interrupt comes at most once for each activity that it is attached to; a
 * multi-instance activity has 0, 1 or 2 instances; where no value is known some condition of a
 * gateway is true. Method and source: W. M. P. van der Aalst, "The Application of Petri Nets to
 * Workflow Management", 1998, section 4. */
#ifndef MANDATE_BPMN_SOUND_H
#define MANDATE_BPMN_SOUND_H

#include "bpmn/model.h"

struct dmn_model;

enum bpmn_fault {
    BPMN_FAULT_STUCK,     /* a marking from which the end cannot be reached */
    BPMN_FAULT_TWICE,     /* an element runs twice at once: parallel paths meet without a join */
    BPMN_FAULT_DEAD,      /* an element that can never happen */
    BPMN_FAULT_UNBOUNDED, /* tokens pile up without end */
    BPMN_FAULT_UNDECIDED, /* more than the allowed states: no answer */
};
const char *bpmn_fault_name(enum bpmn_fault fault);
/* Is a process with this fault unsound? Not for TWICE, which the standard allows: a pack is refused
 * for it, another deployment is not. */
bool bpmn_fault_is_unsound(enum bpmn_fault fault);

struct bpmn_finding {
    enum bpmn_fault fault;
    uint32_t node;           /* where; 0 when it is the whole process */
    struct err_at at;        /* file and line of that node */
    struct lang_text text;   /* one line that says what is wrong and where tokens stay */
    uint32_t *steps;         /* nodes in the order in which they happen, up to the fault */
    uint32_t *step_flows;    /* by which flow each was entered, or BPMN_NONE */
    struct str *step_values; /* what was chosen at each, `outcome = "grant"`; may be empty */
    size_t step_count;
    uint32_t *tokens; /* nodes that hold a token in the faulty marking, and joins before which one
                         waits; twice when two */
    size_t token_count;
    uint32_t *flows; /* flows into joins on which a token waits */
    size_t flow_count;
};
struct bpmn_findings {
    struct bpmn_finding *list;
    size_t count;
    uint64_t state_count; /* markings looked at */
};
/* The first finding that makes the process unsound; NULL: it is sound. */
const struct bpmn_finding *bpmn_unsound(const struct bpmn_findings *findings);

struct bpmn_sound_limits {
    uint32_t states_max; /* 0: BPMN_SOUND_STATES_DEFAULT */
    bool free_choices;   /* whatever the conditions say */
    bool whole;          /* nothing is taken out beforehand: slower, and the same answer */
    /* Models with the decisions that the process calls; of one that is in none of them nothing is
     * known. May be NULL. */
    const struct dmn_model *const *decisions;
    size_t decision_count;
};
enum {
    BPMN_SOUND_STATES_DEFAULT = 100000, /* the largest demonstration process has about 200 */
    BPMN_SOUND_TOKENS_MAX = 8,  /* in one element or before one join, and as many more as the
                                   largest quantity of tokens says: beyond it, unbounded */
    BPMN_SOUND_STEPS_MAX = 200, /* shown of a path; it is a shortest one */
};

/* True with out->count == 0: sound. True with findings: not sound, or not decided. False only for
 * an operating error (ERR_LIMIT by the budget). The findings live in arena. */
MUST_USE bool bpmn_check_sound(struct bpmn_findings *out, const struct bpmn_process *process,
                               struct bpmn_sound_limits limits, struct arena *arena,
                               struct budget *budget, struct err *err);

/* Append the counter-example as the diagram: what happened on the way there, and the tokens where
 * they stay. As bpmn_svg() of bpmn/svg.h. */
void bpmn_sound_svg(struct buf *out, const struct bpmn_process *process,
                    const struct bpmn_finding *finding, enum lang lang, struct str id_prefix,
                    struct arena *arena);

#endif
