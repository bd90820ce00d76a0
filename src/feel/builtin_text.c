/* Built-in functions on strings, and conversions to and from them. A character is a code point.
 * DMN 1.5: 10.3.4.1, 10.3.4.3, tables 72, 74 */
#include <inttypes.h>

#include "base/utf8.h"
#include "feel/builtin.h"
#include "feel/letter.h"
#include "feel/machine.h"
#include "feel/regex.h"

enum { BRIEF_BYTES = 256 }; /* texts up to this length are made without the heap */

static struct str text_of(struct feel_value v) {
    return (struct str){v.u.text, v.count};
}

static struct feel_value slice(struct feel_value v, size_t from, size_t len) {
    return feel_string((struct str){v.u.text == NULL ? "" : v.u.text + from, len});
}

struct feel_value builtin_string(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    (void)count;
    if (feel_kind(args[0]) == FEEL_STRING || feel_is_null(args[0]))
        return args[0];
    struct buf text;
    char room[BRIEF_BYTES];
    buf_init_at(&text, FEEL_TEXT_BYTES_MAX, room, sizeof room);
    feel_print_plain(&text, args[0]);
    if (!machine_spend(m, text.len / 16)) {
        buf_done(&text);
        return feel_null();
    }
    return machine_text(m, &text);
}

/* --- number()
 * --------------------------------------------------------------------------------------- */
static bool is_separator(struct feel_value v, struct str allowed) {
    return feel_is_null(v) || (v.count == 1 && str_find_byte(allowed, v.u.text[0]) != SIZE_MAX);
}

/* DMN 1.5: table 72, footnote 1: every grouping separator is taken out, then every decimal one is a
 * point. */
static void add_plain(struct buf *out, struct str text, char group, char point) {
    for (size_t i = 0; i < text.len; i++)
        if (group == '\0' || text.at[i] != group)
            buf_add_byte(out, text.at[i] == point ? '.' : text.at[i]);
}

/* A numeric literal: what num_parse() takes, without a plus. DMN 1.5: rule 35 */
struct feel_value builtin_number(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    struct feel_value group = count > 1 ? args[1] : feel_null();
    struct feel_value point = count > 2 ? args[2] : feel_null();
    if (feel_kind(args[0]) == FEEL_NUMBER)
        return count == 1 ? args[0] : machine_null(m, "number() of a number takes no separators");
    if (!is_separator(group, STR(" ,.")) || !is_separator(point, STR(",.")))
        return machine_null(m, "number() takes ' ', ',' or '.' to group digits, and '.' or ',' as "
                               "the point");
    if (!feel_is_null(group) && !feel_is_null(point) && group.u.text[0] == point.u.text[0])
        return machine_null(m, "number() takes two different separators");
    struct buf text;
    struct num n;
    char room[BRIEF_BYTES];
    buf_init_at(&text, 4096, room, sizeof room);
    add_plain(&text, text_of(args[0]), feel_is_null(group) ? '\0' : group.u.text[0],
              feel_is_null(point) ? '.' : point.u.text[0]);
    bool good = machine_spend_bytes(m, args[0].count) && !text.full &&
                (text.len == 0 || buf_view(&text).at[0] != '+') && num_parse(&n, buf_view(&text));
    buf_done(&text);
    return good ? machine_number(m, n)
                : machine_null(m, "number() of a string that is not a number");
}

/* --- parts
 * --------------------------------------------------------------------------------------------- */
struct feel_value builtin_string_length(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    (void)count;
    return machine_spend_bytes(m, args[0].count) ? feel_int((int64_t)utf8_count(text_of(args[0])))
                                                 : feel_null();
}

/* Byte index of the n-th character (from 0); text.len beyond the end. */
static size_t byte_of(struct str text, size_t n) {
    size_t i = 0;
    while (i < text.len && n > 0) {
        i++;
        while (i < text.len && ((unsigned char)text.at[i] & 0xc0) == 0x80)
            i++;
        n--;
    }
    return i;
}

static bool whole_part(int64_t *out, struct feel_value v) {
    return value_is_int(v, out) || num_to_i64(out, num_round(value_num(v), 0, NUM_ROUND_DOWN));
}

struct feel_value builtin_substring(struct feel_machine *m, const struct feel_value *args,
                                    uint32_t count) {
    struct str text = text_of(args[0]);
    if (!machine_spend_bytes(m, text.len))
        return feel_null();
    int64_t start, len, size = (int64_t)utf8_count(text);
    if (!whole_part(&start, args[1]) || start == 0 || start > size || start < -size)
        return machine_null(m, "substring() begins at one of the text's %" PRIi64 " characters",
                            size);
    start = start < 0 ? start + size : start - 1;
    len = size - start;
    if (count > 2 && !feel_is_null(args[2])) {
        int64_t wanted;
        if (!whole_part(&wanted, args[2]) || wanted < 1)
            return machine_null(m, "substring() takes a length of at least 1");
        len = MIN_OF(len, wanted);
    }
    size_t from = byte_of(text, (size_t)start);
    return slice(args[0], from, byte_of(str_sub(text, from, text.len), (size_t)len));
}

struct feel_value builtin_substring_before(struct feel_machine *m, const struct feel_value *args,
                                           uint32_t count) {
    (void)count;
    if (!machine_spend_bytes(m, args[0].count))
        return feel_null();
    size_t at = str_find(text_of(args[0]), text_of(args[1]));
    return at == SIZE_MAX ? feel_string(STR_NONE) : slice(args[0], 0, at);
}

struct feel_value builtin_substring_after(struct feel_machine *m, const struct feel_value *args,
                                          uint32_t count) {
    (void)count;
    if (!machine_spend_bytes(m, args[0].count))
        return feel_null();
    size_t at = str_find(text_of(args[0]), text_of(args[1]));
    if (at == SIZE_MAX)
        return feel_string(STR_NONE);
    return slice(args[0], at + args[1].count, args[0].count - at - args[1].count);
}

struct feel_value builtin_contains(struct feel_machine *m, const struct feel_value *args,
                                   uint32_t count) {
    (void)count;
    if (!machine_spend_bytes(m, args[0].count))
        return feel_null();
    return feel_boolean(str_find(text_of(args[0]), text_of(args[1])) != SIZE_MAX);
}

struct feel_value builtin_starts_with(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    (void)count;
    if (!machine_spend_bytes(m, args[1].count))
        return feel_null();
    return feel_boolean(str_starts(text_of(args[0]), text_of(args[1])));
}

struct feel_value builtin_ends_with(struct feel_machine *m, const struct feel_value *args,
                                    uint32_t count) {
    (void)count;
    if (!machine_spend_bytes(m, args[1].count))
        return feel_null();
    return feel_boolean(str_ends(text_of(args[0]), text_of(args[1])));
}

/* --- case
 * ------------------------------------------------------------------------------------------------
 */
/* Is the next letter of a word one that has cases? Marks and points in it are passed over. */
static bool cased_follows(struct str rest) {
    uint32_t code;
    while (utf8_take(&code, &rest))
        if (letter_is_cased(code) || !letter_is_ignorable(code))
            return letter_is_cased(code);
    return false;
}

static bool cased_precedes(struct str before) {
    while (before.len > 0) {
        size_t at = before.len - 1;
        uint32_t code;
        while (at > 0 && ((unsigned char)before.at[at] & 0xc0) == 0x80)
            at--;
        struct str last = str_sub(before, at, before.len);
        if (!utf8_take(&code, &last) || letter_is_cased(code) || !letter_is_ignorable(code))
            return letter_is_cased(code);
        before.len = at;
    }
    return false;
}

/* A sigma at the end of a word has a form of its own: Unicode 14: 3.13, Final_Sigma. Each looks no
 * further than the next one: the text is walked once more at most in both directions. */
static uint32_t lower_sigma(struct str text, struct str rest) {
    struct str before = {text.at, text.len - rest.len - 2};
    return cased_precedes(before) && !cased_follows(rest) ? 0x3c2 : 0x3c3;
}

static struct feel_value map_case(struct feel_machine *m, struct feel_value v, bool upper) {
    struct str text = text_of(v), rest = text;
    struct buf out;
    uint32_t code, mapped[LETTER_LONG_MAX];
    if (!machine_spend(m, text.len / 8))
        return feel_null();
    char room[BRIEF_BYTES];
    buf_init_at(&out, FEEL_TEXT_BYTES_MAX, room, sizeof room);
    while (utf8_take(&code, &rest)) {
        uint32_t count = 1;
        if (upper)
            count = letter_upper_long(mapped, code);
        else
            mapped[0] = code == 0x3a3 ? lower_sigma(text, rest) : letter_lower(code);
        for (uint32_t i = 0; i < count; i++)
            utf8_add(&out, mapped[i]);
        if (!upper && code == 0x130)
            utf8_add(&out, 0x307); /* the one lower case of two characters: i and its dot */
    }
    return machine_text(m, &out);
}

struct feel_value builtin_upper_case(struct feel_machine *m, const struct feel_value *args,
                                     uint32_t count) {
    (void)count;
    return map_case(m, args[0], true);
}

struct feel_value builtin_lower_case(struct feel_machine *m, const struct feel_value *args,
                                     uint32_t count) {
    (void)count;
    return map_case(m, args[0], false);
}

/* --- joining
 * ------------------------------------------------------------------------------------------------
 */
struct feel_value builtin_string_join(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    struct str delimiter = count > 1 && !feel_is_null(args[1]) ? text_of(args[1]) : STR_NONE;
    struct buf out;
    bool first = true;
    for (uint32_t i = 0; i < args[0].count; i++)
        if (feel_kind(args[0].u.items[i]) != FEEL_STRING && !feel_is_null(args[0].u.items[i]))
            return machine_null(m, "string join() takes strings, not a %s",
                                feel_kind_name(feel_kind(args[0].u.items[i])));
    char room[BRIEF_BYTES];
    buf_init_at(&out, FEEL_TEXT_BYTES_MAX, room, sizeof room);
    for (uint32_t i = 0; i < args[0].count && machine_spend(m, 1); i++) {
        if (feel_is_null(args[0].u.items[i]))
            continue;
        if (!first)
            buf_add(&out, delimiter);
        buf_add(&out, text_of(args[0].u.items[i]));
        first = false;
    }
    return machine_text(m, &out);
}

/* --- regular expressions
 * --------------------------------------------------------------------------------------- */
/* The pattern and its matches live in the evaluation's memory; what they take is counted. */
struct matching {
    struct feel_machine *m;
    const struct regex *re;
};

static bool matching_begin(struct matching *x, struct feel_machine *m, const char *name,
                           struct feel_value pattern, struct feel_value flags) {
    const char *why = NULL;
    struct regex *re;
    struct str text = text_of(pattern), flag_text = feel_is_null(flags) ? STR_NONE : text_of(flags);
    *x = (struct matching){m, m->pattern};
    m->pattern = NULL;
    if (x->re == NULL && !machine_spend_bytes(m, text.len + flag_text.len))
        return false;
    if (x->re == NULL && m->last_pattern != NULL && str_eq(m->last_pattern_text, text) &&
        str_eq(m->last_pattern_flags, flag_text))
        x->re = m->last_pattern;
    if (x->re != NULL)
        return true;
    size_t most = regex_bytes_max(text.len), before = arena_used_bytes(m->arena);
    if (most > m->bytes_left) {
        (void)machine_reserve(m, most); /* complains */
        return false;
    }
    bool good = machine_spend(m, text.len) && regex_compile(&re, m->arena, text, flag_text, &why);
    good = !m->failed && machine_spend(m, regex_steps(re)) && good;
    size_t used = arena_used_bytes(m->arena) - before;
    m->bytes_left -= MIN_OF(used, m->bytes_left);
    m->bytes_taken += used;
    if (good) {
        x->re = m->last_pattern = re;
        m->last_pattern_text = text;
        m->last_pattern_flags = flag_text;
        return true;
    }
    if (!m->failed)
        (void)machine_null(m, "the pattern of %s(): %s", name, why);
    return false;
}

static bool matching_find(struct matching *x, struct regex_match *match, struct str input,
                          size_t from) {
    bool found = regex_find(match, x->re, input, from, x->m->budget, x->m->err);
    if (!found && x->m->err->code != ERR_NONE)
        x->m->failed = true;
    return found;
}

struct feel_value builtin_matches(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct matching x;
    struct regex_match match;
    if (!matching_begin(&x, m, "matches", args[1], count > 2 ? args[2] : feel_null()))
        return feel_null();
    return feel_boolean(matching_find(&x, &match, text_of(args[0]), 0));
}

/* $ before a digit, \ before $ or \ : whether anything is replaced or not. */
static bool is_replacement(struct str with) {
    for (size_t i = 0; i < with.len; i++) {
        char c = with.at[i], next = i + 1 < with.len ? with.at[i + 1] : '\0';
        if (c == '$' && (next < '0' || next > '9'))
            return false;
        if (c == '\\') {
            if (next != '\\' && next != '$')
                return false;
            i++;
        }
    }
    return true;
}

/* Of a replacement that is one: $1 to $9..., ${..} is not XPath's. */
static void add_replacement(struct buf *out, struct str with, const struct regex_match *match,
                            uint32_t groups, struct str input) {
    for (size_t i = 0; i < with.len; i++) {
        char c = with.at[i], next = i + 1 < with.len ? with.at[i + 1] : '\0';
        if (c == '\\') {
            buf_add_byte(out, next);
            i++;
        } else if (c == '$') {
            uint32_t group = (uint32_t)(next - '0');
            i++;
            while (i + 1 < with.len && with.at[i + 1] >= '0' && with.at[i + 1] <= '9' &&
                   group * 10 + (uint32_t)(with.at[i + 1] - '0') <= groups)
                group = group * 10 + (uint32_t)(with.at[++i] - '0');
            if (group <= groups && match->from[group] != SIZE_MAX)
                buf_add(out,
                        str_sub(input, match->from[group], match->to[group] - match->from[group]));
        } else {
            buf_add_byte(out, c);
        }
    }
}

struct feel_value builtin_replace(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    struct matching x;
    struct regex_match match;
    struct str input = text_of(args[0]), with = text_of(args[2]);
    struct str flags = count > 3 && !feel_is_null(args[3]) ? text_of(args[3]) : STR_NONE;
    bool literal = str_find_byte(flags, 'q') != SIZE_MAX;
    if (!matching_begin(&x, m, "replace", args[1], count > 3 ? args[3] : feel_null()))
        return feel_null();
    if (matching_find(&x, &match, STR_NONE, 0))
        return machine_null(m, "the pattern of replace() matches the empty string");
    if (!machine_spend_bytes(m, with.len))
        return feel_null();
    if (!literal && !is_replacement(with))
        return machine_null(m, "the replacement of replace() has a '$' or '\\' that means nothing");
    struct buf out;
    char room[BRIEF_BYTES];
    buf_init_at(&out, FEEL_TEXT_BYTES_MAX, room, sizeof room);
    size_t at = 0; /* it moves: what matches nothing anywhere matches the empty string */
    while (!out.full && machine_spend(m, 1) && matching_find(&x, &match, input, at)) {
        buf_add(&out, str_sub(input, at, match.from[0] - at));
        if (literal)
            buf_add(&out, with);
        else
            add_replacement(&out, with, &match, regex_group_count(x.re), input);
        at = match.to[0];
    }
    buf_add(&out, str_sub(input, at, input.len));
    return machine_text(m, &out);
}

struct feel_value builtin_split(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    struct matching x;
    struct regex_match match;
    struct str input = text_of(args[0]);
    struct list_maker list = {0};
    size_t at = 0;
    (void)count;
    if (!matching_begin(&x, m, "split", args[1], feel_null()))
        return feel_null();
    if (matching_find(&x, &match, STR_NONE, 0))
        return machine_null(m, "the delimiter of split() matches the empty string");
    while (machine_spend(m, 1) && matching_find(&x, &match, input, at)) {
        list_push(m, &list, slice(args[0], at, match.from[0] - at));
        at = match.to[0];
    }
    list_push(m, &list, slice(args[0], at, input.len - at));
    return list_made(&list);
}
