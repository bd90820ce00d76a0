/* The build id stands in a note of the loaded program (ELF: NT_GNU_BUILD_ID), so no file is read.
 */
#include "os/build.h"

#include <elf.h>
#include <link.h>

#include "base/code.h"

enum { ID_BYTES_MAX = 64, NOTE_ALIGN = 4 };

struct search {
    unsigned char id[ID_BYTES_MAX];
    size_t size_bytes;
};

static size_t padded(size_t size_bytes) {
    return (size_bytes + NOTE_ALIGN - 1) / NOTE_ALIGN * NOTE_ALIGN;
}

static void note_read(struct search *out, const char *at, size_t size_bytes) {
    while (size_bytes >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, at, sizeof head);
        size_t name = padded(head.n_namesz), text = padded(head.n_descsz);
        if (name > size_bytes || text > size_bytes || sizeof head + name + text > size_bytes)
            return;
        const char *id = at + sizeof head + name;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof "GNU" &&
            memcmp(at + sizeof head, "GNU", sizeof "GNU") == 0 && head.n_descsz <= ID_BYTES_MAX) {
            memcpy(out->id, id, head.n_descsz);
            out->size_bytes = head.n_descsz;
            return;
        }
        at = id + text;
        size_bytes -= sizeof head + name + text;
    }
}

/* The first object is the program itself; the answer 1 ends the walk there. */
static int object_read(struct dl_phdr_info *info, size_t size_bytes, void *ctx) {
    (void)size_bytes;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_NOTE) /* loaded at its address: the linker's own word for where */
            note_read(ctx, (const char *)(uintptr_t)(info->dlpi_addr + part->p_vaddr),
                      part->p_memsz);
    }
    return 1;
}

struct str os_build_id(struct arena *arena) {
    struct search search = {.size_bytes = 0};
    struct buf hex;
    (void)dl_iterate_phdr(object_read, &search);
    buf_init(&hex, ID_BYTES_MAX * 2);
    code_hex_add(&hex, (struct str){(const char *)search.id, search.size_bytes});
    struct str text = arena_str(arena, buf_view(&hex));
    buf_done(&hex);
    return text;
}
