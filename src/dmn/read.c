/* Loading: the XML, the imports (each model once, in a loader of their own depth), the elements by
 * id and name. DMN 1.5: 6.3.2, 12.3.1; the element's namespace tells the version, and all are read
 * alike. */
#include "dmn/model.h"

static const char *const kinds[] = {
    [DMN_INPUT] = "inputData",
    [DMN_DECISION] = "decision",
    [DMN_FUNCTION] = "businessKnowledgeModel",
    [DMN_SERVICE] = "decisionService",
};

bool dmn_affords(const struct dmn_model *m, size_t bytes, struct err *err) {
    enum { SLACK_BYTES = 65536 };
    if (arena_limit_bytes(m->arena) - arena_used_bytes(m->arena) > bytes + SLACK_BYTES)
        return true;
    return err_set(err, ERR_LIMIT, ((struct err_at){m->file, 0, 0}),
                   "the model takes too much memory");
}

struct err_at dmn_at(const struct dmn_model *m, const struct xml_node *node) {
    return node == NULL ? (struct err_at){m->file, 0, 0} : xml_where(node, m->file);
}

struct str dmn_text(const struct dmn_model *m, const struct xml_node *node, const char *child,
                    struct err_at *at) {
    const struct xml_node *found = dmn_child(m, node, child);
    if (at != NULL)
        *at = dmn_at(m, found != NULL ? found : node);
    if (found == NULL)
        return STR_NONE;
    if (at != NULL && found->first != NULL && found->first->is_text)
        *at = dmn_at(m, found->first);
    return xml_text(found, m->arena);
}

/* DMN 1.5: 6.3.5 */
static int kind_of(const struct dmn_model *m, const struct xml_node *node) {
    for (int kind = DMN_INPUT; kind <= DMN_SERVICE; kind++)
        if (dmn_is(m, node, kinds[kind]))
            return kind;
    return -1;
}

/* DMN 1.5: 6.3.1, 6.3.5, 6.3.16, 7.3.4 */
static bool read_element(struct dmn_model *m, const struct xml_node *node, enum dmn_kind kind,
                         struct err *err) {
    struct dmn_element *e = &m->elements[m->element_count];
    struct str name;
    if (!xml_need_attr(&name, node, STR("name"), m->file, err))
        return false;
    e->info = (struct dmn_info){.kind = kind,
                                .id = xml_attr_text(node, STR("id")),
                                .name = str_trim(name),
                                .description = str_trim(dmn_text(m, node, "description", NULL)),
                                .at = dmn_at(m, node)};
    e->model = m;
    e->node = node;
    e->state = m->loader->state_count++;
    const struct xml_node *variable = dmn_child(m, node, "variable");
    struct str variable_name = xml_attr_text(variable, STR("name"));
    e->key = dmn_name(m, e->info.name);
    e->variable = variable_name.len > 0 ? dmn_name(m, variable_name) : e->key;
    if (e->info.id.len > 0 && !map_put(&m->by_id, e->info.id, m->element_count))
        return err_set(err, ERR_INVALID, e->info.at, "the id '%.*s' stands twice",
                       STR_ARG(e->info.id));
    (void)map_put(&m->by_name, e->info.name, m->element_count); /* the first one wins */
    m->element_count++;
    return true;
}

static bool read_elements(struct dmn_model *m, struct err *err) {
    size_t count = 0;
    for (const struct xml_node *node = xml_first(m->root); node != NULL; node = xml_sibling(node))
        count += kind_of(m, node) >= 0;
    if (count > DMN_ELEMENTS_MAX)
        return err_set(err, ERR_LIMIT, dmn_at(m, m->root), "a model has more than %d elements",
                       DMN_ELEMENTS_MAX);
    if (!dmn_affords(m, count * 1024, err))
        return false;
    m->elements = arena_new(m->arena, struct dmn_element, count);
    map_init(&m->by_id, m->arena);
    map_init(&m->by_name, m->arena);
    for (const struct xml_node *node = xml_first(m->root); node != NULL; node = xml_sibling(node)) {
        int kind = kind_of(m, node);
        if (kind >= 0 && !read_element(m, node, (enum dmn_kind)kind, err))
            return false;
    }
    return true;
}

static bool load(struct dmn_model **out, struct dmn_loader *loader, struct str xml,
                 const char *file, struct err *err);

/* DMN 1.5: 6.3.3 */
static bool read_import(struct dmn_model *m, const struct xml_node *node, struct err *err) {
    struct dmn_loader *loader = m->loader;
    struct str ns = xml_attr_text(node, STR("namespace")), xml;
    struct str location = xml_attr_text(node, STR("locationURI"));
    const char *file = NULL;
    struct dmn_import *import = &m->imports[m->import_count];
    if (str_find(xml_attr_text(node, STR("importType")), STR("DMN")) == SIZE_MAX &&
        str_find(xml_attr_text(node, STR("importType")), STR("dmn")) == SIZE_MAX)
        return true; /* of XML Schema or PMML: used only by what is not executed */
    import->prefix = dmn_name(m, xml_attr_text(node, STR("name")));
    for (size_t i = 0; i < loader->model_count && import->model == NULL; i++)
        if (str_eq(loader->models[i]->ns, ns))
            import->model = loader->models[i];
    if (import->model == NULL) {
        if (loader->options->import == NULL)
            return err_set(err, ERR_UNSUPPORTED, dmn_at(m, node),
                           "the model imports '%.*s', and nothing gives it", STR_ARG(ns));
        if (!loader->options->import(&xml, &file, loader->options->import_self, ns, location,
                                     err)) {
            if (err->at.line == 0)
                err->at = dmn_at(m, node); /* who gives models does not know who asks */
            return false;
        }
        if (!load(&import->model, loader, xml, file, err))
            return false;
    }
    m->import_count++;
    return true;
}

static bool read_imports(struct dmn_model *m, struct err *err) {
    size_t count = 0;
    for (const struct xml_node *node = dmn_child(m, m->root, "import"); node != NULL;
         node = xml_next(node))
        count++;
    if (count > DMN_IMPORTS_MAX)
        return err_set(err, ERR_LIMIT, dmn_at(m, m->root), "a model has more than %d imports",
                       DMN_IMPORTS_MAX);
    m->imports = arena_new(m->arena, struct dmn_import, count);
    for (const struct xml_node *node = dmn_child(m, m->root, "import"); node != NULL;
         node = xml_next(node))
        if (!read_import(m, node, err))
            return false;
    return true;
}

/* The model enters the loader before its imports are read, so that a circle ends. */
static bool load(struct dmn_model **out, struct dmn_loader *loader, struct str xml,
                 const char *file, struct err *err) {
    struct dmn_model *m = arena_new(loader->arena, struct dmn_model, 1);
    struct xml_node *root;
    if (loader->model_count > DMN_IMPORTS_MAX)
        return err_set(err, ERR_LIMIT, ((struct err_at){file, 0, 0}),
                       "a model needs more than %d others", DMN_IMPORTS_MAX);
    if (!xml_read(&root, xml, file, loader->arena, loader->budget, err))
        return false;
    m->loader = loader;
    m->free_names = loader->options->free_names;
    m->names = &loader->names;
    m->arena = loader->arena;
    m->file = file;
    m->root = root;
    m->dmn_ns = root->ns;
    if (!str_eq(root->name, STR("definitions")) || str_find(root->ns, STR("/DMN/")) == SIZE_MAX)
        return err_set(err, ERR_INVALID, dmn_at(m, root), "the file is not a DMN model");
    m->name = xml_attr_text(root, STR("name"));
    m->ns = xml_attr_text(root, STR("namespace"));
    loader->models[loader->model_count++] = m;
    *out = m;
    return read_elements(m, err) && read_imports(m, err);
}

static void link_all(void *self) {
    struct dmn_loader *loader = self;
    loader->linked = dmn_types_read(loader->models, loader->model_count, loader->err) &&
                     dmn_link(loader->models, loader->model_count, loader->err);
}

bool dmn_load(struct dmn_model **out, struct arena *a, struct str xml, const char *file,
              const struct dmn_options *options, struct budget *budget, struct err *err) {
    struct dmn_loader *loader = arena_new(a, struct dmn_loader, 1);
    struct dmn_model *m = NULL;
    loader->arena = a;
    loader->options = options;
    loader->budget = budget;
    loader->err = err;
    *out = NULL;
    map_init(&loader->names.known, a);
    bool read = load(&m, loader, xml, file, err);
    if (read && !arena_try(a, link_all, loader))
        (void)err_set(err, ERR_LIMIT, err_nowhere, "the model takes too much memory");
    if (!loader->linked) {
        if (err->code == ERR_LIMIT && err->at.source == NULL)
            err->at.source = file;
        return false;
    }
    m->state_count = loader->state_count;
    m->loaded = loader->models;
    m->loaded_count = loader->model_count;
    for (size_t i = 0; i < loader->model_count; i++)
        loader->models[i]->loader = NULL;
    *out = m;
    return true;
}

/* --- looking
 * --------------------------------------------------------------------------------------- */
struct str dmn_model_name(const struct dmn_model *model) {
    return model->name;
}

struct str dmn_model_namespace(const struct dmn_model *model) {
    return model->ns;
}

size_t dmn_count(const struct dmn_model *model) {
    return model->element_count;
}

struct dmn_info dmn_info(const struct dmn_model *model, size_t index) {
    assert(index < model->element_count);
    return model->elements[index].info;
}

size_t dmn_state_count(const struct dmn_model *model) {
    return model->state_count;
}

size_t dmn_find(const struct dmn_model *model, struct str id_or_name) {
    const size_t *found = map_find(&model->by_id, id_or_name);
    if (found != NULL)
        return *found;
    const struct dmn_element *e = dmn_element_named(model, id_or_name);
    return e == NULL ? SIZE_MAX : (size_t)(e - model->elements);
}

const struct dmn_element *dmn_element_named(const struct dmn_model *m, struct str name) {
    const size_t *found = map_find(&m->by_name, name);
    if (found != NULL)
        return &m->elements[*found];
    for (size_t i = 0; i < m->element_count; i++)
        if (dmn_same_name(m->elements[i].info.name, name))
            return &m->elements[i];
    return NULL;
}

const struct dmn_element *dmn_named(const struct dmn_model *model, struct str ns, struct str name) {
    const struct dmn_element *e = NULL;
    if (ns.len == 0 || str_eq(ns, model->ns)) {
        e = dmn_element_named(model, name);
        for (size_t i = 0; i < model->import_count && e == NULL; i++)
            if (model->imports[i].prefix.len == 0)
                e = dmn_element_named(model->imports[i].model, name);
        return e;
    }
    for (size_t i = 0; i < model->loaded_count && e == NULL; i++)
        if (str_eq(model->loaded[i]->ns, ns))
            e = dmn_element_named(model->loaded[i], name);
    return e;
}

struct str dmn_prefix(const struct dmn_model *model, struct str ns) {
    for (size_t i = 0; i < model->import_count; i++)
        if (str_eq(model->imports[i].model->ns, ns))
            return model->imports[i].prefix;
    return STR_NONE;
}

size_t dmn_output_count(const struct dmn_element *e) {
    return e->outputs.count;
}

/* Breadth first over what is required; an element is visited once. */
size_t dmn_inputs_of(const struct str **names, const struct dmn_model *model, size_t index,
                     struct arena *a) {
    const struct dmn_element **queue =
        arena_new(a, const struct dmn_element *, (size_t)model->state_count + 1);
    bool *seen = arena_new(a, bool, (size_t)model->state_count + 1);
    struct str *found = arena_new(a, struct str, (size_t)model->state_count + 1);
    size_t count = 0, queued = 0;
    assert(index < model->element_count);
    queue[queued++] = &model->elements[index];
    seen[queue[0]->state] = true;
    for (size_t i = 0; i < queued; i++) {
        const struct dmn_element *e = queue[i];
        if (e->info.kind == DMN_INPUT)
            found[count++] = e->info.name;
        for (size_t k = 0; k < e->needs.count; k++)
            if (!seen[e->needs.at[k]->state]) {
                seen[e->needs.at[k]->state] = true;
                queue[queued++] = e->needs.at[k];
            }
    }
    *names = found;
    return count;
}
