/* store/message.h - messages that wait for who takes them, and who waits for messages and signals.
 */
#ifndef MANDATE_STORE_MESSAGE_H
#define MANDATE_STORE_MESSAGE_H

#include "store/process.h"

struct store_message {
    int64_t key, until_us;
    struct str name, correlation_key, message_id, variables; /* variables: JSON */
};
/* ERR_CONFLICT when one with the same name, key and id is alive. */
MUST_USE bool store_message_put(struct store_tx *tx, const struct store_message *message,
                                struct err *err);
/* Messages with that name and key that no instance of the process has taken, oldest first. */
MUST_USE bool store_messages_for(struct store_message *out, size_t room, size_t *count_out,
                                 struct db_conn *conn, struct str name, struct str correlation_key,
                                 struct str process, int64_t now_us, struct arena *arena,
                                 struct err *err);
/* Messages with that key, of any name, oldest first: when an instance that it started has ended. */
MUST_USE bool store_messages_keyed(struct store_message *out, size_t room, size_t *count_out,
                                   struct db_conn *conn, struct str correlation_key, int64_t now_us,
                                   struct arena *arena, struct err *err);
/* Those whose time has passed go, with their keys: at most so many at once. */
MUST_USE bool store_messages_expire(size_t *count_out, struct store_tx *tx, size_t most,
                                    struct err *err);
/* When the next one's time has passed; 0: never. */
MUST_USE bool store_messages_next(int64_t *out_us, struct db_conn *conn, struct err *err);

struct store_taken {
    int64_t message, instance, subscription, definition, element_key;
    struct str process, element, name, correlation_key;
};
MUST_USE bool store_message_taken(struct store_tx *tx, const struct store_taken *taken,
                                  struct err *err);
/* Has an instance of the process taken it? */
MUST_USE bool store_message_was_taken(bool *out, struct db_conn *conn, int64_t message,
                                      struct str process, struct err *err);

struct store_subscription {
    int64_t key, element_key, definition;
    uint32_t node;
    struct str name, correlation_key, process, element;
};
/* Open ones after a key, in the order of their keys. event: "MESSAGE", "SIGNAL", and
 * "CONDITION" (no name: an instance whose process uses data stores); correlation_key
 * only of messages: also those without a key. */
MUST_USE bool store_subscriptions(struct store_subscription *out, size_t room, size_t *count_out,
                                  struct db_conn *conn, struct str event, struct str name,
                                  struct str correlation_key, int64_t after, struct arena *arena,
                                  struct err *err);
/* A running instance of the process that a message with this key started; 0: none. */
MUST_USE bool store_started_by(int64_t *instance_out, struct db_conn *conn, struct str process,
                               struct str correlation_key, struct err *err);

#endif
