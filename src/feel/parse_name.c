/* Words, new names and types. DMN 1.5: rules 25-30, 52 */
#include "base/utf8.h"
#include "feel/parser.h"

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

struct ast *parser_fail_at(struct parser *p, uint32_t offset, const char *what, struct str found) {
    if (p->err->code != ERR_NONE)
        return NULL;
    struct err_at at = ast_place(p->source, offset);
    if (found.len == 0)
        (void)err_set(p->err, ERR_SYNTAX, at, "%s", what);
    else
        (void)err_set(p->err, ERR_SYNTAX, at, "%s, found '%.*s'", what, STR_ARG(found));
    return NULL;
}

struct ast *parser_fail(struct parser *p, const char *what) {
    struct str found = str_sub(p->text, p->token.from, MIN_OF(p->token.to - p->token.from, 60u));
    return parser_fail_at(p, p->token.from, what, found.len == 0 ? STR("the end") : found);
}

enum {
    SLACK_BYTES = 16384
}; /* of the arena: kept for names and strings, each shorter than the text */

bool parser_affords(struct parser *p, size_t bytes) {
    size_t left = arena_limit_bytes(p->arena) - arena_used_bytes(p->arena);
    if (left > bytes + SLACK_BYTES + 2 * p->text.len)
        return true;
    if (p->err->code == ERR_NONE)
        (void)err_set(p->err, ERR_LIMIT, ast_place(p->source, p->token.from),
                      "an expression takes too much memory");
    return false;
}

/* A step for each token: what compiles within a budget ends with it. Behind an error nothing is
 * read any more. */
static bool may_go_on(struct parser *p) {
    struct budget *budget = p->options->budget;
    return p->err->code == ERR_NONE &&
           (budget == NULL || budget_spend(budget, (struct cost){1, 0}, p->err));
}

bool parser_advance(struct parser *p) {
    const char *what = NULL;
    if (!may_go_on(p)) {
        p->token.kind = TOKEN_END;
        return false;
    }
    if (!lex_next(&p->token, p->text, p->from, &what)) {
        (void)parser_fail_at(p, p->token.from, what, STR_NONE);
        p->token.kind = TOKEN_END;
        return false;
    }
    p->from = p->token.to;
    return true;
}

bool parser_accept(struct parser *p, enum token_kind kind) {
    return parser_at(p, kind) && (parser_advance(p) || true);
}

bool parser_expect(struct parser *p, enum token_kind kind, const char *what) {
    if (parser_at(p, kind))
        return parser_advance(p);
    (void)parser_fail(p, what);
    return false;
}

/* --- names --------------------------------------------------------------------------------------
 */
static bool is_long(struct str name) {
    return lex_word(name, 0) < name.len;
}

/* The end of a new name that begins at from: words, digits and symbols, up to another character,
 * or to the word that ends it (NULL: none). */
uint32_t parser_new_name_end(struct str text, uint32_t from, const char *until) {
    uint32_t end = from, at_ = lex_word(text, from);
    if (at_ == from)
        return from;
    end = at_;
    for (;;) {
        at_ = lex_skip(text, end);
        if (at_ >= text.len)
            return end;
        uint32_t piece = lex_part(text, at_);
        if (piece > at_) {
            if (until != NULL && str_eq(str_sub(text, at_, piece - at_), str_from(until)))
                return end;
        } else if (lex_is_symbol(text.at[at_])) {
            piece = at_ + 1;
        } else {
            return end;
        }
        end = piece;
    }
}

bool ast_key_next(struct str *key, uint32_t *at, struct str text) {
    struct token token;
    const char *what;
    while (lex_next(&token, text, *at, &what) && token.kind != TOKEN_END) {
        *at = token.to;
        if (token.kind != TOKEN_BRACE && token.kind != TOKEN_COMMA)
            continue;
        uint32_t from = lex_skip(text, token.to), to = parser_new_name_end(text, from, NULL);
        *key = str_sub(text, from, to - from);
        if (to == from && from < text.len && text.at[from] == '"' &&
            lex_next(&token, text, from, &what)) {
            to = token.to;
            *key = str_sub(text, from + 1, to - from - 2);
        }
        uint32_t colon = lex_skip(text, to);
        if (to > from && colon < text.len && text.at[colon] == ':') {
            *at = to;
            return true;
        }
    }
    return false;
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
        if (gap && !lex_is_symbol(copy[len - 1]) && !lex_is_symbol(name.at[next]))
            copy[len++] = ' ';
        copy[len++] = name.at[next];
        i = next + 1;
    }
    return (struct str){copy, len};
}

/* Take a new name: of a parameter, an entry, a variable of an iteration. */
struct str parser_take_new_name(struct parser *p, const char *until) {
    uint32_t end = parser_new_name_end(p->text, p->token.from, until);
    if (end == p->token.from) {
        (void)parser_fail(p, "expected a name");
        return STR_NONE;
    }
    struct str name =
        ast_name_normal(p->arena, str_sub(p->text, p->token.from, end - p->token.from));
    p->from = end;
    (void)parser_advance(p);
    return name;
}

/* --- types: DMN 1.5: rule 52
 * --------------------------------------------------------------------------- */

/* *name_to: its end. */
static struct str type_name(struct parser *p, uint32_t *name_to) {
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
    *name_to = p->from = end;
    (void)parser_advance(p);
    return name;
}

/* NULL, with a complaint, when there is no memory for it. */
static struct feel_type *type_new(struct parser *p, enum feel_type_tag tag) {
    if (!parser_affords(p, sizeof(struct feel_type)))
        return NULL;
    struct feel_type *type = arena_new(p->arena, struct feel_type, 1);
    type->tag = tag;
    return type;
}

/* The > behind a type; the = of a >= belongs to what follows: x instance of list<number>=true. */
static void expect_angle(struct parser *p, const char *what) {
    if (parser_at(p, TOKEN_GE)) {
        p->from = p->token.from + 1;
        (void)parser_advance(p);
    } else {
        (void)parser_expect(p, TOKEN_GT, what);
    }
}

static const struct feel_type *parse_element_type(struct parser *p, enum feel_type_tag tag) {
    struct feel_type *type = type_new(p, tag);
    if (type == NULL)
        return NULL;
    (void)parser_advance(p);
    type->element = parser_take_type(p);
    expect_angle(p, "expected '>' after a type");
    return type;
}

enum { FIELDS_MAX = 64 };

static const struct feel_type *parse_fields_type(struct parser *p, enum feel_type_tag tag) {
    struct feel_type *type = type_new(p, tag);
    if (type == NULL || !parser_affords(p, FIELDS_MAX * sizeof(struct feel_field)))
        return NULL;
    struct feel_field *fields = arena_new(p->arena, struct feel_field, FIELDS_MAX);
    size_t count = 0;
    (void)parser_advance(p);
    bool more = !parser_at(p, TOKEN_GT);
    while (more && p->err->code == ERR_NONE && count < FIELDS_MAX) {
        if (tag == FEEL_TYPE_CONTEXT) {
            fields[count].name = parser_take_new_name(p, NULL);
            parser_know_member(p, fields[count].name);
            (void)parser_expect(p, TOKEN_COLON, "expected ':' after the name of a field");
        }
        fields[count++].type = parser_take_type(p);
        more = parser_accept(p, TOKEN_COMMA);
    }
    expect_angle(p, "expected '>' after the types");
    type->fields = fields;
    type->field_count = count;
    if (tag == FEEL_TYPE_FUNCTION &&
        parser_expect(p, TOKEN_ARROW, "expected '->' and the result's type"))
        type->element = parser_take_type(p);
    return type;
}

static const struct feel_type *parse_plain_type(struct parser *p) {
    uint32_t from = p->token.from;
    if (parser_at(p, TOKEN_FUNCTION)) {
        (void)parser_advance(p);
        if (parser_at(p, TOKEN_LT))
            return parse_fields_type(p, FEEL_TYPE_FUNCTION);
        return feel_type_builtin(STR("function"));
    }
    if (!parser_at(p, TOKEN_NAME) && !parser_at(p, TOKEN_NULL)) {
        (void)parser_fail(p, "expected a type");
        return NULL;
    }
    uint32_t first_to, to;
    struct str name = type_name(p, &first_to);
    if (parser_at(p, TOKEN_LT)) {
        if (str_eq(name, STR("list")))
            return parse_element_type(p, FEEL_TYPE_LIST);
        if (str_eq(name, STR("range")))
            return parse_element_type(p, FEEL_TYPE_RANGE);
        if (str_eq(name, STR("context")))
            return parse_fields_type(p, FEEL_TYPE_CONTEXT);
    }
    to = first_to;
    while (parser_at(p, TOKEN_DOT)) { /* a type of an imported model: prefix.name */
        (void)parser_advance(p);
        (void)type_name(p, &to);
    }
    if (to > first_to) {
        if (!parser_affords(p, to - from + 1))
            return NULL;
        name = ast_name_normal(p->arena, str_sub(p->text, from, to - from));
    }
    for (size_t i = 0; i < p->options->type_count; i++)
        if (str_eq(p->options->types[i].name, name))
            return p->options->types[i].type;
    const struct feel_type *type = feel_type_builtin(name);
    if (type == NULL && p->err->code == ERR_NONE)
        (void)err_set(p->err, ERR_UNKNOWN, ast_place(p->source, from), "there is no type '%.*s'",
                      STR_ARG(name));
    return type;
}

/* DMN 1.5: rule 52 */
const struct feel_type *parser_take_type(struct parser *p) {
    if (++p->nesting > FEEL_NESTING_MAX) {
        (void)parser_fail(p, "types are nested too deeply");
        return NULL;
    }
    const struct feel_type *type = parse_plain_type(p);
    p->nesting--;
    return type;
}
