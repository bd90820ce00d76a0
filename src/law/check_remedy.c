/* Proofs 3 (remedy) and 5 (competence): where a decision can be taken to, and who decides. */
#include <assert.h>

#include "law/inner.h"

/* ---- which organs can decide ---- */

static bool has_level(const struct law_competence *rule, enum law_level level) {
    for (size_t i = 0; i < rule->level_count; i++)
        if (rule->levels[i] == level)
            return true;
    return false;
}

/* Can this organ be the one that decides the matter? */
static bool can_decide(const struct law_organs *organs, const struct law_competence *rule,
                       const struct law_organ *organ) {
    bool agency = organ->kind == LAW_ORGAN_AGENCY;
    switch (rule->by) {
    case LAW_BY_PLACE: return agency && organ->level == rule->levels[0];
    case LAW_BY_DECIDING_ORGAN: return agency && has_level(rule, organ->level);
    case LAW_BY_REVIEW_ORGAN:
    case LAW_BY_SUPERIOR:
        for (size_t i = 0; i < organs->count; i++) {
            const struct law_organ *acted = &organs->list[i];
            if (acted->kind != LAW_ORGAN_AGENCY)
                continue;
            if ((rule->by == LAW_BY_REVIEW_ORGAN ? law_review_organ(organs, acted)
                                                 : law_superior_or_top(organs, acted)) == organ)
                return true;
        }
        return false;
    }
    assert(false);
    return false;
}

/* ---- proof 3 ---- */

struct remedy_check {
    struct law_findings *out;
    struct law_walk *w;
    const struct law_organs *organs;
    const struct law_remedy_matter *matters;
    size_t matter_count;
};

static const struct law_remedy_matter *find_matter(const struct remedy_check *c, struct str id) {
    for (size_t i = 0; i < c->matter_count; i++)
        if (str_eq(c->matters[i].id, id))
            return &c->matters[i];
    return NULL;
}

static bool matter_fits(const struct law_remedy *remedy, const struct law_remedy_matter *matter) {
    enum law_competent_by want =
        remedy->to == LAW_TO_REVIEW_ORGAN ? LAW_BY_REVIEW_ORGAN : LAW_BY_SUPERIOR;
    return matter->competence->by == want;
}

/* Every organ that can decide has another one above it, or beside it, that hears the remedy. */
static void check_hearers(const struct remedy_check *c, const struct law_node *end,
                          const struct law_remedy *remedy, struct law_path path) {
    const struct law_competence *rule = c->w->p->competence;
    for (size_t i = 0; i < c->organs->count; i++) {
        const struct law_organ *organ = &c->organs->list[i];
        if (!can_decide(c->organs, rule, organ))
            continue;
        const struct law_organ *hears = law_remedy_organ(c->organs, remedy, organ);
        bool itself = hears == organ && organ->level != LAW_LEVEL_ministry; /* ARL 25 */
        if (hears != NULL && !itself)
            continue;
        law_report(c->out, c->w, 3, end, path, "救济“%.*s”：对机关“%.*s”的决定没有其他机关受理",
                   "remedy '%.*s': no other organ hears it for decisions of '%.*s'",
                   STR_ARG(remedy->code), STR_ARG(organ->id));
        return; /* the first organ shows it */
    }
}

static void check_remedy(const struct remedy_check *c, const struct law_node *end,
                         const struct law_remedy *remedy, struct law_path path) {
    if (remedy->to == LAW_TO_COURT)
        return;
    if (remedy->to == LAW_TO_NOBODY) {
        if (remedy->law.len == 0 || remedy->articles.len == 0)
            law_report(c->out, c->w, 3, end, path, "“%.*s”没有写明使决定成为终局的法律条款",
                       "'%.*s' does not name the law that makes the decision final",
                       STR_ARG(remedy->code));
        return;
    }
    const struct law_remedy_matter *matter = find_matter(c, remedy->matter);
    if (matter == NULL) {
        law_report(c->out, c->w, 3, end, path, "救济“%.*s”没有可用的程序（事项“%.*s”不存在）",
                   "remedy '%.*s' has no procedure: there is no matter '%.*s'",
                   STR_ARG(remedy->code), STR_ARG(remedy->matter));
        return;
    }
    if (!matter_fits(remedy, matter))
        law_report(c->out, c->w, 3, end, path, "救济“%.*s”的程序“%.*s”不由上级机关或者复议机关办理",
                   "the procedure of remedy '%.*s', '%.*s', does not go to the organ that the "
                   "remedy names",
                   STR_ARG(remedy->code), STR_ARG(remedy->matter));
    check_hearers(c, end, remedy, path);
}

static bool open_to_somebody(const struct law_node *end) {
    for (size_t i = 0; i < end->remedy_count; i++)
        if (end->remedies[i]->has_term || end->remedies[i]->to == LAW_TO_NOBODY)
            return true;
    return false;
}

static void check_adverse_end(const struct remedy_check *c, const struct law_node *end,
                              struct law_path path) {
    if (!end->letter)
        law_report(c->out, c->w, 3, end, path, "不利决定没有送达申请人的文书",
                   "an adverse end sends no letter to the applicant");
    if (end->remedy_count == 0)
        law_report(c->out, c->w, 3, end, path, "不利决定没有告知救济途径",
                   "an adverse end names no remedy");
    else if (!open_to_somebody(end))
        law_report(c->out, c->w, 3, end, path, "告知的救济途径都没有期限",
                   "no remedy that it names has a term");
    for (size_t i = 0; i < end->remedy_count; i++)
        check_remedy(c, end, end->remedies[i], path);
}

static bool not_end(const struct law_node *node) {
    return node->kind != LAW_NODE_END;
}

/* A letter of an adverse decision: at an adverse end, or before adverse ends only, or with remedies
 * of its own. */
static bool check_adverse_letter(const struct remedy_check *c, uint32_t number,
                                 struct law_path path, struct err *err) {
    const struct law_procedure *p = c->w->p;
    const struct law_node *node = &p->nodes[number];
    if (!node->adverse_letter || node->remedy_count > 0)
        return true; /* an adverse end without remedies is told of above */
    bool lost = node->kind == LAW_NODE_END && !node->adverse;
    bool *seen;
    if (!law_walk_reach(&seen, c->w, number, not_end, false, err))
        return false;
    for (size_t n = 0; n < p->node_count; n++)
        lost |= seen[n] && p->nodes[n].kind == LAW_NODE_END && !p->nodes[n].adverse;
    if (lost)
        law_report(c->out, c->w, 3, node, path,
                   "不利决定的文书没有告知救济途径，其后的结束也不是不利结束",
                   "a letter of an adverse decision names no remedy, and an end that is not marked "
                   "adverse follows");
    return true;
}

bool law_check_remedies(struct law_findings *out, const struct law_procedure *p,
                        const struct law_organs *organs, const struct law_remedy_matter *matters,
                        size_t matter_count, struct budget *budget, struct err *err) {
    struct law_walk w;
    struct remedy_check c = {out, &w, organs, matters, matter_count};
    bool ok = law_walk_init(&w, p, budget, err);
    for (uint32_t n = 0; ok && n < p->node_count; n++) {
        const struct law_node *node = &p->nodes[n];
        bool adverse_end = node->kind == LAW_NODE_END && node->adverse;
        if (!adverse_end && !node->adverse_letter)
            continue;
        struct arena_mark mark = arena_mark(w.arena);
        struct law_path path;
        struct cost cost = {organs->count * (1 + node->remedy_count), 0};
        ok = budget_spend(budget, cost, err) && law_walk_way(&path, &w, p->start, n, err);
        if (ok && adverse_end)
            check_adverse_end(&c, node, path);
        ok = ok && check_adverse_letter(&c, n, path, err);
        arena_rewind(w.arena, mark);
    }
    law_walk_done(&w);
    return ok;
}

/* ---- proof 5 ---- */

/* One finding for each area (the parent of the places that fail), with a count. */
struct area_fault {
    struct str area;
    struct err first; /* of its first place */
    size_t count;
};

static void note_fault(struct area_fault *faults, size_t *count, size_t room,
                       const struct law_place *place, const struct err *err) {
    struct str area = place->parent.len > 0 ? place->parent : place->id;
    for (size_t i = 0; i < *count; i++)
        if (str_eq(faults[i].area, area) && faults[i].first.code == err->code) {
            faults[i].count++;
            return;
        }
    if (*count < room)
        faults[(*count)++] = (struct area_fault){area, *err, 1};
}

static void report_areas(struct law_findings *out, const struct law_procedure *p,
                         const struct area_fault *faults, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct area_fault *f = &faults[i];
        bool two = f->first.code == ERR_CONFLICT;
        law_report_plain(out, 5, two ? f->first.at : p->at,
                         two ? "地区“%.*s”：%zu个地方有两个以上主管机关：%s"
                             : "地区“%.*s”：%zu个地方没有主管机关：%s",
                         two ? "area '%.*s': more than one organ is competent for %zu places: %s"
                             : "area '%.*s': no organ is competent for %zu places: %s",
                         STR_ARG(f->area), f->count, f->first.text);
    }
}

static void note_places(struct area_fault *faults, size_t *count, size_t room, bool *parents,
                        const struct law_procedure *p, const struct law_organs *organs) {
    for (size_t i = 0; i < organs->place_count; i++) {
        const size_t *parent = map_find(&organs->place_at, organs->places[i].parent);
        if (parent != NULL)
            parents[*parent] = true;
    }
    for (size_t i = 0; i < organs->place_count; i++) {
        struct law_competent found;
        struct err why = {0};
        if (!parents[i] &&
            !law_competent(&found, organs, p->competence, organs->places[i].id, STR_NONE, &why))
            note_fault(faults, count, room, &organs->places[i], &why);
    }
}

static bool check_places(struct law_findings *out, const struct law_procedure *p,
                         const struct law_organs *organs, struct budget *budget, struct err *err) {
    enum { AREAS_MAX = 64 }; /* a reader has given up long before */
    size_t bytes = organs->place_count + sizeof(struct area_fault) * AREAS_MAX;
    struct cost cost = {organs->place_count * (organs->count + 1), bytes};
    if (!budget_spend(budget, cost, err))
        return false;
    struct arena *scratch = arena_create("law areas", bytes + 65536);
    struct area_fault *faults = arena_new(scratch, struct area_fault, AREAS_MAX);
    bool *parents = arena_new(scratch, bool, organs->place_count);
    size_t count = 0;
    note_places(faults, &count, AREAS_MAX, parents, p, organs);
    report_areas(out, p, faults, count);
    arena_destroy(scratch);
    return true;
}

static void check_acting(struct law_findings *out, const struct law_procedure *p,
                         const struct law_organs *organs) {
    bool review = p->competence->by == LAW_BY_REVIEW_ORGAN;
    for (size_t i = 0; i < organs->count; i++) {
        const struct law_organ *organ = &organs->list[i];
        if (organ->kind != LAW_ORGAN_AGENCY || (!review && organ->level == LAW_LEVEL_ministry) ||
            (review ? law_review_organ(organs, organ) : law_superior(organs, organ)) != NULL)
            continue;
        law_report_plain(out, 5, ((struct err_at){organs->source, organ->line, 0}),
                         review ? "机关“%.*s”没有复议机关" : "机关“%.*s”没有上级机关",
                         review ? "organ '%.*s' has no organ that reviews its acts"
                                : "organ '%.*s' has no superior organ",
                         STR_ARG(organ->id));
    }
}

static void check_levels(struct law_findings *out, const struct law_procedure *p,
                         const struct law_organs *organs) {
    for (size_t k = 0; k < p->competence->level_count; k++) {
        enum law_level level = p->competence->levels[k];
        bool any = false;
        for (size_t i = 0; i < organs->count; i++)
            any |= organs->list[i].level == level && organs->list[i].kind != LAW_ORGAN_EXTERNAL;
        struct str name = law_level_name(level);
        if (!any)
            law_report_plain(out, 5, p->at, "没有“%.*s”级机关", "there is no organ of level '%.*s'",
                             STR_ARG(name));
    }
}

bool law_check_competence(struct law_findings *out, const struct law_procedure *p,
                          const struct law_organs *organs, struct budget *budget, struct err *err) {
    if (!budget_spend(budget, (struct cost){organs->count, 0}, err))
        return false;
    switch (p->competence->by) {
    case LAW_BY_PLACE: return check_places(out, p, organs, budget, err);
    case LAW_BY_DECIDING_ORGAN: check_levels(out, p, organs); return true;
    case LAW_BY_REVIEW_ORGAN:
    case LAW_BY_SUPERIOR: check_acting(out, p, organs); return true;
    }
    assert(false);
    return false;
}
