/* The verbs about cases: from an order's JSON to a case command, within the writer's transaction.
 */
#include "app/order.h"
#include "app/process_inner.h"

#include <inttypes.h>

#include "app/reader.h"
#include "base/code.h"
#include "merkle/merkle.h"
#include "pack/form.h"

enum { CODE_CHARS = 12 }; /* 60 bits: guessing is rate-limited, and hopeless besides */

/* ---- loading ------------------------------------------------------------------------------------
 */

static bool load(struct app_live **out, const struct order_env *env, struct str reference,
                 struct err *err) {
    struct case_id id;
    return store_case_find(&id, env->tx->conn, reference, err) &&
           app_live_case(out, env->app, env->tx, id, err);
}

static bool next_number(uint64_t *out, void *ctx, struct str series, int32_t year,
                        struct err *err) {
    const struct order_env *env = ctx;
    return store_number_next(out, env->tx, series, year, err);
}

bool order_case_run(struct case_result *result, const struct order_env *env, struct app_live *live,
                    const struct case_command *command, struct err *err) {
    unsigned char seed[CASE_SEED_BYTES];
    os_random(store_env(env->tx->store), seed, sizeof seed);
    struct case_env world = {
        .now_us = env->tx->now_us,
        .seed = seed,
        .next_number = next_number,
        .ctx = (void *)(uintptr_t)env,
        .base_url = str_from(app_config_of(env->app)->base_url),
    };
    return case_apply(result, live->file, command, &world, env->arena, env->budget, err) &&
           store_case_save(env->tx, &live->file_head, live->file, result, env->arena, err);
}

/* A command of a person or the clock, and what others have to do because of it. *live is brought up
 * to date: what followed may have dropped it. */
static bool run(const struct order_env *env, struct app_live **live,
                const struct case_command *command, struct err *err) {
    struct case_result result;
    struct case_id id = (*live)->file->id;
    if (!order_case_run(&result, env, *live, command, err))
        return false;
    return !result.outside || (drive_from_case(env, (*live)->file, &result, err) &&
                               app_live_case(live, env->app, env->tx, id, err));
}

/* ---- who acts -----------------------------------------------------------------------------------
 */

static bool no_such_case(struct err *err) {
    err_reset(err);
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
}

static bool applicant_of(struct case_actor *out, const struct app_caller *caller,
                         const struct case_file *state, struct err *err) {
    *out = (struct case_actor){.kind = CASE_ACTOR_APPLICANT};
    if (caller->kind == APP_APPLICANT && str_eq(caller->reference, state->reference))
        return true;
    return no_such_case(err);
}

/* The caller's appointment that has a part in the case; `organ` and `post` are preferred when the
 * caller holds them. */
static bool officer_of(struct case_actor *out, const struct app_caller *caller,
                       const struct case_file *state, struct str organ, struct str post,
                       struct err *err) {
    for (int preferred = 1; preferred >= 0 && caller->kind == APP_ACCOUNT; preferred--)
        for (size_t i = 0; i < caller->post_count; i++) {
            const struct app_appointment *p = &caller->posts[i];
            *out = (struct case_actor){CASE_ACTOR_OFFICER, caller->account, p->organ, p->post};
            if (preferred == (str_eq(p->organ, organ) && str_eq(p->post, post)) &&
                case_has_part(state, *out))
                return true;
        }
    return no_such_case(err);
}

/* ---- reading an order's body --------------------------------------------------------------------
 */

static bool take_document(struct case_upload *out, const struct order_env *env,
                          const struct json *one, struct err *err) {
    int64_t size;
    struct buf raw;
    buf_init(&raw, MERKLE_HASH_BYTES);
    bool hex = code_hex_take(&raw, json_get_text(one, STR("sha256"))) &&
               raw.len == MERKLE_HASH_BYTES && !raw.full;
    if (hex)
        out->sha256 = arena_str(env->arena, buf_view(&raw));
    buf_done(&raw);
    out->material = json_get_text(one, STR("material"));
    out->name = json_get_text(one, STR("name"));
    out->media_type = json_get_text(one, STR("media_type"));
    if (!hex || !json_to_i64(&size, json_get(one, STR("size"))) || size < 0 || out->name.len == 0 ||
        out->name.len > NAME_BYTES_MAX || out->material.len > NAME_BYTES_MAX ||
        out->media_type.len > NAME_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere,
                       "a document needs name, media_type, size and sha256 (64 hex digits)");
    out->size_bytes = (uint64_t)size;
    return store_document_check(env->tx->store, out->sha256, out->size_bytes, err);
}

static bool take_documents(struct case_command *command, const struct order_env *env,
                           const struct json *body, struct err *err) {
    const struct json *list = json_get(body, STR("documents"));
    size_t count = json_count(list);
    if (list != NULL && !json_is(list, JSON_ARRAY) && !json_is(list, JSON_NULL))
        return err_set(err, ERR_INVALID, err_nowhere, "documents is not a list");
    if (count > UPLOAD_COUNT_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "at most %d documents can be attached at once",
                       UPLOAD_COUNT_MAX);
    struct case_upload *uploads = arena_new(env->arena, struct case_upload, count);
    for (size_t i = 0; i < count; i++)
        if (!take_document(&uploads[i], env, json_item(list, i), err))
            return false;
    command->documents = uploads;
    command->document_count = count;
    return true;
}

static void add_faults(struct json *list, const char *under, const struct form_faults *faults) {
    for (size_t i = 0; i < faults->count; i++) {
        struct json *one = json_push_obj(list);
        json_set(one, STR("field"),
                 json_printf(list->arena, "/%s/%.*s", under, STR_ARG(faults->list[i].field->key)));
        view_text(one, STR("text"), &faults->list[i].text);
    }
}

/* All faults of both forms at once, so that a person corrects them in one go. */
static bool forms_pass(struct json **answer, const struct order_env *env, const struct pack *pack,
                       const struct pack_matter *matter, const struct json *applicant,
                       const struct json *form, struct err *err) {
    struct cal_date today = cal_us_date(env->tx->now_us, pack->timezone);
    struct json *list = json_arr(env->arena), *values;
    const struct {
        const char *name;
        const struct pack_form *form;
        const struct json *raw;
    } parts[] = {{"applicant", matter->applicant, applicant}, {"form", matter->form, form}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct form_faults faults = {0};
        if (parts[i].form == NULL || parts[i].raw == NULL)
            continue;
        if (!form_check(&values, &faults, parts[i].form, parts[i].raw, today, env->arena,
                        env->budget, err))
            return false;
        add_faults(list, parts[i].name, &faults);
    }
    if (json_count(list) == 0)
        return true;
    *answer = json_obj(env->arena);
    json_set(*answer, STR("faults"), list);
    return err_set(err, ERR_INVALID, err_nowhere, "%zu %s of the form %s not pass",
                   json_count(list), json_count(list) == 1 ? "field" : "fields",
                   json_count(list) == 1 ? "does" : "do");
}

/* ---- apply
 * --------------------------------------------------------------------------------------- */

static struct str hash_of_code(const struct order_env *env, struct str normal) {
    struct merkle_hash hash = merkle_sha256(normal);
    return arena_str(env->arena, merkle_hash_str(&hash));
}

static struct str make_code(const struct order_env *env) {
    unsigned char random[8];
    struct buf text;
    os_random(store_env(env->tx->store), random, sizeof random);
    buf_init(&text, 64);
    code_base32_add(&text, (struct str){(const char *)random, sizeof random});
    struct str code = arena_str(env->arena, str_sub(buf_view(&text), 0, CODE_CHARS));
    buf_done(&text);
    return code;
}

static struct str shown_code(const struct order_env *env, struct str code) {
    return arena_printf(env->arena, "%.4s-%.4s-%.4s", code.at, code.at + 4, code.at + 8);
}

static bool code_is_right(const struct order_env *env, struct str typed, struct str sha256) {
    struct buf normal;
    buf_init(&normal, 64);
    bool ok = code_base32_normal(&normal, typed) && !normal.full;
    struct str hash = ok ? hash_of_code(env, buf_view(&normal)) : STR_NONE;
    buf_done(&normal);
    return ok && str_eq(hash, sha256);
}

static const struct case_letter *letter_of(const struct case_file *state, const struct json *n) {
    int64_t wanted;
    if (!json_to_i64(&wanted, n) || wanted < 1 || (uint64_t)wanted > state->letter_count)
        return NULL;
    return &state->letters[wanted - 1];
}

static bool offers(const struct order_env *env, const struct case_letter *letter,
                   struct str matter) {
    const struct json *remedies;
    struct err none = {0};
    if (!json_read(&remedies, letter->remedies_json, "remedies", env->arena, env->budget, &none))
        return false;
    for (size_t i = 0; i < json_count(remedies); i++)
        if (str_eq(json_get_text(json_item(remedies, i), STR("matter")), matter))
            return true;
    return false;
}

/* Whoever asks for a review shows that the decision is theirs: by being its applicant, or by its
 * access code. */
static bool take_parent(const struct case_link **out, const struct order_env *env,
                        const struct app_order *order, struct str matter, struct err *err) {
    const struct json *parent = json_get(order->body, STR("parent"));
    struct str reference;
    struct app_live *reviewed;
    *out = NULL;
    if (parent == NULL || json_is(parent, JSON_NULL))
        return true;
    if (!case_reference_read(&reference, env->arena, json_get_text(parent, STR("reference"))))
        return no_such_case(err);
    if (!load(&reviewed, env, reference, err))
        return false;
    bool own = order->caller->kind == APP_APPLICANT && str_eq(order->caller->reference, reference);
    if (!own &&
        !code_is_right(env, json_get_text(parent, STR("code")), reviewed->file->code_sha256))
        return no_such_case(err);
    const struct case_letter *letter = letter_of(reviewed->file, json_get(parent, STR("letter")));
    if (letter == NULL || !offers(env, letter, matter))
        return err_set(err, ERR_INVALID, err_nowhere, "this letter does not offer that remedy");
    uint64_t *accounts = arena_new(env->arena, uint64_t, reviewed->file->task_count);
    size_t count = 0;
    for (size_t i = 0; i < reviewed->file->task_count; i++)
        if (reviewed->file->tasks[i].state == CASE_TASK_DONE &&
            reviewed->file->tasks[i].account != 0)
            accounts[count++] = reviewed->file->tasks[i].account;
    struct case_link *link = arena_new(env->arena, struct case_link, 1);
    *link = (struct case_link){
        .reference = reference,
        .letter = arena_printf(env->arena, "%" PRIu64, letter->n),
        .number = letter->number,
        .deciding_organ = letter->organ,
        .accounts = accounts,
        .account_count = count,
    };
    *out = link;
    return true;
}

/* Six digits that begin a reference: the region of the organ that decides. */
static struct str region_of(const struct order_env *env, const struct pack *pack,
                            const struct pack_matter *matter, struct str place, struct str acting,
                            struct err *err) {
    struct law_competent competent;
    char digits[] = "000000";
    if (!law_competent(&competent, pack->organs, &matter->competence, place, acting, err))
        return STR_NONE;
    struct str area = competent.organ->area_count > 0 ? competent.organ->area[0] : STR_NONE;
    for (size_t i = 0; i < area.len && i < 6; i++)
        if (area.at[i] >= '0' && area.at[i] <= '9')
            digits[i] = area.at[i];
    return arena_str(env->arena, (struct str){digits, 6});
}

static void add_clocks(struct json *out, const struct case_file *state, int64_t now_us) {
    struct json *list = json_set_arr(out, STR("clocks"));
    for (size_t i = 0; i < state->clock_count; i++)
        json_push(list, view_clock(&state->clocks[i], state, now_us, out->arena));
}

static void add_receipt(struct json *out, const struct order_env *env, uint64_t leaf_index) {
    struct json *receipt = json_set_obj(out, STR("receipt"));
    json_set_i64(receipt, STR("leaf_index"), (int64_t)leaf_index);
    json_set_i64(receipt, STR("log_size"), (int64_t)env->tx->frontier.leaf_count);
    json_set_str(receipt, STR("log"), STR("RFC 6962"));
}

static bool apply(struct json **answer, const struct order_env *env, const struct app_order *order,
                  struct err *err) {
    const struct json *body = order->body;
    int64_t version;
    struct case_command command = {
        .kind = CASE_SUBMIT,
        .actor = {.kind = CASE_ACTOR_APPLICANT},
        .matter = json_get_text(body, STR("matter")),
        .place = json_get_text(body, STR("place")),
        .applicant = json_get(body, STR("applicant")),
        .form = json_get(body, STR("form")),
        .lang = order->caller->lang,
    };
    const struct pack *pack = app_pack_for(&version, env->app, command.matter);
    const struct pack_matter *matter = pack == NULL ? NULL : pack_matter(pack, command.matter);
    if (matter == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such matter");
    struct str lang = json_get_text(body, STR("lang"));
    if (lang.len > 0 && !lang_find(&command.lang, lang))
        return err_set(err, ERR_INVALID, err_nowhere, "there is no language '%.*s'", STR_ARG(lang));
    command.applicant = command.applicant == NULL ? json_obj(env->arena) : command.applicant;
    command.form = command.form == NULL ? json_obj(env->arena) : command.form;
    if (!take_parent(&command.link, env, order, command.matter, err) ||
        !take_documents(&command, env, body, err) ||
        !forms_pass(answer, env, pack, matter, command.applicant, command.form, err))
        return false;
    /* a request to an organ that the person names, or the one whose decision is reviewed */
    struct str acting =
        command.link != NULL ? command.link->deciding_organ : json_get_text(body, STR("organ"));
    struct case_link named = {.deciding_organ = acting};
    if (command.link == NULL && acting.len > 0 && matter->starts_from.len == 0)
        command.link = &named;
    struct str region = region_of(env, pack, matter, command.place, acting, err);
    if (region.len == 0)
        return false;
    uint64_t n;
    int32_t year = cal_us_date(env->tx->now_us, pack->timezone).year;
    struct str series = arena_printf(env->arena, "reference/%.*s", STR_ARG(region));
    if (!store_number_peek(&n, env->tx, series, year, err))
        return false;
    struct str code = make_code(env);
    command.id = store_case_next(env->tx);
    command.reference = case_reference_make(env->arena, region, year, n);
    command.code_sha256 = hash_of_code(env, code);
    uint64_t leaf_index = env->tx->frontier.leaf_count;
    struct app_live *live = app_live_case_new(env->app, command.id, pack, version);
    /* the number is taken last: a refusal has then written nothing, and leaves no gap */
    if (!run(env, &live, &command, err) || !store_number_next(&n, env->tx, series, year, err))
        return false;
    const struct case_file *state = live->file;
    *answer = json_obj(env->arena);
    json_set_str(*answer, STR("reference"), state->reference);
    json_set_str(*answer, STR("access_code"), shown_code(env, code));
    json_set_str(*answer, STR("status"), state->status);
    json_set_str(*answer, STR("organ"), case_decider(state));
    view_organ_brief(*answer, STR("organ_page"), law_organ(pack->organs, case_decider(state)));
    add_clocks(*answer, state, env->tx->now_us);
    add_receipt(*answer, env, leaf_index);
    return true;
}

/* ---- the others
 * ---------------------------------------------------------------------------------- */

static void add_after(struct json **answer, const struct order_env *env,
                      const struct case_file *state) {
    *answer = json_obj(env->arena);
    json_set_str(*answer, STR("reference"), state->reference);
    json_set_str(*answer, STR("status"), state->status);
    json_set_bool(*answer, STR("closed"), state->closed);
}

static bool find_task(struct app_live **out, const struct case_task **task,
                      const struct order_env *env, const struct app_order *order, struct err *err) {
    struct case_id id;
    uint64_t n;
    if (!view_task_id(&id, &n, order->task, err) || !app_live_case(out, env->app, env->tx, id, err))
        return false;
    *task = case_task((*out)->file, n);
    if (*task == NULL)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
    return true;
}

static bool task_order(struct json **answer, const struct order_env *env,
                       const struct app_order *order, enum case_command_kind kind,
                       struct err *err) {
    struct app_live *at;
    const struct case_task *task;
    struct case_command command = {.kind = kind};
    if (!find_task(&at, &task, env, order, err) ||
        !officer_of(&command.actor, order->caller, at->file, task->organ, task->post, err))
        return false;
    command.task = task->id;
    command.outcome = json_get_text(order->body, STR("outcome"));
    command.reasons = json_get_text(order->body, STR("reasons"));
    command.variables = json_get(order->body, STR("variables"));
    if (command.variables != NULL && json_is(command.variables, JSON_NULL))
        command.variables = NULL;
    if (command.variables != NULL && !json_is(command.variables, JSON_OBJECT))
        return err_set(err, ERR_INVALID, err_nowhere, "variables is not an object");
    if (!run(env, &at, &command, err))
        return false;
    add_after(answer, env, at->file);
    json_set_str(*answer, STR("task"), order->task);
    return true;
}

static bool load_named(struct app_live **out, const struct order_env *env,
                       const struct app_order *order, struct err *err) {
    struct str reference;
    if (!case_reference_read(&reference, env->arena, order->reference))
        return no_such_case(err);
    return load(out, env, reference, err);
}

static bool applicant_order(struct json **answer, const struct order_env *env,
                            const struct app_order *order, enum case_command_kind kind,
                            struct err *err) {
    struct app_live *at;
    struct case_command command = {.kind = kind};
    if (!load_named(&at, env, order, err) ||
        !applicant_of(&command.actor, order->caller, at->file, err) ||
        !take_documents(&command, env, order->body, err))
        return false;
    command.form = json_get(order->body, STR("form"));
    command.reasons = json_get_text(order->body, STR("reasons"));
    if (kind == CASE_CORRECT) {
        const struct json *old;
        if (!json_read(&old, at->file->form_json, "form", env->arena, env->budget, err))
            return false;
        struct json *merged = json_copy(old, env->arena);
        for (size_t i = 0; i < json_count(command.form); i++)
            json_set(merged, json_member_at(command.form, i)->key.text,
                     json_member_at(command.form, i)->value);
        if (!forms_pass(answer, env, at->file->pack, at->file->matter, NULL, merged, err))
            return false;
    }
    if (!run(env, &at, &command, err))
        return false;
    add_after(answer, env, at->file);
    return true;
}

static bool officer_order(struct json **answer, const struct order_env *env,
                          const struct app_order *order, enum case_command_kind kind,
                          struct err *err) {
    struct app_live *at;
    struct case_command command = {.kind = kind};
    if (!load_named(&at, env, order, err))
        return false;
    command.clock = json_get_text(order->body, STR("clock"));
    const struct case_clock *clock = case_clock(at->file, command.clock);
    struct str post =
        kind == CASE_EXTEND && clock != NULL ? clock->limit->extension.post : STR_NONE;
    if (!officer_of(&command.actor, order->caller, at->file, case_decider(at->file), post, err))
        return false;
    int64_t element = 0;
    command.reasons = json_get_text(order->body, kind == CASE_NOTE ? STR("text") : STR("reasons"));
    if (kind == CASE_RETRY && !json_to_i64(&element, json_get(order->body, STR("element"))))
        return err_set(err, ERR_INVALID, err_nowhere, "element is not a number");
    command.task = (uint64_t)element;
    if (!run(env, &at, &command, err))
        return false;
    add_after(answer, env, at->file);
    return true;
}

static bool attach_order(struct json **answer, const struct order_env *env,
                         const struct app_order *order, struct err *err) {
    struct app_live *at;
    struct case_command command = {.kind = CASE_ATTACH};
    if (!load_named(&at, env, order, err))
        return false;
    bool known = order->caller->kind == APP_APPLICANT
                     ? applicant_of(&command.actor, order->caller, at->file, err)
                     : officer_of(&command.actor, order->caller, at->file, STR_NONE, STR_NONE, err);
    if (!known || !take_documents(&command, env, order->body, err) || !run(env, &at, &command, err))
        return false;
    add_after(answer, env, at->file);
    return true;
}

/* MISSION.md: every look at a person's data is logged, with its purpose. An officer's purpose is
 * that of the tasks which give them a part; the applicant's own look is none. */
static struct str purpose_text(const struct case_file *state, struct case_actor actor,
                               struct arena *arena) {
    enum { USES = 100 };
    struct pack_field_use uses[USES];
    struct lang_text why = {{STR("监督办理时限"), STR("Supervision of time limits")}};
    if (case_purposes(uses, USES, state, actor) > 0)
        why = uses[0].why;
    struct json *map = json_obj(arena);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), why.in[i]);
    struct buf text;
    buf_init(&text, 4096);
    json_write(&text, map, JSON_COMPACT);
    struct str kept = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return kept;
}

bool order_look_of(struct store_look *out, const struct case_file *state,
                   const struct app_caller *caller, const struct case_task *task,
                   struct arena *arena, struct err *err) {
    struct case_actor actor;
    struct str organ = task == NULL ? STR_NONE : task->organ;
    struct str post = task == NULL ? STR_NONE : task->post;
    if (!officer_of(&actor, caller, state, organ, post, err))
        return false;
    *out = (struct store_look){.account = actor.account,
                               .organ = actor.organ,
                               .post = actor.post,
                               .purpose = purpose_text(state, actor, arena)};
    return true;
}

static bool look_order(struct json **answer, const struct order_env *env,
                       const struct app_order *order, struct err *err) {
    struct app_live *at;
    struct case_actor applicant;
    struct store_look look;
    const struct case_task *task = NULL;
    *answer = json_obj(env->arena);
    bool ok = order->task.len > 0 ? find_task(&at, &task, env, order, err)
                                  : load_named(&at, env, order, err);
    if (!ok)
        return false;
    if (task == NULL && order->caller->kind == APP_APPLICANT)
        return applicant_of(&applicant, order->caller, at->file, err);
    return order_look_of(&look, at->file, order->caller, task, env->arena, err) &&
           store_look_add(env->tx, at->file->id, &look, err);
}

bool order_case(struct json **answer, const struct order_env *env, const struct app_order *order,
                struct err *err) {
    *answer = NULL;
    switch (order->verb) {
    case APP_APPLY: return apply(answer, env, order, err);
    case APP_CORRECT: return applicant_order(answer, env, order, CASE_CORRECT, err);
    case APP_WITHDRAW: return applicant_order(answer, env, order, CASE_WITHDRAW, err);
    case APP_CLAIM: return task_order(answer, env, order, CASE_CLAIM, err);
    case APP_RELEASE: return task_order(answer, env, order, CASE_RELEASE, err);
    case APP_COMPLETE: return task_order(answer, env, order, CASE_COMPLETE, err);
    case APP_EXTEND: return officer_order(answer, env, order, CASE_EXTEND, err);
    case APP_NOTE: return officer_order(answer, env, order, CASE_NOTE, err);
    case APP_RETRY: return officer_order(answer, env, order, CASE_RETRY, err);
    case APP_ATTACH: return attach_order(answer, env, order, err);
    case APP_LOOK: return look_order(answer, env, order, err);
    default: break;
    }
    return err_set(err, ERR_INTERNAL, err_nowhere, "a verb that is not about a case");
}

bool order_tick(const struct order_env *env, struct case_id id, struct err *err) {
    struct app_live *at;
    if (!app_live_case(&at, env->app, env->tx, id, err))
        return false;
    if (at->file->wake_us == 0 || at->file->wake_us > env->tx->now_us)
        return true;
    struct case_command command = {.kind = CASE_TICK};
    return run(env, &at, &command, err);
}

bool order_reviewed(const struct order_env *env, const struct store_outbox *item, struct err *err) {
    struct app_live *parent;
    struct store_case review;
    if (!store_case_by_id(&review, env->tx->conn, item->case_id, env->arena, err) ||
        !load(&parent, env, item->reference, err))
        return false;
    struct case_link link = {
        .reference = review.reference, .letter = item->letter, .outcome = item->outcome};
    struct case_command command = {.kind = CASE_REVIEWED, .link = &link};
    return run(env, &parent, &command, err);
}
