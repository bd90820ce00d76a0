/* Errors, and what programs and evaluators share: calendars, and time zones read on demand.
 * A zone, once found, is put at the head of a list by one atomic store under the lock, and never
 * leaves it: those who look need no lock. A name that is no zone is not remembered, so that hostile
 * names cost a failed open each and no memory. */
#include <pthread.h>
#include <sys/stat.h>

#include "cal/calendar.h"
#include "lib/inner.h"

enum {
    ENGINE_BYTES_MAX = 64 << 20, /* 600 zones are about 2 MB, a calendar of decades about 1 MB */
    CALENDARS_MAX = 64,
    CALENDAR_STEPS = 10000000,
    PATH_BYTES_MAX = 4096,
    ERROR_PRINT_BYTES_MAX = 1 << 21, /* a message and one line of an expression */
};

/* --- errors
 * ------------------------------------------------------------------------------------ */
static enum mfeel_status status_from(enum err_code code) {
    switch (code) {
    case ERR_NONE: return MFEEL_OK;
    case ERR_SYNTAX: return MFEEL_SYNTAX;
    case ERR_UNKNOWN: return MFEEL_UNKNOWN;
    case ERR_UNSUPPORTED: return MFEEL_UNSUPPORTED;
    case ERR_LIMIT: return MFEEL_LIMIT;
    case ERR_NOT_FOUND: return MFEEL_NOT_FOUND;
    case ERR_IO: return MFEEL_IO;
    default: return MFEEL_INVALID;
    }
}

enum err_code status_code(enum mfeel_status status) {
    switch (status) {
    case MFEEL_OK: return ERR_NONE;
    case MFEEL_SYNTAX: return ERR_SYNTAX;
    case MFEEL_UNKNOWN: return ERR_UNKNOWN;
    case MFEEL_UNSUPPORTED: return ERR_UNSUPPORTED;
    case MFEEL_LIMIT:
    case MFEEL_CANCELLED: return ERR_LIMIT;
    case MFEEL_NOT_FOUND: return ERR_NOT_FOUND;
    case MFEEL_IO: return ERR_IO;
    default: return ERR_INVALID;
    }
}

const char *mfeel_status_name(int status) {
    static const char *const names[] = {"ok",    "syntax",    "unknown",   "invalid", "unsupported",
                                        "limit", "cancelled", "not found", "io"};
    return status >= 0 && (size_t)status < COUNT_OF(names) ? names[status] : "unknown";
}

static void copy_text(char *out, size_t out_bytes, const char *text) {
    size_t len = MIN_OF(strlen(text), out_bytes - 1);
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) /* no half character */
        len--;
    memcpy(out, text, len);
    out[len] = '\0';
}

enum mfeel_status status_of(struct mfeel_error *error, const struct err *err) {
    enum mfeel_status status = status_from(err->code);
    if (error == NULL || status == MFEEL_OK)
        return status;
    *error =
        (struct mfeel_error){.status = (int)status, .line = err->at.line, .column = err->at.column};
    copy_text(error->source, sizeof error->source, err->at.source == NULL ? "" : err->at.source);
    copy_text(error->text, sizeof error->text, err->text);
    return status;
}

enum mfeel_status status_fail(struct mfeel_error *error, enum err_code code, const char *text) {
    struct err err = {0};
    (void)err_set(&err, code, err_nowhere, "%s", text);
    return status_of(error, &err);
}

enum mfeel_status status_no_zone(struct mfeel_error *error, struct str zone) {
    struct err err = {0};
    if (utf8_valid(zone))
        (void)err_set(&err, ERR_UNKNOWN, err_nowhere, "there is no time zone '%.*s'",
                      STR_ARG(zone));
    else
        (void)err_set(&err, ERR_UNKNOWN, err_nowhere, "there is no time zone of that name");
    return status_of(error, &err);
}

bool struct_taken(void *out, size_t out_bytes, size_t first_bytes, const void *given,
                  struct err *err) {
    size_t bytes;
    memcpy(&bytes, given, sizeof bytes);
    if (bytes < first_bytes || bytes > STRUCT_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "struct_bytes is %zu: make the struct with its _INIT macro", bytes);
    for (size_t i = out_bytes; i < bytes; i++)
        if (((const char *)given)[i] != 0)
            return err_set(err, ERR_INVALID, err_nowhere,
                           "the struct asks for what version %s of the library has not",
                           MFEEL_VERSION);
    memset(out, 0, out_bytes);
    memcpy(out, given, MIN_OF(bytes, out_bytes));
    return true;
}

static size_t copy_out(char *out, size_t out_bytes, struct str s) {
    if (out_bytes > 0) {
        size_t len = MIN_OF(s.len, out_bytes - 1);
        if (len > 0)
            memcpy(out, s.at, len);
        out[len] = '\0';
    }
    return s.len;
}

size_t mfeel_error_print(const struct mfeel_error *error, const char *text, size_t text_bytes,
                         char *out, size_t out_bytes) {
    struct buf printed;
    struct err_at at = {error->source[0] == '\0' ? NULL : error->source, error->line,
                        error->column};
    buf_init(&printed, ERROR_PRINT_BYTES_MAX);
    feel_error_print(&printed, at, str_from(error->text),
                     text == NULL ? STR_NONE : text_in(text, text_bytes));
    size_t len = copy_out(out, out_bytes, buf_view(&printed));
    buf_done(&printed);
    return len;
}

size_t mfeel_diagnosis_print(const struct mfeel_evaluator *ev, size_t index, char *out,
                             size_t out_bytes) {
    struct buf printed;
    if (index >= ev->diags.count)
        return copy_out(out, out_bytes, STR_NONE);
    buf_init(&printed, ERROR_PRINT_BYTES_MAX);
    feel_diag_print(&printed, &ev->diags.items[index]);
    size_t len = copy_out(out, out_bytes, buf_view(&printed));
    buf_done(&printed);
    return len;
}

const char *mfeel_version(void) {
    return MFEEL_VERSION;
}

/* --- zones
 * ------------------------------------------------------------------------------------- */
struct zone_item {
    struct zone_item *next;
    struct str name;
    const struct cal_zone *zone;
};

struct engine_zones {
    struct arena *arena;
    const char *folder;
    pthread_mutex_t lock;
    _Atomic(struct zone_item *) first;
};

static const struct cal_zone *look(const struct engine_zones *z, struct str name) {
    for (const struct zone_item *item = atomic_load_explicit(&z->first, memory_order_acquire);
         item != NULL; item = item->next)
        if (str_eq(item->name, name))
            return item->zone;
    return NULL;
}

/* A file's bytes, at most CAL_ZONE_BYTES_MAX; the name was checked by cal_zone_find(). */
static bool read_file(struct buf *out, const struct engine_zones *z, struct str name) {
    char path[PATH_BYTES_MAX];
    int len = snprintf(path, sizeof path, "%s/%.*s", z->folder, STR_ARG(name));
    FILE *file = len > 0 && (size_t)len < sizeof path ? fopen(path, "rbe") : NULL;
    if (file == NULL)
        return false;
    size_t got = 1;
    while (got > 0 && !out->full) {
        char part[4096];
        got = fread(part, 1, sizeof part, file);
        buf_add(out, (struct str){part, got});
    }
    bool read = ferror(file) == 0 && !out->full;
    (void)fclose(file);
    return read;
}

/* Under the lock. */
static const struct cal_zone *load(struct engine_zones *z, struct str name) {
    struct buf bytes;
    struct err err = {0};
    const struct cal_zone *zone = look(z, name);
    if (zone != NULL)
        return zone;
    buf_init(&bytes, CAL_ZONE_BYTES_MAX);
    struct arena_mark mark = arena_mark(z->arena);
    size_t left = arena_limit_bytes(z->arena) - arena_used_bytes(z->arena);
    if (left > 4 * (size_t)CAL_ZONE_BYTES_MAX && read_file(&bytes, z, name) &&
        cal_zone_read(&zone, name, buf_view(&bytes), z->arena, &err)) {
        struct zone_item *item = arena_new(z->arena, struct zone_item, 1);
        item->name = arena_str(z->arena, name);
        item->zone = zone;
        item->next = atomic_load_explicit(&z->first, memory_order_relaxed);
        atomic_store_explicit(&z->first, item, memory_order_release);
    } else {
        zone = NULL; /* no such file, or not one of time zones: no such zone */
        arena_rewind(z->arena, mark);
    }
    buf_done(&bytes);
    return zone;
}

static const struct cal_zone *find(const struct cal_zones *self, struct str name) {
    struct engine_zones *z = self->data;
    const struct cal_zone *zone = look(z, name);
    if (zone != NULL)
        return zone;
    (void)pthread_mutex_lock(&z->lock);
    zone = load(z, name);
    (void)pthread_mutex_unlock(&z->lock);
    return zone;
}

const struct cal_zones *engine_zones(const struct mfeel_engine *engine) {
    return engine == NULL || engine->found == NULL ? NULL : &engine->zones;
}

/* --- the engine
 * -------------------------------------------------------------------------------- */
struct mfeel_engine *mfeel_engine_create(void) {
    struct arena *arena = arena_create("engine", ENGINE_BYTES_MAX);
    struct mfeel_engine *engine = arena_new(arena, struct mfeel_engine, 1);
    engine->arena = arena;
    engine->calendars = arena_new(arena, struct feel_calendar, CALENDARS_MAX);
    return engine;
}

void mfeel_engine_destroy(struct mfeel_engine *engine) {
    if (engine == NULL)
        return;
    if (engine->found != NULL)
        (void)pthread_mutex_destroy(&engine->found->lock);
    arena_destroy(engine->arena);
}

enum mfeel_status mfeel_engine_zones(struct mfeel_engine *engine, const char *folder,
                                     struct mfeel_error *error) {
    struct stat info;
    if (folder == NULL)
        folder = "/usr/share/zoneinfo";
    if (engine->found != NULL)
        return status_fail(error, ERR_INVALID, "the engine has a folder of time zones");
    if (strlen(folder) >= PATH_BYTES_MAX || stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
        return status_fail(error, ERR_NOT_FOUND, "there is no such folder of time zones");
    engine->found = arena_new(engine->arena, struct engine_zones, 1);
    engine->found->arena = engine->arena;
    engine->found->folder = arena_cstr(engine->arena, str_from(folder));
    (void)pthread_mutex_init(&engine->found->lock, NULL);
    engine->zones = (struct cal_zones){find, engine->found};
    return MFEEL_OK;
}

enum mfeel_status mfeel_engine_calendar(struct mfeel_engine *engine, const char *name,
                                        const char *ics, size_t ics_bytes,
                                        struct mfeel_error *error) {
    struct err err = {0};
    struct cal_calendar *calendar;
    struct str text = text_in(ics, ics_bytes);
    size_t left = arena_limit_bytes(engine->arena) - arena_used_bytes(engine->arena);
    if (engine->calendar_count == CALENDARS_MAX || left / 4 < text.len + (1 << 20))
        return status_fail(error, ERR_LIMIT, "the engine has no room for more calendars");
    struct budget budget = budget_of(CALENDAR_STEPS, left / 2);
    const char *kept_name = arena_cstr(engine->arena, str_from(name));
    if (!cal_calendar_read(&calendar, arena_str(engine->arena, text), kept_name, engine->arena,
                           &budget, &err))
        return status_of(error, &err);
    engine->calendars[engine->calendar_count++] =
        (struct feel_calendar){str_from(kept_name), calendar};
    return MFEEL_OK;
}
