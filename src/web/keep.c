#include "web/keep.h"

void keep_init(struct keep *keep) {
    for (size_t i = 0; i < KEEP_ENTRIES; i++) {
        keep->entries[i] = (struct keep_entry){0};
        buf_init(&keep->entries[i].head, KEEP_HEAD_BYTES_MAX);
        buf_init(&keep->entries[i].body, KEEP_BODY_BYTES_MAX);
    }
}

void keep_done(struct keep *keep) {
    for (size_t i = 0; i < KEEP_ENTRIES; i++) {
        buf_done(&keep->entries[i].head);
        buf_done(&keep->entries[i].body);
    }
}

static size_t place_of(struct str head) {
    return (size_t)(str_hash(head) % KEEP_ENTRIES);
}

const struct keep_entry *keep_find(const struct keep *keep, struct str head,
                                   const struct keep_state *now) {
    const struct keep_entry *entry = &keep->entries[place_of(head)];
    bool same = entry->route != NULL && entry->state.changes == now->changes &&
                entry->state.packs == now->packs && now->at_us - entry->state.at_us <= KEEP_US &&
                str_eq(buf_view(&entry->head), head);
    return same ? entry : NULL;
}

void keep_put(struct keep *keep, struct str head, const struct keep_entry *made) {
    if (head.len > KEEP_HEAD_BYTES_MAX || made->body.len > KEEP_BODY_BYTES_MAX)
        return;
    struct keep_entry *entry = &keep->entries[place_of(head)];
    buf_reset(&entry->head);
    buf_reset(&entry->body);
    buf_add(&entry->head, head);
    buf_add(&entry->body, buf_view(&made->body));
    entry->content_type = made->content_type;
    entry->document = made->document;
    entry->viewer = made->viewer;
    entry->state = made->state;
    entry->route = made->route;
}
