/* bpmn/play_test.h - plays: a process, inputs, and what has to happen after each.
 *
 *     start {x: 1} -> x=1 +s -s +a ?a
 *     do a {y: 2} -> y=2 -a +e -e end:completed
 *
 * After every input the records so far, encoded and decoded, are folded into a fresh state, which
 * must have the same bytes; and the state must survive its own encoding.
 *
 * INPUTS: start [MESSAGE], do TASK [OUTCOME], job ID, fail ID RETRIES, error ID CODE, timer ID
 * SECONDS (the plays' time: from 0), message NAME [KEY], signal NAME, retry ID [RETRIES],
 * set [ID] and set-local ID (variables), redue, called ID, call-error ID CODE, cancel. Each may
 * bring variables, a FEEL context at the end. ID is an element's; "a#2" the second of those that
 * are alive. Also: start-at IDS (begin at elements), start-by ID [DEF] (a start event or what
 * stands for one fired), assign TASK WHO ('-': nobody), claim TASK WHO, update TASK {attributes},
 * of a listener's job deny ID and correct ID {attributes}, of an ad-hoc sub-process's choose ID
 * ELEMENTS and fulfil ID, activate ID ELEMENTS, finish ID ('!' after ELEMENTS, or alone: cancel
 * what runs), begin ELEMENTS ("a@3": inside instance 3), end IDS, move IDS ELEMENTS, retries ID N,
 * call-fail ID, call-escalation ID CODE, stored ID {v: VALUE} (a data store that something else
 * has written).
 *
 * HAPPENINGS: +a entered, -a left, xa cancelled, ?a a person is asked (@seconds due, {attributes}),
 * job:a:type, retries:n, timer:a:seconds, fired:a, wait:a:name[:key], met:a, v=1 a variable (of the
 * process; 3.v=1 of instance 3), stop:a:why an incident, go:a its retry, chose:outcome, throw:code,
 * clock:id:start, letter:id, status:x, dec:id, call:id, drop, end:completed. Flows taken and
 * closings are left out. An input that is refused gives "refused:error".
 * +a[] a body is entered, +a[2] its second instance, +a<2> a slot of an ad-hoc sub-process, +a~ a
 * completed one opened again; loop:a:n, result:a:2=value; true:a, false:a a condition; undo:a (or
 * all), undone:a; closing:a; sent:name[:key]{variables}; stored:id=value; changing:a:completing,
 * changed:a:updating{}, denied:a, corrected:a{}; start:a:type, completing:a:type, ... the job of a
 * listener; job:a:type!9 with its priority; throw:code! caught outside: by a process that catches
 * codes from "OUT". */
#ifndef MANDATE_BPMN_PLAY_TEST_H
#define MANDATE_BPMN_PLAY_TEST_H

#include "bpmn/bpmn.h"

enum { START_US = 1000000 }; /* the plays' time 0 */

struct play {
    struct arena *arena;
    struct bpmn_process *process;
    struct bpmn_state state;
    struct bpmn_records all;
    int64_t now_us;
    const char *file;
    int line;
    struct bpmn_stored *stores; /* what the process's data stores hold */
    bool goes_on; /* its first records belong to another process: they are not replayed here */
};
void play_init(struct play *play, struct bpmn_process *process, struct arena *arena,
               const char *file, int line);
/* One input and what it has to give. */
void play_step(struct play *play, struct str input, struct str want);
/* A whole script on a fresh state: steps separated by '|'. */
void play_script(const char *file, int line, struct bpmn_process *process, struct arena *arena,
                 const char *script);
/* For the replay. */
void play_keep(struct play *play, const struct bpmn_record *record);
/* Replays everything and compares the bytes. */
void play_check_replay(struct play *play);

/* The world of the plays: the name `world` is "round"; the decisions are "fee" (gives the variable
 * base) and "risk_check" (gives assessed). */
bool play_lookup(struct feel_value *out, void *self, struct str name, struct arena *arena);
bool play_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                 const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                 struct err *err);
/* The live instance of the element, or 0. */
uint32_t play_instance_at(const struct play *play, struct str id);
/* The input that the text says. */
bool play_read_input(struct bpmn_input *input, struct play *play, struct str text, struct err *err);
/* Take a context off the end of the text. */
bool play_variables(struct bpmn_input *input, struct play *play, struct str *text, struct err *err);

#endif
