/* Compensation and transactions (BPMN 2.0.2: 13.5.5, 10.7): what completed is undone, the last
 * first. An activity is undone by its handler; a sub-process by opening it again and undoing what
 * completed in it. */
#include "slow_in.h"

#include <assert.h>

static bool has_done(const struct slow_state *s, int scope) {
    for (int i = 0; i < s->done_count; i++)
        if (s->done[i].scope == scope)
            return true;
    return false;
}

static void remove_done(struct slow_state *s, int place) {
    s->done_count--;
    for (int i = place; i < s->done_count; i++)
        s->done[i] = s->done[i + 1];
}

static void remove_undo(struct slow_state *s, int place) {
    s->undo_count--;
    for (int i = place; i < s->undo_count; i++)
        s->undo[i] = s->undo[i + 1];
}

/* What an ad-hoc sub-process's activation holds belongs to the sub-process. */
static int scope_of(const struct slow_state *s, int scope) {
    const struct slow_live *me = &s->live[place_of(s, scope)];
    return me->as == AS_SLOT ? me->scope : scope;
}

void remember(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    const struct slow_node *n = node_at(s, me.node);
    if (!acts(&me) || n->is_handler || (n->handler < 0 && !(is_scope(n->kind) && has_done(s, id))))
        return;
    if (s->done_count == LIVE_MAX) {
        s->too_much = true;
        return;
    }
    struct slow_done *done = &s->done[s->done_count++];
    *done = (struct slow_done){.id = id, .node = me.node, .scope = scope_of(s, me.scope)};
    for (int v = 0; v < VARIABLES; v++)
        done->has[v] = has_own(s, id, v, &done->own[v]);
}

static void forget_in(struct slow_state *s, int scope) {
    for (int i = s->done_count - 1; i >= 0; i--)
        if (i < s->done_count && s->done[i].scope == scope) {
            int id = s->done[i].id;
            remove_done(s, i);
            forget_in(s, id);
        }
}

/* It lives no more. What completed in it stays with it if it can be compensated itself; that of one
 * carried out several times belongs to what is around it; all else is forgotten. */
void forget(struct slow_state *s, const struct slow_live *live, bool completed) {
    bool own = false;
    for (int i = s->undo_count - 1; i >= 0; i--) {
        if (s->undo[i].at == live->id)
            s->undo[i].at = 0;
        if (s->undo[i].scope == live->id || s->undo[i].waits == live->id)
            remove_undo(s, i);
    }
    for (int i = 0; i < s->done_count; i++)
        own = own || s->done[i].id == live->id;
    if (completed && live->as == AS_BODY) {
        for (int i = 0; i < s->done_count; i++)
            if (s->done[i].scope == live->id)
                s->done[i].scope = scope_of(s, live->scope);
    } else if (!completed || !own) {
        forget_in(s, live->id);
    }
}

static void begin(struct slow_state *s, struct slow_undo row) {
    row.id = ++s->ids;
    if (s->undo_count == LIVE_MAX)
        s->too_much = true;
    else
        s->undo[s->undo_count++] = row;
}

/* In the scope of the activity that it names, if that is around it; else in the nearest scope, and
 * an event sub-process works for what it stands in. */
void throw_compensation(struct slow_state *s, int id) {
    int activity = node_at(s, live_at(s, id)->node)->name;
    for (int at = live_at(s, id)->scope; at != 0; at = live_at(s, at)->scope) {
        struct slow_live here = *live_at(s, at);
        bool handler = node_at(s, here.node)->kind == S_EVENT_SUB && here.as != AS_UNDO;
        if (here.as == AS_BODY || here.as == AS_SLOT)
            continue;
        if (activity == ANY_CODE ? handler : here.node != node_at(s, activity)->parent)
            continue;
        begin(s, (struct slow_undo){.waits = id, .scope = at, .node = activity});
        return;
    }
    leave(s, id);
}

/* 10.3.5: everything in the transaction ends, what completed is undone, then it is left by its
 * cancel event. */
void throw_cancel(struct slow_state *s, int id) {
    int at = live_at(s, id)->scope, node = live_at(s, id)->node;
    while (at != 0 &&
           (node_at(s, live_at(s, at)->node)->kind != S_TRANSACTION || !acts(live_at(s, at))))
        at = live_at(s, at)->scope;
    assert(at != 0);
    say(s, "throw:");
    say_node(s, "-", node);
    remove_live(s, id, true);
    live_at(s, at)->closed = true;
    empty(s, at);
    begin(s, (struct slow_undo){.waits = at, .scope = at, .node = ANY_CODE, .cancels = true});
}

static void restore(struct slow_state *s, int id, const struct slow_done *done) {
    for (int v = 0; v < VARIABLES; v++)
        if (done->has[v])
            set_in(s, id, v, done->own[v]);
}

/* The one compensation undoes this completed activity. */
static void undo(struct slow_state *s, int row, int place) {
    struct slow_done done = s->done[place];
    const struct slow_node *n = node_at(s, done.node);
    int scope = s->undo[row].scope;
    bool opens = n->handler < 0 || node_at(s, n->handler)->kind == S_EVENT_SUB;
    enum slow_as as = opens                                    ? AS_UNDO
                      : node_at(s, n->handler)->loop != L_NONE ? AS_BODY
                                                               : AS_ELEMENT;
    int id = enter(s, opens ? done.node : n->handler, scope, as);
    if (id == NOTHING)
        return;
    s->undo[row].at = id;
    remove_done(s, place);
    for (int i = 0; i < s->done_count; i++)
        if (s->done[i].scope == done.id)
            s->done[i].scope = id;
    restore(s, id, &done);
    if (!opens) {
        act_later(s, id);
    } else if (n->handler < 0) {
        begin(s, (struct slow_undo){.waits = id, .scope = id, .node = ANY_CODE});
    } else {
        int sub = enter(s, n->handler, id, AS_ELEMENT);
        for (int i = 1; i < s->m->node_count && sub != NOTHING; i++)
            if (node_at(s, i)->kind == S_START && node_at(s, i)->parent == n->handler)
                (void)enter(s, i, sub, AS_ELEMENT);
        act_later(s, sub);
    }
}

static void leave_transaction(struct slow_state *s, int id) {
    struct slow_live me = *live_at(s, id);
    int host = me.as == AS_INNER ? me.scope : id;
    int around = live_at(s, host)->scope;
    for (int n = 1; n < s->m->node_count; n++)
        if (node_at(s, n)->kind == S_BOUNDARY && node_at(s, n)->host == me.node &&
            node_at(s, n)->event == E_CANCEL) {
            trigger(s, host, n, (struct slow_input){.variable = NO_VALUE});
            return;
        }
    cancel(s, host);
    gone(s, around);
}

bool go_on_undoing(struct slow_state *s, int scope) {
    for (int i = 0; i < s->undo_count; i++) {
        struct slow_undo row = s->undo[i];
        if (row.at != 0 || (scope != 0 && row.scope != scope))
            continue;
        for (int d = s->done_count - 1; d >= 0; d--)
            if (s->done[d].scope == row.scope && s->done[d].id < row.id &&
                (row.node == ANY_CODE || row.node == s->done[d].node)) {
                undo(s, i, d);
                return true;
            }
        remove_undo(s, i);
        if (row.cancels)
            leave_transaction(s, row.waits);
        else if (live_at(s, row.waits)->as == AS_UNDO)
            gone(s, row.waits);
        else
            leave(s, row.waits);
        return true;
    }
    return false;
}
