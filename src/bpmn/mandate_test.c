/* The table of our own elements against the reader: an attribute takes the words that mandate.def
 * lists and no other, so that what modellers offer is what the program takes. */
#include "base/test.h"
#include "bpmn/model.h"

struct words_row {
    const char *element, *attribute, *words;
};

static const struct words_row words_rows[] = {
#define MANDATE(name, attributes, on, once, reader, what)
#define LANE(name, attributes, what)
#define LABEL(element, attribute, what)
#define WORDS(element, attribute, words, what) {#element, #attribute, words},
#include "bpmn/mandate.def"
#undef MANDATE
#undef LANE
#undef LABEL
#undef WORDS
};

/* A process with one user task in one lane, and the element on the one or the other. */
static struct str model_with(struct arena *arena, const char *element, const char *attributes) {
    bool lane = strcmp(element, "post") == 0;
    struct str extension = arena_printf(arena, "<extensionElements><m:%s %s/></extensionElements>",
                                        element, attributes);
    return arena_printf(
        arena,
        "<definitions xmlns='" BPMN_NS "' xmlns:m='" BPMN_MANDATE_NS "' targetNamespace='t'>"
        "<process id='p' isExecutable='true'><laneSet><lane id='l'>%.*s<flowNodeRef>u"
        "</flowNodeRef></lane></laneSet><startEvent id='s'/><sequenceFlow id='f1' sourceRef='s' "
        "targetRef='u'/><userTask id='u'>%.*s</userTask><sequenceFlow id='f2' sourceRef='u' "
        "targetRef='e'/><endEvent id='e'/></process></definitions>",
        lane ? (int)extension.len : 0, extension.at, lane ? 0 : (int)extension.len, extension.at);
}

static bool reads(struct err *err, struct arena *arena, const char *element,
                  const char *attributes) {
    struct bpmn_model *model;
    struct budget budget = budget_of(1000000, 64 << 20);
    return bpmn_read(&model, model_with(arena, element, attributes), "test.bpmn", arena, &budget,
                     err);
}

/* The other attributes that the element needs. */
static const char *besides(const char *element, const char *attribute) {
    if (strcmp(element, "clock") == 0)
        return strcmp(attribute, "action") == 0 ? "id='c'" : "id='c' action='start'";
    if (strcmp(element, "outcome") == 0)
        return strcmp(attribute, "adverse") == 0 ? "value='v' reasons='required'" : "value='v'";
    return "name='clerk'";
}

void test_bpmn_mandate_words(void) {
    for (size_t i = 0; i < COUNT_OF(words_rows); i++) {
        const struct words_row *row = &words_rows[i];
        struct arena *arena = arena_create("words", 64 << 20);
        struct str rest = str_from(row->words), word;
        struct err err = {0};
        const char *others = besides(row->element, row->attribute);
        size_t listed = 0;
        CHECK(!reads(&err, arena, row->element,
                     arena_printf(arena, "%s %s='perhaps'", others, row->attribute).at));
        struct str said = str_from(err.text);
        size_t colon = str_find(said, STR("not one of: "));
        CHECK(colon != SIZE_MAX);
        said = str_sub(said, colon + 12, said.len);
        while (rest.len > 0 && str_split(&word, &rest, ' ')) {
            struct err none = {0};
            const char *one =
                arena_printf(arena, "%s %s='%.*s'", others, row->attribute, STR_ARG(word)).at;
            CHECK_OK(reads(&none, arena, row->element, one), &none);
            CHECK(str_find(said, word) != SIZE_MAX);
            listed++;
        }
        size_t taken = said.len > 0;
        for (size_t k = 0; k < said.len; k++)
            taken += said.at[k] == ',';
        CHECK_INT((int64_t)listed, (int64_t)taken);
        /* what is left out is the first word of the list, where it may be left out */
        bool may = strcmp(row->attribute, "action") != 0;
        struct err left = {0};
        CHECK(reads(&left, arena, row->element, others) == may);
        arena_destroy(arena);
    }
}
