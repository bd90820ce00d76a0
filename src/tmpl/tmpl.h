/* tmpl/tmpl.h - Mustache templates for pages, letters and messages. Pure. Compiled once into an
 * immutable set that any number of threads may render from.
 *
 * Standard: the Mustache specification 1.4: comments, delimiters, interpolation, inverted,
 *           partials, sections; of its optional parts ~inheritance ({{<parent}} {{$block}}) and
 *           ~dynamic-names ({{>*name}}). No lambdas: a context holds data, not code.
 * Names:    {{list.0}} is the first item of a list, so {{#list.0}} asks whether there is one.
 * Values:   missing, null, false, "" and [] are false in a section; everything else, 0 too, is
 *           true. A list repeats its section; {{.}} is the item. Numbers are written by their text.
 *
 * In TMPL_HTML the HTML around each tag is parsed when the set is linked, and decides how a value
 * is escaped:
 *   text, title, textarea, "quoted" attribute   & < > " ' as references
 *   href src action formaction cite poster      a value that begins the URL: as it is, if its
 * scheme is http, https, mailto, tel or none, otherwise "#"; a value further in: percent-encoded as
 *       one component (so a '/' or '&' inside it is data)
 *   script, style, comments, on... and style attributes, srcset and srcdoc, unquoted attributes,
 *       names of tags and attributes               a value there is refused when the set is linked
 * {{{x}}} and {{&x}} are for text only and take only values made by json_html(); rendering another
 * value with them is an error. A section must end in the same kind of place where it began. */
#ifndef MANDATE_TMPL_TMPL_H
#define MANDATE_TMPL_TMPL_H

#include "json/json.h"

enum tmpl_mode {
    TMPL_HTML, /* pages and letters: escaping decided by context, as above */
    TMPL_TEXT, /* plain text, subjects of mails: nothing is escaped */
    TMPL_SPEC, /* as the Mustache specification has it: {{x}} escapes & < > ", {{{x}}} nothing */
};

enum {
    TMPL_DEPTH_MAX = 64,              /* sections, partials and parents inside each other */
    TMPL_OPS_MAX = 1 << 20,           /* of one set, after partials have been put in their places */
    TMPL_LITERAL_BYTES_MAX = 64 << 20 /* of one set, likewise */
};

struct tmpl_set; /* opaque; lives in the arena it was made in */

struct tmpl_set *tmpl_set_make(enum tmpl_mode mode, struct arena *arena);
/* Add one template; name and source are borrowed as long as the set lives. Names are those used in
 * {{>name}}, with '/' if you like: "layout", "desk/case". file is for error messages, borrowed too.
 * Errors: ERR_SYNTAX file:line:column; ERR_CONFLICT for a name given twice; ERR_LIMIT. */
MUST_USE bool tmpl_add(struct tmpl_set *set, struct str name, struct str source, const char *file,
                       struct err *err);
/* Resolve partials and parents, check the HTML, compile. After this the set is immutable.
 * Errors: ERR_UNKNOWN, a partial that does not exist (TMPL_SPEC: that is an empty one);
 *         ERR_UNSUPPORTED, a value in a place where it cannot be escaped; ERR_SYNTAX; ERR_LIMIT. */
MUST_USE bool tmpl_link(struct tmpl_set *set, struct err *err);
bool tmpl_has(const struct tmpl_set *set, struct str name);
/* Render by name into out (its cap bounds the page). A step of budget for each tag met.
 * Errors: ERR_NOT_FOUND; ERR_TYPE for {{{x}}} of a value that is no safe HTML;
 *         ERR_LIMIT. On error out holds a part of the page: throw it away. */
MUST_USE bool tmpl_render(struct buf *out, const struct tmpl_set *set, struct str name,
                          const struct json *context, struct budget *budget, struct err *err);

/* & < > " ' as references: right for HTML text and for quoted attributes. */
void tmpl_escape(struct buf *out, struct str text);
/* True when a URL may stand in an href: relative, or http, https, mailto, tel. */
bool tmpl_url_is_safe(struct str url);

#endif
