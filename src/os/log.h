/* os/log.h - one line an event on standard error, in logfmt:
 * `time=2026-01-05T08:00:00.123456Z level=info event=service-started listen=127.0.0.1:8110`.
 * Never a person's data: references, counts, codes and durations only. */
#ifndef MANDATE_OS_LOG_H
#define MANDATE_OS_LOG_H

#include "base/err.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum { LOG_FIELDS_MAX = 12 };
struct log_field {
    const char *key; /* lower case, '_' between words; NULL ends the list */
    struct str text;
    int64_t number;
    bool is_number;
};
struct log_line {
    const char *event; /* lower case, '-' between words */
    struct log_field fields[LOG_FIELDS_MAX];
};

static inline struct log_field log_i64(const char *key, int64_t n) {
    return (struct log_field){key, {NULL, 0}, n, true};
}
static inline struct log_field log_text(const char *key, struct str text) {
    return (struct log_field){key, text, 0, false};
}
static inline struct log_field log_cstr(const char *key, const char *text) {
    return (struct log_field){key, str_from(text), 0, false};
}
/* The code and the text of an error: log_event(LOG_ERROR, "x-failed", log_err(&err)) */
static inline struct log_field log_err(const struct err *err) {
    return (struct log_field){"error", str_from(err->text), 0, false};
}

/* log_event(LOG_INFO, "batch-committed", log_i64("commands", n)); fields may be absent. */
#define log_event(level, ...)                                                                      \
    do {                                                                                           \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wmissing-braces\"")      \
            _Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")                     \
                const struct log_line log_line_ = {__VA_ARGS__};                                   \
        _Pragma("GCC diagnostic pop") log_write((level), &log_line_);                              \
    } while (0)
void log_write(enum log_level level, const struct log_line *line);
void log_level_set(enum log_level lowest); /* below it nothing is written; LOG_INFO at the start */
/* For tests: the lines go here instead of standard error; NULL restores it. */
typedef void log_sink(void *self, struct str line);
void log_sink_set(log_sink *sink, void *self);

#endif
