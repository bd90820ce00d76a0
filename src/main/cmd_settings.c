#include <stdio.h>

#include "main/cmd.h"
#include "main/settings.h"

static void upper_print(const char *name) {
    for (; *name != '\0'; name++)
        (void)putchar(*name >= 'a' && *name <= 'z' ? *name - ('a' - 'A') : *name);
}

static void dashed_print(const char *name) {
    for (; *name != '\0'; name++)
        (void)putchar(*name == '_' ? '-' : *name);
}

int cmd_settings(int argc, char **argv) {
    const struct command_line line = {
        .name = "settings",
        .about = "Prints every setting of 'mandate serve' as a Markdown table."};
    struct arguments args;
    int code;
    if (!options_read(&args, &code, &line, argc, argv))
        return code;
    size_t count;
    const struct setting *table = settings_table(&count);
    (void)printf("| option | variable | key | default | what it is |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        (void)printf("| `--");
        dashed_print(table[i].name);
        (void)printf("%s%s` | `MANDATE_", table[i].value[0] != '\0' ? " " : "", table[i].value);
        upper_print(table[i].name);
        (void)printf("` | `%s` | %s%s%s | %s |\n", table[i].name,
                     table[i].default_text[0] != '\0' ? "`" : "", table[i].default_text,
                     table[i].default_text[0] != '\0' ? "`" : "", table[i].help);
    }
    return EXIT_OK;
}
