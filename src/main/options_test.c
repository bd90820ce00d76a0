#include "main/options.h"

#include <string.h>

#include "base/test.h"

static const char *text;
static int64_t number;
static bool flag;
static struct option_list list;

static const struct option options[] = {
    {"text", OPTION_TEXT, &text, "TEXT", "a text"},
    {"number", OPTION_INT, &number, "N", "a number"},
    {"flag", OPTION_FLAG, &flag, NULL, "a flag"},
    {"item", OPTION_LIST, &list, "ITEM", "an item"},
};

static const struct row {
    int line;
    const char *argv[8];
    bool want;
    const char *text;
    int64_t number;
    bool flag;
    size_t items;
    int arguments;
} rows[] = {
    {__LINE__, {"x", "a"}, true, NULL, 0, false, 0, 1},
    {__LINE__, {"x", "--text", "t", "a", "b"}, true, "t", 0, false, 0, 2},
    {__LINE__, {"x", "a", "--text=t=u", "--number=7"}, true, "t=u", 7, false, 0, 1},
    {__LINE__, {"x", "--flag", "a", "--item", "1", "--item=2"}, true, NULL, 0, true, 2, 1},
    {__LINE__, {"x", "--", "--flag"}, true, NULL, 0, false, 0, 1},
    {__LINE__, {"x"}, false, NULL, 0, false, 0, 0},                  /* too few */
    {__LINE__, {"x", "a", "b", "c"}, false, NULL, 0, false, 0, 3},   /* too many */
    {__LINE__, {"x", "a", "--nope"}, false, NULL, 0, false, 0, 1},   /* unknown */
    {__LINE__, {"x", "a", "--flag=1"}, false, NULL, 0, false, 0, 1}, /* a flag with a value */
    {__LINE__, {"x", "a", "--text"}, false, NULL, 0, false, 0, 1},   /* no value */
    {__LINE__, {"x", "a", "--number", "1x"}, false, NULL, 0, false, 0, 1},
    {__LINE__, {"x", "a", "--number", "-1"}, false, NULL, 0, false, 0, 1},
};

void test_options_read(void) {
    const struct command_line line = {.name = "x",
                                      .arguments = "A [B]",
                                      .about = "Tests.",
                                      .options = options,
                                      .option_count = COUNT_OF(options),
                                      .arguments_min = 1,
                                      .arguments_max = 2};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        text = NULL, number = 0, flag = false, list.count = 0;
        char copies[8][16] = {{0}};
        char *argv[8];
        int argc = 0;
        for (; argc < 8 && row->argv[argc] != NULL; argc++) {
            memcpy(copies[argc], row->argv[argc], strlen(row->argv[argc]));
            argv[argc] = copies[argc];
        }
        struct arguments args;
        int code = -1;
        bool ok = options_read(&args, &code, &line, argc, argv);
        CHECK_AT(row->line, ok == row->want);
        CHECK_AT(row->line, ok || code == EXIT_COULD_NOT);
        CHECK_INT_AT(row->line, args.count, row->arguments);
        if (!ok)
            continue;
        CHECK_STR_AT(row->line, str_from(text), str_from(row->text));
        CHECK_INT_AT(row->line, number, row->number);
        CHECK_AT(row->line, flag == row->flag && list.count == row->items);
    }
}
