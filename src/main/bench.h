/* main/bench.h - the measurements of `mandate bench NAME`, one file each. argv[0] is the name. Each
 * prints its figures and returns an exit code. */
#ifndef MANDATE_MAIN_BENCH_H
#define MANDATE_MAIN_BENCH_H

#include "main/options.h"

/* Processor time of this process. What runs on one thread is measured by it, so that other work on
 * the machine weighs less; a peer beside it is measured in the same way. */
int64_t bench_cpu_us(void);

/* The one option of those that bench/peers.mjs reads: --lines, figures with tabs between them
 * instead of a table. False: end with *code. */
bool bench_lines(bool *lines, int *code, const char *name, const char *about, int argc,
                 char **argv);

int bench_dmn(int argc, char **argv);
int bench_engine(int argc, char **argv);
int bench_feel(int argc, char **argv);
int bench_fill(int argc, char **argv);
int bench_process(int argc, char **argv);
int bench_store(int argc, char **argv);

#endif
