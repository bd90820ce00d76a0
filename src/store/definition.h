/* store/definition.h - what was deployed: files, and the processes, decisions and forms in them. */
#ifndef MANDATE_STORE_DEFINITION_H
#define MANDATE_STORE_DEFINITION_H

#include "store/process.h"

enum store_resource_kind {
    STORE_RESOURCE_BPMN,
    STORE_RESOURCE_DMN,
    STORE_RESOURCE_FORM,
    STORE_RESOURCE_OTHER
};

/* How a model refers to another: the newest, that of its own deployment, or by tag. */
struct store_bound {
    enum bpmn_binding binding;
    int64_t deployment;
    struct str version_tag;
};

struct store_resource {
    int64_t key, deployment, version;
    enum store_resource_kind kind;
    struct str name, id, version_tag;
    struct str sha256; /* 32 raw bytes */
    bool deleted;
    struct str bytes; /* only of store_resource_get() and for store_resource_put() */
};
struct store_definition { /* a process, or a decision requirements graph */
    int64_t key, version, deployment, resource;
    struct str id, name, version_tag, resource_name;
    struct str start_form;          /* of a process: the form's id */
    struct store_bound start_bound; /* for store_process_put(); the rows of searches hold it */
    struct str sha256;
    bool deleted;
};
struct store_decision {
    int64_t key, version, requirements, deployment;
    struct str id, name, version_tag;
};

/* Finding. Not there: true with out->key 0. Deleted ones are not found but by key. */
MUST_USE bool store_process_by_key(struct store_definition *out, struct db_conn *conn, int64_t key,
                                   struct arena *arena, struct err *err);
MUST_USE bool store_process_by_version(struct store_definition *out, struct db_conn *conn,
                                       struct str id, int64_t version, struct arena *arena,
                                       struct err *err);
MUST_USE bool store_process_bound(struct store_definition *out, struct db_conn *conn, struct str id,
                                  const struct store_bound *bound, struct arena *arena,
                                  struct err *err);
MUST_USE bool store_requirements_by_key(struct store_definition *out, struct db_conn *conn,
                                        int64_t key, struct arena *arena, struct err *err);
MUST_USE bool store_decision_by_key(struct store_decision *out, struct db_conn *conn, int64_t key,
                                    struct arena *arena, struct err *err);
MUST_USE bool store_decision_bound(struct store_decision *out, struct db_conn *conn, struct str id,
                                   const struct store_bound *bound, struct arena *arena,
                                   struct err *err);
/* With its bytes. */
MUST_USE bool store_resource_get(struct store_resource *out, struct db_conn *conn, int64_t key,
                                 struct arena *arena, struct err *err);
/* The file that a version of decision requirements imports, directly or not, with its bytes. */
MUST_USE bool store_import_get(struct store_resource *out, struct db_conn *conn,
                               int64_t requirements, struct str ns, struct arena *arena,
                               struct err *err);
/* A form or another file, by its id; without bytes. */
MUST_USE bool store_resource_bound(struct store_resource *out, struct db_conn *conn,
                                   enum store_resource_kind kind, struct str id,
                                   const struct store_bound *bound, struct arena *arena,
                                   struct err *err);
/* The newest form or other file of that id, also a deleted one; without bytes. */
MUST_USE bool store_resource_last(struct store_resource *out, struct db_conn *conn,
                                  enum store_resource_kind kind, struct str id, struct arena *arena,
                                  struct err *err);
/* The newest version of a process or requirements id, also a deleted one: for the next number. */
MUST_USE bool store_process_last(struct store_definition *out, struct db_conn *conn, struct str id,
                                 struct arena *arena, struct err *err);
MUST_USE bool store_requirements_last(struct store_definition *out, struct db_conn *conn,
                                      struct str id, struct arena *arena, struct err *err);
/* The decision of that id in a version of its requirements; key 0: there is none, as for a
 * function (a business knowledge model) that a decision calls. */
MUST_USE bool store_decision_in(struct store_decision *out, struct db_conn *conn,
                                int64_t requirements, struct str id, struct arena *arena,
                                struct err *err);
MUST_USE bool store_decision_last(struct store_decision *out, struct db_conn *conn, struct str id,
                                  struct arena *arena, struct err *err);

/* Writing, within a deployment's transaction. */
MUST_USE bool store_deployment_put(struct store_tx *tx, int64_t key, uint64_t account,
                                   struct err *err);
MUST_USE bool store_deployed_put(struct store_tx *tx, int64_t deployment, uint32_t n,
                                 const char *kind, int64_t key, struct str id, struct err *err);
MUST_USE bool store_resource_put(struct store_tx *tx, const struct store_resource *resource,
                                 struct err *err);
/* It becomes the newest of its id; its elements and start events are written with it. */
MUST_USE bool store_process_put(struct store_tx *tx, const struct store_definition *definition,
                                const struct bpmn_process *process, struct err *err);
MUST_USE bool store_requirements_put(struct store_tx *tx, const struct store_definition *definition,
                                     struct err *err);
MUST_USE bool store_import_put(struct store_tx *tx, int64_t requirements, struct str ns,
                               int64_t resource, struct err *err);
MUST_USE bool store_decision_put(struct store_tx *tx, const struct store_decision *decision,
                                 struct err *err);
/* Mark as deleted whatever has this key; false in *found when nothing has. For a process:
 * *newest_out is the definition that is the newest of its id now, 0 for none. */
MUST_USE bool store_definition_delete(bool *found, int64_t *newest_out, struct store_tx *tx,
                                      int64_t key, struct err *err);
/* How many instances of it run. */
MUST_USE bool store_definition_running(int64_t *count_out, struct db_conn *conn, int64_t key,
                                       struct err *err);

/* ---- start events of the newest versions ------------------------------------------------------
 */

struct store_start {
    int64_t definition;
    uint32_t node, def;              /* def: which of the node's event definitions */
    struct str element, event, name; /* event: MESSAGE, SIGNAL, TIMER, CONDITION */
    int64_t due_us, armed_us;
    bool is_true; /* CONDITION: it was true when a data store changed last */
};
MUST_USE bool store_start_put(struct store_tx *tx, const struct store_start *start,
                              struct err *err);
MUST_USE bool store_starts_drop(struct store_tx *tx, int64_t definition, struct err *err);
/* All that a message or signal of that name starts, by definition. */
MUST_USE bool store_starts_named(struct store_start **out, size_t *count_out, struct db_conn *conn,
                                 struct str event, struct str name, struct arena *arena,
                                 struct err *err);
MUST_USE bool store_starts_due(struct store_start *out, size_t room, size_t *count_out,
                               int64_t *next_us_out, struct db_conn *conn, int64_t now_us,
                               struct arena *arena, struct err *err);
/* due_us and is_true as they are here now. */
MUST_USE bool store_start_move(struct store_tx *tx, const struct store_start *start,
                               struct err *err);

/* All with a condition: of one definition (0: of all), or of the newest version of a process. */
MUST_USE bool store_starts_conditional(struct store_start **out, size_t *count_out,
                                       struct db_conn *conn, int64_t definition, struct str process,
                                       struct arena *arena, struct err *err);

/* ---- of those that need several definitions: which have come ----------------------------------
 */

enum { STORE_PENDING_MAX = 1000 }; /* parts that wait, of one process definition */
struct store_pending {
    int64_t definition;
    uint32_t node, def;
    struct str correlation_key; /* of a message; empty: it counts for every key */
    struct str variables;       /* JSON object */
};
/* What comes twice takes the place of what came before. */
MUST_USE bool store_pending_put(struct store_tx *tx, const struct store_pending *pending,
                                struct err *err);
/* Is there room for it? */
MUST_USE bool store_pending_room(bool *out, struct db_conn *conn,
                                 const struct store_pending *pending, struct err *err);
/* Of one start event, in the order in which they came; room for STORE_PENDING_MAX. */
MUST_USE bool store_pending_list(struct store_pending *out, size_t *count_out, struct db_conn *conn,
                                 const struct store_pending *which, struct arena *arena,
                                 struct err *err);
/* Those with that key. */
MUST_USE bool store_pending_drop(struct store_tx *tx, const struct store_pending *which,
                                 struct err *err);
MUST_USE bool store_pending_expire(struct store_tx *tx, int64_t before_us, struct err *err);

const char *store_element_type(const struct bpmn_node *node); /* "SERVICE_TASK" */

#endif
