/* Who may do what in a case. A part comes from the procedure: the lanes give tasks to posts, and a
 * post has a part once a task of it exists. */
#include "case/inner.h"

struct str case_organ_of(const struct case_file *state, enum bpmn_organ organ) {
    switch (organ) {
    case BPMN_ORGAN_ACCEPTING: return state->accepting;
    case BPMN_ORGAN_SUPERIOR: return state->superior;
    case BPMN_ORGAN_REVIEW: return state->review;
    case BPMN_ORGAN_COMPETENT:
    case BPMN_ORGAN_NONE: break;
    }
    return state->competent;
}

struct str case_decider(const struct case_file *state) {
    const struct bpmn_process *process = state->matter->process;
    for (size_t i = 0; i < process->lane_count; i++)
        if (process->lanes[i].organ == BPMN_ORGAN_REVIEW)
            return state->review;
    return state->competent;
}

bool case_check_post(const struct case_file *state, struct case_actor actor, struct str organ,
                     struct str post, struct err *err) {
    if (actor.kind != CASE_ACTOR_OFFICER)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "only an officer may do this");
    if (!str_eq(actor.organ, organ) || !str_eq(actor.post, post))
        return err_set(err, ERR_FORBIDDEN, err_nowhere,
                       "this is the work of the post '%.*s' of another desk", STR_ARG(post));
    /* the organ whose decision is reviewed answers for it: that is no part in the review */
    bool respondent = str_eq(organ, state->parent_organ);
    for (size_t i = 0; i < state->barred_count && !respondent; i++)
        if (state->barred[i] == actor.account)
            return err_set(err, ERR_FORBIDDEN, err_nowhere,
                           "who took part in the decision under review cannot take part in the "
                           "review");
    return true;
}

/* DESIGN.md 5.4, four eyes: who did one of the named tasks in this case may not do this one. */
static bool four_eyes(const struct case_file *state, const struct case_task *task, uint64_t account,
                      struct err *err) {
    const struct bpmn_process *process = state->matter->process;
    const struct bpmn_node *node = bpmn_node(process, task->node);
    for (size_t i = 0; node != NULL && i < node->separate_count; i++) {
        struct str other = process->nodes[node->separate[i]].id;
        for (size_t k = 0; k < state->task_count; k++) {
            const struct case_task *done = &state->tasks[k];
            bool did = done->state == CASE_TASK_DONE || done->state == CASE_TASK_CLAIMED;
            if (did && done->account == account && str_eq(done->node, other))
                return err_set(err, ERR_FORBIDDEN, err_nowhere,
                               "four eyes: you did the step '%.*s' of this case, so somebody else "
                               "must do this one",
                               STR_ARG(bpmn_label(&process->nodes[node->separate[i]], LANG_en)));
        }
    }
    return true;
}

bool case_may_do(const struct case_file *state, const struct case_task *task,
                 struct case_actor actor, struct err *err) {
    if (task->state == CASE_TASK_DONE || task->state == CASE_TASK_CANCELLED)
        return err_set(err, ERR_CONFLICT, err_nowhere, "this step is done already");
    if (task->applicant) {
        if (actor.kind != CASE_ACTOR_APPLICANT)
            return err_set(err, ERR_FORBIDDEN, err_nowhere, "only the applicant may do this");
        return true;
    }
    if (!case_check_post(state, actor, task->organ, task->post, err))
        return false;
    if (task->state == CASE_TASK_CLAIMED && task->account != actor.account)
        return err_set(err, ERR_CONFLICT, err_nowhere, "a colleague has taken this task");
    return four_eyes(state, task, actor.account, err);
}

/* Supervision reaches down: a supervising post sees its own organ and every organ below it. */
static bool supervises(const struct case_file *state, struct case_actor actor) {
    const struct pack_post *post = pack_post(state->pack, actor.post);
    if (post == NULL || !post->supervises)
        return false;
    return law_is_below(state->pack->organs, state->competent, actor.organ) ||
           law_is_below(state->pack->organs, state->accepting, actor.organ);
}

bool case_has_part(const struct case_file *state, struct case_actor actor) {
    if (actor.kind == CASE_ACTOR_SYSTEM)
        return true;
    if (actor.kind == CASE_ACTOR_APPLICANT)
        return true; /* the caller has checked reference and access code */
    bool respondent = str_eq(actor.organ, state->parent_organ);
    for (size_t i = 0; i < state->barred_count && !respondent; i++)
        if (state->barred[i] == actor.account)
            return false;
    for (size_t i = 0; i < state->task_count; i++)
        if (str_eq(state->tasks[i].organ, actor.organ) && str_eq(state->tasks[i].post, actor.post))
            return true;
    return supervises(state, actor);
}

static bool names(const struct str *list, size_t count, struct str id) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], id) || str_eq(list[i], STR("*")))
            return true;
    return false;
}

/* The purpose for which this actor's tasks may show the field; NULL: none does. */
static const struct bpmn_purpose *purpose_of(const struct case_file *state, struct case_actor actor,
                                             const struct pack_field_use *use) {
    for (size_t i = 0; i < state->task_count; i++) {
        const struct case_task *task = &state->tasks[i];
        const struct bpmn_node *node = bpmn_node(state->matter->process, task->node);
        if (node == NULL || !str_eq(task->organ, actor.organ) || !str_eq(task->post, actor.post))
            continue;
        if (use->task_count > 0 && !names(use->tasks, use->task_count, task->node))
            continue;
        for (size_t p = 0; p < node->purpose_count; p++)
            if (names(node->purposes[p].fields, node->purposes[p].field_count, use->field))
                return &node->purposes[p];
    }
    return NULL;
}

size_t case_purposes(struct pack_field_use *out, size_t room, const struct case_file *state,
                     struct case_actor actor) {
    size_t count = 0;
    for (size_t i = 0; i < state->matter->field_count && count < room; i++) {
        const struct pack_field_use *use = &state->matter->fields[i];
        const struct bpmn_purpose *purpose = purpose_of(state, actor, use);
        if (purpose != NULL)
            out[count++] = (struct pack_field_use){.field = use->field, .why = purpose->why};
    }
    return count;
}
