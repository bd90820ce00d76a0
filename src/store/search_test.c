/* Searches over a table of 300 rows that a formula gives, so that what each filter must find can be
 * worked out here without SQL. */
#include "store/search.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/test.h"
#include "os/file.h"

enum { ROWS = 300, BASE_S = 1767225600 /* 2026-01-01T00:00:00Z */ };

static const struct search_field fields[] = {
    {"key", "t.id", SEARCH_KEY, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, NULL, NULL, NULL},
    {"name", "t.name", SEARCH_TEXT, SEARCH_OUT | SEARCH_BY | SEARCH_SORT | SEARCH_NONE, NULL, NULL,
     NULL},
    {"size", "t.size", SEARCH_I64, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, NULL, NULL, NULL},
    {"at", "t.at_us", SEARCH_TIME, SEARCH_OUT | SEARCH_BY | SEARCH_SORT | SEARCH_NONE, NULL, NULL,
     NULL},
    {"open", "t.open", SEARCH_BOOL, SEARCH_OUT | SEARCH_BY, NULL, NULL, NULL},
    {"state", "t.state", SEARCH_WORD, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, "NEW OLD GONE", NULL,
     NULL},
    {"level", "t.level", SEARCH_ENUM, SEARCH_OUT | SEARCH_BY, "LOW - HIGH", NULL, NULL},
    {"mark", "m.mark", SEARCH_TEXT, SEARCH_BY, NULL,
     "EXISTS (SELECT 1 FROM mark AS m WHERE m.id = t.id AND {})", NULL},
};
static const struct search_entity things = {"thing", "thing AS t",     NULL, "t.id", NULL,
                                            fields,  COUNT_OF(fields), true};

/* The row of a number, by its formula. */
struct thing {
    int64_t id, size, at_us, level;
    bool open;
    const char *name, *state;
    const char *mark; /* every third has none */
};

static struct thing thing_of(int64_t n) {
    static const char *const names[] = {"", "a", "ab", "b%c", "B%C", "x_y", "a'b\"c", "ab*c"};
    static const char *const states[] = {"NEW", "OLD", "GONE"};
    static const char *const marks[] = {NULL, "red", "blue"};
    return (struct thing){.id = n * 7 + 1,
                          .size = (n * 31) % 40 - 20,
                          .at_us = n % 5 == 0 ? 0 : BASE_S * INT64_C(1000000) + n * 1500,
                          .level = n % 2 * 2,
                          .open = n % 4 == 0,
                          .name = names[n % 8],
                          .state = states[n % 3],
                          .mark = marks[n % 3]};
}

struct place {
    struct arena *arena;
    const char *folder;
    struct db *db;
};

static void place_open(struct place *p) {
    char path[] = "/tmp/mandate-search-XXXXXX";
    struct err err = {0};
    CHECK(mkdtemp(path) != NULL);
    p->arena = arena_create("test", 256 << 20);
    p->folder = arena_cstr(p->arena, str_from(path));
    CHECK_OK(
        db_open(&p->db, &(struct db_options){arena_printf(p->arena, "%s/x.db", path).at, 1}, &err),
        &err);
    struct db_conn *w = db_writer(p->db);
    CHECK_OK(db_script(w,
                       "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, at_us "
                       "INTEGER, open INTEGER, state TEXT, level INTEGER);"
                       "CREATE TABLE mark (id INTEGER, mark TEXT);",
                       &err),
             &err);
    CHECK_OK(db_begin(w, &err), &err);
    for (int64_t n = 0; n < ROWS; n++) {
        struct thing t = thing_of(n);
        CHECK_OK(db_run(w, "INSERT INTO thing VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        DB_ARGS(db_n(t.id), db_t(str_from(t.name)), db_n(t.size), db_n(t.at_us),
                                db_n(t.open), db_t(str_from(t.state)), db_n(t.level)),
                        &err),
                 &err);
        if (t.mark != NULL)
            CHECK_OK(db_run(w, "INSERT INTO mark VALUES (?1, ?2)",
                            DB_ARGS(db_n(t.id), db_t(str_from(t.mark))), &err),
                     &err);
    }
    CHECK_OK(db_commit(w, &err), &err);
}

static void place_close(struct place *p) {
    struct err err = {0};
    db_close(p->db);
    CHECK_OK(os_folder_remove(p->folder, &err), &err);
    arena_destroy(p->arena);
}

static bool search(struct json **out, struct place *p, struct str body, struct err *err) {
    const struct json *json = NULL;
    struct budget budget = budget_of(100000, 1 << 24);
    struct err local = {0};
    CHECK_OK(json_read(&json, body, "body", p->arena, &budget, &local), &local);
    const struct search_ask ask = {.body = json, .arena = p->arena};
    return store_search(out, db_writer(p->db), &things, &ask, err);
}

static int64_t total(const struct json *answer) {
    int64_t n = -1;
    (void)!json_to_i64(&n, json_get(json_get(answer, STR("page")), STR("totalItems")));
    return n;
}

/* ---- filters, and what the formula says of them ---- */

static bool f_ab(const struct thing *t) {
    return strcmp(t->name, "ab") == 0;
}
static bool f_named(const struct thing *t) {
    return t->name[0] != '\0';
}
static bool f_percent(const struct thing *t) {
    return strcmp(t->name, "b%c") == 0;
}
static bool f_a_any(const struct thing *t) {
    return t->name[0] == 'a';
}
static bool f_star(const struct thing *t) {
    return strcmp(t->name, "ab*c") == 0;
}
static bool f_quote(const struct thing *t) {
    return strcmp(t->name, "a'b\"c") == 0;
}
static bool f_small(const struct thing *t) {
    return t->size > -5 && t->size <= 3;
}
static bool f_not_old(const struct thing *t) {
    return strcmp(t->state, "OLD") != 0;
}
static bool f_o(const struct thing *t) {
    return strcmp(t->state, "GONE") != 0 && strcmp(t->state, "NEW") != 0;
}
static bool f_high(const struct thing *t) {
    return t->level == 2;
}
static bool f_third(const struct thing *t) {
    return t->at_us == BASE_S * INT64_C(1000000) + 2 * 1500;
}
static bool f_later(const struct thing *t) {
    return t->at_us >= BASE_S * INT64_C(1000000) + 4000;
}
static bool f_before(const struct thing *t) {
    return t->at_us != 0 && t->at_us < BASE_S * INT64_C(1000000) + 4000;
}
static bool f_never(const struct thing *t) {
    return t->at_us == 0;
}
static bool f_red(const struct thing *t) {
    return t->mark != NULL && strcmp(t->mark, "red") == 0;
}
static bool f_not_red(const struct thing *t) {
    return !f_red(t);
}
static bool f_unmarked(const struct thing *t) {
    return t->mark == NULL;
}
static bool f_open_or_ab(const struct thing *t) {
    return t->size >= 0 && (t->open || f_ab(t));
}
static bool f_none(const struct thing *t) {
    (void)t;
    return false;
}
static bool f_all(const struct thing *t) {
    (void)t;
    return true;
}
static bool f_two(const struct thing *t) {
    return t->id == 8 || t->id == 15;
}

static const struct row {
    int line;
    const char *filter;
    bool (*want)(const struct thing *t);
} rows[] = {
    {__LINE__, "{}", f_all},
    {__LINE__, "{\"name\": null}", f_all},
    {__LINE__, "{\"name\": \"ab\"}", f_ab},
    {__LINE__, "{\"name\": {\"$eq\": \"ab\"}}", f_ab},
    {__LINE__, "{\"name\": {\"$exists\": true}}", f_named},
    {__LINE__, "{\"name\": {\"$neq\": \"\"}}", f_named},
    {__LINE__, "{\"name\": {\"$like\": \"b%c\"}}", f_percent},
    {__LINE__, "{\"name\": {\"$like\": \"a*\"}}", f_a_any},
    {__LINE__, "{\"name\": {\"$like\": \"ab\\\\**\"}}", f_star},
    {__LINE__, "{\"name\": {\"$like\": \"a?b?c\"}}", f_quote},
    {__LINE__, "{\"name\": \"a'b\\\"c\"}", f_quote},
    {__LINE__, "{\"name\": \"' OR 1=1 --\"}", f_none},
    {__LINE__, "{\"name\": {\"$in\": [\"ab\", \"?1) OR (1=1\"]}}", f_ab},
    {__LINE__, "{\"size\": {\"$gt\": -5, \"$lte\": 3}}", f_small},
    {__LINE__, "{\"size\": {\"$gte\": -4, \"$lt\": 4}}", f_small},
    {__LINE__, "{\"state\": {\"$neq\": \"OLD\"}}", f_not_old},
    {__LINE__, "{\"state\": {\"$notIn\": [\"OLD\"]}}", f_not_old},
    {__LINE__, "{\"state\": {\"$in\": [\"NEW\", \"GONE\"]}}", f_not_old},
    {__LINE__, "{\"state\": {\"$like\": \"O*\"}}", f_o},
    {__LINE__, "{\"state\": {\"$like\": \"Z*\"}}", f_none},
    {__LINE__, "{\"level\": \"HIGH\"}", f_high},
    {__LINE__, "{\"level\": {\"$like\": \"*IG?\"}}", f_high},
    {__LINE__, "{\"key\": {\"$in\": [\"8\", 15]}}", f_two},
    {__LINE__, "{\"at\": \"2026-01-01T00:00:00.003Z\"}", f_third},
    {__LINE__, "{\"at\": \"2026-01-01T08:00:00.003+08:00\"}", f_third},
    {__LINE__, "{\"at\": {\"$in\": [\"2026-01-01T00:00:00.003Z\"]}}", f_third},
    {__LINE__, "{\"at\": {\"$gt\": \"2026-01-01T00:00:00.003Z\"}}", f_later},
    {__LINE__, "{\"at\": {\"$gte\": \"2026-01-01T00:00:00.004Z\"}}", f_later},
    {__LINE__, "{\"at\": {\"$lt\": \"2026-01-01T00:00:00.004Z\"}}", f_before},
    {__LINE__, "{\"at\": {\"$lte\": \"2026-01-01T00:00:00.003Z\"}}", f_before},
    {__LINE__, "{\"at\": {\"$exists\": false}}", f_never},
    {__LINE__, "{\"mark\": \"red\"}", f_red},
    {__LINE__, "{\"mark\": {\"$neq\": \"red\"}}", f_not_red},
    {__LINE__, "{\"mark\": {\"$exists\": false}}", f_unmarked},
    {__LINE__, "{\"mark\": {\"$in\": [\"red\", \"green\"]}}", f_red},
    {__LINE__, "{\"size\": {\"$gte\": 0}, \"$or\": [{\"open\": true}, {\"name\": \"ab\"}]}",
     f_open_or_ab},
};

void test_search_filter(void) {
    struct place p;
    place_open(&p);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct json *out = NULL;
        struct str body =
            arena_printf(p.arena, "{\"filter\": %s, \"page\": {\"limit\": 1000}}", rows[i].filter);
        CHECK_OK_AT(rows[i].line, search(&out, &p, body, &err), &err);
        size_t want = 0;
        const struct json *items = json_get(out, STR("items"));
        for (int64_t n = 0; n < ROWS; n++) {
            struct thing t = thing_of(n);
            if (!rows[i].want(&t))
                continue;
            struct str key = arena_printf(p.arena, "%" PRId64, t.id);
            CHECK_STR_AT(rows[i].line, json_get_text(json_item(items, want++), STR("key")), key);
        }
        CHECK_INT_AT(rows[i].line, (int64_t)json_count(items), (int64_t)want);
        CHECK_INT_AT(rows[i].line, total(out), (int64_t)want);
    }
    place_close(&p);
}

/* What is refused, and a word that the refusal must hold. */
static const struct refused {
    int line;
    const char *body, *word;
    enum err_code code;
} refusals[] = {
    {__LINE__, "{\"filter\": {\"nme\": \"a\"}}", "'nme'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"t.id\": \"1\"}}", "'t.id'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"size\": \"1\"}}", "'size'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"size\": 1.5}}", "'size'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"size\": {\"$like\": \"1\"}}}", "$like", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": {\"$gt\": \"a\"}}}", "$gt", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": {\"$foo\": \"a\"}}}", "$foo", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": {}}}", "'name'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": 1}}", "'name'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": {\"$in\": []}}}", "'name'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"state\": \"new\"}}", "NEW OLD GONE", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"level\": \"-\"}}", "'level'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"at\": \"2026-01-01\"}}", "'at'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"open\": \"true\"}}", "'open'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"key\": \"0x1\"}}", "'key'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"key\": \"99999999999999999999\"}}", "'key'", ERR_INVALID},
    {__LINE__, "{\"filter\": []}", "filter", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"$or\": {}}}", "$or", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"$or\": [{\"$or\": [{}]}]}}", "'$or'", ERR_INVALID},
    {__LINE__, "{\"filter\": {\"name\": {\"$like\": \"*******\"}}}", "'*'", ERR_LIMIT},
    {__LINE__, "{\"sort\": [{\"field\": \"open\"}]}", "'open'", ERR_INVALID},
    {__LINE__, "{\"sort\": [{\"field\": \"id\"}]}", "'id'", ERR_INVALID},
    {__LINE__, "{\"sort\": [{\"field\": \"name\", \"order\": \"UP\"}]}", "'UP'", ERR_INVALID},
    {__LINE__, "{\"sort\": {\"field\": \"name\"}}", "sort", ERR_INVALID},
    {__LINE__, "{\"page\": {\"limit\": 0}}", "limit", ERR_INVALID},
    {__LINE__, "{\"page\": {\"limit\": 10001}}", "limit", ERR_INVALID},
    {__LINE__, "{\"page\": {\"from\": -1}}", "from", ERR_INVALID},
    {__LINE__, "{\"page\": {\"from\": 1, \"after\": \"AA==\"}}", "only one", ERR_INVALID},
    {__LINE__, "{\"page\": {\"after\": \"AA==\"}}", "cursor", ERR_INVALID},
    {__LINE__, "{\"page\": {\"size\": 1}}", "page", ERR_INVALID},
    {__LINE__, "{\"where\": {}}", "filter", ERR_INVALID},
};

void test_search_refused(void) {
    struct place p;
    place_open(&p);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct err err = {0};
        struct json *out = NULL;
        CHECK_AT(refusals[i].line, !search(&out, &p, str_from(refusals[i].body), &err));
        CHECK_INT_AT(refusals[i].line, err.code, refusals[i].code);
        CHECK_AT(refusals[i].line,
                 str_find(str_from(err.text), str_from(refusals[i].word)) != SIZE_MAX);
    }
    place_close(&p);
}

/* ---- pages ---- */

/* Every page of 7 to the end; then back from there: the same items in the same order. */
static void walk(struct place *p, int line, const char *sort) {
    struct str keys[ROWS + 7], cursor = STR_NONE, first_key = STR_NONE;
    size_t count = 0;
    struct json *out = NULL;
    struct err err = {0};
    do {
        struct str page = cursor.len == 0
                              ? STR("\"from\": 0")
                              : arena_printf(p->arena, "\"after\": \"%.*s\"", STR_ARG(cursor));
        struct str body = arena_printf(p->arena, "{\"sort\": [%s], \"page\": {\"limit\": 7, %.*s}}",
                                       sort, STR_ARG(page));
        CHECK_OK_AT(line, search(&out, p, body, &err), &err);
        const struct json *items = json_get(out, STR("items"));
        for (size_t i = 0; i < json_count(items) && count < ROWS; i++)
            keys[count++] = json_get_text(json_item(items, i), STR("key"));
        if (json_count(items) == 0)
            break;
        cursor = json_get_text(json_get(out, STR("page")), STR("endCursor"));
        CHECK_AT(line, cursor.len <= 300);
        first_key = json_get_text(json_get(out, STR("page")), STR("startCursor"));
    } while (count < ROWS);
    CHECK_INT_AT(line, (int64_t)count, ROWS);
    size_t at = ROWS - ROWS % 7;
    while (at > 0) {
        struct str body = arena_printf(
            p->arena, "{\"sort\": [%s], \"page\": {\"limit\": 7, \"before\": \"%.*s\"}}", sort,
            STR_ARG(first_key));
        CHECK_OK_AT(line, search(&out, p, body, &err), &err);
        const struct json *items = json_get(out, STR("items"));
        CHECK_INT_AT(line, (int64_t)json_count(items), 7);
        at -= 7;
        for (size_t i = 0; i < json_count(items); i++)
            CHECK_STR_AT(line, json_get_text(json_item(items, i), STR("key")), keys[at + i]);
        first_key = json_get_text(json_get(out, STR("page")), STR("startCursor"));
        if (json_count(items) != 7)
            break;
    }
}

void test_search_pages(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    walk(&p, __LINE__, "");
    walk(&p, __LINE__, "{\"field\": \"size\", \"order\": \"DESC\"}");
    walk(&p, __LINE__, "{\"field\": \"name\"}, {\"field\": \"size\", \"order\": \"desc\"}");
    walk(&p, __LINE__, "{\"field\": \"state\", \"order\": \"DESC\"}, {\"field\": \"at\"}");
    /* names so long that a cursor holds the item's key alone */
    CHECK_OK(db_script(db_writer(p.db), "UPDATE thing SET name = printf('%.*c', 300, 'n') || name",
                       &err),
             &err);
    walk(&p, __LINE__, "{\"field\": \"name\", \"order\": \"DESC\"}, {\"field\": \"size\"}");
    place_close(&p);
}

/* A cursor is bytes from outside: whatever they are, the answer is a page or a refusal. */
void test_search_cursor_hostile(void) {
    struct place p;
    struct json *out = NULL;
    struct err err = {0};
    place_open(&p);
    CHECK_OK(search(&out, &p, STR("{\"sort\": [{\"field\": \"name\"}], \"page\": {\"limit\": 3}}"),
                    &err),
             &err);
    struct str good = json_get_text(json_get(out, STR("page")), STR("endCursor"));
    uint64_t seed = 7;
    for (int round = 0; round < 2000; round++) {
        char text[400];
        struct err local = {0};
        memcpy(text, good.at, good.len);
        for (int k = 0; k < 3; k++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            text[(seed >> 33) % good.len] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="[(seed >> 40) %
                                                                                    65];
        }
        struct str body =
            arena_printf(p.arena,
                         "{\"sort\": [{\"field\": \"name\"}], \"page\": {\"limit\": 3, \"after\": "
                         "\"%.*s\"}}",
                         (int)good.len, text);
        if (!search(&out, &p, body, &local))
            CHECK_INT(local.code, ERR_INVALID);
    }
    place_close(&p);
}

void test_search_like(void) {
    static const struct {
        int line;
        const char *pattern, *text;
        bool want;
    } likes[] = {
        {__LINE__, "", "", true},         {__LINE__, "*", "", true},
        {__LINE__, "?", "", false},       {__LINE__, "a*c", "abc", true},
        {__LINE__, "a*c", "abcd", false}, {__LINE__, "*b*", "abc", true},
        {__LINE__, "\\*", "*", true},     {__LINE__, "\\*", "a", false},
        {__LINE__, "a\\?", "a?", true},   {__LINE__, "a\\?", "ab", false},
        {__LINE__, "**a", "bba", true},   {__LINE__, "a?c*e", "abcdde", true},
    };
    for (size_t i = 0; i < COUNT_OF(likes); i++)
        CHECK_AT(likes[i].line,
                 search_like(str_from(likes[i].pattern), str_from(likes[i].text)) == likes[i].want);
}
