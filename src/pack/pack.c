/* Looking things up in a loaded pack. */
#include "pack/inner.h"

static bool at(size_t *out, const struct map *map, struct str id) {
    const size_t *found = id.len == 0 ? NULL : map_find(map, id);
    if (found != NULL)
        *out = *found;
    return found != NULL;
}

const struct pack_matter *pack_matter(const struct pack *p, struct str id) {
    size_t i;
    return at(&i, &p->matter_at, id) ? &p->matters[i] : NULL;
}

const struct pack_letter *pack_letter(const struct pack *p, struct str id) {
    size_t i;
    return at(&i, &p->letter_at, id) ? &p->letters[i] : NULL;
}

const struct pack_post *pack_post(const struct pack *p, struct str id) {
    size_t i;
    return at(&i, &p->post_at, id) ? &p->posts[i] : NULL;
}

const struct pack_law *pack_law(const struct pack *p, struct str id) {
    size_t i;
    return at(&i, &p->law_at, id) ? &p->laws[i] : NULL;
}

const struct pack_status *pack_status(const struct pack *p, struct str id) {
    size_t i;
    return at(&i, &p->status_at, id) ? &p->statuses[i] : NULL;
}

const struct law_remedy *pack_remedy(const struct pack *p, struct str code) {
    size_t i;
    return at(&i, &p->remedy_at, code) ? &p->remedies[i] : NULL;
}

const struct pack_category *pack_category(const struct pack *p, struct str id) {
    for (size_t i = 0; i < p->category_count; i++)
        if (str_eq(p->categories[i].id, id))
            return &p->categories[i];
    return NULL;
}

const struct pack_form *pack_form(const struct pack *p, struct str id) {
    for (size_t i = 0; i < p->form_count; i++)
        if (str_eq(p->forms[i]->id, id))
            return p->forms[i];
    return NULL;
}

const struct law_limit *pack_limit(const struct pack_matter *m, struct str id) {
    for (size_t i = 0; i < m->limit_count; i++)
        if (str_eq(m->limits[i].id, id))
            return &m->limits[i];
    return NULL;
}

size_t pack_end_remedies(const struct law_remedy **out, size_t room, const struct pack *p,
                         const struct pack_matter *m, const struct bpmn_node *end) {
    size_t count = 0;
    for (size_t i = 0; i < end->remedy_count; i++) {
        const struct law_remedy *one = pack_remedy(p, end->remedies[i]);
        bool own = str_eq(end->remedies[i], STR("*"));
        for (size_t k = 0; own && k < m->remedy_count && count < room; k++)
            out[count++] = m->remedies[k];
        if (!own && one != NULL && count < room)
            out[count++] = one;
    }
    return count;
}

struct str pack_end_register(const struct pack_matter *m, const struct bpmn_node *end) {
    return str_eq(end->result_register, STR("*")) ? m->register_id : end->result_register;
}

static bool has(const struct str *list, size_t count, struct str name) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], name))
            return true;
    return false;
}

size_t pack_task_fields(struct pack_field_use *out, size_t room, const struct pack_matter *m,
                        const struct bpmn_node *task) {
    size_t count = 0;
    for (size_t i = 0; i < m->field_count && count < room; i++) {
        const struct pack_field_use *use = &m->fields[i];
        if (use->task_count > 0 && !has(use->tasks, use->task_count, task->id))
            continue;
        for (size_t k = 0; k < task->purpose_count; k++) {
            const struct bpmn_purpose *purpose = &task->purposes[k];
            if (!has(purpose->fields, purpose->field_count, STR("*")) &&
                !has(purpose->fields, purpose->field_count, use->field))
                continue;
            out[count] = *use;
            out[count++].why = purpose->why;
            break;
        }
    }
    return count;
}

void pack_destroy(struct pack *p) {
    if (p != NULL)
        arena_destroy(p->arena); /* the pack itself lives in it */
}
