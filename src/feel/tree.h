/* feel/tree.h - questions about trees, for the compiler. */
#ifndef MANDATE_FEEL_TREE_H
#define MANDATE_FEEL_TREE_H

#include "feel/code.h"

/* DMN 1.5: table 55 */
enum test_kind tree_test_kind(const struct ast *test);
uint32_t tree_count(const struct ast *list);
/* Without the types around it. */
const struct ast *tree_plain(const struct ast *node);
/* Gives a boolean or null for sure, so never a position. */
bool tree_is_condition(const struct ast *node);

#endif
