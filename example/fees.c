/* fees.c - the FEEL and DMN library in one sitting.
 *
 *     cc -o fees fees.c $(pkg-config --cflags --libs mandate-feel) -lpthread
 *     ./fees fee.dmn
 *
 * It compiles an expression and evaluates it for many applicants, asks the same by JSON, shows what
 * an error looks like, decides a model from several threads with a trace, and stops an evaluation
 * that would take too long. */
#include <mandate/feel.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const struct mfeel_error *error, const char *text) {
    char message[1024];
    mfeel_error_print(error, text, text == NULL ? 0 : MFEEL_ZERO_ENDED, message, sizeof message);
    fprintf(stderr, "%s:\n%s", what, message);
    exit(1);
}

/* --- 1. Compile once, evaluate for each applicant. ------------------------------------------- */
struct applicant {
    const char *name;
    int age;
    const char *monthly_fee; /* exact decimal text: no binary fraction ever touches money */
};

static void yearly_fees(struct mfeel_evaluator *ev) {
    static const struct applicant applicants[] = {
        {"first", 42, "10.50"}, {"second", 67, "10.50"}, {"third", 17, "3.10"}};
    static const struct mfeel_name names[] = {{"age", "number"}, {"monthly fee", "number"}};
    static const char text[] = "if age >= 60 then 0 else monthly fee * 12";
    struct mfeel_options options = MFEEL_OPTIONS_INIT;
    struct mfeel_error error;
    options.names = names;
    options.name_count = 2;

    struct mfeel_program *fee = mfeel_compile(NULL, text, MFEEL_ZERO_ENDED, &options, &error);
    if (fee == NULL)
        fail("the expression", &error, text);
    for (size_t i = 0; i < sizeof applicants / sizeof applicants[0]; i++) {
        struct mfeel_value inputs[2], out;
        char number[96];
        mfeel_reset(ev); /* what the last round made is forgotten; its memory is used again */
        inputs[0] = mfeel_int(applicants[i].age);
        if (mfeel_number(ev, applicants[i].monthly_fee, MFEEL_ZERO_ENDED, &inputs[1], &error) !=
                MFEEL_OK ||
            mfeel_eval(ev, fee, inputs, 2, &out, &error) != MFEEL_OK)
            fail("an applicant", &error, NULL);
        mfeel_to_number(out, number, sizeof number);
        printf("%s pays %s a year\n", applicants[i].name, number);
    }

    /* the same program, JSON in and out */
    const char *json;
    size_t json_bytes;
    mfeel_reset(ev);
    if (mfeel_eval_json(ev, fee, "{\"age\": 30, \"monthly fee\": 0.10}", MFEEL_ZERO_ENDED, &json,
                        &json_bytes, &error) != MFEEL_OK)
        fail("the JSON", &error, NULL);
    printf("by JSON: %.*s\n", (int)json_bytes, json);
    mfeel_program_destroy(fee);
}

/* --- 2. What goes wrong is null, and is told. ------------------------------------------------- */
static void tell_errors(struct mfeel_evaluator *ev) {
    struct mfeel_error error;
    struct mfeel_value context, out;
    char message[1024];

    mfeel_reset(ev);
    if (mfeel_from_json(ev, "{\"items\": [{\"price\": 3}, {\"price\": \"four\"}]}",
                        MFEEL_ZERO_ENDED, &context, &error) != MFEEL_OK ||
        mfeel_once(ev, "sum(for i in items return i.price * 2)", MFEEL_ZERO_ENDED, context, &out,
                   &error) != MFEEL_OK)
        fail("the sum", &error, NULL);
    printf("the sum is %s\n", mfeel_kind_name(mfeel_kind(out)));
    for (size_t i = 0; i < mfeel_diagnosis_count(ev); i++) {
        mfeel_diagnosis_print(ev, i, message, sizeof message);
        printf("%s", message);
    }

    /* or the first one ends the evaluation */
    mfeel_mode(ev, MFEEL_STOP);
    if (mfeel_once(ev, "1 / 0", MFEEL_ZERO_ENDED, mfeel_null(), &out, &error) != MFEEL_OK)
        printf("stopped: %s\n", error.text);
    mfeel_mode(ev, MFEEL_COLLECT);

    /* a text that is not FEEL does not compile */
    static const char broken[] = "1 + (2 *";
    if (mfeel_compile(NULL, broken, MFEEL_ZERO_ENDED, NULL, &error) == NULL) {
        mfeel_error_print(&error, broken, MFEEL_ZERO_ENDED, message, sizeof message);
        printf("%s", message);
    }
}

/* --- 3. One model, many threads, each with its own evaluator. --------------------------------- */
enum { THREADS = 4, ROUNDS = 1000 };

static void *decide_often(void *model) {
    struct mfeel_evaluator *ev = mfeel_evaluator_create(NULL, NULL);
    int64_t *total = calloc(1, sizeof *total);
    for (int i = 0; total != NULL && i < ROUNDS; i++) {
        struct mfeel_entry entries[2] = {{"Age", 3, mfeel_int(i % 100)},
                                         {"Days", 4, mfeel_int(i % 40)}};
        struct mfeel_value inputs, out;
        int64_t fee;
        mfeel_reset(ev);
        if (mfeel_context(ev, entries, 2, &inputs, NULL) == MFEEL_OK &&
            mfeel_decide(ev, model, "Fee", MFEEL_ZERO_ENDED, inputs, &out, NULL) == MFEEL_OK &&
            mfeel_to_int(out, &fee))
            *total += fee;
    }
    mfeel_evaluator_destroy(ev);
    return total;
}

static char *read_file(const char *path, size_t *bytes) {
    enum { FILE_BYTES_MAX = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = malloc(FILE_BYTES_MAX);
    if (file == NULL || text == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    *bytes = fread(text, 1, FILE_BYTES_MAX, file);
    fclose(file);
    return text;
}

static void decide(struct mfeel_evaluator *ev, const char *path) {
    struct mfeel_model_options options = MFEEL_MODEL_OPTIONS_INIT;
    struct mfeel_error error;
    size_t bytes, json_bytes;
    const char *json;
    char *xml = read_file(path, &bytes);
    options.source = path;
    struct mfeel_model *model = mfeel_model_load(NULL, xml, bytes, &options, &error);
    if (model == NULL)
        fail("the model", &error, NULL);
    free(xml); /* the model has its own copy */

    for (size_t i = 0; i < mfeel_element_count(model); i++) {
        struct mfeel_element element;
        if (mfeel_element_at(model, i, &element) && element.kind == MFEEL_DECISION)
            printf("decision '%s' gives %s\n", element.name, element.type);
    }
    mfeel_reset(ev);
    mfeel_trace(ev, true);
    if (mfeel_decide_json(ev, model, "Fee", MFEEL_ZERO_ENDED, "{\"Age\": 42, \"Days\": 3}",
                          MFEEL_ZERO_ENDED, &json, &json_bytes, &error) != MFEEL_OK)
        fail("the decision", &error, NULL);
    printf("the fee is %s, because", json);
    struct mfeel_step step;
    struct mfeel_step_rule rule;
    for (size_t i = 0; mfeel_step_at(ev, i, &step); i++)
        for (size_t k = 0; mfeel_step_rule_at(ev, i, k, &rule); k++)
            printf(" rule %u of '%.*s'", (unsigned)rule.number, (int)step.decision_name.bytes,
                   step.decision_name.at);
    printf("\n");
    mfeel_trace(ev, false);

    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, decide_often, model);
    for (int i = 0; i < THREADS; i++) {
        void *total;
        pthread_join(threads[i], &total);
        printf("thread %d: %lld\n", i, total == NULL ? -1LL : (long long)*(int64_t *)total);
        free(total);
    }
    mfeel_model_destroy(model);
}

/* --- 4. Nothing runs for ever. ---------------------------------------------------------------- */
static void limits(void) {
    struct mfeel_limits limits = MFEEL_LIMITS_INIT;
    struct mfeel_error error;
    struct mfeel_value out;
    limits.steps = 100000;
    struct mfeel_evaluator *ev = mfeel_evaluator_create(NULL, &limits);
    if (mfeel_once(ev, "count(for i in 1..1000000000000 return i)", MFEEL_ZERO_ENDED, mfeel_null(),
                   &out, &error) == MFEEL_LIMIT)
        printf("bounded: %s\n", error.text);
    mfeel_cancel(ev, true); /* from any thread */
    if (mfeel_once(ev, "1 + 1", MFEEL_ZERO_ENDED, mfeel_null(), &out, &error) == MFEEL_CANCELLED)
        printf("cancelled: %s\n", error.text);
    mfeel_evaluator_destroy(ev);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: fees MODEL.dmn\n");
        return 2;
    }
    struct mfeel_evaluator *ev = mfeel_evaluator_create(NULL, NULL);
    yearly_fees(ev);
    tell_errors(ev);
    decide(ev, argv[1]);
    limits();
    mfeel_evaluator_destroy(ev);
    return 0;
}
