/* print/print.h - letters as PDF, and QR codes. Uses cairo, pango and libqrencode; no clock: the
 * date of making is an argument, and the same input gives the same bytes on one installation.
 *
 * The letter's text is a small strict HTML, so that one template serves page and paper:
 *   h1 h2 p ul ol li table tr th td hr div          blocks; text only inside h1 h2 p li th td
 *   strong em br span                               inside text
 *   class="right center small no seal-line page flush"   on any of them, one or several
 *   lang="zh" lang="en"                             on blocks
 * class "no" is the document's number line (right, small), "seal-line" the place of the organ's
 * seal and date (right, kept together with the line before), "page" begins a new page before the
 * block. Entities: &amp; &lt; &gt; &quot; &#39; &nbsp; and numeric ones. Nothing else: no other
 * element, attribute, comment or doctype; every element is closed. So a letter that passes
 * print_letter_check() can be put into a page as it stands. */
#ifndef MANDATE_PRINT_PRINT_H
#define MANDATE_PRINT_PRINT_H

#include "base/buf.h"
#include "base/err.h"

enum {
    PRINT_LETTER_BYTES_MAX = 1 << 20, /* a letter; the longest known decision has 60 kB */
    PRINT_PAGES_MAX = 200,
    PRINT_PDF_BYTES_MAX = 32 << 20,
    PRINT_QR_BYTES_MAX = 1000 /* fits a QR code of level M that a telephone still reads */
};

struct print_letter {
    struct str html;
    struct str title;       /* of the PDF, for the reader program's window */
    struct str lang;        /* "zh" or "en": the language of the header and of the page numbers */
    struct str organ;       /* in the header of every page, left */
    struct str number;      /* in the header, right; may be empty */
    struct str date;        /* beside the number; already written out in words; may be empty */
    struct str verify_url;  /* QR code at the foot of the last page; empty for none */
    struct str verify_text; /* beside the QR code: how to check this letter */
    int64_t created_s;      /* seconds since 1970: the PDF's date of making */
};

/* Is html within the subset? Errors: ERR_SYNTAX, ERR_UNSUPPORTED, ERR_LIMIT with line and column.
 */
MUST_USE bool print_letter_check(struct str html, const char *source, struct err *err);
/* Append a whole PDF file, A4. Errors: those of print_letter_check(); ERR_LIMIT; ERR_INTERNAL when
 * cairo refuses. */
MUST_USE bool print_pdf(struct buf *out, const struct print_letter *letter, struct err *err);
/* Append an <svg> element of a QR code (level M) for pages: one path, viewBox in modules with the
 * quiet zone of 4, role="img", aria-label from label. */
MUST_USE bool print_qr_svg(struct buf *out, struct str text, struct str label, struct err *err);

#endif
