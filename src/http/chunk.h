/* http/chunk.h - the chunked transfer coding, as it comes in. Pure. Standard: RFC 9112: 7.1.
 * Narrowed: a chunk extension is refused (nobody needs one, and they have hidden requests before),
 * and so are trailers other than none. */
#ifndef MANDATE_HTTP_CHUNK_H
#define MANDATE_HTTP_CHUNK_H

#include "base/buf.h"

struct chunk_decoder {
    int state;
    uint64_t left;
    unsigned digits;
};

enum chunk_result { CHUNK_MORE, CHUNK_DONE, CHUNK_BAD };

/* Takes bytes from the front of *in and appends data to out (out->full: more than its cap).
 * A zeroed decoder is at the start. */
enum chunk_result chunk_feed(struct chunk_decoder *d, struct str *in, struct buf *out);

#endif
