/* web/schema.h - the table of schema.def: checks a JSON body by it. Pure. */
#ifndef MANDATE_WEB_SCHEMA_H
#define MANDATE_WEB_SCHEMA_H

#include "base/err.h"
#include "json/json.h"

enum schema_type {
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_BOOLEAN,
    SCHEMA_TIME,
    SCHEMA_DATE,
    SCHEMA_TEXTS,
    SCHEMA_OBJECT,
    SCHEMA_REF,
    SCHEMA_LIST,
    SCHEMA_STRINGS,
    SCHEMA_MAYBE,
    SCHEMA_MAYBE_STRING,
    SCHEMA_MAYBE_TIME,
    SCHEMA_ANY,
};

/* A row: the start of a schema (field == NULL) or a field of the schema before it. */
struct schema_row {
    const char *schema, *field;
    enum schema_type type;
    const char *ref;
    bool required;
    const char *what;
};
const struct schema_row *schema_rows(size_t *count);

struct schema_api {
    const char *route, *request, *response, *media_type;
    int status;
};
const struct schema_api *schema_api(const char *route); /* or NULL */
struct schema_param {
    const char *route, *name, *what;
};
const struct schema_param *schema_params(size_t *count);

/* Checks the body of a route that has a request schema; one without is fine.
 * Errors: ERR_INVALID, a required member is missing; ERR_TYPE; ERR_UNKNOWN, a member that the
 * schema has not. err->at.source is the JSON pointer of the member, in the arena. */
MUST_USE bool schema_check(const char *route, const struct json *body, struct arena *arena,
                           struct err *err);

#endif
