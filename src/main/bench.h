/* main/bench.h - the measurements of `mandate bench NAME`, one file each. argv[0] is the name. Each
 * prints its figures and returns an exit code. */
#ifndef MANDATE_MAIN_BENCH_H
#define MANDATE_MAIN_BENCH_H

#include "main/options.h"

int bench_engine(int argc, char **argv);
int bench_feel(int argc, char **argv);
int bench_fill(int argc, char **argv);
int bench_store(int argc, char **argv);

#endif
