/* process/process.h - a process instance outside of matters: its state, and the one pure function
 * that moves it, as case/case.h does for a case:
 *
 *     process_apply(instance, command, env) -> events (already folded), records, effects
 *
 * The state changes only by process_fold() of an event, so replaying an instance's events gives the
 * same state, byte for byte (process_encode). What is not in the state or its definition comes in
 * with the command or the env: time, and the decisions that rule tasks evaluate. One command
 * touches one instance; what others have to do because of it are its effects, which the caller
 * carries out in the same transaction. */
#ifndef MANDATE_PROCESS_PROCESS_H
#define MANDATE_PROCESS_PROCESS_H

#include "bpmn/bpmn.h"
#include "json/json.h"

struct dmn_model; /* dmn/dmn.h */

enum {
    PROCESS_KEY_BITS = 24,
    PROCESS_LEASE_SHIFT = 55, /* 31 bits of streams below it, 8 of a lease above */
    PROCESS_NUMBERS_MAX = (1 << PROCESS_KEY_BITS) - 1000, /* numbered from both ends; beyond it an
                                                             instance takes no more commands */
    PROCESS_CALLS_MAX = 100,           /* instances in instances by call activities */
    PROCESS_TIMERS_MAX = 1000,         /* fired by one tick; a cycle that fell behind fires the rest
                                          at the next */
    PROCESS_MOVED_BYTES_MAX = 8 << 20, /* the records of one command */
    PROCESS_TEXT_BYTES_MAX = 10000,    /* of an error's message */
};

/* Keys: a number of a stream. n = 0 is the stream itself, 1 the instance's root element. */
static inline int64_t process_key(uint64_t stream, uint32_t n) {
    return (int64_t)(stream << PROCESS_KEY_BITS | n);
}
/* A job's key as a worker gets it says under which lease: a program sends nothing but the key, so a
 * worker that comes late is known by it. lease: bpmn_job.lease; it comes round after 256. */
static inline int64_t process_key_leased(int64_t key, uint64_t lease) {
    return (int64_t)((uint64_t)key | (lease & 255) << PROCESS_LEASE_SHIFT);
}
static inline uint8_t process_key_lease(int64_t key) {
    return (uint8_t)((uint64_t)key >> PROCESS_LEASE_SHIFT);
}
static inline uint64_t process_key_stream(int64_t key) {
    uint64_t plain = (uint64_t)key & ((UINT64_C(1) << PROCESS_LEASE_SHIFT) - 1);
    return plain >> PROCESS_KEY_BITS;
}
static inline uint32_t process_key_n(int64_t key) {
    return (uint32_t)((uint64_t)key & ((1U << PROCESS_KEY_BITS) - 1));
}
/* Incidents, variables and evaluated decisions are numbered from the top, in the order of their
 * records. minor: from 1. */
static inline uint32_t process_minor(uint32_t minor) {
    return (1U << PROCESS_KEY_BITS) - minor;
}

/* ---- events ---------------------------------------------------------------------------------- */

enum process_event_kind {
#define EVENT(kind, code, zh, en, what) PROCESS_EVENT_##kind = (code),
#include "process/events.def"
#undef EVENT
};

/* Borrows every text. */
struct process_event {
    enum process_event_kind kind;
    uint64_t seq; /* within the instance, from 1 */
    int64_t at_us;
    uint64_t account; /* who acted; 0: the service itself */
    uint32_t id, minor;
    int64_t n;
    struct str name, text, data;
    struct str records; /* bpmn records, one after the other */
};
void process_event_encode(struct buf *out, const struct process_event *event);
/* ERR_CORRUPT when the bytes are not exactly one event. Texts borrow from bytes. */
MUST_USE bool process_event_decode(struct process_event *out, struct str bytes, struct err *err);
struct str process_event_name(enum process_event_kind kind); /* "process_created": in the log */
struct str process_event_title(enum process_event_kind kind, enum lang lang);
/* The records of an event. They borrow from it. */
MUST_USE bool process_records(struct bpmn_records *out, const struct process_event *event,
                              struct arena *arena, struct err *err);

/* What a created event's data says. */
struct process_origin {
    int64_t definition;     /* key */
    int64_t parent_element; /* key of the calling element instance; 0: none */
    int64_t root;           /* key of the instance at the top; 0: this one */
    struct str started_by, tags_json;
};
/* ERR_CORRUPT. */
MUST_USE bool process_origin_read(struct process_origin *out, const struct process_event *event,
                                  struct arena *arena, struct err *err);

/* ---- the state: look, do not touch ----------------------------------------------------------- */

struct process_instance {
    struct arena *arena;
    const struct bpmn_process *process; /* outlives the instance */
    const struct bpmn_process *target;  /* the one that the next `migrated` leads to, or NULL */
    uint64_t stream, event_count;
    struct process_origin origin;
    struct bpmn_state *flow;
    uint32_t minor; /* numbered from the top so far */
    int64_t started_us, ended_us;
    int64_t wake_us; /* when a timer is due; 0: never */
};

/* An empty state, to be filled by folding `created` or by process_decode(). */
struct process_instance *process_create(struct arena *arena, const struct bpmn_process *process,
                                        uint64_t stream);
/* Fold one event. Before `migrated` (event->n: the key of its new definition) p->target must be
 * set. ERR_CORRUPT when it cannot have happened in this state. */
MUST_USE bool process_fold(struct process_instance *p, const struct process_event *event,
                           struct err *err);
MUST_USE bool process_encode(struct buf *out, const struct process_instance *p, struct err *err);
/* The definition that encoded bytes belong to; 0 when they are none. */
int64_t process_encoded_definition(struct str bytes);
MUST_USE bool process_decode(struct process_instance **out, struct str bytes, struct arena *arena,
                             const struct bpmn_process *process, uint64_t stream, struct err *err);
const struct bpmn_job *process_job(const struct bpmn_state *flow, uint32_t id);   /* or NULL */
const struct bpmn_task *process_task(const struct bpmn_state *flow, uint32_t id); /* or NULL */

/* ---- attributes of user tasks ---------------------------------------------------------------- */

enum {
    PROCESS_HAS_DUE = 1,
    PROCESS_HAS_FOLLOW_UP = 2,
    PROCESS_HAS_GROUPS = 4,
    PROCESS_HAS_USERS = 8,
    PROCESS_HAS_PRIORITY = 16,
    PROCESS_HAS_ASSIGNEE = 32,
    PROCESS_PRIORITY_DEFAULT = 50
};
struct process_attributes {
    unsigned has;                 /* which the context has; the others are the defaults */
    int64_t due_us, follow_up_us; /* 0: none */
    int64_t priority;
    struct str groups_json, users_json; /* lists of texts, or empty */
    struct str assignee;
};
/* From a context of them as the engine has it: dates as values or texts, names as a list or as one
 * text with commas. A null value clears. */
struct process_attributes process_attributes_of(struct feel_value context, struct arena *arena);

/* ---- commands -------------------------------------------------------------------------------- */

enum process_command_kind {
    PROCESS_CREATE,        /* origin, name (message of a message start) or node (start event that
                              fired; def, all: see BPMN_IN_START), activate, stop_after, variables */
    PROCESS_JOB_ACTIVATE,  /* id, name = worker, until_us */
    PROCESS_JOB_COMPLETE,  /* id, name = worker or empty, variables; job */
    PROCESS_JOB_FAIL,      /* id, name = worker, n = retries left, text, until_us, variables */
    PROCESS_JOB_THROW,     /* id, code = error code, name = worker, text, variables */
    PROCESS_JOB_UPDATE,    /* id, n = retries (0: as they are), until_us (0: as it is) */
    PROCESS_TASK_ASSIGN,   /* id, changes = {assignee}, allow_override, text = action */
    PROCESS_TASK_UPDATE,   /* id, changes, text = action */
    PROCESS_TASK_COMPLETE, /* id, variables, text = action */
    PROCESS_TASK_LOOK,     /* id: what it sees is shown to the account; nothing else happens */
    PROCESS_MESSAGE,       /* id = subscription, name, text = correlation key, n = key, variables */
    PROCESS_SIGNAL,        /* name, n = key, variables */
    PROCESS_SET,           /* id, variables, local */
    PROCESS_RESOLVE,       /* id = the element instance with the incident */
    PROCESS_CALL_DONE,     /* id = call activity, n = key of the called, variables */
    PROCESS_CALL_ERROR,    /* likewise; code; event = BPMN_EVENT_ERROR or _ESCALATION */
    PROCESS_CALL_FAIL,     /* id = call activity, text: the called cannot be started */
    PROCESS_CANCEL,
    PROCESS_MODIFY,   /* activate, terminate */
    PROCESS_MIGRATE,  /* n = key of the target's definition, target, mapped */
    PROCESS_ACTIVATE, /* id = ad-hoc sub-process, activate, cancel_remaining */
    PROCESS_STORED,   /* name = id of a data store that another instance has written */
    PROCESS_TICK      /* fires the timers that are due at now */
};

struct process_job_result { /* of a listener's or an ad-hoc sub-process' job */
    bool denied, fulfilled, cancel_remaining;
    struct str why;            /* of a denial */
    struct feel_value changes; /* corrections */
};

/* Only the fields that the kind names are read. */
struct process_command {
    enum process_command_kind kind;
    uint64_t account;
    uint32_t id, node, def;
    bool all;      /* def, all: see BPMN_IN_START */
    uint8_t lease; /* of the jobs' answers: process_key_lease() */
    int64_t n, until_us;
    struct str name, code, text;
    bool local, allow_override, cancel_remaining;
    enum bpmn_event event;
    struct feel_value variables, changes; /* contexts, or null */
    const struct process_origin *origin;
    const struct process_job_result *job;
    const struct bpmn_activate *activate;
    size_t activate_count;
    const uint32_t *terminate, *stop_after;
    size_t terminate_count, stop_after_count;
    const struct bpmn_process *target;
    const struct bpmn_mapped *mapped;
    size_t mapped_count;
};

/* May this command about a job be taken now? The lease decides. ERR_NOT_FOUND, ERR_CONFLICT. */
MUST_USE bool process_job_check(const struct bpmn_job **out, const struct bpmn_state *flow,
                                const struct process_command *command, int64_t now_us,
                                struct err *err);

/* A decision as it was found for a rule task. */
struct process_decision {
    const struct dmn_model *model;    /* NULL: there is none */
    int64_t definition, requirements; /* keys */
};
struct dmn_trace;
/* Append what is kept of an evaluation: {"definition", "requirements", "steps": the trace}. */
MUST_USE bool process_trace_text(struct buf *out, int64_t definition, int64_t requirements,
                                 const struct dmn_trace *trace, struct err *err);
struct process_env {
    int64_t now_us;
    const struct cal_zone *zone;
    void *ctx;
    /* The decision that the node asks for. False only for an operating error; what it gives lives
     * as long as the command runs. */
    bool (*find_decision)(struct process_decision *out, void *ctx, struct str id,
                          const struct bpmn_bound *bound, struct err *err);
    /* The newest, or that of the binding; 0: there is none. As find_decision else. */
    bool (*find_resource)(int64_t *key_out, void *ctx, bool form, struct str id,
                          const struct bpmn_bound *bound, struct err *err);
    /* Of the process's data stores, in the command's arena; the command changes what it writes. */
    struct bpmn_stored *stores;
    size_t store_count;
    /* See struct bpmn_env; NULL: nothing called the instance. */
    bool (*catches)(void *ctx, enum bpmn_event event, struct str code);
};

/* What others have to do because of it, in the order in which it came. */
enum process_effect_kind {
    PROCESS_EFFECT_CALL,      /* start: id = call activity, node, name = process id, variables */
    PROCESS_EFFECT_UNCALL,    /* a call activity was interrupted: cancel what it called: id */
    PROCESS_EFFECT_SIGNAL,    /* for everybody else: name, variables */
    PROCESS_EFFECT_MESSAGE,   /* publish: name, key, variables */
    PROCESS_EFFECT_WAIT,      /* a message is awaited: id = subscription, name, key */
    PROCESS_EFFECT_JOB,       /* there is work: name = type */
    PROCESS_EFFECT_STORED,    /* a data store holds this: name = its id, variables = the value */
    PROCESS_EFFECT_ENDED,     /* completed: variables, all of the instance's */
    PROCESS_EFFECT_CANCELLED, /* it was terminated */
    PROCESS_EFFECT_ERROR,     /* it ended by an error that its caller catches: name, variables */
    PROCESS_EFFECT_ESCALATED, /* it goes on; its caller catches the escalation: name, variables */
    /* A change of a user task that has listeners: whoever ordered it may wait for them. */
    PROCESS_EFFECT_TASK_DONE,   /* id = the task: changed or completed as it was ordered */
    PROCESS_EFFECT_TASK_DENIED, /* id; text = why */
    PROCESS_EFFECT_TASK_GONE    /* id: it is cancelled, and the change with it */
};
struct process_effect {
    enum process_effect_kind kind;
    uint32_t id, node;
    struct str name, key, text;
    struct feel_value variables;
};
struct process_effects { /* zeroed, with an arena: an empty list */
    struct arena *arena;
    struct process_effect *list;
    size_t count, room;
};
/* From records of any stream, also of a case. state: after them. */
void process_effects_of(struct process_effects *out, const struct bpmn_process *process,
                        const struct bpmn_state *state, const struct bpmn_records *records);

struct process_result {
    struct process_event event;  /* kind 0: nothing happened */
    struct bpmn_records records; /* those of the event */
    struct process_effects effects;
};

/* Run one command. Lists live in arena. On error nothing happened, but the state must be thrown
 * away (it may be half moved). Errors:
 *   ERR_NOT_FOUND no such job, task, element instance; nothing waits for that message;
 *   ERR_CONFLICT  the instance has ended, the job is leased to another worker or is stopped by an
 *                 incident, the task is assigned;
 *   ERR_INVALID   variables that are no context; ERR_LIMIT. */
MUST_USE bool process_apply(struct process_result *out, struct process_instance *p,
                            const struct process_command *command, const struct process_env *env,
                            struct arena *arena, struct budget *budget, struct err *err);

#endif
