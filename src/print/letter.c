/* A strict reader of the letters' HTML: what is not in the tables below does not exist. The same
 * check lets a letter stand in a page as it is, so nothing is repaired and nothing is skipped. */
#include "print/letter.h"

#include <assert.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "print/print.h"

enum element { H1, H2, P, UL, OL, LI, TABLE, TR, TH, TD, HR, DIV, STRONG, EM, BR, SPAN, LETTER };

enum content { HAS_BLOCKS, HAS_ITEMS, HAS_ROWS, HAS_CELLS, HAS_TEXT, HAS_NOTHING };

static const struct rule {
    struct str name;
    enum content inside; /* what it may contain */
    enum content of;     /* what must allow it */
} rules[] = {
    [H1] = {STR_INIT("h1"), HAS_TEXT, HAS_BLOCKS},
    [H2] = {STR_INIT("h2"), HAS_TEXT, HAS_BLOCKS},
    [P] = {STR_INIT("p"), HAS_TEXT, HAS_BLOCKS},
    [UL] = {STR_INIT("ul"), HAS_ITEMS, HAS_BLOCKS},
    [OL] = {STR_INIT("ol"), HAS_ITEMS, HAS_BLOCKS},
    [LI] = {STR_INIT("li"), HAS_TEXT, HAS_ITEMS},
    [TABLE] = {STR_INIT("table"), HAS_ROWS, HAS_BLOCKS},
    [TR] = {STR_INIT("tr"), HAS_CELLS, HAS_ROWS},
    [TH] = {STR_INIT("th"), HAS_TEXT, HAS_CELLS},
    [TD] = {STR_INIT("td"), HAS_TEXT, HAS_CELLS},
    [HR] = {STR_INIT("hr"), HAS_NOTHING, HAS_BLOCKS},
    [DIV] = {STR_INIT("div"), HAS_BLOCKS, HAS_BLOCKS},
    [STRONG] = {STR_INIT("strong"), HAS_TEXT, HAS_TEXT},
    [EM] = {STR_INIT("em"), HAS_TEXT, HAS_TEXT},
    [BR] = {STR_INIT("br"), HAS_NOTHING, HAS_TEXT},
    [SPAN] = {STR_INIT("span"), HAS_TEXT, HAS_TEXT},
    [LETTER] = {STR_INIT("letter"), HAS_BLOCKS, HAS_NOTHING},
};

static const struct {
    struct str name;
    unsigned bit;
} classes[] = {
    {STR_INIT("right"), LETTER_RIGHT}, {STR_INIT("center"), LETTER_CENTER},
    {STR_INIT("small"), LETTER_SMALL}, {STR_INIT("no"), LETTER_NO},
    {STR_INIT("page"), LETTER_PAGE},   {STR_INIT("seal-line"), LETTER_SEAL},
    {STR_INIT("flush"), LETTER_FLUSH},
};

struct open {
    enum element element;
    unsigned classes;
    bool chinese;
    size_t text_from; /* of an inline element */
    uint32_t number;  /* items so far in a list */
};

struct reader {
    struct str rest;
    struct err_at at;
    struct arena *arena;
    struct err *err;
    struct open stack[LETTER_DEPTH_MAX];
    unsigned depth;
    unsigned pending_page; /* LETTER_PAGE of a div, for its first block */
    struct buf text;       /* of the block or cell in the making */
    uint32_t last;         /* its last character, 0 at a line's beginning */
    bool blank, newline;   /* collapsed blanks wait, with a line end among them */
    struct letter_span *spans, **spans_end;
    struct letter_block *first, *block, **blocks_end;
    struct letter_row **rows_end;
    struct letter_cell **cells_end;
    struct letter_row *row;
};

static struct open *top(struct reader *r) {
    return &r->stack[r->depth - 1];
}

static void advance(struct reader *r, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)r->rest.at[i];
        r->at.column += (byte & 0xC0) != 0x80;
        if (byte == '\n') {
            r->at.line++;
            r->at.column = 1;
        }
    }
    r->rest = str_sub(r->rest, len, r->rest.len);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reader *r) {
    size_t len = 0;
    while (len < r->rest.len && is_blank(r->rest.at[len]))
        len++;
    advance(r, len);
}

/* ---- text ---- */
static bool is_wide(uint32_t c) { /* Chinese characters and their punctuation */
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x20000 && c <= 0x3FFFF);
}

static void put_character(struct reader *r, uint32_t c) {
    /* a line end between two Chinese characters is no blank (CSS Text 3: 4.1.3) */
    bool join = r->newline && is_wide(r->last) && is_wide(c);
    if (r->blank && r->last != 0 && !join)
        buf_add_byte(&r->text, ' ');
    r->blank = r->newline = false;
    utf8_add(&r->text, c);
    r->last = c;
}

static bool take_reference(struct reader *r) {
    static const struct {
        struct str name;
        uint32_t c;
    } names[] = {{STR_INIT("amp"), '&'},
                 {STR_INIT("lt"), '<'},
                 {STR_INIT("gt"), '>'},
                 {STR_INIT("quot"), '"'},
                 {STR_INIT("nbsp"), 0xA0}};
    size_t end = str_find_byte(str_sub(r->rest, 0, 12), ';');
    struct str name = end == SIZE_MAX ? STR_NONE : str_sub(r->rest, 1, end - 1);
    uint32_t c = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(name, names[i].name))
            c = names[i].c;
    bool hex = str_starts(name, STR("#x")) || str_starts(name, STR("#X"));
    struct str digits = str_starts(name, STR("#")) ? str_sub(name, hex ? 2 : 1, 8) : STR_NONE;
    for (size_t i = 0; i < digits.len; i++) {
        char d = digits.at[i];
        uint32_t value = d >= '0' && d <= '9'          ? (uint32_t)(d - '0')
                         : hex && d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
                         : hex && d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
                                                       : 0x110000;
        c = MIN_OF(c * (hex ? 16u : 10u) + value, UINT32_C(0x110000));
    }
    char bytes[UTF8_BYTES_MAX];
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || utf8_put(bytes, c) == 0)
        return err_set(r->err, ERR_SYNTAX, r->at,
                       "'&' begins &amp; &lt; &gt; &quot; &nbsp; or a number like &#39;");
    put_character(r, c);
    advance(r, end + 1);
    return true;
}

static bool take_text(struct reader *r) {
    bool allowed = rules[top(r)->element].inside == HAS_TEXT;
    while (r->rest.len > 0 && r->rest.at[0] != '<') {
        char c = r->rest.at[0];
        if (is_blank(c)) {
            r->blank = true;
            r->newline = r->newline || c == '\n';
            advance(r, 1);
            continue;
        }
        if (!allowed)
            return err_set(r->err, ERR_UNSUPPORTED, r->at, "no text may stand in <%s> itself",
                           rules[top(r)->element].name.at);
        if (c == '&') {
            if (!take_reference(r))
                return false;
            continue;
        }
        struct str rest = r->rest;
        uint32_t code_point = 0;
        if (!utf8_take(&code_point, &rest) || code_point < 0x20 ||
            (code_point >= 0x7F && code_point < 0xA0))
            return err_set(r->err, ERR_SYNTAX, r->at, "a byte that is no character of a text");
        put_character(r, code_point);
        advance(r, (size_t)(rest.at - r->rest.at));
    }
    return true;
}

static struct letter_text finish_text(struct reader *r) {
    struct letter_text text = {arena_str(r->arena, buf_view(&r->text)), r->spans};
    buf_reset(&r->text);
    r->last = 0;
    r->blank = r->newline = false;
    r->spans = NULL;
    r->spans_end = &r->spans;
    return text;
}

/* ---- elements ---- */
static void add_block(struct reader *r, enum letter_kind kind, const struct open *open) {
    struct letter_block *block = arena_new(r->arena, struct letter_block, 1);
    block->kind = kind;
    block->classes = open->classes | r->pending_page;
    block->chinese = open->chinese;
    r->pending_page = 0;
    *r->blocks_end = block;
    r->blocks_end = &block->next;
    r->block = block;
}

static void begin_element(struct reader *r, const struct open *open) {
    switch (open->element) {
    case H1: add_block(r, LETTER_H1, open); return;
    case H2: add_block(r, LETTER_H2, open); return;
    case P: add_block(r, LETTER_P, open); return;
    case HR: add_block(r, LETTER_RULE, open); return;
    case TABLE:
        add_block(r, LETTER_TABLE, open);
        r->rows_end = &r->block->rows;
        return;
    case LI:
        add_block(r, LETTER_ITEM, open);
        if (top(r)->element == OL)
            r->block->number = ++top(r)->number;
        return;
    case TR:
        r->row = arena_new(r->arena, struct letter_row, 1);
        *r->rows_end = r->row;
        r->rows_end = &r->row->next;
        r->cells_end = &r->row->cells;
        return;
    case BR:
        utf8_add(&r->text, 0x2028);
        r->last = 0;
        r->blank = r->newline = false;
        return;
    case DIV: /* its first block begins the page */
    case UL:
    case OL: r->pending_page |= open->classes & LETTER_PAGE; return;
    default: return;
    }
}

static bool end_cell(struct reader *r, const struct open *open) {
    struct letter_cell *cell = arena_new(r->arena, struct letter_cell, 1);
    cell->head = open->element == TH;
    cell->classes = open->classes;
    cell->text = finish_text(r);
    *r->cells_end = cell;
    r->cells_end = &cell->next;
    r->row->cell_count++;
    r->block->column_count = MAX_OF(r->block->column_count, r->row->cell_count);
    if (r->row->cell_count > LETTER_COLUMNS_MAX)
        return err_set(r->err, ERR_LIMIT, r->at, "a table has more than %d columns",
                       LETTER_COLUMNS_MAX);
    return true;
}

static bool end_element(struct reader *r, const struct open *open) {
    switch (open->element) {
    case H1:
    case H2:
    case P:
    case LI: r->block->text = finish_text(r); return true;
    case TH:
    case TD: return end_cell(r, open);
    case STRONG:
    case EM:
    case SPAN: {
        struct letter_span *span = arena_new(r->arena, struct letter_span, 1);
        span->from = open->text_from;
        span->to = r->text.len;
        span->strong = open->element == STRONG;
        span->em = open->element == EM;
        span->small = open->element == SPAN && (open->classes & LETTER_SMALL) != 0;
        *r->spans_end = span;
        r->spans_end = &span->next;
        return true;
    }
    default: return true;
    }
}

static struct str take_name(struct reader *r) {
    size_t len = 0;
    while (len < r->rest.len && ((r->rest.at[len] >= 'a' && r->rest.at[len] <= 'z') ||
                                 (r->rest.at[len] >= '0' && r->rest.at[len] <= '9')))
        len++;
    struct str name = str_sub(r->rest, 0, len);
    advance(r, len);
    return name;
}

static bool find_element(enum element *out, struct reader *r, struct str name, struct err_at at) {
    for (int i = 0; i < LETTER; i++)
        if (str_eq(rules[i].name, name)) {
            *out = (enum element)i;
            return true;
        }
    return err_set(r->err, ERR_UNSUPPORTED, at, "a letter has no element <%.*s>", STR_ARG(name));
}

static bool take_classes(unsigned *out, struct reader *r, struct str value) {
    struct str word;
    while (str_split(&word, &value, ' ')) {
        unsigned bit = 0;
        for (size_t i = 0; i < COUNT_OF(classes); i++)
            if (str_eq(classes[i].name, word))
                bit = classes[i].bit;
        if (bit == 0)
            return err_set(r->err, ERR_UNSUPPORTED, r->at, "a letter has no class '%.*s'",
                           STR_ARG(word));
        *out |= bit;
    }
    return true;
}

static bool take_attr(struct open *open, bool seen[2], struct reader *r) {
    struct err_at at = r->at;
    struct str name = take_name(r);
    bool is_class = str_eq(name, STR("class")), is_lang = str_eq(name, STR("lang"));
    if (!is_class && !is_lang)
        return err_set(r->err, ERR_UNSUPPORTED, at, "a letter has no attribute '%.*s' here",
                       STR_ARG(name));
    if (seen[is_lang])
        return err_set(r->err, ERR_SYNTAX, at, "the attribute '%.*s' stands twice", STR_ARG(name));
    seen[is_lang] = true;
    size_t end = str_starts(r->rest, STR("=\""))
                     ? str_find_byte(str_sub(r->rest, 2, r->rest.len), '"')
                     : SIZE_MAX;
    if (end == SIZE_MAX)
        return err_set(r->err, ERR_SYNTAX, at, "'%.*s' needs a value in double quotes",
                       STR_ARG(name));
    struct str value = str_sub(r->rest, 2, end);
    if (is_class ? !take_classes(&open->classes, r, value)
                 : !str_eq(value, STR("zh")) && !str_eq(value, STR("en")))
        return is_class ? false
                        : err_set(r->err, ERR_UNSUPPORTED, at, "lang is zh or en, not '%.*s'",
                                  STR_ARG(value));
    if (is_lang)
        open->chinese = str_eq(value, STR("zh"));
    advance(r, 2 + end + 1);
    return true;
}

static bool open_element(struct reader *r, struct err_at at) {
    struct open open = {.chinese = top(r)->chinese, .text_from = r->text.len};
    bool inline_text = rules[top(r)->element].inside == HAS_TEXT;
    if (!inline_text)
        open.classes = top(r)->classes & ~(unsigned)LETTER_PAGE;
    bool seen[2] = {false, false};
    if (!find_element(&open.element, r, take_name(r), at))
        return false;
    const struct rule *rule = &rules[open.element];
    if (rule->of != rules[top(r)->element].inside)
        return err_set(r->err, ERR_UNSUPPORTED, at, "<%s> may not stand in <%s>", rule->name.at,
                       rules[top(r)->element].name.at);
    for (skip_blanks(r); r->rest.len > 0 && r->rest.at[0] != '>' && r->rest.at[0] != '/';
         skip_blanks(r))
        if (!take_attr(&open, seen, r))
            return false;
    if (rule->inside == HAS_NOTHING && str_starts(r->rest, STR("/")))
        advance(r, 1);
    if (!str_starts(r->rest, STR(">")))
        return err_set(r->err, ERR_SYNTAX, at, "the tag <%s> is not closed by '>'", rule->name.at);
    advance(r, 1);
    begin_element(r, &open);
    if (rule->inside == HAS_NOTHING)
        return true;
    if (r->depth == LETTER_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, at, "elements are nested more than %d deep",
                       LETTER_DEPTH_MAX);
    r->stack[r->depth++] = open;
    return true;
}

static bool close_element(struct reader *r, struct err_at at) {
    enum element element;
    if (!find_element(&element, r, take_name(r), at))
        return false;
    if (r->depth == 1 || top(r)->element != element)
        return err_set(r->err, ERR_SYNTAX, at, "</%s> stands where <%s> is open",
                       rules[element].name.at, rules[top(r)->element].name.at);
    if (!str_starts(r->rest, STR(">")))
        return err_set(r->err, ERR_SYNTAX, at, "the tag </%s> is not closed by '>'",
                       rules[element].name.at);
    advance(r, 1);
    const struct open closed = *top(r);
    r->depth--;
    return end_element(r, &closed);
}

static bool take_tag(struct reader *r) {
    struct err_at at = r->at;
    bool closes = str_starts(r->rest, STR("</"));
    advance(r, closes ? 2 : 1);
    return closes ? close_element(r, at) : open_element(r, at);
}

static bool read_all(struct reader *r) {
    while (r->rest.len > 0)
        if (r->rest.at[0] == '<' ? !take_tag(r) : !take_text(r))
            return false;
    if (r->depth > 1)
        return err_set(r->err, ERR_SYNTAX, r->at, "the letter ends while <%s> is open",
                       rules[top(r)->element].name.at);
    return true;
}

bool letter_read(struct letter_block **out, struct str html, bool chinese, const char *source,
                 struct arena *arena, struct err *err) {
    if (html.len > PRINT_LETTER_BYTES_MAX)
        return err_set(err, ERR_LIMIT, (struct err_at){.source = source},
                       "the letter has %zu bytes, more than %d", html.len, PRINT_LETTER_BYTES_MAX);
    struct reader r = {.rest = html, .at = {source, 1, 1}, .arena = arena, .err = err, .depth = 1};
    r.stack[0] = (struct open){.element = LETTER, .chinese = chinese};
    r.spans_end = &r.spans;
    r.blocks_end = &r.first;
    buf_init(&r.text, PRINT_LETTER_BYTES_MAX + 1);
    bool ok = read_all(&r);
    buf_done(&r.text);
    if (ok)
        *out = r.first;
    return ok;
}

bool print_letter_check(struct str html, const char *source, struct err *err) {
    struct arena *arena = arena_create("letter check", LETTER_ARENA_BYTES_MAX);
    struct letter_block *blocks;
    bool ok = letter_read(&blocks, html, true, source, arena, err);
    arena_destroy(arena);
    return ok;
}
