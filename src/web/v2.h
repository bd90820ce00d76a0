/* web/v2.h - what the files of the Camunda REST API share (web/v2*.c). Its rows are v2.def; what is
 * read of stored rows comes from store/rows.h as it is, what changes something is an order of
 * app/process.h whose body and answer are those of the API. So little is left to be done here. */
#ifndef MANDATE_WEB_V2_H
#define MANDATE_WEB_V2_H

#include "app/process.h"
#include "store/rows.h"
#include "web/inner.h"

#define V2_TENANT STR("<default>") /* there is one */

/* The key in the path: digits. False, and answered, when it is none. */
MUST_USE bool v2_key(int64_t *out, struct web_request *r, struct str text);
/* Does the body name a tenant that there is not? True, and answered, when it does. */
MUST_USE bool v2_tenant_refused(struct web_request *r, const struct json *body);
/* 204. */
void v2_send_nothing(struct web_request *r);
/* Of a user task, for a caller who does not operate processes: that it is open to them. *count is
 * left or grows by one. False, and answered, when the caller cannot be found, or asks for values of
 * variables, which are shown one task at a time. */
MUST_USE bool v2_task_given(struct search_given *out, size_t *count, struct web_request *r);
/* A text in one of "a b c". */
bool v2_is_one_of(struct str name, const char *names);

#endif
