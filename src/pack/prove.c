/* The eight proofs of a pack (DESIGN.md section 5): soundness by bpmn/, tables by dmn/
 * (decisions.c), the other six by law/ over the graph of each matter on its procedure. */
#include "pack/form.h"
#include "pack/graph.h"
#include "pack/inner.h"

enum { PROOF_BYTES_MAX = 256 << 20 }; /* scratch of all proofs of one matter; 2 MB is usual */

/* ---- 1 sound ---- */

static struct str step_text(struct arena *arena, const struct bpmn_process *process,
                            const struct bpmn_finding *finding, size_t step) {
    const struct bpmn_node *node = &process->nodes[finding->steps[step]];
    struct str value = finding->step_values[step];
    return arena_printf(arena, "%.*s / %.*s (%s:%u)%s%.*s", STR_ARG(bpmn_label(node, LANG_zh)),
                        STR_ARG(bpmn_label(node, LANG_en)), process->source, (unsigned)node->line,
                        value.len > 0 ? ": " : "", STR_ARG(value));
}

static void prove_sound(struct pack_reader *r, const struct bpmn_process *process,
                        struct arena *scratch) {
    struct bpmn_findings found = {0};
    /* read-only from here on, like the rest of the pack */
    const struct dmn_model **models =
        arena_new(scratch, const struct dmn_model *, r->pack->decision_count);
    for (size_t i = 0; i < r->pack->decision_count; i++)
        models[i] = r->pack->decisions[i];
    struct bpmn_sound_limits limits = {.decisions = models,
                                       .decision_count = r->pack->decision_count};
    struct err err = {0};
    if (!bpmn_check_sound(&found, process, limits, scratch, &r->budget, &err)) {
        pack_fault_err(r, 1, &err);
        return;
    }
    for (size_t i = 0; i < found.count; i++) {
        const struct bpmn_finding *f = &found.list[i];
        struct str *steps = arena_new(scratch, struct str, f->step_count);
        for (size_t k = 0; k < f->step_count; k++)
            steps[k] = step_text(scratch, process, f, k);
        pack_fault_steps(r, 1, f->at, f->text.in[LANG_en], steps, f->step_count);
    }
}

/* ---- 2 to 6 and 8 ---- */

static bool purpose_whole(const struct pack_field_use *use) {
    for (size_t i = 0; i < LANGS; i++)
        if (use->why.in[i].len == 0)
            return false;
    return true;
}

static const struct pack_field_use *declared(const struct pack_matter *m, struct str key) {
    for (size_t i = 0; i < m->field_count; i++)
        if (str_eq(m->fields[i].field, key))
            return &m->fields[i];
    return NULL;
}

static void add_uses(struct law_data *data, struct law_data_use *uses, const struct pack_matter *m,
                     const struct bpmn_node *task, struct arena *scratch) {
    struct pack_field_use *seen = arena_new(scratch, struct pack_field_use, m->field_count);
    size_t count = pack_task_fields(seen, m->field_count, m, task);
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < data->field_count; f++)
            if (str_eq(data->fields[f].key, seen[i].field))
                uses[data->use_count++] =
                    (struct law_data_use){task->index - 1, (uint32_t)f, purpose_whole(&seen[i])};
}

static struct law_data data_of(const struct pack_matter *m, struct arena *scratch) {
    struct law_data data = {.keep = m->keep};
    struct law_data_field *fields = arena_new(scratch, struct law_data_field, m->form->field_count);
    for (size_t i = 0; i < m->form->field_count; i++) {
        const struct form_field *f = &m->form->fields[i];
        if (f->key.len > 0)
            fields[data.field_count++] = (struct law_data_field){
                f->key, f->label, {m->form->source, f->line, 0}, declared(m, f->key) != NULL};
    }
    data.fields = fields;
    struct law_data_use *uses =
        arena_new(scratch, struct law_data_use, m->process->node_count * (data.field_count + 1));
    for (size_t i = 1; i < m->process->node_count; i++)
        if (m->process->nodes[i].kind == BPMN_USER_TASK)
            add_uses(&data, uses, m, &m->process->nodes[i], scratch);
    data.uses = uses;
    return data;
}

static struct law_remedy_matter *remedy_matters(size_t *count, const struct pack *p,
                                                struct arena *scratch) {
    struct law_remedy_matter *out = arena_new(scratch, struct law_remedy_matter, p->matter_count);
    *count = p->matter_count;
    for (size_t i = 0; i < p->matter_count; i++)
        out[i] = (struct law_remedy_matter){p->matters[i].id,
                                            p->matters[i].process == NULL
                                                ? &p->matters[i].competence
                                                : pack_deciding(&p->matters[i], scratch)};
    return out;
}

static void report(struct pack_reader *r, const struct pack_matter *m,
                   const struct law_findings *found) {
    for (size_t i = 0; i < found->count; i++) {
        const struct law_finding *f = &found->list[i];
        struct str text =
            arena_printf(found->arena, "%.*s: %.*s", STR_ARG(m->id), STR_ARG(f->text.in[LANG_en]));
        pack_fault_steps(r, f->proof, f->at, text, f->steps, f->step_count);
    }
}

static bool prove_matter(struct pack_reader *r, const struct pack_matter *m, struct arena *scratch,
                         struct err *err) {
    const struct law_organs *organs = r->pack->organs;
    struct law_findings found = {.arena = scratch};
    struct law_procedure procedure;
    size_t remedy_count;
    if (!pack_graph(&procedure, r->pack, m, scratch, &r->budget, err))
        return false;
    struct law_data data = data_of(m, scratch);
    struct law_remedy_matter *matters = remedy_matters(&remedy_count, r->pack, scratch);
    bool ok =
        law_check_bounded(&found, &procedure, &r->budget, err) &&
        law_check_remedies(&found, &procedure, organs, matters, remedy_count, &r->budget, err) &&
        law_check_four_eyes(&found, &procedure, &r->budget, err) &&
        law_check_competence(&found, &procedure, organs, &r->budget, err) &&
        law_check_data(&found, &procedure, &data, &r->budget, err) &&
        law_check_liberty(&found, &procedure, &r->budget, err);
    report(r, m, &found);
    return ok;
}

void pack_prove(struct pack_reader *r) {
    struct arena *scratch = arena_create("pack proofs", PROOF_BYTES_MAX);
    for (size_t i = 0; i < r->pack->process_count; i++) {
        prove_sound(r, r->pack->processes[i], scratch);
        arena_reset(scratch);
    }
    pack_prove_decisions(r, scratch);
    arena_reset(scratch);
    for (size_t i = 0; i < r->pack->matter_count; i++) {
        const struct pack_matter *m = &r->pack->matters[i];
        struct err err = {0};
        if (m->process != NULL && m->form != NULL && !prove_matter(r, m, scratch, &err))
            pack_fault_err(r, 0, &err);
        arena_reset(scratch);
    }
    arena_destroy(scratch);
}
