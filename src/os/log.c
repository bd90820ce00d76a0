/* A line is built in one buffer on the stack and written by one write(2), so lines of several
 * threads never mix. A line that does not fit is cut and says so. */
#include "os/log.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 2048 };

struct line {
    char bytes[LINE_BYTES_MAX];
    size_t len;
};

static _Atomic int lowest_level = LOG_INFO;
static log_sink *sink_now;
static void *sink_self;

void log_level_set(enum log_level lowest) {
    atomic_store(&lowest_level, (int)lowest);
}

void log_sink_set(log_sink *sink, void *self) {
    sink_now = sink;
    sink_self = self;
}

static void line_byte(struct line *line, char byte) {
    if (line->len < sizeof line->bytes - 8) /* room for " cut=1\n" */
        line->bytes[line->len++] = byte;
}

static void line_text(struct line *line, const char *text) {
    for (; *text != '\0'; text++)
        line_byte(line, *text);
}

static bool is_plain(struct str s) {
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
            return false;
    }
    return true;
}

static void line_value(struct line *line, struct str s) {
    if (is_plain(s)) {
        for (size_t i = 0; i < s.len; i++)
            line_byte(line, s.at[i]);
        return;
    }
    static const char hex[] = "0123456789abcdef";
    line_byte(line, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\') {
            line_byte(line, '\\');
            line_byte(line, s.at[i]);
        } else if (c < ' ' || c == 0x7F) { /* a line end in a value would forge a line */
            line_text(line, "\\x");
            line_byte(line, hex[c >> 4]);
            line_byte(line, hex[c & 15]);
        } else {
            line_byte(line, s.at[i]);
        }
    }
    line_byte(line, '"');
}

static void line_time(struct line *line) {
    struct timespec now;
    struct tm tm;
    char text[64];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &tm) == NULL)
        return;
    size_t len = strftime(text, sizeof text, "time=%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text + len, sizeof text - len, ".%06ldZ", now.tv_nsec / 1000);
    line_text(line, text);
}

void log_write(enum log_level level, const struct log_line *what) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return;
    struct line line;
    line.len = 0;
    line_time(&line);
    line_text(&line, " level=");
    line_text(&line, names[level]);
    line_text(&line, " event=");
    line_text(&line, what->event);
    for (size_t i = 0; i < LOG_FIELDS_MAX && what->fields[i].key != NULL; i++) {
        const struct log_field *field = &what->fields[i];
        line_byte(&line, ' ');
        line_text(&line, field->key);
        line_byte(&line, '=');
        if (field->is_number) {
            char digits[32];
            (void)snprintf(digits, sizeof digits, "%" PRId64, field->number);
            line_text(&line, digits);
        } else {
            line_value(&line, field->text);
        }
    }
    if (line.len >= sizeof line.bytes - 8) {
        memcpy(line.bytes + line.len, " cut=1", 6);
        line.len += 6;
    }
    line.bytes[line.len++] = '\n';
    if (sink_now != NULL) {
        sink_now(sink_self, (struct str){line.bytes, line.len});
        return;
    }
    ssize_t written = write(STDERR_FILENO, line.bytes, line.len);
    (void)written; /* there is nobody left to tell */
}
