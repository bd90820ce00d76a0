/* Walks the two tables once at the start. Everything in the document comes from a row: what has no
 * row is not described, and a test compares the paths with the route table. */
#include "web/openapi.h"

#include "base/lang.h"
#include "web/route.h"
#include "web/schema.h"

#define VERSION_OF_API "1.0.0"

static void type_set(struct json *obj, struct str type, struct str format) {
    json_set_str(obj, STR("type"), type);
    if (format.len > 0)
        json_set_str(obj, STR("format"), format);
}

static void ref_set(struct json *obj, const char *schema, struct arena *arena) {
    json_set(obj, STR("$ref"), json_printf(arena, "#/components/schemas/%s", schema));
}

static void nullable_set(struct json *obj, struct str format) {
    struct json *types = json_set_arr(obj, STR("type"));
    json_push_str(types, STR("string"));
    json_push_str(types, STR("null"));
    if (format.len > 0)
        json_set_str(obj, STR("format"), format);
}

static void texts_set(struct json *obj) {
    type_set(obj, STR("object"), STR_NONE);
    struct json *properties = json_set_obj(obj, STR("properties"));
    for (unsigned i = 0; i < LANGS; i++)
        type_set(json_set_obj(properties, lang_code((enum lang)i)), STR("string"), STR_NONE);
}

static void maybe_set(struct json *obj, const char *ref, struct arena *arena) {
    struct json *any = json_set_arr(obj, STR("anyOf"));
    ref_set(json_push_obj(any), ref, arena);
    type_set(json_push_obj(any), STR("null"), STR_NONE);
}

static void list_set(struct json *obj, const struct schema_row *row, struct arena *arena) {
    type_set(obj, STR("array"), STR_NONE);
    struct json *items = json_set_obj(obj, STR("items"));
    if (row->type == SCHEMA_STRINGS)
        type_set(items, STR("string"), STR_NONE);
    else if (row->ref[0] != '\0')
        ref_set(items, row->ref, arena);
}

static struct json *field_schema(const struct schema_row *row, struct arena *arena) {
    struct json *obj = json_obj(arena);
    switch (row->type) {
    case SCHEMA_STRING: type_set(obj, STR("string"), STR_NONE); break;
    case SCHEMA_INTEGER: type_set(obj, STR("integer"), STR_NONE); break;
    case SCHEMA_BOOLEAN: type_set(obj, STR("boolean"), STR_NONE); break;
    case SCHEMA_TIME: type_set(obj, STR("string"), STR("date-time")); break;
    case SCHEMA_DATE: type_set(obj, STR("string"), STR("date")); break;
    case SCHEMA_TEXTS: texts_set(obj); break;
    case SCHEMA_OBJECT: type_set(obj, STR("object"), STR_NONE); break;
    case SCHEMA_REF: ref_set(obj, row->ref, arena); break;
    case SCHEMA_LIST:
    case SCHEMA_STRINGS: list_set(obj, row, arena); break;
    case SCHEMA_MAYBE: maybe_set(obj, row->ref, arena); break;
    case SCHEMA_MAYBE_STRING: nullable_set(obj, STR_NONE); break;
    case SCHEMA_MAYBE_TIME: nullable_set(obj, STR("date-time")); break;
    case SCHEMA_ANY: break;
    }
    json_set_str(obj, STR("description"), str_from(row->what));
    return obj;
}

/* Is this schema what some route takes? Then unknown members are refused. */
static bool is_request(const char *schema, const struct web_route *routes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct schema_api *api = schema_api(routes[i].id);
        if (api != NULL && strcmp(api->request, schema) == 0)
            return true;
    }
    return strcmp(schema, "CaseParent") == 0;
}

static void schemas_add(struct json *components, struct arena *arena) {
    size_t count, route_count;
    const struct schema_row *rows = schema_rows(&count);
    const struct web_route *routes = web_routes(&route_count);
    struct json *schemas = json_set_obj(components, STR("schemas"));
    struct json *properties = NULL, *required = NULL, *schema = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct schema_row *row = &rows[i];
        if (row->schema != NULL) {
            schema = json_set_obj(schemas, str_from(row->schema));
            type_set(schema, STR("object"), STR_NONE);
            json_set_str(schema, STR("description"), str_from(row->what));
            if (is_request(row->schema, routes, route_count))
                json_set_bool(schema, STR("additionalProperties"), false);
            properties = required = NULL;
            continue;
        }
        if (properties == NULL)
            properties = json_set_obj(schema, STR("properties"));
        json_set(properties, str_from(row->field), field_schema(row, arena));
        if (!row->required)
            continue;
        if (required == NULL)
            required = json_set_arr(schema, STR("required"));
        json_push_str(required, str_from(row->field));
    }
}

static struct json *param_add(struct json *list, struct str name, struct str in, bool required,
                              struct str what) {
    struct json *param = json_push_obj(list);
    json_set_str(param, STR("name"), name);
    json_set_str(param, STR("in"), in);
    json_set_bool(param, STR("required"), required);
    json_set_str(param, STR("description"), what);
    type_set(json_set_obj(param, STR("schema")), STR("string"), STR_NONE);
    return param;
}

static void params_add(struct json *operation, const struct web_route *route) {
    struct json *list = json_set_arr(operation, STR("parameters"));
    struct str segment, rest = str_from(route->path);
    while (str_split(&segment, &rest, '/'))
        if (segment.len > 2 && segment.at[0] == '{') {
            struct str name = str_sub(segment, 1, segment.len - 2);
            (void)param_add(list, name, STR("path"), true,
                            str_eq(name, STR("n")) ? STR("the number, or with .html or .pdf")
                                                   : STR("which one"));
        }
    size_t count;
    const struct schema_param *params = schema_params(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(params[i].route, route->id) == 0)
            (void)param_add(list, str_from(params[i].name), STR("query"), false,
                            str_from(params[i].what));
    if (route->method == HTTP_POST && route->body == WEB_BODY_JSON &&
        (strcmp(route->id, "case_create") == 0 || strcmp(route->id, "task_complete") == 0))
        (void)param_add(list, STR("Idempotency-Key"), STR("header"), false,
                        STR("the same key and body give the first answer again"));
}

static void content_set(struct json *obj, const char *media_type, const char *schema,
                        struct arena *arena) {
    struct json *content = json_set_obj(obj, STR("content"));
    struct json *schema_obj =
        json_set_obj(json_set_obj(content, str_from(media_type)), STR("schema"));
    if (schema[0] != '\0')
        ref_set(schema_obj, schema, arena);
    else if (strcmp(media_type, "application/json") == 0)
        type_set(schema_obj, STR("object"), STR_NONE);
    else
        type_set(schema_obj, STR("string"), STR_NONE);
}

static void problem_response(struct json *responses, const char *status, const char *what,
                             struct arena *arena) {
    struct json *response = json_set_obj(responses, str_from(status));
    json_set_str(response, STR("description"), str_from(what));
    content_set(response, "application/problem+json", "Problem", arena);
}

static void responses_add(struct json *operation, const struct web_route *route,
                          const struct schema_api *api, struct arena *arena) {
    struct json *responses = json_set_obj(operation, STR("responses"));
    struct json *done = json_set_obj(responses, arena_printf(arena, "%d", api->status));
    json_set_str(done, STR("description"), STR("done"));
    if (api->media_type[0] != '\0')
        content_set(done, api->media_type, api->response, arena);
    problem_response(responses, "400", "the request is malformed", arena);
    if (route->permission != WEB_PUBLIC && route->permission != WEB_DEMO) {
        problem_response(responses, "401", "nobody is signed in", arena);
        problem_response(responses, "403", "this account may not do this", arena);
    }
    if (strchr(route->path, '{') != NULL)
        problem_response(responses, "404", "there is no such thing for this caller", arena);
    if (route->method != HTTP_GET) {
        problem_response(responses, "409", "the state does not allow it", arena);
        problem_response(responses, "422", "a field is wrong", arena);
    }
    problem_response(responses, "default", "anything else that went wrong", arena);
}

static void security_add(struct json *operation, enum web_permission permission) {
    struct json *list = json_set_arr(operation, STR("security"));
    if (permission == WEB_PUBLIC || permission == WEB_DEMO)
        return;
    if (permission != WEB_APPLICANT)
        (void)json_set_arr(json_push_obj(list), STR("session"));
    if (permission == WEB_APPLICANT || permission == WEB_CASE)
        (void)json_set_arr(json_push_obj(list), STR("access_code"));
}

/* "cases" of "/api/cases/{reference}"; an address of its own is named by its file. */
static struct str tag_of(const struct web_route *route) {
    struct str rest = str_from(route->path + sizeof "/api/" - 1);
    return str_sub(rest, 0, MIN_OF(str_find_byte(rest, '/'), str_find_byte(rest, '.')));
}

static struct str description_of(const struct web_route *route, struct arena *arena) {
    static const char *const who[] = {
        [WEB_PUBLIC] = "Open to everybody.",
        [WEB_APPLICANT] = "For whoever has the case's access code.",
        [WEB_CASE] = "For whoever has the access code, and for accounts with a part in the case.",
        [WEB_SIGNED_IN] = "For every account.",
        [WEB_PART] = "For an account whose post may do this task.",
        [WEB_SUPERVISE] = "For an account with a supervising post; its organ and those below it.",
        [WEB_ADMIN] = "For an account with an administering post.",
        [WEB_WORK] = "For an account with a post that does jobs.",
        [WEB_OPERATE] = "For an account with a post that operates process instances.",
        [WEB_DEPLOY] = "For an account with an administering post.",
        [WEB_DEMO] = "Only in a demonstration."};
    return arena_printf(arena, "%s. %s", route->summary, who[route->permission]);
}

static void tags_add(struct json *root, struct arena *arena) {
    struct json *tags = json_set_arr(root, STR("tags"));
    size_t count;
    const struct web_route *routes = web_routes(&count);
    for (size_t i = 0; i < count; i++) {
        bool known = schema_api(routes[i].id) == NULL;
        for (size_t k = 0; k < json_count(tags) && !known; k++)
            known = str_eq(json_get_text(json_item(tags, k), STR("name")), tag_of(&routes[i]));
        if (known)
            continue;
        struct json *tag = json_push_obj(tags);
        json_set_str(tag, STR("name"), tag_of(&routes[i]));
        json_set(tag, STR("description"),
                 json_printf(arena, "/api/%.*s", STR_ARG(tag_of(&routes[i]))));
    }
}

static void operation_add(struct json *paths, const struct web_route *route,
                          const struct schema_api *api, struct arena *arena) {
    static const char *const methods[HTTP_METHOD_COUNT] = {
        [HTTP_GET] = "get",        [HTTP_HEAD] = "head",   [HTTP_POST] = "post",
        [HTTP_PUT] = "put",        [HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete",
        [HTTP_OPTIONS] = "options"};
    struct str path = str_from(route->path);
    const struct json *there = json_get(paths, path);
    struct json *item = there != NULL ? json_copy(there, arena) : json_obj(arena);
    struct json *operation = json_set_obj(item, str_from(methods[route->method]));
    json_set_str(operation, STR("operationId"), str_from(route->id));
    json_set_str(operation, STR("summary"), str_from(route->summary));
    json_set_str(operation, STR("description"), description_of(route, arena));
    json_push_str(json_set_arr(operation, STR("tags")), tag_of(route));
    json_set_str(operation, STR("x-permission"), str_from(web_permission_name(route->permission)));
    params_add(operation, route);
    if (api->request[0] != '\0') {
        struct json *body = json_set_obj(operation, STR("requestBody"));
        json_set_bool(body, STR("required"), strcmp(api->request, "Nothing") != 0);
        content_set(body, "application/json", api->request, arena);
    }
    responses_add(operation, route, api, arena);
    security_add(operation, route->permission);
    json_set(paths, path, item);
}

static void security_schemes_add(struct json *components) {
    struct json *schemes = json_set_obj(components, STR("securitySchemes"));
    struct json *session = json_set_obj(schemes, STR("session"));
    json_set_str(session, STR("type"), STR("http"));
    json_set_str(session, STR("scheme"), STR("bearer"));
    json_set_str(session, STR("description"), STR("the token of POST /api/session"));
    struct json *code = json_set_obj(schemes, STR("access_code"));
    json_set_str(code, STR("type"), STR("http"));
    json_set_str(code, STR("scheme"), STR("bearer"));
    json_set_str(code, STR("description"), STR("the access code of the case in the path"));
}

struct str openapi_make(struct arena *arena) {
    struct json *root = json_obj(arena);
    json_set_str(root, STR("openapi"), STR("3.1.0"));
    struct json *info = json_set_obj(root, STR("info"));
    json_set_str(info, STR("title"), STR("Mandate"));
    json_set_str(info, STR("version"), STR(VERSION_OF_API));
    json_set_str(info, STR("description"),
                 STR("Cases, tasks and clocks of an agency's procedures. Texts are objects of "
                     "languages, times are RFC 3339, errors are problems (RFC 9457)."));
    struct json *license = json_set_obj(info, STR("license"));
    json_set_str(license, STR("name"), STR("Apache-2.0"));
    json_set_str(license, STR("identifier"), STR("Apache-2.0"));
    json_set_str(json_push_obj(json_set_arr(root, STR("servers"))), STR("url"), STR("/"));
    struct json *contact = json_set_obj(info, STR("contact"));
    json_set_str(contact, STR("name"), STR("the agency that runs this service"));
    tags_add(root, arena);
    struct json *paths = json_set_obj(root, STR("paths"));
    size_t count;
    const struct web_route *routes = web_routes(&count);
    for (size_t i = 0; i < count; i++) {
        const struct schema_api *api = schema_api(routes[i].id);
        if (api != NULL)
            operation_add(paths, &routes[i], api, arena);
    }
    struct json *components = json_set_obj(root, STR("components"));
    security_schemes_add(components);
    schemas_add(components, arena);
    struct buf out;
    buf_init(&out, 4 << 20);
    json_write(&out, root, JSON_PRETTY);
    struct str text = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return text;
}
