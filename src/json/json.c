/* Items and members stand in vectors that double, so appending is O(1); the arena keeps the old
 * halves, which costs at most as much again. An object gets a hash index once it has more than
 * INDEX_FROM members: below that a scan is faster than a hash. Invariants:
 * 1. slots != NULL exactly when room > INDEX_FROM; it has 2 * room slots, at most half of them
 * used;
 * 2. members never move in the order; replacing a value keeps its place;
 * 3. every member's hash is that of its text.
 */
#include "json/json.h"

#include <assert.h>
#include <stdarg.h>

enum { ROOM_FIRST = 4, INDEX_FROM = 8, BRIEF_TEXT = 200 };
static_assert((ROOM_FIRST & (ROOM_FIRST - 1)) == 0, "rooms are powers of two");

static struct json *node_new(enum json_kind kind, struct arena *arena) {
    struct json *node = arena_new(arena, struct json, 1);
    node->kind = (uint8_t)kind;
    return node;
}

struct json *json_null(struct arena *arena) {
    return node_new(JSON_NULL, arena);
}

struct json *json_bool(bool value, struct arena *arena) {
    struct json *node = node_new(JSON_BOOL, arena);
    node->boolean = value;
    return node;
}

/* Not by printf: lists of numbers are what tables in pages are made of. */
static struct json *integer(bool negative, uint64_t size, struct arena *arena) {
    char digits[21];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + size % 10);
        size /= 10;
    } while (size != 0);
    if (negative)
        digits[--at] = '-';
    struct json *node = node_new(JSON_NUMBER, arena);
    node->text = arena_str(arena, (struct str){digits + at, sizeof digits - at});
    return node;
}

struct json *json_i64(int64_t value, struct arena *arena) {
    return integer(value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, arena);
}

struct json *json_u64(uint64_t value, struct arena *arena) {
    return integer(false, value, arena);
}

struct json *json_number(struct str text, struct arena *arena) {
    assert(json_is_number(text));
    struct json *node = node_new(JSON_NUMBER, arena);
    node->text = text;
    return node;
}

struct json *json_str(struct str text, struct arena *arena) {
    struct json *node = node_new(JSON_STRING, arena);
    node->text = text;
    return node;
}

struct json *json_str_copy(struct str text, struct arena *arena) {
    return json_str(arena_str(arena, text), arena);
}

struct json *json_printf(struct arena *arena, const char *format, ...) {
    char brief[BRIEF_TEXT]; /* most texts fit: then they are formatted once */
    va_list args;
    va_start(args, format);
    int len = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof brief)
        return json_str_copy((struct str){brief, (size_t)len}, arena);
    char *text = arena_new(arena, char, (size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return json_str((struct str){text, (size_t)len}, arena);
}

struct json *json_html(struct str html, struct arena *arena) {
    struct json *node = json_str(html, arena);
    node->safe = true;
    return node;
}

struct json *json_arr(struct arena *arena) {
    struct json *node = node_new(JSON_ARRAY, arena);
    node->arena = arena;
    return node;
}

struct json *json_obj(struct arena *arena) {
    struct json *node = node_new(JSON_OBJECT, arena);
    node->arena = arena;
    return node;
}

static uint32_t room_next(const struct json *container) {
    assert(container->room <= UINT32_MAX / 4);
    return container->room == 0 ? ROOM_FIRST : container->room * 2;
}

size_t json_append_bytes(const struct json *container) {
    if (container->count < container->room)
        return 0;
    size_t room = room_next(container);
    if (container->kind == JSON_ARRAY)
        return room * sizeof(void *) + alignof(max_align_t);
    size_t slots = room > INDEX_FROM ? room * 2 * sizeof *container->slots : 0;
    return room * sizeof *container->members + slots + alignof(max_align_t);
}

void json_push(struct json *arr, const struct json *value) {
    assert(arr->kind == JSON_ARRAY);
    assert(value != NULL);
    if (arr->count == arr->room) {
        uint32_t room = room_next(arr);
        const struct json **items = arena_new(arr->arena, const struct json *, room);
        if (arr->count > 0)
            memcpy(items, arr->items, arr->count * sizeof(void *));
        arr->items = items;
        arr->room = room;
    }
    arr->items[arr->count++] = value;
}

struct json_key json_key_of(struct str text) {
    uint64_t hash = str_hash(text);
    return (struct json_key){text, (uint32_t)(hash ^ hash >> 32)};
}

static bool key_eq(const struct json_key *a, const struct json_key *b) {
    return a->hash == b->hash && str_eq(a->text, b->text);
}

/* The slot that holds key, or the free one where it goes. */
static uint32_t slot_of(const struct json *obj, const struct json_key *key, uint64_t *probes) {
    uint32_t mask = obj->room * 2 - 1;
    uint32_t slot = key->hash & mask;
    while (obj->slots[slot] != 0 && !key_eq(&obj->members[obj->slots[slot] - 1].key, key)) {
        slot = (slot + 1) & mask;
        ++*probes;
    }
    return slot;
}

static struct json_member *member_find(const struct json *obj, const struct json_key *key,
                                       uint64_t *probes) {
    if (obj->slots != NULL) {
        uint32_t found = obj->slots[slot_of(obj, key, probes)];
        return found == 0 ? NULL : &obj->members[found - 1];
    }
    for (uint32_t i = 0; i < obj->count; i++)
        if (key_eq(&obj->members[i].key, key))
            return &obj->members[i];
    return NULL;
}

static void members_room(struct json *obj, uint32_t room, uint64_t *probes) {
    struct json_member *members = arena_new(obj->arena, struct json_member, room);
    if (obj->count > 0)
        memcpy(members, obj->members, obj->count * sizeof *members);
    obj->members = members;
    obj->room = room;
    if (room <= INDEX_FROM)
        return;
    obj->slots = arena_new(obj->arena, uint32_t, (size_t)room * 2);
    for (uint32_t i = 0; i < obj->count; i++)
        obj->slots[slot_of(obj, &members[i].key, probes)] = i + 1;
}

static void member_append(struct json *obj, const struct json_member *member, uint64_t *probes) {
    if (obj->count == obj->room)
        members_room(obj, room_next(obj), probes);
    if (obj->slots != NULL)
        obj->slots[slot_of(obj, &member->key, probes)] = obj->count + 1;
    obj->members[obj->count++] = *member;
}

struct json *json_obj_room(uint32_t members, struct arena *arena) {
    struct json *obj = json_obj(arena);
    uint64_t probes = 0;
    uint32_t room = ROOM_FIRST;
    assert(members <= UINT32_MAX / 4);
    while (room < members)
        room *= 2;
    members_room(obj, room, &probes);
    return obj;
}

bool json_insert(struct json *obj, const struct json_member *member, uint64_t *probes) {
    assert(obj->kind == JSON_OBJECT);
    assert(member->value != NULL);
    if (member_find(obj, &member->key, probes) != NULL)
        return false;
    member_append(obj, member, probes);
    return true;
}

void json_set(struct json *obj, struct str key, const struct json *value) {
    struct json_key hashed = json_key_of(key);
    json_set_key(obj, &hashed, value);
}

void json_set_key(struct json *obj, const struct json_key *key, const struct json *value) {
    assert(obj->kind == JSON_OBJECT);
    assert(value != NULL);
    uint64_t probes = 0;
    struct json_member member = {.key = *key, .value = value};
    struct json_member *there = member_find(obj, &member.key, &probes);
    if (there != NULL)
        there->value = value;
    else
        member_append(obj, &member, &probes);
}

void json_set_str(struct json *obj, struct str key, struct str text) {
    json_set(obj, key, json_str(text, obj->arena));
}

void json_set_i64(struct json *obj, struct str key, int64_t value) {
    json_set(obj, key, json_i64(value, obj->arena));
}

void json_set_bool(struct json *obj, struct str key, bool value) {
    json_set(obj, key, json_bool(value, obj->arena));
}

struct json *json_set_obj(struct json *obj, struct str key) {
    struct json *value = json_obj(obj->arena);
    json_set(obj, key, value);
    return value;
}

struct json *json_set_arr(struct json *obj, struct str key) {
    struct json *value = json_arr(obj->arena);
    json_set(obj, key, value);
    return value;
}

struct json *json_push_obj(struct json *arr) {
    struct json *value = json_obj(arr->arena);
    json_push(arr, value);
    return value;
}

void json_push_str(struct json *arr, struct str text) {
    json_push(arr, json_str(text, arr->arena));
}

static struct json *copy_at(const struct json *node, struct arena *arena, unsigned depth) {
    assert(depth <= JSON_DEPTH_MAX);
    struct json *copy = node_new((enum json_kind)node->kind, arena);
    copy->boolean = node->boolean;
    copy->safe = node->safe;
    copy->line = node->line;
    copy->column = node->column;
    if (node->kind == JSON_STRING || node->kind == JSON_NUMBER)
        copy->text = arena_str(arena, node->text);
    if (node->kind < JSON_ARRAY)
        return copy;
    copy->arena = arena;
    uint64_t probes = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == JSON_ARRAY) {
            json_push(copy, copy_at(node->items[i], arena, depth + 1));
            continue;
        }
        struct json_member member = node->members[i];
        member.key.text = arena_str(arena, member.key.text);
        member.value = copy_at(member.value, arena, depth + 1);
        member_append(copy, &member, &probes);
    }
    return copy;
}

struct json *json_copy(const struct json *node, struct arena *arena) {
    return copy_at(node, arena, 0);
}

const struct json *json_get_key(const struct json *node, const struct json_key *key) {
    if (!json_is(node, JSON_OBJECT))
        return NULL;
    uint64_t probes = 0;
    const struct json_member *member = member_find(node, key, &probes);
    return member == NULL ? NULL : member->value;
}

const struct json *json_get(const struct json *node, struct str key) {
    if (!json_is(node, JSON_OBJECT))
        return NULL;
    if (node->slots == NULL) {
        for (uint32_t i = 0; i < node->count; i++)
            if (str_eq(node->members[i].key.text, key))
                return node->members[i].value;
        return NULL;
    }
    struct json_key hashed = json_key_of(key);
    return json_get_key(node, &hashed);
}

const struct json *json_item(const struct json *node, size_t index) {
    return json_is(node, JSON_ARRAY) && index < node->count ? node->items[index] : NULL;
}

const struct json_member *json_member_at(const struct json *node, size_t index) {
    return json_is(node, JSON_OBJECT) && index < node->count ? &node->members[index] : NULL;
}

struct str json_text(const struct json *node) {
    return json_is(node, JSON_STRING) || json_is(node, JSON_NUMBER) ? node->text : STR_NONE;
}

struct str json_get_text(const struct json *node, struct str key) {
    return json_text(json_get(node, key));
}

bool json_to_i64(int64_t *out, const struct json *node) {
    return json_is(node, JSON_NUMBER) && str_to_i64(out, node->text);
}

bool json_is_true(const struct json *node) {
    return json_is(node, JSON_BOOL) && node->boolean;
}

static bool equal_at(const struct json *a, const struct json *b, unsigned depth) {
    assert(depth <= JSON_DEPTH_MAX);
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->kind != b->kind)
        return false;
    if (a->kind == JSON_BOOL)
        return a->boolean == b->boolean;
    if (a->kind == JSON_STRING || a->kind == JSON_NUMBER)
        return str_eq(a->text, b->text);
    if (a->kind == JSON_NULL)
        return true;
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        bool object = a->kind == JSON_OBJECT;
        const struct json *left = object ? a->members[i].value : a->items[i];
        const struct json *right = object ? json_get_key(b, &a->members[i].key) : b->items[i];
        if (!equal_at(left, right, depth + 1))
            return false;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b) {
    return equal_at(a, b, 0);
}
