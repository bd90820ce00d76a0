/* A file appears whole or not at all: written under a temporary name that no reader looks for,
 * synchronised, renamed, and then its folder is synchronised, because the name lives there.
 * After a failed fsync the kernel may drop the unwritten pages and report success the next time, so
 * a second try would prove nothing: the program stops (os_die). A full disk is the one exception:
 * the temporary file is removed, and nothing was promised yet. */
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/log.h"

enum { FOLDER_DEPTH_MAX = 16 }; /* folders below one that is removed */

static os_fault_hook *fault_hook;
static void *fault_self;

void os_fault_set(os_fault_hook *hook, void *self) {
    fault_hook = hook;
    fault_self = self;
}

/* True, with errno set, when a test wants this operation to fail. */
static bool fault(enum os_fault_op op, const char *path) {
    int error_number = fault_hook == NULL ? 0 : fault_hook(fault_self, op, path);
    if (error_number != 0)
        errno = error_number;
    return error_number != 0;
}

bool os_err_set(struct err *err, int error_number, const char *what, const char *path) {
    enum err_code code = ERR_IO;
    if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG)
        code = ERR_FULL;
    else if (error_number == ENOENT || error_number == ENOTDIR)
        code = ERR_NOT_FOUND;
    return err_set(err, code, err_nowhere, "%s '%s': %s", what, path,
                   strerrordesc_np(error_number));
}

void os_die(const char *event, const char *text) {
    log_event(LOG_ERROR, event, log_cstr("error", text));
    _exit(2);
}

static bool sync_failed(struct err *err, const char *path) {
    int error_number = errno;
    if (error_number == ENOSPC || error_number == EDQUOT)
        return os_err_set(err, error_number, "could not write", path);
    os_die("sync-failed", strerrordesc_np(error_number));
}

static bool read_all(struct str *out, int fd, const char *path, size_t bytes_max,
                     struct arena *arena, struct err *err) {
    struct stat info;
    if (fstat(fd, &info) != 0)
        return os_err_set(err, errno, "could not read", path);
    if (!S_ISREG(info.st_mode))
        return err_set(err, ERR_IO, err_nowhere, "cannot read '%s': it is not a file", path);
    if (info.st_size < 0 || (uint64_t)info.st_size > bytes_max)
        return err_set(err, ERR_LIMIT, err_nowhere, "file '%s' is longer than %zu bytes", path,
                       bytes_max);
    if (arena_limit_bytes(arena) - arena_used_bytes(arena) <= (size_t)info.st_size)
        return err_set(err, ERR_LIMIT, err_nowhere, "there is no memory left for '%s'", path);
    size_t room = (size_t)info.st_size, len = 0;
    char *bytes = arena_new(arena, char, room + 1);
    while (len < room) {
        ssize_t got = read(fd, bytes + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return os_err_set(err, errno, "could not read", path);
        if (got == 0)
            break; /* it became shorter meanwhile */
        len += (size_t)got;
    }
    *out = (struct str){bytes, len};
    return true;
}

bool os_file_read(struct str *out, const char *path, size_t bytes_max, struct arena *arena,
                  struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return os_err_set(err, errno, "could not open", path);
    bool ok = read_all(out, fd, path, bytes_max, arena, err);
    (void)close(fd);
    return ok;
}

static bool read_to_end(struct buf *out, int fd, const char *path, struct err *err) {
    char part[16384];
    for (;;) {
        ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return os_err_set(err, errno, "could not read", path);
        if (got == 0)
            return true;
        buf_add(out, (struct str){part, (size_t)got});
        if (out->full)
            return err_set(err, ERR_LIMIT, err_nowhere, "'%s' gives more than %zu bytes", path,
                           out->cap_bytes);
    }
}

bool os_stream_read(struct str *out, const char *path, size_t bytes_max, struct arena *arena,
                    struct err *err) {
    /* by its number: a socket cannot be opened again by its name */
    bool standard = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct buf bytes;
    if (fd < 0)
        return os_err_set(err, errno, "could not open", path);
    buf_init(&bytes, bytes_max);
    bool ok = read_to_end(&bytes, fd, standard ? "standard input" : path, err);
    if (ok)
        *out = (struct str){arena_cstr(arena, buf_view(&bytes)), bytes.len};
    buf_done(&bytes);
    if (!standard)
        (void)close(fd);
    return ok;
}

static bool write_all(int fd, const char *path, struct str bytes, struct err *err) {
    while (bytes.len > 0) {
        ssize_t put = fault(OS_FAULT_WRITE, path) ? -1 : write(fd, bytes.at, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return os_err_set(err, errno, "could not write", path);
        bytes = (struct str){bytes.at + put, bytes.len - (size_t)put};
    }
    if (fault(OS_FAULT_SYNC, path) || fsync(fd) != 0)
        return sync_failed(err, path);
    return true;
}

/* The folder that holds path, in out. */
static void folder_of(char out[OS_PATH_BYTES_MAX], const char *path) {
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    (void)snprintf(out, OS_PATH_BYTES_MAX, "%.*s", len == 0 ? 1 : (int)len, len == 0 ? "." : path);
}

static bool folder_sync(const char *path, struct err *err) {
    char folder[OS_PATH_BYTES_MAX];
    folder_of(folder, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return os_err_set(err, errno, "could not open", folder);
    bool ok = true;
    if (fault(OS_FAULT_SYNC, folder) || fsync(fd) != 0)
        ok = sync_failed(err, folder);
    (void)close(fd);
    return ok;
}

static bool path_fits(const char *path, struct err *err) {
    if (strlen(path) < OS_PATH_BYTES_MAX - 32)
        return true;
    return err_set(err, ERR_LIMIT, err_nowhere, "a path is longer than %d bytes",
                   OS_PATH_BYTES_MAX - 32);
}

bool os_file_write(const char *path, struct str bytes, struct err *err) {
    static _Atomic uint32_t next_number;
    if (!path_fits(path, err))
        return false;
    char temporary[OS_PATH_BYTES_MAX];
    (void)snprintf(temporary, sizeof temporary, "%s.%x.%x.tmp", path, (unsigned)getpid(),
                   (unsigned)atomic_fetch_add(&next_number, 1));
    int fd = fault(OS_FAULT_OPEN, temporary)
                 ? -1
                 : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return os_err_set(err, errno, "could not create", temporary);
    bool ok = write_all(fd, temporary, bytes, err);
    if (close(fd) != 0 && ok)
        ok = os_err_set(err, errno, "could not close", temporary);
    if (ok && (fault(OS_FAULT_RENAME, path) || rename(temporary, path) != 0))
        ok = os_err_set(err, errno, "could not rename to", path);
    if (!ok) {
        (void)unlink(temporary);
        return false;
    }
    return folder_sync(path, err);
}

bool os_file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

bool os_file_size(uint64_t *out, const char *path, struct err *err) {
    struct stat info;
    if (stat(path, &info) != 0)
        return os_err_set(err, errno, "could not read", path);
    *out = (uint64_t)info.st_size;
    return true;
}

bool os_file_remove(const char *path, struct err *err) {
    if (unlink(path) != 0 && errno != ENOENT)
        return os_err_set(err, errno, "could not remove", path);
    return true;
}

static int entry_order(const void *a, const void *b) {
    const struct os_entry *left = a, *right = b;
    return str_cmp(left->name, right->name);
}

/* 0 when the entry is to be left out, 1 when *out was filled. */
static int entry_take(struct os_entry *out, int folder_fd, const char *name, struct arena *arena) {
    struct stat info;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        fstatat(folder_fd, name, &info, 0) != 0)
        return 0;
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return 0;
    out->name = arena_str(arena, str_from(name));
    out->kind = S_ISDIR(info.st_mode) ? OS_ENTRY_FOLDER : OS_ENTRY_FILE;
    return 1;
}

bool os_folder_list(struct os_entry **out, size_t *count_out, const char *path, struct arena *arena,
                    struct err *err) {
    DIR *folder = opendir(path);
    if (folder == NULL)
        return os_err_set(err, errno, "could not open", path);
    size_t room = 64, count = 0;
    struct os_entry *entries = arena_new(arena, struct os_entry, room);
    bool ok = true;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            if (errno != 0)
                ok = os_err_set(err, errno, "could not read", path);
            break;
        }
        if (count == OS_FOLDER_ENTRIES_MAX) {
            ok = err_set(err, ERR_LIMIT, err_nowhere, "folder '%s' holds more than %d entries",
                         path, OS_FOLDER_ENTRIES_MAX);
            break;
        }
        if (count == room) {
            struct os_entry *more = arena_new(arena, struct os_entry, room * 2);
            memcpy(more, entries, count * sizeof *entries);
            entries = more;
            room *= 2;
        }
        count += (size_t)entry_take(&entries[count], dirfd(folder), entry->d_name, arena);
    }
    (void)closedir(folder);
    if (!ok)
        return false;
    qsort(entries, count, sizeof *entries, entry_order);
    *out = entries;
    *count_out = count;
    return true;
}

bool os_folder_make(const char *path, struct err *err) {
    if (!path_fits(path, err))
        return false;
    char part[OS_PATH_BYTES_MAX];
    size_t len = strlen(path);
    for (size_t i = 1; i <= len; i++) {
        if (i < len && path[i] != '/')
            continue;
        (void)snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0700) == 0) {
            if (!folder_sync(part, err))
                return false;
        } else if (errno != EEXIST) {
            return os_err_set(err, errno, "could not make folder", part);
        }
    }
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return err_set(err, ERR_IO, err_nowhere, "'%s' is not a folder", path);
    return true;
}

static bool folder_remove(const char *path, int depth, struct err *err) {
    if (depth > FOLDER_DEPTH_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "folder '%s' is too deep", path);
    struct arena *arena = arena_create("folder", (size_t)64 << 20);
    struct os_entry *entries = NULL;
    size_t count = 0;
    bool ok = os_folder_list(&entries, &count, path, arena, err);
    for (size_t i = 0; ok && i < count; i++) {
        const char *child = arena_printf(arena, "%s/%s", path, entries[i].name.at).at;
        struct stat info;
        bool folder =
            lstat(child, &info) == 0 && S_ISDIR(info.st_mode); /* links are not followed */
        ok = folder ? folder_remove(child, depth + 1, err) : os_file_remove(child, err);
    }
    if (ok && rmdir(path) != 0)
        ok = os_err_set(err, errno, "could not remove", path);
    arena_destroy(arena);
    return ok;
}

bool os_folder_remove(const char *path, struct err *err) {
    if (!os_file_exists(path))
        return true;
    return folder_remove(path, 0, err);
}

bool os_disk_free(uint64_t *bytes_out, const char *path, struct err *err) {
    struct statvfs info;
    if (statvfs(path, &info) != 0)
        return os_err_set(err, errno, "could not read", path);
    *bytes_out = (uint64_t)info.f_bavail * info.f_frsize;
    return true;
}

bool os_lock_take(int *fd_out, const char *path, struct err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return os_err_set(err, errno, "could not open", path);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *fd_out = fd;
        return true;
    }
    int error_number = errno;
    (void)close(fd);
    if (error_number == EWOULDBLOCK)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "another mandate process works on the folder of '%s'", path);
    return os_err_set(err, error_number, "could not lock", path);
}

void os_lock_give(int fd) {
    if (fd >= 0)
        (void)close(fd);
}
