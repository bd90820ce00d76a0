/* base/arena.h - memory with one lifetime: process, pack, request or scratch.
 * An arena is used by one thread at a time. Allocation cannot fail: whoever takes a size from data
 * asks a budget first (base/budget.h); real exhaustion, or a bug that passes the arena's own limit,
 * aborts. Where a hostile text decides on very many sizes, arena_try() is the net below. */
#ifndef MANDATE_BASE_ARENA_H
#define MANDATE_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct arena; /* opaque */

struct arena *arena_create(const char *name, size_t limit_bytes); /* yours: arena_destroy() */
void arena_destroy(struct arena *a);                              /* NULL is fine */
void arena_reset(struct arena *a); /* gives everything back but keeps one chunk for the next use */
/* Zeroed. Only through arena_new(), which gets the sizes right. count may be 0. */
void *arena_alloc(struct arena *a, size_t count, size_t size_bytes, size_t align);
#define arena_new(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type), alignof(type)))
/* A zero-ended copy; the str's len does not count the zero. */
struct str arena_str(struct arena *a, struct str s);
const char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

struct arena_mark {
    void *chunk;
    size_t used_bytes, total_bytes;
};
struct arena_mark arena_mark(const struct arena *a);        /* scratch: mark, work, ... */
void arena_rewind(struct arena *a, struct arena_mark mark); /* ... rewind; ASan poisons the rest */
/* Do work; false when it wanted more than the limit. It has then ended in the middle, as by
 * longjmp(): it must hold nothing but memory of arenas, and what it took stays taken. */
MUST_USE bool arena_try(struct arena *a, void (*work)(void *self), void *self);
size_t arena_used_bytes(const struct arena *a);
size_t arena_limit_bytes(const struct arena *a);

#endif
