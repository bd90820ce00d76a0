/* feel/letter.h - the two cases of a letter, without a locale. */
#ifndef MANDATE_FEEL_LETTER_H
#define MANDATE_FEEL_LETTER_H

#include <stdint.h>

/* Unicode 15 simple case mappings of the Latin, Greek, Cyrillic, Armenian and full-width blocks;
 * other characters are given back unchanged. */
uint32_t letter_lower(uint32_t code);
uint32_t letter_upper(uint32_t code);

#endif
