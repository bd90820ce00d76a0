/* bpmn/engine.h - what the files of the engine share; for src/bpmn alone. */
#ifndef MANDATE_BPMN_ENGINE_H
#define MANDATE_BPMN_ENGINE_H

#include "bpmn/step.h"

/* Set by the soundness check: nothing is evaluated or stored, and what data would decide is picked:
 * the oracle's answers to the questions in the order in which they are asked. */
enum { ORACLE_QUESTIONS_MAX = 12 }; /* in one run; a node asks once */
struct oracle {
    uint32_t answers[ORACLE_QUESTIONS_MAX], ways[ORACLE_QUESTIONS_MAX], nodes[ORACLE_QUESTIONS_MAX];
    uint32_t answer_count; /* given; to a further question the answer is 0 */
    uint32_t asked;        /* ways[] and nodes[] are filled up to here */
};

/* One call of bpmn_step(). */
struct run {
    struct bpmn_records *out;
    struct bpmn_state *state;
    const struct bpmn_process *process;
    const struct bpmn_env *env;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    struct oracle *oracle;    /* NULL: a real case */
    uint32_t entered;         /* elements, in this step */
    uint32_t last_end;        /* the end event that was left last, or 0 */
    struct bpmn_token *ready; /* joins whose tokens are all there: scope, and a flow into it */
    size_t ready_count, ready_room;
};

/* A join waits for tokens on several flows. */
static inline bool bpmn_is_join(const struct bpmn_node *node) {
    return node->in_count > 1 && (node->kind == BPMN_PARALLEL || node->kind == BPMN_INCLUSIVE ||
                                  node->kind == BPMN_COMPLEX);
}
/* Is the subscription or timer still there after it has fired? Of an event that needs several, none
 * is: all are opened again. */
static inline bool bpmn_stays_armed(const struct bpmn_node *node) {
    return (node->kind == BPMN_BOUNDARY || node->kind == BPMN_START) && !node->interrupting &&
           node->event != BPMN_EVENT_PARALLEL_MULTIPLE;
}
/* ---- fold.c: a complex gateway between its start and its reset (BPMN 2.0.2: 13.4.5) ---- */
bool bpmn_gate_started(const struct bpmn_state *state, const struct bpmn_node *node,
                       uint32_t scope);
bool bpmn_gate_spent(const struct bpmn_state *state, struct bpmn_token token);
/* Attributes of a user task with others over them; null unsets. */
struct feel_value bpmn_merge(struct feel_value base, struct feel_value changes,
                             struct arena *arena);

/* For each inclusive join: from which nodes its incoming flows can be reached without it. */
struct bpmn_join {
    uint32_t node;
    uint32_t words;       /* 64-bit words of one set */
    const uint64_t *from; /* [in_count][words]: a bit for each node */
};
const struct bpmn_join *bpmn_join_of(const struct bpmn_process *process, uint32_t node);

/* ---- step.c ---- */
bool run_emit(struct run *run, struct bpmn_record record);
/* The instance; must be alive. Valid until the next record. */
struct bpmn_instance *run_instance(const struct run *run, uint32_t id);
/* trigger: the instance whose event fired this node, or 0; flow: -1 when it took no token. */
bool run_enter(struct run *run, uint32_t node, uint32_t scope, int64_t flow, uint32_t trigger,
               uint32_t *out_id);
const struct bpmn_node *run_node(const struct run *run, uint32_t id); /* of the instance */
/* ---- act.c ---- */
/* The statutory clocks that the node moves on being entered or left; all that the law does on
 * entering. */
bool run_clocks(struct run *run, uint32_t id, const struct bpmn_node *node, bool leave);
bool run_actions(struct run *run, uint32_t id, const struct bpmn_node *node);
/* A call activity whose process ended by an error that nobody caught: it waits for its events as
 * before. */
bool run_call_again(struct run *run, uint32_t id);
bool run_execute(struct run *run, uint32_t id); /* the entering phase; also on a retry */
bool run_incident(struct run *run, uint32_t id, enum bpmn_incident code, enum bpmn_phase phase,
                  struct str why);
/* ---- leave.c ---- */
bool run_leave(struct run *run, uint32_t id);
bool run_end(struct run *run, enum bpmn_ending ending); /* the process, in which nothing is alive */
/* Does a token wait on every flow into the join? */
bool run_is_ready(const struct run *run, uint32_t scope, const struct bpmn_node *join);
/* Cancel an instance with everything in it. */
bool run_cancel(struct run *run, uint32_t id);
/* Cancel everything in a scope but not the scope. */
bool run_empty(struct run *run, uint32_t scope);
/* Only under an oracle: which of so many ways (below `ways`, which is not 0) the node goes. False
 * when it has asked before in this run: then stop its instance with an incident CONDITION; the
 * oracle tries it again. */
bool run_pick(uint32_t *out, struct run *run, uint32_t node, uint32_t ways);

/* ---- the loop ---- */
/* Let the tokens move until everything waits. */
bool run_settle(struct run *run);
/* The input, and then run_settle(). */
bool run_apply(struct run *run, const struct bpmn_input *input);
bool run_input(struct run *run, const struct bpmn_input *input); /* input.c: the input alone */
/* In how many ways the node can choose its flows; 0: it does not choose. */
uint32_t run_choice_count(const struct bpmn_process *process, const struct bpmn_node *node);

/* ---- vars.c ---- */
/* Evaluate as the instance sees the variables. *why is set when the value is null because of an
 * error, and then names the expression's place. */
bool run_eval(struct feel_value *out, struct str *why, struct run *run, uint32_t instance,
              const struct bpmn_expr *expr, int64_t now_us);
bool run_set(struct run *run, uint32_t scope, struct str name, struct feel_value value);
/* Where a scope from `scope` outwards has the variable, else at the process. */
bool run_propagate(struct run *run, uint32_t scope, struct str name, struct feel_value value);
/* Variables that came with an event or a completion: local when the node maps outputs. */
bool run_accept(struct run *run, uint32_t id, struct feel_value variables);
/* *why is set when a mapping failed. */
bool run_map_inputs(struct str *why, struct run *run, uint32_t id);
bool run_map_outputs(struct str *why, struct run *run, uint32_t id);
/* ERR_INVALID, ERR_LIMIT: before anything happens. */
bool vars_check(struct feel_value variables, const struct bpmn_state *state, struct err *err);

/* ---- wait.c: subscriptions ---- */
struct arm {
    uint32_t node, def; /* which of the node's event definitions */
    enum bpmn_event event;
    int64_t due_us;
    struct str cycle; /* of a timer that comes again; see bpmn_timer_row */
    struct str name, key;
};
struct arms {
    struct arm *list;
    size_t count;
};
/* Evaluate what the instance is to wait for: its own event, its boundary events, the events behind
 * an event-based gateway, the event sub-processes in a scope. *why as above, with *code. */
bool run_arms(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
              uint32_t id);
bool run_arm(struct run *run, uint32_t id, const struct arms *arms);
/* Close its timers, subscriptions and jobs; those of events of the given kind only, or of all
 * (BPMN_KINDS). */
bool run_disarm(struct run *run, uint32_t id, enum bpmn_kind only);
/* The event of `node`, for which `owner` waited, came. */
bool run_trigger(struct run *run, uint32_t owner, uint32_t node, struct feel_value variables);
/* ---- throw.c ---- */
/* BPMN 2.0.2: 13.5.4: may an event sub-process begin in the scope? Not when an interrupting one
 * runs, nor when nothing is left in it but those that run. */
bool run_handlers_open(const struct run *run, uint32_t scope);
/* An error or escalation, thrown from inside `scope` (from: the instance itself or the child it
 * came from). *caught false: nobody catches it. */
bool run_throw(bool *caught, struct run *run, uint32_t from, enum bpmn_event event, struct str code,
               struct feel_value variables);

/* ---- arm.c: timers ---- */
/* The moment a value says; false when it is none. */
bool run_moment(int64_t *out_us, const struct run *run, struct feel_value value);
/* "file:line: 'expression' gives a string, not a number" */
struct str run_not_a(struct run *run, const struct bpmn_expr *expr, struct feel_value value,
                     const char *wanted);
/* When a timer that the instance arms now is due, and its cycle. *why as above. */
bool run_due(struct arm *out, struct str *why, struct run *run, uint32_t id,
             const struct bpmn_event_def *def);
bool run_timer(struct run *run, uint32_t id, const struct arm *arm);
bool run_fire_timer(struct run *run, uint32_t timer);
bool run_redue(struct run *run);

#endif
