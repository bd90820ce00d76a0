/* print/pango.h - what setting letters calls of pango and cairo, which are loaded with the first
 * letter (os/library.h). Only print/pdf.c includes this. */
#ifndef MANDATE_PRINT_PANGO_H
#define MANDATE_PRINT_PANGO_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "os/library.h"

/* clang-format off */
#define FUNCTIONS(X) \
    X(cairo_create) \
    X(cairo_destroy) \
    X(cairo_fill) \
    X(cairo_font_options_create) \
    X(cairo_font_options_destroy) \
    X(cairo_font_options_set_hint_metrics) \
    X(cairo_font_options_set_hint_style) \
    X(cairo_line_to) \
    X(cairo_move_to) \
    X(cairo_pdf_surface_create_for_stream) \
    X(cairo_pdf_surface_set_metadata) \
    X(cairo_rectangle) \
    X(cairo_set_line_width) \
    X(cairo_show_page) \
    X(cairo_status) \
    X(cairo_status_to_string) \
    X(cairo_stroke) \
    X(cairo_surface_destroy) \
    X(cairo_surface_finish) \
    X(cairo_surface_status) \
    X(g_object_unref) \
    X(pango_attr_language_new) \
    X(pango_attr_list_insert) \
    X(pango_attr_list_new) \
    X(pango_attr_list_unref) \
    X(pango_attr_size_new_absolute) \
    X(pango_attr_style_new) \
    X(pango_attr_underline_new) \
    X(pango_attr_weight_new) \
    X(pango_cairo_context_set_font_options) \
    X(pango_cairo_font_map_get_default) \
    X(pango_cairo_font_map_set_resolution) \
    X(pango_cairo_show_layout) \
    X(pango_cairo_show_layout_line) \
    X(pango_context_set_round_glyph_positions) \
    X(pango_font_description_free) \
    X(pango_font_description_from_string) \
    X(pango_font_description_set_absolute_size) \
    X(pango_font_description_set_weight) \
    X(pango_font_map_create_context) \
    X(pango_language_from_string) \
    X(pango_layout_get_iter) \
    X(pango_layout_get_line_count) \
    X(pango_layout_get_size) \
    X(pango_layout_iter_free) \
    X(pango_layout_iter_get_baseline) \
    X(pango_layout_iter_get_line_extents) \
    X(pango_layout_iter_get_line_readonly) \
    X(pango_layout_iter_next_line) \
    X(pango_layout_new) \
    X(pango_layout_set_alignment) \
    X(pango_layout_set_attributes) \
    X(pango_layout_set_ellipsize) \
    X(pango_layout_set_font_description) \
    X(pango_layout_set_height) \
    X(pango_layout_set_indent) \
    X(pango_layout_set_line_spacing) \
    X(pango_layout_set_text) \
    X(pango_layout_set_width) \
    X(pango_layout_set_wrap)
/* clang-format on */

static struct { FUNCTIONS(OS_LIBRARY_POINTER) } lib;
static const struct os_symbol symbols[] = {FUNCTIONS(OS_LIBRARY_SYMBOL)};
static struct os_library pango = {"libpangocairo-1.0.so.0", symbols, COUNT_OF(symbols), NULL};

#endif
