/* The route table for people and tests: the access test asks every row of it. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "main/cmd.h"
#include "web/web.h"
#include "json/json.h"

static const char *body_name(enum web_body body) {
    static const char *const names[] = {[WEB_BODY_NONE] = "none",
                                        [WEB_BODY_FORM] = "form",
                                        [WEB_BODY_UPLOAD] = "upload",
                                        [WEB_BODY_JSON] = "json",
                                        [WEB_BODY_ANY] = "any"};
    return names[body];
}

static struct json *route_json(const struct web_route *route, struct arena *arena) {
    struct json *row = json_obj(arena);
    json_set_str(row, STR("id"), str_from(route->id));
    json_set_str(row, STR("method"), str_from(http_method_name(route->method)));
    json_set_str(row, STR("path"), str_from(route->path));
    json_set_str(row, STR("permission"), str_from(web_permission_name(route->permission)));
    json_set_bool(row, STR("csrf"), route->csrf != WEB_CSRF_NONE);
    json_set_i64(row, STR("body_bytes_max"), route->body_bytes_max);
    json_set_str(row, STR("body"), str_from(body_name(route->body)));
    json_set_str(row, STR("summary"), str_from(route->summary));
    return row;
}

int cmd_routes(int argc, char **argv) {
    const struct command_line line = {
        .name = "routes",
        .about = "Prints every address of the service with who may use it, a JSON object a line."};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct arena *arena = arena_create("routes", 4 << 20);
    struct buf out;
    buf_init(&out, 1 << 20);
    size_t count;
    const struct web_route *routes = web_routes(&count);
    for (size_t i = 0; i < count; i++) {
        json_write(&out, route_json(&routes[i], arena), JSON_COMPACT);
        buf_add_byte(&out, '\n');
    }
    bool ok = fwrite(out.at, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    buf_done(&out);
    arena_destroy(arena);
    return ok ? EXIT_OK : command_failed("routes", "could not write");
}
