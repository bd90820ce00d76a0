/* pack/pack.h - a pack: the definitions of an agency's work, read from files, checked as a whole,
 * then immutable, hashed and shared by every thread. Pure: the edge hands in the files' bytes. */
#ifndef MANDATE_PACK_PACK_H
#define MANDATE_PACK_PACK_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/lang.h"
#include "base/map.h"
#include "bpmn/bpmn.h"
#include "cal/cal.h"
#include "law/law.h"
#include "tmpl/tmpl.h"
#include "json/json.h"

struct dmn_model; /* dmn/dmn.h */

/* One file of a pack folder; path is relative to the folder, with '/', e.g. "matters/x.yaml". */
struct pack_file {
    struct str path, bytes;
};

struct pack_hash {
    unsigned char
        bytes[32]; /* SHA-256 over each path with the SHA-256 of its bytes, in path order */
};

struct pack_category {
    struct str id;
    struct lang_text title, summary;
};

/* A role in an organ. Its tasks come from the lanes of the procedures; these flags are the rest. */
struct pack_post {
    struct str id;
    struct lang_text title;
    bool supervises;  /* sees clocks and cases' state of its organ and everything below it */
    bool administers; /* accounts, packs, settings of its organ */
    bool works;       /* through /v2/: jobs, messages, signals, decisions */
    bool operates;    /* through /v2/: all of it but deploying */
};

struct pack_law {
    struct str id; /* "RPR" */
    struct lang_text title, version;
    struct str from; /* in force from, ISO date */
    struct str url;  /* where the text was read */
    enum law_sure sure;
};

struct pack_basis {
    const struct pack_law *law;
    struct str articles; /* as printed: "9", "30, 88" */
    struct lang_text says;
};

struct pack_material {
    struct str id;
    struct lang_text text;
    bool required, upload; /* upload: a file can be attached; false: brought to the window */
};

struct pack_field_use {
    struct str field;     /* a key of the form */
    struct lang_text why; /* the purpose shown in the log of looks */
    struct str *tasks;    /* the user tasks that may show it; none: every one with a purpose */
    size_t task_count;
};

/* What the public page of a case says: <mandate:status value="..."/>. */
struct pack_status {
    struct str id;
    struct lang_text title;
    bool closed;
};

struct pack_form; /* pack/form.h */

struct pack_matter {
    struct str id;
    struct lang_text title, summary, who, result, fee_text, validity;
    const struct pack_category *category;
    struct str process_id;
    const struct bpmn_process *process;
    struct law_competence competence;
    struct law_limit *limits;
    size_t limit_count;
    struct pack_material *materials;
    size_t material_count;
    struct pack_basis *basis;
    size_t basis_count;
    const struct pack_form *form;
    const struct pack_form *applicant; /* who applies: name, how to be reached */
    struct str register_id;            /* what a granted end enters the result in; may be empty */
    struct str fee_amount;             /* exact decimal, "40"; currency of the pack */
    const struct law_remedy **remedies;
    size_t remedy_count;
    struct pack_field_use *fields; /* personal data and what it is for */
    size_t field_count;
    struct str keep; /* ISO 8601 duration after closing, "P5Y" */
    /* What the process reads as `matter` in FEEL: the matter's `with:` map, plus id and titles. */
    const struct json *with;
    bool listed;            /* shown in the portal; false: started from another case or page */
    bool anonymous;         /* an applicant may leave out the name */
    bool set_by_agency;     /* some limit is the agency's own, not the law's: shown on the guide */
    struct str starts_from; /* "letter": only from a decision that offers this remedy; or empty */
    const char *source;     /* file, for messages */
};

struct pack_letter {
    struct str id;
    struct lang_text title;
    struct str template_id[LANGS]; /* in pack->letters */
    struct str numbering;          /* "{organ}公决字〔{year}〕第{n}号": see doc/packs.md */
    bool adverse;
};

struct pack {
    struct arena *arena;
    struct str id, version, zone, currency;
    struct str emergency; /* the number to call, "110"; empty: the pages name none */
    struct lang_text title;
    struct pack_hash hash;
    struct law_organs *organs; /* organs and places */
    struct cal_calendar *calendar;
    const struct cal_zone *timezone;
    struct pack_category *categories;
    struct pack_status *statuses;
    struct pack_post *posts;
    struct pack_law *laws;
    struct law_remedy *remedies;
    struct pack_matter *matters;
    struct pack_letter *letters;
    struct bpmn_process **processes;
    struct dmn_model **decisions;
    struct pack_form **forms;
    size_t category_count, status_count, post_count, law_count, remedy_count, matter_count,
        letter_count, process_count, decision_count, form_count;
    struct tmpl_set *templates; /* letters and messages */
    struct map matter_at, post_at, letter_at, status_at, law_at, remedy_at; /* id -> index */
    struct pack_file *files; /* as read: stored with the pack, so that an old case finds its own */
    size_t file_count;
};

/* One finding of the checks: a proof that failed, or a warning. */
struct pack_finding {
    bool warning;
    int proof; /* 1..8 of DESIGN.md section 5; 0: the pack's form */
    struct err_at at;
    struct str text;   /* one line */
    struct str *steps; /* the path that shows it, for a lawyer; may be none */
    size_t step_count;
};
struct pack_findings {
    struct arena *arena;
    struct pack_finding *list;
    size_t count, error_count;
};

/* Read and check a whole pack. A pack that extends another is handed in together with it: the base
 * pack's paths begin with "base/" ("base/pack.yaml"), its own with nothing ("pack.yaml").
 * Every fault that can be found is added to findings (files are read on past a fault in another);
 * false with err set to the first when there is one that makes the pack unusable.
 * Owns: files' bytes are copied; the pack lives until pack_destroy(). */
MUST_USE bool pack_load(struct pack **out, const struct pack_file *files, size_t file_count,
                        struct pack_findings *findings, struct err *err);
/* The same, but a pack whose hash is *proved is not proved again: for one that was proved before,
 * by this very program, or that cases have begun with, which later and stricter proofs must not
 * lock out. NULL: pack_load(). What cannot be read is refused all the same. */
MUST_USE bool pack_load_proved(struct pack **out, const struct pack_file *files, size_t file_count,
                               const struct pack_hash *proved, struct pack_findings *findings,
                               struct err *err);
/* The hash that a pack of these files has. */
void pack_hash_of(struct pack_hash *out, const struct pack_file *files, size_t file_count);
void pack_destroy(struct pack *p);

const struct pack_matter *pack_matter(const struct pack *p, struct str id); /* or NULL */
const struct pack_letter *pack_letter(const struct pack *p, struct str id);
const struct pack_post *pack_post(const struct pack *p, struct str id);
const struct law_limit *pack_limit(const struct pack_matter *m, struct str id);
const struct pack_law *pack_law(const struct pack *p, struct str id);
const struct pack_status *pack_status(const struct pack *p, struct str id);
const struct pack_category *pack_category(const struct pack *p, struct str id);
const struct law_remedy *pack_remedy(const struct pack *p, struct str code);
const struct pack_form *pack_form(const struct pack *p, struct str id);

/* The remedies that an end event offers in this matter, at most room: those it names by code; "*"
 * in the process stands for the matter's own list. */
size_t pack_end_remedies(const struct law_remedy **out, size_t room, const struct pack *p,
                         const struct pack_matter *m, const struct bpmn_node *end);
/* The register of a granted end; "*" in the process stands for the matter's. May be empty. */
struct str pack_end_register(const struct pack_matter *m, const struct bpmn_node *end);
/* The form's fields that a user task may show, and why, at most room. In the process "*" stands for
 * every field that the matter declares (`data: fields:`), with the task's purpose; a field whose
 * matter names tasks is shown in those only. A field without a declaration is never shown. */
size_t pack_task_fields(struct pack_field_use *out, size_t room, const struct pack_matter *m,
                        const struct bpmn_node *task);

/* What procedures read as `matter`: the matter's `with:` map, with its id and category. */
MUST_USE bool pack_matter_value(struct feel_value *out, const struct pack_matter *m,
                                struct arena *arena, struct err *err);

enum { PACK_HITS_MAX = 200 }; /* of one search; room is cut to it */
/* What a search finds, best first: matters and organs whose title or text holds every word of the
 * query (blanks separate words; Chinese is matched by pieces of any length from one character). */
struct pack_hit {
    const struct pack_matter *matter; /* one of the two is set */
    const struct law_organ *organ;
};
size_t pack_search(struct pack_hit *out, size_t room, const struct pack *p, struct str query,
                   enum lang lang);

#endif
