/* Drafts, and the demonstration's clock. */
#include "app/inner.h"
#include "app/reader.h"

enum { DRAFT_KEY_BYTES_MIN = 16, DRAFT_BYTES_MAX = 2 << 20 };

static bool draft_key(struct str *out, const struct app_job *j, struct err *err) {
    *out = json_get_text(j->order.body, STR("key"));
    if (out->len < DRAFT_KEY_BYTES_MIN || out->len > NAME_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "a draft's key has %d to %d bytes",
                       DRAFT_KEY_BYTES_MIN, NAME_BYTES_MAX);
    return true;
}

bool app_run_draft(struct app_job *j, struct err *err) {
    struct str key;
    struct buf text;
    if (!draft_key(&key, j, err))
        return false;
    struct json *content = json_obj(j->arena);
    const struct json *values = json_get(j->order.body, STR("values"));
    const struct json *step = json_get(j->order.body, STR("step"));
    json_set(content, STR("values"), values != NULL ? values : json_obj(j->arena));
    json_set(content, STR("step"), step != NULL ? step : json_null(j->arena));
    buf_init(&text, DRAFT_BYTES_MAX);
    json_write(&text, content, JSON_COMPACT);
    const struct store_draft draft = {
        .matter = json_get_text(j->order.body, STR("matter")),
        .content = buf_view(&text),
        .at_us = j->tx->now_us,
    };
    bool ok = buf_ok(&text, "the draft", err) && store_draft_put(j->tx, key, &draft, err);
    buf_done(&text);
    return ok;
}

bool app_run_draft_drop(struct app_job *j, struct err *err) {
    struct str key;
    return draft_key(&key, j, err) && store_draft_drop(j->tx, key, err);
}

static const struct pack *any_pack(struct app *app) {
    return app_packs_at(app_packs_hold(app), 0);
}

/* The cases are woken one after the other at the times at which they would have been, so that what
 * one wake-up starts counts from its own day and not from the day of the jump. */
bool app_run_demo_clock(struct app_job *j, struct err *err) {
    int64_t to_us = 0;
    if (!j->app->config.demo)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "this is no demonstration");
    if (!cal_us_parse(&to_us, json_get_text(j->order.body, STR("now"))))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "'now' must be a time such as 2026-03-02T09:00:00+08:00");
    if (!store_clock_move(j->tx, to_us, err) || !app_tick_until(j->app, j->tx, to_us, err))
        return false;
    j->tx->now_us = to_us;
    j->body = json_obj(j->arena);
    view_time(j->body, STR("now"), to_us, any_pack(j->app)->timezone);
    return true;
}

/* Back to the machine's time. A clock that was moved is ahead of it, and nothing that happened may
 * come to lie in the future: so there is a way back only where nothing is to be gone back. */
bool app_run_demo_clock_reset(struct app_job *j, struct err *err) {
    if (!j->app->config.demo)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "this is no demonstration");
    if (store_clock_is_moved(j->tx))
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "the clock was moved forward and never goes back: a new data folder has "
                       "the machine's time");
    j->body = json_obj(j->arena);
    return true;
}
