/* web/page_apply_end.c - the steps of an application that are not questions of the pack: the place
 * or the organ, the papers, the check of all answers, and sending it, once. */
#include "law/law.h"
#include "web/handlers.h"
#include "web/page_apply.h"

/* ---- the place: a county, then a town where the organ that accepts is found by it ---- */

static bool is_county(const struct law_organs *organs, const struct law_place *place) {
    return page_place_depth(organs, place) == PAGE_DEPTH_COUNTY;
}

static void option_add(struct json *options, struct str value, struct str label, bool on) {
    struct json *one = json_push_obj(options);
    json_set_str(one, STR("value"), value);
    json_set_str(one, STR("label"), label);
    json_set_bool(one, STR("on"), on);
}

bool apply_needs_town(const struct apply *a, struct str county) {
    struct law_competent found;
    struct err none = {0};
    return a->matter->competence.accepts && county.len > 0 &&
           !law_competent(&found, a->p->pack->organs, &a->matter->competence, county, STR_NONE,
                          &none);
}

static void counties_add(struct apply *a, struct json *options, struct str chosen) {
    struct page *p = a->p;
    const struct law_organs *organs = p->pack->organs;
    for (size_t i = 0; i < organs->place_count; i++) {
        const struct law_place *place = &organs->places[i];
        if (!is_county(organs, place))
            continue;
        struct text_blanks blanks = {law_place(organs, place->parent)->name.in[p->lang],
                                     place->name.in[p->lang]};
        option_add(options, place->id, text_fill(p->arena, TEXT_place_within, p->lang, blanks),
                   str_eq(place->id, chosen));
    }
}

struct place_answer {
    struct str county, town, organ;
    struct str county_fault, town_fault, organ_fault;
};

/* What the draft, or the link that led here, says. */
static struct place_answer place_known(struct apply *a) {
    const struct law_organs *organs = a->p->pack->organs;
    struct place_answer known = {.organ = json_get_text(a->values, STR("organ"))};
    struct str id = json_get_text(a->values, STR("place"));
    if (id.len == 0)
        id = web_query(a->p->r, STR("place"));
    if (known.organ.len == 0)
        known.organ = web_query(a->p->r, STR("organ"));
    const struct law_place *place = law_place(organs, id);
    if (place != NULL && is_county(organs, place))
        known.county = place->id;
    else if (place != NULL) {
        known.town = place->id;
        known.county = place->parent;
    }
    return known;
}

static bool organ_allowed(const struct apply *a, const struct law_organ *organ) {
    const struct law_competence *rule = &a->matter->competence;
    for (size_t i = 0; organ->kind == LAW_ORGAN_AGENCY && i < rule->level_count; i++)
        if (rule->levels[i] == organ->level)
            return true;
    return false;
}

static void place_fields(struct apply *a, const struct place_answer *answer) {
    struct page *p = a->p;
    const struct law_organs *organs = p->pack->organs;
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    struct page_field county = {.name = STR("county"),
                                .label = TEXT_field_place,
                                .hint = -1,
                                .fault = answer->county_fault};
    struct page_field town = {
        .name = STR("town"), .label = TEXT_field_town, .hint = -1, .fault = answer->town_fault};
    struct page_field organ = {
        .name = STR("organ"), .label = TEXT_field_organ, .hint = -1, .fault = answer->organ_fault};
    if (a->matter->competence.by != LAW_BY_PLACE) {
        struct json *options = page_select(p, fields, &organ);
        for (size_t i = 0; i < organs->count; i++)
            if (organ_allowed(a, &organs->list[i]))
                option_add(options, organs->list[i].id, organs->list[i].name.in[p->lang],
                           str_eq(organs->list[i].id, answer->organ));
        return;
    }
    counties_add(a, page_select(p, fields, &county), answer->county);
    if (!apply_needs_town(a, answer->county))
        return;
    struct json *options = page_select(p, fields, &town);
    for (size_t i = 0; i < organs->place_count; i++)
        if (str_eq(organs->places[i].parent, answer->county))
            option_add(options, organs->places[i].id, organs->places[i].name.in[p->lang],
                       str_eq(organs->places[i].id, answer->town));
}

static void place_page(struct apply *a, int status, const struct place_answer *answer) {
    struct page *p = a->p;
    bool by_place = a->matter->competence.by == LAW_BY_PLACE;
    struct str factor = a->matter->competence.factor.in[p->lang];
    json_set(p->ctx, STR("hidden"), json_arr(p->arena));
    json_set_bool(p->ctx, STR("refreshes"), by_place);
    json_set_bool(p->ctx, STR("later"), false);
    json_set_bool(p->ctx, STR("resumed"), false);
    json_set_str(p->ctx, STR("step_title"),
                 page_text(p, by_place ? TEXT_step_place_title : TEXT_step_organ_title));
    json_set_str(p->ctx, STR("step_text"),
                 factor.len == 0 ? page_text(p, TEXT_step_place_text)
                                 : text_fill(p->arena, TEXT_matter_competent_by, p->lang,
                                             (struct text_blanks){.a = factor}));
    page_title(p, page_text(p, by_place ? TEXT_step_place_title : TEXT_step_organ_title));
    place_fields(a, answer);
    apply_show(a, status, "apply_step");
}

void apply_place_show(struct apply *a, int status) {
    struct place_answer known = place_known(a);
    place_page(a, status, &known);
}

static struct str place_of_organ(const struct law_organ *organ) {
    return organ->area_count > 0 ? organ->area[0] : STR_NONE;
}

void apply_place_post(struct apply *a) {
    struct page *p = a->p;
    const struct law_organs *organs = p->pack->organs;
    struct place_answer answer = {.county = web_field(p->r, STR("county")),
                                  .town = web_field(p->r, STR("town")),
                                  .organ = web_field(p->r, STR("organ"))};
    struct str place = answer.county;
    bool refresh = web_field(p->r, STR("refresh")).at != NULL, seen = answer.town.at != NULL;
    const struct law_organ *organ = law_organ(organs, answer.organ);
    const struct law_place *town = law_place(organs, answer.town);
    if (town == NULL || !str_eq(town->parent, answer.county))
        answer.town = STR_NONE;
    if (a->matter->competence.by != LAW_BY_PLACE) {
        if (organ == NULL || !organ_allowed(a, organ))
            answer.organ_fault = page_text(p, TEXT_fault_organ);
        else
            place = place_of_organ(organ);
    } else if (law_place(organs, answer.county) == NULL) {
        answer.county_fault = page_text(p, TEXT_fault_place);
    } else if (apply_needs_town(a, answer.county)) {
        place = answer.town;
        if (place.len == 0 && (refresh || !seen || town != NULL)) {
            place_page(a, 200, &answer); /* the towns of the county that was chosen now */
            return;
        }
        if (place.len == 0)
            answer.town_fault = page_text(p, TEXT_fault_town);
    }
    if (refresh || answer.county_fault.len + answer.town_fault.len + answer.organ_fault.len > 0) {
        if (refresh)
            answer.county_fault = answer.town_fault = answer.organ_fault = STR_NONE;
        place_page(a, refresh ? 200 : 422, &answer);
        return;
    }
    struct json *values = apply_values(a);
    json_set_str(values, STR("place"), place);
    json_set_str(values, STR("organ"),
                 a->matter->competence.by == LAW_BY_PLACE ? STR("") : answer.organ);
    apply_done_set(values, STR("place"), true);
    a->next = apply_path(a, a->at + 1);
    apply_keep(a, values);
}

/* ---- papers ---- */

static bool has_paper(const struct json *documents, struct str material) {
    for (size_t i = 0; i < json_count(documents); i++)
        if (str_eq(json_get_text(json_item(documents, i), STR("material")), material))
            return true;
    return false;
}

const struct pack_material *apply_paper_missing(const struct apply *a,
                                                const struct json *documents) {
    for (size_t i = 0; i < a->matter->material_count; i++) {
        const struct pack_material *material = &a->matter->materials[i];
        if (material->required && material->upload && !has_paper(documents, material->id))
            return material;
    }
    return NULL;
}

static struct str fault_at(struct page *p, struct str id) {
    const struct json *errors = json_get(p->ctx, STR("errors"));
    for (size_t i = 0; i < json_count(errors); i++)
        if (str_eq(json_get_text(json_item(errors, i), STR("at")), id))
            return json_get_text(json_item(errors, i), STR("text"));
    return STR("");
}

static void files_add(struct page *p, struct json *out, const struct json *documents,
                      struct str material) {
    struct json *files = json_set_arr(out, STR("files"));
    for (size_t i = 0; i < json_count(documents); i++) {
        const struct json *document = json_item(documents, i);
        int64_t size = 0;
        if (!str_eq(json_get_text(document, STR("material")), material) ||
            !json_to_i64(&size, json_get(document, STR("size"))))
            continue;
        struct json *one = json_push_obj(files);
        json_set_str(one, STR("name"), json_get_text(document, STR("name")));
        json_set_str(one, STR("sha256"), json_get_text(document, STR("sha256")));
        json_set_str(one, STR("size_text"), say_size(p->arena, (uint64_t)size));
    }
    json_set_bool(out, STR("any_files"), json_count(files) > 0);
}

void apply_papers_show(struct apply *a, int status) {
    struct page *p = a->p;
    struct json *list = json_set_arr(p->ctx, STR("materials"));
    for (size_t i = 0; i < a->matter->material_count; i++) {
        const struct pack_material *material = &a->matter->materials[i];
        struct str id = arena_printf(p->arena, "file-%.*s", STR_ARG(material->id));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), id);
        json_set_str(one, STR("text"), material->text.in[p->lang]);
        json_set_bool(one, STR("optional"), !material->required);
        json_set_bool(one, STR("upload"), material->upload);
        json_set_str(one, STR("error"), fault_at(p, id));
        files_add(p, one, json_get(a->values, STR("documents")), material->id);
    }
    json_set_str(p->ctx, STR("limits_text"), page_files_limits(p));
    page_title(p, page_text(p, TEXT_materials_title));
    apply_show(a, status, "apply_materials");
}

static void papers_again(struct apply *a) {
    apply_papers_show(a, 422);
}

static struct json *documents_without(struct apply *a, struct str sha256) {
    struct json *documents = json_arr(a->p->arena);
    const struct json *old = json_get(a->values, STR("documents"));
    for (size_t i = 0; i < json_count(old); i++)
        if (sha256.len == 0 || !str_eq(json_get_text(json_item(old, i), STR("sha256")), sha256))
            json_push(documents, json_item(old, i));
    return documents;
}

void apply_papers_post(struct apply *a) {
    struct page *p = a->p;
    struct err err = {0};
    struct str remove = web_field(p->r, STR("remove"));
    bool stay = remove.len > 0 || web_field(p->r, STR("stay")).at != NULL;
    struct json *documents = documents_without(a, remove);
    if (!page_files_take(p, documents, a->matter, &err)) {
        page_fail(p, &err);
        return;
    }
    struct json *values = apply_values(a);
    json_set(values, STR("documents"), documents);
    const struct pack_material *missing = apply_paper_missing(a, documents);
    for (size_t i = 0; !stay && missing != NULL && i < a->matter->material_count; i++) {
        const struct pack_material *material = &a->matter->materials[i];
        struct str at = arena_printf(p->arena, "file-%.*s", STR_ARG(material->id));
        if (material->required && material->upload && !has_paper(documents, material->id) &&
            fault_at(p, at).len == 0)
            page_fault(p, at,
                       text_fill(p->arena, TEXT_fault_material_missing, p->lang,
                                 (struct text_blanks){.a = material->text.in[p->lang]}));
    }
    apply_done_set(values, STR("papers"), missing == NULL && !page_has_faults(p));
    a->kept = page_has_faults(p) ? papers_again : NULL;
    a->next = apply_path(a, stay ? a->at : a->at + 1);
    apply_keep(a, values);
}

/* ---- check ---- */

static struct json *row_add(struct json *rows, struct str label, struct str change, struct str at) {
    struct json *row = json_push_obj(rows);
    json_set_str(row, STR("label"), label);
    json_set_str(row, STR("change"), change);
    json_set_str(row, STR("at"), at);
    return row;
}

static struct json *section_add(struct json *sections, struct str title) {
    struct json *section = json_push_obj(sections);
    json_set_str(section, STR("title"), title);
    return json_set_arr(section, STR("rows"));
}

static void place_section(struct apply *a, struct json *sections, size_t step) {
    struct page *p = a->p;
    const struct law_organs *organs = p->pack->organs;
    const struct law_organ *organ = law_organ(organs, json_get_text(a->values, STR("organ")));
    const struct law_place *place = law_place(organs, json_get_text(a->values, STR("place")));
    bool by_place = a->matter->competence.by == LAW_BY_PLACE;
    struct json *rows = section_add(sections, a->steps[step].title);
    struct json *row =
        row_add(rows, page_text(p, by_place ? TEXT_field_place_short : TEXT_field_organ),
                apply_path(a, step), by_place ? STR("county") : STR("organ"));
    struct json *lines = json_set_arr(row, STR("lines"));
    if (!by_place && organ != NULL)
        json_push_str(lines, organ->name.in[p->lang]);
    const struct law_place *parent = place == NULL ? NULL : law_place(organs, place->parent);
    if (by_place && parent != NULL)
        json_push_str(lines, parent->name.in[p->lang]);
    if (by_place && place != NULL)
        json_push_str(lines, place->name.in[p->lang]);
    struct law_competent competent;
    struct err none = {0};
    if (by_place && place != NULL &&
        law_competent(&competent, organs, &a->matter->competence, place->id, STR_NONE, &none)) {
        row =
            row_add(rows, page_text(p, TEXT_matter_competent), apply_path(a, step), STR("county"));
        json_push_str(json_set_arr(row, STR("lines")), competent.organ->name.in[p->lang]);
    }
}

static bool form_section(struct apply *a, struct json *sections, size_t at, struct err *err) {
    struct page *p = a->p;
    const struct apply_step *step = &a->steps[at];
    const struct pack_form *form = apply_form(a, step);
    const struct json *values = apply_form_values(a, step);
    struct budget budget = budget_of(PAGE_FORM_STEPS_MAX, PAGE_FORM_BYTES_MAX);
    bool *shown = arena_new(p->arena, bool, form->field_count);
    if (!form_visible(shown, form, values, p->arena, &budget, err))
        return false;
    struct json *rows = section_add(sections, step->title);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        if (!shown[i] || field->key.len == 0 ||
            (step->group != PAGE_ALL_GROUPS && field->group != step->group))
            continue;
        struct str id = arena_printf(p->arena, "f-%.*s", STR_ARG(field->key));
        struct json *row = row_add(rows, field->label.in[p->lang], apply_path(a, at), id);
        json_set(row, STR("lines"), page_form_lines(p, field, json_get(values, field->key)));
    }
    return true;
}

static void papers_section(struct apply *a, struct json *sections, size_t step) {
    struct page *p = a->p;
    const struct json *documents = json_get(a->values, STR("documents"));
    struct json *rows = section_add(sections, a->steps[step].title);
    for (size_t i = 0; i < a->matter->material_count; i++) {
        const struct pack_material *material = &a->matter->materials[i];
        struct str id = arena_printf(p->arena, "file-%.*s", STR_ARG(material->id));
        struct json *row = row_add(rows, material->text.in[p->lang], apply_path(a, step), id);
        struct json *lines = json_set_arr(row, STR("lines"));
        for (size_t k = 0; k < json_count(documents); k++)
            if (str_eq(json_get_text(json_item(documents, k), STR("material")), material->id))
                json_push_str(lines, json_get_text(json_item(documents, k), STR("name")));
        if (!material->upload)
            json_push_str(lines, page_text(p, TEXT_material_bring));
    }
}

static bool sections_set(struct apply *a, struct err *err) {
    struct json *sections = json_set_arr(a->p->ctx, STR("sections"));
    for (size_t i = 0; i < a->step_count; i++) {
        switch (a->steps[i].kind) {
        case APPLY_PLACE: place_section(a, sections, i); break;
        case APPLY_FORM:
        case APPLY_YOU:
            if (!form_section(a, sections, i, err))
                return false;
            break;
        case APPLY_PAPERS: papers_section(a, sections, i); break;
        case APPLY_CHECK: break;
        }
    }
    return true;
}

static void purposes_set(struct apply *a) {
    struct page *p = a->p;
    struct json *list = json_set_arr(p->ctx, STR("purposes"));
    json_push_str(list, page_text(p, TEXT_check_purpose_case));
    for (size_t i = 0; i < a->matter->field_count; i++)
        json_push_str(list, a->matter->fields[i].why.in[p->lang]);
}

/* The first step that is not done, checked anew: what was right yesterday may be over today. */
static bool first_fault(size_t *out, struct apply *a, struct err *err) {
    for (size_t i = 0; i + 1 < a->step_count; i++) {
        const struct apply_step *step = &a->steps[i];
        struct form_faults faults = {0};
        struct json *typed;
        *out = i;
        if (step->kind == APPLY_PLACE && json_get_text(a->values, STR("place")).len == 0 &&
            json_get_text(a->values, STR("organ")).len == 0)
            return true;
        if (step->kind == APPLY_PAPERS &&
            apply_paper_missing(a, json_get(a->values, STR("documents"))) != NULL)
            return true;
        if (step->kind != APPLY_FORM && step->kind != APPLY_YOU)
            continue;
        if (!page_form_check(a->p, &typed, &faults, apply_form(a, step), apply_form_values(a, step),
                             err))
            return false;
        for (size_t k = 0; k < faults.count; k++)
            if (step->group == PAGE_ALL_GROUPS || faults.list[k].field->group == step->group)
                return true;
    }
    *out = a->step_count;
    return true;
}

void apply_check_show(struct apply *a, int status) {
    struct page *p = a->p;
    struct err err = {0};
    size_t open;
    if (!first_fault(&open, a, &err) || (open == a->step_count && !sections_set(a, &err))) {
        page_fail(p, &err);
        return;
    }
    if (open < a->step_count) {
        page_go(p, apply_path(a, open));
        return;
    }
    purposes_set(a);
    json_set_str(p->ctx, STR("key"), json_get_text(a->values, STR("nonce")));
    json_set_str(p->ctx, STR("declare_error"), fault_at(p, STR("declare")));
    page_title(p, page_text(p, TEXT_check_title));
    apply_show(a, status, "apply_check");
}

/* ---- sending ---- */

static void sent(struct web_request *r, const struct app_answer *answer) {
    struct apply *a = r->then;
    struct page *p = a->p;
    if (answer->err.code != ERR_NONE) {
        const struct json *faults = json_get(answer->body, STR("faults"));
        if (json_count(faults) == 0) {
            page_fail(p, &answer->err);
            return;
        }
        for (size_t i = 0; i < json_count(faults); i++)
            page_fault(
                p, STR("declare"),
                json_get_text(json_get(json_item(faults, i), STR("text")), lang_code(p->lang)));
        apply_check_show(a, 422);
        return;
    }
    struct str opened =
        arena_printf(p->arena, "%.*s.%.*s", STR_ARG(json_get_text(answer->body, STR("reference"))),
                     STR_ARG(json_get_text(answer->body, STR("access_code"))));
    http_cookie_set(r->http, WEB_COOKIE_CASE, opened, PAGE_CASE_COOKIE_S);
    /* The draft stays until the next page is there (page_confirmation): a second press of the
     * button finds it, sends the same, and gets the first answer. */
    http_cookie_set(r->http, PAGE_COOKIE_SENT,
                    arena_printf(p->arena, "%.*s.%.*s", STR_ARG(opened),
                                 STR_ARG(json_get_text(a->values, STR("nonce")))),
                    PAGE_CODE_SHOWN_S);
    page_go(p, STR("/confirmation"));
}

/* The decision that is to be reviewed: the draft names it, the browser's cookie shows that it is
 * this person's. */
static void parent_set(struct apply *a, struct json *body) {
    const struct json *parent = json_get(a->values, STR("parent"));
    if (!json_is(parent, JSON_OBJECT))
        return;
    struct json *copy = json_copy(parent, a->p->arena);
    struct str cookie = http_cookie_get(a->p->r->http, WEB_COOKIE_CASE);
    size_t dot = str_find_byte(cookie, '.');
    if (dot != SIZE_MAX && str_eq(str_sub(cookie, 0, dot), json_get_text(parent, STR("reference"))))
        json_set_str(copy, STR("code"), str_sub(cookie, dot + 1, cookie.len));
    json_set(body, STR("parent"), copy);
}

static bool body_make(struct apply *a, struct json *body, struct err *err) {
    struct page *p = a->p;
    json_set_str(body, STR("matter"), a->matter->id);
    json_set_str(body, STR("place"), json_get_text(a->values, STR("place")));
    json_set_str(body, STR("organ"), json_get_text(a->values, STR("organ")));
    json_set_str(body, STR("lang"), lang_code(p->lang));
    for (size_t i = 0; i < a->step_count; i++) {
        const struct apply_step *step = &a->steps[i];
        struct form_faults faults = {0};
        struct json *typed;
        if (step->kind != APPLY_FORM && step->kind != APPLY_YOU)
            continue;
        if (!page_form_check(p, &typed, &faults, apply_form(a, step), apply_form_values(a, step),
                             err))
            return false;
        json_set(body, apply_form_name(step), json_copy(typed, p->arena));
    }
    const struct json *documents = json_get(a->values, STR("documents"));
    json_set(body, STR("documents"), documents != NULL ? documents : json_arr(p->arena));
    parent_set(a, body);
    return true;
}

void apply_check_post(struct apply *a) {
    struct page *p = a->p;
    struct err err = {0};
    size_t open = a->step_count;
    struct json *body = json_obj(p->arena);
    struct str key = web_field(p->r, STR("key"));
    p->r->then = a;
    if (!a->has_draft) { /* sent already, or given up in another window */
        struct str done = http_cookie_get(p->r->http, PAGE_COOKIE_SENT);
        bool ours = key.len > 0 && str_ends(done, key);
        page_go(p, ours ? STR("/confirmation") : apply_path(a, 0));
        return;
    }
    if (!first_fault(&open, a, &err)) {
        page_fail(p, &err);
        return;
    }
    if (web_field(p->r, STR("declare")).len == 0)
        page_fault(p, STR("declare"), page_text(p, TEXT_fault_declare));
    if (open < a->step_count || page_has_faults(p)) {
        apply_check_show(a, 422);
        return;
    }
    if (!body_make(a, body, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct app_order order = {
        .verb = APP_APPLY, .idempotency_key = json_get_text(a->values, STR("nonce")), .body = body};
    web_do(p->r, &order, sent);
}
