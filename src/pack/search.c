/* Search over matters and organs. Packs are small (a few hundred pages), so every query looks at
 * every page: no index to be stale. Chinese has no blanks between words, so a query is found as it
 * stands anywhere in a text; Latin letters are compared without their case. */
#include "base/utf8.h"
#include "pack/inner.h"

enum {
    WORDS_MAX = 16,
    QUERY_BYTES_MAX = 400,
    /* A hit in the title weighs more than one in the text; titles that begin with the word most. */
    SCORE_EXACT = 1000,
    SCORE_START = 100,
    SCORE_TITLE = 40,
    SCORE_SUMMARY = 8,
    SCORE_TEXT = 2,
};

struct query {
    struct str words[WORDS_MAX];
    size_t count;
    struct str all;
};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Where word (lower case already) begins in text; SIZE_MAX. */
static size_t find(struct str text, struct str word) {
    for (size_t i = 0; word.len > 0 && i + word.len <= text.len; i++) {
        size_t k = 0;
        while (k < word.len && lower(text.at[i + k]) == word.at[k])
            k++;
        if (k == word.len)
            return i;
    }
    return SIZE_MAX;
}

/* Blanks, the wide blank of Chinese typing, and punctuation separate words. */
static bool separates(uint32_t point) {
    return point <= ' ' || point == 0x3000 || point == ',' || point == 0xff0c || point == 0x3001 ||
           point == 0x3002;
}

static void split(struct query *q, char *bytes, struct str text) {
    size_t len = 0, from = 0;
    while (text.len > 0 && q->count < WORDS_MAX) {
        struct str before = text;
        uint32_t point;
        if (!utf8_take(&point, &text))
            break;
        size_t width = before.len - text.len;
        if (len + width > QUERY_BYTES_MAX)
            break;
        for (size_t i = 0; i < width; i++)
            bytes[len + i] = lower(before.at[i]);
        if (separates(point)) {
            if (len > from)
                q->words[q->count++] = (struct str){bytes + from, len - from};
            from = len + width;
        }
        len += width;
    }
    if (len > from && q->count < WORDS_MAX)
        q->words[q->count++] = (struct str){bytes + from, len - from};
}

static int64_t score_title(struct str title, struct str word) {
    size_t at = find(title, word);
    if (at == SIZE_MAX)
        return 0;
    if (at == 0)
        return title.len == word.len ? SCORE_EXACT : SCORE_START;
    return SCORE_TITLE;
}

/* Every word must be found somewhere: 0 when one is not. */
static int64_t score(const struct query *q, const struct lang_text *title,
                     const struct lang_text *const *texts, size_t text_count, enum lang lang) {
    int64_t sum = 0;
    for (size_t w = 0; w < q->count; w++) {
        int64_t best = 0;
        for (size_t l = 0; l < LANGS; l++) {
            int64_t weight = l == (size_t)lang ? 2 : 1;
            best = MAX_OF(best, weight * score_title(title->in[l], q->words[w]));
            for (size_t i = 0; i < text_count; i++)
                if (find(texts[i]->in[l], q->words[w]) != SIZE_MAX)
                    best = MAX_OF(best, weight * (i == 0 ? SCORE_SUMMARY : SCORE_TEXT));
        }
        if (best == 0)
            return 0;
        sum += best;
    }
    return sum;
}

static int64_t score_matter(const struct query *q, const struct pack_matter *m, enum lang lang) {
    const struct lang_text *texts[64];
    size_t count = 0;
    texts[count++] = &m->summary;
    texts[count++] = &m->result;
    texts[count++] = &m->who;
    if (m->category != NULL) {
        texts[count++] = &m->category->title;
        texts[count++] = &m->category->summary;
    }
    for (size_t i = 0; i < m->material_count && count < COUNT_OF(texts); i++)
        texts[count++] = &m->materials[i].text;
    for (size_t i = 0; i < m->basis_count && count < COUNT_OF(texts); i++)
        texts[count++] = &m->basis[i].law->title;
    return score(q, &m->title, texts, count, lang);
}

static int64_t score_organ(const struct query *q, const struct pack *p,
                           const struct law_organ *organ, enum lang lang) {
    const struct lang_text *texts[64];
    size_t count = 0;
    texts[count++] = &organ->address;
    texts[count++] = &organ->overview;
    for (size_t i = 0; i < organ->area_count && count < 24; i++) {
        const struct law_place *place = law_place(p->organs, organ->area[i]);
        if (place != NULL)
            texts[count++] = &place->name;
    }
    for (size_t i = 0; i < organ->department_count && count < COUNT_OF(texts); i++)
        texts[count++] = &organ->departments[i].name;
    return score(q, &organ->name, texts, count, lang);
}

/* Insert by score, the higher first, ties in the pack's order; the last one falls out. */
static void insert(struct pack_hit *out, int64_t *scores, size_t *count, size_t room,
                   struct pack_hit hit, int64_t value) {
    size_t at = *count;
    while (at > 0 && scores[at - 1] < value)
        at--;
    if (at >= room)
        return;
    size_t last = *count < room ? (*count)++ : room - 1;
    for (size_t i = last; i > at; i--) {
        out[i] = out[i - 1];
        scores[i] = scores[i - 1];
    }
    out[at] = hit;
    scores[at] = value;
}

size_t pack_search(struct pack_hit *out, size_t room, const struct pack *p, struct str query,
                   enum lang lang) {
    int64_t scores[PACK_HITS_MAX];
    char bytes[QUERY_BYTES_MAX];
    struct query q = {0};
    size_t count = 0;
    if (room > PACK_HITS_MAX)
        room = PACK_HITS_MAX;
    split(&q, bytes, query);
    if (q.count == 0 || room == 0)
        return 0;
    for (size_t i = 0; i < p->matter_count; i++) {
        const struct pack_matter *m = &p->matters[i];
        int64_t value = m->listed ? score_matter(&q, m, lang) : 0;
        if (value > 0) /* a matter goes before an organ of the same weight */
            insert(out, scores, &count, room, (struct pack_hit){.matter = m}, value * 2 + 1);
    }
    for (size_t i = 0; i < p->organs->count; i++) {
        const struct law_organ *organ = &p->organs->list[i];
        int64_t value = score_organ(&q, p, organ, lang);
        if (value > 0)
            insert(out, scores, &count, room, (struct pack_hit){.organ = organ}, value * 2);
    }
    return count;
}
