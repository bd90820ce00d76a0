/* app/reader.h - what the views share. Only src/app and the bench include this. */
#ifndef MANDATE_APP_READER_H
#define MANDATE_APP_READER_H

#include "app/view.h"
#include "store/store.h"

struct app_reader {
    struct app *app;
    struct arena *arena; /* holds the reader itself */
};

/* From app.c: the store, and the packs by their version. */
struct store *app_store(struct app *app);
const struct store_packs *app_store_packs(struct app *app);

/* The first pack in use: whose organs and matters the portal shows. NULL when none is. */
const struct pack *view_pack(const struct app_packs *packs);

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

/* ---- cases (view_case.c) ---- */
/* A case as one caller may see it, with a reader's connection that must be given back. */
struct view_case {
    struct store_case row;
    struct case_file *state;
    struct case_actor actor; /* the caller's appointment that has a part in it, or the applicant */
    struct db_conn *conn;
};
/* ERR_NOT_FOUND for a case that does not exist and for one that the caller has no part in, alike.
 */
MUST_USE bool view_case_open(struct view_case *out, struct app_reader *r, const struct app_ask *ask,
                             struct str reference, struct err *err);
void view_case_close(struct view_case *c, struct app_reader *r); /* may be called twice */
struct json *view_clock(const struct case_clock *clock, const struct case_file *state,
                        int64_t now_us, struct arena *arena);
/* What is left of a due time, in the limit's unit: days_left or days_over, and the unit. */
void view_left(struct json *obj, const struct case_clock *clock, const struct case_file *state,
               int64_t now_us);
/* "12.7" -> case 12, task 7. */
MUST_USE bool view_task_id(struct case_id *id, uint64_t *task, struct str text, struct err *err);

#endif
