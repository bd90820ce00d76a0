/* bpmn/lists.h - the growing arrays of a state, for fold*.c and state.c alone. A row leaves without
 * disturbing the others. */
#ifndef MANDATE_BPMN_LISTS_H
#define MANDATE_BPMN_LISTS_H

#include "bpmn/engine.h"

#define LIST_ROOM(state, field)                                                                    \
    ((state)->field.count < (state)->field.room                                                    \
         ? (void)0                                                                                 \
         : list_grow((state)->arena, (void **)&(state)->field.list, (state)->field.count,          \
                     &(state)->field.room, sizeof *(state)->field.list))
/* Room for one more row at the end; its value follows the comma-free expression `row`. */
#define LIST_ADD(state, field, ...)                                                                \
    (LIST_ROOM(state, field), (state)->field.list[(state)->field.count++] = (__VA_ARGS__))
#define LIST_REMOVE(state, field, index)                                                           \
    (memmove(&(state)->field.list[index], &(state)->field.list[(index) + 1],                       \
             ((state)->field.count - (index)-1) * sizeof *(state)->field.list),                    \
     (void)(state)->field.count--)
/* Open a gap at index. */
#define LIST_GAP(state, field, index)                                                              \
    (LIST_ROOM(state, field),                                                                      \
     memmove(&(state)->field.list[(index) + 1], &(state)->field.list[index],                       \
             ((state)->field.count - (index)) * sizeof *(state)->field.list),                      \
     (void)(state)->field.count++)
/* The first row whose key (an ascending number) is not below wanted; count when there is none. */
#define LIST_LOWER(state, field, key, wanted, index)                                               \
    do {                                                                                           \
        uint32_t low_ = 0, high_ = (state)->field.count;                                           \
        while (low_ < high_) {                                                                     \
            uint32_t middle_ = low_ + (high_ - low_) / 2;                                          \
            if ((state)->field.list[middle_].key < (wanted))                                       \
                low_ = middle_ + 1;                                                                \
            else                                                                                   \
                high_ = middle_;                                                                   \
        }                                                                                          \
        (index) = low_;                                                                            \
    } while (0)
/* The index of the row with that key, or count. */
#define LIST_FIND(state, field, key, wanted, index)                                                \
    do {                                                                                           \
        LIST_LOWER(state, field, key, wanted, index);                                              \
        if ((index) < (state)->field.count && (state)->field.list[index].key != (wanted))          \
            (index) = (state)->field.count;                                                        \
    } while (0)
/* Keep the rows for which `keep` (an expression over row_) is true. */
#define LIST_KEEP(state, field, type, keep)                                                        \
    do {                                                                                           \
        uint32_t kept_ = 0;                                                                        \
        for (uint32_t i_ = 0; i_ < (state)->field.count; i_++) {                                   \
            const type *row_ = &(state)->field.list[i_];                                           \
            if (keep)                                                                              \
                (state)->field.list[kept_++] = *row_;                                              \
        }                                                                                          \
        (state)->field.count = kept_;                                                              \
    } while (0)

static inline void list_grow(struct arena *arena, void **list, uint32_t count, uint32_t *room,
                             size_t size) {
    uint32_t wanted = *room < 8 ? 8 : *room * 2;
    void *bigger = arena_alloc(arena, wanted, size, alignof(max_align_t));
    if (count > 0)
        memcpy(bigger, *list, count * size);
    *list = bigger;
    *room = wanted;
}

/* ---- fold.c ---- */
struct bpmn_instance *state_instance(struct bpmn_state *state, uint32_t id); /* NULL: not alive */
bool fold_corrupt(const struct bpmn_record *record, struct err *err, const char *why);
/* The record's ref is the next number, and is taken. */
bool fold_next_id(struct bpmn_state *state, uint32_t id, const struct bpmn_record *record,
                  struct err *err);

/* ---- fold_rows.c ---- */
/* Where a scope's variables begin, and where they end. */
void state_variables(const struct bpmn_state *state, uint32_t scope, uint32_t *from, uint32_t *to);
void state_count_conditions(struct bpmn_state *state);
/* Timers, subscriptions, jobs, variables, its task: all that hangs on an instance that is gone. */
void state_drop_rows(struct bpmn_state *state, const struct bpmn_instance *gone);
/* The cycle of a timer as it was stored once; empty when it does not come again. */
struct str state_old_cycle(const struct bpmn_process *process, uint32_t node, uint32_t left,
                           int64_t due_us, struct arena *arena);
bool fold_row(struct bpmn_state *state, const struct bpmn_process *process,
              const struct bpmn_record *record, struct err *err);

/* ---- fold_done.c: what can be compensated, and compensation ---- */
/* An instance is gone, by completion or not. */
void state_drop_done(struct bpmn_state *state, const struct bpmn_instance *gone, bool completed);
bool fold_done(struct bpmn_state *state, const struct bpmn_process *process,
               const struct bpmn_record *record, struct err *err);
bool fold_migrated(struct bpmn_state *state, const struct bpmn_process *target,
                   const struct bpmn_record *record, struct err *err);

#endif
