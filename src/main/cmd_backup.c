/* mandate backup: a copy of a data folder that nothing runs on. */
#include <stdio.h>

#include "app/offline.h"
#include "main/cmd.h"
#include "os/os.h"

int cmd_backup(int argc, char **argv) {
    const char *data = "data";
    const struct option options[] = {
        {"data", OPTION_TEXT, &data, "DIR", "the data folder; nothing may run on it"}};
    const struct command_line line = {
        .name = "backup",
        .arguments = "NEW-DIR",
        .about = "Copies database and documents into a new folder, from which 'serve --data' "
                 "can start; 'verify --data' proves the copy.",
        .options = options,
        .option_count = COUNT_OF(options),
        .arguments_min = 1,
        .arguments_max = 1};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    struct app *app;
    struct err err = {0};
    if (!app_offline_open(&app, data, false, os_env_real(), &err))
        return command_failed("backup", "%s", err.text);
    bool ok = app_offline_backup(app, args.items[0], &err);
    app_close(app);
    if (!ok)
        return command_failed("backup", "%s", err.text);
    (void)printf("%s\n", args.items[0]);
    return EXIT_OK;
}
