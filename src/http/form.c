/* application/x-www-form-urlencoded, and what both kinds of form share. */
#include "http/form.h"

#include "base/code.h"
#include "base/utf8.h"
#include "http/form_inner.h"

const struct http_field *http_form_find(const struct http_form *form, struct str name) {
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(form->fields[i].name, name))
            return &form->fields[i];
    return NULL;
}

struct str http_form_get(const struct http_form *form, struct str name) {
    for (size_t i = 0; i < form->count; i++)
        if (!form->fields[i].is_file && str_eq(form->fields[i].name, name))
            return form->fields[i].value;
    return STR_NONE;
}

bool http_text_ok(struct str text) {
    if (!utf8_valid(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return false;
    }
    return true;
}

/* Decodes into the arena; the result is never longer than the text. */
static bool decode(struct str *out, struct str text, struct buf *scratch, struct arena *arena,
                   struct err *err) {
    buf_reset(scratch);
    if (!code_percent_take(scratch, text, true) || scratch->full)
        return err_set(err, ERR_SYNTAX, err_nowhere, "a field has a broken percent-encoding");
    *out = arena_str(arena, buf_view(scratch));
    if (!http_text_ok(*out))
        return err_set(err, ERR_SYNTAX, err_nowhere,
                       "a field is not UTF-8 or has control characters");
    return true;
}

bool http_form_parse_urlencoded(struct http_form *out, struct str text, struct arena *arena,
                                struct err *err) {
    *out = (struct http_form){0};
    if (text.len == 0)
        return true;
    size_t pairs = 1;
    for (size_t i = 0; i < text.len; i++)
        pairs += text.at[i] == '&';
    if (pairs > FORM_FIELDS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "the form has more than %d fields",
                       FORM_FIELDS_MAX);
    out->fields = arena_new(arena, struct http_field, pairs);
    struct buf scratch;
    buf_init(&scratch, text.len + 1);
    struct str pair;
    bool ok = true;
    while (ok && str_split(&pair, &text, '&')) {
        if (pair.len == 0)
            continue;
        size_t equals = str_find_byte(pair, '=');
        struct http_field *field = &out->fields[out->count++];
        ok = decode(&field->name, str_sub(pair, 0, equals), &scratch, arena, err) &&
             decode(&field->value,
                    equals == SIZE_MAX ? STR_NONE : str_sub(pair, equals + 1, pair.len), &scratch,
                    arena, err);
    }
    buf_done(&scratch);
    return ok;
}
