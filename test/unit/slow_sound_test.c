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
