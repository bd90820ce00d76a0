/* The parts that every YAML file of a pack is made of, and the findings. */
#include "pack/inner.h"

#include <inttypes.h>
#include <stdarg.h>

void pack_grow(struct pack_reader *r, void **list, size_t count, size_t *room, size_t size_bytes,
               size_t align) {
    if (count < *room)
        return;
    size_t wider = *room == 0 ? 16 : *room * 2;
    void *fresh = arena_alloc(r->arena, wider, size_bytes, align);
    if (count > 0)
        memcpy(fresh, *list, count * size_bytes);
    *list = fresh;
    *room = wider;
}

/* ---- findings ---- */

static void add(struct pack_reader *r, struct pack_finding finding) {
    struct pack_findings *f = r->findings;
    if (!finding.warning && r->first.code == ERR_NONE)
        err_set(&r->first, finding.proof == 0 ? ERR_INVALID : ERR_UNLAWFUL, finding.at, "%.*s",
                STR_ARG(finding.text));
    if (!finding.warning)
        f->error_count++;
    if (f->count >= PACK_FINDINGS_MAX)
        return;
    if (f->count >= r->finding_room) {
        size_t wider = r->finding_room == 0 ? 16 : r->finding_room * 2;
        struct pack_finding *fresh = arena_new(f->arena, struct pack_finding, wider);
        if (f->count > 0)
            memcpy(fresh, f->list, f->count * sizeof *fresh);
        f->list = fresh;
        r->finding_room = wider;
    }
    f->list[f->count++] = finding;
}

/* The findings outlive a pack that is refused, so their places must too. */
static struct err_at keep_at(struct pack_reader *r, struct err_at at) {
    if (at.source != NULL)
        at.source = arena_cstr(r->findings->arena, str_from(at.source));
    return at;
}

static void PRINTF_LIKE(5, 0) add_text(struct pack_reader *r, bool warning, int proof,
                                       struct err_at at, const char *format, va_list args) {
    struct buf text;
    char line[ERR_TEXT_MAX];
    buf_init(&text, ERR_TEXT_MAX);
    (void)vsnprintf(line, sizeof line, format, args);
    buf_add(&text, str_from(line));
    struct pack_finding finding = {.warning = warning,
                                   .proof = proof,
                                   .at = keep_at(r, at),
                                   .text = arena_str(r->findings->arena, buf_view(&text))};
    buf_done(&text);
    add(r, finding);
}

void pack_fault(struct pack_reader *r, int proof, struct err_at at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_text(r, false, proof, at, format, args);
    va_end(args);
}

void pack_warn(struct pack_reader *r, int proof, struct err_at at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_text(r, true, proof, at, format, args);
    va_end(args);
}

void pack_fault_err(struct pack_reader *r, int proof, struct err *err) {
    pack_fault(r, proof, err->at, "%s", err->text);
    err_reset(err);
}

void pack_fault_steps(struct pack_reader *r, int proof, struct err_at at, struct str text,
                      struct str *steps, size_t step_count) {
    struct arena *arena = r->findings->arena;
    struct pack_finding finding = {
        .proof = proof, .at = keep_at(r, at), .text = arena_str(arena, text)};
    finding.steps = arena_new(arena, struct str, step_count);
    for (size_t i = 0; i < step_count; i++)
        finding.steps[i] = arena_str(arena, steps[i]);
    finding.step_count = step_count;
    add(r, finding);
}

/* ---- nodes ---- */

struct err_at pack_at(const struct pack_doc *doc, const struct json *node) {
    return node == NULL ? (struct err_at){doc->source, 0, 0} : json_where(node, doc->source);
}

static const struct json_member *member(const struct json *obj, struct str key) {
    for (size_t i = 0; i < json_count(obj); i++) {
        const struct json_member *m = json_member_at(obj, i);
        if (m != NULL && str_eq(m->key.text, key))
            return m;
    }
    return NULL;
}

struct err_at pack_at_key(const struct pack_doc *doc, const struct json *obj, struct str key) {
    const struct json_member *m = json_is(obj, JSON_OBJECT) ? member(obj, key) : NULL;
    return m == NULL ? pack_at(doc, obj) : (struct err_at){doc->source, m->line, m->column};
}

static bool word_in(struct str words, struct str word) {
    struct str one;
    while (str_split(&one, &words, ' '))
        if (str_eq(one, word))
            return true;
    return false;
}

bool pack_only(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
               const char *keys, const char *what) {
    if (!json_is(obj, JSON_OBJECT)) {
        pack_fault(r, 0, pack_at(doc, obj), "%s must be a map of names to values, not %s", what,
                   json_kind_name(obj));
        return false;
    }
    for (size_t i = 0; i < json_count(obj); i++) {
        const struct json_member *m = json_member_at(obj, i);
        if (!word_in(str_from(keys), m->key.text))
            pack_fault(r, 0, (struct err_at){doc->source, m->line, m->column},
                       "unknown key '%.*s' in %s; known: %s", STR_ARG(m->key.text), what, keys);
    }
    return true;
}

static const struct json *get(struct pack_reader *r, const struct pack_doc *doc,
                              const struct json *obj, struct str key, bool need) {
    const struct json *node = json_get(obj, key);
    if (node != NULL && node->kind != JSON_NULL)
        return node;
    if (need)
        pack_fault(r, 0, pack_at_key(doc, obj, key), "'%.*s' is missing", STR_ARG(key));
    return NULL;
}

struct str pack_text(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                     struct str key, bool need) {
    const struct json *node = get(r, doc, obj, key, need);
    if (node == NULL)
        return STR_NONE;
    struct str text = str_trim(json_text(node));
    if ((node->kind != JSON_STRING && node->kind != JSON_NUMBER) || text.len == 0) {
        pack_fault(r, 0, pack_at(doc, node), "'%.*s' must be a text, not %s", STR_ARG(key),
                   text.len == 0 && node->kind == JSON_STRING ? "an empty one"
                                                              : json_kind_name(node));
        return STR_NONE;
    }
    return arena_str(r->arena, text);
}

static bool id_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

struct str pack_id(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                   struct str key, bool need) {
    struct str id = pack_text(r, doc, obj, key, need);
    for (size_t i = 0; i < id.len; i++) {
        if (id_byte(id.at[i]) && id.len <= NAME_BYTES_MAX)
            continue;
        pack_fault(r, 0, pack_at_key(doc, obj, key),
                   "'%.*s' must be a short name of letters, digits, '-' and '_', not '%.*s'",
                   STR_ARG(key), STR_ARG(id));
        return STR_NONE;
    }
    return id;
}

struct lang_text pack_lang_node(struct pack_reader *r, const struct pack_doc *doc,
                                const struct json *node, const char *what) {
    struct lang_text out = {{STR_NONE}};
    if (!json_is(node, JSON_OBJECT)) {
        pack_fault(r, 0, pack_at(doc, node),
                   "%s must be given in every language: {zh: ..., en: ...}", what);
        return out;
    }
    for (size_t i = 0; i < json_count(node); i++) {
        const struct json_member *m = json_member_at(node, i);
        enum lang lang;
        if (!lang_find(&lang, m->key.text))
            pack_fault(r, 0, (struct err_at){doc->source, m->line, m->column},
                       "unknown language '%.*s' in %s", STR_ARG(m->key.text), what);
    }
    for (size_t i = 0; i < LANGS; i++) {
        const struct json *text = json_get(node, lang_code((enum lang)i));
        out.in[i] = arena_str(r->arena, str_trim(json_text(text)));
        if (out.in[i].len == 0)
            pack_fault(r, 0, pack_at(doc, node), "%s is missing in the language '%.*s'", what,
                       STR_ARG(lang_code((enum lang)i)));
    }
    return out;
}

struct lang_text pack_lang(struct pack_reader *r, const struct pack_doc *doc,
                           const struct json *obj, struct str key, bool need) {
    const struct json *node = get(r, doc, obj, key, need);
    char what[NAME_BYTES_MAX];
    (void)snprintf(what, sizeof what, "'%.*s'", STR_ARG(key));
    struct lang_text none = {{STR_NONE}};
    return node == NULL ? none : pack_lang_node(r, doc, node, what);
}

bool pack_flag(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
               struct str key, bool otherwise) {
    const struct json *node = get(r, doc, obj, key, false);
    if (node == NULL)
        return otherwise;
    if (node->kind != JSON_BOOL)
        pack_fault(r, 0, pack_at(doc, node), "'%.*s' must be true or false, not %s", STR_ARG(key),
                   json_kind_name(node));
    return node->kind == JSON_BOOL ? node->boolean : otherwise;
}

const struct json *pack_list(struct pack_reader *r, const struct pack_doc *doc,
                             const struct json *obj, struct str key, bool need) {
    const struct json *node = get(r, doc, obj, key, need);
    if (node == NULL)
        return NULL;
    if (node->kind != JSON_ARRAY) {
        pack_fault(r, 0, pack_at(doc, node), "'%.*s' must be a list, not %s", STR_ARG(key),
                   json_kind_name(node));
        return NULL;
    }
    if (json_count(node) <= PACK_PLACES_MAX)
        return node;
    pack_fault(r, 0, pack_at(doc, node), "'%.*s' has more than %d items", STR_ARG(key),
               PACK_PLACES_MAX);
    return NULL;
}

struct str *pack_texts(size_t *count, struct pack_reader *r, const struct pack_doc *doc,
                       const struct json *obj, struct str key, bool need) {
    *count = 0;
    const struct json *node = get(r, doc, obj, key, need);
    if (node == NULL)
        return NULL;
    bool one = node->kind == JSON_STRING || node->kind == JSON_NUMBER;
    if (!one && pack_list(r, doc, obj, key, need) == NULL)
        return NULL;
    size_t room = one ? 1 : json_count(node);
    struct str *out = arena_new(r->arena, struct str, room);
    for (size_t i = 0; i < room; i++) {
        const struct json *item = one ? node : json_item(node, i);
        if (item->kind != JSON_STRING && item->kind != JSON_NUMBER)
            pack_fault(r, 0, pack_at(doc, item), "an item of '%.*s' must be a text, not %s",
                       STR_ARG(key), json_kind_name(item));
        else
            out[(*count)++] = arena_str(r->arena, str_trim(json_text(item)));
    }
    return out;
}

bool pack_term(struct cal_term *out, struct pack_reader *r, const struct pack_doc *doc,
               const struct json *obj, struct str key, bool need) {
    static const struct {
        struct str words;
        enum cal_unit unit;
    } units[] = {
        {STR_INIT("minute"), CAL_UNIT_MINUTE},
        {STR_INIT("hour"), CAL_UNIT_HOUR},
        {STR_INIT("calendar day"), CAL_UNIT_CALENDAR_DAY},
        {STR_INIT("working day"), CAL_UNIT_WORKING_DAY},
        {STR_INIT("month"), CAL_UNIT_MONTH},
        {STR_INIT("year"), CAL_UNIT_YEAR},
    };
    struct str text = pack_text(r, doc, obj, key, need), number, all = text;
    int64_t n;
    if (text.len == 0)
        return false;
    if (str_split(&number, &text, ' ') && str_to_i64(&n, number) && n >= 0 && n <= 100000) {
        text = str_trim(text);
        for (size_t i = 0; i < COUNT_OF(units); i++) {
            struct str word = units[i].words;
            bool plural = text.len == word.len + 1 && text.at[word.len] == 's';
            if (str_starts(text, word) && (plural || text.len == word.len)) {
                *out = (struct cal_term){(int32_t)n, units[i].unit};
                return true;
            }
        }
    }
    pack_fault(r, 0, pack_at_key(doc, obj, key),
               "'%.*s' must be a number and one of minutes, hours, calendar days, working days, "
               "months, years ('15 calendar days'), not '%.*s'",
               STR_ARG(key), STR_ARG(all));
    return false;
}

enum law_sure pack_sure(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj) {
    struct str sure = pack_text(r, doc, obj, STR("sure"), true);
    if (str_eq(sure, STR("verified")))
        return LAW_SURE_VERIFIED;
    if (str_eq(sure, STR("known")))
        return LAW_SURE_KNOWN;
    if (sure.len > 0 && !str_eq(sure, STR("unsure")))
        pack_fault(r, 0, pack_at_key(doc, obj, STR("sure")),
                   "'sure' must be verified, known or unsure, not '%.*s'", STR_ARG(sure));
    return LAW_SURE_UNSURE;
}

const char *pack_source(struct pack_reader *r, struct str path) {
    return arena_cstr(r->arena, path);
}
