/* The files that are not YAML: calendars, procedures, forms, templates. (Decisions: decisions.c.)
 */
#include "pack/form.h"
#include "pack/inner.h"

void pack_read_calendar(struct pack_reader *r, const struct pack_file *file, struct str id) {
    struct err err = {0};
    struct pack_calendar calendar = {.id = arena_str(r->arena, id)};
    if (!cal_calendar_read(&calendar.calendar, file->bytes, pack_source(r, file->path), r->arena,
                           &r->budget, &err)) {
        pack_fault_err(r, 0, &err);
        return;
    }
    PACK_GROW(r, r->calendars, r->calendar_count, r->room.calendars);
    r->calendars[r->calendar_count++] = calendar;
}

void pack_read_process(struct pack_reader *r, const struct pack_file *file) {
    struct err err = {0};
    struct bpmn_model *model;
    struct pack *p = r->pack;
    const char *source = pack_source(r, file->path);
    if (!bpmn_read(&model, file->bytes, source, r->arena, &r->budget, &err)) {
        pack_fault_err(r, 1, &err);
        return;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        struct bpmn_process *process = model->processes[i];
        for (size_t k = 0; k < p->process_count; k++)
            if (str_eq(p->processes[k]->id, process->id))
                pack_fault(r, 0, (struct err_at){source, process->line, 0},
                           "the procedure '%.*s' is defined twice, also in %s",
                           STR_ARG(process->id), p->processes[k]->source);
        PACK_GROW_OF(r, sizeof(struct bpmn_process *), p->processes, p->process_count,
                     r->room.processes);
        p->processes[p->process_count++] = process;
    }
}

void pack_read_form(struct pack_reader *r, const struct pack_file *file) {
    struct err err = {0};
    struct pack *p = r->pack;
    struct pack_form *form;
    if (!form_load(&form, r->arena, file->bytes, pack_source(r, file->path), &err)) {
        pack_fault_err(r, 0, &err);
        return;
    }
    if (pack_form(p, form->id) != NULL)
        pack_fault(r, 0, (struct err_at){form->source, 1, 1}, "the form '%.*s' is defined twice",
                   STR_ARG(form->id));
    for (size_t i = 0; i < form->field_count; i++)
        form->fields[i].places = p->organs;
    PACK_GROW_OF(r, sizeof(struct pack_form *), p->forms, p->form_count, r->room.forms);
    p->forms[p->form_count++] = form;
}

void pack_read_template(struct pack_reader *r, const struct pack_file *file, struct str name) {
    struct err err = {0};
    const char *source = pack_source(r, file->path);
    pack_check_template(r, source, file->bytes);
    if (!tmpl_add(r->pack->templates, arena_str(r->arena, name), file->bytes, source, &err))
        pack_fault_err(r, 0, &err);
}
