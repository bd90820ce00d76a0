/* What is found in the state space, told: the fault, the steps that lead to it, and the tokens. */
#include <assert.h>
#include <inttypes.h>

#include "bpmn/sound_space.h"
#include "bpmn/svg.h"

const char *bpmn_fault_name(enum bpmn_fault fault) {
    static const char *const names[] = {
        [BPMN_FAULT_STUCK] = "stuck",         [BPMN_FAULT_TWICE] = "twice",
        [BPMN_FAULT_DEAD] = "dead",           [BPMN_FAULT_UNBOUNDED] = "unbounded",
        [BPMN_FAULT_UNDECIDED] = "undecided",
    };
    assert((size_t)fault < COUNT_OF(names));
    return names[fault];
}

bool bpmn_fault_is_unsound(enum bpmn_fault fault) {
    return fault != BPMN_FAULT_TWICE;
}

const struct bpmn_finding *bpmn_unsound(const struct bpmn_findings *findings) {
    for (size_t i = 0; i < findings->count; i++)
        if (bpmn_fault_is_unsound(findings->list[i].fault))
            return &findings->list[i];
    return NULL;
}

/* --- findings
 * ------------------------------------------------------------------------------------------- */
static void add_names(struct lang_text *out, struct space *s, const uint32_t *nodes, size_t count,
                      const char *const before[LANGS]) {
    for (int lang = 0; lang < LANGS; lang++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_add(&text, out->in[lang]);
        buf_add(&text, str_from(before[lang]));
        for (size_t i = 0; i < count; i++) {
            size_t times = 0, before_it = 0;
            for (size_t k = 0; k < count; k++) {
                times += nodes[k] == nodes[i];
                before_it += k < i && nodes[k] == nodes[i];
            }
            if (before_it > 0)
                continue;
            if (i > 0)
                buf_add(&text, lang == LANG_zh ? STR("、") : STR(", "));
            buf_add(&text, bpmn_label(&s->p->nodes[nodes[i]], (enum lang)lang));
            if (times > 1)
                buf_printf(&text, " ×%zu", times);
        }
        out->in[lang] = arena_str(s->arena, buf_view(&text));
        buf_done(&text);
    }
}

/* The values that were chosen on the way to the place, each at the last step of its element before
 * `end`. */
static void add_values(struct bpmn_finding *finding, struct space *s, uint32_t place, size_t end) {
    for (uint32_t i = 0; i < s->places[place].note_count; i++) {
        const struct oracle_note *note = &s->places[place].notes[i];
        size_t step = end;
        while (step > 0 && finding->steps[step - 1] != note->node)
            step--;
        if (step == 0)
            continue;
        struct str *value = &finding->step_values[step - 1];
        *value = value->len == 0
                     ? note->text
                     : arena_printf(s->arena, "%.*s, %.*s", STR_ARG(note->text), STR_ARG(*value));
    }
}

static void find_steps(struct bpmn_finding *finding, struct space *s, uint32_t place) {
    size_t count = 0;
    for (uint32_t at = place; at != BPMN_NONE; at = s->places[at].parent)
        count += s->places[at].step_count;
    uint32_t *steps = arena_new(s->arena, uint32_t, count);
    uint32_t *flows = arena_new(s->arena, uint32_t, count);
    size_t end = count;
    for (uint32_t at = place; at != BPMN_NONE; at = s->places[at].parent) {
        end -= s->places[at].step_count;
        for (uint32_t i = 0; i < s->places[at].step_count; i++) {
            steps[end + i] = s->places[at].steps[i];
            flows[end + i] = s->places[at].flows[i];
        }
    }
    finding->steps = steps;
    finding->step_flows = flows;
    finding->step_values = arena_new(s->arena, struct str, count);
    finding->step_count = count;
    end = count;
    for (uint32_t at = place; at != BPMN_NONE; at = s->places[at].parent) {
        add_values(finding, s, at, end);
        end -= s->places[at].step_count;
    }
    finding->step_count = MIN_OF(count, (size_t)BPMN_SOUND_STEPS_MAX);
}

/* Which values leave the element no way on. */
static void add_no_way(struct bpmn_finding *finding, struct space *s, uint32_t place) {
    static const char *const around[LANGS][2] = {
        [LANG_zh] = {"；“", "”无路可走："}, [LANG_en] = {"; no way leads on from '", "' with "}};
    const struct bpmn_node *node = &s->p->nodes[finding->node];
    struct str values = known_say(s->known, &s->places[place].facts, node->index, s->arena);
    for (int lang = 0; lang < LANGS; lang++)
        finding->text.in[lang] = arena_printf(
            s->arena, "%.*s%s%.*s%s%.*s", STR_ARG(finding->text.in[lang]), around[lang][0],
            STR_ARG(bpmn_label(node, (enum lang)lang)), around[lang][1], STR_ARG(values));
}

static bool find_tokens(struct bpmn_finding *finding, struct space *s, uint32_t place) {
    struct bpmn_state state;
    struct bytes_reader in = {.in = s->places[place].bytes};
    if (!bpmn_state_decode(&state, &in, s->p, s->arena, s->err))
        return false;
    finding->tokens = arena_new(s->arena, uint32_t, state.instances.count + state.parked.count);
    finding->flows = arena_new(s->arena, uint32_t, state.parked.count);
    for (uint32_t i = 1; i < state.instances.count; i++)
        if (bpmn_hosts(&state.instances.list[i]))
            finding->tokens[finding->token_count++] = state.instances.list[i].node;
    for (uint32_t i = 0; i < state.parked.count; i++) {
        uint32_t join = s->p->flows[state.parked.list[i].flow].to;
        finding->tokens[finding->token_count++] = join;
        finding->flows[finding->flow_count++] = state.parked.list[i].flow;
        finding->node = join; /* a token that waits there for ever is the likely fault */
    }
    if (finding->node == 0 && finding->token_count > 0)
        finding->node = finding->tokens[0];
    for (uint32_t i = 1; i < state.instances.count; i++)
        if (state.instances.list[i].incident == BPMN_INCIDENT_NO_FLOW) {
            finding->node = state.instances.list[i].node;
            add_no_way(finding, s, place);
        }
    return true;
}

bool space_report(struct space *s, enum bpmn_fault fault, uint32_t node, uint32_t place,
                  const char *zh, const char *en) {
    static const char *const tokens[LANGS] = {
        [LANG_zh] = "；停留在：", [LANG_en] = "; tokens stay at: "};
    struct bpmn_finding *list = arena_new(s->arena, struct bpmn_finding, s->out->count + 1);
    if (s->out->count > 0)
        memcpy(list, s->out->list, s->out->count * sizeof *list);
    struct bpmn_finding *finding = &list[s->out->count];
    *finding = (struct bpmn_finding){.fault = fault, .node = node};
    finding->text.in[LANG_zh] = str_from(zh);
    finding->text.in[LANG_en] = str_from(en);
    if (place != BPMN_NONE) {
        find_steps(finding, s, place);
        if (s->places[place].bytes.len > 0 && !find_tokens(finding, s, place))
            return false;
        if (finding->token_count > 0)
            add_names(&finding->text, s, finding->tokens, finding->token_count, tokens);
    }
    if (node != 0)
        finding->node = node;
    finding->at = (struct err_at){s->p->source, s->p->nodes[finding->node].line, 0};
    s->out->list = list;
    s->out->count++;
    return true;
}

/* Backwards from the end; then the first state without a way there, best one without any way. */
uint32_t space_find_stuck(struct space *s) {
    uint32_t *queue = arena_new(s->arena, uint32_t, s->place_count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < s->place_count; i++)
        if (s->places[i].ended) {
            s->places[i].ends = true;
            queue[count++] = i;
        }
    uint8_t *leads = arena_new(s->arena, uint8_t, s->place_count + 1);
    for (uint32_t to = 0; to < s->place_count; to++)
        for (uint32_t arc = s->places[to].arcs_in; arc != BPMN_NONE; arc = s->arcs[arc].next)
            leads[s->arcs[arc].to] = 1;
    for (size_t i = 0; i < count; i++)
        for (uint32_t arc = s->places[queue[i]].arcs_in; arc != BPMN_NONE;
             arc = s->arcs[arc].next) {
            struct place *from = &s->places[s->arcs[arc].to];
            if (!from->ends) {
                from->ends = true;
                queue[count++] = s->arcs[arc].to;
            }
        }
    uint32_t found = BPMN_NONE;
    for (uint32_t i = (uint32_t)s->place_count; i-- > 0;)
        if (!s->places[i].ends && (found == BPMN_NONE || leads[i] == 0 || leads[found] != 0))
            found = i;
    return found;
}

bool space_report_stuck(struct space *s) {
    uint32_t found = space_find_stuck(s);
    if (found == BPMN_NONE)
        return true;
    return space_report(s, BPMN_FAULT_STUCK, 0, found, "流程会停住，到不了结束",
                        "the process can get stuck: from here it cannot end");
}

bool space_report_elements(struct space *s) {
    for (uint32_t i = 1; i < s->p->node_count; i++) {
        const struct bpmn_node *node = &s->p->nodes[i];
        if (!space_happened(s, i) &&
            !space_report(s, BPMN_FAULT_DEAD, i, BPMN_NONE,
                          arena_cstr(s->arena, arena_printf(s->arena, "“%.*s”永远不会发生",
                                                            STR_ARG(bpmn_label(node, LANG_zh)))),
                          arena_cstr(s->arena, arena_printf(s->arena, "'%.*s' can never happen",
                                                            STR_ARG(bpmn_label(node, LANG_en))))))
            return false;
        if (s->twice_at[i] != 0 &&
            !space_report(s, BPMN_FAULT_TWICE, i, s->twice_at[i] - 1,
                          arena_cstr(s->arena, arena_printf(s->arena, "“%.*s”会同时进行两次",
                                                            STR_ARG(bpmn_label(node, LANG_zh)))),
                          arena_cstr(s->arena, arena_printf(s->arena,
                                                            "'%.*s' can run twice at once: "
                                                            "parallel paths meet without a join",
                                                            STR_ARG(bpmn_label(node, LANG_en))))))
            return false;
    }
    return true;
}

/* --- the drawing
 * ---------------------------------------------------------------------------------------- */
/* The numbers of the steps at each node, the first ones of a loop, with what was chosen there. */
static struct str *number_steps(const struct bpmn_process *process,
                                const struct bpmn_finding *finding, struct arena *arena) {
    enum { SHOWN = 2 };
    struct str *notes = arena_new(arena, struct str, process->node_count);
    uint32_t *seen = arena_new(arena, uint32_t, process->node_count);
    for (size_t i = 0; i < finding->step_count; i++) {
        uint32_t node = finding->steps[i];
        struct str value = finding->step_values[i], *note = &notes[node];
        if (seen[node]++ > SHOWN)
            continue;
        if (seen[node] > SHOWN)
            *note = arena_printf(arena, "%.*s …", STR_ARG(*note));
        else
            *note =
                arena_printf(arena, "%.*s%s%zu%s%.*s", STR_ARG(*note), note->len > 0 ? ", " : "",
                             i + 1, value.len > 0 ? ": " : "", STR_ARG(value));
    }
    return notes;
}

/* Flows on which the joins where a token waits still want one. */
static uint8_t *find_missing(const struct bpmn_process *process, const struct bpmn_finding *finding,
                             const uint8_t *tokens, struct arena *arena) {
    uint8_t *missing = arena_new(arena, uint8_t, process->flow_count);
    for (size_t i = 0; i < finding->flow_count; i++) {
        const struct bpmn_node *join = &process->nodes[process->flows[finding->flows[i]].to];
        for (uint32_t k = 0; join->kind == BPMN_PARALLEL && k < join->in_count; k++)
            missing[join->in[k]] = tokens[join->in[k]] == 0;
    }
    return missing;
}

void bpmn_sound_svg(struct buf *out, const struct bpmn_process *process,
                    const struct bpmn_finding *finding, enum lang lang, struct str id_prefix,
                    struct arena *arena) {
    struct bpmn_marks marks = bpmn_marks_new(process, arena);
    uint8_t *nodes = arena_new(arena, uint8_t, process->node_count);
    uint8_t *flows = arena_new(arena, uint8_t, process->flow_count);
    for (size_t i = 0; i < finding->step_count; i++) {
        marks.nodes[finding->steps[i]] = BPMN_MARK_DONE;
        if (finding->step_flows[i] < process->flow_count)
            marks.flows[finding->step_flows[i]] = BPMN_MARK_DONE;
    }
    for (size_t i = 0; i < finding->flow_count; i++)
        if (flows[finding->flows[i]]++ < UINT8_MAX)
            marks.flows[finding->flows[i]] = BPMN_MARK_DONE;
    for (size_t i = 0; i < finding->token_count; i++) /* what waits before a join is on its flow */
        if (i + finding->flow_count < finding->token_count &&
            nodes[finding->tokens[i]]++ < UINT8_MAX)
            marks.nodes[finding->tokens[i]] = BPMN_MARK_ACTIVE;
    if (finding->node != 0)
        marks.nodes[finding->node] = BPMN_MARK_FAILED;
    marks.node_tokens = nodes;
    marks.flow_tokens = flows;
    marks.flow_missing = find_missing(process, finding, flows, arena);
    marks.node_notes = number_steps(process, finding, arena);
    marks.caption = finding->text.in[lang];
    bpmn_svg(out, process, &marks, lang, id_prefix, arena);
}
