/* print/qr.h - a QR code as squares. Inside this folder only. */
#ifndef MANDATE_PRINT_QR_H
#define MANDATE_PRINT_QR_H

#include "base/err.h"
#include "base/str.h"

enum { QR_QUIET = 4 }; /* modules of quiet zone on each side, ISO/IEC 18004 */

struct qr; /* opaque */
/* Level M, the smallest version that holds the text. Errors: ERR_RANGE when empty, ERR_LIMIT. */
MUST_USE bool qr_make(struct qr **out, struct str text, struct err *err);
void qr_destroy(struct qr *qr);         /* NULL is fine */
unsigned qr_width(const struct qr *qr); /* in modules, without the quiet zone */
/* The dark run that begins at (*x, y) or behind it: its beginning in *x, its length; 0 at the end.
 */
unsigned qr_run(const struct qr *qr, unsigned *x, unsigned y);

#endif
