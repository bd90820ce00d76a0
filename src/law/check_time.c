/* Proofs 2 (bounded) and 8 (liberty): what the clocks do in every state that can be reached. */
#include <assert.h>

#include "law/inner.h"

/* ---- lengths, in minutes, for comparing limits of different units ---- */

static int64_t term_minutes(struct cal_term term) {
    static const int64_t unit_minutes[CAL_UNITS] = {
        [CAL_UNIT_MINUTE] = 1,
        [CAL_UNIT_HOUR] = 60,
        [CAL_UNIT_CALENDAR_DAY] = 1440,
        [CAL_UNIT_WORKING_DAY] = 2016, /* 7/5 of a calendar day */
        [CAL_UNIT_MONTH] = INT64_C(31) * 1440,
        [CAL_UNIT_YEAR] = INT64_C(366) * 1440,
    };
    return term.n * unit_minutes[term.unit];
}

/* The longest time that a limit can come to. */
static int64_t limit_minutes(const struct law_limit *limit) {
    int64_t minutes = term_minutes(limit->within);
    if (!limit->extension.allowed)
        return minutes;
    int64_t by = term_minutes(limit->extension.by);
    return limit->extension.total ? MAX_OF(minutes, by) : minutes + by;
}

static int64_t total_minutes(const struct law_procedure *p) {
    if (p->total.n > 0)
        return term_minutes(p->total);
    int64_t longest = 0;
    for (size_t i = 0; i < p->limit_count; i++)
        if (p->limits[i].overall)
            longest = MAX_OF(longest, limit_minutes(&p->limits[i]));
    return longest;
}

static int64_t overall_minutes(const struct law_procedure *p, uint64_t clocks) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < p->limit_count; i++)
        if (p->limits[i].overall && law_walk_clock(clocks, i) != LAW_CLOCK_NONE)
            sum += limit_minutes(&p->limits[i]);
    return sum;
}

/* ---- proof 2 ---- */

/* A clock bounds the organ when the organ must keep it, or when its end moves the procedure on. */
static bool bounds(const struct law_limit *limit) {
    return limit->holder == LAW_HOLDER_ORGAN || limit->expiry != LAW_EXPIRY_BREACH;
}

static bool covered(const struct law_procedure *p, uint64_t clocks) {
    for (uint32_t i = 0; i < p->limit_count; i++)
        if (law_walk_clock(clocks, i) == LAW_CLOCK_RUNNING && bounds(&p->limits[i]))
            return true;
    return false;
}

static void check_uncovered(struct law_findings *out, struct law_walk *w, uint32_t s,
                            bool *reported) {
    const struct law_walk_state *state = &w->states[s];
    const struct law_node *node = &w->p->nodes[state->node];
    if (!law_takes_time(node) || node->applicant || covered(w->p, state->clocks) ||
        reported[state->node])
        return;
    reported[state->node] = true;
    law_report(out, w, 2, node, law_walk_path(w, s, LAW_NO_LIMIT),
               "机关持有案件，但没有任何期限在计时",
               "the organ holds the case while no time limit runs");
}

static void check_sum(struct law_findings *out, struct law_walk *w, uint32_t s, bool *reported) {
    const struct law_procedure *p = w->p;
    uint64_t clocks = w->states[s].clocks;
    int64_t sum = overall_minutes(p, clocks), total = total_minutes(p);
    if (sum <= total || *reported)
        return;
    *reported = true;
    law_report(
        out, w, 2, &p->nodes[w->states[s].node], law_walk_path(w, s, LAW_NO_LIMIT),
        "这一路径上的期限合计约%lld天，超过法定总期限%lld天",
        "the limits on this path add up to about %lld days, more than the %lld days that the "
        "law gives",
        (long long)((sum + 1439) / 1440), (long long)(total / 1440));
}

static void check_restart(struct law_findings *out, struct law_walk *w, uint32_t s,
                          const struct law_edge *edge, bool *reported) {
    const struct law_procedure *p = w->p;
    uint32_t limit;
    (void)law_walk_take(w, w->states[s].clocks, edge, &limit);
    if (limit == LAW_NO_LIMIT || reported[limit])
        return;
    reported[limit] = true;
    law_report(out, w, 2, &p->nodes[edge->to], law_walk_path(w, s, edge->to),
               "期限“%.*s”重新起算，而案件其间没有退回申请人",
               "the limit '%.*s' starts anew although the case was not back with the applicant",
               STR_ARG(p->limits[limit].id));
}

bool law_check_bounded(struct law_findings *out, const struct law_procedure *p,
                       struct budget *budget, struct err *err) {
    struct law_walk w;
    bool ok = law_walk_init(&w, p, budget, err) && law_walk_run(&w, err);
    if (ok) {
        bool *uncovered = arena_new(w.arena, bool, p->node_count);
        bool restarted[LAW_CHECK_CLOCKS_MAX] = {false}, too_long = false;
        for (uint32_t s = 0; s < w.state_count; s++) {
            struct arena_mark mark = arena_mark(w.arena);
            check_uncovered(out, &w, s, uncovered);
            check_sum(out, &w, s, &too_long);
            uint32_t node = w.states[s].node;
            for (uint32_t k = w.out_at[node]; k < w.out_at[node + 1]; k++)
                check_restart(out, &w, s, &p->edges[w.out[k]], restarted);
            arena_rewind(w.arena, mark);
        }
    }
    law_walk_done(&w);
    return ok;
}

/* ---- proof 8 ---- */

static bool instant_only(const struct law_node *node) {
    return !law_takes_time(node);
}

/* From the held step the running out of this limit leads to a release at once. */
static bool releases_in_time(bool *out, struct law_walk *w, uint32_t node, uint32_t limit,
                             struct err *err) {
    const struct law_procedure *p = w->p;
    *out = false;
    for (uint32_t k = w->out_at[node]; k < w->out_at[node + 1] && !*out; k++) {
        const struct law_edge *edge = &p->edges[w->out[k]];
        if (edge->expiry_of != limit)
            continue;
        *out = p->nodes[edge->to].releases;
        if (*out || !instant_only(&p->nodes[edge->to]))
            continue;
        bool *seen;
        if (!law_walk_reach(&seen, w, edge->to, instant_only, false, err))
            return false;
        for (size_t n = 0; n < p->node_count; n++)
            *out |= seen[n] && p->nodes[n].releases;
    }
    return true;
}

static void check_custody_limits(struct law_findings *out, const struct law_walk *w) {
    const struct law_procedure *p = w->p;
    for (size_t i = 0; i < p->limit_count; i++) {
        const struct law_limit *limit = &p->limits[i];
        struct err_at at = {p->at.source, limit->line, 0};
        if (!limit->custody)
            continue;
        if (limit->alarm.len == 0)
            law_report_plain(out, 8, at, "羁押期限“%.*s”届满时没有通知羁押机关以外的机关",
                             "no organ outside the holding one is told when custody limit '%.*s' "
                             "is breached",
                             STR_ARG(limit->id));
        if (limit->counting.end_moves)
            law_report_plain(out, 8, at, "羁押期限“%.*s”不得因节假日顺延",
                             "custody limit '%.*s' may not be moved by a day off",
                             STR_ARG(limit->id));
    }
    for (size_t n = 0; n < p->node_count; n++)
        for (size_t a = 0; a < p->nodes[n].act_count; a++) {
            const struct law_clock_act *act = &p->nodes[n].acts[a];
            if (act->verb != LAW_CLOCK_SUSPEND || !p->limits[act->limit].custody)
                continue;
            law_report_plain(out, 8, ((struct err_at){p->nodes[n].at.source, act->line, 0}),
                             "羁押期限“%.*s”不得中止", "custody limit '%.*s' may not be suspended",
                             STR_ARG(p->limits[act->limit].id));
        }
}

/* What is wrong with one state in which a person is held; reported[node] says what was told. */
enum { TOLD_NO_CLOCK = 1, TOLD_NO_RELEASE = 2 };

static bool check_held(struct law_findings *out, struct law_walk *w, uint32_t s, uint8_t *reported,
                       struct err *err) {
    const struct law_procedure *p = w->p;
    const struct law_walk_state *state = &w->states[s];
    const struct law_node *node = &p->nodes[state->node];
    bool runs = false;
    for (uint32_t i = 0; i < p->limit_count; i++) {
        if (!p->limits[i].custody || law_walk_clock(state->clocks, i) != LAW_CLOCK_RUNNING)
            continue;
        bool released = true;
        runs = true;
        if (law_takes_time(node) && !releases_in_time(&released, w, state->node, i, err))
            return false;
        if (released || (reported[state->node] & TOLD_NO_RELEASE) != 0)
            continue;
        reported[state->node] |= TOLD_NO_RELEASE;
        law_report(out, w, 8, node, law_walk_path(w, s, LAW_NO_LIMIT),
                   "期限“%.*s”届满后没有立即释放的路径",
                   "the end of limit '%.*s' does not lead to a release at once",
                   STR_ARG(p->limits[i].id));
    }
    if (!runs && (reported[state->node] & TOLD_NO_CLOCK) == 0) {
        reported[state->node] |= TOLD_NO_CLOCK;
        law_report(out, w, 8, node, law_walk_path(w, s, LAW_NO_LIMIT),
                   "有人被羁押，但没有羁押期限在计时",
                   "a person is held while no custody limit runs");
    }
    return true;
}

bool law_check_liberty(struct law_findings *out, const struct law_procedure *p,
                       struct budget *budget, struct err *err) {
    struct law_walk w;
    bool ok = law_walk_init(&w, p, budget, err) && law_walk_run(&w, err);
    if (ok) {
        check_custody_limits(out, &w);
        uint8_t *reported = arena_new(w.arena, uint8_t, p->node_count);
        for (uint32_t s = 0; ok && s < w.state_count; s++) {
            struct arena_mark mark = arena_mark(w.arena);
            if (p->nodes[w.states[s].node].held)
                ok = check_held(out, &w, s, reported, err);
            arena_rewind(w.arena, mark);
        }
    }
    law_walk_done(&w);
    return ok;
}
