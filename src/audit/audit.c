#include "audit/audit.h"

#include <assert.h>

#include "base/code.h"

void audit_event_add(struct buf *out, const struct audit_event *event) {
    assert(event->kind.len > 0);
    assert(event->kind.len <= NAME_BYTES_MAX);
    assert(event->actor.len <= NAME_BYTES_MAX);
    bytes_add_u64(out, AUDIT_VERSION);
    bytes_add_u64(out, event->log_index);
    bytes_add_u64(out, event->case_id);
    bytes_add_u64(out, event->case_sequence);
    bytes_add_str(out, event->kind);
    bytes_add_i64(out, event->at_us);
    bytes_add_str(out, event->actor);
    buf_add(out, merkle_hash_str(&event->payload_sha256));
}

bool audit_event_take(struct audit_event *out, struct str in) {
    struct bytes_reader r = {.in = in};
    struct audit_event event = {0};
    uint64_t version = 0;
    bool ok = bytes_take_u64(&version, &r) && version == AUDIT_VERSION &&
              bytes_take_u64(&event.log_index, &r) && bytes_take_u64(&event.case_id, &r) &&
              bytes_take_u64(&event.case_sequence, &r) && bytes_take_str(&event.kind, &r) &&
              bytes_take_i64(&event.at_us, &r) && bytes_take_str(&event.actor, &r) &&
              event.kind.len > 0 && event.kind.len <= NAME_BYTES_MAX &&
              event.actor.len <= NAME_BYTES_MAX && r.in.len == MERKLE_HASH_BYTES;
    if (!ok)
        return false;
    memcpy(event.payload_sha256.bytes, r.in.at, MERKLE_HASH_BYTES);
    *out = event;
    return true;
}

struct merkle_hash audit_entry(const struct audit_event *event) {
    struct buf bytes;
    buf_init(&bytes, AUDIT_EVENT_BYTES_MAX);
    audit_event_add(&bytes, event);
    assert(!bytes.full);
    struct merkle_hash entry = merkle_sha256(buf_view(&bytes));
    buf_done(&bytes);
    return entry;
}

struct merkle_hash audit_leaf(const struct audit_event *event) {
    struct merkle_hash entry = audit_entry(event);
    return merkle_leaf(merkle_hash_str(&entry));
}

unsigned audit_append(struct merkle_frontier *f, const struct audit_event *event,
                      struct merkle_hash completed[MERKLE_LEVELS]) {
    assert(event->log_index == f->leaf_count);
    struct merkle_hash leaf = audit_leaf(event);
    return merkle_append(f, &leaf, completed);
}

/* C2SP tlog-checkpoint: note text */
void audit_checkpoint_add(struct buf *out, struct str origin, const struct merkle_head *head) {
    assert(origin.len > 0);
    assert(str_find_byte(origin, '\n') == SIZE_MAX);
    buf_add(out, origin);
    buf_add_byte(out, '\n');
    buf_add_u64(out, head->leaf_count);
    buf_add_byte(out, '\n');
    code_base64_add(out, merkle_hash_str(&head->root));
    buf_add_byte(out, '\n');
}

static bool take_head(struct merkle_head *out, struct str size, struct str root) {
    bool leading_zero = size.len > 1 && size.at[0] == '0';
    if (leading_zero || !str_to_u64(&out->leaf_count, size))
        return false;
    struct buf bytes;
    buf_init(&bytes, AUDIT_CHECKPOINT_BYTES_MAX);
    bool ok = code_base64_take(&bytes, root) && bytes.len == MERKLE_HASH_BYTES;
    if (ok)
        memcpy(out->root.bytes, bytes.at, MERKLE_HASH_BYTES);
    buf_done(&bytes);
    return ok;
}

bool audit_checkpoint_take(struct str *origin, struct merkle_head *head, struct str body,
                           struct err *err) {
    struct str lines[4], rest = body;
    size_t count = 0;
    while (count < COUNT_OF(lines) && str_split(&lines[count], &rest, '\n'))
        count++;
    struct merkle_head found;
    bool three = count == 4 && rest.at == NULL && lines[3].len == 0 && lines[0].len > 0;
    if (!three || !take_head(&found, lines[1], lines[2]))
        return err_set(err, ERR_SYNTAX, err_nowhere,
                       "a checkpoint's body is three lines: origin, size, root in base64");
    *origin = lines[0];
    *head = found;
    return true;
}
