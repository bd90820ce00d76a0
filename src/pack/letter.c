/* Letters: each template is looked at by itself for what Mustache cannot know - that every variable
 * exists (letter_vars.def) and that only the small HTML subset is used, which pages and the PDF
 * writer both set. Whether tags balance and partials exist, tmpl_link() says. */
#include "pack/inner.h"

enum { SECTION_DEPTH_MAX = 32 };

static const struct str known[] = {
#define VAR(path, what) STR_INIT(path),
#include "pack/letter_vars.def"
#undef VAR
};

static const struct str elements[] = {
    STR_INIT("h1"), STR_INIT("h2"), STR_INIT("p"),  STR_INIT("strong"), STR_INIT("em"),
    STR_INIT("br"), STR_INIT("ul"), STR_INIT("ol"), STR_INIT("li"),     STR_INIT("table"),
    STR_INIT("tr"), STR_INIT("th"), STR_INIT("td"), STR_INIT("hr"),
};

struct scan {
    struct pack_reader *r;
    const char *source;
    uint32_t line;
    struct str open[SECTION_DEPTH_MAX]; /* names of the sections around */
    size_t depth;
};

static struct err_at here(const struct scan *s) {
    return (struct err_at){s->source, s->line, 0};
}

static bool joined(struct str path, struct str list, struct str name) {
    return path.len == list.len + 3 + name.len && str_starts(path, list) &&
           str_eq(str_sub(path, list.len, 3), STR("[].")) &&
           str_eq(str_sub(path, list.len + 3, name.len), name);
}

/* What a tag of a name may stand for here: a member of a list section around, or a path. */
static bool variable_known(const struct scan *s, struct str name, bool *is_list) {
    *is_list = false;
    if (str_eq(name, STR(".")))
        return s->depth > 0;
    for (size_t d = s->depth; d-- > 0;) /* the innermost section first, as Mustache looks */
        for (size_t i = 0; i < COUNT_OF(known); i++)
            if (joined(known[i], s->open[d], name))
                return true;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct str path = known[i];
        *is_list = str_ends(path, STR("[]")) && str_eq(str_sub(path, 0, path.len - 2), name);
        if (*is_list || str_eq(path, name))
            return true;
    }
    return false;
}

static void on_tag(struct scan *s, struct str tag) {
    char kind = tag.len > 0 ? tag.at[0] : 0;
    bool special = kind != 0 && strchr("#^/!>&{", kind) != NULL, is_list;
    struct str name = str_trim(special ? str_sub(tag, 1, tag.len) : tag);
    if (kind == '!' || kind == '>')
        return;
    if (kind == '&' || kind == '{') {
        pack_fault(s->r, 0, here(s), "'{{%c' is not for letters: a letter's values are escaped",
                   kind);
        return;
    }
    if (kind == '/') {
        s->depth -= s->depth > 0;
        return;
    }
    if (!variable_known(s, name, &is_list))
        pack_fault(s->r, 0, here(s), "a letter has no variable '%.*s'; see doc/packs.md",
                   STR_ARG(name));
    else if (is_list && !special)
        pack_fault(s->r, 0, here(s), "'%.*s' is a list: open it with {{#%.*s}}", STR_ARG(name),
                   STR_ARG(name));
    if (kind != '#' && kind != '^')
        return;
    if (s->depth < SECTION_DEPTH_MAX)
        s->open[s->depth++] = name;
    else
        pack_fault(s->r, 0, here(s), "sections are nested deeper than %d", SECTION_DEPTH_MAX);
}

static bool element_known(struct str name) {
    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (str_eq(elements[i], name))
            return true;
    return false;
}

/* "<name class=...>" or "</name>"; only class is allowed on an element. */
static void on_element(struct scan *s, struct str inside) {
    size_t from = str_starts(inside, STR("/")) ? 1 : 0, to = from;
    while (to < inside.len && strchr(" \t\r\n/>", inside.at[to]) == NULL)
        to++;
    struct str name = str_sub(inside, from, to - from);
    struct str rest = str_trim(str_sub(inside, to, inside.len));
    if (!element_known(name))
        pack_fault(
            s->r, 0, here(s),
            "a letter cannot hold <%.*s>: use h1 h2 p strong em br ul ol li table tr th td hr",
            STR_ARG(name));
    if (rest.len > 0 && !str_eq(rest, STR("/")) && !str_starts(rest, STR("class=\"")))
        pack_fault(s->r, 0, here(s), "an element of a letter has no attribute but class");
}

void pack_check_template(struct pack_reader *r, const char *source, struct str text) {
    struct scan s = {.r = r, .source = source, .line = 1};
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_sub(text, i, text.len);
        bool tag = str_starts(rest, STR("{{"));
        if (text.at[i] == '\n')
            s.line++;
        if (!tag && text.at[i] != '<')
            continue;
        size_t open = tag ? 2 : 1;
        struct str inside = str_sub(rest, open, rest.len);
        size_t end = str_find(inside, tag ? STR("}}") : STR(">"));
        if (end == SIZE_MAX)
            return; /* tmpl_add() says what is not closed */
        inside = str_sub(inside, 0, end);
        if (tag)
            on_tag(&s, inside);
        else
            on_element(&s, inside);
        for (size_t k = 0; k < inside.len; k++)
            s.line += inside.at[k] == '\n';
        i += open + end + (tag ? 1 : 0);
    }
}
