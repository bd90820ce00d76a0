/* os/library.h - shared libraries that only some work needs, loaded at their first use: with all
 * that they bring along, those for letters and mail would take a third of the program's start and
 * of its memory, in a service that as a rule does neither. Once loaded they stay.
 *
 *     #define FUNCTIONS(X) X(cairo_create) X(cairo_destroy)
 *     static struct { FUNCTIONS(OS_LIBRARY_POINTER) } lib;
 *     static const struct os_symbol symbols[] = {FUNCTIONS(OS_LIBRARY_SYMBOL)};
 *     static struct os_library cairo = {"libcairo.so.2", symbols, COUNT_OF(symbols), NULL};
 *     ... if (!os_library_need(&cairo, err)) return false;
 *     ... lib.cairo_create(surface)
 */
#ifndef MANDATE_OS_LIBRARY_H
#define MANDATE_OS_LIBRARY_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct os_symbol {
    const char *name;
    void **at; /* where its address goes */
};
struct os_library {
    const char *file; /* a name that the loader finds, with its version: "libcairo.so.2" */
    const struct os_symbol *symbols; /* of it, or of a library that it needs itself */
    size_t count;
    _Atomic(void *) loaded;
};
#define OS_LIBRARY_POINTER(function) __typeof__(function) *function;
#define OS_LIBRARY_SYMBOL(function)  {#function, (void **)&lib.function},

/* From here on every function of it can be called. Any thread. ERR_UNSUPPORTED: it is not
 * installed, or has not one of the functions. */
MUST_USE bool os_library_need(struct os_library *library, struct err *err);

#endif
