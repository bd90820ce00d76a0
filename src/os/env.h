/* os/env.h - what the program asks the machine: the time and random bytes. A struct of functions,
 * so that a test or the simulator brings its own. */
#ifndef MANDATE_OS_ENV_H
#define MANDATE_OS_ENV_H

#include <stddef.h>
#include <stdint.h>

struct os_env {
    void *self;
    int64_t (*wall_us)(void *self); /* microseconds since 1970-01-01T00:00:00Z, no leap seconds */
    int64_t (*mono_us)(void *self); /* never goes back; the start is arbitrary */
    void (*random)(void *self, void *out, size_t size_bytes); /* from the kernel; cannot fail */
};

/* The machine's own clock and random numbers. Valid for the whole run. */
const struct os_env *os_env_real(void);

/* Tell the allocator how this program works: once, before the first thread. Memory of a finished
 * piece of work is kept for the next one instead of being given back to the system and taken again
 * (which cost a fifth of the writer's time), and threads share two heaps. */
void os_memory_setup(void);

/* Give back what was freed: after the start, or new packs, whose reading takes more than what
 * stays.
 */
void os_memory_trim(void);

static inline int64_t os_wall_us(const struct os_env *env) {
    return env->wall_us(env->self);
}

static inline int64_t os_mono_us(const struct os_env *env) {
    return env->mono_us(env->self);
}

static inline void os_random(const struct os_env *env, void *out, size_t size_bytes) {
    env->random(env->self, out, size_bytes);
}

#endif
