/* The state as the fold of its events, and its bytes. The engine's part changes only by
 * bpmn_fold(); process_follow() does the rest, and does it alike for an event that was just made
 * (whose records the engine has folded) and for a stored one. */
#include "process/inner.h"

enum { STATE_VERSION = 1 };

struct process_instance *process_create(struct arena *arena, const struct bpmn_process *process,
                                        uint64_t stream) {
    struct process_instance *p = arena_new(arena, struct process_instance, 1);
    *p = (struct process_instance){.arena = arena, .process = process, .stream = stream};
    p->flow = arena_new(arena, struct bpmn_state, 1);
    bpmn_state_init(p->flow, arena);
    return p;
}

const struct bpmn_job *process_job(const struct bpmn_state *flow, uint32_t id) {
    for (uint32_t i = 0; i < flow->jobs.count; i++)
        if (flow->jobs.list[i].id == id)
            return &flow->jobs.list[i];
    return NULL;
}

const struct bpmn_task *process_task(const struct bpmn_state *flow, uint32_t id) {
    for (uint32_t i = 0; i < flow->tasks.count; i++)
        if (flow->tasks.list[i].instance == id)
            return &flow->tasks.list[i];
    return NULL;
}

/* ---- folding --------------------------------------------------------------------------------- */

static void follow_record(struct process_instance *p, const struct bpmn_record *record,
                          int64_t at_us) {
    switch (record->kind) {
    case BPMN_REC_INCIDENT:
    case BPMN_REC_VARIABLE:
    case BPMN_REC_DECIDED: p->minor++; break;
    case BPMN_REC_ENDED: p->ended_us = at_us; break;
    default: break;
    }
}

static int64_t wake_of(const struct process_instance *p) {
    int64_t first = 0;
    for (uint32_t i = 0; i < p->flow->timers.count; i++) {
        int64_t due_us = p->flow->timers.list[i].due_us;
        if (due_us != BPMN_NEVER && (first == 0 || due_us < first))
            first = MAX_OF(due_us, 1); /* 0 says never; a date before 1970 is due all the same */
    }
    return first;
}

bool process_follow(struct process_instance *p, const struct process_event *event,
                    const struct bpmn_records *records, struct err *err) {
    if (event->seq != p->event_count + 1 || event->minor != p->minor ||
        (event->kind == PROCESS_EVENT_created) != (event->seq == 1))
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "an event of a process instance is out of its order");
    p->event_count = event->seq;
    if (event->kind == PROCESS_EVENT_created) {
        if (!process_origin_read(&p->origin, event, p->arena, err))
            return false;
        p->started_us = event->at_us;
    }
    for (size_t i = 0; i < records->count; i++)
        follow_record(p, &records->list[i], event->at_us);
    if (event->kind == PROCESS_EVENT_migrated) {
        p->origin.definition = event->n;
        p->process = p->target;
        p->target = NULL;
    }
    p->wake_us = wake_of(p);
    return true;
}

bool process_fold(struct process_instance *p, const struct process_event *event, struct err *err) {
    const struct bpmn_process *process = p->process;
    struct bpmn_records records;
    if (!process_records(&records, event, p->arena, err))
        return false;
    if (event->kind == PROCESS_EVENT_migrated && p->target == NULL)
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the definition that an instance moved to is not there");
    for (size_t i = 0; i < records.count; i++) {
        if (records.list[i].kind == BPMN_REC_MIGRATED && p->target != NULL)
            process = p->target;
        if (!bpmn_fold(p->flow, process, &records.list[i], err))
            return false;
    }
    return process_follow(p, event, &records, err);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

bool process_encode(struct buf *out, const struct process_instance *p, struct err *err) {
    bytes_add_u64(out, STATE_VERSION);
    bytes_add_i64(out, p->origin.definition);
    bytes_add_u64(out, p->event_count);
    bytes_add_i64(out, p->origin.parent_element);
    bytes_add_i64(out, p->origin.root);
    bytes_add_str(out, p->origin.started_by);
    bytes_add_str(out, p->origin.tags_json);
    bytes_add_u64(out, p->minor);
    bytes_add_i64(out, p->started_us);
    bytes_add_i64(out, p->ended_us);
    return bpmn_state_encode(out, p->flow, err);
}

int64_t process_encoded_definition(struct str bytes) {
    struct bytes_reader r = {.in = bytes};
    uint64_t version;
    int64_t definition = 0;
    (void)bytes_take_u64(&version, &r);
    (void)bytes_take_i64(&definition, &r);
    return r.bad || version != STATE_VERSION ? 0 : definition;
}

bool process_decode(struct process_instance **out, struct str bytes, struct arena *arena,
                    const struct bpmn_process *process, uint64_t stream, struct err *err) {
    struct bytes_reader r = {.in = arena_str(arena, bytes)};
    struct process_instance *p = process_create(arena, process, stream);
    struct process_origin *o = &p->origin;
    uint64_t version, minor;
    (void)bytes_take_u64(&version, &r);
    (void)bytes_take_i64(&o->definition, &r);
    (void)bytes_take_u64(&p->event_count, &r);
    (void)bytes_take_i64(&o->parent_element, &r);
    (void)bytes_take_i64(&o->root, &r);
    (void)bytes_take_str(&o->started_by, &r);
    (void)bytes_take_str(&o->tags_json, &r);
    (void)bytes_take_u64(&minor, &r);
    (void)bytes_take_i64(&p->started_us, &r);
    (void)bytes_take_i64(&p->ended_us, &r);
    if (version != STATE_VERSION || minor > PROCESS_NUMBERS_MAX)
        r.bad = true;
    p->minor = r.bad ? 0 : (uint32_t)minor;
    if (r.bad || !bpmn_state_decode(p->flow, &r, process, arena, err) || r.in.len != 0) {
        if (err->code == ERR_NONE)
            (void)err_set(err, ERR_CORRUPT, err_nowhere,
                          "the state of an instance of process '%.*s' is broken",
                          STR_ARG(process->id));
        return false;
    }
    p->wake_us = wake_of(p);
    *out = p;
    return true;
}
