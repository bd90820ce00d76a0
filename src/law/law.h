/* law/law.h - the law of a pack as data: organs and who is competent, limits and their clocks,
 * remedies. The checks over it are in law/check.h. Pure. */
#ifndef MANDATE_LAW_LAW_H
#define MANDATE_LAW_LAW_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/lang.h"
#include "base/map.h"
#include "cal/calendar.h"
#include "cal/zone.h"

/* ---- places ---------------------------------------------------------------------------------- */

/* A place is a code of the agency's division of the land: "330302" (Lucheng), "330302006" (a
 * street in it). A place lies in another when the other is its parent, or its parent's. */
struct law_place {
    struct str id, parent; /* parent: empty at the top */
    struct lang_text name;
    struct str level; /* "province", "city", "county", "town" */
    uint32_t line;
};

/* ---- organs -----------------------------------------------------------------------------------
 */

enum law_level {
#define LEVEL(level, zh, en) LAW_LEVEL_##level,
#include "law/levels.def"
#undef LEVEL
    LAW_LEVELS
};
bool law_level_find(enum law_level *out, struct str name);
struct str law_level_name(enum law_level level);
struct str law_level_title(enum law_level level, enum lang lang);

enum law_organ_kind {
    LAW_ORGAN_AGENCY,     /* an organ of the pack's own agency */
    LAW_ORGAN_GOVERNMENT, /* a people's government: hears reconsideration */
    LAW_ORGAN_EXTERNAL    /* a court, a procuratorate: named in remedies, runs nothing here */
};

struct law_department {
    struct lang_text name;
};

struct law_organ {
    struct str id;
    enum law_organ_kind kind;
    enum law_level level;
    struct lang_text name, overview, address;
    struct str parent;     /* organ id; empty at the top */
    struct str government; /* organ id of the government of its level: hears reconsideration; empty:
                              the organ itself (ministry) */
    struct str *area;      /* places it is responsible for */
    size_t area_count;
    struct law_department *departments;
    size_t department_count;
    struct str *posts; /* post ids it has; empty: all posts of the pack */
    size_t post_count;
    struct str mark; /* short sign in the numbers of its letters: "温公"; empty: its name */
    struct str phone, website, postal_code;
    const struct cal_calendar *hours; /* NULL: not given */
    bool demo;                        /* address or telephone is demonstration data */
    uint32_t line;
};

struct law_organs {
    struct law_organ *list;
    size_t count;
    struct law_place *places;
    size_t place_count;
    struct map organ_at, place_at; /* id -> index */
    const char *source;            /* file, for messages */
};

const struct law_organ *law_organ(const struct law_organs *organs, struct str id); /* or NULL */
const struct law_place *law_place(const struct law_organs *organs, struct str id); /* or NULL */
/* The place itself or one that it lies in. */
bool law_place_within(const struct law_organs *organs, struct str place, struct str area);
/* organ is above itself or stands below `above` in the hierarchy. */
bool law_is_below(const struct law_organs *organs, struct str organ, struct str above);
const struct law_organ *law_superior(const struct law_organs *organs,
                                     const struct law_organ *organ); /* or NULL */
/* Who hears a complaint against an answer of this organ: its superior; the ministry, which has
 * none, hears it again itself, by people who had no part in it. NULL for others at the top. */
const struct law_organ *law_superior_or_top(const struct law_organs *organs,
                                            const struct law_organ *organ);
/* Who hears administrative reconsideration of an act of this organ: the government of its level (a
 * station's acts: that of the organ it belongs to); for the ministry itself. ARL 24, 25. */
const struct law_organ *law_review_organ(const struct law_organs *organs,
                                         const struct law_organ *organ);

/* ---- competence -------------------------------------------------------------------------------
 */

enum law_competent_by {
    LAW_BY_PLACE,          /* the organ of that level whose area holds the place given */
    LAW_BY_DECIDING_ORGAN, /* the organ that acted, or holds: chosen by its id, of a listed level */
    LAW_BY_REVIEW_ORGAN,   /* law_review_organ() of the organ that acted */
    LAW_BY_SUPERIOR        /* law_superior() of the organ that acted */
};

struct law_competence {
    enum law_competent_by by;
    enum law_level
        levels[LAW_LEVELS]; /* LAW_BY_PLACE: exactly one; DECIDING_ORGAN: those allowed */
    size_t level_count;
    bool accepts; /* an organ one level down accepts the application (the station) */
    enum law_level accepts_level;
    struct lang_text factor; /* in words: "place of residence" */
    uint32_t line;
};

struct law_competent {
    const struct law_organ *organ;     /* decides */
    const struct law_organ *accepting; /* takes the application; the same organ if none below */
};

/* Who is competent. place: for LAW_BY_PLACE. acting: organ id for the others (for
 * LAW_BY_DECIDING_ORGAN an empty one falls back to the organ of the first level for the place).
 * Errors: ERR_NOT_FOUND no organ is competent for the place, or no such place or organ;
 *         ERR_CONFLICT several are (a pack with that is refused). */
MUST_USE bool law_competent(struct law_competent *out, const struct law_organs *organs,
                            const struct law_competence *rule, struct str place, struct str acting,
                            struct err *err);

/* ---- limits and clocks ------------------------------------------------------------------------
 */

enum law_sure { LAW_SURE_VERIFIED, LAW_SURE_KNOWN, LAW_SURE_UNSURE };
enum law_holder { LAW_HOLDER_ORGAN, LAW_HOLDER_APPLICANT }; /* who must act within the limit */
enum law_expiry {
    LAW_EXPIRY_BREACH, /* the organ is late: told upwards */
    LAW_EXPIRY_DEEMED, /* silence counts as an act (accepted, consented): the procedure's timer acts
                        */
    LAW_EXPIRY_LAPSE   /* the applicant let it pass: the procedure's timer acts */
};

struct law_extension {
    bool allowed;       /* once; never twice */
    struct cal_term by; /* its length */
    bool total;         /* by is the new whole length, from the same start; else added */
    struct str post;    /* who may */
    struct lang_text ground;
};

struct law_limit {
    struct str id; /* "decide" */
    struct lang_text title;
    struct cal_term within;
    struct lang_text from; /* in words: "from acceptance" */
    enum law_holder holder;
    enum law_expiry expiry;
    struct law_extension extension;
    struct str law, articles; /* basis */
    enum law_sure sure;
    bool set_by_agency; /* the law fixes no length or no unit: the agency's own promise */
    /* Counted from the day on which the applicant's last papers came in, even when the procedure
     * starts the clock later, at acceptance (RIC 12). */
    bool from_receipt;
    bool overall; /* it counts against the matter's whole time in the check (proof 2) */
    struct cal_counting counting;
    /* It bounds the time for which a person is held: never suspended, its end never moved. */
    bool custody;
    struct str alarm; /* custody: the organ told of a breach, "superior", "review" or an organ's id;
                         never the holding one */
    uint32_t line;
};

enum law_clock_state { LAW_CLOCK_NONE, LAW_CLOCK_RUNNING, LAW_CLOCK_SUSPENDED, LAW_CLOCK_STOPPED };
struct str law_clock_state_name(enum law_clock_state state); /* "running" */

/* A clock of one case. Times are instants in microseconds. Plain data: encode it by its fields.
 * Zeroed: never started. */
struct law_clock {
    enum law_clock_state state;
    bool extended, breached;
    int64_t started_us, due_us; /* due_us: the end of the last local day (late means now >= due) */
    int64_t suspended_us;       /* since when, while suspended */
    int64_t stopped_us, breached_us;
    /* Days that do not count, in the limit's own unit (working days for working-day limits), summed
     * over finished suspensions; minutes for limits in hours. */
    int64_t not_counted;
};

/* What counting needs. calendar may be NULL only for units that do not need it. */
struct law_time {
    const struct cal_calendar *calendar;
    const struct cal_zone *zone;
};

/* Each: *clock unchanged on error. ERR_RANGE when the calendar does not cover a day that matters;
 * ERR_CONFLICT when the clock's state does not allow it (as told in the text). */
MUST_USE bool law_clock_start(struct law_clock *clock, const struct law_limit *limit,
                              struct law_time time, int64_t now_us, struct err *err);
MUST_USE bool law_clock_suspend(struct law_clock *clock, int64_t now_us, struct err *err);
/* due_us moves by the days that did not count: the day of the suspension and the day of the
 * resumption both count as days of the limit only if the clock ran at their end. */
MUST_USE bool law_clock_resume(struct law_clock *clock, const struct law_limit *limit,
                               struct law_time time, int64_t now_us, struct err *err);
MUST_USE bool law_clock_extend(struct law_clock *clock, const struct law_limit *limit,
                               struct law_time time, int64_t now_us, struct err *err);
MUST_USE bool law_clock_stop(struct law_clock *clock, int64_t now_us, struct err *err);
/* A running clock of the organ whose due time has come, not breached yet. Marks it. */
bool law_clock_breach(struct law_clock *clock, const struct law_limit *limit, int64_t now_us);
/* When law_clock_breach() would be true; 0: never (stopped, suspended, breached, or its expiry is
 * the procedure's own timer). */
int64_t law_clock_wake_us(const struct law_clock *clock, const struct law_limit *limit);
/* Days left (0: today is the last day) or, negative, days over, in the limit's unit; hours for
 * limits in hours or minutes. */
MUST_USE bool law_clock_left(int64_t *out, const struct law_clock *clock,
                             const struct law_limit *limit, struct law_time time, int64_t now_us,
                             struct err *err);

/* The last day lies where the calendar is only provisional: it may move when the year's holidays
 * are announced, and whoever shows it says so. */
bool law_due_is_provisional(int64_t due_us, struct law_time time);

/* ---- remedies ---------------------------------------------------------------------------------
 */

enum law_remedy_to {
    LAW_TO_REVIEW_ORGAN, /* law_review_organ() of the deciding organ */
    LAW_TO_SUPERIOR,     /* law_superior() */
    LAW_TO_COURT,        /* outside: its procedure is the court's own */
    LAW_TO_NOBODY        /* the law makes the decision final: the letter says so, and by which law
                            (XFR 36, EEL 36); needs law and articles, nothing else */
};

struct law_remedy {
    struct str code; /* "R60" */
    struct lang_text title, text;
    enum law_remedy_to to;
    struct str matter;      /* whose procedure runs it here; empty for LAW_TO_COURT */
    struct lang_text court; /* who, in words, for LAW_TO_COURT */
    bool has_term;
    struct cal_term term;
    struct lang_text from; /* "from the day you knew of the decision" */
    struct str law, articles;
    bool first; /* must come before a suit */
    uint32_t line;
};

/* The organ that hears it for a decision of that organ; NULL for a court, or when there is none. */
const struct law_organ *law_remedy_organ(const struct law_organs *organs,
                                         const struct law_remedy *remedy,
                                         const struct law_organ *decided);

#endif
