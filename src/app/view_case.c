/* One case, as its applicant or an officer with a part in it may see it. */
#include "app/reader.h"

#include "app/order.h"
#include "base/code.h"
#include "merkle/merkle.h"
#include "pack/form.h"
#include "xml/xml.h"

enum { DIAGRAM_STEPS_MAX = 1000000, DIAGRAM_BYTES_MAX = 64 << 20 }; /* of one file of a pack */

/* ---- opening ------------------------------------------------------------------------------------
 */

static bool not_found(struct err *err) {
    err_reset(err);
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
}

/* The appointment by which the caller has a part: one with a task of the case before one that only
 * supervises. */
static bool choose_actor(struct case_actor *out, const struct case_file *state,
                         const struct app_caller *caller) {
    bool found = false;
    for (size_t i = 0; i < caller->post_count; i++) {
        struct case_actor actor = {CASE_ACTOR_OFFICER, caller->account, caller->posts[i].organ,
                                   caller->posts[i].post};
        if (!case_has_part(state, actor))
            continue;
        bool works = false;
        for (size_t t = 0; t < state->task_count; t++)
            works |= str_eq(state->tasks[t].organ, actor.organ) &&
                     str_eq(state->tasks[t].post, actor.post);
        if (!found || works)
            *out = actor;
        found = true;
        if (works)
            break;
    }
    return found;
}

static bool case_load(struct view_case *out, struct app_reader *r, const struct app_ask *ask,
                      struct err *err) {
    if (!ask->at_once) {
        struct case_file *state;
        if (!store_case_load(&state, out->conn, &out->row, app_store_packs(r->app), ask->arena,
                             err))
            return false;
        out->state = state;
        return true;
    }
    if (!view_kept_get(&out->kept, r, out->conn, &out->row, err))
        return false;
    out->state = out->kept->state;
    return true;
}

bool view_case_past(struct view_past *out, struct view_case *c, struct arena *arena,
                    struct err *err) {
    if (c->kept == NULL)
        return store_case_events(&out->events, &out->index, &out->count, c->conn, &c->row, 1, arena,
                                 err);
    if (!view_kept_past(c->kept, c->conn, &c->row, err))
        return false;
    *out = c->kept->past;
    return true;
}

bool view_case_open(struct view_case *out, struct app_reader *r, const struct app_ask *ask,
                    struct str reference, struct err *err) {
    *out = (struct view_case){0};
    struct str canonical;
    if (!case_reference_read(&canonical, ask->arena, reference))
        return not_found(err);
    struct db *db = store_db(app_store(r->app));
    if (!db_reader_take(&out->conn, db, err))
        return false;
    bool ok = store_case_by_reference(&out->row, out->conn, canonical, ask->arena, err) &&
              case_load(out, r, ask, err);
    if (ok && ask->caller->kind == APP_APPLICANT && str_eq(ask->caller->reference, canonical))
        out->actor = (struct case_actor){.kind = CASE_ACTOR_APPLICANT};
    else if (ok && (ask->caller->kind != APP_ACCOUNT ||
                    !choose_actor(&out->actor, out->state, ask->caller)))
        ok = not_found(err);
    if (!ok)
        view_case_close(out, r);
    return ok;
}

void view_case_close(struct view_case *c, struct app_reader *r) {
    if (c->conn != NULL)
        db_reader_give(store_db(app_store(r->app)), c->conn);
    c->conn = NULL;
}

/* ---- clocks -------------------------------------------------------------------------------------
 */

void view_left(struct json *obj, const struct case_clock *clock, const struct case_file *state,
               int64_t now_us) {
    struct law_time time = {state->pack->calendar, state->pack->timezone};
    struct err none = {0};
    int64_t left;
    json_set_str(obj, STR("unit"), str_from(cal_unit_name(clock->limit->within.unit)));
    if (clock->clock.state != LAW_CLOCK_RUNNING ||
        !law_clock_left(&left, &clock->clock, clock->limit, time, now_us, &none))
        return;
    if (left >= 0)
        json_set_i64(obj, STR("days_left"), left);
    else
        json_set_i64(obj, STR("days_over"), -left);
}

struct json *view_clock(const struct case_clock *clock, const struct case_file *state,
                        int64_t now_us, struct arena *arena) {
    const struct cal_zone *zone = state->pack->timezone;
    struct json *out = json_obj(arena);
    json_set_str(out, STR("id"), clock->limit->id);
    view_text(out, STR("title"), &clock->limit->title);
    json_set_str(out, STR("state"),
                 clock->clock.breached && clock->clock.state == LAW_CLOCK_RUNNING
                     ? STR("breached")
                     : law_clock_state_name(clock->clock.state));
    json_set_bool(out, STR("breached"), clock->clock.breached);
    json_set_bool(out, STR("extended"), clock->clock.extended);
    json_set_str(out, STR("holder"),
                 clock->limit->holder == LAW_HOLDER_ORGAN ? STR("organ") : STR("applicant"));
    view_time(out, STR("started"), clock->clock.started_us, zone);
    view_due(out, clock->clock.due_us, zone);
    json_set_bool(out, STR("provisional"),
                  law_due_is_provisional(clock->clock.due_us,
                                         (struct law_time){state->pack->calendar, zone}));
    view_time(out, STR("suspended_since"),
              clock->clock.state == LAW_CLOCK_SUSPENDED ? clock->clock.suspended_us : 0, zone);
    view_time(out, STR("stopped"), clock->clock.stopped_us, zone);
    json_set_i64(out, STR("not_counted"), clock->clock.not_counted);
    view_left(out, clock, state, now_us);
    return out;
}

/* ---- the parts that the applicant and the officer both see
 * ---------------------------------------- */

static void add_letters(struct json *out, const struct case_file *s) {
    struct json *list = json_set_arr(out, STR("letters"));
    for (size_t i = 0; i < s->letter_count; i++) {
        const struct case_letter *l = &s->letters[i];
        struct json *one = json_push_obj(list);
        json_set_i64(one, STR("n"), (int64_t)l->n);
        json_set_str(one, STR("letter"), l->id);
        view_stored(one, STR("title"), l->title_json);
        json_set_str(one, STR("number"), l->number);
        json_set_bool(one, STR("adverse"), l->adverse);
        json_set_str(one, STR("verify_code"), l->verify_code);
        view_time(one, STR("at"), l->at_us, s->pack->timezone);
        view_organ_brief(one, STR("organ"), law_organ(s->pack->organs, l->organ));
        view_stored(one, STR("remedies"), l->remedies_json);
    }
}

static void add_documents(struct json *out, const struct case_file *s) {
    struct json *list = json_set_arr(out, STR("documents"));
    for (size_t i = 0; i < s->document_count; i++) {
        const struct case_document *d = &s->documents[i];
        struct json *one = json_push_obj(list);
        json_set_i64(one, STR("n"), (int64_t)d->n);
        json_set_str(one, STR("name"), d->name);
        json_set_str(one, STR("material"), d->material);
        for (size_t m = 0; m < s->matter->material_count; m++)
            if (str_eq(s->matter->materials[m].id, d->material))
                view_text(one, STR("material_text"), &s->matter->materials[m].text);
        json_set_str(one, STR("media_type"), d->media_type);
        json_set_i64(one, STR("size"), (int64_t)d->size_bytes);
        json_set_bool(one, STR("by_applicant"), d->by_applicant);
        view_time(one, STR("at"), d->at_us, s->pack->timezone);
    }
}

static struct str post_title(const struct pack *pack, struct str post, enum lang lang) {
    const struct pack_post *p = pack_post(pack, post);
    return p == NULL ? post : p->title.in[lang];
}

static void add_post(struct json *out, struct str key, const struct pack *pack, struct str post) {
    struct json *one = json_set_obj(out, key);
    json_set_str(one, STR("id"), post);
    struct json *title = json_set_obj(one, STR("title"));
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i), post_title(pack, post, (enum lang)i));
}

static void add_node(struct json *out, struct str key, const struct pack_matter *matter,
                     struct str id) {
    const struct bpmn_node *node = bpmn_node(matter->process, id);
    struct json *name = json_set_obj(out, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(name, lang_code((enum lang)i),
                     node == NULL ? id : bpmn_label(node, (enum lang)i));
}

/* What the applicant is asked for now: their open task, with the reasons of who asked. */
static void add_asks(struct json *out, const struct case_file *s) {
    const struct case_task *asked = NULL, *by = NULL;
    for (size_t i = 0; i < s->task_count; i++) {
        if (s->tasks[i].applicant && s->tasks[i].state < CASE_TASK_DONE)
            asked = &s->tasks[i];
        if (s->tasks[i].state == CASE_TASK_DONE && s->tasks[i].reasons.len > 0 &&
            !s->tasks[i].applicant)
            by = &s->tasks[i];
    }
    if (asked == NULL) {
        json_set(out, STR("asks"), json_null(out->arena));
        return;
    }
    struct json *asks = json_set_obj(out, STR("asks"));
    json_set(asks, STR("task"),
             json_printf(out->arena, "%llu.%llu", (unsigned long long)s->id.n,
                         (unsigned long long)asked->id));
    add_node(asks, STR("title"), s->matter, asked->node);
    view_time(asks, STR("since"), asked->created_us, s->pack->timezone);
    view_due(asks, asked->due_us, s->pack->timezone);
    json_set_str(asks, STR("reasons"), by == NULL ? STR_NONE : by->reasons);
}

static void add_status(struct json *out, const struct case_file *s) {
    json_set_str(out, STR("status"), s->status);
    const size_t *at = map_find(&s->pack->status_at, s->status);
    if (at != NULL)
        view_text(out, STR("status_text"), &s->pack->statuses[*at].title);
    else
        (void)json_set_obj(out, STR("status_text"));
    json_set_bool(out, STR("closed"), s->closed);
    json_set_bool(out, STR("adverse"), s->adverse);
    json_set_bool(out, STR("withdrawn"), s->withdrawn);
    json_set_str(out, STR("review_outcome"), s->review_outcome);
    json_set_str(out, STR("review_reference"), s->review_reference);
    json_set_str(out, STR("parent"), s->parent);
}

static void add_head(struct json *out, const struct case_file *s, int64_t now_us) {
    const struct cal_zone *zone = s->pack->timezone;
    const struct law_organs *organs = s->pack->organs;
    json_set_str(out, STR("reference"), s->reference);
    struct json *matter = json_set_obj(out, STR("matter"));
    json_set_str(matter, STR("id"), s->matter->id);
    view_text(matter, STR("title"), &s->matter->title);
    add_status(out, s);
    view_organ_brief(out, STR("organ"), law_organ(organs, case_decider(s)));
    view_organ_brief(out, STR("accepting"), law_organ(organs, s->accepting));
    view_organ_brief(out, STR("superior"), law_organ(organs, s->superior));
    const struct law_place *place = law_place(organs, s->place);
    if (place != NULL)
        view_text(out, STR("place"), &place->name);
    view_time(out, STR("submitted"), s->submitted_us, zone);
    view_time(out, STR("closed_at"), s->closed_us, zone);
    struct json *clocks = json_set_arr(out, STR("clocks"));
    for (size_t i = 0; i < s->clock_count; i++)
        json_push(clocks, view_clock(&s->clocks[i], s, now_us, out->arena));
    add_letters(out, s);
    add_documents(out, s);
    add_asks(out, s);
    struct json *actions = json_set_arr(out, STR("actions"));
    if (!s->closed) {
        json_push_str(actions, STR("withdraw"));
        json_push_str(actions, STR("attach"));
    }
}

/* ---- the time line
 * ------------------------------------------------------------------------------- */

static bool is_public(enum case_event_kind kind) {
    switch (kind) {
    case CASE_EVENT_submitted:
    case CASE_EVENT_document_attached:
    case CASE_EVENT_clock_started:
    case CASE_EVENT_clock_suspended:
    case CASE_EVENT_clock_resumed:
    case CASE_EVENT_clock_extended:
    case CASE_EVENT_clock_breached:
    case CASE_EVENT_status_changed:
    case CASE_EVENT_letter_issued:
    case CASE_EVENT_corrected:
    case CASE_EVENT_withdrawn:
    case CASE_EVENT_reviewed:
    case CASE_EVENT_closed: return true;
    default: return false; /* the organ's inner steps: tasks, notes, rules, incidents */
    }
}

static void set_same(struct json *out, struct str key, struct str text) {
    struct json *map = json_set_obj(out, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), text);
}

static void add_clock_title(struct json *out, const struct case_file *s, struct str clock) {
    const struct law_limit *limit = pack_limit(s->matter, clock);
    if (limit == NULL)
        set_same(out, STR("text"), clock);
    else
        view_text(out, STR("text"), &limit->title);
}

/* What the event is about, in words. */
static void add_about(struct json *out, const struct case_file *s, const struct case_event *e) {
    const struct case_task *task = NULL;
    switch (e->kind) {
    case CASE_EVENT_document_attached:
        set_same(out, STR("text"), e->as.document_attached.name);
        return;
    case CASE_EVENT_clock_started: add_clock_title(out, s, e->as.clock_started.clock); return;
    case CASE_EVENT_clock_suspended: add_clock_title(out, s, e->as.clock_suspended.clock); return;
    case CASE_EVENT_clock_resumed: add_clock_title(out, s, e->as.clock_resumed.clock); return;
    case CASE_EVENT_clock_extended: add_clock_title(out, s, e->as.clock_extended.clock); return;
    case CASE_EVENT_clock_stopped: add_clock_title(out, s, e->as.clock_stopped.clock); return;
    case CASE_EVENT_clock_breached: add_clock_title(out, s, e->as.clock_breached.clock); return;
    case CASE_EVENT_letter_issued:
        view_stored(out, STR("text"), e->as.letter_issued.title_json);
        return;
    case CASE_EVENT_status_changed: {
        const size_t *at = map_find(&s->pack->status_at, e->as.status_changed.status);
        if (at != NULL)
            view_text(out, STR("text"), &s->pack->statuses[*at].title);
        return;
    }
    case CASE_EVENT_task_created: task = case_task(s, e->as.task_created.task); break;
    case CASE_EVENT_task_claimed: task = case_task(s, e->as.task_claimed.task); break;
    case CASE_EVENT_task_released: task = case_task(s, e->as.task_released.task); break;
    case CASE_EVENT_task_completed: task = case_task(s, e->as.task_completed.task); break;
    case CASE_EVENT_task_cancelled: task = case_task(s, e->as.task_cancelled.task); break;
    case CASE_EVENT_noted: set_same(out, STR("text"), e->as.noted.text); return;
    case CASE_EVENT_incident_raised: set_same(out, STR("text"), e->as.incident_raised.text); return;
    case CASE_EVENT_reviewed: set_same(out, STR("text"), e->as.reviewed.by_reference); return;
    default: return;
    }
    if (task != NULL)
        add_node(out, STR("text"), s->matter, task->node);
}

static void add_actor(struct json *out, const struct case_file *s, const struct case_event *e) {
    static const char *const kinds[] = {"system", "applicant", "officer"};
    struct json *by = json_set_obj(out, STR("by"));
    json_set_str(by, STR("kind"), str_from(kinds[e->actor.kind]));
    if (e->actor.kind != CASE_ACTOR_OFFICER)
        return;
    view_organ_brief(by, STR("organ"), law_organ(s->pack->organs, e->actor.organ));
    add_post(by, STR("post"), s->pack, e->actor.post);
}

static void add_task_details(struct json *one, const struct case_file *s,
                             const struct case_event *e) {
    const struct case_task *task = case_task(s, e->as.task_completed.task);
    const struct bpmn_node *node = task == NULL ? NULL : bpmn_node(s->matter->process, task->node);
    const struct bpmn_outcome *outcome =
        node == NULL ? NULL : bpmn_outcome(node, e->as.task_completed.outcome);
    if (outcome != NULL)
        view_text(one, STR("outcome"), &outcome->label);
    json_set_str(one, STR("reasons"), e->as.task_completed.reasons);
}

static bool add_timeline(struct json *out, struct view_case *c, struct arena *arena,
                         struct err *err) {
    struct view_past past;
    if (!view_case_past(&past, c, arena, err))
        return false;
    bool officer = c->actor.kind == CASE_ACTOR_OFFICER;
    struct json *list = json_set_arr(out, STR("timeline"));
    struct json *decisions = json_set_arr(out, STR("decisions"));
    struct json *notes = json_set_arr(out, STR("notes"));
    for (size_t i = 0; i < past.count; i++) {
        const struct case_event *e = &past.events[i];
        if (e->kind == CASE_EVENT_moved || (!officer && !is_public(e->kind)))
            continue;
        struct json *one = json_push_obj(e->kind == CASE_EVENT_noted            ? notes
                                         : e->kind == CASE_EVENT_decision_taken ? decisions
                                                                                : list);
        json_set_i64(one, STR("seq"), (int64_t)e->seq);
        json_set_str(one, STR("kind"), case_event_name(e->kind));
        view_time(one, STR("at"), e->at_us, c->state->pack->timezone);
        struct json *title = json_set_obj(one, STR("title"));
        for (size_t l = 0; l < LANGS; l++)
            json_set_str(title, lang_code((enum lang)l), case_event_title(e->kind, (enum lang)l));
        add_about(one, c->state, e);
        add_actor(one, c->state, e);
        if (officer && e->kind == CASE_EVENT_task_completed)
            add_task_details(one, c->state, e);
        if (e->kind == CASE_EVENT_decision_taken) {
            json_set_str(one, STR("decision"), e->as.decision_taken.decision);
            view_trace(one, STR("trace"), e->as.decision_taken.trace_json, c->state->pack, false);
        }
    }
    return true;
}

/* ---- what only an officer sees
 * --------------------------------------------------------------------- */

static const struct json *read_tree(struct str text, struct arena *arena) {
    const struct json *tree;
    struct err err = {0};
    struct budget budget = budget_of(text.len + 16, text.len * 200 + 4096);
    return json_read(&tree, text, "stored", arena, &budget, &err) ? tree : json_obj(arena);
}

static void add_value(struct json *out, const struct form_field *field, const struct json *value) {
    json_set_str(out, STR("key"), field->key);
    view_text(out, STR("label"), &field->label);
    json_set(out, STR("value"), value);
    struct json *shown = json_set_arr(out, STR("options"));
    for (size_t i = 0; i < field->option_count; i++) {
        const struct form_option *o = &field->options[i];
        bool chosen = str_eq(json_text(value), o->value);
        for (size_t k = 0; k < json_count(value); k++)
            chosen |= str_eq(json_text(json_item(value, k)), o->value);
        if (chosen)
            view_text(json_push_obj(shown), STR("label"), &o->label);
    }
}

enum { PURPOSES_MAX = 200 };

static bool may_show(const struct pack_field_use *uses, size_t count, struct str key,
                     struct lang_text *why) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(uses[i].field, key)) {
            *why = uses[i].why;
            return true;
        }
    return false;
}

static void add_fields(struct json *list, const struct pack_form *form, const struct json *values,
                       const struct pack_field_use *uses, size_t use_count, bool all) {
    for (size_t i = 0; form != NULL && i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        const struct json *value = json_get(values, field->key);
        struct lang_text why = {{STR_NONE}};
        if (field->key.len == 0 || value == NULL ||
            (!may_show(uses, use_count, field->key, &why) && !all))
            continue;
        struct json *one = json_push_obj(list);
        add_value(one, field, value);
        view_text(one, STR("why"), &why);
    }
}

/* Only the fields for which this post's tasks name a purpose; the applicant sees all of their own.
 */
static void add_facts(struct json *out, const struct view_case *c, struct arena *arena) {
    struct pack_field_use uses[PURPOSES_MAX];
    const struct case_file *s = c->state;
    bool own = c->actor.kind == CASE_ACTOR_APPLICANT;
    size_t count = own ? 0 : case_purposes(uses, PURPOSES_MAX, s, c->actor);
    /* who applies belongs to every task that sees anything of the case */
    add_fields(json_set_arr(out, STR("applicant")), s->matter->applicant,
               read_tree(s->applicant_json, arena), uses, count, own || count > 0);
    add_fields(json_set_arr(out, STR("form")), s->matter->form, read_tree(s->form_json, arena),
               uses, count, own);
}

static void add_tasks(struct json *out, const struct view_case *c) {
    static const char *const states[] = {"open", "claimed", "done", "cancelled"};
    const struct case_file *s = c->state;
    struct json *list = json_set_arr(out, STR("tasks"));
    for (size_t i = 0; i < s->task_count; i++) {
        const struct case_task *t = &s->tasks[i];
        struct err why = {0};
        struct json *one = json_push_obj(list);
        json_set(one, STR("id"),
                 json_printf(out->arena, "%llu.%llu", (unsigned long long)s->id.n,
                             (unsigned long long)t->id));
        json_set_str(one, STR("node"), t->node);
        add_node(one, STR("title"), s->matter, t->node);
        json_set_str(one, STR("state"), str_from(states[t->state]));
        json_set_bool(one, STR("applicant"), t->applicant);
        view_organ_brief(one, STR("organ"), law_organ(s->pack->organs, t->organ));
        add_post(one, STR("post"), s->pack, t->post);
        json_set_bool(one, STR("mine"),
                      t->account == c->actor.account && t->state == CASE_TASK_CLAIMED);
        json_set_bool(one, STR("may"),
                      t->state < CASE_TASK_DONE && case_may_do(s, t, c->actor, &why));
        view_time(one, STR("since"), t->created_us, s->pack->timezone);
        view_due(one, t->due_us, s->pack->timezone);
        view_time(one, STR("ended"), t->ended_us, s->pack->timezone);
    }
}

static void add_incidents(struct json *out, const struct case_file *s) {
    struct json *list = json_set_arr(out, STR("incidents"));
    for (uint32_t i = 0; i < s->flow->instances.count; i++) {
        const struct bpmn_instance *instance = &s->flow->instances.list[i];
        if (instance->incident == BPMN_INCIDENT_NONE)
            continue;
        struct json *one = json_push_obj(list);
        json_set_i64(one, STR("element"), instance->id);
        json_set_str(one, STR("kind"),
                     str_from(bpmn_incident_name((enum bpmn_incident)instance->incident)));
        add_node(one, STR("title"), s->matter, s->matter->process->nodes[instance->node].id);
    }
}

static void add_extensions(struct json *out, const struct view_case *c) {
    const struct case_file *s = c->state;
    struct json *list = json_set_arr(out, STR("extensions"));
    for (size_t i = 0; i < s->clock_count; i++) {
        const struct law_limit *limit = s->clocks[i].limit;
        bool may = limit->extension.allowed && !s->clocks[i].clock.extended &&
                   s->clocks[i].clock.state == LAW_CLOCK_RUNNING &&
                   str_eq(c->actor.post, limit->extension.post) &&
                   str_eq(c->actor.organ, case_decider(s));
        if (!may)
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("clock"), limit->id);
        view_text(one, STR("title"), &limit->title);
        view_text(one, STR("ground"), &limit->extension.ground);
    }
}

bool app_view_case(struct json **out, struct app_reader *r, const struct app_ask *ask,
                   struct str reference, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    struct json *page = json_obj(ask->arena);
    add_head(page, c.state, app_now_us(r->app));
    bool ok = add_timeline(page, &c, ask->arena, err);
    add_facts(page, &c, ask->arena);
    if (c.actor.kind == CASE_ACTOR_OFFICER) {
        add_tasks(page, &c);
        add_incidents(page, c.state);
        add_extensions(page, &c);
        json_set_str(page, STR("my_post"), c.actor.post);
        view_organ_brief(page, STR("my_organ"), law_organ(c.state->pack->organs, c.actor.organ));
    }
    *out = page;
    view_case_close(&c, r);
    return ok;
}

bool app_view_case_events(struct json **out, struct app_reader *r, const struct app_ask *ask,
                          struct str reference, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    struct view_past past;
    bool ok = view_case_past(&past, &c, ask->arena, err);
    struct json *list = json_arr(ask->arena);
    bool officer = c.actor.kind == CASE_ACTOR_OFFICER;
    for (size_t i = 0; ok && i < past.count; i++) {
        const struct case_event *e = &past.events[i];
        if (e->kind == CASE_EVENT_moved || (!officer && !is_public(e->kind)))
            continue;
        /* an officer reads what happened, not the person's data: those stand on the case page, by
         * purpose */
        struct json *one = json_push_obj(list);
        json_set_i64(one, STR("seq"), (int64_t)e->seq);
        json_set_str(one, STR("kind"), case_event_name(e->kind));
        view_time(one, STR("at"), e->at_us, c.state->pack->timezone);
        struct json *title = json_set_obj(one, STR("title"));
        for (size_t l = 0; l < LANGS; l++)
            json_set_str(title, lang_code((enum lang)l), case_event_title(e->kind, (enum lang)l));
        add_about(one, c.state, e);
        add_actor(one, c.state, e);
        json_set_i64(one, STR("leaf_index"), (int64_t)past.index[i]);
    }
    *out = view_items(list);
    view_case_close(&c, r);
    return ok;
}

/* ---- letters
 * ------------------------------------------------------------------------------------- */

bool app_view_case_letters(struct json **out, struct app_reader *r, const struct app_ask *ask,
                           struct str reference, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    struct json *page = json_obj(ask->arena);
    add_letters(page, c.state);
    json_set(page, STR("items"), json_get(page, STR("letters")));
    *out = json_obj(ask->arena);
    json_set(*out, STR("items"), json_get(page, STR("letters")));
    json_set(*out, STR("next"), json_null(ask->arena));
    view_case_close(&c, r);
    return true;
}

static const struct case_event *letter_event(const struct case_event *events, size_t count,
                                             uint64_t n) {
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == CASE_EVENT_letter_issued && events[i].as.letter_issued.n == n)
            return &events[i];
    return NULL;
}

bool app_view_letter(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct str reference, uint64_t n, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    struct view_past past;
    bool ok = view_case_past(&past, &c, ask->arena, err);
    const struct case_event *e = ok ? letter_event(past.events, past.count, n) : NULL;
    if (ok && e == NULL)
        ok = err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such letter");
    if (ok) {
        const struct case_event_letter_issued *l = &e->as.letter_issued;
        struct json *page = json_obj(ask->arena);
        json_set_str(page, STR("reference"), c.state->reference);
        json_set_i64(page, STR("n"), (int64_t)n);
        json_set_str(page, STR("letter"), l->letter);
        json_set_str(page, STR("number"), l->number);
        json_set_bool(page, STR("adverse"), l->adverse != 0);
        view_time(page, STR("at"), e->at_us, c.state->pack->timezone);
        view_organ_brief(page, STR("organ"), law_organ(c.state->pack->organs, l->organ));
        view_stored(page, STR("title"), l->title_json);
        view_stored(page, STR("html"), l->html_json);
        view_stored(page, STR("remedies"), l->remedies_json);
        json_set_str(page, STR("verify_code"), l->verify_code);
        json_set(page, STR("verify_url"),
                 json_printf(ask->arena, "%s/verify/%.*s", app_config_of(r->app)->base_url,
                             STR_ARG(l->verify_code)));
        *out = page;
    }
    view_case_close(&c, r);
    return ok;
}

bool app_view_verify(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct str code, struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct store_letter letter;
    if (!db_reader_take(&conn, db, err))
        return false;
    bool ok = store_letter_by_code(&letter, conn, code, ask->arena, err);
    struct json *page = json_obj(ask->arena);
    if (!ok && err->code == ERR_NOT_FOUND) {
        err_reset(err);
        json_set_bool(page, STR("genuine"), false);
        ok = true;
    } else if (ok) {
        const struct app_packs *packs = app_packs_hold(r->app);
        const struct pack *pack = view_pack(packs);
        const struct pack_letter *kind = pack == NULL ? NULL : pack_letter(pack, letter.letter);
        json_set_bool(page, STR("genuine"), true);
        json_set_str(page, STR("number"), letter.number);
        json_set_bool(page, STR("adverse"), letter.adverse);
        if (kind != NULL)
            view_text(page, STR("title"), &kind->title);
        view_organ_brief(page, STR("organ"),
                         pack == NULL ? NULL : law_organ(pack->organs, letter.organ));
        view_time(page, STR("at"), letter.at_us, pack == NULL ? NULL : pack->timezone);
        /* enough to compare with the paper, not enough to track the case */
        struct str ref = letter.file.reference;
        json_set(page, STR("reference_masked"),
                 json_printf(ask->arena, "%.*s…%.*s", (int)MIN_OF(ref.len, (size_t)6), ref.at, 3,
                             ref.at + (ref.len < 3 ? 0 : ref.len - 3)));
        page = json_copy(page, ask->arena);
        app_packs_let(r->app, packs);
    }
    db_reader_give(db, conn);
    *out = page;
    return ok;
}

/* ---- the rest
 * -------------------------------------------------------------------------------------- */

bool app_view_accesses(struct json **out, struct app_reader *r, const struct app_ask *ask,
                       struct str reference, struct err *err) {
    struct view_case c;
    struct store_look *looks;
    size_t count;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    bool ok = store_looks(&looks, &count, c.conn, c.row.id, ask->arena, err);
    struct json *list = json_arr(ask->arena);
    for (size_t i = 0; ok && i < count; i++) {
        struct json *one = json_push_obj(list);
        view_time(one, STR("at"), looks[i].at_us, c.state->pack->timezone);
        struct json *who = json_set_obj(one, STR("who"));
        view_organ_brief(who, STR("organ"), law_organ(c.state->pack->organs, looks[i].organ));
        add_post(who, STR("post"), c.state->pack, looks[i].post);
        view_stored(one, STR("purpose"), looks[i].purpose);
    }
    *out = view_items(list);
    view_case_close(&c, r);
    return ok;
}

bool app_view_document(struct buf *bytes, struct json **meta, struct app_reader *r,
                       const struct app_ask *ask, struct str reference, uint64_t n,
                       struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    bool ok = n >= 1 && n <= c.state->document_count;
    if (!ok)
        err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such document");
    if (ok) {
        const struct case_document *d = &c.state->documents[n - 1];
        *meta = json_obj(ask->arena);
        json_set_str(*meta, STR("name"), d->name);
        json_set_str(*meta, STR("media_type"), d->media_type);
        ok = store_document_get(bytes, app_store(r->app), d->sha256, err);
    }
    view_case_close(&c, r);
    return ok;
}

static bool mark_event(struct bpmn_marks *marks, const struct bpmn_process *process,
                       const struct case_event *event, struct arena *arena, struct err *err) {
    if (event->kind != CASE_EVENT_moved)
        return true;
    struct bytes_reader r = {event->as.moved.records_bytes, false};
    while (r.in.len > 0) {
        struct bpmn_record record;
        if (!bpmn_record_decode(&record, &r, arena, err))
            return false;
        bpmn_marks_add(marks, process, &record);
    }
    return true;
}

static bool marks_of(struct bpmn_marks *marks, struct view_case *c, struct arena *arena,
                     struct err *err) {
    const struct bpmn_process *process = c->state->matter->process;
    struct view_past past;
    *marks = bpmn_marks_new(process, arena);
    if (!view_case_past(&past, c, arena, err))
        return false;
    for (size_t i = 0; i < past.count; i++)
        if (!mark_event(marks, process, &past.events[i], arena, err))
            return false;
    bpmn_marks_now(marks, process, c->state->flow);
    return true;
}

static bool draw(struct buf *out, struct view_case *c, const struct app_ask *ask, struct err *err) {
    struct bpmn_marks marks;
    if (!marks_of(&marks, c, ask->arena, err))
        return false;
    bpmn_svg(out, c->state->matter->process, &marks, ask->caller->lang, STR("d"), ask->arena);
    return buf_ok(out, "the diagram", err);
}

bool app_view_diagram(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                      struct str reference, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    struct str *kept = c.kept == NULL ? NULL : &c.kept->svg[ask->caller->lang];
    bool ok = true;
    if (kept != NULL && kept->len > 0) {
        buf_add(out, *kept);
    } else {
        size_t from = out->len;
        ok = draw(out, &c, ask, err);
        if (ok && kept != NULL)
            *kept = arena_str(c.kept->arena, str_sub(buf_view(out), from, out->len - from));
    }
    view_case_close(&c, r);
    return ok && buf_ok(out, "the diagram", err);
}

static void add_mark(struct json *list, struct str id, uint8_t mark) {
    if (mark == 0 || id.len == 0)
        return;
    struct json *one = json_push_obj(list);
    json_set_str(one, STR("element"), id);
    json_set_str(one, STR("state"),
                 mark & BPMN_MARK_FAILED   ? STR("failed")
                 : mark & BPMN_MARK_ACTIVE ? STR("active")
                                           : STR("done"));
}

bool app_view_diagram_marks(struct json **out, struct app_reader *r, const struct app_ask *ask,
                            struct str reference, struct err *err) {
    struct view_case c;
    struct bpmn_marks marks;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    bool ok = marks_of(&marks, &c, ask->arena, err);
    if (ok) {
        const struct bpmn_process *process = c.state->matter->process;
        struct json *list = json_arr(ask->arena);
        for (size_t i = 1; i < process->node_count; i++)
            add_mark(list, process->nodes[i].id, marks.nodes[i]);
        for (size_t i = 0; i < process->flow_count; i++)
            add_mark(list, process->flows[i].id, marks.flows[i]);
        *out = json_copy(view_items(list), ask->arena);
    }
    view_case_close(&c, r);
    return ok;
}

/* name="..." of every element in the reader's language: BPMN has room for one. */
static void names_say(struct xml_node *root, enum lang lang, struct arena *arena) {
    struct xml_node *at = root;
    for (;;) {
        const struct xml_node *name =
            at->is_text ? NULL
                        : xml_child(xml_child(at, STR(BPMN_NS), STR("extensionElements")),
                                    STR(BPMN_MANDATE_NS), STR("name"));
        for (; name != NULL; name = xml_next(name))
            for (uint32_t i = 0; i < at->attr_count; i++)
                if (at->attrs[i].ns.len == 0 && str_eq(at->attrs[i].name, STR("name")) &&
                    str_eq(xml_attr_text(name, STR("lang")), lang_code(lang)))
                    at->attrs[i].value = str_trim(xml_text(name, arena));
        if (!at->is_text && at->first != NULL) {
            at = at->first;
            continue;
        }
        while (at != root && at->next == NULL)
            at = at->parent;
        if (at == root)
            return;
        at = at->next;
    }
}

/* A pool has the name of its process, where it has the same; before names_say(). */
static void pools_say(const struct xml_node *root, enum lang lang, struct arena *arena) {
    const struct xml_node *process = xml_child(root, STR(BPMN_NS), STR("process"));
    for (; process != NULL; process = xml_next(process)) {
        const struct xml_node *name =
            xml_child(xml_child(process, STR(BPMN_NS), STR("extensionElements")),
                      STR(BPMN_MANDATE_NS), STR("name"));
        while (name != NULL && !str_eq(xml_attr_text(name, STR("lang")), lang_code(lang)))
            name = xml_next(name);
        const struct xml_node *pool = xml_child(xml_child(root, STR(BPMN_NS), STR("collaboration")),
                                                STR(BPMN_NS), STR("participant"));
        for (; name != NULL && pool != NULL; pool = xml_next(pool))
            for (uint32_t i = 0; i < pool->attr_count; i++)
                if (str_eq(pool->attrs[i].name, STR("name")) &&
                    str_eq(xml_attr_text(pool, STR("processRef")),
                           xml_attr_text(process, STR("id"))) &&
                    str_eq(pool->attrs[i].value, xml_attr_text(process, STR("name"))))
                    pool->attrs[i].value = str_trim(xml_text(name, arena));
    }
}

static bool source_write(struct buf *out, const struct pack *pack, const char *source,
                         enum lang lang, struct err *err) {
    for (size_t i = 0; i < pack->file_count; i++) {
        if (!str_eq(pack->files[i].path, str_from(source)))
            continue;
        struct arena *arena = arena_create("diagram", DIAGRAM_BYTES_MAX);
        struct budget budget = budget_of(DIAGRAM_STEPS_MAX, DIAGRAM_BYTES_MAX / 2);
        struct xml_node *root;
        bool ok = xml_read(&root, pack->files[i].bytes, source, arena, &budget, err);
        if (ok) {
            pools_say(root, lang, arena);
            names_say(root, lang, arena);
            xml_write(out, root);
        }
        arena_destroy(arena);
        return ok && buf_ok(out, "the diagram", err);
    }
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "the procedure's file is not in the pack");
}

bool app_view_diagram_source(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                             struct str reference, struct err *err) {
    struct view_case c;
    if (!view_case_open(&c, r, ask, reference, err))
        return false;
    bool ok =
        source_write(out, c.state->pack, c.state->matter->process->source, ask->caller->lang, err);
    view_case_close(&c, r);
    return ok;
}

bool app_view_looked(struct app_reader *r, const struct app_ask *ask, struct str reference,
                     struct str task) {
    struct view_case c;
    struct err err = {0};
    struct case_id id;
    uint64_t n = 0;
    bool known = false;
    if (task.len > 0 &&
        (!view_task_id(&id, &n, task, &err) || !view_case_reference(&reference, r, id, ask, &err)))
        return false;
    if (!view_case_open(&c, r, ask, reference, &err))
        return false;
    struct store_look look;
    const struct case_task *of = task.len > 0 ? case_task(c.state, n) : NULL;
    bool ok = (task.len == 0 || of != NULL) &&
              order_look_of(&look, c.state, ask->caller, of, ask->arena, &err) &&
              store_look_known(&known, c.conn, c.row.id, &look, app_now_us(r->app), &err);
    view_case_close(&c, r);
    return ok && known;
}
