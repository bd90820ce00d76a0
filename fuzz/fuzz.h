/* fuzz/fuzz.h - what every harness includes. A harness is one file fuzz/NAME.c with the function
 * below and a folder fuzz/corpus/NAME with at least one input. `make fuzz` builds and runs all of
 * them with libFuzzer (SECONDS=60 each, FUZZ="name ..." some of them); `make unit` runs each over
 * its corpus as a plain test. A finding's input goes into the corpus, with the fix.
 * A harness asserts something that must hold for every input: not crashing is not enough. */
#ifndef MANDATE_FUZZ_FUZZ_H
#define MANDATE_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"

/* Returns 0. Input belongs to the caller. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Like assert, with the error that was met. */
#define FUZZ_CHECK(condition, err) ((condition) ? (void)0 : fuzz_failed(#condition, (err)))

static inline void fuzz_failed(const char *what, const struct err *err) {
    char text[ERR_TEXT_MAX + 200] = "";
    if (err != NULL && err->code != ERR_NONE)
        err_format(text, sizeof text, err);
    (void)fprintf(stderr, "property broken: %s %s\n", what, text);
    abort();
}

static inline struct str fuzz_input(const uint8_t *bytes, size_t len) {
    return (struct str){len == 0 ? "" : (const char *)bytes, len};
}

enum { FUZZ_STEPS = 1000000, FUZZ_BYTES = 32 << 20, FUZZ_ARENA_BYTES = 64 << 20 };

#endif
