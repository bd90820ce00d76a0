/* os/build.h - which build of the program this is. */
#ifndef MANDATE_OS_BUILD_H
#define MANDATE_OS_BUILD_H

#include "base/arena.h"

/* The linker's build id of the running program, as hex digits: it differs whenever the code does.
 * Empty when the program was linked without one. */
struct str os_build_id(struct arena *arena);

#endif
