/* User tasks that the engine keeps: who does them and when, and changes of that, each of which may
 * first have to pass its listeners, job by job (as in Camunda 8). */
#include <inttypes.h>
#include <stdio.h>

#include "bpmn/engine.h"

static const struct bpmn_task *task_of(const struct run *run, uint32_t id) {
    for (uint32_t i = run->state->tasks.count; i-- > 0;)
        if (run->state->tasks.list[i].instance == id)
            return &run->state->tasks.list[i];
    return NULL;
}

/* The attributes of a user task that the model gives, in a fixed order. */
static bool task_attributes(struct feel_entry *entries, size_t *count, int64_t *due_us,
                            struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    const struct {
        const char *name;
        const struct bpmn_expr *expr;
        bool time;
    } attributes[] = {
        {"assignee", &node->assignee, false},     {"candidateGroups", &node->groups, false},
        {"candidateUsers", &node->users, false},  {"dueDate", &node->due, true},
        {"followUpDate", &node->follow_up, true}, {"priority", &node->priority, false},
    };
    *count = 0;
    *due_us = BPMN_NEVER;
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        struct feel_value value;
        int64_t moment = BPMN_NEVER;
        if (attributes[i].expr->text.at == NULL)
            continue;
        if (!run_eval(&value, why, run, id, attributes[i].expr, run->env->now_us))
            return false;
        if (why->len == 0 && attributes[i].time && !run_moment(&moment, run, value))
            *why = arena_printf(run->arena, "task '%.*s': %s is no date", STR_ARG(node->id),
                                attributes[i].name);
        if (why->len > 0)
            return true;
        if (attributes[i].expr == &node->due)
            *due_us = moment;
        entries[(*count)++] = (struct feel_entry){str_from(attributes[i].name), value};
    }
    return true;
}

/* A text for a job's header; lists and dates as FEEL writes them. */
static struct feel_value plain(struct run *run, struct feel_value value) {
    struct buf text;
    if (feel_kind(value) == FEEL_STRING)
        return value;
    buf_init(&text, 1 << 16);
    feel_print_plain(&text, value);
    struct feel_value out = feel_string(arena_str(run->arena, buf_view(&text)));
    buf_done(&text);
    return out;
}

/* The job that stands for a user task, with what the model says of it in headers. */
static bool ask_worker(struct run *run, uint32_t id, const struct arms *arms, struct str form,
                       const struct feel_entry *attributes, size_t count) {
    const struct bpmn_node *node = run_node(run, id);
    static const struct bpmn_expr type = {.text = STR_INIT(BPMN_USER_TASK_JOB)},
                                  retries = {.text = STR_INIT("1")};
    struct feel_entry *headers =
        arena_new(run->arena, struct feel_entry, count + node->header_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < node->header_count; i++)
        headers[n++] =
            (struct feel_entry){node->headers[i].key, feel_string(node->headers[i].value)};
    for (size_t i = 0; i < count; i++)
        headers[n++] = (struct feel_entry){
            arena_printf(run->arena, "io.camunda.zeebe:%.*s", STR_ARG(attributes[i].name)),
            plain(run, attributes[i].value)};
    form = form.len > 0 ? form : node->form;
    if (form.len > 0)
        headers[n++] = (struct feel_entry){STR("io.camunda.zeebe:formKey"), feel_string(form)};
    struct job_ask ask = {.kind = BPMN_JOB_USER_TASK,
                          .type = &type,
                          .retries = &retries,
                          .headers =
                              n == 0 ? feel_null() : feel_context_of(run->arena, headers, n)};
    struct str why;
    if (!run_job(&why, run, id, arms, &ask))
        return false;
    return why.len == 0 || run_incident(run, id, BPMN_INCIDENT_JOB, run_act_phase(node), why);
}

static struct feel_value context(struct run *run, const struct feel_entry *entries, size_t count) {
    return count == 0 ? feel_null() : feel_context_of(run->arena, entries, count);
}

/* The text that refers to a form elsewhere. */
static bool external_form(struct str *out, struct str *why, struct run *run, uint32_t id) {
    const struct bpmn_expr *expr = &run_node(run, id)->form_external;
    struct feel_value value;
    *out = STR_NONE;
    if (expr->text.len == 0)
        return true;
    if (!run_eval(&value, why, run, id, expr, run->env->now_us))
        return false;
    if (why->len == 0 && feel_kind(value) != FEEL_STRING)
        *why = run_not_a(run, expr, value, "a text");
    if (why->len == 0)
        *out = feel_as_string(value);
    return true;
}

bool run_ask_person(struct run *run, uint32_t id, const struct arms *arms) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_entry entries[6];
    struct str why = STR_NONE, form, external = STR_NONE;
    size_t count;
    int64_t due_us;
    bool asked, creating = run_has_listeners(run, node, BPMN_LISTEN_CREATING),
                assigning = run_has_listeners(run, node, BPMN_LISTEN_ASSIGNING);
    if (!task_attributes(entries, &count, &due_us, &why, run, id) ||
        (why.len == 0 && !external_form(&external, &why, run, id)))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_TASK, run_act_phase(node), why);
    if (!run_find_form(&form, &why, run, id))
        return false;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_FORM_MISSING, run_act_phase(node), why);
    if (run->env->user_task_jobs && !node->native && run->oracle == NULL)
        return ask_worker(run, id, arms, form, entries, count);
    /* an assignee that listeners have still to let pass comes later */
    assigning = assigning && count > 0 && str_eq(entries[0].name, STR("assignee"));
    if (!run_arm(run, id, arms) ||
        !run_emit(run,
                  (struct bpmn_record){.kind = BPMN_REC_TASK,
                                       .code = creating || assigning,
                                       .instance = id,
                                       .node = node->index,
                                       .n = due_us,
                                       .name = external,
                                       .text = form,
                                       .value = assigning ? context(run, entries + 1, count - 1)
                                                          : context(run, entries, count)}))
        return false;
    if (!creating && !assigning)
        return true;
    if (creating && (!run_listen(&asked, run, id, BPMN_LISTEN_CREATING, 0) || asked))
        return run->err->code == ERR_NONE;
    return run_task_listened(run, id, BPMN_LISTEN_CREATING);
}

/* --- changes
 * -------------------------------------------------------------------------------------------- */
static bool changed(struct run *run, uint32_t id, enum bpmn_listen what, struct str action,
                    struct feel_value changes) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TASK_CHANGED,
                                              .code = (uint8_t)what,
                                              .instance = id,
                                              .node = run_node(run, id)->index,
                                              .text = action,
                                              .value = changes});
}

static bool complete(struct run *run, uint32_t id, struct str outcome,
                     struct feel_value variables) {
    const struct bpmn_node *node = run_node(run, id);
    if (outcome.len > 0 && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_OUTCOME,
                                                               .instance = id,
                                                               .node = node->index,
                                                               .name = outcome}))
        return false;
    if (!run_accept(run, id, variables))
        return false;
    if (outcome.len > 0 &&
        !run_propagate(run, run_instance(run, id)->scope, node->result, feel_string(outcome)))
        return false;
    return run_leave(run, id);
}

/* At once, or after the listeners: what = assigning, updating, completing. */
static bool change(struct run *run, const struct bpmn_input *input, enum bpmn_listen what) {
    const struct bpmn_node *node = run_node(run, input->id);
    bool completes = what == BPMN_LISTEN_COMPLETING, asked;
    struct feel_value brought = completes ? input->variables : input->changes;
    if (!run_has_listeners(run, node, what))
        return completes ? complete(run, input->id, input->outcome, brought)
                         : changed(run, input->id, what, input->text, brought);
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TASK_CHANGING,
                                              .code = (uint8_t)what,
                                              .instance = input->id,
                                              .node = node->index,
                                              .name = input->outcome,
                                              .text = input->text,
                                              .value = brought}) &&
           run_listen(&asked, run, input->id, what, 0);
}

/* The assignee that the model gives, if its listeners for assigning have to see it. */
static bool assign_first(bool *waits, struct run *run, uint32_t id) {
    const struct bpmn_node *node = run_node(run, id);
    struct feel_value who;
    struct str why;
    *waits = false;
    if (node->assignee.text.at == NULL || !run_has_listeners(run, node, BPMN_LISTEN_ASSIGNING))
        return true;
    if (!run_eval(&who, &why, run, id, &node->assignee, run->env->now_us))
        return false;
    *waits = true;
    if (why.len > 0)
        return run_incident(run, id, BPMN_INCIDENT_TASK, run_act_phase(node), why);
    struct feel_entry *entry = arena_new(run->arena, struct feel_entry, 1);
    *entry = (struct feel_entry){STR("assignee"), who};
    struct bpmn_input input = {.id = id, .changes = feel_context_of(run->arena, entry, 1)};
    return change(run, &input, BPMN_LISTEN_ASSIGNING);
}

bool run_task_listened(struct run *run, uint32_t id, enum bpmn_listen when) {
    const struct bpmn_task *row = task_of(run, id);
    bool waits;
    if (when == BPMN_LISTEN_CANCELING)
        return run_drop(run, id);
    if (row == NULL)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "the task is not open");
    struct bpmn_task task = *row;
    if (when == BPMN_LISTEN_COMPLETING) {
        if (feel_kind(task.corrected) == FEEL_CONTEXT &&
            !changed(run, id, when, task.action, task.corrected))
            return false;
        return complete(run, id, task.outcome, task.brought);
    }
    if (!changed(run, id, when, task.action, bpmn_merge(task.brought, task.corrected, run->arena)))
        return false;
    return when != BPMN_LISTEN_CREATING || assign_first(&waits, run, id);
}

/* --- inputs
 * -------------------------------------------------------------------------------------------- */
static bool need_task(struct run *run, uint32_t id) {
    const struct bpmn_instance *instance = bpmn_instance(run->state, id);
    if (instance == NULL || run->process->nodes[instance->node].kind != BPMN_USER_TASK ||
        !bpmn_acts(instance))
        return err_set(run->err, ERR_NOT_FOUND, err_nowhere,
                       "there is no open userTask with the number %" PRIu32, id);
    const struct bpmn_node *node = &run->process->nodes[instance->node];
    if (instance->incident != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "userTask '%.*s' is stopped by an incident", STR_ARG(node->id));
    const struct bpmn_task *task = task_of(run, id);
    if (task == NULL)
        return err_set(run->err, ERR_CONFLICT, err_nowhere, "task '%.*s' waits for a job worker",
                       STR_ARG(node->id));
    if (!task->open || task->pending != 0 || instance->closing != 0)
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "task '%.*s' waits for its listeners: it is %s", STR_ARG(node->id),
                       instance->closing != 0 ? "canceling"
                                              : bpmn_listen_name((enum bpmn_listen)task->pending));
    return true;
}

static bool check_outcome(struct run *run, const struct bpmn_input *input) {
    const struct bpmn_node *node = run_node(run, input->id);
    if (node->outcome_count > 0 && input->outcome.len == 0)
        return err_set(run->err, ERR_INVALID, err_nowhere, "task '%.*s' needs an outcome",
                       STR_ARG(node->id));
    if (input->outcome.len > 0 && bpmn_outcome(node, input->outcome) == NULL)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "task '%.*s' does not offer the outcome '%.*s'", STR_ARG(node->id),
                       STR_ARG(input->outcome));
    return true;
}

static bool is_texts(struct feel_value value) {
    if (feel_kind(value) != FEEL_LIST)
        return false;
    for (size_t i = 0; i < feel_count(value); i++)
        if (feel_kind(feel_item(value, i)) != FEEL_STRING)
            return false;
    return true;
}

/* Each attribute of its kind; null takes it away. assignee only where the caller may. */
static bool check_changes(struct run *run, struct feel_value changes, bool assigns) {
    if (feel_kind(changes) != FEEL_CONTEXT)
        return err_set(run->err, ERR_INVALID, err_nowhere, "there is nothing to change");
    for (size_t i = 0; i < feel_count(changes); i++) {
        struct feel_value value = feel_entries(changes)[i].value;
        struct str name = feel_entries(changes)[i].name;
        int64_t n;
        bool ok = false;
        if (str_eq(name, STR("assignee")))
            ok = assigns && (feel_is_null(value) || feel_kind(value) == FEEL_STRING);
        else if (str_eq(name, STR("candidateGroups")) || str_eq(name, STR("candidateUsers")))
            ok = feel_is_null(value) || is_texts(value);
        else if (str_eq(name, STR("dueDate")) || str_eq(name, STR("followUpDate")))
            ok = feel_is_null(value) || run_moment(&n, run, value);
        else if (str_eq(name, STR("priority")))
            ok = feel_is_null(value) || (feel_to_i64(&n, value) && n >= 0 && n <= 100);
        if (!ok)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "'%.*s' is no attribute of a task that can be changed to that here",
                           STR_ARG(name));
    }
    return true;
}

bool run_task_input(struct run *run, const struct bpmn_input *input) {
    if (!need_task(run, input->id))
        return false;
    if (input->kind == BPMN_IN_COMPLETE)
        return check_outcome(run, input) && change(run, input, BPMN_LISTEN_COMPLETING);
    bool assigns = input->kind == BPMN_IN_TASK_ASSIGN;
    if (!check_changes(run, input->changes, assigns))
        return false;
    struct feel_value attributes = task_of(run, input->id)->attributes;
    if (assigns && input->local && feel_kind(attributes) == FEEL_CONTEXT &&
        !feel_is_null(feel_get(attributes, STR("assignee"))))
        return err_set(run->err, ERR_CONFLICT, err_nowhere,
                       "task '%.*s' is assigned to somebody already",
                       STR_ARG(run_node(run, input->id)->id));
    return change(run, input, assigns ? BPMN_LISTEN_ASSIGNING : BPMN_LISTEN_UPDATING);
}

/* A listener's job for a task is done: it may deny the change, or correct attributes. */
bool run_task_job(bool *goes_on, struct run *run, const struct bpmn_job *job,
                  const struct bpmn_input *input) {
    const struct bpmn_node *node = run_node(run, job->instance);
    enum bpmn_listen when = node->listeners[job->listener].listen;
    *goes_on = !input->denied;
    if (input->denied)
        return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TASK_DENIED,
                                                  .code = (uint8_t)when,
                                                  .instance = job->instance,
                                                  .node = node->index,
                                                  .text = input->text});
    return feel_kind(input->changes) != FEEL_CONTEXT || feel_count(input->changes) == 0 ||
           run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TASK_CORRECTED,
                                              .instance = job->instance,
                                              .node = node->index,
                                              .value = input->changes});
}

bool run_task_job_check(struct run *run, const struct bpmn_job *job,
                        const struct bpmn_input *input) {
    enum bpmn_listen when = run_node(run, job->instance)->listeners[job->listener].listen;
    if (input->denied && (when == BPMN_LISTEN_CREATING || when == BPMN_LISTEN_CANCELING))
        return err_set(run->err, ERR_INVALID, err_nowhere, "%s a task cannot be denied",
                       bpmn_listen_name(when));
    if (feel_kind(input->variables) == FEEL_CONTEXT && feel_count(input->variables) > 0)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "the job of a task listener sets no variables");
    if (feel_kind(input->changes) != FEEL_CONTEXT || feel_count(input->changes) == 0)
        return true;
    if (input->denied)
        return err_set(run->err, ERR_INVALID, err_nowhere,
                       "a change that is denied cannot be corrected");
    return check_changes(run, input->changes, true);
}
