/* web/openapi.h - the API's own description (OpenAPI 3.1), from the route table and the schemas. */
#ifndef MANDATE_WEB_OPENAPI_H
#define MANDATE_WEB_OPENAPI_H

#include "base/arena.h"

/* The whole document as JSON text, in arena. The same on every run of one version. */
struct str openapi_make(struct arena *arena);

#endif
