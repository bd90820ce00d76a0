/* The table has some eighty rows, so it is looked through one by one; a pattern is compared segment
 * by segment and most fall out at the first bytes. */
#include "web/route.h"

#include <assert.h>

#include "web/handlers.h"

static const struct web_route table[] = {
#define ROUTE(id, method, path, permission, csrf, bytes, body, run, summary)                       \
    {#id,   HTTP_##method,   path, WEB_##permission, WEB_CSRF_##csrf,                              \
     bytes, WEB_BODY_##body, run,  summary},
#include "web/routes.def"
#undef ROUTE
};

const struct web_route *web_routes(size_t *count) {
    *count = COUNT_OF(table);
    return table;
}

const char *web_permission_name(enum web_permission permission) {
    static const char *const names[] = {
        [WEB_PUBLIC] = "public",       [WEB_APPLICANT] = "applicant", [WEB_CASE] = "case",
        [WEB_SIGNED_IN] = "signed_in", [WEB_PART] = "part",           [WEB_SUPERVISE] = "supervise",
        [WEB_ADMIN] = "admin",         [WEB_DEMO] = "demo",           [WEB_WORK] = "work",
        [WEB_OPERATE] = "operate",     [WEB_DEPLOY] = "deploy"};
    return names[permission];
}

/* Segment by segment; a {name} takes one that is not empty. */
static bool pattern_match(struct str args[WEB_ARGS_MAX], struct str pattern, struct str path) {
    size_t arg_count = 0;
    struct str want, got;
    for (;;) {
        bool more_want = str_split(&want, &pattern, '/'), more_got = str_split(&got, &path, '/');
        if (more_want != more_got)
            return false;
        if (!more_want)
            return true;
        if (want.len > 1 && want.at[0] == '{') {
            if (got.len == 0)
                return false;
            assert(arg_count < WEB_ARGS_MAX);
            args[arg_count++] = got;
        } else if (!str_eq(want, got)) {
            return false;
        }
    }
}

const struct web_route *route_find(struct str args[WEB_ARGS_MAX], unsigned *allowed,
                                   const struct web_route *routes, size_t count,
                                   enum http_method method, struct str path) {
    const struct web_route *found = NULL;
    *allowed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct web_route *route = &routes[i];
        struct str here[WEB_ARGS_MAX] = {{0}};
        if (!pattern_match(here, str_from(route->path), path))
            continue;
        *allowed |= 1U << route->method;
        bool literal = strchr(route->path, '{') == NULL;
        if (route->method != method || (found != NULL && !literal))
            continue;
        found = route;
        memcpy(args, here, sizeof here);
    }
    return found;
}

bool route_is_api(struct str path) {
    return str_starts(path, STR("/api/")) || str_eq(path, STR("/api")) ||
           str_eq(path, STR("/healthz")) || str_eq(path, STR("/readyz")) ||
           str_eq(path, STR("/metrics")) || route_is_v2(path);
}

bool route_is_v2(struct str path) {
    return str_starts(path, STR("/v2/")) || str_eq(path, STR("/v2")) ||
           str_eq(path, STR("/oauth/token"));
}

size_t route_arg_index(const struct web_route *route, const char *name) {
    struct str segment, rest = str_from(route->path);
    size_t index = 0;
    while (str_split(&segment, &rest, '/')) {
        if (segment.len < 2 || segment.at[0] != '{')
            continue;
        if (str_eq(str_sub(segment, 1, segment.len - 2), str_from(name)))
            return index;
        index++;
    }
    return WEB_ARGS_MAX;
}

int route_policy(enum web_permission permission, const struct route_caller *caller) {
    bool may = false, known = caller->account || caller->code;
    switch (permission) {
    case WEB_PUBLIC: return 0;
    case WEB_DEMO: return caller->demo ? 0 : 404;
    case WEB_APPLICANT: may = caller->code; break;
    case WEB_CASE: may = caller->code || caller->account; break;
    case WEB_SIGNED_IN:
    case WEB_PART: may = caller->account; break;
    case WEB_SUPERVISE: may = caller->account && caller->supervises; break;
    case WEB_ADMIN: may = caller->account && caller->administers; break;
    case WEB_WORK: may = caller->account && caller->works; break;
    case WEB_OPERATE: may = caller->account && caller->operates; break;
    case WEB_DEPLOY: may = caller->account && caller->deploys; break;
    }
    if (may)
        return 0;
    return known ? 403 : 401;
}

bool route_origin_ok(const struct route_origin *from) {
    if (from->sec_fetch_site.at != NULL)
        return str_eq(from->sec_fetch_site, STR("same-origin")) ||
               str_eq(from->sec_fetch_site, STR("none"));
    if (from->origin.at == NULL)
        return true; /* no browser: those send Origin with every request that changes something */
    size_t mark = str_find(from->origin, STR("://"));
    if (mark == SIZE_MAX)
        return false; /* "null" */
    return str_eq_ascii_case(str_sub(from->origin, mark + 3, from->origin.len), from->host);
}

/* ";q=0.8" in thousandths; 1000 without one, 0 when it is broken. */
static unsigned quality(struct str params) {
    size_t at = str_find(params, STR("q="));
    if (at == SIZE_MAX)
        return 1000;
    struct str text = str_trim(str_sub(params, at + 2, params.len));
    if (text.len == 0 || (text.at[0] != '0' && text.at[0] != '1'))
        return 0;
    unsigned value = (unsigned)(text.at[0] - '0') * 1000, unit = 100;
    for (size_t i = 2; i < text.len && i < 5; i++, unit /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return 0;
        value += (unsigned)(text.at[i] - '0') * unit;
    }
    return MIN_OF(value, 1000U);
}

enum lang route_language(struct str accept_language) {
    enum lang best = (enum lang)0;
    unsigned best_quality = 0;
    struct str item;
    while (str_split(&item, &accept_language, ',')) {
        size_t semicolon = str_find_byte(item, ';');
        struct str range = str_trim(str_sub(item, 0, semicolon));
        struct str primary = str_sub(range, 0, str_find_byte(range, '-'));
        unsigned q =
            quality(semicolon == SIZE_MAX ? STR_NONE : str_sub(item, semicolon + 1, item.len));
        for (unsigned i = 0; i < LANGS; i++) {
            if (q > best_quality && str_eq_ascii_case(primary, lang_code((enum lang)i))) {
                best = (enum lang)i;
                best_quality = q;
            }
        }
    }
    return best;
}

bool route_type_ok(enum web_body body, struct str content_type) {
    static const struct str form = STR_INIT("application/x-www-form-urlencoded");
    if (content_type.len == 0)
        return true;
    switch (body) {
    case WEB_BODY_NONE: return true; /* its limit is 0 bytes */
    case WEB_BODY_FORM: return str_eq(content_type, form);
    case WEB_BODY_UPLOAD:
        return str_eq(content_type, form) || str_eq(content_type, STR("multipart/form-data"));
    case WEB_BODY_JSON: return str_eq(content_type, STR("application/json"));
    case WEB_BODY_ANY: return true;
    }
    return false;
}
