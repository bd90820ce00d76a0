/* http/form.h - the fields of a query, a form post or a multipart post. Pure; the results borrow
 * from the input or live in the arena. Standards: WHATWG URL (application/x-www-form-urlencoded),
 * RFC 7578 (multipart/form-data). */
#ifndef MANDATE_HTTP_FORM_H
#define MANDATE_HTTP_FORM_H

#include "base/arena.h"
#include "base/err.h"

enum {
    FORM_BOUNDARY_BYTES_MAX = 70,    /* RFC 2046: 5.1.1 */
    FORM_PART_HEAD_BYTES_MAX = 2048, /* the headers of one part; browsers send about 150 */
    FORM_FILENAME_BYTES_MAX = 255,   /* what file systems hold */
};

struct form_field {
    struct str name, value;  /* UTF-8 */
    bool is_file;            /* then value is the file's bytes, as they came */
    struct str filename;     /* as the browser said, without folders; never a path to open */
    struct str content_type; /* as the browser said: to be checked against the bytes */
};

struct form {
    struct form_field *fields; /* in the order of the post */
    size_t count;
};

/* The first field of that name that is not a file, or the empty str; NULL-like when absent:
 * at == NULL. A present empty field has at != NULL. */
struct str form_get(const struct form *form, struct str name);
const struct form_field *form_find(const struct form *form, struct str name); /* or NULL */

/* Errors: ERR_SYNTAX, broken %XX or not UTF-8; ERR_LIMIT, more than FORM_FIELDS_MAX fields. */
MUST_USE bool form_parse_urlencoded(struct form *out, struct str text, struct arena *arena,
                                    struct err *err);

struct form_limits {
    size_t file_bytes_max; /* one file */
    size_t files_max;
    size_t field_bytes_max; /* one field that is not a file */
};

/* content_type: the header's whole value, with the boundary. Files with an empty name and no bytes
 * (an upload field left empty) are dropped.
 * Errors: ERR_SYNTAX, the post is malformed; ERR_LIMIT, and the text names the file and the limit;
 *         ERR_TYPE, it is not multipart/form-data. */
MUST_USE bool form_parse_multipart(struct form *out, struct str body, struct str content_type,
                                   struct form_limits limits, struct arena *arena, struct err *err);

#endif
