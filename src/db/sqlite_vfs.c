/* A thin layer over SQLite's own file system, for two things that SQLite leaves to its user:
 * 1. a failed sync ends the program. SQLite reports it as an I/O error, and ignores it during a
 *    checkpoint; but after a failed sync the kernel may have dropped the pages, and the next sync
 *    would succeed without them;
 * 2. a test can make any write, truncation or sync fail.
 * Every other call goes straight through. */
#include "db/sqlite_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "db/driver.h"
#include "os/file.h"
#include "os/thread.h"

struct layer_file {
    sqlite3_file base;  /* first: SQLite sees this */
    sqlite3_file *real; /* behind this struct, in the same allocation */
};

static sqlite3_vfs layer;
static sqlite3_vfs *real_vfs;
static sqlite3_file *real_of(sqlite3_file *file) {
    return ((struct layer_file *)file)->real;
}

static int file_close(sqlite3_file *file) {
    sqlite3_file *real = real_of(file);
    return real->pMethods == NULL ? SQLITE_OK : real->pMethods->xClose(real);
}

static int file_read(sqlite3_file *file, void *out, int size, sqlite3_int64 at) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xRead(real, out, size, at);
}

static int file_write(sqlite3_file *file, const void *in, int size, sqlite3_int64 at) {
    sqlite3_file *real = real_of(file);
    int error_number = db_fault(DB_FAULT_WRITE);
    if (error_number != 0)
        return error_number == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return real->pMethods->xWrite(real, in, size, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    sqlite3_file *real = real_of(file);
    if (db_fault(DB_FAULT_TRUNCATE) != 0)
        return SQLITE_IOERR_TRUNCATE;
    return real->pMethods->xTruncate(real, size);
}

static int file_sync(sqlite3_file *file, int flags) {
    sqlite3_file *real = real_of(file);
    int result =
        db_fault(DB_FAULT_SYNC) != 0 ? SQLITE_IOERR_FSYNC : real->pMethods->xSync(real, flags);
    if (result != SQLITE_OK)
        os_die("sync-failed", sqlite3_errstr(result));
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xFileSize(real, out);
}

static int file_lock(sqlite3_file *file, int level) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *file, int level) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xUnlock(real, level);
}

static int file_check_lock(sqlite3_file *file, int *out) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xCheckReservedLock(real, out);
}

static int file_control(sqlite3_file *file, int op, void *arg) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xFileControl(real, op, arg);
}

static int file_sector_size(sqlite3_file *file) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xSectorSize(real);
}

static int file_traits(sqlite3_file *file) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xDeviceCharacteristics(real);
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xShmMap(real, page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
    sqlite3_file *real = real_of(file);
    real->pMethods->xShmBarrier(real);
}

static int file_shm_unmap(sqlite3_file *file, int remove) {
    sqlite3_file *real = real_of(file);
    return real->pMethods->xShmUnmap(real, remove);
}

/* Version 2: with shared memory for the log's index, without memory-mapped pages, because a read
 * error of a mapped page is a signal and not an error code. */
static const sqlite3_io_methods layer_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int layer_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                      int *flags_out) {
    (void)self;
    struct layer_file *mine = (struct layer_file *)file;
    mine->real = (sqlite3_file *)(mine + 1);
    mine->real->pMethods = NULL;
    int result = real_vfs->xOpen(real_vfs, name, mine->real, flags, flags_out);
    /* With methods SQLite calls xClose, also after a failed open. */
    mine->base.pMethods = mine->real->pMethods == NULL ? NULL : &layer_methods;
    return result;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void layer_register(void) {
    /* counting its allocations would take one lock of the whole process for each */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    real_vfs = sqlite3_vfs_find(NULL);
    if (real_vfs == NULL)
        return;
    layer = *real_vfs; /* names, folders, time and randomness stay SQLite's own */
    layer.pNext = NULL;
    layer.zName = "mandate";
    layer.szOsFile = (int)sizeof(struct layer_file) + real_vfs->szOsFile;
    layer.xOpen = layer_open;
    if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK)
        real_vfs = NULL;
}

const char *db_sqlite_vfs(void) {
    (void)pthread_once(&once, layer_register);
    return real_vfs == NULL ? NULL : layer.zName;
}
