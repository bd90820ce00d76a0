/* The named checks of form fields. Each tells only whether the text is well formed: none asks a
 * register. */
#include "pack/inner.h"

bool pack_check_known(struct str name) {
    return str_eq(name, STR("resident-id")) || str_eq(name, STR("uscc")) ||
           str_eq(name, STR("phone")) || str_eq(name, STR("place"));
}

static bool digits(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len > 0;
}

/* GB 11643-1999: 4 and appendix A: six digits of region, eight of birth, three of sequence, and a
 * check character by ISO 7064 MOD 11-2, in which 10 is written X. */
bool pack_check_resident_id(struct str text) {
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    if (text.len != 18 || !digits(str_sub(text, 0, 17)))
        return false;
    int64_t year, month, day;
    if (!str_to_i64(&year, str_sub(text, 6, 4)) || !str_to_i64(&month, str_sub(text, 10, 2)) ||
        !str_to_i64(&day, str_sub(text, 12, 2)) || year < 1800 || !cal_date_valid(year, month, day))
        return false;
    int sum = 0;
    for (size_t i = 0; i < 17; i++)
        sum += (text.at[i] - '0') * weights[i];
    char last = text.at[17] == 'x' ? 'X' : text.at[17];
    return last == checks[sum % 11];
}

/* GB 32100-2015: 4: registering authority, kind, six digits of region, nine of subject, and a check
 * character: 31 minus the sum of values times 3^(i-1) modulo 31, modulo 31. I, O, Z, S, V are not
 * used. */
bool pack_check_uscc(struct str text) {
    static const struct str alphabet = STR_INIT("0123456789ABCDEFGHJKLMNPQRTUWXY");
    if (text.len != 18 || !digits(str_sub(text, 2, 6)))
        return false;
    size_t sum = 0, weight = 1, check = 0;
    for (size_t i = 0; i < 18; i++) {
        size_t value = str_find_byte(alphabet, text.at[i]);
        if (value == SIZE_MAX)
            return false;
        check = value;
        sum += i < 17 ? value * weight : 0;
        weight = weight * 3 % 31;
    }
    return check == (31 - sum % 31) % 31;
}

/* Numbers of the country: 11 digits that begin with 1 (3 to 9 next), or an area code of three or
 * four digits with 0 and seven or eight digits behind a dash or nothing. "000-" is kept for
 * demonstration numbers: no area code begins so. */
bool pack_check_phone(struct str text) {
    char plain[32];
    size_t len = 0;
    if (str_starts(text, STR("+86")))
        text = str_trim(str_sub(text, 3, text.len));
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '-' || text.at[i] == ' ')
            continue;
        if (len == sizeof plain)
            return false;
        plain[len++] = text.at[i];
    }
    struct str number = {plain, len};
    if (!digits(number))
        return false;
    if (len == 11 && plain[0] == '1' && plain[1] >= '3')
        return true;
    return plain[0] == '0' && len >= 10 && len <= 12;
}
