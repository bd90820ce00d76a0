#include "main/calendars.h"

#include "base/limits.h"
#include "cal/calendar.h"
#include "os/file.h"

enum { CALENDAR_STEPS = 10000000, CALENDAR_BYTES = 64 << 20 };

static struct str name_of(const char *path) {
    struct str name = str_file_name(str_from(path));
    return str_ends(name, STR(".ics")) ? str_sub(name, 0, name.len - STR(".ics").len) : name;
}

static bool is_there(const struct calendars *calendars, struct str name) {
    for (size_t i = 0; i < calendars->count; i++)
        if (str_eq(calendars->items[i].name, name))
            return true;
    return false;
}

bool calendars_read(struct calendars *out, const struct option_list *files, struct arena *a,
                    struct err *err) {
    out->count = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct budget budget = budget_of(CALENDAR_STEPS, CALENDAR_BYTES);
        struct str name = name_of(files->items[i]), ics;
        struct cal_calendar *calendar;
        if (is_there(out, name))
            return err_set(err, ERR_INVALID, err_nowhere, "two calendars are called '%.*s'",
                           STR_ARG(name));
        if (!os_file_read(&ics, files->items[i], FILE_BYTES_MAX, a, err) ||
            !cal_calendar_read(&calendar, ics, files->items[i], a, &budget, err))
            return false;
        out->items[out->count++] = (struct feel_calendar){name, calendar};
    }
    return true;
}
