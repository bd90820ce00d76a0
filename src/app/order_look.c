/* Looks at values of variables by those who operate processes: each is an event with the account
 * and what was asked, before anything is shown. The event has a key of its own, because what was
 * asked may name a person, and is erased with the history. */
#include "app/process_inner.h"

bool app_run_look(struct app_job *j, struct err *err) {
    struct buf text;
    uint64_t stream;
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, j->order.body, JSON_COMPACT);
    bool ok = buf_ok(&text, "what was asked", err) &&
              store_note_add(&stream, j->tx, STR(STORE_LOOKED_KIND), j->order.caller->account,
                             buf_view(&text), j->app->scratch, err);
    buf_done(&text);
    return ok;
}
