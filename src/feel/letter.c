#include "feel/letter.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Letters whose two cases differ by a constant; step 2: upper and lower alternate. */
static const struct case_run {
    uint32_t upper_from, upper_to;
    int32_t lower; /* added to get the lower case */
    uint32_t step;
} case_runs[] = {
    {'A', 'Z', 32, 1},       {0xc0, 0xd6, 32, 1},       {0xd8, 0xde, 32, 1},
    {0x100, 0x12e, 1, 2},    {0x132, 0x136, 1, 2},      {0x139, 0x147, 1, 2},
    {0x14a, 0x176, 1, 2},    {0x178, 0x178, -121, 1},   {0x179, 0x17d, 1, 2},
    {0x1cd, 0x1db, 1, 2},    {0x1de, 0x1ee, 1, 2},      {0x1f8, 0x21e, 1, 2},
    {0x222, 0x232, 1, 2},    {0x386, 0x386, 38, 1},     {0x388, 0x38a, 37, 1},
    {0x38c, 0x38c, 64, 1},   {0x38e, 0x38f, 63, 1},     {0x391, 0x3a1, 32, 1},
    {0x3a3, 0x3ab, 32, 1},   {0x400, 0x40f, 80, 1},     {0x410, 0x42f, 32, 1},
    {0x460, 0x480, 1, 2},    {0x48a, 0x4be, 1, 2},      {0x4c1, 0x4cd, 1, 2},
    {0x4d0, 0x52e, 1, 2},    {0x531, 0x556, 48, 1},     {0x1e00, 0x1e94, 1, 2},
    {0x1ea0, 0x1efe, 1, 2},  {0x2160, 0x216f, 16, 1},   {0x24b6, 0x24cf, 26, 1},
    {0xff21, 0xff3a, 32, 1}, {0x10400, 0x10427, 40, 1},
};

static uint32_t change_case(uint32_t code, bool upper) {
    for (size_t i = 0; i < COUNT_OF(case_runs); i++) {
        const struct case_run *run = &case_runs[i];
        uint32_t shift = upper ? (uint32_t)run->lower : 0;
        uint32_t from = run->upper_from + shift, to = run->upper_to + shift;
        if (code >= from && code <= to && (code - from) % run->step == 0)
            return upper ? code - (uint32_t)run->lower : code + (uint32_t)run->lower;
    }
    return upper && code == 0x3c2 ? 0x3a3 : code; /* the other small sigma */
}

uint32_t letter_lower(uint32_t code) {
    switch (code) {
    case 0x17f: /* long s */ return 's';
    case 0x212a: /* Kelvin */ return 'k';
    case 0x212b: /* Angstrom */ return 0xe5;
    case 0x2126: /* Ohm */ return 0x3c9;
    default: return change_case(code, false);
    }
}

uint32_t letter_upper(uint32_t code) {
    return change_case(code, true);
}
