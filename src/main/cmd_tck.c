/* Runs the cases of the DMN Technology Compatibility Kit: every *.xml below a folder whose root is
 * testCases, beside the models that it names. A case passes when every result node has the expected
 * value; numbers may differ by 1e-8, as in the kit's own runner, because its expected values are
 * written with about that many digits. */
#include <stdio.h>

#include "dmn/dmn.h"
#include "feel/feel.h"
#include "main/cmd.h"
#include "main/tck.h"
#include "main/zones.h"
#include "os/env.h"
#include "os/file.h"
#include "xml/xml.h"

enum { DEPTH_MAX = 16, MODELS_MAX = 256, ARENA_BYTES = 1 << 30, STEPS = 20000000 };

struct model_file {
    const char *path;
    struct str xml, ns;
    struct err err; /* why it cannot be read: the tests of it fail, not those of others */
};

/* One folder's models, and the case that is being run. */
struct tck {
    struct tck_reader reader;
    struct arena *arena;
    struct zones *zones;
    struct tck_totals *totals;
    const char *folder;
    struct model_file *models; /* room for MODELS_MAX */
    size_t model_count;
};

/* --- cases
 * ------------------------------------------------------------------------------------------------
 */
static void print_value(const char *label, struct feel_value v) {
    struct buf out;
    buf_init(&out, 4096);
    feel_print(&out, v);
    (void)printf(" %s %.*s", label, (int)out.len, out.len > 0 ? out.at : "");
    buf_done(&out);
}

static void report(const struct tck *t, const struct xml_node *test, struct str node,
                   struct feel_value got, struct feel_value want, const struct feel_diags *diags,
                   const struct err *err) {
    (void)printf("%s: case %.*s, %.*s:", t->folder, STR_ARG(xml_attr_text(test, STR("id"))),
                 STR_ARG(node));
    print_value("got", got);
    print_value("want", want);
    if (err->code != ERR_NONE)
        (void)printf(" (%s)", err->text);
    else if (diags->count > 0)
        (void)printf(" (%.*s)", STR_ARG(diags->items[0].text));
    (void)printf("\n");
}

/* The element that a result node asks for. By name, since the kit's files know no ids; of the model
 * with the node's namespace. */
static const struct dmn_element *find_element(const struct dmn_model *model,
                                              const struct xml_node *test,
                                              const struct xml_node *node) {
    struct str name = xml_attr_text(node, STR("name"));
    struct str invocable = xml_attr_text(test, STR("invocableName"));
    struct str ns = xml_attr_text(node, STR("namespace"));
    if (invocable.len == 0)
        return dmn_named(model, ns, name);
    const struct dmn_element *e = dmn_named(model, STR_NONE, invocable);
    return e == NULL ? dmn_named(model, ns, invocable) : e;
}

/* One of several outputs of a service, by its name or by that behind the prefix of its import; the
 * service's own name stands for all of them. */
static struct feel_value output_of(const struct tck *t, const struct dmn_model *model,
                                   const struct xml_node *test, const struct xml_node *node,
                                   struct feel_value got) {
    struct str name = xml_attr_text(node, STR("name"));
    struct str invocable = xml_attr_text(test, STR("invocableName"));
    struct str prefix = dmn_prefix(model, xml_attr_text(node, STR("namespace")));
    struct str full = arena_printf(t->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
    size_t count = feel_kind(got) == FEEL_CONTEXT ? feel_count(got) : 0;
    const struct feel_entry *entries = count == 0 ? NULL : feel_entries(got);
    if (invocable.len == 0 || dmn_same_name(name, invocable))
        return got;
    for (size_t i = 0; i < count; i++)
        if (dmn_same_name(entries[i].name, prefix.len > 0 ? full : name))
            return entries[i].value;
    for (size_t i = 0; i < count; i++) {
        size_t dot = str_find_byte(entries[i].name, '.');
        if (dot != SIZE_MAX &&
            dmn_same_name(str_sub(entries[i].name, dot + 1, entries[i].name.len), name))
            return entries[i].value;
    }
    return got;
}

static bool run_node(struct tck *t, const struct dmn_model *model, const struct xml_node *test,
                     const struct xml_node *node, struct feel_value inputs) {
    const struct dmn_element *e = find_element(model, test, node);
    struct feel_value want = tck_value(&t->reader, tck_child(node, "expected"));
    struct feel_value got = feel_null();
    struct feel_diags diags = {.arena = t->arena};
    struct err err = {0};
    struct budget budget = budget_of(STEPS, FEEL_BYTES_DEFAULT);
    struct feel_env env = {
        .now = feel_instant(t->arena, os_wall_us(os_env_real()), cal_zone_utc()),
        .zones = &t->zones->zones,
        .diags = &diags,
    };
    bool ran =
        e == NULL
            ? err_set(&err, ERR_NOT_FOUND, err_nowhere, "the model has no such element")
            : dmn_evaluate_element(&got, model, e, inputs, &env, NULL, t->arena, &budget, &err);
    if (ran && dmn_output_count(e) > 1)
        got = output_of(t, model, test, node, got);
    if (str_eq(xml_attr_text(node, STR("errorResult")), STR("true")))
        want = feel_null();
    if (ran && tck_matches(got, want))
        return true;
    report(t, test, xml_attr_text(node, STR("name")), got, want, &diags, &err);
    return false;
}

static void run_case(struct tck *t, const struct dmn_model *model, const struct xml_node *test) {
    struct arena_mark mark = arena_mark(t->arena);
    struct feel_value inputs = tck_inputs(&t->reader, test, model);
    bool passed = true;
    for (const struct xml_node *c = xml_first(test); c != NULL; c = xml_sibling(c))
        if (tck_is(c, "resultNode") && !run_node(t, model, test, c, inputs))
            passed = false;
    if (passed)
        t->totals->passed++;
    else
        t->totals->failed++;
    /* zones found meanwhile live in an arena of their own */
    arena_rewind(t->arena, mark);
}

/* --- models
 * --------------------------------------------------------------------------------------------------
 */
static bool find_import(struct str *xml, const char **file, void *self, struct str ns,
                        struct str location, struct err *err) {
    const struct tck *t = self;
    (void)location;
    for (size_t i = 0; i < t->model_count; i++)
        if (t->models[i].err.code == ERR_NONE && str_eq(t->models[i].ns, ns)) {
            *xml = t->models[i].xml;
            *file = t->models[i].path;
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "no model has the namespace '%.*s'",
                   STR_ARG(ns));
}

static void read_model(struct tck *t, const char *path) {
    struct model_file *file = &t->models[t->model_count++];
    struct budget budget = budget_of(10000000, 256 << 20);
    struct xml_node *root;
    file->path = path;
    if (os_file_read(&file->xml, path, FILE_BYTES_MAX, t->arena, &file->err) &&
        xml_read(&root, file->xml, path, t->arena, &budget, &file->err))
        file->ns = xml_attr_text(root, STR("namespace"));
}

/* A folder's only model needs no name. */
static struct model_file *find_model(struct tck *t, struct str name) {
    for (size_t i = 0; i < t->model_count; i++)
        if (str_eq(str_file_name(str_from(t->models[i].path)), str_file_name(name)))
            return &t->models[i];
    return t->model_count == 1 ? &t->models[0] : NULL;
}

static void skip_all(struct tck *t, const struct xml_node *root, const char *path,
                     const struct err *err) {
    char text[ERR_TEXT_MAX * 2];
    err_format(text, sizeof text, err);
    (void)printf("%s: %s\n", path, text);
    for (const struct xml_node *c = xml_first(root); c != NULL; c = xml_sibling(c))
        t->totals->failed += tck_is(c, "testCase");
}

static void run_file(struct tck *t, const char *path) {
    struct err err = {0};
    struct budget budget = budget_of(100000000, 512 << 20);
    struct str text;
    struct xml_node *root;
    struct dmn_model *model = NULL;
    if (!os_file_read(&text, path, FILE_BYTES_MAX, t->arena, &err) ||
        !xml_read(&root, text, path, t->arena, &budget, &err)) {
        (void)printf("%s: %s\n", path, err.text);
        t->totals->failed++;
        return;
    }
    if (!tck_is(root, "testCases"))
        return;
    struct str name = str_trim(xml_text(tck_child(root, "modelName"), t->arena));
    const struct model_file *file = find_model(t, name);
    struct dmn_options options = {
        .import = find_import, .import_self = t, .zones = &t->zones->zones};
    if (file == NULL)
        (void)err_set(&err, ERR_NOT_FOUND, err_nowhere, "no model '%.*s'", STR_ARG(name));
    else
        err = file->err;
    if (err.code != ERR_NONE ||
        !dmn_load(&model, t->arena, file->xml, file->path, &options, &budget, &err)) {
        skip_all(t, root, path, &err);
        return;
    }
    for (const struct xml_node *c = xml_first(root); c != NULL; c = xml_sibling(c))
        if (tck_is(c, "testCase"))
            run_case(t, model, c);
}

/* --- folders
 * ----------------------------------------------------------------------------------------------------
 */
static bool run_folder(const char *path, struct zones *zones, struct tck_totals *totals, int depth,
                       struct err *err) {
    struct arena *arena = arena_create("tck", ARENA_BYTES);
    struct tck t = {.reader = {arena, &zones->zones},
                    .arena = arena,
                    .zones = zones,
                    .totals = totals,
                    .folder = path,
                    .models = arena_new(arena, struct model_file, MODELS_MAX)};
    struct os_entry *entries;
    size_t count;
    bool good = depth > 0 || err_set(err, ERR_LIMIT, err_nowhere, "folders are nested too deeply");
    good = good && os_folder_list(&entries, &count, path, arena, err);
    for (int pass = 0; good && pass < 2; pass++)
        for (size_t i = 0; good && i < count; i++) {
            const char *inner = arena_printf(arena, "%s/%.*s", path, STR_ARG(entries[i].name)).at;
            bool is_folder = entries[i].kind == OS_ENTRY_FOLDER;
            bool is_model = !is_folder && str_ends(entries[i].name, STR(".dmn"));
            if (pass == 0 && is_model && t.model_count == MODELS_MAX)
                good = err_set(err, ERR_LIMIT, err_nowhere, "more than %d models in one folder",
                               MODELS_MAX);
            else if (pass == 0 && is_model)
                read_model(&t, inner);
            else if (pass == 1 && is_folder)
                good = run_folder(inner, zones, totals, depth - 1, err);
            else if (pass == 1 && str_ends(entries[i].name, STR(".xml")))
                run_file(&t, inner);
        }
    arena_destroy(arena);
    return good;
}

bool tck_run(struct tck_totals *out, const char *folder, struct err *err) {
    struct zones zones;
    struct arena *arena = arena_create("zones", 64 << 20);
    zones_init(&zones, arena);
    bool ran = run_folder(folder, &zones, out, DEPTH_MAX, err);
    arena_destroy(arena);
    return ran;
}

int cmd_tck(int argc, char **argv) {
    const struct command_line line = {
        .name = "tck",
        .arguments = "FOLDER",
        .about = "Runs folders of the DMN Technology Compatibility Kit: a line for each failure, "
                 "then the totals.",
        .arguments_min = 1,
        .arguments_max = 1};
    struct arguments args;
    struct tck_totals totals = {0};
    struct err err = {0};
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    if (!tck_run(&totals, args.items[0], &err))
        return command_failed("tck", "%s", err.text);
    if (totals.passed + totals.failed + totals.skipped == 0)
        return command_failed("tck", "there are no test cases in '%s'", args.items[0]);
    (void)printf("%d passed, %d failed, %d skipped\n", totals.passed, totals.failed,
                 totals.skipped);
    return totals.failed == 0 ? EXIT_OK : EXIT_WRONG;
}
