/* app/folder.h - a pack folder on disk as the files that pack_load() takes. */
#ifndef MANDATE_APP_FOLDER_H
#define MANDATE_APP_FOLDER_H

#include "pack/pack.h"

enum { APP_FOLDER_DEPTH_MAX = 4 }; /* pack/matters/x.yaml is 2; deeper has no meaning in a pack */

/* Every file below dir, with the files of the pack it extends: when pack.yaml says `extends: base`,
 * those of the folder "base" beside dir, under "base/". Names that begin with '.' and editors'
 * copies that end in '~' are passed over. Files live in arena.
 * Errors: ERR_NOT_FOUND when dir is no pack folder (no pack.yaml) or the base is missing; ERR_LIMIT
 * beyond PACK_FILES_MAX or FILE_BYTES_MAX; ERR_IO. A pack.yaml that cannot be read as YAML is no
 * error here: pack_load() says what is wrong with it. */
MUST_USE bool app_folder_read(struct pack_file **out, size_t *count_out, const char *dir,
                              struct arena *arena, struct err *err);

#endif
