/* Loading: the order of the files, the hash of all of them, and the passes over them. */
#include <stdlib.h>

#include "pack/inner.h"

#include "merkle/merkle.h"
#include "yaml/yaml.h"

/* The folders of a pack in the order in which they are read: what others name comes first. */
enum part {
    PART_PACK,
    PART_CALENDAR,
    PART_PLACES,
    PART_ORGANS,
    PART_LETTERS,
    PART_FORM,
    PART_DECISION,
    PART_PROCESS,
    PART_TEMPLATE,
    PART_MATTER,
    PART_SCENARIO, /* the runner's (case/scenario.h) */
    PART_NOTES,    /* README.md and the like: not read */
    PARTS
};

static const struct {
    struct str prefix, suffix;
    enum part part;
} places[] = {
    {STR_INIT("pack.yaml"), STR_INIT(""), PART_PACK},
    {STR_INIT("organs.yaml"), STR_INIT(""), PART_ORGANS},
    {STR_INIT("letters.yaml"), STR_INIT(""), PART_LETTERS},
    {STR_INIT("calendars/"), STR_INIT(".ics"), PART_CALENDAR},
    {STR_INIT("places/"), STR_INIT(".yaml"), PART_PLACES},
    {STR_INIT("organs/"), STR_INIT(".yaml"), PART_ORGANS},
    {STR_INIT("forms/"), STR_INIT(".form"), PART_FORM},
    {STR_INIT("decisions/"), STR_INIT(".dmn"), PART_DECISION},
    {STR_INIT("processes/"), STR_INIT(".bpmn"), PART_PROCESS},
    {STR_INIT("letters/"), STR_INIT(".mustache"), PART_TEMPLATE},
    {STR_INIT("matters/"), STR_INIT(".yaml"), PART_MATTER},
    {STR_INIT("scenarios/"), STR_INIT(".yaml"), PART_SCENARIO},
    {STR_INIT("README.md"), STR_INIT(""), PART_NOTES},
    {STR_INIT("LICENSE"), STR_INIT(""), PART_NOTES},
};

/* A file that is about to be read. */
struct turn {
    const struct pack_file *file;
    struct str name; /* without folder and suffix */
    enum part part;
    bool base;
};

static bool sort_of(struct turn *out, const struct pack_file *file) {
    struct str path = file->path;
    out->file = file;
    out->base = str_starts(path, STR("base/"));
    if (out->base)
        path = str_sub(path, 5, path.len);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct str prefix = places[i].prefix, suffix = places[i].suffix;
        bool whole = suffix.len == 0;
        if (whole ? !str_eq(path, prefix)
                  : !str_starts(path, prefix) || !str_ends(path, suffix) ||
                        path.len <= prefix.len + suffix.len)
            continue;
        out->part = places[i].part;
        out->name = whole ? path : str_sub(path, prefix.len, path.len - prefix.len - suffix.len);
        return whole || str_find_byte(out->name, '/') == SIZE_MAX;
    }
    return false;
}

/* ---- the hash ---- */

static int by_path(const void *a, const void *b) {
    const struct pack_file *x = a, *y = b;
    return str_cmp(x->path, y->path);
}

/* Each path with the digest of its bytes, in the order of the paths, hashed together. */
/* files: in the order of their paths. */
static void hash_sorted(struct pack_hash *out, const struct pack_file *files, size_t count) {
    struct buf all;
    buf_init(&all, (size_t)PACK_FILES_MAX * (NAME_BYTES_MAX + 64));
    for (size_t i = 0; i < count; i++) {
        struct merkle_hash digest = merkle_sha256(files[i].bytes);
        bytes_add_str(&all, files[i].path);
        bytes_add_str(&all, (struct str){(const char *)digest.bytes, sizeof digest.bytes});
    }
    struct merkle_hash hash = merkle_sha256(buf_view(&all));
    memcpy(out->bytes, hash.bytes, sizeof out->bytes);
    buf_done(&all);
}

void pack_hash_of(struct pack_hash *out, const struct pack_file *files, size_t file_count) {
    struct arena *arena = arena_create("hash", file_count * sizeof *files + 4096);
    struct pack_file *sorted = arena_new(arena, struct pack_file, file_count);
    if (file_count > 0)
        memcpy(sorted, files, file_count * sizeof *sorted);
    qsort(sorted, file_count, sizeof *sorted, by_path);
    hash_sorted(out, sorted, file_count);
    arena_destroy(arena);
}

/* ---- the passes ---- */

static bool copy_files(struct pack_reader *r, const struct pack_file *files, size_t count) {
    struct pack *p = r->pack;
    if (count > PACK_FILES_MAX) {
        pack_fault(r, 0, err_nowhere, "a pack of more than %d files", PACK_FILES_MAX);
        return false;
    }
    p->files = arena_new(r->arena, struct pack_file, count);
    for (size_t i = 0; i < count; i++) {
        struct err err = {0};
        if (files[i].path.len == 0 || files[i].path.len > NAME_BYTES_MAX ||
            files[i].bytes.len > FILE_BYTES_MAX ||
            !budget_spend(&r->budget, (struct cost){1, files[i].bytes.len}, &err)) {
            pack_fault(r, 0, (struct err_at){pack_source(r, files[i].path), 0, 0},
                       "the file or its name is too large");
            return false;
        }
        p->files[p->file_count++] = (struct pack_file){arena_str(r->arena, files[i].path),
                                                       arena_str(r->arena, files[i].bytes)};
    }
    qsort(p->files, p->file_count, sizeof *p->files, by_path);
    for (size_t i = 1; i < p->file_count; i++)
        if (str_eq(p->files[i].path, p->files[i - 1].path))
            pack_fault(r, 0, (struct err_at){pack_source(r, p->files[i].path), 0, 0},
                       "the file is in the pack twice");
    return true;
}

static void read_yaml(struct pack_reader *r, const struct turn *turn) {
    struct err err = {0};
    struct pack_doc doc = {.source = pack_source(r, turn->file->path), .bytes = turn->file->bytes};
    if (!yaml_read(&doc.root, doc.bytes, doc.source, r->arena, &r->budget, &err)) {
        pack_fault_err(r, 0, &err);
        return;
    }
    switch (turn->part) {
    case PART_PACK: pack_read_pack(r, &doc, turn->base); break;
    case PART_PLACES: pack_read_places(r, &doc); break;
    case PART_ORGANS: pack_read_organs(r, &doc); break;
    case PART_LETTERS: pack_read_letters(r, &doc); break;
    default: pack_read_matter(r, &doc); break;
    }
}

static void read_turn(struct pack_reader *r, const struct turn *turn) {
    switch (turn->part) {
    case PART_CALENDAR: pack_read_calendar(r, turn->file, turn->name); break;
    case PART_FORM: pack_read_form(r, turn->file); break;
    case PART_DECISION: pack_read_decision(r, turn->file); break;
    case PART_PROCESS: pack_read_process(r, turn->file); break;
    case PART_TEMPLATE: pack_read_template(r, turn->file, turn->name); break;
    case PART_SCENARIO:
    case PART_NOTES: break;
    default: read_yaml(r, turn); break;
    }
}

/* Files of the base before files of the pack, kind by kind. */
static void read_files(struct pack_reader *r) {
    struct pack *p = r->pack;
    struct turn *turns = arena_new(r->arena, struct turn, p->file_count);
    size_t count = 0;
    for (size_t i = 0; i < p->file_count; i++) {
        if (sort_of(&turns[count], &p->files[i]))
            count++;
        else
            pack_fault(r, 0, (struct err_at){pack_source(r, p->files[i].path), 0, 0},
                       "nothing in a pack reads this file; see doc/packs.md for the folders");
    }
    for (size_t i = 0; i < count; i++)
        if (turns[i].part == PART_DECISION)
            pack_note_rules(r, turns[i].file);
    pack_find_imports(r);
    for (int part = 0; part < PARTS; part++)
        for (int own = 0; own < 2; own++)
            for (size_t i = 0; i < count; i++)
                if (turns[i].part == (enum part)part && turns[i].base == (own == 0))
                    read_turn(r, &turns[i]);
}

static void check_whole(struct pack_reader *r) {
    struct err_at at = {"pack.yaml", 0, 0};
    if (!r->has_own) {
        pack_fault(r, 0, at, "the pack has no pack.yaml that could be read");
        return;
    }
    if (r->extends.len > 0 && !r->has_base)
        pack_fault(r, 0, r->extends_at, "the pack extends '%.*s', which was not given with it",
                   STR_ARG(r->extends));
    else if (r->extends.len > 0 && !str_eq(r->extends, r->base_id))
        pack_fault(r, 0, r->extends_at, "the pack extends '%.*s', but '%.*s' was given with it",
                   STR_ARG(r->extends), STR_ARG(r->base_id));
    if (r->extends.len == 0 && r->has_base)
        pack_fault(r, 0, at, "a base pack was given, but pack.yaml does not say 'extends'");
    if (r->pack->matter_count > 0 && r->calendar_id.len == 0)
        pack_fault(r, 0, at, "'calendar' is missing: which calendars/*.ics has the working days?");
}

static void reader_init(struct pack_reader *r, struct arena *arena,
                        struct pack_findings *findings) {
    struct pack *p = arena_new(arena, struct pack, 1);
    *r = (struct pack_reader){.pack = p,
                              .arena = arena,
                              .findings = findings,
                              .budget = budget_of(PACK_STEPS_MAX, PACK_BYTES_MAX / 2)};
    p->arena = arena;
    p->organs = arena_new(arena, struct law_organs, 1);
    p->templates = tmpl_set_make(TMPL_HTML, arena);
    struct map *maps[] = {&p->matter_at, &p->post_at,   &p->letter_at,        &p->status_at,
                          &p->law_at,    &p->remedy_at, &p->organs->organ_at, &p->organs->place_at};
    for (size_t i = 0; i < COUNT_OF(maps); i++)
        map_init(maps[i], arena);
    findings->list = NULL;
    findings->count = findings->error_count = 0;
}

static bool same_hash(const struct pack_hash *a, const struct pack_hash *b) {
    return a != NULL && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool pack_load(struct pack **out, const struct pack_file *files, size_t file_count,
               struct pack_findings *findings, struct err *err) {
    return pack_load_proved(out, files, file_count, NULL, findings, err);
}

bool pack_load_proved(struct pack **out, const struct pack_file *files, size_t file_count,
                      const struct pack_hash *proved, struct pack_findings *findings,
                      struct err *err) {
    struct arena *arena = arena_create("pack", PACK_BYTES_MAX);
    struct pack_reader r;
    reader_init(&r, arena, findings);
    if (copy_files(&r, files, file_count)) {
        hash_sorted(&r.pack->hash, r.pack->files, r.pack->file_count);
        read_files(&r);
        check_whole(&r);
        pack_bind_organs(&r);
        pack_bind_remedies(&r);
        pack_bind_letters(&r);
        pack_bind_processes(&r);
        pack_bind_matters(&r);
        /* proofs over a pack with holes would only repeat what is known */
        if (findings->error_count == 0 && !same_hash(proved, &r.pack->hash))
            pack_prove(&r);
    }
    if (findings->error_count == 0) {
        *out = r.pack;
        return true;
    }
    *err = r.first;
    arena_destroy(arena);
    return false;
}
