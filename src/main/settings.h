/* main/settings.h - the settings of `mandate serve`, from flags, then environment, then a file,
 * then the defaults of settings.def. A name that is not in the table is an error in each of the
 * three. */
#ifndef MANDATE_MAIN_SETTINGS_H
#define MANDATE_MAIN_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "main/options.h"

#define SETTING_TYPE_FLAG bool
#define SETTING_TYPE_TEXT const char *
#define SETTING_TYPE_INT  int64_t
#define SETTING_TYPE_LIST struct option_list

struct settings {
#define SETTING(name, kind, default, value, help) SETTING_TYPE_##kind name;
#include "main/settings.def"
#undef SETTING
};

/* One table row, for whoever reads or prints settings. */
struct setting {
    const char *name;
    enum option_kind kind;
    const char *default_text, *value, *help;
    size_t offset; /* in struct settings */
};
const struct setting *settings_table(size_t *count);

/* The text of a --config file (YAML: a map from names to values) into out.
 * Errors: ERR_UNKNOWN a name nobody defines; ERR_TYPE; what yaml_read() says; with file and line.
 */
MUST_USE bool settings_from_file(struct settings *out, struct str text, const char *file,
                                 struct arena *arena, struct err *err);
/* The variables that begin with "MANDATE_" of an environment like environ. */
MUST_USE bool settings_from_environment(struct settings *out, char *const *environment,
                                        struct arena *arena, struct err *err);
void settings_default(struct settings *out);

/* All of it: reads argv, the file that --config names, the environment. Texts live in arena or
 * argv. False: return *code from the command. */
MUST_USE bool settings_read(struct settings *out, int *code, struct arena *arena, int argc,
                            char **argv);

#endif
