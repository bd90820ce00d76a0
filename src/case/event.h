/* case/event.h - one event of a case: typed, with one canonical encoding. From events.def. */
#ifndef MANDATE_CASE_EVENT_H
#define MANDATE_CASE_EVENT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/lang.h"
#include "json/json.h"

enum case_event_kind {
#define EVENT_BEGIN(kind, zh, en) CASE_EVENT_##kind,
#define FIELD(type, name)
#define EVENT_END(kind)
#include "case/events.def"
#undef EVENT_BEGIN
#undef FIELD
#undef EVENT_END
    CASE_EVENTS
};

#define CASE_TYPE_u64             uint64_t
#define CASE_TYPE_i64             int64_t
#define CASE_TYPE_str             struct str
#define EVENT_BEGIN(kind, zh, en) struct case_event_##kind {
#define FIELD(type, name)         CASE_TYPE_##type name;
#define EVENT_END(kind)                                                                            \
    }                                                                                              \
    ;
#include "case/events.def"
#undef EVENT_BEGIN
#undef FIELD
#undef EVENT_END

enum case_actor_kind { CASE_ACTOR_SYSTEM, CASE_ACTOR_APPLICANT, CASE_ACTOR_OFFICER };

/* Who acts. An officer acts through a post in an organ. */
struct case_actor {
    enum case_actor_kind kind;
    uint64_t account; /* 0: none (an applicant with an access code, or the system) */
    struct str organ, post;
};

/* Borrows every text. */
struct case_event {
    enum case_event_kind kind;
    uint64_t seq; /* within the case, from 1 */
    int64_t at_us;
    struct case_actor actor;
    union {
#define EVENT_BEGIN(kind, zh, en) struct case_event_##kind kind;
#define FIELD(type, name)
#define EVENT_END(kind)
#include "case/events.def"
#undef EVENT_BEGIN
#undef FIELD
#undef EVENT_END
    } as;
};

/* Append the whole event (kind, seq, time, actor, fields) in its canonical encoding. */
void case_event_encode(struct buf *out, const struct case_event *event);
/* ERR_CORRUPT when the bytes are not exactly one event. Texts borrow from bytes. */
MUST_USE bool case_event_decode(struct case_event *out, struct str bytes, struct err *err);
struct str case_event_name(enum case_event_kind kind); /* "task_claimed" */
struct str case_event_title(enum case_event_kind kind, enum lang lang);
/* {"seq", "kind", "title", "at", ...fields}; raw bytes fields as hex, *_json fields as JSON,
 * *_us as RFC 3339 UTC. */
struct json *case_event_json(const struct case_event *event, struct arena *arena);

#endif
