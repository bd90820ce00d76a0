/* pack.yaml and letters.yaml: who the pack is, its posts, states, laws, remedies, letters. A pack
 * that extends the base adds to the base's lists; an id occurs once in both together. */
#include "pack/inner.h"

/* An id that is new in its list; the fault otherwise. */
static bool put(struct pack_reader *r, struct map *at, const struct pack_doc *doc,
                const struct json *node, struct str id, size_t index, const char *what) {
    if (id.len == 0)
        return false;
    if (map_put(at, id, index))
        return true;
    pack_fault(r, 0, pack_at_key(doc, node, STR("id")), "the %s '%.*s' is defined twice", what,
               STR_ARG(id));
    return false;
}

static void read_posts(struct pack_reader *r, const struct pack_doc *doc, const struct json *root) {
    const struct json *list = pack_list(r, doc, root, STR("posts"), false);
    struct pack *p = r->pack;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "id title supervises administers works operates", "a post"))
            continue;
        struct pack_post post = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .title = pack_lang(r, doc, node, STR("title"), true),
            .supervises = pack_flag(r, doc, node, STR("supervises"), false),
            .administers = pack_flag(r, doc, node, STR("administers"), false),
            .works = pack_flag(r, doc, node, STR("works"), false),
            .operates = pack_flag(r, doc, node, STR("operates"), false),
        };
        if (!put(r, &p->post_at, doc, node, post.id, p->post_count, "post"))
            continue;
        PACK_GROW(r, p->posts, p->post_count, r->room.posts);
        p->posts[p->post_count++] = post;
    }
}

static void read_categories(struct pack_reader *r, const struct pack_doc *doc,
                            const struct json *root) {
    const struct json *list = pack_list(r, doc, root, STR("categories"), false);
    struct pack *p = r->pack;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "id title summary", "a category"))
            continue;
        struct pack_category category = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .title = pack_lang(r, doc, node, STR("title"), true),
            .summary = pack_lang(r, doc, node, STR("summary"), true),
        };
        if (pack_category(p, category.id) != NULL)
            pack_fault(r, 0, pack_at(doc, node), "the category '%.*s' is defined twice",
                       STR_ARG(category.id));
        PACK_GROW(r, p->categories, p->category_count, r->room.categories);
        p->categories[p->category_count++] = category;
    }
}

static void read_statuses(struct pack_reader *r, const struct pack_doc *doc,
                          const struct json *root) {
    const struct json *list = pack_list(r, doc, root, STR("statuses"), false);
    struct pack *p = r->pack;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "id title closed", "a status"))
            continue;
        struct pack_status status = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .title = pack_lang(r, doc, node, STR("title"), true),
            .closed = pack_flag(r, doc, node, STR("closed"), false),
        };
        if (!put(r, &p->status_at, doc, node, status.id, p->status_count, "status"))
            continue;
        PACK_GROW(r, p->statuses, p->status_count, r->room.statuses);
        p->statuses[p->status_count++] = status;
    }
}

static void read_laws(struct pack_reader *r, const struct pack_doc *doc, const struct json *root) {
    const struct json *list = pack_list(r, doc, root, STR("laws"), false);
    struct pack *p = r->pack;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        struct cal_date date;
        if (!pack_only(r, doc, node, "id title version from source sure", "a law"))
            continue;
        struct pack_law law = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .title = pack_lang(r, doc, node, STR("title"), true),
            .version = pack_lang(r, doc, node, STR("version"), true),
            .from = pack_text(r, doc, node, STR("from"), true),
            .url = pack_text(r, doc, node, STR("source"), true),
            .sure = pack_sure(r, doc, node),
        };
        if (law.from.len > 0 && !cal_date_parse(&date, law.from))
            pack_fault(r, 0, pack_at_key(doc, node, STR("from")),
                       "'from' must be the day since which it is in force (2024-01-01), not '%.*s'",
                       STR_ARG(law.from));
        if (!put(r, &p->law_at, doc, node, law.id, p->law_count, "law"))
            continue;
        PACK_GROW(r, p->laws, p->law_count, r->room.laws);
        p->laws[p->law_count++] = law;
    }
}

static enum law_remedy_to remedy_to(struct pack_reader *r, const struct pack_doc *doc,
                                    const struct json *node) {
    static const struct {
        struct str name;
        enum law_remedy_to to;
    } rows[] = {
        {STR_INIT("review"), LAW_TO_REVIEW_ORGAN},
        {STR_INIT("superior"), LAW_TO_SUPERIOR},
        {STR_INIT("court"), LAW_TO_COURT},
        {STR_INIT("nobody"), LAW_TO_NOBODY},
    };
    struct str to = pack_text(r, doc, node, STR("to"), true);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(rows[i].name, to))
            return rows[i].to;
    if (to.len > 0)
        pack_fault(r, 0, pack_at_key(doc, node, STR("to")),
                   "'to' must be review, superior, court or nobody, not '%.*s'", STR_ARG(to));
    return LAW_TO_NOBODY;
}

struct str pack_articles(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                         bool need) {
    struct str key = STR("articles"), text = pack_text(r, doc, obj, key, need), rest = text;
    while (rest.len > 0) {
        bool dash = str_starts(rest, STR("–"));
        if (!dash && strchr("0123456789,() ", rest.at[0]) == NULL) {
            pack_fault(
                r, 0, pack_at_key(doc, obj, key),
                "'articles' must be numbers ('9', '20–24, 30', '23(1)'), or left out for the "
                "whole law, not '%.*s'",
                STR_ARG(text));
            return STR_NONE;
        }
        rest = str_sub(rest, dash ? STR("–").len : 1, rest.len);
    }
    return text;
}

void pack_basis_of(struct pack_reader *r, const struct pack_doc *doc, const struct json *obj,
                   bool need, struct str *law, struct str *articles) {
    const struct json *basis = json_get(obj, STR("basis"));
    *law = *articles = STR_NONE;
    if (basis == NULL) {
        pack_fault(r, 0, pack_at(doc, obj), "'basis' is missing: {law: ..., articles: ...}");
        return;
    }
    if (!pack_only(r, doc, basis, "law articles", "'basis'"))
        return;
    *law = pack_id(r, doc, basis, STR("law"), true);
    *articles = pack_articles(r, doc, basis, need);
}

static void read_remedy(struct pack_reader *r, const struct pack_doc *doc,
                        const struct json *node) {
    struct pack *p = r->pack;
    if (!pack_only(r, doc, node, "id title to court within from matter basis first sure",
                   "a remedy"))
        return;
    struct law_remedy remedy = {
        .code = pack_id(r, doc, node, STR("id"), true),
        .title = pack_lang(r, doc, node, STR("title"), true),
        .to = remedy_to(r, doc, node),
        .first = pack_flag(r, doc, node, STR("first"), false),
        .line = node->line,
    };
    bool court = remedy.to == LAW_TO_COURT, none = remedy.to == LAW_TO_NOBODY;
    bool timed = json_get(node, STR("within")) != NULL;
    remedy.text = remedy.title;
    remedy.court = pack_lang(r, doc, node, STR("court"), court);
    remedy.matter = pack_id(r, doc, node, STR("matter"), !court && !none);
    if (timed || court)
        remedy.has_term = pack_term(&remedy.term, r, doc, node, STR("within"), true);
    remedy.from = pack_lang(r, doc, node, STR("from"), timed);
    pack_basis_of(r, doc, node, true, &remedy.law, &remedy.articles);
    (void)pack_sure(r, doc, node);
    if (!put(r, &p->remedy_at, doc, node, remedy.code, p->remedy_count, "remedy"))
        return;
    PACK_GROW(r, p->remedies, p->remedy_count, r->room.remedies);
    p->remedies[p->remedy_count] = remedy;
    PACK_GROW(r, r->remedy_docs, p->remedy_count, r->remedy_doc_room);
    r->remedy_docs[p->remedy_count++] = *doc;
}

static void read_remedies(struct pack_reader *r, const struct pack_doc *doc,
                          const struct json *root) {
    const struct json *list = pack_list(r, doc, root, STR("remedies"), false);
    for (size_t i = 0; i < json_count(list); i++)
        read_remedy(r, doc, json_item(list, i));
}

static void read_own(struct pack_reader *r, const struct pack_doc *doc, const struct json *root) {
    struct pack *p = r->pack;
    p->id = pack_id(r, doc, root, STR("pack"), true);
    p->version = pack_text(r, doc, root, STR("version"), true);
    p->title = pack_lang(r, doc, root, STR("title"), true);
    p->currency = pack_id(r, doc, root, STR("currency"), true);
    p->zone = pack_text(r, doc, root, STR("zone"), true);
    p->emergency = pack_text(r, doc, root, STR("emergency"), false);
    p->timezone = p->zone.len > 0 ? cal_zone_find(NULL, p->zone) : NULL;
    if (p->zone.len > 0 && p->timezone == NULL)
        pack_fault(r, 0, pack_at_key(doc, root, STR("zone")),
                   "unknown time zone '%.*s'; built in: Asia/Shanghai, UTC", STR_ARG(p->zone));
    r->extends = pack_id(r, doc, root, STR("extends"), false);
    r->extends_at = pack_at_key(doc, root, STR("extends"));
    r->calendar_id = pack_id(r, doc, root, STR("calendar"), false);
    r->calendar_at = pack_at_key(doc, root, STR("calendar"));
}

void pack_read_pack(struct pack_reader *r, const struct pack_doc *doc, bool base) {
    const struct json *root = doc->root;
    if (!pack_only(
            r, doc, root,
            "pack extends version title zone currency emergency calendar categories posts statuses "
            "laws remedies",
            "pack.yaml"))
        return;
    *(base ? &r->has_base : &r->has_own) = true;
    if (!base)
        read_own(r, doc, root);
    else
        r->base_id = pack_id(r, doc, root, STR("pack"), true);
    read_categories(r, doc, root);
    read_posts(r, doc, root);
    read_statuses(r, doc, root);
    read_laws(r, doc, root);
    read_remedies(r, doc, root);
}

void pack_read_letters(struct pack_reader *r, const struct pack_doc *doc) {
    struct pack *p = r->pack;
    if (!pack_only(r, doc, doc->root, "letters", "letters.yaml"))
        return;
    const struct json *list = pack_list(r, doc, doc->root, STR("letters"), true);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "id title number adverse", "a letter"))
            continue;
        struct pack_letter letter = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .title = pack_lang(r, doc, node, STR("title"), true),
            .numbering = pack_text(r, doc, node, STR("number"), true),
            .adverse = pack_flag(r, doc, node, STR("adverse"), false),
        };
        if (letter.numbering.len > 0 && (str_find(letter.numbering, STR("{n}")) == SIZE_MAX ||
                                         str_find(letter.numbering, STR("{year}")) == SIZE_MAX))
            pack_fault(r, 0, pack_at_key(doc, node, STR("number")),
                       "'number' must hold {year} and {n}: each letter has a number of its own");
        if (!put(r, &p->letter_at, doc, node, letter.id, p->letter_count, "letter"))
            continue;
        for (size_t k = 0; k < LANGS; k++)
            letter.template_id[k] = arena_printf(r->arena, "%.*s.%.*s", STR_ARG(letter.id),
                                                 STR_ARG(lang_code((enum lang)k)));
        PACK_GROW(r, r->letter_lines, p->letter_count, r->letter_line_room);
        r->letter_lines[p->letter_count] = pack_at(doc, node);
        PACK_GROW(r, p->letters, p->letter_count, r->room.letters);
        p->letters[p->letter_count++] = letter;
    }
}
