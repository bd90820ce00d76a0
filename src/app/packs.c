/* Packs from folders to use: read, checked, stored under their hash, and put in use as one set. A
 * pack that fails keeps the version that ran before, so a bad upload never stops the service. */
#include <assert.h>

#include "app/folder.h"
#include "app/inner.h"
#include "app/order.h"
#include "base/code.h"
#include "os/build.h"
#include "yaml/yaml.h"

enum { FINDINGS_BYTES = 64 << 20, FINDINGS_LOGGED_MAX = 50, HEAD_STEPS = 200000 };

static void findings_log(const struct pack_findings *findings, const char *dir) {
    for (size_t i = 0; i < findings->count && i < FINDINGS_LOGGED_MAX; i++) {
        const struct pack_finding *f = &findings->list[i];
        log_event(f->warning ? LOG_WARN : LOG_ERROR, f->warning ? "pack-warning" : "pack-refused",
                  log_cstr("pack", dir), log_cstr("file", f->at.source),
                  log_i64("line", f->at.line), log_i64("proof", f->proof),
                  log_text("finding", f->text));
    }
}

/* proved: the hash of a pack that need not be proved again; NULL: every one is. */
static bool pack_read(struct pack **out, const struct pack_file *files, size_t count,
                      const struct pack_hash *proved, const char *name, struct err *err) {
    struct arena *arena = arena_create("findings", FINDINGS_BYTES);
    struct pack_findings findings = {.arena = arena};
    bool ok = pack_load_proved(out, files, count, proved, &findings, err);
    findings_log(&findings, name);
    if (ok && findings.error_count > 0) {
        pack_destroy(*out);
        ok = err_set(err, ERR_UNLAWFUL, err_nowhere, "pack '%s' fails %zu proofs", name,
                     findings.error_count);
    }
    if (!ok) { /* its place is a text of the arena: from here on it stands in the message */
        enum err_code code = err->code;
        char text[ERR_TEXT_MAX];
        err_format(text, sizeof text, err);
        err_reset(err);
        (void)err_set(err, code, err_nowhere, "%s", text);
    }
    arena_destroy(arena);
    return ok;
}

/* With the mutex held. */
static const struct pack *version_known(struct app *app, int64_t id) {
    for (size_t i = 0; i < app->version_count; i++)
        if (app->versions[i].id == id)
            return app->versions[i].pack;
    return NULL;
}

static bool version_add(struct app *app, int64_t id, struct pack *pack, struct err *err) {
    if (app->version_count == APP_VERSIONS_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "more than %d versions of packs are in use",
                       APP_VERSIONS_MAX);
    app->versions[app->version_count++] = (struct app_version){id, pack};
    return true;
}

/* With the mutex held: load a version that was stored. */
static bool version_load(const struct pack **out, struct app *app, int64_t id, struct db_conn *conn,
                         struct err *err) {
    struct arena *arena = arena_create("pack files", APP_PACK_BYTES_MAX * 2);
    struct pack_file *files = NULL;
    struct pack *pack = NULL;
    size_t count = 0;
    char name[40];
    (void)snprintf(name, sizeof name, "stored version %lld", (long long)id);
    struct pack_hash hash;
    /* It was proved when it was deployed. Cases run on it: whatever this program proves beyond that
     * must not take their procedure away from them. */
    bool ok = store_pack_hash(&hash, conn, id, err) &&
              store_pack_files(&files, &count, conn, id, arena, err) &&
              pack_read(&pack, files, count, &hash, name, err) && version_add(app, id, pack, err);
    if (ok)
        *out = pack;
    else
        pack_destroy(pack);
    arena_destroy(arena);
    return ok;
}

bool app_packs_find(const struct pack **out, void *ctx, int64_t version, struct db_conn *conn,
                    struct err *err) {
    struct app *app = ctx;
    os_mutex_lock(&app->mutex);
    *out = version_known(app, version);
    bool ok = *out != NULL || version_load(out, app, version, conn, err);
    os_mutex_unlock(&app->mutex);
    return ok;
}

/* ---- what was proved before: setting "proved.<pack>" is "<build id> <hash>" ---- */

static struct str proved_name(struct str pack, struct arena *arena) {
    return arena_printf(arena, "proved.%.*s", STR_ARG(pack));
}

static struct str proved_value(const struct pack_hash *hash, struct arena *arena) {
    struct str build = os_build_id(arena);
    struct buf text;
    buf_init(&text, 256);
    if (build.len > 0) { /* a program that cannot be told from others proves at every start */
        buf_add(&text, build);
        buf_lit(&text, " ");
        code_hex_add(&text, (struct str){(const char *)hash->bytes, sizeof hash->bytes});
    }
    struct str value = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return value;
}

/* The hash of the pack's files that this very program has proved; false when there is none. */
static bool proved_find(struct pack_hash *out, struct app *app, struct str pack,
                        struct arena *arena) {
    struct db_conn *conn;
    struct str value = STR_NONE, build = os_build_id(arena);
    struct err none = {0}; /* what cannot be found out is proved */
    struct buf bytes;
    if (build.len == 0 || !db_reader_take(&conn, store_db(app->store), &none))
        return false;
    bool ok = store_setting_get(&value, conn, proved_name(pack, arena), arena, &none) &&
              str_starts(value, build) && value.len == build.len + 1 + 2 * sizeof out->bytes;
    db_reader_give(store_db(app->store), conn);
    buf_init(&bytes, sizeof out->bytes);
    ok = ok && code_hex_take(&bytes, str_sub(value, build.len + 1, value.len)) &&
         bytes.len == sizeof out->bytes;
    if (ok)
        memcpy(out->bytes, bytes.at, sizeof out->bytes);
    buf_done(&bytes);
    return ok;
}

struct deploying {
    struct pack *pack;
    struct arena *arena;
    int64_t id;
};

static bool deploy_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct deploying *d = ctx;
    struct str value = proved_value(&d->pack->hash, d->arena);
    return store_pack_put(&d->id, tx, d->pack, err) &&
           (value.len == 0 ||
            store_setting_put(tx, proved_name(d->pack->id, d->arena), value, err));
}

/* Store the pack and take it among the versions; one that is known already is given up. */
static bool deploy(struct app_version *out, struct app *app, struct pack *pack, struct arena *arena,
                   struct err *err) {
    struct deploying d = {pack, arena, 0};
    if (!app_sync(app, deploy_run, &d, err)) {
        pack_destroy(pack);
        return false;
    }
    os_mutex_lock(&app->mutex);
    const struct pack *known = version_known(app, d.id);
    bool ok = known != NULL || version_add(app, d.id, pack, err);
    os_mutex_unlock(&app->mutex);
    if (known != NULL || !ok)
        pack_destroy(pack);
    *out = (struct app_version){d.id, known != NULL ? known : pack};
    return ok;
}

static void deployed_log(const struct app_version *v) {
    struct buf hex;
    buf_init(&hex, 64);
    code_hex_add(&hex, (struct str){(const char *)v->pack->hash.bytes, 8});
    log_event(LOG_INFO, "pack-in-use", log_text("pack", v->pack->id),
              log_text("version", v->pack->version), log_text("hash", buf_view(&hex)),
              log_i64("matters", (int64_t)v->pack->matter_count));
    buf_done(&hex);
}

/* Which pack the folder should have held: as its pack.yaml says, or else the folder's own name. */
static struct str pack_id_of(const struct pack_file *files, size_t count, const char *path,
                             struct arena *arena) {
    struct budget budget = budget_of(HEAD_STEPS, FILE_BYTES_MAX);
    struct err ignored = {0};
    const struct json *head = NULL;
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].path, STR("pack.yaml")) &&
            yaml_read(&head, files[i].bytes, path, arena, &budget, &ignored))
            return json_get_text(head, STR("pack"));
    struct str name = str_from(path);
    while (name.len > 1 && name.at[name.len - 1] == '/')
        name.len--;
    size_t slash = name.len;
    while (slash > 0 && name.at[slash - 1] != '/')
        slash--;
    return str_sub(name, slash, name.len);
}

/* The version that was deployed last. */
static bool fall_back(struct app_version *out, struct app *app, struct str id, struct arena *arena,
                      struct err *err) {
    struct store_pack_version last;
    struct db_conn *conn;
    struct err first = *err;
    err_reset(err);
    if (!db_reader_take(&conn, store_db(app->store), err))
        return false;
    bool ok = store_pack_last(&last, conn, id, arena, err) &&
              app_packs_find(&out->pack, app, last.id, conn, err);
    db_reader_give(store_db(app->store), conn);
    if (!ok) {
        *err = first; /* what is wrong with the folder is what a person can mend */
        return false;
    }
    out->id = last.id;
    log_event(LOG_ERROR, "pack-kept", log_text("pack", id), log_text("version", last.version),
              log_err(&first));
    return true;
}

static bool pack_deploy(struct app_version *out, bool *kept, struct app *app, const char *path,
                        struct err *err) {
    struct arena *arena = arena_create("pack files", APP_PACK_BYTES_MAX * 2);
    struct pack_file *files = NULL;
    struct pack *pack = NULL;
    size_t count = 0;
    struct pack_hash hash;
    bool ok = app_folder_read(&files, &count, path, arena, err);
    const bool known = ok && proved_find(&hash, app, pack_id_of(files, count, path, arena), arena);
    ok = ok && pack_read(&pack, files, count, known ? &hash : NULL, path, err) &&
         deploy(out, app, pack, arena, err);
    *kept = !ok;
    if (!ok)
        ok = fall_back(out, app, pack_id_of(files, count, path, arena), arena, err);
    arena_destroy(arena);
    if (ok)
        deployed_log(out);
    return ok;
}

bool app_packs_deploy(struct app *app, size_t *kept_count, struct err *err) {
    struct app_packs next = {.count = 0};
    *kept_count = 0;
    if (app->config.pack_count == 0 || app->config.pack_count > APP_PACKS_MAX)
        return err_set(err, ERR_RANGE, err_nowhere, "between 1 and %d packs can be in use",
                       APP_PACKS_MAX);
    for (size_t i = 0; i < app->config.pack_count; i++) {
        bool kept;
        if (!pack_deploy(&next.list[next.count++], &kept, app, app->config.pack_dirs[i], err))
            return false;
        *kept_count += kept;
    }
    os_mutex_lock(&app->mutex);
    bool room = app->set_count < APP_SETS_MAX;
    if (room) {
        struct app_packs *set = arena_new(app->arena, struct app_packs, 1);
        *set = next;
        app->sets[app->set_count++] = set;
        atomic_store(&app->packs, set);
    }
    os_mutex_unlock(&app->mutex);
    return room || err_set(err, ERR_LIMIT, err_nowhere, "packs were reloaded %d times: restart",
                           APP_SETS_MAX);
}

void app_packs_close(struct app *app) {
    for (size_t i = 0; i < app->version_count; i++)
        pack_destroy((struct pack *)(uintptr_t)app->versions[i].pack);
    app->version_count = 0;
}

const struct app_packs *app_packs_hold(struct app *app) {
    return atomic_load(&app->packs);
}

void app_packs_let(struct app *app, const struct app_packs *packs) {
    (void)app, (void)packs; /* a set lives until app_close() */
}

size_t app_packs_count(const struct app_packs *packs) {
    return packs->count;
}

const struct pack *app_packs_at(const struct app_packs *packs, size_t index) {
    assert(index < packs->count);
    return packs->list[index].pack;
}

const struct pack *app_pack_for(int64_t *version, struct app *app, struct str matter) {
    const struct app_packs *packs = app_packs_hold(app);
    for (size_t i = 0; i < packs->count; i++) {
        if (pack_matter(packs->list[i].pack, matter) == NULL)
            continue;
        *version = packs->list[i].id;
        return packs->list[i].pack;
    }
    return NULL;
}
