/* Text into tokens, in two passes: tags with their pairs first, then lines. A line that holds
 * nothing but tags that print nothing is removed around them ("standalone"). That is one tag, or,
 * for templates that inherit, several parent and block tags; a line like "  {{$a}}{{/a}}" stays,
 * since what replaces the block belongs on it.
 *
 * The lines of a block may be set in or out when another template's text takes its place: the
 * blanks before its first line are taken off, and those of the place put on (mustache
 * ~inheritance). */
#include <assert.h>

#include "tmpl/inside.h"

struct parser {
    struct source *out;
    struct str rest; /* of the text */
    struct str open, close;
    uint32_t line, column; /* of the beginning of rest */
    uint32_t room;
    uint32_t stack[TMPL_DEPTH_MAX];
    unsigned depth;
    struct arena *arena;
    struct err *err;
};

void *tmpl_grow(struct arena *arena, const void *old, uint32_t count, uint32_t *room,
                size_t size_bytes) {
    assert(*room <= UINT32_MAX / 4);
    *room = *room == 0 ? 16 : *room * 2;
    void *grown = arena_alloc(arena, *room, size_bytes, alignof(max_align_t));
    if (count > 0)
        memcpy(grown, old, count * size_bytes);
    return grown;
}

static struct err_at token_at(const struct parser *p, const struct token *token) {
    return (struct err_at){p->out->file, token->line, token->column};
}

static struct token *add_token(struct parser *p, enum tag tag, struct str text) {
    struct source *out = p->out;
    if (out->token_count == p->room)
        out->tokens =
            tmpl_grow(p->arena, out->tokens, out->token_count, &p->room, sizeof *out->tokens);
    struct token *token = &out->tokens[out->token_count++];
    *token = (struct token){.tag = tag, .text = text, .line = p->line, .column = p->column};
    return token;
}

static void advance(struct parser *p, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)p->rest.at[i];
        if (byte == '\n') {
            p->line++;
            p->column = 1;
        } else {
            p->column += (byte & 0xC0) != 0x80;
        }
    }
    p->rest = str_sub(p->rest, len, p->rest.len);
}

static void add_text(struct parser *p, size_t len) {
    while (len > 0) {
        size_t end = str_find_byte(str_sub(p->rest, 0, len), '\n');
        size_t piece = end == SIZE_MAX ? len : end + 1;
        (void)add_token(p, TAG_TEXT, str_sub(p->rest, 0, piece));
        advance(p, piece);
        len -= piece;
    }
}

static bool has_blank(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == ' ' || s.at[i] == '\t' || s.at[i] == '\n' || s.at[i] == '\r')
            return true;
    return false;
}

static bool set_delimiters(struct parser *p, struct str inside, const struct token *token) {
    struct str text = str_trim(inside);
    size_t end = 0;
    while (end < text.len && !has_blank(str_sub(text, end, 1)))
        end++;
    struct str open = str_sub(text, 0, end), close = str_trim(str_sub(text, end, text.len));
    if (open.len == 0 || close.len == 0 || has_blank(close) || str_find_byte(text, '=') != SIZE_MAX)
        return err_set(p->err, ERR_SYNTAX, token_at(p, token),
                       "new delimiters are written {{=<%% %%>=}}");
    p->open = open;
    p->close = close;
    return true;
}

static bool close_tag(struct parser *p, struct token *token) {
    if (p->depth == 0)
        return err_set(p->err, ERR_SYNTAX, token_at(p, token), "'/%.*s' closes nothing",
                       STR_ARG(token->text));
    uint32_t opener = p->stack[--p->depth];
    struct token *opened = &p->out->tokens[opener];
    if (!str_eq(opened->text, token->text))
        return err_set(p->err, ERR_SYNTAX, token_at(p, token),
                       "'/%.*s' stands where '%.*s' of line %u must be closed first",
                       STR_ARG(token->text), STR_ARG(opened->text), opened->line);
    opened->match = p->out->token_count - 1;
    token->match = opener;
    return true;
}

static bool open_tag(struct parser *p, const struct token *token) {
    if (p->depth == TMPL_DEPTH_MAX)
        return err_set(p->err, ERR_LIMIT, token_at(p, token),
                       "sections are nested more than %d deep", TMPL_DEPTH_MAX);
    p->stack[p->depth++] = p->out->token_count - 1;
    return true;
}

static enum tag tag_of(char sigil) {
    switch (sigil) {
    case '#': return TAG_SECTION;
    case '^': return TAG_INVERTED;
    case '/': return TAG_CLOSE;
    case '>': return TAG_PARTIAL;
    case '<': return TAG_PARENT;
    case '$': return TAG_BLOCK;
    case '!': return TAG_COMMENT;
    case '=': return TAG_DELIMITERS;
    case '&':
    case '{': return TAG_RAW;
    default: return TAG_VALUE;
    }
}

/* One tag at the beginning of rest. */
static bool take_tag(struct parser *p) {
    struct str inside = str_sub(p->rest, p->open.len, p->rest.len);
    char sigil = inside.len > 0 ? inside.at[0] : 0;
    enum tag tag = tag_of(sigil);
    struct str close = p->close;
    bool triple = sigil == '{';
    char ending[64]; /* "}" or "=" and the closing delimiter */
    if ((triple || sigil == '=') && close.len < sizeof ending) {
        ending[0] = triple ? '}' : '=';
        memcpy(ending + 1, close.at, close.len);
        close = (struct str){ending, close.len + 1};
    }
    size_t skip = tag == TAG_VALUE ? 0 : 1;
    size_t end = str_find(str_sub(inside, skip, inside.len), close);
    struct token *token = add_token(p, tag, STR_NONE);
    if (end == SIZE_MAX)
        return err_set(p->err, ERR_SYNTAX, token_at(p, token), "this tag is never closed");
    inside = str_sub(inside, skip, end);
    token->text = str_trim(inside);
    if (tag == TAG_PARTIAL && str_starts(token->text, STR("*"))) {
        token->tag = TAG_DYNAMIC;
        token->text = str_trim(str_sub(token->text, 1, token->text.len));
    }
    size_t whole = p->open.len + skip + end + close.len;
    if (tag == TAG_DELIMITERS) {
        if (!set_delimiters(p, inside, token))
            return false;
    } else if (tag != TAG_COMMENT && (token->text.len == 0 || has_blank(token->text))) {
        return err_set(p->err, ERR_SYNTAX, token_at(p, token), "a tag needs a name without blanks");
    }
    bool opens = tag == TAG_SECTION || tag == TAG_INVERTED || tag == TAG_PARENT || tag == TAG_BLOCK;
    if ((opens && !open_tag(p, token)) || (tag == TAG_CLOSE && !close_tag(p, token)))
        return false;
    advance(p, whole);
    return true;
}

/* ---- lines ---- */
static bool is_blank(struct str s) {
    return str_trim(s).len == 0;
}

static bool inherits(const struct source *s, const struct token *token) {
    enum tag tag = token->tag == TAG_CLOSE ? s->tokens[token->match].tag : token->tag;
    return tag == TAG_PARENT || tag == TAG_BLOCK;
}

static bool is_standalone(const struct source *s, uint32_t from, uint32_t to) {
    uint32_t tags = 0, inheriting = 0, first = to;
    bool block_closed_here = false;
    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &s->tokens[i];
        if (token->tag == TAG_TEXT && !is_blank(token->text))
            return false;
        if (token->tag == TAG_TEXT)
            continue;
        if (token->tag == TAG_VALUE || token->tag == TAG_RAW)
            return false;
        first = MIN_OF(first, i);
        tags++;
        inheriting += inherits(s, token);
        block_closed_here = block_closed_here || (token->tag == TAG_BLOCK && token->match < to);
    }
    if (tags == 0)
        return false;
    if (block_closed_here && s->tokens[first].tag != TAG_PARENT)
        return false;
    return tags == 1 || inheriting == tags;
}

static void mark_line(struct source *s, uint32_t from, uint32_t to) {
    bool alone = is_standalone(s, from, to);
    struct token *tokens = s->tokens;
    if (from + 1 < to && tokens[from].tag == TAG_TEXT && is_blank(tokens[from].text))
        tokens[from + 1].indent = tokens[from].text;
    tokens[from].first = !alone;
    for (uint32_t i = from; alone && i < to; i++) {
        tokens[i].standalone = true;
        if (tokens[i].tag == TAG_TEXT)
            tokens[i].text = STR_NONE;
    }
}

static void mark_lines(struct source *s) {
    uint32_t from = 0;
    for (uint32_t i = 0; i < s->token_count; i++) {
        bool ends = s->tokens[i].tag == TAG_TEXT && str_ends(s->tokens[i].text, STR("\n"));
        if (!ends && i + 1 < s->token_count)
            continue;
        mark_line(s, from, i + 1);
        from = i + 1;
    }
}

struct str tmpl_block_indent(const struct source *s, uint32_t block) {
    const struct token *open = &s->tokens[block];
    if (!open->standalone)
        return open->indent;
    uint32_t i = block + 1;
    while (i < open->match && s->tokens[i].tag == TAG_TEXT && s->tokens[i].text.len == 0)
        i++;
    const struct token *next = &s->tokens[i];
    if (i == open->match)
        return open->indent;
    if (next->tag != TAG_TEXT)
        return next->indent;
    size_t len = 0;
    while (len < next->text.len && (next->text.at[len] == ' ' || next->text.at[len] == '\t'))
        len++;
    return str_sub(next->text, 0, len);
}

bool tmpl_parse(struct source *out, struct str text, struct arena *arena, struct err *err) {
    struct parser p = {.out = out,
                       .rest = text,
                       .open = STR("{{"),
                       .close = STR("}}"),
                       .line = 1,
                       .column = 1,
                       .arena = arena,
                       .err = err};
    while (p.rest.len > 0) {
        size_t tag = str_find(p.rest, p.open);
        add_text(&p, tag == SIZE_MAX ? p.rest.len : tag);
        if (p.rest.len > 0 && !take_tag(&p))
            return false;
    }
    if (p.depth > 0) {
        const struct token *open = &out->tokens[p.stack[p.depth - 1]];
        return err_set(err, ERR_SYNTAX, token_at(&p, open),
                       "'%.*s' is opened here and never closed", STR_ARG(open->text));
    }
    mark_lines(out);
    return true;
}
