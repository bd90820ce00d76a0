#include "main/values.h"

#include <stdio.h>

#include "os/file.h"
#include "json/json.h"

enum { JSON_STEPS = 10000000, JSON_BYTES = 256 << 20 };

bool value_read_file(struct feel_value *out, const char *path, struct arena *a, struct err *err) {
    struct budget budget = budget_of(JSON_STEPS, JSON_BYTES);
    const struct json *json;
    struct str text;
    if (path == NULL) {
        *out = feel_context_of(a, NULL, 0);
        return true;
    }
    if (!os_file_read(&text, path, FILE_BYTES_MAX, a, err) ||
        !json_read(&json, text, path, a, &budget, err) || !feel_from_json(out, json, a, err))
        return false;
    return feel_kind(*out) == FEEL_CONTEXT ||
           err_set(err, ERR_TYPE, ((struct err_at){path, 1, 1}), "the file holds no JSON object");
}

bool value_print(struct feel_value v, bool as_json) {
    struct buf out;
    struct err err = {0};
    buf_init(&out, FEEL_TEXT_BYTES_MAX);
    bool good = true;
    if (as_json)
        good = feel_to_json(&out, v, &err);
    else
        feel_print(&out, v);
    buf_add_byte(&out, '\n');
    good = good && buf_ok(&out, "the value", &err);
    if (!good)
        (void)fprintf(stderr, "mandate: %s\n", err.text);
    else
        good = fwrite(out.at, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    buf_done(&out);
    return good;
}

void diags_print(const struct feel_diags *diags) {
    struct buf out;
    buf_init(&out, FEEL_TEXT_BYTES_MAX);
    for (size_t i = 0; i < diags->count; i++)
        feel_diag_print(&out, &diags->items[i]);
    if (out.len > 0)
        (void)fwrite(out.at, 1, out.len, stderr);
    buf_done(&out);
}
