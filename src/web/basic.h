/* web/basic.h - names and passwords that were right a short while ago (RFC 7617). A program sends
 * them with every request, and checking them is meant to be slow; so the session that the first
 * check made is used again. What is kept is a keyed hash of name and password, the key made at the
 * start of the process, and the session's token. The session is looked up each time, so an account
 * that is locked or gets another password loses it at once. */
#ifndef MANDATE_WEB_BASIC_H
#define MANDATE_WEB_BASIC_H

#include "base/str.h"
#include "os/env.h"
#include "os/thread.h"

enum {
    BASIC_ENTRIES = 256, /* programs at once; others are checked again, which is only slower */
    BASIC_HASH_BYTES = 32,
    BASIC_TOKEN_BYTES_MAX = 64,
    BASIC_TEXT_BYTES_MAX = 1024, /* name, ':' and password */
};
/* After the first time one request checks the password again, while the others go on for the
 * second. */
#define BASIC_KEPT_US  (INT64_C(600) * 1000000)
#define BASIC_GRACE_US (INT64_C(60) * 1000000)

struct basic_entry {
    unsigned char hash[BASIC_HASH_BYTES];
    char token[BASIC_TOKEN_BYTES_MAX];
    size_t token_len; /* 0: free */
    int64_t checked_us;
    bool checking; /* again, by somebody */
};

struct basic_table {
    struct os_mutex lock; /* guards everything here */
    unsigned char key[BASIC_HASH_BYTES];
    struct basic_entry entries[BASIC_ENTRIES];
};

void basic_init(struct basic_table *table, const struct os_env *env);
void basic_done(struct basic_table *table);
/* The session's token for "name:password", copied to out; its length, or 0: it must be checked. */
size_t basic_find(char out[BASIC_TOKEN_BYTES_MAX], struct basic_table *table, struct str text,
                  int64_t now_us);
void basic_keep(struct basic_table *table, struct str text, struct str token, int64_t now_us);
/* The session was over, or the password was wrong. */
void basic_drop(struct basic_table *table, struct str text);

#endif
