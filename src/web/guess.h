/* web/guess.h - how often somebody may guess a password or an access code. A table of fixed size
 * that holds hashes only; the oldest entry gives way to a new one. Pure: the time comes in.
 *
 * A key may fail `burst` times; then one more try is given back every `refill_s`. */
#ifndef MANDATE_WEB_GUESS_H
#define MANDATE_WEB_GUESS_H

#include "base/str.h"

enum { GUESS_ENTRIES = 8192, GUESS_WAYS = 8 }; /* 8 places for each hash */

struct guess_entry {
    uint64_t hash;    /* 0: free */
    int64_t spent_us; /* the tries so far, as the time they take to come back, from `since_us` on */
    int64_t since_us;
};

struct guess_table {
    unsigned burst;
    int64_t refill_us;
    uint64_t salt; /* so that nobody can aim at one place of the table */
    struct guess_entry entries[GUESS_ENTRIES];
};

/* False: too many. Nothing is counted. */
bool guess_allowed(const struct guess_table *table, struct str key, int64_t now_us);
void guess_failed(struct guess_table *table, struct str key, int64_t now_us);
/* Seconds until guess_allowed() would say yes; 0 when it does now. */
int64_t guess_wait_s(const struct guess_table *table, struct str key, int64_t now_us);

#endif
