/* process/inner.h - what the files of this folder share; nobody else includes it. */
#ifndef MANDATE_PROCESS_INNER_H
#define MANDATE_PROCESS_INNER_H

#include "process/process.h"

/* event.c */
struct str process_origin_data(const struct process_origin *origin, struct arena *arena);

/* state.c: all of an event's fold but its records, which the engine may have folded already. */
MUST_USE bool process_follow(struct process_instance *p, const struct process_event *event,
                             const struct bpmn_records *records, struct err *err);

/* decide.c */
struct process_deciding {
    const struct process_env *env;
};
/* bpmn_env's decide: self is a struct process_deciding. */
MUST_USE bool process_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                             const struct bpmn_view *view, struct arena *arena,
                             struct budget *budget, struct err *err);

#endif
