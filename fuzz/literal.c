/* Numbers, dates, times and durations: what is read prints to a text that reads to the same value
 * and prints the same again. */
#include "cal/cal.h"
#include "cal/zone.h"

#include "fuzz/fuzz.h"

static void try_number(struct str text) {
    struct num first, again;
    char once[NUM_TEXT_MAX], twice[NUM_TEXT_MAX];
    if (!num_parse(&first, text))
        return;
    struct str printed = {once, num_format(once, first)};
    FUZZ_CHECK(num_parse(&again, printed), NULL);
    FUZZ_CHECK(again.lo == first.lo && again.hi == first.hi, NULL);
    FUZZ_CHECK(str_eq(printed, (struct str){twice, num_format(twice, again)}), NULL);
    FUZZ_CHECK(num_eq(num_trim(first), first) && num_hash(num_trim(first)) == num_hash(first),
               NULL);
    FUZZ_CHECK(num_eq(num_neg(num_neg(first)), first), NULL);
    struct buf bytes;
    buf_init(&bytes, 100);
    num_add_bytes(&bytes, first);
    struct bytes_reader r = {buf_view(&bytes), false};
    FUZZ_CHECK(num_take_bytes(&again, &r) && again.lo == first.lo && again.hi == first.hi, NULL);
    buf_done(&bytes);
}

static void try_bytes(struct str bytes) {
    struct bytes_reader r = {bytes, false};
    struct num taken;
    if (!num_take_bytes(&taken, &r))
        return;
    struct buf out;
    buf_init(&out, 100);
    num_add_bytes(&out, taken);
    FUZZ_CHECK(str_eq(buf_view(&out), str_sub(bytes, 0, bytes.len - r.in.len)), NULL);
    buf_done(&out);
}

static void try_dates(struct str text) {
    char once[CAL_TEXT_MAX], twice[CAL_TEXT_MAX];
    struct cal_date date;
    struct cal_time time;
    struct cal_datetime at;
    int64_t us;
    if (cal_date_parse(&date, text)) {
        struct str printed = {once, cal_date_format(once, date)};
        FUZZ_CHECK(str_eq(text, printed) || str_starts(text, STR("-0000")), NULL);
    }
    if (cal_time_parse(&time, text, NULL)) {
        struct str printed = {once, cal_time_format(once, time)};
        FUZZ_CHECK(cal_time_parse(&time, printed, NULL), NULL);
        FUZZ_CHECK(str_eq(printed, (struct str){twice, cal_time_format(twice, time)}), NULL);
    }
    if (cal_datetime_parse(&at, text, NULL)) {
        struct str printed = {once, cal_datetime_format(once, at)};
        FUZZ_CHECK(cal_datetime_parse(&at, printed, NULL), NULL);
        FUZZ_CHECK(str_eq(printed, (struct str){twice, cal_datetime_format(twice, at)}), NULL);
    }
    if (cal_us_parse(&us, text)) {
        int64_t again_us;
        struct str printed = {once, cal_us_format(once, us, NULL)};
        FUZZ_CHECK(cal_us_parse(&again_us, printed) && again_us == us, NULL);
    }
}

static void try_durations(struct str text) {
    char once[CAL_TEXT_MAX];
    struct cal_span span, back;
    struct cal_months months, again;
    if (cal_span_parse(&span, text)) {
        struct str printed = {once, cal_span_format(once, span)};
        FUZZ_CHECK(cal_span_parse(&back, printed) && cal_span_cmp(span, back) == 0, NULL);
        FUZZ_CHECK(cal_span_from_num(&back, cal_span_num(span)) && cal_span_cmp(span, back) == 0,
                   NULL);
    }
    if (cal_months_parse(&months, text)) {
        struct str printed = {once, cal_months_format(once, months)};
        FUZZ_CHECK(cal_months_parse(&again, printed) && again.n == months.n, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct str text = fuzz_input(bytes, len);
    try_number(text);
    try_bytes(text);
    try_dates(text);
    try_durations(text);
    return 0;
}
