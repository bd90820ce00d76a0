/* case/case.h - a case: its state, and the one pure function that moves it.
 *
 *     case_apply(state, command, env) -> events (already folded into the state), effects
 *
 * The state changes only by case_fold() of an event, so replaying a case's events gives the same
 * state, byte for byte (case_encode). Everything that is not in the state or the pack comes in with
 * the command or the env: time, random bytes, numbers, what another case says. */
#ifndef MANDATE_CASE_CASE_H
#define MANDATE_CASE_CASE_H

#include "bpmn/bpmn.h"
#include "case/event.h"
#include "pack/pack.h"

struct case_id {
    uint64_t n;
};

enum {
    CASE_TASKS_MAX = 1000, /* tasks of one case, done ones included */
    CASE_CLOCKS_MAX = 32,  /* clocks of one matter; the busiest of the catalogue has 14 */
    CASE_LETTERS_MAX = 200,
    CASE_DOCUMENTS_MAX = 200, /* UPLOAD_COUNT_MAX at the start, more by corrections and officers */
    CASE_NOTE_BYTES_MAX = 8192,
    CASE_REASONS_BYTES_MAX = 16384,
    CASE_SEED_BYTES = 32
};

enum case_task_state { CASE_TASK_OPEN, CASE_TASK_CLAIMED, CASE_TASK_DONE, CASE_TASK_CANCELLED };

struct case_task {
    uint64_t id; /* the bpmn element instance */
    struct str node, organ, post;
    bool applicant;
    enum case_task_state state;
    uint64_t account; /* who claimed or completed it, 0 for nobody */
    int64_t created_us, due_us, ended_us;
    struct str outcome, reasons;
};

struct case_clock {
    const struct law_limit *limit; /* of the matter */
    struct law_clock clock;
    struct str organ, post; /* who held the case when it was breached */
};

struct case_letter {
    uint64_t n;
    struct str id, number, organ, verify_code;
    bool adverse;
    int64_t at_us;
    struct str title_json, remedies_json; /* bodies are in the event and the letter row only */
};

struct case_document {
    uint64_t n;
    struct str material, name, media_type, sha256;
    uint64_t size_bytes;
    int64_t at_us;
    bool by_applicant;
};

/* Borrows from its arena (case_create) and from the pack, which must outlive it. */
struct case_file {
    struct arena *arena;
    const struct pack *pack;
    const struct pack_matter *matter;
    struct case_id id;
    uint64_t event_count;
    struct str reference, place, status, code_sha256;
    struct str parent, parent_letter, parent_organ, parent_number; /* of what is reviewed */
    struct str accepting, competent, superior, review;             /* organ ids */
    enum lang lang;
    struct str applicant_json, form_json;
    uint64_t *barred;
    size_t barred_count;
    struct case_task *tasks;
    size_t task_count, task_room;
    struct case_clock *clocks;
    size_t clock_count;
    struct case_letter *letters;
    size_t letter_count, letter_room;
    struct case_document *documents;
    size_t document_count, document_room;
    struct bpmn_state *flow;
    int64_t received_us;                      /* when the applicant's last papers came in */
    int64_t submitted_us, closed_us, wake_us; /* wake_us: when case_apply(TICK) has work; 0 never */
    bool closed, adverse, withdrawn;
    struct str review_outcome, review_reference;
};

enum case_command_kind {
    CASE_SUBMIT,   /* matter, place, lang, applicant, form, documents, parent */
    CASE_CORRECT,  /* task (the applicant's), form, documents */
    CASE_WITHDRAW, /* reasons */
    CASE_CLAIM,    /* task */
    CASE_RELEASE,  /* task */
    CASE_COMPLETE, /* task, outcome, reasons, variables */
    CASE_EXTEND,   /* clock, reasons */
    CASE_ATTACH,   /* documents */
    CASE_NOTE,     /* reasons: the note's text */
    CASE_RETRY,    /* task: the element with the incident */
    CASE_REVIEWED, /* parent: what the reviewing case decided */
    CASE_TICK,     /* fires timers and breaches that are due at now */
    CASE_OUTSIDE   /* outside: a job worker, a message, a signal, a called process */
};

/* What another system does to the procedure, and how it is told in the case's events. */
struct case_outside {
    const struct bpmn_input *inputs; /* one after the other */
    size_t input_count;
    struct str what, worker, text; /* see `worked` in events.def */
    uint64_t element;
    int64_t key;
};

/* What the reviewing case, or the reviewed one, says of itself. */
struct case_link {
    struct str reference, letter, outcome;
    struct str deciding_organ, number; /* of the letter */
    const uint64_t *accounts;          /* who took part in it */
    size_t account_count;
};

struct case_upload {
    struct str material, name, media_type, sha256; /* sha256: 32 raw bytes */
    uint64_t size_bytes;
};

/* Only the fields that the kind names are read. */
struct case_command {
    enum case_command_kind kind;
    struct case_actor actor;
    uint64_t task;
    struct str matter, place, clock, outcome, reasons;
    enum lang lang;
    const struct json *applicant, *form, *variables;
    const struct case_upload *documents;
    size_t document_count;
    const struct case_link *link;
    const struct case_outside *outside;
    /* SUBMIT only: made by the caller from counters and random bytes */
    struct case_id id;
    struct str reference;
    struct str code_sha256; /* of the access code */
};

struct case_env {
    int64_t now_us;
    const unsigned char *seed; /* CASE_SEED_BYTES fresh random bytes for this command */
    /* The next number of a letter series, counted in the same transaction. series: "organ/letter".
     */
    bool (*next_number)(uint64_t *out, void *ctx, struct str series, int32_t year, struct err *err);
    void *ctx;
    struct str base_url; /* of the pages, for the address on a letter; without a '/' at its end */
};

/* Something the world must do once the events are durable. */
enum case_effect_kind {
    CASE_EFFECT_MESSAGE, /* to the applicant: subject and text in the case's language */
    CASE_EFFECT_REVIEWED /* tell the parent case: a CASE_REVIEWED command for `reference` */
};
struct case_effect {
    enum case_effect_kind kind;
    struct str to; /* e-mail address as the applicant gave it */
    struct str subject, text;
    struct str reference, letter, outcome;
};

/* Lists live in the arena given to case_apply. */
struct case_result {
    struct case_event *events;
    size_t event_count;
    struct case_effect *effects;
    size_t effect_count;
    /* Every record of the engine, in order, when others have to know of one: a job, a message or
     * signal that is awaited or thrown, a called process (process/process.h: effects). */
    struct bpmn_records moved;
    bool outside;
    bool timed; /* an element besides people's tasks may have begun or ceased to hold the case up */
};

/* An empty state, to be filled by folding `submitted`, or by case_decode. */
struct case_file *case_create(struct arena *arena, const struct pack *pack, struct case_id id);

/* Authorise and run one command. On error nothing happened, but the state must be thrown away and
 * loaded again (it may be half moved). Errors:
 *   ERR_FORBIDDEN the actor has no part in this step, four eyes, or is barred;
 *   ERR_CONFLICT  the task is taken or done, the clock was extended before, the case is closed;
 *   ERR_INVALID   an outcome that is not offered, reasons missing, a form that does not pass (the
 *                 faults are found by form_check before; this is the last line);
 *   ERR_NOT_FOUND no such task, clock, matter; ERR_LIMIT. */
MUST_USE bool case_apply(struct case_result *out, struct case_file *state,
                         const struct case_command *command, const struct case_env *env,
                         struct arena *arena, struct budget *budget, struct err *err);

/* Fold one event. ERR_CORRUPT when it cannot have happened in this state. */
MUST_USE bool case_fold(struct case_file *state, const struct case_event *event, struct err *err);
/* ERR_UNSUPPORTED, ERR_LIMIT: a variable of the procedure that cannot be stored. */
MUST_USE bool case_encode(struct buf *out, const struct case_file *state, struct err *err);
MUST_USE bool case_decode(struct case_file **out, struct str bytes, struct arena *arena,
                          const struct pack *pack, struct err *err);

/* Has this post of this organ a part in the case (a task of it now or before, or supervision)? */
bool case_has_part(const struct case_file *state, struct case_actor actor);
/* May it do this task now? The reason when not. */
MUST_USE bool case_may_do(const struct case_file *state, const struct case_task *task,
                          struct case_actor actor, struct err *err);
/* The organ that decides: the reviewing one where the procedure's lanes say so. */
struct str case_decider(const struct case_file *state);
const struct case_task *case_task(const struct case_file *state, uint64_t id);
const struct case_clock *case_clock(const struct case_file *state, struct str id);
/* Which form fields this actor's tasks may show, and why: pairs of field and purpose. */
size_t case_purposes(struct pack_field_use *out, size_t room, const struct case_file *state,
                     struct case_actor actor);

/* References: "330302-26-000123-7": region, year, number, check digit (Damm) over the digits. */
struct str case_reference_make(struct arena *arena, struct str region, int32_t year, uint64_t n);
/* What a person typed: blanks and dashes anywhere; false when the check digit is wrong. out is the
 * canonical form. */
MUST_USE bool case_reference_read(struct str *out, struct arena *arena, struct str typed);

#endif
