/* The program: finds the command and hands over. What a command does stands in cmd_*.c. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "main/cmd.h"
#include "os/env.h"

static const struct command {
    const char *name, *about;
    int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, about) {#name, about, cmd_##name},
#include "main/commands.def"
#undef COMMAND
};

static void help_print(FILE *out) {
    (void)fprintf(out, "usage: mandate COMMAND [OPTION]... [ARGUMENT]...\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        (void)fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].about);
    (void)fprintf(out, "\n'mandate COMMAND --help' tells more. Exit codes: 0 done, 1 the thing "
                       "asked about is wrong, 2 could not run.\n");
}

int main(int argc, char **argv) {
    os_memory_setup();
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that left is an error of write(), not the end */
    if (argc < 2) {
        help_print(stderr);
        return EXIT_COULD_NOT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help_print(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0)
        return cmd_version(1, (char *[]){"version", NULL});
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    (void)fprintf(stderr, "mandate: unknown command '%s'; see 'mandate --help'\n", argv[1]);
    return EXIT_COULD_NOT;
}
