/* A tokenizer of HTML (the parts of the HTML standard, section 13.2.5, that decide where a value
 * stands), fed with the literal text of templates. It refuses rather than guesses: what a browser
 * would repair is an error here. */
#include "tmpl/inside.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void name_add(char name[HTML_NAME_MAX], char c) {
    size_t len = strlen(name);
    if (len + 1 < HTML_NAME_MAX)
        name[len] = lower(c);
}

static void name_clear(char name[HTML_NAME_MAX]) {
    memset(name, 0, HTML_NAME_MAX);
}

static bool one_of(const char *name, const char *const *words) {
    for (; *words != NULL; words++)
        if (strcmp(name, *words) == 0)
            return true;
    return false;
}

/* Values in these attributes are code, or lists of URLs in a grammar of their own. hx- are htmx's.
 */
static enum attr_kind attr_kind_of(const char *name) {
    static const char *const refused[] = {"style",   "srcset",     "imagesrcset", "srcdoc",
                                          "hx-vals", "hx-headers", "hx-vars",     "hx-request",
                                          "ping",    NULL};
    static const char *const urls[] = {
        "href",   "src",      "action",     "formaction",  "cite",           "poster",
        "data",   "manifest", "background", "xlink:href",  "hx-get",         "hx-post",
        "hx-put", "hx-patch", "hx-delete",  "hx-push-url", "hx-replace-url", NULL};
    if (strncmp(name, "data-hx-", 8) == 0)
        name += 5;
    if (strncmp(name, "on", 2) == 0 || strncmp(name, "hx-on", 5) == 0 || one_of(name, refused))
        return ATTR_REFUSED;
    return one_of(name, urls) ? ATTR_URL : ATTR_PLAIN;
}

/* A URL that loads code or moves the page's base may not come from a value as a whole. */
static bool element_loads(const char *element) {
    static const char *const words[] = {"script", "link",  "base", "iframe",
                                        "object", "embed", NULL};
    return one_of(element, words);
}

static void begin_value(struct html_state *s) {
    s->attr = attr_kind_of(s->name);
    s->url = URL_START;
    name_clear(s->name);
}

static void finish_tag(struct html_state *s) {
    static const char *const raw[] = {"script",  "style",    "iframe",    "xmp",
                                      "noembed", "noframes", "plaintext", NULL};
    static const char *const rcdata[] = {"title", "textarea", NULL};
    s->place = s->is_end                    ? PLACE_TEXT
               : one_of(s->element, raw)    ? PLACE_RAW
               : one_of(s->element, rcdata) ? PLACE_RCDATA
                                            : PLACE_TEXT;
    if (s->place == PLACE_TEXT)
        name_clear(s->element);
    name_clear(s->name);
    s->matched = 0;
    s->is_end = false;
    s->attr = ATTR_PLAIN;
    s->url = URL_START;
    s->quote = 0;
}

static bool feed_in_tag(struct html_state *s, char c, const char **why) {
    if (c == '>') {
        finish_tag(s);
        return true;
    }
    if (is_blank(c) || c == '/') {
        s->place = c != '/' && (s->place == PLACE_ATTR_NAME || s->place == PLACE_AFTER_NAME)
                       ? PLACE_AFTER_NAME
                       : PLACE_TAG;
        return true;
    }
    if (s->place == PLACE_NEEDS_BLANK) {
        *why = "a blank, '/' or '>' must follow the section in this tag";
        return false;
    }
    if (c == '"' || c == '\'' || c == '<') {
        *why = "a quote or '<' stands between the attributes of a tag";
        return false;
    }
    if (c == '=') {
        if (s->place != PLACE_ATTR_NAME && s->place != PLACE_AFTER_NAME) {
            *why = "'=' stands behind a name that is not wholly written here";
            return false;
        }
        s->place = PLACE_BEFORE_VALUE;
        begin_value(s);
        return true;
    }
    if (s->place == PLACE_NAME_UNKNOWN)
        return true;
    if (s->place != PLACE_ATTR_NAME)
        name_clear(s->name);
    s->place = PLACE_ATTR_NAME;
    name_add(s->name, c);
    return true;
}

static bool scheme_allowed(struct str scheme) {
    return str_eq_ascii_case(scheme, STR("http")) || str_eq_ascii_case(scheme, STR("https")) ||
           str_eq_ascii_case(scheme, STR("mailto")) || str_eq_ascii_case(scheme, STR("tel"));
}

/* RFC 3986: 3: what stands before the first ':' that no '/', '?' or '#' precedes is a scheme. */
bool tmpl_url_is_safe(struct str url) {
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.at[i];
        if (c <= 0x20 || c == 0x7F) /* browsers drop some of these, and then see another scheme */
            return false;
        if (c == ':')
            return scheme_allowed(str_sub(url, 0, i));
        if (c == '/' || c == '?' || c == '#')
            break;
    }
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.at[i] < 0x20)
            return false;
    return true;
}

static bool feed_url(struct html_state *s, char c, const char **why) {
    if (s->url == URL_PATH || s->url == URL_QUERY) {
        if (c == '?' || c == '#')
            s->url = URL_QUERY;
        return true;
    }
    if (c == '/') {
        s->url = URL_PATH;
    } else if (c == '?' || c == '#') {
        s->url = URL_QUERY;
    } else if (c == ':') {
        if (!scheme_allowed(str_from(s->name))) {
            *why = "this URL's scheme is not http, https, mailto or tel";
            return false;
        }
        s->url = URL_PATH;
    } else {
        s->url = URL_SCHEME;
        name_add(s->name, c);
    }
    return true;
}

static bool feed_value(struct html_state *s, char c, const char **why) {
    bool quoted = s->place == PLACE_QUOTED;
    if (quoted ? c == s->quote : is_blank(c)) {
        s->place = PLACE_TAG;
        s->quote = 0;
        s->attr = ATTR_PLAIN;
        s->url = URL_START;
        name_clear(s->name);
        return true;
    }
    if (!quoted && c == '>') {
        finish_tag(s);
        return true;
    }
    return s->attr != ATTR_URL || feed_url(s, c, why);
}

static bool feed_before_value(struct html_state *s, char c, const char **why) {
    if (is_blank(c))
        return true;
    if (c == '>') {
        *why = "an attribute has no value behind its '='";
        return false;
    }
    s->place = c == '"' || c == '\'' ? PLACE_QUOTED : PLACE_UNQUOTED;
    s->quote = s->place == PLACE_QUOTED ? c : 0;
    return s->place == PLACE_QUOTED || feed_value(s, c, why);
}

/* The end tag of the element whose content is raw: "</name" and then a blank, '/' or '>'. */
static bool feed_raw(struct html_state *s, char c, const char **why) {
    size_t len = strlen(s->element);
    if (s->matched == len + 2 && (is_blank(c) || c == '/' || c == '>')) {
        s->place = PLACE_TAG;
        s->is_end = true;
        return feed_in_tag(s, c, why);
    }
    char wanted = s->matched == 0        ? '<'
                  : s->matched == 1      ? '/'
                  : s->matched < len + 2 ? s->element[s->matched - 2]
                                         : 0;
    s->matched = wanted != 0 && lower(c) == wanted ? s->matched + 1 : c == '<' ? 1 : 0;
    return true;
}

static void feed_markup(struct html_state *s, char c) {
    if (s->place == PLACE_COMMENT) { /* up to "-->" */
        if (s->matched == 2 && c == '>') {
            s->place = PLACE_TEXT;
            s->matched = 0;
        } else {
            s->matched = c == '-' ? MIN_OF(s->matched + 1, 2u) : 0;
        }
        return;
    }
    /* <!doctype>, or the two '-' of a comment */
    if (c == '>') {
        s->place = PLACE_TEXT;
        s->matched = 0;
    } else if (c == '-' && s->matched < 2) {
        s->matched++;
        if (s->matched == 2) {
            s->place = PLACE_COMMENT;
            s->matched = 0;
        }
    } else {
        s->matched = 3;
    }
}

static bool feed_tag_open(struct html_state *s, char c, const char **why) {
    if (is_letter(c)) {
        s->is_end = s->place == PLACE_END_TAG_OPEN;
        s->place = PLACE_TAG_NAME;
        name_clear(s->element);
        name_add(s->element, c);
        return true;
    }
    if (s->place == PLACE_TAG_OPEN && (c == '/' || c == '!')) {
        s->place = c == '/' ? PLACE_END_TAG_OPEN : PLACE_MARKUP;
        s->matched = 0;
        return true;
    }
    *why = "'<' begins no tag here; write it as &lt;";
    return false;
}

bool html_feed(struct html_state *s, char c, const char **why) {
    switch (s->place) {
    case PLACE_TEXT:
        if (c == '<')
            s->place = PLACE_TAG_OPEN;
        return true;
    case PLACE_TAG_OPEN:
    case PLACE_END_TAG_OPEN: return feed_tag_open(s, c, why);
    case PLACE_TAG_NAME:
        if (is_blank(c) || c == '/' || c == '>')
            return feed_in_tag(s, c, why);
        name_add(s->element, c);
        return true;
    case PLACE_TAG:
    case PLACE_ATTR_NAME:
    case PLACE_AFTER_NAME:
    case PLACE_NAME_UNKNOWN:
    case PLACE_NEEDS_BLANK: return feed_in_tag(s, c, why);
    case PLACE_BEFORE_VALUE: return feed_before_value(s, c, why);
    case PLACE_QUOTED:
    case PLACE_UNQUOTED: return feed_value(s, c, why);
    case PLACE_RAW:
    case PLACE_RCDATA: return feed_raw(s, c, why);
    case PLACE_MARKUP:
    case PLACE_COMMENT: feed_markup(s, c); return true;
    }
    return true;
}

static bool url_value(enum escape *out, struct html_state *s, const char **why) {
    *out = s->url == URL_START ? ESCAPE_URL : s->url == URL_QUERY ? ESCAPE_QUERY : ESCAPE_PATH;
    if (s->url == URL_START && element_loads(s->element)) {
        *why = "the URL of this element must begin with a text of the template";
        return false;
    }
    if (s->url == URL_START || s->url == URL_SCHEME) {
        s->url = URL_SCHEME; /* a ':' behind it would make the value part of a scheme */
        name_clear(s->name);
        name_add(s->name, '{');
    }
    return true;
}

bool html_value(enum escape *out, struct html_state *s, const char **why) {
    *out = ESCAPE_HTML;
    switch (s->place) {
    case PLACE_RCDATA:
    case PLACE_TEXT: s->matched = 0; return true;
    case PLACE_QUOTED:
        if (s->attr == ATTR_REFUSED)
            *why = "a value cannot stand in this attribute (style, on..., srcset and the like)";
        return s->attr == ATTR_URL ? url_value(out, s, why) : s->attr == ATTR_PLAIN;
    case PLACE_BEFORE_VALUE:
    case PLACE_UNQUOTED: *why = "a value in an attribute needs quotes around it"; return false;
    case PLACE_RAW: *why = "a value cannot stand inside script or style"; return false;
    case PLACE_MARKUP:
    case PLACE_COMMENT: *why = "a value cannot stand in a comment or doctype"; return false;
    default: *why = "a value cannot be the name of a tag or attribute"; return false;
    }
}

bool html_same(const struct html_state *a, const struct html_state *b) {
    return a->place == b->place && a->is_end == b->is_end && a->quote == b->quote &&
           a->attr == b->attr && a->url == b->url && a->matched == b->matched &&
           strcmp(a->element, b->element) == 0 && strcmp(a->name, b->name) == 0;
}

static bool in_tag(const struct html_state *s) {
    return s->place == PLACE_TAG || s->place == PLACE_ATTR_NAME || s->place == PLACE_AFTER_NAME ||
           s->place == PLACE_NAME_UNKNOWN || s->place == PLACE_NEEDS_BLANK ||
           s->place == PLACE_TAG_NAME;
}

static bool ends_name(const struct html_state *s) {
    return s->place == PLACE_TAG || s->place == PLACE_AFTER_NAME;
}

static bool join_in_tag(struct html_state *out, const struct html_state *a,
                        const struct html_state *b) {
    *out = *a;
    name_clear(out->name);
    bool strict = a->place == PLACE_NEEDS_BLANK || b->place == PLACE_NEEDS_BLANK ||
                  a->place == PLACE_TAG_NAME || b->place == PLACE_TAG_NAME;
    out->place = strict                         ? PLACE_NEEDS_BLANK
                 : ends_name(a) && ends_name(b) ? PLACE_TAG
                                                : PLACE_NAME_UNKNOWN;
    return true;
}

bool html_join(struct html_state *out, const struct html_state *a, const struct html_state *b) {
    *out = *a;
    if (html_same(a, b))
        return true;
    if (a->is_end != b->is_end || strcmp(a->element, b->element) != 0)
        return false;
    if (in_tag(a) && in_tag(b))
        return join_in_tag(out, a, b);
    if (a->place != PLACE_QUOTED || b->place != PLACE_QUOTED || a->quote != b->quote ||
        a->attr != b->attr)
        return false;
    name_clear(out->name);
    if (a->attr != ATTR_URL)
        return true;
    bool behind_scheme = a->url >= URL_PATH && b->url >= URL_PATH;
    out->url = behind_scheme ? URL_QUERY : URL_SCHEME;
    if (!behind_scheme)
        name_add(out->name, '{');
    return true;
}
