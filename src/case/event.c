/* One table, many products: the encoder, the decoder and the JSON of an event all walk the same
 * description of its fields, made from events.def. A field is found by its offset, so no kind has
 * code of its own. */
#include "case/event.h"

#include <assert.h>

#include "base/code.h"
#include "cal/cal.h"

enum { FIELDS_MAX = 24 };
enum field_type { TYPE_none, TYPE_u64, TYPE_i64, TYPE_str };

struct field {
    const char *name;
    enum field_type type;
    size_t offset; /* in struct case_event */
};

/* The list of a kind ends at FIELDS_MAX or at the first TYPE_none. FIELD does not know its kind, so
 * each block is the fields' list of a struct of its own, with offsets taken through `here`. */
struct description {
    const char *name;
    struct lang_text title;
    const struct field *fields;
    size_t count;
};

#define EVENT_BEGIN(kind, zh, en)                                                                  \
    static const struct field *fields_of_##kind(size_t *count) {                                   \
        typedef struct case_event_##kind here;                                                     \
        enum { BASE = offsetof(struct case_event, as) };                                           \
        static const struct field list[] = {
#define FIELD(type, name) {#name, TYPE_##type, BASE + offsetof(here, name)},
#define EVENT_END(kind)                                                                            \
    }                                                                                              \
    ;                                                                                              \
    static_assert(COUNT_OF(list) <= FIELDS_MAX, "more fields than an event may have");             \
    *count = COUNT_OF(list);                                                                       \
    return list;                                                                                   \
    }
#include "case/events.def"
#undef EVENT_BEGIN
#undef FIELD
#undef EVENT_END

static struct description describe(enum case_event_kind kind) {
    struct description d = {0};
    switch (kind) {
#define EVENT_BEGIN(kind, zh, en)                                                                  \
    case CASE_EVENT_##kind:                                                                        \
        d = (struct description){#kind, {{STR(zh), STR(en)}}, NULL, 0};                            \
        d.fields = fields_of_##kind(&d.count);                                                     \
        break;
#define FIELD(type, name)
#define EVENT_END(kind)
#include "case/events.def"
#undef EVENT_BEGIN
#undef FIELD
#undef EVENT_END
    case CASE_EVENTS: break;
    }
    assert(d.name != NULL);
    return d;
}

static const void *at_of(const struct case_event *event, const struct field *field) {
    return (const char *)event + field->offset;
}

static void field_encode(struct buf *out, const struct case_event *event,
                         const struct field *field) {
    switch (field->type) {
    case TYPE_u64: bytes_add_u64(out, *(const uint64_t *)at_of(event, field)); break;
    case TYPE_i64: bytes_add_i64(out, *(const int64_t *)at_of(event, field)); break;
    case TYPE_str: bytes_add_str(out, *(const struct str *)at_of(event, field)); break;
    case TYPE_none: break;
    }
}

void case_event_encode(struct buf *out, const struct case_event *event) {
    struct description d = describe(event->kind);
    bytes_add_u64(out, (uint64_t)event->kind);
    bytes_add_u64(out, event->seq);
    bytes_add_i64(out, event->at_us);
    bytes_add_u64(out, (uint64_t)event->actor.kind);
    bytes_add_u64(out, event->actor.account);
    bytes_add_str(out, event->actor.organ);
    bytes_add_str(out, event->actor.post);
    for (size_t i = 0; i < d.count; i++)
        field_encode(out, event, &d.fields[i]);
}

static void field_decode(struct case_event *event, const struct field *field,
                         struct bytes_reader *r) {
    char *at = (char *)event + field->offset;
    switch (field->type) {
    case TYPE_u64: (void)bytes_take_u64((uint64_t *)(void *)at, r); break;
    case TYPE_i64: (void)bytes_take_i64((int64_t *)(void *)at, r); break;
    case TYPE_str: (void)bytes_take_str((struct str *)(void *)at, r); break;
    case TYPE_none: break;
    }
}

/* Fields were only ever added at the end of a block, so an event of an older version may end early:
 * the fields it did not know stay zero. */
bool case_event_decode(struct case_event *out, struct str bytes, struct err *err) {
    struct case_event event = {0};
    struct bytes_reader r = {bytes, false};
    uint64_t kind, actor;
    (void)bytes_take_u64(&kind, &r);
    (void)bytes_take_u64(&event.seq, &r);
    (void)bytes_take_i64(&event.at_us, &r);
    (void)bytes_take_u64(&actor, &r);
    (void)bytes_take_u64(&event.actor.account, &r);
    (void)bytes_take_str(&event.actor.organ, &r);
    (void)bytes_take_str(&event.actor.post, &r);
    if (r.bad || kind >= CASE_EVENTS || actor > CASE_ACTOR_OFFICER)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored event's head is broken");
    event.kind = (enum case_event_kind)kind;
    event.actor.kind = (enum case_actor_kind)actor;
    struct description d = describe(event.kind);
    for (size_t i = 0; i < d.count && r.in.len > 0; i++)
        field_decode(&event, &d.fields[i], &r);
    if (r.bad || r.in.len != 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored event '%s' is broken", d.name);
    *out = event;
    return true;
}

struct str case_event_name(enum case_event_kind kind) {
    return str_from(describe(kind).name);
}

struct str case_event_title(enum case_event_kind kind, enum lang lang) {
    return describe(kind).title.in[lang];
}

static bool name_ends(const char *name, const char *end) {
    return str_ends(str_from(name), str_from(end));
}

static struct json *time_json(int64_t at_us, struct arena *arena) {
    char text[CAL_TEXT_MAX];
    size_t len = cal_us_format(text, at_us, NULL);
    return json_str_copy((struct str){text, len}, arena);
}

static const struct json *str_json(const struct field *field, struct str s, struct arena *arena) {
    if (name_ends(field->name, "_bytes")) {
        struct buf hex;
        buf_init(&hex, s.len * 2);
        code_hex_add(&hex, s);
        struct json *node = json_str_copy(buf_view(&hex), arena);
        buf_done(&hex);
        return node;
    }
    if (!name_ends(field->name, "_json"))
        return json_str(s, arena);
    /* written by this program, so it parses; what does not is shown as text, not hidden */
    const struct json *tree;
    struct err err = {0};
    struct budget budget = budget_of(s.len + 1, s.len * 100 + 1000);
    return json_read(&tree, s, field->name, arena, &budget, &err) ? tree : json_str(s, arena);
}

struct json *case_event_json(const struct case_event *event, struct arena *arena) {
    struct description d = describe(event->kind);
    struct json *out = json_obj(arena);
    json_set(out, STR("seq"), json_u64(event->seq, arena));
    json_set_str(out, STR("kind"), str_from(d.name));
    struct json *title = json_set_obj(out, STR("title"));
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i), d.title.in[i]);
    json_set(out, STR("at"), time_json(event->at_us, arena));
    static const char *const actors[] = {"system", "applicant", "officer"};
    struct json *by = json_set_obj(out, STR("by"));
    json_set_str(by, STR("kind"), str_from(actors[event->actor.kind]));
    if (event->actor.kind == CASE_ACTOR_OFFICER) {
        json_set_str(by, STR("organ"), event->actor.organ);
        json_set_str(by, STR("post"), event->actor.post);
    }
    for (size_t i = 0; i < d.count; i++) {
        const struct field *f = &d.fields[i];
        const struct json *value;
        if (f->type == TYPE_u64)
            value = json_u64(*(const uint64_t *)at_of(event, f), arena);
        else if (f->type == TYPE_str)
            value = str_json(f, *(const struct str *)at_of(event, f), arena);
        else if (name_ends(f->name, "_us"))
            value = time_json(*(const int64_t *)at_of(event, f), arena);
        else
            value = json_i64(*(const int64_t *)at_of(event, f), arena);
        json_set(out, str_from(f->name), value);
    }
    return out;
}
