/* store/process.h - process instances outside of matters, and what was deployed for them. The
 * tables and their keys: migrations/0002-process.sql. */
#ifndef MANDATE_STORE_PROCESS_H
#define MANDATE_STORE_PROCESS_H

#include "process/process.h"
#include "store/store.h"

/* ---- streams that are one event ---------------------------------------------------------------
 */

/* What is logged and is no case and no instance: a deployment, a deletion, a message, a signal, an
 * evaluation. payload is JSON. Gives the stream; its key is process_key(stream, 0). */
/* Messages that no longer wait, signals and decisions evaluated on their own, logged before a
 * moment: their keys and rows go. Looks at so many events of the log at most, and goes on there the
 * next time; *count_out: how many it looked at. */
MUST_USE bool store_notes_expire(size_t *count_out, struct store_tx *tx, int64_t before_us,
                                 size_t most, struct err *err);
/* What a note of this kind says: {path, asked} of a look at values of variables. Expires. */
#define STORE_LOOKED_KIND "values_looked"
MUST_USE bool store_note_add(uint64_t *stream_out, struct store_tx *tx, struct str kind,
                             uint64_t account, struct str payload, struct arena *arena,
                             struct err *err);
/* Forget what a note says: its key. The log keeps its digest. */
MUST_USE bool store_note_erase(struct store_tx *tx, uint64_t stream, struct err *err);

/* ---- data stores: what processes keep beyond their end -----------------------------------------
 */

#define STORE_KEPT_KIND "data_store_written"
struct store_kept {
    struct str process, store; /* ids of the process and of the store in its model */
    int64_t instance;          /* key of the one that wrote it */
    int64_t at_us;
};
/* What it holds; null when nothing was written. `which`: process and store. */
MUST_USE bool store_kept_get(struct feel_value *out, struct db_conn *conn,
                             const struct store_kept *which, struct arena *arena, struct err *err);
/* It holds this from now on; null empties it. What it held is erased, with the event that said so.
 */
MUST_USE bool store_kept_put(struct store_tx *tx, const struct store_kept *kept,
                             struct feel_value value, uint64_t account, struct arena *arena,
                             struct err *err);
/* All stores of a process id. */
MUST_USE bool store_kept_drop(struct store_tx *tx, struct str process, struct err *err);
/* Does the row say what its event says? ERR_CORRUPT when the event is damaged. */
struct store_kept_event {
    uint64_t stream;
    int64_t at_us;
    struct str plain; /* of the event */
};
MUST_USE bool store_kept_compare(bool *same, struct db_conn *conn,
                                 const struct store_kept_event *event, struct arena *arena,
                                 struct err *err);
MUST_USE bool store_kept_rebuild(struct db_conn *conn, const struct store_kept_event *event,
                                 struct arena *arena, struct err *err);

/* ---- instances --------------------------------------------------------------------------------
 */

struct store_instance { /* the header row */
    uint64_t stream;
    int64_t definition, parent_element, root;
    uint64_t event_count;
    int64_t last_event; /* its number in the audit log */
    int64_t started_us, ended_us, wake_us;
};
/* ERR_NOT_FOUND. */
MUST_USE bool store_instance_get(struct store_instance *out, struct db_conn *conn, uint64_t stream,
                                 struct err *err);
/* The compiled process of a definition; what find() gives lives as long as whoever asked goes on
 * with one stream. ERR_NOT_FOUND. */
struct store_processes {
    bool (*find)(const struct bpmn_process **out, void *ctx, int64_t definition,
                 struct db_conn *conn, struct err *err);
    void *ctx;
};
/* The state now: the snapshot and the events after it. */
MUST_USE bool store_instance_load(struct process_instance **out, struct db_conn *conn,
                                  const struct store_instance *row,
                                  const struct store_processes *processes, struct arena *arena,
                                  struct err *err);
/* process_fold(), with the definition that a migration leads to. */
MUST_USE bool store_instance_fold(struct process_instance *p, struct db_conn *conn,
                                  const struct process_event *event,
                                  const struct store_processes *processes, struct err *err);
/* Append the event and write the rows that it changed. head: as of before; brought up to date. */
MUST_USE bool store_instance_save(struct store_tx *tx, struct store_instance *head,
                                  const struct process_instance *p,
                                  const struct process_result *result, struct arena *arena,
                                  struct err *err);
/* Streams of instances whose timers are due at now_us, earliest first; next_us_out as in
 * store_cases_due(). */
MUST_USE bool store_instances_due(uint64_t *out, size_t room, size_t *count_out,
                                  int64_t *next_us_out, struct db_conn *conn, int64_t now_us,
                                  struct err *err);
/* Events from..last, oldest first. */
MUST_USE bool store_instance_events(struct process_event **out, size_t *count_out,
                                    struct db_conn *conn, const struct store_instance *row,
                                    uint64_t from, struct arena *arena, struct err *err);
/* The running instance that this element instance called; 0 when there is none. */
MUST_USE bool store_instance_called(uint64_t *stream_out, struct db_conn *conn, int64_t element,
                                    struct err *err);
/* Erase an instance that has ended: its key and rows. */
MUST_USE bool store_instance_erase(struct store_tx *tx, uint64_t stream, struct err *err);
/* Instances that ended before, oldest end first. */
MUST_USE bool store_instances_ended(uint64_t *out, size_t room, size_t *count_out,
                                    struct db_conn *conn, int64_t before_us, struct err *err);

/* The rows that one event changed, p as it is after it; head->last_event is the event's, wake_us as
 * the header row has it. For store_instance_save() and a rebuild. */
MUST_USE bool store_instance_rows(struct db_conn *conn, const struct process_instance *p,
                                  const struct process_event *event,
                                  const struct bpmn_records *records,
                                  const struct store_instance *head, struct arena *arena,
                                  struct err *err);
/* All rows of an instance but its key and its events. */
MUST_USE bool store_instance_drop(struct db_conn *conn, uint64_t stream, struct err *err);

/* The element instance of an active incident. ERR_NOT_FOUND. */
MUST_USE bool store_incident_element(int64_t *element_out, struct db_conn *conn, int64_t key,
                                     struct err *err);

/* ---- jobs -------------------------------------------------------------------------------------
 */

struct store_job {
    int64_t key, definition, element_key;
    uint32_t node;
    int64_t retries, deadline_us;
    struct str type, element, kind, event, worker, headers;
};
/* Free jobs of a type, in the order in which they are given away. */
MUST_USE bool store_jobs_free(struct store_job *out, size_t room, size_t *count_out,
                              struct db_conn *conn, struct str type, int64_t now_us,
                              struct arena *arena, struct err *err);

/* Is one free? */
MUST_USE bool store_jobs_any(bool *out, struct db_conn *conn, struct str type, int64_t now_us,
                             struct err *err);

/* ---- rows that records of a process give, for an instance and for a case -----------------------
 */

enum store_job_end { STORE_JOB_CANCELED, STORE_JOB_COMPLETED, STORE_JOB_THREW };
struct store_flow {
    struct db_conn *conn;
    uint64_t stream;
    int64_t definition;    /* 0: of a case */
    struct str process_id; /* of a case its matter */
    const struct bpmn_process *process;
    const struct bpmn_state *flow; /* after the records */
    int64_t at_us;
    bool is_case;   /* jobs and subscriptions alone */
    uint32_t minor; /* as in the event */
    uint32_t job;   /* what the event says of this job: */
    enum store_job_end job_end;
    bool job_threw, job_failed, job_updated;
    struct str name, text; /* error code and message of the job, or why it failed */
    int64_t message;       /* key of the message or signal that came */
    struct arena *arena;
};
MUST_USE bool store_flow_rows(const struct store_flow *f, const struct bpmn_records *records,
                              struct err *err);

/* Where the time of a case goes besides its tasks: rows of case_element. */
MUST_USE bool store_element_rows(const struct store_flow *f, const struct bpmn_records *records,
                                 struct err *err);

/* ---- how long steps take ----------------------------------------------------------------------
 */

/* store_steps() of the instances of a process, among the latest 200,000 of all processes. */
MUST_USE bool store_process_steps(struct store_step *out, size_t room, size_t *count_out,
                                  struct db_conn *conn, const struct store_steps_ask *ask,
                                  struct arena *arena, struct err *err);
struct store_version {
    struct str id, name, tag;
    int64_t version, at_us, resource;
};
/* The versions of a process, deleted ones too, newest first; id is not set. */
MUST_USE bool store_process_versions(struct store_version *out, size_t room, size_t *count_out,
                                     struct db_conn *conn, struct str id, struct arena *arena,
                                     struct err *err);
/* The processes that are deployed, by id; id and name are set. */
MUST_USE bool store_process_names(struct store_version *out, size_t room, size_t *count_out,
                                  struct db_conn *conn, struct arena *arena, struct err *err);

/* ---- documents of the API ---------------------------------------------------------------------
 */

struct store_api_document {
    struct str id, sha256, name, media_type, metadata; /* sha256: 32 raw bytes */
    int64_t size, instance, expires_us;                /* 0: none, never */
};
/* ERR_CONFLICT when the id is there. */
MUST_USE bool store_api_document_put(struct store_tx *tx, const struct store_api_document *document,
                                     struct err *err);
/* ERR_NOT_FOUND. */
MUST_USE bool store_api_document_drop(struct store_tx *tx, struct str id, struct err *err);
MUST_USE bool store_api_documents_expire(struct store_tx *tx, struct err *err);

/* ---- decisions --------------------------------------------------------------------------------
 */

struct store_evaluated {
    int64_t key;         /* of the evaluation */
    int64_t process;     /* definition; 0: evaluated on its own */
    int64_t element_key; /* 0 likewise */
    int64_t at_us;
    struct str trace;   /* {"definition", "requirements", "steps"}: see process_decide() */
    struct str failure; /* of the last; empty: it was evaluated */
};
MUST_USE bool store_decision_rows(struct db_conn *conn, const struct store_evaluated *evaluated,
                                  struct arena *arena, struct err *err);

#endif
