/* app/app.h - the service without its wire: orders go to the one writer and are answered once they
 * are durable; views are read beside it and never wait for it.
 *
 * An order's answer and a view are `struct json`, the same for the API, which prints it, and for
 * the pages, whose templates render it. */
#ifndef MANDATE_APP_APP_H
#define MANDATE_APP_APP_H

#include "case/case.h"
#include "os/os.h"

struct app; /* opaque: the packs, the store, the writer, the outbox */

struct app_config {
    const char *data_dir;
    const char *const *pack_dirs; /* each with the pack it extends found beside it */
    size_t pack_count;
    bool demo;
    const char *base_url; /* of the pages as people reach them, for links in letters and mails */
    const char *smtp_url; /* "smtp://host:25"; NULL: messages go to data_dir/mail/ as .eml files */
    const char *mail_from;
    const char
        *process_history; /* how long an instance is kept after its end: "P180D"; NULL: that */
    unsigned queue_max;   /* orders that may wait for the writer; 0: QUEUE_COMMANDS_MAX */
};

/* Open the store, recover, check and deploy the packs, start the writer and the outbox.
 * A pack that fails its proofs is refused: the version that ran before stays in use (the findings
 * are logged); without one, false. */
MUST_USE bool app_open(struct app **out, const struct app_config *config, const struct os_env *os,
                       struct err *err);
void app_close(struct app *app); /* takes no more orders, finishes those taken, NULL is fine */
/* Read the pack folders again (SIGHUP). On error the running packs stay. *kept_count: packs that
 * were refused, each of which stays in the version that ran before; the others are in use as read.
 */
MUST_USE bool app_reload(struct app *app, size_t *kept_count, struct err *err);

/* ---- who asks ------------------------------------------------------------------------------- */

struct app_appointment {
    struct str organ, post;
};

enum app_caller_kind { APP_ANONYMOUS, APP_APPLICANT, APP_ACCOUNT };

/* Made by app_caller_*(), whose caller then sets the language; lives in the request's arena. */
struct app_caller {
    enum app_caller_kind kind;
    uint64_t account;
    struct str name;               /* an account's own name */
    struct app_appointment *posts; /* of the account */
    size_t post_count;
    struct str reference; /* an applicant's case */
    struct str csrf;      /* of the session */
    enum lang lang;
};

/* From a session's token (cookie or bearer). False with ERR_SIGNED_OUT when it is none or over. */
MUST_USE bool app_caller_session(struct app_caller *out, struct app *app, struct str token,
                                 struct arena *arena, struct err *err);
/* From a case's reference and access code. ERR_NOT_FOUND for a wrong one, whichever it is. */
MUST_USE bool app_caller_code(struct app_caller *out, struct app *app, struct str reference,
                              struct str code, struct arena *arena, struct err *err);

/* ---- orders: everything that changes something ----------------------------------------------- */

enum app_verb {
#define VERB(verb, name, what) APP_##verb,
#include "app/verbs.def"
#undef VERB
    APP_VERBS
};

struct app_file { /* of a deployment */
    struct str name, bytes;
};

/* Borrowed until done was called. */
struct app_order {
    enum app_verb verb;
    const struct app_caller *caller;
    struct str idempotency_key;   /* empty: none */
    struct str reference;         /* of a case, where the verb needs one */
    struct str task;              /* "case.task", as the views give it */
    int64_t key;                  /* process verbs: what it is about; 0: nothing */
    const struct app_file *files; /* DEPLOY */
    size_t file_count;
    const struct json *body;
    /* Has whoever gave the order left, so that the answer reaches nobody? Called on the writer's
     * thread with done's ctx, before jobs go to an order that waited for them. NULL: nobody knows.
     */
    bool (*gone)(void *ctx);
};

struct app_answer {
    bool repeated;           /* the idempotency key was known: this is the first answer again */
    struct err err;          /* code ERR_NONE: done and durable */
    const struct json *body; /* the result; on ERR_INVALID {"faults": [{"field", "text": {..}}]} */
};

/* Called on the writer's thread; the answer is gone when it returns. Be quick. */
typedef void app_done(void *ctx, const struct app_answer *answer);

/* Queue an order. False (and done is not called) when the queue is full: ERR_BUSY, or the service
 * is stopping. */
MUST_USE bool app_do(struct app *app, const struct app_order *order, app_done *done, void *ctx,
                     struct err *err);

/* Store a document's bytes durably before the order that names it; *sha256 is 64 hex digits.
 * Bytes that no order names within a day are removed. Called on any thread. */
MUST_USE bool app_document_put(char sha256[65], struct app *app, struct str bytes, struct err *err);

/* A key of this service, made when it is first asked for and the same after every start. Waits for
 * the writer: for starts only. */
enum { APP_SECRET_BYTES = 32 };
MUST_USE bool app_secret(unsigned char out[APP_SECRET_BYTES], struct app *app, struct str name,
                         struct err *err);

/* ---- views: see app/view.h ------------------------------------------------------------------- */

/* For /metrics: since the start; commit_us_max since the last call. */
struct app_figures {
    uint64_t commits, orders, refused, waiting;
    int64_t commit_us_max;
};
struct app_figures app_figures(struct app *app);
bool app_well(struct app *app); /* for /readyz: the last commit did not fail just now */

/* Counts what changed, durably: while it is the same, a view would give the same, but for the time
 * that passed. Read it before the view. */
uint64_t app_changes(const struct app *app);
int64_t app_now_us(struct app *app); /* the service's own clock: real time, or the demo's */
const struct app_config *app_config_of(const struct app *app);
/* The packs in use now; hold while you read, so that a reload cannot take them away. */
/* A reload keeps the old set until nobody holds it; a case finds the version of its own through the
 * store. */
struct app_packs;
const struct app_packs *app_packs_hold(struct app *app);
void app_packs_let(struct app *app, const struct app_packs *packs);
size_t app_packs_count(const struct app_packs *packs);
const struct pack *app_packs_at(const struct app_packs *packs, size_t index);

#endif
