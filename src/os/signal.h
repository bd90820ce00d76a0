/* os/signal.h - SIGTERM, SIGINT and SIGHUP as bytes of a file descriptor, for an event loop. */
#ifndef MANDATE_OS_SIGNAL_H
#define MANDATE_OS_SIGNAL_H

#include "base/err.h"

/* Call once, before any thread is started: blocks the three, ignores SIGPIPE, and gives a
 * non-blocking descriptor that becomes readable when one arrives. */
MUST_USE bool os_signals_open(int *fd_out, struct err *err);
/* The number of the next signal, or 0 when none waits. */
int os_signals_take(int fd);
void os_signals_close(int fd);

#endif
