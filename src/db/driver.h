/* db/driver.h - what a database driver gives to db.c. Only src/db includes this. */
#ifndef MANDATE_DB_DRIVER_H
#define MANDATE_DB_DRIVER_H

#include "db/db.h"

/* A driver's connection begins with this. */
struct db_conn {
    const struct db_driver *driver;
    bool writes;
};

/* What the test says of this operation: 0, or an errno. */
int db_fault(enum db_fault_op op);

struct db_driver {
    /* The connection lives in arena. */
    bool (*open)(struct db_conn **out, const struct db_options *options, bool writes,
                 struct arena *arena, struct err *err);
    void (*close)(struct db_conn *conn);
    bool (*run)(struct db_conn *conn, const char *sql, const struct db_value *args,
                size_t arg_count, struct err *err);
    int64_t (*changed)(const struct db_conn *conn);
    int64_t (*written)(const struct db_conn *conn);
    bool (*script)(struct db_conn *conn, const char *sql, struct err *err);
    /* once: the statement is not kept */
    bool (*query)(struct db_rows *rows, struct db_conn *conn, const char *sql, bool once,
                  const struct db_value *args, size_t arg_count, struct err *err);
    bool (*next)(struct db_rows *rows, struct err *err);
    void (*end)(struct db_rows *rows);
    int (*col_count)(const struct db_rows *rows);
    enum db_type (*col_type)(const struct db_rows *rows, int column);
    int64_t (*col_i64)(const struct db_rows *rows, int column);
    struct str (*col_bytes)(const struct db_rows *rows, int column);
    bool (*begin)(struct db_conn *conn, struct err *err);
    bool (*commit)(struct db_conn *conn, struct err *err);
    bool (*rollback)(struct db_conn *conn);
    void (*checkpoint_if_due)(struct db_conn *conn);
    bool (*backup)(struct db_conn *from, const char *path, struct err *err);
    bool (*integrity)(struct db_conn *conn, struct err *err);
};

extern const struct db_driver db_sqlite;

#endif
