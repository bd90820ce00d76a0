/* Who asks. A bearer token that is wrong is an answer of 401 at once, because its sender relies on
 * it; a cookie that is wrong or over is nobody, because browsers send what they have. */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/code.h"
#include "base/utf8.h"
#include "web/inner.h"

enum { CSRF_DIGITS = 32 }; /* 128 bits */

static const struct pack_post *post_find(const struct app_packs *packs, struct str id) {
    for (size_t i = 0; i < app_packs_count(packs); i++) {
        const struct pack_post *post = pack_post(app_packs_at(packs, i), id);
        if (post != NULL)
            return post;
    }
    return NULL;
}

static bool any_post(const struct web_request *r, bool administers) {
    bool found = false;
    const struct app_packs *packs = app_packs_hold(r->app);
    for (size_t i = 0; i < r->caller.post_count && !found; i++) {
        const struct pack_post *post = post_find(packs, r->caller.posts[i].post);
        found = post != NULL && (administers ? post->administers : post->supervises);
    }
    app_packs_let(r->app, packs);
    return found;
}

bool web_caller_supervises(const struct web_request *r) {
    return any_post(r, false);
}

bool web_caller_administers(const struct web_request *r) {
    return any_post(r, true);
}

/* The reference in the path, in its canonical form; empty when the path has none. */
static struct str path_reference(const struct web_request *r) {
    size_t index = route_arg_index(r->route, "reference");
    struct str out = STR_NONE;
    if (index == WEB_ARGS_MAX || !case_reference_read(&out, r->arena, r->args[index]))
        return STR_NONE;
    return out;
}

/* A wrong code counts against the reference and against the client's address. */
static int by_code(struct web_request *r, struct str reference, struct str code, const char **why) {
    *why = "the access code does not open this case";
    if (!web_guess_allowed(r, reference)) {
        *why = "too many wrong access codes; try again later";
        return 429;
    }
    struct err err = {0};
    if (app_caller_code(&r->caller, r->app, reference, code, r->arena, &err))
        return 0;
    r->caller = (struct app_caller){.kind = APP_ANONYMOUS};
    if (err.code == ERR_NOT_FOUND || err.code == ERR_SIGNED_OUT || err.code == ERR_SYNTAX)
        web_guess_failed(r, reference);
    else
        *why = "the case could not be read";
    return err.code == ERR_BUSY ? 503 : 401;
}

/* The session's token in what a client sends: all of it, or the last part of what /oauth/token
 * gave, which has the form of a JWT. */
static struct str session_part(struct str token) {
    struct str part = token, rest = token;
    while (str_split(&part, &rest, '.')) {
    }
    return part;
}

static int by_bearer(struct web_request *r, struct str token, const char **why) {
    if (token.len > CODE_BYTES_MAX) {
        struct err err = {0};
        if (app_caller_session(&r->caller, r->app, session_part(token), r->arena, &err))
            return 0;
        r->caller = (struct app_caller){.kind = APP_ANONYMOUS};
        *why = "the token is not known, or its session is over";
        return 401;
    }
    struct str reference = path_reference(r);
    if (reference.len == 0) {
        *why = "an access code opens one case, and this address names none";
        return 401;
    }
    return by_code(r, reference, token, why);
}

/* The cookie of an applicant: "reference.code". */
static void by_case_cookie(struct web_request *r) {
    struct str cookie = http_cookie_get(r->http, WEB_COOKIE_CASE);
    size_t dot = str_find_byte(cookie, '.');
    if (dot == SIZE_MAX)
        return;
    struct str reference = str_sub(cookie, 0, dot), code = str_sub(cookie, dot + 1, cookie.len);
    struct str wanted = path_reference(r);
    const char *why;
    if (wanted.len > 0 && !str_eq(wanted, reference))
        return;
    if (by_code(r, reference, code, &why) == 0)
        r->by_cookie = true;
}

struct str web_session_token(const struct web_request *r) {
    struct str header = http_header_get(r->http, STR("authorization"));
    if (header.at != NULL)
        return session_part(str_trim(str_sub(header, sizeof "Bearer" - 1, header.len)));
    return http_cookie_get(r->http, WEB_COOKIE_SESSION);
}

static void by_session_cookie(struct web_request *r) {
    struct str token = http_cookie_get(r->http, WEB_COOKIE_SESSION);
    struct err err = {0};
    if (token.len == 0)
        return;
    if (app_caller_session(&r->caller, r->app, token, r->arena, &err))
        r->by_cookie = true;
    else
        r->caller = (struct app_caller){.kind = APP_ANONYMOUS};
}

/* A name and a password: known to be right since a short while, or to be checked. */
static int by_basic(struct web_request *r, struct str encoded, const char **why) {
    char token[BASIC_TOKEN_BYTES_MAX];
    struct buf text;
    struct err err = {0};
    buf_init(&text, BASIC_TEXT_BYTES_MAX);
    bool ok = code_base64_take(&text, encoded) && !text.full &&
              str_find_byte(buf_view(&text), ':') != SIZE_MAX &&
              utf8_bad_at(buf_view(&text)) == text.len;
    struct str pair = ok ? arena_str(r->arena, buf_view(&text)) : STR_NONE;
    buf_done(&text);
    *why = "the name and password of 'Authorization: Basic' cannot be read";
    if (!ok)
        return 401;
    size_t len = basic_find(token, &r->web->basic, pair, os_mono_us(os_env_real()));
    r->by_cookie = true;
    if (len > 0 && app_caller_session(&r->caller, r->app, (struct str){token, len}, r->arena, &err))
        return 0;
    r->caller = (struct app_caller){.kind = APP_ANONYMOUS};
    r->basic = pair;
    return 0;
}

struct basic_wait {
    struct web_request *r;
    void (*resume)(struct web_request *r);
};

static void basic_checked(struct web_request *r, const struct app_answer *answer) {
    struct basic_wait *wait = r->then;
    struct err err = {0};
    struct str token = json_get_text(answer->body, STR("token"));
    if (answer->err.code != ERR_NONE) {
        basic_drop(&r->web->basic, r->basic);
        if (err_code_status(answer->err.code) < 500)
            web_guess_failed(r, str_sub(r->basic, 0, str_find_byte(r->basic, ':')));
        web_fail(r, &answer->err, NULL);
        return;
    }
    basic_keep(&r->web->basic, r->basic, token, os_mono_us(os_env_real()));
    r->basic = STR_NONE;
    if (!app_caller_session(&r->caller, r->app, token, r->arena, &err)) {
        web_fail(r, &err, NULL);
        return;
    }
    r->caller.lang = r->lang;
    wait->resume(r);
}

void web_basic_check(struct web_request *r, void (*resume)(struct web_request *r)) {
    size_t colon = str_find_byte(r->basic, ':');
    struct str user = str_sub(r->basic, 0, colon);
    if (!web_guess_allowed(r, user)) {
        web_fail_status(r, 429, "too many wrong passwords; try again later");
        return;
    }
    struct basic_wait *wait = arena_new(r->arena, struct basic_wait, 1);
    *wait = (struct basic_wait){r, resume};
    r->then = wait;
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("user"), user);
    json_set_str(body, STR("password"), str_sub(r->basic, colon + 1, r->basic.len));
    const struct app_order order = {.verb = APP_SIGN_IN, .body = body};
    web_do(r, &order, basic_checked);
}

int web_caller_find(struct web_request *r, const char **why) {
    r->caller = (struct app_caller){.kind = APP_ANONYMOUS};
    struct str header = http_header_get(r->http, STR("authorization"));
    int status = 0;
    bool basic = str_eq_ascii_case(str_sub(header, 0, 6), STR("Basic "));
    if (basic && route_is_v2(r->http->path)) {
        status = by_basic(r, str_trim(str_sub(header, 6, header.len)), why);
    } else if (header.at != NULL) {
        if (!str_eq_ascii_case(str_sub(header, 0, 7), STR("Bearer "))) {
            *why = "only 'Authorization: Bearer' is known here";
            status = 401;
        } else {
            status = by_bearer(r, str_trim(str_sub(header, 7, header.len)), why);
        }
    } else if (r->route->permission == WEB_APPLICANT) {
        by_case_cookie(r);
    } else {
        by_session_cookie(r);
        if (r->caller.kind == APP_ANONYMOUS)
            by_case_cookie(r);
    }
    r->caller.lang = r->lang;
    return status;
}

/* An applicant has no session, so the token is made from what only the applicant's browser and this
 * service know: the code. One way, so the page does not give the code away. */
static struct str csrf_of_code(struct arena *arena, struct str cookie) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    struct str text = arena_printf(arena, "csrf:%.*s", STR_ARG(cookie));
    if (EVP_Digest(text.at, text.len, digest, &size, EVP_sha256(), NULL) != 1)
        return STR_NONE; /* then no form of an applicant is taken */
    struct buf hex;
    buf_init(&hex, 2 * sizeof digest);
    code_hex_add(&hex, (struct str){(const char *)digest, size});
    struct str out = arena_str(arena, str_sub(buf_view(&hex), 0, CSRF_DIGITS));
    buf_done(&hex);
    return out;
}

struct str web_csrf(const struct web_request *r) {
    if (!r->by_cookie)
        return STR_NONE;
    if (r->caller.kind == APP_ACCOUNT)
        return r->caller.csrf;
    return csrf_of_code(r->arena, http_cookie_get(r->http, WEB_COOKIE_CASE));
}

/* A browser says where its request comes from: Fetch Metadata, Origin, or at least Referer. (Node's
 * fetch() sends Sec-Fetch-Mode too, so that one says nothing.) */
static bool from_browser(const struct web_request *r) {
    return http_header_get(r->http, STR("sec-fetch-site")).at != NULL ||
           http_header_get(r->http, STR("origin")).at != NULL ||
           http_header_get(r->http, STR("referer")).at != NULL;
}

bool web_csrf_ok(const struct web_request *r) {
    if (r->route->csrf == WEB_CSRF_NONE || !r->by_cookie)
        return true;
    if (r->route->csrf == WEB_CSRF_CLIENT && !from_browser(r))
        return true;
    struct str want = web_csrf(r);
    struct str got = http_header_get(r->http, STR("x-csrf-token"));
    if (got.at == NULL)
        got = web_field(r, STR("csrf"));
    return want.len > 0 && got.len == want.len && CRYPTO_memcmp(got.at, want.at, want.len) == 0;
}

/* ---- guesses ---- */

static struct str peer_key(const struct web_request *r) {
    /* One household of IPv6 has a /64: its first four groups. */
    struct str peer = r->http->peer;
    size_t groups = 0;
    for (size_t i = 0; i < peer.len; i++)
        if (peer.at[i] == ':' && ++groups == 4)
            return str_sub(peer, 0, i);
    return peer;
}

/* The key as guessed from one address: nobody can shut the door on others by guessing wrong. */
static struct str guess_key(const struct web_request *r, struct str key) {
    return arena_printf(r->arena, "%.*s@%.*s", STR_ARG(key), STR_ARG(peer_key(r)));
}

bool web_guess_allowed(struct web_request *r, struct str key) {
    int64_t now_us = os_mono_us(os_env_real());
    os_mutex_lock(&r->web->guess_lock);
    int64_t wait_s = guess_wait_s(&r->web->guesses_by_key, guess_key(r, key), now_us);
    wait_s = MAX_OF(wait_s, guess_wait_s(&r->web->guesses_by_peer, peer_key(r), now_us));
    os_mutex_unlock(&r->web->guess_lock);
    if (wait_s > 0)
        http_header_add(r->http, STR("Retry-After"),
                        arena_printf(r->arena, "%lld", (long long)wait_s));
    return wait_s == 0;
}

void web_guess_failed(struct web_request *r, struct str key) {
    int64_t now_us = os_mono_us(os_env_real());
    os_mutex_lock(&r->web->guess_lock);
    guess_failed(&r->web->guesses_by_key, guess_key(r, key), now_us);
    guess_failed(&r->web->guesses_by_peer, peer_key(r), now_us);
    os_mutex_unlock(&r->web->guess_lock);
}
