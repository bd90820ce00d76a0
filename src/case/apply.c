/* One command on one case: check who asks and whether the state allows it, then move.
 * Every check stands before the first event, but for the model's own surprises (an incident), which
 * are facts and not errors. */
#include "case/inner.h"

#include "pack/form.h"

/* ---- collecting the result ------------------------------------------------------------------ */

void case_keep(struct case_move *m, struct case_event event) {
    struct case_result *r = m->result;
    if (r->event_count == m->event_room) {
        size_t room = m->event_room == 0 ? 16 : m->event_room * 2;
        struct case_event *grown = arena_new(m->arena, struct case_event, room);
        if (r->event_count > 0)
            memcpy(grown, r->events, r->event_count * sizeof *grown);
        r->events = grown;
        m->event_room = room;
    }
    event.seq = m->state->event_count + 1;
    event.at_us = m->env->now_us;
    event.actor = m->command->actor;
    r->events[r->event_count++] = event;
    m->state->event_count = event.seq;
}

bool case_emit(struct case_move *m, struct case_event event, struct err *err) {
    case_keep(m, event);
    m->state->event_count--; /* case_fold() counts it */
    return case_fold(m->state, &m->result->events[m->result->event_count - 1], err);
}

void case_effect(struct case_move *m, struct case_effect effect) {
    struct case_result *r = m->result;
    if (r->effect_count == m->effect_room) {
        size_t room = m->effect_room == 0 ? 4 : m->effect_room * 2;
        struct case_effect *grown = arena_new(m->arena, struct case_effect, room);
        if (r->effect_count > 0)
            memcpy(grown, r->effects, r->effect_count * sizeof *grown);
        r->effects = grown;
        m->effect_room = room;
    }
    r->effects[r->effect_count++] = effect;
}

static struct str json_text_of(struct case_move *m, const struct json *tree) {
    struct buf text;
    if (tree == NULL)
        return STR("{}");
    buf_init(&text, FORM_BYTES_MAX * 4);
    json_write(&text, tree, JSON_COMPACT);
    struct str kept = arena_str(m->arena, buf_view(&text));
    buf_done(&text);
    return kept;
}

static bool open_case(const struct case_file *s, struct err *err) {
    if (s->matter == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
    if (s->closed)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the case is closed");
    return true;
}

static bool reasons_fit(struct str reasons, size_t limit_bytes, struct err *err) {
    if (reasons.len > limit_bytes)
        return err_set(err, ERR_LIMIT, err_nowhere, "the reasons are longer than %zu bytes",
                       limit_bytes);
    return true;
}

/* ---- submit ---------------------------------------------------------------------------------- */

static bool documents_attach(struct case_move *m, struct err *err) {
    const struct case_command *c = m->command;
    if (m->state->document_count + c->document_count > CASE_DOCUMENTS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a case holds at most %d documents",
                       CASE_DOCUMENTS_MAX);
    for (size_t i = 0; i < c->document_count; i++) {
        const struct case_upload *d = &c->documents[i];
        struct case_event event = {.kind = CASE_EVENT_document_attached};
        event.as.document_attached = (struct case_event_document_attached){
            m->state->document_count + 1,
            d->material,
            d->name,
            d->media_type,
            d->size_bytes,
            d->sha256,
        };
        if (!case_emit(m, event, err))
            return false;
    }
    return true;
}

static bool form_passes(struct json **values, struct case_move *m, const struct pack_form *form,
                        const struct json *raw, struct err *err) {
    struct form_faults faults = {0};
    struct cal_date today = cal_us_date(m->env->now_us, m->state->pack->timezone);
    if (form == NULL) {
        *values = json_obj(m->arena);
        return true;
    }
    if (!form_check(values, &faults, form, raw, today, m->arena, m->budget, err))
        return false;
    if (faults.count > 0)
        return err_set(err, ERR_INVALID, err_nowhere, "the field '%.*s' does not pass: %.*s",
                       STR_ARG(faults.list[0].field->key),
                       STR_ARG(faults.list[0].text.in[LANG_en]));
    return true;
}

static struct str barred_text(struct case_move *m, const struct case_link *link) {
    struct buf text;
    buf_init(&text, 65536);
    buf_add_byte(&text, '[');
    for (size_t i = 0; link != NULL && i < link->account_count; i++) {
        if (i > 0)
            buf_add_byte(&text, ',');
        buf_add_u64(&text, link->accounts[i]);
    }
    buf_add_byte(&text, ']');
    struct str kept = arena_str(m->arena, buf_view(&text));
    buf_done(&text);
    return kept;
}

static struct str id_of(const struct law_organ *organ) {
    return organ == NULL ? STR_NONE : organ->id;
}

static bool submit(struct case_move *m, struct err *err) {
    const struct case_command *c = m->command;
    const struct pack *pack = m->state->pack;
    const struct pack_matter *matter = pack_matter(pack, c->matter);
    if (m->state->matter != NULL)
        return err_set(err, ERR_CONFLICT, err_nowhere, "the case is submitted already");
    if (matter == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no matter '%.*s'",
                       STR_ARG(c->matter));
    if (matter->starts_from.len > 0 && c->link == NULL)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "this matter starts from a decision: give the letter that offers it");
    struct law_competent competent;
    struct str decider = c->link == NULL ? STR_NONE : c->link->deciding_organ;
    if (!law_competent(&competent, pack->organs, &matter->competence, c->place, decider, err))
        return false;
    struct json *values, *applicant;
    if (!form_passes(&applicant, m, matter->applicant, c->applicant, err) ||
        !form_passes(&values, m, matter->form, c->form, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_submitted};
    event.as.submitted = (struct case_event_submitted){
        .reference = c->reference,
        .matter = matter->id,
        .pack_bytes = {(const char *)pack->hash.bytes, sizeof pack->hash.bytes},
        .place = c->place,
        .accepting = id_of(competent.accepting),
        .competent = id_of(competent.organ),
        .superior = id_of(law_superior(pack->organs, competent.organ)),
        .review = id_of(law_review_organ(pack->organs, competent.organ)),
        .lang = (uint64_t)c->lang,
        .applicant_json = json_text_of(m, applicant),
        .form_json = json_text_of(m, values),
        .code_bytes = c->code_sha256,
        .parent = c->link == NULL ? STR_NONE : c->link->reference,
        .parent_letter = c->link == NULL ? STR_NONE : c->link->letter,
        .barred_json = barred_text(m, c->link),
        .parent_organ = decider,
        .parent_number = c->link == NULL ? STR_NONE : c->link->number,
    };
    return case_emit(m, event, err) && documents_attach(m, err) &&
           case_run_flow(m, (struct bpmn_input){.kind = BPMN_IN_START}, err);
}

/* ---- the officers' commands --------------------------------------------------------------------
 */

static bool find_task(const struct case_task **out, struct case_move *m, struct err *err) {
    if (!open_case(m->state, err))
        return false;
    *out = case_task(m->state, m->command->task);
    if (*out == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
    return true;
}

static bool claim(struct case_move *m, struct err *err) {
    const struct case_task *task;
    if (!find_task(&task, m, err) || !case_may_do(m->state, task, m->command->actor, err))
        return false;
    if (task->applicant)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "this step is the applicant's");
    if (task->state == CASE_TASK_CLAIMED)
        return true; /* it is the caller's already */
    struct case_event event = {.kind = CASE_EVENT_task_claimed};
    event.as.task_claimed = (struct case_event_task_claimed){task->id, m->command->actor.account};
    return case_emit(m, event, err);
}

static bool release(struct case_move *m, struct err *err) {
    const struct case_task *task;
    if (!find_task(&task, m, err) || !case_may_do(m->state, task, m->command->actor, err))
        return false;
    if (task->state != CASE_TASK_CLAIMED)
        return err_set(err, ERR_CONFLICT, err_nowhere, "nobody has taken this task");
    struct case_event event = {.kind = CASE_EVENT_task_released};
    event.as.task_released.task = task->id;
    return case_emit(m, event, err);
}

/* The outcome must be one that the task offers; an adverse one needs its reasons (DESIGN.md 5.3).
 */
static bool outcome_fits(struct case_move *m, const struct bpmn_node *node, struct err *err) {
    const struct case_command *c = m->command;
    const struct bpmn_outcome *outcome = bpmn_outcome(node, c->outcome);
    if (outcome == NULL && node->outcome_count > 0)
        return err_set(err, ERR_INVALID, err_nowhere, "this step does not offer the outcome '%.*s'",
                       STR_ARG(c->outcome));
    if (outcome != NULL && outcome->reasons == BPMN_REASONS_REQUIRED &&
        str_trim(c->reasons).len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "this outcome needs reasons");
    return reasons_fit(c->reasons, CASE_REASONS_BYTES_MAX, err);
}

static bool finish(struct case_move *m, const struct case_task *task, struct err *err) {
    const struct case_command *c = m->command;
    struct feel_value variables = feel_null();
    uint32_t id = (uint32_t)task->id;
    if (c->variables != NULL && !feel_from_json(&variables, c->variables, m->arena, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_task_completed};
    event.as.task_completed = (struct case_event_task_completed){task->id, c->outcome, c->reasons,
                                                                 json_text_of(m, c->variables)};
    m->outcome_node = task->node;
    m->outcome = c->outcome;
    m->reasons = c->reasons;
    return case_emit(m, event, err) && case_run_flow(m,
                                                     (struct bpmn_input){.kind = BPMN_IN_COMPLETE,
                                                                         .id = id,
                                                                         .outcome = c->outcome,
                                                                         .variables = variables},
                                                     err);
}

static bool complete(struct case_move *m, struct err *err) {
    const struct case_task *task;
    if (!find_task(&task, m, err) || !case_may_do(m->state, task, m->command->actor, err))
        return false;
    if (task->applicant)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "this step is the applicant's");
    const struct bpmn_node *node = bpmn_node(m->state->matter->process, task->node);
    if (node == NULL)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the task's step is not in the procedure");
    return outcome_fits(m, node, err) && finish(m, task, err);
}

static bool extend(struct case_move *m, struct err *err) {
    if (!open_case(m->state, err) || !reasons_fit(m->command->reasons, CASE_REASONS_BYTES_MAX, err))
        return false;
    if (str_trim(m->command->reasons).len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "an extension needs reasons");
    return case_clock_extend(m, err) &&
           case_run_flow(m, (struct bpmn_input){.kind = BPMN_IN_REDUE}, err);
}

static bool note(struct case_move *m, struct err *err) {
    const struct case_command *c = m->command;
    if (m->state->matter == NULL)
        return open_case(m->state, err);
    if (c->actor.kind != CASE_ACTOR_OFFICER || !case_has_part(m->state, c->actor))
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "you have no part in this case");
    if (str_trim(c->reasons).len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "the note is empty");
    if (!reasons_fit(c->reasons, CASE_NOTE_BYTES_MAX, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_noted};
    event.as.noted.text = c->reasons;
    return case_emit(m, event, err);
}

static bool retry(struct case_move *m, struct err *err) {
    if (!open_case(m->state, err))
        return false;
    if (m->command->actor.kind != CASE_ACTOR_OFFICER || !case_has_part(m->state, m->command->actor))
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "you have no part in this case");
    uint32_t id = (uint32_t)m->command->task;
    return case_run_flow(m, (struct bpmn_input){.kind = BPMN_IN_RETRY, .id = id, .n = 1}, err);
}

/* ---- the applicant's commands ------------------------------------------------------------------
 */

static bool from_applicant(struct case_move *m, struct err *err) {
    if (!open_case(m->state, err))
        return false;
    if (m->command->actor.kind != CASE_ACTOR_APPLICANT)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "only the applicant may do this");
    return true;
}

/* The form as it stands, with what the applicant sends now in its place. */
static bool merged_form(const struct json **out, struct case_move *m, struct err *err) {
    const struct json *old;
    if (!json_read(&old, m->state->form_json, "form", m->arena, m->budget, err))
        return false;
    struct json *form = json_copy(old, m->arena);
    for (size_t i = 0; i < json_count(m->command->form); i++) {
        const struct json_member *member = json_member_at(m->command->form, i);
        json_set(form, member->key.text, member->value);
    }
    *out = form;
    return true;
}

static bool correct(struct case_move *m, struct err *err) {
    if (!from_applicant(m, err))
        return false;
    const struct case_task *task = NULL;
    for (size_t i = 0; i < m->state->task_count; i++)
        if (m->state->tasks[i].applicant && m->state->tasks[i].state < CASE_TASK_DONE)
            task = &m->state->tasks[i];
    if (task == NULL)
        return err_set(err, ERR_CONFLICT, err_nowhere, "nothing is asked of the applicant now");
    const struct json *raw;
    struct json *values;
    if (!merged_form(&raw, m, err) || !form_passes(&values, m, m->state->matter->form, raw, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_corrected};
    event.as.corrected.form_json = json_text_of(m, values);
    return case_emit(m, event, err) && documents_attach(m, err) && finish(m, task, err);
}

static bool withdraw(struct case_move *m, struct err *err) {
    if (!from_applicant(m, err) || !reasons_fit(m->command->reasons, CASE_REASONS_BYTES_MAX, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_withdrawn};
    event.as.withdrawn.reasons = m->command->reasons;
    struct case_event status = {.kind = CASE_EVENT_status_changed};
    status.as.status_changed.status = STR("withdrawn");
    return case_emit(m, event, err) && case_emit(m, status, err) &&
           case_run_flow(m, (struct bpmn_input){.kind = BPMN_IN_CANCEL}, err);
}

static bool attach(struct case_move *m, struct err *err) {
    if (!open_case(m->state, err))
        return false;
    if (!case_has_part(m->state, m->command->actor))
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "you have no part in this case");
    return documents_attach(m, err);
}

/* ---- the system's commands ----------------------------------------------------------------------
 */

static bool reviewed(struct case_move *m, struct err *err) {
    const struct case_link *link = m->command->link;
    if (m->state->matter == NULL || link == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
    if (m->command->actor.kind != CASE_ACTOR_SYSTEM)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "only the reviewing case says this");
    struct case_event event = {.kind = CASE_EVENT_reviewed};
    event.as.reviewed = (struct case_event_reviewed){link->reference, link->letter, link->outcome};
    return case_emit(m, event, err);
}

/* The timer that is due first, the older one of two. */
static const struct bpmn_timer_row *timer_due(const struct case_file *s, int64_t now_us) {
    const struct bpmn_timer_row *first = NULL;
    for (uint32_t i = 0; i < s->flow->timers.count; i++) {
        const struct bpmn_timer_row *t = &s->flow->timers.list[i];
        if (t->due_us <= now_us && (first == NULL || t->due_us < first->due_us))
            first = t;
    }
    return first;
}

enum { TICK_TIMERS_MAX = 1000 }; /* a cycle that fell behind fires the rest at the next tick */

static bool tick(struct case_move *m, struct err *err) {
    if (m->state->matter == NULL)
        return open_case(m->state, err);
    /* Timers come before breaches of the same instant: a term whose silence means acceptance ends
     * by that, not by a breach. */
    for (int fired = 0; fired < TICK_TIMERS_MAX && !m->state->closed; fired++) {
        const struct bpmn_timer_row *timer = timer_due(m->state, m->env->now_us);
        if (timer == NULL)
            break;
        struct bpmn_input input = {.kind = BPMN_IN_TIMER, .id = timer->id};
        if (!case_run_flow(m, input, err))
            return false;
    }
    return m->state->closed || case_clocks_breach(m, err);
}

/* A signal that nothing waits for any more is none of the case's events. */
static bool outside(struct case_move *m, struct err *err) {
    const struct case_outside *o = m->command->outside;
    if (!open_case(m->state, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_worked};
    event.as.worked = (struct case_event_worked){o->what, o->element, o->worker, o->text, o->key};
    if (!case_emit(m, event, err))
        return false;
    for (size_t i = 0; i < o->input_count; i++)
        if (!case_run_flow(m, o->inputs[i], err))
            return false;
    return true;
}

bool case_apply(struct case_result *out, struct case_file *state,
                const struct case_command *command, const struct case_env *env, struct arena *arena,
                struct budget *budget, struct err *err) {
    *out = (struct case_result){0};
    struct case_move m = {.state = state,
                          .command = command,
                          .env = env,
                          .result = out,
                          .arena = arena,
                          .budget = budget};
    switch (command->kind) {
    case CASE_SUBMIT: return submit(&m, err);
    case CASE_CORRECT: return correct(&m, err);
    case CASE_WITHDRAW: return withdraw(&m, err);
    case CASE_CLAIM: return claim(&m, err);
    case CASE_RELEASE: return release(&m, err);
    case CASE_COMPLETE: return complete(&m, err);
    case CASE_EXTEND: return extend(&m, err);
    case CASE_ATTACH: return attach(&m, err);
    case CASE_NOTE: return note(&m, err);
    case CASE_RETRY: return retry(&m, err);
    case CASE_REVIEWED: return reviewed(&m, err);
    case CASE_TICK: return tick(&m, err);
    case CASE_OUTSIDE: return outside(&m, err);
    }
    return err_set(err, ERR_INTERNAL, err_nowhere, "a command of no known kind");
}
