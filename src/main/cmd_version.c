#include <stdio.h>

#include "main/cmd.h"
#include "main/version.h"

int cmd_version(int argc, char **argv) {
    const struct command_line line = {.name = "version", .about = "Prints the version."};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    (void)printf("mandate %s\n", MANDATE_VERSION);
    return EXIT_OK;
}
