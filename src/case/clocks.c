/* The statutory clocks of a case: which limit of the matter each one counts, and who is told when
 * one is breached. The counting itself is law/. */
#include "case/inner.h"

static struct law_time time_of(const struct case_file *state) {
    return (struct law_time){state->pack->calendar, state->pack->timezone};
}

static struct case_clock *clock_of(struct case_file *state, struct str id) {
    for (size_t i = 0; i < state->clock_count; i++)
        if (str_eq(state->clocks[i].limit->id, id))
            return &state->clocks[i];
    return NULL;
}

static struct case_clock *clock_need(struct case_file *state, struct str id, struct err *err) {
    struct case_clock *clock = clock_of(state, id);
    if (clock != NULL)
        return clock;
    const struct law_limit *limit = pack_limit(state->matter, id);
    if (limit == NULL || state->clock_count == CASE_CLOCKS_MAX) {
        err_set(err, ERR_CORRUPT, err_nowhere, "the case's history is broken: no limit '%.*s'",
                STR_ARG(id));
        return NULL;
    }
    clock = &state->clocks[state->clock_count++];
    *clock = (struct case_clock){.limit = limit};
    return clock;
}

static struct str clock_id_of(const struct case_event *event) {
    switch (event->kind) {
    case CASE_EVENT_clock_started: return event->as.clock_started.clock;
    case CASE_EVENT_clock_suspended: return event->as.clock_suspended.clock;
    case CASE_EVENT_clock_resumed: return event->as.clock_resumed.clock;
    case CASE_EVENT_clock_extended: return event->as.clock_extended.clock;
    case CASE_EVENT_clock_stopped: return event->as.clock_stopped.clock;
    default: return event->as.clock_breached.clock;
    }
}

/* The due time that the event recorded; 0 for kinds that move none. */
static int64_t due_of(const struct case_event *event) {
    switch (event->kind) {
    case CASE_EVENT_clock_started: return event->as.clock_started.due_us;
    case CASE_EVENT_clock_resumed: return event->as.clock_resumed.due_us;
    case CASE_EVENT_clock_extended: return event->as.clock_extended.due_us;
    default: return 0;
    }
}

/* The same call made the event and folds it: the pack of the case is the same, so is the result. */
static bool turn(struct case_clock *c, struct law_time time, const struct case_event *event,
                 struct err *err) {
    switch (event->kind) {
    case CASE_EVENT_clock_started:
        return law_clock_start(&c->clock, c->limit, time, event->as.clock_started.from_us, err);
    case CASE_EVENT_clock_suspended: return law_clock_suspend(&c->clock, event->at_us, err);
    case CASE_EVENT_clock_resumed:
        return law_clock_resume(&c->clock, c->limit, time, event->at_us, err);
    case CASE_EVENT_clock_extended:
        return law_clock_extend(&c->clock, c->limit, time, event->at_us, err);
    case CASE_EVENT_clock_stopped: return law_clock_stop(&c->clock, event->at_us, err);
    default: break;
    }
    if (!law_clock_breach(&c->clock, c->limit, event->at_us))
        return err_set(err, ERR_CORRUPT, err_nowhere, "a clock that is not due was breached");
    return true;
}

/* A task is due when the soonest clock of whoever does it is due. */
static void tasks_follow(struct case_file *state) {
    for (size_t i = 0; i < state->task_count; i++)
        if (state->tasks[i].state < CASE_TASK_DONE)
            state->tasks[i].due_us = case_due_us(
                state, state->tasks[i].applicant ? LAW_HOLDER_APPLICANT : LAW_HOLDER_ORGAN);
}

bool case_fold_clock(struct case_file *state, const struct case_event *event, struct err *err) {
    struct case_clock *c = clock_need(state, clock_id_of(event), err);
    if (c == NULL || !turn(c, time_of(state), event, err))
        return false;
    if (due_of(event) != 0 && due_of(event) != c->clock.due_us)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the clock '%.*s' counts to another day",
                       STR_ARG(c->limit->id));
    if (event->kind == CASE_EVENT_clock_breached) {
        c->organ = arena_str(state->arena, event->as.clock_breached.organ);
        c->post = arena_str(state->arena, event->as.clock_breached.post);
    }
    tasks_follow(state);
    return true;
}

/* ---- making the events -------------------------------------------------------------------------
 */

/* The event needs the due time, which the fold computes: try on a copy. */
static bool emit_turn(struct case_move *m, struct case_event event, struct err *err) {
    struct case_clock *c = clock_need(m->state, clock_id_of(&event), err);
    if (c == NULL)
        return false;
    struct case_clock copy = *c;
    event.at_us = m->env->now_us;
    if (!turn(&copy, time_of(m->state), &event, err))
        return false;
    if (event.kind == CASE_EVENT_clock_started)
        event.as.clock_started.due_us = copy.clock.due_us;
    if (event.kind == CASE_EVENT_clock_resumed)
        event.as.clock_resumed.due_us = copy.clock.due_us;
    if (event.kind == CASE_EVENT_clock_extended)
        event.as.clock_extended.due_us = copy.clock.due_us;
    m->clocks_moved |= event.kind == CASE_EVENT_clock_resumed;
    return case_emit(m, event, err);
}

/* The instant that a clock's first day is counted from. Silence speaks at the end of its limit's
 * last day, which may be hours before the tick that notices it. */
static int64_t start_us(const struct case_move *m, enum bpmn_clock_from from) {
    int64_t last_us = 0;
    if (from == BPMN_FROM_RECEIPT)
        return m->state->received_us;
    for (size_t i = 0; from == BPMN_FROM_EXPIRY && i < m->state->clock_count; i++) {
        const struct case_clock *c = &m->state->clocks[i];
        bool over = c->limit->expiry == LAW_EXPIRY_DEEMED && c->clock.due_us <= m->env->now_us;
        if (over)
            last_us = MAX_OF(last_us, c->clock.due_us - 1);
    }
    return last_us != 0 ? last_us : m->env->now_us;
}

bool case_clock_action(struct case_move *m, struct str id, enum bpmn_clock_action action,
                       enum bpmn_clock_from from, struct err *err) {
    const struct law_limit *limit = pack_limit(m->state->matter, id);
    const struct case_clock *c = clock_of(m->state, id);
    enum law_clock_state now = c == NULL ? LAW_CLOCK_NONE : c->clock.state;
    struct case_event event = {0};
    switch (action) {
    case BPMN_CLOCK_START:
        if (now == LAW_CLOCK_RUNNING || now == LAW_CLOCK_SUSPENDED)
            return true;
        event.kind = CASE_EVENT_clock_started;
        event.as.clock_started.clock = id;
        if (limit != NULL && limit->from_receipt)
            from = BPMN_FROM_RECEIPT;
        event.as.clock_started.from_us = start_us(m, from);
        break;
    case BPMN_CLOCK_STOP:
        if (now != LAW_CLOCK_RUNNING && now != LAW_CLOCK_SUSPENDED)
            return true;
        event.kind = CASE_EVENT_clock_stopped;
        event.as.clock_stopped.clock = id;
        break;
    case BPMN_CLOCK_SUSPEND:
        if (now != LAW_CLOCK_RUNNING)
            return true;
        event.kind = CASE_EVENT_clock_suspended;
        event.as.clock_suspended.clock = id;
        break;
    case BPMN_CLOCK_RESUME:
        if (now != LAW_CLOCK_SUSPENDED)
            return true;
        event.kind = CASE_EVENT_clock_resumed;
        event.as.clock_resumed.clock = id;
        break;
    }
    return emit_turn(m, event, err);
}

bool case_clock_extend(struct case_move *m, struct err *err) {
    const struct case_clock *c = case_clock(m->state, m->command->clock);
    if (c == NULL || c->clock.state == LAW_CLOCK_NONE)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "no such time limit runs in this case");
    if (!c->limit->extension.allowed)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the law allows no extension of this limit");
    if (!case_check_post(m->state, m->command->actor, case_decider(m->state),
                         c->limit->extension.post, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_clock_extended};
    event.as.clock_extended.clock = m->command->clock;
    event.as.clock_extended.reasons = m->command->reasons;
    m->reasons = m->command->reasons;
    if (!emit_turn(m, event, err))
        return false;
    return pack_letter(m->state->pack, STR("extension")) == NULL ||
           case_issue_letter(m, STR("extension"), NULL, err);
}

/* Who holds the case: the organ and post of the oldest open task that is not the applicant's. */
static const struct case_task *holder_of(const struct case_file *state) {
    for (size_t i = 0; i < state->task_count; i++)
        if (state->tasks[i].state < CASE_TASK_DONE && !state->tasks[i].applicant)
            return &state->tasks[i];
    return NULL;
}

static void tell_of_breach(struct case_move *m, const struct law_limit *limit) {
    struct lang_text subject, text;
    struct str ref = m->state->reference;
    subject.in[LANG_zh] = arena_printf(m->arena, "您的申请 %.*s 已超过办理期限", STR_ARG(ref));
    subject.in[LANG_en] = arena_printf(m->arena, "Your application %.*s is overdue", STR_ARG(ref));
    text.in[LANG_zh] =
        arena_printf(m->arena,
                     "您的申请 %.*s 未能在法定期限（%.*s）内办结。系统已自动报告上级机关。"
                     "您可以凭查询码查看进度，并可依法申请行政复议或者提起诉讼。",
                     STR_ARG(ref), STR_ARG(limit->title.in[LANG_zh]));
    text.in[LANG_en] = arena_printf(
        m->arena,
        "Your application %.*s was not finished within the time limit (%.*s). The superior organ "
        "has been told automatically. You can follow the case with your access code, and you may "
        "ask for administrative reconsideration or go to court as the law provides.",
        STR_ARG(ref), STR_ARG(limit->title.in[LANG_en]));
    case_tell(m, subject, text);
}

static bool breach(struct case_move *m, const struct case_clock *c, struct err *err) {
    const struct law_organs *organs = m->state->pack->organs;
    const struct case_task *holder = holder_of(m->state);
    struct str organ = holder == NULL ? m->state->competent : holder->organ;
    const struct law_organ *superior = law_superior(organs, law_organ(organs, organ));
    struct case_event event = {.kind = CASE_EVENT_clock_breached};
    event.as.clock_breached = (struct case_event_clock_breached){
        .clock = c->limit->id,
        .due_us = c->clock.due_us,
        .organ = organ,
        .post = holder == NULL ? STR_NONE : holder->post,
        .told = superior == NULL ? STR_NONE : superior->id,
    };
    if (!case_emit(m, event, err))
        return false;
    /* the pack's own letter tells the applicant; without one, a message does */
    if (pack_letter(m->state->pack, STR("overdue")) != NULL)
        return case_issue_letter(m, STR("overdue"), NULL, err);
    tell_of_breach(m, c->limit);
    return true;
}

bool case_clocks_breach(struct case_move *m, struct err *err) {
    for (size_t i = 0; i < m->state->clock_count; i++) {
        const struct case_clock *c = &m->state->clocks[i];
        int64_t at_us = law_clock_wake_us(&c->clock, c->limit);
        if (at_us != 0 && at_us <= m->env->now_us && !breach(m, c, err))
            return false;
    }
    return true;
}

bool case_clocks_stop(struct case_move *m, struct err *err) {
    for (size_t i = 0; i < m->state->clock_count; i++)
        if (!case_clock_action(m, m->state->clocks[i].limit->id, BPMN_CLOCK_STOP, BPMN_FROM_NOW,
                               err))
            return false;
    return true;
}

static int64_t sooner(int64_t a, int64_t b) {
    return a == 0 ? b : b == 0 ? a : MIN_OF(a, b);
}

int64_t case_wake_us(const struct case_file *state) {
    int64_t at_us = 0;
    if (state->closed)
        return 0;
    for (size_t i = 0; i < state->clock_count; i++)
        at_us = sooner(at_us, law_clock_wake_us(&state->clocks[i].clock, state->clocks[i].limit));
    for (uint32_t i = 0; i < state->flow->timers.count; i++)
        if (state->flow->timers.list[i].due_us != BPMN_NEVER)
            at_us = sooner(at_us, state->flow->timers.list[i].due_us);
    return at_us;
}

int64_t case_due_us(const struct case_file *state, enum law_holder holder) {
    int64_t at_us = 0;
    for (size_t i = 0; i < state->clock_count; i++)
        if (state->clocks[i].clock.state == LAW_CLOCK_RUNNING &&
            state->clocks[i].limit->holder == holder)
            at_us = sooner(at_us, state->clocks[i].clock.due_us);
    return at_us;
}

/* ---- canonical bytes ------------------------------------------------------------------------ */

void case_clocks_encode(struct buf *out, const struct case_file *state) {
    bytes_add_u64(out, state->clock_count);
    for (size_t i = 0; i < state->clock_count; i++) {
        const struct case_clock *c = &state->clocks[i];
        bytes_add_str(out, c->limit->id);
        bytes_add_u64(out, (uint64_t)c->clock.state);
        bytes_add_u64(out, (uint64_t)(c->clock.extended | c->clock.breached << 1));
        bytes_add_i64(out, c->clock.started_us);
        bytes_add_i64(out, c->clock.due_us);
        bytes_add_i64(out, c->clock.suspended_us);
        bytes_add_i64(out, c->clock.stopped_us);
        bytes_add_i64(out, c->clock.breached_us);
        bytes_add_i64(out, c->clock.not_counted);
        bytes_add_str(out, c->organ);
        bytes_add_str(out, c->post);
    }
}

bool case_clocks_decode(struct case_file *state, struct bytes_reader *r, struct err *err) {
    size_t count;
    (void)bytes_take_count(&count, r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        struct str id;
        uint64_t turned, flags;
        (void)bytes_take_str(&id, r);
        struct case_clock *c = clock_need(state, id, err);
        if (c == NULL)
            return false;
        (void)bytes_take_u64(&turned, r);
        (void)bytes_take_u64(&flags, r);
        (void)bytes_take_i64(&c->clock.started_us, r);
        (void)bytes_take_i64(&c->clock.due_us, r);
        (void)bytes_take_i64(&c->clock.suspended_us, r);
        (void)bytes_take_i64(&c->clock.stopped_us, r);
        (void)bytes_take_i64(&c->clock.breached_us, r);
        (void)bytes_take_i64(&c->clock.not_counted, r);
        (void)bytes_take_str(&c->organ, r);
        (void)bytes_take_str(&c->post, r);
        c->clock.state = (enum law_clock_state)turned;
        c->clock.extended = (flags & 1) != 0;
        c->clock.breached = (flags & 2) != 0;
        r->bad = r->bad || turned > LAW_CLOCK_STOPPED || flags > 3;
    }
    return true;
}
