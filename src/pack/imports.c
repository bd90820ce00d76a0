/* Which .dmn files of a pack import which: an import names a namespace, and one file of the pack
 * must have it. Where several have it, the import's locationURI says which by the file's name.
 * Everything that is wrong with imports is told here, once and at the import's own line; a file
 * whose imports cannot all be followed is not read any further. The model's reader keeps one model
 * for a namespace, so two files of one namespace cannot be needed together. */
#include "dmn/dmn.h"

#include "pack/inner.h"
#include "xml/xml.h"

enum { SCAN_ARENA_BYTES = 256 << 20 };

struct rules_import {
    struct str ns, location;
    struct err_at at;
    struct pack_rules *from; /* NULL: told already */
};

struct pack_rules {
    const struct pack_file *file;
    const char *source;
    struct str ns;
    struct rules_import *imports;
    size_t import_count;
    bool seen; /* by one walk */
    struct pack_rules *next;
};

/* As the model's reader has it: others are of XML Schema or PMML, and nothing of them is run. */
static bool is_dmn(const struct xml_node *import) {
    struct str type = xml_attr_text(import, STR("importType"));
    return str_find(type, STR("DMN")) != SIZE_MAX || str_find(type, STR("dmn")) != SIZE_MAX;
}

static const struct xml_node *first_import(const struct xml_node *root) {
    return xml_child(root, root->ns, STR("import"));
}

static void keep_imports(struct pack_reader *r, struct pack_rules *rules,
                         const struct xml_node *root) {
    size_t count = 0;
    rules->ns = arena_str(r->arena, xml_attr_text(root, STR("namespace")));
    for (const struct xml_node *node = first_import(root); node != NULL; node = xml_next(node))
        count += is_dmn(node);
    rules->imports = arena_new(r->arena, struct rules_import, count);
    for (const struct xml_node *node = first_import(root); node != NULL; node = xml_next(node))
        if (is_dmn(node))
            rules->imports[rules->import_count++] = (struct rules_import){
                .ns = arena_str(r->arena, xml_attr_text(node, STR("namespace"))),
                .location = arena_str(r->arena, xml_attr_text(node, STR("locationURI"))),
                .at = {rules->source, node->line, node->column}};
}

void pack_note_rules(struct pack_reader *r, const struct pack_file *file) {
    struct pack_rules *rules = arena_new(r->arena, struct pack_rules, 1);
    struct arena *scratch = arena_create("imports", SCAN_ARENA_BYTES);
    struct err told_when_read = {0};
    struct xml_node *root;
    rules->file = file;
    rules->source = pack_source(r, file->path);
    if (xml_read(&root, file->bytes, rules->source, scratch, &r->budget, &told_when_read))
        keep_imports(r, rules, root);
    arena_destroy(scratch);
    rules->next = r->rules;
    r->rules = rules;
}

static void find_import(struct pack_reader *r, struct rules_import *import) {
    struct pack_rules *named = NULL, *only = NULL;
    size_t count = 0;
    for (struct pack_rules *one = r->rules; one != NULL; one = one->next) {
        if (!str_eq(one->ns, import->ns))
            continue;
        count++;
        only = one;
        if (str_eq(str_file_name(one->file->path), str_file_name(import->location)))
            named = one;
    }
    import->from = named != NULL ? named : count == 1 ? only : NULL;
    if (count == 0)
        pack_fault(r, 7, import->at, "no file in decisions/ has the imported namespace '%.*s'",
                   STR_ARG(import->ns));
    else if (import->from == NULL)
        pack_fault(r, 7, import->at,
                   "%zu files in decisions/ have the imported namespace '%.*s': name one of them "
                   "as locationURI, or give each a namespace of its own",
                   count, STR_ARG(import->ns));
}

/* Depth first; a circle ends at what was seen. False: something on the way was not found. */
static bool walk(struct pack_rules *rules, int depth) {
    bool ok = depth < DMN_IMPORTS_MAX;
    rules->seen = true;
    for (size_t i = 0; ok && i < rules->import_count; i++) {
        struct pack_rules *from = rules->imports[i].from;
        ok = from != NULL && (from->seen || walk(from, depth + 1));
    }
    return ok;
}

static void forget_walk(struct pack_reader *r) {
    for (struct pack_rules *one = r->rules; one != NULL; one = one->next)
        one->seen = false;
}

/* Of what was seen from `rules` on, no two may have one namespace. */
static bool check_twins(struct pack_reader *r, const struct pack_rules *rules) {
    for (const struct pack_rules *a = r->rules; a != NULL; a = a->next)
        for (const struct pack_rules *b = a->next; a->seen && b != NULL; b = b->next) {
            if (!b->seen || !str_eq(a->ns, b->ns))
                continue;
            pack_fault(r, 7, rules->imports[0].at,
                       "%s and %s, both needed here through imports, have one namespace '%.*s': "
                       "give each its own",
                       b->source, a->source, STR_ARG(a->ns));
            return false;
        }
    return true;
}

void pack_find_imports(struct pack_reader *r) {
    for (struct pack_rules *one = r->rules; one != NULL; one = one->next)
        for (size_t i = 0; i < one->import_count; i++)
            find_import(r, &one->imports[i]);
}

static struct pack_rules *rules_of(const struct pack_reader *r, const struct pack_file *file) {
    struct pack_rules *rules = r->rules;
    while (rules->file != file)
        rules = rules->next;
    return rules;
}

bool pack_imports_found(struct pack_reader *r, const struct pack_file *file) {
    struct pack_rules *rules = rules_of(r, file);
    forget_walk(r);
    if (rules->import_count == 0)
        return true;
    bool whole = walk(rules, 0);
    /* what was not found is a finding; a chain that is too long is told by the model's reader */
    for (struct pack_rules *one = r->rules; one != NULL && !whole; one = one->next)
        for (size_t i = 0; one->seen && i < one->import_count; i++)
            if (one->imports[i].from == NULL)
                return false;
    return check_twins(r, rules);
}

bool pack_import_rules(struct str *xml, const char **file, void *self, struct str ns,
                       struct str location, struct err *err) {
    const struct pack_reader *r = self;
    (void)location; /* one of those seen has the namespace */
    for (const struct pack_rules *one = r->rules; one != NULL; one = one->next)
        if (one->seen && str_eq(one->ns, ns)) {
            *xml = one->file->bytes;
            *file = one->source;
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "no file has the namespace '%.*s'",
                   STR_ARG(ns));
}
