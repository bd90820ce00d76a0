/* organs.yaml and places/: the hierarchy, who is responsible where, how to reach an organ. */
#include "pack/inner.h"

void pack_read_places(struct pack_reader *r, const struct pack_doc *doc) {
    struct law_organs *o = r->pack->organs;
    if (!pack_only(r, doc, doc->root, "places", "a file of places"))
        return;
    const struct json *list = pack_list(r, doc, doc->root, STR("places"), true);
    for (size_t i = 0; i < json_count(list) && o->place_count < PACK_PLACES_MAX; i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "code name in level", "a place"))
            continue;
        struct law_place place = {
            .id = pack_id(r, doc, node, STR("code"), true),
            .name = pack_lang(r, doc, node, STR("name"), true),
            .parent = pack_id(r, doc, node, STR("in"), false),
            .level = pack_id(r, doc, node, STR("level"), false),
            .line = node->line,
        };
        if (place.id.len == 0)
            continue;
        if (!map_put(&o->place_at, place.id, o->place_count)) {
            pack_fault(r, 0, pack_at(doc, node), "the place '%.*s' is defined twice",
                       STR_ARG(place.id));
            continue;
        }
        if (place.parent.len > 0 && map_find(&o->place_at, place.parent) == NULL)
            pack_fault(r, 0, pack_at(doc, node),
                       "the place '%.*s' lies in '%.*s', which is not defined before it",
                       STR_ARG(place.id), STR_ARG(place.parent));
        PACK_GROW(r, o->places, o->place_count, r->room.places);
        o->places[o->place_count++] = place;
    }
}

static enum law_organ_kind organ_kind(struct pack_reader *r, const struct pack_doc *doc,
                                      const struct json *node) {
    struct str kind = pack_text(r, doc, node, STR("kind"), true);
    if (str_eq(kind, STR("agency")))
        return LAW_ORGAN_AGENCY;
    if (str_eq(kind, STR("government")))
        return LAW_ORGAN_GOVERNMENT;
    if (kind.len > 0 && !str_eq(kind, STR("external")))
        pack_fault(r, 0, pack_at_key(doc, node, STR("kind")),
                   "'kind' must be agency, government or external, not '%.*s'", STR_ARG(kind));
    return LAW_ORGAN_EXTERNAL;
}

enum law_level pack_level(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                          struct str key, struct str name) {
    enum law_level level = (enum law_level)0;
    if (name.len > 0 && !law_level_find(&level, name))
        pack_fault(r, 0, pack_at_key(doc, obj, key),
                   "unknown level '%.*s'; known: ministry, province, city, county, station",
                   STR_ARG(name));
    return level;
}

static void read_departments(struct law_organ *organ, struct pack_reader *r,
                             const struct pack_doc *doc, const struct json *node) {
    const struct json *list = pack_list(r, doc, node, STR("departments"), false);
    organ->departments = arena_new(r->arena, struct law_department, json_count(list));
    for (size_t i = 0; i < json_count(list); i++)
        organ->departments[organ->department_count++].name =
            pack_lang_node(r, doc, json_item(list, i), "a department");
}

/* Which of its facts are invented for the demonstration. */
static void read_demo(struct law_organ *organ, struct pack_reader *r, const struct pack_doc *doc,
                      const struct json *node) {
    size_t count;
    struct str *list = pack_texts(&count, r, doc, node, STR("demonstration"), false);
    for (size_t i = 0; i < count; i++) {
        organ->demo |= str_eq(list[i], STR("address")) || str_eq(list[i], STR("telephone"));
        if (json_get(node, list[i]) == NULL)
            pack_fault(r, 0, pack_at_key(doc, node, STR("demonstration")),
                       "'demonstration' names '%.*s', which this organ does not have",
                       STR_ARG(list[i]));
    }
}

static void read_organ(struct pack_reader *r, const struct pack_doc *doc, const struct json *node) {
    struct law_organs *o = r->pack->organs;
    if (!pack_only(r, doc, node,
                   "id name mark kind level parent government places posts overview address "
                   "telephone website postcode hours departments demonstration",
                   "an organ"))
        return;
    struct law_organ organ = {
        .id = pack_id(r, doc, node, STR("id"), true),
        .kind = organ_kind(r, doc, node),
        .name = pack_lang(r, doc, node, STR("name"), true),
        .mark = pack_text(r, doc, node, STR("mark"), false),
        .overview = pack_lang(r, doc, node, STR("overview"), false),
        .address = pack_lang(r, doc, node, STR("address"), false),
        .parent = pack_id(r, doc, node, STR("parent"), false),
        .government = pack_id(r, doc, node, STR("government"), false),
        .phone = pack_text(r, doc, node, STR("telephone"), false),
        .website = pack_text(r, doc, node, STR("website"), false),
        .postal_code = pack_text(r, doc, node, STR("postcode"), false),
        .line = node->line,
    };
    organ.level =
        pack_level(r, doc, node, STR("level"), pack_text(r, doc, node, STR("level"), true));
    organ.area = pack_texts(&organ.area_count, r, doc, node, STR("places"), false);
    organ.posts = pack_texts(&organ.post_count, r, doc, node, STR("posts"), false);
    if (organ.website.len > 0 && !tmpl_url_is_safe(organ.website))
        pack_fault(r, 0, pack_at_key(doc, node, STR("website")),
                   "'website' must begin with http:// or https://");
    read_departments(&organ, r, doc, node);
    read_demo(&organ, r, doc, node);
    if (organ.id.len == 0)
        return;
    if (!map_put(&o->organ_at, organ.id, o->count)) {
        pack_fault(r, 0, pack_at(doc, node), "the organ '%.*s' is defined twice",
                   STR_ARG(organ.id));
        return;
    }
    PACK_GROW(r, r->organ_hours, o->count, r->organ_hours_room);
    r->organ_hours[o->count] = (struct pack_pending_organ){
        pack_id(r, doc, node, STR("hours"), false), doc->source, node->line};
    PACK_GROW(r, o->list, o->count, r->room.organs);
    o->list[o->count++] = organ;
}

void pack_read_organs(struct pack_reader *r, const struct pack_doc *doc) {
    r->pack->organs->source = doc->source;
    if (!pack_only(r, doc, doc->root, "organs", "a file of organs"))
        return;
    const struct json *list = pack_list(r, doc, doc->root, STR("organs"), true);
    for (size_t i = 0; i < json_count(list) && r->pack->organs->count < PACK_ORGANS_MAX; i++)
        read_organ(r, doc, json_item(list, i));
}

static struct err_at organ_at(const struct pack_reader *r, size_t i) {
    return (struct err_at){r->organ_hours[i].source, r->organ_hours[i].line, 0};
}

static const struct cal_calendar *hours_of(struct pack_reader *r, size_t i) {
    struct str id = r->organ_hours[i].hours;
    for (size_t k = 0; k < r->calendar_count && id.len > 0; k++)
        if (str_eq(r->calendars[k].id, id))
            return r->calendars[k].calendar;
    if (id.len > 0)
        pack_fault(r, 0, organ_at(r, i),
                   "the organ '%.*s' names the hours '%.*s': there is no "
                   "calendars/%.*s.ics",
                   STR_ARG(r->pack->organs->list[i].id), STR_ARG(id), STR_ARG(id));
    return NULL;
}

static void bind_organ(struct pack_reader *r, size_t i) {
    struct law_organs *o = r->pack->organs;
    struct law_organ *organ = &o->list[i];
    const struct law_organ *parent = law_organ(o, organ->parent);
    const struct law_organ *government = law_organ(o, organ->government);
    organ->hours = hours_of(r, i);
    if (organ->parent.len > 0 && parent == NULL)
        pack_fault(r, 0, organ_at(r, i),
                   "the organ '%.*s' stands under '%.*s', which is not defined", STR_ARG(organ->id),
                   STR_ARG(organ->parent));
    else if (parent != NULL && parent->level >= organ->level)
        pack_fault(r, 0, organ_at(r, i),
                   "the organ '%.*s' stands under '%.*s', which is not of a higher level",
                   STR_ARG(organ->id), STR_ARG(organ->parent));
    if (organ->government.len > 0 && government == NULL)
        pack_fault(r, 0, organ_at(r, i),
                   "the organ '%.*s' names the government '%.*s', which is not defined",
                   STR_ARG(organ->id), STR_ARG(organ->government));
    else if (government != NULL && government->kind != LAW_ORGAN_GOVERNMENT)
        pack_fault(r, 0, organ_at(r, i), "'%.*s' is no government: it cannot hear reconsideration",
                   STR_ARG(organ->government));
    for (size_t k = 0; k < organ->area_count; k++)
        if (law_place(o, organ->area[k]) == NULL)
            pack_fault(r, 0, organ_at(r, i),
                       "the organ '%.*s' is responsible for the place '%.*s', which is not defined",
                       STR_ARG(organ->id), STR_ARG(organ->area[k]));
    for (size_t k = 0; k < organ->post_count; k++)
        if (pack_post(r->pack, organ->posts[k]) == NULL)
            pack_fault(r, 0, organ_at(r, i),
                       "the organ '%.*s' has the post '%.*s', which is not "
                       "defined",
                       STR_ARG(organ->id), STR_ARG(organ->posts[k]));
}

/* Two organs with one sign would give two letters one number. */
static void check_marks(struct pack_reader *r) {
    struct law_organs *o = r->pack->organs;
    struct map seen;
    map_init(&seen, r->arena);
    for (size_t i = 0; i < o->count; i++) {
        struct str mark = o->list[i].mark;
        if (mark.len == 0 || map_put(&seen, mark, i))
            continue;
        pack_fault(r, 0, organ_at(r, i), "the organs '%.*s' and '%.*s' have the same mark '%.*s'",
                   STR_ARG(o->list[*map_find(&seen, mark)].id), STR_ARG(o->list[i].id),
                   STR_ARG(mark));
    }
}

void pack_bind_organs(struct pack_reader *r) {
    struct pack *p = r->pack;
    check_marks(r);
    for (size_t i = 0; i < p->organs->count; i++)
        bind_organ(r, i);
    if (r->calendar_id.len == 0)
        return;
    for (size_t k = 0; k < r->calendar_count; k++)
        if (str_eq(r->calendars[k].id, r->calendar_id))
            p->calendar = r->calendars[k].calendar;
    if (p->calendar == NULL)
        pack_fault(r, 0, r->calendar_at, "there is no calendars/%.*s.ics", STR_ARG(r->calendar_id));
}
