/* Which values a decision can give, as the first model that has it says. */
#include "bpmn/sound_known.h"
#include "dmn/dmn.h"

bool known_decision(struct feel_value **list, size_t *count, bool *found, bool *others,
                    const struct dmn_model *const *models, size_t model_count, struct str decision,
                    struct arena *arena, struct budget *budget, struct err *err) {
    *found = false;
    *count = 0;
    for (size_t i = 0; i < model_count; i++) {
        struct dmn_outcomes outcomes;
        size_t at = dmn_find(models[i], decision);
        if (at == SIZE_MAX || dmn_info(models[i], at).kind != DMN_DECISION)
            continue;
        if (!dmn_outcomes(&outcomes, models[i], at, arena, budget, err))
            return false;
        *list = outcomes.values;
        *count = outcomes.count;
        *found = outcomes.known;
        *others = outcomes.others;
        break;
    }
    return true;
}
