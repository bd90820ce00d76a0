/* Which conditions the soundness check understands: x = "a", x in ("a", "b"), x < 5, x.y = 1, a
 * boolean x, and these with and, or, not(), over at most two variables or members in all conditions
 * of one element. Elements with any other condition choose freely. */
#include "bpmn/sound_known.h"
#include "feel/code.h"

enum {
    LITERAL_BYTES_MAX = 15, /* of a number: between two of them there is another one */
    WALK_MAX = 32,          /* and, or, not in each other */
};

struct form {
    struct knower *r;
    struct known_choice *choice;
    uint32_t term; /* of the comparison that is looked at */
};

bool known_compute(struct feel_value *out, struct knower *r, struct str text, struct feel_value a,
                   struct feel_value b) {
    struct feel_entry entries[] = {{STR("a"), a}, {STR("b"), b}};
    struct feel_env env = {0};
    *out = feel_null();
    r->failed = r->failed || !feel_once(out, text, feel_context_of(r->arena, entries, 2), env,
                                        r->arena, r->budget, r->err);
    return !r->failed;
}

uint32_t known_term_of(const struct known *k, struct str root, struct str member) {
    for (uint32_t i = 0; i < k->term_count; i++)
        if (str_eq(k->terms[i].root, root) && str_eq(k->terms[i].member, member))
            return i;
    return BPMN_NONE;
}

/* Of two terms neither may be a part of the other. */
static bool use_term(struct form *f, struct str root, struct str member) {
    struct known *k = f->r->k;
    uint32_t index = known_term_of(k, root, member);
    if (index == BPMN_NONE) {
        if (k->term_count == ORACLE_TERMS_MAX)
            return false;
        index = k->term_count++;
        k->terms[index] = (struct known_term){
            .root = root,
            .member = member,
            .name = member.len == 0
                        ? root
                        : arena_printf(f->r->arena, "%.*s.%.*s", STR_ARG(root), STR_ARG(member))};
    }
    f->term = index;
    for (uint32_t i = 0; i < f->choice->term_count; i++) {
        const struct known_term *other = &k->terms[f->choice->terms[i]];
        if (f->choice->terms[i] == index)
            return true;
        if (str_eq(other->root, root) && (other->member.len == 0 || member.len == 0))
            return false;
    }
    if (f->choice->term_count == COUNT_OF(f->choice->terms))
        return false;
    f->choice->terms[f->choice->term_count++] = (uint8_t)index;
    return true;
}

static bool is_term(struct form *f, const struct ast *tree) {
    if (tree != NULL && tree->kind == AST_NAME)
        return use_term(f, tree->name, STR_NONE);
    return tree != NULL && tree->kind == AST_PATH && tree->a != NULL && tree->a->kind == AST_NAME &&
           use_term(f, tree->a->name, tree->name);
}

static bool add_literal(struct form *f, const struct ast *tree, bool number) {
    struct known_term *term = &f->r->k->terms[f->term];
    bool negative = tree != NULL && tree->kind == AST_NEGATE;
    const struct ast *literal = negative ? tree->a : tree;
    if (literal == NULL || literal->kind != AST_CONST)
        return false;
    struct feel_value value = literal->value;
    enum feel_kind kind = feel_kind(value);
    if (kind == FEEL_NUMBER ? literal->len > LITERAL_BYTES_MAX : number || negative)
        return false;
    if (kind != FEEL_NUMBER && kind != FEEL_STRING && kind != FEEL_BOOLEAN && kind != FEEL_NULL)
        return false;
    if (negative && !known_compute(&value, f->r, STR("-a"), value, feel_null()))
        return false;
    for (uint32_t i = 0; i < term->literal_count; i++)
        if (feel_is_true(feel_equal(term->literals[i], value)))
            return true;
    if (term->literal_count == KNOWN_LITERALS_MAX)
        return false;
    term->literals[term->literal_count++] = value;
    return true;
}

static bool is_compared(struct form *f, const struct ast *literal, uint8_t op) {
    return add_literal(f, literal, op != AST_EQ && op != AST_NE);
}

/* One of the tests behind `in`. */
static bool is_test(struct form *f, const struct ast *test) {
    switch ((enum ast_kind)test->kind) {
    case AST_CONST:
    case AST_NEGATE: return add_literal(f, test, false);
    case AST_UNARY: return is_compared(f, test->a, test->op);
    case AST_RANGE: return add_literal(f, test->a, true) && add_literal(f, test->b, true);
    default: return false;
    }
}

static bool is_operand(const struct ast *tree) {
    return tree != NULL && (tree->kind == AST_NAME || tree->kind == AST_PATH);
}

static bool fits(struct form *f, const struct ast *tree, int depth) {
    if (tree == NULL || depth > WALK_MAX)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_PATH:
    case AST_NAME: return is_term(f, tree);
    case AST_AND:
    case AST_OR: return fits(f, tree->a, depth + 1) && fits(f, tree->b, depth + 1);
    case AST_COMPARE:
        return is_operand(tree->a) ? is_term(f, tree->a) && is_compared(f, tree->b, tree->op)
                                   : is_term(f, tree->b) && is_compared(f, tree->a, tree->op);
    case AST_BETWEEN:
        return is_term(f, tree->a) && add_literal(f, tree->b, true) &&
               add_literal(f, tree->c, true);
    case AST_CALL: /* not() is no name that data could bring */
        return tree->a != NULL && tree->a->kind == AST_NAME && str_eq(tree->a->name, STR("not")) &&
               tree->list != NULL && tree->list->next == NULL && fits(f, tree->list, depth + 1);
    case AST_IN:
        if (tree->b == NULL || tree->b->kind != AST_TESTS || tree->b->op != 0 ||
            !is_term(f, tree->a))
            return false;
        for (const struct ast *test = tree->b->list; test != NULL; test = test->next)
            if (!is_test(f, test))
                return false;
        return true;
    default: return false;
    }
}

/* Nothing but the variables of the terms. */
static bool reads_them_alone(const struct form *f, const struct feel_program *program) {
    for (size_t i = 0; i < feel_input_count(program); i++) {
        bool is_one = !feel_input_used(program, i);
        for (uint32_t k = 0; k < f->choice->term_count && !is_one; k++)
            is_one = str_eq(feel_input_name(program, i), f->r->k->terms[f->choice->terms[k]].root);
        if (!is_one)
            return false;
    }
    return true;
}

/* Do all conditions behind the node have the form? */
static bool read_choice(struct form *f, const struct bpmn_node *node) {
    struct known_choice *choice = f->choice;
    choice->rest = node->default_flow != BPMN_NONE;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &f->r->p->flows[node->out[i]];
        const struct feel_program *program = flow->condition.program;
        bool conditional = flow->condition.text.at != NULL;
        if (flow->is_default || !conditional) {
            if (conditional || (!flow->is_default && node->kind == BPMN_EXCLUSIVE))
                return false;
            choice->rest = true;
            continue;
        }
        if (program == NULL || choice->test_count == KNOWN_TESTS_MAX || !fits(f, program->tree, 0))
            return false;
        choice->tests[choice->test_count++] = program;
    }
    for (uint32_t i = 0; i < choice->test_count; i++)
        if (!reads_them_alone(f, choice->tests[i]))
            return false;
    return choice->term_count > 0;
}

void known_read(struct knower *r) {
    for (uint32_t i = 1; i < r->p->node_count && !r->failed; i++) {
        const struct bpmn_node *node = &r->p->nodes[i];
        struct known_choice choice = {0};
        struct form form = {.r = r, .choice = &choice};
        if (node->kind == BPMN_COMPLEX || node->kind == BPMN_EVENT_BASED ||
            !read_choice(&form, node))
            continue;
        r->k->choices[i] = choice;
        for (uint32_t t = 0; t < choice.term_count; t++)
            r->k->terms[choice.terms[t]].reader_count++;
    }
}
