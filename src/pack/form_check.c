/* Checking what a person sent. Every text is typed first; then the conditions say which fields are
 * shown, on the typed values; then only shown fields are judged. A hidden field's value is dropped:
 * nobody sees it, so nobody could correct it. */
#include <inttypes.h>

#include "base/utf8.h"
#include "pack/form.h"
#include "pack/inner.h"

enum {
    TEXT_CHARS_MAX = 1000,      /* one line, when the form sets no length */
    TEXTAREA_CHARS_MAX = 20000, /* several lines: about ten pages */
};

struct checker {
    const struct pack_form *form;
    struct cal_date today;
    struct arena *arena;
    struct budget *budget;
    struct json *values;
    struct form_faults *faults;
};

/* ---- what to say ---- */

static void add(struct checker *c, const struct form_field *field, struct str zh, struct str en) {
    struct form_fault *fault = &c->faults->list[c->faults->count++];
    *fault = (struct form_fault){.field = field};
    fault->text.in[LANG_zh] = zh;
    fault->text.in[LANG_en] = en;
}

/* The pack's own message, when it has one; otherwise the general one. Two languages are written
 * here, as everywhere in the program's own texts. */
static void say(struct checker *c, const struct form_field *field, const char *zh, const char *en) {
    if (field->error.in[0].len > 0) {
        add(c, field, field->error.in[LANG_zh], field->error.in[LANG_en]);
        return;
    }
    struct str label_zh = field->label.in[LANG_zh], label_en = field->label.in[LANG_en];
    add(c, field, arena_printf(c->arena, "%.*s：%s", STR_ARG(label_zh), zh),
        arena_printf(c->arena, "%.*s: %s", STR_ARG(label_en), en));
}

static void say_missing(struct checker *c, const struct form_field *field) {
    switch (field->kind) {
    case FORM_SELECT:
    case FORM_RADIO: say(c, field, "请选择一项", "choose one"); break;
    case FORM_CHECKLIST: say(c, field, "请至少选择一项", "choose at least one"); break;
    case FORM_CHECKBOX: say(c, field, "请勾选", "tick this box"); break;
    case FORM_DATE:
        say(c, field, "请填写日期，例如2026-03-01", "enter a date, for example 2026-03-01");
        break;
    default: say(c, field, "请填写", "fill this in"); break;
    }
}

/* ---- typing ---- */

/* One text of what came in: a text, a number, or the last of several (a page may repeat a name). */
static struct str raw_text(const struct json *raw) {
    if (json_is(raw, JSON_ARRAY))
        raw = json_count(raw) == 0 ? NULL : json_item(raw, json_count(raw) - 1);
    return str_trim(json_text(raw));
}

/* Control characters other than a line end in a textarea and a tab come from no keyboard. */
static bool printable(struct str text, bool lines) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool allowed = byte >= 0x20 || byte == '\t' || (lines && byte == '\n');
        if (!allowed || byte == 0x7f)
            return false;
    }
    return true;
}

/* A browser sends line ends as CR LF. */
static struct str unix_lines(struct checker *c, struct str text) {
    if (str_find_byte(text, '\r') == SIZE_MAX)
        return text;
    char *out = arena_new(c->arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '\r')
            out[len++] = text.at[i];
    return (struct str){out, len};
}

/* Letters in the two numbers that have them are written large. */
static struct str upper(struct checker *c, struct str text) {
    char *out = arena_new(c->arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] =
            text.at[i] >= 'a' && text.at[i] <= 'z' ? (char)(text.at[i] - 'a' + 'A') : text.at[i];
    return (struct str){out, text.len};
}

static bool is_option(const struct form_field *field, struct str value) {
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            return true;
    return false;
}

static struct json *typed_list(struct checker *c, const struct form_field *field,
                               const struct json *raw) {
    struct json *out = json_arr(c->arena);
    bool many = json_is(raw, JSON_ARRAY);
    size_t count = many ? json_count(raw) : 1;
    for (size_t i = 0; i < field->option_count; i++) { /* in the form's order, each once */
        for (size_t k = 0; k < count; k++) {
            struct str value = str_trim(json_text(many ? json_item(raw, k) : raw));
            if (!str_eq(value, field->options[i].value))
                continue;
            json_push_str(out, field->options[i].value);
            break;
        }
    }
    return json_count(out) == 0 ? NULL : out;
}

/* The value in its type; NULL when nothing was sent. A text that has no such type stays a text, and
 * check_* says what is wrong with it. */
static struct json *typed(struct checker *c, const struct form_field *field,
                          const struct json *raw) {
    struct str text = raw_text(raw);
    struct num number;
    switch (field->kind) {
    case FORM_CHECKBOX: {
        bool on = json_is_true(raw) || str_eq(text, STR("true")) || str_eq(text, STR("on")) ||
                  str_eq(text, STR("yes")) || str_eq(text, STR("1"));
        return json_bool(on, c->arena);
    }
    case FORM_CHECKLIST: return typed_list(c, field, raw);
    case FORM_NUMBER:
        if (num_parse(&number, text)) {
            struct buf out;
            buf_init(&out, NAME_BYTES_MAX);
            num_print(&out, number);
            struct json *node = json_number(arena_str(c->arena, buf_view(&out)), c->arena);
            buf_done(&out);
            return node;
        }
        break;
    case FORM_TEXTAREA: text = unix_lines(c, text); break;
    case FORM_TEXT:
    case FORM_GROUP: return NULL;
    default: break;
    }
    if (str_eq(field->check, STR("resident-id")) || str_eq(field->check, STR("uscc")))
        text = upper(c, text);
    return text.len == 0 ? NULL : json_str_copy(text, c->arena);
}

/* ---- judging one shown field ---- */

static void check_text(struct checker *c, const struct form_field *field, struct str text) {
    bool lines = field->kind == FORM_TEXTAREA;
    int64_t most = lines ? TEXTAREA_CHARS_MAX : TEXT_CHARS_MAX;
    bool valid = utf8_valid(text);
    int64_t chars = valid ? (int64_t)utf8_count(text) : 0;
    if (field->length_max >= 0)
        most = field->length_max;
    if (!valid || !printable(text, lines)) {
        say(c, field, "含有不能使用的字符，请重新输入",
            "contains characters that cannot be used; type it again");
    } else if (chars > most) {
        say(c, field, arena_printf(c->arena, "请不要超过%" PRId64 "个字", most).at,
            arena_printf(c->arena, "use no more than %" PRId64 " characters", most).at);
    } else if (chars < field->length_min) {
        say(c, field, arena_printf(c->arena, "请至少填写%" PRId64 "个字", field->length_min).at,
            arena_printf(c->arena, "use at least %" PRId64 " characters", field->length_min).at);
    }
}

/* The shape that a mail can be sent to; whether it arrives only a mail can tell. RFC 5321: 4.1.2,
 * without quoted local parts and address literals. */
static bool email_ok(struct str text) {
    size_t at = str_find_byte(text, '@');
    if (at == SIZE_MAX || at == 0 || at > 64 || text.len > 254)
        return false;
    struct str local = str_sub(text, 0, at), host = str_sub(text, at + 1, text.len), part;
    for (size_t i = 0; i < local.len; i++)
        if ((unsigned char)local.at[i] <= ' ' || strchr("\"(),:;<>@[\\]", local.at[i]) != NULL)
            return false;
    if (local.at[0] == '.' || local.at[local.len - 1] == '.' ||
        str_find_byte(host, '.') == SIZE_MAX)
        return false;
    while (str_split(&part, &host, '.')) {
        if (part.len == 0 || part.len > 63 || part.at[0] == '-' || part.at[part.len - 1] == '-')
            return false;
        for (size_t i = 0; i < part.len; i++) {
            char ch = part.at[i];
            bool word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                        (ch >= '0' && ch <= '9') || ch == '-';
            if (!word)
                return false;
        }
    }
    return true;
}

static void check_named(struct checker *c, const struct form_field *field, struct str text) {
    if (str_eq(field->check, STR("resident-id")) && !pack_check_resident_id(text))
        say(c, field, "号码不正确：应为18位，最后一位可以是X，请核对",
            "this number is not right: 18 characters, the last one may be X; please check it");
    else if (str_eq(field->check, STR("uscc")) && !pack_check_uscc(text))
        say(c, field, "代码不正确：应为营业执照上的18位代码，请核对",
            "this code is not right: the 18 characters on the business licence; please check it");
    else if (str_eq(field->check, STR("phone")) && !pack_check_phone(text))
        say(c, field, "请填写手机号码，或者带区号的电话号码",
            "enter a mobile number, or a telephone number with its area code");
    else if (str_eq(field->check, STR("place")) && field->places != NULL &&
             law_place(field->places, text) == NULL)
        say(c, field, "没有这个地区，请从列表中选择",
            "there is no such place; choose one of the list");
}

static void check_date(struct checker *c, const struct form_field *field, struct str text) {
    struct cal_date date;
    if (!cal_date_parse(&date, text) || date.year < 1800 || date.year > 9999)
        say(c, field, "请填写存在的日期，例如2026-03-01",
            "enter a date that exists, for example 2026-03-01");
    else if (field->not_future && cal_date_cmp(date, c->today) > 0)
        say(c, field, "日期不能晚于今天", "the day cannot be later than today");
    else if (field->not_past && cal_date_cmp(date, c->today) < 0)
        say(c, field, "日期不能早于今天", "the day cannot be earlier than today");
}

static void check_number(struct checker *c, const struct form_field *field,
                         const struct json *value) {
    struct num number;
    if (!json_is(value, JSON_NUMBER) || !num_parse(&number, json_text(value)))
        say(c, field, "请填写数字", "enter a number");
    else if (field->has_number_min && num_cmp_any(number, field->number_min) < 0)
        say(c, field, "数字太小", "this number is too small");
    else if (field->has_number_max && num_cmp_any(number, field->number_max) > 0)
        say(c, field, "数字太大", "this number is too large");
}

/* The pattern, asked of FEEL's matches(). */
static bool check_pattern(struct checker *c, const struct form_field *field, struct str text,
                          struct err *err) {
    struct feel_entry entry = {STR("value"), feel_string(text)};
    struct feel_value out;
    struct feel_env env = {0};
    env.vars = feel_vars(c->arena, field->matches, feel_context_of(c->arena, &entry, 1));
    env.var_count = feel_input_count(field->matches);
    if (!feel_eval(&out, field->matches, &env, c->arena, c->budget, err))
        return false;
    if (!feel_is_true(out))
        say(c, field, "格式不正确，请核对", "this is not in the right form; please check it");
    return true;
}

static bool check_field(struct checker *c, const struct form_field *field, const struct json *value,
                        struct err *err) {
    size_t before = c->faults->count;
    bool ticked = field->kind != FORM_CHECKBOX || json_is_true(value);
    if (value == NULL || !ticked) {
        if (field->required)
            say_missing(c, field);
        return true;
    }
    struct str text = json_text(value);
    switch (field->kind) {
    case FORM_TEXTFIELD:
    case FORM_TEXTAREA: check_text(c, field, text); break;
    case FORM_DATE: check_date(c, field, text); break;
    case FORM_NUMBER: check_number(c, field, value); break;
    case FORM_SELECT:
    case FORM_RADIO:
        if (!is_option(field, text))
            say(c, field, "请从列出的选项中选择", "choose one of those offered");
        break;
    default: return true;
    }
    if (c->faults->count > before || field->kind == FORM_NUMBER)
        return true;
    if (field->email && !email_ok(text))
        say(c, field, "请填写有效的电子邮箱，例如name@example.com",
            "enter an e-mail address, for example name@example.com");
    else if (field->check.len > 0)
        check_named(c, field, text);
    if (c->faults->count > before || field->matches == NULL)
        return true;
    return check_pattern(c, field, text, err);
}

/* ---- which fields are shown ---- */

static bool hidden(bool *out, const struct form_field *field, struct feel_value context,
                   struct arena *arena, struct budget *budget, struct err *err) {
    *out = false;
    if (field->hide == NULL)
        return true;
    struct feel_value answer;
    struct feel_env env = {0};
    env.vars = feel_vars(arena, field->hide, context);
    env.var_count = feel_input_count(field->hide);
    if (!feel_eval(&answer, field->hide, &env, arena, budget, err))
        return false;
    *out = feel_is_true(answer);
    return true;
}

bool form_visible(bool *out, const struct pack_form *form, const struct json *values,
                  struct arena *arena, struct budget *budget, struct err *err) {
    struct feel_value context;
    if (!feel_from_json(&context, values, arena, err))
        return false;
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        bool gone;
        if (!hidden(&gone, field, context, arena, budget, err))
            return false;
        out[i] = !gone && (field->group == UINT32_MAX || out[field->group]);
    }
    return true;
}

bool form_check(struct json **values, struct form_faults *faults, const struct pack_form *form,
                const struct json *raw, struct cal_date today, struct arena *arena,
                struct budget *budget, struct err *err) {
    struct form_faults found = {arena_new(arena, struct form_fault, form->field_count), 0};
    struct checker c = {form, today, arena, budget, json_obj(arena), &found};
    bool *shown = arena_new(arena, bool, form->field_count);
    struct json **all = arena_new(arena, struct json *, form->field_count);
    struct json *kept = json_obj(arena);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        all[i] = typed(&c, field, json_get(raw, field->key));
        if (all[i] != NULL)
            json_set(c.values, field->key, all[i]);
    }
    if (!form_visible(shown, form, c.values, arena, budget, err))
        return false;
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        if (!shown[i] || field->key.len == 0)
            continue;
        if (!check_field(&c, field, all[i], err))
            return false;
        if (all[i] != NULL)
            json_set(kept, field->key, all[i]);
    }
    *values = kept;
    *faults = found;
    return true;
}
