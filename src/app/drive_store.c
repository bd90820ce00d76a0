/* Data stores (BPMN 2.0.2: 10.4.1): what a process keeps beyond its end. One value for each store
 * of a process id, whatever the version: a store that processes of several ids shared would join
 * what the law keeps apart. */
#include "app/process_inner.h"
#include "store/message.h"

enum { HEARD_MAX = 256 };

bool drive_stores(struct bpmn_stored **out, struct drive *d, const struct bpmn_process *process,
                  struct err *err) {
    *out = arena_new(d->arena, struct bpmn_stored, process->store_count);
    for (size_t i = 0; i < process->store_count; i++) {
        const struct bpmn_store *store = &process->stores[i];
        const struct store_kept which = {.process = process->id, .store = store->id};
        (*out)[i] = (struct bpmn_stored){.id = store->id, .name = store->name};
        if (!store_kept_get(&(*out)[i].value, d->tx->conn, &which, d->arena, err))
            return false;
    }
    return true;
}

/* Each instance of the process that waits for a condition or for data looks once. */
static bool wake(struct drive *d, const struct drive_at *at, struct str store, struct err *err) {
    struct store_subscription *waits = arena_new(d->arena, struct store_subscription, HEARD_MAX);
    const struct process_command command = {.kind = PROCESS_STORED, .name = store};
    size_t count = HEARD_MAX;
    uint64_t last = 0;
    for (int64_t after = 0; count == HEARD_MAX; after = waits[count - 1].key) {
        if (!store_subscriptions(waits, HEARD_MAX, &count, d->tx->conn, STR("CONDITION"), STR_NONE,
                                 STR_NONE, after, d->arena, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            uint64_t stream = process_key_stream(waits[i].key);
            if (stream == last || stream == at->stream || !str_eq(waits[i].process, at->process_id))
                continue;
            last = stream;
            if (!drive_push(d, stream, &command, err))
                return false;
        }
        if (count == 0)
            break;
    }
    return true;
}

bool drive_stored(struct drive *d, const struct drive_at *at, const struct process_effect *e,
                  struct err *err) {
    const struct store_kept kept = {.process = at->process_id,
                                    .store = arena_str(d->arena, e->name),
                                    .instance = process_key(at->stream, 1)};
    return store_kept_put(d->tx, &kept, e->variables, d->account, d->arena, err) &&
           wake(d, at, kept.store, err) && drive_conditions_stored(d, at->process_id, err);
}
