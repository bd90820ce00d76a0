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
    BPMN_STEP_ELEMENTS_MAX = 10000,    /* entered in one step without waiting; beyond it each token
                                          that still moves becomes an incident (a model that loops).
                                          The longest lawful procedure enters about 30 at once */
    BPMN_INSTANCES_MAX = 100000,       /* alive at once in one process instance */
    BPMN_VARIABLE_BYTES_MAX = 4 << 20, /* of one variable, encoded: files do not belong in one */
    BPMN_VARIABLES_MAX = 10000,        /* in one process instance */
};

enum bpmn_record_kind {
#define RECORD(kind, code, name, what) BPMN_REC_##kind = (code),
#include "bpmn/records.def"
#undef RECORD
};
const char *bpmn_record_name(enum bpmn_record_kind kind); /* "entered" */

enum bpmn_incident {
    BPMN_INCIDENT_NONE = 0,
#define INCIDENT(kind, code, name, what) BPMN_INCIDENT_##kind = (code),
#include "bpmn/incidents.def"
#undef INCIDENT
};
const char *bpmn_incident_name(enum bpmn_incident incident); /* "no-flow" */

/* The numbers are stored. */
enum bpmn_ending {
    BPMN_ENDING_COMPLETED = 1,
    BPMN_ENDING_TERMINATED = 2, /* a terminate end event */
    BPMN_ENDING_CANCELLED = 3,  /* from outside: BPMN_IN_CANCEL */
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
enum bpmn_phase { BPMN_PHASE_ENTERING = 0, BPMN_PHASE_LEAVING = 1 };
struct bpmn_instance {
    uint32_t id, scope, node; /* scope: the instance around it, 0 for the process */
    uint32_t live;            /* scopes: child instances and tokens in it */
    uint32_t triggered_by;    /* see ENTERED */
    uint8_t incident;         /* enum bpmn_incident */
    uint8_t phase;            /* enum bpmn_phase: where a retry goes on; 0 without incident */
};
struct bpmn_token { /* on a flow; waits at a join, or moves (only within a step) */
    uint32_t scope, flow;
};
struct bpmn_timer_row {
    uint32_t id, instance, node;
    uint8_t left; /* repetitions; 255 for ever */
    int64_t due_us;
};
struct bpmn_wait {
    uint32_t id, instance, node;
    enum bpmn_event event;
    struct str name, key;
};
struct bpmn_job {
    uint32_t id, instance;
    int64_t retries;
    struct str type;
    /* who works on it: not the engine's business, but kept with the job */
    uint32_t lease;    /* how often it was leased */
    int64_t free_us;   /* when it can be leased again; 0: now */
    struct str worker; /* that has it; empty: nobody */
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
    /* all in the order of their ids, tokens in the order of their arrival */
    BPMN_LIST(struct bpmn_instance) instances;
    BPMN_LIST(struct bpmn_token) moving;
    BPMN_LIST(struct bpmn_token) parked;
    BPMN_LIST(struct bpmn_timer_row) timers;
    BPMN_LIST(struct bpmn_wait) waits;
    BPMN_LIST(struct bpmn_job) jobs;
    BPMN_LIST(struct bpmn_variable) variables;
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
};
/* The variable, or what env->lookup says; null when neither knows it. */
struct feel_value bpmn_view_get(const struct bpmn_view *view, struct str name, struct arena *arena);

struct bpmn_decision {
    struct feel_value result;
    struct str trace; /* any bytes; kept in the DECIDED record */
    struct str why;   /* not empty: it failed, and this is the incident's text */
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
    /* Evaluate a decision for a business rule task. False only for an operating error. */
    bool (*decide)(struct bpmn_decision *out, void *self, struct str decision_id,
                   const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                   struct err *err);
};

enum bpmn_input_kind {
    BPMN_IN_START,       /* begin: name = message name of a message start, or empty; variables */
    BPMN_IN_COMPLETE,    /* a person did a user task: id = its instance; outcome; variables */
    BPMN_IN_JOB_DONE,    /* id = job; variables */
    BPMN_IN_JOB_FAIL,    /* id = job; n = retries left, 0 makes an incident; text = why; variables,
                            which stay with the element; until_us: not to be leased before */
    BPMN_IN_JOB_LEASE,   /* id = job; name = worker; until_us; n = 1: a new lease, 0: the worker's
                            lease ends at another time */
    BPMN_IN_JOB_RETRIES, /* id = job; n = retries left, from 1 */
    BPMN_IN_JOB_ERROR,   /* id = job; name = BPMN error code; text = why; variables */
    BPMN_IN_TIMER,       /* id = timer, due at or before env->now_us */
    BPMN_IN_MESSAGE,     /* name, key, variables: goes to the oldest subscription that matches */
    BPMN_IN_SIGNAL,     /* name, variables: goes to every subscription that matches, perhaps none */
    BPMN_IN_RETRY,      /* id = an instance with an incident; n = a failed job's new retries */
    BPMN_IN_SET,        /* id = an instance whose scope takes the variables; local: exactly there */
    BPMN_IN_REDUE,      /* evaluate again the date of every timer that has one: a clock was moved */
    BPMN_IN_CALL_DONE,  /* id = a call activity's instance: the called process ended; variables */
    BPMN_IN_CALL_ERROR, /* id likewise; name = BPMN error code that ended the called process */
    BPMN_IN_CANCEL,     /* everything ends here and now */
};
struct bpmn_input {
    enum bpmn_input_kind kind;
    uint32_t id;
    struct str name, key, outcome, text;
    int64_t n, until_us;
    bool local;
    struct feel_value variables; /* a context, or null */
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
