/* Counts the calls of malloc in a loop that resets, evaluates and reads: none, once it runs. */
#include <mandate/feel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long calls;
static int counting;

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *old, size_t bytes);

void *malloc(size_t bytes) {
    calls += (unsigned long)counting;
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
    calls += (unsigned long)counting;
    return __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes) {
    calls += (unsigned long)counting;
    return __libc_realloc(old, bytes);
}

static const char model_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m'"
    " namespace='urn:m'><inputData id='a' name='Age'><variable name='Age' typeRef='number'/>"
    "</inputData><decision id='d' name='D'><variable name='D'/>"
    "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
    "<decisionTable hitPolicy='UNIQUE'><input><inputExpression><text>Age</text></inputExpression>"
    "</input><output/><rule><inputEntry><text>&lt; 18</text></inputEntry>"
    "<outputEntry><text>\"minor\"</text></outputEntry></rule><rule><inputEntry><text>>= 18</text>"
    "</inputEntry><outputEntry><text>\"adult\"</text></outputEntry></rule></decisionTable>"
    "</decision></definitions>";

static int check(const char *what) {
    counting = 0;
    printf("%s: %lu allocations in 1000 rounds\n", what, calls);
    int bad = calls != 0;
    calls = 0;
    return bad;
}

int main(void) {
    static const struct mfeel_name names[] = {{"a", NULL}, {"b", NULL}};
    static const char *const texts[] = {
        "a + b * 2",
        "if a >= 18 and b = 3 then a * 0.5 else a",
        "sum(for i in 1..100 return i * i)",
        "date(\"2026-01-31\") + duration(\"P1M\")",
        "some x in [{price: 3}, {price: 12.10}] satisfies x.price > 10",
        "{x: a, y: [a, b]}.y[item > 3]",
        "a / b + 1.1 ** 3",
        "sort([3, 1, 2, a, b], function(x, y) x < y)",
        "string(a) + \" and \" + string(b)",
        "matches(\"2026-01-31\", \"^[0-9]{4}-\")",
    };
    struct mfeel_evaluator *ev = mfeel_evaluator_create(NULL, NULL);
    struct mfeel_options options = MFEEL_OPTIONS_INIT;
    struct mfeel_error error;
    int bad = 0;
    options.names = names;
    options.name_count = 2;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mfeel_program *p = mfeel_compile(NULL, texts[i], MFEEL_ZERO_ENDED, &options, &error);
        if (p == NULL) {
            printf("%s: %s\n", texts[i], error.text);
            return 1;
        }
        for (int round = 0; round < 1001; round++) {
            struct mfeel_value inputs[2], out;
            counting = round > 0;
            mfeel_reset(ev);
            inputs[0] = mfeel_int(round);
            if (mfeel_number(ev, "12.345678901234567890123", MFEEL_ZERO_ENDED, &inputs[1],
                             &error) != MFEEL_OK ||
                mfeel_eval(ev, p, inputs, 2, &out, &error) != MFEEL_OK ||
                mfeel_kind(out) == MFEEL_NULL)
                return 1;
        }
        bad |= check(texts[i]);
        mfeel_program_destroy(p);
    }

    struct mfeel_model *model = mfeel_model_load(NULL, model_text, MFEEL_ZERO_ENDED, NULL, &error);
    if (model == NULL) {
        printf("%s\n", error.text);
        return 1;
    }
    for (int round = 0; round < 1001; round++) {
        const char *text;
        size_t bytes;
        counting = round > 0;
        mfeel_reset(ev);
        if (mfeel_decide_json(ev, model, "D", 1, "{\"Age\": 42}", MFEEL_ZERO_ENDED, &text, &bytes,
                              &error) != MFEEL_OK ||
            strcmp(text, "\"adult\"") != 0)
            return 1;
    }
    bad |= check("a decision by JSON");
    mfeel_model_destroy(model);
    mfeel_evaluator_destroy(ev);
    return bad;
}
