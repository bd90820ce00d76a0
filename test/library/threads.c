/* Many threads share an engine, programs and a model; one of them is cancelled from outside. Built
 * with the thread sanitizer as well. */
#include <mandate/feel.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 300 };

static struct mfeel_engine *engine;
static struct mfeel_program *sums, *zoned, *endless, *lists;
static struct mfeel_model *model;
static struct mfeel_value shared; /* made by the main thread, read by all */

static const char model_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m'"
    " namespace='urn:m'><inputData id='n' name='N'><variable name='N' typeRef='number'/>"
    "</inputData><businessKnowledgeModel id='f' name='double'><variable name='double'/>"
    "<encapsulatedLogic><formalParameter name='x'/><literalExpression><text>x * 2</text>"
    "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    "<decision id='d' name='D'><variable name='D'/>"
    "<informationRequirement><requiredInput href='#n'/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href='#f'/></knowledgeRequirement>"
    "<literalExpression><text>double(N) + 1</text></literalExpression></decision></definitions>";

static int wants_int(struct mfeel_value v, int64_t want) {
    int64_t got;
    return mfeel_to_int(v, &got) && got == want;
}

static int one_round(struct mfeel_evaluator *ev, int i) {
    static const char *const zones[] = {"Europe/Paris", "America/New_York", "Asia/Shanghai",
                                        "Nowhere/None", "Asia/Tokyo"};
    struct mfeel_value inputs[2], out;
    struct mfeel_entry entry = {"N", 1, mfeel_int(i)};
    mfeel_reset(ev);
    inputs[0] = mfeel_int(i);
    inputs[1] = shared;
    if (mfeel_eval(ev, sums, inputs, 2, &out, NULL) != MFEEL_OK || !wants_int(out, 4950 + i))
        return 0;
    if (mfeel_eval(ev, lists, inputs, 2, &out, NULL) != MFEEL_OK || !wants_int(out, 6))
        return 0;
    if (mfeel_string(ev, zones[i % 5], MFEEL_ZERO_ENDED, &inputs[0], NULL) != MFEEL_OK ||
        mfeel_eval(ev, zoned, inputs, 1, &out, NULL) != MFEEL_OK ||
        (mfeel_kind(out) == MFEEL_NULL) != (i % 5 == 3))
        return 0;
    return mfeel_context(ev, &entry, 1, &inputs[0], NULL) == MFEEL_OK &&
           mfeel_decide(ev, model, "D", 1, inputs[0], &out, NULL) == MFEEL_OK &&
           wants_int(out, 2 * i + 1);
}

static void *work(void *self) {
    struct mfeel_evaluator *ev = mfeel_evaluator_create(engine, NULL);
    int *good = self;
    for (int i = 0; i < ROUNDS; i++)
        *good += one_round(ev, i);
    mfeel_evaluator_destroy(ev);
    return NULL;
}

static void *run_endless(void *ev) {
    struct mfeel_value out;
    static enum mfeel_status status;
    status = mfeel_eval(ev, endless, NULL, 0, &out, NULL);
    return &status;
}

static struct mfeel_program *compiled(const char *text, const struct mfeel_options *options) {
    struct mfeel_error error;
    struct mfeel_program *p = mfeel_compile(engine, text, MFEEL_ZERO_ENDED, options, &error);
    if (p == NULL)
        printf("%s: %s\n", text, error.text);
    return p;
}

int main(void) {
    static const struct mfeel_name names[] = {{"n", NULL}, {"shared", NULL}},
                                   zone[] = {{"z", NULL}};
    struct mfeel_options options = MFEEL_OPTIONS_INIT;
    struct mfeel_evaluator *owner = mfeel_evaluator_create(NULL, NULL);
    pthread_t threads[THREADS];
    int good[THREADS] = {0}, failed = 0;
    void *status;

    engine = mfeel_engine_create();
    if (mfeel_engine_zones(engine, NULL, NULL) != MFEEL_OK)
        return 1;
    options.names = names;
    options.name_count = 2;
    sums = compiled("sum(for i in 1..99 return i) + n", &options);
    lists = compiled("sum(shared.list[item > 1]) + count(shared.name) - 0", &options);
    endless = compiled("count(for i in 1..10000000000 return i)", NULL);
    options.names = zone;
    options.name_count = 1;
    zoned = compiled("time(date and time(\"2026-07-01T12:00:00@\" + z)).hour", &options);
    model = mfeel_model_load(NULL, model_text, MFEEL_ZERO_ENDED, NULL, NULL);
    if (sums == NULL || lists == NULL || endless == NULL || zoned == NULL || model == NULL ||
        mfeel_from_json(owner, "{\"list\": [1, 2, 3], \"name\": [\"x\"]}", MFEEL_ZERO_ENDED,
                        &shared, NULL) != MFEEL_OK)
        return 1;

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, &good[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        failed += good[i] != ROUNDS;
    }
    printf("%d threads, %d of them wrong\n", THREADS, failed);

    struct mfeel_limits limits = MFEEL_LIMITS_INIT;
    limits.steps = UINT64_MAX / 4;
    limits.memory_bytes = (size_t)1 << 40;
    struct mfeel_evaluator *ev = mfeel_evaluator_create(engine, &limits);
    pthread_create(&threads[0], NULL, run_endless, ev);
    usleep(20000);
    mfeel_cancel(ev, true);
    pthread_join(threads[0], &status);
    printf("cancelled: %s\n", mfeel_status_name((int)*(enum mfeel_status *)status));
    failed += *(enum mfeel_status *)status != MFEEL_CANCELLED;

    mfeel_evaluator_destroy(ev);
    mfeel_evaluator_destroy(owner);
    mfeel_program_destroy(sums);
    mfeel_program_destroy(lists);
    mfeel_program_destroy(zoned);
    mfeel_program_destroy(endless);
    mfeel_model_destroy(model);
    mfeel_engine_destroy(engine);
    return failed != 0;
}
