/* main/imports.h - the models that a DMN file imports, looked for beside it. */
#ifndef MANDATE_MAIN_IMPORTS_H
#define MANDATE_MAIN_IMPORTS_H

#include "dmn/dmn.h"

struct imports_beside {
    const char *path; /* of the model */
    struct arena *arena;
};

/* A dmn_import_fn; self is a struct imports_beside. ERR_NOT_FOUND when no .dmn file of the folder
 * has the namespace; errors of os_folder_list(). Files that cannot be
 * read are passed over. */
MUST_USE bool imports_find(struct str *xml, const char **file, void *self, struct str ns,
                           struct str location, struct err *err);

#endif
