/* One pass over argv; arguments that are no options are moved to its front, in order. */
#include "main/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

int command_failed(const char *name, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)fprintf(stderr, "mandate %s: %s\n", name, text);
    return EXIT_COULD_NOT;
}

int command_error(const char *name, const struct err *err) {
    char text[ERR_TEXT_MAX * 2];
    if (err->at.source == NULL)
        return command_failed(name, "%s", err->text);
    err_format(text, sizeof text, err);
    (void)fprintf(stderr, "%s\n", text);
    return EXIT_COULD_NOT;
}

static void help_print(const struct command_line *line) {
    (void)printf("usage: mandate %s%s%s%s\n\n%s\n", line->name,
                 line->option_count > 0 ? " [OPTION]..." : "", line->arguments ? " " : "",
                 line->arguments ? line->arguments : "", line->about);
    (void)printf("\n");
    for (size_t i = 0; i < line->option_count; i++) {
        const struct option *option = &line->options[i];
        char left[80];
        (void)snprintf(left, sizeof left, "--%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
        (void)printf("  %-30s %s\n", left, option->help);
    }
    (void)printf("  %-30s %s\n", "--help", "this text");
}

static const struct option *option_find(const struct command_line *line, struct str name) {
    for (size_t i = 0; i < line->option_count; i++)
        if (str_eq(name, str_from(line->options[i].name)))
            return &line->options[i];
    return NULL;
}

static bool option_set(const struct command_line *line, const struct option *option,
                       const char *value) {
    if (option->kind == OPTION_TEXT) {
        *(const char **)option->out = value;
        return true;
    }
    if (option->kind == OPTION_INT) {
        int64_t n;
        if (!str_to_i64(&n, str_from(value)) || n < 0) {
            (void)command_failed(line->name, "'--%s' wants a number, not '%s'", option->name,
                                 value);
            return false;
        }
        *(int64_t *)option->out = n;
        return true;
    }
    struct option_list *list = option->out;
    if (list->count == OPTION_LIST_MAX) {
        (void)command_failed(line->name, "'--%s' stands more than %d times", option->name,
                             OPTION_LIST_MAX);
        return false;
    }
    list->items[list->count++] = value;
    return true;
}

/* One option at argv[*at]; takes the next item too when the value stands there. */
static bool option_take(const struct command_line *line, int *at, int argc, char **argv) {
    const char *text = argv[*at] + 2;
    const char *equals = strchr(text, '=');
    struct str name = {text, equals ? (size_t)(equals - text) : strlen(text)};
    const struct option *option = option_find(line, name);
    if (option == NULL) {
        (void)command_failed(line->name, "unknown option '--%.*s'; see 'mandate %s --help'",
                             STR_ARG(name), line->name);
        return false;
    }
    if (option->kind == OPTION_FLAG) {
        if (equals != NULL) {
            (void)command_failed(line->name, "'--%s' takes no value", option->name);
            return false;
        }
        *(bool *)option->out = true;
        return true;
    }
    if (equals == NULL && *at + 1 >= argc) {
        (void)command_failed(line->name, "'--%s' wants a value: %s", option->name, option->value);
        return false;
    }
    return option_set(line, option, equals != NULL ? equals + 1 : argv[++*at]);
}

bool options_read(struct arguments *args, int *code, const struct command_line *line, int argc,
                  char **argv) {
    *args = (struct arguments){argv + 1, 0};
    *code = EXIT_COULD_NOT;
    bool options_over = false;
    for (int i = 1; i < argc; i++) {
        if (!options_over && strcmp(argv[i], "--") == 0) {
            options_over = true;
        } else if (!options_over && strcmp(argv[i], "--help") == 0) {
            help_print(line);
            *code = EXIT_OK;
            return false;
        } else if (!options_over && strncmp(argv[i], "--", 2) == 0) {
            if (!option_take(line, &i, argc, argv))
                return false;
        } else {
            args->items[args->count++] = argv[i];
        }
    }
    if (args->count < line->arguments_min ||
        (line->arguments_max >= 0 && args->count > line->arguments_max)) {
        (void)command_failed(line->name, "wrong number of arguments; usage: mandate %s %s",
                             line->name, line->arguments ? line->arguments : "[OPTION]...");
        return false;
    }
    return true;
}
