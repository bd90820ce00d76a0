/* Every fuzz harness over its own corpus, as a plain test: fuzz/fuzz.h says how they are built. */
#include <dirent.h>
#include <stdint.h>

#include "base/test.h"

#define FUZZ(name) int fuzz_##name(const uint8_t *bytes, size_t len);
#include "fuzz.inc"
#undef FUZZ

static const struct harness {
    const char *name;
    int (*run)(const uint8_t *bytes, size_t len);
} harnesses[] = {
#define FUZZ(name) {#name, fuzz_##name},
#include "fuzz.inc"
#undef FUZZ
};

static int run_corpus(const struct harness *harness) {
    char path[1024];
    (void)snprintf(path, sizeof path, "fuzz/corpus/%s", harness->name);
    DIR *folder = opendir(path);
    int count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "fuzz/corpus/%s/%s", harness->name, entry->d_name);
        struct str text;
        CHECK(test_read_file(&text, path));
        CHECK_INT(harness->run((const uint8_t *)(text.len == 0 ? "" : text.at), text.len), 0);
        count++;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

void test_fuzz_corpus(void) {
    for (size_t i = 0; i < COUNT_OF(harnesses); i++) {
        int count = run_corpus(&harnesses[i]);
        if (count == 0)
            (void)printf("    fuzz/corpus/%s is empty\n", harnesses[i].name);
        CHECK(count > 0);
    }
}
