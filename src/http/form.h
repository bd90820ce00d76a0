/* http/form.h - the fields of a query, a form post or a multipart post. Pure; the results borrow
 * from the input or live in the arena. Standards: WHATWG URL (application/x-www-form-urlencoded),
 * RFC 7578 (multipart/form-data). */
#ifndef MANDATE_HTTP_FORM_H
#define MANDATE_HTTP_FORM_H

#include "base/arena.h"
#include "base/err.h"

enum {
    HTTP_BOUNDARY_BYTES_MAX = 70,    /* RFC 2046: 5.1.1 */
    HTTP_PART_HEAD_BYTES_MAX = 2048, /* the headers of one part; browsers send about 150 */
    HTTP_FILENAME_BYTES_MAX = 255,   /* what file systems hold */
};

struct http_field {
    struct str name, value;  /* UTF-8 */
    bool is_file;            /* then value is the file's bytes, as they came */
    struct str filename;     /* as the browser said, without folders; never a path to open */
    struct str content_type; /* as the browser said: to be checked against the bytes */
};

struct http_form {
    struct http_field *fields; /* in the order of the post */
    size_t count;
};

/* The value of the first field of that name that is no file; at == NULL when there is none, which
 * an empty field is not. */
struct str http_form_get(const struct http_form *form, struct str name);
const struct http_field *http_form_find(const struct http_form *form,
                                        struct str name); /* or NULL */

/* Errors: ERR_SYNTAX, broken %XX or not UTF-8; ERR_LIMIT, more than FORM_FIELDS_MAX fields. */
MUST_USE bool http_form_parse_urlencoded(struct http_form *out, struct str text,
                                         struct arena *arena, struct err *err);

struct http_form_limits {
    size_t file_bytes_max; /* one file */
    size_t files_max;
    size_t field_bytes_max; /* one field that is not a file */
};

/* content_type: the header's whole value, with the boundary. Files with an empty name and no bytes
 * (an upload field left empty) are dropped.
 * Errors: ERR_SYNTAX, the post is malformed; ERR_LIMIT, and the text names the file and the limit;
 *         ERR_TYPE, it is not multipart/form-data. */
MUST_USE bool http_form_parse_multipart(struct http_form *out, struct str body,
                                        struct str content_type, struct http_form_limits limits,
                                        struct arena *arena, struct err *err);

#endif
