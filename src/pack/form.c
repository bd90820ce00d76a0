/* Reading a form. What form-js writes that changes nothing here (layout, dates of the exporter) is
 * passed over by name; everything else that is unknown is refused, so that no rule a drafter wrote
 * is lost in silence. */
#include "pack/form.h"

#include "pack/inner.h"

#define ANY "appearance layout exporter executionPlatform executionPlatformVersion versionTag"

/* What each type may carry beside what all do. */
static const struct kind {
    struct str type;
    enum form_field_kind kind;
    const char *keys;  /* of the component */
    const char *rules; /* of its "validate" */
    bool key;
} kinds[] = {
    {STR_INIT("textfield"), FORM_TEXTFIELD, "",
     "required minLength maxLength pattern validationType", true},
    {STR_INIT("textarea"), FORM_TEXTAREA, "", "required minLength maxLength pattern", true},
    {STR_INIT("number"), FORM_NUMBER, "decimalDigits increment", "required min max", true},
    {STR_INIT("datetime"), FORM_DATE, "subtype dateLabel disallowPassedDates", "required", true},
    {STR_INIT("select"), FORM_SELECT, "values searchable", "required", true},
    {STR_INIT("radio"), FORM_RADIO, "values", "required", true},
    {STR_INIT("checkbox"), FORM_CHECKBOX, "", "required", true},
    {STR_INIT("checklist"), FORM_CHECKLIST, "values", "required", true},
    {STR_INIT("text"), FORM_TEXT, "text", "", false},
    {STR_INIT("group"), FORM_GROUP, "components showOutline verticalAlignment path", "", false},
};

struct form_reader {
    struct arena *arena;
    struct budget *budget;
    struct pack_form *form;
    size_t room;
    struct err *err;
};

static bool fault(struct form_reader *r, const struct json *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
static bool fault(struct form_reader *r, const struct json *at, const char *format, ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(r->err, ERR_INVALID, json_where(at, r->form->source), "%s", text);
}

static bool word_in(const char *words, struct str word) {
    struct str rest = str_from(words), one;
    while (str_split(&one, &rest, ' '))
        if (str_eq(one, word))
            return true;
    return false;
}

static bool only(struct form_reader *r, const struct json *obj, const char *a, const char *b,
                 const char *what) {
    for (size_t i = 0; i < json_count(obj); i++) {
        const struct json_member *m = json_member_at(obj, i);
        if (!word_in(a, m->key.text) && !word_in(b, m->key.text))
            return fault(r, m->value, "unknown key '%.*s' in %s", STR_ARG(m->key.text), what);
    }
    return true;
}

/* The first language stands in the component, the others in its properties. A text that is given in
 * one language must be given in all. */
static bool read_text(struct lang_text *out, struct form_reader *r, const struct json *node,
                      const char *key, const char *word, bool need) {
    const struct json *properties = json_get(node, STR("properties"));
    char name[NAME_BYTES_MAX];
    bool some = false;
    out->in[0] = json_get_text(node, str_from(key));
    if (out->in[0].len == 0)
        out->in[0] = json_get_text(properties, str_from(word));
    for (size_t i = 1; i < LANGS; i++) {
        struct str code = lang_code((enum lang)i);
        (void)snprintf(name, sizeof name, "%s:%.*s", word, STR_ARG(code));
        out->in[i] = json_get_text(properties, str_from(name));
    }
    for (size_t i = 0; i < LANGS; i++)
        some = some || out->in[i].len > 0;
    for (size_t i = 0; i < LANGS; i++)
        if (out->in[i].len == 0 && (some || need))
            return fault(r, node, "the %s is missing in the language '%.*s'%s", word,
                         STR_ARG(lang_code((enum lang)i)),
                         i > 0 ? " (in properties, as \"label:en\")" : "");
    return true;
}

/* The option's label in other languages: properties "option:<value>:en". */
static bool read_option(struct form_option *out, struct form_reader *r, const struct json *node,
                        const struct json *component) {
    const struct json *properties = json_get(component, STR("properties"));
    char name[2 * NAME_BYTES_MAX];
    if (!json_is(node, JSON_OBJECT) || !only(r, node, "label value", "", "an option"))
        return r->err->code == ERR_NONE ? fault(r, node, "an option must be {label, value}")
                                        : false;
    out->value = json_get_text(node, STR("value"));
    out->label.in[0] = json_get_text(node, STR("label"));
    if (out->value.len == 0 || out->value.len > NAME_BYTES_MAX || out->label.in[0].len == 0)
        return fault(r, node, "an option needs a value and a label");
    for (size_t i = 1; i < LANGS; i++) {
        struct str code = lang_code((enum lang)i);
        (void)snprintf(name, sizeof name, "option:%.*s:%.*s", STR_ARG(out->value), STR_ARG(code));
        out->label.in[i] = json_get_text(properties, str_from(name));
        if (out->label.in[i].len == 0)
            return fault(r, node,
                         "the option '%.*s' is missing in the language '%.*s' "
                         "(in properties, as \"%s\")",
                         STR_ARG(out->value), STR_ARG(code), name);
    }
    return true;
}

static bool read_options(struct form_field *f, struct form_reader *r, const struct json *node) {
    const struct json *values = json_get(node, STR("values"));
    bool choice = f->kind == FORM_SELECT || f->kind == FORM_RADIO || f->kind == FORM_CHECKLIST;
    if (!choice)
        return true;
    size_t count = json_count(values);
    if (!json_is(values, JSON_ARRAY) || count == 0 || count > PACK_LIST_MAX)
        return fault(r, node, "'%.*s' needs a list of values", STR_ARG(f->key));
    f->options = arena_new(r->arena, struct form_option, count);
    for (size_t i = 0; i < count; i++) {
        if (!read_option(&f->options[i], r, json_item(values, i), node))
            return false;
        for (size_t k = 0; k < i; k++)
            if (str_eq(f->options[k].value, f->options[i].value))
                return fault(r, json_item(values, i), "the value '%.*s' is given twice",
                             STR_ARG(f->options[i].value));
    }
    f->option_count = count;
    return true;
}

static bool compile(struct feel_program **out, struct form_reader *r, struct str text,
                    const struct json *at) {
    struct feel_options options = {
        .open = true, .budget = r->budget, .at = json_where(at, r->form->source)};
    return feel_compile(out, r->arena, text, &options, r->err);
}

/* form-js writes the condition under which a field is hidden as "=expression". */
static bool read_hide(struct form_field *f, struct form_reader *r, const struct json *node) {
    const struct json *conditional = json_get(node, STR("conditional"));
    if (conditional == NULL)
        return true;
    const struct json *hide = json_get(conditional, STR("hide"));
    struct str text = json_text(hide);
    if (!only(r, conditional, "hide", "", "'conditional'"))
        return false;
    if (!str_starts(text, STR("=")))
        return fault(r, conditional, "'hide' must be an expression that begins with '='");
    return compile(&f->hide, r, str_sub(text, 1, text.len), hide);
}

static bool read_length(int64_t *out, struct form_reader *r, const struct json *rules,
                        const char *key) {
    const struct json *node = json_get(rules, str_from(key));
    *out = -1;
    if (node == NULL)
        return true;
    if (!json_to_i64(out, node) || *out < 0)
        return fault(r, node, "'%s' must be a whole number of characters", key);
    return true;
}

static bool read_number(struct num *out, bool *has, struct form_reader *r, const struct json *rules,
                        const char *key) {
    const struct json *node = json_get(rules, str_from(key));
    *has = node != NULL;
    if (node == NULL)
        return true;
    if (node->kind != JSON_NUMBER || !num_parse(out, json_text(node)))
        return fault(r, node, "'%s' must be a number", key);
    return true;
}

/* The pattern becomes a FEEL call of matches(), which has XPath's regular expressions. */
static bool read_pattern(struct form_field *f, struct form_reader *r, const struct json *node) {
    if (node == NULL)
        return true;
    f->pattern = json_text(node);
    struct buf text;
    buf_init(&text, 2 * FORM_BYTES_MAX);
    buf_lit(&text, "matches(value, ");
    feel_print(&text, feel_string(f->pattern));
    buf_lit(&text, ")");
    bool ok = buf_ok(&text, "the pattern", r->err) &&
              compile(&f->matches, r, arena_str(r->arena, buf_view(&text)), node);
    buf_done(&text);
    return ok;
}

static bool read_rules(struct form_field *f, struct form_reader *r, const struct json *node,
                       const char *known) {
    const struct json *rules = json_get(node, STR("validate"));
    struct str type = json_get_text(rules, STR("validationType"));
    if (rules != NULL && !only(r, rules, known, "", "'validate'"))
        return false;
    f->required = json_is_true(json_get(rules, STR("required")));
    f->email = str_eq(type, STR("email"));
    if (str_eq(type, STR("phone")))
        f->check = STR("phone");
    else if (type.len > 0 && !f->email && !str_eq(type, STR("custom")))
        return fault(r, rules, "unknown validationType '%.*s'; known: email, phone", STR_ARG(type));
    return read_length(&f->length_min, r, rules, "minLength") &&
           read_length(&f->length_max, r, rules, "maxLength") &&
           read_number(&f->number_min, &f->has_number_min, r, rules, "min") &&
           read_number(&f->number_max, &f->has_number_max, r, rules, "max") &&
           read_pattern(f, r, json_get(rules, STR("pattern")));
}

static bool read_check(struct form_field *f, struct form_reader *r, const struct json *node) {
    struct str check = json_get_text(json_get(node, STR("properties")), STR("check"));
    if (check.len == 0)
        return true;
    if (!pack_check_known(check))
        return fault(r, node, "unknown check '%.*s'; known: resident-id, uscc, phone, place",
                     STR_ARG(check));
    f->check = check;
    return true;
}

static bool read_key(struct form_field *f, struct form_reader *r, const struct json *node) {
    f->key = json_get_text(node, STR("key"));
    if (f->key.len == 0 || f->key.len > NAME_BYTES_MAX)
        return fault(r, node, "a field needs a key");
    for (size_t i = 0; i < f->key.len; i++) {
        char c = f->key.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return fault(r, node,
                         "the key '%.*s' must be letters, digits and '_', to be a name in FEEL",
                         STR_ARG(f->key));
    }
    for (size_t i = 0; i < r->form->field_count; i++)
        if (str_eq(r->form->fields[i].key, f->key))
            return fault(r, node, "the key '%.*s' is given twice", STR_ARG(f->key));
    return true;
}

static bool read_date_rules(struct form_field *f, struct form_reader *r, const struct json *node) {
    struct str rule = json_get_text(json_get(node, STR("properties")), STR("date"));
    f->not_past = json_is_true(json_get(node, STR("disallowPassedDates")));
    f->not_future = str_eq(rule, STR("not-future"));
    if (rule.len > 0 && (!f->not_future || f->kind != FORM_DATE))
        return fault(r, node, "unknown date rule '%.*s'; known: not-future", STR_ARG(rule));
    return true;
}

static const struct kind *kind_of(struct str type) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kinds[i].type, type))
            return &kinds[i];
    return NULL;
}

static bool add(struct form_reader *r, struct form_field field) {
    struct pack_form *form = r->form;
    if (form->field_count >= FORM_FIELDS_MAX)
        return err_set(r->err, ERR_LIMIT, err_nowhere, "a form of more than %d fields",
                       FORM_FIELDS_MAX);
    if (form->field_count >= r->room) {
        size_t wider = r->room == 0 ? 16 : r->room * 2;
        struct form_field *fresh = arena_new(r->arena, struct form_field, wider);
        if (form->field_count > 0)
            memcpy(fresh, form->fields, form->field_count * sizeof *fresh);
        form->fields = fresh;
        r->room = wider;
    }
    form->fields[form->field_count++] = field;
    return true;
}

static bool read_field(struct form_reader *r, const struct json *node, uint32_t group);

static bool read_fields(struct form_reader *r, const struct json *list, const struct json *at,
                        uint32_t group) {
    if (!json_is(list, JSON_ARRAY))
        return fault(r, at, "'components' must be a list");
    for (size_t i = 0; i < json_count(list); i++)
        if (!read_field(r, json_item(list, i), group))
            return false;
    return true;
}

static bool read_field(struct form_reader *r, const struct json *node, uint32_t group) {
    struct str type = json_get_text(node, STR("type"));
    const struct kind *kind = kind_of(type);
    if (!json_is(node, JSON_OBJECT) || type.len == 0)
        return fault(r, node, "a form field must be an object with a type");
    if (kind == NULL)
        return err_set(r->err, ERR_UNSUPPORTED,
                       json_where(json_get(node, STR("type")), r->form->source),
                       "form fields of the type '%.*s' are not supported", STR_ARG(type));
    if (!only(r, node, "type id key label description properties validate conditional " ANY,
              kind->keys, "a form field"))
        return false;
    struct form_field f = {.kind = kind->kind, .group = group, .line = node->line};
    const char *label = kind->kind == FORM_TEXT   ? "text"
                        : kind->kind == FORM_DATE ? "dateLabel"
                                                  : "label";
    if (kind->kind == FORM_DATE && !str_eq(json_get_text(node, STR("subtype")), STR("date")))
        return err_set(r->err, ERR_UNSUPPORTED, json_where(node, r->form->source),
                       "of datetime fields only the subtype 'date' is supported");
    if (kind->kind == FORM_GROUP && group != UINT32_MAX)
        return err_set(r->err, ERR_UNSUPPORTED, json_where(node, r->form->source),
                       "a group inside a group is not supported");
    if ((kind->key && !read_key(&f, r, node)) ||
        !read_text(&f.label, r, node, label, kind->kind == FORM_TEXT ? "text" : "label", true) ||
        !read_text(&f.description, r, node, "description", "description", false) ||
        !read_text(&f.error, r, node, "", "error", false) || !read_options(&f, r, node) ||
        !read_hide(&f, r, node) || !read_rules(&f, r, node, kind->rules) ||
        !read_check(&f, r, node) || !read_date_rules(&f, r, node) || !add(r, f))
        return false;
    if (kind->kind != FORM_GROUP)
        return true;
    uint32_t self = (uint32_t)r->form->field_count - 1;
    return read_fields(r, json_get(node, STR("components")), node, self);
}

static bool read_title(struct form_reader *r, const struct json *root) {
    char name[NAME_BYTES_MAX];
    r->form->title.in[0] = json_get_text(root, STR("title"));
    for (size_t i = 1; i < LANGS; i++) {
        (void)snprintf(name, sizeof name, "title:%.*s", STR_ARG(lang_code((enum lang)i)));
        r->form->title.in[i] = json_get_text(root, str_from(name));
    }
    for (size_t i = 0; i < LANGS; i++)
        if (r->form->title.in[i].len == 0)
            return fault(r, root, "the form's title is missing in the language '%.*s'",
                         STR_ARG(lang_code((enum lang)i)));
    return true;
}

bool form_load(struct pack_form **out, struct arena *arena, struct str text, const char *source,
               struct err *err) {
    const struct json *root;
    struct budget budget = budget_of(1000000, 64 << 20);
    if (!json_read(&root, text, source, arena, &budget, err))
        return false;
    struct pack_form *form = arena_new(arena, struct pack_form, 1);
    form->source = arena_cstr(arena, str_from(source));
    struct form_reader r = {arena, &budget, form, 0, err};
    if (!json_is(root, JSON_OBJECT) || !str_eq(json_get_text(root, STR("type")), STR("default")))
        return fault(&r, root, "not a form: an object with \"type\": \"default\" is expected");
    for (size_t i = 0; i < json_count(root); i++) {
        struct str key = json_member_at(root, i)->key.text;
        if (!word_in("type id title schemaVersion components " ANY, key) &&
            !str_starts(key, STR("title:")))
            return fault(&r, json_member_at(root, i)->value, "unknown key '%.*s' in a form",
                         STR_ARG(key));
    }
    form->id = json_get_text(root, STR("id"));
    if (form->id.len == 0)
        return fault(&r, root, "the form needs an id");
    if (!read_title(&r, root) ||
        !read_fields(&r, json_get(root, STR("components")), root, UINT32_MAX))
        return false;
    *out = form;
    return true;
}
