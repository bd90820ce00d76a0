/* Tying together: every name that a procedure, a remedy or a matter uses must be defined, and every
 * text that a person reads must exist in every language. */
#include "pack/inner.h"

static struct err_at line_of(const struct bpmn_process *process, uint32_t line) {
    return (struct err_at){process->source, line, 0};
}

static void need_langs(struct pack_reader *r, const struct lang_text *text, struct err_at at,
                       const char *what, struct str id) {
    for (size_t i = 0; i < LANGS; i++)
        if (text->in[i].len == 0)
            pack_fault(r, 0, at, "%s of '%.*s' is missing in the language '%.*s'", what,
                       STR_ARG(id), STR_ARG(lang_code((enum lang)i)));
}

/* ---- procedures ---- */

static void bind_lanes(struct pack_reader *r, const struct bpmn_process *process) {
    for (size_t i = 0; i < process->lane_count; i++) {
        const struct bpmn_lane *lane = &process->lanes[i];
        struct err_at at = line_of(process, lane->line);
        need_langs(r, &lane->name, at, "the name", lane->id);
        if (lane->post.len > 0 && pack_post(r->pack, lane->post) == NULL)
            pack_fault(r, 0, at, "the lane '%.*s' names the post '%.*s', which is not defined",
                       STR_ARG(lane->id), STR_ARG(lane->post));
    }
}

static void bind_task(struct pack_reader *r, const struct bpmn_process *process,
                      const struct bpmn_node *node) {
    struct err_at at = line_of(process, node->line);
    const struct bpmn_lane *lane = bpmn_post_of(process, node);
    if (!node->applicant && (lane == NULL || lane->organ == BPMN_ORGAN_NONE))
        pack_fault(r, 0, at, "nobody does the task '%.*s': its lane names no post and organ",
                   STR_ARG(node->id));
    if (!node->applicant && node->purpose_count == 0)
        pack_fault(r, 6, at,
                   "the task '%.*s' says for what purpose it sees the case's data: no "
                   "<mandate:purpose>",
                   STR_ARG(node->id));
    for (size_t i = 0; i < node->outcome_count; i++)
        need_langs(r, &node->outcomes[i].label, line_of(process, node->outcomes[i].line),
                   "the label", node->outcomes[i].value);
    for (size_t i = 0; i < node->purpose_count; i++)
        need_langs(r, &node->purposes[i].why, line_of(process, node->purposes[i].line),
                   "the purpose", node->id);
}

static bool waits_for_data(const struct bpmn_node *node) {
    for (size_t i = 0; i < node->data_set_count && node->data_in_count > 0; i++)
        if (node->data_sets[i].input && node->data_sets[i].ref_count > 0)
            return true;
    return false;
}

/* What the engine carries out but the proofs of law (pack/graph.c) do not follow. NULL: fine. */
static const char *not_proved(const struct bpmn_process *process, const struct bpmn_node *node) {
    const struct bpmn_node *parent = &process->nodes[node->parent];
    if (node->loop != NULL)
        return "loops";
    for (size_t i = 0; i < node->data_out_count; i++)
        if (node->data_out[i].store.len > 0)
            return "data stores that are written: what lasts beyond a case is a register";
    if (waits_for_data(node))
        return "activities that wait for their data (an input set)";
    if (node->for_compensation)
        return "compensation";
    if (node->start_quantity != 1 || node->completion_quantity != 1)
        return "quantities of tokens";
    if (node->escapes)
        return "errors that nothing catches";
    if (node->kind != BPMN_END && node->kind != BPMN_EVENT_SUB_PROCESS && node->out_count == 0)
        return "paths without an end event";
    if (parent->start == BPMN_NONE)
        return "scopes without one start event";
    switch (node->kind) {
    case BPMN_AD_HOC: return "ad-hoc sub-processes";
    case BPMN_TRANSACTION: return "transactions";
    case BPMN_COMPLEX: return "complex gateways";
    default: break;
    }
    switch (node->event) {
    case BPMN_EVENT_COMPENSATION: return "compensation";
    case BPMN_EVENT_CANCEL: return "transactions";
    case BPMN_EVENT_CONDITIONAL: return "conditional events";
    case BPMN_EVENT_MULTIPLE:
    case BPMN_EVENT_PARALLEL_MULTIPLE: return "events with several definitions";
    default: return node->instantiates ? "starts by an event" : NULL;
    }
}

/* What a called process is given is searched and kept by other rules than a case: so a procedure
 * names each value that it hands on. */
static bool hands_on_all(const struct bpmn_node *node) {
    return node->kind == BPMN_CALL && node->all_in;
}

static void bind_node(struct pack_reader *r, const struct bpmn_process *process,
                      const struct bpmn_node *node) {
    struct err_at at = line_of(process, node->line);
    const struct pack *p = r->pack;
    if (not_proved(process, node) != NULL)
        pack_fault(r, 0, at, "element '%s' '%.*s': the procedure of a matter has no %s",
                   bpmn_kind_element(node->kind), STR_ARG(node->id), not_proved(process, node));
    if (hands_on_all(node))
        pack_fault(r, 6, at,
                   "element '%s' '%.*s': a matter hands on what its inputs name, and nothing else: "
                   "propagateAllParentVariables=\"false\" is missing",
                   bpmn_kind_element(node->kind), STR_ARG(node->id));
    need_langs(r, &node->name, at, "the name", node->id);
    for (size_t i = 0; i < node->letter_count; i++)
        if (pack_letter(p, node->letters[i].id) == NULL)
            pack_fault(r, 0, line_of(process, node->letters[i].line),
                       "the letter '%.*s' is not defined in letters.yaml",
                       STR_ARG(node->letters[i].id));
    for (size_t i = 0; i < node->basis_count; i++)
        if (pack_law(p, node->bases[i].law) == NULL)
            pack_fault(r, 0, line_of(process, node->bases[i].line),
                       "the law '%.*s' is not defined in pack.yaml", STR_ARG(node->bases[i].law));
    for (size_t i = 0; i < node->remedy_count; i++)
        if (!str_eq(node->remedies[i], STR("*")) && pack_remedy(p, node->remedies[i]) == NULL)
            pack_fault(r, 3, at, "the remedy '%.*s' is not defined in pack.yaml",
                       STR_ARG(node->remedies[i]));
    if (node->status.len > 0 && pack_status(p, node->status) == NULL)
        pack_fault(r, 0, at, "the status '%.*s' is not defined in pack.yaml",
                   STR_ARG(node->status));
    if (node->kind == BPMN_USER_TASK)
        bind_task(r, process, node);
}

void pack_bind_processes(struct pack_reader *r) {
    for (size_t i = 0; i < r->pack->process_count; i++) {
        const struct bpmn_process *process = r->pack->processes[i];
        need_langs(r, &process->name, line_of(process, process->line), "the name", process->id);
        bind_lanes(r, process);
        for (size_t k = 1; k < process->node_count; k++)
            bind_node(r, process, &process->nodes[k]);
    }
}

/* ---- letters and remedies ---- */

void pack_bind_letters(struct pack_reader *r) {
    struct err err = {0};
    struct pack *p = r->pack;
    for (size_t i = 0; i < p->letter_count; i++) {
        bool complete = true;
        for (size_t k = 0; k < LANGS; k++) {
            if (tmpl_has(p->templates, p->letters[i].template_id[k]))
                continue;
            complete = false;
            pack_fault(r, 0, r->letter_lines[i],
                       "the letter '%.*s' has no file letters/%.*s.mustache",
                       STR_ARG(p->letters[i].id), STR_ARG(p->letters[i].template_id[k]));
        }
        (void)complete;
    }
    if (!tmpl_link(p->templates, &err))
        pack_fault_err(r, 0, &err);
}

void pack_bind_remedies(struct pack_reader *r) {
    struct pack *p = r->pack;
    for (size_t i = 0; i < p->remedy_count; i++) {
        const struct law_remedy *remedy = &p->remedies[i];
        struct err_at at = {r->remedy_docs[i].source, remedy->line, 0};
        if (remedy->law.len > 0 && pack_law(p, remedy->law) == NULL)
            pack_fault(r, 0, at, "the law '%.*s' is not defined in pack.yaml",
                       STR_ARG(remedy->law));
    }
}

/* ---- matters ---- */

/* A remedy that a matter offers must lead to a matter of this pack: proof 3 in its simplest form.
 * (The base pack may define remedies whose matters only some packs have.) */
static void bind_remedy_matters(struct pack_reader *r, size_t index) {
    const struct pack_matter *m = &r->pack->matters[index];
    const struct pack_doc *doc = &r->matter_docs[index];
    if (m->remedy_count == 0 && json_get(doc->root, STR("remedies")) != NULL)
        pack_fault(r, 3, pack_at_key(doc, doc->root, STR("remedies")),
                   "the matter '%.*s' offers no remedy", STR_ARG(m->id));
    for (size_t i = 0; i < m->remedy_count; i++) {
        struct str to = m->remedies[i]->matter;
        if (to.len > 0 && pack_matter(r->pack, to) == NULL)
            pack_fault(
                r, 3, pack_at_key(doc, doc->root, STR("remedies")),
                "the remedy '%.*s' leads to the matter '%.*s', which this pack does not have",
                STR_ARG(m->remedies[i]->code), STR_ARG(to));
    }
}

/* Every clock that the procedure moves is a limit of the matter, and every limit is moved. */
static void bind_clocks(struct pack_reader *r, size_t index) {
    const struct pack_matter *m = &r->pack->matters[index];
    const struct pack_doc *doc = &r->matter_docs[index];
    const struct bpmn_process *process = m->process;
    for (size_t i = 1; i < process->node_count; i++)
        for (size_t k = 0; k < process->nodes[i].clock_count; k++) {
            const struct bpmn_clock *clock = &process->nodes[i].clocks[k];
            if (pack_limit(m, clock->id) == NULL)
                pack_fault(r, 2, pack_at_key(doc, doc->root, STR("limits")),
                           "the procedure moves the clock '%.*s' (%s:%u), but the matter has no "
                           "such limit",
                           STR_ARG(clock->id), process->source, (unsigned)clock->line);
        }
    for (size_t i = 0; i < m->limit_count; i++) {
        bool started = false;
        for (size_t n = 1; n < process->node_count && !started; n++)
            for (size_t k = 0; k < process->nodes[n].clock_count; k++)
                started |= str_eq(process->nodes[n].clocks[k].id, m->limits[i].id) &&
                           process->nodes[n].clocks[k].action == BPMN_CLOCK_START;
        if (!started)
            pack_fault(r, 2, (struct err_at){m->source, m->limits[i].line, 0},
                       "no step of the procedure '%.*s' starts the limit '%.*s'",
                       STR_ARG(m->process_id), STR_ARG(m->limits[i].id));
    }
}

bool pack_matter_value(struct feel_value *out, const struct pack_matter *m, struct arena *arena,
                       struct err *err) {
    struct feel_value with = feel_null();
    if (m->with != NULL && !feel_from_json(&with, m->with, arena, err))
        return false;
    size_t count = feel_kind(with) == FEEL_CONTEXT ? feel_count(with) : 0;
    struct feel_entry *entries = arena_new(arena, struct feel_entry, count + 2);
    if (count > 0)
        memcpy(entries, feel_entries(with), count * sizeof *entries);
    entries[count] = (struct feel_entry){STR("id"), feel_string(m->id)};
    entries[count + 1] = (struct feel_entry){
        STR("category"), m->category == NULL ? feel_null() : feel_string(m->category->id)};
    *out = feel_context_of(arena, entries, count + 2);
    return true;
}

/* The decision that a rule step of the procedure evaluates for this matter must be in the pack. */
static void bind_decision(struct pack_reader *r, size_t index, const struct bpmn_node *node) {
    const struct pack_matter *m = &r->pack->matters[index];
    struct feel_value name = feel_string(node->decision.text);
    struct err err = {0};
    if (node->decision.program != NULL) {
        struct feel_entry entry = {STR("matter"), feel_null()};
        struct feel_env env = {0};
        if (!pack_matter_value(&entry.value, m, r->arena, &err)) {
            pack_fault_err(r, 0, &err);
            return;
        }
        env.vars =
            feel_vars(r->arena, node->decision.program, feel_context_of(r->arena, &entry, 1));
        env.var_count = feel_input_count(node->decision.program);
        if (!feel_eval(&name, node->decision.program, &env, r->arena, &r->budget, &err)) {
            pack_fault_err(r, 0, &err);
            return;
        }
    }
    if (feel_kind(name) == FEEL_STRING && pack_has_decision(r->pack, feel_as_string(name)))
        return;
    pack_fault(
        r, 7, (struct err_at){m->source, 0, 0},
        "the step '%.*s' of the procedure evaluates the decision '%.*s', which is not in "
        "decisions/",
        STR_ARG(node->id),
        STR_ARG(feel_kind(name) == FEEL_STRING ? feel_as_string(name) : node->decision.text));
}

void pack_bind_matters(struct pack_reader *r) {
    for (size_t i = 0; i < r->pack->matter_count; i++) {
        const struct pack_matter *m = &r->pack->matters[i];
        bind_remedy_matters(r, i);
        if (m->process == NULL)
            continue;
        bind_clocks(r, i);
        for (size_t k = 1; k < m->process->node_count; k++)
            if (m->process->nodes[k].kind == BPMN_RULE_TASK &&
                m->process->nodes[k].decision.text.at != NULL)
                bind_decision(r, i, &m->process->nodes[k]);
    }
}
