/* pack/graph.h - the abstract procedure of law/check.h, made from a process and a matter. */
#ifndef MANDATE_PACK_GRAPH_H
#define MANDATE_PACK_GRAPH_H

#include "law/check.h"
#include "pack/pack.h"

/* Who decides the matter, as the proofs see it: may be m's own rule. */
const struct law_competence *pack_deciding(const struct pack_matter *m, struct arena *arena);

/* One node for each flow node of the process, in its order, and one more for the end of each
 * sub-process. A branch that this matter can never take is left out: a condition that reads only
 * `matter`, or `matter` and the outcome of the task just before the gateway, is evaluated.
 * Everything lives in arena; process, matter and pack are borrowed. */
MUST_USE bool pack_graph(struct law_procedure *out, const struct pack *p,
                         const struct pack_matter *m, struct arena *arena, struct budget *budget,
                         struct err *err);

#endif
