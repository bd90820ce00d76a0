/* web/letter.h - a letter as a file: the page's HTML, or the PDF, which a worker thread makes. */
#ifndef MANDATE_WEB_LETTER_H
#define MANDATE_WEB_LETTER_H

#include "web/web.h"

enum letter_form { LETTER_DATA, LETTER_PAGE, LETTER_PDF };

/* Sends the letter of app_view_letter() in the reader's language. */
void letter_send(struct web_request *r, const struct json *letter, enum letter_form form);

#endif
