/* web/page.h - what the page handlers (page_*.c) share: the context that every template reads, form
 * fields with their faults, and rendering. A handler opens a page, fills its context, and shows it;
 * or fails. Only page_*.c include this. */
#ifndef MANDATE_WEB_PAGE_H
#define MANDATE_WEB_PAGE_H

#include "pack/form.h"
#include "web/say.h"
#include "web/texts.h"
#include "web/web.h"

enum {
    PAGE_STEPS_MAX = 4 << 20,      /* tags met in one page; the largest meets 40,000 */
    PAGE_FORM_STEPS_MAX = 1 << 20, /* of FEEL, for what a form shows and checks */
    PAGE_FORM_BYTES_MAX = 16 << 20,
    PAGE_CASE_COOKIE_S = 7 * 86400,   /* how long a browser may stay with a case it opened */
    PAGE_CODE_SHOWN_S = 900,          /* how long the page of a sent application shows the code */
    PAGE_DRAFT_COOKIE_S = 90 * 86400, /* a draft */
    PAGE_PLACE_COOKIE_S = 365 * 86400
};

#define PAGE_COOKIE_PLACE STR("place") /* the place chosen on the first page */
#define PAGE_COOKIE_SENT  STR("sent")  /* "reference.code" of the application just sent */

struct page {
    struct web_request *r;
    struct arena *arena;
    enum lang lang;
    struct json *ctx;              /* what the template reads */
    const struct app_packs *packs; /* held until the page is shown or closed */
    const struct pack *pack;       /* the first of them; NULL when there is none */
};

/* In the request's arena. Title: of the window; the template's own heading is its affair. */
struct page *page_open(struct web_request *r, enum text title);
/* The address that the language links lead to, when it is not this request's own. */
void page_at(struct page *p, struct str path);
void page_title(struct page *p, struct str title);
void page_crumb(struct page *p, struct str href, struct str text);
/* Set a view in the reader's language (say_localise), and give it back to be added to. */
struct json *page_view(struct page *p, struct str key, const struct json *view);
struct str page_text(const struct page *p, enum text id);
/* A fault for the summary: at is the id of the field it links to. */
void page_fault(struct page *p, struct str at, struct str text);
bool page_has_faults(const struct page *p);
/* Render and send; let the packs go. A page that cannot be rendered is a bug: 500, logged. */
void page_show(struct page *p, int status, const char *name);
void page_close(struct page *p); /* without showing it */
void page_fail(struct page *p, const struct err *err);
void page_go(struct page *p, struct str path); /* 303 */

/* The clocks of a case view with what is left in words, and their bars; due soonest first.
 * case_view is localised. */
void page_clocks(struct page *p, const struct json *case_view);
/* "mark" and "words" of a clock or task into itself. */
void page_left(struct page *p, struct json *node);
/* The time line of a localised case view, latest first, with who did it. */
void page_timeline(struct page *p, const struct json *case_view);
/* Name of an organ, title of a post, whatever a localised view has for them. */
struct str page_name(const struct json *node);
/* A random token of 130 bits, in base32: keys of drafts and of forms that may be sent once. */
struct str page_token(struct page *p);
struct str page_now_text(struct page *p); /* RFC 3339 in the pack's zone */
/* Places by their depth: 0 at the top (a province), then cities, counties, towns. */
enum { PAGE_DEPTH_CITY = 1, PAGE_DEPTH_COUNTY = 2 };
unsigned page_place_depth(const struct law_organs *organs, const struct law_place *place);

/* The trace of a decision (app_view_evaluate, localised) as templates draw it: {id, title, given,
 * matched, results: [{label, code, text}], drawn: null or the table with its matched rows}. */
void page_trace(struct page *p, struct json *list, const struct json *trace);

/* A path of the desk that a form may send one back to; "/desk" for anything else. */
struct str page_desk_path(struct str path);

/* ---- letters and papers (page_letter.c) ---- */

/* The context of a letter's page from app_view_letter(): its HTML, which is checked, the QR code.
 */
MUST_USE bool page_letter_set(struct page *p, const struct json *view, struct err *err);
/* Send the n-th paper of a case as a download. Answers. */
void page_document_send(struct web_request *r, struct str reference, uint64_t n);

/* ---- form fields (page_fields.c) ---- */

struct page_field {
    struct str name, value;
    enum text label;
    struct str words; /* a label that is no text of ours; empty: label */
    int hint;         /* enum text, or -1 */
    const char *type, *autocomplete, *width;
    bool optional, area;
    struct str fault; /* empty: none */
};
/* Add one field to the list; a fault goes to the summary too. */
void page_field(struct page *p, struct json *list, const struct page_field *field);
/* A list to choose from; options {value, label, on} are added by the caller to what it returns. */
struct json *page_select(struct page *p, struct json *list, const struct page_field *field);

struct page_form {
    const struct pack_form *form;
    const struct json *values;        /* what stands in the fields; may be NULL */
    const struct form_faults *faults; /* may be NULL */
    uint32_t group;                   /* only the fields of this group; PAGE_ALL_GROUPS: all */
};
#define PAGE_ALL_GROUPS (UINT32_MAX - 1)
/* Add the fields that are shown for these values. *steers: some field's answer decides about
 * others. */
MUST_USE bool page_form_fields(struct page *p, struct json *list, bool *steers,
                               const struct page_form *form, struct err *err);
/* What was posted for the form's fields: an object of texts and lists of texts. */
struct json *page_form_posted(struct page *p, const struct pack_form *form, uint32_t group,
                              const struct json *before);
/* Check values; faults in the reader's language stay in *faults. */
MUST_USE bool page_form_check(struct page *p, struct json **values, struct form_faults *faults,
                              const struct pack_form *form, const struct json *raw,
                              struct err *err);
/* One field's value as lines of text. */
struct json *page_form_lines(struct page *p, const struct form_field *field,
                             const struct json *value);

/* ---- files (page_files.c) ---- */

/* Store the files of a post under the materials' names "file-<material>", and append
 * {material, name, media_type, sha256, size} to documents. What is refused becomes a fault at that
 * field. False only for an operating error. */
MUST_USE bool page_files_take(struct page *p, struct json *documents,
                              const struct pack_matter *matter, struct err *err);
/* The limits in words. */
struct str page_files_limits(struct page *p);
/* "application/pdf", "image/jpeg", "image/png" by the first bytes; empty for others. */
struct str page_file_type(struct str bytes);

#endif
