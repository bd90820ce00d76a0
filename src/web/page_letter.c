/* web/page_letter.c - a letter as a page, a stored paper, and the check of a letter by its code. */
#include "base/code.h"
#include "print/print.h"
#include "web/handlers.h"
#include "web/page.h"

/* The letter's HTML was checked against the letters' subset when it was made, and is checked again
 * here: what stands in a store may be old. */
static bool html_set(struct page *p, struct str key, const struct json *texts, struct err *err) {
    struct str html = json_get_text(texts, lang_code(p->lang));
    for (unsigned i = 0; html.len == 0 && i < LANGS; i++)
        html = json_get_text(texts, lang_code((enum lang)i));
    if (!print_letter_check(html, "letter", err))
        return false;
    json_set(p->ctx, key, json_html(arena_str(p->arena, html), p->arena));
    return true;
}

bool page_letter_set(struct page *p, const struct json *view, struct err *err) {
    struct json *letter = page_view(p, STR("letter"), view);
    struct str url = json_get_text(view, STR("verify_url"));
    struct buf svg;
    if (!html_set(p, STR("letter_html"), json_get(view, STR("html")), err))
        return false;
    page_title(p, json_get_text(letter, STR("title")));
    json_set(
        p->ctx, STR("verify_href"),
        json_printf(p->arena, "/verify/%.*s", STR_ARG(json_get_text(view, STR("verify_code")))));
    json_set(p->ctx, STR("qr"), json_null(p->arena));
    if (url.len == 0)
        return true;
    buf_init(&svg, 1 << 20);
    bool ok = print_qr_svg(&svg, url, page_text(p, TEXT_letter_qr), err) &&
              buf_ok(&svg, "the QR code", err);
    if (ok)
        json_set(p->ctx, STR("qr"), json_html(arena_str(p->arena, buf_view(&svg)), p->arena));
    buf_done(&svg);
    return ok;
}

void page_document_send(struct web_request *r, struct str reference, uint64_t n) {
    struct err err = {0};
    struct app_ask ask = web_ask(r);
    struct json *meta;
    struct http_response *response = http_answer(r->http);
    if (!app_view_document(&response->body, &meta, r->reader, &ask, reference, n, &err)) {
        buf_reset(&response->body);
        web_fail(r, &err, NULL);
        return;
    }
    /* The type by the bytes, the name percent-encoded (RFC 8187): neither is the sender's word. */
    struct str type = page_file_type(buf_view(&response->body));
    struct buf name;
    buf_init(&name, 4096);
    buf_lit(&name, "attachment; filename*=UTF-8''");
    code_percent_add(&name, json_get_text(meta, STR("name")));
    http_header_add(r->http, STR("Content-Disposition"), buf_view(&name));
    buf_done(&name);
    response->content_type = type.len > 0 ? type : STR("application/octet-stream");
    response->document = true;
    http_send(r->http);
}

/* ---- checking a letter ---- */

static void verify_show(struct page *p, int status, struct str code, struct str fault) {
    struct json *fields = json_set_arr(p->ctx, STR("fields"));
    page_field(p, fields,
               &(struct page_field){.name = STR("code"),
                                    .value = code,
                                    .label = TEXT_verify_code,
                                    .hint = -1,
                                    .width = "govuk-input--width-20",
                                    .autocomplete = "off",
                                    .fault = fault});
    page_crumb(p, STR("/"), page_text(p, TEXT_nav_home));
    page_show(p, status, "verify");
}

static void verify_code(struct page *p, struct str code) {
    struct err err = {0};
    struct app_ask ask = web_ask(p->r);
    struct json *view;
    if (!web_guess_allowed(p->r, code)) {
        page_close(p);
        web_fail_status(p->r, 429, "too many codes tried");
        return;
    }
    if (!app_view_verify(&view, p->r->reader, &ask, code, &err)) {
        page_fail(p, &err);
        return;
    }
    view = say_localise(p->arena, p->lang, view);
    bool genuine = json_is_true(json_get(view, STR("genuine")));
    if (!genuine)
        web_guess_failed(p->r, code);
    json_set_bool(p->ctx, STR("checked"), true);
    json_set(p->ctx, STR("genuine"), genuine ? view : json_null(p->arena));
    verify_show(p, 200, code, STR_NONE);
}

void page_verify(struct web_request *r) {
    struct page *p = page_open(r, TEXT_verify_title);
    struct str code = web_query(r, STR("code"));
    json_set_bool(p->ctx, STR("checked"), false);
    if (code.at == NULL)
        verify_show(p, 200, STR(""), STR_NONE);
    else if (str_trim(code).len == 0)
        verify_show(p, 422, STR(""), page_text(p, TEXT_fault_verify));
    else
        verify_code(p, str_trim(code));
}

void page_verify_code(struct web_request *r) {
    struct page *p = page_open(r, TEXT_verify_title);
    verify_code(p, web_arg(r, "code"));
}
