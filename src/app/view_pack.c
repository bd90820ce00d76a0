/* What the packs say: organs, places, matters and their guides. Nothing here reads the store. */
#include "app/reader.h"

#include "case/words.h"
#include "pack/form.h"

bool app_reader_create(struct app_reader **out, struct app *app, struct err *err) {
    struct arena *arena = arena_create("reader", 4096);
    (void)err; /* nothing to fail yet: connections are taken view by view */
    *out = arena_new(arena, struct app_reader, 1);
    **out = (struct app_reader){.app = app, .arena = arena};
    return true;
}

void app_reader_destroy(struct app_reader *reader) {
    if (reader == NULL)
        return;
    view_kept_drop_all(reader);
    arena_destroy(reader->arena);
}

/* ---- organs ------------------------------------------------------------------------------------
 */

static void add_organ(struct json *out, const struct law_organ *organ) {
    static const char *const kinds[] = {"agency", "government", "external"};
    json_set_str(out, STR("id"), organ->id);
    json_set_str(out, STR("kind"), str_from(kinds[organ->kind]));
    json_set_str(out, STR("level"), law_level_name(organ->level));
    struct json *title = json_set_obj(out, STR("level_title"));
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i), law_level_title(organ->level, (enum lang)i));
    view_text(out, STR("name"), &organ->name);
    json_set_str(out, STR("parent"), organ->parent);
    json_set_str(out, STR("phone"), organ->phone);
    view_text(out, STR("address"), &organ->address);
    struct json *area = json_set_arr(out, STR("area"));
    for (size_t i = 0; i < organ->area_count; i++)
        json_push_str(area, organ->area[i]);
    json_set_bool(out, STR("demo"), organ->demo);
}

static bool text_has(const struct lang_text *text, struct str part) {
    for (size_t i = 0; i < LANGS; i++)
        for (size_t at = 0; at + part.len <= text->in[i].len; at++)
            if (str_eq_ascii_case(str_sub(text->in[i], at, part.len), part))
                return true;
    return false;
}

static bool covers(const struct law_organs *organs, const struct law_organ *organ,
                   struct str place) {
    for (size_t i = 0; i < organ->area_count; i++)
        if (law_place_within(organs, place, organ->area[i]))
            return true;
    return false;
}

static bool organ_wanted(const struct law_organs *organs, const struct law_organ *organ,
                         const struct app_ask *ask) {
    struct str level = view_query(ask, STR("level")), parent = view_query(ask, STR("parent"));
    struct str q = view_query(ask, STR("q")), place = view_query(ask, STR("place"));
    if (organ->kind != LAW_ORGAN_AGENCY && parent.len == 0 && q.len == 0)
        return false; /* governments and courts are named where they matter, and found by search */
    return (level.len == 0 || str_eq(level, law_level_name(organ->level))) &&
           (parent.len == 0 || str_eq(parent, organ->parent)) &&
           (q.len == 0 || text_has(&organ->name, q)) &&
           (place.len == 0 || covers(organs, organ, place));
}

bool app_view_organs(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    struct json *list = json_arr(ask->arena);
    (void)err;
    for (size_t i = 0; pack != NULL && i < pack->organs->count; i++)
        if (organ_wanted(pack->organs, &pack->organs->list[i], ask))
            add_organ(json_push_obj(list), &pack->organs->list[i]);
    *out = json_copy(view_items(list), ask->arena); /* the packs are let go below */
    app_packs_let(r->app, packs);
    return true;
}

static void add_openings(struct json *list, const struct cal_openings *day, struct arena *arena) {
    for (uint32_t i = 0; i < day->count; i++) {
        const struct cal_opening *o = &day->at[i];
        json_push_str(list,
                      arena_printf(arena, "%02d:%02d-%02d:%02d", o->from_minute / 60,
                                   o->from_minute % 60, o->to_minute / 60, o->to_minute % 60));
    }
}

/* Office hours: today's, whether it is open now, and when it opens next. */
static bool add_hours(struct json *out, const struct pack *pack, const struct law_organ *organ,
                      int64_t now_us, struct arena *arena, struct err *err) {
    if (organ->hours == NULL) {
        json_set(out, STR("hours"), json_null(arena));
        return true;
    }
    struct json *hours = json_set_obj(out, STR("hours"));
    struct cal_date today = cal_us_date(now_us, pack->timezone);
    struct cal_openings day;
    bool open;
    int64_t next_us;
    if (!cal_office_day(&day, organ->hours, pack->calendar, today, err) ||
        !cal_office_is_open(&open, organ->hours, pack->calendar, pack->timezone, now_us, err))
        return false;
    add_openings(json_set_arr(hours, STR("today")), &day, arena);
    json_set_bool(hours, STR("open_now"), open);
    json_set_str(hours, STR("holiday"), cal_calendar_day_name(pack->calendar, today));
    struct err none = {0};
    if (cal_office_next_open(&next_us, organ->hours, pack->calendar, pack->timezone, now_us, &none))
        view_time(hours, STR("next_open"), next_us, pack->timezone);
    struct json *week = json_set_arr(hours, STR("week"));
    for (int i = 0; i < 7; i++) { /* the ordinary week: no holidays */
        struct cal_date date;
        struct json *list = json_arr(arena);
        if (cal_date_add_days(&date, today, i + 1 - cal_weekday(today)) &&
            cal_office_day(&day, organ->hours, NULL, date, err))
            add_openings(list, &day, arena);
        else if (err->code != ERR_NONE)
            return false;
        json_push(week, list);
    }
    return true;
}

/* Which matters a person can bring to this organ. */
static bool runs_matter(const struct law_organ *organ, const struct pack_matter *matter) {
    const struct law_competence *rule = &matter->competence;
    if (organ->kind != LAW_ORGAN_AGENCY)
        return false;
    if (rule->accepts && rule->accepts_level == organ->level)
        return true;
    for (size_t i = 0; i < rule->level_count; i++)
        if (rule->levels[i] == organ->level)
            return true;
    return false;
}

static void add_matter(struct json *out, const struct pack_matter *matter) {
    json_set_str(out, STR("id"), matter->id);
    view_text(out, STR("title"), &matter->title);
    view_text(out, STR("summary"), &matter->summary);
    struct json *category = json_set_obj(out, STR("category"));
    json_set_str(category, STR("id"), matter->category->id);
    view_text(category, STR("title"), &matter->category->title);
}

static void add_organ_page(struct json *out, const struct pack *pack,
                           const struct law_organ *organ) {
    view_text(out, STR("overview"), &organ->overview);
    json_set_str(out, STR("website"), organ->website);
    json_set_str(out, STR("postal_code"), organ->postal_code);
    view_organ_brief(out, STR("parent_organ"), law_superior(pack->organs, organ));
    view_organ_brief(out, STR("review_organ"), law_review_organ(pack->organs, organ));
    struct json *departments = json_set_arr(out, STR("departments"));
    for (size_t i = 0; i < organ->department_count; i++)
        view_text(json_push_obj(departments), STR("name"), &organ->departments[i].name);
    struct json *below = json_set_arr(out, STR("subsidiaries"));
    for (size_t i = 0; i < pack->organs->count; i++)
        if (str_eq(pack->organs->list[i].parent, organ->id))
            add_organ(json_push_obj(below), &pack->organs->list[i]);
    struct json *matters = json_set_arr(out, STR("matters"));
    for (size_t i = 0; i < pack->matter_count; i++)
        if (pack->matters[i].listed && runs_matter(organ, &pack->matters[i]))
            add_matter(json_push_obj(matters), &pack->matters[i]);
}

bool app_view_organ(struct json **out, struct app_reader *r, const struct app_ask *ask,
                    struct str id, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    const struct law_organ *organ = pack == NULL ? NULL : law_organ(pack->organs, id);
    bool ok = organ != NULL;
    if (!ok)
        err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such organ");
    if (ok) {
        struct json *page = json_obj(ask->arena);
        add_organ(page, organ);
        add_organ_page(page, pack, organ);
        ok = add_hours(page, pack, organ, app_now_us(r->app), ask->arena, err);
        *out = json_copy(page, ask->arena);
    }
    app_packs_let(r->app, packs);
    return ok;
}

bool app_view_places(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    struct str parent = view_query(ask, STR("parent")), level = view_query(ask, STR("level"));
    struct json *list = json_arr(ask->arena);
    (void)err;
    for (size_t i = 0; pack != NULL && i < pack->organs->place_count; i++) {
        const struct law_place *place = &pack->organs->places[i];
        if ((parent.len > 0 && !str_eq(parent, place->parent)) ||
            (level.len > 0 && !str_eq(level, place->level)))
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), place->id);
        view_text(one, STR("name"), &place->name);
        json_set_str(one, STR("parent"), place->parent);
        json_set_str(one, STR("level"), place->level);
    }
    *out = json_copy(view_items(list), ask->arena);
    app_packs_let(r->app, packs);
    return true;
}

/* ---- matters ------------------------------------------------------------------------------------
 */

static bool matter_wanted(const struct pack *pack, const struct pack_matter *matter,
                          const struct app_ask *ask) {
    struct str category = view_query(ask, STR("category")), organ = view_query(ask, STR("organ"));
    if (!matter->listed || (category.len > 0 && !str_eq(category, matter->category->id)))
        return false;
    if (organ.len == 0)
        return true;
    const struct law_organ *at = law_organ(pack->organs, organ);
    return at != NULL && runs_matter(at, matter);
}

/* A search finds organs too; the API lists matters, and under "organs" what else was found. */
static void search(struct json *list, struct json *organs, const struct pack *pack,
                   const struct app_ask *ask, struct str q) {
    enum { HITS_MAX = 100 };
    struct pack_hit hits[HITS_MAX];
    size_t count = pack_search(hits, HITS_MAX, pack, q, ask->caller->lang);
    for (size_t i = 0; i < count; i++) {
        if (hits[i].organ != NULL)
            add_organ(json_push_obj(organs), hits[i].organ);
        else if (matter_wanted(pack, hits[i].matter, ask))
            add_matter(json_push_obj(list), hits[i].matter);
    }
}

bool app_view_matters(struct json **out, struct app_reader *r, const struct app_ask *ask,
                      struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    struct str q = str_trim(view_query(ask, STR("q")));
    struct json *list = json_arr(ask->arena), *organs = json_arr(ask->arena);
    struct json *categories = json_arr(ask->arena);
    (void)err;
    if (pack != NULL && q.len > 0)
        search(list, organs, pack, ask, q);
    for (size_t i = 0; pack != NULL && q.len == 0 && i < pack->matter_count; i++)
        if (matter_wanted(pack, &pack->matters[i], ask))
            add_matter(json_push_obj(list), &pack->matters[i]);
    for (size_t i = 0; pack != NULL && i < pack->category_count; i++) {
        struct json *one = json_push_obj(categories);
        json_set_str(one, STR("id"), pack->categories[i].id);
        view_text(one, STR("title"), &pack->categories[i].title);
        view_text(one, STR("summary"), &pack->categories[i].summary);
    }
    struct json *answer = view_items(list);
    json_set(answer, STR("organs"), organs);
    json_set(answer, STR("categories"), categories);
    *out = json_copy(answer, ask->arena);
    app_packs_let(r->app, packs);
    return true;
}

/* ---- a matter's guide
 * ---------------------------------------------------------------------------- */

static void add_terms(struct json *out, struct str key, struct cal_term term) {
    struct json *map = json_set_obj(out, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), words_term(out->arena, term, (enum lang)i));
}

static void add_basis(struct json *out, const struct pack *pack, struct str law,
                      struct str articles) {
    const size_t *at = law.len == 0 ? NULL : map_find(&pack->law_at, law);
    if (at == NULL) {
        json_set(out, STR("basis"), json_null(out->arena));
        return;
    }
    struct json *basis = json_set_obj(out, STR("basis"));
    json_set_str(basis, STR("law"), law);
    view_text(basis, STR("title"), &pack->laws[*at].title);
    view_text(basis, STR("version"), &pack->laws[*at].version);
    json_set_str(basis, STR("articles"), articles);
}

static void add_limit(struct json *out, const struct pack *pack, const struct law_limit *limit) {
    static const char *const sures[] = {"verified", "known", "unsure"};
    static const char *const expiries[] = {"breach", "deemed", "lapse"};
    json_set_str(out, STR("id"), limit->id);
    view_text(out, STR("title"), &limit->title);
    json_set_i64(out, STR("n"), limit->within.n);
    json_set_str(out, STR("unit"), str_from(cal_unit_name(limit->within.unit)));
    add_terms(out, STR("text"), limit->within);
    view_text(out, STR("from"), &limit->from);
    json_set_str(out, STR("holder"),
                 limit->holder == LAW_HOLDER_ORGAN ? STR("organ") : STR("applicant"));
    json_set_str(out, STR("on_expiry"), str_from(expiries[limit->expiry]));
    json_set_str(out, STR("sure"), str_from(sures[limit->sure]));
    json_set_bool(out, STR("set_by_agency"), limit->set_by_agency);
    json_set_bool(out, STR("overall"), limit->overall);
    add_basis(out, pack, limit->law, limit->articles);
    if (!limit->extension.allowed) {
        json_set(out, STR("extension"), json_null(out->arena));
        return;
    }
    struct json *extension = json_set_obj(out, STR("extension"));
    json_set_str(extension, STR("mode"), limit->extension.total ? STR("total") : STR("additional"));
    add_terms(extension, STR("text"), limit->extension.by);
    view_text(extension, STR("ground"), &limit->extension.ground);
}

static void add_remedy(struct json *out, const struct pack *pack, const struct law_remedy *remedy,
                       const struct law_organ *organ) {
    json_set_str(out, STR("code"), remedy->code);
    view_text(out, STR("title"), &remedy->title);
    view_text(out, STR("text"), &remedy->text);
    json_set_bool(out, STR("first"), remedy->first);
    json_set_str(out, STR("matter"), remedy->matter);
    const struct law_organ *to =
        organ == NULL ? NULL : law_remedy_organ(pack->organs, remedy, organ);
    view_organ_brief(out, STR("organ"), to);
    view_text(out, STR("to"), to == NULL ? &remedy->court : &to->name);
    if (remedy->has_term)
        add_terms(out, STR("term"), remedy->term);
    else
        json_set(out, STR("term"), json_null(out->arena));
    view_text(out, STR("from"), &remedy->from);
    add_basis(out, pack, remedy->law, remedy->articles);
}

static void add_field(struct json *out, const struct form_field *field) {
    static const char *const kinds[] = {"text",  "textarea", "number",    "date", "select",
                                        "radio", "checkbox", "checklist", "note", "group"};
    json_set_str(out, STR("key"), field->key);
    json_set_str(out, STR("kind"), str_from(kinds[field->kind]));
    view_text(out, STR("label"), &field->label);
    view_text(out, STR("description"), &field->description);
    json_set_bool(out, STR("required"), field->required);
    json_set_str(out, STR("check"), field->check);
    if (field->length_max >= 0)
        json_set_i64(out, STR("length_max"), field->length_max);
    struct json *options = json_set_arr(out, STR("options"));
    for (size_t i = 0; i < field->option_count; i++) {
        struct json *option = json_push_obj(options);
        json_set_str(option, STR("value"), field->options[i].value);
        view_text(option, STR("label"), &field->options[i].label);
    }
    if (field->group == UINT32_MAX)
        json_set(out, STR("group"), json_null(out->arena));
    else
        json_set_i64(out, STR("group"), field->group);
    json_set_bool(out, STR("conditional"), field->hide != NULL);
}

static void add_form(struct json *out, struct str key, const struct pack_form *form) {
    if (form == NULL) {
        json_set(out, key, json_null(out->arena));
        return;
    }
    struct json *view = json_set_obj(out, key);
    json_set_str(view, STR("id"), form->id);
    view_text(view, STR("title"), &form->title);
    struct json *fields = json_set_arr(view, STR("fields"));
    for (size_t i = 0; i < form->field_count; i++) {
        struct json *field = json_push_obj(fields);
        json_set_i64(field, STR("index"), (int64_t)i);
        add_field(field, &form->fields[i]);
    }
}

static void add_competent(struct json *out, const struct pack *pack,
                          const struct pack_matter *matter, struct str place, struct str organ,
                          const struct law_organ **decider) {
    struct json *competent = json_set_obj(out, STR("competent"));
    const struct law_competence *rule = &matter->competence;
    static const char *const bys[] = {"place", "deciding-organ", "review-organ", "superior"};
    json_set_str(competent, STR("by"), str_from(bys[rule->by]));
    view_text(competent, STR("factor"), &rule->factor);
    struct json *levels = json_set_arr(competent, STR("levels"));
    for (size_t i = 0; i < rule->level_count; i++)
        json_push_str(levels, law_level_name(rule->levels[i]));
    struct law_competent found = {0};
    struct err none = {0};
    bool known = (place.len > 0 || organ.len > 0) &&
                 law_competent(&found, pack->organs, rule, place, organ, &none);
    *decider = known ? found.organ : NULL;
    view_organ_brief(competent, STR("organ"), known ? found.organ : NULL);
    view_organ_brief(competent, STR("accepting"), known ? found.accepting : NULL);
    json_set_bool(competent, STR("none_here"), place.len > 0 && !known && rule->by == LAW_BY_PLACE);
}

static void add_guide(struct json *out, const struct pack *pack, const struct pack_matter *matter,
                      const struct app_ask *ask) {
    const struct law_organ *decider;
    view_text(out, STR("who"), &matter->who);
    view_text(out, STR("result"), &matter->result);
    view_text(out, STR("validity"), &matter->validity);
    json_set_str(out, STR("keep"), matter->keep);
    json_set_bool(out, STR("anonymous"), matter->anonymous);
    json_set_bool(out, STR("set_by_agency"), matter->set_by_agency);
    json_set_str(out, STR("starts_from"), matter->starts_from);
    json_set_bool(out, STR("listed"), matter->listed);
    add_competent(out, pack, matter, view_query(ask, STR("place")), view_query(ask, STR("organ")),
                  &decider);
    struct json *materials = json_set_arr(out, STR("materials"));
    for (size_t i = 0; i < matter->material_count; i++) {
        struct json *one = json_push_obj(materials);
        json_set_str(one, STR("id"), matter->materials[i].id);
        view_text(one, STR("text"), &matter->materials[i].text);
        json_set_bool(one, STR("required"), matter->materials[i].required);
        json_set_bool(one, STR("upload"), matter->materials[i].upload);
    }
    struct json *limits = json_set_arr(out, STR("limits"));
    for (size_t i = 0; i < matter->limit_count; i++)
        add_limit(json_push_obj(limits), pack, &matter->limits[i]);
    struct json *fee = json_set_obj(out, STR("fee"));
    json_set_str(fee, STR("amount"), matter->fee_amount);
    json_set_str(fee, STR("currency"), pack->currency);
    view_text(fee, STR("text"), &matter->fee_text);
    struct json *basis = json_set_arr(out, STR("basis"));
    for (size_t i = 0; i < matter->basis_count; i++) {
        struct json *one = json_push_obj(basis);
        json_set_str(one, STR("law"), matter->basis[i].law->id);
        view_text(one, STR("title"), &matter->basis[i].law->title);
        view_text(one, STR("version"), &matter->basis[i].law->version);
        json_set_str(one, STR("articles"), matter->basis[i].articles);
        view_text(one, STR("says"), &matter->basis[i].says);
    }
    struct json *remedies = json_set_arr(out, STR("remedies"));
    for (size_t i = 0; i < matter->remedy_count; i++)
        add_remedy(json_push_obj(remedies), pack, matter->remedies[i], decider);
    struct json *fields = json_set_arr(out, STR("data"));
    for (size_t i = 0; i < matter->field_count; i++) {
        struct json *one = json_push_obj(fields);
        json_set_str(one, STR("field"), matter->fields[i].field);
        view_text(one, STR("why"), &matter->fields[i].why);
    }
    add_form(out, STR("applicant"), matter->applicant);
    add_form(out, STR("form"), matter->form);
}

bool app_view_matter(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct str id, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    const struct pack_matter *matter = pack == NULL ? NULL : pack_matter(pack, id);
    if (matter == NULL) {
        err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such matter");
    } else {
        struct json *guide = json_obj(ask->arena);
        add_matter(guide, matter);
        add_guide(guide, pack, matter, ask);
        *out = json_copy(guide, ask->arena);
    }
    app_packs_let(r->app, packs);
    return matter != NULL;
}
