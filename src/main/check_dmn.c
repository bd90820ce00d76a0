/* One decision model by itself: each finding with its place and an input that shows it, then a line
 * for each table. */
#include "main/check_dmn.h"

#include <inttypes.h>
#include <stdio.h>

#include "dmn/dmn.h"
#include "main/models.h"
#include "main/zones.h"
#include "os/file.h"

enum {
    LOAD_STEPS = 100000000,
    TABLE_STEPS = 1000000000, /* of one table: some 5 s */
    CHECK_BYTES = 512 << 20,
};

static void put_finding(struct json *list, const struct dmn_finding *f, struct arena *a) {
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("kind"), str_from(dmn_finding_name(f->kind)));
    json_set_i64(out, STR("line"), f->at.line);
    json_set_i64(out, STR("column"), f->at.column);
    struct json *rules = json_set_arr(out, STR("rules"));
    if (f->rule_a != 0)
        json_push(rules, json_i64(f->rule_a, a));
    if (f->rule_b != 0)
        json_push(rules, json_i64(f->rule_b, a));
    json_set_str(out, STR("input"), f->input);
    json_set_str(out, STR("text"), f->text);
}

static void say_finding(const struct dmn_finding *f) {
    (void)printf("%s:%" PRIu32 ":%" PRIu32 ": %s: %.*s\n", f->at.source, f->at.line, f->at.column,
                 dmn_finding_name(f->kind), STR_ARG(f->text));
    if (f->input.len > 0)
        (void)printf("    %.*s\n", STR_ARG(f->input));
}

/* "complete, no overlap", or "2 gaps, 1 wrong type". */
static void say_table(const struct check_dmn *c, const struct dmn_table_info *t,
                      const struct dmn_finding *found, size_t count) {
    enum { KINDS = DMN_UNDECIDED + 1 };
    size_t counts[KINDS] = {0};
    const char *sep = "";
    (void)printf("%s: table '%.*s', %s, %" PRIu32 " rule%s: ", c->path, STR_ARG(t->name),
                 t->hit_policy, t->rule_count, t->rule_count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        counts[found[i].kind]++;
    for (int kind = 0; kind < KINDS; kind++) {
        if (counts[kind] == 0)
            continue;
        (void)printf("%s%zu %s%s", sep, counts[kind], dmn_finding_name((enum dmn_finding_kind)kind),
                     counts[kind] == 1 || kind == DMN_UNDECIDED ? "" : "s");
        sep = ", ";
    }
    if (count == 0)
        (void)printf("%s%s%s", t->looks_for_gaps ? "complete" : "",
                     t->looks_for_gaps && t->looks_for_overlaps ? ", " : "",
                     t->looks_for_overlaps ? "no overlap"
                     : t->looks_for_gaps   ? ""
                                           : "nothing found");
    (void)printf("\n");
}

static bool check_table(struct check_dmn *c, struct json *list, const struct dmn_model *model,
                        size_t index, struct err *err) {
    struct budget budget = budget_of(TABLE_STEPS, CHECK_BYTES);
    struct dmn_table_info t = dmn_table_info(model, index);
    const struct dmn_finding *found;
    size_t count;
    bool good = dmn_check_table(&found, &count, model, index, c->arena, &budget, err);
    c->wrong = c->wrong || count > 0;
    if (list == NULL) {
        for (size_t i = 0; i < count; i++)
            say_finding(&found[i]);
        if (good)
            say_table(c, &t, found, count);
        return good;
    }
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("table"), t.name);
    json_set_i64(out, STR("line"), t.at.line);
    json_set_str(out, STR("hit_policy"), str_from(t.hit_policy));
    json_set_i64(out, STR("rules"), t.rule_count);
    struct json *findings = json_set_arr(out, STR("findings"));
    for (size_t i = 0; i < count; i++)
        put_finding(findings, &found[i], c->arena);
    return good;
}

/* A file that is refused is an answer, not a failure to check. */
static void refused(struct check_dmn *c, const struct err *why) {
    char text[ERR_TEXT_MAX + 200];
    c->wrong = true;
    if (c->answer == NULL) {
        err_format(text, sizeof text, why);
        (void)printf("%s\n%s", text, models_hint(why, c->free_names));
        return;
    }
    struct json *out = json_set_obj(c->answer, STR("refused"));
    json_set_str(out, STR("text"), arena_str(c->arena, str_from(why->text)));
    json_set_i64(out, STR("line"), why->at.line);
}

bool check_dmn(struct check_dmn *c, struct err *err) {
    struct budget budget = budget_of(LOAD_STEPS, CHECK_BYTES);
    struct models_beside beside = {c->path, c->arena};
    struct zones *zones = arena_new(c->arena, struct zones, 1);
    struct err why = {0};
    struct dmn_model *model;
    struct str xml;
    zones_init(zones, c->arena);
    struct dmn_options options = {.import = models_import,
                                  .import_self = &beside,
                                  .zones = &zones->zones,
                                  .strict = true,
                                  .free_names = c->free_names};
    if (!os_file_read(&xml, c->path, FILE_BYTES_MAX, c->arena, err))
        return false;
    if (!dmn_load(&model, c->arena, xml, c->path, &options, &budget, &why)) {
        refused(c, &why);
        return true;
    }
    struct json *list = c->answer != NULL ? json_set_arr(c->answer, STR("tables")) : NULL;
    for (size_t i = 0; i < dmn_table_count(model); i++)
        if (!check_table(c, list, model, i, err))
            return false;
    if (list == NULL && dmn_table_count(model) == 0)
        (void)printf("%s: no decision table\n", c->path);
    return true;
}
