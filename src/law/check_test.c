/* Procedures are written as text, a node or an edge a line, and each row says what the proof finds:
 * the number of findings, the first one's text, and the ids along its path. */
#include "law/check.h"

#include "base/test.h"

enum { TEST_NODES_MAX = 40, TEST_EDGES_MAX = 80, TEST_ACTS_MAX = 6, TEST_LIST_MAX = 6 };

static const struct law_remedy remedies[] = {
    {.code = STR_INIT("R60"),
     .to = LAW_TO_REVIEW_ORGAN,
     .matter = STR_INIT("reconsideration"),
     .has_term = true,
     .term = {60, CAL_UNIT_CALENDAR_DAY}},
    {.code = STR_INIT("L6M"), .to = LAW_TO_COURT, .has_term = true, .term = {6, CAL_UNIT_MONTH}},
    {.code = STR_INIT("SUPERIOR"),
     .to = LAW_TO_SUPERIOR,
     .matter = STR_INIT("petition-review"),
     .has_term = true,
     .term = {30, CAL_UNIT_CALENDAR_DAY}},
    {.code = STR_INIT("LOST"),
     .to = LAW_TO_REVIEW_ORGAN,
     .matter = STR_INIT("nowhere"),
     .has_term = true,
     .term = {60, CAL_UNIT_CALENDAR_DAY}},
    {.code = STR_INIT("WRONG"),
     .to = LAW_TO_SUPERIOR,
     .matter = STR_INIT("reconsideration"),
     .has_term = true,
     .term = {60, CAL_UNIT_CALENDAR_DAY}},
    {.code = STR_INIT("NOTERM"), .to = LAW_TO_COURT},
    {.code = STR_INIT("FINAL"),
     .to = LAW_TO_NOBODY,
     .law = STR_INIT("EEL"),
     .articles = STR_INIT("36")},
    {.code = STR_INIT("FINAL-WHY"), .to = LAW_TO_NOBODY},
};

static const struct law_limit limits[] = {
    {.id = STR_INIT("examine"), .within = {5, CAL_UNIT_WORKING_DAY}, .expiry = LAW_EXPIRY_DEEMED},
    {.id = STR_INIT("decide"),
     .within = {15, CAL_UNIT_CALENDAR_DAY},
     .overall = true,
     .extension = {.allowed = true, .by = {30, CAL_UNIT_CALENDAR_DAY}, .total = true}},
    {.id = STR_INIT("correct"),
     .within = {10, CAL_UNIT_WORKING_DAY},
     .holder = LAW_HOLDER_APPLICANT,
     .expiry = LAW_EXPIRY_LAPSE},
    {.id = STR_INIT("deliver"), .within = {10, CAL_UNIT_WORKING_DAY}},
    {.id = STR_INIT("more"), .within = {20, CAL_UNIT_WORKING_DAY}, .overall = true},
    {.id = STR_INIT("custody"),
     .within = {24, CAL_UNIT_HOUR},
     .custody = true,
     .alarm = STR_INIT("superior")},
    {.id = STR_INIT("quiet"), .within = {24, CAL_UNIT_HOUR}, .custody = true},
    {.id = STR_INIT("moved"),
     .within = {3, CAL_UNIT_CALENDAR_DAY},
     .custody = true,
     .alarm = STR_INIT("superior"),
     .counting = {.end_moves = true}},
    {.id = STR_INIT("plea"), .within = {10, CAL_UNIT_WORKING_DAY}, .holder = LAW_HOLDER_APPLICANT},
};

struct graph {
    struct law_procedure p;
    struct law_node nodes[TEST_NODES_MAX];
    struct law_edge edges[TEST_EDGES_MAX];
    struct law_clock_act acts[TEST_NODES_MAX][TEST_ACTS_MAX];
    uint32_t separate[TEST_NODES_MAX][TEST_LIST_MAX];
    const struct law_remedy *remedies[TEST_NODES_MAX][TEST_LIST_MAX];
};

static uint32_t node_at(const struct graph *g, struct str id) {
    for (uint32_t i = 0; i < g->p.node_count; i++)
        if (str_eq(g->nodes[i].id, id))
            return i;
    test_failed(__FILE__, __LINE__, "the test names a node that is not there", NULL);
    return 0;
}

static uint32_t limit_at(struct str id) {
    for (uint32_t i = 0; i < COUNT_OF(limits); i++)
        if (str_eq(limits[i].id, id))
            return i;
    test_failed(__FILE__, __LINE__, "the test names a limit that is not there", NULL);
    return 0;
}

static const struct law_remedy *remedy_at(struct str code) {
    for (size_t i = 0; i < COUNT_OF(remedies); i++)
        if (str_eq(remedies[i].code, code))
            return &remedies[i];
    test_failed(__FILE__, __LINE__, "the test names a remedy that is not there", NULL);
    return &remedies[0];
}

/* "start examine" or "start examine at leave" */
static struct law_clock_act act_of(struct str text) {
    struct law_clock_act act = {0};
    struct str verb = STR_NONE, limit = STR_NONE;
    text = str_trim(text);
    CHECK(str_split(&verb, &text, ' ') && str_split(&limit, &text, ' '));
    act.limit = limit_at(limit);
    act.verb = str_eq(verb, STR("start"))     ? LAW_CLOCK_START
               : str_eq(verb, STR("suspend")) ? LAW_CLOCK_SUSPEND
               : str_eq(verb, STR("resume"))  ? LAW_CLOCK_RESUME
                                              : LAW_CLOCK_STOP;
    act.at_leave = text.len > 0;
    return act;
}

static void flag_of(struct graph *g, uint32_t n, struct str flag) {
    struct law_node *node = &g->nodes[n];
    struct str one, list;
    node->applicant |= str_eq(flag, STR("applicant"));
    node->adverse |= str_eq(flag, STR("adverse"));
    node->letter |= str_eq(flag, STR("letter"));
    node->adverse_letter |= str_eq(flag, STR("bad-letter"));
    node->held |= str_eq(flag, STR("held"));
    node->releases |= str_eq(flag, STR("releases"));
    if (str_starts(flag, STR("separate="))) {
        list = str_sub(flag, 9, flag.len);
        while (str_split(&one, &list, '+'))
            g->separate[n][node->separate_count++] = node_at(g, one);
    }
    if (str_starts(flag, STR("remedy="))) {
        list = str_sub(flag, 7, flag.len);
        while (str_split(&one, &list, '+'))
            g->remedies[n][node->remedy_count++] = remedy_at(one);
    }
    node->separate = g->separate[n];
    node->remedies = g->remedies[n];
}

static void add_node(struct graph *g, struct str kind, struct str id, struct str rest) {
    uint32_t n = (uint32_t)g->p.node_count++;
    struct law_node *node = &g->nodes[n];
    struct str head = STR_NONE, flag, act;
    node->id = id;
    node->at = (struct err_at){"test.bpmn", n + 1, 0};
    node->kind = str_eq(kind, STR("start"))  ? LAW_NODE_START
                 : str_eq(kind, STR("end"))  ? LAW_NODE_END
                 : str_eq(kind, STR("task")) ? LAW_NODE_TASK
                 : str_eq(kind, STR("wait")) ? LAW_NODE_WAIT
                                             : LAW_NODE_INSTANT;
    if (node->kind == LAW_NODE_START)
        g->p.start = n;
    node->acts = g->acts[n];
    (void)str_split(&head, &rest, ':');
    while (head.len > 0 && str_split(&flag, &head, ' '))
        flag_of(g, n, flag);
    while (rest.at != NULL && str_split(&act, &rest, ',')) {
        g->acts[n][node->act_count] = act_of(act);
        g->acts[n][node->act_count++].line = n + 1;
    }
}

static void add_edge(struct graph *g, struct str from, struct str to, struct str rest) {
    struct law_edge *edge = &g->edges[g->p.edge_count++];
    struct str flag;
    *edge = (struct law_edge){node_at(g, from), node_at(g, to), false, LAW_NO_LIMIT};
    while (rest.len > 0 && str_split(&flag, &rest, ' ')) {
        edge->interrupts |= str_eq(flag, STR("interrupts"));
        if (str_starts(flag, STR("expiry=")))
            edge->expiry_of = limit_at(str_sub(flag, 7, flag.len));
    }
}

static struct graph *graph_of(struct arena *arena, const char *text) {
    struct graph *g = arena_new(arena, struct graph, 1);
    struct str rest = str_from(text), line;
    while (str_split(&line, &rest, '\n')) {
        struct str word, a, b;
        if (line.len == 0 || !str_split(&word, &line, ' '))
            continue;
        CHECK(str_split(&a, &line, ' '));
        if (!str_eq(word, STR("edge"))) {
            add_node(g, word, a, line);
            continue;
        }
        CHECK(str_split(&b, &line, ' '));
        add_edge(g, a, b, line);
    }
    g->p.matter = STR("m");
    g->p.at = (struct err_at){"m.yaml", 1, 0};
    g->p.nodes = g->nodes;
    g->p.edges = g->edges;
    g->p.limits = limits;
    g->p.limit_count = COUNT_OF(limits);
    return g;
}

struct row {
    int line;
    const char *graph;
    size_t count;
    const char *text, *path; /* of the first finding */
};

static void check_row(const struct row *row, const struct graph *g,
                      const struct law_findings *found) {
    CHECK_INT_AT(row->line, (int64_t)found->count, (int64_t)row->count);
    if (found->count == 0 || row->count == 0)
        return;
    const struct law_finding *first = &found->list[0];
    CHECK_STR_AT(row->line, first->text.in[LANG_en], str_from(row->text));
    CHECK_AT(row->line, first->text.in[LANG_zh].len > 0 && first->at.line > 0);
    char path[1000] = "";
    size_t len = 0;
    for (size_t i = 0; i < first->step_count; i++) {
        struct str id = g->nodes[first->nodes[i]].id;
        len += (size_t)snprintf(path + len, sizeof path - len, "%s%.*s", i > 0 ? " " : "",
                                STR_ARG(id));
        CHECK_AT(row->line, str_find(first->steps[i], id) != SIZE_MAX);
    }
    CHECK_STR_AT(row->line, ((struct str){path, len}), str_from(row->path));
}

typedef bool run_proof(struct law_findings *out, struct graph *g, struct budget *budget,
                       struct err *err);

static void check_rows(const struct row *rows, size_t count, run_proof *run) {
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_create("check", 4 << 20);
        struct graph *g = graph_of(arena, rows[i].graph);
        struct law_findings found = {.arena = arena};
        struct budget budget = budget_of(1000000, 16 << 20);
        struct err err = {0};
        CHECK_OK_AT(rows[i].line, run(&found, g, &budget, &err), &err);
        check_row(&rows[i], g, &found);
        for (uint64_t steps = 0; steps < 10000; steps += 7) { /* every smaller budget ends too */
            struct law_findings again = {.arena = arena};
            struct arena_mark mark = arena_mark(arena);
            struct err no = {0};
            budget = budget_of(steps, steps * 500);
            bool ok = run(&again, g, &budget, &no);
            CHECK_AT(rows[i].line, ok || no.code == ERR_LIMIT);
            arena_rewind(arena, mark);
            if (ok)
                break;
        }
        arena_destroy(arena);
    }
}

/* ---- proof 2 ---- */

/* Accept, correct once, decide: the shape of most applications. */
#define APPLICATION                                                                                \
    "start submitted :start examine at leave\n"                                                    \
    "task accept\n"                                                                                \
    "event accepted :stop examine, start decide\n"                                                 \
    "event asked :stop examine, start correct\n"                                                   \
    "task fix applicant :stop correct at leave\n"                                                  \
    "task recheck :start examine\n"                                                                \
    "task decide separate=accept+recheck\n"                                                        \
    "end granted letter :stop decide\n"                                                            \
    "end refused adverse letter remedy=R60+L6M :stop decide\n"                                     \
    "end lapsed adverse letter remedy=R60 :stop correct\n"                                         \
    "edge submitted accept\n"                                                                      \
    "edge accept accepted\n"                                                                       \
    "edge accept asked\n"                                                                          \
    "edge accept accepted interrupts expiry=examine\n"                                             \
    "edge asked fix\n"                                                                             \
    "edge fix recheck\n"                                                                           \
    "edge fix lapsed interrupts expiry=correct\n"                                                  \
    "edge recheck accepted\n"                                                                      \
    "edge recheck refused\n"                                                                       \
    "edge accepted decide\n"                                                                       \
    "edge decide granted\n"                                                                        \
    "edge decide refused\n"

static const struct row bounded_rows[] = {
    {__LINE__, APPLICATION, 0, NULL, NULL},
    {__LINE__, "start s\ntask work\nend e\nedge s work\nedge work e\n", 1,
     "in 'work': the organ holds the case while no time limit runs", "s work"},
    {__LINE__, /* the clock stops one step too early, on one of two ways */
     "start s :start decide at leave\ntask a\nevent b :stop decide\ntask c\nend e :stop decide\n"
     "edge s a\nedge a b\nedge a c\nedge b c\nedge c e\n",
     1, "in 'c': the organ holds the case while no time limit runs", "s a b c"},
    {__LINE__, /* a wait is the organ's time as well */
     "start s\nwait job\nend e\nedge s job\nedge job e\n", 1,
     "in 'job': the organ holds the case while no time limit runs", "s job"},
    {__LINE__, /* the applicant's turn needs no clock of the organ */
     "start s\ntask fix applicant\nend e\nedge s fix\nedge fix e\n", 0, NULL, NULL},
    {__LINE__, /* suspended, and nothing else runs */
     "start s :start decide at leave\nevent ask :suspend decide\ntask wait-for-expert\n"
     "event back :resume decide\ntask decide\nend e\nedge s ask\nedge ask wait-for-expert\n"
     "edge wait-for-expert back\nedge back decide\nedge decide e\n",
     1, "in 'wait-for-expert': the organ holds the case while no time limit runs",
     "s ask wait-for-expert"},
    {__LINE__, /* suspended while another clock runs */
     "start s :start decide at leave\nevent ask :suspend decide, start deliver\ntask expert\n"
     "event back :stop deliver, resume decide\ntask decide\nend e\nedge s ask\nedge ask expert\n"
     "edge expert back\nedge back decide\nedge decide e\n",
     0, NULL, NULL},
    {__LINE__, /* a term of the applicant without any effect does not bind the organ */
     "start s :start plea at leave\ntask work\nend e\nedge s work\nedge work e\n", 1,
     "in 'work': the organ holds the case while no time limit runs", "s work"},
    {__LINE__, /* two overall limits one after the other: 30 days, then 28 */
     "start s :start decide at leave\ntask a :stop decide at leave, start more at leave\ntask b\n"
     "end e\nedge s a\nedge a b\nedge b e\n",
     1,
     "in 'b': the limits on this path add up to about 58 days, more than the 30 days that the law "
     "gives",
     "s a b"},
    {__LINE__, /* either of them, on different ways: fine */
     "start s\nevent x :start decide\nevent y :start more\ntask b\nend e\n"
     "edge s x\nedge s y\nedge x b\nedge y b\nedge b e\n",
     0, NULL, NULL},
    {__LINE__, /* examined again and again, each time from the beginning */
     "start s :start examine at leave\ntask a :stop examine at leave\ntask b :start examine\nend "
     "e\n"
     "edge s a\nedge a b\nedge b a\nedge b e\n",
     1, "in 'b': the limit 'examine' starts anew although the case was not back with the applicant",
     "s a b"},
    {__LINE__, /* ... under an overall clock it has an end */
     "start s :start examine at leave, start decide at leave\ntask a :stop examine at leave\n"
     "task b :start examine\nend e\nedge s a\nedge a b\nedge b a\nedge b e\n",
     0, NULL, NULL},
    {__LINE__, /* the overall clock itself never starts anew */
     "start s :start decide at leave\ntask a :stop decide at leave\ntask b :start decide\nend e\n"
     "edge s a\nedge a b\nedge b e\n",
     1, "in 'b': the limit 'decide' starts anew although the case was not back with the applicant",
     "s a b"},
    {__LINE__, /* ... unless the applicant had the case in between (OGI 30) */
     "start s :start decide at leave\ntask a :stop decide at leave\ntask fix applicant\n"
     "task b :start decide\nend e\nedge s a\nedge a fix\nedge fix b\nedge b e\n",
     0, NULL, NULL},
    {__LINE__, /* what happens at leaving does not happen when a timer interrupts */
     "start s :start examine at leave\ntask a :start decide at leave\ntask b\nend e\n"
     "edge s a\nedge a b interrupts expiry=examine\nedge a e\nevent off :stop examine\n"
     "task c\nedge b off\nedge off c\nedge c e\n",
     1, "in 'c': the organ holds the case while no time limit runs", "s a b off c"},
};

static bool run_bounded(struct law_findings *out, struct graph *g, struct budget *budget,
                        struct err *err) {
    return law_check_bounded(out, &g->p, budget, err);
}

void test_law_check_bounded(void) {
    check_rows(bounded_rows, COUNT_OF(bounded_rows), run_bounded);
}

/* A total that the matter states itself is smaller than its clocks allow. */
void test_law_check_bounded_total(void) {
    struct arena *arena = arena_create("check", 4 << 20);
    struct graph *g = graph_of(arena, APPLICATION);
    struct law_findings found = {.arena = arena};
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    g->p.total = (struct cal_term){20, CAL_UNIT_CALENDAR_DAY};
    CHECK_OK(law_check_bounded(&found, &g->p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 1);
    g->p.total = (struct cal_term){30, CAL_UNIT_CALENDAR_DAY};
    found.count = 0;
    CHECK_OK(law_check_bounded(&found, &g->p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 0);
    arena_destroy(arena);
}

/* ---- proof 4 ---- */

static const struct row eyes_rows[] = {
    {__LINE__, APPLICATION, 0, NULL, NULL},
    {__LINE__, /* the examiner may be the clerk */
     "start s\ntask accept\nevent accepted :start decide\ntask examine\ntask sign separate=accept\n"
     "end e\nend f adverse\nedge s accept\nedge accept accepted\nedge accepted examine\n"
     "edge examine sign\nedge examine e\nedge sign e\nedge sign f\nedge accept f\n",
     1, "in 'examine': who accepts may decide: it must be separate from 'accept'",
     "s accept accepted examine"},
    {__LINE__, /* it proposes only: whoever signs is another one */
     "start s\ntask accept\nevent accepted :start decide\ntask examine\ntask sign separate=accept\n"
     "end e\nedge s accept\nedge accept accepted\nedge accepted examine\nedge examine sign\n"
     "edge sign e\nedge sign examine\n",
     0, NULL, NULL},
    {__LINE__, /* accepted and granted by one hand */
     "start s\ntask accept\nevent accepted :start decide\nend e\nedge s accept\n"
     "edge accept accepted\nedge accepted e\n",
     1, "in 'accept': one person accepts and grants, and nobody else takes part", "s accept"},
    {__LINE__, /* time runs from receipt: the first task is the one that accepts */
     "start s :start decide at leave\ntask check\ntask answer\nend e\nedge s check\n"
     "edge check answer\nedge answer e\n",
     1, "in 'answer': who accepts may decide: it must be separate from 'check'", "s check answer"},
    {__LINE__, /* separateness may be said on either side */
     "task answer\nstart s :start decide at leave\ntask check separate=answer\nend e\nedge s "
     "check\n"
     "edge check answer\nedge answer e\n",
     0, NULL, NULL},
    {__LINE__, /* silence that accepts is nobody's decision */
     "start s :start examine at leave\ntask accept\nevent deemed :start decide\ntask sign "
     "separate=accept\nend e\nedge s accept\nedge accept deemed\n"
     "edge accept deemed interrupts expiry=examine\nedge deemed sign\nedge sign e\n",
     0, NULL, NULL},
};

static bool run_eyes(struct law_findings *out, struct graph *g, struct budget *budget,
                     struct err *err) {
    return law_check_four_eyes(out, &g->p, budget, err);
}

void test_law_check_four_eyes(void) {
    check_rows(eyes_rows, COUNT_OF(eyes_rows), run_eyes);
    struct arena *arena = arena_create("check", 4 << 20);
    struct graph *g = graph_of(arena, APPLICATION);
    struct law_findings found = {.arena = arena};
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    g->p.reviews = true;
    CHECK_OK(law_check_four_eyes(&found, &g->p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 1);
    g->p.origin_excluded = true;
    found.count = 0;
    CHECK_OK(law_check_four_eyes(&found, &g->p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 0);
    arena_destroy(arena);
}

/* ---- proof 8 ---- */

static const struct row liberty_rows[] = {
    {__LINE__, APPLICATION, 1,
     "no organ outside the holding one is told when custody limit 'quiet' is breached", ""},
};

/* Without the two limits that are wrong in themselves. */
static const struct row held_rows[] = {
    {__LINE__,
     "start s\nevent intake held :start custody\ntask question held\nevent free releases "
     ":stop custody\nend e\nedge s intake\nedge intake question\nedge question free\n"
     "edge question free interrupts expiry=custody\nedge free e\n",
     0, NULL, NULL},
    {__LINE__, /* the end of the term leads to somebody's desk first */
     "start s\nevent intake held :start custody\ntask question held\ntask think held\n"
     "event free releases\nend e\nedge s intake\nedge intake question\nedge question free\n"
     "edge question think interrupts expiry=custody\nedge think free\n"
     "edge think free interrupts expiry=custody\nedge free e\n",
     1, "in 'question': the end of limit 'custody' does not lead to a release at once",
     "s intake question"},
    {__LINE__, /* a gateway in between is fine */
     "start s\nevent intake held :start custody\ntask question held\nevent fork\n"
     "event free releases\nend e\nedge s intake\nedge intake question\nedge question free\n"
     "edge question fork interrupts expiry=custody\nedge fork free\nedge free e\n",
     0, NULL, NULL},
    {__LINE__, /* held before the clock starts */
     "start s\ntask intake held\nevent clock :start custody\nend e\nedge s intake\n"
     "edge intake clock\nedge clock e\n",
     1, "in 'intake': a person is held while no custody limit runs", "s intake"},
    {__LINE__, /* the holding organ switches it off */
     "start s\nevent intake held :start custody\ntask a held :stop custody at leave\ntask b held\n"
     "event free releases\nend e\nedge s intake\nedge intake a\nedge a b\n"
     "edge a free interrupts expiry=custody\nedge b free\nedge free e\n",
     1, "in 'b': a person is held while no custody limit runs", "s intake a b"},
    {__LINE__, /* ... or an ordinary limit runs in its place */
     "start s\nevent intake held :start decide\ntask a held\nend e\nedge s intake\n"
     "edge intake a\nedge a e\n",
     2, "in 'intake': a person is held while no custody limit runs", "s intake"},
    {__LINE__, /* ... or suspends it */
     "start s\nevent intake held :start custody\ntask a held :suspend custody at leave\n"
     "event free releases\nend e\nedge s intake\nedge intake a\n"
     "edge a free interrupts expiry=custody\nedge a free\nedge free e\n",
     1, "custody limit 'custody' may not be suspended", ""},
};

static bool run_liberty(struct law_findings *out, struct graph *g, struct budget *budget,
                        struct err *err) {
    return law_check_liberty(out, &g->p, budget, err);
}

static bool run_held(struct law_findings *out, struct graph *g, struct budget *budget,
                     struct err *err) {
    g->p.limit_count = limit_at(STR("quiet"));
    return law_check_liberty(out, &g->p, budget, err);
}

void test_law_check_liberty(void) {
    check_rows(held_rows, COUNT_OF(held_rows), run_held);
    struct arena *arena = arena_create("check", 4 << 20);
    struct graph *g = graph_of(arena, liberty_rows[0].graph);
    struct law_findings found = {.arena = arena};
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    CHECK_OK(run_liberty(&found, g, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 2); /* 'quiet' tells nobody, 'moved' moves */
    CHECK_STR(found.list[0].text.in[LANG_en], str_from(liberty_rows[0].text));
    CHECK_STR(found.list[1].text.in[LANG_en],
              STR("custody limit 'moved' may not be moved by a day off"));
    arena_destroy(arena);
}

/* ---- proofs 3 and 5: a small country ---- */

static void add_organ(struct law_organs *o, struct arena *arena, const char *id, const char *parent,
                      const char *government, const char *area, enum law_organ_kind kind,
                      enum law_level level) {
    struct law_organ *organ = &o->list[o->count];
    *organ = (struct law_organ){.id = str_from(id),
                                .parent = str_from(parent),
                                .government = str_from(government),
                                .kind = kind,
                                .level = level,
                                .line = (uint32_t)o->count + 1};
    organ->area = arena_new(arena, struct str, 1);
    organ->area[0] = str_from(area);
    organ->area_count = 1;
    CHECK(map_put(&o->organ_at, organ->id, o->count++));
}

static struct law_organs *country(struct arena *arena) {
    static const char *const places[][2] = {{"33", ""},
                                            {"3303", "33"},
                                            {"330302", "3303"},
                                            {"330302006", "330302"},
                                            {"330303", "3303"},
                                            {"330303001", "330303"},
                                            {"330303002", "330303"}};
    struct law_organs *o = arena_new(arena, struct law_organs, 1);
    o->source = "organs.yaml";
    o->place_count = COUNT_OF(places);
    o->places = arena_new(arena, struct law_place, COUNT_OF(places));
    o->list = arena_new(arena, struct law_organ, 16);
    map_init(&o->organ_at, arena);
    map_init(&o->place_at, arena);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        o->places[i].id = str_from(places[i][0]);
        o->places[i].parent = str_from(places[i][1]);
        CHECK(map_put(&o->place_at, o->places[i].id, i));
    }
    add_organ(o, arena, "mps", "", "", "33", LAW_ORGAN_AGENCY, LAW_LEVEL_ministry);
    add_organ(o, arena, "wenzhou", "mps", "gov-wenzhou", "3303", LAW_ORGAN_AGENCY, LAW_LEVEL_city);
    add_organ(o, arena, "lucheng", "wenzhou", "gov-lucheng", "330302", LAW_ORGAN_AGENCY,
              LAW_LEVEL_county);
    add_organ(o, arena, "longwan", "wenzhou", "gov-longwan", "330303", LAW_ORGAN_AGENCY,
              LAW_LEVEL_county);
    add_organ(o, arena, "gov-wenzhou", "", "", "3303", LAW_ORGAN_GOVERNMENT, LAW_LEVEL_city);
    add_organ(o, arena, "gov-lucheng", "gov-wenzhou", "gov-wenzhou", "330302", LAW_ORGAN_GOVERNMENT,
              LAW_LEVEL_county);
    add_organ(o, arena, "gov-longwan", "gov-wenzhou", "gov-wenzhou", "330303", LAW_ORGAN_GOVERNMENT,
              LAW_LEVEL_county);
    return o;
}

static const struct law_competence by_county = {
    .by = LAW_BY_PLACE, .levels = {LAW_LEVEL_county}, .level_count = 1};
static const struct law_competence by_review = {.by = LAW_BY_REVIEW_ORGAN};
static const struct law_competence by_superior = {.by = LAW_BY_SUPERIOR};
static const struct law_remedy_matter remedy_matters[] = {
    {STR_INIT("reconsideration"), &by_review}, {STR_INIT("petition-review"), &by_superior}};

#define ENDS(end) "start s\ntask t\n" end "end good letter\nedge s t\nedge t bad\nedge t good\n"

static const struct row remedy_rows[] = {
    {__LINE__, APPLICATION, 0, NULL, NULL},
    {__LINE__, ENDS("end bad adverse letter remedy=R60\n"), 0, NULL, NULL},
    {__LINE__, ENDS("end bad adverse letter remedy=SUPERIOR\n"), 0, NULL, NULL},
    {__LINE__, ENDS("end bad adverse letter remedy=FINAL\n"), 0, NULL, NULL},
    {__LINE__, ENDS("end bad adverse remedy=R60\n"), 1,
     "in 'bad': an adverse end sends no letter to the applicant", "s t bad"},
    {__LINE__, ENDS("end bad adverse letter\n"), 1, "in 'bad': an adverse end names no remedy",
     "s t bad"},
    {__LINE__, ENDS("end bad adverse letter remedy=NOTERM\n"), 1,
     "in 'bad': no remedy that it names has a term", "s t bad"},
    {__LINE__, ENDS("end bad adverse letter remedy=FINAL-WHY\n"), 1,
     "in 'bad': 'FINAL-WHY' does not name the law that makes the decision final", "s t bad"},
    {__LINE__, ENDS("end bad adverse letter remedy=LOST\n"), 1,
     "in 'bad': remedy 'LOST' has no procedure: there is no matter 'nowhere'", "s t bad"},
    {__LINE__, ENDS("end bad adverse letter remedy=WRONG\n"), 1,
     "in 'bad': the procedure of remedy 'WRONG', 'reconsideration', does not go to the organ that "
     "the remedy names",
     "s t bad"},
    {__LINE__, ENDS("end bad bad-letter letter\n"), 1,
     "in 'bad': a letter of an adverse decision names no remedy, and an end that is not marked "
     "adverse follows",
     "s t bad"},
    {__LINE__, /* the letter goes out before the end */
     "start s\ntask t\nevent letter bad-letter\nend bad adverse letter remedy=R60\nend good\n"
     "edge s t\nedge t letter\nedge letter bad\nedge t good\n",
     0, NULL, NULL},
    {__LINE__,
     "start s\ntask t\nevent letter bad-letter\nend bad adverse letter remedy=R60\nend good\n"
     "edge s t\nedge t letter\nedge letter bad\nedge letter good\n",
     1,
     "in 'letter': a letter of an adverse decision names no remedy, and an end that is not marked "
     "adverse follows",
     "s t letter"},
};

static bool run_remedies(struct law_findings *out, struct graph *g, struct budget *budget,
                         struct err *err) {
    g->p.competence = &by_county;
    const struct law_organs *organs = country(out->arena);
    return law_check_remedies(out, &g->p, organs, remedy_matters, COUNT_OF(remedy_matters), budget,
                              err);
}

void test_law_check_remedies(void) {
    check_rows(remedy_rows, COUNT_OF(remedy_rows), run_remedies);
}

static size_t count_remedies(const char *graph, const struct law_competence *competence,
                             void change(struct law_organs *o), struct str want) {
    struct arena *arena = arena_create("check", 4 << 20);
    struct law_findings found = {.arena = arena};
    struct graph *g = graph_of(arena, graph);
    struct law_organs *organs = country(arena);
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    g->p.competence = competence;
    if (change != NULL)
        change(organs);
    CHECK_OK(law_check_remedies(&found, &g->p, organs, remedy_matters, COUNT_OF(remedy_matters),
                                &budget, &err),
             &err);
    if (found.count > 0)
        CHECK_STR(found.list[0].text.in[LANG_en], want);
    size_t count = found.count;
    arena_destroy(arena);
    return count;
}

static void no_government(struct law_organs *o) {
    o->list[3].government = STR("");
}

/* Who hears it must be there, and somebody else, for every organ that can decide. */
void test_law_check_remedy_organs(void) {
    const char *reconsider = ENDS("end bad adverse letter remedy=R60\n");
    const char *superior = ENDS("end bad adverse letter remedy=SUPERIOR\n");
    CHECK_INT((int64_t)count_remedies(reconsider, &by_county, no_government,
                                      STR("in 'bad': remedy 'R60': no other organ hears it for "
                                          "decisions of 'longwan'")),
              1);
    static const struct law_competence ministry = {
        .by = LAW_BY_DECIDING_ORGAN, .levels = {LAW_LEVEL_ministry}, .level_count = 1};
    CHECK_INT((int64_t)count_remedies(reconsider, &ministry, NULL, STR("")), 0); /* ARL 25 */
    CHECK_INT((int64_t)count_remedies(superior, &ministry, NULL, STR("")), 0);
    CHECK_INT((int64_t)count_remedies(reconsider, &by_review, NULL,
                                      STR("in 'bad': remedy 'R60': no other organ hears it for "
                                          "decisions of 'gov-wenzhou'")),
              1);
}

static size_t count_competence(const struct law_competence *competence,
                               void change(struct law_organs *o), struct str want) {
    struct arena *arena = arena_create("check", 4 << 20);
    struct law_findings found = {.arena = arena};
    struct graph *g = graph_of(arena, APPLICATION);
    struct law_organs *organs = country(arena);
    struct budget budget = budget_of(1000000, 16 << 20);
    struct err err = {0};
    g->p.competence = competence;
    if (change != NULL)
        change(organs);
    CHECK_OK(law_check_competence(&found, &g->p, organs, &budget, &err), &err);
    if (found.count > 0)
        CHECK_STR(found.list[0].text.in[LANG_en], want);
    size_t count = found.count;
    for (uint64_t steps = 0; steps < 200; steps++) {
        struct err no = {0};
        struct arena_mark mark = arena_mark(arena);
        budget = budget_of(steps, steps * 10000);
        found = (struct law_findings){.arena = arena};
        CHECK(law_check_competence(&found, &g->p, organs, &budget, &no) || no.code == ERR_LIMIT);
        arena_rewind(arena, mark);
    }
    arena_destroy(arena);
    return count;
}

static void nobody_for_longwan(struct law_organs *o) {
    o->list[3].area_count = 0;
}
static void two_for_lucheng(struct law_organs *o) {
    o->list[3].area[0] = STR("3303");
}
static void orphan(struct law_organs *o) {
    o->list[2].parent = STR("");
    o->list[2].government = STR("nobody");
}

void test_law_check_competence(void) {
    static const struct law_competence provinces = {.by = LAW_BY_DECIDING_ORGAN,
                                                    .levels = {LAW_LEVEL_city, LAW_LEVEL_province},
                                                    .level_count = 2};
    CHECK_INT((int64_t)count_competence(&by_county, NULL, STR("")), 0);
    CHECK_INT((int64_t)count_competence(&by_review, NULL, STR("")), 0);
    CHECK_INT((int64_t)count_competence(&by_superior, NULL, STR("")), 0);
    CHECK_INT((int64_t)count_competence(&by_county, nobody_for_longwan,
                                        STR("area '330303': no organ is competent for 2 places: no "
                                            "organ of level 'county' is responsible for place "
                                            "'330303001'")),
              1);
    CHECK_INT((int64_t)count_competence(&by_county, two_for_lucheng,
                                        STR("area '330302': more than one organ is competent for 1 "
                                            "places: both 'lucheng' and 'longwan' are responsible "
                                            "for place '330302006'")),
              1);
    CHECK_INT((int64_t)count_competence(&by_review, orphan,
                                        STR("organ 'lucheng' has no organ that reviews its acts")),
              1);
    CHECK_INT((int64_t)count_competence(&by_superior, orphan,
                                        STR("organ 'lucheng' has no superior organ")),
              1);
    CHECK_INT(
        (int64_t)count_competence(&provinces, NULL, STR("there is no organ of level 'province'")),
        1);
}

/* ---- proof 6 ---- */

void test_law_check_data(void) {
    static const struct {
        int line;
        bool declared, used, purpose;
        const char *node, *keep, *want; /* NULL: nothing is found */
    } rows[] = {
        {__LINE__, true, true, true, "decide", "P5Y", NULL},
        {__LINE__, true, true, true, "decide", "P90D", NULL},
        {__LINE__, false, true, true, "decide", "P5Y",
         "field 'address' is asked for, but nothing says what it is for"},
        {__LINE__, true, false, true, "decide", "P5Y", "no step needs field 'address'"},
        {__LINE__, true, true, true, "granted", "P5Y", "no step needs field 'address'"},
        {__LINE__, true, true, true, "unreached", "P5Y", "no step needs field 'address'"},
        {__LINE__, true, true, false, "decide", "P5Y",
         "in 'decide': it shows 'address' without a purpose"},
        {__LINE__, true, true, true, "decide", "",
         "matter 'm' does not say how long the data is kept"},
        {__LINE__, true, true, true, "decide", "P0D",
         "matter 'm' does not say how long the data is kept"},
        {__LINE__, true, true, true, "decide", "-P5Y",
         "matter 'm' does not say how long the data is kept"},
        {__LINE__, true, true, true, "decide", "for ever",
         "matter 'm' does not say how long the data is kept"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_create("check", 4 << 20);
        struct graph *g = graph_of(arena, APPLICATION "task unreached\n");
        struct law_findings found = {.arena = arena};
        struct budget budget = budget_of(1000000, 16 << 20);
        struct err err = {0};
        struct law_data_field field = {
            .key = STR("address"), .at = {"f.form", 3, 0}, .declared = rows[i].declared};
        struct law_data_use use = {node_at(g, str_from(rows[i].node)), 0, rows[i].purpose};
        struct law_data data = {&field, 1, &use, rows[i].used ? 1 : 0, str_from(rows[i].keep)};
        CHECK_OK_AT(rows[i].line, law_check_data(&found, &g->p, &data, &budget, &err), &err);
        CHECK_INT_AT(rows[i].line, (int64_t)found.count, rows[i].want != NULL ? 1 : 0);
        if (found.count > 0)
            CHECK_STR_AT(rows[i].line, found.list[0].text.in[LANG_en], str_from(rows[i].want));
        arena_destroy(arena);
    }
}

/* ---- large graphs ---- */

/* A chain of tasks; every task starts limit `i` on one of two ways when branching. */
static struct graph_big {
    struct law_procedure p;
    struct law_node nodes[700];
    struct law_edge edges[1400];
    struct law_clock_act acts[700];
} big;

static void chain_of(uint32_t count) {
    memset(&big, 0, sizeof big);
    for (uint32_t i = 0; i < count; i++) {
        big.nodes[i] = (struct law_node){.id = STR("n"),
                                         .at = {"big.bpmn", i + 1, 0},
                                         .kind = i == 0 ? LAW_NODE_START : LAW_NODE_TASK};
        if (i > 0)
            big.edges[big.p.edge_count++] = (struct law_edge){i - 1, i, false, LAW_NO_LIMIT};
    }
    big.p.node_count = count;
    big.p.nodes = big.nodes;
    big.p.edges = big.edges;
    big.p.at = (struct err_at){"m.yaml", 1, 0};
    big.p.matter = STR("big");
}

void test_law_check_long_chain(void) {
    struct arena *arena = arena_create("check", 64 << 20);
    struct law_findings found = {.arena = arena};
    struct budget budget = budget_of(10000000, 256 << 20);
    struct err err = {0};
    chain_of(600);
    CHECK_OK(law_check_bounded(&found, &big.p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, LAW_CHECK_FINDINGS_MAX);
    CHECK_INT((int64_t)found.list[0].step_count, 2);
    found.count = 0;
    for (uint32_t i = 1; i < 599; i++)
        big.nodes[i].applicant = true;
    CHECK_OK(law_check_bounded(&found, &big.p, &budget, &err), &err);
    CHECK_INT((int64_t)found.count, 1);
    CHECK_INT((int64_t)found.list[0].step_count, LAW_CHECK_STEPS_MAX);
    CHECK_INT(found.list[0].nodes[LAW_CHECK_STEPS_MAX - 1], 599);
    arena_destroy(arena);
}

/* 24 limits, each started or not: 2^24 states are too many, and the answer says so. */
void test_law_check_too_many_states(void) {
    static struct law_limit many[LAW_CHECK_CLOCKS_MAX + 1];
    struct arena *arena = arena_create("check", 64 << 20);
    struct law_findings found = {.arena = arena};
    struct budget budget = budget_of(100000000, 1 << 30);
    struct err err = {0};
    chain_of(49);
    for (uint32_t i = 0; i < 24; i++) {
        struct law_node *node = &big.nodes[2 * i + 1];
        big.acts[i] = (struct law_clock_act){.limit = i, .verb = LAW_CLOCK_START};
        node->acts = &big.acts[i];
        node->act_count = 1;
        big.edges[big.p.edge_count++] = (struct law_edge){2 * i, 2 * i + 2, false, LAW_NO_LIMIT};
        many[i] = (struct law_limit){.id = STR("l"), .within = {1, CAL_UNIT_HOUR}};
    }
    big.p.limits = many;
    big.p.limit_count = 24;
    CHECK(!law_check_bounded(&found, &big.p, &budget, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    err_reset(&err);
    big.p.limit_count = LAW_CHECK_CLOCKS_MAX + 1;
    CHECK(!law_check_liberty(&found, &big.p, &budget, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    arena_destroy(arena);
}
