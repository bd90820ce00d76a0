/* audit/audit.h - what of an event goes into the audit log, byte for byte. Pure.
 *
 * Event bytes, version 1, in the encoding of base/bytes.h (varints; text with its length first):
 *     varint 1 | varint log_index | varint case_id | varint case_sequence | text kind |
 *     zigzag varint at_us | text actor | 32 bytes payload_sha256
 * The log's entry is SHA-256 of these bytes (so that the log tells nothing about a case), its leaf
 * hash SHA-256(0x00 || entry) (RFC 9162: 2.1.1). The payload is hashed as stored, encrypted with
 * its case's key: erasing the key erases the data and leaves the log valid. */
#ifndef MANDATE_AUDIT_AUDIT_H
#define MANDATE_AUDIT_AUDIT_H

#include "merkle/merkle.h"

enum {
    AUDIT_VERSION = 1,
    AUDIT_EVENT_BYTES_MAX = 1024, /* kind and actor are names of at most NAME_BYTES_MAX */
    AUDIT_CHECKPOINT_BYTES_MAX = 1024
};

struct audit_event {
    uint64_t log_index, case_id, case_sequence;
    struct str kind;  /* the event's name in the events table */
    int64_t at_us;    /* microseconds since 1970-01-01T00:00Z */
    struct str actor; /* who acted: an account or "system"; never a person's name */
    struct merkle_hash payload_sha256;
};

void audit_event_add(struct buf *out, const struct audit_event *event);
/* The inverse; false when the bytes are not exactly one event of version 1. Texts borrow from in.
 */
MUST_USE bool audit_event_take(struct audit_event *out, struct str in);
struct merkle_hash audit_entry(const struct audit_event *event); /* SHA-256 of the event bytes */
struct merkle_hash audit_leaf(const struct audit_event *event);  /* merkle_leaf() of the entry */
/* Append the event, whose log_index must be the frontier's leaf_count (asserted).
 * completed, result: see merkle_append(). */
unsigned audit_append(struct merkle_frontier *f, const struct audit_event *event,
                      struct merkle_hash completed[MERKLE_LEVELS]);

/* The body of a C2SP tlog-checkpoint: origin, size, base64 of the root, each on its line. */
void audit_checkpoint_add(struct buf *out, struct str origin, const struct merkle_head *head);
/* The inverse: exactly these three lines (no extension lines). origin borrows from body.
 * Errors: ERR_SYNTAX. */
MUST_USE bool audit_checkpoint_take(struct str *origin, struct merkle_head *head, struct str body,
                                    struct err *err);

#endif
