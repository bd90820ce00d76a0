/* dmn/model.h - a model as it stands in memory, for this folder only.
 * Reading has three passes, each over the model and all it imports: read.c collects elements and
 * imports, types.c makes item definitions into FEEL types, link.c finds what each element needs and
 * compiles its logic (boxed.c, table.c). So models may import each other in a circle.
 */
#ifndef MANDATE_DMN_MODEL_H
#define MANDATE_DMN_MODEL_H

#include "base/map.h"
#include "dmn/dmn.h"
#include "feel/ast.h"
#include "xml/xml.h"

struct dmn_element;
struct dmn_table;
struct dmn_item;

enum {
    DMN_ELEMENT_READS_MAX = 128, /* later ones are not told to people who ask what is read */
    DMN_NAMES_A_STEP = 16        /* compared */
};

/* One element behind a name of the logic; with a prefix, one entry of the import's context. */
struct dmn_part {
    struct str name;
    const struct dmn_element *element;
};

/* A variable of an element's program: parts[0] itself, or a context of the parts. */
struct dmn_slot {
    struct str name;
    bool is_context;
    struct dmn_part *parts;
    size_t part_count;
};

/* Names with symbols in them, of all models that were loaded together; names.c */
struct dmn_names {
    struct map known;    /* in their one form, to a number of the next */
    struct str *written; /* as a model writes them first */
    size_t room;
    bool differ; /* some are written otherwise */
};

struct dmn_elements {
    const struct dmn_element **at;
    size_t count;
};

/* What the logic reads: a slot as a whole (member empty), or one member of it. */
struct dmn_read {
    struct str slot, member;
};

struct dmn_element {
    struct dmn_info info;
    struct dmn_model *model;
    const struct xml_node *node;
    struct str key, variable; /* the name in its one form, and that in FEEL: the same as a rule */
    uint32_t state;           /* number of its memo; unique over all loaded models */
    struct dmn_slot *slots;
    size_t slot_count;
    struct dmn_read *reads; /* in the order of the texts; at most DMN_ELEMENT_READS_MAX */
    size_t read_count;
    bool has_logic;
    const struct feel_program *program; /* of a decision: its value; of a function: itself */
    const struct feel_program *fit;     /* a value given from outside, fitted to the type */
    /* Of a model that is not strict: why it is null, or what of it was passed over. NULL: nothing.
     */
    const char *broken, *fault;
    /* of a function or service: its parameters */
    const struct str *params;
    const struct feel_type **param_types; /* NULL for a service: those of its elements */
    size_t param_count;
    /* of a service; names of imported elements are prefix.name */
    struct dmn_elements outputs, input_decisions, input_data;
    const struct str *output_names;
    const struct feel_type *type; /* of a service, as a function */
    const struct str *aliases;    /* of parameters: their names without the prefix, where unique */
    bool is_parameter;            /* of a decision: a service takes its value as an argument */
    uint8_t mark;                 /* link.c: 0 unseen, 1 being visited, 2 done */
    struct dmn_elements needs;    /* all it requires */
};

struct dmn_import {
    struct str prefix;
    struct dmn_model *model;
};

struct dmn_table_list {
    const struct dmn_table **at;
    size_t count, room;
};

struct dmn_model {
    struct dmn_loader *loader; /* only while loading */
    struct arena *arena;
    const char *file;
    struct str dmn_ns; /* of the DMN elements in this file */
    struct str name, ns;
    const struct xml_node *root;
    struct dmn_element *elements;
    size_t element_count;
    struct map by_id, by_name; /* the latter as written */
    const char *fault;         /* while linking: the first one of the element */
    struct dmn_names *names;
    struct dmn_model *const *loaded; /* of the root model: all, itself first */
    size_t loaded_count;
    struct dmn_import *imports;
    size_t import_count;
    struct feel_named_type *types; /* its own, then those of its imports */
    struct dmn_item **items;       /* behind them; while loading */
    size_t type_count, own_type_count;
    const struct feel_known *known; /* names of members, of all models together */
    struct dmn_table_list tables;
    uint32_t state_count; /* of the root model: over all models */
    bool free_names;      /* as the options said */
};

struct dmn_loader {
    struct arena *arena;
    const struct dmn_options *options;
    struct budget *budget;
    struct err *err;
    struct dmn_model *models[1 + DMN_IMPORTS_MAX];
    size_t model_count;
    uint32_t state_count;
    struct dmn_names names;
    bool linked;
};

/* --- small helpers over xml ---------------------------------------------------------------------
 */
static inline const struct xml_node *dmn_child(const struct dmn_model *m,
                                               const struct xml_node *node, const char *name) {
    return xml_child(node, m->dmn_ns, str_from(name));
}
static inline bool dmn_is(const struct dmn_model *m, const struct xml_node *node,
                          const char *name) {
    return xml_is(node, m->dmn_ns, str_from(name));
}
/* ERR_LIMIT when the arena cannot take so many bytes more. */
MUST_USE bool dmn_affords(const struct dmn_model *m, size_t bytes, struct err *err);
struct err_at dmn_at(const struct dmn_model *m, const struct xml_node *node);
/* The trimmed text of a child, its place in *at; empty when there is none. */
struct str dmn_text(const struct dmn_model *m, const struct xml_node *node, const char *child,
                    struct err_at *at);

/* The element of a model by its name, written in either way; NULL when there is none. */
const struct dmn_element *dmn_element_named(const struct dmn_model *m, struct str name);

/* --- names.c
 * -------------------------------------------------------------------------------------- */
/* A name that the model writes, in its one form. */
struct str dmn_name(struct dmn_model *m, struct str written);
bool dmn_has_symbol(struct str name); /* DMN 1.5: rule 30 */
/* The other way round. */
struct str dmn_written(const struct dmn_model *m, struct str name);

/* --- types.c
 * -------------------------------------------------------------------------------------- */
/* Of all models together. */
MUST_USE bool dmn_types_read(struct dmn_model *const *models, size_t count, struct err *err);
/* Passes over a fault of the element that is being linked: true, and err is empty again, unless the
 * model is strict or a limit was met. */
MUST_USE bool dmn_pass_over(struct dmn_model *m, struct err *err);
/* The type that an element's attribute typeRef names; NULL in *out for none or Any, and for one
 * that nothing defines when that may be passed over. ERR_UNKNOWN. */
MUST_USE bool dmn_type_attr(const struct feel_type **out, struct dmn_model *m,
                            const struct xml_node *node, struct err *err);

/* --- members.c
 * -------------------------------------------------------------------------------------- */
/* The names of the members of all models together. */
MUST_USE bool dmn_members(struct dmn_model *const *models, size_t count, struct err *err);

/* --- link.c
 * ----------------------------------------------------------------------------------------- */
/* All models together: those that import each other in a circle need it. */
MUST_USE bool dmn_link(struct dmn_model *const *models, size_t count, struct err *err);

/* --- boxed.c
 * ------------------------------------------------------------------------------------------ */
struct boxer {
    struct dmn_model *model;
    const struct dmn_element *element;
    struct arena *arena;
    struct feel_options *options;
    struct err *err;
    int depth;
};
/* The tree of a boxed expression; NULL with err. In a model that is not strict a broken text
 * becomes a null with the reason. */
struct ast *boxed_read(struct boxer *b, const struct xml_node *node, const struct ast_scope *scope);
/* The text of a node, in FEEL, at a place. */
struct ast *boxed_text(struct boxer *b, const struct xml_node *node, struct str text,
                       struct err_at at, const struct ast_scope *scope, enum feel_form form);
/* The reason of a failure as a null that tells it; NULL in a strict model or beyond a limit. */
struct ast *boxed_bad(struct boxer *b, struct err_at at);
struct ast *boxed_typed(struct boxer *b, struct ast *tree, const struct feel_type *type);
struct ast *boxed_node(struct boxer *b, enum ast_kind kind, const struct xml_node *node);
/* The first child that is an expression; NULL when there is none. */
const struct xml_node *boxed_child(const struct dmn_model *m, const struct xml_node *node);
struct ast *boxed_function(struct boxer *b, const struct xml_node *node,
                           const struct ast_scope *scope);

/* --- table.c
 * -------------------------------------------------------------------------------------------- */
struct ast *table_read(struct boxer *b, const struct xml_node *node, const struct ast_scope *scope);

/* --- view.c
 * ---------------------------------------------------------------------------------------------
 */
/* An element and all that it requires, directly or through others; nearer ones first. */
size_t dmn_needed(const struct dmn_element *const **out, const struct dmn_model *model,
                  const struct dmn_element *e, struct arena *a);

/* --- decide.c
 * --------------------------------------------------------------------------------------------- */
/* What an evaluation of a model carries; feel_env.host of its programs. */
struct dmn_run {
    const struct dmn_model *root;
    const struct feel_env *env;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    struct dmn_trace *trace;
    struct feel_value inputs;
    struct dmn_memo *memos;        /* by element state */
    const struct dmn_element *now; /* whose logic runs, for the trace */
    int depth;
};
/* Memory that deciding takes: from the budget, and never up to the arena's own limit. */
MUST_USE bool run_affords(struct dmn_run *run, size_t bytes);
/* names.c: keys of data become the names of the root model, and the other way round. */
MUST_USE bool names_rename(struct dmn_run *run, struct feel_value *v, bool in);
static inline bool names_in(struct dmn_run *run, struct feel_value *inputs) {
    return run->root->names->known.count == 0 || names_rename(run, inputs, true);
}
static inline bool names_out(struct dmn_run *run, struct feel_value *value) {
    return !run->root->names->differ || names_rename(run, value, false);
}
/* Can the trace's arena take so many bytes more? A step that does not fit is dropped. */
bool run_trace_affords(const struct dmn_trace *trace, size_t bytes);
void run_trace(struct dmn_run *run, const struct dmn_step *step);

#endif
