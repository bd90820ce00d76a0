/* The scanner: one token at a time, from any place, so that the parser can join words to a name
 * and go on behind it. ASCII is told by a table; beyond it every code point but the blanks of
 * rule 61 is part of a name, which is wider than rules 28 and 29 and never ambiguous.
 * DMN 1.5: 10.3.1.4 */
#include "feel/lex.h"

#include "base/utf8.h"

enum { BLANK = 1, START = 2, PART = 4, DIGIT = 8 };

/* DMN 1.5: rules 28, 29, 61, 62 */
static unsigned class_of(unsigned char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?')
        return START | PART;
    if (c >= '0' && c <= '9')
        return PART | DIGIT;
    return (c >= 9 && c <= 13) || c == ' ' ? BLANK : 0;
}

static bool is_wide_blank(uint32_t code) {
    return code == 0x85 || code == 0xa0 || code == 0x1680 || code == 0x180e ||
           (code >= 0x2000 && code <= 0x200b) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000 || code == 0xfeff;
}

/* The class of the character at `at`, and its length in *len. */
static unsigned class_at(uint32_t *len, struct str text, uint32_t at) {
    unsigned char c = (unsigned char)text.at[at];
    *len = 1;
    if (c < 0x80)
        return class_of(c);
    struct str rest = str_sub(text, at, UTF8_BYTES_MAX);
    size_t before = rest.len;
    uint32_t code;
    if (!utf8_take(&code, &rest))
        return 0;
    *len = (uint32_t)(before - rest.len);
    return is_wide_blank(code) ? BLANK : START | PART;
}

static uint32_t skip_comment(struct str text, uint32_t at) {
    bool line = text.at[at + 1] == '/';
    for (uint32_t i = at + 2; i < text.len; i++) {
        if (line && text.at[i] == '\n')
            return i + 1;
        if (!line && text.at[i] == '*' && i + 1 < text.len && text.at[i + 1] == '/')
            return i + 2;
    }
    return line ? (uint32_t)text.len : at;
}

uint32_t lex_skip(struct str text, uint32_t at) {
    while (at < text.len) {
        uint32_t len;
        if (class_at(&len, text, at) & BLANK) {
            at += len;
            continue;
        }
        if (text.at[at] != '/' || at + 1 >= text.len ||
            (text.at[at + 1] != '/' && text.at[at + 1] != '*'))
            break;
        uint32_t end = skip_comment(text, at);
        if (end == at)
            break;
        at = end;
    }
    return at;
}

uint32_t lex_part(struct str text, uint32_t from) {
    uint32_t at = from, len;
    while (at < text.len && (class_at(&len, text, at) & PART))
        at += len;
    return at;
}

/* DMN 1.5: rules 26, 27 */
uint32_t lex_word(struct str text, uint32_t from) {
    uint32_t len;
    if (from >= text.len || !(class_at(&len, text, from) & START))
        return from;
    return lex_part(text, from);
}

bool lex_is_name_part(struct str text, uint32_t at) {
    uint32_t len;
    return at < text.len && (class_at(&len, text, at) & PART);
}

bool lex_is_symbol(char c) {
    return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

static enum token_kind word_kind(const char *at, size_t len) {
    static const struct {
        const char *word;
        uint8_t len, kind;
    } words[] = {
        {"and", 3, TOKEN_AND},
        {"between", 7, TOKEN_BETWEEN},
        {"else", 4, TOKEN_ELSE},
        {"every", 5, TOKEN_EVERY},
        {"false", 5, TOKEN_FALSE},
        {"for", 3, TOKEN_FOR},
        {"function", 8, TOKEN_FUNCTION},
        {"if", 2, TOKEN_IF},
        {"in", 2, TOKEN_IN},
        {"instance", 8, TOKEN_INSTANCE},
        {"not", 3, TOKEN_NOT},
        {"null", 4, TOKEN_NULL},
        {"or", 2, TOKEN_OR},
        {"return", 6, TOKEN_RETURN},
        {"satisfies", 9, TOKEN_SATISFIES},
        {"some", 4, TOKEN_SOME},
        {"then", 4, TOKEN_THEN},
        {"true", 4, TOKEN_TRUE},
    };
    if (len < 2 || len > 9 || at[0] < 'a' || at[0] > 't')
        return TOKEN_NAME;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].len == len && words[i].word[0] == at[0] && memcmp(words[i].word, at, len) == 0)
            return words[i].kind;
    return TOKEN_NAME;
}

static char byte_at(struct str text, uint32_t at) {
    return at < text.len ? text.at[at] : '\0';
}

static bool digit_at(struct str text, uint32_t at) {
    return byte_at(text, at) >= '0' && byte_at(text, at) <= '9';
}

static uint32_t skip_digits(struct str text, uint32_t at) {
    while (digit_at(text, at))
        at++;
    return at;
}

/* DMN 1.5: rules 36, 37; "1..3" is 1 and two dots */
static uint32_t number_end(struct str text, uint32_t at) {
    at = skip_digits(text, at);
    if (byte_at(text, at) == '.' && digit_at(text, at + 1))
        at = skip_digits(text, at + 1);
    if (byte_at(text, at) == 'e' || byte_at(text, at) == 'E') {
        uint32_t sign = byte_at(text, at + 1) == '+' || byte_at(text, at + 1) == '-';
        if (digit_at(text, at + 1 + sign))
            at = skip_digits(text, at + 1 + sign);
    }
    return at;
}

/* 0 when the string does not end; no line end inside. DMN 1.5: rule 33 */
static uint32_t string_end(struct str text, uint32_t at) {
    for (uint32_t i = at + 1; i < text.len; i++) {
        char c = text.at[i];
        if (c == '"')
            return i + 1;
        if (c >= '\n' && c <= '\r')
            return 0;
        if (c == '\\' && i + 1 < text.len && (text.at[i + 1] == '"' || text.at[i + 1] == '\\'))
            i++;
    }
    return 0;
}

static enum token_kind sign_kind(uint32_t *len, char c, char next) {
    *len = 1;
    switch (c) {
    case '+': return TOKEN_PLUS;
    case '-': *len = next == '>' ? 2 : 1; return next == '>' ? TOKEN_ARROW : TOKEN_MINUS;
    case '*': *len = next == '*' ? 2 : 1; return next == '*' ? TOKEN_POWER : TOKEN_STAR;
    case '/': return TOKEN_SLASH;
    case '=': return TOKEN_EQ;
    case '!': *len = 2; return next == '=' ? TOKEN_NE : TOKEN_END;
    case '<': *len = next == '=' ? 2 : 1; return next == '=' ? TOKEN_LE : TOKEN_LT;
    case '>': *len = next == '=' ? 2 : 1; return next == '=' ? TOKEN_GE : TOKEN_GT;
    case '.': *len = next == '.' ? 2 : 1; return next == '.' ? TOKEN_DOTS : TOKEN_DOT;
    case ',': return TOKEN_COMMA;
    case ':': return TOKEN_COLON;
    case '(': return TOKEN_PAREN;
    case ')': return TOKEN_PAREN_END;
    case '[': return TOKEN_BRACKET;
    case ']': return TOKEN_BRACKET_END;
    case '{': return TOKEN_BRACE;
    case '}': return TOKEN_BRACE_END;
    case '@': return TOKEN_AT;
    default: return TOKEN_END;
    }
}

bool lex_next(struct token *out, struct str text, uint32_t from, const char **what) {
    uint32_t at = lex_skip(text, from), len;
    out->from = out->to = at;
    out->kind = TOKEN_END;
    if (at >= text.len)
        return true;
    unsigned class = class_at(&len, text, at);
    if (class & START) {
        out->to = lex_word(text, at);
        out->kind = word_kind(text.at + at, out->to - at);
        return true;
    }
    if ((class & DIGIT) || (text.at[at] == '.' && digit_at(text, at + 1))) {
        out->to = number_end(text, at);
        out->kind = TOKEN_NUMBER;
        return true;
    }
    if (text.at[at] == '"') {
        out->to = string_end(text, at);
        out->kind = TOKEN_STRING;
        *what = "a string does not end on its line";
        return out->to != 0;
    }
    out->kind = sign_kind(&len, text.at[at], byte_at(text, at + 1));
    out->to = at + len;
    *what = text.at[at] == '/' ? "a comment does not end" : "a character that FEEL does not know";
    return out->kind != TOKEN_END && !(out->kind == TOKEN_SLASH && byte_at(text, at + 1) == '*');
}

/* --- strings -----------------------------------------------------------------------------------
 */
static bool hex_take(uint32_t *out, struct str s, size_t from, size_t count) {
    uint32_t code = 0;
    if (s.len < from + count)
        return false;
    for (size_t i = from; i < from + count; i++) {
        char c = s.at[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        code = code * 16 + digit;
    }
    *out = code;
    return true;
}

/* \uXXXX or \UXXXXXX at s; two surrogates make one character. Bytes used, 0 when broken. */
static size_t escape_code(uint32_t *code, struct str s) {
    if (s.at[1] == 'U')
        return hex_take(code, s, 2, 6) ? 8 : 0;
    if (!hex_take(code, s, 2, 4))
        return 0;
    uint32_t low;
    if (*code < 0xd800 || *code > 0xdbff)
        return 6;
    if (s.len < 12 || s.at[6] != '\\' || s.at[7] != 'u' || !hex_take(&low, s, 8, 4) ||
        low < 0xdc00 || low > 0xdfff)
        return 0;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return 12;
}

static char simple_escape(char c) {
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"':
    case '\'':
    case '\\': return c;
    default: return '\0';
    }
}

/* DMN 1.5: rule 64. A backslash before any other character stands for itself, so "\d" is a pattern.
 */
bool lex_string(struct str *out, struct str token, struct arena *a) {
    struct str s = str_sub(token, 1, token.len - 2);
    if (str_find_byte(s, '\\') == SIZE_MAX) {
        *out = s;
        return true;
    }
    char *copy = arena_new(a, char, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len;) {
        char next = s.at[i] == '\\' && i + 1 < s.len ? s.at[i + 1] : '\0';
        if (next == 'u' || next == 'U') {
            uint32_t code;
            size_t used = escape_code(&code, str_sub(s, i, s.len));
            char put[UTF8_BYTES_MAX];
            size_t put_len = used == 0 ? 0 : utf8_put(put, code);
            if (put_len == 0)
                return false;
            memcpy(copy + len, put, put_len);
            len += put_len;
            i += used;
        } else if (next != '\0' && simple_escape(next) != '\0') {
            copy[len++] = simple_escape(next);
            i += 2;
        } else {
            copy[len++] = s.at[i++];
        }
    }
    *out = (struct str){copy, len};
    return true;
}

/* --- names of several words ---------------------------------------------------------------------
 */
/* Both are walked piece by piece, a piece being a run of name characters or one symbol. Two words
 * in a row need a blank between them in the text; around symbols blanks are free. */
uint32_t lex_match(struct str text, uint32_t from, struct str name) {
    uint32_t at = from, i = 0, len;
    bool after_word = false;
    while (i < name.len) {
        unsigned class = class_at(&len, name, i);
        if (class & BLANK) {
            i += len;
            continue;
        }
        uint32_t skipped = lex_skip(text, at);
        bool word = (class & PART) != 0;
        if (word && after_word && skipped == at)
            return 0;
        at = skipped;
        uint32_t end = i + len;
        while (word && end < name.len && (class_at(&len, name, end) & PART))
            end += len;
        if (text.len - at < end - i || memcmp(text.at + at, name.at + i, end - i) != 0)
            return 0;
        at += end - i;
        i = end;
        if (word && lex_is_name_part(text, at))
            return 0;
        after_word = word;
    }
    return at;
}
