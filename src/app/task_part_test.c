/* User tasks of accounts that do not operate processes: what is open to whom. */
#include "app/bench_test.h"

#define ASKS(assignment)                                                                           \
    PROCESS("p", START "<bpmn:userTask id='u'><bpmn:extensionElements><zeebe:userTask/>"           \
                       "<zeebe:assignmentDefinition " assignment                                   \
                       "/></bpmn:extensionElements></bpmn:userTask>" END FLOW("f1", "s", "u")      \
                           FLOW("f2", "u", "e"))

void test_app_task_open_to(void) {
    /* the account: user and post "inspector", in the organs of the demonstration */
    static const struct row {
        int line;
        const char *bpmn;
        bool open;
    } rows[] = {
        {__LINE__, ASKS("candidateGroups='inspector'"), true},
        {__LINE__, ASKS("candidateGroups='head, inspector'"), true},
        {__LINE__, ASKS("candidateGroups='=[\"inspector\"]'"), true},
        {__LINE__, ASKS("candidateGroups='wenzhou/inspector'"), true},
        {__LINE__, ASKS("candidateGroups='none/inspector'"), false},
        {__LINE__, ASKS("candidateGroups='inspec'"), false},
        {__LINE__, ASKS("candidateUsers='inspector'"), true},
        {__LINE__, ASKS("candidateUsers='clerk'"), false},
        {__LINE__, ASKS("assignee='inspector'"), true},
        {__LINE__, ASKS("assignee='clerk' candidateGroups='inspector'"), false},
        {__LINE__, ASKS("assignee=''"), false},
    };
    struct bench b;
    struct app_caller boss, inspector;
    if (!bench_make(&b))
        return;
    boss = b.caller;
    CHECK(bench_sign_in(&inspector, &b, "inspector"));
    CHECK(inspector.post_count > 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum err_code want = rows[i].open ? ERR_NONE : ERR_NOT_FOUND;
        const char *assign = "{\"assignee\":\"inspector\"}";
        (void)deploy_at(rows[i].line, &b, "p.bpmn", str_from(rows[i].bpmn));
        (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"p\"}");
        int64_t task = count_of(&b, "SELECT max(key) FROM user_task");
        b.caller = inspector;
        (void)ask_at(rows[i].line, &b, APP_TASK_LOOK, task, "{}", want);
        (void)ask_at(rows[i].line, &b, APP_TASK_ASSIGN, task, assign, want);
        (void)ask_at(rows[i].line, &b, APP_TASK_COMPLETE, task, "{}", want);
        b.caller = boss;
        CHECK_INT_AT(rows[i].line,
                     count_of(&b, "SELECT count(*) FROM event WHERE kind = 'process_looked' AND "
                                  "case_id = (SELECT max(key) >> 24 FROM user_task) AND actor <> "
                                  "'account:7'"),
                     rows[i].open);
    }
    bench_end(&b);
}

/* What such an account may not do with a task that is its own. */
void test_app_task_not_given_away(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "p.bpmn", ASKS("candidateUsers='inspector'"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"p\"}");
    int64_t task = count_of(&b, "SELECT key FROM user_task");
    CHECK(bench_sign_in(&b.caller, &b, "inspector"));
    refused(&b, APP_TASK_ASSIGN, task, "{\"assignee\":\"clerk\"}", ERR_FORBIDDEN);
    refused(&b, APP_TASK_UPDATE, task, "{\"changeset\":{\"priority\":1}}", ERR_FORBIDDEN);
    (void)ask(&b, APP_TASK_ASSIGN, task, "{\"assignee\":\"inspector\"}");
    (void)ask(&b, APP_TASK_UNASSIGN, task, "{}");
    (void)ask(&b, APP_TASK_COMPLETE, task, "{}");
    refused(&b, APP_TASK_LOOK, task, "{}", ERR_NOT_FOUND);
    bench_end(&b);
}
