/* main/cmd.h - the functions behind main/commands.def. */
#ifndef MANDATE_MAIN_CMD_H
#define MANDATE_MAIN_CMD_H

#include "main/options.h"

#define COMMAND(name, about) int cmd_##name(int argc, char **argv);
#include "main/commands.def"
#undef COMMAND

#endif
