/* app/password.h - hashing passwords. Only src/app and the command line include this. */
#ifndef MANDATE_APP_PASSWORD_H
#define MANDATE_APP_PASSWORD_H

#include "base/err.h"
#include "base/str.h"

enum {
    APP_PASSWORD_HASH_BYTES = 128, /* libsodium's text form, with its end */
    APP_PASSWORD_BYTES_MIN = 8,    /* ASVS 6.2.1 */
    APP_PASSWORD_BYTES_MAX = 256,  /* longer ones are no stronger, only slower to send */
};

/* Argon2id in its own text form. Takes some 40 ms and 19 MiB. ERR_BUSY when memory is short. */
MUST_USE bool app_password_hash(char out[APP_PASSWORD_HASH_BYTES], struct str password,
                                struct err *err);
/* ERR_INVALID when it is too short or too long. */
MUST_USE bool app_password_fits(struct str password, struct err *err);

/* What a hashing thread found out for an order, before the writer's turn. */
struct app_hash_work {
    struct str compared_with; /* SIGN_IN: the stored hash at that time; empty: no such account */
    bool match;
    struct str made; /* others: the hash of the new password */
    struct err err;
};

#endif
