/* pack/inner.h - what the files of this folder share; nobody else includes it.
 *
 * Reading goes in three passes over the files: parse each one by itself (read_*.c), tie the names
 * together (bind.c), prove (prove.c). A fault is added to the findings and reading goes on, so that
 * a drafter sees all of them at once; a value that could not be read is left zeroed, and a later
 * pass says nothing about it again. */
#ifndef MANDATE_PACK_INNER_H
#define MANDATE_PACK_INNER_H

#include "pack/form.h"
#include "pack/pack.h"

enum {
    PACK_BYTES_MAX = 512 << 20, /* of one loaded pack: the first one takes 6 MB */
    PACK_STEPS_MAX = 400000000, /* of reading and proving one pack */
    PACK_FINDINGS_MAX = 500,    /* a reader has given up long before */
    PACK_ORGANS_MAX = 20000,    /* counties and stations of one large province */
    PACK_PLACES_MAX = 200000,   /* the whole country has 45,000 down to the town */
    PACK_LIST_MAX = 4096,       /* matters, letters, laws, remedies, fields ... of one list */
};

/* A list that grows in the pack's arena. */
#define PACK_GROW(r, list, count, room) PACK_GROW_OF(r, sizeof *(list), list, count, room)
#define PACK_GROW_OF(r, size_bytes, list, count, room)                                             \
    pack_grow((r), (void **)&(list), (count), &(room), (size_bytes), alignof(max_align_t))

struct pack_places { /* rooms of the growing lists */
    size_t categories, statuses, posts, laws, remedies, matters, letters, processes, decisions,
        forms, organs, places, calendars;
};

struct pack_calendar {
    struct str id; /* file name without ".ics" */
    struct cal_calendar *calendar;
};

/* One file being read. */
struct pack_doc {
    const char *source;
    const struct json *root;
    struct str bytes;
};

/* What the drafter wrote of a thing that other files define: tied in bind.c. */
struct pack_pending_organ {
    struct str hours;
    const char *source;
    uint32_t line;
};

struct pack_reader {
    struct pack *pack;
    struct arena *arena;
    struct pack_findings *findings;
    size_t finding_room;
    struct budget budget;
    struct pack_places room;
    struct pack_calendar *calendars;
    size_t calendar_count;
    struct str calendar_id; /* of pack.yaml */
    struct err_at calendar_at;
    struct pack_doc *matter_docs; /* in step with pack->matters */
    size_t matter_doc_room;
    struct pack_pending_organ *organ_hours; /* in step with pack->organs->list */
    size_t organ_hours_room;
    struct pack_doc *remedy_docs; /* in step with pack->remedies */
    size_t remedy_doc_room;
    struct err_at *letter_lines; /* in step with pack->letters */
    size_t letter_line_room;
    struct str base_id;
    bool has_own, has_base; /* pack.yaml was seen */
    struct str extends;
    struct err_at extends_at;
    struct pack_rules *rules; /* every .dmn file with what it imports (imports.c) */
    struct err first;         /* the first fault that is no warning */
};

/* ---- findings ---- */
void pack_fault(struct pack_reader *r, int proof, struct err_at at, const char *format, ...)
    PRINTF_LIKE(4, 5);
void pack_warn(struct pack_reader *r, int proof, struct err_at at, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* An error of a lower layer becomes a finding; err is reset. */
void pack_fault_err(struct pack_reader *r, int proof, struct err *err);
void pack_fault_steps(struct pack_reader *r, int proof, struct err_at at, struct str text,
                      struct str *steps, size_t step_count);
void pack_grow(struct pack_reader *r, void **list, size_t count, size_t *room, size_t size_bytes,
               size_t align);

/* ---- a YAML node with what it must hold; each says what is wrong and gives an empty value ---- */
struct err_at pack_at(const struct pack_doc *doc, const struct json *node);
/* The member's place, or the object's when it is missing. */
struct err_at pack_at_key(const struct pack_doc *doc, const struct json *obj, struct str key);
/* keys: "a b c": every other member of obj is a fault. False when obj is no map. */
bool pack_only(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
               const char *keys, const char *what);
struct str pack_text(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                     struct str key, bool need);
/* An id: letters, digits, '-', '_'. */
struct str pack_id(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                   struct str key, bool need);
struct lang_text pack_lang(struct pack_reader *r, const struct pack_doc *doc,
                           const struct json *obj, struct str key, bool need);
/* The node itself is the map of languages. */
struct lang_text pack_lang_node(struct pack_reader *r, const struct pack_doc *doc,
                                const struct json *node, const char *what);
bool pack_flag(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
               struct str key, bool otherwise);
/* A list, or NULL; a single text or map counts as a list of one where one is allowed. */
const struct json *pack_list(struct pack_reader *r, const struct pack_doc *doc,
                             const struct json *obj, struct str key, bool need);
/* A list of texts, or one text. */
struct str *pack_texts(size_t *count, struct pack_reader *r, const struct pack_doc *doc,
                       const struct json *obj, struct str key, bool need);
/* "15 calendar days", "5 working days", "6 months", "24 hours". */
bool pack_term(struct cal_term *out, struct pack_reader *r, const struct pack_doc *doc,
               const struct json *obj, struct str key, bool need);
enum law_sure pack_sure(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj);
/* Article numbers as printed: "9", "20–24, 30", "23(1)". Pages and letters put them into a sentence
 * of each language, so they hold no words. */
struct str pack_articles(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                         bool need);
/* {law: ..., articles: ...} under the key `basis`; articles may be left out where need is false. */
void pack_basis_of(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                   bool need, struct str *law, struct str *articles);
enum law_level pack_level(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                          struct str key, struct str name);
/* Zero-ended copy that lives as long as the pack. */
const char *pack_source(struct pack_reader *r, struct str path);

/* ---- the files ---- */
void pack_read_pack(struct pack_reader *r, const struct pack_doc *doc, bool base);
void pack_read_organs(struct pack_reader *r, const struct pack_doc *doc);
void pack_read_places(struct pack_reader *r, const struct pack_doc *doc);
void pack_read_letters(struct pack_reader *r, const struct pack_doc *doc);
void pack_read_matter(struct pack_reader *r, const struct pack_doc *doc);
void pack_read_calendar(struct pack_reader *r, const struct pack_file *file, struct str id);
void pack_read_process(struct pack_reader *r, const struct pack_file *file);
void pack_read_decision(struct pack_reader *r, const struct pack_file *file);
void pack_read_form(struct pack_reader *r, const struct pack_file *file);
void pack_read_template(struct pack_reader *r, const struct pack_file *file, struct str name);

bool pack_has_decision(const struct pack *p, struct str id);

/* ---- which .dmn files import which (imports.c) ---- */
void pack_note_rules(struct pack_reader *r, const struct pack_file *file); /* for every one first */
void pack_find_imports(struct pack_reader *r); /* then once: what is not found is a fault */
/* Can all imports of the file be followed? If not, why is among the findings. */
bool pack_imports_found(struct pack_reader *r, const struct pack_file *file);
/* A dmn_import_fn over the files that pack_imports_found() reached last; self: the reader. */
bool pack_import_rules(struct str *xml, const char **file, void *self, struct str ns,
                       struct str location, struct err *err);

/* ---- tying names together ---- */
void pack_bind_organs(struct pack_reader *r);
void pack_bind_remedies(struct pack_reader *r);
void pack_bind_matters(struct pack_reader *r);
void pack_bind_letters(struct pack_reader *r);
void pack_bind_processes(struct pack_reader *r);

/* The variables and the HTML of one letter template (letter.c). */
void pack_check_template(struct pack_reader *r, const char *source, struct str text);

/* ---- proofs ---- */
void pack_prove(struct pack_reader *r);
/* 7: every decision table is complete and free of forbidden overlap (decisions.c). */
void pack_prove_decisions(struct pack_reader *r, struct arena *scratch);

/* ---- named checks of form fields (named.c) ---- */
bool pack_check_known(struct str name);
/* GB 11643-1999: 18 characters, a date that exists, ISO 7064 MOD 11-2. */
bool pack_check_resident_id(struct str text);
/* GB 32100-2015: 18 characters, weighted sum modulo 31. */
bool pack_check_uscc(struct str text);
/* A mobile number, or a telephone with area code; "+86" allowed; also the demonstration's 000-. */
bool pack_check_phone(struct str text);

#endif
