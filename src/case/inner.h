/* case/inner.h - what the files of this folder share; nobody else includes it. */
#ifndef MANDATE_CASE_INNER_H
#define MANDATE_CASE_INNER_H

#include "case/case.h"

enum { CASE_MOVED_BYTES_MAX = 8 << 20 }; /* records of one step: a few hundred bytes as a rule */

/* One command being run: what it may use and what it has made so far. */
struct case_move {
    struct case_file *state;
    const struct case_command *command;
    const struct case_env *env;
    struct case_result *result;
    size_t event_room, effect_room;
    struct arena *arena;
    struct budget *budget;
    struct bpmn_records *records; /* of the step that is running, or NULL */
    size_t clock_cursor;          /* records before it: clock actions are done */
    bool clocks_moved;            /* by this step: timers that follow a clock move with it */
    struct str reasons;           /* of the decision in this command: for its letter */
    struct str outcome_node, outcome;
    /* An error of a callback that bpmn calls and cannot carry: raised after the step. */
    struct err *err;
};

/* Number, stamp and fold an event, then keep it for the result. */
MUST_USE bool case_emit(struct case_move *m, struct case_event event, struct err *err);
/* The same without folding: for what the live state holds already. */
void case_keep(struct case_move *m, struct case_event event);
void case_effect(struct case_move *m, struct case_effect effect);
/* Feed one input to the procedure and do what its records ask for. */
MUST_USE bool case_run_flow(struct case_move *m, struct bpmn_input input, struct err *err);

/* clocks.c */
MUST_USE bool case_fold_clock(struct case_file *state, const struct case_event *event,
                              struct err *err);
void case_clocks_encode(struct buf *out, const struct case_file *state);
MUST_USE bool case_clocks_decode(struct case_file *state, struct bytes_reader *r, struct err *err);
/* Do one action of an element on a clock; starting a running clock or stopping a stopped one does
 * nothing (a loop in the procedure may pass the element again). */
MUST_USE bool case_clock_action(struct case_move *m, struct str id, enum bpmn_clock_action action,
                                enum bpmn_clock_from from, struct err *err);
MUST_USE bool case_clock_extend(struct case_move *m, struct err *err);
/* Breach every running clock that is due at now. */
MUST_USE bool case_clocks_breach(struct case_move *m, struct err *err);
/* All clocks that still run stop: the case is over. */
MUST_USE bool case_clocks_stop(struct case_move *m, struct err *err);
/* The earliest instant at which a timer fires or a clock is breached; 0: never. */
int64_t case_wake_us(const struct case_file *state);
/* The due time of the soonest running clock of that holder, or 0. */
int64_t case_due_us(const struct case_file *state, enum law_holder holder);

/* letter.c */
MUST_USE bool case_issue_letter(struct case_move *m, struct str letter_id,
                                const struct bpmn_node *node, struct err *err);
/* Tell the applicant by message, when an address was given. */
void case_tell(struct case_move *m, struct lang_text subject, struct lang_text text);

/* decide.c */
/* bpmn_env's decide: self is the struct case_move. */
MUST_USE bool case_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                          const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                          struct err *err);
/* The pack's calendar under the name that FEEL's working-day functions take. */
const struct feel_calendar *case_calendars(struct case_move *m, size_t *count);

/* access.c */
MUST_USE bool case_check_post(const struct case_file *state, struct case_actor actor,
                              struct str organ, struct str post, struct err *err);
struct str case_organ_of(const struct case_file *state, enum bpmn_organ organ);

#endif
