/* Whatever a search asks for, the answer is a page or a refusal: no text of it becomes SQL, so no
 * statement fails to parse, and the page that a cursor of its own names can be read too. */
#include "store/search.h"

#include "fuzz/fuzz.h"

static const struct search_field fields[] = {
    {"key", "t.id", SEARCH_KEY, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, NULL, NULL, NULL},
    {"name", "t.name", SEARCH_TEXT, SEARCH_OUT | SEARCH_BY | SEARCH_SORT | SEARCH_NONE, NULL, NULL,
     NULL},
    {"size", "t.size", SEARCH_I64, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, NULL, NULL, NULL},
    {"at", "t.at_us", SEARCH_TIME, SEARCH_OUT | SEARCH_BY | SEARCH_SORT | SEARCH_NONE, NULL, NULL,
     NULL},
    {"open", "t.open", SEARCH_BOOL, SEARCH_OUT | SEARCH_BY, NULL, NULL, NULL},
    {"state", "t.state", SEARCH_WORD, SEARCH_OUT | SEARCH_BY | SEARCH_SORT, "NEW OLD", NULL, NULL},
    {"of", "t.id", SEARCH_STREAM, SEARCH_OUT | SEARCH_BY, NULL, NULL, NULL},
    {"mark", "m.mark", SEARCH_TEXT, SEARCH_BY, NULL,
     "EXISTS (SELECT 1 FROM mark AS m WHERE m.id = t.id AND {})", NULL},
};
static const struct search_entity things = {"thing", "thing AS t",     NULL, "t.id", NULL,
                                            fields,  COUNT_OF(fields), true};

/* One database for the whole run, in memory. */
static struct db_conn *things_conn(void) {
    static struct db *db;
    struct err err = {0};
    if (db != NULL)
        return db_writer(db);
    FUZZ_CHECK(db_open(&db, &(struct db_options){":memory:", 1}, &err), &err);
    FUZZ_CHECK(db_script(db_writer(db),
                         "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, "
                         "at_us INTEGER, open INTEGER, state TEXT);"
                         "CREATE TABLE mark (id INTEGER, mark TEXT);"
                         "INSERT INTO thing VALUES (16777217, 'a', 1, 1000, 0, 'NEW'), (2, '', -5, "
                         "0, 1, 'OLD'), (3, 'b%_\\*', 7, 1767225600000000, 1, 'NEW');"
                         "INSERT INTO mark VALUES (2, 'red'), (2, 'blue');",
                         &err),
               &err);
    return db_writer(db);
}

static void page_after(const struct json *body, const struct json *answer, struct arena *arena) {
    struct json *next = json_obj(arena), *page = json_obj(arena);
    struct str cursor = json_get_text(json_get(answer, STR("page")), STR("endCursor"));
    struct err err = {0};
    if (cursor.len == 0)
        return;
    for (size_t i = 0; i < json_count(body); i++)
        if (!str_eq(json_member_at(body, i)->key.text, STR("page")))
            json_set(next, json_member_at(body, i)->key.text, json_member_at(body, i)->value);
    json_set_str(page, STR("after"), cursor);
    json_set(next, STR("page"), page);
    const struct search_ask ask = {.body = next, .arena = arena};
    struct json *out = NULL;
    FUZZ_CHECK(store_search(&out, things_conn(), &things, &ask, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct err err = {0};
    const struct json *body = NULL;
    struct json *out = NULL;
    if (json_read(&body, fuzz_input(bytes, len), "body", arena, &budget, &err)) {
        const struct search_ask ask = {.body = body, .arena = arena};
        if (store_search(&out, things_conn(), &things, &ask, &err))
            page_after(body, out, arena);
        else
            FUZZ_CHECK(err.code == ERR_INVALID || err.code == ERR_LIMIT, &err);
    }
    arena_destroy(arena);
    return 0;
}
