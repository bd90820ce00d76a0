/* Events as canonical bytes: every field in the order of the struct; an empty one is one byte. */
#include "process/inner.h"

struct str process_event_name(enum process_event_kind kind) {
    switch (kind) {
#define EVENT(kind, code, zh, en, what)                                                            \
    case PROCESS_EVENT_##kind:                                                                     \
        return STR("process_" #kind);
#include "process/events.def"
#undef EVENT
    }
    return STR_NONE;
}

struct str process_event_title(enum process_event_kind kind, enum lang lang) {
    struct lang_text title = {0};
    switch (kind) {
#define EVENT(kind, code, zh, en, what)                                                            \
    case PROCESS_EVENT_##kind:                                                                     \
        title = (struct lang_text){{STR(zh), STR(en)}};                                            \
        break;
#include "process/events.def"
#undef EVENT
    }
    return title.in[lang];
}

void process_event_encode(struct buf *out, const struct process_event *event) {
    bytes_add_u64(out, (uint64_t)event->kind);
    bytes_add_u64(out, event->seq);
    bytes_add_i64(out, event->at_us);
    bytes_add_u64(out, event->account);
    bytes_add_u64(out, event->id);
    bytes_add_u64(out, event->minor);
    bytes_add_i64(out, event->n);
    bytes_add_str(out, event->name);
    bytes_add_str(out, event->text);
    bytes_add_str(out, event->data);
    bytes_add_str(out, event->records);
}

bool process_event_decode(struct process_event *out, struct str bytes, struct err *err) {
    struct process_event event = {0};
    struct bytes_reader r = {bytes, false};
    uint64_t kind, id, minor;
    (void)bytes_take_u64(&kind, &r);
    (void)bytes_take_u64(&event.seq, &r);
    (void)bytes_take_i64(&event.at_us, &r);
    (void)bytes_take_u64(&event.account, &r);
    (void)bytes_take_u64(&id, &r);
    (void)bytes_take_u64(&minor, &r);
    (void)bytes_take_i64(&event.n, &r);
    (void)bytes_take_str(&event.name, &r);
    (void)bytes_take_str(&event.text, &r);
    (void)bytes_take_str(&event.data, &r);
    (void)bytes_take_str(&event.records, &r);
    if (r.bad || r.in.len != 0 || kind > UINT8_MAX || id > UINT32_MAX || minor > UINT32_MAX ||
        process_event_name((enum process_event_kind)kind).len == 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored event of a process is broken");
    event.kind = (enum process_event_kind)kind;
    event.id = (uint32_t)id;
    event.minor = (uint32_t)minor;
    *out = event;
    return true;
}

bool process_records(struct bpmn_records *out, const struct process_event *event,
                     struct arena *arena, struct err *err) {
    struct bytes_reader in = {.in = event->records};
    size_t room = 0;
    *out = (struct bpmn_records){.arena = arena};
    while (in.in.len > 0) {
        if (out->count == room) {
            room = room == 0 ? 16 : room * 2;
            struct bpmn_record *more = arena_new(arena, struct bpmn_record, room);
            if (out->count > 0)
                memcpy(more, out->list, out->count * sizeof *more);
            out->list = more;
        }
        if (!bpmn_record_decode(&out->list[out->count], &in, arena, err))
            return false;
        out->count++;
    }
    out->room = room;
    return true;
}

/* ---- what the data of some kinds say ----------------------------------------------------------
 */

struct str process_origin_data(const struct process_origin *origin, struct arena *arena) {
    struct buf bytes;
    buf_init(&bytes, PROCESS_MOVED_BYTES_MAX);
    bytes_add_i64(&bytes, origin->parent_element);
    bytes_add_i64(&bytes, origin->root);
    struct str data = arena_str(arena, buf_view(&bytes));
    buf_done(&bytes);
    return data;
}

bool process_origin_read(struct process_origin *out, const struct process_event *event,
                         struct arena *arena, struct err *err) {
    struct bytes_reader r = {.in = event->data};
    struct process_origin origin = {.definition = event->n,
                                    .started_by = arena_str(arena, event->name),
                                    .tags_json = arena_str(arena, event->text)};
    (void)bytes_take_i64(&origin.parent_element, &r);
    (void)bytes_take_i64(&origin.root, &r);
    if (event->kind != PROCESS_EVENT_created || r.bad || r.in.len != 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the start of a process instance is broken");
    *out = origin;
    return true;
}
