/* mandate rebuild: every derived row and snapshot again from the events. */
#include <inttypes.h>
#include <stdio.h>

#include "app/offline.h"
#include "main/cmd.h"
#include "os/os.h"

int cmd_rebuild(int argc, char **argv) {
    const char *data = "data";
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "the data folder; nothing may run on it"}};
    const struct command_line line = {
        .name = "rebuild",
        .about = "Makes the rows that pages read again from the events, which are the truth.",
        .options = options,
        .option_count = COUNT_OF(options)};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct app *app;
    uint64_t cases = 0;
    struct err err = {0};
    if (!app_offline_open(&app, data, false, os_env_real(), &err))
        return command_failed("rebuild", "%s", err.text);
    bool ok = app_offline_rebuild(&cases, app, &err);
    app_close(app);
    if (!ok)
        return command_failed("rebuild", "%s", err.text);
    (void)printf("%" PRIu64 " cases rebuilt\n", cases);
    return EXIT_OK;
}
