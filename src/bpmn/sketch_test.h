/* bpmn/sketch_test.h - process models for tests as short text, one line an element, turned into
 * BPMN XML. The tables in test/bpmn/ are written in it, and random models are printed in it.
 *
 *     start s                          an element: KIND ID WORDS...
 *     user a out total "x + 1"
 *     boundary t on a timer PT1H beside
 *     exclusive g
 *     sub p {                          its contents follow, up to a line "}"
 *       start i
 *       end o
 *       i > o
 *     }
 *     s > a > g                        sequence flows; their ids are "s-a", "a-g"
 *     g > p if x > 1                   a condition, FEEL, up to the end of the line
 *     g > e else                       the default flow of g
 *
 * KIND: start end catch throw boundary task manual user service send receive rule script call
 *       exclusive parallel inclusive complex event-based sub event-sub transaction ad-hoc
 * Lines of their own: "undo BOUNDARY HANDLER" an association to a compensation handler,
 *       "xml ..." raw XML at this place, "root ..." raw XML beside the process, "# ..." a remark.
 * WORDS (a value with blanks stands in double quotes; expressions are FEEL, without '='):
 *   what an event catches or throws (several words: several definitions)
 *     message NAME, key EXPR (of the message before it), timer DURATION, date TEXT, cycle TEXT,
 *     signal NAME, error CODE, escalation CODE ('*': without a reference: catches all), terminate,
 *     link NAME, cancel, compensate ACTIVITY ('*': the whole scope), when EXPR (conditional)
 *     A time that begins with '=' is FEEL; so is a message's name.
 *   on HOST (boundary), beside (does not interrupt), instantiate, all-of (parallelMultiple)
 *   each ITEM EXPR (one instance for each item), times EXPR, in-turn (not in parallel),
 *     collect VARIABLE EXPR, until EXPR (completion condition; also of an ad-hoc sub-process),
 *     loop EXPR (standard loop), before (tested before), at-most N
 *   handler (isForCompensation), activate EXPR (complex gateway)
 *   job TYPE, retries N, decision ID, result VARIABLE, value EXPR (of a script), process ID,
 *     give-all, take-all (of a call: variables out; in is the default), keep-all (not in),
 *     in TARGET EXPR, out TARGET EXPR, outcome VALUE
 *   attr NAME VALUE a raw attribute, xml TEXT raw content, ext TEXT a raw extension element */
#ifndef MANDATE_BPMN_SKETCH_TEST_H
#define MANDATE_BPMN_SKETCH_TEST_H

#include "bpmn/model.h"

/* The text of a whole BPMN file, in the arena; the process has the id "test".
 * Errors: ERR_SYNTAX with the line of the sketch. */
MUST_USE bool sketch_text(struct str *out, struct str sketch, struct arena *arena, struct err *err);
/* That, read. */
MUST_USE bool sketch_read(struct bpmn_process **out, struct str sketch, struct arena *arena,
                          struct err *err);

#endif
