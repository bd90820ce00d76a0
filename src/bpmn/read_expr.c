/* What is wrong with a model, and reading its expressions.
 *
 * FEEL knows the names in scope, and may so tell a name with blanks ("order total") from two names.
 * Here the variables of a running process are not known. But two words side by side, neither of
 * them a word of the grammar nor the name of a function that is called, can be nothing else in FEEL
 * than one name: so they are declared as one. */
#include "bpmn/read.h"

#include "base/utf8.h"

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

bool read_is(const struct xml_node *x, const char *name) {
    return xml_is(x, bpmn_ns, str_from(name));
}

bool read_is_inert(const struct xml_node *x) {
    /* BPMN 2.0.2: 8.3.1 documentation, 8.4.1 artifacts, 8.3.15: they have no execution semantics */
    static const char *const names[] = {
        "documentation", "extensionElements", "association",      "textAnnotation", "group",
        "auditing",      "monitoring",        "categoryValueRef", "supports"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (read_is(x, names[i]))
            return true;
    return false;
}

/* --- what is wrong
 * ---------------------------------------------------------------------------- */
static struct str shown_id(const struct xml_node *x) {
    struct str id = xml_attr_text(x, STR("id"));
    return id.len > 0 ? id : xml_attr_text(x, STR("name"));
}

static bool collect(struct reader *r, enum err_code code, struct err_at at, struct str text) {
    if (r->problems == NULL)
        r->problems = arena_new(r->arena, struct bpmn_problem, READ_PROBLEMS_MAX);
    if (r->problem_count < READ_PROBLEMS_MAX)
        r->problems[r->problem_count++] =
            (struct bpmn_problem){code, at, arena_str(r->arena, text)};
    return true;
}

static struct str with_element(struct reader *r, const struct xml_node *x, const char *middle,
                               struct str text) {
    struct str id = shown_id(x), in = STR_NONE;
    for (const struct xml_node *up = x->parent; id.len == 0 && in.len == 0 && up != NULL;
         up = up->parent)
        in = shown_id(up);
    bool named = id.len > 0;
    if (!named)
        id = in;
    return arena_printf(r->scratch, "element '%.*s'%s%.*s%s%s: %.*s", STR_ARG(x->name),
                        id.len == 0 ? ""
                        : named     ? " '"
                                    : " in '",
                        STR_ARG(id), id.len > 0 ? "'" : "", middle, STR_ARG(text));
}

bool read_broken_text(struct reader *r, enum err_code code, const struct xml_node *x,
                      struct str text) {
    text = with_element(r, x, "", text);
    return err_set(r->err, code, xml_where(x, r->source), "%.*s", STR_ARG(text));
}

bool read_problem(struct reader *r, enum err_code code, const struct xml_node *x, struct str text) {
    if (!r->collect || r->process == NULL)
        return read_broken_text(r, code, x, text);
    return collect(r, code, xml_where(x, r->source), with_element(r, x, "", text));
}

bool read_refuse(struct reader *r, const struct xml_node *x, const char *why) {
    struct str text = with_element(r, x, " is not executed", str_from(why));
    if (!r->collect || r->process == NULL)
        return err_set(r->err, ERR_UNSUPPORTED, xml_where(x, r->source), "%.*s", STR_ARG(text));
    return collect(r, ERR_UNSUPPORTED, xml_where(x, r->source), text);
}

/* --- attributes
 * ---------------------------------------------------------------------------- */
struct str read_attr(struct reader *r, const struct xml_node *x, const char *name) {
    struct str value = xml_attr_text(x, str_from(name));
    return value.len == 0 ? STR_NONE : arena_str(r->arena, value);
}

struct str read_text(struct reader *r, const struct xml_node *x) {
    struct str text = x == NULL ? STR_NONE : str_trim(xml_text(x, r->scratch));
    return text.len == 0 ? STR_NONE : arena_str(r->arena, text);
}

struct str read_plain_name(struct reader *r, const struct xml_node *x) {
    struct str name = str_trim(xml_attr_text(x, STR("name")));
    if (name.len == 0)
        return STR_NONE;
    char *out = arena_new(r->arena, char, name.len);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool blank =
            name.at[i] == ' ' || name.at[i] == '\n' || name.at[i] == '\t' || name.at[i] == '\r';
        if (!blank)
            out[len++] = name.at[i];
        else if (out[len - 1] != ' ')
            out[len++] = ' ';
    }
    return (struct str){out, len};
}

bool read_flag(const struct xml_node *x, const char *name, bool wanted_if_absent) {
    struct str value = str_trim(xml_attr_text(x, str_from(name)));
    if (value.len == 0)
        return wanted_if_absent;
    return str_eq(value, STR("true")) || str_eq(value, STR("1"));
}

struct str read_local(struct str qname) {
    size_t colon = str_find_byte(qname, ':');
    return colon == SIZE_MAX ? qname : str_sub(qname, colon + 1, qname.len);
}

size_t read_count(const struct xml_node *x, const char *name) {
    size_t count = 0;
    for (x = xml_first(x); x != NULL; x = xml_sibling(x))
        count += read_is(x, name);
    return count;
}

/* --- references
 * ---------------------------------------------------------------------------- */
const struct xml_node *read_find(const struct reader *r, struct str ref) {
    ref = str_trim(ref);
    const size_t *index = map_find(&r->element_at, ref);
    if (index == NULL)
        index = map_find(&r->element_at, read_local(ref));
    return index == NULL ? NULL : r->elements[*index];
}

bool read_declared(const struct xml_node **out, struct reader *r, const struct xml_node *x,
                   const char *attribute, const char *element) {
    *out = NULL;
    struct str ref = str_trim(xml_attr_text(x, str_from(attribute)));
    if (ref.len == 0)
        return true;
    const struct xml_node *found = read_find(r, ref);
    if (found == NULL || !read_is(found, element))
        return read_missing(r, x, "it refers by %s to '%.*s', but there is no such %s", attribute,
                            STR_ARG(ref), element);
    *out = found;
    return true;
}

/* --- expressions
 * ---------------------------------------------------------------------------- */
enum { LONG_NAMES = 32 }; /* in one expression; further ones are left to FEEL's own rules */

struct long_names {
    struct feel_name names[LONG_NAMES];
    struct str members[LONG_NAMES];
    size_t name_count, member_count;
};

static bool is_word(struct str word) {
    static const char *const words[] = {"if",     "then",    "else",     "for",       "in",
                                        "return", "some",    "every",    "and",       "or",
                                        "not",    "between", "of",       "satisfies", "true",
                                        "false",  "null",    "instance", "function",  "external"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(word, str_from(words[i])))
            return true;
    return false;
}

static bool is_name_part(uint32_t c, bool first) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0xc0;
    return letter || (!first && c >= '0' && c <= '9');
}

/* One name at the beginning of *rest; empty when there is none. */
static struct str take_name(struct str *rest) {
    struct str at = *rest, before = at;
    uint32_t c;
    bool first = true;
    while (utf8_take(&c, &at) && is_name_part(c, first)) {
        before = at;
        first = false;
    }
    struct str name = first ? STR_NONE : str_sub(*rest, 0, rest->len - before.len);
    if (!first)
        *rest = before;
    return name;
}

static struct str skip_blank(struct str text) {
    size_t i = 0;
    while (i < text.len &&
           (text.at[i] == ' ' || text.at[i] == '\n' || text.at[i] == '\t' || text.at[i] == '\r'))
        i++;
    return str_sub(text, i, text.len);
}

/* Past a string literal or a comment; false when there is none here. */
static bool skip_literal(struct str *rest) {
    size_t i = 1;
    if (str_starts(*rest, STR("\""))) {
        while (i < rest->len && rest->at[i] != '"')
            i += rest->at[i] == '\\' ? 2 : 1;
        *rest = str_sub(*rest, i + 1, rest->len);
        return true;
    }
    bool line = str_starts(*rest, STR("//")), block = str_starts(*rest, STR("/*"));
    if (!line && !block)
        return false;
    size_t end = str_find(str_sub(*rest, 2, rest->len), line ? STR("\n") : STR("*/"));
    *rest = end == SIZE_MAX ? STR_NONE : str_sub(*rest, 2 + end + (line ? 1 : 2), rest->len);
    return true;
}

static void find_long_names(struct long_names *out, struct str text) {
    struct str rest = text;
    uint32_t c = 0;
    bool dot = false;
    while (rest.len > 0) {
        if (skip_literal(&rest))
            continue;
        struct str at = rest, name = take_name(&rest);
        if (name.len == 0) {
            (void)utf8_take(&c, &rest);
            dot = c == '.' || (dot && (c == ' ' || c == '\n'));
            while (c >= '0' && c <= '9' && rest.len > 0 &&
                   is_name_part((unsigned char)rest.at[0], false))
                (void)utf8_take(&c, &rest); /* "2x" is no name */
            continue;
        }
        size_t words = 1;
        for (struct str more = rest; !is_word(name); words++) {
            more = skip_blank(more);
            struct str next = take_name(&more);
            if (next.len == 0 || is_word(next))
                break;
            rest = more;
        }
        struct str whole = str_sub(at, 0, at.len - rest.len);
        struct str behind = skip_blank(rest);
        bool called = str_starts(behind, STR("(")) || /* or a parameter or entry is named */
                      (str_starts(behind, STR(":")) && !str_starts(behind, STR("::")));
        if (words > 1 && !called && dot && out->member_count < LONG_NAMES)
            out->members[out->member_count++] = whole;
        else if (words > 1 && !called && !dot && out->name_count < LONG_NAMES)
            out->names[out->name_count++] = (struct feel_name){.name = whole};
        dot = false;
    }
}

bool read_feel(struct bpmn_expr *out, struct reader *r, const struct xml_node *x, struct str text) {
    text = str_trim(text);
    if (str_starts(text, STR("=")))
        text = str_trim(str_sub(text, 1, text.len));
    out->at = xml_where(x, r->source);
    if (text.len == 0)
        return read_wrong(r, x, "the expression is empty");
    out->text = arena_str(r->arena, text);
    struct long_names longs = {.name_count = 0};
    find_long_names(&longs, out->text);
    struct feel_options options = {.form = FEEL_EXPRESSION,
                                   .open = true,
                                   .shadow = true,
                                   .names = longs.names,
                                   .name_count = longs.name_count,
                                   .members = longs.members,
                                   .member_count = longs.member_count,
                                   .budget = r->budget,
                                   .at = out->at};
    struct err err = {0};
    if (feel_compile(&out->program, r->arena, out->text, &options, &err))
        return true;
    struct str what = with_element(r, x, "", str_from(err.text));
    return r->collect && r->process != NULL
               ? collect(r, err.code, err.at, what)
               : err_set(r->err, err.code, err.at, "%.*s", STR_ARG(what));
}

bool read_expr(struct bpmn_expr *out, struct reader *r, const struct xml_node *x, struct str text) {
    text = str_trim(text);
    out->at = xml_where(x, r->source);
    if (str_starts(text, STR("=")))
        return read_feel(out, r, x, text);
    out->text = text.len == 0 ? STR_NONE : arena_str(r->arena, text);
    return true;
}

bool read_formal(struct bpmn_expr *out, struct reader *r, const struct xml_node *x) {
    struct str text = x == NULL ? STR_NONE : str_trim(xml_text(x, r->scratch));
    if (text.len == 0)
        return true;
    /* BPMN 2.0.2: 8.3.6: without one it is that of the file, whose own default is XPath; but tools
     * leave that default standing over FEEL, so only what stands on the expression decides */
    struct str language = xml_attr_text(x, STR("language"));
    bool feel = language.len == 0 || str_find(language, STR("FEEL")) != SIZE_MAX ||
                str_find(language, STR("feel")) != SIZE_MAX;
    if (!feel) {
        out->at = xml_where(x, r->source);
        out->text = arena_str(r->arena, text);
        return read_refuse(r, x, "its expression language is not FEEL");
    }
    return read_feel(out, r, x, text);
}
