/* Signing in for programs: a token as OAuth 2.0 gives one for client credentials (RFC 6749: 4.4),
 * and a cookie. Both are sessions of an account; a name is the client's id, a password its secret.
 */
#include <inttypes.h>

#include "base/code.h"
#include "web/handlers.h"
#include "web/v2.h"

enum { TOKEN_LIFE_S = 25 * 60 }; /* a session that nobody uses ends after 30 minutes */

static struct str part_of(const struct json *part, struct arena *arena) {
    struct buf json, text;
    buf_init(&json, 4096);
    buf_init(&text, 8192);
    json_write(&json, part, JSON_COMPACT);
    code_base64url_add(&text, buf_view(&json));
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&json);
    buf_done(&text);
    return out;
}

/* Clients take the time at which a token ends out of the token, so it has the form of a JWT (RFC
 * 7519): two parts that tell, and the session's token, which alone is looked at when it comes back.
 */
static struct str token_text(struct str user, struct str session, int64_t now_s,
                             struct arena *arena) {
    struct json *head = json_obj(arena), *claims = json_obj(arena);
    json_set_str(head, STR("typ"), STR("session"));
    json_set_str(claims, STR("sub"), user);
    json_set_i64(claims, STR("iat"), now_s);
    json_set_i64(claims, STR("exp"), now_s + TOKEN_LIFE_S);
    struct str first = part_of(head, arena), second = part_of(claims, arena);
    return arena_printf(arena, "%.*s.%.*s.%.*s", STR_ARG(first), STR_ARG(second), STR_ARG(session));
}

static bool sign_in_failed(struct web_request *r, const struct app_answer *answer,
                           struct str user) {
    if (answer->err.code == ERR_NONE)
        return false;
    if (err_code_status(answer->err.code) < 500)
        web_guess_failed(r, user);
    web_fail(r, &answer->err, NULL);
    return true;
}

/* Gives the order, unless too many passwords were wrong. */
static void sign_in(struct web_request *r, struct str user, struct str password, web_then *then) {
    if (!web_guess_allowed(r, user)) {
        web_fail_status(r, 429, "too many wrong passwords; try again later");
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("user"), user);
    json_set_str(body, STR("password"), password);
    const struct app_order order = {.verb = APP_SIGN_IN, .body = body};
    web_do(r, &order, then);
}

static void token_given(struct web_request *r, const struct app_answer *answer) {
    struct str user = web_field(r, STR("client_id"));
    if (sign_in_failed(r, answer, user))
        return;
    int64_t now_s = os_wall_us(os_env_real()) / 1000000;
    struct str session = json_get_text(answer->body, STR("token"));
    struct json *out = json_obj(r->arena);
    json_set_str(out, STR("access_token"), token_text(user, session, now_s, r->arena));
    json_set_str(out, STR("token_type"), STR("Bearer"));
    json_set_i64(out, STR("expires_in"), TOKEN_LIFE_S);
    web_send_json(r, 200, out);
}

void v2_token(struct web_request *r) {
    struct str grant = web_field(r, STR("grant_type"));
    if (!str_eq(grant, STR("client_credentials")))
        v2_fail_status(r, 400, "the one grant_type is 'client_credentials'");
    else
        sign_in(r, web_field(r, STR("client_id")), web_field(r, STR("client_secret")), token_given);
}

/* ---- by cookie: name and password in the query, as @camunda8/sdk sends them, or in a form ---- */

static struct str login_value(const struct web_request *r, struct str name) {
    struct str value = web_field(r, name);
    return value.at != NULL ? value : web_query(r, name);
}

static void logged_in(struct web_request *r, const struct app_answer *answer) {
    if (sign_in_failed(r, answer, login_value(r, STR("username"))))
        return;
    http_cookie_set(r->http, WEB_COOKIE_SESSION, json_get_text(answer->body, STR("token")), 0);
    v2_send_nothing(r);
}

void api_login(struct web_request *r) {
    sign_in(r, login_value(r, STR("username")), login_value(r, STR("password")), logged_in);
}
