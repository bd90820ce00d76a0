/* os/file.h - files and folders: bounded reading, durable writing.
 * Paths are zero-ended. Errors: ERR_NOT_FOUND, there is no such file; ERR_FULL, the disk or quota
 * is full; ERR_LIMIT, more bytes than the caller takes; ERR_IO, everything else. */
#ifndef MANDATE_OS_FILE_H
#define MANDATE_OS_FILE_H

#include "base/arena.h"
#include "base/err.h"

enum {
    OS_PATH_BYTES_MAX = 1024,      /* paths are made from the data folder and fixed names */
    OS_FOLDER_ENTRIES_MAX = 65536, /* one folder of a pack or of documents */
};

/* The whole file, zero-ended (the zero is not counted), in arena. */
MUST_USE bool os_file_read(struct str *out, const char *path, size_t bytes_max, struct arena *arena,
                           struct err *err);
/* The same for what a person names on a command line: also a pipe, a terminal, and "-" for standard
 * input. It waits until the other side has ended. */
MUST_USE bool os_stream_read(struct str *out, const char *path, size_t bytes_max,
                             struct arena *arena, struct err *err);
/* The whole file, or nothing, even when the power fails: a temporary file beside it is written and
 * synchronised, renamed over path, and the folder is synchronised. A sync that fails for another
 * reason than a full disk ends the program (os_die): what the disk holds is then unknown. */
MUST_USE bool os_file_write(const char *path, struct str bytes, struct err *err);
bool os_file_exists(const char *path);
MUST_USE bool os_file_size(uint64_t *out, const char *path, struct err *err);
/* Removing what is not there is fine. */
MUST_USE bool os_file_remove(const char *path, struct err *err);

enum os_entry_kind { OS_ENTRY_FILE, OS_ENTRY_FOLDER };
struct os_entry {
    struct str name; /* zero-ended */
    enum os_entry_kind kind;
};
/* Files and folders, sorted by the bytes of their names; "." and "..", links to nowhere, sockets
 * and devices are left out. */
MUST_USE bool os_folder_list(struct os_entry **out, size_t *count_out, const char *path,
                             struct arena *arena, struct err *err);
/* Makes the folder and those above it, durably; one that is there is fine. */
MUST_USE bool os_folder_make(const char *path, struct err *err);
/* Removes a folder with all it holds; what is not there is fine. Depth is bounded. */
MUST_USE bool os_folder_remove(const char *path, struct err *err);
/* What the disk below path still has for this user. */
MUST_USE bool os_disk_free(uint64_t *bytes_out, const char *path, struct err *err);

/* An exclusive lock on a file, so that two services never share a data folder; it ends with
 * os_lock_give() or with the process. ERR_CONFLICT when another process holds it. */
MUST_USE bool os_lock_take(int *fd_out, const char *path, struct err *err);
void os_lock_give(int fd); /* -1 is fine */

/* The code and text for an errno: "could not open 'x': no such file". */
bool os_err_set(struct err *err, int error_number, const char *what, const char *path);

/* The disk lied or the program's own state is unknown: log it and leave at once with exit code 2,
 * without answering anybody. The next start recovers from what is durable. */
void os_die(const char *event, const char *text) NO_RETURN COLD;

/* For tests: asked before each operation; a result other than 0 is the errno with which it fails.
 */
enum os_fault_op { OS_FAULT_OPEN, OS_FAULT_WRITE, OS_FAULT_SYNC, OS_FAULT_RENAME };
typedef int os_fault_hook(void *self, enum os_fault_op op, const char *path);
void os_fault_set(os_fault_hook *hook, void *self); /* NULL: no faults */

#endif
