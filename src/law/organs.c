/* Organs and competence. Every walk up a hierarchy is bounded by its number of entries, so data
 * that runs in a circle ends too (and pack/ refuses it). Results follow the order of the pack's
 * file. */
#include <assert.h>

#include "law/law.h"

static const struct {
    struct str name;
    struct lang_text title;
} levels[LAW_LEVELS] = {
#define LEVEL(level, zh, en)                                                                       \
    [LAW_LEVEL_##level] = {STR_INIT(#level), {{STR_INIT(zh), STR_INIT(en)}}},
#include "law/levels.def"
#undef LEVEL
};
static_assert(LANG_zh == 0 && LANG_en == 1 && LANGS == 2, "levels.def gives zh, then en");

bool law_level_find(enum law_level *out, struct str name) {
    for (int level = 0; level < LAW_LEVELS; level++)
        if (str_eq(levels[level].name, name)) {
            *out = (enum law_level)level;
            return true;
        }
    return false;
}

struct str law_level_name(enum law_level level) {
    assert(level < LAW_LEVELS);
    return levels[level].name;
}

struct str law_level_title(enum law_level level, enum lang lang) {
    assert(level < LAW_LEVELS);
    return levels[level].title.in[lang];
}

const struct law_organ *law_organ(const struct law_organs *organs, struct str id) {
    const size_t *at = map_find(&organs->organ_at, id);
    return at != NULL ? &organs->list[*at] : NULL;
}

const struct law_place *law_place(const struct law_organs *organs, struct str id) {
    const size_t *at = map_find(&organs->place_at, id);
    return at != NULL ? &organs->places[*at] : NULL;
}

bool law_place_within(const struct law_organs *organs, struct str place, struct str area) {
    const struct law_place *at = law_place(organs, place);
    for (size_t steps = 0; at != NULL && steps <= organs->place_count; steps++) {
        if (str_eq(at->id, area))
            return true;
        at = at->parent.len > 0 ? law_place(organs, at->parent) : NULL;
    }
    return false;
}

bool law_is_below(const struct law_organs *organs, struct str organ, struct str above) {
    const struct law_organ *at = law_organ(organs, organ);
    for (size_t steps = 0; at != NULL && steps <= organs->count; steps++) {
        if (str_eq(at->id, above))
            return true;
        at = law_superior(organs, at);
    }
    return false;
}

const struct law_organ *law_superior(const struct law_organs *organs,
                                     const struct law_organ *organ) {
    return organ->parent.len > 0 ? law_organ(organs, organ->parent) : NULL;
}

const struct law_organ *law_superior_or_top(const struct law_organs *organs,
                                            const struct law_organ *organ) {
    const struct law_organ *above = law_superior(organs, organ);
    return above == NULL && organ->level == LAW_LEVEL_ministry ? organ : above;
}

/* ARL 24: the government of the organ's level; ARL 24(3): acts of a station go where those of the
 * bureau go that set it up; ARL 25: a ministry reviews its own. */
const struct law_organ *law_review_organ(const struct law_organs *organs,
                                         const struct law_organ *organ) {
    for (size_t steps = 0; organ != NULL && steps <= organs->count; steps++) {
        if (organ->government.len > 0)
            return law_organ(organs, organ->government);
        if (organ->level != LAW_LEVEL_station)
            return organ;
        organ = law_superior(organs, organ);
    }
    return NULL;
}

/* ---- competence ---- */

static bool responsible_for(const struct law_organs *organs, const struct law_organ *organ,
                            struct str place) {
    for (size_t i = 0; i < organ->area_count; i++)
        if (law_place_within(organs, place, organ->area[i]))
            return true;
    return false;
}

/* The organ of the level whose area holds the place, below `above` when that is given. *out is NULL
 * when there is none; false when there are several. */
static bool organ_at_level(const struct law_organ **out, const struct law_organs *organs,
                           enum law_level level, struct str place, const struct law_organ *above,
                           struct err *err) {
    *out = NULL;
    for (size_t i = 0; i < organs->count; i++) {
        const struct law_organ *organ = &organs->list[i];
        if (organ->kind != LAW_ORGAN_AGENCY || organ->level != level ||
            !responsible_for(organs, organ, place) ||
            (above != NULL && !law_is_below(organs, organ->id, above->id)))
            continue;
        if (*out != NULL)
            return err_set(err, ERR_CONFLICT, ((struct err_at){organs->source, organ->line, 0}),
                           "both '%.*s' and '%.*s' are responsible for place '%.*s'",
                           STR_ARG((*out)->id), STR_ARG(organ->id), STR_ARG(place));
        *out = organ;
    }
    return true;
}

static bool by_place(const struct law_organ **out, const struct law_organs *organs,
                     enum law_level level, struct str place, struct err *err) {
    if (law_place(organs, place) == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no place '%.*s'", STR_ARG(place));
    if (!organ_at_level(out, organs, level, place, NULL, err))
        return false;
    struct str name = law_level_name(level);
    if (*out == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "no organ of level '%.*s' is responsible for place '%.*s'", STR_ARG(name),
                       STR_ARG(place));
    return true;
}

/* The organ that acts, checked against the levels of the rule. */
static bool by_deciding(const struct law_organ **out, const struct law_organs *organs,
                        const struct law_competence *rule, struct str place, struct str acting,
                        struct err *err) {
    if (acting.len == 0)
        return by_place(out, organs, rule->levels[0], place, err);
    const struct law_organ *organ = law_organ(organs, acting);
    if (organ == NULL || organ->kind == LAW_ORGAN_EXTERNAL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no organ '%.*s'",
                       STR_ARG(acting));
    for (size_t i = 0; i < rule->level_count; i++)
        if (rule->levels[i] == organ->level) {
            *out = organ;
            return true;
        }
    struct str name = law_level_name(organ->level);
    return err_set(err, ERR_NOT_FOUND, err_nowhere,
                   "organ '%.*s' is of level '%.*s', which is not competent", STR_ARG(acting),
                   STR_ARG(name));
}

static bool by_acting(const struct law_organ **out, const struct law_organs *organs,
                      enum law_competent_by by, struct str acting, struct err *err) {
    const struct law_organ *acted = law_organ(organs, acting);
    if (acted == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no organ '%.*s'",
                       STR_ARG(acting));
    bool review = by == LAW_BY_REVIEW_ORGAN;
    *out = review ? law_review_organ(organs, acted) : law_superior_or_top(organs, acted);
    if (*out == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "organ '%.*s' has no %s", STR_ARG(acting),
                       review ? "organ that reviews its acts" : "superior organ");
    return true;
}

bool law_competent(struct law_competent *out, const struct law_organs *organs,
                   const struct law_competence *rule, struct str place, struct str acting,
                   struct err *err) {
    struct law_competent found = {0};
    bool ok = false;
    switch (rule->by) {
    case LAW_BY_PLACE: ok = by_place(&found.organ, organs, rule->levels[0], place, err); break;
    case LAW_BY_DECIDING_ORGAN:
        ok = by_deciding(&found.organ, organs, rule, place, acting, err);
        break;
    case LAW_BY_REVIEW_ORGAN:
    case LAW_BY_SUPERIOR: ok = by_acting(&found.organ, organs, rule->by, acting, err); break;
    }
    if (!ok)
        return false;
    if (rule->accepts && place.len > 0 &&
        !organ_at_level(&found.accepting, organs, rule->accepts_level, place, found.organ, err))
        return false;
    if (found.accepting == NULL)
        found.accepting = found.organ;
    *out = found;
    return true;
}

const struct law_organ *law_remedy_organ(const struct law_organs *organs,
                                         const struct law_remedy *remedy,
                                         const struct law_organ *decided) {
    switch (remedy->to) {
    case LAW_TO_REVIEW_ORGAN: return law_review_organ(organs, decided);
    case LAW_TO_SUPERIOR: return law_superior_or_top(organs, decided);
    default: return NULL;
    }
}
