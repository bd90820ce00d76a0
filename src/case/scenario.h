/* case/scenario.h - a pack's own tests: scenarios/<name>.yaml says who does what when, and which
 * status, tasks, letters, clocks and events must follow. The runner drives case_apply() through it
 * with a clock of its own, and at the end replays every case from its events. Pure.
 * The format is in doc/packs.md. */
#ifndef MANDATE_CASE_SCENARIO_H
#define MANDATE_CASE_SCENARIO_H

#include "case/case.h"

enum scenario_kind { SCENARIO_GRANTED, SCENARIO_REFUSED, SCENARIO_BREACHED, SCENARIO_OTHER };

enum {
    SCENARIO_CASES_MAX = 8,     /* a case, its review, the review of that */
    SCENARIO_STEPS_MAX = 500,   /* steps of one scenario */
    SCENARIO_TICKS_MAX = 10000, /* timers and breaches between two steps */
};

struct scenario_fault {
    struct err_at at;
    struct str text; /* one line: what was expected and what was found */
};

struct scenario_report {
    struct str id, matter;
    enum scenario_kind kind;
    struct scenario_fault *faults;
    size_t fault_count, step_count, event_count;
};

/* Run one file (path and bytes as in pack->files). True: it ran; faults say what was not as
 * expected, wrong YAML and unknown keys included. False only when the budget is spent.
 * The report lives in arena. */
MUST_USE bool scenario_run(struct scenario_report *out, const struct pack *pack,
                           const struct pack_file *file, struct arena *arena, struct budget *budget,
                           struct err *err);

#endif
