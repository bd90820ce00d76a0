/* main/check_model.h - mandate check FILE.bpmn: is each process of the file sound? */
#ifndef MANDATE_MAIN_CHECK_MODEL_H
#define MANDATE_MAIN_CHECK_MODEL_H

#include "base/lang.h"
#include "os/env.h"
#include "json/json.h"

struct check_model {
    struct arena *arena;
    const struct os_env *os;
    const char *path,
        *svg; /* svg: the folder that takes drawings of counter-examples; NULL: none */
    int64_t states_max;
    enum lang lang;      /* of the drawings */
    struct json *answer; /* to be filled; NULL: printed as text */
    bool wrong;          /* out: refused, or a process that is not sound */
};
/* False when it could not be checked at all. */
MUST_USE bool check_model(struct check_model *c, struct err *err);

#endif
