/* feel/feel.h - FEEL, the expression language of DMN 1.5, chapter 10.3: compile once, evaluate many
 * times from many threads. Pure: today, now and calendars come with the environment.
 *
 *     struct feel_name names[] = {{.name = STR("age")}, {.name = STR("monthly fee")}};
 *     struct feel_options options = {.names = names, .name_count = 2, .source = "fee.yaml"};
 *     struct feel_program *program;
 *     if (!feel_compile(&program, arena, STR("if age >= 60 then 0 else monthly fee"), &options,
 * err))
 *         ...
 *     struct feel_value vars[] = {feel_int(42), feel_decimal(1050, 2)};
 *     struct feel_env env = {.vars = vars, .var_count = 2};
 *     struct feel_value out;
 *     feel_eval(&out, program, &env, scratch, &budget, err);
 */
#ifndef MANDATE_FEEL_FEEL_H
#define MANDATE_FEEL_FEEL_H

#include "feel/value.h"

struct feel_program; /* opaque, immutable, in the arena it was compiled into */
struct feel_type;    /* feel/type.h */
struct feel_named_type;
struct feel_known;   /* feel/known.h */
struct cal_calendar; /* cal/calendar.h */

enum {
    FEEL_SOURCE_BYTES_MAX = 1 << 20, /* one expression's text */
    FEEL_NESTING_MAX = 200,          /* brackets in brackets, of the parser's recursion */
    FEEL_CALLS_MAX = 2000,           /* calls of FEEL functions in calls */
    FEEL_STEPS_DEFAULT = 10000000,   /* what one evaluation may take when nobody says otherwise */
    FEEL_BYTES_DEFAULT = 64 << 20,
};

/* A name that an expression may use. Its index in the options is its slot in feel_env.vars. */
struct feel_name {
    struct str name;              /* may hold blanks and symbols: "monthly fee", "bed+breakfast" */
    const struct feel_type *type; /* NULL: any. Tells the parser which members may follow a dot */
};

enum feel_form {
    FEEL_EXPRESSION,
    FEEL_UNARY_TESTS, /* a cell of a decision table: "-", "< 10, [20..30]"; gives true or false.
                         The tested value is the slot of the name "?", which must be in names */
};

struct feel_options {
    enum feel_form form;
    const struct feel_name *names;
    size_t name_count;
    /* Names that may follow a dot or stand in a filter though no type tells of them; for names
     * with symbols or words of the grammar in data whose shape is not known. */
    const struct str *members;
    size_t member_count;
    /* The same made ready once, with those of all types, for who compiles many texts; or NULL. */
    const struct feel_known *known;
    const struct feel_known *known_names; /* and names[], made ready too; or NULL */
    /* Types that `instance of` and parameters may name, beside the built-in ones. */
    const struct feel_named_type *types;
    size_t type_count;
    /* A name that nothing defines is an error of compilation (ERR_UNKNOWN with its place), unless
     * this is set: then it is added to the program's inputs after names[], and evaluates to null
     * with a diagnosis where vars ends before it. In a filter it is an error of the evaluation, or
     * such an input, for items that have no member of that name. */
    bool open;
    /* With open: the name of a built-in function that is not called is such a name too, because
     * data may bring a variable "count" or "product": `count > 3` reads it, `count(list)` calls. */
    bool shadow;
    const struct cal_zones *zones; /* for @"10:00:00@Europe/Paris"; NULL: the built-in ones */
    /* What compiling may take: a step for each token and each node, and it may be cancelled. NULL:
     * nobody asks, as for the texts of a pack. Memory is bounded by the arena. */
    struct budget *budget;
    /* Where the text stands, for messages: file, and line and column of its first byte. */
    struct err_at at;
};

/* Compile a text. text is borrowed and must live as long as the program.
 * Errors: ERR_SYNTAX, ERR_UNKNOWN, ERR_LIMIT, with line and column. On error *out is NULL. */
MUST_USE bool feel_compile(struct feel_program **out, struct arena *a, struct str text,
                           const struct feel_options *options, struct err *err);

/* The names the program reads, by slot: names[] of the options and, if open, those added. */
size_t feel_input_count(const struct feel_program *program);
struct str feel_input_name(const struct feel_program *program, size_t slot);
bool feel_input_used(const struct feel_program *program, size_t slot);
/* False: an added one that stands only in filters, whose items are asked for a member of that name
 * first, so that perhaps nobody needs to give it. */
bool feel_input_certain(const struct feel_program *program, size_t slot);

/* --- what an evaluation may complain of ------------------------------------------------------ */
struct feel_diag {
    struct str source;    /* the whole text that was compiled */
    uint32_t offset, len; /* the place in it */
    struct err_at at;     /* the same as file, line, column */
    struct str text;      /* what and why: "cannot add string and number" */
};

/* Zeroed, with an arena: collects. FEEL goes on with null. */
struct feel_diags {
    struct arena *arena;
    struct feel_diag *items;
    size_t count, room;
};
enum { FEEL_DIAGS_MAX = 100 }; /* later ones are dropped: they follow from the first */

/* Three lines: "file:line:column: text", the source line, and ^^^^ under the place. */
void feel_diag_print(struct buf *out, const struct feel_diag *diag);
/* The same of an error: what, at its place in source, whose first byte is line 1, column 1. One
 * line when it has no place there. */
void feel_error_print(struct buf *out, struct err_at at, struct str what, struct str source);

/* --- evaluation ------------------------------------------------------------------------------ */
/* A function written in C. args are borrowed. Return false only for ERR_LIMIT or an operating
 * error; a domain failure is null, with *why set. */
struct feel_call {
    const void *self; /* what feel_native() was given */
    const struct feel_value *args;
    size_t arg_count;
    struct arena *arena;
    struct budget *budget;
    struct str why; /* set it when the answer is null because of an error */
};
typedef bool (*feel_native_fn)(struct feel_value *out, struct feel_call *call, struct err *err);
/* params: the names for calls by name. params, self and the function are borrowed. */
struct feel_value feel_native(struct arena *a, feel_native_fn fn, const void *self,
                              const struct str *params, size_t param_count);
/* The same, where a call by name may also say aliases[i] for params[i], an empty one says nothing;
 * type: what `instance of` takes it for, its fields the parameters; NULL: not told. */
struct feel_value feel_native_typed(struct arena *a, feel_native_fn fn, const void *self,
                                    const struct str *params, const struct str *aliases,
                                    size_t param_count, const struct feel_type *type);

struct feel_calendar {
    struct str name; /* the third argument of add working days(): "cn" */
    const struct cal_calendar *calendar;
};

struct feel_env {
    const struct feel_value *vars; /* by slot; those beyond var_count are null */
    size_t var_count;
    struct feel_value now;         /* a date-time for now() and today(); null: both give null */
    const struct cal_zones *zones; /* for zone names at run time; NULL: the built-in ones */
    const struct feel_calendar *calendars;
    size_t calendar_count;
    struct feel_diags *diags; /* NULL: not collected */
    void *host;               /* for dmn/; NULL otherwise */
    bool stop;                /* the first diagnosis ends the evaluation: false, ERR_INVALID */
};

/* Evaluate. *out may point into the program, the vars and the arena.
 * Errors: ERR_LIMIT when the budget is spent or the work was cancelled; ERR_INVALID under stop.
 * Cost:   no allocation unless the value needs one; steps and bytes are taken from the budget. */
MUST_USE bool feel_eval(struct feel_value *out, const struct feel_program *program,
                        const struct feel_env *env, struct arena *a, struct budget *budget,
                        struct err *err);

/* The slots' values from a context, by name; absent ones are null. The array has
 * feel_input_count() values. */
struct feel_value *feel_vars(struct arena *a, const struct feel_program *program,
                             struct feel_value context);

/* Compile and evaluate once, both within the budget; names taken from a context (nested names with
 * blanks included). */
MUST_USE bool feel_once(struct feel_value *out, struct str text, struct feel_value context,
                        struct feel_env env, struct arena *a, struct budget *budget,
                        struct err *err);

#endif
