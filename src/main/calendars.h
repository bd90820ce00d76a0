/* main/calendars.h - calendars for commands: iCalendar files, each called by its file's name
 * without .ics, as a pack calls those of its folder calendars/. */
#ifndef MANDATE_MAIN_CALENDARS_H
#define MANDATE_MAIN_CALENDARS_H

#include "feel/feel.h"
#include "main/options.h"

struct calendars {
    struct feel_calendar items[OPTION_LIST_MAX];
    size_t count;
};

/* For command_line: --calendar FILE.ics, out: a struct option_list. */
#define CALENDARS_OPTION(out)                                                                      \
    { "calendar", OPTION_LIST, (out), "FILE.ics", "the calendar of that name, for working days" }

/* Errors: of the file, with its line; ERR_INVALID for a name that stands twice. */
MUST_USE bool calendars_read(struct calendars *out, const struct option_list *files,
                             struct arena *a, struct err *err);

#endif
