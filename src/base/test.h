/* base/test.h - checks for unit tests. A test is `void test_<what>(void)` in a *_test.c file;
 * tool/list-tests finds it by its name. */
#ifndef MANDATE_BASE_TEST_H
#define MANDATE_BASE_TEST_H

#include "base/err.h"
#include "base/str.h"

#define CHECK(condition) CHECK_AT(__LINE__, condition)
/* line: that of the row which is being checked */
#define CHECK_AT(line, condition)                                                                  \
    ((condition) ? (void)0 : test_failed(__FILE__, (line), #condition, NULL))
#define CHECK_STR(got, want)          test_check_str(__FILE__, __LINE__, (got), (want))
#define CHECK_STR_AT(line, got, want) test_check_str(__FILE__, (line), (got), (want))
#define CHECK_INT(got, want)          test_check_int(__FILE__, __LINE__, (got), (want))
#define CHECK_INT_AT(line, got, want) test_check_int(__FILE__, (line), (got), (want))
/* The call succeeded; prints the error otherwise. */
#define CHECK_OK(call, err) CHECK_OK_AT(__LINE__, call, err)
#define CHECK_OK_AT(line, call, err)                                                               \
    ((call) ? (void)0 : test_failed(__FILE__, (line), #call, (err)))

void test_failed(const char *file, int line, const char *what, const struct err *err);
void test_check_str(const char *file, int line, struct str got, struct str want);
void test_check_int(const char *file, int line, int64_t got, int64_t want);
/* The rest of this test is not run, and counted as skipped: say why. Then return. */
void test_skip(const char *format, ...) PRINTF_LIKE(1, 2);
/* The folder with the conformance suites: "../shared/suites" from the project's root, or NULL. */
const char *test_suites(void);
/* A whole file, in memory that lives until the program ends; false when it cannot be read. */
bool test_read_file(struct str *out, const char *path);

#endif
