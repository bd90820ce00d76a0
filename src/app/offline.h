/* app/offline.h - a data folder with nothing running: for the commands that verify, rebuild, back
 * up and add the first administrator. Refused (ERR_CONFLICT) while a service works there. */
#ifndef MANDATE_APP_OFFLINE_H
#define MANDATE_APP_OFFLINE_H

#include "app/app.h"
#include "store/store.h"

/* Yours: app_close(). The packs are those that the folder itself holds.
 * ERR_NOT_FOUND when there is no database in the folder, unless it may be made. */
MUST_USE bool app_offline_open(struct app **out, const char *data_dir, bool make,
                               const struct os_env *os, struct err *err);
/* See store_verify(), store_rebuild(). */
MUST_USE bool app_offline_verify(struct store_verified *out, struct app *app, store_report *report,
                                 void *ctx, struct err *err);
MUST_USE bool app_offline_rebuild(uint64_t *cases_out, struct app *app, struct err *err);
/* A consistent copy of database and documents in a new folder. */
MUST_USE bool app_offline_backup(struct app *app, const char *to_dir, struct err *err);

struct app_offline_account {
    struct str user, name;
    struct str password, link; /* one of them: link is what app_link_make() gave */
    const struct store_appointment *posts;
    size_t post_count;
};
/* ERR_CONFLICT when the name is taken; ERR_INVALID for a name or password that does not fit, or a
 * post or organ that no pack of the folder has (once there is a pack). */
MUST_USE bool app_offline_account_add(struct app *app, const struct app_offline_account *account,
                                      struct err *err);
/* Empty: the password stays. */
struct app_offline_key {
    struct str password, link;
};
MUST_USE bool app_offline_account_save(struct app *app, struct str user, bool locked,
                                       struct app_offline_key key, struct err *err);
MUST_USE bool app_offline_accounts(struct store_account **out, size_t *count_out, struct app *app,
                                   struct arena *arena, struct err *err);

#endif
