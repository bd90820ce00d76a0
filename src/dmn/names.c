/* Names at the border of a model. Inside, a name has one form, without blanks around its symbols:
 * "net - gross" and "net-gross" are the same name. Data may bring either, and shows the one that
 * the model writes. Only names with symbols in them can differ so: a model without any pays
 * nothing, and of another's data only the keys that are such names of the model are touched.
 * DMN 1.5: 10.3.1.4 */
#include "dmn/model.h"

#include "feel/lex.h"

bool dmn_has_symbol(struct str name) {
    for (size_t i = 0; i < name.len; i++)
        if (lex_is_symbol(name.at[i]))
            return true;
    return false;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next byte of a name in its one form, 0 at the end: no blanks beside symbols, one elsewhere.
 */
static char next_byte(struct str *rest, char last) {
    size_t i = 0;
    while (i < rest->len && is_blank(rest->at[i]))
        i++;
    bool gap =
        i > 0 && last != 0 && !lex_is_symbol(last) && i < rest->len && !lex_is_symbol(rest->at[i]);
    char c = i == rest->len ? 0 : gap ? ' ' : rest->at[i];
    *rest = str_sub(*rest, MIN_OF(gap ? i : i + 1, rest->len), rest->len);
    return c;
}

bool dmn_same_name(struct str a, struct str b) {
    char last = 0, one, other;
    do {
        one = next_byte(&a, last);
        other = next_byte(&b, last);
        last = one;
    } while (one == other && one != 0);
    return one == other;
}

static struct str collapsed(struct arena *a, struct str name) {
    char *copy = arena_new(a, char, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++)
        if (!is_blank(name.at[i]))
            copy[len++] = name.at[i];
        else if (len > 0 && copy[len - 1] != ' ')
            copy[len++] = ' ';
    return (struct str){copy, len};
}

static void add_name(struct dmn_names *names, struct arena *a, struct str name,
                     struct str written) {
    if (!map_put(&names->known, name, names->known.count))
        return; /* the first writing counts */
    size_t count = names->known.count;
    if (count > names->room) {
        size_t room = names->room == 0 ? 8 : names->room * 2;
        struct str *grown = arena_new(a, struct str, room);
        if (count > 1)
            memcpy(grown, names->written, (count - 1) * sizeof *grown);
        names->written = grown;
        names->room = room;
    }
    names->written[count - 1] = collapsed(a, str_trim(written));
    names->differ = names->differ || !str_eq(names->written[count - 1], name);
}

struct str dmn_name(struct dmn_model *m, struct str written) {
    struct str name = ast_name_normal(m->arena, written);
    if (dmn_has_symbol(name))
        add_name(m->names, m->arena, name, written);
    return name;
}

struct str dmn_written(const struct dmn_model *m, struct str name) {
    const size_t *found = m->names->differ ? map_find(&m->names->known, name) : NULL;
    return found == NULL ? name : m->names->written[*found];
}

/* --- values -------------------------------------------------------------------------------------
 */
struct renaming {
    struct dmn_run *run;
    const struct dmn_names *names;
    bool in;
};

static bool rename_value(const struct renaming *r, struct feel_value *v, bool *changed, int depth);

static struct str renamed(const struct renaming *r, struct str key) {
    if (!dmn_has_symbol(key))
        return key;
    if (r->in) {
        bool gap = false;
        for (size_t i = 0; i < key.len && !gap; i++)
            gap = is_blank(key.at[i]);
        struct str name = gap ? ast_name_normal(r->run->arena, key) : key;
        return gap && map_find(&r->names->known, name) != NULL ? name : key;
    }
    const size_t *found = map_find(&r->names->known, key);
    return found == NULL ? key : r->names->written[*found];
}

/* Names too are paid for: of a key that is looked up in its other form a copy is made. */
static bool rename_context(const struct renaming *r, struct feel_value *v, bool *changed,
                           int depth) {
    size_t count = feel_count(*v), bytes = 0;
    const struct feel_entry *entries = feel_entries(*v);
    struct feel_entry *copy = NULL;
    for (size_t i = 0; i < count; i++)
        bytes += dmn_has_symbol(entries[i].name) ? entries[i].name.len + 16 : 0;
    if (!run_affords(r->run, bytes))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct feel_entry made = entries[i];
        bool inner = false;
        made.name = renamed(r, made.name);
        if (!rename_value(r, &made.value, &inner, depth - 1))
            return false;
        if (!inner && made.name.at == entries[i].name.at && made.name.len == entries[i].name.len)
            continue;
        if (copy == NULL) {
            if (!run_affords(r->run, count * (2 * sizeof *copy + 16) + 256))
                return false;
            copy = arena_new(r->run->arena, struct feel_entry, count);
            memcpy(copy, entries, count * sizeof *copy);
        }
        copy[i] = made;
    }
    *changed = copy != NULL;
    if (copy != NULL)
        *v = feel_context_of(r->run->arena, copy, count);
    return true;
}

static bool rename_list(const struct renaming *r, struct feel_value *v, bool *changed, int depth) {
    size_t count = feel_count(*v);
    struct feel_value *copy = NULL;
    if (!run_affords(r->run, 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct feel_value made = feel_item(*v, i);
        bool inner = false;
        if (!rename_value(r, &made, &inner, depth - 1))
            return false;
        if (!inner)
            continue;
        if (copy == NULL) {
            if (!run_affords(r->run, count * sizeof *copy))
                return false;
            copy = arena_new(r->run->arena, struct feel_value, count);
            for (size_t k = 0; k < count; k++)
                copy[k] = feel_item(*v, k);
        }
        copy[i] = made;
    }
    *changed = copy != NULL;
    if (copy != NULL)
        *v = feel_list(copy, count);
    return true;
}

/* What is nested too deeply for a reader or writer stays as it is. */
static bool rename_value(const struct renaming *r, struct feel_value *v, bool *changed, int depth) {
    if (depth == 0)
        return true;
    switch (feel_kind(*v)) {
    case FEEL_LIST: return rename_list(r, v, changed, depth);
    case FEEL_CONTEXT: return rename_context(r, v, changed, depth);
    default: return true;
    }
}

bool names_rename(struct dmn_run *run, struct feel_value *v, bool in) {
    const struct renaming r = {run, run->root->names, in};
    bool changed = false;
    return rename_value(&r, v, &changed, FEEL_DEPTH_MAX);
}
