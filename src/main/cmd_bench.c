/* mandate bench NAME: measures a part of the program on this machine. */
#include "main/bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "main/cmd.h"

static const struct bench {
    const char *name;
    int (*run)(int argc, char **argv);
} benches[] = {
    {"dmn", bench_dmn},   {"engine", bench_engine},   {"feel", bench_feel},
    {"fill", bench_fill}, {"process", bench_process}, {"store", bench_store},
};

int64_t bench_cpu_us(void) {
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return 0;
    return (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

bool bench_lines(bool *lines, int *code, const char *name, const char *about, int argc,
                 char **argv) {
    const struct option options[] = {
        {"lines", OPTION_FLAG, lines, NULL, "one run, a line each with tabs: for bench/peers.mjs"},
    };
    const struct command_line line = {
        .name = name, .about = about, .options = options, .option_count = COUNT_OF(options)};
    struct arguments args;
    *lines = false;
    return options_read(&args, code, &line, argc, argv);
}

int cmd_bench(int argc, char **argv) {
    for (size_t i = 0; argc > 1 && i < COUNT_OF(benches); i++)
        if (strcmp(argv[1], benches[i].name) == 0)
            return benches[i].run(argc - 1, argv + 1);
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
    FILE *out = help ? stdout : stderr;
    (void)fprintf(out, "usage: mandate bench NAME [OPTION]...; names:");
    for (size_t i = 0; i < COUNT_OF(benches); i++)
        (void)fprintf(out, " %s", benches[i].name);
    (void)fprintf(out, "; 'mandate bench NAME --help' tells more\n");
    return help ? EXIT_OK : EXIT_COULD_NOT;
}
