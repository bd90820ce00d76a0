/* web/page_task.c - one task, and one case: what is known on the left, what is asked now on the
 * right, what has happened below. Every look is recorded before anything is shown. */
#include "print/print.h"
#include "web/handlers.h"
#include "web/letter.h"
#include "web/page.h"

/* ---- looking: the order is durable before the page is made ---- */

typedef void show_fn(struct web_request *r);

struct look {
    show_fn *show;
};

static void looked(struct web_request *r, const struct app_answer *answer) {
    const struct look *look = r->then;
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, NULL);
    else
        look->show(r);
}

static void look_then(struct web_request *r, struct str reference, struct str task, show_fn *show) {
    struct app_ask ask = web_ask(r);
    ask.at_once = true;
    if (app_view_looked(r->reader, &ask, reference, task)) {
        show(r);
        return;
    }
    struct look *look = arena_new(r->arena, struct look, 1);
    look->show = show;
    r->then = look;
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("purpose"), str_from(r->route->id));
    const struct app_order order = {
        .verb = APP_LOOK, .reference = reference, .task = task, .body = body};
    web_do(r, &order, looked);
}

/* ---- the case's own parts ---- */

static void fact_lines(struct page *p, struct json *lines, const struct json *fact) {
    const struct json *options = json_get(fact, STR("options")),
                      *value = json_get(fact, STR("value"));
    for (size_t i = 0; i < json_count(options); i++)
        json_push_str(lines, json_get_text(json_item(options, i), STR("label")));
    if (json_count(options) > 0)
        return;
    if (json_is(value, JSON_BOOL)) {
        json_push_str(lines, page_text(p, json_is_true(value) ? TEXT_yes : TEXT_no));
        return;
    }
    struct str rest = json_text(value), line;
    while (rest.len > 0 && str_split(&line, &rest, '\n'))
        json_push(lines, json_str_copy(say_at(p->arena, p->lang, str_trim(line), false), p->arena));
}

static void facts_add(struct page *p, struct json *list, const struct json *facts) {
    for (size_t i = 0; i < json_count(facts); i++) {
        const struct json *fact = json_item(facts, i);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("label"), json_get_text(fact, STR("label")));
        fact_lines(p, json_set_arr(one, STR("lines")), fact);
    }
}

static void notes_set(struct page *p, const struct json *file) {
    const struct json *notes = json_get(file, STR("notes"));
    struct json *list = json_set_arr(p->ctx, STR("notes"));
    for (size_t i = 0; i < json_count(notes); i++) {
        const struct json *note = json_item(notes, i), *by = json_get(note, STR("by"));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("text"), json_get_text(note, STR("text")));
        json_set_str(one, STR("at_text"), json_get_text(note, STR("at_text")));
        json_set_str(one, STR("by"), page_name(json_get(by, STR("post"))));
    }
}

static void decisions_set(struct page *p, const struct json *file) {
    const struct json *decisions = json_get(file, STR("decisions"));
    struct json *list = json_set_arr(p->ctx, STR("decisions"));
    for (size_t i = 0; i < json_count(decisions); i++) {
        const struct json *taken = json_item(decisions, i);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("at_text"), json_get_text(taken, STR("at_text")));
        page_trace(p, json_set_arr(one, STR("steps")), json_get(taken, STR("trace")));
    }
}

static void extensions_set(struct page *p, const struct json *file) {
    const struct json *extensions = json_get(file, STR("extensions"));
    struct json *list = json_set_arr(p->ctx, STR("extend"));
    for (size_t i = 0; i < json_count(extensions); i++) {
        const struct json *from = json_item(extensions, i);
        struct str clock = json_get_text(from, STR("clock"));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("clock"), clock);
        json_set_str(one, STR("title"), json_get_text(from, STR("title")));
        json_set_str(one, STR("text"), json_get_text(from, STR("ground")));
        json_set_str(one, STR("key"), page_token(p));
        page_field(
            p, json_set_arr(one, STR("fields")),
            &(struct page_field){.name = arena_printf(p->arena, "extend-%.*s", STR_ARG(clock)),
                                 .value = STR(""),
                                 .label = TEXT_desk_reasons,
                                 .hint = -1,
                                 .area = true});
    }
}

static void documents_set(struct page *p, const struct json *file) {
    const struct json *documents = json_get(file, STR("documents"));
    struct json *list = json_set_arr(p->ctx, STR("documents"));
    for (size_t i = 0; i < json_count(documents); i++) {
        const struct json *from = json_item(documents, i);
        struct json *one = json_push_obj(list);
        json_set(one, STR("n"), json_get(from, STR("n")));
        json_set_str(one, STR("name"), json_get_text(from, STR("name")));
        json_set_str(one, STR("material"), json_get_text(from, STR("material_text")));
        json_set_str(one, STR("at_text"), json_get_text(from, STR("at_text")));
    }
}

static bool diagram_set(struct page *p, struct str reference, struct err *err) {
    struct app_ask ask = web_ask(p->r);
    ask.at_once = true;
    struct buf svg;
    buf_init(&svg, WEB_PAGE_BYTES_MAX);
    bool ok = app_view_diagram(&svg, p->r->reader, &ask, reference, err);
    http_answer(p->r->http)->viewer = ok;
    if (ok)
        json_set(p->ctx, STR("diagram"), json_html(arena_str(p->arena, buf_view(&svg)), p->arena));
    buf_done(&svg);
    return ok;
}

/* The tasks of this case that the caller may do now. */
static void open_tasks_set(struct page *p, const struct json *file) {
    const struct json *tasks = json_get(file, STR("tasks"));
    struct json *list = json_set_arr(p->ctx, STR("open_tasks"));
    for (size_t i = 0; i < json_count(tasks); i++) {
        const struct json *task = json_item(tasks, i);
        if (!json_is_true(json_get(task, STR("may"))))
            continue;
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), json_get_text(task, STR("id")));
        json_set_str(one, STR("title"), json_get_text(task, STR("title")));
    }
}

/* file: the localised case view. */
static bool case_set(struct page *p, const struct json *file, struct err *err) {
    struct str reference = json_get_text(file, STR("reference"));
    struct json *facts = json_set_arr(p->ctx, STR("facts"));
    json_set(p->ctx, STR("case"), file);
    json_set_str(p->ctx, STR("reference"), reference);
    json_set_str(p->ctx, STR("sentence"), json_get_text(file, STR("status_text")));
    const struct json *letters = json_get(file, STR("letters"));
    json_set(p->ctx, STR("letters"), letters != NULL ? letters : json_arr(p->arena));
    facts_add(p, facts, json_get(file, STR("applicant")));
    facts_add(p, facts, json_get(file, STR("form")));
    documents_set(p, file);
    notes_set(p, file);
    decisions_set(p, file);
    extensions_set(p, file);
    json_set_str(p->ctx, STR("note_key"), page_token(p));
    page_clocks(p, file);
    page_timeline(p, file);
    return diagram_set(p, reference, err);
}

static struct str done_notice(struct page *p) {
    static const struct {
        struct str done;
        enum text words;
    } rows[] = {
        {STR_INIT("claimed"), TEXT_task_claimed_notice},
        {STR_INIT("extended"), TEXT_desk_extend_done},
        {STR_INIT("noted"), TEXT_desk_note_done},
    };
    struct str done = web_query(p->r, STR("done"));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(rows[i].done, done))
            return page_text(p, rows[i].words);
    return STR("");
}

/* ---- a task ---- */

struct decide {
    struct str outcome, reasons, outcome_fault, reasons_fault;
};

static void outcomes_set(struct page *p, struct json *ask, const struct json *task,
                         const struct decide *given) {
    const struct json *outcomes = json_get(task, STR("outcomes"));
    struct json *list = json_set_arr(ask, STR("outcomes"));
    for (size_t i = 0; i < json_count(outcomes); i++) {
        const struct json *from = json_item(outcomes, i);
        struct str value = json_get_text(from, STR("value"));
        bool needs = str_eq(json_get_text(from, STR("reasons")), STR("required"));
        struct json *one = json_push_obj(list);
        json_set(one, STR("at"),
                 i == 0 ? json_str(STR("outcome"), p->arena)
                        : json_printf(p->arena, "outcome-%zu", i + 1));
        json_set_str(one, STR("value"), value);
        json_set_str(one, STR("label"), json_get_text(from, STR("label")));
        json_set_bool(one, STR("adverse"), json_is_true(json_get(from, STR("adverse"))));
        json_set_bool(one, STR("on"), str_eq(value, given->outcome));
        json_set_str(one, STR("note"), needs ? page_text(p, TEXT_desk_reasons_needed) : STR(""));
    }
    json_set_str(ask, STR("outcome_error"), given->outcome_fault);
    if (given->outcome_fault.len > 0)
        page_fault(p, STR("outcome"), given->outcome_fault);
    page_field(p, json_set_arr(ask, STR("fields")),
               &(struct page_field){.name = STR("reasons"),
                                    .value = given->reasons,
                                    .label = TEXT_desk_reasons,
                                    .hint = TEXT_desk_reasons_hint,
                                    .area = true,
                                    .fault = given->reasons_fault});
}

static void basis_set(struct page *p, struct json *ask, const struct json *task) {
    const struct json *basis = json_get(task, STR("basis"));
    struct json *list = json_set_arr(ask, STR("bases"));
    for (size_t i = 0; i < json_count(basis); i++) {
        const struct json *one = json_item(basis, i);
        struct str title = json_get_text(one, STR("title"));
        struct text_blanks blanks = {
            .a = title.len > 0 ? title : json_get_text(one, STR("law")),
            .b = text_fill(p->arena, TEXT_law_articles, p->lang,
                           (struct text_blanks){.a = json_get_text(one, STR("articles"))})};
        json_push_str(list, text_fill(p->arena, TEXT_law_cited, p->lang, blanks));
    }
}

static void ask_set(struct page *p, const struct json *task, const struct decide *given) {
    struct str state = json_get_text(task, STR("state"));
    bool may = json_is_true(json_get(json_get(task, STR("may")), STR("ok")));
    bool mine = json_is_true(json_get(task, STR("mine")));
    json_set(p->ctx, STR("ask"), json_null(p->arena));
    if (str_eq(state, STR("done")))
        return;
    struct json *ask = json_set_obj(p->ctx, STR("ask"));
    json_set_str(ask, STR("id"), json_get_text(task, STR("id")));
    json_set_bool(ask, STR("can_claim"), may && !mine);
    json_set_bool(ask, STR("decide"), may && mine);
    json_set_str(ask, STR("cannot"), may ? STR("") : page_text(p, TEXT_desk_cannot));
    json_set_str(ask, STR("key"), page_token(p));
    json_set(ask, STR("previews"), json_arr(p->arena));
    basis_set(p, ask, task);
    if (may && mine)
        outcomes_set(p, ask, task, given);
}

/* Everything of a task's page; answers itself when it cannot. */
static struct page *task_open(struct web_request *r, const struct decide *given,
                              struct json **task) {
    struct page *p = page_open(r, TEXT_work_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    ask.at_once = true;
    struct json *view;
    if (!app_view_task(&view, r->reader, &ask, web_arg(r, "id"), &err)) {
        page_fail(p, &err);
        return NULL;
    }
    struct json *own = say_localise(p->arena, p->lang, view);
    struct str path = arena_printf(p->arena, "/desk/tasks/%.*s", STR_ARG(web_arg(r, "id")));
    struct str title = json_get_text(own, STR("title"));
    page_at(p, path);
    page_title(p, title);
    if (!case_set(p, json_get(own, STR("case")), &err)) {
        page_fail(p, &err);
        return NULL;
    }
    json_set_str(p->ctx, STR("heading"), title);
    json_set_str(p->ctx, STR("here"), path);
    json_set_str(p->ctx, STR("back"), STR("/desk"));
    json_set_str(p->ctx, STR("notice"), done_notice(p));
    json_set_str(p->ctx, STR("due_text"), json_get_text(own, STR("due_text")));
    ask_set(p, own, given);
    *task = own;
    return p;
}

static void task_show(struct web_request *r) {
    struct decide none = {.reasons = STR("")};
    struct json *task;
    struct page *p = task_open(r, &none, &task);
    if (p != NULL)
        page_show(p, 200, "desk/task");
}

void page_task(struct web_request *r) {
    look_then(r, STR_NONE, web_arg(r, "id"), task_show);
}

static struct str task_path(struct web_request *r, const char *after) {
    return arena_printf(r->arena, "/desk/tasks/%.*s%s", STR_ARG(web_arg(r, "id")), after);
}

static void claimed(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, NULL);
    else
        web_redirect(r, task_path(r, "?done=claimed"));
}

void page_task_claim(struct web_request *r) {
    const struct app_order order = {
        .verb = APP_CLAIM, .task = web_arg(r, "id"), .body = json_obj(r->arena)};
    web_do(r, &order, claimed);
}

static void released(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, NULL);
    else
        web_redirect(r, STR("/desk?done=released"));
}

void page_task_release(struct web_request *r) {
    const struct app_order order = {
        .verb = APP_RELEASE, .task = web_arg(r, "id"), .body = json_obj(r->arena)};
    web_do(r, &order, released);
}

static const struct json *outcome_of(const struct json *task, struct str value) {
    const struct json *outcomes = json_get(task, STR("outcomes"));
    for (size_t i = 0; i < json_count(outcomes); i++)
        if (str_eq(json_get_text(json_item(outcomes, i), STR("value")), value))
            return json_item(outcomes, i);
    return NULL;
}

/* What was sent, with its faults. False: the task cannot be seen, which has been answered. */
static bool decide_read(struct decide *out, struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    *out = (struct decide){.outcome = web_field(r, STR("outcome")),
                           .reasons = str_trim(web_field(r, STR("reasons")))};
    if (!app_view_task(&view, r->reader, &ask, web_arg(r, "id"), &err)) {
        web_fail(r, &err, NULL);
        return false;
    }
    const struct json *outcome = outcome_of(view, out->outcome);
    if (outcome == NULL)
        out->outcome_fault = text(TEXT_fault_outcome, r->lang);
    else if (str_eq(json_get_text(outcome, STR("reasons")), STR("required")) &&
             out->reasons.len == 0)
        out->reasons_fault = text(TEXT_fault_reasons, r->lang);
    return true;
}

static void task_again(struct web_request *r, const struct decide *given) {
    struct json *task;
    struct page *p = task_open(r, given, &task);
    if (p != NULL)
        page_show(p, 422, "desk/task");
}

static void completed(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, answer->body);
    else
        web_redirect(r, STR("/desk?done=completed"));
}

void page_task_post(struct web_request *r) {
    struct decide given;
    if (!decide_read(&given, r))
        return;
    if (given.outcome_fault.len + given.reasons_fault.len > 0) {
        task_again(r, &given);
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("outcome"), given.outcome);
    json_set_str(body, STR("reasons"), given.reasons);
    const struct app_order order = {.verb = APP_COMPLETE,
                                    .idempotency_key = web_field(r, STR("key")),
                                    .task = web_arg(r, "id"),
                                    .body = body};
    web_do(r, &order, completed);
}

/* ---- the letter before it is sent ---- */

static bool previews_add(struct page *p, struct json *list, const struct json *letters,
                         struct err *err) {
    for (size_t i = 0; i < json_count(letters); i++) {
        const struct json *letter = json_item(letters, i);
        for (size_t l = 0; l < LANGS; l++) {
            enum lang lang = (enum lang)l;
            struct str html = json_get_text(json_get(letter, STR("html")), lang_code(lang));
            if (html.len == 0)
                continue;
            if (!print_letter_check(html, "letter", err))
                return false;
            struct json *one = json_push_obj(list);
            json_set(
                one, STR("title"),
                json_printf(p->arena, "%.*s (%.*s)",
                            STR_ARG(json_get_text(json_get(letter, STR("title")), lang_code(lang))),
                            STR_ARG(lang_name(lang))));
            json_set_str(one, STR("tag"), lang_tag(lang));
            json_set(one, STR("html"), json_html(html, p->arena));
        }
    }
    return true;
}

void page_task_preview(struct web_request *r) {
    struct decide given;
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view, *task;
    if (!decide_read(&given, r))
        return;
    if (given.outcome_fault.len + given.reasons_fault.len > 0) {
        task_again(r, &given);
        return;
    }
    struct page *p = task_open(r, &given, &task);
    if (p == NULL)
        return;
    struct json *list = json_arr(p->arena);
    if (!app_view_letter_preview(&view, r->reader, &ask, web_arg(r, "id"), given.outcome,
                                 given.reasons, &err) ||
        !previews_add(p, list, json_get(view, STR("items")), &err)) {
        page_fail(p, &err);
        return;
    }
    struct json *shown = json_copy(json_get(p->ctx, STR("ask")), p->arena);
    json_set(shown, STR("previews"), list);
    json_set_str(shown, STR("preview_none"),
                 json_count(list) > 0 ? STR("") : page_text(p, TEXT_desk_preview_none));
    json_set(p->ctx, STR("ask"), shown);
    page_show(p, 200, "desk/task");
}

/* ---- a case ---- */

static void case_show(struct web_request *r) {
    struct page *p = page_open(r, TEXT_work_title);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    ask.at_once = true;
    struct json *view;
    if (!app_view_case(&view, r->reader, &ask, web_arg(r, "reference"), &err)) {
        page_fail(p, &err);
        return;
    }
    struct json *file = say_localise(p->arena, p->lang, view);
    if (!case_set(p, file, &err)) {
        page_fail(p, &err);
        return;
    }
    page_title(p, json_get_text(file, STR("reference")));
    json_set_str(p->ctx, STR("heading"), json_get_text(file, STR("reference")));
    json_set(
        p->ctx, STR("here"),
        json_printf(p->arena, "/desk/cases/%.*s", STR_ARG(json_get_text(file, STR("reference")))));
    json_set_str(p->ctx, STR("back"), STR("/desk"));
    json_set_str(p->ctx, STR("notice"), done_notice(p));
    json_set(p->ctx, STR("ask"), json_null(p->arena));
    json_set_str(p->ctx, STR("due_text"), STR(""));
    open_tasks_set(p, file);
    page_show(p, 200, "desk/task");
}

void page_desk_case(struct web_request *r) {
    look_then(r, web_arg(r, "reference"), STR_NONE, case_show);
}

static bool number_of(uint64_t *n, struct web_request *r) {
    if (str_to_u64(n, web_arg(r, "n")))
        return true;
    web_fail_status(r, 404, "there is no such address");
    return false;
}

static void document_show(struct web_request *r) {
    uint64_t n;
    if (number_of(&n, r))
        page_document_send(r, web_arg(r, "reference"), n);
}

void page_desk_document(struct web_request *r) {
    look_then(r, web_arg(r, "reference"), STR_NONE, document_show);
}

static void letter_show(struct web_request *r) {
    struct page *p = page_open(r, TEXT_case_letters);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    uint64_t n = 0;
    struct str reference = web_arg(r, "reference");
    if (!str_to_u64(&n, web_arg(r, "n")))
        n = 0; /* there is no letter 0 */
    if (!app_view_letter(&view, r->reader, &ask, reference, n, &err) ||
        !page_letter_set(p, view, &err)) {
        page_fail(p, &err);
        return;
    }
    struct str at =
        arena_printf(p->arena, "/desk/cases/%.*s", STR_ARG(json_get_text(view, STR("reference"))));
    json_set(p->ctx, STR("pdf_href"),
             json_printf(p->arena, "%.*s/letters/%llu/pdf", STR_ARG(at), (unsigned long long)n));
    json_set_str(p->ctx, STR("back"), at);
    page_show(p, 200, "letter");
}

void page_desk_letter(struct web_request *r) {
    look_then(r, web_arg(r, "reference"), STR_NONE, letter_show);
}

static void letter_pdf_show(struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    uint64_t n;
    if (!number_of(&n, r))
        return;
    if (app_view_letter(&view, r->reader, &ask, web_arg(r, "reference"), n, &err))
        letter_send(r, view, LETTER_PDF);
    else
        web_fail(r, &err, NULL);
}

void page_desk_letter_pdf(struct web_request *r) {
    look_then(r, web_arg(r, "reference"), STR_NONE, letter_pdf_show);
}

/* ---- extending, and notes ---- */

static void back_with(struct web_request *r, const struct app_answer *answer, const char *done) {
    if (answer->err.code != ERR_NONE) {
        web_fail(r, &answer->err, answer->body);
        return;
    }
    struct str to = page_desk_path(web_field(r, STR("to")));
    web_redirect(r, arena_printf(r->arena, "%.*s?done=%s", STR_ARG(to), done));
}

static void extended(struct web_request *r, const struct app_answer *answer) {
    back_with(r, answer, "extended");
}

void page_extend_post(struct web_request *r) {
    struct str clock = web_field(r, STR("clock"));
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("clock"), clock);
    json_set_str(body, STR("reasons"),
                 str_trim(web_field(r, arena_printf(r->arena, "extend-%.*s", STR_ARG(clock)))));
    const struct app_order order = {.verb = APP_EXTEND,
                                    .idempotency_key = web_field(r, STR("key")),
                                    .reference = web_arg(r, "reference"),
                                    .body = body};
    web_do(r, &order, extended);
}

static void noted(struct web_request *r, const struct app_answer *answer) {
    back_with(r, answer, "noted");
}

void page_note_post(struct web_request *r) {
    struct str words = str_trim(web_field(r, STR("text")));
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("text"), words);
    const struct app_order order = {.verb = APP_NOTE,
                                    .idempotency_key = web_field(r, STR("key")),
                                    .reference = web_arg(r, "reference"),
                                    .body = body};
    if (words.len == 0)
        web_redirect(r, page_desk_path(web_field(r, STR("to"))));
    else
        web_do(r, &order, noted);
}
