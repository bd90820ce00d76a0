/* db/sqlite_vfs.h - the layer between SQLite and the files. Only src/db includes this. */
#ifndef MANDATE_DB_SQLITE_VFS_H
#define MANDATE_DB_SQLITE_VFS_H

/* Register the layer, once; its name, for sqlite3_open_v2(). NULL when SQLite has no file system.
 */
const char *db_sqlite_vfs(void);

#endif
