/* Chunks double from 4 kB to 1 MB; a larger request gets a chunk of its own. A rewind frees the
 * chunks made since the mark. Invariants:
 * 1. chunks form a list from the newest to the oldest; only the newest has room handed out;
 * 2. total_bytes = the sum of what was handed out, alignment included, and never passes the limit;
 * 3. memory handed out is zero: fresh chunks come from calloc, a rewind clears what it takes back.
 */
#include "base/arena.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define poison(at, bytes)   ASAN_POISON_MEMORY_REGION(at, bytes)
#define unpoison(at, bytes) ASAN_UNPOISON_MEMORY_REGION(at, bytes)
#else
#define poison(at, bytes)   ((void)(at), (void)(bytes))
#define unpoison(at, bytes) ((void)(at), (void)(bytes))
#endif

enum { CHUNK_BYTES_MIN = 4096, CHUNK_BYTES_MAX = 1 << 20, BRIEF_TEXT = 200 };

struct chunk {
    struct chunk *older;
    size_t size_bytes, used_bytes; /* of data[] */
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    const char *name;
    size_t limit_bytes, total_bytes;
    struct chunk *newest;
    jmp_buf *net; /* of the innermost arena_try(); NULL: none */
};

static NO_RETURN COLD void arena_die(const struct arena *a, const char *why, size_t bytes) {
    (void)fprintf(stderr, "arena '%s': %s: %zu bytes wanted, %zu used of %zu\n", a->name, why,
                  bytes, a->total_bytes, a->limit_bytes);
    abort();
}

struct arena *arena_create(const char *name, size_t limit_bytes) {
    struct arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        abort();
    a->name = name;
    a->limit_bytes = limit_bytes;
    return a;
}

static void chunk_free(struct chunk *chunk) {
    unpoison(chunk->data, chunk->size_bytes);
    free(chunk);
}

void arena_destroy(struct arena *a) {
    if (a == NULL)
        return;
    while (a->newest != NULL) {
        struct chunk *older = a->newest->older;
        chunk_free(a->newest);
        a->newest = older;
    }
    free(a);
}

static void chunk_cut(struct chunk *chunk, size_t used_bytes) {
    size_t cut = chunk->used_bytes - used_bytes;
    unpoison(chunk->data + used_bytes, cut); /* the gaps between aligned pieces are poisoned */
    memset(chunk->data + used_bytes, 0, cut);
    poison(chunk->data + used_bytes, chunk->size_bytes - used_bytes);
    chunk->used_bytes = used_bytes;
}

void arena_reset(struct arena *a) {
    while (a->newest != NULL && a->newest->older != NULL) {
        struct chunk *older = a->newest->older;
        chunk_free(a->newest);
        a->newest = older;
    }
    if (a->newest != NULL)
        chunk_cut(a->newest, 0);
    a->total_bytes = 0;
}

static void chunk_add(struct arena *a, size_t need_bytes) {
    size_t size = a->newest == NULL ? CHUNK_BYTES_MIN : a->newest->size_bytes * 2;
    size = MIN_OF(size, (size_t)CHUNK_BYTES_MAX);
    size = MAX_OF(size, need_bytes);
    struct chunk *chunk = calloc(1, sizeof *chunk + size);
    if (chunk == NULL)
        arena_die(a, "out of memory", need_bytes);
    chunk->older = a->newest;
    chunk->size_bytes = size;
    poison(chunk->data, size);
    a->newest = chunk;
}

void *arena_alloc(struct arena *a, size_t count, size_t size_bytes, size_t align) {
    assert(align != 0 && (align & (align - 1)) == 0 && align <= alignof(max_align_t));
    size_t bytes;
    if (__builtin_mul_overflow(count, size_bytes, &bytes) || bytes > SIZE_MAX / 4)
        arena_die(a, "size overflow", SIZE_MAX);
    size_t start = a->newest == NULL ? 0 : (a->newest->used_bytes + align - 1) & ~(align - 1);
    if (a->newest == NULL || start > a->newest->size_bytes ||
        a->newest->size_bytes - start < bytes) {
        chunk_add(a, bytes);
        start = 0;
    }
    struct chunk *chunk = a->newest;
    size_t grown = start + bytes - chunk->used_bytes;
    if (grown > a->limit_bytes - a->total_bytes) {
        if (a->net != NULL)
            longjmp(*a->net, 1);
        arena_die(a, "limit passed", bytes);
    }
    a->total_bytes += grown;
    chunk->used_bytes = start + bytes;
    unpoison(chunk->data + start, bytes);
    return chunk->data + start;
}

struct str arena_str(struct arena *a, struct str s) {
    char *copy = arena_new(a, char, s.len + 1);
    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    return (struct str){copy, s.len};
}

const char *arena_cstr(struct arena *a, struct str s) {
    return arena_str(a, s).at;
}

struct str arena_printf(struct arena *a, const char *format, ...) {
    char brief[BRIEF_TEXT]; /* most texts fit: then they are formatted once */
    va_list args;
    va_start(args, format);
    int len = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof brief)
        return arena_str(a, (struct str){brief, (size_t)len});
    char *text = arena_new(a, char, (size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)len};
}

bool arena_try(struct arena *a, void (*work)(void *self), void *self) {
    jmp_buf net, *outer = a->net;
    bool done = setjmp(net) == 0;
    if (done) {
        a->net = &net;
        work(self);
    }
    a->net = outer;
    return done;
}

struct arena_mark arena_mark(const struct arena *a) {
    return (struct arena_mark){a->newest, a->newest == NULL ? 0 : a->newest->used_bytes,
                               a->total_bytes};
}

void arena_rewind(struct arena *a, struct arena_mark mark) {
    while (a->newest != NULL && a->newest != mark.chunk) {
        struct chunk *older = a->newest->older;
        if (mark.chunk == NULL && older == NULL) {
            chunk_cut(a->newest, 0); /* keep the first chunk for the next use */
            a->total_bytes = 0;
            return;
        }
        chunk_free(a->newest);
        a->newest = older;
    }
    if (a->newest != NULL)
        chunk_cut(a->newest, mark.used_bytes);
    a->total_bytes = mark.total_bytes;
}

size_t arena_used_bytes(const struct arena *a) {
    return a->total_bytes;
}

size_t arena_limit_bytes(const struct arena *a) {
    return a->limit_bytes;
}
