/* The .dmn files of decisions/: read strictly, and proof 7 over their tables. */
#include "dmn/dmn.h"

#include "pack/inner.h"

/* A fault of a file is met again by every file that imports it. */
static bool is_told(const struct pack_reader *r, const struct err *err) {
    for (size_t i = 0; err->at.source != NULL && i < r->findings->count; i++) {
        const struct pack_finding *f = &r->findings->list[i];
        if (f->at.source != NULL && strcmp(f->at.source, err->at.source) == 0 &&
            f->at.line == err->at.line && str_eq(f->text, str_from(err->text)))
            return true;
    }
    return false;
}

void pack_read_decision(struct pack_reader *r, const struct pack_file *file) {
    struct err err = {0};
    struct pack *p = r->pack;
    struct dmn_model *model;
    struct dmn_options options = {.strict = true, .import = pack_import_rules, .import_self = r};
    if (!pack_imports_found(r, file))
        return;
    if (!dmn_load(&model, r->arena, file->bytes, pack_source(r, file->path), &options, &r->budget,
                  &err)) {
        if (!is_told(r, &err))
            pack_fault_err(r, 7, &err);
        return;
    }
    for (size_t i = 0; i < dmn_count(model); i++) {
        struct dmn_info info = dmn_info(model, i);
        if (info.kind == DMN_DECISION && pack_has_decision(p, info.id))
            pack_fault(r, 7, info.at, "the decision '%.*s' is defined twice in the pack",
                       STR_ARG(info.id));
    }
    PACK_GROW_OF(r, sizeof(struct dmn_model *), p->decisions, p->decision_count, r->room.decisions);
    p->decisions[p->decision_count++] = model;
}

bool pack_has_decision(const struct pack *p, struct str id) {
    for (size_t i = 0; i < p->decision_count; i++) {
        size_t at = dmn_find(p->decisions[i], id);
        if (at != SIZE_MAX && dmn_info(p->decisions[i], at).kind == DMN_DECISION)
            return true;
    }
    return false;
}

static void report(struct pack_reader *r, const struct dmn_finding *f) {
    struct str step = f->input;
    bool shown = step.len > 0;
    struct str text = arena_printf(r->findings->arena, "%s in the table '%.*s': %.*s",
                                   dmn_finding_name(f->kind), STR_ARG(f->table), STR_ARG(f->text));
    pack_fault_steps(r, 7, f->at, text, shown ? &step : NULL, shown ? 1 : 0);
}

void pack_prove_decisions(struct pack_reader *r, struct arena *scratch) {
    for (size_t i = 0; i < r->pack->decision_count; i++) {
        const struct dmn_finding *found;
        size_t count;
        struct err err = {0};
        bool whole = dmn_check(&found, &count, r->pack->decisions[i], scratch, &r->budget, &err);
        for (size_t k = 0; k < count; k++)
            report(r, &found[k]);
        if (!whole) /* what was found until then is told all the same */
            pack_fault_err(r, 7, &err);
    }
}
