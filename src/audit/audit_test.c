#include "audit/audit.h"

#include "base/code.h"
#include "base/test.h"

static struct audit_event example(void) {
    struct audit_event event = {.log_index = 300,
                                .case_id = 7,
                                .case_sequence = 2,
                                .kind = STR("submitted"),
                                .at_us = 1767225600000000, /* 2026-01-01T00:00Z */
                                .actor = STR("account:12"),
                                .payload_sha256 = merkle_sha256(STR("payload"))};
    return event;
}

/* These bytes may never change: the roots of every log in service rest on them. They were written
 * down from the format in audit.h, with the digests recomputed by another program. */
void test_audit_golden(void) {
    struct audit_event event = example();
    struct buf bytes, text;
    buf_init(&bytes, AUDIT_EVENT_BYTES_MAX);
    buf_init(&text, 10000);
    audit_event_add(&bytes, &event);
    code_hex_add(&text, buf_view(&bytes));
    CHECK_STR(text.at == NULL ? STR_NONE : buf_view(&text),
              STR("01"
                  "ac02"
                  "07"
                  "02"
                  "09"
                  "7375626d6974746564"
                  "808082e288d2a306"
                  "0a"
                  "6163636f756e743a3132"
                  "239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5"));
    buf_reset(&text);
    struct merkle_hash entry = audit_entry(&event), leaf = audit_leaf(&event);
    code_hex_add(&text, merkle_hash_str(&entry));
    CHECK_STR(buf_view(&text),
              STR("c4200856c7abdafaa87def0a11ee66858d0355d1583d84084ab8d31ec2b1e22d"));
    buf_reset(&text);
    code_hex_add(&text, merkle_hash_str(&leaf));
    CHECK_STR(buf_view(&text),
              STR("f95e3411a6040dd6cb41069ebd4c5c2f985ac0a0b0822cde48fb4f2b19451911"));
    struct audit_event again;
    CHECK(audit_event_take(&again, buf_view(&bytes)));
    CHECK(again.log_index == 300 && again.case_id == 7 && again.case_sequence == 2);
    CHECK(again.at_us == event.at_us &&
          merkle_hash_eq(&again.payload_sha256, &event.payload_sha256));
    CHECK_STR(again.kind, STR("submitted"));
    CHECK_STR(again.actor, STR("account:12"));
    for (size_t len = 0; len < bytes.len; len++)
        CHECK(!audit_event_take(&again, str_sub(buf_view(&bytes), 0, len)));
    bytes.at[0] = 2;
    CHECK(!audit_event_take(&again, buf_view(&bytes)));
    buf_add_byte(&bytes, 0);
    bytes.at[0] = 1;
    CHECK(!audit_event_take(&again, buf_view(&bytes)));
    buf_done(&bytes);
    buf_done(&text);
}

void test_audit_append(void) {
    struct merkle_frontier f = {0}, want = {0};
    struct audit_event event = example();
    for (uint64_t i = 0; i < 9; i++) {
        event.log_index = i;
        struct merkle_hash leaf = audit_leaf(&event);
        (void)merkle_append(&want, &leaf, NULL);
        (void)audit_append(&f, &event, NULL);
        struct merkle_hash a = merkle_root(&f), b = merkle_root(&want);
        CHECK(merkle_hash_eq(&a, &b) && f.leaf_count == i + 1);
    }
}

void test_audit_checkpoint(void) {
    struct merkle_head head = {1234, merkle_sha256(STR_NONE)}, again;
    struct buf body;
    buf_init(&body, AUDIT_CHECKPOINT_BYTES_MAX);
    audit_checkpoint_add(&body, STR("example.test/log"), &head);
    CHECK_STR(buf_view(&body),
              STR("example.test/log\n1234\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
    struct str origin;
    struct err err = {0};
    CHECK_OK(audit_checkpoint_take(&origin, &again, buf_view(&body), &err), &err);
    CHECK_STR(origin, STR("example.test/log"));
    CHECK(again.leaf_count == 1234 && merkle_hash_eq(&again.root, &head.root));
    buf_done(&body);
    static const char *const broken[] = {
        "",
        "o\n1\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n1\n47DEQpj8HBSa\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx\n",
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        err_reset(&err);
        CHECK(!audit_checkpoint_take(&origin, &again, str_from(broken[i]), &err));
        CHECK(err.code == ERR_SYNTAX);
    }
}
