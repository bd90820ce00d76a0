#include "main/values.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (!os_stream_read(&text, path, FILE_BYTES_MAX, a, err) ||
        !json_read(&json, text, name, a, &budget, err))
        return false;
    if (!feel_from_json(out, json, a, err)) {
        err->at.source = name; /* a value knows its place, not its file */
        return false;
    }
    return feel_kind(*out) == FEEL_CONTEXT ||
           err_set(err, ERR_TYPE, json_where(json, name), "the file holds no JSON object");
}

bool output_write(struct str text) {
    if (fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
        return true;
    (void)fprintf(stderr, "mandate: could not write to standard output: %s\n", strerror(errno));
    return false;
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
        good = output_write(buf_view(&out));
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
