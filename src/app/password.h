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

/* A one-time link: what stands in place of the hash of an account whose password is yet to be
 * chosen by whoever has the link's code. It is no hash, so nobody signs in with it; choosing
 * replaces it. */
enum {
    APP_LINK_CODE_BYTES = 16,     /* 128 bits */
    APP_LINK_CODE_CHARS = 26,     /* base32 of it */
    APP_LINK_BYTES = 96,          /* "link:" hash ":" until, with its end */
    APP_LINK_VALID_S = 3 * 86400, /* a weekend */
};
void app_link_make(char out[APP_LINK_BYTES], struct str code, int64_t until_us);
bool app_link_opens(struct str stored, struct str code, int64_t now_us);

/* What a hashing thread found out for an order, before the writer's turn. */
struct app_hash_work {
    struct str compared_with; /* SIGN_IN: the stored hash at that time; empty: no such account */
    bool match;
    struct str made; /* others: the hash of the new password */
    struct err err;
};

#endif
