#include "feel/rows_test.h"

#include <stdio.h>

#include "base/test.h"
#include "feel/feel.h"

void feel_row_check(const char *file, struct feel_row row) {
    struct arena *a = arena_create("row", 64 << 20);
    struct budget budget = budget_of(1000000, 32 << 20);
    struct feel_env env = {.now = feel_temporal_text(a, STR("2026-11-21T10:00:00Z"), NULL)};
    struct err err = {0};
    struct feel_value data = feel_null(), v;
    struct buf out;
    buf_init(&out, 1 << 20);
    if (row.data != NULL &&
        !feel_once(&data, str_from(row.data), feel_null(), env, a, &budget, &err))
        test_failed(file, row.line, "the data of a row is FEEL", &err);
    err_reset(&err);
    if (feel_once(&v, str_from(row.text), data, env, a, &budget, &err))
        feel_print(&out, v);
    else
        buf_add(&out, err.code == ERR_LIMIT ? STR("limit") : STR("refused"));
    if (err.code != ERR_NONE && err.code != ERR_SYNTAX && err.code != ERR_LIMIT)
        test_failed(file, row.line, "what is refused is no FEEL", &err);
    test_check_str(file, row.line, buf_view(&out), str_from(row.want));
    if (!str_eq(buf_view(&out), str_from(row.want)))
        (void)printf("    of   %s%s%s\n", row.text, row.clauses == NULL ? "" : "    clauses ",
                     row.clauses == NULL ? "" : row.clauses);
    buf_done(&out);
    arena_destroy(a);
}

void feel_clauses_check(const char *file, const struct clause_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(file, (struct feel_row){.line = rows[i].line,
                                               .clauses = rows[i].clauses,
                                               .text = rows[i].text,
                                               .want = rows[i].want});
}

void feel_parts_print(struct buf *out, struct feel_parts parts) {
    buf_add(out, str_from(parts.begin));
    for (int i = 0; i < parts.count; i++)
        for (const char *c = parts.part; *c != '\0'; c++) {
            if (*c == '#')
                buf_printf(out, "%d", i);
            else
                buf_add_byte(out, *c);
        }
    buf_add(out, str_from(parts.end));
}
