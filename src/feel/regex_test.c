/* Regular expressions, part by part: what each part of a pattern means, and what is no pattern and
 * why. Not that of the engine is held here but the grammar of XML Schema 1.1 part 2: appendix G,
 * and what XPath and XQuery Functions 3.1: 5.6.1 and 5.6.2 add to it. */
#include "feel/regex.h"

#include "base/buf.h"
#include "base/test.h"
#include "base/utf8.h"

struct pattern_row {
    int line;
    const char *pattern, *flags, *input;
    const char *want; /* the match, |group|group ..., ~ for one without part; NULL: none; !reason */
};

static void add_groups(struct buf *out, const struct regex_match *match, uint32_t groups,
                       struct str input) {
    for (uint32_t i = 0; i <= groups; i++) {
        if (i > 0)
            buf_add_byte(out, '|');
        if (match->from[i] == SIZE_MAX)
            buf_add_byte(out, '~');
        else
            buf_add(out, str_sub(input, match->from[i], match->to[i] - match->from[i]));
    }
}

static void check_row(int line, struct str pattern, const char *flags, struct str input,
                      const char *want) {
    struct arena *a = arena_create("pattern", 16 << 20);
    struct budget budget = budget_of(100000, 0);
    struct regex *re;
    struct regex_match match;
    struct err err = {0};
    struct buf got;
    const char *why = NULL;
    buf_init(&got, 1 << 16);
    if (!regex_compile(&re, a, pattern, str_from(flags), &why))
        buf_printf(&got, "!%s", why);
    else if (regex_find(&match, re, input, 0, &budget, &err))
        add_groups(&got, &match, regex_group_count(re), input);
    else
        buf_printf(&got, "nothing");
    CHECK_AT(line, err.code == ERR_NONE);
    CHECK_STR_AT(line, buf_view(&got), str_from(want == NULL ? "nothing" : want));
    buf_done(&got);
    arena_destroy(a);
}

static void check(const struct pattern_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_row(rows[i].line, str_from(rows[i].pattern), rows[i].flags, str_from(rows[i].input),
                  rows[i].want);
}

#define NO_ESCAPE "!a backslash stands before a character that it does not escape"
#define NO_NAME   "!\\p{...} has a name that is not known"

/* XML Schema 1.1 part 2: G.4.2.1, G.4.2.5: single characters, and classes of one letter */
void test_regex_escapes(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "\\D+", "", "12ab3", "ab"},
        {__LINE__, "\\D", "", "0\xd9\xa3\xf0\x9d\x9f\x98", NULL}, /* digits of other scripts too */
        {__LINE__, "\\d+", "", "\xc2\xb2\xd9\xa3", "\xd9\xa3"},   /* a superscript is none */
        {__LINE__, "\\w+", "", "-+$^a\xcc\x81-", "+$^a\xcc\x81"}, /* symbols, marks */
        {__LINE__, "\\W+", "", "a_-b", "_-"},
        {__LINE__, "\\W+", "", "+\xd0\xb6\xc2\xa0\x01\xc2\xab", "\xc2\xa0\x01\xc2\xab"},
        {__LINE__, "\\s+", "", "\xc2\xa0\x0c \t\n\r.", " \t\n\r"},
        {__LINE__, "\\S+", "", " \xc2\xa0\x0c\n", "\xc2\xa0\x0c"},
        {__LINE__, "a\\nb", "", "a\nb", "a\nb"},
        {__LINE__, "a\\rb", "", "a\rb", "a\rb"},
        {__LINE__, "a\\tb", "", "a\tb", "a\tb"},
        {__LINE__, "n\\n", "", "nn", NULL},
        {__LINE__, "[\\n\\r\\t]+", "", "nrt\t\r\n", "\t\r\n"},
        {__LINE__, "^\\|\\.\\-\\^\\?\\*\\+\\{\\}\\(\\)\\[\\]\\$\\\\$", "", "|.-^?*+{}()[]$\\",
         "|.-^?*+{}()[]$\\"},
        {__LINE__, "[\\|\\.\\-\\^\\?\\*\\+\\{\\}\\(\\)\\[\\]\\$\\\\]+", "", "a|.-^?*+{}()[]$\\a",
         "|.-^?*+{}()[]$\\"},
        {__LINE__, "\\.", "", "a", NULL},
        {__LINE__, "\\i\\c*", "", "-1a-b.c:d_1\xc2\xb7 e", "a-b.c:d_1\xc2\xb7"},
        {__LINE__, "\\i+", "", "-.1_:\xf0\x90\x80\x80", "_:\xf0\x90\x80\x80"},
        {__LINE__, "\\I+", "", "ab-1.c", "-1."},
        {__LINE__, "\\C+", "", "a-1 \xc3\x97,b", " \xc3\x97,"},
        {__LINE__, "^[\\i-[:]][\\c-[:]]*$", "", "a-b", "a-b"},
        {__LINE__, "^[\\i-[:]][\\c-[:]]*$", "", "a:b", NULL},
        {__LINE__, "\\e", "", "", NO_ESCAPE},
        {__LINE__, "\\b", "", "", NO_ESCAPE},
        {__LINE__, "\\0", "", "", NO_ESCAPE},
        {__LINE__, "\\ ", "", "", NO_ESCAPE},
        {__LINE__, "\\/", "", "", NO_ESCAPE},
        {__LINE__, "\\_", "", "", NO_ESCAPE},
        {__LINE__, "\\\xc3\xa9", "", "", NO_ESCAPE},
        {__LINE__, "a\\", "", "", NO_ESCAPE},
        {__LINE__, "[a\\", "", "", NO_ESCAPE},
        {__LINE__, "[\\1]", "", "", NO_ESCAPE}, /* nor is it a back-reference there */
    };
    check(rows, COUNT_OF(rows));
    check_row(__LINE__, (struct str){"\\\0", 2}, "", STR_NONE, NO_ESCAPE);
    check_row(__LINE__, (struct str){"a\0b", 3}, "", STR("ab"), NULL);
}

/* XML Schema 1.1 part 2: G.4.2.3: the table of blocks: the ends of some, and their neighbours */
void test_regex_blocks(void) {
    static const struct {
        int line;
        const char *pattern;
        uint32_t from, to;
    } blocks[] = {
        {__LINE__, "\\p{IsLatin-1Supplement}", 0x80, 0xff},
        {__LINE__, "\\p{IsLatinExtended-A}", 0x100, 0x17f},
        {__LINE__, "\\p{IsIPAExtensions}", 0x250, 0x2af},
        {__LINE__, "\\p{IsGreek}", 0x370, 0x3ff}, /* names of before too */
        {__LINE__, "\\p{IsGreekandCoptic}", 0x370, 0x3ff},
        {__LINE__, "\\p{IsCombiningMarksforSymbols}", 0x20d0, 0x20ff},
        {__LINE__, "\\p{IsCyrillic}", 0x400, 0x4ff},
        {__LINE__, "\\p{IsHebrew}", 0x590, 0x5ff},
        {__LINE__, "\\p{IsArabic}", 0x600, 0x6ff},
        {__LINE__, "\\p{IsDevanagari}", 0x900, 0x97f},
        {__LINE__, "\\p{IsThai}", 0xe00, 0xe7f},
        {__LINE__, "\\p{IsGreekExtended}", 0x1f00, 0x1fff},
        {__LINE__, "\\p{IsGeneralPunctuation}", 0x2000, 0x206f},
        {__LINE__, "\\p{IsCurrencySymbols}", 0x20a0, 0x20cf},
        {__LINE__, "\\p{IsMathematicalOperators}", 0x2200, 0x22ff},
        {__LINE__, "\\p{IsHiragana}", 0x3040, 0x309f},
        {__LINE__, "\\p{IsCJKUnifiedIdeographs}", 0x4e00, 0x9fff},
        {__LINE__, "\\p{IsCJKCompatibilityIdeographs}", 0xf900, 0xfaff},
        {__LINE__, "\\p{IsHalfwidthandFullwidthForms}", 0xff00, 0xffef},
        {__LINE__, "\\p{IsGothic}", 0x10330, 0x1034f},
        {__LINE__, "\\p{IsMusicalSymbols}", 0x1d100, 0x1d1ff},
    };
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        const uint32_t codes[] = {blocks[i].from, blocks[i].to, blocks[i].from - 1,
                                  blocks[i].to + 1};
        for (size_t k = 0; k < COUNT_OF(codes); k++) {
            struct buf text;
            buf_init(&text, 8);
            utf8_add(&text, codes[k]);
            buf_add_byte(&text, '\0');
            buf_cut(&text, text.len - 1); /* it ends with a zero now */
            check_row(blocks[i].line, str_from(blocks[i].pattern), "", buf_view(&text),
                      k < 2 ? text.at : NULL);
            buf_done(&text);
        }
    }
}

/* XML 1.0 fifth edition: 2.3: the first and the last of each row of productions 4 and 4a, and what
 * stands before and behind them */
void test_regex_names(void) {
    static const struct {
        uint32_t from, to;
        bool starts;
    } parts[] = {
        {':', ':', true},         {'A', 'Z', true},       {'_', '_', true},
        {'a', 'z', true},         {0xc0, 0xd6, true},     {0xd8, 0xf6, true},
        {0xf8, 0x2ff, true},      {0x370, 0x37d, true},   {0x37f, 0x1fff, true},
        {0x200c, 0x200d, true},   {0x2070, 0x218f, true}, {0x2c00, 0x2fef, true},
        {0x3001, 0xd7ff, true},   {0xf900, 0xfdcf, true}, {0xfdf0, 0xfffd, true},
        {0x10000, 0xeffff, true}, {'-', '-', false},      {'.', '.', false},
        {'0', '9', false},        {0xb7, 0xb7, false},    {0x300, 0x36f, false},
        {0x203f, 0x2040, false},
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const uint32_t codes[] = {parts[i].from - 1, parts[i].from, parts[i].to, parts[i].to + 1};
        for (size_t k = 0; k < COUNT_OF(codes); k++) {
            if (codes[k] == 0xd800) /* half a character */
                continue;
            bool starts = false, in = false;
            for (size_t n = 0; n < COUNT_OF(parts); n++)
                if (codes[k] >= parts[n].from && codes[k] <= parts[n].to) {
                    in = true;
                    starts = starts || parts[n].starts;
                }
            struct buf text;
            buf_init(&text, 8);
            utf8_add(&text, codes[k]);
            buf_add_byte(&text, '\0');
            buf_cut(&text, text.len - 1); /* it ends with a zero now */
            check_row(__LINE__, STR("\\c"), "", buf_view(&text), in ? text.at : NULL);
            check_row(__LINE__, STR("\\C"), "", buf_view(&text), in ? NULL : text.at);
            check_row(__LINE__, STR("\\i"), "", buf_view(&text), starts ? text.at : NULL);
            check_row(__LINE__, STR("[\\I]"), "", buf_view(&text), starts ? NULL : text.at);
            buf_done(&text);
        }
    }
}

/* XML Schema 1.1 part 2: G.4.2.2, G.4.2.3: categories and blocks */
void test_regex_categories(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "\\p{L}+", "", "1aB\xc7\x85\xca\xb0\xe4\xb8\xad 2",
         "aB\xc7\x85\xca\xb0\xe4\xb8\xad"},
        {__LINE__, "\\p{M}+", "", "a\xcc\x81\xe0\xa4\x83\xe2\x83\x9d!",
         "\xcc\x81\xe0\xa4\x83\xe2\x83\x9d"},
        {__LINE__, "\\p{N}+", "", "a1\xe2\x85\xa3\xc2\xb2.", "1\xe2\x85\xa3\xc2\xb2"},
        {__LINE__, "\\p{P}+", "", "a_-(){}\xc2\xab\xc2\xbb!+", "_-(){}\xc2\xab\xc2\xbb!"},
        {__LINE__, "\\p{S}+", "", "a+$^\xc2\xa9_", "+$^\xc2\xa9"},
        {__LINE__, "\\p{Z}+", "", "a \xe2\x80\xa8\xe2\x80\xa9\t", " \xe2\x80\xa8\xe2\x80\xa9"},
        {__LINE__, "\\p{C}+", "", "a\t\xc2\xad\xee\x80\x80\xcd\xb8 ",
         "\t\xc2\xad\xee\x80\x80\xcd\xb8"},
        {__LINE__, "\\p{Pc}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}", "", "_-()\xc2\xab\xc2\xbb!",
         "_-()\xc2\xab\xc2\xbb!"},
        {__LINE__, "\\p{Sm}\\p{Sc}\\p{Sk}\\p{So}", "", "+$^\xc2\xa9", "+$^\xc2\xa9"},
        {__LINE__, "\\P{N}+", "", "12ab3", "ab"},
        {__LINE__, "\\P{Lu}+", "", "AbcD", "bc"},
        {__LINE__, "[^\\p{L}\\d]+", "", "a1!?b", "!?"},
        {__LINE__, "[\\p{Nd}\\p{Lu}]+", "", "ab1C2d", "1C2"},
        {__LINE__, "[\\P{L}\\P{N}]+", "", "a1", "a1"},
        {__LINE__, "\\p{IsBasicLatin}+", "", "\xc2\x80\x7f\x01z\xc2\x80", "\x7f\x01z"},
        {__LINE__, "\\p{IsLatin-1Supplement}+", "", "z\xc2\x80\xc3\xbf\xc4\x80",
         "\xc2\x80\xc3\xbf"},
        {__LINE__, "\\p{IsSupplementaryPrivateUseArea-B}", "", "\xf3\xbf\xbf\xbf\xf4\x8f\xbf\xbf",
         "\xf4\x8f\xbf\xbf"},
        {__LINE__, "[\\P{IsSupplementaryPrivateUseArea-B}]", "", "\xf4\x8f\xbf\xbf\xf3\xbf\xbf\xbf",
         "\xf3\xbf\xbf\xbf"},
        {__LINE__, "[\\P{IsBasicLatin}a]+", "", "bac\xc3\xa9z", "a"},
        {__LINE__, "[^\\P{IsBasicLatin}]+", "", "\xc3\xa9yz\xc3\xa9", "yz"},
        {__LINE__, "\\p", "", "", "!\\p is not followed by {...}"},
        {__LINE__, "\\pL", "", "", "!\\p is not followed by {...}"},
        {__LINE__, "\\p{L", "", "", "!\\p is not followed by {...}"},
        {__LINE__, "\\P}", "", "", "!\\p is not followed by {...}"},
        {__LINE__, "\\pL}", "", "", "!\\p is not followed by {...}"},
        {__LINE__, "\\p{lu}", "", "", NO_NAME},
        {__LINE__, "\\p{LuL}", "", "", NO_NAME},
        {__LINE__, "\\p{ Lu}", "", "", NO_NAME},
        {__LINE__, "\\p{Lx}", "", "", NO_NAME},
        {__LINE__, "\\p{Cs}", "", "", NO_NAME},
        {__LINE__, "[\\P{Cs}]", "", "", NO_NAME},
        {__LINE__, "\\p{Is}", "", "", NO_NAME},
        {__LINE__, "\\p{Isthai}", "", "", NO_NAME},
        {__LINE__, "\\p{isThai}", "", "", NO_NAME},
        {__LINE__, "\\p{Thai}", "", "", NO_NAME},
        {__LINE__, "\\p{^Lu}", "", "", NO_NAME},
        {__LINE__, "[\\p{Q}]", "", "", NO_NAME},
    };
    check(rows, COUNT_OF(rows));
}

#define NOT_CLOSED "![ is not closed"
#define EMPTY      "![] is empty"

/* XML Schema 1.1 part 2: G.4.1: [...] */
void test_regex_classes(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "[a\\-z]+", "", "b-az", "-az"},
        {__LINE__, "[a-]+", "", "b-a", "-a"},
        {__LINE__, "[-a]+", "", "b-a", "-a"},
        {__LINE__, "[^-a]+", "", "a-b", "b"},
        {__LINE__, "[--[a]]", "", "a-", "-"},
        {__LINE__, "[a--[b]]+", "", "ba-", "a-"},
        {__LINE__, "[ab--[b]]+", "", "ba-", "a-"},
        {__LINE__, "[---[-]]", "", "-", NULL},
        {__LINE__, "[a-c--[b]]+", "", "ba-c", "a-c"},
        {__LINE__, "[--]+", "", "a--", "--"},
        {__LINE__, "[\\--a]+", "", "+-Aa", "-Aa"},
        {__LINE__, "[+-\\-]+", "", "*,-+.", ",-+"},
        {__LINE__, "[\\t-\\r]+", "", "a\n\x0b\x0c ", "\n\x0b\x0c"},
        {__LINE__, "[\\--\\.]+", "", ",-./", "-."},
        {__LINE__, "[a-a]", "", "ba", "a"},
        {__LINE__, "[.]", "", "ab.", "."},
        {__LINE__, "[?*+(){}|$]+", "", "a?*+(){}|$b", "?*+(){}|$"},
        {__LINE__, "[a^]+", "", "b^a", "^a"},
        {__LINE__, "[^^]+", "", "^ab", "ab"},
        {__LINE__, "[^\\n]+", "", "\n\ra", "\ra"}, /* unlike the dot */
        {__LINE__, "[\\D]+", "", "12ab", "ab"},
        {__LINE__, "[^\\D]+", "", "ab12", "12"},
        {__LINE__, "[\\W\\d]+", "", "ab1-2c", "1-2"},
        {__LINE__, "[^\\S]+", "", "a \tb", " \t"},
        {__LINE__, "[\\S]+", "", " ab ", "ab"},
        {__LINE__, "[\\Sa]+", "", " b ", "b"},
        {__LINE__, "[\\I]+", "", "a-1b", "-1"},
        {__LINE__, "[\\C ]+", "", "a ,b", " ,"},
        {__LINE__, "[\\i]+", "", "-ab-", "ab"},
        {__LINE__, "[\\c]+", "", " -ab ", "-ab"},
        {__LINE__, "[\\w]+", "", "-ab-", "ab"},
        {__LINE__, "[\\s]+", "", "a  b", "  "},
        {__LINE__, "[x\\s\\d]+", "", "a1 xb", "1 x"},
        {__LINE__, "[\xf0\x9f\x98\x80-\xf0\x9f\x99\x8f]", "", "\xf0\x9f\x97\xbf\xf0\x9f\x98\x82",
         "\xf0\x9f\x98\x82"},
        {__LINE__, "[c-ea-bb-d]+", "", "fabcde", "abcde"},
        /* more than eight ranges: joined, but not over a gap, nor cut where one holds another */
        {__LINE__, "[acegikmoqsuwy]+", "", "bdfaxcz", "a"},
        {__LINE__, "[a-zb-cd-ef-gh-ij-kl-mn-op-qr-s]+", "", "AuvzB", "uvz"},
        {__LINE__, "[yxwvutsrqponm]+", "", "lmnopqrstuvwxyz", "mnopqrstuvwxy"},
        {__LINE__, "[a-z-[a-y-[m]]]+", "", "abmzl", "mz"},
        {__LINE__, "[^a-z-[0-9]]", "", "a5!", "!"},
        {__LINE__, "[a-z-[^aeiou]]+", "", "xaey", "ae"},
        {__LINE__, "[\\w-[\\d]]+", "", "12ab3", "ab"},
        {__LINE__, "[a-[b]]", "", "ba", "a"},
        {__LINE__, "[a-z-[b]]", "i", "Bc", "c"},
        {__LINE__, "[^a]", "i", "Ab", "b"},
        {__LINE__, "[X-Z]+", "i", "axyZb", "xyZ"},
        {__LINE__, "[\\p{Lu}b]+", "i", "aBbC", "BbC"},
    };
    check(rows, COUNT_OF(rows));
}

#define HYPHEN "!a range of characters has a hyphen without a backslash at its end"

void test_regex_classes_refused(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "[", "", "", NOT_CLOSED},
        {__LINE__, "[^", "", "", NOT_CLOSED},
        {__LINE__, "[a", "", "", NOT_CLOSED},
        {__LINE__, "[a-", "", "", NOT_CLOSED},
        {__LINE__, "[a-z", "", "", NOT_CLOSED},
        {__LINE__, "[a-[b]", "", "", "!a subtraction is not at the end of its class"},
        {__LINE__, "[a-[b", "", "", NOT_CLOSED},
        {__LINE__, "[a-z-[b]c]", "", "", "!a subtraction is not at the end of its class"},
        {__LINE__, "[]", "", "", EMPTY},
        {__LINE__, "[^]", "", "", EMPTY},
        {__LINE__, "[]a]", "", "", EMPTY},
        {__LINE__, "[a-[]]", "", "", EMPTY},
        {__LINE__, "[a[b]]", "", "", "![ stands inside [...] without a backslash"},
        {__LINE__, "[[a]", "", "", "![ stands inside [...] without a backslash"},
        {__LINE__, "[-[a]]", "", "", "![ stands inside [...] without a backslash"},
        {__LINE__, "[a-\\d]", "", "", "!a range of characters ends in a class"},
        {__LINE__, "[a-\\p{L}]", "", "", "!a range of characters ends in a class"},
        {__LINE__, "[!--]", "", "", HYPHEN},
        {__LINE__, "[--z]", "", "", HYPHEN},
        {__LINE__, "[---]", "", "", HYPHEN},
        {__LINE__, "[a--b]", "", "", HYPHEN},
        {__LINE__, "[a-\\q]", "", "", NO_ESCAPE},
        {__LINE__, "[\\q]", "", "", NO_ESCAPE},
        {__LINE__, "[b-a]", "", "", "!a range of characters is the wrong way round"},
        {__LINE__, "[a-\\-]", "", "", "!a range of characters is the wrong way round"},
        {__LINE__, "[a-[b-a]]", "", "", "!a range of characters is the wrong way round"},
        {__LINE__, "a]", "", "", "!a closing bracket has no opening one"},
        /* eight in each other, and nine */
        {__LINE__, "[a-[b-[c-[d-[e-[f-[g-[h]]]]]]]]", "", "a", "a"},
        {__LINE__, "[a-z-[b-z-[c-z-[d-z-[e-z-[f-z-[g-z-[h-z]]]]]]]]+", "", "bdfhaceg", "aceg"},
        {__LINE__, "[a-[b-[c-[d-[e-[f-[g-[h-[i]]]]]]]]]", "", "", "!classes are nested too deeply"},
    };
    check(rows, COUNT_OF(rows));
}

#define NOTHING_BEFORE "!a quantifier has nothing before it"
#define TOO_LARGE      "!a count of repetitions is too large"

/* XML Schema 1.1 part 2: G.3; XPath and XQuery Functions 3.1: 5.6.1: reluctant ones */
void test_regex_quantifiers(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "a{2}", "", "abaaa", "aa"},
        {__LINE__, "a{2,}", "", "abaaaa", "aaaa"},
        {__LINE__, "a{2,2}", "", "aaa", "aa"},
        {__LINE__, "a{002}", "", "aaa", "aa"},
        {__LINE__, "ba{0}c", "", "bc", "bc"},
        {__LINE__, "ba{0,0}c", "", "bac bc", "bc"},
        {__LINE__, "ba{0,1}c", "", "bac", "bac"},
        {__LINE__, "ba{0,}c", "", "baaac", "baaac"},
        {__LINE__, "ba{1,}c", "", "bc bac", "bac"},
        {__LINE__, "(?:ab){2,3}", "", "ababababab", "ababab"},
        {__LINE__, "(a{2}){3}", "", "aaaaaaa", "aaaaaa|aa"},
        {__LINE__, "^(?:a{0,2}b){2}$", "", "aabb", "aabb"},
        {__LINE__, "^(?:a{2,3}){2,}$", "", "aaaaaaa", "aaaaaaa"},
        {__LINE__, "^(?:a{2,3}){2,}$", "", "aaa", NULL},
        {__LINE__, "^(?:a|bc){2,}$", "", "bcabc", "bcabc"},
        {__LINE__, "^(?:(?:ab)*c)*$", "", "ababccabc", "ababccabc"},
        {__LINE__, "a+?", "", "aaa", "a"},
        {__LINE__, "a+?$", "", "aaa", "aaa"},
        {__LINE__, "a??b", "", "ab", "ab"},
        {__LINE__, "a?", "", "aa", "a"},
        {__LINE__, "a??", "", "a", ""},
        {__LINE__, "a*?b", "", "aab", "aab"},
        {__LINE__, "a{2}?", "", "aaa", "aa"},
        {__LINE__, "a{2,}?", "", "aaaa", "aa"},
        {__LINE__, "a{2,}?b", "", "aaaab", "aaaab"},
        {__LINE__, "a{1,3}?", "", "aaaa", "a"},
        {__LINE__, "^a{1,3}?$", "", "aaa", "aaa"},
        {__LINE__, "^a{1,3}?$", "", "aaaa", NULL},
        {__LINE__, "\"(.*?)\"", "", "say \"a\" \"b\"", "\"a\"|a"},
        {__LINE__, "^*a", "", "a", "a"}, /* XPath has ^ and $ among the atoms */
        {__LINE__, "a${2}", "", "a", "a"},
        {__LINE__, "(){3}a", "", "a", "a|"},
        {__LINE__, "(a?)*b", "", "aab", "aab|a"},
        {__LINE__, "*", "", "", NOTHING_BEFORE},
        {__LINE__, "+a", "", "", NOTHING_BEFORE},
        {__LINE__, "?", "", "", NOTHING_BEFORE},
        {__LINE__, "{2}", "", "", NOTHING_BEFORE},
        {__LINE__, "a|*", "", "", NOTHING_BEFORE},
        {__LINE__, "(*a)", "", "", NOTHING_BEFORE},
        {__LINE__, "a**", "", "", NOTHING_BEFORE},
        {__LINE__, "a*+", "", "", NOTHING_BEFORE},
        {__LINE__, "a{2}{3}", "", "", NOTHING_BEFORE},
        {__LINE__, "a???", "", "", NOTHING_BEFORE},
        {__LINE__, "a{", "", "", "!{ is not followed by a number"},
        {__LINE__, "a{}", "", "", "!{ is not followed by a number"},
        {__LINE__, "a{,2}", "", "", "!{ is not followed by a number"},
        {__LINE__, "a{ 2}", "", "", "!{ is not followed by a number"},
        {__LINE__, "a{-1}", "", "", "!{ is not followed by a number"},
        {__LINE__, "a{2", "", "", "!{ is not closed"},
        {__LINE__, "a{2 }", "", "", "!{ is not closed"},
        {__LINE__, "a{2,3", "", "", "!{ is not closed"},
        {__LINE__, "a{2,3,4}", "", "", "!{ is not closed"},
        {__LINE__, "a{2,x}", "", "", "!{n, is not followed by a number"},
        {__LINE__, "a{2,", "", "", "!{n, is not followed by a number"},
        {__LINE__, "a{3,2}", "", "", "!a count of repetitions is the wrong way round"},
        {__LINE__, "a{1,0}", "", "", "!a count of repetitions is the wrong way round"},
        {__LINE__, "a{10001}", "", "", TOO_LARGE},
        {__LINE__, "a{1,10001}", "", "", TOO_LARGE},
        {__LINE__, "a{99999999999999999999}", "", "", TOO_LARGE},
        {__LINE__, "}", "", "", "!a closing bracket has no opening one"},
        {__LINE__, "a}", "", "", "!a closing bracket has no opening one"},
    };
    check(rows, COUNT_OF(rows));
}

#define NOT_CLOSED_BEFORE "!a back-reference names a group that is not closed before it"

/* XPath and XQuery Functions 3.1: 5.6.1: groups and back-references */
void test_regex_groups(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "(a)(?:b)(c)", "", "abc", "abc|a|c"},
        {__LINE__, "(a)|(b)", "", "b", "b|~|b"},
        {__LINE__, "((a)(b))", "", "ab", "ab|ab|a|b"},
        {__LINE__, "(a)?b", "", "b", "b|~"},
        {__LINE__, "(a*)b", "", "b", "b|"},
        {__LINE__, "(a|b)+", "", "aab", "aab|b"},
        {__LINE__, "(?:(a)b|ac)", "", "ac", "ac|~"}, /* what was taken back is not a part */
        {__LINE__, "(a+)(a+?)(a*)", "", "aaaa", "aaaa|aaa|a|"},
        {__LINE__, "(?:)", "", "a", ""},
        {__LINE__, "()", "", "a", "|"},
        {__LINE__, "a||b", "", "b", ""},
        {__LINE__, "|a", "", "a", ""},
        {__LINE__, "b|ab|a", "", "ab", "ab"},
        {__LINE__, "a|", "", "b", ""},
        {__LINE__, "(a|b|)c", "", "c", "c|"},
        {__LINE__, "(a*)\\1", "", "aaa", "aa|a"},
        {__LINE__, "(a)b\\1", "", "abb aba", "aba|a"},
        {__LINE__, "(a)|b\\1", "", "b", "b|~"},
        {__LINE__, "(a){0}b\\1", "", "ab", "b|~"},
        {__LINE__, "(.)(.)\\2\\1", "", "abcddcb", "cddc|c|d"},
        {__LINE__, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10", "", "abcdefghijaabcdefghijj",
         "abcdefghijj|a|b|c|d|e|f|g|h|i|j"},
        {__LINE__, "(a)\\10", "", "aaaa0", "aa0|a"}, /* one group, then a 0 */
        {__LINE__, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\11", "", "abcdefghija1",
         "abcdefghija1|a|b|c|d|e|f|g|h|i|j"},
        {__LINE__, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11", "", "abcdefghijkk",
         "abcdefghijkk|a|b|c|d|e|f|g|h|i|j|k"},
        {__LINE__, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)\\123", "", "abcdefghijkll3",
         "abcdefghijkll3|a|b|c|d|e|f|g|h|i|j|k|l"},
        {__LINE__, "(\xd0\xb6)\\1", "i", "\xd0\xb6\xd0\x96", "\xd0\xb6\xd0\x96|\xd0\xb6"},
        {__LINE__, "(a)\\1", "", "aA", NULL},
        {__LINE__, "(ab)\\1", "", "aba", NULL}, /* it ends inside of it */
        {__LINE__, "\\1", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "(a)\\2", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "(a\\1)", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "((a)\\1)", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "((a)\\2)", "", "aa", "aa|aa|a"},
        {__LINE__, "(?:a)\\1", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "\\1(a)", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j\\10)", "", "", NOT_CLOSED_BEFORE},
        {__LINE__, "(", "", "", "!( is not closed"},
        {__LINE__, "(?:", "", "", "!( is not closed"},
        {__LINE__, "(a|b", "", "", "!( is not closed"},
        {__LINE__, ")", "", "", "!a closing bracket has no opening one"},
        {__LINE__, "(a))", "", "", "!a closing bracket has no opening one"},
        {__LINE__, "a|b)", "", "", "!a closing bracket has no opening one"},
        {__LINE__, "(?=a)", "", "", NOTHING_BEFORE},
        {__LINE__, "(?!a)", "", "", NOTHING_BEFORE},
        {__LINE__, "(?i)a", "", "", NOTHING_BEFORE},
        {__LINE__, "(?<n>a)", "", "", NOTHING_BEFORE},
    };
    check(rows, COUNT_OF(rows));
}

#define NO_FLAG "!a flag is none of s, m, i, x, q"

/* XPath and XQuery Functions 3.1: 5.6.1.1, 5.6.2: ^ $ . and the flags */
void test_regex_flags(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "a$", "", "a\n", NULL},
        {__LINE__, "^a", "", "ba", NULL},
        {__LINE__, "a^b|a$b", "", "ab", NULL},
        {__LINE__, "^$", "", "", ""},
        {__LINE__, "(^a|b)+", "", "ab", "ab|b"},
        {__LINE__, "a$", "m", "b\na\nc", "a"},
        {__LINE__, "a$", "m", "a", "a"},
        {__LINE__, "a$", "m", "a\r\nb", NULL}, /* a line ends at a line feed alone */
        {__LINE__, "a\r$", "m", "a\r\nb", "a\r"},
        {__LINE__, "^b", "m", "a\rb", NULL},
        {__LINE__, "^b$", "m", "a\nb\nc", "b"},
        {__LINE__, "a\n^b", "m", "a\nb", "a\nb"},
        {__LINE__, "^", "m", "", ""},
        {__LINE__, "$", "m", "", ""},
        {__LINE__, "^$", "m", "a\n\nb", ""},
        {__LINE__, "^$", "m", "a\n", NULL}, /* the last line end begins no line */
        {__LINE__, "^$", "m", "a", NULL},
        {__LINE__, "\n^", "m", "a\n", NULL},
        {__LINE__, "\n^", "m", "a\n\n", "\n"},
        {__LINE__, "\n$", "m", "a\n", NULL},
        {__LINE__, "^.$", "m", "ab\nc\nde", "c"},
        {__LINE__, "a.b", "", "a\rb", NULL},
        {__LINE__, "a.b", "s", "a\rb", "a\rb"},
        {__LINE__, "a.b", "m", "a\nb", NULL},
        {__LINE__, "a.b", "",
         "a\xe2\x80\xa8"
         "b",
         "a\xe2\x80\xa8"
         "b"},
        {__LINE__, "^.$", "", "\xf0\x9f\x90\x8e", "\xf0\x9f\x90\x8e"},
        {__LINE__, "a.$", "ms", "a\n\n", "a\n"},
        {__LINE__, "AB", "i", "xaB", "aB"},
        {__LINE__, "a b\tc\nd\re", "x", "abcde", "abcde"},
        {__LINE__, "a[ b]c", "x", "a c", "a c"},
        {__LINE__, "[ a-c -[ b]] c", "x", "bcac", "ac"},
        {__LINE__, "[ \\] ] c", "x", " c", " c"},
        {__LINE__, "[a-[b] ]", "x", "", "!a subtraction is not at the end of its class"},
        {__LINE__, "\\[ a \\]", "x", "[a]", "[a]"},
        {__LINE__, "a { 2 , 3 } b", "x", "aab", "aab"},
        {__LINE__, "( ? : a ) b", "x", "ab", "ab"},
        {__LINE__, "\\ d", "x", "a1", "1"},
        {__LINE__, "a # b", "x", "a#b", "a#b"}, /* no comments */
        {__LINE__,
         "a\xc2\xa0"
         "b",
         "x",
         "a\xc2\xa0"
         "b",
         "a\xc2\xa0"
         "b"},
        {__LINE__, " ", "x", "a", ""},
        {__LINE__, "a b", "", "ab", NULL},
        {__LINE__, "a.(b*[", "q", "ab a.(b*[", "a.(b*["},
        {__LINE__, "\\d$^", "q", "1\\d$^", "\\d$^"},
        {__LINE__, "A.B", "qi", "axb a.b", "a.b"},
        {__LINE__, " a", "qx", "a a", " a"}, /* q: the others but i mean nothing */
        {__LINE__, "^a.", "qms", "a\n^a.", "^a."},
        {__LINE__, "", "q", "a", ""},
        {__LINE__, "(a", "smixq", "(A", "(A"},
        {__LINE__, "a.", "ss", "a\n", "a\n"},
        {__LINE__, "a", "g", "", NO_FLAG},
        {__LINE__, "a", "I", "", NO_FLAG},
        {__LINE__, "a", "i ", "", NO_FLAG},
        {__LINE__, "a", "iu", "", NO_FLAG},
        {__LINE__, "(", "qu", "", NO_FLAG},
    };
    check(rows, COUNT_OF(rows));
}

/* No flag does the work of another. */
void test_regex_flags_alone(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "^b", "s", "a\nb", NULL},   {__LINE__, "a$", "s", "a\nb", NULL},
        {__LINE__, "A", "s", "a", NULL},       {__LINE__, "a b", "s", "ab", NULL},
        {__LINE__, "a.", "m", "a\n", NULL},    {__LINE__, "A", "m", "a", NULL},
        {__LINE__, "a b", "m", "ab", NULL},    {__LINE__, "a.", "i", "a\n", NULL},
        {__LINE__, "^b", "i", "a\nb", NULL},   {__LINE__, "a b", "i", "ab", NULL},
        {__LINE__, "a.", "x", "a\n", NULL},    {__LINE__, "^b", "x", "a\nb", NULL},
        {__LINE__, "A", "x", "a", NULL},       {__LINE__, "A", "q", "a", NULL},
        {__LINE__, "a b", "q", "ab", NULL},    {__LINE__, "a.", "xs", "a\n", "a\n"},
        {__LINE__, "^ B", "xim", "a\nb", "b"}, {__LINE__, "a $", "smx", "a\nb", "a"},
    };
    check(rows, COUNT_OF(rows));
}

/* XPath and XQuery Functions 3.1: 5.6.2: two characters are one under i when their upper or their
 * lower case is one */
void test_regex_case_variants(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "\xc3\x9f", "i", "\xe1\xba\x9e", "\xe1\xba\x9e"}, /* sharp s */
        {__LINE__, "s", "i", "\xc5\xbf", "\xc5\xbf"},                /* long s */
        {__LINE__, "\xc7\x84", "i", "\xc7\x85", "\xc7\x85"},         /* DZ with caron, Dz */
        {__LINE__, "\xc7\x86", "i", "\xc7\x85", "\xc7\x85"},
        {__LINE__, "\xc2\xb5", "i", "\xce\xbc", "\xce\xbc"},             /* micro, mu */
        {__LINE__, "\xe1\x8f\xb8", "i", "\xe1\x8f\xb0", "\xe1\x8f\xb0"}, /* Cherokee ye */
        {__LINE__, "\xea\xad\xb0", "i", "\xe1\x8e\xa0", "\xe1\x8e\xa0"}, /* Cherokee a */
        {__LINE__, "[\xce\xa3]", "i", "\xcf\x82", "\xcf\x82"},
        {__LINE__, "\xc3\xa5", "i", "\xe2\x84\xab", "\xe2\x84\xab"}, /* the sign of angstrom */
        {__LINE__, "i", "i", "\xc4\xb0", NULL},       /* its lower case has two characters */
        {__LINE__, "I", "i", "\xc4\xb1", "\xc4\xb1"}, /* the upper case of the dotless i */
        {__LINE__, "[h-j]", "i", "\xc4\xb1", "\xc4\xb1"},
        {__LINE__, "\xc4\xb1", "i", "i", "i"},
        {__LINE__, "\xce\x90", "i", "\xe1\xbf\x93", "\xe1\xbf\x93"},   /* iota, of Greek extended */
        {__LINE__, "[\xce\xb0]", "i", "\xe1\xbf\xa3", "\xe1\xbf\xa3"}, /* upsilon */
        {__LINE__, "\xef\xac\x85", "i", "\xef\xac\x86", "\xef\xac\x86"}, /* long s t, st */
        {__LINE__, "\xcf\x91", "i", "\xce\x98", "\xce\x98"},             /* theta symbol, Theta */
        {__LINE__, "\xcf\xb4", "i", "\xce\x98", "\xce\x98"},
        {__LINE__, "\xcf\x91", "i", "\xcf\xb4", NULL}, /* neither case of both symbols is one */
        {__LINE__, "[\xcf\xb4]", "i", "\xcf\x91", NULL},
        {__LINE__, "ss", "i", "\xc3\x9f", NULL}, /* character by character */
        {__LINE__, "\xf0\x9e\xa4\x80", "i", "\xf0\x9e\xa4\xa2", "\xf0\x9e\xa4\xa2"},
    };
    check(rows, COUNT_OF(rows));
}

/* So many groups, so many of them in each other, so many instructions. */
void test_regex_limits(void) {
    static const struct {
        int line;
        const char *before, *middle, *behind;
        int times;
        const char *want;
    } rows[] = {
        {__LINE__, "(?:", "a", ")", 100, "a"},
        {__LINE__, "(?:", "a", ")", 101, "!groups are nested too deeply"},
        {__LINE__, "(", "a", ")", 64, "!it has too many groups"},
        {__LINE__, "(a)|", "b", "", 64, "!it has too many groups"},
        {__LINE__, "", "a*", "", 256, "a"},
        {__LINE__, "", "a*", "", 257, "!it has too many loops"},
        {__LINE__, "", "a{9999}", "", 1, NULL},
        {__LINE__, "", "a{10000}", "", 1, "!it is too long"},
        {__LINE__, "", "(?:a{2000}|b{2000}){3}", "", 1, "!it is too long"},
        {__LINE__, "", "a{0,5000}", "", 1, "!it is too long"},
        {__LINE__, "", "a{0,4999}", "", 1, "a"},
        {__LINE__, "(?:", "a{9000}", "|b)", 99, NULL},
        {__LINE__, "(?:", "a{9000}", ")+?", 99, "!it is too long"},
        {__LINE__, "", "(?:a{9000}){0}", "", 999, "!it repeats too much"},
        {__LINE__, "(?:", "a{9900}", "|b)", 99, "!it is too long"},
        {__LINE__, "", "(){10000}", "", 999, "!it is too long"},
        {__LINE__, "", "(?:){10000}", "", 999, "!it repeats too much"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        for (int k = 0; k < rows[i].times; k++)
            buf_add(&text, str_from(rows[i].before));
        for (int k = 0; k < (*rows[i].before == '\0' ? rows[i].times : 1); k++)
            buf_add(&text, str_from(rows[i].middle));
        for (int k = 0; k < rows[i].times; k++)
            buf_add(&text, str_from(rows[i].behind));
        check_row(rows[i].line, buf_view(&text), "", STR("a"), rows[i].want);
        buf_done(&text);
    }
}
