#include "store/inner.h"

#include "migrations.inc"

bool store_migrate(struct store *s, struct err *err) {
    size_t count = 0;
    if (!db_migrate(db_writer(s->db), migrations, COUNT_OF(migrations), os_wall_us(s->env), &count,
                    err))
        return false;
    if (count > 0)
        log_event(LOG_INFO, "schema-migrated", log_i64("steps", (int64_t)count));
    return true;
}
