/* store/search.h - searches as a program asks for them: a filter, an order and a page as JSON, made
 * into one SQL statement. What stands in the statement comes from the tables of fields below; what
 * came from outside is bound as a value, so no text of a request is ever read as SQL.
 *
 *     {"filter": {"state": "ACTIVE", "startDate": {"$gte": "...", "$lt": "..."},
 *                 "$or": [{"name": {"$like": "a*"}}, {"version": {"$in": [1, 2]}}]},
 *      "sort": [{"field": "startDate", "order": "DESC"}],
 *      "page": {"from": 0, "limit": 50}}        or {"after": cursor}, {"before": cursor}
 *
 * A field's condition is a plain value or an object of operators that must all hold: $eq, $neq,
 * $exists, $in, $notIn, $like (* and ?, with \ before one that is meant), $gt, $gte, $lt, $lte.
 * Members of an object must all hold; of $or's objects, one. Pages by cursor go on from the values
 * that the item had when the cursor was made, so a page neither skips nor repeats an item that
 * stood still. */
#ifndef MANDATE_STORE_SEARCH_H
#define MANDATE_STORE_SEARCH_H

#include "db/db.h"
#include "json/json.h"

enum {
    SEARCH_STREAM_BITS = 24,     /* of a key: its number within its stream */
    SEARCH_FIELDS_MAX = 40,      /* of one kind of row */
    SEARCH_CONDITIONS_MAX = 200, /* comparisons in one filter */
    SEARCH_LIST_MAX = 1000,      /* values of one $in */
    SEARCH_ARGS_MAX = 3000,      /* values in one statement; SQLite takes 32766 */
    SEARCH_OR_MAX = 50,          /* objects in $or */
    SEARCH_STARS_MAX = 6,        /* '*' in one $like: matching takes time for each */
    SEARCH_TEXT_MAX = 4096,      /* bytes of one value */
    SEARCH_SORTS_MAX = 6,        /* fields to sort by */
    SEARCH_LIMIT_DEFAULT = 100,  /* items of a page */
    SEARCH_LIMIT_MAX = 10000,
    SEARCH_FROM_MAX = 1000000, /* items passed over; further on, cursors are for */
    SEARCH_TOTAL_MAX = 10000,  /* items counted; more are told by hasMoreTotalItems */
    SEARCH_CURSOR_BYTES_MAX =
        216 /* of a cursor with its values; a longer one names its item only */
};

enum search_kind {
    SEARCH_TEXT,
    SEARCH_KEY, /* INTEGER; in JSON a string of digits */
    SEARCH_JOB, /* to search by: a job's key, whichever lease it was given under */
    /* The process instance to which the key in this column belongs: keys of one stream are one
     * range (migrations/0002), so this compares ranges and an index on the column serves. */
    SEARCH_STREAM,
    SEARCH_I64,  /* INTEGER; in JSON a number */
    SEARCH_TIME, /* INTEGER, microseconds; in JSON RFC 3339 with milliseconds, in UTC */
    SEARCH_BOOL, /* 0 or 1 */
    SEARCH_ENUM, /* INTEGER, the place in `values` */
    SEARCH_WORD, /* TEXT, one of `values` */
    SEARCH_JSON, /* TEXT that holds JSON: shown, never searched */
};

enum {
    SEARCH_OUT = 1,  /* stands in the items */
    SEARCH_BY = 2,   /* may stand in the filter */
    SEARCH_SORT = 4, /* may be sorted by */
    SEARCH_NONE = 8, /* 0 or '' says that there is none: the item has no such member */
    /* It may say whom the item is about: where the search does not stay within one procedure
     * (struct search_ask, across) it is left out of the items, and not searched or sorted by. */
    SEARCH_WHOM = 16,
    SEARCH_HELD = 32, /* the member is promised: an empty text stands where it is left out */
};

struct search_field {
    const char *name; /* of the member */
    const char *sql;  /* a column, or an expression over the kind's FROM; never NULL */
    enum search_kind kind;
    unsigned flags;
    const char *values; /* ENUM, WORD: "ACTIVE COMPLETED"; "-" for a place that is never shown */
    /* For what an item has several of: "EXISTS (SELECT 1 FROM ... WHERE ... AND {})", where {}
     * takes the comparison with sql. NULL: sql is the item's own. */
    const char *wrap;
    /* What to sort by instead of sql, where it gives the same order and has an index; INTEGER.
     * NULL: by sql. */
    const char *sort;
};

struct search_entity {
    const char *name;  /* "process instance", for messages */
    const char *from;  /* what follows FROM */
    const char *where; /* a condition on every item, or NULL */
    const char *key;   /* SQL of the item's key: INTEGER, unique together with key2 */
    const char *key2;  /* INTEGER, or NULL */
    const struct search_field *fields;
    size_t field_count;
    bool found_by_key; /* key, key2 are the table's primary key */
};

/* A condition that the caller adds: this field has this value. */
struct search_given {
    const char *sql; /* with '?' for the value, once or more: "t.instance = ?" */
    struct db_value value;
};

/* A statement in the making. */
struct search_sql {
    struct buf text;
    struct db_value args[SEARCH_ARGS_MAX];
    size_t arg_count, condition_count;
    struct arena *arena;
};

struct search_ask {
    const struct json *body; /* the request: filter, sort, page; NULL: all of it by default */
    const struct search_given *given;
    size_t given_count;
    struct arena *arena; /* of the request and of the answer */
    /* A filter that the table cannot say: called for a member of the filter that is none of the
     * fields. Appends "(condition)" to sql and values by search_arg(). Returns false with err, or
     * sets *known. NULL: there is none. */
    bool (*other)(void *ctx, bool *known, struct search_sql *sql, struct str name,
                  const struct json *value, struct err *err);
    void *ctx;
    bool no_filter, no_sort; /* this address takes none */
    bool across;             /* it names no one procedure: see SEARCH_WHOM */
};

/* Appends ?N for the value. ERR_LIMIT. */
MUST_USE bool search_arg(struct search_sql *sql, struct db_value value, struct err *err);
/* Appends the condition that `value` (a plain value or an object of operators) puts on the field.
 * Errors as store_search(). */
MUST_USE bool search_condition(struct search_sql *sql, const struct search_field *field,
                               const struct json *value, struct err *err);

/* What a search across procedures is answered when it asks for this member; always false. */
bool search_across_refuse(struct str name, struct err *err);

/* The page: {"items": [...], "page": {"totalItems", "hasMoreTotalItems", "startCursor",
 * "endCursor"}}.
 * Errors: ERR_INVALID, the request asks for what there is not, and the text names the member;
 *         ERR_LIMIT, it is beyond a limit above. */
MUST_USE bool store_search(struct json **out, struct db_conn *conn,
                           const struct search_entity *entity, const struct search_ask *ask,
                           struct err *err);
/* The one item for which the given conditions hold. ERR_NOT_FOUND. */
MUST_USE bool store_search_get(struct json **out, struct db_conn *conn,
                               const struct search_entity *entity, const struct search_given *given,
                               size_t given_count, struct arena *arena, struct err *err);
/* One row for each value of a column, {"items": [...]}: the entity's items are sums. group: its
 * SQL.
 */
MUST_USE bool store_search_groups(struct json **out, struct db_conn *conn,
                                  const struct search_entity *entity, const struct search_ask *ask,
                                  const char *group, struct err *err);
/* Does the text fit the pattern of a $like? */
bool search_like(struct str pattern, struct str text);
/* A key as programs write it: decimal digits, in a string (or, as older programs do, a number). */
MUST_USE bool search_key(int64_t *out, const struct json *node);

#endif
