/* web/assets.h - what tool/embed compiled from ui/: files for browsers, and page templates. */
#ifndef MANDATE_WEB_ASSETS_H
#define MANDATE_WEB_ASSETS_H

#include "base/str.h"

/* The path holds a hash of the bytes: "/assets/app.0123456789ab.css". So it never changes, and may
 * be cached for ever. */
struct ui_asset {
    struct str path, content_type;
    struct str bytes, gzip; /* the same content, plain and as gzip (RFC 1952) */
};
extern const struct ui_asset ui_assets[];
extern const size_t ui_asset_count;
const struct ui_asset *ui_asset(struct str path); /* or NULL */

struct ui_template {
    struct str name;  /* "desk/task" */
    const char *file; /* "ui/templates/desk/task.mustache", for messages */
    struct str source;
};
extern const struct ui_template ui_templates[];
extern const size_t ui_template_count;

#endif
