/* Decision tables as they decide. DMN 1.5: 8.3.1, 10.3.2.10. A set of rules as bits: columns with
 * an index take their share of rules out at once, what is left is asked cell by cell. Then the hit
 * policy makes one value of the outputs of the rules that are left. */
#include <stdlib.h>

#include "dmn/table.h"
#include "feel/builtin.h"
#include "feel/machine.h"

/* --- evaluating: which rules match
 * ------------------------------------------------------------------------ */
enum { WORDS_INLINE = 16, VARS_INLINE = 16, REGIONS_INLINE = 16 };

struct matching {
    struct feel_machine *m;
    const struct dmn_table *t;
    const struct feel_value *args;
    struct feel_value *vars;      /* ?, then the names */
    uint64_t *set;                /* rules that match, by bits */
    struct table_region *regions; /* of each column that its index knows */
    struct feel_value *answers;   /* of the first rules that match, for the trace; NULL: no trace */
    uint32_t answer_count;
};

static struct feel_value run_cell(struct matching *x, const struct feel_program *program,
                                  struct feel_value subject) {
    x->vars[0] = subject;
    return machine_eval(x->m, program, x->vars, x->t->extra_count + 1);
}

static void set_all(uint64_t *set, const struct dmn_table *t) {
    for (uint32_t w = 0; w < t->word_count; w++)
        set[w] = UINT64_MAX;
    if (t->rule_count % 64 != 0)
        set[t->word_count - 1] = (UINT64_C(1) << (t->rule_count % 64)) - 1;
}

/* Ask the cells of one column, of the rules that are still in. */
static void ask_column(struct matching *x, uint32_t column) {
    const struct dmn_table *t = x->t;
    for (uint32_t w = 0; w < t->word_count; w++) {
        for (uint64_t left = x->set[w]; left != 0 && !x->m->failed; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left);
            const struct table_cell *cell = &t->rules[w * 64 + bit].cells[column];
            if (!cell->any && !feel_is_true(run_cell(x, cell->program, x->args[column])))
                x->set[w] &= ~(UINT64_C(1) << bit);
        }
    }
}

static void match_rules(struct matching *x) {
    const struct dmn_table *t = x->t;
    set_all(x->set, t);
    for (uint32_t c = 0; c < t->input_count; c++)
        if (x->regions[c].known)
            table_region_keep(x->set, t, &x->regions[c]);
    for (uint32_t c = 0; c < t->input_count && !x->m->failed; c++)
        if (!x->regions[c].known)
            ask_column(x, c);
}

/* May the rule be hit? The columns with an index say so first, as in match_rules(). */
static bool rule_matches(struct matching *x, uint32_t row) {
    const struct dmn_table *t = x->t;
    for (uint32_t c = 0; c < t->input_count; c++)
        if (x->regions[c].known && !table_region_has(&x->regions[c], row))
            return false;
    for (uint32_t c = 0; c < t->input_count && !x->m->failed; c++) {
        const struct table_cell *cell = &t->rules[row].cells[c];
        if (!x->regions[c].known && !cell->any &&
            !feel_is_true(run_cell(x, cell->program, x->args[c])))
            return false;
    }
    return !x->m->failed;
}

enum { FEW = 64 };

/* Where an index leaves few rules, they are looked at alone: what it takes does not grow with the
 * table. False: not so; rows has room for FEW. */
static bool match_few(struct matching *x, uint32_t *rows, uint32_t *count) {
    const struct table_region *best = NULL;
    for (uint32_t c = 0; c < x->t->input_count; c++) {
        x->regions[c].known =
            x->t->indexed && table_index_find(&x->regions[c], x->t, c, x->args[c]);
        if (x->regions[c].known && x->regions[c].set == NULL && x->regions[c].count <= FEW &&
            (best == NULL || x->regions[c].count < best->count))
            best = &x->regions[c];
    }
    for (uint32_t i = 0; best != NULL && i < best->count && !x->m->failed; i++)
        if (rule_matches(x, best->rows[i]))
            rows[(*count)++] = best->rows[i];
    return best != NULL;
}

/* The rules that match, in ascending order. False: memory or budget is spent. */
static bool match(struct matching *x, uint32_t **rows, uint32_t *count) {
    const struct dmn_table *t = x->t;
    uint32_t total = 0;
    if (match_few(x, *rows, count))
        return !x->m->failed;
    if (t->word_count > WORDS_INLINE)
        x->set = machine_new(x->m, uint64_t, t->word_count);
    if (x->set == NULL || !machine_spend(x->m, t->rule_count / 64))
        return false;
    match_rules(x);
    for (uint32_t w = 0; w < t->word_count; w++)
        total += (uint32_t)__builtin_popcountll(x->set[w]);
    if (total > FEW)
        *rows = machine_new(x->m, uint32_t, total);
    if (*rows == NULL)
        return false;
    for (uint32_t w = 0; w < t->word_count; w++)
        for (uint64_t left = x->set[w]; left != 0; left &= left - 1)
            (*rows)[(*count)++] = w * 64 + (uint32_t)__builtin_ctzll(left);
    return !x->m->failed;
}

/* --- evaluating: the outcome
 * ----------------------------------------------------------------------------------- */
static struct feel_value output_of(struct matching *x, const struct table_output_cell *cell) {
    if (cell->constant)
        return cell->value;
    return run_cell(x, cell->program, feel_null());
}

/* The place of a value among those listed; rank_count when it is not there. */
static uint32_t rank_of(struct matching *x, const struct table_output *output,
                        struct feel_value v) {
    if (output->texts != NULL)
        return machine_spend(x->m, 1) ? table_text_rank(output, v) : output->rank_count;
    for (uint32_t i = 0; i < output->rank_count && machine_spend(x->m, 1); i++) {
        const struct table_rank *rank = &output->ranks[i];
        if (rank->program == NULL ? feel_same(rank->value, v)
                                  : feel_is_true(run_cell(x, rank->program, v)))
            return i;
    }
    return output->rank_count;
}

/* Of a column of lists each item is to be listed; so is that of a list of one which the type makes
 * its item. Where nothing tells the type, a list may be one of the values or of several of them. */
/* DMN 1.5: 7.3.3, 8.3.2, 10.3.2.9.4 */
static bool is_listed(struct matching *x, const struct table_output *output, struct feel_value v) {
    const struct feel_type *type = output->list_type;
    bool any = type == NULL || type->tag == FEEL_TYPE_ANY;
    bool items =
        feel_kind(v) == FEEL_LIST && (any || type->tag == FEEL_TYPE_LIST || feel_count(v) == 1);
    if ((any || !items) && rank_of(x, output, v) < output->rank_count)
        return true;
    for (size_t i = 0; items && i < feel_count(v) && !x->m->failed; i++)
        if (rank_of(x, output, feel_item(v, i)) == output->rank_count)
            return false;
    return items;
}

/* DMN 1.5: 8.2.5 */
static inline struct feel_value rule_output(struct matching *x, const struct table_output *output,
                                            const struct table_output_cell *cell) {
    if (cell->constant && (cell->listed || !output->limited))
        return cell->value;
    struct feel_value v = output_of(x, cell);
    if (!output->limited || cell->listed || feel_is_null(v) || is_listed(x, output, v))
        return v;
    struct str name = output->name.len > 0 ? output->written : x->t->element->info.name;
    return machine_null(x->m, "a rule gives '%.*s' a value that is not among those listed",
                        STR_ARG(name));
}

/* The value of a rule's outputs: the one, or a context by name. row == rule_count: the defaults. */
static struct feel_value outcome(struct matching *x, uint32_t row) {
    const struct dmn_table *t = x->t;
    if (t->output_count == 1)
        return row < t->rule_count ? rule_output(x, &t->outputs[0], &t->rules[row].outputs[0])
                                   : output_of(x, &t->outputs[0].other);
    struct feel_entry *entries = machine_new(x->m, struct feel_entry, t->output_count);
    /* the context's own copy and index */
    if (entries == NULL || !machine_reserve(x->m, t->output_count * (sizeof *entries + 16) + 256))
        return feel_null();
    for (uint32_t c = 0; c < t->output_count; c++)
        entries[c] = (struct feel_entry){
            t->outputs[c].name, row < t->rule_count
                                    ? rule_output(x, &t->outputs[c], &t->rules[row].outputs[c])
                                : t->outputs[c].has_other ? output_of(x, &t->outputs[c].other)
                                                          : feel_null()};
    return feel_context_of(x->m->arena, entries, t->output_count);
}

static bool has_defaults(const struct dmn_table *t) {
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other)
            return true;
    return false;
}

/* One outcome, by the ranks of its outputs: from the first column on, then by the order of rules.
 */
struct ranked {
    struct feel_value value;
    const uint32_t *ranks;
    uint32_t rank_count, index;
};

static int by_priority(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    for (uint32_t c = 0; c < x->rank_count; c++)
        if (x->ranks[c] != y->ranks[c])
            return x->ranks[c] < y->ranks[c] ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* DMN 1.5: hit policy priority, hit policy output order */
static void order_outputs(struct matching *x, struct feel_value *values, uint32_t count) {
    const struct dmn_table *t = x->t;
    struct ranked *ranked = machine_new(x->m, struct ranked, count);
    uint32_t *ranks = machine_new(x->m, uint32_t, (size_t)count * t->output_count);
    if (ranked == NULL || ranks == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *own = ranks + (size_t)i * t->output_count;
        for (uint32_t c = 0; c < t->output_count; c++)
            own[c] =
                rank_of(x, &t->outputs[c],
                        t->output_count == 1 ? values[i] : feel_get(values[i], t->outputs[c].name));
        ranked[i] = (struct ranked){values[i], own, t->output_count, i};
    }
    qsort(ranked, count, sizeof *ranked, by_priority);
    for (uint32_t i = 0; i < count; i++)
        values[i] = ranked[i].value;
}

/* As the built-in functions make one of a list. */
/* DMN 1.5: 8.2.10, hit policy collect, aggregator sum, aggregator count, aggregator min, aggregator
 * max */
static struct feel_value aggregate(struct matching *x, const struct feel_value *values,
                                   uint32_t count) {
    static const int functions[] = {[TABLE_SUM] = BUILTIN_SUM,
                                    [TABLE_COUNT] = BUILTIN_COUNT,
                                    [TABLE_MIN] = BUILTIN_MIN,
                                    [TABLE_MAX] = BUILTIN_MAX};
    struct feel_value list = feel_list(values, count);
    return builtin_call(x->m, functions[x->t->aggregate], &list, 1);
}

/* DMN 1.5: 8.2.11 */
static struct feel_value none_matched(struct matching *x) {
    const struct dmn_table *t = x->t;
    if (has_defaults(t)) {
        struct feel_value other = outcome(x, t->rule_count);
        return other;
    }
    if (t->policy == TABLE_COLLECT && t->aggregate == TABLE_COUNT)
        return feel_int(0);
    if (t->policy == TABLE_COLLECT && t->aggregate == TABLE_LIST)
        return feel_list(NULL, 0);
    return machine_null(x->m, "no rule of the table matches");
}

/* DMN 1.5: hit policy any */
static struct feel_value any_of(struct matching *x, const struct feel_value *values,
                                uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (!machine_same(x->m, values[0], values[i]))
            return machine_null(x->m, "rules of an ANY table match with different outputs");
    return values[0];
}

static struct dmn_trace *trace_of(const struct matching *x) {
    struct dmn_run *run = x->m->env->host;
    return run == NULL ? NULL : run->trace;
}

/* What the rules say as they stand, before the hit policy makes one of it. */
static void keep_answers(struct matching *x, const struct feel_value *values, uint32_t count) {
    if (trace_of(x) == NULL)
        return;
    x->answers = machine_new(x->m, struct feel_value, count);
    if (x->answers == NULL)
        return;
    memcpy(x->answers, values, count * sizeof *values);
    x->answer_count = count;
}

/* DMN 1.5: 8.2.10, hit policy unique, hit policy first, hit policy rule order */
static struct feel_value decide(struct matching *x, const uint32_t *rows, uint32_t count) {
    const struct dmn_table *t = x->t;
    if (count == 0)
        return none_matched(x);
    if (t->policy == TABLE_FIRST || (t->policy == TABLE_UNIQUE && count == 1)) {
        struct feel_value only = outcome(x, rows[0]);
        keep_answers(x, &only, 1);
        return only;
    }
    if (t->policy == TABLE_UNIQUE)
        return machine_null(x->m, "rules %u and %u of a UNIQUE table match both", rows[0] + 1,
                            rows[1] + 1);
    struct feel_value *values = machine_new(x->m, struct feel_value, count);
    if (values == NULL)
        return feel_null();
    for (uint32_t i = 0; i < count; i++)
        values[i] = outcome(x, rows[i]);
    keep_answers(x, values, count);
    switch (t->policy) {
    case TABLE_ANY: return any_of(x, values, count);
    case TABLE_PRIORITY: order_outputs(x, values, count); return values[0];
    case TABLE_OUTPUT_ORDER: order_outputs(x, values, count); return feel_list(values, count);
    case TABLE_COLLECT:
        if (t->aggregate != TABLE_LIST)
            return aggregate(x, values, count);
        return feel_list(values, count);
    default: return feel_list(values, count);
    }
}

/* Column by column, in the trace's arena. */
static void trace_answers(struct dmn_step *step, const struct matching *x, struct arena *a) {
    const struct dmn_table *t = x->t;
    struct str *names = arena_new(a, struct str, t->output_count);
    struct feel_value *answers =
        arena_new(a, struct feel_value, (size_t)x->answer_count * t->output_count);
    for (uint32_t c = 0; c < t->output_count; c++)
        names[c] = t->outputs[c].written;
    for (uint32_t i = 0; i < x->answer_count; i++)
        for (uint32_t c = 0; c < t->output_count; c++)
            answers[(size_t)i * t->output_count + c] =
                t->output_count == 1 ? x->answers[i] : feel_get(x->answers[i], t->outputs[c].name);
    step->output_names = names;
    step->output_count = t->output_count;
    step->answers = answers;
    step->answer_count = x->answer_count;
}

static void trace(struct matching *x, const uint32_t *rows, uint32_t count,
                  struct feel_value output) {
    const struct dmn_table *t = x->t;
    if (trace_of(x) == NULL)
        return;
    struct dmn_run *run = x->m->env->host;
    struct arena *a = run->trace->arena;
    size_t bytes =
        count * (sizeof(uint32_t) + 2 * sizeof(struct str)) +
        t->input_count * sizeof(struct feel_value) +
        t->output_count * (sizeof(struct str) + x->answer_count * sizeof(struct feel_value));
    if (!run_trace_affords(run->trace, bytes))
        return;
    uint32_t *rules = arena_new(a, uint32_t, count);
    struct str *ids = arena_new(a, struct str, count), *notes = arena_new(a, struct str, count);
    struct feel_value *inputs = arena_new(a, struct feel_value, t->input_count);
    for (uint32_t i = 0; i < count; i++) {
        rules[i] = rows[i] + 1;
        ids[i] = t->rules[rows[i]].id;
        notes[i] = t->rules[rows[i]].note;
    }
    if (t->input_count > 0)
        memcpy(inputs, x->args, t->input_count * sizeof *inputs);
    struct dmn_step step = {.decision_id = t->element->info.id,
                            .decision_name = t->element->info.name,
                            .is_table = true,
                            .hit_policy = table_policy_name(t->policy),
                            .input_names = t->input_names,
                            .inputs = inputs,
                            .input_count = t->input_count,
                            .rules = rules,
                            .rule_ids = ids,
                            .rule_notes = notes,
                            .rule_count = count,
                            .output = output};
    trace_answers(&step, x, a);
    run_trace(run, &step);
}

/* A value outside the listed ones is an error of the table's user, told and then decided as null:
 * DMN 1.5: 8.2.4 */
static bool input_allowed(struct matching *x, uint32_t column) {
    const struct table_input *input = &x->t->inputs[column];
    struct feel_value v = x->args[column];
    if (feel_is_null(v))
        return true;
    if (input->type == NULL || input->type->tag != FEEL_TYPE_LIST || feel_kind(v) != FEEL_LIST)
        return feel_is_true(run_cell(x, input->allowed, v));
    for (size_t i = 0; i < feel_count(v) && !x->m->failed; i++)
        if (!feel_is_true(run_cell(x, input->allowed, feel_item(v, i))))
            return false; /* as the allowed values of a collection are those of its items */
    return true;
}

static bool inputs_allowed(struct matching *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t c = 0; c < t->input_count; c++)
        if (t->inputs[c].allowed != NULL && !input_allowed(x, c)) {
            (void)machine_null(x->m, "'%.*s' has a value that the table does not allow",
                               STR_ARG(t->inputs[c].text));
            return false;
        }
    return true;
}

bool table_eval(struct feel_value *out, const void *self, const struct feel_value *args,
                size_t arg_count, struct feel_machine *m, struct err *err) {
    const struct dmn_table *t = self;
    struct feel_value vars[VARS_INLINE];
    uint32_t rows_inline[FEW], *rows = rows_inline, count = 0;
    struct table_region regions[REGIONS_INLINE];
    uint64_t words[WORDS_INLINE];
    struct matching x = {
        .m = m, .t = t, .args = args, .vars = vars, .set = words, .regions = regions};
    (void)err;
    (void)arg_count;
    *out = feel_null();
    if (t->extra_count + 1 > VARS_INLINE)
        x.vars = machine_new(m, struct feel_value, t->extra_count + 1);
    if (t->input_count > REGIONS_INLINE)
        x.regions = machine_new(m, struct table_region, t->input_count);
    if (x.vars == NULL || x.regions == NULL || !machine_spend(m, 1))
        return false;
    if (t->extra_count > 0)
        memcpy(x.vars + 1, args + t->input_count, t->extra_count * sizeof *args);
    if (!inputs_allowed(&x))
        return !m->failed;
    if (!match(&x, &rows, &count))
        return false;
    *out = decide(&x, rows, count);
    trace(&x, rows, count, *out);
    return !m->failed;
}
