/* main/check_dmn.h - mandate check FILE.dmn: are the tables of the file complete, and free of
 * overlap? */
#ifndef MANDATE_MAIN_CHECK_DMN_H
#define MANDATE_MAIN_CHECK_DMN_H

#include "os/env.h"
#include "json/json.h"

struct check_dmn {
    struct arena *arena;
    const struct os_env *os;
    const char *path;
    bool free_names;     /* as struct dmn_options has it */
    struct json *answer; /* to be filled; NULL: printed as text */
    bool wrong;          /* out: refused, or a finding */
};
/* Imported models are found beside the file; their tables are not checked. False when it could not
 * be checked at all. */
MUST_USE bool check_dmn(struct check_dmn *c, struct err *err);

#endif
