/* web/assets.c - a dozen files: looked through one by one. */
#include "web/assets.h"

const struct ui_asset *ui_asset(struct str path) {
    for (size_t i = 0; i < ui_asset_count; i++)
        if (str_eq(ui_assets[i].path, path))
            return &ui_assets[i];
    return NULL;
}
