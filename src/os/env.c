#include "os/env.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock_us(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        abort(); /* only with a clock id that the kernel does not know */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t real_wall_us(void *self) {
    (void)self;
    return read_clock_us(CLOCK_REALTIME);
}

static int64_t real_mono_us(void *self) {
    (void)self;
    return read_clock_us(CLOCK_MONOTONIC);
}

static void kernel_random(void *out, size_t size_bytes) {
    unsigned char *at = out;
    while (size_bytes > 0) {
        ssize_t got = getrandom(at, size_bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort(); /* a guessed token would be worse than no service */
        at += got;
        size_bytes -= (size_t)got;
    }
}

/* The writer asks for a nonce and a seed an order, and a call of the kernel costs as much as to
 * encrypt the event: each thread takes some in advance, and clears what it has given. */
static void real_random(void *self, void *out, size_t size_bytes) {
    enum { AHEAD_BYTES = 2048, SMALL_BYTES = 64 };
    static _Thread_local unsigned char ahead[AHEAD_BYTES];
    static _Thread_local size_t left_bytes;
    (void)self;
    if (size_bytes > SMALL_BYTES) {
        kernel_random(out, size_bytes);
        return;
    }
    if (left_bytes < size_bytes) {
        kernel_random(ahead, sizeof ahead);
        left_bytes = sizeof ahead;
    }
    left_bytes -= size_bytes;
    memcpy(out, ahead + left_bytes, size_bytes);
    explicit_bzero(ahead + left_bytes, size_bytes);
}

const struct os_env *os_env_real(void) {
    static const struct os_env real = {NULL, real_wall_us, real_mono_us, real_random};
    return &real;
}

enum { HEAPS = 2, KEPT_BYTES = 8 << 20, GROWTH_BYTES = 256 << 10, MAPPED_BYTES = 2 << 20 };

void os_memory_setup(void) {
    (void)mallopt(M_ARENA_MAX, HEAPS);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TOP_PAD, GROWTH_BYTES);
    /* setting any of these fixes it at 128 kB: each larger page would be mapped and unmapped */
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
}

void os_memory_trim(void) {
    (void)malloc_trim(0);
}
