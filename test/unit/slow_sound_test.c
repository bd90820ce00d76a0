/* What bpmn/sound.h finds in random models, beside what looking at every state of the slow
 * interpreter finds. MANDATE_MODELS and MANDATE_SEED as in slow_test.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/sketch_test.h"
#include "slow.h"

enum { MEMORY_MAX = 256 << 20, TEXT_MAX = 1 << 20 };

static bool has_fault(const struct bpmn_findings *found, enum bpmn_fault fault, uint32_t node) {
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].fault == fault && (node == 0 || found->list[i].node == node))
            return true;
    return false;
}

static void tell_slow(struct buf *out, const struct slow_sound *sound,
                      const struct slow_model *model) {
    if (sound->unbounded) {
        buf_lit(out, "unbounded");
        return;
    }
    if (sound->stuck)
        buf_lit(out, " stuck");
    for (int i = 1; i < model->node_count; i++) {
        char id[8];
        slow_id(id, model, i);
        if (!sound->happened[i])
            buf_printf(out, " dead:%s", id);
        if (sound->twice[i])
            buf_printf(out, " twice:%s", id);
    }
}

static void tell_engine(struct buf *out, const struct bpmn_findings *found,
                        const struct slow_model *model, const struct bpmn_process *process) {
    if (has_fault(found, BPMN_FAULT_UNBOUNDED, 0)) {
        buf_lit(out, "unbounded");
        return;
    }
    if (has_fault(found, BPMN_FAULT_STUCK, 0))
        buf_lit(out, " stuck");
    for (int i = 1; i < model->node_count; i++) {
        char id[8];
        slow_id(id, model, i);
        const struct bpmn_node *node = bpmn_node(process, str_from(id));
        bool dead = node == NULL || has_fault(found, BPMN_FAULT_DEAD, node->index);
        bool twice = node != NULL && has_fault(found, BPMN_FAULT_TWICE, node->index);
        if (dead)
            buf_printf(out, " dead:%s", id);
        if (twice)
            buf_printf(out, " twice:%s", id);
    }
}

struct texts {
    struct buf model, slow, engine;
};

enum result { SAME, DIFFERENT, NO_MODEL, TOO_MUCH };
static enum result compare(struct texts *t, const struct slow_model *model) {
    struct arena *arena = arena_create("sound", MEMORY_MAX);
    struct budget budget = budget_of(100000000, MEMORY_MAX / 2);
    struct bpmn_process *process;
    struct bpmn_findings found;
    struct slow_sound sound;
    struct err err = {0};
    enum result result = NO_MODEL;
    buf_reset(&t->model);
    buf_reset(&t->slow);
    buf_reset(&t->engine);
    slow_print(&t->model, model);
    if (sketch_read(&process, buf_view(&t->model), arena, &err)) {
        slow_check(&sound, model);
        result = TOO_MUCH;
        if (sound.decided) {
            bool ok =
                bpmn_check_sound(&found, process, (struct bpmn_sound_limits){.free_choices = true},
                                 arena, &budget, &err);
            CHECK_OK(ok || err.code == ERR_LIMIT, &err);
            if (!ok)
                goto done; /* too many states for the memory that it has here */
            if (has_fault(&found, BPMN_FAULT_UNDECIDED, 0) && !sound.unbounded)
                goto done;
            tell_slow(&t->slow, &sound, model);
            tell_engine(&t->engine, &found, model, process);
            result = str_eq(buf_view(&t->slow), buf_view(&t->engine)) ? SAME : DIFFERENT;
        }
    }
done:
    arena_destroy(arena);
    return result;
}

static void shrink(struct texts *t, struct slow_model *model) {
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (int n = 2; n < model->node_count && !smaller; n++) {
            if (model->nodes[n].kind == S_START)
                continue;
            struct slow_model less = *model;
            int moved[NODES_MAX];
            slow_drop_node(&less, n, moved);
            smaller = compare(t, &less) == DIFFERENT;
            if (smaller)
                *model = less;
        }
        for (int f = 0; f < model->flow_count && !smaller; f++) {
            struct slow_model less = *model;
            slow_drop_flow(&less, f);
            smaller = !model->flows[f].link && compare(t, &less) == DIFFERENT;
            if (smaller)
                *model = less;
        }
    }
    (void)compare(t, model);
}

static int64_t wanted(const char *name, int64_t otherwise) {
    const char *text = getenv(name);
    int64_t n = otherwise;
    if (text != NULL)
        CHECK(str_to_i64(&n, str_from(text)));
    return n;
}

void test_bpmn_slow_sound(void) {
    static struct slow_model model; /* large */
    struct texts t;
    int64_t models = wanted("MANDATE_MODELS", 300), first = wanted("MANDATE_SEED", 1);
    int64_t results[4] = {0}, unsound = 0;
    buf_init(&t.model, TEXT_MAX);
    buf_init(&t.slow, TEXT_MAX);
    buf_init(&t.engine, TEXT_MAX);
    for (int64_t seed = first; seed < first + models && results[DIFFERENT] < 3; seed++) {
        uint64_t random = (uint64_t)seed * 7919;
        slow_make(&model, &random);
        enum result result = compare(&t, &model);
        results[result]++;
        unsound += result == SAME && t.engine.len > 0;
        if (result != DIFFERENT)
            continue;
        test_failed(__FILE__, __LINE__, "soundness is what looking at every state finds", NULL);
        shrink(&t, &model);
        (void)printf("== seed %" PRId64 " (MANDATE_SEED=%" PRId64 " MANDATE_MODELS=1)\n%.*s"
                     "    slow:   %.*s\n    engine: %.*s\n",
                     seed, seed, (int)t.model.len, t.model.at, (int)t.slow.len, t.slow.at,
                     (int)t.engine.len, t.engine.at);
    }
    if (models != 300 || results[DIFFERENT] > 0)
        (void)printf("soundness: %" PRId64 " alike (%" PRId64 " with faults), %" PRId64
                     " different, %" PRId64 " refused by the reader, %" PRId64 " too large\n",
                     results[SAME], unsound, results[DIFFERENT], results[NO_MODEL],
                     results[TOO_MUCH]);
    CHECK(models < 300 || results[SAME] * 3 > models);
    buf_done(&t.model);
    buf_done(&t.slow);
    buf_done(&t.engine);
}

/* ---- what the check knows of values ----
 * The same answer with and without what is taken out beforehand; and what is dead because of
 * values, not because of the flows alone, never happens in any history. */
enum { HISTORIES = 30, INPUTS_MAX = 40 };

static bool checked(struct bpmn_findings *found, const struct bpmn_process *process,
                    struct bpmn_sound_limits limits, struct arena *arena) {
    struct budget budget = budget_of(100000000, MEMORY_MAX / 4);
    struct err err = {0};
    limits.states_max = 3000;
    bool ok = bpmn_check_sound(found, process, limits, arena, &budget, &err);
    CHECK_OK(ok || err.code == ERR_LIMIT, &err);
    return ok && !has_fault(found, BPMN_FAULT_UNDECIDED, 0);
}

static bool same_findings(const struct bpmn_findings *a, const struct bpmn_findings *b) {
    if (has_fault(a, BPMN_FAULT_UNBOUNDED, 0) || has_fault(b, BPMN_FAULT_UNBOUNDED, 0))
        return has_fault(a, BPMN_FAULT_UNBOUNDED, 0) && has_fault(b, BPMN_FAULT_UNBOUNDED, 0);
    for (size_t i = 0; i < a->count; i++)
        if (!has_fault(b, a->list[i].fault,
                       a->list[i].fault == BPMN_FAULT_STUCK ? 0 : a->list[i].node))
            return false;
    return a->count == b->count;
}

static int happened(const struct slow_model *model, const struct slow_log *log, const bool *never) {
    for (int i = 0; i < log->count; i++) {
        int64_t label;
        bool entered = log->list[i][0] == '+' && str_to_i64(&label, str_from(log->list[i] + 2));
        for (int n = 1; n < model->node_count && entered; n++)
            if (never[n] && model->nodes[n].label == label)
                return n;
    }
    return 0;
}

/* One history; the first node of `never` that happens in it, or 0. What is stopped by an incident
 * is not repaired: a value that leads nowhere could become another one meanwhile. */
static int walk(const struct slow_model *model, const bool *never, uint64_t *random) {
    static struct slow_state s; /* large */
    static struct slow_log log;
    struct slow_input list[400], input = {.verb = IN_START, .variable = NO_VALUE};
    slow_begin(&s, model, &log);
    for (int step = 0; step < INPUTS_MAX; step++) {
        bool brings = input.verb != IN_TIMER && input.verb != IN_FAIL;
        input.number = input.verb == IN_TIMER ? (step + 1) * 3600 : input.number;
        if (brings && slow_random(random) % 2 == 0) {
            input.variable = (int)(slow_random(random) % VARIABLES);
            input.value = (int)(slow_random(random) % 4);
        }
        slow_step(&s, input);
        int broken = s.too_much ? 0 : happened(model, &log, never);
        if (broken != 0)
            return broken;
        int count = 0, all = s.too_much ? 0 : slow_inputs(list, 400, &s);
        for (int i = 0; i < all; i++)
            if (list[i].verb != IN_RETRY)
                list[count++] = list[i];
        if (count == 0)
            return 0;
        input = list[slow_random(random) % (uint64_t)count];
    }
    return 0;
}

struct knowing {
    int64_t same, knew, walked;
};

static void check_known(struct knowing *sum, struct buf *text, const struct slow_model *model,
                        int64_t seed) {
    struct arena *arena = arena_create("sound", (size_t)MEMORY_MAX * 2);
    struct bpmn_process *process;
    struct bpmn_findings found, whole, free;
    struct err err = {0};
    buf_reset(text);
    slow_print(text, model);
    if (sketch_read(&process, buf_view(text), arena, &err) &&
        checked(&found, process, (struct bpmn_sound_limits){0}, arena) &&
        checked(&whole, process, (struct bpmn_sound_limits){.whole = true}, arena) &&
        checked(&free, process, (struct bpmn_sound_limits){.free_choices = true}, arena)) {
        bool never[NODES_MAX] = {0}, some = false;
        uint64_t random = (uint64_t)seed;
        int broken = 0;
        for (int i = 1; i < model->node_count; i++) {
            char id[8];
            slow_id(id, model, i);
            const struct bpmn_node *node = bpmn_node(process, str_from(id));
            never[i] = node != NULL && has_fault(&found, BPMN_FAULT_DEAD, node->index) &&
                       !has_fault(&free, BPMN_FAULT_DEAD, node->index) &&
                       !has_fault(&free, BPMN_FAULT_UNBOUNDED, 0);
            some = some || never[i];
        }
        for (int i = 0; i < HISTORIES && some && broken == 0; i++)
            broken = walk(model, never, &random);
        sum->same++;
        sum->walked += some;
        sum->knew += !same_findings(&found, &free);
        CHECK(same_findings(&found, &whole));
        CHECK_INT(broken, 0);
        if (broken != 0 || !same_findings(&found, &whole)) {
            struct buf a, b;
            buf_init(&a, TEXT_MAX);
            buf_init(&b, TEXT_MAX);
            tell_engine(&a, &found, model, process);
            tell_engine(&b, &whole, model, process);
            (void)printf("== seed %" PRId64 " (MANDATE_SEED=%" PRId64 " MANDATE_MODELS=1)\n%.*s"
                         "    reduced: %.*s\n    whole:   %.*s\n    happened: %d\n",
                         seed, seed, (int)text->len, text->at, (int)a.len, a.at, (int)b.len, b.at,
                         broken);
            buf_done(&a);
            buf_done(&b);
        }
    }
    arena_destroy(arena);
}

void test_bpmn_slow_known(void) {
    static struct slow_model model; /* large */
    struct buf text;
    struct knowing sum = {0};
    int64_t models = wanted("MANDATE_MODELS", 300), first = wanted("MANDATE_SEED", 1);
    buf_init(&text, TEXT_MAX);
    for (int64_t seed = first; seed < first + models; seed++) {
        uint64_t random = (uint64_t)seed * 7919;
        slow_make(&model, &random);
        check_known(&sum, &text, &model, seed);
    }
    if (models != 300)
        (void)printf("soundness by values: %" PRId64 " models, in %" PRId64
                     " values make a difference, in %" PRId64 " something is dead by them\n",
                     sum.same, sum.knew, sum.walked);
    CHECK(models < 300 || sum.knew > 0);
    buf_done(&text);
}
