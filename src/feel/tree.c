/* What the compiler asks of a tree before it walks it. Recursion is bounded by AST_DEPTH_MAX. */
#include "feel/tree.h"

static bool uses_subject(const struct ast *node, int depth) {
    if (node == NULL || depth == 0)
        return false;
    if (node->kind == AST_NAME)
        return str_eq(node->name, STR("?"));
    if (uses_subject(node->a, depth - 1) || uses_subject(node->b, depth - 1) ||
        uses_subject(node->c, depth - 1))
        return true;
    for (const struct ast *item = node->list; item != NULL; item = item->next)
        if (uses_subject(item, depth - 1))
            return true;
    return false;
}

enum test_kind tree_test_kind(const struct ast *test) {
    const struct ast *first = test;
    if (uses_subject(test, AST_DEPTH_MAX))
        return TEST_OF_SUBJECT;
    while (first->kind == AST_PATH)
        first = first->a;
    return first->kind == AST_NAME ? TEST_VARIABLE : TEST_EXPRESSION;
}

uint32_t tree_count(const struct ast *list) {
    uint32_t count = 0;
    for (; list != NULL; list = list->next)
        count++;
    return count;
}

const struct ast *tree_plain(const struct ast *node) {
    while (node->kind == AST_TYPED && node->a != NULL)
        node = node->a;
    return node;
}

bool tree_is_condition(const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_COMPARE:
    case AST_AND:
    case AST_OR:
    case AST_BETWEEN:
    case AST_IN:
    case AST_INSTANCE:
    case AST_SOME:
    case AST_EVERY: return true;
    default: return false;
    }
}
