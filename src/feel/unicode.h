/* feel/unicode.h - the tables that tool/unicode makes of the Unicode database. Sorted; looked up by
 * letter.c only. */
#ifndef MANDATE_FEEL_UNICODE_H
#define MANDATE_FEEL_UNICODE_H

#include <stdint.h>

/* From here to the next run all characters have that general category. */
struct unicode_kind_run {
    uint32_t from;
    uint8_t kind; /* enum letter_kind */
};
extern const struct unicode_kind_run unicode_kinds[];
extern const uint32_t unicode_kind_count;

/* A block by its name without blanks; a few have an older name as well. */
struct unicode_block {
    const char *name;
    uint32_t from, to;
};
extern const struct unicode_block unicode_blocks[];
extern const uint32_t unicode_block_count;

/* delta is added to each step-th character from the first to the last. */
struct unicode_case_run {
    uint32_t from, to;
    int32_t delta;
    uint32_t step;
};
extern const struct unicode_case_run unicode_lower[], unicode_upper[];
extern const uint32_t unicode_lower_count, unicode_upper_count;

/* Upper cases of several characters, ended by 0. */
struct unicode_long_upper {
    uint32_t code;
    uint32_t upper[3];
};
extern const struct unicode_long_upper unicode_long_uppers[];
extern const uint32_t unicode_long_upper_count;

/* A character and one that differs from it only in case; a row for each of several. */
struct unicode_variant {
    uint32_t code, other;
};
extern const struct unicode_variant unicode_variants[];
extern const uint32_t unicode_variant_count;

struct unicode_range {
    uint32_t from, to;
};
/* Cased, but not by their general category (Lu, Ll, Lt). */
extern const struct unicode_range unicode_cased[];
extern const uint32_t unicode_cased_count;
/* Case_Ignorable, but not by their general category (Mn, Me, Cf, Lm, Sk). */
extern const struct unicode_range unicode_ignorables[];
extern const uint32_t unicode_ignorable_count;

#endif
