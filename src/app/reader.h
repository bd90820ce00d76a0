/* app/reader.h - what the views share: a connection that reads the last commit, and the packs. Only
 * src/app includes this. */
#ifndef MANDATE_APP_READER_H
#define MANDATE_APP_READER_H

#include "app/view.h"
#include "store/store.h"

struct app_reader {
    struct app *app;
    struct db_conn *conn; /* of the store's readers; this thread's alone */
};

/* From app.c: the store and the packs by their version, for views. */
struct store *app_store(struct app *app);
const struct store_packs *app_store_packs(struct app *app);

#endif
