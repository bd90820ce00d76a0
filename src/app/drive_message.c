/* Messages and signals: who gets them, now or later. A message reaches at most one instance of each
 * process; one that started an instance by its key starts no other while that runs. */
#include <inttypes.h>

#include "app/process_inner.h"
#include "store/message.h"

enum { HEARD_MAX = 256 }; /* subscriptions read at a time */

static bool taken(struct drive *d, int64_t message, int64_t instance,
                  const struct store_subscription *s, struct err *err) {
    bool is_case = s->definition == 0;
    return message == 0 || store_message_taken(d->tx,
                                               &(struct store_taken){
                                                   .message = message,
                                                   .instance = is_case ? 0 : instance,
                                                   .subscription = s->key,
                                                   .definition = s->definition,
                                                   .element_key = s->element_key,
                                                   .process = s->process,
                                                   .element = s->element,
                                                   .name = s->name,
                                                   .correlation_key = s->correlation_key,
                                               },
                                               err);
}

static struct process_command message_command(const struct drive_message *m, uint32_t wait) {
    return (struct process_command){
        .kind = PROCESS_MESSAGE,
        .id = wait,
        .n = m->key,
        .name = m->name,
        .text = m->correlation_key,
        .variables = m->variables,
    };
}

/* ---- starts ------------------------------------------------------------------------------------
 */

static bool process_of(struct store_definition *out, struct drive *d, int64_t definition,
                       struct err *err) {
    return store_process_by_key(out, d->tx->conn, definition, d->arena, err);
}

static bool start_by(int64_t *instance_out, struct drive *d, const struct store_start *start,
                     const struct drive_message *m, struct err *err) {
    struct store_definition definition;
    int64_t running = 0;
    bool was_taken = false, kept;
    *instance_out = 0;
    if (!process_of(&definition, d, start->definition, err) ||
        !store_message_was_taken(&was_taken, d->tx->conn, m->key, definition.id, err) ||
        (m->correlation_key.len > 0 &&
         !store_started_by(&running, d->tx->conn, definition.id, m->correlation_key, err)))
        return false;
    if (was_taken || running != 0)
        return true;
    const struct drive_begun by = {
        .correlation_key = m->correlation_key, .message = m->name, .variables = m->variables};
    const struct store_subscription from = {.definition = start->definition,
                                            .node = start->node,
                                            .name = m->name,
                                            .correlation_key = m->correlation_key,
                                            .process = definition.id,
                                            .element = start->element};
    if (!drive_begin(instance_out, &kept, d, start, &by, err))
        return false;
    return !kept || taken(d, m->key, *instance_out, &from, err);
}

/* ---- who waits ---------------------------------------------------------------------------------
 */

bool drive_message(size_t *correlated, int64_t *instance_out, struct drive *d,
                   const struct drive_message *m, struct err *err) {
    struct store_subscription *waits = arena_new(d->arena, struct store_subscription, HEARD_MAX);
    struct store_start *starts;
    struct map done; /* processes: each takes a message once */
    size_t count = 0;
    map_init(&done, d->arena);
    *correlated = 0;
    *instance_out = 0;
    if (!store_starts_named(&starts, &count, d->tx->conn, STR("MESSAGE"), m->name, d->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t instance;
        if (!start_by(&instance, d, &starts[i], m, err))
            return false;
        if (instance != 0) {
            *instance_out = *instance_out == 0 ? instance : *instance_out;
            ++*correlated;
        }
    }
    for (int64_t after = 0;; after = waits[count - 1].key) {
        if (!store_subscriptions(waits, HEARD_MAX, &count, d->tx->conn, STR("MESSAGE"), m->name,
                                 m->correlation_key, after, d->arena, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            struct str process = waits[i].process;
            bool was_taken = false;
            if (!map_put(&done, process, i))
                continue;
            if (!store_message_was_taken(&was_taken, d->tx->conn, m->key, process, err))
                return false;
            if (was_taken)
                continue;
            const struct process_command command = message_command(m, process_key_n(waits[i].key));
            int64_t instance = process_key(process_key_stream(waits[i].key), 1);
            if (!drive_push(d, process_key_stream(waits[i].key), &command, err) ||
                !taken(d, m->key, instance, &waits[i], err))
                return false;
            *instance_out = *instance_out == 0 ? instance : *instance_out;
            ++*correlated;
        }
        if (count < HEARD_MAX)
            break;
    }
    return true;
}

static bool variables_of(struct feel_value *out, struct drive *d, struct str text,
                         struct err *err) {
    const struct json *tree;
    return json_read(&tree, text, "message", d->arena, d->budget, err) &&
           feel_from_json(out, tree, d->arena, err);
}

bool drive_message_starts(struct drive *d, const struct store_message *waiting, struct str process,
                          struct err *err) {
    struct store_start *starts;
    size_t count = 0;
    struct drive_message m = {
        .key = waiting->key, .name = waiting->name, .correlation_key = waiting->correlation_key};
    if (!variables_of(&m.variables, d, waiting->variables, err) ||
        !store_starts_named(&starts, &count, d->tx->conn, STR("MESSAGE"), m.name, d->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct store_definition definition;
        int64_t instance;
        if (!process_of(&definition, d, starts[i].definition, err))
            return false;
        if (str_eq(definition.id, process) && !start_by(&instance, d, &starts[i], &m, err))
            return false;
    }
    return true;
}

/* A subscription was opened: a message that waits for it is taken at once, the oldest first. */
bool drive_message_waiting(struct drive *d, const struct drive_at *at,
                           const struct process_effect *e, struct err *err) {
    struct store_message waiting;
    size_t count = 0;
    struct str process = at->process_id;
    if (!store_messages_for(&waiting, 1, &count, d->tx->conn, e->name, e->key, process,
                            d->tx->now_us, d->arena, err))
        return false;
    if (count == 0)
        return true;
    struct drive_message m = {
        .key = waiting.key, .name = waiting.name, .correlation_key = waiting.correlation_key};
    const struct store_subscription from = {
        .key = process_key(at->stream, e->id),
        .definition = at->definition,
        .node = e->node,
        .name = e->name,
        .correlation_key = e->key,
        .process = process,
        .element = at->process->nodes[e->node].id,
    };
    if (!variables_of(&m.variables, d, waiting.variables, err))
        return false;
    const struct process_command command = message_command(&m, e->id);
    return drive_push(d, at->stream, &command, err) &&
           taken(d, m.key, process_key(at->stream, 1), &from, err);
}

/* Log it, keep it while it lives, give it to who waits. */
bool drive_message_publish(struct drive *d, struct drive_message *m, struct str message_id,
                           int64_t keep_ms, size_t *correlated, int64_t *instance_out,
                           struct err *err) {
    const struct json *variables = NULL;
    uint64_t stream;
    struct json *note = json_obj(d->arena);
    struct buf text;
    if (!app_variables_json(&variables, m->variables, NULL, 0, d->arena, err))
        return false;
    json_set_str(note, STR("name"), m->name);
    json_set_str(note, STR("correlationKey"), m->correlation_key);
    json_set_str(note, STR("messageId"), message_id);
    json_set(note, STR("variables"), variables);
    int64_t until_us = keep_ms == 0 ? 0 : d->tx->now_us + keep_ms * 1000;
    if (until_us != 0)
        json_set(note, STR("until"), json_printf(d->arena, "%" PRId64, until_us));
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, note, JSON_COMPACT);
    bool ok = buf_ok(&text, "the message", err) &&
              store_note_add(&stream, d->tx, STR("message_published"), d->account, buf_view(&text),
                             d->arena, err);
    buf_reset(&text);
    json_write(&text, variables, JSON_COMPACT);
    if (ok) {
        m->key = process_key(stream, 0);
        const struct store_message row = {
            .key = m->key,
            .until_us = until_us,
            .name = m->name,
            .correlation_key = m->correlation_key,
            .message_id = message_id,
            .variables = buf_view(&text),
        };
        ok = keep_ms == 0 || store_message_put(d->tx, &row, err);
    }
    buf_done(&text);
    return ok && drive_message(correlated, instance_out, d, m, err);
}

bool drive_message_sent(struct drive *d, const struct process_effect *e, struct err *err) {
    struct drive_message m = {
        .name = e->name, .correlation_key = e->key, .variables = e->variables};
    size_t correlated;
    int64_t instance;
    return drive_message_publish(d, &m, STR_NONE, APP_MESSAGE_KEEP_MS, &correlated, &instance, err);
}

/* ---- signals -----------------------------------------------------------------------------------
 */

bool drive_signal(struct drive *d, int64_t key, struct str name, struct feel_value variables,
                  uint64_t except, struct err *err) {
    struct store_subscription *waits = arena_new(d->arena, struct store_subscription, HEARD_MAX);
    struct store_start *starts;
    size_t count = 0;
    uint64_t last = 0;
    const struct process_command command = {
        .kind = PROCESS_SIGNAL, .n = key, .name = name, .variables = variables};
    if (!store_starts_named(&starts, &count, d->tx->conn, STR("SIGNAL"), name, d->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct drive_begun by = {.variables = variables};
        int64_t instance;
        bool kept;
        if (!drive_begin(&instance, &kept, d, &starts[i], &by, err))
            return false;
    }
    count = HEARD_MAX;
    for (int64_t after = 0; count == HEARD_MAX; after = waits[count - 1].key) {
        if (!store_subscriptions(waits, HEARD_MAX, &count, d->tx->conn, STR("SIGNAL"), name,
                                 STR_NONE, after, d->arena, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            uint64_t stream = process_key_stream(waits[i].key);
            if (stream == last || stream == except)
                continue; /* an instance hears it once, whatever waits for it there */
            last = stream;
            if (!drive_push(d, stream, &command, err))
                return false;
        }
        if (count == 0)
            break;
    }
    return true;
}
