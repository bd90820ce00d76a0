/* lib/inner.h - what stands behind the handles of mandate/feel.h, for this folder only.
 * Each object lives in an arena of its own, so destroying it is destroying that. */
#ifndef MANDATE_LIB_INNER_H
#define MANDATE_LIB_INNER_H

#include <stdatomic.h>

#include "base/utf8.h"
#include "cal/zone.h"
#include "dmn/dmn.h"
#include "mandate/feel.h"

enum {
    ROOM_SLACK_BYTES = 16384, /* of an arena's limit: for alignment, and what feel/ keeps of it */
    PROGRAM_BYTES_MAX = 256 << 20,
    DIAGS_BYTES_MAX = 1 << 20, /* 100 diagnoses of at most 500 bytes, and their growing array */
    STRUCT_BYTES_MAX = 512,    /* a struct that says it is longer was not made by its _INIT macro */
};

struct mfeel_engine {
    struct arena *arena;
    struct cal_zones zones;
    struct engine_zones *found; /* lib/engine.c */
    struct feel_calendar *calendars;
    size_t calendar_count;
};

struct mfeel_program {
    struct arena *arena;
    struct feel_program *code;
    const char **names; /* zero-ended, by slot */
};

struct mfeel_model {
    struct arena *arena;
    struct dmn_model *model;
    const char *name, *ns;
    struct mfeel_element *elements;
};

struct mfeel_evaluator {
    struct arena *self;          /* holds this struct */
    struct arena *arena;         /* values; emptied by the reset */
    struct arena *diag_arena;    /* diagnoses of the last evaluation */
    struct arena *trace_arena;   /* steps of the last decision */
    struct mfeel_engine *engine; /* NULL: none */
    uint64_t steps_max;
    atomic_bool cancelled;
    enum mfeel_mode mode;
    bool traces;
    bool has_now;
    struct cal_datetime now;
    const struct cal_datetime *now_kept; /* now, in the arena: values refer to it; NULL: not yet */
    struct feel_diags diags;
    struct dmn_trace trace;
    struct feel_env env;
    struct budget budget;
    bool running;    /* between begin and end: a function of the caller may not begin again */
    struct buf text; /* where values are printed; kept */
    enum mfeel_status native_status; /* of the caller's function that ended the evaluation */
};

static_assert(sizeof(struct mfeel_value) == sizeof(struct feel_value), "they are the same bytes");
static_assert(alignof(struct mfeel_value) == alignof(struct feel_value), "and arrays of them are");

static inline struct mfeel_value value_out(struct feel_value v) {
    struct mfeel_value out;
    memcpy(&out, &v, sizeof out);
    return out;
}
static inline struct feel_value value_in(struct mfeel_value v) {
    struct feel_value out;
    memcpy(&out, &v, sizeof out);
    return out;
}
static inline struct mfeel_view view_of(struct str s) {
    return (struct mfeel_view){s.at == NULL ? "" : s.at, s.len};
}
static inline struct str text_in(const char *text, size_t bytes) {
    return bytes == MFEEL_ZERO_ENDED ? str_from(text) : (struct str){text, bytes};
}

/* --- engine.c ----------------------------------------------------------------------------------
 */
/* Fills error, which may be NULL, and gives its status. */
enum mfeel_status status_of(struct mfeel_error *error, const struct err *err);
enum mfeel_status status_fail(struct mfeel_error *error, enum err_code code, const char *text);
enum mfeel_status status_no_zone(struct mfeel_error *error, struct str zone);
enum err_code status_code(enum mfeel_status status);
/* A struct of the caller's that begins with struct_bytes, in the size of this library: what the
 * caller's header did not have yet is zero. MFEEL_INVALID when it is shorter than version 1.0 had
 * it (first_bytes), or longer than here and not zero there: it asks for what this library has not.
 */
MUST_USE bool struct_taken(void *out, size_t out_bytes, size_t first_bytes, const void *given,
                           struct err *err);
const struct cal_zones *engine_zones(const struct mfeel_engine *engine);

/* --- evaluator.c -------------------------------------------------------------------------------
 */
/* Can the evaluator's memory take so many bytes more? MFEEL_LIMIT. */
enum mfeel_status evaluator_room(const struct mfeel_evaluator *ev, size_t bytes,
                                 struct mfeel_error *error);
/* A new budget, no diagnoses, no trace. MFEEL_INVALID, and nothing is changed, while the evaluator
 * runs: a function of the caller may not begin in it again. */
enum mfeel_status evaluator_begin(struct mfeel_evaluator *ev, struct mfeel_error *error);
/* The status of what was begun, which is over. */
enum mfeel_status evaluator_end(struct mfeel_evaluator *ev, bool ran, const struct err *err,
                                struct mfeel_error *error);
/* For reading values beside evaluations: bytes are a quarter of the memory that is left. */
struct budget evaluator_reading(const struct mfeel_evaluator *ev);
/* The status of such a reading: MFEEL_CANCELLED when that is what ended it. */
enum mfeel_status evaluator_read(const struct mfeel_evaluator *ev, const struct err *err,
                                 struct mfeel_error *error);
/* MFEEL_INVALID unless it is a context, or null: none. */
enum mfeel_status evaluator_takes(struct mfeel_value context, struct mfeel_error *error);
/* A JSON text that must be an object, in the evaluator's memory; an empty text is an empty one. */
enum mfeel_status evaluator_context(struct mfeel_evaluator *ev, struct str json,
                                    struct mfeel_value *out, struct mfeel_error *error);

#endif
