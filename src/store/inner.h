/* store/inner.h - what the files of store/ share. Only src/store includes this. */
#ifndef MANDATE_STORE_INNER_H
#define MANDATE_STORE_INNER_H

#include <stdatomic.h>

#include "store/store.h"

struct store {
    struct arena *arena;
    const char *folder;
    const struct os_env *env;
    struct db *db;
    int lock_fd;
    /* Of the last commit; only the writer's thread reads or writes these. */
    struct merkle_frontier frontier;
    uint64_t next_case, next_outbox, next_account, next_pack;
    uint64_t checkpoint_leaves; /* leaf count of the newest checkpoint row */
    struct store_key_cache *keys;
    /* Any thread. */
    _Atomic int64_t clock_offset_us, last_us;
};

struct store_key {
    unsigned char bytes[STORE_KEY_BYTES];
};

/* The keys of cases that were worked on lately, by case id; the writer's thread only. */
enum { STORE_KEYS_KEPT = 8192 };
struct store_key_cache {
    struct {
        uint64_t case_id;
        struct store_key key;
    } slots[STORE_KEYS_KEPT];
};
MUST_USE bool store_key_for_writing(struct store_key *out, struct store_tx *tx, struct case_id id,
                                    struct err *err);
void store_key_forget(struct store_tx *tx, struct case_id id);

/* What a ciphertext is for; it opens only with the same. */
struct store_seal {
    const char *what; /* "event", "state", "outbox" */
    uint64_t id, n;
};
enum { STORE_SEAL_EXTRA_BYTES = 24 + 16 }; /* nonce and tag */
/* Append nonce and ciphertext (XChaCha20-Poly1305) of plain. */
void store_seal(struct buf *out, const struct store_key *key, const struct store_seal *seal,
                struct str plain, const struct os_env *env);
/* Append the plain bytes. ERR_CORRUPT when it is not that. */
MUST_USE bool store_unseal(struct buf *out, const struct store_key *key,
                           const struct store_seal *seal, struct str sealed, struct err *err);
/* A key made of a secret that the caller of the service keeps: for drafts and first answers. */
struct store_key store_key_from(struct str purpose, struct str scope, struct str secret);
/* ERR_NOT_FOUND: the case was erased. */
MUST_USE bool store_key_of_case(struct store_key *out, struct db_conn *conn, struct case_id id,
                                struct err *err);

/* ---- stream.c: a chain of events under one key ---- */
MUST_USE bool store_key_make(struct store_key *out, struct store_tx *tx, struct case_id id,
                             struct err *err);
struct store_appending { /* tx, id, key, arena, previous are given; then _init() */
    struct store_tx *tx;
    struct case_id id;
    const struct store_key *key;
    struct arena *arena;
    struct buf plain, sealed;
    int64_t previous; /* log index of the stream's event before, -1: none */
};
struct store_event {
    uint64_t seq;
    int64_t at_us;
    struct str kind, actor;
};
void store_appending_init(struct store_appending *a);
void store_appending_done(struct store_appending *a);
/* The event whose bytes are in a->plain. */
MUST_USE bool store_event_append(struct store_appending *a, const struct store_event *event,
                                 struct err *err);
/* "system" or "account:7". */
struct str store_actor_of(uint64_t account, struct arena *arena);
MUST_USE bool store_snapshot_put(struct db_conn *conn, struct case_id id, uint64_t event_count,
                                 struct str sealed, struct err *err);
/* Its key and snapshot go; its id is not given again. */
MUST_USE bool store_stream_forget(struct store_tx *tx, struct case_id id, struct err *err);
struct store_chain {
    struct db_conn *conn;
    struct case_id id;
    const struct store_key *key;
    struct arena *arena;
};
/* The bytes of the event at that place of the log, which must be event `seq` of the stream. */
MUST_USE bool store_chain_read(struct str *plain_out, int64_t *previous_out,
                               const struct store_chain *chain, int64_t log_index, uint64_t seq,
                               struct err *err);

MUST_USE bool store_migrate(struct store *s, struct err *err);

/* The rows about a case as a function of its state: written by store_case_save() and by a rebuild,
 * compared by store_verify(). */
struct store_project {
    const struct case_file *state;
    int64_t pack_version;
    uint64_t last_event;
    int64_t wake_us_before;          /* as its row says */
    bool everything;                 /* events are all of the case: write every row */
    bool outside;                    /* the engine's records tell of jobs, messages ... */
    bool timed;                      /* ... of elements in which time passes */
    const struct case_event *events; /* what happened */
    const uint64_t *event_index;     /* their log indexes */
    size_t event_count;
};
MUST_USE bool store_project_rows(struct db_conn *conn, const struct store_project *p,
                                 struct err *err);
/* One line for each table whose rows of the case are not what the state gives. Leaves the rows as
 * the state gives them: call it in a transaction that is rolled back. */
MUST_USE bool store_project_compare(bool *same_out, struct db_conn *conn,
                                    const struct store_project *p, store_report *report, void *ctx,
                                    struct err *err);
/* Remove all rows of the case but its key and its events. */
MUST_USE bool store_project_drop(struct db_conn *conn, struct case_id id, struct err *err);
MUST_USE bool store_state_write(struct db_conn *conn, const struct case_file *state,
                                const struct store_key *key, const struct os_env *env,
                                struct err *err);
MUST_USE bool store_outbox_add(struct store_tx *tx, const struct case_effect *effect,
                               struct case_id id, const struct store_key *key, struct err *err);

/* Reads the columns of a header from column 0 on, as STORE_CASE_COLUMNS (of `case_file AS f`). */
#define STORE_CASE_COLUMNS                                                                         \
    "f.id, f.reference, f.code_sha256, f.pack_version, f.matter, f.status, f.place, f.accepting, " \
    "f.competent, f.superior, f.review, f.parent, f.event_count, f.last_event, f.submitted_us, "   \
    "f.closed_us, f.wake_us, f.adverse"
enum { STORE_CASE_COLUMN_COUNT = 18 };
void store_case_row_read(struct store_case *out, const struct db_rows *rows, struct arena *arena);

/* ---- instance.c, refold.c: process instances; see store/process.h ---- */
struct process_instance;
struct store_instance;
struct store_processes;
struct process_event;
int64_t store_instance_wake_us(const struct process_instance *p); /* 0: never */
/* store_instance_events() with the place of each in the log. */
MUST_USE bool store_instance_chain(struct process_event **out, int64_t **indexes_out,
                                   size_t *count_out, struct db_conn *conn,
                                   const struct store_instance *row, uint64_t from,
                                   struct arena *arena, struct err *err);
MUST_USE bool store_instance_snapshot(struct db_conn *conn, const struct process_instance *p,
                                      const struct store_key *key, const struct os_env *env,
                                      struct err *err);
/* The state from its first event on; write_rows: with all of its rows. */
MUST_USE bool store_instance_refold(struct process_instance **out, struct db_conn *conn,
                                    const struct store_instance *row,
                                    const struct store_processes *processes, bool write_rows,
                                    struct arena *arena, struct err *err);
/* One line for each table whose rows are not what the events give, and for the snapshot. Leaves the
 * rows as the events give them. */
MUST_USE bool store_instance_compare(struct db_conn *conn, const struct store_instance *row,
                                     const struct store_processes *processes, store_report *report,
                                     void *ctx, struct arena *arena, struct err *err);

/* A 32-byte column into a hash; ERR_CORRUPT for another length. */
MUST_USE bool store_hash_take(struct merkle_hash *out, struct str blob, struct err *err);

#endif
