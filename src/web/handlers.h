/* web/handlers.h - every handler that routes.def names. */
#ifndef MANDATE_WEB_HANDLERS_H
#define MANDATE_WEB_HANDLERS_H

#include "web/web.h"

#define ROUTE(id, method, path, permission, csrf, bytes, body, run, summary) web_handler run;
#include "web/routes.def"
#undef ROUTE

#endif
