/* web/page_matter.c - the guide of a matter: everything that a person must know before starting. */
#include "web/handlers.h"
#include "web/page.h"

/* Empty where the whole law is the basis. */
static struct str articles(struct page *p, const struct json *basis) {
    if (json_get_text(basis, STR("articles")).len == 0)
        return STR_NONE;
    return text_fill(p->arena, TEXT_law_articles, p->lang,
                     (struct text_blanks){.a = json_get_text(basis, STR("articles"))});
}

/* "Interim Regulations on Residence Permits, article 9" */
static struct str basis_words(struct page *p, const struct json *basis) {
    if (!json_is(basis, JSON_OBJECT))
        return STR("");
    if (json_get_text(basis, STR("articles")).len == 0)
        return json_get_text(basis, STR("title"));
    return text_fill(p->arena, TEXT_law_cited, p->lang,
                     (struct text_blanks){json_get_text(basis, STR("title")), articles(p, basis)});
}

static struct str extension_words(struct page *p, const struct json *extension) {
    if (!json_is(extension, JSON_OBJECT))
        return STR("");
    bool total = str_eq(json_get_text(extension, STR("mode")), STR("total"));
    return text_fill(p->arena, total ? TEXT_matter_extension : TEXT_matter_extension_add, p->lang,
                     (struct text_blanks){.a = json_get_text(extension, STR("text"))});
}

static void limits_set(struct page *p, const struct json *matter) {
    const struct json *limits = json_get(matter, STR("limits"));
    struct json *list = json_set_arr(p->ctx, STR("limits"));
    for (size_t i = 0; i < json_count(limits); i++) {
        const struct json *limit = json_item(limits, i);
        struct str from = json_get_text(limit, STR("from"));
        struct str length = json_get_text(limit, STR("text"));
        if (from.len > 0)
            length =
                text_fill(p->arena, TEXT_limit_from, p->lang, (struct text_blanks){length, from});
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("title"), json_get_text(limit, STR("title")));
        json_set_str(one, STR("words"), length);
        json_set_str(one, STR("extension"), extension_words(p, json_get(limit, STR("extension"))));
        json_set_str(one, STR("basis"), basis_words(p, json_get(limit, STR("basis"))));
        json_set_bool(one, STR("set_by_agency"),
                      json_is_true(json_get(limit, STR("set_by_agency"))));
    }
}

static void laws_set(struct page *p, const struct json *matter) {
    const struct json *basis = json_get(matter, STR("basis"));
    struct json *list = json_set_arr(p->ctx, STR("laws"));
    for (size_t i = 0; i < json_count(basis); i++) {
        const struct json *law = json_item(basis, i);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("title"), json_get_text(law, STR("title")));
        json_set_str(one, STR("version"), json_get_text(law, STR("version")));
        json_set_str(one, STR("says"), json_get_text(law, STR("says")));
        json_set_str(one, STR("articles_text"), articles(p, law));
    }
}

/* Counties, by their city: the organ that decides is of a county or above, or named by one. */
static void places_set(struct page *p, struct str chosen) {
    const struct law_organs *organs = p->pack->organs;
    struct json *cities = json_set_arr(p->ctx, STR("cities"));
    for (size_t i = 0; i < organs->place_count; i++) {
        const struct law_place *city = &organs->places[i];
        if (page_place_depth(organs, city) != PAGE_DEPTH_CITY)
            continue;
        struct json *one = json_push_obj(cities);
        json_set_str(one, STR("name"), city->name.in[p->lang]);
        struct json *places = json_set_arr(one, STR("places"));
        for (size_t k = 0; k < organs->place_count; k++) {
            const struct law_place *place = &organs->places[k];
            if (!str_eq(place->parent, city->id))
                continue;
            struct json *option = json_push_obj(places);
            json_set_str(option, STR("id"), place->id);
            json_set_str(option, STR("name"), place->name.in[p->lang]);
            json_set_bool(option, STR("on"), str_eq(place->id, chosen));
        }
    }
}

static struct str rule_words(struct page *p, const struct json *competent, struct str chosen) {
    if (json_is_true(json_get(competent, STR("none_here"))) && chosen.len > 0)
        return page_text(p, TEXT_matter_none_here);
    struct str factor = json_get_text(competent, STR("factor"));
    if (factor.len == 0)
        return page_text(p, TEXT_matter_competent_unknown);
    return text_fill(p->arena, TEXT_matter_competent_by, p->lang,
                     (struct text_blanks){.a = factor});
}

/* The organ that decides for a county, where the one that accepts is found by a smaller place. */
static const struct json *decider_of(struct page *p, const struct json *matter, struct str place) {
    const struct pack_matter *of = pack_matter(p->pack, json_get_text(matter, STR("id")));
    struct law_competence rule = of->competence;
    struct law_competent found;
    struct err none = {0};
    rule.accepts = false;
    if (place.len == 0 || rule.by != LAW_BY_PLACE ||
        !law_competent(&found, p->pack->organs, &rule, place, STR_NONE, &none))
        return json_null(p->arena);
    struct json *organ = json_obj(p->arena);
    json_set_str(organ, STR("id"), found.organ->id);
    json_set_str(organ, STR("name"), found.organ->name.in[p->lang]);
    json_set_str(organ, STR("phone"), found.organ->phone);
    return organ;
}

static void competent_set(struct page *p, const struct json *matter) {
    const struct json *competent = json_get(matter, STR("competent"));
    const struct json *organ = json_get(competent, STR("organ"));
    const struct json *accepting = json_get(competent, STR("accepting"));
    struct str chosen = web_query(p->r, STR("place"));
    bool by_place = str_eq(json_get_text(competent, STR("by")), STR("place"));
    bool same = str_eq(json_get_text(organ, STR("id")), json_get_text(accepting, STR("id")));
    json_set(p->ctx, STR("decider"),
             json_is(organ, JSON_OBJECT) ? organ : decider_of(p, matter, chosen));
    json_set(p->ctx, STR("accepting"),
             json_is(accepting, JSON_OBJECT) && !same ? accepting : json_null(p->arena));
    json_set_str(p->ctx, STR("rule_text"), rule_words(p, competent, chosen));
    json_set_bool(p->ctx, STR("by_place"), by_place);
    if (by_place)
        places_set(p, chosen);
}

static void remedies_set(struct page *p, const struct json *matter) {
    const struct json *remedies = json_get(matter, STR("remedies"));
    struct json *list = json_set_arr(p->ctx, STR("remedies"));
    for (size_t i = 0; i < json_count(remedies); i++) {
        const struct json *remedy = json_item(remedies, i);
        struct str term = json_get_text(remedy, STR("term")),
                   from = json_get_text(remedy, STR("from"));
        if (term.len > 0 && from.len > 0)
            term = text_fill(p->arena, TEXT_limit_from, p->lang, (struct text_blanks){term, from});
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("title"), json_get_text(remedy, STR("title")));
        struct str words = json_get_text(remedy, STR("text"));
        bool same = str_eq(words, json_get_text(remedy, STR("title")));
        json_set_str(one, STR("text"), same ? STR("") : words);
        json_set_str(one, STR("to"), json_get_text(remedy, STR("to")));
        json_set_str(one, STR("term_text"), term);
        json_set_str(one, STR("basis"), basis_words(p, json_get(remedy, STR("basis"))));
    }
}

static void fee_set(struct page *p, const struct json *matter) {
    const struct json *fee = json_get(matter, STR("fee"));
    struct str words = json_get_text(fee, STR("text")), amount = json_get_text(fee, STR("amount"));
    if (words.len == 0)
        words = amount.len == 0 || str_eq(amount, STR("0"))
                    ? page_text(p, TEXT_fee_free)
                    : arena_printf(p->arena, "%.*s %.*s", STR_ARG(amount),
                                   STR_ARG(json_get_text(fee, STR("currency"))));
    json_set_str(p->ctx, STR("fee_text"), words);
}

/* The rules that the procedure asks, for those who want to know them. */
static bool rules_set(struct page *p, struct str id, struct err *err) {
    struct json *query = json_obj(p->arena), *view;
    struct app_ask ask = web_ask(p->r);
    json_set_str(query, STR("matter"), id);
    ask.query = query;
    if (!app_view_decisions(&view, p->r->reader, &ask, err))
        return false;
    json_set(p->ctx, STR("rules"), json_get(say_localise(p->arena, p->lang, view), STR("items")));
    return true;
}

void page_matter(struct web_request *r) {
    struct page *p = page_open(r, TEXT_home_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    struct str id = web_arg(r, "id");
    if (!app_view_matter(&view, r->reader, &ask, id, &err) || !rules_set(p, id, &err)) {
        page_fail(p, &err);
        return;
    }
    struct json *matter = page_view(p, STR("matter"), view);
    page_title(p, json_get_text(matter, STR("title")));
    const struct json *category = json_get(matter, STR("category"));
    json_set(p->ctx, STR("category"), category);
    json_set_bool(p->ctx, STR("can_start"), json_get_text(matter, STR("starts_from")).len == 0);
    struct str place = web_query(r, STR("place"));
    json_set(
        p->ctx, STR("start_href"),
        place.len > 0 && law_place(p->pack->organs, place) != NULL
            ? json_printf(p->arena, "/matters/%.*s/apply?place=%.*s", STR_ARG(id), STR_ARG(place))
            : json_printf(p->arena, "/matters/%.*s/apply", STR_ARG(id)));
    competent_set(p, matter);
    limits_set(p, matter);
    laws_set(p, matter);
    remedies_set(p, matter);
    fee_set(p, matter);
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_crumb(p,
               arena_printf(p->arena, "/search?category=%.*s",
                            STR_ARG(json_get_text(category, STR("id")))),
               json_get_text(category, STR("title")));
    page_show(p, 200, "matter");
}
