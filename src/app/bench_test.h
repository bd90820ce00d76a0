/* app/bench_test.h - what the tests of the service's orders share: a service on a folder of its
 * own, orders that are waited for, and the small processes that they deploy. */
#ifndef MANDATE_APP_BENCH_TEST_H
#define MANDATE_APP_BENCH_TEST_H

#include <stdatomic.h>

#include "app/process_inner.h"
#include "base/test.h"

struct bench {
    struct arena *arena;
    const char *folder;
    struct app *app;
    struct app_caller caller; /* of orders that name none: account 7, which administers */
};

bool bench_make(struct bench *b); /* an empty folder, the public-security pack */
bool bench_open(struct bench *b); /* again, on the same folder */
void bench_done(struct bench *b); /* closes, removes the folder */
/* The same in two steps, for a test that brings a pack of its own. */
void bench_folder(struct bench *b);
bool bench_open_pack(struct bench *b, const char *pack);

/* Close the service and verify its folder: how much is wrong, and the last of it. */
struct bench_found {
    int count;
    char last[300];
};
void bench_found_add(void *ctx, const char *line); /* a store_report; ctx: a bench_found */
struct store_verified bench_verify(struct bench_found *found, struct bench *b);
/* Close the service and change rows behind its back. */
void bench_spoil(struct bench *b, const char *sql);
/* Close the service and make all rows again; how many cases. */
uint64_t bench_rebuild(struct bench *b);
/* How a test ends that leaves the store whole: verified, closed, removed. */
void bench_end(struct bench *b);

void bench_clock_forward(struct bench *b, int64_t us);

/* From here on each order that is waited for is tried with its first statement failing, then with
 * its second and so on, until it passes: what is refused must leave nothing, so the test's own
 * checks hold as they do without. error_number: EIO or EBUSY; 0: no faults any more. each: every
 * n-th statement, also when the batch is run again. */
void bench_faults(int error_number, bool each);
size_t bench_faults_hit(void); /* orders that failed so, since then */

/* ---- orders, waited for ---- */
struct waiting {
    struct arena *arena;
    const struct json *body;
    struct err err;
    bool repeated;
    _Atomic bool over;
};
void waiting_end(struct waiting *w);
/* By the bench's caller, when the order names none; the answer lies in the bench's arena. */
void bench_order_give(struct waiting *w, struct bench *b, struct app_order order);
struct waiting bench_order(struct bench *b, struct app_order order);
const struct json *bench_json(struct bench *b, const char *text);
/* A session of one of the demonstration's accounts. */
bool bench_sign_in(struct app_caller *out, struct bench *b, const char *user);

/* An order of the verbs about processes: give it, then take its answer; or both at once, when the
 * error's code must be `want`. */
void give(struct waiting *w, struct bench *b, enum app_verb verb, int64_t key, const char *body);
const struct json *take(struct waiting *w, struct bench *b);
const struct json *ask_at(int line, struct bench *b, enum app_verb verb, int64_t key,
                          const char *body, enum err_code want);
#define ask(b, verb, key, body)           ask_at(__LINE__, b, verb, key, body, ERR_NONE)
#define refused(b, verb, key, body, code) ((void)ask_at(__LINE__, b, verb, key, body, code))

int64_t key_of(const struct json *answer, const char *name);
int64_t count_of(struct bench *b, const char *sql);   /* the one number that it selects */
struct str text_of(struct bench *b, const char *sql); /* the one text; empty when there is no row */
/* The order's end; its arena is yours. */
struct waiting deploy_files(struct bench *b, const struct app_file *files, size_t count,
                            const char *body);
struct waiting deploy_file(struct bench *b, const char *name, struct str bytes, const char *body);
/* The key of the definition that the file brings; 0 when its first is no process. */
int64_t deploy_at(int line, struct bench *b, const char *name, struct str bytes);
#define deploy(b, name, text) deploy_at(__LINE__, b, name, STR(text))

/* ---- models ---- */
#define HEAD                                                                                       \
    "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' "                  \
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='t' "                       \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
#define PROCESS(id, content)                                                                       \
    HEAD "<bpmn:process id='" id "' isExecutable='true'>" content                                  \
         "</bpmn:process></bpmn:definitions>"
#define START "<bpmn:startEvent id='s'/>"
#define END   "<bpmn:endEvent id='e'/>"
#define FLOW(id, from, to)                                                                         \
    "<bpmn:sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define JOB(id, type)                                                                              \
    "<bpmn:serviceTask id='" id "'><bpmn:extensionElements><zeebe:taskDefinition type='" type      \
    "'/></bpmn:extensionElements></bpmn:serviceTask>"
#define USER(id)                                                                                   \
    "<bpmn:userTask id='" id                                                                       \
    "'><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>"
#define ONE_JOB(id)                                                                                \
    PROCESS(id, START JOB("a", "work") END FLOW("f1", "s", "a") FLOW("f2", "a", "e"))

#define ACTIVATE_FOR(type, ms)                                                                     \
    "{\"type\":\"" type "\",\"worker\":\"w\",\"timeout\":" ms ",\"maxJobsToActivate\":5}"
#define ACTIVATE(type) ACTIVATE_FOR(type, "60000")
const struct json *activate_one(struct bench *b, const char *body); /* exactly one job */

#endif
