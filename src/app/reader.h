/* app/reader.h - what the views share. Only src/app and the bench include this. */
#ifndef MANDATE_APP_READER_H
#define MANDATE_APP_READER_H

#include "app/view.h"
#include "store/store.h"

enum { READER_CASES = 8 }; /* cases that a reader keeps decoded: some 50 kB each */

/* The events of a case, oldest first, and their numbers in the audit log. */
struct view_past {
    struct case_event *events;
    uint64_t *index;
    size_t count;
};

/* A case as of one event, decoded. A log is only appended to, so the same case with the same last
 * event is the same case: the header's row, read in each view's own transaction, tells. */
struct view_kept {
    struct arena *arena; /* NULL: free */
    uint64_t id, event_count, last_event;
    uint64_t used; /* grows with each use */
    struct case_file *state;
    struct view_past past;
    bool has_past;
    struct str svg[LANGS]; /* the diagram with its marks; empty until it was asked for */
};

struct app_reader {
    struct app *app;
    struct arena *arena; /* holds the reader itself */
    struct view_kept kept[READER_CASES];
    uint64_t uses;
};

/* From app.c: the store, and the packs by their version. */
struct store *app_store(struct app *app);
const struct store_packs *app_store_packs(struct app *app);

/* The first pack in use: whose organs and matters the portal shows. NULL when none is. */
const struct pack *view_pack(const struct app_packs *packs);

/* ---- cases kept decoded (view_kept.c) ---- */
MUST_USE bool view_kept_get(struct view_kept **out, struct app_reader *r, struct db_conn *conn,
                            const struct store_case *row, struct err *err);
MUST_USE bool view_kept_past(struct view_kept *kept, struct db_conn *conn,
                             const struct store_case *row, struct err *err);
void view_kept_drop_all(struct app_reader *r);

/* ---- small pieces of every view (view_say.c) ---- */
void view_text(struct json *obj, struct str key, const struct lang_text *text);
/* {"zh": ..., "en": ...} of a JSON text that this program stored; as {} when it is empty. */
void view_stored(struct json *obj, struct str key, struct str json_text);
void view_time(struct json *obj, struct str key, int64_t at_us, const struct cal_zone *zone);
void view_due(struct json *obj, int64_t due_us, const struct cal_zone *zone);
/* {id, name, phone} */
void view_organ_brief(struct json *obj, struct str key, const struct law_organ *organ);
/* The query's parameter, or empty. */
struct str view_query(const struct app_ask *ask, struct str name);
struct json *view_items(struct json *list); /* {"items": [...], "next": null} */

/* What dmn_trace_json() gave, as a list of {decision, name, title, hit_policy, inputs:
 * [{expression, label, value, choice}], rules: [{number, id, note}], output, outputs: [{name,
 * label, value}], table}, in the order of completion; hit_policy and rules of tables only. Labels
 * are those of the pack; table: only with_tables, as decision_table_json() makes it. Values are as
 * they were stored. */
void view_trace(struct json *out, struct str key, struct str trace_json, const struct pack *pack,
                bool with_tables);

/* Does a supervising post of the caller stand above the organ, or in it? */
bool view_supervises(const struct pack *pack, const struct app_caller *caller, struct str organ);

/* ---- cases (view_case.c) ---- */
/* A case as one caller may see it, with a reader's connection that must be given back. */
struct view_case {
    struct store_case row;
    const struct case_file *state;
    struct view_kept *kept;  /* of the reader; NULL when it was loaded for this view alone */
    struct case_actor actor; /* the caller's appointment that has a part in it, or the applicant */
    struct db_conn *conn;
};
/* ERR_NOT_FOUND for a case that does not exist and for one that the caller has no part in, alike.
 */
MUST_USE bool view_case_open(struct view_case *out, struct app_reader *r, const struct app_ask *ask,
                             struct str reference, struct err *err);
void view_case_close(struct view_case *c, struct app_reader *r); /* may be called twice */
MUST_USE bool view_case_past(struct view_past *out, struct view_case *c, struct arena *arena,
                             struct err *err);
struct json *view_clock(const struct case_clock *clock, const struct case_file *state,
                        int64_t now_us, struct arena *arena);
/* What is left of a due time, in the limit's unit: days_left or days_over, and the unit. */
void view_left(struct json *obj, const struct case_clock *clock, const struct case_file *state,
               int64_t now_us);
/* ERR_NOT_FOUND. */
MUST_USE bool view_case_reference(struct str *out, struct app_reader *r, struct case_id id,
                                  const struct app_ask *ask, struct err *err);
/* "12.7" -> case 12, task 7. */
MUST_USE bool view_task_id(struct case_id *id, uint64_t *task, struct str text, struct err *err);

#endif
