/* app/decision.h - what the views of decisions share. Only src/app includes this. */
#ifndef MANDATE_APP_DECISION_H
#define MANDATE_APP_DECISION_H

#include "app/reader.h"
#include "dmn/view.h"
#include "pack/form.h"

/* A decision, and the pack that holds its model. */
struct decision_found {
    const struct pack *pack;
    const struct dmn_model *model;
    size_t index;
};
/* By its id or name in the packs in use. ERR_NOT_FOUND. */
MUST_USE bool decision_find(struct decision_found *out, const struct app_packs *packs,
                            struct str id, struct err *err);
/* The question of a matter's form that a case answers this input with, or a member of it; NULL when
 * no matter that takes the decision has one. */
const struct form_field *decision_form_field(const struct decision_found *f, struct str input,
                                             struct str member, struct arena *arena);
/* A FEEL value as JSON. */
void decision_value_set(struct json *out, struct str key, struct feel_value value);
/* {hit_policy, inputs: [{expression, label, type, allowed}], outputs: [{name, label, type,
 * allowed}], rules: [{number, id, inputs, outputs, note}], rule_count}; null when the logic is no
 * table. also: rules to show though they stand far down. */
struct json *decision_table_json(const struct dmn_model *model, size_t index, const uint32_t *also,
                                 size_t also_count, struct arena *arena);

#endif
