/* base/attr.h - attributes and tiny helpers that every file may use. */
#ifndef MANDATE_BASE_ATTR_H
#define MANDATE_BASE_ATTR_H

#include <stddef.h>

#define MUST_USE             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, va) __attribute__((format(printf, fmt, va)))
#define NO_RETURN            __attribute__((noreturn))
#define COLD                 __attribute__((cold))
#define UNUSED               __attribute__((unused))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MIN_OF(a, b)    ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b)    ((a) > (b) ? (a) : (b))

#endif
