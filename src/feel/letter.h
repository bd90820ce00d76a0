/* feel/letter.h - characters by the Unicode database (version 14.0, from tool/unicode), without a
 * locale: cases, case variants, general categories, blocks. */
#ifndef MANDATE_FEEL_LETTER_H
#define MANDATE_FEEL_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* General categories, in the order of tool/unicode. */
enum letter_kind {
    LETTER_LU,
    LETTER_LL,
    LETTER_LT,
    LETTER_LM,
    LETTER_LO,
    LETTER_MN,
    LETTER_MC,
    LETTER_ME,
    LETTER_ND,
    LETTER_NL,
    LETTER_NO,
    LETTER_PC,
    LETTER_PD,
    LETTER_PS,
    LETTER_PE,
    LETTER_PI,
    LETTER_PF,
    LETTER_PO,
    LETTER_SM,
    LETTER_SC,
    LETTER_SK,
    LETTER_SO,
    LETTER_ZS,
    LETTER_ZL,
    LETTER_ZP,
    LETTER_CC,
    LETTER_CF,
    LETTER_CS,
    LETTER_CO,
    LETTER_CN,
    LETTER_KINDS
};
enum {
    LETTER_LONG_MAX = 3,     /* characters of one letter's upper case */
    LETTER_VARIANTS_MAX = 4, /* its case variants */
};

enum letter_kind letter_kind(uint32_t code);
/* The categories that "Lu", "L", "P" ... names, as bits 1 << enum letter_kind; 0: no such name. */
uint32_t letter_kinds_named(struct str name);
/* A block by its name without blanks: "BasicLatin". */
bool letter_block(uint32_t *from, uint32_t *to, struct str name);

/* Simple case mappings; a character without one is given back unchanged. */
uint32_t letter_lower(uint32_t code);
uint32_t letter_upper(uint32_t code);
/* The full upper case, 1..LETTER_LONG_MAX characters: "SS" for a sharp s. */
uint32_t letter_upper_long(uint32_t out[LETTER_LONG_MAX], uint32_t code);
/* The other characters that have the same full upper case or the same full lower case.
 * XPath and XQuery Functions 3.1: 5.6.2, the flag i */
uint32_t letter_variants(uint32_t out[LETTER_VARIANTS_MAX], uint32_t code);
bool letter_same(uint32_t a, uint32_t b); /* but for case: one, or variants */
/* Unicode: 3.13: Cased, Case_Ignorable; a few characters are both. */
bool letter_is_cased(uint32_t code);
bool letter_is_ignorable(uint32_t code);

#endif
