/* Letters: the pack's template in every language, numbered, with a code that proves it genuine and
 * the remedies as they stand on that day. The finished text is part of the event: a template that
 * changes later changes no letter. */
#include <inttypes.h>

#include "base/code.h"
#include "case/inner.h"
#include "case/words.h"
#include "merkle/merkle.h"
#include "pack/form.h"

enum { LETTER_BYTES_MAX = 256 << 10 }; /* one language; a long decision has about 20 kB */

static struct cal_date today_of(const struct case_move *m) {
    return cal_us_date(m->env->now_us, m->state->pack->timezone);
}

/* "{organ}公居决字〔{year}〕第{n}号" with its places filled. */
static struct str number_text(struct case_move *m, const struct pack_letter *letter,
                              const struct law_organ *organ, int32_t year, uint64_t n) {
    struct buf out;
    buf_init(&out, 1024);
    struct str rest = letter->numbering;
    while (rest.len > 0) {
        if (str_starts(rest, STR("{organ}"))) {
            if (organ != NULL)
                buf_add(&out, organ->mark.len > 0 ? organ->mark : organ->name.in[LANG_zh]);
            rest = str_sub(rest, 7, rest.len);
        } else if (str_starts(rest, STR("{year}"))) {
            buf_add_i64(&out, year);
            rest = str_sub(rest, 6, rest.len);
        } else if (str_starts(rest, STR("{n}"))) {
            buf_add_u64(&out, n);
            rest = str_sub(rest, 3, rest.len);
        } else {
            buf_add_byte(&out, rest.at[0]);
            rest = str_sub(rest, 1, rest.len);
        }
    }
    struct str kept = arena_str(m->arena, buf_view(&out));
    buf_done(&out);
    return kept;
}

/* 100 bits nobody can guess, from the command's random seed: "XXXXX-XXXXX-XXXXX-XXXXX". */
static struct str verify_code(struct case_move *m, uint64_t n) {
    struct buf in, text;
    buf_init(&in, 256);
    buf_init(&text, 256);
    buf_lit(&in, "mandate letter code");
    buf_add(&in, (struct str){(const char *)m->env->seed, CASE_SEED_BYTES});
    bytes_add_u64(&in, n);
    struct merkle_hash hash = merkle_sha256(buf_view(&in));
    code_base32_add(&text, str_sub(merkle_hash_str(&hash), 0, 15));
    struct str all = buf_view(&text);
    struct str code =
        arena_printf(m->arena, "%.5s-%.5s-%.5s-%.5s", all.at, all.at + 5, all.at + 10, all.at + 15);
    buf_done(&in);
    buf_done(&text);
    return code;
}

/* ---- remedies as they stand on this day -------------------------------------------------------
 */

static const struct law_remedy *remedy_of(const struct pack *pack, struct str code) {
    for (size_t i = 0; i < pack->remedy_count; i++)
        if (str_eq(pack->remedies[i].code, code))
            return &pack->remedies[i];
    return NULL;
}

static void set_text(struct json *obj, struct str key, const struct lang_text *text) {
    struct json *map = json_set_obj(obj, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), text->in[i]);
}

static void set_each(struct json *obj, struct str key,
                     struct str (*say)(struct arena *, const void *, enum lang), const void *of,
                     struct arena *arena) {
    struct json *map = json_set_obj(obj, key);
    for (size_t i = 0; i < LANGS; i++)
        json_set_str(map, lang_code((enum lang)i), say(arena, of, (enum lang)i));
}

static struct str say_date(struct arena *arena, const void *of, enum lang lang) {
    return words_date(arena, *(const struct cal_date *)of, lang);
}

static struct str say_term(struct arena *arena, const void *of, enum lang lang) {
    return words_term(arena, *(const struct cal_term *)of, lang);
}

static struct lang_text basis_of(struct case_move *m, const struct law_remedy *remedy) {
    struct lang_text out = {{STR_NONE}};
    const size_t *at = map_find(&m->state->pack->law_at, remedy->law);
    if (at == NULL)
        return out;
    const struct pack_law *law = &m->state->pack->laws[*at];
    out.in[LANG_zh] = arena_printf(m->arena, "《%.*s》第%.*s条", STR_ARG(law->title.in[LANG_zh]),
                                   STR_ARG(remedy->articles));
    out.in[LANG_en] = arena_printf(m->arena, "%.*s, article %.*s", STR_ARG(law->title.in[LANG_en]),
                                   STR_ARG(remedy->articles));
    return out;
}

static bool remedy_add(struct json *list, struct case_move *m, const struct law_remedy *remedy,
                       struct err *err) {
    const struct pack *pack = m->state->pack;
    const struct law_organ *decided = law_organ(pack->organs, m->state->competent);
    const struct law_organ *to = law_remedy_organ(pack->organs, remedy, decided);
    struct lang_text basis = basis_of(m, remedy);
    struct json *out = json_push_obj(list);
    json_set_str(out, STR("code"), remedy->code);
    set_text(out, STR("title"), &remedy->title);
    set_text(out, STR("text"), &remedy->text);
    json_set_str(out, STR("organ"), to == NULL ? STR_NONE : to->id);
    set_text(out, STR("organ_name"), to == NULL ? &remedy->court : &to->name);
    set_text(out, STR("from"), &remedy->from);
    set_text(out, STR("basis"), &basis);
    json_set_str(out, STR("matter"), remedy->matter);
    json_set_bool(out, STR("first"), remedy->first);
    if (!remedy->has_term)
        return true;
    struct cal_date last;
    char text[CAL_TEXT_MAX];
    struct cal_counting counting = {.end_moves = true};
    if (!cal_term_last_day(&last, remedy->term, today_of(m), counting, pack->calendar, err))
        return false;
    struct str date = {text, cal_date_format(text, last)};
    json_set_str(out, STR("due"), arena_str(m->arena, date));
    set_each(out, STR("term"), say_term, &remedy->term, m->arena);
    set_each(out, STR("until"), say_date, &last, m->arena);
    return true;
}

/* An end event may name its own remedies; otherwise, or for "*", the matter's hold. */
static bool remedies_of(struct json **out, struct case_move *m, const struct pack_letter *letter,
                        const struct bpmn_node *node, struct err *err) {
    *out = json_arr(m->arena);
    if (!letter->adverse)
        return true;
    bool own = node != NULL && node->remedy_count > 0 && !str_eq(node->remedies[0], STR("*"));
    if (own) {
        for (size_t i = 0; i < node->remedy_count; i++) {
            const struct law_remedy *remedy = remedy_of(m->state->pack, node->remedies[i]);
            if (remedy != NULL && !remedy_add(*out, m, remedy, err))
                return false;
        }
        return true;
    }
    for (size_t i = 0; i < m->state->matter->remedy_count; i++)
        if (!remedy_add(*out, m, m->state->matter->remedies[i], err))
            return false;
    return true;
}

/* ---- what a template sees -----------------------------------------------------------------------
 */

static const struct json *read_json(struct case_move *m, struct str text) {
    const struct json *tree;
    struct err err = {0};
    return json_read(&tree, text, "case", m->arena, m->budget, &err) ? tree : json_obj(m->arena);
}

/* The task whose decision the letter tells: the proposal that was signed, or what was chosen now.
 */
static const struct case_task *decided_in(const struct case_move *m) {
    struct feel_value proposal;
    const struct case_task *found = NULL;
    bool signed_now = str_trim(m->reasons).len == 0 &&
                      bpmn_variable(&proposal, m->state->flow, 0, STR("proposal")) &&
                      feel_kind(proposal) == FEEL_STRING;
    for (size_t i = 0; i < m->state->task_count; i++) {
        const struct case_task *task = &m->state->tasks[i];
        if (task->state != CASE_TASK_DONE || task->applicant)
            continue;
        if (signed_now ? str_eq(task->outcome, feel_as_string(proposal))
                       : str_eq(task->node, m->outcome_node))
            found = task;
    }
    return found;
}

static void add_organ(struct json *context, struct case_move *m, struct str id, enum lang lang) {
    const struct law_organ *organ = law_organ(m->state->pack->organs, id);
    struct json *out = json_set_obj(context, STR("organ"));
    json_set_str(out, STR("name"), organ == NULL ? STR_NONE : organ->name.in[lang]);
    json_set_str(out, STR("address"), organ == NULL ? STR_NONE : organ->address.in[lang]);
    json_set_str(out, STR("telephone"), organ == NULL ? STR_NONE : organ->phone);
}

/* The last day of a running clock, in words; empty when it does not run. due_us is the midnight
 * after that day. */
static struct str last_day(struct case_move *m, struct str clock_id, enum lang lang) {
    const struct case_clock *c = case_clock(m->state, clock_id);
    if (c == NULL || c->clock.state != LAW_CLOCK_RUNNING)
        return STR_NONE;
    return words_date_weekday(m->arena, cal_us_date(c->clock.due_us - 1, m->state->pack->timezone),
                              lang);
}

static void add_case(struct json *context, struct case_move *m, enum lang lang) {
    const struct case_file *s = m->state;
    const struct law_place *place = law_place(s->pack->organs, s->place);
    struct cal_date received = cal_us_date(s->received_us, s->pack->timezone);
    struct json *out = json_set_obj(context, STR("case"));
    json_set_str(out, STR("reference"), s->reference);
    json_set_str(out, STR("received"), words_date(m->arena, received, lang));
    json_set_str(out, STR("due"), last_day(m, STR("decide"), lang));
    json_set_str(out, STR("correct_by"), last_day(m, STR("correct"), lang));
    json_set_str(out, STR("place"), place == NULL ? STR_NONE : place->name.in[lang]);
    const struct law_organ *organ = law_organ(s->pack->organs, s->parent_organ);
    struct json *parent = json_set_obj(context, STR("parent"));
    json_set_str(parent, STR("reference"), s->parent);
    json_set_str(parent, STR("organ"), organ == NULL ? STR_NONE : organ->name.in[lang]);
    json_set_str(parent, STR("number"), s->parent_number);
    struct json *applicant = json_set_obj(context, STR("applicant"));
    json_set_str(applicant, STR("name"),
                 json_get_text(read_json(m, s->applicant_json), STR("name")));
}

static void add_matter(struct json *context, struct case_move *m, enum lang lang) {
    const struct pack_matter *matter = m->state->matter;
    struct json *out = json_set_obj(context, STR("matter"));
    json_set_str(out, STR("title"), matter->title.in[lang]);
    json_set_str(out, STR("result"), matter->result.in[lang]);
    json_set_str(out, STR("validity"), matter->validity.in[lang]);
    json_set_str(out, STR("fee"), matter->fee_text.in[lang]);
    struct json *list = json_set_arr(context, STR("basis"));
    for (size_t i = 0; i < matter->basis_count; i++) {
        struct json *basis = json_push_obj(list);
        json_set_str(basis, STR("law"), matter->basis[i].law->title.in[lang]);
        json_set_str(basis, STR("articles"), matter->basis[i].articles);
    }
}

static void add_remedies(struct json *context, const struct json *remedies, enum lang lang) {
    static const struct {
        struct str to, from;
    } keys[] = {
        {STR_INIT("title"), STR_INIT("title")}, {STR_INIT("organ"), STR_INIT("organ_name")},
        {STR_INIT("term"), STR_INIT("term")},   {STR_INIT("from"), STR_INIT("from")},
        {STR_INIT("until"), STR_INIT("until")}, {STR_INIT("basis"), STR_INIT("basis")},
    };
    struct json *list = json_set_arr(context, STR("remedies"));
    for (size_t i = 0; i < json_count(remedies); i++) {
        struct json *out = json_push_obj(list);
        for (size_t k = 0; k < COUNT_OF(keys); k++)
            json_set_str(
                out, keys[k].to,
                json_get_text(json_get(json_item(remedies, i), keys[k].from), lang_code(lang)));
    }
}

static void add_outcome(struct json *context, struct case_move *m, enum lang lang) {
    const struct case_task *task = decided_in(m);
    const struct bpmn_node *node =
        task == NULL ? NULL : bpmn_node(m->state->matter->process, task->node);
    const struct bpmn_outcome *outcome = node == NULL ? NULL : bpmn_outcome(node, task->outcome);
    struct json *out = json_set_obj(context, STR("outcome"));
    json_set_str(out, STR("label"), outcome == NULL ? STR_NONE : outcome->label.in[lang]);
    json_set_str(context, STR("reasons"),
                 str_trim(m->reasons).len > 0 || task == NULL ? m->reasons : task->reasons);
}

/* pack/letter_vars.def says what a template may use: all of it is here. */
struct letter_head {
    const struct pack_letter *letter;
    struct str number, organ, code;
    const struct json *remedies;
};

static struct json *context_of(struct case_move *m, const struct letter_head *head,
                               enum lang lang) {
    struct json *context = json_obj(m->arena);
    json_set_str(context, STR("lang"), lang_tag(lang));
    json_set_str(context, STR("title"), head->letter->title.in[lang]);
    json_set_str(context, STR("number"), head->number);
    json_set_str(context, STR("date"), words_date(m->arena, today_of(m), lang));
    add_organ(context, m, head->organ, lang);
    add_matter(context, m, lang);
    add_case(context, m, lang);
    add_outcome(context, m, lang);
    add_remedies(context, head->remedies, lang);
    struct json *verify = json_set_obj(context, STR("verify"));
    json_set_str(verify, STR("code"), head->code);
    json_set_str(
        verify, STR("url"),
        arena_printf(m->arena, "%.*s/verify/%.*s", STR_ARG(m->env->base_url), STR_ARG(head->code)));
    return context;
}

static struct str write_json(struct case_move *m, const struct json *tree) {
    struct buf text;
    buf_init(&text, (size_t)LETTER_BYTES_MAX * 8);
    json_write(&text, tree, JSON_COMPACT);
    struct str kept = arena_str(m->arena, buf_view(&text));
    buf_done(&text);
    return kept;
}

static bool render(struct str *out, struct case_move *m, struct str template_id,
                   const struct json *context, struct err *err) {
    struct buf html;
    buf_init(&html, LETTER_BYTES_MAX);
    bool ok = tmpl_render(&html, m->state->pack->templates, template_id, context, m->budget, err) &&
              buf_ok(&html, "the letter", err);
    if (ok)
        *out = arena_str(m->arena, buf_view(&html));
    buf_done(&html);
    return ok;
}

void case_tell(struct case_move *m, struct lang_text subject, struct lang_text text) {
    const struct json *applicant = read_json(m, m->state->applicant_json);
    struct str to = json_get_text(applicant, STR("email"));
    if (to.len == 0)
        return;
    case_effect(m, (struct case_effect){.kind = CASE_EFFECT_MESSAGE,
                                        .to = to,
                                        .reference = m->state->reference,
                                        .subject = subject.in[m->state->lang],
                                        .text = text.in[m->state->lang]});
}

static void tell_of_letter(struct case_move *m, const struct pack_letter *letter) {
    struct lang_text subject, text;
    struct str ref = m->state->reference;
    subject.in[LANG_zh] =
        arena_printf(m->arena, "%.*s（%.*s）", STR_ARG(letter->title.in[LANG_zh]), STR_ARG(ref));
    subject.in[LANG_en] =
        arena_printf(m->arena, "%.*s (%.*s)", STR_ARG(letter->title.in[LANG_en]), STR_ARG(ref));
    text.in[LANG_zh] =
        arena_printf(m->arena, "您的案件 %.*s 有一份新文书：%.*s。请凭编号和查询码登录查看。",
                     STR_ARG(ref), STR_ARG(letter->title.in[LANG_zh]));
    text.in[LANG_en] = arena_printf(
        m->arena,
        "There is a new letter in your case %.*s: %.*s. Read it with your reference and "
        "access code.",
        STR_ARG(ref), STR_ARG(letter->title.in[LANG_en]));
    case_tell(m, subject, text);
}

static bool render_all(struct json *titles, struct json *pages, struct case_move *m,
                       const struct letter_head *head, struct err *err) {
    for (size_t i = 0; i < LANGS; i++) {
        struct str html;
        const struct json *context = context_of(m, head, (enum lang)i);
        if (!render(&html, m, head->letter->template_id[i], context, err))
            return err_context(err, "letter '%.*s'", STR_ARG(head->letter->id));
        json_set_str(titles, lang_code((enum lang)i), head->letter->title.in[i]);
        json_set_str(pages, lang_code((enum lang)i), html);
    }
    return true;
}

bool case_issue_letter(struct case_move *m, struct str letter_id, const struct bpmn_node *node,
                       struct err *err) {
    struct case_file *s = m->state;
    const struct pack_letter *letter = pack_letter(s->pack, letter_id);
    if (letter == NULL || s->letter_count >= CASE_LETTERS_MAX)
        return err_set(err, ERR_UNKNOWN, err_nowhere, "cannot issue the letter '%.*s'",
                       STR_ARG(letter_id));
    const struct bpmn_lane *lane = node == NULL ? NULL : bpmn_post_of(s->matter->process, node);
    struct str organ_id = lane == NULL ? case_decider(s) : case_organ_of(s, lane->organ);
    const struct law_organ *organ = law_organ(s->pack->organs, organ_id);
    int32_t year = today_of(m).year;
    uint64_t n;
    struct str series = arena_printf(m->arena, "%.*s/%.*s", STR_ARG(organ_id), STR_ARG(letter_id));
    struct json *remedies;
    if (!m->env->next_number(&n, m->env->ctx, series, year, err) ||
        !remedies_of(&remedies, m, letter, node, err))
        return false;
    struct letter_head head = {
        .letter = letter,
        .number = number_text(m, letter, organ, year, n),
        .organ = organ_id,
        .code = verify_code(m, s->letter_count + 1),
        .remedies = remedies,
    };
    struct json *titles = json_obj(m->arena), *pages = json_obj(m->arena);
    if (!render_all(titles, pages, m, &head, err))
        return false;
    struct case_event event = {.kind = CASE_EVENT_letter_issued};
    event.as.letter_issued = (struct case_event_letter_issued){
        .n = s->letter_count + 1,
        .letter = letter_id,
        .number = head.number,
        .organ = organ_id,
        .verify_code = head.code,
        .adverse = letter->adverse,
        .title_json = write_json(m, titles),
        .html_json = write_json(m, pages),
        .remedies_json = write_json(m, remedies),
    };
    tell_of_letter(m, letter);
    return case_emit(m, event, err);
}
