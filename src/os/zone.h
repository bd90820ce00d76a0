/* os/zone.h - the machine's time zone files (TZif, RFC 8536), as bytes for cal/. */
#ifndef MANDATE_OS_ZONE_H
#define MANDATE_OS_ZONE_H

#include "base/arena.h"
#include "base/err.h"

enum { OS_ZONE_BYTES_MAX = 65536 }; /* the largest in Debian 12 has 3.5 kB */

/* name: "Asia/Shanghai". ERR_NOT_FOUND when there is no such zone, or name is not one that the
 * database could hold (so a name from outside never leaves the folder). */
MUST_USE bool os_zone_read(struct str *out, struct str name, struct arena *arena, struct err *err);

#endif
