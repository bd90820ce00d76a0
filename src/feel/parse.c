/* The parser: recursive descent with binding strengths. Names and types are parse_name.c's and
 * parse_known.c's.
 * Invariants: 1. the current token is p->token, p->from is the byte behind it;
 *             2. every node's depth is counted, so walks of the tree may recurse.
 * DMN 1.5: 10.3.1.2, 10.3.1.6 */
#include "feel/parser.h"

#include "base/map.h"
#include "base/utf8.h"

static struct ast *parse_expression(struct parser *p);

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
    bool affords = parser_affords(p, sizeof(struct ast));
    struct ast *node = affords ? ast_new(p->arena, kind, p->source) : &p->spare;
    if (!affords)
        p->spare = (struct ast){.kind = (uint8_t)kind, .source = p->source, .depth = 1};
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

/* --- literals ------------------------------------------------------------------------------------
 */
/* DMN 1.5: rules 35-37 */
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
    (void)parser_advance(p);
    return node_end(p, node, to);
}

static bool take_string(struct parser *p, struct str *out) {
    struct str token = str_sub(p->text, p->token.from, p->token.to - p->token.from);
    if (!lex_string(out, token, p->arena)) {
        (void)parser_fail(p, "a broken \\u in a string");
        return false;
    }
    return parser_advance(p);
}

/* DMN 1.5: rule 33 */
static struct ast *parse_string(struct parser *p) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    uint32_t to = p->token.to;
    struct str s;
    if (!take_string(p, &s))
        return NULL;
    node->value = feel_string(s);
    return node_end(p, node, to);
}

/* DMN 1.5: rules 60, 65 */
static struct ast *parse_at_literal(struct parser *p) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    struct str s;
    if (!parser_advance(p))
        return NULL;
    uint32_t to = p->token.to;
    if (!parser_at(p, TOKEN_STRING))
        return parser_fail(p, "expected a string after '@'");
    if (!take_string(p, &s))
        return NULL;
    node->value = feel_temporal_text(p->arena, s, p->options->zones);
    if (feel_is_null(node->value)) {
        node->kind = AST_BAD;
        node->name = STR("neither a date, a time, a date and time nor a duration");
    }
    return node_end(p, node, to);
}

/* DMN 1.5: rules 31, 34 */
static struct ast *parse_constant(struct parser *p, struct feel_value value) {
    struct ast *node = node_new(p, AST_CONST, p->token.from);
    uint32_t to = p->token.to;
    node->value = value;
    (void)parser_advance(p);
    return node_end(p, node, to);
}

/* --- boxed forms inside text
 * ----------------------------------------------------------------------- */
/* DMN 1.5: rules 58, 59 */
static struct ast *parse_entry(struct parser *p) {
    struct ast *entry = node_new(p, AST_NAMED, p->token.from);
    if (parser_at(p, TOKEN_STRING)) {
        if (!take_string(p, &entry->name))
            return NULL;
    } else {
        entry->name = parser_take_new_name(p, NULL);
    }
    if (p->err->code != ERR_NONE ||
        !parser_expect(p, TOKEN_COLON, "expected ':' after an entry's name"))
        return NULL;
    size_t mark = p->local_count;
    if (parser_at(p, TOKEN_FUNCTION)) /* it may call itself */
        parser_know(p, (struct local){.name = entry->name});
    entry->a = parse_expression(p);
    parser_forget(p, mark);
    parser_know(p, (struct local){.name = entry->name, .value = entry->a});
    return entry->a == NULL ? NULL : node_end(p, entry, entry->a->at + entry->a->len);
}

/* The names of a context's entries: a few are compared, many are found by a map. */
struct entry_names {
    struct map map;
    size_t count;
};

/* False when there is one of that name already. */
static bool new_entry(struct parser *p, struct entry_names *names, const struct ast *first,
                      struct str name) {
    enum { FEW = 16, MAP_BYTES = 160 };
    if (++names->count <= FEW) {
        for (; first != NULL; first = first->next)
            if (str_eq(first->name, name))
                return false;
        return true;
    }
    if (!parser_affords(p, names->count * MAP_BYTES))
        return true; /* the parse ends */
    if (names->map.arena == NULL) {
        map_init(&names->map, p->arena);
        for (; first != NULL; first = first->next)
            (void)map_put(&names->map, first->name, 1);
    }
    return map_put(&names->map, name, 1);
}

/* DMN 1.5: rule 57 */
static struct ast *parse_context(struct parser *p) {
    struct ast *node = node_new(p, AST_CONTEXT, p->token.from);
    struct entry_names names = {0};
    struct chain chain = {0};
    size_t mark = p->local_count;
    (void)parser_advance(p);
    for (bool more = !parser_at(p, TOKEN_BRACE_END); more; more = parser_accept(p, TOKEN_COMMA)) {
        uint32_t from = p->token.from;
        struct ast *entry = parse_entry(p);
        if (entry == NULL)
            return NULL;
        if (!new_entry(p, &names, chain.first, entry->name))
            return parser_fail_at(p, from, "a context has two entries with one name", entry->name);
        chain_add(&chain, entry);
    }
    parser_forget(p, mark);
    node->list = chain.first;
    uint32_t to = p->token.to;
    return parser_expect(p, TOKEN_BRACE_END, "expected '}' or ',' in a context")
               ? node_end(p, node, to)
               : NULL;
}

/* DMN 1.5: rules 11, 12 */
static bool closes_range(const struct parser *p) {
    return parser_at(p, TOKEN_PAREN_END) || parser_at(p, TOKEN_BRACKET_END) ||
           parser_at(p, TOKEN_BRACKET);
}

static struct ast *parse_binary(struct parser *p, int strength);
enum { BIND_OR = 1, BIND_AND, BIND_COMPARE, BIND_ADD, BIND_MULTIPLY, BIND_POWER };

/* The rest of a range behind its low end and "..": [ and ] opened outwards are open ends.
 * DMN 1.5: rules 8, 16 */
static struct ast *parse_range_end(struct parser *p, struct ast *low, uint32_t from,
                                   bool low_closed) {
    struct ast *node = node_new(p, AST_RANGE, from);
    bool outer = p->range_end;
    (void)parser_advance(p);
    p->range_end = true;
    node->a = low;
    node->b = parse_binary(p, BIND_ADD);
    p->range_end = outer;
    if (node->b == NULL)
        return NULL;
    if (!closes_range(p))
        return parser_fail(p, "expected ']', ')' or '[' after a range");
    node->op = (uint8_t)((low_closed ? AST_LOW_CLOSED : 0) |
                         (parser_at(p, TOKEN_BRACKET_END) ? AST_HIGH_CLOSED : 0));
    uint32_t to = p->token.to;
    return parser_advance(p) ? node_end(p, node, to) : NULL;
}

static bool is_comparison(enum token_kind kind) {
    return kind >= TOKEN_EQ && kind <= TOKEN_GE;
}

static enum ast_compare comparison_of(enum token_kind kind) {
    return (enum ast_compare)(kind - TOKEN_EQ);
}

/* op expression: a unary test, or a range that is open on one side. DMN 1.5: rule 7 */
static struct ast *parse_unary_test(struct parser *p) {
    struct ast *node = node_new(p, AST_UNARY, p->token.from);
    node->op = (uint8_t)comparison_of(p->token.kind);
    (void)parser_advance(p);
    node->a = parse_binary(p, BIND_ADD);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* ( expression ) or ( a .. b ) or ( < b ) */
/* DMN 1.5: rule 9 */
static struct ast *parse_paren(struct parser *p) {
    uint32_t from = p->token.from;
    bool outer = p->range_end;
    p->range_end = false;
    (void)parser_advance(p);
    struct ast *inner = parse_expression(p);
    p->range_end = outer;
    if (inner == NULL)
        return NULL;
    if (parser_at(p, TOKEN_DOTS))
        return parse_range_end(p, inner, from, false);
    inner->len = p->token.to - from;
    inner->at = from;
    return parser_expect(p, TOKEN_PAREN_END, "expected ')'") ? inner : NULL;
}

/* Behind the [ of a list, a ] that a value follows opens a range: []1..2]]. */
static bool opens_range(const struct parser *p) {
    struct token next;
    const char *what;
    if (!lex_next(&next, p->text, p->from, &what))
        return false;
    switch (next.kind) {
    case TOKEN_NAME:
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_AT:
    case TOKEN_PAREN: /* an empty list cannot be called */
    case TOKEN_NULL: return true;
    case TOKEN_MINUS: /* []-1..2]]: a number and the dots behind the sign */
        return lex_next(&next, p->text, next.to, &what) && next.kind == TOKEN_NUMBER &&
               lex_next(&next, p->text, next.to, &what) && next.kind == TOKEN_DOTS;
    default: return false;
    }
}

/* [ list ] or [ a .. b ] */
/* DMN 1.5: rules 10, 54 */
static struct ast *parse_bracket(struct parser *p) {
    uint32_t from = p->token.from;
    struct ast *node = node_new(p, AST_LIST, from);
    struct chain chain = {0};
    bool outer = p->range_end;
    p->range_end = false;
    (void)parser_advance(p);
    bool more = !parser_at(p, TOKEN_BRACKET_END) || opens_range(p);
    for (; more; more = parser_accept(p, TOKEN_COMMA)) {
        struct ast *item = parse_expression(p);
        if (item == NULL)
            return NULL;
        if (parser_at(p, TOKEN_DOTS) && chain.first == NULL) {
            p->range_end = outer;
            return parse_range_end(p, item, from, true);
        }
        chain_add(&chain, item);
    }
    p->range_end = outer;
    node->list = chain.first;
    uint32_t to = p->token.to;
    return parser_expect(p, TOKEN_BRACKET_END, "expected ']' or ',' in a list")
               ? node_end(p, node, to)
               : NULL;
}

/* DMN 1.5: rule 9 */
static struct ast *parse_open_range(struct parser *p) {
    uint32_t from = p->token.from;
    (void)parser_advance(p);
    struct ast *low = parse_binary(p, BIND_ADD);
    if (low == NULL)
        return NULL;
    if (!parser_at(p, TOKEN_DOTS))
        return parser_fail(p, "expected '..' in a range");
    return parse_range_end(p, low, from, false);
}

/* DMN 1.5: rules 55, 56 */
static struct ast *parse_function(struct parser *p) {
    struct ast *node = node_new(p, AST_FUNCTION, p->token.from);
    struct chain chain = {0};
    size_t mark = p->local_count;
    (void)parser_advance(p);
    if (!parser_expect(p, TOKEN_PAREN, "expected '(' after 'function'"))
        return NULL;
    for (bool more = !parser_at(p, TOKEN_PAREN_END); more; more = parser_accept(p, TOKEN_COMMA)) {
        struct ast *param = node_new(p, AST_PARAM, p->token.from);
        param->name = parser_take_new_name(p, NULL);
        if (parser_accept(p, TOKEN_COLON))
            param->type = parser_take_type(p);
        if (p->err->code != ERR_NONE)
            return NULL;
        parser_know(p, (struct local){.name = param->name, .type = param->type});
        chain_add(&chain, param);
    }
    if (!parser_expect(p, TOKEN_PAREN_END, "expected ')' after the parameters"))
        return NULL;
    if (parser_accept(p, TOKEN_COLON))
        node->type = parser_take_type(p);
    if (parser_at(p, TOKEN_NAME) &&
        str_eq(str_sub(p->text, p->token.from, p->token.to - p->token.from), STR("external"))) {
        node->op = 1; /* code of another language: known, never run */
        (void)parser_advance(p);
    }
    node->list = chain.first;
    node->a = parse_expression(p);
    parser_forget(p, mark);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* DMN 1.5: rule 45 */
static struct ast *parse_if(struct parser *p) {
    struct ast *node = node_new(p, AST_IF, p->token.from);
    (void)parser_advance(p);
    node->a = parse_expression(p);
    if (node->a == NULL || !parser_expect(p, TOKEN_THEN, "expected 'then'"))
        return NULL;
    node->b = parse_expression(p);
    if (node->b == NULL || !parser_expect(p, TOKEN_ELSE, "expected 'else'"))
        return NULL;
    node->c = parse_expression(p);
    return node->c == NULL ? NULL : node_end(p, node, node->c->at + node->c->len);
}

/* DMN 1.5: rule 63 */
static struct ast *parse_iter(struct parser *p) {
    struct ast *iter = node_new(p, AST_ITER, p->token.from);
    iter->name = parser_take_new_name(p, "in");
    if (p->err->code != ERR_NONE || !parser_expect(p, TOKEN_IN, "expected 'in'"))
        return NULL;
    iter->a = parse_expression(p);
    if (iter->a != NULL && parser_accept(p, TOKEN_DOTS))
        iter->b = parse_expression(p);
    return iter->a == NULL ? NULL : node_end(p, iter, iter->a->at + iter->a->len);
}

/* for ... return, some|every ... satisfies. DMN 1.5: rules 44, 46 */
static struct ast *parse_iteration(struct parser *p, enum ast_kind kind, enum token_kind word) {
    struct ast *node = node_new(p, kind, p->token.from);
    struct chain chain = {0};
    size_t mark = p->local_count;
    (void)parser_advance(p);
    do {
        struct ast *iter = parse_iter(p);
        if (iter == NULL)
            return NULL;
        parser_know(p,
                    (struct local){.name = iter->name, .value = iter->b == NULL ? iter->a : NULL});
        chain_add(&chain, iter);
    } while (parser_accept(p, TOKEN_COMMA));
    if (!parser_expect(p, word, kind == AST_FOR ? "expected 'return'" : "expected 'satisfies'"))
        return NULL;
    node->list = chain.first;
    node->a = parse_expression(p);
    parser_forget(p, mark);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* --- operands
 * --------------------------------------------------------------------------------------- */
static struct ast *parse_name(struct parser *p) {
    struct ast *node = node_new(p, AST_NAME, p->token.from);
    uint32_t to;
    node->name = parser_take_name(p, &to);
    return node_end(p, node, to);
}

/* A range that is open on one side is an expression. Two operators without a blank are refused, as
 * what they are: the == and <> of other languages, which would be null. DMN 1.5: rules 2, 7 */
static struct ast *parse_one_sided(struct parser *p) {
    uint32_t from = p->token.from;
    if (from > 0 && strchr("=<>", p->text.at[from - 1]) != NULL)
        return parser_fail(p, "expected an expression");
    return parse_unary_test(p);
}

/* DMN 1.5: rules 1, 2, 32, 53 */
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
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_LT:
    case TOKEN_LE:
    case TOKEN_GT:
    case TOKEN_GE: return parse_one_sided(p);
    case TOKEN_PAREN: return parse_paren(p);
    case TOKEN_BRACKET: return parse_bracket(p);
    case TOKEN_BRACKET_END: return parse_open_range(p);
    case TOKEN_BRACE: return parse_context(p);
    case TOKEN_IF: return parse_if(p);
    case TOKEN_FOR: return parse_iteration(p, AST_FOR, TOKEN_RETURN);
    case TOKEN_SOME: return parse_iteration(p, AST_SOME, TOKEN_SATISFIES);
    case TOKEN_EVERY: return parse_iteration(p, AST_EVERY, TOKEN_SATISFIES);
    case TOKEN_FUNCTION: return parse_function(p);
    default: return parser_fail(p, "expected an expression");
    }
}

/* A name and a colon: an argument by name. DMN 1.5: rules 40, 41 */
static bool at_named_argument(const struct parser *p) {
    uint32_t end = parser_new_name_end(p->text, p->token.from, NULL);
    end = end == p->token.from ? end : lex_skip(p->text, end);
    return end > p->token.from && end < p->text.len && p->text.at[end] == ':';
}

static struct ast *parse_argument(struct parser *p) {
    if (!at_named_argument(p))
        return parse_expression(p);
    struct ast *node = node_new(p, AST_NAMED, p->token.from);
    node->name = parser_take_new_name(p, NULL);
    (void)parser_advance(p); /* the colon */
    node->a = parse_expression(p);
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* DMN 1.5: rules 38, 39, 42 */
static struct ast *parse_call(struct parser *p, struct ast *function) {
    struct ast *node = node_new(p, AST_CALL, function->at);
    struct chain chain = {0};
    bool outer = p->range_end;
    p->range_end = false;
    (void)parser_advance(p);
    for (bool more = !parser_at(p, TOKEN_PAREN_END); more; more = parser_accept(p, TOKEN_COMMA)) {
        struct ast *argument = parse_argument(p);
        if (argument == NULL)
            return NULL;
        if (chain.first != NULL &&
            (chain.first->kind == AST_NAMED) != (argument->kind == AST_NAMED))
            return parser_fail_at(p, argument->at,
                                  "arguments are given by place or by name, not both", STR_NONE);
        chain_add(&chain, argument);
    }
    p->range_end = outer;
    node->a = function;
    node->list = chain.first;
    uint32_t to = p->token.to;
    return parser_expect(p, TOKEN_PAREN_END, "expected ')' or ',' after an argument")
               ? node_end(p, node, to)
               : NULL;
}

/* DMN 1.5: rule 50 */
static struct ast *parse_filter(struct parser *p, struct ast *list) {
    struct ast *node = node_new(p, AST_FILTER, list->at);
    bool outer = p->range_end;
    p->range_end = false;
    struct filter_around filter = {.list = list, .local_count = p->local_count, .outer = p->filter};
    p->filter = &filter;
    (void)parser_advance(p);
    node->a = list;
    node->b = parse_expression(p);
    p->filter = filter.outer;
    p->range_end = outer;
    uint32_t to = p->token.to;
    if (node->b == NULL || !parser_expect(p, TOKEN_BRACKET_END, "expected ']' after a filter"))
        return NULL;
    return node_end(p, node, to);
}

/* DMN 1.5: rules 18, 43 */
static struct ast *parse_path(struct parser *p, struct ast *from) {
    struct ast *node = node_new(p, AST_PATH, from->at);
    (void)parser_advance(p);
    if (lex_word(p->text, p->token.from) == p->token.from)
        return parser_fail(p, "expected a name after '.'");
    uint32_t to;
    node->a = from;
    node->name = parser_take_member(p, from, &to);
    return node_end(p, node, to);
}

/* A list, range, context or function without its parameters is no type of the lattice. What an item
 * definition names is, whatever it is made of. DMN 1.5: 10.3.2.9, table 61 */
static bool lacks_parameters(const struct feel_type *type) {
    if (type == NULL || type->name.len > 0)
        return false;
    for (int kind = FEEL_LIST; kind <= FEEL_FUNCTION; kind++)
        if (type == feel_type_of_kind((enum feel_kind)kind))
            return true;
    for (size_t i = 0; i < type->field_count; i++)
        if (lacks_parameters(type->fields[i].type))
            return true;
    return lacks_parameters(type->element);
}

/* DMN 1.5: rule 51 */
static struct ast *parse_instance(struct parser *p, struct ast *value) {
    struct ast *node = node_new(p, AST_INSTANCE, value->at);
    (void)parser_advance(p);
    if (!parser_at(p, TOKEN_NAME) ||
        !str_eq(str_sub(p->text, p->token.from, p->token.to - p->token.from), STR("of")))
        return parser_fail(p, "expected 'of' after 'instance'");
    (void)parser_advance(p);
    node->a = value;
    node->type = parser_take_type(p);
    if (lacks_parameters(node->type)) {
        node->kind = AST_BAD;
        node->name = STR("a type without its parameters, such as list for list<number>");
    }
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
    case TOKEN_BETWEEN:
    case TOKEN_IN:
    case TOKEN_INSTANCE:
    case TOKEN_STAR:
    case TOKEN_SLASH:
    case TOKEN_POWER:
    case TOKEN_PLUS:
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_DOTS:
    case TOKEN_DOT: return true;
    default: return false;
    }
}

static struct ast *parse_postfix(struct parser *p, struct ast *node) {
    while (node != NULL) {
        if (parser_at(p, TOKEN_DOT))
            node = parse_path(p, node);
        else if (parser_at(p, TOKEN_BRACKET) && !bracket_closes(p))
            node = parse_filter(p, node);
        else if (parser_at(p, TOKEN_PAREN))
            node = parse_call(p, node);
        else if (parser_at(p, TOKEN_INSTANCE))
            node = parse_instance(p, node);
        else
            break;
    }
    return node;
}

/* The minus of a number belongs to it. DMN 1.5: rule 24 */
static struct ast *parse_negative(struct parser *p) {
    uint32_t from = p->token.from;
    (void)parser_advance(p);
    if (parser_at(p, TOKEN_NUMBER))
        return parse_postfix(p, parse_number(p, true, from));
    struct ast *node = node_new(p, AST_NEGATE, from);
    if (++p->nesting > FEEL_NESTING_MAX)
        return parser_fail(p, "an expression is nested too deeply");
    node->a = parser_at(p, TOKEN_MINUS) ? parse_negative(p) : parse_postfix(p, parse_operand(p));
    p->nesting--;
    return node->a == NULL ? NULL : node_end(p, node, node->a->at + node->a->len);
}

/* --- operators
 * --------------------------------------------------------------------------------------- */
/* DMN 1.5: rule 13 */
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

static struct ast *parse_rest(struct parser *p, struct ast *left, int strength);

/* What was read as the only test in parentheses may be the beginning of one: x in (list)[1]. */
static struct ast *parse_test_rest(struct parser *p, struct ast *inner, uint32_t from,
                                   uint32_t to) {
    inner->at = from;
    inner->len = to - from;
    return parse_rest(p, parse_postfix(p, inner), BIND_ADD);
}

/* e in test, e in (test, test). A ( may also open a range or an expression. DMN 1.5: rule 49 */
static struct ast *parse_in(struct parser *p, struct ast *value) {
    struct chain chain = {0};
    uint32_t from = p->token.from, to;
    struct ast *node = node_new(p, AST_IN, value->at);
    if (!parser_at(p, TOKEN_PAREN)) {
        chain_add(&chain, parse_binary(p, BIND_ADD));
        to = p->token.from;
    } else {
        (void)parser_advance(p);
        do {
            struct ast *test = parse_test(p);
            if (test == NULL)
                return NULL;
            if (parser_at(p, TOKEN_DOTS)) {
                test = parse_range_end(p, test, from, false);
                chain_add(&chain, test);
                to = p->token.from;
                goto made;
            }
            chain_add(&chain, test);
        } while (parser_accept(p, TOKEN_COMMA));
        to = p->token.to;
        if (!parser_expect(p, TOKEN_PAREN_END, "expected ')' or ',' after a test"))
            return NULL;
        if (chain.first->next == NULL) {
            struct ast *only = parse_test_rest(p, chain.first, from, to);
            chain = (struct chain){0};
            chain_add(&chain, only);
            to = p->token.from;
        }
    }
made:
    node->a = value;
    node->b = tests_of(p, chain, from, to, 0);
    return p->err->code == ERR_NONE ? node_end(p, node, to) : NULL;
}

/* DMN 1.5: rule 49 */
static struct ast *parse_between(struct parser *p, struct ast *value) {
    struct ast *node = node_new(p, AST_BETWEEN, value->at);
    node->a = value;
    node->b = parse_binary(p, BIND_ADD);
    if (node->b == NULL || !parser_expect(p, TOKEN_AND, "expected 'and' after 'between'"))
        return NULL;
    node->c = parse_binary(p, BIND_ADD);
    return node->c == NULL ? NULL : node_end(p, node, node->c->at + node->c->len);
}

/* DMN 1.5: rules 2, 4 */
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

/* DMN 1.5: rules 19-23, 47, 48 */
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

/* The operators behind left that bind at least as strongly as strength; all group to the left. */
static struct ast *parse_rest(struct parser *p, struct ast *left, int strength) {
    while (left != NULL) {
        enum token_kind kind = p->token.kind;
        int found = strength_of(kind);
        if (found == 0 || found < strength)
            break;
        if (!parser_advance(p))
            return NULL;
        left = parse_operator(p, left, kind, found);
    }
    return left;
}

static struct ast *parse_binary(struct parser *p, int strength) {
    if (++p->nesting > FEEL_NESTING_MAX)
        return parser_fail(p, "an expression is nested too deeply");
    struct ast *left =
        parser_at(p, TOKEN_MINUS) ? parse_negative(p) : parse_postfix(p, parse_operand(p));
    left = parse_rest(p, left, strength);
    p->nesting--;
    return left;
}

static struct ast *parse_expression(struct parser *p) {
    return parse_binary(p, BIND_OR);
}

/* --- whole texts
 * -------------------------------------------------------------------------------------- */
/* DMN 1.5: rule 14 */
static struct ast *parse_test_list(struct parser *p) {
    struct chain chain = {0};
    uint32_t from = p->token.from;
    do {
        struct ast *test = parse_test(p);
        if (test == NULL)
            return NULL;
        chain_add(&chain, test);
    } while (parser_accept(p, TOKEN_COMMA));
    return tests_of(p, chain, from, p->token.from, 0);
}

/* not( ... ) around everything */
static bool at_not_tests(const struct parser *p) {
    if (!parser_at(p, TOKEN_NOT))
        return false;
    uint32_t next = lex_skip(p->text, p->token.to);
    return next < p->text.len && p->text.at[next] == '(';
}

/* -, not(tests), tests. DMN 1.5: rule 15 */
static struct ast *parse_unary_tests(struct parser *p) {
    uint32_t from = p->token.from;
    if (parser_at(p, TOKEN_MINUS)) {
        uint32_t next = lex_skip(p->text, p->token.to);
        if (next >= p->text.len) {
            struct ast *any = node_new(p, AST_ANY, from);
            (void)parser_advance(p);
            return node_end(p, any, p->token.from);
        }
    }
    if (!at_not_tests(p))
        return parse_test_list(p);
    struct parser before = *p;
    (void)parser_advance(p);
    (void)parser_advance(p);
    struct ast *tests = parse_test_list(p);
    if (tests != NULL && parser_accept(p, TOKEN_PAREN_END) && parser_at(p, TOKEN_END)) {
        tests->op = 1;
        tests->at = from;
        tests->len = p->token.from - from;
        return tests;
    }
    if (tests == NULL)
        return NULL;
    /* not(...) was only the beginning: not(?) and ... What is known since stays: its names are out
     * of scope again. */
    before.known = p->known;
    before.knows_scope = p->knows_scope;
    before.knows_members = p->knows_members;
    before.locals = p->locals;
    before.local_room = p->local_room;
    *p = before;
    return parse_test_list(p);
}

static void parser_init(struct parser *p, struct arena *a, struct str text,
                        const struct ast_scope *scope, struct err_at at_, struct err *err) {
    struct ast_source *source = arena_new(a, struct ast_source, 1);
    source->text = text;
    source->at = at_;
    *p = (struct parser){.arena = a,
                         .err = err,
                         .text = text,
                         .source = source,
                         .scope = scope,
                         .options = scope->options};
    for (const struct ast_scope *s = scope; s != NULL; s = s->outer)
        p->boxed_filters += s->in_filter;
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
    if (parser_advance(p))
        tree = form == FEEL_UNARY_TESTS ? parse_unary_tests(p) : parse_expression(p);
    if (tree != NULL && !parser_at(p, TOKEN_END))
        tree = parser_fail(p, "expected an operator or the end");
    *out = err->code == ERR_NONE ? tree : NULL; /* what stands behind a tree may be no token */
    return *out != NULL;
}

bool ast_parse_type(const struct feel_type **out, struct arena *a, struct str text,
                    const struct feel_options *options, struct err *err) {
    struct parser parser, *p = &parser;
    struct ast_scope scope = {.options = options};
    parser_init(p, a, text, &scope, options->at, err);
    *out = NULL;
    if (!utf8_valid(text))
        return err_set(err, ERR_SYNTAX, options->at, "a type is not valid UTF-8");
    if (!parser_advance(p))
        return false;
    const struct feel_type *type = parser_take_type(p);
    if (type != NULL && !parser_at(p, TOKEN_END))
        (void)parser_fail(p, "expected the end of a type");
    *out = err->code == ERR_NONE ? type : NULL;
    return *out != NULL;
}
