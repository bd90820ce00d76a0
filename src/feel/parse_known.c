/* Which of the known names a text means. FEEL's names may hold blanks, symbols and words of the
 * grammar ("date and time", "bed+breakfast"), so a name is joined from words against the names in
 * scope, longest first; one that is not known is one word. DMN 1.5: rule 25, 10.3.1.6
 *
 * Members are another matter: what stands before the dot often gets its shape only when it runs.
 * 1. Where the text or a type tells the shape, its fields decide, longest first.
 * 2. Elsewhere plain words join: two words in a row mean nothing else in FEEL.
 * 3. A symbol or a word of the grammar belongs to the name if some member that is known anywhere
 *    goes on so, and it is written without blanks (net-tax) or the shorter reading has no sense: it
 *    would begin with an unknown member or end in a name that is not in scope. */
#include "feel/builtin.h"
#include "feel/parser.h"

enum {
    TYPE_WALK_DEPTH = 6,
    SHAPE_DEPTH = 16,
    LOCALS_SEEN_MAX = 256, /* the last ones, where each name may ask for all */
    NAMES_A_STEP = 16
};

/* --- what is known -----------------------------------------------------------------------------
 */
static uint32_t know(struct parser *p, struct str name, bool variable) {
    uint32_t node = 0;
    if (p->known.arena == NULL)
        p->known.arena = p->arena;
    if (!known_add(&node, &p->known, name, variable))
        (void)parser_affords(p, SIZE_MAX / 2);
    return node;
}

static bool is_long(struct str name) {
    return lex_word(name, 0) < name.len;
}

void parser_know(struct parser *p, struct local local) {
    if (p->local_count == p->local_room) {
        size_t room = p->local_room == 0 ? 4 : p->local_room * 2;
        if (!parser_affords(p, room * sizeof(struct local)))
            return;
        struct local *grown = arena_new(p->arena, struct local, room);
        if (p->local_count > 0)
            memcpy(grown, p->locals, p->local_count * sizeof *grown);
        p->locals = grown;
        p->local_room = room;
    }
    if (is_long(local.name)) {
        uint32_t node = know(p, local.name, false);
        local.hidden = known_variable(&p->known, node);
        local.node = know(p, local.name, true);
    }
    p->locals[p->local_count++] = local;
}

void parser_know_member(struct parser *p, struct str name) {
    (void)know(p, name, false);
}

void parser_forget(struct parser *p, size_t mark) {
    while (p->local_count > mark) {
        const struct local *local = &p->locals[--p->local_count];
        known_drop(&p->known, local->node, local->hidden);
    }
}

static void know_scope(struct parser *p) {
    if (p->knows_scope)
        return;
    p->knows_scope = true;
    for (size_t i = 0; p->options->known_names == NULL && i < p->options->name_count; i++)
        if (is_long(p->options->names[i].name))
            (void)know(p, p->options->names[i].name, true);
    for (const struct ast_scope *s = p->scope; s != NULL; s = s->outer)
        for (size_t i = 0; i < s->name_count; i++)
            if (is_long(s->names[i]))
                (void)know(p, s->names[i], true);
}

static void know_fields(struct parser *p, const struct feel_type *type, int depth) {
    if (type == NULL || depth == 0)
        return;
    if (type->tag == FEEL_TYPE_LIST || type->tag == FEEL_TYPE_FUNCTION)
        know_fields(p, type->element, depth - 1);
    if (type->tag != FEEL_TYPE_CONTEXT)
        return;
    for (size_t i = 0; i < type->field_count; i++) {
        (void)know(p, type->fields[i].name, false);
        know_fields(p, type->fields[i].type, depth - 1);
    }
}

static void know_members(struct parser *p) {
    const struct feel_options *options = p->options;
    know_scope(p);
    if (p->knows_members)
        return;
    p->knows_members = true;
    for (size_t i = 0; i < options->member_count; i++)
        (void)know(p, options->members[i], false);
    struct str key;
    uint32_t at = 0;
    while (p->err->code == ERR_NONE && ast_key_next(&key, &at, p->text))
        if (parser_affords(p, key.len + 1))
            (void)know(p, ast_name_normal(p->arena, key), false);
    /* who made them ready knows the types too */
    for (size_t i = 0; options->known == NULL && i < options->name_count; i++)
        know_fields(p, options->names[i].type, TYPE_WALK_DEPTH);
}

/* The longest variable that the text says at from. */
static uint32_t match_variable(const struct parser *p, struct str *name, uint32_t from) {
    struct str other;
    uint32_t to = known_match(name, &p->known, p->text, from, false);
    uint32_t ready = p->options->known_names == NULL
                         ? 0
                         : known_match(&other, p->options->known_names, p->text, from, false);
    if (ready > to)
        *name = other;
    return MAX_OF(to, ready);
}

/* The longest member of any shape. */
static uint32_t match_member(const struct parser *p, struct str *name) {
    struct str other;
    uint32_t to = known_match(name, &p->known, p->text, p->token.from, true);
    uint32_t ready = p->options->known == NULL
                         ? 0
                         : known_match(&other, p->options->known, p->text, p->token.from, true);
    if (ready > to)
        *name = other;
    return MAX_OF(to, ready);
}

static bool is_member(const struct parser *p, uint32_t from, uint32_t to) {
    return known_has(&p->known, p->text, from, to) ||
           (p->options->known != NULL && known_has(p->options->known, p->text, from, to));
}

static bool in_names(const struct ast_scope *scope, struct str name) {
    for (const struct ast_scope *s = scope; s != NULL; s = s->outer)
        for (size_t i = 0; i < s->name_count; i++)
            if (str_eq(s->names[i], name))
                return true;
    return false;
}

/* Is the word a variable that may stand alone? Many names are paid for. */
static bool is_variable(const struct parser *p, struct str word) {
    struct cost cost = {p->options->name_count / NAMES_A_STEP, 0};
    if (p->options->budget != NULL && !budget_spend(p->options->budget, cost, p->err))
        return false;
    size_t unseen = p->local_count - MIN_OF(p->local_count, (size_t)LOCALS_SEEN_MAX);
    for (size_t i = p->local_count; i-- > unseen;)
        if (str_eq(p->locals[i].name, word))
            return true;
    for (size_t i = 0; i < p->options->name_count; i++)
        if (str_eq(p->options->names[i].name, word))
            return true;
    return in_names(p->scope, word);
}

/* --- shapes --------------------------------------------------------------------------------------
 */
/* Of a context, or of the items of a list: a type with fields, or a context of the text. */
struct shape {
    const struct feel_type *type;
    const struct ast *context;
};

/* What a node sees: the locals up to count and the filters around, or, inside what is read already,
 * no name at all. */
struct view {
    size_t local_count;
    bool blind;
    struct filter_around *filter;
};

static struct shape shape_of(const struct parser *p, const struct ast *node, struct view view,
                             int depth);

static bool has_shape(struct shape shape) {
    return shape.type != NULL || shape.context != NULL;
}

static struct shape shape_of_type(const struct feel_type *type) {
    while (type != NULL && type->tag == FEEL_TYPE_LIST)
        type = type->element;
    bool told = type != NULL && type->tag == FEEL_TYPE_CONTEXT && type->field_count > 0;
    return (struct shape){told ? type : NULL, NULL};
}

static const struct ast *entries_of(struct shape shape) {
    return shape.context == NULL ? NULL : shape.context->list;
}

/* Looking through the fields of a shape costs a step each. False: the budget is spent. */
static bool look_through(const struct parser *p, struct shape shape) {
    uint64_t count = shape.type == NULL ? 0 : shape.type->field_count;
    for (const struct ast *entry = entries_of(shape); entry != NULL; entry = entry->next)
        count++;
    return p->err->code == ERR_NONE &&
           (p->options->budget == NULL ||
            budget_spend(p->options->budget, (struct cost){count, 0}, p->err));
}

/* The longest field that the text says at from. */
static uint32_t match_field(const struct parser *p, struct str *name, struct shape shape,
                            uint32_t from) {
    struct str text = p->text;
    uint32_t end = 0;
    if (!look_through(p, shape))
        return 0;
    for (size_t i = 0; shape.type != NULL && i < shape.type->field_count; i++) {
        uint32_t to = lex_match(text, from, shape.type->fields[i].name);
        if (to > end) {
            end = to;
            *name = shape.type->fields[i].name;
        }
    }
    for (const struct ast *entry = entries_of(shape); entry != NULL; entry = entry->next) {
        uint32_t to = lex_match(text, from, entry->name);
        if (to > end) {
            end = to;
            *name = entry->name;
        }
    }
    return end;
}

/* *found: the shape has a field of that name, of whatever shape. */
static struct shape field_shape(const struct parser *p, bool *found, struct shape shape,
                                struct str name, int depth) {
    *found = true;
    if (!look_through(p, shape))
        return (struct shape){NULL, NULL};
    for (size_t i = 0; shape.type != NULL && i < shape.type->field_count; i++)
        if (str_eq(shape.type->fields[i].name, name))
            return shape_of_type(shape.type->fields[i].type);
    for (const struct ast *entry = entries_of(shape); entry != NULL; entry = entry->next)
        if (str_eq(entry->name, name))
            return shape_of(p, entry->a, (struct view){.blind = true}, depth);
    *found = false;
    return (struct shape){NULL, NULL};
}

/* Of the items of a filter's list; looked for once, since filters may stand in each other. */
static struct shape shape_of_items(const struct parser *p, struct filter_around *f) {
    if (!f->looked) {
        const struct view view = {.local_count = f->local_count, .filter = f->outer};
        f->looked = true;
        struct shape shape = shape_of(p, f->list, view, SHAPE_DEPTH);
        f->type = shape.type;
        f->context = shape.context;
    }
    return (struct shape){f->type, f->context};
}

/* From the outermost inwards, so that none has to look for those around it. */
static struct view view_here(const struct parser *p) {
    struct filter_around *first;
    do {
        first = NULL;
        for (struct filter_around *f = p->filter; f != NULL; f = f->outer)
            first = f->looked ? first : f;
        if (first != NULL)
            (void)shape_of_items(p, first);
    } while (first != NULL);
    return (struct view){.local_count = p->local_count, .filter = p->filter};
}

/* What the value of a local saw: those before it, and the filters that were around then. */
static struct view view_of_local(struct view view, size_t local) {
    while (view.filter != NULL && view.filter->local_count > local)
        view.filter = view.filter->outer;
    return (struct view){.local_count = local, .filter = view.filter};
}

/* Of the last local before *count and from `from` on that has the name; *count is from then. */
static bool local_shape(struct shape *out, const struct parser *p, struct str name,
                        struct view view, size_t *count, size_t from, int depth) {
    for (size_t i = *count; i-- > from;)
        if (str_eq(p->locals[i].name, name)) {
            *out = p->locals[i].value == NULL
                       ? shape_of_type(p->locals[i].type)
                       : shape_of(p, p->locals[i].value, view_of_local(view, i), depth);
            return true;
        }
    *count = MIN_OF(*count, from);
    return false;
}

/* From the inside out: locals, the items of the filter around them, the locals around that. Where
 * nothing is known of the items, any name may be a member of them. */
static struct shape shape_of_name(const struct parser *p, struct str name, struct view view,
                                  int depth) {
    static const struct shape unknown;
    struct shape out;
    bool found;
    size_t count = MIN_OF(view.local_count, p->local_count);
    size_t unseen = count - MIN_OF(count, (size_t)LOCALS_SEEN_MAX);
    if (view.blind)
        return unknown;
    for (struct filter_around *f = view.filter; f != NULL; f = f->outer) {
        if (local_shape(&out, p, name, view, &count, MAX_OF(f->local_count, unseen), depth))
            return out;
        struct shape item = shape_of_items(p, f);
        out = field_shape(p, &found, item, name, depth);
        if (found || !has_shape(item))
            return out;
        if (str_eq(name, STR("item")))
            return item;
    }
    if (local_shape(&out, p, name, view, &count, unseen, depth))
        return out;
    if (unseen > 0 || in_names(p->scope, name))
        return unknown;
    for (size_t i = 0; i < p->options->name_count; i++)
        if (str_eq(p->options->names[i].name, name))
            return shape_of_type(p->options->names[i].type);
    return unknown;
}

/* What a call gives: told by the function's type, or by its literal. */
static struct shape shape_of_call(const struct parser *p, const struct ast *function,
                                  struct view view, int depth) {
    for (size_t i = 0; function->kind == AST_NAME && i < p->options->name_count; i++) {
        const struct feel_type *type = p->options->names[i].type;
        if (!str_eq(p->options->names[i].name, function->name) || type == NULL)
            continue;
        bool hidden =
            view.blind || p->local_count > LOCALS_SEEN_MAX || in_names(p->scope, function->name);
        for (size_t k = 0; k < p->local_count && !hidden; k++)
            hidden = hidden || str_eq(p->locals[k].name, function->name);
        return hidden ? (struct shape){NULL, NULL}
                      : shape_of_type(type->tag == FEEL_TYPE_FUNCTION ? type->element : type);
    }
    if (function->kind == AST_FUNCTION && function->type == NULL)
        return shape_of(p, function->a, (struct view){.blind = true}, depth);
    return shape_of_type(function->kind == AST_FUNCTION ? function->type : NULL);
}

/* Do both tell the same of their fields? Literal contexts with the same keys do. */
static bool is_alike(const struct ast *a, const struct ast *b) {
    if (a->kind == AST_CONTEXT && b->kind == AST_CONTEXT) {
        const struct ast *x = a->list, *y = b->list;
        for (; x != NULL && y != NULL; x = x->next, y = y->next)
            if (!str_eq(x->name, y->name) || !is_alike(x->a, y->a))
                return false;
        return x == NULL && y == NULL;
    }
    return a->kind == AST_CONST && b->kind == AST_CONST;
}

/* Of its items, when they are alike. */
static struct shape shape_of_list(const struct parser *p, const struct ast *first, struct view view,
                                  int depth) {
    for (const struct ast *item = first; item != NULL && item->next != NULL; item = item->next)
        if (!is_alike(item, item->next))
            return (struct shape){NULL, NULL};
    return shape_of(p, first, view, depth);
}

static struct shape shape_of(const struct parser *p, const struct ast *node, struct view view,
                             int depth) {
    static const struct shape unknown;
    bool found;
    if (node == NULL || depth == 0)
        return unknown;
    switch (node->kind) {
    case AST_NAME: return shape_of_name(p, node->name, view, depth - 1);
    case AST_PATH:
        return field_shape(p, &found, shape_of(p, node->a, view, depth - 1), node->name, depth - 1);
    case AST_FILTER: return shape_of(p, node->a, view, depth - 1);
    case AST_LIST: return shape_of_list(p, node->list, view, depth - 1);
    case AST_CONTEXT: return (struct shape){NULL, node};
    case AST_CALL: return shape_of_call(p, node->a, view, depth - 1);
    default: return unknown;
    }
}

/* --- taking a name -----------------------------------------------------------------------------
 */
/* Can what stands behind a word belong to its name? */
static bool may_go_on(struct str text, uint32_t end) {
    uint32_t next = lex_skip(text, end);
    return next < text.len && (lex_is_symbol(text.at[next]) || lex_is_name_part(text, next));
}

/* Behind a value these words of the grammar may follow; any other word cannot. */
static bool goes_on_behind_value(enum token_kind kind) {
    switch (kind) {
    case TOKEN_AND:
    case TOKEN_BETWEEN:
    case TOKEN_ELSE:
    case TOKEN_IN:
    case TOKEN_INSTANCE:
    case TOKEN_OR:
    case TOKEN_RETURN:
    case TOKEN_SATISFIES:
    case TOKEN_THEN: return true;
    default: return false;
    }
}

/* Behind the words and digits that can only belong to the name. */
static uint32_t join_end(struct str text, uint32_t end) {
    for (;;) {
        uint32_t from = lex_skip(text, end), to = lex_part(text, from);
        struct token token;
        const char *what;
        if (to == from || from == end ||
            (lex_next(&token, text, from, &what) && goes_on_behind_value(token.kind)))
            return end;
        end = to;
    }
}

/* Can an operand begin at from? A word only when it is in scope, or may be a member of a filter's
 * item. */
static bool begins_operand(const struct parser *p, uint32_t from) {
    struct token token;
    const char *what;
    struct str name;
    if (!lex_next(&token, p->text, from, &what))
        return false;
    switch (token.kind) {
    case TOKEN_NAME:
        name = str_sub(p->text, token.from, token.to - token.from);
        return is_variable(p, name) || match_variable(p, &name, token.from) > 0 ||
               ((p->filter != NULL || p->boxed_filters > 0) &&
                is_member(p, token.from, token.to)) ||
               (builtin_find(name) >= 0 && str_starts(str_sub(p->text, token.to, 1), STR("("))) ||
               builtin_match(p->text, token.from, token.to, &name, token.to) > 0;
    case TOKEN_END:
    case TOKEN_COMMA:
    case TOKEN_PAREN_END:
    case TOKEN_BRACKET_END:
    case TOKEN_BRACE_END: return false;
    default: return true;
    }
}

/* Does the text have a sense when the name ends before the symbol or word of the grammar at end? */
static bool ends_well(const struct parser *p, uint32_t end) {
    uint32_t at = lex_skip(p->text, end);
    bool dot = p->text.at[at] == '.';
    if (p->text.at[at] == '\'') /* no operator */
        return false;
    if (lex_word(p->text, at) > at)
        at = lex_word(p->text, at);
    else
        while (at < p->text.len && lex_is_symbol(p->text.at[at]))
            at = lex_skip(p->text, at + 1);
    at = lex_skip(p->text, at);
    return dot ? is_member(p, at, lex_word(p->text, at)) : begins_operand(p, at);
}

/* Is text[from..to) written without blanks? */
static bool is_tight(struct str text, uint32_t from, uint32_t to) {
    while (from < to && lex_skip(text, from) == from)
        from++;
    return from == to;
}

/* DMN 1.5: tables 65, 67 */
static bool is_property(struct str word) {
    static const struct str properties[] = {
        STR_INIT("year"),    STR_INIT("month"),   STR_INIT("day"),    STR_INIT("weekday"),
        STR_INIT("hour"),    STR_INIT("minute"),  STR_INIT("second"), STR_INIT("timezone"),
        STR_INIT("years"),   STR_INIT("months"),  STR_INIT("days"),   STR_INIT("hours"),
        STR_INIT("minutes"), STR_INIT("seconds"), STR_INIT("start"),  STR_INIT("end")};
    for (size_t i = 0; i < COUNT_OF(properties); i++)
        if (str_eq(word, properties[i]))
            return true;
    return false;
}

/* Rules 2 and 3 above. The name so far ends at end; sensible: it is known to be one. */
static uint32_t join_member(struct parser *p, struct str *name, uint32_t end, bool sensible) {
    struct str known;
    uint32_t from = p->token.from, joined = join_end(p->text, end);
    uint32_t to = match_member(p, &known);
    if (to > joined && join_end(p->text, to) == to) {
        bool member = is_member(p, from, joined);
        bool property = !member && is_property(str_sub(p->text, from, joined - from));
        bool tight = is_tight(p->text, from, to) && !property;
        sensible = sensible || member || property;
        joined = tight || !(sensible && ends_well(p, joined)) ? to : joined;
    }
    if (joined == to && joined > end)
        *name = known;
    else if (joined > end)
        *name = ast_name_normal(p->arena, str_sub(p->text, from, joined - from));
    return joined;
}

/* The end of a member of the shape before the dot. */
static uint32_t member_end(struct parser *p, struct str *name, const struct ast *of) {
    uint32_t end = p->token.to;
    struct str known;
    know_members(p);
    if (join_end(p->text, end) == end && match_member(p, &known) <= end)
        return end;
    struct shape shape = shape_of(p, of, view_here(p), SHAPE_DEPTH);
    uint32_t field = match_field(p, name, shape, p->token.from);
    return field > 0 ? field : join_member(p, name, end, false);
}

/* Inside a filter members stand without a dot. The name so far, of a variable or of a function,
 * ends at end. */
static uint32_t filter_end(struct parser *p, struct str *name, uint32_t end) {
    bool open = p->boxed_filters > 0;
    struct str known;
    know_members(p);
    if (join_end(p->text, end) == end && match_member(p, &known) <= end)
        return end;
    bool sensible = end > p->token.to || is_variable(p, *name);
    (void)view_here(p);
    for (struct filter_around *f = p->filter; f != NULL; f = f->outer) {
        struct shape shape = shape_of_items(p, f);
        uint32_t to = match_field(p, &known, shape, p->token.from);
        open = open || !has_shape(shape);
        sensible = sensible || to > 0;
        if (to > end) {
            end = to;
            *name = known;
        }
    }
    return open || !sensible ? join_member(p, name, end, sensible) : end;
}

/* "date and time" is a function; where date or time is a variable, it joins two values unless it is
 * called. */
static bool joins_variables(const struct parser *p, struct str name, uint32_t end) {
    size_t space = str_find_byte(name, ' ');
    struct str first = str_sub(name, 0, space), rest = str_sub(name, space + 1, name.len);
    uint32_t next = lex_skip(p->text, end);
    if (!str_starts(rest, STR("and ")) || (next < p->text.len && p->text.at[next] == '('))
        return false;
    struct str last = str_sub(rest, strlen("and "), rest.len);
    size_t more = str_find_byte(last, ' ');
    return p->options->shadow || p->filter != NULL || p->boxed_filters > 0 ||
           is_variable(p, first) ||
           is_variable(p, more == SIZE_MAX ? last : str_sub(last, 0, more));
}

struct str parser_take_name(struct parser *p, uint32_t *to) {
    uint32_t end = p->token.to;
    struct str name = str_sub(p->text, p->token.from, end - p->token.from), longer;
    if (may_go_on(p->text, end)) {
        know_scope(p);
        uint32_t found = match_variable(p, &longer, p->token.from);
        if (found > end) {
            end = found;
            name = longer;
        }
        found = builtin_match(p->text, p->token.from, p->token.to, &longer, end);
        if (found > end && !joins_variables(p, longer, found)) {
            end = found;
            name = longer;
        }
        if ((p->boxed_filters > 0 || p->filter != NULL) && parser_at(p, TOKEN_NAME))
            end = filter_end(p, &name, end);
    }
    *to = p->from = end;
    (void)parser_advance(p);
    return name;
}

struct str parser_take_member(struct parser *p, const struct ast *of, uint32_t *to) {
    uint32_t end = p->token.to;
    struct str name = str_sub(p->text, p->token.from, end - p->token.from);
    if (may_go_on(p->text, end))
        end = member_end(p, &name, of);
    *to = p->from = end;
    (void)parser_advance(p);
    return name;
}
