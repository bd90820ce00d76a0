/* Names of the tables, and looking things up in a process that has been read. */
#include "bpmn/model.h"

#include <assert.h>

static const struct {
    const char *element;
    enum bpmn_group group;
} kinds[] = {
#define NODE(kind, element, group) {element, BPMN_GROUP_##group},
#include "bpmn/nodes.def"
#undef NODE
};

const char *bpmn_kind_element(enum bpmn_kind kind) {
    assert((size_t)kind < COUNT_OF(kinds));
    return kinds[kind].element;
}

enum bpmn_group bpmn_kind_group(enum bpmn_kind kind) {
    assert((size_t)kind < COUNT_OF(kinds));
    return kinds[kind].group;
}

const char *bpmn_event_name(enum bpmn_event event) {
    static const char *const names[] = {
        [BPMN_EVENT_NONE] = "none",
        [BPMN_EVENT_MESSAGE] = "message",
        [BPMN_EVENT_TIMER] = "timer",
        [BPMN_EVENT_ERROR] = "error",
        [BPMN_EVENT_TERMINATE] = "terminate",
        [BPMN_EVENT_LINK] = "link",
        [BPMN_EVENT_SIGNAL] = "signal",
        [BPMN_EVENT_ESCALATION] = "escalation",
        [BPMN_EVENT_COMPENSATION] = "compensation",
        [BPMN_EVENT_CANCEL] = "cancel",
        [BPMN_EVENT_CONDITIONAL] = "conditional",
        [BPMN_EVENT_MULTIPLE] = "multiple",
        [BPMN_EVENT_PARALLEL_MULTIPLE] = "parallel-multiple",
    };
    assert((size_t)event < COUNT_OF(names));
    return names[event];
}

const char *bpmn_organ_name(enum bpmn_organ organ) {
    static const char *const names[] = {
        [BPMN_ORGAN_NONE] = "none",           [BPMN_ORGAN_COMPETENT] = "competent",
        [BPMN_ORGAN_ACCEPTING] = "accepting", [BPMN_ORGAN_SUPERIOR] = "superior",
        [BPMN_ORGAN_REVIEW] = "review",
    };
    assert((size_t)organ < COUNT_OF(names));
    return names[organ];
}

const char *bpmn_clock_action_name(enum bpmn_clock_action action) {
    static const char *const names[] = {
        [0] = "none",
        [BPMN_CLOCK_START] = "start",
        [BPMN_CLOCK_STOP] = "stop",
        [BPMN_CLOCK_SUSPEND] = "suspend",
        [BPMN_CLOCK_RESUME] = "resume",
    };
    assert((size_t)action < COUNT_OF(names));
    return names[action];
}

const char *bpmn_listen_name(enum bpmn_listen listen) {
    static const char *const names[] = {
        [BPMN_LISTEN_START] = "start",         [BPMN_LISTEN_END] = "end",
        [BPMN_LISTEN_CREATING] = "creating",   [BPMN_LISTEN_ASSIGNING] = "assigning",
        [BPMN_LISTEN_UPDATING] = "updating",   [BPMN_LISTEN_COMPLETING] = "completing",
        [BPMN_LISTEN_CANCELING] = "canceling",
    };
    assert((size_t)listen < COUNT_OF(names));
    return names[listen];
}

const struct bpmn_node *bpmn_node(const struct bpmn_process *process, struct str id) {
    const size_t *index = map_find(&process->node_at, id);
    return index == NULL ? NULL : &process->nodes[*index];
}

const struct bpmn_store *bpmn_store(const struct bpmn_process *process, struct str id) {
    for (size_t i = 0; i < process->store_count; i++)
        if (str_eq(process->stores[i].id, id))
            return &process->stores[i];
    return NULL;
}

const struct bpmn_lane *bpmn_post_of(const struct bpmn_process *process,
                                     const struct bpmn_node *node) {
    for (uint32_t lane = node->lane; lane != BPMN_NONE; lane = process->lanes[lane].parent)
        if (process->lanes[lane].post.len > 0)
            return &process->lanes[lane];
    return NULL;
}

const struct bpmn_outcome *bpmn_outcome(const struct bpmn_node *node, struct str value) {
    for (size_t i = 0; i < node->outcome_count; i++)
        if (str_eq(node->outcomes[i].value, value))
            return &node->outcomes[i];
    return NULL;
}

struct str bpmn_label(const struct bpmn_node *node, enum lang lang) {
    if (node->name.in[lang].len > 0)
        return node->name.in[lang];
    for (size_t i = 0; i < LANGS; i++)
        if (node->name.in[i].len > 0)
            return node->name.in[i];
    return node->id;
}

struct str bpmn_bound_missing(const char *what, struct str id, const struct bpmn_bound *bound,
                              struct arena *arena) {
    switch (bound->binding) {
    case BPMN_BINDING_DEPLOYMENT:
        return arena_printf(arena, "no %s '%.*s' was deployed together with the process", what,
                            STR_ARG(id));
    case BPMN_BINDING_VERSION_TAG:
        return arena_printf(arena, "no %s '%.*s' is deployed with the version tag '%.*s'", what,
                            STR_ARG(id), STR_ARG(bound->version_tag));
    case BPMN_BINDING_LATEST: break;
    }
    return arena_printf(arena, "no %s '%.*s' is deployed", what, STR_ARG(id));
}
