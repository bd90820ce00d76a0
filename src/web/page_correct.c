/* web/page_correct.c - the applicant's answer to a request for corrections: the form as it was
 * sent, to be changed, and more papers. */
#include "web/handlers.h"
#include "web/page.h"

struct correct {
    struct page *p;
    const struct pack_matter *matter;
    struct json *own;    /* the localised case view */
    struct json *values; /* what stands in the form */
};

/* The values of the case's form, as the view gives them to their owner. */
static struct json *values_of(struct page *p, const struct json *own) {
    const struct json *facts = json_get(own, STR("form"));
    struct json *values = json_obj(p->arena);
    for (size_t i = 0; i < json_count(facts); i++)
        json_set(values, json_get_text(json_item(facts, i), STR("key")),
                 json_get(json_item(facts, i), STR("value")));
    return values;
}

/* False when it has answered: nothing is asked for, or the case cannot be seen. */
static bool correct_open(struct correct *c, struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    struct page *p = page_open(r, TEXT_correct_title);
    *c = (struct correct){.p = p};
    if (!app_view_case(&view, r->reader, &ask, r->caller.reference, &err)) {
        page_fail(p, &err);
        return false;
    }
    c->own = page_view(p, STR("case"), view);
    struct str id = json_get_text(json_get(view, STR("matter")), STR("id"));
    c->matter = p->pack == NULL ? NULL : pack_matter(p->pack, id);
    c->values = values_of(p, view);
    if (c->matter != NULL && json_is(json_get(view, STR("asks")), JSON_OBJECT))
        return true;
    page_go(p, STR("/case"));
    return false;
}

static bool fields_set(struct correct *c, const struct form_faults *faults, struct err *err) {
    struct page *p = c->p;
    struct json *groups = json_set_arr(p->ctx, STR("groups"));
    const struct pack_form *form = c->matter->form;
    if (form == NULL)
        return true;
    struct json *group = json_push_obj(groups);
    json_set_str(group, STR("title"), form->title.in[p->lang]);
    const struct page_form shown = {form, c->values, faults, PAGE_ALL_GROUPS};
    bool steers;
    return page_form_fields(p, json_set_arr(group, STR("fields")), &steers, &shown, err);
}

static struct str fault_at(struct page *p, struct str id) {
    const struct json *errors = json_get(p->ctx, STR("errors"));
    for (size_t i = 0; i < json_count(errors); i++)
        if (str_eq(json_get_text(json_item(errors, i), STR("at")), id))
            return json_get_text(json_item(errors, i), STR("text"));
    return STR("");
}

static void materials_set(struct correct *c) {
    struct page *p = c->p;
    struct json *list = json_set_arr(p->ctx, STR("materials"));
    for (size_t i = 0; i < c->matter->material_count; i++) {
        const struct pack_material *material = &c->matter->materials[i];
        struct str id = arena_printf(p->arena, "file-%.*s", STR_ARG(material->id));
        if (!material->upload)
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), id);
        json_set_str(one, STR("text"), material->text.in[p->lang]);
        json_set_str(one, STR("error"), fault_at(p, id));
    }
    json_set_str(p->ctx, STR("limits_text"), page_files_limits(p));
}

static void correct_show(struct correct *c, int status, const struct form_faults *faults) {
    struct page *p = c->p;
    struct err err = {0};
    const struct json *asks = json_get(c->own, STR("asks"));
    if (!fields_set(c, faults, &err)) {
        page_fail(p, &err);
        return;
    }
    materials_set(c);
    json_set_str(p->ctx, STR("reasons"), json_get_text(asks, STR("reasons")));
    json_set_str(p->ctx, STR("due_text"), json_get_text(asks, STR("due_text")));
    json_set_str(p->ctx, STR("key"), page_token(p));
    json_set_str(p->ctx, STR("back"), STR("/case"));
    page_show(p, status, "correct");
}

void page_correct(struct web_request *r) {
    struct correct c;
    if (correct_open(&c, r))
        correct_show(&c, 200, NULL);
}

static void corrected(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, answer->body);
    else
        web_redirect(r, STR("/case?done=corrected"));
}

void page_correct_post(struct web_request *r) {
    struct correct c;
    struct err err = {0};
    struct form_faults faults = {0};
    if (!correct_open(&c, r))
        return;
    struct page *p = c.p;
    struct json *documents = json_arr(r->arena), *typed = json_obj(r->arena);
    if (c.matter->form != NULL)
        c.values = page_form_posted(p, c.matter->form, PAGE_ALL_GROUPS, NULL);
    if ((c.matter->form != NULL &&
         !page_form_check(p, &typed, &faults, c.matter->form, c.values, &err)) ||
        !page_files_take(p, documents, c.matter, &err)) {
        page_fail(p, &err);
        return;
    }
    if (faults.count > 0 || page_has_faults(p)) {
        correct_show(&c, 422, &faults);
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set(body, STR("form"), json_copy(typed, r->arena));
    json_set(body, STR("documents"), documents);
    page_close(p);
    const struct app_order order = {.verb = APP_CORRECT,
                                    .idempotency_key = web_field(r, STR("key")),
                                    .reference = r->caller.reference,
                                    .body = body};
    web_do(r, &order, corrected);
}
