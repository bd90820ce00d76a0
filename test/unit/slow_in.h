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
void cancel(struct slow_state *s, int id);
void stop(struct slow_state *s, int id, const char *why, bool leaving);
void trigger(struct slow_state *s, int owner, int event, struct slow_input input);
int token_on(const struct slow_state *s, int flow, int scope); /* the oldest; NOTHING */
void join(struct slow_state *s, int node, int scope);
int in_count(const struct slow_state *s, int node);
/* The oracle's answer, below ways; `otherwise` when the node has asked already. */
int ask(struct slow_state *s, int node, int ways, int otherwise);

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
