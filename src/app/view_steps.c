/* How long the steps of a matter's cases, or of a process's instances, take: sums over all of them
 * that tell nothing of a single one. Counted is every element at which time passes: the tasks of
 * people, and whatever else holds a case up (timers, messages, conditions, jobs, called processes,
 * sub-processes). A gateway or an event that is passed through at once has no time. */
#include <inttypes.h>
#include <stdlib.h>

#include "app/process_inner.h"
#include "app/reader.h"
#include "base/map.h"

enum { VERSIONS_MAX = 50, MONTHS_OF_YEAR = 12 };

/* The steps at one node. */
struct pile {
    struct str node;
    bool applicant;
    int64_t *ended, *waiting; /* how long, in microseconds */
    size_t ended_count, waiting_count, late_count, stopped_count;
};

struct piles {
    struct pile *list;
    size_t count;
    struct map by_node;
    size_t step_count;
    int64_t since_us;
};

static struct pile *pile_of(struct piles *piles, const struct store_step *step) {
    const size_t *found = map_find(&piles->by_node, step->node);
    if (found != NULL)
        return &piles->list[*found];
    (void)map_put(&piles->by_node, step->node, piles->count);
    struct pile *pile = &piles->list[piles->count++];
    *pile = (struct pile){.node = step->node, .applicant = step->applicant};
    return pile;
}

static int by_length(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

/* The value below which so many of a hundred lie: sorted[ceil(count * percent / 100) - 1]. */
static int64_t percentile(const int64_t *sorted, size_t count, size_t percent) {
    return sorted[(count * percent + 99) / 100 - 1];
}

static int64_t mean(const int64_t *values, size_t count) {
    int64_t whole = 0, rest = 0, n = (int64_t)count;
    for (size_t i = 0; i < count; i++) { /* no sum of forty thousand decades overflows this */
        whole += values[i] / n;
        rest += values[i] % n;
    }
    return whole + rest / n;
}

/* The longest is somebody's own: told roughly, a day and more in whole hours, an hour and more in
 * whole minutes. */
static int64_t rough(int64_t us) {
    int64_t unit = us >= CAL_DAY_US    ? CAL_HOUR_US
                   : us >= CAL_HOUR_US ? CAL_HOUR_US / 60
                                       : CAL_SECOND_US;
    return us / unit * unit;
}

/* ---- whose steps ----------------------------------------------------------------------------- */

/* What the numbers are about. */
struct about {
    const struct pack *pack;            /* in use: its organs, its zone; NULL: none is */
    const struct bpmn_process *process; /* of the chosen version, else of the newest */
    struct lang_text title;
    bool instances; /* of a process outside matters */
    struct store_steps_ask ask;
    struct json *versions; /* [{id, label, at}], newest first */
};

static bool month_read(int64_t *out_us, struct str text, bool end, const struct cal_zone *zone,
                       struct err *err) {
    struct cal_date date;
    char day[16];
    (void)snprintf(day, sizeof day, "%.*s-01", (int)MIN_OF(text.len, (size_t)10), text.at);
    if (text.len != 7 || !cal_date_parse(&date, str_from(day)))
        return err_set(err, ERR_INVALID, err_nowhere, "'%.*s' is no month such as 2026-11",
                       (int)MIN_OF(text.len, (size_t)20), text.at);
    if (end) {
        date.year += date.month == MONTHS_OF_YEAR;
        date.month = (uint8_t)(date.month % MONTHS_OF_YEAR + 1);
    }
    *out_us = cal_us_of_date(date, zone);
    return true;
}

/* Whole months: two periods that differ by a day would tell of one day's cases. */
static bool period_read(struct about *about, const struct app_ask *ask, struct err *err) {
    struct str from = view_query(ask, STR("from")), to = view_query(ask, STR("to"));
    const struct cal_zone *zone = about->pack == NULL ? NULL : about->pack->timezone;
    about->ask.from_us = INT64_MIN;
    about->ask.to_us = INT64_MAX;
    return (from.len == 0 || month_read(&about->ask.from_us, from, false, zone, err)) &&
           (to.len == 0 || month_read(&about->ask.to_us, to, true, zone, err));
}

static bool version_read(struct about *about, const struct app_ask *ask, struct err *err) {
    struct str version = view_query(ask, STR("version"));
    return version.len == 0 ||
           (str_to_i64(&about->ask.version, version) && about->ask.version > 0) ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such version");
}

static void version_add(struct about *about, int64_t id, struct str label, int64_t at_us) {
    struct json *one = json_push_obj(about->versions);
    json_set_i64(one, STR("id"), id);
    json_set_str(one, STR("label"), label);
    view_time(one, STR("at"), at_us, about->pack == NULL ? NULL : about->pack->timezone);
}

static bool about_matter(struct about *about, struct app_reader *r, struct db_conn *conn,
                         const struct app_ask *ask, struct str id, struct err *err) {
    const struct pack *pack = about->pack;
    struct store_pack_version *versions;
    size_t count;
    const struct store_packs *packs = app_store_packs(r->app);
    if (!store_pack_versions(&versions, &count, conn, ask->arena, err))
        return false;
    bool known = about->ask.version == 0;
    for (size_t i = count, listed = 0; i > 0 && listed < VERSIONS_MAX; i--) {
        const struct store_pack_version *v = &versions[i - 1];
        if (about->pack == NULL || !str_eq(v->pack, about->pack->id))
            continue;
        version_add(about, v->id, v->version, v->at_us);
        known = known || v->id == about->ask.version;
        listed++;
    }
    if (!known)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such version");
    if (about->ask.version != 0 && !packs->find(&pack, packs->ctx, about->ask.version, conn, err))
        return false;
    const struct pack_matter *matter = pack == NULL ? NULL : pack_matter(pack, id);
    if (matter == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such matter");
    about->process = matter->process;
    about->title = matter->title;
    about->ask.id = matter->id;
    return true;
}

static bool about_instances(struct about *about, struct db_conn *conn, const struct app_ask *ask,
                            struct str id, struct err *err) {
    struct store_version *versions = arena_new(ask->arena, struct store_version, VERSIONS_MAX);
    const struct store_version *chosen = NULL;
    struct store_resource file;
    size_t count;
    if (!store_process_versions(versions, VERSIONS_MAX, &count, conn, id, ask->arena, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str n = arena_printf(ask->arena, "%" PRId64, versions[i].version);
        version_add(about, versions[i].version,
                    versions[i].tag.len == 0 ? n
                                             : arena_printf(ask->arena, "%.*s (%.*s)", STR_ARG(n),
                                                            STR_ARG(versions[i].tag)),
                    versions[i].at_us);
        if (chosen == NULL &&
            (about->ask.version == 0 || about->ask.version == versions[i].version))
            chosen = &versions[i];
    }
    if (chosen == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such process");
    about->instances = true;
    about->ask.id = id;
    for (size_t i = 0; i < LANGS; i++)
        about->title.in[i] = chosen->name.len > 0 ? chosen->name : id;
    return store_resource_get(&file, conn, chosen->resource, ask->arena, err) &&
           app_process_compile(&about->process, file.bytes, file.name, id, ask->arena, err);
}

/* The process lives as long as the packs are held, and the arena. */
static bool about_find(struct about *about, struct app_reader *r, const struct app_packs *packs,
                       struct db_conn *conn, const struct app_ask *ask,
                       const struct app_steps_of *of, struct err *err) {
    *about = (struct about){.pack = view_pack(packs), .versions = json_arr(ask->arena)};
    return period_read(about, ask, err) && version_read(about, ask, err) &&
           (of->is_process ? about_instances(about, conn, ask, of->id, err)
                           : about_matter(about, r, conn, ask, of->id, err));
}

/* ---- the piles ------------------------------------------------------------------------------- */

static bool wanted(const struct about *about, const struct app_ask *ask,
                   const struct store_step *step) {
    struct str organ = view_query(ask, STR("organ"));
    return about->instances ||
           (view_supervises(about->pack, ask->caller, step->organ) &&
            (organ.len == 0 || law_is_below(about->pack->organs, step->organ, organ)));
}

/* The pile of each step, NULL for those that the caller does not supervise; and how many each has.
 */
static struct pile **piles_count(struct piles *piles, const struct about *about,
                                 const struct app_ask *ask, const struct store_step *steps,
                                 size_t count) {
    struct pile **of = arena_new(ask->arena, struct pile *, count);
    struct str last = STR_NONE; /* steps of one organ come together: it is asked about once */
    bool last_wanted = false;
    for (size_t i = 0; i < count; i++) {
        if (last.at == NULL || !str_eq(last, steps[i].organ)) {
            last = steps[i].organ;
            last_wanted = wanted(about, ask, &steps[i]);
        }
        of[i] = last_wanted ? pile_of(piles, &steps[i]) : NULL;
        if (of[i] == NULL)
            continue;
        of[i]->ended_count += steps[i].ended_us != 0 && !steps[i].cancelled;
        of[i]->waiting_count += steps[i].ended_us == 0;
    }
    return of;
}

/* What was interrupted says nothing of how long the step takes; only how often is told. */
static void pile_add(struct pile *pile, const struct store_step *step, int64_t now_us) {
    if (step->ended_us == 0) {
        pile->waiting[pile->waiting_count++] = MAX_OF(now_us - step->created_us, (int64_t)0);
    } else if (step->cancelled) {
        pile->stopped_count++;
    } else {
        pile->ended[pile->ended_count++] = step->ended_us - step->created_us;
        pile->late_count += step->due_us != 0 && step->ended_us > step->due_us;
    }
}

static void piles_fill(struct piles *piles, const struct about *about, const struct app_ask *ask,
                       const struct store_step *steps, size_t count, int64_t now_us) {
    piles->list = arena_new(ask->arena, struct pile, count);
    map_init(&piles->by_node, ask->arena);
    struct pile **of = piles_count(piles, about, ask, steps, count);
    for (size_t i = 0; i < piles->count; i++) {
        struct pile *pile = &piles->list[i];
        pile->ended = arena_new(ask->arena, int64_t, pile->ended_count);
        pile->waiting = arena_new(ask->arena, int64_t, pile->waiting_count);
        pile->ended_count = pile->waiting_count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct store_step *step = &steps[i];
        if (of[i] == NULL)
            continue;
        piles->step_count++;
        if (piles->since_us == 0 || step->created_us < piles->since_us)
            piles->since_us = step->created_us;
        pile_add(of[i], step, now_us);
    }
    for (size_t i = 0; i < piles->count; i++) {
        struct pile *pile = &piles->list[i];
        if (pile->ended_count > 1)
            qsort(pile->ended, pile->ended_count, sizeof *pile->ended, by_length);
        if (pile->waiting_count > 1)
            qsort(pile->waiting, pile->waiting_count, sizeof *pile->waiting, by_length);
    }
}

static int by_median(const void *left, const void *right) {
    const struct pile *a = left, *b = right;
    int64_t m = a->ended_count < APP_STEPS_FEW ? -1 : percentile(a->ended, a->ended_count, 50);
    int64_t n = b->ended_count < APP_STEPS_FEW ? -1 : percentile(b->ended, b->ended_count, 50);
    if (m != n)
        return m > n ? -1 : 1;
    return str_cmp(a->node, b->node);
}

static bool read_piles(struct piles *piles, struct app_reader *r, const struct about *about,
                       struct db_conn *conn, const struct app_ask *ask, struct err *err) {
    struct store_step *steps = arena_new(ask->arena, struct store_step, APP_STEPS_MAX);
    size_t count = 0;
    bool (*read)(struct store_step *, size_t, size_t *, struct db_conn *,
                 const struct store_steps_ask *, struct arena *, struct err *) =
        about->instances ? store_process_steps : store_steps;
    if (!read(steps, APP_STEPS_MAX, &count, conn, &about->ask, ask->arena, err))
        return false;
    piles_fill(piles, about, ask, steps, count, app_now_us(r->app));
    if (piles->count > 1)
        qsort(piles->list, piles->count, sizeof *piles->list, by_median);
    return true;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* What holds a case up at this node. */
static struct str kind_of(const struct bpmn_node *node) {
    if (node == NULL)
        return STR("other");
    if (node->kind == BPMN_USER_TASK)
        return STR("task");
    if (node->kind == BPMN_CALL)
        return STR("call");
    if (node->kind == BPMN_EVENT_BASED)
        return STR("events");
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE)
        return STR("sub_process");
    if (node->kind == BPMN_RECEIVE_TASK)
        return STR("message");
    if (bpmn_kind_group(node->kind) == BPMN_GROUP_WORK)
        return STR("job");
    switch (node->event) {
    case BPMN_EVENT_TIMER: return STR("timer");
    case BPMN_EVENT_MESSAGE: return STR("message");
    case BPMN_EVENT_SIGNAL: return STR("signal");
    case BPMN_EVENT_CONDITIONAL: return STR("condition");
    case BPMN_EVENT_MULTIPLE:
    case BPMN_EVENT_PARALLEL_MULTIPLE: return STR("events");
    default: return STR("other");
    }
}

static void add_seconds(struct json *out, struct str key, int64_t us) {
    json_set_i64(out, key, us / CAL_SECOND_US);
}

/* One late case among thousands is somebody's case too. */
static void add_count(struct json *out, struct str key, size_t count) {
    if (count == 0 || count >= APP_STEPS_FEW)
        json_set_i64(out, key, (int64_t)count);
}

static void add_pile(struct json *list, const struct pile *pile, const struct about *about) {
    struct json *one = json_push_obj(list);
    const struct bpmn_node *node = bpmn_node(about->process, pile->node);
    struct json *title = json_set_obj(one, STR("title"));
    bool few = pile->ended_count < APP_STEPS_FEW;
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i),
                     node == NULL ? pile->node : bpmn_label(node, (enum lang)i));
    json_set_str(one, STR("node"), pile->node);
    json_set_str(one, STR("kind"), kind_of(node));
    json_set_bool(one, STR("applicant"), pile->applicant);
    json_set_bool(one, STR("few"), few);
    if (!few) {
        json_set_i64(one, STR("count"), (int64_t)pile->ended_count);
        add_seconds(one, STR("median_s"), percentile(pile->ended, pile->ended_count, 50));
        add_seconds(one, STR("p90_s"), percentile(pile->ended, pile->ended_count, 90));
        add_seconds(one, STR("longest_s"), rough(pile->ended[pile->ended_count - 1]));
        add_seconds(one, STR("mean_s"), mean(pile->ended, pile->ended_count));
        add_count(one, STR("late"), pile->late_count);
        add_count(one, STR("stopped"), pile->stopped_count);
    }
    if (pile->waiting_count >= APP_STEPS_FEW) {
        json_set_i64(one, STR("waiting"), (int64_t)pile->waiting_count);
        add_seconds(one, STR("waiting_median_s"),
                    percentile(pile->waiting, pile->waiting_count, 50));
    }
}

static struct json *answer_of(const struct about *about, const struct piles *piles,
                              const struct app_ask *ask) {
    struct json *list = json_arr(ask->arena);
    for (size_t i = 0; i < piles->count; i++)
        add_pile(list, &piles->list[i], about);
    struct json *page = view_items(list);
    struct json *of = json_set_obj(page, about->instances ? STR("process") : STR("matter"));
    bool few = piles->step_count < APP_STEPS_FEW;
    json_set_str(of, STR("id"), about->ask.id);
    view_text(of, STR("title"), &about->title);
    json_set_i64(page, STR("steps"), few ? 0 : (int64_t)piles->step_count);
    view_time(page, STR("since"), few ? 0 : piles->since_us,
              about->pack == NULL ? NULL : about->pack->timezone);
    json_set(page, STR("versions"), about->versions);
    return json_copy(page, ask->arena);
}

bool app_view_durations(struct json **out, struct app_reader *r, const struct app_ask *ask,
                        const struct app_steps_of *of, struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct about about;
    struct piles piles = {.count = 0};
    if (!db_reader_take(&conn, db, err))
        return false;
    const struct app_packs *packs = app_packs_hold(r->app);
    bool ok = about_find(&about, r, packs, conn, ask, of, err) &&
              read_piles(&piles, r, &about, conn, ask, err);
    if (ok)
        *out = answer_of(&about, &piles, ask);
    app_packs_let(r->app, packs);
    db_reader_give(db, conn);
    return ok;
}

/* ---- the picture ----------------------------------------------------------------------------- */

/* From pale to strong in steps of the longest median. */
static uint8_t heat_of(int64_t median, int64_t longest) {
    if (longest <= 0)
        return 1;
    int64_t part = median * BPMN_HEAT_MAX / longest; /* seconds: far from overflow */
    return (uint8_t)(part >= BPMN_HEAT_MAX ? BPMN_HEAT_MAX : part + 1);
}

static void heat_draw(struct buf *out, const struct bpmn_process *process,
                      const struct app_ask *ask, const struct json *items,
                      const struct str *notes) {
    struct bpmn_marks marks = bpmn_marks_new(process, ask->arena);
    uint8_t *heat = arena_new(ask->arena, uint8_t, process->node_count);
    struct str *words = arena_new(ask->arena, struct str, process->node_count);
    int64_t longest = 0, median;
    for (size_t i = 0; i < json_count(items); i++)
        if (json_to_i64(&median, json_get(json_item(items, i), STR("median_s"))))
            longest = MAX_OF(longest, median);
    for (size_t i = 0; i < json_count(items); i++) {
        const struct bpmn_node *node =
            bpmn_node(process, json_get_text(json_item(items, i), STR("node")));
        if (node == NULL)
            continue; /* of another version of the procedure: in the table alone */
        words[node->index] = notes[i];
        if (json_to_i64(&median, json_get(json_item(items, i), STR("median_s"))))
            heat[node->index] = heat_of(median, longest);
    }
    marks.node_heat = heat;
    marks.node_notes = words;
    bpmn_svg(out, process, &marks, ask->caller->lang, STR("h"), ask->arena);
}

bool app_view_heat_map(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                       const struct app_steps_of *of, const struct json *durations,
                       const struct str *notes, struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct about about;
    if (!db_reader_take(&conn, db, err))
        return false;
    const struct app_packs *packs = app_packs_hold(r->app);
    bool ok = about_find(&about, r, packs, conn, ask, of, err);
    if (ok)
        heat_draw(out, about.process, ask, json_get(durations, STR("items")), notes);
    app_packs_let(r->app, packs);
    db_reader_give(db, conn);
    return ok && buf_ok(out, "the diagram", err);
}

/* ---- which processes there are --------------------------------------------------------------- */

bool app_view_processes(struct json **out, struct app_reader *r, const struct app_ask *ask,
                        struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct store_version *names = arena_new(ask->arena, struct store_version, APP_PROCESSES_MAX);
    struct json *list = json_arr(ask->arena);
    struct db_conn *conn;
    size_t count;
    if (!db_reader_take(&conn, db, err))
        return false;
    bool ok = store_process_names(names, APP_PROCESSES_MAX, &count, conn, ask->arena, err);
    db_reader_give(db, conn);
    for (size_t i = 0; ok && i < count; i++) {
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), names[i].id);
        json_set_str(one, STR("name"), names[i].name.len > 0 ? names[i].name : names[i].id);
    }
    if (ok)
        *out = view_items(list);
    return ok;
}
