/* Two passes: the first sets every line of text and gives it a page and a place, the second draws
 * page after page, since "page n of m" needs m. Lengths are points (1/72 inch), y grows downwards.
 *
 * What keeps together: a heading and what follows; the two first and the two last lines of a
 * paragraph; a seal line and the end of what precedes it; a table row. */
#include <assert.h>
#include <math.h>
#include <time.h>

#include "print/letter.h"
#include "print/pango.h"
#include "print/print.h"
#include "print/qr.h"

#define MM (72.0 / 25.4)
static const double page_width = 210 * MM, page_height = 297 * MM; /* ISO 216 A4 */
static const double left = 28 * MM, right = 184 * MM;              /* 26 mm on the right */
static const double top = 30 * MM, bottom = 270 * MM;
static const double header_y = 16 * MM, rule_y = 23 * MM, footer_y = 278 * MM;
static const double qr_size = 26 * MM, qr_room = 32 * MM;
static const double text_size = 12, small_size = 9.5, em_indent = 2; /* characters */
static const double line_factor = 1.45, block_gap = 7, cell_pad = 4, item_indent = 20;
static const double heading_room = 48; /* what must fit under a heading: two lines */

static const char families[] = "WenQuanYi Micro Hei, Noto Sans CJK SC, sans";

struct item { /* a line of text, or a rectangle when line is NULL */
    PangoLayoutLine *line;
    double x, y; /* baseline for a line */
    double width, height;
    unsigned page;
    struct item *next;
};

struct kept { /* a layout lives until the pages are drawn */
    PangoLayout *layout;
    struct kept *next;
};

struct setter {
    cairo_t *cr;
    PangoContext *context;
    const struct print_letter *letter;
    struct arena *arena;
    struct err *err;
    struct item *items, **items_end;
    struct kept *kept;
    unsigned page;
    double y;
};

#if defined(__SANITIZE_ADDRESS__)
#define PRINT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PRINT_ASAN 1
#endif
#endif
#ifdef PRINT_ASAN
/* What fontconfig and pango keep for a thread is not given back by the main one; it does not grow.
 */
const char *__lsan_default_options(void);
const char *__lsan_default_options(void) {
    return "print_suppressions=0";
}
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\nleak:libpango\n";
}
#endif

/* ---- setting text ---- */
struct style {
    double size, width, indent;
    bool bold, chinese;
    PangoAlignment align;
};

static PangoLayout *layout_make(struct setter *s, const struct letter_text *text,
                                const struct style *style) {
    PangoLayout *layout = lib.pango_layout_new(s->context);
    struct kept *kept = arena_new(s->arena, struct kept, 1);
    *kept = (struct kept){layout, s->kept};
    s->kept = kept;
    PangoFontDescription *font = lib.pango_font_description_from_string(families);
    lib.pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    if (style->bold)
        lib.pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    lib.pango_layout_set_font_description(layout, font);
    lib.pango_font_description_free(font);
    lib.pango_layout_set_text(layout, text->text.at == NULL ? "" : text->text.at,
                              (int)text->text.len);
    lib.pango_layout_set_width(layout, style->width < 0 ? -1 : (int)(style->width * PANGO_SCALE));
    lib.pango_layout_set_indent(layout, (int)(style->indent * PANGO_SCALE));
    lib.pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    lib.pango_layout_set_alignment(layout, style->align);
    lib.pango_layout_set_line_spacing(layout, (float)line_factor);
    PangoAttrList *attrs = lib.pango_attr_list_new();
    lib.pango_attr_list_insert(attrs, lib.pango_attr_language_new(lib.pango_language_from_string(
                                          style->chinese ? "zh-cn" : "en")));
    for (const struct letter_span *span = text->spans; span != NULL; span = span->next) {
        PangoAttribute *made[3] = {
            span->strong ? lib.pango_attr_weight_new(PANGO_WEIGHT_BOLD) : NULL,
            /* Chinese has no italics; what is stressed is underlined */
            !span->em        ? NULL
            : style->chinese ? lib.pango_attr_underline_new(PANGO_UNDERLINE_SINGLE)
                             : lib.pango_attr_style_new(PANGO_STYLE_ITALIC),
            span->small ? lib.pango_attr_size_new_absolute((int)(small_size * PANGO_SCALE)) : NULL};
        for (size_t i = 0; i < COUNT_OF(made); i++) {
            if (made[i] == NULL)
                continue;
            made[i]->start_index = (guint)span->from;
            made[i]->end_index = (guint)span->to;
            lib.pango_attr_list_insert(attrs, made[i]);
        }
    }
    lib.pango_layout_set_attributes(layout, attrs);
    lib.pango_attr_list_unref(attrs);
    return layout;
}

static double layout_height(PangoLayout *layout) {
    int height;
    lib.pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static double layout_natural_width(PangoLayout *layout) {
    int width;
    lib.pango_layout_get_size(layout, &width, NULL);
    return (double)width / PANGO_SCALE;
}

static void add_item(struct setter *s, struct item item) {
    struct item *added = arena_new(s->arena, struct item, 1);
    item.page = s->page;
    item.next = NULL;
    *added = item;
    *s->items_end = added;
    s->items_end = &added->next;
}

static bool new_page(struct setter *s) {
    if (s->page + 1 == PRINT_PAGES_MAX)
        return err_set(s->err, ERR_LIMIT, err_nowhere, "the letter has more than %d pages",
                       PRINT_PAGES_MAX);
    s->page++;
    s->y = top;
    return true;
}

static bool need_room(struct setter *s, double height) {
    return s->y + height <= bottom || s->y <= top || new_page(s);
}

/* The room a line asks for: its own, and that of the lines that must not be parted from it. */
static double room_for(const double *heights, int count, int i, double reserve) {
    int together = (i == 0 || i == count - 2) && i + 1 < count ? 2 : 1;
    if (i == 0 && count == 3)
        together = 3;
    double room = 0;
    for (int j = i; j < i + together; j++)
        room += heights[j];
    return room + (i + together == count ? reserve : 0);
}

/* The lines' advances; *ascent is where the first baseline stands in its line, and every other's.
 */
static double *line_heights(struct setter *s, PangoLayout *layout, int count, double *ascent) {
    double *heights = arena_new(s->arena, double, (size_t)count);
    PangoLayoutIter *iter = lib.pango_layout_get_iter(layout);
    double baseline = (double)lib.pango_layout_iter_get_baseline(iter) / PANGO_SCALE;
    double left_over = layout_height(layout);
    *ascent = baseline;
    for (int i = 0; i + 1 < count && lib.pango_layout_iter_next_line(iter); i++) {
        double next = (double)lib.pango_layout_iter_get_baseline(iter) / PANGO_SCALE;
        heights[i] = next - baseline;
        left_over -= heights[i];
        baseline = next;
    }
    heights[count - 1] = left_over;
    lib.pango_layout_iter_free(iter);
    return heights;
}

/* Put the lines at x, over as many pages as it takes. reserve: room to be kept under the last. */
static bool place_lines(struct setter *s, PangoLayout *layout, double x, double reserve) {
    int count = lib.pango_layout_get_line_count(layout);
    double ascent;
    const double *heights = line_heights(s, layout, count, &ascent);
    PangoLayoutIter *iter = lib.pango_layout_get_iter(layout);
    bool ok = true;
    for (int i = 0; ok && i < count; i++) {
        ok = need_room(s, room_for(heights, count, i, reserve));
        PangoRectangle logical;
        lib.pango_layout_iter_get_line_extents(iter, NULL, &logical);
        if (ok)
            add_item(s, (struct item){.line = lib.pango_layout_iter_get_line_readonly(iter),
                                      .x = x + (double)logical.x / PANGO_SCALE,
                                      .y = s->y + ascent});
        s->y += heights[i];
        (void)lib.pango_layout_iter_next_line(iter);
    }
    lib.pango_layout_iter_free(iter);
    return ok;
}

/* ---- blocks ---- */
static PangoAlignment align_of(unsigned classes) {
    if ((classes & LETTER_CENTER) != 0)
        return PANGO_ALIGN_CENTER;
    bool to_right = (classes & (LETTER_RIGHT | LETTER_NO | LETTER_SEAL)) != 0;
    return to_right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

static struct style style_of(const struct letter_block *block) {
    bool small = (block->classes & (LETTER_SMALL | LETTER_NO)) != 0;
    struct style style = {.size = block->kind == LETTER_H1   ? 20
                                  : block->kind == LETTER_H2 ? 14
                                  : small                    ? small_size
                                                             : text_size,
                          .width = right - left,
                          .bold = block->kind == LETTER_H1 || block->kind == LETTER_H2,
                          .chinese = block->chinese,
                          .align = align_of(block->classes)};
    if (block->kind == LETTER_H1)
        style.align = PANGO_ALIGN_CENTER;
    if (block->kind == LETTER_ITEM)
        style.width -= item_indent;
    bool indents = block->kind == LETTER_P && block->chinese && !small &&
                   style.align == PANGO_ALIGN_LEFT && (block->classes & LETTER_FLUSH) == 0;
    style.indent = indents ? em_indent * style.size : 0;
    return style;
}

/* Room that must stay under this block for what may not be parted from it. */
static double reserve_under(struct setter *s, const struct letter_block *block) {
    if (block->kind == LETTER_H1 || block->kind == LETTER_H2)
        return heading_room;
    double room = 0;
    for (const struct letter_block *next = block->next;
         next != NULL && next->kind == LETTER_P && (next->classes & LETTER_SEAL) != 0;
         next = next->next) {
        struct style style = style_of(next);
        room += block_gap + layout_height(layout_make(s, &next->text, &style));
    }
    return MIN_OF(room, (bottom - top) / 2);
}

static bool set_text(struct setter *s, const struct letter_block *block) {
    struct style style = style_of(block);
    double x = left;
    if (block->kind == LETTER_ITEM) {
        struct letter_text mark = {
            block->number == 0 ? STR("•") : arena_printf(s->arena, "%u.", block->number), NULL};
        struct style mark_style = style;
        mark_style.width = -1;
        PangoLayout *layout = layout_make(s, &mark, &mark_style);
        if (!need_room(s, layout_height(layout)))
            return false;
        double y = s->y;
        if (!place_lines(s, layout, left + (block->number == 0 ? 6 : 0), 0))
            return false;
        s->y = y;
        x += item_indent;
    }
    PangoLayout *layout = layout_make(s, &block->text, &style);
    return place_lines(s, layout, x, reserve_under(s, block));
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

/* Each column gets what its widest cell would like, at least a tenth; then all are scaled to fit.
 */
static void column_widths(struct setter *s, const struct letter_block *table, double *widths) {
    const double whole = right - left;
    for (const struct letter_row *row = table->rows; row != NULL; row = row->next) {
        size_t i = 0;
        for (const struct letter_cell *cell = row->cells; cell != NULL; cell = cell->next, i++) {
            struct style style = {.size = text_size, .width = -1, .bold = cell->head};
            double wish =
                layout_natural_width(layout_make(s, &cell->text, &style)) + 2 * cell_pad + 1;
            widths[i] = fmax(widths[i], smaller(wish, whole * 0.7));
        }
    }
    double sum = 0;
    for (size_t i = 0; i < table->column_count; i++)
        sum += widths[i] = fmax(widths[i], whole / 10);
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] *= whole / sum;
}

static bool set_row(struct setter *s, const struct letter_block *table,
                    const struct letter_row *row, const double *widths) {
    PangoLayout *layouts[LETTER_COLUMNS_MAX];
    double height = 0;
    size_t count = 0;
    bool small = (table->classes & LETTER_SMALL) != 0;
    for (const struct letter_cell *cell = row->cells; cell != NULL; cell = cell->next, count++) {
        bool cell_small = small || (cell->classes & LETTER_SMALL) != 0;
        struct style style = {.size = cell_small ? small_size : text_size,
                              .width = widths[count] - 2 * cell_pad,
                              .bold = cell->head,
                              .chinese = table->chinese,
                              .align = align_of(cell->classes)};
        layouts[count] = layout_make(s, &cell->text, &style);
        height = fmax(height, layout_height(layouts[count]) + 2 * cell_pad);
    }
    if (height > bottom - top)
        return err_set(s->err, ERR_LIMIT, err_nowhere, "a row of a table is longer than a page");
    if (!need_room(s, height))
        return false;
    double y = s->y, x = left;
    for (size_t i = 0; i < count; i++) {
        add_item(s, (struct item){.x = x, .y = y, .width = widths[i], .height = height});
        s->y = y + cell_pad;
        if (!place_lines(s, layouts[i], x + cell_pad, 0))
            return false;
        x += widths[i];
    }
    s->y = y + height;
    return true;
}

static bool set_table(struct setter *s, const struct letter_block *table) {
    double widths[LETTER_COLUMNS_MAX] = {0};
    column_widths(s, table, widths);
    for (const struct letter_row *row = table->rows; row != NULL; row = row->next)
        if (!set_row(s, table, row, widths))
            return false;
    return true;
}

static bool set_block(struct setter *s, const struct letter_block *block) {
    if ((block->classes & LETTER_PAGE) != 0 && s->y > top && !new_page(s))
        return false;
    if (s->y > top)
        s->y += block_gap * (block->kind == LETTER_H1 || block->kind == LETTER_H2 ? 2 : 1);
    if (block->kind == LETTER_TABLE)
        return set_table(s, block);
    if (block->kind != LETTER_RULE)
        return set_text(s, block);
    add_item(s, (struct item){.x = left, .y = s->y, .width = right - left, .height = 0});
    s->y += block_gap;
    return true;
}

/* ---- drawing ---- */
static void draw_small(struct setter *s, struct str text, double y, PangoAlignment align) {
    struct letter_text plain = {text, NULL};
    struct style style = {.size = small_size,
                          .width = right - left,
                          .chinese = str_eq(s->letter->lang, STR("zh")),
                          .align = align};
    PangoLayout *layout = layout_make(s, &plain, &style);
    lib.pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    lib.cairo_move_to(s->cr, left, y);
    lib.pango_cairo_show_layout(s->cr, layout);
}

static void draw_rule(struct setter *s, double y) {
    lib.cairo_set_line_width(s->cr, 0.6);
    lib.cairo_move_to(s->cr, left, y);
    lib.cairo_line_to(s->cr, right, y);
    lib.cairo_stroke(s->cr);
}

static void draw_frame(struct setter *s, unsigned page, unsigned pages) {
    const struct print_letter *letter = s->letter;
    bool chinese = str_eq(letter->lang, STR("zh"));
    draw_small(s, letter->organ, header_y, PANGO_ALIGN_LEFT);
    bool both = letter->number.len > 0 && letter->date.len > 0;
    draw_small(s,
               arena_printf(s->arena, "%.*s%s%.*s", STR_ARG(letter->number), both ? "   " : "",
                            STR_ARG(letter->date)),
               header_y, PANGO_ALIGN_RIGHT);
    draw_rule(s, rule_y);
    draw_small(
        s,
        arena_printf(s->arena, chinese ? "第 %u 页，共 %u 页" : "Page %u of %u", page + 1, pages),
        footer_y, PANGO_ALIGN_CENTER);
}

static void draw_items(struct setter *s, unsigned page) {
    lib.cairo_set_line_width(s->cr, 0.6);
    for (const struct item *item = s->items; item != NULL; item = item->next) {
        if (item->page != page)
            continue;
        if (item->line != NULL) {
            lib.cairo_move_to(s->cr, item->x, item->y);
            lib.pango_cairo_show_layout_line(s->cr, item->line);
        } else if (item->height > 0) {
            lib.cairo_rectangle(s->cr, item->x, item->y, item->width, item->height);
            lib.cairo_stroke(s->cr);
        } else {
            draw_rule(s, item->y);
        }
    }
}

static bool draw_qr(struct setter *s) {
    struct qr *qr;
    if (!qr_make(&qr, s->letter->verify_url, s->err))
        return false;
    double y = bottom - qr_size, module = qr_size / (double)(qr_width(qr) + 2 * QR_QUIET);
    for (unsigned row = 0; row < qr_width(qr); row++) {
        unsigned run;
        for (unsigned x = 0; (run = qr_run(qr, &x, row)) > 0; x += run)
            lib.cairo_rectangle(s->cr, left + (x + QR_QUIET) * module,
                                y + (row + QR_QUIET) * module, run * module, module);
    }
    lib.cairo_fill(s->cr);
    qr_destroy(qr);
    struct letter_text text = {arena_printf(s->arena, "%.*s\u2028%.*s",
                                            STR_ARG(s->letter->verify_text),
                                            STR_ARG(s->letter->verify_url)),
                               NULL};
    struct style style = {.size = small_size,
                          .width = right - left - qr_size - 2 * cell_pad,
                          .chinese = str_eq(s->letter->lang, STR("zh")),
                          .align = PANGO_ALIGN_LEFT};
    PangoLayout *layout = layout_make(s, &text, &style);
    lib.pango_layout_set_height(layout, (int)(qr_size * PANGO_SCALE));
    lib.pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    lib.cairo_move_to(s->cr, left + qr_size + cell_pad, y + 2 * MM);
    lib.pango_cairo_show_layout(s->cr, layout);
    return true;
}

static bool draw_pages(struct setter *s) {
    unsigned pages = s->page + 1;
    for (unsigned page = 0; page < pages; page++) {
        draw_frame(s, page, pages);
        draw_items(s, page);
        if (page + 1 == pages && s->letter->verify_url.len > 0 && !draw_qr(s))
            return false;
        lib.cairo_show_page(s->cr);
    }
    return true;
}

static bool set_and_draw(struct setter *s, const struct letter_block *blocks) {
    for (const struct letter_block *block = blocks; block != NULL; block = block->next)
        if (!set_block(s, block))
            return false;
    bool qr = s->letter->verify_url.len > 0;
    if (qr && s->y + qr_room > bottom && !new_page(s))
        return false;
    return draw_pages(s);
}

static cairo_status_t write_bytes(void *of, const unsigned char *bytes, unsigned int len) {
    struct buf *out = of;
    buf_add(out, (struct str){(const char *)bytes, len});
    return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *surface, const struct print_letter *letter,
                         struct arena *arena) {
    time_t seconds = (time_t)letter->created_s;
    struct tm utc = {0};
    char when[64] = "";
    if (gmtime_r(&seconds, &utc) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
    lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Mandate");
    if (letter->title.len > 0)
        lib.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                           arena_cstr(arena, letter->title));
}

static PangoContext *context_make(void) {
    /* this thread's own; a new one for each letter would leak 256 bytes inside fontconfig */
    PangoFontMap *fonts = lib.pango_cairo_font_map_get_default();
    lib.pango_cairo_font_map_set_resolution((PangoCairoFontMap *)fonts, 72);
    PangoContext *context = lib.pango_font_map_create_context(fonts);
    cairo_font_options_t *options = lib.cairo_font_options_create();
    lib.cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    lib.cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    lib.pango_cairo_context_set_font_options(context, options);
    lib.cairo_font_options_destroy(options);
    lib.pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

bool print_pdf(struct buf *out, const struct print_letter *letter, struct err *err) {
    struct arena *arena = arena_create("print pdf", LETTER_ARENA_BYTES_MAX);
    struct letter_block *blocks;
    if (!os_library_need(&pango, err) ||
        !letter_read(&blocks, letter->html, str_eq(letter->lang, STR("zh")), "letter", arena,
                     err)) {
        arena_destroy(arena);
        return false;
    }
    cairo_surface_t *surface =
        lib.cairo_pdf_surface_create_for_stream(write_bytes, out, page_width, page_height);
    set_metadata(surface, letter, arena);
    struct setter s = {.cr = lib.cairo_create(surface),
                       .context = context_make(),
                       .letter = letter,
                       .arena = arena,
                       .err = err,
                       .y = top};
    s.items_end = &s.items;
    bool ok = set_and_draw(&s, blocks);
    cairo_status_t status = lib.cairo_status(s.cr);
    lib.cairo_destroy(s.cr);
    lib.cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = lib.cairo_surface_status(surface);
    lib.cairo_surface_destroy(surface);
    for (struct kept *kept = s.kept; kept != NULL; kept = kept->next)
        lib.g_object_unref(kept->layout);
    lib.g_object_unref(s.context);
    arena_destroy(arena);
    if (ok && !buf_ok(out, "the letter's PDF", err))
        return false;
    if (ok && status != CAIRO_STATUS_SUCCESS)
        return err_set(err, ERR_INTERNAL, err_nowhere, "could not make the PDF: %s",
                       lib.cairo_status_to_string(status));
    return ok;
}
