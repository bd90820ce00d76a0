/* The parser: recursive descent with binding strengths. FEEL's names may hold blanks, symbols and
 * words of the grammar ("date and time", "bed+breakfast"), so a name is joined from words against
 * the names in scope, longest first; every name that is not known is one word.
 * Invariants: 1. the current token is p->token, p->from is the byte behind it;
 *             2. every node's depth is counted, so walks of the tree may recurse.
 * DMN 1.5: 10.3.1.2 rules 1-60 */
#include "base/utf8.h"
#include "feel/ast.h"
#include "feel/builtin.h"
#include "feel/lex.h"

enum { LONG_NAMES_MAX = 4096, TYPE_WALK_DEPTH = 6 };

/* a name with blanks or symbols */
struct long_name {
    struct str name;
    bool in_scope; /* otherwise it may only follow a dot or stand in a filter */
};

struct parser {
    struct arena *arena;
    struct err *err;
    struct str text;
    const struct ast_source *source;
    const struct feel_options *options;
    struct token token;
    uint32_t from;
    int nesting;
    int filters;    /* brackets of filters around here: members may be named without a dot */
    bool range_end; /* a [ may close the range that is being read */
    struct long_name *longs;
    size_t long_count, long_room;
    uint32_t long_first[8]; /* bitmap of their first bytes */
};

static struct ast *parse_expression(struct parser *p);

/* --- places and errors -------------------------------------------------------------------------
 */
struct err_at ast_place(const struct ast_source *source, uint32_t offset) {
    struct err_at at = source->at;
    uint32_t line_from = 0;
    bool first = true;
    if (at.line == 0)
        at.line = at.column = 1;
    for (uint32_t i = 0; i < offset && i < source->text.len; i++)
        if (source->text.at[i] == '\n') {
            at.line++;
            line_from = i + 1;
            first = false;
        }
    uint32_t column = utf8_column(str_sub(source->text, line_from, offset - line_from));
    at.column = first ? at.column + column - 1 : column;
    return at;
}

static struct ast *fail_at(struct parser *p, uint32_t offset, const char *what, struct str found) {
    if (p->err->code != ERR_NONE)
        return NULL;
    struct err_at at = ast_place(p->source, offset);
    if (found.len == 0)
        (void)err_set(p->err, ERR_SYNTAX, at, "%s", what);
    else
        (void)err_set(p->err, ERR_SYNTAX, at, "%s, found '%.*s'", what, STR_ARG(found));
    return NULL;
}

static struct ast *fail(struct parser *p, const char *what) {
    struct str found = str_sub(p->text, p->token.from, MIN_OF(p->token.to - p->token.from, 60u));
    return fail_at(p, p->token.from, what, found.len == 0 ? STR("the end") : found);
}

static bool advance(struct parser *p) {
    const char *what = NULL;
    if (!lex_next(&p->token, p->text, p->from, &what)) {
        (void)fail_at(p, p->token.from, what, STR_NONE);
        p->token.kind = TOKEN_END;
        return false;
    }
    p->from = p->token.to;
    return true;
}

static bool at(const struct parser *p, enum token_kind kind) {
    return p->token.kind == kind;
}

static bool accept(struct parser *p, enum token_kind kind) {
    return at(p, kind) && (advance(p) || true);
}

static bool expect(struct parser *p, enum token_kind kind, const char *what) {
    if (at(p, kind))
        return advance(p);
    (void)fail(p, what);
    return false;
}

/* --- nodes --------------------------------------------------------------------------------------
 */
struct ast *ast_new(struct arena *a, enum ast_kind kind, const struct ast_source *source) {
    struct ast *node = arena_new(a, struct ast, 1);
    node->kind = (uint8_t)kind;
    node->source = source;
    node->depth = 1;
    return node;
}

static unsigned depth_of(const struct ast *node) {
    return node == NULL ? 0 : node->depth;
}

bool ast_close(struct ast *node, struct err *err) {
    unsigned depth = MAX_OF(MAX_OF(depth_of(node->a), depth_of(node->b)), depth_of(node->c));
    for (const struct ast *item = node->list; item != NULL; item = item->next)
        depth = MAX_OF(depth, item->depth);
    if (depth >= AST_DEPTH_MAX)
        return err_set(err, ERR_LIMIT, ast_place(node->source, node->at),
                       "an expression is nested deeper than %d", AST_DEPTH_MAX);
    node->depth = (uint16_t)(depth + 1);
    return true;
}

static struct ast *node_new(struct parser *p, enum ast_kind kind, uint32_t from) {
    struct ast *node = ast_new(p->arena, kind, p->source);
    node->at = from;
    return node;
}

/* Ends the node at the last token taken; NULL when a child failed. */
static struct ast *node_end(struct parser *p, struct ast *node, uint32_t to) {
    if (p->err->code != ERR_NONE || !ast_close(node, p->err))
        return NULL;
    node->len = to - node->at;
    return node;
}

static struct ast *binary(struct parser *p, enum ast_kind kind, int op, struct ast *a,
                          struct ast *b) {
    if (a == NULL || b == NULL)
        return NULL;
    struct ast *node = node_new(p, kind, a->at);
    node->op = (uint8_t)op;
    node->a = a;
    node->b = b;
    return node_end(p, node, b->at + b->len);
}

struct chain {
    struct ast *first, **last;
};

static void chain_add(struct chain *chain, struct ast *node) {
    if (chain->last == NULL)
        chain->last = &chain->first;
    *chain->last = node;
    if (node != NULL)
        chain->last = &node->next;
}

/* --- names --------------------------------------------------------------------------------------
 */
static bool is_symbol(char c) {
    return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

static bool is_long(struct str name) {
    return lex_word(name, 0) < name.len;
}

/* The end of a new name that begins at from: words, digits and symbols, up to another character,
 * or to the word that ends it (NULL: none). */
static uint32_t new_name_end(struct str text, uint32_t from, const char *until) {
    uint32_t end = from, at_ = lex_word(text, from);
    if (at_ == from)
        return from;
    end = at_;
    for (;;) {
        at_ = lex_skip(text, end);
        if (at_ >= text.len)
            return end;
        uint32_t piece = at_;
        while (lex_is_name_part(text, piece)) {
            struct str rest = str_sub(text, piece, UTF8_BYTES_MAX);
            uint32_t code;
            size_t before = rest.len;
            if (!utf8_take(&code, &rest))
                break;
            piece += (uint32_t)(before - rest.len);
        }
        if (piece > at_) {
            if (until != NULL && str_eq(str_sub(text, at_, piece - at_), str_from(until)))
                return end;
        } else if (is_symbol(text.at[at_])) {
            piece = at_ + 1;
        } else {
            return end;
        }
        end = piece;
    }
}

struct str ast_name_normal(struct arena *a, struct str name) {
    name = str_trim(name);
    if (!is_long(name))
        return name;
    char *copy = arena_new(a, char, name.len + 1);
    size_t len = 0;
    for (uint32_t i = 0; i < name.len;) {
        uint32_t next = lex_skip(name, i);
        if (next >= name.len)
            break;
        bool gap = next > i && len > 0;
        if (gap && !is_symbol(copy[len - 1]) && !is_symbol(name.at[next]))
            copy[len++] = ' ';
        copy[len++] = name.at[next];
        i = next + 1;
    }
    return (struct str){copy, len};
}

static bool long_add(struct parser *p, struct str name, bool in_scope) {
    if (name.len == 0 || !is_long(name))
        return false;
    if (p->long_count == LONG_NAMES_MAX)
        return false;
    if (p->long_count == p->long_room) {
        size_t room = p->long_room == 0 ? 16 : p->long_room * 2;
        struct long_name *grown = arena_new(p->arena, struct long_name, room);
        if (p->long_count > 0)
            memcpy(grown, p->longs, p->long_count * sizeof *grown);
        p->longs = grown;
        p->long_room = room;
    }
    unsigned char first = (unsigned char)name.at[0];
    p->long_first[first / 32] |= UINT32_C(1) << (first % 32);
    p->longs[p->long_count++] = (struct long_name){name, in_scope};
    return true;
}

/* Names added since mark go out of scope, but may still follow a dot. */
static void long_leave(struct parser *p, size_t mark) {
    for (size_t i = mark; i < p->long_count; i++)
        p->longs[i].in_scope = false;
}

static void long_add_type(struct parser *p, const struct feel_type *type, int depth) {
    if (type == NULL || depth == 0)
        return;
    if (type->tag == FEEL_TYPE_LIST || type->tag == FEEL_TYPE_FUNCTION)
        long_add_type(p, type->element, depth - 1);
    if (type->tag != FEEL_TYPE_CONTEXT)
        return;
    for (size_t i = 0; i < type->field_count; i++) {
        (void)long_add(p, type->fields[i].name, false);
        long_add_type(p, type->fields[i].type, depth - 1);
    }
}

static void long_add_scope(struct parser *p, const struct ast_scope *scope) {
    const struct feel_options *options = scope->options;
    for (size_t i = 0; i < options->member_count; i++)
        (void)long_add(p, options->members[i], false);
    for (size_t i = 0; i < options->name_count; i++) {
        (void)long_add(p, options->names[i].name, true);
        long_add_type(p, options->names[i].type, TYPE_WALK_DEPTH);
    }
    for (const struct ast_scope *s = scope; s != NULL; s = s->outer) {
        p->filters += s->in_filter;
        for (size_t i = 0; i < s->name_count; i++)
            (void)long_add(p, s->names[i], true);
    }
}

/* Take the name at the current TOKEN_NAME (or word of the grammar behind a dot). */
static struct str take_name(struct parser *p, bool member) {
    uint32_t from = p->token.from, end = p->token.to;
    struct str name = str_sub(p->text, from, end - from);
    unsigned char first = (unsigned char)p->text.at[from];
    if (p->long_first[first / 32] >> (first % 32) & 1)
        for (size_t i = 0; i < p->long_count; i++) {
            if (!p->longs[i].in_scope && !member && p->filters == 0)
                continue;
            uint32_t to = lex_match(p->text, from, p->longs[i].name);
            if (to > end) {
                end = to;
                name = p->longs[i].name;
            }
        }
    static const struct str properties[] = {STR_INIT("time offset"), STR_INIT("start included"),
                                            STR_INIT("end included")};
    for (size_t i = 0; member && i < COUNT_OF(properties); i++) {
        uint32_t to = lex_match(p->text, from, properties[i]);
        if (to > end) {
            end = to;
            name = properties[i];
        }
    }
    if (!member) {
        uint32_t to = builtin_match(p->text, from, p->token.to, &name, end);
        end = MAX_OF(end, to);
    }
    p->from = end;
    (void)advance(p);
    return name;
}

/* Take a new name: of a parameter, an entry, a variable of an iteration. */
static struct str take_new_name(struct parser *p, const char *until) {
    uint32_t end = new_name_end(p->text, p->token.from, until);
    if (end == p->token.from) {
        (void)fail(p, "expected a name");
        return STR_NONE;
    }
    struct str name =
        ast_name_normal(p->arena, str_sub(p->text, p->token.from, end - p->token.from));
    p->from = end;
    (void)advance(p);
    return name;
}

/* --- types: rules 54-56
 * --------------------------------------------------------------------------- */
static const struct feel_type *parse_type(struct parser *p);

static struct str type_name(struct parser *p) {
    const struct feel_options *options = p->options;
    uint32_t from = p->token.from, end = p->token.to;
    struct str name = str_sub(p->text, from, end - from);
    static const char *const longer[] = {"date and time", "days and time duration",
                                         "years and months duration"};
    for (size_t i = 0; i < COUNT_OF(longer); i++) {
        uint32_t to = lex_match(p->text, from, str_from(longer[i]));
        if (to > end) {
            end = to;
            name = str_from(longer[i]);
        }
    }
    for (size_t i = 0; i < options->type_count; i++) {
        uint32_t to = lex_match(p->text, from, options->types[i].name);
        if (to > end) {
            end = to;
            name = options->types[i].name;
        }
    }
    p->from = end;
    (void)advance(p);
    return name;
}

static struct feel_type *type_new(struct parser *p, enum feel_type_tag tag) {
    struct feel_type *type = arena_new(p->arena, struct feel_type, 1);
    type->tag = tag;
    return type;
}

static const struct feel_type *parse_element_type(struct parser *p, enum feel_type_tag tag) {
    struct feel_type *type = type_new(p, tag);
    (void)advance(p);
    type->element = parse_type(p);
    (void)expect(p, TOKEN_GT, "expected '>' after a type");
    return type;
}

enum { FIELDS_MAX = 256 };

static const struct feel_type *parse_fields_type(struct parser *p, enum feel_type_tag tag) {
    struct feel_type *type = type_new(p, tag);
    struct feel_field *fields = arena_new(p->arena, struct feel_field, FIELDS_MAX);
    size_t count = 0;
    (void)advance(p);
    while (!at(p, TOKEN_GT) && p->err->code == ERR_NONE && count < FIELDS_MAX) {
        if (tag == FEEL_TYPE_CONTEXT) {
            fields[count].name = take_new_name(p, NULL);
            (void)long_add(p, fields[count].name, false);
            (void)expect(p, TOKEN_COLON, "expected ':' after the name of a field");
        }
        fields[count++].type = parse_type(p);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    (void)expect(p, TOKEN_GT, "expected '>' after the types");
    type->fields = fields;
    type->field_count = count;
    if (tag == FEEL_TYPE_FUNCTION && expect(p, TOKEN_ARROW, "expected '->' and the result's type"))
        type->element = parse_type(p);
    return type;
}

static const struct feel_type *parse_plain_type(struct parser *p) {
    uint32_t from = p->token.from;
    if (at(p, TOKEN_FUNCTION)) {
        (void)advance(p);
        if (at(p, TOKEN_LT))
            return parse_fields_type(p, FEEL_TYPE_FUNCTION);
        return feel_type_builtin(STR("function"));
    }
    if (!at(p, TOKEN_NAME) && !at(p, TOKEN_NULL)) {
        (void)fail(p, "expected a type");
        return NULL;
    }
    struct str name = type_name(p);
    if (at(p, TOKEN_LT)) {
        if (str_eq(name, STR("list")))
            return parse_element_type(p, FEEL_TYPE_LIST);
        if (str_eq(name, STR("range")))
            return parse_element_type(p, FEEL_TYPE_RANGE);
        if (str_eq(name, STR("context")))
            return parse_fields_type(p, FEEL_TYPE_CONTEXT);
    }
    while (at(p, TOKEN_DOT)) { /* a type of an imported model: prefix.name */
        (void)advance(p);
        struct str rest = type_name(p);
        name = arena_printf(p->arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(rest));
    }
    for (size_t i = 0; i < p->options->type_count; i++)
        if (str_eq(p->options->types[i].name, name))
            return p->options->types[i].type;
    const struct feel_type *type = feel_type_builtin(name);
    if (type == NULL)
        (void)fail_at(p, from, "there is no such type", name);
    return type;
}

static const struct feel_type *parse_type(struct parser *p) {
    if (++p->nesting > FEEL_NESTING_MAX) {
        (void)fail(p, "types are nested too deeply");
        return NULL;
    }
    const struct feel_type *type = parse_plain_type(p);
    p->nesting--;
    return type;
}

/* --- literals ------------------------------------------------------------------------------------
 */
static struct ast *parse_number(struct parser *p, bool negative, uint32_t from) {
    struct ast *node = node_new(p, AST_CONST, from);
    struct str text = str_sub(p->text, p->token.from, p->token.to - p->token.from);
    uint32_t to = p->token.to;
    int64_t small;
    if (text.len < 18 && str_to_i64(&small, text))
        node->value = feel_int(negative ? -small : small);
    else {
        node->value = feel_number_text(
            p->arena, negative ? arena_printf(p->arena, "-%.*s", STR_ARG(text)) : text);
        if (feel_is_null(node->value)) {
            node->kind = AST_BAD;
            node->name = STR("a number beyond the range of FEEL");
        }
    }
    (void)advance(p);
    return node_end(p, node, to);
}

static bool take_string(struct parser *p, struct str *out) {
    struct str token = str_sub(p->text, p->token.from, p->token.to - p->token.from);
    if (!lex_string(out, token, p->arena)) {
        (void)fail(p, "a broken \\u in a string");
        return false;
    }
    return advance(p);
}

static struct ast *parse_string(struct parser *p) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    uint32_t to = p->token.to;
    struct str s;
    if (!take_string(p, &s))
        return NULL;
    node->value = feel_string(s);
    return node_end(p, node, to);
}

/* rule 65 */
static struct ast *parse_at_literal(struct parser *p) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    struct str s;
    if (!advance(p))
        return NULL;
    uint32_t to = p->token.to;
    if (!at(p, TOKEN_STRING))
        return fail(p, "expected a string after '@'");
    if (!take_string(p, &s))
        return NULL;
    node->value = feel_temporal_text(p->arena, s, p->options->zones);
    if (feel_is_null(node->value)) {
        node->kind = AST_BAD;
        node->name = STR("neither a date, a time, a date and time nor a duration");
    }
    return node_end(p, node, to);
}

static struct ast *parse_constant(struct parser *p, struct feel_value value) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    uint32_t to = p->token.to;
    node->value = value;
    (void)advance(p);
    return node_end(p, node, to);
}

/* --- boxed forms inside text
 * ----------------------------------------------------------------------- */
/* rules 57-60 */
static struct ast *parse_entry(struct parser *p) {
    struct ast *entry = node_new(p, AST_NAMED, p->token.from);
    if (at(p, TOKEN_STRING)) {
        if (!take_string(p, &entry->name))
            return NULL;
    } else {
        entry->name = take_new_name(p, NULL);
    }
    if (p->err->code != ERR_NONE || !expect(p, TOKEN_COLON, "expected ':' after an entry's name"))
        return NULL;
    entry->a = parse_expression(p);
    (void)long_add(p, entry->name, true);
    return entry->a == NULL ? NULL : node_end(p, entry, entry->a->at + entry->a->len);
}

static bool same_entry(const struct ast *first, struct str name) {
    for (; first != NULL; first = first->next)
        if (str_eq(first->name, name))
            return true;
    return false;
}

static struct ast *parse_context(struct parser *p) {
    struct ast *node = node_new(p, AST_CONTEXT, p->token.from);
    struct chain chain = {0};
    size_t mark = p->long_count;
    (void)advance(p);
    while (!at(p, TOKEN_BRACE_END)) {
        uint32_t from = p->token.from;
        struct ast *entry = parse_entry(p);
        if (entry == NULL)
            return NULL;
        if (same_entry(chain.first, entry->name))
            return fail_at(p, from, "a context has two entries with one name", entry->name);
        chain_add(&chain, entry);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    long_leave(p, mark);
    node->list = chain.first;
    uint32_t to = p->token.to;
    return expect(p, TOKEN_BRACE_END, "expected '}' or ',' in a context") ? node_end(p, node, to)
                                                                          : NULL;
}

static bool closes_range(const struct parser *p) {
    return at(p, TOKEN_PAREN_END) || at(p, TOKEN_BRACKET_END) || at(p, TOKEN_BRACKET);
}

static struct ast *parse_binary(struct parser *p, int strength);
enum { BIND_OR = 1, BIND_AND, BIND_COMPARE, BIND_ADD, BIND_MULTIPLY, BIND_POWER };

/* The rest of a range behind its low end and "..". rule 8: [ and ] opened outwards are open ends */
static struct ast *parse_range_end(struct parser *p, struct ast *low, uint32_t from,
                                   bool low_closed) {
    struct ast *node = node_new(p, AST_RANGE, from);
    bool outer = p->range_end;
    (void)advance(p);
    p->range_end = true;
    node->a = low;
    node->b = parse_binary(p, BIND_ADD);
    p->range_end = outer;
    if (node->b == NULL)
        return NULL;
    if (!closes_range(p))
        return fail(p, "expected ']', ')' or '[' after a range");
    node->op = (uint8_t)((low_closed ? AST_LOW_CLOSED : 0) |
                         (at(p, TOKEN_BRACKET_END) ? AST_HIGH_CLOSED : 0));
    uint32_t to = p->token.to;
    return advance(p) ? node_end(p, node, to) : NULL;
}

static bool is_comparison(enum token_kind kind) {
    return kind >= TOKEN_EQ && kind <= TOKEN_GE;
}

static enum ast_compare comparison_of(enum token_kind kind) {
    return (enum ast_compare)(kind - TOKEN_EQ);
}

/* op expression: a unary test. rule 7 */
static struct ast *parse_unary_test(struct parser *p) {
    struct ast *node = node_new(p, AST_UNARY, p->token.from);
    node->op = (uint8_t)comparison_of(p->token.kind);
    (void)advance(p);
    node->a = parse_binary(p, BIND_ADD);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* ( expression ) or ( a .. b ) or ( < b ) */
static struct ast *parse_paren(struct parser *p) {
    uint32_t from = p->token.from;
    bool outer = p->range_end;
    p->range_end = false;
    (void)advance(p);
    struct ast *inner = is_comparison(p->token.kind) ? parse_unary_test(p) : parse_expression(p);
    p->range_end = outer;
    if (inner == NULL)
        return NULL;
    if (at(p, TOKEN_DOTS))
        return parse_range_end(p, inner, from, false);
    inner->len = p->token.to - from;
    inner->at = from;
    return expect(p, TOKEN_PAREN_END, "expected ')'") ? inner : NULL;
}

/* [ list ] or [ a .. b ] */
static struct ast *parse_bracket(struct parser *p) {
    uint32_t from = p->token.from;
    struct ast *node = node_new(p, AST_LIST, from);
    struct chain chain = {0};
    bool outer = p->range_end;
    p->range_end = false;
    (void)advance(p);
    while (!at(p, TOKEN_BRACKET_END)) {
        struct ast *item = parse_expression(p);
        if (item == NULL)
            return NULL;
        if (at(p, TOKEN_DOTS) && chain.first == NULL) {
            p->range_end = outer;
            return parse_range_end(p, item, from, true);
        }
        chain_add(&chain, item);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    p->range_end = outer;
    node->list = chain.first;
    uint32_t to = p->token.to;
    return expect(p, TOKEN_BRACKET_END, "expected ']' or ',' in a list") ? node_end(p, node, to)
                                                                         : NULL;
}

static struct ast *parse_open_range(struct parser *p) {
    uint32_t from = p->token.from;
    (void)advance(p);
    struct ast *low = parse_binary(p, BIND_ADD);
    if (low == NULL)
        return NULL;
    if (!at(p, TOKEN_DOTS))
        return fail(p, "expected '..' in a range");
    return parse_range_end(p, low, from, false);
}

/* rule 51 */
static struct ast *parse_function(struct parser *p) {
    struct ast *node = node_new(p, AST_FUNCTION, p->token.from);
    struct chain chain = {0};
    size_t mark = p->long_count;
    (void)advance(p);
    if (!expect(p, TOKEN_PAREN, "expected '(' after 'function'"))
        return NULL;
    while (!at(p, TOKEN_PAREN_END)) {
        struct ast *param = node_new(p, AST_PARAM, p->token.from);
        param->name = take_new_name(p, NULL);
        if (accept(p, TOKEN_COLON))
            param->type = parse_type(p);
        if (p->err->code != ERR_NONE)
            return NULL;
        (void)long_add(p, param->name, true);
        chain_add(&chain, param);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    if (!expect(p, TOKEN_PAREN_END, "expected ')' after the parameters"))
        return NULL;
    if (accept(p, TOKEN_COLON))
        node->type = parse_type(p);
    if (at(p, TOKEN_NAME) &&
        str_eq(str_sub(p->text, p->token.from, p->token.to - p->token.from), STR("external"))) {
        node->op = 1; /* code of another language: known, never run */
        (void)advance(p);
    }
    node->list = chain.first;
    node->a = parse_expression(p);
    long_leave(p, mark);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

static struct ast *parse_if(struct parser *p) {
    struct ast *node = node_new(p, AST_IF, p->token.from);
    (void)advance(p);
    node->a = parse_expression(p);
    if (node->a == NULL || !expect(p, TOKEN_THEN, "expected 'then'"))
        return NULL;
    node->b = parse_expression(p);
    if (node->b == NULL || !expect(p, TOKEN_ELSE, "expected 'else'"))
        return NULL;
    node->c = parse_expression(p);
    return node->c == NULL ? NULL : node_end(p, node, node->c->at + node->c->len);
}

static struct ast *parse_iter(struct parser *p) {
    struct ast *iter = node_new(p, AST_ITER, p->token.from);
    iter->name = take_new_name(p, "in");
    if (p->err->code != ERR_NONE || !expect(p, TOKEN_IN, "expected 'in'"))
        return NULL;
    iter->a = parse_expression(p);
    if (iter->a != NULL && accept(p, TOKEN_DOTS))
        iter->b = parse_expression(p);
    return iter->a == NULL ? NULL : node_end(p, iter, iter->a->at + iter->a->len);
}

/* rules 46, 48, 49: for ... return, some|every ... satisfies */
static struct ast *parse_iteration(struct parser *p, enum ast_kind kind, enum token_kind word) {
    struct ast *node = node_new(p, kind, p->token.from);
    struct chain chain = {0};
    size_t mark = p->long_count;
    (void)advance(p);
    do {
        struct ast *iter = parse_iter(p);
        if (iter == NULL)
            return NULL;
        (void)long_add(p, iter->name, true);
        chain_add(&chain, iter);
    } while (accept(p, TOKEN_COMMA));
    if (!expect(p, word, kind == AST_FOR ? "expected 'return'" : "expected 'satisfies'"))
        return NULL;
    node->list = chain.first;
    node->a = parse_expression(p);
    long_leave(p, mark);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* --- operands
 * --------------------------------------------------------------------------------------- */
static struct ast *parse_name(struct parser *p) {
    struct ast *node = node_new(p, AST_NAME, p->token.from);
    node->name = take_name(p, false);
    return node_end(p, node, p->err->code != ERR_NONE ? node->at : p->from);
}

static struct ast *parse_operand(struct parser *p) {
    switch (p->token.kind) {
    case TOKEN_NUMBER: return parse_number(p, false, p->token.from);
    case TOKEN_STRING: return parse_string(p);
    case TOKEN_AT: return parse_at_literal(p);
    case TOKEN_NULL: return parse_constant(p, feel_null());
    case TOKEN_TRUE: return parse_constant(p, feel_boolean(true));
    case TOKEN_FALSE: return parse_constant(p, feel_boolean(false));
    case TOKEN_NAME:
    case TOKEN_NOT: return parse_name(p);
    case TOKEN_PAREN: return parse_paren(p);
    case TOKEN_BRACKET: return parse_bracket(p);
    case TOKEN_BRACKET_END: return parse_open_range(p);
    case TOKEN_BRACE: return parse_context(p);
    case TOKEN_IF: return parse_if(p);
    case TOKEN_FOR: return parse_iteration(p, AST_FOR, TOKEN_RETURN);
    case TOKEN_SOME: return parse_iteration(p, AST_SOME, TOKEN_SATISFIES);
    case TOKEN_EVERY: return parse_iteration(p, AST_EVERY, TOKEN_SATISFIES);
    case TOKEN_FUNCTION: return parse_function(p);
    default: return fail(p, "expected an expression");
    }
}

/* A name and a colon: an argument by name. rule 42 */
static bool at_named_argument(const struct parser *p) {
    uint32_t end = new_name_end(p->text, p->token.from, NULL);
    end = end == p->token.from ? end : lex_skip(p->text, end);
    return end > p->token.from && end < p->text.len && p->text.at[end] == ':';
}

static struct ast *parse_argument(struct parser *p) {
    if (!at_named_argument(p))
        return parse_expression(p);
    struct ast *node = node_new(p, AST_NAMED, p->token.from);
    node->name = take_new_name(p, NULL);
    (void)advance(p); /* the colon */
    node->a = parse_expression(p);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

static struct ast *parse_call(struct parser *p, struct ast *function) {
    struct ast *node = node_new(p, AST_CALL, function->at);
    struct chain chain = {0};
    bool outer = p->range_end;
    p->range_end = false;
    (void)advance(p);
    while (!at(p, TOKEN_PAREN_END)) {
        struct ast *argument = parse_argument(p);
        if (argument == NULL)
            return NULL;
        if (chain.first != NULL &&
            (chain.first->kind == AST_NAMED) != (argument->kind == AST_NAMED))
            return fail_at(p, argument->at, "arguments are given by place or by name, not both",
                           STR_NONE);
        chain_add(&chain, argument);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    p->range_end = outer;
    node->a = function;
    node->list = chain.first;
    uint32_t to = p->token.to;
    return expect(p, TOKEN_PAREN_END, "expected ')' or ',' after an argument")
               ? node_end(p, node, to)
               : NULL;
}

static struct ast *parse_filter(struct parser *p, struct ast *list) {
    struct ast *node = node_new(p, AST_FILTER, list->at);
    bool outer = p->range_end;
    p->range_end = false;
    p->filters++;
    (void)advance(p);
    node->a = list;
    node->b = parse_expression(p);
    p->filters--;
    p->range_end = outer;
    uint32_t to = p->token.to;
    if (node->b == NULL || !expect(p, TOKEN_BRACKET_END, "expected ']' after a filter"))
        return NULL;
    return node_end(p, node, to);
}

static struct ast *parse_path(struct parser *p, struct ast *from) {
    struct ast *node = node_new(p, AST_PATH, from->at);
    (void)advance(p);
    if (lex_word(p->text, p->token.from) == p->token.from)
        return fail(p, "expected a name after '.'");
    node->a = from;
    node->name = take_name(p, true);
    /* behind the name, p->from already stands behind the next token */
    return node_end(p, node, p->token.from);
}

static struct ast *parse_instance(struct parser *p, struct ast *value) {
    struct ast *node = node_new(p, AST_INSTANCE, value->at);
    (void)advance(p);
    if (!at(p, TOKEN_NAME) ||
        !str_eq(str_sub(p->text, p->token.from, p->token.to - p->token.from), STR("of")))
        return fail(p, "expected 'of' after 'instance'");
    (void)advance(p);
    node->a = value;
    node->type = parse_type(p);
    return node_end(p, node, p->token.from);
}

/* In the high end of a range, a [ that is followed by what cannot begin a filter closes it. */
static bool bracket_closes(const struct parser *p) {
    if (!p->range_end)
        return false;
    struct token next;
    const char *what;
    if (!lex_next(&next, p->text, p->from, &what))
        return false;
    switch (next.kind) {
    case TOKEN_END:
    case TOKEN_PAREN_END:
    case TOKEN_BRACKET_END:
    case TOKEN_BRACE_END:
    case TOKEN_COMMA:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_THEN:
    case TOKEN_ELSE:
    case TOKEN_RETURN:
    case TOKEN_SATISFIES:
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_DOT: return true;
    default: return false;
    }
}

static struct ast *parse_postfix(struct parser *p, struct ast *node) {
    while (node != NULL) {
        if (at(p, TOKEN_DOT))
            node = parse_path(p, node);
        else if (at(p, TOKEN_BRACKET) && !bracket_closes(p))
            node = parse_filter(p, node);
        else if (at(p, TOKEN_PAREN))
            node = parse_call(p, node);
        else if (at(p, TOKEN_INSTANCE))
            node = parse_instance(p, node);
        else
            break;
    }
    return node;
}

/* rule 25: the minus of a number belongs to it */
static struct ast *parse_negative(struct parser *p) {
    uint32_t from = p->token.from;
    (void)advance(p);
    if (at(p, TOKEN_NUMBER))
        return parse_postfix(p, parse_number(p, true, from));
    struct ast *node = node_new(p, AST_NEGATE, from);
    if (++p->nesting > FEEL_NESTING_MAX)
        return fail(p, "an expression is nested too deeply");
    node->a = at(p, TOKEN_MINUS) ? parse_negative(p) : parse_postfix(p, parse_operand(p));
    p->nesting--;
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* --- operators
 * --------------------------------------------------------------------------------------- */
static struct ast *parse_test(struct parser *p) {
    return is_comparison(p->token.kind) ? parse_unary_test(p) : parse_expression(p);
}

static struct ast *tests_of(struct parser *p, struct chain chain, uint32_t from, uint32_t to,
                            int op) {
    struct ast *tests = node_new(p, AST_TESTS, from);
    tests->list = chain.first;
    tests->op = (uint8_t)op;
    return node_end(p, tests, to);
}

/* rule 50: e in test, e in (test, test). A ( may also open a range or an expression. */
static struct ast *parse_in(struct parser *p, struct ast *value) {
    struct chain chain = {0};
    uint32_t from = p->token.from, to;
    struct ast *node = node_new(p, AST_IN, value->at);
    if (!at(p, TOKEN_PAREN)) {
        chain_add(&chain,
                  is_comparison(p->token.kind) ? parse_unary_test(p) : parse_binary(p, BIND_ADD));
        to = p->token.from;
    } else {
        (void)advance(p);
        do {
            struct ast *test = parse_test(p);
            if (test == NULL)
                return NULL;
            if (at(p, TOKEN_DOTS)) {
                test = parse_range_end(p, test, from, false);
                chain_add(&chain, test);
                to = p->token.from;
                goto made;
            }
            chain_add(&chain, test);
        } while (accept(p, TOKEN_COMMA));
        to = p->token.to;
        if (!expect(p, TOKEN_PAREN_END, "expected ')' or ',' after a test"))
            return NULL;
    }
made:
    node->a = value;
    node->b = tests_of(p, chain, from, to, 0);
    return p->err->code == ERR_NONE ? node_end(p, node, to) : NULL;
}

static struct ast *parse_between(struct parser *p, struct ast *value) {
    struct ast *node = node_new(p, AST_BETWEEN, value->at);
    node->a = value;
    node->b = parse_binary(p, BIND_ADD);
    if (node->b == NULL || !expect(p, TOKEN_AND, "expected 'and' after 'between'"))
        return NULL;
    node->c = parse_binary(p, BIND_ADD);
    return node->c == NULL ? NULL : node_end(p, node, node->c->at + node->c->len);
}

static int strength_of(enum token_kind kind) {
    switch (kind) {
    case TOKEN_OR: return BIND_OR;
    case TOKEN_AND: return BIND_AND;
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_LT:
    case TOKEN_LE:
    case TOKEN_GT:
    case TOKEN_GE:
    case TOKEN_BETWEEN:
    case TOKEN_IN: return BIND_COMPARE;
    case TOKEN_PLUS:
    case TOKEN_MINUS: return BIND_ADD;
    case TOKEN_STAR:
    case TOKEN_SLASH: return BIND_MULTIPLY;
    case TOKEN_POWER: return BIND_POWER;
    default: return 0;
    }
}

static struct ast *parse_operator(struct parser *p, struct ast *left, enum token_kind kind,
                                  int strength) {
    static const char signs[] = {
        [TOKEN_PLUS] = '+',  [TOKEN_MINUS] = '-', [TOKEN_STAR] = '*',
        [TOKEN_SLASH] = '/', [TOKEN_POWER] = '^',
    };
    if (kind == TOKEN_IN)
        return parse_in(p, left);
    if (kind == TOKEN_BETWEEN)
        return parse_between(p, left);
    struct ast *right = parse_binary(p, strength + 1);
    if (kind == TOKEN_OR)
        return binary(p, AST_OR, 0, left, right);
    if (kind == TOKEN_AND)
        return binary(p, AST_AND, 0, left, right);
    if (is_comparison(kind))
        return binary(p, AST_COMPARE, (int)comparison_of(kind), left, right);
    return binary(p, AST_ARITH, signs[kind], left, right);
}

/* Everything that binds at least as strongly as strength; all operators group to the left. */
static struct ast *parse_binary(struct parser *p, int strength) {
    if (++p->nesting > FEEL_NESTING_MAX)
        return fail(p, "an expression is nested too deeply");
    struct ast *left = at(p, TOKEN_MINUS) ? parse_negative(p) : parse_postfix(p, parse_operand(p));
    while (left != NULL) {
        enum token_kind kind = p->token.kind;
        int found = strength_of(kind);
        if (found == 0 || found < strength)
            break;
        if (!advance(p))
            return NULL;
        left = parse_operator(p, left, kind, found);
    }
    p->nesting--;
    return left;
}

static struct ast *parse_expression(struct parser *p) {
    return parse_binary(p, BIND_OR);
}

/* --- whole texts
 * -------------------------------------------------------------------------------------- */
static struct ast *parse_test_list(struct parser *p) {
    struct chain chain = {0};
    uint32_t from = p->token.from;
    do {
        struct ast *test = parse_test(p);
        if (test == NULL)
            return NULL;
        chain_add(&chain, test);
    } while (accept(p, TOKEN_COMMA));
    return tests_of(p, chain, from, p->token.from, 0);
}

/* not( ... ) around everything */
static bool at_not_tests(const struct parser *p) {
    if (!at(p, TOKEN_NOT))
        return false;
    uint32_t next = lex_skip(p->text, p->token.to);
    return next < p->text.len && p->text.at[next] == '(';
}

/* rules 9-17: -, not(tests), tests */
static struct ast *parse_unary_tests(struct parser *p) {
    uint32_t from = p->token.from;
    if (at(p, TOKEN_MINUS)) {
        uint32_t next = lex_skip(p->text, p->token.to);
        if (next >= p->text.len) {
            struct ast *any = node_new(p, AST_ANY, from);
            (void)advance(p);
            return node_end(p, any, p->token.from);
        }
    }
    if (!at_not_tests(p))
        return parse_test_list(p);
    struct parser before = *p;
    (void)advance(p);
    (void)advance(p);
    struct ast *tests = parse_test_list(p);
    if (tests != NULL && accept(p, TOKEN_PAREN_END) && at(p, TOKEN_END)) {
        tests->op = 1;
        tests->at = from;
        tests->len = p->token.from - from;
        return tests;
    }
    if (tests == NULL)
        return NULL;
    *p = before; /* not(...) was only the beginning: not(?) and ... */
    return parse_test_list(p);
}

static void parser_init(struct parser *p, struct arena *a, struct str text,
                        const struct ast_scope *scope, struct err_at at_, struct err *err) {
    struct ast_source *source = arena_new(a, struct ast_source, 1);
    source->text = text;
    source->at = at_;
    *p = (struct parser){
        .arena = a, .err = err, .text = text, .source = source, .options = scope->options};
    long_add_scope(p, scope);
}

bool ast_parse(struct ast **out, struct arena *a, struct str text, const struct ast_scope *scope,
               enum feel_form form, struct err_at at_, struct err *err) {
    if (text.len > FEEL_SOURCE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, at_, "an expression is longer than %d bytes",
                       FEEL_SOURCE_BYTES_MAX);
    if (!utf8_valid(text))
        return err_set(err, ERR_SYNTAX, at_, "an expression is not valid UTF-8");
    struct parser parser, *p = &parser;
    parser_init(p, a, text, scope, at_, err);
    struct ast *tree = NULL;
    if (advance(p))
        tree = form == FEEL_UNARY_TESTS ? parse_unary_tests(p) : parse_expression(p);
    if (tree != NULL && !at(p, TOKEN_END))
        tree = fail(p, "expected an operator or the end");
    *out = tree;
    return tree != NULL;
}

bool ast_parse_type(const struct feel_type **out, struct arena *a, struct str text,
                    const struct feel_options *options, struct err *err) {
    struct parser parser, *p = &parser;
    struct ast_scope scope = {.options = options};
    parser_init(p, a, text, &scope, options->at, err);
    *out = NULL;
    if (!utf8_valid(text))
        return err_set(err, ERR_SYNTAX, options->at, "a type is not valid UTF-8");
    if (!advance(p))
        return false;
    const struct feel_type *type = parse_type(p);
    if (type == NULL)
        return false;
    if (!at(p, TOKEN_END)) {
        (void)fail(p, "expected the end of a type");
        return false;
    }
    *out = type;
    return true;
}
