/* libfyaml gives events; a stack of open lists and maps, not recursion, makes the tree. What the
 * library would do for us (anchors, tags, several documents) is refused here, at its place. */
#include "yaml/yaml.h"

#include <assert.h>
#include <libfyaml.h>

#include "base/utf8.h"

struct level {
    struct json *container;
    struct json_member member; /* of a map: the key that waits for its value */
    bool has_key;
};

struct reader {
    struct fy_parser *parser;
    const char *name;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    const struct json *root;
    struct err_at last;
    unsigned depth;
    struct level levels[NEST_DEPTH_MAX];
};

/* What is not written (an empty value, an implied start) has no mark: it is where we were last. */
static struct err_at mark_at(struct reader *r, const struct fy_mark *mark) {
    if (mark != NULL)
        r->last = (struct err_at){r->name, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
    return r->last;
}

static struct err_at token_at(struct reader *r, struct fy_token *token) {
    return mark_at(r, token == NULL ? NULL : fy_token_start_mark(token));
}

static struct json *node_make(struct reader *r, enum json_kind kind, struct err_at at) {
    if (!budget_spend(r->budget, (struct cost){1, sizeof(struct json)}, r->err))
        return NULL;
    struct json *node = kind == JSON_ARRAY    ? json_arr(r->arena)
                        : kind == JSON_OBJECT ? json_obj(r->arena)
                                              : json_null(r->arena);
    node->kind = (uint8_t)kind;
    node->line = at.line;
    node->column = at.column;
    return node;
}

/* ---- plain scalars: YAML 1.2.2: 10.3.2 ---- */
static bool any_of(struct str text, const char *const *words) {
    for (; *words != NULL; words++)
        if (str_eq(text, str_from(*words)))
            return true;
    return false;
}

static struct str digits_off(struct str s, size_t *count) {
    for (*count = 0; s.len > 0 && s.at[0] >= '0' && s.at[0] <= '9'; ++*count)
        s = str_sub(s, 1, s.len);
    return s;
}

/* What the core schema takes for a number, JSON's form or not. */
static bool is_core_number(struct str s) {
    static const char *const words[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                        "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                        ".NaN",  ".NAN",  NULL};
    if (any_of(s, words))
        return true;
    if (str_starts(s, STR("0x")) || str_starts(s, STR("0o"))) {
        bool hex = s.at[1] == 'x';
        struct str digits = str_sub(s, 2, s.len);
        for (size_t i = 0; i < digits.len; i++)
            if (strchr(hex ? "0123456789abcdefABCDEF" : "01234567", digits.at[i]) == NULL)
                return false;
        return digits.len > 0;
    }
    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
        s = str_sub(s, 1, s.len);
    size_t whole, fraction = 0, exponent;
    s = digits_off(s, &whole);
    if (s.len > 0 && s.at[0] == '.')
        s = digits_off(str_sub(s, 1, s.len), &fraction);
    if (whole + fraction == 0)
        return false;
    if (s.len == 0)
        return true;
    if (s.at[0] != 'e' && s.at[0] != 'E')
        return false;
    s = str_sub(s, 1, s.len);
    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
        s = str_sub(s, 1, s.len);
    s = digits_off(s, &exponent);
    return exponent > 0 && s.len == 0;
}

static bool plain_kind(enum json_kind *kind, bool *value, struct str text, const struct reader *r,
                       struct err_at at) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", NULL};
    *value = any_of(text, yes);
    *kind = *value || any_of(text, no) ? JSON_BOOL
            : any_of(text, nulls)      ? JSON_NULL
            : json_is_number(text)     ? JSON_NUMBER
                                       : JSON_STRING;
    if (*kind == JSON_STRING && is_core_number(text))
        return err_set(r->err, ERR_UNSUPPORTED, at,
                       "the number '%.*s' is not written as 12, -12, 1.50 or 1e3; put it in quotes "
                       "if it is a text",
                       STR_ARG(text));
    return true;
}

/* ---- the tree ---- */
static bool refuse_properties(struct reader *r, struct fy_token *anchor, struct fy_token *tag) {
    if (anchor != NULL)
        return err_set(r->err, ERR_UNSUPPORTED, token_at(r, anchor),
                       "anchors ('&name') are not allowed; write the text out");
    if (tag != NULL)
        return err_set(r->err, ERR_UNSUPPORTED, token_at(r, tag),
                       "tags ('!name') are not allowed; put a text that begins with '!' in quotes");
    return true;
}

static bool put_value(struct reader *r, const struct json *node) {
    if (r->depth == 0) {
        r->root = node;
        return true;
    }
    struct level *level = &r->levels[r->depth - 1];
    struct json *into = level->container;
    struct cost cost = {0, json_append_bytes(into)};
    if (!budget_spend(r->budget, cost, r->err))
        return false;
    if (into->kind == JSON_ARRAY) {
        json_push(into, node);
        return true;
    }
    assert(level->has_key);
    level->has_key = false;
    level->member.value = node;
    uint64_t probes = 0;
    if (!json_insert(into, &level->member, &probes)) {
        struct err_at at = {r->name, level->member.line, level->member.column};
        return err_set(r->err, ERR_SYNTAX, at, "the key '%.*s' stands here a second time",
                       STR_ARG(level->member.key.text));
    }
    return budget_spend(r->budget, (struct cost){probes, 0}, r->err);
}

static bool waits_for_key(const struct reader *r) {
    return r->depth > 0 && r->levels[r->depth - 1].container->kind == JSON_OBJECT &&
           !r->levels[r->depth - 1].has_key;
}

static bool put_key(struct reader *r, struct str text, bool plain, struct err_at at) {
    if (plain && str_eq(text, STR("<<")))
        return err_set(r->err, ERR_UNSUPPORTED, at,
                       "the merge key '<<' is not allowed; write the keys out");
    if (plain && text.len == 0)
        return err_set(r->err, ERR_SYNTAX, at, "a key is missing before ':'");
    struct level *level = &r->levels[r->depth - 1];
    level->member = (struct json_member){json_key_of(text), at.line, at.column, NULL};
    level->has_key = true;
    return true;
}

static bool take_scalar(struct reader *r, struct fy_event *event) {
    struct fy_token *token = event->scalar.value;
    struct err_at at = mark_at(r, fy_event_start_mark(event));
    if (!refuse_properties(r, event->scalar.anchor, event->scalar.tag))
        return false;
    size_t len = 0;
    const char *bytes = token == NULL ? "" : fy_token_get_text(token, &len);
    if (bytes == NULL)
        return err_set(r->err, ERR_SYNTAX, at, "this text cannot be read");
    enum fy_scalar_style style = token == NULL ? FYSS_PLAIN : fy_token_scalar_style(token);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
        at.column -= at.column > 1; /* the library marks what stands behind the quote */
    bool plain = style == FYSS_PLAIN;
    if (!budget_spend(r->budget, (struct cost){1, len + 1}, r->err))
        return false;
    struct str text = arena_str(r->arena, (struct str){bytes, len});
    if (!utf8_valid(text))
        return err_set(r->err, ERR_SYNTAX, at, "half of a surrogate pair is no character");
    if (waits_for_key(r))
        return put_key(r, text, plain, at);
    enum json_kind kind = JSON_STRING;
    bool value = false;
    if (plain && !plain_kind(&kind, &value, text, r, at))
        return false;
    struct json *node = node_make(r, kind, at);
    if (node == NULL)
        return false;
    node->boolean = value;
    if (kind == JSON_STRING || kind == JSON_NUMBER)
        node->text = text;
    return put_value(r, node);
}

static bool open_level(struct reader *r, struct fy_event *event, enum json_kind kind) {
    struct err_at at = mark_at(r, fy_event_start_mark(event));
    struct fy_token *anchor =
        kind == JSON_ARRAY ? event->sequence_start.anchor : event->mapping_start.anchor;
    struct fy_token *tag =
        kind == JSON_ARRAY ? event->sequence_start.tag : event->mapping_start.tag;
    if (!refuse_properties(r, anchor, tag))
        return false;
    if (waits_for_key(r))
        return err_set(r->err, ERR_UNSUPPORTED, at, "a key must be a text, not a list or a map");
    if (r->depth == NEST_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, at, "lists and maps are nested more than %d deep",
                       NEST_DEPTH_MAX);
    struct json *container = node_make(r, kind, at);
    if (container == NULL || !put_value(r, container))
        return false;
    r->levels[r->depth++] = (struct level){.container = container};
    return true;
}

/* YAML 1.2.2: 6.8, 9.2: one document, without directives */
static bool start_document(struct reader *r, struct fy_event *event) {
    struct fy_document_state *state = event->document_start.document_state;
    struct err_at at = mark_at(r, fy_event_start_mark(event));
    if (r->root != NULL)
        return err_set(r->err, ERR_UNSUPPORTED, at, "a second document begins here");
    if (fy_document_state_version_explicit(state) || fy_document_state_tags_explicit(state))
        return err_set(r->err, ERR_UNSUPPORTED, at, "directives ('%%') are not allowed");
    return true;
}

static bool take_event(struct reader *r, struct fy_event *event) {
    switch (event->type) {
    case FYET_DOCUMENT_START: return start_document(r, event);
    case FYET_ALIAS:
        return err_set(
            r->err, ERR_UNSUPPORTED, mark_at(r, fy_event_start_mark(event)),
            "aliases ('*name') are not allowed; put a text that begins with '*' in quotes");
    case FYET_SCALAR: return take_scalar(r, event);
    case FYET_SEQUENCE_START: return open_level(r, event, JSON_ARRAY);
    case FYET_MAPPING_START: return open_level(r, event, JSON_OBJECT);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        assert(r->depth > 0);
        r->depth--;
        return true;
    default: return true;
    }
}

/* The library's own message, which is good, at its place. */
static bool parser_failed(const struct reader *r, struct fy_diag *diag) {
    void *walk = NULL;
    for (struct fy_diag_error *found; (found = fy_diag_errors_iterate(diag, &walk)) != NULL;) {
        if (found->type < FYET_ERROR || found->msg == NULL)
            continue;
        struct err_at at = {r->name, found->line > 0 ? (uint32_t)found->line : 0,
                            found->column > 0 ? (uint32_t)found->column : 0};
        return err_set(r->err, ERR_SYNTAX, at, "%s", found->msg);
    }
    return err_set(r->err, ERR_SYNTAX, (struct err_at){.source = r->name}, "this is not YAML");
}

static bool read_events(struct reader *r, struct fy_diag *diag) {
    bool ended = false;
    while (!ended) {
        struct fy_event *event = fy_parser_parse(r->parser);
        if (event == NULL)
            return parser_failed(r, diag);
        ended = event->type == FYET_STREAM_END;
        bool ok = take_event(r, event);
        fy_parser_event_free(r->parser, event);
        if (!ok)
            return false;
    }
    return true;
}

/* YAML 1.2.2: 5.1: what may stand in a file at all; checked first, since the library is lenient. */
static bool check_characters(struct str source, const char *name, struct err *err) {
    struct err_at at = {name, 1, 1};
    struct str rest = source;
    while (rest.len > 0) {
        uint32_t c;
        if (!utf8_take(&c, &rest))
            return err_set(err, ERR_SYNTAX, at, "the byte 0x%02X is not UTF-8",
                           (unsigned)(unsigned char)rest.at[0]);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
            (c >= 0x7F && c < 0xA0 && c != 0x85) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF)
            return err_set(err, ERR_SYNTAX, at, "the character U+%04X is not allowed", (unsigned)c);
        at.line += c == '\n';
        at.column = c == '\n' ? 1 : at.column + 1;
    }
    return true;
}

bool yaml_read(const struct json **out, struct str source, const char *name, struct arena *arena,
               struct budget *budget, struct err *err) {
    if (source.len > FILE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, (struct err_at){.source = name},
                       "the file has %zu bytes, more than %d", source.len, FILE_BYTES_MAX);
    if (str_starts(source, STR("\xEF\xBB\xBF")))
        source = str_sub(source, 3, source.len);
    if (!check_characters(source, name, err))
        return false;
    struct reader r = {
        .name = name, .arena = arena, .budget = budget, .err = err, .last = {name, 1, 1}};
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (diag == NULL)
        return err_set(err, ERR_INTERNAL, err_nowhere, "libfyaml gave no diagnostics object");
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
                                     .diag = diag};
    r.parser = fy_parser_create(&cfg);
    bool ok = r.parser != NULL &&
              fy_parser_set_string(r.parser, source.len == 0 ? "" : source.at, source.len) == 0;
    if (!ok)
        (void)err_set(err, ERR_INTERNAL, err_nowhere, "libfyaml could not be started");
    ok = ok && read_events(&r, diag);
    if (ok && r.root == NULL) {
        r.root = node_make(&r, JSON_NULL, (struct err_at){name, 1, 1});
        ok = r.root != NULL;
    }
    if (r.parser != NULL)
        fy_parser_destroy(r.parser);
    fy_diag_destroy(diag);
    if (ok)
        *out = r.root;
    return ok;
}
