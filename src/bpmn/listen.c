/* Listeners: jobs that are done before an element goes on (zeebe:executionListener,
 * zeebe:taskListener), one after another in the order of the model. */
#include <inttypes.h>

#include "bpmn/engine.h"

bool run_has_listeners(const struct run *run, const struct bpmn_node *node, enum bpmn_listen when) {
    for (size_t i = 0; i < node->listener_count && run->oracle == NULL; i++)
        if (node->listeners[i].listen == when)
            return true;
    return false;
}

bool run_listen(bool *asked, struct run *run, uint32_t id, enum bpmn_listen when, uint32_t from) {
    const struct bpmn_node *node = run_node(run, id);
    uint32_t i = from;
    while (i < node->listener_count && node->listeners[i].listen != when)
        i++;
    *asked = i < node->listener_count;
    if (!*asked)
        return true;
    const struct bpmn_listener *listener = &node->listeners[i];
    struct arms none = {0};
    struct str why;
    bool element = when == BPMN_LISTEN_START || when == BPMN_LISTEN_END;
    struct job_ask ask = {.kind = element ? BPMN_JOB_LISTENER : BPMN_JOB_TASK_LISTENER,
                          .listener = i,
                          .type = &listener->type,
                          .retries = &listener->retries,
                          .headers = run_headers(run, listener->headers, listener->header_count)};
    if (!run_job(&why, run, id, &none, &ask))
        return false;
    enum bpmn_phase phase = when == BPMN_LISTEN_START ? BPMN_PHASE_ENTERING
                            : when == BPMN_LISTEN_END ? BPMN_PHASE_LEAVING
                                                      : run_act_phase(node);
    return why.len == 0 || run_incident(run, id, BPMN_INCIDENT_JOB, phase, why);
}

static bool set_all(struct run *run, uint32_t id, struct feel_value variables) {
    size_t count = feel_kind(variables) == FEEL_CONTEXT ? feel_count(variables) : 0;
    for (size_t i = 0; i < count; i++)
        if (!run_set(run, id, feel_entries(variables)[i].name, feel_entries(variables)[i].value))
            return false;
    return true;
}

/* Variables of a listener for the start belong to the element, those of one for the end to what is
 * around it. */
bool run_listener_done(struct run *run, const struct bpmn_job *row,
                       const struct bpmn_input *input) {
    struct bpmn_job job = *row;
    uint32_t id = job.instance;
    struct bpmn_instance instance = *run_instance(run, id);
    enum bpmn_listen when = run_node(run, id)->listeners[job.listener].listen;
    bool asked, goes_on = true, task = job.kind == BPMN_JOB_TASK_LISTENER;
    if (task && !run_task_job_check(run, &job, input))
        return false;
    if (!run_emit(run,
                  (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED, .instance = id, .ref = job.id}))
        return false;
    if (task && (!run_task_job(&goes_on, run, &job, input) || !goes_on))
        return run->err->code == ERR_NONE;
    if (!task) {
        bool start = when == BPMN_LISTEN_START;
        uint32_t scope = start || instance.scope == 0 ? id : instance.scope;
        if (!(start ? set_all(run, scope, input->variables)
                    : run_bring(run, scope, input->variables)))
            return false;
    }
    if (!run_listen(&asked, run, id, when, job.listener + 1))
        return false;
    if (asked)
        return true;
    if (task)
        return run_task_listened(run, id, when);
    return when == BPMN_LISTEN_START ? run_act(run, id) : run_finish(run, id);
}
