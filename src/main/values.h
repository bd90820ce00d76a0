/* main/values.h - FEEL values in and out of commands. */
#ifndef MANDATE_MAIN_VALUES_H
#define MANDATE_MAIN_VALUES_H

#include "feel/feel.h"

/* The JSON object of a file, a pipe, or standard input ("-") as a context; the empty one when path
 * is NULL. Errors of os_stream_read(), json_read(), feel_from_json(); ERR_TYPE when it is no
 * object.
 */
MUST_USE bool value_read_file(struct feel_value *out, const char *path, struct arena *a,
                              struct err *err);
/* On standard output; false, and standard error says why, when it could not be written. */
bool output_write(struct str text);
/* One line, likewise. */
bool value_print(struct feel_value v, bool as_json);
/* On standard error. */
void diags_print(const struct feel_diags *diags);

#endif
