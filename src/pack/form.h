/* pack/form.h - a form: the subset of form-js schemas (bpmn.io) that is rendered and validated
 * here. label, description etc. are in the first language; `properties` holds the others as
 * "<key>:<lang>", e.g. "label:en". A component type or rule not listed is refused at load. */
#ifndef MANDATE_PACK_FORM_H
#define MANDATE_PACK_FORM_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/lang.h"
#include "feel/feel.h"
#include "law/law.h"
#include "json/json.h"

/* form-js types: textfield (also with validationType email|phone), textarea, number, datetime (date
 * only), select, radio, checkbox, checklist, text (static), group (a page of its own). */
enum form_field_kind {
    FORM_TEXTFIELD,
    FORM_TEXTAREA,
    FORM_NUMBER,
    FORM_DATE,
    FORM_SELECT,
    FORM_RADIO,
    FORM_CHECKBOX,
    FORM_CHECKLIST,
    FORM_TEXT,
    FORM_GROUP
};

struct form_option {
    struct str value;
    struct lang_text label;
};

struct form_field {
    enum form_field_kind kind;
    struct str key;                             /* empty for FORM_TEXT and FORM_GROUP */
    struct lang_text label, description, error; /* error: the pack's own message, may be empty */
    bool required;
    int64_t length_min, length_max; /* code points; -1: none */
    struct num number_min, number_max;
    bool has_number_min, has_number_max;
    bool email;                   /* must be an e-mail address */
    struct str pattern;           /* XPath regular expression; empty: none */
    struct feel_program *matches; /* the pattern over `value`; NULL: none */
    struct str check; /* one of the named checks: "resident-id", "uscc", "phone", "place" */
    struct form_option *options;
    size_t option_count;
    struct feel_program *hide; /* FEEL over the values; NULL: always shown */
    bool not_future, not_past; /* dates: properties "date": "not-future"; disallowPassedDates */
    const struct law_organs *places; /* for the check "place"; set when the pack is bound */
    uint32_t group;                  /* index of the group it stands in, UINT32_MAX for none */
    uint32_t line;
};

struct pack_form {
    struct str id;
    struct lang_text title;
    struct form_field *fields;
    size_t field_count;
    const char *source;
};

struct form_fault {
    const struct form_field *field;
    struct lang_text text; /* what is wrong and what to do, in the reader's words */
};
struct form_faults {
    struct form_fault *list;
    size_t count;
};

MUST_USE bool form_load(struct pack_form **out, struct arena *arena, struct str text,
                        const char *source, struct err *err);
/* Check what a person sent. raw: object of strings (or arrays of strings, or typed JSON from the
 * API). On success *values is an object with only the form's visible keys, typed and trimmed.
 * Faults are a domain result: true with faults->count > 0. today: for dates. */
MUST_USE bool form_check(struct json **values, struct form_faults *faults,
                         const struct pack_form *form, const struct json *raw,
                         struct cal_date today, struct arena *arena, struct budget *budget,
                         struct err *err);
/* Which fields are shown for these values (same order as fields). */
MUST_USE bool form_visible(bool *out, const struct pack_form *form, const struct json *values,
                           struct arena *arena, struct budget *budget, struct err *err);

#endif
