#include "dmn/tables_test.h"

#include "base/test.h"

static void put_text(struct buf *xml, struct str text) {
    buf_lit(xml, "<text>");
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '<')
            buf_lit(xml, "&lt;");
        else if (text.at[i] == '&')
            buf_lit(xml, "&amp;");
        else
            buf_add_byte(xml, text.at[i] == ';' ? ':' : text.at[i]);
    buf_lit(xml, "</text>");
}

struct str table_cut(struct str *rest, char separator) {
    size_t at = str_find_byte(*rest, separator);
    struct str part = at == SIZE_MAX ? *rest : str_sub(*rest, 0, at);
    *rest = at == SIZE_MAX ? STR_NONE : str_sub(*rest, at + 1, rest->len);
    return str_trim(part);
}

static void put_type(struct buf *xml, struct str type) {
    if (type.len > 0)
        buf_printf(xml, " typeRef='%.*s'", STR_ARG(type));
}

static uint32_t put_inputs(struct buf *xml, struct str inputs) {
    uint32_t count = 0;
    while (inputs.len > 0) {
        struct str column = table_cut(&inputs, '|'), text = table_cut(&column, ':'),
                   type = table_cut(&column, ':');
        buf_lit(xml, "<input><inputExpression");
        put_type(xml, type);
        buf_lit(xml, ">");
        put_text(xml, text);
        buf_lit(xml, "</inputExpression>");
        if (column.len > 0) {
            buf_lit(xml, "<inputValues>");
            put_text(xml, column);
            buf_lit(xml, "</inputValues>");
        }
        buf_lit(xml, "</input>");
        count++;
    }
    return count;
}

static void put_rules(struct buf *xml, struct str rules, uint32_t inputs) {
    while (rules.len > 0) {
        struct str rule = table_cut(&rules, '\n');
        buf_lit(xml, "<rule>");
        for (uint32_t c = 0; rule.len > 0; c++) {
            const char *entry = c < inputs ? "inputEntry" : "outputEntry";
            buf_printf(xml, "<%s>", entry);
            put_text(xml, table_cut(&rule, '|'));
            buf_printf(xml, "</%s>", entry);
        }
        buf_lit(xml, "</rule>");
    }
}

static void put_model(struct buf *xml, const struct table_source *source) {
    struct str data = str_from(source->data);
    buf_printf(xml,
               "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' "
               "name='m'>%s",
               source->items == NULL ? "" : source->items);
    while (data.len > 0) {
        struct str type = table_cut(&data, '|'), name = table_cut(&type, ':');
        buf_printf(xml, "<inputData id='i-%.*s' name='%.*s'><variable name='%.*s'", STR_ARG(name),
                   STR_ARG(name), STR_ARG(name));
        put_type(xml, type);
        buf_lit(xml, "/></inputData>");
    }
    buf_lit(xml, "<decision id='d' name='D'><variable name='D'");
    put_type(xml, source->result == NULL ? STR_NONE : str_from(source->result));
    buf_lit(xml, "/>");
    data = str_from(source->data);
    while (data.len > 0) {
        struct str type = table_cut(&data, '|'), name = table_cut(&type, ':');
        buf_printf(xml,
                   "<informationRequirement><requiredInput href='#i-%.*s'/>"
                   "</informationRequirement>",
                   STR_ARG(name));
    }
    buf_printf(xml, "<decisionTable hitPolicy='%s'>",
               source->policy == NULL ? "UNIQUE" : source->policy);
    uint32_t inputs = put_inputs(xml, str_from(source->inputs));
    buf_printf(xml, "%s", source->outputs == NULL ? "<output/>" : source->outputs);
    put_rules(xml, str_from(source->rules), inputs);
    buf_lit(xml, "</decisionTable></decision></definitions>");
}

struct table_checked table_check(const struct table_source *source, int line) {
    struct table_checked out = {.arena = arena_create("test", 256 << 20)};
    struct budget budget = budget_of(100000000, 128 << 20), load = budget;
    struct dmn_options options = {.strict = true};
    struct err err = {0};
    struct buf xml;
    buf_init(&xml, 1 << 20);
    put_model(&xml, source);
    CHECK_OK_AT(line,
                dmn_load(&out.model, out.arena, arena_str(out.arena, buf_view(&xml)), "test.dmn",
                         &options, &load, &err) &&
                    dmn_check(&out.found, &out.count, out.model, out.arena, &budget, &err),
                &err);
    buf_done(&xml);
    return out;
}

static void put_finding(struct buf *out, const struct dmn_finding *f) {
    bool told = f->kind == DMN_WRONG_TYPE || f->kind == DMN_UNDECIDED;
    buf_printf(out, "%s", dmn_finding_name(f->kind));
    if (told || f->rule_b != 0)
        buf_printf(out, " %u %u", f->rule_a, f->rule_b);
    else if (f->rule_a != 0)
        buf_printf(out, " %u", f->rule_a);
    if (f->input.len > 0)
        buf_printf(out, " %.*s", STR_ARG(f->input));
    if (told)
        buf_printf(out, " %.*s", STR_ARG(f->text));
    buf_lit(out, "\n");
}

/* Each wanted line is a finding's, whose text may begin with more. */
static bool is_wanted(struct str got, struct str want) {
    while (got.len > 0 && want.len > 0) {
        struct str line = table_cut(&got, '\n'), wanted = table_cut(&want, '\n');
        bool whole = !str_starts(wanted, STR("undecided")) && !str_starts(wanted, STR("wrong"));
        size_t rules = 0;
        if (whole && !str_eq(line, wanted))
            return false;
        while (rules < line.len && rules < wanted.len && line.at[rules] == wanted.at[rules])
            rules++;
        if (!str_ends(line, str_sub(wanted, rules, wanted.len)))
            return false;
    }
    return got.len == 0 && want.len == 0;
}

void tables_check(const struct table_row *rows, size_t count, const char *file) {
    for (size_t i = 0; i < count; i++) {
        struct table_checked c = table_check(&rows[i].source, rows[i].line);
        struct buf got;
        buf_init(&got, 1 << 16);
        for (size_t k = 0; k < c.count; k++)
            put_finding(&got, &c.found[k]);
        if (!is_wanted(buf_view(&got), str_from(rows[i].want)))
            test_check_str(file, rows[i].line, buf_view(&got), str_from(rows[i].want));
        buf_done(&got);
        arena_destroy(c.arena);
    }
}
