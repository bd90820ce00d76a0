/* main/models.h - how commands load decision models: what a file imports is looked for beside it.
 */
#ifndef MANDATE_MAIN_MODELS_H
#define MANDATE_MAIN_MODELS_H

#include "dmn/dmn.h"
#include "main/options.h"

struct models_beside {
    const char *path; /* of the model */
    struct arena *arena;
};

/* A dmn_import_fn; self is a struct models_beside. ERR_NOT_FOUND when no .dmn file of the folder
 * has the namespace; errors of os_folder_list(). Files that cannot be
 * read are passed over. */
MUST_USE bool models_import(struct str *xml, const char **file, void *self, struct str ns,
                            struct str location, struct err *err);

/* Where a model was refused for a name that it does not declare, what may help; otherwise empty. */
const char *models_hint(const struct err *err, bool free_names);
#define FREE_NAMES_OPTION(out)                                                                     \
    {                                                                                              \
        "free-names", OPTION_FLAG, (out), NULL,                                                    \
            "a name that the model does not declare is an input, as in /v2"                        \
    }

#endif
