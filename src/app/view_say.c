/* Small pieces that every view is made of. */
#include "app/reader.h"

void view_text(struct json *obj, struct str key, const struct lang_text *text) {
    struct json *map = json_set_obj(obj, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), text->in[i]);
}

void view_stored(struct json *obj, struct str key, struct str json_text) {
    const struct json *tree;
    struct err err = {0};
    struct budget budget = budget_of(json_text.len + 16, json_text.len * 200 + 4096);
    if (json_text.len > 0 && json_read(&tree, json_text, "stored", obj->arena, &budget, &err))
        json_set(obj, key, tree);
    else
        (void)json_set_obj(obj, key);
}

void view_time(struct json *obj, struct str key, int64_t at_us, const struct cal_zone *zone) {
    char text[CAL_TEXT_MAX];
    if (at_us == 0) {
        json_set(obj, key, json_null(obj->arena));
        return;
    }
    struct str s = {text, cal_us_format(text, at_us, zone)};
    json_set(obj, key, json_str_copy(s, obj->arena));
}

/* A term in days ends with its last day, so its due instant is the midnight behind that day. People
 * and programs read the date off it: the last second of the last day tells the right one. */
void view_due(struct json *obj, int64_t due_us, const struct cal_zone *zone) {
    bool midnight = due_us != 0 && cal_us_of_date(cal_us_date(due_us, zone), zone) == due_us;
    view_time(obj, STR("due"), midnight ? due_us - CAL_SECOND_US : due_us, zone);
}

void view_organ_brief(struct json *obj, struct str key, const struct law_organ *organ) {
    if (organ == NULL) {
        json_set(obj, key, json_null(obj->arena));
        return;
    }
    struct json *out = json_set_obj(obj, key);
    json_set_str(out, STR("id"), organ->id);
    view_text(out, STR("name"), &organ->name);
    json_set_str(out, STR("phone"), organ->phone);
}

struct str view_query(const struct app_ask *ask, struct str name) {
    return json_get_text(ask->query, name);
}

struct json *view_items(struct json *list) {
    struct json *out = json_obj(list->arena);
    json_set(out, STR("items"), list);
    json_set(out, STR("next"), json_null(list->arena));
    return out;
}

const struct pack *view_pack(const struct app_packs *packs) {
    return app_packs_count(packs) == 0 ? NULL : app_packs_at(packs, 0);
}
