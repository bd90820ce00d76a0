/* dmn/dmn.h - decision models of DMN 1.5 (and those written as 1.1-1.4): load once, decide many
 * times from many threads. Pure. A model's expressions become programs of feel/; what a model holds
 * that is not executed (functions in Java or PMML) gives null with a diagnosis.
 *
 *     struct dmn_model *model;
 *     struct dmn_options options = {.strict = true};
 *     if (!dmn_load(&model, arena, xml, "fee.dmn", &options, &budget, err))
 *         ...
 *     struct feel_env env = {.now = now, .diags = &diags};
 *     struct dmn_trace trace = {.arena = scratch};
 *     dmn_evaluate(&fee, model, STR("Fee"), inputs, &env, &trace, scratch, &budget, err);
 */
#ifndef MANDATE_DMN_DMN_H
#define MANDATE_DMN_DMN_H

#include "feel/feel.h"
#include "feel/type.h"

struct dmn_model;   /* opaque, immutable, in the arena it was loaded into */
struct dmn_element; /* a part of it */

enum {
    DMN_ELEMENTS_MAX = 10000, /* inputs, decisions, functions and services of one model */
    DMN_RULES_MAX = 100000,   /* rules of one table */
    DMN_COLUMNS_MAX = 200,    /* input or output columns of one table */
    DMN_IMPORTS_MAX = 64,     /* models that one model needs, directly or not */
};

/* Finds the text of an imported model by its namespace or location; *file is for messages. False
 * with err when there is none; without a line its place becomes that of the <import>. What it gives
 * must live as long as the model. */
typedef bool (*dmn_import_fn)(struct str *xml, const char **file, void *self, struct str ns,
                              struct str location, struct err *err);

struct dmn_options {
    dmn_import_fn import; /* NULL: a model that imports another is refused */
    void *import_self;
    const struct cal_zones *zones; /* NULL: the built-in time zones */
    /* A broken expression, or a name or type that nothing defines, refuses the model, with file and
     * place. Otherwise such an expression, or the element whose parts are broken, is null with a
     * diagnosis, as the TCK wants it, and the others keep their values. */
    bool strict;
    /* A name that nothing in the model defines is looked up among the inputs of an evaluation, also
     * under strict: tables drawn for Camunda read variables without declaring input data. */
    bool free_names;
};

/* xml and file are borrowed and must live as long as the model. Errors: ERR_SYNTAX, ERR_INVALID,
 * ERR_UNKNOWN, ERR_UNSUPPORTED, ERR_LIMIT with file, line and column. On error *out is NULL. */
MUST_USE bool dmn_load(struct dmn_model **out, struct arena *a, struct str xml, const char *file,
                       const struct dmn_options *options, struct budget *budget, struct err *err);

/* --- what a model holds
 * --------------------------------------------------------------------------- */
enum dmn_kind { DMN_INPUT, DMN_DECISION, DMN_FUNCTION, DMN_SERVICE };
struct dmn_info {
    enum dmn_kind kind;
    struct str id, name;
    struct str description;
    const struct feel_type *type; /* NULL: any */
    struct err_at at;
};
struct str dmn_model_name(const struct dmn_model *model);
struct str dmn_model_namespace(const struct dmn_model *model);
/* Elements of the model itself, in document order; imported ones are not counted. */
size_t dmn_count(const struct dmn_model *model);
struct dmn_info dmn_info(const struct dmn_model *model, size_t index);
/* The element with that id, or else that name; SIZE_MAX when there is none. Blanks beside the
 * symbols of a name do not count, here and in data: "net - gross" is "net-gross". */
size_t dmn_find(const struct dmn_model *model, struct str id_or_name);
bool dmn_same_name(struct str a, struct str b);
/* The element with that name, in the model of a namespace that was loaded with this one; ns empty:
 * in the model itself or, as their names are its own then, in those it imports under no name.
 * NULL when there is none. */
const struct dmn_element *dmn_named(const struct dmn_model *model, struct str ns, struct str name);
/* The name under which the model imports a namespace; empty when it has none, or does not. */
struct str dmn_prefix(const struct dmn_model *model, struct str ns);
size_t dmn_output_count(const struct dmn_element *e); /* of a service; 0 for others */
/* Elements of this and of all imported models. */
size_t dmn_state_count(const struct dmn_model *model);
/* The names of the input data that an element needs, directly or through others. Takes memory for
 * each of dmn_state_count(). */
size_t dmn_inputs_of(const struct str **names, const struct dmn_model *model, size_t index,
                     struct arena *a);

/* --- deciding
 * ----------------------------------------------------------------------------------------- */
/* One table that was evaluated on the way, or one decision without a table. */
struct dmn_step {
    struct str decision_id, decision_name; /* of the element whose logic this is */
    bool is_table;
    const char *hit_policy; /* "UNIQUE"; NULL without a table */
    /* the texts of the input expressions; without a table what the logic reads: "form.since" */
    const struct str *input_names;
    const struct feel_value *inputs;
    size_t input_count;
    const uint32_t *rules;        /* matched ones, numbered from 1 as they stand in the model */
    const struct str *rule_ids;   /* their ids, empty when they have none */
    const struct str *rule_notes; /* their first annotation or description */
    size_t rule_count;
    /* What the matched rules say, a value for each output column: rule r's are from
     * r * output_count on. answer_count: how many rules, from the first on, were asked: of FIRST
     * one, of UNIQUE none when more than one matches. */
    const struct str *output_names; /* empty for a single column without a name */
    const struct feel_value *answers;
    size_t output_count, answer_count;
    struct feel_value output;
};
/* Zeroed, with an arena: collects, in the order of completion. */
struct dmn_trace {
    struct arena *arena;
    struct dmn_step *steps;
    size_t count, room;
};
enum { DMN_TRACE_STEPS_MAX = 1000 }; /* later steps are dropped: a table in a long iteration */
/* [{"decision", "name", "table", "hit_policy" (of a table), "inputs": [{"expression", "value"}],
 * "rules" (of a table): [{"number", "id", "note", "outputs": [{"name", "value"}]}], "output"}] as
 * JSON text. */
MUST_USE bool dmn_trace_json(struct buf *out, const struct dmn_trace *trace, struct err *err);

/* The value of a decision, or of a service's output decisions, or a call of a function: element by
 * id or name; inputs: a context with the values of input data, of input decisions, or parameters,
 * by name. What belongs to a model imported as lib is looked for as an entry of the input lib, then
 * as "lib.name", then by its plain name. The value shows names as the model writes them. env gives
 * now, calendars, zones and diags; its vars are not used. trace may be NULL. Errors: ERR_NOT_FOUND,
 * no such element; ERR_LIMIT. A decision that fails is null with a diagnosis. */
MUST_USE bool dmn_evaluate(struct feel_value *out, const struct dmn_model *model,
                           struct str id_or_name, struct feel_value inputs,
                           const struct feel_env *env, struct dmn_trace *trace, struct arena *a,
                           struct budget *budget, struct err *err);

/* The same of an element that dmn_named() found. */
MUST_USE bool dmn_evaluate_element(struct feel_value *out, const struct dmn_model *model,
                                   const struct dmn_element *e, struct feel_value inputs,
                                   const struct feel_env *env, struct dmn_trace *trace,
                                   struct arena *a, struct budget *budget, struct err *err);

/* --- what a decision can give
 * ----------------------------------------------------------------------------------- */
enum { DMN_OUTCOMES_MAX = 200 };
struct dmn_outcomes {
    bool known;                /* otherwise nothing can be said */
    struct feel_value *values; /* that it can give, each once; names as the model writes them */
    size_t count;
    bool others; /* something else may come out too */
};
/* As far as the text says, without evaluating: of tables of literals, of literals chosen by `if`,
 * of types that list their values. Errors: ERR_LIMIT. */
MUST_USE bool dmn_outcomes(struct dmn_outcomes *out, const struct dmn_model *model, size_t index,
                           struct arena *a, struct budget *budget, struct err *err);

/* --- checking tables
 * --------------------------------------------------------------------------------------- */
enum dmn_finding_kind {
    DMN_GAP,         /* an input that no rule covers */
    DMN_OVERLAP,     /* an input on which two rules of a UNIQUE or ANY table disagree */
    DMN_UNREACHABLE, /* a rule that never decides: others cover all of it */
    DMN_WRONG_TYPE,  /* a cell that no value of the column can match, or an output not allowed */
    DMN_UNDECIDED,   /* a table that cannot be analysed; text says why */
};
struct dmn_finding {
    enum dmn_finding_kind kind;
    struct err_at at;        /* of the table or the rule */
    struct str table;        /* the element's name */
    uint32_t rule_a, rule_b; /* from 1; 0 when there is none */
    struct str input;        /* an input that shows it: `age = 17, place = "Wenzhou"` */
    struct str text;         /* one line for a person */
};
enum {
    DMN_GAPS_MAX = 10,       /* told of one table; then a last one says that there are more */
    DMN_FINDINGS_MAX = 1000, /* of one model; likewise */
};
/* Analyse every table of the model (not of imported ones). ERR_LIMIT when the budget is spent: *out
 * then holds what was found before. */
MUST_USE bool dmn_check(const struct dmn_finding **out, size_t *count,
                        const struct dmn_model *model, struct arena *a, struct budget *budget,
                        struct err *err);

/* The tables of the model, also those inside other logic, in the order of the elements. */
struct dmn_table_info {
    struct str name; /* of the element whose logic it is, or is in */
    struct err_at at;
    const char *hit_policy; /* "UNIQUE" */
    uint32_t rule_count;
    bool looks_for_gaps, looks_for_overlaps; /* as the hit policy asks */
};
size_t dmn_table_count(const struct dmn_model *model);
struct dmn_table_info dmn_table_info(const struct dmn_model *model, size_t index);
/* dmn_check() of one of them. */
MUST_USE bool dmn_check_table(const struct dmn_finding **out, size_t *count,
                              const struct dmn_model *model, size_t index, struct arena *a,
                              struct budget *budget, struct err *err);
const char *dmn_finding_name(enum dmn_finding_kind kind); /* "gap" */

#endif
