/* app/view.h - what people and programs read: JSON in the shapes of DESIGN.md 10.1, made from the
 * packs and the store. Each view authorises its caller. Texts are {"zh": ..., "en": ...}; times are
 * RFC 3339 in the pack's zone; keys are snake_case. Every list is
 * {"items": [...], "next": cursor or null}. */
#ifndef MANDATE_APP_VIEW_H
#define MANDATE_APP_VIEW_H

#include "app/app.h"

/* One reader for each thread: a connection and its statements. */
struct app_reader; /* opaque */
MUST_USE bool app_reader_create(struct app_reader **out, struct app *app, struct err *err);
void app_reader_destroy(struct app_reader *reader);

/* What every view gets. query: the request's parameters by name, as an object of strings. */
struct app_ask {
    const struct app_caller *caller;
    const struct json *query;
    struct arena *arena;
    /* The view is shown before the reader opens READER_CASES other cases, so it may borrow from
     * those that the reader keeps. Otherwise all of it lives in the arena and the packs. */
    bool at_once;
};

/* {"items": [organ...]}; organ: {id, level, name, parent, phone, address, area}. query: level,
 * parent, q, place. */
MUST_USE bool app_view_organs(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct err *err);
/* organ + {overview, subsidiaries: [organ], departments, hours: {days, times, open_now, next_open},
 * matters: [{id, title}], parent, website, demo}. */
MUST_USE bool app_view_organ(struct json **out, struct app_reader *r, const struct app_ask *ask,
                             struct str id, struct err *err);
/* {"items": [{id, title, summary, category, organ_level}]}. query: organ, category, q. */
MUST_USE bool app_view_matters(struct json **out, struct app_reader *r, const struct app_ask *ask,
                               struct err *err);
/* The guide: {id, title, summary, who, category, competent: {organ, accepting, rule}, materials,
 * limits: [{id, text, n, unit, from, extension, basis, sure}], fee: {amount, currency, text},
 * basis: [{law, version, articles, says}], remedies: [{code, text, organ, term, basis}], result,
 * validity, form: form_view, set_by_agency}. query: place. */
MUST_USE bool app_view_matter(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct str id, struct err *err);
/* {"items": [{id, name, parent, level}]}: the places, for choosing a city and a district. */
MUST_USE bool app_view_places(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct err *err);
/* {"items": [{id, title, description, pack: {id, version}, matters: [{id, title}]}]}: the decisions
 * of the packs in use. query: matter. */
MUST_USE bool app_view_decisions(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                 struct err *err);
/* The same of one, + {inputs: [{name, label, type, asks: [{name, pointer, label, kind, options:
 * [{value, label}]}]}], needs: [{id, kind, title}], table, expression}. asks: the values to ask a
 * person for, each with its JSON pointer into the body of a try; kind: text, number, boolean, date,
 * time, date_time, duration, choice, or any (JSON). table: {hit_policy, inputs: [{expression,
 * label, type, allowed}], outputs: [{name, label, type, allowed}], rules: [{number, id, inputs,
 * outputs, note}], rule_count} or null; rules: the first 200. */
MUST_USE bool app_view_decision(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                struct str id, struct err *err);
/* Try a decision. body: {inputs: {name: value}, at: time or date for today() and now()}.
 * {decision: {id, title}, at, output, trace: [{decision, title, hit_policy, inputs: [{expression,
 * label, value, choice}], rules: [{number, id, note, inputs, outputs}], output, outputs: [{name,
 * label, value}], table}], diagnoses: [{text, source, offset, length}], pack}. choice: the form's
 * own words for a value that is one of its choices. table: when the query has tables=true, with the
 * rules that matched among its rows. Errors: ERR_NOT_FOUND; ERR_TYPE, ERR_INVALID, ERR_UNKNOWN with
 * the JSON pointer of the wrong value in err->at.source; ERR_LIMIT, it takes more steps or memory
 * than a try may. */
MUST_USE bool app_view_evaluate(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                struct str id, const struct json *body, struct err *err);
/* True when this very look (who, post, purpose) at the case, or at the task when it is not empty,
 * is on record within the hour: then APP_LOOK would add nothing, and nobody need wait for it.
 * False in every other case, errors included: the order finds them again and answers them. */
MUST_USE bool app_view_looked(struct app_reader *r, const struct app_ask *ask, struct str reference,
                              struct str task);
/* {reference, matter: {id, title}, status, status_text, organ: {id, name, phone}, submitted,
 * clocks: [{id, title, state, due, days_left, days_over, unit, suspended_since}], timeline:
 * [{at, title, text}], letters: [{n, title, number, at, adverse, verify_code, remedies:
 * [{code, title, text, organ: {id, name}, due, matter}]}], documents: [{n, name, material, at}],
 * asks: null or {task, since, due, reasons}, actions: [...], closed, adverse} and, for an officer
 * with a part in it: {applicant, form: [{key, label, value}] (only the fields of a purpose), tasks,
 * notes, decisions: [{id, trace}], incidents, parties}. */
MUST_USE bool app_view_case(struct json **out, struct app_reader *r, const struct app_ask *ask,
                            struct str reference, struct err *err);
MUST_USE bool app_view_case_events(struct json **out, struct app_reader *r,
                                   const struct app_ask *ask, struct str reference,
                                   struct err *err);
MUST_USE bool app_view_case_letters(struct json **out, struct app_reader *r,
                                    const struct app_ask *ask, struct str reference,
                                    struct err *err);
/* One letter with its text: {..., html: {zh, en}, verify_url}. */
MUST_USE bool app_view_letter(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct str reference, uint64_t n, struct err *err);
/* {"items": [{at, who: {organ, post}, purpose, fields}]}: who looked and why. */
MUST_USE bool app_view_accesses(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                struct str reference, struct err *err);
/* The diagram with its places marked, as SVG text. */
MUST_USE bool app_view_diagram(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                               struct str reference, struct err *err);
/* The procedure's file, BPMN 2.0, with every name in the caller's language: what a viewer draws. */
MUST_USE bool app_view_diagram_source(struct buf *out, struct app_reader *r,
                                      const struct app_ask *ask, struct str reference,
                                      struct err *err);
/* {"items": [{element, state: done|active|failed}]}: how far the case has come, by the ids of the
 * file's nodes and flows; what was not reached is not listed. */
MUST_USE bool app_view_diagram_marks(struct json **out, struct app_reader *r,
                                     const struct app_ask *ask, struct str reference,
                                     struct err *err);
/* {"items": [{id: "case.task", reference, matter, title, node, organ, post, state, due, days_left,
 * days_over, since, mine}]}, soonest due first. query: post, state (open|claimed|all), due_before.
 */
MUST_USE bool app_view_tasks(struct json **out, struct app_reader *r, const struct app_ask *ask,
                             struct err *err);
/* One task for its page: task + {case: case view, outcomes: [{value, label, adverse, reasons,
 * sends: letter title}], may: {ok, why}, basis}. */
MUST_USE bool app_view_task(struct json **out, struct app_reader *r, const struct app_ask *ask,
                            struct str task, struct err *err);
/* The letter that an outcome of the task would send: {html: {zh, en}} with blanks for number. */
MUST_USE bool app_view_letter_preview(struct json **out, struct app_reader *r,
                                      const struct app_ask *ask, struct str task,
                                      struct str outcome, struct str reasons, struct err *err);
/* {"items": [{reference, matter, clock, state, due, days_over, organ, post, path: [...]}]} for a
 * supervising post: its organ and everything below. query: state, organ. */
MUST_USE bool app_view_clocks(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct err *err);
enum {
    APP_STEPS_MAX = 40000, /* the latest steps of a matter or process that are counted */
    APP_STEPS_FEW = 5,     /* below it no number is told: it would be about single cases */
    APP_PROCESSES_MAX = 1000,
};
/* Whose steps: the cases of a matter, or the instances of a process outside matters. */
struct app_steps_of {
    struct str id;
    bool is_process;
};
/* How long the steps take, over all cases of the organs that the caller supervises, or over all
 * instances of the process: {matter or process: {id, title}, steps, since, versions: [{id, label,
 * at}], items: [{node, kind, title, applicant, few, count, median_s, p90_s, longest_s, mean_s,
 * late, stopped, waiting, waiting_median_s}]}, the longest median first. Numbers only where at
 * least APP_STEPS_FEW steps ended (waiting ones: wait); few says that there were less. stopped: how
 * often something interrupted the step; such ones are in no other number. From the beginning of a
 * step to its end, by the calendar. query: organ (with those below it); version (of the pack, by
 * its id in versions, or of the process): only what ran by it; from, to: months (2026-11) in which
 * the step ended. Errors: ERR_NOT_FOUND, ERR_INVALID for a month. */
MUST_USE bool app_view_durations(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                 const struct app_steps_of *of, struct err *err);
/* The procedure, of the chosen version or the newest, with its steps coloured by their median, and
 * a few words above each. durations: what app_view_durations() gave; notes: the words, in the order
 * of its items. */
MUST_USE bool app_view_heat_map(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                                const struct app_steps_of *of, const struct json *durations,
                                const struct str *notes, struct err *err);
/* {"items": [{id, name}]}: the processes that are deployed, by id. */
MUST_USE bool app_view_processes(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                 struct err *err);
/* {genuine, number, title, organ, at, valid_until, reference_masked} by verification code. */
MUST_USE bool app_view_verify(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct str code, struct err *err);
/* {key, matter, values, step, saved} or ERR_NOT_FOUND. */
MUST_USE bool app_view_draft(struct json **out, struct app_reader *r, const struct app_ask *ask,
                             struct str key, struct err *err);
/* A stored document's bytes: for whoever may see the case. */
MUST_USE bool app_view_document(struct buf *bytes, struct json **meta, struct app_reader *r,
                                const struct app_ask *ask, struct str reference, uint64_t n,
                                struct err *err);
/* {"items": [{user, name, posts, locked, last_sign_in}]} for an administering post. */
MUST_USE bool app_view_accounts(struct json **out, struct app_reader *r, const struct app_ask *ask,
                                struct err *err);
/* {packs: [{id, version, hash, since}], audit: {size, root, at}, queue, outbox: {waiting, failing}}
 * for an administering post. */
MUST_USE bool app_view_health(struct json **out, struct app_reader *r, const struct app_ask *ask,
                              struct err *err);

/* ---- for process clients ---- */
/* A connection to the rows of process instances, at one moment: read them by store/rows.h and give
 * it back. Who may see them was checked by the route (app_may()). */
struct db_conn;
MUST_USE bool app_rows_open(struct db_conn **out, struct app_reader *r, struct err *err);
void app_rows_close(struct app_reader *r, struct db_conn *conn);
/* A document that a process client stored, and its bytes when bytes is not NULL. */
struct rows_document;
MUST_USE bool app_rows_document(struct rows_document *out, struct buf *bytes, struct app_reader *r,
                                struct str id, struct arena *arena, struct err *err);
/* The name by which an account signs in. */
MUST_USE bool app_user_of(struct str *out, struct app_reader *r, uint64_t account,
                          struct arena *arena, struct err *err);

#endif
