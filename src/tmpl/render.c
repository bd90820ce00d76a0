#include <assert.h>

#include "base/code.h"
#include "tmpl/inside.h"

struct renderer {
    struct buf *out;
    const struct tmpl_set *set;
    const struct json *stack[TMPL_DEPTH_MAX];
    unsigned depth;
    unsigned calls; /* how deep run() is in itself */
    struct budget *budget;
    struct err *err;
};

/* & < > " ' and nothing else; 0 is "as it is". */
static const unsigned char special[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};
static const struct str reference[] = {STR_INIT(""),     STR_INIT("&amp;"),  STR_INIT("&lt;"),
                                       STR_INIT("&gt;"), STR_INIT("&quot;"), STR_INIT("&#39;")};

void tmpl_escape(struct buf *out, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char which = special[(unsigned char)text.at[i]];
        if (which == 0)
            continue;
        buf_add(out, (struct str){text.at + from, i - from});
        buf_add(out, reference[which]);
        from = i + 1;
    }
    buf_add(out, str_sub(text, from, text.len));
}

/* RFC 3986: 3.3: '+' and '@' are plain in a path (tel:+86..., mailto:a@b), not in a query. */
static void escape_path(struct buf *out, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '+' && text.at[i] != '@')
            continue;
        code_percent_add(out, (struct str){text.at + from, i - from});
        buf_add_byte(out, text.at[i]);
        from = i + 1;
    }
    code_percent_add(out, str_sub(text, from, text.len));
}

static struct err_at op_where(const struct renderer *r, const struct op *op) {
    return (struct err_at){r->set->sources[op->source].file, op->line, op->column};
}

/* A part of a dotted name: a member's key or, of a list, an item's number from 0, which the
 * specification leaves out and every page needs to ask whether a list is empty. */
static const struct json *step_into(const struct json *from, const struct json_key *key) {
    uint64_t index;
    if (json_is(from, JSON_ARRAY))
        return str_to_u64(&index, key->text) ? json_item(from, (size_t)index) : NULL;
    return json_get_key(from, key);
}

/* Mustache: interpolation: the first part is looked for from the innermost context outwards, the
 * others only in what that gave. */
static const struct json *look_up(const struct renderer *r, const struct op *op) {
    if (op->path_count == 0)
        return r->stack[r->depth - 1];
    const struct json_key *keys = &r->set->keys[op->path];
    const struct json *found = NULL;
    for (unsigned i = r->depth; i > 0 && found == NULL; i--)
        found = json_get_key(r->stack[i - 1], keys);
    for (unsigned i = 1; i < op->path_count && found != NULL; i++)
        found = step_into(found, keys + i);
    return found;
}

static struct str last_key(const struct renderer *r, const struct op *op) {
    return op->path_count == 0 ? STR(".") : r->set->keys[op->path + op->path_count - 1u].text;
}

static bool text_of(struct str *out, const struct renderer *r, const struct op *op,
                    const struct json *value) {
    *out = STR_NONE;
    if (value == NULL)
        return true;
    switch ((enum json_kind)value->kind) {
    case JSON_NULL: return true;
    case JSON_BOOL: *out = value->boolean ? STR("true") : STR("false"); return true;
    case JSON_NUMBER:
    case JSON_STRING: *out = value->text; return true;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return err_set(r->err, ERR_TYPE, op_where(r, op), "'%.*s' is %s, not a text",
                   STR_ARG(last_key(r, op)), json_kind_name(value));
}

static bool write_value(struct renderer *r, const struct op *op) {
    const struct json *value = look_up(r, op);
    struct str text;
    if (!text_of(&text, r, op, value))
        return false;
    switch ((enum escape)op->escape) {
    case ESCAPE_SAFE:
        if (text.len > 0 && !(value->kind == JSON_STRING && value->safe))
            return err_set(r->err, ERR_TYPE, op_where(r, op),
                           "'%.*s' stands in three braces but is not marked as safe HTML",
                           STR_ARG(last_key(r, op)));
        buf_add(r->out, text);
        return true;
    case ESCAPE_NONE: buf_add(r->out, text); return true;
    case ESCAPE_HTML: tmpl_escape(r->out, text); return true;
    case ESCAPE_URL:
        if (tmpl_url_is_safe(text))
            tmpl_escape(r->out, text);
        else
            buf_lit(r->out, "#");
        return true;
    case ESCAPE_PATH: escape_path(r->out, text); return true;
    case ESCAPE_QUERY: code_percent_add(r->out, text); return true;
    }
    return true;
}

static bool is_true(const struct json *value) {
    if (value == NULL)
        return false;
    switch ((enum json_kind)value->kind) {
    case JSON_NULL: return false;
    case JSON_BOOL: return value->boolean;
    case JSON_STRING: return value->text.len > 0;
    case JSON_ARRAY: return value->count > 0;
    case JSON_NUMBER:
    case JSON_OBJECT: return true;
    }
    return false;
}

static bool run(struct renderer *r, const struct program *program, uint32_t from, uint32_t to);

static bool run_section(struct renderer *r, const struct program *program, uint32_t at) {
    const struct op *op = &program->ops[at];
    const struct json *value = look_up(r, op);
    bool truth = is_true(value);
    if (op->kind == OP_INVERTED)
        return truth || run(r, program, at + 1, op->to);
    if (!truth)
        return true;
    if (r->depth == TMPL_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, op_where(r, op), "sections are nested more than %d deep",
                       TMPL_DEPTH_MAX);
    bool list = value->kind == JSON_ARRAY;
    size_t count = list ? value->count : 1;
    r->depth++;
    for (size_t i = 0; i < count; i++) {
        r->stack[r->depth - 1] = list ? value->items[i] : value;
        if (!run(r, program, at + 1, op->to))
            return false;
    }
    r->depth--;
    return true;
}

static bool run_program(struct renderer *r, const struct op *op, uint32_t index) {
    const struct program *program = &r->set->programs[index];
    if (r->calls == TMPL_DEPTH_MAX)
        return err_set(r->err, ERR_LIMIT, op_where(r, op), "templates call themselves too deep");
    r->calls++;
    bool ok = run(r, program, 0, program->op_count);
    r->calls--;
    return ok;
}

static bool run_dynamic(struct renderer *r, const struct op *op) {
    struct str name;
    if (!text_of(&name, r, op, look_up(r, op)))
        return false;
    const size_t *found = map_find(&r->set->names, name);
    if (found != NULL)
        return run_program(r, op, r->set->families[op->from].programs[*found]);
    if (name.len == 0 || r->set->mode == TMPL_SPEC)
        return true;
    return err_set(r->err, ERR_NOT_FOUND, op_where(r, op), "there is no template '%.*s'",
                   STR_ARG(name));
}

static bool run(struct renderer *r, const struct program *program, uint32_t from, uint32_t to) {
    if (!budget_spend(r->budget, (struct cost){to - from, 0}, r->err))
        return false;
    for (uint32_t i = from; i < to; i++) {
        const struct op *op = &program->ops[i];
        bool ok = true;
        switch ((enum op_kind)op->kind) {
        case OP_LITERAL:
            buf_add(r->out, (struct str){program->literals + op->from, op->to - op->from});
            break;
        case OP_VALUE: ok = write_value(r, op); break;
        case OP_SECTION:
        case OP_INVERTED:
            ok = run_section(r, program, i);
            i = op->to - 1;
            break;
        case OP_CALL: ok = run_program(r, op, op->from); break;
        case OP_DYNAMIC: ok = run_dynamic(r, op); break;
        }
        if (!ok)
            return false;
    }
    return buf_ok(r->out, "the page", r->err);
}

bool tmpl_render(struct buf *out, const struct tmpl_set *set, struct str name,
                 const struct json *context, struct budget *budget, struct err *err) {
    assert(set->linked);
    assert(context != NULL);
    const size_t *found = map_find(&set->names, name);
    if (found == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no template '%.*s'",
                       STR_ARG(name));
    struct renderer r = {.out = out, .set = set, .depth = 1, .budget = budget, .err = err};
    r.stack[0] = context;
    const struct program *program = &set->programs[set->families[0].programs[*found]];
    return run(&r, program, 0, program->op_count);
}
