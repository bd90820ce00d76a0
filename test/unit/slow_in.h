/* slow_in.h - what the files of the slow interpreter share. */
#ifndef MANDATE_TEST_SLOW_IN_H
#define MANDATE_TEST_SLOW_IN_H

#include "slow.h"

enum { NOTHING = -1 };

void say(struct slow_state *s, const char *format, ...) PRINTF_LIKE(2, 3);
void say_node(struct slow_state *s, const char *what, int node); /* "+u3" */
const struct slow_node *node_at(const struct slow_state *s, int node);
int place_of(const struct slow_state *s, int id); /* in live; NOTHING when it lives no more */
struct slow_live *live_at(struct slow_state *s, int id);
bool acts(const struct slow_live *live); /* does the node's own work */
void begin_by(struct slow_state *s, int node, int def);
void settle(struct slow_state *s);
bool is_scope(enum slow_kind kind);
int get(const struct slow_state *s, int id, int variable);
void set_in(struct slow_state *s, int scope, int variable, int value);
bool has_own(const struct slow_state *s, int scope, int variable, int *out);

int enter(struct slow_state *s, int node, int scope, enum slow_as as);
void act_later(struct slow_state *s, int id);
void execute(struct slow_state *s, int id);
void leave(struct slow_state *s, int id);  /* its mappings, then finish() */
void finish(struct slow_state *s, int id); /* its flows; it is gone */
void remove_live(struct slow_state *s, int id, bool completed);
void gone(struct slow_state *s, int scope); /* something in it is gone: does it complete? */
void empty(struct slow_state *s, int scope);
void end(struct slow_state *s, const char *how);
void open_scope(struct slow_state *s, int id);
void act(struct slow_state *s, int id); /* what execute() does after mappings and listeners */
void add_job(struct slow_state *s, int id, const char *word);
void bring(struct slow_state *s, int id, struct slow_input input);
void set_outwards(struct slow_state *s, int id, int variable, int value);
enum slow_as as_of(const struct slow_node *n);
bool has_any(const struct slow_state *s, int scope); /* something lives in it, or a token */
void cancel(struct slow_state *s, int id);
void stop(struct slow_state *s, int id, const char *why, bool leaving);
void trigger(struct slow_state *s, int owner, int event, struct slow_input input);
void put_token(struct slow_state *s, int flow, int scope);
void remove_token(struct slow_state *s, int place);
int token_on(const struct slow_state *s, int flow, int scope); /* the oldest; NOTHING */
void join(struct slow_state *s, int node, int scope);
int in_count(const struct slow_state *s, int node);
/* The oracle's answer, below ways; `otherwise` when the node has asked already. */
int ask(struct slow_state *s, int node, int ways, int otherwise);

/* ---- slow_event.c ---- */
void open_handler(struct slow_state *s, int id);
bool handlers_open(const struct slow_state *s, int scope);
struct what {
    int event, def;
};
struct sought {
    enum slow_event kind;
    int name, after, until; /* it waits since then */
};
struct slow_spent *spent_of(struct slow_state *s, int owner, int event, int def);
int since_of(const struct slow_state *s, int place, struct what what);
int find_waiting(struct what *what, const struct slow_state *s, struct sought sought);
void happen(struct slow_state *s, int owner, struct what what, const char *how,
            struct slow_input input);
bool has_event(const struct slow_node *n, enum slow_event event);
bool throw_at(struct slow_state *s, int from, enum slow_event event, int code,
              struct slow_input input);
void throw_event(struct slow_state *s, int id);
/* ---- slow_listen.c ---- */
bool ask_listeners(struct slow_state *s, int id, enum slow_listen when); /* false: nobody listens */
void heard(struct slow_state *s, int id, struct slow_input input);
const char *incident_of_job(const struct slow_state *s, int id);
/* ---- slow_ad_hoc.c ---- */
void open_ad_hoc(struct slow_state *s, int id);
void close_ad_hoc(struct slow_state *s, int id); /* it takes up nothing new */
void slot_done(struct slow_state *s, int slot);
void ad_hoc_empty(struct slow_state *s, int id); /* nothing is left in it */
void activate(struct slow_state *s, int id, int element, struct slow_input input);
bool may_go_on(const struct slow_state *s, int id); /* more can be activated in it */
bool takes_up(const struct slow_state *s, int id);
bool can_begin(const struct slow_state *s, int ad_hoc, int node);
void direct_ad_hoc(struct slow_state *s, int id, struct slow_input input);
/* ---- slow_modify.c ---- */
void modify(struct slow_state *s, int id, struct slow_input input);
bool may_begin(const struct slow_state *s, int node);
bool may_end(const struct slow_state *s, int id);
void migrate(struct slow_state *s, struct slow_input input);

/* A complex gateway looks at its tokens when its turn comes: token_came(). */
void token_is_there(struct slow_state *s, int flow, int scope);

/* ---- slow_loop.c ---- */
void open_body(struct slow_state *s, int body);
void inner_done(struct slow_state *s, int inner);
void next_of_body(struct slow_state *s, int body);
/* ---- slow_undo.c ---- */
void remember(struct slow_state *s, int id); /* it completes: can it be compensated later? */
void forget(struct slow_state *s, const struct slow_live *live, bool completed);
void throw_compensation(struct slow_state *s, int id);
void throw_cancel(struct slow_state *s, int id);
bool go_on_undoing(struct slow_state *s, int scope); /* 0: anywhere. False: there is nothing */
/* ---- slow_gate.c ---- */
bool holds_up(const struct slow_state *s, int at, int gateway, int scope);
bool nothing_comes(const struct slow_state *s, int gateway, int scope);
bool go_on_inclusive(struct slow_state *s);
bool go_on_parallel(struct slow_state *s);
void token_came(struct slow_state *s, int flow, int scope); /* to a complex gateway */
bool has_started(const struct slow_state *s, int gateway, int scope);
bool reset_gate(struct slow_state *s, int scope); /* 0: anywhere */
bool is_join(const struct slow_state *s, int node);

#endif
