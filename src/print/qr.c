#include "print/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "print/print.h"
#include "tmpl/tmpl.h"

struct qr {
    QRcode code; /* never made: a struct qr is a QRcode under our own name */
};

static const QRcode *code_of(const struct qr *qr) {
    return &qr->code;
}

bool qr_make(struct qr **out, struct str text, struct err *err) {
    if (text.len == 0)
        return err_set(err, ERR_RANGE, err_nowhere, "a QR code needs a text");
    if (text.len > PRINT_QR_BYTES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "a QR code of %zu bytes is more than %d",
                       text.len, PRINT_QR_BYTES_MAX);
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.at, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return err_set(err, ERR_INTERNAL, err_nowhere, "could not make a QR code: %s",
                       strerror(errno));
    *out = (struct qr *)code;
    return true;
}

void qr_destroy(struct qr *qr) {
    if (qr != NULL)
        QRcode_free(&qr->code);
}

unsigned qr_width(const struct qr *qr) {
    return (unsigned)code_of(qr)->width;
}

unsigned qr_run(const struct qr *qr, unsigned *x, unsigned y) {
    const unsigned char *row = code_of(qr)->data + (size_t)y * qr_width(qr);
    unsigned width = qr_width(qr);
    while (*x < width && (row[*x] & 1) == 0)
        ++*x;
    unsigned end = *x;
    while (end < width && (row[end] & 1) != 0)
        end++;
    return end - *x;
}

bool print_qr_svg(struct buf *out, struct str text, struct str label, struct err *err) {
    struct qr *qr;
    if (!qr_make(&qr, text, err))
        return false;
    unsigned size = qr_width(qr) + 2 * QR_QUIET;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" role=\"img\" "
               "aria-label=\"",
               size, size);
    tmpl_escape(out, label);
    buf_printf(out, "\"><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path d=\"", size, size);
    for (unsigned y = 0; y < qr_width(qr); y++) {
        unsigned run;
        for (unsigned x = 0; (run = qr_run(qr, &x, y)) > 0; x += run)
            buf_printf(out, "M%u %uh%uv1h-%uz", x + QR_QUIET, y + QR_QUIET, run, run);
    }
    buf_lit(out, "\"/></svg>");
    qr_destroy(qr);
    return buf_ok(out, "the page", err);
}
