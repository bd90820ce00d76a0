#include "os/library.h"

#include <dlfcn.h>

#include "os/thread.h"

static struct os_mutex loading = {PTHREAD_MUTEX_INITIALIZER};

static bool load(void **out, const struct os_library *library, struct err *err) {
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return err_set(err, ERR_UNSUPPORTED, err_nowhere, "could not load %s: %s", library->file,
                       dlerror());
    for (size_t i = 0; i < library->count; i++) {
        *library->symbols[i].at = dlsym(handle, library->symbols[i].name);
        if (*library->symbols[i].at == NULL)
            return err_set(err, ERR_UNSUPPORTED, err_nowhere, "%s has no function %s",
                           library->file, library->symbols[i].name);
    }
    *out = handle;
    return true;
}

bool os_library_need(struct os_library *library, struct err *err) {
    void *handle = atomic_load(&library->loaded);
    if (handle != NULL)
        return true;
    os_mutex_lock(&loading);
    handle = atomic_load(&library->loaded);
    bool ok = handle != NULL || load(&handle, library, err);
    if (ok)
        atomic_store(&library->loaded, handle);
    os_mutex_unlock(&loading);
    return ok;
}
