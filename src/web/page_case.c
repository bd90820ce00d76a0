/* web/page_case.c - a person's own case: sent, tracked, read, corrected, withdrawn, reviewed. The
 * case is the one that the browser's cookie opens; its reference stands in no address. */
#include "tmpl/tmpl.h"
#include "web/handlers.h"
#include "web/letter.h"
#include "web/page.h"

/* ---- tracking ---- */

struct track_answer {
    struct str reference, code, reference_fault, code_fault;
};

static void track_show(struct page *p, int status, const struct track_answer *answer) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    json_set_bool(p->ctx, STR("at_track"), true);
    page_field(p, fields,
               &(struct page_field){.name = STR("reference"),
                                    .value = answer->reference,
                                    .label = TEXT_reference,
                                    .hint = TEXT_track_reference_hint,
                                    .width = "govuk-input--width-20",
                                    .autocomplete = "off",
                                    .fault = answer->reference_fault});
    page_field(p, fields,
               &(struct page_field){.name = STR("code"),
                                    .value = answer->code,
                                    .label = TEXT_access_code,
                                    .hint = -1,
                                    .width = "govuk-input--width-20",
                                    .autocomplete = "off",
                                    .fault = answer->code_fault});
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_show(p, status, "track");
}

void page_track(struct web_request *r) {
    struct page *p = page_open(r, TEXT_track_title);
    struct track_answer none = {.reference = web_query(r, STR("reference"))};
    track_show(p, 200, &none);
}

void page_track_post(struct web_request *r) {
    struct page *p = page_open(r, TEXT_track_title);
    struct track_answer answer = {.reference = str_trim(web_field(r, STR("reference"))),
                                  .code = str_trim(web_field(r, STR("code")))};
    struct str reference;
    struct err err = {0};
    struct app_caller caller;
    if (!case_reference_read(&reference, r->arena, answer.reference))
        answer.reference_fault = page_text(p, TEXT_fault_reference);
    if (answer.code.len == 0)
        answer.code_fault = page_text(p, TEXT_fault_code_empty);
    if (answer.reference_fault.len + answer.code_fault.len > 0) {
        track_show(p, 422, &answer);
        return;
    }
    if (!web_guess_allowed(r, reference)) {
        page_close(p);
        web_fail_status(r, 429, "too many wrong access codes");
        return;
    }
    if (app_caller_code(&caller, r->app, reference, answer.code, r->arena, &err)) {
        struct str normal = arena_str(r->arena, answer.code);
        struct buf code;
        buf_init(&code, 256);
        for (size_t i = 0; i < normal.len; i++) /* cookies hold no blanks */
            if (normal.at[i] != ' ')
                buf_add_byte(&code, normal.at[i]);
        struct str opened =
            arena_printf(r->arena, "%.*s.%.*s", STR_ARG(reference), STR_ARG(buf_view(&code)));
        buf_done(&code);
        http_cookie_set(r->http, WEB_COOKIE_CASE, opened, PAGE_CASE_COOKIE_S);
        page_go(p, STR("/case"));
        return;
    }
    if (err.code != ERR_NOT_FOUND && err.code != ERR_SYNTAX && err.code != ERR_SIGNED_OUT) {
        page_fail(p, &err);
        return;
    }
    web_guess_failed(r, reference);
    answer.code_fault = page_text(p, TEXT_fault_track);
    track_show(p, 422, &answer);
}

void page_case_leave(struct web_request *r) {
    http_cookie_set(r->http, WEB_COOKIE_CASE, STR(""), -1);
    http_cookie_set(r->http, PAGE_COOKIE_SENT, STR(""), -1);
    web_redirect(r, STR("/"));
}

/* ---- the case ---- */

/* The view of the caller's own case, in the reader's language; answers itself when it cannot. */
static struct json *case_open(struct page *p) {
    struct err err = {0};
    struct app_ask ask = web_ask(p->r);
    struct json *view;
    if (!app_view_case(&view, p->r->reader, &ask, p->r->caller.reference, &err)) {
        page_fail(p, &err);
        return NULL;
    }
    struct json *own = page_view(p, STR("case"), view);
    page_title(p, json_get_text(own, STR("reference")));
    return own;
}

static void remedies_set(struct page *p, const struct json *own) {
    const struct json *letters = json_get(own, STR("letters"));
    struct json *list = json_set_arr(p->ctx, STR("remedies"));
    struct str today = str_sub(page_now_text(p), 0, 10);
    for (size_t i = json_count(letters); i-- > 0;) {
        const struct json *letter = json_item(letters, i);
        const struct json *remedies = json_get(letter, STR("remedies"));
        if (!json_is_true(json_get(letter, STR("adverse"))))
            continue;
        for (size_t k = 0; k < json_count(remedies); k++) {
            const struct json *remedy = json_item(remedies, k);
            struct str matter = json_get_text(remedy, STR("matter"));
            struct str due = json_get_text(remedy, STR("due"));
            struct json *one = json_push_obj(list);
            json_set_str(one, STR("title"), json_get_text(remedy, STR("title")));
            struct str words = json_get_text(remedy, STR("text"));
            bool same = str_eq(words, json_get_text(remedy, STR("title")));
            json_set_str(one, STR("text"), same ? STR("") : words);
            json_set_str(one, STR("to"), json_get_text(remedy, STR("organ_name")));
            json_set_str(one, STR("due_text"), json_get_text(remedy, STR("due_text")));
            json_set_str(one, STR("matter"), matter);
            json_set(one, STR("letter"), json_get(letter, STR("n")));
            bool late = due.len > 0 && str_cmp(today, str_sub(due, 0, 10)) > 0;
            json_set_bool(one, STR("can_start"), matter.len > 0 && !late);
        }
        return; /* of the latest adverse letter */
    }
}

static bool looks_set(struct page *p, struct err *err) {
    struct app_ask ask = web_ask(p->r);
    struct json *view;
    if (!app_view_accesses(&view, p->r->reader, &ask, p->r->caller.reference, err))
        return false;
    const struct json *items = json_get(say_localise(p->arena, p->lang, view), STR("items"));
    struct json *list = json_set_arr(p->ctx, STR("looks"));
    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *look = json_item(items, i), *by = json_get(look, STR("who"));
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("at_text"), json_get_text(look, STR("at_text")));
        json_set_str(one, STR("organ"), page_name(json_get(by, STR("organ"))));
        json_set_str(one, STR("post"), page_name(json_get(by, STR("post"))));
        json_set_str(one, STR("purpose"), json_get_text(look, STR("purpose")));
    }
    return true;
}

static struct str notice_of(struct page *p) {
    struct str done = web_query(p->r, STR("done"));
    if (str_eq(done, STR("corrected")))
        return page_text(p, TEXT_correct_done);
    if (str_eq(done, STR("withdrawn")))
        return page_text(p, TEXT_withdraw_done);
    return STR("");
}

static const struct json *or_null(struct page *p, const struct json *node) {
    return node != NULL ? node : json_null(p->arena);
}

static bool may(const struct json *own, struct str action) {
    const struct json *actions = json_get(own, STR("actions"));
    for (size_t i = 0; i < json_count(actions); i++)
        if (str_eq(json_text(json_item(actions, i)), action))
            return true;
    return false;
}

void page_case(struct web_request *r) {
    struct page *p = page_open(r, TEXT_nav_track);
    struct err err = {0};
    struct json *own = case_open(p);
    if (own == NULL)
        return;
    if (!looks_set(p, &err)) {
        page_fail(p, &err);
        return;
    }
    const struct json *asks = json_get(own, STR("asks"));
    struct str sentence = json_get_text(own, STR("status_text"));
    json_set_str(p->ctx, STR("sentence"),
                 sentence.len > 0 ? sentence : page_text(p, TEXT_case_under_way));
    json_set_bool(p->ctx, STR("at_track"), true);
    json_set(p->ctx, STR("asks"), or_null(p, asks));
    json_set(p->ctx, STR("letters"), or_null(p, json_get(own, STR("letters"))));
    json_set(p->ctx, STR("documents"), or_null(p, json_get(own, STR("documents"))));
    json_set_str(p->ctx, STR("submitted_text"), json_get_text(own, STR("submitted_text")));
    json_set_str(p->ctx, STR("notice"), notice_of(p));
    json_set_bool(p->ctx, STR("can_withdraw"), may(own, STR("withdraw")));
    remedies_set(p, own);
    page_clocks(p, own);
    page_timeline(p, own);
    page_show(p, 200, "case");
}

/* The page after sending. The code is shown for a quarter of an hour, to this browser only. The
 * cookie: "reference.code.nonce of the draft". */
struct sent {
    struct str reference, code, nonce;
};

static struct sent sent_read(struct web_request *r) {
    struct sent sent = {STR_NONE, STR_NONE, STR_NONE};
    struct str rest = http_cookie_get(r->http, PAGE_COOKIE_SENT);
    if (rest.len > 0 && str_split(&sent.reference, &rest, '.') && str_split(&sent.code, &rest, '.'))
        sent.nonce = rest;
    return sent;
}

static void confirmation_show(struct web_request *r) {
    struct page *p = page_open(r, TEXT_done_title);
    struct json *own = case_open(p);
    if (own == NULL)
        return;
    struct sent sent = sent_read(r);
    struct str reference = json_get_text(own, STR("reference"));
    page_title(p, page_text(p, TEXT_done_title));
    json_set_str(p->ctx, STR("reference"), reference);
    json_set_str(p->ctx, STR("code"), str_eq(sent.reference, reference) ? sent.code : STR(""));
    json_set(p->ctx, STR("matter"), json_get(own, STR("matter")));
    json_set(p->ctx, STR("organ"), or_null(p, json_get(own, STR("organ"))));
    page_clocks(p, own);
    page_show(p, 200, "confirmation");
}

static void draft_dropped(struct web_request *r, const struct app_answer *answer) {
    (void)answer; /* a draft that stays is in nobody's way */
    confirmation_show(r);
}

/* The key of the draft that was sent; empty when it is gone. */
static struct str sent_draft(struct web_request *r) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *own, *draft;
    struct str cookie = http_cookie_get(r->http, WEB_COOKIE_DRAFT), nonce = sent_read(r).nonce;
    if (cookie.len == 0 || nonce.len == 0 ||
        !app_view_case(&own, r->reader, &ask, r->caller.reference, &err))
        return STR_NONE;
    struct str matter = json_get_text(json_get(own, STR("matter")), STR("id"));
    struct str key = arena_printf(r->arena, "%.*s-%.*s", STR_ARG(cookie), STR_ARG(matter));
    if (!app_view_draft(&draft, r->reader, &ask, key, &err))
        return STR_NONE;
    const struct json *values = json_get(draft, STR("values"));
    return str_eq(json_get_text(values, STR("nonce")), nonce) ? key : STR_NONE;
}

void page_confirmation(struct web_request *r) {
    struct str key = sent_draft(r);
    if (key.len == 0) {
        confirmation_show(r);
        return;
    }
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("key"), key);
    const struct app_order order = {.verb = APP_DRAFT_DROP, .body = body};
    web_do(r, &order, draft_dropped);
}

/* ---- letters, papers, the receipt ---- */

static bool number_arg(uint64_t *n, struct page *p) {
    struct err err = {0};
    if (str_to_u64(n, web_arg(p->r, "n")))
        return true;
    err_set(&err, ERR_NOT_FOUND, err_nowhere, "there is no such page");
    page_fail(p, &err);
    return false;
}

void page_case_letter(struct web_request *r) {
    struct page *p = page_open(r, TEXT_case_letters);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    uint64_t n;
    if (!number_arg(&n, p))
        return;
    if (!app_view_letter(&view, r->reader, &ask, r->caller.reference, n, &err) ||
        !page_letter_set(p, view, &err)) {
        page_fail(p, &err);
        return;
    }
    json_set(p->ctx, STR("pdf_href"),
             json_printf(p->arena, "/case/letters/%llu/pdf", (unsigned long long)n));
    json_set_str(p->ctx, STR("back"), STR("/case"));
    page_show(p, 200, "letter");
}

void page_case_letter_pdf(struct web_request *r) {
    struct page *p = page_open(r, TEXT_case_letters);
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *view;
    uint64_t n;
    if (!number_arg(&n, p))
        return;
    bool ok = app_view_letter(&view, r->reader, &ask, r->caller.reference, n, &err);
    page_close(p);
    if (ok)
        letter_send(r, view, LETTER_PDF);
    else
        web_fail(r, &err, NULL);
}

void page_case_document(struct web_request *r) {
    struct page *p = page_open(r, TEXT_case_documents);
    uint64_t n;
    if (!number_arg(&n, p))
        return;
    page_close(p);
    page_document_send(r, r->caller.reference, n);
}

static void receipt_row(struct buf *out, struct str label, struct str value) {
    if (value.len == 0)
        return;
    buf_lit(out, "<tr><th>");
    tmpl_escape(out, label);
    buf_lit(out, "</th><td>");
    tmpl_escape(out, value);
    buf_lit(out, "</td></tr>\n");
}

static void receipt_html(struct page *p, struct buf *out, const struct json *own) {
    buf_lit(out, "<h1>");
    tmpl_escape(out, page_text(p, TEXT_receipt_title));
    buf_lit(out, "</h1>\n<table>\n");
    receipt_row(out, page_text(p, TEXT_reference), json_get_text(own, STR("reference")));
    receipt_row(out, page_text(p, TEXT_done_matter), page_name(json_get(own, STR("matter"))));
    receipt_row(out, page_text(p, TEXT_case_submitted), json_get_text(own, STR("submitted_text")));
    receipt_row(out, page_text(p, TEXT_case_organ), page_name(json_get(own, STR("organ"))));
    const struct json *clocks = json_get(own, STR("clocks"));
    for (size_t i = 0; i < json_count(clocks); i++)
        receipt_row(out, page_name(json_item(clocks, i)),
                    json_get_text(json_item(clocks, i), STR("due_text")));
    const struct json *documents = json_get(own, STR("documents"));
    for (size_t i = 0; i < json_count(documents); i++)
        receipt_row(out, page_text(p, TEXT_case_documents), page_name(json_item(documents, i)));
    buf_lit(out, "</table>\n<p class=\"small\">");
    tmpl_escape(out, page_text(p, TEXT_done_nothing_text));
    buf_lit(out, "</p>\n");
}

void page_case_receipt(struct web_request *r) {
    struct page *p = page_open(r, TEXT_receipt_title);
    struct json *own = case_open(p);
    if (own == NULL)
        return;
    struct buf html;
    buf_init(&html, 1 << 18);
    receipt_html(p, &html, own);
    struct json *letter = json_obj(p->arena);
    struct json *texts = json_set_obj(letter, STR("html"));
    json_set(texts, lang_code(p->lang), json_str_copy(buf_view(&html), p->arena));
    buf_done(&html);
    texts = json_set_obj(letter, STR("title"));
    json_set_str(texts, lang_code(p->lang), page_text(p, TEXT_receipt_title));
    texts = json_set_obj(json_set_obj(letter, STR("organ")), STR("name"));
    json_set_str(texts, lang_code(p->lang), page_name(json_get(own, STR("accepting"))));
    json_set_str(letter, STR("number"), json_get_text(own, STR("reference")));
    page_close(p);
    letter_send(r, letter, LETTER_PDF);
}

/* ---- withdrawing, and asking for a review ---- */

static void withdraw_show(struct page *p, int status, struct str reasons) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    page_field(p, fields,
               &(struct page_field){.name = STR("reasons"),
                                    .value = reasons,
                                    .label = TEXT_withdraw_reasons,
                                    .hint = -1,
                                    .optional = true,
                                    .area = true});
    json_set_str(p->ctx, STR("key"), page_token(p));
    json_set_str(p->ctx, STR("back"), STR("/case"));
    page_show(p, status, "withdraw");
}

void page_withdraw(struct web_request *r) {
    struct page *p = page_open(r, TEXT_withdraw_title);
    if (case_open(p) != NULL)
        withdraw_show(p, 200, STR(""));
}

static void withdrawn(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE)
        web_fail(r, &answer->err, NULL);
    else
        web_redirect(r, STR("/case?done=withdrawn"));
}

void page_withdraw_post(struct web_request *r) {
    struct json *body = json_obj(r->arena);
    json_set_str(body, STR("reasons"), str_trim(web_field(r, STR("reasons"))));
    const struct app_order order = {.verb = APP_WITHDRAW,
                                    .idempotency_key = web_field(r, STR("key")),
                                    .reference = r->caller.reference,
                                    .body = body};
    web_do(r, &order, withdrawn);
}

static void remedy_begun(struct web_request *r, const struct app_answer *answer) {
    if (answer->err.code != ERR_NONE) {
        web_fail(r, &answer->err, NULL);
        return;
    }
    web_redirect(
        r, arena_printf(r->arena, "/matters/%.*s/apply", STR_ARG(web_field(r, STR("matter")))));
}

/* A draft of the remedy's matter, which knows the decision it is about. */
void page_remedy_post(struct web_request *r) {
    struct page *p = page_open(r, TEXT_case_remedy);
    uint64_t n;
    struct str matter = web_field(r, STR("matter"));
    struct err err = {0};
    if (p->pack == NULL || pack_matter(p->pack, matter) == NULL ||
        !str_to_u64(&n, web_field(r, STR("letter")))) {
        err_set(&err, ERR_NOT_FOUND, err_nowhere, "there is no such remedy");
        page_fail(p, &err);
        return;
    }
    struct str cookie = http_cookie_get(r->http, WEB_COOKIE_DRAFT);
    if (cookie.len == 0)
        cookie = page_token(p);
    http_cookie_set(r->http, WEB_COOKIE_DRAFT, cookie, PAGE_DRAFT_COOKIE_S);
    struct json *body = json_obj(r->arena);
    json_set(body, STR("key"),
             json_printf(r->arena, "%.*s-%.*s", STR_ARG(cookie), STR_ARG(matter)));
    json_set_str(body, STR("matter"), matter);
    json_set_str(body, STR("step"), STR("start"));
    struct json *values = json_set_obj(body, STR("values"));
    json_set_str(values, STR("nonce"), page_token(p));
    struct json *parent = json_set_obj(values, STR("parent"));
    json_set_str(parent, STR("reference"), r->caller.reference);
    json_set(parent, STR("letter"), json_u64(n, r->arena));
    page_close(p);
    const struct app_order order = {.verb = APP_DRAFT, .body = body};
    web_do(r, &order, remedy_begun);
}
