/* How long the steps of a matter take, over all its cases: sums that tell nothing of a single one.
 * What is counted are the tasks of people: nothing else in a procedure takes time but waiting for
 * them, for the applicant, or for a clock, whose tasks are counted too. */
#include <stdlib.h>

#include "app/reader.h"

/* The steps at one node. */
struct pile {
    struct str node;
    bool applicant;
    int64_t *ended, *waiting; /* how long, in microseconds */
    size_t ended_count, waiting_count, late_count;
};

struct piles {
    struct pile *list;
    size_t count, room;
    size_t step_count;
    int64_t since_us;
};

static struct pile *pile_of(struct piles *piles, const struct store_step *step) {
    for (size_t i = 0; i < piles->count; i++)
        if (str_eq(piles->list[i].node, step->node))
            return &piles->list[i];
    if (piles->count == piles->room)
        return NULL;
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
    for (size_t i = 0; i < count; i++) { /* no sum of twenty thousand decades overflows this */
        whole += values[i] / n;
        rest += values[i] % n;
    }
    return whole + rest / n;
}

static bool wanted(const struct pack *pack, const struct app_ask *ask,
                   const struct store_step *step) {
    struct str organ = view_query(ask, STR("organ"));
    return view_supervises(pack, ask->caller, step->organ) &&
           (organ.len == 0 || law_is_below(pack->organs, step->organ, organ));
}

/* The pile of each step, NULL for those that the caller does not supervise; and how many each has.
 */
static struct pile **piles_count(struct piles *piles, const struct pack *pack,
                                 const struct app_ask *ask, const struct store_step *steps,
                                 size_t count) {
    struct pile **of = arena_new(ask->arena, struct pile *, count);
    struct str last = STR_NONE; /* steps of one organ come together: it is asked about once */
    bool last_wanted = false;
    for (size_t i = 0; i < count; i++) {
        if (last.at == NULL || !str_eq(last, steps[i].organ)) {
            last = steps[i].organ;
            last_wanted = wanted(pack, ask, &steps[i]);
        }
        of[i] = last_wanted ? pile_of(piles, &steps[i]) : NULL;
        if (of[i] == NULL)
            continue;
        of[i]->ended_count += steps[i].ended_us != 0;
        of[i]->waiting_count += steps[i].ended_us == 0;
    }
    return of;
}

static void piles_fill(struct piles *piles, const struct pack *pack, const struct app_ask *ask,
                       const struct store_step *steps, size_t count, int64_t now_us) {
    struct pile **of = piles_count(piles, pack, ask, steps, count);
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
        if (step->ended_us == 0) {
            of[i]->waiting[of[i]->waiting_count++] = now_us - step->created_us;
            continue;
        }
        of[i]->ended[of[i]->ended_count++] = step->ended_us - step->created_us;
        of[i]->late_count += step->due_us != 0 && step->ended_us > step->due_us;
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

static void add_seconds(struct json *out, struct str key, int64_t us) {
    json_set_i64(out, key, us / 1000000);
}

static void add_pile(struct json *list, const struct pile *pile, const struct pack_matter *matter) {
    struct json *one = json_push_obj(list);
    const struct bpmn_node *node = bpmn_node(matter->process, pile->node);
    struct json *title = json_set_obj(one, STR("title"));
    bool few = pile->ended_count < APP_STEPS_FEW;
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(title, lang_code((enum lang)i),
                     node == NULL ? pile->node : bpmn_label(node, (enum lang)i));
    json_set_str(one, STR("node"), pile->node);
    json_set_bool(one, STR("applicant"), pile->applicant);
    json_set_bool(one, STR("few"), few);
    if (!few) {
        json_set_i64(one, STR("count"), (int64_t)pile->ended_count);
        add_seconds(one, STR("median_s"), percentile(pile->ended, pile->ended_count, 50));
        add_seconds(one, STR("p90_s"), percentile(pile->ended, pile->ended_count, 90));
        add_seconds(one, STR("mean_s"), mean(pile->ended, pile->ended_count));
        /* one late case among thousands is somebody's case too */
        if (pile->late_count == 0 || pile->late_count >= APP_STEPS_FEW)
            json_set_i64(one, STR("late"), (int64_t)pile->late_count);
    }
    if (pile->waiting_count >= APP_STEPS_FEW) {
        json_set_i64(one, STR("waiting"), (int64_t)pile->waiting_count);
        add_seconds(one, STR("waiting_median_s"),
                    percentile(pile->waiting, pile->waiting_count, 50));
    }
}

static bool read_piles(struct piles *piles, struct app_reader *r, const struct pack *pack,
                       const struct pack_matter *matter, const struct app_ask *ask,
                       struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct store_step *steps = arena_new(ask->arena, struct store_step, APP_STEPS_MAX);
    size_t count = 0;
    piles->room = matter->process->node_count;
    piles->list = arena_new(ask->arena, struct pile, piles->room);
    if (!db_reader_take(&conn, db, err))
        return false;
    bool ok = store_steps(steps, APP_STEPS_MAX, &count, conn, matter->id, ask->arena, err);
    db_reader_give(db, conn);
    if (!ok)
        return false;
    piles_fill(piles, pack, ask, steps, count, app_now_us(r->app));
    if (piles->count > 1)
        qsort(piles->list, piles->count, sizeof *piles->list, by_median);
    return true;
}

static const struct pack_matter *matter_find(const struct pack *pack, struct str id,
                                             struct err *err) {
    const struct pack_matter *matter = pack == NULL ? NULL : pack_matter(pack, id);
    if (matter == NULL)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such matter");
    return matter;
}

bool app_view_durations(struct json **out, struct app_reader *r, const struct app_ask *ask,
                        struct str matter_id, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    const struct pack_matter *matter = matter_find(pack, matter_id, err);
    struct piles piles = {.count = 0};
    bool ok = matter != NULL && read_piles(&piles, r, pack, matter, ask, err);
    if (ok) {
        struct json *list = json_arr(ask->arena);
        for (size_t i = 0; i < piles.count; i++)
            add_pile(list, &piles.list[i], matter);
        struct json *page = view_items(list), *about = json_set_obj(page, STR("matter"));
        json_set_str(about, STR("id"), matter->id);
        view_text(about, STR("title"), &matter->title);
        bool few = piles.step_count < APP_STEPS_FEW;
        json_set_i64(page, STR("steps"), few ? 0 : (int64_t)piles.step_count);
        view_time(page, STR("since"), few ? 0 : piles.since_us, pack->timezone);
        *out = json_copy(page, ask->arena);
    }
    app_packs_let(r->app, packs);
    return ok;
}

/* From pale to strong in steps of the longest median. */
static uint8_t heat_of(int64_t median, int64_t longest) {
    if (longest <= 0)
        return 1;
    int64_t part = median * BPMN_HEAT_MAX / longest; /* seconds: far from overflow */
    return (uint8_t)(part >= BPMN_HEAT_MAX ? BPMN_HEAT_MAX : part + 1);
}

bool app_view_heat_map(struct buf *out, struct app_reader *r, const struct app_ask *ask,
                       const struct json *durations, const struct str *notes, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct json *items = json_get(durations, STR("items"));
    const struct pack_matter *matter = matter_find(
        view_pack(packs), json_get_text(json_get(durations, STR("matter")), STR("id")), err);
    if (matter != NULL) {
        const struct bpmn_process *process = matter->process;
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
                continue; /* of an older version of the procedure: in the table alone */
            words[node->index] = notes[i];
            if (json_to_i64(&median, json_get(json_item(items, i), STR("median_s"))))
                heat[node->index] = heat_of(median, longest);
        }
        marks.node_heat = heat;
        marks.node_notes = words;
        bpmn_svg(out, process, &marks, ask->caller->lang, STR("h"), ask->arena);
    }
    app_packs_let(r->app, packs);
    return matter != NULL && buf_ok(out, "the diagram", err);
}
