/* What officers work from: the tasks of their posts, one task, the clocks they supervise, and the
 * administrator's lists. */
#include "app/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "case/words.h"

enum {
    TASKS_PAGE = 100,  /* in one answer */
    TASKS_READ = 400,  /* of one post, before filtering */
    CLOCKS_READ = 200, /* of one organ */
};

static bool need_account(const struct app_ask *ask, struct err *err) {
    if (ask->caller->kind == APP_ACCOUNT)
        return true;
    return err_set(err, ERR_SIGNED_OUT, err_nowhere, "nobody is signed in");
}

bool view_task_id(struct case_id *id, uint64_t *task, struct str text, struct err *err) {
    struct str rest = text, first;
    if (str_split(&first, &rest, '.') && str_to_u64(&id->n, first) && str_to_u64(task, rest))
        return true;
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
}

/* ---- my work
 * -------------------------------------------------------------------------------------- */

struct work {
    struct store_task *tasks;
    size_t count, room;
    /* A post has more than was read: what comes after the last of those is not known yet, so that
     * nothing beyond it may be shown on this page. */
    bool more;
    struct store_task_after until;
};

static int by_place(struct store_task_after a, struct store_task_after b) {
    int64_t due_a = a.due_us == 0 ? INT64_MAX : a.due_us;
    int64_t due_b = b.due_us == 0 ? INT64_MAX : b.due_us;
    if (due_a != due_b)
        return due_a < due_b ? -1 : 1;
    if (a.case_id != b.case_id)
        return a.case_id < b.case_id ? -1 : 1;
    return a.task < b.task ? -1 : a.task > b.task;
}

static struct store_task_after place_of(const struct store_task *t) {
    return (struct store_task_after){t->due_us, t->file.id.n, t->task};
}

static int by_due(const void *left, const void *right) {
    return by_place(place_of(left), place_of(right));
}

/* "due-case-task": the last place of the page before. */
static bool cursor_read(struct store_task_after *out, const struct app_ask *ask, struct err *err) {
    struct str rest = view_query(ask, STR("cursor")), due, id, task;
    uint64_t due_us = 0;
    *out = (struct store_task_after){0};
    if (rest.len == 0)
        return true;
    if (str_split(&due, &rest, '-') && str_split(&id, &rest, '-') && str_split(&task, &rest, '-') &&
        rest.len == 0 && str_to_u64(&due_us, due) && due_us <= INT64_MAX &&
        str_to_u64(&out->case_id, id) && out->case_id > 0 && out->case_id <= INT64_MAX &&
        str_to_u64(&out->task, task) && out->task <= INT64_MAX) {
        out->due_us = (int64_t)due_us;
        return true;
    }
    return err_set(err, ERR_INVALID, err_nowhere, "the cursor is none that was given out");
}

static struct json *cursor_json(struct store_task_after at, struct arena *arena) {
    return json_printf(arena, "%" PRId64 "-%" PRIu64 "-%" PRIu64, at.due_us, at.case_id, at.task);
}

/* Doubles: an officer may hold a post in a hundred organs, of which most have no work. */
static void work_add(struct work *w, const struct store_task *list, size_t count,
                     struct arena *arena) {
    if (w->count + count > w->room) {
        size_t room = MAX_OF(2 * w->room, w->count + count);
        struct store_task *tasks = arena_new(arena, struct store_task, room);
        if (w->count > 0)
            memcpy(tasks, w->tasks, w->count * sizeof *tasks);
        w->tasks = tasks;
        w->room = room;
    }
    if (count > 0)
        memcpy(w->tasks + w->count, list, count * sizeof *list);
    w->count += count;
}

static bool read_work(struct work *out, struct db_conn *conn, const struct app_ask *ask,
                      const struct store_task_after *after, struct err *err) {
    const struct app_caller *caller = ask->caller;
    struct str post = view_query(ask, STR("post"));
    struct store_task *page = arena_new(ask->arena, struct store_task, TASKS_READ);
    *out = (struct work){.tasks = page};
    for (size_t i = 0; i < caller->post_count; i++) {
        size_t count;
        if (post.len > 0 && !str_eq(post, caller->posts[i].post))
            continue;
        if (!store_tasks(page, TASKS_READ, &count, conn, caller->posts[i].organ,
                         caller->posts[i].post, after, ask->arena, err))
            return false;
        work_add(out, page, count, ask->arena);
        if (count < TASKS_READ)
            continue;
        struct store_task_after last = place_of(&page[count - 1]);
        if (!out->more || by_place(last, out->until) < 0)
            out->until = last;
        out->more = true;
    }
    if (out->count > 1)
        qsort(out->tasks, out->count, sizeof *out->tasks, by_due);
    return true;
}

/* open: nobody has it, or I have; claimed: I have it; all: both, and colleagues' too. */
static bool task_wanted(const struct store_task *t, const struct app_ask *ask, int64_t before_us) {
    struct str state = view_query(ask, STR("state"));
    bool mine = t->state == CASE_TASK_CLAIMED && t->account == ask->caller->account;
    if (before_us != 0 && (t->due_us == 0 || t->due_us >= before_us))
        return false;
    if (str_eq(state, STR("all")))
        return true;
    if (str_eq(state, STR("claimed")))
        return mine;
    return mine || t->state == CASE_TASK_OPEN;
}

static void add_left_days(struct json *out, const struct pack *pack, int64_t due_us,
                          int64_t now_us) {
    if (due_us == 0)
        return;
    int64_t days = cal_days_of(cal_us_date(due_us - 1, pack->timezone)) -
                   cal_days_of(cal_us_date(now_us, pack->timezone));
    json_set_str(out, STR("unit"), STR("calendar_day"));
    json_set_i64(out, days < 0 ? STR("days_over") : STR("days_left"), days < 0 ? -days : days);
}

static void add_title(struct json *out, struct str key, const struct pack *pack,
                      const struct pack_matter *matter, struct str node_id) {
    const struct bpmn_node *node = matter == NULL ? NULL : bpmn_node(matter->process, node_id);
    struct json *title = json_set_obj(out, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i),
                     node == NULL ? node_id : bpmn_label(node, (enum lang)i));
    (void)pack;
}

static void add_post_title(struct json *out, struct str key, const struct pack *pack,
                           struct str id) {
    const struct pack_post *post = pack_post(pack, id);
    struct json *one = json_set_obj(out, key);
    json_set_str(one, STR("id"), id);
    if (post != NULL)
        view_text(one, STR("title"), &post->title);
}

static bool add_task(struct json *out, struct app_reader *r, struct db_conn *conn,
                     const struct store_task *t, const struct app_ask *ask, struct err *err) {
    const struct pack *pack;
    const struct store_packs *packs = app_store_packs(r->app);
    if (!packs->find(&pack, packs->ctx, t->file.pack_version, conn, err))
        return false;
    const struct pack_matter *matter = pack_matter(pack, t->file.matter);
    json_set(out, STR("id"),
             json_printf(ask->arena, "%" PRIu64 ".%" PRIu64, t->file.id.n, t->task));
    json_set_str(out, STR("reference"), t->file.reference);
    struct json *about = json_set_obj(out, STR("matter"));
    json_set_str(about, STR("id"), t->file.matter);
    if (matter != NULL)
        view_text(about, STR("title"), &matter->title);
    json_set_str(out, STR("node"), t->node);
    add_title(out, STR("title"), pack, matter, t->node);
    view_organ_brief(out, STR("organ"), law_organ(pack->organs, t->organ));
    add_post_title(out, STR("post"), pack, t->post);
    json_set_str(out, STR("state"), t->state == CASE_TASK_CLAIMED ? STR("claimed") : STR("open"));
    json_set_bool(out, STR("mine"),
                  t->state == CASE_TASK_CLAIMED && t->account == ask->caller->account);
    view_due(out, t->due_us, pack->timezone);
    view_time(out, STR("since"), t->created_us, pack->timezone);
    view_time(out, STR("submitted"), t->file.submitted_us, pack->timezone);
    add_left_days(out, pack, t->due_us, app_now_us(r->app));
    return true;
}

static void count_tasks(struct json *counts, const struct work *work, const struct app_ask *ask,
                        int64_t now_us) {
    int64_t open = 0, mine = 0, overdue = 0;
    for (size_t i = 0; i < work->count; i++) {
        const struct store_task *t = &work->tasks[i];
        open += t->state == CASE_TASK_OPEN;
        mine += t->state == CASE_TASK_CLAIMED && t->account == ask->caller->account;
        overdue += t->due_us != 0 && t->due_us <= now_us;
    }
    json_set_i64(counts, STR("open"), open);
    json_set_i64(counts, STR("mine"), mine);
    json_set_i64(counts, STR("overdue"), overdue);
    json_set_bool(counts, STR("more"), work->more);
}

struct task_page {
    struct json *items, *counts;
    struct store_task_after next; /* case_id 0: this is the last page */
};

static bool page_fill(struct task_page *page, const struct work *work, struct app_reader *r,
                      struct db_conn *conn, const struct app_ask *ask, int64_t before_us,
                      struct err *err) {
    for (size_t i = 0; i < work->count; i++) {
        const struct store_task *t = &work->tasks[i];
        if (work->more && by_place(place_of(t), work->until) > 0)
            break;
        if (!task_wanted(t, ask, before_us))
            continue;
        if (json_count(page->items) == TASKS_PAGE)
            return true; /* next: the last one shown */
        if (!add_task(json_push_obj(page->items), r, conn, t, ask, err))
            return false;
        page->next = place_of(t);
    }
    page->next = work->more ? work->until : (struct store_task_after){0};
    return true;
}

static bool list_tasks(struct task_page *page, struct app_reader *r, struct db_conn *conn,
                       const struct app_ask *ask, struct err *err) {
    const struct store_task_after start = {0};
    struct store_task_after after;
    struct work work;
    int64_t before_us = 0;
    struct str before = view_query(ask, STR("due_before"));
    if (before.len > 0 && !cal_us_parse(&before_us, before))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "due_before is not a time as RFC 3339 has it");
    if (!cursor_read(&after, ask, err) || !read_work(&work, conn, ask, &start, err))
        return false;
    count_tasks(page->counts, &work, ask, app_now_us(r->app)); /* of all, on every page */
    if (after.case_id > 0 && !read_work(&work, conn, ask, &after, err))
        return false;
    return page_fill(page, &work, r, conn, ask, before_us, err);
}

bool app_view_tasks(struct json **out, struct app_reader *r, const struct app_ask *ask,
                    struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    if (!need_account(ask, err) || !db_reader_take(&conn, db, err))
        return false;
    struct task_page page = {.items = json_arr(ask->arena), .counts = json_obj(ask->arena)};
    bool ok = list_tasks(&page, r, conn, ask, err);
    db_reader_give(db, conn);
    *out = view_items(page.items);
    if (page.next.case_id > 0)
        json_set(*out, STR("next"), cursor_json(page.next, ask->arena));
    json_set(*out, STR("counts"), page.counts);
    return ok;
}

/* ---- one task
 * -------------------------------------------------------------------------------------- */

/* The letter of the first element behind the outcome that issues one: followed along the flows that
 * the outcome chooses is the engine's business, so this names all that may be sent. */
static void add_outcomes(struct json *out, const struct bpmn_node *node) {
    static const char *const reasons[] = {"none", "optional", "required"};
    struct json *list = json_set_arr(out, STR("outcomes"));
    for (size_t i = 0; i < node->outcome_count; i++) {
        const struct bpmn_outcome *o = &node->outcomes[i];
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("value"), o->value);
        view_text(one, STR("label"), &o->label);
        json_set_bool(one, STR("adverse"), o->adverse);
        json_set_str(one, STR("reasons"), str_from(reasons[o->reasons]));
    }
}

static void add_bases(struct json *out, const struct pack *pack, const struct bpmn_node *node) {
    struct json *list = json_set_arr(out, STR("basis"));
    for (size_t i = 0; i < node->basis_count; i++) {
        const size_t *at = map_find(&pack->law_at, node->bases[i].law);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("law"), node->bases[i].law);
        if (at != NULL)
            view_text(one, STR("title"), &pack->laws[*at].title);
        json_set_str(one, STR("articles"), node->bases[i].article);
    }
}

bool view_case_reference(struct str *out, struct app_reader *r, struct case_id id,
                         const struct app_ask *ask, struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct store_case row;
    if (!db_reader_take(&conn, db, err))
        return false;
    bool ok = store_case_by_id(&row, conn, id, ask->arena, err);
    db_reader_give(db, conn);
    if (ok)
        *out = row.reference;
    return ok;
}

static void fill_task(struct json *page, const struct view_case *c, const struct case_task *task) {
    const struct bpmn_node *node = bpmn_node(c->state->matter->process, task->node);
    struct err why = {0};
    json_set_str(page, STR("node"), task->node);
    add_title(page, STR("title"), c->state->pack, c->state->matter, task->node);
    json_set_str(page, STR("state"),
                 task->state == CASE_TASK_CLAIMED ? STR("claimed")
                 : task->state == CASE_TASK_OPEN  ? STR("open")
                                                  : STR("done"));
    json_set_bool(page, STR("mine"),
                  task->state == CASE_TASK_CLAIMED && task->account == c->actor.account);
    view_organ_brief(page, STR("organ"), law_organ(c->state->pack->organs, task->organ));
    add_post_title(page, STR("post"), c->state->pack, task->post);
    view_due(page, task->due_us, c->state->pack->timezone);
    struct json *may = json_set_obj(page, STR("may"));
    bool ok = case_may_do(c->state, task, c->actor, &why);
    json_set_bool(may, STR("ok"), ok);
    json_set(may, STR("why"), json_printf(page->arena, "%s", ok ? "" : why.text));
    if (node != NULL) {
        add_outcomes(page, node);
        add_bases(page, c->state->pack, node);
    }
}

bool app_view_task(struct json **out, struct app_reader *r, const struct app_ask *ask,
                   struct str task_id, struct err *err) {
    struct case_id id;
    uint64_t n;
    struct str reference;
    struct view_case c;
    if (!need_account(ask, err) || !view_task_id(&id, &n, task_id, err) ||
        !view_case_reference(&reference, r, id, ask, err) ||
        !view_case_open(&c, r, ask, reference, err))
        return false;
    const struct case_task *task = case_task(c.state, n);
    if (task == NULL || task->applicant) {
        view_case_close(&c, r);
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
    }
    /* the appointment that holds this very task, when the caller has several */
    for (size_t i = 0; i < ask->caller->post_count; i++)
        if (str_eq(ask->caller->posts[i].organ, task->organ) &&
            str_eq(ask->caller->posts[i].post, task->post))
            c.actor = (struct case_actor){CASE_ACTOR_OFFICER, ask->caller->account, task->organ,
                                          task->post};
    struct json *page = json_obj(ask->arena), *file;
    json_set_str(page, STR("id"), task_id);
    json_set_str(page, STR("reference"), reference);
    fill_task(page, &c, task);
    view_case_close(&c, r);
    if (!app_view_case(&file, r, ask, reference, err))
        return false;
    json_set(page, STR("case"), file);
    *out = page;
    return true;
}

/* ---- the letter that an outcome would send: the command tried on a copy of the case
 * ---------------- */

static bool number_blank(uint64_t *out, void *ctx, struct str series, int32_t year,
                         struct err *err) {
    (void)ctx, (void)series, (void)year, (void)err;
    *out = 0; /* printed as 0: the page says that it is a preview */
    return true;
}

static bool try_outcome(struct json **out, struct app_reader *r, struct view_case *c,
                        const struct case_task *task, struct str outcome, struct str reasons,
                        struct arena *arena, struct err *err) {
    static const unsigned char seed[CASE_SEED_BYTES];
    struct case_result result;
    struct budget budget = budget_of(10000000, 256 << 20);
    struct case_command command = {
        .kind = CASE_COMPLETE,
        .actor = {CASE_ACTOR_OFFICER, c->actor.account, task->organ, task->post},
        .task = task->id,
        .outcome = outcome,
        .reasons = reasons,
    };
    struct case_env env = {.now_us = app_now_us(r->app),
                           .seed = seed,
                           .next_number = number_blank,
                           .base_url = str_from(app_config_of(r->app)->base_url)};
    struct case_file *trial; /* the view's own is not to be moved */
    if (!store_case_load(&trial, c->conn, &c->row, app_store_packs(r->app), arena, err) ||
        !case_apply(&result, trial, &command, &env, arena, &budget, err))
        return false;
    struct json *list = json_arr(arena);
    for (size_t i = 0; i < result.event_count; i++) {
        if (result.events[i].kind != CASE_EVENT_letter_issued)
            continue;
        const struct case_event_letter_issued *l = &result.events[i].as.letter_issued;
        struct json *one = json_push_obj(list);
        view_stored(one, STR("title"), l->title_json);
        view_stored(one, STR("html"), l->html_json);
        json_set_bool(one, STR("adverse"), l->adverse != 0);
    }
    *out = view_items(list);
    return true;
}

bool app_view_letter_preview(struct json **out, struct app_reader *r, const struct app_ask *ask,
                             struct str task_id, struct str outcome, struct str reasons,
                             struct err *err) {
    struct case_id id;
    uint64_t n;
    struct str reference;
    struct view_case c;
    if (!need_account(ask, err) || !view_task_id(&id, &n, task_id, err) ||
        !view_case_reference(&reference, r, id, ask, err) ||
        !view_case_open(&c, r, ask, reference, err))
        return false;
    const struct case_task *task = case_task(c.state, n);
    bool ok = task != NULL;
    if (!ok)
        err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
    ok = ok && try_outcome(out, r, &c, task, outcome, reasons, ask->arena, err);
    view_case_close(&c, r);
    return ok;
}

/* ---- supervision
 * ------------------------------------------------------------------------------------ */

static bool clock_shown(enum store_shown *out, struct str state) {
    if (str_eq(state, STR("running")))
        *out = STORE_CLOCK_RUNNING;
    else if (str_eq(state, STR("suspended")))
        *out = STORE_CLOCK_SUSPENDED;
    else if (str_eq(state, STR("breached")))
        *out = STORE_CLOCK_BREACHED;
    else
        return false;
    return true;
}

/* The steps that the case has gone through, in order, for who asks why it is late. */
static bool add_path(struct json *out, struct app_reader *r, struct db_conn *conn,
                     const struct store_clock *clock, const struct app_ask *ask, struct err *err) {
    struct case_file *state;
    struct store_case row;
    if (!store_case_by_id(&row, conn, clock->file.id, ask->arena, err) ||
        !store_case_load(&state, conn, &row, app_store_packs(r->app), ask->arena, err))
        return false;
    struct json *path = json_set_arr(out, STR("path"));
    for (size_t i = 0; i < state->task_count; i++) {
        const struct case_task *t = &state->tasks[i];
        struct json *step = json_push_obj(path);
        add_title(step, STR("title"), state->pack, state->matter, t->node);
        view_organ_brief(step, STR("organ"), law_organ(state->pack->organs, t->organ));
        if (t->applicant)
            json_set_bool(step, STR("applicant"), true);
        else
            add_post_title(step, STR("post"), state->pack, t->post);
        view_time(step, STR("from"), t->created_us, state->pack->timezone);
        view_time(step, STR("to"), t->ended_us, state->pack->timezone);
    }
    const struct case_clock *c = case_clock(state, clock->clock);
    if (c != NULL) {
        view_text(out, STR("title"), &c->limit->title);
        view_left(out, c, state, app_now_us(r->app));
    }
    return true;
}

static bool add_clock(struct json *out, struct app_reader *r, struct db_conn *conn,
                      const struct pack *pack, const struct store_clock *clock,
                      const struct app_ask *ask, struct err *err) {
    static const char *const states[] = {"stopped", "running", "suspended", "breached"};
    const struct pack_matter *matter = pack_matter(pack, clock->file.matter);
    json_set_str(out, STR("reference"), clock->file.reference);
    struct json *about = json_set_obj(out, STR("matter"));
    json_set_str(about, STR("id"), clock->file.matter);
    if (matter != NULL)
        view_text(about, STR("title"), &matter->title);
    json_set_str(out, STR("clock"), clock->clock);
    json_set_str(out, STR("state"), str_from(states[clock->shown]));
    view_due(out, clock->due_us, pack->timezone);
    view_organ_brief(out, STR("organ"), law_organ(pack->organs, clock->organ));
    add_post_title(out, STR("post"), pack, clock->post);
    return add_path(out, r, conn, clock, ask, err);
}

bool view_supervises(const struct pack *pack, const struct app_caller *caller, struct str organ) {
    for (size_t i = 0; i < caller->post_count; i++) {
        const struct pack_post *post = pack_post(pack, caller->posts[i].post);
        if (post != NULL && post->supervises &&
            law_is_below(pack->organs, organ, caller->posts[i].organ))
            return true;
    }
    return false;
}

static bool list_clocks(struct json *list, struct app_reader *r, struct db_conn *conn,
                        const struct pack *pack, enum store_shown shown, const struct app_ask *ask,
                        struct err *err) {
    struct store_clock *clocks = arena_new(ask->arena, struct store_clock, CLOCKS_READ);
    struct str organ = view_query(ask, STR("organ"));
    for (size_t i = 0; i < pack->organs->count; i++) {
        size_t count;
        struct str id = pack->organs->list[i].id;
        if ((organ.len > 0 && !str_eq(organ, id)) || !view_supervises(pack, ask->caller, id))
            continue;
        if (!store_clocks(clocks, CLOCKS_READ, &count, conn, id, shown, ask->arena, err))
            return false;
        for (size_t k = 0; k < count; k++)
            if (!add_clock(json_push_obj(list), r, conn, pack, &clocks[k], ask, err))
                return false;
    }
    return true;
}

bool app_view_clocks(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct err *err) {
    enum store_shown shown = STORE_CLOCK_RUNNING;
    struct str state = view_query(ask, STR("state"));
    if (!need_account(ask, err))
        return false;
    if (state.len > 0 && !clock_shown(&shown, state))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "state is one of running, suspended, breached");
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    if (!db_reader_take(&conn, db, err))
        return false;
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    struct json *list = json_arr(ask->arena);
    bool ok = true;
    if (state.len > 0)
        ok = pack == NULL || list_clocks(list, r, conn, pack, shown, ask, err);
    else
        for (int s = STORE_CLOCK_BREACHED; ok && pack != NULL && s >= STORE_CLOCK_RUNNING; s--)
            ok = list_clocks(list, r, conn, pack, (enum store_shown)s, ask, err);
    *out = json_copy(view_items(list), ask->arena);
    app_packs_let(r->app, packs);
    db_reader_give(db, conn);
    return ok;
}
