/* Each template becomes one flat program: partials, parents and blocks are put in their places, so
 * that the HTML's state simply flows through them, literals melt together, and nothing is left to
 * find out while rendering. Only a partial that contains itself is called, as a program of its own
 * for the state (HTML, overridden blocks) in which it was met.
 *
 * Invariants:
 * 1. A program ends in the HTML state in which it began; a page begins and ends in text.
 * 2. A section's body was compiled from a state that is right for its first and for every further
 *    turn, and what follows from a state that is right when the body is left out too (html_join).
 * 3. Work is bounded: depth, emitted ops and bytes, and tokens met (TMPL_OPS_MAX of each). */
#include <assert.h>

#include "base/utf8.h"
#include "tmpl/inside.h"

/* The blocks that a {{<parent}} replaces; an outer template's replacement wins over an inner one's.
 */
struct env {
    const struct env *outer;
    const struct source *source;
    uint32_t parent; /* token */
};

/* The text that is being put in place. */
struct frame {
    const struct frame *outer;
    const struct env *env;
    const struct source *source;
    struct str indent, strip; /* put before each line; taken off it */
    bool skip_first;          /* the first line's beginning has been written already */
    unsigned depth;
};

struct unit { /* one program in the making */
    struct buf ops, literals;
    uint32_t literal_from; /* literals not yet in an op */
    struct html_state html;
};

struct variant { /* a program made for a recursive partial */
    uint32_t source, program;
    const struct env *env;
    struct html_state html;
};

struct linker {
    struct tmpl_set *set;
    struct arena *scratch;
    struct unit *unit;
    struct variant *variants;
    uint32_t variant_count, variant_room;
    size_t ops_left, bytes_left, tokens_left;
    struct err *err;
};

static struct err_at token_at(const struct frame *f, const struct token *token) {
    return (struct err_at){f->source->file, token->line, token->column};
}

static bool is_html(const struct linker *l) {
    return l->set->mode == TMPL_HTML;
}

/* ---- emitting ---- */
static uint32_t op_count(const struct unit *u) {
    return (uint32_t)(u->ops.len / sizeof(struct op));
}

static struct op *op_at(const struct unit *u, uint32_t index) {
    return (struct op *)(void *)u->ops.at + index;
}

static bool add_op(struct linker *l, const struct op *op) {
    if (l->ops_left == 0)
        return err_set(l->err, ERR_LIMIT, err_nowhere, "the templates are too large together");
    l->ops_left--;
    buf_add(&l->unit->ops, (struct str){(const char *)op, sizeof *op});
    return buf_ok(&l->unit->ops, "a template's program", l->err);
}

static bool flush(struct linker *l) {
    struct unit *u = l->unit;
    if (u->literals.len == u->literal_from)
        return true;
    struct op op = {.kind = OP_LITERAL, .from = u->literal_from, .to = (uint32_t)u->literals.len};
    u->literal_from = op.to;
    return add_op(l, &op);
}

static bool add_token_op(struct linker *l, const struct frame *f, const struct token *token,
                         struct op op) {
    op.source = (uint32_t)(f->source - l->set->sources);
    op.line = token->line;
    op.column = token->column;
    op.path = token->path;
    op.path_count = (uint16_t)token->path_count;
    return flush(l) && add_op(l, &op);
}

static bool add_literal(struct linker *l, struct str text) {
    if (text.len > l->bytes_left)
        return err_set(l->err, ERR_LIMIT, err_nowhere, "the templates are too large together");
    l->bytes_left -= text.len;
    buf_add(&l->unit->literals, text);
    return buf_ok(&l->unit->literals, "a template's text", l->err);
}

static bool feed_html(struct linker *l, const struct frame *f, const struct token *token,
                      struct str text) {
    const char *why = NULL;
    for (size_t i = 0; i < text.len; i++) {
        if (html_feed(&l->unit->html, text.at[i], &why))
            continue;
        struct err_at at = token_at(f, token);
        at.column += utf8_column(str_sub(text, 0, i)) - 1;
        return err_set(l->err, ERR_SYNTAX, at, "%s", why);
    }
    return true;
}

static bool begin_line(struct linker *l, struct frame *f, const struct token *token) {
    bool write = token->first && !f->skip_first && f->indent.len > 0;
    f->skip_first = false;
    return !write || add_literal(l, f->indent);
}

static struct str strip_off(struct str text, struct str blanks) {
    return str_starts(text, blanks) ? str_sub(text, blanks.len, text.len) : text;
}

static bool emit_text(struct linker *l, struct frame *f, const struct token *token) {
    if (token->text.len == 0)
        return true;
    if (!begin_line(l, f, token))
        return false;
    struct str text = token->first ? strip_off(token->text, f->strip) : token->text;
    return add_literal(l, text) && (!is_html(l) || feed_html(l, f, token, text));
}

static bool emit_value(struct linker *l, struct frame *f, const struct token *token) {
    struct op op = {.kind = OP_VALUE, .escape = ESCAPE_NONE};
    bool raw = token->tag == TAG_RAW;
    if (l->set->mode == TMPL_SPEC)
        op.escape = raw ? ESCAPE_NONE : ESCAPE_HTML;
    if (is_html(l)) {
        const char *why = NULL;
        enum escape escape = ESCAPE_HTML;
        if (raw && l->unit->html.place != PLACE_TEXT)
            why = "{{{...}}} may stand in text only, not in a tag, title, textarea or script";
        else
            (void)html_value(&escape, &l->unit->html, &why);
        if (why != NULL)
            return err_set(l->err, ERR_UNSUPPORTED, token_at(f, token), "'%.*s': %s",
                           STR_ARG(token->text), why);
        op.escape = (uint8_t)(raw ? ESCAPE_SAFE : escape);
    }
    return add_token_op(l, f, token, op);
}

/* ---- what contains or brings in other text ---- */
static bool emit_range(struct linker *l, struct frame *f, uint32_t from, uint32_t to);

static bool emit_body(struct linker *l, struct frame *f, uint32_t open, struct html_state *end) {
    const struct token *token = &f->source->tokens[open];
    struct op op = {.kind = token->tag == TAG_SECTION ? OP_SECTION : OP_INVERTED};
    if (!add_token_op(l, f, token, op))
        return false;
    uint32_t op_index = op_count(l->unit) - 1;
    if (!emit_range(l, f, open + 1, token->match) || !flush(l))
        return false;
    op_at(l->unit, op_index)->to = op_count(l->unit);
    *end = l->unit->html;
    return true;
}

static bool emit_section(struct linker *l, struct frame *f, uint32_t open) {
    const struct token *token = &f->source->tokens[open];
    struct unit *u = l->unit;
    if (!flush(l))
        return false;
    struct html_state start = u->html, end, joined;
    size_t ops = u->ops.len, literals = u->literals.len;
    bool skip_first = f->skip_first;
    if (!emit_body(l, f, open, &end))
        return false;
    if (!is_html(l) || html_same(&start, &end))
        return true;
    bool joins = html_join(&joined, &start, &end);
    if (joins && token->tag == TAG_SECTION) { /* again, from where a second turn may begin */
        buf_cut(&u->ops, ops);
        buf_cut(&u->literals, literals);
        u->literal_from = (uint32_t)literals;
        u->html = joined;
        f->skip_first = skip_first;
        struct html_state again;
        if (!emit_body(l, f, open, &end))
            return false;
        joins = html_join(&again, &joined, &end) && html_same(&again, &joined);
    }
    if (!joins)
        return err_set(l->err, ERR_UNSUPPORTED, token_at(f, token),
                       "the section '%.*s' ends in another kind of place than it begins",
                       STR_ARG(token->text));
    u->html = joined;
    return true;
}

static bool find_source(const struct source **out, struct linker *l, const struct frame *f,
                        const struct token *token) {
    const size_t *found = map_find(&l->set->names, token->text);
    *out = found == NULL ? NULL : &l->set->sources[*found];
    if (found == NULL && l->set->mode != TMPL_SPEC)
        return err_set(l->err, ERR_UNKNOWN, token_at(f, token), "there is no template '%.*s'",
                       STR_ARG(token->text));
    return true;
}

static bool enter(struct frame *out, struct linker *l, const struct frame *f,
                  const struct source *source, const struct token *token) {
    if (f->depth == TMPL_DEPTH_MAX)
        return err_set(l->err, ERR_LIMIT, token_at(f, token),
                       "templates are nested more than %d deep at '%.*s'", TMPL_DEPTH_MAX,
                       STR_ARG(token->text));
    *out = (struct frame){.outer = f, .env = f->env, .source = source, .depth = f->depth + 1};
    return true;
}

/* The blanks before a tag, as they come out in this frame. */
static struct str indent_in(struct linker *l, const struct frame *f, struct str blanks) {
    if (is_html(l))
        return STR_NONE;
    struct str own = strip_off(blanks, f->strip);
    if (f->indent.len == 0 || own.len == 0)
        return own.len == 0 ? f->indent : own;
    return arena_printf(l->scratch, "%.*s%.*s", STR_ARG(f->indent), STR_ARG(own));
}

static bool compile(struct linker *l, uint32_t program, const struct frame *frame,
                    const struct html_state *html);

static uint32_t programs_add(struct tmpl_set *set, uint32_t count) {
    uint32_t first = set->program_count;
    while (set->program_count + count > set->program_room)
        set->programs = tmpl_grow(set->arena, set->programs, set->program_count, &set->program_room,
                                  sizeof *set->programs);
    set->program_count += count;
    return first;
}

/* A partial inside itself: a program of its own, made once for each state it is met in. */
static bool emit_call(struct linker *l, struct frame *f, const struct token *token,
                      const struct source *source) {
    uint32_t index = (uint32_t)(source - l->set->sources);
    struct op op = {.kind = OP_CALL};
    for (uint32_t i = 0; i < l->variant_count; i++) {
        const struct variant *v = &l->variants[i];
        op.from = v->program;
        if (v->source == index && v->env == f->env && html_same(&v->html, &l->unit->html))
            return add_token_op(l, f, token, op);
    }
    struct frame inner;
    if (!enter(&inner, l, f, source, token))
        return false;
    inner.outer = NULL;
    if (token->standalone && !is_html(l))
        inner.indent = token->indent;
    struct html_state html = l->unit->html;
    op.from = programs_add(l->set, 1);
    if (l->variant_count == l->variant_room)
        l->variants = tmpl_grow(l->scratch, l->variants, l->variant_count, &l->variant_room,
                                sizeof *l->variants);
    l->variants[l->variant_count++] = (struct variant){index, op.from, f->env, html};
    return compile(l, op.from, &inner, &html) && add_token_op(l, f, token, op);
}

static bool emit_partial(struct linker *l, struct frame *f, const struct token *token) {
    const struct source *source;
    if (!find_source(&source, l, f, token))
        return false;
    if (source == NULL)
        return true;
    const struct frame *at = f;
    do {
        if (at->source == source)
            return emit_call(l, f, token, source);
        at = at->outer;
    } while (at != NULL);
    struct frame inner;
    if (!enter(&inner, l, f, source, token))
        return false;
    inner.indent = token->standalone ? indent_in(l, f, token->indent) : STR_NONE;
    return emit_range(l, &inner, 0, source->token_count);
}

static bool check_parent(struct linker *l, const struct frame *f, uint32_t open) {
    const struct token *tokens = f->source->tokens;
    for (uint32_t i = open + 1; i < tokens[open].match; i++) {
        if (tokens[i].tag == TAG_BLOCK)
            i = tokens[i].match;
        else if (tokens[i].tag != TAG_TEXT && tokens[i].tag != TAG_COMMENT &&
                 tokens[i].tag != TAG_DELIMITERS)
            return err_set(l->err, ERR_SYNTAX, token_at(f, &tokens[i]),
                           "'%.*s' stands in the parent '%.*s' but in no block of it",
                           STR_ARG(tokens[i].text), STR_ARG(tokens[open].text));
    }
    return true;
}

static bool emit_parent(struct linker *l, struct frame *f, uint32_t open) {
    const struct token *token = &f->source->tokens[open];
    const struct source *source;
    if (!find_source(&source, l, f, token) || !check_parent(l, f, open))
        return false;
    if (source == NULL)
        return true;
    struct env *env = arena_new(l->scratch, struct env, 1);
    *env = (struct env){f->env, f->source, open};
    struct frame inner;
    if (!enter(&inner, l, f, source, token))
        return false;
    inner.env = env;
    inner.indent = token->standalone ? indent_in(l, f, token->indent) : STR_NONE;
    return emit_range(l, &inner, 0, source->token_count);
}

/* The block that stands for this one: the outermost replacement, or itself. */
static void find_block(const struct source **source, uint32_t *block, const struct frame *f,
                       uint32_t open) {
    *source = f->source;
    *block = open;
    struct str name = f->source->tokens[open].text;
    for (const struct env *env = f->env; env != NULL; env = env->outer) {
        const struct token *tokens = env->source->tokens;
        for (uint32_t i = env->parent + 1; i < tokens[env->parent].match; i++) {
            if (tokens[i].tag != TAG_BLOCK)
                continue;
            if (str_eq(tokens[i].text, name)) {
                *source = env->source;
                *block = i;
            }
            i = tokens[i].match;
        }
    }
}

static bool emit_block(struct linker *l, struct frame *f, uint32_t open) {
    const struct token *place = &f->source->tokens[open];
    const struct source *source;
    uint32_t block;
    find_block(&source, &block, f, open);
    struct frame inner;
    if (!enter(&inner, l, f, source, place))
        return false;
    if (!is_html(l)) {
        bool own = source == f->source && block == open;
        struct str blanks = tmpl_block_indent(f->source, open);
        inner.indent = indent_in(l, f, blanks);
        inner.skip_first = !place->standalone;
        if (own)
            inner.strip = blanks;
        else if (source->tokens[block].standalone)
            inner.strip = tmpl_block_indent(source, block);
    }
    return emit_range(l, &inner, block + 1, source->tokens[block].match);
}

/* ---- {{>*name}} ---- */
static bool family_of(uint32_t *out, struct linker *l, struct str indent, unsigned depth) {
    struct tmpl_set *set = l->set;
    for (*out = 0; *out < set->family_count; ++*out)
        if (str_eq(set->families[*out].indent, indent))
            return true;
    if (set->family_count == set->family_room)
        set->families = tmpl_grow(set->arena, set->families, set->family_count, &set->family_room,
                                  sizeof *set->families);
    struct family *family = &set->families[set->family_count++];
    *family = (struct family){arena_str(set->arena, indent),
                              arena_new(set->arena, uint32_t, set->source_count)};
    uint32_t *programs = family->programs;
    uint32_t first = programs_add(set, set->source_count);
    for (uint32_t i = 0; i < set->source_count; i++)
        programs[i] = first + i;
    const struct html_state text = {.place = PLACE_TEXT};
    for (uint32_t i = 0; i < set->source_count; i++) {
        struct frame frame = {.source = &set->sources[i], .indent = indent, .depth = depth};
        if (!compile(l, first + i, &frame, &text))
            return false;
    }
    return true;
}

static bool emit_dynamic(struct linker *l, struct frame *f, const struct token *token) {
    if (is_html(l) && l->unit->html.place != PLACE_TEXT)
        return err_set(l->err, ERR_UNSUPPORTED, token_at(f, token),
                       "'*%.*s': a template chosen by a value may stand in text only",
                       STR_ARG(token->text));
    struct frame inner; /* for the depth check only */
    if (!enter(&inner, l, f, f->source, token))
        return false;
    struct op op = {.kind = OP_DYNAMIC};
    struct str indent = token->standalone && !is_html(l) ? token->indent : STR_NONE;
    return family_of(&op.from, l, indent, inner.depth) && add_token_op(l, f, token, op);
}

static bool emit_token(struct linker *l, struct frame *f, uint32_t *at) {
    const struct token *token = &f->source->tokens[*at];
    if (l->tokens_left-- == 0)
        return err_set(l->err, ERR_LIMIT, token_at(f, token),
                       "the templates contain each other too often");
    if (token->tag == TAG_TEXT)
        return emit_text(l, f, token);
    if (!token->standalone && !begin_line(l, f, token))
        return false;
    uint32_t open = *at;
    switch (token->tag) {
    case TAG_VALUE:
    case TAG_RAW: return emit_value(l, f, token);
    case TAG_SECTION:
    case TAG_INVERTED: *at = token->match; return emit_section(l, f, open);
    case TAG_PARENT: *at = token->match; return emit_parent(l, f, open);
    case TAG_BLOCK: *at = token->match; return emit_block(l, f, open);
    case TAG_PARTIAL: return emit_partial(l, f, token);
    case TAG_DYNAMIC: return emit_dynamic(l, f, token);
    default: return true;
    }
}

static bool emit_range(struct linker *l, struct frame *f, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (!emit_token(l, f, &i))
            return false;
    return true;
}

static bool compile(struct linker *l, uint32_t program, const struct frame *frame,
                    const struct html_state *html) {
    struct unit *outer = l->unit, unit = {.html = *html};
    buf_init(&unit.ops, TMPL_OPS_MAX * sizeof(struct op));
    buf_init(&unit.literals, TMPL_LITERAL_BYTES_MAX);
    l->unit = &unit;
    struct frame inner = *frame;
    bool ok = emit_range(l, &inner, 0, frame->source->token_count) && flush(l);
    if (ok && is_html(l) && !html_same(html, &unit.html))
        ok = err_set(l->err, ERR_UNSUPPORTED, (struct err_at){.source = frame->source->file},
                     "the template ends in another kind of place than it begins: a tag, comment or "
                     "script is not closed");
    if (ok) {
        struct op *ops = arena_new(l->set->arena, struct op, op_count(&unit));
        if (unit.ops.len > 0)
            memcpy(ops, unit.ops.at, unit.ops.len);
        l->set->programs[program] = (struct program){
            ops, op_count(&unit), arena_str(l->set->arena, buf_view(&unit.literals)).at};
    }
    buf_done(&unit.ops);
    buf_done(&unit.literals);
    l->unit = outer;
    return ok;
}

/* ---- the set ---- */
struct tmpl_set *tmpl_set_make(enum tmpl_mode mode, struct arena *arena) {
    struct tmpl_set *set = arena_new(arena, struct tmpl_set, 1);
    set->mode = mode;
    set->arena = arena;
    map_init(&set->names, arena);
    return set;
}

/* "a.b.c" as three keys; "." as none. */
static bool add_path(struct tmpl_set *set, struct token *token, const char *file, struct err *err) {
    struct err_at at = {file, token->line, token->column};
    token->path = set->key_count;
    struct str rest = token->text, part;
    if (str_eq(rest, STR(".")))
        return true;
    while (str_split(&part, &rest, '.')) {
        if (part.len == 0)
            return err_set(err, ERR_SYNTAX, at, "'%.*s' is no name", STR_ARG(token->text));
        if (token->path_count == UINT16_MAX)
            return err_set(err, ERR_LIMIT, at, "this name has too many parts");
        if (set->key_count == set->key_room)
            set->keys =
                tmpl_grow(set->arena, set->keys, set->key_count, &set->key_room, sizeof *set->keys);
        set->keys[set->key_count++] = json_key_of(part);
        token->path_count++;
    }
    return true;
}

bool tmpl_add(struct tmpl_set *set, struct str name, struct str source, const char *file,
              struct err *err) {
    assert(!set->linked);
    struct source parsed = {.name = name, .file = file};
    if (source.len > FILE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, (struct err_at){.source = file},
                       "the template has %zu bytes, more than %d", source.len, FILE_BYTES_MAX);
    if (!utf8_valid(source))
        return err_set(err, ERR_SYNTAX, (struct err_at){.source = file},
                       "the template is not UTF-8");
    if (map_find(&set->names, name) != NULL)
        return err_set(err, ERR_CONFLICT, (struct err_at){.source = file},
                       "there are two templates '%.*s'", STR_ARG(name));
    if (!tmpl_parse(&parsed, source, set->arena, err))
        return false;
    for (uint32_t i = 0; i < parsed.token_count; i++) {
        struct token *token = &parsed.tokens[i];
        bool looks_up = token->tag == TAG_VALUE || token->tag == TAG_RAW ||
                        token->tag == TAG_SECTION || token->tag == TAG_INVERTED ||
                        token->tag == TAG_DYNAMIC;
        if (looks_up && !add_path(set, token, file, err))
            return false;
    }
    if (set->source_count == set->source_room)
        set->sources = tmpl_grow(set->arena, set->sources, set->source_count, &set->source_room,
                                 sizeof *set->sources);
    (void)map_put(&set->names, name, set->source_count);
    set->sources[set->source_count++] = parsed;
    return true;
}

bool tmpl_link(struct tmpl_set *set, struct err *err) {
    assert(!set->linked);
    struct linker l = {.set = set,
                       .scratch = arena_create("tmpl link", SIZE_MAX / 4),
                       .ops_left = TMPL_OPS_MAX,
                       .bytes_left = TMPL_LITERAL_BYTES_MAX,
                       .tokens_left = 4 * (size_t)TMPL_OPS_MAX,
                       .err = err};
    uint32_t pages;
    bool ok = family_of(&pages, &l, STR_NONE, 0);
    assert(!ok || pages == 0);
    arena_destroy(l.scratch);
    set->linked = ok;
    return ok;
}

bool tmpl_has(const struct tmpl_set *set, struct str name) {
    return map_find(&set->names, name) != NULL;
}
