/* store/store.h - the data folder: the database, and the documents beside it.
 *
 *     DIR/mandate.db  (+ -wal, -shm)   everything but the documents
 *     DIR/documents/ab/cdef...         bytes by their SHA-256
 *     DIR/lock                         held by the process that works here
 *
 * Events are the truth; the rows about a case are a function of its folded state and are written
 * from it by store_case_save(), so store_verify() can compare them with a rebuild.
 * Texts in rows that are read live in the arena that the call names. Ids are 64-bit numbers from 1.
 */
#ifndef MANDATE_STORE_STORE_H
#define MANDATE_STORE_STORE_H

#include "case/case.h"
#include "db/db.h"
#include "merkle/merkle.h"
#include "os/os.h"

enum {
    STORE_SNAPSHOT_EVENTS = 8, /* a stream is loaded from its snapshot and fewer events than this:
                                  reading an event costs about 3 us, writing the state about 8, and
                                  the writer keeps what it works on decoded */
    STORE_READERS = DB_READERS_MAX,
    STORE_KEY_BYTES = 32,
    STORE_EVENT_BYTES_MAX = 4 << 20, /* one event: the form and the letters are bounded far below */
    STORE_STATE_BYTES_MAX = 16 << 20,
    STORE_CHECKPOINT_LEAVES = 1024, /* a checkpoint row at least every so many events */
};

struct store; /* opaque */

/* Opens or makes the folder, brings the schema up to date and the audit log's edge into memory.
 * env is borrowed. Errors: ERR_CONFLICT when another process works there or the schema is newer;
 * ERR_CORRUPT when the log's edge and the events disagree. */
MUST_USE bool store_open(struct store **out, const char *folder, const struct os_env *env,
                         struct err *err);
void store_close(struct store *s); /* NULL is fine; every reader has been given back */
struct db *store_db(struct store *s);
const char *store_folder(const struct store *s);
const struct os_env *store_env(const struct store *s);
/* The service's clock: the machine's, plus the demonstration's offset; it never goes back. */
int64_t store_now_us(struct store *s);

/* Which pack a case runs on, by pack_version.id. find() loads an old version when needed; what it
 * returns lives as long as the program. */
struct store_packs {
    bool (*find)(const struct pack **out, void *ctx, int64_t version, struct db_conn *conn,
                 struct err *err);
    void *ctx;
    /* Likewise the compiled process of a deployed definition (store/process.h). */
    bool (*find_process)(const struct bpmn_process **out, void *ctx, int64_t definition,
                         struct db_conn *conn, struct err *err);
};

/* ---- writing: one transaction for many orders, on the writer's thread ------------------------ */

struct store_tx {
    struct store *store;
    struct db_conn *conn;
    int64_t now_us;
    struct merkle_frontier frontier; /* with the events appended so far */
    uint64_t next_case, next_outbox, next_account, next_pack;
    uint64_t events_added;
    int64_t clock_offset_us; /* after the commit */
    bool outbox_added;
};
MUST_USE bool store_begin(struct store_tx *tx, struct store *s, struct err *err);
/* Durable once it returns true. On false nothing stays. A failed sync does not return. */
MUST_USE bool store_commit(struct store_tx *tx, struct err *err);
void store_rollback(struct store_tx *tx);
/* Around one order, when an earlier try showed that one of the batch fails half way. */
MUST_USE bool store_savepoint(struct store_tx *saved, struct store_tx *tx, struct err *err);
MUST_USE bool store_savepoint_release(struct store_tx *tx, struct err *err);
/* False when the whole transaction is lost. */
MUST_USE bool store_savepoint_rollback(struct store_tx *tx, const struct store_tx *saved);
/* Rows written by this transaction so far: an order that fails after writing needs a rollback. */
int64_t store_written(const struct store_tx *tx);

/* ---- cases ----------------------------------------------------------------------------------- */

struct store_case { /* the header row */
    struct case_id id;
    int64_t pack_version;
    struct str reference, code_sha256, matter, status, place, accepting, competent, superior,
        review, parent;
    uint64_t event_count, last_event; /* last_event: its number in the audit log */
    int64_t submitted_us, closed_us, wake_us;
    bool adverse;
};
/* ERR_NOT_FOUND. */
MUST_USE bool store_case_by_reference(struct store_case *out, struct db_conn *conn,
                                      struct str reference, struct arena *arena, struct err *err);
/* Its id alone. ERR_NOT_FOUND. */
MUST_USE bool store_case_find(struct case_id *out, struct db_conn *conn, struct str reference,
                              struct err *err);
MUST_USE bool store_case_by_id(struct store_case *out, struct db_conn *conn, struct case_id id,
                               struct arena *arena, struct err *err);
/* The state now: the snapshot and the events after it. ERR_NOT_FOUND also for an erased case. */
MUST_USE bool store_case_load(struct case_file **out, struct db_conn *conn,
                              const struct store_case *row, const struct store_packs *packs,
                              struct arena *arena, struct err *err);
/* Events from..to (from 1, both included), oldest first. Event texts live in the arena.
 * log_index_out: of each, may be NULL. */
MUST_USE bool store_case_events(struct case_event **out, uint64_t **log_index_out,
                                size_t *count_out, struct db_conn *conn,
                                const struct store_case *row, uint64_t from, struct arena *arena,
                                struct err *err);
/* Of the header row, what the next events are written by. */
struct store_case_head {
    int64_t pack_version;
    uint64_t event_count;
    int64_t last_event; /* its number in the audit log; -1: none yet, a new case */
    int64_t wake_us;
};
/* Append what one command made to the log, and write the rows that it changed. head: as of before;
 * brought up to date. effects become outbox rows. ERR_INTERNAL when the row is not as head says. */
MUST_USE bool store_case_save(struct store_tx *tx, struct store_case_head *head,
                              const struct case_file *state, const struct case_result *result,
                              struct arena *arena, struct err *err);
struct case_id store_case_next(struct store_tx *tx);
/* References of cases whose timers or clocks are due at now_us, earliest first. next_us_out: when
 * the next one after these is due, 0 for never. */
MUST_USE bool store_cases_due(struct case_id *out, size_t room, size_t *count_out,
                              int64_t *next_us_out, struct db_conn *conn, int64_t now_us,
                              struct err *err);
struct store_closed {
    struct case_id id;
    int64_t pack_version, closed_us;
    struct str matter;
};
/* Closed cases with an id after `after`, by id. */
MUST_USE bool store_cases_closed(struct store_closed *out, size_t room, size_t *count_out,
                                 struct db_conn *conn, struct case_id after, struct arena *arena,
                                 struct err *err);
/* The next number of a series in a year, from 1. */
MUST_USE bool store_number_next(uint64_t *out, struct store_tx *tx, struct str series, int32_t year,
                                struct err *err);
/* What store_number_next() would give; nothing is written. */
MUST_USE bool store_number_peek(uint64_t *out, struct store_tx *tx, struct str series, int32_t year,
                                struct err *err);
/* Erase a case: its key, its derived rows and its documents that no other case names. The log keeps
 * the events' digests and stays valid. */
MUST_USE bool store_case_erase(struct store_tx *tx, struct case_id id, struct err *err);

/* ---- rows for the desks ---------------------------------------------------------------------- */

struct store_task {
    struct store_case file; /* reference, matter, pack_version, status, submitted_us are set */
    uint64_t task;
    struct str node, organ, post, outcome;
    enum case_task_state state;
    uint64_t account;
    int64_t created_us, due_us, ended_us;
    bool applicant;
};
/* Waiting tasks of one post in one organ, soonest due first (none due last), after a place in that
 * order. */
struct store_task_after {
    int64_t due_us; /* 0: from the start */
    uint64_t case_id, task;
};
MUST_USE bool store_tasks(struct store_task *out, size_t room, size_t *count_out,
                          struct db_conn *conn, struct str organ, struct str post,
                          const struct store_task_after *after, struct arena *arena,
                          struct err *err);

/* A step as it was or is waited for: for how long steps take. No case, no person. */
struct store_step {
    struct str node, organ;       /* node: id in the file; organ: empty for a process instance */
    int64_t created_us, ended_us; /* ended 0: still waiting */
    int64_t due_us;               /* of the case's clock when the step began; 0: none */
    bool applicant;
    bool cancelled; /* it ended because something interrupted it */
};
/* The steps at which time passed, the latest cases first, at most room: those that ended from
 * from_us on and before to_us, and those that wait now. */
struct store_steps_ask {
    struct str id;          /* of a matter; of a process */
    int64_t version;        /* pack_version.id; of a process its version; 0: any */
    int64_t from_us, to_us; /* to_us: INT64_MAX for no end */
};
/* Of the cases of a matter: the tasks of people (at most the half of room) and every other element
 * that held a case up, where the organ is the competent one. */
MUST_USE bool store_steps(struct store_step *out, size_t room, size_t *count_out,
                          struct db_conn *conn, const struct store_steps_ask *ask,
                          struct arena *arena, struct err *err);

/* ERR_NOT_FOUND. */
MUST_USE bool store_task_by_id(struct store_task *out, struct db_conn *conn, struct case_id id,
                               uint64_t task, struct arena *arena, struct err *err);

enum store_shown {
    STORE_CLOCK_STOPPED,
    STORE_CLOCK_RUNNING,
    STORE_CLOCK_SUSPENDED,
    STORE_CLOCK_BREACHED
};
struct store_clock {
    struct store_case file;
    struct str clock, organ, post, supervisor;
    enum store_shown shown; /* BREACHED also after its stop */
    int64_t due_us, suspended_us;
    bool extended;
};
/* Clocks of one organ, soonest due first; not those that were stopped in time. */
MUST_USE bool store_clocks(struct store_clock *out, size_t room, size_t *count_out,
                           struct db_conn *conn, struct str organ, enum store_shown shown,
                           struct arena *arena, struct err *err);

struct store_letter {
    struct store_case file;
    uint64_t n, event;
    struct str letter, number, organ, verify_code;
    bool adverse;
    int64_t at_us;
};
MUST_USE bool store_letter_by_code(struct store_letter *out, struct db_conn *conn,
                                   struct str verify_code, struct arena *arena, struct err *err);

/* The event that issued letter n of the case, with its text. ERR_NOT_FOUND. */
MUST_USE bool store_letter_event(struct case_event *out, struct db_conn *conn,
                                 const struct store_case *row, uint64_t n, struct arena *arena,
                                 struct err *err);
/* The cases that review a decision of this one, oldest first. */
MUST_USE bool store_cases_of_parent(struct store_case *out, size_t room, size_t *count_out,
                                    struct db_conn *conn, struct str parent, struct arena *arena,
                                    struct err *err);

struct store_look {
    uint64_t n, account;
    int64_t at_us;
    struct str organ, post, purpose;
};
/* n and at_us are given by the call. The same look again within the hour adds no row. */
MUST_USE bool store_look_add(struct store_tx *tx, struct case_id id, const struct store_look *look,
                             struct err *err);
/* Is the same look on record within the hour before now_us, so that an add would add nothing? */
MUST_USE bool store_look_known(bool *known, struct db_conn *conn, struct case_id id,
                               const struct store_look *look, int64_t now_us, struct err *err);
MUST_USE bool store_looks(struct store_look **out, size_t *count_out, struct db_conn *conn,
                          struct case_id id, struct arena *arena, struct err *err);

/* ---- documents ------------------------------------------------------------------------------- */

/* The bytes as a file, durable before this returns. sha256: 64 hex digits and a zero. Any thread.
 */
MUST_USE bool store_document_put(char sha256[65], struct store *s, struct str bytes,
                                 struct err *err);
/* ERR_NOT_FOUND; ERR_CORRUPT when the bytes do not have this digest. sha256: 32 raw bytes. */
MUST_USE bool store_document_get(struct buf *out, struct store *s, struct str sha256,
                                 struct err *err);
/* Is there a file of this digest and size? ERR_NOT_FOUND, ERR_INVALID. */
MUST_USE bool store_document_check(struct store *s, struct str sha256, uint64_t size_bytes,
                                   struct err *err);
/* Remove files that no case names and that are older than a day. */
MUST_USE bool store_documents_sweep(size_t *removed_out, struct store *s, struct db_conn *conn,
                                    struct err *err);

/* ---- the outbox ------------------------------------------------------------------------------ */

enum store_outbox_kind { STORE_OUTBOX_MAIL, STORE_OUTBOX_REVIEWED };
struct store_outbox {
    uint64_t id;
    struct case_id case_id;
    enum store_outbox_kind kind;
    uint64_t lease;
    int64_t attempts, created_us;
    struct str to, subject, text;          /* MAIL */
    struct str reference, letter, outcome; /* REVIEWED: the case to tell, and what */
};
/* Lease what is due: nobody else gets it until lease_us from now, and only this lease may end it.
 */
MUST_USE bool store_outbox_lease(struct store_outbox *out, size_t room, size_t *count_out,
                                 struct store_tx *tx, enum store_outbox_kind kind, int64_t lease_us,
                                 struct arena *arena, struct err *err);
/* It left: forget it. ERR_CONFLICT when the lease is no longer this one's. */
MUST_USE bool store_outbox_sent(struct store_tx *tx, const struct store_outbox *item,
                                struct err *err);
/* It did not: again after wait_us. */
MUST_USE bool store_outbox_later(struct store_tx *tx, const struct store_outbox *item,
                                 int64_t wait_us, struct err *err);
/* When the next one of the kind is due; 0 for none. */
MUST_USE bool store_outbox_next(int64_t *due_us_out, struct db_conn *conn,
                                enum store_outbox_kind kind, struct err *err);
struct store_outbox_count {
    int64_t waiting, failing; /* failing: tried at least once */
};
MUST_USE bool store_outbox_count(struct store_outbox_count *out, struct db_conn *conn,
                                 struct err *err);

/* ---- first answers, drafts ------------------------------------------------------------------- */

/* scope: who may repeat it ("account:3", "case:REF", "anonymous"); the answer can be read only with
 * the key. found is false for a new key. ERR_CONFLICT: the key stood for another order. */
struct store_once {
    struct str scope, key, order; /* order: the bytes that a repetition must have again */
};
MUST_USE bool store_once_find(struct str *answer_out, bool *found_out, struct db_conn *conn,
                              const struct store_once *once, struct arena *arena, struct err *err);
MUST_USE bool store_once_keep(struct store_tx *tx, const struct store_once *once, struct str answer,
                              struct err *err);

struct store_draft {
    struct str matter, content;
    int64_t at_us;
};
MUST_USE bool store_draft_put(struct store_tx *tx, struct str key, const struct store_draft *draft,
                              struct err *err);
MUST_USE bool store_draft_get(struct store_draft *out, struct db_conn *conn, struct str key,
                              struct arena *arena, struct err *err);
MUST_USE bool store_draft_drop(struct store_tx *tx, struct str key, struct err *err);
/* Answers, drafts and sessions past their time. */
MUST_USE bool store_sweep(struct store_tx *tx, struct err *err);

/* ---- accounts and sessions ------------------------------------------------------------------- */

struct store_account {
    uint64_t id;
    struct str user, name, password; /* password: its Argon2id hash */
    bool locked;
    int64_t failures, retry_us, created_us, signed_in_us;
};
struct store_appointment {
    struct str organ, post;
};
/* Gives the id. ERR_CONFLICT when the user name is taken. */
MUST_USE bool store_account_add(uint64_t *id_out, struct store_tx *tx,
                                const struct store_account *account,
                                const struct store_appointment *posts, size_t post_count,
                                struct err *err);
MUST_USE bool store_account_save(struct store_tx *tx, const struct store_account *account,
                                 struct err *err);
MUST_USE bool store_account_by_user(struct store_account *out, struct db_conn *conn,
                                    struct str user, struct arena *arena, struct err *err);
MUST_USE bool store_account_by_id(struct store_account *out, struct db_conn *conn, uint64_t id,
                                  struct arena *arena, struct err *err);
MUST_USE bool store_accounts(struct store_account **out, size_t *count_out, struct db_conn *conn,
                             struct arena *arena, struct err *err);
MUST_USE bool store_appointments(struct store_appointment **out, size_t *count_out,
                                 struct db_conn *conn, uint64_t account, struct arena *arena,
                                 struct err *err);

struct store_session {
    uint64_t account;
    int64_t created_us, seen_us;
};
/* token_hash: 32 raw bytes. Sessions, first answers and the waiting after wrong passwords are timed
 * by the machine's clock: moving the demonstration's clock signs nobody out. */
MUST_USE bool store_session_add(struct store_tx *tx, struct str token_hash, uint64_t account,
                                struct err *err);
MUST_USE bool store_session_get(struct store_session *out, struct db_conn *conn,
                                struct str token_hash, struct err *err);
MUST_USE bool store_session_seen(struct store_tx *tx, struct str token_hash, struct err *err);
MUST_USE bool store_session_drop(struct store_tx *tx, struct str token_hash, struct err *err);
MUST_USE bool store_sessions_drop(struct store_tx *tx, uint64_t account, struct err *err);

/* ---- packs, settings, the demonstration's clock ---------------------------------------------- */

struct store_pack_version {
    int64_t id, at_us;
    struct str pack, version, sha256;
};
/* The id of this version; its files are stored when it is new. */
MUST_USE bool store_pack_put(int64_t *id_out, struct store_tx *tx, const struct pack *pack,
                             struct err *err);
MUST_USE bool store_pack_files(struct pack_file **out, size_t *count_out, struct db_conn *conn,
                               int64_t id, struct arena *arena, struct err *err);
MUST_USE bool store_pack_hash(struct pack_hash *out, struct db_conn *conn, int64_t id,
                              struct err *err); /* ERR_NOT_FOUND */
/* The version of a pack deployed last; ERR_NOT_FOUND. */
MUST_USE bool store_pack_last(struct store_pack_version *out, struct db_conn *conn, struct str pack,
                              struct arena *arena, struct err *err);
/* Every version, oldest first. */
MUST_USE bool store_pack_versions(struct store_pack_version **out, size_t *count_out,
                                  struct db_conn *conn, struct arena *arena, struct err *err);
MUST_USE bool store_setting_get(struct str *out, struct db_conn *conn, struct str name,
                                struct arena *arena, struct err *err); /* empty when not set */
MUST_USE bool store_setting_put(struct store_tx *tx, struct str name, struct str value,
                                struct err *err);
/* Move the service's clock forward to now_us; ERR_RANGE when that is in its past. Counts from the
 * commit on. */
MUST_USE bool store_clock_move(struct store_tx *tx, int64_t now_us, struct err *err);
/* Does the service's clock go as the machine's does, or has it been moved? */
bool store_clock_is_moved(const struct store_tx *tx);

/* ---- the audit log --------------------------------------------------------------------------- */

MUST_USE bool store_log_head(struct merkle_head *out, struct db_conn *conn, struct err *err);
MUST_USE bool store_log_leaf(struct merkle_hash *out, struct db_conn *conn, uint64_t log_index,
                             struct err *err);
/* Proof that event log_index is in the log as it stands for conn. */
MUST_USE bool store_log_prove(struct merkle_proof *out, struct merkle_head *head,
                              struct merkle_hash *leaf, struct db_conn *conn, uint64_t log_index,
                              struct err *err);

struct store_verified {
    uint64_t events, cases, instances, erased, documents; /* instances: of processes */
    struct merkle_head head;
};
/* Everything again from its bytes: every leaf, the root and each checkpoint; every case of a key is
 * decrypted, folded from its first event, and compared with its snapshot and its rows; every
 * document with its digest; the database's own pages. report is called with one line a finding
 * (never with personal data). False when there was one, or on an error. */
typedef void store_report(void *ctx, const char *line);
MUST_USE bool store_verify(struct store_verified *out, struct store *s,
                           const struct store_packs *packs, store_report *report, void *ctx,
                           struct err *err);
/* Make all derived rows and snapshots again from the events. */
MUST_USE bool store_rebuild(uint64_t *cases_out, struct store *s, const struct store_packs *packs,
                            struct err *err);

#endif
