/* web/page_apply.c - the draft and the question pages. */
#include "web/page_apply.h"

#include "web/handlers.h"

/* ---- draft ---- */

static struct str draft_key(struct page *p, struct str cookie, struct str matter) {
    return arena_printf(p->arena, "%.*s-%.*s", STR_ARG(cookie), STR_ARG(matter));
}

static bool draft_read(struct apply *a, struct err *err) {
    struct page *p = a->p;
    struct str cookie = http_cookie_get(p->r->http, WEB_COOKIE_DRAFT);
    struct app_ask ask = web_ask(p->r);
    struct json *draft;
    a->values = json_obj(p->arena);
    if (cookie.len == 0)
        return true;
    a->key = draft_key(p, cookie, a->matter->id);
    if (!app_view_draft(&draft, p->r->reader, &ask, a->key, err)) {
        if (err->code != ERR_NOT_FOUND)
            return false;
        err_reset(err);
        return true;
    }
    a->has_draft = true;
    a->values = json_get(draft, STR("values"));
    return true;
}

struct json *apply_values(struct apply *a) {
    struct json *values = json_copy(a->values, a->p->arena);
    if (json_get_text(values, STR("nonce")).len == 0)
        json_set_str(values, STR("nonce"), page_token(a->p));
    return values;
}

void apply_done_set(struct json *values, struct str step, bool done) {
    const struct json *old = json_get(values, STR("done"));
    struct json *marks = json_set_obj(values, STR("done"));
    for (size_t i = 0; i < json_count(old); i++)
        json_set(marks, json_member_at(old, i)->key.text, json_member_at(old, i)->value);
    json_set_bool(marks, step, done);
}

static bool is_done(const struct apply *a, struct str step) {
    return json_is_true(json_get(json_get(a->values, STR("done")), step));
}

static void kept(struct web_request *r, const struct app_answer *answer) {
    struct apply *a = r->then;
    if (answer->err.code != ERR_NONE)
        page_fail(a->p, &answer->err);
    else if (a->kept != NULL)
        a->kept(a);
    else
        page_go(a->p, a->next);
}

void apply_keep(struct apply *a, const struct json *values) {
    struct page *p = a->p;
    struct str cookie = http_cookie_get(p->r->http, WEB_COOKIE_DRAFT);
    if (cookie.len == 0) {
        cookie = page_token(p);
        a->key = draft_key(p, cookie, a->matter->id);
    }
    http_cookie_set(p->r->http, WEB_COOKIE_DRAFT, cookie, PAGE_DRAFT_COOKIE_S);
    struct json *body = json_obj(p->arena);
    json_set_str(body, STR("key"), a->key);
    json_set_str(body, STR("matter"), a->matter->id);
    json_set(body, STR("values"), json_copy(values, p->arena));
    json_set_str(body, STR("step"), a->steps[a->at].id);
    a->values = json_get(body, STR("values"));
    const struct app_order order = {.verb = APP_DRAFT, .body = body};
    p->r->then = a;
    web_do(p->r, &order, kept);
}

/* ---- steps ---- */

static void step_add(struct apply *a, enum apply_kind kind, const char *id, struct str title,
                     uint32_t group) {
    if (a->step_count == APPLY_STEPS_MAX)
        return;
    a->steps[a->step_count++] = (struct apply_step){kind, str_from(id), title, group};
}

static bool has_group(const struct apply *a, uint32_t group) {
    for (size_t i = 0; i < a->step_count; i++)
        if (a->steps[i].kind == APPLY_FORM && a->steps[i].group == group)
            return true;
    return false;
}

static void form_steps(struct apply *a) {
    const struct pack_form *form = a->matter->form;
    size_t number = 1;
    for (size_t i = 0; form != NULL && i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        if (field->kind == FORM_GROUP || has_group(a, field->group))
            continue;
        struct str title = field->group < form->field_count
                               ? form->fields[field->group].label.in[a->p->lang]
                               : form->title.in[a->p->lang];
        step_add(a, APPLY_FORM, arena_printf(a->p->arena, "q%zu", number++).at, title,
                 field->group);
    }
}

static bool has_parent(const struct apply *a) {
    return json_is(json_get(a->values, STR("parent")), JSON_OBJECT);
}

static void steps_make(struct apply *a) {
    struct page *p = a->p;
    enum law_competent_by by = a->matter->competence.by;
    bool asks_place = by == LAW_BY_PLACE || (by == LAW_BY_DECIDING_ORGAN && !has_parent(a));
    if (asks_place)
        step_add(a, APPLY_PLACE, "place",
                 page_text(p, by == LAW_BY_PLACE ? TEXT_step_place : TEXT_step_organ), 0);
    form_steps(a);
    if (a->matter->applicant != NULL)
        step_add(a, APPLY_YOU, "you", page_text(p, TEXT_step_applicant), PAGE_ALL_GROUPS);
    if (a->matter->material_count > 0)
        step_add(a, APPLY_PAPERS, "papers", page_text(p, TEXT_step_materials), 0);
    step_add(a, APPLY_CHECK, "check", page_text(p, TEXT_step_check), 0);
}

struct str apply_path(struct apply *a, size_t step) {
    return arena_printf(a->p->arena, "/matters/%.*s/apply/%.*s", STR_ARG(a->matter->id),
                        STR_ARG(a->steps[step].id));
}

static bool gone(struct apply *a) {
    struct err err = {0};
    err_set(&err, ERR_NOT_FOUND, err_nowhere, "there is no such page");
    page_fail(a->p, &err);
    return false;
}

bool apply_open(struct apply **out, struct web_request *r, struct str step) {
    struct apply *a = arena_new(r->arena, struct apply, 1);
    struct err err = {0};
    a->p = page_open(r, TEXT_step_applicant);
    a->matter = a->p->pack == NULL ? NULL : pack_matter(a->p->pack, web_arg(r, "id"));
    if (a->matter == NULL)
        return gone(a);
    if (!draft_read(a, &err)) {
        page_fail(a->p, &err);
        return false;
    }
    /* (A second press of "send" comes when the first has dropped the draft.) */
    if (a->matter->starts_from.len > 0 && !has_parent(a) && web_field(r, STR("key")).len == 0) {
        page_go(a->p, arena_printf(r->arena, "/matters/%.*s", STR_ARG(a->matter->id)));
        return false;
    }
    steps_make(a);
    a->at = a->step_count;
    for (size_t i = 0; i < a->step_count; i++)
        if (str_eq(a->steps[i].id, step))
            a->at = i;
    if (step.len > 0 && a->at == a->step_count)
        return gone(a);
    *out = a;
    return true;
}

static size_t first_open(const struct apply *a) {
    size_t i = 0;
    while (i + 1 < a->step_count && is_done(a, a->steps[i].id))
        i++;
    return i;
}

/* ---- what every step shows ---- */

static void progress_set(struct apply *a) {
    struct json *steps = json_set_arr(a->p->ctx, STR("steps"));
    for (size_t i = 0; i < a->step_count; i++) {
        struct json *one = json_push_obj(steps);
        json_set_str(one, STR("title"), a->steps[i].title);
        json_set_bool(one, STR("current"), i == a->at);
        bool open = i != a->at && (is_done(a, a->steps[i].id) || i <= first_open(a));
        json_set_str(one, STR("href"), open ? apply_path(a, i) : STR(""));
    }
}

void apply_show(struct apply *a, int status, const char *name) {
    struct page *p = a->p;
    struct json *matter = json_set_obj(p->ctx, STR("matter"));
    json_set_str(matter, STR("id"), a->matter->id);
    json_set_str(matter, STR("title"), a->matter->title.in[p->lang]);
    json_set_str(p->ctx, STR("action"), apply_path(a, a->at));
    json_set_str(p->ctx, STR("back"),
                 a->at > 0 ? apply_path(a, a->at - 1)
                           : arena_printf(p->arena, "/matters/%.*s", STR_ARG(a->matter->id)));
    progress_set(a);
    page_show(p, status, name);
}

const struct pack_form *apply_form(const struct apply *a, const struct apply_step *step) {
    return step->kind == APPLY_YOU ? a->matter->applicant : a->matter->form;
}

struct str apply_form_name(const struct apply_step *step) {
    return step->kind == APPLY_YOU ? STR("applicant") : STR("form");
}

const struct json *apply_form_values(const struct apply *a, const struct apply_step *step) {
    const struct json *values = json_get(a->values, apply_form_name(step));
    return values != NULL ? values : json_obj(a->p->arena);
}

/* ---- question pages ---- */

static void questions_show(struct apply *a, int status, const struct json *values,
                           const struct form_faults *faults) {
    struct page *p = a->p;
    const struct apply_step *step = &a->steps[a->at];
    struct err err = {0};
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    const struct page_form form = {apply_form(a, step), values, faults, step->group};
    bool steers;
    if (!page_form_fields(p, fields, &steers, &form, &err)) {
        page_fail(p, &err);
        return;
    }
    /* Which questions were seen: an unseen one that an answer brings up is asked, not blamed. */
    struct json *hidden = json_set_arr(p->ctx, STR("hidden"));
    for (size_t i = 0; i < json_count(fields); i++) {
        struct json *one = json_push_obj(hidden);
        json_set_str(one, STR("name"), STR("shown"));
        json_set_str(one, STR("value"), json_get_text(json_item(fields, i), STR("name")));
    }
    json_set_bool(p->ctx, STR("refreshes"), steers);
    json_set_bool(p->ctx, STR("later"), true);
    json_set_bool(p->ctx, STR("resumed"), web_query(p->r, STR("resumed")).at != NULL);
    json_set_str(p->ctx, STR("step_title"),
                 step->kind == APPLY_YOU ? page_text(p, TEXT_step_applicant_title) : step->title);
    json_set_str(p->ctx, STR("step_text"),
                 step->kind == APPLY_YOU && a->matter->anonymous
                     ? page_text(p, TEXT_step_applicant_anonymous)
                     : STR(""));
    page_title(p, step->title);
    apply_show(a, status, "apply_step");
}

static bool was_shown(struct apply *a, const struct form_field *field) {
    struct str name = arena_printf(a->p->arena, "f-%.*s", STR_ARG(field->key));
    for (size_t i = 0; i < a->p->r->form.count; i++)
        if (str_eq(a->p->r->form.fields[i].name, STR("shown")) &&
            str_eq(a->p->r->form.fields[i].value, name))
            return true;
    return false;
}

/* Keep the faults of this step's questions; *blamed: one of them was asked and not answered well.
 */
static struct form_faults step_faults(struct apply *a, const struct form_faults *all,
                                      bool *blamed) {
    const struct apply_step *step = &a->steps[a->at];
    struct form_faults own = {arena_new(a->p->arena, struct form_fault, all->count), 0};
    *blamed = false;
    for (size_t i = 0; i < all->count; i++) {
        const struct form_field *field = all->list[i].field;
        if (step->group != PAGE_ALL_GROUPS && field->group != step->group)
            continue;
        own.list[own.count++] = all->list[i];
        *blamed |= was_shown(a, field);
    }
    return own;
}

static void go_on(struct apply *a) {
    /* Back to the check page when everything else is done: a change of one answer. */
    size_t next = a->at + 1;
    bool all_done = true;
    for (size_t i = 0; i + 1 < a->step_count; i++)
        all_done &= i == a->at || is_done(a, a->steps[i].id);
    if (all_done)
        next = a->step_count - 1;
    a->next = apply_path(a, next);
    page_go(a->p, a->next);
}

static void questions_post(struct apply *a) {
    struct page *p = a->p;
    const struct apply_step *step = &a->steps[a->at];
    const struct pack_form *form = apply_form(a, step);
    struct json *raw = page_form_posted(p, form, step->group, apply_form_values(a, step));
    if (web_field(p->r, STR("refresh")).at != NULL) {
        questions_show(a, 200, raw, NULL);
        return;
    }
    struct err err = {0};
    struct form_faults all = {0};
    struct json *typed;
    bool blamed = false, later = web_field(p->r, STR("later")).at != NULL;
    if (!page_form_check(p, &typed, &all, form, raw, &err)) {
        page_fail(p, &err);
        return;
    }
    struct form_faults faults = step_faults(a, &all, &blamed);
    if (faults.count > 0 && !later) {
        questions_show(a, blamed ? 422 : 200, raw, blamed ? &faults : NULL);
        return;
    }
    struct json *values = apply_values(a);
    json_set(values, apply_form_name(step), raw);
    apply_done_set(values, step->id, faults.count == 0);
    a->kept = later ? NULL : go_on;
    a->next = STR("/");
    apply_keep(a, values);
}

/* ---- handlers ---- */

void page_apply(struct web_request *r) {
    struct apply *a;
    if (!apply_open(&a, r, STR_NONE))
        return;
    struct str query = r->http->query;
    struct str path = apply_path(a, first_open(a));
    if (a->has_draft)
        path = arena_printf(r->arena, "%.*s?resumed=1", STR_ARG(path));
    else if (query.len > 0)
        path = arena_printf(r->arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(query));
    page_go(a->p, path);
}

void page_apply_step(struct web_request *r) {
    struct apply *a;
    if (!apply_open(&a, r, web_arg(r, "step")))
        return;
    if (!a->has_draft && a->at > 0) { /* the draft is over, or in another browser */
        page_go(a->p, apply_path(a, 0));
        return;
    }
    switch (a->steps[a->at].kind) {
    case APPLY_PLACE: apply_place_show(a, 200); return;
    case APPLY_PAPERS: apply_papers_show(a, 200); return;
    case APPLY_CHECK: apply_check_show(a, 200); return;
    case APPLY_FORM:
    case APPLY_YOU: break;
    }
    questions_show(a, 200, apply_form_values(a, &a->steps[a->at]), NULL);
}

void page_apply_post(struct web_request *r) {
    struct apply *a;
    if (!apply_open(&a, r, web_arg(r, "step")))
        return;
    switch (a->steps[a->at].kind) {
    case APPLY_PLACE: apply_place_post(a); return;
    case APPLY_PAPERS: apply_papers_post(a); return;
    case APPLY_CHECK: apply_check_post(a); return;
    case APPLY_FORM:
    case APPLY_YOU: questions_post(a); return;
    }
}
