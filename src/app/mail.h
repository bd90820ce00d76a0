/* app/mail.h - one message to an applicant: as bytes (RFC 5322, UTF-8 by RFC 2047 and MIME), into a
 * folder, or over SMTP. */
#ifndef MANDATE_APP_MAIL_H
#define MANDATE_APP_MAIL_H

#include "base/buf.h"

enum { MAIL_BYTES_MAX = 2 << 20 };

struct mail {
    uint64_t id; /* of the outbox: the message's own name, the same at each try */
    struct str from, to, subject, text;
    int64_t at_us; /* UTC */
};

/* An address that can stand in a header and in an SMTP command: printable ASCII, one '@', no blanks
 * and none of <>()[],;:\" */
bool mail_address_ok(struct str address);
/* Append the message. ERR_INVALID for an address that is none, ERR_LIMIT. */
MUST_USE bool mail_format(struct buf *out, const struct mail *mail, struct err *err);
/* As FOLDER/<id>.eml, durable; a repetition writes the same file. */
MUST_USE bool mail_to_folder(const char *folder, const struct mail *mail, struct err *err);
/* Loads and starts libcurl: once, before the first message, while no other thread runs. */
MUST_USE bool mail_smtp_start(struct err *err);
/* To "smtp://[user:password@]host[:port]" (TLS when the server offers STARTTLS),
 * "smtp+tls://..." (STARTTLS demanded) or "smtps://..." (TLS from the start).
 * Errors: ERR_IO with the server's reason. Blocks up to a minute. */
MUST_USE bool mail_to_smtp(const char *url, const struct mail *mail, struct err *err);

#endif
