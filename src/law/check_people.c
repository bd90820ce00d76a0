/* Proofs 4 (four eyes) and 6 (data): who may do what, and who may see what. */
#include "cal/cal.h"
#include "law/inner.h"

/* ---- proof 4 ---- */

/* A case passes these without an officer's hand. */
static bool no_person(const struct law_node *node) {
    return node->kind != LAW_NODE_TASK;
}
static bool not_ended(const struct law_node *node) {
    return node->kind != LAW_NODE_END;
}
static bool no_officer(const struct law_node *node) {
    return !law_is_officers_task(node);
}

static bool starts_overall(const struct law_procedure *p, const struct law_node *node,
                           bool at_leave) {
    for (size_t i = 0; i < node->act_count; i++) {
        const struct law_clock_act *act = &node->acts[i];
        if (act->verb == LAW_CLOCK_START && act->at_leave == at_leave &&
            p->limits[act->limit].overall)
            return true;
    }
    return false;
}

struct roles {
    bool *accepts, *decides; /* of each node */
    bool *alone;             /* accepts, and a favourable end follows without another officer */
};

/* Is an overall clock running in some state of this node? */
static bool under_overall(const struct law_walk *w, uint32_t node) {
    for (size_t s = 0; s < w->state_count; s++) {
        if (w->states[s].node != node)
            continue;
        for (uint32_t i = 0; i < w->p->limit_count; i++)
            if (w->p->limits[i].overall &&
                law_walk_clock(w->states[s].clocks, i) == LAW_CLOCK_RUNNING)
                return true;
    }
    return false;
}

static bool find_roles(struct roles *r, struct law_walk *w, struct err *err) {
    const struct law_procedure *p = w->p;
    bool *first; /* reached without another officer's hand */
    r->accepts = arena_new(w->arena, bool, p->node_count);
    r->decides = arena_new(w->arena, bool, p->node_count);
    r->alone = arena_new(w->arena, bool, p->node_count);
    if (!law_walk_reach(&first, w, p->start, no_officer, false, err))
        return false;
    for (uint32_t n = 0; n < p->node_count; n++) {
        const struct law_node *node = &p->nodes[n];
        if (!law_is_officers_task(node))
            continue;
        struct arena_mark mark = arena_mark(w->arena);
        bool *after, favourable = false, any_end = false;
        if (!law_walk_reach(&after, w, n, no_person, true, err))
            return false;
        r->accepts[n] = starts_overall(p, node, true) || (first[n] && under_overall(w, n));
        for (size_t k = 0; k < p->node_count; k++) {
            const struct law_node *next = &p->nodes[k];
            bool passed = after[k] && no_person(next);
            r->accepts[n] |= (after[k] && starts_overall(p, next, false)) ||
                             (passed && starts_overall(p, next, true));
            any_end |= after[k] && next->kind == LAW_NODE_END;
            favourable |= after[k] && next->kind == LAW_NODE_END && !next->adverse;
        }
        r->alone[n] = r->accepts[n] && favourable;
        r->decides[n] = !r->accepts[n] && any_end;
        arena_rewind(w->arena, mark);
    }
    return true;
}

static bool is_separate(const struct law_node *node, uint32_t from) {
    for (size_t i = 0; i < node->separate_count; i++)
        if (node->separate[i] == from)
            return true;
    return false;
}

/* Start, then the accepting task, then the deciding one; empty when that cannot happen. */
static bool path_through(struct law_path *out, struct law_walk *w, uint32_t accepts,
                         uint32_t decides, struct err *err) {
    struct law_path before, after;
    if (!law_walk_way(&before, w, w->p->start, accepts, err) ||
        !law_walk_way(&after, w, accepts, decides, err))
        return false;
    *out = before.count > 0 && after.count > 0 ? law_path_join(w, before, after)
                                               : (struct law_path){0};
    return true;
}

static bool check_pair(struct law_findings *out, struct law_walk *w, uint32_t accepts,
                       uint32_t decides, struct err *err) {
    const struct law_procedure *p = w->p;
    struct law_path path;
    if (is_separate(&p->nodes[decides], accepts) || is_separate(&p->nodes[accepts], decides))
        return true;
    if (!path_through(&path, w, accepts, decides, err))
        return false;
    if (path.count > 0)
        law_report(out, w, 4, &p->nodes[decides], path,
                   "受理人可以作出决定：应当与“%.*s”由不同的人办理",
                   "who accepts may decide: it must be separate from '%.*s'",
                   STR_ARG(p->nodes[accepts].id));
    return true;
}

static bool check_alone(struct law_findings *out, struct law_walk *w, uint32_t task,
                        struct err *err) {
    struct law_path path;
    if (!law_walk_way(&path, w, w->p->start, task, err))
        return false;
    if (path.count > 0)
        law_report(out, w, 4, &w->p->nodes[task], path,
                   "同一人既受理又作出准予的决定，没有第二人参与",
                   "one person accepts and grants, and nobody else takes part");
    return true;
}

bool law_check_four_eyes(struct law_findings *out, const struct law_procedure *p,
                         struct budget *budget, struct err *err) {
    struct law_walk w;
    struct roles roles;
    bool ok =
        law_walk_init(&w, p, budget, err) && law_walk_run(&w, err) && find_roles(&roles, &w, err);
    for (uint32_t a = 0; ok && a < p->node_count; a++) {
        struct arena_mark mark = arena_mark(w.arena);
        if (roles.alone[a])
            ok = check_alone(out, &w, a, err);
        for (uint32_t d = 0; ok && roles.accepts[a] && d < p->node_count; d++)
            if (roles.decides[d])
                ok = check_pair(out, &w, a, d, err);
        arena_rewind(w.arena, mark);
    }
    law_walk_done(&w);
    if (ok && p->reviews && !p->origin_excluded)
        law_report_plain(out, 4, p->at, "参与原决定的人员没有被排除在复查之外",
                         "nobody is kept from reviewing a decision that they took part in");
    return ok;
}

/* ---- proof 6 ---- */

static bool keeps_for_a_time(struct str keep) {
    struct cal_months months;
    struct cal_span span;
    if (cal_months_parse(&months, keep))
        return months.n > 0;
    return cal_span_parse(&span, keep) && span.s > 0;
}

static void check_uses(struct law_findings *out, struct law_walk *w, const struct law_data *data,
                       const bool *reached, bool *needed) {
    const struct law_procedure *p = w->p;
    for (size_t i = 0; i < data->use_count; i++) {
        const struct law_data_use *use = &data->uses[i];
        needed[use->field] |= reached[use->node] && law_takes_time(&p->nodes[use->node]);
        if (!use->has_purpose)
            law_report(out, w, 6, &p->nodes[use->node], (struct law_path){0},
                       "查看个人信息“%.*s”而没有说明目的", "it shows '%.*s' without a purpose",
                       STR_ARG(data->fields[use->field].key));
    }
}

bool law_check_data(struct law_findings *out, const struct law_procedure *p,
                    const struct law_data *data, struct budget *budget, struct err *err) {
    struct law_walk w;
    bool *reached;
    bool ok = budget_spend(budget, (struct cost){data->use_count + data->field_count, 0}, err);
    if (!ok)
        return false;
    ok = law_walk_init(&w, p, budget, err) &&
         law_walk_reach(&reached, &w, p->start, not_ended, false, err);
    if (ok) {
        bool *needed = arena_new(w.arena, bool, data->field_count);
        check_uses(out, &w, data, reached, needed);
        for (size_t i = 0; i < data->field_count; i++) {
            const struct law_data_field *field = &data->fields[i];
            if (!field->declared)
                law_report_plain(out, 6, field->at, "个人信息“%.*s”没有说明用途",
                                 "field '%.*s' is asked for, but nothing says what it is for",
                                 STR_ARG(field->key));
            else if (!needed[i])
                law_report_plain(out, 6, field->at, "没有任何步骤需要个人信息“%.*s”",
                                 "no step needs field '%.*s'", STR_ARG(field->key));
        }
        if (!keeps_for_a_time(data->keep))
            law_report_plain(out, 6, p->at, "事项“%.*s”没有规定个人信息的保存期限",
                             "matter '%.*s' does not say how long the data is kept",
                             STR_ARG(p->matter));
    }
    law_walk_done(&w);
    return ok;
}
