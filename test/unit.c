/* The runner of the unit tests: `unit [--list] [NAME-PART]...`. Each test runs in this process, one
 * after the other; the last line is what `make test` adds up. */
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/test.h"

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST(name) void test_##name(void);
#include "tests.inc"
#undef TEST

static const struct test tests[] = {
#define TEST(name) {#name, test_##name},
#include "tests.inc"
#undef TEST
};

static int failures_here;
static bool skipped_here;

void test_failed(const char *file, int line, const char *what, const struct err *err) {
    if (++failures_here > 20)
        return; /* the first ones tell enough */
    (void)printf("%s:%d: failed: %s\n", file, line, what);
    if (err != NULL && err->code != ERR_NONE) {
        char text[ERR_TEXT_MAX + 200];
        err_format(text, sizeof text, err);
        (void)printf("    %s (%s, found at %s:%d)\n", text, err_code_name(err->code), err->file,
                     err->line);
    }
}

void test_check_str(const char *file, int line, struct str got, struct str want) {
    if (str_eq(got, want))
        return;
    test_failed(file, line, "texts differ", NULL);
    (void)printf("    got  '%.*s'\n    want '%.*s'\n", STR_ARG(got), STR_ARG(want));
}

void test_check_int(const char *file, int line, int64_t got, int64_t want) {
    if (got == want)
        return;
    test_failed(file, line, "numbers differ", NULL);
    (void)printf("    got  %" PRId64 "\n    want %" PRId64 "\n", got, want);
}

void test_skip(const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)printf("skipped: ");
    (void)vprintf(format, args);
    (void)printf("\n");
    va_end(args);
    skipped_here = true;
}

const char *test_suites(void) {
    static const char path[] = "../shared/suites";
    DIR *folder = opendir(path);
    if (folder == NULL)
        return NULL;
    (void)closedir(folder);
    return path;
}

bool test_read_file(struct str *out, const char *path) {
    static struct buf *kept[4096]; /* reachable, so that the leak checker is content */
    static size_t kept_count;
    FILE *file = fopen(path, "rb");
    if (file == NULL || kept_count == COUNT_OF(kept)) {
        if (file != NULL)
            (void)fclose(file);
        return false;
    }
    struct buf *b = calloc(1, sizeof *b);
    if (b == NULL)
        abort();
    buf_init(b, (size_t)64 << 20);
    char block[16384];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        buf_add(b, (struct str){block, got});
    bool ok = !ferror(file) && !b->full;
    (void)fclose(file);
    kept[kept_count++] = b;
    *out = buf_view(b);
    return ok;
}

static bool wanted(const char *name, int count, char **parts) {
    if (count == 0)
        return true;
    for (int i = 0; i < count; i++)
        if (strstr(name, parts[i]) != NULL)
            return true;
    return false;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < COUNT_OF(tests); i++)
            (void)printf("%s\n", tests[i].name);
        return 0;
    }
    int passed = 0, failed = 0, skipped = 0;
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        if (!wanted(tests[i].name, argc - 1, argv + 1))
            continue;
        failures_here = 0;
        skipped_here = false;
        tests[i].run();
        if (failures_here > 0) {
            failed++;
            (void)printf("FAILED %s: %d checks; run again with: %s %s\n", tests[i].name,
                         failures_here, argv[0], tests[i].name);
        } else if (skipped_here) {
            skipped++;
        } else {
            passed++;
        }
        (void)fflush(stdout);
    }
    (void)printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed > 0 || passed == 0;
}
