/* A backtracking matcher with an explicit stack of choices, so that neither a pattern nor an input
 * can exhaust the C stack, and with every step paid from the budget, so that a pattern that
 * backtracks without end stops. Back-references rule out a pure automaton.
 *
 * A pattern becomes instructions: characters and classes advance, SPLIT tries one way and keeps the
 * other as a choice, SAVE notes a group's end, LOOP guards against an empty iteration.
 * Invariants: 1. a choice is (instruction, place, length of the undo log); taking one back undoes
 *                the log down to that length;
 *             2. groups and counters are written only through the log.
 * XPath and XQuery Functions 3.1: 5.6.1; XML Schema 1.1 part 2: appendix G */
#include "feel/regex.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feel/letter.h"

enum {
    REPEAT_MAX = REGEX_NODES_MAX,
    CLASS_DEPTH_MAX = 8,
    GROUP_DEPTH_MAX = 100,
    LOOPS_MAX = 256,
    CHOICES_MAX = 1 << 18,
    CODE_END = 0x110000,
    /* Instructions emitted and moved: each of 100 nested groups may move them all a few times. */
    WORK_MAX = 400 * REGEX_NODES_MAX
};

enum re_op {
    RE_CHAR,   /* x: code point */
    RE_LETTER, /* x: code point, in any case */
    RE_CLASS,  /* x: class */
    RE_ANY,    /* . without line ends */
    RE_ALL,    /* . with the s flag */
    RE_START,  /* ^ */
    RE_END,    /* $ */
    RE_LINE_START,
    RE_LINE_END,
    RE_SAVE,  /* x: 2 * group + end */
    RE_BACK,  /* x: group */
    RE_SPLIT, /* x: first way, y: second way */
    RE_JUMP,  /* x */
    RE_MARK,  /* x: slot that takes the place, before an iteration */
    RE_EMPTY, /* x: slot; fails when nothing was consumed since the mark */
    RE_MATCH,
};

struct re_ins {
    uint32_t op, x, y;
};

struct re_range {
    uint32_t from, to;
};

/* What lies in the ranges or has one of the general categories; negated turns it round; then
 * everything in minus is taken out. Under the flag i a class matches what a case variant of the
 * character would match, but for its categories and escapes: "\\p{Lu}" stays upper case. */
struct re_class {
    const struct re_range *ranges; /* sorted, none over another */
    uint32_t count;
    uint32_t kinds; /* bits 1 << enum letter_kind */
    bool negated, fold;
    const struct re_class *minus;
};

struct regex {
    struct re_ins *code;
    uint32_t code_count;
    const struct re_class **classes;
    uint32_t class_count;
    uint32_t group_count, mark_count;
    uint32_t work; /* instructions that reading emitted and moved */
    bool fold;     /* flag i */
};

struct reader {
    struct arena *arena;
    struct regex *re;
    struct str text;
    size_t at;
    const char *why;
    bool dot_all, multi, blanks, literal;
    uint32_t class_room, code_room;
    int depth;
    bool closed[REGEX_GROUPS_MAX];
};

/* --- character classes
 * ----------------------------------------------------------------------------- */
static const struct re_range space_ranges[] = {{9, 10}, {13, 13}, {32, 32}};
/* XML names: 1.0 fifth edition, productions 4 and 4a */
static const struct re_range name_start_ranges[] = {
    {':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
    {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
    {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
};
static const struct re_range name_ranges[] = {
    {'-', '.'},       {'0', ':'},       {'A', 'Z'},         {'_', '_'},       {'a', 'z'},
    {0xb7, 0xb7},     {0xc0, 0xd6},     {0xd8, 0xf6},       {0xf8, 0x37d},    {0x37f, 0x1fff},
    {0x200c, 0x200d}, {0x203f, 0x2040}, {0x2070, 0x218f},   {0x2c00, 0x2fef}, {0x3001, 0xd7ff},
    {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
};
enum {
    KINDS_ALL = (1 << LETTER_KINDS) - 1,
    KINDS_DIGIT = 1 << LETTER_ND,
    /* \\w is everything but punctuation, separators and others: XML Schema 1.1 part 2: G.4.2.4 */
    KINDS_NO_WORD = 1 << LETTER_PC | 1 << LETTER_PD | 1 << LETTER_PS | 1 << LETTER_PE |
                    1 << LETTER_PI | 1 << LETTER_PF | 1 << LETTER_PO | 1 << LETTER_ZS |
                    1 << LETTER_ZL | 1 << LETTER_ZP | 1 << LETTER_CC | 1 << LETTER_CF |
                    1 << LETTER_CS | 1 << LETTER_CO | 1 << LETTER_CN,
};
#define CLASS_OF(array, inverse)                                                                   \
    { .ranges = (array), .count = COUNT_OF(array), .negated = (inverse) }
static const struct re_class class_space = CLASS_OF(space_ranges, false);
static const struct re_class class_not_space = CLASS_OF(space_ranges, true);
static const struct re_class class_digit = {.kinds = KINDS_DIGIT};
static const struct re_class class_not_digit = {.kinds = KINDS_ALL & ~KINDS_DIGIT};
static const struct re_class class_start = CLASS_OF(name_start_ranges, false);
static const struct re_class class_not_start = CLASS_OF(name_start_ranges, true);
static const struct re_class class_name = CLASS_OF(name_ranges, false);
static const struct re_class class_not_name = CLASS_OF(name_ranges, true);
static const struct re_class class_word = {.kinds = KINDS_ALL & ~KINDS_NO_WORD};
static const struct re_class class_not_word = {.kinds = KINDS_NO_WORD};

static bool in_ranges(const struct re_class *class, uint32_t code) {
    uint32_t low = 0, high = class->count; /* the first range that ends at code or later */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (class->ranges[middle].to < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < class->count && class->ranges[low].from <= code;
}

static bool class_has(const struct re_class *class, uint32_t code) {
    bool in = in_ranges(class, code) ||
              (class->kinds != 0 && (class->kinds >> letter_kind(code) & 1) != 0);
    if (!in && class->fold) {
        uint32_t variants[LETTER_VARIANTS_MAX], count = letter_variants(variants, code);
        for (uint32_t i = 0; i < count && !in; i++)
            in = in_ranges(class, variants[i]);
    }
    in = in != class->negated;
    return in && (class->minus == NULL || !class_has(class->minus, code));
}

/* --- reading a pattern
 * -------------------------------------------------------------------------------- */
static bool refuse(struct reader *r, const char *why) {
    if (r->why == NULL)
        r->why = why;
    return false;
}

static uint32_t peek(const struct reader *r) {
    struct str rest = str_sub(r->text, r->at, UTF8_BYTES_MAX);
    uint32_t code;
    return utf8_take(&code, &rest) ? code : CODE_END;
}

static uint32_t take(struct reader *r) {
    struct str rest = str_sub(r->text, r->at, UTF8_BYTES_MAX);
    size_t before = rest.len;
    uint32_t code;
    if (!utf8_take(&code, &rest))
        return CODE_END;
    r->at += before - rest.len;
    return code;
}

static bool is_blank(uint32_t code) {
    return code == 9 || code == 10 || code == 13 || code == 32;
}

static bool work(struct reader *r, uint32_t count) {
    if (count > WORK_MAX - r->re->work)
        return refuse(r, "it repeats too much");
    r->re->work += count;
    return true;
}

static bool emit(struct reader *r, enum re_op op, uint32_t x, uint32_t y) {
    if (r->re->code_count == REGEX_NODES_MAX)
        return refuse(r, "it is too long");
    if (!work(r, 1))
        return false;
    if (r->re->code_count == r->code_room) {
        r->code_room = MIN_OF(r->code_room * 2, (uint32_t)REGEX_NODES_MAX);
        struct re_ins *grown = arena_new(r->arena, struct re_ins, r->code_room);
        memcpy(grown, r->re->code, r->re->code_count * sizeof *grown);
        r->re->code = grown;
    }
    r->re->code[r->re->code_count++] = (struct re_ins){op, x, y};
    return true;
}

static struct re_ins moved(struct re_ins in, uint32_t by) {
    if (in.op == RE_SPLIT || in.op == RE_JUMP)
        in.x += by;
    if (in.op == RE_SPLIT)
        in.y += by;
    return in;
}

/* An instruction before code[at], which nothing but the code from there on jumps into. In place:
 * the arena would not take copies back, and groups that are nested would each leave one. */
static bool insert(struct reader *r, uint32_t at, enum re_op op, uint32_t x, uint32_t y) {
    uint32_t count = r->re->code_count - at;
    if (!work(r, count) || !emit(r, op, x, y))
        return false;
    for (uint32_t i = at + count; i > at; i--)
        r->re->code[i] = moved(r->re->code[i - 1], 1);
    r->re->code[at] = (struct re_ins){op, x, y};
    return true;
}

static bool add_class(struct reader *r, const struct re_class *class, uint32_t *index) {
    struct regex *re = r->re;
    if (re->class_count == r->class_room) {
        uint32_t room = r->class_room == 0 ? 8 : r->class_room * 2;
        const struct re_class **grown = arena_new(r->arena, const struct re_class *, room);
        if (re->class_count > 0)
            memcpy(grown, re->classes, re->class_count * sizeof *grown);
        re->classes = grown;
        r->class_room = room;
    }
    re->classes[re->class_count] = class;
    *index = re->class_count++;
    return true;
}

/* \p{Lu}, \P{IsGreek}: behind the p */
static const struct re_class *take_category(struct reader *r, bool negated) {
    size_t end = str_find_byte(str_sub(r->text, r->at, r->text.len), '}');
    if (peek(r) != '{' || end == SIZE_MAX) {
        (void)refuse(r, "\\p is not followed by {...}");
        return NULL;
    }
    struct str name = str_sub(r->text, r->at + 1, end - 1);
    r->at += end + 1;
    struct re_class *class = arena_new(r->arena, struct re_class, 1);
    struct re_range *range = arena_new(r->arena, struct re_range, 1);
    /* XML Schema 1.1 part 2: G.4.2.2: no Cs: what would have it is no character */
    class->kinds = name.len <= 2 && !str_eq(name, STR("Cs")) ? letter_kinds_named(name) : 0;
    if (class->kinds != 0) {
        class->kinds ^= negated ? (uint32_t)KINDS_ALL : 0;
        return class;
    }
    if (str_starts(name, STR("Is")) &&
        letter_block(&range->from, &range->to, str_sub(name, 2, name.len))) {
        class->ranges = range;
        class->count = 1;
        class->negated = negated;
        return class;
    }
    (void)refuse(r, "\\p{...} has a name that is not known");
    return NULL;
}

/* The class behind a backslash; NULL, and *single, when it is one character. */
static const struct re_class *take_escape(struct reader *r, uint32_t *single) {
    uint32_t code = take(r);
    *single = CODE_END;
    switch (code) {
    case 's': return &class_space;
    case 'S': return &class_not_space;
    case 'd': return &class_digit;
    case 'D': return &class_not_digit;
    case 'w': return &class_word;
    case 'W': return &class_not_word;
    case 'i': return &class_start;
    case 'I': return &class_not_start;
    case 'c': return &class_name;
    case 'C': return &class_not_name;
    case 'p': return take_category(r, false);
    case 'P': return take_category(r, true);
    case 'n': *single = '\n'; return NULL;
    case 'r': *single = '\r'; return NULL;
    case 't': *single = '\t'; return NULL;
    default:
        if (code < 0x80 && code != 0 && strchr("\\|.-^?*+{}()[]$", (int)code) != NULL)
            *single = code;
        else
            (void)refuse(r, "a backslash stands before a character that it does not escape");
        return NULL;
    }
}

struct ranges {
    struct re_range *at;
    uint32_t count, room;
    uint32_t kinds;
};

static int range_order(const void *a, const void *b) {
    const struct re_range *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Sorts, and joins what overlaps or touches. */
static void join_ranges(struct ranges *ranges) {
    uint32_t count = 0;
    qsort(ranges->at, ranges->count, sizeof *ranges->at, range_order);
    for (uint32_t i = 0; i < ranges->count; i++) {
        struct re_range next = ranges->at[i];
        if (count > 0 && next.from <= ranges->at[count - 1].to + 1)
            ranges->at[count - 1].to = MAX_OF(ranges->at[count - 1].to, next.to);
        else
            ranges->at[count++] = next;
    }
    ranges->count = count;
}

/* They grow only for what is new: [\\c\\c] takes the room of [\\c]. */
static void add_range(struct reader *r, struct ranges *ranges, uint32_t from, uint32_t to) {
    if (ranges->count == ranges->room) {
        if (ranges->count > 0)
            join_ranges(ranges);
        if (ranges->count * 2 >= ranges->room) {
            uint32_t room = ranges->room == 0 ? 8 : ranges->room * 2;
            struct re_range *grown = arena_new(r->arena, struct re_range, room);
            if (ranges->count > 0)
                memcpy(grown, ranges->at, ranges->count * sizeof *grown);
            ranges->at = grown;
            ranges->room = room;
        }
    }
    ranges->at[ranges->count++] = (struct re_range){from, to};
}

/* Everything that a class has, as ranges of the one being read. Classes of escapes are sorted. */
static void add_members(struct reader *r, struct ranges *ranges, const struct re_class *class) {
    ranges->kinds |= class->kinds;
    uint32_t from = 0;
    for (uint32_t i = 0; i < class->count; i++) {
        struct re_range range = class->ranges[i];
        if (!class->negated)
            add_range(r, ranges, range.from, range.to);
        else if (range.from > from)
            add_range(r, ranges, from, range.from - 1);
        from = MAX_OF(from, range.to + 1);
    }
    if (class->negated)
        add_range(r, ranges, from, CODE_END - 1);
}

static const struct re_class *take_class(struct reader *r, int depth);

/* Behind a character: does a hyphen make it a range? Not as the last of the class, nor before the
 * one that takes a class away. XML Schema 1.1 part 2: G.4.1 */
static bool at_range(const struct reader *r) {
    struct str rest = str_sub(r->text, r->at, 3);
    return rest.len >= 2 && rest.at[0] == '-' && rest.at[1] != ']' && rest.at[1] != '[' &&
           !str_eq(rest, STR("--["));
}

/* One member of [...]: a character, an escape, or a range. */
static bool take_member(struct reader *r, struct ranges *ranges) {
    uint32_t from = take(r), to;
    bool hyphen = from == '-';
    if (from == '\\') {
        const struct re_class *class = take_escape(r, &from);
        if (r->why != NULL)
            return false;
        if (class != NULL) {
            add_members(r, ranges, class);
            return true;
        }
    } else if (from == '[') {
        return refuse(r, "[ stands inside [...] without a backslash");
    }
    to = from;
    if (at_range(r)) {
        (void)take(r);
        if (hyphen || peek(r) == '-')
            return refuse(r, "a range of characters has a hyphen without a backslash at its end");
        to = take(r);
        if (to == '\\' && take_escape(r, &to) != NULL)
            return refuse(r, "a range of characters ends in a class");
        if (r->why != NULL)
            return false;
        if (to < from)
            return refuse(r, "a range of characters is the wrong way round");
    }
    add_range(r, ranges, from, to);
    return true;
}

/* Behind the [ */
static const struct re_class *take_class(struct reader *r, int depth) {
    struct re_class *class = arena_new(r->arena, struct re_class, 1);
    struct ranges ranges = {0};
    if (depth == 0) {
        (void)refuse(r, "classes are nested too deeply");
        return NULL;
    }
    if (peek(r) == '^') {
        (void)take(r);
        class->negated = true;
    }
    bool first = true;
    for (;; first = false) {
        uint32_t code = peek(r);
        if (code == CODE_END) {
            (void)refuse(r, "[ is not closed");
            return NULL;
        }
        if (code == ']' && !first)
            break;
        struct str rest = str_sub(r->text, r->at, 2);
        if (!first && rest.len == 2 && rest.at[0] == '-' && rest.at[1] == '[') {
            r->at += 2;
            class->minus = take_class(r, depth - 1);
            if (r->why != NULL)
                return NULL;
            if (peek(r) != ']') {
                (void)refuse(r, "a subtraction is not at the end of its class");
                return NULL;
            }
            break;
        }
        if (code == ']' || !take_member(r, &ranges)) {
            (void)refuse(r, "[] is empty");
            return NULL;
        }
    }
    (void)take(r);
    if (ranges.count > 1)
        join_ranges(&ranges);
    class->ranges = ranges.at;
    class->count = ranges.count;
    class->kinds = ranges.kinds;
    class->fold = r->re->fold;
    return class;
}

static bool read_choice(struct reader *r);

static bool emit_class(struct reader *r, const struct re_class *class) {
    uint32_t index;
    return class != NULL && add_class(r, class, &index) && emit(r, RE_CLASS, index, 0);
}

static bool emit_char(struct reader *r, uint32_t code) {
    return emit(r, r->re->fold ? RE_LETTER : RE_CHAR, code, 0);
}

static bool read_group(struct reader *r) {
    bool captures = true;
    uint32_t group = 0;
    if (str_starts(str_sub(r->text, r->at, 2), STR("?:"))) {
        r->at += 2;
        captures = false;
    }
    if (captures) {
        if (r->re->group_count + 1 == REGEX_GROUPS_MAX)
            return refuse(r, "it has too many groups");
        group = ++r->re->group_count;
        if (!emit(r, RE_SAVE, 2 * group, 0))
            return false;
    }
    if (++r->depth > GROUP_DEPTH_MAX)
        return refuse(r, "groups are nested too deeply");
    if (!read_choice(r))
        return false;
    r->depth--;
    if (peek(r) != ')')
        return refuse(r, "( is not closed");
    (void)take(r);
    if (captures)
        r->closed[group] = true;
    return !captures || emit(r, RE_SAVE, 2 * group + 1, 0);
}

static bool read_back_reference(struct reader *r) {
    uint32_t group = take(r) - '0';
    for (uint32_t next = peek(r); next >= '0' && next <= '9'; next = peek(r)) {
        uint32_t longer = group * 10 + (next - '0');
        if (longer > r->re->group_count)
            break;
        group = longer;
        (void)take(r);
    }
    if (group > r->re->group_count || !r->closed[group])
        return refuse(r, "a back-reference names a group that is not closed before it");
    return emit(r, RE_BACK, group, 0);
}

static bool read_escape(struct reader *r) {
    uint32_t next = peek(r), single;
    if (next >= '1' && next <= '9')
        return read_back_reference(r);
    const struct re_class *class = take_escape(r, &single);
    if (r->why != NULL)
        return false;
    return class != NULL ? emit_class(r, class) : emit_char(r, single);
}

static bool read_atom(struct reader *r) {
    uint32_t code = take(r);
    switch (code) {
    case '(': return read_group(r);
    case '[': return emit_class(r, take_class(r, CLASS_DEPTH_MAX));
    case '\\': return read_escape(r);
    case '.': return emit(r, r->dot_all ? RE_ALL : RE_ANY, 0, 0);
    case '^': return emit(r, r->multi ? RE_LINE_START : RE_START, 0, 0);
    case '$': return emit(r, r->multi ? RE_LINE_END : RE_END, 0, 0);
    case '*':
    case '+':
    case '?':
    case '{': return refuse(r, "a quantifier has nothing before it");
    case '}':
    case ']': return refuse(r, "a closing bracket has no opening one");
    default: return emit_char(r, code);
    }
}

static bool read_number(struct reader *r, uint32_t *out) {
    uint32_t n = 0, digits = 0;
    for (uint32_t c = peek(r); c >= '0' && c <= '9'; c = peek(r), digits++) {
        n = n * 10 + (take(r) - '0');
        if (n > REPEAT_MAX)
            return refuse(r, "a count of repetitions is too large");
    }
    *out = n;
    return digits > 0;
}

/* {n}, {n,}, {n,m}: behind the { */
static bool read_counts(struct reader *r, uint32_t *low, uint32_t *high) {
    if (!read_number(r, low))
        return refuse(r, "{ is not followed by a number");
    *high = *low;
    if (peek(r) == ',') {
        (void)take(r);
        *high = UINT32_MAX;
        if (peek(r) != '}' && !read_number(r, high))
            return refuse(r, "{n, is not followed by a number");
    }
    if (peek(r) != '}')
        return refuse(r, "{ is not closed");
    (void)take(r);
    return *high >= *low || refuse(r, "a count of repetitions is the wrong way round");
}

/* A copy of code[from..to) at the end, its jumps moved along. */
static bool copy_code(struct reader *r, uint32_t from, uint32_t to) {
    uint32_t shift = r->re->code_count - from;
    if (!work(r, 1)) /* for nothing too: (){10000} */
        return false;
    for (uint32_t i = from; i < to; i++) {
        struct re_ins in = moved(r->re->code[i], shift);
        if (!emit(r, (enum re_op)in.op, in.x, in.y))
            return false;
    }
    return true;
}

/* The field of a split that leads past what it guards. */
static uint32_t *past_of(struct re_ins *split, bool greedy) {
    return greedy ? &split->y : &split->x;
}

/* A split into what stands, or will stand, behind it; past: for past_of(). */
static bool insert_split(struct reader *r, uint32_t at, bool greedy, uint32_t past) {
    return insert(r, at, RE_SPLIT, greedy ? at + 1 : past, greedy ? past : at + 1);
}

/* (atom)*: L: split(body, out); mark; atom; empty?; jump L. The atom is code[start..] and begins
 * there, or code[from..to) and is copied. */
static bool repeat_ever(struct reader *r, uint32_t start, uint32_t from, uint32_t to, bool greedy) {
    if (r->re->mark_count == LOOPS_MAX)
        return refuse(r, "it has too many loops");
    uint32_t mark = r->re->mark_count++;
    if (!insert(r, start, RE_MARK, mark, 0) || !insert_split(r, start, greedy, 0))
        return false;
    if (from < start && !copy_code(r, from, to))
        return false;
    if (!emit(r, RE_EMPTY, mark, 0) || !emit(r, RE_JUMP, start, 0))
        return false;
    *past_of(&r->re->code[start], greedy) = r->re->code_count;
    return true;
}

/* The atom that stands at code[from..] is repeated. */
static bool repeat(struct reader *r, uint32_t from, uint32_t low, uint32_t high, bool greedy) {
    uint32_t to = r->re->code_count;
    for (uint32_t i = 1; i < low; i++)
        if (!copy_code(r, from, to))
            return false;
    if (high == UINT32_MAX)
        return repeat_ever(r, low > 0 ? r->re->code_count : from, from, to, greedy);
    uint32_t last = UINT32_MAX; /* split; each says where the one before is */
    if (high == 0)
        r->re->code_count = from;
    for (uint32_t i = low; i < high; i++) {
        uint32_t at = i > 0 ? r->re->code_count : from;
        if (!insert_split(r, at, greedy, last))
            return false;
        last = at;
        if (i == 0) {
            from++;
            to++;
        } else if (!copy_code(r, from, to)) {
            return false;
        }
    }
    while (last != UINT32_MAX) {
        uint32_t *past = past_of(&r->re->code[last], greedy);
        last = *past;
        *past = r->re->code_count;
    }
    return true;
}

static bool read_piece(struct reader *r) {
    uint32_t from = r->re->code_count, low = 1, high = 1;
    if (!read_atom(r))
        return false;
    switch (peek(r)) {
    case '*':
        low = 0;
        high = UINT32_MAX;
        break;
    case '+': high = UINT32_MAX; break;
    case '?': low = 0; break;
    case '{': break;
    default: return true;
    }
    if (take(r) == '{' && !read_counts(r, &low, &high))
        return false;
    bool greedy = peek(r) != '?';
    if (!greedy)
        (void)take(r);
    return repeat(r, from, low, high, greedy);
}

static bool read_branch(struct reader *r) {
    for (uint32_t code = peek(r); code != CODE_END && code != '|' && code != ')'; code = peek(r))
        if (!read_piece(r))
            return false;
    return true;
}

/* a|b|c: split(a, next); a; jump end; next: ... */
static bool read_choice(struct reader *r) {
    uint32_t last = UINT32_MAX; /* jump to the end; each says where the one before is */
    for (;;) {
        uint32_t from = r->re->code_count;
        if (!read_branch(r))
            return false;
        if (peek(r) != '|')
            break;
        (void)take(r);
        uint32_t next = r->re->code_count + 2; /* behind the split and the jump */
        if (!insert(r, from, RE_SPLIT, from + 1, next))
            return false;
        uint32_t jump = r->re->code_count;
        if (!emit(r, RE_JUMP, last, 0))
            return false;
        last = jump;
    }
    while (last != UINT32_MAX) {
        uint32_t before = r->re->code[last].x;
        r->re->code[last].x = r->re->code_count;
        last = before;
    }
    return true;
}

static bool read_flags(struct reader *r, struct str flags) {
    for (size_t i = 0; i < flags.len; i++)
        switch (flags.at[i]) {
        case 's': r->dot_all = true; break;
        case 'm': r->multi = true; break;
        case 'i': r->re->fold = true; break;
        case 'x': r->blanks = true; break;
        case 'q': r->literal = true; break;
        default: return refuse(r, "a flag is none of s, m, i, x, q");
        }
    return true;
}

/* Flag x: blanks are taken out of the pattern, but not of the classes in it. */
static struct str without_blanks(struct reader *r) {
    char *copy = arena_new(r->arena, char, r->text.len + 1);
    size_t len = 0;
    int classes = 0;
    bool escaped = false;
    for (size_t i = 0; i < r->text.len; i++) {
        char c = r->text.at[i];
        if (!escaped && (c == '[' || c == ']'))
            classes += c == '[' ? 1 : -1;
        escaped = c == '\\' && !escaped;
        if (classes > 0 || !is_blank((unsigned char)c))
            copy[len++] = c;
    }
    return (struct str){copy, len};
}

static bool read_all(struct reader *r) {
    if (r->blanks && !r->literal)
        r->text = without_blanks(r);
    if (r->literal) {
        while (r->at < r->text.len)
            if (!emit_char(r, take(r)))
                return false;
        return true;
    }
    if (!read_choice(r))
        return false;
    return r->at == r->text.len || refuse(r, "a closing bracket has no opening one");
}

bool regex_compile(struct regex **out, struct arena *a, struct str pattern, struct str flags,
                   const char **why) {
    struct regex *re = arena_new(a, struct regex, 1);
    struct reader reader = {.arena = a, .re = re, .text = pattern};
    reader.code_room = 32;
    re->code = arena_new(a, struct re_ins, reader.code_room);
    bool good = read_flags(&reader, flags) && read_all(&reader) && emit(&reader, RE_MATCH, 0, 0);
    *why = reader.why;
    *out = re;
    return good;
}

/* It may grow by its counts up to REGEX_NODES_MAX instructions, whose room is doubled on the way:
 * 2.7 times as many. A class of four bytes like [\\C] takes about 520. */
size_t regex_bytes_max(size_t pattern_bytes) {
    return (size_t)REGEX_NODES_MAX * 40 + pattern_bytes * 160;
}

/* Eight instructions are read or moved in the time of a step. */
uint64_t regex_steps(const struct regex *re) {
    return re->work / 8;
}

uint32_t regex_group_count(const struct regex *re) {
    return re->group_count;
}

/* --- matching
 * ------------------------------------------------------------------------------------------- */
struct choice {
    uint32_t ins;
    size_t at;
    uint32_t log_count;
};
struct undo {
    uint32_t slot;
    size_t was;
};

struct matcher {
    const struct regex *re;
    struct str input;
    struct budget *budget;
    struct err *err;
    size_t *slots; /* 2 for each group, then the marks */
    struct buf choices, log;
};

static void set_slot(struct matcher *x, uint32_t slot, size_t value) {
    struct undo undo = {slot, x->slots[slot]};
    buf_add(&x->log, (struct str){(const char *)&undo, sizeof undo});
    x->slots[slot] = value;
}

static void choose(struct matcher *x, uint32_t ins, size_t at) {
    struct choice choice = {ins, at, (uint32_t)(x->log.len / sizeof(struct undo))};
    buf_add(&x->choices, (struct str){(const char *)&choice, sizeof choice});
}

static bool take_back(struct matcher *x, uint32_t *ins, size_t *at) {
    struct choice choice;
    if (x->choices.len == 0)
        return false;
    memcpy(&choice, x->choices.at + x->choices.len - sizeof choice, sizeof choice);
    buf_cut(&x->choices, x->choices.len - sizeof choice);
    while (x->log.len > choice.log_count * sizeof(struct undo)) {
        struct undo undo;
        memcpy(&undo, x->log.at + x->log.len - sizeof undo, sizeof undo);
        buf_cut(&x->log, x->log.len - sizeof undo);
        x->slots[undo.slot] = undo.was;
    }
    *ins = choice.ins;
    *at = choice.at;
    return true;
}

static bool is_line_end(struct str input, size_t at) {
    return at < input.len && (input.at[at] == '\n' || input.at[at] == '\r');
}

/* The text of a group once more, from *at on. It costs what is compared of it. */
static bool again(const struct matcher *x, struct str was, size_t *at) {
    enum { COMPARED_A_STEP = 8 };
    struct str rest = str_sub(x->input, *at, x->input.len);
    size_t before = rest.len;
    uint32_t a, b;
    bool same = true;
    while (same && utf8_take(&a, &was))
        same = utf8_take(&b, &rest) && (x->re->fold ? letter_same(a, b) : a == b);
    size_t compared = before - rest.len;
    uint64_t steps = x->re->fold ? compared : compared / COMPARED_A_STEP;
    if (!budget_spend(x->budget, (struct cost){steps, 0}, x->err))
        return false;
    *at += same ? compared : 0;
    return same;
}

/* One instruction that looks at the input; *at moves. */
static bool step(struct matcher *x, struct re_ins in, size_t *at) {
    struct str rest = str_sub(x->input, *at, UTF8_BYTES_MAX);
    size_t before = rest.len;
    uint32_t code = 0;
    switch ((enum re_op)in.op) {
    case RE_START: return *at == 0;
    case RE_END: return *at == x->input.len;
    /* 5.6.2: a line end at the very end of the text begins no line, and the text ends before it */
    case RE_LINE_START: return *at == 0 || (x->input.at[*at - 1] == '\n' && *at < x->input.len);
    case RE_LINE_END:
        return *at == x->input.len ? *at == 0 || x->input.at[*at - 1] != '\n'
                                   : x->input.at[*at] == '\n';
    case RE_EMPTY: return x->slots[2 * REGEX_GROUPS_MAX + in.x] != *at;
    case RE_BACK: {
        size_t from = x->slots[2 * in.x], to = x->slots[2 * in.x + 1];
        if (from == SIZE_MAX || to == SIZE_MAX)
            return true; /* 5.6.1: a group that took no part matches the empty string */
        return again(x, str_sub(x->input, from, to - from), at);
    }
    default: break;
    }
    if (is_line_end(x->input, *at) && in.op == RE_ANY)
        return false;
    if (!utf8_take(&code, &rest))
        return false;
    *at += before - rest.len;
    if (in.op == RE_CHAR)
        return code == in.x;
    if (in.op == RE_LETTER)
        return letter_same(code, in.x);
    return in.op != RE_CLASS || class_has(x->re->classes[in.x], code);
}

/* Does the pattern match from here? */
static bool match_at(struct matcher *x, size_t at) {
    uint32_t ins = 0;
    buf_cut(&x->choices, 0);
    buf_cut(&x->log, 0);
    for (;;) {
        struct re_ins in = x->re->code[ins];
        if (!budget_spend(x->budget, (struct cost){1, 0}, x->err))
            return false;
        bool went = true;
        switch ((enum re_op)in.op) {
        case RE_MATCH: x->slots[1] = at; return true;
        case RE_SAVE:
            set_slot(x, in.x, at);
            ins++;
            break;
        case RE_MARK:
            set_slot(x, 2 * REGEX_GROUPS_MAX + in.x, at);
            ins++;
            break;
        case RE_SPLIT:
            choose(x, in.y, at);
            ins = in.x;
            break;
        case RE_JUMP: ins = in.x; break;
        default: went = step(x, in, &at); ins++;
        }
        if (!went && (x->err->code != ERR_NONE || !take_back(x, &ins, &at)))
            return false;
        if (x->choices.full || x->log.full)
            return err_set(x->err, ERR_LIMIT, err_nowhere,
                           "a regular expression backtracks too far");
    }
}

bool regex_find(struct regex_match *out, const struct regex *re, struct str input, size_t from,
                struct budget *budget, struct err *err) {
    size_t slots[2 * REGEX_GROUPS_MAX + LOOPS_MAX];
    struct matcher x = {.re = re, .input = input, .budget = budget, .err = err, .slots = slots};
    alignas(max_align_t) char first_choices[1024], first_log[1024];
    buf_init_at(&x.choices, (size_t)CHOICES_MAX * sizeof(struct choice), first_choices,
                sizeof first_choices);
    buf_init_at(&x.log, (size_t)CHOICES_MAX * sizeof(struct undo), first_log, sizeof first_log);
    bool found = false;
    for (size_t at = from; at <= input.len && !found && err->code == ERR_NONE; at++) {
        if (at < input.len && at > from && ((unsigned char)input.at[at] & 0xc0) == 0x80)
            continue; /* inside a character */
        for (size_t i = 0; i < 2 * ((size_t)re->group_count + 1); i++)
            slots[i] = SIZE_MAX;
        for (size_t i = 0; i < re->mark_count; i++)
            slots[2 * REGEX_GROUPS_MAX + i] = SIZE_MAX;
        slots[0] = at;
        found = match_at(&x, at);
        if (re->code[0].op == RE_START)
            break; /* nowhere else */
    }
    buf_done(&x.choices);
    buf_done(&x.log);
    if (!found)
        return false;
    for (uint32_t i = 0; i <= re->group_count; i++) {
        out->from[i] = slots[2 * i];
        out->to[i] = slots[2 * i + 1];
    }
    return true;
}
