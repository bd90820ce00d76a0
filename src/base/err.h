/* base/err.h - operating errors: filled once where the fault is found, and carried up untouched. */
#ifndef MANDATE_BASE_ERR_H
#define MANDATE_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"

enum err_code {
#define ERR(code, name, status, what) ERR_##code,
#include "base/errors.def"
#undef ERR
    ERR_CODES
};

/* Where the fault stands: a file, element or setting; line and column from 1, 0 when unknown.
 * source is borrowed and must outlive the err: a literal, or bytes of an arena that does. */
struct err_at {
    const char *source;
    uint32_t line, column;
};

struct err {
    enum err_code code;
    struct err_at at;
    const char *file; /* of this program, where the fault was found */
    int line;
    char text[ERR_TEXT_MAX];
};

extern const struct err_at err_nowhere;

/* Says to an analyzer what err_fill() returns, so that it follows no path that cannot be. */
static inline bool err_false(bool filled) {
    (void)filled;
    return false;
}

/* Fill err once, where the fault is found; asserts it was empty; always returns false. */
#define err_set(err, code, at, ...)                                                                \
    err_false(err_fill(err, code, at, __FILE__, __LINE__, __VA_ARGS__))
bool err_fill(struct err *err, enum err_code code, struct err_at at, const char *file, int line,
              const char *format, ...) PRINTF_LIKE(6, 7);
/* Put "frame: " before the text; the code and place stay. Always returns false. */
bool err_context(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* "source:line:column: text" or "text"; out is always zero-ended. */
void err_format(char *out, size_t out_bytes, const struct err *err);
const char *err_code_name(enum err_code code); /* "syntax"; lower case */
int err_code_status(enum err_code code);       /* the HTTP status */
const char *err_code_meaning(enum err_code code);
void err_reset(struct err *err);

#endif
