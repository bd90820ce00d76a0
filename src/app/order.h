/* app/order.h - what each verb does, within the writer's transaction. Only src/app includes this.
 *
 * order_case.c runs the verbs about cases (APPLY .. LOOK, and the system's own ticks and reviews);
 * app.c queues the jobs, remembers first answers by idempotency key, and runs the others: sessions,
 * accounts, drafts, the demonstration's clock. */
#ifndef MANDATE_APP_ORDER_H
#define MANDATE_APP_ORDER_H

#include "app/app.h"
#include "store/store.h"

struct order_env {
    struct app *app;
    struct store_tx *tx;
    const struct store_packs *packs;
    struct arena *arena; /* of this job: scratch and the answer */
    struct budget *budget;
};

/* Run a verb about a case. *answer: the JSON for the caller; on ERR_INVALID from a form it is
 * {"faults": [{"field", "text": {"zh", "en"}}]} and may be NULL otherwise on error. */
MUST_USE bool order_case(struct json **answer, const struct order_env *env,
                         const struct app_order *order, struct err *err);
/* Fire what is due in one case at tx->now_us. A case that has nothing due is left alone. */
MUST_USE bool order_tick(const struct order_env *env, struct case_id id, struct err *err);
/* Tell the parent case what its review decided (an outbox item of STORE_OUTBOX_REVIEWED). */
MUST_USE bool order_reviewed(const struct order_env *env, const struct store_outbox *item,
                             struct err *err);

/* The look that APP_LOOK records of an officer at a case (task NULL) or at one of its tasks: who,
 * by which post, why. ERR_NOT_FOUND when the caller has no part in the case. */
MUST_USE bool order_look_of(struct store_look *out, const struct case_file *state,
                            const struct app_caller *caller, const struct case_task *task,
                            struct arena *arena, struct err *err);

/* Apply a command to a case and save it: nothing else. */
struct app_live;
MUST_USE bool order_case_run(struct case_result *result, const struct order_env *env,
                             struct app_live *live, const struct case_command *command,
                             struct err *err);
/* Carry out what a command of a case asks of others (drive_case.c). */
MUST_USE bool drive_from_case(const struct order_env *env, const struct case_file *state,
                              const struct case_result *result, struct err *err);

/* ---- what order_case.c needs of app.c ---- */
/* The pack in use that has this matter, and its version in the store; NULL when none has. */
const struct pack *app_pack_for(int64_t *version, struct app *app, struct str matter);

#endif
