/* bpmn/step.h - the token engine: one pure step. The state changes only by folding records, so that
 * replaying the records of a process instance gives the same state, byte for byte.
 *
 *     struct bpmn_state state;
 *     bpmn_state_init(&state, case_arena);
 *     struct bpmn_records records = {.arena = scratch};
 *     struct bpmn_input start = {.kind = BPMN_IN_START, .variables = form_values};
 *     bpmn_step(&records, &state, process, &start, &env, scratch, &budget, err);
 *     ... store records.list[0..count); later, on the state of before:
 *     for (i ...) bpmn_fold(&state, process, &records.list[i], err);
 *
 * One counter numbers element instances, timers, subscriptions and jobs within a process instance,
 * from 1 (the process itself) in the order in which they come to be: the same input, the same ids.
 */
#ifndef MANDATE_BPMN_STEP_H
#define MANDATE_BPMN_STEP_H

#include "bpmn/model.h"

enum {
    BPMN_STEP_ELEMENTS_MAX = 60000, /* entered in one step without waiting; beyond it each token
                                       that still moves becomes an incident (a model that loops).
                                       The longest lawful procedure enters about 30 at once; the
                                       rest is room for wide multi-instance activities */
    BPMN_STEP_ELEMENTS_FREE = 1000, /* so many are entered whatever they cost; beyond them the same
                                       happens when of the budget no more is left than */
    BPMN_STEP_RESERVE = 8,          /* one part in so many, for ending the step in good order */
    BPMN_INSTANCES_MAX = 100000,    /* alive at once in one process instance */
    BPMN_LOOP_MAX = 20000,          /* instances of one multi-instance activity */
    BPMN_VARIABLE_BYTES_MAX = 4 << 20, /* of one variable, encoded: files do not belong in one */
    BPMN_INPUT_BYTES_MAX = 16 << 20,   /* of all variables of one input together */
    BPMN_STATE_BYTES_MAX = 64 << 20,   /* of all variables of a process instance */
    BPMN_VARIABLES_MAX = 250000,       /* in one process instance: a few for each element alive */
    BPMN_INSTRUCTIONS_MAX = 1000,      /* of one modification or activation */
};

enum bpmn_record_kind {
#define RECORD(kind, code, name, what) BPMN_REC_##kind = (code),
#include "bpmn/records.def"
#undef RECORD
};
const char *bpmn_record_name(enum bpmn_record_kind kind); /* "entered" */

enum bpmn_incident {
    BPMN_INCIDENT_NONE = 0,
#define INCIDENT(kind, code, name, type, what) BPMN_INCIDENT_##kind = (code),
#include "bpmn/incidents.def"
#undef INCIDENT
};
const char *bpmn_incident_name(enum bpmn_incident incident); /* "no-flow" */
const char *bpmn_incident_type(enum bpmn_incident incident); /* "CONDITION_ERROR" */

/* The numbers are stored. */
enum bpmn_ending {
    BPMN_ENDING_COMPLETED = 1,
    BPMN_ENDING_TERMINATED = 2, /* a terminate end event */
    BPMN_ENDING_CANCELLED =
        3,                 /* from outside: BPMN_IN_CANCEL, or all taken out by BPMN_IN_MODIFY */
    BPMN_ENDING_ERROR = 4, /* an error or escalation that only the calling process catches */
};

/* As what an instance of a node lives. An activity with a loop has one instance as its body, which
 * stands where the activity stands and carries its boundary events, and in that one for each time
 * it is carried out. The numbers are stored. */
enum bpmn_as {
    BPMN_AS_ELEMENT = 0,
    BPMN_AS_BODY = 1,  /* of a loop or multi-instance activity */
    BPMN_AS_INNER = 2, /* once of a body */
    BPMN_AS_SLOT = 3,  /* in an ad-hoc sub-process: the scope of one activation of an element */
    BPMN_AS_UNDO = 4,  /* a sub-process that completed, opened again to be compensated */
};

/* What a job is for. The numbers are stored. */
enum bpmn_job_kind {
    BPMN_JOB_ELEMENT = 0,
    BPMN_JOB_LISTENER = 1,      /* an execution listener's */
    BPMN_JOB_TASK_LISTENER = 2, /* a task listener's */
    BPMN_JOB_AD_HOC = 3,        /* chooses what an ad-hoc sub-process does next */
    BPMN_JOB_USER_TASK = 4,     /* a user task that is done by a job worker; else as an element's */
};

/* The numbers are stored. */
enum bpmn_closing {
    BPMN_CLOSING_COMPLETE = 1,  /* an ad-hoc sub-process that is fulfilled: completes */
    BPMN_CLOSING_CANCEL = 2,    /* interrupted: its listeners for canceling have still to be done */
    BPMN_CLOSING_TERMINATE = 3, /* a scope with a terminate end event: completes */
};

/* What happened; records.def says which fields each kind fills. Texts and values borrow: from the
 * step's arena and the process, or from the bytes they were decoded from. */
struct bpmn_record {
    enum bpmn_record_kind kind;
    uint8_t code;
    uint32_t instance, scope, node, ref;
    int64_t n;
    struct str name, text;
    struct feel_value value;
};
struct bpmn_records { /* zeroed, with an arena: an empty list */
    struct arena *arena;
    struct bpmn_record *list;
    size_t count, room;
};

/* ---- the state: look, do not touch; it changes only by bpmn_fold() ---- */
/* The numbers are stored. */
enum bpmn_phase {
    BPMN_PHASE_ENTERING = 0,  /* mappings, listeners for the start */
    BPMN_PHASE_LEAVING = 1,   /* mappings, listeners for the end */
    BPMN_PHASE_ACTING = 2,    /* what the element does, after listeners for the start */
    BPMN_PHASE_FINISHING = 3, /* which flows it takes, after listeners for the end */
};
struct bpmn_instance {
    uint32_t id, scope, node; /* scope: the instance around it, 0 for the process */
    uint32_t live;            /* scopes: child instances and tokens in it */
    uint32_t triggered_by;    /* see ENTERED */
    uint32_t counter; /* its number in its body, from 1; of the process see STARTED; else 0 */
    uint32_t rows;    /* its timers, subscriptions and jobs */
    uint8_t as;       /* enum bpmn_as */
    uint8_t closing;  /* enum bpmn_closing, or 0 */
    uint8_t incident; /* enum bpmn_incident */
    uint8_t phase;    /* enum bpmn_phase: where a retry goes on; 0 without incident */
};
struct bpmn_token { /* on a flow; waits at a join, or moves (only within a step) */
    uint32_t scope, flow;
};
struct bpmn_timer_row {
    uint32_t id, instance, node;
    uint32_t def; /* index in the node's event definitions */
    int64_t due_us;
    int64_t armed_us; /* of a cycle: when it began; its moments are counted from here */
    struct str cycle; /* what the model's expression gave then, as bpmn/timer.h reads it; empty:
                         it comes once */
};
struct bpmn_wait {
    uint32_t id, instance, node, def;
    enum bpmn_event event; /* MESSAGE, SIGNAL, CONDITIONAL */
    bool is_true;          /* conditional: as it was when it was looked at last */
    struct str name, key;
};
struct bpmn_job {
    uint32_t id, instance;
    uint8_t kind;      /* enum bpmn_job_kind */
    uint32_t listener; /* listeners: index in the node's listeners */
    int64_t retries;
    struct str type;
    /* who works on it: not the engine's business, but kept with the job */
    uint32_t lease;    /* how often it was taken from a worker that did not answer */
    int64_t free_us;   /* when it can be leased again; 0: now */
    struct str worker; /* that has it; empty: nobody */
};
struct bpmn_task { /* a user task that the engine keeps (not one that is a job) */
    uint32_t instance;
    uint8_t open;    /* 1: it can be worked on; 0: its listeners for creating are not done yet */
    uint8_t pending; /* enum bpmn_listen of the change that waits for its listeners; 0: none */
    struct str outcome, action;   /* of that change */
    struct feel_value attributes; /* assignee, candidateGroups, candidateUsers, dueDate,
                                     followUpDate, priority: a context of those that are set, or
                                     null */
    struct feel_value brought;    /* by that change: see TASK_CHANGING */
    struct feel_value corrected;  /* attributes that its listeners corrected, or null */
};
struct bpmn_loop_row { /* of a body, or of an ad-hoc sub-process that activates one at a time */
    uint32_t instance;
    int64_t total;                         /* -1: not known beforehand */
    uint32_t begun, completed, terminated; /* instances in it */
    struct feel_value items;               /* those of a sequence, else null */
};
struct bpmn_result { /* for an output collection */
    uint32_t instance, place;
    struct feel_value value;
};
struct bpmn_done {                  /* an activity that completed and can be compensated */
    uint32_t instance, node, scope; /* what it was, and where */
    struct feel_value variables;    /* its own, as they were; or null */
};
struct bpmn_undoing {   /* a compensation that runs */
    uint32_t id, waits; /* waits: the instance that goes on after it, or 0 */
    uint32_t scope, node;
    uint32_t at; /* the instance that compensates now, or 0 */
    bool cancels;
};
struct bpmn_variable {
    uint32_t scope; /* an instance */
    struct str name;
    struct feel_value value;
};
#define BPMN_LIST(type)                                                                            \
    struct {                                                                                       \
        type *list;                                                                                \
        uint32_t count, room;                                                                      \
    }
struct bpmn_state {
    struct arena *arena;     /* holds everything below and copies of all texts and values */
    uint32_t last_id;        /* 0: not started */
    enum bpmn_ending ending; /* 0 while it runs */
    uint32_t end_node;       /* of ENDED */
    uint32_t incident_count;
    uint32_t conditions;     /* subscriptions to conditions among waits */
    uint64_t variable_bytes; /* of all variables, about */
    /* all in the order of their ids, tokens in the order of their arrival */
    BPMN_LIST(struct bpmn_instance) instances;
    BPMN_LIST(struct bpmn_token) moving;
    BPMN_LIST(struct bpmn_token) parked;
    BPMN_LIST(struct bpmn_timer_row) timers;
    BPMN_LIST(struct bpmn_wait) waits;
    BPMN_LIST(struct bpmn_job) jobs;
    BPMN_LIST(struct bpmn_variable) variables; /* by scope, then in the order of their arrival */
    BPMN_LIST(struct bpmn_task) tasks;
    BPMN_LIST(struct bpmn_loop_row) loops;
    BPMN_LIST(struct bpmn_result) results;
    BPMN_LIST(struct bpmn_done) done; /* in the order of their completion */
    BPMN_LIST(struct bpmn_undoing) undoing;
    BPMN_LIST(struct bpmn_token)
    spent;                          /* complex gateways that have started and not yet reset: the
                                       flows whose tokens they took */
    BPMN_LIST(uint32_t) stop_after; /* nodes */
};

void bpmn_state_init(struct bpmn_state *state, struct arena *arena);
/* NULL when it is not alive. */
const struct bpmn_instance *bpmn_instance(const struct bpmn_state *state, uint32_t id);
/* The variable as this instance sees it: its own, or that of the nearest scope around it. False
 * when there is none. instance 0 is the same as 1: the process. */
bool bpmn_variable(struct feel_value *out, const struct bpmn_state *state, uint32_t instance,
                   struct str name);
/* Every variable that the instance sees, as one context. */
struct feel_value bpmn_variables(const struct bpmn_state *state, uint32_t instance,
                                 struct arena *arena);

/* Those of the instance's own scope alone; null when it has none. */
struct feel_value bpmn_own_variables(const struct bpmn_state *state, uint32_t instance,
                                     struct arena *arena);

/* Canonical bytes: equal states give equal bytes. */
MUST_USE bool bpmn_state_encode(struct buf *out, const struct bpmn_state *state, struct err *err);
/* ERR_CORRUPT when the bytes were not written by bpmn_state_encode() for this process. Texts borrow
 * from the reader's bytes. */
MUST_USE bool bpmn_state_decode(struct bpmn_state *out, struct bytes_reader *in,
                                const struct bpmn_process *process, struct arena *arena,
                                struct err *err);

/* ---- the world, as far as a step sees it ---- */
/* Variables as the element that asks sees them. */
struct bpmn_view {
    const struct bpmn_state *state;
    uint32_t instance;
    const struct bpmn_env *env;
    const struct bpmn_node *node; /* of the instance; NULL when there is none */
};
/* The variable, or what the data store of that name holds, or what env->lookup says; null when none
 * knows it. */
struct feel_value bpmn_view_get(const struct bpmn_view *view, struct str name, struct arena *arena);

/* What a data store of the process holds. */
struct bpmn_stored {
    struct str id, name; /* of the store */
    struct feel_value value;
};

struct bpmn_decision {
    struct feel_value result;
    struct str trace; /* any bytes; kept in the DECIDED record */
    struct str why;   /* not empty: it failed, and this is the incident's text */
    bool missing;     /* it failed because there is no such decision */
};

struct bpmn_env {
    int64_t now_us;              /* microseconds since 1970-01-01T00:00Z */
    const struct cal_zone *zone; /* the wall clock that now() shows and on which dates without a
                                    zone are read; NULL: UTC */
    const struct feel_calendar *calendars;
    size_t calendar_count;
    void *self; /* handed to the callbacks, which may be NULL */
    /* A name that is no variable: "matter", "clocks", "applicant". False: unknown, so null. */
    bool (*lookup)(struct feel_value *out, void *self, struct str name, struct arena *arena);
    /* What the data stores of the process hold as the step begins; what it writes changes the
     * values here (they live in the step's arena), so that the rest of the step sees it. NULL:
     * nothing is kept beyond the process: then `lookup` is asked for the names of the stores, and
     * writing one is an incident. */
    struct bpmn_stored *stores;
    size_t store_count;
    /* User tasks without <zeebe:userTask/> are jobs of the type BPMN_USER_TASK_JOB. */
    bool user_task_jobs;
    /* Evaluate a decision for a business rule task; its binding stands in view->node. False only
     * for an operating error. */
    bool (*decide)(struct bpmn_decision *out, void *self, struct str decision_id,
                   const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                   struct err *err);
    /* The deployed form of a user task (form), or a resource linked to a service task, by its id
     * and binding: its key, 0 when there is none, which is an incident of the element. False only
     * for an operating error. NULL: names stay names. */
    bool (*find)(int64_t *key_out, void *self, bool form, struct str id,
                 const struct bpmn_bound *bound, struct err *err);
    /* Does the process that called this one catch it? (bpmn_catches() answers for a state.) NULL:
     * nothing called it. Then this process ends with BPMN_ENDING_ERROR (an escalation that is
     * caught without interrupting does not end it), and the caller is given BPMN_IN_CALL_ERROR. */
    bool (*catches)(void *self, enum bpmn_event event, struct str code);
};

struct bpmn_scoped { /* variables for the scope of an element that the input makes or names */
    uint32_t node;   /* 0: of the process */
    struct feel_value variables;
};
struct bpmn_activate {
    uint32_t node;
    uint32_t ancestor; /* modification: the instance in which it is to be made; 0: the only one
                          that fits */
    const struct bpmn_scoped *scoped; /* modification: set in the scopes from the process inwards;
                                         an ad-hoc sub-process: the first one's, for what is
                                         activated */
    size_t scoped_count;
};
struct bpmn_mapped { /* migration: nodes of the old and of the new process */
    uint32_t from, to;
};

enum bpmn_input_kind {
    BPMN_IN_START,       /* begin: name = message name of a message start, or empty; or node = the
                            start event, receive task or event behind an instantiating gateway that
                            fired (def: which of its definitions; all: every one of those that it
                            needs has come), or activate: at these elements;
                            variables; stop_after */
    BPMN_IN_COMPLETE,    /* a person did a user task: id = its instance; outcome; text = action;
                            variables */
    BPMN_IN_JOB_DONE,    /* id = job; variables; of a task listener also denied (text = why) and
                            changes = corrections; of an ad-hoc sub-process activate, fulfilled,
                            cancel_remaining */
    BPMN_IN_JOB_FAIL,    /* id = job; n = retries left, 0 makes an incident; text = why; variables,
                            which stay with the element; until_us: not to be leased before */
    BPMN_IN_JOB_LEASE,   /* id = job; name = worker; until_us; n = 1: a new lease, 0: the worker's
                            lease ends at another time */
    BPMN_IN_JOB_RETRIES, /* id = job; n = retries left, from 1 */
    BPMN_IN_JOB_ERROR,   /* id = job; name = BPMN error code; text = why; variables */
    BPMN_IN_TIMER,       /* id = timer, due at or before env->now_us */
    BPMN_IN_MESSAGE,     /* id = subscription; or 0, and name, key: goes to the oldest subscription
                            that matches; variables */
    BPMN_IN_SIGNAL,     /* name, variables: goes to every subscription that matches, perhaps none */
    BPMN_IN_RETRY,      /* id = an instance with an incident; n = a failed job's new retries (0: as
                           they were set meanwhile, at least 1) */
    BPMN_IN_SET,        /* id = an instance whose scope takes the variables; local: exactly there */
    BPMN_IN_REDUE,      /* evaluate again the date of every timer that has one: a clock was moved */
    BPMN_IN_CALL_DONE,  /* id = a call activity's instance: the called process ended; variables */
    BPMN_IN_CALL_ERROR, /* id likewise; name = code of the BPMN error that ended the called process
                           (n = BPMN_EVENT_ESCALATION: of an escalation); variables */
    BPMN_IN_CANCEL,     /* everything ends here and now */
    BPMN_IN_CALL_FAIL,  /* id likewise; text = why the process cannot be called: an incident */
    BPMN_IN_TASK_ASSIGN, /* id = a user task's instance; changes = {assignee} (null: to nobody);
                            text = action, e.g. "claim"; local: refused when somebody has it */
    BPMN_IN_TASK_UPDATE, /* id likewise; changes = the other attributes to set; text = action */
    BPMN_IN_ACTIVATE,    /* id = an ad-hoc sub-process; activate: elements in it that nothing leads
                            to; cancel_remaining: what runs in it is cancelled first */
    BPMN_IN_FINISH,      /* id likewise: a person says it is done; cancel_remaining */
    BPMN_IN_MODIFY,      /* activate, then terminate: element instances */
    BPMN_IN_MIGRATE,     /* target, mapped: see bpmn_migration_check(). From the record MIGRATED on
                            the records belong to the target */
    BPMN_IN_STORED,      /* name = id of a data store that something else has written: conditions
                            are looked at, and what waits for its data */
};
struct bpmn_input {
    enum bpmn_input_kind kind;
    uint32_t id;
    struct str name, key, outcome, text;
    int64_t n, until_us;
    bool local, all;
    struct feel_value variables; /* a context, or null */
    uint32_t node, def;
    struct feel_value changes; /* attributes of a user task: a context, or null */
    bool denied, fulfilled, cancel_remaining;
    const struct bpmn_activate *activate;
    size_t activate_count;
    const uint32_t *terminate;
    size_t terminate_count;
    const uint32_t *stop_after; /* nodes */
    size_t stop_after_count;
    const struct bpmn_process *target;
    const struct bpmn_mapped *mapped;
    size_t mapped_count;
};

/* Apply one input and run until everything waits or has ended.
 * Shape:    *out's records are appended; the state has them folded in already.
 * Owns:     records borrow from arena, process and input; the state copies what it keeps.
 * Errors:   checked before anything happens, state untouched: ERR_NOT_FOUND (no such instance, job,
 *           timer, or nothing waits for the message), ERR_CONFLICT (already started or ended, timer
 *           not due, the instance does not wait for that), ERR_INVALID (an outcome that the task
 *           does not offer, variables that are no context), ERR_LIMIT for variables that are too
 *           large. Any error from a spent budget or a callback comes in the middle: throw the state
 *           and the records away. A problem of the model is no error but an INCIDENT record.
 * Cost:     no memory but the arenas'; about a microsecond an element without expressions. */
MUST_USE bool bpmn_step(struct bpmn_records *out, struct bpmn_state *state,
                        const struct bpmn_process *process, const struct bpmn_input *input,
                        const struct bpmn_env *env, struct arena *arena, struct budget *budget,
                        struct err *err);

/* Does this condition of a start event hold with those variables, before there is an instance? A
 * condition that names what it watches holds only when one of those is among the variables, or is a
 * data store. */
MUST_USE bool bpmn_start_condition(bool *out, const struct bpmn_process *process,
                                   const struct bpmn_event_def *def, struct feel_value variables,
                                   const struct bpmn_env *env, struct arena *arena,
                                   struct budget *budget, struct err *err);

/* Would the instance (a call activity, say) or something around it catch an error or escalation of
 * that code that comes out of it? */
bool bpmn_catches(const struct bpmn_state *state, const struct bpmn_process *process,
                  uint32_t instance, enum bpmn_event event, struct str code);

/* Can the running instance go on by another version of its process? Every element that is alive
 * has to be mapped to one of the same kind, event and loop, in the scope to which its own scope is
 * mapped; a user task stays a person's or a job; a token that waits at a join needs a flow of the
 * same id to the mapped join. Timers and subscriptions of mapped events are kept as they are, those
 * of others are closed, and those that the target adds are opened. ERR_INVALID with the element and
 * the reason. */
MUST_USE bool bpmn_migration_check(const struct bpmn_state *state,
                                   const struct bpmn_process *process,
                                   const struct bpmn_input *input, struct arena *arena,
                                   struct err *err);

/* The only thing that changes a state. ERR_CORRUPT when the record cannot follow this state. */
MUST_USE bool bpmn_fold(struct bpmn_state *state, const struct bpmn_process *process,
                        const struct bpmn_record *record, struct err *err);

/* One record as canonical bytes, for the case's events. */
MUST_USE bool bpmn_record_encode(struct buf *out, const struct bpmn_record *record,
                                 struct err *err);
MUST_USE bool bpmn_record_decode(struct bpmn_record *out, struct bytes_reader *in,
                                 struct arena *arena, struct err *err);
/* One line for logs and tests: "entered 3 examine", "variable 1 outcome = \"grant\"". */
void bpmn_record_print(struct buf *out, const struct bpmn_process *process,
                       const struct bpmn_record *record);

#endif
