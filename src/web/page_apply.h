/* web/page_apply.h - an application in the making: its draft, and its steps, one topic a page.
 *
 * The draft is kept by the service under a key that only this browser's cookie holds, so it
 * survives a closed browser. Its values: {nonce, place, organ, parent: {reference, letter},
 * applicant, form, documents, done: {step: true}}. What a person typed is kept as it was typed,
 * also when it is wrong. The nonce is the idempotency key: a draft is sent once. Only page_apply*.c
 * include this. */
#ifndef MANDATE_WEB_PAGE_APPLY_H
#define MANDATE_WEB_PAGE_APPLY_H

#include "web/page.h"

enum { APPLY_STEPS_MAX = 64 }; /* of one matter; the longest form has nine groups */

enum apply_kind { APPLY_PLACE, APPLY_FORM, APPLY_YOU, APPLY_PAPERS, APPLY_CHECK };

struct apply_step {
    enum apply_kind kind;
    struct str id; /* in the address: "place", "q1", "you", "papers", "check" */
    struct str title;
    uint32_t group; /* APPLY_FORM */
};

struct apply {
    struct page *p;
    const struct pack_matter *matter;
    struct str key; /* of the draft; empty until there is one */
    bool has_draft;
    const struct json *values; /* the draft's; an empty object without one */
    struct apply_step steps[APPLY_STEPS_MAX];
    size_t step_count, at;        /* at: the step of this request */
    struct str next;              /* where to go when the draft is kept */
    void (*kept)(struct apply *); /* or what to do then */
};

/* Opens page, matter, draft and steps. False when it has answered already. step: empty for none. */
MUST_USE bool apply_open(struct apply **out, struct web_request *r, struct str step);
struct str apply_path(struct apply *a, size_t step);
/* A copy of the draft's values to change. */
struct json *apply_values(struct apply *a);
void apply_done_set(struct json *values, struct str step, bool done);
/* Keep the values, then go to a->next or call a->kept. Answers. */
void apply_keep(struct apply *a, const struct json *values);
/* The context of every step, then show. */
void apply_show(struct apply *a, int status, const char *name);
const struct pack_form *apply_form(const struct apply *a, const struct apply_step *step);
struct str apply_form_name(const struct apply_step *step); /* "form" or "applicant" */
/* The draft's values of one form. */
const struct json *apply_form_values(const struct apply *a, const struct apply_step *step);
bool apply_needs_town(const struct apply *a, struct str county);

/* The steps that are not forms. */
void apply_place_show(struct apply *a, int status);
void apply_place_post(struct apply *a);
void apply_papers_show(struct apply *a, int status);
void apply_papers_post(struct apply *a);
void apply_check_show(struct apply *a, int status);
void apply_check_post(struct apply *a);
/* Is a required paper missing? Its material, or NULL. */
const struct pack_material *apply_paper_missing(const struct apply *a,
                                                const struct json *documents);

#endif
