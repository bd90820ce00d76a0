/* mandate/feel.h - FEEL and DMN 1.5 for C programs: compile once, evaluate many times from many
 * threads, in bounded time and memory. C99 and C++98 may include it; it needs nothing else.
 *
 *     struct mfeel_error error;
 *     struct mfeel_program *fee = mfeel_compile(
 *         NULL, "if age >= 60 then 0 else monthly fee * 12", MFEEL_ZERO_ENDED, &options, &error);
 *     struct mfeel_evaluator *ev = mfeel_evaluator_create(NULL, NULL);
 *     for (each applicant) {
 *         struct mfeel_value inputs[2], out;
 *         mfeel_reset(ev);
 *         inputs[0] = mfeel_int(applicant->age);
 *         mfeel_number(ev, "10.50", MFEEL_ZERO_ENDED, &inputs[1], &error);
 *         if (mfeel_eval(ev, fee, inputs, 2, &out, &error) != MFEEL_OK) ...
 *     }
 *
 * Who may be used by whom
 *   engine, program, model: immutable once made; any number of threads at the same time.
 *   evaluator: one thread at a time; give each thread its own. Only mfeel_cancel() may be called on
 *   it from elsewhere. Its memory is kept from one mfeel_reset() to the next, so that a loop which
 *   resets, evaluates and reads allocates nothing once it runs (string-building functions and
 *   regular expressions may use the heap for the time of the call).
 *   value: 16 bytes, copied freely, immutable. What it points to lives until the mfeel_reset() of
 *   the evaluator it was made in, and it may point into the program, the model and the texts it was
 *   made from. Values may be read by many threads.
 *
 * Errors are of two sorts. A text that cannot be compiled, a spent limit, a cancelled or stopped
 * evaluation: a status other than MFEEL_OK, and the error says what and where. What FEEL itself
 * calls an error (a division by zero, an unknown member) gives null, and a diagnosis in the
 * evaluator; MFEEL_STOP makes the first diagnosis end the evaluation instead.
 * The library never prints and never ends the process, but for one case: the machine has no memory
 * left at all (malloc returns NULL), which aborts.
 *
 * Texts are UTF-8, given as bytes with a length; MFEEL_ZERO_ENDED as length means that a zero byte
 * ends them. A const char * that is given out ends with a zero byte, unless it says otherwise.
 *
 * Stability: functions, enum values and the order of fields do not change within a major version
 * (the soname is libmandate-feel.so.1). Structs whose first field is struct_bytes may grow at their
 * end: make them with their _INIT macro. One that is shorter than version 1.0 had it is refused,
 * and so is one from a later header that asks for what the library does not have yet. */
#ifndef MANDATE_PUBLIC_FEEL_H
#define MANDATE_PUBLIC_FEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MFEEL_VERSION       "1.0.0"
#define MFEEL_VERSION_MAJOR 1
#define MFEEL_VERSION_MINOR 0
#define MFEEL_VERSION_PATCH 0

#if defined(__GNUC__)
#define MFEEL_API __attribute__((visibility("default")))
#else
#define MFEEL_API
#endif

#define MFEEL_ZERO_ENDED ((size_t)-1)
#define MFEEL_NONE       ((size_t)-1) /* no such slot, no such element */

/* A piece of text without an ending zero. */
struct mfeel_view {
    const char *at;
    size_t bytes;
};

struct mfeel_engine;
struct mfeel_program;
struct mfeel_model;
struct mfeel_evaluator;

/* "1.0.0" of the library that runs; MFEEL_VERSION is that of the header. */
MFEEL_API const char *mfeel_version(void);

/* ---- errors ---------------------------------------------------------------------------------- */
enum mfeel_status {
    MFEEL_OK = 0,
    MFEEL_SYNTAX = 1,      /* a text breaks its grammar: FEEL, JSON, XML, a date */
    MFEEL_UNKNOWN = 2,     /* a name, type or time zone that nothing defines */
    MFEEL_INVALID = 3,     /* a document that breaks a rule; a wrong argument; under MFEEL_STOP, a
                              diagnosis */
    MFEEL_UNSUPPORTED = 4, /* what the standard allows and this library does not run */
    MFEEL_LIMIT = 5,       /* steps, memory, depth or size used up */
    MFEEL_CANCELLED = 6,   /* mfeel_cancel() */
    MFEEL_NOT_FOUND = 7,   /* no such element, no such file */
    MFEEL_IO = 8           /* a file could not be read */
};

/* Yours; filled when a function does not return MFEEL_OK (or returns NULL), otherwise untouched.
 * Every function takes NULL when you do not want to know. */
struct mfeel_error {
    int status;            /* enum mfeel_status */
    uint32_t line, column; /* from 1, column in characters (code points); 0 when unknown */
    char source[128];      /* the file or text it stands in, cut to fit; may be empty */
    char text[400];        /* one line, lower case, without a full stop */
};
MFEEL_API const char *mfeel_status_name(int status); /* "syntax" */
/* "source:line:column: text" and, when text_bytes of the faulty text are given, its line and ^
 * under the place. Writes at most out_bytes with the ending zero, returns the whole length without
 * it. */
MFEEL_API size_t mfeel_error_print(const struct mfeel_error *error, const char *text,
                                   size_t text_bytes, char *out, size_t out_bytes);

/* ---- the engine: what programs and evaluators share ------------------------------------------ */
/* NULL stands everywhere for an engine without calendars and with the time zones UTC and
 * Asia/Shanghai only. Set an engine up in one thread before others use it; it must outlive what is
 * made with it. */
MFEEL_API struct mfeel_engine *mfeel_engine_create(void);
MFEEL_API void mfeel_engine_destroy(struct mfeel_engine *engine); /* NULL is fine */
/* Time zones by name from a folder of TZif files; NULL for the usual place. Zones are read when
 * they are first named. MFEEL_NOT_FOUND when there is no such folder. */
MFEEL_API enum mfeel_status mfeel_engine_zones(struct mfeel_engine *engine, const char *folder,
                                               struct mfeel_error *error);
/* A calendar for the functions of working days, by the name expressions use: iCalendar text as
 * doc/feel.md describes it; copied. */
MFEEL_API enum mfeel_status mfeel_engine_calendar(struct mfeel_engine *engine, const char *name,
                                                  const char *ics, size_t ics_bytes,
                                                  struct mfeel_error *error);

/* ---- programs -------------------------------------------------------------------------------- */
enum mfeel_form {
    MFEEL_EXPRESSION = 0,
    MFEEL_UNARY_TESTS = 1 /* "< 10, [20..30]": true or false for the value of the name "?" */
};
struct mfeel_name {
    const char *name; /* may hold blanks and symbols: "monthly fee". MFEEL_INVALID: an empty one, a
                         word of the grammar ("if"), one that stands twice */
    const char *type; /* "number", "list<context<a: string>>"; NULL: any. An input that does not
                         conform is not refused: the type tells which members may follow a dot */
};
struct mfeel_options {
    size_t struct_bytes;
    int form;                       /* enum mfeel_form */
    const struct mfeel_name *names; /* what the expression may use: slot 0, 1, ... of the inputs */
    size_t name_count;
    const char *const *members; /* names with blanks that data of no declared type may hold */
    size_t member_count;
    bool open; /* a name that nothing defines becomes a further slot; otherwise MFEEL_UNKNOWN. In a
                  filter the items are asked for such a member first: it may be that alone */
    const char *source;    /* for messages: the file the text is from; NULL: "expression" */
    uint32_t line, column; /* of the text's first byte there; 0: 1 */
};
#define MFEEL_OPTIONS_INIT                                                                         \
    { sizeof(struct mfeel_options), MFEEL_EXPRESSION, NULL, 0, NULL, 0, false, NULL, 0, 0 }

/* Compile a text, which is copied. options may be NULL: no names. NULL with *error on failure.
 * MFEEL_LIMIT: a text longer than 1 MiB, nested too deeply, or that takes too many steps. */
MFEEL_API struct mfeel_program *mfeel_compile(struct mfeel_engine *engine, const char *text,
                                              size_t text_bytes,
                                              const struct mfeel_options *options,
                                              struct mfeel_error *error);
MFEEL_API void mfeel_program_destroy(struct mfeel_program *program); /* NULL is fine */
/* The inputs by slot: the names of the options and, if open, those added. */
MFEEL_API size_t mfeel_input_count(const struct mfeel_program *program);
MFEEL_API const char *mfeel_input_name(const struct mfeel_program *program, size_t slot);
MFEEL_API bool mfeel_input_used(const struct mfeel_program *program, size_t slot);
MFEEL_API size_t mfeel_input_slot(const struct mfeel_program *program, const char *name,
                                  size_t name_bytes); /* MFEEL_NONE */

/* ---- evaluators ------------------------------------------------------------------------------ */
enum mfeel_mode {
    MFEEL_COLLECT = 0, /* diagnoses are kept, the first 100 */
    MFEEL_STOP = 1,    /* the first diagnosis ends the evaluation: MFEEL_INVALID */
    MFEEL_QUIET = 2    /* nobody wants to know: the fastest where errors are usual */
};
struct mfeel_limits {
    size_t struct_bytes;
    uint64_t steps;      /* of one evaluation, decision or reading; 0: 10,000,000 */
    size_t memory_bytes; /* between two resets; 0: 64 MiB; at least 128 KiB */
    size_t kept_bytes;   /* held from the start and over resets; 0: 64 KiB */
};
#define MFEEL_LIMITS_INIT                                                                          \
    { sizeof(struct mfeel_limits), 0, 0, 0 }

/* limits may be NULL: the usual ones. NULL only for limits that were not made with their macro. */
MFEEL_API struct mfeel_evaluator *mfeel_evaluator_create(struct mfeel_engine *engine,
                                                         const struct mfeel_limits *limits);
MFEEL_API void mfeel_evaluator_destroy(struct mfeel_evaluator *ev); /* NULL is fine */
/* Forget all values, texts and diagnoses made in it; mode, clock and cancellation stay. Does
 * nothing while something runs in the evaluator. */
MFEEL_API void mfeel_reset(struct mfeel_evaluator *ev);
/* Of the next evaluations; a mode that is none changes nothing. */
MFEEL_API void mfeel_mode(struct mfeel_evaluator *ev, enum mfeel_mode mode);
/* What now() and today() give: microseconds since 1970-01-01T00:00:00Z, on the clock of a zone
 * (NULL: UTC). Until it is called both give null; values that now() gave before stay as they are.
 * MFEEL_UNKNOWN: no such zone; MFEEL_INVALID: something runs in the evaluator. */
MFEEL_API enum mfeel_status mfeel_now(struct mfeel_evaluator *ev, int64_t unix_us, const char *zone,
                                      struct mfeel_error *error);
/* From any thread: what runs in the evaluator ends soon with MFEEL_CANCELLED, and so does what is
 * begun later, until it is called with false. The evaluator must not be destroyed meanwhile. */
MFEEL_API void mfeel_cancel(struct mfeel_evaluator *ev, bool cancelled);
MFEEL_API size_t mfeel_memory_used(const struct mfeel_evaluator *ev);  /* bytes since the reset */
MFEEL_API uint64_t mfeel_steps_used(const struct mfeel_evaluator *ev); /* by the last evaluation */

/* ---- values ---------------------------------------------------------------------------------- */
enum mfeel_kind {
    MFEEL_NULL = 0,
    MFEEL_BOOLEAN = 1,
    MFEEL_NUMBER = 2, /* decimal, 34 digits */
    MFEEL_STRING = 3,
    MFEEL_DATE = 4,
    MFEEL_TIME = 5,
    MFEEL_DATE_TIME = 6,
    MFEEL_DAYS_TIME = 7,    /* days and time duration */
    MFEEL_YEARS_MONTHS = 8, /* years and months duration */
    MFEEL_LIST = 9,
    MFEEL_CONTEXT = 10,
    MFEEL_RANGE = 11,
    MFEEL_FUNCTION = 12
};
/* Do not look inside. A zeroed one is null. */
struct mfeel_value {
    uint64_t inner[2];
};
struct mfeel_entry {
    const char *name;
    size_t name_bytes;
    struct mfeel_value value;
};

/* Making. Those without an evaluator cannot fail and take no memory. */
MFEEL_API struct mfeel_value mfeel_null(void);
MFEEL_API struct mfeel_value mfeel_boolean(bool b);
MFEEL_API struct mfeel_value mfeel_int(int64_t n);
/* coefficient / 10^scale, scale 0..18: mfeel_decimal(1050, 2) is 10.50. Another scale: null. */
MFEEL_API struct mfeel_value mfeel_decimal(int64_t coefficient, int scale);
/* Decimal text: "10.50", "-1e6". Beyond 34 digits it is rounded half to even. */
MFEEL_API enum mfeel_status mfeel_number(struct mfeel_evaluator *ev, const char *text,
                                         size_t text_bytes, struct mfeel_value *out,
                                         struct mfeel_error *error);
/* Borrows the bytes: they must stay as they are until the reset. MFEEL_SYNTAX: not UTF-8. */
MFEEL_API enum mfeel_status mfeel_string(struct mfeel_evaluator *ev, const char *text,
                                         size_t text_bytes, struct mfeel_value *out,
                                         struct mfeel_error *error);
/* Null for a day that is none. */
MFEEL_API struct mfeel_value mfeel_date(int32_t year, int month, int day);
/* A date, time, date and time, or duration from its ISO 8601 text, as in @"...". MFEEL_UNKNOWN: a
 * time zone that the engine does not know; MFEEL_SYNTAX: another text. */
MFEEL_API enum mfeel_status mfeel_temporal(struct mfeel_evaluator *ev, const char *text,
                                           size_t text_bytes, struct mfeel_value *out,
                                           struct mfeel_error *error);
/* The items and entries are copied into the evaluator, what they point to is not. A name that
 * stands twice keeps its last value. */
MFEEL_API enum mfeel_status mfeel_list(struct mfeel_evaluator *ev, const struct mfeel_value *items,
                                       size_t count, struct mfeel_value *out,
                                       struct mfeel_error *error);
MFEEL_API enum mfeel_status mfeel_context(struct mfeel_evaluator *ev,
                                          const struct mfeel_entry *entries, size_t count,
                                          struct mfeel_value *out, struct mfeel_error *error);
/* A null end is open to infinity. */
struct mfeel_range {
    struct mfeel_value low, high;
    bool low_closed, high_closed;
};
MFEEL_API enum mfeel_status mfeel_range(struct mfeel_evaluator *ev, const struct mfeel_range *range,
                                        struct mfeel_value *out, struct mfeel_error *error);
/* JSON text (RFC 8259): null, booleans, exact numbers, strings, lists and contexts. Copied. */
MFEEL_API enum mfeel_status mfeel_from_json(struct mfeel_evaluator *ev, const char *json,
                                            size_t json_bytes, struct mfeel_value *out,
                                            struct mfeel_error *error);
/* A copy that borrows from nothing but this evaluator. MFEEL_UNSUPPORTED: it holds a function. */
MFEEL_API enum mfeel_status mfeel_copy(struct mfeel_evaluator *ev, struct mfeel_value v,
                                       struct mfeel_value *out, struct mfeel_error *error);

/* A function of yours that expressions may call, by position or by name. It gets as many arguments
 * as there are params. Leave *out null and set *why (a text that lives as long as the process) for
 * a domain error. Values it makes belong to the evaluator; to evaluate in it again is
 * MFEEL_INVALID. Another status than MFEEL_OK ends the evaluation with it. params and self are
 * borrowed. */
typedef enum mfeel_status (*mfeel_native_fn)(struct mfeel_value *out, void *self,
                                             struct mfeel_evaluator *ev,
                                             const struct mfeel_value *args, size_t arg_count,
                                             const char **why);
MFEEL_API enum mfeel_status mfeel_function(struct mfeel_evaluator *ev, mfeel_native_fn fn,
                                           void *self, const char *const *params,
                                           size_t param_count, struct mfeel_value *out,
                                           struct mfeel_error *error);

/* Reading. False, and *out unchanged, for a value of another kind. */
MFEEL_API enum mfeel_kind mfeel_kind(struct mfeel_value v);
MFEEL_API const char *mfeel_kind_name(enum mfeel_kind kind); /* "date and time" */
MFEEL_API bool mfeel_to_boolean(struct mfeel_value v, bool *out);
/* A whole number that fits; 2.00 is one. */
MFEEL_API bool mfeel_to_int(struct mfeel_value v, int64_t *out);
/* Exact decimal text, which mfeel_number() reads back to the same. Like snprintf: the length is
 * returned, 0 for another kind; 96 bytes are enough for any number. */
MFEEL_API size_t mfeel_to_number(struct mfeel_value v, char *out, size_t out_bytes);
/* The bytes are those of the value and have NO ending zero. */
MFEEL_API bool mfeel_to_string(struct mfeel_value v, const char **text, size_t *text_bytes);
MFEEL_API bool mfeel_to_date(struct mfeel_value v, int32_t *year, int *month, int *day);
MFEEL_API bool mfeel_to_range(struct mfeel_value v, struct mfeel_range *out);
/* Items of a list, entries of a context; 0 for others. */
MFEEL_API size_t mfeel_count(struct mfeel_value v);
/* From 0; null beyond the end or of another kind. */
MFEEL_API struct mfeel_value mfeel_item(struct mfeel_value list, size_t index);
MFEEL_API bool mfeel_entry_at(struct mfeel_value context, size_t index, struct mfeel_entry *out);
/* The value under a name; null when there is none. */
MFEEL_API struct mfeel_value mfeel_get(struct mfeel_value context, const char *name,
                                       size_t name_bytes);
/* The same value of the same kind: 1.0 and 1 are, null and null are. */
MFEEL_API bool mfeel_same(struct mfeel_value a, struct mfeel_value b);

/* The value as text, in the evaluator's memory. */
enum mfeel_text {
    MFEEL_TEXT_FEEL = 0,  /* reads back to the same value: "a", @"2026-01-31", {x: 1} */
    MFEEL_TEXT_PLAIN = 1, /* as FEEL's string(): a, 2026-01-31 */
    MFEEL_TEXT_JSON = 2   /* dates, times and durations become ISO 8601 strings */
};
MFEEL_API enum mfeel_status mfeel_text(struct mfeel_evaluator *ev, struct mfeel_value v,
                                       enum mfeel_text as, const char **text, size_t *text_bytes,
                                       struct mfeel_error *error);

/* ---- evaluating ------------------------------------------------------------------------------ */
/* inputs by slot; those beyond input_count are null. */
MFEEL_API enum mfeel_status mfeel_eval(struct mfeel_evaluator *ev,
                                       const struct mfeel_program *program,
                                       const struct mfeel_value *inputs, size_t input_count,
                                       struct mfeel_value *out, struct mfeel_error *error);
/* inputs by name, from a context; null: none. MFEEL_INVALID: another kind of value. */
MFEEL_API enum mfeel_status mfeel_eval_context(struct mfeel_evaluator *ev,
                                               const struct mfeel_program *program,
                                               struct mfeel_value context, struct mfeel_value *out,
                                               struct mfeel_error *error);
/* The simple path: a JSON object in, JSON text out (in the evaluator's memory). */
MFEEL_API enum mfeel_status mfeel_eval_json(struct mfeel_evaluator *ev,
                                            const struct mfeel_program *program, const char *json,
                                            size_t json_bytes, const char **out, size_t *out_bytes,
                                            struct mfeel_error *error);
/* Compile and evaluate once, both within the steps of one evaluation, with the names of a context;
 * null: none. MFEEL_INVALID: another kind of value. */
MFEEL_API enum mfeel_status mfeel_once(struct mfeel_evaluator *ev, const char *text,
                                       size_t text_bytes, struct mfeel_value context,
                                       struct mfeel_value *out, struct mfeel_error *error);

/* What went wrong on the way to a null. Lives until the reset or the next evaluation. */
struct mfeel_diagnosis {
    const char *source;           /* the file; "" when unknown */
    uint32_t line, column;        /* from 1; 0 when unknown */
    struct mfeel_view expression; /* the whole text that was compiled; empty when there is none */
    size_t offset, length;        /* the place in it, in bytes */
    struct mfeel_view cause;      /* "cannot add string and number" */
};
MFEEL_API size_t mfeel_diagnosis_count(const struct mfeel_evaluator *ev);
MFEEL_API bool mfeel_diagnosis_at(const struct mfeel_evaluator *ev, size_t index,
                                  struct mfeel_diagnosis *out);
/* Three lines: "file:line:column: cause", the source line, ^^^^ under the place. As snprintf. */
MFEEL_API size_t mfeel_diagnosis_print(const struct mfeel_evaluator *ev, size_t index, char *out,
                                       size_t out_bytes);

/* ---- decision models ------------------------------------------------------------------------- */
/* The text of an imported model, by namespace and location. It must stay until loading ends.
 * MFEEL_NOT_FOUND when there is none. */
typedef enum mfeel_status (*mfeel_import_fn)(void *self, const char *model_namespace,
                                             const char *location, const char **xml,
                                             size_t *xml_bytes, const char **source);
struct mfeel_model_options {
    size_t struct_bytes;
    const char *source; /* for messages; NULL: "model" */
    bool lenient;       /* a broken expression is null with a diagnosis; otherwise it refuses the
                           model, with its place */
    mfeel_import_fn import; /* NULL: a model that imports another is refused */
    void *import_self;
    size_t memory_bytes; /* 0: 1 GiB */
};
#define MFEEL_MODEL_OPTIONS_INIT                                                                   \
    { sizeof(struct mfeel_model_options), NULL, false, NULL, NULL, 0 }

/* Load a DMN 1.1-1.5 model; the text is copied. NULL with *error on failure. */
MFEEL_API struct mfeel_model *mfeel_model_load(struct mfeel_engine *engine, const char *xml,
                                               size_t xml_bytes,
                                               const struct mfeel_model_options *options,
                                               struct mfeel_error *error);
MFEEL_API void mfeel_model_destroy(struct mfeel_model *model); /* NULL is fine */

enum mfeel_element_kind {
    MFEEL_INPUT_DATA = 0,
    MFEEL_DECISION = 1,
    MFEEL_KNOWLEDGE = 2, /* a business knowledge model: a function */
    MFEEL_SERVICE = 3
};
struct mfeel_element {
    int kind;                            /* enum mfeel_element_kind */
    const char *id, *name, *description; /* "" when there is none */
    const char *type;                    /* "number"; "Any" */
    uint32_t line, column;
};
MFEEL_API const char *mfeel_model_name(const struct mfeel_model *model);
MFEEL_API const char *mfeel_model_namespace(const struct mfeel_model *model);
/* The model's own elements, in document order. */
MFEEL_API size_t mfeel_element_count(const struct mfeel_model *model);
MFEEL_API bool mfeel_element_at(const struct mfeel_model *model, size_t index,
                                struct mfeel_element *out);
MFEEL_API size_t mfeel_element_find(const struct mfeel_model *model, const char *id_or_name,
                                    size_t bytes); /* MFEEL_NONE */
/* The names of the input data that an element needs, directly or through others: an array in the
 * evaluator's memory. */
MFEEL_API enum mfeel_status mfeel_element_inputs(struct mfeel_evaluator *ev,
                                                 const struct mfeel_model *model, size_t index,
                                                 const struct mfeel_view **names, size_t *count,
                                                 struct mfeel_error *error);

/* The value of a decision or a service, or a call of a knowledge model, by id or name; inputs: a
 * context with the values of input data (of a service also input decisions; of a knowledge model
 * its parameters) by name; null: none. MFEEL_INVALID: another kind of value. A value that is not of
 * the declared type is null, with a diagnosis; a name that nothing asks for is passed over:
 * mfeel_element_inputs() tells the names. */
MFEEL_API enum mfeel_status mfeel_decide(struct mfeel_evaluator *ev,
                                         const struct mfeel_model *model, const char *id_or_name,
                                         size_t bytes, struct mfeel_value inputs,
                                         struct mfeel_value *out, struct mfeel_error *error);
/* The same by JSON. Where the model declares a date, time, date and time or duration (the
 * variable's typeRef of the input data, also deep inside item definitions), a string that is one
 * becomes it:
 * {"Since": "2026-01-31"}. In data without a declared type it stays a string. */
MFEEL_API enum mfeel_status mfeel_decide_json(struct mfeel_evaluator *ev,
                                              const struct mfeel_model *model,
                                              const char *id_or_name, size_t bytes,
                                              const char *json, size_t json_bytes, const char **out,
                                              size_t *out_bytes, struct mfeel_error *error);

/* The trace: which tables and decisions were evaluated, with which inputs, and which rules matched.
 * Off at first. Lives until the reset or the next decision; at most 1,000 steps are kept. */
struct mfeel_step {
    struct mfeel_view decision_id, decision_name; /* of the element whose logic this is */
    bool is_table;
    const char *hit_policy; /* "UNIQUE"; "" without a table */
    size_t input_count, rule_count;
    struct mfeel_value output;
};
struct mfeel_step_input {
    struct mfeel_view expression;
    struct mfeel_value value;
};
struct mfeel_step_rule {
    uint32_t number;            /* from 1, as it stands in the model */
    struct mfeel_view id, note; /* its id and first annotation or description; may be empty */
};
MFEEL_API void mfeel_trace(struct mfeel_evaluator *ev, bool on);
MFEEL_API size_t mfeel_step_count(const struct mfeel_evaluator *ev);
MFEEL_API bool mfeel_step_at(const struct mfeel_evaluator *ev, size_t step, struct mfeel_step *out);
MFEEL_API bool mfeel_step_input_at(const struct mfeel_evaluator *ev, size_t step, size_t input,
                                   struct mfeel_step_input *out);
MFEEL_API bool mfeel_step_rule_at(const struct mfeel_evaluator *ev, size_t step, size_t rule,
                                  struct mfeel_step_rule *out);
/* The whole of it as a JSON list. */
MFEEL_API enum mfeel_status mfeel_trace_json(struct mfeel_evaluator *ev, const char **text,
                                             size_t *text_bytes, struct mfeel_error *error);

/* What is wrong with a model's tables: called once for each finding, in the order of the model. */
struct mfeel_finding {
    /* "gap", "overlap", "unreachable rule", "wrong type", "undecided" */
    const char *kind;
    struct mfeel_view table; /* the element's name */
    uint32_t line, column;   /* of the table or the rule */
    uint32_t rule_a, rule_b; /* from 1; 0: none */
    struct mfeel_view
        input; /* an input that shows it: `age = 17, place = "Wenzhou"`; may be empty */
    struct mfeel_view text; /* one line for a person */
};
typedef void (*mfeel_finding_fn)(void *self, const struct mfeel_finding *finding);
MFEEL_API enum mfeel_status mfeel_model_check(struct mfeel_evaluator *ev,
                                              const struct mfeel_model *model, mfeel_finding_fn fn,
                                              void *self, struct mfeel_error *error);

#ifdef __cplusplus
}
#endif
#endif
