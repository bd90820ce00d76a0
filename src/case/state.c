/* The state of a case: made by folding events, kept between commands as canonical bytes.
 * Invariants:
 * 1. nothing but case_fold() changes a state;
 * 2. every text in the state lives in its arena (fold copies), or in the pack;
 * 3. tasks, letters and documents stand in the order of their creation; clocks likewise. */
#include <assert.h>

#include "case/inner.h"

struct case_file *case_create(struct arena *arena, const struct pack *pack, struct case_id id) {
    struct case_file *state = arena_new(arena, struct case_file, 1);
    state->arena = arena;
    state->pack = pack;
    state->id = id;
    state->flow = arena_new(arena, struct bpmn_state, 1);
    bpmn_state_init(state->flow, arena);
    state->clocks = arena_new(arena, struct case_clock, CASE_CLOCKS_MAX);
    return state;
}

static struct str keep(struct case_file *state, struct str s) {
    return s.len == 0 ? STR_NONE : arena_str(state->arena, s);
}

static bool corrupt(struct err *err, const char *what) {
    return err_set(err, ERR_CORRUPT, err_nowhere, "the case's history is broken: %s", what);
}

/* Lists double in the arena; the old array is garbage until the case is put away. */
#define LIST_PUSH(state, list, count, room, type)                                                  \
    do {                                                                                           \
        if ((state)->count == (state)->room) {                                                     \
            size_t more = (state)->room == 0 ? 4 : (state)->room * 2;                              \
            type *grown = arena_new((state)->arena, type, more);                                   \
            if ((state)->count > 0)                                                                \
                memcpy(grown, (state)->list, (state)->count * sizeof *grown);                      \
            (state)->list = grown;                                                                 \
            (state)->room = more;                                                                  \
        }                                                                                          \
        (state)->count++;                                                                          \
    } while (0)

static struct case_task *task_push(struct case_file *state) {
    LIST_PUSH(state, tasks, task_count, task_room, struct case_task);
    return &state->tasks[state->task_count - 1];
}

static struct case_letter *letter_push(struct case_file *state) {
    LIST_PUSH(state, letters, letter_count, letter_room, struct case_letter);
    return &state->letters[state->letter_count - 1];
}

static struct case_document *document_push(struct case_file *state) {
    LIST_PUSH(state, documents, document_count, document_room, struct case_document);
    return &state->documents[state->document_count - 1];
}

const struct case_task *case_task(const struct case_file *state, uint64_t id) {
    for (size_t i = 0; i < state->task_count; i++)
        if (state->tasks[i].id == id)
            return &state->tasks[i];
    return NULL;
}

static struct case_task *task_of(struct case_file *state, uint64_t id) {
    for (size_t i = 0; i < state->task_count; i++)
        if (state->tasks[i].id == id)
            return &state->tasks[i];
    return NULL;
}

const struct case_clock *case_clock(const struct case_file *state, struct str id) {
    for (size_t i = 0; i < state->clock_count; i++)
        if (str_eq(state->clocks[i].limit->id, id))
            return &state->clocks[i];
    return NULL;
}

/* ---- one function a kind of event ----------------------------------------------------------- */

/* "[1,2,3]": written by this program, so only digits, commas and brackets. */
static bool fold_barred(struct case_file *state, struct str text, struct err *err) {
    size_t room = 1;
    for (size_t i = 0; i < text.len; i++)
        room += text.at[i] == ',';
    state->barred = arena_new(state->arena, uint64_t, room);
    if (text.len < 2 || text.at[0] != '[' || text.at[text.len - 1] != ']')
        return text.len == 0 || corrupt(err, "the list of barred accounts");
    struct str rest = str_sub(text, 1, text.len - 2), part;
    while (rest.len > 0 && str_split(&part, &rest, ',')) {
        if (!str_to_u64(&state->barred[state->barred_count++], part))
            return corrupt(err, "the list of barred accounts");
    }
    return true;
}

static bool fold_submitted(struct case_file *state, const struct case_event *event,
                           struct err *err) {
    const struct case_event_submitted *e = &event->as.submitted;
    if (state->matter != NULL)
        return corrupt(err, "submitted twice");
    state->matter = pack_matter(state->pack, e->matter);
    if (state->matter == NULL)
        return corrupt(err, "its matter is not in its pack");
    if (e->lang >= LANGS)
        return corrupt(err, "its language");
    state->reference = keep(state, e->reference);
    state->place = keep(state, e->place);
    state->accepting = keep(state, e->accepting);
    state->competent = keep(state, e->competent);
    state->superior = keep(state, e->superior);
    state->review = keep(state, e->review);
    state->lang = (enum lang)e->lang;
    state->applicant_json = keep(state, e->applicant_json);
    state->form_json = keep(state, e->form_json);
    state->code_sha256 = keep(state, e->code_bytes);
    state->parent = keep(state, e->parent);
    state->parent_letter = keep(state, e->parent_letter);
    state->parent_organ = keep(state, e->parent_organ);
    state->parent_number = keep(state, e->parent_number);
    state->submitted_us = state->received_us = event->at_us;
    return fold_barred(state, e->barred_json, err);
}

static bool fold_document(struct case_file *state, const struct case_event *event,
                          struct err *err) {
    const struct case_event_document_attached *e = &event->as.document_attached;
    if (e->n != state->document_count + 1)
        return corrupt(err, "a document's number");
    *document_push(state) = (struct case_document){
        .n = e->n,
        .material = keep(state, e->material),
        .name = keep(state, e->name),
        .media_type = keep(state, e->media_type),
        .sha256 = keep(state, e->sha256_bytes),
        .size_bytes = e->size,
        .at_us = event->at_us,
        .by_applicant = event->actor.kind == CASE_ACTOR_APPLICANT,
    };
    return true;
}

static bool fold_moved(struct case_file *state, const struct case_event *event, struct err *err) {
    struct bytes_reader r = {event->as.moved.records_bytes, false};
    while (r.in.len > 0) {
        struct bpmn_record record;
        if (!bpmn_record_decode(&record, &r, state->arena, err) ||
            !bpmn_fold(state->flow, state->matter->process, &record, err))
            return false;
    }
    return r.bad ? corrupt(err, "a step of its procedure") : true;
}

static bool fold_task(struct case_file *state, const struct case_event *event, struct err *err) {
    struct case_task *task = NULL;
    switch (event->kind) {
    case CASE_EVENT_task_created:
        if (task_of(state, event->as.task_created.task) != NULL)
            return corrupt(err, "a task came twice");
        *task_push(state) = (struct case_task){
            .id = event->as.task_created.task,
            .node = keep(state, event->as.task_created.node),
            .organ = keep(state, event->as.task_created.organ),
            .post = keep(state, event->as.task_created.post),
            .applicant = event->as.task_created.applicant != 0,
            .created_us = event->at_us,
            .due_us = event->as.task_created.due_us,
        };
        return true;
    case CASE_EVENT_task_claimed: task = task_of(state, event->as.task_claimed.task); break;
    case CASE_EVENT_task_released: task = task_of(state, event->as.task_released.task); break;
    case CASE_EVENT_task_completed: task = task_of(state, event->as.task_completed.task); break;
    default: task = task_of(state, event->as.task_cancelled.task); break;
    }
    if (task == NULL || task->state >= CASE_TASK_DONE)
        return corrupt(err, "a task that is not open");
    switch (event->kind) {
    case CASE_EVENT_task_claimed:
        task->state = CASE_TASK_CLAIMED;
        task->account = event->as.task_claimed.account;
        return true;
    case CASE_EVENT_task_released:
        task->state = CASE_TASK_OPEN;
        task->account = 0;
        return true;
    case CASE_EVENT_task_completed:
        task->state = CASE_TASK_DONE;
        task->account = event->actor.account;
        task->outcome = keep(state, event->as.task_completed.outcome);
        task->reasons = keep(state, event->as.task_completed.reasons);
        break;
    default: task->state = CASE_TASK_CANCELLED; break;
    }
    task->ended_us = event->at_us;
    return true;
}

static bool fold_letter(struct case_file *state, const struct case_event *event, struct err *err) {
    const struct case_event_letter_issued *e = &event->as.letter_issued;
    if (e->n != state->letter_count + 1)
        return corrupt(err, "a letter's number");
    *letter_push(state) = (struct case_letter){
        .n = e->n,
        .id = keep(state, e->letter),
        .number = keep(state, e->number),
        .organ = keep(state, e->organ),
        .verify_code = keep(state, e->verify_code),
        .adverse = e->adverse != 0,
        .at_us = event->at_us,
        .title_json = keep(state, e->title_json),
        .remedies_json = keep(state, e->remedies_json),
    };
    return true;
}

static bool fold_kind(struct case_file *state, const struct case_event *event, struct err *err) {
    switch (event->kind) {
    case CASE_EVENT_submitted: return fold_submitted(state, event, err);
    case CASE_EVENT_document_attached: return fold_document(state, event, err);
    case CASE_EVENT_moved: return fold_moved(state, event, err);
    case CASE_EVENT_task_created:
    case CASE_EVENT_task_claimed:
    case CASE_EVENT_task_released:
    case CASE_EVENT_task_completed:
    case CASE_EVENT_task_cancelled: return fold_task(state, event, err);
    case CASE_EVENT_clock_started:
    case CASE_EVENT_clock_suspended:
    case CASE_EVENT_clock_resumed:
    case CASE_EVENT_clock_extended:
    case CASE_EVENT_clock_stopped:
    case CASE_EVENT_clock_breached: return case_fold_clock(state, event, err);
    case CASE_EVENT_status_changed:
        state->status = keep(state, event->as.status_changed.status);
        return true;
    case CASE_EVENT_letter_issued: return fold_letter(state, event, err);
    case CASE_EVENT_corrected:
        state->form_json = keep(state, event->as.corrected.form_json);
        state->received_us = event->at_us;
        return true;
    case CASE_EVENT_withdrawn: state->withdrawn = true; return true;
    case CASE_EVENT_reviewed:
        state->review_outcome = keep(state, event->as.reviewed.outcome);
        state->review_reference = keep(state, event->as.reviewed.by_reference);
        return true;
    case CASE_EVENT_closed:
        state->closed = true;
        state->closed_us = event->at_us;
        state->adverse = event->as.closed.adverse != 0;
        return true;
    case CASE_EVENT_decision_taken:
    case CASE_EVENT_noted:
    case CASE_EVENT_worked:
    case CASE_EVENT_incident_raised:
    case CASE_EVENT_incident_resolved: return true; /* facts that move nothing */
    case CASE_EVENTS: break;
    }
    return corrupt(err, "an event of no known kind");
}

bool case_fold(struct case_file *state, const struct case_event *event, struct err *err) {
    if (event->seq != state->event_count + 1)
        return corrupt(err, "an event is missing or came twice");
    if (state->matter == NULL && event->kind != CASE_EVENT_submitted)
        return corrupt(err, "it does not begin with its submission");
    if (!fold_kind(state, event, err))
        return false;
    state->event_count = event->seq;
    state->wake_us = case_wake_us(state);
    return true;
}

/* ---- canonical bytes ------------------------------------------------------------------------ */

enum { STATE_VERSION = 1 };

static void tasks_encode(struct buf *out, const struct case_file *s) {
    bytes_add_u64(out, s->task_count);
    for (size_t i = 0; i < s->task_count; i++) {
        const struct case_task *t = &s->tasks[i];
        bytes_add_u64(out, t->id);
        bytes_add_str(out, t->node);
        bytes_add_str(out, t->organ);
        bytes_add_str(out, t->post);
        bytes_add_u64(out, t->applicant);
        bytes_add_u64(out, (uint64_t)t->state);
        bytes_add_u64(out, t->account);
        bytes_add_i64(out, t->created_us);
        bytes_add_i64(out, t->due_us);
        bytes_add_i64(out, t->ended_us);
        bytes_add_str(out, t->outcome);
        bytes_add_str(out, t->reasons);
    }
}

static void tasks_decode(struct case_file *s, struct bytes_reader *r) {
    size_t count;
    (void)bytes_take_count(&count, r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        struct case_task *t = task_push(s);
        uint64_t applicant, state;
        (void)bytes_take_u64(&t->id, r);
        (void)bytes_take_str(&t->node, r);
        (void)bytes_take_str(&t->organ, r);
        (void)bytes_take_str(&t->post, r);
        (void)bytes_take_u64(&applicant, r);
        (void)bytes_take_u64(&state, r);
        (void)bytes_take_u64(&t->account, r);
        (void)bytes_take_i64(&t->created_us, r);
        (void)bytes_take_i64(&t->due_us, r);
        (void)bytes_take_i64(&t->ended_us, r);
        (void)bytes_take_str(&t->outcome, r);
        (void)bytes_take_str(&t->reasons, r);
        t->applicant = applicant != 0;
        t->state = (enum case_task_state)state;
        r->bad = r->bad || state > CASE_TASK_CANCELLED || applicant > 1;
    }
}

static void letters_encode(struct buf *out, const struct case_file *s) {
    bytes_add_u64(out, s->letter_count);
    for (size_t i = 0; i < s->letter_count; i++) {
        const struct case_letter *l = &s->letters[i];
        bytes_add_u64(out, l->n);
        bytes_add_str(out, l->id);
        bytes_add_str(out, l->number);
        bytes_add_str(out, l->organ);
        bytes_add_str(out, l->verify_code);
        bytes_add_u64(out, l->adverse);
        bytes_add_i64(out, l->at_us);
        bytes_add_str(out, l->title_json);
        bytes_add_str(out, l->remedies_json);
    }
}

static void letters_decode(struct case_file *s, struct bytes_reader *r) {
    size_t count;
    (void)bytes_take_count(&count, r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        struct case_letter *l = letter_push(s);
        uint64_t adverse;
        (void)bytes_take_u64(&l->n, r);
        (void)bytes_take_str(&l->id, r);
        (void)bytes_take_str(&l->number, r);
        (void)bytes_take_str(&l->organ, r);
        (void)bytes_take_str(&l->verify_code, r);
        (void)bytes_take_u64(&adverse, r);
        (void)bytes_take_i64(&l->at_us, r);
        (void)bytes_take_str(&l->title_json, r);
        (void)bytes_take_str(&l->remedies_json, r);
        l->adverse = adverse != 0;
        r->bad = r->bad || adverse > 1;
    }
}

static void documents_encode(struct buf *out, const struct case_file *s) {
    bytes_add_u64(out, s->document_count);
    for (size_t i = 0; i < s->document_count; i++) {
        const struct case_document *d = &s->documents[i];
        bytes_add_u64(out, d->n);
        bytes_add_str(out, d->material);
        bytes_add_str(out, d->name);
        bytes_add_str(out, d->media_type);
        bytes_add_str(out, d->sha256);
        bytes_add_u64(out, d->size_bytes);
        bytes_add_i64(out, d->at_us);
        bytes_add_u64(out, d->by_applicant);
    }
}

static void documents_decode(struct case_file *s, struct bytes_reader *r) {
    size_t count;
    (void)bytes_take_count(&count, r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        struct case_document *d = document_push(s);
        uint64_t by_applicant;
        (void)bytes_take_u64(&d->n, r);
        (void)bytes_take_str(&d->material, r);
        (void)bytes_take_str(&d->name, r);
        (void)bytes_take_str(&d->media_type, r);
        (void)bytes_take_str(&d->sha256, r);
        (void)bytes_take_u64(&d->size_bytes, r);
        (void)bytes_take_i64(&d->at_us, r);
        (void)bytes_take_u64(&by_applicant, r);
        d->by_applicant = by_applicant != 0;
        r->bad = r->bad || by_applicant > 1;
    }
}

/* The texts of the head, in the order of their encoding. */
#define HEAD_TEXTS(s)                                                                              \
    {                                                                                              \
        &(s)->reference, &(s)->place, &(s)->status, &(s)->parent, &(s)->parent_letter,             \
            &(s)->code_sha256, &(s)->accepting, &(s)->competent, &(s)->superior, &(s)->review,     \
            &(s)->applicant_json, &(s)->form_json, &(s)->review_outcome, &(s)->review_reference,   \
            &(s)->parent_organ, &(s)->parent_number                                                \
    }

bool case_encode(struct buf *out, const struct case_file *s, struct err *err) {
    assert(s->matter != NULL);
    bytes_add_u64(out, STATE_VERSION);
    bytes_add_u64(out, s->id.n);
    bytes_add_u64(out, s->event_count);
    bytes_add_str(out, s->matter->id);
    const struct str *const texts[] = HEAD_TEXTS(s);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bytes_add_str(out, *texts[i]);
    bytes_add_u64(out, (uint64_t)s->lang);
    bytes_add_i64(out, s->submitted_us);
    bytes_add_i64(out, s->received_us);
    bytes_add_i64(out, s->closed_us);
    bytes_add_u64(out, (uint64_t)(s->closed | s->adverse << 1 | s->withdrawn << 2));
    bytes_add_u64(out, s->barred_count);
    for (size_t i = 0; i < s->barred_count; i++)
        bytes_add_u64(out, s->barred[i]);
    tasks_encode(out, s);
    case_clocks_encode(out, s);
    letters_encode(out, s);
    documents_encode(out, s);
    return bpmn_state_encode(out, s->flow, err);
}

static bool head_decode(struct case_file *s, struct bytes_reader *r) {
    uint64_t lang, flags;
    struct str *const texts[] = HEAD_TEXTS(s);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        (void)bytes_take_str(texts[i], r);
    (void)bytes_take_u64(&lang, r);
    (void)bytes_take_i64(&s->submitted_us, r);
    (void)bytes_take_i64(&s->received_us, r);
    (void)bytes_take_i64(&s->closed_us, r);
    (void)bytes_take_u64(&flags, r);
    (void)bytes_take_count(&s->barred_count, r);
    s->barred = arena_new(s->arena, uint64_t, s->barred_count);
    for (size_t i = 0; i < s->barred_count; i++)
        (void)bytes_take_u64(&s->barred[i], r);
    s->closed = (flags & 1) != 0;
    s->adverse = (flags & 2) != 0;
    s->withdrawn = (flags & 4) != 0;
    if (lang >= LANGS || flags > 7)
        return false;
    s->lang = (enum lang)lang;
    return !r->bad;
}

/* The bytes are copied once; all texts of the state borrow from that copy. */
bool case_decode(struct case_file **out, struct str bytes, struct arena *arena,
                 const struct pack *pack, struct err *err) {
    struct bytes_reader r = {arena_str(arena, bytes), false};
    uint64_t version, id;
    (void)bytes_take_u64(&version, &r);
    (void)bytes_take_u64(&id, &r);
    if (r.bad || version != STATE_VERSION)
        return corrupt(err, "the stored state's version");
    struct case_file *s = case_create(arena, pack, (struct case_id){id});
    struct str matter;
    (void)bytes_take_u64(&s->event_count, &r);
    (void)bytes_take_str(&matter, &r);
    s->matter = pack_matter(pack, matter);
    if (s->matter == NULL || !head_decode(s, &r))
        return corrupt(err, "the stored state's head");
    tasks_decode(s, &r);
    if (!case_clocks_decode(s, &r, err))
        return false;
    letters_decode(s, &r);
    documents_decode(s, &r);
    if (r.bad)
        return corrupt(err, "the stored state");
    if (!bpmn_state_decode(s->flow, &r, s->matter->process, arena, err))
        return false;
    if (r.bad || r.in.len != 0)
        return corrupt(err, "the stored state's end");
    s->wake_us = case_wake_us(s);
    *out = s;
    return true;
}
