/* Programs and evaluators. An evaluator's three arenas are emptied at different times: values at
 * the reset, diagnoses at each evaluation, the trace at each decision. */
#include "lib/inner.h"

#include "base/map.h"
#include "feel/ast.h"
#include "feel/lex.h"
#include "json/json.h"

enum {
    STEPS_DEFAULT = FEEL_STEPS_DEFAULT,
    MEMORY_BYTES_DEFAULT = 64 << 20,
    MEMORY_BYTES_MIN = 128 << 10, /* mfeel_once() asks for half of it */
    KEPT_BYTES_DEFAULT = 64 << 10,
    NAMES_MAX = 100000,       /* of one expression */
    COMPILE_STEPS = 20000000, /* 1 MiB of text has about 2,000,000 tokens and nodes at most */
};

/* --- programs
 * ---------------------------------------------------------------------------------- */
/* A name that an expression could never mean is a mistake of the program around it. */
static bool name_in(struct str *out, struct arena *a, const char *text, struct err *err) {
    struct token token = {0};
    const char *what;
    struct str name = str_from(text);
    if (!utf8_valid(name))
        return err_set(err, ERR_SYNTAX, err_nowhere, "a name is not UTF-8");
    *out = ast_name_normal(a, arena_str(a, name));
    if (out->len == 0)
        return err_set(err, ERR_INVALID, err_nowhere, "a name is empty");
    if (lex_next(&token, *out, 0, &what) && token.kind >= TOKEN_AND && token.kind <= TOKEN_TRUE &&
        token.to == out->len)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'%.*s' is a word of the grammar and cannot be a name", STR_ARG(*out));
    return true;
}

static bool names_in(struct feel_name **out, struct arena *a, const struct mfeel_options *o,
                     struct budget *budget, struct err *err) {
    struct feel_options types = {.form = FEEL_EXPRESSION, .budget = budget, .at = {"type", 1, 1}};
    struct feel_name *names = arena_new(a, struct feel_name, o->name_count);
    struct map known = {0};
    map_init(&known, a);
    for (size_t i = 0; i < o->name_count; i++) {
        if (!name_in(&names[i].name, a, o->names[i].name, err))
            return false;
        if (!map_put(&known, names[i].name, i))
            return err_set(err, ERR_INVALID, err_nowhere, "the name '%.*s' stands twice",
                           STR_ARG(names[i].name));
        if (o->names[i].type != NULL &&
            !ast_parse_type(&names[i].type, a, arena_str(a, str_from(o->names[i].type)), &types,
                            err))
            return false;
        /* a type may take 16 times its text; the rest is for the names to come and the expression
         */
        if (arena_used_bytes(a) > PROGRAM_BYTES_MAX / 2)
            return err_set(err, ERR_LIMIT, err_nowhere, "the types of names take too much memory");
    }
    *out = names;
    return true;
}

static bool members_in(const struct str **out, struct arena *a, const struct mfeel_options *o,
                       struct err *err) {
    struct str *members = arena_new(a, struct str, o->member_count);
    *out = members;
    for (size_t i = 0; i < o->member_count; i++) {
        if (!utf8_valid(str_from(o->members[i])))
            return err_set(err, ERR_SYNTAX, err_nowhere, "a name is not UTF-8");
        members[i] = ast_name_normal(a, arena_str(a, str_from(o->members[i])));
    }
    return true;
}

static size_t options_bytes(const struct mfeel_options *o) {
    size_t bytes = 0;
    for (size_t i = 0; i < o->name_count; i++)
        bytes += str_from(o->names[i].name).len + str_from(o->names[i].type).len + 128;
    for (size_t i = 0; i < o->member_count; i++)
        bytes += str_from(o->members[i]).len + 64;
    return bytes;
}

static bool compile(struct mfeel_program *p, const struct mfeel_engine *engine, struct str text,
                    const struct mfeel_options *o, struct err *err) {
    struct budget budget = budget_of(COMPILE_STEPS, UINT64_MAX); /* memory: the arena's limit */
    struct feel_name *names;
    const struct str *members;
    const char *source = o->source == NULL ? "expression" : o->source;
    if (o->form != MFEEL_EXPRESSION && o->form != MFEEL_UNARY_TESTS)
        return err_set(err, ERR_INVALID, err_nowhere, "there is no form %d of expressions",
                       o->form);
    if (text.len > FEEL_SOURCE_BYTES_MAX || o->name_count > NAMES_MAX ||
        o->member_count > NAMES_MAX || options_bytes(o) + strlen(source) > PROGRAM_BYTES_MAX / 8)
        return err_set(err, ERR_LIMIT, err_nowhere, "an expression is longer than %d bytes",
                       FEEL_SOURCE_BYTES_MAX);
    if (!utf8_valid(text))
        return err_set(err, ERR_SYNTAX, err_nowhere, "an expression is not UTF-8");
    if (!names_in(&names, p->arena, o, &budget, err) || !members_in(&members, p->arena, o, err))
        return false;
    struct feel_options options = {
        .form = o->form == MFEEL_UNARY_TESTS ? FEEL_UNARY_TESTS : FEEL_EXPRESSION,
        .names = names,
        .name_count = o->name_count,
        .members = members,
        .member_count = o->member_count,
        .open = o->open,
        .zones = engine_zones(engine),
        .budget = &budget,
        .at = {arena_cstr(p->arena, str_from(source)), MAX_OF(o->line, 1u), MAX_OF(o->column, 1u)}};
    return feel_compile(&p->code, p->arena, arena_str(p->arena, text), &options, err);
}

/* The end of the struct in version 1.0: later ones add behind it. */
enum {
    OPTIONS_BYTES_1_0 = offsetof(struct mfeel_options, column) + sizeof(uint32_t),
    LIMITS_BYTES_1_0 = offsetof(struct mfeel_limits, kept_bytes) + sizeof(size_t),
};

struct mfeel_program *mfeel_compile(struct mfeel_engine *engine, const char *text,
                                    size_t text_bytes, const struct mfeel_options *options,
                                    struct mfeel_error *error) {
    struct mfeel_options o = MFEEL_OPTIONS_INIT;
    struct arena *arena = arena_create("program", PROGRAM_BYTES_MAX);
    struct mfeel_program *p = arena_new(arena, struct mfeel_program, 1);
    struct err err = {0};
    p->arena = arena;
    if ((options != NULL && !struct_taken(&o, sizeof o, OPTIONS_BYTES_1_0, options, &err)) ||
        !compile(p, engine, text_in(text, text_bytes), &o, &err)) {
        (void)status_of(error, &err);
        arena_destroy(arena);
        return NULL;
    }
    size_t count = feel_input_count(p->code);
    p->names = arena_new(arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        p->names[i] = arena_cstr(arena, feel_input_name(p->code, i));
    return p;
}

void mfeel_program_destroy(struct mfeel_program *program) {
    if (program != NULL)
        arena_destroy(program->arena);
}

size_t mfeel_input_count(const struct mfeel_program *program) {
    return feel_input_count(program->code);
}

const char *mfeel_input_name(const struct mfeel_program *program, size_t slot) {
    return slot < feel_input_count(program->code) ? program->names[slot] : NULL;
}

bool mfeel_input_used(const struct mfeel_program *program, size_t slot) {
    return slot < feel_input_count(program->code) && feel_input_used(program->code, slot);
}

size_t mfeel_input_slot(const struct mfeel_program *program, const char *name, size_t name_bytes) {
    size_t count = feel_input_count(program->code);
    for (size_t i = 0; i < count; i++)
        if (str_eq(feel_input_name(program->code, i), text_in(name, name_bytes)))
            return i;
    return MFEEL_NONE;
}

/* --- evaluators
 * -------------------------------------------------------------------------------- */
struct mfeel_evaluator *mfeel_evaluator_create(struct mfeel_engine *engine,
                                               const struct mfeel_limits *limits) {
    struct mfeel_limits l = MFEEL_LIMITS_INIT;
    struct err err = {0};
    if (limits != NULL && !struct_taken(&l, sizeof l, LIMITS_BYTES_1_0, limits, &err))
        return NULL;
    size_t memory = l.memory_bytes == 0 ? (size_t)MEMORY_BYTES_DEFAULT : l.memory_bytes;
    size_t kept = l.kept_bytes == 0 ? (size_t)KEPT_BYTES_DEFAULT : l.kept_bytes;
    memory = MIN_OF(MAX_OF(memory, (size_t)MEMORY_BYTES_MIN), SIZE_MAX / 8);
    struct arena *self = arena_create("evaluator", 1 << 16);
    struct mfeel_evaluator *ev = arena_new(self, struct mfeel_evaluator, 1);
    ev->self = self;
    ev->arena = arena_create("values", memory);
    ev->diag_arena = arena_create("diagnoses", DIAGS_BYTES_MAX);
    ev->trace_arena = arena_create("trace", memory);
    ev->engine = engine;
    ev->steps_max = l.steps == 0 ? (uint64_t)STEPS_DEFAULT : l.steps;
    atomic_init(&ev->cancelled, false);
    buf_init(&ev->text, FEEL_TEXT_BYTES_MAX);
    /* an arena keeps its first chunk: this one */
    (void)arena_alloc(ev->arena, 1, MIN_OF(kept, memory), 16);
    arena_reset(ev->arena);
    return ev;
}

void mfeel_evaluator_destroy(struct mfeel_evaluator *ev) {
    if (ev == NULL)
        return;
    buf_done(&ev->text);
    arena_destroy(ev->arena);
    arena_destroy(ev->diag_arena);
    arena_destroy(ev->trace_arena);
    arena_destroy(ev->self);
}

static void forget(struct mfeel_evaluator *ev) {
    if (ev->diags.items != NULL) {
        arena_reset(ev->diag_arena);
        ev->diags = (struct feel_diags){0};
    }
    if (ev->trace.steps != NULL) {
        arena_reset(ev->trace_arena);
        ev->trace = (struct dmn_trace){0};
    }
}

void mfeel_reset(struct mfeel_evaluator *ev) {
    if (ev->running) /* the evaluation stands on what would be forgotten */
        return;
    forget(ev);
    ev->now_kept = NULL;
    arena_reset(ev->arena);
}

void mfeel_mode(struct mfeel_evaluator *ev, enum mfeel_mode mode) {
    if (mode == MFEEL_COLLECT || mode == MFEEL_STOP || mode == MFEEL_QUIET)
        ev->mode = mode;
}

void mfeel_trace(struct mfeel_evaluator *ev, bool on) {
    ev->traces = on;
}

enum mfeel_status mfeel_now(struct mfeel_evaluator *ev, int64_t unix_us, const char *zone,
                            struct mfeel_error *error) {
    if (ev->running)
        return status_fail(error, ERR_INVALID, "the evaluator runs: its time stands still");
    const struct cal_zone *found =
        zone == NULL ? cal_zone_utc() : cal_zone_find(engine_zones(ev->engine), str_from(zone));
    if (found == NULL)
        return status_no_zone(error, str_from(zone));
    ev->now = cal_us_datetime(unix_us, found);
    ev->has_now = true;
    ev->now_kept = NULL;
    return MFEEL_OK;
}

void mfeel_cancel(struct mfeel_evaluator *ev, bool cancelled) {
    atomic_store_explicit(&ev->cancelled, cancelled, memory_order_relaxed);
}

size_t mfeel_memory_used(const struct mfeel_evaluator *ev) {
    return arena_used_bytes(ev->arena);
}

uint64_t mfeel_steps_used(const struct mfeel_evaluator *ev) {
    return ev->budget.cancel == NULL ? 0 : ev->steps_max - ev->budget.left.steps;
}

enum mfeel_status evaluator_room(const struct mfeel_evaluator *ev, size_t bytes,
                                 struct mfeel_error *error) {
    size_t left = arena_limit_bytes(ev->arena) - arena_used_bytes(ev->arena);
    if (left > ROOM_SLACK_BYTES && left - ROOM_SLACK_BYTES >= bytes)
        return MFEEL_OK;
    return status_fail(error, ERR_LIMIT, "the evaluator's memory is used up: reset it");
}

/* Values of now() live as long as others: what they refer to lies in the arena, once. */
static enum mfeel_status keep_now(struct mfeel_evaluator *ev, struct mfeel_error *error) {
    if (!ev->has_now || ev->now_kept != NULL)
        return MFEEL_OK;
    enum mfeel_status status = evaluator_room(ev, sizeof ev->now, error);
    if (status != MFEEL_OK)
        return status;
    struct cal_datetime *kept = arena_new(ev->arena, struct cal_datetime, 1);
    *kept = ev->now;
    ev->now_kept = kept;
    return MFEEL_OK;
}

enum mfeel_status evaluator_begin(struct mfeel_evaluator *ev, struct mfeel_error *error) {
    if (ev->running)
        return status_fail(error, ERR_INVALID, "the evaluator runs: use another one inside it");
    forget(ev);
    enum mfeel_status status = keep_now(ev, error);
    if (status != MFEEL_OK)
        return status;
    ev->running = true;
    ev->native_status = MFEEL_OK;
    ev->budget = budget_of(ev->steps_max, arena_limit_bytes(ev->arena));
    ev->budget.cancel = &ev->cancelled;
    ev->diags.arena = ev->diag_arena;
    ev->trace.arena = ev->trace_arena;
    ev->env = (struct feel_env){.zones = engine_zones(ev->engine),
                                .stop = ev->mode == MFEEL_STOP,
                                .diags = ev->mode == MFEEL_QUIET ? NULL : &ev->diags};
    if (ev->has_now)
        ev->env.now = (struct feel_value){.head = FEEL_DATE_TIME, .u.date_time = ev->now_kept};
    if (ev->engine != NULL) {
        ev->env.calendars = ev->engine->calendars;
        ev->env.calendar_count = ev->engine->calendar_count;
    }
    return MFEEL_OK;
}

enum mfeel_status evaluator_end(struct mfeel_evaluator *ev, bool ran, const struct err *err,
                                struct mfeel_error *error) {
    ev->running = false;
    if (ran)
        return MFEEL_OK;
    enum mfeel_status status = evaluator_read(ev, err, error);
    if (ev->native_status != MFEEL_OK)
        status = ev->native_status;
    if (error != NULL)
        error->status = (int)status;
    return status;
}

struct budget evaluator_reading(const struct mfeel_evaluator *ev) {
    size_t left = arena_limit_bytes(ev->arena) - arena_used_bytes(ev->arena);
    struct budget budget =
        budget_of(ev->steps_max, (left - MIN_OF(left, (size_t)ROOM_SLACK_BYTES)) / 4);
    budget.cancel = &ev->cancelled;
    return budget;
}

enum mfeel_status evaluator_read(const struct mfeel_evaluator *ev, const struct err *err,
                                 struct mfeel_error *error) {
    enum mfeel_status status = status_of(error, err);
    if (status == MFEEL_LIMIT && atomic_load_explicit(&ev->cancelled, memory_order_relaxed))
        status = MFEEL_CANCELLED;
    if (error != NULL)
        error->status = (int)status;
    return status;
}

enum mfeel_status evaluator_takes(struct mfeel_value context, struct mfeel_error *error) {
    enum mfeel_kind kind = mfeel_kind(context);
    if (kind == MFEEL_CONTEXT || kind == MFEEL_NULL)
        return MFEEL_OK;
    struct err err = {0};
    (void)err_set(&err, ERR_INVALID, err_nowhere, "the inputs are a %s, not a context",
                  mfeel_kind_name(kind));
    return status_of(error, &err);
}

/* --- evaluating
 * -------------------------------------------------------------------------------- */
enum mfeel_status mfeel_eval(struct mfeel_evaluator *ev, const struct mfeel_program *program,
                             const struct mfeel_value *inputs, size_t input_count,
                             struct mfeel_value *out, struct mfeel_error *error) {
    struct err err = {0};
    struct feel_value v;
    *out = mfeel_null();
    enum mfeel_status status = evaluator_begin(ev, error);
    if (status != MFEEL_OK)
        return status;
    ev->env.vars = (const struct feel_value *)(const void *)inputs; /* the same bytes */
    ev->env.var_count = input_count;
    bool ran = feel_eval(&v, program->code, &ev->env, ev->arena, &ev->budget, &err);
    *out = value_out(v);
    return evaluator_end(ev, ran, &err, error);
}

enum mfeel_status mfeel_eval_context(struct mfeel_evaluator *ev,
                                     const struct mfeel_program *program,
                                     struct mfeel_value context, struct mfeel_value *out,
                                     struct mfeel_error *error) {
    size_t count = feel_input_count(program->code);
    *out = mfeel_null();
    enum mfeel_status status = evaluator_takes(context, error);
    if (status == MFEEL_OK)
        status = evaluator_room(ev, count * sizeof(struct feel_value), error);
    if (status != MFEEL_OK)
        return status;
    const struct feel_value *vars = feel_vars(ev->arena, program->code, value_in(context));
    return mfeel_eval(ev, program, (const struct mfeel_value *)(const void *)vars, count, out,
                      error);
}

enum mfeel_status evaluator_context(struct mfeel_evaluator *ev, struct str json,
                                    struct mfeel_value *out, struct mfeel_error *error) {
    *out = value_out(feel_context_of(ev->arena, NULL, 0));
    if (json.len == 0)
        return MFEEL_OK;
    enum mfeel_status status = mfeel_from_json(ev, json.at, json.len, out, error);
    if (status == MFEEL_OK && mfeel_kind(*out) != MFEEL_CONTEXT)
        return status_fail(error, ERR_INVALID, "the inputs are not a JSON object");
    return status;
}

enum mfeel_status mfeel_eval_json(struct mfeel_evaluator *ev, const struct mfeel_program *program,
                                  const char *json, size_t json_bytes, const char **out,
                                  size_t *out_bytes, struct mfeel_error *error) {
    struct mfeel_value context, v;
    enum mfeel_status status = evaluator_room(ev, 256, error);
    if (status == MFEEL_OK)
        status = evaluator_context(ev, text_in(json, json_bytes), &context, error);
    if (status == MFEEL_OK)
        status = mfeel_eval_context(ev, program, context, &v, error);
    return status != MFEEL_OK ? status : mfeel_text(ev, v, MFEEL_TEXT_JSON, out, out_bytes, error);
}

enum mfeel_status mfeel_once(struct mfeel_evaluator *ev, const char *text, size_t text_bytes,
                             struct mfeel_value context, struct mfeel_value *out,
                             struct mfeel_error *error) {
    struct err err = {0};
    struct feel_value v;
    struct str expression = text_in(text, text_bytes);
    *out = mfeel_null();
    /* names, variables and members of the context, and at least the text's own tree */
    enum mfeel_status status = evaluator_takes(context, error);
    if (status == MFEEL_OK)
        status =
            evaluator_room(ev, expression.len * 4 + mfeel_count(context) * 64 + (64 << 10), error);
    if (status != MFEEL_OK)
        return status;
    if (!utf8_valid(expression))
        return status_fail(error, ERR_SYNTAX, "an expression is not UTF-8");
    status = evaluator_begin(ev, error);
    if (status != MFEEL_OK)
        return status;
    bool ran = feel_once(&v, arena_str(ev->arena, expression), value_in(context), ev->env,
                         ev->arena, &ev->budget, &err);
    *out = value_out(v);
    return evaluator_end(ev, ran, &err, error);
}

/* --- diagnoses
 * --------------------------------------------------------------------------------- */
size_t mfeel_diagnosis_count(const struct mfeel_evaluator *ev) {
    return ev->diags.count;
}

bool mfeel_diagnosis_at(const struct mfeel_evaluator *ev, size_t index,
                        struct mfeel_diagnosis *out) {
    if (index >= ev->diags.count)
        return false;
    const struct feel_diag *d = &ev->diags.items[index];
    *out = (struct mfeel_diagnosis){.source = d->at.source == NULL ? "" : d->at.source,
                                    .line = d->at.line,
                                    .column = d->at.column,
                                    .expression = view_of(d->source),
                                    .offset = d->offset,
                                    .length = d->len,
                                    .cause = view_of(d->text)};
    return true;
}
