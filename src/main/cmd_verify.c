/* mandate verify: the whole audit log and every case again, from the bytes. */
#include <inttypes.h>
#include <stdio.h>

#include "app/offline.h"
#include "main/cmd.h"
#include "os/os.h"

static void finding_print(void *ctx, const char *line) {
    (void)ctx;
    (void)printf("%s\n", line);
}

static void quiet(void *self, struct str line) {
    (void)self, (void)line;
}

static void root_print(const struct store_verified *v) {
    (void)printf("%" PRIu64 " events, %" PRIu64 " cases, %" PRIu64 " process instances, %" PRIu64
                 " erased, %" PRIu64 " documents; root ",
                 v->events, v->cases, v->instances, v->erased, v->documents);
    for (size_t i = 0; i < sizeof v->head.root.bytes; i++)
        (void)printf("%02x", v->head.root.bytes[i]);
    (void)printf("\n");
}

int cmd_verify(int argc, char **argv) {
    const char *data = "data";
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "the data folder; nothing may run on it"}};
    const struct command_line line = {
        .name = "verify",
        .about = "Computes the audit log's root again from every stored event, decrypts and "
                 "replays every case, and compares the rows and documents with it.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct app *app;
    struct store_verified verified;
    struct err err = {0};
    log_sink_set(quiet, NULL);
    if (!app_offline_open(&app, data, false, os_env_real(), &err))
        return command_failed("verify", "%s", err.text);
    bool ok = app_offline_verify(&verified, app, finding_print, NULL, &err);
    app_close(app);
    if (!ok && err.code != ERR_CORRUPT)
        return command_failed("verify", "%s", err.text);
    root_print(&verified);
    (void)printf("%s\n", ok ? "verified" : err.text);
    return ok ? EXIT_OK : EXIT_WRONG;
}
