/* Decision tables of 10, 100 and 10,000 rules, decided many times on one core, and models to load:
 * the same tables, and one of 1,000 decisions. A rule has an interval of numbers, a text and an
 * output: "[20..30)", "p2", 2; every input falls into one rule. */
#include <inttypes.h>
#include <stdio.h>

#include "dmn/dmn.h"
#include "main/bench.h"

enum {
    PLACES = 7,      /* texts that occur in the second column */
    MODEL_COUNT = 4, /* three tables, and the model of many decisions */
    DECISIONS = 1000,
    DECIDE_US = 200000, /* at least so long is one measurement */
    XML_BYTES = 64 << 20,
    MEMORY_BYTES = 1 << 30,
    STEPS = 100000000,
};
static const uint32_t rule_counts[] = {10, 100, 10000};

struct decided {
    int64_t load_us, bytes, a_second; /* a_second 0: only loaded */
};

static void write_head(struct buf *xml) {
    buf_lit(xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' "
                 "name='bench' namespace='urn:bench'>"
                 "<inputData id='amount' name='amount'><variable name='amount' typeRef='number'/>"
                 "</inputData>"
                 "<inputData id='place' name='place'><variable name='place' typeRef='string'/>"
                 "</inputData>");
}

static void write_table(struct buf *xml, uint32_t rules) {
    write_head(xml);
    buf_lit(xml, "<decision id='d' name='d'><variable name='d' typeRef='number'/>"
                 "<informationRequirement><requiredInput href='#amount'/></informationRequirement>"
                 "<informationRequirement><requiredInput href='#place'/></informationRequirement>"
                 "<decisionTable hitPolicy='UNIQUE'><input><inputExpression typeRef='number'>"
                 "<text>amount</text></inputExpression></input><input><inputExpression "
                 "typeRef='string'><text>place</text></inputExpression></input><output/>");
    for (uint32_t i = 0; i < rules; i++)
        buf_printf(xml,
                   "<rule><inputEntry><text>[%u..%u)</text></inputEntry><inputEntry><text>\"p%u\""
                   "</text></inputEntry><outputEntry><text>%u</text></outputEntry></rule>",
                   i * 10, i * 10 + 10, i % PLACES, i);
    buf_lit(xml, "</decisionTable></decision></definitions>");
}

/* Each decision reads the one before it and an input. */
static void write_decisions(struct buf *xml) {
    write_head(xml);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        buf_printf(xml,
                   "<decision id='d%u' name='d%u'><variable name='d%u' typeRef='number'/>"
                   "<informationRequirement><requiredInput href='#amount'/>"
                   "</informationRequirement>",
                   i, i, i);
        if (i > 0)
            buf_printf(xml,
                       "<informationRequirement><requiredDecision href='#d%u'/>"
                       "</informationRequirement><literalExpression><text>if amount &gt; %u then "
                       "d%u + %u else d%u * 0.5</text></literalExpression></decision>",
                       i - 1, i, i - 1, i, i - 1);
        else
            buf_lit(xml, "<literalExpression><text>amount</text></literalExpression></decision>");
    }
    buf_lit(xml, "</definitions>");
}

static bool decide(const struct dmn_model *model, uint32_t rule, struct arena *scratch,
                   struct err *err) {
    char place[8];
    struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
    struct feel_env env = {0};
    struct feel_value value;
    int64_t got;
    size_t len = (size_t)snprintf(place, sizeof place, "p%u", rule % PLACES);
    struct feel_entry inputs[] = {{STR("amount"), feel_int((int64_t)rule * 10 + 5)},
                                  {STR("place"), feel_string((struct str){place, len})}};
    arena_reset(scratch);
    return dmn_evaluate(&value, model, STR("d"), feel_context_of(scratch, inputs, 2), &env, NULL,
                        scratch, &budget, err) &&
           ((feel_to_i64(&got, value) && got == (int64_t)rule) ||
            err_set(err, ERR_INTERNAL, err_nowhere, "the measured table decided otherwise"));
}

static bool decide_many(int64_t *a_second, const struct dmn_model *model, uint32_t rules,
                        struct err *err) {
    struct arena *scratch = arena_create("scratch", FEEL_BYTES_DEFAULT);
    int64_t from_us = bench_cpu_us(), took_us = 0, count = 0;
    uint32_t rule = 0;
    bool ok = true;
    while (ok && took_us < DECIDE_US) {
        for (int i = 0; ok && i < 1000; i++, count++) {
            rule = (rule + 7919) % rules; /* all of them, in no order */
            ok = decide(model, rule, scratch, err);
        }
        took_us = bench_cpu_us() - from_us;
    }
    *a_second = count * 1000000 / MAX_OF(took_us, 1);
    arena_destroy(scratch);
    return ok;
}

static bool measure(struct decided *out, uint32_t rules, struct err *err) {
    struct arena *a = arena_create("model", MEMORY_BYTES);
    struct budget budget = budget_of(STEPS, MEMORY_BYTES);
    struct dmn_options options = {.strict = true};
    struct dmn_model *model;
    struct buf xml;
    buf_init(&xml, XML_BYTES);
    if (rules > 0)
        write_table(&xml, rules);
    else
        write_decisions(&xml);
    *out = (struct decided){0};
    int64_t from_us = bench_cpu_us();
    bool ok = buf_ok(&xml, "the model", err) &&
              dmn_load(&model, a, buf_view(&xml), "bench.dmn", &options, &budget, err);
    out->load_us = bench_cpu_us() - from_us;
    out->bytes = (int64_t)arena_used_bytes(a);
    ok = ok && (rules == 0 || decide_many(&out->a_second, model, rules, err));
    buf_done(&xml);
    arena_destroy(a);
    return ok;
}

int bench_dmn(int argc, char **argv) {
    bool lines;
    struct err err = {0};
    int code;
    if (!bench_lines(&lines, &code, "bench dmn",
                     "Decision tables decided a second on one core, and models loaded.", argc,
                     argv))
        return code;
    if (!lines)
        (void)printf("| model | decided a second | loaded, ms | bytes |\n|---|---|---|---|\n");
    for (size_t i = 0; i < MODEL_COUNT; i++) {
        uint32_t rules = i < COUNT_OF(rule_counts) ? rule_counts[i] : 0;
        struct decided d;
        if (!measure(&d, rules, &err))
            return command_failed("bench", "%s", err.text);
        (void)printf(lines ? "%u %s\t%" PRIi64 "\t%.3f\t%" PRIi64 "\n"
                           : "| %u %s | %" PRIi64 " | %.3f | %" PRIi64 " |\n",
                     rules > 0 ? rules : DECISIONS, rules > 0 ? "rules" : "decisions", d.a_second,
                     (double)d.load_us / 1000, d.bytes);
    }
    return EXIT_OK;
}
