/* dmn/view.h - a decision as a person reads it: its names in every language, what it asks for, what
 * it needs, and its table with the texts of the cells as they stand in the model. Pure.
 *
 * DMN has one text for a name. A model gives the others beside it, as procedures do:
 *     <extensionElements><mandate:name lang="en">Ground</mandate:name></extensionElements>
 * on a decision, an input data, an input or output column, and on a rule, whose name stands for its
 * description. A language without a text of its own reads the first one. */
#ifndef MANDATE_DMN_VIEW_H
#define MANDATE_DMN_VIEW_H

#include "base/lang.h"
#include "dmn/dmn.h"

struct json;

struct lang_text dmn_view_title(const struct dmn_model *model, size_t index, struct arena *a);

/* --- the table -------------------------------------------------------------------------------- */
struct dmn_view_column {
    struct lang_text label; /* never empty: the expression or the name stands in for it */
    struct str text;        /* an input's expression, an output's name */
    struct str type;        /* as written: "string"; empty when the model names none */
    struct str allowed;     /* the listed values as written; may be empty */
};
struct dmn_view_rule {
    const struct str *cells; /* inputs, then outputs, as written */
    struct str id;
    struct lang_text note; /* its description or first annotation; may be empty */
    uint32_t number;       /* from 1, as it stands in the model */
};
struct dmn_view_table {
    const char *hit_policy; /* "UNIQUE" */
    const struct dmn_view_column *inputs, *outputs;
    const struct dmn_view_rule *rules;
    uint32_t input_count, output_count;
    uint32_t shown_count; /* of rules[] */
    uint32_t rule_count;  /* that the table has */
};
enum {
    DMN_VIEW_RULES_MAX =
        200, /* drawn from the top; those that matched are drawn wherever they are */
    DMN_VIEW_MATCHED_MAX = 100,
};
/* The table that is a decision's or a function's whole logic; false when it is none. also: the
 * numbers of rules to show though they stand beyond the first DMN_VIEW_RULES_MAX. */
bool dmn_view_table(struct dmn_view_table *out, const struct dmn_model *model, size_t index,
                    const uint32_t *also, size_t also_count, struct arena *a);
/* The text of a decision that is one literal expression; empty for others. */
struct str dmn_view_expression(const struct dmn_model *model, size_t index, struct arena *a);
/* The elements of the model that an element requires directly; those imported are left out. */
size_t dmn_view_needs(const size_t **indexes, const struct dmn_model *model, size_t index,
                      struct arena *a);

/* --- what it asks for ------------------------------------------------------------------------- */
enum { DMN_READS_MAX = 64 }; /* members of one input that are told apart */
struct dmn_view_input {
    struct str name; /* the key that dmn_evaluate() takes it by */
    struct lang_text label;
    const struct feel_type *type; /* NULL: any */
    /* Members that the logic reads of it ("form.since"), in the order in which they are first read:
     * what to ask for where the model names no type. whole: it also reads the value as a whole. */
    const struct str *reads;
    size_t read_count;
    bool whole;
};
/* The input data that an element needs, directly or through others: dmn_inputs_of() in full. */
size_t dmn_view_inputs(const struct dmn_view_input **out, const struct dmn_model *model,
                       size_t index, struct arena *a);
/* The values that a column of the model's tables allows for an input, or a member of it (empty: the
 * input itself), when they are a plain list: FEEL values. 0 when nothing lists them. */
size_t dmn_view_choices(const struct feel_value **out, const struct dmn_model *model,
                        struct str input, struct str member, struct arena *a);
/* Likewise of a type. */
size_t dmn_view_type_choices(const struct feel_value **out, const struct feel_type *type,
                             struct arena *a);

/* --- values from outside -----------------------------------------------------------------------
 */
/* What dmn_evaluate() looks for in its inputs: input data; of a service its input decisions too; of
 * a function its parameters; where names are free, those that nothing declares. */
struct dmn_view_ask {
    struct str name;              /* as the model writes it */
    struct str key, variable;     /* its other forms: dmn_evaluate() takes it by each */
    struct str import;            /* the name of the import it belongs to; otherwise empty */
    const struct feel_type *type; /* NULL: any */
    bool maybe; /* free, and only in filters: perhaps no more than a member of what they filter */
};
/* id_or_name: as for dmn_evaluate(); 0 when there is no such element. */
size_t dmn_view_asks(const struct dmn_view_ask **out, const struct dmn_model *model,
                     struct str id_or_name, struct arena *a);
bool dmn_view_given(const struct dmn_view_ask *ask, struct feel_value inputs);
/* Does anything in the model, be it another decision, ask for an input of that name? A key that
 * nothing asks for is a slip of the pen. */
bool dmn_view_knows(const struct dmn_model *model, const struct dmn_view_ask *asks, size_t count,
                    struct str name);
/* JSON has no dates, times and durations: the texts among the inputs become such values where the
 * declared type asks for one. Everything else, texts that are none too, stays as it is, and
 * deciding fits it to the type (DMN 1.5: 10.3.2.9.4): what does not fit is null with a diagnosis.
 * Names get the form that FEEL gives them. Without such an element nothing changes. Errors:
 * ERR_LIMIT. */
MUST_USE bool dmn_view_texts(struct feel_value *inputs, const struct dmn_model *model,
                             struct str id_or_name, const struct cal_zones *zones, struct arena *a,
                             struct budget *budget, struct err *err);

/* A value that came as JSON, as the input's type asks: texts become dates, times and durations.
 * Errors: ERR_TYPE, ERR_UNKNOWN (a member that the type has not), ERR_INVALID (not among the
 * allowed values); err->at.source is the JSON pointer of the wrong value, below base, in the arena.
 */
MUST_USE bool dmn_view_take(struct feel_value *out, const struct dmn_view_input *input,
                            const struct json *value, const char *base, struct arena *a,
                            struct budget *budget, struct err *err);

#endif
