/* web/route.h - from a path to its row of the route table; and the decisions that a row asks for.
 * Pure: functions of their arguments, so that each can be tested as a table. */
#ifndef MANDATE_WEB_ROUTE_H
#define MANDATE_WEB_ROUTE_H

#include "web/web.h"

/* The row whose pattern matches the path, its arguments in args[]. A pattern without arguments wins
 * over one with. NULL: no such address (*allowed == 0), or not this method: then *allowed has a bit
 * for each method that the address has. */
const struct web_route *route_find(struct str args[WEB_ARGS_MAX], unsigned *allowed,
                                   const struct web_route *routes, size_t count,
                                   enum http_method method, struct str path);
bool route_is_api(struct str path); /* answers JSON, not pages: /api/, /healthz ... */
bool route_is_v2(struct str path);  /* of those, what process clients use */
/* The place of {name} in the pattern, or WEB_ARGS_MAX. */
size_t route_arg_index(const struct web_route *route, const char *name);

/* What is known about who asks, for the policy. */
struct route_caller {
    bool account, supervises, administers, works, operates, deploys;
    bool code;      /* has an access code that opens the case in the path */
    bool by_cookie; /* known by a cookie: a site could make the browser send it */
    bool demo;      /* the service runs with --demo */
};
/* 0: go on; 401: nobody known who could; 403: known, and may not; 404: there is no such address. */
int route_policy(enum web_permission permission, const struct route_caller *caller);

/* Headers by which a browser says where a request comes from (Fetch Metadata; RFC 6454). Each has
 * at == NULL when it was not sent. False: another site made the browser send this. */
struct route_origin {
    struct str sec_fetch_site, origin, host;
};
bool route_origin_ok(const struct route_origin *from);

/* The best of Accept-Language (RFC 9110: 12.5.4) among the program's languages. */
enum lang route_language(struct str accept_language);

/* May a body of this content type come to a route of this kind? An empty type is fine here: whether
 * there is a body is not known yet. */
bool route_type_ok(enum web_body body, struct str content_type);

#endif
