#include "base/code.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void code_hex_add(struct buf *out, struct str bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        buf_add_byte(out, hex_digits[(unsigned char)bytes.at[i] >> 4]);
        buf_add_byte(out, hex_digits[bytes.at[i] & 15]);
    }
}

static int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool code_hex_take(struct buf *out, struct str text) {
    if (text.len % 2 != 0)
        return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_value(text.at[i]), low = hex_value(text.at[i + 1]);
        if (high < 0 || low < 0)
            return false;
        buf_add_byte(out, (char)(high << 4 | low));
    }
    return true;
}

static void base64_add(struct buf *out, struct str bytes, const char *digits, bool pad) {
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = MIN_OF(bytes.len - i, (size_t)3);
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < left ? (unsigned char)bytes.at[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            if (k <= left)
                buf_add_byte(out, digits[group >> (18 - 6 * k) & 63]);
            else if (pad)
                buf_add_byte(out, '=');
    }
}

static bool base64_take(struct buf *out, struct str text, const char *digits) {
    if (text.len % 4 == 1)
        return false;
    uint32_t group = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.at[i] == '\0' ? NULL : strchr(digits, text.at[i]);
        if (digit == NULL)
            return false;
        group = group << 6 | (uint32_t)(digit - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_add_byte(out, (char)(group >> bits & 255));
            group &= (1u << bits) - 1;
        }
    }
    return group == 0; /* spare bits must be zero: one text for one value */
}

void code_base64_add(struct buf *out, struct str bytes) {
    base64_add(out, bytes, base64_digits, true);
}

bool code_base64_take(struct buf *out, struct str text) {
    if (text.len % 4 != 0)
        return false;
    for (int padding = 0; padding < 2 && text.len > 0 && text.at[text.len - 1] == '='; padding++)
        text.len--;
    return base64_take(out, text, base64_digits);
}

void code_base64url_add(struct buf *out, struct str bytes) {
    base64_add(out, bytes, base64url_digits, false);
}

bool code_base64url_take(struct buf *out, struct str text) {
    return base64_take(out, text, base64url_digits);
}

void code_base32_add(struct buf *out, struct str bytes) {
    uint32_t group = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        group = group << 8 | (unsigned char)bytes.at[i];
        for (bits += 8; bits >= 5; bits -= 5)
            buf_add_byte(out, base32_digits[group >> (bits - 5) & 31]);
        group &= (1u << bits) - 1;
    }
    if (bits > 0)
        buf_add_byte(out, base32_digits[group << (5 - bits) & 31]);
}

bool code_base32_normal(struct buf *out, struct str typed) {
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.at[i];
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        c = c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
        if (c == '\0' || strchr(base32_digits, c) == NULL)
            return false;
        buf_add_byte(out, c);
    }
    return true;
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void code_percent_add(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.at[i]))
            buf_add_byte(out, text.at[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
    }
}

bool code_percent_take(struct buf *out, struct str text, bool plus_is_space) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '%') {
            int high = i + 2 < text.len ? hex_value(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_value(text.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            buf_add_byte(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_add_byte(out, text.at[i] == '+' && plus_is_space ? ' ' : text.at[i]);
        }
    }
    return true;
}
