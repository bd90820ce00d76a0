#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct err_at err_nowhere = {NULL, 0, 0};

static const struct {
    const char *name;
    int status;
    const char *meaning;
} codes[] = {
#define ERR(code, name, status, what) {name, status, what},
#include "base/errors.def"
#undef ERR
};
static_assert(COUNT_OF(codes) == ERR_CODES, "one row a code");

bool err_fill(struct err *err, enum err_code code, struct err_at at, const char *file, int line,
              const char *format, ...) {
    assert(err->code == ERR_NONE); /* the first error wins; a second fill is a bug */
    assert(code != ERR_NONE);
    err->code = code;
    err->at = at;
    err->file = file;
    err->line = line;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool err_context(struct err *err, const char *format, ...) {
    char frame[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    int made = vsnprintf(frame, sizeof frame, format, args);
    va_end(args);
    size_t frame_len = made < 0 ? 0 : MIN_OF((size_t)made, sizeof frame - 1);
    size_t text_len = strlen(err->text);
    if (frame_len + 2 + text_len >= sizeof err->text)
        return false; /* the cause matters more than the frame */
    memmove(err->text + frame_len + 2, err->text, text_len + 1);
    memcpy(err->text, frame, frame_len);
    memcpy(err->text + frame_len, ": ", 2);
    return false;
}

void err_format(char *out, size_t out_bytes, const struct err *err) {
    if (err->at.source == NULL)
        (void)snprintf(out, out_bytes, "%s", err->text);
    else if (err->at.line == 0)
        (void)snprintf(out, out_bytes, "%s: %s", err->at.source, err->text);
    else if (err->at.column == 0)
        (void)snprintf(out, out_bytes, "%s:%u: %s", err->at.source, err->at.line, err->text);
    else
        (void)snprintf(out, out_bytes, "%s:%u:%u: %s", err->at.source, err->at.line, err->at.column,
                       err->text);
}

const char *err_code_name(enum err_code code) {
    return codes[code].name;
}

int err_code_status(enum err_code code) {
    return codes[code].status;
}

const char *err_code_meaning(enum err_code code) {
    return codes[code].meaning;
}

void err_reset(struct err *err) {
    err->code = ERR_NONE;
    err->at = err_nowhere;
    err->text[0] = '\0';
}
