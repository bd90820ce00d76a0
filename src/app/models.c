/* Compiled definitions by key, shared by the writer and the readers. One is read and compiled under
 * the lock: that takes milliseconds, happens once, and two at once would do the same work. What
 * nobody holds stays until APP_MODELS_KEPT are kept; then the one used longest ago goes. */
#include "app/process_inner.h"

enum { MODEL_BYTES_MAX = 256 << 20, READ_STEPS_MAX = 50000000, SLOTS = 1024 };

struct app_model {
    int64_t key, deployment, version;
    struct arena *arena;
    const struct bpmn_process *process; /* one of the two */
    struct dmn_model *rules;
    uint32_t held;
    uint64_t used;
    struct app_model *next; /* in its slot */
};
struct app_models {
    struct os_mutex mutex; /* guards all below */
    struct app_model *slots[SLOTS];
    size_t count;
    uint64_t uses;
};

void app_models_init(struct app *app) {
    app->models = arena_new(app->arena, struct app_models, 1);
    os_mutex_init(&app->models->mutex);
}

void app_models_done(struct app *app) {
    for (size_t i = 0; i < SLOTS; i++)
        while (app->models->slots[i] != NULL) {
            struct app_model *m = app->models->slots[i];
            app->models->slots[i] = m->next;
            arena_destroy(m->arena);
        }
    os_mutex_done(&app->models->mutex);
}

static struct budget read_budget(void) {
    return budget_of(READ_STEPS_MAX, MODEL_BYTES_MAX / 2);
}

bool app_process_compile(const struct bpmn_process **out, struct str bytes, struct str name,
                         struct str id, struct arena *arena, struct err *err) {
    struct bpmn_model *model = NULL;
    struct budget budget = read_budget();
    if (!bpmn_read(&model, bytes, arena_cstr(arena, name), arena, &budget, err))
        return false;
    for (size_t i = 0; i < model->process_count; i++)
        if (str_eq(model->processes[i]->id, id)) {
            *out = model->processes[i];
            return true;
        }
    return err_set(err, ERR_CORRUPT, err_nowhere, "the process '%.*s' is not in its file",
                   STR_ARG(id));
}

static bool process_load(struct app_model *m, struct db_conn *conn, struct err *err) {
    struct store_definition d;
    struct store_resource r;
    if (!store_process_by_key(&d, conn, m->key, m->arena, err))
        return false;
    if (d.key == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "there is no process definition with this key");
    m->deployment = d.deployment;
    m->version = d.version;
    return store_resource_get(&r, conn, d.resource, m->arena, err) &&
           app_process_compile(&m->process, r.bytes, r.name, d.id, m->arena, err);
}

struct importing {
    const struct app_model *by;
    struct db_conn *conn;
};

static bool import_file(struct str *xml, const char **file, void *self, struct str ns,
                        struct str location, struct err *err) {
    const struct importing *in = self;
    struct store_resource r;
    (void)location; /* the deployment says which file it was */
    if (!store_import_get(&r, in->conn, in->by->key, ns, in->by->arena, err))
        return false;
    if (r.key == 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the imported namespace '%.*s' is gone",
                       STR_ARG(ns));
    *xml = r.bytes;
    *file = arena_cstr(in->by->arena, r.name);
    return true;
}

static bool rules_load(struct app_model *m, struct db_conn *conn, struct err *err) {
    struct store_definition d;
    struct store_resource r;
    struct importing importing = {m, conn};
    const struct dmn_options options = {
        .strict = true, .free_names = true, .import = import_file, .import_self = &importing};
    struct budget budget = read_budget();
    if (!store_requirements_by_key(&d, conn, m->key, m->arena, err))
        return false;
    if (d.key == 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "there are no decision requirements with this key");
    m->deployment = d.deployment;
    m->version = d.version;
    return store_resource_get(&r, conn, d.resource, m->arena, err) &&
           dmn_load(&m->rules, m->arena, r.bytes, arena_cstr(m->arena, r.name), &options, &budget,
                    err);
}

/* With the lock held. */
static void make_room(struct app_models *models) {
    struct app_model **oldest = NULL;
    if (models->count < APP_MODELS_KEPT)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        for (struct app_model **at = &models->slots[i]; *at != NULL; at = &(*at)->next)
            if ((*at)->held == 0 && (oldest == NULL || (*at)->used < (*oldest)->used))
                oldest = at;
    if (oldest == NULL)
        return; /* all in use: then there are more */
    struct app_model *gone = *oldest;
    *oldest = gone->next;
    models->count--;
    arena_destroy(gone->arena);
}

static bool hold(struct app_model **out, struct app *app, struct db_conn *conn, int64_t key,
                 bool (*load)(struct app_model *, struct db_conn *, struct err *),
                 struct err *err) {
    struct app_models *models = app->models;
    os_mutex_lock(&models->mutex);
    struct app_model **slot = &models->slots[((uint64_t)key * 0x9E3779B97F4A7C15U) >> 54];
    struct app_model *m = *slot;
    while (m != NULL && m->key != key)
        m = m->next;
    bool ok = true;
    if (m == NULL) {
        struct arena *arena = arena_create("model", MODEL_BYTES_MAX);
        m = arena_new(arena, struct app_model, 1);
        *m = (struct app_model){.key = key, .arena = arena};
        ok = load(m, conn, err);
        if (ok) {
            make_room(models);
            m->next = *slot;
            *slot = m;
            models->count++;
        } else {
            err->at = err_nowhere; /* it may point into the arena */
            arena_destroy(arena);
        }
    }
    if (ok) {
        m->held++;
        m->used = ++models->uses;
        *out = m;
    }
    os_mutex_unlock(&models->mutex);
    return ok;
}

bool app_model_hold(struct app_model **out, struct app *app, struct db_conn *conn,
                    int64_t definition, struct err *err) {
    return hold(out, app, conn, definition, process_load, err);
}

bool app_rules_hold(struct app_model **out, struct app *app, struct db_conn *conn,
                    int64_t requirements, struct err *err) {
    return hold(out, app, conn, requirements, rules_load, err);
}

void app_model_let(struct app *app, struct app_model *model) {
    os_mutex_lock(&app->models->mutex);
    model->held--;
    os_mutex_unlock(&app->models->mutex);
}

const struct bpmn_process *app_model_process(const struct app_model *model) {
    return model->process;
}

const struct dmn_model *app_model_rules(const struct app_model *model) {
    return model->rules;
}

int64_t app_model_key(const struct app_model *model) {
    return model->key;
}

int64_t app_model_deployment(const struct app_model *model) {
    return model->deployment;
}

int64_t app_model_version(const struct app_model *model) {
    return model->version;
}

bool app_models_find(const struct bpmn_process **out, void *ctx, int64_t definition,
                     struct db_conn *conn, struct err *err) {
    struct app_model *model;
    if (!app_model_hold(&model, ctx, conn, definition, err))
        return false;
    *out = model->process;
    return true;
}
