/* slow.h - an interpreter of BPMN processes to check the engine against: written from the text of
 * BPMN 2.0.2 (chapter 13), not from the engine, with plain lists and nothing remembered that can be
 * found out again. Slow on purpose; whoever reads it must see that it is right.
 *
 * Where the standard leaves an order open, both go the same way (doc/bpmn.md, "In what order"):
 * the oldest token moves first; joins go on when no token moves, parallel ones first. */
#ifndef MANDATE_TEST_SLOW_H
#define MANDATE_TEST_SLOW_H

#include "base/buf.h"

/* ---- the model: numbers instead of names ---- */
enum slow_kind {
    S_PROCESS, /* node 0 */
    S_START,
    S_END,
    S_CATCH,
    S_THROW,
    S_BOUNDARY,
    S_TASK,
    S_USER,
    S_SERVICE,
    S_RECEIVE,
    S_CALL,
    S_SCRIPT,
    S_EXCLUSIVE,
    S_PARALLEL,
    S_INCLUSIVE,
    S_EVENT_BASED,
    S_COMPLEX,
    S_SUB,
    S_TRANSACTION,
    S_EVENT_SUB,
    S_AD_HOC,
    S_KINDS
};
enum slow_event {
    E_NONE,
    E_TIMER,
    E_MESSAGE,
    E_SIGNAL,
    E_ERROR,
    E_ESCALATION,
    E_TERMINATE,
    E_LINK,
    E_CONDITION,  /* test */
    E_COMPENSATE, /* thrown: name is the activity, or ANY_CODE: the whole scope */
    E_CANCEL
};
/* When somebody listens: the element waits until they are done. */
enum slow_listen {
    AT_NONE,
    AT_START,
    AT_END,
    AT_CREATING,
    AT_ASSIGNING,
    AT_UPDATING,
    AT_COMPLETING,
    AT_CANCELING,
    LISTENS
};
enum slow_loop { L_NONE, L_STANDARD, L_PARALLEL, L_SEQUENTIAL };
enum slow_test { C_NONE, C_TRUE, C_FALSE, C_EQUAL, C_ABOVE }; /* "v0 = 1", "v0 > 1" */

enum { NODES_MAX = 80, FLOWS_MAX = 160, VARIABLES = 3, ANY_CODE = -1, NO_VALUE = -1 };
enum { DEFS_MAX = 3, FIRST_MAX = 3 };

struct slow_def { /* a further definition of an event */
    enum slow_event event;
    int name, variable, number;
};
struct slow_node {
    enum slow_kind kind;
    int label; /* its number in texts: stays when others go */
    enum slow_event event;
    int name;         /* message 0.. is "M0", signal "S0", error "E0", escalation "C0", link "L0" */
    int parent, host; /* host: of a boundary event */
    bool beside;      /* does not interrupt */
    int fires;        /* of a timer that does not interrupt: how often */
    int set, from;    /* script: v<set> := v<from> + 1, or 7 when from < 0 */
    int local, value; /* input mapping: a variable of its own, or local < 0 */
    int out, out_from;    /* output mapping: v<out> := v<out_from>, or out < 0 */
    int variable, number; /* E_CONDITION, and the condition of a loop: v<variable> = number */
    enum slow_loop loop;
    int times;       /* multi-instance: so often; L_STANDARD: at most */
    int times_from;  /* instead: as v<times_from> says; or < 0 */
    int until;       /* multi-instance: enough when so many completed; 0: no such condition */
    bool before;     /* L_STANDARD: tested before */
    int needs;       /* S_COMPLEX: activationCount >= needs */
    int handler;     /* an activity's compensation handler, or < 0 */
    bool is_handler; /* isForCompensation */
    struct slow_def more[DEFS_MAX - 1]; /* an event: its definitions but the first */
    int more_count;
    bool all_of;        /* parallelMultiple: all of them are needed */
    bool instantiates;  /* S_RECEIVE, S_EVENT_BASED */
    int hears[LISTENS]; /* so many listeners */
    int wants, gives;   /* startQuantity, completionQuantity; 0: one token */
    /* S_AD_HOC: */
    int first[FIRST_MAX],
        first_count; /* the elements that the model chooses; count < 0: it does not */
    bool worker;     /* a job worker chooses */
    bool until_test; /* completionCondition: v<variable> = number */
    bool keeps;      /* cancelRemainingInstances="false" */
    bool in_turn;    /* ordering="Sequential" */
};
/* The nth definition of an event, from 0. */
struct slow_def slow_def(const struct slow_node *node, int nth);
struct slow_flow {
    int from, to;
    enum slow_test test;
    int variable, number;
    bool otherwise; /* the default flow */
    bool link;      /* no sequence flow, but from a throwing link event to its partner */
};
struct slow_model {
    struct slow_node nodes[NODES_MAX];
    struct slow_flow flows[FLOWS_MAX]; /* a node's flows in this order */
    int node_count, flow_count;
};
/* "u3": the id of node 3 in texts. */
void slow_id(char out[8], const struct slow_model *model, int node);
/* The model as a sketch (bpmn/sketch_test.h). */
void slow_print(struct buf *out, const struct slow_model *model);

/* A random model: made of blocks, then perhaps bent. The reader need not accept it. */
uint64_t slow_random(uint64_t *seed);
void slow_make(struct slow_model *out, uint64_t *seed);
/* With everything that the interpreter knows; soundness is compared on the simpler ones. */
void slow_make_all(struct slow_model *out, uint64_t *seed);
/* Another version of the model, as the seed says: moved[old] is the node's new number, or -1. */
void slow_make_version(struct slow_model *out, const struct slow_model *model, uint64_t seed,
                       int moved[NODES_MAX]);
/* Without that node and what is in it or on it, or without that flow; the flows around it joined.
 * moved[old] is the node's new number, or -1. */
void slow_drop_node(struct slow_model *m, int node, int moved[NODES_MAX]);
void slow_drop_flow(struct slow_model *m, int flow);

/* ---- running it ---- */
enum {
    LIVE_MAX = 120,
    TOKENS_MAX = 200,
    SPENT_MAX = 300,
    VALUES_MAX = 200,
    LOG_MAX = 4000,
    WORD_MAX = 40
};

/* An activity that is carried out several times is one element that stands where the activity
 * stands, and one in that for each time. A completed sub-process is opened again to be undone. What
 * is activated in an ad-hoc sub-process stands in a slot of its own. */
enum slow_as { AS_ELEMENT, AS_BODY, AS_INNER, AS_UNDO, AS_SLOT };
/* It takes up nothing new, and is gone when all in it is gone: completed, cancelled, terminated. */
enum slow_closing { C_OPEN, C_COMPLETE, C_CANCEL, C_TERMINATE }; /* only C_COMPLETE still waits */
struct slow_live {                                               /* a live element */
    enum slow_as as;
    int total, begun, completed; /* AS_BODY */
    bool escalated;              /* the called process did, and does so once: slow_check() */
    bool closed;                 /* a transaction that is cancelled: it waits for nothing */
    int id, node, scope;
    int since;        /* when it began to wait for its events; 0: not yet */
    const char *stop; /* the incident it stands at, or NULL */
    bool leaving;     /* the incident came when it was to leave */
    int job;          /* the number of the job that is open for it, or 0 */
    enum slow_closing closing;
    enum slow_listen listen; /* whose jobs it waits for */
    int heard;               /* how many of those are done */
    bool came;               /* an event that has come: it waits for nothing */
    bool interrupted;        /* by an event sub-process */
    bool listened;           /* those at the start are done */
    int variable, value;     /* AT_COMPLETING: what the person brought */
};
struct slow_token {
    int flow, scope, arrived;
};
struct slow_spent { /* the event came and does not come again, or `fired` times by now */
    int owner, node, def, fired, at;
    bool gone;
    int since; /* it waits anew from here on, or 0 */
};
struct slow_value {
    int scope, variable, value;
};
struct slow_done { /* an activity that completed and can be compensated */
    int id, node, scope;
    int own[VARIABLES]; /* its own variables as they were */
    bool has[VARIABLES];
};
struct slow_undo { /* a compensation that runs: of the scope, or of one activity in it (or < 0) */
    int id, waits, scope, node;
    int at; /* what compensates now, or 0 */
    bool cancels;
};
struct slow_gate { /* a complex gateway that started: a flow whose token it took */
    int flow, scope;
};
struct slow_seen { /* a condition that was looked at, and was true */
    int owner, node, def;
};
/* What data would decide, picked instead: the answers to the questions in their order. A node asks
 * once in a step, then it stops at "pick"; a question beyond the answers given has the answer 0. */
enum { QUESTIONS_MAX = 12 };
struct slow_oracle {
    int answers[QUESTIONS_MAX], ways[QUESTIONS_MAX], nodes[QUESTIONS_MAX], given, asked;
};
struct slow_log { /* of the last step */
    char list[LOG_MAX][WORD_MAX];
    int count;
};
struct slow_state {
    const struct slow_model *m;
    int begins, begins_def; /* IN_START_BY: the event that came, and which of its definitions */
    struct slow_log *log;
    struct slow_oracle *oracle;      /* NULL: conditions are evaluated */
    struct slow_live live[LIVE_MAX]; /* [0] is the process; oldest first, all lists */
    struct slow_token tokens[TOKENS_MAX];
    struct slow_spent spent[SPENT_MAX];
    struct slow_value values[VALUES_MAX];
    struct slow_done done[LIVE_MAX];
    struct slow_undo undo[LIVE_MAX];
    struct slow_gate gates[LIVE_MAX];
    struct slow_seen seen[LIVE_MAX];
    int todo[LIVE_MAX];       /* entered, and to act in this order before any token moves */
    int arrived[LIVE_MAX][2]; /* tokens that came to a complex gateway: flow, scope; likewise */
    int live_count, token_count, spent_count, value_count, done_count, undo_count, gate_count,
        seen_count, todo_count, arrived_count, clock, ids;
    const char *ended; /* "completed", ... */
    const char *refused;
    struct slow_model *other; /* IN_MIGRATE: room for the model that goes on */
    int entered;              /* since the last input */
    bool too_much;            /* a limit of this file is reached: throw the history away */
};

enum slow_verb {
    IN_START,
    IN_DO,
    IN_JOB,
    IN_FAIL, /* number: retries left */
    IN_ERROR,
    IN_TIMER,
    IN_MESSAGE,
    IN_SIGNAL,
    IN_RETRY,
    IN_SET,
    IN_CALLED,
    IN_CALL_ERROR,
    IN_CANCEL,
    IN_START_BY, /* node: the event that came, name: which of its definitions */
    IN_ACTIVATE, /* node: an ad-hoc sub-process; other, and name if it is one: elements in it */
    IN_FINISH,   /* likewise; number 1: cancel what runs */
    IN_CHOOSE,   /* its job worker says so */
    IN_FULFIL,
    IN_ASSIGN, /* name: to whom */
    IN_UPDATE,
    IN_DENY,
    IN_BEGIN,    /* node */
    IN_END,      /* node */
    IN_MOVE,     /* from node to other */
    IN_MIGRATE,  /* number: the seed of the other version */
    IN_CONDITION /* only to check soundness: the condition of the event becomes true */
};
struct slow_input {
    enum slow_verb verb;
    int node, nth; /* the nth live instance (timer) of the node, from 1 */
    int name;      /* message, signal, error code */
    int number;    /* retries; of a timer: the time in seconds; IN_CALL_ERROR: 1: an escalation */
    int variable, value; /* brought along, or variable < 0 */
    int other;           /* a second node */
};
/* As a line of a play (bpmn/play_test.h). */
void slow_print_input(struct buf *out, const struct slow_model *model, struct slow_input input);

/* Does this live element wait for the event, for this definition of it? */
bool slow_waits(const struct slow_state *s, int owner, int event);
bool slow_waits_for(const struct slow_state *s, int owner, int event, int def);
/* How many have waited longer for the same message or signal. */
int slow_older(const struct slow_state *s, int owner, int event);
void slow_begin(struct slow_state *s, const struct slow_model *model, struct slow_log *log);
void slow_step(struct slow_state *s, struct slow_input input);
/* Everything that could come now, some of it with variables. */
int slow_inputs(struct slow_input *out, int room, const struct slow_state *s);
/* How the process can begin; and what can be done to it from outside: elements begun and ended. */
int slow_starts(struct slow_input *out, int room, const struct slow_model *model);
bool slow_may_go_over(const struct slow_state *s); /* once */
int slow_changes(struct slow_input *out, int room, const struct slow_state *s);
/* ---- soundness, by looking at every state ---- */
struct slow_sound {
    bool decided; /* within the limits of this file; else nothing is said */
    bool stuck, unbounded;
    bool happened[NODES_MAX], twice[NODES_MAX];
    int states;
};
void slow_check(struct slow_sound *out, const struct slow_model *model);

/* What happened in the last step, sorted: "+u3 -s1 ?u3"; then what stands: "[u3 wait:b4 v0=1]". */
void slow_tell(struct buf *out, const struct slow_state *s);

#endif
