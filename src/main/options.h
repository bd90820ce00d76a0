/* main/options.h - the options of one command: "--name value", "--name=value", "--flag", "--" ends
 * them. An unknown option, a missing value and a wrong number of arguments are errors of one line.
 *
 *     const char *context = NULL;
 *     const struct option options[] = {
 *         {"context", OPTION_TEXT, &context, "FILE.json", "the variables of the expression"},
 *     };
 *     const struct command_line line = {.name = "feel", .arguments = "EXPRESSION",
 *         .about = "Evaluates a FEEL expression.", .options = options,
 *         .option_count = COUNT_OF(options), .arguments_min = 1, .arguments_max = 1};
 *     struct arguments args;
 *     int code;
 *     if (!options_read(&args, &code, &line, argc, argv))
 *         return code;
 */
#ifndef MANDATE_MAIN_OPTIONS_H
#define MANDATE_MAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { OPTION_LIST_MAX = 32 }; /* how often a list option may stand on one command line */

enum exit_code { EXIT_OK = 0, EXIT_WRONG = 1, EXIT_COULD_NOT = 2 };

enum option_kind {
    OPTION_FLAG, /* out: bool *; takes no value */
    OPTION_TEXT, /* out: const char ** */
    OPTION_INT,  /* out: int64_t *; decimal, not negative */
    OPTION_LIST, /* out: struct option_list *; may stand several times */
};

struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct option {
    const char *name; /* without the two dashes */
    enum option_kind kind;
    void *out;         /* left alone when the option does not stand there */
    const char *value; /* "FILE", for the help; NULL for a flag */
    const char *help;
};

struct command_line {
    const char *name, *arguments, *about; /* arguments: "MODEL.dmn DECISION"; NULL: none */
    const struct option *options;
    size_t option_count;
    int arguments_min, arguments_max; /* arguments_max < 0: any number */
};

struct arguments {
    char **items; /* borrowed from argv */
    int count;
};

/* True: go on. False: return *code from the command; --help has been printed (0), or what is wrong
 * has been said in one line on stderr (2). argv's order may be changed. */
MUST_USE bool options_read(struct arguments *args, int *code, const struct command_line *line,
                           int argc, char **argv);

/* "mandate NAME: text" on stderr, one line; returns EXIT_COULD_NOT. */
int command_failed(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same of an error: "file:line:column: text" when it stands in a file, as compilers write it,
 * or else as above. */
struct err;
int command_error(const char *name, const struct err *err);

#endif
