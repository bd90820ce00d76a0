/* Migration: a row is an old version, what happened on it, the new version, the mapping "old>new
 * old>new", and what happens then. The whole history is folded again, its records from MIGRATED on
 * with the new version. */
#include <inttypes.h>

#include "base/test.h"
#include "bpmn/play_test.h"
#include "bpmn/sketch_test.h"

static const struct row {
    int line;
    const char *old, *before, *new, *mapping, *want, *after;
} rows[] = {
    {__LINE__, "start s\nuser a\nend e\ns > a > e", "start -> +s -s +a ?a",
     "start s\nuser x\nuser b\nend e\ns > x > b > e", "a>x", "migrated:test",
     "do x -> -x +b ?b | do b -> -b +e -e end:completed"},
    /* not mapped, another kind, twice, nowhere */
    {__LINE__, "start s\nuser a\nend e\ns > a > e", "start -> +s -s +a ?a",
     "start s\nuser x\nend e\ns > x > e", "", "refused:invalid", "do a -> -a +e -e end:completed"},
    {__LINE__, "start s\nuser a\nend e\ns > a > e", "start -> +s -s +a ?a",
     "start s\nservice x job t\nend e\ns > x > e", "a>x", "refused:invalid",
     "do a -> -a +e -e end:completed"},
    {__LINE__, "start s\nuser a\nend e\ns > a > e", "start -> +s -s +a ?a",
     "start s\nuser x\nuser y\nend e\ns > x > y > e", "a>x a>y", "refused:invalid",
     "do a -> -a +e -e end:completed"},
    /* a timer of a mapped event keeps running, one that is not mapped is closed, a new one begins
     */
    {__LINE__,
     "start s\nuser a\nboundary t on a timer PT1H\nboundary u on a timer PT2H\nend e\nend f\n"
     "s > a > e\nt > f\nu > f",
     "start -> +s -s +a timer:t:3600 timer:u:7200 ?a",
     "start s\nuser a\nboundary t2 on a timer PT9H\nboundary m on a message hurry\nend e\nend f\n"
     "s > a > e\nt2 > f\nm > f",
     "a>a t>t2", "migrated:test wait:m:hurry",
     "timer t2 3600 -> fired:t2 xa +t2 -t2 +f -f end:completed"},
    /* a scope and what is in it */
    {__LINE__, "start s\nsub p {\nstart i\nuser a\nend o\ni > a > o\n}\nend e\ns > p > e",
     "start -> +s -s +p +i -i +a ?a",
     "start s\nsub q {\nstart i\nuser a\nuser b\nend o\ni > a > b > o\n}\nend e\ns > q > e",
     "p>q a>a", "migrated:test", "do a -> -a +b ?b | do b -> -b +o -o -q +e -e end:completed"},
    {__LINE__, "start s\nsub p {\nstart i\nuser a\nend o\ni > a > o\n}\nend e\ns > p > e",
     "start -> +s -s +p +i -i +a ?a",
     "start s\nsub q {\nstart i\nuser b\nend o\ni > b > o\n}\nuser a\nend e\ns > q > a > e",
     "p>q a>a", "refused:invalid", "do a -> -a +o -o -p +e -e end:completed"},
    /* a token in a join goes with its flow's id */
    {__LINE__,
     "start s\nparallel f\nuser a\nuser b\nparallel j\nend e\ns > f > a > j > e\nf > b > j",
     "start -> +s -s +f -f +a ?a +b ?b | do a -> -a",
     "start s\nparallel f\nuser a\nuser b\nparallel j\nuser c\nend e\ns > f > a > j > c > e\n"
     "f > b > j",
     "b>b", "migrated:test", "do b -> -b +j -j +c ?c"},
    {__LINE__,
     "start s\nparallel f\nuser a\nuser b\nparallel j\nend e\ns > f > a > j > e\nf > b > j",
     "start -> +s -s +f -f +a ?a +b ?b | do a -> -a",
     "start s\nparallel f\nuser a2\nuser b\nparallel j\nend e\ns > f > a2 > j > e\nf > b > j",
     "b>b", "refused:invalid", "do b -> -b +j -j +e -e end:completed"},
    /* once, in parallel, in turn */
    {__LINE__, "start s\nuser a each i items\nend e\ns > a > e",
     "start {items: [1]} -> items=[1] +s -s +a[] loop:a:1 +a[1] 4.loopCounter=1 4.i=1 ?a",
     "start s\nuser a\nend e\ns > a > e", "a>a", "refused:invalid",
     "do a#2 -> -a -a +e -e end:completed"},
    {__LINE__, "start s\nuser a each i items\nend e\ns > a > e",
     "start {items: [1]} -> items=[1] +s -s +a[] loop:a:1 +a[1] 4.loopCounter=1 4.i=1 ?a",
     "start s\nuser x\nuser b each i items\nend e\ns > x > b > e", "a>b", "migrated:test",
     "do b#2 -> -b -b +e -e end:completed"},
    /* another event */
    {__LINE__, "start s\ncatch a message m\nend e\ns > a > e", "start -> +s -s +a wait:a:m",
     "start s\ncatch a signal m\nend e\ns > a > e", "a>a", "refused:invalid",
     "message m -> met:a -a +e -e end:completed"},
    {__LINE__, "start s\ncatch a message m\nend e\ns > a > e", "start -> +s -s +a wait:a:m",
     "start s\ncatch a message other\nuser b\nend e\ns > a > b > e", "a>a", "migrated:test",
     "message m -> met:a -a +b ?b"},
    /* an event sub-process that is new begins to wait; one that is mapped keeps waiting */
    {__LINE__,
     "start s\nuser a\nend e\ns > a > e\nevent-sub p {\nstart ps message m\nend pe\nps > pe\n}",
     "start -> wait:ps:m +s -s +a ?a",
     "start s\nuser a\nend e\ns > a > e\nevent-sub p {\nstart ps message m\nend pe\nps > pe\n}\n"
     "event-sub q {\nstart qs signal n\nend qe\nqs > qe\n}",
     "a>a p>p", "migrated:test wait:qs:n",
     "message m -> met:ps xa +p +ps -ps +pe -pe -p end:completed"},
    /* what has come does not begin again: a timer, a part of an event that needs all */
    {__LINE__, "start s\nuser a\nboundary t on a timer PT1H beside\nend e\nend f\ns > a > e\nt > f",
     "start -> +s -s +a timer:t:3600 ?a | timer t 3600 -> fired:t +t -t +f -f",
     "start s\nuser a\nboundary t on a timer PT1H beside\nend e\nend f\ns > a > e\nt > f",
     "a>a t>t", "migrated:test", "do a -> -a +e -e end:completed"},
    {__LINE__, "start s\ncatch c message m message n all-of\nend e\ns > c > e",
     "start -> +s -s +c wait:c:m wait:c:n | message m -> met:c",
     "start s\ncatch c message m message n all-of\nend e\ns > c > e", "c>c", "migrated:test",
     "message n -> met:c -c +e -e end:completed"},
    {__LINE__, "start s message m message n all-of\nend e\ns > e", "start-by s 1 -> +s wait:s:m",
     "start s message m message n all-of\nuser a\nend e\ns > a > e", "s>s", "migrated:test",
     "message m -> met:s -s +a ?a"},
    /* what can be compensated goes with its id */
    {__LINE__,
     "start s\nservice a job t\nboundary c on a compensate *\nservice h job u handler\nundo c h\n"
     "user b\nend e\ns > a > b > e",
     "start -> +s -s +a job:a:t | job a -> -a +b ?b",
     "start s\nservice a job t\nboundary c on a compensate *\nservice h job u handler\nundo c h\n"
     "user b\nthrow k compensate *\nend e\ns > a > b > k > e",
     "b>b", "migrated:test", "do b -> -b +k undo:all +h undone:a job:h:u"},
    {__LINE__,
     "start s\nservice a job t\nboundary c on a compensate *\nservice h job u handler\nundo c h\n"
     "user b\nend e\ns > a > b > e",
     "start -> +s -s +a job:a:t | job a -> -a +b ?b", "start s\nuser b\nend e\ns > b > e", "b>b",
     "refused:invalid", "do b -> -b +e -e end:completed"},
    {__LINE__,
     "start s\nservice a job t\nboundary c on a compensate *\nservice h job u handler\nundo c h\n"
     "user b\nend e\ns > a > b > e",
     "start -> +s -s +a job:a:t | job a -> -a +b ?b",
     "start s\nservice a job t\nuser b\nend e\ns > a > b > e", "b>b", "refused:invalid",
     "do b -> -b +e -e end:completed"},
    /* a listener's job, or a running compensation */
    {__LINE__,
     "start s\ntask a ext \"<zeebe:executionListeners><zeebe:executionListener eventType='start' "
     "type='x'/></zeebe:executionListeners>\"\nend e\ns > a > e",
     "start -> +s -s +a start:a:x", "start s\ntask a\nend e\ns > a > e", "a>a", "refused:invalid",
     "job a -> -a +e -e end:completed"},
};

static void play_script_of(struct play *play, const char *script) {
    struct str rest = str_from(script), one;
    while (str_split(&one, &rest, '|')) {
        size_t arrow = str_find(one, STR("->"));
        play_step(play, str_trim(str_sub(one, 0, arrow)),
                  str_trim(str_sub(one, arrow + 2, one.len)));
    }
}

static struct bpmn_mapped *mapping_of(size_t *count, const struct row *row, struct play *play,
                                      const struct bpmn_process *new) {
    struct bpmn_mapped *list = arena_new(play->arena, struct bpmn_mapped, 10);
    struct str rest = str_from(row->mapping), one, from;
    *count = 0;
    while (rest.len > 0 && str_split(&one, &rest, ' ') && str_split(&from, &one, '>'))
        list[(*count)++] =
            (struct bpmn_mapped){bpmn_node(play->process, from)->index, bpmn_node(new, one)->index};
    return list;
}

/* Fold everything again; the process changes with the record MIGRATED. */
static void check_history(const struct row *row, const struct play *play,
                          const struct bpmn_process *old, const struct bpmn_process *new) {
    struct err err = {0};
    struct bpmn_state again;
    struct buf live, replayed;
    const struct bpmn_process *process = old;
    buf_init(&live, 1 << 16);
    buf_init(&replayed, 1 << 16);
    bpmn_state_init(&again, play->arena);
    for (size_t i = 0; i < play->all.count; i++) {
        if (play->all.list[i].kind == BPMN_REC_MIGRATED)
            process = new;
        CHECK_OK_AT(row->line, bpmn_fold(&again, process, &play->all.list[i], &err), &err);
    }
    CHECK_OK_AT(row->line, bpmn_state_encode(&live, &play->state, &err), &err);
    CHECK_OK_AT(row->line, bpmn_state_encode(&replayed, &again, &err), &err);
    CHECK_AT(row->line, str_eq(buf_view(&live), buf_view(&replayed)));
    buf_done(&live);
    buf_done(&replayed);
}

static void check_row(const struct row *row, struct arena *arena) {
    struct err err = {0};
    struct bpmn_process *old, *new;
    struct play play, later;
    bool ok = sketch_read(&old, str_from(row->old), arena, &err) &&
              sketch_read(&new, str_from(row->new), arena, &err);
    CHECK_OK_AT(row->line, ok, &err);
    if (!ok)
        return;
    play_init(&play, old, arena, __FILE__, row->line);
    play_script_of(&play, row->before);
    struct bpmn_input input = {.kind = BPMN_IN_MIGRATE, .target = new};
    input.mapped = mapping_of(&input.mapped_count, row, &play, new);
    struct bpmn_env env = {.now_us = play.now_us};
    struct budget budget = budget_of(100000, 1 << 20);
    struct bpmn_records records = {.arena = arena};
    struct buf got;
    buf_init(&got, 1 << 12);
    bool can = bpmn_migration_check(&play.state, old, &input, arena, &err);
    err = (struct err){0};
    ok = bpmn_step(&records, &play.state, old, &input, &env, arena, &budget, &err);
    CHECK_AT(row->line, can == ok);
    if (!ok)
        buf_printf(&got, "refused:%s", err_code_name(err.code));
    for (size_t i = 0; i < records.count; i++) {
        const struct bpmn_record *r = &records.list[i];
        play_keep(&play, r);
        if (r->kind == BPMN_REC_MIGRATED)
            buf_printf(&got, "migrated:%.*s", STR_ARG(r->name));
        else if (r->kind == BPMN_REC_WAIT)
            buf_printf(&got, " wait:%.*s:%.*s", STR_ARG(new->nodes[r->node].id), STR_ARG(r->name));
    }
    CHECK_STR_AT(row->line, buf_view(&got), str_from(row->want));
    check_history(row, &play, old, ok ? new : old);
    later = play;
    later.process = ok ? new : old;
    later.goes_on = true;
    play_script_of(&later, row->after);
    check_history(row, &later, old, ok ? new : old);
    buf_done(&got);
}

void test_bpmn_migrate(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_create("migrate", 64 << 20);
        check_row(&rows[i], arena);
        arena_destroy(arena);
    }
}
