/* bpmn/engine.h - what the files of the engine share; for src/bpmn alone. */
#ifndef MANDATE_BPMN_ENGINE_H
#define MANDATE_BPMN_ENGINE_H

#include "bpmn/step.h"

/* Set by the soundness check: nothing is evaluated or stored, and what data would decide is picked:
 * the oracle's answers to the questions in the order in which they are asked. */
enum {
    ORACLE_QUESTIONS_MAX = 12, /* in one run; a node asks once where to go and once what it gives */
    ORACLE_NOTES_MAX = 24,     /* in one run; further ones are not told */
    ORACLE_TERMS_MAX = 32,     /* variables that are remembered */
};
struct known; /* bpmn/sound_known.h */
/* What is known of variables: by term the class of its value plus 1; 0: nothing. */
struct oracle_facts {
    uint8_t of[ORACLE_TERMS_MAX];
};
struct oracle_note { /* a value that was chosen: `x = "a"` */
    uint32_t node;
    struct str text;
};
struct oracle {
    const struct known *known; /* NULL: every choice is free */
    struct oracle_facts facts;
    struct oracle_note notes[ORACLE_NOTES_MAX];
    uint32_t note_count;
    uint32_t answers[ORACLE_QUESTIONS_MAX], ways[ORACLE_QUESTIONS_MAX], nodes[ORACLE_QUESTIONS_MAX];
    uint32_t answer_count; /* given; to a further question the answer is 0 */
    uint32_t asked;        /* ways[] and nodes[] are filled up to here */
};

/* What a step has still to do besides moving tokens. */
enum todo_kind {
    TODO_EXECUTE, /* an instance that was entered */
    TODO_GATE,    /* a token came to a complex gateway: scope, and its flow */
};
struct todo {
    enum todo_kind kind;
    uint32_t a, b;
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
    struct oracle *oracle; /* NULL: a real case */
    uint32_t entered;      /* elements, in this step */
    struct cost reserve;   /* of the budget, for what has still to be done when a step has to end */
    uint32_t last_end;     /* the end event that was left last, or 0 */
    struct bpmn_token *ready; /* joins whose tokens are all there: scope, and a flow into it */
    size_t ready_count, ready_room;
    struct todo *todo; /* first in, first out: todo_from .. todo_count */
    size_t todo_from, todo_count, todo_room;
    /* names that an expression knows besides the variables: "numberOfInstances" */
    const struct feel_entry *extra;
    size_t extra_count;
    /* variables that changed since the conditions were looked at */
    struct change *changes;
    size_t change_count, change_room;
    uint32_t looked;                /* subscriptions up to this number have been looked at once */
    const struct bpmn_input *start; /* the input, while a process begins */
    bool abrupt; /* what is cancelled now has no listeners any more: the process is gone */
};
struct change {
    struct str name;
    bool created;
};

/* How an element instance comes to life. */
struct entry {
    uint32_t node, scope;
    int64_t flow;     /* whose token it takes, or -1 */
    uint32_t trigger; /* the instance whose event fired it, or 0 */
    enum bpmn_as as;
    uint32_t number; /* of BPMN_AS_INNER and BPMN_AS_SLOT */
};

/* Does this instance do the node's own work, and is it, for a scope, the one that holds its
 * children? */
static inline bool bpmn_acts(const struct bpmn_instance *instance) {
    return instance->as == BPMN_AS_ELEMENT || instance->as == BPMN_AS_INNER;
}
/* Do the node's boundary events hang on this instance? */
static inline bool bpmn_hosts(const struct bpmn_instance *instance) {
    return instance->as == BPMN_AS_ELEMENT || instance->as == BPMN_AS_BODY;
}

/* A join waits for tokens on several flows. */
static inline bool bpmn_is_join(const struct bpmn_node *node) {
    return node->in_count > 1 && (node->kind == BPMN_PARALLEL || node->kind == BPMN_INCLUSIVE ||
                                  node->kind == BPMN_COMPLEX);
}
/* An activity begins only with several tokens, on whichever of its flows they come. */
static inline bool bpmn_gathers(const struct bpmn_node *node) {
    return node->start_quantity > 1 && node->in_count > 0;
}
/* Do tokens wait before the node until there are enough? */
static inline bool bpmn_keeps_tokens(const struct bpmn_node *node) {
    return bpmn_is_join(node) || bpmn_gathers(node);
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
/* ---- step.c ---- */
bool run_emit(struct run *run, struct bpmn_record record);
/* The instance; must be alive. Valid until the next record. */
struct bpmn_instance *run_instance(const struct run *run, uint32_t id);
const struct bpmn_node *run_node(const struct run *run, uint32_t id); /* of the instance */
bool run_enter(struct run *run, uint32_t *out_id, struct entry entry);
/* Enter with the token of a flow, or with none (-1), and let the element act. */
bool run_take(struct run *run, uint32_t node, uint32_t scope, int64_t flow);
bool run_incident(struct run *run, uint32_t id, enum bpmn_incident code, enum bpmn_phase phase,
                  struct str why);
/* False when too much was entered in this step: the instance has an incident now. */
bool run_in_limit(bool *within, struct run *run, uint32_t id);
void run_later(struct run *run, struct todo todo);
/* Let the tokens move until everything waits. */
bool run_settle(struct run *run);
/* The input, and then run_settle(). */
bool run_apply(struct run *run, const struct bpmn_input *input);

/* ---- act.c ---- */
/* The statutory clocks that the node moves on being entered or left. */
bool run_clocks(struct run *run, uint32_t id, const struct bpmn_node *node, bool leave);
/* The entering phase: mappings, listeners, then run_act(); also on a retry. */
bool run_execute(struct run *run, uint32_t id);
bool run_act(struct run *run, uint32_t id);
/* The phase in which an incident of run_act() is repeated. */
enum bpmn_phase run_act_phase(const struct bpmn_node *node);
/* Enter what a scope begins with. */
bool run_open(struct run *run, uint32_t scope);
/* A call activity whose process ended by an error that nobody caught: it waits for its events as
 * before. */
bool run_call_again(struct run *run, uint32_t id);
/* A job of the kind for the instance. *why is set when its type, retries or priority failed. */
struct job_ask {
    enum bpmn_job_kind kind;
    uint32_t listener;
    const struct bpmn_expr *type, *retries;
    struct feel_value headers;
};
bool run_job(struct str *why, struct run *run, uint32_t id, const struct arms *arms,
             const struct job_ask *ask);
/* The key of a form (form) or a linked resource that the element names; *why is set when there is
 * none. 0 also when the world is not asked. */
bool run_find(int64_t *key_out, struct str *why, struct run *run, uint32_t id, bool form,
              struct str name, const struct bpmn_bound *bound);
/* That of the form which the node names by id, in digits; empty when it names none. */
bool run_find_form(struct str *key_out, struct str *why, struct run *run, uint32_t id);
struct feel_value run_headers(struct run *run, const struct bpmn_header *headers, size_t count);

/* ---- leave.c ---- */
bool run_leave(struct run *run, uint32_t id);  /* the leaving phase: mappings, listeners */
bool run_finish(struct run *run, uint32_t id); /* which flows it takes; it is gone */
/* The process, in which nothing is alive; by an error with its code and variables. */
bool run_end(struct run *run, enum bpmn_ending ending, struct str code,
             struct feel_value variables);
bool run_stop(struct run *run); /* everything, from outside */
/* It goes when all in it is gone (unless it says so already). */
bool run_closing(struct run *run, uint32_t id, enum bpmn_closing how);
/* After an instance in the scope is gone: the scope goes on when nothing is left in it. */
bool run_gone(struct run *run, uint32_t scope);
/* Does a token wait on every flow into the join, or do enough of them before the activity? */
bool run_is_ready(const struct run *run, uint32_t scope, const struct bpmn_node *join);
/* Cancel an instance with everything in it. With listeners for canceling it stays, closing, until
 * their jobs are done; nothing waits for that but its scope's completion. */
bool run_cancel(struct run *run, uint32_t id);
/* Cancel everything in a scope but not the scope. */
bool run_empty(struct run *run, uint32_t scope);
/* Nothing is done with it any more: records that it is gone, or that it is closing. */
bool run_drop(struct run *run, uint32_t id);
/* Only under an oracle: which of so many ways (below `ways`, which is not 0) the node goes. False
 * when it has asked before in this run: then stop its instance with an incident CONDITION; the
 * oracle tries it again. */
bool run_pick(uint32_t *out, struct run *run, uint32_t node, uint32_t ways);
/* In how many ways the node can choose its flows; 0: it does not choose. */
uint32_t run_choice_count(const struct bpmn_process *process, const struct bpmn_node *node);

/* ---- sound_choice.c: only under an oracle ---- */
enum oracle_way {
    ORACLE_WAY_FREE, /* nothing is known of what the conditions compare */
    ORACLE_WAY_SET,  /* *set: the conditional flows that are taken, a bit for each in their order */
    ORACLE_WAY_NONE, /* with what is known none can be taken */
    ORACLE_WAY_LATER, /* it has asked before in this run */
};
enum oracle_way run_known_way(uint64_t *set, struct run *run, const struct bpmn_node *node);
/* The node's work is done: what is known of what it writes. False: as ORACLE_WAY_LATER. */
bool run_known_write(struct run *run, uint32_t node);

/* ---- loop.c: loops and multi-instance activities ---- */
bool run_loop_open(struct run *run, uint32_t body);
/* An instance in a body has done its work: its result, the condition that ends the whole. */
bool run_loop_inner_done(struct run *run, uint32_t inner);
/* The next one, or the end of the body. */
bool run_loop_next(struct run *run, uint32_t body);

/* ---- listen.c ---- */
/* Ask for the job of the next listener from `from` on; *asked false: there is none. */
bool run_listen(bool *asked, struct run *run, uint32_t id, enum bpmn_listen when, uint32_t from);
bool run_has_listeners(const struct run *run, const struct bpmn_node *node, enum bpmn_listen when);
bool run_listener_done(struct run *run, const struct bpmn_job *job, const struct bpmn_input *input);

/* ---- task.c: user tasks that the engine keeps ---- */
bool run_ask_person(struct run *run, uint32_t id, const struct arms *arms);
bool run_task_input(struct run *run, const struct bpmn_input *input);
/* A task listener's job is done, and no other follows: the change that waited takes place. */
bool run_task_listened(struct run *run, uint32_t id, enum bpmn_listen when);

/* A task listener's job: may its result be so (before anything happens); what it says. *goes_on
 * false: the change was denied. */
bool run_task_job_check(struct run *run, const struct bpmn_job *job,
                        const struct bpmn_input *input);
bool run_task_job(bool *goes_on, struct run *run, const struct bpmn_job *job,
                  const struct bpmn_input *input);

/* ---- undo.c: compensation, transactions ---- */
/* A compensation event thrown by the instance; it goes on when all is done, if it waits. */
bool run_compensate(bool *waits, struct run *run, uint32_t id, const struct bpmn_event_def *def);
bool run_cancel_transaction(struct run *run, uint32_t id);
bool run_compensable(struct run *run, uint32_t id);
/* Go on with a compensation that waits for nothing; *did false: there is none. scope 0: any. */
bool run_undo(bool *did, struct run *run, uint32_t scope);

/* ---- ad_hoc.c ---- */
bool run_ad_hoc_open(struct run *run, uint32_t id, const struct arms *arms);
bool run_ad_hoc_input(struct run *run, const struct bpmn_input *input);
bool run_ad_hoc_job_done(struct run *run, const struct bpmn_input *input, uint32_t id);
bool run_slot_done(struct run *run, uint32_t slot);
/* When nothing runs in it, it waits: for its worker, for a person, for its condition. */
bool run_ad_hoc_goes_on(const struct run *run, uint32_t id);
bool run_ad_hoc_is_open(const struct run *run, uint32_t id); /* its elements have been activated */
bool run_ad_hoc_again(struct run *run, uint32_t id);         /* after an incident of that time */
/* Nothing runs in it any more. */
bool run_ad_hoc_drained(struct run *run, uint32_t id);

/* ---- gate.c: joins, complex gateways ---- */
bool run_enter_ready_join(bool *entered, struct run *run);
bool run_gate(struct run *run, uint32_t scope, uint32_t flow);
/* A complex gateway in the scope that has started resets now, since nothing can come any more;
 * *did false: there is none. */
bool run_reset_gate(bool *did, struct run *run, uint32_t scope);
/* Names for the expressions of a complex gateway. */
void run_gate_names(struct run *run, const struct bpmn_node *node, uint32_t scope);

/* ---- input.c ---- */
bool run_input(struct run *run, const struct bpmn_input *input); /* the input alone */
bool run_start(struct run *run, const struct bpmn_input *input);
bool run_open_process(struct run *run); /* start.c; again on a retry */
bool run_started(struct run *run);      /* after the process's listeners for the start */
/* ---- modify.c, migrate.c ---- */
bool run_activate_check(struct run *run, const struct bpmn_input *input);
bool run_activate(struct run *run, const struct bpmn_input *input);
bool run_modify(struct run *run, const struct bpmn_input *input);
bool run_migrate(struct run *run, const struct bpmn_input *input);

/* ---- vars.c ---- */
/* Evaluate as the instance sees the variables. *why is set when the value is null because of an
 * error, and then names the expression's place. */
bool run_eval(struct feel_value *out, struct str *why, struct run *run, uint32_t instance,
              const struct bpmn_expr *expr, int64_t now_us);
bool run_set(struct run *run, uint32_t scope, struct str name, struct feel_value value);
/* A name that is no variable means something else now: conditions are looked at. */
void run_noted(struct run *run, struct str name);
/* Where a scope from `scope` outwards has the variable, else at the process. */
bool run_propagate(struct run *run, uint32_t scope, struct str name, struct feel_value value);
/* Variables that came with an event or a completion: local when the node maps outputs. */
bool run_accept(struct run *run, uint32_t id, struct feel_value variables);
/* Each variable to the nearest scope that has it, from this one outwards. */
bool run_bring(struct run *run, uint32_t id, struct feel_value variables);
/* Is one of the activity's input sets available, or has it none? */
bool run_has_inputs(bool *out, struct run *run, uint32_t id);
/* *why is set when a mapping failed. */
bool run_map_inputs(struct str *why, struct run *run, uint32_t id);
bool run_map_outputs(struct str *why, struct run *run, uint32_t id);
uint64_t bpmn_value_bytes(struct feel_value value); /* about */
/* Why it does not fit into one variable; empty: it does. */
struct str run_too_large(struct run *run, struct feel_value value);
/* ERR_INVALID, ERR_LIMIT: before anything happens. */
bool vars_check(struct feel_value variables, const struct bpmn_state *state, struct err *err);

/* ---- wait.c: subscriptions ---- */
/* Evaluate what the instance is to wait for: its own event, its boundary events, the events behind
 * an event-based gateway, the event sub-processes in a scope. *why as above, with *code. */
bool run_arms(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
              uint32_t id);
/* Of one node, all definitions but one. */
bool run_arms_of(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
                 uint32_t id, uint32_t node, uint32_t not_def);
bool run_arm(struct run *run, uint32_t id, const struct arms *arms);
/* Does it wait until its inputs are available? As for a condition. */
bool run_await_inputs(bool *waits, struct run *run, uint32_t id);
/* Events of conditions that are true now, and inputs that are available; after a change of
 * variables. */
bool run_conditions(struct run *run);
/* A text from an expression; null and other kinds are failures. */
bool run_text(struct str *out, struct str *why, struct run *run, uint32_t id,
              const struct bpmn_expr *expr);
/* true or false from an expression. */
bool run_bool(bool *out, struct str *why, struct run *run, uint32_t id,
              const struct bpmn_expr *expr);
/* The definition of the node's event with that index; of a receive task its message. */
struct bpmn_event_def run_def(const struct bpmn_node *node, uint32_t index);
/* Close its timers, subscriptions and jobs; those of events of the given kind only, or of all
 * (BPMN_KINDS). */
bool run_disarm(struct run *run, uint32_t id, enum bpmn_kind only);
bool run_close_jobs(struct run *run, uint32_t id);
/* An event sub-process that has been entered goes on with its start event, which fired. */
bool run_open_handler(struct run *run, uint32_t sub);
/* The event of `node`, for which `owner` waited, came. */
bool run_trigger(struct run *run, uint32_t owner, uint32_t node, struct feel_value variables);
/* ---- throw.c ---- */
/* BPMN 2.0.2: 13.5.4: may an event sub-process begin in the scope? Not when an interrupting one
 * runs, nor when nothing is left in it but those that run and what they compensate. */
bool run_handlers_open(const struct run *run, uint32_t scope);
/* An error or escalation, thrown from inside `scope` (from: the instance itself or the child it
 * came from). *caught false: nobody catches it. */
bool run_throw(bool *caught, struct run *run, uint32_t from, enum bpmn_event event, struct str code,
               struct feel_value variables);

/* Thrown by the instance id: by a worker or a called process too. Uncaught errors are incidents, or
 * end the process when its caller catches them. */
struct thrown {
    enum bpmn_event event;
    struct str code, text;
    struct feel_value variables;
};
bool run_throw_from(struct run *run, uint32_t id, uint32_t from, const struct thrown *thrown);
/* What a throwing event does. */
bool run_throw_event(struct run *run, uint32_t id);
bool run_throw_def(struct run *run, uint32_t id, uint32_t from, const struct bpmn_event_def *def);

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
