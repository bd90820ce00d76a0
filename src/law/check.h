/* law/check.h - what a procedure must prove before it is accepted: proofs 2, 3, 4, 5, 6 and 8 of
 * the eight (1, soundness, is bpmn/sound.h; 7, the tables, is dmn). Each looks at an abstract graph
 * that pack/ makes from a process and a matter. Pure.
 *
 * A failed proof is a finding, not an error: the functions return false only when a budget or a
 * limit is used up. A finding names the step that is wrong and the path that leads to it, in steps
 * a lawyer can read: "受理 / Accept (application-decision.bpmn:70)". */
#ifndef MANDATE_LAW_CHECK_H
#define MANDATE_LAW_CHECK_H

#include "base/budget.h"
#include "law/law.h"

enum {
    LAW_CHECK_CLOCKS_MAX = 32,     /* limits of one matter; the busiest of the catalogue has 14 */
    LAW_CHECK_STATES_MAX = 200000, /* (node, clocks) pairs looked at; real procedures have < 500 */
    LAW_CHECK_STEPS_MAX = 256,     /* of one finding's path; of a longer one the last are kept */
    LAW_CHECK_FINDINGS_MAX = 200,  /* of one procedure; a reader has given up long before */
};

/* ---- the graph ------------------------------------------------------------------------------- */

enum law_node_kind {
    LAW_NODE_START,
    LAW_NODE_END,
    LAW_NODE_TASK,    /* a person works: takes time */
    LAW_NODE_WAIT,    /* a timer, a message, a job of another system: takes time */
    LAW_NODE_INSTANT, /* events that throw, gateways, rules: take none */
};

enum law_clock_verb {
    LAW_CLOCK_START,
    LAW_CLOCK_SUSPEND,
    LAW_CLOCK_RESUME,
    LAW_CLOCK_STOP,
};

struct law_clock_act {
    uint32_t limit; /* index into law_procedure.limits */
    enum law_clock_verb verb;
    bool at_leave; /* when the node is left by completion; otherwise when it is entered */
    uint32_t line;
};

struct law_node {
    struct str id;
    struct lang_text name; /* may be empty: the id is shown */
    struct err_at at;
    enum law_node_kind kind;
    bool applicant; /* the applicant's turn: the organ does not hold the case here */
    struct law_clock_act *acts;
    size_t act_count;
    const uint32_t *separate; /* tasks: nodes whose performers may not perform this one */
    size_t separate_count;
    bool adverse;                       /* ends: the decision is against the applicant */
    bool letter;                        /* a letter to the applicant is issued here */
    bool adverse_letter;                /* ... that tells of an adverse decision */
    const struct law_remedy **remedies; /* that the letter names */
    size_t remedy_count;
    bool held;     /* a person is deprived of liberty while the case is here */
    bool releases; /* orders the release */
};

struct law_edge {
    uint32_t from, to;
    bool interrupts;    /* a boundary event: acts at_leave of `from` do not happen */
    uint32_t expiry_of; /* taken because this limit ran out (index); LAW_NO_LIMIT otherwise */
};
#define LAW_NO_LIMIT UINT32_MAX

/* One matter on its process. Branches of a fork are looked at one after the other, each with the
 * clocks of the fork: a clock that is to cover a branch must run before it or start in it. */
struct law_procedure {
    struct str matter; /* id, for messages */
    struct err_at at;  /* the matter's file */
    const struct law_node *nodes;
    size_t node_count;
    uint32_t start; /* a LAW_NODE_START */
    const struct law_edge *edges;
    size_t edge_count;
    const struct law_limit *limits; /* the matter's, in its order */
    size_t limit_count;             /* at most LAW_CHECK_CLOCKS_MAX */
    /* The whole time that the law gives for the matter; n == 0: the longest of the limits marked
     * `overall`, its extension counted. */
    struct cal_term total;
    const struct law_competence *competence;
    bool reviews;         /* it decides about another case's decision (a remedy) */
    bool origin_excluded; /* nobody who took part in that case may take part in this one */
};

/* ---- findings -------------------------------------------------------------------------------- */

struct law_finding {
    int proof; /* 2, 3, 4, 5, 6 or 8 */
    struct err_at at;
    struct lang_text text; /* one line that says what is wrong */
    uint32_t *nodes;       /* the path that shows it, from the start; may be none */
    struct str *steps;     /* the same path in words, with clock acts, file and line */
    size_t step_count;
};

struct law_findings {
    struct arena *arena; /* set by the caller; findings live in it */
    struct law_finding *list;
    size_t count, room;
};

/* ---- the proofs ------------------------------------------------------------------------------ */

/* 2 Bounded. On every path: while a task or wait of the organ is open, a clock runs (one that the
 * organ must keep, or one whose end moves the procedure on); clocks marked `overall` on one path
 * add up to no more than the total, a working day counted as 7/5 of a calendar day, a month as 31;
 * and a clock of the organ starts anew only after the case was back with the applicant, or, unless
 * it is an overall one itself, while an overall clock runs. A clock that is told to stop while it
 * does not run, or to start while it does, goes on as it is; the end of the case stops all. */
MUST_USE bool law_check_bounded(struct law_findings *out, const struct law_procedure *p,
                                struct budget *budget, struct err *err);

/* A remedy's own procedure, as far as proof 3 needs it. */
struct law_remedy_matter {
    struct str id;
    const struct law_competence *competence;
};
/* 3 Remedy. Every adverse end sends a letter with at least one remedy that has a term; every remedy
 * goes to a court, or to a matter of the pack whose organ is the review organ or the superior; for
 * each organ of a level that can decide, that organ exists and is another one (the ministry reviews
 * itself: ARL 25). A letter of an adverse decision stands at an adverse end, or leads only to such
 * ends, or names remedies itself. */
MUST_USE bool law_check_remedies(struct law_findings *out, const struct law_procedure *p,
                                 const struct law_organs *organs,
                                 const struct law_remedy_matter *matters, size_t matter_count,
                                 struct budget *budget, struct err *err);

/* 4 Four eyes. A task of the organ after which the case is accepted (an overall clock starts, or
 * the first task where one runs from the beginning) accepts; one from which an end is reached with
 * no other task of the organ in between decides. Each deciding task is separate from each accepting
 * task that can come before it; no accepting task reaches a favourable end alone; and a procedure
 * that reviews excludes whoever took part in the case it reviews. */
MUST_USE bool law_check_four_eyes(struct law_findings *out, const struct law_procedure *p,
                                  struct budget *budget, struct err *err);

/* 5 Competence. For every place of the pack that has no place below it exactly one organ is
 * competent by the rule; for rules about the acting organ, every agency organ that can act has a
 * review organ or superior. One finding for each organ or area, not for each street. */
MUST_USE bool law_check_competence(struct law_findings *out, const struct law_procedure *p,
                                   const struct law_organs *organs, struct budget *budget,
                                   struct err *err);

/* What a procedure does with a person's data. */
struct law_data_field {
    struct str key;
    struct lang_text title;
    struct err_at at;
    bool declared; /* the matter says what it is for; false: in the form, but not declared */
};
struct law_data_use { /* a task shows a field */
    uint32_t node;    /* index into law_procedure.nodes */
    uint32_t field;   /* index into fields */
    bool has_purpose; /* the task or the matter says why, in every language */
};
struct law_data {
    const struct law_data_field *fields;
    size_t field_count;
    const struct law_data_use *uses;
    size_t use_count;
    struct str keep; /* ISO 8601 duration after closing; empty: none given */
};
/* 6 Data. Every field of the form is declared and needed by some task that can happen; every task
 * that sees one has a purpose; the data is kept for a positive, limited time. */
MUST_USE bool law_check_data(struct law_findings *out, const struct law_procedure *p,
                             const struct law_data *data, struct budget *budget, struct err *err);

/* 8 Liberty. In every state in which a person is held a clock of a custody limit runs; that limit
 * tells an organ other than the holding one of a breach; its running out leads, by an edge of its
 * own from that very step and with nothing that takes time in between, to a release; and no such
 * clock is ever suspended or moved by a day off. */
MUST_USE bool law_check_liberty(struct law_findings *out, const struct law_procedure *p,
                                struct budget *budget, struct err *err);

#endif
