/* web/keep.h - pages that were just made, kept for the same request.
 *
 * A page is a function of the request's head, of what is stored, of the packs, and of the time. The
 * first three are compared exactly: the head byte for byte (so it is the same browser, session,
 * address, language), app_changes(), and the packs in use. The time may differ by KEEP_US at most:
 * pages tell days and minutes, and a second look of the same officer within the hour is the same
 * look in the log. Whatever is stored anywhere makes all kept pages old: nothing is ever shown that
 * a commit before has changed.
 *
 * A page that holds a key to be used once (page_token) is never kept: two tabs would send with one
 * key, and the second form would be taken for the first sent again.
 *
 * One table a loop, so there is no lock; of fixed size, a new page takes the place of another. */
#ifndef MANDATE_WEB_KEEP_H
#define MANDATE_WEB_KEEP_H

#include "web/web.h"

enum {
    KEEP_US = 1000000,
    KEEP_ENTRIES = 64,
    KEEP_BODY_BYTES_MAX = 65536, /* 64 of them are 4 MB a loop at most */
    KEEP_HEAD_BYTES_MAX = 4096,
};

/* What a kept page was made from. */
struct keep_state {
    uint64_t changes;
    const void *packs;
    int64_t at_us; /* monotonic */
};

struct keep_entry {
    struct buf head, body;
    struct str content_type; /* static */
    bool document, viewer;
    struct keep_state state;
    const struct web_route *route;
};

struct keep {
    struct keep_entry entries[KEEP_ENTRIES];
};

void keep_init(struct keep *keep);
void keep_done(struct keep *keep);
/* The page of the same request in the same state, or NULL. */
const struct keep_entry *keep_find(const struct keep *keep, struct str head,
                                   const struct keep_state *now);
/* made: state is that of before the page was made. Larger ones are not kept. */
void keep_put(struct keep *keep, struct str head, const struct keep_entry *made);

#endif
