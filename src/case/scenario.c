/* Running a scenario. Each case has its own arena and keeps its events: a command that is refused
 * may leave the state half moved, so the case is then rebuilt from them - which tests the replay on
 * the way. Before every step, what the time brings (timers, breaches) happens at its own instant.
 */
#include "case/scenario.h"

#include <stdarg.h>

#include "case/inner.h"
#include "yaml/yaml.h"

enum {
    CASE_BYTES_MAX = 64 << 20,
    FAULTS_MAX = 50,
    PEOPLE_MAX = 64,
    SERIES_MAX = 256,
};

struct one_case {
    struct str name;
    struct arena *arena;
    struct case_file *state;
    struct case_event *events;
    size_t count, room;
    size_t seen; /* events before it belong to earlier steps */
};

struct series {
    struct str name;
    int32_t year;
    uint64_t n;
};

struct run {
    const struct pack *pack;
    struct arena *arena;
    struct budget *budget;
    struct scenario_report *report;
    const char *source;
    const struct json *step; /* the one that is running */
    struct one_case cases[SCENARIO_CASES_MAX];
    size_t case_count;
    struct str people[PEOPLE_MAX];
    size_t people_count;
    struct series series[SERIES_MAX];
    size_t series_count;
    int64_t now_us;
    uint64_t last_case;
    bool stop; /* a step that cannot be run ends the scenario */
};

static void fault(struct run *r, const struct json *at, const char *format, ...) PRINTF_LIKE(3, 4);
static void fault(struct run *r, const struct json *at, const char *format, ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    if (r->report->fault_count >= FAULTS_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->report->faults[r->report->fault_count++] =
        (struct scenario_fault){json_where(at, r->source), arena_str(r->arena, str_from(text))};
}

static bool only(struct run *r, const struct json *obj, const char *keys) {
    for (size_t i = 0; i < json_count(obj); i++) {
        const struct json_member *m = json_member_at(obj, i);
        struct str rest = str_from(keys), word;
        bool known = false;
        while (str_split(&word, &rest, ' '))
            known |= str_eq(word, m->key.text);
        if (!known)
            fault(r, m->value, "unknown key '%.*s'; known: %s", STR_ARG(m->key.text), keys);
    }
    return json_is(obj, JSON_OBJECT);
}

/* ---- the world around the cases ---- */

static bool next_number(uint64_t *out, void *ctx, struct str series, int32_t year,
                        struct err *err) {
    struct run *r = ctx;
    for (size_t i = 0; i < r->series_count; i++)
        if (str_eq(r->series[i].name, series) && r->series[i].year == year) {
            *out = ++r->series[i].n;
            return true;
        }
    if (r->series_count == SERIES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "more than %d series of letters", SERIES_MAX);
    r->series[r->series_count++] = (struct series){arena_str(r->arena, series), year, 1};
    *out = 1;
    return true;
}

static struct one_case *find_case(struct run *r, struct str name) {
    for (size_t i = 0; i < r->case_count; i++)
        if (str_eq(r->cases[i].name, name))
            return &r->cases[i];
    return NULL;
}

static struct one_case *case_by_reference(struct run *r, struct str reference) {
    for (size_t i = 0; i < r->case_count; i++)
        if (str_eq(r->cases[i].state->reference, reference))
            return &r->cases[i];
    return NULL;
}

static void keep_events(struct run *r, struct one_case *c, const struct case_result *result) {
    for (size_t i = 0; i < result->event_count; i++) {
        if (c->count == c->room) {
            size_t room = c->room == 0 ? 64 : c->room * 2;
            struct case_event *grown = arena_new(r->arena, struct case_event, room);
            if (c->count > 0)
                memcpy(grown, c->events, c->count * sizeof *grown);
            c->events = grown;
            c->room = room;
        }
        c->events[c->count++] = result->events[i];
    }
    r->report->event_count += result->event_count;
}

static bool rebuild(struct case_file **out, struct run *r, const struct one_case *c,
                    struct err *err) {
    *out = case_create(c->arena, r->pack, c->state->id);
    for (size_t i = 0; i < c->count; i++)
        if (!case_fold(*out, &c->events[i], err))
            return err_context(err, "event %zu (%.*s)", i + 1,
                               STR_ARG(case_event_name(c->events[i].kind)));
    return true;
}

static bool tell_parent(struct run *r, const struct one_case *from,
                        const struct case_effect *effect, struct err *err);

/* One command; its events are kept, its effects on other cases follow at once. On a refusal the
 * case is what it was before. */
static bool apply(struct run *r, struct one_case *c, struct case_command command, struct err *err) {
    static const unsigned char seed[CASE_SEED_BYTES] = "a scenario is not a secret";
    struct case_result result;
    struct case_env env = {.now_us = r->now_us,
                           .seed = seed,
                           .next_number = next_number,
                           .ctx = r,
                           .base_url = STR("https://mandate.example")};
    if (!case_apply(&result, c->state, &command, &env, r->arena, r->budget, err)) {
        struct err broken = {0};
        if (!rebuild(&c->state, r, c, &broken))
            fault(r, r->step, "the case cannot be rebuilt from its events: %s", broken.text);
        return false;
    }
    keep_events(r, c, &result);
    for (size_t i = 0; i < result.effect_count; i++)
        if (result.effects[i].kind == CASE_EFFECT_REVIEWED &&
            !tell_parent(r, c, &result.effects[i], err))
            return false;
    return true;
}

static bool tell_parent(struct run *r, const struct one_case *from,
                        const struct case_effect *effect, struct err *err) {
    struct one_case *parent = case_by_reference(r, effect->reference);
    struct case_link link = {
        .reference = from->state->reference, .letter = effect->letter, .outcome = effect->outcome};
    struct case_command command = {.kind = CASE_REVIEWED, .link = &link};
    return parent == NULL || apply(r, parent, command, err);
}

/* Everything that the time brings up to `until`, each at its own instant and in order. */
static bool advance(struct run *r, int64_t until_us, struct err *err) {
    for (int ticks = 0; ticks < SCENARIO_TICKS_MAX; ticks++) {
        struct one_case *first = NULL;
        int64_t at_us = 0;
        for (size_t i = 0; i < r->case_count; i++) {
            int64_t wake_us = case_wake_us(r->cases[i].state);
            if (wake_us != 0 && wake_us <= until_us && (first == NULL || wake_us < at_us)) {
                first = &r->cases[i];
                at_us = wake_us;
            }
        }
        if (first == NULL) {
            r->now_us = until_us;
            return true;
        }
        r->now_us = MAX_OF(at_us, r->now_us);
        size_t before = first->count;
        if (!apply(r, first, (struct case_command){.kind = CASE_TICK}, err))
            return false;
        if (first->count == before)
            return err_set(err, ERR_INTERNAL, err_nowhere, "a tick did nothing at its time");
    }
    return err_set(err, ERR_LIMIT, err_nowhere, "more than %d ticks between two steps",
                   SCENARIO_TICKS_MAX);
}

/* ---- reading a step ---- */

static bool read_time(int64_t *out_us, struct run *r, const struct json *step) {
    const struct json *node = json_get(step, STR("at"));
    struct str text = json_text(node);
    struct cal_datetime local;
    if (text.len == 16 && text.at[10] == ' ') {
        struct str iso = arena_printf(r->arena, "%.*sT%.*s:00", STR_ARG(str_sub(text, 0, 10)),
                                      STR_ARG(str_sub(text, 11, 5)));
        if (cal_datetime_parse(&local, iso, NULL)) {
            *out_us = cal_us_of_datetime(local, r->pack->timezone);
            return true;
        }
    }
    fault(r, node == NULL ? step : node, "'at' must be a day and a time: 2026-11-02 10:00");
    return false;
}

/* The same name is the same person throughout the scenario. */
static uint64_t person(struct run *r, struct str name) {
    for (size_t i = 0; i < r->people_count; i++)
        if (str_eq(r->people[i], name))
            return i + 1;
    if (r->people_count < PEOPLE_MAX)
        r->people[r->people_count++] = arena_str(r->arena, name);
    return r->people_count;
}

static struct str organ_named(struct run *r, const struct one_case *c, struct str name) {
    const struct case_file *s = c->state;
    if (str_eq(name, STR("accepting")))
        return s->accepting;
    if (str_eq(name, STR("competent")))
        return s->competent;
    if (str_eq(name, STR("superior")))
        return s->superior;
    if (str_eq(name, STR("review")))
        return s->review;
    return law_organ(r->pack->organs, name) == NULL ? STR_NONE : name;
}

/* "applicant", or "examiner@competent", or "examiner@wenzhou-lucheng". */
static bool read_actor(struct case_actor *out, struct run *r, const struct one_case *c,
                       const struct json *step) {
    const struct json *node = json_get(step, STR("who"));
    struct str who = json_text(node), post;
    struct str name = json_get_text(step, STR("person"));
    *out = (struct case_actor){.kind = CASE_ACTOR_APPLICANT};
    if (str_eq(who, STR("applicant")))
        return true;
    struct str organ = who;
    if (!str_split(&post, &organ, '@') || organ.at == NULL || pack_post(r->pack, post) == NULL) {
        fault(r, node == NULL ? step : node, "'who' must be applicant, or post@organ, not '%.*s'",
              STR_ARG(who));
        return false;
    }
    struct str id = organ_named(r, c, organ);
    if (id.len == 0) {
        fault(r, node, "there is no organ '%.*s'", STR_ARG(organ));
        return false;
    }
    if (name.len == 0)
        name = arena_printf(r->arena, "%.*s@%.*s", STR_ARG(post), STR_ARG(id));
    *out = (struct case_actor){CASE_ACTOR_OFFICER, person(r, name), id, post};
    return true;
}

static const struct case_upload *uploads(size_t *count, struct run *r, const struct json *step) {
    static const char zero[32];
    const struct json *list = json_get(step, STR("materials"));
    struct case_upload *out = arena_new(r->arena, struct case_upload, json_count(list));
    *count = json_count(list);
    for (size_t i = 0; i < *count; i++)
        out[i] = (struct case_upload){.material = json_text(json_item(list, i)),
                                      .name = STR("scan.pdf"),
                                      .media_type = STR("application/pdf"),
                                      .sha256 = {zero, sizeof zero},
                                      .size_bytes = 1000};
    return out;
}

/* What the case under review says of itself: its letter, its organ, who took part. */
static const struct case_link *link_from(struct run *r, const struct json *step) {
    const struct json *from = json_get(step, STR("from"));
    if (from == NULL)
        return NULL;
    struct str name = json_get_text(from, STR("case")), letter = json_get_text(from, STR("letter"));
    const struct one_case *c = find_case(r, name.len == 0 ? STR("main") : name);
    struct case_link *out = arena_new(r->arena, struct case_link, 1);
    (void)only(r, from, "case letter");
    for (size_t i = 0; c != NULL && i < c->state->letter_count; i++) {
        const struct case_letter *l = &c->state->letters[i];
        if (!str_eq(l->id, letter))
            continue;
        uint64_t *accounts = arena_new(r->arena, uint64_t, c->state->task_count);
        size_t count = 0;
        for (size_t k = 0; k < c->state->task_count; k++)
            if (c->state->tasks[k].account != 0)
                accounts[count++] = c->state->tasks[k].account;
        *out = (struct case_link){.reference = c->state->reference,
                                  .letter = letter,
                                  .deciding_organ = case_decider(c->state),
                                  .number = l->number,
                                  .accounts = accounts,
                                  .account_count = count};
        return out;
    }
    fault(r, from, "there is no letter '%.*s' to start from", STR_ARG(letter));
    r->stop = true;
    return NULL;
}

static bool open_case(struct one_case **out, struct run *r, const struct json *step,
                      struct str name) {
    if (r->case_count == SCENARIO_CASES_MAX) {
        fault(r, step, "more than %d cases in one scenario", SCENARIO_CASES_MAX);
        return false;
    }
    struct one_case *c = &r->cases[r->case_count++];
    c->name = name;
    c->arena = arena_create("scenario case", CASE_BYTES_MAX);
    c->state = case_create(c->arena, r->pack, (struct case_id){++r->last_case});
    *out = c;
    return true;
}

static const struct json *pick(const struct json *step, const struct json *root, struct str key) {
    const struct json *own = json_get(step, key);
    return own != NULL ? own : json_get(root, key);
}

static bool submit(struct run *r, struct one_case *c, const struct json *root,
                   const struct json *step, struct case_command *command) {
    bool first = str_eq(c->name, STR("main"));
    struct str matter = json_get_text(step, STR("matter"));
    struct str place = json_get_text(step, STR("place"));
    command->kind = CASE_SUBMIT;
    command->matter = matter.len > 0 ? matter : json_get_text(root, STR("matter"));
    command->place = place.len > 0 ? place : json_get_text(root, STR("place"));
    command->applicant = pick(step, root, STR("applicant"));
    command->form = first ? pick(step, root, STR("form")) : json_get(step, STR("form"));
    command->link = link_from(r, step);
    command->id = c->state->id;
    command->lang = LANG_zh;
    command->code_sha256 = STR("0123456789abcdef0123456789abcdef");
    struct cal_date today = cal_us_date(r->now_us, r->pack->timezone);
    command->reference =
        case_reference_make(r->arena, str_sub(command->place, 0, 6), today.year, r->last_case);
    return !r->stop;
}

static bool open_task(struct run *r, const struct one_case *c, const struct json *step,
                      uint64_t *out) {
    struct str node = json_get_text(step, STR("task"));
    for (size_t i = 0; i < c->state->task_count; i++)
        if (str_eq(c->state->tasks[i].node, node) && c->state->tasks[i].state < CASE_TASK_DONE) {
            *out = c->state->tasks[i].id;
            return true;
        }
    fault(r, step, "the task '%.*s' is not open", STR_ARG(node));
    return false;
}

static bool command_of(struct case_command *out, struct run *r, struct one_case *c,
                       const struct json *root, const struct json *step) {
    struct str what = json_get_text(step, STR("do"));
    out->reasons = json_get_text(step, STR("reasons"));
    out->documents = uploads(&out->document_count, r, step);
    if (str_eq(what, STR("submit")))
        return submit(r, c, root, step, out);
    if (str_eq(what, STR("complete"))) {
        out->kind = CASE_COMPLETE;
        out->outcome = json_get_text(step, STR("outcome"));
        return open_task(r, c, step, &out->task);
    }
    if (str_eq(what, STR("correct"))) {
        out->kind = CASE_CORRECT;
        out->form = json_get(step, STR("form"));
        return true;
    }
    if (str_eq(what, STR("extend"))) {
        out->kind = CASE_EXTEND;
        out->clock = json_get_text(step, STR("clock"));
        return true;
    }
    if (str_eq(what, STR("withdraw"))) {
        out->kind = CASE_WITHDRAW;
        return true;
    }
    fault(r, step, "'do' must be submit, complete, correct, extend, withdraw or wait, not '%.*s'",
          STR_ARG(what));
    return false;
}

/* ---- expectations ---- */

static void expect_list(struct run *r, const struct json *want, const struct str *got,
                        size_t got_count, const char *what) {
    bool same = json_count(want) == got_count;
    for (size_t i = 0; same && i < got_count; i++)
        same = str_eq(json_text(json_item(want, i)), got[i]);
    if (same)
        return;
    struct buf text;
    buf_init(&text, 300);
    for (size_t i = 0; i < got_count; i++)
        buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_ARG(got[i]));
    fault(r, want, "%s: found [%.*s]", what, STR_ARG(buf_view(&text)));
    buf_done(&text);
}

static void expect_tasks(struct run *r, const struct one_case *c, const struct json *want) {
    struct str *open = arena_new(r->arena, struct str, c->state->task_count);
    size_t count = 0;
    for (size_t i = 0; i < c->state->task_count; i++)
        if (c->state->tasks[i].state < CASE_TASK_DONE)
            open[count++] = c->state->tasks[i].node;
    expect_list(r, want, open, count, "open tasks");
}

static void expect_letters(struct run *r, const struct one_case *c, const struct json *want) {
    struct str *issued = arena_new(r->arena, struct str, c->count);
    size_t count = 0;
    for (size_t i = c->seen; i < c->count; i++)
        if (c->events[i].kind == CASE_EVENT_letter_issued)
            issued[count++] = c->events[i].as.letter_issued.letter;
    expect_list(r, want, issued, count, "letters issued since the last step");
}

/* The named kinds must occur in this order among the events since the last step. */
static void expect_events(struct run *r, const struct one_case *c, const struct json *want) {
    size_t at = c->seen;
    for (size_t i = 0; i < json_count(want); i++) {
        struct str kind = json_text(json_item(want, i));
        while (at < c->count && !str_eq(case_event_name(c->events[at].kind), kind))
            at++;
        if (at++ >= c->count)
            fault(r, json_item(want, i), "no event '%.*s' there", STR_ARG(kind));
    }
}

/* A text that the last letter must hold, in whichever language. */
static void expect_says(struct run *r, const struct one_case *c, const struct json *want) {
    struct str html = STR_NONE;
    for (size_t i = 0; i < c->count; i++)
        if (c->events[i].kind == CASE_EVENT_letter_issued)
            html = c->events[i].as.letter_issued.html_json;
    for (size_t i = 0; i < json_count(want); i++)
        if (str_find(html, json_text(json_item(want, i))) == SIZE_MAX)
            fault(r, json_item(want, i), "the last letter does not say '%.*s'",
                  STR_ARG(json_text(json_item(want, i))));
}

static void expect_day(struct run *r, const struct json *want, int64_t due_us) {
    char text[CAL_TEXT_MAX] = "never";
    size_t len = 5;
    if (due_us != 0) /* due is the midnight after the last day */
        len = cal_date_format(text, cal_us_date(due_us - 1, r->pack->timezone));
    if (!str_eq(json_text(want), (struct str){text, len}))
        fault(r, want, "the last day is %.*s", (int)len, text);
}

static void expect_clock(struct run *r, const struct one_case *c, const struct json_member *m) {
    const struct case_clock *clock = case_clock(c->state, m->key.text);
    const struct json *want = m->value;
    if (clock == NULL || !only(r, want, "state last_day extended breached")) {
        fault(r, want, "the clock '%.*s' was never started", STR_ARG(m->key.text));
        return;
    }
    struct str state = law_clock_state_name(clock->clock.state);
    const struct json *day = json_get(want, STR("last_day"));
    const struct json *breached = json_get(want, STR("breached"));
    const struct json *extended = json_get(want, STR("extended"));
    const struct json *expected = json_get(want, STR("state"));
    if (expected != NULL && !str_eq(json_text(expected), state))
        fault(r, expected, "the clock '%.*s' is %.*s", STR_ARG(m->key.text), STR_ARG(state));
    if (day != NULL)
        expect_day(r, day, clock->clock.due_us);
    if (breached != NULL && json_is_true(breached) != clock->clock.breached)
        fault(r, breached, "the clock '%.*s' was %sbreached", STR_ARG(m->key.text),
              clock->clock.breached ? "" : "not ");
    if (extended != NULL && json_is_true(extended) != clock->clock.extended)
        fault(r, extended, "the clock '%.*s' was %sextended", STR_ARG(m->key.text),
              clock->clock.extended ? "" : "not ");
}

static void expect_text(struct run *r, const struct json *want, struct str got, const char *what) {
    if (want != NULL && !str_eq(json_text(want), got))
        fault(r, want, "%s is '%.*s'", what, STR_ARG(got));
}

static void expect(struct run *r, struct one_case *c, const struct json *want) {
    const struct json *clocks = json_get(want, STR("clocks")), *node;
    if (want == NULL ||
        !only(r, want,
              "status tasks letters events says clocks closed adverse accepting competent review "
              "superior reviewed refused"))
        return;
    expect_text(r, json_get(want, STR("status")), c->state->status, "the status");
    expect_text(r, json_get(want, STR("accepting")), c->state->accepting, "the accepting organ");
    expect_text(r, json_get(want, STR("competent")), c->state->competent, "the competent organ");
    expect_text(r, json_get(want, STR("review")), c->state->review, "the review organ");
    expect_text(r, json_get(want, STR("superior")), c->state->superior, "the superior organ");
    expect_text(r, json_get(want, STR("reviewed")), c->state->review_outcome,
                "the outcome of the review");
    if ((node = json_get(want, STR("tasks"))) != NULL)
        expect_tasks(r, c, node);
    if ((node = json_get(want, STR("letters"))) != NULL)
        expect_letters(r, c, node);
    if ((node = json_get(want, STR("events"))) != NULL)
        expect_events(r, c, node);
    if ((node = json_get(want, STR("says"))) != NULL)
        expect_says(r, c, node);
    if ((node = json_get(want, STR("closed"))) != NULL && json_is_true(node) != c->state->closed)
        fault(r, node, "the case is %s", c->state->closed ? "closed" : "open");
    if ((node = json_get(want, STR("adverse"))) != NULL && json_is_true(node) != c->state->adverse)
        fault(r, node, "the end is %sadverse", c->state->adverse ? "" : "not ");
    for (size_t i = 0; i < json_count(clocks); i++)
        expect_clock(r, c, json_member_at(clocks, i));
}

/* ---- one step ---- */

/* Claim first, as a person does, so that four eyes are asked twice. */
static bool perform(struct run *r, struct one_case *c, struct case_command command,
                    struct err *err) {
    if (command.kind == CASE_COMPLETE) {
        struct case_command claim = {
            .kind = CASE_CLAIM, .actor = command.actor, .task = command.task};
        if (!apply(r, c, claim, err))
            return false;
    }
    return apply(r, c, command, err);
}

static void perform_expecting(struct run *r, struct one_case *c, struct case_command command,
                              const struct json *step) {
    const struct json *refused = json_get(json_get(step, STR("expect")), STR("refused"));
    struct err err = {0};
    bool ok = perform(r, c, command, &err);
    if (ok && refused != NULL)
        fault(r, refused, "the command was accepted");
    else if (!ok && refused == NULL) {
        fault(r, step, "refused: %s", err.text);
        r->stop = true;
    } else if (!ok && !str_eq(json_text(refused), str_from(err_code_name(err.code))))
        fault(r, refused, "refused as %s: %s", err_code_name(err.code), err.text);
}

static bool run_step(struct run *r, const struct json *root, const struct json *step) {
    struct str name = json_get_text(step, STR("case")), what = json_get_text(step, STR("do"));
    struct case_command command = {0};
    struct err err = {0};
    struct one_case *c;
    int64_t at_us;
    r->step = step;
    if (!only(r, step,
              "at case who person do task outcome reasons clock form materials matter place "
              "applicant from expect") ||
        !read_time(&at_us, r, step))
        return false;
    if (at_us < r->now_us) {
        fault(r, step, "a step cannot be before the one above it");
        return false;
    }
    for (size_t i = 0; i < r->case_count; i++)
        r->cases[i].seen = r->cases[i].count;
    if (!advance(r, at_us, &err)) {
        fault(r, step, "before this step: %s", err.text);
        return false;
    }
    name = name.len == 0 ? STR("main") : name;
    c = find_case(r, name);
    if (c == NULL && (!str_eq(what, STR("submit")) || !open_case(&c, r, step, name))) {
        fault(r, step, "there is no case '%.*s' yet", STR_ARG(name));
        return false;
    }
    if (!str_eq(what, STR("wait"))) {
        if (!read_actor(&command.actor, r, c, step) || !command_of(&command, r, c, root, step))
            return false;
        perform_expecting(r, c, command, step);
    }
    if (!r->stop)
        expect(r, c, json_get(step, STR("expect")));
    return !r->stop;
}

/* Replaying the events gives the same state, byte for byte. */
static void check_replay(struct run *r, struct one_case *c) {
    struct buf live, again;
    struct case_file *fresh;
    struct err err = {0};
    buf_init(&live, CASE_BYTES_MAX);
    buf_init(&again, CASE_BYTES_MAX);
    if (!case_encode(&live, c->state, &err) || !rebuild(&fresh, r, c, &err) ||
        !case_encode(&again, fresh, &err))
        fault(r, r->step, "case '%.*s' cannot be replayed: %s", STR_ARG(c->name), err.text);
    else if (!str_eq(buf_view(&live), buf_view(&again)))
        fault(r, r->step, "case '%.*s': replaying its events gives another state",
              STR_ARG(c->name));
    buf_done(&live);
    buf_done(&again);
}

static enum scenario_kind kind_of(struct run *r, const struct json *root) {
    struct str kind = json_get_text(root, STR("kind"));
    if (str_eq(kind, STR("granted")))
        return SCENARIO_GRANTED;
    if (str_eq(kind, STR("refused")))
        return SCENARIO_REFUSED;
    if (str_eq(kind, STR("breached")))
        return SCENARIO_BREACHED;
    if (!str_eq(kind, STR("other")))
        fault(r, root, "'kind' must be granted, refused, breached or other, not '%.*s'",
              STR_ARG(kind));
    return SCENARIO_OTHER;
}

/* Whether anybody of the pack could review the matter's decisions; a court is outside. */
static bool reviewable(const struct pack_matter *matter) {
    for (size_t i = 0; matter != NULL && i < matter->remedy_count; i++)
        if (matter->remedies[i]->matter.len > 0)
            return true;
    return false;
}

/* The kind must be what happened: a breach is in the events, a refusal has an adverse end and,
 * where the pack has somebody for it, its review. */
static void check_kind(struct run *r, const struct json *root) {
    const struct one_case *c = find_case(r, STR("main"));
    const struct case_file *s = c == NULL ? NULL : c->state;
    bool breached = false, reviewed = s != NULL && s->review_outcome.len > 0;
    bool closed = s != NULL && s->closed, adverse = closed && s->adverse;
    for (size_t k = 0; c != NULL && k < c->count; k++)
        breached |= c->events[k].kind == CASE_EVENT_clock_breached;
    if (s == NULL)
        fault(r, root, "a scenario needs the case 'main': a step without 'case' that submits");
    else if (r->report->kind == SCENARIO_GRANTED && (!closed || adverse))
        fault(r, root, "a scenario of the kind 'granted' must end well");
    else if (r->report->kind == SCENARIO_BREACHED && !breached)
        fault(r, root, "a scenario of the kind 'breached' must breach a clock");
    else if (r->report->kind == SCENARIO_REFUSED && !adverse)
        fault(r, root, "a scenario of the kind 'refused' must end adversely");
    else if (r->report->kind == SCENARIO_REFUSED && !reviewed && reviewable(s->matter))
        fault(r, root, "a scenario of the kind 'refused' must go on to the review");
}

static void run_all(struct run *r, const struct json *root) {
    const struct json *steps = json_get(root, STR("steps"));
    if (!only(r, root, "scenario matter kind title place applicant form steps"))
        return;
    r->report->id = json_get_text(root, STR("scenario"));
    r->report->matter = json_get_text(root, STR("matter"));
    r->report->kind = kind_of(r, root);
    if (pack_matter(r->pack, r->report->matter) == NULL)
        fault(r, root, "there is no matter '%.*s'", STR_ARG(r->report->matter));
    if (json_count(steps) == 0 || json_count(steps) > SCENARIO_STEPS_MAX) {
        fault(r, root, "a scenario needs steps, at most %d", SCENARIO_STEPS_MAX);
        return;
    }
    r->now_us = INT64_MIN;
    for (size_t i = 0; i < json_count(steps); i++) {
        r->report->step_count++;
        if (!run_step(r, root, json_item(steps, i)))
            return;
    }
    for (size_t i = 0; i < r->case_count; i++)
        check_replay(r, &r->cases[i]);
    check_kind(r, root);
}

bool scenario_run(struct scenario_report *out, const struct pack *pack,
                  const struct pack_file *file, struct arena *arena, struct budget *budget,
                  struct err *err) {
    const struct json *root;
    struct err local = {0};
    struct run *r = arena_new(arena, struct run, 1);
    *out = (struct scenario_report){.faults = arena_new(arena, struct scenario_fault, FAULTS_MAX)};
    *r = (struct run){.pack = pack,
                      .arena = arena,
                      .budget = budget,
                      .report = out,
                      .source = arena_cstr(arena, file->path)};
    if (!yaml_read(&root, file->bytes, r->source, arena, budget, &local)) {
        if (local.code == ERR_LIMIT && budget->left.steps == 0) {
            *err = local;
            return false;
        }
        out->faults[out->fault_count++] =
            (struct scenario_fault){local.at, arena_str(arena, str_from(local.text))};
        return true;
    }
    run_all(r, root);
    for (size_t i = 0; i < r->case_count; i++)
        arena_destroy(r->cases[i].arena);
    return true;
}
