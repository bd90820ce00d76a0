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

struct str app_task_seeker(const struct app_caller *caller, struct str user, struct arena *arena) {
    struct json *who = json_obj(arena), *groups;
    struct buf text;
    json_set_str(who, STR("user"), user);
    groups = json_set_arr(who, STR("groups"));
    for (size_t i = 0; i < caller->post_count; i++) {
        const struct app_appointment *a = &caller->posts[i];
        json_push_str(groups, a->post);
        json_push_str(groups,
                      arena_printf(arena, "%.*s/%.*s", STR_ARG(a->organ), STR_ARG(a->post)));
    }
    buf_init(&text, 1 << 20);
    json_write(&text, who, JSON_COMPACT);
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}
