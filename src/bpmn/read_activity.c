/* Activities (BPMN 2.0.2: 10.3): how often they are carried out, by whom, and what is special to
 * ad-hoc sub-processes and call activities. */
#include "bpmn/read.h"

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

/* --- loops
 * ---------------------------------------------------------------------------------- */
static bool read_variable_expr(struct bpmn_expr *out, struct reader *r, const struct xml_node *x,
                               struct str ref) {
    struct str name = read_variable(r, ref);
    read_data_used(r, ref);
    if (name.len == 0)
        return read_missing(r, x, "it refers to '%.*s', which is no data of this process",
                            STR_ARG(ref));
    *out = (struct bpmn_expr){.text = name, .variable = true, .at = xml_where(x, r->source)};
    return true;
}

static bool read_standard_loop(struct reader *r, struct bpmn_loop_def *loop,
                               const struct xml_node *x) {
    struct str most = str_trim(xml_attr_text(x, STR("loopMaximum")));
    uint64_t n = BPMN_FOREVER;
    loop->kind = BPMN_LOOP_STANDARD;
    loop->test_before = read_flag(x, "testBefore", false);
    if (most.len > 0 && (!str_to_u64(&n, most) || n >= BPMN_FOREVER))
        return read_wrong(r, x, "loopMaximum '%.*s' is no number", STR_ARG(most));
    loop->most = (uint32_t)n;
    return read_formal(&loop->condition, r, xml_child(x, bpmn_ns, STR("loopCondition")));
}

/* zeebe:loopCharacteristics */
static bool read_collections(struct reader *r, struct bpmn_loop_def *loop,
                             const struct xml_node *x) {
    const struct xml_node *z = read_zeebe(x, "loopCharacteristics");
    if (z == NULL)
        return true;
    struct str collection = xml_attr_text(z, STR("inputCollection"));
    struct str result = xml_attr_text(z, STR("outputElement"));
    loop->item = read_attr(r, z, "inputElement");
    loop->results = read_attr(r, z, "outputCollection");
    if (collection.len > 0 && !read_feel(&loop->collection, r, z, collection))
        return false;
    return result.len == 0 || read_feel(&loop->result, r, z, result);
}

/* loopDataInputRef, inputDataItem, loopDataOutputRef, outputDataItem: the standard's own way. */
static bool read_loop_data(struct reader *r, struct bpmn_loop_def *loop, const struct xml_node *x) {
    const struct xml_node *in = xml_child(x, bpmn_ns, STR("loopDataInputRef"));
    const struct xml_node *out = xml_child(x, bpmn_ns, STR("loopDataOutputRef"));
    const struct xml_node *item = xml_child(x, bpmn_ns, STR("inputDataItem"));
    const struct xml_node *result = xml_child(x, bpmn_ns, STR("outputDataItem"));
    if (in != NULL && loop->collection.text.at == NULL &&
        !read_variable_expr(&loop->collection, r, in, str_trim(xml_text(in, r->scratch))))
        return false;
    if (out != NULL && loop->results.len == 0) {
        read_data_used(r, str_trim(xml_text(out, r->scratch)));
        loop->results = read_variable(r, str_trim(xml_text(out, r->scratch)));
    }
    if (item != NULL && loop->item.len == 0)
        loop->item = read_plain_name(r, item);
    if (result != NULL && loop->result.text.at == NULL && read_plain_name(r, result).len > 0)
        loop->result = (struct bpmn_expr){.text = read_plain_name(r, result),
                                          .variable = true,
                                          .at = xml_where(result, r->source)};
    return true;
}

static bool add_thrown(struct reader *r, struct bpmn_loop_def *loop, const struct xml_node *x,
                       const struct xml_node *definition, struct str ref) {
    if (definition == NULL)
        return read_missing(r, x, "it throws '%.*s', which is no event definition", STR_ARG(ref));
    return read_thrown(&loop->throws[loop->throw_count++], r, definition);
}

static bool read_complex_rule(struct reader *r, struct bpmn_loop_def *loop,
                              const struct xml_node *x) {
    struct bpmn_behavior_rule *rule = &loop->rules[loop->rule_count++];
    rule->def = (uint32_t)loop->throw_count;
    const struct xml_node *event = xml_child(x, bpmn_ns, STR("event")), *definition = NULL;
    for (const struct xml_node *c = xml_first(event); c != NULL && definition == NULL;
         c = xml_sibling(c))
        if (str_eq(c->ns, bpmn_ns) && str_ends(c->name, STR("EventDefinition")))
            definition = c;
    if (!read_formal(&rule->condition, r, xml_child(x, bpmn_ns, STR("condition"))))
        return false;
    if (rule->condition.text.at == NULL)
        return read_wrong(r, x, "the condition is missing");
    return add_thrown(r, loop, x, definition, STR("event"));
}

/* BPMN 2.0.2: table 10.26, behavior: which completions throw an event. */
static bool read_behavior(struct reader *r, struct bpmn_loop_def *loop, const struct xml_node *x) {
    static const struct {
        const char *word, *attribute;
        enum bpmn_behavior behavior;
    } words[] = {{"All", NULL, BPMN_BEHAVIOR_ALL},
                 {"None", "noneBehaviorEventRef", BPMN_BEHAVIOR_NONE},
                 {"One", "oneBehaviorEventRef", BPMN_BEHAVIOR_ONE},
                 {"Complex", NULL, BPMN_BEHAVIOR_COMPLEX}};
    struct str word = xml_attr_text(x, STR("behavior"));
    size_t rules = read_count(x, "complexBehaviorDefinition"), i = 0;
    if (word.len == 0)
        return true;
    while (i < COUNT_OF(words) && !str_eq(word, str_from(words[i].word)))
        i++;
    if (i == COUNT_OF(words))
        return read_wrong(r, x, "the behavior '%.*s' is not known", STR_ARG(word));
    loop->behavior = words[i].behavior;
    loop->throws = arena_new(r->arena, struct bpmn_event_def, rules + 1);
    loop->rules = arena_new(r->arena, struct bpmn_behavior_rule, rules);
    if (words[i].attribute != NULL) {
        struct str ref = xml_attr_text(x, str_from(words[i].attribute));
        return ref.len == 0 || add_thrown(r, loop, x, read_find(r, ref), ref);
    }
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        if (loop->behavior == BPMN_BEHAVIOR_COMPLEX && read_is(c, "complexBehaviorDefinition") &&
            !read_complex_rule(r, loop, c))
            return false;
    return true;
}

static bool read_multi(struct reader *r, struct bpmn_loop_def *loop, const struct xml_node *x) {
    static const char *const parts[] = {
        "loopCardinality", "loopDataInputRef",          "loopDataOutputRef",  "inputDataItem",
        "outputDataItem",  "complexBehaviorDefinition", "completionCondition"};
    loop->kind = read_flag(x, "isSequential", false) ? BPMN_LOOP_SEQUENTIAL : BPMN_LOOP_PARALLEL;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool known = !str_eq(c->ns, bpmn_ns) || read_is_inert(c);
        for (size_t i = 0; i < COUNT_OF(parts) && !known; i++)
            known = read_is(c, parts[i]);
        if (!known && !read_refuse(r, c, "this element is not supported in a loop"))
            return false;
    }
    if (!read_formal(&loop->cardinality, r, xml_child(x, bpmn_ns, STR("loopCardinality"))) ||
        !read_formal(&loop->until, r, xml_child(x, bpmn_ns, STR("completionCondition"))) ||
        !read_collections(r, loop, x) || !read_loop_data(r, loop, x) || !read_behavior(r, loop, x))
        return false;
    return loop->cardinality.text.at != NULL || loop->collection.text.at != NULL ||
           read_wrong(r, x, "it needs loopCardinality or an inputCollection");
}

static bool read_loop(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (node->loop != NULL)
        return read_wrong(r, x, "an activity has one loop");
    node->loop = arena_new(r->arena, struct bpmn_loop_def, 1);
    node->loop->line = x->line;
    node->loop->most = BPMN_FOREVER;
    return read_is(x, "standardLoopCharacteristics") ? read_standard_loop(r, node->loop, x)
                                                     : read_multi(r, node->loop, x);
}

/* --- who does it
 * ------------------------------------------------------------------------------ */
static const struct {
    const char *element;
    enum bpmn_role role;
} roles[] = {{"potentialOwner", BPMN_ROLE_OWNER},
             {"humanPerformer", BPMN_ROLE_HUMAN},
             {"performer", BPMN_ROLE_PERFORMER},
             {"resourceRole", BPMN_ROLE_PERFORMER}};

static bool is_role(size_t *out, const struct xml_node *x) {
    for (*out = 0; *out < COUNT_OF(roles); ++*out)
        if (read_is(x, roles[*out].element))
            return true;
    return false;
}

/* BPMN 2.0.2: 10.3.1 */
static bool read_role(struct reader *r, struct bpmn_resource_role *out, const struct xml_node *x,
                      enum bpmn_role role) {
    const struct xml_node *ref = xml_child(x, bpmn_ns, STR("resourceRef"));
    const struct xml_node *assigned = xml_child(x, bpmn_ns, STR("resourceAssignmentExpression"));
    *out = (struct bpmn_resource_role){.role = role, .name = read_plain_name(r, x)};
    if (ref != NULL) {
        struct str id = str_trim(xml_text(ref, r->scratch));
        const struct xml_node *resource = read_find(r, id);
        if (resource == NULL || !read_is(resource, "resource"))
            return read_missing(r, x, "it refers to '%.*s', but there is no such resource",
                                STR_ARG(id));
        out->resource = read_plain_name(r, resource);
    }
    const struct xml_node *formal = xml_child(assigned, bpmn_ns, STR("formalExpression"));
    return read_formal(&out->who, r,
                       formal != NULL ? formal : xml_child(assigned, bpmn_ns, STR("expression")));
}

static bool read_roles(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    size_t count = 0, row;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        count += is_role(&row, c);
    node->roles = arena_new(r->arena, struct bpmn_resource_role, count);
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c))
        if (is_role(&row, c) && !read_role(r, &node->roles[node->role_count++], c, roles[row].role))
            return false;
    return true;
}

/* What zeebe:assignmentDefinition would have said; called before it is read. */
static void assign_by_roles(struct bpmn_node *node) {
    for (size_t i = 0; i < node->role_count && node->kind == BPMN_USER_TASK; i++) {
        const struct bpmn_resource_role *role = &node->roles[i];
        struct bpmn_expr *to = role->role == BPMN_ROLE_OWNER ? &node->groups : &node->assignee;
        if (to->text.at == NULL && role->who.text.at != NULL)
            *to = role->who;
        else if (to->text.at == NULL && role->resource.len > 0 && role->role == BPMN_ROLE_OWNER)
            *to = (struct bpmn_expr){.text = role->resource};
    }
}

/* --- the activity
 * ----------------------------------------------------------------------------- */
bool read_is_activity_part(const struct xml_node *x) {
    size_t row;
    return is_role(&row, x) || read_is(x, "multiInstanceLoopCharacteristics") ||
           read_is(x, "standardLoopCharacteristics") || read_is_data(x) ||
           read_is(x, "completionCondition");
}

static bool read_ad_hoc(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    node->one_at_a_time = str_eq(xml_attr_text(x, STR("ordering")), STR("Sequential"));
    node->keeps_remaining = !read_flag(x, "cancelRemainingInstances", true);
    return read_formal(&node->complete, r, xml_child(x, bpmn_ns, STR("completionCondition")));
}

static bool read_parts(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    bool scope = bpmn_kind_group(node->kind) == BPMN_GROUP_SCOPE;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool loop = read_is(c, "multiInstanceLoopCharacteristics") ||
                    read_is(c, "standardLoopCharacteristics");
        if (loop && !read_loop(r, node, c))
            return false;
        bool known = !str_eq(c->ns, bpmn_ns) || read_is_inert(c) || read_is(c, "incoming") ||
                     read_is(c, "outgoing") || read_is_activity_part(c);
        if (scope || known)
            continue; /* the children of a scope were looked at by count_scope() */
        if (read_is(c, "rendering") && node->kind == BPMN_USER_TASK)
            continue; /* how a person sees it: forms are zeebe:formDefinition's */
        if (read_is(c, "script") && node->kind == BPMN_SCRIPT_TASK) {
            if (read_zeebe(x, "script") == NULL &&
                !read_refuse(r, c, "write the script as zeebe:script, in FEEL"))
                return false;
            continue;
        }
        if (!read_refuse(r, c, "this element is not supported in an activity"))
            return false;
    }
    return true;
}

/* BPMN 2.0.2: table 10.3, StartQuantity, CompletionQuantity */
static bool read_quantity(uint32_t *out, struct reader *r, const struct xml_node *x,
                          const char *attribute) {
    struct str text = str_trim(xml_attr_text(x, str_from(attribute)));
    uint64_t n = 1;
    if (text.len > 0 && (!str_to_u64(&n, text) || n < 1 || n > BPMN_QUANTITY_MAX))
        return read_wrong(r, x, "%s '%.*s' is no number from 1 to %d", attribute, STR_ARG(text),
                          BPMN_QUANTITY_MAX);
    *out = (uint32_t)n;
    return true;
}

bool read_activity(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    if (!read_quantity(&node->start_quantity, r, x, "startQuantity") ||
        !read_quantity(&node->completion_quantity, r, x, "completionQuantity"))
        return false;
    node->for_compensation = read_flag(x, "isForCompensation", false);
    if (node->kind == BPMN_RECEIVE_TASK)
        node->instantiates = read_flag(x, "instantiate", false);
    if (!read_parts(r, node, x) || !read_roles(r, node, x) || !read_data(r, node, x))
        return false;
    assign_by_roles(node);
    if (node->kind == BPMN_AD_HOC && !read_ad_hoc(r, node, x))
        return false;
    if (node->kind == BPMN_CALL && read_zeebe(x, "calledElement") == NULL &&
        xml_attr_text(x, STR("calledElement")).len > 0) {
        struct str called = read_local(xml_attr_text(x, STR("calledElement")));
        node->called =
            (struct bpmn_expr){.text = arena_str(r->arena, called), .at = xml_where(x, r->source)};
        node->all_in = node->all_out = true;
    }
    if (node->kind == BPMN_RECEIVE_TASK || node->kind == BPMN_SEND_TASK)
        return read_task_message(r, node, x);
    return true;
}
