/* web/page_files.c - files that people attach. What a file is, its first bytes say: neither its
 * name nor the browser is believed. Each refusal says which file, why, and what to do. */
#include "web/page.h"

enum { MEGABYTE = 1 << 20 };

struct str page_file_type(struct str bytes) {
    static const struct {
        struct str magic, type;
    } rows[] = {
        {STR_INIT("%PDF-"), STR_INIT("application/pdf")},
        {STR_INIT("\xff\xd8\xff"), STR_INIT("image/jpeg")},
        {STR_INIT("\x89PNG\r\n\x1a\n"), STR_INIT("image/png")},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_starts(bytes, rows[i].magic))
            return rows[i].type;
    return STR_NONE;
}

static struct str number(struct page *p, long long n) {
    return arena_printf(p->arena, "%lld", n);
}

struct str page_files_limits(struct page *p) {
    return text_fill(
        p->arena, TEXT_materials_limits, p->lang,
        (struct text_blanks){number(p, UPLOAD_BYTES_MAX / MEGABYTE), number(p, UPLOAD_COUNT_MAX)});
}

/* Why this file cannot be taken; empty when it can. */
static struct str refusal(struct page *p, const struct http_field *file, size_t count) {
    struct text_blanks blanks = {file->filename, number(p, UPLOAD_BYTES_MAX / MEGABYTE)};
    if (file->value.len == 0)
        return text_fill(p->arena, TEXT_fault_file_empty, p->lang, blanks);
    if (file->value.len > UPLOAD_BYTES_MAX)
        return text_fill(p->arena, TEXT_fault_file_large, p->lang, blanks);
    if (page_file_type(file->value).len == 0)
        return text_fill(p->arena, TEXT_fault_file_type, p->lang, blanks);
    if (count >= UPLOAD_COUNT_MAX)
        return text_fill(p->arena, TEXT_fault_file_many, p->lang,
                         (struct text_blanks){.a = number(p, UPLOAD_COUNT_MAX)});
    return STR_NONE;
}

static bool is_there(const struct json *documents, struct str material, struct str sha256) {
    for (size_t i = 0; i < json_count(documents); i++) {
        const struct json *one = json_item(documents, i);
        if (str_eq(json_get_text(one, STR("sha256")), sha256) &&
            str_eq(json_get_text(one, STR("material")), material))
            return true;
    }
    return false;
}

static bool take(struct page *p, struct json *documents, struct str material,
                 const struct http_field *file, struct err *err) {
    char sha256[65];
    if (!app_document_put(sha256, p->r->app, file->value, err))
        return false;
    if (is_there(documents, material, str_from(sha256)))
        return true;
    struct json *one = json_push_obj(documents);
    json_set_str(one, STR("material"), material);
    json_set(one, STR("name"), json_str_copy(file->filename, p->arena));
    json_set_str(one, STR("media_type"), page_file_type(file->value));
    json_set(one, STR("sha256"), json_str_copy(str_from(sha256), p->arena));
    json_set_i64(one, STR("size"), (int64_t)file->value.len);
    return true;
}

bool page_files_take(struct page *p, struct json *documents, const struct pack_matter *matter,
                     struct err *err) {
    for (size_t i = 0; i < p->r->form.count; i++) {
        const struct http_field *file = &p->r->form.fields[i];
        if (!file->is_file)
            continue;
        for (size_t m = 0; m < matter->material_count; m++) {
            struct str material = matter->materials[m].id;
            struct str id = arena_printf(p->arena, "file-%.*s", STR_ARG(material));
            if (!matter->materials[m].upload || !str_eq(file->name, id))
                continue;
            struct str why = refusal(p, file, json_count(documents));
            if (why.len > 0)
                page_fault(p, id, why);
            else if (!take(p, documents, material, file, err))
                return false;
        }
    }
    return true;
}
