#include "feel/letter.h"

#include <stddef.h>

#include "base/attr.h"
#include "feel/unicode.h"

enum letter_kind letter_kind(uint32_t code) {
    uint32_t low = 0, high = unicode_kind_count; /* the last run that begins at code or before */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (unicode_kinds[middle].from <= code)
            low = middle;
        else
            high = middle;
    }
    return (enum letter_kind)unicode_kinds[low].kind;
}

uint32_t letter_kinds_named(struct str name) {
    static const char names[LETTER_KINDS][3] = {
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"};
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < LETTER_KINDS && name.len > 0; i++)
        if (str_starts((struct str){names[i], 2}, name))
            kinds |= UINT32_C(1) << i;
    return kinds;
}

bool letter_block(uint32_t *from, uint32_t *to, struct str name) {
    for (uint32_t i = 0; i < unicode_block_count; i++)
        if (str_eq(name, str_from(unicode_blocks[i].name))) {
            *from = unicode_blocks[i].from;
            *to = unicode_blocks[i].to;
            return true;
        }
    return false;
}

static uint32_t mapped(const struct unicode_case_run *runs, uint32_t count, uint32_t code) {
    uint32_t low = 0, high = count; /* the first run that ends at code or later */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (runs[middle].to < code)
            low = middle + 1;
        else
            high = middle;
    }
    const struct unicode_case_run *run = &runs[low];
    if (low == count || code < run->from || (code - run->from) % run->step != 0)
        return code;
    return (uint32_t)((int32_t)code + run->delta);
}

uint32_t letter_lower(uint32_t code) {
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    return mapped(unicode_lower, unicode_lower_count, code);
}

uint32_t letter_upper(uint32_t code) {
    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 32 : code;
    return mapped(unicode_upper, unicode_upper_count, code);
}

uint32_t letter_upper_long(uint32_t out[LETTER_LONG_MAX], uint32_t code) {
    uint32_t low = 0, high = unicode_long_upper_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unicode_long_uppers[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < unicode_long_upper_count && unicode_long_uppers[low].code == code) {
        uint32_t count = 0;
        while (count < LETTER_LONG_MAX && unicode_long_uppers[low].upper[count] != 0) {
            out[count] = unicode_long_uppers[low].upper[count];
            count++;
        }
        return count;
    }
    out[0] = letter_upper(code);
    return 1;
}

uint32_t letter_variants(uint32_t out[LETTER_VARIANTS_MAX], uint32_t code) {
    uint32_t low = 0, high = unicode_variant_count, count = 0; /* the first one of code */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unicode_variants[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < unicode_variant_count && unicode_variants[low].code == code; low++)
        out[count++] = unicode_variants[low].other;
    return count;
}

bool letter_same(uint32_t a, uint32_t b) {
    uint32_t variants[LETTER_VARIANTS_MAX], count;
    if (a == b)
        return true;
    count = letter_variants(variants, a);
    for (uint32_t i = 0; i < count; i++)
        if (variants[i] == b)
            return true;
    return false;
}

static bool in_ranges(const struct unicode_range *ranges, uint32_t count, uint32_t code) {
    uint32_t low = 0, high = count; /* the first range that ends at code or later */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ranges[middle].to < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].from <= code;
}

bool letter_is_cased(uint32_t code) {
    enum letter_kind kind = letter_kind(code);
    return kind == LETTER_LU || kind == LETTER_LL || kind == LETTER_LT ||
           in_ranges(unicode_cased, unicode_cased_count, code);
}

bool letter_is_ignorable(uint32_t code) {
    enum letter_kind kind = letter_kind(code);
    return kind == LETTER_MN || kind == LETTER_ME || kind == LETTER_CF || kind == LETTER_LM ||
           kind == LETTER_SK || in_ranges(unicode_ignorables, unicode_ignorable_count, code);
}
