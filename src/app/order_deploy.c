/* Deployments. The files are read, compiled and checked before the writer's turn; what the writer
 * does is to compare them with what is there, number them and write them. A file whose bytes and
 * name are those of the newest version of all that it holds changes nothing and keeps its version.
 *
 * A process that the soundness check refuses is deployed only when the order names it as
 * overridden; that is logged with the deployment, under the account that ordered it. */
#include <inttypes.h>

#include "app/process_inner.h"
#include "base/code.h"
#include "bpmn/timer.h"
#include "xml/xml.h"

enum {
    FILES_MAX = 200, /* of one deployment */
    DEPLOY_BYTES_MAX = 256 << 20,
    READ_STEPS_MAX = 50000000,
    SOUND_STEPS_MAX = 400000000, /* some seconds */
};

#define ZEEBE_NS STR("http://camunda.org/schema/zeebe/1.0")

struct deploy_file {
    enum store_resource_kind kind;
    struct str name, bytes, sha256;
    struct bpmn_model *model;     /* bpmn */
    struct dmn_model *rules;      /* dmn, */
    const struct xml_node *root;  /* and its file, for what Camunda wrote into it */
    struct deploy_file **imports; /* dmn files of this deployment, also those they import */
    size_t import_count;
    struct str id, title, version_tag; /* dmn: of its definitions; form, other: its own */
    int64_t resource;                  /* dmn, once it is put: its bytes, */
    int64_t requirements;              /* and its key when it is new; else 0 */
};
struct app_deploy {
    struct arena *arena;
    struct deploy_file *files;
    size_t count;
    struct str *overridden; /* unsound, and named by the order */
    size_t overridden_count;
    struct json *warnings;
    struct err err; /* of the preparation */
};

/* ---- before the writer's turn ------------------------------------------------------------------
 */

static struct budget read_budget(void) {
    return budget_of(READ_STEPS_MAX, DEPLOY_BYTES_MAX / 4);
}

static enum store_resource_kind kind_of(struct str name) {
    if (str_ends(name, STR(".bpmn")) || str_ends(name, STR(".bpmn20.xml")))
        return STORE_RESOURCE_BPMN;
    if (str_ends(name, STR(".dmn")))
        return STORE_RESOURCE_DMN;
    return str_ends(name, STR(".form")) ? STORE_RESOURCE_FORM : STORE_RESOURCE_OTHER;
}

static bool is_overridden(const struct json *body, struct str process) {
    const struct json *list = json_get(body, STR("override"));
    for (size_t i = 0; i < json_count(list); i++)
        if (str_eq(json_text(json_item(list, i)), process))
            return true;
    return false;
}

/* "a, b (x = 1), c" */
static struct str path_text(const struct bpmn_finding *finding, const struct bpmn_process *process,
                            struct arena *arena) {
    struct buf text;
    buf_init(&text, ERR_TEXT_MAX / 2);
    for (size_t i = 0; i < finding->step_count; i++) {
        struct str id = process->nodes[finding->steps[i]].id, value = finding->step_values[i];
        if (text.len + id.len + value.len + 5 > ERR_TEXT_MAX / 2)
            break;
        buf_add(&text, i == 0 ? STR_NONE : STR(", "));
        buf_add(&text, id);
        if (value.len > 0)
            buf_printf(&text, " (%.*s)", STR_ARG(value));
    }
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}

/* With the values of decisions that are deployed together with the process; of others, which may
 * come in another deployment at any time, nothing is known. */
static struct bpmn_sound_limits sound_limits(const struct app_deploy *d, struct arena *arena) {
    const struct dmn_model **models = arena_new(arena, const struct dmn_model *, d->count);
    size_t count = 0;
    for (size_t i = 0; i < d->count; i++)
        if (d->files[i].rules != NULL)
            models[count++] = d->files[i].rules;
    return (struct bpmn_sound_limits){.decisions = models, .decision_count = count};
}

static bool check_sound(struct app_deploy *d, const struct bpmn_process *process,
                        const struct json *body, struct err *err) {
    struct bpmn_findings findings;
    struct budget budget = budget_of(SOUND_STEPS_MAX, DEPLOY_BYTES_MAX / 4);
    struct arena *arena = arena_create("soundness", DEPLOY_BYTES_MAX);
    bool ok = bpmn_check_sound(&findings, process, sound_limits(d, arena), arena, &budget, err);
    const struct bpmn_finding *first = ok ? bpmn_unsound(&findings) : NULL;
    if (first != NULL) {
        struct str path = path_text(first, process, d->arena);
        struct str text = arena_printf(d->arena, "process '%.*s' is not sound: %.*s%s%.*s",
                                       STR_ARG(process->id), STR_ARG(first->text.in[LANG_en]),
                                       path.len > 0 ? "; the way there: " : "", STR_ARG(path));
        if (is_overridden(body, process->id)) {
            d->overridden[d->overridden_count++] = process->id;
            json_push_str(d->warnings, text);
        } else {
            ok = err_set(err, ERR_INVALID,
                         ((struct err_at){process->source, first->at.line, first->at.column}),
                         "%.*s", STR_ARG(text));
        }
    }
    arena_destroy(arena);
    return ok;
}

/* Does an instance begin when what this element waits for comes? A start event, an instantiating
 * receive task, or what stands behind an instantiating event-based gateway (BPMN 2.0.2: 13.2). */
static bool starts_by_event(const struct bpmn_process *process, const struct bpmn_node *node) {
    if (node->parent != 0)
        return false;
    for (uint32_t i = 0; i < node->in_count; i++) {
        const struct bpmn_node *from = &process->nodes[process->flows[node->in[i]].from];
        if (from->kind == BPMN_EVENT_BASED && from->instantiates)
            return true;
    }
    return node->instantiates;
}

static bool prepare_bpmn(struct app_deploy *d, struct deploy_file *f, struct err *err) {
    struct budget budget = read_budget();
    if (!bpmn_read(&f->model, f->bytes, arena_cstr(d->arena, f->name), d->arena, &budget, err))
        return false;
    size_t room = d->overridden_count + f->model->process_count;
    struct str *more = arena_new(d->arena, struct str, room);
    if (d->overridden_count > 0)
        memcpy(more, d->overridden, d->overridden_count * sizeof *more);
    d->overridden = more;
    return true;
}

static bool check_all_sound(struct app_deploy *d, const struct json *body, struct err *err) {
    for (size_t i = 0; i < d->count; i++)
        for (size_t k = 0; d->files[i].model != NULL && k < d->files[i].model->process_count; k++)
            if (!check_sound(d, d->files[i].model->processes[k], body, err))
                return false;
    return true;
}

static bool prepare_dmn(struct app_deploy *d, struct deploy_file *f, struct err *err) {
    struct budget budget = read_budget();
    struct xml_node *root = NULL;
    const char *name = arena_cstr(d->arena, f->name);
    if (!xml_read(&root, f->bytes, name, d->arena, &budget, err))
        return false;
    f->root = root;
    f->title = arena_str(d->arena, xml_attr_text(root, STR("name")));
    f->id = arena_str(d->arena, xml_attr_text(root, STR("id")));
    if (f->id.len == 0)
        f->id = f->title;
    const struct err_at at = {name, 1, 1};
    return f->id.len > 0 ||
           err_set(err, ERR_INVALID, at, "the decision requirements have neither id nor name");
}

struct importing {
    struct app_deploy *d;
    struct deploy_file *by;
};

/* What a file imports is deployed with it: so it is known for ever which version it meant. */
static bool import_file(struct str *xml, const char **file, void *self, struct str ns,
                        struct str location, struct err *err) {
    const struct importing *in = self;
    struct deploy_file *only = NULL, *named = NULL;
    size_t count = 0;
    for (size_t i = 0; i < in->d->count; i++) {
        struct deploy_file *f = &in->d->files[i];
        if (f->root == NULL || !str_eq(xml_attr_text(f->root, STR("namespace")), ns))
            continue;
        count++;
        only = f;
        if (str_eq(str_file_name(location), str_file_name(f->name)))
            named = f;
    }
    if (count == 0)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "no file of the deployment has the imported namespace '%.*s': what a file "
                       "imports is deployed with it",
                       STR_ARG(ns));
    if (named == NULL && count > 1)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "%zu files of the deployment have the imported namespace '%.*s', and "
                       "locationURI names none of them",
                       count, STR_ARG(ns));
    struct deploy_file *found = named != NULL ? named : only;
    if (in->by->import_count == DMN_IMPORTS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "more than %d models are imported",
                       DMN_IMPORTS_MAX);
    in->by->imports[in->by->import_count++] = found;
    *xml = found->bytes;
    *file = arena_cstr(in->d->arena, found->name);
    return true;
}

/* When all files are known. */
static bool load_rules(struct app_deploy *d, struct err *err) {
    for (size_t i = 0; i < d->count; i++) {
        struct deploy_file *f = &d->files[i];
        if (f->root == NULL)
            continue;
        struct budget budget = read_budget();
        struct importing importing = {d, f};
        const struct dmn_options options = {
            .strict = true, .free_names = true, .import = import_file, .import_self = &importing};
        f->imports = arena_new(d->arena, struct deploy_file *, DMN_IMPORTS_MAX);
        if (!dmn_load(&f->rules, d->arena, f->bytes, arena_cstr(d->arena, f->name), &options,
                      &budget, err))
            return false;
    }
    return true;
}

/* A form of form-js, or a script for robots: JSON that says its own id and version tag. */
static bool prepare_named(struct app_deploy *d, struct deploy_file *f, const char *what,
                          struct err *err) {
    const struct json *file;
    struct budget budget = read_budget();
    const char *name = arena_cstr(d->arena, f->name);
    const struct err_at at = {name, 1, 1};
    if (!json_read(&file, f->bytes, name, d->arena, &budget, err))
        return false;
    f->id = json_get_text(file, STR("id"));
    f->version_tag = json_get_text(file, STR("versionTag"));
    if (f->id.len == 0)
        return err_set(err, ERR_INVALID, at, "the %s has no id", what);
    const struct json *tag = json_get(file, STR("versionTag"));
    return tag == NULL || json_is(tag, JSON_STRING) || json_is(tag, JSON_NULL) ||
           err_set(err, ERR_INVALID, at, "the versionTag of the %s is %s, not a text", what,
                   json_kind_name(tag));
}

static bool prepare_file(struct app_deploy *d, struct deploy_file *f, const struct app_file *given,
                         struct err *err) {
    struct merkle_hash hash = merkle_sha256(given->bytes);
    *f = (struct deploy_file){
        .kind = kind_of(given->name),
        .name = arena_str(d->arena, given->name),
        .bytes = given->bytes,
        .sha256 = arena_str(d->arena, merkle_hash_str(&hash)),
    };
    if (given->name.len == 0 || given->name.len > NAME_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "a file's name has 1 to %d bytes",
                       NAME_BYTES_MAX);
    switch (f->kind) {
    case STORE_RESOURCE_BPMN: return prepare_bpmn(d, f, err);
    case STORE_RESOURCE_DMN: return prepare_dmn(d, f, err);
    case STORE_RESOURCE_FORM: return prepare_named(d, f, "form", err);
    case STORE_RESOURCE_OTHER:
        if (str_ends(f->name, STR(".rpa")))
            return prepare_named(d, f, "script", err);
        f->id = f->name;
        break;
    }
    return true;
}

/* Two processes, decisions or forms of one id cannot come in one deployment. */
static bool once_only(const struct app_deploy *d, struct err *err) {
    struct map seen;
    map_init(&seen, d->arena);
    for (size_t i = 0; i < d->count; i++) {
        const struct deploy_file *f = &d->files[i];
        for (size_t k = 0; f->model != NULL && k < f->model->process_count; k++)
            if (!map_put(
                    &seen,
                    arena_printf(d->arena, "process %.*s", STR_ARG(f->model->processes[k]->id)), i))
                return err_set(err, ERR_INVALID, err_nowhere,
                               "the process '%.*s' stands twice in the deployment",
                               STR_ARG(f->model->processes[k]->id));
        if (f->model == NULL &&
            !map_put(&seen, arena_printf(d->arena, "%d %.*s", f->kind, STR_ARG(f->id)), i))
            return err_set(err, ERR_INVALID, err_nowhere, "'%.*s' stands twice in the deployment",
                           STR_ARG(f->id));
    }
    return true;
}

void app_deploy_prepare(struct app_job *j) {
    struct arena *arena = arena_create("deployment", DEPLOY_BYTES_MAX);
    struct app_deploy *d = arena_new(arena, struct app_deploy, 1);
    *d = (struct app_deploy){.arena = arena, .count = j->order.file_count};
    d->warnings = json_arr(arena);
    j->deploy = d;
    if (d->count == 0 || d->count > FILES_MAX) {
        (void)err_set(&d->err, ERR_INVALID, err_nowhere, "a deployment has 1 to %d files",
                      FILES_MAX);
        return;
    }
    d->files = arena_new(arena, struct deploy_file, d->count);
    for (size_t i = 0; i < d->count; i++)
        if (!prepare_file(d, &d->files[i], &j->order.files[i], &d->err))
            return;
    (void)!(once_only(d, &d->err) && load_rules(d, &d->err) &&
            check_all_sound(d, j->order.body, &d->err));
}

void app_deploy_done(struct app_job *j) {
    if (j->deploy != NULL)
        arena_destroy(j->deploy->arena);
    j->deploy = NULL;
}

/* ---- the writer's turn --------------------------------------------------------------------------
 */

struct deploying {
    struct app_job *j;
    struct app_deploy *d;
    struct arena *arena;
    int64_t key;       /* of the deployment */
    uint32_t numbered; /* keys given so far */
    uint32_t named;    /* rows of `deployed` so far */
    struct json *answer, *note;
};

static int64_t next_key(struct deploying *p) {
    return process_key(process_key_stream(p->key), ++p->numbered);
}

static bool deployed(struct deploying *p, const char *kind, int64_t key, struct str id, bool is_new,
                     struct err *err) {
    if (is_new) {
        struct json *one = json_push_obj(p->note);
        json_set_str(one, STR("kind"), str_from(kind));
        json_set_str(one, STR("id"), id);
        app_set_key(one, STR("key"), key);
    }
    return store_deployed_put(p->j->tx, p->key, ++p->named, kind, key, id, err);
}

static struct json *answer_one(struct deploying *p, const char *name) {
    struct json *one = json_push_obj(p->answer);
    struct json *in = json_set_obj(one, str_from(name));
    json_set_str(in, STR("tenantId"), APP_TENANT);
    return in;
}

static bool resource_put(struct deploying *p, const struct deploy_file *f, int64_t version,
                         int64_t *key_out, struct err *err) {
    *key_out = next_key(p);
    const struct store_resource row = {
        .key = *key_out,
        .deployment = p->key,
        .version = version,
        .kind = f->kind,
        .name = f->name,
        .id = f->id,
        .version_tag = f->version_tag,
        .sha256 = f->sha256,
        .bytes = f->bytes,
    };
    struct json *one = json_push_obj(p->note);
    struct buf hex;
    buf_init(&hex, 64);
    code_hex_add(&hex, f->sha256);
    json_set_str(one, STR("file"), f->name);
    json_set(one, STR("sha256"), json_str_copy(buf_view(&hex), p->arena));
    buf_done(&hex);
    return store_resource_put(p->j->tx, &row, err);
}

/* ---- processes ---- */

static bool static_text(struct str *out, struct deploying *p, const struct bpmn_expr *expr,
                        struct err *err) {
    struct feel_value value = feel_string(expr->text);
    const struct feel_env env = {0};
    if (expr->program != NULL &&
        !feel_eval(&value, expr->program, &env, p->arena, &p->j->budget, err))
        return false;
    if (feel_kind(value) != FEEL_STRING)
        return err_set(err, ERR_INVALID, expr->at,
                       "the name of a start event must be a fixed text");
    *out = feel_as_string(value);
    return true;
}

static bool start_add(struct deploying *p, int64_t definition, const struct bpmn_node *node,
                      uint32_t index, struct err *err) {
    const struct bpmn_event_def *def = &node->defs[index];
    struct store_start start = {.definition = definition,
                                .node = node->index,
                                .def = index,
                                .element = node->id,
                                .armed_us = p->j->tx->now_us};
    const struct bpmn_timer_clock clock = {.armed_us = start.armed_us, .after_us = INT64_MIN};
    switch (def->event) {
    case BPMN_EVENT_MESSAGE:
        start.event = STR("MESSAGE");
        if (!static_text(&start.name, p, &def->message, err))
            return false;
        break;
    case BPMN_EVENT_SIGNAL:
        start.event = STR("SIGNAL");
        start.name = def->code;
        if (def->code_expr.text.at != NULL && !static_text(&start.name, p, &def->code_expr, err))
            return false;
        break;
    case BPMN_EVENT_TIMER:
        start.event = STR("TIMER");
        if (!bpmn_timer_next(&start.due_us, def, &clock, p->arena, &p->j->budget, err))
            return false;
        start.due_us = start.due_us == BPMN_NEVER ? 0 : MAX_OF(start.due_us, 1);
        break;
    case BPMN_EVENT_CONDITIONAL: start.event = STR("CONDITION"); break;
    default: return true;
    }
    return store_start_put(p->j->tx, &start, err);
}

bool app_starts_put(struct app_job *j, int64_t definition, const struct bpmn_process *process,
                    struct err *err) {
    struct deploying p = {.j = j, .arena = j->app->scratch};
    for (size_t i = 1; i < process->node_count; i++) {
        const struct bpmn_node *node = &process->nodes[i];
        if (!starts_by_event(process, node))
            continue;
        for (uint32_t k = 0; k < node->def_count; k++)
            if (!start_add(&p, definition, node, k, err))
                return false;
    }
    return true;
}

/* The deployed form that the start event names, if it names one. */
static void start_form_of(struct store_definition *out, const struct bpmn_process *process) {
    if (process->nodes[0].start == BPMN_NONE)
        return;
    const struct bpmn_node *start = &process->nodes[process->nodes[0].start];
    if (start->form_key.len > 0)
        return;
    out->start_form = start->form;
    out->start_bound.binding = start->form_bound.binding;
    out->start_bound.version_tag = start->form_bound.version_tag;
}

static bool process_put(struct store_definition *out, struct deploying *p,
                        const struct deploy_file *f, const struct bpmn_process *process,
                        int64_t resource, const struct store_definition *last, struct err *err) {
    *out = (struct store_definition){
        .key = next_key(p),
        .version = last->version + 1,
        .deployment = p->key,
        .resource = resource,
        .id = process->id,
        .name = process->name.in[LANG_zh].len > 0 ? process->name.in[LANG_zh]
                                                  : process->name.in[LANG_en],
        .version_tag = process->version,
        .resource_name = f->name,
        .sha256 = f->sha256,
    };
    start_form_of(out, process);
    return store_process_put(p->j->tx, out, process, err) &&
           (last->key == 0 || store_starts_drop(p->j->tx, last->key, err)) &&
           app_starts_put(p->j, out->key, process, err);
}

static void process_answer(struct deploying *p, const struct store_definition *d) {
    struct json *one = answer_one(p, "processDefinition");
    json_set_str(one, STR("processDefinitionId"), d->id);
    json_set_i64(one, STR("processDefinitionVersion"), d->version);
    app_set_key(one, STR("processDefinitionKey"), d->key);
    json_set_str(one, STR("resourceName"), d->resource_name);
}

/* Is what is there the same file, not deleted meanwhile? */
static bool unchanged(const struct store_definition *last, const struct deploy_file *f) {
    return last->key != 0 && !last->deleted && str_eq(last->sha256, f->sha256) &&
           str_eq(last->resource_name, f->name);
}

static bool put_bpmn(struct deploying *p, const struct deploy_file *f, struct err *err) {
    const struct store_bound newest = {.binding = BPMN_BINDING_LATEST};
    int64_t resource = 0;
    for (size_t i = 0; i < f->model->process_count; i++) {
        const struct bpmn_process *process = f->model->processes[i];
        struct store_definition now, last;
        if (!store_process_bound(&now, p->j->tx->conn, process->id, &newest, p->arena, err) ||
            !store_process_last(&last, p->j->tx->conn, process->id, p->arena, err))
            return false;
        bool is_new = !unchanged(&now, f);
        if (is_new) {
            struct store_definition made;
            last.key = now.key; /* whose start events end now */
            if ((resource == 0 && !resource_put(p, f, 0, &resource, err)) ||
                !process_put(&made, p, f, process, resource, &last, err))
                return false;
            now = made;
        }
        process_answer(p, &now);
        if (!deployed(p, "process", now.key, now.id, is_new, err))
            return false;
    }
    return true;
}

/* ---- decisions ---- */

static void decision_answer(struct deploying *p, const struct store_decision *d,
                            const struct store_definition *requirements) {
    struct json *one = answer_one(p, "decisionDefinition");
    json_set_str(one, STR("decisionDefinitionId"), d->id);
    json_set_i64(one, STR("version"), d->version);
    json_set_str(one, STR("name"), d->name);
    json_set_str(one, STR("decisionRequirementsId"), requirements->id);
    app_set_key(one, STR("decisionDefinitionKey"), d->key);
    app_set_key(one, STR("decisionRequirementsKey"), requirements->key);
}

/* <zeebe:versionTag value> in the element's extensionElements. */
static struct str tag_of(const struct xml_node *element) {
    const struct xml_node *more = xml_child(element, element->ns, STR("extensionElements"));
    return xml_attr_text(xml_child(more, ZEEBE_NS, STR("versionTag")), STR("value"));
}

/* The decision's own version tag, else that of the whole file. */
static struct str decision_tag(const struct deploy_file *f, struct str id) {
    const struct xml_node *x = xml_child(f->root, f->root->ns, STR("decision"));
    while (x != NULL && !str_eq(xml_attr_text(x, STR("id")), id) &&
           !str_eq(xml_attr_text(x, STR("name")), id))
        x = xml_next(x);
    struct str tag = x == NULL ? STR_NONE : tag_of(x);
    return tag.len > 0 ? tag : tag_of(f->root);
}

static bool decision_put(struct deploying *p, const struct deploy_file *f, size_t index,
                         const struct store_definition *requirements, bool is_new,
                         struct err *err) {
    const struct dmn_info info = dmn_info(f->rules, index);
    struct str id = info.id.len > 0 ? info.id : info.name;
    struct store_decision row;
    if (!store_decision_last(&row, p->j->tx->conn, id, p->arena, err))
        return false;
    if (is_new) {
        row = (struct store_decision){.key = next_key(p),
                                      .version = row.version + 1,
                                      .requirements = requirements->key,
                                      .deployment = p->key,
                                      .id = id,
                                      .name = info.name,
                                      .version_tag = decision_tag(f, id)};
        if (!store_decision_put(p->j->tx, &row, err))
            return false;
    }
    decision_answer(p, &row, requirements);
    return deployed(p, "decision", row.key, row.id, is_new, err);
}

/* Are the files that it imports those that the version that is there imports? */
static bool same_imports(bool *out, struct deploying *p, const struct deploy_file *f,
                         int64_t requirements, struct err *err) {
    *out = true;
    for (size_t i = 0; *out && i < f->import_count; i++) {
        const struct deploy_file *from = f->imports[i];
        struct store_resource there;
        if (!store_import_get(&there, p->j->tx->conn, requirements,
                              xml_attr_text(from->root, STR("namespace")), p->arena, err))
            return false;
        *out = str_eq(there.sha256, from->sha256);
    }
    return true;
}

static bool put_dmn(struct deploying *p, struct deploy_file *f, struct err *err) {
    struct store_definition row;
    bool same = false;
    if (!store_requirements_last(&row, p->j->tx->conn, f->id, p->arena, err) ||
        !same_imports(&same, p, f, row.key, err))
        return false;
    bool is_new = !same || !unchanged(&row, f);
    if (is_new) {
        int64_t resource;
        if (!resource_put(p, f, 0, &resource, err))
            return false;
        row = (struct store_definition){.key = next_key(p),
                                        .version = row.version + 1,
                                        .deployment = p->key,
                                        .resource = resource,
                                        .id = f->id,
                                        .name = f->title,
                                        .resource_name = f->name,
                                        .sha256 = f->sha256};
        if (!store_requirements_put(p->j->tx, &row, err))
            return false;
        f->requirements = row.key;
    }
    f->resource = row.resource;
    for (size_t i = 0; i < dmn_count(f->rules); i++)
        if (dmn_info(f->rules, i).kind == DMN_DECISION && !decision_put(p, f, i, &row, is_new, err))
            return false;
    struct json *one = answer_one(p, "decisionRequirements");
    json_set_str(one, STR("decisionRequirementsId"), row.id);
    json_set_i64(one, STR("version"), row.version);
    json_set_str(one, STR("decisionRequirementsName"), row.name);
    json_set_str(one, STR("resourceName"), row.resource_name);
    app_set_key(one, STR("decisionRequirementsKey"), row.key);
    return deployed(p, "requirements", row.key, row.id, is_new, err);
}

/* When all files are put, because they may import each other in a circle. */
static bool put_imports(struct deploying *p, const struct deploy_file *f, struct err *err) {
    for (size_t i = 0; f->requirements != 0 && i < f->import_count; i++) {
        struct str ns = xml_attr_text(f->imports[i]->root, STR("namespace"));
        struct json *one = json_push_obj(p->note);
        json_set_str(one, STR("kind"), STR("import"));
        json_set_str(one, STR("id"), ns);
        app_set_key(one, STR("key"), f->requirements);
        app_set_key(one, STR("resource"), f->imports[i]->resource);
        if (!store_import_put(p->j->tx, f->requirements, ns, f->imports[i]->resource, err))
            return false;
    }
    return true;
}

/* ---- forms and others ---- */

static bool put_resource(struct deploying *p, const struct deploy_file *f, struct err *err) {
    struct store_resource last;
    bool form = f->kind == STORE_RESOURCE_FORM;
    if (!store_resource_last(&last, p->j->tx->conn, f->kind, f->id, p->arena, err))
        return false;
    bool is_new = last.key == 0 || last.deleted || !str_eq(last.sha256, f->sha256) ||
                  !str_eq(last.name, f->name);
    if (is_new) {
        int64_t version = last.version + 1;
        if (!resource_put(p, f, version, &last.key, err))
            return false;
        last.version = version;
    }
    struct json *one = answer_one(p, form ? "form" : "resource");
    json_set_str(one, form ? STR("formId") : STR("resourceId"), f->id);
    json_set_i64(one, STR("version"), last.version);
    json_set_str(one, STR("resourceName"), f->name);
    app_set_key(one, form ? STR("formKey") : STR("resourceKey"), last.key);
    return deployed(p, form ? "form" : "resource", last.key, f->id, is_new, err);
}

static bool put_file(struct deploying *p, struct deploy_file *f, struct err *err) {
    switch (f->kind) {
    case STORE_RESOURCE_BPMN: return put_bpmn(p, f, err);
    case STORE_RESOURCE_DMN: return put_dmn(p, f, err);
    case STORE_RESOURCE_FORM:
    case STORE_RESOURCE_OTHER: break;
    }
    return put_resource(p, f, err);
}

static bool note_put(struct deploying *p, struct err *err) {
    struct json *note = json_obj(p->arena);
    struct buf text;
    uint64_t stream;
    json_set(note, STR("parts"), p->note);
    struct json *overridden = json_set_arr(note, STR("overridden"));
    for (size_t i = 0; i < p->d->overridden_count; i++)
        json_push_str(overridden, p->d->overridden[i]);
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    json_write(&text, note, JSON_COMPACT);
    bool ok = buf_ok(&text, "the deployment", err) &&
              store_note_add(&stream, p->j->tx, STR("deployed"), p->j->order.caller->account,
                             buf_view(&text), p->arena, err);
    buf_done(&text);
    if (ok && stream != process_key_stream(p->key))
        return err_set(err, ERR_INTERNAL, err_nowhere, "a deployment has two numbers");
    return ok;
}

bool app_run_deploy(struct app_job *j, struct err *err) {
    struct app_deploy *d = j->deploy;
    if (d->err.code != ERR_NONE) {
        *err = d->err;
        return false;
    }
    /* the note is written last, because it names the keys, and takes the next number */
    struct deploying p = {
        .j = j, .d = d, .arena = j->app->scratch, .key = process_key(j->tx->next_case, 0)};
    p.answer = json_arr(p.arena);
    p.note = json_arr(p.arena);
    if (!store_deployment_put(j->tx, p.key, j->order.caller->account, err))
        return false;
    for (size_t i = 0; i < d->count; i++)
        if (!put_file(&p, &d->files[i], err))
            return false;
    for (size_t i = 0; i < d->count; i++)
        if (!put_imports(&p, &d->files[i], err))
            return false;
    j->body = json_obj(j->arena);
    json_set_str(j->body, STR("tenantId"), APP_TENANT);
    app_set_key(j->body, STR("deploymentKey"), p.key);
    json_set(j->body, STR("deployments"), json_copy(p.answer, j->arena));
    json_set(j->body, STR("warnings"), json_copy(d->warnings, j->arena));
    return note_put(&p, err);
}

/* ---- deleting -----------------------------------------------------------------------------------
 */

/* With the last version of a process goes what its instances kept. */
static bool drop_stores(struct app_job *j, int64_t key, struct err *err) {
    struct store_definition gone, left;
    const struct store_bound newest = {.binding = BPMN_BINDING_LATEST};
    struct arena *arena = j->app->scratch;
    if (!store_process_by_key(&gone, j->tx->conn, key, arena, err))
        return false;
    if (gone.key == 0)
        return true;
    return store_process_bound(&left, j->tx->conn, gone.id, &newest, arena, err) &&
           (left.key != 0 || store_kept_drop(j->tx, gone.id, err));
}

bool app_run_resource_delete(struct app_job *j, struct err *err) {
    int64_t key = j->order.key, newest = 0, running = 0;
    bool found = false;
    uint64_t stream;
    struct app_model *model;
    if (!store_definition_running(&running, j->tx->conn, key, err))
        return false;
    if (running > 0)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "%" PRId64 " instances of the definition still run", running);
    if (!store_definition_delete(&found, &newest, j->tx, key, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no resource with this key");
    if (!store_starts_drop(j->tx, key, err) || (newest == 0 && !drop_stores(j, key, err)))
        return false;
    if (newest != 0) { /* the one before starts again by its own events */
        if (!app_model_hold(&model, j->app, j->tx->conn, newest, err))
            return false;
        bool ok = store_starts_drop(j->tx, newest, err) &&
                  app_starts_put(j, newest, app_model_process(model), err);
        app_model_let(j->app, model);
        if (!ok)
            return false;
    }
    return store_note_add(&stream, j->tx, STR("resource_deleted"), j->order.caller->account,
                          arena_printf(j->app->scratch, "{\"key\":\"%" PRId64 "\"}", key),
                          j->app->scratch, err);
}
