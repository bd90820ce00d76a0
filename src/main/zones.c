#include "main/zones.h"

#include "os/zone.h"

struct zones_item {
    struct zones_item *next;
    struct str name;
    const struct cal_zone *zone; /* NULL: there is none, and it was looked for */
};

static const struct cal_zone *find(const struct cal_zones *self, struct str name) {
    struct zones *z = self->data;
    for (const struct zones_item *item = z->first; item != NULL; item = item->next)
        if (str_eq(item->name, name))
            return item->zone;
    struct zones_item *item = arena_new(z->arena, struct zones_item, 1);
    struct err err = {0};
    struct str bytes;
    item->name = arena_str(z->arena, name);
    if (!os_zone_read(&bytes, name, z->arena, &err) ||
        !cal_zone_read(&item->zone, item->name, bytes, z->arena, &err))
        item->zone = NULL;
    item->next = z->first;
    z->first = item;
    return item->zone;
}

void zones_init(struct zones *z, struct arena *a) {
    *z = (struct zones){.zones = {find, z}, .arena = a};
}
