#include "web/letter.h"

#include "print/print.h"
#include "web/inner.h"

/* The text in the reader's language, or the first that there is. */
static struct str in_language(const struct json *texts, enum lang lang) {
    struct str text = json_get_text(texts, lang_code(lang));
    for (unsigned i = 0; text.len == 0 && i < LANGS; i++)
        text = json_get_text(texts, lang_code((enum lang)i));
    return text;
}

static void page_send(struct web_request *r, const struct json *letter) {
    struct buf *out = &http_answer(r->http)->body;
    struct str title = in_language(json_get(letter, STR("title")), r->lang);
    buf_lit(out, "<!DOCTYPE html>\n<html lang=\"");
    buf_add(out, lang_tag(r->lang));
    buf_lit(out, "\"><head><meta charset=\"utf-8\"><title>");
    tmpl_escape(out, title);
    buf_lit(out, "</title></head><body>\n");
    /* The letter's own HTML: the strict subset of print/print.h, made by this program. */
    buf_add(out, in_language(json_get(letter, STR("html")), r->lang));
    buf_lit(out, "\n</body></html>\n");
    http_answer(r->http)->document = true;
    web_send_html(r, 200);
}

struct pdf {
    struct web_request *r;
    struct http_deferred *deferred;
    struct print_letter letter;
    struct err err;
};

static void pdf_done(struct http_request *req, void *ctx) {
    struct pdf *pdf = ctx;
    struct http_response *res = http_answer(req);
    if (pdf->err.code != ERR_NONE) {
        web_fail(pdf->r, &pdf->err, NULL);
        return;
    }
    res->content_type = STR("application/pdf");
    res->document = true;
    http_header_add(req, STR("Content-Disposition"), STR("inline; filename=\"letter.pdf\""));
    http_send(req);
}

/* On the worker's thread. The request is deferred, so its answer is nobody else's. */
static void pdf_make(void *ctx) {
    struct pdf *pdf = ctx;
    (void)!print_pdf(&http_answer(pdf->r->http)->body, &pdf->letter, &pdf->err);
    http_resume(pdf->deferred);
}

static void pdf_send(struct web_request *r, const struct json *letter) {
    struct pdf *pdf = arena_new(r->arena, struct pdf, 1);
    pdf->r = r;
    pdf->letter = (struct print_letter){
        .html = in_language(json_get(letter, STR("html")), r->lang),
        .title = in_language(json_get(letter, STR("title")), r->lang),
        .lang = lang_code(r->lang),
        .organ = in_language(json_get(json_get(letter, STR("organ")), STR("name")), r->lang),
        .number = json_get_text(letter, STR("number")),
        .verify_url = json_get_text(letter, STR("verify_url")),
        .verify_text = in_language(json_get(letter, STR("verify_text")), r->lang),
        .created_s = app_now_us(r->app) / 1000000,
    };
    pdf->deferred = http_defer(r->http, pdf_done, pdf);
    if (!worker_add(&r->web->worker, (struct worker_job){pdf_make, pdf}, &pdf->err))
        http_resume(pdf->deferred);
}

void letter_send(struct web_request *r, const struct json *letter, enum letter_form form) {
    if (form == LETTER_PDF)
        pdf_send(r, letter);
    else
        page_send(r, letter);
}
