#include "dmn/rows_test.h"

#include "base/test.h"
#include "json/json.h"

static bool value_of(struct buf *out, const struct dmn_row *row, const struct dmn_row_way *way,
                     struct arena *a, struct err *err) {
    const struct json *json;
    struct dmn_model *model;
    struct feel_value inputs, v;
    struct feel_diags diags = {.arena = a};
    struct feel_env env = {.diags = way->told ? &diags : NULL};
    struct dmn_options options = {.import = way->import, .strict = way->strict};
    struct budget budget = budget_of(10000000, 64 << 20);
    if (!json_read(&json, str_from(row->inputs), "inputs", a, &budget, err) ||
        !feel_from_json(&inputs, json, a, err) ||
        !dmn_load(&model, a, str_from(row->body), "m.dmn", &options, &budget, err) ||
        !dmn_evaluate(&v, model, str_from(row->element), inputs, &env, NULL, a, &budget, err))
        return false;
    feel_print(out, v);
    if (diags.count > 0)
        buf_printf(out, " (%.*s)", STR_ARG(diags.items[0].text));
    return true;
}

void dmn_row_check(const struct dmn_row *row, const struct dmn_row_way *way) {
    struct arena *a = arena_create("row", 64 << 20);
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    if (!value_of(&out, row, way, a, &err) && way->told)
        buf_printf(&out, "%s:%u: %s", err.at.source, err.at.line, err.text);
    else if (err.code != ERR_NONE)
        buf_printf(&out, "refused: %s", err.text);
    test_check_str(way->file, row->line, buf_view(&out), str_from(row->want));
    buf_done(&out);
    arena_destroy(a);
}
