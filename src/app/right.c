/* What a caller's posts allow on process instances outside matters. */
#include "app/inner.h"
#include "app/process.h"

static bool post_may(const struct pack_post *post, enum app_right right) {
    if (post->administers)
        return true;
    switch (right) {
    case APP_RIGHT_WORK: return post->works || post->operates;
    case APP_RIGHT_OPERATE: return post->operates;
    case APP_RIGHT_DEPLOY: return false;
    }
    return false;
}

bool app_may(struct app *app, const struct app_caller *caller, enum app_right right) {
    bool may = false;
    const struct app_packs *packs = app_packs_hold(app);
    for (size_t i = 0; caller->kind == APP_ACCOUNT && i < caller->post_count && !may; i++)
        for (size_t k = 0; k < packs->count && !may; k++) {
            const struct pack_post *post = pack_post(packs->list[k].pack, caller->posts[i].post);
            may = post != NULL && post_may(post, right);
        }
    app_packs_let(app, packs);
    return may;
}
