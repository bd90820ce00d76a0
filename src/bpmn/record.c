/* Records as canonical bytes and as text. The bytes: code, a mask of the fields that are not zero,
 * then those fields. So one record has one encoding, and a short one. */
#include <inttypes.h>

#include "bpmn/step.h"

const char *bpmn_record_name(enum bpmn_record_kind kind) {
    switch (kind) {
#define RECORD(kind, code, name, what)                                                             \
    case BPMN_REC_##kind:                                                                          \
        return name;
#include "bpmn/records.def"
#undef RECORD
    }
    return "unknown";
}

const char *bpmn_incident_name(enum bpmn_incident incident) {
    switch (incident) {
    case BPMN_INCIDENT_NONE: return "none";
#define INCIDENT(kind, code, name, type, what)                                                     \
    case BPMN_INCIDENT_##kind:                                                                     \
        return name;
#include "bpmn/incidents.def"
#undef INCIDENT
    }
    return "unknown";
}

const char *bpmn_incident_type(enum bpmn_incident incident) {
    switch (incident) {
    case BPMN_INCIDENT_NONE: return "UNSPECIFIED";
#define INCIDENT(kind, code, name, type, what)                                                     \
    case BPMN_INCIDENT_##kind:                                                                     \
        return type;
#include "bpmn/incidents.def"
#undef INCIDENT
    }
    return "UNKNOWN";
}

enum field {
    HAS_CODE = 1,
    HAS_INSTANCE = 2,
    HAS_SCOPE = 4,
    HAS_NODE = 8,
    HAS_REF = 16,
    HAS_N = 32,
    HAS_NAME = 64,
    HAS_TEXT = 128,
    HAS_VALUE = 256,
    HAS_MAX = 511,
};

static uint64_t mask_of(const struct bpmn_record *r) {
    return (r->code ? HAS_CODE : 0u) | (r->instance ? HAS_INSTANCE : 0u) |
           (r->scope ? HAS_SCOPE : 0u) | (r->node ? HAS_NODE : 0u) | (r->ref ? HAS_REF : 0u) |
           (r->n ? HAS_N : 0u) | (r->name.len ? HAS_NAME : 0u) | (r->text.len ? HAS_TEXT : 0u) |
           (feel_is_null(r->value) ? 0u : HAS_VALUE);
}

bool bpmn_record_encode(struct buf *out, const struct bpmn_record *r, struct err *err) {
    uint64_t mask = mask_of(r);
    bytes_add_u64(out, r->kind);
    bytes_add_u64(out, mask);
    if (mask & HAS_CODE)
        bytes_add_u64(out, r->code);
    if (mask & HAS_INSTANCE)
        bytes_add_u64(out, r->instance);
    if (mask & HAS_SCOPE)
        bytes_add_u64(out, r->scope);
    if (mask & HAS_NODE)
        bytes_add_u64(out, r->node);
    if (mask & HAS_REF)
        bytes_add_u64(out, r->ref);
    if (mask & HAS_N)
        bytes_add_i64(out, r->n);
    if (mask & HAS_NAME)
        bytes_add_str(out, r->name);
    if (mask & HAS_TEXT)
        bytes_add_str(out, r->text);
    if (mask & HAS_VALUE && !feel_encode(out, r->value, err))
        return false;
    return buf_ok(out, "a record of a process", err);
}

static uint32_t take_u32(struct bytes_reader *in, bool there, uint32_t max) {
    uint64_t n = 0;
    if (!there)
        return 0;
    if (bytes_take_u64(&n, in) && n > max)
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

bool bpmn_record_decode(struct bpmn_record *out, struct bytes_reader *in, struct arena *arena,
                        struct err *err) {
    struct bpmn_record r = {0};
    r.kind = (enum bpmn_record_kind)take_u32(in, true, UINT8_MAX);
    uint32_t mask = take_u32(in, true, HAS_MAX);
    r.code = (uint8_t)take_u32(in, mask & HAS_CODE, UINT8_MAX);
    r.instance = take_u32(in, mask & HAS_INSTANCE, UINT32_MAX);
    r.scope = take_u32(in, mask & HAS_SCOPE, UINT32_MAX);
    r.node = take_u32(in, mask & HAS_NODE, UINT32_MAX);
    r.ref = take_u32(in, mask & HAS_REF, UINT32_MAX);
    if (mask & HAS_N)
        (void)bytes_take_i64(&r.n, in);
    if (mask & HAS_NAME)
        (void)bytes_take_str(&r.name, in);
    if (mask & HAS_TEXT)
        (void)bytes_take_str(&r.text, in);
    if (!in->bad && mask & HAS_VALUE && !feel_decode(&r.value, in, arena, err))
        return false;
    if (in->bad || mask_of(&r) != mask || strcmp(bpmn_record_name(r.kind), "unknown") == 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a record of a process is broken");
    *out = r;
    return true;
}

static struct str node_id(const struct bpmn_process *process, uint32_t node) {
    return node < process->node_count ? process->nodes[node].id : STR("?");
}

void bpmn_record_print(struct buf *out, const struct bpmn_process *process,
                       const struct bpmn_record *r) {
    buf_add(out, str_from(bpmn_record_name(r->kind)));
    if (r->instance)
        buf_printf(out, " %" PRIu32, r->instance);
    if (r->kind == BPMN_REC_TAKEN)
        buf_printf(out, " %.*s",
                   STR_ARG(r->node < process->flow_count ? process->flows[r->node].id : STR("?")));
    else if (r->node)
        buf_printf(out, " %.*s", STR_ARG(node_id(process, r->node)));
    if (r->scope)
        buf_printf(out, " in %" PRIu32, r->scope);
    if (r->ref && r->kind != BPMN_REC_INCIDENT && r->kind != BPMN_REC_STARTED)
        buf_printf(out, " #%" PRIu32, r->ref);
    if (r->name.len)
        buf_printf(out, " %.*s", STR_ARG(r->name));
    if (r->kind == BPMN_REC_CLOCK)
        buf_printf(out, " %s", bpmn_clock_action_name((enum bpmn_clock_action)r->code));
    else if (r->kind == BPMN_REC_INCIDENT)
        buf_printf(out, " %s", bpmn_incident_name((enum bpmn_incident)r->code));
    else if (r->kind == BPMN_REC_TIMER || r->kind == BPMN_REC_JOB ||
             r->kind == BPMN_REC_JOB_FAILED || r->kind == BPMN_REC_LEASED ||
             (r->kind == BPMN_REC_TASK && r->n != BPMN_NEVER))
        buf_printf(out, " %" PRId64, r->n);
    if (!feel_is_null(r->value) || r->kind == BPMN_REC_VARIABLE) {
        buf_lit(out, " = ");
        feel_print(out, r->value);
    }
    if (r->text.len)
        buf_printf(out, " '%.*s'", STR_ARG(r->text));
}
