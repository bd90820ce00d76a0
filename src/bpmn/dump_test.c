#include "bpmn/dump_test.h"

#include <inttypes.h>

static void text(struct buf *out, const char *name, struct str value) {
    if (value.len > 0)
        buf_printf(out, " %s='%.*s'", name, STR_ARG(value));
}

static void flag(struct buf *out, const char *name, bool value) {
    if (value)
        buf_printf(out, " %s", name);
}

static void number(struct buf *out, const char *name, uint32_t value, uint32_t usual) {
    if (value != usual)
        buf_printf(out, " %s=%" PRIu32, name, value);
}

static void expr(struct buf *out, const char *name, const struct bpmn_expr *e) {
    if (e->text.at == NULL && e->at.line == 0)
        return;
    buf_printf(out, " %s=%s'%.*s'", name,
               e->store             ? "@"
               : e->variable        ? "$"
               : e->program != NULL ? "="
                                    : "",
               STR_ARG(e->text));
}

static void names(struct buf *out, struct lang_text name) {
    for (int i = 0; i < LANGS; i++)
        text(out, "name", name.in[i]);
}

static void box(struct buf *out, const char *name, struct bpmn_box b) {
    if (b.width != 0)
        buf_printf(out, " %s=%" PRId32 ",%" PRId32 ",%" PRId32 ",%" PRId32, name, b.x, b.y, b.width,
                   b.height);
}

static void points(struct buf *out, const struct bpmn_point *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_printf(out, " %" PRId32 ",%" PRId32, list[i].x, list[i].y);
}

static void pairs(struct buf *out, const char *name, const struct bpmn_header *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_printf(out, " %s(%.*s=%.*s)", name, STR_ARG(list[i].key), STR_ARG(list[i].value));
}

static void mappings(struct buf *out, const char *name, const struct bpmn_mapping *list,
                     size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, " %s(", name);
        expr(out, "from", &list[i].source);
        text(out, "to", list[i].target);
        text(out, "store", list[i].store);
        for (size_t k = 0; k < list[i].need_count; k++)
            expr(out, "needs", &list[i].needs[k]);
        text(out, "output", list[i].output);
        buf_lit(out, ")");
    }
}

static void indexes(struct buf *out, const char *name, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%" PRIu32, i == 0 ? name : ",", list[i]);
}

static void def(struct buf *out, const struct bpmn_event_def *d) {
    buf_printf(out, "\n    def %s timer=%d", bpmn_event_name(d->event), (int)d->timer);
    text(out, "id", d->id);
    expr(out, "when", &d->when);
    expr(out, "message", &d->message);
    expr(out, "key", &d->key);
    text(out, "code", d->code);
    expr(out, "code", &d->code_expr);
    expr(out, "condition", &d->condition);
    for (size_t i = 0; i < d->watched_count; i++)
        text(out, "watches", d->watched[i]);
    number(out, "changes", d->changes, 0);
    number(out, "activity", d->activity, BPMN_NONE);
    flag(out, "does-not-wait", d->does_not_wait);
}

static void loop(struct buf *out, const struct bpmn_loop_def *l) {
    buf_printf(out, "\n    loop %d behavior=%d", (int)l->kind, (int)l->behavior);
    flag(out, "test-before", l->test_before);
    number(out, "most", l->most, BPMN_FOREVER);
    expr(out, "condition", &l->condition);
    expr(out, "cardinality", &l->cardinality);
    expr(out, "collection", &l->collection);
    text(out, "item", l->item);
    text(out, "results", l->results);
    expr(out, "result", &l->result);
    expr(out, "until", &l->until);
    for (size_t i = 0; i < l->throw_count; i++)
        def(out, &l->throws[i]);
    for (size_t i = 0; i < l->rule_count; i++) {
        expr(out, "rule", &l->rules[i].condition);
        number(out, "throws", l->rules[i].def, BPMN_NONE);
    }
}

static void data(struct buf *out, const struct bpmn_node *n) {
    for (size_t i = 0; i < n->data_count; i++) {
        const struct bpmn_data *d = &n->data[i];
        buf_printf(out, "\n    data %d", (int)d->kind);
        text(out, "id", d->id);
        text(out, "name", d->name);
        text(out, "item", d->item);
        text(out, "state", d->state);
        flag(out, "collection", d->collection);
        flag(out, "used", d->used);
    }
    for (size_t i = 0; i < n->data_set_count; i++) {
        const struct bpmn_data_set *s = &n->data_sets[i];
        buf_printf(out, "\n    set %d", s->input);
        text(out, "id", s->id);
        indexes(out, " refs=", s->refs, s->ref_count);
        indexes(out, " optional=", s->optional, s->optional_count);
        indexes(out, " executing=", s->executing, s->executing_count);
    }
    mappings(out, "data-in", n->data_in, n->data_in_count);
    mappings(out, "data-out", n->data_out, n->data_out_count);
    for (size_t i = 0; i < n->role_count; i++) {
        buf_printf(out, "\n    role %d", (int)n->roles[i].role);
        text(out, "name", n->roles[i].name);
        text(out, "resource", n->roles[i].resource);
        expr(out, "who", &n->roles[i].who);
    }
}

static void bound(struct buf *out, struct bpmn_bound b) {
    number(out, "binding", b.binding, BPMN_BINDING_LATEST);
    text(out, "version-tag", b.version_tag);
}

static void work(struct buf *out, const struct bpmn_node *n) {
    const struct {
        const char *name;
        const struct bpmn_expr *e;
    } exprs[] = {
        {"job", &n->job_type},
        {"retries", &n->retries},
        {"job-priority", &n->job_priority},
        {"assignee", &n->assignee},
        {"groups", &n->groups},
        {"users", &n->users},
        {"due", &n->due},
        {"follow-up", &n->follow_up},
        {"priority", &n->priority},
        {"external", &n->form_external},
        {"decision", &n->decision},
        {"script", &n->script},
        {"called", &n->called},
        {"business", &n->business_id},
        {"activation", &n->activation},
        {"complete", &n->complete},
        {"active", &n->active},
        {"result-of", &n->result_element},
    };
    for (size_t i = 0; i < COUNT_OF(exprs); i++)
        expr(out, exprs[i].name, exprs[i].e);
    pairs(out, "header", n->headers, n->header_count);
    pairs(out, "property", n->properties, n->property_count);
    for (size_t i = 0; i < n->listener_count; i++) {
        buf_printf(out, "\n    listener %s", bpmn_listen_name(n->listeners[i].listen));
        expr(out, "type", &n->listeners[i].type);
        expr(out, "retries", &n->listeners[i].retries);
        pairs(out, "header", n->listeners[i].headers, n->listeners[i].header_count);
    }
    for (size_t i = 0; i < n->linked_count; i++) {
        text(out, "linked", n->linked[i].resource_id);
        text(out, "type", n->linked[i].type);
        text(out, "as", n->linked[i].name);
        bound(out, n->linked[i].bound);
    }
    text(out, "agent", n->agent);
    text(out, "form", n->form);
    text(out, "form-key", n->form_key);
    text(out, "result", n->result);
    text(out, "results", n->results);
    bound(out, n->form_bound);
    bound(out, n->decision_bound);
    bound(out, n->called_bound);
    mappings(out, "in", n->inputs, n->input_count);
    mappings(out, "out", n->outputs, n->output_count);
    flag(out, "native", n->native);
    flag(out, "all-in", n->all_in);
    flag(out, "all-out", n->all_out);
    number(out, "start-quantity", n->start_quantity, 1);
    number(out, "completion-quantity", n->completion_quantity, 1);
    flag(out, "one-at-a-time", n->one_at_a_time);
    flag(out, "keeps-remaining", n->keeps_remaining);
}

static void node(struct buf *out, const struct bpmn_node *n) {
    buf_printf(out, "\n  %s '%.*s' event=%s", bpmn_kind_element(n->kind), STR_ARG(n->id),
               bpmn_event_name(n->event));
    names(out, n->name);
    text(out, "doc", n->documentation);
    number(out, "parent", n->parent, BPMN_NONE);
    number(out, "lane", n->lane, BPMN_NONE);
    number(out, "attached", n->attached_to, BPMN_NONE);
    number(out, "default", n->default_flow, BPMN_NONE);
    number(out, "start", n->start, BPMN_NONE);
    number(out, "handler", n->handler, BPMN_NONE);
    number(out, "compensates", n->compensates, BPMN_NONE);
    indexes(out, " in=", n->in, n->in_count);
    indexes(out, " out=", n->out, n->out_count);
    indexes(out, " initial=", n->initial, n->initial_count);
    flag(out, "interrupting", n->interrupting);
    flag(out, "instantiates", n->instantiates);
    flag(out, "escapes", n->escapes);
    flag(out, "for-compensation", n->for_compensation);
    flag(out, "parallel-events", n->parallel_events);
    flag(out, "drawn", n->drawn);
    flag(out, "expanded", n->expanded);
    flag(out, "bare", n->bare);
    box(out, "box", n->box);
    box(out, "label", n->label);
    work(out, n);
    data(out, n);
    for (size_t i = 0; i < n->def_count; i++)
        def(out, &n->defs[i]);
    if (n->loop != NULL)
        loop(out, n->loop);
}

static void around(struct buf *out, const struct bpmn_artifact *artifacts, size_t artifact_count,
                   const struct bpmn_connection *lines, size_t line_count) {
    for (size_t i = 0; i < artifact_count; i++) {
        const struct bpmn_artifact *a = &artifacts[i];
        buf_printf(out, "\n  artifact %d diagram=%" PRIu32, (int)a->kind, a->diagram);
        text(out, "id", a->id);
        text(out, "text", a->text);
        flag(out, "collection", a->collection);
        flag(out, "upright", a->upright);
        flag(out, "bold", a->bold);
        box(out, "box", a->box);
    }
    for (size_t i = 0; i < line_count; i++) {
        const struct bpmn_connection *l = &lines[i];
        buf_printf(out, "\n  line %d diagram=%" PRIu32, (int)l->kind, l->diagram);
        text(out, "id", l->id);
        text(out, "name", l->name);
        flag(out, "from", l->from_arrow);
        flag(out, "to", l->to_arrow);
        flag(out, "envelope", l->envelope);
        flag(out, "answer", l->answer);
        box(out, "label", l->label);
        points(out, l->points, l->point_count);
    }
}

static void process(struct buf *out, const struct bpmn_process *p) {
    buf_printf(out, "\nprocess '%.*s'", STR_ARG(p->id));
    names(out, p->name);
    text(out, "version", p->version);
    flag(out, "executable", p->executable);
    flag(out, "global-task", p->global_task);
    flag(out, "diagram", p->has_diagram);
    for (size_t i = 0; i < p->problem_count; i++)
        text(out, "\n  problem", p->problems[i].text);
    for (size_t i = 0; i < p->store_count; i++) {
        text(out, "\n  store", p->stores[i].id);
        text(out, "name", p->stores[i].name);
        number(out, "capacity", p->stores[i].capacity, BPMN_NONE);
        flag(out, "written", p->stores[i].written);
    }
    for (size_t i = 0; i < p->form_count; i++) {
        text(out, "\n  form", p->forms[i].id);
        text(out, "body", p->forms[i].body);
    }
    for (size_t i = 0; i < p->lane_count; i++) {
        const struct bpmn_lane *l = &p->lanes[i];
        text(out, "\n  lane", l->id);
        names(out, l->name);
        number(out, "parent", l->parent, BPMN_NONE);
        text(out, "post", l->post);
        flag(out, "upright", l->upright);
        box(out, "box", l->box);
    }
    for (size_t i = 0; i < p->node_count; i++)
        node(out, &p->nodes[i]);
    for (size_t i = 0; i < p->flow_count; i++) {
        const struct bpmn_flow *f = &p->flows[i];
        text(out, "\n  flow", f->id);
        names(out, f->name);
        buf_printf(out, " %" PRIu32 "->%" PRIu32, f->from, f->to);
        expr(out, "if", &f->condition);
        flag(out, "default", f->is_default);
        flag(out, "link", f->is_link);
        box(out, "label", f->label);
        points(out, f->points, f->point_count);
    }
    around(out, p->artifacts, p->artifact_count, p->lines, p->line_count);
}

void dump_model(struct buf *out, const struct bpmn_model *m) {
    buf_lit(out, "model");
    text(out, "id", m->id);
    text(out, "name", m->name);
    text(out, "exporter", m->exporter);
    for (size_t i = 0; i < m->declaration_count; i++) {
        const struct bpmn_declaration *d = &m->declarations[i];
        text(out, "\ndeclaration", d->element);
        text(out, "id", d->id);
        text(out, "name", d->name);
        text(out, "detail", d->detail);
    }
    for (size_t i = 0; i < m->participant_count; i++) {
        const struct bpmn_participant *p = &m->participants[i];
        text(out, "\nparticipant", p->id);
        text(out, "name", p->name);
        text(out, "process", p->process_id);
        number(out, "index", p->process, BPMN_NONE);
        number(out, "least", p->least, 1);
        number(out, "most", p->most, 1);
    }
    for (size_t i = 0; i < m->message_flow_count; i++) {
        const struct bpmn_message_flow *f = &m->message_flows[i];
        text(out, "\nmessage-flow", f->id);
        text(out, "name", f->name);
        text(out, "message", f->message);
        text(out, "from", f->from);
        text(out, "to", f->to);
        number(out, "from-node", f->from_node, BPMN_NONE);
        number(out, "to-node", f->to_node, BPMN_NONE);
    }
    around(out, m->artifacts, m->artifact_count, m->lines, m->line_count);
    for (size_t i = 0; i < m->process_count; i++)
        process(out, m->processes[i]);
    buf_lit(out, "\n");
}
