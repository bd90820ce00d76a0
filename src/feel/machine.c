/* What an evaluation under way offers to operators and built-in functions beside memory: numbers
 * and texts that are made, and diagnoses. */
#include "feel/machine.h"

#include <stdarg.h>

struct feel_value machine_number(struct feel_machine *m, struct num n) {
    struct feel_value out = feel_null();
    if (m->bytes_left < 64) { /* it may have to be boxed */
        (void)machine_reserve(m, 64);
        return out;
    }
    bool made = value_of_num(&out, n, m->arena);
    if (out.head == HEAD_BOXED)
        (void)machine_reserve(m, sizeof n);
    if (!made)
        return machine_null(m, "the calculation has no result within the numbers of FEEL");
    return out;
}

struct feel_value machine_text(struct feel_machine *m, struct buf *text) {
    struct feel_value out = feel_null();
    if (text->full || text->len > FEEL_TEXT_BYTES_MAX) {
        out = machine_null(m, "a string is longer than %d bytes", FEEL_TEXT_BYTES_MAX);
    } else {
        char *copy = machine_new(m, char, text->len + 1);
        if (copy != NULL) {
            if (text->len > 0)
                memcpy(copy, text->at, text->len);
            out = feel_string((struct str){copy, text->len});
        }
    }
    buf_done(text);
    return out;
}

/* --- diagnoses
 * ------------------------------------------------------------------------------------- */
static void diag_add(struct feel_diags *diags, struct feel_diag diag) {
    if (diags->count == FEEL_DIAGS_MAX)
        return;
    if (diags->count == diags->room) {
        size_t room = diags->room == 0 ? 4 : diags->room * 2;
        struct feel_diag *grown = arena_new(diags->arena, struct feel_diag, room);
        if (diags->count > 0)
            memcpy(grown, diags->items, diags->count * sizeof *grown);
        diags->items = grown;
        diags->room = room;
    }
    diags->items[diags->count++] = diag;
}

struct feel_value machine_null(struct feel_machine *m, const char *format, ...) {
    const struct feel_diags *diags = m->env->diags;
    if (!m->loud || m->failed || (!m->env->stop && diags->count == FEEL_DIAGS_MAX))
        return feel_null();
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = len < 0 ? 0 : MIN_OF((size_t)len, sizeof text - 1);
    static const struct place nowhere;
    const struct place *place =
        m->proto == NULL || m->proto->places == NULL ? &nowhere : &m->proto->places[m->pc];
    struct err_at at = place->source == NULL ? err_nowhere : ast_place(place->source, place->at);
    if (m->env->diags != NULL) {
        struct arena *a = m->env->diags->arena;
        diag_add(m->env->diags,
                 (struct feel_diag){place->source == NULL ? STR_NONE : place->source->text,
                                    place->at, place->len, at,
                                    arena_str(a, (struct str){text, used})});
    }
    if (m->env->stop) {
        (void)err_set(m->err, ERR_INVALID, at, "%s", text);
        m->failed = true;
    }
    return feel_null();
}
