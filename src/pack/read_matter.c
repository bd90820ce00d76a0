/* matters/<id>.yaml: one page a matter. Read last, when everything that it names is known. */
#include "pack/form.h"
#include "pack/inner.h"

static const struct pack_law *law_of(struct pack_reader *r, const struct pack_doc *doc,
                                     const struct json *at, struct str id) {
    const struct pack_law *law = pack_law(r->pack, id);
    if (law == NULL && id.len > 0)
        pack_fault(r, 0, pack_at(doc, at), "the law '%.*s' is not defined in pack.yaml",
                   STR_ARG(id));
    return law;
}

static void read_basis(struct pack_matter *m, struct pack_reader *r, const struct pack_doc *doc) {
    const struct json *list = pack_list(r, doc, doc->root, STR("law"), true);
    m->basis = arena_new(r->arena, struct pack_basis, json_count(list));
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "law articles says", "a legal basis"))
            continue;
        struct pack_basis basis = {
            .law = law_of(r, doc, node, pack_id(r, doc, node, STR("law"), true)),
            .articles = pack_articles(r, doc, node, false),
            .says = pack_lang(r, doc, node, STR("says"), true),
        };
        if (basis.law != NULL)
            m->basis[m->basis_count++] = basis;
    }
    if (m->basis_count == 0)
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("law")), "a matter needs a legal basis");
}

static void read_competence(struct pack_matter *m, struct pack_reader *r,
                            const struct pack_doc *doc) {
    static const struct {
        struct str name;
        enum law_competent_by by;
    } rows[] = {
        {STR_INIT("place"), LAW_BY_PLACE},
        {STR_INIT("deciding-organ"), LAW_BY_DECIDING_ORGAN},
        {STR_INIT("review-organ"), LAW_BY_REVIEW_ORGAN},
        {STR_INIT("superior"), LAW_BY_SUPERIOR},
    };
    const struct json *node = json_get(doc->root, STR("competent"));
    if (node == NULL) {
        pack_fault(r, 0, pack_at(doc, doc->root), "'competent' is missing: who is competent?");
        return;
    }
    if (!pack_only(r, doc, node, "level by accepts factor", "'competent'"))
        return;
    struct law_competence *c = &m->competence;
    struct str by = pack_text(r, doc, node, STR("by"), true);
    size_t which = 0, count;
    while (which < COUNT_OF(rows) && !str_eq(rows[which].name, by))
        which++;
    if (which < COUNT_OF(rows))
        c->by = rows[which].by;
    else if (by.len > 0)
        pack_fault(r, 0, pack_at_key(doc, node, STR("by")),
                   "'by' must be place, deciding-organ, review-organ or superior, not '%.*s'",
                   STR_ARG(by));
    struct str *levels = pack_texts(&count, r, doc, node, STR("level"), true);
    for (size_t i = 0; i < count && i < LAW_LEVELS; i++)
        c->levels[c->level_count++] = pack_level(r, doc, node, STR("level"), levels[i]);
    if (c->by == LAW_BY_PLACE && c->level_count > 1)
        pack_fault(r, 0, pack_at_key(doc, node, STR("level")),
                   "competent by place: exactly one level decides");
    struct str accepts = pack_text(r, doc, node, STR("accepts"), false);
    c->accepts = accepts.len > 0;
    if (c->accepts)
        c->accepts_level = pack_level(r, doc, node, STR("accepts"), accepts);
    c->factor = pack_lang(r, doc, node, STR("factor"), true);
    c->line = node->line;
}

static void read_extension(struct law_limit *limit, struct pack_reader *r,
                           const struct pack_doc *doc, const struct json *node) {
    const struct json *extend = json_get(node, STR("extend"));
    if (extend == NULL || !pack_only(r, doc, extend, "by to post ground", "'extend'"))
        return;
    struct law_extension *e = &limit->extension;
    bool by = json_get(extend, STR("by")) != NULL, to = json_get(extend, STR("to")) != NULL;
    if (by == to) {
        pack_fault(r, 0, pack_at(doc, extend),
                   "'extend' needs 'by' (so much more) or 'to' (so much in all), not both");
        return;
    }
    e->total = to;
    e->allowed = pack_term(&e->by, r, doc, extend, to ? STR("to") : STR("by"), true);
    e->post = pack_id(r, doc, extend, STR("post"), true);
    e->ground = pack_lang(r, doc, extend, STR("ground"), true);
    if (e->post.len > 0 && pack_post(r->pack, e->post) == NULL)
        pack_fault(r, 0, pack_at_key(doc, extend, STR("post")), "the post '%.*s' is not defined",
                   STR_ARG(e->post));
}

/* Counting: Civil Code 203 moves an end that is a day off, but never for custody (CPL 105). */
static void read_counting(struct law_limit *limit, struct pack_reader *r,
                          const struct pack_doc *doc, const struct json *node) {
    struct str counting = pack_text(r, doc, node, STR("counting"), false);
    bool custody = str_eq(counting, STR("custody"));
    if (counting.len > 0 && !custody)
        pack_fault(r, 0, pack_at_key(doc, node, STR("counting")),
                   "'counting' must be custody, or left out, not '%.*s'", STR_ARG(counting));
    limit->counting = (struct cal_counting){.end_moves = !custody, .hour_skipped = custody};
    struct str from = pack_text(r, doc, node, STR("counts_from"), false);
    limit->from_receipt = str_eq(from, STR("receipt"));
    if (from.len > 0 && !limit->from_receipt)
        pack_fault(r, 0, pack_at_key(doc, node, STR("counts_from")),
                   "'counts_from' must be receipt, or left out, not '%.*s'", STR_ARG(from));
}

static struct law_limit read_limit(struct pack_reader *r, const struct pack_doc *doc,
                                   const struct json *node) {
    struct law_limit limit = {
        .id = pack_id(r, doc, node, STR("id"), true),
        .title = pack_lang(r, doc, node, STR("title"), true),
        .from = pack_lang(r, doc, node, STR("from"), true),
        .sure = pack_sure(r, doc, node),
        .set_by_agency = pack_flag(r, doc, node, STR("set_by_agency"), false),
        .overall = pack_flag(r, doc, node, STR("overall"), false),
        .line = node->line,
    };
    struct str of = pack_text(r, doc, node, STR("of"), false);
    struct str silence = pack_id(r, doc, node, STR("silence"), false);
    limit.holder = str_eq(of, STR("applicant")) ? LAW_HOLDER_APPLICANT : LAW_HOLDER_ORGAN;
    if (of.len > 0 && !str_eq(of, STR("applicant")) && !str_eq(of, STR("organ")))
        pack_fault(r, 0, pack_at_key(doc, node, STR("of")),
                   "'of' must be organ or applicant, not '%.*s'", STR_ARG(of));
    limit.expiry = limit.holder == LAW_HOLDER_APPLICANT ? LAW_EXPIRY_LAPSE
                   : silence.len > 0                    ? LAW_EXPIRY_DEEMED
                                                        : LAW_EXPIRY_BREACH;
    (void)pack_term(&limit.within, r, doc, node, STR("within"), true);
    pack_basis_of(r, doc, node, true, &limit.law, &limit.articles);
    if (json_get(node, STR("basis")) != NULL)
        (void)law_of(r, doc, node, limit.law);
    if (limit.sure == LAW_SURE_UNSURE && !limit.set_by_agency)
        pack_fault(r, 0, pack_at_key(doc, node, STR("sure")),
                   "a limit that no source makes sure must say 'set_by_agency: true'");
    for (size_t i = 0; i < limit.id.len; i++)
        if (limit.id.at[i] == '-')
            pack_fault(r, 0, pack_at_key(doc, node, STR("id")),
                       "the limit '%.*s' must be written with '_': procedures read it as "
                       "clocks.%.*s.due",
                       STR_ARG(limit.id), STR_ARG(limit.id));
    read_counting(&limit, r, doc, node);
    read_extension(&limit, r, doc, node);
    return limit;
}

static void read_limits(struct pack_matter *m, struct pack_reader *r, const struct pack_doc *doc) {
    const struct json *list = pack_list(r, doc, doc->root, STR("limits"), true);
    m->limits = arena_new(r->arena, struct law_limit, json_count(list));
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node,
                       "id title within from of silence overall extend basis set_by_agency sure "
                       "counting counts_from",
                       "a limit"))
            continue;
        struct law_limit limit = read_limit(r, doc, node);
        if (limit.id.len > 0 && pack_limit(m, limit.id) != NULL)
            pack_fault(r, 0, pack_at(doc, node), "the limit '%.*s' is given twice",
                       STR_ARG(limit.id));
        m->set_by_agency |= limit.set_by_agency;
        m->limits[m->limit_count++] = limit;
    }
}

static void read_materials(struct pack_matter *m, struct pack_reader *r,
                           const struct pack_doc *doc) {
    const struct json *list = pack_list(r, doc, doc->root, STR("materials"), true);
    m->materials = arena_new(r->arena, struct pack_material, json_count(list));
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *node = json_item(list, i);
        if (!pack_only(r, doc, node, "id text required upload", "a material"))
            continue;
        struct pack_material material = {
            .id = pack_id(r, doc, node, STR("id"), true),
            .text = pack_lang(r, doc, node, STR("text"), true),
            .required = pack_flag(r, doc, node, STR("required"), true),
            .upload = pack_flag(r, doc, node, STR("upload"), true),
        };
        for (size_t k = 0; k < m->material_count; k++)
            if (str_eq(m->materials[k].id, material.id))
                pack_fault(r, 0, pack_at(doc, node), "the material '%.*s' is given twice",
                           STR_ARG(material.id));
        m->materials[m->material_count++] = material;
    }
}

static void read_result(struct pack_matter *m, struct pack_reader *r, const struct pack_doc *doc) {
    const struct json *result = json_get(doc->root, STR("result"));
    const struct json *fee = json_get(doc->root, STR("fee"));
    struct num amount;
    struct str law, articles;
    if (result == NULL || fee == NULL)
        pack_fault(r, 0, pack_at(doc, doc->root), "'%s' is missing",
                   result == NULL ? "result" : "fee");
    if (result != NULL && pack_only(r, doc, result, "register text", "'result'")) {
        m->register_id = pack_id(r, doc, result, STR("register"), false);
        m->result = pack_lang(r, doc, result, STR("text"), true);
    }
    m->validity = pack_lang(r, doc, doc->root, STR("validity"), true);
    if (fee == NULL || !pack_only(r, doc, fee, "amount basis text", "'fee'"))
        return;
    m->fee_amount = pack_text(r, doc, fee, STR("amount"), true);
    m->fee_text = pack_lang(r, doc, fee, STR("text"), true);
    pack_basis_of(r, doc, fee, false, &law, &articles);
    (void)law_of(r, doc, fee, law);
    if (m->fee_amount.len > 0 && (!num_parse(&amount, m->fee_amount) || num_sign(amount) < 0))
        pack_fault(r, 0, pack_at_key(doc, fee, STR("amount")),
                   "'amount' must be an amount of money, not '%.*s'", STR_ARG(m->fee_amount));
}

static void read_remedies(struct pack_matter *m, struct pack_reader *r,
                          const struct pack_doc *doc) {
    size_t count;
    struct str *codes = pack_texts(&count, r, doc, doc->root, STR("remedies"), true);
    m->remedies = arena_new(r->arena, const struct law_remedy *, count);
    for (size_t i = 0; i < count; i++) {
        const struct law_remedy *remedy = pack_remedy(r->pack, codes[i]);
        if (remedy != NULL)
            m->remedies[m->remedy_count++] = remedy;
        else
            pack_fault(r, 0, pack_at_key(doc, doc->root, STR("remedies")),
                       "the remedy '%.*s' is not defined in pack.yaml", STR_ARG(codes[i]));
    }
}

static const struct form_field *form_field(const struct pack_form *form, struct str key) {
    for (size_t i = 0; form != NULL && i < form->field_count; i++)
        if (form->fields[i].key.len > 0 && str_eq(form->fields[i].key, key))
            return &form->fields[i];
    return NULL;
}

/* {zh: ..., en: ..., tasks: [...]}: the purpose in words, and the steps that need the field. */
static struct pack_field_use read_field_use(struct pack_reader *r, const struct pack_doc *doc,
                                            const struct json_member *member,
                                            const struct pack_matter *m) {
    struct pack_field_use use = {.field = arena_str(r->arena, member->key.text)};
    struct err_at at = {doc->source, member->line, member->column};
    if (m->form != NULL && form_field(m->form, use.field) == NULL)
        pack_fault(r, 6, at, "the form '%.*s' has no field '%.*s'", STR_ARG(m->form->id),
                   STR_ARG(use.field));
    for (size_t i = 0; i < LANGS; i++) {
        use.why.in[i] = arena_str(r->arena, json_get_text(member->value, lang_code((enum lang)i)));
        if (use.why.in[i].len == 0)
            pack_fault(r, 6, at, "what the field '%.*s' is for is missing in the language '%.*s'",
                       STR_ARG(use.field), STR_ARG(lang_code((enum lang)i)));
    }
    (void)pack_only(r, doc, member->value, "zh en tasks", "the purpose of a field");
    use.tasks = pack_texts(&use.task_count, r, doc, member->value, STR("tasks"), false);
    for (size_t i = 0; i < use.task_count && m->process != NULL; i++) {
        const struct bpmn_node *node = bpmn_node(m->process, use.tasks[i]);
        if (node == NULL || node->kind != BPMN_USER_TASK)
            pack_fault(r, 6, at, "the procedure '%.*s' has no task '%.*s'", STR_ARG(m->process_id),
                       STR_ARG(use.tasks[i]));
    }
    return use;
}

/* Months, years or days: how long the data is kept after closing. Proof 6 asks for more than 0. */
static bool duration_ok(struct str text) {
    struct cal_months months;
    struct cal_span span;
    return cal_months_parse(&months, text) || cal_span_parse(&span, text);
}

static void read_data(struct pack_matter *m, struct pack_reader *r, const struct pack_doc *doc) {
    const struct json *data = json_get(doc->root, STR("data"));
    if (data == NULL) {
        pack_fault(r, 6, pack_at(doc, doc->root),
                   "'data' is missing: what each field is for, and how long it is kept");
        return;
    }
    if (!pack_only(r, doc, data, "keep fields", "'data'"))
        return;
    m->keep = pack_text(r, doc, data, STR("keep"), true);
    if (m->keep.len > 0 && !duration_ok(m->keep))
        pack_fault(r, 6, pack_at_key(doc, data, STR("keep")),
                   "'keep' must be a duration such as P5Y, not '%.*s'", STR_ARG(m->keep));
    const struct json *fields = json_get(data, STR("fields"));
    m->fields = arena_new(r->arena, struct pack_field_use, json_count(fields));
    for (size_t i = 0; json_is(fields, JSON_OBJECT) && i < json_count(fields); i++)
        m->fields[m->field_count++] = read_field_use(r, doc, json_member_at(fields, i), m);
}

static const struct bpmn_process *process_of(const struct pack *p, struct str id) {
    for (size_t i = 0; i < p->process_count; i++)
        if (str_eq(p->processes[i]->id, id))
            return p->processes[i];
    return NULL;
}

/* Who applies decides which of the base pack's forms asks for it. */
static void read_applicant(struct pack_matter *m, struct pack_reader *r,
                           const struct pack_doc *doc) {
    struct str who = pack_id(r, doc, doc->root, STR("applicant"), true);
    if (who.len == 0)
        return;
    m->anonymous = str_eq(who, STR("anonymous"));
    m->applicant = pack_form(r->pack, arena_printf(r->arena, "applicant-%.*s", STR_ARG(who)));
    if (m->applicant == NULL)
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("applicant")),
                   "there is no form 'applicant-%.*s': known are person, organisation, anyone, "
                   "anonymous, and what the pack adds",
                   STR_ARG(who));
}

static void read_ties(struct pack_matter *m, struct pack_reader *r, const struct pack_doc *doc) {
    struct str category = pack_id(r, doc, doc->root, STR("category"), true);
    struct str form = pack_id(r, doc, doc->root, STR("form"), true);
    m->category = pack_category(r->pack, category);
    m->process_id = pack_id(r, doc, doc->root, STR("process"), true);
    m->process = process_of(r->pack, m->process_id);
    m->form = pack_form(r->pack, form);
    if (m->category == NULL && category.len > 0)
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("category")),
                   "the category '%.*s' is not defined in pack.yaml", STR_ARG(category));
    if (m->process == NULL && m->process_id.len > 0)
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("process")),
                   "there is no procedure '%.*s' that could be read", STR_ARG(m->process_id));
    if (m->form == NULL && form.len > 0)
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("form")),
                   "there is no form '%.*s' that could be read", STR_ARG(form));
    m->starts_from = pack_id(r, doc, doc->root, STR("starts_from"), false);
    if (m->starts_from.len > 0 && !str_eq(m->starts_from, STR("letter")))
        pack_fault(r, 0, pack_at_key(doc, doc->root, STR("starts_from")),
                   "'starts_from' must be letter, or left out, not '%.*s'",
                   STR_ARG(m->starts_from));
}

void pack_read_matter(struct pack_reader *r, const struct pack_doc *doc) {
    struct pack *p = r->pack;
    const struct json *root = doc->root;
    if (!pack_only(r, doc, root,
                   "matter title summary who category process applicant listed starts_from "
                   "competent law limits form materials result validity fee remedies data with",
                   "a matter"))
        return;
    struct pack_matter m = {
        .id = pack_id(r, doc, root, STR("matter"), true),
        .title = pack_lang(r, doc, root, STR("title"), true),
        .summary = pack_lang(r, doc, root, STR("summary"), true),
        .who = pack_lang(r, doc, root, STR("who"), true),
        .listed = pack_flag(r, doc, root, STR("listed"), true),
        .with = json_get(root, STR("with")),
        .source = doc->source,
    };
    if (m.with != NULL && m.with->kind != JSON_OBJECT) {
        pack_fault(r, 0, pack_at(doc, m.with), "'with' must be a map of names to values");
        m.with = NULL;
    }
    read_ties(&m, r, doc);
    read_applicant(&m, r, doc);
    read_competence(&m, r, doc);
    read_basis(&m, r, doc);
    read_limits(&m, r, doc);
    read_materials(&m, r, doc);
    read_result(&m, r, doc);
    read_remedies(&m, r, doc);
    read_data(&m, r, doc);
    if (m.id.len == 0)
        return;
    if (!map_put(&p->matter_at, m.id, p->matter_count)) {
        pack_fault(r, 0, pack_at_key(doc, root, STR("matter")),
                   "the matter '%.*s' is defined twice", STR_ARG(m.id));
        return;
    }
    PACK_GROW(r, r->matter_docs, p->matter_count, r->matter_doc_room);
    r->matter_docs[p->matter_count] = *doc;
    PACK_GROW(r, p->matters, p->matter_count, r->room.matters);
    p->matters[p->matter_count++] = m;
}
